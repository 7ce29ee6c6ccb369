//! Enums, composite, range and base types, collations.

use super::named::call;
use super::text::whole;
use super::{Maker, Target, flag, integer, is_not, list};
use crate::ident::{literal, quoted};
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::{Object, first_shown_part};
use evenkeel_core::patch::{Change, Hazard, Statement, Way, World, Written};

pub struct Enums;
pub struct Composites;
pub struct Ranges;
pub struct Bases;
pub struct Collations;

impl Maker for Enums {
    fn create(&self, object: &Object, _: &Target<'_>) -> Written {
        let labels: Vec<String> = list(object, "labels").iter().map(|label| literal(label)).collect();
        Ok(vec![Statement::new(format!("CREATE TYPE {} AS ENUM ({});", whole(object), labels.join(", ")))])
    }

    fn way(&self, change: &Change<'_>, _: &World<'_>, _: &World<'_>) -> Way {
        // Labels can be added at any place, none taken away or moved.
        let (was, is) = (list(change.from, "labels"), list(change.to, "labels"));
        let kept: Vec<&Box<str>> = is.iter().filter(|label| was.contains(label)).collect();
        if kept.len() == was.len() && kept.into_iter().eq(was.iter()) { Way::InPlace } else { Way::Replace }
    }

    fn alter(&self, change: &Change<'_>, _: &Target<'_>) -> Written {
        let (was, is) = (list(change.from, "labels"), list(change.to, "labels"));
        let mut statements = Vec::new();
        for (at, label) in is.iter().enumerate().filter(|(_, label)| !was.contains(label)) {
            // Each stands after the one before it, which is there by then.
            let place = match at.checked_sub(1).and_then(|before| is.get(before)) {
                Some(before) => format!(" AFTER {}", literal(before)),
                None => was.first().map(|first| format!(" BEFORE {}", literal(first))).unwrap_or_default(),
            };
            // A transaction that adds a label cannot use it.
            statements.push(Statement::new(format!("ALTER TYPE {} ADD VALUE {}{place};", whole(change.to), literal(label))).ahead());
        }
        Ok(statements)
    }
}

impl Maker for Composites {
    fn create(&self, object: &Object, _: &Target<'_>) -> Written {
        let attributes: Vec<String> = list(object, "attributes").iter().map(ToString::to_string).collect();
        let mut statements = vec![Statement::new(format!("CREATE TYPE {} AS ({});", whole(object), attributes.join(", ")))];
        statements.extend(attribute_comments(object, &[])?);
        Ok(statements)
    }

    fn way(&self, change: &Change<'_>, _: &World<'_>, _: &World<'_>) -> Way {
        let (was, is) = (list(change.from, "attributes"), list(change.to, "attributes"));
        // Dropped at any place and added at the end; anything else changes stored values.
        let kept: Vec<Box<str>> = was.iter().filter(|attribute| is.contains(attribute)).cloned().collect();
        match (is.starts_with(was), is.starts_with(&kept) && renamed_or_retyped(was, is).is_none()) {
            (true, _) => Way::InPlace,
            (false, true) => Way::Cleared,
            (false, false) => Way::Replace,
        }
    }

    fn alter(&self, change: &Change<'_>, _: &Target<'_>) -> Written {
        let (was, is) = (list(change.from, "attributes"), list(change.to, "attributes"));
        let name = whole(change.to);
        let gone = was.iter().filter(|attribute| !is.contains(attribute)).map(|item| attribute(item).0);
        let mut statements: Vec<Statement> = gone
            .map(|gone| {
                let sql = format!("ALTER TYPE {name} DROP ATTRIBUTE {gone} CASCADE;");
                Statement::new(sql).hazard(Hazard::Loses(format!("{gone} of every value of {name}")))
            })
            .collect();
        let added = is.iter().filter(|attribute| !was.contains(attribute));
        statements.extend(added.map(|attribute| Statement::new(format!("ALTER TYPE {name} ADD ATTRIBUTE {attribute} CASCADE;"))));
        statements.extend(attribute_comments(change.to, list(change.from, "attribute_comments"))?);
        Ok(statements)
    }
}

/// Whether the type of a column's table becomes another one in place, so that it brings the column.
///
/// # Errors
/// Why it does not.
pub fn gives_attributes(column: &Object, to: &Target<'_>) -> Result<(), String> {
    let (from, world) = (to.making.from, to.making.to);
    let Some(typ) = super::inherited::type_of_table(column, world) else { return Ok(()) };
    let Some(before) = from.same(typ) else { return Ok(()) };
    let change = Change { from: before, to: typ, attributes: &["attributes"] };
    match Composites.way(&change, from, world) {
        Way::Replace | Way::Refuse(_) => Err(format!("its table has it from {}, which would have to be made anew", World::name_of(typ))),
        Way::InPlace | Way::Cleared => Ok(()),
    }
}

/// An attribute's name and type, both as SQL.
pub fn attribute(item: &str) -> (&str, &str) {
    let at = match item.strip_prefix('"').and_then(|_| first_shown_part(item)) {
        None => item.find(' '),
        Some((_, rest)) => item.len().checked_sub(rest.len()),
    };
    let (name, typ) = item.split_at_checked(at.unwrap_or(item.len())).unwrap_or((item, ""));
    (name, typ.trim_start())
}

/// An attribute that both have, and is another.
fn renamed_or_retyped<'a>(was: &'a [Box<str>], is: &[Box<str>]) -> Option<&'a str> {
    let gone = was.iter().filter(|item| !is.contains(item)).map(|item| attribute(item).0);
    gone.into_iter().find(|gone| is.iter().any(|item| attribute(item).0 == *gone))
}

/// Whether the server refuses to drop an attribute while that is there, which may use it.
pub fn is_in_the_way(other: &Object) -> bool {
    match other.kind {
        Kind::View
        | Kind::MaterializedView
        | Kind::Rule
        | Kind::Policy
        | Kind::Trigger
        | Kind::Index
        | Kind::Constraint
        | Kind::Statistics
        | Kind::PublicationTable => true,
        Kind::Function | Kind::Procedure => other.text("language") == Some("sql"),
        Kind::Column => other.get("generated").is_some(),
        _ => false,
    }
}

/// Each `name: comment`, the name as SQL.
fn attribute_comments(object: &Object, before: &[Box<str>]) -> Written {
    let name = |item: &str| -> Option<usize> {
        match item.strip_prefix('"') {
            None => item.find(": "),
            Some(_) => item.find("\": ").map(|at| at + 1),
        }
    };
    let mut statements = Vec::new();
    let is = list(object, "attribute_comments");
    for item in is.iter().filter(|item| !before.contains(item)) {
        let at = name(item).ok_or("a comment of an attribute is not as it should be")?;
        let (attribute, comment) = (item.get(..at).unwrap_or_default(), item.get(at + 2..).unwrap_or_default());
        statements.push(Statement::new(format!("COMMENT ON COLUMN {}.{attribute} IS {};", whole(object), literal(comment))));
    }
    let names: Vec<&str> = is.iter().filter_map(|item| name(item).and_then(|at| item.get(..at))).collect();
    for gone in before.iter().filter_map(|item| name(item).and_then(|at| item.get(..at))).filter(|gone| !names.contains(gone)) {
        statements.push(Statement::new(format!("COMMENT ON COLUMN {}.{gone} IS NULL;", whole(object))));
    }
    Ok(statements)
}

impl Maker for Ranges {
    fn create(&self, object: &Object, to: &Target<'_>) -> Written {
        if to.making.is_bare(object) {
            return Ok(vec![shell(object)]);
        }
        let mut parts = vec![format!("SUBTYPE = {}", object.text("subtype").ok_or("its subtype is not known")?)];
        let mut add = |word: &str, value: Option<String>| parts.extend(value.map(|value| format!("{word} = {value}")));
        add("SUBTYPE_OPCLASS", object.text("operator_class").map(str::to_owned));
        add("COLLATION", object.text("collation").map(str::to_owned));
        add("CANONICAL", call(object, "canonical"));
        add("SUBTYPE_DIFF", call(object, "difference"));
        add("MULTIRANGE_TYPE_NAME", object.text("multirange").map(str::to_owned));
        Ok(vec![Statement::new(format!("CREATE TYPE {} AS RANGE ({});", whole(object), parts.join(", ")))])
    }

    fn finish(&self, object: &Object, to: &Target<'_>) -> Written {
        whole_of(self, object, to)
    }

    fn drop(&self, object: &Object, _: &Target<'_>) -> Written {
        // It and the function that makes its values equal need each other.
        let cascade = if object.get("canonical").is_some() { " CASCADE" } else { "" };
        Ok(vec![Statement::new(format!("DROP TYPE {}{cascade};", whole(object)))])
    }
}

/// What stands for a type while its functions are made, which name it.
fn shell(object: &Object) -> Statement {
    Statement::new(format!("CREATE TYPE {};", whole(object)))
}

/// The type that a shell stood for.
fn whole_of(maker: &dyn Maker, object: &Object, to: &Target<'_>) -> Written {
    let none = std::collections::BTreeSet::new();
    let making = evenkeel_core::patch::Making { bare: &none, ..*to.making };
    maker.create(object, &Target { making: &making, ..*to })
}

impl Maker for Bases {
    fn create(&self, object: &Object, to: &Target<'_>) -> Written {
        if is_not(object, "defined") || to.making.is_bare(object) {
            return Ok(vec![shell(object)]);
        }
        let mut parts = Vec::new();
        let mut add = |word: &str, value: Option<String>| parts.extend(value.map(|value| format!("{word} = {value}")));
        for (word, property) in [
            ("INPUT", "input"),
            ("OUTPUT", "output"),
            ("RECEIVE", "receive"),
            ("SEND", "send"),
            ("TYPMOD_IN", "modifier_in"),
            ("TYPMOD_OUT", "modifier_out"),
            ("ANALYZE", "analyze"),
            ("SUBSCRIPT", "subscript"),
        ] {
            add(word, call(object, property));
        }
        let length = match integer(object, "length") {
            Some(length) if length >= 0 => length.to_string(),
            _ => "VARIABLE".to_owned(),
        };
        add("INTERNALLENGTH", Some(length));
        add("ALIGNMENT", object.text("alignment").map(str::to_owned));
        add("STORAGE", object.text("storage").map(str::to_owned));
        add("CATEGORY", object.text("category").map(literal));
        add("DEFAULT", object.text("default").map(literal));
        add("ELEMENT", object.text("element").map(str::to_owned));
        add("DELIMITER", object.text("delimiter").map(literal));
        for (property, word) in [("by_value", "PASSEDBYVALUE"), ("preferred", "PREFERRED = true"), ("collatable", "COLLATABLE = true")] {
            if flag(object, property) {
                parts.push(word.to_owned());
            }
        }
        Ok(vec![Statement::new(format!("CREATE TYPE {} ({});", whole(object), parts.join(", ")))])
    }

    fn finish(&self, object: &Object, to: &Target<'_>) -> Written {
        whole_of(self, object, to)
    }

    fn drop(&self, object: &Object, _: &Target<'_>) -> Written {
        // Its functions name it and it names them: they go together.
        Ok(vec![Statement::new(format!("DROP TYPE {} CASCADE;", whole(object)))])
    }
}

impl Maker for Collations {
    fn create(&self, object: &Object, _: &Target<'_>) -> Written {
        let provider = object.text("provider").unwrap_or("libc");
        let mut parts = Vec::new();
        let mut add = |word: &str, value: Option<&str>| parts.extend(value.map(|value| format!("{word} = {}", literal(value))));
        match provider {
            "libc" => {
                add("LC_COLLATE", object.text("collate"));
                add("LC_CTYPE", object.text("ctype"));
            }
            _ => add("LOCALE", object.text("locale")),
        }
        add("RULES", object.text("rules"));
        parts.push(format!("PROVIDER = {}", quoted(provider)));
        if is_not(object, "deterministic") {
            parts.push("DETERMINISTIC = false".to_owned());
        }
        Ok(vec![Statement::new(format!("CREATE COLLATION {} ({});", whole(object), parts.join(", ")))])
    }
}
