//! `evenkeel backfill ENV NAME`: a table is changed part after part in the order of a key, each part in a transaction of its own, held
//! while replicas are behind or clients wait, written down so that whoever comes next goes on, and counted at the end.
//!
//! Lives here: what must be so before, and the order of things. `table` finds table and key, `hold` says what is in the way of the next
//! part, `walk` changes them. Does not live here: the statements (`Backfiller` of each engine), locks and sessions (`Claim`). Neighbour:
//! `deploy`, which brings the columns there.

mod hold;
mod stopped;
mod table;
mod text;
mod walk;

use crate::capture::{self, Source};
use crate::deploy;
use crate::dual;
use crate::lease;
use crate::remains;
use evenkeel_core::deployment::backfilled::{Mark, Outcome};
use evenkeel_core::deployment::{Backfilled, Gate, Seen, Standing, code};
use evenkeel_core::evidence::schema;
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::kind::Dimension;
use evenkeel_core::manifest::Manifest;
use evenkeel_core::port::{
    Act, Answer, Change, Claim, Claimed, Condition, Ending, Engine, Entry, Environment, Intended, Intention, Limits, Orphan, Owner, Run,
    Store, Wish,
};
use std::time::{Duration, Instant};
use table::Found;
pub use text::misread;
use walk::Course;

/// What is read of an environment for this.
pub const DIMENSIONS: [Dimension; 1] = [Dimension::Schema];
/// How many runs back one is looked for that is gone on with.
const BACK: u32 = 50;

/// What is changed, as a project has written it down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backfill {
    pub name: String,
    /// As reports show it.
    pub table: String,
    /// Columns; the primary key where there are none.
    pub key: Vec<String>,
    pub change: Change,
    /// Which rows need it.
    pub condition: String,
    /// How long a part should take.
    pub target: Duration,
    /// So many rows are a part at the most.
    pub most: u64,
    /// How far replicas may be behind.
    pub lag: Duration,
    /// How long others may wait for a lock.
    pub blocked: Duration,
    /// Between two parts.
    pub pause: Duration,
    /// How long it is held at the most, before it stops.
    pub patience: Duration,
    /// Where it stands.
    pub origin: String,
}

impl Backfill {
    /// Which rows need it.
    #[must_use]
    pub fn needing(&self) -> Option<Condition> {
        let (schema, table) = table::parts(&self.table)?;
        Some(Condition { schema, table, condition: self.condition.clone(), is_only_read: false })
    }
}

/// Says as a gate whether a parity lock keeps an environment that is so from being changed.
pub type Locked<'a> = &'a dyn Fn(&Manifest) -> Result<Gate, Box<Trouble>>;

/// Who wants it, and under which conditions.
pub struct Order<'a> {
    pub store: &'a dyn Store,
    /// As it is configured.
    pub environment: &'a str,
    pub by: &'a str,
    pub owner: &'a Owner,
    /// Whether the process of a run is there still; nothing where that cannot be told.
    pub is_there: &'a dyn Fn(&Owner) -> Option<bool>,
    pub reason: Option<&'a str>,
    pub locked: Locked<'a>,
    /// Nothing is changed: what would be is told.
    pub plan: bool,
    /// It begins at the first key, whatever an earlier run left.
    pub anew: bool,
    /// Replicas that are named, which are asked themselves where their source does not say how far they are.
    pub replicas: &'a [Box<dyn Environment>],
    /// Nobody has to know how far replicas are behind.
    pub accepts_lag: bool,
    /// Of every session.
    pub limits: Limits,
    /// A part whose way a lock, a deadlock or a conflict is in is tried again for so long.
    pub retry_for: Duration,
}

/// Does it.
///
/// # Errors
/// The environment cannot be read or claimed, the store not be read or written.
pub fn run(source: &Source, backfill: &Backfill, order: &Order<'_>, run: &Run<'_>) -> Result<Backfilled, Box<Trouble>> {
    let Source::Live { environment, .. } = source else {
        let trouble = Trouble::new(Class::Usage, format!("nothing can be changed in {}", source.label()));
        return Err(Box::new(trouble.expected("a live environment").found("a file, or a replica")));
    };
    let target = capture::manifest(source, run)?;
    let engine = run.engines.of(target.endpoint.engine);
    let backfiller = engine.backfiller()?;
    let found = table::found(&target, backfill, (engine, backfiller));
    let unfinished = match order.plan {
        true => order.store.unfinished(order.environment)?,
        false => lease::unfinished(order.store, order.environment, order.is_there, run)?,
    };
    let mut gates = vec![
        halt(order)?,
        lease::quiet(order.environment, &unfinished, order.is_there, &order.store.releases(order.environment, BACK)?),
        (order.locked)(&target)?,
        table::gate(&found, backfill),
    ];
    let flights = environment.flights(&order.limits, &[], &[], &run.watch)?;
    gates.push(deploy::flights(&flights));
    let shown = |found: &Found| backfiller.shown(&found.walked);
    let mut filled = Backfilled {
        label: order.environment.to_owned(),
        target: environment.describe(),
        name: backfill.name.clone(),
        table: backfill.table.clone(),
        key: found.as_ref().map(Found::key).unwrap_or_default(),
        statement: found.as_ref().map(shown).unwrap_or_default(),
        gates,
        outcome: Outcome::Refused,
        run: None,
        resumed: None,
        mark: Mark::default(),
        remaining: None,
        part: 0,
        took: Duration::ZERO,
        held: Duration::ZERO,
        holds: 0,
        held_for: None,
        seen: Seen::default(),
        notes: Vec::new(),
    };
    let Ok(found) = found else { return Ok(filled) };
    if let Some(refused) = asked(&**environment, &found, order, run)? {
        filled.gates.push(refused);
    }
    if code(&filled.gates) != 0 {
        return Ok(filled);
    }
    if order.plan {
        filled.outcome = Outcome::Planned;
        match remaining(&**environment, &found, order, run)? {
            Ok(rows) => filled.remaining = Some(rows),
            Err(why) => filled.notes.push(format!("how many rows need it was not counted: {why}")),
        }
        return Ok(filled);
    }
    let gone: Vec<&Entry> = unfinished.iter().filter(|entry| entry.is_there(order.is_there) == Some(false)).collect();
    let place = Place { source, environment: &**environment, engine, target: &target };
    claimed(&place, (backfill, &found), order, &gone, filled, run)
}

/// Where it is done.
struct Place<'a> {
    source: &'a Source,
    environment: &'a dyn Environment,
    engine: &'a dyn Engine,
    target: &'a Manifest,
}

/// Writes the intention down, takes the claim, and walks.
fn claimed(
    place: &Place<'_>,
    (backfill, found): (&Backfill, &Found),
    order: &Order<'_>,
    gone: &[&Entry],
    mut filled: Backfilled,
    run: &Run<'_>,
) -> Result<Backfilled, Box<Trouble>> {
    let begun = Instant::now();
    let intention = intention(place, &filled, order);
    let past = if order.anew { None } else { past(order, &intention)? };
    let intended = match Intended::write(order.store, &intention, gone)? {
        Ok(intended) => intended,
        Err(other) => {
            // It came between the look and now.
            let gate = Gate::new("journal", lease::QUIET, Some(false), lease::held(&other));
            filled.gates.push(gate.fix("wait until it has ended: evenkeel runs"));
            return Ok(filled);
        }
    };
    filled.run = Some(intended.number());
    lease::beating(&intended, || {
        let orphaned: Vec<Orphan> = gone.iter().flat_map(|entry| Orphan::of(entry)).collect();
        let wish = Wish { intended: &intended, tool: None, patience: order.limits.lock_timeout, limits: order.limits, orphaned: &orphaned };
        let refused = |mut filled: Backfilled, found: String| -> Result<Backfilled, Box<Trouble>> {
            intended.ended(Ending::Refused, &found)?;
            let gate = Gate::new("claim", "the right to write is ours, and everything is as it was", Some(false), found);
            filled.gates.push(gate.fix("wait for whoever has it, and run it again"));
            (filled.outcome, filled.run) = (Outcome::Refused, None);
            Ok(filled)
        };
        let claimed = place.environment.claim(&wish, &run.watch);
        let mut claim = match claimed {
            Ok(Claimed::Held(claim)) => claim,
            Ok(Claimed::Taken(who)) => return refused(filled, who),
            Err(trouble) => {
                intended.ended(Ending::Refused, &trouble.to_string())?;
                return Err(trouble);
            }
        };
        match ready(&mut *claim, place, order, gone, &mut filled, run) {
            Ok(None) => {}
            Ok(Some(why)) => {
                filled.notes.extend(claim.release().err().map(|trouble| trouble.to_string()));
                return refused(filled, why);
            }
            Err(trouble) => {
                drop(claim);
                intended.ended(Ending::Refused, &trouble.to_string())?;
                return Err(trouble);
            }
        }
        let mut course = Course::new(place, (backfill, found), order, &intended, run, filled);
        let outcome = match course.begin(&mut *claim, past.as_ref()) {
            Ok(()) => course.all(&mut *claim),
            Err(stopped) => stopped.outcome(),
        };
        let mut filled = course.ended(outcome);
        filled.took = begun.elapsed();
        filled.notes.extend(claim.release().err().map(|trouble| trouble.to_string()));
        Ok(filled)
    })
}

/// Settles what sessions of runs that are gone still do, and looks whether everything is still as it was judged: why it is not.
fn ready(
    claim: &mut dyn Claim,
    place: &Place<'_>,
    order: &Order<'_>,
    gone: &[&Entry],
    filled: &mut Backfilled,
    run: &Run<'_>,
) -> Result<Option<String>, Box<Trouble>> {
    claim.check()?;
    let mut session = claim.session(&[])?;
    let deployer = place.engine.deployer()?;
    filled.notes.extend(remains::orphans(gone, deployer, &mut *session)?);
    let strangers = deployer.strangers(&mut *session)?;
    if !strangers.is_empty() {
        return Ok(Some(format!("sessions of another run of evenkeel are at work: {}", strangers.join("; "))));
    }
    // Somebody may have locked it since: who locks holds the same claim, or looks at the journal after that.
    let now = capture::manifest(place.source, run)?;
    if now.endpoint.is_same_database(&place.target.endpoint) == Some(false) {
        return Ok(Some("another server or database answers than the one that was looked at".to_owned()));
    }
    if schema(&now) != schema(place.target) {
        return Ok(Some("the schema changed since it was looked at".to_owned()));
    }
    for gate in [(order.locked)(&now)?, halt(order)?] {
        if gate.holds != Some(true) {
            return Ok(Some(gate.found));
        }
    }
    for entry in gone {
        for what in &entry.held {
            order.store.hold(entry.number, what, false)?;
        }
        order.store.end(entry.number, Ending::Lost, "its process is gone; what it left on the server was looked at")?;
    }
    Ok(None)
}

/// The last run of the same that did not come to its end, where one did not.
fn past(order: &Order<'_>, intention: &Intention) -> Result<Option<Entry>, Box<Trouble>> {
    let runs = order.store.runs(Some(order.environment), BACK)?;
    let is_same = |entry: &Entry| {
        let other = &entry.intention;
        other.verb == intention.verb && other.digest == intention.digest && other.target == intention.target
    };
    let is_begun = |entry: &Entry| entry.steps.iter().any(|step| step.trail.mark.is_some());
    let last = runs.into_iter().find(|entry| is_same(entry) && is_begun(entry));
    Ok(last.filter(|entry| entry.ended.as_ref().is_none_or(|ended| ended.ending != Ending::Done)))
}

fn intention(place: &Place<'_>, filled: &Backfilled, order: &Order<'_>) -> Intention {
    let what = Standing::called(&filled.name, &filled.table, &filled.key);
    let acts = vec![Act { what, statements: vec![filled.statement.clone()] }];
    Intention {
        verb: Intention::BACKFILL.to_owned(),
        environment: order.environment.to_owned(),
        target: place.environment.describe(),
        by: order.by.to_owned(),
        owner: order.owner.clone(),
        reason: order.reason.map(str::to_owned),
        snapshot: None,
        ground: schema(place.target).unwrap_or_default(),
        digest: Intention::digest_of(&acts),
        artifact: None,
        rewritten: None,
        acts,
    }
}

fn halt(order: &Order<'_>) -> Result<Gate, Box<Trouble>> {
    let halted = order.store.halted(order.environment)?;
    let found = halted.as_ref().map_or("nobody has halted it".to_owned(), |halt| halt.words());
    let gate = Gate::new("halt", "nobody has halted it", Some(halted.is_none()), found);
    Ok(gate.fix(format!("evenkeel history {} --resume, once it may go on", order.environment)))
}

/// That the server understands the condition; nothing where it does. The statement itself is tried under the claim.
fn asked(environment: &dyn Environment, found: &Found, order: &Order<'_>, run: &Run<'_>) -> Result<Option<Gate>, Box<Trouble>> {
    const LIMIT: &str = "the server understands what is to be done, and which rows need it";
    let none = Condition { is_only_read: true, ..condition(found) };
    Ok(match environment.meeting(&none, &order.limits, &run.watch)? {
        Ok(_) => None,
        Err(why) => Some(Gate::new("statement", LIMIT, Some(false), why).fix("correct `where`")),
    })
}

fn condition(found: &Found) -> Condition {
    let walked = &found.walked;
    Condition { schema: walked.schema.clone(), table: walked.table.clone(), condition: walked.condition.clone(), is_only_read: false }
}

/// How many rows need it, in one statement; why nobody can tell.
fn remaining(environment: &dyn Environment, found: &Found, order: &Order<'_>, run: &Run<'_>) -> Result<Result<u64, String>, Box<Trouble>> {
    dual::counted(&condition(found), environment, &order.limits, run)
}

/// What the server says against something.
fn refusal(answer: &Answer) -> Option<String> {
    match answer {
        Answer::Ran(_) => None,
        Answer::Refused(refused) => Some(format!("{} ({})", refused.message, refused.code)),
    }
}
