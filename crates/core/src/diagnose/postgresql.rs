//! What PostgreSQL says when a migration fails.
//! It has over 500 lines because it is one list of data.

use super::signature::{Answer, Query, Signature, Vendor};

const BLOCKERS: Query = Query {
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
};

const LONG_TRANSACTIONS: Query = Query {
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
};

const INVALID_INDEXES: Query = Query {
    vendor: Vendor::PostgreSql,
    sql: "SELECT n.nspname, t.relname AS on_table, i.relname AS invalid_index FROM pg_catalog.pg_index AS x \
     JOIN pg_catalog.pg_class AS i ON i.oid = x.indexrelid JOIN pg_catalog.pg_class AS t ON t.oid = \
     x.indrelid JOIN pg_catalog.pg_namespace AS n ON n.oid = i.relnamespace WHERE NOT x.indisvalid ORDER \
     BY n.nspname, i.relname LIMIT 20",
    means: &[
        Answer::Rows("These indexes are there but INVALID: left over from a build that did not finish, and used by no query."),
        Answer::NoRows("No index is invalid."),
    ],
};

const ADVISORY_LOCKS: Query = Query {
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
};

const SEARCH_PATH: Query = Query {
    vendor: Vendor::PostgreSql,
    sql: "SHOW search_path",
    means: &[Answer::Rows("Names without a schema are looked up here, in this order. Compare it with where the object is.")],
};

const CONNECTIONS: Query = Query {
    vendor: Vendor::PostgreSql,
    sql: "SELECT a.usename, a.application_name, a.state, pg_catalog.count(*) AS sessions FROM \
     pg_catalog.pg_stat_activity AS a WHERE a.backend_type = 'client backend' GROUP BY a.usename, \
     a.application_name, a.state ORDER BY sessions DESC LIMIT 20",
    means: &[Answer::Rows("Who holds the connections now.")],
};

const READ_ONLY: Query = Query {
    vendor: Vendor::PostgreSql,
    sql: "SELECT 'standby' AS what WHERE pg_catalog.pg_is_in_recovery() UNION ALL SELECT s.name FROM \
     pg_catalog.pg_settings AS s WHERE s.name IN ('default_transaction_read_only', \
     'transaction_read_only') AND s.setting = 'on' LIMIT 5",
    means: &[
        Answer::Rows("`standby`: this server replays another one. Otherwise the setting named makes this session read only."),
        Answer::NoRows("Neither a standby nor read only now: a failover may have ended."),
    ],
};

pub const POSTGRESQL: &[Signature] = &[
    Signature {
        id: "lock-timeout",
        says: "PostgreSQL",
        pattern: r"\b55P03\b|canceling statement due to lock[ _]timeout|could not obtain lock on (?:relation|row)",
        sample: "ERROR: canceling statement due to lock_timeout",
        cause: "The statement waited for a lock longer than `lock_timeout` allows, and gave up. Another transaction \
         holds the table; the change itself did not run.",
        confirm: &[BLOCKERS, LONG_TRANSACTIONS, INVALID_INDEXES],
        next: "Wait until the session that holds the lock has ended, then run the migration again; keep \
         `lock_timeout` and retry with a pause. After a failed concurrent build look for an INVALID index \
         first.",
        avoid: "Do not raise `lock_timeout` to make it pass: while DDL waits, every later query on the table queues behind it.",
        source: "https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-LOCK-TIMEOUT",
        follows: &[],
    },
    Signature {
        id: "statement-timeout",
        says: "PostgreSQL",
        pattern: r"canceling statement due to statement timeout",
        sample: "ERROR:  canceling statement due to statement timeout",
        cause: "The statement ran longer than `statement_timeout` allows. In a transaction all of it is undone; a \
         concurrent index build leaves an INVALID index.",
        confirm: &[BLOCKERS, INVALID_INDEXES],
        next: "See what the time went into: waiting for a lock, or work. Split the work, or set a longer \
         `statement_timeout` for this one migration session only.",
        avoid: "Do not set `statement_timeout = 0` for the role or the database.",
        source: "https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-STATEMENT-TIMEOUT",
        follows: &[],
    },
    Signature {
        id: "user-cancel",
        says: "PostgreSQL",
        pattern: r"canceling statement due to user request",
        sample: "ERROR:  canceling statement due to user request",
        cause: "Somebody or something cancelled the statement: Ctrl-C, a driver time-out, a CI job that was \
         stopped, or `pg_cancel_backend`.",
        confirm: &[LONG_TRANSACTIONS, INVALID_INDEXES],
        next: "Find the time limit of the client or the CI job. Then run `evenkeel history` to see what is in \
         before you start again.",
        avoid: "",
        source: "https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADMIN-SIGNAL",
        follows: &[],
    },
    Signature {
        id: "deadlock",
        says: "PostgreSQL",
        pattern: r"\b40P01\b|(?i:deadlock detected)",
        sample: "ERROR:  deadlock detected\n\
         DETAIL:  Process 811 waits for AccessExclusiveLock on relation 16402 of database 5; blocked by \
         process 842.",
        cause: "Two transactions waited for each other and the server ended one. Often a migration that locks \
         several tables met the application, or two runs of the tool met.",
        confirm: &[BLOCKERS, ADVISORY_LOCKS],
        next: "Make sure only one run is active, then run the migration again. Take strong locks on one table per transaction.",
        avoid: "",
        source: "https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-DEADLOCKS",
        follows: &[],
    },
    Signature {
        id: "serialization-failure",
        says: "PostgreSQL",
        pattern: r"could not serialize access due to",
        sample: "ERROR:  could not serialize access due to concurrent update",
        cause: "A transaction under REPEATABLE READ or SERIALIZABLE met a change that another one committed.",
        confirm: &[],
        next: "Run the same transaction again from its start; it is made for that.",
        avoid: "",
        source: "https://www.postgresql.org/docs/current/mvcc-serialization-failure-handling.html",
        follows: &[],
    },
    Signature {
        id: "not-in-transaction",
        says: "PostgreSQL",
        pattern: concat!(
            r"(?P<command>[A-Z][A-Z. ]+?) cannot (?:run inside a transaction block|be executed from a function|",
            r"be executed within a pipeline)",
        ),
        sample: "ERROR:  CREATE INDEX CONCURRENTLY cannot run inside a transaction block",
        cause: "The statement commits in between, so the server refuses it in a transaction. The tool wrapped the \
         file in one, or sent several statements at once.",
        confirm: &[],
        next: "Put it into a migration of its own and switch the transaction off there: Flyway \
         `executeInTransaction=false`, Rails `disable_ddl_transaction!`, Django `atomic = False`, Alembic \
         `autocommit_block()`, sqlx `-- no-transaction`, dbmate `transaction:false`, goose `NO TRANSACTION`, \
         Liquibase `runInTransaction:false`.",
        avoid: "Do not drop CONCURRENTLY on a large live table just to get through: the plain build blocks all writes.",
        source: "https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY",
        follows: &[],
    },
    Signature {
        id: "transaction-aborted",
        says: "PostgreSQL",
        pattern: r"\b25P02\b|current transaction is aborted, commands ignored",
        sample: "ERROR:  current transaction is aborted, commands ignored until end of transaction block",
        cause: "An earlier statement of the same transaction failed; everything after it is refused. This line is never the cause.",
        confirm: &[],
        next: "Look further up for the first error of this session, and act on that.",
        avoid: "",
        source: "https://www.postgresql.org/docs/current/errcodes-appendix.html",
        follows: super::roots::POSTGRESQL,
    },
    Signature {
        id: "enum-value-unsafe",
        says: "PostgreSQL",
        pattern: r"\b55P04\b|unsafe use of new value",
        sample: "ERROR:  unsafe use of new value \"archived\" of enum type order_state\n\
         HINT:  New enum values must be committed before they can be used.",
        cause: "A value was added to an enum and used in the same transaction. The runner may put all pending files \
         into one transaction.",
        confirm: &[],
        next: "Put `ALTER TYPE … ADD VALUE` into an earlier migration that commits on its own, and use the value in the next one.",
        avoid: "Do not recreate the type to get around it: that rewrites every table with it.",
        source: "https://www.postgresql.org/docs/current/sql-altertype.html",
        follows: &[],
    },
    Signature {
        id: "relation-exists",
        says: "PostgreSQL",
        pattern: concat!(
            r#"(?m)\b42P07\b(?:[^:]|$)|(?:^|[-:"'\[()>,]\s*)relation \\?"(?P<relation>[^"\\]+)\\?" already exists(?:[^,]|"#,
            r",[^ ]|, [^s]|$)",
        ),
        sample: "ERROR:  relation \"orders\" already exists",
        cause: "The table, index, view or sequence is there already. Either an earlier run created it and did not \
         record it, or somebody made it by hand.",
        confirm: &[INVALID_INDEXES, SEARCH_PATH],
        next: "Run `evenkeel history` and compare the object with what the migration makes. Equal: record the \
         migration (`history --repair` renders the row). Different: write a forward migration.",
        avoid: "Do not DROP it to let the migration pass: it can hold data. Do not add IF NOT EXISTS blindly: a \
         different object, or an INVALID index, would be taken for the right one.",
        source: "https://www.postgresql.org/docs/current/errcodes-appendix.html",
        follows: &[],
    },
    Signature {
        id: "column-exists",
        says: "PostgreSQL",
        pattern: concat!(
            r"(?m)(?i:sqlstate|sql state|code)\W{1,6}42701\b|",
            r#"column \\?"(?P<column>[^"\\]+)\\?" of relation \\?"(?P<relation>[^"\\]+)\\?" already exists(?:[^,]|,[^ ]|"#,
            r", [^s]|$)",
        ),
        sample: "ERROR:  column \"email_verified\" of relation \"users\" already exists",
        cause: "The column is there already: the migration ran before without being recorded, or a hot-fix added it.",
        confirm: &[],
        next: "Compare type, default and NOT NULL with the file (`evenkeel history` does). Equal: record the \
         migration. Different: write a forward migration.",
        avoid: "Do not drop the column: its data would be lost.",
        source: "https://www.postgresql.org/docs/current/sql-altertable.html",
        follows: &[],
    },
    Signature {
        id: "object-exists",
        says: "PostgreSQL",
        pattern: concat!(
            r"(?m)(?:(?:type|extension|role|constraint|trigger|policy|publication|subscription|schema|function|database|",
            r#"domain|collation|rule|language|server|operator) \\?"[^"\\]+\\?"(?: (?:for|of) (?:relation|"#,
            r#"table) \\?"[^"\\]+\\?")?) already exists(?: with same argument types)?(?:[^,]|,[^ ]|, [^s]|$)"#,
        ),
        sample: "ERROR:  type \"order_state\" already exists",
        cause: "An object of this kind and name is there already: made by hand, by an earlier run that did not \
         finish, or by another tool.",
        confirm: &[],
        next: "Compare its definition with the one in the file. Equal: record the migration. Different: write a \
         forward migration that changes it.",
        avoid: "Do not run DROP … CASCADE to make room: it takes everything that depends on the object along.",
        source: "https://www.postgresql.org/docs/current/errcodes-appendix.html",
        follows: &[],
    },
    Signature {
        id: "skipped-exists",
        says: "PostgreSQL",
        pattern: concat!(
            r"(?P<kind>relation|column|extension|schema|constraint|",
            r#"type) \\?"(?P<name>[^"\\]+)\\?"(?: of relation \\?"[^"\\]+\\?")? already exists, skipping"#,
        ),
        sample: "NOTICE:  relation \"orders_customer_idx\" already exists, skipping",
        cause: "IF NOT EXISTS found the name and did nothing; nobody compared the definition. An INVALID index of \
         that name stays invalid while the migration is recorded as done.",
        confirm: &[INVALID_INDEXES],
        next: "Check that the object found is the one meant. Build an invalid one anew: `REINDEX INDEX CONCURRENTLY`.",
        avoid: "",
        source: "https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY",
        follows: &[],
    },
    Signature {
        id: "relation-missing",
        says: "PostgreSQL",
        pattern: concat!(
            r#"(?m)\b42P01\b|(?:^|[-:"'\[()>,]\s*)(?:relation|table) \\?"(?P<relation>[^"\\]+)\\?" does not exist(?:[^,]|"#,
            r",[^ ]|, [^s]|$)",
        ),
        sample: "ERROR: relation \"users_v2\" does not exist",
        cause: "The table or view is not where the query looks. The migration that makes it did not run here, ran \
         in another schema or database, or the search_path differs.",
        confirm: &[SEARCH_PATH],
        next: "Run `evenkeel history` and `evenkeel preflight`: they name the migration that creates it and what \
         the record claims. Then run the missing migration through the pipeline.",
        avoid: "Do not create it by hand: the record and the schema would part. Do not mark the migration as applied.",
        source: "https://www.postgresql.org/docs/current/errcodes-appendix.html",
        follows: &[],
    },
    Signature {
        id: "column-missing",
        says: "PostgreSQL",
        pattern: concat!(
            r"(?m)(?i:sqlstate|sql state|code)\W{1,6}42703\b|",
            r#"column \\?"?(?P<column>[^"\\\s`]+)\\?"?(?: of relation \\?"(?P<relation>[^"\\]+)\\?")? does not exist(?:[^,]|"#,
            r",[^ ]|, [^s]|$)",
        ),
        sample: "ERROR:  column orders.shipped_at does not exist",
        cause: "The query names a column that this schema lacks: the application is newer than the schema \
         (migration left out), or older (column dropped or renamed).",
        confirm: &[SEARCH_PATH],
        next: "Run `evenkeel preflight`: it names the query, the migration that makes the column and what the \
         record claims. Run the missing migration, or deploy the matching application.",
        avoid: "Do not roll the database back before you know which of the two is newer.",
        source: "https://www.postgresql.org/docs/current/errcodes-appendix.html",
        follows: &[],
    },
    Signature {
        id: "object-missing",
        says: "PostgreSQL",
        pattern: concat!(
            r"(?m)(?:(?:index|type|constraint|sequence|view|trigger|schema|extension|policy|materialized view|",
            r#"collation) \\?"(?P<name>[^"\\]+)\\?"(?: (?:of relation|for table|for encoding) \\?"[^"\\]+\\?")?|"#,
            r#"function [^\n"]+\)|operator) does not exist(?:[^,]|,[^ ]|, [^s]|$)"#,
        ),
        sample: "ERROR:  constraint \"orders_total_check\" of relation \"orders\" does not exist",
        cause: "The migration changes or drops something that is not here: removed by hand, named otherwise in this \
         environment, or made by an extension that is not installed.",
        confirm: &[SEARCH_PATH],
        next: "Compare this environment with the one where it worked (`evenkeel compare`). Names that the server \
         chose can differ between environments.",
        avoid: "Do not add IF EXISTS blindly: the object under its other name would stay.",
        source: "https://www.postgresql.org/docs/current/errcodes-appendix.html",
        follows: &[],
    },
    Signature {
        id: "unique-build-failed",
        says: "PostgreSQL",
        pattern: r#"could not create unique index \\?"(?P<index>[^"\\]+)\\?""#,
        sample: "ERROR:  could not create unique index \"users_email_key\"",
        cause: "Rows that are there already are duplicates under the new unique index. A concurrent build leaves an \
         INVALID index behind.",
        confirm: &[INVALID_INDEXES],
        next: "Find the duplicates (GROUP BY … HAVING count(*) > 1), have their owner decide which stay, then \
         build the invalid index anew with `REINDEX INDEX CONCURRENTLY`.",
        avoid: "Do not delete rows to make it pass without knowing what refers to them.",
        source: "https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY",
        follows: &[],
    },
    Signature {
        id: "unique-violation",
        says: "PostgreSQL",
        pattern: r#"duplicate key value violates unique constraint \\?"(?P<constraint>[^"\\]+)\\?""#,
        sample: "ERROR:  duplicate key value violates unique constraint \"schema_migrations_pkey\"",
        cause: "A row with this key is there. On a history table two runs recorded the same migration at once; on a \
         data table a backfill or seed ran twice, or a sequence is behind.",
        confirm: &[ADVISORY_LOCKS],
        next: "On a history table: make sure only one run is active and run the tool again. Elsewhere: make the \
         insert idempotent (ON CONFLICT) or set the sequence forward.",
        avoid: "",
        source: "https://www.postgresql.org/docs/current/errcodes-appendix.html",
        follows: &[],
    },
    Signature {
        id: "null-values",
        says: "PostgreSQL",
        pattern: r#"column \\?"(?P<column>[^"\\]+)\\?" of relation \\?"(?P<relation>[^"\\]+)\\?" contains null values"#,
        sample: "ERROR:  column \"currency\" of relation \"orders\" contains null values",
        cause: "SET NOT NULL, or ADD COLUMN … NOT NULL without a default, met rows with NULL.",
        confirm: &[],
        next: "Backfill in batches, add CHECK (… IS NOT NULL) NOT VALID, validate it, then SET NOT NULL: it needs no scan then.",
        avoid: "",
        source: "https://www.postgresql.org/docs/current/sql-altertable.html",
        follows: &[],
    },
    Signature {
        id: "not-null-violation",
        says: "PostgreSQL",
        pattern: concat!(
            r#"null value in column \\?"(?P<column>[^"\\]+)\\?"(?: of relation \\?"(?P<relation>[^"\\]+)\\?")"#,
            r"? violates not-null constraint",
        ),
        sample: "ERROR:  null value in column \"currency\" of relation \"orders\" violates not-null constraint",
        cause: "Something inserts without a column that is NOT NULL and has no default. During a rollout this is \
         often the old application on the new schema.",
        confirm: &[],
        next: "Give the column a default, or take NOT NULL off again until every old instance is gone.",
        avoid: "",
        source: "https://www.postgresql.org/docs/current/ddl-constraints.html",
        follows: &[],
    },
    Signature {
        id: "check-violated",
        says: "PostgreSQL",
        pattern: r#"check constraint \\?"(?P<constraint>[^"\\]+)\\?" of relation \\?"(?P<relation>[^"\\]+)\\?" is violated by some row"#,
        sample: "ERROR:  check constraint \"orders_total_check\" of relation \"orders\" is violated by some row",
        cause: "The new CHECK, or the VALIDATE, met rows that do not satisfy it.",
        confirm: &[],
        next: "Add it NOT VALID so that new rows are checked, correct the old rows, then VALIDATE CONSTRAINT.",
        avoid: "",
        source: "https://www.postgresql.org/docs/current/sql-altertable.html",
        follows: &[],
    },
    Signature {
        id: "foreign-key-violated",
        says: "PostgreSQL",
        pattern: concat!(
            r#"insert or update on table \\?"(?P<relation>[^"\\]+)"#,
            r#"\\?" violates foreign key constraint \\?"(?P<constraint>[^"\\]+)\\?""#,
        ),
        sample: "ERROR:  insert or update on table \"orders\" violates foreign key constraint \"orders_customer_id_fkey\"",
        cause: "Rows refer to a parent that is not there. While a foreign key is added, these are orphans among the old rows.",
        confirm: &[],
        next: "Add the key NOT VALID, look the orphans up and have their owner decide, then VALIDATE CONSTRAINT.",
        avoid: "Do not delete the orphans unseen.",
        source: "https://www.postgresql.org/docs/current/sql-altertable.html",
        follows: &[],
    },
    Signature {
        id: "foreign-key-no-unique",
        says: "PostgreSQL",
        pattern: r#"there is no unique constraint matching given keys for referenced table \\?"(?P<relation>[^"\\]+)\\?""#,
        sample: "ERROR:  there is no unique constraint matching given keys for referenced table \"customers\"",
        cause: "A foreign key needs a valid unique index over exactly the referenced columns. It is missing here, \
         is partial, or is INVALID.",
        confirm: &[INVALID_INDEXES],
        next: "Build the unique index concurrently first, in its own migration; check that it is valid.",
        avoid: "",
        source: "https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK",
        follows: &[],
    },
    Signature {
        id: "dependent-objects",
        says: "PostgreSQL",
        pattern: r"\b2BP01\b|because other objects depend on it|cannot be dropped because some objects depend on it",
        sample: "ERROR:  cannot drop column status of table orders because other objects depend on it\n\
         DETAIL:  view open_orders depends on column status of table orders\n\
         HINT:  Use DROP ... CASCADE to drop the dependent objects too.",
        cause: "Views, keys or other objects use what is to be dropped. DETAIL lists them; one that no migration \
         knows was made by hand.",
        confirm: &[],
        next: "Name each dependent in the migration: change it first so that it no longer needs the object, or (a \
         view) drop and recreate it in the same transaction with its grants.",
        avoid: "Do not follow the HINT: CASCADE drops every dependent, and what depends on those, without asking.",
        source: "https://www.postgresql.org/docs/current/ddl-depend.html",
        follows: &[],
    },
    Signature {
        id: "column-used-by-view",
        says: "PostgreSQL",
        pattern: concat!(
            r"cannot alter type of a column used by (?:a view or rule|a generated column|a trigger definition|",
            r"a policy definition|a publication[^\n]*)",
        ),
        sample: "ERROR:  cannot alter type of a column used by a view or rule\n\
         DETAIL:  rule _RETURN on view open_orders depends on column \"total\"",
        cause: "A view, rule, generated column, trigger, policy or publication uses the column. A view that only \
         exists here was made by hand.",
        confirm: &[],
        next: "In one transaction: drop the view (it holds no data), alter the column, create the view again with \
         owner, grants and comments.",
        avoid: "Do not use DROP VIEW … CASCADE.",
        source: "https://www.postgresql.org/docs/current/sql-altertable.html",
        follows: &[],
    },
    Signature {
        id: "cached-plan",
        says: "PostgreSQL",
        pattern: r"cached plan must not change result type",
        sample: "ERROR:  cached plan must not change result type",
        cause: "A session prepared a query before the table changed; the result has other columns or types now. The \
         schema is fine, the old connection is not.",
        confirm: &[],
        next: "Let the pool open new connections (rolling restart), or reset prepared statements. Next time name \
         the columns instead of `*` and change types in two releases.",
        avoid: "",
        source: "https://www.postgresql.org/docs/current/sql-prepare.html",
        follows: &[],
    },
    Signature {
        id: "must-be-owner",
        says: "PostgreSQL",
        pattern: r#"must be owner of (?P<kind>[a-z ]+?) \\?"?(?P<name>[\w.]+)"#,
        sample: "ERROR:  must be owner of table orders",
        cause: "DDL needs the owner of the object. It was created by another role than the one that migrates: by \
         hand, by a restore, or by an application.",
        confirm: &[Query {
            vendor: Vendor::PostgreSql,
            sql: "SELECT r.rolname AS owner, pg_catalog.count(*) AS objects FROM pg_catalog.pg_class AS c JOIN \
                 pg_catalog.pg_roles AS r ON r.oid = c.relowner JOIN pg_catalog.pg_namespace AS n ON n.oid = \
                 c.relnamespace WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' GROUP BY \
                 r.rolname ORDER BY objects DESC LIMIT 10",
            means: &[
                Answer::Rows("More than one owner: objects were made by different roles."),
                Answer::NoRows("There are no objects outside the catalogs."),
            ],
        }],
        next: "Have the owner or an administrator set one owner for all objects of the schema (ALTER … OWNER TO \
         the migration role), then run again.",
        avoid: "Do not run migrations as superuser to get around it: the new objects would belong to the superuser.",
        source: "https://www.postgresql.org/docs/current/ddl-priv.html",
        follows: &[],
    },
    Signature {
        id: "permission-denied",
        says: "PostgreSQL",
        pattern: concat!(
            r"permission denied (?:for (?:schema|table|database|function|sequence|relation|type|tablespace|view|column)|",
            r"to (?:create|set|alter|drop|grant))",
        ),
        sample: "ERROR:  permission denied for schema public",
        cause: "The role lacks a right. From version 15 on, only the owner of the database may create in `public` \
         unless it is granted.",
        confirm: &[Query {
            vendor: Vendor::PostgreSql,
            sql: "SELECT CURRENT_USER AS role, n.nspname, pg_catalog.has_schema_privilege(n.oid, 'CREATE') AS \
                 may_create FROM pg_catalog.pg_namespace AS n WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> \
                 'information_schema' ORDER BY n.nspname LIMIT 20",
            means: &[Answer::Rows("Where this role may create objects."), Answer::NoRows("There is no schema.")],
        }],
        next: "Grant exactly this right to the migration role (for example CREATE on the schema) and write the \
         GRANT into the set-up of every environment.",
        avoid: "Do not GRANT ALL to PUBLIC, and do not switch to superuser.",
        source: "https://www.postgresql.org/docs/current/ddl-priv.html",
        follows: &[],
    },
    Signature {
        id: "disk-full",
        says: "PostgreSQL",
        pattern: concat!(
            r"(?i:sqlstate|sql state|code)\W{1,6}53100\b|could not (?:extend|write)[^\n]*No space left on device|",
            r"could not write to (?:temporary )?file[^\n]*No space left",
        ),
        sample: "ERROR:  could not extend file \"base/16384/24601\": No space left on device\nHINT:  Check free disk space.",
        cause: "The disk is full. A rewrite or an index build needs room for the new copy beside the old one, and \
         WAL for all of it.",
        confirm: &[
            INVALID_INDEXES,
            Query {
                vendor: Vendor::PostgreSql,
                sql: "SELECT s.slot_name, s.slot_type, s.active FROM pg_catalog.pg_replication_slots AS s WHERE NOT \
                 s.active ORDER BY s.slot_name LIMIT 20",
                means: &[
                    Answer::Rows("Unused replication slots keep WAL for ever."),
                    Answer::NoRows("No unused replication slot keeps WAL."),
                ],
            },
        ],
        next: "Free or add disk first. Check that the failed statement left nothing: an INVALID index takes room. \
         Measure the need with `evenkeel rehearse`.",
        avoid: "Do not delete anything under the data folder, least of all in pg_wal.",
        source: "https://www.postgresql.org/docs/current/disk-full.html",
        follows: &[],
    },
    Signature {
        id: "lock-table-full",
        says: "PostgreSQL",
        pattern: r#"out of shared memory|You might need to increase \\?"?max_locks_per_transaction"#,
        sample: "ERROR:  out of shared memory\nHINT:  You might need to increase \"max_locks_per_transaction\".",
        cause: "One transaction locked more objects than the shared lock table holds: many partitions, each with \
         its indexes, or a dump-like migration.",
        confirm: &[Query {
            vendor: Vendor::PostgreSql,
            sql: "SELECT s.name, s.setting FROM pg_catalog.pg_settings AS s WHERE s.name IN \
                 ('max_locks_per_transaction', 'max_connections', 'max_prepared_transactions') ORDER BY s.name LIMIT \
                 5",
            means: &[Answer::Rows(
                "The lock table holds about max_locks_per_transaction × (max_connections + \
                         max_prepared_transactions) locks in all.",
            )],
        }],
        next: "Split the migration so that each transaction touches fewer partitions. Raising \
         max_locks_per_transaction needs a restart.",
        avoid: "",
        source: "https://www.postgresql.org/docs/current/runtime-config-locks.html",
        follows: &[],
    },
    Signature {
        id: "too-many-connections",
        says: "PostgreSQL",
        pattern: concat!(
            r"(?i:sqlstate|sql state|code)\W{1,6}53300\b|(?i:sorry, too many clients already|",
            r"remaining connection slots are reserved|too many connections for (?:role|database))",
        ),
        sample: "FATAL:  sorry, too many clients already",
        cause: "All connection slots are taken. During a rollout old and new instances hold their pools at the same time.",
        confirm: &[CONNECTIONS],
        next: "Find the pool that is too large and lower it, or wait until the old instances are gone. Keep one \
         slot for the migration.",
        avoid: "",
        source: "https://www.postgresql.org/docs/current/runtime-config-connection.html#GUC-MAX-CONNECTIONS",
        follows: &[],
    },
    Signature {
        id: "terminated-by-administrator",
        says: "PostgreSQL",
        pattern: r"\b57P01\b|terminating connection due to administrator command",
        sample: "FATAL:  terminating connection due to administrator command",
        cause: "The server was stopped or restarted, failed over, or somebody ended this session.",
        confirm: &[INVALID_INDEXES],
        next: "Find out which, from the server log. Then `evenkeel history`: what ran outside a transaction may be half in.",
        avoid: "",
        source: "https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADMIN-SIGNAL",
        follows: &[],
    },
    Signature {
        id: "server-starting",
        says: "PostgreSQL",
        pattern: concat!(
            r"\b57P03\b|the database system is (?:starting up|shutting down|in recovery mode|not yet accepting connections)|",
            r"not yet accepting connections",
        ),
        sample: "FATAL:  the database system is starting up",
        cause: "The server is not ready: just started, shutting down, or recovering after a crash.",
        confirm: &[],
        next: "Wait until `pg_isready` answers, then run the migration again. In CI let the job wait for it.",
        avoid: "",
        source: "https://www.postgresql.org/docs/current/errcodes-appendix.html",
        follows: &[],
    },
    Signature {
        id: "connection-lost",
        says: "PostgreSQL",
        pattern: concat!(
            r"server closed the connection unexpectedly|SSL connection has been closed unexpectedly|",
            r"terminating connection because of crash of another server process|connection to server was lost",
        ),
        sample: "server closed the connection unexpectedly\n\
         \tThis probably means the server terminated abnormally\n\
         \tbefore or while processing the request.",
        cause: "The connection broke: crash, failover, restart, a proxy with an idle limit, or memory ran out. The \
         statement may still run, or may be finished.",
        confirm: &[LONG_TRANSACTIONS, INVALID_INDEXES],
        next: "Do not start again yet: look whether the statement still runs, then `evenkeel history` for what is in.",
        avoid: "Do not start a second run while the first one may still be working on the server.",
        source: "https://www.postgresql.org/docs/current/libpq-status.html",
        follows: &["terminated-by-administrator"],
    },
    Signature {
        id: "read-only",
        says: "PostgreSQL",
        pattern: concat!(
            r"(?i:sqlstate|sql state|code)\W{1,6}25006\b|cannot execute (?P<command>[A-Z ]+) in a read-only transaction|",
            r"cannot execute [A-Z ]+ during recovery",
        ),
        sample: "ERROR:  cannot execute CREATE TABLE in a read-only transaction",
        cause: "The migration runs on a standby, or in a session or database that is set read only, sometimes by a \
         provider when the disk is nearly full.",
        confirm: &[READ_ONLY],
        next: "Use the address of the primary (`target_session_attrs=read-write`). If it is the primary, find out \
         who set it read only and why.",
        avoid: "Do not promote the standby for this.",
        source: "https://www.postgresql.org/docs/current/hot-standby.html#HOT-STANDBY-USERS",
        follows: &[],
    },
    Signature {
        id: "default-cast",
        says: "PostgreSQL",
        pattern: concat!(
            r#"default for column \\?"(?P<column>[^"\\]+)\\?" cannot be cast automatically to type|"#,
            r"is of type \S+ but default expression is of type",
        ),
        sample: "ERROR:  default for column \"state\" cannot be cast automatically to type order_state",
        cause: "The type changes but the old default does not fit the new one.",
        confirm: &[],
        next: "In one ALTER TABLE: DROP DEFAULT, ALTER TYPE … USING …, SET DEFAULT with the new value.",
        avoid: "",
        source: "https://www.postgresql.org/docs/current/sql-altertable.html",
        follows: &[],
    },
    Signature {
        id: "using-needed",
        says: "PostgreSQL",
        pattern: r#"(?m)(?:^|[-:"'\[()>,]\s*)column \\?"(?P<column>[^"\\]+)\\?" cannot be cast automatically to type"#,
        sample: "ERROR:  column \"total\" cannot be cast automatically to type integer\n\
         HINT:  You might need to specify \"USING total::integer\".",
        cause: "There is no automatic conversion between the two types. With USING the whole table is rewritten \
         under an exclusive lock.",
        confirm: &[],
        next: "On a large table add a new column, backfill it in batches and swap in a later release; on a small \
         one give USING. Rehearse it on production-like data.",
        avoid: "",
        source: "https://www.postgresql.org/docs/current/sql-altertable.html",
        follows: &[],
    },
    Signature {
        id: "invalid-input",
        says: "PostgreSQL",
        pattern: r"\b22P02\b|invalid input (?:syntax for type (?P<type>[a-z ]+)|value for enum (?P<enum>\w+))",
        sample: "ERROR:  invalid input syntax for type integer: \"n/a\"",
        cause: "A stored or given text does not fit the type: a conversion met old data, or an enum lacks a value \
         that rows or the application use.",
        confirm: &[],
        next: "Count the rows that do not fit, correct or map them first, then convert. For an enum add the value \
         in an earlier migration.",
        avoid: "",
        source: "https://www.postgresql.org/docs/current/errcodes-appendix.html",
        follows: &[],
    },
    Signature {
        id: "value-too-long",
        says: "PostgreSQL",
        pattern: r#"value too long for type (?P<type>character[^\n"]*)"#,
        sample: "ERROR:  value too long for type character varying(20)",
        cause: "The column is shorter than a value: the migration shortens it below what is stored, or the \
         application writes more.",
        confirm: &[],
        next: "Look at max(length(…)) first. Make the column longer (that needs no rewrite), or correct the rows.",
        avoid: "",
        source: "https://www.postgresql.org/docs/current/datatype-character.html",
        follows: &[],
    },
    Signature {
        id: "row-too-big",
        says: "PostgreSQL",
        pattern: r"row is too big: size \d+, maximum size \d+",
        sample: "ERROR:  row is too big: size 12824, maximum size 8160",
        cause: "A row must fit a page; very many wide fixed-size columns do not. Dropped columns still take room in old rows.",
        confirm: &[],
        next: "Move columns into a second table or into jsonb.",
        avoid: "",
        source: "https://www.postgresql.org/docs/current/limits.html",
        follows: &[],
    },
    Signature {
        id: "object-in-use",
        says: "PostgreSQL",
        pattern: concat!(
            r"(?i:sqlstate|sql state|code)\W{1,6}55006\b|because it is being used by active queries in this session|",
            r"because it has pending trigger events|is being accessed by other users|cannot drop the currently open database",
        ),
        sample: "ERROR:  cannot ALTER TABLE \"orders\" because it has pending trigger events",
        cause: "The same transaction has unfinished work on the table (deferred keys, an open cursor), or others \
         use the database that is to be dropped.",
        confirm: &[CONNECTIONS],
        next: "Put data changes and DDL into separate transactions, or SET CONSTRAINTS ALL IMMEDIATE before the \
         DDL. Close open cursors.",
        avoid: "Do not end other sessions by force to drop a database before you know whose they are.",
        source: "https://www.postgresql.org/docs/current/errcodes-appendix.html",
        follows: &[],
    },
    Signature {
        id: "extension-unavailable",
        says: "PostgreSQL",
        pattern: r#"extension \\?"(?P<extension>[^"\\]+)\\?" is not available|could not open extension control file \\?""#,
        sample: "ERROR:  extension \"postgis\" is not available\n\
         HINT:  The extension must first be installed on the system where PostgreSQL is running.",
        cause: "The files of the extension are not on this server: another image, another provider or another major \
         version than where it worked.",
        confirm: &[Query {
            vendor: Vendor::PostgreSql,
            sql: "SELECT e.name, e.default_version, e.installed_version FROM pg_catalog.pg_available_extensions AS e \
                 ORDER BY e.name LIMIT 200",
            means: &[Answer::Rows("What this server can install."), Answer::NoRows("This server offers no extension at all.")],
        }],
        next: "Install the package on the server, in the same version as elsewhere, or use the image that has it.",
        avoid: "",
        source: "https://www.postgresql.org/docs/current/sql-createextension.html",
        follows: &[],
    },
    Signature {
        id: "authentication-failed",
        says: "PostgreSQL",
        pattern: concat!(
            r"\b28P01\b|password authentication failed for user|no pg_hba\.conf entry for|(?:Peer|Ident|LDAP|",
            r"SCRAM) authentication failed for user",
        ),
        sample: "FATAL:  password authentication failed for user \"migrator\"",
        cause: "The server was reached but did not accept the role from this address with this password.",
        confirm: &[],
        next: "Check which secret the job really got (never print it), whether the password was rotated, and \
         whether pg_hba.conf allows this address and TLS mode.",
        avoid: "Do not set `trust` in pg_hba.conf.",
        source: "https://www.postgresql.org/docs/current/client-authentication-problems.html",
        follows: &[],
    },
    Signature {
        id: "role-missing",
        says: "PostgreSQL",
        pattern: r#"role \\?"(?P<role>[^"\\]+)\\?" does not exist"#,
        sample: "ERROR:  role \"reporting\" does not exist",
        cause: "Roles belong to the server, not to the database: a dump or a migration names one that this server lacks.",
        confirm: &[Query {
            vendor: Vendor::PostgreSql,
            sql: "SELECT r.rolname, r.rolcanlogin FROM pg_catalog.pg_roles AS r WHERE r.rolname NOT LIKE 'pg\\_%' \
                 ORDER BY r.rolname LIMIT 100",
            means: &[Answer::Rows("The roles of this server."), Answer::NoRows("There are no roles but built-in ones.")],
        }],
        next: "Create the role in the set-up of every environment, before the migrations; without password and \
         rights it is harmless on a test server.",
        avoid: "",
        source: "https://www.postgresql.org/docs/current/user-manag.html",
        follows: &[],
    },
    Signature {
        id: "database-missing",
        says: "PostgreSQL",
        pattern: r#"\b3D000\b|database \\?"(?P<database>[^"\\]+)\\?" does not exist"#,
        sample: "FATAL:  database \"shop_production\" does not exist",
        cause: "The server was reached but has no such database: a wrong host, a wrong name, or a database that was \
         not created yet.",
        confirm: &[Query {
            vendor: Vendor::PostgreSql,
            sql: "SELECT d.datname FROM pg_catalog.pg_database AS d WHERE NOT d.datistemplate ORDER BY d.datname LIMIT 50",
            means: &[Answer::Rows("The databases of this server."), Answer::NoRows("There is none.")],
        }],
        next: "Compare host, port and name with the environment meant. Only then create the database.",
        avoid: "Do not let the tool create it: an empty database on the wrong server looks like success.",
        source: "https://www.postgresql.org/docs/current/manage-ag-createdb.html",
        follows: &[],
    },
    Signature {
        id: "recovery-conflict",
        says: "PostgreSQL",
        pattern: r"due to conflict with recovery",
        sample: "ERROR:  canceling statement due to conflict with recovery\nDETAIL:  User was holding a relation lock for too long.",
        cause: "A query on a standby stood in the way of replaying DDL or vacuum from the primary.",
        confirm: &[READ_ONLY],
        next: "Run the query again. Before long DDL stop reports on the standby, or send them to the primary.",
        avoid: "",
        source: "https://www.postgresql.org/docs/current/hot-standby.html#HOT-STANDBY-CONFLICT",
        follows: &[],
    },
    Signature {
        id: "prepared-statement-pooler",
        says: "PostgreSQL",
        pattern: r#"\b42P05\b|prepared statement \\?"(?P<statement>[^"\\]*)\\?" (?:already exists|does not exist)"#,
        sample: "ERROR:  prepared statement \"s0\" already exists",
        cause: "Named prepared statements and a pooler in transaction mode do not go together: the next transaction \
         gets another server session. Advisory locks of migration tools fail in the same way.",
        confirm: &[ADVISORY_LOCKS],
        next: "Run migrations over a direct connection, not through the pooler.",
        avoid: "",
        source: "https://www.pgbouncer.org/features.html",
        follows: &[],
    },
    Signature {
        id: "collation-version",
        says: "PostgreSQL",
        pattern: concat!(
            r"collation version mismatch|has a collation version mismatch|",
            r"has no actual collation version, but a version was recorded",
        ),
        sample: "WARNING:  database \"shop\" has a collation version mismatch\n\
         DETAIL:  The database was created using collation version 2.31, but the operating system provides \
         version 2.36.",
        cause: "The C library or ICU sorts text differently from when the indexes were built: another image or \
         operating system. Text indexes can be wrong, unique ones can let duplicates in.",
        confirm: &[Query {
            vendor: Vendor::PostgreSql,
            sql: "SELECT c.collname, c.collversion FROM pg_catalog.pg_collation AS c WHERE c.collversion IS NOT NULL \
                 AND c.collversion <> pg_catalog.pg_collation_actual_version(c.oid) ORDER BY c.collname LIMIT 20",
            means: &[
                Answer::Rows("These collations changed since they were recorded."),
                Answer::NoRows("No single collation differs; look at the one of the database."),
            ],
        }],
        next: "REINDEX the indexes over text first (concurrently), then ALTER DATABASE … REFRESH COLLATION VERSION.",
        avoid: "Do not only refresh the version: that silences the warning and leaves the indexes wrong.",
        source: "https://www.postgresql.org/docs/current/sql-altercollation.html#SQL-ALTERCOLLATION-NOTES",
        follows: &[],
    },
    Signature {
        id: "change-of-function",
        says: "PostgreSQL",
        pattern: concat!(
            r"cannot change (?:return type of existing function|name of input parameter|name of view column|",
            r"data type of view column)|cannot drop columns from view",
        ),
        sample: "ERROR:  cannot change return type of existing function\nHINT:  Use DROP FUNCTION total(integer) first.",
        cause: "CREATE OR REPLACE keeps the signature: it cannot change a result type, parameter names, or the \
         existing columns of a view.",
        confirm: &[],
        next: "Create the new version under another name and move callers, or drop and create in one transaction \
         with owner and grants.",
        avoid: "Do not add CASCADE to the DROP.",
        source: "https://www.postgresql.org/docs/current/sql-createfunction.html",
        follows: &[],
    },
    Signature {
        id: "partition-unique",
        says: "PostgreSQL",
        pattern: concat!(
            r"unique constraint on partitioned table must include all partitioning columns|",
            r#"cannot create index on partitioned table \\?"[^"\\]+\\?" concurrently"#,
        ),
        sample: "ERROR:  cannot create index on partitioned table \"events\" concurrently",
        cause: "Partitioned tables have rules of their own: unique keys must hold the partition columns, and the \
         parent cannot be indexed concurrently.",
        confirm: &[INVALID_INDEXES],
        next: "Create the index ON ONLY the parent, build one concurrently on each partition, then attach each; \
         check that the parent index is valid.",
        avoid: "",
        source: "https://www.postgresql.org/docs/current/ddl-partitioning.html",
        follows: &[],
    },
    Signature {
        id: "syntax-error",
        says: "PostgreSQL",
        pattern: r#"syntax error at or near \\?"(?P<near>[^"\\]*)\\?"|syntax error at end of input"#,
        sample: "ERROR:  syntax error at or near \"INCLUDE\"",
        cause: "The server does not understand the text: an older major version than where it worked, SQL of \
         another engine, a placeholder without value, or a byte order mark.",
        confirm: &[Query {
            vendor: Vendor::PostgreSql,
            sql: "SHOW server_version",
            means: &[Answer::Rows("Compare it with the version where the file worked.")],
        }],
        next: "Compare the major versions. Run `evenkeel migrations` on the folder: it names file, line and what \
         was not understood.",
        avoid: "",
        source: "https://www.postgresql.org/docs/current/sql-syntax.html",
        follows: &[],
    },
    Signature {
        id: "pg-dump-version",
        says: "PostgreSQL",
        pattern: r"aborting because of server version mismatch",
        sample: "pg_dump: error: aborting because of server version mismatch\n\
         pg_dump: detail: server version: 18.4; pg_dump version: 15.18",
        cause: "pg_dump is older than the server. Tools that write a structure file after migrating fail here \
         although the migration went through.",
        confirm: &[],
        next: "Install client programs of the server's major version or newer. The migration itself is in: check \
         with `evenkeel history`.",
        avoid: "",
        source: "https://www.postgresql.org/docs/current/app-pgdump.html",
        follows: &[],
    },
    Signature {
        id: "idle-in-transaction",
        says: "PostgreSQL",
        pattern: r"terminating connection due to (?:idle-in-transaction timeout|idle-session timeout|transaction timeout)",
        sample: "FATAL:  terminating connection due to idle-in-transaction timeout",
        cause: "The session held a transaction open without working, and the server ended it. All of the transaction is undone.",
        confirm: &[LONG_TRANSACTIONS],
        next: "Find what the runner does in between (a remote call, a prompt, a slow script) and move it out of the transaction.",
        avoid: "",
        source: "https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-IDLE-IN-TRANSACTION-SESSION-TIMEOUT",
        follows: &[],
    },
    Signature {
        id: "lock-wait-logged",
        says: "PostgreSQL",
        pattern: r"still waiting for (?P<mode>\w+Lock) on",
        sample: "LOG:  process 811 still waiting for AccessExclusiveLock on relation 16402 of database 5 after \
         1000.123 ms\n\
         DETAIL:  Process holding the lock: 842. Wait queue: 811.",
        cause: "With log_lock_waits the server tells of a wait longer than deadlock_timeout. AccessExclusiveLock on \
         a history table means two deployments at once.",
        confirm: &[BLOCKERS, LONG_TRANSACTIONS],
        next: "See who holds the lock (DETAIL names the process). Let that finish; keep the other deployment back.",
        avoid: "Do not end the holder before you know what it does.",
        source: "https://www.postgresql.org/docs/current/runtime-config-logging.html#GUC-LOG-LOCK-WAITS",
        follows: &[],
    },
];
