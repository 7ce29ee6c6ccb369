//! Django: migrations are numbered in each app, so a key is both.

use super::code::{self, Names};
use crate::history::folder::{File, Fit, Grouping, Reader, Reading, Tree, Wish};
use crate::history::record::Family::{Number, Text, Time};
use crate::history::record::{Cells, Record, column};
use crate::history::row::{Cell, Cells as Row, Noted, Rows, text};
use crate::history::shape::{Shape, Tool};

const NAME: &str = "Django";

pub const TOOL: Tool = Tool { name: NAME, manual: "https://docs.djangoproject.com/en/stable/topics/migrations/", tables: &[LIST] };

const LIST: Shape = Shape::list(
    NAME,
    &["django_migrations"],
    &[column("id", Number), column("app", Text), column("name", Text), column("applied", Time)],
    &["id"],
    read,
);

fn read(row: &Cells<'_>) -> Option<Record> {
    Some(Record::applied(format!("{}.{}", row.get("app")?, row.get("name")?)))
}

/// Python files `NNNN_name.py` in the folder `migrations` of each app; app and name are recorded.
/// <https://docs.djangoproject.com/en/stable/topics/migrations/>
pub const FOLDER: Reader = Reader { tool: NAME, records: &[NAME], fits, read: folder, grouping: Grouping::PerFile };

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
    code::read(tree, &NAMES)
}

/// An application and a name.
/// <https://docs.djangoproject.com/en/stable/topics/migrations/>
pub const ROWS: Rows = Rows::list(NAME, |entry| Some([own(entry)?, vec![("applied", Cell::Now)]].concat()), own);

fn own(entry: &Noted<'_>) -> Option<Row> {
    let (app, name) = entry.key.split_once('.')?;
    Some(vec![("app", text(app)), ("name", text(name))])
}
