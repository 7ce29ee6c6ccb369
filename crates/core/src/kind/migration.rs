//! Kind `migration`: one recorded migration. Who applied it and when differ by nature: shown, and never compared.

use crate::kind::{Dimension, Engines, Neutral, Parent, Property, Severity, Spec};

pub static SPEC: Spec = Spec {
    name: "migration",
    plural: "migrations",
    dimension: Dimension::History,
    identity: &["schema", "table", "key"],
    within_table: &[],
    parent: Parent::Relation,
    engines: Engines::ALL,
    properties: &[
        Property::text("state", "`applied`, `failed`, `in progress` or `rolled back`, from what the tool recorded.", "The record does not say that the migration is in force: the tool refuses to go on, or runs it again.")
            .neutral(Neutral::Text("applied"))
            .must_be_neutral(),
        Property::text("checksum", "The checksum the tool recorded, as it recorded it.", "Another text of the migration was applied: the same version stands for two things."),
        Property::text("description", "The description or file name the tool recorded.", "Only the wording differs.").cosmetic(),
        Property::text("recorded_as", "The tool's own word for how it came there, where it is not the usual one: `BASELINE`, `MARK_RAN`.", "Recorded without having been run: look whether the schema agrees.")
            .cosmetic(),
        Property::text("at", "When it was recorded, as the tool wrote it.", "Differs by nature.").volatile(),
        Property::text("by", "Who recorded it, as the tool wrote it.", "Differs by nature.").volatile(),
        Property::integer("position", "Rank in the order of application.", "Tells which came first.").volatile(),
    ],
    summary: &["state", "description"],
    why: "One of the environments has not recorded it: the next deploy runs other migrations there.",
    missing: Severity::Block,
};
