//! What is known about MySQL and MariaDB beyond what a server tells: data with a source each, no judgement and no I/O.

pub mod settings;
