//! Kind `setting`: one server setting as a session of the environment would get it. What a difference weighs is
//! knowledge of the engine, carried in `rank`.

use crate::kind::{Dimension, Engine, Engines, Parent, Property, Severity, Spec};

pub static SPEC: Spec = Spec {
    name: "setting",
    plural: "settings",
    dimension: Dimension::Configuration,
    identity: &["name"],
    within_table: &[],
    parent: Parent::None,
    engines: Engines::ALL,
    properties: &[
        Property::text("value", "The value new sessions get, with its unit.", "A rehearsal runs under other conditions than production."),
        Property::text("effective", "The value the migration role gets.", "The migration runs under other conditions than in production.").on(Engines::POSTGRESQL),
        Property::text("source", "Where the value was set.", "Tells where to change it.").volatile(),
        Property::text("rank", "`must match`, `should match` or `expected to differ`.", "Decides what a difference weighs.").volatile(),
        Property::flag("pending_restart", "A changed value waits for a restart.", "The next restart changes the behaviour.").on(Engines::POSTGRESQL.from(Engine::MySql, 0)).weighs(Severity::Warn),
    ],
    summary: &["value", "source"],
    why: "Only one of the servers has the setting.",
    missing: Severity::Inform,
};
