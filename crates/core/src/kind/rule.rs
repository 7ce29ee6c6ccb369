//! Kind `rule`: rewrite rules of tables and views; the rule that makes a view a view is the view's definition.

use crate::kind::{Dimension, Engines, Neutral, Parent, Property, Severity, Spec};

pub static SPEC: Spec = Spec {
    name: "rule",
    plural: "rules",
    dimension: Dimension::Schema,
    identity: &["schema", "table", "name"],
    within_table: &[],
    parent: Parent::Relation,
    engines: Engines::POSTGRESQL,
    properties: &[
        Property::text("event", "`select`, `insert`, `update` or `delete`.", "Other statements are rewritten."),
        Property::flag("instead", "The original statement is not executed.", "The statement runs in one environment and is replaced in the other."),
        Property::text("condition", "The rule's WHERE, in canonical form.", "Other rows are rewritten."),
        Property::definition("action", "The statements it runs, in canonical form; `NOTHING` for none.", "It does something else."),
        Property::text("enabled", "`origin` (in ordinary sessions), `replica`, `always` or `disabled`.", "It fires in one environment only.").neutral(Neutral::Text("origin")),
    ],
    summary: &["event", "instead"],
    why: "Statements on the relation are rewritten in one environment only.",
    missing: Severity::Block,
};
