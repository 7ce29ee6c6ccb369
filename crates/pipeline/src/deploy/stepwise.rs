//! A release as acts where each definition is a commit of its own, so that no transaction takes several back.
//!
//! Neighbour: `deeds`, where transactions do.

use super::deeds::{Deed, Line, Said, deed, one_line, record, refused, said};
use crate::migrations::Cut;
use crate::rehearse::Release;
use evenkeel_core::evidence::Step;
use evenkeel_core::fault::Trouble;
use evenkeel_core::history::folder::Transaction;
use evenkeel_core::statement::{Apart, Grammar, Piece, without_secrets};

/// The acts of a release; `records` has the statements that record each migration, in their order.
///
/// # Errors
/// A migration cannot be run as its tool runs it.
pub fn deeds(release: &Release, records: &[Vec<String>], grammar: &dyn Grammar) -> Result<Vec<Deed>, Box<Trouble>> {
    let none = Vec::new();
    let mut deeds = Vec::new();
    for (cut, records) in release.cuts.iter().zip(records.iter().chain(std::iter::repeat(&none))) {
        deeds.extend(parted(cut, records, grammar)?);
    }
    Ok(deeds)
}

/// Has an act done by the words by which it was rehearsed.
pub fn in_form(deed: &mut Deed, step: &Step, grammar: &dyn Grammar) {
    let [line] = deed.lines.as_mut_slice() else { return };
    let Some(form) = step.forms.get(line.number).cloned().flatten().filter(|_| line.place.is_some()) else { return };
    let pieces = grammar.split(&line.text);
    let statement = pieces.iter().find_map(Piece::statement);
    if let Some(text) = statement.and_then(|statement| grammar.in_form(statement, &line.text, &form)) {
        deed.act.statements = vec![without_secrets(&text)];
        line.text = text;
        deed.form = Some(form);
    }
}

/// What runs in one go.
struct Group<'s> {
    /// It only reads or changes rows.
    is_rows: bool,
    said: Vec<&'s Said<'s>>,
    prelude: Vec<String>,
}

/// A migration where each definition is a commit of its own: what changes rows goes together as its tool has it, all else by itself.
fn parted(cut: &Cut, records: &[String], grammar: &dyn Grammar) -> Result<Vec<Deed>, Box<Trouble>> {
    let key = cut.migration.key.as_str();
    let (said, is_wrapped) = said(cut)?;
    let is_grouped = is_wrapped || matches!(cut.migration.transaction, Transaction::Own | Transaction::Fitting);
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut prelude: Vec<String> = Vec::new();
    let mut bound = None;
    for one in &said {
        let (statement, line) = one;
        let place = || line.place.as_ref().map(ToString::to_string).unwrap_or_default();
        let (is_rows, needs_session) = match grammar.apart(statement, &line.text) {
            Apart::Rows { needs_session } => (true, needs_session),
            Apart::Alone { needs_session } => (false, needs_session),
            Apart::Setting { needs_session } => {
                bound = bound.or_else(|| needs_session.then(place));
                prelude.push(line.text.clone());
                continue;
            }
            Apart::Never => {
                let known = "definitions, changes of rows, and settings, each known for what it leaves where it is interrupted";
                return Err(refused(key, known, &place()));
            }
        };
        bound = bound.or_else(|| needs_session.then(place));
        match groups.last_mut() {
            // A setting between them is for what comes behind it.
            Some(group) if group.is_rows && is_rows && is_grouped && group.prelude.len() == prelude.len() => group.said.push(one),
            _ => groups.push(Group { is_rows, said: vec![one], prelude: prelude.clone() }),
        }
    }
    if let (true, Some(place)) = (groups.len() > 1, bound) {
        return Err(refused(key, "statements of which each can run in a session of its own", &place));
    }
    let count = groups.len();
    let mut deeds = Vec::new();
    for (at, Group { is_rows, said, prelude }) in groups.into_iter().enumerate() {
        let is_last = at + 1 == count;
        let takes_record = is_last && is_rows && is_grouped && !records.is_empty();
        let mut lines: Vec<Line> = said.iter().map(|(_, line)| line.clone()).collect();
        let first = lines.first().map_or(0, |line| line.number) + 1;
        let words = match lines.as_slice() {
            [line] => format!("statement {first}: {}", one_line(&line.text)),
            all => format!("statements {first} to {}", all.last().map_or(first, |line| line.number + 1)),
        };
        lines.extend(records.iter().filter(|_| takes_record).map(|text| record(text)));
        let completes = takes_record || is_last && records.is_empty();
        let one = deed(format!("{key}, {words}"), lines, (vec![key.to_owned()], completes));
        deeds.push(Deed { alone: !is_rows, prelude, unrecorded: !takes_record, stepwise: true, ..one });
    }
    let is_recorded = deeds.last().is_some_and(|deed| !deed.unrecorded);
    if !records.is_empty() && !is_recorded {
        let lines = records.iter().map(|text| record(text)).collect();
        let one = deed(format!("{key}: it is recorded"), lines, (vec![key.to_owned()], true));
        deeds.push(Deed { stepwise: true, ..one });
    }
    Ok(deeds)
}
