//! `evenkeel backfill`: a table is changed part after part, and is what one statement would have made of it; nothing is changed twice,
//! whatever ends it in between. Neighbours: `backfill_held`, what it waits for; `backfill_mysql`.

use crate::history_apply::runs;
use crate::history_repair::Dice;
use crate::run::{Place, Ran};
use evenkeel_testkit::Share;
use evenkeel_testkit::process::eventually;
use evenkeel_testkit::{TestDb, database, majors, newest, number};
use serde_json::Value;
use std::process::{Command, Stdio};
use std::time::Duration;

pub fn configured(url: &str, tier: &str, lines: &str) -> Place {
    let place = Place::new();
    let store = place.path("store.sqlite");
    let text = format!("[store]\nurl = \"sqlite:{}\"\n[environments.shop]\nurl = \"{url}\"\ntier = \"{tier}\"\n{lines}", store.display());
    place.write("evenkeel.toml", text);
    place
}

pub fn backfill(place: &Place, more: &[&str]) -> Ran {
    let mut arguments = vec!["backfill", "shop", "mails", "--format", "json"];
    arguments.extend(more);
    place.run(&arguments)
}

pub fn closed(told: &Value) -> Vec<&str> {
    let gates = told["gates"].as_array().unwrap().iter();
    gates.filter(|gate| gate["holds"] != true).map(|gate| gate["name"].as_str().unwrap()).collect()
}

/// Each change of a row is counted in it.
const TOUCHED: &str = "create function touch() returns trigger language plpgsql as 'begin new.touched := old.touched + 1; return new; end';
    create trigger touch before update on accounts for each row execute function touch();";

fn accounts(db: &TestDb, rows: u32) {
    db.exec(&format!(
        "create table accounts (id bigint primary key, mail text, lower_mail text, touched int not null default 0);
        insert into accounts select g * 3, case when g % 7 > 0 then 'Mail-' || g || '@Example.org' end from generate_series(1, {rows}) g;
        {TOUCHED}"
    ));
}

const LINES: &str = "[backfill.mails]\ntable = \"public.accounts\"\nset = \"lower_mail = lower(mail)\"\nwhere = \"lower_mail is distinct from lower(mail)\"\n";

/// How many rows were changed, and how many of them more than once.
fn touched(db: &TestDb) -> (String, String) {
    let one = |sql: &str| db.value(sql).unwrap();
    (one("select count(*)::text from accounts where touched > 0"), one("select count(*)::text from accounts where touched > 1"))
}

#[test]
fn a_table_is_changed_part_after_part_and_counted() {
    let all = Share::of(2).is_whole();
    for major in majors().into_iter().filter(|major| all || *major == newest()) {
        let db = database(major);
        accounts(&db, 3000);
        let place = configured(&db.url(), "production", &format!("{LINES}most = 300\n"));
        let told = backfill(&place, &["--plan"]).exits(0).json();
        assert_eq!((&told["outcome"], &told["remaining"]), (&"planned".into(), &2572.into()), "{told}");
        assert_eq!(touched(&db).0, "0");
        backfill(&place, &[]).exits(64).says("nobody said yes");
        let told = backfill(&place, &["--yes", "--reason", "ticket 9"]).exits(0).json();
        assert_eq!((&told["outcome"], &told["rows"], &told["remaining"]), (&"complete".into(), &2572.into(), &0.into()), "{told}");
        assert!((10..=20).contains(&told["parts"].as_u64().unwrap()), "{told}");
        assert_eq!(touched(&db), ("2572".to_owned(), "0".to_owned()));
        let run = &runs(&place)[0];
        assert_eq!((&run["verb"], &run["ended"]["how"], &run["acts"][0]["state"]), (&"backfill".into(), &"done".into(), &"done".into()));
        // Once more there is nothing to do.
        let told = backfill(&place, &["--yes"]).exits(0).json();
        assert_eq!((&told["rows"], &told["resumed"]), (&0.into(), &Value::Null), "{told}");
        place.run(&["backfill", "shop", "mails", "--yes"]).exits(0).says("complete: 0 rows changed");
        place.run(&["backfill", "shop", "other", "--yes"]).exits(64).says("mails");
        place.run(&["deploy", "shop", "--plan", "--migrations", "nowhere"]).hides("backfill");
    }
}

#[test]
fn parts_make_of_a_table_what_one_statement_makes_of_its_copy() {
    let seed = number("EVENKEEL_SEED", 20_261_130);
    let cases = number("EVENKEEL_CASES", 6);
    let db = database(newest());
    let mut dice = Dice::of(seed, 0);
    // Columns of the key, and the value of a row by its number: with gaps, out of order, of every order that a text may have.
    let keys: [(&str, &str, &str); 9] = [
        ("k bigint", "k", "g * 7 - 900"),
        ("k text", "k", "(array['ä', 'a', 'Z', 'z', 'É', 'e', ' ', '-', 'ß'])[1 + g % 9] || md5(g::text)"),
        ("k text collate \"C\"", "k", "(array['ä', 'a', 'Z', 'z'])[1 + g % 4] || g"),
        ("k varchar(60) collate \"und-x-icu\"", "k", "(array['ä', 'a', 'Z', 'z'])[1 + g % 4] || ' ' || g"),
        ("k uuid", "k", "md5(g::text)::uuid"),
        ("k numeric", "k", "(g * 37 % 1009)::numeric / 7"),
        ("k float8", "k", "sqrt(g) * case when g % 2 = 0 then -1 else 1 end"),
        ("k timestamptz", "k", "timestamptz '2026-03-29 00:30:00+00' + g * interval '7.31 minutes'"),
        ("k smallint, l text", "k, l", "g % 5, 'x' || (g * 31 % 1013)"),
    ];
    for case in 0..cases {
        let (columns, names, values) = keys[(usize::try_from(case).unwrap() + dice.next(9)) % 9];
        let rows = [0, 1, 2, 500, 1000][dice.next(5)];
        let most = [1, 3, 50, 500][dice.next(if rows > 500 { 2 } else { 4 })].max(rows / 12);
        let condition =
            ["b is distinct from a * 2", "b is null and a is not null", "(a % 3 = 1 and coalesce(b, -1) <> a * 2) is true -- some"]
                [dice.next(3)];
        let words = format!("seed {seed}, case {case}: {columns}, {rows} rows, parts of {most}, {condition}");
        db.exec(&format!(
            "drop table if exists t, copy;
            create table t ({columns}, a int, b int, touched int not null default 0, primary key ({names}));
            insert into t select {values}, case when g % 4 > 0 then g % 17 end, case when g % 5 = 0 then g % 34 end from generate_series(1, {rows}) g;
            create table copy as select * from t;
            update copy set b = a * 2, touched = 1 where {condition}\n;
            create or replace function touch() returns trigger language plpgsql as 'begin new.touched := old.touched + 1; return new; end';
            create trigger touch before update on t for each row execute function touch();"
        ));
        let lines =
            format!("[backfill.mails]\ntable = \"public.t\"\nset = \"b = a * 2 -- twice\"\nwhere = \"{condition}\"\nmost = {most}\n");
        let told = backfill(&configured(&db.url(), "dev", &lines), &[]).exits(0).json();
        let count = |sql: &str| db.value(sql).unwrap();
        assert_eq!(
            count("select count(*)::text from ((table t except table copy) union all (table copy except table t)) x"),
            "0",
            "{words}"
        );
        assert_eq!(
            (told["rows"].to_string(), told["remaining"].clone()),
            (count("select count(*)::text from copy where touched = 1"), 0.into()),
            "{words}"
        );
    }
    eprintln!("{cases} cases of seed {seed}");
}

#[test]
fn what_is_killed_is_gone_on_with_and_no_row_is_changed_twice() {
    let seed = number("EVENKEEL_SEED", 20_261_130);
    let kills = number("EVENKEEL_CASES", 4);
    let mut dice = Dice::of(seed, 0);
    let db = database(newest());
    accounts(&db, 20_000);
    let wanted = db.value("select count(*)::text from accounts where mail is not null").unwrap();
    let place = configured(&db.url(), "staging", &format!("{LINES}most = 40\n"));
    let mut killed = 0;
    for _ in 0..kills {
        let mut child = place.command(&["backfill", "shop", "mails"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(700 + u64::try_from(dice.next(900)).unwrap()));
        let is_over = child.try_wait().unwrap().is_some();
        if dice.next(4) == 0 {
            // The session alone, and then all of it.
            db.exec("select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'evenkeel run %' and backend_xid is not null");
        }
        let _ = child.kill();
        child.wait().unwrap();
        killed += u64::from(!is_over);
    }
    let place_lines = place.read("evenkeel.toml").replace("most = 40", "most = 5000");
    place.write("evenkeel.toml", place_lines);
    let told = backfill(&place, &[]).exits(0).json();
    assert!(killed > 0, "none was killed in the middle");
    assert_eq!(
        (told["rows"].to_string(), &told["unsure"], &told["outcome"]),
        (wanted.clone(), &0.into(), &"complete".into()),
        "{killed} kills, seed {seed}: {told}"
    );
    assert_eq!(touched(&db), (wanted, "0".to_owned()), "seed {seed}");
    assert!(told["resumed"].is_u64(), "{told}");
    assert_eq!(db.value("select count(*)::text from accounts where lower_mail is distinct from lower(mail)").as_deref(), Some("0"));
    // Its end is its end: the next one counts from nothing.
    assert_eq!(backfill(&place, &[]).exits(0).json()["rows"], 0);
}

#[test]
fn a_session_that_is_lost_is_asked_about_and_the_walk_goes_on() {
    let db = database(newest());
    accounts(&db, 2000);
    let wanted = db.value("select count(*)::text from accounts where mail is not null").unwrap();
    let place = configured(&db.url(), "staging", &format!("{LINES}most = 50\n"));
    let child =
        place.command(&["backfill", "shop", "mails", "--format", "json"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let changed = || db.value("select count(*)::int4::text from accounts where touched > 0").unwrap().parse::<u32>().unwrap();
    let mut ended = 0;
    for least in [1, 300, 900] {
        eventually("it goes on", || changed() >= least);
        // Whoever writes; the session that holds the locks stays.
        let end = "select count(pg_terminate_backend(pid))::text from pg_stat_activity
            where datname = current_database() and application_name like 'evenkeel run %' and query not like '%advisory%' and query not like '%pg_locks%'";
        ended += db.value(end).unwrap().parse::<u32>().unwrap();
    }
    let output = child.wait_with_output().unwrap();
    let told: Value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    assert!(ended > 0);
    assert_eq!((output.status.code(), told["rows"].to_string(), &told["unsure"]), (Some(0), wanted.clone(), &0.into()), "{told}");
    assert_eq!(touched(&db), (wanted, "0".to_owned()));
}

#[test]
fn whoever_stops_it_is_told_how_far_it_came() {
    let db = database(newest());
    accounts(&db, 20_000);
    let place = configured(&db.url(), "staging", &format!("{LINES}most = 20\npause = \"20ms\"\n"));
    let child =
        place.command(&["backfill", "shop", "mails", "--format", "json"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    eventually("it began", || db.value("select count(*)::text from accounts where touched > 0").as_deref() != Some("0"));
    let status = |code| place.run(&["status", "--format", "json"]).exits(code).json()["environments"][0].clone();
    assert_eq!((&status(0)["backfills"][0]["state"], &status(0)["backfills"][0]["next"]), (&"at work".into(), &Value::Null));
    // Another is refused meanwhile, and so is a deployment of anything.
    let told = backfill(&place, &[]).exits(1).json();
    assert_eq!((closed(&told).first().copied(), &told["outcome"]), (Some("journal"), &"refused".into()), "{told}");
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        (output.status.code(), &told["outcome"], &told["why"]),
        (Some(130), &"stopped".into(), &"somebody asked for the end".into()),
        "{told}"
    );
    assert_eq!(told["rows"].to_string(), touched(&db).0, "{told}");
    // Whoever looks is told that it is not complete, what is in, and how it is gone on with.
    let (stood, next) = (status(1), "evenkeel backfill shop mails");
    let one = &stood["backfills"][0];
    assert_eq!((&one["name"], &one["state"], &one["run"], &one["next"]), (&"mails".into(), &"stopped".into(), &told["run"], &next.into()));
    assert!(one["words"].as_str().unwrap().contains(&format!("{} rows changed", told["rows"])), "{stood}");
    assert!(stood["overdue"].as_str().unwrap().contains(next), "{stood}");
    place.run(&["status"]).exits(1).says("stopped, and is not complete since").says(&format!("{next} goes on"));
    // No key stands where it is shown.
    place.run(&["runs", "--format", "json"]).exits(0).hides("behind");
    place.write("evenkeel.toml", place.read("evenkeel.toml").replace("most = 20\npause", "most = 5000\n#"));
    let told = backfill(&place, &["--anew"]).exits(0).json();
    assert_eq!((&told["resumed"], touched(&db).1.as_str()), (&Value::Null, "0"), "{told}");
    assert_eq!((&status(0)["backfills"], &status(0)["overdue"]), (&serde_json::json!([]), &Value::Null));
}

#[test]
fn what_would_not_end_or_is_not_understood_changes_nothing() {
    let db = database(newest());
    accounts(&db, 100);
    db.exec("create table bare (n int); create table loose (id int unique, n int); create table pair (a int, b int not null, n int, unique (b), primary key (a, b))");
    let lines = |table: &str, change: &str, condition: &str, more: &str| {
        format!("[backfill.mails]\ntable = \"{table}\"\n{change}\nwhere = \"{condition}\"\n{more}")
    };
    let set = |set: &str, condition: &str| lines("public.accounts", &format!("set = \"{set}\""), condition, "");
    let refused: [(String, &str, &str); 12] = [
        (lines("public.nobody", "set = \"n = 1\"", "n is null", ""), "table", "there is no table public.nobody"),
        (lines("accounts", "set = \"n = 1\"", "n is null", ""), "table", "there is public.accounts"),
        (lines("public.bare", "set = \"n = 1\"", "n is null", ""), "table", "no primary key"),
        (lines("public.loose", "set = \"n = 1\"", "n is null", "key = [\"id\"]"), "table", "may be NULL"),
        (lines("public.pair", "set = \"n = 1\"", "n is null", "key = [\"a\"]"), "table", "exactly the columns a"),
        (set("lower_mail = 'x'", "nobody is null"), "statement", "nobody"),
        (set("lower_mail = 'x'", "lower_mail is null) or (true"), "statement", "syntax error"),
        (set("lower_mail = 'x'", "lower_mail is null; drop table accounts"), "statement", "syntax error"),
        // Of these the server is asked under the claim.
        (set("lower_mail = lower(nobody)", "lower_mail is null"), "", "nobody"),
        (set("lower_mail = 'x' where id = 3", "lower_mail is null"), "", "syntax error"),
        (set("lower_mail = mail", "lower_mail is null"), "", "need it still"),
        (set("touched = touched + 1", "true"), "", "need it still"),
    ];
    for (lines, gate, words) in refused {
        let place = configured(&db.url(), "dev", &lines);
        let told = backfill(&place, &[]).exits(1).json();
        if gate.is_empty() {
            assert_eq!(told["outcome"], "stopped", "{lines}: {told}");
        } else {
            assert_eq!((closed(&told), &told["outcome"]), (vec![gate], &"refused".into()), "{lines}: {told}");
        }
        assert!(told.to_string().contains(words), "{lines}: {words}: {told}");
        assert_eq!(
            (touched(&db).0.as_str(), db.value("select count(*)::text from accounts where lower_mail is null").as_deref()),
            ("0", Some("100")),
            "{lines}"
        );
    }
    for (lines, words) in [
        (lines("a.b.c", "set = \"n = 1\"", "true", ""), "table"),
        (lines("a", "set = \"n = 1\"\nstatement = \"x {todo}\"", "true", ""), "both"),
        (lines("a", "", "true", ""), "neither"),
        (lines("a", "statement = \"insert into b select 1\"", "true", ""), "{todo}"),
        ("[backfill.mails]\ntable = \"a\"\nset = \"n = 1\"\n".to_owned(), "no row is changed twice"),
        (lines("a", "set = \"n = 1\"", " ", ""), "where"),
        (lines("a", "set = \"n = 1\"", "true", "most = 0"), "most"),
        (lines("a", "set = \"n = 1\"", "true", "target = \"soon\""), "target"),
        (lines("a", "set = \"n = 1\"", "true", "key = []"), "key"),
    ] {
        configured(&db.url(), "dev", &lines).run(&["backfill", "shop", "mails"]).exits(78).says(words);
    }
    // What the server says against a row has no value of it.
    db.exec("create unique index on accounts (lower_mail)");
    let place =
        configured(&db.url(), "dev", &set("lower_mail = case when id > 50 then 'secret-value' end", "lower_mail is null and id > 50"));
    let told = backfill(&place, &[]).exits(1).hides("secret-value =").json();
    let why = told["why"].as_str().unwrap();
    assert!(why.contains("duplicate key") && !why.contains("secret-value"), "{told}");
    assert_eq!(runs(&place)[0]["acts"][0]["state"], "intended");
    // What closes every door closes this one.
    let place = configured(&db.url(), "dev", LINES);
    place.run(&["history", "shop", "--halt", "by hand"]).exits(0);
    assert_eq!(closed(&backfill(&place, &[]).exits(1).json()), ["halt"]);
    place.run(&["history", "shop", "--resume", "--over", "10ms", "--idle"]).exits(0);
    place.run_with(&["lock", "shop"], &[("EVENKEEL_HOLDER", "ann@laptop")]).exits(0);
    assert_eq!(closed(&backfill(&place, &[]).exits(1).json()), ["parity-lock"]);
    assert_eq!(touched(&db).0, "0");
}

#[test]
fn rows_that_come_behind_the_walk_are_met_by_the_next_and_a_table_that_is_never_done_says_so() {
    let db = database(newest());
    db.exec(
        "create table accounts (id bigint primary key, mail text, lower_mail text, touched int not null default 0);
        insert into accounts (id, mail) select g * 10, 'M' || g from generate_series(1, 400) g;
        -- Somebody writes behind the walk, while it walks.
        create function behind() returns trigger language plpgsql as 'begin
            if old.id = 2000 then insert into accounts (id, mail) values (5, ''A''), (3999, ''B''); end if; return null; end';
        create trigger behind after update on accounts for each row execute function behind();",
    );
    let place = configured(&db.url(), "dev", &format!("{LINES}most = 50\n"));
    let told = backfill(&place, &[]).exits(0).json();
    assert_eq!((&told["rows"], &told["walks"], &told["remaining"]), (&402.into(), &2.into(), &0.into()), "{told}");
    // A row that a trigger keeps as it is needs it for ever.
    db.exec(
        "create function keep() returns trigger language plpgsql as 'begin return null; end';
        create trigger keep before update on accounts for each row when (old.id = 70) execute function keep();
        update accounts set lower_mail = null where id in (60, 80); alter table accounts disable trigger keep;
        update accounts set lower_mail = null where id = 70; alter table accounts enable trigger keep;",
    );
    let told = backfill(&place, &[]).exits(1).json();
    assert_eq!((&told["outcome"], &told["rows"], &told["remaining"]), (&"incomplete".into(), &2.into(), &1.into()), "{told}");
    let told = backfill(&place, &[]).exits(1).json();
    assert!(told["verdict"]["line"].as_str().unwrap().contains("not complete") && told["resumed"].is_u64(), "{told}");
    // A count that takes too long is no count.
    db.exec("create function slow(text) returns boolean language plpgsql stable as 'begin perform pg_sleep(0.01); return false; end'");
    let lines = "[backfill.mails]\ntable = \"public.accounts\"\nset = \"lower_mail = 'x'\"\nwhere = \"public.slow(mail)\"\nmost = 50\n";
    let place = configured(&db.url(), "dev", lines);
    let told = backfill(&place, &["--statement-timeout", "1s"]).exits(2).json();
    assert_eq!((&told["outcome"], &told["rows"], &told["remaining"]), (&"uncounted".into(), &0.into(), &Value::Null), "{told}");
}

#[test]
fn a_statement_of_its_own_fills_another_table_and_keys_that_are_texts_are_kept_nowhere() {
    let db = database(newest());
    db.exec(
        "create table accounts (mail text primary key, name text); create table mails (mail text primary key, name text);
        insert into accounts select 'secret-' || g || '@example.org', 'n' || g from generate_series(1, 1000) g;
        insert into mails select mail, name from accounts limit 100;",
    );
    let lines = "[backfill.mails]\ntable = \"public.accounts\"\nstatement = \"insert into public.mails select a.mail, a.name from public.accounts a where a.mail in (select mail from public.accounts where {todo})\"\n\
        where = \"not exists (select from public.mails m where m.mail = accounts.mail)\"\nmost = 100\n";
    let place = configured(&db.url(), "dev", lines);
    let ran = backfill(&place, &[]).exits(0).hides("secret-");
    let told = ran.json();
    assert_eq!((&told["rows"], &told["outcome"]), (&900.into(), &"complete".into()), "{told}");
    assert!(told.to_string().contains("not kept"), "{told}");
    assert_eq!(
        db.value("select count(*)::text from ((table accounts except table mails) union all (table mails except table accounts)) x")
            .as_deref(),
        Some("0")
    );
    for file in ["store.sqlite", "store.sqlite-wal"] {
        let bytes = std::fs::read(place.path(file)).unwrap_or_default();
        assert!(!bytes.windows(7).any(|window| window == b"secret-"), "{file} has a key");
    }
}

#[test]
fn a_condition_that_says_neither_yes_nor_no_of_a_row_completes_nothing() {
    let db = database(newest());
    accounts(&db, 700);
    // Nothing stands in the column yet: to the server `<>` is true of no row.
    let place = configured(&db.url(), "dev", &LINES.replace("lower_mail is distinct from lower(mail)", "lower_mail <> lower(mail)"));
    let told = backfill(&place, &[]).exits(2).json();
    assert_ne!(told["outcome"], "complete", "{told}");
    assert!(told.to_string().contains("of 700 rows it says neither yes nor no (NULL)"), "{told}");
    assert_eq!(touched(&db).0, "0");
    let place = configured(&db.url(), "dev", LINES);
    backfill(&place, &[]).exits(0);
}
