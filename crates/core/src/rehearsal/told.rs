//! What was seen, whole: what reports show.

use super::asked::Asked;
use super::gate::{Gate, Part};
use super::in_place::{InPlace, heavier};
use super::killed::Kill;
use super::lag::Lag;
use super::larger::Larger;
use super::load::Load;
use super::meets::Meets;
use crate::finding::{Finding, Origin, Place, Remedy, Subject};
use crate::history::effect::{Stand, Touch};
use crate::kind::Severity;
use crate::manifest::Endpoint;
use crate::trace::{Bounds, Trace};
use std::collections::BTreeMap;
use std::time::Duration;

/// The id of a gate of a rehearsal that is closed.
pub const CLOSED: &str = "EK-rehearsal-gate";
/// The id of a statement that did not run.
pub const FAILED: &str = "EK-rehearsal-failed";
/// Why that matters.
pub const FAILED_WHY: &str = "It fails in the same way where it counts.";

/// A thing that is not as it was, or not as it is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    pub touch: Touch,
    pub expected: Stand,
}

impl Difference {
    /// `column public.t.x: expected there, found not there`.
    #[must_use]
    pub fn words(&self) -> String {
        let spot = &self.touch.spot;
        let what = match spot.attribute {
            None => format!("{} {}", spot.kind.name(), spot.display()),
            Some(attribute) => format!("{} of {} {}", attribute.replace('_', " "), spot.kind.name(), spot.display()),
        };
        format!("{what}: expected {}, found {}", self.expected.shown(), self.touch.after.shown())
    }
}

/// The way back of one migration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Undo {
    /// Whether the schema is as it was before; nothing where there is no way back, or one without a statement.
    pub exact: Option<bool>,
    /// What is otherwise is the order of columns alone.
    pub order_only: bool,
    pub differences: Vec<Difference>,
    /// What the server said where it did not run, and where.
    pub failed: Option<String>,
    /// Run once more after it, the migration leads elsewhere, or does not run: what is otherwise, or what the server said.
    pub again: Vec<String>,
    /// Columns that hold something else after the way back than before the migration; of tables without rows those that are not there or
    /// were made anew. Each with what of it.
    pub data_lost: Vec<String>,
    /// Where the migration changes rows: whether the way back restores them shows on rows alone.
    pub rows_changed: Option<Place>,
    /// Rows that were written as the new version writes them before the way back was gone once more, of each table; nothing where that was
    /// not tried.
    pub written: Option<BTreeMap<String, u64>>,
    /// Tables into which none could be written although the way back works on rows, each with the reason.
    pub unwritten: Vec<String>,
    pub took: Option<Duration>,
    /// The digest of the schema after each of its statements, where each is a commit of its own.
    pub after: Vec<Option<String>>,
    /// Where there is no way back: one that was worked out from what the migration does.
    pub proposed: Option<Proposed>,
}

/// A way back that nobody has written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proposed {
    /// None where there is no such way.
    pub statements: Vec<String>,
    /// How many of them lose what was written since.
    pub losing: usize,
    /// Why there is none, or why it does not lead back; none where it was tried and the schema is as it was.
    pub why: Vec<String>,
}

/// The same migration once more: after it ran, and after it was interrupted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rerun {
    /// Whether it comes to the same end after each interruption; nothing where that was not tried.
    pub converges: Option<bool>,
    /// What an interruption leaves and another run does not mend, or what the server says to that run.
    pub left_behind: Vec<String>,
    /// The number of the statement, counted from 1, after which that is.
    pub after_statement: Option<usize>,
    /// What a second whole run does: nothing, or what is otherwise after it; the server's words where it refuses.
    pub second: Option<Result<Vec<String>, String>>,
    /// Locks that a second run takes although it changes nothing: relation and mode.
    pub locks: Vec<(String, &'static str)>,
    /// What kills leave of it; none where that was not tried.
    pub kills: Vec<Kill>,
}

/// One migration of the release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migration {
    pub key: String,
    pub name: String,
    /// The word for what it ran in.
    pub transaction: &'static str,
    pub statements: Vec<Trace>,
    /// Where it stopped, and why.
    pub stopped: Option<(Option<Place>, String)>,
    /// Why it could not be watched to its end, although it runs.
    pub unwatched: Option<String>,
    /// What it did to the schema; nothing where that was not looked at.
    pub effect: Option<Vec<Touch>>,
    /// The digest of the schema after it; nothing where that was not looked at.
    pub result: Option<String>,
    /// The same after each of its statements, where each is a commit of its own.
    pub after: Vec<Option<String>>,
    /// Words by which each of its statements can be done so that it costs least, of those that the server has.
    pub forms: Vec<Option<String>>,
    pub undo: Option<Undo>,
    pub rerun: Option<Rerun>,
}

/// What came out.
#[derive(Debug, Clone)]
pub struct Rehearsal {
    /// What it is meant for, as the user calls it.
    pub target: String,
    pub endpoint: Endpoint,
    /// Where it ran: `PostgreSQL 17.10`.
    pub on: String,
    /// Whether that is another major version than the target's.
    pub version_differs: bool,
    /// As whom, and how that is known.
    pub role: String,
    pub grouping: &'static str,
    pub tool: Option<String>,
    pub bounds: Bounds,
    pub migrations: Vec<Migration>,
    /// What clients met that ran beside it.
    pub load: Option<Load>,
    /// How far a replica was behind that followed it, or why none did; nothing where none was to.
    pub lag: Option<Result<Lag, String>>,
    /// What became of it in an environment; nothing where it ran on a throwaway server alone.
    pub in_place: Option<InPlace>,
    /// What it takes on the target's size; nothing where that was not asked for.
    pub larger: Option<Larger>,
    /// What became of what applications ask; nothing where that was not looked at.
    pub asked: Option<Asked>,
    /// What applications meet in columns that are otherwise after it; nothing where the effect was not looked at, or it did not run.
    pub meets: Vec<Meets>,
    /// The digest of the target's schema, and of the one that the release led to; nothing where there is none.
    pub baseline: Option<String>,
    pub result: Option<String>,
    /// The digest of the schema from which it started where it was rehearsed.
    pub began: Option<String>,
    /// The release's files with their SHA-256.
    pub files: Vec<(String, String)>,
    /// Parts that were asked for.
    pub parts: Vec<Part>,
    /// What the place differs in from the target, and what therefore was not seen.
    pub floor: Vec<String>,
    pub gates: Vec<Gate>,
    pub gaps: Vec<String>,
    pub notes: Vec<String>,
    /// Why nobody looked at locks and time; nothing where somebody did.
    pub unmeasured: Option<String>,
}

impl Rehearsal {
    /// 1 where a gate is closed, 2 where one could not be told, or something was not seen.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        if self.gates.iter().any(|gate| gate.holds == Some(false)) {
            return 1;
        }
        if self.gates.iter().any(|gate| gate.holds.is_none()) || !self.gaps.is_empty() || self.migrations.is_empty() { 2 } else { 0 }
    }

    /// Whether it earns the word: nothing was left out, and every gate holds.
    #[must_use]
    pub fn is_validated(&self) -> bool {
        let is_whole = Part::ALL.into_iter().filter(|part| part.is_usual()).all(|part| self.parts.contains(&part));
        self.exit_code() == 0 && is_whole
    }

    /// Gates that could not be told because nobody looks at locks and time on such a server.
    pub fn unmeasured_gates(&self) -> impl Iterator<Item = &Gate> {
        let is_of_locks = |gate: &&Gate| matches!(gate.part, Part::Run | Part::Load) && gate.name != Gate::RUN && gate.holds.is_none();
        self.gates.iter().filter(move |gate| self.unmeasured.is_some() && is_of_locks(gate))
    }

    /// Whether nothing but locks and time keeps it from earning the word: what deploys it can be told to take that.
    #[must_use]
    pub fn lacks_locks_only(&self) -> bool {
        let is_whole = Part::ALL.into_iter().filter(|part| part.is_usual()).all(|part| self.parts.contains(&part));
        let others = self.gates.iter().filter(|gate| gate.holds != Some(true)).count();
        let is_told = others == self.unmeasured_gates().count() && self.gaps.is_empty() && !self.migrations.is_empty();
        self.unmeasured.is_some() && others > 0 && is_whole && is_told
    }

    /// The release with the heavier of both for each statement: what was seen on a throwaway server and in place.
    #[must_use]
    pub fn heavier(&self) -> Vec<Migration> {
        let mut all = self.migrations.clone();
        for trace in all.iter_mut().flat_map(|migration| &mut migration.statements) {
            if let Some(there) = self.in_place.as_ref().and_then(|place| place.seen(&trace.place)) {
                heavier(trace, there);
            }
        }
        all
    }

    /// All statements that ran, in order.
    pub fn statements(&self) -> impl Iterator<Item = &Trace> {
        self.migrations.iter().flat_map(|migration| &migration.statements)
    }

    /// What weighs, the heaviest first.
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        let stopped = self.migrations.iter().filter_map(|migration| {
            let (place, why) = migration.stopped.as_ref()?;
            Some((place, why, migration))
        });
        let failed = stopped.map(|(place, why, migration)| Finding {
            id: FAILED.to_owned(),
            severity: Severity::Block,
            subject: place.clone().map_or_else(|| self.subject(&migration.key), Subject::Place),
            expected: Some("it runs".to_owned()),
            found: Some(why.clone()),
            origin: self.origin(place.as_ref()),
            why: FAILED_WHY.to_owned(),
            manual: None,
            remedy: Some(Remedy::Step("mend the file, and rehearse it again".to_owned())),
        });
        let closed = self.gates.iter().filter(|gate| gate.holds == Some(false) && gate.name != Gate::RUN).map(|gate| Finding {
            id: CLOSED.to_owned(),
            severity: Severity::Block,
            subject: gate.place.clone().map_or_else(|| Subject::Environment { name: self.target.clone() }, Subject::Place),
            expected: Some(format!("{}: {}", gate.name, gate.limit)),
            found: Some(gate.found.clone()),
            origin: self.origin(gate.place.as_ref()),
            why: gate.why.to_owned(),
            manual: None,
            remedy: gate.remedy.clone().map(Remedy::Step),
        });
        failed.chain(closed).collect()
    }

    fn subject(&self, key: &str) -> Subject {
        Subject::Migration { tool: self.tool.clone().unwrap_or_else(|| "plain SQL".to_owned()), key: key.to_owned() }
    }

    fn origin(&self, place: Option<&Place>) -> Origin {
        place.cloned().map_or(Origin::Captured { side: crate::finding::Which::Candidate, set_by: None }, Origin::Written)
    }

    /// Everything that could not be told, in words.
    #[must_use]
    pub fn open(&self) -> Vec<String> {
        let open = self.gates.iter().filter(|gate| gate.holds.is_none()).map(|gate| format!("{}: {}", gate.name, gate.found));
        self.gaps.iter().cloned().chain(open).collect()
    }
}
