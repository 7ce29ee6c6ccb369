//! The store of a team: a release goes its way through a PostgreSQL database, runners on several machines keep out of each other's way, and
//! where the store cannot be used nothing is begun. Neighbour: the laws in `crates/store`.

use crate::deploy::{FIRST, RECORD};
use crate::history_repair::Dice;
use crate::rehearse::gate;
use crate::run::{Place, Ran};
use evenkeel_testkit::{Share, TestDb, database, newest, number};
use serde_json::Value;
use std::collections::BTreeSet;
use std::process::Stdio;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const COUNTED: (&str, &str) = (
    "20260102000000_counted.sql",
    "-- migrate:up\nupdate counters set n = n + 1;\ncreate table counted (id int primary key);\nselect pg_sleep(0.15);\n-- migrate:down\ndrop table counted;\n",
);

/// A folder of dbmate, environments of these databases, and that store.
fn given(targets: &[(&str, String)], store: &str) -> Place {
    let place = Place::new();
    for (name, text) in [FIRST, COUNTED] {
        place.write(&format!("m/{name}"), text);
    }
    configure(&place, targets, store);
    place
}

fn configure(place: &Place, targets: &[(&str, String)], store: &str) {
    let mut text = format!("[project]\nmigrations = \"m\"\ntool = \"dbmate\"\n[store]\nurl = \"{store}\"\n");
    for (name, url) in targets {
        text.push_str(&format!("[environments.{name}]\nurl = \"{url}\"\ntier = \"staging\"\n"));
    }
    place.write("evenkeel.toml", text);
}

fn deploy(place: &Place, name: &str, more: &[&str]) -> Ran {
    let mut arguments = vec!["deploy", name, "--unrehearsed", "--format", "json"];
    arguments.extend(more);
    place.run(&arguments)
}

/// The URL with a password that nobody asks for.
fn secret(db: &TestDb) -> String {
    db.url().replacen('@', ":hunter2@", 1)
}

#[test]
fn a_release_goes_its_way_through_the_store_of_a_team() {
    let (db, store) = (database(newest()), database(newest()));
    db.exec(RECORD);
    let place = given(&[("shop", db.url())], "${TEAM}");
    // Only who needs it has to know it, and nothing is taken in its place.
    place.run(&["capture", "shop", "--out", "x.jsonl"]).exits(0);
    deploy(&place, "shop", &[]).exits(78).says("TEAM");
    place.run(&["check", "shop"]).exits(78).says("TEAM");
    configure(&place, &[("shop", db.url())], &secret(&store));
    deploy(&place, "shop", &["--plan"]).exits(0);
    assert_eq!(
        store.value("select count(*)::text from pg_namespace where nspname = 'evenkeel_store'").as_deref(),
        Some("0"),
        "a plan writes nothing"
    );
    let told = deploy(&place, "shop", &["--reason", "ticket 7"]).exits(0).hides("hunter2").json();
    assert_eq!(told["outcome"], "ran", "{told}");
    assert_eq!(db.value("select n::text from counters").as_deref(), Some("1"));
    let listed = place.run(&["runs", "--format", "json"]).exits(0).hides("hunter2").json();
    assert_eq!((&listed["runs"][0]["reason"], &listed["runs"][0]["ended"]["how"]), (&"ticket 7".into(), &"done".into()), "{listed}");
    // What machines see of each other is said as it is.
    place.run(&["lock", "shop", "--unverified", "--until", "1h"]).exits(0).hides("other machines do not see it").hides("hunter2");
    place.run(&["status"]).exits(0).hides("hunter2");
    place.run(&["unlock", "shop"]).exits(0);
    place.run(&["history", "shop", "--halt", "orders are lost"]).exits(0).says("every machine sees it").hides("another store");
    // Another machine: the same store, and nothing else.
    let other = given(&[("shop", db.url())], &store.url());
    let told = deploy(&other, "shop", &[]).exits(1).json();
    assert!(gate(&told, "halt")["found"].as_str().unwrap().contains("orders are lost"), "{told}");
    other.run(&["history", "shop", "--resume", "--over", "10ms", "--idle"]).exits(0);
    // All of it, elsewhere.
    let exported = place.run(&["runs", "--export", "out.jsonl"]).exits(0).hides("hunter2").says("5 runs");
    assert!(exported.stdout.is_empty());
    let lines: Vec<Value> = place.read("out.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let kinds: Vec<&str> = lines.iter().map(|line| line["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["run", "run", "run", "run", "run", "lock"], "{lines:#?}");
    assert!(
        lines[0]["acts"][0]["statements"].to_string().contains("update counters") && lines[0]["trails"][0]["after"].is_string(),
        "{}",
        lines[0]
    );
    assert!(lines[0]["last_sign_of_life"].is_string() && lines[5]["released"]["by"].is_string());
    place.run(&["runs", "--export", "nowhere/out.jsonl"]).exits(74);
    assert!(place.run(&["runs", "--export", "/dev/stdout"]).exits(0).stdout.lines().count() == 6);
    // Nothing of it is old; then all but the deployment is.
    place.run(&["runs", "--prune", "365d"]).exits(0).says("0 runs");
    place.run(&["runs", "--prune", "0d"]).exits(64);
    place.run(&["runs", "--prune"]).exits(64).says("keep under [store]");
    std::thread::sleep(Duration::from_millis(2100));
    place.run(&["runs", "--prune", "1s"]).exits(0).says("4 runs").says("1 locks");
    assert_eq!(place.run(&["runs", "--format", "json"]).json()["runs"].as_array().unwrap().len(), 1);
    assert_eq!(deploy(&other, "shop", &[]).exits(0).json()["outcome"], "nothing");
}

#[test]
fn where_the_store_cannot_be_used_nothing_is_begun() {
    let (db, store) = (database(newest()), database(newest()));
    db.exec(RECORD);
    let place = given(&[("shop", db.url())], &secret(&store));
    let untouched = || db.value("select n::text from counters").as_deref() == Some("0");
    for (url, code, words) in [
        ("postgres://u:hunter2@localhost:1/x?connect_timeout=2", 69, "cannot use the store host localhost"),
        ("mysql://u:hunter2@localhost/x", 78, "no store is kept on such a server"),
        ("oracle://u:hunter2@localhost/x", 78, "which database system"),
        ("postgres://u:hunter2@localhost/x?sslmode=nonsense", 78, "sslmode"),
        ("hunter2", 78, "cannot read where the store is"),
    ] {
        configure(&place, &[("shop", db.url())], url);
        deploy(&place, "shop", &[]).exits(code).says(words).hides("hunter2");
        // Nobody can tell whether it is halted: that passes no gate.
        let checked = place.run(&["check", "shop", "--dimension", "schema"]).hides("hunter2");
        assert_ne!(checked.code, Some(0), "{url}: {checked:?}");
        assert!(untouched());
    }
    // Somebody has made it with a later evenkeel, or has something else there.
    configure(&place, &[("shop", db.url())], &store.url());
    store.exec("create schema evenkeel_store; create table evenkeel_store.theirs (a int)");
    deploy(&place, "shop", &[]).exits(2).says("things of others");
    store.exec("drop table evenkeel_store.theirs");
    place.run(&["history", "shop", "--halt", "x"]).exits(0);
    place.run(&["history", "shop", "--resume", "--over", "10ms", "--idle"]).exits(0);
    let version = store.value("select version::text from evenkeel_store.version").unwrap();
    store.exec("update evenkeel_store.version set version = 9");
    deploy(&place, "shop", &[]).exits(2).says("version 9");

    store.exec(&format!("update evenkeel_store.version set version = {version}"));
    // It takes no writes.
    store.exec(&format!("alter database {} set default_transaction_read_only = on", store.name));
    deploy(&place, "shop", &[]).exits(2).says("default_transaction_read_only");
    assert!(untouched());
    let admin = store.server.session("postgres");
    admin.exec(&format!("alter database {} reset default_transaction_read_only", store.name)).unwrap();
    deploy(&place, "shop", &[]).exits(0);
}

#[test]
fn where_the_store_goes_away_in_the_middle_the_act_ends_and_it_is_told_what_is_in() {
    let (db, store) = (database(newest()), database(newest()));
    db.exec(RECORD);
    let place = given(&[("shop", db.url())], &store.url());
    let next = ("20260103000000_next.sql", "-- migrate:up\ncreate table next (id int primary key);\n-- migrate:down\ndrop table next;\n");
    place.write(&format!("m/{}", next.0), next.1);
    place.write("m/20260102000000_counted.sql", COUNTED.1.replace("0.15", "2.5"));
    let command = ["deploy", "shop", "--unrehearsed", "--format", "json"];
    let child = place.command(&command).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let sleeps = "select count(*)::text from pg_stat_activity where datname = current_database() and query like '%pg_sleep(2.5)%' and pid <> pg_backend_pid()";
    evenkeel_testkit::process::eventually("it is at work", || db.value(sleeps).as_deref() == Some("1"));
    let admin = store.server.session("postgres");
    let allow = |is: bool| admin.exec(&format!("alter database {} allow_connections {is}", store.name)).unwrap();
    allow(false);
    admin.exec(&format!("select pg_terminate_backend(pid) from pg_stat_activity where datname = '{}'", store.name)).unwrap();
    let ended = child.wait_with_output().unwrap();
    let said = String::from_utf8(ended.stderr).unwrap();
    assert!(ended.status.code().is_some_and(|code| code != 0), "{said}");
    assert!(said.contains("it is in, and that could not be written down") && said.contains("--resume"), "{said}");
    assert_eq!(
        db.value("select n || ' ' || coalesce(to_regclass('next')::text, 'no next') from counters").as_deref(),
        Some("1 no next"),
        "no act begins that is not written down"
    );
    deploy(&place, "shop", &["--resume"]).exits(69);
    allow(true);
    let told = deploy(&place, "shop", &["--resume"]).exits(0).json();
    assert_eq!(told["outcome"], "ran", "{told}");
    assert_eq!(db.value("select n || ' ' || to_regclass('next')::text from counters").as_deref(), Some("1 next"));
    let listed = place.run(&["runs", "--format", "json"]).exits(0).json();
    let how: Vec<&str> = listed["runs"].as_array().unwrap().iter().map(|run| run["ended"]["how"].as_str().unwrap_or("open")).collect();
    assert_eq!(how, ["done", "lost"], "{listed}");
}

/// A run that a machine elsewhere has written down.
fn elsewhere(store: &TestDb, quiet: &str) {
    store.exec(&format!(
        "with one as (insert into evenkeel_store.run (verb, environment, target, by, host, boot, pid, started, ground, digest, beat)
             values ('deploy', 'shop', 't', 'bob', 'elsewhere', 'b pid:[1]', 7, '1', 'g', 'd', clock_timestamp() - interval '{quiet}') returning *)
         insert into evenkeel_store.lease (environment, run) select environment, number from one"
    ));
}

#[test]
fn a_machine_elsewhere_is_at_work_as_long_as_it_gives_signs_of_life() {
    let (db, store) = (database(newest()), database(newest()));
    db.exec(RECORD);
    let place = given(&[("shop", db.url())], &store.url());
    place.run(&["history", "shop", "--halt", "x"]).exits(0);
    place.run(&["history", "shop", "--resume", "--over", "10ms", "--idle"]).exits(0);
    elsewhere(&store, "2 s");
    // It lives: whoever comes is told at once, and not after the time that one without signs of life has.
    let is_over = AtomicBool::new(false);
    std::thread::scope(|threads| {
        threads.spawn(|| {
            let session = store.another_session();
            while !is_over.load(Ordering::SeqCst) {
                session.exec("update evenkeel_store.run set beat = clock_timestamp() where host = 'elsewhere'").unwrap();
                std::thread::sleep(Duration::from_millis(300));
            }
        });
        for verb in ["deploy", "rollback"] {
            let arguments = if verb == "deploy" {
                vec![verb, "shop", "--unrehearsed"]
            } else {
                vec![verb, "shop", "--to", "20260101000000", "--unrehearsed"]
            };
            let ran = place.run(&[&arguments[..], &["--format", "json"]].concat());
            let told = ran.json();
            let found = gate(&told, "journal")["found"].as_str().unwrap().to_owned();
            assert!(ran.code == Some(1) && ran.took < Duration::from_secs(20), "{ran:?}");
            for words in ["bob", "process 7 on elsewhere", "last sign of life", "since 20"] {
                assert!(found.contains(words), "{words}: {found}");
            }
        }
        place.run(&["lock", "shop", "--unverified", "--until", "1h"]).exits(1).says("journal");
        place.run(&["status"]).says("at work");
        place.run(&["runs"]).exits(0).says("its last sign of life: 0 s ago");
        is_over.store(true, Ordering::SeqCst);
    });
    assert_eq!(db.value("select n::text from counters").as_deref(), Some("0"));
    // It says nothing more: it is waited for, no longer than is said.
    store.exec("update evenkeel_store.run set beat = clock_timestamp() - interval '25 s' where host = 'elsewhere'");
    let begun = Instant::now();
    let told = deploy(&place, "shop", &[]).exits(0).json();
    assert!(begun.elapsed() > Duration::from_secs(4) && begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
    assert_eq!(told["outcome"], "ran", "{told}");
    let lost = "select ending || ' ' || words from evenkeel_store.run where host = 'elsewhere'";
    assert!(store.value(lost).unwrap().starts_with("lost its process is gone"));
    assert_eq!(store.value("select count(*)::text from evenkeel_store.lease").as_deref(), Some("0"));
}

/// It cannot reach the store, and is at work all the same: the target says so.
#[test]
fn who_is_silent_in_the_store_and_holds_the_target_is_not_taken_for_gone() {
    let (db, store) = (database(newest()), database(newest()));
    db.exec(RECORD);
    let place = given(&[("shop", db.url())], &store.url());
    place.run(&["history", "shop", "--halt", "x"]).exits(0);
    place.run(&["history", "shop", "--resume", "--over", "10ms", "--idle"]).exits(0);
    elsewhere(&store, "40 s");
    let name = store.value("select 'evenkeel run ' || number || '-' || letters from evenkeel_store.run where host = 'elsewhere'").unwrap();
    let other = db.another_session();
    other.exec(&format!("set application_name = '{name}'")).unwrap();
    other.exec("select pg_advisory_lock(7311142570005194092)").unwrap();
    let told = deploy(&place, "shop", &["--resume"]).exits(1).json();
    assert!(gate(&told, "claim")["found"].as_str().unwrap().contains(&name), "{told}");
    assert_eq!(db.value("select n::text from counters").as_deref(), Some("0"));
    assert_eq!(
        store.value("select count(*)::text from evenkeel_store.lease").as_deref(),
        Some("0"),
        "it may go on, as long as nobody else does"
    );
    // It is gone there, too.
    drop(other);
    evenkeel_testkit::process::eventually("its session is gone", || {
        db.value("select count(*)::text from pg_stat_activity where application_name like 'evenkeel run%'").as_deref() == Some("0")
    });
    deploy(&place, "shop", &["--resume"]).exits(0);
    assert_eq!(db.value("select n::text from counters").as_deref(), Some("1"));
}

/// Waits until that process has written down what it is going to do; not where it ended without.
fn at_work(store: &TestDb, child: &mut std::process::Child) -> bool {
    let session = store.another_session();
    let runs = format!("select count(*)::text from evenkeel_store.run where pid = {} and ending is null", child.id());
    loop {
        // Nobody may have written anything yet.
        if session.value(&runs).is_ok_and(|count| count.as_deref() != Some("0")) {
            return true;
        }
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// `EVENKEEL_SHARE=all` takes 8 runners and 200 targets, `EVENKEEL_SEED` begins elsewhere. Half of the runners are killed in the middle.
#[test]
fn of_many_runners_and_targets_each_target_is_deployed_to_once_and_none_is_lost() {
    let is_whole = Share::of(2).is_whole();
    let (runners, count) = if is_whole { (8, 200) } else { (4, 12) };
    let seed = number("EVENKEEL_SEED", 20_261_129);
    let (store, base) = (database(newest()), database(newest()));
    base.exec(RECORD);
    let server = base.server.clone();
    let template = base.name.clone();
    let admin = server.session("postgres");
    let names: Vec<String> = (0..count).map(|at| format!("{template}_t{at}")).collect();
    // Nobody may be connected to what is copied.
    let copied = format!("select pg_terminate_backend(pid) from pg_stat_activity where datname = '{template}' and pid <> pg_backend_pid()");
    for name in &names {
        admin.exec(&copied).unwrap();
        admin.exec(&format!("drop database if exists {name} with (force)")).unwrap();
        admin.exec(&format!("create database {name} template {template}")).unwrap();
    }
    let called: Vec<String> = (0..count).map(|at| format!("t{at}")).collect();
    let targets: Vec<(&str, String)> = called.iter().zip(&names).map(|(called, name)| (called.as_str(), server.url(name))).collect();
    let place = given(&targets, &store.url());
    let done: Mutex<BTreeSet<usize>> = Mutex::default();
    let (met, refused) = (Mutex::new(0), Mutex::new(0));
    let begun = Instant::now();
    std::thread::scope(|threads| {
        for runner in 0..runners {
            let (place, store, done, met, refused) = (&place, &store, &done, &met, &refused);
            threads.spawn(move || {
                let mut dice = Dice::of(seed, runner);
                // Two begin at each place: they meet.
                let mut at = (usize::try_from(runner).unwrap() / 2) * 2 * count / usize::try_from(runners).unwrap();
                let last = (runner % 2 == 1).then(|| 1 + dice.next(if is_whole { 12 } else { 2 }));
                for turn in 0.. {
                    assert!(begun.elapsed() < Duration::from_secs(1800), "{} are done", done.lock().unwrap().len());
                    let Some(next) = (0..count).map(|ahead| (at + ahead) % count).find(|at| !done.lock().unwrap().contains(at)) else {
                        break;
                    };
                    at = (next + 1) % count;
                    let arguments = ["deploy", &format!("t{next}"), "--unrehearsed", "--resume", "--format", "json"];
                    let mut child = place.command(&arguments).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
                    if last.is_some_and(|last| turn >= last) && at_work(store, &mut child) {
                        // This runner is killed, at work.
                        std::thread::sleep(Duration::from_millis(dice.next(250) as u64));
                        child.kill().unwrap();
                        if child.wait().unwrap().code().is_none() {
                            *met.lock().unwrap() += 1;
                            return;
                        }
                        continue;
                    }
                    let ran = child.wait_with_output().unwrap();
                    match ran.status.code() {
                        Some(0) => _ = done.lock().unwrap().insert(next),
                        _ => *refused.lock().unwrap() += 1,
                    }
                }
            });
        }
    });
    let (met, refused) = (met.into_inner().unwrap(), refused.into_inner().unwrap());
    eprintln!("{runners} runners, {count} targets, {met} killed at work, {refused} refused or stopped, {:?}", begun.elapsed());
    for name in &names {
        let session = server.session(name);
        let said = session
            .value("select n || ' ' || (select count(*) from schema_migrations) || ' ' || to_regclass('counted') from counters")
            .unwrap();
        assert_eq!(said.as_deref(), Some("1 2 counted"), "{name}");
    }
    let runs = "select environment, count(*)::text from evenkeel_store.run where ending = 'done' group by 1 having count(*) <> 1";
    let many: Vec<_> = store.query_text(runs);
    // One that was killed between its commit and its last word is told by the record, and nothing was to be run any more.
    assert!(many.iter().all(|row| row[1].as_deref() == Some("2")) && many.len() <= met as usize, "{many:?}");
    // One that was killed before it saw that others had been there is told by whoever comes next.
    let open = "select environment from evenkeel_store.run where ending is null";
    let left: Vec<String> = store.query_text(open).into_iter().flatten().flatten().collect();
    assert!(left.len() <= met as usize, "{left:?}");
    for name in &left {
        deploy(&place, name, &["--resume"]).exits(0);
    }
    assert!(store.query_text(open).is_empty(), "a run is left of which nobody said how it ended");
    assert_eq!(store.value("select count(*)::text from evenkeel_store.lease").as_deref(), Some("0"));
    // No two were at work on one target at the same time.
    let together = "select one.run, two.run from evenkeel_store.act one join evenkeel_store.run r on r.number = one.run
        join evenkeel_store.run s on s.environment = r.environment and s.number > r.number join evenkeel_store.act two on two.run = s.number
        where one.begun is not null and two.begun is not null and one.ended > two.begun and one.begun < two.ended and one.state = 'done' and two.state = 'done'";
    assert_eq!(store.query_text(together).len(), 0);
    assert!(met > 0, "none was killed at work");
    assert!(store.query_text("select 1 from evenkeel_store.run where ending = 'lost'").len() <= met as usize);
    for name in &names {
        admin.exec(&format!("drop database {name} with (force)")).unwrap();
    }
}

#[test]
fn what_is_older_than_it_is_to_be_kept_goes_with_the_next_deployment_and_evidence_goes_elsewhere() {
    let db = database(newest());
    let place = crate::deploy::given(&db, &[crate::lock::EMAIL], "staging");
    place.run(&["rehearse", "--for", "shop"]).exits(0);
    place.run(&["lock", "shop", "--until", "1h"]).exits(0);
    place.run(&["unlock", "shop"]).exits(0);
    place.run(&["runs", "--export", "out.jsonl"]).exits(0);
    let lines: Vec<Value> = place.read("out.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let evidence = lines.iter().find(|line| line["kind"] == "evidence").unwrap();
    assert!(evidence["environment"] == "shop" && evidence["envelope"]["payload"].is_string(), "{evidence}");
    place.write("again.json", evidence["envelope"].to_string());
    place.run(&["evidence", "again.json"]).exits(2).says("it holds as far as it was looked at");
    let toml = place.read("evenkeel.toml");
    place.write("evenkeel.toml", toml.replace("[store]\n", "[store]\nkeep = \"now\"\n"));
    place.run(&["runs"]).exits(78).says("keep");
    place.write("evenkeel.toml", toml.replace("[store]\n", "[store]\nkeep = \"1s\"\n"));
    std::thread::sleep(Duration::from_millis(2100));
    let told = place.run(&["deploy", "shop", "--format", "json"]).exits(0).json();
    assert!(told["notes"].to_string().contains("2 runs, 0 of evidence, 1 locks"), "{told}");
    place.run(&["runs", "--prune"]).exits(0);
    assert_eq!(place.run(&["runs", "--format", "json"]).json()["runs"].as_array().unwrap().len(), 1);
}
