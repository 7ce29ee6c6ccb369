//! Everything that knows MySQL and MariaDB. Rooms are named as in `postgres`.
//!
//! Rooms, each importing only rooms to its left:
//! `ident  flavor  knowledge  connect  grammar  capture  remedy  patch  grants  prepare  flight  fill  claim  deploy  environment  scratch  engine`.
//!
//! They are: quoting; facts about vendors and versions, nowhere else; what settings mean; URLs, option files, TLS and
//! sessions; text cut into tokens; an environment as a manifest; what to do about a difference; statements that make one
//! environment like another; the script for a capture account;
//! what is in flight; rows copied into throwaway servers; the right to write; sessions that write where it counts; an environment of the port; throwaway servers; the engine's port.

pub mod capture;
pub mod claim;
pub mod connect;
pub mod deploy;
pub mod engine;
pub mod environment;
mod fill;
pub mod flavor;
pub mod flight;
pub mod grammar;
pub mod grants;
pub mod ident;
pub mod knowledge;
pub mod patch;
mod prepare;
pub mod remedy;
pub mod scratch;
