//! What a capture sends, as `evenkeel queries` shows it: how the list is written, and how a statement is known again.
//!
//! Does not live here: the lists. Each engine has one, which its capture itself reads.

use std::fmt::Write as _;

/// A statement of a capture.
#[derive(Debug, Clone)]
pub struct Query<'a> {
    pub name: &'a str,
    /// As it is sent. What is put together while a capture runs stands here with a word in braces for each part that varies.
    pub text: String,
    /// When it is sent, where that is not always.
    pub only: Option<&'a str>,
    /// It opens or closes what stands between: by itself it would fail.
    pub is_bracket: bool,
}

impl Query<'_> {
    /// Whether parts of it vary.
    #[must_use]
    pub fn is_template(&self) -> bool {
        split(&self.text).next().is_some_and(|(_, place)| place.is_some())
    }

    /// Whether a server that received `sent` received this statement.
    #[must_use]
    pub fn is(&self, sent: &str) -> bool {
        let mut rest = Some(sent.trim().trim_end_matches(';'));
        let mut is_loose = false;
        let text = self.text.trim().trim_end_matches(';');
        for (fixed, place) in split(text) {
            rest = rest.and_then(|rest| match (is_loose, place) {
                (false, _) => rest.strip_prefix(fixed),
                // The last one stands at the end, others at the first place there is.
                (true, None) => rest.strip_suffix(fixed).map(|_| ""),
                (true, Some(_)) => rest.find(fixed).and_then(|at| rest.get(at + fixed.len()..)),
            });
            is_loose = place.is_some();
        }
        rest.is_some_and(str::is_empty)
    }
}

/// What stands before each place that varies, with the word in its braces, and what stands behind the last.
fn split(text: &str) -> impl Iterator<Item = (&str, Option<&str>)> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let all = rest.take()?;
        let opens = all.match_indices('{').map(|(at, _)| at);
        let place = opens.filter_map(|at| {
            let (word, _) = all.get(at + 1..)?.split_once('}')?;
            let is_word = !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c == ' ');
            is_word.then_some((at, word))
        });
        let Some((at, word)) = place.min() else { return Some((all, None)) };
        rest = all.get(at + word.len() + 2..);
        Some((all.get(..at)?, Some(word)))
    })
}

/// The text with these in its places, in order.
#[must_use]
pub fn fill(text: &str, parts: &[&str]) -> String {
    let mut parts = parts.iter();
    split(text).fold(String::with_capacity(text.len() + 32), |mut filled, (fixed, place)| {
        filled.push_str(fixed);
        filled.push_str(place.and_then(|_| parts.next()).unwrap_or(&""));
        filled
    })
}

/// The list as a script: what varies, and what opens and closes something, is commented out.
#[must_use]
pub fn listing(queries: &[Query<'_>]) -> String {
    let mut text = String::new();
    for query in queries {
        let only = query.only.map(|only| format!(": only {only}")).unwrap_or_default();
        // Writing into a String cannot fail.
        let _ = writeln!(text, "-- {}{only}", query.name);
        let body = query.text.trim().trim_end_matches(';');
        if query.is_template() || query.is_bracket {
            for line in body.lines() {
                let _ = writeln!(text, "--   {line}");
            }
        } else {
            let _ = writeln!(text, "{body};");
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(text: &str) -> Query<'static> {
        Query { name: "x", text: text.to_owned(), only: None, is_bracket: false }
    }

    #[test]
    fn a_statement_is_known_again_whatever_stands_in_its_places() {
        let shown = query("SHOW CREATE {what} {name}");
        assert!(shown.is_template() && shown.is("SHOW CREATE VIEW `a b`;") && !shown.is("SHOW GRANTS"));
        let rows = query("select {columns} from {table} limit 10");
        assert!(rows.is("select a, b from \"from\" limit 10") && !rows.is("select a from t limit 100") && !rows.is("select a from t"));
        let fixed = query("select '{2}', '{VAR ' from t\n");
        assert!(!fixed.is_template() && fixed.is("select '{2}', '{VAR ' from t") && !fixed.is("select '{2}', '{VAR ' from t2"));
    }

    #[test]
    fn places_are_filled_in_order() {
        assert_eq!(fill("SET {name} = {value};", &["a", "{b}"]), "SET a = {b};");
        assert_eq!(fill("{}{2}", &["x"]), "{}{2}");
    }

    #[test]
    fn what_varies_is_commented_out() {
        let queries = [query("select 1;\n"), Query { only: Some("where there is any"), ..query("SHOW CREATE TABLE {table}") }];
        let expected = "-- x\nselect 1;\n\n-- x: only where there is any\n--   SHOW CREATE TABLE {table}\n\n";
        assert_eq!(listing(&queries), expected);
    }
}
