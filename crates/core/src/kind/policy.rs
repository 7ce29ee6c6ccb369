//! Kind `policy`: row-level security policies of tables; whether they are in force is a property of the table.

use crate::kind::{Dimension, Engines, Neutral, Parent, Property, Severity, Spec};

pub static SPEC: Spec = Spec {
    name: "policy",
    plural: "policies",
    dimension: Dimension::Schema,
    identity: &["schema", "table", "name"],
    within_table: &[],
    parent: Parent::Relation,
    engines: Engines::POSTGRESQL,
    properties: &[
        Property::text("command", "`all`, `select`, `insert`, `update` or `delete`.", "Other statements are restricted.").neutral(Neutral::Text("all")),
        Property::text("type", "`permissive` (any one suffices) or `restrictive` (all must hold).", "Rows are visible in one environment only.").neutral(Neutral::Text("permissive")),
        Property::list("roles", "Roles it applies to, sorted; none means PUBLIC.", "Other roles see the rows."),
        Property::text("using", "Which existing rows are visible, in canonical form.", "Rows visible in one environment are hidden in the other."),
        Property::text("check", "Which new rows are allowed, in canonical form.", "Rows accepted in one environment are refused in the other."),
    ],
    summary: &["command", "roles", "using"],
    why: "With row-level security on, rows are hidden or visible in one environment only.",
    missing: Severity::Block,
};
