//! One object: its kind, its identity, and the values that are not neutral, each with its normal form where the engine gave one.
//!
//! Lives here as well: how an identity is shown to a person, and how a shown one is read back.

use crate::kind::{Class, Kind, Value};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

/// The parts that name an object, as its kind declares them. Ordered bytewise, part by part. Parts are shared: the
/// columns of a table name it without holding a copy each.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Identity(Box<[Arc<str>]>);

impl Ord for Identity {
    fn cmp(&self, other: &Self) -> Ordering {
        for (a, b) in self.0.iter().zip(&other.0) {
            if Arc::ptr_eq(a, b) {
                continue;
            }
            match a.cmp(b) {
                Ordering::Equal => {}
                unequal => return unequal,
            }
        }
        self.0.len().cmp(&other.0.len())
    }
}

impl PartialOrd for Identity {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Identity {
    /// From the parts in declared order.
    pub fn new<T: Into<Arc<str>>>(parts: impl IntoIterator<Item = T>) -> Self {
        Self(parts.into_iter().map(Into::into).collect())
    }

    /// The same with another part at that place; the others stay shared.
    #[must_use]
    pub fn with(&self, index: usize, part: Arc<str>) -> Self {
        let mut parts = self.0.clone();
        if let Some(place) = parts.get_mut(index) {
            *place = part;
        }
        Self(parts)
    }

    /// The parts in declared order.
    pub fn parts(&self) -> impl ExactSizeIterator<Item = &str> + DoubleEndedIterator + Clone {
        self.0.iter().map(AsRef::as_ref)
    }

    /// The part at that place; empty where there is none.
    #[must_use]
    pub fn part(&self, index: usize) -> &str {
        self.0.get(index).map_or("", AsRef::as_ref)
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter()).finish()
    }
}

/// Says that a value may mean the same as a different one elsewhere: where both sides' keys agree and the values do not,
/// the verdict is "not comparable".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    pub property: u8,
    /// Holds between servers on different sides of this major version; 0 between any two.
    pub boundary: u16,
    /// The key: what is left of the value when everything that cannot be told is taken out. A value without a mark is its own key.
    pub equivalent: Box<str>,
    /// Why it cannot be told.
    pub reason: Box<str>,
}

/// Name spaces within one kind: a check and a foreign key of a table may have the same name on MySQL and MariaDB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Space {
    Common,
    Check,
    ForeignKey,
}

/// One object of an environment. Values are kept only where they differ from the neutral one, in declared order.
#[derive(Debug, Clone)]
pub struct Object {
    pub kind: Kind,
    pub identity: Identity,
    values: Vec<(u8, Value)>,
    /// Rarely more than none.
    pub marks: Vec<Mark>,
    /// Names of the normal forms of printed texts, by property, sorted: what is hashed and compared in place of the text. One
    /// that begins with [`AS_TEXT`] is a text itself.
    normals: Vec<(u8, Box<str>)>,
    /// Its name in the spelling it is hashed and found under, where its server ignores case and that is another one.
    folded: Option<Box<str>>,
}

/// Begins a normal form that is no name of one: the value itself in one spelling, the items of a list line by line. It is
/// hashed as a value, so that values that need no other spelling have none.
pub const AS_TEXT: char = '=';
/// What stands between the items of a list that is such a text: an item may have line breaks of its own.
pub const ITEM_END: char = '\u{1f}';

impl Object {
    #[must_use]
    pub const fn new(kind: Kind, identity: Identity) -> Self {
        Self { kind, identity, values: Vec::new(), marks: Vec::new(), normals: Vec::new(), folded: None }
    }

    /// What objects are sorted by.
    #[must_use]
    pub fn key(&self) -> (Kind, &Identity, Space) {
        (self.kind, &self.identity, self.space())
    }

    /// The name space its name belongs to: two objects with one identity are two where these differ.
    #[must_use]
    pub fn space(&self) -> Space {
        match self.text("type").filter(|_| self.kind == Kind::Constraint) {
            Some("check") => Space::Check,
            Some("foreign key") => Space::ForeignKey,
            _ => Space::Common,
        }
    }

    /// Whether the server made its name up.
    #[must_use]
    pub fn has_generated_name(&self) -> bool {
        self.kind == Kind::Constraint && self.get("generated_name") == Some(&Value::Flag(true))
    }

    /// Sets a property by its place in the declaration; neutral values are not kept.
    pub fn set_at(&mut self, index: u8, value: Value) {
        if self.kind.spec().property(index).is_none_or(|property| property.neutral.is(&value)) {
            // What was said before is said no more.
            if self.values.last().is_some_and(|(last, _)| *last >= index) {
                self.values.retain(|(at, _)| *at != index);
            }
            return;
        }
        match self.values.last() {
            Some((last, _)) if *last >= index => match self.values.binary_search_by_key(&index, |(at, _)| *at) {
                Ok(at) => {
                    if let Some(slot) = self.values.get_mut(at) {
                        slot.1 = value;
                    }
                }
                Err(at) => self.values.insert(at, (index, value)),
            },
            _ => self.values.push((index, value)),
        }
    }

    /// Sets a property by name. Returns whether the kind declares it.
    pub fn set(&mut self, name: &str, value: impl Into<Value>) -> bool {
        let index = self.kind.spec().index_of(name);
        debug_assert!(index.is_some(), "{} has no property {name}", self.kind.name());
        if let Some(index) = index {
            self.set_at(index, value.into());
        }
        index.is_some()
    }

    /// Takes a property back.
    pub fn unset(&mut self, name: &str) {
        if let Some(index) = self.kind.spec().index_of(name) {
            self.values.retain(|(at, _)| *at != index);
        }
    }

    /// Sets a property where there is a value.
    pub fn set_some(&mut self, name: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.set(name, value);
        }
    }

    /// The value of a property, where it is not neutral.
    #[must_use]
    pub fn get_at(&self, index: u8) -> Option<&Value> {
        let at = self.values.binary_search_by_key(&index, |(at, _)| *at).ok()?;
        self.values.get(at).map(|(_, value)| value)
    }

    /// The value of a property by name, where it is not neutral.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.get_at(self.kind.spec().index_of(name)?)
    }

    /// The text of a property by name, where it is not neutral.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.get(name) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// Gives a value the name of its normal form: values with the same one are the same, whatever their texts are.
    pub fn set_normal_at(&mut self, index: u8, normal: Option<Box<str>>) {
        self.normals.retain(|(at, _)| *at != index);
        self.normals.extend(normal.map(|normal| (index, normal)));
        self.normals.sort_unstable_by_key(|(at, _)| *at);
    }

    /// The name of a value's normal form; `None` where the value stands for itself.
    #[must_use]
    pub fn normal_at(&self, index: u8) -> Option<&str> {
        self.normals.iter().find(|(at, _)| *at == index).map(|(_, normal)| &**normal)
    }

    /// All names of normal forms, by property.
    #[must_use]
    pub fn normals(&self) -> &[(u8, Box<str>)] {
        &self.normals
    }

    /// Whether both objects say the same of a property.
    #[must_use]
    pub fn agrees_at(&self, other: &Self, index: u8) -> bool {
        match (self.normal_at(index), other.normal_at(index)) {
            (Some(own), Some(theirs)) => own == theirs,
            _ => match (self.said_at(index), other.said_at(index)) {
                (Ok(own), Ok(theirs)) => own == theirs,
                _ => false,
            },
        }
    }

    /// What is hashed and compared: the name of a normal form, or a value.
    pub fn said_at(&self, index: u8) -> Result<Option<Cow<'_, Value>>, &str> {
        let value = self.get_at(index);
        match self.normal_at(index) {
            None => Ok(value.map(Cow::Borrowed)),
            Some(normal) => match (normal.strip_prefix(AS_TEXT), value) {
                (Some(text), Some(Value::List(_))) => Ok(Some(Cow::Owned(Value::list(text.split(ITEM_END))))),
                (Some(text), _) => Ok(Some(Cow::Owned(Value::Text(text.into())))),
                (None, _) => Err(normal),
            },
        }
    }

    /// Takes note that servers of its sort ignore the case of its name, or of the last part of the name of what it is about.
    pub(super) fn fold(&mut self) {
        let name = self.identity.part(self.folded_at());
        let is_folded = name.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
        let small = || {
            let last = last_shown_part(name);
            match name.split_at_checked(last).filter(|_| self.is_about_another()) {
                None => name.to_lowercase(),
                Some((before, shown)) => {
                    // In quotes because of its capitals, maybe: as one without them is shown.
                    let part = first_shown_part(shown).map_or_else(|| shown.to_owned(), |(part, _)| part).to_lowercase();
                    format!("{before}{}", if shown.starts_with('"') { quoted_part(&part) } else { part })
                }
            }
        };
        self.folded = (!is_folded).then(small).filter(|folded| folded != name).map(Into::into);
    }

    /// Whether it is about another object, whose kind and name are its first parts.
    #[must_use]
    pub const fn is_about_another(&self) -> bool {
        matches!(self.kind, Kind::Grant | Kind::Definer)
    }

    fn folded_at(&self) -> usize {
        if self.is_about_another() { 1 } else { self.identity.parts().len().saturating_sub(1) }
    }

    /// The parts it is hashed and found under.
    pub fn found_under(&self) -> impl ExactSizeIterator<Item = &str> + Clone {
        let (folded_at, folded) = (self.folded_at(), self.folded.as_deref());
        self.identity.parts().enumerate().map(move |(at, part)| folded.filter(|_| at == folded_at).unwrap_or(part))
    }

    /// Whether it is found under another spelling than its own.
    #[must_use]
    pub const fn is_folded(&self) -> bool {
        self.folded.is_some()
    }

    /// The kept values, in declared order.
    #[must_use]
    pub fn values(&self) -> &[(u8, Value)] {
        &self.values
    }

    /// The schema the object lives in, empty where it lives in none.
    #[must_use]
    pub fn schema(&self) -> &str {
        if self.kind.spec().in_schema() { self.identity.part(0) } else { "" }
    }

    /// Whether any value is in the digest or measured; used to keep stable and measured lines apart.
    #[must_use]
    pub fn is_measured(&self) -> bool {
        self.kind.spec().properties.iter().all(|property| matches!(property.class, Class::Measured(_) | Class::Volatile))
            && !self.kind.spec().properties.is_empty()
    }

    /// The name as a person writes it, parts joined by dots, quoted where needed: `app.orders.id`.
    #[must_use]
    pub fn display(&self) -> String {
        display(self.kind, &self.identity)
    }
}

/// How the one database is shown that was captured alone. Its objects are named without it, so that environments whose
/// databases are called differently match.
const OWN_DATABASE: &str = "(database)";

/// The identity as a person writes it.
#[must_use]
pub fn display(kind: Kind, identity: &Identity) -> String {
    let names = kind.spec().identity_of(identity.parts().len()).unwrap_or_default();
    if identity.parts().all(str::is_empty) && kind == Kind::Schema {
        return OWN_DATABASE.to_owned();
    }
    let mut shown = String::new();
    for (index, part) in identity.parts().enumerate() {
        if part.is_empty() && identity.parts().len() > 1 {
            continue;
        }
        if !shown.is_empty() {
            shown.push('.');
        }
        let quotable = names.get(index).is_some_and(|name| matches!(*name, "schema" | "table" | "name" | "domain"));
        if quotable && !plain(part) {
            shown.push_str(&quoted_part(part));
        } else {
            shown.push_str(part);
        }
    }
    shown
}

/// A part of a shown name.
fn quoted_part(part: &str) -> String {
    if plain(part) { part.to_owned() } else { format!("\"{}\"", part.replace('"', "\"\"")) }
}

/// Needs no quotes: lower-case letters, digits, underscores, dollar and dash inside, not empty.
fn plain(part: &str) -> bool {
    !part.is_empty()
        && !part.starts_with(|c: char| c.is_ascii_digit() || c == '$')
        && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '$' || c == '-')
}

/// The parts of a shown name that [`display`] quotes, as they were: `app.orders`, `"Order.s".total`. `None` where it is no
/// such name.
#[must_use]
pub fn shown_parts(shown: &str) -> Option<Vec<String>> {
    let mut parts = Vec::new();
    let mut rest = shown;
    loop {
        let (part, after) = first_shown_part(rest)?;
        parts.push(part);
        match after.strip_prefix('.') {
            Some(after) => rest = after,
            None if after.is_empty() => return Some(parts),
            None => return None,
        }
    }
}

/// Where the last part of a shown name begins; at its beginning where it is no such name.
fn last_shown_part(shown: &str) -> usize {
    let mut rest = shown;
    while let Some((_, after)) = first_shown_part(rest) {
        match after.strip_prefix('.') {
            Some(after) => rest = after,
            None => return shown.len() - rest.len(),
        }
    }
    0
}

/// The first part of a shown name, and what follows it.
#[must_use]
pub fn first_shown_part(shown: &str) -> Option<(String, &str)> {
    let Some(inside) = shown.strip_prefix('"') else {
        let (part, rest) = shown.split_at(shown.find('.').unwrap_or(shown.len()));
        return (!part.is_empty()).then(|| (part.to_owned(), rest));
    };
    let mut part = String::new();
    let mut letters = inside.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' if letters.next_if(|(_, next)| *next == '"').is_some() => part.push('"'),
            '"' => return inside.get(at + 1..).map(|rest| (part, rest)),
            letter => part.push(letter),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn shown_names_are_read_back() {
        assert_eq!(shown_parts("app.orders").unwrap(), ["app", "orders"]);
        assert_eq!(shown_parts("orders").unwrap(), ["orders"]);
        assert_eq!(shown_parts("\"a.b\".\"it\"\"s\".c").unwrap(), ["a.b", "it\"s", "c"]);
        assert_eq!(shown_parts("my-schema.t").unwrap(), ["my-schema", "t"]);
        assert_eq!(first_shown_part("\"A b\".do(integer)"), Some(("A b".to_owned(), ".do(integer)")));
        for no_name in ["", "\"open", "a..b", "a.", "\"a\"b"] {
            assert_eq!(shown_parts(no_name), None, "{no_name}");
        }
    }

    #[test]
    fn every_name_that_is_shown_is_read_back() {
        for name in ["orders", "Order.s", "it\"s", "\"", "a b", ".", "1st", "naïve", "x\ny"] {
            let shown = display(Kind::Column, &Identity::new(["app", name, name]));
            assert_eq!(shown_parts(&shown).unwrap(), ["app", name, name], "{shown}");
        }
    }
}
