//! What dbmate says when a migration fails.

use super::signature::{Answer, Query, Signature, Vendor};

const SCHEMA_MIGRATIONS: Query = Query {
    vendor: Vendor::PostgreSql,
    sql: "SELECT x.nspname, x.found FROM (SELECT n.nspname, pg_catalog.query_to_xml(pg_catalog.format('SELECT \
     version FROM %I.%I ORDER BY version DESC LIMIT 10', n.nspname, c.relname), false, true, '')::text \
     AS found FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace \
     WHERE c.relname = 'schema_migrations' AND c.relkind = 'r' LIMIT 10) AS x WHERE x.found <> '' LIMIT \
     10",
    means: &[Answer::Rows("The last versions recorded here."), Answer::NoRows("No schema_migrations table with rows here.")],
};

pub const DBMATE: &[Signature] = &[
    Signature {
        id: "dbmate-file-missing",
        says: "dbmate",
        pattern: r"can't find migration file|could not find migrations directory `(?P<folder>[^`]+)`",
        sample: "Error: can't find migration file: 20261101120000*.sql",
        cause: "The record has a version whose file is not in this folder, or the folder is another one than meant: \
         an older build, or a wrong --migrations-dir.",
        confirm: &[SCHEMA_MIGRATIONS],
        next: "Check the folder; take the file from the build that has it.",
        avoid: "Do not delete the row: its effect stays.",
        source: "https://github.com/amacneil/dbmate/blob/main/pkg/dbmate/db.go",
        follows: &[],
    },
    Signature {
        id: "dbmate-out-of-order",
        says: "dbmate",
        pattern: r"migration `(?P<migration>[^`]+)` is out of order with already applied migrations",
        sample: "Error: migration `20261030090000` is out of order with already applied migrations, the version \
         number has to be higher than the applied migration `20261101120000` in --strict mode",
        cause: "A migration older than the newest applied one is pending: it came in from a branch later.",
        confirm: &[SCHEMA_MIGRATIONS],
        next: "Rehearse it on top of what is here; give it a new time stamp if it ran nowhere.",
        avoid: "Do not leave `--strict` without that look.",
        source: "https://github.com/amacneil/dbmate/blob/main/pkg/dbmate/db.go",
        follows: &[],
    },
    Signature {
        id: "dbmate-nothing-to-roll-back",
        says: "dbmate",
        pattern: r"can't rollback: no migrations have been applied",
        sample: "Error: can't rollback: no migrations have been applied",
        cause: "The record here is empty, or the files of what is recorded are not in this folder: another database \
         or another folder than meant.",
        confirm: &[
            Query {
                vendor: Vendor::PostgreSql,
                sql: "SELECT n.nspname, c.relname FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON \
                 n.oid = c.relnamespace WHERE c.relname IN ('schema_migrations') AND c.relkind = 'r' ORDER BY \
                 n.nspname, c.relname LIMIT 20",
                means: &[
                    Answer::Rows("The history table is in this schema; the tool must look there."),
                    Answer::NoRows("There is no history table by this name in this database."),
                ],
            },
            Query {
                vendor: Vendor::MySqlAndMariaDb,
                sql: "SELECT table_schema, table_name FROM information_schema.tables WHERE table_name IN \
                 ('schema_migrations') ORDER BY table_schema, table_name LIMIT 20",
                means: &[
                    Answer::Rows("The history table is in this schema; the tool must look there."),
                    Answer::NoRows("There is no history table by this name on this server."),
                ],
            },
        ],
        next: "Check the address and the folder first.",
        avoid: "",
        source: "https://github.com/amacneil/dbmate/blob/main/pkg/dbmate/db.go",
        follows: &[],
    },
    Signature {
        id: "dbmate-file-form",
        says: "dbmate",
        pattern: r"dbmate (?:requires|does not support) [^\n]*'-- migrate:(?:up|down)'",
        sample: "Error: dbmate requires each migration to define an up block with '-- migrate:up'",
        cause: "The file lacks its marks or has statements before them: a file of another tool, or a byte order mark in front.",
        confirm: &[],
        next: "Correct the file if it ran nowhere. `evenkeel migrations` names all such files.",
        avoid: "",
        source: "https://github.com/amacneil/dbmate/blob/main/pkg/dbmate/migration.go",
        follows: &[],
    },
    Signature {
        id: "dbmate-connection",
        says: "dbmate",
        pattern: r"Error: (?:unable to connect to database: |dial (?:tcp|unix) )",
        sample: "Error: unable to connect to database: dial tcp 10.0.0.7:5432: connect: connection refused",
        cause: "dbmate could not connect; nothing ran. The text behind it has the reason.",
        confirm: &[],
        next: "Check DATABASE_URL, host, port and `sslmode` from where the job runs; use `dbmate --wait` while a server starts.",
        avoid: "",
        source: "https://github.com/amacneil/dbmate/blob/main/pkg/dbmate/db.go",
        follows: super::roots::SERVER,
    },
];
