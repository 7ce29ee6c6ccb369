//! Kind `replica`: one that streams from the node that was asked, by its application name. No address is kept.

use crate::kind::{Dimension, Engines, Parent, Property, Severity, Spec, Tolerance};

pub static SPEC: Spec = Spec {
    name: "replica",
    plural: "replicas",
    dimension: Dimension::Topology,
    identity: &["name"],
    within_table: &[],
    parent: Parent::None,
    engines: Engines::ALL,
    properties: &[
        Property::text("sync_state", "`async`, `potential`, `sync` or `quorum`.", "Commits wait for it in one environment only.").on(Engines::POSTGRESQL).weighs(Severity::Warn),
        Property::integer("sync_priority", "Its place among those that commits wait for.", "Another replica is waited for.").on(Engines::POSTGRESQL).weighs(Severity::Warn),
        Property::text("state", "`streaming`, `catchup` or `startup`.", "It is not up to date.").cosmetic(),
        Property::integer("lag_bytes", "Log it has not replayed yet.", "It shows an older state, and may fall behind during a migration.").on(Engines::POSTGRESQL).measured(Tolerance::Ratio { hundredths: 1000, floor: 16_777_216 }),
        Property::number("lag_seconds", "The primary's own estimate of its delay; near zero while replay is held back.", "It shows an older state.").measured(Tolerance::Ratio { hundredths: 1000, floor: 10 }),
        Property::flag("connected", "It is connected now.", "It misses changes until it is back.").on(Engines::MYSQL_FAMILY).cosmetic(),
    ],
    summary: &["sync_state", "state"],
    why: "Lag and cancelled queries on replicas are untested where it is missing.",
    missing: Severity::Warn,
};
