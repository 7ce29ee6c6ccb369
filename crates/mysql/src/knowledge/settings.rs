//! What settings mean to a migration: rank, reason, page of the vendor's manual.
//!
//! Lives here: the table, and the rule for settings that are not in it. Neighbours: `capture/setting.rs` reads the values,
//! `capture/setting_value.rs` knows which may be shown and in what form.
//! Over 500 lines because it is one table. A setting that only one of the vendors has stands here all the same.

use evenkeel_core::kind::Engine;
use evenkeel_core::kind::Rank;
use evenkeel_core::setting::{self, Known, differs, must, should};

/// Where the manual of that vendor explains the setting.
#[must_use]
pub fn source(known: &Known, engine: Engine) -> String {
    let (mysql, mariadb) = match known.page {
        "innodb" => ("innodb-parameters", "innodb-system-variables"),
        "binlog" => ("replication-options-binary-log", "replication-and-binary-log-system-variables"),
        "replica" => ("replication-options-replica", "replication-and-binary-log-system-variables"),
        "source" => ("replication-options-source", "replication-and-binary-log-system-variables"),
        "identity" => ("replication-options", "replication-and-binary-log-system-variables"),
        "gtid" => ("replication-options-gtids", "gtid"),
        "semisync" => ("replication-options-source", "semisynchronous-replication"),
        "cluster" => ("group-replication-system-variables", "galera-cluster-system-variables"),
        "versioning" => ("server-system-variables", "system-versioned-tables"),
        "aria" => ("server-system-variables", "aria-system-variables"),
        "password" => ("validate-password", "server-system-variables"),
        _ => ("server-system-variables", "server-system-variables"),
    };
    match engine {
        Engine::MariaDb => format!("https://mariadb.com/kb/en/{mariadb}/#{}", known.name),
        _ => format!("https://dev.mysql.com/doc/refman/en/{mysql}.html#sysvar_{}", known.name),
    }
}

const PATH: &str = "A place on this machine; no statement depends on it.";
const LOG: &str = "It decides what is logged, not what a statement does.";
const SIZE: &str = "It follows the size of the machine; a migration runs slower or faster with it, not differently.";
const NAME: &str = "It names this server among others.";
const PLAN: &str = "The optimizer chooses other plans.";
const CHARSET: &str =
    "Tables and columns made without one get another character set or collation: other sizes, other order, other duplicates.";
const SESSION: &str = "What a client does not set itself is read in another character set.";
const STATISTICS: &str = "Statistics after a migration are another sample, and plans differ.";
const FILTER: &str = "A migration reaches other databases or tables of the replicas.";
const SLOWER: &str = "Sorts and joins of a data migration spill to disk where it is smaller: timings of a rehearsal do not carry over.";
const APPLY: &str = "Replicas apply a large migration more slowly in one environment.";

/// Settings with a judgement of their own, sorted by name.
pub const KNOWN: &[Known] = &[
    must(
        "activate_all_roles_on_login",
        "server",
        "A migration user with roles lacks their privileges where it is off, until it asks for them.",
    ),
    must("alter_algorithm", "server", "ALTER TABLE without ALGORITHM copies the table, or is refused, in one environment only."),
    differs("aria_log_dir_path", "aria", PATH),
    should("auto_increment_increment", "source", "Generated keys leave other gaps."),
    should("auto_increment_offset", "source", "Generated keys begin elsewhere."),
    must("autocommit", "server", "Statements of a client that commits nothing are rolled back where it is off."),
    should("automatic_sp_privileges", "server", "Who makes a routine may not run or alter it where it is off."),
    differs("back_log", "server", SIZE),
    differs("basedir", "server", PATH),
    should("big_tables", "server", "Large temporary results go to disk in one environment only."),
    differs("bind_address", "server", "It follows the network of the machine."),
    should("binlog_alter_two_phase", "binlog", "Replicas start an ALTER TABLE with the source, or after it has ended."),
    should("binlog_annotate_row_events", "binlog", "The statements behind row events are logged in one environment only."),
    should("binlog_cache_size", "binlog", "A large transaction writes its log to a temporary file earlier."),
    should("binlog_checksum", "binlog", "Old replicas and readers of the log refuse checksums."),
    should(
        "binlog_expire_logs_seconds",
        "binlog",
        "A replica that falls behind during a migration must be copied again where logs are kept for less time.",
    ),
    must(
        "binlog_format",
        "binlog",
        "With STATEMENT, unsafe statements give other rows on replicas, and triggers and functions run there again; with ROW they do not.",
    ),
    should("binlog_order_commits", "binlog", "Replicas see transactions in another order."),
    must(
        "binlog_row_image",
        "binlog",
        "Readers of the log (gh-ost, CDC) need full rows and stop without them; a table without a key is applied otherwise.",
    ),
    should("binlog_row_metadata", "binlog", "Readers of the log see names and types of columns in one environment only."),
    should("binlog_row_value_options", "binlog", "Updates of JSON are logged in part, which readers of the log may not know."),
    should("binlog_transaction_compression", "binlog", "It decides how much log a migration writes, and readers of the log must know it."),
    should("bulk_insert_buffer_size", "server", SLOWER),
    should("character_set_client", "server", SESSION),
    must("character_set_collations", "server", CHARSET),
    should("character_set_connection", "server", SESSION),
    must("character_set_database", "server", CHARSET),
    must("character_set_filesystem", "server", "Names of files in LOAD DATA and SELECT INTO OUTFILE are read otherwise."),
    should("character_set_results", "server", SESSION),
    must("character_set_server", "server", "Databases made without a character set get another one, and so do their tables."),
    differs("character_sets_dir", "server", PATH),
    must("check_constraint_checks", "server", "Rows that violate a CHECK constraint get in where it is off."),
    must("collation_connection", "server", "Literals compare and sort otherwise."),
    must("collation_database", "server", CHARSET),
    must("collation_server", "server", "Databases made without a collation get another one, and so do their tables."),
    should("column_compression_threshold", "server", "Values of compressed columns are stored as they are up to another length."),
    must("completion_type", "server", "COMMIT opens another transaction or ends the session in one environment only."),
    should("concurrent_insert", "server", "Inserts into MyISAM tables wait for readers in one environment only."),
    should("connect_timeout", "server", "Clients on a slow network are refused in one environment only."),
    should("cte_max_recursion_depth", "server", "Recursive queries of a data migration are ended earlier."),
    differs("datadir", "server", PATH),
    must("default_collation_for_utf8mb4", "server", "Tables with utf8mb4 and no collation get another one."),
    must("default_regex_flags", "server", "Regular expressions match other texts."),
    must(
        "default_storage_engine",
        "server",
        "CREATE TABLE makes a table of another engine: other locks, no transactions, no foreign keys.",
    ),
    must("default_table_encryption", "server", "New tables are encrypted in one environment only."),
    should("default_tmp_storage_engine", "server", "Temporary tables of a migration are of another engine."),
    must("default_week_format", "server", "WEEK() counts weeks otherwise."),
    must("disabled_storage_engines", "server", "CREATE TABLE with that engine is refused in one environment only."),
    must("div_precision_increment", "server", "Quotients have other digits, also in generated columns."),
    must("encrypt_binlog", "binlog", "Readers of log files cannot read them where it is on."),
    must("enforce_gtid_consistency", "gtid", "CREATE TABLE … SELECT and temporary tables within transactions are refused where it is on."),
    must("enforce_storage_engine", "server", "CREATE TABLE with another engine is refused, or changed, in one environment only."),
    should("eq_range_index_dive_limit", "server", PLAN),
    must("event_scheduler", "server", "Events run in one environment only."),
    must(
        "explicit_defaults_for_timestamp",
        "server",
        "The first TIMESTAMP column without attributes becomes NOT NULL and changes by itself where it is off.",
    ),
    must("foreign_key_checks", "server", "Rows and tables that break a foreign key get in where it is off."),
    must("ft_boolean_syntax", "server", "Full-text searches read operators otherwise."),
    must("ft_max_word_len", "server", "Full-text indexes of MyISAM and Aria hold other words."),
    must("ft_min_word_len", "server", "Full-text indexes of MyISAM and Aria hold other words."),
    differs("general_log", "server", LOG),
    differs("general_log_file", "server", PATH),
    must("group_concat_max_len", "server", "GROUP_CONCAT cuts its result at another length, silently in a SELECT."),
    should("group_replication_consistency", "cluster", "Transactions wait for other members, and DDL with them, in one environment only."),
    should("gtid_domain_id", "gtid", "Transactions belong to another stream; parallel replicas apply them in another order."),
    must("gtid_mode", "gtid", "Statements that cannot be one transaction are refused where it is on, and failover works otherwise."),
    must("gtid_strict_mode", "gtid", "A replica stops on transactions out of order in one environment only."),
    should("histogram_generation_max_mem_size", "server", STATISTICS),
    should("histogram_size", "server", STATISTICS),
    should("histogram_type", "server", STATISTICS),
    differs("hostname", "server", NAME),
    should(
        "idle_transaction_timeout",
        "server",
        "A migration tool that pauses inside its transaction is thrown out in one environment only.",
    ),
    should(
        "idle_write_transaction_timeout",
        "server",
        "A migration tool that pauses inside its transaction is thrown out in one environment only.",
    ),
    must("init_connect", "server", "Every session of an ordinary user begins with other statements."),
    must(
        "innodb_alter_copy_bulk",
        "innodb",
        "ALTER TABLE by copy loads the new table in bulk in one environment only: another duration, other log.",
    ),
    should(
        "innodb_autoinc_lock_mode",
        "innodb",
        "INSERT … SELECT holds the lock of generated keys to its end, or keys of one statement interleave.",
    ),
    differs("innodb_buffer_pool_chunk_size", "innodb", SIZE),
    differs("innodb_buffer_pool_instances", "innodb", SIZE),
    differs("innodb_buffer_pool_size", "innodb", SIZE),
    differs("innodb_buffer_pool_size_auto_min", "innodb", SIZE),
    differs("innodb_buffer_pool_size_max", "innodb", SIZE),
    should("innodb_change_buffering", "innodb", "Secondary indexes are written at another moment."),
    should("innodb_checksum_algorithm", "innodb", "Files of one server are refused by the other."),
    must("innodb_compression_default", "innodb", "New tables are compressed in one environment only."),
    should("innodb_compression_level", "innodb", "Rebuilding a compressed table takes longer, or more room."),
    should("innodb_ddl_buffer_size", "innodb", "Building indexes sorts in memory or on disk: timings of a rehearsal do not carry over."),
    should("innodb_ddl_threads", "innodb", "Building indexes takes longer with fewer threads."),
    must("innodb_deadlock_detect", "innodb", "Deadlocks wait for innodb_lock_wait_timeout where it is off."),
    must(
        "innodb_default_row_format",
        "innodb",
        "Tables made or rebuilt without ROW_FORMAT get another one, and wide rows or long index prefixes are refused.",
    ),
    should("innodb_doublewrite", "innodb", "A rehearsal without it writes faster than production will, and a crash may lose the database."),
    must("innodb_encrypt_tables", "innodb", "New and rebuilt tables are encrypted in one environment only."),
    must("innodb_file_per_table", "innodb", "A rebuilt table moves into the shared file, which never shrinks, where it is off."),
    should("innodb_fill_factor", "innodb", "Rebuilt indexes take more or less room."),
    should("innodb_flush_log_at_trx_commit", "innodb", "Every commit of a migration waits for the disk in one environment only."),
    differs("innodb_flush_method", "innodb", SIZE),
    must("innodb_force_primary_key", "innodb", "CREATE TABLE without a primary key is refused where it is on."),
    must("innodb_force_recovery", "innodb", "Writes are refused from 4 on."),
    must("innodb_ft_enable_stopword", "innodb", "Full-text indexes hold other words."),
    must("innodb_ft_max_token_size", "innodb", "Full-text indexes hold other words."),
    must("innodb_ft_min_token_size", "innodb", "Full-text indexes hold other words."),
    must("innodb_ft_server_stopword_table", "innodb", "Full-text indexes hold other words."),
    must(
        "innodb_instant_alter_column_allowed",
        "innodb",
        "Adding, dropping or moving a column is instant in one environment and rebuilds the table in the other.",
    ),
    differs("innodb_io_capacity", "innodb", SIZE),
    differs("innodb_io_capacity_max", "innodb", SIZE),
    must("innodb_lock_wait_timeout", "innodb", "A migration that waits for a row lock gives up at another time."),
    differs("innodb_log_buffer_size", "innodb", SIZE),
    should("innodb_log_file_size", "innodb", "A rebuild stalls for checkpoints where it is smaller, and large values are refused."),
    differs("innodb_log_group_home_dir", "innodb", PATH),
    should("innodb_max_undo_log_size", "innodb", "A long transaction leaves larger undo files behind."),
    must("innodb_online_alter_log_max_size", "innodb", "An online ALTER TABLE fails at its end where concurrent writes outgrow it."),
    differs("innodb_open_files", "innodb", SIZE),
    must("innodb_page_size", "innodb", "Rows and indexes that fit one server are refused by the other."),
    should("innodb_parallel_read_threads", "innodb", "Scans of a rebuild take longer with fewer threads."),
    differs("innodb_purge_threads", "innodb", SIZE),
    differs("innodb_read_io_threads", "innodb", SIZE),
    must("innodb_read_only", "innodb", "Every migration is refused where it is on."),
    must("innodb_read_only_compressed", "innodb", "Compressed tables cannot be written where it is on."),
    should("innodb_redo_log_capacity", "innodb", "A rebuild stalls for checkpoints where it is smaller, and large values are refused."),
    must("innodb_rollback_on_timeout", "innodb", "A lock wait that times out rolls back the whole transaction, or the statement only."),
    must("innodb_snapshot_isolation", "innodb", "An UPDATE of a row that changed since the snapshot fails in one environment only."),
    should(
        "innodb_sort_buffer_size",
        "innodb",
        "Building indexes sorts in larger or smaller runs, and an online ALTER TABLE logs in larger or smaller blocks.",
    ),
    should("innodb_stats_auto_recalc", "innodb", "Statistics after a large change are renewed in one environment only."),
    should("innodb_stats_include_delete_marked", "innodb", STATISTICS),
    should("innodb_stats_method", "innodb", STATISTICS),
    must("innodb_stats_on_metadata", "innodb", "Reading information_schema computes statistics anew, and is slow, where it is on."),
    should("innodb_stats_persistent", "innodb", STATISTICS),
    should("innodb_stats_persistent_sample_pages", "innodb", STATISTICS),
    should("innodb_stats_transient_sample_pages", "innodb", STATISTICS),
    must(
        "innodb_strict_mode",
        "innodb",
        "CREATE and ALTER TABLE with options or rows that do not fit fail where it is on, and change silently where it is off.",
    ),
    must("innodb_table_locks", "innodb", "LOCK TABLES waits for row locks in one environment only."),
    should("innodb_tmpdir", "innodb", "Online ALTER TABLE sorts in another place, which may be full or missing."),
    differs("innodb_undo_directory", "innodb", PATH),
    differs("innodb_write_io_threads", "innodb", SIZE),
    should("interactive_timeout", "server", "A migration run by hand loses its session earlier."),
    should("internal_tmp_mem_storage_engine", "server", SLOWER),
    should("join_buffer_size", "server", SLOWER),
    differs("key_buffer_size", "server", SIZE),
    must("lc_time_names", "server", "Names of months and days are other words."),
    must("local_infile", "server", "LOAD DATA LOCAL is refused where it is off."),
    must(
        "lock_wait_timeout",
        "server",
        "DDL that waits for a metadata lock gives up at another time; all later statements on the table wait behind it.",
    ),
    must(
        "log_bin",
        "binlog",
        "Functions that are not declared deterministic are refused, and a migration writes its log as well, only where it is on.",
    ),
    differs("log_bin_basename", "binlog", PATH),
    should("log_bin_compress", "binlog", "It decides how much log a migration writes, and readers of the log must know it."),
    differs("log_bin_index", "binlog", PATH),
    must(
        "log_bin_trust_function_creators",
        "binlog",
        "CREATE FUNCTION and CREATE TRIGGER without SUPER are refused where it is off and the binary log on.",
    ),
    differs("log_error", "server", PATH),
    differs("log_output", "server", LOG),
    should("log_replica_updates", "binlog", "Replicas of a replica get nothing where it is off."),
    should("log_slave_updates", "binlog", "Replicas of a replica get nothing where it is off."),
    differs("long_query_time", "server", LOG),
    should("low_priority_updates", "server", "Writes wait for all readers of tables without row locks in one environment only."),
    must(
        "lower_case_table_names",
        "server",
        "Names of tables that differ by case are one table or two: statements find another table, or none.",
    ),
    must("mandatory_roles", "server", "Every user has other privileges."),
    must("max_allowed_packet", "server", "A long statement or value is refused where it is smaller."),
    should("max_binlog_cache_size", "binlog", "A large transaction fails where it is smaller."),
    differs("max_binlog_size", "binlog", LOG),
    differs("max_connections", "server", SIZE),
    should("max_error_count", "server", "Fewer warnings of a migration are kept."),
    must("max_execution_time", "server", "A long SELECT is cancelled in one environment only."),
    should("max_heap_table_size", "server", "MEMORY tables are full earlier, and temporary tables go to disk earlier."),
    should("max_join_size", "server", "Large joins are refused where sql_big_selects is off."),
    should("max_length_for_sort_data", "server", PLAN),
    should("max_password_errors", "server", "A user is locked out after fewer wrong passwords."),
    should("max_prepared_stmt_count", "server", "Preparing statements fails earlier."),
    should("max_recursive_iterations", "server", "Recursive queries of a data migration are ended earlier."),
    must("max_sort_length", "server", "Long values that differ only at their end are sorted as equal."),
    must("max_sp_recursion_depth", "server", "Recursive procedures fail in one environment only."),
    must("max_statement_time", "server", "A long migration step is cancelled in one environment only."),
    should("max_user_connections", "server", "A migration, or the application after it, finds no free connection."),
    must("mysql56_temporal_format", "server", "Columns of time are stored in another format, and rebuilt by the next ALTER TABLE."),
    should("net_read_timeout", "server", "A slow client loses its connection earlier."),
    should("net_write_timeout", "server", "A slow client loses its connection earlier."),
    must("new_mode", "server", "Statements follow rules of another version."),
    should("ngram_token_size", "server", "Full-text indexes with the ngram parser hold other words."),
    must("offline_mode", "server", "Ordinary users are refused where it is on."),
    must("old_alter_table", "server", "ALTER TABLE without ALGORITHM copies the table in one environment only."),
    must("old_mode", "server", "Statements follow rules of an older version: the meaning of utf8, messages of duplicate keys, zero dates."),
    differs("open_files_limit", "server", SIZE),
    should("optimizer_prune_level", "server", PLAN),
    should("optimizer_search_depth", "server", PLAN),
    should("optimizer_switch", "server", PLAN),
    should("optimizer_use_condition_selectivity", "server", PLAN),
    must(
        "partial_revokes",
        "server",
        "REVOKE on a single database is refused, or names of databases in grants are patterns, where it is off.",
    ),
    differs("pid_file", "server", PATH),
    differs("plugin_dir", "server", PATH),
    must("plugin_maturity", "server", "Plugins are refused in one environment only."),
    differs("port", "server", "It follows the network of the machine."),
    should("print_identified_with_as_hex", "server", "SHOW CREATE USER writes passwords otherwise."),
    should("query_cache_size", "server", "Results come from the cache, and writes wait for it, in one environment only."),
    should("query_cache_type", "server", "Results come from the cache, and writes wait for it, in one environment only."),
    should("range_optimizer_max_mem_size", "server", PLAN),
    should("read_buffer_size", "server", SLOWER),
    must("read_only", "server", "Every migration by an ordinary user is refused where it is on."),
    should("read_rnd_buffer_size", "server", SLOWER),
    should("regexp_stack_limit", "server", "Regular expressions fail in one environment only."),
    should("regexp_time_limit", "server", "Regular expressions fail in one environment only."),
    differs("relay_log", "replica", PATH),
    differs("relay_log_basename", "replica", PATH),
    differs("relay_log_index", "replica", PATH),
    should("relay_log_recovery", "replica", "A replica repairs itself after a crash in one environment only."),
    should("replica_exec_mode", "replica", "A replica skips missing and duplicate rows silently where it is IDEMPOTENT."),
    should("replica_net_timeout", "replica", "A lost connection to the source is noticed later."),
    should("replica_parallel_workers", "replica", APPLY),
    should("replica_preserve_commit_order", "replica", "A replica shows transactions in another order than the source."),
    should("replica_skip_errors", "replica", "A replica skips errors silently in one environment only."),
    should("replica_transaction_retries", "replica", "A replica stops on lock waits earlier."),
    should("replica_type_conversions", "replica", "A replica whose columns have another type stops, or converts."),
    should("replicate_do_db", "replica", FILTER),
    should("replicate_do_table", "replica", FILTER),
    should("replicate_ignore_db", "replica", FILTER),
    should("replicate_ignore_table", "replica", FILTER),
    should("replicate_rewrite_db", "replica", FILTER),
    should("replicate_wild_do_table", "replica", FILTER),
    should("replicate_wild_ignore_table", "replica", FILTER),
    differs("report_host", "replica", NAME),
    differs("report_password", "replica", NAME),
    differs("report_port", "replica", NAME),
    differs("report_user", "replica", NAME),
    should("require_secure_transport", "server", "Clients without TLS are refused where it is on."),
    must("restrict_fk_on_non_standard_key", "server", "Foreign keys to a key that is not unique are refused where it is on."),
    should("rpl_semi_sync_master_enabled", "semisync", "Every commit of a migration waits for a replica in one environment only."),
    should("rpl_semi_sync_master_timeout", "semisync", "Commits wait longer for a replica that is gone."),
    should("rpl_semi_sync_master_wait_point", "semisync", "Other sessions see a commit before or after a replica has it."),
    should("rpl_semi_sync_source_enabled", "semisync", "Every commit of a migration waits for a replica in one environment only."),
    should("rpl_semi_sync_source_timeout", "semisync", "Commits wait longer for a replica that is gone."),
    should("rpl_semi_sync_source_wait_for_replica_count", "semisync", "Every commit of a migration waits for more replicas."),
    should("rpl_semi_sync_source_wait_point", "semisync", "Other sessions see a commit before or after a replica has it."),
    must("secure_file_priv", "server", "LOAD DATA and SELECT INTO OUTFILE are refused, or read and write elsewhere."),
    must("secure_timestamp", "server", "SET timestamp is refused in one environment only."),
    differs("server_id", "identity", NAME),
    should("session_track_gtids", "server", "Clients that wait for a replica by GTID get none."),
    should("skip_name_resolve", "server", "Accounts with host names do not match where it is on."),
    should("skip_show_database", "server", "SHOW DATABASES is refused in one environment only."),
    should("slave_ddl_exec_mode", "replica", "A replica skips DDL errors silently where it is IDEMPOTENT."),
    should("slave_exec_mode", "replica", "A replica skips missing and duplicate rows silently where it is IDEMPOTENT."),
    should("slave_max_statement_time", "replica", "A replica stops at a long statement of a migration."),
    should("slave_net_timeout", "replica", "A lost connection to the source is noticed later."),
    should("slave_parallel_mode", "replica", APPLY),
    should("slave_parallel_threads", "replica", APPLY),
    should("slave_run_triggers_for_rbr", "replica", "Triggers run for row events on a replica in one environment only."),
    should("slave_skip_errors", "replica", "A replica skips errors silently in one environment only."),
    should("slave_transaction_retries", "replica", "A replica stops on lock waits earlier."),
    should("slave_type_conversions", "replica", "A replica whose columns have another type stops, or converts."),
    differs("slow_query_log", "server", LOG),
    differs("slow_query_log_file", "server", PATH),
    differs("socket", "server", PATH),
    should("sort_buffer_size", "server", SLOWER),
    must("sql_auto_is_null", "server", "WHERE id IS NULL finds the last generated key in one environment only."),
    must("sql_big_selects", "server", "Statements that examine many rows are refused where it is off."),
    must("sql_generate_invisible_primary_key", "server", "Tables made without a primary key get an invisible one in one environment only."),
    must("sql_if_exists", "server", "ALTER and DROP of what is missing fail in one environment only."),
    must("sql_log_bin", "server", "Changes do not reach the replicas where it is off."),
    must(
        "sql_mode",
        "server",
        "The same statement is refused in one environment and changes other data in the other: strictness, zero dates, quotes, GROUP BY.",
    ),
    should("sql_notes", "server", "Notes of a migration are seen in one environment only."),
    must("sql_require_primary_key", "server", "CREATE and ALTER TABLE without a primary key are refused where it is on."),
    must("sql_safe_updates", "server", "UPDATE and DELETE without a key are refused where it is on."),
    must("sql_select_limit", "server", "SELECT returns fewer rows."),
    must("super_read_only", "server", "Every migration is refused where it is on."),
    should("sync_binlog", "binlog", "Every commit of a migration waits for the disk in one environment only."),
    differs("system_time_zone", "server", "It follows the machine; what statements see of it is time_zone."),
    must("system_versioning_alter_history", "versioning", "ALTER TABLE of a system-versioned table is refused, or rewrites its history."),
    must(
        "system_versioning_insert_history",
        "versioning",
        "Writing the history of a system-versioned table is refused in one environment only.",
    ),
    differs("table_definition_cache", "server", SIZE),
    must("table_encryption_privilege_check", "server", "CREATE TABLE with another encryption than the default is refused where it is on."),
    differs("table_open_cache", "server", SIZE),
    differs("table_open_cache_instances", "server", SIZE),
    should("temptable_max_ram", "server", SLOWER),
    differs("thread_cache_size", "server", SIZE),
    should("thread_handling", "server", "Long statements of a migration hold up other sessions in a pool of threads."),
    differs("thread_pool_size", "server", SIZE),
    should("thread_stack", "server", "Deep expressions and routines fail where it is smaller."),
    must("time_zone", "server", "CURRENT_TIMESTAMP, defaults and conversions of TIMESTAMP give other values."),
    should("tls_version", "server", "Old clients are refused in one environment only."),
    should("tmp_disk_table_size", "server", "A large sort or ALTER TABLE by copy is cancelled where it is smaller."),
    should("tmp_table_size", "server", "Temporary tables go to disk earlier."),
    differs("tmpdir", "server", PATH),
    must("transaction_isolation", "server", "A data migration sees, and locks, other rows."),
    must("transaction_read_only", "server", "Every migration is refused where it is on."),
    must("tx_isolation", "server", "A data migration sees, and locks, other rows."),
    must("tx_read_only", "server", "Every migration is refused where it is on."),
    must("unique_checks", "server", "Duplicates may get into secondary unique indexes where it is off."),
    must("updatable_views_with_limit", "server", "UPDATE … LIMIT of a view without a key is refused in one environment only."),
    should("use_stat_tables", "server", "Statistics and histograms of columns are used in one environment only."),
    should("validate_password.check_user_name", "password", "CREATE USER is refused in one environment only."),
    should("validate_password.length", "password", "CREATE USER is refused in one environment only."),
    should("validate_password.mixed_case_count", "password", "CREATE USER is refused in one environment only."),
    should("validate_password.number_count", "password", "CREATE USER is refused in one environment only."),
    should("validate_password.policy", "password", "CREATE USER is refused in one environment only."),
    should("validate_password.special_char_count", "password", "CREATE USER is refused in one environment only."),
    should("wait_timeout", "server", "A migration tool that pauses loses its session, and its locks, earlier."),
    must("windowing_use_high_precision", "server", "Window functions give sums with other digits."),
    must("wsrep_certify_nonpk", "cluster", "Writes to tables without a primary key fail in one environment only."),
    must("wsrep_forced_binlog_format", "cluster", "Changes are replicated by statement or by row in one environment only."),
    should("wsrep_max_ws_rows", "cluster", "A large transaction is refused where it is smaller."),
    should("wsrep_max_ws_size", "cluster", "A large transaction is refused where it is smaller."),
    must(
        "wsrep_mode",
        "cluster",
        "Tables of other engines, and tables without a key, are refused or not replicated in one environment only.",
    ),
    must("wsrep_on", "cluster", "Writes are certified by a cluster in one environment only."),
    must("wsrep_osu_method", "cluster", "DDL blocks the whole cluster, or runs on one member alone."),
    should("wsrep_slave_threads", "cluster", APPLY),
    should("wsrep_sync_wait", "cluster", "Reads wait for the cluster in one environment only."),
    should("wsrep_trx_fragment_size", "cluster", "Large transactions are replicated in pieces in one environment only."),
    must(
        "xa_detach_on_prepare",
        "server",
        "Prepared XA transactions stay with their session, and forbid temporary tables, in one environment only.",
    ),
];

/// What is known of a setting.
#[must_use]
pub fn known(name: &str) -> Option<&'static Known> {
    setting::known(KNOWN, name)
}

/// The rank of a setting: its own, else that of its family. What describes the machine, the build, its log files and its
/// instruments is another everywhere; anything else may change what statements do.
#[must_use]
pub fn rank(name: &str) -> Rank {
    if let Some(known) = known(name) {
        return known.rank;
    }
    const FAMILIES: &[&str] = &[
        "admin_",
        "aria_pagecache_",
        "extra_",
        "host_cache_",
        "have_",
        "innodb_adaptive_",
        "innodb_buf_dump_",
        "innodb_buffer_pool_",
        "innodb_cmp_per_index_",
        "innodb_doublewrite_",
        "innodb_flush",
        "innodb_log_",
        "innodb_lru_",
        "innodb_max_dirty_",
        "innodb_monitor_",
        "innodb_numa_",
        "innodb_page_cleaners",
        "innodb_print_",
        "innodb_purge_",
        "innodb_spin_",
        "innodb_status_",
        "innodb_sync_",
        "innodb_thread_",
        "innodb_use_",
        "key_cache_",
        "large_",
        "license",
        "locked_in_memory",
        "log_error_",
        "log_queries_",
        "log_slow_",
        "log_throttle_",
        "log_timestamps",
        "log_warnings",
        "metadata_locks_",
        "min_examined_row_limit",
        "mysqlx_",
        "performance_schema",
        "profiling",
        "protocol_version",
        "server_audit_",
        "ssl_",
        "tcp_",
        "thread_pool_",
        "tls_",
        "userstat",
        "version",
        "wsrep_cluster_",
        "wsrep_data_",
        "wsrep_debug",
        "wsrep_node_",
        "wsrep_patch_",
        "wsrep_provider",
        "wsrep_sst_",
    ];
    const ENDINGS: &[&str] =
        &["_dir", "_directory", "_file", "_filename", "_path", "_version", "_home_dir", "_tmpdir", "_threads", "_io_threads"];
    let is_by_machine = FAMILIES.iter().any(|family| name.starts_with(family)) || ENDINGS.iter().any(|ending| name.ends_with(ending));
    if is_by_machine { Rank::Expected } else { Rank::ShouldMatch }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_has_no_doubles() {
        let names: Vec<&str> = KNOWN.iter().map(|known| known.name).collect();
        let mut sorted = names.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(names, sorted);
        assert!(KNOWN.iter().all(|known| known.why.ends_with('.') && known.name == known.name.to_ascii_lowercase()));
    }

    #[test]
    fn ranks_come_from_the_table_then_from_the_family() {
        assert_eq!(rank("sql_mode"), Rank::MustMatch);
        assert_eq!(rank("innodb_buffer_pool_size"), Rank::Expected);
        assert_eq!(rank("performance_schema_max_table_handles"), Rank::Expected);
        assert_eq!(rank("version_compile_os"), Rank::Expected);
        assert_eq!(rank("innodb_unheard_of"), Rank::ShouldMatch);
    }

    #[test]
    fn every_vendor_is_asked_in_its_own_manual() {
        let link = |name, engine| known(name).map(|known| source(known, engine));
        let mysql = "https://dev.mysql.com/doc/refman/en/innodb-parameters.html#sysvar_innodb_page_size";
        assert_eq!(link("innodb_page_size", Engine::MySql).as_deref(), Some(mysql));
        let mariadb = "https://mariadb.com/kb/en/gtid/#gtid_strict_mode";
        assert_eq!(link("gtid_strict_mode", Engine::MariaDb).as_deref(), Some(mariadb));
    }
}
