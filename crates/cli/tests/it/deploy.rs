//! `evenkeel deploy`: what was rehearsed is run where it counts, behind its gates, bounded, recorded as the tool does, and compared with
//! the rehearsal. Neighbour: `deploy_killed`, what is left of one that is killed.

use crate::history_apply::runs;
use crate::rehearse::{gate, texts};
use crate::run::{Place, Ran, digest};
use evenkeel_testkit::{TestDb, database, majors, newest};
use serde_json::Value;
use std::time::{Duration, Instant};

pub const RECORD: &str = "create table schema_migrations (version varchar(128) primary key);
    insert into schema_migrations values ('20260101000000');
    create table people (id int primary key, name text not null); create table counters (n int);
    insert into people select g, 'x' from generate_series(1, 1000) g; insert into counters values (0); analyze people; analyze counters";

pub const FIRST: (&str, &str) = (
    "20260101000000_people.sql",
    "-- migrate:up\ncreate table people (id int primary key, name text not null);\ncreate table counters (n int);\n-- migrate:down\ndrop table counters;\ndrop table people;\n",
);
const EMAIL: (&str, &str) =
    ("20260102000000_email.sql", "-- migrate:up\nalter table people add email text;\n-- migrate:down\nalter table people drop email;\n");
const NOTES: (&str, &str) = (
    "20260103000000_notes.sql",
    "-- migrate:up\ncreate table notes (id int primary key, note text);\n-- migrate:down\ndrop table notes;\n",
);

/// A folder of dbmate with these files beside the first, which is in; an environment `shop` of that tier.
pub fn given(db: &TestDb, files: &[(&str, &str)], tier: &str) -> Place {
    db.exec(RECORD);
    let place = Place::new();
    for (name, text) in std::iter::once(&FIRST).chain(files) {
        place.write(&format!("m/{name}"), text);
    }
    configure(&place, db, tier, "");
    place
}

pub fn configure(place: &Place, db: &TestDb, tier: &str, more: &str) {
    let store = place.path("state/store.sqlite");
    let tier = if tier.is_empty() { String::new() } else { format!("tier = \"{tier}\"\n") };
    place.write(
        "evenkeel.toml",
        format!(
            "[project]\nmigrations = \"m\"\ntool = \"dbmate\"\n[store]\nurl = \"sqlite:{}\"\n[environments.shop]\nurl = \"{}\"\n{tier}{more}",
            store.display(),
            db.url()
        ),
    );
}

pub fn deploy(place: &Place, more: &[&str]) -> Ran {
    let mut arguments = vec!["deploy", "shop", "--format", "json"];
    arguments.extend(more);
    place.run(&arguments)
}

fn recorded(db: &TestDb) -> Vec<String> {
    db.query_text("select version from schema_migrations order by 1").into_iter().flatten().flatten().collect()
}

fn rehearse(place: &Place) {
    place.run(&["rehearse", "--for", "shop", "--evidence", "evidence.json"]).exits(0);
}

/// Names of gates that do not hold.
fn closed(told: &Value) -> Vec<&str> {
    let gates = told["gates"].as_array().unwrap().iter();
    gates.filter(|gate| gate["holds"] != true).map(|gate| gate["name"].as_str().unwrap()).collect()
}

#[test]
fn what_was_rehearsed_is_run_recorded_and_is_as_it_was_rehearsed() {
    let majors = majors();
    for major in [majors.first(), majors.last()].into_iter().flatten() {
        let db = database(*major);
        let place = given(&db, &[EMAIL, NOTES], "production");
        let told = deploy(&place, &["--plan"]).exits(1).json();
        assert_eq!(closed(&told), ["evidence"], "{told}");
        rehearse(&place);
        let before = digest(&place.run(&["digest", "shop"]).exits(0));
        let planned = place.run(&["deploy", "shop", "--plan"]).exits(0);
        assert!(
            planned.stdout.contains("alter table people add email text;")
                && planned.stdout.starts_with("-- shop: 2 migrations could be run")
        );
        assert_eq!(digest(&place.run(&["digest", "shop"]).exits(0)), before, "a plan writes nothing");
        assert!(runs(&place).is_empty());
        // It is of tier production: the name alone is not enough.
        deploy(&place, &[]).exits(64).says("nobody said yes");
        let told = deploy(&place, &["--yes", "--reason", "ticket 7"]).exits(0).json();
        assert_eq!((&told["outcome"], &told["verdict"]["exit_code"]), (&"ran".into(), &0.into()), "{told}");
        assert!(told["verdict"]["line"].as_str().unwrap().contains("as rehearsed"), "{told}");
        assert_eq!(recorded(&db), ["20260101000000", "20260102000000", "20260103000000"]);
        let run = &runs(&place)[0];
        assert_eq!((&run["verb"], &run["reason"], &run["ended"]["how"]), (&"deploy".into(), &"ticket 7".into(), &"done".into()), "{run}");
        place.run(&["history", "shop"]).exits(0).says("3 applied");
        let again = deploy(&place, &["--yes"]).exits(0).json();
        assert_eq!(again["outcome"], "nothing", "{again}");
        let told = deploy(&place, &["--yes", "--resume"]).exits(0).json();
        assert_eq!(gate(&told, "result")["holds"], true, "{told}");
        db.exec("alter table people drop email");
        let told = deploy(&place, &["--yes", "--resume"]).exits(1).json();
        assert!(gate(&told, "result")["found"].as_str().unwrap().contains("public.people.email"), "{told}");
    }
}

#[test]
fn each_gate_is_closed_by_what_it_is_for_and_nothing_is_run_then() {
    let db = database(newest());
    let place = given(&db, &[EMAIL], "staging");
    rehearse(&place);
    let before = digest(&place.run(&["digest", "shop"]).exits(0));
    let refused = |place: &Place, more: &[&str], code: i32, names: &[&str]| {
        let told = deploy(place, more).exits(code).json();
        assert_eq!((closed(&told), &told["outcome"]), (names.to_vec(), &"refused".into()), "{told}");
        assert_eq!(recorded(&db), ["20260101000000"]);
        told
    };
    // Another text, and another file.
    place.write("m/20260102000000_email.sql", "-- migrate:up\nalter table people add email varchar(9);\n");
    refused(&place, &[], 1, &["evidence"]);
    place.write("m/20260102000000_email.sql", EMAIL.1);
    place.write("m/20260103000000_notes.sql", NOTES.1);
    refused(&place, &[], 1, &["evidence", "release"]);
    std::fs::remove_file(place.path("m/20260103000000_notes.sql")).unwrap();
    // Another schema than the one that it was rehearsed for.
    db.exec("create table stray (id int)");
    refused(&place, &[], 1, &["baseline"]);
    db.exec("drop table stray");
    // Too old; held to something else; of another environment.
    configure(&place, &db, "staging", "[deploy]\nmax_age = \"1ms\"\n");
    std::thread::sleep(Duration::from_millis(1100));
    refused(&place, &[], 1, &["evidence"]);
    configure(&place, &db, "staging", "[gates]\nblocked = \"77ms\"\n");
    refused(&place, &[], 1, &["evidence"]);
    configure(&place, &db, "staging", "[deploy]\nnonsense = 1\n");
    deploy(&place, &[]).exits(78);
    configure(&place, &db, "staging", "");
    // Halted.
    place.run(&["history", "shop", "--halt", "orders are lost"]).exits(0);
    let told = refused(&place, &[], 1, &["halt"]);
    assert!(gate(&told, "halt")["found"].as_str().unwrap().contains("orders are lost"), "{told}");
    configure(&place, &db, "staging", "");
    std::fs::rename(place.path("state/store.sqlite"), place.path("state/halted.sqlite")).unwrap();
    for end in ["-wal", "-shm"] {
        std::fs::remove_file(place.path(&format!("state/store.sqlite{end}"))).ok();
    }
    // Another store: the database itself has it still.
    refused(&place, &["--evidence", "evidence.json"], 1, &["halt"]);
    place.run(&["history", "shop", "--resume", "--over", "10ms", "--idle"]).exits(0);
    refused(&place, &[], 1, &["evidence"]);
    let file = ["--evidence", "evidence.json"];
    // A dump, a transaction that is old, a migration tool at work.
    let other = db.another_session();
    other.exec("set application_name = 'pg_dump'").unwrap();
    refused(&place, &file, 1, &["copies"]);
    other.exec("set application_name = 'shop'; begin; select count(*) from people").unwrap();
    configure(&place, &db, "staging", "[deploy]\noldest_transaction = \"10ms\"\n");
    std::thread::sleep(Duration::from_millis(50));
    refused(&place, &file, 1, &["transactions"]);
    configure(&place, &db, "staging", "");
    other.exec("commit; select pg_advisory_lock(8410733461)").ok();
    other.exec("alter table counters add x int").unwrap();
    refused(&place, &file, 1, &["baseline"]);
    db.exec("alter table counters drop x");
    // What is dropped leaves nothing that a schema shows.
    assert_eq!(digest(&place.run(&["digest", "shop"]).exits(0)), before);
    // Without evidence it is refused where it matters, or may.
    for tier in ["production", ""] {
        configure(&place, &db, tier, "");
        deploy(&place, &["--unrehearsed", "--yes"]).exits(64).says("that nobody has rehearsed");
    }
    deploy(&place, &["--evidence", "evidence.json", "--unrehearsed"]).exits(64);
    place.run(&["deploy", &db.url(), "--unrehearsed"]).exits(64).says("is not the name of an environment");
    configure(&place, &db, "staging", "");
    assert!(runs(&place).iter().all(|run| run["verb"] != "deploy"), "{:?}", runs(&place));
    let told = deploy(&place, &file).exits(0).json();
    assert_eq!(told["outcome"], "ran", "{told}");
}

#[test]
fn what_lands_elsewhere_than_when_it_was_rehearsed_is_seen() {
    let db = database(newest());
    let place = given(
        &db,
        &[NOTES, ("20260104000000_more.sql", "-- migrate:up\ncreate table more (id int);\n-- migrate:down\ndrop table more;\n")],
        "staging",
    );
    db.exec("create schema elsewhere");
    rehearse(&place);
    // No schema shows it, and yet names mean something else.
    let name = db.value("select current_database()").unwrap();
    db.exec(&format!("alter database \"{name}\" set search_path = elsewhere, public"));
    let told = deploy(&place, &[]).exits(1).json();
    let stopped = told["stopped"].as_str().unwrap();
    assert!(stopped.contains("did something else") && stopped.contains("elsewhere.notes") && stopped.contains("public.notes"), "{told}");
    assert_eq!(recorded(&db).len(), 2, "it stops behind it: {told}");
    assert_eq!(runs(&place)[0]["ended"]["how"], "stopped");
}

#[test]
fn a_lock_that_is_not_to_be_had_is_asked_for_again_and_clients_wait_no_longer_than_the_bound() {
    let db = database(newest());
    let place = given(&db, &[EMAIL], "staging");
    let held = Duration::from_millis(2500);
    let (holder, reader) = (db.another_session(), db.another_session());
    holder.exec("begin; select count(*) from people").unwrap();
    let (told, longest) = std::thread::scope(|threads| {
        let deployed =
            threads.spawn(|| deploy(&place, &["--unrehearsed", "--lock-timeout", "10s", "--abort-when-blocking", "300ms"]).exits(0).json());
        let begun = Instant::now();
        threads.spawn(move || {
            std::thread::sleep(held);
            holder.exec("commit").unwrap();
        });
        // A client that reads all the time: it queues behind whoever waits for the table.
        let mut longest = Duration::ZERO;
        while begun.elapsed() < held + Duration::from_millis(500) || !deployed.is_finished() && begun.elapsed() < Duration::from_secs(60) {
            let from = Instant::now();
            reader.exec("select count(*) from people where id = 7").unwrap();
            longest = longest.max(from.elapsed());
            std::thread::sleep(Duration::from_millis(5));
        }
        (deployed.join().unwrap(), longest)
    });
    let act = &told["acts"][0];
    assert!(act["attempts"].as_u64().unwrap() >= 2 && act["blocked_clients"].as_u64().unwrap() >= 1, "{told}");
    assert!(longest < Duration::from_millis(1500), "a client waited {longest:?}: {told}");
    assert!(act["blocked_ms"].as_f64().unwrap() >= 250.0, "{told}");
    assert_eq!(recorded(&db).len(), 2);
}

#[test]
fn a_lock_that_is_never_to_be_had_ends_it_with_nothing_in() {
    let db = database(newest());
    // The file would wait for ever.
    let place =
        given(&db, &[("20260102000000_x.sql", "-- migrate:up\nset lock_timeout = 0;\nalter table people add email text;\n")], "staging");
    let holder = db.another_session();
    holder.exec("begin; select count(*) from people").unwrap();
    let begun = Instant::now();
    let told = deploy(&place, &["--unrehearsed", "--lock-timeout", "100ms", "--retry-for", "1s"]).exits(1).json();
    assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
    assert!(told["stopped"].as_str().unwrap().contains("55P03") && told["acts"][0]["attempts"].as_u64().unwrap() >= 2, "{told}");
    assert_eq!((recorded(&db).len(), told["acts"][0]["state"].as_str()), (1, Some("failed")), "{told}");
    holder.exec("commit").unwrap();
    let told = deploy(&place, &["--unrehearsed"]).exits(0).json();
    assert_eq!(told["outcome"], "ran", "{told}");
}

#[test]
fn an_index_that_cannot_be_built_leaves_nothing_behind() {
    let majors = majors();
    for major in [majors.first(), majors.last()].into_iter().flatten() {
        let db = database(*major);
        let index = "-- migrate:up transaction:false\ncreate unique index concurrently one_name on people (name);\n";
        let place = given(&db, &[("20260102000000_x.sql", index)], "staging");
        let before = digest(&place.run(&["digest", "shop"]).exits(0));
        let told = deploy(&place, &["--unrehearsed"]).exits(1).json();
        assert!(told["stopped"].as_str().unwrap().contains("23505"), "{told}");
        assert_eq!(digest(&place.run(&["digest", "shop"]).exits(0)), before, "the index of no use is gone: {told}");
        db.exec("update people set name = id::text");
        let told = deploy(&place, &["--unrehearsed"]).exits(0).json();
        assert_eq!((recorded(&db).len(), texts(&told["pending"])), (2, vec!["20260102000000"]), "{told}");
    }
}

#[test]
fn what_its_own_words_take_apart_is_left_to_its_tool() {
    let db = database(newest());
    let place = given(
        &db,
        &[("20260102000000_x.sql", "-- migrate:up\nalter table people add a int;\ncommit;\nbegin;\nalter table people add b int;\n")],
        "staging",
    );
    let told = deploy(&place, &["--unrehearsed"]).exits(1).json();
    assert_eq!(closed(&told), ["acts"], "{told}");
    assert!(gate(&told, "acts")["found"].as_str().unwrap().contains("20260102000000_x.sql:3"), "{told}");
    assert_eq!(recorded(&db).len(), 1);
    // Its own words around all of it are what the tool would do anyway.
    place.write("m/20260102000000_x.sql", "-- migrate:up\nbegin;\nalter table people add a int;\nalter table people add b int;\ncommit;\n");
    deploy(&place, &["--unrehearsed"]).exits(0);
    assert_eq!(recorded(&db).len(), 2);
}

#[test]
fn what_was_deployed_is_taken_back_and_what_was_written_since_is_counted_before() {
    let majors = majors();
    for major in [majors.first(), majors.last()].into_iter().flatten() {
        let db = database(*major);
        let view = "-- migrate:up\ncreate view letters as select id, email from people;\n-- migrate:down\ndrop view letters;\n";
        let place = given(&db, &[EMAIL, NOTES, ("20260104000000_view.sql", view)], "staging");
        rehearse(&place);
        let before = digest(&place.run(&["digest", "shop"]).exits(0));
        let back = |more: &[&str], code: i32| {
            let mut arguments = vec!["rollback", "shop", "--format", "json"];
            arguments.extend(more);
            place.run(&arguments).exits(code).json()
        };
        assert_eq!(back(&[], 0)["outcome"], "nothing");
        deploy(&place, &[]).exits(0);
        db.exec("update people set email = 'a' where id < 8; insert into notes values (1, 'x'), (2, null)");
        let told = back(&["--accept-loss", "1"], 1);
        assert_eq!(closed(&told), ["loss"], "{told}");
        let found = gate(&told, "loss")["found"].as_str().unwrap().to_owned();
        assert!(
            found.starts_with("9 rows and values") && found.contains("public.people.email: 7") && found.contains("public.notes: 2"),
            "{found}"
        );
        assert_eq!(recorded(&db).len(), 4);
        back(&["--accept-loss", "8"], 1);
        // Part of the way: what stays, stays.
        let told = back(&["--to", "20260103000000"], 0);
        assert!(told["verdict"]["line"].as_str().unwrap().contains("is taken back, and the schema is as it was before"), "{told}");
        assert_eq!(recorded(&db), ["20260101000000", "20260102000000", "20260103000000"]);
        let recovery = &told["recovery"];
        assert!(recovery["ms"].as_f64().is_some_and(|ms| ms > 0.0) && recovery["holds"] == true, "{told}");
        assert_eq!((&recovery["limit_ms"], &recovery["origin"]), (&900_000.0.into(), &"default".into()), "{told}");
        let told = back(&["--accept-loss", "9"], 0);
        assert_eq!((recorded(&db).len(), texts(&told["pending"])), (1, vec!["20260103000000", "20260102000000"]), "{told}");
        assert_eq!(digest(&place.run(&["digest", "shop"]).exits(0)), before);
        let verbs: Vec<String> = runs(&place).iter().map(|run| run["verb"].as_str().unwrap().to_owned()).collect();
        assert_eq!(verbs, ["rollback", "rollback", "deploy"]);
        // And there again.
        deploy(&place, &[]).exits(0);
        // What is not as the release left it is not taken back by its way.
        db.exec("drop view letters; alter table people alter email type varchar(99)");
        let told = back(&["--accept-loss", "all"], 1);
        assert!(closed(&told).contains(&"baseline"), "{told}");
    }
}

#[test]
fn what_has_no_way_back_is_not_taken_back() {
    let db = database(newest());
    let place = given(&db, &[("20260102000000_x.sql", "-- migrate:up\ncreate table more (id int);\n-- migrate:down\n")], "staging");
    deploy(&place, &["--unrehearsed"]).exits(0);
    let told = place.run(&["rollback", "shop", "--to", "20260101000000", "--unrehearsed", "--format", "json"]).exits(1).json();
    assert_eq!(closed(&told), ["acts", "loss"], "{told}");
    place.run(&["rollback", "shop", "--unrehearsed"]).exits(64).says("nothing says how far");
    place.run(&["rollback", "shop", "--to", "7", "--unrehearsed"]).exits(64).says("--to");
}

#[test]
fn what_was_deployed_is_verified_and_each_thing_that_is_not_so_is_seen() {
    let db = database(newest());
    let files = [
        EMAIL,
        (
            "20260103000000_orders.sql",
            "-- migrate:up\ncreate table orders (id int primary key, person int);\n-- migrate:down\ndrop table orders;\n",
        ),
    ];
    let place = given(&db, &files, "staging");
    let verify = |more: &[&str], code: i32| {
        let mut arguments = vec!["verify", "shop", "--format", "json"];
        arguments.extend(more);
        place.run(&arguments).exits(code).json()
    };
    // Nobody has rehearsed anything.
    assert_eq!(closed(&verify(&[], 2)), ["result"]);
    rehearse(&place);
    let told = verify(&[], 1);
    assert_eq!(closed(&told), ["result"], "it is not there yet: {told}");
    deploy(&place, &[]).exits(0);
    let told = verify(&[], 0);
    assert!(told["verdict"]["line"].as_str().unwrap().starts_with("shop: VERIFIED: all 5 gates hold"), "{told}");
    assert!(gate(&told, "result")["found"].as_str().unwrap().contains("all of the schema is as it was then"), "{told}");
    // Rows that refer to nothing, behind a key that does not vouch for them.
    db.exec(
        "insert into orders values (1, 7), (2, 70007), (3, null); alter table orders add foreign key (person) references people not valid",
    );
    let told = verify(&[], 1);
    assert!(gate(&told, "references")["found"].as_str().unwrap().contains("orders_person_fkey: 1 rows"), "{told}");
    assert_eq!(closed(&told), ["history", "sound", "references"], "{told}");
    assert!(gate(&told, "result")["found"].as_str().unwrap().contains("the rest of the schema was not compared"), "{told}");
    db.exec("alter table orders drop constraint orders_person_fkey");
    // A query of the project.
    let query = "[[verify.queries]]\nname = \"lost orders\"\nsql = \"select * from public.orders where person is null\"\n";
    configure(&place, &db, "staging", query);
    let told = verify(&[], 1);
    assert!(gate(&told, "query")["found"].as_str().unwrap().contains("lost orders: 1 rows"), "{told}");
    configure(&place, &db, "staging", &format!("{query}rows = 1\n"));
    verify(&[], 0);
    configure(&place, &db, "staging", "[[verify.queries]]\nname = \"x\"\nsql = \"select * from nowhere\"\n");
    assert_eq!(closed(&verify(&[], 2)), ["query"]);
    // Nothing is written by a query that would.
    configure(&place, &db, "staging", "[[verify.queries]]\nname = \"x\"\nsql = \"delete from public.orders returning id\"\n");
    assert_eq!(closed(&verify(&[], 2)), ["query"]);
    assert_eq!(db.value("select count(*)::text from orders"), Some("3".to_owned()));
    configure(&place, &db, "staging", "");
    // Another environment, and this one under another name.
    let other = database(newest());
    other.exec("create table stray (id int)");
    let told = verify(&["--against", &other.url()], 1);
    assert_eq!(closed(&told), ["against"], "{told}");
    assert_eq!(closed(&verify(&["--against", &db.url()], 2)), ["against"]);
    db.exec("alter table people alter email type varchar(9)");
    let told = verify(&[], 1);
    assert!(gate(&told, "result")["found"].as_str().unwrap().contains("type of column public.people.email"), "{told}");
}

#[test]
fn the_status_is_what_was_done_last_and_what_stopped_is_overdue() {
    let db = database(newest());
    let place = given(&db, &[EMAIL], "staging");
    let status = |code: i32| place.run(&["status", "--format", "json"]).exits(code).json()["environments"][0].clone();
    assert_eq!(status(0)["state"], "nothing known");
    rehearse(&place);
    assert_eq!(status(0)["state"], "VALIDATED");
    let holder = db.another_session();
    holder.exec("begin; select count(*) from people").unwrap();
    deploy(&place, &["--lock-timeout", "50ms", "--retry-for", "100ms"]).exits(1);
    let told = status(1);
    assert_eq!((&told["state"], &told["overdue"]), (&"stopped".into(), &"evenkeel deploy shop --resume".into()), "{told}");
    holder.exec("commit").unwrap();
    deploy(&place, &["--resume"]).exits(0);
    assert_eq!(status(0)["state"], "deployed");
    place.run(&["rollback", "shop"]).exits(0);
    assert_eq!(status(0)["state"], "ROLLED_BACK");
    place.run(&["history", "shop", "--halt", "orders are lost"]).exits(0);
    place.run(&["status"]).exits(1).says("HALTED").says("orders are lost");
}
