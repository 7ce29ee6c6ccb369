//! The keywords that have a value, each with its origin, before their meaning is looked at.
//!
//! Lives here: precedence (text, then service file, then `PG*` variables), and reading a value as a word or number with
//! a fault that names keyword and origin. Does not live here: what the values mean (`target`, `tls`, `auth`).

use std::collections::BTreeMap;

use evenkeel_core::connection::{Known, Machine};
use secrecy::{ExposeSecret, SecretString};

use super::conninfo::{self, Syntax};
use super::fault::Fault;
use super::parameter::{self, KEYWORDS, Support};
use super::service;
use super::translate::scrub;

/// All keywords that have a value, before their meaning is looked at.
pub(super) struct Settings {
    /// Keyword to value and origin; without the secret ones.
    plain: BTreeMap<&'static str, (String, String)>,
    pub password: Option<(SecretString, String)>,
    pub secrets: Vec<SecretString>,
    /// Parameters of other clients, left out of account.
    pub notes: Vec<String>,
}

impl Settings {
    pub fn gather(text: &str, machine: &dyn Machine) -> Result<Self, Fault> {
        let mut settings = Self { plain: BTreeMap::new(), password: None, secrets: Vec::new(), notes: Vec::new() };
        let syntax = Syntax::of(text);
        let origin = syntax.name();
        let mut others: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
        for pair in conninfo::parse(text)? {
            let Some(keyword) = parameter::find(&pair.keyword) else {
                if let Some(client) = parameter::others(&pair.keyword).filter(|_| syntax == Syntax::Url && !pair.suspect) {
                    others.entry(client).or_default().push(pair.keyword);
                    continue;
                }
                let known = !pair.suspect;
                return Err(Fault::UnknownKeyword {
                    keyword: known.then(|| settings.scrub(&pair.keyword)),
                    near: if known { parameter::nearest(&pair.keyword) } else { None },
                    origin: origin.to_owned(),
                });
            };
            settings.set(keyword.name, pair.value, origin);
        }
        for (client, names) in others {
            let (means, is) = if names.len() == 1 { ("means", "is") } else { ("mean", "are") };
            settings
                .notes
                .push(format!("{} in the URL {means} something to {client} only, and {is} left out of account", names.join(", ")));
        }
        settings.add_service(machine)?;
        for keyword in KEYWORDS {
            if let Some((variable, value)) = keyword.variable.and_then(|name| Some((name, machine.variable(name)?))) {
                settings.set_if_absent(keyword.name, value, variable);
            }
        }
        // The forerunner of PGSSLMODE, which libpq still reads.
        if machine.variable("PGREQUIRESSL").is_some_and(|value| value.starts_with('1')) {
            settings.set_if_absent("sslmode", "require".to_owned(), "PGREQUIRESSL");
        }
        settings.refuse()?;
        Ok(settings)
    }

    fn add_service(&mut self, machine: &dyn Machine) -> Result<(), Fault> {
        let from_env = |name: &str| machine.variable(name).map(|value| (value, name.to_owned()));
        let named = self.plain.get("service").cloned().or_else(|| from_env("PGSERVICE"));
        let Some((name, origin)) = named.filter(|(name, _)| !name.is_empty()) else {
            return Ok(());
        };
        let file = self.plain.get("servicefile").cloned().or_else(|| from_env("PGSERVICEFILE"));
        let found = service::look_up(&name, file.as_ref().map(|(file, _)| file.as_str()), &origin, machine)?;
        let origin = format!("service file {} [{name}]", found.path.display());
        for (keyword, value) in found.pairs {
            if let Some(keyword) = parameter::find(&keyword) {
                self.set_if_absent(keyword.name, value, &origin);
            }
        }
        Ok(())
    }

    fn set(&mut self, keyword: &'static str, value: String, origin: &str) {
        if parameter::is_secret(keyword) {
            let secret = SecretString::from(value);
            self.secrets.push(secret.clone());
            if keyword == "password" {
                self.password = Some((secret, origin.to_owned()));
                return;
            }
            // Refused keywords: that they were set is enough.
            let mark = if secret.expose_secret().is_empty() { String::new() } else { "set".to_owned() };
            self.plain.insert(keyword, (mark, origin.to_owned()));
            return;
        }
        self.plain.insert(keyword, (value, origin.to_owned()));
    }

    fn set_if_absent(&mut self, keyword: &'static str, value: String, origin: &str) {
        let present = if keyword == "password" { self.password.is_some() } else { self.plain.contains_key(keyword) };
        if !present {
            self.set(keyword, value, origin);
        }
    }

    fn refuse(&self) -> Result<(), Fault> {
        for keyword in KEYWORDS {
            if let (Support::Refused(why), Some((_, origin))) = (keyword.support, self.get(keyword.name)) {
                let (why, origin) = (why.to_owned(), origin.to_owned());
                return Err(Fault::Unsupported { keyword: keyword.name, why, origin });
            }
        }
        Ok(())
    }

    /// Value and origin; an empty value counts as none, as it does in libpq at the end.
    pub fn get(&self, keyword: &str) -> Option<(&str, &str)> {
        let (value, origin) = self.plain.get(keyword)?;
        (!value.is_empty()).then_some((value.as_str(), origin.as_str()))
    }

    pub fn known(&self, keyword: &str) -> Option<Known> {
        self.get(keyword).map(|(value, origin)| Known { value: value.to_owned(), origin: origin.to_owned() })
    }

    pub fn invalid(&self, keyword: &'static str, expected: &str) -> Fault {
        let (found, origin) = self.get(keyword).unwrap_or_default();
        Fault::InvalidValue {
            keyword,
            found: self.scrub(&format!("\"{found}\"")),
            expected: expected.to_owned(),
            origin: origin.to_owned(),
        }
    }

    /// One of a closed set of words; `None` when not set.
    pub fn choose<T: Copy>(&self, keyword: &'static str, words: &[(&str, T)]) -> Result<Option<T>, Fault> {
        let Some((value, _)) = self.get(keyword) else {
            return Ok(None);
        };
        match words.iter().find(|(word, _)| *word == value) {
            Some((_, meaning)) => Ok(Some(*meaning)),
            None => {
                let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
                Err(self.invalid(keyword, &format!("one of {}", words.join(", "))))
            }
        }
    }

    /// A whole number; libpq allows blanks around it.
    pub fn number(&self, keyword: &'static str) -> Result<Option<i64>, Fault> {
        let Some((value, _)) = self.get(keyword) else {
            return Ok(None);
        };
        match value.trim().parse::<i32>() {
            Ok(number) => Ok(Some(i64::from(number))),
            Err(_) => Err(self.invalid(keyword, "a whole number")),
        }
    }

    pub fn positive(&self, keyword: &'static str) -> Result<Option<u64>, Fault> {
        Ok(self.number(keyword)?.and_then(|number| u64::try_from(number).ok()).filter(|number| *number > 0))
    }

    fn scrub(&self, text: &str) -> String {
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
