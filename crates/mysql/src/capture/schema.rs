//! Kind `schema`: databases. What their statement hands out, in canonical form.

use super::canonical;
use evenkeel_core::manifest::Object;

/// Collations by their names of today.
pub fn finish(databases: &mut [Object]) {
    for database in databases {
        if let Some(collation) = database.text("collation").map(canonical::charset) {
            database.set("collation", collation);
        }
    }
}
