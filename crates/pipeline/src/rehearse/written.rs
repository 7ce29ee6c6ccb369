//! A way back once more, after the new version has written rows: whether it runs on them, and what becomes of everything that was there.
//!
//! What is in a column may be kept in another form meanwhile (cents in the place of euros): what is otherwise after the way back is lost
//! where it is otherwise as well after the release has run once more. Columns and tables that the release itself has made go with it, and
//! what is in them is not looked at. Neighbours: `each`, which tries ways back; `lost`, which says what they take of rows of before.

use super::compared::{table_of, worded};
use super::each::{BEFORE, Each, TRIAL};
use super::eyes::Eyes;
use super::samples::Samples;
use crate::migrations::{Cut, Script};
use crate::runner::{Blind, Manner, Onlooker};
use evenkeel_core::fault::Trouble;
use evenkeel_core::kind::{Kind, Value};
use evenkeel_core::manifest::{Identity, Manifest, Object, display};
use evenkeel_core::port::{Content, Filler, Observer, Wider};
use evenkeel_core::rehearsal::{Migration, Undo};
use evenkeel_core::trace::{Class, Sort, names};
use std::collections::{BTreeMap, BTreeSet};

/// What is in a database: its columns by the server's numbers, and what they hold.
struct State {
    columns: BTreeMap<(u64, u64), String>,
    contents: BTreeMap<String, Content>,
}

/// Tries it, where `migrated` is the database as the migration leaves it.
pub fn written(
    each: &Each<'_>,
    (cut, told, migrated): (&Cut, &Migration, &str),
    (before, after): (&Manifest, &Manifest),
    (observer, filler): (&dyn Observer, &dyn Filler),
    undo: &mut Undo,
) -> Result<(), Box<Trouble>> {
    let Some(down) = &cut.down else { return Ok(()) };
    let scratch = &each.place.scratch;
    each.aside(migrated, TRIAL)?;
    let tables = touched(told, down, observer, each)?;
    let room = roomier(before, after);
    let room: Vec<(String, Wider<'_>)> = room.into_iter().collect();
    let written = {
        let mut writes = each.place.client(TRIAL, filler.unbound())?;
        filler.write(&mut *scratch.rows(TRIAL)?, &mut *writes, &tables, &room)?
    };
    undo.written = Some(written.tables.clone());
    let was = observer.columns(&mut *scratch.session(BEFORE)?)?;
    let there = observer.columns(&mut *scratch.session(TRIAL)?)?;
    let known = was.keys().map(|(table, _)| *table).collect::<BTreeSet<u64>>();
    let is_written = |column: &String| table_of(column).is_some_and(|table| written.tables.contains_key(&table));
    let numbers: BTreeSet<u64> = there.iter().filter(|(_, column)| is_written(column)).map(|((table, _), _)| *table).collect();
    let numbers: BTreeSet<u64> = numbers.intersection(&known).copied().collect();
    let state = || -> Result<State, Box<Trouble>> {
        let mut session = scratch.rows(TRIAL)?;
        let columns = observer.columns(&mut *session)?;
        // By whatever name a table goes now, and where one was made anew, by the one that it had.
        let of = columns.iter().chain(&was).filter(|((table, _), _)| numbers.contains(table));
        let tables = of.filter_map(|(_, column)| table_of(column)).collect();
        Ok(State { columns, contents: filler.contents(&mut *session, &tables)? })
    };
    let wrote = state()?;
    let samples = Samples::default();
    let mut eyes = match written.refused.is_empty() {
        true => None,
        false => {
            let known = observer.map(&mut *scratch.session(TRIAL)?)?.into_keys().collect();
            Some(Eyes::new(observer, &samples).knowing(known))
        }
    };
    let mut blind = Blind;
    let onlooker: (Manner, &mut dyn Onlooker) = match &mut eyes {
        Some(eyes) => (Manner::Apart, eyes),
        None => (Manner::AsTool, &mut blind),
    };
    let transaction = cut.migration.transaction;
    if let Err(why) = each.ran(TRIAL, down, transaction, None, onlooker)? {
        undo.data_lost.push(format!("the way back does not run where the new version has written rows: {}", worded(&why)));
        return Ok(());
    }
    // What works on the catalog alone does not meet rows, whichever there are.
    if eyes.is_some_and(|eyes| eyes.traces().iter().any(|trace| !matches!(trace.class, Class::CatalogOnly | Class::WaitsOnly))) {
        undo.unwritten = written.refused.iter().map(|(table, why)| format!("{table}: {why}")).collect();
    }
    let back = state()?;
    let odd = otherwise(&was, &wrote, &back);
    if odd.is_empty() {
        return Ok(());
    }
    // It may be there in another form.
    let again = match each.ran(TRIAL, &cut.up, transaction, None, (Manner::AsTool, &mut Blind))? {
        Err(why) => {
            undo.again.push(format!("where the new version has written rows, it does not run: {}", worded(&why)));
            odd
        }
        Ok(()) => {
            let again = otherwise(&was, &wrote, &state()?);
            odd.into_iter().filter(|(column, _)| again.contains_key(column)).collect()
        }
    };
    let told: Vec<String> = undo.data_lost.clone();
    let is_told = |column: &str| told.iter().any(|one| one.starts_with(&format!("{column}: ")));
    undo.data_lost.extend(again.into_iter().filter(|(column, _)| !is_told(column)).map(|(column, words)| format!("{column}: {words}")));
    Ok(())
}

/// Tables that a migration touches, and those that its way back names: what is made by it as well.
fn touched(told: &Migration, down: &[Script], observer: &dyn Observer, each: &Each<'_>) -> Result<BTreeSet<String>, Box<Trouble>> {
    let locks = told.statements.iter().flat_map(|trace| &trace.locks).filter(|lock| lock.kind == Sort::Table.name());
    let mut tables: BTreeSet<String> = locks.map(|lock| lock.relation.clone()).collect();
    let map = observer.map(&mut *each.place.scratch.session(TRIAL)?)?;
    let named = map.values().filter(|one| one.sort == Sort::Table && down.iter().any(|script| names(&script.part.text, &one.name)));
    tables.extend(named.map(|one| one.name.clone()));
    Ok(tables)
}

/// What columns may hold that they could not hold before, or that were not there.
fn roomier<'m>(before: &'m Manifest, after: &'m Manifest) -> BTreeSet<(String, Wider<'m>)> {
    let was: BTreeMap<&Identity, &Object> = before.of_kind(Kind::Column).iter().map(|column| (&column.identity, column)).collect();
    let labels = |manifest: &'m Manifest| -> BTreeMap<String, BTreeSet<&'m str>> {
        let of = |object: &'m Object| match object.get("labels") {
            Some(Value::List(labels)) => labels.iter().map(AsRef::as_ref).collect(),
            _ => BTreeSet::new(),
        };
        manifest.of_kind(Kind::Enum).iter().map(|one| (display(Kind::Enum, &one.identity), of(one))).collect()
    };
    let (had, has) = (labels(before), labels(after));
    let mut room = BTreeSet::new();
    for column in after.of_kind(Kind::Column) {
        let name = display(Kind::Column, &column.identity);
        let (old, kind) = (was.get(&column.identity), column.text("type").unwrap_or_default());
        let is_bare = |column: &Object| column.get("not_null") != Some(&Value::Flag(true));
        if is_bare(column) && old.is_none_or(|old| !is_bare(old)) {
            room.insert((name.clone(), Wider::Null));
        }
        if old.is_some_and(|old| old.text("type") != Some(kind)) {
            room.insert((name.clone(), Wider::Most));
        }
        let added = has.get(kind).into_iter().flatten().filter(|label| !had.get(kind).is_some_and(|had| had.contains(*label)));
        room.extend(added.filter(|_| had.contains_key(kind)).map(|label| (name.clone(), Wider::Label(label))));
    }
    room
}

/// What of columns of before is otherwise there than it was written, by the names that they had then.
fn otherwise(was: &BTreeMap<(u64, u64), String>, wrote: &State, now: &State) -> BTreeMap<String, String> {
    let mut odd = BTreeMap::new();
    let mut fewer = BTreeSet::new();
    for (number, name) in &wrote.columns {
        let Some(written) = wrote.contents.get(name).filter(|_| was.contains_key(number)) else { continue };
        // By its number; by its name where it was made anew.
        let there = now.columns.get(number).and_then(|name| now.contents.get(name)).or_else(|| now.contents.get(name));
        let Some(there) = there else { continue };
        if there.rows != written.rows {
            let table = table_of(name).unwrap_or_default();
            if fewer.insert(table.clone()) {
                odd.insert(table, format!("{} rows with those that the new version has written, {} after it", written.rows, there.rows));
            }
        } else if there.filled != written.filled {
            odd.insert(
                name.clone(),
                format!("{} values with those that the new version has written, {} after it", written.filled, there.filled),
            );
        } else if there.sum != written.sum {
            odd.insert(name.clone(), "other values than the new version has written".to_owned());
        }
    }
    odd
}
