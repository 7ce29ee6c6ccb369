//! The outside world that is no database: webhooks that are told what came of a release.
//!
//! Lives here: bodies, signatures, HTTP, trying again. Does not live here: whom to tell (`cli/settings`), what came of it (`core`).
//!
//! Rooms, each importing only rooms to its left:
//! `news  sign  client  webhook`.

mod client;
mod news;
mod sign;
mod webhook;

pub use news::{Format, News, Outcome};
pub use sign::signature;
pub use webhook::{Missed, Patience, Webhook, tell};
