//! What came of a drill: a failover, a deployment and its way back, where nobody is hurt, each measured against what a recovery may take.
//!
//! Lives here: the nouns, and when the next one is due. Does not live here: doing it (`pipeline/drill`).

use super::{Gate, code};
use crate::port::{Ending, Entry};
use jiff::Timestamp;
use std::time::Duration;

/// A part of it that was measured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// `build`, `failover`, `deploy`, `rollback`.
    pub name: &'static str,
    pub took: Duration,
    /// What was done.
    pub words: String,
}

/// What came of it.
#[derive(Debug)]
pub struct Drilled {
    pub label: String,
    /// The server on which it was done.
    pub place: String,
    /// The number under which `evenkeel runs` has it.
    pub run: Option<u32>,
    /// Keys of the migrations that were deployed and taken back.
    pub release: Vec<String>,
    /// As far as it came.
    pub parts: Vec<Part>,
    pub gates: Vec<Gate>,
    /// What a recovery may take, and where that comes from.
    pub limit: Duration,
    pub origin: String,
    /// What was not drilled, or not as it is where it counts.
    pub notes: Vec<String>,
}

impl Drilled {
    /// 0 where every part came to its end within the objective, 1 where one did not, 2 where that could not be told.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        code(&self.gates)
    }

    /// The verdict in one line.
    #[must_use]
    pub fn line(&self) -> String {
        let Self { label, gates, parts, limit, .. } = self;
        let named = |holds| gates.iter().filter(|gate| gate.holds == holds).map(|gate| gate.name).collect::<Vec<_>>().join(", ");
        let took = |name: &str| parts.iter().find(|part| part.name == name).map(|part| format!("{name} {}", shown(part.took)));
        let times: Vec<String> = ["failover", "deploy", "rollback"].into_iter().filter_map(took).collect();
        let times = if times.is_empty() { String::new() } else { format!(": {}", times.join(", ")) };
        match self.exit_code() {
            0 => format!("{label}: drilled within {}{times}", shown(*limit)),
            1 => format!("{label}: the objective was missed: {}{times}", named(Some(false))),
            _ => format!("{label}: whether the objective is met could not be told: {}{times}", named(None)),
        }
    }
}

fn shown(time: Duration) -> String {
    match time.as_secs() {
        secs if secs > 0 && secs % 60 == 0 => format!("{} min", secs / 60),
        _ => format!("{:.1} s", time.as_secs_f64()),
    }
}

/// Under which name the journal has drills of an environment: nobody is kept from that one meanwhile.
#[must_use]
pub fn called(environment: &str) -> String {
    format!("{environment} (drill)")
}

/// What has to be done, by when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    pub what: String,
    /// RFC 3339, in UTC.
    pub by: String,
    pub is_overdue: bool,
}

/// How often an environment is drilled, and how it went.
#[derive(Debug, Clone, Copy)]
pub struct Schedule<'a> {
    pub every: Duration,
    /// Its drills, the newest first.
    pub runs: &'a [Entry],
}

impl Schedule<'_> {
    /// When the next one is due: so long after the last that met the objective. One that never did is due now.
    #[must_use]
    pub fn due(&self, environment: &str, now: Timestamp) -> Due {
        let met = |entry: &&Entry| entry.ended.as_ref().is_some_and(|ended| ended.ending == Ending::Done);
        let last = self.runs.iter().find(met).and_then(|entry| entry.ended.as_ref()?.at.parse::<Timestamp>().ok());
        let missed = self.runs.first().is_some_and(|entry| !met(&entry));
        let what = match (last, missed) {
            (_, true) => format!("evenkeel drill {environment} (the last one did not meet its objective)"),
            (None, false) => format!("evenkeel drill {environment} (it never was)"),
            (Some(_), false) => format!("evenkeel drill {environment}"),
        };
        let by = match last {
            Some(at) => at.checked_add(self.every).unwrap_or(Timestamp::MAX),
            None => now,
        };
        Due { what, by: by.to_string(), is_overdue: by <= now || missed }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::port::{Ended, Intention, Owner};

    fn run(ending: Option<Ending>, at: &str) -> Entry {
        let owner = Owner { host: String::new(), boot: String::new(), pid: 1, started: String::new() };
        let texts = || String::new();
        Entry {
            number: 1,
            letters: texts(),
            intention: Intention {
                verb: Intention::DRILL.to_owned(),
                environment: called("shop"),
                target: texts(),
                by: texts(),
                owner,
                reason: None,
                snapshot: None,
                ground: texts(),
                digest: texts(),
                artifact: None,
                rewritten: None,
                acts: Vec::new(),
            },
            begun: at.to_owned(),
            ended: ending.map(|ending| Ended { ending, at: at.to_owned(), words: texts() }),
            beat: None,
            steps: Vec::new(),
            held: Vec::new(),
        }
    }

    #[test]
    fn one_that_met_its_objective_is_good_for_so_long_and_any_other_for_nothing() {
        let day = Duration::from_secs(24 * 60 * 60);
        let now: Timestamp = "2026-11-03T00:00:00Z".parse().unwrap();
        let due = |runs: &[Entry]| {
            let due = Schedule { every: day, runs }.due("shop", now);
            (due.by, due.is_overdue)
        };
        let (met, missed) = (|at| run(Some(Ending::Done), at), |at| run(Some(Ending::Stopped), at));
        assert_eq!(due(&[]), ("2026-11-03T00:00:00Z".to_owned(), true));
        assert_eq!(due(&[met("2026-11-02T12:00:00Z")]), ("2026-11-03T12:00:00Z".to_owned(), false));
        assert_eq!(due(&[met("2026-11-01T12:00:00Z")]), ("2026-11-02T12:00:00Z".to_owned(), true));
        assert!(due(&[missed("2026-11-02T13:00:00Z"), met("2026-11-02T12:00:00Z")]).1);
        assert!(due(&[run(None, "2026-11-02T13:00:00Z")]).1, "nobody said how it ended");
    }
}
