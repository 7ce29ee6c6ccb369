//! Kind `view`.

use crate::kind::{Dimension, Engines, Neutral, Parent, Property, Severity, Spec};

pub static SPEC: Spec = Spec {
    name: "view",
    plural: "views",
    dimension: Dimension::Schema,
    identity: &["schema", "name"],
    within_table: &[],
    parent: Parent::Schema,
    engines: Engines::ALL,
    properties: &[
        Property::definition("definition", "The query, as the server prints it with an empty search path, in canonical form.", "Readers of the view get other rows or columns."),
        Property::list("options", "View options (check_option, security_barrier, security_invoker), each `name=value`, sorted.", "They decide which rows can be written and whose privileges count.").on(Engines::POSTGRESQL),
        Property::text("algorithm", "`merge`, `temptable` or `undefined`.", "A temporary table is filled on each read, and the view cannot be written to.").neutral(Neutral::Text("undefined")).on(Engines::MYSQL_FAMILY),
        Property::text("security", "`definer` or `invoker`: whose privileges count.", "Readers are refused, or see more than they should.").neutral(Neutral::Text("definer")).on(Engines::MYSQL_FAMILY),
        Property::text("check_option", "`local` or `cascaded`.", "Rows can be written through the view that it does not show.").on(Engines::MYSQL_FAMILY),
        Property::list("charsets", "Character set and collation of the session that made it, for its literals.", "Literals in it compare by other rules.").on(Engines::MYSQL_FAMILY).cosmetic(),
    ],
    summary: &[],
    why: "Queries of the view fail where it is missing.",
    missing: Severity::Block,
};
