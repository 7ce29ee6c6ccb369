//! Pure nouns and judgement of evenkeel: no I/O, no async, no driver, no clock, no environment, no printing.
//!
//! Rooms, each importing only rooms to its left:
//! `fault  connection  kind  manifest  digest  file  finding  compare  setting  gate  policy  statement  history  preflight  diagnose  reference  patch  trace  estimate  rehearsal  evidence  port  deployment`.

pub mod compare;
pub mod connection;
pub mod deployment;
pub mod diagnose;
pub mod digest;
pub mod estimate;
pub mod evidence;
pub mod fault;
pub mod file;
pub mod finding;
pub mod gate;
pub mod history;
pub mod kind;
pub mod manifest;
pub mod patch;
pub mod policy;
pub mod port;
pub mod preflight;
pub mod reference;
pub mod rehearsal;
pub mod setting;
pub mod statement;
pub mod trace;
