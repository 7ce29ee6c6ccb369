//! Kind `trigger`: triggers of tables, views and foreign tables. Not here: the internal triggers of constraints (see `constraint`), and
//! copies on partitions that only repeat their parent's.

use crate::kind::{Dimension, Engine, Engines, Neutral, Parent, Property, Severity, Spec};

pub static SPEC: Spec = Spec {
    name: "trigger",
    plural: "triggers",
    dimension: Dimension::Schema,
    identity: &["schema", "table", "name"],
    within_table: &[],
    parent: Parent::Relation,
    engines: Engines::ALL,
    properties: &[
        Property::text("timing", "`before`, `after` or `instead of`.", "It sees the row at another moment."),
        Property::list("events", "`insert`, `update`, `delete`, `truncate`.", "Other statements fire it."),
        Property::list("columns", "Columns of UPDATE OF, sorted.", "Updates of other columns fire it.")
            .on(Engines::POSTGRESQL.from(Engine::MariaDb, 1108)),
        Property::text("level", "`row` or `statement`.", "It runs once a row or once a statement.").on(Engines::POSTGRESQL).neutral(Neutral::Text("row")),
        Property::text("condition", "The WHEN condition, in canonical form.", "It fires for other rows.").on(Engines::POSTGRESQL),
        Property::text("old_table", "Name of the transition table with the old rows.", "The function reads it by that name.").on(Engines::POSTGRESQL),
        Property::text("new_table", "Name of the transition table with the new rows.", "The function reads it by that name.").on(Engines::POSTGRESQL),
        Property::text("function", "The trigger function.", "Other code runs on the same statement.").on(Engines::POSTGRESQL),
        Property::list("arguments", "Arguments of the function.", "The function behaves differently.").on(Engines::POSTGRESQL),
        Property::flag("constraint", "It is a constraint trigger.", "Only a constraint trigger can be deferred.").on(Engines::POSTGRESQL),
        Property::text("constraint_from", "The other table a constraint trigger names in FROM.", "It is dropped with that table.").on(Engines::POSTGRESQL),
        Property::flag("deferrable", "It can wait for the end of the transaction.", "It fires at the statement or can wait until COMMIT.").on(Engines::POSTGRESQL),
        Property::flag("initially_deferred", "It waits by default.", "It fires at COMMIT instead of at the statement.").on(Engines::POSTGRESQL),
        Property::text("enabled", "`origin` (in ordinary sessions), `replica`, `always` or `disabled`.", "It fires in one environment only.").on(Engines::POSTGRESQL).neutral(Neutral::Text("origin")),
        Property::flag("copied", "It copies a trigger of the partitioned table, and is listed because it is enabled differently.", "Rows of one partition are treated differently from all others.").on(Engines::POSTGRESQL),
        Property::definition("body", "What it runs.", "Other code runs on the same statement.").on(Engines::MYSQL_FAMILY),
        Property::integer("rank", "Its place among the table's triggers of the same time and event, from 1.", "Triggers see each other's changes in another order.").on(Engines::MYSQL_FAMILY),
        Property::list("sql_mode", "The SQL mode it runs under, kept from when it was made, sorted.", "Invalid values are refused in one environment and bent in the other.").on(Engines::MYSQL_FAMILY).of_session("sql_mode"),
        Property::list("charsets", "Character set and collations of the session and database that made it.", "Literals in it compare by other rules.").on(Engines::MYSQL_FAMILY).cosmetic(),
    ],
    summary: &["timing", "events", "function"],
    why: "What it does to rows (audit, derived columns, checks) does not happen where it is missing.",
    missing: Severity::Block,
};
