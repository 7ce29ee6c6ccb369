//! Statements that make one environment like another, tried on real servers: a schema from its manifest alone, and patches between the
//! two sides of each property case, both ways. What is refused is counted, so that nothing falls silent.
//!
//! Rooms: `build` (from nothing, by the pipeline's builder), `printed` (whatever servers print of expressions and queries, run again), `literals` (every way to write one),
//! `cases` (the property cases), `pairs` (what several changes do together), `mixed` (sides of unlike cases), `rights` (accounts and grants; scripts), `lacking` (what whoever runs a script may not), `letters` (names that differ in case alone),
//! `online` (what a statement costs, said and measured), `proposed` (what is left to a person), `strangers` (what others found), `tried` (one plan, run and looked at).
//! `EVENKEEL_PROPERTY=column/type` runs the cases whose path begins so, `EVENKEEL_SHARE=all` all of each list.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod broken;
mod build;
mod cases;
mod corpora;
mod default;
mod engines;
mod lacking;
mod letters;
mod literals;
mod mixed;
mod online;
mod pairs;
#[allow(dead_code)]
#[path = "../every_property/place.rs"]
mod place;
mod printed;
mod proposed;
mod rights;
mod strangers;
mod tried;
mod values;
