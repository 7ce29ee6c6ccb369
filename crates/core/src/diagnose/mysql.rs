//! What MySQL and MariaDB say when a migration fails.
//! It has over 500 lines because it is one list of data.

use super::sessions::{MARIADB_ALTERS, MARIADB_CONNECTIONS, MARIADB_LOCK_WAITS, MYSQL_ALTERS, MYSQL_CONNECTIONS, MYSQL_LOCK_WAITS};
use super::signature::{Answer, Query, Signature, Vendor};

const MYSQL_TRANSACTIONS: Query = Query {
    vendor: Vendor::MySqlAndMariaDb,
    sql: "SELECT trx_mysql_thread_id, trx_state, trx_started, trx_rows_locked FROM \
     information_schema.innodb_trx WHERE trx_started < NOW() - INTERVAL 1 MINUTE ORDER BY trx_started \
     LIMIT 20",
    means: &[
        Answer::Rows("These transactions have been open for more than a minute and hold row or metadata locks."),
        Answer::NoRows("No InnoDB transaction is older than a minute."),
    ],
};

const SERVER_VERSION: Query = Query {
    vendor: Vendor::MySqlAndMariaDb,
    sql: "SELECT @@GLOBAL.version AS version, @@GLOBAL.version_comment AS vendor LIMIT 1",
    means: &[Answer::Rows("Compare vendor and version with where the file worked.")],
};

const SQL_MODE: Query = Query {
    vendor: Vendor::MySqlAndMariaDb,
    sql: "SELECT @@GLOBAL.sql_mode AS for_new_sessions, @@SESSION.sql_mode AS here LIMIT 1",
    means: &[Answer::Rows(
        "Compare it with the environment where the migration worked: strict and NO_ZERO modes turn warnings \
             into this error.",
    )],
};

pub const MYSQL: &[Signature] = &[
    Signature {
        id: "mysql-lock-wait-timeout",
        says: "MySQL and MariaDB",
        pattern: r"Lock wait timeout exceeded",
        sample: "ERROR 1205 (HY000) at line 1: Lock wait timeout exceeded; try restarting transaction",
        cause: "The statement waited for a row lock or a metadata lock longer than allowed. For DDL any open \
         transaction that has read the table is enough.",
        confirm: &[MYSQL_LOCK_WAITS, MARIADB_LOCK_WAITS, MYSQL_TRANSACTIONS],
        next: "Wait until the session that holds the lock has ended, then run it again; set a short \
         `lock_wait_timeout` for the migration and retry with a pause.",
        avoid: "Do not raise `lock_wait_timeout`: while the ALTER waits, all later queries on the table wait behind it.",
        source: "https://dev.mysql.com/doc/mysql-errors/en/server-error-reference.html#error_er_lock_wait_timeout",
        follows: &[],
    },
    Signature {
        id: "mysql-deadlock",
        says: "MySQL and MariaDB",
        pattern: r"Deadlock found when trying to get (?:lock|user-level lock)",
        sample: "ERROR 1213 (40001): Deadlock found when trying to get lock; try restarting transaction",
        cause: "Two transactions waited for each other and one was rolled back whole.",
        confirm: &[MYSQL_TRANSACTIONS],
        next: "Run that transaction again. Make backfill batches smaller and take rows in key order.",
        avoid: "",
        source: "https://dev.mysql.com/doc/mysql-errors/en/server-error-reference.html#error_er_lock_deadlock",
        follows: &[],
    },
    Signature {
        id: "mysql-duplicate-entry",
        says: "MySQL and MariaDB",
        pattern: r"Duplicate entry\b(?:[^\n]*? for key '?(?P<key>[^'\s]+))?",
        sample: "ERROR 1062 (23000): Duplicate entry",
        cause: "A row with this key is there: a backfill or seed ran twice, a unique index met duplicates, or two \
         runs recorded the same migration. An online build can also fail on a passing duplicate.",
        confirm: &[MYSQL_LOCK_WAITS, MARIADB_LOCK_WAITS],
        next: "See which key is named. History table: make sure only one run is active. New unique index: find the \
         duplicates and have their owner decide. Then run again.",
        avoid: "Do not use INSERT IGNORE or ALTER IGNORE: they drop rows silently.",
        source: "https://dev.mysql.com/doc/mysql-errors/en/server-error-reference.html#error_er_dup_entry",
        follows: &[],
    },
    Signature {
        id: "mysql-row-size",
        says: "MySQL and MariaDB",
        pattern: r"Row size too large",
        sample: "ERROR 1118 (42000): Row size too large. The maximum row size for the used table type, not counting \
         BLOBs, is 65535. This includes storage overhead, check the manual. You have to change some columns \
         to TEXT or BLOBs",
        cause: "The declared columns together exceed the row limit (65,535 bytes, or half a page in InnoDB). \
         Columns dropped instantly before may still count.",
        confirm: &[],
        next: "Turn wide VARCHARs into TEXT, or move columns into a second table. If the visible definition is \
         small, rebuild the table in a quiet hour and try again.",
        avoid: "Do not switch `innodb_strict_mode` off: inserts fail later instead.",
        source: "https://dev.mysql.com/doc/mysql-errors/en/server-error-reference.html#error_er_too_big_rowsize",
        follows: &[],
    },
    Signature {
        id: "mysql-key-too-long",
        says: "MySQL and MariaDB",
        pattern: r"Specified key was too long; max key length is (?P<bytes>\d+) bytes",
        sample: "ERROR 1071 (42000): Specified key was too long; max key length is 3072 bytes",
        cause: "The index is wider than the row format allows. utf8mb4 counts four bytes a character; 767 bytes \
         points to an old row format.",
        confirm: &[],
        next: "Index a prefix or a hash column, or make the column shorter. At 767: use ROW_FORMAT=DYNAMIC.",
        avoid: "",
        source: "https://dev.mysql.com/doc/mysql-errors/en/server-error-reference.html#error_er_too_long_key",
        follows: &[],
    },
    Signature {
        id: "mysql-algorithm-unsupported",
        says: "MySQL and MariaDB",
        pattern: r"(?:ALGORITHM|LOCK)=(?P<asked>\w+) is not supported",
        sample: "ERROR 1846 (0A000): ALGORITHM=INSTANT is not supported. Reason: Need to rebuild the table to change \
         column type. Try ALGORITHM=COPY/INPLACE.",
        cause: "The clause asks for a way that this change cannot take on this table or this version. The clause \
         did its duty: nothing was changed.",
        confirm: &[],
        next: "See the Reason. On a small table allow what is named after Try; on a large one use an online tool \
         or a quiet window, after a rehearsal.",
        avoid: "Do not just drop the clause: the server then silently takes a copy that blocks writes.",
        source: "https://dev.mysql.com/doc/mysql-errors/en/\
         server-error-reference.html#error_er_alter_operation_not_supported_reason",
        follows: &[],
    },
    Signature {
        id: "mysql-instant-limit",
        says: "MySQL",
        pattern: concat!(
            r"Maximum row versions reached for table (?P<relation>\S+)\. No more columns|",
            r"can't be added[^\n]* with ALGORITHM=INSTANT",
        ),
        sample: "ERROR 4092 (HY000): Maximum row versions reached for table shop/orders. No more columns can be \
         added or dropped instantly. Please use COPY/INPLACE.",
        cause: "The table has used up its instant column changes (64; 255 in later versions). Only a rebuild resets the counter.",
        confirm: &[Query {
            vendor: Vendor::MySql,
            sql: "SELECT name, total_row_versions FROM information_schema.innodb_tables WHERE total_row_versions > 0 \
                 ORDER BY total_row_versions DESC LIMIT 20",
            means: &[Answer::Rows("These tables have used so many instant changes."), Answer::NoRows("No table has used instant changes.")],
        }],
        next: "Plan a rebuild (ALTER TABLE … FORCE, ALGORITHM=INPLACE) in a quiet window, then the instant change.",
        avoid: "Do not leave the ALGORITHM clause out: the rebuild would then happen at once, unplanned.",
        source: "https://dev.mysql.com/doc/mysql-errors/en/server-error-reference.html#error_er_innodb_max_row_version",
        follows: &[],
    },
    Signature {
        id: "mysql-table-exists",
        says: "MySQL and MariaDB",
        pattern: r"Table '(?P<relation>[^']+)' already exists|Can't create database '[^']+'; database exists",
        sample: "ERROR 1050 (42S01): Table 'orders' already exists",
        cause: "The table or view is there already: an earlier run stopped half-way, or somebody made it by hand. \
         DDL commits on its own here: what ran before the error stays.",
        confirm: &[],
        next: "Run `evenkeel history`: it says which statements of the file are in. Equal to what the file makes: \
         record it, or run only the rest.",
        avoid: "Do not DROP the table to let the migration pass.",
        source: "https://dev.mysql.com/doc/mysql-errors/en/server-error-reference.html#error_er_table_exists_error",
        follows: &[],
    },
    Signature {
        id: "mysql-unknown-table",
        says: "MySQL and MariaDB",
        pattern: r"Unknown (?:table|VIEW:?) '(?P<relation>[^']+)'",
        sample: "ERROR 1051 (42S02): Unknown table 'shop.orders_old'",
        cause: "DROP names a table that is not here: dropped by hand, or by an earlier half run. DDL commits on its \
         own here: what ran before the error stays.",
        confirm: &[],
        next: "Run `evenkeel history` to see which statements of the file are in, then run only the rest.",
        avoid: "",
        source: "https://dev.mysql.com/doc/mysql-errors/en/server-error-reference.html#error_er_bad_table_error",
        follows: &[],
    },
    Signature {
        id: "mysql-duplicate-column",
        says: "MySQL and MariaDB",
        pattern: r"(?i:duplicate column name)(?: '(?P<column>[^']+)')?",
        sample: "ERROR 1060 (42S21): Duplicate column name 'email_verified'",
        cause: "The column is there already: an earlier run stopped half-way, or a hot-fix added it. DDL commits on \
         its own here: what ran before the error stays.",
        confirm: &[],
        next: "Compare its type and default with the file (`evenkeel history` does). Equal: run or record only the \
         rest. Different: write a forward migration.",
        avoid: "Do not drop the column: its data would be lost.",
        source: "https://dev.mysql.com/doc/mysql-errors/en/server-error-reference.html#error_er_dup_fieldname",
        follows: &[],
    },
    Signature {
        id: "mysql-duplicate-key-name",
        says: "MySQL and MariaDB",
        pattern: concat!(
            r"Duplicate key name '(?P<index>[^']+)'|Duplicate (?:foreign key|check) constraint name '[^']+'|",
            r"Duplicate key on write or update",
        ),
        sample: "ERROR 1061 (42000): Duplicate key name 'orders_customer_idx'",
        cause: "An index or constraint of this name is there: an earlier half run, a hot-fix, or a schema file that \
         already holds it. DDL commits on its own here: what ran before the error stays.",
        confirm: &[],
        next: "Compare its columns with the file. Equal: run or record only the rest of the migration.",
        avoid: "Do not drop an index in use before its successor is there.",
        source: "https://dev.mysql.com/doc/mysql-errors/en/server-error-reference.html#error_er_dup_keyname",
        follows: &[],
    },
    Signature {
        id: "mysql-cannot-drop",
        says: "MySQL and MariaDB",
        pattern: r"Can't DROP (?:COLUMN |INDEX |FOREIGN KEY |CONSTRAINT |PARTITION )?[`'](?P<name>[^`']+)[`']; check that",
        sample: "ERROR 1091 (42000): Can't DROP 'orders_ibfk_1'; check that column/key exists",
        cause: "The column, index or key is not here, or has another name: keys without a name get one from the \
         server, and it differs between environments.",
        confirm: &[],
        next: "Look the real name up (SHOW CREATE TABLE here and where it worked), then name it in a forward migration.",
        avoid: "",
        source: "https://dev.mysql.com/doc/mysql-errors/en/server-error-reference.html#error_er_cant_drop_field_or_key",
        follows: &[],
    },
    Signature {
        id: "mysql-syntax",
        says: "MySQL and MariaDB",
        pattern: r"You have an error in your SQL syntax",
        sample: "ERROR 1064 (42000): You have an error in your SQL syntax; check the manual that corresponds to your \
         MariaDB server version for the right syntax to use near 'RENAME INDEX' at line 1",
        cause: "The server does not understand the text: the other vendor or an older version than where it worked, \
         a new reserved word, or DELIMITER sent by a tool that does not know it.",
        confirm: &[SERVER_VERSION],
        next: "Compare vendor and version. Statements before this one are in: run `evenkeel history` before the next try.",
        avoid: "",
        source: "https://dev.mysql.com/doc/mysql-errors/en/server-error-reference.html#error_er_parse_error",
        follows: &[],
    },
    Signature {
        id: "mysql-no-such-table",
        says: "MySQL and MariaDB",
        pattern: r"Table '(?P<relation>[^']+)' doesn't exist|Failed to open the referenced table '[^']+'",
        sample: "ERROR 1146 (42S02): Table 'shop.users_v2' doesn't exist",
        cause: "The table is not in this schema: its migration did not run here, the schema is another, or upper \
         and lower case differ (`lower_case_table_names`).",
        confirm: &[Query {
            vendor: Vendor::MySqlAndMariaDb,
            sql: "SELECT @@GLOBAL.lower_case_table_names AS lower_case_table_names LIMIT 1",
            means: &[Answer::Rows("0: `Users` and `users` are two tables. Compare it with where it worked.")],
        }],
        next: "Run `evenkeel history` and `evenkeel preflight`: they name the migration that makes it. Run the \
         missing one through the pipeline.",
        avoid: "Do not create it by hand, and do not mark the migration as applied.",
        source: "https://dev.mysql.com/doc/mysql-errors/en/server-error-reference.html#error_er_no_such_table",
        follows: &[],
    },
    Signature {
        id: "mysql-unknown-column",
        says: "MySQL and MariaDB",
        pattern: r"Unknown column '(?P<column>[^']+)' in '",
        sample: "ERROR 1054 (42S22): Unknown column 'shipped_at' in 'field list'",
        cause: "The query names a column that this schema lacks: the application is newer than the schema, or the \
         column was dropped or renamed under an older one.",
        confirm: &[],
        next: "Run `evenkeel preflight`: it names the migration that makes the column. Run the missing migration, \
         or deploy the matching application.",
        avoid: "",
        source: "https://dev.mysql.com/doc/mysql-errors/en/server-error-reference.html#error_er_bad_field_error",
        follows: &[],
    },
    Signature {
        id: "mysql-foreign-key-definition",
        says: "MySQL and MariaDB",
        pattern: concat!(
            r"Cannot add foreign key constraint|errno: 150|Referencing column [^\n]+ are incompatible|",
            r"Missing unique key for constraint",
        ),
        sample: "ERROR 3780 (HY000): Referencing column 'customer_id' and referenced column 'id' in foreign key \
         constraint 'orders_customer_fk' are incompatible.",
        cause: "The two columns differ in type, sign, length or collation, or the referenced column has no index.",
        confirm: &[],
        next: "Make both columns equal, also in collation (SHOW CREATE TABLE of both), and index the parent; then add the key.",
        avoid: "Do not set foreign_key_checks=0 to get it in: the rows there are never checked then.",
        source: "https://dev.mysql.com/doc/mysql-errors/en/server-error-reference.html#error_er_fk_incompatible_columns",
        follows: &[],
    },
    Signature {
        id: "mysql-foreign-key-row",
        says: "MySQL and MariaDB",
        pattern: r"Cannot add or update a child row: a foreign key constraint fails",
        sample: "ERROR 1452 (23000): Cannot add or update a child row: a foreign key constraint fails \
         (`shop`.`orders`, CONSTRAINT `orders_customer_fk` FOREIGN KEY (`customer_id`) REFERENCES \
         `customers` (`id`))",
        cause: "Rows refer to a parent that is not there; while a key is added, these are orphans among the old rows.",
        confirm: &[],
        next: "List the orphans with a LEFT JOIN, have their owner decide, then add the key.",
        avoid: "Do not set foreign_key_checks=0, and do not delete the orphans unseen.",
        source: "https://dev.mysql.com/doc/mysql-errors/en/server-error-reference.html#error_er_no_referenced_row_2",
        follows: &[],
    },
    Signature {
        id: "mysql-foreign-key-in-the-way",
        says: "MySQL and MariaDB",
        pattern: concat!(
            r"(?:Cannot drop index|Cannot drop (?:table|column)) '[^']+'[:]? (?:needed in|referenced by) a foreign key|",
            r"Cannot delete or update a parent row|used in a foreign key constraint|",
            r"Cannot truncate a table referenced in a foreign key",
        ),
        sample: "ERROR 1553 (HY000): Cannot drop index 'customer_id': needed in a foreign key constraint",
        cause: "A foreign key needs this index, column or table. The key may belong to a table that no migration here knows.",
        confirm: &[Query {
            vendor: Vendor::MySqlAndMariaDb,
            sql: "SELECT table_name, constraint_name, referenced_table_name FROM \
                 information_schema.referential_constraints WHERE constraint_schema = DATABASE() ORDER BY \
                 referenced_table_name, table_name LIMIT 50",
            means: &[
                Answer::Rows("The foreign keys of this schema."),
                Answer::NoRows("This schema has no foreign key, or none is selected."),
            ],
        }],
        next: "Build the index that replaces it first. If the key itself has to change, name it: drop and add it in one ALTER.",
        avoid: "Do not set foreign_key_checks=0 around the DROP.",
        source: "https://dev.mysql.com/doc/mysql-errors/en/server-error-reference.html#error_er_drop_index_fk",
        follows: &[],
    },
    Signature {
        id: "mysql-stored-code-super",
        says: "MySQL and MariaDB",
        pattern: concat!(
            r"You do not have the SUPER privilege and binary logging is enabled|",
            r"This function has none of DETERMINISTIC, NO SQL, or READS SQL DATA",
        ),
        sample: "ERROR 1419 (HY000): You do not have the SUPER privilege and binary logging is enabled (you *might* \
         want to use the less safe log_bin_trust_function_creators variable)",
        cause: "With the binary log on, triggers and functions need SUPER or a declared characteristic. On a test \
         server without the log the same file works.",
        confirm: &[Query {
            vendor: Vendor::MySqlAndMariaDb,
            sql: "SELECT @@GLOBAL.log_bin AS binary_log, @@GLOBAL.log_bin_trust_function_creators AS trusted LIMIT 1",
            means: &[Answer::Rows("With binary_log 1 and trusted 0, stored code needs SUPER or a declared characteristic.")],
        }],
        next: "Declare DETERMINISTIC or READS SQL DATA where true; else have the administrator set \
         log_bin_trust_function_creators on the server.",
        avoid: "Do not declare DETERMINISTIC what is not: replicas would drift.",
        source: "https://dev.mysql.com/doc/mysql-errors/en/server-error-reference.html#error_er_binlog_create_routine_need_super",
        follows: &[],
    },
    Signature {
        id: "mysql-privilege-needed",
        says: "MySQL and MariaDB",
        pattern: r"Access denied; you need[^\n]*privilege|(?P<command>[A-Z ]+) command denied to user",
        sample: "ERROR 1227 (42000): Access denied; you need (at least one of) the SUPER or SYSTEM_VARIABLES_ADMIN \
         privilege(s) for this operation",
        cause: "The migration user lacks a right. Typical: DEFINER of another user in a dump, SET GLOBAL, or ALTER \
         without INSERT and CREATE.",
        confirm: &[],
        next: "Take DEFINER and SET GLOBAL out of the file, or grant exactly the right that is named.",
        avoid: "Do not grant ALL or SUPER to the application user.",
        source: "https://dev.mysql.com/doc/mysql-errors/en/server-error-reference.html#error_er_specific_access_denied_error",
        follows: &[],
    },
    Signature {
        id: "mysql-access-denied",
        says: "MySQL and MariaDB",
        pattern: concat!(
            r"Access denied for user '(?P<user>[^']*)'@'(?P<host>[^']*)' (?:to database '(?P<database>[^']+)'|",
            r"\(using password: (?:YES|NO)\))",
        ),
        sample: "ERROR 1045 (28000): Access denied for user 'migrator'@'10.0.0.7' (using password: YES)",
        cause: "The server was reached but did not accept this user from this host, or the user may not use this \
         schema. `using password: NO` means that no password arrived.",
        confirm: &[Query {
            vendor: Vendor::MySqlAndMariaDb,
            sql: "SELECT CURRENT_USER() AS account LIMIT 1",
            means: &[Answer::Rows("The account that the server takes this login for.")],
        }],
        next: "Check which secret the job really got (never print it), the host part of the account, and the name of the schema.",
        avoid: "",
        source: "https://dev.mysql.com/doc/mysql-errors/en/server-error-reference.html#error_er_access_denied_error",
        follows: &[],
    },
    Signature {
        id: "mysql-too-many-connections",
        says: "MySQL and MariaDB",
        pattern: r"\b(?:ERROR|Error|error|errno)\W{0,3}1040\b|Too many connections|has exceeded the 'max_user_connections' resource",
        sample: "ERROR 1040 (HY000): Too many connections",
        cause: "All connections are taken. During a rollout old and new instances hold their pools at the same time.",
        confirm: &[MYSQL_CONNECTIONS, MARIADB_CONNECTIONS],
        next: "Find the pool that is too large and lower it, or wait until the old instances are gone.",
        avoid: "",
        source: "https://dev.mysql.com/doc/mysql-errors/en/server-error-reference.html#error_er_con_count_error",
        follows: &[],
    },
    Signature {
        id: "mysql-connection-lost",
        says: "MySQL and MariaDB",
        pattern: r"(?:MySQL s|S|s)erver has gone away|Lost connection to (?:MySQL )?server (?:during query|at|')",
        sample: "ERROR 2013 (HY000): Lost connection to MySQL server during query",
        cause: "The connection broke: a time-out of client or proxy, a packet above max_allowed_packet, a restart, \
         or lack of memory. The ALTER may still be running on the server.",
        confirm: &[
            MYSQL_ALTERS,
            MARIADB_ALTERS,
            Query {
                vendor: Vendor::MySqlAndMariaDb,
                sql: "SELECT @@GLOBAL.max_allowed_packet AS max_allowed_packet, @@GLOBAL.wait_timeout AS wait_timeout LIMIT 1",
                means: &[Answer::Rows("The limits of this server; compare them with the size of the statement and with its time.")],
            },
        ],
        next: "Look whether the statement still runs before you start again; then `evenkeel history` for what is in.",
        avoid: "Do not start a second run while the first ALTER still works.",
        source: "https://dev.mysql.com/doc/refman/8.4/en/gone-away.html",
        follows: &[],
    },
    Signature {
        id: "mysql-table-full",
        says: "MySQL and MariaDB",
        pattern: r"The table '(?P<relation>[^']+)' is full|Disk full \(|failed, as disk is full|No space left on device\W{0,3}\(?28",
        sample: "ERROR 1114 (HY000): The table '#sql-1d9e_8' is full",
        cause: "There was no room for the table or its temporary copy: disk, tmpdir, or a tablespace limit. A name \
         with #sql is the copy that an ALTER builds.",
        confirm: &[Query {
            vendor: Vendor::MySqlAndMariaDb,
            sql: "SELECT @@GLOBAL.tmpdir AS tmpdir, @@GLOBAL.datadir AS datadir LIMIT 1",
            means: &[Answer::Rows("Look at the free room in these two places.")],
        }],
        next: "Free or add disk. An ALTER that copies needs the size of the table again, plus the binary log.",
        avoid: "Do not delete #sql files or binary logs by hand.",
        source: "https://dev.mysql.com/doc/mysql-errors/en/server-error-reference.html#error_er_record_file_full",
        follows: &[],
    },
    Signature {
        id: "mysql-incorrect-value",
        says: "MySQL and MariaDB",
        pattern: concat!(
            r"Incorrect (?P<type>integer|decimal|double|string|enum|DOUBLE|INTEGER|DECIMAL) value: |",
            r"Truncated incorrect \w+ value|Data truncated for column '(?P<column>[^']+)'|Out of range value for column",
        ),
        sample: "ERROR 1265 (01000): Data truncated for column 'state' at row 2",
        cause: "A stored or given value does not fit the new type. Only strict mode stops here; without it the \
         value is changed silently.",
        confirm: &[SQL_MODE],
        next: "Count the rows that do not fit, correct or map them first, then convert.",
        avoid: "Do not leave strict mode to get through: values would be cut or turned into 0.",
        source: "https://dev.mysql.com/doc/mysql-errors/en/server-error-reference.html#error_er_warn_data_truncated",
        follows: &[],
    },
    Signature {
        id: "mysql-value-too-long",
        says: "MySQL and MariaDB",
        pattern: r"Data too long for column '(?P<column>[^']+)'",
        sample: "ERROR 1406 (22001): Data too long for column 'name' at row 1",
        cause: "The column is shorter than a value: the migration shortens it below what is stored, or the \
         application writes more.",
        confirm: &[SQL_MODE],
        next: "Look at MAX(CHAR_LENGTH(…)) first; make the column longer or correct the rows.",
        avoid: "Do not leave strict mode: values would be cut.",
        source: "https://dev.mysql.com/doc/mysql-errors/en/server-error-reference.html#error_er_data_too_long",
        follows: &[],
    },
    Signature {
        id: "mysql-invalid-default",
        says: "MySQL and MariaDB",
        pattern: r"Invalid default value for '(?P<column>[^']+)'|can't have a default value",
        sample: "ERROR 1067 (42000): Invalid default value for 'created_at'",
        cause: "The default does not fit the type, or is a zero date, which the sql_mode of this server forbids. \
         The table may have it from an older version: then any ALTER fails.",
        confirm: &[SQL_MODE],
        next: "Give a valid default (CURRENT_TIMESTAMP, NULL) for that column in the same ALTER.",
        avoid: "Do not switch NO_ZERO_DATE off for the whole server.",
        source: "https://dev.mysql.com/doc/mysql-errors/en/server-error-reference.html#error_er_invalid_default",
        follows: &[],
    },
    Signature {
        id: "mysql-zero-date",
        says: "MySQL and MariaDB",
        pattern: r"Incorrect (?:date|datetime|time|timestamp) value: ",
        sample: "ERROR 1292 (22007): Incorrect datetime value: '0000-00-00 00:00:00' for column 'created_at' at row 1",
        cause: "A stored date is zero or impossible. Strict sql_mode stops on it when the table is rebuilt.",
        confirm: &[SQL_MODE],
        next: "Find these rows, set them to NULL or to a date that the owner names, then alter the table.",
        avoid: "Do not switch strict mode off for the whole server.",
        source: "https://dev.mysql.com/doc/mysql-errors/en/server-error-reference.html#error_er_truncated_wrong_value",
        follows: &[],
    },
    Signature {
        id: "mysql-check-violated",
        says: "MySQL and MariaDB",
        pattern: r"Check constraint '(?P<constraint>[^']+)' is violated|CONSTRAINT `(?P<name>[^`]+)` failed for",
        sample: "ERROR 3819 (HY000): Check constraint 'orders_total_check' is violated.",
        cause: "The new CHECK met rows that do not satisfy it, or the application writes such rows.",
        confirm: &[],
        next: "Find and correct the rows first. On MySQL the check can be added NOT ENFORCED and switched on later.",
        avoid: "",
        source: "https://dev.mysql.com/doc/mysql-errors/en/server-error-reference.html#error_er_check_constraint_violated",
        follows: &[],
    },
    Signature {
        id: "mysql-null-values",
        says: "MySQL and MariaDB",
        pattern: r"Invalid use of NULL value",
        sample: "ERROR 1138 (22004): Invalid use of NULL value",
        cause: "NOT NULL or a primary key was asked for a column that holds NULL.",
        confirm: &[],
        next: "Backfill in batches, then set NOT NULL.",
        avoid: "",
        source: "https://dev.mysql.com/doc/mysql-errors/en/server-error-reference.html#error_er_invalid_use_of_null",
        follows: &[],
    },
    Signature {
        id: "mysql-no-default",
        says: "MySQL and MariaDB",
        pattern: r"Field '(?P<column>[^']+)' doesn't have a default value",
        sample: "ERROR 1364 (HY000): Field 'currency' doesn't have a default value",
        cause: "Something inserts without a NOT NULL column. During a rollout this is often the old application on the new schema.",
        confirm: &[SQL_MODE],
        next: "Give the column a default until every old instance is gone.",
        avoid: "",
        source: "https://dev.mysql.com/doc/mysql-errors/en/server-error-reference.html#error_er_no_default_for_field",
        follows: &[],
    },
    Signature {
        id: "mysql-online-log-too-big",
        says: "MySQL and MariaDB",
        pattern: r"innodb_online_alter_log_max_size",
        sample: "ERROR 1799 (HY000): Creating index 'orders_customer_idx' required more than \
         'innodb_online_alter_log_max_size' bytes of modification log. Please try again.",
        cause: "Too many writes came in during the online ALTER; its log overflowed and all the work was thrown away.",
        confirm: &[Query {
            vendor: Vendor::MySqlAndMariaDb,
            sql: "SELECT @@GLOBAL.innodb_online_alter_log_max_size AS bytes LIMIT 1",
            means: &[Answer::Rows("The log may grow to this size.")],
        }],
        next: "Run it in a quiet hour, or have innodb_online_alter_log_max_size raised beforehand, or use an online tool.",
        avoid: "Do not simply start it again under the same load: it fails at the end again.",
        source: "https://dev.mysql.com/doc/mysql-errors/en/server-error-reference.html#error_er_innodb_online_log_too_big",
        follows: &[],
    },
    Signature {
        id: "mysql-read-only",
        says: "MySQL and MariaDB",
        pattern: r"server is running with the --(?:super-)?read-only option|(?i:\bError\W{0,3}1836\b|Running in read-only mode)",
        sample: "ERROR 1290 (HY000): The MySQL server is running with the --read-only option so it cannot execute this statement",
        cause: "The migration reached a replica, or a server that a failover has demoted.",
        confirm: &[Query {
            vendor: Vendor::MySqlAndMariaDb,
            sql: "SELECT 'read_only' AS what FROM DUAL WHERE @@GLOBAL.read_only = 1 LIMIT 1",
            means: &[
                Answer::Rows("The server is read only: a replica, or one that a failover has demoted."),
                Answer::NoRows("The server takes writes now."),
            ],
        }],
        next: "Use the address of the primary, and check that the name does not point to an old one.",
        avoid: "Do not set read_only=0 on a replica: it would part from its source.",
        source: "https://dev.mysql.com/doc/mysql-errors/en/server-error-reference.html#error_er_option_prevents_statement",
        follows: &[],
    },
    Signature {
        id: "mysql-unknown-database",
        says: "MySQL and MariaDB",
        pattern: r"Unknown database '(?P<database>[^']+)'",
        sample: "ERROR 1049 (42000): Unknown database 'shop_production'",
        cause: "The server was reached but has no such schema: a wrong host, a wrong name, or not created yet.",
        confirm: &[Query {
            vendor: Vendor::MySqlAndMariaDb,
            sql: "SELECT schema_name FROM information_schema.schemata ORDER BY schema_name LIMIT 50",
            means: &[Answer::Rows("The schemas that this user can see."), Answer::NoRows("This user sees no schema.")],
        }],
        next: "Compare host, port and name with the environment meant. Only then create the schema.",
        avoid: "Do not let the tool create it: an empty schema on the wrong server looks like success.",
        source: "https://dev.mysql.com/doc/mysql-errors/en/server-error-reference.html#error_er_bad_db_error",
        follows: &[],
    },
    Signature {
        id: "mysql-unknown-collation",
        says: "MySQL and MariaDB",
        pattern: r"Unknown (?:collation|character set): '(?P<name>[^']+)'",
        sample: "ERROR 1273 (HY000): Unknown collation: 'utf8mb4_0900_ai_ci'",
        cause: "The file or dump comes from another vendor or a newer version; each has collations of its own.",
        confirm: &[],
        next: "Name a collation that every environment has (for example utf8mb4_unicode_ci), in files and in the server settings.",
        avoid: "Do not replace collations by text search in a dump without a look at the unique keys: other rules \
         find other duplicates.",
        source: "https://dev.mysql.com/doc/mysql-errors/en/server-error-reference.html#error_er_unknown_collation",
        follows: &[],
    },
    Signature {
        id: "mysql-interrupted",
        says: "MySQL and MariaDB",
        pattern: r"max_statement_time exceeded|maximum statement execution time exceeded|Query execution was interrupted",
        sample: "ERROR 1317 (70100): Query execution was interrupted",
        cause: "Somebody ended the statement, or a time limit did.",
        confirm: &[MYSQL_LOCK_WAITS, MARIADB_LOCK_WAITS],
        next: "Find out who or which limit. DDL commits on its own here: what ran before the error stays. Run \
         `evenkeel history` before the next try.",
        avoid: "",
        source: "https://dev.mysql.com/doc/mysql-errors/en/server-error-reference.html#error_er_query_interrupted",
        follows: &[],
    },
    Signature {
        id: "mysql-routine-missing",
        says: "MySQL and MariaDB",
        pattern: r"(?P<kind>FUNCTION|PROCEDURE) (?P<name>\S+) does not exist",
        sample: "ERROR 1305 (42000): FUNCTION shop.order_total does not exist",
        cause: "The routine is not in this schema: its migration did not run here, a dump was taken without \
         routines, or the other vendor has the function built in.",
        confirm: &[],
        next: "Run `evenkeel history`, and compare with the environment where it worked (`evenkeel compare`). \
         Dumps need --routines.",
        avoid: "",
        source: "https://dev.mysql.com/doc/mysql-errors/en/server-error-reference.html#error_er_sp_does_not_exist",
        follows: &[],
    },
    Signature {
        id: "mysql-unknown-setting",
        says: "MySQL and MariaDB",
        pattern: r"Unknown system variable '(?P<name>[^']+)'|Variable '(?P<variable>[^']+)' can't be set to the value of",
        sample: "ERROR 1231 (42000): Variable 'sql_mode' can't be set to the value of 'NO_AUTO_CREATE_USER'",
        cause: "The file or the connection sets something that this version or vendor does not have (any more).",
        confirm: &[SERVER_VERSION],
        next: "Take the line out, or put it into a comment for the versions that know it.",
        avoid: "",
        source: "https://dev.mysql.com/doc/mysql-errors/en/server-error-reference.html#error_er_wrong_value_for_var",
        follows: &[],
    },
    Signature {
        id: "mysql-index-part",
        says: "MySQL and MariaDB",
        pattern: r"used in key specification without a key length|Incorrect prefix key; |Column length too big for column",
        sample: "ERROR 1170 (42000): BLOB/TEXT column 'note' used in key specification without a key length",
        cause: "The index part or the column length does not fit the type: TEXT needs a prefix length, a prefix \
         cannot be longer than the column, and utf8mb4 counts four bytes a character.",
        confirm: &[],
        next: "Give a prefix length that fits, or a shorter column. A unique index over a prefix means less than over the whole.",
        avoid: "",
        source: "https://dev.mysql.com/doc/mysql-errors/en/server-error-reference.html#error_er_blob_key_without_length",
        follows: &[],
    },
    Signature {
        id: "mysql-partition-key",
        says: "MySQL and MariaDB",
        pattern: r"must include all columns in the table's partitioning function",
        sample: "ERROR 1503 (HY000): A PRIMARY KEY must include all columns in the table's partitioning function",
        cause: "On a partitioned table every unique key must hold the partition columns.",
        confirm: &[],
        next: "Add the partition columns to the key, or partition by a column of the key.",
        avoid: "",
        source: "https://dev.mysql.com/doc/mysql-errors/en/server-error-reference.html#error_er_unique_key_need_all_fields_in_pf",
        follows: &[],
    },
];
