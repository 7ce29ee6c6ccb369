//! Kind `schema`: a namespace.

use crate::kind::{Dimension, Parent, Severity, Spec};

pub static SPEC: Spec = Spec {
    name: "schema",
    plural: "schemas",
    dimension: Dimension::Schema,
    identity: &["schema"],
    parent: Parent::None,
    properties: &[],
    summary: &[],
    why: "Every statement that names the schema fails where it is missing.",
    missing: Severity::Block,
};
