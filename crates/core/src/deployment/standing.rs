//! Backfills that were begun and did not come to their end: how far each is, since when, and how it is gone on with.
//!
//! Lives here: the judgement. Does not live here: what the journal keeps of one (`backfilled`), how an environment stands (`status`).

use super::backfilled::Mark;
use crate::port::{Ending, Entry, Intention};

/// A backfill that is not complete, by the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// As it is configured.
    pub name: String,
    /// Its last run, and who typed it.
    pub run: u32,
    pub by: String,
    /// Whether its process is there still; nothing where that cannot be told.
    pub is_there: Option<bool>,
    /// RFC 3339, in UTC: since when it is so.
    pub since: String,
    /// What is in, and why it stopped.
    pub words: String,
    /// How it is gone on with; nothing while it is at work, as far as anybody knows.
    pub next: Option<String>,
}

impl Standing {
    /// What the journal's act of a backfill is called.
    #[must_use]
    pub fn called(name: &str, table: &str, key: &[String]) -> String {
        format!("{name}{OF}{table}, by {}", key.join(", "))
    }

    /// Of runs of an environment, the newest first. What was begun before the last release was taken back is that release's.
    #[must_use]
    pub fn all(environment: &str, runs: &[Entry], is_there: impl Fn(&Entry) -> Option<bool>) -> Vec<Self> {
        let back = Entry::last_release(runs).filter(|entry| entry.intention.verb == "rollback").map_or(0, |entry| entry.number);
        let mut seen: Vec<&str> = Vec::new();
        let mut all = Vec::new();
        let is_meant = |entry: &&Entry| entry.intention.verb == Intention::BACKFILL && entry.number > back;
        for entry in runs.iter().filter(is_meant) {
            let Some((name, _)) = entry.steps.first().and_then(|step| step.act.what.split_once(OF)) else { continue };
            // One that was refused says nothing of what those before it did.
            let mark = entry.steps.iter().find_map(|step| Mark::read(step.trail.mark.as_deref()?));
            let is_refused = entry.ended.as_ref().is_some_and(|ended| ended.ending == Ending::Refused);
            let (Some(mark), false) = (mark, is_refused || seen.contains(&name)) else { continue };
            seen.push(name);
            if entry.ended.as_ref().is_none_or(|ended| ended.ending != Ending::Done) {
                all.push(standing(environment, name, entry, &mark, &is_there));
            }
        }
        all
    }

    /// As a person reads it.
    #[must_use]
    pub fn line(&self) -> String {
        let Self { name, run, by, since, words, .. } = self;
        let state = match self.is_there {
            Some(true) => "is at work",
            Some(false) => "stopped, and is not complete",
            None => "did not end, as far as anybody said",
        };
        format!("backfill {name} {state} since {since} (run {run} by {by}): {words}")
    }
}

const OF: &str = " of ";

fn standing(environment: &str, name: &str, entry: &Entry, mark: &Mark, is_there: impl Fn(&Entry) -> Option<bool>) -> Standing {
    let is_there = if entry.ended.is_some() { Some(false) } else { is_there(entry) };
    let (since, words) = match &entry.ended {
        Some(ended) if ended.ending == Ending::Lost => (ended.at.clone(), format!("{}; {}", mark.words(), ended.words)),
        Some(ended) => (ended.at.clone(), tail(&ended.words).map_or_else(|| mark.words(), str::to_owned)),
        None if is_there == Some(false) => (entry.begun.clone(), format!("{}; its process is gone", mark.words())),
        None => (entry.begun.clone(), mark.words()),
    };
    let open = mark.open.as_ref().map(|open| format!("; whether a part of {} rows more is in, the next run asks the server", open.rows));
    let words = format!("{words}{}", open.unwrap_or_default());
    let next = (is_there != Some(true)).then(|| format!("evenkeel backfill {environment} {}", typed(name)));
    Standing { name: name.to_owned(), run: entry.number, by: entry.intention.by.clone(), is_there, since, words, next }
}

/// What its verdict says behind whose it is.
fn tail(line: &str) -> Option<&str> {
    let (_, behind) = line.split_once(OF)?;
    behind.split_once(": ").map(|(_, words)| words)
}

/// A name as a shell reads it.
fn typed(name: &str) -> String {
    let is_plain = |one: char| one.is_ascii_alphanumeric() || matches!(one, '_' | '-' | '.');
    if !name.is_empty() && name.chars().all(is_plain) { name.to_owned() } else { format!("'{}'", name.replace('\'', r"'\''")) }
}

#[cfg(test)]
#[path = "standing_tests.rs"]
mod tests;
