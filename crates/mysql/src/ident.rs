//! Quoting, in one place.

use std::fmt;

/// An identifier, shown in backticks: safe in every SQL mode.
/// <https://dev.mysql.com/doc/refman/en/identifiers.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ident<'a>(pub &'a str);

impl fmt::Display for Ident<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.0.replace('`', "``"))
    }
}

/// A string literal in hexadecimal: what it holds is never SQL, whatever NO_BACKSLASH_ESCAPES and the character set say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Literal<'a>(pub &'a str);

impl fmt::Display for Literal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("''");
        }
        if self.0.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\'' && byte != b'\\' || byte == b' ') {
            return write!(f, "'{}'", self.0);
        }
        f.write_str("_utf8mb4 0x")?;
        self.0.bytes().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A comment as the grammar takes it, which is a plain literal and no other. `None` where what it holds would be read by the session's
/// mode and character set: backslashes, signs beyond ASCII, line breaks.
#[must_use]
pub fn comment(text: &str) -> Option<String> {
    let is_plain = text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic() && byte != b'\\');
    is_plain.then(|| format!("'{}'", text.replace('\'', "''")))
}

/// A string literal that can be read, for a session that takes UTF-8 and whose `sql_mode` is known: with NO_BACKSLASH_ESCAPES a backslash
/// is a sign like any other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quoted<'a> {
    pub text: &'a str,
    pub has_escapes: bool,
}

impl<'a> Quoted<'a> {
    /// As a session without NO_BACKSLASH_ESCAPES takes it.
    #[must_use]
    pub const fn of(text: &'a str) -> Self {
        Self { text, has_escapes: true }
    }
}

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("'")?;
        for letter in self.text.chars() {
            match letter {
                '\'' => f.write_str("''")?,
                '\\' if self.has_escapes => f.write_str("\\\\")?,
                '\0' if self.has_escapes => f.write_str("\\0")?,
                '\n' if self.has_escapes => f.write_str("\\n")?,
                '\r' if self.has_escapes => f.write_str("\\r")?,
                '\u{1a}' if self.has_escapes => f.write_str("\\Z")?,
                other => write!(f, "{other}")?,
            }
        }
        f.write_str("'")
    }
}

/// A value of ENUM or SET as types list it: quotes doubled and nothing else. For showing and comparing, never for a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member<'a>(pub &'a str);

impl fmt::Display for Member<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "'{}'", self.0.replace('\'', "''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_gets_out() {
        assert_eq!(Ident("a`b").to_string(), "`a``b`");
        assert_eq!(Literal("plain text").to_string(), "'plain text'");
        assert_eq!(Literal("it's").to_string(), "_utf8mb4 0x69742773");
        assert_eq!(Literal("").to_string(), "''");
        assert_eq!(comment("it's").as_deref(), Some("'it''s'"));
        assert_eq!(comment("").as_deref(), Some("''"));
        assert_eq!(Quoted::of("it's \\\n").to_string(), r"'it''s \\\n'");
        assert_eq!(Quoted { text: r"a\'", has_escapes: false }.to_string(), r"'a\'''");
        for text in ["a\\", "ä", "a\nb"] {
            assert_eq!(comment(text), None);
        }
    }
}
