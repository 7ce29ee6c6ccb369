//! Kind `library`: stored libraries of MySQL, code in other languages that routines take in.

use crate::kind::{Dimension, Engine, Engines, Parent, Property, Severity, Spec};

/// The servers that have them: MySQL from 9.2 on. <https://dev.mysql.com/doc/refman/en/create-library.html>
pub const LIBRARIES: Engines = Engines::MYSQL.from(Engine::MySql, 902);

pub static SPEC: Spec = Spec {
    name: "library",
    plural: "libraries",
    dimension: Dimension::Schema,
    identity: &["schema", "name"],
    within_table: &[],
    parent: Parent::Schema,
    engines: LIBRARIES,
    properties: &[
        Property::text("language", "The language it is written in.", "Routines cannot take it in."),
        Property::definition("body", "The source text.", "Routines that take it in do something else."),
        Property::list("sql_mode", "The SQL mode it was made under, sorted.", "Its text was read by other rules; it does not run under that mode.").cosmetic(),
    ],
    summary: &["language"],
    why: "Routines that take it in fail where it is missing.",
    missing: Severity::Block,
};
