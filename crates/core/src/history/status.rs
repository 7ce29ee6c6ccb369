//! What a tool itself says of a database: which command is asked, and what its answer means.
//!
//! A tool's own command stands in the tool's file, with what it prints. Does not live here: running it (`pipeline/history/asking`).

use super::record::State;
use super::told::{Entry, History};
use super::verdict::Verdict;

/// How a tool is asked what it would still run.
#[derive(Debug)]
pub struct Status {
    /// The tool's name.
    pub tool: &'static str,
    /// Programs on PATH and their arguments, asked one after the other, with `{url}` and other forms of the database's address, `{folder}`
    /// for the files and `{root}` for the one that the tool is told. None where only the project's own settings say how it is reached.
    pub commands: &'static [&'static [&'static str]],
    /// Variables that these need, with the same forms in them.
    pub variables: &'static [(&'static str, &'static str)],
    /// What a person may name for it.
    pub example: &'static str,
    /// What an answer means; nothing where it is not understood.
    pub read: fn(&Said<'_>) -> Option<Told>,
}

/// An answer.
#[derive(Debug, Clone, Copy)]
pub struct Said<'a> {
    /// What was asked, program and arguments.
    pub words: &'a [String],
    pub code: Option<i32>,
    pub out: &'a str,
    pub err: &'a str,
}

impl Said<'_> {
    /// That it ended well.
    #[must_use]
    pub fn is_well(&self) -> bool {
        self.code == Some(0)
    }

    #[must_use]
    pub fn has(&self, word: &str) -> bool {
        self.words.iter().any(|one| one == word)
    }

    /// Its lines, of both outputs.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        self.out.lines().chain(self.err.lines()).map(str::trim)
    }
}

/// What it means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// It would run these, as it calls them, and finds this wrong: of which one, and what.
    Pending { names: Vec<String>, wrong: Vec<(String, String)> },
    /// It would run something, and does not say what.
    Something,
    /// Where it stands is all that it says.
    At { version: Option<String>, is_dirty: bool },
}

impl Told {
    /// It would run these, and finds nothing wrong.
    #[must_use]
    pub fn pending(names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self::Pending { names: names.into_iter().map(Into::into).collect(), wrong: Vec::new() }
    }
}

/// What an answer says beside what was found: against it, and in words where nothing does.
#[must_use]
pub fn weighed(tool: &str, told: &Told, after: &History) -> (Vec<String>, String) {
    let (in_force, waiting): (Vec<&Entry>, Vec<&Entry>) = after.migrations.iter().partition(|entry| is_in_force(entry));
    match told {
        Told::Pending { names, wrong } => {
            let more = names.iter().filter(|name| !waiting.iter().any(|entry| is_called(entry, name)));
            let mut against: Vec<String> = more.map(|name| format!("{tool} itself would still run {name}")).collect();
            // Nothing of what is recorded: it may look elsewhere.
            let sees_none = !in_force.is_empty() && in_force.iter().all(|entry| names.iter().any(|name| is_called(entry, name)));
            if let (Some(first), true, Some(ledger)) = (against.first_mut(), sees_none, &after.ledger) {
                *first += &format!(" (and all else that is recorded: it may look for its table elsewhere than at {})", ledger.table);
            }
            // What evenkeel itself finds wrong still is told already.
            let known = |name: &str| after.migrations.iter().any(|entry| is_called(entry, name) && !is_well(entry));
            against.extend(wrong.iter().filter(|(name, _)| !known(name)).map(|(_, what)| format!("{tool} itself finds wrong: {what}")));
            let words = match names.len() {
                0 => "has nothing to run".to_owned(),
                count => format!("has nothing to run but the {count} that are pending"),
            };
            (against, words)
        }
        Told::Something if waiting.is_empty() => {
            (vec![format!("{tool} itself would still run something, and does not say what")], String::new())
        }
        Told::Something => (Vec::new(), format!("would run something, and does not say what: {} are pending", waiting.len())),
        Told::At { version, is_dirty } => {
            let last = in_force.last();
            let shown = version.as_deref().unwrap_or("nothing");
            let mut against = Vec::new();
            if *is_dirty {
                against.push(format!("{tool} itself finds wrong: {shown} is dirty"));
            }
            if last.map(|entry| plain(&entry.judged.key)) != version.as_deref().map(plain) {
                let expected = last.map_or("nothing", |entry| entry.judged.key.as_str());
                against.push(format!("{tool} itself says that it stands at {shown}, and {expected} is the last that is recorded"));
            }
            (against, format!("stands at {shown}, and nothing is dirty; what it would run no command of it tells"))
        }
    }
}

fn is_in_force(entry: &Entry) -> bool {
    entry.recorded.as_ref().is_some_and(|recorded| recorded.state == State::Applied)
}

fn is_well(entry: &Entry) -> bool {
    matches!(entry.judged.verdict, Verdict::Applied | Verdict::Superseded)
}

/// A number without zeros before it.
fn plain(number: &str) -> &str {
    let bare = number.trim_start_matches('0');
    if bare.is_empty() && !number.is_empty() { "0" } else { bare }
}

/// Whether a tool calls a migration so: by its key, its name, its file or its folder.
fn is_called(entry: &Entry, name: &str) -> bool {
    let key = &entry.judged.key;
    // The path in a name may begin further up, on either side.
    let is_path = |one: &str, other: &str| one.contains("::") && (one == other || one.ends_with(&format!("/{other}")));
    let is_file = |file: &str| {
        let (folder, own) = file.rsplit_once('/').unwrap_or(("", file));
        stem(own) == stem(name) || folder.rsplit('/').next() == Some(name)
    };
    plain(key) == plain(name)
        || entry.name == name
        || is_path(key, name)
        || is_path(name, key)
        || entry.files.iter().any(|file| is_file(file))
}

/// A file's name without folder and ending.
fn stem(name: &str) -> &str {
    let name = name.rsplit('/').next().unwrap_or(name);
    name.rsplit_once('.').filter(|(_, ending)| ending.chars().all(|c| c.is_ascii_alphanumeric())).map_or(name, |(stem, _)| stem)
}

/// Tools whose record evenkeel writes, and that have no command which could be asked.
pub const SILENT: &[(&str, &str)] = &[
    ("yoyo", "it begins with the version of its own tables, which is a row that nobody copies"),
    ("refinery", "its only command runs what is pending"),
    ("Drizzle", "no command of it tells what it would run"),
    ("Supabase", "its command compares two databases by their folder, and starts services for it"),
];
