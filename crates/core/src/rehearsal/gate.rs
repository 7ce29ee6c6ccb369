//! What is demanded of a rehearsal, and where a demand stands. Neighbour: `gates`, which judges.

use super::larger::Larger;
use crate::finding::Place;
use crate::trace::Bounds;
use std::collections::BTreeMap;
use std::time::Duration;

/// What a rehearsal looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// Does it run, and what does it lock?
    Run,
    /// Is the schema after it the one that is expected?
    Effect,
    /// Can it be taken back?
    Undo,
    /// Can it be run again after an interruption?
    Rerun,
    /// Who is blocked meanwhile?
    Load,
    /// Does the running application survive it?
    Compatibility,
    /// How long does it take on the target's size?
    Estimate,
    /// How far behind is a replica that follows it?
    Lag,
}

impl Part {
    pub const ALL: [Self; 8] =
        [Self::Run, Self::Effect, Self::Undo, Self::Rerun, Self::Load, Self::Compatibility, Self::Estimate, Self::Lag];

    /// The word that is typed.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Effect => "effect",
            Self::Undo => "undo",
            Self::Rerun => "rerun",
            Self::Load => "load",
            Self::Compatibility => "compatibility",
            Self::Estimate => "estimate",
            Self::Lag => "lag",
        }
    }

    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.name() == name)
    }

    /// Whether nothing is validated without it. The others need something that is given to them: sizes, queries, a replica.
    #[must_use]
    pub const fn is_usual(self) -> bool {
        matches!(self, Self::Run | Self::Effect | Self::Undo | Self::Rerun | Self::Load)
    }
}

/// What is demanded of ways back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Undoing {
    /// The schema is as it was.
    #[default]
    Exact,
    /// There is no going back, for that reason.
    ForwardOnly(String),
}

/// What is demanded, and where each demand stands: a place in `evenkeel.toml`, or `default`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// How long a lock may be held that keeps others from reading or writing.
    pub lock_hold: (Duration, String),
    /// How long a client may wait for the release.
    pub blocked: (Duration, String),
    pub undo: (Undoing, String),
    /// How long the way back may take, from the command to its end (RTO).
    pub recovery: (Duration, String),
    /// Parts that must have been looked at.
    pub require: (Vec<Part>, String),
    /// How far a replica may be behind.
    pub lag: (Duration, String),
    /// Bytes that a transaction may write at the most where it is given up.
    pub in_place_bytes: (u64, String),
}

impl Limits {
    /// How long a way back may take where nobody has said it.
    pub const RECOVERY: Duration = Duration::from_secs(15 * 60);
    /// The origin of what nobody has written down.
    pub const DEFAULT: &'static str = "default";

    /// Nobody demands a way back.
    #[must_use]
    pub fn is_forward_only(&self) -> bool {
        matches!(self.undo.0, Undoing::ForwardOnly(_))
    }
}

impl Default for Limits {
    fn default() -> Self {
        let by_default = || Self::DEFAULT.to_owned();
        Self {
            lock_hold: (Duration::from_secs(2), by_default()),
            blocked: (Duration::from_secs(1), by_default()),
            undo: (Undoing::default(), by_default()),
            recovery: (Self::RECOVERY, by_default()),
            require: (vec![Part::Run, Part::Effect, Part::Load, Part::Undo], by_default()),
            lag: (Duration::from_secs(10), by_default()),
            in_place_bytes: (1_000_000_000, by_default()),
        }
    }
}

/// What the target is like, as far as gates ask.
#[derive(Debug, Clone, Default)]
pub struct Target {
    /// Rows of its tables, by their names; what is missing is not known.
    pub rows: BTreeMap<String, u64>,
    /// Rows that they have where it is rehearsed.
    pub here: BTreeMap<String, u64>,
    /// Where else statements ran.
    pub place: Option<Elsewhere>,
    /// How many locks a transaction may hold there.
    pub lock_slots: Option<u64>,
    pub bounds: Bounds,
    /// How long things take there; nothing where it was not estimated.
    pub larger: Option<Larger>,
}

/// Where else statements ran: its name, which of them, and rows of tables there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Elsewhere {
    pub name: String,
    pub statements: Vec<Place>,
    pub rows: BTreeMap<String, u64>,
}

impl Target {
    /// The name of the other place, where a statement ran there.
    #[must_use]
    pub fn other(&self, statement: &Place) -> Option<&Elsewhere> {
        self.place.as_ref().filter(|other| other.statements.contains(statement))
    }

    /// Rows of a table that a statement met, wherever it met the most.
    #[must_use]
    pub fn met(&self, statement: &Place, table: &str) -> u64 {
        let there = self.other(statement).and_then(|other| other.rows.get(table)).copied().unwrap_or_default();
        self.here.get(table).copied().unwrap_or_default().max(there)
    }
}

/// One gate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gate {
    pub part: Part,
    pub name: &'static str,
    /// What is demanded.
    pub limit: String,
    pub found: String,
    /// Nothing where it could not be told, which opens nothing.
    pub holds: Option<bool>,
    pub origin: String,
    /// Where what was found is.
    pub place: Option<Place>,
    /// What comes of it where it is closed.
    pub why: &'static str,
    pub remedy: Option<String>,
}

impl Gate {
    /// The one that says whether everything ran.
    pub const RUN: &'static str = "run";

    pub(super) fn new(part: Part, name: &'static str, limit: impl Into<String>, origin: &str) -> Self {
        Self {
            part,
            name,
            limit: limit.into(),
            found: String::new(),
            holds: Some(true),
            origin: origin.to_owned(),
            place: None,
            why: "",
            remedy: None,
        }
    }

    pub(super) fn found(mut self, holds: Option<bool>, found: impl Into<String>) -> Self {
        (self.holds, self.found) = (holds, found.into());
        self
    }

    pub(super) fn at(mut self, place: Option<&Place>) -> Self {
        self.place = place.cloned();
        self
    }

    pub(super) fn because(mut self, why: &'static str) -> Self {
        self.why = why;
        self
    }

    pub(super) fn do_this(mut self, step: &str) -> Self {
        self.remedy = Some(step.to_owned());
        self
    }
}

/// A length of time as a person reads it.
#[must_use]
pub fn time(time: Duration) -> String {
    let ms = time.as_secs_f64() * 1000.0;
    match ms {
        _ if ms < 10.0 => format!("{ms:.1} ms"),
        _ if ms < 1000.0 => format!("{ms:.0} ms"),
        _ if ms < 120_000.0 => format!("{:.1} s", ms / 1000.0),
        _ if ms % 60_000.0 == 0.0 => format!("{:.0} min", ms / 60_000.0),
        _ => format!("{:.1} min", ms / 60_000.0),
    }
}
