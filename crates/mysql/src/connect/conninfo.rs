//! The connection URL: `mysql://user:password@host:port/database?parameter=value`.
//!
//! Lives here: taking the text apart, percent-decoding, and refusing what may be a password in the wrong place without
//! showing it. Does not live here: what the values mean (`settings`, `target`).

use evenkeel_core::connection::{Undecodable, decoded};

use super::fault::Fault;
use super::parameter::{self, Foreign, PARAMETERS};

/// Whose clients' option file groups are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scheme {
    MySql,
    MariaDb,
}

/// What a URL says; nothing of it is looked at yet. No `Debug`: it holds the password.
pub(super) struct Parts {
    pub scheme: Scheme,
    pub user: Option<String>,
    pub password: Option<String>,
    pub host: Option<String>,
    pub port: Option<u16>,
    pub database: Option<String>,
    pub parameters: Vec<(&'static str, String)>,
    /// What became of other programs' parameters.
    pub warnings: Vec<String>,
}

const ORIGIN: &str = "URL";
const SHAPE: &str = "write mysql://user:password@host:port/database?parameter=value, with / ? # @ % of user and password percent-encoded";

fn malformed(problem: &str) -> Fault {
    Fault::Malformed { syntax: ORIGIN, problem: problem.to_owned(), fix: Some(SHAPE.to_owned()) }
}

pub(super) fn parse(text: &str) -> Result<Parts, Fault> {
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("mysql") => (Scheme::MySql, rest),
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("mariadb") => (Scheme::MariaDb, rest),
        _ => return Err(malformed("it does not begin with mysql:// or mariadb://")),
    };
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at(end);
    // A raw @ further on is the sign of a password with a raw slash or question mark: nothing here may be shown.
    if tail.contains('@') {
        return Err(malformed("there is an @ after the host; it, or a / or ? in front of it, is not percent-encoded"));
    }
    let (path, query) = tail.split_once('?').map_or((tail, None), |(path, query)| (path, Some(query)));
    let (login, place) = authority.rsplit_once('@').map_or((None, authority), |(login, place)| (Some(login), place));
    let (user, password) = match login {
        Some(login) => {
            let (user, password) = login.split_once(':').map_or((login, None), |(user, password)| (user, Some(password)));
            (Some(decode(user)?), password.map(decode).transpose()?)
        }
        None => (None, None),
    };
    let (host, port) = place_of(place)?;
    let database = decode(path.strip_prefix('/').unwrap_or(path))?;
    if path.get(1..).is_some_and(|name| name.contains('/')) {
        return Err(malformed("the database's name holds a slash that is not percent-encoded"));
    }
    let filled = |text: String| (!text.is_empty()).then_some(text);
    let (parameters, warnings) = query.map_or(Ok(Default::default()), parameters)?;
    Ok(Parts { scheme, user: user.and_then(filled), password, host: filled(host), port, database: filled(database), parameters, warnings })
}

fn place_of(place: &str) -> Result<(String, Option<u16>), Fault> {
    if place.contains(',') {
        return Err(Fault::Unsupported {
            keyword: "a list of hosts",
            why: "evenkeel reads one server at a time, and which one it read must be certain".to_owned(),
            origin: ORIGIN.to_owned(),
            fix: "name one host".to_owned(),
        });
    }
    let (host, port) = if let Some(inside) = place.strip_prefix('[') {
        let Some((host, rest)) = inside.split_once(']') else {
            return Err(malformed("an IPv6 address is opened with [ and not closed with ]"));
        };
        match rest.strip_prefix(':') {
            Some(port) => (host, Some(port)),
            None if rest.is_empty() => (host, None),
            None => return Err(malformed("something other than :port follows the ] of an IPv6 address")),
        }
    } else {
        place.split_once(':').map_or((place, None), |(host, port)| (host, Some(port)))
    };
    let port = match port {
        None | Some("") => None,
        // Its text may be a password: `mysql://user:secret` without a host.
        Some(port) => {
            Some(port.parse::<u16>().ok().filter(|port| *port > 0).ok_or_else(|| malformed("the port is no number from 1 to 65535"))?)
        }
    };
    Ok((decode(host)?, port))
}

/// Ours, and what became of those of other programs.
type Parameters = (Vec<(&'static str, String)>, Vec<String>);

fn parameters(query: &str) -> Result<Parameters, Fault> {
    let (mut found, mut foreign, mut warnings) = (Vec::new(), Vec::new(), Vec::new());
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let Some((written, value)) = pair.split_once('=') else {
            return Err(malformed("a parameter has no \"=\""));
        };
        let (written, value) = (decode(written)?, decode(value)?);
        let name = written.to_ascii_lowercase().replace('_', "-");
        if let Some(known) = PARAMETERS.iter().find(|known| **known == name) {
            if found.iter().any(|(seen, _)| seen == known) {
                return Err(malformed(&format!("{known} is set twice")));
            }
            found.push((*known, value));
            continue;
        }
        match parameter::foreign(&name, &value) {
            Some(Foreign::Nothing) => warnings.push(format!("{written} in the URL is for another program and ignored")),
            Some(Foreign::Ours(ours, meant)) => foreign.push((written, ours, meant)),
            Some(Foreign::Refused(instead)) => {
                return Err(Fault::Unsupported {
                    keyword: "a parameter of another program",
                    why: format!("{written} is about how safe the connection is, and evenkeel cannot keep it"),
                    origin: ORIGIN.to_owned(),
                    fix: format!("write {instead}"),
                });
            }
            None => {
                // A name of ours is made of letters; anything else may be a part of a password.
                let harmless = name.len() <= 40 && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
                return Err(Fault::UnknownKeyword {
                    near: if harmless { parameter::nearest(&name) } else { None },
                    keyword: harmless.then_some(name),
                    origin: ORIGIN.to_owned(),
                });
            }
        }
    }
    for (written, ours, meant) in foreign {
        let shown = if ours == "ssl-mode" { format!("{ours}={meant}") } else { ours.to_owned() };
        match found.iter_mut().find(|(name, _)| *name == ours) {
            None => found.push((ours, meant)),
            // Several of them together mean what the strictest does.
            Some((_, mode)) if ours == "ssl-mode" && parameter::is_stricter(&meant, mode) => *mode = meant,
            Some((_, had)) if ours == "ssl-mode" || *had == meant => {}
            Some(_) => return Err(malformed(&format!("{ours} is set twice"))),
        }
        warnings.push(format!("{written} in the URL is for another program and read as {shown}"));
    }
    Ok((found, warnings))
}

/// Percent-decoding. The text is never shown: it may be a password.
fn decode(text: &str) -> Result<String, Fault> {
    decoded(text).map_err(|why| {
        malformed(match why {
            Undecodable::Percent => "a % is not followed by two hexadecimal digits (write %25 for a percent sign)",
            Undecodable::Nul => "%00 is no character of a name or password",
            Undecodable::Bytes => "percent-decoded it is no UTF-8",
        })
    })
}

#[cfg(test)]
#[path = "conninfo_tests.rs"]
mod tests;
