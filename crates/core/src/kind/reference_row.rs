//! Kind `reference-row`: one row of a lookup table, by hashes under the project's secret. What the content is stands in the hash of its
//! `reference-table` and in the digest; the rows say where two contents differ.

use crate::kind::{Dimension, Engines, Parent, Property, Severity, Spec, Tolerance};

pub static SPEC: Spec = Spec {
    name: "reference-row",
    plural: "reference rows",
    dimension: Dimension::Data,
    identity: &["schema", "table", "key"],
    within_table: &[],
    parent: Parent::Relation,
    engines: Engines::ALL,
    properties: &[
        Property::list("columns", "Each column with the keyed hash of its value, sorted.", "The application reads another value there.")
            .cosmetic()
            .weighs(Severity::Block),
        Property::list("values", "Each column with its value, sorted; only where values were asked for.", "These are users' data.")
            .measured(Tolerance::Any),
    ],
    summary: &["values"],
    why: "The application finds the row in one environment only.",
    missing: Severity::Block,
};
