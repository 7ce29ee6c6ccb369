//! Kind `library`: stored code that routines of MySQL in other languages take in, and which routine takes in which.
//!
//! Who sees all routines sees all libraries (measured on MySQL 9.7), so that they share a need (`access::need`). Neighbours:
//! `routine` for the routines, `loadable` for functions out of a file.

use super::clause::{self, Token};
use super::lossy::{self, Doubt};
use super::reader::{Read, Reader};
use super::special::{self, Unread};
use super::statements::{self, Filled};
use super::stored::{self, named};
use crate::connect::rows::{Row, Wrong};
use crate::ident::Ident;
use evenkeel_core::kind::{Kind, Value};
use evenkeel_core::manifest::{Identity, Object, Reason, display};
use std::collections::BTreeSet;

fn cure(reader: &Reader<'_>) -> String {
    format!("GRANT SHOW_ROUTINE ON *.* TO {};", reader.access.account)
}

/// Reads libraries.
pub async fn read(reader: &Reader<'_>) -> Read<Vec<Object>> {
    if !reader.flavor.has_libraries() {
        return Ok(Vec::new());
    }
    let rows = reader.plain(Kind::Library, statements::LIBRARY).await?;
    let mut doubts = Vec::new();
    for (at, (object, row)) in rows.iter().enumerate() {
        if let Some(text) = named(row, "_body")?.filter(|text| lossy::is_doubtful(text)) {
            let place = format!("{}.{}", Ident(&named(row, "_database")?.unwrap_or_default()), Ident(object.identity.part(1)));
            let statement = statements::SHOW_LIBRARY.fill(&[&place]);
            doubts.push((at, Doubt { statement, column: 2, is_last: false, text }));
        }
    }
    let bodies = lossy::settled(reader, doubts).await?;
    let mut found = Vec::with_capacity(rows.len());
    for (at, (mut object, row)) in rows.into_iter().enumerate() {
        let body = match bodies.get(&at) {
            Some(Ok(text)) => Some(text.as_str().into()),
            Some(Err(unread)) => {
                reader.gap(unread.gap(&object, &cure(reader)).attribute("body"));
                named(&row, "_body")?
            }
            None => named(&row, "_body")?,
        };
        // No statement of SQL: nothing in it names the own database.
        stored::text_or_gap(reader, &mut object, "body", body.map(|text| text.replace("\r\n", "\n")), &cure(reader));
        object.set("sql_mode", stored::sql_mode(&named(&row, "_sql_mode")?.unwrap_or_default()));
        found.push(object);
    }
    Ok(found)
}

/// Says of the routines among `found` which libraries they take in, and by what name, which SHOW CREATE alone tells.
pub async fn uses(reader: &Reader<'_>, found: &mut [Object]) -> Read<()> {
    if !reader.flavor.has_libraries() {
        return Ok(());
    }
    let rows = reader.rows(statements::ROUTINE_LIBRARY, Kind::Library).await?;
    let asked = rows.iter().map(routine).collect::<Result<BTreeSet<_>, _>>()?;
    let shown: Vec<Filled> = asked
        .iter()
        .map(|(what, schema, name)| statements::SHOW_ROUTINE.fill(&[what, &format!("{}.{}", Ident(schema), Ident(name))]))
        .collect();
    let answers = special::ask(reader, &shown, "reading which libraries routines take in").await?;
    let hidden =
        || Unread::new(Reason::Privilege, "the account may not read how it was created, which alone tells which libraries it takes in");
    let unclear = || Unread::new(Reason::Failed, "its libraries were not found in what SHOW CREATE prints: please report it");
    for ((what, schema, name), answer) in asked.into_iter().zip(answers) {
        let kind = if what == "FUNCTION" { Kind::Function } else { Kind::Procedure };
        let identity = Identity::new([reader.scope.shown(&schema), name.into()]);
        let Some(object) = found.iter_mut().find(|object| object.kind == kind && object.identity == identity) else { continue };
        let text = answer.and_then(|row| row.text(2).ok().flatten().ok_or_else(hidden));
        match text.and_then(|text| using(reader, &text).ok_or_else(unclear)) {
            Ok(libraries) => {
                object.set("libraries", Value::list(libraries));
            }
            Err(unread) => reader.gap(unread.gap(object, &cure(reader)).attribute("libraries")),
        }
    }
    Ok(())
}

/// What it is, its database and its name.
fn routine(row: &Row) -> Result<(String, String, String), Wrong> {
    let text = |column| Ok::<_, Wrong>(named(row, column)?.unwrap_or_default().into_string());
    Ok((text("_type")?, text("_schema")?, text("_name")?))
}

/// What stands behind USING: libraries, one of the own database without it, each with the name it has in the code.
fn using(reader: &Reader<'_>, text: &str) -> Option<BTreeSet<String>> {
    let tokens: Vec<Token<'_>> = clause::tokens(text).collect();
    let open = tokens.windows(2).position(|pair| matches!(pair, [word, Token::Sign('(')] if word.is("using")))? + 1;
    let (inner, _) = clause::group(&tokens, open)?;
    let library = |part: &[Token<'_>]| {
        let (schema, name, alias) = match part {
            [schema, Token::Sign('.'), name] => (schema, name, None),
            [schema, Token::Sign('.'), name, word, alias] if word.is("as") => (schema, name, Some(alias)),
            _ => return None,
        };
        let shown = display(Kind::Library, &Identity::new([reader.scope.shown(schema.name()?), name.name()?.into()]));
        Some(match alias {
            Some(alias) => format!("{shown} as {}", alias.name()?),
            None => shown,
        })
    };
    clause::parts(inner).into_iter().map(library).collect()
}
