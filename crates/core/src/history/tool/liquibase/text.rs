//! The text of a change as Liquibase sends it, and its sums.
//!
//! A comment is taken out before a statement is sent (where `stripComments` says so), also out of the body of a function: what is compared
//! with a database has to be the text without it.

use super::super::sum::md5;
use crate::history::folder::Part;

/// One change that is SQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sql {
    pub file: String,
    /// With the values of its properties.
    pub text: String,
    /// What the sum is made of; another than `text` where properties are left out of it.
    pub summed: String,
    pub line: u32,
    pub split: bool,
    pub strip: bool,
    pub delimiter: Option<String>,
    pub dbms: Option<String>,
}

impl Sql {
    /// The sums of this change alone: version 9, which leaves white space out, and 8, which makes one space of it.
    pub fn sums(&self) -> (String, String) {
        let is_space = |c: char| matches!(c, ' ' | '\n' | '\r' | '\t');
        let bare: String = self.summed.chars().filter(|c| !is_space(*c)).collect();
        let words: Vec<&str> = self.summed.split(is_space).filter(|word| !word.is_empty()).collect();
        let delimiter = self.delimiter.as_deref().unwrap_or("null");
        let spaced = format!("{delimiter}:{}:{}:{}", self.split, self.strip, words.join(" "));
        (format!("9:{}", md5(bare.as_bytes())), format!("8:{}", md5(spaced.as_bytes())))
    }

    /// What is sent, cut where its delimiter says so.
    pub fn parts(&self) -> Vec<Part> {
        let text = self.text.replace('\r', "");
        let text = if self.strip { without_comments(&text) } else { text };
        let mut parts = Vec::new();
        let mut now = String::new();
        let mut from = self.line;
        let delimiter = self.delimiter.as_deref().filter(|delimiter| self.split && *delimiter != ";");
        for (line, at) in text.split_inclusive('\n').zip(self.line..) {
            // Without a delimiter of its own a line of GO or a slash ends a statement.
            let bare = line.trim();
            let ended = match delimiter {
                Some(delimiter) if !delimiter.is_empty() => bare.strip_suffix(literal(delimiter)).map(str::to_owned),
                _ if self.split && (bare == "/" || bare.eq_ignore_ascii_case("go")) => Some(String::new()),
                _ => None,
            };
            let Some(rest) = ended else {
                now.push_str(line);
                continue;
            };
            now.push_str(&rest);
            now.push('\n');
            parts.push((std::mem::take(&mut now), from));
            from = at.saturating_add(1);
        }
        parts.push((now, from));
        let parts = parts.into_iter().filter(|(text, _)| !text.trim().is_empty());
        parts.map(|(text, line)| Part { file: self.file.clone(), text, begins: (line, 1) }).collect()
    }
}

/// A delimiter is a pattern; those that people write mean themselves.
fn literal(delimiter: &str) -> &str {
    delimiter.trim_start_matches("\\n").trim_end_matches('$').trim()
}

/// A text without its comments. Of one that ends on a later line its line ends stay, so that places stay what they are; within the body of
/// a function nothing of it does, for there every letter counts.
pub(super) fn without_comments(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    let mut in_body = false;
    while let Some(c) = rest.chars().next() {
        let skip = if rest.starts_with("--") {
            rest.find('\n').unwrap_or(rest.len())
        } else if let Some(end) = rest.strip_prefix("/*").and_then(|behind| behind.find("*/")) {
            let end = end + 4;
            if !in_body {
                kept.extend(rest.get(..end).unwrap_or_default().chars().filter(|c| *c == '\n'));
            }
            end
        } else {
            let end = match c {
                '\'' | '"' | '`' => quoted(rest, c),
                '$' => dollar(rest),
                _ => c.len_utf8(),
            };
            if c == '$' && end > 1 {
                in_body = !in_body;
            }
            kept.push_str(rest.get(..end).unwrap_or(rest));
            end
        };
        rest = rest.get(skip..).unwrap_or_default();
    }
    kept
}

/// Where a text in quotes ends: at the quote that is neither doubled nor behind a backslash. One that never ends is no quote.
fn quoted(text: &str, quote: char) -> usize {
    let mut letters = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = letters.next() {
        if c == '\\' && quote != '`' {
            letters.next();
        } else if c == quote {
            match letters.peek() {
                Some((_, next)) if *next == quote => _ = letters.next(),
                _ => return at + 1,
            }
        }
    }
    1
}

/// The length of `$tag$` at the start of a text; of the sign alone where it is none.
fn dollar(text: &str) -> usize {
    let name = text.get(1..).unwrap_or_default();
    let end = name.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(name.len());
    if name.get(end..).is_some_and(|behind| behind.starts_with('$')) { end + 2 } else { 1 }
}

/// A text with the values of its properties; those that have none stay as they are written, as Liquibase leaves them.
pub(super) fn filled(text: &str, values: &[(String, String)]) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        filled.push_str(before);
        let Some((name, behind)) = after.split_once('}') else {
            filled.push_str("${");
            rest = after;
            continue;
        };
        if let Some((_, value)) = values.iter().find(|(known, _)| known.eq_ignore_ascii_case(name.trim())) {
            filled.push_str(value);
            rest = behind;
        } else {
            filled.push_str("${");
            rest = after;
        }
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_go_and_texts_stay() {
        let text = "create function f() as $$\n-- a\nselect 1; /* b\n */ $$; -- c\n/* d\n e */ select '-- f', \"/*g*/\", 'it''s -- h';";
        let kept = "create function f() as $$\n\nselect 1;  $$; \n\n select '-- f', \"/*g*/\", 'it''s -- h';";
        assert_eq!(without_comments(text), kept);
        assert_eq!(without_comments("select 'never ends -- x"), "select 'never ends ");
        assert_eq!(without_comments("/* never ends"), "/* never ends");
    }

    #[test]
    fn a_delimiter_cuts_where_it_stands() {
        let sql = |text: &str, delimiter: Option<&str>| Sql {
            file: "f".to_owned(),
            text: text.to_owned(),
            summed: text.to_owned(),
            line: 3,
            split: true,
            strip: false,
            delimiter: delimiter.map(str::to_owned),
            dbms: None,
        };
        let parts = |sql: &Sql| sql.parts().into_iter().map(|part| (part.text.trim().to_owned(), part.begins.0)).collect::<Vec<_>>();
        let cut = parts(&sql("create a;\nb\n/\ncreate c\n/\n", Some("/")));
        assert_eq!(cut, [("create a;\nb".to_owned(), 3), ("create c".to_owned(), 6)]);
        assert_eq!(parts(&sql("a @@\nb @@", Some("@@"))).len(), 2);
        assert_eq!(parts(&sql("a;\nGO\nb;", None)).len(), 2);
        assert_eq!(parts(&sql("a; b;", None)).len(), 1);
    }

    #[test]
    fn properties_that_are_not_known_stay() {
        let values = [("a".to_owned(), "1".to_owned())];
        assert_eq!(filled("${A} ${b} ${ ${a}", &values), "1 ${b} ${ 1");
    }
}
