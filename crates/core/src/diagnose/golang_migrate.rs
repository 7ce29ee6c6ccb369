//! What golang-migrate says when a migration fails.

use super::sessions::{MARIADB_LOCK_WAITS, MYSQL_LOCK_WAITS};
use super::signature::{Answer, Query, Signature, Vendor};

const SCHEMA_MIGRATIONS: Query = Query {
    vendor: Vendor::PostgreSql,
    sql: "SELECT x.nspname, x.found FROM (SELECT n.nspname, pg_catalog.query_to_xml(pg_catalog.format('SELECT \
     version, dirty FROM %I.%I LIMIT 10', n.nspname, c.relname), false, true, '')::text AS found FROM \
     pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE \
     c.relname = 'schema_migrations' AND c.relkind = 'r' AND EXISTS (SELECT 1 FROM \
     pg_catalog.pg_attribute AS a WHERE a.attrelid = c.oid AND a.attname = 'dirty') LIMIT 10) AS x WHERE \
     x.found <> '' LIMIT 10",
    means: &[Answer::Rows("Version and dirty flag as recorded."), Answer::NoRows("No history table of golang-migrate here.")],
};

pub const GOLANG_MIGRATE: &[Signature] = &[
    Signature {
        id: "golang-migrate-dirty",
        says: "golang-migrate",
        pattern: r"Dirty database version (?P<migration>-?\d+)|database is dirty",
        sample: "error: Dirty database version 4. Fix and force version.",
        cause: "A run failed, or was killed, in the middle of this version. The flag says nothing about how much is \
         in: all, a part, or nothing.",
        confirm: &[SCHEMA_MIGRATIONS],
        next: "Run `evenkeel history`. All in: clear the flag at this version. Nothing in: set it to the version \
         before. A part: complete or revert it first (`history --repair` renders each).",
        avoid: "Do not run `force` with a guessed version: `force` to the one before runs the file again over what is there.",
        source: "https://github.com/golang-migrate/migrate/blob/master/migrate.go",
        follows: &[],
    },
    Signature {
        id: "golang-migrate-no-file",
        says: "golang-migrate",
        pattern: concat!(
            r"no migration found for version (?P<migration>\d+)|read (?:up|",
            r"down) for version \d+ [^\n]*(?:file does not exist|no such file)|first [^\n]+: (?:file does not exist|",
            r"no such file or directory)",
        ),
        sample: "error: no migration found for version 9: read down for version 9 .: file does not exist",
        cause: "The database is at a version that this build does not have: an older build, another branch, or \
         another tool that shares the table schema_migrations.",
        confirm: &[SCHEMA_MIGRATIONS],
        next: "Deploy the build that has the file, or a newer one. To go back, take the down file from that build.",
        avoid: "Do not `force` an older version: the schema stays at the newer one.",
        source: "https://github.com/golang-migrate/migrate/blob/master/migrate.go",
        follows: &[],
    },
    Signature {
        id: "golang-migrate-lock",
        says: "golang-migrate",
        pattern: r"can't acquire (?:database )?lock|try lock failed in line",
        sample: "error: timeout: can't acquire database lock",
        cause: "Another run holds the lock, or a dead one left it on a pooled connection.",
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
            MYSQL_LOCK_WAITS,
            MARIADB_LOCK_WAITS,
        ],
        next: "See who holds it. If a run works, wait. Give the migration a direct connection, not the pooler.",
        avoid: "Do not start the migration in every instance; run it once, before them.",
        source: "https://github.com/golang-migrate/migrate/blob/master/database/postgres/postgres.go",
        follows: &[],
    },
    Signature {
        id: "golang-migrate-failed",
        says: "golang-migrate",
        pattern: r"migration failed: [^\n]+? in line \d+: ",
        sample: "error: migration failed: relation \"orders\" already exists in line 0: CREATE TABLE orders (id \
         int); (details: pq: relation \"orders\" already exists)",
        cause: "The server refused a statement; the text after the colon is its error. The version is now marked dirty.",
        confirm: &[SCHEMA_MIGRATIONS],
        next: "Act on the server error, then deal with the dirty flag as `evenkeel history` says.",
        avoid: "Do not run `force` before you know what is in.",
        source: "https://github.com/golang-migrate/migrate/blob/master/database/postgres/postgres.go",
        follows: super::roots::SERVER,
    },
    Signature {
        id: "golang-migrate-duplicate",
        says: "golang-migrate",
        pattern: r"duplicate migration (?:file: (?P<file>\S+)|version: (?P<migration>\d+))",
        sample: "error: failed to open source, \"file://migrations\": duplicate migration file: 000004_phone.up.sql",
        cause: "Two files have the same number and direction, usually from two branches.",
        confirm: &[],
        next: "Give the one that ran nowhere the next free number.",
        avoid: "Do not renumber a file that has run somewhere.",
        source: "https://github.com/golang-migrate/migrate/blob/master/source/errors.go",
        follows: &[],
    },
];
