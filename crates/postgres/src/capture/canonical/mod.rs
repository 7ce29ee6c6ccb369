//! Text the server printed, made equal over server versions where the meaning is the same, marked where it cannot be told.
//!
//! Lives here: which properties hold printed text, and what is done to it. `token` cuts it, `form` turns special
//! spellings into calls, `qualifier` leaves out what newer servers leave out, `loose` makes the keys of what cannot be
//! told. Works on the server's own text, in place, so that its line breaks stay; what is not recognised stays as it is.
//! The printer puts parentheses around everything and writes its keywords in capitals, which is why tokens suffice here;
//! the tests check each result with the server's real grammar (`crate::grammar`).

mod form;
mod loose;
mod qualifier;
mod rewrite;
mod token;
mod typed;

#[cfg(test)]
mod tests;

use super::reader::Found;
use crate::flavor;
use crate::grammar::normal::{self, Normal, Part};
use evenkeel_core::kind::{Kind, Value};
use evenkeel_core::manifest::{Identity, Mark, Object};
use std::borrow::Cow;
use std::collections::HashSet;
use token::{Kind as Sort, Tokens};

/// Why equal keys under different texts are no difference.
const HIDDEN_CAST: &str = "special spellings of calls, as TRIM and AT TIME ZONE, hide implicit casts that plain calls show; whether the casts are the same cannot be told from the text";
const EXTRACT: &str =
    "EXTRACT is date_part, which gives double precision, before 14, and a function of its own, which gives numeric, since";

/// What a property holds, as the server printed it.
#[derive(Clone, Copy)]
enum Text {
    /// An expression, or several.
    Expression,
    Query,
    /// Key elements, each with parentheses of its own or without.
    Elements,
    /// The source of a routine: printed where the server keeps it as a tree, any other is the user's own text.
    Body,
    /// Made of elements where they are read, with what follows each.
    Keys,
}

/// The properties of a kind that hold printed text.
const fn printed(kind: Kind) -> &'static [(&'static str, Text)] {
    match kind {
        Kind::Column => &[("default", Text::Expression), ("generated", Text::Expression)],
        Kind::Constraint | Kind::DomainConstraint => &[("expression", Text::Expression)],
        Kind::Index => &[("predicate", Text::Expression), ("keys", Text::Keys)],
        Kind::Function | Kind::Procedure => &[("arguments", Text::Expression), ("body", Text::Body)],
        Kind::Aggregate => &[("arguments", Text::Expression)],
        Kind::Domain => &[("default", Text::Expression)],
        Kind::Policy => &[("using", Text::Expression), ("check", Text::Expression)],
        Kind::Trigger => &[("condition", Text::Expression)],
        Kind::Rule => &[("condition", Text::Expression), ("action", Text::Expression)],
        Kind::PublicationTable => &[("filter", Text::Expression)],
        Kind::View | Kind::MaterializedView => &[("definition", Text::Query)],
        Kind::Statistics => &[("expressions", Text::Elements)],
        Kind::Table => &[("partition_by", Text::Elements)],
        // The server prints nothing of these that is more than a name.
        Kind::Schema
        | Kind::Extension
        | Kind::Partition
        | Kind::Sequence
        | Kind::Package
        | Kind::Library
        | Kind::EventTrigger
        | Kind::Event
        | Kind::Enum
        | Kind::CompositeType
        | Kind::RangeType
        | Kind::BaseType
        | Kind::Cast
        | Kind::Operator
        | Kind::OperatorClass
        | Kind::OperatorFamily
        | Kind::Collation
        | Kind::Conversion
        | Kind::TextSearchParser
        | Kind::TextSearchTemplate
        | Kind::TextSearchDictionary
        | Kind::TextSearchConfiguration
        | Kind::Language
        | Kind::AccessMethod
        | Kind::Transform
        | Kind::ForeignDataWrapper
        | Kind::ForeignServer
        | Kind::UserMapping
        | Kind::Publication
        | Kind::Subscription
        | Kind::Server
        | Kind::Setting
        | Kind::Override
        | Kind::ExtensionVersion
        | Kind::CollationVersion
        | Kind::Tablespace
        | Kind::Plugin
        | Kind::TableStatistics
        | Kind::IndexStatistics
        | Kind::ColumnStatistics
        | Kind::Node
        | Kind::Replica
        | Kind::Slot
        | Kind::Channel
        | Kind::Owner
        | Kind::Definer
        | Kind::Grant
        | Kind::DefaultPrivilege
        | Kind::Role
        | Kind::Membership
        | Kind::HistoryTable
        | Kind::Migration
        | Kind::ReferenceTable
        | Kind::ReferenceRow => &[],
    }
}

/// Brings every printed property of every object to its canonical text.
pub fn each(found: &mut [Found], major: u16) {
    for found in found.chunk_by_mut(|a, b| a.object.kind == b.object.kind) {
        let Some(kind) = found.first().map(|found| found.object.kind) else { continue };
        for (property, text) in printed(kind) {
            let Some(index) = kind.spec().index_of(property) else { continue };
            for object in found.iter_mut().map(|found| &mut found.object) {
                canonical(object, index, *text, major);
            }
        }
    }
    let mut objects: Vec<&mut Object> = found.iter_mut().map(|found| &mut found.object).collect();
    normal(&mut objects);
}

/// Gives every printed property of every object its normal form.
pub fn normal(objects: &mut [&mut Object]) {
    let mut wanted: Vec<(usize, u8, usize)> = Vec::new();
    let mut texts: Vec<(Part, &str)> = Vec::new();
    for (at, object) in objects.iter().enumerate() {
        for (property, text) in printed(object.kind) {
            let Some(index) = object.kind.spec().index_of(property) else { continue };
            let part = part(object, property, *text);
            let before = texts.len();
            match object.get_at(index) {
                Some(Value::Text(text)) => texts.push((part, text)),
                Some(Value::List(items)) => texts.extend(items.iter().map(|item| (part, &**item))),
                _ => continue,
            }
            wanted.push((at, index, texts.len() - before));
        }
    }
    let found = normal::all(&texts);
    let mut named: Vec<(usize, u8, Normal)> = Vec::new();
    let (mut texts, mut found) = (texts.as_slice(), found.as_slice());
    for (at, index, count) in wanted {
        let ((own, rest), (names, others)) = (texts.split_at(count), found.split_at(count));
        (texts, found) = (rest, others);
        match (own, names) {
            ([_], [normal]) => named.extend(normal.clone().map(|normal| (at, index, normal))),
            _ if names.iter().any(Option::is_some) => {
                let item = |(text, normal): (&(Part, &str), &Option<Normal>)| match normal {
                    Some(Normal::Named(name) | Normal::Number(name)) => name.clone(),
                    None => text.1.into(),
                };
                let items: Vec<Box<str>> = own.iter().zip(names).map(item).collect();
                named.push((at, index, Normal::Named(normal::several(&items))));
            }
            _ => {}
        }
    }
    objects.iter_mut().for_each(|object| own(object));
    for (at, index, normal) in named {
        let Some(object) = objects.get_mut(at) else { continue };
        match normal {
            Normal::Named(name) => object.set_normal_at(index, Some(name)),
            Normal::Number(number) if matches!(object.get_at(index), Some(Value::Text(_))) => object.set_at(index, Value::Text(number)),
            // A list of one number.
            Normal::Number(number) => object.set_normal_at(index, Some(normal::several(&[number]))),
        }
    }
}

/// Languages whose code is cut into tokens as SQL is.
const TOKENS: &[&str] = &["sql", "plpgsql"];

/// Gives code that stands as somebody wrote it a normal form, and notes how it is laid out.
fn own(object: &mut Object) {
    if !matches!(object.kind, Kind::Function | Kind::Procedure)
        || is_printed(object)
        || !TOKENS.contains(&object.text("language").unwrap_or_default())
    {
        return;
    }
    let (Some(index), Some((name, layout))) = (object.kind.spec().index_of("body"), object.text("body").and_then(normal::own)) else {
        return;
    };
    object.set_normal_at(index, Some(name));
    object.set("layout", Value::Text(layout));
}

/// What the text is a part of.
fn part(object: &Object, property: &str, text: Text) -> Part {
    match (object.kind, property, text) {
        (Kind::Constraint, ..) if object.text("type") == Some("exclusion") => Part::Exclusion,
        (Kind::Function | Kind::Procedure | Kind::Aggregate, "arguments", _) => Part::Arguments,
        (Kind::Rule, "action", _) | (_, _, Text::Query) => Part::Statement,
        (Kind::Table, ..) => Part::PartitionKey,
        (_, _, Text::Keys) => Part::Key,
        (_, _, Text::Body) if is_printed(object) => Part::Body,
        (_, _, Text::Body) => Part::Own,
        _ => Part::Expression,
    }
}

fn canonical(object: &mut Object, index: u8, text: Text, major: u16) {
    match text {
        Text::Expression => change(object, index, major, expression),
        Text::Query => change(object, index, major, query),
        Text::Elements => change(object, index, major, elements),
        Text::Keys => mark(object, index, major),
        Text::Body if is_printed(object) => change(object, index, major, expression),
        Text::Body => {}
    }
}

fn is_printed(object: &Object) -> bool {
    let body = object.text("body").is_some_and(|body| body.starts_with("BEGIN ATOMIC") || body.starts_with("RETURN "));
    body && object.text("language") == Some("sql")
}

/// Leaves out casts that only some spellings show, where the types of columns tell that they are there anyway. Wants all columns.
pub fn typed(objects: &mut [&mut Object], major: u16) {
    let is_marked = |object: &Object| object.marks.iter().any(|mark| mark.boundary == 0);
    if !objects.iter().any(|object| is_marked(object)) {
        return;
    }
    let types = typed::Types::of(objects.iter().map(|object| &**object));
    let mut changed: Vec<&mut Object> = Vec::new();
    for object in objects.iter_mut().map(|object| &mut **object).filter(|object| is_marked(object)) {
        let properties: Vec<u8> = object.marks.iter().filter(|mark| mark.boundary == 0).map(|mark| mark.property).collect();
        let mut is_changed = false;
        for index in properties {
            let value = match object.get_at(index) {
                Some(Value::Text(text)) => typed::without(text, object, &types).map(Value::text),
                Some(Value::List(items)) => {
                    let shorter: Vec<Option<String>> = items.iter().map(|item| typed::without(item, object, &types)).collect();
                    let kept = |(item, shorter): (_, Option<String>)| shorter.map_or_else(|| Box::clone(item), Into::into);
                    shorter.iter().any(Option::is_some).then(|| Value::list::<Box<str>>(items.iter().zip(shorter).map(kept)))
                }
                _ => None,
            };
            if let Some(value) = value {
                object.set_at(index, value);
                mark(object, index, major);
                is_changed = true;
            }
        }
        if is_changed {
            changed.push(object);
        }
    }
    normal(&mut changed);
}

/// What EXTRACT in views gives shows in the types of their columns too. Wants all views and their columns.
pub fn dates(found: &mut [Found], major: u16) {
    if major < flavor::EXTRACT {
        return;
    }
    let views = found.iter().map(|found| &found.object).filter(|object| matches!(object.kind, Kind::View | Kind::MaterializedView));
    let dated: HashSet<Identity> =
        views.filter(|view| view.marks.iter().any(|mark| mark.boundary == flavor::EXTRACT)).map(|view| view.identity.clone()).collect();
    if dated.is_empty() {
        return;
    }
    for column in found.iter_mut().map(|found| &mut found.object).filter(|object| object.kind == Kind::Column) {
        let Some(index) = column.kind.spec().index_of("type") else { continue };
        let equivalent = match column.text("type") {
            Some("numeric") => "double precision",
            Some("numeric[]") => "double precision[]",
            _ => continue,
        };
        if dated.contains(&Identity::new([column.identity.part(0), column.identity.part(1)])) {
            column.marks.push(Mark { property: index, boundary: flavor::EXTRACT, equivalent: equivalent.into(), reason: EXTRACT.into() });
        }
    }
}

fn change(object: &mut Object, index: u8, major: u16, canonical: impl Fn(&str) -> Cow<'_, str>) {
    let changed = match object.get_at(index) {
        Some(Value::Text(text)) => match canonical(text) {
            Cow::Owned(text) => Some(Value::text(text)),
            Cow::Borrowed(kept) => (kept.len() < text.len()).then(|| Value::text(kept)),
        },
        Some(Value::List(items)) => {
            let changed: Vec<Cow<'_, str>> = items.iter().map(|item| canonical(item)).collect();
            Some(Value::list(changed.iter().map(|item| &**item)))
        }
        _ => return,
    };
    if let Some(value) = changed {
        object.set_at(index, value);
    }
    mark(object, index, major);
}

/// An expression, or a text with several: calls instead of special spellings.
fn expression(text: &str) -> Cow<'_, str> {
    if !form::is_likely(text) {
        return Cow::Borrowed(text);
    }
    let rewritten = Tokens::of(text).and_then(|tokens| rewrite::rewrite(&tokens, form::call));
    rewritten.map_or(Cow::Borrowed(text), Cow::Owned)
}

/// A query: calls, no closing semicolon, and no qualifiers where one relation is read.
fn query(text: &str) -> Cow<'_, str> {
    let text = text.trim().trim_end_matches(';');
    let called = expression(text);
    match qualifier::is_likely(&called).then(|| qualifier::without(&called)).flatten() {
        Some(shorter) => Cow::Owned(shorter),
        None => called,
    }
}

/// Elements, behind the name of a strategy or without: `RANGE (a, lower(b) COLLATE "C")`.
fn elements(text: &str) -> Cow<'_, str> {
    let called = expression(text);
    let Some(tokens) = Tokens::of(&called) else { return Cow::Borrowed(text) };
    let end = tokens.all.len();
    let (from, to) = if tokens.kind(1) == Sort::Open && tokens.partner(1) + 1 == end { (2, end - 1) } else { (0, end) };
    let starts = tokens.level(from, to).filter(|at| *at == from || tokens.kind(at - 1) == Sort::Comma);
    let groups: Vec<usize> = starts.filter(|at| tokens.kind(*at) == Sort::Open).collect();
    let mut kept = String::with_capacity(called.len());
    let mut copied = 0;
    for open in groups {
        let close = tokens.partner(open);
        let (Some(first), Some(last)) = (tokens.all.get(open), tokens.all.get(close)) else { continue };
        kept.push_str(called.get(copied..first.start).unwrap_or_default());
        kept.push_str(&element(called.get(first.start..last.end).unwrap_or_default()));
        copied = last.end;
    }
    kept.push_str(called.get(copied..).unwrap_or_default());
    if *kept == *text { Cow::Borrowed(text) } else { Cow::Owned(kept) }
}

/// One element of an index key or partition key: a column, a call, or anything else in exactly one pair of parentheses.
#[must_use]
pub fn element(text: &str) -> Box<str> {
    let called = expression(text);
    let Some(tokens) = Tokens::of(&called) else { return text.into() };
    let (mut from, mut to) = (0, tokens.all.len());
    while tokens.kind(from) == Sort::Open && tokens.partner(from) + 1 == to && from + 1 < to {
        (from, to) = (from + 1, to - 1);
    }
    let content = match (tokens.all.get(from), to.checked_sub(1).and_then(|last| tokens.all.get(last))) {
        (Some(first), Some(last)) => called.get(first.start..last.end).unwrap_or_default(),
        _ => return text.into(),
    };
    // A name, qualified or not, and its arguments.
    let arguments = tokens.level(from, to).find(|at| tokens.kind(*at) == Sort::Open);
    let is_call = arguments.is_some_and(|open| {
        open > from
            && !NO_CALLS.contains(&tokens.text(from))
            && tokens.partner(open) + 1 == to
            && tokens.level(from, open).all(|at| matches!(tokens.kind(at), Sort::Word | Sort::Quoted | Sort::Dot))
    });
    if is_call || to == from + 1 && matches!(tokens.kind(from), Sort::Word | Sort::Quoted) {
        content.into()
    } else {
        format!("({content})").into()
    }
}

/// Words before a parenthesis that call nothing: the server puts parentheses around such a key.
const NO_CALLS: &[&str] = &["NOT", "ROW", "EXISTS", "ARRAY"];

/// Keys as an earlier version wrote them, without the parentheses that `NOT (…)` needs.
pub fn renewed_keys(items: &[Box<str>]) -> Option<Value> {
    let mend = |item: &str| -> Option<String> {
        let tokens = Tokens::of(item).filter(|tokens| NO_CALLS.contains(&tokens.text(0)) && tokens.kind(1) == Sort::Open)?;
        let end = tokens.all.get(tokens.partner(1))?.end;
        Some(format!("({}){}", item.get(..end)?, item.get(end..)?))
    };
    let mended: Vec<Option<String>> = items.iter().map(|item| mend(item)).collect();
    let is_mended = mended.iter().any(Option::is_some);
    let kept = items.iter().zip(mended).map(|(item, mended)| mended.map_or_else(|| item.clone(), Into::into));
    is_mended.then(|| Value::list::<Box<str>>(kept))
}

/// Notes what the value could also mean on another server.
fn mark(object: &mut Object, index: u8, major: u16) {
    let shown = match object.get_at(index) {
        Some(Value::Text(text)) => Cow::Borrowed(&**text),
        // Nothing that is looked for reaches over two items.
        Some(Value::List(items)) if !items.iter().any(|item| loose::is_likely(item, major)) => return,
        Some(value @ Value::List(_)) => Cow::Owned(value.shown()),
        _ => return,
    };
    let uncast = loose::uncast(&shown);
    let dated = loose::changed_in_14(&shown, major).then(|| loose::before_14(uncast.as_deref().unwrap_or(&shown))).flatten();
    let mut marks = Vec::new();
    if let Some(text) = dated {
        marks.push(Mark { property: index, boundary: flavor::EXTRACT, equivalent: text.into(), reason: EXTRACT.into() });
    }
    if let Some(text) = uncast {
        marks.push(Mark { property: index, boundary: 0, equivalent: text.into(), reason: HIDDEN_CAST.into() });
    }
    object.marks.retain(|mark| mark.property != index);
    object.marks.extend(marks);
}
