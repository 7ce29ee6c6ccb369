//! Everything that knows PostgreSQL.
//!
//! Rooms: `connect` (libpq's connection layer), `capture` (an environment as a manifest), `environment` (the port),
//! `flavor` (facts about versions, nowhere else), `grammar` (the parser), `grants` (the script for a capture role), `ident` (quoting), `knowledge` (facts about
//! settings), `remedy` (what to do about a difference), `scratch` (throwaway servers).

pub mod capture;
pub mod connect;
pub mod engine;
pub mod environment;
pub mod flavor;
pub mod grammar;
pub mod grants;
pub mod ident;
pub mod knowledge;
pub mod remedy;
pub mod scratch;
