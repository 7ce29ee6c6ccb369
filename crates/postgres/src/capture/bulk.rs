//! Tables, columns, constraints, indexes and views: they are many, and refer to each other by number. They are read raw,
//! then what only the server can print of them, and built when all of it is there, by two threads.
//!
//! Does not live here: what each kind says (its own file).

use super::names::Names;
use super::number::Numbers;
use super::reader::{Found, Read, Reader};
use super::table::{self, Parents};
use super::{canonical, column, constraint, index, view};
use evenkeel_core::kind::Kind;
use std::thread;

/// What the catalogs hold.
pub struct Raw {
    pub columns: column::Columns,
    pub defaults: column::Defaults,
    pub constraints: Vec<constraint::Raw>,
    pub off: Numbers<u32>,
    pub indexes: Vec<index::Raw>,
    pub parents: Parents,
}

/// Reads the rest and builds all of them.
pub async fn read(reader: &Reader<'_>, names: &Names, raw: Raw) -> Read<Vec<Found>> {
    let Raw { columns, defaults, constraints, off, indexes, parents } = raw;
    let beside = reader.beside();
    let (column_extras, constraint_extras, table_extras, index_extras, definitions) = tokio::try_join!(
        column::Extras::read(reader, names, &columns, defaults),
        constraint::Extras::read(reader, names, &constraints, off),
        table::Extras::read(reader, names),
        index::Extras::read(&beside, names, &indexes),
        view::Definitions::read(&beside, names),
    )?;
    let relations = names.in_order(&['r', 'p', 'f', 'v', 'm']);
    let (built, gaps) = thread::scope(|scope| {
        let columns_built = scope.spawn(|| canonical(column::build(names, &relations, &columns, column_extras), reader.major));
        let indexes = index::Indexes::resolve(names, &columns, indexes, index_extras);
        let marked = indexes.marked(names);
        let tables = table::build(names, &relations, &parents, &marked, table_extras);
        let (views, gaps) = view::build(names, &relations, &marked, definitions);
        let built_constraints = constraint::build(names, &relations, &columns, &indexes, &constraints, constraint_extras);
        let indexes = index::build(names, indexes, &parents, &constraints);
        let [tables, built_constraints, indexes, views] =
            [tables, built_constraints, indexes, views].map(|built| canonical(built, reader.major));
        let columns_built = columns_built.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        // In the manifest's order, which spares sorting them.
        ([tables, columns_built, built_constraints, indexes, views], gaps)
    });
    gaps.into_iter().for_each(|gap| reader.gap(gap));
    let mut found = Vec::with_capacity(built.iter().map(Vec::len).sum());
    built.into_iter().for_each(|built| found.extend(built));
    for kind in [Kind::Table, Kind::Column, Kind::Constraint, Kind::Index, Kind::View, Kind::MaterializedView] {
        let objects = found.iter().filter(|found: &&Found| found.object.kind == kind).count();
        reader.tell(kind, objects);
    }
    Ok(found)
}

fn canonical(mut built: Vec<Found>, major: u16) -> Vec<Found> {
    canonical::each(&mut built, major);
    built
}
