//! Rails and dbmate, which make the same table; Rails keeps another one beside it. `db/migrate` and dbmate's folder are alike
//! in nothing else, so what is said of their files will need a file each.

use crate::history::record::Family::Text;
use crate::history::record::{Cells, Record, column};
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
