//! Kind `reference-table`: a lookup table whose content must match, by its hash and the number of its rows. Only tables that the
//! configuration names (`reference`). Its rows are of kind `reference-row`.

use crate::kind::{Dimension, Engines, Parent, Property, Severity, Spec};

pub static SPEC: Spec = Spec {
    name: "reference-table",
    plural: "reference tables",
    dimension: Dimension::Data,
    identity: &["schema", "name"],
    // Stands by itself beside the table of the schema dimension, as its content does (see `compare::fold`).
    within_table: &[],
    parent: Parent::Schema,
    engines: Engines::ALL,
    properties: &[
        Property::integer("rows", "How many rows it has.", "Lookups find nothing, or something else."),
        Property::list("columns", "The columns that are compared, sorted.", "What is not compared may differ."),
        Property::list("key", "The columns that name a row.", "Rows are told apart by other columns."),
        Property::text("content", "The hash of all its rows, whatever their order.", "The application reads other values from it."),
        Property::text("secret", "A fingerprint of the secret under which its rows are hashed; none where there is no secret.", "Rows that were hashed under different secrets cannot be told from each other.")
            .cosmetic(),
    ],
    summary: &["rows"],
    why: "Only one of the environments has the reference data.",
    missing: Severity::Block,
};
