//! What no case can change here, each with its reason. Keep it tiny: every line is a property nobody proves.

use evenkeel_core::kind::{Class, Kind, Property, Tolerance};

/// Kind, property (`_missing` for presence), and why no server in a test can show it.
const EXEMPT: &[(&str, &str, &str)] = &[
    ("server", "_missing", "every server describes itself"),
    ("definer", "_missing", "every object of its kinds has one; it goes with it"),
    ("node", "_missing", "every server is a node"),
    ("table-statistics", "_missing", "every table has them; they go with it"),
    ("index-statistics", "_missing", "every index has them; they go with it"),
    ("channel", "lag_seconds", "is judged from ten seconds of delay on"),
    ("channel", "heartbeat_lag_seconds", "is judged from ten seconds of delay on"),
    ("replica", "lag_seconds", "the source of MySQL and MariaDB does not know it"),
];

/// Kinds that have a comment on these servers.
const COMMENTED: &[&str] =
    &["schema", "table", "partition", "column", "constraint", "index", "function", "procedure", "package", "event", "role"];

/// Why that property needs no case, and whether that is worth telling; `property` is nothing for presence.
pub fn reason(kind: Kind, property: Option<&Property>) -> Option<(&'static str, bool)> {
    let name = property.map_or("_missing", |property| property.name);
    match property.map(|property| property.class) {
        Some(Class::Volatile) => return Some(("never compared", false)),
        Some(Class::Measured(Tolerance::Any)) => return Some(("shown, never judged", false)),
        _ => {}
    }
    if name == "comment" && !COMMENTED.contains(&kind.name()) {
        return Some(("it has no comment on these servers", false));
    }
    if name == "security_labels" {
        return Some(("these servers have none", false));
    }
    let found = EXEMPT.iter().find(|(exempt, attribute, _)| *exempt == kind.name() && *attribute == name);
    found.map(|(_, _, reason)| (*reason, true))
}
