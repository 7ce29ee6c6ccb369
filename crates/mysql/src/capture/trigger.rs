//! Kind `trigger`: triggers of tables, each with its place among those of the same moment.

use super::clause::{self, Token};
use super::lossy;
use super::reader::{Read, Reader};
use super::special::{self, Unread};
use super::statements::{self, Filled};
use super::stored;
use crate::connect::rows::Row;
use evenkeel_core::kind::{Kind, Value};
use evenkeel_core::manifest::{Object, Reason};
use std::collections::HashMap;

/// The version of MariaDB from which a trigger may be about some columns, which no list tells.
const WITH_COLUMNS: u16 = 1108;

/// Reads triggers and their definers.
pub async fn read(reader: &Reader<'_>) -> Read<Vec<Object>> {
    let mut found = Vec::new();
    let rows = reader.plain(Kind::Trigger, statements::TRIGGER).await?;
    let bodies = lossy::bodies(reader, &rows, statements::SHOW_TRIGGER, 2).await?;
    let columns = columns(reader, &rows).await?;
    for (at, (mut object, row)) in rows.into_iter().enumerate() {
        let cure = "GRANT TRIGGER on the table to the account evenkeel uses";
        match columns.get(&at) {
            Some(Ok(names)) => object.set_some("columns", (!names.is_empty()).then(|| Value::list(names.iter().map(|name| &**name)))),
            Some(Err(unread)) => reader.gap(unread.gap(&object, cure).attribute("columns")),
            None => {}
        }
        stored::body_or_gap(reader, &mut object, "body", &row, bodies.get(&at), cure)?;
        found.extend(stored::finish(&mut object, &row)?);
        found.push(object);
    }
    Ok(found)
}

/// What UPDATE OF names, by the place of the trigger in the list.
async fn columns(reader: &Reader<'_>, rows: &[(Object, Row)]) -> Read<HashMap<usize, Result<Vec<String>, Unread>>> {
    if !reader.flavor.is_mariadb() || reader.flavor.number < WITH_COLUMNS {
        return Ok(HashMap::new());
    }
    let is_update =
        |object: &Object| matches!(object.get("events"), Some(Value::List(events)) if events.iter().any(|event| &**event == "update"));
    let (places, asked): (Vec<usize>, Vec<Filled>) = rows
        .iter()
        .enumerate()
        .filter(|(_, (object, _))| is_update(object))
        .map(|(at, (object, _))| {
            (at, statements::SHOW_TRIGGER.fill(&[&lossy::place(reader, object.identity.part(0), object.identity.part(2))]))
        })
        .unzip();
    let answers = special::ask(reader, &asked, "reading the columns of triggers").await?;
    let hidden = || Unread::new(Reason::Privilege, "the account may not see how it was created, which alone tells its columns");
    let unclear = || Unread::new(Reason::Failed, "its columns were not found in what SHOW CREATE TRIGGER prints");
    let read = |answer: Result<Row, Unread>| {
        let text = answer.and_then(|row| row.text(2).ok().flatten().ok_or_else(hidden))?;
        update_of(&text).ok_or_else(unclear)
    };
    Ok(places.into_iter().zip(answers.into_iter().map(read)).collect())
}

/// The columns of `CREATE … TRIGGER name BEFORE UPDATE OF a, b ON t …`, sorted; none where it is about all.
fn update_of(text: &str) -> Option<Vec<String>> {
    let mut tokens = clause::tokens(text).skip_while(|token| !token.is("before") && !token.is("after")).skip(1).peekable();
    let mut columns = Vec::new();
    loop {
        let token = tokens.next()?;
        if token.is("on") {
            break;
        }
        if token.is("of") {
            while let Some(name) = tokens.next_if(|token| !token.is("on") && !token.is("or")) {
                if name != Token::Sign(',') {
                    columns.push(name.name()?.to_owned());
                }
            }
        }
    }
    columns.sort_unstable();
    Some(columns)
}

#[cfg(test)]
mod tests {
    use super::update_of;

    #[test]
    fn columns_are_read_from_where_they_stand() {
        let columns = |text: &str| update_of(text).map(|columns| columns.join("|"));
        let head = "CREATE DEFINER=`before`@`%` trigger";
        assert_eq!(columns(&format!("{head} r before update of `b c`, a on t for each row set @x = 1")).as_deref(), Some("a|b c"));
        assert_eq!(columns(&format!("{head} r after update on t for each row set @x = 1")).as_deref(), Some(""));
        assert_eq!(columns(&format!("{head} r BEFORE INSERT OR UPDATE OF a ON t FOR EACH ROW SET @x = 1")).as_deref(), Some("a"));
        assert_eq!(columns("create trigger r"), None);
    }
}
