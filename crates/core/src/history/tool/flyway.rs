//! Flyway. Repeatable migrations have no version; Flyway knows them by their description.

mod conf;

use super::code::unread;
use super::sum::crc32_of_lines;
use crate::history::folder::{File, Fit, Grouping, Migration, Newer, Reader, Reading, Sure, Transaction, Tree, Wish, rank};
use crate::history::record::Family::{Flag, Number, Text};
use crate::history::record::{Cells, Record, State, column, unusual};
use crate::history::row::{Cell, Cells as Row, Noted, Rows, text};
use crate::history::shape::{Shape, Tool};
use conf::Conf;

pub(super) const NAME: &str = "Flyway";

pub const TOOL: Tool =
    Tool { name: NAME, manual: "https://documentation.red-gate.com/fd/flyway-schema-history-table-273973417.html", tables: &[LIST] };

const LIST: Shape = Shape {
    at: Some("installed_on"),
    by: Some("installed_by"),
    // Its name before Flyway 5.
    vague: &["schema_version"],
    anchor: Some("installed_rank"),
    exact: false,
    // <https://documentation.red-gate.com/fd/flyway-default-schema-setting-277578976.html>
    is_current: true,
    ..Shape::list(
        NAME,
        &["flyway_schema_history"],
        &[
            column("installed_rank", Number),
            column("version", Text),
            column("description", Text),
            column("type", Text),
            column("script", Text),
            column("checksum", Number),
            column("success", Flag),
        ],
        &["installed_rank"],
        read,
    )
};

fn read(row: &Cells<'_>) -> Option<Record> {
    let kind = row.get("type").unwrap_or_default();
    // Says only that Flyway made the schema itself.
    if kind == "SCHEMA" {
        return None;
    }
    let key = row.text("version").or_else(|| row.get("description").map(|name| format!("repeatable {name}")))?;
    let state = if !row.is("success") {
        State::Failed
    } else if kind.starts_with("UNDO") || kind == "DELETE" {
        State::RolledBack
    } else {
        State::Applied
    };
    let recorded_as = unusual(Some(kind), &["SQL", "JDBC"]);
    Some(Record { description: row.text("description"), checksum: row.text("checksum"), state, recorded_as, ..Record::applied(key) })
}

/// `V1.1__description.sql`, `R__description.sql`, `U` for the way back and `B` for a baseline, in any folder beneath; a `.conf` beside a
/// file says how it runs. CRC-32 of the lines. What is no SQL is known by its name. Which folders are read, `flyway.conf` may say.
/// <https://documentation.red-gate.com/fd/migrations-271585107.html>
pub const FOLDER: Reader = Reader { tool: NAME, records: &[NAME], fits, read: folder, grouping: Grouping::PerFile, newer: Newer::Passes };

const END: &str = ".sql";
/// Endings of what Flyway runs and is no SQL.
const LANGUAGES: &[(&str, &str)] = &[
    (".java", "Java"),
    (".kt", "Kotlin"),
    (".groovy", "Groovy"),
    (".scala", "Scala"),
    (".class", "a language that was compiled"),
    (".sh", "a shell's language"),
    (".bash", "a shell's language"),
    (".bat", "a shell's language"),
    (".cmd", "a shell's language"),
    (".ps1", "PowerShell"),
    (".py", "Python"),
];

fn fits(tree: &Tree) -> Option<Fit> {
    let conf = tree.around.iter().find(|file| matches!(file.name(), "flyway.conf" | "flyway.toml"));
    let is_one = |file: &&File| {
        named(file)
            .or_else(|| named_otherwise(file).map(|(named, _)| named))
            .is_some_and(|named| named.prefix == 'V' || named.prefix == 'R')
    };
    let file = tree.files.iter().find(is_one)?;
    let is_code = |file: &File| file.name().ends_with(".java") && named_otherwise(file).is_some();
    let is_own =
        |file: &&File| is_code(file) || named(file).is_some_and(|named| "RB".contains(named.prefix) || named.version.contains('.'));
    match (conf, tree.files.iter().find(is_own)) {
        (Some(conf), _) => Some(Fit::new(Sure::Marked, format!("{} is Flyway's", conf.path))),
        (None, Some(own)) => Some(Fit::new(Sure::Named, format!("files named as Flyway's alone are, such as {}", own.path))),
        (None, None) => Some(Fit::new(Sure::Perhaps, format!("files named V1__NAME.sql, such as {}", file.path))),
    }
}

struct Named<'f> {
    prefix: char,
    /// As Flyway records it; empty of what is repeatable.
    version: String,
    description: &'f str,
}

fn named(file: &File) -> Option<Named<'_>> {
    named_with(file, END)
}

/// One that is no SQL, and what it is written in.
fn named_otherwise(file: &File) -> Option<(Named<'_>, &'static str)> {
    LANGUAGES.iter().find_map(|(end, language)| Some((named_with(file, end)?, *language)))
}

fn named_with<'f>(file: &'f File, end: &str) -> Option<Named<'f>> {
    let name = file.name().strip_suffix(end)?;
    let prefix = name.chars().next().filter(|prefix| "VRUB".contains(*prefix))?;
    let (version, description) = name.get(1..)?.split_once("__")?;
    let version = version.replace('_', ".");
    let is_version = version.split('.').all(|part| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit()));
    let fits = if prefix == 'R' { version.is_empty() } else { is_version };
    fits.then_some(Named { prefix, version, description })
}

/// Verbs other than migrating, and what failed: files of their events do not run where migrations do.
/// <https://documentation.red-gate.com/fd/callback-events-277579008.html>
const OTHERS: &[&str] = &["Undo", "Clean", "Info", "Repair", "Error"];

/// What a file is that is no migration; nothing of one that Flyway does not run where it migrates.
fn stranger(file: &File) -> Option<String> {
    let name = file.name().strip_suffix(END).unwrap_or_default();
    let event = name.split_once("__").map_or(name, |(event, _)| event);
    if !["before", "after", "create"].iter().any(|start| event.starts_with(start)) {
        return Some("its name is none of Flyway's: V1__NAME.sql, R__NAME.sql".to_owned());
    }
    let is_other = OTHERS.iter().any(|other| event.contains(other));
    (!is_other).then(|| format!("by its name Flyway runs it at each {event}: what it does was not looked at"))
}

/// What orders versions: `1.10` after `1.9`, and `1.0` beside `1`.
fn order(version: &str) -> Vec<(usize, String)> {
    let mut parts: Vec<(usize, String)> = version.split('.').map(rank).collect();
    while parts.last().is_some_and(|(digits, _)| *digits == 0) {
        parts.pop();
    }
    parts
}

/// The first number of a version.
pub(super) fn hint(key: &str) -> String {
    let first = key.split(['.', '_']).next().unwrap_or_default();
    first.trim_start_matches('0').to_owned()
}

/// Versions are compared as numbers: `01` is `1`, and `1.0` is `1`.
pub(super) fn is_same(recorded: &str, key: &str) -> bool {
    let is_version = |text: &str| !text.is_empty() && text.split(['.', '_']).all(|part| part.chars().all(|c| c.is_ascii_digit()));
    is_version(recorded) && is_version(key) && order(&recorded.replace('_', ".")) == order(key)
}

/// A baseline stands for every version up to its own.
pub(super) fn is_covered(baseline: &str, key: &str) -> bool {
    let is_version = |text: &str| !text.is_empty() && text.split(['.', '_']).all(|part| part.chars().all(|c| c.is_ascii_digit()));
    is_version(baseline) && is_version(key) && order(&key.replace('_', ".")) <= order(&baseline.replace('_', "."))
}

fn folder(tree: &Tree, wish: &Wish) -> Reading {
    let mut reading = Reading::default();
    let conf = Conf::of(tree);
    let (within, elsewhere) = conf.within(tree);
    reading.odd.extend(elsewhere.into_iter().chain(conf.odd.clone()));
    let values: Vec<(String, String)> = wish.placeholders.iter().chain(&conf.placeholders).cloned().collect();
    let (mut versioned, mut repeatable, mut back) = (Vec::new(), Vec::new(), Vec::new());
    let is_within = |file: &&File| within.has(file);
    for file in tree.ending(END).filter(is_within) {
        let Some(Named { prefix, version, description }) = named(file) else {
            if let Some(why) = stranger(file) {
                reading.odd.push((file.path.clone(), why));
            }
            continue;
        };
        let words = description.replace('_', " ");
        let key = if prefix == 'R' { format!("repeatable {words}") } else { version.clone() };
        let mut migration = Migration::new(key, description, file);
        migration.transaction = Transaction::Fitting;
        migration.checksum = std::str::from_utf8(&file.bytes).ok().map(crc32_of_lines);
        migration.description = Some(words);
        migration.repeatable = prefix == 'R';
        migration.baseline = prefix == 'B';
        settled(&mut migration, tree, &values, conf.is_raw == Some(true));
        match prefix {
            'U' => back.push((order(&version), file, migration)),
            'R' => repeatable.push(migration),
            _ => versioned.push((order(&version), migration)),
        }
    }
    for file in tree.files.iter().filter(is_within) {
        let Some((Named { prefix, version, description }, language)) = named_otherwise(file) else { continue };
        // What was compiled of a file that is here is that one.
        let source = |end: &str| file.path.strip_suffix(".class").is_some_and(|stem| tree.find(&format!("{stem}{end}")).is_some());
        if [".java", ".kt", ".groovy", ".scala"].into_iter().any(source) {
            continue;
        }
        let words = description.replace('_', " ");
        let key = if prefix == 'R' { format!("repeatable {words}") } else { version.clone() };
        let migration = Migration { description: Some(words), repeatable: prefix == 'R', ..unread(file, key, language) };
        match prefix {
            'U' => {}
            'R' => repeatable.push(migration),
            _ => versioned.push((order(&version), migration)),
        }
    }
    versioned.sort_by(|(a, one), (b, other)| a.cmp(b).then_with(|| other.baseline.cmp(&one.baseline)));
    repeatable.sort_by(|a, b| a.key.cmp(&b.key));
    for (version, migration) in &mut versioned {
        if let Some((.., undo)) = back.iter().find(|(other, ..)| other == version && !migration.baseline) {
            migration.down = Some(undo.up.clone());
            migration.files.extend(undo.files.iter().cloned());
        }
    }
    // A database that is there already was not begun with a baseline, as long as what it stands for is there too.
    let baseline = versioned.iter().rev().find(|(_, migration)| migration.baseline).map(|(version, _)| version.clone());
    if let Some(baseline) = baseline {
        let is_before = |(version, migration): &(Vec<_>, Migration)| *version <= baseline && !migration.baseline;
        let has_others = versioned.iter().any(is_before);
        versioned.retain(|one| !one.1.baseline || !has_others && one.0 == baseline);
    }
    for pair in versioned.windows(2) {
        if let [(one, first), (other, second)] = pair
            && one == other
            && first.key != second.key
        {
            let file = second.files.first().cloned().unwrap_or_default();
            reading
                .odd
                .push((file, format!("its version is that of {}: Flyway refuses both", first.files.first().cloned().unwrap_or_default())));
        }
    }
    reading.migrations = versioned.into_iter().map(|(_, migration)| migration).chain(repeatable).collect();
    reading
}

/// With the values of its placeholders, and what the file beside it says.
fn settled(migration: &mut Migration, tree: &Tree, values: &[(String, String)], is_raw: bool) {
    let Some(file) = migration.files.first().cloned() else { return };
    let conf = tree.find(&format!("{file}.conf")).and_then(|conf| conf.text().ok()).unwrap_or_default();
    let told = |key: &str| {
        let lines = conf.lines().filter_map(|line| line.split_once('='));
        lines.filter(|(name, _)| name.trim() == key).map(|(_, value)| value.trim().to_ascii_lowercase()).next_back()
    };
    if told("executeInTransaction").is_some_and(|value| value == "false") {
        migration.transaction = Transaction::None;
    }
    if told("placeholderReplacement").map_or(is_raw, |value| value == "false") {
        return;
    }
    for part in &mut migration.up {
        match filled(&part.text, values) {
            Ok(text) => part.text = text,
            Err(name) => {
                let why = format!("{}: the placeholder ${{{name}}} has no value", part.file);
                migration.unreadable.get_or_insert(why);
            }
        }
    }
}

/// A text with the values of its placeholders; the name of one that has none.
fn filled(text: &str, values: &[(String, String)]) -> Result<String, String> {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        filled.push_str(before);
        let Some((name, behind)) = after.split_once('}') else { return Err(after.chars().take(40).collect()) };
        let Some((_, value)) = values.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)) else { return Err(name.to_owned()) };
        filled.push_str(value);
        rest = behind;
    }
    filled.push_str(rest);
    Ok(filled)
}

/// <https://documentation.red-gate.com/fd/flyway-schema-history-table-273973417.html>
pub const ROWS: Rows = Rows {
    done: &[("success", Cell::Flag(true))],
    sum: Some(|sum| Some(("checksum", Cell::Integer(sum.parse().ok()?)))),
    ..Rows::list(NAME, row, own)
};

fn row(entry: &Noted<'_>) -> Option<Row> {
    let version = if entry.repeatable { Cell::Null } else { text(entry.key) };
    Some(vec![
        ("installed_rank", Cell::Next),
        ("version", version),
        ("description", text(entry.description.unwrap_or(entry.name))),
        ("type", text(kind(entry))),
        ("script", text(entry.file)),
        ("checksum", entry.checksum.and_then(|sum| sum.parse().ok()).map_or(Cell::Null, Cell::Integer)),
        ("installed_by", Cell::User),
        ("execution_time", Cell::Integer(0)),
        ("success", Cell::Flag(true)),
    ])
}

fn own(entry: &Noted<'_>) -> Option<Row> {
    match entry.repeatable {
        true => Some(vec![("version", Cell::Null), ("description", text(entry.description?))]),
        // What was undone has a row of its own for that, which stays.
        false => Some(vec![("version", text(entry.key)), ("type", text(kind(entry)))]),
    }
}

/// How a row came there.
const fn kind<'e>(entry: &Noted<'e>) -> &'e str {
    match entry.recorded_as {
        Some(word) => word,
        None => "SQL",
    }
}
