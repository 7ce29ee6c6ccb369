//! Shown names and canonical texts as SQL.

use crate::grammar::token::{Sort, tokens};
use crate::ident::{Ident, Literal, Quoted};
use std::collections::BTreeMap;

/// The account by the name it has on this server: its user, and its host where it has one.
pub fn account_parts(shown: &str, roles: &BTreeMap<String, String>) -> (String, Option<String>) {
    let named = |name: &str| roles.get(name).cloned();
    let split = |whole: &str| match whole.rsplit_once('@') {
        Some((user, host)) => (user.to_owned(), Some(host.to_owned())),
        None => (whole.to_owned(), None),
    };
    match named(shown) {
        Some(own) => split(&own),
        None => {
            let (user, host) = split(shown);
            (named(&user).unwrap_or(user), host)
        }
    }
}

/// `user@host` or a role's name as SQL.
pub fn account(shown: &str, roles: &BTreeMap<String, String>) -> Result<String, String> {
    // What is shown in parentheses is a place, not a name.
    if shown.starts_with('(') {
        return Err(format!("{shown} is no account that a statement can name"));
    }
    if shown == "PUBLIC" {
        return Ok(shown.to_owned());
    }
    let (user, host) = account_parts(shown, roles);
    // Only plain quotes are an account's name everywhere.
    let quoted = |text: &str| {
        let quoted = Literal(text).to_string();
        if quoted.starts_with('_') {
            Err(format!("the name of the account {shown} has signs that not every session reads alike"))
        } else {
            Ok(quoted)
        }
    };
    Ok(match host {
        Some(host) => format!("{}@{}", quoted(&user)?, quoted(&host)?),
        None => quoted(&user)?,
    })
}

/// The character set is the first word of a collation's name.
pub fn charset_of(collation: &str) -> Result<&str, String> {
    let plain = |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let charset = collation.split('_').next().unwrap_or_default();
    if plain(charset) && plain(collation) { Ok(charset) } else { Err(format!("{collation} is no name of a collation")) }
}

/// A word that stands in a statement without quotes: the name of an engine, a mode, a unit.
pub fn word(text: &str) -> Result<&str, String> {
    let is_plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if is_plain { Ok(text) } else { Err(format!("{text} is no word that a statement takes")) }
}

/// `CHARACTER SET … COLLATE …`
pub fn collated(collation: &str) -> Result<String, String> {
    Ok(format!("CHARACTER SET {} COLLATE {collation}", charset_of(collation)?))
}

/// A type as a statement takes it. Servers show the values of ENUM and SET as literals; those that they cannot show, with signs beyond
/// U+FFFF, the capture quotes by itself, and backslashes stand for themselves there.
pub fn column_type(shown: &str) -> Result<String, String> {
    if shown.chars().all(|letter| u32::from(letter) <= 0xffff) {
        return Ok(shown.to_owned());
    }
    let Some((name, values)) = shown.split_once('(').filter(|(name, _)| matches!(*name, "enum" | "set")) else {
        return Ok(shown.to_owned());
    };
    let wrong = || format!("the values of {shown} cannot be told apart");
    let mut rest = values.strip_suffix(')').ok_or_else(wrong)?;
    let mut found = Vec::new();
    while let Some(inside) = rest.strip_prefix('\'') {
        let (mut value, mut letters) = (String::new(), inside.char_indices().peekable());
        let end = loop {
            match letters.next() {
                Some((_, '\'')) if letters.next_if(|(_, next)| *next == '\'').is_some() => value.push('\''),
                Some((at, '\'')) => break at + 1,
                Some((_, letter)) => value.push(letter),
                None => return Err(wrong()),
            }
        };
        found.push(Quoted::of(&value).to_string());
        rest = inside.get(end..).unwrap_or_default();
        rest = rest.strip_prefix(',').unwrap_or(rest);
    }
    if rest.is_empty() { Ok(format!("{name}({})", found.join(","))) } else { Err(wrong()) }
}

/// A canonical expression or query as a session of ours reads it: a literal of another character set holds that one's bytes, and what
/// stands in the text is what they mean.
pub fn runnable(text: &str) -> Result<String, String> {
    if text.is_ascii() {
        return Ok(text.to_owned());
    }
    let (mut found, mut before): (String, Option<&str>) = (String::with_capacity(text.len()), None);
    for token in tokens(text) {
        let charset = before.filter(|_| token.sort == Sort::Text && !token.text.is_ascii());
        match charset {
            Some("_latin1") if token.unquoted().chars().all(|letter| matches!(u32::from(letter), 0..=0x7f | 0xa0..=0xff)) => {
                let digits: String = token.unquoted().chars().map(|letter| format!("{:02x}", u32::from(letter))).collect();
                found.push_str(&format!(" x'{digits}'"));
            }
            Some("_utf8mb3" | "_utf8mb4") | None => found.push_str(token.text),
            Some(charset) => return Err(format!("it holds a literal of {charset} beyond ASCII, whose bytes are not known")),
        }
        before = Some(token.text).filter(|text| token.sort == Sort::Word && text.starts_with('_'));
    }
    Ok(found)
}

/// Whether values of that type are written without quotes.
pub fn is_number(kind: &str) -> bool {
    let base = kind.split(['(', ' ']).next().unwrap_or_default();
    matches!(
        base,
        "tinyint" | "smallint" | "mediumint" | "int" | "bigint" | "decimal" | "float" | "double" | "year" | "bit" | "bool" | "boolean"
    )
}

/// Whether a column of that type takes no plain default.
pub fn is_large(kind: &str) -> bool {
    ["text", "blob", "json", "geometry", "vector", "point", "linestring", "polygon"].iter().any(|word| kind.contains(word))
}

/// The moment and nothing more, as a default.
pub fn is_now(default: &str) -> bool {
    let digits = default
        .strip_prefix("current_timestamp")
        .map(|rest| rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or(rest));
    digits.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))
}

/// A string, number, bit or hexadecimal literal; anything else is an expression, which wants parentheses.
pub fn is_literal(text: &str) -> bool {
    let quoted = |text: &str| text.starts_with('\'') && tokens(text).map(|token| token.sort).eq([Sort::Text]);
    let number = text.strip_prefix('-').unwrap_or(text);
    let hex = text.strip_prefix("0x").is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
    quoted(text)
        || hex
        || text.strip_prefix(['b', 'x']).is_some_and(quoted)
        || number.starts_with(|first: char| first.is_ascii_digit())
            && number.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'-' | b'+'))
            && number.parse::<f64>().is_ok()
}

/// Names out of `a, b`, one of which may hold a comma: the known ones decide.
pub fn names(text: &str, known: &[&str]) -> Result<Vec<String>, String> {
    let mut rest = text;
    let mut found = Vec::new();
    while !rest.is_empty() {
        // Neither vendor tells names of columns apart by case.
        let fits = |name: &&&str| {
            let (begin, after) = rest.split_at_checked(name.len()).unwrap_or((rest, ""));
            begin.to_lowercase() == name.to_lowercase() && (after.is_empty() || after.starts_with(", "))
        };
        let name =
            known.iter().filter(fits).max_by_key(|name| name.len()).ok_or_else(|| format!("there is no column like that in {text}"))?;
        found.push(Ident(name).to_string());
        rest = rest.get(name.len()..).unwrap_or_default();
        rest = rest.strip_prefix(", ").unwrap_or(rest);
    }
    Ok(found)
}

/// Signs between which a text can stand as it is: `$$`, or with a word in between.
pub fn dollars(body: &str) -> String {
    let mut tag = "$$".to_owned();
    let mut number = 0;
    while body.contains(&tag) {
        number += 1;
        tag = format!("$e{number}$");
    }
    tag
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn values_of_a_type_are_quoted_anew() {
        assert_eq!(column_type("enum('a','it''s','b\\c','😀')").unwrap(), "enum('a','it''s','b\\\\c','😀')");
        assert_eq!(column_type("enum('b\\\\c')").unwrap(), "enum('b\\\\c')");
        assert_eq!(column_type("varchar(20)").unwrap(), "varchar(20)");
        assert!(column_type("enum('😀").is_err());
    }

    #[test]
    fn names_are_told_by_what_is_known() {
        assert_eq!(names("a, b, c", &["a", "b, c", "b", "c"]).unwrap(), ["`a`", "`b, c`"]);
        assert_eq!(names("Day, B", &["b", "day"]).unwrap(), ["`day`", "`b`"]);
        assert!(names("a, x", &["a"]).is_err());
    }

    #[test]
    fn literals_hold_the_bytes_of_their_character_set() {
        assert_eq!(runnable("`ä` = _latin1'ä' or 'ü' = _latin1'a'").unwrap(), "`ä` = _latin1 x'e4' or 'ü' = _latin1'a'");
        assert_eq!(runnable("_utf8mb3'ü'").unwrap(), "_utf8mb3'ü'");
        assert!(runnable("_cp1251'ж'").is_err());
    }

    #[test]
    fn literals_are_told_from_expressions() {
        for text in ["'a'", "''", "5", "-1.5", "b'101'", "x'AB'", "0x05", "1e10"] {
            assert!(is_literal(text), "{text}");
        }
        for text in ["'x' = 'y'", "uuid()", "1 + 1", "-", "", "'a' 'b", "curdate()"] {
            assert!(!is_literal(text), "{text}");
        }
    }
}
