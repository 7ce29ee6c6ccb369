//! Gates about ways back, and about the same once more. Neighbour: `gates`, all the others.

use super::gate::{Gate, Limits, Part, Target, Undoing, time};
use super::told::{Difference, Migration, Undo};
use crate::history::effect::{Stand, Touch};
use crate::kind::Kind;
use std::time::Duration;

pub(super) fn undo(limits: &Limits, migrations: &[Migration]) -> Gate {
    let (undoing, origin) = &limits.undo;
    let gate = match undoing {
        Undoing::ForwardOnly(reason) => {
            let gate = Gate::new(Part::Undo, "undo", "none: forward-only", origin);
            return gate.found(Some(true), format!("no way back is demanded: {reason}"));
        }
        Undoing::Exact => Gate::new(Part::Undo, "undo", "each way back restores the schema", origin),
    };
    let gate = gate
        .because("There is no way back when the release goes wrong.")
        .do_this("write the way back; or undo = \"forward-only\" and undo_reason under [gates]");
    for migration in migrations {
        let Some(undo) = &migration.undo else {
            return gate.found(None, format!("{}: not tried", migration.key));
        };
        let broken = match undo {
            Undo { failed: Some(why), .. } => Some(format!("does not run: {why}")),
            Undo { exact: None, .. } => Some("irreversible: no way back, or one without a statement".to_owned()),
            Undo { exact: Some(false), differences, .. } => {
                let first = differences.first().map(Difference::words).unwrap_or_default();
                let more = differences.len().saturating_sub(1);
                Some(if more > 0 { format!("{first}; and {more} more") } else { first })
            }
            Undo { again, .. } => again.first().map(|words| format!("run once more after it: {words}")),
        };
        if let Some(broken) = broken {
            return gate.found(Some(false), format!("{}: {broken}", migration.key));
        }
    }
    gate.found(Some(true), format!("exact for {} of {}", migrations.len(), migrations.len()))
}

pub(super) fn loss(limits: &Limits, migrations: &[Migration], target: &Target) -> Gate {
    let gate = Gate::new(
        Part::Undo,
        "data-loss",
        "no way back takes rows away that were there before, or fails on those of the new version",
        Limits::DEFAULT,
    )
    .because("What was written is gone after the way back.")
    .do_this("rename in place of dropping, and drop in a later release");
    if limits.is_forward_only() {
        let gone = migrations.iter().flat_map(taken_away).collect::<Vec<_>>();
        let named = gone.iter().take(3).cloned().collect::<Vec<_>>().join(", ");
        let more = if gone.len() > 3 { format!(" and {} more", gone.len() - 3) } else { String::new() };
        let words = if gone.is_empty() {
            "no way back is demanded".to_owned()
        } else {
            format!("no way back is demanded: {named}{more} is taken away for good")
        };
        return gate.found(Some(true), words);
    }
    let bare = |name: &&String| target.here.get(*name).is_none_or(|rows| *rows == 0) && target.rows.get(*name).is_none_or(|rows| *rows > 0);
    let emptied =
        migrations.iter().flat_map(|migration| &migration.statements).find_map(|trace| Some((trace, trace.emptied.iter().find(bare)?)));
    if let Some((trace, name)) = emptied {
        return gate.found(Some(false), format!("{} empties {name}, or lets it begin anew", trace.place)).at(Some(&trace.place));
    }
    let undone = || migrations.iter().filter_map(|migration| Some((migration, migration.undo.as_ref()?)));
    if let Some((migration, undo)) = undone().find(|(_, undo)| !undo.data_lost.is_empty()) {
        let named = undo.data_lost.iter().take(3).cloned().collect::<Vec<_>>().join(", ");
        let more = undo.data_lost.len().saturating_sub(3);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        return gate.found(Some(false), format!("{}: {named}{more}", migration.key));
    }
    if let Some((migration, place)) = undone().find_map(|(migration, undo)| Some((migration, undo.rows_changed.as_ref()?))) {
        let found =
            format!("{}: rows are changed, and none of them were here: whether the way back restores them was not seen", migration.key);
        return gate.found(None, found).at(Some(place));
    }
    if let Some((migration, table)) = undone().find_map(|(migration, undo)| Some((migration, undo.unwritten.first()?))) {
        let found =
            format!("{}: what the new version writes could not be made up, so what becomes of it was not seen: {table}", migration.key);
        return gate.found(None, found);
    }
    if let Some(migration) = migrations.iter().find(|migration| migration.undo.is_none()) {
        return gate.found(None, format!("{}: not tried", migration.key));
    }
    if undone().all(|(_, undo)| undo.exact.is_none()) {
        return gate.found(None, "there is no way back that was tried");
    }
    gate.found(Some(true), "what was there before is there after each way back")
}

/// How long all ways back take together; nothing where it was short here and not estimated: how long they take on the target is told by
/// no part then.
pub(super) fn recovery(limits: &Limits, migrations: &[Migration], target: &Target) -> Option<Gate> {
    let (limit, origin) = &limits.recovery;
    if limits.is_forward_only() {
        return None;
    }
    let gate = Gate::new(Part::Undo, "recovery-time", format!("the way back takes at most {}", time(*limit)), origin)
        .because("Users are without the application, or with a broken one, as long.")
        .do_this("split what takes long, or keep what is old until nobody needs a way back");
    let here: Duration = migrations.iter().filter_map(|migration| migration.undo.as_ref()?.took).sum();
    if here > *limit {
        return Some(gate.found(Some(false), format!("{} here already", time(here))));
    }
    let back = target.larger.as_ref()?.undo.as_ref()?;
    let range = || format!("{} to {} on the target, as estimated", time(back.low), time(back.high));
    Some(match back {
        _ if !back.enough => gate.found(None, format!("{} here; {}", time(here), back.why)),
        _ if back.low > *limit => gate.found(Some(false), range()),
        _ if back.high > *limit => gate.found(None, range()),
        _ => gate.found(Some(true), range()),
    })
}

pub(super) fn rerun(migrations: &[Migration]) -> Gate {
    let gate = Gate::new(Part::Rerun, "rerun", "run again after an interruption, each comes to the same end", Limits::DEFAULT)
        .because("An interrupted release cannot be finished by running it again.")
        .do_this("let each statement that runs outside of a transaction be one file, and clear away what an interruption leaves");
    let mut steps = Vec::new();
    for migration in migrations {
        let Some(rerun) = &migration.rerun else { return gate.found(None, format!("{}: not tried", migration.key)) };
        match rerun.converges {
            Some(false) if tells_steps(migration) => steps.push(migration.key.as_str()),
            None => {
                let why = rerun.left_behind.first().cloned().unwrap_or_else(|| "not tried".to_owned());
                return gate.found(None, format!("{}: {why}", migration.key));
            }
            Some(false) => {
                let at = rerun.after_statement.map(|at| format!(" interrupted after statement {at}")).unwrap_or_default();
                let left = rerun.left_behind.first().cloned().unwrap_or_default();
                return gate.found(Some(false), format!("{}{at}: {left}", migration.key));
            }
            Some(true) => {}
        }
    }
    if !steps.is_empty() {
        let words = "not by running it again, each definition is a commit of its own; the schema tells after which statement, and deploy \
                     --resume goes on there";
        return gate.found(Some(true), format!("{}: {words}", steps.join(", ")));
    }
    gate.found(Some(true), format!("{} of {}", migrations.len(), migrations.len()))
}

/// Whether the schema tells how far a migration came whose definitions are commits of their own: each of them shows in it.
fn tells_steps(migration: &Migration) -> bool {
    let after = &migration.after;
    let is_rows = |at: usize| migration.statements.get(at).is_some_and(|trace| ROWS.iter().any(|tag| trace.tag.starts_with(tag)));
    // Before the first nobody looked: it shows where it defines something.
    let defines = |at: usize| migration.statements.get(at).is_some_and(|trace| DEFINING.iter().any(|tag| trace.tag.starts_with(tag)));
    let shows = |at: usize| is_rows(at) || if at == 0 { defines(at) } else { after.get(at) != after.get(at - 1) };
    after.len() == migration.statements.len() && after.iter().all(Option::is_some) && (0..after.len()).all(shows)
}

/// First words of definitions.
const DEFINING: [&str; 4] = ["CREATE", "ALTER", "DROP", "RENAME"];
/// Statements that only change rows, which go together in a transaction, and settings of the session.
const ROWS: [&str; 6] = ["INSERT", "UPDATE", "DELETE", "REPLACE", "SELECT", "SET"];

/// Tables and columns that a migration takes away, and what it empties.
fn taken_away(migration: &Migration) -> Vec<String> {
    let holds_data = |touch: &&Touch| {
        matches!(touch.spot.kind, Kind::Table | Kind::Column) && touch.spot.attribute.is_none() && touch.after == Stand::Gone
    };
    let gone = migration.effect.iter().flatten().filter(holds_data).map(|touch| touch.spot.display());
    gone.chain(migration.statements.iter().flat_map(|trace| &trace.emptied).cloned()).collect()
}
