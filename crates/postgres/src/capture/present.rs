//! Kinds of which there is no object at all: one statement asks for all of them, and theirs are not sent.

use super::reader::{Read, Reader};
use super::{rows, statements};
use evenkeel_core::kind::Kind;

/// Kinds that were looked for and not found.
#[derive(Debug, Default)]
pub struct Absent(Vec<Kind>);

impl Absent {
    /// Looks for them.
    pub async fn read(reader: &Reader<'_>) -> Read<Self> {
        let mut absent = Vec::new();
        for row in reader.rows(statements::PRESENT, "which kinds there are").await? {
            // Only a plain "no" counts; a kind that is not named is read.
            if rows::get::<bool>(&row, 1)? == Some(false) {
                absent.extend(Kind::from_name(&rows::seen(&row, 0)?));
            }
        }
        Ok(Self(absent))
    }

    /// Whether there certainly is none.
    #[must_use]
    pub fn has(&self, kind: Kind) -> bool {
        self.0.contains(&kind)
    }
}
