//! What a statement names that the server's catalog does not tell: columns that a view or a trigger reads, an index or a check is about.
//! Asked where a statement is to run by itself, or where one of these cannot be made.

use super::{list, view};
use crate::grammar::token::{Sort, Token, tokens};
use evenkeel_core::kind::{Kind, Value};
use evenkeel_core::manifest::Object;
use evenkeel_core::patch::{One, World, differing};
use std::collections::BTreeSet;

/// A name or a word in small letters.
fn word(token: &Token<'_>) -> Option<String> {
    match token.sort {
        Sort::Name => Some(token.unquoted().to_lowercase()),
        Sort::Word => Some(token.text.to_lowercase()),
        _ => None,
    }
}

fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    tokens(text).filter_map(|token| word(&token))
}

/// All of its texts but what is said of it.
fn texts<'o>(object: &'o Object, only: &[&'static str]) -> Vec<&'o str> {
    let spec = object.kind.spec();
    let is_meant = |name: &str| name != "comment" && (only.is_empty() || only.contains(&name));
    let values = spec.properties.iter().map(|property| property.name).filter(|name| is_meant(name)).filter_map(|name| object.get(name));
    values.flat_map(Value::texts).collect()
}

/// A part of a key without how much of it is meant, and the order.
fn plain(part: &str) -> &str {
    let part = part.strip_suffix(" desc").unwrap_or(part);
    match part.strip_suffix(')').and_then(|rest| rest.rsplit_once('(')) {
        Some((name, length)) if !length.is_empty() && length.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => part,
    }
}

/// What a trigger's body calls by `NEW.` and `OLD.`: nothing else is looked at when it is made.
fn of_rows(body: &str) -> BTreeSet<String> {
    let all: Vec<Token<'_>> = tokens(body).filter(|token| !matches!(token.sort, Sort::Space | Sort::Comment)).collect();
    let is_row = |token: &Token<'_>| word(token).is_some_and(|word| word == "new" || word == "old");
    let mut found = BTreeSet::new();
    for three in all.windows(3) {
        if let [row, dot, name] = three
            && dot.text == "."
            && is_row(row)
        {
            found.extend(word(name));
        }
    }
    found
}

/// Columns, and keys that a column or a foreign key wants.
pub fn mentions<'w>(object: &'w Object, attributes: &[&'static str], world: &World<'w>) -> Vec<&'w Object> {
    let (schema, table) = (object.identity.part(0), object.identity.part(1));
    let called = |names: &BTreeSet<String>, schema: &str, table: &str| -> Vec<&'w Object> {
        let columns = world.parts_of_kind(schema, table, Kind::Column).filter(|column| column.key() != object.key());
        columns.filter(|column| names.contains(&column.identity.part(2).to_lowercase())).collect()
    };
    // Lists of columns have their names as they are, with what an index has of them or how it sorts them behind.
    let named = |only: &[&'static str]| {
        let texts = texts(object, only);
        let whole = texts.iter().flat_map(|text| [*text, plain(text)]).map(str::to_lowercase);
        texts.iter().copied().flat_map(words).chain(whole).collect::<BTreeSet<String>>()
    };
    match object.kind {
        Kind::View => {
            let names = named(&["definition"]);
            let read = view::reads(object, world);
            read.into_iter().flat_map(|read| called(&names, read.identity.part(0), read.identity.part(1))).collect()
        }
        Kind::Trigger => {
            let mut names = object.text("body").map(of_rows).unwrap_or_default();
            names.extend(list(object, "columns").iter().map(|name| name.to_lowercase()));
            called(&names, schema, table)
        }
        Kind::Index | Kind::Constraint => {
            let mut found = called(&named(&["keys", "columns", "expression"]), schema, table);
            found.extend(referred_to(object, world));
            found
        }
        Kind::Column => {
            let mut found = called(&named(&["generated", "default", "check"]), schema, table);
            // There is none without a key that begins with it.
            if object.get("auto_increment").is_some() {
                found.extend(begun_by(&[object.identity.part(2).into()], (schema, table), world));
            }
            found
        }
        Kind::Table if !attributes.is_empty() => called(&named(&["partition_by", "periods"]), schema, table),
        _ => Vec::new(),
    }
}

/// A key of the table that begins with these columns.
fn begun_by<'w>(columns: &[Box<str>], (schema, table): (&str, &str), world: &World<'w>) -> Option<&'w Object> {
    let mut keys = world.parts_of(schema, table).filter(|part| matches!(part.kind, Kind::Index | Kind::Constraint));
    keys.find(|key| ["keys", "columns"].iter().any(|property| list(key, property).starts_with(columns)))
}

/// The key that a foreign key refers to.
fn referred_to<'w>(object: &Object, world: &World<'w>) -> Option<&'w Object> {
    let other = world.shown("table", object.text("references")?)?;
    begun_by(list(object, "referenced_columns"), (other.identity.part(0), other.identity.part(1)), world)
}

/// How long a key may be depends on how its table keeps rows.
const KEPT: &[&str] = &["engine", "row_format", "options"];

pub fn leans_on(one: &One<'_>, (from, to): (&World<'_>, &World<'_>)) -> Option<String> {
    let object = one.object();
    let (schema, table) = (object.identity.part(0), object.identity.part(1));
    let is_key = |part: &Object| part.kind == Kind::Index || part.kind == Kind::Constraint && part.text("type") == Some("primary key");
    let differs = |was: &Object, is: &Object| differing(was, is, (from.manifest, to.manifest));
    match object.kind {
        _ if is_key(object) && one.after.is_some() => {
            let whole = |world: &World<'_>| world.find(Kind::Table, &[schema, table]).cloned();
            let (was, is) = (whole(from)?, whole(to)?);
            let kept = differs(&was, &is).into_iter().find(|property| KEPT.contains(property))?;
            Some(format!("its table's {kept} differs too, and decides how long a key may be"))
        }
        Kind::Table if KEPT.iter().any(|property| one.touches(property)) => {
            let keys = from.parts_of(schema, table).filter(|part| is_key(part));
            let is_another = |key: &&Object| to.same(key).is_none_or(|other| !differs(key, other).is_empty());
            let key = keys.into_iter().find(is_another)?;
            Some(format!("{} differs too, and how long a key may be depends on it", World::name_of(key)))
        }
        _ => None,
    }
}
