//! Looks on where nobody looks at locks: which statements ran, how long they took here, and how the schema stands after each.
//!
//! Neighbour: `eyes`, for servers that say what a session holds.

use super::place::Place;
use crate::replay::Stage;
use crate::runner::{Onlooker, Spoken};
use evenkeel_core::evidence;
use evenkeel_core::fault::Trouble;
use evenkeel_core::port::Session;
use evenkeel_core::statement::without_secrets;
use evenkeel_core::trace::{Class, Trace};
use std::collections::BTreeMap;
use std::time::Instant;

/// Writes down what ran. What it locked nobody saw: it says so by its class.
#[derive(Default)]
pub struct Clock {
    pub traces: Vec<Trace>,
    begun: Option<(Instant, Instant)>,
}

impl Onlooker for Clock {
    fn before(&mut self, _: &mut dyn Session, _: &Spoken<'_>) -> Result<(), Box<Trouble>> {
        let now = Instant::now();
        self.begun = Some((self.begun.map_or(now, |(first, _)| first), now));
        Ok(())
    }

    fn after(&mut self, _: &mut dyn Session, spoken: &Spoken<'_>, outcome: Result<u64, &str>) -> Result<(), Box<Trouble>> {
        let Some((first, from)) = self.begun else { return Ok(()) };
        let began = from - first;
        self.traces.push(Trace {
            place: spoken.place.clone(),
            sql: without_secrets(spoken.text.trim()),
            tag: spoken.statement.tag.clone(),
            began,
            at: began,
            took: from.elapsed(),
            locks: Vec::new(),
            rewrites: Vec::new(),
            why: BTreeMap::new(),
            scans: Vec::new(),
            builds: Vec::new(),
            emptied: Vec::new(),
            depends: true,
            grows_with: Vec::new(),
            log_bytes: 0,
            rows: outcome.unwrap_or_default(),
            error: outcome.err().map(str::to_owned),
            class: Class::Unknown,
            is_sampled: false,
            blocked: None,
            waited: None,
            temporary: None,
            substitute: spoken.substitute,
        });
        Ok(())
    }
}

/// Writes down how the schema stands after each statement, where each is a commit of its own.
pub struct Marks<'m> {
    pub place: &'m Place,
    pub stage: Stage<'m>,
    pub database: &'m str,
    pub after: Vec<Option<String>>,
}

impl Onlooker for Marks<'_> {
    fn after(&mut self, _: &mut dyn Session, _: &Spoken<'_>, outcome: Result<u64, &str>) -> Result<(), Box<Trouble>> {
        if outcome.is_ok() {
            self.after.push(evidence::schema(&self.place.look(self.database, self.stage)?));
        }
        Ok(())
    }
}
