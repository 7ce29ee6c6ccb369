//! Kind `node`: the server process that was asked, and what hangs on it. One object an environment.

use crate::kind::{Dimension, Parent, Property, Severity, Spec, Tolerance};

const LAG: Tolerance = Tolerance::Ratio { hundredths: 1000, floor: 16_777_216 };

pub static SPEC: Spec = Spec {
    name: "node",
    plural: "nodes",
    dimension: Dimension::Topology,
    identity: &["what"],
    parent: Parent::None,
    properties: &[
        Property::text("role", "`primary` or `standby`.", "A standby takes no migration; its settings and statistics are its own.").weighs(Severity::Warn),
        Property::integer("replicas", "Replicas that stream from it now.", "Lag, synchronous commits and cancelled queries on replicas are untested where there are none.").weighs(Severity::Warn),
        Property::text("wal_level", "What is written to the log.", "Publications and logical slots are refused, or bulk loads write less, where it is lower.").weighs(Severity::Warn),
        Property::text("archive_mode", "`on`, `off` or `always`.", "The log of a large migration must be archived as well where it is on.").weighs(Severity::Warn),
        Property::text("synchronous_standby_names", "Replicas that commits wait for.", "Every commit of a migration waits for a replica in one environment only.").weighs(Severity::Warn),
        Property::integer("max_wal_senders", "How many replicas and backups may stream.", "A further replica or backup is refused.").weighs(Severity::Warn),
        Property::text("hot_standby", "`on` where a replica answers queries.", "Queries on replicas are refused.").weighs(Severity::Warn),
        Property::flag("replay_paused", "A standby whose replay is paused.", "What it shows stands still, and its lag grows.").measured(Tolerance::Absolute { hundredths: 0 }),
        Property::integer("replay_lag_bytes", "Log that a standby received and did not replay yet.", "It shows an older state.").measured(LAG),
        Property::number("replay_lag_seconds", "Age of the last transaction a standby replayed, where it has more to replay.", "It shows an older state.").measured(Tolerance::Ratio { hundredths: 1000, floor: 10 }),
    ],
    summary: &["role", "replicas"],
    why: "Without it nothing is known about the node.",
    missing: Severity::Warn,
};
