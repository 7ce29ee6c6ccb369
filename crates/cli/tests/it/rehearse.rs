//! `evenkeel rehearse`: what a release does, measured on a throwaway server that is like its target. The target is read and never
//! written to.

use crate::history::{SAMPLES, apply, third};
use crate::run::{Place, Ran, digest};
use evenkeel_testkit::{TestDb, database, each_major, majors, newest};
use serde_json::Value;

pub const TABLES: &str = "create table people (id int primary key, name text not null);
    create table orders (id int primary key, person int references people, total numeric(9, 2), note varchar(20));
    create index orders_person on orders (person);
    insert into people select g, 'x' from generate_series(1, 20) g;
    insert into orders select g, g, g from generate_series(1, 20) g; analyze people; analyze orders";

/// A database with these tables, and a file to rehearse for it.
pub fn given(db: &TestDb, sql: &str) -> Place {
    db.exec(TABLES);
    let place = Place::new();
    place.write("release.sql", sql);
    place
}

pub fn rehearsed(place: &Place, db: &TestDb, more: &[&str], code: i32) -> Value {
    let url = db.url();
    let mut arguments = vec!["rehearse", "release.sql", "--for", &url, "--format", "json"];
    arguments.extend(more);
    place.run(&arguments).exits(code).json()
}

/// The same of what is pending in the folder `m`.
fn pending(place: &Place, db: &TestDb, more: &[&str]) -> Ran {
    let url = db.url();
    let mut arguments = vec!["rehearse", "--for", &url, "--migrations", "m", "--format", "json"];
    arguments.extend(more);
    place.run(&arguments)
}

pub fn gate<'t>(told: &'t Value, name: &str) -> &'t Value {
    let gates = told["gates"].as_array().unwrap();
    gates.iter().find(|gate| gate["name"] == name).unwrap_or_else(|| panic!("no gate {name}: {told}"))
}

pub fn statements(told: &Value) -> Vec<Value> {
    told["migrations"].as_array().unwrap().iter().flat_map(|one| one["statements"].as_array().unwrap().clone()).collect()
}

/// `ACCESS EXCLUSIVE public.orders`, of what keeps others from reading or writing what was there before.
fn strong(statement: &Value) -> Vec<String> {
    let locks = statement["locks"].as_array().unwrap().iter();
    let strong = locks.filter(|lock| {
        lock["kind"] == "table" && lock["fresh"] == false && matches!(lock["blocks"].as_str(), Some("writes" | "everything"))
    });
    strong.map(|lock| format!("{} {}", lock["mode"].as_str().unwrap(), lock["relation"].as_str().unwrap())).collect()
}

pub fn texts(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect()
}

#[test]
fn what_a_file_locks_and_writes_anew_is_measured_on_every_version_and_the_target_is_as_before() {
    each_major(|db| {
        let place = given(
            db,
            "alter table orders add paid boolean not null default false;\nalter table orders alter id type bigint;\ndrop table people cascade;\n",
        );
        let before = digest(&place.run(&["digest", &db.url()]).exits(0));
        let told = rehearsed(&place, db, &["--only", "run,effect"], 2);
        let all = statements(&told);
        assert_eq!(all.len(), 3, "{told}");
        assert_eq!((all[0]["class"].as_str(), all[0]["line"].as_u64()), (Some("catalog-only"), Some(1)), "{told}");
        assert_eq!(strong(&all[0]), ["ACCESS EXCLUSIVE public.orders"], "{told}");
        assert_eq!((all[1]["class"].as_str(), texts(&all[1]["rewrites"])), (Some("rewrite"), vec!["public.orders"]), "{told}");
        // The table at the other end of the key, which the statement does not name.
        let orders = all[2]["locks"]
            .as_array()
            .unwrap()
            .iter()
            .find(|lock| lock["relation"] == "public.orders" && lock["mode"] == "ACCESS EXCLUSIVE");
        assert_eq!(orders.map(|lock| lock["named"].clone()), Some(Value::Bool(false)), "{told}");
        // How long the rewrite takes depends on rows that are not there.
        assert_eq!(gate(&told, "lock-hold")["holds"], Value::Null, "{told}");
        assert!(gate(&told, "lock-hold")["found"].as_str().unwrap().contains("20 rows"), "{told}");
        assert_eq!(told["verdict"]["validated"], false);
        let effect: Vec<String> = told["migrations"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|one| one["effect"].as_array().unwrap())
            .map(|one| format!("{} {} {}", one["what"].as_str().unwrap(), one["kind"].as_str().unwrap(), one["object"].as_str().unwrap()))
            .collect();
        for wanted in ["made column public.orders.paid", "removed table public.people"] {
            assert!(effect.iter().any(|one| one == wanted), "{wanted}: {effect:?}");
        }
        assert_eq!(digest(&place.run(&["digest", &db.url()]).exits(0)), before, "the target is never written to");
    });
}

#[test]
fn a_lock_is_held_to_the_end_of_its_transaction_and_no_longer() {
    let db = database(newest());
    let place = given(
        &db,
        "begin;\nalter table people add a int;\nselect pg_sleep(0.3);\ncommit;\nalter table people add b int;\nselect pg_sleep(0.3);\n",
    );
    let told = rehearsed(&place, &db, &["--only", "run"], 2);
    let held = |statement: &Value| {
        let lock = statement["locks"].as_array().unwrap().iter().find(|lock| lock["relation"] == "public.people").unwrap();
        (lock["held_ms"]["low"].as_f64().unwrap(), lock["held_ms"]["high"].as_f64().unwrap())
    };
    let all = statements(&told);
    let (within, alone) = (held(&all[1]), held(&all[4]));
    assert!(within.0 >= 300.0 && within.1 < 1500.0 && within.0 <= within.1, "{within:?}: {told}");
    assert!(alone.1 < 250.0, "{alone:?}: {told}");
    // A limit that it passes closes the gate, at the statement that took the lock.
    place.write("evenkeel.toml", "[gates]\nlock_hold = \"100ms\"\nrequire = [\"run\"]\n");
    let told = rehearsed(&place, &db, &["--only", "run"], 1);
    let hold = gate(&told, "lock-hold");
    assert_eq!(hold["holds"], false, "{told}");
    assert!(
        hold["found"].as_str().unwrap().contains("release.sql:2:1") && hold["origin"].as_str().unwrap().contains("evenkeel.toml:2"),
        "{hold}"
    );
    place.run(&["rehearse", "release.sql", "--for", &db.url(), "--only", "run"]).exits(1).says("× lock-hold").says("fix: split the file");
}

#[test]
fn what_holds_in_all_that_is_demanded_is_validated_and_nothing_less() {
    let (place, db) = third("create table fresh (id int primary key);");
    place.write(
        "m/20260103000000_third.sql",
        "-- migrate:up\ncreate table fresh (id int primary key);\n-- migrate:down\ndrop table fresh;\n",
    );
    place.write("evenkeel.toml", "[gates]\nrequire = [\"run\", \"effect\", \"undo\", \"rerun\"]\n");
    let told = pending(&place, &db, &[]).exits(0).json();
    assert_eq!((told["verdict"]["validated"].as_bool(), told["migrations"].as_array().unwrap().len()), (Some(true), 1), "{told}");
    assert_eq!(
        (told["migrations"][0]["undo"]["exact"].as_bool(), told["migrations"][0]["rerun"]["second"].as_str()),
        (Some(true), Some("refused")),
        "{told}"
    );
    // A part that is left out, or one that nobody can look at yet, is not taken for granted.
    let told = pending(&place, &db, &["--only", "run"]).exits(2).json();
    assert_eq!(told["verdict"]["validated"], false, "{told}");
    place.write("evenkeel.toml", "");
    let told = pending(&place, &db, &["--only", "run,effect,undo,rerun"]).exits(2).json();
    assert_eq!(gate(&told, "load")["holds"], Value::Null, "{told}");
    // A manifest is enough.
    place.run(&["capture", &db.url(), "--out", "target.jsonl"]).exits(0);
    let told = place.run(&["rehearse", "--for", "target.jsonl", "--migrations", "m", "--format", "json"]).exits(0).json();
    assert_eq!(told["migrations"][0]["key"], "20260103000000", "{told}");
    // Nothing to do is nothing proven.
    db.exec("create table fresh (id int primary key); insert into schema_migrations values ('20260103000000')");
    let told = pending(&place, &db, &[]).exits(2).json();
    assert_eq!(told["verdict"]["validated"], false);
    assert!(told["verdict"]["line"].as_str().unwrap().contains("nothing is pending"), "{told}");
}

#[test]
fn a_way_back_is_exact_or_says_what_it_leaves() {
    let undo = |up: &str, down: &str| {
        let (place, db) = third("");
        db.exec("create table people (id int primary key, name varchar(20), old text)");
        place.write("m/20260103000000_third.sql", format!("-- migrate:up\n{up}\n-- migrate:down\n{down}\n"));
        let told = pending(&place, &db, &["--only", "run,undo"]).json();
        (told["migrations"][0]["undo"].clone(), gate(&told, "undo").clone(), gate(&told, "data-loss").clone())
    };
    let (exact, gate, loss) = undo("alter table people add a int;", "alter table people drop a;");
    assert_eq!(
        (exact["exact"].as_bool(), gate["holds"].as_bool(), loss["holds"].as_bool()),
        (Some(true), Some(true), Some(true)),
        "{exact}"
    );
    let (lossy, gate, _) = undo("alter table people alter name type text;", "select 1;");
    assert_eq!((lossy["exact"].as_bool(), gate["holds"].as_bool()), (Some(false), Some(false)), "{lossy}");
    assert_eq!(
        (lossy["differences"][0]["object"].as_str(), lossy["differences"][0]["attribute"].as_str()),
        (Some("public.people.name"), Some("type"))
    );
    // Only a comment: the tool says that it went back.
    let (none, gate, _) = undo("alter table people add a int;", "-- TODO");
    assert_eq!((&none["exact"], gate["holds"].as_bool()), (&Value::Null, Some(false)), "{none}");
    assert!(gate["found"].as_str().unwrap().contains("irreversible"), "{gate}");
    let (fails, gate, _) = undo("alter table people add a int;", "alter table nobody drop a;");
    assert!(fails["failed"].as_str().unwrap().contains("42P01") && gate["holds"] == false, "{fails}");
    // The schema comes back, and what was in the column does not.
    let (anew, gate, loss) = undo("alter table people drop old;", "alter table people add old text;");
    assert_eq!(
        (anew["exact"].as_bool(), gate["holds"].as_bool(), loss["holds"].as_bool()),
        (Some(true), Some(true), Some(false)),
        "{anew}"
    );
    assert!(texts(&anew["data_lost"])[0].starts_with("public.people.old: made anew"), "{anew}");
    // A rename and back keeps it.
    let (renamed, _, loss) = undo("alter table people rename old to older;", "alter table people rename older to old;");
    assert_eq!((renamed["exact"].as_bool(), loss["holds"].as_bool()), (Some(true), Some(true)), "{renamed}");
    let (order, ..) = undo("alter table people drop name;", "alter table people add name varchar(20);");
    assert_eq!((order["exact"].as_bool(), order["order_only"].as_bool()), (Some(true), Some(true)), "{order}");
}

#[test]
fn an_interrupted_build_that_a_second_run_skips_does_not_converge() {
    let rerun = |text: &str| {
        let db = database(newest());
        let place = given(&db, text);
        let told = place.run(&["rehearse", "release.sql", "--for", &db.url(), "--only", "run,rerun", "--format", "json"]).json();
        let all = statements(&told);
        for build in all.iter().filter(|one| one["sampled"] == true && one["sql"].as_str().unwrap().contains("create index concurrently")) {
            let locks = build["locks"].as_array().unwrap();
            assert!(locks.iter().any(|lock| lock["mode"] == "SHARE UPDATE EXCLUSIVE" && lock["relation"] == "public.orders"), "{build}");
        }
        (told["migrations"][0]["rerun"].clone(), gate(&told, "rerun").clone())
    };
    let (skips, gate) = rerun("create index concurrently if not exists third on orders (note);");
    assert_eq!(
        (skips["converges"].as_bool(), gate["holds"].as_bool(), skips["second"].as_str()),
        (Some(false), Some(false), Some("nothing")),
        "{skips}"
    );
    assert!(texts(&skips["left_behind"])[0].contains("not valid"), "{skips}");
    let (clears, gate) = rerun("drop index concurrently if exists third;\ncreate index concurrently third on orders (note);");
    assert_eq!((clears["converges"].as_bool(), gate["holds"].as_bool()), (Some(true), Some(true)), "{clears}");
    // The second statement finds the first one done.
    let (half, _) = rerun("alter table orders add a int;\nalter table orders add b int;");
    assert_eq!((half["converges"].as_bool(), half["after_statement"].as_u64()), (Some(false), Some(1)), "{half}");
    // The same in effect, and not in locks.
    let (again, _) = rerun("alter table orders add column if not exists note text;");
    assert_eq!((again["second"].as_str(), again["locks"][0]["mode"].as_str()), (Some("nothing"), Some("ACCESS EXCLUSIVE")), "{again}");
}

#[test]
fn files_run_in_the_transactions_of_their_runner() {
    // Drizzle commits all that is pending at once: what one adds, the next cannot use.
    let sample = SAMPLES.iter().find(|sample| sample.tool == "Drizzle").unwrap();
    let (db, place) = (database(newest()), Place::new());
    apply(&db, sample);
    db.exec("create type mood as enum ('a'); create table moody (m mood)");
    let (journal, rest): (Vec<_>, Vec<_>) = sample.folder.iter().partition(|(name, _)| name.ends_with("_journal.json"));
    for (name, text) in rest {
        place.write(&format!("m/{name}"), text);
    }
    let (name, text) = journal[0];
    let mut entries: Value = serde_json::from_str(text).unwrap();
    let all = entries["entries"].as_array_mut().unwrap();
    let mut next = all.last().unwrap().clone();
    for (at, (tag, sql)) in
        [("0100_add", "alter type mood add value 'b';"), ("0101_use", "insert into moody values ('b');")].into_iter().enumerate()
    {
        next["idx"] = (100 + at).into();
        next["when"] = (1_900_000_000_000_u64 + at as u64).into();
        next["tag"] = tag.into();
        all.push(next.clone());
        place.write(&format!("m/{tag}.sql"), sql);
    }
    place.write(&format!("m/{name}"), entries.to_string());
    let told = pending(&place, &db, &["--only", "run"]).exits(1).json();
    assert_eq!(told["for"]["grouping"], "batch", "{told}");
    assert!(told["migrations"][1]["stopped"]["why"].as_str().unwrap().contains("55P04"), "{told}");
    // dbmate commits each.
    let (place, db) = third("alter type mood add value 'b';");
    db.exec("create type mood as enum ('a'); create table moody (m mood)");
    place.write("m/20260104000000_use.sql", "-- migrate:up\ninsert into moody values ('b');\n-- migrate:down\n");
    let told = pending(&place, &db, &["--only", "run"]).exits(2).json();
    assert_eq!(gate(&told, "run")["holds"], true, "{told}");
}

#[test]
fn it_runs_as_the_role_that_migrations_run_as_with_its_rights_and_time_outs() {
    let db = database(newest());
    db.exec(TABLES);
    db.exec(
        "create role rehearse_migrator login; create schema app authorization rehearse_migrator;
        alter role rehearse_migrator set lock_timeout = '1500ms'; alter role rehearse_migrator set search_path = app",
    );
    let place = Place::new();
    place.write("evenkeel.toml", format!("[environments.production]\nurl = \"{}\"\nmigration_role = \"rehearse_migrator\"\n", db.url()));
    place.write("mine.sql", "create table notes (id int primary key);");
    place.write("theirs.sql", "alter table public.people add a int;");
    let told = place.run(&["rehearse", "mine.sql", "--for", "production", "--only", "run,effect", "--format", "json"]).exits(2).json();
    assert_eq!(told["for"]["lock_timeout_ms"].as_f64(), Some(1500.0), "{told}");
    assert_eq!(told["migrations"][0]["effect"][0]["object"], "app.notes", "{told}");
    let told = place.run(&["rehearse", "theirs.sql", "--for", "production", "--only", "run", "--format", "json"]).exits(1).json();
    assert!(told["migrations"][0]["stopped"]["why"].as_str().unwrap().contains("42501"), "{told}");
    place.write("evenkeel.toml", format!("[environments.production]\nurl = \"{}\"\nmigration_role = \"nobody_at_all\"\n", db.url()));
    place.run(&["rehearse", "mine.sql", "--for", "production"]).exits(78).says("no role \"nobody_at_all\"");
    db.exec("drop owned by rehearse_migrator; drop role rehearse_migrator");
}

#[test]
fn hostile_files_get_nowhere() {
    let db = database(newest());
    let place = given(&db, "");
    let name = db.value("select current_database()").unwrap();
    for (text, code) in [
        (format!("drop database {name};"), "55006"),
        ("set session_replication_role = replica;".to_owned(), "42501"),
        ("copy people to program 'touch /tmp/evenkeel_rehearse_was_here';".to_owned(), "42501"),
        ("copy people from '/etc/passwd';".to_owned(), "42501"),
        ("alter system set work_mem = '1GB';".to_owned(), "42501"),
        ("create role boss superuser;".to_owned(), "42501"),
        ("select pg_read_file('/etc/passwd');".to_owned(), "42501"),
    ] {
        place.write("release.sql", &text);
        let told = rehearsed(&place, &db, &["--only", "run"], 1);
        assert!(told["migrations"][0]["stopped"]["why"].as_str().unwrap().contains(code), "{text}: {told}");
    }
    assert!(!std::path::Path::new("/tmp/evenkeel_rehearse_was_here").exists());
    // One that never ends is ended.
    place.write("release.sql", "set statement_timeout = 0;\nselect pg_sleep(600);");
    let told = rehearsed(&place, &db, &["--only", "run", "--statement-timeout", "1s"], 1);
    assert!(told["migrations"][0]["stopped"]["why"].as_str().unwrap().contains("--statement-timeout"), "{told}");
}

#[test]
fn what_cannot_be_rehearsed_says_why() {
    let db = database(newest());
    let place = given(&db, "alter table people add a int;");
    let url = db.url();
    place.run(&["rehearse", "release.sql", "--for", &url, "--on", "staging"]).exits(64).says("is not the name of an environment");
    place
        .run(&["rehearse", "release.sql", "--for", &url, "--only", "compatibility"])
        .exits(64)
        .says("nothing is known that the application asks");
    place.run(&["rehearse", "--for", &url]).exits(64).says("no folder of migrations");
    place.run(&["rehearse", "nowhere.sql", "--for", &url]).exits(64).says("nowhere.sql");
    place.write("latin.sql", b"-- caf\xe9\nselect 1;");
    place.run(&["rehearse", "latin.sql", "--for", &url]).exits(64).says("UTF-8");
    place.write("evenkeel.toml", "[gates]\nundo = \"forward-only\"\n");
    place.run(&["rehearse", "release.sql", "--for", &url]).exits(78).says("a reason beside forward-only");
    place.write("evenkeel.toml", "[gates]\nrequire = [\"undo\"]\n");
    place.run(&["rehearse", "release.sql", "--for", &url]).exits(78).says("\"run\" among them");
    place.write("evenkeel.toml", "[gates]\nlock_hold = \"2\"\n");
    place.run(&["rehearse", "release.sql", "--for", &url]).exits(78).says("a unit is missing");
    place.write("evenkeel.toml", "");
    place.run(&["capture", &url, "--dimension", "configuration", "--out", "bare.jsonl"]).exits(0);
    place.run(&["rehearse", "release.sql", "--for", "bare.jsonl"]).exits(2).says("the target's schema is not known");
    place.run(&["capture", &url, "--dimension", "schema", "--out", "schema.jsonl"]).exits(0);
    place
        .run(&["rehearse", "release.sql", "--for", "schema.jsonl", "--only", "run,effect"])
        .exits(2)
        .says("rights and owners of the target were not captured");
    // Plain files record nothing: nobody knows what is pending.
    place.write("plain/1.sql", "create table x (a int);");
    place.run(&["rehearse", "--for", &url, "--migrations", "plain"]).exits(2).says("what is pending on");
    // An expectation that is not met.
    place.run(&["capture", &url, "--dimension", "schema", "--out", "before.jsonl"]).exits(0);
    place
        .run(&["rehearse", "release.sql", "--for", &url, "--expect", "before.jsonl", "--only", "run,effect"])
        .exits(1)
        .says("column public.people.a");
    db.exec("alter table people add a int");
    place.run(&["capture", &url, "--dimension", "schema", "--out", "after.jsonl"]).exits(0);
    db.exec("alter table people drop a");
    place.run(&["rehearse", "release.sql", "--for", &url, "--expect", "after.jsonl", "--only", "run,effect"]).exits(2).says("as expected");
}

#[test]
fn every_form_of_report_is_written() {
    let db = database(newest());
    let place = given(&db, "alter table nobody add a int;");
    let url = db.url();
    for (form, sign) in [
        ("terminal", "× run"),
        ("markdown", "| run | **closed** |"),
        ("html", "EK-rehearsal-failed"),
        ("sarif", "release.sql"),
        ("junit", "EK-rehearsal-failed"),
        ("json", "42P01"),
    ] {
        place.run(&["rehearse", "release.sql", "--for", &url, "--only", "run", "--format", form]).exits(1).says(sign);
    }
    // A gate that is closed is a finding wherever findings are.
    place.write("evenkeel.toml", "[gates]\nlock_hold = \"1ms\"\n");
    place.write("release.sql", "begin; lock table people; select pg_sleep(0.05); commit;");
    for form in ["html", "sarif", "junit"] {
        place
            .run(&["rehearse", "release.sql", "--for", &url, "--only", "run", "--format", form])
            .exits(1)
            .says("EK-rehearsal-gate")
            .says("lock-hold");
    }
    place.run(&["explain", "EK-rehearsal-failed"]).exits(0).says("rehearsal");
    place.run(&["explain", "EK-rehearsal-gate"]).exits(0).says("gate");
    place.run(&["schema", "rehearse"]).exits(0).says("evenkeel rehearse");
}

#[test]
fn killed_at_any_moment_it_leaves_nothing() {
    let db = database(newest());
    let place = given(
        &db,
        "alter table people add a int;\nalter table orders alter id type bigint;\ncreate index concurrently i on orders (note);",
    );
    let before = digest(&place.run(&["digest", &db.url()]).exits(0));
    let moments = std::env::var("EVENKEEL_KILLS").ok().and_then(|count| count.parse().ok()).unwrap_or(6_u64);
    for at in 0..moments {
        let mut child = place
            .command(&["rehearse", "release.sql", "--for", &db.url(), "--only", "run,effect,undo,rerun"])
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        let pid = child.id();
        // Spread over what it takes; a seed is in the number.
        std::thread::sleep(std::time::Duration::from_millis(150 + (at * 7_919) % 1_700));
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(pid > 0);
    }
    assert_eq!(digest(&place.run(&["digest", &db.url()]).exits(0)), before);
    let left = db.value("select count(*) from pg_database where datname like 'rehearsal%'");
    assert_eq!(left.as_deref(), Some("0"));
    // The next start sweeps what was left on this machine, and works.
    rehearsed(&place, &db, &["--only", "run"], 2);
}

#[test]
fn a_way_back_is_proposed_and_tried_where_there_is_none() {
    each_major(|db| {
        let place = given(
            db,
            "alter table orders add paid boolean not null default false;\ncreate index orders_note on orders (note);\n\
             alter table people rename to persons;\ncreate view owing as select id from orders where not paid;\n",
        );
        let told = rehearsed(&place, db, &["--only", "run,effect,undo"], 1);
        let undo = &told["migrations"][0]["undo"];
        assert_eq!(
            (&undo["exact"], &undo["proposed"]["exact"], &undo["proposed"]["why"]),
            (&Value::Null, &true.into(), &serde_json::json!([])),
            "{told}"
        );
        let statements = texts(&undo["proposed"]["statements"]).join("\n");
        assert!(statements.contains("DROP VIEW") && statements.contains("DROP COLUMN"), "{statements}");
        assert!(undo["proposed"]["losing"].as_u64().unwrap() >= 1, "{told}");
        // What leads nowhere is not called a way.
        place.write("release.sql", "drop table orders;\nupdate people set name = 'y';\n");
        let told = rehearsed(&place, db, &["--only", "run,effect,undo"], 1);
        let proposed = &told["migrations"][0]["undo"]["proposed"];
        assert_eq!(proposed["exact"], false, "{told}");
        assert!(texts(&proposed["why"]).iter().any(|why| why.contains("may change rows")), "{told}");
    });
}

#[test]
fn what_memory_is_too_small_for_is_told_by_the_statement_that_spilled_it() {
    for db in [majors().first(), majors().last()].into_iter().flatten().map(|major| database(*major)) {
        let place = given(
            &db,
            "set work_mem = '64kB';\ncreate table sorted as select g, repeat('x', 50) as x from generate_series(1, 150000) g order by 2, 1 desc;\n\
             create table small (id int);\nset maintenance_work_mem = '1MB';\nset min_parallel_table_scan_size = 0;\nset max_parallel_maintenance_workers = 2;\n\
             create index sorted_x on sorted (x, g);\nselect 1;\n",
        );
        let told = rehearsed(&place, &db, &["--only", "run"], 2);
        let all = statements(&told);
        let bytes: Vec<u64> = all.iter().map(|one| one["temporary_bytes"].as_u64().unwrap_or_else(|| panic!("{one}"))).collect();
        assert_eq!(bytes.len(), 8, "{told}");
        let none: Vec<usize> = (0..8).filter(|at| bytes[*at] == 0).collect();
        assert_eq!(none, [0, 2, 3, 4, 5, 7], "{bytes:?}");
        // What is sorted is written once at least.
        assert!(bytes[1] > 5_000_000 && bytes[6] > 5_000_000, "{bytes:?}");
        // Where its role has the server keep silent, nobody knows: that is no 0.
        let role = format!("{}_migrates", db.name);
        db.exec(&format!(
            "create role {role}; grant create on schema public to {role}; alter table people owner to {role}; alter table orders owner to {role}; \
             alter role {role} set log_temp_files = -1"
        ));
        let told = rehearsed(&place, &db, &["--only", "run"], 2);
        db.exec(&format!("drop owned by {role} cascade; drop role {role}"));
        assert!(statements(&told).iter().all(|one| one["temporary_bytes"].is_null()), "{told}");
    }
}
