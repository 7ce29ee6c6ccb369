//! Everything that knows PostgreSQL.
//!
//! Rooms: `connect` (libpq's connection layer), `capture` (an environment as a manifest), `environment` (the port),
//! `scratch` (throwaway servers), `grants` (the script for a capture role), `knowledge` (facts about settings), `ident` (quoting).

pub mod capture;
pub mod connect;
pub mod environment;
pub mod grants;
pub mod ident;
pub mod knowledge;
pub mod scratch;
