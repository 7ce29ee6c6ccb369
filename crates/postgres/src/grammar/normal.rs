//! The normal form of a printed text: a short name that is the same for all texts PostgreSQL may print for one meaning.
//!
//! The server does not keep its own text through parse and print: `a BETWEEN 1 AND 5 AND f` is stored nested and read back
//! from a dump flat, `-1::int` is stored as an operator and read back as a constant, and a column that nobody can see gets
//! a name. So the text is parsed with the server's grammar, the tree is brought to one shape, and that shape is hashed.
//! The text itself stays as it is, and runs.
//!
//! Lives here: which texts need it, the wrapping that makes a statement of a part, the threads. Neighbour: `shape`, what is
//! done to a tree. What cannot be parsed has no normal form: it stands for itself.

use super::token::{Sort, tokens};
use super::{shape, thread};
use evenkeel_core::digest;
use std::collections::HashMap;

/// What a text is a part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// An expression.
    Expression,
    /// A whole statement: a view's query, a rule's action.
    Statement,
    /// One key of an index, with what follows it: `lower(a) DESC`.
    Key,
    /// `RANGE (a, lower(b))`.
    PartitionKey,
    /// Arguments of a routine with their defaults.
    Arguments,
    /// `BEGIN ATOMIC … END` or `RETURN …`.
    Body,
    /// Elements of an exclusion constraint with their operators.
    Exclusion,
    /// The user's own text, kept by the server as it is: it has no normal form.
    Own,
}

impl Part {
    /// A statement that holds the text.
    fn statement(self, text: &str) -> String {
        match self {
            Self::Exclusion => match text.rsplit_once(" WHERE ") {
                Some((elements, predicate)) => format!("ALTER TABLE t ADD EXCLUDE USING gist ({elements}) WHERE ({predicate})"),
                None => format!("ALTER TABLE t ADD EXCLUDE USING gist ({text})"),
            },
            Self::Own => String::new(),
            Self::Expression => format!("SELECT {text}"),
            Self::Statement => text.to_owned(),
            Self::Key => format!("CREATE INDEX ON t ({text})"),
            Self::PartitionKey => format!("CREATE TABLE t () PARTITION BY {text}"),
            Self::Arguments => format!("CREATE FUNCTION f({text}) RETURNS void LANGUAGE sql AS ''"),
            Self::Body => format!("CREATE FUNCTION f() RETURNS void LANGUAGE sql {text}"),
        }
    }
}

/// Whether other texts may mean the same. Whatever is printed for one meaning answers alike.
#[must_use]
pub fn is_likely(text: &str) -> bool {
    let bytes = text.as_bytes();
    let number =
        |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit) && at.checked_sub(1).is_none_or(|before| begins(bytes.get(before)));
    ["AND", "OR", "SELECT", "VALUES"].iter().any(|word| text.contains(word)) || (0..bytes.len()).any(number)
}

/// What may stand before a number that is none of a name's: `(1`, ` 1`, `'-1`, `,1`.
const fn begins(before: Option<&u8>) -> bool {
    matches!(before, Some(b'(' | b' ' | b'\'' | b'-' | b',' | b'[' | b'.'))
}

/// What a text comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Normal {
    /// The name of its normal form.
    Named(Box<str>),
    /// It is a number alone, which is written like this.
    Number(Box<str>),
}

/// The normal forms of texts, in their order; `None` where the text stands for itself.
#[must_use]
pub fn all(texts: &[(Part, &str)]) -> Vec<Option<Normal>> {
    let mut distinct: Vec<(Part, &str)> = texts.iter().copied().filter(|(part, text)| *part != Part::Own && is_likely(text)).collect();
    distinct.sort_unstable_by_key(|(part, text)| (*part as u8, *text));
    distinct.dedup();
    let size = distinct.len().div_ceil(thread::count()).max(MANY);
    let parts: Vec<Vec<(Part, String)>> =
        distinct.chunks(size).map(|part| part.iter().map(|(part, text)| (*part, (*text).to_owned())).collect()).collect();
    let normal: Vec<Option<Normal>> = std::thread::scope(|scope| {
        let working: Vec<_> = parts.into_iter().map(|part| (part.len(), scope.spawn(move || chunk(part)))).collect();
        // A part that broke off leaves its texts without a form: none gets another's.
        working.into_iter().flat_map(|(count, work)| work.join().unwrap_or_else(|_| vec![None; count])).collect()
    });
    let known: HashMap<(Part, &str), Option<Normal>> = distinct.into_iter().zip(normal).collect();
    texts.iter().map(|text| known.get(text).cloned().flatten()).collect()
}

/// So many texts are worth a thread.
const MANY: usize = 64;

fn chunk(texts: Vec<(Part, String)>) -> Vec<Option<Normal>> {
    let count = texts.len();
    let work = move || texts.iter().map(|(part, text)| one(*part, text)).collect();
    thread::run(work).unwrap_or_else(|_| vec![None; count])
}

/// The normal form of a user's own code in a language whose tokens are SQL's, and the name of the text as it is written: codes
/// that differ in blanks and comments alone have one form. `None` where a quote or a comment does not end.
#[must_use]
pub fn own(text: &str) -> Option<(Box<str>, Box<str>)> {
    let mut kept = String::with_capacity(text.len());
    // Whether the next sign is one operator with what stands before it.
    let mut is_open = false;
    for token in tokens(text) {
        let written = text.get(token.start..token.end)?;
        match token.sort {
            Sort::Broken => return None,
            Sort::Space => is_open = false,
            // Some comments are read: hints of planners.
            Sort::Comment if !written.starts_with("/*+") => is_open = false,
            _ => {
                // Signs that stand together are one operator; nothing else is told by blanks.
                let is_sign = token.sort == Sort::Sign && written != ";";
                if !(is_sign && is_open) {
                    kept.push(' ');
                }
                kept.push_str(written);
                is_open = is_sign;
            }
        }
    }
    Some((named("tokens", &kept), named("layout", text).chars().take(16).collect::<String>().into()))
}

/// On the parser's thread.
fn one(part: Part, text: &str) -> Option<Normal> {
    let shape = super::tree(&part.statement(text), shape::of).ok()??;
    if let Some(number) = shape.constant.filter(|_| part == Part::Expression) {
        return Some(Normal::Number(number.into()));
    }
    Some(Normal::Named(named("normal form", &shape.text)))
}

/// 32 hexadecimal digits of a hash: 128 bits.
fn named(sort: &str, text: &str) -> Box<str> {
    // Not the version of today's digests: the name of a shape changes with the shape alone.
    digest::chain_of(2, sort, text, std::iter::empty()).hex().chars().take(32).collect::<String>().into()
}

/// The name of a list, from the names of its items.
#[must_use]
pub fn several(items: &[Box<str>]) -> Box<str> {
    let mut whole = String::new();
    for item in items {
        whole.push_str(&format!("{} {item} ", item.len()));
    }
    named("normal forms", &whole)
}
