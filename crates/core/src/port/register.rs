//! Tables of evenkeel's own in a database that it works on: what stands in them every machine sees, whatever store it has.
//!
//! Lives here: which there are, and what their rows mean. Does not live here: how an engine reads and writes them (`deploy/register` of
//! each), that no capture sees them (`capture/own` of each), what is kept elsewhere (`store`).

use super::lock::{OnTarget, ParityLock};
use super::store::Halt;

/// A table of evenkeel's own. All of its columns are texts that may be NULL: what a row means is judged where it is read.
#[derive(Debug, PartialEq, Eq)]
pub struct Register {
    pub name: &'static str,
    pub columns: &'static [&'static str],
    /// Of which at most one row stands.
    pub is_one: bool,
}

/// That the database is to stay as it is.
pub const PARITY_LOCK: Register = Register {
    name: "parity_lock",
    columns: &["environment", "target", "digest", "canonical", "holder", "since", "until", "reason"],
    is_one: true,
};
/// That nothing may be done to it.
pub const HALT: Register = Register { name: "halt", columns: &["environment", "since", "by", "reason"], is_one: true };

/// What was locked when, by whom: a row for each, the newest last.
pub const RUNS: Register =
    Register { name: "runs", columns: &["environment", "at", "by", "state", "run", "release", "digest", "until"], is_one: false };

/// All of them.
pub const REGISTERS: [&Register; 3] = [&PARITY_LOCK, &HALT, &RUNS];

/// A row, by the register's columns.
pub type RegisterRow = Vec<Option<String>>;

/// What an environment itself says of a register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Registered {
    /// None is kept in such environments.
    NotKept,
    /// Its rows; whether there is a table for them.
    Rows { is_made: bool, rows: Vec<RegisterRow> },
    /// Why nobody can tell.
    Untold(String),
}

impl Registered {
    /// The row, where there is one.
    ///
    /// # Errors
    /// Why nobody can tell.
    pub fn one(&self, register: &Register) -> Result<Option<&RegisterRow>, String> {
        match self {
            Self::NotKept => Ok(None),
            Self::Untold(why) => Err(why.clone()),
            Self::Rows { rows, .. } => match rows.as_slice() {
                [] => Ok(None),
                [row] => Ok(Some(row)),
                _ => Err(format!("{} has several rows, and evenkeel writes one: look whose they are", register.name)),
            },
        }
    }
}

impl OnTarget {
    #[must_use]
    pub fn of(registered: &Registered) -> Self {
        match (registered, registered.one(&PARITY_LOCK)) {
            (Registered::NotKept, _) => Self::NotKept,
            (_, Err(why)) => Self::Untold(why),
            (_, Ok(Some(row))) => Self::Held(Box::new(ParityLock::of(row))),
            (Registered::Rows { is_made, .. }, Ok(None)) => Self::Free { is_made: *is_made },
            (Registered::Untold(why), Ok(None)) => Self::Untold(why.clone()),
        }
    }
}

fn text(row: &RegisterRow, at: usize) -> String {
    row.get(at).cloned().flatten().unwrap_or_default()
}

impl ParityLock {
    fn of(row: &RegisterRow) -> Self {
        Self {
            environment: text(row, 0),
            target: text(row, 1),
            digest: text(row, 2),
            // Of what cannot be read nobody can tell whether it is as it was.
            canonical: text(row, 3).parse().unwrap_or_default(),
            holder: text(row, 4),
            since: text(row, 5),
            until: text(row, 6),
            reason: row.get(7).cloned().flatten(),
            released: None,
        }
    }

    /// As a row of its register.
    #[must_use]
    pub fn row(&self) -> RegisterRow {
        let Self { environment, target, digest, canonical, holder, since, until, reason, .. } = self.clone();
        let texts = [environment, target, digest, canonical.to_string(), holder, since, until];
        texts.into_iter().map(Some).chain([reason]).collect()
    }
}

impl Halt {
    /// What stands in its register.
    ///
    /// # Errors
    /// Why nobody can tell whether one stands.
    pub fn on(registered: &Registered) -> Result<Option<Self>, String> {
        let of = |row: &RegisterRow| Self { environment: text(row, 0), since: text(row, 1), by: text(row, 2), reason: text(row, 3) };
        Ok(registered.one(&HALT)?.map(of))
    }

    /// As a row of its register.
    #[must_use]
    pub fn row(&self) -> RegisterRow {
        let Self { environment, since, by, reason } = self.clone();
        [environment, since, by, reason].into_iter().map(Some).collect()
    }
}
