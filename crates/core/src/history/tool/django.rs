//! Django: migrations are numbered in each app, so a key is both.

use super::code::{self, Names};
use super::graph;
use crate::history::folder::{File, Fit, Grouping, Migration, Newer, Reader, Reading, Tree, Wish};
use crate::history::record::Family::{Number, Text, Time};
use crate::history::record::{Cells, Record, column};
use crate::history::row::{Cell, Cells as Row, Noted, Rows, text};
use crate::history::shape::{Shape, Tool};
use crate::history::status::{Status, Told};
use std::collections::{BTreeMap, BTreeSet};

pub const NAME: &str = "Django";

pub const TOOL: Tool = Tool { name: NAME, manual: "https://docs.djangoproject.com/en/stable/topics/migrations/", tables: &[LIST] };

const LIST: Shape = Shape {
    at: Some("applied"),
    ..Shape::list(
        NAME,
        &["django_migrations"],
        &[column("id", Number), column("app", Text), column("name", Text), column("applied", Time)],
        &["id"],
        read,
    )
};

fn read(row: &Cells<'_>) -> Option<Record> {
    Some(Record::applied(format!("{}.{}", row.get("app")?, row.get("name")?)))
}

/// Python files `NNNN_name.py` in the folder `migrations` of each app; app and name are recorded.
/// <https://docs.djangoproject.com/en/stable/topics/migrations/>
pub const FOLDER: Reader = Reader { tool: NAME, records: &[NAME], fits, read: folder, grouping: Grouping::PerFile, newer: Newer::Passes };

const NAMES: Names = Names { language: "Python", key };

fn key(file: &File) -> Option<String> {
    let name = file.name().strip_suffix(".py")?;
    let (number, _) = code::numbered_with(name, '_')?;
    let app = file.folder().strip_suffix("/migrations")?.rsplit('/').next()?;
    (number.len() == 4).then(|| format!("{app}.{name}"))
}

fn fits(tree: &Tree) -> Option<Fit> {
    code::fits(tree, &NAMES, tree.files.iter().find(|file| file.name() == "manage.py").map(|file| format!("{} is Django's", file.path)))
}

fn folder(tree: &Tree, _: &Wish) -> Reading {
    let mut reading = code::read(tree, &NAMES);
    reading.migrations.sort_by(|a, b| a.key.cmp(&b.key));
    let app = |key: &str| key.split('.').next().unwrap_or_default().to_owned();
    let apps: BTreeSet<String> = reading.migrations.iter().map(|migration| app(&migration.key)).collect();
    let firsts: BTreeMap<String, String> = reading.migrations.iter().rev().map(|one| (app(&one.key), one.key.clone())).collect();
    for migration in &mut reading.migrations {
        let text = migration.files.first().and_then(|path| tree.find(path)).and_then(|file| file.text().ok()).unwrap_or_default();
        migration.by_graph = true;
        migration.squashed = listed(text, "replaces").is_some_and(|list| !list.is_empty());
        for (app, name) in listed(text, "dependencies").unwrap_or_default() {
            let first = firsts.get(&app).filter(|_| name == "__first__").cloned();
            migration.after.push(first.unwrap_or_else(|| format!("{app}.{name}")));
        }
    }
    // Those of apps that are installed elsewhere have their files there.
    graph::ordered(&mut reading, &|key| !apps.contains(&app(key)));
    reading
}

/// Pairs of an app and a name in a list that a class has.
fn listed(text: &str, name: &str) -> Option<Vec<(String, String)>> {
    let line = |line: &&str| line.trim_start().strip_prefix(name).is_some_and(|rest| rest.trim_start().starts_with(['=', ':']));
    text.lines().find(line)?;
    // What is behind the name, of this line and the following ones.
    let before: usize = text.lines().take_while(|other| !line(other)).map(|other| other.len() + 1).sum();
    let list = text.get(before..)?.split_once('[')?.1;
    let list = list.split(']').next().unwrap_or_default();
    let mut pairs = Vec::new();
    for pair in list.split('(').skip(1) {
        let words: Vec<&str> = pair.split(')').next().unwrap_or_default().split(['\'', '"']).skip(1).step_by(2).collect();
        if let [app, name] = words.as_slice() {
            pairs.push(((*app).to_owned(), (*name).to_owned()));
        }
    }
    Some(pairs)
}

/// The key in a line of `showmigrations --plan`: `[X]  shop.0001_initial`.
pub fn planned(line: &str) -> Option<&str> {
    let rest = line.trim_start().strip_prefix('[')?;
    let (mark, rest) = rest.split_once(']')?;
    let key = rest.split_whitespace().next()?;
    (matches!(mark.trim(), "" | "X") && key.contains('.')).then_some(key)
}

/// One of an app whose files are installed elsewhere.
pub fn elsewhere(key: &str) -> Migration {
    let file = File { path: String::new(), bytes: Vec::new() };
    let mut migration = code::unread(&file, key.to_owned(), NAMES.language);
    (migration.by_graph, migration.name) = (true, key.to_owned());
    migration.files.clear();
    migration
}

/// An application and a name.
/// <https://docs.djangoproject.com/en/stable/topics/migrations/>
pub const ROWS: Rows = Rows::list(NAME, |entry| Some([own(entry)?, vec![("applied", Cell::Now)]].concat()), own);

fn own(entry: &Noted<'_>) -> Option<Row> {
    let (app, name) = entry.key.split_once('.')?;
    Some(vec![("app", text(app)), ("name", text(name))])
}

/// `migrate --plan` prints what it would do, each migration with its operations below; `showmigrations --plan` a line for each, and
/// `migrate --check` nothing but its exit code. <https://docs.djangoproject.com/en/stable/ref/django-admin/#migrate>
pub const STATUS: Status = Status {
    tool: NAME,
    commands: &[],
    variables: &[],
    example: "python manage.py migrate --plan --no-color",
    read: |said| {
        if said.has("showmigrations") {
            let is_plan = said.has("--plan") || said.has("-p");
            let is_whole = is_plan && said.is_well() && said.out.lines().any(|line| line.starts_with('['));
            return is_whole.then(|| Told::pending(said.out.lines().filter_map(|line| line.strip_prefix("[ ]")).filter_map(first)));
        }
        if said.has("--plan") {
            let mut lines = said.out.lines().skip_while(|line| *line != "Planned operations:");
            lines.next().filter(|_| said.is_well())?;
            let lines: Vec<&str> = lines.collect();
            if lines.iter().any(|line| line.trim() == "No planned migration operations.") {
                return Some(Told::pending([] as [&str; 0]));
            }
            let names: Vec<&str> = lines.into_iter().filter(|line| !line.starts_with(' ') && line.contains('.')).collect();
            return (!names.is_empty()).then(|| Told::pending(names));
        }
        let is_silent = said.has("--check") && said.out.trim().is_empty() && said.err.trim().is_empty();
        match said.code.filter(|_| is_silent)? {
            0 => Some(Told::pending([] as [&str; 0])),
            1 => Some(Told::Something),
            _ => None,
        }
    },
};

fn first(line: &str) -> Option<&str> {
    line.split_whitespace().next()
}
