//! Markdown for a pull request: the verdict, a table of gates, what each migration did, folded.

use super::{applications, blocked, did, estimates, form, in_place, lock, questions, touched, verdict_line};
use crate::format::markdown::plain;
use evenkeel_core::rehearsal::{Migration, Rehearsal, time};
use evenkeel_core::trace::Blocks;
use std::fmt::Write as _;

/// Forges cut a comment that is longer than some 65,000 characters.
const ROOM: usize = 60_000;

/// Estimates that are listed.
const ESTIMATES: usize = 20;

pub(super) fn rehearsal(rehearsal: &Rehearsal) -> String {
    let mut text = format!("**{}**\n\n| gate | | demanded | found |\n| --- | --- | --- | --- |\n", plain(&verdict_line(rehearsal)));
    for gate in &rehearsal.gates {
        let mark = match gate.holds {
            Some(true) => "holds",
            Some(false) => "**closed**",
            None => "could not tell",
        };
        let _ = writeln!(text, "| {} | {mark} | {} ({}) | {} |", gate.name, plain(&gate.limit), plain(&gate.origin), plain(&gate.found));
    }
    text.push('\n');
    let estimates = estimates(rehearsal);
    if !estimates.is_empty() {
        text.push_str("| on the target's size | |\n| --- | --- |\n");
        for (what, range) in estimates.iter().take(ESTIMATES) {
            let _ = writeln!(text, "| {} | {} |", plain(what), plain(range));
        }
        if estimates.len() > ESTIMATES {
            let _ = writeln!(text, "\n… and {} more: `--format json` has all", estimates.len() - ESTIMATES);
        }
        text.push('\n');
    }
    let mut left_out = 0;
    for migration in &rehearsal.migrations {
        let part = one(migration);
        if text.len() + part.len() > ROOM - 4_000 {
            left_out += 1;
            continue;
        }
        text.push_str(&part);
    }
    if left_out > 0 {
        let _ = writeln!(text, "… and {left_out} migrations more: `--format json` has all\n");
    }
    let there: Vec<String> = in_place::lines(rehearsal).into_iter().map(|(_, _, words)| words).collect();
    let head = rehearsal.in_place.as_ref().map(in_place::head).unwrap_or_default();
    let asked: Vec<String> = rehearsal.asked.iter().flat_map(questions).map(|(_, words)| words).collect();
    for (title, lines) in [
        (head.as_str(), &there),
        ("queries of the application", &asked),
        ("what the old and the new application meet", &applications(rehearsal)),
        ("not as on the target", &rehearsal.floor),
        ("not seen", &rehearsal.gaps),
        ("to know", &rehearsal.notes),
    ] {
        if lines.is_empty() {
            continue;
        }
        let _ = writeln!(text, "{}:\n", plain(title));
        for (at, entry) in lines.iter().enumerate() {
            if text.len() > ROOM {
                let _ = writeln!(text, "- … and {} more", lines.len() - at);
                break;
            }
            let _ = writeln!(text, "- {}", plain(entry));
        }
        text.push('\n');
    }
    let _ = writeln!(text, "rehearsed on a throwaway {} as {}", plain(&rehearsal.on), plain(&rehearsal.role));
    text
}

/// Its key, and its name where that says more.
fn titled(migration: &Migration) -> String {
    if migration.name == migration.key { migration.key.clone() } else { format!("{} {}", migration.key, migration.name) }
}

fn one(migration: &Migration) -> String {
    let mut text = format!("<details><summary>{}</summary>\n\n", plain(&titled(migration)));
    if !migration.statements.is_empty() {
        text.push_str("| statement | sort | time | what it did | locks that keep others waiting |\n| --- | --- | --- | --- | --- |\n");
    }
    for (at, trace) in migration.statements.iter().enumerate() {
        let strong = trace.locks.iter().filter(|lock| lock.blocks >= Blocks::Writes && !lock.fresh).map(lock);
        let locks = strong.collect::<Vec<_>>().join("; ");
        let mut did = did(trace);
        did.splice(0..0, form(migration.forms.get(at).and_then(Option::as_ref)));
        did.extend(trace.blocked.iter().flatten().map(blocked));
        did.extend(trace.error.clone());
        let _ = writeln!(
            text,
            "| {} {} | {} | {} | {} | {} |",
            plain(&trace.place.to_string()),
            plain(&trace.tag),
            trace.class.name(),
            time(trace.took),
            plain(&did.join("; ")),
            plain(&locks)
        );
    }
    if let Some((_, why)) = &migration.stopped {
        let _ = writeln!(text, "\nstopped: {}", plain(why));
    }
    for touch in migration.effect.iter().flat_map(|effect| touched(effect)) {
        let _ = writeln!(text, "- {}", plain(&touch));
    }
    if let Some(undo) = &migration.undo {
        let words = match (undo.exact, &undo.failed) {
            (_, Some(why)) => format!("does not run: {why}"),
            (Some(true), None) => "exact".to_owned(),
            (Some(false), None) => format!("{} differences", undo.differences.len()),
            (None, None) => "none: irreversible".to_owned(),
        };
        let _ = writeln!(text, "\nway back: {}", plain(&words));
    }
    text.push_str("\n</details>\n\n");
    text
}
