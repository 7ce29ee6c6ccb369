//! What came of a deployment: its gates, its acts, and how it ended.
//!
//! Lives here: the nouns. Does not live here: doing it (`pipeline/deploy`), what is kept of it (`port`'s journal).

pub mod backfilled;
pub mod breaker;
pub mod drilled;
pub mod kept;
pub mod lock;
pub mod passage;
pub mod rolled;
pub mod standing;
pub mod status;

pub use backfilled::Backfilled;
pub use breaker::Breaker;
pub use drilled::{Drilled, Due};
pub use lock::Locking;
pub use passage::Passage;
pub use rolled::Rolled;
pub use standing::Standing;
pub use status::{Known, Status, Window, Windows};

use crate::manifest::Deferred;
use crate::port::Entry;
use std::time::Duration;

/// What came of it.
#[derive(Debug)]
pub struct Deployed {
    pub label: String,
    /// Server and database, without secrets.
    pub target: String,
    /// When the evidence was made; nothing where there is none.
    pub evidence: Option<String>,
    /// It is taken back.
    pub is_back: bool,
    /// Keys of what was pending, or to be taken back.
    pub pending: Vec<String>,
    pub gates: Vec<Gate>,
    /// What is put aside by it, in place of being dropped.
    pub deferred: Vec<Deferred>,
    /// The acts, as they are planned and as far as they were run.
    pub acts: Vec<Planned>,
    pub outcome: Outcome,
    pub notes: Vec<String>,
    /// Of a way back that came to its end: how long it took, from the command on.
    pub recovery: Option<Recovery>,
    pub exit_code: u8,
}

/// How long a way back took, and how long it may take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovery {
    pub took: Duration,
    pub limit: Duration,
    /// Where the limit comes from.
    pub origin: String,
}

impl Recovery {
    #[must_use]
    pub fn holds(&self) -> bool {
        self.took <= self.limit
    }
}

/// Whether anything was run.
#[derive(Debug)]
pub enum Outcome {
    /// Nothing is pending.
    Nothing,
    Planned,
    /// A gate is closed, or could not be told.
    Refused,
    /// As the journal has it; what ended it before its last act.
    Ran {
        entry: Box<Entry>,
        stopped: Option<String>,
    },
}

/// Whether what was deployed is as it was rehearsed, and holds together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    pub label: String,
    /// Server and database, without secrets.
    pub target: String,
    /// When the evidence was made; nothing where there is none.
    pub evidence: Option<String>,
    pub gates: Vec<Gate>,
    /// Only whether what is old and what is new agree was looked at.
    pub is_dual: bool,
}

impl Verified {
    /// 1 where a gate is closed, 2 where one could not be told.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        code(&self.gates)
    }
}

/// 1 where a gate is closed, 2 where one could not be told, or none was looked at.
#[must_use]
pub fn code(gates: &[Gate]) -> u8 {
    match (gates.iter().any(|gate| gate.holds == Some(false)), gates.iter().any(|gate| gate.holds.is_none())) {
        (true, _) => 1,
        (false, true) => 2,
        (false, false) => u8::from(gates.is_empty()) * 2,
    }
}

/// One condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gate {
    pub name: &'static str,
    /// What is demanded.
    pub limit: String,
    pub found: String,
    /// Nothing where it could not be told.
    pub holds: Option<bool>,
    /// Where the demand comes from.
    pub origin: String,
    /// What to do where it does not hold.
    pub fix: Option<String>,
}

impl Gate {
    /// The origin of what nobody's file demands.
    pub const DEFAULT: &'static str = "default";

    #[must_use]
    pub fn new(name: &'static str, limit: impl Into<String>, holds: Option<bool>, found: impl Into<String>) -> Self {
        Self { name, limit: limit.into(), found: found.into(), holds, origin: Self::DEFAULT.to_owned(), fix: None }
    }

    /// It holds where nothing speaks against it; what is `untold` keeps it from being told.
    #[must_use]
    pub fn none(name: &'static str, limit: &str, against: &[String], untold: &[String], nothing: &str) -> Self {
        let holds = if against.is_empty() { untold.is_empty().then_some(true) } else { Some(false) };
        let found = if against.is_empty() { untold } else { against };
        Self::new(name, limit, holds, if found.is_empty() { nothing.to_owned() } else { found.join("; ") })
    }

    #[must_use]
    pub fn origin(mut self, origin: &str) -> Self {
        self.origin = origin.to_owned();
        self
    }

    /// What to do where it does not hold.
    #[must_use]
    pub fn fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = (self.holds != Some(true)).then(|| fix.into());
        self
    }
}

/// An act as it is planned, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    pub what: String,
    pub statements: Vec<String>,
    /// It runs outside of any transaction.
    pub alone: bool,
    /// Nothing where it was not begun.
    pub done: Option<Done>,
}

/// What came of an act.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Done {
    pub attempts: u32,
    /// All attempts, with the pauses between them.
    pub took: Duration,
    pub seen: Seen,
}

/// What was seen from beside while an act ran.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// The longest that anybody waited for it.
    pub blocked: Duration,
    /// How many waits there were.
    pub clients: usize,
    /// What ran was ended because others waited too long.
    pub is_aborted: bool,
    /// Why nobody looked, or not to the end.
    pub broken: Option<String>,
}
