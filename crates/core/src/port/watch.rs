//! Who hears how a stage gets on, and who may end it.
//!
//! Lives here: events, and the mark that says "stop". Does not live here: who sets the mark (the command line hears signals),
//! how waiting work notices it (`environment` of each engine), what a person sees of an event (`cli/paint`).

use crate::fault::{Class, Trouble};
use crate::kind::Kind;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// What a stage tells while it works. Labels are what the user calls an environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event<'a> {
    /// Reading an environment began.
    Begun { label: &'a str },
    /// So many more objects of a kind were read in it.
    Read { label: &'a str, kind: Kind, objects: usize },
    /// Everything that was asked of it was read: so many objects.
    Done { label: &'a str, objects: usize },
    /// A throwaway server is being made.
    Starting { server: &'a str },
    /// It takes connections.
    Ready { server: &'a str },
    /// A rehearsal goes on to its next step.
    Step { what: &'a str },
    /// It waits for what somebody else has to end, and may for long: said where nobody watches a line, too.
    Held { what: &'a str },
    /// A statement is running, for so long; so many locks are held, and so many clients wait for them.
    Running { statement: &'a str, since: Duration, locks: usize, waiting: usize },
    /// None is running any more.
    Ran,
}

/// Hears how work gets on. Called from several threads.
pub trait Watcher: Sync {
    fn see(&self, event: Event<'_>);
}

/// Hears nothing.
#[derive(Debug, Clone, Copy)]
pub struct Silent;

impl Watcher for Silent {
    fn see(&self, _: Event<'_>) {}
}

/// Whether somebody wants the work to end. Made once by whoever hears signals, handed down, never taken back.
#[derive(Debug, Default)]
pub struct Stop(AtomicBool);

impl Stop {
    #[must_use]
    pub const fn new() -> Self {
        Self(AtomicBool::new(false))
    }

    /// Asks for the end. Tells whether it was asked for before.
    pub fn request(&self) -> bool {
        self.0.swap(true, Ordering::SeqCst)
    }

    #[must_use]
    pub fn is_requested(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }

    /// For work that is done in steps: asked between them.
    ///
    /// # Errors
    /// Of class `Interrupted`, once the end was asked for.
    pub fn check(&self) -> Result<(), Box<Trouble>> {
        if self.is_requested() { Err(Box::new(Trouble::new(Class::Interrupted, "interrupted"))) } else { Ok(()) }
    }
}

static NEVER: Stop = Stop::new();

/// Who hears of the work, and who may end it: what everything is handed that takes time.
#[derive(Clone, Copy)]
pub struct Watch<'a> {
    pub watcher: &'a dyn Watcher,
    pub stop: &'a Stop,
}

impl Watch<'static> {
    /// Nobody hears of it, nobody ends it.
    #[must_use]
    pub fn none() -> Self {
        Self { watcher: &Silent, stop: &NEVER }
    }
}

impl Watch<'_> {
    pub fn see(&self, event: Event<'_>) {
        self.watcher.see(event);
    }

    /// Starts a throwaway server, and tells before and after.
    ///
    /// # Errors
    /// The work's own.
    pub fn starting<T, E>(&self, server: &str, start: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        self.see(Event::Starting { server });
        let started = start()?;
        self.see(Event::Ready { server });
        Ok(started)
    }
}

impl std::fmt::Debug for Watch<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Watch").field("stop", self.stop).finish_non_exhaustive()
    }
}
