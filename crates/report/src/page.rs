//! A page of the terminal as it is written: painted and wrapped lines, lists under a title. Neighbours: the verbs whose pages these are
//! (`history`, `rehearsal`).

use crate::clean::line;
use crate::format::Style;
use crate::wrap::{width, wrap};
use anstyle::{AnsiColor, Style as Paint};
use std::fmt::Write as _;

/// What is written so far.
pub struct Page<'a> {
    pub style: &'a Style,
    pub text: String,
}

impl Page<'_> {
    /// In colour, where there is any.
    pub fn painted(&self, paint: Paint, text: &str) -> String {
        if self.style.color { format!("{paint}{text}{paint:#}") } else { text.to_owned() }
    }

    /// As wide as the terminal is, each line behind an indent.
    pub fn wrapped(&mut self, text: &str, indent: &str, paint: Paint) {
        for part in wrap(&line(text), self.style.width.saturating_sub(indent.len())) {
            let painted = self.painted(paint, &part);
            let _ = writeln!(self.text, "{indent}{painted}");
        }
    }

    /// A gate and what was found; the indent of what is said under it. `names` is how wide their names are.
    pub fn verdict(&mut self, holds: Option<bool>, name: &str, names: usize, found: &str) -> String {
        let (mark, color) = match holds {
            Some(true) => ("✓", AnsiColor::Green),
            Some(false) => ("×", AnsiColor::Red),
            None => ("?", AnsiColor::Magenta),
        };
        let gap = " ".repeat(names.saturating_sub(width(name)) + 2);
        let head = format!("{} {name}{gap}", self.painted(color.on_default().bold(), mark));
        let indent = " ".repeat(names + 4);
        for (at, part) in wrap(&line(found), self.style.width.saturating_sub(indent.len())).into_iter().enumerate() {
            let before = if at == 0 { &head } else { &indent };
            let _ = writeln!(self.text, "{before}{part}");
        }
        indent
    }

    /// Under a title; nothing where there is none.
    pub fn list(&mut self, title: &str, entries: &[String], paint: Paint) {
        if entries.is_empty() {
            return;
        }
        let title = self.painted(paint, title);
        let _ = writeln!(self.text, "\n{title}");
        for entry in entries {
            self.wrapped(entry, "  ", Paint::new());
        }
    }
}
