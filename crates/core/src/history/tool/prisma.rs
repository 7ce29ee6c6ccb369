//! Prisma Migrate. A row that has no end did not finish: Prisma writes it before it runs the file.

use crate::history::record::Family::{Number, Text, Time};
use crate::history::record::{Cells, Record, State, column};
use crate::history::shape::{Shape, Tool};

const NAME: &str = "Prisma";

pub const TOOL: Tool = Tool {
    name: NAME,
    manual: "https://www.prisma.io/docs/orm/v6/prisma-migrate/understanding-prisma-migrate/migration-histories",
    tables: &[LIST],
};

const LIST: Shape = Shape {
    anchor: Some("applied_steps_count"),
    exact: false,
    ..Shape::list(
        NAME,
        &["_prisma_migrations"],
        &[
            column("id", Text),
            column("checksum", Text),
            column("finished_at", Time),
            column("migration_name", Text),
            column("rolled_back_at", Time),
            column("started_at", Time),
            column("applied_steps_count", Number),
        ],
        &["started_at"],
        read,
    )
};

fn read(row: &Cells<'_>) -> Option<Record> {
    let state = match (row.get("finished_at"), row.get("rolled_back_at")) {
        (_, Some(_)) => State::RolledBack,
        (Some(_), None) => State::Applied,
        (None, None) => State::Failed,
    };
    Some(Record { checksum: row.text("checksum"), state, ..Record::applied(row.text("migration_name")?) })
}
