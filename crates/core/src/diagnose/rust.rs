//! What sqlx, refinery and Diesel say when a migration fails.

use super::signature::{Answer, Query, Signature, Vendor};

const SQLX_MIGRATIONS: Query = Query {
    vendor: Vendor::PostgreSql,
    sql: "SELECT x.nspname, x.found FROM (SELECT n.nspname, pg_catalog.query_to_xml(pg_catalog.format('SELECT \
     version, description, success FROM %I.%I ORDER BY version DESC LIMIT 10', n.nspname, c.relname), \
     false, true, '')::text AS found FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON \
     n.oid = c.relnamespace WHERE c.relname = '_sqlx_migrations' AND c.relkind = 'r' LIMIT 10) AS x \
     WHERE x.found <> '' LIMIT 10",
    means: &[Answer::Rows("The last records of this database."), Answer::NoRows("No _sqlx_migrations table with rows here.")],
};

const SQLX_MIGRATIONS_UNFINISHED: Query = Query {
    vendor: Vendor::PostgreSql,
    sql: "SELECT x.nspname, x.found FROM (SELECT n.nspname, pg_catalog.query_to_xml(pg_catalog.format('SELECT \
     version, description, installed_on FROM %I.%I WHERE NOT success ORDER BY version LIMIT 10', \
     n.nspname, c.relname), false, true, '')::text AS found FROM pg_catalog.pg_class AS c JOIN \
     pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE c.relname = '_sqlx_migrations' AND \
     c.relkind = 'r' LIMIT 10) AS x WHERE x.found <> '' LIMIT 10",
    means: &[Answer::Rows("These migrations began and did not finish."), Answer::NoRows("No migration of sqlx is unfinished.")],
};

pub const RUST: &[Signature] = &[
    Signature {
        id: "sqlx-version-missing",
        says: "sqlx",
        pattern: r"migration (?P<migration>\d+) was previously applied but is missing in the resolved migrations|VersionMissing\(\d+\)",
        sample: "error: migration 20261101120000 was previously applied but is missing in the resolved migrations",
        cause: "The database has a migration that this binary does not: an older build, another branch, a deleted \
         file, or a second application in the same database.",
        confirm: &[SQLX_MIGRATIONS],
        next: "Deploy the build that has it or a newer one; after a change in the folder rebuild (the files are compiled in).",
        avoid: "Do not delete the row, and do not set ignore_missing to hide it.",
        source: "https://github.com/launchbadge/sqlx/blob/main/sqlx-core/src/migrate/error.rs",
        follows: &[],
    },
    Signature {
        id: "sqlx-version-mismatch",
        says: "sqlx",
        pattern: r"migration (?P<migration>\d+) was previously applied but has been modified|VersionMismatch\(\d+\)",
        sample: "error: migration 20261101120000 was previously applied but has been modified",
        cause: "The file was edited after it ran, even if only in a comment or in line ends (CRLF and LF). Only the \
         first of several is named.",
        confirm: &[SQLX_MIGRATIONS],
        next: "Run `evenkeel history`: it lists all of them, and whether bytes or meaning differ. Put the old text \
         back; keep line ends fixed in .gitattributes.",
        avoid: "Do not overwrite the checksum before you know that the meaning is the same.",
        source: "https://github.com/launchbadge/sqlx/blob/main/sqlx-core/src/migrate/error.rs",
        follows: &[],
    },
    Signature {
        id: "sqlx-dirty",
        says: "sqlx",
        pattern: r"migration (?P<migration>\d+) is partially applied; fix and remove row|Dirty\(\d+\)",
        sample: "error: migration 20261101120000 is partially applied; fix and remove row from `_sqlx_migrations` table",
        cause: "A run stopped in this migration, without a transaction (MySQL, or `-- no-transaction`). A part of it may be in.",
        confirm: &[
            SQLX_MIGRATIONS_UNFINISHED,
            Query {
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
            },
        ],
        next: "Run `evenkeel history` for which statements are in. Complete or revert them, then let `history \
         --repair` render the row.",
        avoid: "Do not just remove the row: the next run meets what is there.",
        source: "https://github.com/launchbadge/sqlx/blob/main/sqlx-core/src/migrate/error.rs",
        follows: &[],
    },
    Signature {
        id: "sqlx-version-order",
        says: "sqlx",
        pattern: concat!(
            r"migration (?P<migration>\d+) is (?:older|newer) than the latest applied migration (?P<latest>\d+)|",
            r"migration \d+ is not present in the migration source",
        ),
        sample: "error: migration 3 is older than the latest applied migration 5",
        cause: "The target version asked for lies on the wrong side of what is applied, or no file has it.",
        confirm: &[SQLX_MIGRATIONS],
        next: "Look at `sqlx migrate info`; use `run` to go forward and `revert` to go back.",
        avoid: "",
        source: "https://github.com/launchbadge/sqlx/blob/main/sqlx-core/src/migrate/error.rs",
        follows: &[],
    },
    Signature {
        id: "sqlx-offline",
        says: "sqlx",
        pattern: r"there is no cached data for this query|set `DATABASE_URL` to use query macros online",
        sample: "error: `SQLX_OFFLINE=true` but there is no cached data for this query, run `cargo sqlx prepare` to \
         update the query cache or unset `SQLX_OFFLINE`",
        cause: "The build checks queries against the folder .sqlx, and that does not hold this one: it was not \
         prepared again after the change.",
        confirm: &[],
        next: "Run `cargo sqlx prepare` against a database at the newest migration and commit .sqlx.",
        avoid: "",
        source: "https://github.com/launchbadge/sqlx/blob/main/sqlx-macros-core/src/query/mod.rs",
        follows: &[],
    },
    Signature {
        id: "sqlx-migration-failed",
        says: "sqlx",
        pattern: r"while executing migrations?(?: (?P<migration>\d+))?: ",
        sample: "error: while executing migration 20261101120000: error returned from database: column \"email\" of \
         relation \"users\" already exists",
        cause: "The server refused a statement of this migration; its error stands behind it.",
        confirm: &[SQLX_MIGRATIONS_UNFINISHED],
        next: "Act on the server error. Without a transaction run `evenkeel history` before the next try.",
        avoid: "",
        source: "https://github.com/launchbadge/sqlx/blob/main/sqlx-core/src/migrate/error.rs",
        follows: super::roots::SERVER,
    },
    Signature {
        id: "refinery-divergent",
        says: "refinery",
        pattern: r"applied migration (?P<migration>\S+) is different than filesystem one (?P<file>\S+)",
        sample: "`applied migration V4__add_currency is different than filesystem one V4__add_currency`",
        cause: "The file was edited after it ran, or another file has taken its number.",
        confirm: &[],
        next: "Run `evenkeel history`: bytes or meaning. Put the old text back and make the change a new migration.",
        avoid: "Do not set `abort_divergent(false)`: the difference stays.",
        source: "https://github.com/rust-db/refinery/blob/main/refinery_core/src/error.rs",
        follows: &[],
    },
    Signature {
        id: "refinery-missing",
        says: "refinery",
        pattern: r"migration (?P<migration>\S+) is missing from the filesystem",
        sample: "migration V3__add_phone is missing from the filesystem",
        cause: "The record has a migration that this build lacks, or the build has one older than the newest \
         applied: it came in from a branch later.",
        confirm: &[],
        next: "Deploy the build that has the file; give one that ran nowhere the next free number.",
        avoid: "Do not set `abort_missing(false)`: the older migration would be skipped for good.",
        source: "https://github.com/rust-db/refinery/blob/main/refinery_core/src/traits/mod.rs",
        follows: &[],
    },
    Signature {
        id: "refinery-repeated",
        says: "refinery",
        pattern: r"migration (?P<migration>\S+) is repeated, migration versions must be unique",
        sample: "migration V4__add_phone is repeated, migration versions must be unique",
        cause: "Two files have the same number, usually from two branches.",
        confirm: &[],
        next: "Give the one that ran nowhere the next free number.",
        avoid: "Do not renumber a file that has run somewhere.",
        source: "https://github.com/rust-db/refinery/blob/main/refinery_core/src/error.rs",
        follows: &[],
    },
    Signature {
        id: "diesel-unknown-version",
        says: "Diesel",
        pattern: r"Unable to find migration version (?P<migration>\S+) to revert in the migrations directory",
        sample: "Failed to run migrations: Unable to find migration version 20261101120000 to revert in the migrations directory.",
        cause: "The record has a version whose folder this build lacks: an older build, another branch, or deleted.",
        confirm: &[],
        next: "Take the folder from the build that made it, then revert.",
        avoid: "Do not delete the row: its effect stays.",
        source: "https://github.com/diesel-rs/diesel/blob/main/diesel_migrations/src/errors.rs",
        follows: &[],
    },
    Signature {
        id: "diesel-migration-failed",
        says: "Diesel",
        pattern: r"Failed to run (?P<migration>\d\S*) with: ",
        sample: "Failed to run 2026-11-01-120000_add_currency with: relation \"orders\" already exists",
        cause: "A migration did not run; the text behind it is the cause, mostly the error of the server.",
        confirm: &[],
        next: "Act on that error. With `run_in_transaction = false` run `evenkeel history` before the next try.",
        avoid: "Do not run `diesel database reset`: it drops the database.",
        source: "https://github.com/diesel-rs/diesel/blob/main/diesel_migrations/src/errors.rs",
        follows: super::roots::SERVER,
    },
];
