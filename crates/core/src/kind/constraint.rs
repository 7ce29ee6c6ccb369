//! Kind `constraint`: primary key, unique, check, exclusion and foreign key constraints of tables.
//! NOT NULL is a property of the column; the index behind a key is reported here, its validity with the index.

use crate::kind::{Dimension, Engine, Engines, Neutral, Parent, Property, Severity, Spec};

/// Servers on which checks and foreign keys of one table do not share their names.
pub const SPACES: Engines = Engines::MYSQL_FAMILY;

pub static SPEC: Spec = Spec {
    name: "constraint",
    plural: "constraints",
    dimension: Dimension::Schema,
    identity: &["schema", "table", "name"],
    within_table: &[],
    parent: Parent::Relation,
    engines: Engines::ALL,
    properties: &[
        Property::text("type", "`primary key`, `unique`, `check`, `exclusion` or `foreign key`.", "It enforces something else."),
        Property::list("columns", "Constrained columns, in order.", "It enforces uniqueness or references of other columns."),
        Property::text("expression", "The condition of a check, the elements of an exclusion constraint.", "Rows accepted in one environment are refused in the other."),
        Property::text("references", "The referenced table.", "Rows must exist in another table."),
        Property::list("referenced_columns", "Referenced columns, in order.", "Rows must match other columns."),
        Property::text("match", "`simple` or `full`.", "Partly NULL keys are accepted or refused.").on(Engines::POSTGRESQL).neutral(Neutral::Text("simple")),
        Property::text("on_update", "Action when the referenced key changes.", "Dependent rows are changed, or the statement fails.").neutral(Neutral::Text("no action")),
        Property::text("on_delete", "Action when the referenced row is deleted.", "Dependent rows are deleted or changed, or the statement fails.").neutral(Neutral::Text("no action")),
        Property::list("on_delete_columns", "Columns that SET NULL or SET DEFAULT touches, where not all.", "Other columns lose their value on delete.").on(Engines::POSTGRESQL).since(15),
        Property::flag("deferrable", "The check can wait for the end of the transaction.", "Statements that break the rule for a moment fail where it is not deferrable.").on(Engines::POSTGRESQL),
        Property::flag("initially_deferred", "The check waits by default.", "Errors come at COMMIT instead of at the statement.").on(Engines::POSTGRESQL),
        Property::flag("validated", "Existing rows were checked.", "Existing rows may violate it, the planner does not trust it, and a dump may not restore.").on(Engines::POSTGRESQL)
            .neutral(Neutral::Flag(true))
            .must_be_neutral(),
        Property::flag("enforced", "New rows are checked.", "Rows that violate it are accepted.")
            .neutral(Neutral::Flag(true))
            .on(Engines::POSTGRESQL.from(Engine::PostgreSql, 18).from(Engine::MySql, 0))
            .must_be_neutral(),
        Property::flag("triggers_enabled", "The internal triggers that enforce a foreign key or a deferrable key fire.", "The constraint looks valid and is not enforced: DISABLE TRIGGER ALL was not undone.").on(Engines::POSTGRESQL)
            .neutral(Neutral::Flag(true))
            .must_be_neutral(),
        Property::flag("no_inherit", "Children are not bound.", "Child tables accept rows the parent refuses.").on(Engines::POSTGRESQL),
        Property::flag("local", "Defined on this table, not only inherited.", "A constraint that is only inherited disappears with the parent's.").on(Engines::POSTGRESQL).neutral(Neutral::Flag(true)),
        Property::flag("nulls_not_distinct", "NULLs count as equal.", "A second NULL is refused.").on(Engines::POSTGRESQL).since(15),
        Property::flag("temporal", "WITHOUT OVERLAPS or PERIOD.", "Ranges are compared for overlap instead of equality.")
            .on(Engines::POSTGRESQL.from(Engine::PostgreSql, 18).from(Engine::MariaDb, 0)),
        Property::list("include", "Non-key columns of the index behind it.", "Index-only scans work in one environment only.").on(Engines::POSTGRESQL),
        Property::list("operators", "Operator of each element of an exclusion constraint.", "Other rows exclude each other.").on(Engines::POSTGRESQL),
        Property::text("index_method", "Access method of the index behind it, where it is not btree.", "Another index type supports other queries.").neutral(Neutral::Text("btree")),
        Property::list("index_options", "Storage parameters of the index behind it, each `name=value`, sorted.", "Fill factor changes bloat and page splits.").on(Engines::POSTGRESQL),
        Property::text("index_tablespace", "Tablespace of the index behind it.", "A rebuild needs room there.").on(Engines::POSTGRESQL),
        Property::flag("generated_name", "The server chose its name.", "Another vendor's server chooses another.").on(Engines::MYSQL_FAMILY).volatile(),
    ],
    summary: &["type", "columns", "expression", "references"],
    why: "Rows that one environment refuses are accepted by the other; upserts and the planner rely on it.",
    missing: Severity::Block,
};
