//! A release as acts where each definition is a commit of its own, so that no transaction takes several back.
//!
//! Neighbour: `deeds`, where transactions do.

use super::deeds::{Deed, Line, Said, deed, one_line, record, refused, said};
use crate::migrations::Cut;
use crate::rehearse::Release;
use evenkeel_core::fault::Trouble;
use evenkeel_core::history::folder::Transaction;
use evenkeel_core::statement::Nature;
use evenkeel_core::trace::has_word;

/// The acts of a release; `records` has the statements that record each migration, in their order.
///
/// # Errors
/// A migration cannot be run as its tool runs it.
pub fn deeds(release: &Release, records: &[Vec<String>]) -> Result<Vec<Deed>, Box<Trouble>> {
    let none = Vec::new();
    let mut deeds = Vec::new();
    for (cut, records) in release.cuts.iter().zip(records.iter().chain(std::iter::repeat(&none))) {
        deeds.extend(parted(cut, records)?);
    }
    Ok(deeds)
}

/// What runs in one go.
struct Group<'s> {
    /// It only reads or changes rows.
    is_rows: bool,
    said: Vec<&'s Said<'s>>,
    prelude: Vec<String>,
}

/// Statements that only read or change rows: they can be together in a transaction. Whatever else there is commits.
const ROWS: [&str; 8] = ["SELECT", "INSERT", "UPDATE", "DELETE", "REPLACE", "WITH", "VALUES", "LOAD DATA"];
/// What holds for the session that runs it alone, and is of no use where the next statement has another.
const KEPT: [&str; 6] = ["last_insert_id", "row_count", "found_rows", "temporary", "handler", "@"];

/// A migration where each definition is a commit of its own: what changes rows goes together as its tool has it, all else by itself.
fn parted(cut: &Cut, records: &[String]) -> Result<Vec<Deed>, Box<Trouble>> {
    let key = cut.migration.key.as_str();
    let (said, is_wrapped) = said(cut)?;
    let is_grouped = is_wrapped || matches!(cut.migration.transaction, Transaction::Own | Transaction::Fitting);
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut prelude: Vec<String> = Vec::new();
    for one in &said {
        let (statement, line) = one;
        if statement.nature == Nature::Session {
            prelude.push(line.text.clone());
            continue;
        }
        let is_rows = statement.nature == Nature::Data && ROWS.contains(&statement.tag.as_str());
        match groups.last_mut() {
            // A setting between them is for what comes behind it.
            Some(group) if group.is_rows && is_rows && is_grouped && group.prelude.len() == prelude.len() => group.said.push(one),
            _ => groups.push(Group { is_rows, said: vec![one], prelude: prelude.clone() }),
        }
    }
    let needs_session = |(statement, line): &Said<'_>| {
        let text = line.text.to_lowercase().replace("@@", " ");
        let is_word = |word: &&str| if *word == "@" { user_variable(&text) } else { has_word(&text, word) };
        let is_tag = ["LOCK", "UNLOCK", "PREPARE", "EXECUTE", "DEALLOCATE"].iter().any(|tag| statement.tag.starts_with(tag));
        is_tag || KEPT.iter().any(is_word)
    };
    if let (true, Some((_, line))) = (groups.len() > 1, said.iter().find(|one| needs_session(one))) {
        let place = line.place.as_ref().map(ToString::to_string).unwrap_or_default();
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

/// Whether a text in small letters speaks of a variable of its session.
fn user_variable(text: &str) -> bool {
    text.match_indices('@').any(|(at, _)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text.get(at + 1..).and_then(|after| after.chars().next());
        // An account's host stands behind its name or its quotes.
        let is_account = before.is_some_and(|one| one.is_alphanumeric() || matches!(one, '\'' | '`' | '"' | '_'));
        !is_account && after.is_some_and(|one| one.is_alphabetic() || matches!(one, '_' | '`' | '\'' | '"'))
    })
}
