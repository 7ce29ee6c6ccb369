//! Kind `partition`, and by what a table is partitioned. What is said of a partition only by SHOW CREATE TABLE comes from `printed`.

use super::canonical::{self, Context};
use super::clause::{self, Token};
use super::reader::{Read, Reader};
use super::statements;
use super::stored::named;
use super::table::{Place, Tables};
use crate::connect::rows::{Row, Wrong};
use evenkeel_core::kind::{Kind, Value};
use evenkeel_core::manifest::{Identity, Object};
use std::collections::HashMap;
use std::sync::Arc;

/// By what a table is partitioned.
pub struct Keyed {
    place: Place,
    by: String,
    sub: Option<String>,
}

/// Says so on the tables among `found`.
pub fn apply(keyed: Vec<Keyed>, found: &mut [Object]) {
    let mut keyed: HashMap<Place, Keyed> = keyed.into_iter().map(|keyed| (keyed.place.clone(), keyed)).collect();
    if keyed.is_empty() {
        return;
    }
    for table in found.iter_mut().filter(|object| object.kind == Kind::Table) {
        if let Some(keyed) = keyed.remove(&(table.identity.part(0).into(), table.identity.part(1).into())) {
            table.set("partition_by", keyed.by);
            table.set_some("subpartition_by", keyed.sub);
        }
    }
}

/// A partition and its subpartitions by position, in any order.
type Parted = (Object, Vec<(i64, Box<str>)>);

/// Reads partitions.
pub async fn read(reader: &Reader<'_>, tables: &Tables) -> Read<(Vec<Object>, Vec<Keyed>)> {
    // MariaDB opens every table to answer. MySQL answers from its dictionary, and does not mark all partitioned tables.
    if reader.flavor.is_mariadb() && !tables.iter().any(|(.., facts)| facts.is_partitioned) {
        return Ok((Vec::new(), Vec::new()));
    }
    let mut keys: HashMap<Place, Keyed> = HashMap::new();
    let mut partitions: HashMap<(Place, Box<str>), Parted> = HashMap::new();
    reader
        .each(statements::PARTITION, Kind::Partition, |row| {
            let text = |column| Ok::<_, Wrong>(named(&row, column)?.unwrap_or_default());
            let Some(facts) = tables.get(&text("_schema")?, &text("_table")?) else { return Ok(()) };
            let place = facts.place.clone();
            if !keys.contains_key(&place) {
                keys.insert(place.clone(), keyed(reader, &row, place.clone())?);
            }
            let name = text("_name")?;
            let key = (place, name);
            if !partitions.contains_key(&key) {
                let object = partition(&row, &key.0, &key.1, facts.hides_secrets())?;
                partitions.insert(key.clone(), (object, Vec::new()));
            }
            if let (Some((_, subpartitions)), Some(sub)) = (partitions.get_mut(&key), named(&row, "_subpartition")?) {
                let position = row.position("_subposition").map_or(Ok(None), |at| row.integer(at))?.unwrap_or(0);
                subpartitions.push((position, sub));
            }
            Ok(())
        })
        .await?;
    let mut found = Vec::with_capacity(partitions.len());
    for (mut object, mut subpartitions) in partitions.into_values() {
        subpartitions.sort_unstable_by_key(|(position, _)| *position);
        object.set("subpartitions", Value::list(subpartitions.into_iter().map(|(_, name)| name)));
        found.push(object);
    }
    reader.tell(Kind::Partition, found.len());
    Ok((found, keys.into_values().collect()))
}

fn keyed(reader: &Reader<'_>, row: &Row, place: Place) -> Result<Keyed, Wrong> {
    let context = Context { flavor: reader.flavor, scope: reader.scope };
    let text = |column| Ok::<_, Wrong>(named(row, column)?.unwrap_or_default());
    let by = by(&text("_method")?, &text("_expression")?, context);
    let sub = match named(row, "_submethod")? {
        Some(method) => Some(self::by(&method, &text("_subexpression")?, context)),
        None => None,
    };
    Ok(Keyed { place, by, sub })
}

/// `range (year(made))`, `list columns (a, b)`, `key ()`.
fn by(method: &str, expression: &str, context: Context<'_>) -> String {
    let method = method.to_ascii_lowercase();
    match &*method {
        // The expression is the server's own; what the user said is in the clause (`printed`).
        "system_time" => method,
        _ if method.ends_with("columns") || method.ends_with("key") => {
            let names: Vec<String> = clause::tokens(expression).filter_map(|token| token.name().map(str::to_owned)).collect();
            format!("{method} ({})", names.join(", "))
        }
        _ => format!("{method} ({})", canonical::expression(expression, context)),
    }
}

fn partition(row: &Row, place: &Place, name: &str, hides_secrets: bool) -> Result<Object, Wrong> {
    let mut object = Object::new(Kind::Partition, Identity::new([Arc::clone(&place.0), Arc::clone(&place.1), Arc::from(name)]));
    let method = named(row, "_method")?.unwrap_or_default().to_ascii_lowercase();
    let position = row.position("_position").map_or(Ok(None), |at| row.integer(at))?;
    let values = match position {
        // Rows go to these by their place.
        Some(position) if method.ends_with("hash") || method.ends_with("key") => Some(format!("remainder {}", position - 1)),
        _ => values(&method, named(row, "_values")?.as_deref()),
    };
    object.set_some("values", values);
    object.set_some("comment", named(row, "_comment")?.filter(|_| !hides_secrets).map(Value::Text));
    Ok(object)
}

/// Which rows go there. Limits of time are set by the server as time goes by.
fn values(method: &str, text: Option<&str>) -> Option<String> {
    let tokens = literals(clause::tokens(text.unwrap_or_default()).collect());
    let list = clause::shown(&tokens);
    match method {
        "system_time" if list == "CURRENT" => Some("system_time current".to_owned()),
        "system_time" => Some("system_time history".to_owned()),
        _ if list.is_empty() => None,
        _ if method.starts_with("range") && list.eq_ignore_ascii_case("maxvalue") => Some("less than maxvalue".to_owned()),
        _ if method.starts_with("range") => Some(format!("less than ({list})")),
        _ => Some(format!("in ({list})")),
    }
}

/// A text that information_schema cannot hold, both vendors show as its bytes: `_utf8mb4 0xF09F9880`.
fn literals(tokens: Vec<Token<'_>>) -> Vec<Token<'_>> {
    let mut found: Vec<Token<'_>> = Vec::with_capacity(tokens.len());
    for token in tokens {
        let text = match (found.last(), &token) {
            (Some(Token::Word("_utf8mb4")), Token::Word(word)) => word.strip_prefix("0x").and_then(canonical::text_of),
            _ => None,
        };
        match text {
            Some(text) => {
                found.pop();
                found.push(Token::Text(text));
            }
            None => found.push(token),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::values;

    #[test]
    fn values_are_shown_as_one_would_write_them() {
        assert_eq!(values("range", Some("2000")).as_deref(), Some("less than (2000)"));
        assert_eq!(values("range columns", Some("'a,b',MAXVALUE")).as_deref(), Some("less than ('a,b', MAXVALUE)"));
        assert_eq!(values("range", Some("MAXVALUE")).as_deref(), Some("less than maxvalue"));
        assert_eq!(values("list columns", Some("(1,'it''s'),(-2,NULL)")).as_deref(), Some("in ((1, 'it''s'), (-2, NULL))"));
        assert_eq!(values("list columns", Some("_utf8mb4 0xF09F9880,'a'")).as_deref(), Some("in ('😀', 'a')"));
        assert_eq!(values("list columns", Some("_latin1 0xe4,_latin1 'a'")).as_deref(), Some("in (_latin1 0xe4, _latin1'a')"));
        assert_eq!(values("list", Some("NULL")).as_deref(), Some("in (NULL)"));
        assert_eq!(values("hash", None), None);
        assert_eq!(values("system_time", Some("2026-11-22 00:00:00")).as_deref(), Some("system_time history"));
        assert_eq!(values("system_time", Some("CURRENT")).as_deref(), Some("system_time current"));
    }
}
