//! What Flyway says when a migration fails.

use super::sessions::{MARIADB_LOCK_WAITS, MYSQL_LOCK_WAITS};
use super::signature::{Answer, Query, Signature, Vendor};

const FLYWAY_SCHEMA_HISTORY: Query = Query {
    vendor: Vendor::PostgreSql,
    sql: "SELECT x.nspname, x.found FROM (SELECT n.nspname, pg_catalog.query_to_xml(pg_catalog.format('SELECT \
     version, script, checksum, success, installed_on FROM %I.%I ORDER BY installed_rank DESC LIMIT 10', \
     n.nspname, c.relname), false, true, '')::text AS found FROM pg_catalog.pg_class AS c JOIN \
     pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE c.relname = 'flyway_schema_history' \
     AND c.relkind = 'r' LIMIT 10) AS x WHERE x.found <> '' LIMIT 10",
    means: &[
        Answer::Rows("The last records, with the checksum that was recorded."),
        Answer::NoRows("There is no history table of this name here, or it is empty."),
    ],
};

const FLYWAY_SCHEMA_HISTORY_UNFINISHED: Query = Query {
    vendor: Vendor::PostgreSql,
    sql: "SELECT x.nspname, x.found FROM (SELECT n.nspname, pg_catalog.query_to_xml(pg_catalog.format('SELECT \
     version, script, installed_on FROM %I.%I WHERE NOT success ORDER BY installed_rank LIMIT 10', \
     n.nspname, c.relname), false, true, '')::text AS found FROM pg_catalog.pg_class AS c JOIN \
     pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE c.relname = 'flyway_schema_history' \
     AND c.relkind = 'r' LIMIT 10) AS x WHERE x.found <> '' LIMIT 10",
    means: &[
        Answer::Rows("These migrations are recorded as failed."),
        Answer::NoRows("No migration is recorded as failed in a table of this name."),
    ],
};

pub const FLYWAY: &[Signature] = &[
    Signature {
        id: "flyway-checksum-mismatch",
        says: "Flyway",
        pattern: r"Migration checksum mismatch for migration (?:version )?(?P<migration>[^\s:]+)",
        sample: "FlywayValidateException: Validate failed: Migration checksum mismatch for migration 003",
        cause: "The file was edited after it ran here. The record keeps the old checksum, so the file no longer \
         tells what this database got.",
        confirm: &[FLYWAY_SCHEMA_HISTORY],
        next: "Run `evenkeel history`: it says whether the edit is only in bytes (line ends, comments) or in \
         meaning. Put the old text back and make the change a new migration.",
        avoid: "Do not run `flyway repair` first: it writes the new checksum over the old one and with it the \
         proof; what the edit added would never run here.",
        source: "https://github.com/flyway/flyway/blob/main/flyway-core/src/main/java/org/flywaydb/core/internal/\
         info/MigrationInfoImpl.java",
        follows: &[],
    },
    Signature {
        id: "flyway-description-mismatch",
        says: "Flyway",
        pattern: r"Migration (?P<what>type|description) mismatch for migration (?:version )?(?P<migration>[^\s:]+)",
        sample: "Migration description mismatch for migration version 3\n\
         -> Applied to database : add email\n\
         -> Resolved locally    : add phone",
        cause: "The file was renamed after it ran, or two branches used the same number and another file ran here under it.",
        confirm: &[FLYWAY_SCHEMA_HISTORY],
        next: "Run `evenkeel history` to see which of the two is in the schema. If it was another file, give the \
         new one the next free number.",
        avoid: "Do not run `flyway repair`: it would claim that the file ran which did not.",
        source: "https://github.com/flyway/flyway/blob/main/flyway-core/src/main/java/org/flywaydb/core/internal/\
         info/MigrationInfoImpl.java",
        follows: &[],
    },
    Signature {
        id: "flyway-failed-migration",
        says: "Flyway",
        pattern: concat!(
            r"Detected failed (?:repeatable migration: |migration to version )(?P<migration>\S+)|",
            r"contains a failed (?:repeatable )?migration",
        ),
        sample: "Detected failed migration to version 4 (add currency).\n\
         Please remove any half-completed changes then run repair to fix the schema history.",
        cause: "An earlier run failed outside a transaction (MySQL, or executeInTransaction=false) and recorded it \
         as failed. Some of its statements may be in.",
        confirm: &[FLYWAY_SCHEMA_HISTORY_UNFINISHED],
        next: "Run `evenkeel history`: it lists which statements are in. Complete or revert them, then remove the \
         failed record (`history --repair` renders both).",
        avoid: "Do not run `flyway repair` before the half is cleared away: it only deletes the record, and the \
         next run meets what is there.",
        source: "https://github.com/flyway/flyway/blob/main/flyway-core/src/main/java/org/flywaydb/core/internal/\
         info/MigrationInfoImpl.java",
        follows: &[],
    },
    Signature {
        id: "flyway-applied-not-resolved",
        says: "Flyway",
        pattern: r"Detected applied migration not resolved locally: (?P<migration>[^\n]+?)\.?(?:\n|$)",
        sample: "Detected applied migration not resolved locally: 7.\n\
         If you removed this migration intentionally, run repair to mark the migration as deleted.",
        cause: "The database has a migration that this build does not: an older build, a branch that was never \
         merged, a deleted file, or wrong locations.",
        confirm: &[FLYWAY_SCHEMA_HISTORY],
        next: "Find the commit that has the file and deploy that or a newer build. Check `flyway.locations`.",
        avoid: "Do not run `flyway repair`: it marks the migration as deleted although its effect stays. Do not \
         ignore `*:missing` for good.",
        source: "https://github.com/flyway/flyway/blob/main/flyway-core/src/main/java/org/flywaydb/core/internal/\
         info/MigrationInfoImpl.java",
        follows: &[],
    },
    Signature {
        id: "flyway-not-applied",
        says: "Flyway",
        pattern: concat!(
            r"Detected (?:resolved (?:repeatable )?migration not applied to database|",
            r"outdated resolved repeatable migration[^:\n]*): (?P<migration>[^\n]+?)\.?(?:\n|$)",
        ),
        sample: "Detected resolved migration not applied to database: 5.\n\
         To fix this error, either run migrate, or set -ignoreMigrationPatterns='*:pending'.",
        cause: "The build has a migration that did not run here. With `ignored` in the hint it is older than the \
         newest applied one: it came in from a branch later.",
        confirm: &[FLYWAY_SCHEMA_HISTORY],
        next: "Run the migration step of the pipeline. If it is out of order, rehearse it on top of what is here, \
         then renumber it or allow outOfOrder for this one run.",
        avoid: "Do not set ignoreMigrationPatterns to make it pass: the application then meets the missing schema.",
        source: "https://github.com/flyway/flyway/blob/main/flyway-core/src/main/java/org/flywaydb/core/internal/\
         info/MigrationInfoImpl.java",
        follows: &[],
    },
    Signature {
        id: "flyway-no-history-table",
        says: "Flyway",
        pattern: r"Found non-empty schema\(s\) (?P<schemas>[^\n]+?) (?:but no schema history table|without schema history table)",
        sample: "Found non-empty schema(s) \"public\" but no schema history table. Use baseline() or set \
         baselineOnMigrate to true to initialize the schema history table.",
        cause: "The schema has tables but the history table is not in it: it sits in another schema or has another \
         name, or this database was never under Flyway.",
        confirm: &[
            Query {
                vendor: Vendor::PostgreSql,
                sql: "SELECT n.nspname, c.relname FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON \
                 n.oid = c.relnamespace WHERE c.relname IN ('flyway_schema_history', 'schema_version') AND c.relkind \
                 = 'r' ORDER BY n.nspname, c.relname LIMIT 20",
                means: &[
                    Answer::Rows("The history table is in this schema; the tool must look there."),
                    Answer::NoRows("There is no history table by this name in this database."),
                ],
            },
            Query {
                vendor: Vendor::MySqlAndMariaDb,
                sql: "SELECT table_schema, table_name FROM information_schema.tables WHERE table_name IN \
                 ('flyway_schema_history', 'schema_version') ORDER BY table_schema, table_name LIMIT 20",
                means: &[
                    Answer::Rows("The history table is in this schema; the tool must look there."),
                    Answer::NoRows("There is no history table by this name on this server."),
                ],
            },
        ],
        next: "Look for the table in other schemas first. Found elsewhere: set `flyway.defaultSchema` or \
         `flyway.table`. Truly none: compare the schema with each version, then baseline at the one it \
         equals.",
        avoid: "Do not set baselineOnMigrate blindly: everything up to the baseline is taken as done and never runs.",
        source: "https://github.com/flyway/flyway/blob/main/flyway-core/src/main/java/org/flywaydb/core/Flyway.java",
        follows: &[],
    },
    Signature {
        id: "flyway-duplicate-version",
        says: "Flyway",
        pattern: concat!(
            r"Found more than one migration with version (?P<migration>\S+)|",
            r"Found more than one repeatable migration with description",
        ),
        sample: "Found more than one migration with version 12\n\
         Offenders:\n\
         -> V12__add_currency.sql (SQL)\n\
         -> V12__add_phone.sql (SQL)",
        cause: "Two files have the same number, usually from two branches, or one folder is in the locations twice.",
        confirm: &[FLYWAY_SCHEMA_HISTORY],
        next: "Give the file that ran nowhere the next free number; `evenkeel history` of each environment says \
         which one that is.",
        avoid: "Do not renumber a file that has run somewhere.",
        source: "https://github.com/flyway/flyway/blob/main/flyway-core/src/main/java/org/flywaydb/core/internal/\
         resolver/CompositeMigrationResolver.java",
        follows: &[],
    },
    Signature {
        id: "flyway-lock-wait",
        says: "Flyway",
        pattern: concat!(
            r"Waiting for lock on Flyway schema history table|Unable to (?:lock table|release PostgreSQL advisory lock)|",
            r"Number of retries exceeded while attempting to acquire",
        ),
        sample: "Waiting for lock on Flyway schema history table. Application may be deadlocked. Lock row may \
         require manual removal from the schema history table.",
        cause: "Another run holds the lock, or one that died left it. With CREATE INDEX CONCURRENTLY Flyway can \
         wait for its own lock session.",
        confirm: &[
            Query {
                vendor: Vendor::PostgreSql,
                sql: "SELECT l.pid, l.classid, l.objid, l.objsubid, l.granted, a.application_name, a.state, \
                 pg_catalog.now() - a.state_change AS since FROM pg_catalog.pg_locks AS l LEFT JOIN \
                 pg_catalog.pg_stat_activity AS a ON a.pid = l.pid WHERE l.locktype = 'advisory' AND l.pid <> \
                 pg_catalog.pg_backend_pid() ORDER BY l.granted DESC, l.pid LIMIT 20",
                means: &[
                    Answer::Rows(
                        "These sessions hold or wait for an advisory lock. One that is `idle` and holds it is a stale lock, \
                         often behind a pooler.",
                    ),
                    Answer::NoRows("No advisory lock is held: the other run has ended."),
                ],
            },
            Query {
                vendor: Vendor::PostgreSql,
                sql: "SELECT w.pid AS waiting, b.pid AS blocking, b.usename, b.application_name, b.state, \
                 pg_catalog.now() - b.xact_start AS transaction_age FROM pg_catalog.pg_stat_activity AS w CROSS JOIN \
                 LATERAL pg_catalog.unnest(pg_catalog.pg_blocking_pids(w.pid)) AS u(pid) JOIN \
                 pg_catalog.pg_stat_activity AS b ON b.pid = u.pid WHERE w.wait_event_type = 'Lock' ORDER BY \
                 b.xact_start LIMIT 20",
                means: &[
                    Answer::Rows("Somebody waits now: the sessions named `blocking` hold what is waited for."),
                    Answer::NoRows("Nobody waits for a lock now: it was a moment's."),
                ],
            },
            MYSQL_LOCK_WAITS,
            MARIADB_LOCK_WAITS,
        ],
        next: "See who holds it. A run that works: wait. For concurrent builds on PostgreSQL set \
         `flyway.postgresql.transactional.lock=false`.",
        avoid: "Do not delete the lock row or end the session while another run may be working.",
        source: "https://github.com/flyway/flyway/blob/main/flyway-core/src/main/java/org/flywaydb/core/internal/\
         database/InsertRowLock.java",
        follows: &[],
    },
    Signature {
        id: "flyway-migration-failed",
        says: "Flyway",
        pattern: concat!(
            r"Migration of (?P<migration>[^\n]+?) failed!|Migration (?P<file>\S+\.sql) failed|",
            r"Failed to execute script (?P<script>\S+)",
        ),
        sample: "ERROR: Migration of schema \"public\" to version \"4 - add currency\" failed! Changes successfully rolled back.",
        cause: "Flyway's own line about a statement that the server refused; the server's message below it is the \
         cause. `Please restore backups` instead of `rolled back` means: no transaction, so a part may be in.",
        confirm: &[FLYWAY_SCHEMA_HISTORY_UNFINISHED],
        next: "Act on the server error. Without a rollback run `evenkeel history` before the next try.",
        avoid: "Do not run `flyway repair` or `flyway clean`: clean drops everything in the schema.",
        source: "https://github.com/flyway/flyway/blob/main/flyway-core/src/main/java/org/flywaydb/core/internal/\
         command/DbMigrate.java",
        follows: super::roots::SERVER,
    },
    Signature {
        id: "flyway-validate-failed",
        says: "Flyway",
        pattern: r"Validate failed: ",
        sample: "ERROR: Validate failed: Migrations have failed validation",
        cause: "Files and record do not agree; the lines below say in what.",
        confirm: &[FLYWAY_SCHEMA_HISTORY],
        next: "Read the detail lines, or let `evenkeel history` list all of them at once.",
        avoid: "Do not switch validateOnMigrate off.",
        source: "https://documentation.red-gate.com/fd/validate-277578898.html",
        follows: &[
            "flyway-checksum-mismatch",
            "flyway-description-mismatch",
            "flyway-failed-migration",
            "flyway-applied-not-resolved",
            "flyway-not-applied",
        ],
    },
    Signature {
        id: "flyway-connection",
        says: "Flyway",
        pattern: r"Unable to obtain connection from database",
        sample: "Unable to obtain connection from database (jdbc:postgresql://db:5432/shop) for user 'migrator': The \
         connection attempt failed.",
        cause: "Flyway could not connect; nothing ran. The message after it has the reason.",
        confirm: &[],
        next: "Check host, port, TLS and secret from the machine where the job runs.",
        avoid: "",
        source: "https://github.com/flyway/flyway/blob/main/flyway-core/src/main/java/org/flywaydb/core/internal/\
         jdbc/JdbcUtils.java",
        follows: super::roots::SERVER,
    },
];
