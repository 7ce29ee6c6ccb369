//! Kind `table`: ordinary and partitioned tables, partitions, foreign tables.

use crate::kind::{Dimension, Neutral, Parent, Property, Severity, Spec};

pub static SPEC: Spec = Spec {
    name: "table",
    plural: "tables",
    dimension: Dimension::Schema,
    identity: &["schema", "name"],
    parent: Parent::Schema,
    properties: &[
        Property::text("persistence", "`permanent` or `unlogged`.", "An unlogged table is emptied by a crash and never reaches a replica.")
            .neutral(Neutral::Text("permanent")),
        Property::text("access_method", "The table access method.", "Storage engines differ in locking, bloat and supported DDL.")
            .neutral(Neutral::Text("heap")),
        Property::list("options", "Storage parameters, each `name=value`, sorted.", "Fill factor and autovacuum settings change bloat and the cost of a rewrite."),
        Property::list("toast_options", "Storage parameters of the TOAST table, each `name=value`, sorted.", "They decide when large values are vacuumed."),
        Property::text("tablespace", "The tablespace, where it is not the database's default.", "A rewrite needs room in the tablespace the table lives in."),
        Property::text("replica_identity", "`default`, `full`, `nothing` or the name of an index.", "Without a usable replica identity UPDATE and DELETE fail on a published table.")
            .neutral(Neutral::Text("default")),
        Property::flag("row_security", "Row-level security is enabled.", "Rows hidden in one environment are visible in the other."),
        Property::flag("force_row_security", "Row-level security applies to the owner too.", "A migration run by the owner sees fewer rows where it is forced."),
        Property::text("cluster_on", "The index the table was last marked for CLUSTER with.", "CLUSTER without an index name uses it."),
        Property::text("partition_by", "Partition strategy and key.", "Partitioned and plain tables take different DDL and different locks."),
        Property::text("partition_of", "The partitioned table this is a partition of.", "Rows are routed and DDL cascades along this link."),
        Property::text("partition_bound", "The partition bound.", "Rows go to another partition, or to none."),
        Property::flag("detach_pending", "A DETACH CONCURRENTLY did not finish.", "The partition is neither in nor out; the next DDL on it fails until the detach is finalised.")
            .since(14)
            .must_be_neutral(),
        Property::list("inherits", "Parent tables in order, for plain inheritance.", "Queries of the parent read this table too."),
        Property::text("of_type", "The composite type of a typed table.", "A typed table takes its columns from the type and refuses column DDL."),
        Property::text("server", "The foreign server, for a foreign table.", "Statements run on another machine; most DDL does not apply."),
        Property::list("foreign_options", "Names of the options of a foreign table, sorted; values may hold secrets and are compared by keyed hash only.", "They name the remote object."),
    ],
    summary: &["partition_by", "partition_of", "server"],
    why: "Every statement that names the table fails where it is missing.",
    missing: Severity::Block,
};
