//! What no case can change here, each with its reason. Keep it tiny: every line is a property nobody proves.

use evenkeel_core::kind::{Class, Kind, Property};

/// Kind (`*` for all), property (`_missing` for presence), and why no server in a test can show it.
pub const EXEMPT: &[(&str, &str, &str)] = &[
    ("server", "_missing", "every server describes itself"),
    ("server", "timezone_version", "no server tells the version of its time zone data"),
    ("setting", "comment", "COMMENT ON knows no settings"),
    ("setting", "security_labels", "SECURITY LABEL knows no settings"),
    // https://www.postgresql.org/docs/current/sql-security-label.html lists what can be labelled.
    ("constraint", "security_labels", "SECURITY LABEL knows no constraints"),
    ("index", "security_labels", "SECURITY LABEL knows no indexes"),
    ("extension", "security_labels", "SECURITY LABEL knows no extensions"),
    // Their tables are objects of the schema too, and have the comment and the labels there.
    ("history-table", "comment", "the comment is the table's"),
    ("history-table", "security_labels", "the labels are the table's"),
    ("migration", "comment", "a row has no comment"),
    ("migration", "security_labels", "a row has no label"),
];

/// Why that property needs no case; `property` is nothing for the presence of the object.
pub fn reason(kind: Kind, property: Option<&Property>) -> Option<&'static str> {
    // Read to explain other values; never compared, never hashed.
    if property.is_some_and(|property| property.class == Class::Volatile) {
        return Some("volatile");
    }
    let name = property.map_or("_missing", |property| property.name);
    let found = EXEMPT.iter().find(|(exempt, attribute, _)| (*exempt == "*" || *exempt == kind.name()) && *attribute == name);
    found.map(|(_, _, reason)| *reason)
}
