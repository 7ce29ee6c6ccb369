//! Stage 2: two environments side by side, both read at the same time.

use crate::capture::{self, Source};
use crate::digest;
use evenkeel_core::compare::{self, Comparison, Scope, Side};
use evenkeel_core::digest::Tree;
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::manifest::{Endpoint, Manifest};
use evenkeel_core::policy::{self, Ignored};
use evenkeel_core::port::Run;

/// What was compared and what came out.
pub struct Compared {
    pub reference: Manifest,
    pub candidate: Manifest,
    pub comparison: Comparison,
    pub ignored: Vec<Ignored>,
}

/// Reads both sides, each on a thread of its own, and sets them side by side.
///
/// # Errors
/// Either side cannot be read, or the two are servers of different families.
pub fn run(reference: &Source, candidate: &Source, scope: &Scope, run: &Run<'_>) -> Result<Compared, Box<Trouble>> {
    let (left, right) = std::thread::scope(|threads| {
        let other = threads.spawn(|| capture::manifest(candidate, run).map(hashed));
        let left = capture::manifest(reference, run).map(hashed);
        let right = other
            .join()
            .unwrap_or_else(|_| Err(Box::new(Trouble::new(Class::Internal, format!("reading {} broke off", candidate.label())))));
        (left, right)
    });
    let ((reference_manifest, reference_tree), (candidate_manifest, candidate_tree)) = (left?, right?);
    let (a, b) = (reference_manifest.endpoint.engine, candidate_manifest.endpoint.engine);
    if !a.comparable(b) {
        return Err(Box::new(
            Trouble::new(Class::Usage, format!("cannot compare {} with {}", reference.label(), candidate.label()))
                .expected(format!("two servers of one family: {} is {}", reference.label(), a.name()))
                .found(format!("{} is {}", candidate.label(), b.name()))
                .fix("name two environments of the same engine"),
        ));
    }
    one_scope(reference.label(), &reference_manifest, candidate.label(), &candidate_manifest)?;
    let side = |label, manifest, tree| Side { label, manifest, tree };
    let mut comparison = compare::compare(
        side(reference.label(), &reference_manifest, &reference_tree),
        side(candidate.label(), &candidate_manifest, &candidate_tree),
        scope,
        &*run.engines.of(candidate_manifest.endpoint.engine).remedies(&candidate_manifest, candidate.roles()),
    );
    let ignored = policy::apply(&mut comparison, run.waivers, run.today);
    Ok(Compared { reference: reference_manifest, candidate: candidate_manifest, comparison, ignored })
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

fn hashed(manifest: Manifest) -> (Manifest, Tree) {
    let tree = digest::tree(&manifest);
    (manifest, tree)
}
