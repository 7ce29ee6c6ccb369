//! Kind `node`: the server process that was asked, and what hangs on it. One object an environment.

use crate::kind::{Dimension, Engines, Neutral, Parent, Property, Severity, Spec, Tolerance};

const LAG: Tolerance = Tolerance::Ratio { hundredths: 1000, floor: 16_777_216 };

pub static SPEC: Spec = Spec {
    name: "node",
    plural: "nodes",
    dimension: Dimension::Topology,
    identity: &["what"],
    within_table: &[],
    parent: Parent::None,
    engines: Engines::ALL,
    properties: &[
        Property::text("role", "`primary` or `standby`.", "A standby takes no migration; its settings and statistics are its own.").weighs(Severity::Warn),
        Property::integer("replicas", "Replicas that stream from it now.", "Lag, synchronous commits and cancelled queries on replicas are untested where there are none.").weighs(Severity::Warn),
        Property::text("wal_level", "What is written to the log.", "Publications and logical slots are refused, or bulk loads write less, where it is lower.").on(Engines::POSTGRESQL).weighs(Severity::Warn),
        Property::text("archive_mode", "`on`, `off` or `always`.", "The log of a large migration must be archived as well where it is on.").on(Engines::POSTGRESQL).weighs(Severity::Warn),
        Property::text("synchronous_standby_names", "Replicas that commits wait for.", "Every commit of a migration waits for a replica in one environment only.").on(Engines::POSTGRESQL).weighs(Severity::Warn),
        Property::integer("max_wal_senders", "How many replicas and backups may stream.", "A further replica or backup is refused.").on(Engines::POSTGRESQL).weighs(Severity::Warn),
        Property::text("hot_standby", "`on` where a replica answers queries.", "Queries on replicas are refused.").on(Engines::POSTGRESQL).weighs(Severity::Warn),
        Property::flag("replay_paused", "A standby whose replay is paused.", "What it shows stands still, and its lag grows.").on(Engines::POSTGRESQL).measured(Tolerance::Absolute { hundredths: 0 }),
        Property::integer("replay_lag_bytes", "Log that a standby received and did not replay yet.", "It shows an older state.").on(Engines::POSTGRESQL).measured(LAG),
        Property::number("replay_lag_seconds", "Age of the last transaction a standby replayed, where it has more to replay.", "It shows an older state.").on(Engines::POSTGRESQL).measured(Tolerance::Ratio { hundredths: 1000, floor: 10 }),
        Property::flag("binary_log", "Changes are written to a binary log.", "Functions that are not declared deterministic are refused, and a migration writes its log as well, only where it is on.").on(Engines::MYSQL_FAMILY).weighs(Severity::Warn),
        Property::flag("read_only", "Ordinary users cannot write.", "A migration is refused.").on(Engines::MYSQL_FAMILY).weighs(Severity::Warn),
        Property::text("semi_sync", "`source`, `replica`, `both`: acknowledgements of replicas are waited for; absent where off.", "Every commit of a migration waits for a replica in one environment only.").on(Engines::MYSQL_FAMILY).weighs(Severity::Warn),
        Property::text("cluster", "`group replication` or `galera`; absent where it is in none.", "In a cluster DDL is certified or runs everywhere at once: other locks, other limits.").on(Engines::MYSQL_FAMILY).weighs(Severity::Warn),
        Property::integer("cluster_members", "Members of the cluster now.", "Certification and flow control depend on it.").on(Engines::MYSQL_FAMILY).weighs(Severity::Warn),
        Property::list("binlog_filters", "Databases that the binary log leaves out or is limited to, each `do: name` or `ignore: name`, sorted.", "A migration does not reach the replicas.").on(Engines::MYSQL_FAMILY).weighs(Severity::Warn),
        Property::integer("gtid_gaps", "Holes in the executed GTID set.", "Transactions were skipped: the node does not hold all that others do.").on(Engines::MYSQL).neutral(Neutral::Integer(0)).must_be_neutral().weighs(Severity::Warn),
    ],
    summary: &["role", "replicas"],
    why: "Without it nothing is known about the node.",
    missing: Severity::Warn,
};
