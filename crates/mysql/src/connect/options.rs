//! Option files: which the clients read, in which order, and their syntax.
//!
//! Lives here: files, groups, inclusion, quoting, and the options that mean something to a connection. Does not live
//! here: precedence over URL and variables (`settings`).
//!
//! <https://dev.mysql.com/doc/refman/en/option-files.html>,
//! <https://mariadb.com/docs/server/server-management/install-and-upgrade-mariadb/configuring-mariadb/configuring-mariadb-with-option-files>

use std::path::{Path, PathBuf};

use evenkeel_core::connection::Machine;

use super::conninfo::Scheme;
use super::fault::Fault;

/// One option as a file set it. No `Debug`: it may be the password.
pub(super) struct FileOption {
    pub name: &'static str,
    pub value: String,
    /// `/home/a/.my.cnf [client]`
    pub origin: String,
}

#[derive(Default)]
pub(super) struct Found {
    /// The last setting of each option, which is the one that counts.
    pub options: Vec<FileOption>,
    pub warnings: Vec<String>,
    /// Where a password could have been, in words.
    pub looked: Vec<String>,
    /// A word about `~/.mylogin.cnf`, for those who may have meant it.
    pub login_file: Option<String>,
}

/// Read by every client, in this order; then `~/.my.cnf`.
const GLOBAL_FILES: &[&str] = &["/etc/my.cnf", "/etc/mysql/my.cnf"];

/// What means something to us. Everything else in a client's group (`default-character-set`, `quick`) does not.
const OPTIONS: &[&str] =
    &["user", "password", "host", "port", "socket", "protocol", "database", "ssl-mode", "ssl-ca", "ssl-cert", "ssl-key", "connect-timeout"];

/// The clients stop at ten levels of inclusion too.
const DEPTH: usize = 10;

/// Reads all files, or only one that was named.
///
/// # Errors
/// A named file is missing, or a file breaks the syntax.
pub(super) fn read(scheme: Scheme, only: Option<&Path>, suffix: Option<&str>, machine: &dyn Machine) -> Result<Found, Fault> {
    let mut reader = Reader { groups: groups(scheme, suffix), machine, found: Found::default() };
    match only {
        Some(path) => reader.file(path, true, 0)?,
        None => {
            let home = machine.home().map(|home| home.join(".my.cnf"));
            for path in GLOBAL_FILES.iter().map(PathBuf::from).chain(home) {
                reader.file(&path, false, 0)?;
            }
        }
    }
    reader.note_login_file();
    Ok(reader.found)
}

/// The groups every client of that vendor reads; a client's own group (`[mysql]`, `[mariadb-client]`) is its own affair.
fn groups(scheme: Scheme, suffix: Option<&str>) -> Vec<String> {
    let plain: &[&str] = match scheme {
        Scheme::MySql => &["client"],
        Scheme::MariaDb => &["client", "client-server", "client-mariadb"],
    };
    let with_suffix = suffix.iter().flat_map(|suffix| plain.iter().map(move |group| format!("{group}{suffix}")));
    plain.iter().map(|group| (*group).to_owned()).chain(with_suffix).collect()
}

struct Reader<'a> {
    groups: Vec<String>,
    machine: &'a dyn Machine,
    found: Found,
}

impl Reader<'_> {
    fn file(&mut self, path: &Path, must_exist: bool, depth: usize) -> Result<(), Fault> {
        let shown = path.display().to_string();
        let fault = |problem: String| Fault::File { kind: "option file", path: shown.clone(), problem };
        let facts = match self.machine.facts(path) {
            Ok(facts) => facts,
            Err(error) if must_exist => return Err(fault(error.to_string())),
            Err(_) => {
                self.found.looked.push(format!("{shown} (no such file)"));
                return Ok(());
            }
        };
        if facts.is_file && facts.mode & 0o002 != 0 {
            // The clients only warn, and connect without what it says. Whoever named it wants what it says.
            if must_exist {
                return Err(fault(format!("everyone may write to it, so what it says is nobody's word (chmod o-w {shown})")));
            }
            self.found.warnings.push(format!("{shown} is not read, as the clients do not: everyone may write to it (chmod o-w {shown})"));
            self.found.looked.push(format!("{shown} (not read: everyone may write to it)"));
            return Ok(());
        }
        match self.machine.read_file(path) {
            Ok(bytes) => {
                self.found.looked.push(shown.clone());
                self.text(&String::from_utf8_lossy(&bytes), &shown, depth)
            }
            Err(error) if must_exist => Err(fault(error.to_string())),
            Err(error) => {
                self.found.warnings.push(format!("{shown} cannot be read ({error})"));
                self.found.looked.push(format!("{shown} ({error})"));
                Ok(())
            }
        }
    }

    fn text(&mut self, text: &str, path: &str, depth: usize) -> Result<(), Fault> {
        let mut group: Option<&str> = None;
        for (index, line) in text.lines().enumerate() {
            let bad =
                |problem: &str| Fault::File { kind: "option file", path: format!("{path}:{}", index + 1), problem: problem.to_owned() };
            let line = line.trim();
            if line.is_empty() || line.starts_with(['#', ';']) {
                continue;
            }
            if let Some(directive) = line.strip_prefix('!') {
                self.include(directive, depth).map_err(|problem| bad(&problem))??;
                continue;
            }
            if let Some(rest) = line.strip_prefix('[') {
                let (name, _) = rest.split_once(']').ok_or_else(|| bad("a group is opened with [ and not closed with ]"))?;
                group = Some(name.trim());
                continue;
            }
            // What the line says is not shown: it may be a password.
            let group = group.ok_or_else(|| bad("an option stands in front of the first [group]"))?;
            if self.groups.iter().any(|known| known == group) {
                self.option(line, &format!("{path} [{group}]"));
            }
        }
        Ok(())
    }

    fn include(&mut self, directive: &str, depth: usize) -> Result<Result<(), Fault>, String> {
        let (path, is_folder) = match (word(directive, "includedir"), word(directive, "include")) {
            (Some(path), _) => (path, true),
            (None, Some(path)) => (path, false),
            (None, None) => return Err("the line is neither !include nor !includedir".to_owned()),
        };
        if depth >= DEPTH {
            self.found.warnings.push(format!("{path} is not read: {DEPTH} option files include one another"));
            return Ok(Ok(()));
        }
        let path = PathBuf::from(path);
        if !is_folder {
            return Ok(self.file(&path, false, depth + 1));
        }
        let mut names = self.machine.names(&path).map_err(|error| format!("cannot read the folder {}: {error}", path.display()))?;
        names.retain(|name| name.ends_with(".cnf"));
        names.sort_unstable();
        Ok(names.iter().try_for_each(|name| self.file(&path.join(name), false, depth + 1)))
    }

    fn option(&mut self, line: &str, origin: &str) {
        let line = without_comment(line);
        let (name, value) = match line.split_once('=') {
            Some((name, value)) => (name, Some(unquote(value.trim()))),
            None => (line, None),
        };
        let name = name.trim().replace('_', "-");
        let name = name.strip_prefix("loose-").unwrap_or(&name);
        let Some((name, value)) = meaning(name, value) else { return };
        self.found.options.retain(|option| option.name != name);
        self.found.options.push(FileOption { name, value, origin: origin.to_owned() });
    }

    /// Its content is only obscured, but in a format of its own.
    fn note_login_file(&mut self) {
        let named = self.machine.variable("MYSQL_TEST_LOGIN_FILE").map(PathBuf::from);
        let Some(path) = named.or_else(|| self.machine.home().map(|home| home.join(".mylogin.cnf"))) else { return };
        if self.machine.facts(&path).is_ok() {
            let path = path.display();
            self.found.login_file = Some(format!("{path} is not read: evenkeel does not know its format; use ~/.my.cnf (chmod 0600)"));
            self.found.looked.push(format!("{path} (not read)"));
        }
    }
}

/// What follows a directive's name and a blank.
fn word<'a>(directive: &'a str, name: &str) -> Option<&'a str> {
    let rest = directive.strip_prefix(name)?;
    let path = rest.trim();
    (rest.starts_with([' ', '\t']) && !path.is_empty()).then_some(path)
}

/// Switches of MariaDB's clients become the mode they stand for; what means nothing to us becomes `None`.
/// <https://mariadb.com/docs/server/clients-and-utilities/mariadb-client/mariadb-command-line-client>
fn meaning(name: &str, value: Option<String>) -> Option<(&'static str, String)> {
    let is_on = !value.as_deref().is_some_and(|value| ["0", "off", "false"].iter().any(|no| value.eq_ignore_ascii_case(no)));
    let mode = |mode: &str| Some(("ssl-mode", mode.to_owned()));
    match name {
        "ssl" if is_on => mode("REQUIRED"),
        "ssl" => mode("DISABLED"),
        "skip-ssl" | "disable-ssl" if is_on => mode("DISABLED"),
        "ssl-verify-server-cert" if is_on => mode("VERIFY_IDENTITY"),
        _ => {
            let name = OPTIONS.iter().find(|known| **known == name)?;
            Some((name, value.unwrap_or_default()))
        }
    }
}

/// A `#` outside of quotes ends the line.
fn without_comment(line: &str) -> &str {
    let (mut quote, mut escaped) = (None, false);
    for (index, letter) in line.char_indices() {
        match (letter, quote) {
            ('\'' | '"', None) if !escaped => quote = Some(letter),
            (_, Some(open)) if open == letter && !escaped => quote = None,
            ('#', None) => return line.get(..index).unwrap_or(line),
            _ => {}
        }
        escaped = quote.is_some() && letter == '\\' && !escaped;
    }
    line
}

/// Quotes around the whole value go; escapes are read with and without quotes.
fn unquote(value: &str) -> String {
    let inner = ['\'', '"'].iter().find_map(|quote| value.strip_prefix(*quote)?.strip_suffix(*quote)).unwrap_or(value);
    let mut text = String::with_capacity(inner.len());
    let mut letters = inner.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            text.push(letter);
            continue;
        }
        match letters.next() {
            Some('b') => text.push('\u{8}'),
            Some('t') => text.push('\t'),
            Some('n') => text.push('\n'),
            Some('r') => text.push('\r'),
            Some('s') => text.push(' '),
            Some(known @ ('\\' | '\'' | '"')) => text.push(known),
            // Not an escape: the backslash counts.
            Some(other) => text.extend(['\\', other]),
            None => text.push('\\'),
        }
    }
    text
}

#[cfg(test)]
#[path = "options_tests.rs"]
mod tests;
