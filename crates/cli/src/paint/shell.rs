//! Words for a shell: what a user can paste back, quoted, and never with a password.
//!
//! Lives here: quoting, and leaving passwords out of connections. Does not live here: what a connection means (the
//! engines' `connect`), which has read it before it gets here.

use evenkeel_core::connection::decoded;

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

/// A URL or keyword string without its passwords, quoted; `scrub` knows them and hides those that are left.
pub fn connection(text: &str, scrub: &dyn Fn(&str) -> String) -> String {
    // A password that stands elsewhere too (a database called like it) must not be told by it.
    let tells_nothing = |text: &str| scrub(text) == text;
    let bare = match text.split_once("://") {
        Some((scheme, rest)) => url(scheme, rest).filter(|bare| decoded(bare).is_ok_and(|meant| tells_nothing(&meant))),
        None => Some(keywords(text)),
    };
    let bare = bare.filter(|bare| !bare.is_empty() && tells_nothing(bare));
    bare.map_or_else(|| PLACEHOLDER.to_owned(), |bare| quoted(&bare))
}

fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["password", "passwd", "secret"].iter().any(|word| name.contains(word))
}

fn url(scheme: &str, rest: &str) -> Option<String> {
    let (authority, tail) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    // Where an @ follows, the authority may have ended inside of a password.
    if tail.contains('@') {
        return None;
    }
    let mut bare = format!("{scheme}://");
    match authority.rsplit_once('@') {
        Some((login, place)) => {
            let user = login.split_once(':').map_or(login, |(user, _)| user);
            bare.push_str(&format!("{user}@{place}"));
        }
        None => bare.push_str(authority),
    }
    let (path, query) = tail.split_once('?').unwrap_or((tail, ""));
    bare.push_str(path);
    // A name that cannot be read may be a secret's.
    let is_hidden = |pair: &str| decoded(pair.split('=').next().unwrap_or(pair)).map_or(true, |name| is_secret(&name));
    let kept: Vec<&str> = query.split('&').filter(|pair| !pair.is_empty() && !is_hidden(pair)).collect();
    if !kept.is_empty() {
        bare.push('?');
        bare.push_str(&kept.join("&"));
    }
    Some(bare)
}

/// `host=… password='…' user=…`: pairs with blanks between them, values in single quotes where they hold some.
fn keywords(text: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let mut rest = text.trim_start();
    while let Some((name, value)) = rest.split_once('=') {
        let value = value.trim_start();
        let (mut escaped, mut open) = (false, value.starts_with('\''));
        let end = value.char_indices().skip(usize::from(open)).find(|(_, c)| {
            let ends = !escaped && (if open { *c == '\'' } else { c.is_whitespace() });
            open &= !ends || *c != '\'';
            escaped = *c == '\\' && !escaped;
            ends
        });
        let end = end.map_or(value.len(), |(at, c)| if c == '\'' { at + 1 } else { at });
        let (value, tail) = value.split_at(end);
        let pair = rest.get(..rest.len() - tail.len()).unwrap_or_default();
        if !is_secret(name) && !value.is_empty() {
            kept.push(pair.trim());
        }
        rest = tail.trim_start();
    }
    kept.join(" ")
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

    #[test]
    fn passwords_are_left_out() {
        let scrub = |text: &str| text.replace("s3cret", "***");
        for (text, shown) in [
            ("mysql://root:s3cret@db:3307/app?ssl-mode=REQUIRED", "'mysql://root@db:3307/app?ssl-mode=REQUIRED'"),
            ("mysql://root@localhost/app?socket=/run/s", "'mysql://root@localhost/app?socket=/run/s'"),
            ("mysql://root:x@h", "mysql://root@h"),
            ("postgres://u:a%40s3cret@h/d?sslpassword=x&sslmode=require", "'postgres://u@h/d?sslmode=require'"),
            ("postgres:///d?host=/tmp&user=u&password=s3cret", "'postgres:///d?host=/tmp&user=u'"),
            ("postgres://h/d?pass%77ord=x", "postgres://h/d"),
            // The same word as user: nothing tells that it is the password too.
            ("postgres://s3cret:s3cret@h/d", "URL"),
            ("postgres://%73%33cret:s3cret@h/d", "URL"),
            // What does not decode cannot be looked through.
            ("postgres://u:s3cret@h/d?sslmode=%zz", "URL"),
            ("postgres://u:s3cret@h/%ff", "URL"),
            ("host=h application_name=100% password=s3cret", "'host=h application_name=100%'"),
            ("mysql://u:p/q@h/d", "URL"),
            ("host=h password=s3cret user=u", "'host=h user=u'"),
            ("host=h password = 'it\\'s s3cret' user='a b'", "'host=h user='\\''a b'\\'''"),
            ("password=s3cret", "URL"),
        ] {
            assert_eq!(connection(text, &scrub), shown, "{text}");
        }
    }
}
