//! Stored libraries: code that routines of MySQL in other languages take in. No kind holds them yet, so that each is said
//! to be unread, and so is each routine that runs what stands in one.
//!
//! Who sees all routines sees all libraries (measured on MySQL 9.7); for whom else there are gaps of the kind `function`
//! already (`access::need`).

use super::reader::{Read, Reader};
use super::scope::Scope;
use super::statements;
use crate::connect::rows::{Row, Wrong};
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::{Gap, Identity, Object, Reason};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Leaves a gap for the libraries there are, and one for each routine that uses any.
pub async fn note(reader: &Reader<'_>) -> Read<()> {
    if !reader.flavor.has_libraries() {
        return Ok(());
    }
    let rows = reader.rows(statements::LIBRARY, Kind::Function).await?;
    let libraries = rows.iter().map(|row| named(row, 0, reader.scope)).collect::<Result<Vec<_>, _>>()?;
    if !libraries.is_empty() {
        let detail = format!("stored libraries are not read: {}", libraries.join(", "));
        let gap = Gap::kind(Kind::Function, Reason::NotCaptured, detail);
        reader.gap(gap.cure("compare what SHOW CREATE LIBRARY prints on both sides"));
    }
    let mut users: BTreeMap<(bool, String, String), Vec<String>> = BTreeMap::new();
    for row in reader.rows(statements::ROUTINE_LIBRARY, Kind::Function).await? {
        let text = |at| Ok::<_, Wrong>(row.text(at)?.unwrap_or_default().into_string());
        users.entry((text(2)? == "FUNCTION", text(0)?, text(1)?)).or_default().push(named(&row, 3, reader.scope)?);
    }
    for ((is_function, schema, name), libraries) in users {
        let (kind, word) = if is_function { (Kind::Function, "FUNCTION") } else { (Kind::Procedure, "PROCEDURE") };
        let object = Object::new(kind, Identity::new([reader.scope.shown(&schema), Arc::from(name)]));
        let detail = format!("it uses code of stored libraries, which are not read: {}", libraries.join(", "));
        let gap = Gap::object(&object, Reason::NotCaptured, detail).attribute("body");
        reader.gap(gap.cure(format!("compare what SHOW CREATE {word} prints on both sides, and SHOW CREATE LIBRARY")));
    }
    Ok(())
}

/// A library by the columns from `at` on: its database, where that is not the own one, and its name.
fn named(row: &Row, at: usize, scope: &Scope) -> Result<String, Wrong> {
    let (database, name) = (row.text(at)?.unwrap_or_default(), row.text(at + 1)?.unwrap_or_default());
    let database = scope.shown(&database);
    Ok(if database.is_empty() { name.into_string() } else { format!("{database}.{name}") })
}
