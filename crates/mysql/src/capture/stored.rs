//! What views, routines, triggers and events have in common: they are stored with the settings of the session that made
//! them and run as their definer. Does not live here: reading any of them (a file each).

use super::canonical::{self, Context};
use super::definer;
use super::reader::Reader;
use super::special::Unread;
use crate::connect::rows::{Row, Wrong};
use evenkeel_core::kind::Value;
use evenkeel_core::manifest::{Gap, Object, Reason};

/// Gives an object what the columns `_sql_mode`, `_client`, `_connection`, `_stored` say; hands out its definer.
pub fn finish(object: &mut Object, row: &Row) -> Result<Option<Object>, Wrong> {
    if let Some(modes) = named(row, "_sql_mode")? {
        object.set("sql_mode", sql_mode(&modes));
    }
    let mut charsets: Vec<Box<str>> = Vec::new();
    for (word, column) in [("client", "_client"), ("connection", "_connection"), ("database", "_stored")] {
        if let Some(name) = named(row, column)?.filter(|name| !name.is_empty()) {
            charsets.push(format!("{word}={}", canonical::charset(&name)).into());
        }
    }
    object.set("charsets", Value::List(charsets.into()));
    Ok(named(row, "_definer")?.and_then(|account| definer::of(object, &account)))
}

/// What the column `_body` holds, in canonical form. Of a statement that was sent among others MySQL keeps the semicolon,
/// which means nothing and is gone after a dump.
///
/// `told` is what it holds where the list cannot show it (`lossy`); what stays in doubt is a gap of the property.
pub fn body_or_gap(
    reader: &Reader<'_>,
    object: &mut Object,
    property: &str,
    row: &Row,
    told: Option<&Result<String, Unread>>,
    cure: &str,
) -> Result<(), Wrong> {
    let context = Context { flavor: reader.flavor, scope: reader.scope };
    let bare = |text: Box<str>| canonical::body(text.trim_end_matches(|c: char| c == ';' || c.is_whitespace()), context);
    let text = match told {
        Some(Ok(text)) => Some(text.as_str().into()),
        Some(Err(unread)) => {
            reader.gap(unread.gap(object, cure).attribute(property));
            named(row, "_body")?
        }
        None => named(row, "_body")?,
    };
    text_or_gap(reader, object, property, text.map(bare), cure);
    Ok(())
}

/// The text of a column by its name.
pub fn named(row: &Row, column: &str) -> Result<Option<Box<str>>, Wrong> {
    row.position(column).map_or(Ok(None), |at| row.text(at))
}

/// Modes, sorted: their order means nothing.
pub fn sql_mode(modes: &str) -> Value {
    let mut modes: Vec<&str> = modes.split(',').filter(|mode| !mode.is_empty()).collect();
    modes.sort_unstable();
    Value::list(modes)
}

/// Sets a text the server hands out to privileged accounts only: without it, a gap says what is missing.
pub fn text_or_gap(reader: &Reader<'_>, object: &mut Object, property: &str, text: Option<String>, cure: &str) {
    match text.filter(|text| !text.is_empty()) {
        Some(text) => {
            object.set(property, text);
        }
        None => {
            let detail = format!("the server shows it without its {property}: the account may not read that");
            reader.gap(Gap::object(object, Reason::Privilege, detail).attribute(property).cure(cure));
        }
    }
}
