//! A deployment whose server crashes, or is lost so that a replica takes its place: the same verb goes on, and nothing takes effect twice.
//! Neighbour: `deploy_killed`, where the server stays.

use crate::deploy::deploy;
use crate::deploy_killed::{FILES, TABLES};
use crate::history::words;
use crate::history_apply::{configured, runs};
use crate::history_repair::Dice;
use crate::rehearse::gate;
use crate::run::{Place, Ran};
use evenkeel_core::port;
use evenkeel_postgres::scratch::{Options, ReplicaOptions, Scratch, Session};
use evenkeel_testkit::process::eventually;
use evenkeel_testkit::{majors, number};
use serde_json::Value;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

fn environment(url: &str) -> String {
    format!("[environments.shop]\nurl = \"{url}\"\n")
}

/// A database of its own on a server of its own, as `deploy_killed` has them on one of all tests.
fn given(server: &Scratch, database: &str) -> (Session, Place) {
    server.session("postgres").unwrap().exec(&format!("create database {database}")).unwrap();
    let session = server.session(database).unwrap();
    session.exec(TABLES).unwrap();
    let place = configured(&server.url(database), FILES, "tier = \"staging\"\n");
    (session, place)
}

/// Has it begin to write.
fn begun(place: &Place, session: &Session) -> Child {
    let arguments = ["deploy", "shop", "--unrehearsed", "--format", "json"];
    let mut child = place.command(&arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let ours = "select count(*)::text from pg_stat_activity where application_name like 'evenkeel run%' and datname = current_database()";
    let until = Instant::now() + Duration::from_secs(60);
    while session.value(ours).unwrap().as_deref() == Some("0") && child.try_wait().unwrap().is_none() && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(2));
    }
    child
}

/// What was asked of whoever looks, and how often.
fn resumed(place: &Place, session: &Session) -> (Vec<String>, u64) {
    let (mut told, mut asked) = (Vec::new(), 0);
    let go_on = |more: &[&str]| -> Ran { deploy(place, &[&["--unrehearsed", "--resume"], more].concat()) };
    for _ in 0..6 {
        let ran = go_on(&[]);
        told.push(format!("{}{}", ran.stdout, ran.stderr));
        if ran.code == Some(0) {
            break;
        }
        if ran.stdout.contains("--unknown-is in, or out") {
            // Each of these changes adds ten times what the one before it has added: whoever looks sees whether it is in.
            asked += 1;
            let n: u64 = session.value("select n::text from counters").unwrap().unwrap().parse().unwrap();
            let said = ran.stdout.split("nobody can tell what is in").nth(1).unwrap();
            let step = said.split("n + ").nth(1).and_then(|rest| rest.split(|c: char| !c.is_ascii_digit()).next());
            let word = if n >= step.unwrap().parse().unwrap() { "in" } else { "out" };
            let ran = go_on(&["--unknown-is", word]);
            told.push(format!("--unknown-is {word}: {}{}", ran.stdout, ran.stderr));
            if ran.code == Some(0) {
                break;
            }
        }
    }
    (told, asked)
}

/// It is as it would be had nothing happened.
fn as_undisturbed(place: &Place, session: &Session, shown: &str) {
    let value = |sql: &str| session.value(sql).unwrap().unwrap_or_default();
    assert_eq!(value("select n::text from counters"), "111", "{shown}");
    assert_eq!(value("select count(*)::text from pg_index where indrelid = 'people'::regclass and indisvalid"), "3", "{shown}");
    assert_eq!(value("select count(*)::text from goose_db_version where is_applied"), "5", "{shown}");
    let told = deploy(place, &["--unrehearsed"]).exits(0).json();
    assert_eq!(told["outcome"], "nothing", "{shown}");
    let history: Value = place.run(&["history", "shop", "--format", "json"]).exits(0).json();
    assert!(words(&history).iter().all(|word| word == "applied"), "{shown}\n{history}");
    assert!(runs(place).iter().all(|run| run["ended"].is_object() && run["held"] == serde_json::json!([])), "{:?}", runs(place));
}

/// `EVENKEEL_SEED` begins elsewhere, `EVENKEEL_OUTAGES` says how many.
#[test]
fn whenever_the_server_crashes_it_is_gone_on_with_and_nothing_takes_effect_twice() {
    if evenkeel_testkit::another_day(3) {
        return;
    }
    let (seed, outages) = (number("EVENKEEL_SEED", 20_261_130), number("EVENKEEL_OUTAGES", 1));
    let mut dice = Dice::of(seed, 3);
    let major = *majors().last().unwrap();
    let mut server = Scratch::start(&Options::major(major)).unwrap();
    let (mut met, mut asked) = (0, 0);
    for outage in 0..outages {
        let (session, place) = given(&server, &format!("shop{outage}"));
        let mut child = begun(&place, &session);
        drop(session);
        std::thread::sleep(Duration::from_millis(dice.next(700) as u64));
        server.crash().unwrap();
        met += u64::from(child.wait().unwrap().code() != Some(0));
        server.restart(&[]).unwrap();
        let session = server.session(&format!("shop{outage}")).unwrap();
        let before = runs(&place);
        let (told, asks) = resumed(&place, &session);
        asked += asks;
        as_undisturbed(&place, &session, &format!("seed {seed} crash {outage} on {major}: {}\n{before:#?}", told.join("\n")));
    }
    eprintln!("{met} of {outages} crashes met a deployment at work; of {asked} acts the server could not tell");
    server.stop().unwrap();
}

/// `EVENKEEL_SEED` begins elsewhere, `EVENKEEL_OUTAGES` says how many.
#[test]
fn whenever_a_replica_takes_over_it_is_gone_on_with_there_and_nothing_takes_effect_twice() {
    if evenkeel_testkit::another_day(3) {
        return;
    }
    let (seed, outages) = (number("EVENKEEL_SEED", 20_261_130), number("EVENKEEL_OUTAGES", 1));
    let mut dice = Dice::of(seed, 4);
    let major = *majors().last().unwrap();
    let mut primary = Scratch::start(&Options::major(major)).unwrap();
    let (mut met, mut asked) = (0, 0);
    for outage in 0..outages {
        let database = format!("shop{outage}");
        let replica = primary.replica(&ReplicaOptions::named(&format!("r{outage}"))).unwrap();
        let (session, place) = given(&primary, &database);
        let mut child = begun(&place, &session);
        drop(session);
        // Sometimes the replica is behind by what was committed last: it has gone with the primary.
        let late = dice.next(2) == 1;
        let wait = dice.next(700) as u64;
        if late {
            std::thread::sleep(Duration::from_millis(wait / 2));
            replica.session("postgres").unwrap().exec("alter system set primary_conninfo = ''").unwrap();
            replica.session("postgres").unwrap().exec("select pg_reload_conf()").unwrap();
            std::thread::sleep(Duration::from_millis(wait / 2));
        } else {
            std::thread::sleep(Duration::from_millis(wait));
        }
        primary.crash().unwrap();
        met += u64::from(child.wait().unwrap().code() != Some(0));
        replica.session("postgres").unwrap().exec("select pg_promote(true, 60)").unwrap();
        eventually("it takes writes", || {
            replica.session("postgres").unwrap().value("select pg_is_in_recovery()::text").unwrap().as_deref() == Some("false")
        });
        // What follows it later has a primary of its own.
        replica.session("postgres").unwrap().exec("alter system reset primary_conninfo").unwrap();
        // The name leads to the one that took over.
        let toml = place.read("evenkeel.toml");
        place.write("evenkeel.toml", toml.replace(&environment(&primary.url(&database)), &environment(&replica.url(&database))));
        let session = replica.session(&database).unwrap();
        let before = runs(&place);
        let (told, asks) = resumed(&place, &session);
        asked += asks;
        eprintln!("failover {outage}, late {late}: met {met}, gone on with {} times", told.len());
        let shown = format!("seed {seed} failover {outage} on {major}, late {late}: {}\n{before:#?}", told.join("\n"));
        as_undisturbed(&place, &session, &shown);
        drop(session);
        // The next replica has less to copy.
        replica.session("postgres").unwrap().exec(&format!("drop database {database}")).unwrap();
        std::mem::replace(&mut primary, replica).stop().unwrap();
    }
    eprintln!("{met} of {outages} failovers met a deployment at work; of {asked} acts the server could not tell");
    primary.stop().unwrap();
}

/// A dbmate folder of one file that is pending, on a server of its own.
fn pending(server: &Scratch, up: &str, more: &str) -> (Session, Place) {
    let session = server.session("shop").unwrap();
    session
        .exec("create table people (id int primary key); create table schema_migrations (version varchar(128) primary key); insert into schema_migrations values ('1')")
        .unwrap();
    let place = Place::new();
    place.write("m/1_people.sql", "-- migrate:up\ncreate table people (id int primary key);\n-- migrate:down\n");
    place.write("m/2_next.sql", format!("-- migrate:up\n{up}\n-- migrate:down\n"));
    let store = place.path("store.sqlite");
    place.write(
        "evenkeel.toml",
        format!(
            "[project]\nmigrations = \"m\"\n[store]\nurl = \"sqlite:{}\"\n{more}[environments.shop]\nurl = \"{}\"\ntier = \"staging\"\n",
            store.display(),
            server.url("shop")
        ),
    );
    (session, place)
}

/// PostgreSQL ends a commit that waits for a replica by none of its limits.
#[test]
fn a_commit_that_no_replica_confirms_is_not_begun_and_waits_no_longer_than_a_statement() {
    let server = Scratch::start(&Options::major(*majors().last().unwrap()).database("shop")).unwrap();
    let (session, place) = pending(&server, "alter table people add note text;", "");
    let mut other = port::Scratch::session(&server, "shop").unwrap();
    other.begin(&port::Limits { statement_timeout: Duration::from_secs(1), ..port::Limits::default() }).unwrap();
    assert!(other.run("create table waited (a int)").unwrap().ran().is_some());
    session.exec("alter system set synchronous_standby_names = 'FIRST 2 (ghost, other)'").unwrap();
    session.exec("select pg_reload_conf()").unwrap();
    eventually("it has come about", || session.value("show synchronous_standby_names").unwrap().unwrap().contains("ghost"));
    let told = deploy(&place, &["--unrehearsed"]).exits(1).json();
    let lag = gate(&told, "lag");
    let found = lag["found"].as_str().unwrap();
    assert!(lag["holds"] == false && found.contains("waits until 2 of") && found.contains("and 0 are there"), "{lag}");
    // One that has begun is in, on this server alone.
    let began = Instant::now();
    assert!(other.commit().unwrap().ran().is_some());
    assert!(began.elapsed() < Duration::from_secs(30), "{:?}", began.elapsed());
    assert_eq!(session.value("select count(*)::text from pg_class where relname = 'waited'").unwrap().as_deref(), Some("1"));
    session.exec("alter system reset synchronous_standby_names").unwrap();
    session.exec("select pg_reload_conf()").unwrap();
    eventually("it has come about", || session.value("show synchronous_standby_names").unwrap().as_deref() == Some(""));
    assert_eq!(deploy(&place, &["--unrehearsed"]).exits(0).json()["outcome"], "ran");
    server.stop().unwrap();
}

/// A server that does not look after its clients goes on with what nobody waits for.
#[test]
fn what_a_run_that_is_gone_still_does_is_waited_for_however_long_it_has_been_at_it() {
    let server = Scratch::start(&Options::major(*majors().first().unwrap()).database("shop")).unwrap();
    let (session, place) =
        pending(&server, "alter table people add note text;\nselect pg_sleep(7);", "[deploy]\noldest_transaction = \"1s\"\n");
    let mut child = begun(&place, &session);
    let sleeping = "select count(*)::text from pg_stat_activity where query like '%pg_sleep(7)%' and pid <> pg_backend_pid()";
    eventually("it has come about", || session.value(sleeping).unwrap().as_deref() != Some("0"));
    child.kill().unwrap();
    child.wait().unwrap();
    std::thread::sleep(Duration::from_millis(1500));
    let told = deploy(&place, &["--unrehearsed", "--resume"]).exits(0).json();
    assert_eq!(gate(&told, "transactions")["holds"], true, "{told}");
    assert_eq!(
        session.value("select count(*)::text from information_schema.columns where column_name = 'note'").unwrap().as_deref(),
        Some("1")
    );
    assert_eq!(session.value("select count(*)::text from schema_migrations").unwrap().as_deref(), Some("2"));
    server.stop().unwrap();
}
