//! Everything that knows PostgreSQL.
//!
//! Rooms: `connect` (libpq's connection layer), `capture` (an environment as a manifest), `environment` (the port), `grammar` (the parser),
//! `scratch` (throwaway servers).

pub mod capture;
pub mod connect;
pub mod environment;
pub mod grammar;
pub mod ident;
pub mod knowledge;
pub mod scratch;
