//! The release, run once and watched, in the transactions of its runner; with clients beside it, where they are wanted.
//!
//! Neighbours: `eyes` watches, `samples` looks from a second session, `load` and `workload` are the clients, `clock` is for servers whose
//! locks nobody looks at.

use super::clock::Clock;
use super::each::{Each, left_open};
use super::eyes::Eyes;
use super::lasting::Lasting;
use super::load::{self, Clients};
use super::logged;
use super::pending::Release;
use super::samples::{self, Samples};
use super::workload::{Requests, Workload, requests};
use crate::migrations::Cut;
use crate::runner::{Ground, Guard, Manner, Onlooker, Runner, Told, guarded};
use evenkeel_core::fault::Trouble;
use evenkeel_core::history::folder::{Grouping, Transaction};
use evenkeel_core::port::{Filler, Observer, Session};
use evenkeel_core::rehearsal::{Load, Migration};
use evenkeel_core::trace::Trace;
use std::collections::BTreeMap;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// What came of it.
pub struct Watched {
    pub migrations: Vec<Migration>,
    /// Why not everything was seen.
    pub broken: Option<String>,
    pub load: Option<Load>,
    /// What is to be known of what clients asked.
    pub notes: Vec<String>,
}

/// Clients beside the release: what they ask, as whom, and which rows there are.
#[derive(Clone, Copy)]
pub struct Beside<'a> {
    pub workload: &'a Workload<'a>,
    pub role: Option<&'a str>,
    pub here: &'a BTreeMap<String, u64>,
}

/// Runs the release once, watched; with clients beside it, where that is wanted.
pub fn watched(each: &Each<'_>, observer: &dyn Observer, release: &Release, beside: Option<Beside<'_>>) -> Result<Watched, Box<Trouble>> {
    let Each { place, ground, .. } = *each;
    let samples = Samples::default();
    let known = observer.map(&mut *place.session(ground.database)?)?.into_keys().collect();
    let mut asked = match (beside, each.filler) {
        (Some(beside), Some(filler)) => requests(each, observer, filler, (beside.workload, beside.role), (beside.here, release))?,
        _ => Requests::default(),
    };
    let has_clients = !asked.all.is_empty();
    observer.logs(&mut *ground.scratch.session(ground.database)?, ground.database, true)?;
    let known_log = ground.scratch.logged()?;
    let mut session = place.session(ground.database)?;
    let id = session.id();
    let is_logged = observer.is_logged(&mut *session)?;
    let mut eyes = Eyes::new(observer, &samples).knowing(known).explaining(ground.scratch.session(ground.database)?);
    let clients = Clients::new(eyes.begin());
    let lasting = beside.and_then(|beside| beside.workload.lasting);
    let unbound = each.filler.map(Filler::unbound).unwrap_or_default();
    // Who asks what the application asks is bound as it is.
    let is_own = asked.all.iter().any(|request| request.place.is_some());
    let role = beside.and_then(|beside| beside.role);
    let mut stayed = None;
    let ends = std::thread::scope(|threads| {
        threads.spawn(|| samples.watch(observer, ground.scratch.session(ground.database), id, samples::PAUSE, ground.watch));
        for number in 0..if has_clients { load::CLIENTS } else { 0 } {
            let (clients, asked) = (&clients, &asked.all);
            threads.spawn(move || {
                let session =
                    if is_own { place.application_session(ground.database, role) } else { place.client(ground.database, unbound) };
                clients.run(number, session, asked, each.filler);
            });
        }
        if has_clients {
            std::thread::sleep(load::AROUND);
            clients.all_asked(false, ground.watch.stop);
        }
        let opened = lasting.map(|lasting| Lasting::open(ground.scratch, ground.database, observer, (release, lasting))).transpose();
        let opened = match opened {
            Ok(opened) => opened,
            Err(trouble) => {
                clients.dismiss(ground.scratch);
                samples.finish();
                return Err(trouble);
            }
        };
        let opened = match opened {
            Some(Err(why)) => {
                stayed = Some(why);
                None
            }
            Some(Ok(opened)) => Some(opened),
            None => None,
        };
        let staying = opened.map(|opened| threads.spawn(|| opened.stay(&clients)));
        clients.begins();
        let ran = guarded(session, ground, |session, guard| released(session, guard, ground, release, (&mut eyes, Manner::Apart)));
        clients.ends();
        stayed = staying.map_or(stayed.take(), |staying| staying.join().ok());
        if has_clients {
            std::thread::sleep(load::AROUND);
            clients.all_asked(true, ground.watch.stop);
        }
        clients.dismiss(ground.scratch);
        samples.finish();
        ran
    })?;
    eyes.silent()?;
    observer.logs(&mut *ground.scratch.session(ground.database)?, ground.database, false)?;
    let now = (Instant::now(), SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO));
    let mut reader = observer.reader();
    ground.scratch.log(known_log, &mut |line| reader.line(line))?;
    let log = reader.read();
    let of_it = log.spilled.iter().filter(|one| one.session == id);
    if is_logged && !log.is_cut {
        eyes.spilled(&of_it.filter_map(|one| Some((logged::moment(one.gone, now)?, one.bytes))).collect::<Vec<_>>());
    }
    let waits = if has_clients { eyes.blocked(logged::exact(samples.waits(), &log.waits, now)) } else { Vec::new() };
    let mut traces = eyes.traces().into_iter();
    let mut sent = 0;
    let mut told = Vec::new();
    for (cut, (stopped, upto)) in release.cuts.iter().zip(ends) {
        let statements: Vec<Trace> = traces.by_ref().take(upto - sent).collect();
        sent = upto;
        told.push(migration(cut, statements, stopped));
    }
    let broken = samples.broken().map(|why| format!("locks that statements released by themselves were not seen: {why}"));
    let mut notes = std::mem::take(&mut asked.notes);
    if log.is_cut {
        notes.push(
            "the server's log says more of waits and temporary files than is kept: later waits are as a second session saw them".to_owned(),
        );
    }
    let unsaid = std::mem::take(&mut asked.unsaid);
    let load = beside.map(|_| {
        let load = clients.load(&asked.all, waits, unsaid);
        // Whom nobody is to use any more, nobody waits for; that clients leave it out is said.
        let tables = load.tables.iter().chain(&release.old).cloned().collect();
        Load { tables, sources: asked.sources, beside: stayed, ..load }
    });
    Ok(Watched { migrations: told, broken, load, notes })
}

/// Runs it where nobody looks at locks: what ran, and how long it took here.
pub fn unwatched(each: &Each<'_>, release: &Release, why: &str) -> Result<Watched, Box<Trouble>> {
    let ground = each.ground;
    let mut clock = Clock::default();
    let session = each.place.session(ground.database)?;
    let ends = guarded(session, ground, |session, guard| released(session, guard, ground, release, (&mut clock, Manner::AsTool)))?;
    let mut traces = clock.traces.into_iter();
    let mut sent = 0;
    let mut migrations = Vec::new();
    for (cut, (stopped, upto)) in release.cuts.iter().zip(ends) {
        let statements: Vec<Trace> = traces.by_ref().take(upto - sent).collect();
        sent = upto;
        migrations.push(Migration { unwatched: Some(why.to_owned()), ..migration(cut, statements, stopped) });
    }
    Ok(Watched { migrations, broken: None, load: None, notes: Vec::new() })
}

/// How each ended, and how many statements were sent by then.
pub type Ends = Vec<(Option<Told>, usize)>;

pub fn released(
    session: Box<dyn Session>,
    guard: &Guard,
    ground: Ground<'_>,
    release: &Release,
    (onlooker, manner): (&mut dyn Onlooker, Manner),
) -> Result<Ends, Box<Trouble>> {
    let is_batch = release.grouping == Grouping::Batch;
    let mut runner = Runner::new(session, ground, guard, onlooker).manner(manner).batch(is_batch);
    let mut ends = Ends::new();
    for cut in &release.cuts {
        ground.watch.stop.check()?;
        let done = runner.migration(cut)?.and_then(|()| if runner.is_left_open() { Err(left_open()) } else { Ok(()) });
        let is_over = done.is_err();
        ends.push((done.err(), runner.sent()));
        if is_over {
            break;
        }
    }
    if let (Err(told), Some(last)) = (runner.finish()?, ends.last_mut()) {
        last.0.get_or_insert(told);
    }
    Ok(ends)
}

fn migration(cut: &Cut, statements: Vec<Trace>, stopped: Option<Told>) -> Migration {
    Migration {
        key: cut.migration.key.clone(),
        name: cut.migration.name.clone(),
        transaction: match cut.migration.transaction {
            Transaction::Whole => Grouping::ImplicitBlock.name(),
            other => other.name(),
        },
        statements,
        stopped,
        unwatched: None,
        effect: None,
        result: None,
        after: Vec::new(),
        forms: Vec::new(),
        undo: None,
        rerun: None,
    }
}
