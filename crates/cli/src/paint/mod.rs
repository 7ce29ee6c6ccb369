//! Painting for people: failures and progress, on stderr.

pub mod progress;

use crate::args::ColorWhen;
use anstyle::{AnsiColor, Style};
use evenkeel_core::fault::Trouble;
use std::io::{IsTerminal, Write};

/// Whether a stream gets colour: asked for, or a terminal without NO_COLOR.
pub fn colored(when: ColorWhen, terminal: bool) -> bool {
    match when {
        ColorWhen::Always => true,
        ColorWhen::Never => false,
        ColorWhen::Auto => {
            terminal
                && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
                && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
        }
    }
}

/// What failed, on what; expected and found; where that is set; what to do.
pub fn trouble(trouble: &Trouble, when: ColorWhen) {
    let mut stderr = std::io::stderr().lock();
    let color = colored(when, stderr.is_terminal());
    let style = |style: Style| if color { style } else { Style::new() };
    let (red, dim) = (style(AnsiColor::Red.on_default().bold()), style(Style::new().dimmed()));
    // Nothing can be done about a stderr that is gone.
    let _ = writeln!(stderr, "{red}error:{red:#} {}", plain(&trouble.what));
    let lines = [("expected", &trouble.expected), ("found", &trouble.found), ("set in", &trouble.origin), ("fix", &trouble.fix)];
    for (name, text) in lines {
        if let Some(text) = text {
            let _ = writeln!(stderr, "  {dim}{name:<9}{dim:#} {}", plain(text).replace('\n', "\n            "));
        }
    }
}

/// Text from outside must not steer the terminal.
pub fn plain(text: &str) -> String {
    text.chars()
        .map(
            |c| {
                if (c.is_control() && c != '\n') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') { '\u{fffd}' } else { c }
            },
        )
        .collect()
}
