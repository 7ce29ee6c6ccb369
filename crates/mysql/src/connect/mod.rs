//! Connecting as the clients of MySQL and MariaDB do: the same variables, option files and rules, on mysql_async and rustls.
//!
//! Lives here: `Target::parse` (where to), `connect` (a `Session`), `Session::begin_read_only` (the transaction every
//! capture reads in), and `Fault` (what went wrong, never with a password). Does not live here: what is read over a
//! session.
//!
//! The rooms, in the order a connection passes them: `conninfo` and `parameter` (the text), `options`
//! (what the machine adds), `settings` (precedence), `target` and `tls` (meaning), `attempt` (with TLS and without),
//! `greeting` (what answered), `session`, `pins` and `rows` (values out of answers); beside them `discreet`, `fault` and
//! `translate`.

mod attempt;
mod conninfo;
mod conversation;
mod discreet;
mod fault;
mod greeting;
mod options;
mod parameter;
mod pins;
pub mod rows;
mod session;
mod settings;
mod target;
mod tls;
mod translate;

pub use attempt::{Canceller, connect};
pub use evenkeel_core::connection::{FileFacts, Known, Machine};
pub use evenkeel_core::port::Limits;
pub use evenkeel_runtime::ThisMachine;
pub use fault::Fault;
pub use session::{Notice, Role, Session};
pub(crate) use session::{OPENING, sent};
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
