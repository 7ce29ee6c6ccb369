//! PostgreSQL's part in the demo.
//!
//! Lives here: its servers, loaded with the `.sql` files beside this one, and what is planted in them. The story is
//! `demo`'s.

use super::estate::{DATABASE, Part, Site, all};
use super::planted::{Group, planted};
use evenkeel_core::fault::{Class, Trouble, Troublesome};
use evenkeel_postgres::scratch::{Fault, Options, ReplicaOptions, Root, Scratch, ServerBinaries, find_servers};

/// The oldest server that evenkeel reads.
const OLDEST: u32 = 13;
/// A unique index over rows that are not.
const DUPLICATES: &str = "23505";

struct Postgres {
    binaries: ServerBinaries,
}

/// The newest installed server that has the contrib extensions.
///
/// # Errors
/// There is none; the message says how to get one.
pub fn find() -> Result<Box<dyn Part>, Box<Trouble>> {
    let servers = find_servers();
    let usable = servers.iter().filter(|server| server.major >= OLDEST);
    // Of equals the first, which is the one the user put in front.
    let best = usable.filter(|server| server.has_contrib).fold(None, |best: Option<&ServerBinaries>, server| match best {
        Some(best) if best.major >= server.major => Some(best),
        _ => Some(server),
    });
    if let Some(best) = best {
        return Ok(Box::new(Postgres { binaries: best.clone() }));
    }
    let found = servers.iter().map(|server| format!("PostgreSQL {} in {}", server.version, server.bin_dir.display())).collect::<Vec<_>>();
    if found.is_empty() {
        return Err(words(&Fault::NoServer { wanted: None, found }));
    }
    Err(Box::new(
        Trouble::new(Class::Unreachable, "the demo needs a PostgreSQL server with the contrib extensions")
            .expected(format!("PostgreSQL {OLDEST} or newer with pg_trgm"))
            .found(format!("{}, without it", found.join(", ")))
            .fix("apt-get install postgresql-contrib, or dnf install postgresql-contrib"),
    ))
}

impl Part for Postgres {
    fn server(&self) -> String {
        format!("PostgreSQL {} from {}", self.binaries.version, self.binaries.bin_dir.display())
    }

    fn start(&self, name: &'static str, scale: u32) -> Result<Box<dyn Site>, Box<Trouble>> {
        // Servers that share an identifier would be taken for copies of one another.
        let options = Options { own_identifier: true, root: Root::fast().ok(), ..Options::default() }.database(DATABASE);
        let primary = Scratch::start_with(&self.binaries, &options).map_err(|fault| words(&fault))?;
        let servers = Servers { name, replicas: Vec::new(), primary };
        let told = format!("SET demo.environment = '{name}'; SET demo.scale = '{scale}'");
        servers.exec(&[&told, include_str!("roles.sql"), include_str!("schema.sql"), include_str!("data.sql")])?;
        let own = if name == "production" { include_str!("production.sql") } else { include_str!("release.sql") };
        servers.exec(&[own])?;
        servers.exec(&["VACUUM (ANALYZE)"])?;
        Ok(Box::new(servers))
    }

    fn planted(&self) -> Vec<Group> {
        vec![
            Group {
                title: "in staging, and next for production",
                by_hand_in: None,
                planted: vec![
                    planted("migration 8 has run", "EK-migration-missing", "app.flyway_schema_history.8"),
                    planted("it added a column", "EK-column-missing", "app.bookings.source"),
                ],
            },
            Group {
                title: "by hand in production",
                by_hand_in: Some("production"),
                planted: vec![
                    planted("a column was added", "EK-column-extra", "billing.invoices.tax_override"),
                    planted("a function was changed", "EK-function-body", "app.stay_price(numeric, integer)"),
                    planted("a unique index failed: INVALID", "EK-index-valid", "app.customers_email_key"),
                    planted("a constraint is NOT VALID", "EK-constraint-validated", "app.bookings.bookings_total_check"),
                ],
            },
            Group {
                title: "by hand in staging",
                by_hand_in: Some("staging"),
                planted: vec![
                    planted("an index was dropped", "EK-index-extra", "app.bookings_customer_id_idx"),
                    planted("a grant was taken away", "EK-grant-extra", "table.billing.payments.reader"),
                ],
            },
            Group {
                title: "in production since long ago, never in staging",
                by_hand_in: None,
                planted: vec![
                    planted("an extension was not updated", "EK-extension-version-version", "pg_trgm"),
                    planted("a column sorts by other rules", "EK-column-collation", "app.boats.name"),
                    planted("migrations give up after 5 s", "EK-setting-effective", "lock_timeout"),
                    planted("the role that migrates has it", "EK-override-extra", "migrator.every database.lock_timeout"),
                    planted("the application has a limit", "EK-override-extra", "app_rw.every database.statement_timeout"),
                    planted("two replicas, not one", "EK-node-replicas", "node"),
                    planted("a hundred times the rows", "EK-table-statistics-rows", "app.bookings"),
                ],
            },
        ]
    }

    fn shown(&self) -> &'static [&'static str] {
        &["EK-column-extra", "EK-function-body", "EK-index-valid", "EK-setting-effective", "EK-node-replicas"]
    }

    fn scheme(&self) -> &'static str {
        "postgres"
    }
}

/// Fields are dropped in their order: replicas end before the primary they follow.
struct Servers {
    name: &'static str,
    replicas: Vec<Scratch>,
    primary: Scratch,
}

impl Site for Servers {
    fn replicate(&mut self) -> Result<(), Box<Trouble>> {
        let name = if self.replicas.is_empty() { "replica_a" } else { "replica_b" };
        let replica = self.primary.replica(&ReplicaOptions::named(name)).map_err(|fault| words(&fault))?;
        self.replicas.push(replica);
        Ok(())
    }

    fn change_by_hand(&self) -> Result<(), Box<Trouble>> {
        match self.name {
            "staging" => self.exec(&[include_str!("by_hand/staging.sql")]),
            "production" => {
                self.exec(&[include_str!("by_hand/production.sql")])?;
                self.break_index()
            }
            _ => Ok(()),
        }
    }

    fn url(&self) -> String {
        self.primary.url(DATABASE)
    }

    fn replica_urls(&self) -> Vec<String> {
        self.replicas.iter().map(|replica| replica.url(DATABASE)).collect()
    }

    fn migration_role(&self) -> Option<&'static str> {
        Some("migrator")
    }

    fn client(&self) -> String {
        format!("psql \"{}\"", self.primary.conninfo(DATABASE))
    }

    fn stop(self: Box<Self>) -> Result<(), Box<Trouble>> {
        let Self { replicas, primary, .. } = *self;
        all(replicas.into_iter().chain([primary]).map(|server| server.stop().map_err(|fault| words(&fault))))
    }
}

impl Servers {
    /// Each text in an exchange of its own, all in one session.
    fn exec(&self, texts: &[&str]) -> Result<(), Box<Trouble>> {
        let session = self.primary.session(DATABASE).map_err(|fault| words(&fault))?;
        texts.iter().try_for_each(|text| session.exec(text)).map_err(|fault| words(&fault))
    }

    /// Fails as planned, and leaves the INVALID index that such a failure leaves.
    fn break_index(&self) -> Result<(), Box<Trouble>> {
        let session = self.primary.session(DATABASE).map_err(|fault| words(&fault))?;
        match session.exec(include_str!("by_hand/index.sql")) {
            Err(Fault::Sql { sqlstate: Some(code), .. }) if code == DUPLICATES => Ok(()),
            Err(other) => Err(words(&other)),
            Ok(()) => Err(Box::new(
                Trouble::new(Class::Internal, "the demo's unique index was built").expected("two customers with one address").found("none"),
            )),
        }
    }
}

fn words(fault: &Fault) -> Box<Trouble> {
    Box::new(fault.trouble())
}
