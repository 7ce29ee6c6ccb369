//! SQL that makes a candidate like a reference, proven on a throwaway server before anybody sees it.
//!
//! Lives here: what is asked and what comes of it. `build` makes a server's schema from its manifest alone, `prove` tries a plan on
//! such a one, `because` says what is refused because of something else, `without` what of it runs where nothing may be lost, `proofs` are
//! those of earlier runs. Does not live here: which statements, and their order (`core/patch`, `patch` of each engine).

mod because;
mod build;
mod proofs;
mod prove;
mod without;

pub(crate) use build::{Begun, run};
pub use build::{Builder, Built, build};
pub(crate) use build::{build_replicated, build_with};
pub use proofs::{Before, NoProofs, Proofs};
pub use prove::{Asked, Patch, excused, prove};

use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::Manifest;
use evenkeel_core::patch::{Dialect, World, as_spelled, differing};

/// What is not as it should be after statements were run.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Left {
    pub kind: Kind,
    /// As it is shown.
    pub object: String,
    pub what: Odd,
    /// Why, where a statement was refused or could not be written.
    pub why: Option<String>,
}

/// How it is not.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Odd {
    /// It is not there.
    Missing,
    /// It is there and should not be.
    Extra,
    /// It has another value of these.
    Differs(Vec<&'static str>),
}

impl Left {
    /// `function app.f(): missing: …`.
    #[must_use]
    pub fn words(&self) -> String {
        let what = match &self.what {
            Odd::Missing => "missing".to_owned(),
            Odd::Extra => "should not be there".to_owned(),
            Odd::Differs(attributes) => format!("differs in {}", attributes.join(", ")),
        };
        let why = self.why.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
        format!("{} {}: {what}{why}", self.kind.name(), self.object)
    }
}

/// Whatever of what statements can make is not the same in both, in all dimensions that both have.
#[must_use]
pub fn left(seen: &Manifest, wanted: &Manifest, dialect: &dyn Dialect) -> Vec<Left> {
    // Where servers ignore the case of names, it is left as it is.
    if let Some(spelled) = as_spelled(wanted, seen) {
        return left(seen, &spelled, dialect);
    }
    let mut left = Vec::new();
    let (there, here) = (World::of(seen), World::of(wanted));
    let is_told = |kind: Kind| dialect.covers(kind) && seen.covers(kind.spec().dimension) && wanted.covers(kind.spec().dimension);
    for object in wanted.objects().iter().filter(|object| is_told(object.kind)) {
        let what = match there.same(object) {
            None => Odd::Missing,
            Some(found) => {
                let mut attributes = differing(found, object, (seen, wanted));
                attributes.retain(|attribute| dialect.sets(object.kind, attribute));
                if attributes.is_empty() {
                    continue;
                }
                Odd::Differs(attributes)
            }
        };
        left.push(Left { kind: object.kind, object: object.display(), what, why: None });
    }
    for object in seen.objects().iter().filter(|object| is_told(object.kind)) {
        if here.same(object).is_none() {
            left.push(Left { kind: object.kind, object: object.display(), what: Odd::Extra, why: None });
        }
    }
    left
}
