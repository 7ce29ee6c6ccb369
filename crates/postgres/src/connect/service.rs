//! Service files: a name that stands for connection parameters, found by libpq's rules.
//!
//! Lives here: which files are searched, and their syntax
//! (<https://www.postgresql.org/docs/18/libpq-pgservice.html>). Does not live here: precedence (`target`).

use std::path::PathBuf;

use evenkeel_core::connection::Machine;

use super::fault::Fault;
use super::parameter;

/// The parameters of one service, in file order, and the file they were found in.
#[derive(Clone)]
pub(super) struct Service {
    pub path: PathBuf,
    pub pairs: Vec<(String, String)>,
}

/// Where distributions build libpq to look when PGSYSCONFDIR is not set (Debian, Red Hat).
const SYSTEM_FOLDERS: &[&str] = &["/etc/postgresql-common", "/etc/sysconfig/pgsql"];

/// Looks `name` up. `file` is `servicefile` or PGSERVICEFILE; a file that was named must exist.
///
/// # Errors
/// The service is defined nowhere, a named file is missing, or the service's lines cannot be understood.
pub(super) fn look_up(name: &str, file: Option<&str>, origin: &str, machine: &dyn Machine) -> Result<Service, Fault> {
    let mut candidates = Vec::new();
    match file.filter(|file| !file.is_empty()) {
        Some(file) => candidates.push((PathBuf::from(file), true)),
        None => candidates.extend(machine.home().map(|home| (home.join(".pg_service.conf"), false))),
    }
    match machine.variable("PGSYSCONFDIR") {
        Some(folder) => candidates.push((PathBuf::from(folder).join("pg_service.conf"), false)),
        None => candidates.extend(SYSTEM_FOLDERS.iter().map(|folder| (PathBuf::from(folder).join("pg_service.conf"), false))),
    }
    let mut looked = Vec::new();
    for (path, must_exist) in candidates {
        let shown = path.display().to_string();
        match machine.read_file(&path) {
            Ok(bytes) => {
                if let Some(pairs) = read(name, &String::from_utf8_lossy(&bytes), &shown)? {
                    return Ok(Service { path, pairs });
                }
                looked.push(format!("{shown}: no [{name}]"));
            }
            Err(error) if must_exist || error.kind() != std::io::ErrorKind::NotFound => {
                return Err(Fault::File { kind: "service file", path: shown, problem: error.to_string() });
            }
            Err(_) => looked.push(format!("{shown}: no such file")),
        }
    }
    Err(Fault::ServiceNotFound { service: name.to_owned(), looked, origin: origin.to_owned() })
}

/// The parameters of section `[name]`, or `None` when the file has no such section.
fn read(name: &str, text: &str, path: &str) -> Result<Option<Vec<(String, String)>>, Fault> {
    let bad = |line: usize, problem: String| Fault::File { kind: "service file", path: format!("{path}:{line}"), problem };
    let mut found: Option<Vec<(String, String)>> = None;
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(section) = line.strip_prefix('[') {
            if found.is_some() {
                break;
            }
            if section.strip_prefix(name).is_some_and(|rest| rest.starts_with(']')) {
                found = Some(Vec::new());
            }
            continue;
        }
        let Some(pairs) = &mut found else { continue };
        if line.starts_with("ldap://") {
            return Err(bad(index + 1, "evenkeel does not look parameters up in LDAP".to_owned()));
        }
        let Some((keyword, value)) = line.split_once('=') else {
            return Err(bad(index + 1, "the line has no \"=\"".to_owned()));
        };
        if matches!(keyword, "service" | "servicefile") {
            return Err(bad(index + 1, format!("\"{keyword}\" cannot be set inside a service")));
        }
        if parameter::find(keyword).is_none() {
            return Err(bad(index + 1, format!("unknown keyword \"{keyword}\" (blanks around \"=\" count)")));
        }
        // libpq keeps the first of two settings of one keyword.
        if !pairs.iter().any(|(known, _)| known == keyword) {
            pairs.push((keyword.to_owned(), value.to_owned()));
        }
    }
    Ok(found)
}

#[cfg(test)]
#[path = "service_tests.rs"]
mod tests;
