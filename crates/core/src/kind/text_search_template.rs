//! Kind `text-search-template`: what dictionaries are made from.

use crate::kind::{Dimension, Engines, Parent, Property, Severity, Spec};

pub static SPEC: Spec = Spec {
    name: "text-search-template",
    plural: "text search templates",
    dimension: Dimension::Schema,
    identity: &["schema", "name"],
    within_table: &[],
    parent: Parent::Schema,
    engines: Engines::POSTGRESQL,
    properties: &[
        Property::text("init", "Function that starts a dictionary.", "Dictionaries read other options."),
        Property::text("lexize", "Function that turns a token into lexemes.", "Words match other words."),
    ],
    summary: &["lexize"],
    why: "Dictionaries made from it cannot exist without it.",
    missing: Severity::Block,
};
