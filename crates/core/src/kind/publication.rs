//! Kind `publication`: what is published, and how; single tables are kind `publication-table`.

use crate::kind::{Dimension, Engines, Neutral, Parent, Property, Severity, Spec};

pub static SPEC: Spec = Spec {
    name: "publication",
    plural: "publications",
    dimension: Dimension::Schema,
    identity: &["name"],
    within_table: &[],
    parent: Parent::None,
    engines: Engines::POSTGRESQL,
    properties: &[
        Property::flag("all_tables", "Every table is published, new ones too.", "A new table is replicated in one environment only; without a replica identity its updates fail."),
        Property::list("schemas", "Schemas published as a whole, sorted.", "A new table is replicated in one environment only.").since(15),
        Property::text("operations", "Published operations.", "Subscribers miss changes, or apply more of them.").neutral(Neutral::Text("insert, update, delete, truncate")),
        Property::flag("via_root", "Changes of partitions are published as the partitioned table's.", "Subscribers look for other tables."),
        Property::text("generated_columns", "`none` or `stored`.", "Subscribers get generated columns, or must compute them.").neutral(Neutral::Text("none")).since(18),
    ],
    summary: &["all_tables", "schemas", "operations"],
    why: "Subscriptions to it stop with an error where it is missing.",
    missing: Severity::Block,
};
