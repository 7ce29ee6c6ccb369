//! What evenkeel keeps between runs: which environments are halted or locked, and why; what was to be done to them and what came of it. One
//! SQLite file.
//!
//! Lives here: the file. Does not live here: where it is (`cli/store`), and what a mark or a run means (`core/port`).
//!
//! Rooms, each importing only rooms to its left:
//! `fault  journal  lock  sqlite`.

mod fault;
mod journal;
mod lock;
mod sqlite;

pub use fault::Fault;
pub use sqlite::Sqlite;
