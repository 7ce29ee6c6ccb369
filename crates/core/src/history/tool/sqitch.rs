//! Sqitch: changes of projects. One name may be deployed again after a tag, so each row is an event of its own.

use super::sum::sha1;
use crate::history::folder::{Fit, Grouping, Migration, Newer, Reader, Reading, Sure, Transaction, Tree, Wish};
use crate::history::include::included;
use crate::history::record::Family::{Text, Time};
use crate::history::record::{Cells, Record, column};
use crate::history::shape::{Repeat, Shape, Tool};

pub(super) const NAME: &str = "Sqitch";

pub const TOOL: Tool = Tool { name: NAME, manual: "https://sqitch.org/docs/manual/sqitchtutorial/", tables: &[LIST] };

const LIST: Shape = Shape {
    at: Some("committed_at"),
    by: Some("committer_name"),
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
pub const FOLDER: Reader = Reader { tool: NAME, records: &[NAME], fits, read: folder, grouping: Grouping::None, newer: Newer::Refuses };

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
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with(['%', '#'])).collect();
    let named =
        |line: &str| line.split(|c: char| c.is_whitespace() || c == '[').next().unwrap_or_default().trim_start_matches('+').to_owned();
    for (at, line) in lines.iter().enumerate() {
        // A sign before a name says that it is taken back, which the plan of today no longer does.
        if line.starts_with('-') {
            reading.odd.push((PLAN.to_owned(), format!("{line:?} is not understood")));
            continue;
        }
        if line.starts_with('@') {
            continue;
        }
        let name = named(line);
        let is_same = |other: &&&str| !other.starts_with('@') && named(other) == name;
        let before = lines.iter().take(at).filter(is_same).count();
        let is_again = lines.iter().skip(at + 1).any(|other| is_same(&other));
        // Of one that was made anew the earlier text stands under the tag that follows it.
        let tag = lines.iter().skip(at + 1).find(|line| line.starts_with('@')).map(|line| named(line)).filter(|_| is_again);
        let file_of = |folder: &str| format!("{folder}/{name}{}.sql", tag.as_deref().unwrap_or_default());
        let Some(file) = tree.find(&file_of("deploy")) else {
            reading.odd.push((file_of("deploy"), "the plan names it, and it is not there".to_owned()));
            continue;
        };
        // The rows of one name are numbered as they were deployed.
        let key =
            |name: &str, count: usize| if count == 0 { format!("{project}:{name}") } else { format!("{project}:{name} #{}", count + 1) };
        let mut migration = included(Migration::new(key(&name, before), name.clone(), file), tree, file);
        migration.transaction = Transaction::PerStatement;
        migration.checksum = Some(sha1(&file.bytes));
        migration.description = line.split_once('#').map(|(_, note)| note.trim().to_owned());
        for needed in required(line) {
            let (needed, tagged) = needed.split_once('@').map_or((needed, None), |(needed, tag)| (needed, Some(tag)));
            let own = needed.strip_prefix(&format!("{project}:")).unwrap_or(needed);
            let until = tagged.and_then(|tag| lines.iter().position(|line| line.strip_prefix('@').is_some_and(|line| named(line) == tag)));
            let count = lines.iter().take(until.unwrap_or(at).min(at)).filter(|line| !line.starts_with('@') && named(line) == own).count();
            if count > 0 {
                migration.after.push(key(own, count - 1));
            } else if !own.contains(':') && !own.is_empty() {
                reading.odd.push((PLAN.to_owned(), format!("{name} requires {own}, which does not stand before it")));
            }
        }
        let down = tree.find(&file_of("revert"));
        reading.migrations.push(match down {
            Some(down) => migration.with_down(down),
            None => migration,
        });
    }
    reading
}

/// What a change requires, between brackets; a sign before a name says what it may not stand beside.
fn required(line: &str) -> Vec<&str> {
    let head = line.split('#').next().unwrap_or_default();
    let list = head.split_once('[').and_then(|(_, rest)| rest.split_once(']')).map_or("", |(list, _)| list);
    list.split_whitespace().filter(|word| !word.starts_with('!')).collect()
}
