//! What a rehearsal says: its public JSON, and how a person sees it.
//!
//! Lives here: layout and sentences. Does not live here: what is said (`core/rehearsal`).

mod data;
mod held;
mod html;
mod in_place;
mod killed;
mod markdown;
mod met;
mod picture;
mod terminal;

use crate::Fault;
use crate::format::Style;
use crate::history::Form;
use evenkeel_core::estimate::{Driver, Estimate};
use evenkeel_core::history::effect::{Stand, Touch};
use evenkeel_core::rehearsal::{Asked, Part, Proposed, Rehearsal, Rerun, Survival, Undo, bytes, time};
use evenkeel_core::trace::{Blocked, Class, Lock, Trace};
use std::time::Duration;

/// What a rehearsal says.
///
/// # Errors
/// It cannot be written as JSON.
pub fn rehearsal(rehearsal: &Rehearsal, form: Form, style: &Style) -> Result<Vec<u8>, Fault> {
    match form {
        Form::Terminal => Ok(terminal::rehearsal(rehearsal, style).into_bytes()),
        Form::Json => data::json(rehearsal),
        Form::Markdown => Ok(markdown::rehearsal(rehearsal).into_bytes()),
    }
}

pub use html::page;

/// The JSON schema of it, as published in `docs/reference`.
#[must_use]
pub fn json_schema() -> (&'static str, schemars::Schema) {
    let mut schema = schemars::schema_for!(data::Told);
    schema.insert("title".to_owned(), "evenkeel rehearse".into());
    ("rehearse", schema)
}

/// The verdict in one line, as a person reads it aloud.
#[must_use]
pub fn verdict_line(rehearsal: &Rehearsal) -> String {
    let (target, gates) = (&rehearsal.target, &rehearsal.gates);
    let named = |holds: Option<bool>| {
        let mut names: Vec<&str> = gates.iter().filter(|gate| gate.holds == holds).map(|gate| gate.name).collect();
        names.dedup();
        names
    };
    let (closed, open) = (named(Some(false)), named(None));
    if rehearsal.migrations.is_empty() {
        return format!("{target}: nothing is pending, so nothing was rehearsed");
    }
    let count = rehearsal.migrations.len();
    let release = if count == 1 { "1 migration".to_owned() } else { format!("{count} migrations") };
    if !closed.is_empty() {
        let gates = if closed.len() == 1 { "1 gate is closed" } else { &format!("{} gates are closed", closed.len()) };
        return format!("{target}: {release}: {gates}: {}", closed.join(", "));
    }
    if rehearsal.is_validated() {
        return format!("{target}: {release}: VALIDATED: all {} gates hold", gates.len());
    }
    let holding = gates.iter().filter(|gate| gate.holds == Some(true)).count();
    let mut why: Vec<String> = if open.is_empty() { Vec::new() } else { vec![format!("could not tell {}", open.join(", "))] };
    if !rehearsal.gaps.is_empty() {
        why.push(format!(
            "{} not seen",
            if rehearsal.gaps.len() == 1 { "1 thing was".to_owned() } else { format!("{} things were", rehearsal.gaps.len()) }
        ));
    }
    if rehearsal.exit_code() == 0 {
        why.push("only a part was asked for".to_owned());
    }
    format!("{target}: {release}: not VALIDATED: {holding} gates hold, none is closed; {}", why.join("; "))
}

/// In milliseconds: microseconds are as good as the clocks.
fn ms(time: Duration) -> f64 {
    (time.as_secs_f64() * 1_000_000.0).round() / 1000.0
}

/// `ACCESS EXCLUSIVE on table public.t, held 1.2 to 3.4 ms`.
fn lock(lock: &Lock) -> String {
    let name = if lock.relation.is_empty() { String::new() } else { format!(" {}", lock.relation) };
    let held = match lock.held.high {
        None => format!("held {} at least", time(lock.held.low)),
        Some(high) if high == lock.held.low => format!("held {}", time(high)),
        Some(high) => format!("held {} to {}", time(lock.held.low), time(high)),
    };
    let unnamed = if lock.named || lock.fresh { "" } else { ", which the statement does not name" };
    format!("{} on {}{name}{unnamed}, {held}", lock.mode, lock.kind)
}

/// `made others wait 3 times for the relation public.t, 12 ms at most, 20 ms in all`.
fn blocked(blocked: &Blocked) -> String {
    let on = if blocked.relation.is_empty() { String::new() } else { format!(" of {}", blocked.relation) };
    let times = if blocked.clients == 1 { "once".to_owned() } else { format!("{} times", blocked.clients) };
    format!("made clients wait {times} for the {}{on}: {} at most, {} in all", blocked.wait, time(blocked.longest), time(blocked.total))
}

/// Below that, waiting is told in JSON alone.
const WAITED: std::time::Duration = std::time::Duration::from_millis(10);

/// The words by which it is done, where a server has such.
fn form(form: Option<&String>) -> Option<String> {
    form.map(|form| format!("done by {form}"))
}

/// What a statement did beside its locks.
fn did(trace: &Trace) -> Vec<String> {
    let list = |names: &[String], what: &str| (!names.is_empty()).then(|| format!("{what} {}", names.join(", ")));
    let anew = |name: &String| match trace.why.get(name) {
        Some(why) => format!("{name} ({})", why.join(", ").replace('-', " ")),
        None => format!("{name} (why is not told)"),
    };
    let rewrites: Vec<String> = trace.rewrites.iter().map(anew).collect();
    let mut did: Vec<String> =
        [list(&rewrites, "writes anew"), list(&trace.builds, "builds"), list(&trace.scans, "reads whole")].into_iter().flatten().collect();
    let counts = trace.rows > 0 || trace.class == Class::Data && trace.error.is_none();
    let waited = trace.waited.filter(|waited| *waited >= WAITED);
    did.extend(waited.map(|waited| format!("waits {} for locks of others", time(waited))));
    let temporary = trace.temporary.filter(|bytes| *bytes > 0);
    did.extend(temporary.map(|written| format!("puts {} into temporary files", bytes(written))));
    did.extend(counts.then(|| if trace.rows == 1 { "1 row".to_owned() } else { format!("{} rows", trace.rows) }));
    did
}

/// `+ column public.t.x`.
fn touch(touch: &Touch) -> String {
    let spot = &touch.spot;
    let what = format!("{} {}", spot.kind.name(), spot.display());
    match (&touch.after, spot.attribute) {
        (Stand::Gone, _) => format!("- {what}"),
        (Stand::There | Stand::Faulty, None) => {
            format!("+ {what}{}", if touch.after == Stand::Faulty { ", not valid or not enabled" } else { "" })
        }
        (after, Some(attribute)) => format!("~ {what}: {} {}", attribute.replace('_', " "), after.shown()),
        (after, None) => format!("~ {what}: {}", after.shown()),
    }
}

/// What a release did, thing by thing: attributes of what is new or gone say nothing more.
fn touched(touches: &[Touch]) -> Vec<String> {
    let is_whole = |touch: &&Touch| {
        touch.spot.attribute.is_none()
            || !touches.iter().any(|other| {
                other.spot.attribute.is_none() && other.spot.kind == touch.spot.kind && other.spot.identity == touch.spot.identity
            })
    };
    touches.iter().filter(is_whole).map(touch).collect()
}

/// `1.2 s to 4.8 s (210 ms here, with 10 times fewer rows)`.
fn range(estimate: &Estimate) -> String {
    let times = match estimate.driver {
        Driver::Constant => String::new(),
        _ if estimate.points.is_empty() || estimate.multiplier < 1.05 => String::new(),
        driver => format!(", with {} times fewer {}", (estimate.multiplier * 10.0).round() / 10.0, driver.name()),
    };
    let here = format!("{} here{times}", time(estimate.here));
    if !estimate.enough {
        return format!("not told: {}; {here}", estimate.why);
    }
    let why = if estimate.why.is_empty() { String::new() } else { format!("; {}", estimate.why) };
    format!("{} to {} ({here}{why})", time(estimate.low), time(estimate.high))
}

/// What is estimated of the whole: each with its name; then locks on what is there, the longest first.
fn estimates(rehearsal: &Rehearsal) -> Vec<(String, String)> {
    let Some(larger) = &rehearsal.larger else { return Vec::new() };
    let mut all: Vec<(String, String)> = Vec::new();
    all.extend(larger.release.iter().map(|one| ("all of it".to_owned(), range(one))));
    all.extend(larger.undo.iter().map(|one| ("the way back".to_owned(), range(one))));
    let mut locks: Vec<&Estimate> = larger.locks.iter().collect();
    locks.sort_by_key(|one| (one.enough, std::cmp::Reverse(one.high)));
    let named = |one: &&Estimate| {
        let [mode, relation, place] =
            [one.mode.unwrap_or_default(), one.relation.as_deref().unwrap_or_default(), one.statement.as_deref().unwrap_or_default()];
        (format!("{mode} on {relation} ({place})"), range(one))
    };
    all.extend(locks.iter().map(named));
    all
}

/// What is to be said of queries: those that do not survive, those of which that was not seen, those with other columns.
fn questions(asked: &Asked) -> Vec<(bool, String)> {
    let survival = asked.questions.iter().filter_map(|one| {
        let words = match &one.survival {
            Survival::Same => return None,
            Survival::Breaks(code, message) => (true, format!("does not run any more: {message} ({code})")),
            Survival::Held(code, message) => (true, format!("does not run any more where it was prepared before: {message} ({code})")),
            Survival::Otherwise(words) => (true, words.clone()),
            Survival::Unknown(why) => (false, format!("not seen: {why}")),
        };
        Some((words.0, format!("{}: {}", one.place, words.1)))
    });
    let next = asked.next.iter().map(|one| {
        let what = if one.is_missing { "does not run before it" } else { "was not seen to run before it" };
        (one.is_missing, format!("{}: the next application's {what}: {}", one.place, one.why))
    });
    let columns = asked.questions.iter().filter_map(|one| {
        let (before, after) = one.columns.as_ref()?;
        let beyond: Vec<&str> = after.iter().filter(|column| !before.contains(column)).map(String::as_str).collect();
        let less: Vec<&str> = before.iter().filter(|column| !after.contains(column)).map(String::as_str).collect();
        let list = |words: &str, all: &[&str]| (!all.is_empty()).then(|| format!("{words} {}", all.join(", ")));
        let said: Vec<String> = [list("with", &beyond), list("without", &less)].into_iter().flatten().collect();
        let said = if said.is_empty() { "in another order".to_owned() } else { said.join(", ") };
        Some((false, format!("{}: gives other columns: {said}", one.place)))
    });
    survival.chain(next).chain(columns).collect()
}

/// The way back in lines, and whether each is bad; the first is the verdict on it.
fn way_back(undo: &Undo) -> Vec<(bool, String)> {
    let took = undo.took.map(|took| format!(", {}", time(took))).unwrap_or_default();
    let mut lines = vec![match undo {
        Undo { failed: Some(why), .. } => (true, format!("way back: does not run: {why}")),
        Undo { exact: None, .. } => (true, "way back: none, or one without a statement: irreversible".to_owned()),
        Undo { exact: Some(true), order_only: true, .. } => (false, format!("way back: exact, but columns stand in another order{took}")),
        Undo { exact: Some(true), .. } => (false, format!("way back: exact{took}")),
        Undo { differences, .. } => {
            let count = if differences.len() == 1 { "1 difference".to_owned() } else { format!("{} differences", differences.len()) };
            (true, format!("way back: leaves {count}{took}"))
        }
    }];
    lines.extend(undo.differences.iter().map(|one| (false, one.words())));
    lines.extend(undo.data_lost.iter().map(|lost| (true, format!("lost: {lost}"))));
    let written = undo.written.iter().flatten().map(|(table, rows)| format!("{rows} into {table}")).collect::<Vec<_>>();
    if !written.is_empty() && undo.data_lost.is_empty() && undo.unwritten.is_empty() {
        lines.push((false, format!("so it is where the new version has written rows ({})", written.join(", "))));
    }
    lines.extend(undo.unwritten.iter().map(|why| (true, format!("what the new version writes could not be made up: {why}"))));
    lines.extend(undo.again.iter().map(|words| (true, format!("run once more after it: {words}"))));
    if let Some(proposed) = &undo.proposed {
        lines.extend(way_proposed(proposed));
    }
    lines
}

/// A way back that nobody has written.
fn way_proposed(proposed: &Proposed) -> Vec<(bool, String)> {
    let Proposed { statements, losing, why } = proposed;
    if statements.is_empty() {
        return vec![(true, format!("none can be proposed: {}", why.join("; ")))];
    }
    let tried = match why.as_slice() {
        [] => "proposed, and tried: the schema is as it was before".to_owned(),
        why => format!("proposed, and it does not lead back: {}", why.join("; ")),
    };
    let loses = match losing {
        0 => String::new(),
        1 => "; one of its statements loses what was written since".to_owned(),
        count => format!("; {count} of its statements lose what was written since"),
    };
    let head = (!why.is_empty(), format!("{tried}{loses}"));
    std::iter::once(head).chain(statements.iter().map(|statement| (false, statement.clone()))).collect()
}

/// The same once more in lines, and whether each is bad.
fn again(rerun: &Rerun) -> Vec<(bool, String)> {
    let second = match &rerun.second {
        None => "not tried".to_owned(),
        Some(Err(why)) => format!("refused: {why}"),
        Some(Ok(odd)) if odd.is_empty() && rerun.locks.is_empty() => "changes nothing".to_owned(),
        Some(Ok(odd)) if odd.is_empty() => {
            let locks: Vec<String> = rerun.locks.iter().map(|(relation, mode)| format!("{mode} on {relation}")).collect();
            format!("changes nothing, and still takes {}", locks.join(", "))
        }
        Some(Ok(odd)) => format!("changes more: {}", odd.join("; ")),
    };
    let mut lines = vec![(false, format!("a second run: {second}"))];
    if rerun.converges == Some(false) {
        let at = rerun.after_statement.map(|at| format!(" after statement {at}")).unwrap_or_default();
        lines.extend(rerun.left_behind.iter().map(|left| (true, format!("interrupted{at}, then run again: {left}"))));
    }
    lines.extend(killed::lines(&rerun.kills));
    lines
}

/// What the application of before, and the one of after, meet in columns.
fn applications(rehearsal: &Rehearsal) -> Vec<String> {
    rehearsal.meets.iter().map(evenkeel_core::rehearsal::Meets::words).collect()
}

/// Parts that were looked at, as they are typed.
fn parts(rehearsal: &Rehearsal) -> String {
    let parts: Vec<&str> = rehearsal.parts.iter().copied().map(Part::name).collect();
    parts.join(", ")
}
