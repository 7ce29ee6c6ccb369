//! Everything that knows MySQL and MariaDB.
//!
//! Rooms, named as in `postgres`: `connect` (URLs, option files, TLS, sessions), `flavor` (facts about vendors and
//! versions, nowhere else), `ident` (quoting), `scratch` (throwaway servers).

pub mod capture;
pub mod connect;
pub mod environment;
pub mod flavor;
pub mod ident;
pub mod remedy;
pub mod scratch;
