//! Every sample document in every format, and what they look like.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod every;
mod golden;
mod machine;
mod page;
mod patch;
mod patched;
mod reference;
mod sample;
mod schemas;
mod truth;
