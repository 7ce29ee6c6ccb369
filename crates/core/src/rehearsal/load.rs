//! What clients met that ran beside a release.

use std::collections::BTreeSet;
use std::time::Duration;

/// Where a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    Before,
    During,
    After,
}

impl Phase {
    /// The word in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::During => "during",
            Self::After => "after",
        }
    }
}

/// How long requests took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Latency {
    pub requests: usize,
    pub p50: Duration,
    pub p99: Duration,
    pub max: Duration,
}

impl Latency {
    /// Of requests that took so long each.
    #[must_use]
    pub fn of(mut took: Vec<Duration>) -> Self {
        took.sort_unstable();
        let at = |hundredth: usize| took.get((took.len().saturating_sub(1)) * hundredth / 100).copied().unwrap_or_default();
        Self { requests: took.len(), p50: at(50), p99: at(99), max: at(100) }
    }
}

/// What they met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Load {
    pub clients: usize,
    /// Tables that they use.
    pub tables: BTreeSet<String>,
    pub before: Latency,
    pub during: Latency,
    pub after: Latency,
    /// Where, the server's code, how often, the first such request and what the server said.
    pub refused: Vec<(Phase, String, usize, String, String)>,
    /// Why a client went away.
    pub broken: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_is_the_last_and_nothing_is_nothing() {
        let latency = Latency::of((1..=100).rev().map(Duration::from_millis).collect());
        assert_eq!((latency.requests, latency.p50.as_millis(), latency.p99.as_millis(), latency.max.as_millis()), (100, 50, 99, 100));
        assert_eq!(Latency::of(Vec::new()), Latency::default());
    }
}
