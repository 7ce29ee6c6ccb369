//! Kind `sequence`: sequences that stand alone or belong to a serial column; never their position.
//! Sequences behind identity columns are reported on the column.

use crate::kind::{Dimension, Engine, Engines, Neutral, Parent, Property, Severity, Spec};

pub static SPEC: Spec = Spec {
    name: "sequence",
    plural: "sequences",
    dimension: Dimension::Schema,
    identity: &["schema", "name"],
    within_table: &[],
    parent: Parent::Schema,
    engines: Engines::POSTGRESQL.from(Engine::MariaDb, 0),
    properties: &[
        Property::text("type", "Data type.", "It runs out of values at another point.").neutral(Neutral::Text("bigint")),
        Property::integer("start", "First value after a restart.", "RESTART begins elsewhere.").neutral(Neutral::Integer(1)),
        Property::integer("increment", "Step.", "Generated values collide where several writers count on interleaved steps.").neutral(Neutral::Integer(1)),
        Property::integer("minimum", "Smallest value.", "It wraps or fails at another point.").neutral(Neutral::Integer(1)),
        Property::integer("maximum", "Largest value.", "It wraps or fails at another point."),
        Property::integer("cache", "Values a session takes at once.", "Gaps and contention differ.").neutral(Neutral::Integer(1)),
        Property::flag("cycle", "Starts again at the end.", "Values repeat instead of failing."),
        Property::text("owned_by", "The column it belongs to.", "It is dropped with the column.").on(Engines::POSTGRESQL),
        Property::text("persistence", "`permanent` or `unlogged`.", "An unlogged sequence starts again after a crash.").on(Engines::POSTGRESQL).neutral(Neutral::Text("permanent")).since(15),
        Property::text("engine", "The storage engine.", "Engines differ in what a crash loses.").on(Engines::MARIADB),
    ],
    summary: &["type", "owned_by"],
    why: "Defaults that draw from it fail where it is missing.",
    missing: Severity::Block,
};
