//! JSON: the document as it is, complete, with a line break at the end.

use super::Style;
use crate::{Document, Fault};

/// Writes the document. The style changes nothing: programs get everything.
///
/// # Errors
/// Only if a number is not finite, which no captured one is.
pub fn render(document: &Document, _: &Style) -> Result<Vec<u8>, Fault> {
    let mut bytes = serde_json::to_vec_pretty(document).map_err(|source| Fault::Json { format: "json", source })?;
    bytes.push(b'\n');
    Ok(bytes)
}
