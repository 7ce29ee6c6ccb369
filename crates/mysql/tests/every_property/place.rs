//! Where cases are tried: a server of their own per flavour, and a pair of databases per case.

use evenkeel_core::kind::Engine;
use evenkeel_mysql::scratch::{Options, Root, Scratch, Session, find_servers, pick};
use evenkeel_testkit::property::{self, Case, Ground};

/// A database with a session on it.
pub struct Database {
    pub name: String,
    pub url: String,
    session: Session,
}

/// A server, and what it had before any case.
pub struct Place {
    pub engine: Engine,
    number: u16,
    pub scratch: Scratch,
    admin: Session,
    accounts: Vec<String>,
    made: usize,
}

/// Accounts and roles, each as it is written in a statement.
const SENDING: &str = "select cast(id as char) from information_schema.processlist where command like 'Binlog Dump%'";
const ACCOUNTS: &str = "select concat(quote(user), '@', quote(host)) from mysql.user order by 1";
const DATABASES: &str = "select schema_name from information_schema.schemata where schema_name not in ('information_schema', 'mysql', 'performance_schema', 'sys')";

impl Place {
    pub fn start(engine: Engine, number: u16) -> Self {
        let scratch = server(engine, number, &[]);
        let admin = scratch.session("").unwrap();
        let accounts = texts(&admin, ACCOUNTS);
        Self { engine, number, scratch, admin, accounts, made: 0 }
    }

    /// A new pair of databases, called differently: what is named after its database must match all the same.
    pub fn pair(&mut self, case: &Case) -> (Database, Database) {
        let clauses = |clauses: &Option<String>| clauses.clone().unwrap_or_default();
        (self.make(&clauses(&case.reference_clauses)), self.make(&clauses(&case.candidate.clauses)))
    }

    fn make(&mut self, clauses: &str) -> Database {
        self.made += 1;
        let name = format!("db{}", self.made);
        self.admin.exec(&format!("create database {name} {clauses}")).unwrap_or_else(|fault| panic!("{fault}"));
        Database::on(&self.scratch, &name)
    }

    /// Another server for one case.
    pub fn other(&self, ground: &Ground) -> Scratch {
        let (engine, number) = ground.flavor.unwrap_or((self.engine, self.number));
        server(engine, number, &ground.settings)
    }

    /// Takes away what a case made, whether it failed or not.
    pub fn sweep(&self) {
        // A server that sends its log to a replica notices late that the replica is gone, and counts it until then.
        while let [first, ..] = texts(&self.admin, SENDING).as_slice() {
            // One that has gone by itself.
            let _ = self.admin.exec(&format!("kill {first}"));
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        for name in texts(&self.admin, DATABASES) {
            // A database that was made read-only cannot be dropped.
            let _ = self.admin.exec(&format!("alter database `{name}` read only = 0"));
            self.admin.exec(&format!("drop database `{name}`")).unwrap_or_else(|fault| panic!("{fault}"));
        }
        for account in texts(&self.admin, ACCOUNTS).into_iter().filter(|account| !self.accounts.contains(account)) {
            let dropped = self.admin.exec(&format!("drop user {account}"));
            // A role of MariaDB is an account without a host.
            dropped
                .or_else(|_| self.admin.exec(&format!("drop role {}", account.trim_end_matches("@''"))))
                .unwrap_or_else(|fault| panic!("{fault}"));
        }
    }

    /// Empties the binary log: a replica begins with its first entry, and need not live through all cases before.
    pub fn forget(&self) -> Result<(), String> {
        self.on_server(&[if self.engine == Engine::MariaDb { "reset master" } else { "reset binary logs and gtids" }.to_owned()])
    }

    /// Runs SQL that is about the whole server.
    pub fn on_server(&self, statements: &[String]) -> Result<(), String> {
        run(&self.admin, "", statements)
    }
}

impl Database {
    pub fn on(scratch: &Scratch, name: &str) -> Self {
        Self { name: name.to_owned(), url: scratch.url(name), session: scratch.session(name).unwrap() }
    }

    /// Runs a section; `:DB` stands for the database.
    pub fn run(&self, statements: &[String]) -> Result<(), String> {
        run(&self.session, &self.name, statements)
    }
}

fn server(engine: Engine, number: u16, settings: &[(String, String)]) -> Scratch {
    let servers = find_servers();
    let binaries = pick(&servers, Some(engine), Some(number)).unwrap_or_else(|| panic!("{engine:?} {number} is not installed"));
    let options = Options { root: Root::fast().ok(), settings: settings.to_vec(), ..Options::default() };
    Scratch::start_with(binaries, &options.serving_replicas()).unwrap_or_else(|fault| panic!("{fault}"))
}

fn texts(session: &Session, sql: &str) -> Vec<String> {
    session.query_text(sql).unwrap_or_else(|fault| panic!("{fault}")).into_iter().flatten().flatten().collect()
}

fn run(session: &Session, name: &str, statements: &[String]) -> Result<(), String> {
    let statements = statements.iter().map(|statement| statement.replace(":DB", name));
    property::run(statements, |sql| session.exec(sql).map_err(|fault| fault.to_string()))
}
