//! Kind `text-search-dictionary`.

use crate::kind::{Dimension, Engines, Parent, Property, Severity, Spec};

pub static SPEC: Spec = Spec {
    name: "text-search-dictionary",
    plural: "text search dictionaries",
    dimension: Dimension::Schema,
    identity: &["schema", "name"],
    within_table: &[],
    parent: Parent::Schema,
    engines: Engines::POSTGRESQL,
    properties: &[
        Property::text("template", "The template it is made from.", "Words are reduced differently."),
        Property::text("options", "Options as they were written.", "Words are reduced differently."),
    ],
    summary: &["template"],
    why: "Text search configurations that use it cannot exist without it.",
    missing: Severity::Block,
};
