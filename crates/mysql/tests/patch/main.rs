//! Statements that make one environment like another, tried on real servers: a schema from its manifest alone, and patches between the
//! two sides of each property case, both ways. What is refused is counted, so that nothing falls silent.
//!
//! Rooms: `build` (from nothing, by the pipeline's builder), `cases` (the property cases), `tried` (one plan, run and looked at).
//! `EVENKEEL_PROPERTY=column/type` runs the cases whose path begins so.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod build;
mod cases;
#[allow(dead_code)]
#[path = "../every_property/place.rs"]
mod place;
mod tried;
