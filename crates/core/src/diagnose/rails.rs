//! What Rails (Active Record) says when a migration fails.

use super::sessions::{MARIADB_NAMED_LOCK_WAITS, MYSQL_NAMED_LOCK_WAITS};
use super::signature::{Answer, Query, Signature, Vendor};

const SCHEMA_MIGRATIONS_PLACE: Query = Query {
    vendor: Vendor::PostgreSql,
    sql: "SELECT n.nspname, c.relname FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON \
     n.oid = c.relnamespace WHERE c.relname IN ('schema_migrations', 'ar_internal_metadata') AND \
     c.relkind = 'r' ORDER BY n.nspname, c.relname LIMIT 20",
    means: &[
        Answer::Rows("The history table is in this schema; the tool must look there."),
        Answer::NoRows("There is no history table by this name in this database."),
    ],
};

const SCHEMA_MIGRATIONS_PLACE_MYSQL: Query = Query {
    vendor: Vendor::MySqlAndMariaDb,
    sql: "SELECT table_schema, table_name FROM information_schema.tables WHERE table_name IN \
     ('schema_migrations', 'ar_internal_metadata') ORDER BY table_schema, table_name LIMIT 20",
    means: &[
        Answer::Rows("The history table is in this schema; the tool must look there."),
        Answer::NoRows("There is no history table by this name on this server."),
    ],
};

pub const RAILS: &[Signature] = &[
    Signature {
        id: "rails-pending",
        says: "Rails",
        pattern: r"PendingMigrationError|Migrations are pending|You have (?P<count>\d+) pending migrations?:",
        sample: "ActiveRecord::PendingMigrationError: Migrations are pending; run 'rails db:migrate'",
        cause: "The build has migrations whose versions are not in schema_migrations of this database: the \
         migration step did not run, ran elsewhere, or came after the start.",
        confirm: &[SCHEMA_MIGRATIONS_PLACE, SCHEMA_MIGRATIONS_PLACE_MYSQL],
        next: "Run `evenkeel history` to see which ones and what of them is there, then run `db:migrate` through \
         the pipeline before the application starts.",
        avoid: "Do not insert the versions by hand, and do not run `db:schema:load` here: it drops and recreates tables.",
        source: "https://github.com/rails/rails/blob/main/activerecord/lib/active_record/migration.rb",
        follows: &[],
    },
    Signature {
        id: "rails-concurrent",
        says: "Rails",
        pattern: concat!(
            r"ConcurrentMigrationError|Cannot run migrations because another migration process is currently running|",
            r"Failed to release advisory lock",
        ),
        sample: "ActiveRecord::ConcurrentMigrationError:\n\
         \n\
         Cannot run migrations because another migration process is currently running.",
        cause: "Another run holds the advisory lock, or a dead one left it on a pooled connection. `Failed to \
         release` points to a pooler in transaction mode.",
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
            MYSQL_NAMED_LOCK_WAITS,
            MARIADB_NAMED_LOCK_WAITS,
        ],
        next: "See who holds it. If a run works, wait. Give the migration a direct connection, not the pooler.",
        avoid: "Do not set `advisory_locks: false` while several instances migrate at start.",
        source: "https://github.com/rails/rails/blob/main/activerecord/lib/active_record/migration.rb",
        follows: &[],
    },
    Signature {
        id: "rails-duplicate-version",
        says: "Rails",
        pattern: r"DuplicateMigration(?:Version|Name)Error|Multiple migrations have the (?:version number|name) (?P<migration>\w+)",
        sample: "ActiveRecord::DuplicateMigrationVersionError:\n\nMultiple migrations have the version number 20261101120000.",
        cause: "Two files have the same number or class name, usually from two branches.",
        confirm: &[],
        next: "Give the one that ran nowhere a new time stamp.",
        avoid: "Do not renumber a file that has run somewhere.",
        source: "https://github.com/rails/rails/blob/main/activerecord/lib/active_record/migration.rb",
        follows: &[],
    },
    Signature {
        id: "rails-unknown-version",
        says: "Rails",
        pattern: r"UnknownMigrationVersionError|No migration with version number (?P<migration>\d+)",
        sample: "ActiveRecord::UnknownMigrationVersionError:\n\nNo migration with version number 20261101120000.",
        cause: "The version asked for, or the one recorded, is in no file of this build: deleted, on another \
         branch, or the build is older.",
        confirm: &[SCHEMA_MIGRATIONS_PLACE, SCHEMA_MIGRATIONS_PLACE_MYSQL],
        next: "Find the commit that has the file and use that build.",
        avoid: "Do not delete the row: its effect stays in the schema.",
        source: "https://github.com/rails/rails/blob/main/activerecord/lib/active_record/migration.rb",
        follows: &[],
    },
    Signature {
        id: "rails-irreversible",
        says: "Rails",
        pattern: r"ActiveRecord::IrreversibleMigration|This migration uses \w+, which is not automatically reversible",
        sample: "ActiveRecord::IrreversibleMigration:\n\nThis migration uses remove_column, which is not automatically reversible.",
        cause: "The migration has no way back that Rails can work out.",
        confirm: &[],
        next: "Write `down` and rehearse it, or go forward with a new migration. What was dropped comes back only from a backup.",
        avoid: "",
        source: "https://github.com/rails/rails/blob/main/activerecord/lib/active_record/migration.rb",
        follows: &[],
    },
    Signature {
        id: "rails-protected-environment",
        says: "Rails",
        pattern: concat!(
            r"ProtectedEnvironmentError|",
            r"You are attempting to run a destructive action against your '(?P<environment>[^']+)' database",
        ),
        sample: "ActiveRecord::ProtectedEnvironmentError: You are attempting to run a destructive action against \
         your 'production' database.",
        cause: "A task that drops or reloads the schema met a database marked as production. Either it is, or \
         production data was restored here with its mark.",
        confirm: &[Query {
            vendor: Vendor::PostgreSql,
            sql: "SELECT x.nspname, x.found FROM (SELECT n.nspname, pg_catalog.query_to_xml(pg_catalog.format('SELECT \
                 key, value FROM %I.%I WHERE key = ''environment'' LIMIT 10', n.nspname, c.relname), false, true, \
                 '')::text AS found FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = \
                 c.relnamespace WHERE c.relname = 'ar_internal_metadata' AND c.relkind = 'r' LIMIT 10) AS x WHERE \
                 x.found <> '' LIMIT 10",
            means: &[
                Answer::Rows("The environment that this database says it is."),
                Answer::NoRows("This database carries no environment mark."),
            ],
        }],
        next: "Check the host and the database name first. On a restored copy set the mark with `db:environment:set`.",
        avoid: "Do not set DISABLE_DATABASE_ENVIRONMENT_CHECK=1: the next line drops all tables.",
        source: "https://github.com/rails/rails/blob/main/activerecord/lib/active_record/migration.rb",
        follows: &[],
    },
    Signature {
        id: "rails-environment-mismatch",
        says: "Rails",
        pattern: concat!(
            r"EnvironmentMismatchError|NoEnvironmentInSchemaError|Environment data not found in the schema|",
            r"that was last run in `(?P<stored>\w+)` environment",
        ),
        sample: "ActiveRecord::NoEnvironmentInSchemaError:\n\
         \n\
         Environment data not found in the schema. To resolve this issue, run:\n\
         \n        \
         bin/rails db:environment:set RAILS_ENV=staging",
        cause: "The mark in ar_internal_metadata is missing or names another environment: a restored copy, or a wrong address.",
        confirm: &[SCHEMA_MIGRATIONS_PLACE, SCHEMA_MIGRATIONS_PLACE_MYSQL],
        next: "Check the host and the database name first; then `db:environment:set`.",
        avoid: "",
        source: "https://github.com/rails/rails/blob/main/activerecord/lib/active_record/migration.rb",
        follows: &[],
    },
    Signature {
        id: "rails-unsafe",
        says: "Rails",
        pattern: r"Dangerous operation detected #strong_migrations|StrongMigrations::UnsafeMigration",
        sample: "=== Dangerous operation detected #strong_migrations ===\n\nAdding an index non-concurrently blocks writes.",
        cause: "The gem strong_migrations stopped a change that locks or breaks a running application. Nothing ran.",
        confirm: &[],
        next: "Write the change as the message shows, or rehearse it on production-like data and then say why it is safe.",
        avoid: "Do not wrap it in `safety_assured` unseen.",
        source: "https://github.com/ankane/strong_migrations",
        follows: &[],
    },
    Signature {
        id: "rails-migration-failed",
        says: "Rails",
        pattern: r"An error has occurred, (?:this and )?all later migrations canceled",
        sample: "StandardError: An error has occurred, this and all later migrations canceled:\n\
         \n\
         PG::DuplicateColumn: ERROR:  column \"email\" of relation \"users\" already exists",
        cause: "The server refused a statement; its error follows. Without `this and` there was no transaction \
         (MySQL, or disable_ddl_transaction!): a part may be in.",
        confirm: &[Query {
            vendor: Vendor::PostgreSql,
            sql: "SELECT n.nspname, t.relname AS on_table, i.relname AS invalid_index FROM pg_catalog.pg_index AS x \
                 JOIN pg_catalog.pg_class AS i ON i.oid = x.indexrelid JOIN pg_catalog.pg_class AS t ON t.oid = \
                 x.indrelid JOIN pg_catalog.pg_namespace AS n ON n.oid = i.relnamespace WHERE NOT x.indisvalid ORDER \
                 BY n.nspname, i.relname LIMIT 20",
            means: &[
                Answer::Rows(
                    "These indexes are there but INVALID: left over from a build that did not finish, and used by no \
                         query.",
                ),
                Answer::NoRows("No index is invalid."),
            ],
        }],
        next: "Act on the server error. Without a transaction run `evenkeel history` before the next try.",
        avoid: "Do not run `db:schema:load`, `db:reset` or `db:migrate:reset`: they drop tables.",
        source: "https://github.com/rails/rails/blob/main/activerecord/lib/active_record/migration.rb",
        follows: super::roots::SERVER,
    },
];
