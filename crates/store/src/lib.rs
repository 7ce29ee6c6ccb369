//! What evenkeel keeps between runs: which environments are halted or locked, and why; what was to be done to them and what came of it. In
//! one SQLite file, or, for a team, in a PostgreSQL database.
//!
//! Lives here: the file, and the tables of the database. Does not live here: how a database is reached (`core/port/keeper`), where the store is (`cli/store`), and what a mark or a run means (`core/port`).
//!
//! Rooms, each importing only rooms to its left:
//! `fault  journal  lock  prune  sqlite  server`.

mod fault;
mod journal;
mod lock;
mod prune;
mod server;
mod sqlite;

pub use fault::Fault;
pub use server::Server;
pub use sqlite::Sqlite;
