//! Rails and dbmate, which make the same table; Rails keeps another one beside it. `db/migrate` and dbmate's folder are alike
//! in nothing else, so what is said of their files will need a file each.

use super::code::{self, Names};
use crate::history::folder::{Dumped, File, Fit, Grouping, Newer, Reader, Reading, Tree, Wish};
use crate::history::record::Family::Text;
use crate::history::record::{Cells, Record, column};
use crate::history::row::{Rows, keyed};
use crate::history::shape::{Shape, Tool};

const NAME: &str = "Rails or dbmate";
const RECORD: &str = "schema_migrations";

pub const TOOL: Tool = Tool { name: NAME, manual: "https://guides.rubyonrails.org/active_record_migrations.html", tables: &[LIST] };

const LIST: Shape = Shape {
    beside: Some(("ar_internal_metadata", "Rails")),
    ..Shape::list(NAME, &[RECORD], &[column("version", Text)], &["version"], read)
};

fn read(row: &Cells<'_>) -> Option<Record> {
    row.text("version").map(Record::applied)
}

/// Ruby files `VERSION_name.rb`, each in a transaction of its own; the version is all that is recorded.
/// <https://guides.rubyonrails.org/active_record_migrations.html>
pub const FOLDER: Reader =
    Reader { tool: "Rails", records: &["Rails", NAME], fits, read: folder, grouping: Grouping::PerFile, newer: Newer::Passes };

const NAMES: Names = Names { language: "Ruby", key };

fn key(file: &File) -> Option<String> {
    let (version, _) = code::numbered_with(file.name(), '_')?;
    file.name().ends_with(".rb").then(|| version.to_owned())
}

fn fits(tree: &Tree) -> Option<Fit> {
    code::fits(tree, &NAMES, tree.tells("Gemfile", "rails").map(|path| format!("{path} names Rails")))
}

fn folder(tree: &Tree, _: &Wish) -> Reading {
    let mut reading = code::read(tree, &NAMES);
    match dumped(tree).transpose() {
        Ok(dumped) => reading.dumped = dumped,
        Err(odd) => reading.odd.push(odd),
    }
    reading
}

/// `db/structure.sql` beside `db/migrate`, `db/NAME_structure.sql` beside `db/NAME_migrate`: what Rails dumps after it migrates, with the
/// versions that are in.
/// <https://guides.rubyonrails.org/active_record_migrations.html#schema-dumping-and-you>
fn dumped(tree: &Tree) -> Option<Result<Dumped, (String, String)>> {
    let (above, own) = tree.real.rsplit_once('/')?;
    let name = format!("{}structure.sql", own.strip_suffix("migrate")?);
    let file = tree.around.iter().find(|file| file.path == format!("{above}/{name}"))?;
    let file_shown = format!("../{name}");
    Some(match file.text() {
        Ok(text) => Ok(Dumped { file: file_shown, text: text.to_owned(), table: RECORD }),
        Err(why) => Err((file_shown, why)),
    })
}

/// The version alone, of Rails as of dbmate.
pub const ROWS: Rows = Rows::list(NAME, |entry| keyed("version", entry), |entry| keyed("version", entry));
