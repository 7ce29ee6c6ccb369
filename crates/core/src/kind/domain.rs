//! Kind `domain`: a type with a default and rules; its checks are kind `domain-constraint`.

use crate::kind::{Dimension, Engines, Parent, Property, Severity, Spec};

pub static SPEC: Spec = Spec {
    name: "domain",
    plural: "domains",
    dimension: Dimension::Schema,
    identity: &["schema", "name"],
    within_table: &[],
    parent: Parent::Schema,
    engines: Engines::POSTGRESQL,
    properties: &[
        Property::text("type", "The type behind it, with modifier.", "Values that fit in one environment are refused in the other."),
        Property::text("collation", "Collation, where it is not that of the type behind it.", "Order and equality of text depend on it."),
        Property::flag("not_null", "NULL is refused.", "Statements that write NULL work in one environment only."),
        Property::text("not_null_name", "Name of the NOT NULL constraint, where it is not the generated one.", "Only needed to drop the constraint by name.").since(17).cosmetic(),
        Property::text("default", "Default expression.", "Rows inserted without a value get different ones."),
    ],
    summary: &["type", "not_null", "default"],
    why: "Columns and functions of the type cannot exist without it.",
    missing: Severity::Block,
};
