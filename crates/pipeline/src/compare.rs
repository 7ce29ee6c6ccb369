//! Stage 2: two environments side by side, both read at the same time.

use crate::capture::{self, Replayed, Source};
use crate::digest;
use crate::explained;
use crate::replay::Target;
use evenkeel_core::compare::{Comparison, Sameness, Scope, Side};
use evenkeel_core::deployment::kept;
use evenkeel_core::digest::Tree;
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::finding::{Finding, Origin, Remedy, SOURCE_HIDDEN, Subject, Which};
use evenkeel_core::gate::{self, Judgement};
use evenkeel_core::kind::{Dimension, Severity};
use evenkeel_core::manifest::{Endpoint, Manifest, Whose};
use evenkeel_core::policy::{self, Ignored};
use evenkeel_core::port::Run;

/// What was compared and what came out. Each manifest goes with the digests that were made of it: nobody makes them again.
pub struct Compared {
    pub reference: Hashed,
    pub candidate: Hashed,
    pub comparison: Comparison,
    pub ignored: Vec<Ignored>,
    /// What it amounts to.
    pub judgement: Judgement,
}

/// What is wanted of a comparison.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    pub scope: &'a Scope,
    /// The dimensions the exit code depends on.
    pub demanded: &'a [Dimension],
    /// Somebody named what is demanded: a flag, a tier. Then nothing there is not enough.
    pub insisted: bool,
    /// The least severity that fails.
    pub bar: Severity,
    /// Both sides may be one database.
    pub same: bool,
    /// What is known of it before it is made, such as a dimension that the configuration takes out.
    pub beforehand: &'a [Finding],
}

/// A manifest and its digests, under what the user calls it.
#[derive(Clone)]
pub struct Hashed {
    pub label: String,
    pub manifest: Manifest,
    pub tree: Tree,
}

impl Hashed {
    /// Hashes a manifest.
    #[must_use]
    pub fn of(label: &str, manifest: Manifest) -> Self {
        let tree = digest::tree(&manifest);
        Self { label: label.to_owned(), manifest, tree }
    }

    /// As one side of a comparison.
    #[must_use]
    pub fn side(&self) -> Side<'_> {
        Side { label: &self.label, manifest: &self.manifest, tree: &self.tree }
    }
}

/// Reads both sides, each on a thread of its own, sets them side by side and judges what comes out.
///
/// # Errors
/// Either side cannot be read, or the two are servers of different families.
pub fn run(reference: &Source, candidate: &Source, wanted: &Wanted<'_>, run: &Run<'_>) -> Result<Compared, Box<Trouble>> {
    let (left, right) = match (reference, candidate) {
        (Source::Replay(left), Source::Replay(right)) if left.like.is_none() || right.like.is_none() => {
            return Err(two_replays(left, right));
        }
        (Source::Replay(replayed), other) if replayed.like.is_none() => {
            let other = capture::manifest(other, run)?;
            let left =
                capture::replay(replayed, &Target::of(&other, run.engines.of(other.endpoint.engine), replayed.role.as_deref()), run)?;
            (Hashed::of(&replayed.label, left), Hashed::of(candidate.label(), explained::without(other)))
        }
        (other, Source::Replay(replayed)) if replayed.like.is_none() => {
            let other = capture::manifest(other, run)?;
            let right =
                capture::replay(replayed, &Target::of(&other, run.engines.of(other.endpoint.engine), replayed.role.as_deref()), run)?;
            (Hashed::of(reference.label(), explained::without(other)), Hashed::of(&replayed.label, right))
        }
        _ => both(reference, candidate, run)?,
    };
    let (a, b) = (left.manifest.endpoint.engine, right.manifest.endpoint.engine);
    if !a.comparable(b) {
        return Err(Box::new(
            Trouble::new(Class::Usage, format!("cannot compare {} with {}", reference.label(), candidate.label()))
                .expected(format!("two servers of one family: {} is {}", reference.label(), a.name()))
                .found(format!("{} is {}", candidate.label(), b.name()))
                .fix("name two environments of the same engine"),
        ));
    }
    one_scope(reference.label(), &left.manifest, candidate.label(), &right.manifest)?;
    let mut comparison = run.engines.of(b).compare(left.side(), right.side(), wanted.scope);
    if wanted.same && comparison.sameness.tells_nothing() {
        comparison.sameness = Sameness::AsAsked;
    }
    let mut said = Vec::new();
    if comparison.sameness == Sameness::Unknown {
        said.extend([&left, &right].into_iter().filter_map(nameless));
    }
    said.extend_from_slice(wanted.beforehand);
    Ok(judged(Compare { reference: left, candidate: right, comparison, said }, wanted, run))
}

/// Both at the same time, each on a thread of its own.
fn both(reference: &Source, candidate: &Source, run: &Run<'_>) -> Result<(Hashed, Hashed), Box<Trouble>> {
    let (left, right) = std::thread::scope(|threads| {
        let other = threads.spawn(|| hashed(candidate, run));
        let left = hashed(reference, run);
        let right = other
            .join()
            .unwrap_or_else(|_| Err(Box::new(Trouble::new(Class::Internal, format!("reading {} broke off", candidate.label())))));
        (left, right)
    });
    Ok((left?, right?))
}

fn two_replays(left: &Replayed, right: &Replayed) -> Box<Trouble> {
    Box::new(
        Trouble::new(Class::Usage, "on which server the files are to run is not known")
            .expected("an environment or a manifest on one side: its engine and version are taken")
            .found(format!("{} and {}", left.label, right.label))
            .fix("write one of them down first: evenkeel capture replay:DIR --like ENV --out FILE"),
    )
}

/// A comparison before anything is excused.
pub(crate) struct Compare {
    pub reference: Hashed,
    pub candidate: Hashed,
    pub comparison: Comparison,
    /// What is to be said of it beside differences.
    pub said: Vec<Finding>,
}

/// What is left of a comparison by the policy, and what it amounts to.
pub(crate) fn judged(compare: Compare, wanted: &Wanted<'_>, run: &Run<'_>) -> Compared {
    let Compare { reference, candidate, mut comparison, said } = compare;
    let ignored = policy::apply(&mut comparison, run.waivers, run.today);
    comparison.findings.extend(said);
    for (side, which) in [(&reference, Which::Reference), (&candidate, Which::Candidate)] {
        comparison.findings.extend(kept::findings(&side.manifest, which, run.today));
    }
    if wanted.insisted {
        gate::insist(&mut comparison, wanted.demanded);
    }
    let judgement = gate::judge(&comparison, wanted.demanded, wanted.bar);
    Compared { reference, candidate, comparison, ignored, judgement }
}

/// A server that does not say which one it is, so that nobody can tell whether it is the other side's.
fn nameless(side: &Hashed) -> Option<Finding> {
    let Whose::Hidden { cure } = &side.manifest.endpoint.whose else { return None };
    Some(Finding {
        id: SOURCE_HIDDEN.to_owned(),
        severity: Severity::Inform,
        subject: Subject::Environment { name: side.label.clone() },
        expected: Some("a server that says which one it is, and since when it runs".to_owned()),
        found: Some("the role may not ask".to_owned()),
        origin: Origin::Captured { side: Which::Both, set_by: None },
        why: "Whether both sides are one database cannot be told, and a database is always equal to itself.".to_owned(),
        manual: None,
        remedy: Some(match cure {
            Some(cure) => Remedy::Statements(cure.clone()),
            None => Remedy::Step("look why the server refuses; --same compares them all the same".to_owned()),
        }),
    })
}

/// One database set beside a whole server would have nothing in common with it but names.
fn one_scope(reference: &str, left: &Manifest, candidate: &str, right: &Manifest) -> Result<(), Box<Trouble>> {
    let (left, right) = (&left.endpoint, &right.endpoint);
    if left.is_whole_server() == right.is_whole_server() {
        return Ok(());
    }
    let words = |label: &str, endpoint: &Endpoint| match endpoint.is_whole_server() {
        true => format!("{label} is all databases of its server: its URL names none"),
        false => format!("{label} is the database {}", endpoint.database),
    };
    Err(Box::new(
        Trouble::new(Class::Usage, format!("cannot compare {reference} with {candidate}"))
            .expected(words(reference, left))
            .found(words(candidate, right))
            .fix("name a database in both URLs, or in neither"),
    ))
}

fn hashed(source: &Source, run: &Run<'_>) -> Result<Hashed, Box<Trouble>> {
    Ok(Hashed::of(source.label(), capture::manifest(source, run)?))
}
