//! Reports: one document with types of its own, and one file a format that paints it.
//!
//! Lives here: the public [`Document`] and its JSON schema, the formats, what `evenkeel explain` says about an id.
//! Does not live here: judgement (`core`), where the bytes go (the command line).
//!
//! Rooms, each importing only rooms to its left:
//! `clean  fault  number  wrap  reference  document  textdiff  contrast  group  explain  sentence  format  page  history  rehearsal  deployment`.

mod clean;
mod contrast;
pub mod deployment;
mod document;
mod explain;
mod fault;
pub mod format;
mod group;
pub mod history;
mod number;
mod page;
pub mod reference;
pub mod rehearsal;
mod sentence;
mod textdiff;
mod wrap;

pub use clean::is_pasteable;
pub use document::*;
pub use explain::{all_ids, explain, list, suggest};
pub use fault::Fault;
pub use format::{FORMATS, Format, Only, Style};
