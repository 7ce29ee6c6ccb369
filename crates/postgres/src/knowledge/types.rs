//! Types and units of the settings that a function, a role or a database may set, for values that no server is at hand for: of
//! manifests that an earlier evenkeel wrote, and of settings that a role may not see.
//!
//! They are those of `pg_settings` on 13 to 18, by which a test checks them. Neighbour: `typed` writes the values.

use super::typed::{is_written_apart, written};

/// Types, units, and the settings that have them. `wal_compression` was a switch before 15: a choice takes these words too.
const TYPES: &[(&str, Option<&str>, &str)] = &[
    (
        "bool",
        None,
        "allow_in_place_tablespaces allow_system_table_mods array_nulls check_function_bodies debug_pretty_print \
         debug_print_parse debug_print_plan debug_print_rewritten default_transaction_deferrable default_transaction_read_only \
         enable_async_append enable_bitmapscan enable_distinct_reordering enable_gathermerge enable_group_by_reordering \
         enable_hashagg enable_hashjoin enable_incremental_sort enable_indexonlyscan enable_indexscan enable_material \
         enable_memoize enable_mergejoin enable_nestloop enable_parallel_append enable_parallel_hash enable_partition_pruning \
         enable_partitionwise_aggregate enable_partitionwise_join enable_presorted_aggregate enable_self_join_elimination \
         enable_seqscan enable_sort enable_tidscan escape_string_warning event_triggers exit_on_error geqo \
         ignore_checksum_failure jit jit_dump_bitcode jit_expressions jit_tuple_deforming lo_compat_privileges log_duration \
         log_executor_stats log_lock_failures log_lock_waits log_parser_stats log_planner_stats log_replication_commands \
         log_statement_stats md5_password_warnings operator_precedence_warning parallel_leader_participation \
         quote_all_identifiers row_security standard_conforming_strings synchronize_seqscans trace_notify trace_sort \
         track_activities track_cost_delay_timing track_counts track_io_timing track_wal_io_timing transaction_deferrable \
         transaction_read_only transform_null_equals update_process_title vacuum_truncate wal_init_zero wal_recycle \
         zero_damaged_pages",
    ),
    (
        "enum",
        None,
        "IntervalStyle backslash_quote bytea_output client_min_messages composite_type_mismatch compute_query_id constraint_exclusion \
         debug_logical_replication_streaming debug_parallel_query default_toast_compression default_transaction_isolation \
         file_copy_method force_parallel_mode icu_validation_level log_error_verbosity log_min_error_statement log_min_messages \
         log_statement password_encryption plan_cache_mode session_replication_role stats_fetch_consistency synchronous_commit \
         track_functions transaction_isolation wal_compression xmlbinary xmloption",
    ),
    (
        "integer",
        None,
        "commit_delay commit_siblings debug_discard_caches default_statistics_target effective_io_concurrency \
         extra_float_digits from_collapse_limit geqo_effort geqo_generations geqo_pool_size geqo_threshold \
         gin_fuzzy_search_limit join_collapse_limit maintenance_io_concurrency max_parallel_maintenance_workers \
         max_parallel_workers max_parallel_workers_per_gather scram_iterations tcp_keepalives_count vacuum_cost_limit \
         vacuum_cost_page_dirty vacuum_cost_page_hit vacuum_cost_page_miss vacuum_failsafe_age vacuum_freeze_min_age \
         vacuum_freeze_table_age vacuum_multixact_failsafe_age vacuum_multixact_freeze_min_age \
         vacuum_multixact_freeze_table_age",
    ),
    (
        "integer",
        Some("8kB"),
        "backend_flush_after effective_cache_size io_combine_limit min_parallel_index_scan_size min_parallel_table_scan_size \
         temp_buffers",
    ),
    ("integer", Some("B"), "log_parameter_max_length log_parameter_max_length_on_error"),
    (
        "integer",
        Some("kB"),
        "gin_pending_list_limit log_temp_files logical_decoding_work_mem maintenance_work_mem max_stack_depth temp_file_limit \
         vacuum_buffer_usage_limit wal_skip_threshold work_mem",
    ),
    (
        "integer",
        Some("ms"),
        "client_connection_check_interval deadlock_timeout idle_in_transaction_session_timeout idle_session_timeout \
         lock_timeout log_min_duration_sample log_min_duration_statement statement_timeout tcp_user_timeout transaction_timeout \
         wal_sender_timeout",
    ),
    ("integer", Some("s"), "tcp_keepalives_idle tcp_keepalives_interval"),
    (
        "real",
        None,
        "cpu_index_tuple_cost cpu_operator_cost cpu_tuple_cost cursor_tuple_fraction geqo_seed geqo_selection_bias \
         hash_mem_multiplier jit_above_cost jit_inline_above_cost jit_optimize_above_cost log_statement_sample_rate \
         log_transaction_sample_rate parallel_setup_cost parallel_tuple_cost random_page_cost recursive_worktable_factor \
         seq_page_cost vacuum_cleanup_index_scale_factor vacuum_max_eager_freeze_failure_rate",
    ),
    ("real", Some("ms"), "vacuum_cost_delay"),
];

/// Type and unit of a setting, where they are known.
#[must_use]
pub fn known_type(name: &str) -> Option<(&'static str, Option<&'static str>)> {
    let has = |names: &str| names.split(' ').any(|known| known.eq_ignore_ascii_case(name));
    TYPES.iter().find_map(|(vartype, unit, names)| has(names).then_some((*vartype, *unit)))
}

/// A value that was kept as it was typed, in one spelling. What no type is known of, such as settings of extensions, stays as it is.
#[must_use]
pub fn written_as_known(name: &str, value: &str) -> String {
    match known_type(name) {
        Some((vartype, unit)) => written(name, value, unit, Some(vartype)),
        None if is_written_apart(name) => written(name, value, None, Some("string")),
        None => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_without_a_server_has_one_spelling() {
        for (name, typed, expected) in [
            ("work_mem", "65536kB", "64MB"),
            ("Work_Mem", "64MB", "64MB"),
            ("enable_seqscan", "FALSE", "off"),
            ("statement_timeout", "5000", "5s"),
            ("random_page_cost", "4.0", "4"),
            ("plan_cache_mode", "FORCE_custom_plan", "force_custom_plan"),
            ("wal_compression", "true", "on"),
            ("search_path", "a,b", "a, b"),
            ("application_name", "FALSE", "FALSE"),
            ("my.setting", "FALSE", "FALSE"),
        ] {
            let once = written_as_known(name, typed);
            assert_eq!(once, expected, "{name}");
            assert_eq!(written_as_known(name, &once), expected, "{name} twice");
        }
    }

    #[test]
    fn no_setting_has_two_types() {
        let mut names: Vec<&str> = TYPES.iter().flat_map(|(.., names)| names.split(' ')).collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
        assert!(all > 150 && names.iter().all(|name| !name.is_empty()));
    }
}
