//! Painting for people: failures and progress, on stderr.

pub mod progress;
pub mod shell;

use crate::args::ColorWhen;
use anstyle::{AnsiColor, Style};
use evenkeel_core::fault::Trouble;
use evenkeel_core::manifest::Gap;
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

/// A line of talk on stderr. Nothing can be done about a stderr that is gone; `eprintln!` would panic.
macro_rules! say {
    ($($text:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr().lock(), $($text)*);
    }};
}
pub(crate) use say;

/// Things worth a word, that change nothing.
pub fn notes<'a>(notes: impl IntoIterator<Item = &'a String>, quiet: bool) {
    for note in notes.into_iter().filter(|_| !quiet) {
        say!("note: {}", plain(note));
    }
}

/// What was not visible, each with what cures it.
pub fn gaps<'a>(gaps: impl IntoIterator<Item = &'a Gap>) {
    for gap in gaps {
        let what = gap.object.as_deref().or(gap.kind.as_deref()).unwrap_or(gap.dimension.name());
        say!("? {}: {}", plain(what), plain(&gap.detail));
        if let Some(cure) = &gap.cure {
            say!("  fix: {}", fix(cure));
        }
    }
}

/// What the argument parser complains about. It repeats what was typed, which may be a URL with a password.
pub fn usage(error: &clap::Error) {
    let mut text = error.render().to_string();
    // A keyword string may hold blanks, so the whole argument goes.
    for argument in std::env::args().filter(|argument| argument.contains('@') || argument.to_ascii_lowercase().contains("passw")) {
        text = text.replace(&argument, "…");
    }
    let text = plain(&scrub(&text));
    // Nothing can be done about a stderr that is gone.
    let _ = write!(std::io::stderr().lock(), "{text}");
}

/// Passwords in URLs and connection strings replaced, wherever they stand in a text.
pub fn scrub(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for word in text.split_inclusive(char::is_whitespace) {
        clean.push_str(&scrub_word(word));
    }
    clean
}

/// `user:secret@host` and `password=secret` in one word.
fn scrub_word(word: &str) -> String {
    if let (Some(at), Some(colon)) = (word.rfind('@'), user_end(word))
        && colon < at
    {
        return format!("{}:***{}", word.get(..colon).unwrap_or_default(), word.get(at..).unwrap_or_default());
    }
    for key in ["password=", "passwd=", "sslpassword="] {
        if let Some(start) = word.to_ascii_lowercase().find(key) {
            return format!("{}***", word.get(..start + key.len()).unwrap_or_default());
        }
    }
    word.to_owned()
}

/// Where the user ends and a password begins: the first colon after the scheme's own.
fn user_end(word: &str) -> Option<usize> {
    let start = word.find("://").map_or_else(|| word.find(":/").map_or(0, |at| at + 2), |at| at + 3);
    word.get(start..)?.find(':').map(|colon| start + colon)
}

/// What failed, on what; expected and found; where that is set; what to do.
pub fn trouble(trouble: &Trouble, when: ColorWhen) {
    let mut stderr = std::io::stderr().lock();
    let color = colored(when, stderr.is_terminal());
    let style = |style: Style| if color { style } else { Style::new() };
    let (red, dim) = (style(AnsiColor::Red.on_default().bold()), style(Style::new().dimmed()));
    // Nothing can be done about a stderr that is gone.
    let _ = writeln!(stderr, "{red}error:{red:#} {}", plain(&scrub(&trouble.what)));
    let shown = trouble.fix.as_deref().map(fix);
    let lines = [("expected", &trouble.expected), ("found", &trouble.found), ("set in", &trouble.origin), ("fix", &shown)];
    for (name, text) in lines {
        if let Some(text) = text {
            let _ = writeln!(stderr, "  {dim}{name:<9}{dim:#} {}", plain(&scrub(text)).replace('\n', "\n            "));
        }
    }
}

/// A statement or step to paste; with other characters in the place of those that steer the terminal it would do something
/// else.
pub fn fix(text: &str) -> String {
    if evenkeel_report::is_pasteable(text) {
        text.to_owned()
    } else {
        "left out: it holds characters that cannot be shown as they are".to_owned()
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
