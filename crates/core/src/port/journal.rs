//! The journal: what a writing verb intends, and what came of each act, written before the act.
//!
//! Lives here: its nouns. Does not live here: where it is kept (`store`), and writing to it while acting (`intended`).

use crate::digest::of_texts;
use std::time::Duration;

/// What is going to be done, whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intention {
    /// `repair`, `deploy`, `rollback`, [`Intention::REHEARSE`], [`Intention::ROLLOUT`], [`Intention::BACKFILL`], [`Intention::DRILL`].
    pub verb: String,
    /// As it is configured.
    pub environment: String,
    /// Server and database, without secrets.
    pub target: String,
    pub by: String,
    pub owner: Owner,
    pub reason: Option<String>,
    /// What the user calls the snapshot that was taken before.
    pub snapshot: Option<String>,
    /// Digest of the state of the target that it was tried on.
    pub ground: String,
    /// Digest of everything that is to be run.
    pub digest: String,
    /// Digest of the folder of migrations that it is of, as a build carries it; of what brings no folder, nothing.
    pub artifact: Option<String>,
    /// What of it is not as the folder has it, for whoever wrote it and goes on with the same; nobody is shown it.
    pub rewritten: Option<String>,
    pub acts: Vec<Act>,
}

impl Intention {
    /// The verb whose acts are all rolled back.
    pub const REHEARSE: &str = "rehearse";
    /// The verb that moves traffic.
    pub const ROLLOUT: &str = "rollout";
    /// The verb that fails over, deploys and takes back on throwaway servers.
    pub const DRILL: &str = "drill";
    /// The verb that changes a table part after part.
    pub const BACKFILL: &str = "backfill";

    /// One word for all that is to be run: another word where anything of it is another.
    #[must_use]
    pub fn digest_of(acts: &[Act]) -> String {
        let texts = acts
            .iter()
            .flat_map(|act| std::iter::once(act.what.as_str()).chain(act.statements.iter().map(String::as_str)).chain(["end of act"]));
        of_texts("evenkeel 2026-11-29 acts of a run", texts).hex()
    }
}

/// What is done in one go: a transaction, or a statement by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    pub what: String,
    pub statements: Vec<String>,
}

/// The process that does it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    pub host: String,
    /// Which start of that host.
    pub boot: String,
    pub pid: u32,
    /// When the process was started, as the system counts it: numbers of processes are used again.
    pub started: String,
}

/// How an act stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It was not begun.
    Intended,
    /// It was begun, and nobody has said what became of it.
    Unknown,
    Done,
    /// It had no effect.
    Failed,
}

impl State {
    pub const ALL: [Self; 4] = [Self::Intended, Self::Unknown, Self::Done, Self::Failed];

    /// The word that is kept and shown.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Intended => "intended",
            Self::Unknown => "unknown",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Every act was done.
    Done,
    /// Before its last act: one failed, or somebody asked for the end.
    Stopped,
    /// Before its first act.
    Refused,
    /// Its process is gone, and said nothing.
    Lost,
}

impl Ending {
    pub const ALL: [Self; 4] = [Self::Done, Self::Stopped, Self::Refused, Self::Lost];

    /// The word that is kept and shown.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Stopped => "stopped",
            Self::Refused => "refused",
            Self::Lost => "lost",
        }
    }
}

/// By what it can be told later what became of an act.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trail {
    /// The server's number of its transaction.
    pub transaction: Option<String>,
    /// Digest of the target's schema before it.
    pub before: Option<String>,
    /// Of one that runs in no transaction, what an interruption of it can be told by: for whoever wrote it.
    pub mark: Option<String>,
    /// Digest of the target's schema after it.
    pub after: Option<String>,
    /// The migration of which nothing that the tool keeps says whether this is in.
    pub of: Option<String>,
}

/// An act, and how it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub act: Act,
    pub state: State,
    pub trail: Trail,
    /// RFC 3339, in UTC.
    pub begun: Option<String>,
    pub ended: Option<String>,
    /// What was said of it.
    pub words: Option<String>,
}

/// How and when a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    pub ending: Ending,
    pub at: String,
    pub words: String,
}

/// A sign of life of a run, by the clock of its store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beat {
    /// As the store writes it: another word where there was another sign.
    pub at: String,
    /// How long ago, when it was read.
    pub quiet: Duration,
}

impl Beat {
    /// How often a run gives one.
    pub const EVERY: Duration = Duration::from_secs(5);
    /// For how long a run without one is taken to be at work, where its process cannot be seen.
    pub const LASTS: Duration = Duration::from_secs(30);
}

/// What is kept of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub number: u32,
    pub letters: String,
    /// Without its acts, which stand in `steps`.
    pub intention: Intention,
    pub begun: String,
    /// `None` where nobody said.
    pub ended: Option<Ended>,
    /// Its last sign of life; nothing where its store keeps none, or none of runs of that time.
    pub beat: Option<Beat>,
    pub steps: Vec<Step>,
    /// What it took on the target and did not give back.
    pub held: Vec<String>,
}

impl Entry {
    /// What sessions of a run are called on the server.
    #[must_use]
    pub fn called(number: u32, letters: &str) -> String {
        format!("evenkeel run {number}-{letters}")
    }

    /// Whether it brings a release somewhere, or takes one back.
    #[must_use]
    pub fn is_release(&self) -> bool {
        matches!(self.intention.verb.as_str(), "deploy" | "rollback")
    }

    /// Of runs, the newest first, the last that brought a release there or took one back. One that was refused did nothing.
    #[must_use]
    pub fn last_release(runs: &[Self]) -> Option<&Self> {
        let is_refused = |entry: &&Self| entry.ended.as_ref().is_some_and(|ended| ended.ending == Ending::Refused);
        runs.iter().filter(|entry| entry.is_release()).find(|entry| !is_refused(entry))
    }

    /// Whether it is at work still: by its process, where that can be seen from here, else by its last sign of life. Nothing where
    /// neither tells.
    #[must_use]
    pub fn is_there(&self, process: &dyn Fn(&Owner) -> Option<bool>) -> Option<bool> {
        let beats = self.beat.as_ref().filter(|_| self.ended.is_none()).map(|beat| beat.quiet <= Beat::LASTS);
        process(&self.intention.owner).or(beats)
    }

    /// Where it is at work, and when it last gave a sign of life.
    #[must_use]
    pub fn whereabouts(&self) -> String {
        let Owner { host, pid, .. } = &self.intention.owner;
        let beat = self.beat.as_ref().map(|beat| format!(" (its last sign of life: {} s ago)", beat.quiet.as_secs()));
        format!("its process {pid} on {host}{}", beat.unwrap_or_default())
    }

    /// How many acts are in that state.
    #[must_use]
    pub fn count(&self, state: State) -> usize {
        self.steps.iter().filter(|step| step.state == state).count()
    }

    /// How far it came, as a person reads it.
    #[must_use]
    pub fn progress(&self) -> String {
        let (are, failed) = match self.intention.verb.as_str() {
            Intention::REHEARSE => ("acts ran and were rolled back", "had no effect"),
            Intention::BACKFILL => ("tables are changed to the end", "had no effect"),
            Intention::DRILL => ("parts came to their end", "did not"),
            Intention::ROLLOUT => ("stages were watched to their end", "was what it was taken back from"),
            _ => ("acts are in", "had no effect"),
        };
        let mut words = vec![format!("{} of {} {are}", self.count(State::Done), self.steps.len())];
        for (state, what) in [(State::Failed, failed), (State::Unknown, "begun, and nobody knows what became of it")] {
            let count = self.count(state);
            words.extend((count > 0).then(|| format!("{count} {what}")));
        }
        words.join(", ")
    }

    /// That it did not end, as a person reads it.
    #[must_use]
    pub fn unfinished(&self) -> String {
        let Intention { verb, environment, by, .. } = &self.intention;
        let next = self.steps.iter().find(|step| matches!(step.state, State::Unknown | State::Intended));
        let next = next.map(|step| format!("; it was at: {}", step.act.what)).unwrap_or_default();
        let held = if self.held.is_empty() { String::new() } else { format!("; it did not give back: {}", self.held.join(", ")) };
        format!("run {} ({verb} of {environment}, by {by}, since {}) did not end: {}{next}{held}", self.number, self.begun, self.progress())
    }
}
