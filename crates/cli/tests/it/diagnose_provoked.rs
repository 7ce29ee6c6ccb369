//! Every error that `evenkeel diagnose` knows of servers, provoked on a real one: what is printed then is known by its own name.
//! Neighbour: `diagnose_tools`, which provokes those of migration tools.

use evenkeel_core::diagnose::{SIGNATURES, diagnose};
use evenkeel_core::kind::Engine;
use evenkeel_postgres::scratch::{Options, ReplicaOptions, Scratch};
use evenkeel_testkit::process::eventually;
use evenkeel_testkit::{database, mysql, newest};
use std::collections::BTreeSet;
use std::io::Write;
use std::process::{Child, Command, Stdio};

/// An error's name, and what clients say at the same time: a line is a statement.
type Case = (&'static str, &'static [&'static str]);

const POSTGRESQL: &[Case] = &[
    (
        "lock-timeout",
        &[
            "begin; create table t (a int); commit; begin; lock t; select pg_sleep(1.5)",
            "select pg_sleep(0.5)\nset lock_timeout = '50ms'\nselect * from t",
        ],
    ),
    ("statement-timeout", &["set statement_timeout = '50ms'\nselect pg_sleep(5)"]),
    ("user-cancel", &["select pg_cancel_backend(pg_backend_pid()), pg_sleep(2)"]),
    (
        "deadlock",
        &[
            "create table if not exists t (a int)\nbegin\nlock t\nselect pg_sleep(1)\ncreate table if not exists u (a int)\nselect pg_advisory_xact_lock(1)",
            "begin\nselect pg_advisory_xact_lock(1)\nselect pg_sleep(0.5)\nlock t",
        ],
    ),
    (
        "serialization-failure",
        &[
            "create table t (a int)\ninsert into t values (1)\nbegin isolation level repeatable read\nselect * from t\nselect pg_sleep(1)\nupdate t set a = 2",
            "select pg_sleep(0.5)\nupdate t set a = 3",
        ],
    ),
    ("not-in-transaction", &["create table t (a int)\nbegin\ncreate index concurrently on t (a)"]),
    ("transaction-aborted", &["begin\nselect 1/0\nselect 1"]),
    ("enum-value-unsafe", &["create type e as enum ('a')\nbegin\nalter type e add value 'b'\nselect 'b'::e"]),
    ("relation-exists", &["create table t (a int)\ncreate table t (a int)"]),
    ("column-exists", &["create table t (a int)\nalter table t add a int"]),
    ("object-exists", &["create type e as enum ('a')\ncreate type e as enum ('a')"]),
    ("skipped-exists", &["create table t (a int)\ncreate table if not exists t (a int)"]),
    ("relation-missing", &["select * from nowhere"]),
    ("column-missing", &["create table t (a int)\nselect b from t"]),
    ("object-missing", &["drop index nowhere"]),
    ("unique-build-failed", &["create table t (a int)\ninsert into t values (1), (1)\ncreate unique index on t (a)"]),
    ("unique-violation", &["create table t (a int primary key)\ninsert into t values (1), (1)"]),
    ("null-values", &["create table t (a int)\ninsert into t values (null)\nalter table t alter a set not null"]),
    ("not-null-violation", &["create table t (a int not null)\ninsert into t values (null)"]),
    ("check-violated", &["create table t (a int)\ninsert into t values (1)\nalter table t add check (a > 1)"]),
    (
        "foreign-key-violated",
        &[
            "create table p (a int primary key)\ncreate table t (a int)\ninsert into t values (1)\nalter table t add foreign key (a) references p",
        ],
    ),
    ("foreign-key-no-unique", &["create table p (a int)\ncreate table t (a int references p (a))"]),
    ("dependent-objects", &["create table t (a int)\ncreate view v as select a from t\ndrop table t"]),
    ("column-used-by-view", &["create table t (a int)\ncreate view v as select a from t\nalter table t alter a type bigint"]),
    ("cached-plan", &["create table t (a int)\nprepare q as select * from t\nalter table t alter a type bigint\nexecute q"]),
    ("must-be-owner", &["create table t (a int)\nset role pg_monitor\ndrop table t"]),
    ("permission-denied", &["create table t (a int)\nset role pg_monitor\nselect * from t"]),
    ("terminated-by-administrator", &["select pg_terminate_backend(pg_backend_pid())"]),
    ("connection-lost", &["select pg_terminate_backend(pg_backend_pid())"]),
    ("read-only", &["begin read only\ncreate table t (a int)"]),
    ("default-cast", &["create type e as enum ('x')\ncreate table t (a text default 'x')\nalter table t alter a type e using a::e"]),
    ("using-needed", &["create table t (a text)\nalter table t alter a type int"]),
    ("invalid-input", &["select 'n/a'::int"]),
    ("value-too-long", &["create table t (a varchar(2))\ninsert into t values ('abc')"]),
    (
        "row-too-big",
        &[
            "do $$ begin execute (select 'create table w (' || string_agg('c' || g || ' bigint', ',') || ')' from generate_series(1, 1100) g); \
           execute (select 'insert into w values (' || string_agg('1', ',') || ')' from generate_series(1, 1100)); end $$",
        ],
    ),
    (
        "object-in-use",
        &[
            "create table p (a int primary key)\ncreate table t (a int references p deferrable initially deferred)\nbegin\ninsert into t values (1)\nalter table t add b int",
        ],
    ),
    ("extension-unavailable", &["create extension nowhere"]),
    ("role-missing", &["create table t (a int)\ngrant select on t to nobody_of_that_name"]),
    ("database-missing", &["\\c nobody_of_that_name"]),
    ("prepared-statement-pooler", &["prepare s0 as select 1\nprepare s0 as select 2"]),
    (
        "collation-version",
        &[
            "update pg_database set datcollversion = '0.1' where datname = current_database()\nselect current_database() as own \\gset\n\\c :own",
        ],
    ),
    (
        "change-of-function",
        &[
            "create function f(a int) returns int language sql as 'select 1'\ncreate or replace function f(b int) returns int language sql as 'select 1'",
        ],
    ),
    ("partition-unique", &["create table p (a int, b int) partition by range (a)\ncreate unique index on p (b)"]),
    ("syntax-error", &["create tabel t (a int)"]),
    ("idle-in-transaction", &["set idle_in_transaction_session_timeout = '100ms'\nbegin\n\\! sleep 0.6\nselect 1"]),
    (
        "lock-wait-logged",
        &[
            "create table t (a int)\nbegin\nlock t\nselect pg_sleep(1.5)",
            "select pg_sleep(0.5)\nset client_min_messages = log\nset log_lock_waits = on\nset deadlock_timeout = '50ms'\nset lock_timeout = '300ms'\nselect * from t",
        ],
    ),
];

/// Provoked on servers of their own, below.
const ON_THEIR_OWN: &[&str] =
    &["lock-table-full", "too-many-connections", "authentication-failed", "server-starting", "recovery-conflict", "pg-dump-version"];

/// A statement a line; on which servers it must be seen.
const MYSQL: &[(&str, Seen, &[&str])] = &[
    (
        "mysql-lock-wait-timeout",
        Seen::Both,
        &[
            "create table t (a int);\nbegin;\nselect * from t;\nselect sleep(3);",
            "select sleep(1);\nset lock_wait_timeout = 1;\nalter table t add b int;",
        ],
    ),
    (
        "mysql-deadlock",
        Seen::Both,
        &[
            "create table t (a int primary key, b int);\ninsert into t values (1, 1), (2, 2);\nbegin;\nupdate t set b = 3 where a = 1;\nselect sleep(2);\nupdate t set b = 3 where a = 2;",
            "select sleep(1);\nbegin;\nupdate t set b = 4 where a = 2;\nselect sleep(2);\nupdate t set b = 4 where a = 1;",
        ],
    ),
    ("mysql-duplicate-entry", Seen::Both, &["create table t (a int primary key);\ninsert into t values (1), (1);"]),
    ("mysql-row-size", Seen::Both, &["create table t (a varchar(40000), b varchar(40000)) charset latin1;"]),
    ("mysql-key-too-long", Seen::Both, &["create table t (a varchar(4000), primary key (a)) charset utf8mb4;"]),
    ("mysql-algorithm-unsupported", Seen::Both, &["create table t (a int);\nalter table t modify a bigint, algorithm = instant;"]),
    ("mysql-table-exists", Seen::Both, &["create table t (a int);\ncreate table t (a int);"]),
    ("mysql-unknown-table", Seen::Both, &["drop table nowhere;"]),
    ("mysql-duplicate-column", Seen::Both, &["create table t (a int);\nalter table t add a int;"]),
    ("mysql-duplicate-key-name", Seen::Both, &["create table t (a int, key k (a));\ncreate index k on t (a);"]),
    (
        "mysql-cannot-drop",
        Seen::Both,
        &["create table t (a int);\nalter table t drop foreign key nowhere;\nalter table t drop index nowhere;"],
    ),
    ("mysql-syntax", Seen::Both, &["create tabel t (a int);"]),
    ("mysql-no-such-table", Seen::Both, &["select * from nowhere;"]),
    ("mysql-unknown-column", Seen::Both, &["create table t (a int);\nselect b from t;"]),
    (
        "mysql-foreign-key-definition",
        Seen::Both,
        &["create table p (a bigint primary key);\ncreate table t (a int, foreign key (a) references p (a));"],
    ),
    (
        "mysql-foreign-key-row",
        Seen::Both,
        &["create table p (a int primary key);\ncreate table t (a int, foreign key (a) references p (a));\ninsert into t values (1);"],
    ),
    (
        "mysql-foreign-key-in-the-way",
        Seen::Both,
        &["create table p (a int primary key);\ncreate table t (a int, foreign key (a) references p (a));\ndrop table p;"],
    ),
    ("mysql-connection-lost", Seen::Both, &["kill connection_id();\nselect 1;\nselect 2;"]),
    (
        "mysql-table-full",
        Seen::Both,
        &[
            "set max_heap_table_size = 16384;\ncreate table m (a char(255)) engine = memory;\ninsert into m values ('x');\ninsert into m select a.a from m a, (select 1 union all select 2) b;\n\
           insert into m select a.a from m a, m b, m c;\ninsert into m select a.a from m a, m b, m c;\ninsert into m select a.a from m a, m b, m c;\ninsert into m select a.a from m a, m b, m c;",
        ],
    ),
    ("mysql-incorrect-value", Seen::Both, &["create table t (a int);\ninsert into t values ('x');"]),
    ("mysql-value-too-long", Seen::Both, &["create table t (a varchar(2));\ninsert into t values ('abc');"]),
    (
        "mysql-invalid-default",
        Seen::Both,
        &["set sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE';\ncreate table t (a datetime default '0000-00-00 00:00:00');"],
    ),
    (
        "mysql-zero-date",
        Seen::Both,
        &[
            "set sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE';\ncreate table t (a date);\ninsert into t values ('0000-00-00');",
        ],
    ),
    ("mysql-check-violated", Seen::Both, &["create table t (a int, check (a > 1));\ninsert into t values (1);"]),
    ("mysql-null-values", Seen::MySql, &["create table t (a int);\ninsert into t values (null);\nalter table t modify a int not null;"]),
    ("mysql-no-default", Seen::Both, &["create table t (a int not null, b int);\ninsert into t (b) values (1);"]),
    ("mysql-unknown-database", Seen::Both, &["use nobody_of_that_name;"]),
    ("mysql-unknown-collation", Seen::Both, &["create table t (a int) collate nowhere_ci;"]),
    ("mysql-interrupted", Seen::MariaDb, &["set statement max_statement_time = 0.1 for select sleep(3);"]),
    (
        "mysql-interrupted",
        Seen::MySql,
        &[
            "set max_execution_time = 50;\nselect count(*) from information_schema.columns a, information_schema.columns b, information_schema.columns c;",
        ],
    ),
    ("mysql-routine-missing", Seen::Both, &["call nowhere();"]),
    ("mysql-unknown-setting", Seen::Both, &["set nowhere_of_that_name = 1;"]),
    ("mysql-index-part", Seen::Both, &["create table t (a text, primary key (a));"]),
    ("mysql-partition-key", Seen::Both, &["create table t (a int primary key, b int) partition by hash (b) partitions 2;"]),
    ("mysql-instant-limit", Seen::MySql, &[""]),
    // On a server of their own, or as an account of their own, below.
    ("mysql-read-only", Seen::Both, &["create table x.t (a int);"]),
    ("mysql-stored-code-super", Seen::Both, &["create function x.f() returns int return rand();"]),
    ("mysql-privilege-needed", Seen::Both, &[""]),
    ("mysql-access-denied", Seen::Both, &[""]),
    ("mysql-too-many-connections", Seen::Both, &[""]),
];

/// Which servers print it so.
#[derive(Clone, Copy, PartialEq)]
enum Seen {
    Both,
    MySql,
    MariaDb,
}

/// Why one cannot be provoked here.
const NOT_HERE: &[(&str, &str)] =
    &[("disk-full", "needs a full disk"), ("mysql-online-log-too-big", "needs an index build that others write to for minutes")];

fn ids(printed: &str) -> Vec<&'static str> {
    diagnose(printed).into_iter().map(|met| met.signature.id).collect()
}

/// Starts a client that says each line by itself, and goes on after errors.
fn psql(conninfo: &str, lines: &str) -> Child {
    let mut psql = Command::new("psql");
    psql.args(["-X", "-q", "-d", conninfo]).env("PGPASSWORD", "wrong").stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = psql.spawn().unwrap();
    let script: String = lines.lines().map(|line| if line.contains('\\') { format!("{line}\n") } else { format!("{line};\n") }).collect();
    // It may have ended before it was told everything.
    _ = child.stdin.take().unwrap().write_all(script.as_bytes());
    child
}

fn said(child: Child) -> String {
    String::from_utf8_lossy(&child.wait_with_output().unwrap().stderr).into_owned()
}

#[test]
fn what_postgresql_says_is_provoked_and_known() {
    let mut wrong = Vec::new();
    for (id, clients) in POSTGRESQL {
        let db = database(newest());
        let clients: Vec<Child> = clients.iter().map(|lines| psql(&db.conninfo(), lines)).collect();
        let printed: String = clients.into_iter().map(said).collect();
        if !ids(&printed).contains(id) {
            wrong.push(format!("{id}: {:?}: {printed}", ids(&printed)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_a_whole_server_of_postgresql_says_is_provoked_and_known() {
    let provoked = |id: &str, printed: &str| assert!(ids(printed).contains(&id), "{id}: {:?}: {printed}", ids(printed));
    let options = Options::major(newest()).setting("max_connections", "8").setting("max_locks_per_transaction", "10");
    let scratch = Scratch::start(&options).unwrap();
    let conninfo = scratch.conninfo("postgres");
    let tables = "do $$ begin for i in 1..20000 loop execute format('create table t%s (a int)', i); end loop; end $$";
    provoked("lock-table-full", &said(psql(&conninfo, tables)));

    let replica = ReplicaOptions {
        settings: vec![("max_standby_streaming_delay".to_owned(), "100ms".to_owned())],
        ..ReplicaOptions::named("behind")
    };
    let standby = scratch.replica(&replica).unwrap();
    let primary = scratch.session("postgres").unwrap();
    primary.exec("create table seen (a int); insert into seen values (1)").unwrap();
    let there = standby.session("postgres").unwrap();
    eventually("the table is on the standby", || there.value("select to_regclass('seen')::text").unwrap().is_some());
    let reader = psql(&standby.conninfo("postgres"), "select a, pg_sleep(20) from seen");
    eventually("it is read", || there.value("select 'x' from pg_stat_activity where query like 'select a, %'").unwrap().is_some());
    primary.exec("drop table seen").unwrap();
    provoked("recovery-conflict", &said(reader));
    drop((there, standby));

    let mut held = Vec::new();
    while let Ok(session) = scratch.session("postgres") {
        held.push(session);
    }
    provoked("too-many-connections", &said(psql(&conninfo, "select 1")));
    drop(held);

    let file = primary.value("show hba_file").unwrap().unwrap();
    let admin = format!("copy (select 'local all all scram-sha-256') to '{file}'; select pg_reload_conf()");
    eventually("it is asked for a password", || {
        primary.query_text(&admin).unwrap();
        ids(&said(psql(&conninfo, "select 1"))).contains(&"authentication-failed")
    });

    // It waits for its last session, and takes no other.
    let pid = scratch.pid().unwrap().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    eventually("it shuts down", || ids(&said(psql(&conninfo, "select 1"))).contains(&"server-starting"));
    drop(primary);
}

#[test]
fn a_dump_by_an_older_program_is_known() {
    let Some(dump) =
        (13..newest()).map(|major| format!("/usr/lib/postgresql/{major}/bin/pg_dump")).find(|path| std::path::Path::new(path).exists())
    else {
        return evenkeel_testkit::skip("an older pg_dump");
    };
    let db = database(newest());
    let ran = Command::new(dump).args(["-d", &db.conninfo()]).output().unwrap();
    let printed = String::from_utf8_lossy(&ran.stderr).into_owned();
    assert!(ids(&printed).contains(&"pg-dump-version"), "{printed}");
}

/// Starts a client of MySQL or MariaDB that goes on after errors.
fn client(url: &str, user: &str, lines: &str) -> Child {
    let (before, query) = url.split_once("?socket=").unwrap();
    let socket = query.replace("%2F", "/").replace("%2f", "/");
    let database = before.rsplit_once('/').unwrap().1;
    let mut client = Command::new("mariadb");
    client.args(["--no-defaults", "--force", "--skip-reconnect", "--user", user, "--socket", &socket, database]);
    let mut child = client.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    // It may have ended before it was told everything.
    _ = child.stdin.take().unwrap().write_all(lines.as_bytes());
    child
}

#[test]
fn what_mysql_and_mariadb_say_is_provoked_and_known() {
    if evenkeel_testkit::another_day(3) {
        return;
    }
    let mut wrong = Vec::new();
    for flavor in [mysql::newest_mariadb(), mysql::newest_mysql()] {
        for (id, seen, clients) in MYSQL {
            let other = if flavor.0 == Engine::MySql { Seen::MariaDb } else { Seen::MySql };
            if *seen == other {
                continue;
            }
            let db = mysql::database(flavor);
            let own = format!("ek_{}", db.name.chars().rev().take(20).collect::<String>());
            let account = |more: &str| db.exec(&format!("create user '{own}'@'localhost' {more}"));
            let printed: String = match *id {
                "mysql-read-only" | "mysql-stored-code-super" => continue,
                "mysql-instant-limit" => {
                    let more: String = (0..300)
                        .map(|at| {
                            format!("alter table t add c{at} int, algorithm = instant;\nalter table t drop c{at}, algorithm = instant;\n")
                        })
                        .collect();
                    said(client(&db.url(), "root", &format!("create table t (a int);\n{more}")))
                }
                "mysql-access-denied" => {
                    account("identified by 'secret'");
                    said(client(&db.url(), &own, "select 1;"))
                }
                "mysql-privilege-needed" => {
                    account("");
                    db.exec(&format!("create table t (a int); grant insert on {}.* to '{own}'@'localhost'", db.name));
                    said(client(&db.url(), &own, "select * from t;"))
                }
                "mysql-too-many-connections" => {
                    account("with max_user_connections 1");
                    db.exec(&format!("grant insert on {}.* to '{own}'@'localhost'", db.name));
                    let first = client(&db.url(), &own, "select sleep(2);");
                    std::thread::sleep(std::time::Duration::from_millis(700));
                    let second = said(client(&db.url(), &own, "select 1;"));
                    said(first) + &second
                }
                _ => {
                    let clients: Vec<Child> = clients.iter().map(|lines| client(&db.url(), "root", lines)).collect();
                    clients.into_iter().map(said).collect()
                }
            };
            db.exec(&format!("drop user if exists '{own}'@'localhost'"));
            if !ids(&printed).contains(id) {
                wrong.push(format!("{id} on {}: {:?}: {}", flavor.0.name(), ids(&printed), printed.chars().take(400).collect::<String>()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_whole_servers_of_mysql_and_mariadb_say_is_provoked_and_known() {
    for (engine, _) in [mysql::newest_mariadb(), mysql::newest_mysql()] {
        // Functions are written to the log there.
        let options = evenkeel_mysql::scratch::Options::engine(engine).serving_replicas().database("x");
        let scratch = evenkeel_mysql::scratch::Scratch::start(&options).unwrap();
        let root = scratch.session("x").unwrap();
        root.exec("create user 'app'@'localhost'; grant all on x.* to 'app'@'localhost'").unwrap();
        let lines = |wanted: &str| MYSQL.iter().find(|(id, ..)| *id == wanted).map(|(_, _, lines)| lines[0]).unwrap();
        let printed = said(client(&scratch.url("x"), "app", lines("mysql-stored-code-super")));
        assert!(ids(&printed).contains(&"mysql-stored-code-super"), "{}: {printed}", engine.name());
        root.exec("set global read_only = 1").unwrap();
        let printed = said(client(&scratch.url("x"), "app", lines("mysql-read-only")));
        assert!(ids(&printed).contains(&"mysql-read-only"), "{}: {printed}", engine.name());
    }
}

/// One that is added later is provoked too, or says why it cannot be.
#[test]
fn every_signature_is_provoked_or_says_why_not() {
    let servers = POSTGRESQL.iter().map(|(id, _)| *id).chain(MYSQL.iter().map(|(id, ..)| *id)).chain(ON_THEIR_OWN.iter().copied());
    let tools = crate::diagnose_tools::provoked();
    let excused = NOT_HERE.iter().chain(crate::diagnose_tools::NOT_HERE).map(|(id, _)| *id);
    let all: Vec<&str> = SIGNATURES.iter().flat_map(|list| list.iter()).map(|signature| signature.id).collect();
    let provoked: BTreeSet<&str> = servers.chain(tools).collect();
    let excused: BTreeSet<&str> = excused.collect();
    let none: Vec<&&str> = all.iter().filter(|id| !provoked.contains(**id) && !excused.contains(**id)).collect();
    assert!(none.is_empty(), "nobody provokes {none:?}");
    let both: Vec<&&str> = provoked.iter().filter(|id| excused.contains(**id)).collect();
    assert!(both.is_empty(), "provoked, and excused from it: {both:?}");
    for id in provoked.union(&excused) {
        assert!(all.contains(id), "{id} is no signature");
    }
}
