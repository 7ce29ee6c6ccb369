//! Kind `package`: packages of MariaDB in Oracle mode: specification and body.

use crate::kind::{Dimension, Engines, Neutral, Parent, Property, Severity, Spec};

pub static SPEC: Spec = Spec {
    name: "package",
    plural: "packages",
    dimension: Dimension::Schema,
    identity: &["schema", "name"],
    within_table: &[],
    parent: Parent::Schema,
    engines: Engines::MARIADB,
    properties: &[
        Property::definition("specification", "What others may call.", "Calls fail."),
        Property::definition("body", "How it does it.", "It does something else."),
        Property::text("security", "`invoker` or `definer`.", "It runs with other privileges.").neutral(Neutral::Text("definer")),
        Property::list("sql_mode", "The SQL mode it runs under, kept from when it was made, sorted.", "Invalid values are refused in one environment and bent in the other.").of_session("sql_mode"),
        Property::list("charsets", "Character set and collations of the session and database that made it.", "Literals in it compare by other rules.").cosmetic(),
    ],
    summary: &[],
    why: "Calls of its routines fail where it is missing.",
    missing: Severity::Block,
};
