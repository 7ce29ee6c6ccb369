//! Pure nouns and judgement of evenkeel: no I/O, no async, no driver, no clock, no environment, no printing.
//!
//! Rooms, each importing only rooms to its left:
//! `fault  kind  manifest  digest  compare  policy  gate  port`.

pub mod fault;
