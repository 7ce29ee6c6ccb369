//! Kind `slot`: a replication slot of the node that was asked. Temporary ones are left out.

use crate::kind::{Dimension, Engines, Parent, Property, Severity, Spec, Tolerance};

pub static SPEC: Spec = Spec {
    name: "slot",
    plural: "replication slots",
    dimension: Dimension::Topology,
    identity: &["name"],
    within_table: &[],
    parent: Parent::None,
    engines: Engines::POSTGRESQL,
    properties: &[
        Property::text("type", "`physical` or `logical`.", "Another kind of consumer hangs on it.").weighs(Severity::Warn),
        Property::text("plugin", "Output plugin of a logical slot.", "Consumers read another format.").weighs(Severity::Warn),
        Property::flag("this_database", "A logical slot of this database.", "DROP DATABASE is refused while it exists.").weighs(Severity::Warn),
        Property::flag("two_phase", "It decodes prepared transactions.", "Consumers see them at another moment.").since(14).weighs(Severity::Warn),
        Property::flag("failover", "Standbys keep it in step.", "It is lost on failover where it is off.").since(17).weighs(Severity::Warn),
        Property::flag("active", "Someone reads it now.", "Nobody reads it: the log is kept and fills the disk during a large migration.").measured(Tolerance::Absolute { hundredths: 0 }),
        Property::integer("retained_bytes", "Log kept for it.", "The disk fills.").measured(Tolerance::Ratio { hundredths: 1000, floor: 1_073_741_824 }),
        Property::text("wal_status", "`reserved`, `extended`, `unreserved` or `lost`.", "A lost slot must be made anew and its consumer copied again.").cosmetic(),
    ],
    summary: &["type", "plugin"],
    why: "A migration's log is kept for its consumer in one environment only.",
    missing: Severity::Warn,
};
