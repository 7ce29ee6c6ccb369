//! One turn at the database: a transaction with bounds, and statements whose values are no part of their text.
//!
//! Lives here: how a turn begins and ends, the tables' version, and what an answer means. Does not live here: what is said (`journal`, `marks`).

use crate::Fault;
use evenkeel_core::fault::Trouble;
use evenkeel_core::port::{Answer, Limits, Session};
use std::time::Duration;

/// Of the tables: the number of the last file of [`STEPS`].
const VERSION: i64 = 3;
/// What makes each version of the one before.
const STEPS: &[(i64, &str)] =
    &[(1, include_str!("tables_1.sql")), (2, include_str!("tables_2.sql")), (VERSION, include_str!("tables_3.sql"))];
/// Who makes tables holds this advisory lock of the database: "ek store" in ASCII, another than evenkeel's on targets.
const MAKING: &str = "SELECT pg_catalog.pg_advisory_xact_lock(7307970500585550437)";
/// Others may write at the same time; nobody does for long.
const LIMITS: Limits =
    Limits { statement_timeout: Duration::from_secs(10), lock_timeout: Duration::from_secs(5), idle_timeout: Duration::from_secs(30) };

/// Names mean what they mean; what is kept is on the disk (and on a replica that is waited for) when a transaction has ended.
const READING: &str = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL search_path = pg_catalog";
const WRITING: &str = "SET TRANSACTION ISOLATION LEVEL READ COMMITTED; SET LOCAL search_path = pg_catalog; \
                       SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') IN ('off', 'local')";

/// What stands in a schema of that name. Everybody may ask that.
const STANDS: &str = "SELECT (SELECT count(*) FROM pg_catalog.pg_namespace WHERE nspname = 'evenkeel_store')::text, \
                      (SELECT count(*) FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace \
                       WHERE n.nspname = 'evenkeel_store')::text, \
                      (SELECT count(*) FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace \
                       WHERE n.nspname = 'evenkeel_store' AND c.relname IN ('version', 'run') AND c.relkind = 'r')::text";

/// A transaction that is open.
pub struct Turn<'t> {
    pub store: &'t str,
    session: &'t mut dyn Session,
}

impl<'t> Turn<'t> {
    /// Begins one. Where that fails nothing was said yet.
    ///
    /// # Errors
    /// The session is of no use.
    pub fn begin(session: &mut dyn Session, store: &str, is_writing: bool) -> Result<(), Fault> {
        let away = |trouble| Fault::Away { store: store.to_owned(), trouble };
        session.begin(&LIMITS).map_err(away)?;
        Turn { store, session }.text(if is_writing { WRITING } else { READING }).map(drop)
    }

    /// One that was begun.
    pub fn over(session: &'t mut dyn Session, store: &'t str) -> Self {
        Self { store, session }
    }

    /// Keeps what was said.
    ///
    /// # Errors
    /// The server refuses; the connection is lost, and nobody can tell.
    pub fn keep(self) -> Result<(), Fault> {
        let store = self.store;
        match self.session.commit() {
            Ok(Answer::Ran(_)) => Ok(()),
            Ok(Answer::Refused(refused)) => Err(Fault::Refused { store: store.to_owned(), code: refused.code, message: refused.message }),
            Err(trouble) => Err(Fault::Untold { store: store.to_owned(), trouble }),
        }
    }

    /// Statements of ours, without values.
    fn text(&mut self, statements: &str) -> Result<Vec<Row>, Fault> {
        let answer = self.session.run(statements);
        self.rows_of(answer).map(|(rows, _)| rows)
    }

    /// The rows of a statement.
    ///
    /// # Errors
    /// It is refused; the connection is lost.
    pub fn rows(&mut self, statement: &str, values: &[Option<&str>]) -> Result<Vec<Row>, Fault> {
        let answer = self.session.ask(statement, values);
        self.rows_of(answer).map(|(rows, _)| rows)
    }

    /// How many rows a statement has changed.
    ///
    /// # Errors
    /// As [`Turn::rows`].
    pub fn change(&mut self, statement: &str, values: &[Option<&str>]) -> Result<u64, Fault> {
        let answer = self.session.ask(statement, values);
        self.rows_of(answer).map(|(_, affected)| affected)
    }

    fn rows_of(&self, answer: Result<Answer, Box<Trouble>>) -> Result<(Vec<Row>, u64), Fault> {
        match answer {
            Ok(Answer::Ran(ran)) => {
                Ok((ran.rows.into_iter().map(|row| Row { store: self.store.to_owned(), cells: row.into_iter() }).collect(), ran.affected))
            }
            Ok(Answer::Refused(refused)) => {
                Err(Fault::Refused { store: self.store.to_owned(), code: refused.code, message: refused.message })
            }
            // It was not kept: a transaction that is not committed had no effect.
            Err(trouble) => Err(Fault::Away { store: self.store.to_owned(), trouble }),
        }
    }

    /// The version of its tables; nothing where there are none.
    ///
    /// # Errors
    /// They are another's, or of a later evenkeel.
    pub fn version(&mut self) -> Result<Option<i64>, Fault> {
        let mut counts = self.rows(STANDS, &[])?.pop().ok_or_else(|| self.strange("no answer"))?;
        let (schemas, tables, own): (i64, i64, i64) = (counts.number()?, counts.number()?, counts.number()?);
        match (schemas, tables, own) {
            (0, _, _) | (_, 0, _) => return Ok(None),
            (_, _, 2) => {}
            _ => return Err(Fault::Foreign { store: self.store.to_owned() }),
        }
        let mut versions = self.rows("SELECT version::text FROM evenkeel_store.version", &[])?;
        match versions.pop().map(|mut row| row.number::<i64>()).transpose()?.filter(|_| versions.is_empty()) {
            Some(found @ 1..=VERSION) => Ok(Some(found)),
            Some(found) => Err(Fault::Version { store: self.store.to_owned(), found, known: VERSION }),
            None => Err(self.strange("not one version in evenkeel_store.version")),
        }
    }

    /// Makes what is missing of its tables. Of many who come first at once one does.
    ///
    /// # Errors
    /// As [`Turn::version`]; the role may not.
    pub fn make(&mut self) -> Result<(), Fault> {
        if self.version()? == Some(VERSION) {
            return Ok(());
        }
        self.text(MAKING)?;
        let found = self.version()?.unwrap_or_default();
        let encoding = self.rows("SELECT current_setting('server_encoding')", &[])?.pop().map(|mut row| row.text()).transpose()?;
        if encoding.as_deref() != Some("UTF8") {
            return Err(self.strange(&format!("a database whose encoding is {}: what is kept is UTF8", encoding.unwrap_or_default())));
        }
        for (_, step) in STEPS.iter().filter(|(version, _)| *version > found) {
            self.text(step)?;
        }
        Ok(())
    }

    pub fn strange(&self, what: &str) -> Fault {
        Fault::Strange { store: self.store.to_owned(), what: what.to_owned() }
    }
}

/// The cells of a row, one after the other.
#[derive(Debug)]
pub struct Row {
    store: String,
    cells: std::vec::IntoIter<Option<String>>,
}

impl Row {
    /// The next one, which may be empty.
    pub fn maybe(&mut self) -> Option<String> {
        self.cells.next().flatten()
    }

    /// The next one.
    ///
    /// # Errors
    /// There is nothing.
    pub fn text(&mut self) -> Result<String, Fault> {
        self.maybe().ok_or_else(|| self.strange("nothing, where something must be"))
    }

    /// The next one.
    ///
    /// # Errors
    /// It is no number, or too large a one.
    pub fn number<N: std::str::FromStr>(&mut self) -> Result<N, Fault> {
        let text = self.text()?;
        text.parse().map_err(|_| self.strange(&format!("{text:?}, where a number must be")))
    }

    fn strange(&self, what: &str) -> Fault {
        Fault::Strange { store: self.store.clone(), what: what.to_owned() }
    }
}
