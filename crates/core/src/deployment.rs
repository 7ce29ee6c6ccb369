//! What came of a deployment: its gates, its acts, and how it ended.
//!
//! Lives here: the nouns. Does not live here: doing it (`pipeline/deploy`), what is kept of it (`port`'s journal).

use crate::evidence::says_validated;
use crate::port::{Ending, Entry, Halt, Kept};
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
    /// The acts, as they are planned and as far as they were run.
    pub acts: Vec<Planned>,
    pub outcome: Outcome,
    pub notes: Vec<String>,
    pub exit_code: u8,
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

/// How an environment stands, by what was done from here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    pub environment: String,
    /// `HALTED`, `VALIDATED`, `ROLLED_BACK`, `rehearsed` where locks and time were not measured, or a word in small letters for what has none of its own: `deployed`, `stopped`, `at work`,
    /// `nothing known`.
    pub state: &'static str,
    /// RFC 3339, in UTC; nothing where nothing is known.
    pub since: Option<String>,
    pub words: String,
    /// What should be done now.
    pub overdue: Option<String>,
}

impl Status {
    /// By its mark, its runs (the newest first) and the last evidence; `is_there` says whether a run's process is there still.
    #[must_use]
    pub fn of(
        environment: &str,
        halt: Option<&Halt>,
        runs: &[Entry],
        kept: Option<&Kept>,
        is_there: impl Fn(&Entry) -> Option<bool>,
    ) -> Self {
        let status = |state, since: Option<String>, words: String, overdue| Self {
            environment: environment.to_owned(),
            state,
            since,
            words,
            overdue,
        };
        if let Some(halt) = halt {
            let resume = format!("evenkeel history {environment} --resume, once it may go on");
            return status("HALTED", Some(halt.since.clone()), format!("by {}: {}", halt.by, halt.reason), Some(resume));
        }
        let is_release = |entry: &&Entry| matches!(entry.intention.verb.as_str(), "deploy" | "rollback");
        // One that was refused did nothing.
        let is_refused = |entry: &&Entry| entry.ended.as_ref().is_some_and(|ended| ended.ending == Ending::Refused);
        let last = runs.iter().filter(is_release).find(|entry| !is_refused(entry));
        let ended = last.and_then(|entry| entry.ended.as_ref());
        let newer = kept.filter(|kept| last.is_none_or(|entry| kept.at > ended.map_or(&entry.begun, |ended| &ended.at).clone()));
        let validated = |kept: &Kept| if says_validated(&kept.text) { "VALIDATED" } else { "rehearsed" };
        let Some(entry) = last else {
            return match kept {
                Some(kept) => status(validated(kept), Some(kept.at.clone()), format!("by {}", kept.by), None),
                None => status("nothing known", None, "nothing was rehearsed for it, or run on it, from here".to_owned(), None),
            };
        };
        let verb = entry.intention.verb.as_str();
        let resume = Some(format!("evenkeel {verb} {environment} --resume"));
        let run = format!("{verb}, run {} by {}", entry.number, entry.intention.by);
        match ended.map(|ended| (ended.ending, ended)) {
            None if is_there(entry) == Some(true) => {
                status("at work", Some(entry.begun.clone()), format!("{run}: {}", entry.progress()), None)
            }
            None => status("stopped", Some(entry.begun.clone()), format!("{run}: its process is gone: {}", entry.progress()), resume),
            Some((Ending::Done, _)) if newer.is_some() => {
                let (at, by, state) = newer.map(|kept| (kept.at.clone(), kept.by.clone(), validated(kept))).unwrap_or_default();
                status(state, Some(at), format!("by {by}; before: {run}"), None)
            }
            Some((Ending::Done, ended)) => {
                let state = if verb == "rollback" { "ROLLED_BACK" } else { "deployed" };
                status(state, Some(ended.at.clone()), run, None)
            }
            Some((_, ended)) => status("stopped", Some(ended.at.clone()), format!("{run}: {}", ended.words), resume),
        }
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
