//! Rows for the tables of a throwaway server, made on the server, one statement a table: a value is a function of the row's number, and a
//! foreign key has the values of the key it refers to, in turn where there are fewer. So keys and references hold without an order of tables.
//!
//! Values are made up: distinct where their type has room, and never NULL, but for columns of which it is said what they are like. What a
//! check or a partition refuses leaves its table empty, and is said. `pour` copies rows that are somewhere, `value` knows types, `write` writes some rows more as an application does. Does not live here: what rows are wanted for (`pipeline/rehearse`).

mod pour;
mod value;
mod write;

use crate::ident::{Ident, literal};
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::{Identity, display};
use evenkeel_core::port::{Answer, Asked, Content, Filled, Filler, Posted, Rows, Session, Shape, Stop, Wider};
pub use pour::pour;
use std::collections::{BTreeMap, BTreeSet};
use value::{Column, of};

/// PostgreSQL's.
#[derive(Debug, Clone, Copy)]
pub struct PostgresFiller;

type Row = Vec<Option<String>>;

struct Table {
    schema: String,
    name: String,
    is_partitioned: bool,
    columns: BTreeMap<u64, Column>,
    /// Of its primary key.
    key: Vec<u64>,
}

impl Table {
    fn sql(&self) -> String {
        format!("{}.{}", Ident(&self.schema), Ident(&self.name))
    }

    fn shown(&self) -> String {
        display(Kind::Table, &Identity::new([self.schema.as_str(), self.name.as_str()]))
    }
}

struct Reference {
    table: u64,
    columns: Vec<u64>,
    other: u64,
    others: Vec<u64>,
    /// It says that all rows satisfy it.
    vouches: bool,
}

/// References that are followed from a column: a key that is a reference itself.
const DEEP: usize = 16;

const UNBOUND: [&str; 2] = ["SET lock_timeout = 0", "SET statement_timeout = 0"];

impl Filler for PostgresFiller {
    fn fill(&self, session: &mut dyn Session, rows: &Rows, stop: &Stop) -> Result<Vec<Filled>, Box<Trouble>> {
        let mut tables = tables(session)?;
        let references = constraints(session, &mut tables)?;
        let counts = tables.iter().map(|(oid, table)| (*oid, rows.of(&table.shown()))).collect();
        let maker = Maker { tables: &tables, references: &references, counts: &counts, shapes: &rows.shapes };
        // Users' triggers do not run for made-up rows in such a session, nor do checks of references, which hold by what the values are.
        // The target's bounds are for what runs there.
        for line in UNBOUND {
            must(session, line)?;
        }
        let mut filled: BTreeMap<u64, Filled> = BTreeMap::new();
        for (oid, table) in &tables {
            stop.check()?;
            let count = counts.get(oid).copied().unwrap_or_default();
            let why = if count == 0 { Some("the target has none".to_owned()) } else { maker.insert(session, *oid, count)? };
            filled.insert(*oid, Filled { table: table.shown(), rows: if why.is_none() { count } else { 0 }, why });
        }
        // What refers to an empty table cannot hold.
        while let Some((oid, parent)) = orphan(&references, &filled) {
            let (table, parent) = (tables.get(&oid), tables.get(&parent).map(Table::shown).unwrap_or_default());
            let Some(table) = table else { break };
            must(session, &format!("DELETE FROM {}", table.sql()))?;
            let why = Some(format!("it refers to {parent}, which is empty"));
            filled.insert(oid, Filled { table: table.shown(), rows: 0, why });
        }
        for (oid, table) in &tables {
            if filled.get(oid).is_some_and(|filled| filled.rows > 0) {
                advance(session, table)?;
            }
        }
        Ok(filled.into_values().collect())
    }

    fn counted(&self, session: &mut dyn Session) -> Result<BTreeMap<String, u64>, Box<Trouble>> {
        for line in UNBOUND {
            must(session, line)?;
        }
        let mut counts = BTreeMap::new();
        for table in tables(session)?.values() {
            let rows = asked(session, &format!("SELECT count(*)::text FROM {}", table.sql()))?;
            let count = rows.first().and_then(|row| row.first()?.as_ref()?.parse().ok());
            counts.insert(table.shown(), count.unwrap_or_default());
        }
        Ok(counts)
    }

    fn write(
        &self,
        looks: &mut dyn Session,
        writes: &mut dyn Session,
        wanted: &BTreeSet<String>,
        room: &[(String, Wider<'_>)],
    ) -> Result<Posted, Box<Trouble>> {
        let mut tables = tables(looks)?;
        let references = constraints(looks, &mut tables)?;
        write::write((looks, writes), (&tables, &references), wanted, room)
    }

    fn burn(&self, session: &mut dyn Session) -> Result<(), Box<Trouble>> {
        for row in asked(session, "SELECT oid::text FROM pg_catalog.pg_class WHERE relkind = 'S' AND relpersistence <> 't'")? {
            let Some(Some(sequence)) = row.first() else { continue };
            // One that has come to its end has none to take, and so nobody else has.
            let _answer = session.run(&format!("SELECT pg_catalog.nextval({sequence}::oid::regclass)"))?;
        }
        Ok(())
    }

    fn requests(
        &self,
        session: &mut dyn Session,
        here: &BTreeMap<String, u64>,
        first: &dyn Fn(&str) -> bool,
        most: usize,
        unused: &[String],
    ) -> Result<Vec<Asked>, Box<Trouble>> {
        let mut tables = tables(session)?;
        let references = constraints(session, &mut tables)?;
        let counts = tables.iter().map(|(oid, table)| (*oid, here.get(&table.shown()).copied().unwrap_or_default().max(1))).collect();
        let maker = Maker { tables: &tables, references: &references, counts: &counts, shapes: &BTreeMap::new() };
        let mut chosen: Vec<(u64, &Table)> =
            tables.iter().filter(|(_, table)| !table.key.is_empty()).map(|(oid, table)| (*oid, table)).collect();
        chosen.retain(|(_, table)| !unused.contains(&table.shown()));
        chosen.sort_by_key(|(oid, table)| (!first(&table.shown()), *oid));
        let mut all = Vec::new();
        for (oid, table) in chosen.into_iter().take(most) {
            let name = |at: &u64| table.columns.get(at).map(|column| Ident(&column.name).to_string());
            let of_row = |at: &u64| {
                let value = maker.expression(oid, *at, "g", 0)?;
                Some((name(at)?, format!("(SELECT {value} FROM (SELECT {{n}}::bigint AS g) AS made)")))
            };
            let Some(keys) = table.key.iter().map(of_row).collect::<Option<Vec<_>>>() else { continue };
            let shown = table.shown();
            let is_used = |name: &str| !unused.iter().any(|other| other.strip_prefix(&shown) == Some(&format!(".{}", Ident(name))));
            let used = table.columns.values().filter(|column| is_used(&column.name));
            let wanted: Vec<String> = used.map(|column| Ident(&column.name).to_string()).collect();
            let (target, wanted) = (table.sql(), wanted.join(", "));
            let by_key: Vec<String> = keys.iter().map(|(name, value)| format!("{name} = {value}")).collect();
            let by_key = by_key.join(" AND ");
            let rows = counts.get(&oid).copied().unwrap_or(1);
            let mut put = |sql: String| all.push(Asked { table: table.shown(), sql, rows });
            put(format!("SELECT {wanted} FROM {target} WHERE {by_key}"));
            if let Some((first, value)) = keys.first() {
                put(format!("SELECT {wanted} FROM {target} WHERE {first} >= {value} ORDER BY {first} LIMIT 20"));
                // The column as it is: what an application writes is its own business.
                let other = table
                    .columns
                    .iter()
                    .find(|(at, column)| !table.key.contains(at) && is_used(&column.name))
                    .map_or(first.clone(), |(_, column)| Ident(&column.name).to_string());
                put(format!("UPDATE {target} SET {other} = {other} WHERE {by_key}"));
            }
        }
        Ok(all)
    }

    fn hold(&self, session: &mut dyn Session, number: usize, query: &str) -> Result<Answer, Box<Trouble>> {
        session.run(&format!("PREPARE evenkeel_{number} AS {query}"))
    }

    fn choices(&self, parameters: &[String]) -> usize {
        1 << parameters.len().min(CHOSEN)
    }

    fn strange(&self, parameters: &[String]) -> Option<String> {
        parameters.iter().find(|type_name| value::literal_of(type_name, THERE) == "NULL").cloned()
    }

    fn execute(
        &self,
        session: &mut dyn Session,
        number: usize,
        parameters: &[String],
        (choice, null): (usize, Option<usize>),
    ) -> Result<Answer, Box<Trouble>> {
        // The first choice has values of rows that are there, the second of rows that are not, the others some of each.
        let pattern = match choice {
            0 => 0,
            1 => usize::MAX,
            mixed => mixed - 1,
        };
        let values = parameters.iter().enumerate().map(|(at, type_name)| {
            let is_there = pattern >> at.min(CHOSEN - 1) & 1 == 0;
            if null == Some(at) {
                return "NULL".to_owned();
            }
            value::literal_of(type_name, if is_there { THERE } else { NOT_THERE })
        });
        let values = values.collect::<Vec<_>>().join(", ");
        let list = if values.is_empty() { String::new() } else { format!("({values})") };
        let answer = session.run(&format!("EXECUTE evenkeel_{number}{list}"))?;
        if answer.ran().is_some() {
            // It is rolled back, and what is looked at when a transaction ends would not be.
            let end = session.run("SET CONSTRAINTS ALL IMMEDIATE")?;
            if end.ran().is_none() {
                return Ok(end);
            }
        }
        Ok(answer)
    }

    fn called(&self, number: usize, parameters: &[String]) -> String {
        let values: Vec<String> = parameters.iter().map(|type_name| value::literal_of(type_name, "{n}")).collect();
        if values.is_empty() { format!("EXECUTE evenkeel_{number}") } else { format!("EXECUTE evenkeel_{number}({})", values.join(", ")) }
    }

    fn unbound(&self) -> &'static [(&'static str, &'static str)] {
        &[("lock_timeout", "0"), ("statement_timeout", "0"), ("idle_in_transaction_session_timeout", "0")]
    }

    fn contents(&self, session: &mut dyn Session, wanted: &BTreeSet<String>) -> Result<BTreeMap<String, Content>, Box<Trouble>> {
        let mut contents = BTreeMap::new();
        for table in tables(session)?.into_values().filter(|table| wanted.contains(&table.shown())) {
            let sums = table.columns.values().map(|column| {
                let name = Ident(&column.name);
                // The sum of parts of hashes does not depend on an order.
                format!("count({name})::text, COALESCE(sum(('x' || substr(md5({name}::text), 1, 8))::bit(32)::bigint), 0)::text")
            });
            let sums: Vec<String> = sums.collect();
            let sql = format!("SELECT count(*)::text, {} FROM {}", sums.join(", "), table.sql());
            let rows = asked(session, &sql)?;
            let Some(row) = rows.first() else { continue };
            let text = |at: usize| row.get(at).cloned().flatten().unwrap_or_default();
            for (at, column) in table.columns.values().enumerate() {
                let name = display(Kind::Column, &Identity::new([table.schema.as_str(), table.name.as_str(), column.name.as_str()]));
                let number = |at: usize| text(at).parse().unwrap_or_default();
                contents.insert(name, Content { rows: number(0), filled: number(1 + at * 2), sum: text(2 + at * 2) });
            }
        }
        Ok(contents)
    }
}

/// The next that has rows and refers to one that has none.
fn orphan(references: &[Reference], filled: &BTreeMap<u64, Filled>) -> Option<(u64, u64)> {
    let has = |oid: u64| filled.get(&oid).is_some_and(|filled| filled.rows > 0);
    references.iter().find(|one| has(one.table) && !has(one.other)).map(|one| (one.table, one.other))
}

fn tables(session: &mut dyn Session) -> Result<BTreeMap<u64, Table>, Box<Trouble>> {
    let mut tables: BTreeMap<u64, Table> = BTreeMap::new();
    for row in asked(session, include_str!("columns.sql"))? {
        let text = |at: usize| row.get(at).cloned().flatten().unwrap_or_default();
        let number = |at: usize| text(at).parse::<i64>().unwrap_or_default();
        let (Ok(oid), Ok(at)) = (text(0).parse::<u64>(), text(1).parse::<u64>()) else { continue };
        let table = tables.entry(oid).or_insert_with(|| Table {
            schema: text(2),
            name: text(3),
            is_partitioned: text(14) == "p",
            columns: BTreeMap::new(),
            key: Vec::new(),
        });
        table.columns.insert(
            at,
            Column {
                name: text(4),
                type_name: text(5),
                category: text(6),
                sort: text(7),
                length: number(8),
                base: text(9),
                element: row.get(10).cloned().flatten().map(|element| (element, text(11), text(12))),
                literals: Vec::new(),
                bound: false,
                required: text(15) == "true",
            },
        );
    }
    Ok(tables)
}

fn constraints(session: &mut dyn Session, tables: &mut BTreeMap<u64, Table>) -> Result<Vec<Reference>, Box<Trouble>> {
    let mut references = Vec::new();
    for row in asked(session, include_str!("constraints.sql"))? {
        let text = |at: usize| row.get(at).cloned().flatten().unwrap_or_default();
        let numbers = |at: usize| text(at).split_whitespace().filter_map(|one| one.parse().ok()).collect::<Vec<u64>>();
        let Ok(table) = text(1).parse::<u64>() else { continue };
        if let Some(table) = tables.get_mut(&table) {
            for at in numbers(2) {
                if let Some(column) = table.columns.get_mut(&at) {
                    column.bound = true;
                }
            }
        }
        if text(0) == "p" {
            if let Some(table) = tables.get_mut(&table) {
                table.key = numbers(2);
            }
        } else if text(0) == "f" {
            let other = text(3).parse().unwrap_or_default();
            references.push(Reference { table, columns: numbers(2), other, others: numbers(4), vouches: text(5) == "true" });
        } else if text(0) != "c" {
            // That it is bound says enough.
        } else if let ([only], Some(table)) = (numbers(2).as_slice(), tables.get_mut(&table))
            && let Some(column) = table.columns.get_mut(only)
        {
            // A list of values that are allowed.
            column.literals.extend(value::literals(&text(5)));
        }
    }
    Ok(references)
}

/// Makes rows of tables that are known.
struct Maker<'a> {
    tables: &'a BTreeMap<u64, Table>,
    references: &'a [Reference],
    /// Rows of each.
    counts: &'a BTreeMap<u64, u64>,
    shapes: &'a BTreeMap<String, Shape>,
}

impl Maker<'_> {
    /// The value of a column for a number: of a reference that of the key it refers to.
    fn expression(&self, oid: u64, at: u64, number: &str, deep: usize) -> Option<String> {
        let table = self.tables.get(&oid)?;
        let column = table.columns.get(&at)?;
        let reference = self.references.iter().find(|one| one.table == oid && one.columns.contains(&at));
        let target = reference.and_then(|one| Some((one, *one.others.get(one.columns.iter().position(|column| *column == at)?)?)));
        match target {
            // A key of its own table, or a circle: its own values.
            Some((one, key)) if deep < DEEP && (one.other, key) != (oid, at) && self.tables.contains_key(&one.other) => {
                let count = |oid: u64| self.counts.get(&oid).copied().unwrap_or_default();
                let number = if count(one.other) >= count(oid) || count(one.other) == 0 {
                    number.to_owned()
                } else {
                    format!("(1 + (({number} - 1) / {}) % {})", self.divisor(table, one), count(one.other))
                };
                self.expression(one.other, key, &number, deep + 1)
            }
            _ => of(column, number, None),
        }
    }

    /// Where a key is made of several references, each goes on when the ones before it have been through all of theirs.
    fn divisor(&self, table: &Table, reference: &Reference) -> u64 {
        let is_of_key = |one: &Reference| one.columns.iter().any(|column| table.key.contains(column));
        if !is_of_key(reference) {
            return 1;
        }
        let before = self.references.iter().take_while(|one| !std::ptr::eq(*one, reference));
        let before = before.filter(|one| one.table == reference.table && is_of_key(one));
        before.map(|one| self.counts.get(&one.other).copied().unwrap_or(1).max(1)).fold(1, u64::saturating_mul)
    }

    /// The value of a column in the row `g`, as what is said of it has it.
    fn value(&self, oid: u64, at: u64, rows: u64) -> Option<String> {
        let table = self.tables.get(&oid)?;
        let column = table.columns.get(&at)?;
        let is_reference = self.references.iter().any(|one| one.table == oid && one.columns.contains(&at));
        let name = display(Kind::Column, &Identity::new([table.schema.as_str(), table.name.as_str(), column.name.as_str()]));
        let Some(shape) = self.shapes.get(&name).filter(|_| !is_reference) else { return self.expression(oid, at, "g", 0) };
        if column.bound {
            return of(column, "g", shape.width);
        }
        let number = match shape.distinct {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of values, at least one")]
            Some(distinct) => {
                let distinct = (distinct.max(1.0) as u64).min(rows);
                if shape.correlation.unwrap_or_default().abs() < 0.5 {
                    format!("(1 + (g * {SCATTER}) % {distinct})")
                } else {
                    format!("(1 + (g - 1) * {distinct} / {rows})")
                }
            }
            None => "g".to_owned(),
        };
        let value = of(column, &number, shape.width)?;
        #[expect(clippy::cast_possible_truncation, reason = "a part of a thousand")]
        let nulls = (shape.nulls.clamp(0.0, 1.0) * 1000.0).round() as i64;
        Some(if nulls == 0 { value } else { format!("CASE WHEN (g * {SPREAD}) % 1000 >= {nulls} THEN {value} END") })
    }

    /// Why there are no rows.
    fn insert(&self, session: &mut dyn Session, oid: u64, rows: u64) -> Result<Option<String>, Box<Trouble>> {
        let Some(table) = self.tables.get(&oid) else { return Ok(None) };
        let mut names = Vec::new();
        let mut values = Vec::new();
        for (at, column) in &table.columns {
            // What has no value that is known of its type stays as its default has it.
            if let Some(value) = self.value(oid, *at, rows) {
                names.push(Ident(&column.name).to_string());
                values.push(value);
            }
        }
        let target = table.sql();
        let sql = if names.is_empty() {
            format!("INSERT INTO {target} SELECT FROM generate_series(1, {rows}) AS g")
        } else {
            format!(
                "INSERT INTO {target} ({}) OVERRIDING SYSTEM VALUE SELECT {} FROM generate_series(1::bigint, {rows}) AS g",
                names.join(", "),
                values.join(", ")
            )
        };
        let refused = |answer: Answer| match answer {
            Answer::Ran(_) => None,
            Answer::Refused(refused) => Some(format!("{} ({})", refused.message, refused.code)),
        };
        let why = refused(session.run(&sql)?);
        Ok(why.map(|why| if table.is_partitioned { format!("of a partitioned table: {why}") } else { why }))
    }
}

/// So many parameters have values of their own; further ones are as the last of them.
const CHOSEN: usize = 5;
/// The number of a row that is made wherever there are any, and of one that is not.
const THERE: &str = "1";
const NOT_THERE: &str = "1000000007";

/// Primes, so that what follows one another does not stand side by side.
const SCATTER: u64 = 7_919;
const SPREAD: u64 = 104_729;

/// Sequences of its columns go on behind what was made.
fn advance(session: &mut dyn Session, table: &Table) -> Result<(), Box<Trouble>> {
    for column in table.columns.values().filter(|column| column.category == "N") {
        let sequence = format!("pg_catalog.pg_get_serial_sequence({}, {})", literal(&table.sql()), literal(&column.name));
        let sql = format!(
            "SELECT pg_catalog.setval({sequence}::regclass, (SELECT max({})::bigint FROM {})) WHERE {sequence} IS NOT NULL",
            Ident(&column.name),
            table.sql()
        );
        // A bound of its that is passed leaves it where it is.
        let _answer = session.run(&sql)?;
    }
    Ok(())
}

fn must(session: &mut dyn Session, sql: &str) -> Result<(), Box<Trouble>> {
    asked(session, sql).map(drop)
}

fn asked(session: &mut dyn Session, sql: &str) -> Result<Vec<Row>, Box<Trouble>> {
    match session.run(sql)? {
        Answer::Ran(ran) => Ok(ran.rows),
        Answer::Refused(refused) => {
            let trouble = Trouble::new(Class::CouldNotTell, "a throwaway server refuses what makes or reads rows");
            Err(Box::new(trouble.found(format!("{} ({})", refused.message, refused.code))))
        }
    }
}
