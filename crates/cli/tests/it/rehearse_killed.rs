//! What a kill leaves of a migration, and what another run makes of it: of the client, of the server's process, of the whole server; before
//! the commit and after it, in the middle of a statement, and at each wait of one outside of any transaction.

use crate::history::third;
use crate::rehearse::{gate, given, rehearsed, texts};
use crate::rehearse_why::two_by_day;
use evenkeel_testkit::share::Share;
use evenkeel_testkit::{TestDb, database, majors, newest};
use serde_json::Value;

/// On the oldest and the newest by day, on all where everything is wanted.
fn each(test: impl Fn(&TestDb)) {
    let all = majors();
    let ends = || [all.first(), all.last()].into_iter().flatten().copied().collect();
    let chosen: Vec<u32> = if Share::of(2).is_whole() { all.clone() } else { ends() };
    for major in chosen {
        println!("on PostgreSQL {major}");
        test(&database(major));
    }
}

fn kills(told: &Value) -> Vec<Value> {
    told["migrations"][0]["rerun"]["kills"].as_array().unwrap_or_else(|| panic!("no kills: {told}")).clone()
}

/// Victim, moment, what is left, whether another run comes to the same end.
fn short(kill: &Value) -> (&str, &str, &str, Option<bool>) {
    (kill["victim"].as_str().unwrap(), kill["moment"].as_str().unwrap(), kill["left"].as_str().unwrap(), kill["converges"].as_bool())
}

#[test]
fn a_transaction_is_gone_or_whole_and_a_statement_outlives_its_client() {
    let (place, db) = third("");
    // Numbers that were taken, and the time, are others in each run: no difference.
    db.exec(
        "create table people (id int primary key, name text);
        create table noted (id int generated always as identity, at timestamptz default clock_timestamp(), what text)",
    );
    let up = "alter table people add a int;\nupdate people set a = id;\ninsert into noted (what) values ('a');";
    place.write("m/20260103000000_third.sql", format!("-- migrate:up\n{up}\n-- migrate:down\nalter table people drop a;\n"));
    let url = db.url();
    let run = ["rehearse", "--for", &url, "--migrations", "m", "--only", "run,rerun", "--rows", "20"];
    let told = place.run(&[&run[..], &["--format", "json"]].concat()).json();
    let all = kills(&told);
    let told_of: Vec<_> = all.iter().map(short).collect();
    let at = told["migrations"][0]["statements"][0]["line"].as_u64().unwrap();
    let waits = format!("while 20260103000000_third.sql:{at}:1 waits");
    assert_eq!(
        told_of,
        [
            ("client", "before its commit", "nothing", Some(true)),
            ("backend", "before its commit", "nothing", Some(true)),
            ("server", "before its commit", "nothing", Some(true)),
            ("client", waits.as_str(), "nothing", Some(true)),
            ("server", "after its commit", "everything", None),
        ],
        "{told}"
    );
    for kill in &all[..4] {
        assert_eq!(kill["locks"], serde_json::json!([{"relation": "public.people", "mode": "ACCESS EXCLUSIVE"}]), "{kill}");
    }
    assert!(all[2]["back_ms"].as_f64().unwrap() > 0.0 && all[0]["back_ms"].is_null(), "{told}");
    // Nobody has told the server that its client is gone, and it does not look.
    assert_eq!(all[3]["orphan"]["noticed"], false, "{told}");
    assert!(all[3]["orphan"]["lasted_ms"].as_f64().unwrap() >= 200.0 && all[0]["orphan"].is_null(), "{told}");
    assert_eq!(gate(&told, "rerun")["holds"], true, "{told}");
    // Lines of a terminal are broken where they are long.
    let shown = place.run(&run).stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    for words in [
        "client or backend or server killed before its commit: nothing of it is left; run again, it comes to the same end, and needs \
         ACCESS EXCLUSIVE on public.people again",
        "its statement went on, and stood in the queue for ",
        " and longer, nothing of it is left",
        "server killed after its commit: all of it is in",
    ] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    let html = place.run(&[&run[..], &["--format", "html"]].concat()).stdout;
    assert!(html.contains("server killed after its commit"), "{html}");
}

#[test]
fn what_the_server_commits_by_itself_is_in_although_nobody_hears_of_it() {
    each(|db| {
        let place = given(db, "alter table people add a int;\n");
        let told = rehearsed(&place, db, &["--only", "run,rerun"], 2);
        let all = kills(&told);
        let waits = "while release.sql:1:1 waits";
        let told_of: Vec<_> = all.iter().map(short).collect();
        assert_eq!(
            told_of,
            [
                ("client", waits, "everything", Some(false)),
                ("backend", waits, "nothing", Some(true)),
                ("server", waits, "nothing", Some(true)),
                ("server", "after its commit", "everything", None),
            ],
            "{told}"
        );
        assert!(all[0]["again"][0].as_str().unwrap().contains("42701"), "{told}");
        // It is in: whether somebody runs it again is up to the record, as after any commit.
        assert_eq!(gate(&told, "rerun")["holds"], true, "{told}");
    });
}

#[test]
fn a_build_beside_others_is_killed_at_each_of_its_waits() {
    if evenkeel_testkit::another_day(2) {
        return;
    }
    each(|db| {
        let place = given(db, "create index concurrently third on orders (note);\n");
        let told = rehearsed(&place, db, &["--only", "run,rerun"], 1);
        let all = kills(&told);
        for victim in ["backend", "server"] {
            // For who writes before it is built and before it is checked, and for who sees what was there before.
            let of: Vec<&Value> = all.iter().filter(|kill| kill["victim"] == victim && kill["moment"] != "after its commit").collect();
            assert_eq!(of.len(), 3, "{told}");
            for kill in of {
                assert_eq!((kill["left"].as_str(), kill["converges"].as_bool()), (Some("part"), Some(false)), "{kill}");
                assert_eq!(kill["left_behind"], serde_json::json!(["+ index public.third, not valid or not enabled"]), "{kill}");
                assert!(kill["again"][0].as_str().unwrap().contains("42P07"), "{kill}");
            }
        }
        let client = all.iter().find(|kill| kill["victim"] == "client").unwrap();
        assert_eq!((client["left"].as_str(), client["orphan"]["noticed"].as_bool()), (Some("everything"), Some(false)), "{told}");
        assert_eq!(gate(&told, "rerun")["holds"], false, "{told}");
        // What clears away first what a kill leaves comes to the same end from wherever it stood.
        place.write("release.sql", "drop index concurrently if exists third;\ncreate index concurrently third on orders (note);\n");
        let told = rehearsed(&place, db, &["--only", "run,rerun"], 2);
        let all = kills(&told);
        assert!(all.len() >= 7 && all.iter().all(|kill| kill["converges"] != false), "{told}");
        assert_eq!(gate(&told, "rerun")["holds"], true, "{told}");
    });
}

#[test]
fn a_server_that_looks_after_its_clients_ends_what_nobody_waits_for() {
    let db = database(newest());
    let place = given(&db, "alter table people add a int;\n");
    db.exec(&format!("alter database \"{}\" set client_connection_check_interval = '100ms'", db.name));
    let told = rehearsed(&place, &db, &["--only", "run,rerun"], 2);
    let all = kills(&told);
    let client = all.iter().find(|kill| kill["victim"] == "client").unwrap();
    assert_eq!((client["left"].as_str(), client["orphan"]["noticed"].as_bool()), (Some("nothing"), Some(true)), "{told}");
    assert_eq!(client["converges"], true, "{client}");
}

#[test]
fn of_many_migrations_the_first_are_killed_and_the_others_said() {
    if evenkeel_testkit::another_day(3) {
        return;
    }
    let (place, db) = third("");
    db.exec("create table people (id int primary key)");
    for at in 0..11 {
        let text = format!("-- migrate:up\nalter table people add c{at} int;\n-- migrate:down\nalter table people drop c{at};\n");
        // The first is that of the folder.
        let name = if at == 0 { "m/20260103000000_third.sql".to_owned() } else { format!("m/202601{:02}000000_n.sql", at + 10) };
        place.write(&name, text);
    }
    let told = place.run(&["rehearse", "--for", &db.url(), "--migrations", "m", "--only", "run,rerun", "--format", "json"]).json();
    let count = |at: usize| told["migrations"][at]["rerun"]["kills"].as_array().unwrap().len();
    assert!(count(0) == 5 && count(9) == 5 && count(10) == 0, "{told}");
    let floor: Vec<&str> = told["floor"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
    assert!(floor.contains(&"what a kill leaves was tried of the first 10 migrations of 11"), "{floor:?}");
}

#[test]
fn what_takes_longer_than_it_may_is_ended_and_nothing_of_it_is_left() {
    let db = database(newest());
    let place = given(&db, "select pg_sleep(60);\n");
    let url = db.url();
    let run = |within: &str| place.run(&["rehearse", "release.sql", "--for", &url, "--only", "run", "--within", within]);
    let late = run("2s").exits(2).says("the rehearsal was ended before it was over").says("flag --within").says("2.0 s at most");
    assert!(late.took.as_secs() < 30, "{:?}", late.took);
    place.write("release.sql", "select 1;\n");
    run("10min").exits(2).hides("was ended before it was over");
}

#[test]
fn rows_of_what_was_committed_before_a_kill_are_told_and_what_another_run_does_to_them() {
    two_by_day(|db, _| {
        let place = given(
            db,
            "begin;\ninsert into noted (what) values ('a');\nupdate people set name = name || 'x';\ncommit;\n\
             create index concurrently if not exists third on orders (note);\n",
        );
        db.exec("create table noted (id int generated always as identity, what text, at timestamptz default clock_timestamp())");
        let told = rehearsed(&place, db, &["--only", "run,rerun", "--rows", "5"], 1);
        let rerun = &told["migrations"][0]["rerun"];
        let twice =
            ["public.noted: 7 rows, and 6 where nothing disturbs it", "public.people.name: other values than where nothing disturbs it"];
        assert_eq!((rerun["second"].as_str(), texts(&rerun["second_says"])), (Some("changes"), twice.to_vec()), "{told}");
        assert_eq!((rerun["converges"].as_bool(), rerun["after_statement"].as_u64()), (Some(false), Some(4)), "{told}");
        assert_eq!(texts(&rerun["left_behind"]), twice, "{told}");
        let all = kills(&told);
        let backend = all.iter().find(|kill| kill["victim"] == "backend").unwrap();
        // Their numbers and times are others in each run; that they are there is told.
        let left = [
            "+ index public.third, not valid or not enabled",
            "public.noted: 6 rows, and 5 before it",
            "public.people.name: other values than before it",
        ];
        assert_eq!((backend["left"].as_str(), texts(&backend["left_behind"])), (Some("part"), left.to_vec()), "{backend}");
        for words in twice {
            assert!(texts(&backend["again"]).contains(&words), "{backend}");
        }
    });
}
