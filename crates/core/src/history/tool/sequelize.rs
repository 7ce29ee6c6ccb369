//! Sequelize, and umzug, whose storage it is: names of files and nothing else.

use super::code::{self, Names};
use crate::history::folder::{File, Fit, Grouping, Newer, Reader, Reading, Tree, Wish};
use crate::history::record::Family::Text;
use crate::history::record::{Cells, Record, column};
use crate::history::row::{Rows, keyed};
use crate::history::shape::{Shape, Tool};
use crate::history::status::{Status, Told};

const NAME: &str = "Sequelize or umzug";

pub const TOOL: Tool = Tool { name: NAME, manual: "https://sequelize.org/docs/v6/other-topics/migrations/", tables: &[LIST] };

const LIST: Shape = Shape::list(NAME, &["sequelizemeta"], &[column("name", Text)], &["name"], read);

fn read(row: &Cells<'_>) -> Option<Record> {
    row.text("name").map(Record::applied)
}

/// Scripts `TIMESTAMP-name.js`; the whole name of the file is recorded.
/// <https://sequelize.org/docs/v6/other-topics/migrations/>
pub const FOLDER: Reader = Reader { tool: NAME, records: &[NAME], fits, read: folder, grouping: Grouping::PerFile, newer: Newer::Passes };

const NAMES: Names = Names { language: "JavaScript", key };

fn key(file: &File) -> Option<String> {
    code::numbered_with(code::script(file.name())?, '-')?;
    Some(file.name().to_owned())
}

fn fits(tree: &Tree) -> Option<Fit> {
    code::fits(tree, &NAMES, tree.tells("package.json", "\"sequelize\"").map(|path| format!("{path} names Sequelize")))
}

fn folder(tree: &Tree, _: &Wish) -> Reading {
    code::read(tree, &NAMES)
}

/// The name alone.
pub const ROWS: Rows = Rows::list(NAME, |entry| keyed("name", entry), |entry| keyed("name", entry));

/// `db:migrate:status` prints a line for each: `up 20260101000000-one.js`, or `down`. umzug is what a project makes of it.
pub const STATUS: Status = Status {
    tool: NAME,
    commands: &[],
    variables: &[],
    example: "npx sequelize-cli db:migrate:status",
    read: |said| {
        let is_whole = said.is_well() && said.out.lines().any(|line| line.starts_with("up ") || line.starts_with("down "));
        is_whole.then(|| Told::pending(said.out.lines().filter_map(|line| line.strip_prefix("down "))))
    },
};
