//! Kind `extension`: its presence and place. Its version is configuration; its members are its own business, and only listed.

use crate::kind::{Dimension, Engines, Parent, Property, Severity, Spec};

pub static SPEC: Spec = Spec {
    name: "extension",
    plural: "extensions",
    dimension: Dimension::Schema,
    identity: &["name"],
    within_table: &[],
    parent: Parent::None,
    engines: Engines::POSTGRESQL,
    properties: &[
        Property::text(
            "schema",
            "The schema its objects live in.",
            "Unqualified calls of its functions find them only through that schema.",
        ),
        Property::list(
            "members",
            "What belongs to it, each with its kind, so that it is told apart from what is missing.",
            "An object that is a member is no object of its own: a dump leaves it out.",
        )
        .volatile(),
    ],
    summary: &["schema"],
    why: "Types, functions and operators of the extension do not exist without it.",
    missing: Severity::Block,
};
