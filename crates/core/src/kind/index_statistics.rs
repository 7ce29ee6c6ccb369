//! Kind `index-statistics`: size of an index at the last VACUUM or ANALYZE of its table.

use crate::kind::{Dimension, Engines, Kind, Parent, Property, Severity, Spec, Tolerance};

pub static SPEC: Spec = Spec {
    name: "index-statistics",
    plural: "indexes' statistics",
    dimension: Dimension::Data,
    identity: &["schema", "name"],
    within_table: &["schema", "table", "name"],
    parent: Parent::Twin(Kind::Index),
    engines: Engines::ALL,
    properties: &[
        Property::list("table", "The table it belongs to, as schema and name.", "It tells where the index hangs.").volatile(),
        Property::integer("bytes", "Its size.", "Building it takes as much longer, and as much room.").measured(Tolerance::Ratio { hundredths: 200, floor: 10_000_000 }),
        Property::integer("distinct", "Estimated number of distinct keys.", "Plans of a rehearsal do not carry over.").measured(Tolerance::Ratio { hundredths: 1000, floor: 10_000 }).on(Engines::MYSQL_FAMILY),
    ],
    summary: &["bytes"],
    why: "Only one of the environments has the index.",
    missing: Severity::Inform,
};
