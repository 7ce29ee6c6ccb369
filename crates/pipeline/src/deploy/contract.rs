//! That nothing old is taken away while old and new disagree, or while anything uses what is old.
//!
//! Neighbours: `dual`, which counts the rows that disagree; `gates`, everything else that must be so before.

use super::{Order, Proof};
use crate::dual;
use crate::rehearse::Release;
use evenkeel_core::deployment::Gate;
use evenkeel_core::evidence::Made;
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::kind::{Kind, Value};
use evenkeel_core::manifest::{Deferred, Manifest, Object, shown_parts};
use evenkeel_core::port::{Ending, Entry, Environment, Limits, Run, Use};
use evenkeel_core::trace::has_word;
use jiff::civil::Date;

const NAME: &str = "contract";
/// Where a text may use a column or a table.
const USERS: [Kind; 7] = [Kind::View, Kind::MaterializedView, Kind::Function, Kind::Procedure, Kind::Trigger, Kind::Policy, Kind::Event];
/// So many are named.
const NAMED: usize = 5;

/// Where the demand comes from, of what a way back has put aside.
const PUT_ASIDE: &str = "its comment";

/// That the day is over until which something is kept that was put aside.
fn over(one: &Deferred, today: Date) -> Gate {
    let limit = format!("{} is kept for the way back until {}", one.display(), one.due);
    let gate = Gate::new(NAME, limit, Some(today >= one.due), one.words(today)).origin(PUT_ASIDE);
    gate.fix("deploy it from that day on")
}

/// Gates of what is declared as old, or was put aside, and goes with this release; none where nothing of it does.
///
/// # Errors
/// The server cannot be reached, or goes away.
pub fn gates(
    order: &Order<'_>,
    release: &Release,
    target: &Manifest,
    environment: &dyn Environment,
    (limits, run): (&Limits, &Run<'_>),
) -> Result<Vec<Gate>, Box<Trouble>> {
    let mut gates = Vec::new();
    if order.back.is_some() || release.cuts.is_empty() {
        return Ok(gates);
    }
    for dual in order.duals {
        let going: Vec<&String> = dual.old.iter().filter(|old| goes(old, order, release)).collect();
        if going.is_empty() {
            continue;
        }
        gates.push(dual::judged(dual, target, environment, limits, run)?);
        for old in going {
            gates.push(unused(&dual.origin, old, order, target, environment, (limits, run))?);
        }
    }
    let takes = |one: &Deferred| goes(&one.display(), order, release) || dual::may_go(&one.display(), &release.cuts);
    for one in target.deferred().filter(takes) {
        gates.push(over(&one, run.today));
        if !matches!(one.kind, Kind::Table | Kind::Column) {
            // The server itself refuses to drop a type that something needs.
            continue;
        }
        gates.push(unused(PUT_ASIDE, &one.display(), order, target, environment, (limits, run))?);
    }
    Ok(gates)
}

/// Whether the release takes it away: by what it did when it was rehearsed, else by its words.
fn goes(old: &str, order: &Order<'_>, release: &Release) -> bool {
    let Some(parts) = shown_parts(old) else { return true };
    let is_it = |made: &Made| {
        let identity: Vec<&String> = made.identity.iter().filter(|part| !part.is_empty()).collect();
        // A column goes with its table.
        made.attribute.is_none()
            && made.stands == "gone"
            && matches!(made.kind.as_str(), "column" | "table")
            && (identity.iter().copied().eq(parts.iter())
                || made.kind == "table" && parts.len() > identity.len() && identity.iter().copied().eq(parts.iter().take(identity.len())))
    };
    match &order.proof {
        Proof::Evidence(statement, _) => {
            let steps = &statement.predicate.steps;
            steps.iter().any(|step| step.effect.as_ref().is_none_or(|effect| effect.iter().any(is_it)))
        }
        Proof::Unrehearsed | Proof::None(_) => dual::may_go(old, &release.cuts),
    }
}

/// That nothing there uses it, but what goes or changes with this release.
fn unused(
    origin: &str,
    old: &str,
    order: &Order<'_>,
    target: &Manifest,
    environment: &dyn Environment,
    (limits, run): (&Limits, &Run<'_>),
) -> Result<Gate, Box<Trouble>> {
    let limit = format!("nothing uses {old}, which goes");
    let parts = shown_parts(old).unwrap_or_default();
    let (table, column) = match parts.as_slice() {
        [_, table, column] => (table, Some(column)),
        [one, two] if target.find(Kind::Table, &[one, two]).is_none() => (one, Some(two)),
        [.., table] => (table, None),
        [] => return Ok(Gate::new(NAME, limit, None, format!("{old:?} is no name")).origin(origin)),
    };
    let names = |text: &str| has_word(text, table) && column.is_none_or(|column| has_word(text, column));
    let mut against: Vec<String> = Vec::new();
    for object in target.objects().iter().filter(|object| USERS.contains(&object.kind) && !is_touched(object, order)) {
        let texts = || object.values().iter().filter_map(|(_, value)| if let Value::Text(text) = value { Some(&**text) } else { None });
        let is_on = object.kind == Kind::Trigger && object.identity.parts().any(|part| part == table);
        // A trigger's function names columns of its table without that.
        let is_called = |object: &Object| {
            let name = object.identity.part(1).split('(').next().unwrap_or_default();
            let calls = |trigger: &&Object| {
                trigger.identity.parts().any(|part| part == table) && trigger.text("function").is_some_and(|text| has_word(text, name))
            };
            target.of_kind(Kind::Trigger).iter().any(|trigger| calls(&trigger))
        };
        let is_code = object.kind == Kind::Function && is_called(object);
        let uses = texts().any(|text| names(text) || (is_on || is_code) && column.is_some_and(|column| has_word(text, column)));
        if uses {
            against.push(format!("{} {} names it", object.kind.name(), object.display()));
        }
    }
    let mut untold = Vec::new();
    match environment.noticed(limits, &run.watch) {
        Ok(noticed) => {
            // What evenkeel itself has sent says its name.
            let asked = noticed
                .queries
                .iter()
                .map(|one| &one.text)
                .filter(|text| names(text) && !text.contains("evenkeel") && !is_definition(text))
                .count();
            if asked > 0 {
                let since = "since the server's statistics of queries began";
                against.push(format!("clients have sent {asked} different queries that name it, {since}"));
            }
            untold.extend(noticed.hidden);
        }
        Err(trouble) if trouble.class == Class::Interrupted => return Err(trouble),
        Err(trouble) => untold.push(format!("whether clients use it is not told: {trouble}")),
    }
    for index in column.into_iter().flat_map(|column| indexes(target, table, column)) {
        // Where the server keeps no moment of it, what clients have sent is all there is.
        let parts: Vec<&str> = index.identity.parts().collect();
        let (Some(moment), [schema, name]) = (watched(order)?, parts.as_slice()) else { continue };
        match environment.used(schema, name, limits, &run.watch)?.map(|used| used.after(&moment)) {
            Ok(Use::None) => {}
            Ok(Use::Some(why)) => against.push(format!("index {}, which has it: {why}", index.display())),
            Ok(Use::Untold(why)) | Err(why) => untold.push(format!("index {}, which has it: {why}", index.display())),
        }
    }
    // The server counts tables, and no columns.
    if let (None, Some(found)) = (column, target.of_kind(Kind::Table).iter().find(|object| object.identity.part(1) == table)) {
        let moment = watched(order)?;
        let used = environment.used(found.identity.part(0), table, limits, &run.watch)?;
        match (used.map(|used| moment.as_ref().map(|moment| used.after(moment))), &moment) {
            (Ok(Some(Use::None)), _) => {}
            (Ok(Some(Use::Some(why))), _) => against.push(why),
            (Ok(Some(Use::Untold(why))) | Err(why), _) => untold.push(why),
            (Ok(None), _) => {
                untold.push("since when nothing may have used it is not known: nothing was deployed or locked from here".to_owned())
            }
        }
    }
    let gate = if against.is_empty() && !untold.is_empty() && order.accepts_use {
        Gate::new(NAME, limit, Some(true), format!("not known, and taken so: {}", untold.join("; "))).origin("flag --accept-gap")
    } else {
        let more = against.len().saturating_sub(NAMED);
        let against: Vec<String> = against.into_iter().take(NAMED).chain((more > 0).then(|| format!("and {more} more"))).collect();
        Gate::none(NAME, &limit, &against, &untold, "nothing that was seen").origin(origin)
    };
    Ok(gate.fix(
        "take away what uses it, have the application's release before this one use only what is new, reset the server's statistics of queries \
         (and of the table) and wait a while; where the server keeps none, look yourself, and say --accept-gap use",
    ))
}

/// Indexes of a table in whose keys a column is.
fn indexes<'m>(target: &'m Manifest, table: &'m str, column: &'m str) -> impl Iterator<Item = &'m Object> {
    let is_on =
        move |index: &&Object| matches!(index.get("table"), Some(Value::List(parts)) if parts.last().is_some_and(|one| &**one == table));
    let has = move |index: &&Object| matches!(index.get("keys"), Some(Value::List(keys)) if keys.iter().any(|key| has_word(key, column)));
    target.of_kind(Kind::Index).iter().filter(is_on).filter(has)
}

/// Since when nothing may have used what is old: the last lock, else the end of the last deployment.
fn watched(order: &Order<'_>) -> Result<Option<String>, Box<Trouble>> {
    if let Some(lock) = order.store.locks(order.environment, 1)?.pop() {
        return Ok(Some(lock.since));
    }
    let runs = order.store.releases(order.environment, super::BACK)?;
    let last = runs.iter().find_map(|entry: &Entry| entry.ended.as_ref().filter(|ended| ended.ending == Ending::Done));
    Ok(last.map(|ended| ended.at.clone()))
}

/// Whether what was rehearsed removes or changes it.
fn is_touched(object: &Object, order: &Order<'_>) -> bool {
    let Proof::Evidence(statement, _) = &order.proof else { return false };
    let identity: Vec<&str> = object.identity.parts().collect();
    let mut effects = statement.predicate.steps.iter().flat_map(|step| step.effect.iter().flatten());
    effects.any(|made| made.kind == object.kind.name() && made.identity.iter().map(String::as_str).eq(identity.iter().copied()))
}

/// Statements that define things were sent by whoever migrates.
fn is_definition(text: &str) -> bool {
    let word = text.split_whitespace().next().unwrap_or_default().to_lowercase();
    ["create", "alter", "drop", "comment", "explain", "grant", "revoke", "analyze", "vacuum", "copy"].contains(&word.as_str())
}
