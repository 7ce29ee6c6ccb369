//! What a way back takes of rows: what definitions and the server's numbers say of it, and where they say nothing.
//!
//! Neighbour: `each`, which tries ways back.

use crate::migrations::{Cut, Said, Script};
use evenkeel_core::history::effect::{Stand, Touch, effect};
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::{Manifest, Object};
use evenkeel_core::rehearsal::{Migration, Undo};
use evenkeel_core::statement::{Grammar, Nature};
use evenkeel_core::trace::{Sort, has_word};
use std::collections::{BTreeMap, BTreeSet};

/// What happens to rows where nobody saw any: what the schema says that a way back cannot bring back, and whether the rest is told.
pub fn unseen(grammar: &dyn Grammar, cut: &Cut, told: &Migration, (before, after): (&Manifest, &Manifest), undo: &mut Undo) {
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
    // By another name, or in a place that is not read, it may speak of what was there.
    let hiding = ["view", "trigger", "function", "procedure", "event"];
    let hides = cut.up.iter().flat_map(Script::statements).any(|said| hiding.iter().any(|word| has_word(said.text, word)));
    let is_plain = |said: &Said<'_>| {
        let statement = said.statement;
        let about_new = || !was.iter().any(|name| has_word(said.text, name));
        match statement.nature {
            _ if statement.odd.is_some() => false,
            Nature::Session | Nature::Transaction(_) => true,
            Nature::Definition => grammar.on_rows(statement, said.text).spares() || statement.tag != "RENAME TABLE" && about_new(),
            Nature::Data => !hides && about_new(),
            Nature::Right | Nature::Code | Nature::Unknown => false,
        }
    };
    let at = cut.up.iter().flat_map(Script::statements).position(|said| !is_plain(&said));
    // The way back takes what the migration has made, and nothing else.
    let made = effect(before, after).into_iter().filter(|touch| touch.spot.attribute.is_none() && touch.after == Stand::There);
    let made: Vec<(Kind, Vec<String>)> =
        made.map(|touch| (touch.spot.kind, touch.spot.identity.parts().map(str::to_owned).collect())).collect();
    let of = |kind: Kind| made.iter().filter(move |(other, _)| *other == kind).map(|(_, parts)| parts.as_slice());
    let tables: Vec<&str> = of(Kind::Table).filter_map(|parts| Some(parts.last()?.as_str())).collect();
    let columns: Vec<(&str, &str)> = of(Kind::Column)
        .filter_map(|parts| match parts {
            [.., table, column] => Some((table.as_str(), column.as_str())),
            _ => None,
        })
        .collect();
    let is_taken = |said: &Said<'_>| {
        matches!(said.statement.nature, Nature::Session | Nature::Transaction(_))
            || grammar.on_rows(said.statement, said.text).takes_only(&tables, &columns)
    };
    let mut down = cut.down.iter().flatten().flat_map(Script::statements);
    let at = at.or_else(|| down.any(|said| !is_taken(&said)).then_some(0));
    let turns = cut.up.iter().flat_map(Script::statements).any(|said| ["change", "rename"].iter().any(|word| has_word(said.text, word)));
    if turns {
        // What goes by that name may be there by another.
        undo.data_lost.clear();
    }
    let first = || {
        let script = cut.up.iter().chain(cut.down.iter().flatten()).next()?;
        Some(script.place(0))
    };
    let place = |at: usize| told.statements.get(at).or(told.statements.last()).map(|trace| trace.place.clone()).or_else(first);
    undo.rows_changed = at.and_then(place);
}

/// Whether what writes tables anew in a migration keeps what is in them: it is a plain definition, and each column that was there has the
/// values that it had. One that comes is filled, and goes again.
pub fn keeps_values(cut: &Cut, (before, after): (&Manifest, &Manifest)) -> bool {
    const VALUES: [&str; 4] = ["type", "collation", "generated", "generated_kind"];
    let is_plain = |said: Said<'_>| {
        let statement = said.statement;
        let nature = matches!(statement.nature, Nature::Definition | Nature::Session | Nature::Transaction(_));
        nature && statement.odd.is_none() && statement.beyond.unseen.is_none()
    };
    let is_kept = |column: &Object| {
        let parts: Vec<&str> = column.identity.parts().collect();
        let now = after.find(Kind::Column, &parts);
        now.is_some_and(|now| VALUES.iter().all(|name| now.get(name) == column.get(name)))
    };
    cut.up.iter().flat_map(Script::statements).all(is_plain) && before.of_kind(Kind::Column).iter().all(is_kept)
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
