//! A release as acts: what runs in one transaction, what by itself, and what records it. Neighbours: `stepwise`, where no transaction
//! takes definitions back; `work`, which runs them.

use crate::migrations::{Cut, Script};
use crate::rehearse::Release;
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::finding::Place;
use evenkeel_core::history::folder::{Grouping, Transaction};
use evenkeel_core::port::Act;
use evenkeel_core::statement::{Nature, Statement, What, Word, without_secrets};

/// A text that is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub text: String,
    /// Rows that it reads from the client.
    pub rows: Option<String>,
    /// Where it stands; nothing of one that only records.
    pub place: Option<Place>,
    /// It sets something of its transaction, which has to be said before anything else.
    pub opens: bool,
    /// Which statement of its migration it is, counted from 0.
    pub number: usize,
}

/// What is run in one go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deed {
    pub act: Act,
    pub lines: Vec<Line>,
    /// Settings of the session that stand before it in its migration.
    pub prelude: Vec<String>,
    /// It cannot run inside of a transaction.
    pub alone: bool,
    /// Keys of migrations that it belongs to.
    pub of: Vec<String>,
    /// With it they are in.
    pub completes: bool,
    /// Nothing that the tool keeps says whether it is in.
    pub unrecorded: bool,
    /// Each definition is a commit of its own there.
    pub stepwise: bool,
    /// The digest of the schema after it, where it was rehearsed and each is.
    pub due: Option<String>,
    /// The words by which it was rehearsed, and is to be done: a server that cannot do it so refuses it.
    pub form: Option<String>,
    /// What it changed may stay, whole or in part, although neither record nor schema says so.
    pub loose: bool,
}

impl Deed {
    /// Whether what it changes may stay although it is given up: rows of tables that are so. What only records does not.
    #[must_use]
    pub fn may_leave(&self, is_loose: bool) -> bool {
        is_loose && self.stepwise && !self.alone && self.number().is_some()
    }

    /// Which statement of its migration is its last one.
    #[must_use]
    pub fn number(&self) -> Option<usize> {
        self.lines.iter().rev().find(|line| line.place.is_some()).map(|line| line.number)
    }
}

/// The acts of a release; `records` has the statements that record each migration, in their order.
///
/// # Errors
/// A migration cannot be run as its tool runs it.
pub fn deeds(release: &Release, records: &[Vec<String>]) -> Result<Vec<Deed>, Box<Trouble>> {
    let none = Vec::new();
    let cuts = release.cuts.iter().zip(records.iter().chain(std::iter::repeat(&none)));
    let parts: Vec<Part<'_>> = cuts.map(|(cut, records)| part(cut, records)).collect::<Result<_, _>>()?;
    if release.grouping == Grouping::Batch && parts.iter().all(|part| part.is_together) && parts.len() > 1 {
        return Ok(vec![together(&parts)]);
    }
    Ok(parts.into_iter().flat_map(|part| if part.is_together { vec![together(&[part])] } else { apart(&part) }).collect())
}

/// A migration, ready to be put together with others or taken apart.
struct Part<'r> {
    key: &'r str,
    said: Vec<Said<'r>>,
    records: &'r [String],
    is_together: bool,
}

fn part<'r>(cut: &'r Cut, records: &'r [String]) -> Result<Part<'r>, Box<Trouble>> {
    let key = cut.migration.key.as_str();
    let (said, is_wrapped) = said(cut)?;
    let is_alone = |statement: &Statement| statement.alone;
    let wants_one = match cut.migration.transaction {
        Transaction::Own | Transaction::Fitting => true,
        // The server makes what it can one; of a single one it makes nothing.
        Transaction::Whole => is_wrapped || said.len() > 1 || !said.iter().any(|(statement, _)| is_alone(statement)),
        Transaction::None | Transaction::PerStatement => is_wrapped,
    };
    if let (true, Some((_, line))) = (wants_one, said.iter().find(|(statement, _)| is_alone(statement))) {
        let place = line.place.as_ref().map(ToString::to_string).unwrap_or_default();
        return Err(refused(key, "statements that can run inside of a transaction, as its tool opens one", &place));
    }
    Ok(Part { key, said, records, is_together: wants_one })
}

/// A statement, and how it is sent.
pub(super) type Said<'r> = (&'r Statement, Line);

/// What a migration says, without its own words around one transaction; whether there were such.
pub(super) fn said(cut: &Cut) -> Result<(Vec<Said<'_>>, bool), Box<Trouble>> {
    let mut said: Vec<Said<'_>> = Vec::new();
    for script in &cut.up {
        said.extend(lines(script)?);
    }
    for (number, (_, line)) in said.iter_mut().enumerate() {
        line.number = number;
    }
    let word = |statement: &Statement| match statement.nature {
        Nature::Transaction(word @ (Word::Begin | Word::Commit | Word::RollBack)) => Some(word),
        _ => None,
    };
    let words: Vec<Option<Word>> = said.iter().map(|(statement, _)| word(statement)).collect();
    let is_wrapped = matches!(words.as_slice(), [Some(Word::Begin), inner @ .., Some(Word::Commit)] if inner.iter().all(Option::is_none));
    if is_wrapped {
        said.remove(0);
        said.pop();
    } else if let Some(at) = words.iter().position(Option::is_some) {
        let place = said.get(at).and_then(|(_, line)| line.place.as_ref()).map(ToString::to_string).unwrap_or_default();
        return Err(refused(&cut.migration.key, "statements in one transaction, or none of its own words for transactions", &place));
    }
    Ok((said, is_wrapped))
}

pub(super) fn refused(key: &str, expected: &str, place: &str) -> Box<Trouble> {
    let trouble = Trouble::new(Class::CouldNotTell, format!("{key} cannot be deployed statement by statement"));
    Box::new(trouble.expected(expected).found(place).fix("mend the file, or have its tool say that it runs without a transaction"))
}

/// The statements of a text, with the rows that some read.
fn lines(script: &Script) -> Result<Vec<Said<'_>>, Box<Trouble>> {
    let text = &script.part.text;
    let mut found: Vec<Said<'_>> = Vec::new();
    for piece in &script.pieces {
        match &piece.what {
            What::Between | What::Command { odd: None } => {}
            What::Command { odd: Some(why) } => {
                let trouble = Trouble::new(Class::CouldNotTell, format!("{} is not understood", script.place(piece.start)));
                return Err(Box::new(trouble.expected("SQL").found(why.clone())));
            }
            What::Rows => {
                if let Some((_, line)) = found.last_mut() {
                    line.rows = Some(piece.text(text).to_owned());
                }
            }
            What::Statement(statement) => {
                let line = Line {
                    text: piece.text(text).trim().to_owned(),
                    rows: None,
                    place: Some(script.place(piece.start)),
                    opens: statement.nature == Nature::Transaction(Word::Within),
                    number: 0,
                };
                found.push((statement, line));
            }
        }
    }
    Ok(found)
}

/// All in one transaction.
fn together(parts: &[Part<'_>]) -> Deed {
    let mut lines: Vec<Line> = Vec::new();
    for part in parts {
        lines.extend(part.said.iter().map(|(_, line)| line.clone()));
        lines.extend(part.records.iter().map(|text| record(text)));
    }
    let keys: Vec<String> = parts.iter().map(|part| part.key.to_owned()).collect();
    let count = parts.iter().map(|part| part.said.len()).sum::<usize>();
    let count = if count == 1 { "1 statement".to_owned() } else { format!("{count} statements") };
    let what = format!("{}: {count}", keys.join(", "));
    deed(what, lines, (keys, true))
}

/// Each statement by itself, and then what records them.
fn apart(part: &Part<'_>) -> Vec<Deed> {
    let keys = vec![part.key.to_owned()];
    let (mut deeds, mut prelude) = (Vec::new(), Vec::new());
    let last = part.said.len().saturating_sub(1);
    for (at, (statement, line)) in part.said.iter().enumerate() {
        if statement.nature == Nature::Session {
            prelude.push(line.text.clone());
            continue;
        }
        let completes = part.records.is_empty() && at == last;
        // Two that read alike are two: each has its place.
        let what = format!("{}, statement {}: {}", part.key, at + 1, one_line(&line.text));
        let one = deed(what, vec![line.clone()], (keys.clone(), completes));
        deeds.push(Deed { alone: statement.alone, prelude: prelude.clone(), unrecorded: true, ..one });
    }
    if !part.records.is_empty() {
        deeds.push(deed(format!("{}: it is recorded", part.key), part.records.iter().map(|text| record(text)).collect(), (keys, true)));
    } else if let Some(last) = deeds.last_mut() {
        // Settings may stand behind the last that does something.
        last.completes = true;
    }
    deeds
}

pub(super) fn deed(what: String, lines: Vec<Line>, (of, completes): (Vec<String>, bool)) -> Deed {
    let statements = lines.iter().map(|line| without_secrets(&line.text)).collect();
    let act = Act { what, statements };
    Deed {
        act,
        lines,
        prelude: Vec::new(),
        alone: false,
        of,
        completes,
        unrecorded: false,
        stepwise: false,
        due: None,
        form: None,
        loose: false,
    }
}

pub(super) fn record(text: &str) -> Line {
    Line { text: text.to_owned(), rows: None, place: None, opens: false, number: 0 }
}

/// So much of a statement is shown.
const SHOWN: usize = 100;

pub(super) fn one_line(sql: &str) -> String {
    let line = without_secrets(sql.trim_end_matches([';', ' ', '\n'])).split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line,
    }
}
