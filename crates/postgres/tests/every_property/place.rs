//! Where cases are tried: a server of their own per major version and a pair of databases that is swept after each
//! case. A database that does not come out of the sweep as it was made is dropped and made anew.

use std::time::{Duration, Instant};

use evenkeel_postgres::scratch::{Options, Root, Scratch, Session, find_servers, pick};

use evenkeel_testkit::property::{self, Case};

/// Everything a case makes belongs to this superuser, so that it can be swept.
pub const MAKER: &str = "maker";

/// A database with a session on it.
pub struct Database {
    pub name: String,
    pub conninfo: String,
    session: Session,
    /// What its catalogs held when it was new.
    fresh: String,
}

/// A server and the pair of databases in use.
pub struct Place {
    pub major: u32,
    pub scratch: Scratch,
    admin: Session,
    pair: Option<(Database, Database)>,
    state: String,
    made: usize,
}

impl Place {
    pub fn start(major: u32) -> Self {
        let scratch = server(major, &Options::default());
        let admin = scratch.session("postgres").unwrap();
        // Counted as they are in all databases: what was created or changed since, row by row.
        let state = admin
            .value(
                "select string_agg(format(case when relisshared
                     then '(select count(*)::text from pg_catalog.%I)'
                     else '(select count(*) || ''-'' || coalesce(sum(xmin::text::int8), 0) from pg_catalog.%I)' end, relname), ' || '' '' || '
                     order by relname)
                 from pg_catalog.pg_class
                 where relnamespace = 'pg_catalog'::regnamespace and relkind = 'r'
                   and relname not in ('pg_depend', 'pg_shdepend', 'pg_database', 'pg_authid', 'pg_auth_members')",
            )
            .unwrap()
            .unwrap();
        let state = format!(
            "select {state} || (select row(datdba, datacl, datistemplate, datallowconn, datconnlimit)::text
             from pg_catalog.pg_database where datname = current_database())"
        );
        Self { major, scratch, admin, pair: None, state, made: 0 }
    }

    /// How many databases were made.
    pub const fn made(&self) -> usize {
        self.made
    }

    /// The pair for a case: the shared one, or one of its own where it asks for clauses of CREATE DATABASE.
    pub fn pair(&mut self, case: &Case) -> (Database, Database) {
        if case.reference_clauses.is_some() || case.candidate.clauses.is_some() {
            let clauses = |clauses: &Option<String>| clauses.clone().unwrap_or_default();
            return (self.make(&clauses(&case.reference_clauses)), self.make(&clauses(&case.candidate.clauses)));
        }
        self.pair.take().unwrap_or_else(|| (self.make(""), self.make("")))
    }

    /// Takes the pair back: swept, or dropped where the sweep does not make it as new.
    pub fn give_back(&mut self, case: &Case, (reference, candidate): (Database, Database)) {
        let own = case.reference_clauses.is_some() || case.candidate.clauses.is_some();
        if !own && self.sweep(&reference) && self.sweep(&candidate) {
            self.drop_roles(&[&reference, &candidate]);
            self.pair = Some((reference, candidate));
        } else {
            self.drop_roles(&[&reference, &candidate]);
            self.remove(reference);
            self.remove(candidate);
        }
    }

    /// After a failure nothing is trusted to be as it was.
    pub fn start_over(&mut self) {
        let names =
            self.admin.query_text("select datname from pg_catalog.pg_database where not datistemplate and datname <> 'postgres'").unwrap();
        self.pair = None;
        let _ = self.admin.exec("alter system reset all");
        for name in names.into_iter().flatten().flatten() {
            if let Ok(session) = self.scratch.session(&name) {
                let _ = session.exec(SUBSCRIPTIONS);
            }
            let _ = self.admin.exec(&format!("drop database \"{name}\" with (force)"));
        }
        self.drop_roles(&[]);
        self.drop_slots();
        self.reload();
    }

    fn make(&mut self, clauses: &str) -> Database {
        self.made += 1;
        let name = format!("db{}", self.made);
        self.admin.exec(&format!("create database {name} {clauses}")).unwrap_or_else(|fault| panic!("{fault}"));
        let session = open(&self.scratch, &name);
        let fresh = if clauses.is_empty() { session.value(&self.state).unwrap().unwrap() } else { String::new() };
        Database { conninfo: self.scratch.conninfo(&name), name, session, fresh }
    }

    fn remove(&self, database: Database) {
        let _ = database.session.exec(SUBSCRIPTIONS);
        let name = database.name.clone();
        drop(database);
        // A case may have made it a template.
        let _ = self.admin.exec(&format!("alter database {name} is_template false"));
        self.admin.exec(&format!("drop database {name} with (force)")).unwrap_or_else(|fault| panic!("{fault}"));
    }

    fn sweep(&self, database: &Database) -> bool {
        let session = &database.session;
        let swept = session
            .exec("discard all")
            .and_then(|()| session.exec(SUBSCRIPTIONS))
            .and_then(|()| session.exec(&format!("drop owned by {MAKER} cascade")))
            .and_then(|()| session.exec(&format!("alter database {} reset all", database.name)))
            .and_then(|()| session.exec(&format!("set session authorization {MAKER}")));
        swept.is_ok() && session.value(&self.state).is_ok_and(|state| state.as_deref() == Some(&*database.fresh))
    }

    /// Roles that a case made belong to the whole server.
    fn drop_roles(&self, databases: &[&Database]) {
        let roles = self
            .admin
            .query_text(&format!(
                "select quote_ident(rolname) from pg_catalog.pg_roles where rolname !~ '^pg_' and rolname not in ('postgres', '{MAKER}')"
            ))
            .unwrap();
        for role in roles.into_iter().flatten().flatten() {
            for session in databases.iter().map(|database| &database.session).chain([&self.admin]) {
                let _ = session.exec(&format!("drop owned by {role} cascade"));
            }
            self.admin.exec(&format!("drop role {role}")).unwrap_or_else(|fault| panic!("{fault}"));
        }
    }

    /// A slot whose reader has just gone may still be in use for a moment.
    pub fn drop_slots(&self) {
        let until = Instant::now() + Duration::from_secs(10);
        while self.admin.exec("select pg_drop_replication_slot(slot_name) from pg_replication_slots").is_err() {
            assert!(Instant::now() < until, "a replication slot stays in use");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Runs SQL that is about the whole server.
    pub fn on_server(&self, statements: &[String]) -> Result<(), String> {
        run(&self.admin, "postgres", statements)?;
        self.settle(statements);
        Ok(())
    }

    /// Takes back what ALTER SYSTEM did.
    pub fn reset_settings(&self) {
        self.admin.exec("alter system reset all").unwrap();
        self.reload();
    }

    /// New sessions see the new configuration only when the server has read it.
    pub fn settle(&self, statements: &[String]) {
        if statements.iter().any(|sql| sql.contains("pg_reload_conf")) {
            self.reload();
        }
    }

    fn reload(&self) {
        let loaded = || self.scratch.session("postgres").unwrap().value("select pg_conf_load_time()::text").unwrap();
        let (before, until) = (loaded(), Instant::now() + Duration::from_secs(10));
        self.admin.exec("select pg_reload_conf()").unwrap();
        while loaded() == before {
            assert!(Instant::now() < until, "the server did not read its configuration again");
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

impl Database {
    /// Runs a section; `:"DBNAME"` stands for the database, as in psql.
    pub fn run(&self, statements: &[String]) -> Result<(), String> {
        run(&self.session, &self.name, statements)
    }

    /// A database of another server, made for one case.
    pub fn on(scratch: &Scratch, name: &str) -> Self {
        Self { name: name.to_owned(), conninfo: scratch.conninfo(name), session: open(scratch, name), fresh: String::new() }
    }
}

/// A server without housekeeping and counters of its own, which change what is measured at a time of their own.
pub fn server(major: u32, options: &Options) -> Scratch {
    let servers = find_servers();
    let binaries = pick(&servers, Some(major)).unwrap_or_else(|| panic!("PostgreSQL {major} is not installed"));
    let options = Options {
        root: Root::fast().ok(),
        settings: [
            ("autovacuum", "off"),
            ("track_counts", "off"),
            ("wal_level", "logical"),
            ("max_wal_senders", "5"),
            ("allow_in_place_tablespaces", "on"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into_iter()
        .chain(options.settings.iter().cloned())
        .collect(),
        ..options.clone()
    };
    let scratch = Scratch::start_with(binaries, &options).unwrap_or_else(|fault| panic!("{fault}"));
    let admin = scratch.session("postgres").unwrap();
    admin.exec(&format!("create role {MAKER} superuser")).unwrap();
    admin.exec("create tablespace elsewhere location ''").unwrap();
    scratch
}

fn open(scratch: &Scratch, name: &str) -> Session {
    let session = scratch.session(name).unwrap();
    session.exec(&format!("set session authorization {MAKER}")).unwrap();
    session
}

fn run(session: &Session, name: &str, statements: &[String]) -> Result<(), String> {
    let statements = statements.iter().map(|statement| statement.replace(":\"DBNAME\"", name));
    property::run(statements, |sql| session.exec(sql).map_err(|fault| fault.to_string()))
}

/// DROP OWNED leaves subscriptions alone, and a database with one cannot be dropped.
const SUBSCRIPTIONS: &str = "do $$
declare name text;
begin
  for name in select quote_ident(subname) from pg_catalog.pg_subscription s
              join pg_catalog.pg_database d on d.oid = s.subdbid where d.datname = current_database() loop
    execute 'alter subscription ' || name || ' disable';
    execute 'alter subscription ' || name || ' set (slot_name = none)';
    execute 'drop subscription ' || name;
  end loop;
end $$";
