//! golang-migrate: one row, the version the database stands at, and whether it was reached.

use crate::history::folder::{File, Fit, Grouping, Migration, Newer, Reader, Reading, Sure, Transaction, Tree, Wish, numbered, rank};
use crate::history::record::Family::{Flag, Number};
use crate::history::record::{Cells, Record, State, column};
use crate::history::row::{Cell, Noted, Rows};
use crate::history::shape::{Role, Shape, Tool};
use crate::history::status::{Status, Told};
use std::collections::{BTreeMap, BTreeSet};

const NAME: &str = "golang-migrate";

pub const TOOL: Tool = Tool { name: NAME, manual: "https://github.com/golang-migrate/migrate", tables: &[POINTER] };

const POINTER: Shape = Shape {
    anchor: Some("dirty"),
    role: Role::Pointer,
    ..Shape::list(NAME, &["schema_migrations"], &[column("version", Number), column("dirty", Flag)], &["version"], read)
};

fn read(row: &Cells<'_>) -> Option<Record> {
    let state = if row.is("dirty") { State::Failed } else { State::Applied };
    Some(Record { state, ..Record::applied(row.text("version")?) })
}

/// Pairs of files, `VERSION_TITLE.up.sql` and `VERSION_TITLE.down.sql`; each is sent as one simple query. Nothing is summed up.
/// <https://github.com/golang-migrate/migrate/blob/master/MIGRATIONS.md>
pub const FOLDER: Reader =
    Reader { tool: NAME, records: &[NAME], fits, read: folder, grouping: Grouping::ImplicitBlock, newer: Newer::Refuses };

fn fits(tree: &Tree) -> Option<Fit> {
    let file = named(tree, ".up.sql").next()?.0;
    if let Some(path) = tree.tells("go.mod", "golang-migrate/migrate") {
        return Some(Fit::new(Sure::Marked, format!("{path} names golang-migrate")));
    }
    Some(Fit::new(Sure::Named, format!("files named VERSION_TITLE.up.sql, such as {}", file.path)))
}

fn named<'t>(tree: &'t Tree, end: &'t str) -> impl Iterator<Item = (&'t File, &'t str, &'t str)> {
    tree.files.iter().filter_map(move |file| {
        let (version, rest) = numbered(&file.path)?;
        let rest = rest.strip_prefix('_')?.strip_suffix(end)?;
        (!rest.contains('/')).then_some((file, version, rest))
    })
}

fn folder(tree: &Tree, _: &Wish) -> Reading {
    let mut reading = Reading::default();
    let mut downs: BTreeMap<u64, &File> = BTreeMap::new();
    let mut by_name: BTreeMap<(u64, &str), &File> = BTreeMap::new();
    for (file, version, name) in named(tree, ".down.sql") {
        let Ok(number) = version.parse() else { continue };
        downs.entry(number).or_insert(file);
        by_name.entry((number, name)).or_insert(file);
    }
    let mut ups: BTreeSet<u64> = BTreeSet::new();
    for (file, version, name) in named(tree, ".up.sql") {
        let Some(number) = version.parse::<u64>().ok().filter(|number| i64::try_from(*number).is_ok()) else {
            reading.odd.push((file.path.clone(), "its number is larger than golang-migrate can read".to_owned()));
            continue;
        };
        let mut migration = Migration::new(number.to_string(), name, file);
        migration.transaction = Transaction::Whole;
        ups.insert(number);
        // Both may have other names. Where two have one number, the name alone says whose way back it is.
        let is_single = named(tree, ".up.sql").filter(|(_, other, _)| other.parse() == Ok(number)).nth(1).is_none();
        let down = by_name.get(&(number, name)).or_else(|| downs.get(&number).filter(|_| is_single));
        reading.migrations.push(match down {
            Some(file) => migration.with_down(file),
            None => migration,
        });
    }
    reading.migrations.sort_by_key(|migration| rank(&migration.key));
    for (file, version, _) in named(tree, ".down.sql") {
        if !version.parse().is_ok_and(|number: u64| ups.contains(&number)) {
            reading.odd.push((file.path.clone(), "a way back without a way there".to_owned()));
        }
    }
    reading
}

/// One row: the version, and that it was reached.
/// <https://github.com/golang-migrate/migrate/blob/master/GETTING_STARTED.md>
pub const ROWS: Rows = Rows {
    done: &[("dirty", Cell::Flag(false))],
    is_pointer: true,
    ..Rows::list(
        NAME,
        |entry: &Noted<'_>| Some(vec![("version", entry.number()?), ("dirty", Cell::Flag(false))]),
        |entry: &Noted<'_>| Some(vec![("version", entry.number()?)]),
    )
};

/// `version` prints where it stands: `20260102`, `20260102 (dirty)`, or `error: no migration`. It does not look at the files.
pub const STATUS: Status = Status {
    tool: NAME,
    commands: &[&["migrate", "-path", "{folder}", "-database", "{go}", "version"]],
    variables: &[],
    example: "migrate -path migrations -database {go} version",
    read: |said| {
        let mut lines = said.lines().filter(|line| !line.is_empty());
        let (line, None) = (lines.next()?, lines.next()) else { return None };
        if line == "error: no migration" {
            return Some(Told::At { version: None, is_dirty: false });
        }
        let (version, is_dirty) = line.strip_suffix(" (dirty)").map_or((line, false), |version| (version, true));
        let is_number = !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit());
        (said.is_well() && is_number).then(|| Told::At { version: Some(version.to_owned()), is_dirty })
    },
};
