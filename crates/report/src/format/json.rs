//! JSON: the document as it is, complete, with a line break at the end.

use super::Style;
use crate::{Document, Fault};

/// Writes the document; several as an array. The style changes nothing: programs get everything.
///
/// # Errors
/// Only if a number is not finite, which no captured one is.
pub fn render(documents: &[Document], _: &Style) -> Result<Vec<u8>, Fault> {
    let written = match documents {
        [document] => serde_json::to_vec_pretty(document),
        several => serde_json::to_vec_pretty(several),
    };
    let mut bytes = written.map_err(|source| Fault::Json { format: "json", source })?;
    bytes.push(b'\n');
    Ok(bytes)
}
