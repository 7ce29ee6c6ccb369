//! The walls of ARCHITECTURE.md, read from the code itself: what may import what, what every file owes its reader, and that
//! nothing that is said of a place is said of one that is not there.
//!
//! Lives here: the folder, a file a check. Each check is a function over a [`tree::Tree`] (paths and texts), so that it is run on
//! the project as it is and on small trees with one lie planted. What the checks are told beside the code stands in `drawing`;
//! rooms and their order stand in the header of each crate's `lib.rs` and in ARCHITECTURE.md.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod arrows;
mod circles;
mod code;
mod dependencies;
mod drawing;
mod files;
mod headers;
mod modules;
mod names;
mod prose;
mod purity;
mod rooms;
mod tree;
