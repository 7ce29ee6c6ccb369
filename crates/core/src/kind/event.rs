//! Kind `event`: scheduled events.

use crate::kind::{Dimension, Engines, Neutral, Parent, Property, Severity, Spec};

pub static SPEC: Spec = Spec {
    name: "event",
    plural: "events",
    dimension: Dimension::Schema,
    identity: &["schema", "name"],
    within_table: &[],
    parent: Parent::Schema,
    engines: Engines::MYSQL_FAMILY,
    properties: &[
        Property::text("schedule", "`at TIME` or `every INTERVAL`.", "It runs at other times."),
        Property::text("starts", "First run. Where none was named, the moment the event was made.", "It runs at other times.").cosmetic(),
        Property::text("ends", "Last run.", "It stops at another time."),
        Property::text("status", "`enabled`, `disabled` or `replica side disabled`.", "It runs in one environment only.").neutral(Neutral::Text("enabled")),
        Property::flag("preserve", "It is kept after its last run.", "It is dropped after its last run in one environment only."),
        Property::text("time_zone", "Time zone of its times.", "It runs at other times."),
        Property::definition("body", "What it runs.", "It does something else."),
        Property::list("sql_mode", "The SQL mode it runs under, kept from when it was made, sorted.", "Invalid values are refused in one environment and bent in the other.").of_session("sql_mode"),
        Property::list("charsets", "Character set and collations of the session and database that made it.", "Literals in it compare by other rules.").cosmetic(),
    ],
    summary: &["schedule", "status"],
    why: "What it does (purging, rolling up, creating partitions) does not happen where it is missing.",
    missing: Severity::Block,
};
