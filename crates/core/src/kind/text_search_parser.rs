//! Kind `text-search-parser`.

use crate::kind::{Dimension, Engines, Parent, Property, Severity, Spec};

pub static SPEC: Spec = Spec {
    name: "text-search-parser",
    plural: "text search parsers",
    dimension: Dimension::Schema,
    identity: &["schema", "name"],
    within_table: &[],
    parent: Parent::Schema,
    engines: Engines::POSTGRESQL,
    properties: &[
        Property::text("start", "Function that begins.", "Text is split differently."),
        Property::text("token", "Function that gets the next token.", "Text is split differently."),
        Property::text("end", "Function that ends.", "Text is split differently."),
        Property::text("headline", "Function that makes headlines.", "Headlines differ."),
        Property::text("types", "Function that lists the token types.", "Configurations map other tokens."),
    ],
    summary: &["token"],
    why: "Text search configurations that use it cannot exist without it.",
    missing: Severity::Block,
};
