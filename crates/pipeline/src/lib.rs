//! The stages, in the order data passes them, one file each. Names no engine: environments and remedies come through the ports.
//!
//! Rooms, each importing only rooms to its left:
//! `files  render  migrations  runner  explained  replay  capture  digest  compare  schemas  patch  lease  remains  register  history  check  queries  preflight  diagnose  halt  dual  rehearse  deploy  backfill  verify  lock  within  breakers  gate  rollout  drill`.

pub mod backfill;
pub mod breakers;
pub mod capture;
pub mod check;
pub mod compare;
pub mod deploy;
pub mod diagnose;
pub mod digest;
pub mod drill;
pub mod dual;
mod explained;
pub mod files;
pub mod gate;
pub mod halt;
pub mod history;
mod lease;
pub mod lock;
pub mod migrations;
pub mod patch;
pub mod preflight;
pub mod queries;
pub mod register;
pub mod rehearse;
mod remains;
pub mod render;
pub mod replay;
pub mod rollout;
mod runner;
pub mod schemas;
pub mod verify;
mod within;
