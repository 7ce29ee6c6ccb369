//! A throwaway server with the schema of a manifest, from nothing but the manifest.

use super::{Left, left};
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::kind::{Dimension, Kind};
use evenkeel_core::manifest::Manifest;
use evenkeel_core::patch::{Dialect, Form, Plan, Statement, Step, World, plan};
use evenkeel_core::port::{Answer, Engine, Like, Request, Scratch, Session, Watch, Workshop};
use std::collections::BTreeMap;

/// Statements sent together: fewer round trips, and what is refused is found among so many.
const BATCH: usize = 200;
/// What a round left may be made by another: rights that a default gave, names that were taken.
const ROUNDS: usize = 3;

/// Who makes such servers.
#[derive(Clone, Copy)]
pub struct Builder<'a> {
    pub engine: &'a dyn Engine,
    pub workshop: &'a dyn Workshop,
    pub watch: Watch<'a>,
}

/// A server with the schema of a manifest.
pub struct Built {
    pub scratch: Box<dyn Scratch>,
    /// The database in it.
    pub database: String,
    /// As it was captured again.
    pub seen: Manifest,
    /// What is not as the manifest says.
    pub left: Vec<Left>,
}

/// Makes a server of the same vendor and version with everything that the manifest tells of the schema and its rights, and captures it
/// again.
///
/// # Errors
/// No such server can be had, it is lost, or the end was asked for. What cannot be made in it is no error: it is listed.
pub fn build(manifest: &Manifest, builder: &Builder<'_>) -> Result<Built, Box<Trouble>> {
    build_with(manifest, builder, &[])
}

/// The same on a server with these settings.
///
/// # Errors
/// As [`build`].
pub fn build_with(manifest: &Manifest, builder: &Builder<'_>, settings: &[(String, String)]) -> Result<Built, Box<Trouble>> {
    built(manifest, builder, settings, false)
}

/// The same on a server that others can follow.
///
/// # Errors
/// As [`build`].
pub fn build_replicated(manifest: &Manifest, builder: &Builder<'_>, settings: &[(String, String)]) -> Result<Built, Box<Trouble>> {
    built(manifest, builder, settings, true)
}

fn built(manifest: &Manifest, builder: &Builder<'_>, settings: &[(String, String)], serves_replicas: bool) -> Result<Built, Box<Trouble>> {
    let begun = Begun::start(manifest, builder, settings, serves_replicas)?;
    let (seen, left) = begun.made(&|_| true)?;
    Ok(Built { scratch: begun.scratch, database: begun.database, seen, left })
}

/// A server like a manifest's, in whose database not everything is made yet.
pub(crate) struct Begun<'b> {
    pub scratch: Box<dyn Scratch>,
    pub database: String,
    manifest: Manifest,
    dialect: Box<dyn Dialect>,
    builder: Builder<'b>,
}

impl<'b> Begun<'b> {
    /// Starts it.
    ///
    /// # Errors
    /// As [`build`].
    pub fn start(
        manifest: &Manifest,
        builder: &Builder<'b>,
        settings: &[(String, String)],
        serves_replicas: bool,
    ) -> Result<Self, Box<Trouble>> {
        // What was put aside is there as well: a release may drop it.
        let manifest = manifest.whole();
        let dialect = builder.engine.dialect(&manifest.endpoint)?;
        let database = database_of(&manifest);
        let like = settings.iter().fold(like(&manifest, &*dialect), |like, (name, value)| like.setting(name, value));
        let scratch = builder.workshop.start(&Like { serves_replicas, ..like }, &builder.watch)?;
        Ok(Self { scratch, database, manifest, dialect, builder: *builder })
    }

    /// Makes what is missing of these kinds, and tells what is there then and what of all of the manifest is not.
    ///
    /// # Errors
    /// As [`build`].
    pub fn made(&self, is_wanted: &dyn Fn(Kind) -> bool) -> Result<(Manifest, Vec<Left>), Box<Trouble>> {
        let Self { scratch, database, manifest, dialect, builder: Builder { watch, .. } } = self;
        let mut reasons = BTreeMap::new();
        let mut seen = look(&**scratch, database, &**dialect, watch)?;
        let form = Form { offline: true, throwaway: true };
        let mut odd = left(&seen.whole(), manifest, &**dialect);
        for _ in 0..ROUNDS {
            if !odd.iter().any(|one| is_wanted(one.kind)) {
                break;
            }
            watch.stop.check()?;
            let mut planned = plan(&World::of(&seen.whole()), &World::of(manifest), &**dialect, form);
            planned.steps.retain(|step| is_wanted(step.kind));
            for refusal in &planned.refused {
                reasons.entry((refusal.kind, refusal.object.clone())).or_insert_with(|| refusal.reason.clone());
            }
            let mut session = scratch.session(database)?;
            let refused = run(&mut *session, &planned, &**dialect, watch)?;
            reasons.extend(refused);
            drop(session);
            seen = look(&**scratch, database, &**dialect, watch)?;
            let before = std::mem::replace(&mut odd, left(&seen.whole(), manifest, &**dialect));
            if before == odd {
                break;
            }
        }
        for one in &mut odd {
            one.why = reasons.get(&(one.kind, one.object.clone())).cloned();
        }
        Ok((seen, odd))
    }
}

/// Where all databases of a server were captured, the plan makes them.
fn database_of(manifest: &Manifest) -> String {
    if manifest.endpoint.is_whole_server() { String::new() } else { manifest.endpoint.database.clone() }
}

/// The server that it takes.
pub(super) fn like(manifest: &Manifest, dialect: &dyn Dialect) -> Like {
    let database = database_of(manifest);
    let server = manifest.of_kind(Kind::Server).first();
    let like = Like {
        engine: Some(manifest.endpoint.engine),
        major: Some(manifest.endpoint.server_major),
        encoding: server.and_then(|server| server.text("encoding")).map(str::to_owned),
        ..Like::default()
    };
    let like = if database.is_empty() { like } else { like.database(&database) };
    let like = dialect.scratch_settings().iter().fold(like, |like, (name, value)| like.setting(name, value));
    dialect.shared_settings(manifest).iter().fold(like, |like, (name, value)| like.setting(name, value))
}

/// Captures what statements can make.
pub(super) fn look(scratch: &dyn Scratch, database: &str, dialect: &dyn Dialect, watch: &Watch<'_>) -> Result<Manifest, Box<Trouble>> {
    let dimensions: Vec<Dimension> = dialect.dimensions().to_vec();
    let request = Request { dimensions, ..Request::new("a throwaway server") };
    scratch.environment(database)?.capture(&request, watch)
}

/// Why statements were refused, by the object they are about.
pub(crate) type Refused = BTreeMap<(Kind, String), String>;

/// Runs a plan, going on after what the server refuses.
pub(crate) fn run(session: &mut dyn Session, plan: &Plan, dialect: &dyn Dialect, watch: &Watch<'_>) -> Result<Refused, Box<Trouble>> {
    let mut refused = Refused::new();
    for line in dialect.opening() {
        if let Answer::Refused(why) = session.run(line)? {
            let trouble = Trouble::new(Class::Internal, "a throwaway server refuses how a session begins");
            return Err(Box::new(trouble.found(why.message).fix("report it: this is a bug in evenkeel")));
        }
    }
    let mut batch: Vec<(&Step, &Statement)> = Vec::new();
    let limit = if dialect.transaction().is_some() { BATCH } else { 1 };
    for step in &plan.steps {
        for statement in &step.statements {
            if statement.alone || batch.len() >= limit {
                flush(session, &mut batch, &mut refused)?;
                watch.stop.check()?;
            }
            batch.push((step, statement));
            if statement.alone {
                flush(session, &mut batch, &mut refused)?;
            }
        }
    }
    flush(session, &mut batch, &mut refused)?;
    Ok(refused)
}

/// Sends what is gathered as one; where it is refused, one by one.
fn flush(session: &mut dyn Session, batch: &mut Vec<(&Step, &Statement)>, refused: &mut Refused) -> Result<(), Box<Trouble>> {
    let whole = batch.iter().map(|(_, statement)| statement.sql.as_str()).collect::<Vec<_>>().join("\n");
    let is_refused = !whole.is_empty() && matches!(session.run(&whole)?, Answer::Refused(_));
    for (step, statement) in std::mem::take(batch).into_iter().filter(|_| is_refused) {
        if let Answer::Refused(why) = session.run(&statement.sql)? {
            refused.entry((step.kind, step.object.clone())).or_insert(format!("{} ({})", why.message, why.code));
        }
    }
    Ok(())
}
