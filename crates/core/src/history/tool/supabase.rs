//! Supabase's command line, which keeps the statements it ran.

use crate::history::folder::{Fit, Grouping, Migration, Newer, Reader, Reading, Sure, Tree, Wish, numbered};
use crate::history::record::Family::{Compound, Text};
use crate::history::record::{Cells, Record, column};
use crate::history::row::{Rows, keyed, text};
use crate::history::shape::{Shape, Tool};

pub(super) const NAME: &str = "Supabase";

pub const TOOL: Tool = Tool { name: NAME, manual: "https://supabase.com/docs/guides/deployment/database-migrations", tables: &[LIST] };

const LIST: Shape = Shape {
    by: Some("created_by"),
    exact: false,
    ..Shape::list(
        NAME,
        &["schema_migrations"],
        &[column("version", Text), column("statements", Compound), column("name", Text)],
        &["version"],
        read,
    )
};

fn read(row: &Cells<'_>) -> Option<Record> {
    let checksum = row.get("statements").map(|hash| format!("sha256 of the recorded statements: {hash}"));
    Some(Record { description: row.text("name"), checksum, ..Record::applied(row.text("version")?) })
}

/// Files of one folder, `TIMESTAMP_NAME.sql`. What it keeps are the statements it ran, not a sum of the file.
/// <https://supabase.com/docs/guides/deployment/database-migrations>
pub const FOLDER: Reader = Reader { tool: NAME, records: &[NAME], fits, read: folder, grouping: Grouping::PerFile, newer: Newer::Unknown };

fn named(tree: &Tree) -> impl Iterator<Item = (&crate::history::folder::File, &str, &str)> {
    tree.files.iter().filter_map(|file| {
        let (version, rest) = numbered(&file.path)?;
        let name = rest.strip_prefix('_')?.strip_suffix(".sql")?;
        (!name.contains('/')).then_some((file, version, name))
    })
}

fn fits(tree: &Tree) -> Option<Fit> {
    let file = named(tree).next()?.0;
    if tree.shown.trim_end_matches('/').ends_with("supabase/migrations") {
        return Some(Fit::new(Sure::Marked, "the folder is supabase/migrations"));
    }
    Some(Fit::new(Sure::Perhaps, format!("files named TIMESTAMP_NAME.sql, such as {}", file.path)))
}

fn folder(tree: &Tree, _: &Wish) -> Reading {
    let one = |(file, version, name): (&_, &str, &str)| {
        let mut migration = Migration::new(version, name, file);
        migration.description = Some(name.to_owned());
        migration
    };
    let mut migrations: Vec<Migration> = named(tree).map(one).collect();
    migrations.sort_by(|a, b| a.key.cmp(&b.key));
    Reading { migrations, ..Reading::default() }
}

/// The statements it keeps may be left out.
/// <https://supabase.com/docs/reference/cli/supabase-migration-repair>
pub const ROWS: Rows =
    Rows::list(NAME, |entry| Some(vec![("version", text(entry.key)), ("name", text(entry.name))]), |entry| keyed("version", entry));
