//! How often environments are drilled, as it is written. Neighbour: `gates`, what a recovery may take.

use super::raw::RawDrill;
use crate::args::{age, duration};
use evenkeel_adapters::Command;
use evenkeel_core::fault::{Class, Trouble};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How often, and which.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Drill {
    /// Nothing where nobody asked for any.
    pub every: Option<Duration>,
    /// Nothing: those of tier production.
    pub environments: Option<Vec<String>>,
    /// What has a replica take over where others are; nothing where nobody says it.
    pub promote: Option<Promote>,
}

/// A command that has a replica take its primary's place, and points clients at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promote {
    run: Vec<String>,
    pub within: Duration,
    folder: PathBuf,
    pub origin: String,
}

impl Promote {
    /// Runs it for that environment.
    ///
    /// # Errors
    /// It cannot be run, or did not end with 0 in its time.
    pub fn ran(&self, environment: &str) -> Result<(), Box<Trouble>> {
        let Self { run, within, folder, origin } = self.clone();
        let command = Command { run, read: None, limit: None, within, folder, environment: environment.to_owned() };
        command.once().map(drop).map_err(|trouble| Box::new(trouble.origin(origin)))
    }
}

/// How long a failover may take where nobody has said it.
const WITHIN: Duration = Duration::from_secs(60);

/// What is written.
///
/// # Errors
/// A length of time that is none.
pub fn schedule(raw: RawDrill, path: &Path, place: impl Fn(Range<usize>) -> String) -> Result<Drill, Box<Trouble>> {
    let wrong = |key: &str, expected: &str, found: String, origin: String, fix: &str| {
        let trouble = Trouble::new(Class::Configuration, format!("cannot read {key} under [drill]")).expected(expected);
        Box::new(trouble.found(found).origin(origin).fix(fix))
    };
    let within = raw.promote_timeout.as_ref().map_or(Ok(WITHIN), |text| {
        let expected = "a length of time such as 60s";
        duration(text.get_ref()).map_err(|why| wrong("promote_timeout", expected, why, place(text.span()), "promote_timeout = \"60s\""))
    })?;
    let fix = "promote = [\"./promote\"]";
    let promote = match raw.promote {
        None if raw.promote_timeout.is_some() => {
            return Err(wrong("promote_timeout", "promote beside it", "none".to_owned(), "promote_timeout under [drill]".to_owned(), fix));
        }
        None => None,
        Some(run) if run.get_ref().first().is_none_or(|word| word.trim().is_empty()) => {
            return Err(wrong("promote", "a program, and its arguments", "no program".to_owned(), place(run.span()), fix));
        }
        Some(run) => {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned();
            Some(Promote { within, folder, origin: place(run.span()), run: run.into_inner() })
        }
    };
    let every = raw.every.as_ref().map(|text| {
        age(text.get_ref()).map_err(|why| {
            let trouble = Trouble::new(Class::Configuration, "cannot read every under [drill]").expected("a length of time such as 30d");
            Box::new(trouble.found(why).origin(place(text.span())).fix("every = \"90d\""))
        })
    });
    Ok(Drill { every: every.transpose()?, environments: raw.environments, promote })
}
