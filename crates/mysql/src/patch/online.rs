//! What an ALTER TABLE costs those who are at work on the table, and the clause that makes the server refuse where it would cost more.
//! <https://dev.mysql.com/doc/refman/en/innodb-online-ddl-operations.html>
//! <https://mariadb.com/docs/server/server-usage/storage-engines/innodb/innodb-online-ddl>
//!
//! Measured on the tested servers by `tests/patch`: whatever is said to be free is run with LOCK=NONE there.

use super::text::is_literal;
use super::{Target, flag};
use crate::grammar::token::{Sort, tokens};
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::Object;
use evenkeel_core::patch::{Change, Hazard, Statement};

/// What others may do meanwhile.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cost {
    /// Read and write.
    #[default]
    Free,
    /// Read.
    Shared,
    /// Read, while all rows are copied.
    Copy,
}

pub fn of_new_column(column: &Object) -> Cost {
    // Each row gets a value of its own.
    let is_computed = column.text("default").is_some_and(|default| !is_literal(default) && !default.starts_with("current_timestamp"));
    if flag(column, "auto_increment") || column.text("generated_kind") == Some("stored") || is_computed { Cost::Copy } else { Cost::Free }
}

/// Whether a default calls something that another server answers otherwise.
/// <https://dev.mysql.com/doc/refman/en/replication-rbr-safe-unsafe.html>
pub fn differs_by_server(default: &str) -> bool {
    const CALLS: &[&str] = &[
        "uuid",
        "uuid_short",
        "rand",
        "random_bytes",
        "sysdate",
        "user",
        "session_user",
        "system_user",
        "version",
        "connection_id",
        "found_rows",
        "row_count",
        "last_insert_id",
        "load_file",
        "sleep",
        "get_lock",
        "release_lock",
    ];
    tokens(default).filter(|token| token.sort == Sort::Word).any(|token| CALLS.contains(&&*token.text.to_ascii_lowercase()))
}

pub fn of_index(index: &Object) -> Cost {
    match index.text("method") {
        Some("fulltext" | "spatial") => Cost::Shared,
        Some(method) if method.starts_with("vector") => Cost::Copy,
        _ => Cost::Free,
    }
}

pub fn of_option(option: &str) -> Cost {
    if matches!(option, "comment" | "row_format" | "collation") { Cost::Free } else { Cost::Copy }
}

pub fn of_column(change: &Change<'_>) -> Cost {
    let is_light = |attribute: &&&str| matches!(**attribute, "comment" | "default" | "invisible" | "not_null");
    if change.attributes.iter().all(|attribute| is_light(&attribute)) {
        return Cost::Free;
    }
    let rest: Vec<&str> = change.attributes.iter().filter(|attribute| !is_light(attribute)).copied().collect();
    if rest == ["type"] && is_widened(change) { Cost::Free } else { Cost::Copy }
}

/// A longer VARCHAR whose length takes as many bytes as before, or further values of an ENUM behind the others.
fn is_widened(change: &Change<'_>) -> bool {
    let (Some(was), Some(is)) = (change.from.text("type"), change.to.text("type")) else { return false };
    let length = |text: &str| text.strip_prefix("varchar(")?.strip_suffix(')')?.parse::<u32>().ok();
    if let (Some(was), Some(is)) = (length(was), length(is)) {
        // In bytes; four for each sign at most, one at least.
        return was <= is && (is * 4 < 256 || was > 255);
    }
    let values = |text: &str| text.strip_prefix("enum(").and_then(|text| text.strip_suffix(')')).map(str::to_owned);
    match (values(was), values(is)) {
        (Some(was), Some(is)) => {
            let count = |text: &str| text.split("',").count();
            is.strip_prefix(&was).is_some_and(|more| more.starts_with(",'")) && (count(&is) < 256 || count(&was) > 255)
        }
        _ => false,
    }
}

/// The statement with its clause, where others are at work; with what it does to them where it has none.
pub fn statement(plain: &str, cost: Cost, table: &Object, to: &Target<'_>) -> Statement {
    if to.making.form.offline {
        return Statement::new(format!("{plain};"));
    }
    let relation = table.display();
    let before = to.making.from.same(table).unwrap_or(table);
    let is_plain =
        |table: &Object| table.text("engine") == Some("InnoDB") && !flag(table, "system_versioned") && table.get("periods").is_none();
    let parts = to.making.from.parts_of_kind(table.identity.part(0), table.identity.part(1), Kind::Index);
    // A table that is written anew with such indexes is locked meanwhile, and whether it is written anew the server decides.
    let has_words = parts.filter(|index| matches!(index.text("method"), Some("fulltext" | "spatial"))).count() > 0;
    let cost = if is_plain(before) && is_plain(table) && !has_words { cost } else { Cost::Copy };
    match cost {
        Cost::Free => Statement::new(format!("{plain},\n    LOCK=NONE;")),
        Cost::Shared => Statement::new(format!("{plain},\n    LOCK=SHARED;")).hazard(Hazard::Locks { mode: "SHARED", relation }),
        Cost::Copy => Statement::new(format!("{plain};"))
            .hazard(Hazard::Rewrites(relation.clone()))
            .hazard(Hazard::Locks { mode: "SHARED", relation }),
    }
}

/// Old versions of the rows are altered along.
pub fn keeping_history(table: &Object, mut statements: Vec<Statement>, to: &Target<'_>) -> Vec<Statement> {
    let before = to.making.from.same(table);
    if to.flavor().asks_what_becomes_of_history()
        && !statements.is_empty()
        && (before.is_some_and(|before| flag(before, "system_versioned")) || flag(table, "system_versioned") && statements.len() > 1)
    {
        let set = |word: &str| Statement::new(format!("SET SESSION system_versioning_alter_history = {word};"));
        statements.insert(0, set("KEEP"));
        statements.push(set("ERROR"));
    }
    statements
}
