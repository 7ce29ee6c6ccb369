//! `evenkeel drill ENV`: on throwaway servers with the environment's schema the primary is killed, its replica takes over, and a release is
//! deployed there and taken back; each part is measured.
//!
//! Lives here: the order of things. `named` is the same where others are. Does not live here: servers (`Scratch`), deploying and its way back (`deploy`), which is run as it is
//! everywhere, when the next one is due (`core/deployment/drilled`). The environment itself is read, and never written to.

mod named;

pub use named::{Named, Promoting};

use crate::capture::Source;
use crate::deploy::back::{self, Loss};
use crate::deploy::{self, Bounds, Proof};
use crate::history::{self, Way};
use crate::lease;
use crate::migrations::Migrations;
use crate::patch::{Builder, build_replicated};
use crate::rehearse::{self, Release};
use evenkeel_core::deployment::drilled::{self, Drilled, Part};
use evenkeel_core::deployment::{Deployed, Gate, Outcome};
use evenkeel_core::evidence::{Now, schema};
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::kind::{Dimension, Kind};
use evenkeel_core::manifest::Manifest;
use evenkeel_core::port::{
    Act, Answer, Ending, Engine, Event, Intended, Intention, Limits, Owner, Request, Run, Scratch, State, Store, Workshop,
};
use std::time::{Duration, Instant};

/// What is read of the environment for this.
pub const DIMENSIONS: [Dimension; 4] = [Dimension::Schema, Dimension::History, Dimension::Configuration, Dimension::Privileges];
/// A table by which it is seen that what was committed is there, and that writes are taken.
const PROBE: &str = "evenkeel_drill";
/// For so long a replica may take to have what its primary has.
const FOLLOWS: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(20);
/// What a database is called whose own name every server has.
const OTHERWISE: &str = "drilled";
/// The parts, as the journal has them.
const ACTS: [&str; 4] = ["build", "failover", "deploy", "rollback"];

/// Who wants it, and under which conditions.
pub struct Order<'a> {
    pub store: &'a dyn Store,
    /// Where the deployment on the throwaway server keeps its own journal.
    pub aside: &'a dyn Store,
    /// As it is configured.
    pub environment: &'a str,
    pub by: &'a str,
    pub owner: &'a Owner,
    pub is_there: &'a dyn Fn(&Owner) -> Option<bool>,
    pub reason: Option<&'a str>,
    pub workshop: &'a dyn Workshop,
    pub limits: Limits,
    /// What a recovery may take, and where that comes from.
    pub recovery: (Duration, String),
}

/// Does it.
///
/// # Errors
/// No server can be had, the manifest does not tell the schema, the store cannot be written, or the end was asked for.
pub fn run(target: &Manifest, described: &str, read: &Migrations, order: &Order<'_>, run: &Run<'_>) -> Result<Drilled, Box<Trouble>> {
    let engine = run.engines.of(target.endpoint.engine);
    if target.endpoint.is_whole_server() {
        let trouble = Trouble::new(Class::Usage, "one database is drilled");
        let trouble = trouble.expected("an environment that is one database").found("all databases of a server");
        return Err(Box::new(trouble.fix("name the database in the URL")));
    }
    under_intention((target, described), &ACTS, order, run, |intended, drilled| {
        drilled.notes = vec![
            "tables are empty: what takes longer with rows was not measured".to_owned(),
            "no traffic was pointed at it: nothing is named that does it on a throwaway server".to_owned(),
        ];
        Course { target, read, order, run, engine, intended }.all(drilled)
    })
}

/// Does it on an environment that others use; `target` is that, as it is.
///
/// # Errors
/// It cannot be read or written to, the store cannot be written, or the end was asked for.
pub fn on(target: &Manifest, described: &str, named: &Named<'_>, order: &Order<'_>, run: &Run<'_>) -> Result<Drilled, Box<Trouble>> {
    under_intention((target, described), &named::ACTS, order, run, |intended, drilled| {
        described.clone_into(&mut drilled.place);
        named.all(drilled, order, (intended, run))
    })
}

/// Writes the intention down, does it, and writes down how it ended.
fn under_intention(
    (target, described): (&Manifest, &str),
    acts: &[&str],
    order: &Order<'_>,
    run: &Run<'_>,
    work: impl FnOnce(&Intended<'_>, &mut Drilled) -> Result<(), Box<Trouble>>,
) -> Result<Drilled, Box<Trouble>> {
    let acts: Vec<Act> = acts.iter().map(|what| Act { what: (*what).to_owned(), statements: Vec::new() }).collect();
    let called = drilled::called(order.environment);
    let intention = Intention {
        verb: Intention::DRILL.to_owned(),
        environment: called.clone(),
        target: described.to_owned(),
        by: order.by.to_owned(),
        owner: order.owner.clone(),
        reason: order.reason.map(str::to_owned),
        snapshot: None,
        ground: schema(target).unwrap_or_default(),
        digest: Intention::digest_of(&acts),
        artifact: None,
        rewritten: None,
        acts,
    };
    let unfinished = lease::unfinished(order.store, &called, order.is_there, run)?;
    let gone: Vec<_> = unfinished.iter().filter(|entry| entry.is_there(order.is_there) == Some(false)).collect();
    let intended = Intended::write(order.store, &intention, &gone)?.map_err(|other| {
        let trouble = Trouble::new(Class::Unreachable, format!("{} is drilled already", order.environment));
        Box::new(trouble.expected("one drill at a time").found(lease::held(&other)).fix("wait until it has ended: evenkeel runs"))
    })?;
    for entry in &gone {
        order.store.end(entry.number, Ending::Lost, "its process is gone; its servers go with it")?;
    }
    lease::beating(&intended, || {
        let mut drilled = Drilled {
            label: order.environment.to_owned(),
            place: String::new(),
            run: Some(intended.number()),
            release: Vec::new(),
            parts: Vec::new(),
            gates: Vec::new(),
            limit: order.recovery.0,
            origin: order.recovery.1.clone(),
            notes: Vec::new(),
        };
        let done = work(&intended, &mut drilled);
        let ending = if done.is_ok() && drilled.exit_code() == 0 { Ending::Done } else { Ending::Stopped };
        let words = done.as_ref().err().map_or_else(|| drilled.line(), |trouble| trouble.to_string());
        intended.ended(ending, &words)?;
        done.map(|()| drilled)
    })
}

/// A drill.
struct Course<'a> {
    target: &'a Manifest,
    read: &'a Migrations,
    order: &'a Order<'a>,
    run: &'a Run<'a>,
    engine: &'a dyn Engine,
    intended: &'a Intended<'a>,
}

/// What stands where the release is run.
struct Place {
    promoted: Box<dyn Scratch>,
    database: String,
}

impl Course<'_> {
    fn all(&self, drilled: &mut Drilled) -> Result<(), Box<Trouble>> {
        let (place, before) = match self.stand(drilled)? {
            Ok(place) => place,
            Err(gate) => {
                drilled.gates.push(gate);
                return Ok(());
            }
        };
        drilled.place = place.promoted.describe();
        let (release, is_pending) = self.release(&before)?;
        drilled.release = release.cuts.iter().map(|cut| cut.migration.key.clone()).collect();
        if release.cuts.is_empty() {
            let gate = Gate::new("release", "there is a migration to deploy and take back", None, "none is pending, and none is recorded");
            drilled.gates.push(gate.fix("name the folder of migrations: --migrations DIR"));
            return Ok(());
        }
        if !is_pending {
            let note = "nothing is pending: the last migration that is recorded was taken back, and deployed again";
            drilled.notes.push(note.to_owned());
        }
        // What is pending goes there and back; what is in goes back and there.
        let ways = if is_pending { [Way::There, Way::Back] } else { [Way::Back, Way::There] };
        for way in ways {
            let (name, at) = if way == Way::There { ("deploy", 2) } else { ("rollback", 3) };
            let now = self.look(&place)?;
            let release = if way == Way::There { self.there(&release)? } else { back::turned(self.read, &release)? };
            let (took, deployed) = self.part(at, name, || self.deploy(&place, &release, now, way))?;
            let (holds, found) = told(&deployed);
            drilled.parts.push(Part { name, took, words: found.clone() });
            let gate = Gate::new(name, "it came to its end", Some(holds), found);
            drilled.gates.push(gate.fix("mend what it found: evenkeel rehearse says more"));
            if !holds {
                self.intended.became(at, State::Failed, None)?;
                return Ok(());
            }
            if way == Way::Back {
                drilled.gates.push(self.within("rollback-time", "the way back", took));
            }
        }
        let after = self.look(&place)?;
        let is_same = schema(&before).is_some() && schema(&after) == schema(&before);
        let found = if is_same { "it is" } else { "it is not: the way back is not exact" };
        drilled
            .gates
            .push(Gate::new("schema", "the schema is as it was before", Some(is_same), found).fix("evenkeel rehearse says what differs"));
        place.promoted.stop()
    }

    fn part<T>(&self, at: u32, what: &str, work: impl FnOnce() -> Result<T, Box<Trouble>>) -> Result<(Duration, T), Box<Trouble>> {
        part((self.intended, self.run), at, what, work)
    }

    fn within(&self, name: &'static str, what: &str, took: Duration) -> Gate {
        within(self.order, name, what, took)
    }

    /// A primary with the environment's schema and its records, a replica; the one is killed, and the other takes over.
    fn stand(&self, drilled: &mut Drilled) -> Result<Result<(Place, Manifest), Gate>, Box<Trouble>> {
        let mut wanted = self.target.clone();
        if self.engine.dialect(&wanted.endpoint)?.own_databases().contains(&wanted.endpoint.database.as_str()) {
            OTHERWISE.clone_into(&mut wanted.endpoint.database);
        }
        let builder = Builder { engine: self.engine, workshop: self.order.workshop, watch: self.run.watch };
        let (took, (mut primary, replica, database)) = self.part(0, "servers like the environment", || {
            let built = build_replicated(&wanted, &builder, &self.engine.server_settings(self.target))?;
            let odd = built.left.iter().filter(|left| left.kind.spec().dimension == Dimension::Schema);
            drilled.notes.extend(odd.map(|left| format!("not as it is there: {}", left.words())));
            self.recorded(&*built.scratch, &built.database)?;
            let replica = built.scratch.replicate(&self.run.watch)?;
            Ok((built.scratch, replica, built.database))
        })?;
        let words = format!("{} and a replica, with the schema and the records of the environment", primary.describe());
        drilled.parts.push(Part { name: "build", took, words });
        let mut session = primary.session(&database)?;
        for statement in [format!("CREATE TABLE {PROBE} (n int PRIMARY KEY)"), format!("INSERT INTO {PROBE} VALUES (1)")] {
            ran(session.run(&statement)?)?;
        }
        drop(session);
        self.follows(&*replica, &database)?;
        let (took, ()) = self.part(1, "a failover", || {
            primary.kill()?;
            replica.promote(&self.run.watch)?;
            // What was committed is there, and what is written is taken.
            let mut session = replica.session(&database)?;
            if ran(session.run(&format!("SELECT n FROM {PROBE}"))?)?.len() != 1 {
                return Err(Box::new(Trouble::new(Class::Internal, "what was committed on the primary is not on the one that took over")));
            }
            ran(session.run(&format!("INSERT INTO {PROBE} VALUES (2)"))?).map(drop)
        })?;
        ran(replica.session(&database)?.run(&format!("DROP TABLE {PROBE}"))?)?;
        let words = "the primary was killed; its replica was promoted, has what was committed, and takes writes".to_owned();
        drilled.parts.push(Part { name: "failover", took, words });
        let place = Place { promoted: replica, database };
        let gate = self.within("failover-time", "a failover", took);
        let is_met = gate.holds == Some(true);
        if !is_met {
            return Ok(Err(gate));
        }
        drilled.gates.push(gate);
        let before = self.look(&place)?;
        Ok(Ok((place, before)))
    }

    /// Waits until the replica has what was written.
    fn follows(&self, replica: &dyn Scratch, database: &str) -> Result<(), Box<Trouble>> {
        let until = Instant::now() + FOLLOWS;
        loop {
            let is_there = match replica.session(database)?.run(&format!("SELECT n FROM {PROBE}"))? {
                Answer::Ran(ran) => !ran.rows.is_empty(),
                Answer::Refused(_) => false,
            };
            if is_there {
                return Ok(());
            }
            if Instant::now() > until {
                let trouble = Trouble::new(Class::CouldNotTell, "the replica of the throwaway server does not follow");
                return Err(Box::new(trouble.expected(format!("what was written, within {} s", FOLLOWS.as_secs()))));
            }
            self.run.watch.stop.check()?;
            std::thread::sleep(PAUSE);
        }
    }

    /// Has the tool's table say what it says where it counts.
    fn recorded(&self, scratch: &dyn Scratch, database: &str) -> Result<(), Box<Trouble>> {
        let left = history::pending(self.target, self.order.environment, self.read);
        let is_in = |at: usize| left.unknown.is_none() && !left.at.contains(&at);
        let cuts = self.read.cuts.iter().enumerate().filter(|(at, _)| is_in(*at));
        let keys: Vec<&str> = cuts.map(|(_, cut)| cut.migration.key.as_str()).collect();
        if keys.is_empty() {
            return Ok(());
        }
        let dialect = self.engine.dialect(&self.target.endpoint)?;
        let recording = history::entries(self.target, self.order.environment, self.read, &*dialect, (&keys, Way::There));
        let recording = recording.map_err(|why| {
            let trouble = Trouble::new(Class::CouldNotTell, "what ran there cannot be recorded on a throwaway server");
            Box::new(trouble.expected("rows of the tool's table").found(why))
        })?;
        let mut session = scratch.session(database)?;
        for statement in recording.iter().flat_map(|recording| recording.statements.iter().flatten()) {
            ran(session.run(statement)?)?;
        }
        Ok(())
    }

    fn look(&self, place: &Place) -> Result<Manifest, Box<Trouble>> {
        place.promoted.environment(&place.database)?.capture(&self.request(), &self.run.watch)
    }

    fn request(&self) -> Request {
        Request { dimensions: deploy::DIMENSIONS.to_vec(), ..Request::new(self.order.environment) }
    }

    /// What is pending, or else the last migration that is recorded; whether it is pending.
    fn release(&self, now: &Manifest) -> Result<(Release, bool), Box<Trouble>> {
        let pending = rehearse::pending(now, self.order.environment, self.read)?;
        if !pending.cuts.is_empty() {
            return Ok((pending, true));
        }
        let recorded = now.of_kind(Kind::Migration);
        let is_in = |key: &str| recorded.iter().any(|row| row.identity.part(2) == key);
        let last = self.read.cuts.iter().rev().find(|cut| is_in(&cut.migration.key)).cloned();
        Ok((Release { cuts: last.into_iter().collect(), ..pending }, false))
    }

    fn there(&self, release: &Release) -> Result<Release, Box<Trouble>> {
        let files = rehearse::files(self.read, release.cuts.iter())?;
        Ok(Release { cuts: release.cuts.clone(), files, gaps: Vec::new(), notes: Vec::new(), old: Vec::new(), ..*release })
    }

    fn deploy(&self, place: &Place, release: &Release, now: Manifest, way: Way) -> Result<Deployed, Box<Trouble>> {
        let locked = |_: &Manifest, _: bool| Ok(Gate::new("parity-lock", "nobody has locked it", Some(true), "it is a throwaway server"));
        let order = deploy::Order {
            // Tables are empty there.
            aside: None,
            store: self.order.aside,
            environment: self.order.environment,
            by: self.order.by,
            owner: self.order.owner,
            is_there: self.order.is_there,
            reason: None,
            locked: &locked,
            proof: Proof::Unrehearsed,
            now: Now::default(),
            with: None,
            back: (way == Way::Back).then_some(back::Back { to: None, accept: Loss::All }),
            resume: false,
            unknown: None,
            plan: false,
            bounds: Bounds { limits: self.order.limits, retry_for: FOLLOWS, blocked: FOLLOWS, own_timeouts: false },
            draining: None,
            patience: self.order.limits.lock_timeout,
            oldest: Duration::from_secs(60 * 60),
            lag: FOLLOWS,
            accepts_lag: true,
            duals: &[],
            accepts_use: true,
            backfills: None,
        };
        let source = Source::live(place.promoted.environment(&place.database)?, self.request());
        deploy::run(&source, self.read, release, now, &order, self.run)
    }
}

/// Measures a part, and writes down that it began and is over.
fn part<T>(
    (intended, run): (&Intended<'_>, &Run<'_>),
    at: u32,
    what: &str,
    work: impl FnOnce() -> Result<T, Box<Trouble>>,
) -> Result<(Duration, T), Box<Trouble>> {
    run.watch.stop.check()?;
    run.watch.see(Event::Step { what });
    intended.begins(at)?;
    let begun = Instant::now();
    let done = work();
    let took = begun.elapsed();
    match &done {
        Ok(_) => intended.became(at, State::Done, Some(&format!("{:.3} s", took.as_secs_f64())))?,
        Err(trouble) => intended.became(at, State::Failed, Some(&trouble.to_string()))?,
    }
    Ok((took, done?))
}

fn within(order: &Order<'_>, name: &'static str, what: &str, took: Duration) -> Gate {
    let (limit, origin) = &order.recovery;
    let gate = Gate::new(name, format!("{what} takes at most {limit:?}"), Some(took <= *limit), format!("{:.1} s", took.as_secs_f64()));
    gate.origin(origin)
}

/// Whether it came to its end, and what is said of it.
fn told(deployed: &Deployed) -> (bool, String) {
    match &deployed.outcome {
        Outcome::Ran { stopped: None, entry } => (deployed.exit_code == 0, entry.progress()),
        Outcome::Ran { stopped: Some(why), .. } => (false, why.clone()),
        Outcome::Nothing => (false, "there was nothing to do".to_owned()),
        Outcome::Planned | Outcome::Refused => {
            let closed = deployed.gates.iter().filter(|gate| gate.holds != Some(true));
            (false, closed.map(|gate| format!("{}: {}", gate.name, gate.found)).collect::<Vec<_>>().join("; "))
        }
    }
}

fn ran(answer: Answer) -> Result<Vec<Vec<Option<String>>>, Box<Trouble>> {
    match answer {
        Answer::Ran(ran) => Ok(ran.rows),
        Answer::Refused(refused) => {
            let trouble = Trouble::new(Class::Internal, "a throwaway server refuses a statement of a drill");
            Err(Box::new(trouble.found(format!("{} ({})", refused.message, refused.code))))
        }
    }
}
