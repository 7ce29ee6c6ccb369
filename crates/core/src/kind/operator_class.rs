//! Kind `operator-class`: how an index method treats one type. Operators and functions for just that type stand here, all others
//! of the family with the family: which of the two an entry was created with differs between server versions.

use crate::kind::{Dimension, Engines, Parent, Property, Severity, Spec};

pub static SPEC: Spec = Spec {
    name: "operator-class",
    plural: "operator classes",
    dimension: Dimension::Schema,
    identity: &["schema", "name", "method"],
    within_table: &[],
    parent: Parent::Schema,
    engines: Engines::POSTGRESQL,
    properties: &[
        Property::text("type", "The indexed type.", "It serves another type."),
        Property::flag("default", "Used where an index names no operator class.", "An index without an operator class is another one, or fails to build."),
        Property::text("family", "The operator family it belongs to, where it has another name or schema than the class.", "Queries across types use the index or not."),
        Property::text("storage", "Type stored in the index, where it is not the indexed type.", "The index holds other values."),
        Property::list("operators", "Operators as `strategy operator`, with the order family of ordering operators.", "Other conditions can use the index, or it answers wrongly."),
        Property::list("functions", "Support functions as `number function`.", "The index is built and searched differently."),
    ],
    summary: &["type"],
    why: "Indexes that name it cannot be built without it.",
    missing: Severity::Block,
};
