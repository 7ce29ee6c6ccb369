//! Kind `collation-version`: the library version a collation was made with, against the one in use. Only collations of
//! the user's schemas and those that columns, domains or indexes name; the database's own is on kind `server`.

use crate::kind::{Dimension, Engines, Kind, Parent, Property, Severity, Spec};

pub static SPEC: Spec = Spec {
    name: "collation-version",
    plural: "collation versions",
    dimension: Dimension::Configuration,
    identity: &["schema", "name"],
    within_table: &[],
    parent: Parent::Twin(Kind::Collation),
    engines: Engines::POSTGRESQL,
    properties: &[
        Property::text("recorded", "The version recorded when the collation was made or refreshed.", "Text sorts differently, so unique keys and ranges differ."),
        Property::text("actual", "The version of the library in use.", "Text sorts differently, so unique keys and ranges differ."),
        Property::flag("outdated", "The library has another version than the recorded one.", "Indexes on text may be corrupt until they are rebuilt: lookups miss rows and duplicates get in.")
            .must_be_neutral(),
    ],
    summary: &["recorded", "actual"],
    why: "The collation exists, or is in use, in one environment only.",
    missing: Severity::Inform,
};
