//! What the demo prints: steps with their time, commands, reports cut to a screen. All of it goes to stdout, because
//! it is what the user asked for; failures go to stderr as everywhere.

use crate::args::Common;
use crate::paint;
use anstyle::{AnsiColor, Style};
use evenkeel_core::fault::Trouble;
use evenkeel_report::{Document, Outcome, Severity, State};
use std::io::{IsTerminal, Write};
use std::time::Instant;

/// Where the times stand.
const STEP_WIDTH: usize = 60;
/// Where the objects stand.
const FOUND_WIDTH: usize = 33;

pub struct Screen {
    color: bool,
}

impl Screen {
    pub fn new(common: &Common) -> Self {
        Self { color: paint::colored(common.color, std::io::stdout().is_terminal()) }
    }

    pub fn line(&self, text: &str) {
        self.put(&format!("{text}\n"));
    }

    /// Says what runs, and afterwards how long it took.
    pub fn step<T>(&self, what: &str, work: impl FnOnce() -> Result<T, Box<Trouble>>) -> Result<T, Box<Trouble>> {
        self.put(&format!("{what:<STEP_WIDTH$}"));
        let started = Instant::now();
        let done = work();
        match &done {
            Ok(_) => self.line(&format!("{:>5.1} s", started.elapsed().as_secs_f64())),
            Err(_) => self.line(""),
        }
        done
    }

    /// A question, and the command that answers it as the user would type it.
    pub fn command(&self, question: &str, command: &str) {
        let bold = self.style(Style::new().bold());
        self.line(&format!("\n{question}\n{bold}$ {command}{bold:#}\n"));
    }

    pub fn heading(&self, text: &str) {
        let bold = self.style(Style::new().bold());
        self.line(&format!("\n{bold}{text}{bold:#}\n"));
    }

    /// A finished report without the differences whose id is not in `shown`; the table above and the foot below stay.
    pub fn excerpt(&self, bytes: &[u8], shown: &[&str]) {
        let text = String::from_utf8_lossy(bytes);
        // What it names is gone when the demo ends.
        let text = text.split("\nfor more: ").next().unwrap_or_default();
        let paragraphs: Vec<&str> = text.trim_end().split("\n\n").collect();
        let is_difference = |paragraph: &&str| paragraph.contains("EK-");
        let head = paragraphs.iter().position(is_difference).unwrap_or(0);
        let (mut left, last) = (0, paragraphs.len().saturating_sub(1));
        for (at, paragraph) in paragraphs.iter().enumerate() {
            if at < head || shown.iter().any(|id| paragraph.contains(id)) {
                self.line(&format!("{paragraph}\n"));
            } else if at < last {
                left += paragraph.lines().count() + 1;
            } else {
                if left > 0 {
                    let dim = self.style(Style::new().dimmed());
                    self.line(&format!("{dim}… {left} lines more; all of it is in the report that the demo writes{dim:#}\n"));
                }
                self.line(paragraph);
            }
        }
    }

    /// A check in a few lines: whether it passed, and what it is about.
    pub fn check(&self, name: &str, document: &Document) {
        let state = document.verdict.readiness.as_ref().map_or(State::NotReady, |readiness| readiness.state);
        let (symbol, color, words) = match (state, document.verdict.outcome) {
            (State::ReadyForMigration, _) => ("✓", AnsiColor::Green, "as committed, ready for a migration"),
            (State::MatchesItsManifest, _) => ("✓", AnsiColor::Green, "as committed in what was looked at"),
            (State::Deviates, _) => ("!", AnsiColor::Yellow, "nothing blocks, but not as committed"),
            (State::NotReady, Outcome::CouldNotTell) => ("?", AnsiColor::Magenta, "could not tell"),
            (State::NotReady, _) => ("✗", AnsiColor::Red, "not as committed"),
        };
        let style = self.style(color.on_default().bold());
        self.line(&format!("{style}{symbol}{style:#} {:<12}{words}", paint::plain(name)));
        let mut told = Vec::new();
        for difference in document.differences().iter().filter(|difference| difference.severity > Severity::Inform) {
            let line = format!("{:14}{} {}", "", difference.kind, paint::plain(&difference.object.display));
            // An index that is new and INVALID is one object with several findings.
            if !told.contains(&line) {
                self.line(&line);
                told.push(line);
            }
        }
    }

    /// One planted drift and the object that the reports name.
    pub fn found(&self, what: &str, object: &str) {
        let good = self.style(AnsiColor::Green.on_default().bold());
        self.line(&format!("  {good}✓{good:#} {what:<FOUND_WIDTH$}{object}"));
    }

    fn style(&self, style: Style) -> Style {
        if self.color { style } else { Style::new() }
    }

    fn put(&self, text: &str) {
        let mut stdout = std::io::stdout().lock();
        // A reader that has gone away (`| head`) must not keep the servers from being stopped.
        let _ = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
    }
}
