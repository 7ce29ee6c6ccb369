//! Kind `channel`: replication a replica receives.

use crate::kind::{Dimension, Engines, Neutral, Parent, Property, Severity, Spec, Tolerance};

pub static SPEC: Spec = Spec {
    name: "channel",
    plural: "replication channels",
    dimension: Dimension::Topology,
    identity: &["name"],
    within_table: &[],
    parent: Parent::None,
    engines: Engines::MYSQL_FAMILY,
    properties: &[
        Property::text("state", "`running`, `stopped` or `broken`.", "The replica falls behind.").neutral(Neutral::Text("running")).must_be_neutral().weighs(Severity::Warn),
        Property::text("positioning", "`gtid` or `file`.", "Failover works in another way.").weighs(Severity::Warn),
        Property::integer("delay_seconds", "How long it waits on purpose.", "It shows an older state.").weighs(Severity::Warn),
        Property::integer("workers", "How many threads apply changes.", "A large change is applied more slowly.").weighs(Severity::Inform),
        Property::list("filters", "What it leaves out or is limited to, each `rule: value`, sorted.", "A migration does not reach this replica, or breaks it.").weighs(Severity::Warn),
        Property::integer("lag_seconds", "How far it is behind, as the server says.", "It shows an older state.").measured(Tolerance::Ratio { hundredths: 1000, floor: 10 }),
        Property::number("heartbeat_lag_seconds", "How far it is behind by the heartbeat table that was named.", "It shows an older state.").measured(Tolerance::Ratio { hundredths: 1000, floor: 10 }),
    ],
    summary: &["state", "positioning"],
    why: "It replicates in one environment only.",
    missing: Severity::Warn,
};
