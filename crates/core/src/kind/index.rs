//! Kind `index`: every index. One that stands behind a constraint carries only its state here.

use crate::kind::{Dimension, Engines, Neutral, Parent, Property, Severity, Spec};

pub static SPEC: Spec = Spec {
    name: "index",
    plural: "indexes",
    dimension: Dimension::Schema,
    identity: &["schema", "name"],
    within_table: &["schema", "table", "name"],
    parent: Parent::Property("table"),
    engines: Engines::ALL,
    properties: &[
        Property::list("table", "The table it belongs to, as schema and name.", "Queries of another table use it."),
        Property::text("constraint", "The constraint it stands behind; everything else about it is reported there.", "It can only be dropped with the constraint.").on(Engines::POSTGRESQL),
        Property::text("method", "Access method.", "Another index type supports other operators.").neutral(Neutral::Text("btree")),
        Property::flag("unique", "Duplicates are refused.", "Rows accepted in one environment are refused in the other; an upsert needs it."),
        Property::list("keys", "Key parts in order: column or expression, collation, operator class with options, direction.", "Other queries use it, or none."),
        Property::list("include", "Non-key columns.", "Index-only scans work in one environment only.").on(Engines::POSTGRESQL),
        Property::text("predicate", "Condition of a partial index.", "Rows outside of it are not indexed; ON CONFLICT must repeat it.").on(Engines::POSTGRESQL),
        Property::flag("nulls_not_distinct", "NULLs count as equal.", "A second NULL is refused.").on(Engines::POSTGRESQL).since(15),
        Property::list("options", "Storage parameters, each `name=value`, sorted.", "Fill factor and build options change bloat and page splits.").on(Engines::POSTGRESQL),
        Property::text("tablespace", "Tablespace, where it is not the database's default.", "A rebuild needs room there.").on(Engines::POSTGRESQL),
        Property::list("statistics_targets", "Statistics targets of expression columns, each `position=target`.", "Estimates for the expression differ.").on(Engines::POSTGRESQL),
        Property::text("attached_to", "The partitioned index it is attached to.", "A partitioned index is valid only when every partition's index is attached.").on(Engines::POSTGRESQL),
        Property::flag("valid", "Queries may use it.", "An INVALID index is maintained on every write and used by no query: a CREATE INDEX CONCURRENTLY did not finish.").on(Engines::POSTGRESQL)
            .neutral(Neutral::Flag(true))
            .must_be_neutral(),
        Property::flag("ready", "Writes maintain it.", "An index that is not ready misses rows written meanwhile.").on(Engines::POSTGRESQL).neutral(Neutral::Flag(true)).must_be_neutral(),
        Property::flag("visible", "The optimizer may use it.", "Queries that need it scan the whole table, although it is there and is written to.").neutral(Neutral::Flag(true)).on(Engines::MYSQL_FAMILY),
        Property::flag("enabled", "Writes maintain it: ALTER TABLE … DISABLE KEYS was undone.", "Queries cannot use it until the keys are enabled, which rebuilds it.")
            .neutral(Neutral::Flag(true))
            .on(Engines::MYSQL_FAMILY)
            .must_be_neutral(),
        Property::text("parser", "Parser of a full-text index.", "Text is cut into other words: searches find other rows.").on(Engines::MYSQL_FAMILY),
        Property::integer("block_size", "Key block size, where one was chosen.", "Pages are split otherwise.").on(Engines::MYSQL_FAMILY),
        Property::text("engine_attribute", "Attributes for the storage engine.", "The engine stores it otherwise.").on(Engines::MYSQL),
    ],
    summary: &["table", "unique", "method", "keys", "predicate"],
    why: "Queries that need it scan the whole table; a unique one also guards against duplicates.",
    missing: Severity::Block,
};
