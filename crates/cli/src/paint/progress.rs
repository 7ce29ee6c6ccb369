//! Progress on stderr: only on a terminal, only after a second.

use evenkeel_core::port::{Event, Watcher};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// One line that says what was read so far.
pub struct Line {
    bar: ProgressBar,
    started: Instant,
    counts: Mutex<BTreeMap<String, usize>>,
}

impl Line {
    /// Hidden where nobody looks.
    pub fn new(quiet: bool) -> Self {
        let visible = !quiet && std::io::stderr().is_terminal();
        let target = if visible { ProgressDrawTarget::stderr_with_hz(10) } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(None, target);
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
            bar.set_style(style);
        }
        Self { bar, started: Instant::now(), counts: Mutex::default() }
    }
}

impl Watcher for Line {
    fn see(&self, event: Event<'_>) {
        let Event::Read { label, kind, objects } = event else { return };
        let mut counts = self.counts.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *counts.entry(label.to_owned()).or_default() += objects;
        if self.started.elapsed() < Duration::from_secs(1) {
            return;
        }
        let read: Vec<String> = counts.iter().map(|(label, count)| format!("{}: {count} objects", super::plain(label))).collect();
        self.bar.set_message(format!("reading {} · {}", kind.spec().plural, read.join(" · ")));
        self.bar.tick();
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
