//! What makes one environment like another: the statements, in an order that runs as a whole.
//!
//! Lives here: the nouns. `dialect` is what is asked of an engine, `world` finds objects of a manifest and what needs them,
//! `change` tells what differs, `spelled` takes names that differ in case for one, `wanted` what is left alone, `fix` what is to do about one difference, `spread` what is taken along,
//! `order` puts it in order, `join` makes one of statements that could be, `script` writes it down, `fingerprint` tells one plan from
//! another. Does not live here: any statement (`patch` of each engine), and running it (`pipeline/patch`).

mod change;
mod dialect;
mod fingerprint;
mod fix;
mod join;
mod order;
mod plan;
mod renamed;
mod script;
mod spelled;
mod spread;
mod wanted;
mod world;

pub use change::differing;
pub use dialect::Dialect;
pub use fingerprint::{Ground, fingerprint};
pub use fix::{Fixes, Goal};
pub use plan::plan;
pub use renamed::renamed_tables;
pub use script::{Block, Proof, Script, blocks, script};
pub use spelled::{as_spelled, spelled_otherwise};
pub use wanted::{Excused, wanted};
pub use world::{World, tells_needs};

use crate::kind::Kind;
use crate::manifest::Object;
use std::collections::BTreeSet;

/// Where a column goes on numbering rows that does not do so for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// Statements that take it down, while the column numbers rows still.
    pub keep: Vec<String>,
    /// What comes before it numbers rows again.
    pub before: Vec<String>,
    /// What comes after that: it goes on there, and nothing is left of what was taken down.
    pub after: Vec<String>,
}

/// How a plan is to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Form {
    /// For a server nobody else works on: plain statements instead of those that let others go on.
    pub offline: bool,
    /// For a server that nobody will miss: what a manifest does not hold because it may be secret is made up, and who owns what the
    /// superuser makes is as it should be.
    pub throwaway: bool,
}

/// One statement.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Statement {
    /// With its `;`.
    pub sql: String,
    /// It cannot run inside of a transaction.
    pub alone: bool,
    /// It rests on nothing that the plan makes and is in nobody's way: an index that is built beside the one whose place it takes. It comes
    /// first of all, so that nothing is gone while it runs.
    pub ahead: bool,
    pub hazards: Vec<Hazard>,
    /// What it is a clause of, where several of these may be one statement.
    pub clause: Option<Clause>,
    /// It means the same where another of its step is left out because that loses data.
    pub independent: bool,
    /// It only makes sure of what is there by then: what is made on the thing need not wait for it ([`Dialect::rests_on_all`]).
    pub settles: bool,
}

/// A statement as one clause of a longer one: of two that write a table anew, one statement writes it once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// What it begins with; those that begin alike may stand together.
    pub head: String,
    /// What follows, without the `;`.
    pub text: String,
    pub turn: Turn,
}

/// When a statement about one part comes, where those about several parts of one object are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Turn {
    /// By itself, before.
    Before,
    /// As a clause of the one that stands for all.
    Joined,
    /// By itself, after.
    After,
}

impl Statement {
    #[must_use]
    pub fn new(sql: impl Into<String>) -> Self {
        Self { sql: sql.into(), ..Self::default() }
    }

    /// It cannot run inside of a transaction.
    #[must_use]
    pub const fn alone(mut self) -> Self {
        self.alone = true;
        self
    }

    /// It cannot run inside of a transaction, and comes before all that waits for nothing like it.
    #[must_use]
    pub const fn ahead(mut self) -> Self {
        self.alone = true;
        self.ahead = true;
        self
    }

    /// It only makes sure of what is there by then.
    #[must_use]
    pub const fn settles(mut self) -> Self {
        self.settles = true;
        self
    }

    /// It may be a clause of a longer one, or stand before or after that.
    #[must_use]
    pub fn clause(mut self, head: impl Into<String>, text: impl Into<String>, turn: Turn) -> Self {
        self.clause = Some(Clause { head: head.into(), text: text.into(), turn });
        self
    }

    /// It means the same where another of its step is left out.
    #[must_use]
    pub const fn independent(mut self) -> Self {
        self.independent = true;
        self
    }

    /// It is left out where another of its step is.
    #[must_use]
    pub const fn dependent(mut self) -> Self {
        self.independent = false;
        self
    }

    #[must_use]
    pub fn hazard(mut self, hazard: Hazard) -> Self {
        self.hazards.push(hazard);
        self
    }

    /// Whether data may be gone after it.
    #[must_use]
    pub fn is_destructive(&self) -> bool {
        self.hazards.iter().any(|hazard| matches!(hazard, Hazard::Loses(_)))
    }
}

/// What becomes of values as those of another type. The greater, the worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// Each is what it was.
    Kept,
    /// The statement ends with an error where one does not fit.
    Fails,
    /// Only blanks at the end of a text that is too long: any other is refused.
    LosesBlanks,
    /// By the time zone of the session that runs it.
    Moves,
    Loses,
}

/// What a statement may do to those who are there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hazard {
    /// What is gone after it.
    Loses(String),
    /// The relation is written anew.
    Rewrites(String),
    /// All rows of the relation are read under its lock.
    Scans(String),
    /// The mode, in the server's words, and the relation.
    Locks { mode: &'static str, relation: String },
    /// What rows make it fail.
    FailsIf(String),
    /// Who may do what after it that was closed before.
    Opens(String),
    /// Who must run it.
    RunBy(String),
    /// What rows that are there get, which nobody said.
    Gives(String),
    /// What was worked out before and is not worked out again.
    Leaves(String),
    /// What nobody keeps, or who fails, between this statement and the one that makes the thing again, which no transaction holds together.
    Lapses(String),
}

impl Hazard {
    /// As a person reads it.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Loses(what) => format!("loses {what}"),
            Self::Rewrites(relation) => format!("writes {relation} anew"),
            Self::Scans(relation) => format!("reads all rows of {relation}"),
            Self::Locks { mode, relation } => format!("takes {mode} on {relation}"),
            Self::FailsIf(what) => format!("fails if {what}"),
            Self::Opens(what) => format!("opens: {what}"),
            Self::Gives(what) => format!("gives {what}"),
            Self::Lapses(what) => format!("until it is made again, {what}"),
            Self::Leaves(what) => format!("leaves as it was worked out before: {what}"),
            Self::RunBy(role) => format!("must be run by {role}"),
        }
    }
}

/// What is done to an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Act {
    Drop,
    Create,
    Alter,
}

impl Act {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Drop => "drop",
            Self::Create => "create",
            Self::Alter => "alter",
        }
    }
}

/// What is done about one object, with what goes along with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub act: Act,
    pub kind: Kind,
    /// As it is shown.
    pub object: String,
    /// Empty where nothing is left to do.
    pub statements: Vec<Statement>,
    /// It cannot run where something before it that loses data is left out.
    pub held: bool,
}

/// What cannot be made, and why.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Refusal {
    pub kind: Kind,
    pub object: String,
    pub reason: String,
}

/// Everything that is to be done, in order, and what cannot be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    pub steps: Vec<Step>,
    pub refused: Vec<Refusal>,
    /// What was not seen or could not be tried, in words: nothing is said of it, whatever the proof says.
    pub unsaid: Vec<String>,
    /// Words for whoever runs it: a rename that is proposed, and never assumed.
    pub notes: Vec<String>,
    /// How it is written.
    pub form: Form,
}

impl Plan {
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps.iter().all(|step| step.statements.is_empty()) && self.refused.is_empty()
    }

    /// How many statements lose data, and how many wait for one that does.
    #[must_use]
    pub fn destructive(&self) -> (usize, usize) {
        let mut counts = (0, 0);
        for (step, statement) in self.steps.iter().flat_map(|step| step.statements.iter().map(move |statement| (step, statement))) {
            counts.0 += usize::from(statement.is_destructive());
            counts.1 += usize::from(step.held && !statement.is_destructive());
        }
        counts
    }

    /// All statements, in order.
    pub fn statements(&self) -> impl Iterator<Item = &Statement> {
        self.steps.iter().flat_map(|step| &step.statements)
    }

    /// With another's steps after its own.
    pub fn append(&mut self, other: Self) {
        self.steps.extend(other.steps);
        self.refused.extend(other.refused);
        self.refused.sort();
        self.refused.dedup();
    }
}

/// Two states of one object.
#[derive(Debug, Clone, Copy)]
pub struct Change<'a> {
    /// As the candidate has it.
    pub from: &'a Object,
    /// As the reference has it.
    pub to: &'a Object,
    /// What differs.
    pub attributes: &'a [&'static str],
}

impl Change<'_> {
    #[must_use]
    pub fn touches(&self, attribute: &str) -> bool {
        self.attributes.contains(&attribute)
    }

    /// Whether nothing but these differs.
    #[must_use]
    pub fn only(&self, attributes: &[&str]) -> bool {
        self.attributes.iter().all(|attribute| attributes.contains(attribute))
    }
}

/// One object that is to become another, that is to come, or to go.
#[derive(Debug, Clone, Copy)]
pub struct One<'a> {
    /// As the candidate has it.
    pub before: Option<&'a Object>,
    /// As the reference has it.
    pub after: Option<&'a Object>,
    /// What differs, where both have it.
    pub attributes: &'a [&'static str],
    object: &'a Object,
}

impl<'a> One<'a> {
    /// `None` where neither has it.
    #[must_use]
    pub fn new(before: Option<&'a Object>, after: Option<&'a Object>, attributes: &'a [&'static str]) -> Option<Self> {
        Some(Self { before, after, attributes, object: after.or(before)? })
    }

    #[must_use]
    pub const fn object(&self) -> &'a Object {
        self.object
    }

    #[must_use]
    pub fn touches(&self, attribute: &str) -> bool {
        self.attributes.contains(&attribute)
    }
}

/// What happens to one part of an object that stays.
#[derive(Debug, Clone, Copy)]
pub enum Piece<'a> {
    /// As the candidate has it.
    Dropped(&'a Object),
    /// As the reference has it.
    Made(&'a Object),
    Altered(Change<'a>),
}

impl<'a> Piece<'a> {
    #[must_use]
    pub const fn object(&self) -> &'a Object {
        match self {
            Self::Dropped(object) | Self::Made(object) => object,
            Self::Altered(change) => change.to,
        }
    }
}

/// Statements for several parts of an object, and which of these, by their places, cannot be made, and why.
pub type Together = (Vec<Statement>, Vec<(usize, String)>);

/// How a change can be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// By altering the object; what needs it may stay.
    InPlace,
    /// By altering it, when those are out of the way that the dialect names ([`Dialect::is_in_the_way`]).
    Cleared,
    /// By dropping it and making it anew, with all that needs it.
    Replace,
    /// Not at all.
    Refuse(String),
}

/// How what needs a thing that is put aside comes to need the one in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Over {
    /// By altering that property of it; what it computes by the old one it lets go of before (`loosen`).
    Altered { attribute: &'static str, loosened: bool },
    /// By letting go of what it computes by the old one, for a while (`loosen`).
    Loosened,
    /// By being put aside itself, where something that holds data needs it; else it is made anew.
    Aside,
    /// By being made anew.
    Anew,
}

/// What statements are written for, or why there are none.
pub type Written = Result<Vec<Statement>, String>;

/// What a statement may ask about while it is written.
#[derive(Clone, Copy)]
pub struct Making<'a> {
    /// What is there before.
    pub from: &'a World<'a>,
    /// What shall be there after.
    pub to: &'a World<'a>,
    pub form: Form,
    /// Relations that this plan makes: nobody uses them yet. As they are shown.
    pub new: &'a BTreeSet<String>,
    /// Everything that this plan makes, for the first time or anew, as `kind name`.
    pub made: &'a BTreeSet<String>,
    /// Objects that are made without what they would need too early, as `kind name`: their dialect's `finish` adds it.
    pub bare: &'a BTreeSet<String>,
    /// Objects whose `loosen` was run, likewise.
    pub loosened: &'a BTreeSet<String>,
    /// Objects of the candidate that go by another name until they are dropped, likewise.
    pub aside: &'a BTreeSet<String>,
}

impl Making<'_> {
    #[must_use]
    pub fn is_bare(&self, object: &Object) -> bool {
        self.bare.contains(&World::name_of(object))
    }

    #[must_use]
    pub fn is_aside(&self, object: &Object) -> bool {
        self.aside.contains(&World::name_of(object))
    }

    #[must_use]
    pub fn is_loosened(&self, object: &Object) -> bool {
        self.loosened.contains(&World::name_of(object))
    }
}
