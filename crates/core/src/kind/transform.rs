//! Kind `transform`: how a type looks inside a procedural language.

use crate::kind::{Dimension, Engines, Parent, Property, Severity, Spec};

pub static SPEC: Spec = Spec {
    name: "transform",
    plural: "transforms",
    dimension: Dimension::Schema,
    identity: &["type", "language"],
    within_table: &[],
    parent: Parent::None,
    engines: Engines::POSTGRESQL,
    properties: &[
        Property::text("from_sql", "Function for arguments.", "Functions get arguments in another form."),
        Property::text("to_sql", "Function for results.", "Functions return results in another form."),
    ],
    summary: &["from_sql", "to_sql"],
    why: "Functions declared FOR TYPE cannot exist without it.",
    missing: Severity::Block,
};
