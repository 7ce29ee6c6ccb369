//! Everything that knows MySQL and MariaDB.
//!
//! Rooms, named as in `postgres`: `connect` (URLs, option files, TLS, sessions), `flavor` (facts about vendors and
//! versions, nowhere else), `grammar` (text cut into tokens), `knowledge` (what settings mean), `remedy` (what to do about a difference), `grants` (the script for a
//! capture account), `ident` (quoting), `scratch` (throwaway servers).

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
