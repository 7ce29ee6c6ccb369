//! What came of changing a table part after part, and what the journal keeps of how far that came.
//!
//! Lives here: the nouns. Does not live here: doing it (`pipeline/backfill`), how a server is asked (`port`'s `Backfiller`).

use super::{Gate, Seen, code};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How far it came. Keys are values of users' rows: they stand in the journal where they are numbers, and are never shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// Walks from the first key to the last that came to their end.
    pub walks: u32,
    /// Parts that were changed, and rows.
    pub parts: u64,
    pub rows: u64,
    /// Rows of parts of which the server does not say whether they are in.
    pub unsure: u64,
    /// Behind which key this walk goes on; nothing at its beginning, and where keys are not kept.
    pub behind: Option<Vec<String>>,
    /// With which key this walk ends.
    pub to: Option<Vec<String>>,
    /// A part that is being committed.
    pub open: Option<Open>,
}

/// A part that is being committed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Open {
    /// The server's number of its transaction; nothing where it gives none.
    pub transaction: Option<String>,
    pub rows: u64,
    /// Behind which key it goes on once that is in.
    pub behind: Option<Vec<String>>,
}

impl Mark {
    /// As the journal keeps it.
    #[must_use]
    pub fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// What was open is in, or not, or nobody can tell.
    #[must_use]
    pub fn settled(mut self, is_in: Option<bool>) -> Self {
        let Some(open) = self.open.take() else { return self };
        match is_in {
            Some(true) => {
                self.parts += 1;
                self.rows += open.rows;
                self.behind = open.behind;
            }
            Some(false) => {}
            None => self.unsure += open.rows,
        }
        self
    }

    /// As a person reads it.
    #[must_use]
    pub fn words(&self) -> String {
        let Self { parts, rows, unsure, .. } = self;
        let unsure = if *unsure == 0 { String::new() } else { format!(" (of {unsure} more the server does not say it)") };
        let one = |count: u64, one: &str| if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") };
        format!("{} changed{unsure} in {}", one(*rows, "row"), one(*parts, "part"))
    }
}

/// What came of it.
#[derive(Debug)]
pub struct Backfilled {
    pub label: String,
    /// Server and database, without secrets.
    pub target: String,
    /// As it is configured.
    pub name: String,
    pub table: String,
    /// Columns of the key in whose order it is walked.
    pub key: Vec<String>,
    /// What changes a part.
    pub statement: String,
    pub gates: Vec<Gate>,
    pub outcome: Outcome,
    /// The number under which `evenkeel runs` has it; nothing where nothing was begun.
    pub run: Option<u32>,
    /// The run that it went on with.
    pub resumed: Option<u32>,
    /// Of all runs that it went on with, too.
    pub mark: Mark,
    /// How many rows need it still; nothing where they were not counted.
    pub remaining: Option<u64>,
    /// Rows of the last part at the most.
    pub part: u64,
    pub took: Duration,
    /// How long it was held, and how often.
    pub held: Duration,
    pub holds: u32,
    /// The last reason for which it was held.
    pub held_for: Option<String>,
    /// What was seen from beside.
    pub seen: Seen,
    pub notes: Vec<String>,
}

/// How it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing was begun.
    Refused,
    Planned,
    /// No row needs it any more, by a count after the last part.
    Complete,
    /// Rows need it still after so many walks.
    Incomplete,
    /// All parts are in, and how many rows need it still nobody can tell: why.
    Uncounted(String),
    /// Before the last part: why.
    Stopped(String),
    /// What a part came to nobody can tell: why.
    Lost(String),
}

impl Backfilled {
    /// 0 where no row needs it any more, or it could be begun; 1 where rows do, or it stopped; 2 where nobody can tell.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match &self.outcome {
            Outcome::Complete => 0,
            Outcome::Incomplete | Outcome::Stopped(_) => 1,
            Outcome::Uncounted(_) | Outcome::Lost(_) => 2,
            Outcome::Refused | Outcome::Planned => code(&self.gates),
        }
    }

    /// The verdict in one line.
    #[must_use]
    pub fn line(&self) -> String {
        let Self { label, name, table, mark, .. } = self;
        let what = format!("{label}: {name} of {table}");
        let named = |holds: Option<bool>| {
            let names: Vec<&str> = self.gates.iter().filter(|gate| gate.holds == holds).map(|gate| gate.name).collect();
            names.join(", ")
        };
        match &self.outcome {
            Outcome::Refused => {
                let (closed, open) = (named(Some(false)), named(None));
                let parts = [(closed, "closed: "), (open, "could not tell ")].into_iter().filter(|(names, _)| !names.is_empty());
                let why: Vec<String> = parts.map(|(names, word)| format!("{word}{names}")).collect();
                format!("{what}: nothing was changed: {}", why.join("; "))
            }
            Outcome::Planned => match self.remaining {
                Some(0) => format!("{what}: no row needs it; nothing was changed"),
                Some(rows) => format!("{what}: {rows} rows need it, and it could be begun now; nothing was changed"),
                None => format!("{what}: it could be begun now; how many rows need it was not counted; nothing was changed"),
            },
            Outcome::Complete => format!("{what}: complete: {}, and no row needs it any more", mark.words()),
            Outcome::Incomplete => {
                format!("{what}: not complete: {}, and {} rows need it still", mark.words(), self.remaining.unwrap_or_default())
            }
            Outcome::Uncounted(why) => format!("{what}: {}; whether any row needs it still could not be told: {why}", mark.words()),
            Outcome::Stopped(why) => format!("{what}: stopped: {why}; {}", mark.words()),
            Outcome::Lost(why) => format!("{what}: what became of a part cannot be told: {why}; {}", mark.words()),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_mark_is_read_as_it_was_written_and_counts_what_was_open_once() {
        let open = Open { transaction: Some("7 x".to_owned()), rows: 5, behind: Some(vec!["9".to_owned()]) };
        let mark = Mark { parts: 2, rows: 10, open: Some(open), ..Mark::default() };
        let read = Mark::read(&mark.text()).unwrap();
        assert_eq!(read, mark);
        let is_in = read.clone().settled(Some(true));
        assert_eq!((is_in.parts, is_in.rows, is_in.unsure, is_in.behind.clone()), (3, 15, 0, Some(vec!["9".to_owned()])));
        assert_eq!(is_in.clone().settled(Some(true)), is_in, "it is counted once");
        let is_out = read.clone().settled(Some(false));
        assert_eq!((is_out.parts, is_out.rows, is_out.unsure, is_out.behind), (2, 10, 0, None));
        let untold = read.settled(None);
        assert_eq!((untold.rows, untold.unsure), (10, 5));
        assert_eq!(untold.words(), "10 rows changed (of 5 more the server does not say it) in 2 parts");
        assert_eq!(Mark::read("{"), None);
    }
}
