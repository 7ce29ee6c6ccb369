//! What was put aside in place of being dropped: tables and columns under another name, with a mark in their comments that says what they
//! were and until when they are kept.
//!
//! Lives here: the name, the mark, and how such objects are told from all others. They are no part of what is hashed and compared; the
//! manifest lists them apart. Does not live here: putting aside (`pipeline/deploy/aside`).

use super::{Identity, Object, display, has_word};
use crate::kind::{Kind, Value};
use jiff::civil::Date;
use std::collections::{HashMap, HashSet};

/// What begins the name of something that was put aside; the day follows.
pub const PREFIX: &str = "_deprecated_";
/// What begins its comment.
const MARK: &str = "evenkeel: put aside ";
const WAS: &str = " in place of being dropped; it was ";
const DUE: &str = "; due ";
const BACK: &str = "; to have it back: ";
/// The longest name in bytes that every server takes.
/// <https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS>
const LONGEST: usize = 63;

/// A table or column that was put aside, as its mark tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deferred {
    pub kind: Kind,
    pub identity: Identity,
    /// What it was, as a person reads it: `public.orders.note`.
    pub was: String,
    pub since: Date,
    /// The day from which it may be dropped.
    pub due: Date,
    /// The statements that make it what it was; nothing of what only goes along with a column.
    pub back: Option<String>,
}

impl Deferred {
    /// The comment that says so.
    #[must_use]
    pub fn mark(&self) -> String {
        let back = self.back.as_ref().map(|back| format!("{BACK}{back}")).unwrap_or_default();
        format!("{MARK}{}{WAS}{}{DUE}{}{back}", self.since, self.was, self.due)
    }

    /// The table or column that an object is, where it was put aside: it is called so, says so, and keeps nobody from writing.
    #[must_use]
    pub fn of(object: &Object) -> Option<Self> {
        if !KEPT.contains(&object.kind) || !is_inert(object) {
            return None;
        }
        let (since, was, due, back) = marked(object)?;
        Some(Self { kind: object.kind, identity: object.identity.clone(), was, since, due, back })
    }

    /// As a person reads it.
    #[must_use]
    pub fn display(&self) -> String {
        display(self.kind, &self.identity)
    }

    /// What there is to say of it on a day.
    #[must_use]
    pub fn words(&self, today: Date) -> String {
        let (kind, name, was) = (self.kind.name(), self.display(), &self.was);
        let when = if today < self.due { "it is kept until" } else { "it may be dropped, by a release of its own, since" };
        format!("{kind} {name}, put aside {} (it was {was}): {when} {}", self.since, self.due)
    }
}

/// A name for what is put aside on a day, in which as much of its own stands as there is room for, and that nobody has.
#[must_use]
pub fn name(was: &str, day: Date, is_taken: &dyn Fn(&str) -> bool) -> String {
    let day = day.strftime("%Y%m%d").to_string();
    let with = |more: &str| {
        let room = LONGEST.saturating_sub(PREFIX.len() + day.len() + 1 + more.len());
        let end = (0..=room.min(was.len())).rev().find(|end| was.is_char_boundary(*end)).unwrap_or_default();
        format!("{PREFIX}{day}_{}{more}", was.get(..end).unwrap_or_default())
    };
    let names = std::iter::once(with("")).chain((2_u32..).map(|number| with(&format!("_{number}"))));
    names.into_iter().find(|name| !is_taken(name)).unwrap_or_default()
}

/// Whether a name is one of something that was put aside.
fn is_name(name: &str) -> bool {
    let rest = name.strip_prefix(PREFIX).unwrap_or_default();
    let is_day = |day: &str| day.bytes().all(|byte| byte.is_ascii_digit());
    rest.get(..8).is_some_and(is_day) && rest.get(8..9) == Some("_")
}

/// What the mark of an object says, where it has one and is called so.
fn marked(object: &Object) -> Option<(Date, String, Date, Option<String>)> {
    if !object.identity.parts().last().is_some_and(is_name) {
        return None;
    }
    let (since, rest) = object.text("comment")?.strip_prefix(MARK)?.split_once(WAS)?;
    // What follows may have any words in it, and so may names.
    let (told, back) = rest.split_once(BACK).map_or((rest, None), |(told, back)| (told, Some(back.to_owned())));
    let (was, due) = told.rsplit_once(DUE)?;
    Some((since.parse().ok()?, was.to_owned(), due.parse().ok()?, back))
}

/// Whether an application that knows nothing of it can write as before.
fn is_inert(object: &Object) -> bool {
    let sets = ["default", "identity", "generated", "on_update", "auto_increment"];
    object.kind != Kind::Column || object.get("not_null").is_none() && sets.iter().all(|name| object.get(name).is_none())
}

/// Takes what was put aside, and what hangs on it, out of objects that are sorted by kind and identity. Columns that stay are numbered as
/// if it were not there.
pub(super) fn apart(objects: &mut Vec<Object>) -> Vec<Object> {
    let heads = heads(objects);
    if heads.is_empty() {
        return Vec::new();
    }
    let known = Heads::of(&heads);
    let (apart, kept): (Vec<Object>, Vec<Object>) = std::mem::take(objects).into_iter().partition(|object| known.has(object));
    *objects = kept;
    // Columns of tables that stay are counted without what is apart, which keeps its own place.
    let tables: HashSet<[String; 2]> = heads.iter().filter(|head| head.kind == Kind::Column).map(table).collect();
    for of in by_table(objects.iter_mut(), &tables).into_values() {
        for (at, column) in (1_i64..).zip(of) {
            put(column, at);
        }
    }
    apart
}

/// Puts what was apart among the others, and gives the others the places that they have beside it.
pub(super) fn together(objects: &mut Vec<Object>, mut apart: Vec<Object>) {
    let tables: HashSet<[String; 2]> = apart.iter().filter(|object| object.kind == Kind::Column).map(table).collect();
    let mut taken: HashMap<[String; 2], HashSet<i64>> = HashMap::new();
    for column in apart.iter().filter(|object| object.kind == Kind::Column) {
        taken.entry(table(column)).or_default().insert(position(column));
    }
    for (of, columns) in by_table(objects.iter_mut(), &tables) {
        let taken = taken.get(&of);
        let free = (1_i64..).filter(|at| !taken.is_some_and(|taken| taken.contains(at)));
        for (at, column) in free.zip(columns) {
            put(column, at);
        }
    }
    objects.append(&mut apart);
    objects.sort_by(|a, b| a.key().cmp(&b.key()));
}

/// Columns of these tables, in their order.
fn by_table<'o>(objects: impl Iterator<Item = &'o mut Object>, tables: &HashSet<[String; 2]>) -> HashMap<[String; 2], Vec<&'o mut Object>> {
    let mut by: HashMap<[String; 2], Vec<&mut Object>> = HashMap::new();
    for object in objects.filter(|object| object.kind == Kind::Column) {
        let of = table(object);
        if tables.contains(&of) {
            by.entry(of).or_default().push(object);
        }
    }
    for columns in by.values_mut() {
        columns.sort_by_key(|column| position(column));
    }
    by
}

fn put(column: &mut Object, at: i64) {
    if column.get("position").is_some() {
        column.set("position", Value::Integer(at));
    }
}

fn position(column: &Object) -> i64 {
    if let Some(Value::Integer(at)) = column.get("position") { *at } else { 0 }
}

/// The table of a column.
fn table(column: &Object) -> [String; 2] {
    [column.identity.part(0).to_owned(), column.identity.part(1).to_owned()]
}

/// Tables and columns that were put aside, and indexes and sequences that were with such a column.
fn heads(objects: &[Object]) -> Vec<Object> {
    let marked: Vec<&Object> = objects.iter().filter(|object| HEADS.contains(&object.kind) && marked(object).is_some()).collect();
    if marked.is_empty() {
        return Vec::new();
    }
    let is_whole = |object: &&&Object| Deferred::of(object).is_some() && (object.kind != Kind::Table || is_free(object, objects));
    let mut heads: Vec<Object> = marked.iter().filter(is_whole).map(|object| (*object).clone()).collect();
    let columns: Vec<Object> = heads.iter().filter(|head| head.kind == Kind::Column).cloned().collect();
    heads.extend(marked.into_iter().filter(|object| columns.iter().any(|column| is_with(object, column))).cloned());
    heads
}

/// What can be put aside: tables, columns, and types that such columns need.
const KEPT: [Kind; 6] = [Kind::Table, Kind::Column, Kind::Enum, Kind::Domain, Kind::CompositeType, Kind::RangeType];
/// What has a mark: those, and what was with a column.
const HEADS: [Kind; 8] =
    [Kind::Table, Kind::Column, Kind::Enum, Kind::Domain, Kind::CompositeType, Kind::RangeType, Kind::Index, Kind::Sequence];

/// Whether a table does nothing and refuses nothing where others are changed, and holds no rows for another.
fn is_free(table: &Object, objects: &[Object]) -> bool {
    let is_on = |object: &Object| object.identity.part(0) == table.identity.part(0) && object.identity.part(1) == table.identity.part(1);
    let acts = |object: &Object| match object.kind {
        Kind::Constraint => object.text("type") == Some("foreign key"),
        Kind::Trigger | Kind::PublicationTable => true,
        _ => false,
    };
    !is_part(table) && !objects.iter().any(|object| acts(object) && is_on(object))
}

/// Whether an index takes every row: it is not unique, and nothing is computed for it, which may fail.
#[must_use]
pub fn is_plain(index: &Object) -> bool {
    let computes = matches!(index.get("keys"), Some(Value::List(items)) if items.iter().any(|item| item.contains('(')));
    !computes && ["unique", "constraint", "predicate"].iter().all(|name| index.get(name).is_none())
}

/// Whether a table has partitions, is one, or inherits: its rows are another's as well.
#[must_use]
pub fn is_part(table: &Object) -> bool {
    ["partition_of", "partition_by", "inherits"].iter().any(|name| table.get(name).is_some())
}

/// Whether an index or a sequence is one of a column. An index that refuses rows keeps others from writing.
fn is_with(object: &Object, column: &Object) -> bool {
    let own = column.identity.part(2);
    match object.kind {
        Kind::Index if is_plain(object) => {
            let lists = ["keys", "include"].into_iter().filter_map(|name| object.get(name));
            let mut items = lists.flat_map(|value| if let Value::List(items) = value { &**items } else { &[] });
            belongs(object, column.identity.part(0), column.identity.part(1)) && items.any(|item| has_word(item, own))
        }
        Kind::Sequence => object.text("owned_by") == Some(&column.display()),
        _ => false,
    }
}

/// What was put aside, by name.
struct Heads<'h> {
    all: HashSet<(Kind, &'h Identity)>,
    tables: HashSet<(&'h str, &'h str)>,
    names: Vec<&'h str>,
}

impl<'h> Heads<'h> {
    fn of(heads: &'h [Object]) -> Self {
        let tables = heads.iter().filter(|head| head.kind == Kind::Table);
        Self {
            all: heads.iter().map(|head| (head.kind, &head.identity)).collect(),
            tables: tables.map(|table| (table.identity.part(0), table.identity.part(1))).collect(),
            names: heads.iter().filter_map(|head| head.identity.parts().last()).collect(),
        }
    }

    /// Whether an object is something that was put aside, or hangs on it.
    fn has(&self, object: &Object) -> bool {
        if self.all.contains(&(object.kind, &object.identity)) {
            return true;
        }
        let (one, two) = (object.identity.part(0), object.identity.part(1));
        match object.kind {
            // These write down what they are on as a person reads it.
            Kind::Grant | Kind::Owner => two.contains(PREFIX) && self.names.iter().any(|name| has_word(two, name)),
            Kind::IndexStatistics => self.all.contains(&(Kind::Index, &object.identity)),
            Kind::ColumnStatistics if self.all.contains(&(Kind::Column, &object.identity)) => true,
            // An index, a sequence and statistics have their name in a schema, and say what they belong to.
            Kind::Sequence => {
                let of = object.text("owned_by").filter(|of| of.contains(PREFIX));
                of.is_some() && self.tables.iter().any(|(schema, name)| belongs(object, schema, name))
            }
            Kind::Index | Kind::Statistics => match object.get("table") {
                Some(Value::List(parts)) => matches!(&**parts, [schema, name, ..] if self.tables.contains(&(&**schema, &**name))),
                _ => object.identity.parts().len() > 2 && self.tables.contains(&(one, two)),
            },
            Kind::DomainConstraint => {
                self.all.iter().any(|(kind, head)| *kind == Kind::Domain && head.part(0) == one && head.part(1) == two)
            }
            Kind::Column
            | Kind::Constraint
            | Kind::Policy
            | Kind::Rule
            | Kind::Partition
            | Kind::TableStatistics
            | Kind::ColumnStatistics => self.tables.contains(&(one, two)),
            _ => false,
        }
    }
}

/// Whether it belongs to that table.
fn belongs(object: &Object, schema: &str, name: &str) -> bool {
    if let Some(Value::List(parts)) = object.get("table") {
        return parts.first().is_some_and(|part| &**part == schema) && parts.get(1).is_some_and(|part| &**part == name);
    }
    if object.identity.parts().len() > 2 {
        return object.identity.part(0) == schema && object.identity.part(1) == name;
    }
    object.text("owned_by").is_some_and(|of| of.contains(name) && has_word(of, name))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use jiff::civil::date;

    fn column(name: &str, position: i64) -> Object {
        let mut column = Object::new(Kind::Column, Identity::new(["public", "orders", name]));
        column.set("position", Value::Integer(position));
        column
    }

    fn deferred(kind: Kind, identity: Identity) -> Deferred {
        let (since, due) = (date(2026, 11, 30), date(2026, 12, 7));
        Deferred { kind, identity, was: "public.orders.note".to_owned(), since, due, back: None }
    }

    #[test]
    fn names_are_cut_to_what_every_server_takes_and_nobody_has_them() {
        let free = |_: &str| false;
        assert_eq!(name("note", date(2026, 1, 2), &free), "_deprecated_20260102_note");
        let long = name(&"ä".repeat(40), date(2026, 1, 2), &free);
        assert!(long.len() <= LONGEST && long.starts_with("_deprecated_20260102_ää"), "{long}");
        let other = name(&"ä".repeat(40), date(2026, 1, 2), &|name| name == long);
        assert!(other != long && other.ends_with("_2") && other.len() <= LONGEST, "{other}");
        for text in [&long, &other] {
            assert!(is_name(text), "{text}");
        }
        for text in ["_deprecated_", "_deprecated_2026", "_deprecated_20260102", "_deprecated_2026010x_a", "deprecated_20260102_a"] {
            assert!(!is_name(text), "{text}");
        }
    }

    #[test]
    fn what_a_mark_says_is_read_back_whatever_is_in_it() {
        for was in ["public.orders.note", "a; due b.c; it was d", "public.\"to have it back: x\""] {
            for back in [None, Some("ALTER TABLE t; due to; to have it back: y".to_owned())] {
                let mut object = column("_deprecated_20261130_note", 3);
                let one = Deferred { was: was.to_owned(), back, ..deferred(Kind::Column, object.identity.clone()) };
                object.set("comment", one.mark());
                assert_eq!(Deferred::of(&object), Some(one));
            }
        }
    }

    #[test]
    fn what_refuses_or_does_something_to_others_is_not_apart() {
        let name = "_deprecated_20261130_notes";
        let mark = |object: &mut Object| {
            let mark = deferred(object.kind, object.identity.clone()).mark();
            object.set("comment", mark);
        };
        let mut table = Object::new(Kind::Table, Identity::new(["public", name]));
        mark(&mut table);
        let on = |kind: Kind, what: &str| Object::new(kind, Identity::new(["public", name, what]));
        let mut key = on(Kind::Constraint, "key");
        key.set("type", "foreign key");
        let mut check = on(Kind::Constraint, "check");
        check.set("type", "check");
        let trigger = on(Kind::Trigger, "t");
        let mut part = table.clone();
        part.set("partition_of", "public.live");
        for (objects, is_apart) in
            [(vec![table.clone(), check], true), (vec![table.clone(), key], false), (vec![table, trigger], false), (vec![part], false)]
        {
            let mut kept = objects.clone();
            let apart = apart(&mut kept);
            assert_eq!((kept.is_empty(), apart.is_empty()), (is_apart, !is_apart), "{objects:?}");
        }
        // An index of live columns is none, whatever it is called.
        let column = {
            let mut column = column("_deprecated_20261130_note", 2);
            mark(&mut column);
            column
        };
        let index = |keys: &str| {
            let mut index = Object::new(Kind::Index, Identity::new(["public", "_deprecated_20261130_i"]));
            mark(&mut index);
            index.set("table", Value::list(["public", "orders"]));
            index.set("keys", Value::list([keys]));
            index
        };
        for (keys, left) in [("_deprecated_20261130_note", 0), ("lower(_deprecated_20261130_note)", 1), ("(1 / id)", 1)] {
            let mut objects = vec![column.clone(), index(keys)];
            apart(&mut objects);
            assert_eq!(objects.len(), left, "{keys}");
        }
    }

    #[test]
    fn only_what_is_called_so_says_so_and_is_inert_is_apart() {
        let name = "_deprecated_20261130_note";
        let marked = |object: &mut Object| {
            let mark = deferred(object.kind, object.identity.clone()).mark();
            object.set("comment", mark);
        };
        let mut kept = column(name, 2);
        kept.set("comment", "evenkeel: put aside by hand");
        let mut other = column("note", 2);
        marked(&mut other);
        let mut writes = column(name, 2);
        marked(&mut writes);
        writes.set("not_null", true);
        let mut computed = column(name, 2);
        marked(&mut computed);
        computed.set("default", "now()");
        for object in [kept, other, writes, computed] {
            let mut objects = vec![column("id", 1), object, column("total", 3)];
            assert!(apart(&mut objects).is_empty() && objects.len() == 3);
        }
        let mut is = column(name, 2);
        marked(&mut is);
        let mut objects = vec![column("id", 1), is, column("total", 3)];
        let apart = apart(&mut objects);
        let places: Vec<(&str, i64)> = objects.iter().chain(&apart).map(|object| (object.identity.part(2), position(object))).collect();
        assert_eq!(places, [("id", 1), ("total", 2), (name, 2)]);
        together(&mut objects, apart);
        let places: Vec<(&str, i64)> = objects.iter().map(|object| (object.identity.part(2), position(object))).collect();
        assert_eq!(places, [(name, 2), ("id", 1), ("total", 3)]);
    }
}
