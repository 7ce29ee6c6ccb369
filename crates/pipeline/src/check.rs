//! Stage 3: every configured environment against what was committed for it.
//!
//! Lives here: going through environments side by side, with the files that make them where they are configured, and what each is ready
//! for. What a comparison amounts to is `core::gate`'s
//! business; which environments there are is the caller's.

use crate::capture::Source;
use crate::compare::{self, Compared, Wanted};
use crate::replay::Means;
use crate::{history, migrations};
use evenkeel_core::compare::{Scope, SideGap};
use evenkeel_core::deployment::lock::{self, Asking};
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::finding::{Finding, HALTED, Origin, PLACE_CHANGED, Place, Remedy, Subject as About, WAIVER_UNUSED, Which};
use evenkeel_core::gate::{self, Readiness, Tier};
use evenkeel_core::history::found;
use evenkeel_core::history::told::{Entry, History};
use evenkeel_core::history::verdict::Verdict;
use evenkeel_core::kind::{Dimension, Severity};
use evenkeel_core::manifest::{Endpoint, Gap, Reason, Whose};
use evenkeel_core::port::{HALT, Halt, Run};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// An environment and what it is held against.
pub struct Subject<'a> {
    /// What the user calls it.
    pub name: String,
    /// What was committed, and what is there; or why one of them is not known.
    pub sides: Result<(Source, Source), Box<Trouble>>,
    pub tier: Option<Tier>,
    /// What is compared.
    pub scope: Scope,
    /// The dimensions the exit code depends on.
    pub demanded: Vec<Dimension>,
    /// Somebody named them: a flag, a tier.
    pub insisted: bool,
    /// Dimensions that the configuration says are nowhere, and what is to be said of that.
    pub nowhere: Vec<Dimension>,
    pub beforehand: Vec<Finding>,
    /// What is known of a parity lock, and where the environment is configured.
    pub locked: Option<(Asking, Place)>,
    /// The files that make it, where they are configured.
    pub files: Option<Files<'a>>,
}

/// Files of migrations, and what must be recorded of them.
pub struct Files<'a> {
    /// Which, in the order in which they run; why nobody can say that.
    pub migrations: Result<Vec<migrations::Wanted>, Box<Trouble>>,
    /// Keys of migrations of which it is accepted by name that they cannot be checked.
    pub accepted: &'a [String],
    /// Nothing records migrations there.
    pub nowhere: bool,
    pub must: Option<Must>,
    /// Where the environment is configured.
    pub place: Place,
    pub means: Means<'a>,
}

/// What must be recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Must {
    /// All that the folder has.
    All,
    /// All up to that key.
    UpTo(String),
}

/// What came of one environment.
pub struct Checked {
    /// Where it stood among the subjects.
    pub place: usize,
    pub elapsed: Duration,
    pub outcome: Result<Told, Box<Trouble>>,
}

/// A comparison that came about.
pub struct Told {
    pub compared: Compared,
    pub readiness: Readiness,
}

/// So many environments are read at a time: each holds two connections and a manifest in memory.
const AT_ONCE: usize = 4;

/// Checks all of them, in the order they were named. One that cannot be read keeps none of the others from it.
///
/// # Errors
/// Of class `Interrupted`, when the user stops: then nothing is told.
pub fn run(subjects: &[Subject<'_>], bar: Severity, run: &Run<'_>) -> Result<Vec<Checked>, Box<Trouble>> {
    let next = AtomicUsize::new(0);
    let checked = Mutex::new(Vec::with_capacity(subjects.len()));
    std::thread::scope(|threads| {
        for _ in 0..AT_ONCE.min(subjects.len()) {
            threads.spawn(|| {
                while let Some((place, subject)) = take(&next, subjects) {
                    let started = Instant::now();
                    let outcome = run.watch.stop.check().and_then(|()| one(subject, bar, run));
                    let one = Checked { place, elapsed: started.elapsed(), outcome };
                    checked.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(one);
                }
            });
        }
    });
    let mut checked = checked.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    checked.sort_by_key(|one| one.place);
    apart(&mut checked, subjects);
    // A thread that broke off leaves a hole, and a hole is no pass.
    if checked.len() < subjects.len() {
        return Err(Box::new(Trouble::new(Class::Internal, "checking an environment broke off")));
    }
    let is_stopped = |one: &Checked| matches!(&one.outcome, Err(trouble) if trouble.class == Class::Interrupted);
    if let Some(at) = checked.iter().position(is_stopped)
        && let Err(trouble) = checked.swap_remove(at).outcome
    {
        return Err(trouble);
    }
    Ok(checked)
}

/// Two environments that lead to one database, or may: a secret was handed out twice, and of neither can anything be told. What is known
/// to differ stays known.
fn apart(checked: &mut [Checked], subjects: &[Subject<'_>]) {
    let places: Vec<(usize, Option<Endpoint>)> = checked
        .iter()
        .map(|one| (one.place, one.outcome.as_ref().ok().map(|told| told.compared.candidate.manifest.endpoint.clone())))
        .collect();
    let name = |place: usize| subjects.get(place).map(|subject| subject.name.as_str());
    let committed: Vec<(usize, Endpoint)> = checked
        .iter()
        .filter_map(|one| Some((one.place, one.outcome.as_ref().ok()?.compared.reference.manifest.endpoint.clone())))
        .collect();
    for one in checked.iter_mut() {
        let Ok(told) = &one.outcome else { continue };
        if told.compared.judgement.exit_code == 1 {
            continue;
        }
        let own = &told.compared.candidate.manifest.endpoint;
        let twins = places.iter().filter(|(place, _)| *place != one.place);
        let mut twins = twins.filter_map(|(place, other)| Some((name(*place)?, own.is_same_database(other.as_ref()?))));
        // It is where another environment's manifest was captured, and not where its own was: their secrets are swapped.
        let is_of = |place: usize| committed.iter().any(|(at, endpoint)| *at == place && is_there(endpoint, own));
        if let Some(other) = committed.iter().map(|(place, _)| *place).find(|place| is_of(*place)).filter(|_| !is_of(one.place)) {
            let own = name(one.place).unwrap_or_default();
            let other = name(other).unwrap_or_default();
            one.outcome = Err(Box::new(
                Trouble::new(Class::CouldNotTell, format!("environment {own} leads to where the manifest of {other} was captured"))
                    .expected(format!("the place of its own manifest, {}", place_of(&told.compared.reference.manifest.endpoint)))
                    .found(place_of(&told.compared.candidate.manifest.endpoint))
                    .fix(format!("look whether the secrets of {own} and {other} are swapped")),
            ));
            continue;
        }
        let Some((twin, same)) = twins.find(|(_, same)| *same != Some(false)) else { continue };
        let name = name(one.place).unwrap_or_default();
        let trouble = Trouble::new(
            Class::CouldNotTell,
            match same {
                Some(_) => format!("environment {name} is the same database as {twin}"),
                None => format!("environment {name} may be the same database as {twin}: a server does not say which it is"),
            },
        );
        let trouble = trouble.expected("two environments that lead to two databases").found(match same {
            Some(_) => "one running server and one database of it, by both",
            None => "servers of one version, of which one may not be asked which it is",
        });
        let twice = "look whether a secret was handed out twice; then correct the URL of one of them";
        one.outcome = Err(Box::new(match (&own.whose, same) {
            (Whose::Hidden { cure: Some(cure) }, None) => trouble.fix(cure.clone()),
            _ => trouble.fix(twice),
        }));
    }
}

/// Whether both are one place by what was typed: database and address.
fn is_there(one: &Endpoint, other: &Endpoint) -> bool {
    (&one.database, &one.node) == (&other.database, &other.node)
}

fn place_of(endpoint: &Endpoint) -> String {
    format!("database {} at {}", endpoint.database, endpoint.node)
}

/// Where the manifest was captured is not where the environment is now: it was moved, or a secret was swapped.
fn moved(compared: &mut Compared) {
    let (old, new) = (&compared.reference.manifest.endpoint, &compared.candidate.manifest.endpoint);
    if is_there(old, new) {
        return;
    }
    let finding = Finding {
        id: PLACE_CHANGED.to_owned(),
        // A clone of production that staging was made from has its names and its content: only where it is tells them apart.
        severity: Severity::Warn,
        subject: About::Environment { name: compared.candidate.label.clone() },
        expected: Some(place_of(old)),
        found: Some(place_of(new)),
        origin: Origin::Captured { side: Which::Reference, set_by: None },
        why: "It was captured somewhere else: the environment was moved, or its secret is another environment's.".to_owned(),
        manual: None,
        remedy: Some(Remedy::Step(
            "if it was moved, or is reached by another address, capture it again by this one; else correct its URL".to_owned(),
        )),
    };
    compared.comparison.findings.push(finding);
}

/// What stands in the environment itself: a halt that the store does not know of; a parity lock, and how the environment stands to it.
fn locked(compared: &mut Compared, candidate: &Source, subject: &Subject<'_>, run: &Run<'_>) -> Result<(), Box<Trouble>> {
    let Some((asking, place)) = &subject.locked else { return Ok(()) };
    let is_known = subject.beforehand.iter().any(|finding| finding.id == HALTED);
    let (halt, unseen) = match Halt::on(&candidate.registered(&HALT, run)?).map(|halt| halt.filter(|_| !is_known)) {
        Ok(halt) => (halt, None),
        Err(why) => (None, Some(format!("whether it is halted could not be told: {why}"))),
    };
    let halt = halt.map(|halt| lock::halted(&Halt { environment: subject.name.clone(), ..halt }, place));
    compared.comparison.findings.extend(halt);
    let untold = match asking.with(&candidate.parity(run)?) {
        Ok(None) => None,
        Err(why) => Some(format!("whether it is locked could not be told: {why}")),
        Ok(Some(asked)) => {
            let (finding, untold) = lock::finding(&asked, &compared.candidate.manifest, place);
            compared.comparison.findings.push(finding);
            untold
        }
    };
    // It counts, whatever of the environment was asked for.
    let dimension = if subject.demanded.contains(&Dimension::Schema) { Some(&Dimension::Schema) } else { subject.demanded.first() };
    compared.comparison.gaps.extend(unseen.into_iter().chain(untold).map(|detail| SideGap {
        which: Which::Candidate,
        gap: Gap::dimension(dimension.copied().unwrap_or(Dimension::Schema), Reason::NotCaptured, detail),
        across: None,
    }));
    Ok(())
}

fn take<'s, 'a>(next: &AtomicUsize, subjects: &'s [Subject<'a>]) -> Option<(usize, &'s Subject<'a>)> {
    let place = next.fetch_add(1, Ordering::Relaxed);
    Some((place, subjects.get(place)?))
}

fn one(subject: &Subject<'_>, bar: Severity, run: &Run<'_>) -> Result<Told, Box<Trouble>> {
    let (reference, candidate) = subject.sides.as_ref().map_err(Clone::clone)?;
    let mut compared = compare::run(
        reference,
        candidate,
        &Wanted {
            scope: &subject.scope,
            demanded: &subject.demanded,
            insisted: subject.insisted,
            bar,
            same: false,
            beforehand: &subject.beforehand,
        },
        run,
    )?;
    moved(&mut compared);
    locked(&mut compared, candidate, subject, run)?;
    if let Some(files) = subject.files.as_ref().filter(|_| files_count(subject)) {
        migrated(&mut compared, candidate, (files, gaps_of(subject, files)), bar, run)?;
    }
    compared.judgement = gate::judge(&compared.comparison, &subject.demanded, bar);
    let readiness = compared.judgement.readiness(subject.tier, &subject.nowhere);
    Ok(Told { compared, readiness })
}

/// Whether its files are asked about: what records them is compared, or nothing does and its schema is.
fn files_count(subject: &Subject<'_>) -> bool {
    subject.scope.dimensions.contains(&Dimension::History) || !subject.nowhere.is_empty()
}

/// Where what could not be told belongs: to a dimension that counts, where somebody has said that this does.
fn gaps_of(subject: &Subject<'_>, files: &Files<'_>) -> Dimension {
    let is_insisted = files.nowhere || files.must.is_some();
    if is_insisted && !subject.demanded.contains(&Dimension::History) { Dimension::Schema } else { Dimension::History }
}

/// Sets files, record and schema side by side, and adds what that says; what could not be told is a gap of that dimension.
fn migrated(
    compared: &mut Compared,
    candidate: &Source,
    (files, dimension): (&Files<'_>, Dimension),
    bar: Severity,
    run: &Run<'_>,
) -> Result<(), Box<Trouble>> {
    let told = files.migrations.clone().and_then(|migrations| {
        let committed = Some(&compared.reference.manifest);
        let wanted =
            history::Wanted { folders: migrations, judged: None, committed, accepted: files.accepted, nowhere: files.nowhere, bar };
        history::run(candidate, &wanted, &files.means, run)
    });
    let history = match told {
        Ok(history) => history,
        Err(trouble) if trouble.class == Class::Interrupted => return Err(trouble),
        Err(trouble) => {
            let gap = Gap::dimension(dimension, Reason::Failed, format!("files, record and schema: {trouble}"));
            let gap = match &trouble.fix {
                Some(fix) => gap.cure(fix),
                None => gap,
            };
            compared.comparison.gaps.push(SideGap { which: Which::Candidate, gap, across: None });
            return Ok(());
        }
    };
    let mut findings = history.findings();
    findings.retain(|finding| finding.severity > Severity::Inform);
    findings.extend(files.must.iter().flat_map(|must| owed_of_all(&history, must, &files.place)));
    // An exception that excuses something here is of use.
    let is_of_use = |place: &Place| history.all().any(|one| one.excused_by.contains(place));
    compared
        .comparison
        .findings
        .retain(|finding| finding.id != WAIVER_UNUSED || !matches!(&finding.subject, About::Waiver { place, .. } if is_of_use(place)));
    compared.comparison.findings.extend(findings);
    let open = history.open().into_iter().map(|detail| Gap::dimension(dimension, Reason::Failed, detail));
    compared.comparison.gaps.extend(open.map(|gap| SideGap { which: Which::Candidate, gap, across: None }));
    Ok(())
}

/// What must be recorded and is not, of every folder; up to a key, of the one that has it.
fn owed_of_all(history: &History, must: &Must, configured: &Place) -> Vec<Finding> {
    let has = |one: &History, key: &String| one.migrations.iter().any(|entry| entry.judged.key == *key);
    let is_meant = |one: &&History| match must {
        Must::All => true,
        Must::UpTo(key) => has(one, key),
    };
    let meant: Vec<&History> = history.all().filter(is_meant).collect();
    let meant = if meant.is_empty() { vec![history] } else { meant };
    meant.into_iter().flat_map(|one| owed(one, must, configured)).collect()
}

/// What must be recorded and is not.
fn owed(history: &History, must: &Must, configured: &Place) -> Vec<Finding> {
    let place = |key: &str| history.migrations.iter().position(|entry| entry.judged.key == key);
    let (last, named) = match must {
        Must::All => (history.migrations.len(), None),
        Must::UpTo(key) => (place(key).map_or(0, |at| at + 1), Some(key)),
    };
    let finding = |key: String, why: String| Finding {
        id: found::id(Verdict::Pending),
        severity: Severity::Block,
        subject: About::Migration { tool: history.tool.to_owned(), key },
        expected: Some("recorded".to_owned()),
        found: Some("not recorded".to_owned()),
        origin: Origin::Written(configured.clone()),
        why,
        manual: None,
        remedy: Some(Remedy::Step("run the step of the pipeline that runs migrations, or correct `recorded` in evenkeel.toml".to_owned())),
    };
    let mut findings: Vec<Finding> = Vec::new();
    if let (0, Some(key)) = (last, named) {
        findings.push(finding(key.clone(), "The configuration says that it must be recorded, and no file has it.".to_owned()));
    }
    const NOT_IN_FORCE: [Verdict; 3] = [Verdict::Pending, Verdict::PendingOutOfOrder, Verdict::RolledBack];
    let is_owed = |entry: &&Entry| NOT_IN_FORCE.iter().any(|verdict| entry.judged.says(*verdict));
    let owed = history.migrations.iter().take(last).filter(is_owed);
    findings.extend(owed.map(|entry| {
        finding(entry.judged.key.clone(), "The configuration says that it must be recorded here, and it is not in force.".to_owned())
    }));
    findings
}

/// The exit code of all: what differs is known, whatever else could not be told or reached.
#[must_use]
pub fn exit_code(checked: &[Checked]) -> u8 {
    let code = |one: &Checked| match &one.outcome {
        Ok(told) => told.compared.judgement.exit_code,
        Err(trouble) => trouble.class.exit_code(),
    };
    gate::exit_code_of_all(&checked.iter().map(code).collect::<Vec<_>>())
}
