//! Kind `subscription`: of this database, as far as every role may read it. The connection string is never read.

use crate::kind::{Dimension, Engines, Neutral, Parent, Property, Severity, Spec};

pub static SPEC: Spec = Spec {
    name: "subscription",
    plural: "subscriptions",
    dimension: Dimension::Schema,
    identity: &["name"],
    within_table: &[],
    parent: Parent::None,
    engines: Engines::POSTGRESQL,
    properties: &[
        Property::list("publications", "Publications, sorted.", "Other tables are replicated."),
        Property::flag("enabled", "It is running.", "Rows no longer arrive; the publisher keeps WAL for it.").neutral(Neutral::Flag(true)),
        Property::text("slot", "Name of the replication slot at the publisher; absent for none.", "DROP SUBSCRIPTION drops that slot, or none."),
        Property::flag("binary", "Data is sent in binary form.", "Other types can be replicated.").since(14),
        Property::text("streaming", "`off`, `on` or `parallel`: large transactions are applied before they are committed.", "Memory and lag differ.").neutral(Neutral::Text("off")).since(14),
        Property::text("synchronous_commit", "synchronous_commit of the apply worker.", "Rows can be lost in a crash, or applying is slower.").neutral(Neutral::Text("off")),
        Property::flag("two_phase", "Prepared transactions are replicated as such.", "PREPARE TRANSACTION reaches the subscriber at another moment.").since(15),
        Property::flag("disable_on_error", "The first error disables it.", "Conflicts stop replication for good, or are tried again and again.").since(15),
        Property::flag("password_required", "A role that is no superuser needs a password in the connection.", "It starts for other owners.").neutral(Neutral::Flag(true)).since(16),
        Property::flag("run_as_owner", "Changes are applied as the owner of the subscription instead of the tables.", "Other privileges and triggers apply.").since(16),
        Property::text("origin", "`any`, or `none` to skip changes that were replicated to the publisher.", "Changes go around in circles, or are missing.").neutral(Neutral::Text("any")).since(16),
        Property::flag("failover", "The slot is synchronised to standbys.", "Replication breaks after a failover.").since(17),
    ],
    summary: &["publications", "enabled"],
    why: "The tables it fills stay empty where it is missing.",
    missing: Severity::Block,
};
