//! Kind `tablespace`: names and options; where they lie on disk is the machine's business.

use crate::kind::{Dimension, Engines, Parent, Property, Severity, Spec};

pub static SPEC: Spec = Spec {
    name: "tablespace",
    plural: "tablespaces",
    dimension: Dimension::Configuration,
    identity: &["name"],
    within_table: &[],
    parent: Parent::None,
    engines: Engines::POSTGRESQL,
    properties: &[Property::list("options", "Options, each `name=value`, sorted.", "The planner's costs differ for tables in it.").weighs(Severity::Warn)],
    summary: &["options"],
    why: "Statements that name the tablespace fail where it is missing.",
    missing: Severity::Block,
};
