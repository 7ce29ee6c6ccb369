//! What no case can change here, each with its reason. Keep it tiny: every line is a property nobody proves.

use evenkeel_core::kind::{Kind, Property};

/// Kind, property (`_missing` for presence), and why no server in a test can show it.
const EXEMPT: &[(&str, &str, &str)] = &[
    ("server", "_missing", "every server describes itself"),
    ("server", "timezone_version", "the time zone data comes with the server's package"),
    ("owner", "_missing", "every object has one; it goes with it"),
    ("node", "_missing", "every server is a node"),
    ("node", "replay_lag_seconds", "is judged from ten seconds of delay on"),
    ("replica", "lag_seconds", "is judged from ten seconds of delay on"),
    ("replica", "state", "any other than streaming passes in a moment"),
    ("slot", "retained_bytes", "is judged from a gigabyte of log on"),
    ("table-statistics", "_missing", "every table has them; they go with it"),
    ("index-statistics", "_missing", "every index has them; they go with it"),
    ("extension-version", "_missing", "every extension has one; it goes with it"),
    ("extension-version", "default_version", "comes with the server's package"),
    ("collation-version", "actual", "comes with the server's package"),
];

/// What COMMENT ON does not know. <https://www.postgresql.org/docs/current/sql-comment.html>
const NOT_COMMENTED: &[&str] = &[
    "collation-version",
    "column-statistics",
    "default-privilege",
    "extension-version",
    "grant",
    "history-table",
    "index-statistics",
    "membership",
    "migration",
    "node",
    "override",
    "owner",
    "publication-table",
    "replica",
    "setting",
    "slot",
    "table-statistics",
    "user-mapping",
];

/// What SECURITY LABEL knows. <https://www.postgresql.org/docs/current/sql-security-label.html>
const LABELLED: &[&str] = &[
    "aggregate",
    "base-type",
    "column",
    "composite-type",
    "domain",
    "enum",
    "event-trigger",
    "function",
    "language",
    "materialized-view",
    "procedure",
    "publication",
    "range-type",
    "role",
    "schema",
    "sequence",
    "server",
    "subscription",
    "table",
    "tablespace",
    "view",
];

/// Kinds that are read only where the configuration names tables, which a case cannot. The tests of the command line compare rows and
/// content of them.
const CONFIGURED: &[Kind] = &[Kind::ReferenceTable, Kind::ReferenceRow];

/// Why that property needs no case, and whether that is worth telling; `property` is nothing for presence.
pub fn reason(kind: Kind, property: Option<&Property>) -> Option<(&'static str, bool)> {
    let name = property.map_or("_missing", |property| property.name);
    if name == "comment" && NOT_COMMENTED.contains(&kind.name()) {
        return Some(("COMMENT ON knows no such thing", false));
    }
    if name == "security_labels" && !LABELLED.contains(&kind.name()) {
        return Some(("SECURITY LABEL knows no such thing", false));
    }
    if CONFIGURED.contains(&kind) {
        return Some(("read only where `reference` is configured", true));
    }
    let found = EXEMPT.iter().find(|(exempt, attribute, _)| *exempt == kind.name() && *attribute == name);
    found.map(|(_, _, reason)| (*reason, true))
}
