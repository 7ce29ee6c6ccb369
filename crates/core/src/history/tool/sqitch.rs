//! Sqitch: changes of projects. One name may be deployed again after a tag, so each row is an event of its own.

use super::sum::sha1;
use crate::history::folder::{Fit, Grouping, Migration, Reader, Reading, Sure, Transaction, Tree, Wish};
use crate::history::record::Family::{Text, Time};
use crate::history::record::{Cells, Record, column};
use crate::history::shape::{Repeat, Shape, Tool};

const NAME: &str = "Sqitch";

pub const TOOL: Tool = Tool { name: NAME, manual: "https://sqitch.org/docs/manual/sqitchtutorial/", tables: &[LIST] };

const LIST: Shape = Shape {
    vague: &["changes"],
    anchor: Some("change_id"),
    exact: false,
    repeat: Repeat::Each,
    ..Shape::list(
        NAME,
        &[],
        &[
            column("change_id", Text),
            column("script_hash", Text),
            column("change", Text),
            column("project", Text),
            column("note", Text),
            column("committed_at", Time),
            column("planned_at", Time),
        ],
        &["committed_at"],
        read,
    )
};

fn read(row: &Cells<'_>) -> Option<Record> {
    let key = format!("{}:{}", row.get("project")?, row.get("change")?);
    let description = row.text("note").filter(|note| !note.is_empty());
    Some(Record { description, checksum: row.text("script_hash"), ..Record::applied(key) })
}

/// A plan names the changes in order; `deploy/NAME.sql` and `revert/NAME.sql` are run by the server's own client. SHA-1 of the file.
/// <https://sqitch.org/docs/manual/sqitch/>
pub const FOLDER: Reader = Reader { tool: NAME, records: &[NAME], fits, read: folder, grouping: Grouping::None };

const PLAN: &str = "sqitch.plan";

fn fits(tree: &Tree) -> Option<Fit> {
    tree.find(PLAN).map(|plan| Fit::new(Sure::Marked, format!("{} is Sqitch's", plan.path)))
}

fn folder(tree: &Tree, _: &Wish) -> Reading {
    let mut reading = Reading::default();
    let Some(plan) = tree.find(PLAN) else { return reading };
    let Ok(text) = plan.text() else {
        reading.odd.push((PLAN.to_owned(), "it is no UTF-8".to_owned()));
        return reading;
    };
    let project = text.lines().find_map(|line| line.trim().strip_prefix("%project=")).unwrap_or_default().trim();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with(['%', '#', '@'])) {
        let (name, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let path = format!("deploy/{name}.sql");
        let Some(file) = tree.find(&path) else {
            reading.odd.push((path, "the plan names it, and it is not there".to_owned()));
            continue;
        };
        if reading.migrations.iter().any(|done| done.name == name) {
            reading.odd.push((path, "the plan names it twice: a change that was made anew is not read yet".to_owned()));
            continue;
        }
        let mut migration = Migration::new(format!("{project}:{name}"), name, file);
        migration.transaction = Transaction::PerStatement;
        migration.checksum = Some(sha1(&file.bytes));
        migration.description = rest.split_once('#').map(|(_, note)| note.trim().to_owned());
        reading.migrations.push(match tree.find(&format!("revert/{name}.sql")) {
            Some(down) => migration.with_down(down),
            None => migration,
        });
    }
    reading
}
