//! Sequelize, and umzug, whose storage it is: names of files and nothing else.

use crate::history::record::Family::Text;
use crate::history::record::{Cells, Record, column};
use crate::history::shape::{Shape, Tool};

const NAME: &str = "Sequelize or umzug";

pub const TOOL: Tool = Tool { name: NAME, manual: "https://sequelize.org/docs/v6/other-topics/migrations/", tables: &[LIST] };

const LIST: Shape = Shape::list(NAME, &["sequelizemeta"], &[column("name", Text)], &["name"], read);

fn read(row: &Cells<'_>) -> Option<Record> {
    row.text("name").map(Record::applied)
}
