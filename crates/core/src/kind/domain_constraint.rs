//! Kind `domain-constraint`: check constraints of domains. NOT NULL is a property of the domain.

use crate::kind::{Dimension, Engines, Neutral, Parent, Property, Severity, Spec};

pub static SPEC: Spec = Spec {
    name: "domain-constraint",
    plural: "domain constraints",
    dimension: Dimension::Schema,
    identity: &["schema", "domain", "name"],
    within_table: &[],
    parent: Parent::Relation,
    engines: Engines::POSTGRESQL,
    properties: &[
        Property::text("expression", "The condition, in canonical form.", "Values accepted in one environment are refused in the other."),
        Property::flag("validated", "Existing values were checked.", "Columns may hold values that violate it, and a dump may not restore.").neutral(Neutral::Flag(true)).must_be_neutral(),
    ],
    summary: &["expression"],
    why: "Values that one environment refuses are accepted by the other.",
    missing: Severity::Block,
};
