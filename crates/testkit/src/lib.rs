//! What tests share: one server per version per test run, one database per test, skips that are counted. PostgreSQL's
//! are asked for here, MySQL's and MariaDB's in `mysql`.
//!
//! Servers are kept by a process of their own, the *keeper* (`testkit-servers`), because nextest runs every test in its
//! own process. `.config/nextest.toml` starts it before the first test that needs it; it starts a server when one is
//! first asked for and ends with the run. Without a keeper (plain `cargo test`) each test process has servers of its own.
//!
//! Rooms: `engine` (what every engine owes the pipeline), `conformance` (the same of its environments), `corpora` (real
//! schema files), `property` (cases that change one property each), `keeper` (the process and its protocol), `server` (what a test gets), `mysql` (the same
//! for MySQL and MariaDB), `share` (a part of many cases), `skip` (versions that are not here), `talk` (a session as the port has it), `tested` (versions of the last green run), `workshop` (the
//! laws of throwaway servers), `claim` (those of the right to write), `process` (looking at processes), `machine` (one made of maps), `fake` (an environment
//! that is a manifest), `memory` (a store without a file), `store` (the laws of stores).
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test wants to fail where it stands")]

pub mod claim;
pub mod conformance;
pub mod corpora;
pub mod engine;
pub mod fake;
pub mod keeper;
pub mod machine;
pub mod memory;
pub mod mysql;
pub mod process;
pub mod property;
mod server;
pub mod share;
mod skip;
pub mod store;
mod talk;
pub mod tested;
pub mod workshop;

pub use evenkeel_postgres::scratch::{Fault, Session, TextRows};
pub use server::{Server, TestDb, database, databases, each_major, each_major_at_once, majors, newest, server};
pub use share::{Share, another_day};
pub use skip::{DEMANDED, REQUIRE_VARIABLE, SKIPS_VARIABLE, note_skip, skip};
pub use talk::Talk;

/// A number that a run may set by a variable: how many generated cases there are, and where they begin.
///
/// # Panics
/// Where the variable holds something else.
#[must_use]
pub fn number(variable: &str, usual: u64) -> u64 {
    std::env::var(variable).map_or(usual, |text| text.parse().unwrap_or_else(|_| panic!("{variable}={text}: not a number")))
}
