//! The error texts of the seeds, word for word, and the ids that must be found in each: for a test.

pub const SEEDS: &[(&str, &[&str])] = &[
    (r#"Migration checksum mismatch for migration 003"#, &["flyway-checksum-mismatch"]),
    (
        r#"FlywayValidateException: Validate failed: Migration checksum mismatch for migration 003"#,
        &["flyway-checksum-mismatch", "flyway-validate-failed"],
    ),
    (r#"Liquibase Validation Failed: 1 change sets have validation failures"#, &["liquibase-validation-failed"]),
    (r#"ActiveRecord::PendingMigrationError: Migrations are pending; run 'rails db:migrate'"#, &["rails-pending"]),
    (r#"ERROR: relation "users_v2" does not exist"#, &["relation-missing"]),
    (r#"ERROR 1062 (23000): Duplicate entry"#, &["mysql-duplicate-entry"]),
    (r#"ERROR: canceling statement due to lock_timeout"#, &["lock-timeout"]),
    (r#"ERROR: relation "..." already exists"#, &["relation-exists"]),
    (r#"duplicate column name"#, &["mysql-duplicate-column"]),
    (r#"CREATE INDEX CONCURRENTLY cannot run inside a transaction block"#, &["not-in-transaction"]),
];
