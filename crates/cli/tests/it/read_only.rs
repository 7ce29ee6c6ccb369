//! A check never writes: seen in the server's own log, in its counters, in its write-ahead log, and with a role that may not.

use crate::run::{Place, SHOP};
use evenkeel_postgres::scratch::{Options, Scratch, Session};

/// Every verb that reads a server.
const VERBS: &[&[&str]] = &[
    &["digest", "URL"],
    &["capture", "URL", "--values", "--out", "m.jsonl"],
    &["compare", "URL", "URL"],
    &["check"],
    &["grants", "URL"],
    &["history", "URL", "--migrations", "m", "--tool", "plain SQL"],
    &["preflight", "URL", "--queries", "q.sql"],
    &["diagnose", "URL", "log"],
];

fn run_all(place: &Place, url: &str) {
    place.write("evenkeel.toml", format!("[environments.one]\nurl = \"{url}\"\nmanifest = \"m.jsonl\"\n"));
    place.write("m/1_a.sql", "create table a_table_of_files (x int);\n");
    place.write("q.sql", "SELECT relname FROM pg_catalog.pg_class WHERE oid = $1;\nSELECT 1;\n");
    place.write("log", "ERROR:  canceling statement due to lock timeout\nERROR:  deadlock detected\n");
    for verb in VERBS {
        let arguments: Vec<&str> = verb.iter().map(|word| if *word == "URL" { url } else { *word }).collect();
        let ran = place.run(&arguments);
        assert!(matches!(ran.code, Some(0..=2)), "{ran:?}");
        assert!(!ran.stdout.is_empty() || verb.contains(&"--out"), "{ran:?}");
    }
}

/// Words a reading statement may begin with.
const ALLOWED: &[&str] = &[
    "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY",
    "SET TRANSACTION SNAPSHOT ",
    "SET LOCAL ",
    // Behind a savepoint that is rolled back: settings as a new session has them.
    "RESET ALL",
    "SELECT ",
    "WITH ",
    "SHOW ",
    "SAVEPOINT ",
    "ROLLBACK TO SAVEPOINT ",
    "RELEASE SAVEPOINT ",
    "ROLLBACK",
    // Of the greeting alone, which asks for settings: whoever counts what is rolled back should not count that.
    "COMMIT",
    // Of a query that is asked about: prepared and planned, not run, in a session that could not write.
    "SET default_transaction_read_only = on",
    "SET statement_timeout = ",
    "SET lock_timeout = ",
    "SET plan_cache_mode = ",
    "SET jit = off",
    "PREPARE \"evenkeel ",
    "EXPLAIN (COSTS off) EXECUTE \"evenkeel ",
    // Without ANALYZE, as well: nothing is run.
    "EXPLAIN (COSTS off, VERBOSE, FORMAT json) EXECUTE \"evenkeel ",
    "DEALLOCATE \"evenkeel ",
];

/// Words that no statement of ours holds outside quotes: what writes, locks, or changes more than our transaction.
const BANNED: &[&str] = &[
    "insert",
    "update",
    "delete",
    "truncate",
    "create",
    "alter",
    "drop",
    "grant",
    "revoke",
    "lock",
    "copy",
    "vacuum",
    "analyze",
    "notify",
    "listen",
    "call",
    "do",
    "merge",
    "reindex",
    "cluster",
    "refresh",
    "comment",
    "nextval",
    "setval",
    "pg_advisory_lock",
    "pg_switch_wal",
    "pg_create_restore_point",
    "pg_terminate_backend",
    "pg_reload_conf",
    "lo_create",
    "into",
];

/// Each statement of the log, on one line.
fn statements(log: &str) -> Vec<String> {
    let mut statements: Vec<String> = Vec::new();
    let mut ours = false;
    for line in log.lines() {
        // %a| in front of every line; continuation lines begin with a tab.
        let text = match (line.strip_prefix('\t'), line.strip_prefix("EK evenkeel|")) {
            (Some(more), _) => {
                if let Some(last) = statements.last_mut().filter(|_| ours) {
                    last.push(' ');
                    last.push_str(more);
                }
                continue;
            }
            (None, Some(text)) => text,
            (None, None) => {
                ours = false;
                continue;
            }
        };
        ours = true;
        let message = text.trim_start().strip_prefix("LOG:").unwrap_or("").trim_start();
        let statement = message.strip_prefix("statement: ").or_else(|| {
            let rest = message.strip_prefix("execute ")?;
            rest.split_once(": ").map(|(_, statement)| statement)
        });
        statements.push(statement.unwrap_or_default().to_owned());
    }
    statements.retain(|statement| !statement.is_empty());
    statements
}

/// Words outside of quotes, in lower case.
fn words(statement: &str) -> Vec<String> {
    let mut bare = String::new();
    let mut quote = None;
    for c in statement.chars() {
        match quote {
            Some(open) => quote = (c != open).then_some(open),
            None if c == '\'' || c == '"' => quote = Some(c),
            None => bare.push(c.to_ascii_lowercase()),
        }
    }
    bare.split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '.').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

#[test]
fn nothing_in_the_servers_log_writes() {
    for major in evenkeel_testkit::majors() {
        let options = Options::major(major)
            .setting("log_statement", "all")
            .setting("log_min_duration_statement", "-1")
            .setting("log_line_prefix", "EK %a|")
            .setting("wal_level", "logical")
            .database("app");
        let scratch = Scratch::start(&options).unwrap();
        crate::privilege::load(scratch.binaries(), &scratch.conninfo("app"));
        run_all(&Place::new(), &scratch.url("app"));
        let log = std::fs::read_to_string(scratch.log_path()).unwrap();
        let statements = statements(&log);
        println!("PostgreSQL {major}: {} statements", statements.len());
        assert!(statements.len() > 100, "the log was not understood");
        for statement in &statements {
            for part in statement.split(';').map(str::trim).filter(|part| !part.is_empty() && is_whole(statement, part)) {
                let upper = part.to_ascii_uppercase();
                assert!(
                    ALLOWED.iter().any(|allowed| upper.starts_with(&allowed.trim_end().to_ascii_uppercase())),
                    "not on the list: {part}"
                );
            }
            let words = words(statement);
            // After AS it is the name of a column.
            let named = |at: usize| at.checked_sub(1).and_then(|before| words.get(before)).is_some_and(|word| word == "as");
            let banned = words.iter().enumerate().filter(|(at, word)| BANNED.contains(&word.as_str()) && !named(*at));
            let found: Vec<&String> = banned.map(|(_, word)| word).collect();
            assert!(found.is_empty(), "{found:?} in: {statement}");
        }
        // Every transaction we opened was closed by us, and none but the greeting was committed: there is nothing to commit.
        let count = |start: &str| statements.iter().filter(|statement| statement.to_ascii_uppercase().starts_with(start)).count();
        let greeting = |statement: &str| statement.contains("; SHOW server_version_num; ") && statement.ends_with("; COMMIT");
        let closed =
            statements.iter().filter(|statement| *statement == "ROLLBACK" || statement.ends_with("; ROLLBACK") || greeting(statement));
        assert_eq!(count("BEGIN"), closed.count());
        assert_eq!(count("COMMIT"), 0);
    }
}

/// A semicolon inside a literal does not end a statement.
fn is_whole(statement: &str, part: &str) -> bool {
    statement.find(part).is_some_and(|at| statement[..at].matches('\'').count().is_multiple_of(2))
}

#[test]
fn no_row_and_no_log_record_is_written() {
    for major in evenkeel_testkit::majors() {
        // Nobody else at work: no autovacuum, no checkpoints by time.
        let options = Options::major(major)
            .setting("autovacuum", "off")
            .setting("checkpoint_timeout", "1d")
            .setting("wal_level", "replica")
            .database("app");
        let scratch = Scratch::start(&options).unwrap();
        {
            // A session of its own: it reports what it wrote when it ends.
            let session = scratch.session("app").unwrap();
            session.exec(SHOP).unwrap();
            session.exec("INSERT INTO app.customers (name) SELECT 'c' || i FROM generate_series(1, 500) AS i; ANALYZE").unwrap();
            session.exec("VACUUM (FREEZE)").unwrap();
            session.exec("CHECKPOINT").unwrap();
        }
        let place = Place::new();
        // Once before, so that hint bits and caches are set.
        run_all(&place, &scratch.url("app"));
        let session = scratch.session("app").unwrap();
        std::thread::sleep(std::time::Duration::from_millis(1200));
        let before = counters(&session);
        run_all(&place, &scratch.url("app"));
        std::thread::sleep(std::time::Duration::from_millis(1200));
        let after = counters(&session);
        println!("PostgreSQL {major}: {before:?}");
        assert_eq!(before.0, after.0, "rows written, files made or transactions numbered on PostgreSQL {major}");
        // A background writer notes running transactions (about 50 bytes) when it wakes up after something was written.
        assert!(after.1 - before.1 <= 200, "{} bytes of write-ahead log on PostgreSQL {major}", after.1 - before.1);
    }
}

/// Rows written in all databases, temporary files, the next transaction number; and the position in the write-ahead log.
fn counters(session: &Session) -> (Vec<Option<String>>, i64) {
    let sql = "SELECT sum(tup_inserted), sum(tup_updated), sum(tup_deleted), sum(temp_files),
                 (pg_control_checkpoint()).next_xid, pg_snapshot_xmax(pg_current_snapshot()), (SELECT count(*) FROM pg_class), (SELECT count(*) FROM pg_ls_dir('base'))
               FROM pg_stat_database";
    let rows = session.query_text(sql).unwrap();
    let position = session.value("SELECT (pg_current_wal_insert_lsn() - '0/0')::bigint").unwrap().unwrap();
    (rows[0].clone(), position.parse().unwrap())
}

#[test]
fn a_role_that_may_only_read_is_enough() {
    for major in evenkeel_testkit::majors() {
        let db = evenkeel_testkit::database(major);
        db.exec(SHOP);
        let role = format!("ro_{}", db.name);
        db.exec(&format!("CREATE ROLE {role} LOGIN; ALTER ROLE {role} SET default_transaction_read_only = on; REVOKE TEMPORARY ON DATABASE {} FROM public", db.name));
        let url = db.url().replace("postgres@", &format!("{role}@"));
        assert!(url.contains(&role));
        let place = Place::new();
        run_all(&place, &url);
        place.run(&["digest", &url]).exits(0);
        db.exec(&format!("DROP ROLE {role}"));
    }
}
