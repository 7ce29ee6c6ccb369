//! Text from a database made harmless: nothing in a name, a comment or a function body may steer a terminal, hide from
//! a reader, or break a line.
//!
//! Lives here: what every format does to every text before its own escaping. Does not live here: the escaping of a
//! format (`format/markdown`, askama for HTML, `quick-junit` for XML).

/// One line: line breaks and everything a terminal obeys or an eye cannot see are spelled out, `\n`, `\u{1b}`. Where anything is, a
/// backslash of the text itself is two.
pub(crate) fn line(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let is_spelled = text.contains(is_harmful);
    for c in text.chars() {
        push(&mut clean, c, is_spelled);
    }
    clean
}

/// Several lines, split at line feeds; within a line as [`line`], except that tabs become four spaces.
pub(crate) fn lines(text: &str) -> Vec<String> {
    text.split('\n').map(inner).collect()
}

/// As [`lines`], as one text.
pub(crate) fn block(text: &str) -> String {
    lines(text).join("\n")
}

/// What is said instead of a fix that cannot be shown.
pub(crate) const LEFT_OUT: &str =
    "left out: it holds characters that cannot be shown as they are, and in other words it would do something else; --format json has it";

/// A statement or step to paste, split at line feeds and otherwise as it is; `None` where it holds what is not shown as it
/// is: pasted as shown, it would do something else.
pub(crate) fn pasteable(fix: &str) -> Option<Vec<String>> {
    let fix = fix.trim_end_matches('\n');
    is_pasteable(fix).then(|| fix.split('\n').map(str::to_owned).collect())
}

/// Whether a statement or step can be shown as it is. A tab is only where it indents a line: within one it looks like
/// blanks, becomes blanks where a terminal is copied from, and may be part of a value.
#[must_use]
pub fn is_pasteable(fix: &str) -> bool {
    fix.split('\n').all(|line| !line.trim_start_matches([' ', '\t']).chars().any(is_harmful))
}

/// A fix as it may be shown: as it is, or why it is left out.
pub(crate) fn fix(fix: &str) -> String {
    pasteable(fix).map_or_else(|| LEFT_OUT.to_owned(), |lines| lines.join("\n"))
}

/// A long text as it is, where it can be shown so; else with what cannot be seen spelled out, only to be read.
pub(crate) fn exact(text: &str) -> (String, bool) {
    if is_pasteable(text) { (text.to_owned(), true) } else { (block(text), false) }
}

fn inner(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let is_spelled = text.contains(|c| c != '\t' && is_harmful(c));
    for c in text.chars() {
        if c == '\t' { clean.push_str("    ") } else { push(&mut clean, c, is_spelled) }
    }
    clean
}

fn push(clean: &mut String, c: char, is_spelled: bool) {
    match c {
        '\\' if is_spelled => clean.push_str("\\\\"),
        '\n' => clean.push_str("\\n"),
        '\t' => clean.push_str("\\t"),
        '\r' => clean.push_str("\\r"),
        c if is_harmful(c) => clean.extend(c.escape_unicode()),
        c => clean.push(c),
    }
}

/// Control characters, what changes the direction of text, and what takes no room and so hides.
/// <https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing>
fn is_harmful(c: char) -> bool {
    c.is_control()
        // Code points that are no characters: XML forbids some of them.
        || u32::from(c) & 0xfffe == 0xfffe
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0e}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e000}'..='\u{f8ff}' | '\u{fdd0}'..='\u{fdef}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_steers_a_terminal() {
        assert_eq!(line("a\u{1b}[31mred\u{7}\n\tb\r"), "a\\u{1b}[31mred\\u{7}\\n\\tb\\r");
        assert_eq!(line("\u{9b}2J"), "\\u{9b}2J");
        assert_eq!(line("user\u{202e}nimda\u{2066}"), "user\\u{202e}nimda\\u{2066}");
        assert_eq!(line("ta\u{200b}ble"), "ta\\u{200b}ble");
    }

    #[test]
    fn what_is_typed_is_told_from_what_is_spelled_out() {
        assert_eq!(line("C:\\path\\n"), "C:\\path\\n");
        assert_eq!(line("C:\\path\n"), "C:\\\\path\\n");
        assert_ne!(line("a\\n\n"), line("a\n\\n"));
        assert_eq!(lines("\\d\t\\w\n\\r\r"), ["\\d    \\w", "\\\\r\\r"]);
    }

    #[test]
    fn harmless_text_is_left_alone() {
        for text in [r"C:\new\table", "app.orders", "naïve \"Größe\" 表 🐘", "a  b"] {
            assert_eq!(line(text), text);
        }
    }

    #[test]
    fn what_cannot_be_pasted_is_left_out() {
        assert_eq!(pasteable("CREATE VIEW v AS\n\tSELECT 1;\n"), Some(vec!["CREATE VIEW v AS".to_owned(), "\tSELECT 1;".to_owned()]));
        for text in [
            "COMMENT 'a\tb';",
            "SELECT 1;\n  SELECT\t2;",
            "DROP TABLE `a\u{1b}[31m`;",
            "COMMENT 'a\r\n';",
            "DROP ROLE `user\u{202e}nimda`;",
            "SELECT '\u{0}'",
        ] {
            assert_eq!(pasteable(text), None, "{text:?}");
        }
    }

    #[test]
    fn lines_stay_lines() {
        assert_eq!(lines("a\n\tb\r\n"), ["a", "    b\\r", ""]);
        assert_eq!(block("x\u{1b}\ny"), "x\\u{1b}\ny");
    }
}
