//! Kind `default-privilege`: what ALTER DEFAULT PRIVILEGES gives to objects a role will create.

use crate::kind::{Dimension, Engines, Parent, Property, Severity, Spec};

pub static SPEC: Spec = Spec {
    name: "default-privilege",
    plural: "default privileges",
    dimension: Dimension::Privileges,
    identity: &["creator", "in_schema", "objects", "grantee"],
    within_table: &[],
    parent: Parent::None,
    engines: Engines::POSTGRESQL,
    properties: &[
        Property::list("privileges", "What the grantee will be allowed, sorted; without MAINTAIN.", "Tables that a migration creates are closed or open to other roles.").weighs(Severity::Warn),
        Property::list("grantable", "Which of them it may pass on, sorted.", "GRANT by that role is refused on new objects.").weighs(Severity::Warn),
        Property::flag("maintain", "The grantee may maintain new tables.", "Maintenance of new tables is refused in one environment only.").since(17).weighs(Severity::Warn),
        Property::flag("maintain_grantable", "It may pass MAINTAIN on.", "GRANT by that role is refused on new objects.").since(17).weighs(Severity::Warn),
        Property::flag("revoked", "Something a new object grants by default is taken away.", "New objects are closed to roles that expect them open.").weighs(Severity::Warn),
    ],
    summary: &["privileges", "revoked"],
    why: "Objects that a migration creates get other privileges.",
    missing: Severity::Warn,
};
