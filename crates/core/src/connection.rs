//! Connection texts, of any engine: percent-encoding, the word that was meant, secrets kept out of messages, and what is
//! asked of the machine (`machine`).
//!
//! Lives here: what all engines' connection texts have in common. Does not live here: which words there are, their
//! meaning, and how texts are taken apart (`connect` of each engine).

mod machine;
mod typed;

pub use machine::{Blank, FileFacts, Machine};
pub use typed::typed_again;

use std::cmp::Reverse;

/// A value and where it was set: `URL`, `PGHOST`, `/home/a/.my.cnf [client]`, `default`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    pub value: String,
    pub origin: String,
}

/// What a secret is replaced by.
const HIDDEN: &str = "***";

/// `text` with every secret replaced: what servers and drivers say may quote a password. One or two characters are no
/// secret worth the damage that replacing every `a` would do to the message.
#[must_use]
pub fn scrub<'a>(text: &str, secrets: impl IntoIterator<Item = &'a str>) -> String {
    let mut secrets: Vec<&str> = secrets.into_iter().filter(|secret| secret.chars().count() > 2).collect();
    // One that holds another one is replaced first: of the other order a part of it would be left.
    secrets.sort_unstable_by_key(|secret| Reverse(secret.len()));
    let mut text = text.to_owned();
    for secret in secrets {
        if text.contains(secret) {
            text = text.replace(secret, HIDDEN);
        }
    }
    text
}

/// The known word that differs in one or two letters, for `did you mean`. Hyphens and underscores do not count: drivers
/// leave them out.
#[must_use]
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let bare = |text: &str| text.replace(['-', '_'], "");
    let word = bare(word);
    known
        .into_iter()
        .map(|known| (distance(&bare(known), &word), known))
        .filter(|(distance, known)| *distance <= 2 && *distance < known.len() / 2)
        .min()
        .map(|(_, known)| known)
}

/// Levenshtein's distance, over bytes: known words are ASCII.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.bytes().enumerate() {
        let mut next = vec![i + 1];
        for ((right, diagonal), above) in b.bytes().zip(&row).zip(row.iter().skip(1)) {
            let replaced = diagonal + usize::from(left != right);
            let before = next.last().copied().unwrap_or_default();
            next.push(replaced.min(above + 1).min(before + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

/// `text` as it is written in a URL: all but letters, digits and `-_.~` is encoded.
/// <https://www.rfc-editor.org/rfc/rfc3986#section-2.3>
#[must_use]
pub fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

/// Why a text cannot be decoded. It holds nothing of the text, which may be a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undecodable {
    /// A `%` is not followed by two hexadecimal digits.
    Percent,
    /// `%00`: neither names nor passwords have it.
    Nul,
    /// The bytes are no UTF-8.
    Bytes,
}

/// What a percent-encoded text stands for.
///
/// # Errors
/// It stands for nothing, or for no text.
pub fn decoded(text: &str) -> Result<String, Undecodable> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16)).ok_or(Undecodable::Percent);
        let (high, low) = (digit(rest.next())?, digit(rest.next())?);
        let value = u8::try_from(high * 16 + low).unwrap_or_default();
        if value == 0 {
            return Err(Undecodable::Nul);
        }
        bytes.push(value);
    }
    String::from_utf8(bytes).map_err(|_| Undecodable::Bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_replaced_the_longest_first() {
        assert_eq!(scrub("password secret for secretary", ["secret", "secretary"]), "password *** for ***");
        assert_eq!(scrub("nothing to hide", ["secret"]), "nothing to hide");
        assert_eq!(scrub("an a is no secret", ["a", "is", ""]), "an a is no secret");
        assert_eq!(scrub("für Ärger", ["Är"]), "für Ärger", "two characters, three bytes");
        assert_eq!(scrub("für Ärger", ["Ärg"]), "für ***er");
    }

    #[test]
    fn distances_are_counted_in_letters_left_out_added_and_replaced() {
        for (a, b, expected) in
            [("", "", 0), ("", "ab", 2), ("ab", "", 2), ("host", "hots", 2), ("port", "sport", 1), ("kitten", "sitting", 3)]
        {
            assert_eq!((distance(a, b), distance(b, a)), (expected, expected), "{a} {b}");
        }
    }

    #[test]
    fn the_nearest_word_is_offered_where_it_is_near() {
        let known = ["host", "port", "ssl-mode", "connect_timeout", "tty"];
        for (word, expected) in [
            ("hosts", Some("host")),
            ("sslmode", Some("ssl-mode")),
            ("ssl_mod", Some("ssl-mode")),
            ("conecttimout", Some("connect_timeout")),
            ("sort", Some("port")),
            // Half of a word is another word.
            ("tt", None),
            ("hpts", None),
            ("database", None),
            ("", None),
        ] {
            assert_eq!(nearest(word, known), expected, "{word}");
        }
    }

    #[test]
    fn what_is_encoded_is_decoded() {
        assert_eq!(encoded("a/b c-_.~ä"), "a%2Fb%20c-_.~%C3%A4");
        for text in ["", "plain", "p@ss:w/o?r&d=%", "ä→ß", " \t\n+"] {
            assert_eq!(decoded(&encoded(text)).as_deref(), Ok(text));
        }
        assert_eq!(decoded("%c3%A4").as_deref(), Ok("ä"));
        for text in ["%", "%4", "%4g", "%%41", "a%"] {
            assert_eq!(decoded(text), Err(Undecodable::Percent), "{text}");
        }
        assert_eq!(decoded("a%00b"), Err(Undecodable::Nul));
        assert_eq!(decoded("%ff"), Err(Undecodable::Bytes));
    }
}
