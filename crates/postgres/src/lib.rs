//! postgres

pub mod connect;
