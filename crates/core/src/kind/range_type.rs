//! Kind `range-type`: range types, with the multirange type and the functions that come with each.

use crate::kind::{Dimension, Engines, Parent, Property, Severity, Spec};

pub static SPEC: Spec = Spec {
    name: "range-type",
    plural: "range types",
    dimension: Dimension::Schema,
    identity: &["schema", "name"],
    within_table: &[],
    parent: Parent::Schema,
    engines: Engines::POSTGRESQL,
    properties: &[
        Property::text("subtype", "Type of the bounds.", "Ranges are made of other values."),
        Property::text("operator_class", "Operator class that orders the bounds, where it is not the subtype's default.", "Bounds are ordered differently."),
        Property::text("collation", "Collation of the bounds, where it is not the subtype's.", "Bounds are ordered differently."),
        Property::text("canonical", "Function that makes equal ranges identical.", "Equal ranges compare as different."),
        Property::text("difference", "Function that measures the distance of two bounds.", "GiST indexes are built and searched less well."),
        Property::text("multirange", "Name of the multirange type, where it is not the generated one.", "Columns and casts name it.").since(14),
    ],
    summary: &["subtype"],
    why: "Columns and functions of the type cannot exist without it.",
    missing: Severity::Block,
};
