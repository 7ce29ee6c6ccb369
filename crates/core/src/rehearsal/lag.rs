//! How far a replica was behind that followed the release. Neighbour: `behind`, the gate.

use super::gate::time;
use crate::finding::Place;
use std::time::Duration;

/// What a replica was seen to be behind by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lag {
    /// Bytes of the log that it had not replayed, at the most.
    pub bytes: u64,
    /// How long ago that was written which it came to last, at the most.
    pub time: Duration,
    /// The statement that was sent last when it was so.
    pub place: Option<Place>,
    /// How long after the release it had replayed all of it; nothing where it was not waited for longer.
    pub caught_up: Option<Duration>,
    /// So often it was looked at.
    pub looks: usize,
}

impl Lag {
    /// `at most 12 MB and 340 ms behind`, as a sentence.
    #[must_use]
    pub fn words(&self) -> String {
        let place = self.place.as_ref().map(|place| format!(", at {place}")).unwrap_or_default();
        let end = match self.caught_up {
            Some(after) => format!("all of it was replayed {} after the release", time(after)),
            None => "it was not waited for until all of it was replayed".to_owned(),
        };
        format!("{} and {} behind at the most{place}; {end}", super::bytes(self.bytes), time(self.time))
    }
}
