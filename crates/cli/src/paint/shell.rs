//! Words for a shell: what a user can paste back, quoted. Connections come here without their passwords
//! (`core::connection::typed_again`).

/// Stands for a connection that cannot be shown without showing a part of a password.
const PLACEHOLDER: &str = "URL";

/// One word of a shell. What no terminal should be sent is written in dollar quotes: bash, zsh and ksh read them, POSIX has them
/// since 2024, and dash does not.
/// <https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_02_04>
pub fn quoted(text: &str) -> String {
    let harmless = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | ':' | '@' | '%' | '+' | ',');
    if !text.is_empty() && !text.starts_with('-') && text.chars().all(harmless) {
        text.to_owned()
    } else if text.contains(char::is_control) {
        let escaped = |c: char| match c {
            '\'' | '\\' => format!("\\{c}"),
            c if c.is_control() => c.encode_utf8(&mut [0; 4]).bytes().map(|byte| format!("\\{byte:03o}")).collect(),
            c => c.to_string(),
        };
        format!("$'{}'", text.chars().map(escaped).collect::<String>())
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}

/// A connection text without its passwords, or what stands for one that cannot be shown without them.
pub fn connection(typed: Option<&str>) -> String {
    typed.map_or_else(|| PLACEHOLDER.to_owned(), quoted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_reads_one_word() {
        for text in [
            "staging",
            "parity/production.jsonl",
            "a b",
            "it's",
            "$HOME",
            "",
            "-x",
            "a\u{1b}[31mb\n",
            "\u{1}1\tf\u{85}",
            "ä*\\",
            "mysql://u@h/d?a=b&c=d",
        ] {
            let shell = std::process::Command::new("bash").args(["-c", &format!("printf %s {}", quoted(text))]).output();
            assert!(shell.is_ok_and(|output| output.stdout == text.as_bytes()), "{text:?}: {}", quoted(text));
            assert!(!quoted(text).contains(char::is_control));
        }
        assert_eq!(quoted("parity/production.jsonl"), "parity/production.jsonl");
    }
}
