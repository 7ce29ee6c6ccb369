//! What a capture needs to be complete: for each kind the privileges, by vendor and version, as measured on MySQL 9.7 and
//! MariaDB 10.11 and 11.8. The gaps and the script of `evenkeel grants` come from this one list.
//!
//! Measured where the manuals are silent or differ:
//! - A privilege on one table or column never tells what else there is, so only grants on the database or server count.
//! - DELETE, CREATE, SHOW VIEW and the like on a database show its tables but none of their columns (MySQL, MariaDB before 11).
//! - MariaDB hides TABLE_CONSTRAINTS and REFERENTIAL_CONSTRAINTS from an account whose only privilege is SELECT.
//! - INSERT shows triggers without their bodies (MariaDB); EXECUTE shows routines without theirs.

use super::{Access, Pattern};
use crate::capture::scope::Scope;
use crate::flavor::Flavor;
use crate::ident::Ident;
use evenkeel_core::kind::{Dimension, Kind};
use evenkeel_core::manifest::{Gap, Reason};

/// Where a privilege is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// `*.*`
    Server,
    /// The captured database, or all.
    Captured,
    /// The server's own database of that name.
    Own(&'static str),
    /// A table of `mysql`.
    Table(&'static str),
}

/// A privilege and where it is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Right(pub &'static str, pub Place);

/// What some kinds need.
#[derive(Debug)]
pub struct Need {
    /// What is incomplete without; empty where a capture is only slower.
    pub kinds: &'static [Kind],
    /// The one property, where the rest of the kind is complete.
    pub attribute: Option<&'static str>,
    /// Of each of these one is needed; the first is what cures it.
    pub parts: &'static [&'static [Right]],
    /// What it lets us see.
    pub why: &'static str,
    vendor: Vendor,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Vendor {
    Both,
    MySql,
    MariaDb,
    /// From, and up to but not including.
    MariaDbFrom(u16, u16),
}

impl Vendor {
    const fn is(self, flavor: &Flavor, is_mariadb: bool) -> bool {
        match self {
            Self::Both => true,
            Self::MySql => !is_mariadb,
            Self::MariaDb => is_mariadb,
            Self::MariaDbFrom(from, to) => is_mariadb && flavor.number >= from && flavor.number < to,
        }
    }
}

use Place::{Captured, Own, Server, Table};

/// Privileges that show a table with its columns.
const COLUMNS: &[Right] = &[Right("SELECT", Captured), Right("INSERT", Captured), Right("UPDATE", Captured), Right("REFERENCES", Captured)];

/// Privileges with which MariaDB shows constraints: any but SELECT. SHOW VIEW is the one that lets nobody do anything.
const MORE: &[Right] = &[
    Right("SHOW VIEW", Captured),
    Right("INSERT", Captured),
    Right("UPDATE", Captured),
    Right("DELETE", Captured),
    Right("CREATE", Captured),
    Right("DROP", Captured),
    Right("REFERENCES", Captured),
    Right("INDEX", Captured),
    Right("ALTER", Captured),
    Right("CREATE VIEW", Captured),
    Right("TRIGGER", Captured),
];

const fn need(kinds: &'static [Kind], vendor: Vendor, parts: &'static [&'static [Right]], why: &'static str) -> Need {
    Need { kinds, attribute: None, parts, why, vendor }
}

/// Privileges that show replication on MySQL.
const CLIENT: &[Right] = &[Right("REPLICATION CLIENT", Server), Right("SUPER", Server)];

/// What one property needs beyond its kind.
const fn property(attribute: &'static str, need: Need) -> Need {
    Need { attribute: Some(attribute), ..need }
}

/// All of it.
const NEEDS: &[Need] = &[
    need(&[Kind::Schema, Kind::Table, Kind::Partition, Kind::Column, Kind::Index], Vendor::Both, &[COLUMNS], "tables, columns, indexes"),
    need(&[Kind::Constraint], Vendor::MySql, &[COLUMNS], "constraints"),
    need(&[Kind::Constraint], Vendor::MariaDb, &[COLUMNS, MORE], "constraints"),
    need(&[Kind::Sequence], Vendor::MariaDb, &[&[Right("SELECT", Captured)]], "sequences"),
    need(
        &[Kind::View, Kind::Definer],
        Vendor::Both,
        &[&[Right("SELECT", Captured)], &[Right("SHOW VIEW", Captured)]],
        "views with their definitions",
    ),
    need(&[Kind::Trigger, Kind::Definer], Vendor::Both, &[&[Right("TRIGGER", Captured)]], "triggers"),
    need(&[Kind::Event, Kind::Definer], Vendor::Both, &[&[Right("EVENT", Captured)]], "events"),
    need(
        &[Kind::Function, Kind::Procedure, Kind::Library, Kind::Definer],
        Vendor::MySql,
        &[&[Right("SHOW_ROUTINE", Server), Right("SELECT", Server)]],
        "routines with their bodies",
    ),
    need(
        &[Kind::Function, Kind::Procedure, Kind::Package, Kind::Definer],
        Vendor::MariaDbFrom(0, 1103),
        &[&[Right("SELECT", Table("proc"))]],
        "routines with their bodies",
    ),
    need(
        &[Kind::Function, Kind::Procedure, Kind::Package, Kind::Definer],
        Vendor::MariaDbFrom(1103, u16::MAX),
        &[&[Right("SHOW CREATE ROUTINE", Captured), Right("SELECT", Table("proc"))]],
        "routines with their bodies",
    ),
    need(&[Kind::Role, Kind::Grant, Kind::Membership], Vendor::Both, &[&[Right("SELECT", Own("mysql"))]], "accounts, roles and grants"),
    Need {
        attribute: Some("gone"),
        ..need(
            &[Kind::Definer],
            Vendor::Both,
            &[&[Right("SELECT", Table("user")), Right("SELECT", Own("mysql"))]],
            "whether definers exist",
        )
    },
    need(&[Kind::TableStatistics, Kind::IndexStatistics], Vendor::Both, &[COLUMNS], "statistics"),
    property(
        "last_analyze_days",
        need(&[Kind::TableStatistics], Vendor::Both, &[&[Right("SELECT", Table("innodb_table_stats"))]], "when InnoDB computed statistics"),
    ),
    property(
        "bytes",
        need(&[Kind::IndexStatistics], Vendor::Both, &[&[Right("SELECT", Table("innodb_index_stats"))]], "sizes of InnoDB's indexes"),
    ),
    need(&[Kind::ColumnStatistics], Vendor::MySql, &[&[Right("SELECT", Captured)]], "histograms"),
    need(
        &[Kind::ColumnStatistics],
        Vendor::MariaDb,
        &[&[Right("SELECT", Table("column_stats"))], &[Right("SELECT", Table("table_stats"))]],
        "histograms",
    ),
    property(
        "timezone_tables",
        need(
            &[Kind::Server],
            Vendor::Both,
            &[
                &[Right("SELECT", Table("time_zone_name"))],
                &[Right("SELECT", Table("time_zone_transition"))],
                &[Right("SELECT", Table("time_zone_transition_type"))],
            ],
            "time zones",
        ),
    ),
    need(&[Kind::HistoryTable], Vendor::Both, &[&[Right("SELECT", Captured)]], "the history of migrations"),
    need(&[Kind::Plugin], Vendor::MySql, &[&[Right("SELECT", Table("component"))]], "components"),
    need(
        &[Kind::Channel],
        Vendor::MySql,
        &[&[Right("REPLICATION CLIENT", Server), Right("SUPER", Server)], &[Right("SELECT", Own("performance_schema"))]],
        "replication",
    ),
    need(&[Kind::Channel], Vendor::MariaDbFrom(0, 1100), &[&[Right("SLAVE MONITOR", Server), Right("SUPER", Server)]], "replication"),
    need(&[Kind::Channel], Vendor::MariaDbFrom(1100, u16::MAX), &[&[Right("SLAVE MONITOR", Server)]], "replication"),
    property("role", need(&[Kind::Node], Vendor::MySql, &[CLIENT], "whether a server replays another one's log")),
    property(
        "role",
        need(&[Kind::Node], Vendor::MariaDb, &[&[Right("SLAVE MONITOR", Server)]], "whether a server replays another one's log"),
    ),
    property("binlog_filters", need(&[Kind::Node], Vendor::MySql, &[CLIENT], "what the binary log leaves out")),
    property(
        "binlog_filters",
        need(&[Kind::Node], Vendor::MariaDb, &[&[Right("BINLOG MONITOR", Server)]], "what the binary log leaves out"),
    ),
    property("cluster", need(&[Kind::Node], Vendor::MySql, &[&[Right("SELECT", Own("performance_schema"))]], "group replication")),
    property("replicas", need(&[Kind::Node], Vendor::Both, &[&[Right("PROCESS", Server)]], "how many replicas are connected")),
    need(
        &[Kind::Replica],
        Vendor::Both,
        &[&[Right("PROCESS", Server)]],
        "connected replicas; that no migration runs meanwhile; InnoDB's tables",
    ),
];

/// What that server needs.
pub fn of(flavor: &Flavor) -> impl Iterator<Item = &'static Need> {
    NEEDS.iter().filter(|need| need.vendor.is(flavor, flavor.is_mariadb()))
}

impl Access {
    /// Whether the account holds it.
    #[must_use]
    pub fn has(&self, right: Right, scope: &Scope) -> bool {
        match right.1 {
            Server => self.on_server(right.0),
            Captured => self.on_scope(scope, right.0),
            Own(database) => self.on_database(database, right.0),
            Table(table) => self.on_table("mysql", table, right.0),
        }
    }
}

/// What is missing of a need.
fn missing(access: &Access, scope: &Scope, need: &Need) -> Vec<Right> {
    let unmet = need.parts.iter().filter(|part| !part.iter().any(|right| access.has(*right, scope)));
    unmet.filter_map(|part| part.first().copied()).collect()
}

/// One gap a kind that may be incomplete.
pub fn gaps(access: &Access, flavor: &Flavor, scope: &Scope) -> Vec<Gap> {
    let mut gaps = Vec::new();
    for need in of(flavor) {
        let rights = missing(access, scope, need);
        if rights.is_empty() {
            continue;
        }
        let names: Vec<String> =
            rights.iter().map(|right| format!("{} ON {}", right.0, shown(right.1, scope, access.spelling(scope)))).collect();
        let detail = format!("the server shows {} completely only to an account with {}", need.why, names.join(" and "));
        let cure = statements(&access.account.to_string(), scope, access.spelling(scope), &rights).join(" ");
        for kind in need.kinds.iter().filter(|kind| kind.spec().engines.has(flavor.engine, flavor.number)) {
            let mut gap = Gap::kind(*kind, Reason::Privilege, detail.clone()).cure(cure.clone());
            gap.attribute = need.attribute.map(str::to_owned);
            gaps.push(gap);
        }
    }
    gaps
}

/// The statements that make one dimension complete for the account.
pub fn script(access: &Access, flavor: &Flavor, scope: &Scope, dimension: Dimension) -> Vec<String> {
    let concerns = |need: &&Need| need.kinds.iter().any(|kind| kind.spec().dimension == dimension);
    let rights: Vec<Right> = of(flavor).filter(concerns).flat_map(|need| missing(access, scope, need)).collect();
    statements(&access.account.to_string(), scope, access.spelling(scope), &rights)
}

/// Grants by place, each privilege once. `spelling` is how the account's own grants name the database, where it matters.
pub fn statements(account: &str, scope: &Scope, spelling: Option<&str>, rights: &[Right]) -> Vec<String> {
    let mut places: Vec<Place> = rights.iter().map(|right| right.1).collect();
    places.sort_unstable();
    places.dedup();
    let mut statements = Vec::with_capacity(places.len());
    for place in places {
        let mut names: Vec<&str> = Vec::new();
        for right in rights.iter().filter(|right| right.1 == place) {
            if !names.contains(&right.0) {
                names.push(right.0);
            }
        }
        statements.push(format!("GRANT {} ON {} TO {account};", names.join(", "), shown(place, scope, spelling)));
    }
    statements
}

/// As a GRANT names it. A name with `_` is a pattern there.
#[must_use]
pub fn shown(place: Place, scope: &Scope, spelling: Option<&str>) -> String {
    match (place, scope.one()) {
        (Captured, Some(_)) if let Some(pattern) = spelling => format!("{}.*", Ident(pattern)),
        (Server, _) | (Captured, None) => "*.*".to_owned(),
        (Captured, Some(database)) => format!("{}.*", Ident(&Pattern::escaped(database))),
        (Own(database), _) => format!("{}.*", Ident(&Pattern::escaped(database))),
        (Table(table), _) => format!("`mysql`.{}", Ident(table)),
    }
}
