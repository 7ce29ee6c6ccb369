//! Kind `owner`: who owns an object. Only the owner, or a superuser, may alter or drop it.

use crate::kind::{Dimension, Engines, Parent, Property, Severity, Spec};

pub static SPEC: Spec = Spec {
    name: "owner",
    plural: "owners",
    dimension: Dimension::Privileges,
    identity: &["kind", "object"],
    within_table: &[],
    parent: Parent::Object,
    engines: Engines::POSTGRESQL,
    properties: &[
        Property::text("owner", "The owning role, by its shared name.", "DDL on the object fails for everyone else with \"must be owner\".").weighs(Severity::Warn),
        Property::list(
            "members",
            "What belongs to the extension that is owned, each with its kind, where the schema was not captured.",
            "Owners and rights of a member are the extension's business.",
        )
        .volatile(),
    ],
    summary: &["owner"],
    why: "Only one of the environments has the object.",
    missing: Severity::Warn,
};
