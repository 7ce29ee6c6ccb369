//! Kind `membership`: which role is a member of which.

use crate::kind::{Dimension, Engines, Neutral, Parent, Property, Severity, Spec};

pub static SPEC: Spec = Spec {
    name: "membership",
    plural: "memberships",
    dimension: Dimension::Privileges,
    identity: &["role", "member"],
    within_table: &[],
    parent: Parent::None,
    engines: Engines::ALL,
    properties: &[
        Property::flag("admin", "The member may grant the membership to others.", "GRANT of the role is refused.").weighs(Severity::Warn),
        Property::flag("inherit", "The member uses the role's privileges without SET ROLE.", "Statements need SET ROLE first.").on(Engines::POSTGRESQL).neutral(Neutral::Flag(true)).since(16).weighs(Severity::Warn),
        Property::flag("set", "The member may SET ROLE to it.", "SET ROLE, and ALTER … OWNER TO it, are refused.").on(Engines::POSTGRESQL).neutral(Neutral::Flag(true)).since(16).weighs(Severity::Warn),
        Property::list("grantors", "Who granted it, sorted.", "Only the grantor, or a superuser, revokes it.").on(Engines::POSTGRESQL).cosmetic(),
    ],
    summary: &["admin"],
    why: "The member may do what the role may in one environment only.",
    missing: Severity::Warn,
};
