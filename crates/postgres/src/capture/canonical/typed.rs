//! Casts that a special spelling hides and a call shows, where the type of a column tells that both are one: `TRIM(BOTH FROM v)` and
//! `btrim((v)::text)` of a `varchar`. Such a cast is left out everywhere.
//!
//! Lives here: which casts the server puts there by itself. Neighbour: `loose` makes keys of what this leaves, for which no type
//! is known.

use super::loose;
use super::rewrite::{Found, Part, rewrite};
use super::token::{Kind as Sort, Tokens};
use evenkeel_core::kind::{Kind, Value};
use evenkeel_core::manifest::Object;
use std::collections::{HashMap, HashSet};

/// Types that a column may have, and the one that its value is turned into without being asked.
/// <https://www.postgresql.org/docs/18/catalog-pg-cast.html>
const IMPLICIT: &[(&str, &str)] = &[
    ("\"char\"", "text"),
    ("character", "text"),
    ("character varying", "text"),
    ("date", "timestamp with time zone"),
    ("name", "text"),
    ("smallint", "integer"),
    ("text", "text"),
    ("time without time zone", "time with time zone"),
];

/// Schema, relation and column.
type Place = (Box<str>, Box<str>, Box<str>);

/// Types of columns without their modifiers: of one relation, and what all columns of a name have where they agree.
pub struct Types {
    of_column: HashMap<Place, Box<str>>,
    of_name: HashMap<Box<str>, Option<Box<str>>>,
}

impl Types {
    /// Of these columns.
    pub fn of<'a>(columns: impl Iterator<Item = &'a Object>) -> Self {
        let mut types = Self { of_column: HashMap::new(), of_name: HashMap::new() };
        for column in columns.filter(|object| object.kind == Kind::Column) {
            let bare = bare(column.text("type").unwrap_or_default());
            let [schema, table, name] = [0, 1, 2].map(|at| Box::<str>::from(column.identity.part(at)));
            let named = types.of_name.entry(name.clone()).or_insert_with(|| Some(bare.clone()));
            // A name of strings of several types is still one of strings.
            if named.as_deref().is_some_and(|known| known != &*bare && !(implicit(known, "text") && implicit(&bare, "text"))) {
                *named = None;
            }
            types.of_column.insert((schema, table, name), bare);
        }
        types
    }

    /// Whether the server turns that column into that type by itself, as the object sees it.
    fn is_turned(&self, object: &Object, column: &str, into: &str) -> bool {
        let name: Box<str> = column.trim_matches('"').replace("\"\"", "\"").into();
        let known = match (object.kind, object.get("table")) {
            (Kind::View | Kind::MaterializedView | Kind::Rule, _) => self.of_name.get(&name).cloned().flatten(),
            (Kind::Index | Kind::Statistics, Some(Value::List(table))) => match &**table {
                [schema, table] => self.of_column.get(&(schema.clone(), table.clone(), name)).cloned(),
                _ => None,
            },
            (Kind::Constraint | Kind::Column | Kind::Trigger | Kind::Policy, _) => {
                self.of_column.get(&(object.identity.part(0).into(), object.identity.part(1).into(), name)).cloned()
            }
            _ => None,
        };
        known.is_some_and(|known| implicit(&known, into))
    }
}

fn implicit(from: &str, into: &str) -> bool {
    IMPLICIT.contains(&(from, into))
}

/// `character varying(20)` is `character varying`; an array is what it is.
fn bare(name: &str) -> Box<str> {
    match name.split_once('(') {
        Some((before, after)) => format!("{before}{}", after.split_once(')').map_or("", |(_, rest)| rest)).into(),
        None => name.into(),
    }
}

/// The text without casts that the server puts there by itself. `None` where there are none.
pub fn without(text: &str, object: &Object, types: &Types) -> Option<String> {
    let tokens = Tokens::of(text)?;
    // What a query calls otherwise is no column.
    let aliases: HashSet<&str> = (1..tokens.all.len()).filter(|at| tokens.is(at - 1, "AS")).map(|at| tokens.text(at)).collect();
    let is_free = |column: &str, into: &str| !aliases.contains(column) && types.is_turned(object, column, into);
    rewrite(&tokens, |tokens, at, to| argument(tokens, at, to, &is_free))
}

/// A call's arguments, each without such a cast.
fn argument<'a>(tokens: &Tokens<'a>, at: usize, to: usize, is_free: &dyn Fn(&str, &str) -> bool) -> Option<Found<'a>> {
    if !loose::is_call(tokens, at) || at + 1 >= to {
        return None;
    }
    let (open, close) = (at + 1, tokens.partner(at + 1));
    let mut parts = vec![Part::Plain(tokens.text(at)), Part::Plain("(")];
    let mut from = open + 1;
    let commas: Vec<usize> = tokens.level(from, close).filter(|at| tokens.kind(*at) == Sort::Comma).collect();
    for (nth, end) in commas.into_iter().chain([close]).enumerate() {
        if nth > 0 {
            parts.push(Part::Plain(", "));
        }
        let (mut first, mut last) = (from, end);
        if let Some((inner, after)) = loose::cast(tokens, from, end) {
            let column = tokens.text(after - 1);
            let qualified = (inner..after).all(|at| matches!(tokens.kind(at), Sort::Word | Sort::Quoted | Sort::Dot));
            let into: Vec<&str> = (after + 2..end).map(|at| tokens.text(at)).collect();
            let into = into.join(" ");
            // Where several arguments are of one type, what one is turned into hangs on the others.
            let is_alone = !into.contains("time") || tokens.text(at) == "timezone";
            if qualified && is_alone && is_free(column, &into) {
                (first, last) = (inner, after);
            }
        }
        parts.push(Part::Range(first, last));
        from = end + 1;
    }
    parts.push(Part::Plain(")"));
    Some(Found { end: close + 1, parts })
}
