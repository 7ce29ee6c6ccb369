//! Doctrine Migrations: names of classes. A row whose time is missing was written by hand, and counts.

use super::code::{self, Names};
use crate::history::folder::{File, Fit, Grouping, Newer, Reader, Reading, Tree, Wish};
use crate::history::record::Family::{Number, Text, Time};
use crate::history::record::{Cells, Record, column};
use crate::history::shape::{Shape, Tool};

const NAME: &str = "Doctrine";

pub const TOOL: Tool = Tool {
    name: NAME,
    manual: "https://www.doctrine-project.org/projects/doctrine-migrations/en/current/reference/configuration.html",
    tables: &[LIST, EARLIER],
};

const LIST: Shape = Shape {
    at: Some("executed_at"),
    ..Shape::list(
        NAME,
        &["doctrine_migration_versions"],
        &[column("version", Text), column("executed_at", Time), column("execution_time", Number)],
        &["version"],
        read,
    )
};

/// Before version 3.
const EARLIER: Shape = Shape {
    vague: &["migration_versions"],
    ..Shape::list(NAME, &[], &[column("version", Text), column("executed_at", Time)], &["version"], read)
};

fn read(row: &Cells<'_>) -> Option<Record> {
    row.text("version").map(Record::applied)
}

/// PHP classes `VersionYYYYMMDDHHMMSS`; the whole name of the class with its namespace is recorded.
/// <https://www.doctrine-project.org/projects/doctrine-migrations/en/current/reference/migration-classes.html>
pub const FOLDER: Reader = Reader { tool: NAME, records: &[NAME], fits, read: folder, grouping: Grouping::PerFile, newer: Newer::Unknown };

const NAMES: Names = Names { language: "PHP", key };

fn key(file: &File) -> Option<String> {
    let class = file.name().strip_suffix(".php")?;
    let digits = class.strip_prefix("Version")?;
    if digits.is_empty() || !digits.chars().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let text = file.text().ok()?;
    let line = text.lines().find_map(|line| line.trim().strip_prefix("namespace "));
    let space = line.map(|line| line.trim().trim_end_matches(['{', ';']).trim());
    Some(space.map_or_else(|| class.to_owned(), |space| format!("{space}\\{class}")))
}

fn fits(tree: &Tree) -> Option<Fit> {
    code::fits(tree, &NAMES, tree.tells("composer.json", "doctrine/").map(|path| format!("{path} names Doctrine")))
}

fn folder(tree: &Tree, _: &Wish) -> Reading {
    code::read(tree, &NAMES)
}
