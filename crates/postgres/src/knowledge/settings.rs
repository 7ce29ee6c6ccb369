//! What settings mean to a migration: rank, reason, page of the manual; and whose values may be shown.
//!
//! Lives here: the table, the rule for settings that are not in it, values in a form people read. Neighbours:
//! `capture/setting.rs` reads the values, `remedy` hands the reasons to a comparison.
//! Over 300 lines because it is one table.

use evenkeel_core::kind::Rank;
use evenkeel_core::setting::{self, Known, amount, differs, must, should};

/// Lists of names: the catalog keeps them as they must be written, and one literal would be one name.
pub const LISTS: &[&str] =
    &["search_path", "temp_tablespaces", "session_preload_libraries", "shared_preload_libraries", "local_preload_libraries"];

/// Where the server's manual explains the setting.
#[must_use]
pub fn source(known: &Known) -> String {
    let anchor = known.name.to_ascii_uppercase().replace('_', "-");
    format!("https://www.postgresql.org/docs/current/runtime-config-{}.html#GUC-{anchor}", known.page)
}

const PATH: &str = "A place on this machine; no statement depends on it.";
const LOG: &str = "It decides what is logged, not what a statement does.";
const SIZE: &str = "It follows the size of the machine; a migration runs slower or faster with it, not differently.";

/// Settings with a judgement of their own, sorted by name without regard to case.
pub const KNOWN: &[Known] = &[
    should("allow_alter_system", "compatible", "ALTER SYSTEM is refused where it is off."),
    must("allow_system_table_mods", "developer", "DDL on system tables is refused where it is off."),
    should(
        "archive_mode",
        "wal",
        "Every byte of WAL a migration writes must also be archived where it is on, and a full archive stops writes.",
    ),
    must("array_nulls", "compatible", "An unquoted NULL in an array literal is a NULL in one environment and the word in the other."),
    should("autovacuum", "vacuum", "Bloat and statistics after a large UPDATE stay as they are where it is off."),
    should("autovacuum_max_workers", "vacuum", "A table that was rewritten waits longer for its statistics where fewer workers run."),
    must("backslash_quote", "compatible", "String literals with \\' are refused in one environment."),
    must("bytea_output", "client", "Casts of bytea to text give another text."),
    must("check_function_bodies", "client", "CREATE FUNCTION with a body that does not fit the schema fails only where it is on."),
    differs("checkpoint_timeout", "wal", "Checkpoints come more or less often; a migration runs slower or faster with it."),
    should("client_min_messages", "client", "Warnings of a migration are seen in one environment only."),
    differs("cluster_name", "logging", "A label of the server."),
    should("commit_delay", "wal", "Many small commits of a data migration take longer."),
    differs("config_file", "file-locations", PATH),
    should("constraint_exclusion", "query", "Plans over inheritance trees read other tables."),
    should("cpu_index_tuple_cost", "query", "The planner chooses other plans."),
    should("cpu_operator_cost", "query", "The planner chooses other plans."),
    should("cpu_tuple_cost", "query", "The planner chooses other plans."),
    must("createrole_self_grant", "client", "A role made by CREATEROLE can be used by its maker in one environment only."),
    should("cursor_tuple_fraction", "query", "The planner chooses other plans for cursors."),
    differs("data_directory", "file-locations", PATH),
    must("DateStyle", "client", "The same date text is read as another day: 03/04 is April in one environment and March in the other."),
    must(
        "deadlock_timeout",
        "locks",
        "Deadlocks between a migration and the application are found sooner or later, and another session is the victim.",
    ),
    should("default_statistics_target", "query", "ANALYZE collects more or less, and plans after a migration differ."),
    must("default_table_access_method", "client", "CREATE TABLE makes a table of another storage engine."),
    must("default_tablespace", "client", "New tables and indexes go to another place, which may be full or missing."),
    should(
        "default_text_search_config",
        "client",
        "to_tsvector without a configuration gives other lexemes, also in generated columns and indexes.",
    ),
    must("default_toast_compression", "client", "New columns compress with another method."),
    must(
        "default_transaction_deferrable",
        "client",
        "Serializable read-only transactions wait for a safe snapshot in one environment only.",
    ),
    must("default_transaction_isolation", "client", "A data migration fails with serialization errors in one environment only."),
    must("default_transaction_read_only", "client", "Every migration is refused where it is on."),
    should("effective_cache_size", "query", "The planner prefers index scans where it is larger."),
    differs("effective_io_concurrency", "resource", "It follows the disks of the machine."),
    should("enable_partition_pruning", "query", "Statements on partitioned tables read every partition where it is off."),
    should("enable_partitionwise_aggregate", "query", "Plans over partitioned tables differ."),
    should("enable_partitionwise_join", "query", "Plans over partitioned tables differ."),
    should("enable_seqscan", "query", "The planner chooses other plans."),
    should("escape_string_warning", "compatible", "Warnings differ for literals with backslashes."),
    must("event_triggers", "client", "Event triggers check or record DDL in one environment only."),
    must("extra_float_digits", "client", "Floating-point numbers are cast to text with other digits."),
    should("from_collapse_limit", "query", "The planner considers other join orders."),
    should("fsync", "wal", "A rehearsal without it writes faster than production ever will, and a crash loses the database."),
    should("full_page_writes", "wal", "It decides how much WAL a rewrite produces."),
    should("geqo_threshold", "query", "Joins of many tables are planned by chance from here on."),
    should("gin_fuzzy_search_limit", "client", "Searches of GIN indexes return a sample of the rows."),
    should("gin_pending_list_limit", "client", "Writes to GIN indexes stall at other moments."),
    should("hash_mem_multiplier", "resource", "Hash joins and aggregates spill to disk at another size."),
    differs("hba_file", "file-locations", PATH),
    should("hot_standby", "replication", "Replicas refuse queries where it is off."),
    should("hot_standby_feedback", "replication", "Long queries on a replica hold back vacuum on the primary where it is on."),
    differs("huge_pages", "resource", SIZE),
    differs("ident_file", "file-locations", PATH),
    must(
        "idle_in_transaction_session_timeout",
        "client",
        "A migration tool that pauses inside its transaction is thrown out in one environment only.",
    ),
    should("idle_replication_slot_timeout", "replication", "An idle slot is dropped, and its subscriber must be copied again."),
    must("idle_session_timeout", "client", "A migration tool that waits between steps loses its connection in one environment only."),
    must("ignore_system_indexes", "developer", "Catalog reads are slow and may be wrong."),
    must("IntervalStyle", "client", "Interval texts with a sign are read and printed differently."),
    should("jit", "query", "Expensive statements compile first: timings of a rehearsal do not carry over."),
    should("jit_above_cost", "query", "Statements compile at another cost."),
    should("join_collapse_limit", "query", "The planner considers other join orders."),
    must("lc_messages", "client", "Tools that read error texts see another language."),
    must("lc_monetary", "client", "The money type reads and prints other text."),
    must("lc_numeric", "client", "to_char and to_number use another decimal sign."),
    must("lc_time", "client", "to_char prints other names of months and days."),
    differs("listen_addresses", "connection", "An address of this machine."),
    must("lo_compat_privileges", "compatible", "Large objects are open to everyone where it is on."),
    must("local_preload_libraries", "client", "Code that only one environment loads may change or refuse statements."),
    must(
        "lock_timeout",
        "client",
        "DDL that waits for a lock gives up in one environment and blocks every later statement on the table in the other.",
    ),
    differs("log_destination", "logging", LOG),
    differs("log_directory", "logging", LOG),
    differs("log_line_prefix", "logging", LOG),
    should("log_lock_waits", "logging", "Waits for locks during a migration leave a trace in one environment only."),
    differs("log_min_duration_statement", "logging", LOG),
    differs("log_statement", "logging", LOG),
    should("logical_decoding_work_mem", "resource", "A large transaction spills to disk while it is decoded at another size."),
    should("maintenance_io_concurrency", "resource", "Maintenance reads ahead more or less."),
    should(
        "maintenance_work_mem",
        "resource",
        "Index builds and constraint checks take longer where it is smaller: timings of a rehearsal do not carry over.",
    ),
    differs(
        "max_connections",
        "connection",
        "It follows the size of the machine and the load; as long as migrations find a free connection nothing differs.",
    ),
    must("max_function_args", "preset", "Functions with many arguments cannot be created."),
    must("max_identifier_length", "preset", "Long names are cut at another length."),
    must("max_index_keys", "preset", "Indexes with many columns cannot be created."),
    must(
        "max_locks_per_transaction",
        "locks",
        "DDL on many tables or partitions in one transaction fails with \"out of shared memory\" where it is smaller.",
    ),
    should("max_logical_replication_workers", "replication", "Subscriptions wait for a free worker."),
    should(
        "max_parallel_maintenance_workers",
        "resource",
        "Index builds run with more or fewer workers: timings of a rehearsal do not carry over.",
    ),
    should("max_parallel_workers", "resource", "Parallel plans and index builds get fewer workers."),
    should("max_parallel_workers_per_gather", "resource", "Parallel plans get fewer workers."),
    should("max_pred_locks_per_transaction", "locks", "Serializable transactions fail more often where it is smaller."),
    must("max_prepared_transactions", "resource", "PREPARE TRANSACTION is refused where it is 0."),
    should("max_replication_slots", "replication", "A slot cannot be created where all are taken."),
    should(
        "max_slot_wal_keep_size",
        "replication",
        "A large migration invalidates a slot that falls behind, or fills the disk where there is no limit.",
    ),
    must("max_stack_depth", "resource", "Deep expressions and long IN lists fail with \"stack depth limit exceeded\" where it is smaller."),
    should("max_standby_archive_delay", "replication", "Queries on a replica are cancelled sooner or later when DDL arrives."),
    should(
        "max_standby_streaming_delay",
        "replication",
        "Queries on a replica are cancelled sooner or later when DDL arrives; until then it lags.",
    ),
    should("max_wal_senders", "replication", "A replica or backup cannot connect where all are taken."),
    should("max_wal_size", "wal", "A large rewrite forces checkpoints and slows everyone where it is smaller."),
    should("max_worker_processes", "resource", "Parallel work, subscriptions and extensions share these."),
    should("min_parallel_index_scan_size", "query", "Parallel plans start at another size."),
    should("min_parallel_table_scan_size", "query", "Parallel plans and index builds start at another size."),
    must("operator_precedence_warning", "compatible", "Warnings about operator precedence come in one environment only."),
    should("parallel_leader_participation", "resource", "Parallel plans behave differently."),
    should("parallel_setup_cost", "query", "Parallel plans are chosen at another cost."),
    should("parallel_tuple_cost", "query", "Parallel plans are chosen at another cost."),
    must("password_encryption", "connection", "Passwords that a migration sets are stored in a form old clients cannot use."),
    should("plan_cache_mode", "query", "Prepared statements keep generic or custom plans."),
    differs("port", "connection", "An address of this machine."),
    must("quote_all_identifiers", "compatible", "Printed definitions quote every name, and tools that compare their text see changes."),
    should("random_page_cost", "query", "The planner prefers sequential scans where it is larger."),
    should("recovery_min_apply_delay", "replication", "A replica shows a migration that much later."),
    should("remove_temp_files_after_crash", "developer", "Files of a crashed index build stay on disk."),
    should("restrict_nonsystem_relation_kind", "client", "Statements on views or foreign tables are refused."),
    must("row_security", "client", "Statements that policies would filter fail instead of seeing fewer rows where it is off."),
    must("search_path", "client", "Unqualified names reach, or create, other objects."),
    should("seq_page_cost", "query", "The planner prefers index scans where it is larger."),
    must("session_preload_libraries", "client", "Code that only one environment loads may change or refuse statements."),
    must("session_replication_role", "client", "Triggers and foreign keys do not fire where it is replica."),
    differs("shared_buffers", "resource", SIZE),
    must(
        "shared_preload_libraries",
        "client",
        "Extensions that need to be preloaded cannot be created or used where the library is missing.",
    ),
    must(
        "standard_conforming_strings",
        "compatible",
        "A backslash in a string literal is an escape in one environment and a character in the other.",
    ),
    must("statement_timeout", "client", "A long migration step is cancelled in one environment only."),
    should("synchronize_seqscans", "compatible", "Rows without ORDER BY arrive in another order."),
    should("synchronized_standby_slots", "replication", "Logical subscribers wait for a standby in one environment only."),
    should("synchronous_commit", "wal", "Every commit of a migration waits for the disk or a replica in one environment only."),
    should(
        "synchronous_standby_names",
        "replication",
        "Every commit waits for a replica in one environment only, and hangs when it is gone.",
    ),
    should("temp_file_limit", "resource", "A large sort or index build is cancelled where it is smaller."),
    should("temp_tablespaces", "client", "Sorts of a migration fill another disk."),
    must("TimeZone", "client", "Casts between timestamp and timestamptz, and now()::date in defaults, give other values."),
    must("timezone_abbreviations", "client", "Time zone abbreviations are read as other offsets."),
    should("track_commit_timestamp", "replication", "Commit times exist in one environment only."),
    must("track_counts", "statistics", "Autovacuum does not run where it is off."),
    must("transaction_timeout", "client", "A long migration transaction is ended in one environment only."),
    must("transform_null_equals", "compatible", "expr = NULL means IS NULL in one environment only."),
    differs("unix_socket_directories", "connection", PATH),
    should("vacuum_cost_delay", "vacuum", "VACUUM of a migration takes longer."),
    should("vacuum_cost_limit", "vacuum", "VACUUM of a migration takes longer."),
    should("vacuum_failsafe_age", "vacuum", "Emergency vacuums start at another age."),
    should("wal_compression", "wal", "It decides how much WAL a rewrite produces, and so how far replicas fall behind."),
    should(
        "wal_keep_size",
        "replication",
        "A replica that falls behind during a large migration must be copied again where it is smaller.",
    ),
    should(
        "wal_level",
        "wal",
        "Publications and logical slots are refused where it is not logical; with minimal some bulk loads write no WAL.",
    ),
    should("wal_log_hints", "wal", "It decides how much WAL reads after a rewrite produce."),
    should("wal_receiver_status_interval", "replication", "Lag is reported more or less often."),
    must("wal_segment_size", "preset", "Physical replicas and WAL archives do not fit together."),
    should("wal_skip_threshold", "wal", "A new table is synced or logged at another size where wal_level is minimal."),
    differs("wal_writer_delay", "wal", "It is about milliseconds of asynchronous commits."),
    should(
        "work_mem",
        "resource",
        "Sorts and hashes of a data migration spill to disk where it is smaller: timings of a rehearsal do not carry over.",
    ),
    must("xmlbinary", "client", "Binary values are encoded differently in XML."),
    must("xmloption", "client", "XML texts are read as a document or as content, and fail in one environment only."),
    must("zero_damaged_pages", "developer", "Damaged pages are emptied without an error."),
];

/// What is known of a setting.
#[must_use]
pub fn known(name: &str) -> Option<&'static Known> {
    setting::known(KNOWN, name)
}

/// The rank of a setting: its own, else that of its category (`pg_settings.category`).
#[must_use]
pub fn rank(name: &str, category: &str) -> Rank {
    if let Some(known) = known(name) {
        return known.rank;
    }
    // Values of the moment and facts that kind `server` holds.
    if matches!(name, "in_hot_standby" | "server_version" | "server_version_num" | "huge_pages_status" | "num_os_semaphores")
        || name.starts_with("shared_memory_size")
    {
        return Rank::Expected;
    }
    const BY_MACHINE: &[&str] = &[
        "File Locations",
        "Reporting and Logging",
        "Process Title",
        "Resource Usage",
        "Connections and Authentication",
        "Statistics",
        "Error Handling",
        "Write-Ahead Log / Archive Recovery",
        "Write-Ahead Log / Recovery",
    ];
    if BY_MACHINE.iter().any(|prefix| category.starts_with(prefix)) { Rank::Expected } else { Rank::ShouldMatch }
}

/// Settings of type string whose values say nothing that opens a door. Any other string, and every setting of an
/// extension (`name.setting`), is only `set` or `unset`: it may hold a password or a command line.
const PRINTED: &[&str] = &[
    "archive_library",
    "backtrace_functions",
    "bonjour_name",
    "cluster_name",
    "config_file",
    "createrole_self_grant",
    "data_directory",
    "DateStyle",
    "debug_io_direct",
    "default_table_access_method",
    "default_tablespace",
    "default_text_search_config",
    "dynamic_library_path",
    "event_source",
    "extension_control_path",
    "external_pid_file",
    "hba_file",
    "ident_file",
    "jit_provider",
    "lc_collate",
    "lc_ctype",
    "lc_messages",
    "lc_monetary",
    "lc_numeric",
    "lc_time",
    "listen_addresses",
    "local_preload_libraries",
    "log_connections",
    "log_destination",
    "log_directory",
    "log_filename",
    "log_line_prefix",
    "log_timezone",
    "primary_slot_name",
    "promote_trigger_file",
    "recovery_target",
    "recovery_target_lsn",
    "recovery_target_name",
    "recovery_target_time",
    "recovery_target_timeline",
    "recovery_target_xid",
    "restrict_nonsystem_relation_kind",
    "role",
    "search_path",
    "server_encoding",
    "server_version",
    "session_preload_libraries",
    "shared_preload_libraries",
    "ssl_ca_file",
    "ssl_cert_file",
    "ssl_ciphers",
    "ssl_crl_dir",
    "ssl_crl_file",
    "ssl_dh_params_file",
    "ssl_ecdh_curve",
    "ssl_groups",
    "ssl_library",
    "ssl_tls13_ciphers",
    "stats_temp_directory",
    "synchronized_standby_slots",
    "synchronous_standby_names",
    "syslog_ident",
    "temp_tablespaces",
    "TimeZone",
    "timezone_abbreviations",
    "unix_socket_directories",
    "unix_socket_group",
    "wal_consistency_checking",
];

/// Whether the value of a setting may be shown. `vartype` is that of `pg_settings`; unknown settings have none.
#[must_use]
pub fn is_printed(name: &str, vartype: Option<&str>) -> bool {
    if name.contains('.') {
        return false;
    }
    let listed = PRINTED.iter().any(|printed| printed.eq_ignore_ascii_case(name));
    listed || vartype.is_some_and(|vartype| vartype != "string")
}

/// A value as a person reads it: `TRUE` of a switch is `on`, `8192` of `8kB` is `64MB`. `unit` is that of `pg_settings`.
#[must_use]
pub fn human(value: &str, unit: Option<&str>, vartype: Option<&str>) -> String {
    match (vartype, unit) {
        (Some("bool"), _) => setting::switch(value).map_or_else(|| value.to_owned(), str::to_owned),
        (_, Some(unit)) => amount(value, unit),
        (_, None) => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_read_as_people_write_them() {
        assert_eq!(human("8192", Some("8kB"), Some("integer")), "64MB");
        assert_eq!(human("TRUE", None, Some("bool")), "on");
        assert_eq!(human("8192", None, Some("integer")), "8192");
    }

    #[test]
    fn what_may_be_secret_is_not_printed() {
        for name in ["primary_conninfo", "archive_command", "restore_command", "ssl_passphrase_command", "krb_server_keyfile", "my.token"] {
            assert!(!is_printed(name, Some("string")), "{name}");
        }
        assert!(!is_printed("pg_stat_statements.max", Some("integer")), "custom settings stay closed");
        assert!(is_printed("search_path", Some("string")) && is_printed("work_mem", Some("integer")));
        assert!(!is_printed("unheard_of", None));
    }

    #[test]
    fn the_table_is_sorted_and_has_no_doubles() {
        let names: Vec<String> = KNOWN.iter().map(|known| known.name.to_ascii_lowercase()).collect();
        let mut sorted = names.clone();
        sorted.sort();
        sorted.dedup();
        assert_eq!(names, sorted);
        assert!(KNOWN.iter().all(|known| known.why.ends_with('.')));
    }
}
