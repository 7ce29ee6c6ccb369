//! `evenkeel history` beside the migration tools themselves: each runs its own migrations, then what people do to databases is done, and
//! the verdict has to be the right one. `script/setup` installs the tools; one that is not there is a skip that is counted.
//!
//! Every run of CI has the light ones, and asks them what only they can answer. `EVENKEEL_TOOLS=all` demands the heavy ones too, and
//! plays everything with each.

pub mod tools;

use crate::history::{last, words};
use crate::history_repair::run;
use crate::run::{Place, Ran};
use evenkeel_testkit::{TestDb, database, newest, note_skip, skip};
use serde_json::Value;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::Path;
use tools::{ALL, LANGUAGES, TABLES, Tool};

pub const TOOLS: &str = "/opt/evenkeel/tools";

/// Whether a tool is played: it is there, and wanted. Where not, that is counted; what CI has is demanded.
pub fn is_there(name: &str, needs: &[&str], is_heavy: bool) -> bool {
    if is_heavy && !wants_all() {
        note_skip(&format!("{name}, which EVENKEEL_TOOLS=all plays,"));
        return false;
    }
    let Some(missing) = needs.iter().find(|path| !Path::new(path).exists()) else { return true };
    skip(&format!("{name} ({missing})"));
    false
}

fn wants_all() -> bool {
    std::env::var_os("EVENKEEL_TOOLS").is_some_and(|value| value == "all")
}

/// Hands a port of this machine on to a server's socket: not every tool can speak to one.
pub fn port_of(db: &TestDb) -> u16 {
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

    /// Whether evenkeel writes rows of it.
    fn is_repaired(&self) -> bool {
        self.tool.name != "Sqitch"
    }

    /// Makes record and schema agree; then the tool itself finds nothing to run and nothing wrong.
    fn repair(&self) {
        let told = self.place.run(&["history", &self.db.url(), "--migrations", "m", "--repair"]);
        assert!(told.code == Some(0) && told.stdout.starts_with("-- proven"), "{}: {}{}", self.tool.name, told.stdout, told.stderr);
        let told = told.says(&format!("{} itself", self.tool.name));
        // Where it is on PATH it is asked on the throwaway server.
        if let Some(folder) = self.tool.on_path {
            let path = format!("{folder}:{}", std::env::var("PATH").unwrap());
            let asked = self.place.run_with(&["history", &self.db.url(), "--migrations", "m", "--repair"], &[("PATH", &path)]).exits(0);
            asked.says(&format!("{} itself, asked there, has nothing to run", self.tool.name));
        }
        run(&self.db, &told.stdout);
        let rows = || self.db.value(&format!("select count(*) from {}", self.tool.table));
        let before = rows();
        self.applies();
        assert_eq!(rows(), before, "{}: it ran something", self.tool.name);
        let told = self.history(0);
        assert!(words(&told).iter().all(|word| word == "applied"), "{}: {told}", self.tool.name);
    }

    /// What evenkeel deploys is the tool's own: it finds nothing to run and nothing wrong afterwards.
    fn deploys(&self) {
        self.put(self.tool.third, "create table three (a int);\ncreate table four (a int);\n");
        let store = self.place.path("state/store.sqlite");
        let toml = format!(
            "[store]\nurl = \"sqlite:{}\"\n[environments.shop]\nurl = \"{}\"\ntier = \"staging\"\n",
            store.display(),
            self.db.url()
        );
        self.place.write("evenkeel.toml", toml);
        let told = self.place.run(&["deploy", "shop", "--migrations", "m", "--unrehearsed", "--format", "json"]);
        assert_eq!(told.code, Some(0), "{}: {}{}", self.tool.name, told.stdout, told.stderr);
        let rows = || self.db.value(&format!("select count(*) from {}", self.tool.table));
        let before = rows();
        self.applies();
        assert_eq!(rows(), before, "{}: it ran something", self.tool.name);
        self.says(0, &["applied", "applied", "applied"]);
        self.without(self.tool.third_row);
        self.db.exec("drop table three; drop table four");
        self.deploys_with();
        for (path, _) in self.tool.third {
            std::fs::remove_file(self.place.path(path)).unwrap();
        }
        std::fs::remove_file(self.place.path("evenkeel.toml")).unwrap();
    }

    /// The tool runs it, between the gates and the look afterwards.
    fn deploys_with(&self) {
        self.db.exec(&format!("alter database \"{}\" set lock_timeout = '1s'", self.db.name));
        let url = format!("postgres://postgres@127.0.0.1:{}/{}", self.port, self.db.name);
        let (port, name) = (self.port, &self.db.name);
        let script = format!("export URL='{url}' PORT={port} DB={name} TOOLS={TOOLS}\n{}\n", self.tool.apply);
        self.place.write("up.sh", script);
        let arguments = ["deploy", "shop", "--migrations", "m", "--unrehearsed", "--format", "json", "--with", "sh up.sh"];
        let told = self.place.run(&arguments);
        assert_eq!(told.code, Some(0), "{}: {}{}", self.tool.name, told.stdout, told.stderr);
        assert_eq!(told.json()["outcome"], "ran", "{}: {}", self.tool.name, told.stdout);
        eprintln!("{}: {}", self.tool.name, told.json()["notes"]);
        self.says(0, &["applied", "applied", "applied"]);
        std::fs::remove_file(self.place.path("up.sh")).unwrap();
        self.without(self.tool.third_row);
        self.db.exec(&format!("drop table three; drop table four; alter database \"{name}\" reset lock_timeout"));
    }

    fn hot_fix(&self) {
        self.db.exec("alter table orders add hot_fix int");
        let told = self.history(1);
        assert_eq!(told["unexplained"][0]["object"], "public.orders.hot_fix", "{}: {told}", self.tool.name);
        self.db.exec("alter table orders drop hot_fix");
    }

    /// A remark in a file that ran, and what means something else.
    fn edits(&self) {
        let text = self.place.read(self.tool.first);
        self.place.write(self.tool.first, text.replace("create table", "-- a remark\ncreate table"));
        let told = self.history(0);
        let first = &told["migrations"][0];
        let expected = if self.tool.has_sums { ("edited", "bytes") } else { ("applied", "") };
        assert_eq!(
            (first["verdict"].as_str().unwrap(), first["edit"].as_str().unwrap_or_default()),
            expected,
            "{}: {told}",
            self.tool.name
        );
        self.place.write(self.tool.first, text.replace("note text", "note text, extra int"));
        let told = self.says(1, &["partly-present", "applied"]);
        assert_eq!(told["migrations"][0]["edit"].as_str().unwrap_or_default(), if self.tool.has_sums { "meaning" } else { "" }, "{told}");
        self.place.write(self.tool.first, &text);
    }

    fn stamps(&self) {
        let Tool { stamp, third_row, .. } = self.tool;
        self.db.exec(&format!("set session_replication_role = replica; {stamp}; reset session_replication_role"));
        self.says(1, &["applied", "applied", "recorded-not-present"]);
        self.without(third_row);
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
    if play.is_repaired() {
        play.deploys();
    }
    if wants_all() {
        play.hot_fix();
    }
    // A row that is gone from the record.
    let back = play.without(tool.second_row);
    play.says(1, &["applied", "present-not-recorded"]);
    if play.is_repaired() {
        play.repair();
    } else {
        db.exec(&back);
    }
    if wants_all() || tool.has_sums {
        play.edits();
    }
    // One that was ended half-way, or done by hand.
    play.put(tool.third, "create table three (a int);\ncreate table four (a int);\n");
    assert_eq!(last(&play.says(0, &["applied", "applied", "pending"]))["evidence"], serde_json::json!([]));
    db.exec("create table three (a int)");
    play.says(1, &["applied", "applied", "half-applied"]);
    if play.is_repaired() {
        play.repair();
        play.without(tool.third_row);
        db.exec("drop table four");
    }
    db.exec("drop table three");
    // One that is written down and never ran.
    if wants_all() {
        play.stamps();
    }
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

fn speaks(name: &str) {
    let language = LANGUAGES.iter().find(|language| language.name == name).unwrap();
    if !is_there(language.name, language.needs, language.is_heavy) {
        return;
    }
    let (db, place) = (database(newest()), Place::new());
    let port = port_of(&db).to_string();
    let url = format!("postgres://postgres@127.0.0.1:{port}/{}", db.name);
    let variables = [("URL", url.as_str()), ("PORT", &port), ("DB", &db.name), ("TOOLS", TOOLS)];
    language.files.iter().for_each(|(path, text)| _ = place.write(path, text));
    place.shell(language.apply, &variables).exits(0);
    let own = db.url();
    let told = |more: &[&str], code: i32| {
        let arguments: Vec<&str> =
            ["history", &own, "--migrations", language.folder, "--format", "json"].iter().chain(more).copied().collect();
        let told = place.run_with(&arguments, &variables);
        assert_eq!(told.code, Some(code), "{name}: {}{}", told.stdout, told.stderr);
        told.json()
    };
    if wants_all() || language.render.is_empty() {
        let bare = told(&[], 2);
        assert_eq!(bare["tool"]["name"], name, "{bare}");
        assert_eq!(words(&bare), language.bare, "{bare}");
    }
    let (taken, afterwards) = language.taken;
    if language.render.is_empty() {
        db.exec(taken);
        let told = told(&[], 2);
        assert_eq!(words(&told), afterwards, "{told}");
        return;
    }
    let render = ["--render", language.render];
    let (expected, code) = language.rendered;
    let rendered = told(&render, code);
    assert_eq!(words(&rendered), expected, "{rendered}");
    // On PATH it is asked by itself, unless somebody does not want that; what the build is called does not depend on it.
    if let Some(folder) = language.on_path {
        let path = format!("{folder}:{}", std::env::var("PATH").unwrap());
        let with_path: Vec<(&str, &str)> = variables.iter().copied().chain([("PATH", path.as_str())]).collect();
        let asked = |more: &[&str]| {
            let arguments = ["history", &own, "--migrations", language.folder, "--format", "json"];
            place.run_with(&[&arguments[..], more].concat(), &with_path).json()
        };
        let told = asked(&[]);
        assert_eq!(words(&told), expected, "{told}");
        assert!(told["tool"]["why"].as_str().unwrap().contains("on PATH"), "{told}");
        assert_eq!(words(&asked(&["--render", "none"])), language.bare);
        let artifact = |variables: &[(&str, &str)]| {
            place.run_with(&["migrations", language.folder, "--format", "json"], variables).json()["digest"].clone()
        };
        assert_eq!(artifact(&variables), artifact(&with_path), "{name}");
    }
    db.exec(&format!("{taken}; create table stray (a int)"));
    let rendered = told(&render, 1);
    assert_eq!(words(&rendered), afterwards, "{rendered}");
    assert_eq!(rendered["unexplained"][0]["object"], "public.stray", "{rendered}");
}

#[test]
fn drizzle() {
    plays("Drizzle");
}

#[test]
fn knex() {
    speaks("Knex");
}

#[test]
fn sequelize() {
    speaks("Sequelize or umzug");
}

#[test]
fn typeorm() {
    speaks("TypeORM");
}

#[test]
fn rails() {
    speaks("Rails");
}

#[test]
fn alembic() {
    speaks("Alembic");
}

#[test]
fn django() {
    speaks("Django");
}

/// Every tool's history is played by a test of its own, so that they run side by side.
#[test]
fn every_tool_is_played() {
    let source = include_str!("real_tools.rs");
    let plays = ALL.iter().map(|tool| format!("plays(\"{}\")", tool.name));
    for call in plays.chain(LANGUAGES.iter().map(|language| format!("speaks(\"{}\")", language.name))) {
        assert!(source.contains(&call), "{call}");
    }
}
