//! Settings that decide what a migration locks, writes and takes: a server on which one is rehearsed has those of the target.
//!
//! Not among them is what a machine must have room for before anything runs (`shared_buffers`), and what has to do with others.

/// By name.
pub const SETTINGS: &[&str] = &[
    "DateStyle",
    "IntervalStyle",
    "TimeZone",
    "bytea_output",
    "check_function_bodies",
    "checkpoint_timeout",
    "deadlock_timeout",
    "default_table_access_method",
    "default_toast_compression",
    "default_transaction_isolation",
    "full_page_writes",
    "fsync",
    "idle_in_transaction_session_timeout",
    "lock_timeout",
    "maintenance_work_mem",
    "max_locks_per_transaction",
    "max_parallel_maintenance_workers",
    "max_parallel_workers",
    "max_wal_size",
    "row_security",
    "standard_conforming_strings",
    "statement_timeout",
    "transform_null_equals",
    "wal_compression",
    "wal_level",
    "work_mem",
];
