//! How these documents are written as JSON. Neighbours: `data`, `journal` and `preflight`, whose shapes they are.

use crate::Fault;
use serde::Serialize;

/// The version of the shapes.
pub(super) const SCHEMA_VERSION: u32 = 1;

pub(crate) fn json<T: Serialize>(value: &T) -> Result<Vec<u8>, Fault> {
    let mut bytes = serde_json::to_vec_pretty(value).map_err(|source| Fault::Json { format: "json", source })?;
    bytes.push(b'\n');
    Ok(bytes)
}
