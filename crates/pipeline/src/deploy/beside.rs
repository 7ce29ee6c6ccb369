//! A second session that looks on while an act runs: who waits for it and for how long. It ends what runs when others wait too long, or
//! when somebody asks for the end.

use evenkeel_core::deployment::Seen;
use evenkeel_core::port::{Deployer, Session, Stop};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Between two attempts to end what runs: the server answers the first, but for a moment between two statements.
const AGAIN: Duration = Duration::from_millis(100);

/// Looks on until it is told that the act is over.
pub struct Beside<'a> {
    pub deployer: &'a dyn Deployer,
    pub session: u64,
    /// How long others may wait.
    pub bound: Duration,
    /// Between two looks.
    pub pause: Duration,
    pub stop: &'a Stop,
    pub is_over: &'a AtomicBool,
    pub seen: &'a Mutex<Seen>,
}

/// One wait: when it was first seen, and for how long it has been at the least.
struct Wait {
    first: Instant,
    length: Duration,
    is_now: bool,
}

impl Beside<'_> {
    /// In a thread of its own.
    pub fn watch(&self, watcher: &mut dyn Session) {
        let mut waits: BTreeMap<(u64, String), Wait> = BTreeMap::new();
        let mut ended: Option<Instant> = None;
        while !self.is_over.load(Ordering::SeqCst) {
            let waiting = match self.deployer.waiters(watcher, self.session) {
                Ok(waiting) => waiting,
                Err(trouble) => return self.note(|seen| seen.broken = Some(trouble.to_string())),
            };
            let now = Instant::now();
            waits.values_mut().for_each(|wait| wait.is_now = false);
            for waiter in &waiting {
                let wait = waits.entry((waiter.session, waiter.wait.clone())).or_insert(Wait {
                    first: now,
                    length: Duration::ZERO,
                    is_now: false,
                });
                let length = waiter.since.unwrap_or_default().max(now - wait.first);
                (wait.length, wait.is_now) = (wait.length.max(length), true);
            }
            let longest = waits.values().map(|wait| wait.length).max().unwrap_or_default();
            let waiting = waits.values().filter(|wait| wait.is_now).map(|wait| wait.length).max().unwrap_or_default();
            let is_late = waiting >= self.bound;
            // What was over and began again is another wait.
            let over: Vec<(u64, String)> = waits.iter().filter(|(_, wait)| !wait.is_now).map(|(key, _)| key.clone()).collect();
            for key in over {
                if let Some(wait) = waits.remove(&key) {
                    self.note(|seen| {
                        seen.clients += 1;
                        seen.blocked = seen.blocked.max(wait.length);
                    });
                }
            }
            self.note(|seen| {
                seen.blocked = seen.blocked.max(longest);
                seen.is_aborted |= is_late;
            });
            let is_due = ended.is_none_or(|ended| now - ended >= AGAIN);
            if (is_late || self.stop.is_requested()) && is_due {
                ended = Some(now);
                if let Err(trouble) = self.deployer.cancel(watcher, self.session) {
                    return self.note(|seen| seen.broken = Some(trouble.to_string()));
                }
            }
            std::thread::sleep(self.pause);
        }
        self.note(|seen| seen.clients += waits.len());
    }

    fn note(&self, change: impl FnOnce(&mut Seen)) {
        change(&mut self.seen.lock().unwrap_or_else(PoisonError::into_inner));
    }
}
