//! What Knex, TypeORM, Sequelize and node-pg-migrate say when a migration fails.

use super::sessions::{MARIADB_LOCK_WAITS, MYSQL_LOCK_WAITS};
use super::signature::{Answer, Query, Signature, Vendor};

pub const KNEX: &[Signature] = &[
    Signature {
        id: "knex-locked",
        says: "Knex",
        pattern: r"Migration table is already locked|Can't take lock to run migrations",
        sample: "Can't take lock to run migrations: Migration table is already locked\n\
         If you are sure migrations are not running you can release the lock manually by running 'knex \
         migrate:unlock'",
        cause: "The row in knex_migrations_lock is taken: another run works, or one was killed and left it.",
        confirm: &[
            Query {
                vendor: Vendor::PostgreSql,
                sql: "SELECT x.nspname, x.found FROM (SELECT n.nspname, pg_catalog.query_to_xml(pg_catalog.format('SELECT \
                 is_locked FROM %I.%I WHERE is_locked <> 0 LIMIT 10', n.nspname, c.relname), false, true, '')::text \
                 AS found FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace \
                 WHERE c.relname = 'knex_migrations_lock' AND c.relkind = 'r' LIMIT 10) AS x WHERE x.found <> '' \
                 LIMIT 10",
                means: &[Answer::Rows("The lock row is taken."), Answer::NoRows("The lock row is free.")],
            },
            Query {
                vendor: Vendor::PostgreSql,
                sql: "SELECT a.pid, a.usename, a.application_name, a.state, pg_catalog.now() - a.xact_start AS \
                 transaction_age FROM pg_catalog.pg_stat_activity AS a WHERE a.xact_start < pg_catalog.now() - \
                 interval '1 minute' AND a.pid <> pg_catalog.pg_backend_pid() ORDER BY a.xact_start LIMIT 20",
                means: &[
                    Answer::Rows(
                        "These transactions have been open for more than a minute; each of them can hold up DDL and \
                         concurrent index builds.",
                    ),
                    Answer::NoRows("No transaction is older than a minute."),
                ],
            },
            MYSQL_LOCK_WAITS,
            MARIADB_LOCK_WAITS,
        ],
        next: "Look whether a run still works (sessions on the server, other pods). If surely none, see with \
         `evenkeel history` what it got done; only then free the lock.",
        avoid: "Do not run `knex migrate:unlock` first: with a run alive, two would write at once.",
        source: "https://github.com/knex/knex/blob/master/lib/migrations/migrate/Migrator.js",
        follows: &[],
    },
    Signature {
        id: "knex-corrupt",
        says: "Knex",
        pattern: r"The migration directory is corrupt, the following files are missing: (?P<files>[^\n]+)",
        sample: "Error: The migration directory is corrupt, the following files are missing: 20261101120000_currency.js",
        cause: "The record has files that this folder lacks: an older build, another branch, renamed (.ts became \
         .js), or another folder.",
        confirm: &[Query {
            vendor: Vendor::PostgreSql,
            sql: "SELECT x.nspname, x.found FROM (SELECT n.nspname, pg_catalog.query_to_xml(pg_catalog.format('SELECT \
                 name, batch, migration_time FROM %I.%I ORDER BY id DESC LIMIT 10', n.nspname, c.relname), false, \
                 true, '')::text AS found FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = \
                 c.relnamespace WHERE c.relname = 'knex_migrations' AND c.relkind = 'r' LIMIT 10) AS x WHERE x.found \
                 <> '' LIMIT 10",
            means: &[Answer::Rows("The last records of this database."), Answer::NoRows("No knex_migrations table with rows here.")],
        }],
        next: "Deploy the build that has them. If only the ending changed, set `loadExtensions` or the name in the \
         record after a look by `evenkeel history`.",
        avoid: "Do not delete the rows, and do not set disableMigrationsListValidation for good.",
        source: "https://github.com/knex/knex/blob/master/lib/migrations/migrate/Migrator.js",
        follows: &[],
    },
    Signature {
        id: "knex-migration-failed",
        says: "Knex",
        pattern: r#"migration file "(?P<migration>[^"]+)" failed|migration failed with error: "#,
        sample: "migration file \"20261101120000_currency.js\" failed\n\
         migration failed with error: create table \"orders\" (\"id\" integer) - relation \"orders\" already \
         exists",
        cause: "A migration threw an error, mostly that of the server, which stands behind it. On MySQL, or with \
         `transaction: false`, a part may be in.",
        confirm: &[],
        next: "Act on the server error. Without a transaction run `evenkeel history` before the next try.",
        avoid: "Do not run `migrate:rollback` over a half: its down meets what is not there.",
        source: "https://github.com/knex/knex/blob/master/lib/migrations/migrate/Migrator.js",
        follows: super::roots::SERVER,
    },
    Signature {
        id: "typeorm-migration-failed",
        says: "TypeORM",
        pattern: r#"Migration "(?P<migration>[^"]+)" failed, error: "#,
        sample: "Migration \"AddCurrency1700000000000\" failed, error: relation \"orders\" already exists",
        cause: "A migration threw an error, mostly that of the server, which stands behind it.",
        confirm: &[],
        next: "Act on the server error. On MySQL, or without a transaction, run `evenkeel history` before the next try.",
        avoid: "Do not set `synchronize: true`: it drops columns it does not know.",
        source: "https://github.com/typeorm/typeorm/blob/master/src/migration/MigrationExecutor.ts",
        follows: super::roots::SERVER,
    },
    Signature {
        id: "typeorm-unknown-migration",
        says: "TypeORM",
        pattern: r"No migration (?P<migration>\S+) was found in the source code",
        sample: "TypeORMError: No migration AddCurrency1700000000000 was found in the source code. Make sure you \
         have this migration in your codebase and its included in the connection options.",
        cause: "The newest record has no class in this build: an older build, another branch, or the path to the \
         migrations is wrong (src or dist).",
        confirm: &[],
        next: "Check the `migrations` path of the data source; use the build that has the class.",
        avoid: "Do not delete the row: its effect stays.",
        source: "https://github.com/typeorm/typeorm/blob/master/src/migration/MigrationExecutor.ts",
        follows: &[],
    },
    Signature {
        id: "typeorm-transaction-mode",
        says: "TypeORM",
        pattern: r#"override the transaction mode, but the global transaction mode is "all""#,
        sample: "Migrations \"AddIndex1700000000000\" override the transaction mode, but the global transaction mode is \"all\"",
        cause: "A migration asks for no transaction of its own while the run puts all of them into one. Nothing ran.",
        confirm: &[],
        next: "Run with `--transaction each`; concurrent index builds then work.",
        avoid: "",
        source: "https://github.com/typeorm/typeorm/blob/master/src/migration/MigrationExecutor.ts",
        follows: &[],
    },
    Signature {
        id: "umzug-migration-failed",
        says: "Sequelize",
        pattern: r"Migration (?P<migration>\S+) \((?:up|down)\) failed: ",
        sample: "MigrationError: Migration 20261101120000-currency.js (up) failed: Original error: relation \
         \"orders\" already exists",
        cause: "A migration threw an error, mostly that of the server, which stands behind it. Sequelize opens no \
         transaction on its own: a part may be in.",
        confirm: &[],
        next: "Act on the server error, and run `evenkeel history` before the next try.",
        avoid: "Do not run `sync({ force: true })` or `db:migrate:undo:all`: both drop tables.",
        source: "https://github.com/sequelize/umzug/blob/main/src/umzug.ts",
        follows: super::roots::SERVER,
    },
    Signature {
        id: "umzug-not-found",
        says: "Sequelize",
        pattern: r"Couldn't find migration to apply with name (?P<migration>\S+)|Unable to find migration: (?P<name>\S+)",
        sample: "Error: Couldn't find migration to apply with name \"20261101120000-currency.js\"",
        cause: "The name asked for, or recorded, has no file in this folder.",
        confirm: &[],
        next: "Check the folder and the ending (.js or .ts); use the build that has the file.",
        avoid: "",
        source: "https://github.com/sequelize/umzug/blob/main/src/umzug.ts",
        follows: &[],
    },
    Signature {
        id: "node-pg-migrate-locked",
        says: "node-pg-migrate",
        pattern: r"Another migration is already running|Failed to release migration lock",
        sample: "Error: Another migration is already running. Advisory lock mode is set to 'fail'.",
        cause: "Another run holds the advisory lock, or a dead one left it on a pooled connection.",
        confirm: &[Query {
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
        }],
        next: "See who holds it. If a run works, wait. Give the migration a direct connection, not the pooler.",
        avoid: "Do not use `--no-lock` while several instances migrate at start.",
        source: "https://github.com/salsita/node-pg-migrate/blob/main/src/runner.ts",
        follows: &[],
    },
    Signature {
        id: "node-pg-migrate-order",
        says: "node-pg-migrate",
        pattern: r"Not run migration (?P<migration>\S+) is preceding already run migration (?P<latest>\S+)",
        sample: "Error: Not run migration 1700000000000_phone is preceding already run migration 1700000100000_currency",
        cause: "A migration older than the newest applied one is pending: it came in from a branch later, or a file was renamed.",
        confirm: &[Query {
            vendor: Vendor::PostgreSql,
            sql: "SELECT x.nspname, x.found FROM (SELECT n.nspname, pg_catalog.query_to_xml(pg_catalog.format('SELECT \
                 name, run_on FROM %I.%I ORDER BY id DESC LIMIT 10', n.nspname, c.relname), false, true, '')::text \
                 AS found FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace \
                 WHERE c.relname = 'pgmigrations' AND c.relkind = 'r' LIMIT 10) AS x WHERE x.found <> '' LIMIT 10",
            means: &[Answer::Rows("The last records of this database."), Answer::NoRows("No pgmigrations table with rows here.")],
        }],
        next: "Rehearse it on top of what is here; give it a new time stamp if it ran nowhere.",
        avoid: "Do not use `--no-check-order` without that look.",
        source: "https://github.com/salsita/node-pg-migrate/blob/main/src/runner.ts",
        follows: &[],
    },
];
