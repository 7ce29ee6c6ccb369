//! The password file: which of its lines fits a host, port, database and user.
//!
//! Lives here: syntax, wildcard and escapes (<https://www.postgresql.org/docs/18/libpq-pgpass.html>) and libpq's rule
//! that a file others can read is not used. Does not live here: the other places a password comes from (`target`).

use std::path::Path;

use evenkeel_core::connection::Machine;
use secrecy::SecretString;

/// What looking into the password file gave.
pub(super) enum Lookup {
    Found(SecretString),
    /// Nothing; the text says why, for the message after a rejected login.
    Nothing(String),
    /// The file is there and must not be used: a warning, as in libpq.
    Unsafe(String),
}

pub(super) struct Wanted<'a> {
    /// The host as written; `localhost` for the default socket folder.
    pub host: &'a str,
    pub port: u16,
    pub dbname: &'a str,
    pub user: &'a str,
}

pub(super) fn look_up(path: &Path, wanted: &Wanted<'_>, machine: &dyn Machine) -> Lookup {
    let shown = path.display();
    let Ok(facts) = machine.facts(path) else {
        return Lookup::Nothing(format!("{shown} (no such file)"));
    };
    if !facts.is_file {
        return Lookup::Unsafe(format!("password file {shown} is not a plain file and was not used"));
    }
    if facts.mode & 0o077 != 0 {
        return Lookup::Unsafe(format!(
            "password file {shown} can be read by others (mode {:04o}) and was not used; fix: chmod 0600 {shown}",
            facts.mode
        ));
    }
    let bytes = match machine.read_file(path) {
        Ok(bytes) => bytes,
        Err(error) => return Lookup::Nothing(format!("{shown} ({error})")),
    };
    match find(&String::from_utf8_lossy(&bytes), wanted) {
        Some(password) => Lookup::Found(SecretString::from(password)),
        None => Lookup::Nothing(format!("{shown} (no line fits)")),
    }
}

/// The password of the first line whose four fields fit.
fn find(text: &str, wanted: &Wanted<'_>) -> Option<String> {
    let port = wanted.port.to_string();
    text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).find_map(|line| {
        let mut rest = line;
        for value in [wanted.host, &port, wanted.dbname, wanted.user] {
            rest = field(rest, value)?;
        }
        Some(password(rest))
    })
}

/// What follows the first field of `line` when that field is `*` or, unescaped, equals `value`.
fn field<'a>(line: &'a str, value: &str) -> Option<&'a str> {
    if let Some(rest) = line.strip_prefix("*:") {
        return Some(rest);
    }
    let mut expected = value.chars();
    let mut chars = line.char_indices();
    while let Some((at, c)) = chars.next() {
        let c = match c {
            ':' => return expected.next().is_none().then(|| &line[at + 1..]),
            '\\' => chars.next().map_or('\\', |(_, escaped)| escaped),
            c => c,
        };
        if expected.next() != Some(c) {
            return None;
        }
    }
    None
}

/// The fifth field: up to the next unescaped colon or the end of the line.
fn password(text: &str) -> String {
    let mut value = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            ':' => break,
            '\\' => value.extend(chars.next()),
            c => value.push(c),
        }
    }
    value
}

#[cfg(test)]
#[path = "pgpass_tests.rs"]
mod tests;
