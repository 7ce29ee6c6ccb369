//! Prisma Migrate. A row that has no end did not finish: Prisma writes it before it runs the file.

use super::sum::sha256;
use crate::history::folder::{Fit, Grouping, Migration, Newer, Reader, Reading, Sure, Transaction, Tree, Wish};
use crate::history::record::Family::{Number, Text, Time};
use crate::history::record::{Cells, Record, State, column};
use crate::history::row::{Cell, Noted, Rows, keyed, text};
use crate::history::shape::{Shape, Tool};
use crate::history::status::{Status, Told};

const NAME: &str = "Prisma";

pub const TOOL: Tool = Tool {
    name: NAME,
    manual: "https://www.prisma.io/docs/orm/v6/prisma-migrate/understanding-prisma-migrate/migration-histories",
    tables: &[LIST],
};

const LIST: Shape = Shape {
    at: Some("finished_at"),
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

/// Folders with a `migration.sql`, in the order of their names; each file is sent as one simple query and summed up with SHA-256.
/// <https://www.prisma.io/docs/orm/prisma-migrate/understanding-prisma-migrate/migration-histories>
pub const FOLDER: Reader =
    Reader { tool: NAME, records: &[NAME], fits, read: folder, grouping: Grouping::ImplicitBlock, newer: Newer::Unknown };

fn fits(tree: &Tree) -> Option<Fit> {
    if let Some(lock) = tree.files.iter().find(|file| file.name() == "migration_lock.toml") {
        return Some(Fit::new(Sure::Marked, format!("{} is Prisma's", lock.path)));
    }
    let file = tree.files.iter().find(|file| file.name() == "migration.sql" && !file.folder().is_empty())?;
    Some(Fit::new(Sure::Named, format!("folders that hold migration.sql, such as {}", file.folder())))
}

fn folder(tree: &Tree, _: &Wish) -> Reading {
    let mut reading = Reading::default();
    for file in tree.files.iter().filter(|file| file.name() == "migration.sql") {
        let Some(name) = file.folder().rsplit('/').next().filter(|name| !name.is_empty()) else { continue };
        let mut migration = Migration::new(name, name, file);
        migration.transaction = Transaction::Whole;
        migration.checksum = Some(sha256(&file.bytes));
        reading.migrations.push(match tree.find(&format!("{}/down.sql", file.folder())) {
            Some(down) => migration.with_down(down),
            None => migration,
        });
    }
    reading.migrations.sort_by(|a, b| a.key.cmp(&b.key));
    reading
}

/// <https://www.prisma.io/docs/orm/prisma-migrate/workflows/patching-and-hotfixing>
pub const ROWS: Rows = Rows {
    done: &[("finished_at", Cell::Now), ("rolled_back_at", Cell::Null), ("applied_steps_count", Cell::Integer(1))],
    sum: Some(|sum| Some(("checksum", text(sum)))),
    ..Rows::list(NAME, row, |entry| keyed("migration_name", entry))
};

fn row(entry: &Noted<'_>) -> Option<Vec<(&'static str, Cell)>> {
    Some(vec![
        ("id", Cell::Uuid),
        ("checksum", text(entry.checksum?)),
        ("finished_at", Cell::Now),
        ("migration_name", text(entry.key)),
        ("started_at", Cell::Now),
        ("applied_steps_count", Cell::Integer(1)),
    ])
}

/// `migrate status` says that the schema is up to date, or which have not been applied, or have failed.
/// <https://www.prisma.io/docs/orm/reference/prisma-cli-reference#migrate-status>
pub const STATUS: Status = Status {
    tool: NAME,
    commands: &[],
    variables: &[],
    example: "npx prisma migrate status",
    read: |said| {
        if said.is_well() && said.lines().any(|line| line == "Database schema is up to date!") {
            return Some(Told::pending([] as [&str; 0]));
        }
        let below = |heading: &dyn Fn(&str) -> bool| -> Vec<String> {
            let lines = said.lines().skip_while(|line| !heading(line)).skip(1).skip_while(|line| line.is_empty());
            lines.take_while(|line| !line.is_empty()).map(str::to_owned).collect()
        };
        let names = below(&|line| line.starts_with("Following migration") && line.contains("not yet been applied"));
        let wrong = below(&|line| line.starts_with("Following migration") && line.contains("failed"));
        let wrong: Vec<(String, String)> = wrong.into_iter().map(|name| (name.clone(), format!("{name} has failed"))).collect();
        (!names.is_empty() || !wrong.is_empty()).then_some(Told::Pending { names, wrong })
    },
};
