//! The stages, in the order data passes them, one file each. Names no engine: environments and remedies come through the ports.
//!
//! Rooms, each importing only rooms to its left:
//! `capture  digest  compare  schemas  check  patch`.

pub mod capture;
pub mod check;
pub mod compare;
pub mod digest;
pub mod patch;
pub mod schemas;
