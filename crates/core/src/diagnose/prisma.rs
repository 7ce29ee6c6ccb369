//! What Prisma Migrate says when a migration fails.

use super::signature::{Answer, Query, Signature, Vendor};

const PRISMA_MIGRATIONS_UNFINISHED: Query = Query {
    vendor: Vendor::PostgreSql,
    sql: "SELECT x.nspname, x.found FROM (SELECT n.nspname, pg_catalog.query_to_xml(pg_catalog.format('SELECT \
     migration_name, started_at, applied_steps_count FROM %I.%I WHERE finished_at IS NULL AND \
     rolled_back_at IS NULL ORDER BY started_at LIMIT 10', n.nspname, c.relname), false, true, '')::text \
     AS found FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace \
     WHERE c.relname = '_prisma_migrations' AND c.relkind = 'r' LIMIT 10) AS x WHERE x.found <> '' LIMIT \
     10",
    means: &[
        Answer::Rows("These migrations began and are not finished: failed, or still running."),
        Answer::NoRows("No migration is unfinished."),
    ],
};

pub const PRISMA: &[Signature] = &[
    Signature {
        id: "prisma-failed-migrations",
        says: "Prisma",
        pattern: r"\bP3009\b|(?i:migrate found failed migrations in the target database)",
        sample: "Error: P3009\n\
         \n\
         migrate found failed migrations in the target database, new migrations will not be applied. Read \
         more about how to resolve migration issues in a production database: \
         https://pris.ly/d/migrate-resolve\n\
         The `20261101120000_add_currency` migration started at 2026-11-28 21:02:11.120000 UTC failed",
        cause: "An earlier run failed or was killed and its row is unfinished. Until that is resolved nothing more is applied.",
        confirm: &[PRISMA_MIGRATIONS_UNFINISHED],
        next: "Run `evenkeel history`: all of it there, nothing, or a part. Then `migrate resolve --applied` for \
         all, `--rolled-back` for nothing; for a part complete or revert it first.",
        avoid: "Do not run `migrate reset`: it drops all data. Do not choose `--applied` without a look at the schema.",
        source: "https://github.com/prisma/prisma-engines/blob/main/libs/user-facing-errors/src/schema_engine.rs",
        follows: &[],
    },
    Signature {
        id: "prisma-migration-failed",
        says: "Prisma",
        pattern: r"\bP3018\b|A migration failed to apply\. New migrations cannot be applied before the error is recovered from",
        sample: "Error: P3018\n\
         \n\
         A migration failed to apply. New migrations cannot be applied before the error is recovered from. \
         Read more about how to resolve migration issues in a production database: \
         https://pris.ly/d/migrate-resolve\n\
         \n\
         Migration name: 20261101120000_add_currency\n\
         \n\
         Database error code: 42P07\n\
         \n\
         Database error:\n\
         ERROR: relation \"orders\" already exists",
        cause: "The server refused a statement of this migration; its error stands below. The next runs will say P3009.",
        confirm: &[PRISMA_MIGRATIONS_UNFINISHED],
        next: "Act on the database error. Then see with `evenkeel history` what is in before you resolve the row.",
        avoid: "Do not run `migrate reset` or `db push --accept-data-loss`: both lose data.",
        source: "https://github.com/prisma/prisma-engines/blob/main/libs/user-facing-errors/src/schema_engine.rs",
        follows: super::roots::SERVER,
    },
    Signature {
        id: "prisma-schema-not-empty",
        says: "Prisma",
        pattern: r"\bP3005\b|The database schema is not empty\.",
        sample: "Error: P3005\n\
         \n\
         The database schema is not empty. Read more about how to baseline an existing production database: \
         https://pris.ly/d/migrate-baseline",
        cause: "There are tables but no _prisma_migrations here: made with `db push`, by another tool, or the \
         record sits in another schema.",
        confirm: &[
            Query {
                vendor: Vendor::PostgreSql,
                sql: "SELECT n.nspname, c.relname FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON \
                 n.oid = c.relnamespace WHERE c.relname IN ('_prisma_migrations') AND c.relkind = 'r' ORDER BY \
                 n.nspname, c.relname LIMIT 20",
                means: &[
                    Answer::Rows("The history table is in this schema; the tool must look there."),
                    Answer::NoRows("There is no history table by this name in this database."),
                ],
            },
            Query {
                vendor: Vendor::MySqlAndMariaDb,
                sql: "SELECT table_schema, table_name FROM information_schema.tables WHERE table_name IN \
                 ('_prisma_migrations') ORDER BY table_schema, table_name LIMIT 20",
                means: &[
                    Answer::Rows("The history table is in this schema; the tool must look there."),
                    Answer::NoRows("There is no history table by this name on this server."),
                ],
            },
        ],
        next: "Look for the table in other schemas first. Else compare the schema with the migrations and mark as \
         applied only those whose effect is there.",
        avoid: "Do not run `migrate reset`: it drops all data.",
        source: "https://github.com/prisma/prisma-engines/blob/main/libs/user-facing-errors/src/schema_engine.rs",
        follows: &[],
    },
    Signature {
        id: "prisma-shadow-failed",
        says: "Prisma",
        pattern: r"\bP3006\b|failed to apply cleanly to the shadow database",
        sample: "Error: P3006\n\
         \n\
         Migration `20261101120000_add_currency` failed to apply cleanly to the shadow database. \n\
         Error code: P1014\n\
         Error:\n\
         The underlying table for model `orders` does not exist.",
        cause: "The files do not replay from an empty database: a migration was edited or is missing, or production \
         got objects that no file makes. Only the shadow database is concerned.",
        confirm: &[],
        next: "Replay the folder (`evenkeel compare replay:DIR ENV`) to see where the files stop telling the \
         truth, and correct the file that ran nowhere.",
        avoid: "Do not point shadowDatabaseUrl at a database with data: it is emptied.",
        source: "https://github.com/prisma/prisma-engines/blob/main/libs/user-facing-errors/src/schema_engine.rs",
        follows: super::roots::SERVER,
    },
    Signature {
        id: "prisma-shadow-rights",
        says: "Prisma",
        pattern: r"\bP3014\b|could not create the shadow database",
        sample: "Error: P3014\n\
         \n\
         Prisma Migrate could not create the shadow database. Please make sure the database user has \
         permission to create databases.",
        cause: "`migrate dev` needs a second database and may not create one here. That command is not for deployed environments.",
        confirm: &[],
        next: "In deployed environments use `migrate deploy`. For development set shadowDatabaseUrl to an empty \
         throw-away database.",
        avoid: "Do not run `migrate dev` against staging or production.",
        source: "https://github.com/prisma/prisma-engines/blob/main/libs/user-facing-errors/src/schema_engine.rs",
        follows: super::roots::SERVER,
    },
    Signature {
        id: "prisma-drift",
        says: "Prisma",
        pattern: r"Drift detected: Your database schema is not in sync|was modified after it was applied",
        sample: "Drift detected: Your database schema is not in sync with your migration history.",
        cause: "The schema is not what the files make: a change by hand, `db push`, or a file edited after it ran.",
        confirm: &[],
        next: "Run `evenkeel compare` and `evenkeel history`: they name the objects and the edited files. Turn \
         wanted changes into a migration.",
        avoid: "Do not answer yes to the reset that follows: it drops all data.",
        source: "https://www.prisma.io/docs/orm/prisma-migrate/workflows/troubleshooting",
        follows: &[],
    },
    Signature {
        id: "prisma-advisory-lock",
        says: "Prisma",
        pattern: r"Timed out trying to acquire a (?:postgres|MySQL|mysql) advisory lock",
        sample: "Error: P1002\n\
         \n\
         The database server at `db:5432` was reached but timed out.\n\
         \n\
         Context: Timed out trying to acquire a postgres advisory lock (SELECT pg_advisory_lock(72707369)). \
         Elapsed: 10000ms.",
        cause: "Another run holds the lock, or a dead one left it on a pooled connection.",
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
        avoid: "Do not set PRISMA_SCHEMA_DISABLE_ADVISORY_LOCK while several instances migrate at start.",
        source: "https://www.prisma.io/docs/orm/prisma-migrate/workflows/development-and-production",
        follows: &[],
    },
    Signature {
        id: "prisma-file-missing",
        says: "Prisma",
        pattern: r"\bP3015\b|Could not find the migration file at (?P<file>\S+)",
        sample: "Error: P3015\n\
         \n\
         Could not find the migration file at prisma/migrations/20261101120000_add_currency/migration.sql. \
         Please delete the directory or restore the migration file.",
        cause: "A folder of a migration is there without its migration.sql: not committed, or left out of the image.",
        confirm: &[],
        next: "Bring the file back from git.",
        avoid: "Do not delete the folder of a migration that has run somewhere.",
        source: "https://github.com/prisma/prisma-engines/blob/main/libs/user-facing-errors/src/schema_engine.rs",
        follows: &[],
    },
    Signature {
        id: "prisma-object-missing",
        says: "Prisma",
        pattern: r"\bP202[12]\b|The (?P<kind>table|column) `(?P<name>[^`]+)` does not exist in the current database",
        sample: "PrismaClientKnownRequestError: P2022\n\nThe column `users.shipped_at` does not exist in the current database.",
        cause: "The client was generated for a newer schema than this database has, or the connection uses another \
         schema. The migration did not run here.",
        confirm: &[Query {
            vendor: Vendor::PostgreSql,
            sql: "SHOW search_path",
            means: &[Answer::Rows("Names without a schema are looked up here, in this order. Compare it with where the object is.")],
        }],
        next: "Run `evenkeel history` and `evenkeel preflight`: they name the migration that makes it. Then run \
         `migrate deploy` through the pipeline.",
        avoid: "Do not run `db push` against this database: nothing is recorded then.",
        source: "https://github.com/prisma/prisma-engines/blob/main/libs/user-facing-errors/src/query_engine/mod.rs",
        follows: &[],
    },
];
