//! A release, run where it is safe, and everything that it does measured: what it locks, writes anew and changes, whether it can be taken
//! back and run again.
//!
//! Lives here: the order of things. `place` makes the server, `watched` runs it once, `eyes` watches statements, `samples` from a second
//! session, `dump` reads one that its schema is made of, `copied` has rows of an environment, `reasons` why something is written anew, `logged` has what the server's log says of waits, `load` has clients beside them who
//! ask a `workload`, `lasting` transactions; `tried` tries one migration after the other (its effect, its way back, itself once more) on
//! databases of `each`, `held` has statements held up meanwhile, `written` has the new version write before a way back; `killed` kills each
//! at several moments, `stalled` has a statement stand for that; `compared` says what is otherwise in the schema, `rows` in tables; `clock`
//! is for servers whose locks nobody looks at, `forms` by which words they do what; `sizes` runs it at several sizes; `replica` has a second
//! server follow it; `asked` asks what applications ask before it and after, `in_place` runs it where others are at work and gives it up, `returned` has what
//! is in already.
//! Does not live here: what is pending (`pending`), what a gate demands (`core/rehearsal`).

mod asked;
mod clock;
mod compared;
mod copied;
mod dump;
mod each;
mod eyes;
mod forms;
mod held;
mod in_place;
mod killed;
mod lasting;
mod load;
mod logged;
mod lost;
mod pending;
mod place;
mod reasons;
mod replica;
mod returned;
mod rows;
mod samples;
mod sizes;
mod stalled;
mod tried;
mod watched;
mod workload;
mod written;

pub use asked::Questions;
pub use copied::Data;
pub use dump::Dump;
pub use in_place::{Site, Standing, UNTOUCHED, by_tier, halted, refused, unfinished};
pub use pending::{Release, files, named, pending, read};
pub(crate) use place::Place;
pub(crate) use returned::returned;
pub use sizes::Amount;
pub use workload::Workload;

use crate::migrations::Script;
use crate::replay::{Means, Stage};
use crate::runner::Ground;
use each::Each;
use evenkeel_core::estimate::Machine;
use evenkeel_core::evidence;
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::history::effect::{Touch, effect};
use evenkeel_core::history::folder::{Grouping, Transaction};
use evenkeel_core::kind::Dimension;
use evenkeel_core::manifest::Manifest;
use evenkeel_core::port::{Environment, Event, Filled, Limits, Run, Silent, Watch};
use evenkeel_core::rehearsal::{self, Larger, Load, Migration, Part, Rehearsal, gates};
use evenkeel_core::statement::{Nature, Substitute};
use evenkeel_core::trace::{Bounds, Trace};
use sizes::Sizing;
use std::collections::BTreeMap;
use watched::{Beside, unwatched, watched};

/// What is asked.
#[derive(Clone)]
pub struct Wanted<'a> {
    /// What the user calls the target.
    pub label: &'a str,
    /// What is to be seen of it.
    pub parts: Vec<Part>,
    pub limits: rehearsal::Limits,
    /// The schema that is expected after it.
    pub expected: Option<&'a Manifest>,
    /// Rows that tables are to have, the least first; none where nothing is said. What the release does is looked at on the most.
    pub sizes: Vec<Amount>,
    /// What applications ask.
    pub questions: Questions<'a>,
    /// What clients ask beside it.
    pub workload: Workload<'a>,
    /// The target as it may be asked how fast it computes.
    pub probed: Option<&'a dyn Environment>,
    /// A dump that its schema is made of, in place of the target's manifest.
    pub dump: Option<&'a Dump>,
    /// Where rows are copied from.
    pub data: Option<Data<'a>>,
    /// Where it is run as well, and given up.
    pub site: Option<Site<'a>>,
}

/// What is read of a target for this. Without volume nobody can say what its size means.
pub const DIMENSIONS: [Dimension; 5] =
    [Dimension::Schema, Dimension::Privileges, Dimension::History, Dimension::Configuration, Dimension::Data];

/// Makes a server like the target, runs the release there, and judges.
///
/// # Errors
/// No server can be had, the target's manifest does not tell enough, or the end was asked for. That a statement fails is a finding.
pub fn run(target: &Manifest, release: &Release, wanted: &Wanted<'_>, means: &Means<'_>, run: &Run<'_>) -> Result<Rehearsal, Box<Trouble>> {
    let engine = run.engines.of(target.endpoint.engine);
    let workshop = engine.workshop(means.folders);
    let stage = Stage { engine, workshop: &*workshop, watch: run.watch, limits: means.limits };
    let told = rehearsed(target, release, wanted, (stage, means), run);
    // Whatever was seen of a server that was ended in between says nothing.
    match workshop.overrun() {
        Some(overrun) if !matches!(&told, Err(trouble) if trouble.class == Class::Interrupted) => Err(overrun),
        _ => told,
    }
}

fn rehearsed(
    target: &Manifest,
    release: &Release,
    wanted: &Wanted<'_>,
    (stage, means): (Stage<'_>, &Means<'_>),
    run: &Run<'_>,
) -> Result<Rehearsal, Box<Trouble>> {
    let engine = stage.engine;
    let observer = engine.observer().ok();
    let grammar = engine.grammar()?;
    if let Some(cut) = release.cuts.iter().find(|cut| cut.migration.unreadable.is_some()) {
        let trouble = Trouble::new(Class::CouldNotTell, format!("{} cannot be rehearsed", cut.migration.key));
        let trouble = trouble.expected("statements").found(cut.migration.unreadable.clone().unwrap_or_default());
        return Err(Box::new(trouble.fix("have it printed as SQL: --render COMMAND, or render = \"…\" under [project]")));
    }
    let estimates = wanted.parts.contains(&Part::Estimate);
    let largest = wanted.sizes.last().copied();
    let scale = largest.filter(|_| estimates).map(|amount| sizes::scale(amount, target));
    run.watch.see(Event::Step { what: "a server like the target" });
    let place = Place::make(target, stage, (means.role, wanted.questions.role), (scale, wanted.dump))?;
    if place.has_rows && largest.is_some() {
        return Err(dump::has_rows(wanted.dump));
    }
    let bounds = match observer {
        Some(observer) => observer.bounds(&mut *place.session(&place.database)?)?,
        None => Bounds::default(),
    };
    let limits = means.limits;
    let ground = Ground { scratch: &*place.scratch, database: &place.database, grammar, watch: run.watch, limits, own_bounds: true };
    let mut told = Rehearsal {
        target: wanted.label.to_owned(),
        endpoint: target.endpoint.clone(),
        on: place.scratch.describe(),
        version_differs: place.version_differs,
        role: place.role.clone(),
        grouping: release.grouping.name(),
        tool: release.tool.map(str::to_owned),
        bounds,
        migrations: Vec::new(),
        load: None,
        lag: None,
        in_place: None,
        larger: None,
        asked: None,
        meets: Vec::new(),
        baseline: evidence::schema(target),
        result: None,
        began: None,
        files: release.files.clone(),
        parts: wanted.parts.clone(),
        floor: place.floor.clone(),
        gates: Vec::new(),
        gaps: place.gaps.iter().chain(&release.gaps).cloned().collect(),
        notes: release.notes.iter().cloned().chain(left_out(release)).collect(),
        unmeasured: observer.is_none().then(|| format!("locks and time are not measured on {}", target.endpoint.engine.name())),
    };
    let rows = match (place.has_rows, &wanted.data) {
        (true, _) => "rows are the dump's".to_owned(),
        (false, Some(data)) => format!("rows are copies of those of {}", data.name),
        (false, None) => "tables had no rows".to_owned(),
    };
    let bounded = place.scratch.bounds();
    told.floor.extend((!bounded.is_empty()).then(|| format!("its server was bounded: {}", bounded.join("; "))));
    told.floor.extend(told.unmeasured.iter().map(|why| format!("{why}; {rows}: what fails on others was not seen")));
    if bounds.lock.is_none() && observer.is_some() {
        told.notes.push(format!("{} waits for a lock without a bound there (lock_timeout is 0): everybody queues behind it", place.role));
    }
    let filler = engine.filler();
    let mut here = BTreeMap::new();
    if let (true, Ok(filler)) = (place.has_rows, &filler) {
        here = filler.counted(&mut *place.scratch.rows(&place.database)?)?;
        place.scratch.settle(&place.database)?;
        told.floor.push(dump::rows_of("the dump's", &here));
    }
    if let Some(data) = &wanted.data {
        run.watch.see(Event::Step { what: &format!("rows of {}", data.name) });
        let (rows, floor) = data.copied(&place, &limits, &run.watch)?;
        told.floor.extend(floor);
        here = rows;
    }
    let sizing = match largest {
        Some(_) => {
            let filler = *filler.as_ref().map_err(|trouble| trouble.clone())?;
            Some(Sizing { target, release, stage, role: means.role, dump: wanted.dump, observer: engine.observer()?, filler })
        }
        None => None,
    };
    if let (Some(sizing), Some(amount)) = (&sizing, largest) {
        run.watch.see(Event::Step { what: &format!("rows for its tables ({amount})") });
        let filled = sizing.fill(&place, amount)?;
        told.floor.extend(made_up(&filled, amount, target));
        here = filled.into_iter().map(|one| (one.table, one.rows)).collect();
    }
    let begin = place.look(&place.database, stage)?;
    told.began = evidence::schema(&begin);
    let each = Each { place: &place, stage, ground, observer, filler: filler.ok(), here: &here };
    each.aside(&place.database, each::BASE)?;
    told.gaps.extend(each.faithful(&begin)?);
    let mut tried = Vec::new();
    if let (Some(sizing), true) = (&sizing, estimates) {
        for (at, amount) in wanted.sizes.iter().enumerate() {
            run.watch.stop.check()?;
            run.watch.see(Event::Step { what: &format!("the release at {amount}") });
            if at + 1 < wanted.sizes.len() {
                tried.push(sizing.apart(*amount)?);
            } else {
                tried.push(sizing.timed(&each, *amount)?);
                each.aside(each::BASE, &place.database)?;
            }
        }
    }
    let has_clients = wanted.parts.contains(&Part::Load) && observer.is_some();
    run.watch.see(Event::Step { what: if has_clients { "the release, with clients" } else { "the release" } });
    let watched = match observer {
        Some(observer) => {
            let beside = Beside { workload: &wanted.workload, role: wanted.questions.role, here: &here };
            watched(&each, observer, release, wanted.parts.contains(&Part::Load).then_some(beside))?
        }
        None => unwatched(&each, release, told.unmeasured.as_deref().unwrap_or_default())?,
    };
    told.notes.extend(watched.notes);
    told.load = watched.load;
    told.gaps.extend(watched.broken.clone());
    let end = place.look(&place.database, stage)?;
    told.result = evidence::schema(&end);
    told.migrations = watched.migrations;
    let is_apart = release.cuts.iter().any(|cut| cut.migration.transaction != Transaction::Own) || release.grouping == Grouping::Batch;
    let looks = wanted.parts.iter().any(|part| matches!(part, Part::Effect | Part::Undo | Part::Rerun | Part::Load));
    if is_apart || looks {
        // From the beginning, and under the name that files may call it by.
        each.aside(each::BASE, &place.database)?;
        let stopped: Vec<_> = told.migrations.iter().map(|migration| migration.stopped.clone()).collect();
        let other = each.all(release, &mut told.migrations, &wanted.parts, &begin)?;
        if wanted.workload.lasting.is_some() {
            // Somebody was in its way on purpose: that it runs where nobody is does not count.
            for (migration, stopped) in told.migrations.iter_mut().zip(stopped).filter(|(migration, _)| migration.stopped.is_none()) {
                migration.unwatched = migration.unwatched.take().filter(|_| stopped.is_none());
                migration.stopped = stopped;
            }
        }
        let differing = effect(&end, &other);
        let is_whole = told.migrations.iter().all(|migration| migration.stopped.is_none());
        if let (Some(touch), true) = (differing.first(), is_whole) {
            told.gaps.push(format!(
                "run one by one it comes to another end than run to be watched: {} {}",
                touch.spot.kind.name(),
                touch.spot.display()
            ));
        }
    }
    let ran = told.migrations.iter().all(|migration| migration.stopped.is_none()) && told.migrations.len() == release.cuts.len();
    if ran && wanted.parts.iter().any(|part| matches!(part, Part::Effect | Part::Compatibility)) {
        told.meets = rehearsal::meets(&begin.whole(), &end.whole());
    }
    if wanted.parts.contains(&Part::Rerun) {
        let sizing = sizing.as_ref().zip(largest);
        told.floor.extend(killed::killed(&each, release, &mut told.migrations, sizing)?);
    }
    match observer {
        Some(observer) if wanted.parts.contains(&Part::Lag) => {
            run.watch.see(Event::Step { what: "the release, with a replica" });
            told.lag = Some(replica::behind(&each, observer, release, wanted.limits.lag.0)?);
            told.floor.push(ON_ONE_MACHINE.to_owned());
        }
        None if wanted.parts.contains(&Part::Lag) => {
            told.lag = Some(Err(format!("how far behind replicas are is not measured on {}", target.endpoint.engine.name())));
        }
        _ => told.floor.push("how far behind a replica is was not looked at (--replica)".to_owned()),
    }
    if wanted.parts.contains(&Part::Compatibility) {
        let filler = engine.filler()?;
        run.watch.see(Event::Step { what: "queries before it and after it" });
        told.asked = Some(asked::asked(&each, (release, &told.migrations), wanted.questions, filler)?);
    } else {
        told.floor.push("whether the running application survives it was not looked at (--queries)".to_owned());
    }
    // Where nothing is measured that is said once.
    let watched = told.migrations.iter().filter(|_| told.unmeasured.is_none());
    let unwatched = watched.filter_map(|migration| Some((&migration.key, migration.unwatched.as_ref()?)));
    let unwatched = unwatched.map(|(key, why)| format!("{key} runs as its tool sends it, and not one by one to be watched: {why}"));
    told.gaps.extend(unwatched.collect::<Vec<_>>());
    let rights = release.cuts.iter().flat_map(|cut| cut.up.iter().flat_map(Script::statements));
    let rights = rights.filter(|said| said.statement.nature == Nature::Right && said.statement.tag != "GRANT");
    told.gaps.extend(rights.map(|said| {
        format!("{}:{} changes rights, roles or settings: what that takes from others was not looked at", said.file, said.line)
    }));
    told.floor.extend(told.load.as_ref().map(|load| clients(load, &place, wanted)).unwrap_or_default());
    let stood_in = |by: Substitute| told.statements().filter(move |trace| trace.substitute == Some(by));
    let done = stood_in(Substitute::Superuser).filter(|_| !place.confined.unbounded);
    let done =
        done.map(|trace| format!("{} was run by a superuser here: whether {} may do so there was not seen", trace.place, place.role));
    let named = stood_in(Substitute::Definer).map(|trace| {
        let own = "was run in the name of the account that runs it here";
        format!("{} {own}: whether who deploys may name another as its definer was not seen", trace.place)
    });
    let (done, named): (Vec<String>, Vec<String>) = (done.collect(), named.collect());
    told.gaps.extend(done);
    told.floor.extend(named);
    if told.migrations.len() < release.cuts.len() {
        told.notes.push(format!("{} migrations after it were not run", release.cuts.len() - told.migrations.len()));
    }
    let unexpected = wanted.expected.map(|expected| unexpected(expected, &end));
    if estimates {
        let machine = compared(wanted.probed, &place, limits, run, &mut told.floor)?;
        let statements: Vec<&[Trace]> = told.migrations.iter().map(|migration| migration.statements.as_slice()).collect();
        let mut larger = Larger::of(&statements, tried, &sizes::volumes(target), machine);
        if let Some(why) = place.gaps.first() {
            larger.untold(why);
        }
        told.larger = Some(larger);
        told.floor.push(rehearsal::method(machine));
    } else {
        told.floor.push("how long it takes on the target's size was not estimated (--rows 1%,3%,10%)".to_owned());
    }
    if let Some(site) = &wanted.site {
        let came = in_place::run(site, release, (target, &mut told), limits, run, engine)?;
        told.in_place = Some(came);
    }
    let place = told.in_place.as_ref().map(rehearsal::InPlace::elsewhere);
    told.floor.extend(emptiness(target, &told.migrations, (&here, place.as_ref())));
    let aim = rehearsal::Target { here, place, larger: told.larger.clone(), ..aim(target, bounds, engine.lock_slots(target)) };
    // Where it was seen in both places, the heavier counts.
    told.gates = gates(&wanted.limits, &wanted.parts, &told.heavier(), &aim, unexpected.as_ref(), told.load.as_ref(), told.asked.as_ref());
    told.gates.extend(rehearsal::lag(&wanted.limits, &told.migrations, &aim, told.lag.as_ref()));
    told.gates.extend(told.in_place.iter().flat_map(|came| came.gates(&wanted.limits)));
    Ok(told)
}

/// What of the schema is not as it is expected.
fn unexpected(expected: &Manifest, end: &Manifest) -> Result<Vec<Touch>, String> {
    if !expected.covers(Dimension::Schema) {
        return Err("what is expected was captured without the schema".to_owned());
    }
    if expected.endpoint.engine != end.endpoint.engine {
        return Err(format!("what is expected is of {}", expected.endpoint.engine.name()));
    }
    Ok(effect(expected, end))
}

fn aim(target: &Manifest, bounds: Bounds, lock_slots: Option<u64>) -> rehearsal::Target {
    let rows = sizes::volumes(target).into_iter().map(|(table, volume)| (table, volume.rows)).collect();
    rehearsal::Target { rows, lock_slots, bounds, ..rehearsal::Target::default() }
}

/// How much slower or faster the target computes, where it may be asked.
fn compared(
    probed: Option<&dyn Environment>,
    place: &Place,
    limits: Limits,
    run: &Run<'_>,
    floor: &mut Vec<String>,
) -> Result<Machine, Box<Trouble>> {
    let Some(target) = probed else { return Ok(Machine::ASSUMED) };
    let quiet = Watch { watcher: &Silent, stop: run.watch.stop };
    let there = target.probe(&limits, &quiet)?;
    let here = place.scratch.environment(&place.database)?.probe(&limits, &quiet)?;
    floor.push("how fast both machines compute was compared; their disks were not".to_owned());
    Ok(Machine::compared(there, here))
}

/// What a throwaway replica does not show.
const ON_ONE_MACHINE: &str = "the replica was on the same machine, and nobody read there: its network, and queries that are in the way of what it replays, were not seen";

/// Tables whose rows could not be made, so many are named.
const NAMED: usize = 5;

/// What rows there were.
fn made_up(filled: &[Filled], amount: Amount, target: &Manifest) -> Vec<String> {
    let there = sizes::volumes(target);
    let full = filled.iter().filter(|one| one.rows > 0);
    let (known, unknown): (Vec<&Filled>, Vec<&Filled>) =
        full.partition(|one| matches!(amount, Amount::Rows(_)) || there.contains_key(&one.table));
    let of = if matches!(amount, Amount::Rows(_)) { "" } else { " of the target's" };
    let besides = match unknown.len() {
        0 => String::new(),
        count => format!(", {} rows in each of {count} whose number there is not known", sizes::UNKNOWN),
    };
    let amount = match amount {
        Amount::Rows(rows) => rows.to_string(),
        Amount::Share(_) => amount.to_string(),
    };
    let mut words = vec![format!(
        "rows are made up, {amount}{of} in each of {} tables{besides}, those of columns that the release names distinct and none NULL: what \
         fails on others was not seen",
        known.len()
    )];
    let empty: Vec<&Filled> = filled.iter().filter(|one| one.rows == 0).collect();
    words.extend(
        empty.iter().take(NAMED).map(|one| format!("{} has no rows: {}", one.table, one.why.as_deref().unwrap_or("none were made"))),
    );
    if empty.len() > NAMED {
        words.push(format!("and {} more tables have none", empty.len() - NAMED));
    }
    words
}

/// What was not seen because tables had no rows.
fn emptiness(
    target: &Manifest,
    migrations: &[Migration],
    (here, place): (&BTreeMap<String, u64>, Option<&rehearsal::Elsewhere>),
) -> Option<String> {
    let is_elsewhere = |trace: &&Trace| place.is_some_and(|place| place.statements.contains(&trace.place));
    let traces = migrations.iter().flat_map(|migration| &migration.statements).filter(|trace| !is_elsewhere(trace));
    let mut names: Vec<&str> = traces.flat_map(|trace| &trace.grows_with).map(String::as_str).collect();
    names.sort_unstable();
    names.dedup();
    names.retain(|name| here.get(*name).is_none_or(|rows| *rows == 0));
    let known = target.covers(Dimension::Data);
    (!names.is_empty()).then(|| {
        let named = names.iter().take(5).copied().collect::<Vec<_>>().join(", ");
        let more = if names.len() > 5 { format!(" and {} more", names.len() - 5) } else { String::new() };
        let volume = if known { "" } else { "; how many rows the target has was not captured" };
        format!("tables had no rows: what fails only on rows, and how long rows take, was not seen of {named}{more}{volume}")
    })
}

/// What clients did not show.
fn clients(load: &Load, place: &Place, wanted: &Wanted<'_>) -> Vec<String> {
    let mut floor = Vec::new();
    if wanted.workload.own.is_empty() {
        let role = &place.role;
        floor.push(format!(
            "clients read by keys and ranges and change by keys, as {role}: inserts, deletes, views, and rights of others were not tried \
             (--workload PATH)"
        ));
    } else {
        floor
            .push(format!("clients ask as {}, with values that are made as those of rows are", place.application(wanted.questions.role).1));
    }
    if let Some(first) = load.unsaid.first() {
        let count = load.unsaid.len();
        floor.push(format!("{count} of {} queries of the workload say nothing of the release: {}: {}", load.own, first.place, first.why));
    }
    floor.extend(load.beside.clone());
    floor
}

/// That clients leave out what they are to use no more.
fn left_out(release: &Release) -> Option<String> {
    let old = release.old.join(", ");
    (!old.is_empty()).then(|| format!("clients beside it leave out what is declared as old and may go with it, or was put aside: {old}"))
}
