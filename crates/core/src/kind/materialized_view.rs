//! Kind `materialized-view`.

use crate::kind::{Dimension, Engines, Neutral, Parent, Property, Severity, Spec};

pub static SPEC: Spec = Spec {
    name: "materialized-view",
    plural: "materialized views",
    dimension: Dimension::Schema,
    identity: &["schema", "name"],
    within_table: &[],
    parent: Parent::Schema,
    engines: Engines::POSTGRESQL,
    properties: &[
        Property::definition("definition", "The query, as the server prints it with an empty search path, in canonical form.", "The next refresh brings other rows or columns."),
        Property::list("options", "Storage parameters, each `name=value`, sorted.", "Fill factor and autovacuum settings change bloat."),
        Property::list("toast_options", "Storage parameters of the TOAST table, each `name=value`, sorted.", "They decide when large values are vacuumed."),
        Property::text("access_method", "The table access method.", "Storage engines differ in locking and bloat.").neutral(Neutral::Text("heap")),
        Property::text("tablespace", "The tablespace, where it is not the database's default.", "A refresh needs room there."),
        Property::text("cluster_on", "The index it was last marked for CLUSTER with.", "CLUSTER without an index name uses it."),
        Property::flag("populated", "It holds rows that can be read.", "Reading a materialised view that was never populated is an error.")
            .neutral(Neutral::Flag(true))
            .weighs(Severity::Warn),
    ],
    summary: &[],
    why: "Queries of the materialised view fail where it is missing.",
    missing: Severity::Block,
};
