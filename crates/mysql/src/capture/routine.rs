//! Kinds `function`, `procedure` and `package`: stored routines, which one list of the server holds.
//!
//! Neighbour: `loadable`, for functions out of a library.

use super::canonical::{self, Context};
use super::clause::{self, Token};
use super::reader::{Read, Reader};
use super::stored::{self, named, text_or_gap};
use crate::connect::rows::{Row, Wrong};
use crate::ident::Ident;
use evenkeel_core::kind::{Kind, Value};
use evenkeel_core::manifest::{Gap, Identity, Object, Reason};
use std::collections::HashMap;
use std::sync::Arc;

/// Database and name as the server spells them, and whether it is a function.
type Key = (Box<str>, Box<str>, bool);

/// Parameters of one routine by position, in any order.
type Parameters = HashMap<Key, Vec<(i64, String)>>;

/// Reads routines and their definers.
pub async fn read(reader: &Reader<'_>) -> Read<Vec<Object>> {
    let mut parameters = parameters(reader).await?;
    let mut packages: HashMap<(Box<str>, Box<str>), (Object, Option<Object>)> = HashMap::new();
    let (mut found, mut routines) = (Vec::new(), 0);
    for row in reader.rows(include_str!("routine.sql"), Kind::Function).await? {
        let text = |column| Ok::<_, Wrong>(named(&row, column)?.unwrap_or_default());
        let (schema, name, what) = (text("_schema")?, text("_name")?, text("_type")?);
        let identity = Identity::new([reader.scope.shown(&schema), Arc::from(&*name)]);
        let kind = match &*what {
            "FUNCTION" => Kind::Function,
            "PROCEDURE" => Kind::Procedure,
            _ => {
                let (package, definer) = packages.entry((schema, name)).or_insert_with(|| (Object::new(Kind::Package, identity), None));
                self::package(reader, package, definer, &row, &*what == "PACKAGE BODY")?;
                continue;
            }
        };
        let mut object = Object::new(kind, identity);
        let arguments = parameters.remove(&(schema, name, kind == Kind::Function)).unwrap_or_default();
        found.extend(routine(reader, &mut object, &row, arguments)?);
        found.push(object);
        routines += 1;
    }
    reader.tell(Kind::Function, routines);
    reader.tell(Kind::Package, packages.len());
    found.extend(packages.into_values().flat_map(|(package, definer)| std::iter::once(package).chain(definer)));
    Ok(found)
}

async fn parameters(reader: &Reader<'_>) -> Read<Parameters> {
    let mut found = Parameters::new();
    reader
        .each(include_str!("parameter.sql"), Kind::Function, |row| {
            let text = |column| Ok::<_, Wrong>(named(&row, column)?.unwrap_or_default());
            let key = (text("_schema")?, text("_name")?, &*text("_type")? == "FUNCTION");
            let position = row.position("_position").map_or(Ok(None), |at| row.integer(at))?.unwrap_or(0);
            // IN is what a parameter is when nothing is said.
            let mode = Some(text("_mode")?.to_ascii_lowercase()).filter(|mode| !mode.is_empty() && mode != "in");
            let words = [mode, Some(Ident(&text("_parameter")?).to_string()), Some(data_type(&text("_dtd")?, named(&row, "_collation")?))];
            let shown = words.into_iter().flatten().collect::<Vec<_>>().join(" ");
            found.entry(key).or_default().push((position, shown));
            Ok(())
        })
        .await?;
    Ok(found)
}

/// A type with its collation, which for routines is always said: it decides how values compare and depends on nothing else.
fn data_type(dtd: &str, collation: Option<Box<str>>) -> String {
    let data_type = canonical::column_type(dtd);
    match collation {
        Some(collation) => format!("{data_type} collate {}", canonical::charset(&collation)),
        None => data_type,
    }
}

fn routine(reader: &Reader<'_>, object: &mut Object, row: &Row, mut arguments: Vec<(i64, String)>) -> Result<Option<Object>, Wrong> {
    let context = Context { flavor: reader.flavor, scope: reader.scope };
    arguments.sort_unstable_by_key(|(position, _)| *position);
    object.set("arguments", arguments.into_iter().map(|(_, argument)| argument).collect::<Vec<_>>().join(", "));
    if object.kind == Kind::Function {
        let collation = named(row, "_returns_collation")?;
        object.set_some("returns", named(row, "_returns")?.map(|dtd| data_type(&dtd, collation)));
    }
    object.set_some("language", named(row, "_language")?.map(|language| language.to_ascii_lowercase()));
    object.set("deterministic", named(row, "_deterministic")?.as_deref() == Some("YES"));
    object.set_some("data_access", named(row, "_data_access")?.map(Value::Text));
    object.set_some("security", named(row, "_security")?.map(Value::Text));
    object.set_some("comment", named(row, "_comment")?.map(Value::Text));
    let body = named(row, "_body")?;
    // The list does not say it, but only an aggregate may hold this statement, and must.
    // https://mariadb.com/docs/server/reference/sql-statements/data-definition/create/create-function/stored-aggregate-functions
    if object.kind == Kind::Function && reader.flavor.is_mariadb() {
        match body.as_deref().filter(|body| !body.is_empty()) {
            Some(body) => {
                object.set("aggregate", is_aggregate(body));
            }
            None => {
                let detail = "only its body tells, which the account may not read".to_owned();
                reader.gap(Gap::object(object, Reason::Privilege, detail).attribute("aggregate").cure(cure(reader)));
            }
        }
    }
    text_or_gap(reader, object, "body", body.map(|text| canonical::body(&text, context)), cure(reader));
    stored::finish(object, row)
}

fn package(reader: &Reader<'_>, package: &mut Object, definer: &mut Option<Object>, row: &Row, is_body: bool) -> Result<(), Wrong> {
    let context = Context { flavor: reader.flavor, scope: reader.scope };
    let property = if is_body { "body" } else { "specification" };
    let is_first = package.text("body").is_none();
    let text = named(row, "_body")?.map(|text| canonical::body(&text, context));
    text_or_gap(reader, package, property, text, cure(reader));
    // Both halves have the rest; the body's counts, because it is what runs.
    if is_body || is_first {
        package.set_some("security", named(row, "_security")?.map(Value::Text));
        package.set_some("comment", named(row, "_comment")?.map(Value::Text));
        *definer = stored::finish(package, row)?;
    }
    Ok(())
}

/// What lets an account read bodies of routines that are not its own.
fn cure(reader: &Reader<'_>) -> &'static str {
    match reader.flavor.number {
        _ if !reader.flavor.is_mariadb() => "GRANT SHOW_ROUTINE ON *.* to the account evenkeel uses",
        1103.. => "GRANT SHOW CREATE ROUTINE on the database to the account evenkeel uses",
        _ => "GRANT SELECT ON mysql.proc to the account evenkeel uses",
    }
}

/// Whether a body holds `FETCH GROUP NEXT ROW`.
fn is_aggregate(body: &str) -> bool {
    let tokens: Vec<Token<'_>> = clause::tokens(body).collect();
    let words = ["fetch", "group", "next", "row"];
    tokens.windows(words.len()).any(|window| window.iter().zip(words).all(|(token, word)| token.is(word)))
}

#[cfg(test)]
mod tests {
    use super::is_aggregate;

    #[test]
    fn an_aggregate_is_known_by_the_statement_only_it_may_hold() {
        assert!(is_aggregate("begin loop\n FETCH group /* the */ next row; end loop; end"));
        assert!(!is_aggregate("return 'fetch group next row'"));
        assert!(!is_aggregate("begin -- fetch group next row\n return 1; end"));
        assert!(!is_aggregate("return `fetch` + group_next"));
    }
}
