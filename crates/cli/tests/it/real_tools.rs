//! `evenkeel history` beside the migration tools themselves: each runs its own migrations, then what people do to databases is done, and
//! the verdict has to be the right one. `script/setup` installs the tools; one that is not there is a skip that is counted.
//!
//! Every run of CI has the light ones. `EVENKEEL_TOOLS=all` demands the heavy ones too, which take a second and more a run.

use crate::history::{last, words};
use crate::run::{Place, Ran};
use evenkeel_testkit::{TestDb, database, newest, note_skip, skip};
use serde_json::Value;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::Path;

const TOOLS: &str = "/opt/evenkeel/tools";

/// A tool as a user has it: three migrations, the commands, and the table it records in. `$URL` is the database, `$PORT` and `$DB` are its parts.
struct Tool {
    name: &'static str,
    /// What has to be there to run it.
    needs: &'static [&'static str],
    is_heavy: bool,
    files: &'static [(&'static str, &'static str)],
    /// The file of the first, and of the third migration, which is put in place later.
    first: &'static str,
    third: &'static [(&'static str, &'static str)],
    apply: &'static str,
    table: &'static str,
    /// Rows of the second, and of the third one.
    second_row: &'static str,
    third_row: &'static str,
    /// Writes down that the third one ran, without running it.
    stamp: &'static str,
    /// An edit of a text changes a sum that the tool keeps.
    has_sums: bool,
    /// It runs one that was left out before others.
    fills_gaps: bool,
}

const TABLES: [&str; 2] = [
    "create table orders(id bigint primary key, note text);\n",
    "create index o_note on orders(note);\ncreate function twice(x int) returns int language sql as 'select 2 * x -- doubled';\n",
];

const ALL: &[Tool] = &[
    Tool {
        name: "dbmate",
        needs: &["/opt/evenkeel/tools/node_modules/@dbmate/linux-x64/bin/dbmate"],
        is_heavy: false,
        files: &[
            ("m/20260101000000_one.sql", "-- migrate:up\n{1}-- migrate:down\ndrop table orders;\n"),
            ("m/20260102000000_two.sql", "-- migrate:up\n{2}-- migrate:down\ndrop index o_note;\n"),
        ],
        first: "m/20260101000000_one.sql",
        third: &[("m/20260103000000_three.sql", "-- migrate:up\n{3}-- migrate:down\n")],
        apply: "$TOOLS/node_modules/@dbmate/linux-x64/bin/dbmate --url \"$URL?sslmode=disable\" -d m --no-dump-schema up",
        table: "schema_migrations",
        second_row: "version = '20260102000000'",
        third_row: "version = '20260103000000'",
        stamp: "insert into schema_migrations values ('20260103000000')",
        has_sums: false,
        fills_gaps: true,
    },
    Tool {
        name: "node-pg-migrate",
        needs: &["/opt/evenkeel/tools/node_modules/.bin/node-pg-migrate", "/usr/bin/node"],
        is_heavy: false,
        files: &[
            ("m/1767225600000_one.sql", "-- Up Migration\n{1}-- Down Migration\ndrop table orders;\n"),
            ("m/1767225600001_two.sql", "-- Up Migration\n{2}-- Down Migration\ndrop index o_note;\n"),
        ],
        first: "m/1767225600000_one.sql",
        third: &[("m/1767225600002_three.sql", "-- Up Migration\n{3}")],
        apply: "DATABASE_URL=$URL $TOOLS/node_modules/.bin/node-pg-migrate up -m m --no-check-order",
        table: "pgmigrations",
        second_row: "name = '1767225600001_two'",
        third_row: "name = '1767225600002_three'",
        stamp: "insert into pgmigrations (name, run_on) values ('1767225600002_three', now())",
        has_sums: false,
        fills_gaps: true,
    },
    Tool {
        name: "yoyo",
        needs: &["/opt/evenkeel/tools/python/bin/yoyo"],
        is_heavy: false,
        files: &[
            ("m/one.sql", "{1}"),
            ("m/one.rollback.sql", "drop table orders;\n"),
            ("m/another.sql", "-- depends: one\n{2}"),
        ],
        first: "m/one.sql",
        third: &[("m/third.sql", "-- depends: one\n{3}")],
        apply: "$TOOLS/python/bin/yoyo apply --batch --no-config-file -d \"$(echo $URL | sed 's/^postgres:/postgresql:/')\" m",
        table: "_yoyo_migration",
        second_row: "migration_id = 'another'",
        third_row: "migration_id = 'third'",
        stamp: "insert into _yoyo_migration values ('x', 'third', now())",
        has_sums: false,
        fills_gaps: true,
    },
    Tool {
        name: "Sqitch",
        needs: &["/usr/bin/sqitch"],
        is_heavy: false,
        files: &[
            ("m/sqitch.conf", "[core]\n\tengine = pg\n"),
            (
                "m/sqitch.plan",
                "%syntax-version=1.0.0\n%project=shop\n\none 2026-01-01T00:00:00Z Ann <a@example.org> # first\ntwo [one] 2026-01-02T00:00:00Z Ann <a@example.org> # second\n",
            ),
            ("m/deploy/one.sql", "BEGIN;\n{1}COMMIT;\n"),
            ("m/deploy/two.sql", "BEGIN;\n\\ir ../common/two.sql\nCOMMIT;\n"),
            ("m/common/two.sql", "{2}"),
            ("m/revert/one.sql", "DROP TABLE orders;\n"),
        ],
        first: "m/deploy/one.sql",
        third: &[
            (
                "m/sqitch.plan",
                "%syntax-version=1.0.0\n%project=shop\n\none 2026-01-01T00:00:00Z Ann <a@example.org> # first\ntwo [one] 2026-01-02T00:00:00Z Ann <a@example.org> # second\nthree 2026-01-03T00:00:00Z Ann <a@example.org> # third\n",
            ),
            ("m/deploy/three.sql", "{3}"),
        ],
        apply: "cd m && SQITCH_FULLNAME=Ann SQITCH_EMAIL=a@example.org sqitch deploy --no-verify \"db:pg://postgres@127.0.0.1:$PORT/$DB\"",
        table: "sqitch.changes",
        second_row: "change = 'two'",
        third_row: "change = 'three'",
        stamp: "insert into sqitch.changes (change_id, script_hash, change, project, note, committed_at, committer_name, committer_email, planned_at, planner_name, planner_email)
            select 'x', null, 'three', project, '', now(), 'x', 'x', now(), 'x', 'x' from sqitch.changes where change = 'one'",
        has_sums: true,
        fills_gaps: false,
    },
    Tool {
        name: "Liquibase",
        needs: &["/opt/evenkeel/tools/node_modules/liquibase/dist/liquibase/internal/lib/liquibase-core.jar", "/usr/bin/java"],
        is_heavy: true,
        files: &[(
            "m/changelog.sql",
            "--liquibase formatted sql\n--changeset ann:1\n{1}--rollback drop table orders;\n",
        ), ("m/two.sql", "--liquibase formatted sql\n--changeset ann:2 splitStatements:false\n{2}"),
            ("m/main.yaml", "databaseChangeLog:\n- include: {file: changelog.sql}\n- include: {file: two.sql}\n")],
        first: "m/changelog.sql",
        third: &[("m/three.sql", "--liquibase formatted sql\n--changeset ann:3\n{3}"),
            ("m/main.yaml", "databaseChangeLog:\n- include: {file: changelog.sql}\n- include: {file: two.sql}\n- include: {file: three.sql}\n")],
        apply: "java -cp \"$TOOLS/node_modules/liquibase/dist/liquibase/internal/lib/*\" liquibase.integration.commandline.LiquibaseCommandLine --url=jdbc:postgresql://127.0.0.1:$PORT/$DB --username=postgres --password=x --search-path=m --changelog-file=main.yaml update",
        table: "databasechangelog",
        second_row: "id = '2'",
        third_row: "id = '3'",
        stamp: "insert into databasechangelog (id, author, filename, dateexecuted, orderexecuted, exectype) values ('3', 'ann', 'three.sql', now(), 9, 'EXECUTED')",
        has_sums: true,
        fills_gaps: true,
    },
];

/// Whether a tool is there; where it is not, that is counted, and what CI has is demanded.
fn is_there(name: &str, needs: &[&str], is_heavy: bool) -> bool {
    let Some(missing) = needs.iter().find(|path| !Path::new(path).exists()) else {
        return !is_heavy || wants_all();
    };
    let missing = format!("{name} ({missing})");
    if is_heavy && !wants_all() {
        note_skip(&missing)
    } else {
        skip(&missing)
    }
    false
}

fn wants_all() -> bool {
    std::env::var_os("EVENKEEL_TOOLS").is_some_and(|value| value == "all")
}

/// Hands a port of this machine on to a server's socket: not every tool can speak to one.
fn port_of(db: &TestDb) -> u16 {
    let folder = db.value("show unix_socket_directories").unwrap();
    let socket = format!("{folder}/.s.PGSQL.{}", db.value("show port").unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    // It ends with the test's process.
    std::thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let Ok(server) = UnixStream::connect(&socket) else { continue };
            let (Ok(from), Ok(to)) = (client.try_clone(), server.try_clone()) else { continue };
            std::thread::spawn(move || {
                passed(from, &to);
                _ = to.shutdown(Shutdown::Write);
            });
            std::thread::spawn(move || {
                passed(server, &client);
                _ = TcpStream::shutdown(&client, Shutdown::Write);
            });
        }
    });
    port
}

fn passed(mut from: impl Read, mut to: impl Write) {
    let mut bytes = [0; 16 << 10];
    while let Ok(count @ 1..) = from.read(&mut bytes) {
        if to.write_all(&bytes[..count]).is_err() {
            break;
        }
    }
}

/// A tool, its folder and its database.
struct Play<'t> {
    tool: &'t Tool,
    place: Place,
    db: TestDb,
    port: u16,
}

impl<'t> Play<'t> {
    fn begin(tool: &'t Tool) -> Self {
        let db = database(newest());
        let port = port_of(&db);
        let play = Self { tool, place: Place::new(), db, port };
        play.put(tool.files, "");
        play
    }

    fn put(&self, files: &[(&str, &str)], third: &str) {
        for (path, text) in files {
            self.place.write(path, text.replace("{1}", TABLES[0]).replace("{2}", TABLES[1]).replace("{3}", third));
        }
    }

    fn runs(&self, command: &str) -> Ran {
        let url = format!("postgres://postgres@127.0.0.1:{}/{}", self.port, self.db.name);
        let port = self.port.to_string();
        let variables = [("URL", url.as_str()), ("PORT", &port), ("DB", &self.db.name), ("TOOLS", TOOLS)];
        self.place.shell(command, &variables)
    }

    fn applies(&self) {
        self.runs(self.tool.apply).exits(0);
    }

    fn history(&self, code: i32) -> Value {
        let told = self.place.run(&["history", &self.db.url(), "--migrations", "m", "--format", "json"]);
        let shown = format!("{}: {}{}", self.tool.name, told.stdout, told.stderr);
        assert_eq!(told.code, Some(code), "{shown}");
        told.json()
    }

    fn says(&self, code: i32, expected: &[&str]) -> Value {
        let told = self.history(code);
        assert_eq!(words(&told), expected, "{}: {told}", self.tool.name);
        told
    }

    /// Takes rows of the record away; what puts them back.
    fn without(&self, rows: &str) -> String {
        let table = self.tool.table;
        let kept = self.db.value(&format!("select coalesce(json_agg(t), '[]')::text from {table} t where {rows}")).unwrap();
        assert_ne!(kept, "[]", "{}: nothing is recorded where {rows}", self.tool.name);
        self.db.exec(&format!("set session_replication_role = replica; delete from {table} where {rows}; reset session_replication_role"));
        format!(
            "insert into {table} overriding system value select * from json_populate_recordset(null::{table}, '{}')",
            kept.replace('\'', "''")
        )
    }
}

fn plays(name: &str) {
    let tool = ALL.iter().find(|tool| tool.name == name).unwrap();
    if !is_there(tool.name, tool.needs, tool.is_heavy) {
        return;
    }
    let play = Play::begin(tool);
    let db = &play.db;
    // A clean run.
    play.applies();
    let told = play.says(0, &["applied", "applied"]);
    assert_eq!(told["tool"]["name"], tool.name, "{told}");
    for list in ["unexplained", "gaps", "in_flight"] {
        assert_eq!(told[list], serde_json::json!([]), "{}: {list}: {told}", tool.name);
    }
    // A hot-fix.
    db.exec("alter table orders add hot_fix int");
    let told = play.history(1);
    assert_eq!(told["unexplained"][0]["object"], "public.orders.hot_fix", "{}: {told}", tool.name);
    db.exec("alter table orders drop hot_fix");
    // A row that is gone from the record.
    let back = play.without(tool.second_row);
    play.says(1, &["applied", "present-not-recorded"]);
    db.exec(&back);
    // A remark, and what means something else.
    let text = play.place.read(tool.first);
    play.place.write(tool.first, text.replace("create table", "-- a remark\ncreate table"));
    let told = play.history(0);
    let first = &told["migrations"][0];
    let expected = if tool.has_sums { ("edited", "bytes") } else { ("applied", "") };
    assert_eq!((first["verdict"].as_str().unwrap(), first["edit"].as_str().unwrap_or_default()), expected, "{}: {told}", tool.name);
    play.place.write(tool.first, text.replace("note text", "note text, extra int"));
    let told = play.says(1, &["partly-present", "applied"]);
    assert_eq!(told["migrations"][0]["edit"].as_str().unwrap_or_default(), if tool.has_sums { "meaning" } else { "" }, "{told}");
    play.place.write(tool.first, &text);
    // One that was ended half-way, or done by hand.
    play.put(tool.third, "create table three (a int);\ncreate table four (a int);\n");
    assert_eq!(last(&play.says(0, &["applied", "applied", "pending"]))["evidence"], serde_json::json!([]));
    db.exec("create table three (a int)");
    play.says(1, &["applied", "applied", "half-applied"]);
    db.exec("drop table three");
    // One that is written down and never ran.
    db.exec(&format!("set session_replication_role = replica; {}; reset session_replication_role", tool.stamp));
    play.says(1, &["applied", "applied", "recorded-not-present"]);
    play.without(tool.third_row);
    // One before others that did run.
    play.applies();
    play.says(0, &["applied", "applied", "applied"]);
    play.without(tool.second_row);
    db.exec("drop index o_note; drop function twice");
    play.says(0, &["applied", "pending-out-of-order", "applied"]);
    if tool.fills_gaps {
        play.applies();
        play.says(0, &["applied", "applied", "applied"]);
    }
}

#[test]
fn dbmate() {
    plays("dbmate");
}

#[test]
fn node_pg_migrate() {
    plays("node-pg-migrate");
}

#[test]
fn yoyo() {
    plays("yoyo");
}

#[test]
fn sqitch() {
    plays("Sqitch");
}

#[test]
fn liquibase() {
    plays("Liquibase");
}

/// Every tool's history is played by a test of its own, so that they run side by side.
#[test]
fn every_tool_is_played() {
    let source = include_str!("real_tools.rs");
    for tool in ALL {
        assert!(source.contains(&format!("plays(\"{}\")", tool.name)), "{}", tool.name);
    }
}
