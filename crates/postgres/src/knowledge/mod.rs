//! What is known about PostgreSQL beyond what a server tells: data with a source each, no judgement and no I/O.

pub mod rehearsed;
pub mod settings;
pub mod typed;
pub mod types;
