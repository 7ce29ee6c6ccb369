//! What Liquibase says when a migration fails.

use super::sessions::{MARIADB_LOCK_WAITS, MYSQL_LOCK_WAITS};
use super::signature::{Answer, Query, Signature, Vendor};

pub const LIQUIBASE: &[Signature] = &[
    Signature {
        id: "liquibase-checksum",
        says: "Liquibase",
        pattern: r"\d+ change ?sets? check sum|::(?P<author>[^:\n]+) was: (?P<recorded>\d+:[0-9a-f]+) but is now: (?P<now>\d+:[0-9a-f]+)",
        sample: "Validation Failed:\n     \
         1 changesets check sum\n          \
         db/changelog.xml::4::anna was: 9:5b1fe6b2f0c1d94a83a7a0ee2a46bd44 but is now: \
         9:b8f3aa50a01d4d5bb3bb6c53a3c3c7e1",
        cause: "A change set was edited after it ran here, or the same text is read differently: another file path \
         or another checksum version after an upgrade.",
        confirm: &[Query {
            vendor: Vendor::PostgreSql,
            sql: "SELECT x.nspname, x.found FROM (SELECT n.nspname, pg_catalog.query_to_xml(pg_catalog.format('SELECT \
                 id, author, exectype, md5sum FROM %I.%I ORDER BY orderexecuted DESC LIMIT 10', n.nspname, \
                 c.relname), false, true, '')::text AS found FROM pg_catalog.pg_class AS c JOIN \
                 pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE c.relname = 'databasechangelog' AND \
                 c.relkind = 'r' LIMIT 10) AS x WHERE x.found <> '' LIMIT 10",
            means: &[
                Answer::Rows("The last change sets recorded, with their checksums."),
                Answer::NoRows("No databasechangelog table with rows here."),
            ],
        }],
        next: "Run `evenkeel history`: edit in bytes or in meaning. Put the old text back and make the change a \
         new change set; `validCheckSum` only where the effect is proven equal.",
        avoid: "Do not run `clearCheckSums`: it forgets all recorded checksums, and every other edit with them.",
        source: "https://github.com/liquibase/liquibase/blob/main/liquibase-standard/src/main/java/liquibase/\
         exception/ValidationFailedException.java",
        follows: &[],
    },
    Signature {
        id: "liquibase-validation-failed",
        says: "Liquibase",
        pattern: concat!(
            r"Liquibase Validation Failed|Validation Failed:\s+\d+ (?:change|precondition)|",
            r"\d+ change ?sets? have validation failures|\d+ changes have validation (?:failures|errors)",
        ),
        sample: "Liquibase Validation Failed: 1 change sets have validation failures",
        cause: "Liquibase refused the change log before running anything: checksums, duplicate ids, preconditions, \
         or a change without a needed attribute. The lines below say which.",
        confirm: &[
            Query {
                vendor: Vendor::PostgreSql,
                sql: "SELECT n.nspname, c.relname FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON \
                 n.oid = c.relnamespace WHERE c.relname IN ('databasechangelog', 'DATABASECHANGELOG') AND c.relkind \
                 = 'r' ORDER BY n.nspname, c.relname LIMIT 20",
                means: &[
                    Answer::Rows("The history table is in this schema; the tool must look there."),
                    Answer::NoRows("There is no history table by this name in this database."),
                ],
            },
            Query {
                vendor: Vendor::MySqlAndMariaDb,
                sql: "SELECT table_schema, table_name FROM information_schema.tables WHERE table_name IN \
                 ('databasechangelog', 'DATABASECHANGELOG') ORDER BY table_schema, table_name LIMIT 20",
                means: &[
                    Answer::Rows("The history table is in this schema; the tool must look there."),
                    Answer::NoRows("There is no history table by this name on this server."),
                ],
            },
        ],
        next: "Read the lines below it, or let `evenkeel history` list all differences at once. Nothing of this run is in.",
        avoid: "Do not run `clearCheckSums` or `changelogSync` to get past it: the latter marks everything as done \
         without running it.",
        source: "https://github.com/liquibase/liquibase/blob/main/liquibase-standard/src/main/java/liquibase/\
         exception/ValidationFailedException.java",
        follows: &["liquibase-checksum", "liquibase-duplicate-ids", "liquibase-preconditions"],
    },
    Signature {
        id: "liquibase-lock-wait",
        says: "Liquibase",
        pattern: r"Waiting for changelog lock|Could not acquire change log lock\.\s+Currently locked by (?P<holder>[^\n]+)",
        sample: "liquibase.exception.LockException: Could not acquire change log lock.  Currently locked by build-7 \
         (10.0.0.7) since 28/11/26, 21:02",
        cause: "The row in DATABASECHANGELOGLOCK is taken: another run works, or one was killed and left it.",
        confirm: &[
            Query {
                vendor: Vendor::PostgreSql,
                sql: "SELECT x.nspname, x.found FROM (SELECT n.nspname, pg_catalog.query_to_xml(pg_catalog.format('SELECT \
                 locked, lockgranted, lockedby FROM %I.%I WHERE locked LIMIT 10', n.nspname, c.relname), false, \
                 true, '')::text AS found FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = \
                 c.relnamespace WHERE c.relname = 'databasechangeloglock' AND c.relkind = 'r' LIMIT 10) AS x WHERE \
                 x.found <> '' LIMIT 10",
                means: &[Answer::Rows("The lock row is taken: by whom and since when."), Answer::NoRows("The lock row is free.")],
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
        next: "Look whether the holder still runs: its host, and sessions on the server. If surely dead, see with \
         `evenkeel history` what it got done; only then free the lock.",
        avoid: "Do not run `releaseLocks` first: with a run alive, two would write at once.",
        source: "https://github.com/liquibase/liquibase/blob/main/liquibase-standard/src/main/java/liquibase/\
         lockservice/StandardLockService.java",
        follows: &[],
    },
    Signature {
        id: "liquibase-duplicate-ids",
        says: "Liquibase",
        pattern: r"\d+ change ?sets? had duplicate identifiers",
        sample: "Validation Failed:\n     1 changesets had duplicate identifiers\n          db/changelog.xml::4::anna",
        cause: "Two change sets have the same id, author and path: copied, or one file is included twice.",
        confirm: &[],
        next: "Give the one that ran nowhere a new id, or include the file once.",
        avoid: "Do not change the id of one that has run: it would run again.",
        source: "https://github.com/liquibase/liquibase/blob/main/liquibase-standard/src/main/java/liquibase/\
         exception/ValidationFailedException.java",
        follows: &[],
    },
    Signature {
        id: "liquibase-preconditions",
        says: "Liquibase",
        pattern: r"\d+ preconditions (?:failed|generated an error)|Preconditions Failed|PreconditionFailedException",
        sample: "Validation Failed:\n     1 preconditions failed\n     db/changelog.xml : Table orders already exists",
        cause: "A precondition does not hold here: the schema is not what the change set expects.",
        confirm: &[],
        next: "Find out why this environment differs (`evenkeel compare`), and correct that.",
        avoid: "Do not set onFail=MARK_RAN to get past it: the change set is then recorded as done without having run.",
        source: "https://github.com/liquibase/liquibase/blob/main/liquibase-standard/src/main/java/liquibase/\
         exception/PreconditionFailedException.java",
        follows: &[],
    },
    Signature {
        id: "liquibase-changeset-failed",
        says: "Liquibase",
        pattern: r"Migration failed for change ?set (?P<migration>[^\n]+?):?(?:\n|$)",
        sample: "Migration failed for changeset db/changelog.xml::4::anna:\n     \
         Reason: liquibase.exception.DatabaseException: ERROR: relation \"orders\" already exists [Failed \
         SQL: (0) CREATE TABLE orders (id INT)]",
        cause: "The server refused a statement of this change set; Reason holds its error. On MySQL, or with \
         runInTransaction=false, earlier changes of the set stay.",
        confirm: &[],
        next: "Act on the Reason. Then run `evenkeel history` to see what of the change set is in.",
        avoid: "Do not run `changelogSync` to mark it as done.",
        source: "https://github.com/liquibase/liquibase/blob/main/liquibase-standard/src/main/java/liquibase/\
         exception/MigrationFailedException.java",
        follows: super::roots::SERVER,
    },
    Signature {
        id: "liquibase-file-not-found",
        says: "Liquibase",
        pattern: r"was not found in the configured search path",
        sample: "The file db/changelog-master.yaml was not found in the configured search path:",
        cause: "The change log is not where the run looks: wrong working folder, search path, or not packed into the image.",
        confirm: &[],
        next: "Fix `--search-path` or the image. Keep the path of the change log the same everywhere: it is part \
         of the key in the record.",
        avoid: "",
        source: "https://github.com/liquibase/liquibase/blob/main/liquibase-standard/src/main/java/liquibase/\
         exception/ChangeLogParseException.java",
        follows: &[],
    },
];
