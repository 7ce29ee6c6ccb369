//! Connecting as libpq does: the same texts, variables, files and rules, on tokio-postgres and rustls.
//!
//! Lives here: `Target::parse` (where to), `connect` (a `Session`), `Session::begin_read_only` (the transaction every
//! capture reads in), and `Fault` (what went wrong, never with a password). Does not live here: anything that is read
//! over a session (`capture`).
//!
//! The rooms, in the order a connection passes them: `conninfo` and `parameter` (the text), `service` and
//! `pgpass` (what the machine adds), `settings` (precedence), `target`, `tls`, `verify` and `auth` (meaning), `attempt`
//! (hosts, addresses and modes in turn), `greeting` (what answered), `session` and `conversation` (what is said); beside them `discreet`, `fault` and `translate`.

mod attempt;
mod auth;
mod conninfo;
mod conversation;
pub(crate) mod discreet;
mod fault;
mod greeting;
mod parameter;
mod pgpass;
mod service;
mod session;
mod settings;
mod target;
mod tls;
mod translate;
mod verify;

pub use attempt::{Canceller, connect};
pub use evenkeel_core::connection::{FileFacts, Known, Machine};
pub use evenkeel_core::port::Limits;
pub use evenkeel_runtime::ThisMachine;
pub use fault::{Failure, Fault};
pub(crate) use greeting::{GREETING, PLAIN_GREETING};
pub(crate) use session::OVER;
pub(crate) use session::{CLOSING, NOTICING, opening, standing};
pub use session::{Notice, Session};
pub use target::{Described, Target};
pub use translate::{Context, fault_from};

/// What a session is at before it exists.
const CONNECTING: &str = "connecting";

#[cfg(test)]
#[path = "live_tests.rs"]
mod live_tests;
#[cfg(test)]
#[path = "live_tls_tests.rs"]
mod live_tls_tests;
#[cfg(test)]
mod testing;
