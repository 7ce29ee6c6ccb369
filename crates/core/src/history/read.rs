//! What a row of each tool means.

use super::{Cells, Record, State};

fn record(key: String) -> Record {
    Record { key, description: None, checksum: None, state: State::Applied, recorded_as: None }
}

/// The word, where it is not the usual one.
fn unusual(word: Option<&str>, usual: &[&str]) -> Option<String> {
    word.filter(|word| !usual.contains(word)).map(str::to_owned)
}

pub fn flyway(row: &Cells<'_>) -> Option<Record> {
    let kind = row.get("type").unwrap_or_default();
    // Says only that Flyway made the schema itself.
    if kind == "SCHEMA" {
        return None;
    }
    // Repeatable migrations have no version; Flyway knows them by their description.
    let key = row.text("version").or_else(|| row.get("description").map(|name| format!("repeatable {name}")))?;
    let state = if !row.is("success") {
        State::Failed
    } else if kind.starts_with("UNDO") || kind == "DELETE" {
        State::RolledBack
    } else {
        State::Applied
    };
    let recorded_as = unusual(Some(kind), &["SQL", "JDBC"]);
    Some(Record { description: row.text("description"), checksum: row.text("checksum"), state, recorded_as, ..record(key) })
}

pub fn liquibase(row: &Cells<'_>) -> Option<Record> {
    let key = format!("{}::{}::{}", row.get("filename")?, row.get("id")?, row.get("author")?);
    let kind = row.get("exectype");
    let state = if kind == Some("FAILED") { State::Failed } else { State::Applied };
    let recorded_as = unusual(kind, &["EXECUTED", "RERAN", "FAILED"]);
    Some(Record { description: row.text("description"), checksum: row.text("md5sum"), state, recorded_as, ..record(key) })
}

pub fn version(row: &Cells<'_>) -> Option<Record> {
    row.text("version").map(record)
}

pub fn name(row: &Cells<'_>) -> Option<Record> {
    row.text("name").map(record)
}

pub fn golang_migrate(row: &Cells<'_>) -> Option<Record> {
    let state = if row.is("dirty") { State::Failed } else { State::Applied };
    Some(Record { state, ..record(row.text("version")?) })
}

pub fn goose(row: &Cells<'_>) -> Option<Record> {
    let key = row.text("version_id")?;
    // The row every goose table begins with.
    if key == "0" {
        return None;
    }
    let state = if row.is("is_applied") { State::Applied } else { State::RolledBack };
    Some(Record { state, ..record(key) })
}

pub fn sqlx(row: &Cells<'_>) -> Option<Record> {
    let state = if row.is("success") { State::Applied } else { State::Failed };
    Some(Record { description: row.text("description"), checksum: row.text("checksum"), state, ..record(row.text("version")?) })
}

pub fn refinery(row: &Cells<'_>) -> Option<Record> {
    Some(Record { description: row.text("name"), checksum: row.text("checksum"), ..record(row.text("version")?) })
}

pub fn alembic(row: &Cells<'_>) -> Option<Record> {
    row.text("version_num").map(record)
}

pub fn django(row: &Cells<'_>) -> Option<Record> {
    Some(record(format!("{}.{}", row.get("app")?, row.get("name")?)))
}

pub fn prisma(row: &Cells<'_>) -> Option<Record> {
    let state = match (row.get("finished_at"), row.get("rolled_back_at")) {
        (_, Some(_)) => State::RolledBack,
        (Some(_), None) => State::Applied,
        (None, None) => State::Failed,
    };
    Some(Record { checksum: row.text("checksum"), state, ..record(row.text("migration_name")?) })
}

pub fn typeorm(row: &Cells<'_>) -> Option<Record> {
    row.text("name").map(record)
}

pub fn yoyo(row: &Cells<'_>) -> Option<Record> {
    row.text("migration_id").or_else(|| row.text("migration_hash")).map(record)
}

pub fn sqitch(row: &Cells<'_>) -> Option<Record> {
    let key = format!("{}:{}", row.get("project")?, row.get("change")?);
    let description = row.text("note").filter(|note| !note.is_empty());
    Some(Record { description, checksum: row.text("script_hash"), ..record(key) })
}

pub fn laravel(row: &Cells<'_>) -> Option<Record> {
    row.text("migration").map(record)
}

pub fn drizzle(row: &Cells<'_>) -> Option<Record> {
    let key = row.text("created_at").or_else(|| row.text("hash"))?;
    Some(Record { checksum: row.text("hash"), ..record(key) })
}

pub fn supabase(row: &Cells<'_>) -> Option<Record> {
    let checksum = row.get("statements").map(|hash| format!("sha256 of the recorded statements: {hash}"));
    Some(Record { description: row.text("name"), checksum, ..record(row.text("version")?) })
}

pub fn pgroll(row: &Cells<'_>) -> Option<Record> {
    // Not done: both versions of the schema are being served. No fault, and not over.
    let state = if row.is("done") { State::Applied } else { State::InProgress };
    let checksum = row.get("migration").map(|hash| format!("sha256 of the recorded migration: {hash}"));
    Some(Record { checksum, state, ..record(format!("{}.{}", row.get("schema")?, row.get("name")?)) })
}

pub fn ef_core(row: &Cells<'_>) -> Option<Record> {
    row.text("migrationid").or_else(|| row.text("migration_id")).map(record)
}

pub fn atlas(row: &Cells<'_>) -> Option<Record> {
    let key = row.text("version")?;
    // Rows whose version begins with a dot are the tool's own notes.
    if key.starts_with('.') {
        return None;
    }
    let failed = row.get("error").is_some_and(|text| !text.is_empty()) || row.get("applied") != row.get("total");
    let state = if failed { State::Failed } else { State::Applied };
    Some(Record { description: row.text("description"), checksum: row.text("hash"), state, ..record(key) })
}

pub fn liquibase_lock(row: &Cells<'_>) -> Option<Record> {
    row.is("locked").then(|| record("locked".to_owned()))
}

pub fn knex_lock(row: &Cells<'_>) -> Option<Record> {
    row.get("is_locked").filter(|locked| *locked != "0").map(|_| record("locked".to_owned()))
}

pub fn yoyo_lock(row: &Cells<'_>) -> Option<Record> {
    row.get("locked").filter(|locked| *locked != "0").map(|_| record("locked".to_owned()))
}
