//! Kind `foreign-server`. Where it points differs by intention, and is in no digest; what may be secret is only reported as set.

use crate::kind::{Dimension, Engines, Parent, Property, Severity, Spec};

pub static SPEC: Spec = Spec {
    name: "foreign-server",
    plural: "foreign servers",
    dimension: Dimension::Schema,
    identity: &["name"],
    within_table: &[],
    parent: Parent::None,
    engines: Engines::POSTGRESQL,
    properties: &[
        Property::text("wrapper", "The foreign-data wrapper.", "It speaks to another kind of server."),
        Property::text("type", "Type, as it was written.", "A wrapper may behave differently."),
        Property::text("version", "Version, as it was written.", "A wrapper may use other features."),
        Property::list("place", "Where it points: host, port and database, each `name=value`, sorted.", "Environments usually point to servers of their own; one that points to another environment's reads and writes there.")
            .cosmetic()
            .weighs(Severity::Warn),
        Property::list("options", "Options, sorted; values only where they cannot be secret.", "Foreign tables are read differently."),
    ],
    summary: &["wrapper"],
    why: "Foreign tables and user mappings of the server cannot exist without it.",
    missing: Severity::Block,
};
