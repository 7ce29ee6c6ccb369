//! Laravel: names of files in batches.

use super::code::{self, Names};
use crate::history::folder::{File, Fit, Grouping, Reader, Reading, Tree, Wish};
use crate::history::record::Family::{Number, Text};
use crate::history::record::{Cells, Record, column};
use crate::history::row::{Cell, Rows, keyed, text};
use crate::history::shape::{Shape, Tool};

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
pub const FOLDER: Reader = Reader { tool: NAME, records: &[NAME], fits, read: folder, grouping: Grouping::None };

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
