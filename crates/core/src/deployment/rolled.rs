//! What came of moving traffic in stages.
//!
//! Lives here: the nouns, and the verdict. Does not live here: moving it (`pipeline/rollout`).

use super::Passage;
use crate::fault::Class;
use crate::port::{Entry, Intention};

/// What came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Rolled {
    pub label: String,
    /// Server and database, without secrets.
    pub target: String,
    /// Who moves traffic.
    pub by: String,
    /// What was found before the first stage, and in the last.
    pub passage: Option<Passage>,
    pub stages: Vec<Stage>,
    pub outcome: Outcome,
    /// The number under which `evenkeel runs` has it; nothing where nothing was moved.
    pub run: Option<u32>,
    /// It was halted for that.
    pub is_halted: bool,
    /// Somebody asked for the end.
    pub is_interrupted: bool,
    pub notes: Vec<String>,
}

/// One stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    /// In hundredths.
    pub share: u8,
    pub state: Stands,
}

/// How a stage stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stands {
    /// It was not begun.
    Planned,
    /// It was watched, and everything was well.
    Done,
    /// It is what traffic was taken back from.
    Broken,
}

/// How it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// A gate was closed, or could not be told: nothing was moved.
    Refused,
    /// All of it is moved.
    Done,
    /// It is as it was before: why.
    Back(String),
    /// It is not as it was before: why it was to be, and why it is not.
    Stuck(String, String),
    /// What an earlier run had left was taken back; nothing where it had left nothing.
    Restored(Vec<u32>),
    /// What earlier runs had left stays where it is, by a person's word: each run, and how traffic was spread before it.
    GivenUp(Vec<(u32, String)>),
}

impl Rolled {
    /// 0 where all of it is moved, or is back as was asked for, or stays as was asked for; 1 where it was taken back or refused; 2 where
    /// nobody could tell; 130 where it is back because somebody asked for the end.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match &self.outcome {
            Outcome::Done | Outcome::Restored(_) | Outcome::GivenUp(_) => 0,
            Outcome::Back(_) if self.is_interrupted => Class::Interrupted.exit_code(),
            Outcome::Back(_) | Outcome::Stuck(..) => 1,
            Outcome::Refused => self.passage.as_ref().map_or(1, |passage| passage.exit_code().max(1)),
        }
    }

    /// The verdict in one line.
    #[must_use]
    pub fn line(&self) -> String {
        let Self { label, passage, outcome, stages, .. } = self;
        let halted = if self.is_halted { "; HALTED" } else { "" };
        match outcome {
            Outcome::Refused => match passage {
                Some(passage) => format!("{}; no traffic was moved", passage.line()),
                None => format!("{label}: no traffic was moved"),
            },
            Outcome::Done => format!("{label}: all {} stages are done: all of the traffic is moved", stages.len()),
            // Another run may have moved it meanwhile: where it is now is not this one's to say.
            Outcome::Back(why) if stages.iter().all(|stage| stage.state == Stands::Planned) => {
                format!("{label}: no traffic was moved: {why}{halted}")
            }
            Outcome::Back(why) => format!("{label}: traffic is back as it was: {why}{halted}"),
            Outcome::Stuck(why, because) => format!("{label}: traffic is NOT back as it was: {because}; it was to be: {why}{halted}"),
            Outcome::Restored(runs) if runs.is_empty() => format!("{label}: no run has left traffic elsewhere"),
            Outcome::Restored(runs) => {
                let runs: Vec<String> = runs.iter().map(u32::to_string).collect();
                format!("{label}: traffic is back as it was before run {}", runs.join(", "))
            }
            Outcome::GivenUp(runs) if runs.is_empty() => format!("{label}: no run has left traffic elsewhere, and nothing is given up"),
            Outcome::GivenUp(runs) => {
                let runs: Vec<String> = runs.iter().map(|(run, _)| run.to_string()).collect();
                format!("{label}: traffic stays where run {} left it, and nobody takes it back any more", runs.join(", "))
            }
        }
    }
}

/// Of runs, those that moved traffic and did not give it back, the newest first.
pub fn left<'a>(runs: impl Iterator<Item = &'a Entry>) -> impl Iterator<Item = &'a Entry> {
    runs.filter(|entry| entry.intention.verb == Intention::ROLLOUT && !entry.held.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_begun_is_not_said_to_be_back() {
        let line = |state| {
            let stages = vec![Stage { share: 5, state }, Stage { share: 100, state: Stands::Planned }];
            let (label, outcome) = ("shop".to_owned(), Outcome::Back("a gate".to_owned()));
            let (target, by, passage, run, notes) = (String::new(), String::new(), None, Some(1), Vec::new());
            Rolled { label, target, by, passage, stages, outcome, run, is_halted: false, is_interrupted: false, notes }.line()
        };
        assert_eq!(line(Stands::Planned), "shop: no traffic was moved: a gate");
        assert_eq!(line(Stands::Broken), "shop: traffic is back as it was: a gate");
    }
}
