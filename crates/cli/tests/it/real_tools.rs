//! `evenkeel history` beside the migration tools themselves: each runs its own migrations, then what people do to databases is done, and
//! the verdict has to be the right one. `script/setup` installs the tools; one that is not there is a skip that is counted.
//!
//! Every run of CI has the light ones, and asks them what only they can answer; of those whose migrations are code it has one, another each
//! day. `EVENKEEL_TOOLS=all` demands the heavy ones too, and plays everything with each; so does `script/nightly`.

mod changes;
pub mod code;
mod on_mysql;
mod play;
pub mod tools;

use crate::history::{last, words};
use crate::run::Place;
use code::CODE;
use evenkeel_testkit::{Share, TestDb, database, newest, note_skip, skip};
use play::Play;
use serde_json::Value;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tools::{ALL, LANGUAGES, Tool};

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
    handed_on(format!("{folder}/.s.PGSQL.{}", db.value("show port").unwrap()).into())
}

fn handed_on(socket: PathBuf) -> u16 {
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

/// What came of an `evenkeel history` of a folder, as JSON.
fn told(place: &Place, tool: &Tool, url: &str, (more, variables): (&[&str], &[(&str, &str)]), code: i32) -> Value {
    let arguments = [&["history", url, "--migrations", tool.folder, "--format", "json"], more].concat();
    let told = place.run_with(&arguments, variables);
    assert_eq!(told.code, Some(code), "{}: {}{}", tool.name, told.stdout, told.stderr);
    told.json()
}

/// A text with the statements of the second and third in place, and what is between those of the third.
pub fn filled(text: &str, [[second, other], [third, fourth]]: &[[&str; 2]; 2], wait: &str) -> String {
    let parts = [("{2a}", *second), ("{2b}", *other), ("{3a}", *third), ("{3b}", *fourth), ("{wait}", wait)];
    parts.iter().fold(text.to_owned(), |text, (name, part)| text.replace(name, part))
}

fn borrowed<'v>(variables: &'v [(&'static str, String)]) -> Vec<(&'static str, &'v str)> {
    variables.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

/// A command that goes on by itself.
fn started(place: &Place, command: &str, variables: &[(&str, &str)]) -> Child {
    let mut shell = Command::new("bash");
    shell.args(["-c", command]).current_dir(place.path("")).env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    shell.envs(variables.iter().copied()).process_group(0).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    shell.spawn().unwrap()
}

/// Ends it with all that it started, as a machine that is switched off does.
fn end(tool: &mut Child) {
    let group = rustix::process::Pid::from_raw(i32::try_from(tool.id()).unwrap()).unwrap();
    rustix::process::kill_process_group(group, rustix::process::Signal::KILL).unwrap();
    tool.wait().unwrap();
}

fn waited<T>(mut there: impl FnMut() -> Option<T>) -> T {
    for _ in 0..600 {
        if let Some(there) = there() {
            return there;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("it did not come within 30 s");
}

fn plays(tool: &Tool) {
    let play = Play::begin(tool);
    let db = &play.db;
    // A clean run.
    play.applies();
    let told = play.says(0, &["applied", "applied"]);
    assert_eq!(told["tool"]["name"], tool.name, "{told}");
    for list in ["unexplained", "gaps", "in_flight"] {
        assert_eq!(told[list], serde_json::json!([]), "{}: {list}: {told}", tool.name);
    }
    if !tool.render.is_empty() {
        play.bare();
    }
    // Printing code takes its time: those are deployed at night.
    if play.is_repaired() && (wants_all() || tool.render.is_empty()) {
        play.deploys();
    }
    if wants_all() {
        play.hot_fix();
    }
    // A row that is gone from the record.
    let back = play.forget(2);
    play.says(1, &["applied", "present-not-recorded"]);
    if play.is_repaired() {
        play.is_asked();
        play.repair();
    } else {
        db.exec(&back);
    }
    if wants_all() || tool.has_sums {
        play.edits();
    }
    // One that was ended half-way, or done by hand.
    if wants_all() && !tool.render.is_empty() {
        play.is_killed();
    }
    play.put_third();
    assert_eq!(last(&play.says(0, &["applied", "applied", "pending"]))["evidence"], serde_json::json!([]));
    db.exec("create table three (a int)");
    play.says(1, &["applied", "applied", "half-applied"]);
    if play.is_repaired() {
        play.repair();
        play.forget(3);
        db.exec("drop table four");
    }
    db.exec("drop table three");
    // One that is written down and never ran.
    if wants_all() {
        play.stamps();
    }
    play.applies();
    play.says(0, &["applied", "applied", "applied"]);
    play.is_started_again();
    play.is_out_of_order();
}

/// Those whose migrations are SQL, on PostgreSQL and, where it is played there, on one of the others.
fn plays_sql(name: &str) {
    let tool = ALL.iter().find(|tool| tool.name == name).unwrap();
    if !is_there(tool.name, tool.needs, tool.is_heavy) {
        return;
    }
    plays(tool);
    if let Some(at) = on_mysql::ALL.iter().position(|tool| tool.name == name) {
        on_mysql::plays(&on_mysql::ALL[at], at);
    }
}

/// Those whose migrations are code, on PostgreSQL and, at night, on one of the others.
fn plays_code(name: &str) {
    let at = CODE.iter().position(|tool| tool.name == name).unwrap();
    let tool = &CODE[at];
    let share = Share::of(3);
    let is_today = share.take(CODE.iter().filter(|tool| !tool.is_heavy).collect()).iter().any(|other| other.name == name);
    if !wants_all() && !tool.is_heavy && !is_today {
        println!("{name} is another day's ({share})");
    } else if is_there(name, tool.needs, tool.is_heavy) {
        plays(tool);
        if wants_all() {
            on_mysql::plays(tool, at);
        }
    }
}

#[test]
fn dbmate() {
    plays_sql("dbmate");
}

#[test]
fn node_pg_migrate() {
    plays_sql("node-pg-migrate");
}

#[test]
fn yoyo() {
    plays_sql("yoyo");
}

#[test]
fn sqitch() {
    plays_sql("Sqitch");
}

#[test]
fn liquibase() {
    plays_sql("Liquibase");
}

#[test]
fn sqlx() {
    plays_sql("sqlx");
}

#[test]
fn diesel() {
    plays_sql("Diesel");
}

#[test]
fn refinery() {
    plays_sql("refinery");
}

#[test]
fn drizzle() {
    plays_sql("Drizzle");
}

#[test]
fn knex() {
    plays_code("Knex");
}

#[test]
fn sequelize() {
    plays_code("Sequelize or umzug");
}

#[test]
fn typeorm() {
    plays_code("TypeORM");
}

#[test]
fn laravel() {
    plays_code("Laravel");
}

#[test]
fn rails() {
    plays_code("Rails");
}

#[test]
fn alembic() {
    plays_code("Alembic");
}

#[test]
fn django() {
    plays_code("Django");
}

/// What these two print by themselves, and say of branches and of apps that are installed elsewhere.
fn speaks(name: &str) {
    let language = LANGUAGES.iter().find(|language| language.name == name).unwrap();
    if !is_there(language.name, language.needs, false) {
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
    let render = ["--render", language.render];
    let (expected, code) = language.rendered;
    let rendered = told(&render, code);
    assert_eq!(words(&rendered), expected, "{rendered}");
    // On PATH it is asked by itself, unless somebody does not want that; what the build is called does not depend on it.
    let path = format!("{}:{}", language.on_path, std::env::var("PATH").unwrap());
    let with_path: Vec<(&str, &str)> = variables.iter().copied().chain([("PATH", path.as_str())]).collect();
    let asked = |more: &[&str]| {
        let arguments = ["history", &own, "--migrations", language.folder, "--format", "json"];
        place.run_with(&[&arguments[..], more].concat(), &with_path).json()
    };
    let by_itself = asked(&[]);
    assert_eq!(words(&by_itself), expected, "{by_itself}");
    assert!(by_itself["tool"]["why"].as_str().unwrap().contains("on PATH"), "{by_itself}");
    assert_eq!(words(&asked(&["--render", "none"])), language.bare);
    let artifact = |variables: &[(&str, &str)]| {
        place.run_with(&["migrations", language.folder, "--format", "json"], variables).json()["digest"].clone()
    };
    assert_eq!(artifact(&variables), artifact(&with_path), "{name}");
    let (taken, afterwards) = language.taken;
    db.exec(&format!("{taken}; create table stray (a int)"));
    let rendered = told(&render, 1);
    assert_eq!(words(&rendered), afterwards, "{rendered}");
    assert_eq!(rendered["unexplained"][0]["object"], "public.stray", "{rendered}");
}

#[test]
fn alembic_by_itself() {
    speaks("Alembic");
}

#[test]
fn django_by_itself() {
    speaks("Django");
}

/// Every tool's history is played by a test of its own, so that they run side by side.
#[test]
fn every_tool_is_played() {
    let source = include_str!("real_tools.rs");
    let calls =
        [("plays_sql", ALL), ("plays_code", CODE)].into_iter().flat_map(|(call, tools)| tools.iter().map(move |tool| (call, tool.name)));
    for (call, name) in calls.chain(LANGUAGES.iter().map(|language| ("speaks", language.name))) {
        assert!(source.contains(&format!("{call}(\"{name}\")")), "{name}");
    }
}
