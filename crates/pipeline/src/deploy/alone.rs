//! What an interrupted statement that runs in no transaction has left: nothing, an index that is of no use, or all that it was to do.
//!
//! Such statements build, rebuild and drop indexes, or leave the schema as it is. Anything else that is otherwise than before nobody can
//! tell.

use evenkeel_core::digest::Tree;
use evenkeel_core::evidence::schema;
use evenkeel_core::history::effect::{Spot, Stand, found};
use evenkeel_core::kind::{Dimension, Kind};
use evenkeel_core::manifest::{Manifest, Object};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The schema before such a statement, as far as it can be otherwise after it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// The digest of everything but indexes.
    rest: String,
    /// Indexes by their names, each with one word for what it is; `faulty` where it is of no use.
    indexes: BTreeMap<String, String>,
    /// Where each definition is a commit of its own: the digest before it and the one after it, where that was rehearsed.
    #[serde(default)]
    step: Option<(String, Option<String>)>,
    /// The course of things that the server was on, where it says that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    course: Option<String>,
}

/// What it has left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Left {
    /// It can be run again once these indexes, which it made and nobody can use, are gone.
    Again(BTreeSet<String>),
    /// It came to its end.
    Done,
    /// The schema is as it was before it, and would be after it as well, or nobody knows what it would be.
    Same,
    /// Nobody can tell.
    Unknown,
}

const FAULTY: &str = "faulty";

impl Mark {
    #[must_use]
    pub fn of(manifest: &Manifest) -> Self {
        let one = |index: &Object| {
            let stand = found(&Spot::whole(index), manifest);
            let word = if stand == Stand::Faulty { FAULTY.to_owned() } else { digest(manifest, std::slice::from_ref(index)) };
            (index.display(), word)
        };
        let is_rest = |object: &&Object| object.kind != Kind::Index && object.kind.spec().dimension == Dimension::Schema;
        let rest: Vec<Object> = manifest.objects().iter().filter(is_rest).cloned().collect();
        Self { rest: digest(manifest, &rest), indexes: manifest.of_kind(Kind::Index).iter().map(one).collect(), step: None, course: None }
    }

    /// Of an act that is a commit of its own, with the digest that is due after it.
    #[must_use]
    pub fn of_step(manifest: &Manifest, due: Option<&String>) -> Self {
        let step = Some((schema(manifest).unwrap_or_default(), due.cloned()));
        Self { rest: String::new(), indexes: BTreeMap::new(), step, course: None }
    }

    /// The same on a server that is on such a course.
    #[must_use]
    pub fn on(self, course: Option<&str>) -> Self {
        Self { course: course.map(str::to_owned), ..self }
    }

    /// The course of things that the server was on, where it said that.
    #[must_use]
    pub fn course(&self) -> Option<&str> {
        self.course.as_deref()
    }

    /// As it is kept.
    #[must_use]
    pub fn text(&self) -> Option<String> {
        serde_json::to_string(self).ok()
    }

    /// As it was kept.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// What is left of a statement before which the schema was so.
    #[must_use]
    pub fn left(&self, now: &Manifest) -> Left {
        if let Some((before, due)) = &self.step {
            let now = schema(now).unwrap_or_default();
            return match (now == *before, due.as_ref().map(|due| now == *due)) {
                (true, Some(false)) => Left::Again(BTreeSet::new()),
                (true, _) => Left::Same,
                (false, Some(true)) => Left::Done,
                (false, _) => Left::Unknown,
            };
        }
        let now = Self::of(now);
        if now.rest != self.rest {
            return Left::Unknown;
        }
        let names: BTreeSet<&String> = self.indexes.keys().chain(now.indexes.keys()).collect();
        let changed: Vec<&String> = names.into_iter().filter(|name| self.indexes.get(*name) != now.indexes.get(*name)).collect();
        let is_faulty = |name: &&&String| now.indexes.get(**name).is_some_and(|word| word == FAULTY);
        let faulty: Vec<&String> = changed.iter().filter(is_faulty).copied().collect();
        if faulty.is_empty() && !changed.is_empty() {
            return Left::Done;
        }
        if faulty.len() < changed.len() {
            return Left::Unknown;
        }
        // One that was there and was to go is dropped by the same statement once more.
        Left::Again(faulty.into_iter().filter(|name| !self.indexes.contains_key(*name)).cloned().collect())
    }
}

fn digest(manifest: &Manifest, objects: &[Object]) -> String {
    let part = Manifest::new(manifest.endpoint.clone(), vec![Dimension::Schema], objects.to_vec(), Vec::new());
    Tree::of(&part).branch(Dimension::Schema).map_or_else(String::new, |branch| branch.ordered.hex())
}

/// The same without these indexes.
#[must_use]
pub fn without(manifest: &Manifest, indexes: &BTreeSet<String>) -> Manifest {
    let stays = |object: &&Object| object.kind != Kind::Index || !indexes.contains(&object.display());
    let objects = manifest.objects().iter().filter(stays).cloned().collect();
    Manifest::new(manifest.endpoint.clone(), manifest.dimensions.clone(), objects, manifest.gaps.clone())
}
