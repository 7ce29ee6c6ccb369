//! Markdown, for a pull request or a chat.

use super::{Listing, terminal::evidence, verdict_line, word};
use crate::clean::line;
use crate::format::markdown::plain;
use evenkeel_core::history::told::History;
use evenkeel_core::history::verdict::Verdict;
use std::fmt::Write as _;

/// Rows that are shown: a comment of a forge takes no more than so much text.
const ROWS: usize = 200;

pub(super) fn history(history: &History) -> String {
    let mut text = format!("## {}\n", plain(&verdict_line(history)));
    for one in history.all() {
        if !history.beside.is_empty() {
            let _ = writeln!(text, "\n### {} ({})", plain(&one.folder), one.tool);
        }
        folder(&mut text, one);
    }
    text
}

/// What is said of one folder.
fn folder(text: &mut String, history: &History) {
    text.push('\n');
    let told: Vec<_> = history.migrations.iter().filter(|entry| entry.judged.verdict != Verdict::Applied).collect();
    if !told.is_empty() {
        text.push_str("| migration | verdict | why |\n|---|---|---|\n");
        for entry in told.iter().take(ROWS) {
            let judged = &entry.judged;
            let words: Vec<String> = std::iter::once(&judged.verdict).chain(&judged.also).map(|verdict| word(*verdict)).collect();
            let why: Vec<String> = judged.why.iter().cloned().chain(judged.evidence.iter().take(3).map(evidence)).collect();
            let _ = writeln!(text, "| {} {} | {} | {} |", plain(&judged.key), plain(&entry.name), words.join(", "), plain(&why.join("; ")));
        }
        let more = told.len().saturating_sub(ROWS);
        if more > 0 {
            let _ = writeln!(text, "\n… and {more} more");
        }
    }
    let strays: Vec<String> = history
        .unexplained
        .iter()
        .map(|stray| format!("{} {}: {}", stray.unexplained.spot.kind.name(), stray.unexplained.spot.display(), stray.words()))
        .collect();
    for (title, entries) in [
        ("No migration explains", &strays),
        ("In flight", &history.in_flight),
        ("Could not be told", &history.gaps),
        ("To know", &history.notes),
    ] {
        if entries.is_empty() {
            continue;
        }
        let _ = writeln!(text, "\n**{title}**\n");
        for entry in entries.iter().take(ROWS) {
            let _ = writeln!(text, "- {}", plain(entry));
        }
    }
    let _ = writeln!(text, "\n{} ({}); the files ran on a throwaway {}", history.tool, plain(&history.why), history.replayed_on);
}

pub(super) fn listing(listing: &Listing) -> String {
    let mut text =
        format!("## {}\n\n| migration | statements | transaction | way back |\n|---|---|---|---|\n", plain(&listing.verdict.line));
    for migration in listing.migrations.iter().take(ROWS) {
        let down = migration.down.as_ref().map_or_else(|| "none".to_owned(), |down| down.len().to_string());
        let _ = writeln!(text, "| {} | {} | {} | {down} |", plain(&migration.key), migration.statements.len(), migration.transaction);
    }
    for odd in listing.not_understood.iter().chain(listing.migrations.iter().flat_map(|migration| &migration.not_understood)) {
        let _ = writeln!(text, "\n- not understood: {}: {}", plain(&line(&odd.file)), plain(&line(&odd.why)));
    }
    text
}
