//! Kind `partition`: partitions of a table, with their subpartitions.

use crate::kind::{Dimension, Engines, Parent, Property, Severity, Spec};

pub static SPEC: Spec = Spec {
    name: "partition",
    plural: "partitions",
    dimension: Dimension::Schema,
    identity: &["schema", "table", "name"],
    within_table: &[],
    parent: Parent::Relation,
    engines: Engines::MYSQL_FAMILY,
    properties: &[
        Property::text("values", "Which rows go there: `less than (…)`, `in (…)`, `remainder 0`, `system_time`.", "Rows go to another partition, or are refused."),
        Property::list("subpartitions", "Its subpartitions, in order.", "ALTER TABLE names them."),
        Property::text("engine", "Storage engine, where it is not the table's.", "Engines differ in transactions and locking."),
        Property::list("options", "Row limits and directories, each `name=value`, sorted.", "Its file lies elsewhere."),
    ],
    summary: &["values"],
    why: "Rows of its range are refused where it is missing, and ALTER TABLE … PARTITION fails.",
    missing: Severity::Block,
};
