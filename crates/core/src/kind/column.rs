//! Kind `column`: columns of tables, views, materialised views and foreign tables.

use crate::kind::{Dimension, Engine, Engines, Neutral, Parent, Property, Severity, Spec};

pub static SPEC: Spec = Spec {
    name: "column",
    plural: "columns",
    dimension: Dimension::Schema,
    identity: &["schema", "table", "name"],
    within_table: &[],
    parent: Parent::Relation,
    engines: Engines::ALL,
    properties: &[
        Property::integer("position", "Rank among the columns that exist, from 1.", "INSERT without a column list and COPY depend on it.").order(),
        Property::integer("number", "The number the server gave it, where columns before it were dropped.", "A column that was renamed keeps it; one that was made anew has another.").on(Engines::POSTGRESQL).volatile(),
        Property::text("type", "Type with its modifier.", "Values that fit in one environment are refused or rounded in the other; changing it may rewrite the table."),
        Property::text("collation", "Collation, where it is not the type's default.", "Order, uniqueness and index use of text depend on it."),
        Property::flag("not_null", "NULL is refused.", "Statements that write NULL work in one environment only; adding it later scans the table."),
        Property::text("not_null_name", "Name of the NOT NULL constraint, where it is not the generated one.", "Only needed to drop the constraint by name.").on(Engines::POSTGRESQL)
            .since(18)
            .cosmetic(),
        Property::flag("not_null_no_inherit", "The NOT NULL constraint is not inherited.", "Children accept NULL.").on(Engines::POSTGRESQL).since(18),
        Property::flag("not_null_valid", "Existing rows were checked against NOT NULL.", "Existing rows may hold NULL although new ones cannot.").on(Engines::POSTGRESQL)
            .neutral(Neutral::Flag(true))
            .since(18)
            .must_be_neutral(),
        Property::text("default", "Default expression.", "Rows inserted without the column get different values."),
        Property::text("identity", "`always` or `by default`.", "Explicit values are refused or accepted.").on(Engines::POSTGRESQL),
        Property::text("identity_options", "Options of the identity sequence.", "Generated values run in other steps or out earlier.").on(Engines::POSTGRESQL),
        Property::text("identity_sequence", "What the identity sequence is called; its rights are told by the column.", "GRANT and REVOKE name it.").on(Engines::POSTGRESQL).volatile(),
        Property::text("generated", "Generation expression.", "The stored or computed value differs."),
        Property::text("generated_kind", "`stored` or `virtual`.", "A stored column is rewritten when its expression changes, a virtual one is computed on read."),
        Property::text("storage", "TOAST strategy, where it is not the type's.", "Large values are compressed or moved out of line differently.").on(Engines::POSTGRESQL),
        Property::text("compression", "Compression method, where one was chosen.", "New values are compressed with it.").on(Engines::POSTGRESQL.from(Engine::PostgreSql, 14).from(Engine::MariaDb, 0)),
        Property::integer("statistics_target", "Statistics target, where one was set.", "ANALYZE collects more or fewer values, and plans differ.").on(Engines::POSTGRESQL),
        Property::list("options", "Attribute options, each `name=value`, sorted.", "They override the planner's estimate of distinct values.").on(Engines::POSTGRESQL),
        Property::flag("local", "Defined on this table, not only inherited.", "A column that is only inherited disappears with the parent's.").on(Engines::POSTGRESQL)
            .neutral(Neutral::Flag(true)),
        Property::list("foreign_options", "Names of the foreign-table options of the column, sorted.", "They name the remote column.").on(Engines::POSTGRESQL),
        Property::text("on_update", "Value the column gets when its row is updated.", "Rows updated without naming it keep or change it.").on(Engines::MYSQL_FAMILY),
        Property::flag("auto_increment", "The server numbers rows by it. The counter itself is not compared.", "INSERT without it fails.").on(Engines::MYSQL_FAMILY),
        Property::flag("invisible", "SELECT * and INSERT without a column list leave it out.", "Statements without column lists read and write other columns.").on(Engines::MYSQL_FAMILY),
        Property::integer("srid", "Spatial reference system of a geometry column.", "Values of another system are refused; a spatial index is used only with one.").on(Engines::MYSQL),
        Property::text("engine_attribute", "Attributes for the storage engine.", "The engine stores it otherwise.").on(Engines::MYSQL),
        Property::flag("unversioned", "Changes to it keep no old version of the row.", "History is kept for other columns.").on(Engines::MARIADB),
        Property::text("row_period", "`start` or `end` of the time in which a row version was valid.", "Queries of old versions need it.").on(Engines::MARIADB),
    ],
    summary: &["type", "not_null", "default", "generated"],
    why: "Code that reads or writes the column fails where it is missing.",
    missing: Severity::Block,
};
