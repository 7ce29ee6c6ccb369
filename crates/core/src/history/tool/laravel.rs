//! Laravel: names of files in batches.

use super::code::{self, Names};
use crate::history::folder::{File, Fit, Grouping, Newer, Reader, Reading, Tree, Wish};
use crate::history::record::Family::{Number, Text};
use crate::history::record::{Cells, Record, column};
use crate::history::row::{Cell, Rows, keyed, text};
use crate::history::shape::{Shape, Tool};
use crate::history::status::{Status, Told};

const NAME: &str = "Laravel";

pub const TOOL: Tool = Tool { name: NAME, manual: "https://laravel.com/docs/migrations", tables: &[LIST] };

const LIST: Shape = Shape {
    vague: &["migrations"],
    ..Shape::list(NAME, &[], &[column("id", Number), column("migration", Text), column("batch", Number)], &["id"], read)
};

fn read(row: &Cells<'_>) -> Option<Record> {
    row.text("migration").map(Record::applied)
}

/// PHP files `YYYY_MM_DD_HHMMSS_name.php`; the name without its ending is recorded.
/// <https://laravel.com/docs/migrations>
pub const FOLDER: Reader = Reader { tool: NAME, records: &[NAME], fits, read: folder, grouping: Grouping::None, newer: Newer::Passes };

const NAMES: Names = Names { language: "PHP", key };

fn key(file: &File) -> Option<String> {
    let name = file.name().strip_suffix(".php")?;
    let parts: Vec<&str> = name.splitn(5, '_').collect();
    let is_digits = |part: &&str| part.chars().all(|c| c.is_ascii_digit());
    let is_stamped = parts.len() == 5 && parts.iter().take(4).all(is_digits);
    is_stamped.then(|| name.to_owned())
}

fn fits(tree: &Tree) -> Option<Fit> {
    code::fits(tree, &NAMES, tree.tells("composer.json", "laravel").map(|path| format!("{path} names Laravel")))
}

fn folder(tree: &Tree, _: &Wish) -> Reading {
    code::read(tree, &NAMES)
}

/// In a batch of its own, so that a rollback takes back nothing else.
/// <https://laravel.com/docs/migrations>
pub const ROWS: Rows =
    Rows::list(NAME, |entry| Some(vec![("migration", text(entry.key)), ("batch", Cell::Next)]), |entry| keyed("migration", entry));

/// `migrate:status` prints a table: up to version 8 `| Yes  | 2026_01_01_000000_one | 1     |`, later `2026_01_01_000000_one ...... [1] Ran`
/// or `Pending`. <https://laravel.com/docs/migrations#running-migrations>
pub const STATUS: Status = Status {
    tool: NAME,
    commands: &[],
    variables: &[],
    example: "php artisan migrate:status --no-ansi",
    read: |said| {
        let cells = |line: &str| -> Vec<String> { line.trim().trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect() };
        let lines = || said.out.lines().map(str::trim);
        let mut names = Vec::new();
        if lines().any(|line| line.starts_with("| Ran?")) {
            for row in lines().filter(|line| line.starts_with("| ") && !line.starts_with("| Ran?")).map(cells) {
                match row.as_slice() {
                    [ran, name, ..] if ran == "No" || ran == "N" => names.push(name.clone()),
                    [ran, ..] if ran == "Yes" || ran == "Y" => {}
                    _ => return None,
                }
            }
        } else if lines().any(|line| line.starts_with("Migration name")) {
            for line in lines().filter(|line| line.contains(" ..") && !line.starts_with("Migration name")) {
                let name = line.split_whitespace().next()?;
                match line.rsplit_once(". ").map_or("", |(_, state)| state) {
                    "Pending" => names.push(name.to_owned()),
                    state if state.ends_with("Ran") => {}
                    _ => return None,
                }
            }
        } else {
            return None;
        }
        said.is_well().then_some(Told::Pending { names, wrong: Vec::new() })
    },
};
