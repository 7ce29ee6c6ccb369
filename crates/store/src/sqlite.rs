//! The store as one SQLite file. What is written is on the disk when a call returns (WAL, `synchronous = FULL`).

use crate::{Fault, journal, lock, prune};
use evenkeel_core::fault::{Trouble, Troublesome};
use evenkeel_core::port::{Ending, Entry, Halt, Intention, Kept, ParityLock, Pruned, Released, State, Store, Trail, Verification, Written};
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use journal::Marked;

/// Of the tables: 1 has marks alone, 2 the journal as well, 3 evidence too, 4 what acts leave, 5 locks and what was verified, 6 whose an environment
/// is, 7 of which build a run is.
const VERSION: i64 = 8;
const ARTIFACTS: i64 = 7;
const LEASES: i64 = 6;
const LOCKS: i64 = 5;
const TRAILS: i64 = 4;
const KEPT: i64 = 3;
const JOURNAL: i64 = 2;
const MARKS: i64 = 1;
/// Others may write at the same time; nobody does for long.
const PATIENCE: Duration = Duration::from_secs(5);
const TABLES: &str = "CREATE TABLE halt (environment TEXT PRIMARY KEY, since TEXT NOT NULL, by TEXT NOT NULL, reason TEXT NOT NULL) STRICT";

const EVIDENCE: &str = "CREATE TABLE evidence (
    number INTEGER PRIMARY KEY AUTOINCREMENT, environment TEXT NOT NULL, at TEXT NOT NULL, by TEXT NOT NULL, text TEXT NOT NULL) STRICT";

/// One file. It is opened for each call: runs of evenkeel are short, and a file that is moved away is missed.
#[derive(Debug, Clone)]
pub struct Sqlite {
    path: PathBuf,
}

impl Sqlite {
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn fault(&self, source: rusqlite::Error) -> Fault {
        Fault::File { path: self.path.clone(), source }
    }

    fn strange(&self, found: i64) -> Fault {
        Fault::Version { store: self.describe(), found, known: VERSION }
    }

    /// To read, with the version of its tables; nothing where there is no file, which says that nothing was ever written.
    fn reading(&self) -> Result<Option<(Connection, i64)>, Fault> {
        // A folder that may not be looked into is not one without a file.
        match std::fs::symlink_metadata(&self.path) {
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(Fault::Folder { path: self.path.clone(), source }),
        }
        let connection = self.readable()?;
        match self.version(&connection)? {
            // Somebody else's, or one that was left before its tables were there.
            found if self.is_foreign(&connection)? => Err(self.strange(found)),
            0 => Ok(None),
            found @ MARKS..=VERSION => Ok(Some((connection, found))),
            found => Err(self.strange(found)),
        }
    }

    fn readable(&self) -> Result<Connection, Fault> {
        patiently(|| self.looked_into())
    }

    /// Reading takes a file beside it, where others may write meanwhile. Where none can be made, nobody of ours writes either, and
    /// everything stands in the one file if no other lies there.
    fn looked_into(&self) -> Result<Connection, Fault> {
        let usual = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let first = match self.opened(&self.path, usual) {
            Ok(connection) => return Ok(connection),
            Err(first) => first,
        };
        if is_busy(&first) {
            return Err(first);
        }
        let readonly = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        if let Ok(connection) = self.opened(&self.path, readonly) {
            return Ok(connection);
        }
        let beside = self.path.with_file_name(format!("{}-wal", self.path.file_name().unwrap_or_default().to_string_lossy()));
        // What is written down and not in the file yet would be missed.
        let is_settled = match std::fs::symlink_metadata(&beside) {
            Ok(facts) => facts.len() == 0,
            Err(error) => error.kind() == std::io::ErrorKind::NotFound,
        };
        let Some(path) = self.path.to_str().filter(|_| is_settled) else { return Err(first) };
        let escaped = path.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
        let uri = PathBuf::from(format!("file:{escaped}?immutable=1"));
        self.opened(&uri, readonly | OpenFlags::SQLITE_OPEN_URI).map_err(|_| first)
    }

    /// Opens it, and looks whether it can be read.
    fn opened(&self, path: &Path, flags: OpenFlags) -> Result<Connection, Fault> {
        let connection = Connection::open_with_flags(path, flags).map_err(|source| self.fault(source))?;
        self.ready(&connection)?;
        let look = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()));
        look.map(|()| connection).map_err(|source| self.fault(source))
    }

    fn writing(&self) -> Result<Connection, Fault> {
        if let Some(folder) = self.path.parent() {
            std::fs::create_dir_all(folder).map_err(|source| Fault::Folder { path: self.path.clone(), source })?;
        }
        // What is to be run on a server is nobody else's to read.
        let made = std::fs::OpenOptions::new().append(true).create(true).mode(0o600).open(&self.path);
        made.map(drop).map_err(|source| Fault::Folder { path: self.path.clone(), source })?;
        patiently(|| self.prepared())
    }

    fn prepared(&self) -> Result<Connection, Fault> {
        let mut connection = Connection::open(&self.path).map_err(|source| self.fault(source))?;
        self.ready(&connection)?;
        let fault = |source| self.fault(source);
        connection.pragma_update(None, "journal_mode", "wal").map_err(fault)?;
        connection.pragma_update(None, "synchronous", "full").map_err(fault)?;
        let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).map_err(fault)?;
        match self.version(&transaction)? {
            found if self.is_foreign(&transaction)? => return Err(self.strange(found)),
            found @ 0..VERSION => {
                let steps = [
                    (MARKS, TABLES),
                    (JOURNAL, journal::TABLES),
                    (KEPT, EVIDENCE),
                    (TRAILS, journal::TRAILS),
                    (LOCKS, lock::TABLES),
                    (LEASES, journal::LEASES),
                    (ARTIFACTS, journal::ARTIFACTS),
                    (VERSION, journal::REWRITTEN),
                ];
                steps
                    .iter()
                    .filter(|(version, _)| *version > found)
                    .try_for_each(|(_, tables)| transaction.execute_batch(tables))
                    .map_err(fault)?;
                transaction.pragma_update(None, "user_version", VERSION).map_err(fault)?;
            }
            VERSION => {}
            found => return Err(self.strange(found)),
        }
        transaction.commit().map_err(fault)?;
        Ok(connection)
    }

    fn ready(&self, connection: &Connection) -> Result<(), Fault> {
        connection.busy_timeout(PATIENCE).map_err(|source| self.fault(source))
    }

    /// Whether it has tables of others and none of ours.
    fn is_foreign(&self, connection: &Connection) -> Result<bool, Fault> {
        let count = "SELECT count(*), count(*) FILTER (WHERE name = 'halt') FROM sqlite_schema WHERE type = 'table'";
        let (all, own): (i64, i64) =
            connection.query_row(count, [], |row| Ok((row.get(0)?, row.get(1)?))).map_err(|source| self.fault(source))?;
        Ok(all > 0 && own == 0 || own > 0 && self.version(connection)? == 0)
    }

    fn version(&self, connection: &Connection) -> Result<i64, Fault> {
        connection.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(|source| self.fault(source))
    }

    fn read(&self, environment: &str) -> Result<Option<Halt>, Fault> {
        let Some((connection, _)) = self.reading()? else { return Ok(None) };
        let query = "SELECT since, by, reason FROM halt WHERE environment = ?1";
        let one = |row: &rusqlite::Row<'_>| {
            Ok(Halt { environment: environment.to_owned(), since: row.get(0)?, by: row.get(1)?, reason: row.get(2)? })
        };
        connection.query_row(query, [environment], one).optional().map_err(|source| self.fault(source))
    }

    fn write(&self, halt: &Halt) -> Result<(), Fault> {
        let statement = "INSERT INTO halt (environment, since, by, reason) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (environment) DO NOTHING";
        let values = [&halt.environment, &halt.since, &halt.by, &halt.reason];
        self.writing()?.execute(statement, values).map(drop).map_err(|source| self.fault(source))
    }

    fn remove(&self, environment: &str) -> Result<bool, Fault> {
        let done = self.writing()?.execute("DELETE FROM halt WHERE environment = ?1", [environment]);
        done.map(|count| count > 0).map_err(|source| self.fault(source))
    }
}

impl Sqlite {
    /// Reads of what there is since that version; the usual where there is none yet.
    fn told<T: Default>(&self, since: i64, read: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, Box<Trouble>> {
        match self.reading().map_err(words)? {
            Some((connection, found)) if found >= since => read(&connection).map_err(|source| words(self.fault(source))),
            _ => Ok(T::default()),
        }
    }

    /// Writes.
    fn change<T>(&self, write: impl FnOnce(&mut Connection) -> rusqlite::Result<T>) -> Result<T, Box<Trouble>> {
        let mut connection = self.writing().map_err(words)?;
        write(&mut connection).map_err(|source| words(self.fault(source)))
    }

    /// That what is spoken of is not there: another file lies in its place.
    fn there(&self, is_there: bool, run: u32) -> Result<(), Box<Trouble>> {
        match is_there {
            true => Ok(()),
            false => Err(words(Fault::Unknown { store: self.describe(), run })),
        }
    }
}

/// Again, while others are at the file: SQLite does not wait by itself where a file changes to its log, or is recovered.
fn patiently<T>(mut work: impl FnMut() -> Result<T, Fault>) -> Result<T, Fault> {
    let until = Instant::now() + PATIENCE;
    loop {
        match work() {
            Err(fault) if is_busy(&fault) && Instant::now() < until => std::thread::sleep(Duration::from_millis(5)),
            done => return done,
        }
    }
}

fn is_busy(fault: &Fault) -> bool {
    matches!(fault, Fault::File { source, .. } if matches!(source.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)))
}

fn words(fault: Fault) -> Box<Trouble> {
    Box::new(fault.trouble())
}

impl Store for Sqlite {
    fn halted(&self, environment: &str) -> Result<Option<Halt>, Box<Trouble>> {
        self.read(environment).map_err(words)
    }

    fn halt(&self, halt: &Halt) -> Result<(), Box<Trouble>> {
        self.write(halt).map_err(words)
    }

    fn resume(&self, environment: &str) -> Result<bool, Box<Trouble>> {
        self.remove(environment).map_err(words)
    }

    fn locks(&self, environment: &str, most: u32) -> Result<Vec<ParityLock>, Box<Trouble>> {
        self.told(LOCKS, |connection| lock::locks(connection, environment, most))
    }

    fn lock(&self, lock: &ParityLock, instead: Option<&ParityLock>) -> Result<Option<ParityLock>, Box<Trouble>> {
        self.change(|connection| lock::lock(connection, lock, instead))
    }

    fn unlock(&self, lock: &ParityLock, released: &Released) -> Result<bool, Box<Trouble>> {
        self.change(|connection| lock::unlock(connection, lock, released))
    }

    fn note(&self, verification: &Verification) -> Result<(), Box<Trouble>> {
        self.change(|connection| lock::note(connection, verification))
    }

    fn verifications(&self, environment: &str, most: u32) -> Result<Vec<Verification>, Box<Trouble>> {
        self.told(LOCKS, |connection| lock::verifications(connection, environment, most))
    }

    fn intend(&self, intention: &Intention, gone: &[&Entry]) -> Result<Written, Box<Trouble>> {
        self.change(|connection| journal::intend(connection, intention, gone))
    }

    fn beat(&self, run: u32) -> Result<bool, Box<Trouble>> {
        self.change(|connection| journal::beat(connection, run))
    }

    fn mark(&self, run: u32, act: u32, state: State, words: Option<&str>) -> Result<(), Box<Trouble>> {
        match self.change(|connection| journal::mark(connection, run, act, state, words))? {
            Marked::It => Ok(()),
            Marked::NoSuch => self.there(false, run),
            Marked::Lost(by) => Err(self::words(Fault::Lost { store: self.describe(), run, by })),
        }
    }

    fn trail(&self, run: u32, act: u32, trail: &Trail) -> Result<(), Box<Trouble>> {
        let is_there = self.change(|connection| journal::trail(connection, run, act, trail))?;
        self.there(is_there, run)
    }

    fn hold(&self, run: u32, what: &str, is_held: bool) -> Result<(), Box<Trouble>> {
        self.change(|connection| journal::hold(connection, run, what, is_held))
    }

    fn end(&self, run: u32, ending: Ending, words: &str) -> Result<(), Box<Trouble>> {
        let is_there = self.change(|connection| journal::end(connection, run, ending, words))?;
        self.there(is_there, run)
    }

    fn runs(&self, environment: Option<&str>, most: u32) -> Result<Vec<Entry>, Box<Trouble>> {
        self.told(JOURNAL, |connection| journal::runs(connection, environment, most))
    }

    fn releases(&self, environment: &str, most: u32) -> Result<Vec<Entry>, Box<Trouble>> {
        self.told(JOURNAL, |connection| journal::releases(connection, environment, most))
    }

    fn run(&self, number: u32) -> Result<Option<Entry>, Box<Trouble>> {
        self.told(JOURNAL, |connection| journal::run(connection, number))
    }

    fn after(&self, number: u32, most: u32) -> Result<Vec<Entry>, Box<Trouble>> {
        self.told(JOURNAL, |connection| journal::after(connection, number, most))
    }

    fn environments(&self) -> Result<Vec<String>, Box<Trouble>> {
        self.told(LOCKS, prune::environments)
    }

    fn prune(&self, before: &str) -> Result<Pruned, Box<Trouble>> {
        self.change(|connection| prune::prune(connection, before))
    }

    fn unfinished(&self, environment: &str) -> Result<Vec<Entry>, Box<Trouble>> {
        self.told(JOURNAL, |connection| journal::unfinished(connection, environment))
    }

    fn holding(&self, environment: &str) -> Result<Vec<Entry>, Box<Trouble>> {
        self.told(JOURNAL, |connection| journal::holding(connection, environment))
    }

    fn keep(&self, evidence: &Kept) -> Result<(), Box<Trouble>> {
        let statement = "INSERT INTO evidence (environment, at, by, text) VALUES (?1, ?2, ?3, ?4)";
        let values = [&evidence.environment, &evidence.at, &evidence.by, &evidence.text];
        self.change(|connection| connection.execute(statement, values).map(drop))
    }

    fn kept(&self, environment: &str, most: u32) -> Result<Vec<Kept>, Box<Trouble>> {
        self.told(KEPT, |connection| {
            let mut query = connection.prepare("SELECT at, by, text FROM evidence WHERE environment = ?1 ORDER BY number DESC LIMIT ?2")?;
            let one = |row: &rusqlite::Row<'_>| {
                Ok(Kept { environment: environment.to_owned(), at: row.get(0)?, by: row.get(1)?, text: row.get(2)? })
            };
            query.query_map(rusqlite::params![environment, most], one)?.collect()
        })
    }

    fn describe(&self) -> String {
        self.path.display().to_string()
    }
}

#[cfg(test)]
#[path = "sqlite_tests.rs"]
mod tests;
