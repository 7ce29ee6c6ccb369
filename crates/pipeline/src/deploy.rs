//! A release that was rehearsed, run where it counts: behind its gates, under a claim, act by act, each written down before it begins and
//! compared afterwards with what it did when it was rehearsed.
//!
//! Lives here: the order of things. `gates` says what must be so before, `deeds` makes acts of files (`stepwise` where no transaction takes definitions back), `course` is what happens under the
//! claim, `work` runs one act, `alone` knows what an interrupted one leaves, `around` has the tool run it, `beside` watches it, `contract` keeps what is old while it is used, `marked` has tables changed before, `back` is the way back, `covered` has it rehearsed where nobody has, `aside` keeps what would go with it, `inert` keeps that from being in anybody's way, `putting` has the statements for that, `rewritten` has them stand in the journal, `same` tells whether it is what it was, `drained` keeps clients out of it, `resume` knows
//! what became of runs that are gone. Does not live here: locks and sessions (`Claim` of each engine), where the journal is kept
//! (`Store`), whether evidence holds (`core/evidence`).

mod alone;
mod around;
pub mod aside;
pub mod back;
mod beside;
mod contract;
mod course;
pub mod covered;
mod deeds;
mod drained;
mod gates;
mod inert;
mod marked;
mod putting;
mod resume;
mod rewritten;
mod same;
mod stepwise;
mod work;

pub(crate) use beside::Beside;
pub use drained::{Draining, keeping_out, let_in};
pub(crate) use gates::flights;
pub use work::Bounds;
pub(crate) use work::time;

use crate::capture::{self, Source};
use crate::dual::Dual;
use crate::history::{self, Recording, Way};
use crate::lease;
use crate::migrations::Migrations;
use crate::rehearse::Release;
use crate::render::Renderer;
use aside::Putting;
use back::{Back, Taking};
use course::Work;
use deeds::Deed;
use evenkeel_core::deployment::{Deployed, Gate, Outcome, Planned, code, lock};
use evenkeel_core::evidence::{Now, Seal, Statement, Step};
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::kind::{Dimension, Kind};
use evenkeel_core::manifest::{Manifest, Object};
use evenkeel_core::port::{Condition, Ending, Engine, Entry, Owner, Run, State, Store, Tool};
use evenkeel_core::statement::Grammar;
use resume::Past;
use rewritten::Kept;
use std::time::Duration;
use work::Hands;

/// What is read of an environment for this.
pub const DIMENSIONS: [Dimension; 2] = [Dimension::Schema, Dimension::History];

/// By what it is known what the release does.
pub enum Proof {
    Evidence(Box<Statement>, Seal),
    /// Nobody asks for any.
    Unrehearsed,
    /// There is none: why.
    None(String),
}

/// Says as a gate whether a parity lock keeps an environment that is so from being changed; of one where nothing is to be run, too.
pub type Locked<'a> = &'a dyn Fn(&Manifest, bool) -> Result<Gate, Box<Trouble>>;

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
    /// Whether a parity lock keeps it from being changed, as it is now; also where nothing is to be run.
    pub locked: Locked<'a>,
    pub proof: Proof,
    /// What evidence is held against, without files and baseline.
    pub now: Now,
    /// The tool's own command that runs it; without one it is run statement by statement.
    pub with: Option<Renderer>,
    /// What is run is taken back.
    pub back: Option<Back>,
    /// What is left of an earlier run is gone on with.
    pub resume: bool,
    /// What somebody who has looked says of acts of which the server cannot tell: they are in, or not.
    pub unknown: Option<bool>,
    /// Nothing is run: what would be is told.
    pub plan: bool,
    pub bounds: Bounds,
    /// How clients are kept out while it is taken back; nothing where nobody is.
    pub draining: Option<Draining<'a>>,
    /// How what would go is kept under another name; nothing where it is not.
    pub aside: Option<&'a Putting<'a>>,
    /// For how long locks of others are asked for.
    pub patience: Duration,
    /// How old transactions on the tables concerned may be.
    pub oldest: Duration,
    /// How far replicas may be behind.
    pub lag: Duration,
    /// Nobody has to know how far they are.
    pub accepts_lag: bool,
    /// What is old and new, while both are alive.
    pub duals: &'a [Dual],
    /// Nobody has to know whether clients use what is old.
    pub accepts_use: bool,
    /// Backfills that files may name, and which rows need them; nothing where files change their tables themselves.
    pub backfills: Option<&'a [(String, Condition)]>,
}

/// Deploys what is pending.
///
/// # Errors
/// The environment cannot be read or claimed, the store not be read or written.
pub fn run(
    source: &Source,
    read: &Migrations,
    release: &Release,
    target: Manifest,
    order: &Order<'_>,
    run: &Run<'_>,
) -> Result<Deployed, Box<Trouble>> {
    let Source::Live { environment, .. } = source else {
        let trouble = Trouble::new(Class::Usage, format!("nothing can be deployed to {}", source.label()));
        return Err(Box::new(trouble.expected("a live environment").found("a file, or a replica")));
    };
    let engine = run.engines.of(target.endpoint.engine);
    let deployer = engine.deployer()?;
    let dialect = engine.dialect(&target.endpoint)?;
    let stepwise = if engine.undoes_definitions() { None } else { Some(engine.grammar()?) };
    let limits = order.bounds.limits;
    let taking = order.back.as_ref().map(|back| Taking::of(&order.proof, release, &target, back.accept));
    // A plan waits for nobody.
    let unfinished = match order.plan {
        true => order.store.unfinished(order.environment)?,
        false => lease::unfinished(order.store, order.environment, order.is_there, run)?,
    };
    let open = open(order)?;
    let earlier: Vec<Entry> = open.iter().filter(|entry| entry.intention.verb == order.verb()).cloned().collect();
    let keeping = match &taking {
        Some(taking) => aside::keeping((release, taking), &target, order, engine, (&**environment, &limits, &run.watch), &earlier)?,
        None => Ok(None),
    };
    let (kept, unkept) = match keeping {
        Ok(kept) => (kept, None),
        Err(why) => (None, Some(why)),
    };
    let written = release;
    let release = kept.as_ref().map_or(release, |kept| &kept.release);
    let taking = match &kept {
        Some(kept) => taking.map(|taking| taking.without(&kept.stays)),
        None => taking,
    };
    let keys: Vec<&str> = release.cuts.iter().map(|cut| cut.migration.key.as_str()).collect();
    let way = if order.back.is_some() { Way::Back } else { Way::There };
    let recording = history::entries(&target, source.label(), read, &*dialect, (&keys, way));
    let records = recording.as_ref().map(|recording| recording.as_ref().map(|one| one.statements.clone()).unwrap_or_default());
    let half: Vec<Entry> = open.iter().filter(|entry| is_half(entry, &keys, order)).cloned().collect();
    let gone: Vec<&Entry> = unfinished.iter().filter(|entry| entry.is_there(order.is_there) == Some(false)).collect();
    let deeds = match &order.with {
        // Where nothing is pending the tool is not run.
        Some(with) => Ok((!keys.is_empty()).then(|| around::deed(with, release, engine)).into_iter().collect()),
        None => records.map_err(Clone::clone).and_then(|records| {
            let world = Ground {
                engine,
                stepwise,
                holds_alone: deployer.holds_alone(),
                target: &target,
                recording: recording.as_ref().ok().and_then(Option::as_ref).map(tool),
            };
            acts(release, &records, (&earlier, &keys), (taking.as_ref(), kept.as_ref(), &world), order)
        }),
    };
    let past = if order.resume { resume::past(&earlier, deeds.as_deref().unwrap_or_default()) } else { Past::default() };

    let mut gates = gates::journal(order, &unfinished, &half)?;
    gates.push((order.locked)(&target, keys.is_empty() && gone.is_empty())?);
    if order.resume && order.back.is_some() {
        let is_begun = earlier.iter().any(|entry| entry.ended.as_ref().is_none_or(|ended| ended.ending != Ending::Refused));
        let found = if is_begun { "there is one" } else { "none" };
        let limit = "a rollback that did not come to its end is gone on with";
        gates.push(Gate::new("resume", limit, Some(is_begun), found).origin("flag --resume").fix("leave --resume out"));
    }
    gates.push(gates::release(release, &target));
    // What was begun and not ended is asked about once nobody else can write.
    let is_open = order.resume && earlier.iter().any(|entry| entry.count(State::Unknown) > 0);
    let proven = gates::evidence(order, release, &target, &past);
    // So is what a server may lack that took another's place since, where servers say that.
    let may_lack = order.resume && !order.plan && past.done.iter().any(resume::has_course);
    let is_asked = |gate: &Gate| is_open || may_lack && gate.holds != Some(true);
    gates.extend(proven.into_iter().filter(|gate| !(gate.name == "baseline" && is_asked(gate))));
    gates.extend(contract::gates(order, release, &target, &**environment, (&limits, run))?);
    gates.extend(marked::gates(order, release, &**environment, (&limits, run))?);
    gates.push(match &order.with {
        Some(_) => around::bounded(environment.own_bound(&run.watch)?, (&limits, deployer.bound_by()), order.environment),
        None => gates::acts(&deeds),
    });
    if let Some(taking) = &taking {
        // What is put aside is kept by statements of our own.
        let gate = back::loss(&order.proof, written, taking, &**environment, (&limits, &run.watch), stepwise)?;
        gates.push(match unkept {
            Some(why) if gate.holds == Some(true) => {
                let fix = "drop what was put aside by a release of its own first, or say --accept-loss all";
                Gate { found: format!("whether what was put aside before stays is not told: {why}"), holds: None, ..gate }.fix(fix)
            }
            Some(why) => Gate { found: format!("{}; it cannot be put aside: {why}", gate.found), ..gate },
            None => gate,
        });
    }
    let mut traffic = environment.traffic(&gates::concerned(order), &limits, &run.watch)?;
    if order.resume {
        // What sessions of runs that are gone still do is waited for, and ended, once this run has its place.
        let names: Vec<String> = gone.iter().map(|entry| Entry::called(entry.number, &entry.letters)).collect();
        traffic.transactions.retain(|(_, who)| !names.iter().any(|name| who.contains(name.as_str())));
    }
    gates.extend(gates::traffic(order, &traffic));
    if !order.resume {
        let places = recording.as_ref().ok().and_then(Option::as_ref).map(tool);
        let flights = environment.flights(&limits, &[], places.as_slice(), &run.watch)?;
        gates.push(gates::flights(&flights));
    }
    let deeds = deeds.unwrap_or_default();
    let mut deployed = Deployed {
        label: order.environment.to_owned(),
        target: environment.describe(),
        evidence: match &order.proof {
            Proof::Evidence(statement, _) => Some(statement.predicate.at.clone()),
            Proof::Unrehearsed | Proof::None(_) => None,
        },
        is_back: order.back.is_some(),
        deferred: kept.iter().flat_map(|kept| kept.deferred.clone()).collect(),
        pending: keys.iter().map(|key| (*key).to_owned()).collect(),
        gates,
        acts: deeds.iter().map(planned).collect(),
        outcome: Outcome::Nothing,
        notes: release.notes.clone(),
        recovery: None,
        exit_code: 0,
    };
    if keys.is_empty() && gone.is_empty() {
        // Nothing is run, so nothing has to be proven for it; what cannot be told is.
        deployed.gates.retain(|gate| matches!(gate.name, "halt" | "journal" | "record" | lock::GATE));
        deployed.gates.extend(order.resume.then(|| gates::result(order, &target)).flatten());
        deployed.exit_code = code(&deployed.gates);
        if deployed.exit_code != 0 {
            deployed.outcome = Outcome::Refused;
        }
        return Ok(deployed);
    }
    deployed.exit_code = code(&deployed.gates);
    if deployed.exit_code != 0 {
        deployed.outcome = Outcome::Refused;
        return Ok(deployed);
    }
    let entering = engine.entering(&target).filter(|_| order.with.is_none());
    deployed.notes.extend(entering.iter().map(|sql| format!("its sessions begin as the tool's own would: {sql}")));
    if order.plan {
        deployed.outcome = Outcome::Planned;
        return Ok(deployed);
    }
    let recording = recording.unwrap_or_default();
    let rewritten = kept.as_ref().and_then(|kept| kept.text.as_deref());
    let recording = recording.as_ref();
    let work = Work { source, environment: &**environment, engine, deployer, order, run, release, rewritten, recording, read };
    let hands = Hands {
        deployer,
        bounds: order.bounds,
        stop: run.watch.stop,
        taking: taking.as_ref(),
        course: None,
        entering: entering.as_deref(),
    };
    let mut deployed = work.under_claim(deployed, deeds, (&earlier, &gone), &target, hands)?;
    if let (Outcome::Ran { stopped: Some(_), .. }, false) = (&deployed.outcome, deployed.deferred.is_empty()) {
        // Of one that stopped, what is there.
        match capture::manifest(source, run) {
            Ok(now) => deployed.deferred.retain(|one| now.deferred().any(|other| other == *one)),
            Err(trouble) => {
                deployed.deferred.clear();
                deployed.notes.push(format!("what was put aside could not be looked at: {trouble}"));
            }
        }
    }
    Ok(deployed)
}

fn tool(recording: &Recording) -> Tool<'_> {
    Tool { name: &recording.tool, schema: &recording.schema, table: &recording.table }
}

fn planned(deed: &Deed) -> Planned {
    let statements =
        deed.prelude.iter().map(|text| evenkeel_core::statement::without_secrets(text)).chain(deed.act.statements.iter().cloned());
    Planned { what: deed.act.what.clone(), statements: statements.collect(), alone: deed.alone, done: None }
}

/// How many runs back what was left is looked for.
const BACK: u32 = 50;

/// Deployments and ways back since the last that came to its end, the newest first.
fn open(order: &Order<'_>) -> Result<Vec<Entry>, Box<Trouble>> {
    let runs = order.store.releases(order.environment, BACK)?.into_iter();
    Ok(runs.take_while(|entry| entry.ended.as_ref().is_none_or(|ended| ended.ending != Ending::Done)).collect())
}

/// What matters of a server and what is on it for how acts are run.
struct Ground<'g> {
    engine: &'g dyn Engine,
    /// Each definition is a commit of its own there.
    stepwise: Option<&'g dyn Grammar>,
    holds_alone: bool,
    target: &'g Manifest,
    recording: Option<Tool<'g>>,
}

impl Ground<'_> {
    /// Why the tool's record cannot be relied on: its table takes nothing back.
    fn unreliable(&self) -> Option<String> {
        let tool = self.recording?;
        let is_it = |table: &&Object| table.identity.parts().last() == Some(tool.table);
        let found = self.target.of_kind(Kind::Table).iter().find(is_it).and_then(|table| self.engine.takes_back(table));
        let why = match found {
            Some(true) => return None,
            Some(false) => "which keeps what a transaction changed that is given up",
            None => "and whether that keeps what a transaction changed that is given up is not known",
        };
        Some(format!("{} records in {}, {why}: a record could be there of what is not", tool.name, tool.table))
    }
}

/// Whether there are tables in which what a transaction changed stays although it was given up, or may.
fn loose(target: &Manifest, engine: &dyn Engine) -> bool {
    target.of_kind(Kind::Table).iter().any(|table| engine.takes_back(table) != Some(true))
}

/// The acts; why there are none that could be run.
fn acts(
    release: &Release,
    records: &[Vec<String>],
    (earlier, keys): (&[Entry], &[&str]),
    (taking, kept, ground): (Option<&Taking>, Option<&Kept>, &Ground<'_>),
    order: &Order<'_>,
) -> Result<Vec<Deed>, String> {
    if order.back.is_some() && !back::without_way(release).is_empty() {
        return Err(format!("no statement takes back {}", back::without_way(release).join(", ")));
    }
    if let Some(why) = ground.stepwise.and_then(|_| ground.unreliable()) {
        return Err(why);
    }
    let deeds = match ground.stepwise {
        None => deeds::deeds(release, records),
        Some(grammar) => stepwise::deeds(release, records, grammar),
    };
    let mut deeds = deeds.map_err(|trouble| words(&trouble))?;
    for deed in &mut deeds {
        deed.loose = deed.may_leave(loose(ground.target, ground.engine));
        deed.due = due(deed, kept, order);
        if let (Some(grammar), None, Some(step)) = (ground.stepwise, &order.back, rehearsed(deed, order)) {
            stepwise::in_form(deed, step, grammar);
        }
    }
    if let Some(why) = resume::changed(earlier, &deeds, keys).filter(|_| order.resume) {
        return Err(why);
    }
    // What is in what it takes is counted again in the same transaction.
    if let Some(why) = taking.filter(|_| ground.stepwise.is_some()).and_then(|taking| taking.unnamed(&deeds)) {
        return Err(why);
    }
    let loose = deeds
        .iter()
        .filter(|_| !ground.holds_alone)
        .find(|deed| (deed.alone || deed.unrecorded) && taking.is_some_and(|taking| !taking.goes_with(deed).is_empty()));
    match loose {
        Some(deed) => {
            Err(format!("{}: it runs in no transaction, so that what it takes cannot be kept from changing meanwhile", deed.act.what))
        }
        None => Ok(deeds),
    }
}

/// What the rehearsal says of the migration that an act belongs to.
fn rehearsed<'o>(deed: &Deed, order: &'o Order<'_>) -> Option<&'o Step> {
    let Proof::Evidence(statement, _) = &order.proof else { return None };
    statement.predicate.steps.iter().find(|step| deed.of.contains(&step.key))
}

/// The digest of the schema after an act, where it was rehearsed step by step.
fn due(deed: &Deed, kept: Option<&Kept>, order: &Order<'_>) -> Option<String> {
    let number = deed.number().filter(|_| deed.stepwise)?;
    if let Some(kept) = kept {
        let after = deed.of.iter().find_map(|key| kept.after.get(key))?;
        return after.get(number).cloned().flatten();
    }
    let step = rehearsed(deed, order)?;
    let after = if order.back.is_some() { &step.back } else { &step.after };
    after.get(number).cloned().flatten()
}

const DEPLOY: &str = "deploy";
const ROLLBACK: &str = "rollback";

impl Order<'_> {
    /// The word in the journal.
    fn verb(&self) -> &'static str {
        if self.back.is_some() { ROLLBACK } else { DEPLOY }
    }
}

/// Whether a run left something of which the tool's record says nothing: of a migration that is due; of any, where it went the other way.
fn is_half(entry: &Entry, keys: &[&str], order: &Order<'_>) -> bool {
    let is_left = |state: State| matches!(state, State::Done | State::Unknown);
    let is_other = entry.intention.verb != order.verb();
    let is_due = |key: &str| is_other || keys.contains(&key);
    entry.steps.iter().any(|step| is_left(step.state) && step.trail.of.as_deref().is_some_and(is_due))
}

/// A failure with what was expected.
fn words(trouble: &Trouble) -> String {
    let expected = trouble.expected.as_ref().map(|expected| format!("; expected: {expected}")).unwrap_or_default();
    format!("{trouble}{expected}")
}
