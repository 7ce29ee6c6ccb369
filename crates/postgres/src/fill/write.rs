//! Some rows more, written as an application writes them: each by itself, checked by whatever the server checks, with what triggers do.
//!
//! Neighbour: the room itself, which fills tables as a whole and asks nobody.

use super::{Reference, Table, advance, asked, value};
use crate::ident::{Ident, literal};
use evenkeel_core::fault::Trouble;
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::{Identity, display};
use evenkeel_core::port::{Answer, Posted, Refused, Session, Wider};
use std::collections::{BTreeMap, BTreeSet};

/// So many rows as they usually are.
const PLAIN: u64 = 3;
/// Somebody has written rows with numbers of his own: then it is tried further on.
const FURTHER: [u64; 2] = [0, 1_000_003];
/// How long a row may take.
const BOUNDS: [(&str, &str); 2] = [("lock_timeout", "2s"), ("statement_timeout", "10s")];
/// The server's code for a value that is there already.
/// <https://www.postgresql.org/docs/18/errcodes-appendix.html>
const TWICE: &str = "23505";

pub fn write(
    (looks, writes): (&mut dyn Session, &mut dyn Session),
    (tables, references): (&BTreeMap<u64, Table>, &[Reference]),
    wanted: &BTreeSet<String>,
    room: &[(String, Wider<'_>)],
) -> Result<Posted, Box<Trouble>> {
    // A trigger may take its time, and wait for others: not for ever.
    for (name, bound) in BOUNDS {
        let _answer = writes.run(&format!("SET {name} = '{bound}'"))?;
    }
    let mut order = Vec::new();
    for (oid, _) in tables.iter().filter(|(_, table)| wanted.contains(&table.shown())) {
        before(*oid, references, &mut BTreeSet::new(), &mut order);
    }
    let mut written = Posted::default();
    for (oid, table) in order.into_iter().filter_map(|oid| Some((oid, tables.get(&oid)?))) {
        let mut own = Own { oid, table, parents: Vec::new(), start: start(looks, table)?, at: 0 };
        for one in references.iter().filter(|one| one.table == oid) {
            own.parents.push((one, parents(looks, tables, one)?));
        }
        let mut rows = 0;
        for _ in 0..PLAIN {
            match own.row(writes, None)? {
                None => rows += 1,
                Some(refused) => {
                    written.refused.insert(table.shown(), format!("{} ({})", refused.message, refused.code));
                    break;
                }
            }
        }
        let shown = |name: &str| display(Kind::Column, &Identity::new([table.schema.as_str(), table.name.as_str(), name]));
        for (at, column) in &table.columns {
            for (_, what) in room.iter().filter(|(name, _)| *name == shown(&column.name)) {
                let special = match what {
                    Wider::Null => Some("NULL".to_owned()),
                    Wider::Most => value::most(column),
                    Wider::Label(label) => Some(literal(label)),
                };
                // What a check or a trigger keeps out nobody can write.
                if let Some(special) = special
                    && own.row(writes, Some((*at, special)))?.is_none()
                {
                    rows += 1;
                }
            }
        }
        if rows > 0 {
            advance(looks, table)?;
            written.tables.insert(table.shown(), rows);
        }
    }
    Ok(written)
}

/// A table behind those that it refers to; a circle is entered somewhere.
fn before(oid: u64, references: &[Reference], entered: &mut BTreeSet<u64>, order: &mut Vec<u64>) {
    if order.contains(&oid) || !entered.insert(oid) {
        return;
    }
    for one in references.iter().filter(|one| one.table == oid) {
        before(one.other, references, entered, order);
    }
    order.push(oid);
}

/// The number of the last row that is there: nobody has a higher one.
fn start(looks: &mut dyn Session, table: &Table) -> Result<u64, Box<Trouble>> {
    let is_number = |base: &str| matches!(base, "int2" | "int4" | "int8");
    let keys = table.columns.values().filter(|column| column.bound && is_number(&column.base));
    let most: Vec<String> = keys.map(|column| format!("COALESCE(max({})::bigint, 0)", Ident(&column.name))).collect();
    let most = if most.is_empty() { String::new() } else { format!(", {}", most.join(", ")) };
    let rows = asked(looks, &format!("SELECT greatest(count(*){most})::text FROM {}", table.sql()))?;
    Ok(rows.first().and_then(|row| row.first().cloned().flatten()?.parse().ok()).unwrap_or_default())
}

/// Keys that a reference may have: the newest, as texts.
fn parents(looks: &mut dyn Session, tables: &BTreeMap<u64, Table>, one: &Reference) -> Result<Vec<Vec<String>>, Box<Trouble>> {
    let Some(parent) = tables.get(&one.other) else { return Ok(Vec::new()) };
    let columns: Option<Vec<String>> =
        one.others.iter().map(|at| parent.columns.get(at).map(|column| Ident(&column.name).to_string())).collect();
    let Some(columns) = columns.filter(|columns| !columns.is_empty()) else { return Ok(Vec::new()) };
    let texts: Vec<String> = columns.iter().map(|column| format!("{column}::text")).collect();
    let order: Vec<String> = columns.iter().map(|column| format!("{column} DESC")).collect();
    let there: Vec<String> = columns.iter().map(|column| format!("{column} IS NOT NULL")).collect();
    let (texts, order, there) = (texts.join(", "), order.join(", "), there.join(" AND "));
    let rows = asked(looks, &format!("SELECT {texts} FROM {} WHERE {there} ORDER BY {order} LIMIT 16", parent.sql()))?;
    Ok(rows.into_iter().map(|row| row.into_iter().flatten().collect()).collect())
}

/// One table, row by row.
struct Own<'w> {
    oid: u64,
    table: &'w Table,
    parents: Vec<(&'w Reference, Vec<Vec<String>>)>,
    start: u64,
    /// How many rows were tried.
    at: u64,
}

impl Own<'_> {
    /// One row, with a value of its own for one column where that is said; what the server says against it.
    fn row(&mut self, writes: &mut dyn Session, special: Option<(u64, String)>) -> Result<Option<Refused>, Box<Trouble>> {
        self.at += 1;
        let mut said = None;
        for further in FURTHER {
            let number = format!("({}::bigint)", self.start.saturating_add(self.at).saturating_add(further));
            let mut names = Vec::new();
            let mut values = Vec::new();
            for (at, column) in &self.table.columns {
                let value = match &special {
                    Some((own, value)) if own == at => Some(value.clone()),
                    _ => self.reference(*at, column.required).unwrap_or_else(|| value::of(column, &number, None)),
                };
                // What has no value that is known of its type stays as its default has it.
                if let Some(value) = value {
                    names.push(Ident(&column.name).to_string());
                    values.push(value);
                }
            }
            let (names, values) = (names.join(", "), values.join(", "));
            let list =
                if names.is_empty() { "DEFAULT VALUES".to_owned() } else { format!("({names}) OVERRIDING SYSTEM VALUE VALUES ({values})") };
            match writes.run(&format!("INSERT INTO {} {list}", self.table.sql()))? {
                Answer::Ran(_) => return Ok(None),
                Answer::Refused(refused) if refused.code == TWICE => said = Some(refused),
                Answer::Refused(refused) => return Ok(Some(refused)),
            }
        }
        Ok(said)
    }

    /// The value of a column that refers to another: of a row that is there, or none. Nothing where it refers to none.
    fn reference(&self, at: u64, required: bool) -> Option<Option<String>> {
        let (one, keys) = self.parents.iter().find(|(one, _)| one.columns.contains(&at))?;
        let which = usize::try_from(self.at.saturating_sub(1)).unwrap_or_default();
        let key = keys.get(which % keys.len().max(1)).and_then(|key| key.get(one.columns.iter().position(|column| *column == at)?));
        match key {
            Some(key) => Some(Some(literal(key))),
            // The first of a table that refers to itself refers to itself.
            None if required && one.other == self.oid => None,
            None => Some(Some("NULL".to_owned())),
        }
    }
}
