//! What migration tools record about themselves: how to know their tables, and what a row means.
//!
//! Lives here: the tools (`tool`, one file each), their folders (`folder`), recognition by columns (`recognise`), a row turned into a
//! record (`record`), records turned into objects (`table`), which record is which file's (`matching`), files that a client of the
//! server puts in place of a line (`include`), migrations that their tool renders (`render`), rows to be written (`row`), rows that are
//! locks (`lock`), how a tool itself is asked (`status`), what would make record and schema agree (`repair`), what was found as findings (`found`). Engine-neutral: an engine
//! says which families its columns belong to and hands over cells as text. Does not live here: finding and reading tables
//! (`capture/history.rs` of each engine), nor judging a record against files.

pub mod effect;
pub mod folder;
pub mod found;
mod include;
pub mod lock;
pub mod matching;
mod recognise;
mod record;
pub mod render;
pub mod repair;
pub mod row;
mod shape;
pub mod status;
mod table;
pub mod told;
mod tool;
pub mod verdict;
mod word;

pub use recognise::{current_schema, recognise, recognise_named, shapes};
pub use record::{Cells, Column, Family, Record, State};
pub use shape::{Repeat, Role, Shape, Tool};
pub use table::{MOST_ROWS, Table, named, not_a_record, objects, unlike};
pub use tool::{LOCKS, READERS, ROWS, STATUSES, TOOLS};

#[cfg(test)]
mod reader_tests;
#[cfg(test)]
mod status_tests;
#[cfg(test)]
mod tests;
