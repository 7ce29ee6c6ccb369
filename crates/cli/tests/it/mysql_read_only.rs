//! MySQL and MariaDB: a check never writes: seen in the server's own log, in its counters and its binary log, and with an
//! account, a server and a replica that let nobody write.

use crate::run::{MYSQL_SHOP, Place, digest};
use evenkeel_core::kind::Engine;
use evenkeel_mysql::scratch::{Options, ReplicaOptions, Scratch, Session};
use evenkeel_testkit::mysql::flavors;

/// Every verb that reads a server.
const VERBS: &[&[&str]] =
    &[&["digest", "URL"], &["capture", "URL", "--values", "--out", "m.jsonl"], &["compare", "URL", "URL"], &["check"], &["grants", "URL"]];

fn run_all(place: &Place, url: &str) {
    place.write("evenkeel.toml", format!("[environments.one]\nurl = \"{url}\"\nmanifest = \"m.jsonl\"\n"));
    for verb in VERBS {
        let arguments: Vec<&str> = verb.iter().map(|word| if *word == "URL" { url } else { *word }).collect();
        let ran = place.run(&arguments);
        assert!(matches!(ran.code, Some(0..=2)), "{verb:?}: {ran:?}");
        assert!(!ran.stdout.is_empty() || verb.contains(&"--out") || ran.code == Some(2), "{verb:?}: {ran:?}");
    }
}

fn started(flavor: (Engine, u16), options: Options) -> Scratch {
    let scratch = Scratch::start(&Options { engine: Some(flavor.0), number: Some(flavor.1), ..options }.database("app")).unwrap();
    scratch.session("app").unwrap().exec(MYSQL_SHOP).unwrap();
    scratch.session("app").unwrap().exec("ANALYZE TABLE customers, orders, parts").unwrap();
    scratch
}

/// How a statement of ours may begin.
const ALLOWED: &[&str] = &[
    "SELECT ",
    "WITH ",
    "SHOW ",
    "SET SESSION ",
    "SET NAMES UTF8MB4, SESSION ",
    "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
    "ROLLBACK",
];

/// Words that no reading statement of ours holds outside of quotes: what writes, locks, waits, or changes more than our
/// session. SHOW CREATE and the like only show.
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
    "unlock",
    "analyze",
    "call",
    "do",
    "into",
    "outfile",
    "dumpfile",
    "load_file",
    "get_lock",
    "release_lock",
    "sleep",
    "benchmark",
    "nextval",
    "setval",
    "flush",
    "kill",
    "purge",
    "optimize",
    "repair",
    "install",
    "uninstall",
    "handler",
    "global",
    "persist",
    "persist_only",
    "share",
    "begin",
    "commit",
];

/// Words outside of quotes, in lower case.
fn words(statement: &str) -> Vec<String> {
    let mut bare = String::new();
    let mut quote = None;
    for c in statement.chars() {
        match quote {
            Some(open) => quote = (c != open).then_some(open),
            None if matches!(c, '\'' | '"' | '`') => quote = Some(c),
            None => bare.push(c.to_ascii_lowercase()),
        }
    }
    bare.split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '.').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// At the semicolons outside of quotes.
fn statements(text: &str) -> Vec<String> {
    let (mut found, mut quote) = (vec![String::new()], None);
    for c in text.chars() {
        match quote {
            Some(open) => quote = (c != open).then_some(open),
            None if matches!(c, '\'' | '"' | '`') => quote = Some(c),
            None if c == ';' => {
                found.push(String::new());
                continue;
            }
            None => {}
        }
        if let Some(last) = found.last_mut() {
            last.push(c);
        }
    }
    found.into_iter().map(|statement| statement.trim().to_owned()).filter(|statement| !statement.is_empty()).collect()
}

#[test]
fn nothing_in_the_servers_log_writes() {
    for flavor in flavors() {
        let scratch = started(flavor, Options::default().setting("event_scheduler", "OFF"));
        let admin = scratch.session("").unwrap();
        admin.exec("SET GLOBAL log_output = 'TABLE'; SET GLOBAL general_log = ON").unwrap();
        run_all(&Place::new(), &scratch.url("app"));
        run_all(&Place::new(), &scratch.url(""));
        admin.exec("SET GLOBAL general_log = OFF").unwrap();
        let rows = admin
            .query_text("SELECT command_type, convert(argument USING utf8mb4) FROM mysql.general_log WHERE thread_id <> connection_id() ORDER BY event_time")
            .unwrap();
        let mut count = 0;
        for row in &rows {
            let (command, argument) = (row[0].as_deref().unwrap(), row[1].as_deref().unwrap_or_default());
            if matches!(command, "Connect" | "Quit" | "Init DB" | "Ping" | "Close stmt") {
                continue;
            }
            assert!(matches!(command, "Query" | "Prepare" | "Execute"), "{command}: {argument}");
            for statement in statements(argument) {
                count += 1;
                let line = statement.split_whitespace().collect::<Vec<_>>().join(" ").to_ascii_uppercase();
                assert!(ALLOWED.iter().any(|allowed| line.starts_with(allowed)), "{flavor:?}: not on the list: {statement}");
                // A statement of settings must not slip in one of the server.
                assert!(!line.starts_with("SET ") || !line.contains("@@GLOBAL") && !line.contains(", GLOBAL "), "{statement}");
                let words = words(&statement);
                let named = |at: usize| at.checked_sub(1).and_then(|before| words.get(before)).is_some_and(|word| word == "as");
                let shows = line.starts_with("SHOW ");
                let banned = words.iter().enumerate().filter(|(at, word)| BANNED.contains(&word.as_str()) && !named(*at));
                let found: Vec<&String> =
                    banned.map(|(_, word)| word).filter(|word| !shows || !matches!(word.as_str(), "create" | "global")).collect();
                assert!(found.is_empty(), "{flavor:?}: {found:?} in: {statement}");
            }
        }
        println!("{flavor:?}: {count} statements");
        assert!(count > 100, "the log was not understood");
    }
}

/// What a server counts when somebody writes: rows, also in its dictionary; statements that define; transactions in the
/// binary log; and when statistics were last kept.
fn counters(session: &Session) -> Vec<Vec<Option<String>>> {
    let status = "SHOW GLOBAL STATUS WHERE Variable_name REGEXP
        '^(innodb_(system_rows_inserted|(system_)?rows_(updated|deleted))|com_(alter|analyze|create|drop|rename|grant|revoke|set_role|insert|update|delete|replace|truncate|flush|lock|load|call|do|optimize|repair|install|uninstall|xa|commit).*|binlog_(commits|stmt_cache_use|cache_use)|handler_(delete|update|prepare))$'";
    let mut rows = session.query_text(status).unwrap();
    assert!(rows.len() > 20, "{rows:?}");
    rows.extend(
        session.query_text("SELECT database_name, table_name, last_update, n_rows FROM mysql.innodb_table_stats ORDER BY 1, 2").unwrap(),
    );
    rows.extend(session.query_text("SELECT database_name, table_name, index_name, stat_name, last_update, stat_value FROM mysql.innodb_index_stats ORDER BY 1, 2, 3, 4").unwrap());
    rows.extend(session.query_text("SHOW BINARY LOGS").unwrap());
    // Temporary tables of the server's own are no rows of anybody's: each table is counted by name.
    let sql = "SELECT object_schema, object_name, count_write FROM performance_schema.table_io_waits_summary_by_table WHERE object_type = 'TABLE' AND count_write > 0 ORDER BY 1, 2";
    rows.extend(session.query_text(sql).unwrap());
    rows
}

#[test]
fn no_row_and_no_statistic_is_written() {
    for flavor in flavors() {
        let options = Options::default().serving_replicas().setting("event_scheduler", "OFF").setting("performance_schema", "ON");
        let scratch = started(flavor, options);
        let session = scratch.session("app").unwrap();
        // What the server's own statistics would be refreshed with, if they were asked for wrongly.
        session.exec("INSERT INTO customers (name) SELECT a.name FROM customers a, customers b, customers c, customers d").unwrap();
        session.exec("ANALYZE TABLE customers; SET GLOBAL innodb_stats_auto_recalc = OFF").unwrap();
        let place = Place::new();
        run_all(&place, &scratch.url("app"));
        let before = counters(&session);
        run_all(&place, &scratch.url("app"));
        let after = counters(&session);
        let changed: Vec<_> = before.iter().zip(&after).filter(|(before, after)| before != after).collect();
        assert!(changed.is_empty() && before.len() == after.len(), "{flavor:?}: {changed:?}");
    }
}

#[test]
fn an_account_and_a_server_that_may_only_read_are_enough() {
    for flavor in flavors() {
        let scratch = started(flavor, Options::default());
        let session = scratch.session("app").unwrap();
        session.exec("CREATE USER reader@localhost; GRANT SELECT, SHOW VIEW ON app.* TO reader@localhost").unwrap();
        let place = Place::new();
        let before = digest(&place.run(&["digest", &scratch.url("app")]).exits(0));
        run_all(&place, &scratch.url("app").replace("root@", "reader@"));
        // Nobody may write now, the superuser included where the server knows that.
        session.exec("SET GLOBAL read_only = ON").unwrap();
        if flavor.0 == Engine::MySql {
            session.exec("SET GLOBAL super_read_only = ON").unwrap();
        }
        run_all(&place, &scratch.url("app").replace("root@", "reader@"));
        run_all(&place, &scratch.url("app"));
        assert_eq!(digest(&place.run(&["digest", &scratch.url("app")]).exits(0)), before, "{flavor:?}");
    }
}

#[test]
fn a_replica_has_the_digest_of_its_source() {
    for flavor in flavors() {
        let scratch = started(flavor, Options::default().serving_replicas());
        let replica = scratch.replica(&ReplicaOptions::default()).unwrap();
        let place = Place::new();
        // Whether an event runs at the source cannot be seen on a replica.
        let compared = place.run(&["compare", &scratch.url("app"), &replica.url("app"), "--dimension", "schema"]).exits(2);
        compared.says("a replica does not say whether").hides("EK-");
        scratch.session("app").unwrap().exec("DROP EVENT nightly").unwrap();
        let events =
            || replica.session("app").unwrap().value("SELECT count(*) FROM information_schema.events WHERE event_schema = 'app'").unwrap();
        let until = std::time::Instant::now() + std::time::Duration::from_secs(30);
        while events().as_deref() != Some("0") {
            assert!(std::time::Instant::now() < until, "the replica did not follow");
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        place.run(&["compare", &scratch.url("app"), &replica.url("app"), "--dimension", "schema"]).exits(0);
        let source = digest(&place.run(&["digest", &scratch.url("app")]).exits(0));
        assert_eq!(digest(&place.run(&["digest", &replica.url("app")]).exits(0)), source, "{flavor:?}");
        run_all(&place, &replica.url("app"));
        place.run(&["compare", &scratch.url("app"), &replica.url("app"), "--dimension", "schema"]).exits(0);
    }
}
