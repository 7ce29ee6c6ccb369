//! Kind `extension-version`: which version of an extension is installed. Its presence is kind `extension`.

use crate::kind::{Dimension, Engines, Kind, Parent, Property, Severity, Spec};

pub static SPEC: Spec = Spec {
    name: "extension-version",
    plural: "extension versions",
    dimension: Dimension::Configuration,
    identity: &["name"],
    within_table: &[],
    parent: Parent::Twin(Kind::Extension),
    engines: Engines::POSTGRESQL,
    properties: &[
        Property::text("version", "The installed version.", "Functions, types and operators of the extension differ or behave differently."),
        Property::text("default_version", "The version CREATE EXTENSION would install.", "A new database gets another version than this one.").cosmetic(),
    ],
    summary: &["version"],
    why: "Types, functions and operators of the extension do not exist without it.",
    missing: Severity::Block,
};
