//! Kind `text-search-configuration`.

use crate::kind::{Dimension, Engines, Neutral, Parent, Property, Severity, Spec};

pub static SPEC: Spec = Spec {
    name: "text-search-configuration",
    plural: "text search configurations",
    dimension: Dimension::Schema,
    identity: &["schema", "name"],
    within_table: &[],
    parent: Parent::Schema,
    engines: Engines::POSTGRESQL,
    properties: &[
        Property::text("parser", "The parser.", "Text is split differently.").neutral(Neutral::Text("default")),
        Property::list("mappings", "Dictionaries by token type, each `token: dictionary, …` in the order they are asked, sorted.", "Documents and queries get other lexemes: stored tsvectors no longer match."),
    ],
    summary: &["parser"],
    why: "Queries and indexes that name it fail where it is missing.",
    missing: Severity::Block,
};
