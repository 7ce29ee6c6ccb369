//! What goose says when a migration fails.

use super::signature::{Answer, Query, Signature, Vendor};

const GOOSE_DB_VERSION: Query = Query {
    vendor: Vendor::PostgreSql,
    sql: "SELECT x.nspname, x.found FROM (SELECT n.nspname, pg_catalog.query_to_xml(pg_catalog.format('SELECT \
     version_id, is_applied, tstamp FROM %I.%I ORDER BY id DESC LIMIT 10', n.nspname, c.relname), false, \
     true, '')::text AS found FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = \
     c.relnamespace WHERE c.relname = 'goose_db_version' AND c.relkind = 'r' LIMIT 10) AS x WHERE \
     x.found <> '' LIMIT 10",
    means: &[
        Answer::Rows("The last records; the newest row of a version wins."),
        Answer::NoRows("No goose_db_version table with rows here."),
    ],
};

pub const GOOSE: &[Signature] = &[
    Signature {
        id: "goose-missing",
        says: "goose",
        pattern: concat!(
            r"found (?P<count>\d+) missing migrations before current version (?P<version>\d+)|",
            r"detected \d+ missing \(out-of-order\) migrations?",
        ),
        sample: "goose run: error: found 1 missing migrations before current version 20261101120000:\n\
         \tversion 20261030090000: 20261030090000_phone.sql",
        cause: "A migration older than the newest applied one is pending: it came in from a branch later.",
        confirm: &[GOOSE_DB_VERSION],
        next: "Rehearse it on top of what is here; give it a new number if it ran nowhere, else allow it for this \
         one run (`-allow-missing`).",
        avoid: "Do not set `-allow-missing` for good: the order then differs between environments.",
        source: "https://github.com/pressly/goose/blob/main/up.go",
        follows: &[],
    },
    Signature {
        id: "goose-migration-failed",
        says: "goose",
        pattern: concat!(
            r"ERROR (?P<migration>\S+): failed to run (?:SQL|Go) migration|",
            r"partial migration error \(type:\w+,version:(?P<version>\d+)\)|failed to execute SQL query",
        ),
        sample: "goose run: ERROR 00004_currency.sql: failed to run SQL migration: failed to execute SQL query \
         \"CREATE TABLE orders (id int);\": ERROR: relation \"orders\" already exists (SQLSTATE 42P07)",
        cause: "The server refused a statement; its error stands at the end. With NO TRANSACTION the earlier statements are in.",
        confirm: &[GOOSE_DB_VERSION],
        next: "Act on the server error. With NO TRANSACTION, or on MySQL, run `evenkeel history` before the next try.",
        avoid: "Do not run `goose reset`: it runs every down.",
        source: "https://github.com/pressly/goose/blob/main/migration.go",
        follows: super::roots::SERVER,
    },
    Signature {
        id: "goose-parse",
        says: "goose",
        pattern: concat!(
            r"unexpected unfinished SQL query|must start with '-- \+goose Up' annotation|",
            r"missing '-- \+goose StatementEnd' annotation|failed to parse SQL migration file",
        ),
        sample: "goose run: ERROR 00004_currency.sql: failed to parse SQL migration file: failed to parse migration: \
         state 3, direction: true: unexpected unfinished SQL query: \"CREATE FUNCTION f()\": missing \
         semicolon?",
        cause: "goose could not cut the file into statements: a body with semicolons without StatementBegin and \
         StatementEnd, a missing last semicolon, or missing marks. Nothing of this file ran.",
        confirm: &[],
        next: "Add the marks. `evenkeel migrations` shows how the file is read.",
        avoid: "",
        source: "https://github.com/pressly/goose/blob/main/internal/sqlparser/parser.go",
        follows: &[],
    },
    Signature {
        id: "goose-no-version",
        says: "goose",
        pattern: r"goose[^\n]*(?:no next version found|no current version found)|migration file not found for current version",
        sample: "goose run: migration 20261101120000: no current version found",
        cause: "The database is at a version that this folder lacks: an older build, another branch, or a wrong -dir.",
        confirm: &[GOOSE_DB_VERSION],
        next: "Check -dir; take the file from the build that has it.",
        avoid: "Do not delete rows of goose_db_version.",
        source: "https://github.com/pressly/goose/blob/main/migrate.go",
        follows: &[],
    },
    Signature {
        id: "goose-duplicate-version",
        says: "goose",
        pattern: r"goose: duplicate version (?P<migration>\d+) detected",
        sample: "panic: goose: duplicate version 4 detected:\nmigrations/00004_phone.sql\nmigrations/00004_currency.sql",
        cause: "Two files have the same number, usually from two branches.",
        confirm: &[],
        next: "Give the one that ran nowhere the next free number.",
        avoid: "Do not renumber a file that has run somewhere.",
        source: "https://github.com/pressly/goose/blob/main/migrate.go",
        follows: &[],
    },
];
