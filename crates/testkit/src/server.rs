//! What a test asks for: a server of a version, and a database of its own on it.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use evenkeel_postgres::scratch::{self, Session, TextRows};

use crate::keeper::{Kept, VARIABLE, ask};
use crate::skip::{DEMANDED, skip};

/// A running server that is shared with other tests: make roles and databases under unique names only.
#[derive(Debug, Clone)]
pub struct Server {
    pub major: u32,
    /// As the program prints it.
    pub version: String,
    /// The host in connection strings.
    pub socket_dir: PathBuf,
}

/// The installed major versions among 13 to 18, oldest first. Each missing one is a skip.
///
/// # Panics
/// With `REQUIRE_SERVERS=1` when one is missing.
#[must_use]
pub fn majors() -> Vec<u32> {
    let installed = installed();
    DEMANDED
        .into_iter()
        .filter(|major| {
            let there = installed.contains(major);
            if !there {
                skip(&format!("PostgreSQL {major}"));
            }
            there
        })
        .collect()
}

/// The newest installed major version that evenkeel supports, for tests that need any server.
///
/// # Panics
/// When none is installed.
#[must_use]
pub fn newest() -> u32 {
    let installed = installed();
    DEMANDED
        .into_iter()
        .rev()
        .find(|major| installed.contains(major))
        .expect("no PostgreSQL server is installed; script/setup installs them")
}

/// The shared server of a major version. Nothing, and a skip, when it is not installed.
///
/// # Panics
/// When it is installed and does not start; with `REQUIRE_SERVERS=1` also when it is not installed.
#[must_use]
pub fn server(major: u32) -> Option<Server> {
    if !installed().contains(&major) {
        skip(&format!("PostgreSQL {major}"));
        return None;
    }
    let (version, socket_dir) = match keeper() {
        Some(socket) => ask(socket, &format!("server {major}")).and_then(|answer| {
            let (version, directory) = answer.split_once('\t').ok_or(format!("not understood: {answer}"))?;
            Ok((version.to_owned(), PathBuf::from(directory)))
        }),
        None => own().server(major),
    }
    .unwrap_or_else(|problem| panic!("PostgreSQL {major} did not start: {problem}"));
    Some(Server { major, version, socket_dir })
}

/// A new, empty database on the shared server of a major version.
///
/// # Panics
/// When that version is not installed (ask [`majors`] first, which counts the skip) or anything fails.
#[must_use]
pub fn database(major: u32) -> TestDb {
    let server = server(major).unwrap_or_else(|| panic!("PostgreSQL {major} is not installed; ask majors() first"));
    TestDb::create(server)
}

/// A database on each installed major version.
///
/// # Panics
/// As [`database`] and [`majors`].
#[must_use]
pub fn databases() -> Vec<TestDb> {
    majors().into_iter().map(database).collect()
}

/// Runs a test on a new database of each installed major version, one after the other.
///
/// # Panics
/// As [`database`] and [`majors`], and when the test does.
pub fn each_major(test: impl Fn(&TestDb)) {
    for major in majors() {
        // A failing assertion does not say where it ran; this line, shown with a failure, does.
        println!("on PostgreSQL {major}");
        test(&database(major));
    }
}

/// The same on all of them at once, for a test that mostly waits.
///
/// # Panics
/// As [`each_major`].
pub fn each_major_at_once(test: impl Fn(&TestDb) + Sync) {
    let test = &test;
    let name = std::thread::current().name().unwrap_or("a test").to_owned();
    std::thread::scope(|threads| {
        for major in majors() {
            let named = std::thread::Builder::new().name(format!("{name} on PostgreSQL {major}"));
            named.spawn_scoped(threads, move || test(&database(major))).expect("a thread");
        }
    });
}

impl Server {
    /// A libpq keyword string for one of its databases, as superuser `postgres`.
    #[must_use]
    pub fn conninfo(&self, database: &str) -> String {
        scratch::conninfo(&self.socket_dir, database)
    }

    /// A `postgres://` URL for one of its databases, as superuser `postgres`.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        scratch::url(&self.socket_dir, database)
    }

    /// A blocking session on one of its databases.
    ///
    /// # Panics
    /// When it cannot be opened.
    #[must_use]
    pub fn session(&self, database: &str) -> Session {
        let display = format!("PostgreSQL {}", self.version);
        Session::open(&display, database, &self.conninfo(database)).unwrap_or_else(|fault| panic!("{fault}"))
    }
}

/// A database that belongs to one test. Dropped with it, whoever is still connected.
#[derive(Debug)]
pub struct TestDb {
    pub server: Server,
    pub name: String,
    session: Option<Session>,
}

impl TestDb {
    /// Makes a database with a unique name on a server.
    ///
    /// # Panics
    /// When that fails.
    #[must_use]
    pub fn create(server: Server) -> Self {
        Self::create_with(server, "")
    }

    /// As [`TestDb::create`] with clauses of CREATE DATABASE, such as `TEMPLATE template0 ENCODING 'LATIN1'`.
    ///
    /// # Panics
    /// When that fails.
    #[must_use]
    pub fn create_with(server: Server, clauses: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("test_{}_{number}", std::process::id());
        let admin = server.session("postgres");
        // A keeper may outlive the pid of an earlier test that could not clean up.
        must(admin.exec(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")));
        must(admin.exec(&format!("CREATE DATABASE {name} {clauses}")));
        let session = Some(server.session(&name));
        Self { server, name, session }
    }

    #[must_use]
    pub fn conninfo(&self) -> String {
        self.server.conninfo(&self.name)
    }

    #[must_use]
    pub fn url(&self) -> String {
        self.server.url(&self.name)
    }

    /// The version's major number.
    #[must_use]
    pub const fn major(&self) -> u32 {
        self.server.major
    }

    /// Runs statements separated by `;`.
    ///
    /// # Panics
    /// When one fails.
    pub fn exec(&self, sql: &str) {
        must(self.session().exec(sql));
    }

    /// Runs statements and gives the rows of all of them as text.
    ///
    /// # Panics
    /// When one fails.
    #[must_use]
    pub fn query_text(&self, sql: &str) -> TextRows {
        must(self.session().query_text(sql))
    }

    /// The first column of the first row.
    ///
    /// # Panics
    /// When the statement fails.
    #[must_use]
    pub fn value(&self, sql: &str) -> Option<String> {
        must(self.session().value(sql))
    }

    /// The test's own session, where errors are wanted as values.
    #[must_use]
    pub fn session(&self) -> &Session {
        self.session.as_ref().expect("the session lives as long as the database")
    }

    /// A second session, for tests with concurrency.
    #[must_use]
    pub fn another_session(&self) -> Session {
        self.server.session(&self.name)
    }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        self.session = None;
        let display = format!("PostgreSQL {}", self.server.version);
        // A server that is gone has taken its databases along; a test that failed must keep its own message.
        if let Ok(admin) = Session::open(&display, "postgres", &self.server.conninfo("postgres")) {
            let _ = admin.exec(&format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
        }
    }
}

fn must<T>(result: Result<T, scratch::Fault>) -> T {
    result.unwrap_or_else(|fault| match &fault {
        scratch::Fault::Sql { statement, .. } => panic!("{fault}\nafter: {statement}"),
        _ => panic!("{fault}"),
    })
}

fn installed() -> &'static [u32] {
    static INSTALLED: OnceLock<Vec<u32>> = OnceLock::new();
    INSTALLED.get_or_init(|| match keeper() {
        Some(socket) => ask(socket, "majors")
            .unwrap_or_else(|problem| panic!("{problem}"))
            .split_ascii_whitespace()
            .filter_map(|major| major.parse().ok())
            .collect(),
        None => own().majors(),
    })
}

pub(crate) fn keeper() -> Option<&'static Path> {
    static KEEPER: OnceLock<Option<PathBuf>> = OnceLock::new();
    KEEPER.get_or_init(|| std::env::var_os(VARIABLE).filter(|value| !value.is_empty()).map(PathBuf::from)).as_deref()
}

/// Without a keeper: servers of this process. They end with it (the kernel sees to that), their files with the next
/// run's sweep.
fn own() -> &'static Kept {
    static OWN: OnceLock<Kept> = OnceLock::new();
    OWN.get_or_init(Kept::default)
}
