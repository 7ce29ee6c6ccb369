//! What no kind holds: where there is any of it, that is a gap.

use super::reader::{Read, Reader};
use super::{rows, statements};
use evenkeel_core::kind::Dimension;
use evenkeel_core::manifest::{Gap, Reason};

rows::columns!(At { dimension, kind, what, number });

/// Looks for it, and notes what was found.
pub async fn note(reader: &Reader<'_>) -> Read<()> {
    let rows = reader.rows(statements::UNREAD, "what is not captured").await?;
    for (row, at) in rows::each::<At>(&rows)? {
        let (dimension, number) = (rows::text(row, at.dimension)?, rows::get::<i64>(row, at.number)?.unwrap_or(0));
        if let Some(dimension) = Dimension::from_name(&dimension).filter(|_| number > 0) {
            let detail = format!("this version of evenkeel does not read {} (there are {number})", rows::text(row, at.what)?);
            // Of a kind of its own: what is read is complete all the same.
            reader.gap(Gap { kind: Some(rows::text(row, at.kind)?.into()), ..Gap::dimension(dimension, Reason::NotCaptured, detail) });
        }
    }
    Ok(())
}
