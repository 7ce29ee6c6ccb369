//! Which transactions of a release could run in place, by what a throwaway server has seen of them: each alone, without what came before
//! it, since that is given up.
//!
//! Does not live here: what a rollback undoes (the port's `Rollback`), running them (`turn`).

use crate::migrations::{Cut, Script};
use crate::rehearse::pending::Release;
use evenkeel_core::finding::Place;
use evenkeel_core::history::folder::{Grouping, Transaction};
use evenkeel_core::rehearsal::Migration;
use evenkeel_core::statement::{Nature, Statement, What, Word};
use evenkeel_core::trace::{Blocks, Class, Lock, Sort, Trace};
use std::collections::BTreeSet;

/// A statement, and what was seen of it.
#[derive(Debug, Clone)]
pub struct Line<'r> {
    pub statement: &'r Statement,
    pub text: &'r str,
    /// Rows that follow it.
    pub rows: Option<&'r str>,
    pub place: Place,
    pub trace: Option<&'r Trace>,
}

/// A transaction of the release.
#[derive(Debug, Clone)]
pub struct Planned<'r> {
    pub migrations: Vec<String>,
    pub lines: Vec<Line<'r>>,
    /// Why it cannot run alone in place.
    pub barred: Option<String>,
}

impl Planned<'_> {
    pub fn place(&self) -> Option<Place> {
        self.lines.iter().find(|line| word(line).is_none()).or(self.lines.first()).map(|line| line.place.clone())
    }
}

impl Line<'_> {
    /// Relations that were there before and that it locks.
    pub fn touched(&self) -> BTreeSet<String> {
        self.locks().filter(|lock| !lock.fresh).map(|lock| lock.relation.clone()).collect()
    }

    fn locks(&self) -> impl Iterator<Item = &Lock> {
        let sorts = [Sort::Table, Sort::MaterializedView, Sort::Index, Sort::Sequence, Sort::View];
        let is_relation = move |lock: &&Lock| sorts.iter().any(|sort| sort.name() == lock.kind);
        self.trace.iter().flat_map(|trace| &trace.locks).filter(is_relation)
    }

    pub fn is_data(&self) -> bool {
        matches!(self.statement.nature, Nature::Data | Nature::Code | Nature::Unknown)
    }
}

/// The transactions of a release, in order.
pub fn plan<'r>(release: &'r Release, told: &'r [Migration]) -> Vec<Planned<'r>> {
    let mut all = Vec::new();
    let is_batch = release.grouping == Grouping::Batch;
    for (at, cut) in release.cuts.iter().enumerate() {
        all.extend(groups(cut, told.get(at)));
    }
    if is_batch && !all.is_empty() {
        // One transaction for all of them.
        let barred = all.iter().find_map(|one: &Planned<'_>| one.barred.clone());
        let has_words = all.iter().flat_map(|one| &one.lines).any(|line| word(line).is_some());
        let barred = barred.or_else(|| has_words.then(|| OWN.to_owned()));
        let migrations = all.iter().flat_map(|one| one.migrations.clone()).collect::<BTreeSet<_>>().into_iter().collect();
        all = vec![Planned { migrations, lines: all.into_iter().flat_map(|one| one.lines).collect(), barred }];
    }
    alone(&mut all);
    all
}

/// Transactions that a text makes itself, and not as one around it.
const OWN: &str = "its transactions are its own, and none of them is sent";

fn groups<'r>(cut: &'r Cut, told: Option<&'r Migration>) -> Vec<Planned<'r>> {
    let key = || vec![cut.migration.key.clone()];
    let mut all: Vec<Planned<'r>> = Vec::new();
    for script in &cut.up {
        let (lines, odd) = lines(script, told);
        let words: Vec<Word> = lines.iter().filter_map(word).collect();
        let group = |lines: Vec<Line<'r>>, barred: Option<String>| Planned { migrations: key(), lines, barred };
        let is_framed = lines.first().and_then(word) == Some(Word::Begin) && lines.last().and_then(word) == Some(Word::Commit);
        match cut.migration.transaction {
            _ if odd.is_some() => all.push(group(lines, odd)),
            Transaction::Own | Transaction::Fitting | Transaction::Whole => {
                let barred = if words.is_empty() || words.len() == 2 && is_framed { None } else { Some(OWN.to_owned()) };
                all.push(group(lines, barred));
            }
            Transaction::None | Transaction::PerStatement => {
                let is_odd = words.contains(&Word::RollBack);
                let mut open: Option<Vec<Line<'r>>> = None;
                for line in lines {
                    match (word(&line), open.as_mut()) {
                        (Some(Word::Begin), None) => open = Some(vec![line]),
                        (Some(Word::Commit), Some(_)) => {
                            let mut lines = open.take().unwrap_or_default();
                            lines.push(line);
                            all.push(group(lines, None));
                        }
                        (_, Some(lines)) => lines.push(line),
                        (_, None) => all.push(group(vec![line], None)),
                    }
                }
                all.extend(open.map(|lines| group(lines, Some("its transaction does not end".to_owned()))));
                if is_odd {
                    for one in &mut all {
                        one.barred = Some(OWN.to_owned());
                    }
                }
            }
        }
    }
    for one in &mut all {
        let seen = unseen(one, told);
        one.barred = one.barred.take().or(seen);
    }
    all
}

/// Begin, commit or roll back; parts within a transaction are none.
pub fn word(line: &Line<'_>) -> Option<Word> {
    match line.statement.nature {
        Nature::Transaction(word) if word != Word::Within => Some(word),
        _ => None,
    }
}

/// The statements of a text; and why it cannot be sent.
fn lines<'r>(script: &'r Script, told: Option<&'r Migration>) -> (Vec<Line<'r>>, Option<String>) {
    let text = &script.part.text;
    let mut lines: Vec<Line<'r>> = Vec::new();
    let mut odd = None;
    for piece in &script.pieces {
        match &piece.what {
            What::Between | What::Command { odd: None } => {}
            What::Command { odd: Some(why) } => odd = odd.or_else(|| Some(why.clone())),
            What::Rows => {
                if let Some(line) = lines.last_mut() {
                    line.rows = Some(piece.text(text));
                }
            }
            What::Statement(statement) => {
                let place = script.place(piece.start);
                let trace = told.and_then(|told| told.statements.iter().find(|trace| trace.place == place));
                lines.push(Line { statement, text: piece.text(text), rows: None, place, trace });
            }
        }
    }
    (lines, odd)
}

/// Why what was seen of it does not tell what it does in place.
fn unseen(planned: &Planned<'_>, told: Option<&Migration>) -> Option<String> {
    if let Some(why) = told.and_then(|told| told.unwatched.as_ref()) {
        return Some(format!("it was not watched to its end on scratch: {why}"));
    }
    planned.lines.iter().filter(|line| word(line).is_none()).find_map(|line| match line.trace {
        _ if line.statement.alone => Some(format!("{}: it cannot run in a transaction", line.place)),
        None => Some(format!("{}: it did not run on scratch", line.place)),
        Some(Trace { error: Some(why), .. }) => Some(format!("{}: it does not run on scratch: {why}", line.place)),
        Some(trace) if trace.is_sampled => Some(format!("{}: it cannot run in a transaction", line.place)),
        Some(_) => None,
    })
}

/// A transaction that stands on what an earlier one does has nothing to stand on, since that is given up.
fn alone(all: &mut [Planned<'_>]) {
    let mut changed: Vec<(BTreeSet<String>, String)> = Vec::new();
    for planned in all {
        let of_group: BTreeSet<String> = planned.lines.iter().flat_map(Line::locks).map(|lock| lock.relation.clone()).collect();
        if planned.barred.is_none()
            && let Some((relation, place)) = changed.iter().find_map(|(names, place)| Some((names.intersection(&of_group).next()?, place)))
        {
            planned.barred = Some(format!("it stands on what {place} does to {relation}, which is given up in place"));
        }
        let is_data = |line: &&Line<'_>| line.trace.is_none_or(|trace| matches!(trace.class, Class::Data | Class::Unknown));
        let moves_rows = planned.lines.iter().filter(|line| word(line).is_none()).any(|line| is_data(&line));
        let locks = planned.lines.iter().flat_map(Line::locks);
        let changes = locks.filter(|lock| moves_rows || lock.fresh || lock.blocks > Blocks::Ordinary).map(|lock| lock.relation.clone());
        let place = planned.place().map_or_else(|| "an earlier one".to_owned(), |place| place.to_string());
        changed.push((changes.collect(), place));
    }
}
