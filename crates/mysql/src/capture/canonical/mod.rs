//! One form for texts that servers print differently: same DDL, same text, whichever vendor and version prints it.
//!
//! Lives here: names of character sets, types, defaults. `token` cuts printed SQL, `expression`, `call`, `query` and
//! `window` read it and say it in one spelling, `reading` puts that together and tells what cannot be compared across
//! vendors, `body` is for code that servers keep as it was typed, `json` for the type MariaDB does not have.

mod body;
mod call;
mod expression;
mod json;
mod parser;
mod query;
mod reading;
mod token;
mod window;

#[cfg(test)]
mod printed_tests;

pub use body::body;
pub use json::unite;
#[cfg(test)]
pub use reading::definition;
pub use reading::{computed, exact, exact_definition, expression, marks, marks_of_query};
pub use token::{is_charset, unintroduced};

use super::scope::Scope;
use crate::flavor::Flavor;

/// What an expression is read with.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    pub flavor: &'a Flavor,
    pub scope: &'a Scope,
}

/// Whether a literal names a character set; a text that is not understood may.
#[must_use]
pub fn names_charset(text: &str) -> bool {
    token::cut_whole(text).is_none_or(|tokens| tokens.iter().any(|token| matches!(token, token::Token::Text { charset: Some(_), .. })))
}

/// `utf8` was the name of what is `utf8mb3` now.
#[must_use]
pub fn charset(name: &str) -> String {
    match name.strip_prefix("utf8") {
        Some(rest) if rest.is_empty() || rest.starts_with('_') => format!("utf8mb3{rest}"),
        _ => name.to_owned(),
    }
}

/// A column type without what has no meaning: the display width of whole numbers and years, which MySQL gave up. It means
/// something with ZEROFILL, and drivers read `tinyint(1)` as a flag.
/// <https://dev.mysql.com/doc/refman/en/numeric-type-attributes.html>
#[must_use]
pub fn column_type(text: &str) -> String {
    let text = text.trim();
    let name_ends = text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len());
    let (name, rest) = text.split_at_checked(name_ends).unwrap_or((text, ""));
    let name = name.to_ascii_lowercase();
    let whole = matches!(&*name, "tinyint" | "smallint" | "mediumint" | "int" | "bigint" | "year");
    let kept = match rest.strip_prefix('(').and_then(|rest| rest.split_once(')')) {
        Some((width, after)) if whole && !(name == "tinyint" && width == "1") && !after.contains("zerofill") => after,
        _ => rest,
    };
    format!("{name}{kept}")
}

/// Whether it is the name the server gives to a check that was made without one: `t_chk_1` or `CONSTRAINT_1`.
#[must_use]
pub fn is_chosen(name: &str, table: &str, context: Context<'_>) -> bool {
    let number = if context.flavor.is_mariadb() {
        name.strip_prefix("CONSTRAINT_")
    } else {
        name.strip_prefix(table).and_then(|rest| rest.strip_prefix("_chk_"))
    };
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Whether it is the name the server gives to a foreign key that was made without one: `t_ibfk_1`.
/// <https://dev.mysql.com/doc/refman/en/create-table-foreign-keys.html>
#[must_use]
pub fn is_chosen_key(name: &str, table: &str) -> bool {
    let number = name.strip_prefix(table).and_then(|rest| rest.strip_prefix("_ibfk_"));
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The default of a column as a person would write it: literals quoted, numbers bare, expressions in canonical form.
/// MySQL hands out literals without quotes and says which are expressions; MariaDB hands out SQL.
#[must_use]
pub fn default(raw: &str, is_expression: bool, column_type: &str, context: Context<'_>) -> Option<String> {
    let base = column_type.split(['(', ' ']).next().unwrap_or_default();
    let is_binary = matches!(base, "binary" | "varbinary");
    if context.flavor.is_mariadb() {
        // What a nullable column without a default says.
        if raw.eq_ignore_ascii_case("null") {
            return None;
        }
        return Some(match literal_bytes(raw).filter(|_| is_binary) {
            Some(bytes) => hexadecimal(bytes, base),
            None => exact(raw, context),
        });
    }
    if is_expression {
        return Some(exact(raw, context));
    }
    // No bytes at all are handed out as an empty text.
    if is_binary && let Some(digits) = raw.strip_prefix("0x").or_else(|| raw.is_empty().then_some(raw)) {
        return Some(hexadecimal(from_hex(digits)?, base));
    }
    let is_bare = matches!(
        base,
        "tinyint" | "smallint" | "mediumint" | "int" | "bigint" | "decimal" | "float" | "double" | "year" | "bit" | "bool" | "boolean"
    );
    Some(if is_bare { exact(raw, context) } else { token::text(raw) })
}

/// The default that is a literal of that value.
#[must_use]
pub fn literal(value: &str) -> String {
    token::text(value)
}

/// The default of a binary column: `digits` of its bytes.
#[must_use]
pub fn binary_literal(digits: &str, column_type: &str) -> Option<String> {
    let base = column_type.split(['(', ' ']).next().unwrap_or_default();
    Some(hexadecimal(from_hex(digits)?, base))
}

/// The text in UTF-8 whose bytes the digits are.
#[must_use]
pub fn text_of(digits: &str) -> Option<String> {
    String::from_utf8(from_hex(digits)?).ok()
}

/// `BINARY(n)` is filled up with zeros, and whether they are printed depends on the version.
fn hexadecimal(mut bytes: Vec<u8>, base: &str) -> String {
    while base == "binary" && bytes.last() == Some(&0) {
        bytes.pop();
    }
    let digits: String = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
    format!("x'{digits}'")
}

fn from_hex(digits: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = digits.chars().map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect::<Option<_>>()?;
    digits.chunks(2).map(|pair| Some(pair.first()? * 16 + pair.get(1)?)).collect()
}

/// The bytes of `'ab\0'` or `x'6162'`.
fn literal_bytes(text: &str) -> Option<Vec<u8>> {
    if let Some(digits) = text.strip_prefix("x'").or_else(|| text.strip_prefix("X'")).and_then(|rest| rest.strip_suffix('\'')) {
        return from_hex(digits);
    }
    let inner = text.strip_prefix('\'')?.strip_suffix('\'')?;
    let mut bytes = Vec::with_capacity(inner.len());
    let mut rest = inner.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'\\' => match rest.next()? {
                b'0' => 0,
                b'n' => b'\n',
                b'r' => b'\r',
                b't' => b'\t',
                b'Z' => 26,
                other => other,
            },
            b'\'' => rest.next()?,
            other => other,
        });
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn types_lose_only_what_means_nothing() {
        for (given, expected) in [
            ("int(11)", "int"),
            ("bigint(20) unsigned", "bigint unsigned"),
            ("tinyint(1)", "tinyint(1)"),
            ("tinyint(4)", "tinyint"),
            ("int(10) unsigned zerofill", "int(10) unsigned zerofill"),
            ("year(4)", "year"),
            ("decimal(10,2)", "decimal(10,2)"),
            ("ENUM('a)','B')", "enum('a)','B')"),
            ("varchar(20)", "varchar(20)"),
            ("", ""),
        ] {
            assert_eq!(column_type(given), expected, "{given}");
        }
    }

    #[test]
    fn both_vendors_write_the_same_default() {
        let scope = Scope::of("x");
        let (mariadb, mysql) = (Flavor::parse("10.11.1-MariaDB").unwrap(), Flavor::parse("9.7.0").unwrap());
        let (a, b) = (Context { flavor: &mariadb, scope: &scope }, Context { flavor: &mysql, scope: &scope });
        for (of_mariadb, of_mysql, column_type) in [
            ("'x''y'", "x'y", "varchar(20)"),
            ("0000000005", "0000000005", "int(10) unsigned zerofill"),
            ("b'101'", "b'101'", "bit(3)"),
            ("'ab\\0\\0'", "0x6162", "binary(4)"),
            ("x'61620000'", "0x6162", "binary(4)"),
            ("'ab'", "0x6162", "varbinary(10)"),
            ("'2020-01-01'", "2020-01-01", "date"),
        ] {
            assert_eq!(default(of_mariadb, false, column_type, a), default(of_mysql, false, column_type, b), "{of_mariadb}");
        }
        assert_eq!(default("NULL", false, "int", a), None);
    }
}
