//! Identifiers and literals as SQL: the one place where a name becomes text of a statement.
//!
//! Neighbour: `capture/names.rs` and `core` show names to people, who can read them without quotes around keywords.

use std::fmt;

/// Words that some version from 13 to 18 takes for something else than a name (`pg_get_keywords()` where `catcode <> 'U'`), sorted.
#[rustfmt::skip]
const KEYWORDS: &[&str] = &[
    "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric", "authorization", "between", "bigint", "binary",
    "bit", "boolean", "both", "case", "cast", "char", "character", "check", "coalesce", "collate", "collation", "column",
    "concurrently", "constraint", "create", "cross", "current_catalog", "current_date", "current_role", "current_schema",
    "current_time", "current_timestamp", "current_user", "dec", "decimal", "default", "deferrable", "desc", "distinct", "do", "else",
    "end", "except", "exists", "extract", "false", "fetch", "float", "for", "foreign", "freeze", "from", "full", "grant", "greatest",
    "group", "grouping", "having", "ilike", "in", "initially", "inner", "inout", "int", "integer", "intersect", "interval", "into",
    "is", "isnull", "join", "json", "json_array", "json_arrayagg", "json_exists", "json_object", "json_objectagg", "json_query",
    "json_scalar", "json_serialize", "json_table", "json_value", "lateral", "leading", "least", "left", "like", "limit", "localtime",
    "localtimestamp", "merge_action", "national", "natural", "nchar", "none", "normalize", "not", "notnull", "null", "nullif",
    "numeric", "offset", "on", "only", "or", "order", "out", "outer", "overlaps", "overlay", "placing", "position", "precision",
    "primary", "real", "references", "returning", "right", "row", "select", "session_user", "setof", "similar", "smallint", "some",
    "substring", "symmetric", "system_user", "table", "tablesample", "then", "time", "timestamp", "to", "trailing", "treat", "trim",
    "true", "union", "unique", "user", "using", "values", "varchar", "variadic", "verbose", "when", "where", "window", "with",
    "xmlattributes", "xmlconcat", "xmlelement", "xmlexists", "xmlforest", "xmlnamespaces", "xmlparse", "xmlpi", "xmlroot",
    "xmlserialize", "xmltable",
];

/// A name as the server's `quote_ident` writes it, or quoted although this server would not need it.
#[must_use]
pub fn quoted(name: &str) -> String {
    let plain = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        && KEYWORDS.binary_search(&name).is_err();
    if plain { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}

/// A name in a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ident<'a>(pub &'a str);

impl fmt::Display for Ident<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&quoted(self.0))
    }
}

/// A text in a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Literal<'a>(pub &'a str);

impl fmt::Display for Literal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&literal(self.0))
    }
}

/// `schema.name`.
#[must_use]
pub fn qualified(schema: &str, name: &str) -> String {
    format!("{}.{}", quoted(schema), quoted(name))
}

/// A name with dots between its parts, as settings of extensions have.
#[must_use]
pub fn dotted(name: &str) -> String {
    name.split('.').map(quoted).collect::<Vec<_>>().join(".")
}

/// A name of evenkeel's own beside that of an object, for what is there for a while: two that are longer than names may be, and begin
/// alike, are told apart by a number made of each.
pub fn passing(name: &str, suffix: &str) -> String {
    let whole = format!("evenkeel_{name}_{suffix}");
    if whole.len() <= 63 {
        return whole;
    }
    // FNV-1a.
    let number = name.bytes().fold(0x811c_9dc5_u32, |number, byte| (number ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    shortened(&["evenkeel", name, &format!("{number:08x}")], suffix)
}

/// A name made of others as the server makes one: joined by `_`, the longest cut first until it fits into 63 bytes.
/// <https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS>
#[must_use]
pub fn shortened(names: &[&str], suffix: &str) -> String {
    const LONGEST: usize = 63;
    let mut lengths: Vec<usize> = names.iter().map(|name| name.len()).collect();
    let rest = suffix.len() + names.len();
    while lengths.iter().sum::<usize>() + rest > LONGEST {
        let longest = lengths.iter().enumerate().max_by_key(|(at, length)| (**length, usize::MAX - at)).map(|(at, _)| at);
        match longest.and_then(|at| lengths.get_mut(at)) {
            Some(length) if *length > 0 => *length -= 1,
            _ => break,
        }
    }
    let cut = |name: &str, length: usize| {
        let end = (0..=length.min(name.len())).rev().find(|end| name.is_char_boundary(*end)).unwrap_or(0);
        name.get(..end).unwrap_or_default().to_owned()
    };
    let parts: Vec<String> = names.iter().zip(lengths).map(|(name, length)| cut(name, length)).collect();
    format!("{}_{suffix}", parts.join("_"))
}

/// A text as a literal that means the same whatever `standard_conforming_strings` says.
#[must_use]
pub fn literal(text: &str) -> String {
    let doubled = text.replace('\'', "''");
    if text.contains('\\') { format!("E'{}'", doubled.replace('\\', "\\\\")) } else { format!("'{doubled}'") }
}

#[cfg(test)]
mod tests {
    use super::{KEYWORDS, literal, quoted};

    #[test]
    fn names_are_quoted_where_the_server_would() {
        assert!(KEYWORDS.is_sorted());
        for (name, expected) in [
            ("orders", "orders"),
            ("_x1", "_x1"),
            ("Orders", "\"Orders\""),
            ("select", "\"select\""),
            ("a\"b", "\"a\"\"b\""),
            ("", "\"\""),
            ("1a", "\"1a\""),
            ("a$b", "\"a$b\""),
            ("é", "\"é\""),
        ] {
            assert_eq!(quoted(name), expected);
        }
    }

    #[test]
    fn literals_hold_any_text() {
        assert_eq!(literal("it's"), "'it''s'");
        assert_eq!(literal("a\\'b"), "E'a\\\\''b'");
    }
}
