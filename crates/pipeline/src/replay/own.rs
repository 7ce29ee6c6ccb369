//! The tables in which the target's tools record. A tool makes its own before the first file, so that files may name it: they keep their
//! tool from it, lock it, take rows out of it.
//!
//! It is made where files name it and none makes it, empty, as it stands in the target, and is no part of what is seen afterwards.

use crate::explained::Explained;
use crate::migrations::Cut;
use evenkeel_core::fault::Trouble;
use evenkeel_core::history::effect::Spot;
use evenkeel_core::kind::{Dimension, Kind};
use evenkeel_core::manifest::{Manifest, Object};
use evenkeel_core::patch::{Dialect, Form, World, plan};
use evenkeel_core::port::Session;

/// What makes them, and how they are known among all else.
#[derive(Debug, Clone, Default)]
pub(super) struct Own {
    statements: Vec<String>,
    explained: Explained,
}

impl Own {
    /// Of a target as it was captured.
    pub fn of(manifest: &Manifest, dialect: &dyn Dialect) -> Self {
        let explained = Explained::of(manifest);
        let is_part = |object: &&Object| {
            let is_foreign = object.kind == Kind::Constraint && object.text("type") == Some("foreign key");
            object.kind != Kind::Schema && !is_foreign && explained.is(&Spot::whole(object), manifest)
        };
        let schemas = manifest.of_kind(Kind::Schema).to_vec();
        let parts = manifest.objects().iter().filter(is_part).cloned();
        let whole: Vec<Object> = schemas.iter().cloned().chain(parts).collect();
        if whole.len() == schemas.len() {
            return Self::default();
        }
        let only = |objects| Manifest::new(manifest.endpoint.clone(), vec![Dimension::Schema], objects, Vec::new());
        let (from, to) = (only(schemas), only(whole));
        let planned = plan(&World::of(&from), &World::of(&to), dialect, Form { offline: true, throwaway: true });
        let statements = planned.steps.into_iter().flat_map(|step| step.statements).map(|statement| statement.sql).collect();
        Self { statements, explained }
    }

    /// The same, where files name such a table and none of them makes it; else nothing.
    pub fn named_in(&self, cuts: &[&Cut]) -> Self {
        if self.statements.is_empty() {
            return Self::default();
        }
        let names: Vec<String> = self.explained.tables().map(str::to_lowercase).collect();
        let said = cuts.iter().flat_map(|cut| &cut.up).flat_map(|script| script.statements());
        let texts = said.map(|said| said.text.to_lowercase());
        let about: Vec<String> = texts.filter(|text| names.iter().any(|name| text.contains(name))).collect();
        let makes = |text: &String| {
            let words: Vec<&str> = text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
            words.contains(&"create") && words.contains(&"table") || words.windows(2).any(|pair| pair == ["rename", "to"])
        };
        if about.is_empty() || about.iter().any(makes) { Self::default() } else { self.clone() }
    }

    /// What tells one such beginning from another.
    pub fn words(&self) -> String {
        self.statements.join("\n")
    }

    /// Makes them in a session of their own. What the server refuses is missing, and the file that names it is told to stop there.
    ///
    /// # Errors
    /// No session can be had, or it is lost.
    pub fn make(
        &self,
        dialect: &dyn Dialect,
        session: impl FnOnce() -> Result<Box<dyn Session>, Box<Trouble>>,
    ) -> Result<(), Box<Trouble>> {
        if self.statements.is_empty() {
            return Ok(());
        }
        let mut session = session()?;
        for statement in dialect.opening().iter().copied().chain(self.statements.iter().map(String::as_str)) {
            session.run(statement)?;
        }
        Ok(())
    }

    /// What was seen, without them.
    pub fn apart_from(&self, seen: Manifest) -> Manifest {
        if self.statements.is_empty() { seen } else { self.explained.without(seen) }
    }
}
