//! What is known of an error's text: data, no code.

/// A text that somebody prints when something went wrong, and what to make of it.
#[derive(Debug)]
pub struct Signature {
    /// Stable: `lock-timeout`.
    pub id: &'static str,
    /// Who says it.
    pub says: &'static str,
    /// A regular expression that its fixed words make.
    pub pattern: &'static str,
    /// As it is really printed.
    pub sample: &'static str,
    pub cause: &'static str,
    /// Read-only queries that confirm it.
    pub confirm: &'static [Query],
    /// The next safe step.
    pub next: &'static str,
    /// What not to run, and why; empty where there is nothing to warn of.
    pub avoid: &'static str,
    /// The page that says so.
    pub source: &'static str,
    /// Of which others in the same log it is a consequence.
    pub follows: &'static [&'static str],
}

/// Whose servers a query is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vendor {
    PostgreSql,
    MySql,
    MariaDb,
    MySqlAndMariaDb,
}

/// A query that confirms a cause. It runs as it stands.
#[derive(Debug)]
pub struct Query {
    pub vendor: Vendor,
    pub sql: &'static str,
    pub means: &'static [Answer],
}

/// What a query's answer means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    Rows(&'static str),
    NoRows(&'static str),
}

impl Query {
    /// Whether a server of that vendor can be asked.
    #[must_use]
    pub fn is_for(&self, engine: crate::kind::Engine) -> bool {
        use crate::kind::Engine;
        match self.vendor {
            Vendor::PostgreSql => engine == Engine::PostgreSql,
            Vendor::MySql => engine == Engine::MySql,
            Vendor::MariaDb => engine == Engine::MariaDb,
            Vendor::MySqlAndMariaDb => engine != Engine::PostgreSql,
        }
    }

    /// What so many rows mean.
    #[must_use]
    pub fn meaning(&self, rows: usize) -> Option<&'static str> {
        self.means.iter().find_map(|answer| match (answer, rows) {
            (Answer::NoRows(words), 0) => Some(*words),
            (Answer::Rows(words), 1..) => Some(*words),
            _ => None,
        })
    }
}
