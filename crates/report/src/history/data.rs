//! The public JSON. Field names are a contract.

use super::json::SCHEMA_VERSION;
use super::{Applied, Repaired, journal, verdict_line};
use evenkeel_core::history::repair::Uncured;
use evenkeel_core::history::told::{Entry, History, Stray};
use evenkeel_core::history::verdict::Verdict;
use schemars::JsonSchema;
use serde::Serialize;

/// What a history says, whole.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Told {
    schema_version: u32,
    environment: String,
    tool: Tool,
    verdict: Line,
    migrations: Vec<Migration>,
    unexplained: Vec<Unexplained>,
    in_flight: Vec<String>,
    gaps: Vec<String>,
    notes: Vec<String>,
    /// The throwaway server on which the files ran.
    replayed_on: String,
    /// What makes record and schema agree, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    repair: Option<Repair>,
    /// What came of running it, where that was asked for; all else is then as it was judged afterwards, where anything was run.
    #[serde(skip_serializing_if = "Option::is_none")]
    applied: Option<journal::Told>,
    /// The same of every other folder that makes the environment; what is of the environment as a whole stands above, once. The verdict
    /// above is of all of them.
    beside: Vec<Told>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Repair {
    /// `forward` or `back`.
    course: &'static str,
    /// Nothing is left to be repaired after it.
    whole: bool,
    /// The throwaway server on which it was seen to do what it says; null where it was not.
    proven_on: Option<String>,
    /// What the tool itself said after it, or why nobody asked it.
    asked: Option<String>,
    /// Why it was not, and what the trial showed.
    not_proven: Vec<String>,
    /// What each block of statements is there for.
    blocks: Vec<Vec<String>>,
    not_repaired: Vec<NotRepaired>,
    script: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct NotRepaired {
    /// Of a migration; null of what no migration explains.
    key: Option<String>,
    verdict: Option<&'static str>,
    why: String,
}

fn repair(repaired: &Repaired<'_>) -> Repair {
    let of_migration = |one: &Uncured| NotRepaired { key: Some(one.key.clone()), verdict: Some(one.verdict.name()), why: one.why.clone() };
    let of_stray = |why: &String| NotRepaired { key: None, verdict: None, why: why.clone() };
    Repair {
        course: repaired.course.name(),
        whole: repaired.is_whole,
        proven_on: repaired.proven_on.map(str::to_owned),
        asked: repaired.asked.map(str::to_owned),
        not_proven: repaired.not_proven.to_vec(),
        blocks: repaired.blocks.to_vec(),
        not_repaired: repaired.left.iter().map(of_migration).chain(repaired.strays.iter().map(of_stray)).collect(),
        script: repaired.script.to_owned(),
    }
}

#[derive(Debug, Serialize, JsonSchema)]
struct Tool {
    name: String,
    /// The folder whose files these are.
    folder: String,
    /// `schema.table` in which it records; null where there is none.
    table: Option<String>,
    why: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Line {
    line: String,
    exit_code: u8,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Migration {
    key: String,
    name: String,
    files: Vec<String>,
    recorded: Option<Recorded>,
    verdict: &'static str,
    also: Vec<&'static str>,
    /// `bytes` or `meaning`, of one that was edited.
    edit: Option<&'static str>,
    why: Option<String>,
    /// It could not be checked, and the committed manifest accepts that, or `[policy] accept`.
    accepted: bool,
    evidence: Vec<Evidence>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Recorded {
    state: &'static str,
    at: Option<String>,
    by: Option<String>,
    checksum: Option<String>,
    recorded_as: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Evidence {
    kind: &'static str,
    object: String,
    attribute: Option<&'static str>,
    expected: String,
    found: String,
    statement: Option<Statement>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Statement {
    file: String,
    line: u32,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Unexplained {
    kind: &'static str,
    object: String,
    attribute: Option<&'static str>,
    why: String,
    /// What the server can say about when it became so, and whose work that was; empty where it says nothing.
    origin: Vec<String>,
}

pub(super) fn of(history: &History, repaired: Option<&Repaired<'_>>, applied: Option<&Applied<'_>>) -> Told {
    Told {
        schema_version: SCHEMA_VERSION,
        environment: history.label.clone(),
        tool: Tool {
            name: history.tool.to_owned(),
            folder: history.folder.clone(),
            table: history.ledger.as_ref().map(|ledger| ledger.table.clone()),
            why: history.why.clone(),
        },
        verdict: Line { line: verdict_line(history), exit_code: history.exit_code },
        migrations: history.migrations.iter().map(migration).collect(),
        unexplained: history.unexplained.iter().map(unexplained).collect(),
        in_flight: history.in_flight.clone(),
        gaps: history.gaps.iter().cloned().chain(history.migrations.iter().filter_map(Entry::gap)).collect(),
        notes: history.notes.clone(),
        replayed_on: history.replayed_on.clone(),
        repair: repaired.map(repair),
        applied: applied.map(journal::told),
        beside: history.beside.iter().map(|other| of(other, None, None)).collect(),
    }
}

fn migration(entry: &Entry) -> Migration {
    let judged = &entry.judged;
    let all = || std::iter::once(&judged.verdict).chain(&judged.also);
    let evidence = judged.evidence.iter().enumerate().map(|(at, evidence)| Evidence {
        kind: evidence.spot.kind.name(),
        object: evidence.spot.display(),
        attribute: evidence.spot.attribute,
        expected: evidence.expected.shown(),
        found: evidence.found.shown(),
        statement: entry.places.get(at).cloned().flatten().map(|place| Statement { file: place.file, line: place.line }),
    });
    Migration {
        key: judged.key.clone(),
        name: entry.name.clone(),
        files: entry.files.clone(),
        recorded: entry.recorded.as_ref().map(|recorded| Recorded {
            state: recorded.state.name(),
            at: recorded.at.clone(),
            by: recorded.by.clone(),
            checksum: recorded.checksum.clone(),
            recorded_as: recorded.recorded_as.clone(),
        }),
        verdict: judged.verdict.name(),
        also: judged.also.iter().map(|verdict| verdict.name()).collect(),
        edit: all().find_map(|verdict: &Verdict| verdict.edit()),
        why: judged.why.clone(),
        accepted: judged.accepted,
        evidence: evidence.collect(),
    }
}

fn unexplained(stray: &Stray) -> Unexplained {
    let spot = &stray.unexplained.spot;
    Unexplained {
        kind: spot.kind.name(),
        object: spot.display(),
        attribute: spot.attribute,
        why: stray.why.clone(),
        origin: stray.origin.clone(),
    }
}

/// What was read of a folder.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Listing {
    pub schema_version: u32,
    pub folder: String,
    pub tool: String,
    pub why: String,
    /// How the runner puts migrations together: per-file, batch, none or implicit-block.
    pub grouping: String,
    /// One word for all of it: what `preflight --artifact` takes.
    pub digest: String,
    pub migrations: Vec<ListedMigration>,
    /// Of the folder as a whole.
    pub not_understood: Vec<NotUnderstood>,
    pub verdict: Listed,
}

/// The verdict on what was read.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Listed {
    pub line: String,
    pub exit_code: u8,
}

/// One migration, in the order they run.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ListedMigration {
    pub key: String,
    pub name: String,
    pub files: Vec<String>,
    /// own, none or per-statement.
    pub transaction: String,
    pub repeatable: bool,
    pub baseline: bool,
    /// As the tool would record it.
    pub checksum: Option<String>,
    pub statements: Vec<ListedStatement>,
    /// Of its way back; null where it has none, empty where that has no statement.
    pub down: Option<Vec<ListedStatement>>,
    pub not_understood: Vec<NotUnderstood>,
}

/// One statement.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ListedStatement {
    pub file: String,
    pub line: u32,
    pub column: u32,
    /// The server's own word for it.
    pub tag: String,
    /// Whether the server runs it inside of a transaction.
    pub in_transaction: bool,
}

/// What was not understood.
#[derive(Debug, Serialize, JsonSchema)]
pub struct NotUnderstood {
    pub file: String,
    pub line: Option<u32>,
    pub why: String,
}

impl Listing {
    /// The version of these shapes.
    pub const SCHEMA_VERSION: u32 = SCHEMA_VERSION;
}
