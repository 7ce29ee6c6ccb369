//! Kind `view`.

use crate::kind::{Dimension, Parent, Property, Severity, Spec};

pub static SPEC: Spec = Spec {
    name: "view",
    plural: "views",
    dimension: Dimension::Schema,
    identity: &["schema", "name"],
    parent: Parent::Schema,
    properties: &[
        Property::definition("definition", "The query, as the server prints it with an empty search path, in canonical form.", "Readers of the view get other rows or columns."),
        Property::list("options", "View options (check_option, security_barrier, security_invoker), each `name=value`, sorted.", "They decide which rows can be written and whose privileges count."),
    ],
    summary: &[],
    why: "Queries of the view fail where it is missing.",
    missing: Severity::Block,
};
