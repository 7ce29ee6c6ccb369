//! Progress on stderr: only on a terminal, only after a second; elsewhere a line for each thing that is waited for.

use evenkeel_core::kind::Kind;
use evenkeel_core::port::{Event, Watcher};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{IsTerminal, Write};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What is over sooner needs no words.
const QUIET: Duration = Duration::from_secs(1);
/// Between two turns of the spinner, which turns while nothing is heard too: a server may take its time to answer.
const TURN: Duration = Duration::from_millis(120);

/// One line that says what is being done.
pub struct Line {
    bar: ProgressBar,
    state: Arc<Mutex<State>>,
    /// Dropped with the line, which ends the thread that waits to show it.
    _end: Option<Sender<()>>,
    /// Nobody looks, and words are read later: what is waited for is said once.
    is_log: bool,
}

impl Line {
    /// Hidden where nobody looks.
    pub fn new(quiet: bool) -> Self {
        let visible = !quiet && std::io::stderr().is_terminal();
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
            bar.set_style(style);
        }
        let state = Arc::<Mutex<State>>::default();
        let end = visible.then(|| {
            let (end, ended) = channel::<()>();
            let (bar, state) = (bar.clone(), Arc::clone(&state));
            std::thread::spawn(move || {
                // An error either way: nothing is ever sent.
                if ended.recv_timeout(QUIET) == Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
                    let mut state = locked(&state);
                    state.shown = true;
                    bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(10));
                    bar.set_message(state.words());
                    bar.enable_steady_tick(TURN);
                }
            });
            end
        });
        Self { bar, state, _end: end, is_log: !quiet && !visible }
    }
}

impl Watcher for Line {
    fn see(&self, event: Event<'_>) {
        if let Event::Held { what } = event
            && self.is_log
        {
            // Whoever closed it does not read it.
            drop(writeln!(std::io::stderr(), "{}", super::plain(what)));
        }
        let mut state = locked(&self.state);
        state.note(event);
        if state.shown {
            self.bar.set_message(state.words());
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        let mut state = locked(&self.state);
        state.shown = false;
        self.bar.finish_and_clear();
        // Whoever was about to show it shows nothing.
        self.bar.set_draw_target(ProgressDrawTarget::hidden());
    }
}

fn locked(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What was heard.
#[derive(Debug, Default)]
struct State {
    shown: bool,
    /// Throwaway servers that are being made.
    starting: BTreeSet<String>,
    /// Objects that were read so far, and whether that is all.
    environments: BTreeMap<String, (usize, bool)>,
    /// What was read last.
    kind: Option<Kind>,
    /// The step of a rehearsal, and the statement that runs.
    step: Option<String>,
    running: Option<String>,
}

impl State {
    fn note(&mut self, event: Event<'_>) {
        match event {
            Event::Begun { label } => drop(self.environments.insert(label.to_owned(), (0, false))),
            Event::Read { label, kind, objects } => {
                self.environments.entry(label.to_owned()).or_default().0 += objects;
                self.kind = Some(kind);
            }
            Event::Done { label, objects } => drop(self.environments.insert(label.to_owned(), (objects, true))),
            Event::Starting { server } => drop(self.starting.insert(server.to_owned())),
            Event::Ready { server } => drop(self.starting.remove(server)),
            Event::Step { what } | Event::Held { what } => self.step = Some(what.to_owned()),
            Event::Running { statement, since, locks, waiting } => {
                let count = |number: usize, one: &str, more: &str| format!("{number} {}", if number == 1 { one } else { more });
                let waits = if waiting == 0 { String::new() } else { format!(" · {}", count(waiting, "client waits", "clients wait")) };
                let held = count(locks, "lock", "locks");
                self.running = Some(format!("{statement} for {:.1} s · {held} held{waits}", since.as_secs_f64()));
            }
            Event::Ran => self.running = None,
            // A later one that says nothing to this line.
            _ => {}
        }
    }

    fn words(&self) -> String {
        let mut words: Vec<String> = Vec::new();
        if !self.starting.is_empty() {
            words.push(format!("starting {}", self.starting.iter().map(|server| super::plain(server)).collect::<Vec<_>>().join(", ")));
        }
        if let Some(step) = &self.step {
            words.push(super::plain(step));
            words.extend(self.running.as_deref().map(super::plain));
            // What was read before is of no interest any more.
            return words.join(" · ");
        }
        match self.kind.filter(|_| self.environments.values().any(|(_, done)| !done)) {
            Some(kind) => words.push(format!("reading {}", kind.spec().plural)),
            None if self.environments.is_empty() => {}
            None if self.environments.values().all(|(_, done)| *done) => words.push("comparing".to_owned()),
            None => words.push("connecting".to_owned()),
        }
        for (label, (objects, done)) in &self.environments {
            words.push(format!("{}: {objects} objects{}", super::plain(label), if *done { ", all" } else { "" }));
        }
        words.join(" · ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_what_is_being_done() {
        let mut state = State::default();
        let mut after = |event| {
            state.note(event);
            state.words()
        };
        assert_eq!(after(Event::Starting { server: "PostgreSQL 17.2" }), "starting PostgreSQL 17.2");
        assert_eq!(after(Event::Ready { server: "PostgreSQL 17.2" }), "");
        assert_eq!(after(Event::Begun { label: "staging" }), "connecting · staging: 0 objects");
        let read = |label, objects| Event::Read { label, kind: Kind::Column, objects };
        assert_eq!(after(read("staging", 3)), "reading columns · staging: 3 objects");
        assert_eq!(after(Event::Begun { label: "a\u{1b}b" }), "reading columns · a\u{fffd}b: 0 objects · staging: 3 objects");
        assert_eq!(after(read("staging", 4)), "reading columns · a\u{fffd}b: 0 objects · staging: 7 objects");
        assert_eq!(
            after(Event::Done { label: "staging", objects: 9 }),
            "reading columns · a\u{fffd}b: 0 objects · staging: 9 objects, all"
        );
        assert_eq!(
            after(Event::Done { label: "a\u{1b}b", objects: 1 }),
            "comparing · a\u{fffd}b: 1 objects, all · staging: 9 objects, all"
        );
        assert_eq!(after(Event::Step { what: "the release" }), "the release");
        let running = Event::Running { statement: "a\u{1b}.sql:1", since: Duration::from_millis(2_140), locks: 1, waiting: 2 };
        assert_eq!(after(running), "the release · a\u{fffd}.sql:1 for 2.1 s · 1 lock held · 2 clients wait");
        assert_eq!(after(Event::Ran), "the release");
    }
}
