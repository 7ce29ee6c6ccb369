//! Kind `definer`: who defines views, routines, triggers and events: whose privileges they run with.

use crate::kind::{Dimension, Engines, Parent, Property, Severity, Spec};

pub static SPEC: Spec = Spec {
    name: "definer",
    plural: "definers",
    dimension: Dimension::Privileges,
    identity: &["kind", "object"],
    within_table: &[],
    parent: Parent::Object,
    engines: Engines::MYSQL_FAMILY,
    properties: &[
        Property::text("definer", "The account, by its shared name.", "It runs with other privileges; where the account is gone it cannot run at all.").weighs(Severity::Warn),
        Property::flag("gone", "That account does not exist.", "Every use fails with \"the user specified as a definer does not exist\".").must_be_neutral().weighs(Severity::Warn),
    ],
    summary: &["definer"],
    why: "Only one of the environments has the object.",
    missing: Severity::Warn,
};
