//! Kind `override`: a setting that a role or the database gets in place of the server's value.

use crate::kind::{Dimension, Engines, Parent, Property, Severity, Spec};

pub static SPEC: Spec = Spec {
    name: "override",
    plural: "setting overrides",
    dimension: Dimension::Configuration,
    identity: &["role", "scope", "setting"],
    within_table: &[],
    parent: Parent::None,
    engines: Engines::POSTGRESQL,
    properties: &[
        Property::text("value", "The value set with ALTER ROLE or ALTER DATABASE, with its unit.", "Sessions of the role run under other conditions."),
        Property::text("rank", "`must match`, `should match` or `expected to differ`.", "Decides what a difference weighs.").volatile(),
    ],
    summary: &["value"],
    why: "Sessions it applies to run under other conditions in the environment that has it.",
    missing: Severity::Warn,
};
