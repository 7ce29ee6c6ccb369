//! What evenkeel keeps between runs: which environments are halted, and why. One SQLite file.
//!
//! Lives here: the file. Does not live here: where it is (`cli/store`), and what a mark means (`core/port/store`).
//!
//! Rooms, each importing only rooms to its left:
//! `fault  sqlite`.

mod fault;
mod sqlite;

pub use fault::Fault;
pub use sqlite::Sqlite;
