//! The stages of a release, in order. Cannot name an engine; tested on a fake one.
//!
//! capture → compare → check. Later stages follow here, one file each.

pub mod capture;
pub mod check;
pub mod compare;
pub mod digest;
