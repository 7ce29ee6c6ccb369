//! What must be so before anything is run. Each gate has what was demanded, what was found and what to do; what could not be told opens
//! nothing.

use super::deeds::Deed;
use super::resume::Past;
use super::work::time;
use super::{Order, Proof, back};
use crate::rehearse::Release;
use evenkeel_core::deployment::Gate;
use evenkeel_core::evidence::{Now, Step, faults, schema, stands_as};
use evenkeel_core::kind::Dimension;
use evenkeel_core::manifest::{Manifest, shown_parts};
use evenkeel_core::port::{Confirming, Entry, Flights, Traffic};
use std::collections::BTreeMap;
use std::time::Duration;

/// That the schema is as it should be before.
const BASELINE: &str = "baseline";
/// So many connections are left to others.
const FREE: u64 = 5;

/// That nobody has halted it, and that no other run of evenkeel is at work there or left something half done.
pub(super) fn journal(order: &Order<'_>, unfinished: &[Entry], half: &[Entry]) -> Result<Vec<Gate>, Box<evenkeel_core::fault::Trouble>> {
    let halted = order.store.halted(order.environment)?;
    let halt = Gate::new(
        "halt",
        "nobody has halted it",
        Some(halted.is_none()),
        halted.as_ref().map_or("nobody has halted it".to_owned(), |one| one.words()),
    )
    .fix(format!("evenkeel history {} --resume, once it may go on", order.environment));
    let there: Vec<String> = unfinished
        .iter()
        .filter(|entry| entry.is_there(order.is_there) == Some(true))
        .map(|entry| format!("{}; {} is there still", entry.unfinished(), entry.whereabouts()))
        .collect();
    let untold: Vec<String> = unfinished
        .iter()
        .filter(|entry| entry.is_there(order.is_there).is_none())
        .map(|entry| format!("{}; whether its process is there still cannot be told from here", entry.unfinished()))
        .collect();
    // What is gone on with is no reason not to.
    let half: Vec<&Entry> = half.iter().filter(|entry| !(order.resume && entry.intention.verb == order.verb())).collect();
    let left: Vec<String> = half
        .iter()
        .map(|entry| format!("run {} ({}) stopped in the middle: {}", entry.number, entry.intention.verb, entry.progress()))
        .collect();
    let against: Vec<String> = there.into_iter().chain(left).collect();
    let journal =
        Gate::none("journal", "no other run is at work, or left something half done", &against, &untold, "none").fix(match half.first() {
            Some(entry) => format!("evenkeel {} {} --resume goes on with it", entry.intention.verb, order.environment),
            None => "wait until it has ended: evenkeel runs".to_owned(),
        });
    Ok(vec![halt, journal])
}

/// That what is pending is known, and everything that the answer rests on was seen.
pub(super) fn release(release: &Release, target: &Manifest) -> Gate {
    let unseen = target.gaps.iter().filter(|gap| matches!(gap.dimension, Dimension::Schema | Dimension::History));
    let unseen =
        unseen.map(|gap| format!("not seen: {}{}", gap.detail, gap.cure.as_ref().map(|cure| format!(" ({cure})")).unwrap_or_default()));
    let untold: Vec<String> = release.gaps.iter().cloned().chain(unseen).collect();
    let keys: Vec<&str> = release.cuts.iter().map(|cut| cut.migration.key.as_str()).collect();
    let found = if keys.is_empty() { "nothing is to be run".to_owned() } else { keys.join(", ") };
    Gate::none("record", "what has run is known by its record", &[], &untold, &found)
        .fix("evenkeel history says what is not as it should be")
}

/// That this release was rehearsed, for the schema that is there now.
pub(super) fn evidence(order: &Order<'_>, release: &Release, target: &Manifest, past: &Past) -> Vec<Gate> {
    let rehearse = format!("evenkeel rehearse --for {}", order.environment);
    let (statement, seal) = match &order.proof {
        Proof::Evidence(statement, seal) => (statement, seal),
        Proof::None(why) => {
            return vec![Gate::new("evidence", "this release was rehearsed and earned VALIDATED", Some(false), why).fix(rehearse)];
        }
        Proof::Unrehearsed => {
            let found = "--unrehearsed: nobody has seen what it locks, breaks, or whether it can be taken back";
            let none = Gate::new("evidence", "none is asked for", Some(true), found).origin("flag --unrehearsed");
            return std::iter::once(none).chain(order.resume.then(|| as_left(past, target))).collect();
        }
    };
    let predicate = &statement.predicate;
    let now = Now { files: files(release, statement), baseline: Some(predicate.baseline.clone()), ..order.now.clone() };
    let (mut against, mut untold) = faults(statement, seal, &now);
    let (engine, major) = (target.endpoint.engine.name(), target.endpoint.server_major);
    if predicate.engine != engine || predicate.server_major != major {
        against.push(format!("it is for {} {}, and this is {engine} {major}", predicate.engine, predicate.server_major));
    }
    let is_told = |key: &String| predicate.steps.iter().any(|step| step.key == *key && step.effect.is_some());
    if !predicate.release.iter().all(is_told) {
        untold.push("it does not say what each migration does: it was made by an older version".to_owned());
    }
    if predicate.target != order.environment {
        against.push(format!("it is for {}", predicate.target));
    }
    let named = |(path, _): &&(String, String)| !statement.subject.iter().any(|subject| file_name(&subject.name) == file_name(path));
    against.extend(release.files.iter().filter(named).map(|(path, _)| format!("{path}: it was not rehearsed")));
    let made = format!("made {} on {}", predicate.at, predicate.on);
    let takes = format!("evenkeel deploy {} --accept-gap locks", order.environment);
    let lacks_locks = against.is_empty() && untold.len() == 1 && predicate.lacks_locks_only();
    let evidence = Gate::none("evidence", "what was rehearsed holds: signature, files, gates, age", &against, &untold, &made)
        .fix(if lacks_locks { takes } else { rehearse.clone() });
    if let Some(back) = &order.back {
        let mut gates: Vec<Gate> = std::iter::once(evidence).chain(back::rehearsed(statement, release, target, back.accept)).collect();
        if order.resume && !past.done.is_empty() {
            // It is half taken back: what is left is what the last run left.
            gates.retain(|gate| gate.name != BASELINE);
            gates.push(as_left(past, target));
        }
        return gates;
    }
    let keys: Vec<&str> = release.cuts.iter().map(|cut| cut.migration.key.as_str()).collect();
    let is_same = keys.iter().eq(predicate.release.iter());
    let is_rest = order.resume
        && predicate.release.iter().rev().zip(keys.iter().rev()).all(|(one, other)| one == other)
        && keys.len() <= predicate.release.len();
    let found = if keys.is_empty() { "nothing is pending".to_owned() } else { format!("pending: {}", keys.join(", ")) };
    let limit = format!("what is pending is what was rehearsed: {}", predicate.release.join(", "));
    let same = Gate::new("release", limit, Some(is_same || is_rest), found).fix(rehearse.clone());
    vec![evidence, same, baseline(order, statement, &keys, target, past).fix(rehearse)]
}

/// That the schema is the one from which it was rehearsed; of what is gone on with, the one that was left.
fn baseline(order: &Order<'_>, statement: &evenkeel_core::evidence::Statement, keys: &[&str], target: &Manifest, past: &Past) -> Gate {
    let predicate = &statement.predicate;
    let found = schema(target);
    if predicate.canonical != evenkeel_core::manifest::CANONICAL {
        return Gate::new(
            BASELINE,
            "the schema that it was rehearsed for",
            None,
            "the evidence's digests were made by another version of evenkeel",
        );
    }
    if order.resume && (found != predicate.baseline || !past.done.is_empty()) {
        if !past.unknown.is_empty() {
            return Gate::new(BASELINE, "what is in is known", None, past.unknown.join("; "));
        }
        let before = predicate.release.len().checked_sub(keys.len()).and_then(|at| at.checked_sub(1));
        let rehearsed = before.and_then(|at| predicate.steps.get(at)).and_then(|step| step.result.clone());
        return match past.left.clone().or(rehearsed) {
            None if order.unknown == Some(true) => {
                let found = "nobody wrote down how that was; somebody has looked, and says that it is as it should be";
                Gate::new(BASELINE, "the schema as the last run left it", Some(true), found).origin("flag --unknown-is")
            }
            None => Gate::new(
                BASELINE,
                "the schema as the last run left it",
                None,
                "nobody wrote down how that was: look whether it is as it should be, and say so with --unknown-is in",
            ),
            left => {
                let limit = format!("the schema as the last run left it ({})", shown(&left));
                Gate::new(BASELINE, limit, Some(left == found), shown(&found))
            }
        };
    }
    let limit = format!("the schema that it was rehearsed for ({})", shown(&predicate.baseline));
    Gate::new(BASELINE, limit, Some(found == predicate.baseline), shown(&found))
}

/// That what the evidence is about stands as it was rehearsed; nothing without evidence.
pub(super) fn result(order: &Order<'_>, target: &Manifest) -> Option<Gate> {
    let Proof::Evidence(statement, _) = &order.proof else { return None };
    let steps: Vec<&Step> = statement.predicate.steps.iter().collect();
    let (against, untold) = match stands_as(&steps, target) {
        Ok(against) if steps.len() == statement.predicate.release.len() => (against, Vec::new()),
        Ok(against) => (against, vec!["the evidence does not say what the release does: it was made by an older version".to_owned()]),
        Err(why) => (Vec::new(), vec![why]),
    };
    let nothing = format!("everything that {} touch", statement.predicate.release.join(", "));
    Some(
        Gate::none("result", "what was rehearsed stands as it was rehearsed", &against, &untold, &nothing)
            .fix("evenkeel history says what is not as it should be"),
    )
}

/// That the schema is as the last run left it, where nobody has rehearsed what that is.
fn as_left(past: &Past, target: &Manifest) -> Gate {
    let found = schema(target);
    match &past.left {
        _ if !past.unknown.is_empty() => Gate::new(BASELINE, "what is in is known", None, past.unknown.join("; ")),
        None => Gate::new(BASELINE, "nothing is asked for", Some(true), "nobody wrote down how the last run left the schema")
            .origin("flag --unrehearsed"),
        left => Gate::new(BASELINE, format!("the schema as the last run left it ({})", shown(left)), Some(*left == found), shown(&found)),
    }
    .fix("evenkeel history says what is there, and what record and files say")
}

fn shown(digest: &Option<String>) -> String {
    digest.as_ref().map_or("nothing".to_owned(), |digest| digest.chars().take(16).collect())
}

/// The release's files by the names that evidence has for them: it may have been made elsewhere.
pub(super) fn files(release: &Release, statement: &evenkeel_core::evidence::Statement) -> BTreeMap<String, String> {
    let of = |name: &String| {
        let same = release.files.iter().find(|(path, _)| path == name);
        same.or_else(|| release.files.iter().find(|(path, _)| file_name(path) == file_name(name)))
            .map(|(_, sum)| (name.clone(), sum.clone()))
    };
    // Files of migrations that are in already are looked at where they lie.
    statement.subject.iter().filter_map(|subject| of(&subject.name).or_else(|| lying(&subject.name))).collect()
}

fn lying(name: &str) -> Option<(String, String)> {
    let bytes = crate::files::one(std::path::Path::new(name)).ok()?;
    Some((name.to_owned(), evenkeel_core::evidence::sha256(&bytes)))
}

/// The last two parts of a path: folders of one tool may hold files of the same name.
fn file_name(path: &str) -> String {
    let mut parts: Vec<&str> = path.rsplit(['/', '\\']).take(2).collect();
    parts.reverse();
    parts.join("/")
}

/// What it would meet there.
pub(super) fn traffic(order: &Order<'_>, traffic: &Traffic) -> Vec<Gate> {
    let named = |all: &[(Option<Duration>, String)], is_too: &dyn Fn(Duration) -> bool, what: &str| {
        let (mut against, mut untold) = (Vec::new(), Vec::new());
        for (found, who) in all {
            match found {
                Some(found) if is_too(*found) => against.push(format!("{who}: {what} {}", time(*found))),
                Some(_) => {}
                None => untold.push(format!("{who}: {what} an unknown time")),
            }
        }
        if !untold.is_empty() {
            untold.extend(traffic.hidden.iter().cloned());
        }
        (against, untold)
    };
    let copies = Gate::none("copies", "no dump and no backup is seen", &traffic.copies, &[], "none")
        .fix("let it end: it holds locks that DDL waits for");
    let (old, hidden) = named(&traffic.transactions, &|found| found > order.oldest, "open for");
    let limit = format!("no transaction older than {} on its tables", time(order.oldest));
    let old =
        Gate::none("transactions", &limit, &old, &hidden, "none").fix("end it, or wait: everybody queues behind a lock that waits for it");
    let (mut late, mut unknown) = named(&traffic.replicas, &|found| found > order.lag, "behind by");
    if let Some(Confirming { named, wanted, there }) = &traffic.confirming {
        let waits = format!("each commit waits until {wanted} of {named:?} have confirmed it (synchronous_standby_names)");
        match there {
            Some(there) if there < wanted => late.push(format!("{waits}, and {there} are there")),
            Some(_) => {}
            None => unknown.push(format!("{waits}, and how many are there is not seen")),
        }
    }
    let limit = format!("replicas are at most {} behind, and as many are there as commits wait for", time(order.lag));
    let found = if traffic.replicas.is_empty() { "no replica is connected" } else { "they are not" };
    let lag = match (late.is_empty(), unknown.is_empty()) {
        (true, false) if order.accepts_lag => {
            let found = format!("not known, and taken so: {}", unknown.join("; "));
            Gate::new("lag", &limit, Some(true), found).origin("flag --accept-gap")
        }
        _ => Gate::none("lag", &limit, &late, &unknown, found).fix(
            "wait until they have caught up, and those that commits wait for are there; where the server does not say it, look yourself, \
             and say --accept-gap lag",
        ),
    };
    let limit = format!("{FREE} connections are left to others");
    let connections = match traffic.connections {
        Some((taken, most)) => Gate::new("connections", limit, Some(taken + FREE <= most), format!("{taken} of {most} are taken")),
        None => Gate::new("connections", limit, None, "the server does not say how many there are"),
    };
    vec![copies, old, lag, connections.fix("close some: a deployment that cannot look on is not begun")]
}

/// That nothing else changes definitions there, and no tool's lock is taken.
pub(crate) fn flights(flights: &Flights) -> Gate {
    Gate::none("in-flight", "no other deploy is in flight", &flights.seen, &flights.hidden, "none is seen")
        .fix("wait for it, or see evenkeel diagnose")
}

/// Tables that were locked when it was rehearsed, by schema and name; none where that is not known of all.
pub(super) fn concerned(order: &Order<'_>) -> Vec<(String, String)> {
    let Proof::Evidence(statement, _) = &order.proof else { return Vec::new() };
    let one = |name: &String| {
        let parts = shown_parts(name)?;
        Some((parts.first()?.clone(), parts.get(1)?.clone()))
    };
    statement.predicate.locked.iter().map(one).collect::<Option<_>>().unwrap_or_default()
}

/// Acts that are to be run, where any are.
pub(super) fn acts(deeds: &Result<Vec<Deed>, String>) -> Gate {
    match deeds {
        Ok(deeds) => {
            let count = if deeds.len() == 1 { "1 act".to_owned() } else { format!("{} acts", deeds.len()) };
            Gate::new("acts", "each migration can be run, and recorded as its tool does", Some(true), count)
        }
        Err(why) => Gate::new("acts", "each migration can be run, and recorded as its tool does", Some(false), why.clone())
            .fix("run the release with its own tool, and look after it: evenkeel history, check"),
    }
}
