//! Rails and dbmate, which make the same table; Rails keeps another one beside it. `db/migrate` and dbmate's folder are alike
//! in nothing else, so what is said of their files will need a file each.

use super::code::{self, Names};
use crate::history::folder::{Dumped, File, Fit, Grouping, Reader, Reading, Tree, Wish};
use crate::history::record::Family::Text;
use crate::history::record::{Cells, Record, column};
use crate::history::row::{Rows, keyed};
use crate::history::shape::{Shape, Tool};

const NAME: &str = "Rails or dbmate";

pub const TOOL: Tool = Tool { name: NAME, manual: "https://guides.rubyonrails.org/active_record_migrations.html", tables: &[LIST] };

const LIST: Shape = Shape {
    beside: Some(("ar_internal_metadata", "Rails")),
    ..Shape::list(NAME, &["schema_migrations"], &[column("version", Text)], &["version"], read)
};

fn read(row: &Cells<'_>) -> Option<Record> {
    row.text("version").map(Record::applied)
}

/// Ruby files `VERSION_name.rb`, each in a transaction of its own; the version is all that is recorded.
/// <https://guides.rubyonrails.org/active_record_migrations.html>
pub const FOLDER: Reader = Reader { tool: "Rails", records: &["Rails", NAME], fits, read: folder, grouping: Grouping::PerFile };

const NAMES: Names = Names { language: "Ruby", key };

fn key(file: &File) -> Option<String> {
    let (version, _) = code::numbered_with(file.name(), '_')?;
    file.name().ends_with(".rb").then(|| version.to_owned())
}

fn fits(tree: &Tree) -> Option<Fit> {
    code::fits(tree, &NAMES, tree.tells("Gemfile", "rails").map(|path| format!("{path} names Rails")))
}

fn folder(tree: &Tree, _: &Wish) -> Reading {
    Reading { dumped: dumped(tree), ..code::read(tree, &NAMES) }
}

/// `db/structure.sql` beside `db/migrate`, `db/NAME_structure.sql` beside `db/NAME_migrate`: what Rails dumps after it migrates, with the
/// versions that are in.
/// <https://guides.rubyonrails.org/active_record_migrations.html#schema-dumping-and-you>
fn dumped(tree: &Tree) -> Option<Dumped> {
    let (above, own) = tree.real.rsplit_once('/')?;
    let name = format!("{}structure.sql", own.strip_suffix("migrate")?);
    let file = tree.around.iter().find(|file| file.path == format!("{above}/{name}"))?;
    let text = file.text().ok()?;
    Some(Dumped { file: format!("../{name}"), text: text.to_owned() })
}

/// The versions that a statement of a dump puts into the table in which they are recorded; none of one that is about something else.
pub(in crate::history) fn listed(statement: &str) -> Vec<String> {
    let Some((head, values)) = statement.split_once("VALUES") else { return Vec::new() };
    let mut words = head.split_whitespace();
    let starts = words
        .next()
        .zip(words.next())
        .is_some_and(|(insert, into)| insert.eq_ignore_ascii_case("insert") && into.eq_ignore_ascii_case("into"));
    let table = words.next().unwrap_or_default().split('(').next().unwrap_or_default();
    let name = table.rsplit('.').next().unwrap_or_default().trim_matches(['"', '`']);
    if !starts || name != "schema_migrations" {
        return Vec::new();
    }
    let quoted = values.split('\'').skip(1).step_by(2);
    quoted.filter(|key| !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_digit())).map(str::to_owned).collect()
}

/// The version alone, of Rails as of dbmate.
pub const ROWS: Rows = Rows::list(NAME, |entry| keyed("version", entry), |entry| keyed("version", entry));
