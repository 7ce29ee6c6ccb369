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
    /// What they met, slice by slice, since the rehearsal began.
    pub slices: Vec<Slice>,
    /// Who waited, and when.
    pub waits: Vec<Waited>,
    /// Where their requests come from.
    pub sources: Vec<String>,
    /// How many of them somebody has written or a server has seen.
    pub own: usize,
    /// Those that say nothing of the release, and why.
    pub unsaid: Vec<Unsaid>,
    /// Transactions that were open beside it, and how it ended with them.
    pub beside: Option<String>,
}

/// A query of a workload that was not answered before the release: what it does afterwards says nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsaid {
    pub place: String,
    pub sql: String,
    pub why: String,
}

/// Requests that ended within a slice of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slice {
    pub from: Duration,
    pub to: Duration,
    pub latency: Latency,
}

impl Slice {
    /// So many slices of the same length, of requests with when they ended and what they took; one without requests is left out.
    #[must_use]
    pub fn all(requests: &[(Duration, Duration)], count: u32) -> Vec<Self> {
        let end = requests.iter().map(|(at, _)| *at).max().unwrap_or_default();
        let width = (end / count.max(1)).max(Duration::from_micros(1));
        let slices = (0..=count).filter_map(|number| {
            let (from, to) = (width * number, width * (number + 1));
            let took: Vec<Duration> = requests.iter().filter(|(at, _)| (from..to).contains(at)).map(|(_, took)| *took).collect();
            (!took.is_empty()).then(|| Self { from, to, latency: Latency::of(took) })
        });
        slices.collect()
    }
}

/// A client's wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waited {
    /// The server's number of its session, and what it calls itself.
    pub session: u64,
    pub who: String,
    pub relation: String,
    pub wait: String,
    pub from: Duration,
    pub to: Duration,
    /// The server's own log says so; else a second session looked now and then.
    pub logged: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_is_the_last_and_nothing_is_nothing() {
        let latency = Latency::of((1..=100).rev().map(Duration::from_millis).collect());
        assert_eq!((latency.requests, latency.p50.as_millis(), latency.p99.as_millis(), latency.max.as_millis()), (100, 50, 99, 100));
        assert_eq!(Latency::of(Vec::new()), Latency::default());
        let ms = Duration::from_millis;
        let slices = Slice::all(&[(ms(5), ms(1)), (ms(6), ms(3)), (ms(100), ms(50))], 10);
        assert_eq!(slices.iter().map(|slice| (slice.from, slice.latency.requests)).collect::<Vec<_>>(), [(ms(0), 2), (ms(100), 1)]);
        assert!(Slice::all(&[], 10).is_empty());
    }
}
