//! A way back with statements of evenkeel's own in the place of some of its files': which those are, and how they stand in the journal, so
//! that a way back that stopped goes on with the same ones where each definition is a commit of its own.
//!
//! Lives here: putting both together. Does not live here: what takes whose place (`aside`).

use crate::migrations::{Cut, Script};
use crate::rehearse::Release;
use evenkeel_core::digest::of_texts;
use evenkeel_core::history::folder::Part;
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::{Deferred, Identity, Object};
use evenkeel_core::port::{Entry, State};
use evenkeel_core::statement::{Grammar, What};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A way back in which something is put aside.
#[derive(Debug, Clone)]
pub struct Kept {
    pub release: Release,
    pub deferred: Vec<Deferred>,
    /// Tables and columns, by schema and names, that do not go.
    pub stays: BTreeSet<Vec<String>>,
    /// Where each definition is a commit of its own: the digest of the schema after each statement, by the migrations' keys.
    pub after: BTreeMap<String, Vec<Option<String>>>,
    /// As the journal has it, where what stops is gone on with by that.
    pub text: Option<String>,
}

/// What stands in the place of a piece of a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instead {
    /// Which script of its migration, and which piece of that.
    pub script: usize,
    pub piece: usize,
    pub statements: Vec<String>,
}

/// What became of one migration's way back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anew {
    pub key: String,
    /// Of the text as its files have it.
    digest: String,
    pub instead: Vec<Instead>,
    /// The digest of the schema after each statement.
    pub after: Vec<Option<String>>,
}

impl Anew {
    #[must_use]
    pub fn of(cut: &Cut, instead: Vec<Instead>, after: Vec<Option<String>>) -> Self {
        Self { key: cut.migration.key.clone(), digest: digest(cut), instead, after }
    }
}

/// The journal's text.
#[derive(Debug, Serialize, Deserialize)]
struct Written {
    cuts: Vec<Anew>,
    stays: BTreeSet<Vec<String>>,
    deferred: Vec<Marked>,
}

/// What is put aside, by kind, name and mark.
#[derive(Debug, Serialize, Deserialize)]
struct Marked {
    kind: String,
    name: Vec<String>,
    mark: String,
}

fn digest(cut: &Cut) -> String {
    of_texts("evenkeel 2026-11-30 a way back", cut.up.iter().map(|script| script.part.text.as_str())).hex()
}

/// One migration's way back, written anew; nothing where its text does not take what is put into it as the same statements: it may have
/// other delimiters.
#[must_use]
pub fn cut(cut: &Cut, instead: &[Instead], grammar: &dyn Grammar) -> Option<Cut> {
    let mut scripts = Vec::with_capacity(cut.up.len());
    for (at, script) in cut.up.iter().enumerate() {
        let text = &script.part.text;
        let (mut rewritten, mut meant) = (String::with_capacity(text.len()), Vec::new());
        for (place, piece) in script.pieces.iter().enumerate() {
            let own = piece.text(text);
            match instead.iter().find(|one| one.script == at && one.piece == place) {
                Some(one) => {
                    rewritten.push_str(&one.statements.join("\n"));
                    meant.extend(one.statements.iter().map(|statement| bare(statement)));
                }
                None => {
                    rewritten.push_str(own);
                    meant.extend(matches!(piece.what, What::Statement(_)).then(|| bare(own)));
                }
            }
        }
        let part = Part { text: rewritten, ..script.part.clone() };
        let pieces = grammar.split(&part.text);
        let said = pieces.iter().filter(|piece| matches!(piece.what, What::Statement(_))).map(|piece| bare(piece.text(&part.text)));
        if !said.eq(meant.iter().copied()) {
            return None;
        }
        scripts.push(Script { pieces, part });
    }
    Some(Cut { up: scripts, ..cut.clone() })
}

fn bare(statement: &str) -> &str {
    statement.trim().trim_end_matches(';').trim_end()
}

/// As the journal keeps it.
#[must_use]
pub fn text(cuts: &[Anew], stays: &BTreeSet<Vec<String>>, deferred: &[Deferred]) -> Option<String> {
    let marked = |one: &Deferred| Marked {
        kind: one.kind.name().to_owned(),
        name: one.identity.parts().map(str::to_owned).collect(),
        mark: one.mark(),
    };
    let written = Written { cuts: cuts.to_vec(), stays: stays.clone(), deferred: deferred.iter().map(marked).collect() };
    serde_json::to_string(&written).ok()
}

/// Whether runs of before began any of these migrations' ways back, and did not end it.
#[must_use]
pub fn is_begun(entries: &[Entry], release: &Release) -> bool {
    let is_due = |key: &str| release.cuts.iter().any(|cut| cut.migration.key == key);
    let is_in = |state: State| matches!(state, State::Done | State::Unknown);
    let steps = entries.iter().flat_map(|entry| &entry.steps);
    steps.filter(|step| is_in(step.state)).any(|step| step.trail.of.as_deref().is_some_and(is_due))
}

/// The way back that runs of before began and did not end, as it was written then; nothing where none of these migrations' was begun, or it
/// was begun as its files have it. Why it cannot be gone on with.
///
/// # Errors
/// As said.
pub fn again(entries: &[Entry], release: &Release, grammar: &dyn Grammar) -> Result<Option<Kept>, String> {
    if !is_begun(entries, release) {
        return Ok(None);
    }
    let Some((entry, text)) = entries.iter().find_map(|entry| Some((entry, entry.intention.rewritten.as_deref()?))) else {
        return Ok(None);
    };
    let unreadable = || format!("what run {} wrote down of what it puts aside cannot be read", entry.number);
    let written: Written = serde_json::from_str(text).map_err(|_| unreadable())?;
    let (mut cuts, mut after) = (Vec::with_capacity(release.cuts.len()), BTreeMap::new());
    for own in &release.cuts {
        let key = &own.migration.key;
        let anew = written.cuts.iter().find(|anew| anew.key == *key).ok_or_else(unreadable)?;
        if anew.digest != digest(own) {
            return Err(format!(
                "the way back of {key} was begun with another text by run {}: bring that text back, or take what is in back by hand and \
                 name it with evenkeel history",
                entry.number
            ));
        }
        cuts.push(cut(own, &anew.instead, grammar).ok_or_else(unreadable)?);
        after.insert(key.clone(), anew.after.clone());
    }
    let deferred = written.deferred.iter().map(deferred).collect::<Option<Vec<_>>>().ok_or_else(unreadable)?;
    let release = Release { cuts, ..release.clone() };
    Ok(Some(Kept { release, deferred, stays: written.stays, after, text: Some(text.to_owned()) }))
}

fn deferred(one: &Marked) -> Option<Deferred> {
    let mut object = Object::new(Kind::from_name(&one.kind)?, Identity::new(one.name.iter().map(String::as_str)));
    object.set("comment", one.mark.as_str());
    Deferred::of(&object)
}
