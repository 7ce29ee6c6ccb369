//! Entity Framework Core. A naming convention that writes snake_case makes another table of it.

use crate::history::record::Family::Text;
use crate::history::record::{Record, column};
use crate::history::shape::{Shape, Tool};

const NAME: &str = "EF Core";

pub const TOOL: Tool = Tool {
    name: NAME,
    manual: "https://learn.microsoft.com/en-us/ef/core/managing-schemas/migrations/history-table",
    tables: &[LIST, SNAKE],
};

const LIST: Shape = Shape {
    anchor: Some("MigrationId"),
    ..Shape::list(
        NAME,
        &["__efmigrationshistory"],
        &[column("migrationid", Text), column("productversion", Text)],
        &["migrationid"],
        |row| row.text("migrationid").map(Record::applied),
    )
};

const SNAKE: Shape = Shape::list(
    NAME,
    &["__efmigrationshistory", "__ef_migrations_history"],
    &[column("migration_id", Text), column("product_version", Text)],
    &["migration_id"],
    |row| row.text("migration_id").map(Record::applied),
);
