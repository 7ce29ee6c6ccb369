//! Kind `column`: columns of tables, views, materialised views and foreign tables.

use crate::kind::{Dimension, Neutral, Parent, Property, Severity, Spec};

pub static SPEC: Spec = Spec {
    name: "column",
    plural: "columns",
    dimension: Dimension::Schema,
    identity: &["schema", "table", "name"],
    parent: Parent::Relation,
    properties: &[
        Property::integer("position", "Rank among the columns that exist, from 1.", "INSERT without a column list and COPY depend on it.").order(),
        Property::text("type", "Type with its modifier.", "Values that fit in one environment are refused or rounded in the other; changing it may rewrite the table."),
        Property::text("collation", "Collation, where it is not the type's default.", "Order, uniqueness and index use of text depend on it."),
        Property::flag("not_null", "NULL is refused.", "Statements that write NULL work in one environment only; adding it later scans the table."),
        Property::text("not_null_name", "Name of the NOT NULL constraint, where it is not the generated one.", "Only needed to drop the constraint by name.")
            .since(18)
            .cosmetic(),
        Property::flag("not_null_no_inherit", "The NOT NULL constraint is not inherited.", "Children accept NULL.").since(18),
        Property::flag("not_null_valid", "Existing rows were checked against NOT NULL.", "Existing rows may hold NULL although new ones cannot.")
            .neutral(Neutral::Flag(true))
            .since(18)
            .must_be_neutral(),
        Property::text("default", "Default expression.", "Rows inserted without the column get different values."),
        Property::text("identity", "`always` or `by default`.", "Explicit values are refused or accepted."),
        Property::text("identity_options", "Options of the identity sequence.", "Generated values run in other steps or out earlier."),
        Property::text("generated", "Generation expression.", "The stored or computed value differs."),
        Property::text("generated_kind", "`stored` or `virtual`.", "A stored column is rewritten when its expression changes, a virtual one is computed on read."),
        Property::text("storage", "TOAST strategy, where it is not the type's.", "Large values are compressed or moved out of line differently."),
        Property::text("compression", "Compression method, where one was chosen.", "New values are compressed with it.").since(14),
        Property::integer("statistics_target", "Statistics target, where one was set.", "ANALYZE collects more or fewer values, and plans differ."),
        Property::list("options", "Attribute options, each `name=value`, sorted.", "They override the planner's estimate of distinct values."),
        Property::flag("local", "Defined on this table, not only inherited.", "A column that is only inherited disappears with the parent's.")
            .neutral(Neutral::Flag(true)),
        Property::list("foreign_options", "Names of the foreign-table options of the column, sorted.", "They name the remote column."),
    ],
    summary: &["type", "not_null", "default", "generated"],
    why: "Code that reads or writes the column fails where it is missing (SQLSTATE 42703).",
    missing: Severity::Block,
};
