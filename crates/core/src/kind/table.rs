//! Kind `table`: ordinary and partitioned tables, partitions, foreign tables.

use crate::kind::{Dimension, Engines, Neutral, Parent, Property, Severity, Spec};

pub static SPEC: Spec = Spec {
    name: "table",
    plural: "tables",
    dimension: Dimension::Schema,
    identity: &["schema", "name"],
    within_table: &[],
    parent: Parent::Schema,
    engines: Engines::ALL,
    properties: &[
        Property::text("persistence", "`permanent` or `unlogged`.", "An unlogged table is emptied by a crash and never reaches a replica.").on(Engines::POSTGRESQL)
            .neutral(Neutral::Text("permanent")),
        Property::text("access_method", "The table access method.", "Storage engines differ in locking, bloat and supported DDL.").on(Engines::POSTGRESQL)
            .neutral(Neutral::Text("heap")),
        Property::list("options", "Storage parameters, each `name=value`, sorted.", "Fill factor, compression and upkeep change bloat and the cost of a rewrite."),
        Property::list("toast_options", "Storage parameters of the TOAST table, each `name=value`, sorted.", "They decide when large values are vacuumed.").on(Engines::POSTGRESQL),
        Property::text("tablespace", "The tablespace, where it is not the database's default.", "A rewrite needs room in the tablespace the table lives in.").on(Engines::POSTGRESQL),
        Property::text("replica_identity", "`default`, `full`, `nothing` or the name of an index.", "Without a usable replica identity UPDATE and DELETE fail on a published table.").on(Engines::POSTGRESQL)
            .neutral(Neutral::Text("default")),
        Property::flag("row_security", "Row-level security is enabled.", "Rows hidden in one environment are visible in the other.").on(Engines::POSTGRESQL),
        Property::flag("force_row_security", "Row-level security applies to the owner too.", "A migration run by the owner sees fewer rows where it is forced.").on(Engines::POSTGRESQL),
        Property::text("cluster_on", "The index the table was last marked for CLUSTER with.", "CLUSTER without an index name uses it.").on(Engines::POSTGRESQL),
        Property::text("partition_by", "Partition strategy and key.", "Partitioned and plain tables take different DDL and different locks."),
        Property::text("partition_of", "The partitioned table this is a partition of.", "Rows are routed and DDL cascades along this link.").on(Engines::POSTGRESQL),
        Property::text("partition_bound", "The partition bound.", "Rows go to another partition, or to none.").on(Engines::POSTGRESQL),
        Property::flag("detach_pending", "A DETACH CONCURRENTLY did not finish.", "The partition is neither in nor out; the next DDL on it fails until the detach is finalised.").on(Engines::POSTGRESQL)
            .since(14)
            .must_be_neutral(),
        Property::list("inherits", "Parent tables in order, for plain inheritance.", "Queries of the parent read this table too.").on(Engines::POSTGRESQL),
        Property::text("of_type", "The composite type of a typed table.", "A typed table takes its columns from the type and refuses column DDL.").on(Engines::POSTGRESQL),
        Property::text("server", "The foreign server, for a foreign table.", "Statements run on another machine; most DDL does not apply.").on(Engines::POSTGRESQL),
        Property::list("foreign_options", "Names of the options of a foreign table, sorted; values may hold secrets and are compared by keyed hash only.", "They name the remote object.").on(Engines::POSTGRESQL),
        Property::text("engine", "The storage engine.", "Engines differ in transactions, locking and online DDL.").on(Engines::MYSQL_FAMILY),
        Property::text("row_format", "The row format in force.", "Index lengths, online DDL and the room a row takes depend on it.").on(Engines::MYSQL_FAMILY),
        Property::text("collation", "Default collation of new columns; it decides the character set too.", "Columns added without a collation differ, and comparing them with others fails.").on(Engines::MYSQL_FAMILY),
        Property::text("compression", "Page compression.", "A rewrite takes another amount of time and room.").on(Engines::MYSQL_FAMILY),
        Property::flag("encrypted", "Its pages are encrypted.", "A rebuilt copy needs the key; an exchange of tablespaces is refused.").on(Engines::MYSQL_FAMILY),
        Property::text("subpartition_by", "Subpartition method and key.", "Partitioned tables take different DDL; rows go to other subpartitions.").on(Engines::MYSQL_FAMILY),
        Property::text("connection", "That a connection to a remote table is set, never what it is.", "Statements run on another machine.").on(Engines::MYSQL_FAMILY),
        Property::list("merged", "Tables of a MERGE table, in order.", "Queries read other tables.").on(Engines::MYSQL_FAMILY),
        Property::flag("system_versioned", "Old versions of rows are kept.", "Most ALTER TABLE is refused on it; it grows with every UPDATE.").on(Engines::MARIADB),
        Property::list("periods", "Application-time periods, each `name(start, end)`.", "FOR PORTION OF and WITHOUT OVERLAPS need them.").on(Engines::MARIADB),
    ],
    summary: &["engine", "partition_by", "partition_of", "server"],
    why: "Every statement that names the table fails where it is missing.",
    missing: Severity::Block,
};
