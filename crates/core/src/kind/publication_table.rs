//! Kind `publication-table`: one table in one publication.

use crate::kind::{Dimension, Engines, Parent, Property, Severity, Spec};

pub static SPEC: Spec = Spec {
    name: "publication-table",
    plural: "published tables",
    dimension: Dimension::Schema,
    identity: &["schema", "table", "publication"],
    within_table: &[],
    parent: Parent::Relation,
    engines: Engines::POSTGRESQL,
    properties: &[
        Property::list("columns", "Published columns, sorted; none means all.", "Subscribers get other columns; ALTER TABLE on them is restricted.").since(15),
        Property::text("filter", "Which rows are published, in canonical form.", "Subscribers get other rows; updates need a replica identity that covers the filter.").since(15),
    ],
    summary: &["columns", "filter"],
    why: "Its changes do not reach subscribers; where it is published, updates need a replica identity.",
    missing: Severity::Block,
};
