//! The part of MySQL and MariaDB in the demo.
//!
//! Lives here: their servers, loaded with the `.sql` files beside this one, and what is planted in them. The story is
//! `demo`'s. The two differ in a few statements of those who change things by hand.

use super::estate::{DATABASE, Part, Site, all};
use super::planted::{Group, planted};
use evenkeel_core::fault::{Trouble, Troublesome};
use evenkeel_core::kind::Engine;
use evenkeel_mysql::scratch::{Fault, Options, ReplicaOptions, Root, Scratch, ServerBinaries, find_servers, pick};

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

struct Family {
    binaries: ServerBinaries,
}

/// The newest installed server of that engine.
///
/// # Errors
/// There is none; the message says how to get one.
pub fn find(engine: Engine) -> Result<Box<dyn Part>, Box<Trouble>> {
    let servers = find_servers();
    let own: Vec<ServerBinaries> = servers.iter().filter(|server| server.flavor.oldest_if_too_old().is_none()).cloned().collect();
    match pick(&own, Some(engine), None) {
        Some(best) => Ok(Box::new(Family { binaries: best.clone() })),
        None => {
            let found = servers.iter().map(|server| format!("{} in {}", server.series(), server.bin_dir().display())).collect();
            Err(words(&Fault::NoServer { engine: Some(engine), number: None, found }))
        }
    }
}

impl Part for Family {
    fn server(&self) -> String {
        format!("{} {} from {}", self.binaries.flavor.engine.name(), self.binaries.version, self.binaries.bin_dir().display())
    }

    fn start(&self, name: &'static str, scale: u32) -> Result<Box<dyn Site>, Box<Trouble>> {
        let production = name == "production";
        let database = if name == "staging" { DATABASE_IN_STAGING } else { DATABASE };
        let settings = self.settings(production);
        let options = Options { settings: settings.clone(), root: Root::fast().ok(), ..Options::default() };
        let options = options.database(database).serving_replicas();
        let primary = Scratch::start_with(&self.binaries, &options).map_err(|fault| words(&fault))?;
        let servers = Servers { name, database, settings, replicas: Vec::new(), primary };
        let own = if production { include_str!("production.sql") } else { include_str!("release.sql") };
        let mariadb = self.binaries.flavor.is_mariadb();
        let histogram = if mariadb { include_str!("histogram_mariadb.sql") } else { include_str!("histogram_mysql.sql") };
        servers.exec(&[
            include_str!("accounts.sql"),
            include_str!("schema.sql"),
            include_str!("grants.sql"),
            &format!("SET @scale = {scale}"),
            include_str!("data.sql"),
            own,
            include_str!("analyze.sql"),
            histogram,
        ])?;
        Ok(Box::new(servers))
    }

    fn planted(&self) -> Vec<Group> {
        let check = if self.binaries.flavor.is_mariadb() {
            planted("a check was dropped", "EK-constraint-missing", "bookings.bookings_total_check")
        } else {
            planted("a check is NOT ENFORCED", "EK-constraint-enforced", "bookings.bookings_total_check")
        };
        let unused = if self.binaries.flavor.is_mariadb() { "an index is IGNORED" } else { "an index is INVISIBLE" };
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

    fn shown(&self) -> &'static [&'static str] {
        // The SQL mode by the address of its manual, which ends like this: the other settings have the same finding.
        &["EK-column-extra", "EK-function-body", "EK-index-visible", "#sql_mode", "#sysvar_sql_mode", "EK-node-replicas"]
    }

    fn scheme(&self) -> &'static str {
        if self.binaries.flavor.is_mariadb() { "mariadb" } else { "mysql" }
    }
}

impl Family {
    /// How a server is set, and its replicas.
    fn settings(&self, production: bool) -> Vec<(String, String)> {
        let flavor = &self.binaries.flavor;
        // Writers wait for a redo log as small as a scratch server's.
        let redo_log = if flavor.redo_log_is_one_capacity() { "innodb_redo_log_capacity" } else { "innodb_log_file_size" };
        let own = [("event_scheduler", "ON"), ("sql_mode", SQL_MODE), (redo_log, "64M")];
        let more = if production { PRODUCTION } else { &[] };
        own.iter().chain(more).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }
}

/// Fields are dropped in their order: replicas end before the primary they follow.
struct Servers {
    name: &'static str,
    database: &'static str,
    settings: Vec<(String, String)>,
    replicas: Vec<Scratch>,
    primary: Scratch,
}

impl Site for Servers {
    fn replicate(&mut self) -> Result<(), Box<Trouble>> {
        let options = ReplicaOptions { settings: self.settings.clone(), ..ReplicaOptions::default() };
        let replica = self.primary.replica(&options).map_err(|fault| words(&fault))?;
        self.replicas.push(replica);
        Ok(())
    }

    fn change_by_hand(&self) -> Result<(), Box<Trouble>> {
        match self.name {
            "staging" => self.exec(&[include_str!("by_hand/staging.sql")]),
            "production" => {
                let mariadb = self.primary.binaries().flavor.is_mariadb();
                let own =
                    if mariadb { include_str!("by_hand/production_mariadb.sql") } else { include_str!("by_hand/production_mysql.sql") };
                self.exec(&[include_str!("by_hand/production.sql"), own])
            }
            _ => Ok(()),
        }
    }

    fn url(&self) -> String {
        self.primary.url(self.database)
    }

    fn replica_urls(&self) -> Vec<String> {
        self.replicas.iter().map(|replica| replica.url(self.database)).collect()
    }

    fn migration_role(&self) -> Option<&'static str> {
        None
    }

    fn client(&self) -> String {
        let binaries = self.primary.binaries();
        let name = if binaries.flavor.is_mariadb() { "mariadb" } else { "mysql" };
        // Where packages put the server in sbin, the client is on PATH.
        let beside = Some(binaries.bin_dir().join(name)).filter(|path| path.exists());
        let program = beside.map_or_else(|| name.to_owned(), |path| path.display().to_string());
        format!("{program} --no-defaults -u root -S {} {}", self.primary.socket().display(), self.database)
    }

    fn stop(self: Box<Self>) -> Result<(), Box<Trouble>> {
        let Self { replicas, primary, .. } = *self;
        all(replicas.into_iter().chain([primary]).map(|server| server.stop().map_err(|fault| words(&fault))))
    }
}

impl Servers {
    /// Each text in an exchange of its own, all in one session.
    fn exec(&self, texts: &[&str]) -> Result<(), Box<Trouble>> {
        let session = self.primary.session(self.database).map_err(|fault| words(&fault))?;
        texts.iter().try_for_each(|text| session.exec(text)).map_err(|fault| words(&fault))
    }
}

fn words(fault: &Fault) -> Box<Trouble> {
    Box::new(fault.trouble())
}
