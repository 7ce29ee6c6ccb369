//! What a way back takes of rows: what definitions and the server's numbers say of it, and where they say nothing.
//!
//! Neighbour: `each`, which tries ways back.

use crate::migrations::{Cut, Said, Script};
use evenkeel_core::history::effect::{Stand, Touch, effect};
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::Manifest;
use evenkeel_core::rehearsal::{Migration, Undo};
use evenkeel_core::statement::{Nature, Shows};
use evenkeel_core::trace::{Sort, has_word};
use std::collections::{BTreeMap, BTreeSet};

/// Definitions that no row is part of.
const BESIDE_ROWS: [&str; 14] = [
    "CREATE INDEX",
    "DROP INDEX",
    "CREATE VIEW",
    "ALTER VIEW",
    "DROP VIEW",
    "CREATE PROCEDURE",
    "DROP PROCEDURE",
    "CREATE FUNCTION",
    "DROP FUNCTION",
    "CREATE TRIGGER",
    "DROP TRIGGER",
    "CREATE EVENT",
    "DROP EVENT",
    "CREATE SEQUENCE",
];
/// Words by which ALTER TABLE may turn values into others, or take them away.
const TURNING: [&str; 9] = ["modify", "change", "convert", "drop", "rename", "engine", "partition", "truncate", "exchange"];

/// What happens to rows where nobody saw any: what the schema says that a way back cannot bring back, and whether the rest is told.
pub fn unseen(cut: &Cut, told: &Migration, (before, after): (&Manifest, &Manifest), undo: &mut Undo) {
    let made_anew = effect(before, after).into_iter().filter(|touch| touch.spot.attribute.is_none() && touch.after == Stand::Gone);
    let holds_data = |touch: &Touch| matches!(touch.spot.kind, Kind::Table | Kind::Column);
    undo.data_lost = made_anew
        .filter(holds_data)
        .map(|touch| format!("{}: it goes, and is made anew: what was in it is gone", touch.spot.display()))
        .collect();
    // What only makes new things, or is about new tables alone, leaves rows alone.
    let was: Vec<String> = [Kind::Table, Kind::View, Kind::Function, Kind::Procedure]
        .iter()
        .flat_map(|kind| before.of_kind(*kind))
        .filter_map(|object| object.identity.parts().last().map(str::to_owned))
        .collect();
    let is_plain = |said: &Said<'_>| {
        let statement = said.statement;
        let has = |words: &[&str]| words.iter().any(|word| has_word(said.text, word));
        let about_new = || !was.iter().any(|name| has_word(said.text, name));
        match statement.nature {
            _ if statement.odd.is_some() || statement.beyond.unseen.is_some() => false,
            Nature::Session | Nature::Transaction(_) => true,
            Nature::Definition if BESIDE_ROWS.contains(&statement.tag.as_str()) => true,
            Nature::Definition if statement.tag == "CREATE TABLE" => !has(&["replace"]),
            Nature::Definition => statement.shows == Shows::Makes && statement.tag == "ALTER TABLE" && !has(&TURNING) || about_new(),
            Nature::Data => about_new(),
            Nature::Right | Nature::Code | Nature::Unknown => false,
        }
    };
    let all = cut.up.iter().flat_map(Script::statements);
    let at = all.enumerate().find(|(_, said)| !is_plain(said)).map(|(at, _)| at);
    undo.rows_changed = at.and_then(|at| told.statements.get(at).or(told.statements.last())).map(|trace| trace.place.clone());
}

/// Tables that were there before and that a migration changes or reads.
pub fn touched(told: &Migration) -> BTreeSet<String> {
    let locks = told.statements.iter().flat_map(|trace| &trace.locks).filter(|lock| !lock.fresh && lock.kind == Sort::Table.name());
    locks.map(|lock| lock.relation.clone()).collect()
}

/// Whether a column is of a table, by their names.
pub fn is_of(column: &str, table: &str) -> bool {
    column.strip_prefix(table).is_some_and(|rest| rest.starts_with('.'))
}

/// Columns that were there and are made anew, or are not there.
pub fn anew(before: &BTreeMap<(u64, u64), String>, after: &BTreeMap<(u64, u64), String>) -> Vec<String> {
    let gone = before.iter().filter(|(number, _)| !after.contains_key(number));
    gone.map(|(_, name)| name.clone()).collect()
}
