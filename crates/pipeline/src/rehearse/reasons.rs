//! Why relations are written anew, by the server's own word. Neighbour: `eyes`, which sees that they are.

use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::port::{Observer, Session};
use evenkeel_core::trace::{Around, Work};
use std::collections::{BTreeMap, BTreeSet};

/// Has the server say it while a statement runs that may do so, and only then: no other sees what has it say so.
#[derive(Default)]
pub struct Reasons {
    /// The superuser's session, and whether the server says it now; nothing where it cannot, or nobody asked.
    session: Option<(Box<dyn Session>, bool)>,
}

impl Reasons {
    pub fn by(session: Box<dyn Session>) -> Self {
        Self { session: Some((session, false)) }
    }

    /// It is told of the statement that comes now, or is not.
    pub fn told(&mut self, observer: &dyn Observer, is_told: bool) -> Result<(), Box<Trouble>> {
        if let Some((session, is_on)) = self.session.as_mut().filter(|(_, is_on)| *is_on != is_told) {
            if observer.explains(&mut **session, is_told)? {
                *is_on = is_told;
            } else if is_told {
                // What cannot be made here is not there to be taken away.
                self.session = None;
            }
        }
        Ok(())
    }

    /// The database is as if nobody had asked.
    pub fn end(mut self, observer: &dyn Observer) -> Result<(), Box<Trouble>> {
        self.told(observer, false)?;
        if !self.session.is_some_and(|(_, is_on)| is_on) {
            return Ok(());
        }
        let trouble = Trouble::new(Class::Internal, "what has a throwaway server say why relations are written anew is there still");
        Err(Box::new(trouble.expected("an event trigger that was taken away").fix("rehearse it again")))
    }
}

/// Of relations that were written anew, by their names; `seen` is what a second session saw of them meanwhile.
pub fn of(around: &Around<'_>, own: &Work, seen: BTreeSet<(u64, String)>) -> BTreeMap<String, Vec<String>> {
    let said = around.reasons().into_iter().chain(seen.into_iter().map(|(oid, word)| (oid, vec![word])));
    let said = said.filter(|(oid, why)| own.rewrites.contains(oid) && !why.is_empty());
    said.filter_map(|(oid, why)| Some((around.relation(oid)?.name.clone(), why))).collect()
}
