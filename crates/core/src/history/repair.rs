//! What would make record and schema agree: of each migration what is missing is made, or what is there is taken back, and the record
//! says so.
//!
//! Lives here: what is decided from a verdict. Nothing is decided where it would be a guess; then words say why. Does not live here: the
//! statements that change a schema (`core/patch`), trying them (`pipeline/history/repair`).

use super::folder::Migration;
use super::record::State;
use super::row::{Cell, Cells, Deed, Noted, Rows};
use super::told::Entry;
use super::verdict::{Recorded, Verdict};

/// Which witness is believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Course {
    /// What was begun is brought to its end, and recorded.
    Forward,
    /// What is not whole is taken back, and its record with it: the tool runs it again.
    Back,
}

impl Course {
    /// The word that is typed and reported.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Forward => "forward",
            Self::Back => "back",
        }
    }
}

/// What is done about one migration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cure {
    /// Which of the folder.
    pub at: usize,
    pub key: String,
    pub verdict: Verdict,
    /// What is wrong and what is done, in words.
    pub why: String,
    /// What of it is not as it should be is made so.
    pub changes_schema: bool,
    /// It is in force afterwards.
    pub in_force: bool,
    /// What happens to the tool's table, after the schema.
    pub deeds: Vec<Deed>,
}

/// What nothing is done about, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uncured {
    pub key: String,
    pub verdict: Verdict,
    pub why: String,
}

/// The tool's table, as far as it is known.
#[derive(Debug, Clone, Copy)]
pub enum Book<'a> {
    /// Nothing records migrations there.
    None,
    /// The tool has no table there yet.
    Missing,
    /// How its rows are written, and where a pointer stands now.
    There { rows: &'a Rows, pointers: usize },
    /// Nobody here knows how its rows are written.
    Foreign,
}

/// What is decided.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decided {
    /// In the order in which they are to be done.
    pub cures: Vec<Cure>,
    pub left: Vec<Uncured>,
}

/// Decides about every migration; `entries` are those of the folder first, in its order, `known` tells of which the effect was worked out.
#[must_use]
pub fn decide(entries: &[Entry], migrations: &[Migration], known: &dyn Fn(usize) -> bool, course: Course, book: Book<'_>) -> Decided {
    let mut decided = Decided::default();
    for (at, entry) in entries.iter().enumerate() {
        let Some(migration) = migrations.get(at).filter(|migration| migration.key == entry.judged.key) else {
            decided.left.extend(without_file(entry));
            continue;
        };
        match one(at, entry, migration, known(at), course, book) {
            Ok(Some(cure)) => decided.cures.push(cure),
            Ok(None) => {}
            Err(why) => decided.left.push(Uncured { key: entry.judged.key.clone(), verdict: entry.judged.verdict, why }),
        }
    }
    if course == Course::Back {
        decided.cures.reverse();
    }
    if let Book::There { rows, pointers } = book
        && rows.is_pointer
    {
        point(&mut decided, entries, migrations, rows, pointers);
    }
    decided
}

/// What no file stands for.
pub(super) fn without_file(entry: &Entry) -> Option<Uncured> {
    let why = match entry.judged.verdict {
        Verdict::FileMissing => "it ran, and its file is gone: bring the file back (git has it, where it was ever committed)",
        Verdict::UnknownVersion => "it is recorded and no file has it: find the branch or the release that it came from",
        _ => return None,
    };
    Some(Uncured { key: entry.judged.key.clone(), verdict: entry.judged.verdict, why: why.to_owned() })
}

fn one(at: usize, entry: &Entry, migration: &Migration, is_known: bool, course: Course, book: Book<'_>) -> Result<Option<Cure>, String> {
    let judged = &entry.judged;
    let is_missing = judged.evidence.iter().any(|evidence| evidence.expected != evidence.found);
    let is_present = judged.evidence.iter().any(|evidence| evidence.expected == evidence.found);
    let row = Noted::of(migration);
    // A row that is there is called as it was recorded.
    let there = entry.recorded.as_ref().map_or(row, |recorded| Noted::recorded(recorded, Some(migration)));
    let cure = |why: &str, changes_schema: bool, in_force: bool, deeds: Vec<Deed>| {
        Ok(Some(Cure { at, key: judged.key.clone(), verdict: judged.verdict, why: why.to_owned(), changes_schema, in_force, deeds }))
    };
    let is_pointer = matches!(book, Book::There { rows, .. } if rows.is_pointer);
    let write = |deed: &dyn Fn(&Rows) -> Option<Deed>| match book {
        Book::None => Ok(Vec::new()),
        Book::There { rows, .. } if rows.is_pointer => Ok(Vec::new()),
        Book::There { rows, .. } => match deed(rows) {
            Some(deed) => Ok(vec![deed]),
            None => Err("what its row would hold cannot be told from its file".to_owned()),
        },
        Book::Missing => Err("the tool has no table there yet: let it make one, by its first run or its own baseline".to_owned()),
        Book::Foreign => Err("how this tool writes its rows is not known here: use the command it has for that".to_owned()),
    };
    let insert = || write(&|rows| Some(Deed::Insert((rows.applied)(&row)?)));
    let delete = || write(&|rows| Some(Deed::Delete((rows.own)(&there)?)));
    let finish = || {
        write(&|rows| {
            let done: Cells = rows.done.to_vec();
            (!done.is_empty()).then_some(())?;
            Some(Deed::Update(done, (rows.own)(&there)?))
        })
    };
    let is_baseline = entry.recorded.as_ref().is_some_and(Recorded::is_baseline);
    if is_baseline && course == Course::Back && is_missing && judged.verdict != Verdict::Superseded {
        return Err(
            "a baseline says that it is in, and the tool never runs it: make what is missing (--repair), or the baseline anew".to_owned()
        );
    }
    // What did not run at all may have been corrected since.
    let is_nowhere = judged.verdict == Verdict::Failed && is_missing && !is_present;
    if judged.says(Verdict::EditedMeaning) && !is_nowhere {
        return Err(
            "its file says something else than ran: bring back the text that ran, and put the change into a new migration".to_owned()
        );
    }
    match (judged.verdict, course) {
        (Verdict::Failed, _) if !is_known => Err("what of it is there could not be worked out".to_owned()),
        (Verdict::Failed, _) if !is_missing && !is_present => {
            Err("what it does shows nowhere in the schema, and it failed: look how far it came, and mend its record yourself".to_owned())
        }
        (Verdict::Failed, Course::Forward) if !is_missing && is_present => {
            cure("it is recorded as failed, and all of it is there: the record says so", false, true, finish()?)
        }
        (Verdict::Failed, _) if !is_present => {
            let why = "it is recorded as failed, and none of it is there: its record goes, so that the tool runs it again";
            cure(why, false, false, delete()?)
        }
        (Verdict::Failed, Course::Forward) => {
            cure("it is recorded as failed, and some of it is there: the rest is made, and the record says so", true, true, finish()?)
        }
        (Verdict::HalfApplied, Course::Forward) => {
            cure("it is not recorded, and some of it is there: the rest is made, and it is recorded", true, true, insert()?)
        }
        (Verdict::PresentNotRecorded, Course::Forward) => cure("all of it is there: it is recorded", false, true, insert()?),
        (Verdict::RecordedNotPresent, Course::Forward) => {
            cure("it is recorded, and nothing of it is there: what it defines is made", true, true, Vec::new())
        }
        (Verdict::PartlyPresent, Course::Forward) => {
            cure("it is recorded, and some of it is missing: that is made", true, true, Vec::new())
        }
        (Verdict::Failed, Course::Back) => {
            cure("it is recorded as failed, and some of it is there: that is taken back, and its record goes", true, false, delete()?)
        }
        (Verdict::HalfApplied | Verdict::PresentNotRecorded, Course::Back) => {
            cure("it is not recorded: what of it is there is taken back", true, false, Vec::new())
        }
        (Verdict::RecordedNotPresent, Course::Back) => {
            cure("nothing of it is there: its record goes, so that the tool runs it again", false, false, delete()?)
        }
        (Verdict::PartlyPresent, Course::Back) => {
            cure("some of it is missing: the rest is taken back, and its record goes", true, false, delete()?)
        }
        (Verdict::EditedBytes, _) if is_pointer => Ok(None),
        (Verdict::EditedBytes, _) => {
            let sum = |rows: &Rows| {
                let cell = (rows.sum?)(migration.checksum.as_deref()?)?;
                Some(Deed::Update(vec![cell], (rows.own)(&there)?))
            };
            cure("its text changed in nothing that matters: the record gets the sum of the file as it is", false, true, write(&sum)?)
        }
        (Verdict::NumberReused, _) => Err("the number is another migration's: give the file a new one".to_owned()),
        (Verdict::BeforeItsDependency, _) => Err("what it depends on is not recorded: repair that first".to_owned()),
        (Verdict::NotCheckable, _) if !judged.accepted => {
            let why = judged.why.as_deref().unwrap_or("nothing tells");
            Err(format!("it could not be checked ({why}): look yourself, and name it under accept = [...] in [policy]"))
        }
        _ => Ok(None),
    }
}

/// Of a tool that keeps one row, that row: everything up to it is in force, and nothing behind it.
fn point(decided: &mut Decided, entries: &[Entry], migrations: &[Migration], rows: &Rows, pointers: usize) {
    let was = |at: usize| entries.get(at).and_then(|entry| entry.recorded.as_ref()).map(|recorded| recorded.state);
    let is_moved = |cure: &Cure| (was(cure.at) == Some(State::Applied)) != cure.in_force || was(cure.at) == Some(State::Failed);
    if !decided.cures.iter().any(is_moved) {
        return;
    }
    let is_in_force = |at: usize| {
        let cure = decided.cures.iter().find(|cure| cure.at == at);
        cure.map_or(was(at) == Some(State::Applied), |cure| cure.in_force)
    };
    let count = (0..migrations.len()).take_while(|at| is_in_force(*at)).count();
    let gap = (count..migrations.len()).find(|at| is_in_force(*at));
    let why = match (gap, pointers) {
        (_, 2..) => Some("it stands at several revisions: move it with the tool's own command".to_owned()),
        (Some(behind), _) => {
            let key = |at: usize| migrations.get(at).map_or("", |migration| migration.key.as_str());
            Some(format!("the tool records one place, and {} before {} is not in force", key(count), key(behind)))
        }
        (None, _) => None,
    };
    let last = count.checked_sub(1).and_then(|at| migrations.get(at));
    let target = last.map(|last| (rows.applied)(&Noted::of(last)));
    if let Some(why) = why.or_else(|| matches!(target, Some(None)).then(|| "what its row would hold cannot be told".to_owned())) {
        for cure in std::mem::take(&mut decided.cures) {
            if is_moved(&cure) {
                decided.left.push(Uncured { key: cure.key, verdict: cure.verdict, why: why.clone() });
            } else {
                decided.cures.push(cure);
            }
        }
        return;
    }
    if let Some(cure) = decided.cures.last_mut() {
        cure.deeds.push(Deed::Clear);
        cure.deeds.extend(target.flatten().map(Deed::Insert));
    }
}

/// The row of one that did not come to its end.
#[must_use]
pub fn undone(rows: &Rows) -> Cells {
    let one = |(name, cell): &(&'static str, Cell)| {
        let cell = match cell {
            Cell::Flag(flag) => Cell::Flag(!flag),
            Cell::Integer(_) => Cell::Integer(0),
            _ => Cell::Null,
        };
        (*name, cell)
    };
    rows.done.iter().map(one).collect()
}
