//! The options that have a value, each with its origin, before their meaning is looked at.
//!
//! Lives here: precedence (URL, then environment variables, then option files), and reading a value as a word or number
//! with a fault that names option and origin. Does not live here: what the values mean (`target`, `tls`).
//!
//! The clients let option files win over variables
//! (<https://dev.mysql.com/doc/refman/en/program-options.html>); here what is nearer to the call wins, on every engine.

use std::collections::BTreeMap;
use std::path::Path;

use evenkeel_core::connection::{Known, Machine};
use secrecy::{ExposeSecret, SecretString};

use super::conninfo::{self, Scheme};
use super::fault::Fault;
use super::options;
use super::translate::scrub;

/// <https://dev.mysql.com/doc/refman/en/environment-variables.html>
const VARIABLES: &[(&str, &str)] =
    &[("password", "MYSQL_PWD"), ("host", "MYSQL_HOST"), ("port", "MYSQL_TCP_PORT"), ("socket", "MYSQL_UNIX_PORT")];

/// The origin of what the URL says.
pub(super) const URL: &str = "URL";

/// All options that have a value, before their meaning is looked at. No `Debug`: it holds secrets.
pub(super) struct Settings {
    /// Option to value and origin; without the password.
    plain: BTreeMap<&'static str, (String, String)>,
    pub password: Option<(SecretString, String)>,
    pub secrets: Vec<SecretString>,
    pub warnings: Vec<String>,
    /// Where a password was looked for.
    pub looked: Vec<String>,
}

impl Settings {
    pub fn gather(text: &str, machine: &dyn Machine) -> Result<Self, Fault> {
        let parts = conninfo::parse(text)?;
        let mut settings = Self {
            plain: BTreeMap::new(),
            password: None,
            secrets: Vec::new(),
            warnings: Vec::new(),
            looked: vec!["the URL".to_owned(), "MYSQL_PWD".to_owned()],
        };
        let port = parts.port.map(|port| port.to_string());
        for (name, value) in
            [("user", parts.user), ("password", parts.password), ("host", parts.host), ("port", port), ("database", parts.database)]
        {
            if let Some(value) = value {
                settings.set_if_absent(name, value, URL);
            }
        }
        settings.warnings.extend(parts.warnings);
        for (name, value) in parts.parameters {
            settings.set_if_absent(name, value, URL);
        }
        for (name, variable) in VARIABLES {
            if let Some(value) = machine.variable(variable).filter(|value| !value.is_empty()) {
                settings.set_if_absent(name, value, variable);
            }
        }
        settings.add_option_files(parts.scheme, machine)?;
        Ok(settings)
    }

    fn add_option_files(&mut self, scheme: Scheme, machine: &dyn Machine) -> Result<(), Fault> {
        let suffix = match self.get("defaults-group-suffix") {
            Some((suffix, _)) => Some(suffix.to_owned()),
            None => machine.variable("MYSQL_GROUP_SUFFIX").filter(|suffix| !suffix.is_empty()),
        };
        let only = self.get("defaults-file").map(|(path, _)| path.to_owned());
        let found = options::read(scheme, only.as_deref().map(Path::new), suffix.as_deref(), machine)?;
        self.warnings.extend(found.warnings);
        self.looked.extend(found.looked);
        for option in found.options {
            self.set_if_absent(option.name, option.value, &option.origin);
        }
        if !self.has_password() {
            self.warnings.extend(found.login_file);
        }
        Ok(())
    }

    fn set_if_absent(&mut self, name: &'static str, value: String, origin: &str) {
        if name == "password" {
            let secret = SecretString::from(value);
            // Also one that is not used is a secret.
            self.secrets.push(secret.clone());
            self.password.get_or_insert_with(|| (secret, origin.to_owned()));
        } else {
            self.plain.entry(name).or_insert_with(|| (value, origin.to_owned()));
        }
    }

    /// Value and origin; an empty value counts as none.
    pub fn get(&self, name: &str) -> Option<(&str, &str)> {
        let (value, origin) = self.plain.get(name)?;
        (!value.is_empty()).then_some((value.as_str(), origin.as_str()))
    }

    pub fn known(&self, name: &str) -> Option<Known> {
        self.get(name).map(|(value, origin)| Known { value: value.to_owned(), origin: origin.to_owned() })
    }

    pub fn is_from_url(&self, name: &str) -> bool {
        self.get(name).is_some_and(|(_, origin)| origin == URL)
    }

    pub fn origin(&self, name: &str) -> String {
        self.get(name).map_or("default", |(_, origin)| origin).to_owned()
    }

    pub fn invalid(&self, name: &'static str, expected: &str) -> Fault {
        let (found, origin) = self.get(name).unwrap_or_default();
        Fault::InvalidValue {
            keyword: name,
            found: self.scrub(&format!("\"{found}\"")),
            expected: expected.to_owned(),
            origin: origin.to_owned(),
        }
    }

    /// One of a closed set of words, in any case; `None` when not set.
    pub fn choose<T: Copy>(&self, name: &'static str, words: &[(&str, T)]) -> Result<Option<T>, Fault> {
        let Some((value, _)) = self.get(name) else {
            return Ok(None);
        };
        match words.iter().find(|(word, _)| word.eq_ignore_ascii_case(value)) {
            Some((_, meaning)) => Ok(Some(*meaning)),
            None => {
                let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
                Err(self.invalid(name, &format!("one of {}", words.join(", "))))
            }
        }
    }

    pub fn number(&self, name: &'static str) -> Result<Option<u32>, Fault> {
        match self.get(name) {
            None => Ok(None),
            Some((value, _)) => value.trim().parse().map(Some).map_err(|_| self.invalid(name, "a whole number")),
        }
    }

    pub fn has_password(&self) -> bool {
        self.password.as_ref().is_some_and(|(password, _)| !password.expose_secret().is_empty())
    }

    pub fn scrub(&self, text: &str) -> String {
        scrub(text, &self.secrets)
    }

    /// A password that was mistaken for something else (a file name, a host) leaves no trace either.
    pub fn clean(&self, fault: Fault) -> Fault {
        match fault {
            Fault::File { kind, path, problem } => Fault::File { kind, path: self.scrub(&path), problem: self.scrub(&problem) },
            other => other,
        }
    }
}
