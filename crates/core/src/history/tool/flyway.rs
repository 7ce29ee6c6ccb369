//! Flyway. Repeatable migrations have no version; Flyway knows them by their description.

use crate::history::record::Family::{Flag, Number, Text};
use crate::history::record::{Cells, Record, State, column, unusual};
use crate::history::shape::{Shape, Tool};

const NAME: &str = "Flyway";

pub const TOOL: Tool =
    Tool { name: NAME, manual: "https://documentation.red-gate.com/fd/flyway-schema-history-table-273973417.html", tables: &[LIST] };

const LIST: Shape = Shape {
    // Its name before Flyway 5.
    vague: &["schema_version"],
    anchor: Some("installed_rank"),
    exact: false,
    ..Shape::list(
        NAME,
        &["flyway_schema_history"],
        &[
            column("installed_rank", Number),
            column("version", Text),
            column("description", Text),
            column("type", Text),
            column("script", Text),
            column("checksum", Number),
            column("success", Flag),
        ],
        &["installed_rank"],
        read,
    )
};

fn read(row: &Cells<'_>) -> Option<Record> {
    let kind = row.get("type").unwrap_or_default();
    // Says only that Flyway made the schema itself.
    if kind == "SCHEMA" {
        return None;
    }
    let key = row.text("version").or_else(|| row.get("description").map(|name| format!("repeatable {name}")))?;
    let state = if !row.is("success") {
        State::Failed
    } else if kind.starts_with("UNDO") || kind == "DELETE" {
        State::RolledBack
    } else {
        State::Applied
    };
    let recorded_as = unusual(Some(kind), &["SQL", "JDBC"]);
    Some(Record { description: row.text("description"), checksum: row.text("checksum"), state, recorded_as, ..Record::applied(key) })
}
