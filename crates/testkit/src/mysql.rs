//! MySQL and MariaDB for tests: a server of a flavour (`MariaDB 10.11`, `MySQL 9.7`) that all tests share, and a database
//! of its own for each. Its neighbour `server` does the same for PostgreSQL.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use evenkeel_core::kind::Engine;
use evenkeel_launcher::Root;
use evenkeel_mysql::flavor::Flavor;
use evenkeel_mysql::scratch::{self, Fault, Options, Scratch, ServerBinaries, find_servers, pick};

use crate::keeper::ask;
use crate::server::keeper;
use crate::skip::skip;

pub use evenkeel_mysql::scratch::{Session, TextRows};

/// The flavours evenkeel is tested on, so the ones every test run should have.
pub const DEMANDED: [(Engine, u16); 3] = [(Engine::MariaDb, 1011), (Engine::MariaDb, 1108), (Engine::MySql, 907)];

/// A running server that is shared with other tests: make accounts and databases under unique names only.
#[derive(Debug, Clone)]
pub struct Server {
    pub flavor: Flavor,
    pub socket: PathBuf,
}

/// The installed flavours among those demanded, in their order. Each missing one is a skip.
///
/// # Panics
/// With `REQUIRE_SERVERS=1` when one is missing.
#[must_use]
pub fn flavors() -> Vec<(Engine, u16)> {
    let there = |name: &String| installed().contains(name);
    let wanted = DEMANDED.map(|(engine, number)| ((engine, number), scratch::series(engine, number)));
    for (_, name) in wanted.iter().filter(|(_, name)| !there(name)) {
        skip(name);
    }
    wanted.into_iter().filter(|(_, name)| there(name)).map(|(flavor, _)| flavor).collect()
}

/// The newest installed MariaDB, for tests that need any.
///
/// # Panics
/// When none is installed.
#[must_use]
pub fn newest_mariadb() -> (Engine, u16) {
    newest(Engine::MariaDb)
}

/// The newest installed MySQL, for tests that need any.
///
/// # Panics
/// When none is installed.
#[must_use]
pub fn newest_mysql() -> (Engine, u16) {
    newest(Engine::MySql)
}

fn newest(engine: Engine) -> (Engine, u16) {
    let there = |(of, number): &(Engine, u16)| *of == engine && installed().contains(&scratch::series(*of, *number));
    DEMANDED.into_iter().rev().find(there).unwrap_or_else(|| panic!("no {} server is installed; script/setup installs it", engine.name()))
}

/// The shared server of a flavour. Nothing, and a skip, when it is not installed.
///
/// # Panics
/// When it is installed and does not start; with `REQUIRE_SERVERS=1` also when it is not installed.
#[must_use]
pub fn server((engine, number): (Engine, u16)) -> Option<Server> {
    let name = scratch::series(engine, number);
    if !installed().contains(&name) {
        skip(&name);
        return None;
    }
    let (version, socket) = match keeper() {
        Some(keeper) => ask(keeper, &format!("flavor {name}")).and_then(|answer| {
            let (version, socket) = answer.split_once('\t').ok_or(format!("not understood: {answer}"))?;
            Ok((version.to_owned(), PathBuf::from(socket)))
        }),
        None => own().server(&name),
    }
    .unwrap_or_else(|problem| panic!("{name} did not start: {problem}"));
    let flavor = Flavor::parse(&version).unwrap_or_else(|| panic!("{name} says that its version is {version}"));
    Some(Server { flavor, socket })
}

/// A new, empty database on the shared server of a flavour.
///
/// # Panics
/// When that flavour is not installed (ask [`flavors`] first, which counts the skip) or anything fails.
#[must_use]
pub fn database(flavor: (Engine, u16)) -> TestDb {
    let server = server(flavor).unwrap_or_else(|| panic!("{} is not installed; ask flavors() first", scratch::series(flavor.0, flavor.1)));
    TestDb::create(server)
}

/// A database on each installed flavour.
///
/// # Panics
/// As [`database`] and [`flavors`].
#[must_use]
pub fn databases() -> Vec<TestDb> {
    flavors().into_iter().map(database).collect()
}

/// Runs a test on a new database of each installed flavour, one after the other.
///
/// # Panics
/// As [`database`] and [`flavors`], and when the test does.
pub fn each_flavor(test: impl Fn(&TestDb)) {
    for flavor in flavors() {
        // A failing assertion does not say where it ran; this line, shown with a failure, does.
        println!("on {}", scratch::series(flavor.0, flavor.1));
        test(&database(flavor));
    }
}

impl Server {
    /// `MariaDB 10.11.19`.
    #[must_use]
    pub fn display(&self) -> String {
        format!("{} {}", self.flavor.engine.name(), self.flavor.version)
    }

    /// A `mysql://` or `mariadb://` URL for one of its databases, as the superuser.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        scratch::url(self.flavor.engine, &self.socket, database)
    }

    /// A blocking session on one of its databases; an empty name chooses none.
    ///
    /// # Panics
    /// When it cannot be opened.
    #[must_use]
    pub fn session(&self, database: &str) -> Session {
        must(Session::open(&self.display(), &self.socket, database))
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

    /// As [`TestDb::create`] with clauses of CREATE DATABASE, such as `CHARACTER SET latin1`.
    ///
    /// # Panics
    /// When that fails.
    #[must_use]
    pub fn create_with(server: Server, clauses: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("test_{}_{number}", std::process::id());
        let admin = server.session("");
        // A keeper may outlive the pid of an earlier test that could not clean up.
        must(drop_database(&admin, &name));
        must(admin.exec(&format!("CREATE DATABASE {name} {clauses}")));
        let session = Some(server.session(&name));
        Self { server, name, session }
    }

    #[must_use]
    pub fn url(&self) -> String {
        self.server.url(&self.name)
    }

    #[must_use]
    pub const fn flavor(&self) -> &Flavor {
        &self.server.flavor
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
        // A server that is gone has taken its databases along; a test that failed must keep its own message.
        if let Ok(admin) = Session::open(&self.server.display(), &self.server.socket, "") {
            let _ = drop_database(&admin, &self.name);
        }
    }
}

/// Ends the sessions in it first: a transaction would hold up DROP DATABASE for as long as it lasts.
fn drop_database(admin: &Session, name: &str) -> Result<(), Fault> {
    // Not information_schema's list, which fails on MySQL while anybody's statement holds a character beyond U+FFFF.
    for row in admin.query_text("SHOW PROCESSLIST")? {
        if let [Some(id), _, _, Some(db), ..] = row.as_slice()
            && db == name
        {
            // One that has gone by itself.
            let _ = admin.exec(&format!("KILL CONNECTION {id}"));
        }
    }
    admin.exec(&format!("SET SESSION lock_wait_timeout = 20; DROP DATABASE IF EXISTS {name}"))
}

fn must<T>(result: Result<T, Fault>) -> T {
    result.unwrap_or_else(|fault| match &fault {
        Fault::Sql { statement, .. } => panic!("{fault}\nafter: {statement}"),
        _ => panic!("{fault}"),
    })
}

fn installed() -> &'static [String] {
    static INSTALLED: OnceLock<Vec<String>> = OnceLock::new();
    INSTALLED.get_or_init(|| match keeper() {
        Some(socket) => ask(socket, "flavors")
            .unwrap_or_else(|problem| panic!("{problem}"))
            .split(", ")
            .filter(|name| !name.is_empty())
            .map(str::to_owned)
            .collect(),
        None => own().flavors(),
    })
}

/// Without a keeper: servers of this process. They end with it (the kernel sees to that), their files with the next
/// run's sweep.
fn own() -> &'static Kept {
    static OWN: OnceLock<Kept> = OnceLock::new();
    OWN.get_or_init(Kept::default)
}

type Slot = Arc<Mutex<Option<Scratch>>>;

/// Servers by flavour, each started when first asked for. Belongs to the keeper.
#[derive(Debug)]
pub struct Kept {
    installed: Vec<ServerBinaries>,
    running: Mutex<BTreeMap<String, Slot>>,
}

impl Default for Kept {
    fn default() -> Self {
        Self { installed: find_servers(), running: Mutex::default() }
    }
}

impl Kept {
    /// The installed flavours, such as `MariaDB 10.11`.
    pub(crate) fn flavors(&self) -> Vec<String> {
        let mut flavors: Vec<String> = self.installed.iter().map(ServerBinaries::series).collect();
        flavors.sort();
        flavors.dedup();
        flavors
    }

    /// Version and socket of a running server, which is started if need be.
    pub(crate) fn server(&self, flavor: &str) -> Result<(String, PathBuf), String> {
        let first = self.installed.iter().find(|server| server.series() == flavor);
        let binaries = first
            .and_then(|found| pick(&self.installed, Some(found.flavor.engine), Some(found.flavor.number)))
            .ok_or(format!("{flavor} is not installed"))?;
        let slot = Arc::clone(self.lock().entry(flavor.to_owned()).or_default());
        // Others wait here for this flavour only.
        let mut scratch = slot.lock().unwrap_or_else(PoisonError::into_inner);
        // A test that killed its server gets its own punishment; the next one gets a new server.
        if scratch.as_ref().is_none_or(|running| running.check().is_err()) {
            *scratch = None;
            *scratch = Some(Scratch::start_with(binaries, &options()).map_err(|fault| fault.to_string())?);
        }
        let running = scratch.as_ref().ok_or("it did not start")?;
        Ok((running.binaries().version.clone(), running.socket()))
    }

    pub(crate) fn running(&self) -> Vec<String> {
        self.lock().keys().cloned().collect()
    }

    pub(crate) fn stop(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Slot>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Room for many tests at once.
fn options() -> Options {
    Options {
        // No root in memory is no failure: the default one is used, which then says what is wrong with it.
        root: Root::fast().ok(),
        ..Options::default().setting("max_connections", "300")
    }
}

/// A program of the vendor of a server, and how it finds that.
fn tool(of: &TestDb, names: (&str, &str)) -> Command {
    let flavor = of.flavor();
    let servers = find_servers();
    let server = pick(&servers, Some(flavor.engine), Some(flavor.number)).unwrap();
    let name = if flavor.engine == Engine::MariaDb { names.1 } else { names.0 };
    // The distribution keeps servers and clients apart.
    let places = [server.bin_dir().join(name), PathBuf::from("/usr/bin").join(name)];
    let mut command = Command::new(places.into_iter().find(|path| path.exists()).unwrap());
    command.args(["--no-defaults", "--user=root", &format!("--socket={}", of.server.socket.display())]);
    command
}

/// What the vendor's own tool writes of a database, with routines, events and triggers.
///
/// # Panics
/// When that fails.
#[must_use]
pub fn dumped(from: &TestDb) -> Vec<u8> {
    let mut dumping = tool(from, ("mysqldump", "mariadb-dump"));
    dumping.args(["--routines", "--events", "--triggers"]);
    if from.flavor().engine != Engine::MariaDb {
        dumping.arg("--set-gtid-purged=OFF");
    }
    let output = dumping.arg(&from.name).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// Dumps one database by the vendor's own tool and restores it into another on the same server.
///
/// # Panics
/// When that fails.
pub fn dump_and_restore(from: &TestDb, to: &TestDb) {
    let text = dumped(from);
    let mut restoring = tool(to, ("mysql", "mariadb"));
    restoring.arg(&to.name).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut restoring = restoring.spawn().unwrap();
    let mut input = restoring.stdin.take().unwrap();
    let writer = std::thread::spawn(move || std::io::Write::write_all(&mut input, &text));
    let restored = restoring.wait_with_output().unwrap();
    assert!(restored.status.success(), "{}", String::from_utf8_lossy(&restored.stderr));
    writer.join().unwrap().unwrap();
}
