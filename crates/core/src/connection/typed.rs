//! A connection text as it may be typed again: without its passwords.
//!
//! Lives here: leaving them out of URLs and keyword strings. Does not live here: what a connection means (the engines'
//! `connect`, which has read it before it gets here), and how a shell is told the text.

use super::decoded;

/// A URL or keyword string without its passwords; `scrub` knows them and hides those that are left. `None` where it cannot be
/// shown without a part of one.
#[must_use]
pub fn typed_again(text: &str, scrub: &dyn Fn(&str) -> String) -> Option<String> {
    // A password that stands elsewhere too (a database called like it) must not be told by it.
    let tells_nothing = |text: &str| scrub(text) == text;
    let bare = match text.split_once("://") {
        Some((scheme, rest)) => url(scheme, rest).filter(|bare| decoded(bare).is_ok_and(|meant| tells_nothing(&meant))),
        None => Some(keywords(text)),
    };
    bare.filter(|bare| !bare.is_empty() && tells_nothing(bare))
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
    fn passwords_are_left_out() {
        let scrub = |text: &str| text.replace("s3cret", "***");
        for (text, shown) in [
            ("mysql://root:s3cret@db:3307/app?ssl-mode=REQUIRED", Some("mysql://root@db:3307/app?ssl-mode=REQUIRED")),
            ("mysql://root@localhost/app?socket=/run/s", Some("mysql://root@localhost/app?socket=/run/s")),
            ("mysql://root:x@h", Some("mysql://root@h")),
            ("postgres://u:a%40s3cret@h/d?sslpassword=x&sslmode=require", Some("postgres://u@h/d?sslmode=require")),
            ("postgres:///d?host=/tmp&user=u&password=s3cret", Some("postgres:///d?host=/tmp&user=u")),
            ("postgres://h/d?pass%77ord=x", Some("postgres://h/d")),
            // The same word as user: nothing tells that it is the password too.
            ("postgres://s3cret:s3cret@h/d", None),
            ("postgres://%73%33cret:s3cret@h/d", None),
            // What does not decode cannot be looked through.
            ("postgres://u:s3cret@h/d?sslmode=%zz", None),
            ("postgres://u:s3cret@h/%ff", None),
            ("host=h application_name=100% password=s3cret", Some("host=h application_name=100%")),
            ("mysql://u:p/q@h/d", None),
            ("host=h password=s3cret user=u", Some("host=h user=u")),
            ("host=h password = 'it\\'s s3cret' user='a b'", Some("host=h user='a b'")),
            ("password=s3cret", None),
        ] {
            assert_eq!(typed_again(text, &scrub).as_deref(), shown, "{text}");
        }
    }
}
