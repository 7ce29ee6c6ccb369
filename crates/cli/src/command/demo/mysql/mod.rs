//! The part of MySQL and MariaDB in the demo: what is loaded into their servers with the `.sql` files beside this one, and what
//! is planted in them. The story is `demo`'s. The two differ in a few statements of those who change things by hand.

use super::planted::{Group, planted};
use super::play::{ByHand, DATABASE, Part, Play};

/// Shows that a database need not have the same name everywhere.
const DATABASE_IN_STAGING: &str = "moorings_stage";
/// What an application of today asks for.
const SQL_MODE: &str = "ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION";
/// Production was set up when modes were fewer, and learned not to wait.
const PRODUCTION: &[(&str, &str)] = &[
    ("sql_mode", "STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION"),
    ("lock_wait_timeout", "5"),
    ("innodb_lock_wait_timeout", "10"),
];
/// Writers wait for a redo log as small as a throwaway server's. Each server knows one of the two names.
const REDO_LOG: [(&str, &str); 2] = [("loose_innodb_redo_log_capacity", "64M"), ("loose_innodb_log_file_size", "64M")];

pub fn mariadb() -> Play {
    play(true, "mariadb", |name, scale| part(true, name, scale))
}

pub fn mysql() -> Play {
    play(false, "mysql", |name, scale| part(false, name, scale))
}

fn play(mariadb: bool, scheme: &'static str, part: fn(&str, u32) -> Part) -> Play {
    Play {
        extensions: &[],
        scheme,
        rehearses: false,
        migration_role: None,
        planted: groups(mariadb),
        // The SQL mode by the address of its manual, which ends like this: the other settings have the same finding.
        shown: &["EK-column-extra", "EK-function-body", "EK-index-visible", "#sql_mode", "#sysvar_sql_mode", "EK-node-replicas"],
        part,
    }
}

fn part(mariadb: bool, name: &str, scale: u32) -> Part {
    let production = name == "production";
    let own = if production { include_str!("production.sql") } else { include_str!("release.sql") };
    let histogram = if mariadb { include_str!("histogram_mariadb.sql") } else { include_str!("histogram_mysql.sql") };
    let usual = [("event_scheduler", "ON"), ("sql_mode", SQL_MODE)];
    let texts = [
        include_str!("accounts.sql"),
        include_str!("schema.sql"),
        include_str!("grants.sql"),
        &format!("SET @scale = {scale}"),
        include_str!("data.sql"),
        own,
        include_str!("analyze.sql"),
        histogram,
    ];
    let in_production = if mariadb { include_str!("by_hand/production_mariadb.sql") } else { include_str!("by_hand/production_mysql.sql") };
    Part {
        database: if name == "staging" { DATABASE_IN_STAGING } else { DATABASE },
        settings: usual.iter().chain(&REDO_LOG).chain(if production { PRODUCTION } else { &[] }).copied().collect(),
        loaded: vec![texts.map(|text| text.to_owned().into()).into()],
        by_hand: match name {
            "staging" => vec![ByHand::done(include_str!("by_hand/staging.sql"))],
            "production" => vec![ByHand::done(include_str!("by_hand/production.sql")), ByHand::done(in_production)],
            _ => Vec::new(),
        },
    }
}

fn groups(mariadb: bool) -> Vec<Group> {
    let check = if mariadb {
        planted("a check was dropped", "EK-constraint-missing", "bookings.bookings_total_check")
    } else {
        planted("a check is NOT ENFORCED", "EK-constraint-enforced", "bookings.bookings_total_check")
    };
    let unused = if mariadb { "an index is IGNORED" } else { "an index is INVISIBLE" };
    vec![
        Group {
            title: "in staging, and next for production",
            by_hand_in: None,
            planted: vec![
                planted("migration 8 has run", "EK-migration-missing", "flyway_schema_history.8"),
                planted("it added a column", "EK-column-missing", "bookings.source"),
            ],
        },
        Group {
            title: "by hand in production",
            by_hand_in: Some("production"),
            planted: vec![
                planted("a column was added", "EK-column-extra", "invoices.tax_override"),
                planted("a function was changed", "EK-function-body", "stay_price"),
                planted(unused, "EK-index-visible", "bookings.bookings_arrival_idx"),
                check,
            ],
        },
        Group {
            title: "by hand in staging",
            by_hand_in: Some("staging"),
            planted: vec![
                planted("an index was dropped", "EK-index-extra", "invoices.invoices_issued_on_idx"),
                planted("an event was disabled", "EK-event-status", "forget_searches"),
                planted("a grant was taken away", "EK-grant-extra", "table.payments.reader@localhost"),
            ],
        },
        Group {
            title: "in production since long ago, never in staging",
            by_hand_in: None,
            planted: vec![
                planted("a column sorts by other rules", "EK-column-collation", "boats.name"),
                planted("statements follow other rules", "EK-setting-value", "sql_mode"),
                planted("migrations give up after 5 s", "EK-setting-value", "lock_wait_timeout"),
                planted("transactions give up after 10 s", "EK-setting-value", "innodb_lock_wait_timeout"),
                planted("two replicas, not one", "EK-node-replicas", "node"),
                planted("a hundred times the rows", "EK-table-statistics-rows", "bookings"),
            ],
        },
    ]
}
