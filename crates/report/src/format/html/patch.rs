//! The patch on the page: the whole of it, and at each finding the statements about its object.
//!
//! Lives here: what is shown of it, as far as there is room, neutralised. Does not live here: its sentences (`sentence/patch`),
//! escaping, which the template engine does to every value.

use crate::document::{Difference, Dimension, Document, Patch, PatchState, PatchStatement};
use crate::group::words;
use crate::number::{bytes, counted};
use crate::{clean, sentence};
use std::collections::HashMap;

/// Bytes of the script on a page, and again of the statements at findings: a browser stays quick.
const ROOM: usize = 200_000;
/// Lines of statements at a finding that are in sight.
const LINES: usize = 6;
/// Of what is refused or went wrong so many are in sight, and so many are named at all.
const SEEN: usize = 8;
const NAMED: usize = 500;

pub(super) struct PatchView {
    pub anchor: String,
    pub tone: &'static str,
    pub symbol: &'static str,
    pub short: String,
    pub proof: String,
    pub counts: String,
    pub script: Option<Script>,
    /// What failed, and what is left.
    pub wrong: Vec<List>,
    pub lists: Vec<List>,
}

pub(super) struct Script {
    pub title: String,
    pub text: String,
    /// Why it is only to be read; what has no such word can be copied and run.
    pub only_read: Option<String>,
    /// Too long for paper.
    pub is_long: bool,
}

/// What is refused, or went wrong.
pub(super) struct List {
    pub title: String,
    pub items: Vec<String>,
    pub is_folded: bool,
}

/// What the patch does about one finding.
pub(super) struct InPatch {
    pub label: String,
    /// The statements; nothing where there is no room for them.
    pub text: Option<String>,
    pub count: String,
    pub is_folded: bool,
    /// Why the patch does nothing about it.
    pub refused: Option<String>,
    /// They were tried and do not do it: nobody should run them.
    pub is_only_read: bool,
    /// They are what the finding proposes by itself.
    pub is_fix: bool,
}

impl PatchView {
    pub(super) fn of(document: &Document, index: usize) -> Option<Self> {
        let patch = document.patch()?;
        let (symbol, proof) = sentence::patch::proof(document, patch);
        Some(Self {
            anchor: format!("e{index}-patch"),
            tone: match patch.proof.state {
                PatchState::Proven => "good",
                PatchState::NotProven => "bad",
                PatchState::NothingToDo => "quiet",
            },
            symbol,
            short: sentence::patch::short(patch),
            proof,
            counts: sentence::patch::counts(patch),
            script: script(patch),
            wrong: wrong(patch),
            lists: lists(patch),
        })
    }
}

/// As much of the script as there is room for, cut behind a statement.
fn script(patch: &Patch) -> Option<Script> {
    if patch.statements.is_empty() {
        return None;
    }
    let whole = patch.script.trim_end_matches('\n');
    let cut = if whole.len() > ROOM { whole.get(..end_within(patch, ROOM)).unwrap_or_default() } else { whole };
    let is_cut = cut.len() < whole.len();
    let (text, is_exact) = clean::exact(cut);
    let elsewhere = sentence::patch::elsewhere(patch);
    let only_read = if is_cut {
        let size = |text: &str| bytes(f64::from(u32::try_from(text.len()).unwrap_or(u32::MAX)));
        Some(format!("The first {} of {}: {elsewhere}.", size(cut), size(whole)))
    } else if !is_exact {
        Some(format!("To read, not to run: characters that cannot be seen are spelled out here. {elsewhere}."))
    } else {
        patch.is_wrong().then(|| "To read, not to run.".to_owned())
    };
    let lines = whole.split('\n').count();
    Some(Script { title: format!("the SQL, {}", counted(lines, "line", "lines")), text, only_read, is_long: lines > 400 })
}

/// The end of the last statement that ends within so many bytes; else of the last line.
fn end_within(patch: &Patch, room: usize) -> usize {
    let boundary = (0..=room).rev().find(|at| patch.script.is_char_boundary(*at)).unwrap_or(0);
    let head = patch.script.get(..boundary).unwrap_or_default();
    let mut end = 0;
    for statement in &patch.statements {
        // What stands otherwise in the script, for a client or as a comment, is no place to cut.
        let Some(found) = head.get(end..).and_then(|rest| rest.find(&statement.sql)) else { continue };
        end += found + statement.sql.len();
    }
    if end > room / 2 { end } else { head.rfind('\n').unwrap_or(boundary) }
}

fn wrong(patch: &Patch) -> Vec<List> {
    let failed = List::of("Failed when it was tried", &patch.failed);
    [failed, List::of("Not as it should be after it was tried", &patch.left)].into_iter().flatten().collect()
}

fn lists(patch: &Patch) -> Vec<List> {
    let refused = patch.refused.iter().map(|one| format!("{} {}: {}", words(&one.kind), one.object, one.reason));
    let unbuilt = List::of("Could not be built for the trial, and nothing is said of it", &patch.unbuilt);
    let refused = List::of("Refused", &refused.collect::<Vec<_>>());
    [unbuilt, refused, List::of("To know", &patch.notes)].into_iter().flatten().collect()
}

impl List {
    fn of(title: &str, all: &[String]) -> Option<Self> {
        let more = all.len().saturating_sub(NAMED);
        let is_folded = all.len() > SEEN;
        let title = format!("{title}{}", if is_folded { format!(" ({})", all.len()) } else { String::new() });
        let mut items: Vec<String> = all.iter().take(NAMED).map(|item| clean::line(item)).collect();
        items.extend((more > 0).then(|| format!("… {more} more, all in --format json")));
        (!all.is_empty()).then_some(Self { title, items, is_folded })
    }
}

/// What of a patch is about which object, and how much room is left for it.
pub(super) struct Parts<'a> {
    statements: HashMap<(&'a str, &'a str), Vec<&'a PatchStatement>>,
    refused: HashMap<(&'a str, &'a str), &'a str>,
    is_proven: bool,
    is_wrong: bool,
    room: usize,
}

impl<'a> Parts<'a> {
    pub(super) fn of(patch: &'a Patch) -> Self {
        let mut statements: HashMap<_, Vec<_>> = HashMap::new();
        for statement in &patch.statements {
            statements.entry((&*statement.kind, &*statement.object)).or_default().push(statement);
        }
        let refused = patch.refused.iter().map(|one| ((&*one.kind, &*one.object), &*one.reason)).collect();
        let is_proven = patch.proof.state == PatchState::Proven;
        Self { statements, refused, is_proven, is_wrong: patch.is_wrong(), room: ROOM }
    }

    /// What is done about these, in their order.
    pub(super) fn about(&mut self, members: &[&Difference]) -> Option<InPatch> {
        let mut found: Vec<&PatchStatement> = Vec::new();
        let (mut refused, mut whole): (Vec<&str>, Option<&str>) = (Vec::new(), None);
        for one in members {
            let key = (&*one.kind, &*one.object.display);
            refused.extend(self.refused.get(&key).copied());
            let own = self.statements.get(&key);
            let with = if own.is_none() && !self.refused.contains_key(&key) { self.with_whole(one) } else { None };
            whole = whole.or(with.as_ref().map(|(words, _)| *words));
            let with = with.map(|(_, statements)| statements).unwrap_or_default();
            for statement in own.into_iter().flatten().copied().chain(with) {
                if !found.iter().any(|other| std::ptr::eq(*other, statement)) {
                    found.push(statement);
                }
            }
        }
        if found.is_empty() && refused.is_empty() {
            return None;
        }
        let text = found.iter().map(|statement| as_written(statement)).collect::<Vec<_>>().join("\n");
        let has_room = !found.is_empty() && text.len() <= self.room;
        self.room -= if has_room { text.len() } else { 0 };
        let fixes = members.iter().filter_map(|one| one.fix.as_deref()).map(|fix| fix.trim_end_matches('\n'));
        let is_fix = has_room && !self.is_wrong && fixes.collect::<Vec<_>>().join("\n") == text;
        let proven = if self.is_proven { "" } else { ", not proven" };
        let of = if refused.len() < members.len() { format!("{} of {}: ", refused.len(), members.len()) } else { String::new() };
        Some(InPatch {
            label: if is_fix { "fix, in the patch".to_owned() } else { format!("in the patch{}{proven}", whole.unwrap_or_default()) },
            count: counted(found.len(), "statement", "statements"),
            is_folded: text.split('\n').count() > LINES,
            text: has_room.then(|| clean::fix(&text)),
            refused: refused.first().map(|reason| format!("{of}{}", clean::line(reason))),
            is_only_read: self.is_wrong,
            is_fix,
        })
    }

    /// What is done to the relation that it is a part of, and with it: a view is made with its columns, and some engines take one
    /// statement for a table and all its parts, which then names the part.
    fn with_whole(&self, difference: &Difference) -> Option<(&'static str, Vec<&'a PatchStatement>)> {
        let relation = difference.object.table.as_deref().filter(|_| difference.dimension == Dimension::Schema)?;
        let name = difference.identity.get("name").filter(|name| !name.is_empty())?;
        let kinds = [("table", ", with its table"), ("view", ", with its view"), ("materialized-view", ", with its view")];
        let found = kinds.into_iter().find_map(|(kind, words)| Some((kind, words, self.statements.get(&(kind, relation))?)));
        let (kind, words, all) = found?;
        let about: Vec<_> = all.iter().copied().filter(|one| kind != "table" || one.sql.contains(name)).collect();
        (!about.is_empty()).then_some((words, about))
    }
}

/// A statement as it stands in the script: what it does to others before it, and as a comment where it does not run.
fn as_written(statement: &PatchStatement) -> String {
    let mut lines: Vec<String> = statement.hazards.iter().map(|hazard| format!("-- {}", clean::line(hazard))).collect();
    lines.extend(statement.sql.split('\n').map(|line| if statement.commented_out { format!("-- {line}") } else { line.to_owned() }));
    lines.join("\n")
}
