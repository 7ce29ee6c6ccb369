//! Text made harmless for Markdown: as code, where nothing is a link, a mention or HTML; or as plain text, where nothing
//! becomes one.
//!
//! Lives here: the escaping. Neighbours: `clean`, which every format goes through before; `markdown`, the layout.

use crate::clean;

/// A block whose fence is longer than any in it.
pub(crate) fn fenced(language: &str, lines: &[String]) -> String {
    let longest = lines.iter().map(|line| longest_run(line)).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}{language}\n{}\n{fence}\n\n", lines.join("\n"))
}

/// A code span; inside of it nothing is a link, a mention or HTML.
pub(super) fn code(text: &str) -> String {
    if text.is_empty() {
        return "` `".to_owned();
    }
    let ticks = "`".repeat(longest_run(text) + 1);
    let pad = if text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) { " " } else { "" };
    format!("{ticks}{pad}{text}{pad}{ticks}")
}

/// Text outside of code: no markup, no HTML, no mention, no reference to an issue, no link.
pub(crate) fn plain(text: &str) -> String {
    let clean = clean::line(text);
    let mut shown = String::with_capacity(clean.len() + 16);
    for c in clean.chars() {
        match c {
            '&' => shown.push_str("&amp;"),
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '$' => {
                shown.push('\\');
                shown.push(c);
            }
            c => shown.push(c),
        }
    }
    linkless(&shown)
}

/// Mentions, references and links are found in the rendered text: only something between the characters stops them.
pub(super) fn linkless(text: &str) -> String {
    text.replace('#', "#&#8203;")
        .replace('@', "@&#8203;")
        .replace("://", ":&#8203;//")
        .replace("www.", "www&#8203;.")
        .replace("GH-", "GH&#8203;-")
}

/// Text inside `<code>`, where nothing but HTML itself is understood.
pub(super) fn html(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => shown.push_str("&amp;"),
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            '"' => shown.push_str("&quot;"),
            c => shown.push(c),
        }
    }
    shown
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_holds_any_text() {
        assert_eq!(code("app.orders"), "`app.orders`");
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("`"), "`` ` ``");
        assert_eq!(fenced("sql", &["````".to_owned()]), "`````sql\n````\n`````\n\n");
    }

    #[test]
    fn plain_text_is_inert() {
        assert_eq!(plain("@team see #12 <b>|x|</b>"), "@&#8203;team see #&#8203;12 &lt;b&gt;\\|x\\|&lt;/b&gt;");
        assert_eq!(plain("[a](http://b) GH-1"), "\\[a\\](http:&#8203;//b) GH&#8203;-1");
    }
}
