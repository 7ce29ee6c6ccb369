//! Kind `column-statistics`: what ANALYZE found in a column, without the values: those only on request.

use crate::kind::{Dimension, Engines, Parent, Property, Severity, Spec, Tolerance};

pub static SPEC: Spec = Spec {
    name: "column-statistics",
    plural: "columns' statistics",
    dimension: Dimension::Data,
    identity: &["schema", "table", "column"],
    within_table: &[],
    parent: Parent::Relation,
    engines: Engines::ALL,
    properties: &[
        Property::number("null_fraction", "Part of the rows where it is NULL.", "SET NOT NULL and backfills meet another amount of rows.").measured(Tolerance::Absolute { hundredths: 10 }),
        Property::integer("width", "Average width in bytes.", "Rows take more room, and rewrites longer.").on(Engines::POSTGRESQL).measured(Tolerance::Ratio { hundredths: 200, floor: 64 }),
        Property::number("distinct", "Estimated number of distinct values.", "Plans of a rehearsal do not carry over.").measured(Tolerance::Ratio { hundredths: 1000, floor: 10_000 }),
        Property::number("correlation", "How far the order of values follows that on disk, -1 to 1.", "Index scans read more or fewer pages.").on(Engines::POSTGRESQL).measured(Tolerance::Absolute { hundredths: 70 }),
        Property::number("top_frequency", "Part of the rows that hold the most common value.", "Values are skewed elsewhere: a plan or an UPDATE by that value meets other amounts.").on(Engines::POSTGRESQL).measured(Tolerance::Absolute { hundredths: 20 }),
        Property::list("common_frequencies", "Part of the rows that hold each of the most common values, most common first.", "Plans of a rehearsal do not carry over.").on(Engines::POSTGRESQL).measured(Tolerance::Any),
        Property::integer("histogram_bins", "Bins of the histogram over the other values.", "Estimates of ranges are finer or coarser.").measured(Tolerance::Any),
        Property::list("histogram_shape", "Where the deciles of a numeric column lie between its smallest and largest value, 0 to 1.", "Values are spread otherwise.").measured(Tolerance::Any),
        Property::list("common_values", "The most common values, where asked for. Users' data.", "Values of users.").on(Engines::POSTGRESQL).measured(Tolerance::Any),
        Property::list("histogram_bounds", "The bounds of the histogram, where asked for. Users' data.", "Values of users.").measured(Tolerance::Any),
        Property::text("histogram_type", "How the histogram was made: `singleton`, `equi-height`, `DOUBLE_PREC_HB`, `JSON_HB`.", "Estimates come from another kind of histogram.").measured(Tolerance::Any).on(Engines::MYSQL_FAMILY),
        Property::integer("last_analyze_days", "Days since the histogram was made.", "Old statistics make bad plans.").measured(Tolerance::Any).on(Engines::MYSQL_FAMILY),
    ],
    summary: &["distinct"],
    why: "ANALYZE has seen the column in one environment only.",
    missing: Severity::Inform,
};
