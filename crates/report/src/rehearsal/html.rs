//! HTML of a rehearsal: one page that opens by itself, readable without JavaScript and on paper. Neighbours: `picture`, the geometry of
//! lanes and charts; markup and style are files of their own in `templates/`.

use super::picture::{Chart, Picture};
use super::{again, applications, blocked, did, estimates, form, lock, parts, questions, range, touched, verdict_line, way_back};
use crate::Fault;
use crate::clean::line;
use askama::Template;
use evenkeel_core::digest;
use evenkeel_core::rehearsal::{CLOSED, FAILED, Gate, Migration, Rehearsal, time};
use evenkeel_core::trace::{Blocks, Trace};

const STYLE: &str = concat!(include_str!("../../templates/report.css"), include_str!("../../templates/rehearsal.css"));

/// Statements that are listed; the others are in the JSON.
const STATEMENTS: usize = 500;
/// Lines of a list.
const LINES: usize = 50;

#[derive(Template)]
#[template(path = "rehearsal.html")]
struct Page {
    title: String,
    tone: &'static str,
    symbol: &'static str,
    nonce: String,
    style: &'static str,
    version: String,
    /// What to know first.
    first: Vec<Said>,
    gates: Vec<Shown>,
    picture: Option<Picture>,
    estimates: Vec<(String, String)>,
    charts: Vec<Chart>,
    migrations: Vec<Section>,
    more_statements: usize,
    queries: Vec<Said>,
    lists: Vec<(&'static str, Vec<String>)>,
    how: String,
    command: String,
}

/// A line with its colour.
struct Said {
    tone: &'static str,
    symbol: &'static str,
    name: String,
    words: String,
}

/// A gate.
struct Shown {
    said: Said,
    /// Of the finding that a closed one is: `evenkeel explain` knows it.
    id: &'static str,
    demanded: String,
    why: String,
    fix: String,
}

struct Section {
    title: String,
    transaction: String,
    statements: Vec<Row>,
    stopped: String,
    effect: Vec<String>,
    undo: Vec<String>,
    rerun: Vec<String>,
}

/// A statement.
struct Row {
    number: usize,
    place: String,
    sql: String,
    class: &'static str,
    took: String,
    locks: Vec<Said>,
    did: String,
    there: String,
}

const fn tone(holds: Option<bool>) -> (&'static str, &'static str) {
    match holds {
        Some(true) => ("good", "✓"),
        Some(false) => ("bad", "×"),
        None => ("unknown", "?"),
    }
}

/// The page; `command` is what makes it again.
///
/// # Errors
/// Only if the template engine fails.
pub fn page(rehearsal: &Rehearsal, command: &str, version: &str) -> Result<Vec<u8>, Fault> {
    let (tone_of_all, symbol) = match rehearsal.exit_code() {
        0 => tone(Some(true)),
        1 => tone(Some(false)),
        _ => tone(None),
    };
    let mut gates: Vec<&Gate> = rehearsal.gates.iter().collect();
    gates.sort_by_key(|gate| match gate.holds {
        Some(false) => 0,
        None => 1,
        Some(true) => 2,
    });
    let said = |gate: &Gate| {
        let (tone, symbol) = tone(gate.holds);
        Said { tone, symbol, name: gate.name.to_owned(), words: line(&gate.found) }
    };
    let mut number = 0;
    let mut left = STATEMENTS;
    let migrations: Vec<Section> = rehearsal
        .migrations
        .iter()
        .enumerate()
        .map(|(at, migration)| section(rehearsal, (at, migration), &mut number, &mut left))
        .collect();
    let count = rehearsal.statements().count();
    let asked = rehearsal.asked.iter().flat_map(questions);
    let queries = asked.take(LINES).map(|(is_bad, words)| {
        let (tone, symbol) = if is_bad { tone(Some(false)) } else { tone(None) };
        Said { tone, symbol, name: String::new(), words: line(&words) }
    });
    let list = |all: &[String]| {
        let mut lines: Vec<String> = all.iter().take(LINES).map(|words| line(words)).collect();
        if all.len() > LINES {
            lines.push(format!("… and {} more (--format json has all)", all.len() - LINES));
        }
        lines
    };
    let text = String::from_utf8_lossy(&super::data::json(rehearsal)?).into_owned();
    let in_place: Vec<String> = super::in_place::lines(rehearsal).into_iter().map(|(_, _, words)| words).collect();
    let page = Page {
        title: line(&verdict_line(rehearsal)),
        tone: tone_of_all,
        symbol,
        // It depends on everything the page says, so that no text in it can know it.
        nonce: digest::chain("nonce", &text, std::iter::empty()).hex(),
        style: STYLE,
        version: line(version),
        first: gates.iter().filter(|gate| gate.holds != Some(true)).take(3).map(|gate| said(gate)).collect(),
        gates: gates
            .iter()
            .map(|gate| Shown {
                said: said(gate),
                id: match gate.holds {
                    Some(false) if gate.name == Gate::RUN => FAILED,
                    Some(false) => CLOSED,
                    _ => "",
                },
                demanded: line(&format!("{} ({})", gate.limit, gate.origin)),
                why: if gate.holds == Some(false) { line(gate.why) } else { String::new() },
                fix: gate.remedy.as_deref().filter(|_| gate.holds == Some(false)).map(line).unwrap_or_default(),
            })
            .collect(),
        picture: Picture::of(rehearsal),
        estimates: estimates(rehearsal).into_iter().take(LINES).map(|(what, range)| (line(&what), line(&range))).collect(),
        charts: Chart::all(rehearsal),
        migrations,
        more_statements: count.saturating_sub(STATEMENTS),
        queries: queries.collect(),
        lists: [
            ("In place", &in_place),
            ("What the old and the new application meet", &applications(rehearsal)),
            ("Not as on the target", &rehearsal.floor),
            ("Not seen", &rehearsal.gaps),
            ("To know", &rehearsal.notes),
        ]
        .into_iter()
        .filter(|(_, all)| !all.is_empty())
        .map(|(title, all)| (title, list(all)))
        .collect(),
        how: line(&format!(
            "{} rehearsed on a throwaway {} as {}; transactions {}.",
            parts(rehearsal),
            rehearsal.on,
            rehearsal.role,
            rehearsal.grouping
        )),
        command: line(command),
    };
    let mut text = page.render()?;
    if !text.ends_with('\n') {
        text.push('\n');
    }
    Ok(text.into_bytes())
}

fn section(rehearsal: &Rehearsal, (at, migration): (usize, &Migration), number: &mut usize, left: &mut usize) -> Section {
    let there = rehearsal.larger.as_ref().and_then(|larger| larger.statements.get(at));
    let mut statements = Vec::new();
    for (at, trace) in migration.statements.iter().enumerate() {
        *number += 1;
        if *left == 0 {
            continue;
        }
        *left -= 1;
        let estimate = there.and_then(|all| all.get(at)).filter(|one| one.driver != evenkeel_core::estimate::Driver::Constant);
        let form = migration.forms.get(at).and_then(Option::as_ref);
        statements.push(row(*number, (trace, form), estimate.map(range).unwrap_or_default()));
    }
    let titled = if migration.name == migration.key || migration.name.is_empty() {
        migration.key.clone()
    } else {
        format!("{} {}", migration.key, migration.name)
    };
    Section {
        title: line(&titled),
        transaction: migration.transaction.to_owned(),
        statements,
        stopped: migration
            .stopped
            .as_ref()
            .map(|(place, why)| {
                let place = place.as_ref().map(|place| format!(" at {place}")).unwrap_or_default();
                line(&format!("stopped{place}: {why}"))
            })
            .unwrap_or_default(),
        effect: migration.effect.iter().flat_map(|effect| touched(effect)).take(LINES).map(|words| line(&words)).collect(),
        undo: migration.undo.as_ref().map(way_back).map(plain).unwrap_or_default(),
        rerun: migration.rerun.as_ref().map(again).map(plain).unwrap_or_default(),
    }
}

fn row(number: usize, (trace, words): (&Trace, Option<&String>), there: String) -> Row {
    let strong = trace.locks.iter().filter(|lock| lock.blocks > Blocks::Ordinary && !lock.fresh);
    let locks = strong.map(|one| Said {
        tone: match one.blocks {
            Blocks::Everything => "bad",
            Blocks::Writes => "warn",
            Blocks::Definitions | Blocks::Ordinary => "inform",
        },
        symbol: "",
        name: String::new(),
        words: line(&lock(one)),
    });
    let mut words: Vec<String> = form(words).into_iter().chain(did(trace)).collect();
    words.extend(trace.blocked.iter().flatten().map(blocked));
    words.extend(trace.error.clone());
    Row {
        number,
        place: line(&trace.place.to_string()),
        sql: crate::clean::block(&trace.sql),
        class: trace.class.name(),
        took: time(trace.took),
        locks: locks.take(LINES).collect(),
        did: line(&words.join("; ")),
        there: line(&there),
    }
}

fn plain(lines: Vec<(bool, String)>) -> Vec<String> {
    lines.into_iter().take(LINES).map(|(_, words)| line(&words)).collect()
}
