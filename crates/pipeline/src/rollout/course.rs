//! The stages of a rollout, one after the other, and back where one does not stand.
//!
//! Does not live here: what is looked at before the first (`rollout`), who moves traffic (`adapters`).

use super::left::{called, written};
use super::{Order, PAUSE, TRIES};
use crate::breakers::Watching;
use crate::capture::Source;
use crate::gate::{self, Question};
use evenkeel_core::deployment::rolled::{Outcome, Stands};
use evenkeel_core::deployment::{Passage, Rolled};
use evenkeel_core::fault::Trouble;
use evenkeel_core::port::{Ending, Environment, Event, Halt, Intended, Run, State, Trail};
use std::time::Instant;

/// So often a share is told again in the time that it is good for.
pub(super) const AGAIN: u32 = 3;

/// Why it does not go on.
pub(super) enum Stopped {
    /// A breaker is open: it is halted for that.
    Broken(String),
    /// Anything else.
    For(String),
}

impl From<Box<Trouble>> for Stopped {
    fn from(trouble: Box<Trouble>) -> Self {
        Self::For(trouble.to_string())
    }
}

pub(super) struct Course<'a> {
    pub source: &'a Source,
    pub environment: &'a dyn Environment,
    pub question: &'a Question<'a>,
    pub order: &'a Order<'a>,
    pub run: &'a Run<'a>,
    pub intended: &'a Intended<'a>,
    /// So many the gate has seen.
    pub replicas: Option<usize>,
    /// What the journal has of it while it is elsewhere.
    pub held: String,
    pub before: Option<String>,
    /// Something was moved, or may have been.
    pub is_begun: bool,
    pub rolled: Rolled,
}

impl Course<'_> {
    pub fn all(&mut self) -> Result<(), Stopped> {
        // First how it was: whoever is killed in between has taken back too much, not too little.
        let mark = Some(written(&self.order.shifter.describe(), self.before.as_deref()));
        self.intended.leaves(0, &Trail { mark, ..Trail::default() })?;
        self.intended.takes(&self.held)?;
        let Question { plan, metrics, limits, .. } = self.question;
        let mut watching = Watching::begin(self.environment, plan, *metrics, limits, self.run)?.having(self.replicas);
        for (at, share) in self.order.stages.iter().enumerate() {
            let act = u32::try_from(at).unwrap_or(u32::MAX);
            self.asked(&mut watching)?;
            watching.anew(self.run)?;
            watching.again();
            self.run.watch.stop.check()?;
            self.intended.begins(act)?;
            self.is_begun = true;
            self.stands(at, Stands::Broken);
            self.run.watch.see(Event::Step { what: &called(*share) });
            let shifter = self.order.shifter;
            let moved = shifter.shift(*share).and_then(|()| shifter.spread()).map_err(Stopped::from);
            let told = Instant::now();
            let stage = moved.and_then(|spread| self.watched(&mut watching, (*share, told), spread.as_deref()));
            self.seen(&watching);
            match stage {
                Ok(()) => {
                    self.intended.became(act, State::Done, None)?;
                    self.stands(at, Stands::Done);
                }
                Err(stopped) => {
                    let (Stopped::Broken(why) | Stopped::For(why)) = &stopped;
                    if let Err(trouble) = self.intended.became(act, State::Failed, Some(why)) {
                        self.rolled.notes.push(format!("the journal could not be written: {trouble}"));
                    }
                    return Err(stopped);
                }
            }
            watching.again();
        }
        // Nobody watches any more: it stays.
        let last = self.order.stages.last().copied().unwrap_or_default();
        self.order.limit.map_or(Ok(()), |_| self.order.shifter.lasts(last, None).map_err(Stopped::from))
    }

    /// That the gate is open still. Reading it takes a while: breakers are looked at meanwhile.
    fn asked(&mut self, watching: &mut Watching<'_>) -> Result<(), Stopped> {
        let question = Question { own: Some(self.intended.number()), ..*self.question };
        let (source, limits) = (self.source, question.limits);
        // It is told again before, and reading takes no longer than it is good for.
        let longest = self.order.limit.map_or(gate::LONGEST, |limit| gate::LONGEST.min(limit / AGAIN));
        let read = watching.beside(longest, self.run, move |run| gate::read(source, &limits, run))?;
        if watching.is_open() {
            self.seen(watching);
            return Err(Stopped::Broken(watching.against().join("; ")));
        }
        let read = read.map_err(|why| Stopped::For(format!("whether the next stage may go on could not be read: {why}")))?;
        let passage = question.asked(self.environment, &read)?;
        let closed = passage.gates.iter().filter(|gate| gate.holds != Some(true));
        let closed: Vec<String> = closed.map(|gate| format!("{}: {}", gate.name, gate.found)).collect();
        let breakers = self.rolled.passage.take().map(|passage| passage.breakers).unwrap_or_default();
        self.rolled.passage = Some(Passage { breakers, ..passage });
        if closed.is_empty() { Ok(()) } else { Err(Stopped::For(closed.join("; "))) }
    }

    fn seen(&mut self, watching: &Watching<'_>) {
        if let Some(passage) = &mut self.rolled.passage {
            passage.breakers.clone_from(&watching.breakers);
        }
    }

    /// Watches a stage for its time, and until everything passes; nobody may spread traffic otherwise meanwhile.
    fn watched(&self, watching: &mut Watching<'_>, (share, mut told): (u8, Instant), spread: Option<&str>) -> Result<(), Stopped> {
        let until = Instant::now() + self.order.watch;
        loop {
            watching.look(self.run)?;
            if watching.is_open() {
                return Err(Stopped::Broken(watching.against().join("; ")));
            }
            let now = self.order.shifter.spread()?;
            if now.as_deref() != spread {
                let [was, is] = [spread, now.as_deref()].map(|spread| spread.unwrap_or("nothing that is told"));
                return Err(Stopped::For(format!("traffic is spread otherwise than it was set: {is}, and not {was}")));
            }
            if let Some(halt) = self.question.store.halted(self.question.environment)? {
                return Err(Stopped::For(halt.words()));
            }
            let is_over = Instant::now() >= until && watching.all_pass();
            if let Some(limit) = self.order.limit.filter(|limit| is_over || told.elapsed() >= *limit / AGAIN) {
                told = Instant::now();
                self.order.shifter.lasts(share, Some(limit))?;
            }
            if is_over {
                return Ok(());
            }
        }
    }

    fn stands(&mut self, at: usize, state: Stands) {
        if let Some(stage) = self.rolled.stages.get_mut(at) {
            stage.state = state;
        }
    }

    /// Takes traffic back where it did not come to its end, and says so in the journal.
    pub fn ended(mut self, moved: Result<(), Stopped>) -> Rolled {
        let mut said = Vec::new();
        let (outcome, ending) = match moved {
            Ok(()) => (Outcome::Done, Ending::Done),
            Err(stopped) => {
                let (why, is_broken) = match stopped {
                    Stopped::Broken(why) => (why, true),
                    Stopped::For(why) => (why, false),
                };
                let back = self.taken_back();
                if is_broken && self.is_begun || back.is_err() {
                    match self.halted(&why) {
                        Ok(()) => self.rolled.is_halted = true,
                        Err(trouble) => said.push(format!("it could not be halted: {trouble}")),
                    }
                }
                let outcome = match back {
                    Ok(()) => Outcome::Back(why),
                    Err(trouble) => Outcome::Stuck(why, trouble.to_string()),
                };
                (outcome, Ending::Stopped)
            }
        };
        self.rolled.is_interrupted = self.run.watch.stop.is_requested();
        let is_settled = !matches!(outcome, Outcome::Stuck(..));
        self.rolled.outcome = outcome;
        let given = if is_settled { self.intended.gave(&self.held) } else { Ok(()) };
        if let Err(trouble) = given.and_then(|()| self.intended.ended(ending, &self.rolled.line())) {
            said.push(format!("the journal could not be written: {trouble}"));
        }
        self.rolled.notes.extend(said);
        self.rolled
    }

    /// Where nothing was begun, another run may be at it.
    fn taken_back(&self) -> Result<(), Box<Trouble>> {
        if !self.is_begun {
            return Ok(());
        }
        let mut tries = 1;
        loop {
            match self.order.shifter.restore(self.before.as_deref()) {
                Err(_) if tries < TRIES => {
                    std::thread::sleep(PAUSE);
                    tries += 1;
                }
                restored => return restored,
            }
        }
    }

    fn halted(&self, why: &str) -> Result<(), Box<Trouble>> {
        let reason = format!("run {} took traffic back: {why}", self.intended.number());
        let since = (self.question.now)().to_string();
        let environment = self.question.environment.to_owned();
        self.question.store.halt(&Halt { environment, since, by: self.order.by.to_owned(), reason })
    }
}
