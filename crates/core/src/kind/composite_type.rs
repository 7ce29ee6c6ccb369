//! Kind `composite-type`: free-standing row types; the row types of tables are the tables.

use crate::kind::{Dimension, Engines, Parent, Property, Severity, Spec};

pub static SPEC: Spec = Spec {
    name: "composite-type",
    plural: "composite types",
    dimension: Dimension::Schema,
    identity: &["schema", "name"],
    within_table: &[],
    parent: Parent::Schema,
    engines: Engines::POSTGRESQL,
    properties: &[
        Property::list("attributes", "Attributes in order, each with its type and a collation that is not the type's.", "Values have other fields."),
        Property::list("attribute_comments", "Comments on attributes, each `name: comment`, sorted.", "Only documentation differs; no statement behaves differently.").cosmetic(),
    ],
    summary: &["attributes"],
    why: "Columns and functions of the type cannot exist without it.",
    missing: Severity::Block,
};
