//! What a failure tells a person: the one shape every crate's `Fault` is turned into before it is painted.
//!
//! Lives here: the exit class of a failure and the five parts of a message (what failed on what, expected, found,
//! where the expectation comes from, what to do). Does not live here: painting (`cli/paint`), and the failures
//! themselves, which each crate declares as an enum with data fields.

use std::fmt;

/// Which exit code a failure ends the process with. Differences and gaps are no failures: see `gate`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// The command line cannot be understood: 64.
    Usage,
    /// A server could not be reached, refused us, or went away: 69.
    Unreachable,
    /// A bug of ours: 70.
    Internal,
    /// The output could not be written: 74.
    Output,
    /// A configuration file, manifest path or environment variable is wrong: 78.
    Configuration,
    /// Something was found that cannot be judged (tampered manifest, unknown format): 2.
    CouldNotTell,
    /// The user stopped us: 130.
    Interrupted,
}

impl Class {
    /// The process exit code (sysexits where one fits).
    #[must_use]
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::CouldNotTell => 2,
            Self::Usage => 64,
            Self::Unreachable => 69,
            Self::Internal => 70,
            Self::Output => 74,
            Self::Configuration => 78,
            Self::Interrupted => 130,
        }
    }
}

/// A failure as a person needs it. Never holds a secret: whoever fills it in has removed them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    pub class: Class,
    /// What failed, on what: `cannot connect to staging (host db1, port 5432, database app, user reader)`.
    pub what: String,
    pub expected: Option<String>,
    pub found: Option<String>,
    /// Where the expectation is set: `evenkeel.toml:12`, `flag --fail-on`, `environment variable PGHOST`.
    pub origin: Option<String>,
    /// Something one can do or paste.
    pub fix: Option<String>,
}

impl Trouble {
    #[must_use]
    pub fn new(class: Class, what: impl Into<String>) -> Self {
        Self { class, what: what.into(), expected: None, found: None, origin: None, fix: None }
    }

    #[must_use]
    pub fn expected(mut self, text: impl Into<String>) -> Self {
        self.expected = Some(text.into());
        self
    }

    #[must_use]
    pub fn found(mut self, text: impl Into<String>) -> Self {
        self.found = Some(text.into());
        self
    }

    #[must_use]
    pub fn origin(mut self, text: impl Into<String>) -> Self {
        self.origin = Some(text.into());
        self
    }

    #[must_use]
    pub fn fix(mut self, text: impl Into<String>) -> Self {
        self.fix = Some(text.into());
        self
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.what)?;
        if let Some(found) = &self.found {
            write!(f, ": {found}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Trouble {}

/// A statement as a message shows it: its first 200 characters.
#[must_use]
pub fn shortened(statement: &str) -> String {
    let statement = statement.trim();
    match statement.char_indices().nth(200) {
        Some((end, _)) => format!("{}…", statement.get(..end).unwrap_or(statement)),
        None => statement.to_owned(),
    }
}

/// Every crate's `Fault` says what it means to a person.
pub trait Troublesome {
    fn trouble(&self) -> Trouble;
}

#[cfg(test)]
mod tests {
    use super::shortened;

    #[test]
    fn long_statements_are_shortened_between_characters() {
        assert_eq!(shortened("  select 1\n"), "select 1");
        let long = "ä".repeat(200);
        assert_eq!(shortened(&long), long);
        assert_eq!(shortened(&format!("{long}b")), format!("{long}…"));
    }
}
