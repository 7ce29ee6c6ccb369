//! Kind `event-trigger`: triggers on DDL.

use crate::kind::{Dimension, Engines, Neutral, Parent, Property, Severity, Spec};

pub static SPEC: Spec = Spec {
    name: "event-trigger",
    plural: "event triggers",
    dimension: Dimension::Schema,
    identity: &["name"],
    within_table: &[],
    parent: Parent::None,
    engines: Engines::POSTGRESQL,
    properties: &[
        Property::text("event", "The event, such as `ddl_command_start`.", "It runs at another moment of a migration."),
        Property::list("tags", "Command tags it is limited to, sorted.", "Other commands fire it."),
        Property::text("function", "The function it calls.", "Other code runs inside of every matching migration step."),
        Property::text("enabled", "`origin` (in ordinary sessions), `replica`, `always` or `disabled`.", "DDL is watched or refused in one environment only.").neutral(Neutral::Text("origin")),
    ],
    summary: &["event", "function"],
    why: "It can refuse, log or extend DDL: the same migration does something else without it.",
    missing: Severity::Block,
};
