//! Where a text names a schema, by the tokens around the name: before a dot that nothing stands before, in a search path, after
//! SCHEMA, in a literal that is turned into an object's number (`'app.s'::regclass`).
//!
//! Any other literal is somebody's text, and so is what stands in comments. A name before a dot may also be a table's, or its
//! alias's: where the text uses it as one, only what cannot be a column counts (a call, a name of three parts, an element of
//! FROM). Works on printed texts and on code alike. Neighbour: `token`, which cuts the text.

use super::token::{Sort, Token, tokens};
use crate::ident::quoted;
use std::ops::Range;

/// The text with the schema called otherwise; `None` where it does not name it.
#[must_use]
pub fn renamed(text: &str, from: &str, to: &str) -> Option<String> {
    if from.is_empty() || !may_name(text, from) {
        return None;
    }
    let names = Text::of(text, from);
    let edits = names.edits(to);
    if edits.is_empty() {
        return None;
    }
    let mut renamed = String::with_capacity(text.len() + edits.len() * to.len());
    let mut copied = 0;
    for (range, new) in edits {
        renamed.push_str(text.get(copied..range.start)?);
        renamed.push_str(&new);
        copied = range.end;
    }
    renamed.push_str(text.get(copied..)?);
    Some(renamed)
}

/// Whether the name stands there at all, in any case: most texts name no schema, and need not be cut.
fn may_name(text: &str, name: &str) -> bool {
    // A quote is doubled in a quoted name, or in a literal that holds one.
    let longest = name.split(['"', '\'']).max_by_key(|part| part.len()).unwrap_or(name).as_bytes();
    longest.is_empty() || text.as_bytes().windows(longest.len()).any(|window| window.eq_ignore_ascii_case(longest))
}

/// Types whose text form names an object, and one that names a schema itself.
const OBJECTS: &[&str] =
    &["regclass", "regproc", "regprocedure", "regtype", "regoper", "regoperator", "regconfig", "regdictionary", "regcollation"];
const ITSELF: &str = "regnamespace";
/// Words after which a relation is named.
const RELATION: &[&str] = &["join", "into", "update", "only", "table", "references", "collate", "setof", "as", "on"];
/// Words that end a FROM clause.
const OTHERS: &[&str] = &[
    "select",
    "where",
    "group",
    "having",
    "window",
    "order",
    "limit",
    "offset",
    "fetch",
    "union",
    "intersect",
    "except",
    "returning",
    "values",
    "set",
    "using",
    "loop",
    "then",
    "begin",
];

/// Words before an expression. Behind any other word stands a type: `mood app.mood`.
const EXPRESSION: &[&str] = &[
    "all",
    "and",
    "any",
    "array",
    "between",
    "by",
    "case",
    "default",
    "distinct",
    "else",
    "elsif",
    "end",
    "escape",
    "except",
    "exists",
    "from",
    "having",
    "if",
    "ilike",
    "in",
    "intersect",
    "is",
    "isnull",
    "like",
    "limit",
    "not",
    "notnull",
    "offset",
    "on",
    "or",
    "perform",
    "return",
    "returning",
    "row",
    "select",
    "set",
    "similar",
    "some",
    "then",
    "to",
    "union",
    "using",
    "values",
    "when",
    "where",
    "while",
];

/// A text and its tokens without blanks and comments.
struct Text<'a> {
    text: &'a str,
    name: &'a str,
    tokens: Vec<Token>,
}

/// A stretch of the text and what stands there instead.
type Edit = (Range<usize>, String);

impl<'a> Text<'a> {
    fn of(text: &'a str, name: &'a str) -> Self {
        let tokens = tokens(text).filter(|token| !matches!(token.sort, Sort::Space | Sort::Comment)).collect();
        Self { text, name, tokens }
    }

    fn edits(&self, to: &str) -> Vec<Edit> {
        let is_alias = self.is_alias();
        let relations = if is_alias { self.relations() } else { Vec::new() };
        let mut edits: Vec<Edit> = Vec::new();
        let mut path_end = 0;
        for at in 0..self.tokens.len() {
            if self.sets_path(at) {
                path_end = self.path_end(at);
            }
            let in_path = at < path_end;
            match self.sort(at) {
                Some(Sort::Literal) => edits.extend(self.literal(at, to, in_path)),
                _ if !self.is_name(at) => {}
                _ if in_path || self.is_after_schema(at) => edits.extend(self.edit(at, quoted(to))),
                _ if self.is_qualifier(at) && (!is_alias || self.is_surely(at) || relations.get(at) == Some(&true)) => {
                    edits.extend(self.edit(at, quoted(to)));
                }
                _ => {}
            }
        }
        edits
    }

    fn sort(&self, at: usize) -> Option<Sort> {
        self.tokens.get(at).map(|token| token.sort)
    }

    fn written(&self, at: usize) -> &'a str {
        self.tokens.get(at).and_then(|token| self.text.get(token.start..token.end)).unwrap_or_default()
    }

    fn edit(&self, at: usize, new: String) -> Option<Edit> {
        self.tokens.get(at).map(|token| (token.start..token.end, new))
    }

    fn before(&self, at: usize) -> Option<Sort> {
        self.sort(at.checked_sub(1)?)
    }

    fn is_word(&self, at: usize, word: &str) -> bool {
        self.sort(at) == Some(Sort::Word) && self.written(at).eq_ignore_ascii_case(word)
    }

    fn is_word_of(&self, at: usize, words: &[&str]) -> bool {
        words.iter().any(|word| self.is_word(at, word))
    }

    /// The schema's name, as the server reads it: folded where it stands without quotes.
    fn is_name(&self, at: usize) -> bool {
        let written = self.written(at);
        match self.sort(at) {
            Some(Sort::Word) => written.len() == self.name.len() && written.to_ascii_lowercase() == self.name,
            Some(Sort::Quoted) => unquoted(written, '"').is_some_and(|name| name == self.name),
            _ => false,
        }
    }

    /// Before a dot, and behind none.
    fn is_qualifier(&self, at: usize) -> bool {
        self.sort(at + 1) == Some(Sort::Dot) && self.before(at) != Some(Sort::Dot)
    }

    fn is_after_schema(&self, at: usize) -> bool {
        at.checked_sub(1).is_some_and(|before| self.is_word(before, "schema")) && self.sort(at + 1) != Some(Sort::Dot)
    }

    /// Whether the text has something else of that name: a table, an alias, a variable.
    fn is_alias(&self) -> bool {
        let mut path_end = 0;
        (0..self.tokens.len()).any(|at| {
            if self.sets_path(at) {
                path_end = self.path_end(at);
            }
            self.is_name(at) && at >= path_end && !self.is_qualifier(at) && !self.is_after_schema(at)
        })
    }

    /// What is no column, whatever else has that name: a call, a name of three parts, a type, a relation behind its word.
    fn is_surely(&self, at: usize) -> bool {
        // A whole name, as of the table that a foreign key refers to.
        let Some(before) = at.checked_sub(1) else { return true };
        matches!(self.sort(at + 3), Some(Sort::Open | Sort::Dot))
            || matches!(self.sort(before), Some(Sort::Cast | Sort::Quoted))
            || self.is_word_of(before, RELATION) && !self.is_join_condition(before)
            || self.sort(before) == Some(Sort::Word) && !self.is_word_of(before, EXPRESSION)
            || self.sort(before) == Some(Sort::Open) && before > 0 && self.is_word(before - 1, "operator")
    }

    /// ON before a condition, not before the table of an index or a trigger.
    fn is_join_condition(&self, at: usize) -> bool {
        self.is_word(at, "on") && (0..at).rev().any(|before| self.is_word(before, "join"))
    }

    /// For each token whether it begins an element of FROM.
    fn relations(&self) -> Vec<bool> {
        let mut relations = vec![false; self.tokens.len()];
        // For each level of parentheses: whether a statement began there, and whether its FROM is open.
        let mut levels = vec![(true, false)];
        let mut may_begin = false;
        for (at, relation) in relations.iter_mut().enumerate() {
            *relation = may_begin;
            may_begin = false;
            let depth = levels.len();
            let Some((has_statement, is_from)) = levels.last_mut() else { break };
            match self.sort(at) {
                // A join has parentheses of its own, and so has a query that stands there.
                Some(Sort::Open) => {
                    may_begin = *relation;
                    levels.push((false, *relation));
                }
                Some(Sort::Close) if depth > 1 => {
                    levels.pop();
                }
                Some(Sort::Comma) => may_begin = *is_from,
                Some(Sort::Word) => {
                    let is_distinct = at.checked_sub(1).is_some_and(|before| self.is_word(before, "distinct"));
                    *has_statement |= self.is_word_of(at, &["select", "delete", "update"]);
                    if self.is_word(at, "from") && *has_statement && !is_distinct {
                        (*is_from, may_begin) = (true, true);
                    } else if self.is_word_of(at, &["join", "lateral"]) {
                        may_begin = *is_from;
                    } else if self.is_word_of(at, OTHERS) {
                        *is_from = false;
                    }
                }
                _ => {}
            }
        }
        relations
    }

    /// Whether a statement, or a setting that stands alone, sets `search_path`: not a column of that name.
    fn sets_path(&self, at: usize) -> bool {
        if !self.is_word(at, "search_path") {
            return false;
        }
        let Some(mut set) = at.checked_sub(1) else { return true };
        if self.is_word_of(set, &["local", "session"]) {
            set = set.saturating_sub(1);
        }
        let begins = |before: usize| self.written(before) == ";" || self.is_word_of(before, &["begin", "then", "else", "loop", "atomic"]);
        self.is_word(set, "set") && set.checked_sub(1).is_none_or(begins)
    }

    /// Behind the list that `search_path` is set to; the place itself where it is not set.
    fn path_end(&self, at: usize) -> usize {
        if self.written(at + 1) != "=" && !self.is_word(at + 1, "to") {
            return at;
        }
        let mut end = at + 2;
        while matches!(self.sort(end), Some(Sort::Word | Sort::Quoted | Sort::Literal)) {
            end += 1;
            if self.sort(end) != Some(Sort::Comma) {
                break;
            }
            end += 1;
        }
        end
    }

    /// A literal that names an object, or a schema of a search path.
    fn literal(&self, at: usize, to: &str, in_path: bool) -> Option<Edit> {
        let inside = unquoted(self.written(at), '\'')?;
        let target = self.target(at);
        let is_itself = in_path || target.is_some_and(|target| target.eq_ignore_ascii_case(ITSELF));
        let new = if is_itself {
            let written = if in_path { to.to_owned() } else { quoted(to) };
            let named = if in_path { inside == self.name } else { Text::of(&inside, self.name).is_only_name() };
            named.then_some(written)?
        } else {
            let is_object = target.is_some_and(|target| OBJECTS.iter().any(|object| target.eq_ignore_ascii_case(object)));
            is_object.then(|| renamed(&inside, self.name, to)).flatten()?
        };
        self.edit(at, format!("'{}'", new.replace('\'', "''")))
    }

    fn is_only_name(&self) -> bool {
        self.tokens.len() == 1 && self.is_name(0)
    }

    /// The type a literal is turned into: `'…'::regclass`, `CAST('…' AS regclass)`, `regclass '…'`.
    fn target(&self, at: usize) -> Option<&'a str> {
        let behind = self.sort(at + 1) == Some(Sort::Cast) || self.is_word(at + 1, "as");
        let place = if behind { at + 2 } else { at.checked_sub(1)? };
        let place = if self.is_word(place, "pg_catalog") && self.sort(place + 1) == Some(Sort::Dot) { place + 2 } else { place };
        (self.sort(place) == Some(Sort::Word)).then(|| self.written(place))
    }
}

/// What stands between quotes, doubled ones single; `None` where it begins with a prefix or goes on on another line.
fn unquoted(written: &str, quote: char) -> Option<String> {
    let inside = written.strip_prefix(quote)?.strip_suffix(quote)?;
    let (single, double) = (quote.to_string(), format!("{quote}{quote}"));
    // Parts on further lines leave a single quote.
    let is_one = inside.replace(&double, "").chars().all(|c| c != quote);
    is_one.then(|| inside.replace(&double, &single))
}

/// Whether a text has the name of a schema where it may mean that schema: as a word of a literal, whatever its letters' case, or in
/// front of a dot, where it may be an alias or a variable too.
#[must_use]
pub fn may_mean(text: &str, schema: &str) -> bool {
    let mut tokens = tokens(text).filter(|token| !matches!(token.sort, Sort::Space | Sort::Comment)).peekable();
    while let Some(token) = tokens.next() {
        let Some(own) = text.get(token.start..token.end) else { continue };
        let is_qualifier = tokens.peek().is_some_and(|next| next.sort == Sort::Dot);
        let is_meant = match token.sort {
            Sort::Literal | Sort::Dollar | Sort::Broken => has_word(own, schema),
            Sort::Quoted => is_qualifier && has_word(own, schema),
            Sort::Word => is_qualifier && own.eq_ignore_ascii_case(schema),
            _ => false,
        };
        if is_meant {
            return true;
        }
    }
    false
}

/// Whether a name stands in a text by itself, and not within another.
fn has_word(text: &str, name: &str) -> bool {
    let (text, name) = (text.to_lowercase(), name.to_lowercase());
    let is_of_name = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(&name).any(|(at, found)| {
        let (before, after) = (text.get(..at).unwrap_or_default(), text.get(at + found.len()..).unwrap_or_default());
        !before.ends_with(is_of_name) && !after.starts_with(is_of_name)
    })
}

#[cfg(test)]
#[path = "schema_tests.rs"]
mod tests;
