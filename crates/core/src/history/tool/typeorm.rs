//! TypeORM: names of classes.

use super::code::{self, Names};
use crate::history::folder::{File, Fit, Grouping, Newer, Reader, Reading, Tree, Wish};
use crate::history::record::Family::{Number, Text};
use crate::history::record::{Cells, Record, column};
use crate::history::row::{Cell, Cells as Row, Noted, Rows, keyed, text};
use crate::history::shape::{Shape, Tool};
use crate::history::status::{Status, Told};

const NAME: &str = "TypeORM";

pub const TOOL: Tool = Tool { name: NAME, manual: "https://typeorm.io/docs/advanced-topics/migrations", tables: &[LIST] };

const LIST: Shape = Shape {
    vague: &["migrations"],
    ..Shape::list(NAME, &[], &[column("id", Number), column("timestamp", Number), column("name", Text)], &["id"], read)
};

fn read(row: &Cells<'_>) -> Option<Record> {
    row.text("name").map(Record::applied)
}

/// Scripts `TIMESTAMP-Name.ts` with a class `NameTIMESTAMP`, whose name is recorded; all that is pending runs in one transaction.
/// <https://typeorm.io/docs/advanced-topics/migrations>
pub const FOLDER: Reader = Reader { tool: NAME, records: &[NAME], fits, read: folder, grouping: Grouping::Batch, newer: Newer::Passes };

const NAMES: Names = Names { language: "JavaScript", key };

fn key(file: &File) -> Option<String> {
    let (time, name) = code::numbered_with(code::script(file.name())?, '-')?;
    let begins = name.chars().next().is_some_and(char::is_uppercase);
    (begins && time.len() == 13).then(|| format!("{name}{time}"))
}

fn fits(tree: &Tree) -> Option<Fit> {
    code::fits(tree, &NAMES, tree.tells("package.json", "\"typeorm\"").map(|path| format!("{path} names TypeORM")))
}

fn folder(tree: &Tree, _: &Wish) -> Reading {
    code::read(tree, &NAMES)
}

/// The moment of its name stands apart as well.
/// <https://typeorm.io/docs/advanced-topics/migrations>
pub const ROWS: Rows = Rows::list(NAME, row, |entry| keyed("name", entry));

fn row(entry: &Noted<'_>) -> Option<Row> {
    let letters = entry.key.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let time = entry.key.get(letters..)?.parse().ok()?;
    Some(vec![("timestamp", Cell::Integer(time)), ("name", text(entry.key))])
}

/// `migration:show` prints a line for each: `[X] 1 One1767225600000`, or `[ ] One1767225600000`.
pub const STATUS: Status = Status {
    tool: NAME,
    commands: &[],
    variables: &[],
    example: "npx typeorm migration:show -d data-source.js",
    read: |said| {
        // It ends with 1 where something is pending, from some version on.
        let lines = || said.out.lines().map(str::trim);
        let is_whole = matches!(said.code, Some(0 | 1)) && lines().any(|line| line.starts_with("[X] ") || line.starts_with("[ ] "));
        is_whole.then(|| Told::pending(lines().filter_map(|line| line.strip_prefix("[ ] "))))
    },
};
