//! Kind `grant`: what one role may do with one object, where that is not the default of a new object.
//! A default that was taken away is an object too, with fewer privileges or none.

use crate::kind::{Dimension, Engines, Parent, Property, Severity, Spec};

pub static SPEC: Spec = Spec {
    name: "grant",
    plural: "grants",
    dimension: Dimension::Privileges,
    identity: &["kind", "object", "grantee"],
    within_table: &[],
    parent: Parent::Object,
    engines: Engines::ALL,
    properties: &[
        Property::list("privileges", "What the role may do, sorted; without MAINTAIN.", "Statements are refused with \"permission denied\" in one environment only.").weighs(Severity::Warn),
        Property::list("grantable", "Which of them it may pass on, sorted.", "GRANT by that role is refused in one environment only.").weighs(Severity::Warn),
        Property::flag("maintain", "The role may VACUUM, ANALYZE, REINDEX, CLUSTER, REFRESH and LOCK.", "Maintenance steps of a migration are refused in one environment only.").on(Engines::POSTGRESQL)
            .since(17)
            .weighs(Severity::Warn),
        Property::flag("maintain_grantable", "It may pass MAINTAIN on.", "GRANT by that role is refused in one environment only.").on(Engines::POSTGRESQL).since(17).weighs(Severity::Warn),
        Property::flag("revoked", "Something a new object grants by default was taken away.", "Statements that work on a new object are refused on this one.").on(Engines::POSTGRESQL).weighs(Severity::Warn),
        Property::text("initial", "What the role had from the start, where an extension or the server made the object; `*` behind what it may pass on.", "Taking a right back goes back to it.").on(Engines::POSTGRESQL).volatile(),
        Property::text("pattern", "The name the database has in the grant, where that is a pattern that fits others too.", "What is granted under another name beside it hides this.").on(Engines::MYSQL_FAMILY).volatile(),
    ],
    summary: &["privileges", "revoked"],
    why: "The role may do more in one environment than in the other.",
    missing: Severity::Warn,
};
