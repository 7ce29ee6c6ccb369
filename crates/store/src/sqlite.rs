//! The store as one SQLite file. What is written is on the disk when a call returns (WAL, `synchronous = FULL`).

use crate::Fault;
use evenkeel_core::fault::{Trouble, Troublesome};
use evenkeel_core::port::{Halt, Store};
use rusqlite::{Connection, OpenFlags, OptionalExtension};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Of the tables below.
const VERSION: i64 = 1;
/// Others may write at the same time; nobody does for long.
const PATIENCE: Duration = Duration::from_secs(5);
const TABLES: &str = "CREATE TABLE halt (environment TEXT PRIMARY KEY, since TEXT NOT NULL, by TEXT NOT NULL, reason TEXT NOT NULL) STRICT";

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

    /// To read; nothing where there is no file, which says that nothing was ever written.
    fn reading(&self) -> Result<Option<Connection>, Fault> {
        // A folder that may not be looked into is not one without a file.
        match std::fs::symlink_metadata(&self.path) {
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(Fault::Folder { path: self.path.clone(), source }),
        }
        let connection = Connection::open_with_flags(&self.path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)
            .map_err(|source| self.fault(source))?;
        self.ready(&connection)?;
        match self.version(&connection)? {
            // Somebody else's, or one that was left before its tables were there.
            found if self.is_foreign(&connection)? => Err(Fault::Version { path: self.path.clone(), found }),
            0 => Ok(None),
            VERSION => Ok(Some(connection)),
            found => Err(Fault::Version { path: self.path.clone(), found }),
        }
    }

    fn writing(&self) -> Result<Connection, Fault> {
        if let Some(folder) = self.path.parent() {
            std::fs::create_dir_all(folder).map_err(|source| Fault::Folder { path: self.path.clone(), source })?;
        }
        let mut connection = Connection::open(&self.path).map_err(|source| self.fault(source))?;
        self.ready(&connection)?;
        let fault = |source| self.fault(source);
        connection.pragma_update(None, "journal_mode", "wal").map_err(fault)?;
        connection.pragma_update(None, "synchronous", "full").map_err(fault)?;
        let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).map_err(fault)?;
        match self.version(&transaction)? {
            found if self.is_foreign(&transaction)? => return Err(Fault::Version { path: self.path.clone(), found }),
            0 => {
                transaction.execute_batch(TABLES).map_err(fault)?;
                transaction.pragma_update(None, "user_version", VERSION).map_err(fault)?;
            }
            VERSION => {}
            found => return Err(Fault::Version { path: self.path.clone(), found }),
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
        let Some(connection) = self.reading()? else { return Ok(None) };
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

    fn describe(&self) -> String {
        self.path.display().to_string()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn halt(environment: &str, reason: &str) -> Halt {
        Halt {
            environment: environment.to_owned(),
            since: "2026-11-29T02:00:00Z".to_owned(),
            by: "ann".to_owned(),
            reason: reason.to_owned(),
        }
    }

    #[test]
    fn what_is_written_is_read_by_others_and_the_first_word_stands() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/store.sqlite");
        let store = Sqlite::new(&path);
        assert_eq!(store.halted("production"), Ok(None));
        assert!(!path.exists(), "reading makes nothing");
        store.halt(&halt("production", "orders are lost")).unwrap();
        store.halt(&halt("production", "another")).unwrap();
        let other = Sqlite::new(&path);
        assert_eq!(other.halted("production").unwrap().map(|halt| halt.reason), Some("orders are lost".to_owned()));
        assert_eq!(other.halted("Production"), Ok(None));
        assert_eq!(store.resume("production"), Ok(true));
        assert_eq!((store.resume("production"), other.halted("production")), (Ok(false), Ok(None)));
    }

    #[test]
    fn what_is_no_store_is_no_store_without_a_mark() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.sqlite");
        std::fs::write(&path, "this is a text and no database, however long one waits for it to become one; it is longer than a header")
            .unwrap();
        assert!(Sqlite::new(&path).halted("production").is_err());
        assert!(Sqlite::new(folder.path()).halted("production").is_err());
        let newer = folder.path().join("newer.sqlite");
        Sqlite::new(&newer).halt(&halt("x", "y")).unwrap();
        Connection::open(&newer).unwrap().pragma_update(None, "user_version", 7).unwrap();
        let trouble = Sqlite::new(&newer).halted("x").unwrap_err();
        assert_eq!((trouble.class, trouble.found.as_deref()), (evenkeel_core::fault::Class::CouldNotTell, Some("version 7")));
    }

    #[test]
    fn somebody_elses_file_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("theirs.sqlite");
        Connection::open(&path).unwrap().execute_batch("CREATE TABLE theirs (a int)").unwrap();
        let store = Sqlite::new(&path);
        assert!(store.halted("x").is_err() && store.halt(&halt("x", "y")).is_err() && store.resume("x").is_err());
        let tables: i64 = Connection::open(&path).unwrap().query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).unwrap();
        assert_eq!(tables, 1);
    }

    #[test]
    fn many_who_write_at_once_lose_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.sqlite");
        std::thread::scope(|threads| {
            for at in 0..8 {
                let store = Sqlite::new(&path);
                threads.spawn(move || (0..10).for_each(|turn| store.halt(&halt(&format!("e{at}-{turn}"), "x")).unwrap()));
            }
        });
        let store = Sqlite::new(&path);
        assert!((0..8).all(|at| (0..10).all(|turn| store.halted(&format!("e{at}-{turn}")).unwrap().is_some())));
    }
}
