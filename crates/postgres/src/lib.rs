//! Everything that knows PostgreSQL.
//!
//! Rooms, each importing only rooms to its left:
//! `ident  flavor  knowledge  connect  grammar  capture  remedy  patch  grants  prepare  flight  observe  rollback  fill  claim  deploy  environment  scratch  keep  console  engine`.
//!
//! They are: quoting; facts about versions; what settings mean; libpq's connection layer; the server's parser; an environment as a
//! manifest; what to do about a difference; statements that make one environment like another; the script for a capture role; queries
//! prepared and never run; what is in flight; what a session holds and does; what a rollback undoes; made-up rows; the right
//! to write; sessions that write; an environment of the port; throwaway servers; sessions of a store; a pooler's console; the engine's port.

pub mod capture;
pub mod claim;
pub mod connect;
pub mod console;
pub mod deploy;
pub mod engine;
pub mod environment;
pub mod fill;
pub mod flavor;
pub mod flight;
pub mod grammar;
pub mod grants;
pub mod ident;
pub mod keep;
pub mod knowledge;
pub mod observe;
pub mod patch;
pub mod prepare;
pub mod remedy;
pub mod rollback;
pub mod scratch;
