//! The two ways to write a connection: `postgres://…` and `key=value …`, read by libpq's rules.
//!
//! Lives here: syntax only; text in, pairs out, later pairs overriding earlier ones. Does not live here: which
//! keywords exist (`parameter`) and what values mean (`target`).
//!
//! No message repeats a piece of the text that could be part of a password: a password with an unescaped blank, `@`
//! or `/` makes its rest look like a keyword, a host or a port.

use evenkeel_core::connection::{Undecodable, decoded};

use super::fault::Fault;

/// One `keyword = value` as written.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Pair {
    pub keyword: String,
    pub value: String,
    /// The keyword may really be the tail of an unquoted password, so no message may print it.
    pub suspect: bool,
}

/// How the text was written; part of every "where does this value come from".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Syntax {
    Url,
    Keywords,
}

impl Syntax {
    pub fn of(text: &str) -> Self {
        if url_body(text).is_some() { Self::Url } else { Self::Keywords }
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Url => "URL",
            Self::Keywords => "connection string",
        }
    }
}

pub(super) fn parse(text: &str) -> Result<Vec<Pair>, Fault> {
    if text.contains('\0') {
        return Err(malformed(Syntax::of(text), "it contains a NUL character", None));
    }
    match url_body(text) {
        Some(body) => url(body),
        None => keywords(text),
    }
}

fn malformed(syntax: Syntax, problem: &str, fix: Option<&str>) -> Fault {
    Fault::Malformed { syntax: syntax.name(), problem: problem.to_owned(), fix: fix.map(str::to_owned) }
}

fn url_body(text: &str) -> Option<&str> {
    text.strip_prefix("postgresql://").or_else(|| text.strip_prefix("postgres://"))
}

// ---- key=value ------------------------------------------------------------------------------------------------

/// libpq's blanks are those of C's `isspace`.
const fn blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\x0b' | '\x0c')
}

fn keywords(text: &str) -> Result<Vec<Pair>, Fault> {
    let mut pairs: Vec<Pair> = Vec::new();
    let mut rest = text.trim_start_matches(blank);
    // Set once a password was written without quotes: what follows may be its second word.
    let mut suspect = false;
    while !rest.is_empty() {
        let end = rest.find(|c| c == '=' || blank(c)).unwrap_or(rest.len());
        let (keyword, tail) = rest.split_at(end);
        let Some(tail) = tail.trim_start_matches(blank).strip_prefix('=') else {
            let problem = if suspect || super::parameter::find(keyword).is_none() {
                format!("keyword number {} has no \"=\" after it", pairs.len() + 1)
            } else {
                format!("\"{keyword}\" has no \"=\" after it")
            };
            return Err(malformed(
                Syntax::Keywords,
                &problem,
                Some("write it as host=… dbname=… user=…, with values that hold blanks in single quotes"),
            ));
        };
        let tail = tail.trim_start_matches(blank);
        let quoted = tail.starts_with('\'');
        let (value, tail) = if quoted { quoted_value(&tail[1..])? } else { bare_value(tail) };
        let is_secret = super::parameter::is_secret(keyword);
        pairs.push(Pair { keyword: keyword.to_owned(), value, suspect });
        if is_secret {
            // A closing quote with something right behind it was none.
            suspect = !quoted || !(tail.is_empty() || tail.starts_with(blank));
        } else if super::parameter::find(keyword).is_some() {
            suspect = false;
        }
        rest = tail.trim_start_matches(blank);
    }
    Ok(pairs)
}

fn bare_value(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        if blank(c) {
            return (value, &text[at..]);
        }
        if c == '\\' {
            if let Some((_, escaped)) = chars.next() {
                value.push(escaped);
            }
        } else {
            value.push(c);
        }
    }
    (value, "")
}

/// `text` starts after the opening quote.
fn quoted_value(text: &str) -> Result<(String, &str), Fault> {
    let mut value = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\'' => return Ok((value, &text[at + 1..])),
            '\\' => {
                if let Some((_, escaped)) = chars.next() {
                    value.push(escaped);
                }
            }
            _ => value.push(c),
        }
    }
    Err(malformed(Syntax::Keywords, "a single quote is opened and not closed", Some("close it, and write a quote inside a value as \\'")))
}

// ---- postgres:// ----------------------------------------------------------------------------------------------

const ENCODE: &str = "write reserved characters of user and password percent-encoded: @ as %40, / as %2F, : as %3A, % as %25";

fn url(body: &str) -> Result<Vec<Pair>, Fault> {
    let mut pairs = Vec::new();
    let mut store = |keyword: &str, raw: &str| -> Result<(), Fault> {
        pairs.push(Pair { keyword: keyword.to_owned(), value: decode(raw)?, suspect: false });
        Ok(())
    };
    // The first '@' before any '/' ends the credentials.
    let mut rest = body;
    if let Some(at) = body.find(['@', '/']).filter(|at| body.as_bytes().get(*at) == Some(&b'@')) {
        let credentials = &body[..at];
        rest = &body[at + 1..];
        let (user, password) = match credentials.split_once(':') {
            Some((user, password)) => (user, Some(password)),
            None => (credentials, None),
        };
        if !user.is_empty() {
            store("user", user)?;
        }
        if let Some(password) = password.filter(|password| !password.is_empty()) {
            store("password", password)?;
        }
    }
    let (hosts, ports, tail) = authority(rest)?;
    if hosts.contains('@') {
        return Err(malformed(Syntax::Url, "a host name contains \"@\"", Some(ENCODE)));
    }
    if ports.chars().any(|c| !c.is_ascii_digit() && c != ',' && c != '%') {
        return Err(malformed(Syntax::Url, "what follows \":\" is no port number", Some(ENCODE)));
    }
    if !hosts.is_empty() {
        store("host", &hosts)?;
    }
    if !ports.trim_matches(',').is_empty() {
        store("port", &ports)?;
    }
    let mut rest = tail;
    if let Some(path) = rest.strip_prefix('/') {
        let end = path.find('?').unwrap_or(path.len());
        let (dbname, tail) = path.split_at(end);
        // An unescaped '/' in a password ends up here, and the rest of the password with it.
        if dbname.contains('@') {
            return Err(malformed(Syntax::Url, "there is a \"@\" after the first \"/\"", Some(ENCODE)));
        }
        if !dbname.is_empty() {
            store("dbname", dbname)?;
        }
        rest = tail;
    }
    if let Some(query) = rest.strip_prefix('?') {
        pairs.extend(parameters(query)?);
    }
    Ok(pairs)
}

/// `host[:port][,host[:port]]…`: the hosts and ports as comma lists, still encoded, and what follows.
fn authority(text: &str) -> Result<(String, String, &str), Fault> {
    let (mut hosts, mut ports) = (String::new(), String::new());
    let mut rest = text;
    loop {
        if let Some(inner) = rest.strip_prefix('[') {
            let Some(end) = inner.find(']') else {
                return Err(malformed(Syntax::Url, "an IPv6 address is opened with \"[\" and not closed", None));
            };
            if end == 0 {
                return Err(malformed(Syntax::Url, "the IPv6 address between \"[\" and \"]\" is empty", None));
            }
            hosts.push_str(&inner[..end]);
            rest = &inner[end + 1..];
            if !rest.is_empty() && !rest.starts_with([':', '/', '?', ',']) {
                return Err(malformed(Syntax::Url, "after \"]\" only \":\", \"/\", \"?\" or \",\" may follow", None));
            }
        } else {
            let end = rest.find([':', '/', '?', ',']).unwrap_or(rest.len());
            hosts.push_str(&rest[..end]);
            rest = &rest[end..];
        }
        if let Some(tail) = rest.strip_prefix(':') {
            let end = tail.find(['/', '?', ',']).unwrap_or(tail.len());
            ports.push_str(&tail[..end]);
            rest = &tail[end..];
        }
        match rest.strip_prefix(',') {
            Some(tail) => {
                hosts.push(',');
                ports.push(',');
                rest = tail;
            }
            None => return Ok((hosts, ports, rest)),
        }
    }
}

fn parameters(query: &str) -> Result<Vec<Pair>, Fault> {
    let mut pairs = Vec::new();
    if query.is_empty() {
        return Ok(pairs);
    }
    // With a bare '@' this may be the tail of a password that holds a '?', or an '&' after `password=`.
    let mut suspect = query.contains('@');
    for (index, part) in query.strip_suffix('&').unwrap_or(query).split('&').enumerate() {
        let Some((keyword, value)) = part.split_once('=').filter(|(keyword, value)| !keyword.is_empty() && !value.contains('=')) else {
            let problem = format!("query parameter number {} is not of the form keyword=value", index + 1);
            return Err(malformed(Syntax::Url, &problem, Some("write \"=\" inside a value as %3D and \"&\" as %26")));
        };
        let (keyword, value) = (decode(keyword)?, decode(value)?);
        let (keyword, value) = spelled(keyword, value);
        let is_secret = super::parameter::is_secret(&keyword);
        pairs.push(Pair { keyword, value, suspect });
        suspect |= is_secret;
    }
    Ok(pairs)
}

/// Other clients' spellings of what libpq knows: JDBC's `ssl=true`, which libpq takes too, `ssl=require` of asyncpg, `ssl-mode` of
/// sqlx. What asks for TLS is never left out of account.
fn spelled(keyword: String, value: String) -> (String, String) {
    match (keyword.as_str(), value.as_str()) {
        ("ssl", "true" | "1" | "no-verify") => ("sslmode".to_owned(), "require".to_owned()),
        ("ssl", "false" | "0") => ("sslmode".to_owned(), "disable".to_owned()),
        ("ssl", "disable" | "allow" | "prefer" | "require" | "verify-ca" | "verify-full") | ("ssl-mode", _) => {
            ("sslmode".to_owned(), value)
        }
        ("ssl-root-cert", _) => ("sslrootcert".to_owned(), value),
        ("ssl-cert", _) => ("sslcert".to_owned(), value),
        ("ssl-key", _) => ("sslkey".to_owned(), value),
        _ => (keyword, value),
    }
}

fn decode(text: &str) -> Result<String, Fault> {
    decoded(text).map_err(|why| {
        let problem = match why {
            Undecodable::Percent => "a \"%\" is not followed by two hexadecimal digits",
            Undecodable::Nul => "it contains the forbidden %00",
            Undecodable::Bytes => "percent-encoded bytes are no UTF-8 text",
        };
        malformed(Syntax::Url, problem, Some("write a literal % as %25"))
    })
}

#[cfg(test)]
#[path = "conninfo_tests.rs"]
mod tests;
