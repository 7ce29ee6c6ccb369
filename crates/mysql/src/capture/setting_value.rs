//! How the value of a server variable is shown: whether it may be, and in a form that is alike on all servers.
//!
//! Lives here: which values are open, amounts with their units, lists in one order. Does not live here: what a setting
//! means (`knowledge/settings.rs`), reading it (`setting`).

use evenkeel_core::setting::{amount, closed, switch};

/// What kind of value a variable holds, as far as the server tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Switch,
    Number,
    /// One of a few words, or some of them.
    Words,
    /// Anything: a name, an address, a command line, a password.
    Text,
}

/// A value as it may be shown.
#[must_use]
pub fn shown(name: &str, value: Option<&str>, form: Form) -> String {
    match value {
        Some(value) if form != Form::Text || OPEN.contains(&name) => print(name, value, form),
        value => closed(value).to_owned(),
    }
}

fn print(name: &str, value: &str, form: Form) -> String {
    if let Some(unit) = unit(name).filter(|_| form == Form::Number) {
        return sized(value, unit);
    }
    match form {
        Form::Number => number(value),
        Form::Switch => switch(value).map_or_else(|| value.to_owned(), str::to_owned),
        _ if LISTS.contains(&name) => sorted(value),
        // Vendors and versions differ in which of them are switches.
        _ => match value {
            "ON" | "YES" => "on".to_owned(),
            "OFF" | "NO" => "off".to_owned(),
            value => value.to_owned(),
        },
    }
}

/// With its unit, unless it stands for "no limit": then the number says more.
fn sized(value: &str, unit: &str) -> String {
    const LARGEST: f64 = 4_611_686_018_427_387_904.0;
    if value.parse::<f64>().is_ok_and(|number| number < LARGEST) { amount(value, unit) } else { number(value) }
}

/// `10.000000` is `10`.
fn number(value: &str) -> String {
    match value.split_once('.') {
        Some((_, fraction)) if fraction.bytes().all(|byte| byte.is_ascii_digit()) => {
            value.trim_end_matches('0').trim_end_matches('.').to_owned()
        }
        _ => value.to_owned(),
    }
}

fn sorted(value: &str) -> String {
    let mut words: Vec<&str> = value.split(',').map(str::trim).filter(|word| !word.is_empty()).collect();
    words.sort_unstable();
    words.join(",")
}

/// Whose order says nothing: servers write them in the order of their own release.
const LISTS: &[&str] = &[
    "aria_recover_options",
    "binlog_row_value_options",
    "character_set_collations",
    "default_regex_flags",
    "disabled_storage_engines",
    "log_disabled_statements",
    "log_output",
    "log_slow_disabled_statements",
    "log_slow_filter",
    "log_slow_verbosity",
    "mandatory_roles",
    "myisam_recover_options",
    "new_mode",
    "note_verbosity",
    "old_mode",
    "optimizer_switch",
    "optimizer_trace",
    "optimizer_trace_features",
    "protocol_compression_algorithms",
    "replica_skip_errors",
    "replica_type_conversions",
    "session_track_system_variables",
    "slave_skip_errors",
    "slave_transaction_retry_errors",
    "slave_type_conversions",
    "sql_mode",
    "tls_version",
    "wsrep_mode",
];

/// Variables of text whose values say nothing that opens a door. Any other is only `set` or `unset`: it may hold a
/// password, an address or statements (`init_connect`). Older MySQL does not say which variables hold one of a few words,
/// so these stand here too.
const OPEN: &[&str] = &[
    "admin_tls_version",
    "alter_algorithm",
    "aria_log_dir_path",
    "aria_recover_options",
    "authentication_policy",
    "basedir",
    "binlog_checksum",
    "binlog_do_db",
    "binlog_error_action",
    "binlog_format",
    "binlog_ignore_db",
    "binlog_row_image",
    "binlog_row_metadata",
    "binlog_row_value_options",
    "block_encryption_mode",
    "build_id",
    "caching_sha2_password_storage_format",
    "character_set_client",
    "character_set_collations",
    "character_set_connection",
    "character_set_database",
    "character_set_filesystem",
    "character_set_results",
    "character_set_server",
    "character_set_system",
    "character_sets_dir",
    "collation_connection",
    "collation_database",
    "collation_server",
    "completion_type",
    "concurrent_insert",
    "datadir",
    "default_authentication_plugin",
    "default_collation_for_utf8mb4",
    "default_storage_engine",
    "default_tmp_storage_engine",
    "delay_key_write",
    "disabled_storage_engines",
    "enforce_gtid_consistency",
    "enforce_storage_engine",
    "event_scheduler",
    "explain_format",
    "external_table_secondary_storage_engine",
    "external_table_storage_engine",
    "ft_boolean_syntax",
    "ft_stopword_file",
    "general_log_file",
    "group_replication_consistency",
    "group_replication_exit_state_action",
    "gtid_mode",
    "gtid_pos_auto_engines",
    "have_compress",
    "have_crypt",
    "have_dynamic_loading",
    "have_geometry",
    "have_openssl",
    "have_profiling",
    "have_query_cache",
    "have_rtree_keys",
    "have_ssl",
    "have_statement_timeout",
    "have_symlink",
    "hostname",
    "innodb_buffer_pool_filename",
    "innodb_change_buffering",
    "innodb_checksum_algorithm",
    "innodb_data_file_path",
    "innodb_data_home_dir",
    "innodb_default_row_format",
    "innodb_directories",
    "innodb_doublewrite",
    "innodb_doublewrite_dir",
    "innodb_flush_method",
    "innodb_ft_aux_table",
    "innodb_ft_server_stopword_table",
    "innodb_ft_user_stopword_table",
    "innodb_log_group_home_dir",
    "innodb_log_writer_threads",
    "innodb_monitor_disable",
    "innodb_monitor_enable",
    "innodb_monitor_reset",
    "innodb_monitor_reset_all",
    "innodb_redo_log_archive_dirs",
    "innodb_stats_method",
    "innodb_temp_data_file_path",
    "innodb_temp_tablespaces_dir",
    "innodb_tmpdir",
    "innodb_undo_directory",
    "innodb_version",
    "internal_tmp_mem_storage_engine",
    "lc_messages",
    "lc_messages_dir",
    "lc_time_names",
    "license",
    "log_bin_basename",
    "log_bin_index",
    "log_error",
    "log_error_services",
    "log_error_suppression_list",
    "log_output",
    "log_slow_query_file",
    "log_timestamps",
    "mandatory_roles",
    "master_info_repository",
    "myisam_recover_options",
    "myisam_stats_method",
    "optimizer_switch",
    "optimizer_trace",
    "optimizer_trace_features",
    "pid_file",
    "plugin_dir",
    "protocol_compression_algorithms",
    "rbr_exec_mode",
    "relay_log",
    "relay_log_basename",
    "relay_log_index",
    "relay_log_info_file",
    "relay_log_info_repository",
    "replica_exec_mode",
    "replica_load_tmpdir",
    "replica_parallel_type",
    "replica_skip_errors",
    "replica_type_conversions",
    "replicate_do_db",
    "replicate_do_table",
    "replicate_ignore_db",
    "replicate_ignore_table",
    "replicate_rewrite_db",
    "replicate_wild_do_table",
    "replicate_wild_ignore_table",
    "rpl_semi_sync_source_wait_point",
    "secure_file_priv",
    "session_track_gtids",
    "session_track_system_variables",
    "session_track_transaction_info",
    "slave_load_tmpdir",
    "slave_skip_errors",
    "slave_transaction_retry_errors",
    "slow_query_log_file",
    "socket",
    "sql_mode",
    "ssl_ca",
    "ssl_capath",
    "ssl_cert",
    "ssl_cipher",
    "ssl_crl",
    "ssl_crlpath",
    "ssl_fips_mode",
    "storage_engine",
    "system_time_zone",
    "system_versioning_asof",
    "terminology_use_previous",
    "thread_handling",
    "time_zone",
    "tls_ciphersuites",
    "tls_version",
    "tmpdir",
    "transaction_isolation",
    "transaction_write_set_extraction",
    "updatable_views_with_limit",
    "use_secondary_engine",
    "validate_password.length",
    "validate_password.mixed_case_count",
    "validate_password.number_count",
    "validate_password.policy",
    "validate_password.special_char_count",
    "version",
    "version_comment",
    "version_compile_machine",
    "version_compile_os",
    "version_compile_zlib",
    "version_malloc_library",
    "version_source_revision",
    "version_ssl_library",
    "version_with_update",
    "wsrep_cluster_name",
    "wsrep_data_home_dir",
    "wsrep_patch_version",
    "wsrep_provider",
    "wsrep_sst_method",
    "wsrep_status_file",
];

/// The unit of an amount: `B` for bytes, `s`, `ms` or `us`.
fn unit(name: &str) -> Option<&'static str> {
    const MILLISECONDS: &[&str] = &["max_execution_time", "rpl_semi_sync_master_timeout", "rpl_semi_sync_source_timeout"];
    const SECONDS: &[&str] = &[
        "binlog_expire_logs_seconds",
        "idle_readonly_transaction_timeout",
        "idle_transaction_timeout",
        "idle_write_transaction_timeout",
        "information_schema_stats_expiry",
        "innodb_lock_wait_timeout",
        "interactive_timeout",
        "lock_wait_timeout",
        "long_query_time",
        "max_statement_time",
        "replica_net_timeout",
        "rpl_stop_replica_timeout",
        "rpl_stop_slave_timeout",
        "slave_max_statement_time",
        "slave_net_timeout",
        "wait_timeout",
    ];
    const BYTES: &[&str] = &[
        "aria_log_file_size",
        "aria_max_sort_file_size",
        "aria_pagecache_buffer_size",
        "aria_sort_buffer_size",
        "binlog_cache_size",
        "binlog_file_cache_size",
        "binlog_space_limit",
        "binlog_stmt_cache_size",
        "bulk_insert_buffer_size",
        "connection_memory_limit",
        "group_concat_max_len",
        "histogram_generation_max_mem_size",
        "innodb_buffer_pool_chunk_size",
        "innodb_buffer_pool_size",
        "innodb_buffer_pool_size_auto_min",
        "innodb_buffer_pool_size_max",
        "innodb_ddl_buffer_size",
        "innodb_ft_cache_size",
        "innodb_ft_total_cache_size",
        "innodb_log_buffer_size",
        "innodb_log_file_size",
        "innodb_log_write_ahead_size",
        "innodb_max_undo_log_size",
        "innodb_online_alter_log_max_size",
        "innodb_page_size",
        "innodb_redo_log_capacity",
        "innodb_sort_buffer_size",
        "join_buffer_size",
        "join_buffer_space_limit",
        "key_buffer_size",
        "max_allowed_packet",
        "max_binlog_cache_size",
        "max_binlog_size",
        "max_binlog_stmt_cache_size",
        "max_binlog_total_size",
        "max_heap_table_size",
        "max_relay_log_size",
        "max_session_mem_used",
        "max_tmp_session_space_usage",
        "max_tmp_total_space_usage",
        "mrr_buffer_size",
        "myisam_max_sort_file_size",
        "myisam_sort_buffer_size",
        "query_cache_limit",
        "query_cache_size",
        "range_optimizer_max_mem_size",
        "read_buffer_size",
        "read_rnd_buffer_size",
        "relay_log_space_limit",
        "replica_max_allowed_packet",
        "replica_pending_jobs_size_max",
        "select_into_buffer_size",
        "set_operations_buffer_size",
        "slave_max_allowed_packet",
        "slave_parallel_max_queued",
        "sort_buffer_size",
        "temptable_max_mmap",
        "temptable_max_ram",
        "thread_stack",
        "tmp_disk_table_size",
        "tmp_memory_table_size",
        "tmp_table_size",
        "wsrep_max_ws_size",
    ];
    let is = |list: &[&str]| list.contains(&name);
    match () {
        () if is(BYTES) => Some("B"),
        () if is(SECONDS) => Some("s"),
        () if is(MILLISECONDS) => Some("ms"),
        () => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_alike_on_all_servers() {
        for (name, value, form, expected) in [
            ("foreign_key_checks", "ON", Form::Switch, "on"),
            ("skip_networking", "0", Form::Switch, "off"),
            ("event_scheduler", "DISABLED", Form::Words, "DISABLED"),
            ("enforce_gtid_consistency", "ON", Form::Text, "on"),
            ("max_allowed_packet", "67108864", Form::Number, "64MB"),
            ("lock_wait_timeout", "31536000", Form::Number, "365d"),
            ("long_query_time", "10.000000", Form::Number, "10s"),
            ("innodb_max_dirty_pages_pct", "90.500000", Form::Number, "90.5"),
            ("max_binlog_cache_size", "18446744073709547520", Form::Number, "18446744073709547520"),
            ("innodb_lock_wait_timeout", "0", Form::Number, "0"),
            ("sql_mode", "STRICT_TRANS_TABLES,NO_ZERO_DATE", Form::Words, "NO_ZERO_DATE,STRICT_TRANS_TABLES"),
            ("datadir", "/var/lib/mysql/", Form::Text, "/var/lib/mysql/"),
        ] {
            assert_eq!(shown(name, Some(value), form), expected, "{name}");
        }
    }

    #[test]
    fn what_may_be_secret_is_closed() {
        for name in ["init_connect", "report_password", "wsrep_sst_auth", "hashicorp_key_management_token", "unheard_of", "my.secret"] {
            assert_eq!(shown(name, Some("hunter2"), Form::Text), "set", "{name}");
            assert_eq!(shown(name, Some(""), Form::Text), "unset", "{name}");
        }
    }

    #[test]
    fn the_lists_are_sorted_and_have_no_doubles() {
        for list in [OPEN, LISTS] {
            assert!(list.windows(2).all(|pair| matches!(pair, [a, b] if a < b)));
        }
    }
}
