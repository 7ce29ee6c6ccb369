//! Files of migrations, run on a throwaway server: what they make of an empty database.
//!
//! Each runs as its tool would run it, in a session that may do nothing beyond that database. What only a superuser may do is done for
//! it where that does no harm; anything else is refused, and told. `kept` goes on from an earlier run, `own` are the tables that the
//! tool makes for itself. Does not live here: which of them ran elsewhere (`history`).

mod kept;
mod own;

use crate::migrations::{Cut, Migrations};
use crate::runner::{Blind, Ground, Runner, Told, guarded};
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::finding::Place;
use evenkeel_core::history::folder::Transaction;
use evenkeel_core::kind::{Dimension, Kind};
use evenkeel_core::manifest::{Endpoint, Manifest};
use evenkeel_core::port::{Confined, Engine, Like, Limits, Looker, Request, Scratch, Session, Watch, Workshop};
use evenkeel_core::statement::Grammar;
use kept::{Gathered, Known, WORTH, Words};
use own::Own;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// Who makes such servers, and how long a statement may take.
#[derive(Clone, Copy)]
pub struct Stage<'a> {
    pub engine: &'a dyn Engine,
    pub workshop: &'a dyn Workshop,
    pub watch: Watch<'a>,
    pub limits: Limits,
}

/// Where server programs may be, beside the usual places, and how long a statement may take.
#[derive(Debug, Clone, Copy)]
pub struct Means<'a> {
    pub folders: &'a [PathBuf],
    /// The role that migrations run as, where somebody says so.
    pub role: Option<&'a str>,
    pub limits: Limits,
}

/// What the server is to be like.
#[derive(Debug, Clone)]
pub struct Target {
    pub endpoint: Endpoint,
    /// Roles that files may name, and settings that decide what they mean.
    pub confined: Confined,
    pub schemas: Vec<String>,
    pub encoding: Option<String>,
    /// Of its database, where that decides what tables are.
    pub collation: Option<String>,
    /// Settings that the server of the trial shares with it.
    pub shared: Vec<(&'static str, String)>,
    own: Own,
}

impl Target {
    /// Of which no more is known than its engine and version.
    #[must_use]
    pub fn bare(endpoint: Endpoint) -> Self {
        let (confined, own) = (Confined::default(), Own::default());
        Self { endpoint, confined, schemas: Vec::new(), encoding: None, collation: None, shared: Vec::new(), own }
    }

    /// As an environment was captured, for files that run as `role` there.
    #[must_use]
    pub fn of(manifest: &Manifest, engine: &dyn Engine, role: Option<&str>) -> Self {
        let named = |object: &evenkeel_core::manifest::Object| object.identity.part(0).to_owned();
        // Of owners and grants that were mapped or are places only the place is known.
        let is_name = |name: &String| !name.starts_with('(') && !name.starts_with("pg_");
        let server = manifest.of_kind(Kind::Server).first();
        let dialect = engine.dialect(&manifest.endpoint);
        Self {
            endpoint: manifest.endpoint.clone(),
            confined: Confined {
                roles: manifest.of_kind(Kind::Role).iter().map(named).filter(is_name).collect(),
                settings: engine.migration_settings(manifest, role),
                schemas: Vec::new(),
                role: None,
                unbounded: false,
            },
            schemas: manifest.of_kind(Kind::Schema).iter().map(named).collect(),
            encoding: server.and_then(|server| server.text("encoding")).map(str::to_owned),
            collation: manifest.of_kind(Kind::Schema).iter().find_map(|schema| schema.text("collation")).map(str::to_owned),
            shared: dialect.as_ref().map(|dialect| dialect.shared_settings(manifest)).unwrap_or_default(),
            own: dialect.map(|dialect| Own::of(manifest, &*dialect)).unwrap_or_default(),
        }
    }
}

/// Where a migration did not run to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stopped {
    /// Which of those that were to run.
    pub at: usize,
    pub key: String,
    pub place: Option<Place>,
    pub why: String,
}

/// Captures what is there now.
pub type Look<'a> = &'a dyn Fn() -> Result<Manifest, Box<Trouble>>;
/// Told how many have run.
pub type Seen<'a> = &'a mut dyn FnMut(usize, Look<'_>) -> Result<(), Box<Trouble>>;

/// What came of one, and its session where that is of use.
type Handed = (Result<(), Told>, Option<Box<dyn Session>>);

/// A server on which files are run.
pub struct Replay<'a> {
    stage: Stage<'a>,
    target: &'a Target,
    scratch: Box<dyn Scratch>,
    grammar: &'a dyn Grammar,
    databases: [String; 3],
    /// What is run first.
    series: Series<'a>,
    /// The tool's own tables, where files need them.
    own: Own,
    /// How it stands by words, and what is known of it from an earlier run.
    words: Words,
    known: Option<Known>,
    /// Those that were left out, by their key, and what the server said.
    left_out: Mutex<BTreeMap<String, String>>,
}

/// What is run first, on an empty database.
#[derive(Debug, Clone, Default)]
pub struct Series<'a> {
    pub cuts: Vec<&'a Cut>,
    /// After how many of them somebody will look.
    pub points: BTreeSet<usize>,
    /// One that its tool runs on a condition is left out where it does not run: nobody but the database knows whether it held.
    pub is_forgiving: bool,
    /// Keys of those of which somebody accepts by name that they cannot be checked: one that does not run is left out.
    pub accepted: BTreeSet<String>,
}

/// One whose name no file means.
const DATABASES: [&str; 3] = ["replay", "replay_again", "replay_once_more"];

impl<'a> Replay<'a> {
    /// Starts a server like the target's, with what an earlier run of these files left where that is kept.
    ///
    /// # Errors
    /// None can be had, or the end was asked for.
    pub fn start(stage: Stage<'a>, target: &'a Target, series: Series<'a>) -> Result<Self, Box<Trouble>> {
        let grammar = stage.engine.grammar()?;
        if target.endpoint.is_whole_server() {
            let trouble = Trouble::new(Class::Usage, "files of migrations make what is in one database");
            let trouble = trouble.expected("an environment that is one database").found("all databases of a server");
            return Err(Box::new(trouble.fix("name the database in the URL")));
        }
        // Where the target's name is known it is called so: files may set something for the database by its name.
        let dialect = stage.engine.dialect(&target.endpoint)?;
        let first = Some(&target.endpoint.database).filter(|name| !name.is_empty());
        let is_taken = |name: &str| dialect.own_databases().contains(&name) || DATABASES.iter().skip(1).any(|other| *other == name);
        let first = first.filter(|name| !is_taken(name));
        let databases = [first.map_or(DATABASES[0], String::as_str), DATABASES[1], DATABASES[2]].map(str::to_owned);
        let like = Like {
            engine: Some(target.endpoint.engine),
            major: Some(target.endpoint.server_major),
            encoding: target.encoding.clone(),
            databases: databases.to_vec(),
            collation: target.collation.clone(),
            ..Like::default()
        };
        let like = dialect.scratch_settings().iter().fold(like, |like, (name, value)| like.setting(name, value));
        let like = target.shared.iter().fold(like, |like, (name, value)| like.setting(name, value));
        // All files decide what is there before the first.
        let confined = Self::confined(stage, target, &series.cuts);
        let Target { schemas, encoding, collation, .. } = target;
        let Series { is_forgiving, accepted, .. } = &series;
        let own = target.own.named_in(&series.cuts);
        let own_words = own.words();
        let place = format!("{confined:?} {schemas:?} {encoding:?} {collation:?} {is_forgiving} {accepted:?} {own_words}");
        let words = Words::of(&place, &series.cuts);
        let mut scratch = stage.workshop.start(&Like { kept: words.beginnings(), ..like.clone() }, &stage.watch)?;
        let recalled = scratch.recalled();
        let known = recalled.as_ref().and_then(|recalled| Known::of(recalled, &words, &series.points));
        // What cannot be read whole is no state.
        let known = known.filter(|_| scratch.looker(&databases[0]).and_then(|mut looker| seen(&mut *looker, stage)).is_ok());
        stage.watch.stop.check()?;
        if recalled.is_some() && known.is_none() {
            scratch = stage.workshop.start(&like, &stage.watch)?;
        }
        let left_out = Mutex::new(known.as_ref().map(|known| known.left_out.clone()).unwrap_or_default());
        Ok(Self { stage, target, scratch, grammar, databases, series, own, words, known, left_out })
    }

    /// How many of what is run first an earlier run of the same files left as they are, today on this machine.
    #[must_use]
    pub fn known(&self) -> usize {
        self.known.as_ref().map_or(0, |known| known.ran)
    }

    /// Those that were left out, and why.
    pub fn left_out(&self) -> BTreeMap<String, String> {
        self.left_out.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// `PostgreSQL 17.10`.
    #[must_use]
    pub fn describe(&self) -> String {
        self.scratch.describe()
    }

    /// Runs what was to be run first, until one does not run to its end. After each, and once before all, `seen` is called with how many
    /// have run; of what is known from an earlier run, too.
    ///
    /// # Errors
    /// The server is lost, or the end was asked for. That a migration is refused is no error.
    pub fn first(&self, seen: Seen<'_>) -> Result<Option<Stopped>, Box<Trouble>> {
        let [database, ..] = &self.databases;
        let looks = RefCell::new(Gathered::of(self.known.as_ref()));
        if let Some(known) = &self.known {
            for ran in 0..known.ran {
                seen(ran, &|| known.look(ran))?;
            }
        }
        let began = Instant::now();
        let mut seen = |ran: usize, look: Look<'_>| {
            let keeping = || {
                let now = look()?;
                looks.borrow_mut().add(ran, &now);
                Ok(now)
            };
            seen(ran, &keeping)
        };
        let stopped = self.on(database, &self.series.cuts, self.known(), &mut seen)?;
        if stopped.is_none() && began.elapsed() >= WORTH && self.known() < self.series.cuts.len() {
            // What cannot be kept is run again: nothing but time is lost.
            if let Some(beside) = kept::beside(self.left_out(), &looks.borrow()) {
                let _kept = self.scratch.keep(self.words.whole(), &beside);
            }
        }
        Ok(stopped)
    }

    /// Runs migrations on an empty database, the second or the third, as [`Replay::first`] does.
    ///
    /// # Errors
    /// As [`Replay::first`].
    pub fn again(&self, which: usize, cuts: &[&Cut], seen: Seen<'_>) -> Result<Option<Stopped>, Box<Trouble>> {
        let [first, ..] = &self.databases;
        let spare = self.databases.get(which).unwrap_or(first);
        self.on(&self.scratch.anew(first, spare)?, cuts, 0, seen)
    }

    /// Those from that one on.
    fn on(&self, database: &str, cuts: &[&Cut], from: usize, seen: Seen<'_>) -> Result<Option<Stopped>, Box<Trouble>> {
        let looker = RefCell::new(self.scratch.looker(database)?);
        let look = || self.look(&mut **looker.borrow_mut());
        // Roles and owners are settled before anything is looked at.
        let confined = Self::confined(self.stage, self.target, cuts);
        if from == 0 {
            let dialect = self.stage.engine.dialect(&self.target.endpoint)?;
            self.own.make(&*dialect, || self.scratch.confined(database, &confined))?;
        }
        let mut session = Some(self.scratch.confined(database, &confined)?);
        seen(from, &look)?;
        for (at, cut) in cuts.iter().enumerate().skip(from) {
            self.stage.watch.stop.check()?;
            if let Some(why) = cut.migration.unreadable.clone() {
                // What it does nobody knows; what the others do is seen all the same, as far as they run without it.
                if self.series.is_forgiving {
                    self.left_out.lock().unwrap_or_else(PoisonError::into_inner).insert(cut.migration.key.clone(), why);
                    seen(at + 1, &look)?;
                    continue;
                }
                return Ok(Some(Stopped { at, key: cut.migration.key.clone(), place: None, why }));
            }
            let own = session.take().map_or_else(|| self.scratch.confined(database, &confined), Ok)?;
            let (done, kept) = self.one(own, database, cut, &confined)?;
            session = kept;
            let done = match done {
                Ok(()) if session.is_none() && !self.scratch.has(database)? => {
                    Err((None, "it drops the database that it runs in: what is after it was not seen".to_owned()))
                }
                done => done,
            };
            if let Err((place, why)) = done {
                // What it did before it failed is taken back where it is one transaction.
                let is_whole = cut.up.len() == 1 && cut.migration.transaction == Transaction::Own;
                let is_accepted = self.series.accepted.contains(&cut.migration.key);
                if is_accepted || self.series.is_forgiving && is_whole && cut.migration.condition.is_some() {
                    let mut left_out = self.left_out.lock().unwrap_or_else(PoisonError::into_inner);
                    left_out.insert(cut.migration.key.clone(), why);
                    drop(left_out);
                    seen(at + 1, &look)?;
                    continue;
                }
                return Ok(Some(Stopped { at, key: cut.migration.key.clone(), place, why }));
            }
            seen(at + 1, &look)?;
        }
        Ok(None)
    }

    /// What is there now.
    fn look(&self, looker: &mut dyn Looker) -> Result<Manifest, Box<Trouble>> {
        Ok(self.own.apart_from(seen(looker, self.stage)?))
    }

    /// With the schemas that the target's settings name and no text makes: where one is missing, names mean another.
    fn confined(stage: Stage<'_>, target: &Target, cuts: &[&Cut]) -> Confined {
        let makes = |schema: &str| {
            let said = cuts.iter().flat_map(|cut| &cut.up).flat_map(|script| script.statements());
            let mut making = said.filter(|said| said.statement.tag == "CREATE SCHEMA" || said.statement.tag == "DO");
            making.any(|said| said.text.to_lowercase().contains(&schema.to_lowercase()))
        };
        let mut schemas = stage.engine.named_schemas(&target.confined.settings);
        schemas.retain(|schema| target.schemas.contains(schema) && !makes(schema));
        Confined { schemas, ..target.confined.clone() }
    }

    /// Runs one, and hands the session on where the next finds it as it would find one of its own.
    fn one(&self, session: Box<dyn Session>, database: &str, cut: &Cut, confined: &Confined) -> Result<Handed, Box<Trouble>> {
        let Stage { watch, limits, .. } = self.stage;
        let ground = Ground { scratch: &*self.scratch, database, grammar: self.grammar, watch, limits, own_bounds: false };
        guarded(session, ground, |session, guard| {
            let mut blind = Blind;
            let mut runner = Runner::new(session, ground, guard, &mut blind);
            let done = runner.migration(cut)?;
            // What it set for the database or the role holds in sessions that are opened after it, and code may have set anything.
            let is_clean = done.is_ok() && !runner.is_left_open() && !cut.has_rights() && !cut.may_define();
            let mut session = runner.into_session();
            let is_anew = is_clean && session.anew(&confined.settings).unwrap_or(false);
            Ok((done, is_anew.then_some(session)))
        })
    }
}

fn seen(looker: &mut dyn Looker, stage: Stage<'_>) -> Result<Manifest, Box<Trouble>> {
    let request = Request { dimensions: vec![Dimension::Schema], ..Request::new("the replay") };
    looker.capture(&request, &Watch { watcher: &evenkeel_core::port::Silent, stop: stage.watch.stop })
}

/// The state after all of a folder's migrations, or those up to one, as a manifest.
///
/// # Errors
/// No server can be had; a migration does not run, which is a gap of what is there; no migration of that key.
pub fn manifest(migrations: &Migrations, upto: Option<&str>, target: &Target, stage: Stage<'_>) -> Result<Manifest, Box<Trouble>> {
    let upto = match upto {
        None => migrations.cuts.len(),
        Some(key) => migrations.cuts.iter().position(|cut| cut.migration.key == key).map(|at| at + 1).ok_or_else(|| {
            let last = migrations.cuts.last().map_or("", |cut| cut.migration.key.as_str());
            Box::new(
                Trouble::new(Class::Usage, format!("no migration of {} has the key {key:?}", migrations.shown))
                    .expected("a key as the tool records it: `evenkeel migrations` lists them")
                    .found(format!("{} migrations, the last {last:?}", migrations.cuts.len())),
            )
        })?,
    };
    let cuts: Vec<&Cut> = migrations.cuts.iter().take(upto).collect();
    let replay = Replay::start(stage, target, Series { cuts: cuts.clone(), ..Series::default() })?;
    let mut end = None;
    let stopped = replay.first(&mut |ran, look| {
        if ran == cuts.len() {
            end = Some(look()?);
        }
        Ok(())
    })?;
    match (stopped, end) {
        (None, Some(manifest)) => Ok(manifest),
        (stopped, _) => {
            let why = stopped.map(|stopped| stopped.words()).unwrap_or_default();
            let trouble =
                Trouble::new(Class::CouldNotTell, format!("the migrations in {:?} do not run on an empty database", migrations.shown));
            let trouble = trouble.expected(format!("{} of them run on a throwaway {}", cuts.len(), replay.describe())).found(why);
            Err(Box::new(trouble.fix("run the file on an empty database by hand; what it needs beyond one is named above")))
        }
    }
}

impl Stopped {
    /// `20260102 at db/2.sql:3:1: …`.
    #[must_use]
    pub fn words(&self) -> String {
        let place = self.place.as_ref().map(|place| format!(" at {place}")).unwrap_or_default();
        format!("{}{place}: {}", self.key, self.why)
    }
}
