//! The outside world that is no database: webhooks that are told what came of a release, who measures,
//! who asks whether it may go on, who moves traffic.
//!
//! Lives here: bodies, signatures, HTTP, trying again. Does not live here: whom to tell (`cli/settings`), what came of it (`core`).
//!
//! Rooms, each importing only rooms to its left:
//! `news  sign  client  webhook  metrics  listen  haproxy  pgbouncer  command  flag  several`.

mod client;
mod command;
mod flag;
mod haproxy;
mod listen;
mod metrics;
mod news;
mod pgbouncer;
mod several;
mod sign;
mod webhook;

pub use command::Command;
pub use flag::Flag;
pub use haproxy::{Haproxy, Servers};
pub use listen::{Answer, Asked, serve};
pub use metrics::Prometheus;
pub use news::{Format, News, Outcome};
pub use pgbouncer::{Entry, Paused, Pgbouncer};
pub use several::Several;
pub use sign::signature;
pub use webhook::{Missed, Patience, Webhook, tell};
