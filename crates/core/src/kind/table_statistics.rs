//! Kind `table-statistics`: how much is in a table, by the server's own estimates. Nothing here is in a digest.
//! Sizes are of the last VACUUM or ANALYZE: exact ones would open every file and wait for every lock.

use crate::kind::{Dimension, Engines, Parent, Property, Severity, Spec, Tolerance};

const ROWS: Tolerance = Tolerance::Ratio { hundredths: 200, floor: 10_000 };
const BYTES: Tolerance = Tolerance::Ratio { hundredths: 200, floor: 10_000_000 };

pub static SPEC: Spec = Spec {
    name: "table-statistics",
    plural: "tables' statistics",
    dimension: Dimension::Data,
    identity: &["schema", "table"],
    within_table: &[],
    parent: Parent::Relation,
    engines: Engines::ALL,
    properties: &[
        Property::integer("rows", "Estimated rows: of the last ANALYZE, or counted by the server since then where there was none.", "Locks are held, and rewrites take, as much longer as there are more rows: a rehearsal on fewer proves little.")
            .measured(ROWS),
        Property::integer("table_bytes", "Size of the table's own pages at the last VACUUM or ANALYZE.", "A rewrite copies them and needs as much room again.").measured(BYTES),
        Property::integer("index_bytes", "Size of its indexes at the last VACUUM or ANALYZE.", "A rewrite builds them anew.").measured(BYTES),
        Property::integer("toast_bytes", "Size of its large values kept apart, at the last VACUUM.", "A rewrite copies them too.").on(Engines::POSTGRESQL).measured(BYTES),
        Property::integer("dead_rows", "Rows that VACUUM has yet to remove, as this node counted.", "Scans read them as well.").on(Engines::POSTGRESQL).measured(Tolerance::Any),
        Property::integer("live_rows", "Rows as this node counted since its counters began.", "The estimate of the moment.").on(Engines::POSTGRESQL).measured(Tolerance::Any),
        Property::integer("last_analyze_days", "Days since the last ANALYZE.", "Old statistics make bad plans.").measured(Tolerance::Any),
        Property::flag("never_analyzed", "It has rows, and ANALYZE never saw them.", "The planner guesses: plans of a rehearsal do not carry over.").on(Engines::POSTGRESQL).measured(Tolerance::Absolute { hundredths: 0 }),
        Property::flag("sequence_behind", "A sequence of one of its columns stands before the largest value that the last ANALYZE found there.", "The next inserts fail on values that are taken: a restore or a load did not set the sequence.")
            .on(Engines::POSTGRESQL)
            .measured(Tolerance::Absolute { hundredths: 0 })
            .must_be_neutral(),
        Property::flag("sequence_near_end", "A sequence of one of its columns has given out nine tenths of its values.", "Inserts fail when it has given out all.")
            .on(Engines::POSTGRESQL)
            .measured(Tolerance::Absolute { hundredths: 0 })
            .must_be_neutral(),
        Property::list("behind", "The columns whose sequences stand behind.", "They tell which sequence to set.").on(Engines::POSTGRESQL).volatile(),
        Property::integer("free_bytes", "Room inside its file that is not used.", "A rebuild gives it back.").measured(Tolerance::Any).on(Engines::MYSQL_FAMILY),
        Property::list("partitions", "Estimated rows and bytes of each partition, each `name: rows, bytes`.", "Dropping or rebuilding one takes as long as it is large.").measured(Tolerance::Any).on(Engines::MYSQL_FAMILY),
    ],
    summary: &["rows"],
    why: "Only one of the environments has the table.",
    missing: Severity::Inform,
};
