//! Kinds of which there is no object at all: one statement asks for all of them, and theirs are not sent.

use super::reader::{Read, Reader};
use super::{rows, statements};
use evenkeel_core::kind::Kind;

/// Kinds that were looked for and not found.
#[derive(Debug, Default)]
pub struct Absent(Vec<Kind>);

rows::columns!(At { kind, present });

impl Absent {
    /// Looks for them.
    pub async fn read(reader: &Reader<'_>) -> Read<Self> {
        let mut absent = Vec::new();
        let rows = reader.rows(statements::PRESENT, "which kinds there are").await?;
        for (row, at) in rows::each::<At>(&rows)? {
            // Only a plain "no" counts; a kind that is not named is read.
            if rows::get::<bool>(row, at.present)? == Some(false) {
                absent.extend(Kind::from_name(&rows::seen(row, at.kind)?));
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
