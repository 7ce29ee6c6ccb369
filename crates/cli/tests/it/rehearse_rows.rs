//! `evenkeel rehearse --rows`: what shows on rows alone, and what clients meet that run beside a release. Neighbour: `rehearse`.

use crate::rehearse::{TABLES, gate, given, rehearsed, statements, texts};
use crate::run::Place;
use evenkeel_testkit::{database, each_major, newest};
use serde_json::Value;

#[test]
fn on_made_up_rows_it_is_seen_what_fails_on_rows_and_what_a_way_back_loses() {
    if evenkeel_testkit::another_day(2) {
        return;
    }
    let db = database(newest());
    db.exec(TABLES);
    db.exec("create type mood as enum ('sad', 'glad'); create domain positive as int check (value > 0);
        create table odd (id bigint generated always as identity primary key, mood mood not null, tags text[], state text not null check (state in ('new', 'done')),
            amount positive, at timestamptz not null default now(), doc jsonb, code varchar(3) unique, self bigint references odd, ref uuid not null);
        create table never (a int check (a > 1000000), b int check (b < 0));
        create table after_never (id int primary key);
        create table parted (k date not null) partition by range (k)");
    let place = Place::new();
    place.write("evenkeel.toml", "[gates]\nrequire = [\"run\", \"undo\"]\n");
    let undo = |up: &str, down: &str| {
        place.write("d/0001_base.up.sql", "select 1;");
        place.write("d/0002_next.up.sql", up);
        place.write("d/0002_next.down.sql", down);
        let url = db.url();
        let told = place
            .run(&[
                "rehearse",
                "d/0002_next.up.sql",
                "--for",
                &url,
                "--migrations",
                "d",
                "--rows",
                "300",
                "--only",
                "run,undo",
                "--format",
                "json",
            ])
            .json();
        (told["migrations"][0].clone(), gate(&told, "data-loss").clone(), told)
    };
    // Nothing of the target comes along.
    let (_, _, told) = undo("alter table odd alter id type bigint;", "alter table odd alter id type bigint;");
    let floor = texts(&told["floor"]).join("\n");
    assert!(
        floor.contains("rows are made up, 300 in each of 4 tables")
            && floor.contains("public.never has no rows: ")
            && floor.contains("public.parted has no rows: of a partitioned table"),
        "{floor}"
    );
    // Rows as many as there: what was measured is what it takes there, and nothing that is made up decides it.
    let (_, _, told) = undo("create index note_of on orders (note);", "drop index note_of;");
    assert_eq!((gate(&told, "lock-hold")["holds"].as_bool(), told["verdict"]["exit_code"].as_u64()), (Some(true), Some(0)), "{told}");
    // What is in rows decides whether it runs: values that are made up say nothing of that.
    for text in [
        "alter table orders alter note set not null;",
        "create unique index i on orders (note);",
        "update orders set note = 'x' where note is null;",
    ] {
        let (_, _, told) = undo(text, "select 1;");
        assert_eq!(
            (gate(&told, "rows")["holds"].clone(), told["verdict"]["validated"].as_bool()),
            (Value::Null, Some(false)),
            "{text}: {told}"
        );
    }
    // Nor does it say what code makes of them, or a table that is made of them, or where a sequence stands.
    db.exec("create procedure reads() language plpgsql as $$ begin perform 1 / (count(*) - 7) from orders; end $$");
    for text in [
        "alter table orders add exclude using btree (note with =);",
        "do $$ begin if exists (select from orders where note = 'abc') then raise exception 'no'; end if; end $$;",
        "create table made as select 1 / (count(*) - 7) as z from orders;",
        "call reads();",
        "select setval('odd_id_seq', 1);",
    ] {
        let (_, _, told) = undo(text, "select 1;");
        assert_eq!(
            (gate(&told, "rows")["holds"].clone(), told["verdict"]["validated"].as_bool()),
            (Value::Null, Some(false)),
            "{text}: {told}"
        );
    }
    // A fraction that a narrower type cuts off.
    let (lossy, loss, _) = undo("alter table orders alter total type numeric(9, 0);", "alter table orders alter total type numeric(9, 2);");
    assert_eq!((lossy["undo"]["exact"].as_bool(), loss["holds"].as_bool()), (Some(true), Some(false)), "{lossy}");
    // It fails on rows alone.
    let (failed, ..) = undo("alter table people add mail text not null;", "alter table people drop mail;");
    assert!(failed["stopped"]["why"].as_str().unwrap().contains("23502"), "{failed}");
    let (lossy, loss, _) = undo("alter table people drop name;", "alter table people add name text not null default 'x';");
    assert_eq!(loss["holds"], false, "{lossy}");
    assert!(texts(&lossy["undo"]["data_lost"]).iter().any(|one| one.contains("people.name: other values")), "{lossy}");
    let (kept, loss, _) = undo(
        "alter table people add copy text; update people set copy = name; alter table people alter copy set not null, drop name;",
        "alter table people add name text; update people set name = copy; alter table people alter name set not null; alter table people drop copy;",
    );
    assert_eq!(
        (kept["undo"]["exact"].as_bool(), loss["holds"].as_bool()),
        (Some(true), Some(true)),
        "what is brought back is not lost: {kept}"
    );
    place.run(&["rehearse", "d/0002_next.up.sql", "--for", &db.url(), "--rows", "0"]).exits(64);
}

#[test]
fn clients_beside_it_say_how_long_they_waited_and_what_they_were_refused() {
    each_major(|db| {
        let place = given(db, "begin;\nalter table people add a int;\nselect pg_sleep(0.4);\ncommit;\n");
        let told = rehearsed(&place, db, &["--rows", "500", "--only", "run,load"], 2);
        let all = statements(&told);
        let waits = all[1]["blocked"].as_array().unwrap();
        let on_people: Vec<&Value> = waits.iter().filter(|one| one["relation"] == "public.people").collect();
        // Four clients, and each of them comes upon that table; one wait is told once, at the statement whose lock it is.
        let longest = on_people.iter().map(|one| one["longest_ms"].as_f64().unwrap()).fold(0.0, f64::max);
        assert!((340.0..=700.0).contains(&longest), "{longest}: {told}");
        let clients: u64 = on_people.iter().map(|one| one["clients"].as_u64().unwrap()).sum();
        assert!((1..=4).contains(&clients), "{told}");
        assert_eq!(all[2]["blocked"], serde_json::json!([]), "{told}");
        let load = &told["load"];
        assert!(load["before"]["requests"].as_u64() > Some(20) && load["after"]["requests"].as_u64() > Some(20), "{load}");
        let met = load["during"]["max_ms"].as_f64().unwrap().max(load["after"]["max_ms"].as_f64().unwrap());
        // Whoever waited was late by that at least; on a machine that has more to do, by more.
        assert!((longest - 60.0..longest + 2000.0).contains(&met), "the client's own clock says {met}, the server's waits {longest}");
        assert_eq!(
            (gate(&told, "blocked-clients")["holds"].as_bool(), gate(&told, "refused-clients")["holds"].as_bool()),
            (Some(true), Some(true)),
            "{told}"
        );
    });
    // The limit is a team's word.
    let db = database(newest());
    let place = given(&db, "begin;\nalter table people add a int;\nselect pg_sleep(0.4);\ncommit;\n");
    place.write("evenkeel.toml", "[gates]\nblocked = \"100ms\"\n");
    let told = rehearsed(&place, &db, &["--rows", "500", "--only", "run,load"], 1);
    assert!(gate(&told, "blocked-clients")["found"].as_str().unwrap().contains("release.sql:2:1"), "{told}");
    // What the running application asks for goes away.
    place.write("evenkeel.toml", "");
    place.write("release.sql", "alter table people drop name;");
    let told = rehearsed(&place, &db, &["--rows", "500", "--only", "run,load"], 1);
    let refused = gate(&told, "refused-clients");
    assert!(refused["holds"] == false && refused["found"].as_str().unwrap().contains("42703"), "{refused}");
    // A table that nobody can use by a key is used by no client.
    db.exec("create table keyless (a int)");
    place.write("release.sql", "alter table keyless add b int;");
    let told = rehearsed(&place, &db, &["--rows", "10", "--only", "run,load"], 2);
    let blocked = gate(&told, "blocked-clients");
    assert!(blocked["holds"].is_null() && blocked["found"].as_str().unwrap().contains("no client used public.keyless"), "{blocked}");
    // Nobody who could wait proves nothing.
    place.write("release.sql", "alter table people drop name;");
    let bare = database(newest());
    bare.exec("create table people (name text)");
    let told = rehearsed(&place, &bare, &["--only", "run,load"], 2);
    assert_eq!(gate(&told, "blocked-clients")["holds"], Value::Null, "{told}");
}

/// Cases in which a stranger was told "VALIDATED", or that a gate holds, and it was not so.
#[test]
fn what_was_not_seen_is_never_taken_for_well() {
    if evenkeel_testkit::another_day(2) {
        return;
    }
    let db = database(newest());
    let place = given(&db, "");
    let told = |text: &str, code: i32| {
        place.write("release.sql", text);
        rehearsed(&place, &db, &["--only", "run,effect"], code)
    };
    db.exec(
        "create procedure waits() language plpgsql as $$ begin perform 1; commit; lock table people; perform pg_sleep(0.3); commit; end $$",
    );
    place.write("evenkeel.toml", "[gates]\nrequire = [\"run\"]\nlock_hold = \"100ms\"\n");
    // Emptied is not "catalog only, and nothing happened".
    let one = told("truncate orders;", 2);
    assert_eq!((&gate(&one, "rows")["holds"], texts(&statements(&one)[0]["emptied"])), (&Value::Null, vec!["public.orders"]), "{one}");
    let one = told("create table if not exists brand_new (a int);", 0);
    assert_eq!(one["verdict"]["validated"], false, "a part is never the whole: {one}");
    db.exec("create sequence old");
    assert_eq!(gate(&told("alter sequence old restart with 1;", 2), "rows")["holds"], Value::Null);
    // Nothing to run.
    for text in ["", "-- TODO\n"] {
        let one = told(text, 2);
        assert!(gate(&one, "run")["found"].as_str().unwrap().contains("has no statement"), "{one}");
    }
    let one = told("begin; alter table people add a int;", 1);
    assert!(one["migrations"][0]["stopped"]["why"].as_str().unwrap().contains("open transaction"), "{one}");
    // A procedure that ends transactions runs in none, as its tool sends it, and is seen by samples.
    let one = told("call waits(); alter table people add a int;", 1);
    let all = statements(&one);
    assert_eq!((all.len(), all[0]["sampled"].as_bool()), (2, Some(true)), "{one}");
    assert_eq!(gate(&one, "lock-hold")["holds"], false, "{one}");
    // A text that lifts a bound of the role has lifted it.
    db.exec("create role rehearse_hasty login; grant all on schema public to rehearse_hasty; alter role rehearse_hasty set statement_timeout = '300ms'");
    let hasty =
        format!("[gates]\nrequire = [\"run\"]\n[environments.production]\nurl = \"{}\"\nmigration_role = \"rehearse_hasty\"\n", db.url());
    place.write("evenkeel.toml", hasty);
    place.write("release.sql", "set statement_timeout = 0;\nselect pg_sleep(0.6);\ncreate table lifted (a int);");
    let one = place.run(&["rehearse", "release.sql", "--for", "production", "--only", "run", "--format", "json"]).json();
    assert_eq!((gate(&one, "run")["holds"].as_bool(), statements(&one).len()), (Some(true), 3), "{one}");
    place.write("release.sql", "select pg_sleep(0.6);");
    let one = place.run(&["rehearse", "release.sql", "--for", "production", "--only", "run", "--format", "json"]).exits(1).json();
    assert!(one["migrations"][0]["stopped"]["why"].as_str().unwrap().contains("57014"), "{one}");
    place.write("evenkeel.toml", "[gates]\nrequire = [\"run\"]\n");
    db.exec("drop owned by rehearse_hasty; drop role rehearse_hasty");
    // What is taken from others is not looked at, and that is said.
    let one = told("revoke all on people from public;", 2);
    assert!(texts(&one["gaps"]).iter().any(|gap| gap.contains("rights, roles or settings")), "{one}");
    let one = told("alter database current set default_transaction_read_only = on;", 1);
    assert!(one["gates"].is_array());
    // Secrets of a text stay in it.
    place.write("release.sql", "create role rehearse_x password 'hunter2secret';\n");
    for form in ["terminal", "json", "markdown"] {
        place.run(&["rehearse", "release.sql", "--for", &db.url(), "--only", "run", "--format", form]).hides("hunter2secret");
    }
}

#[test]
fn without_a_way_back_it_is_said_what_is_gone_for_good() {
    let db = database(newest());
    let place = given(&db, "alter table people drop name; truncate orders;");
    place.write(
        "evenkeel.toml",
        "[gates]\nrequire = [\"run\", \"undo\"]\nundo = \"forward-only\"\nundo_reason = \"the old release is gone\"\n",
    );
    let told = rehearsed(&place, &db, &["--only", "run,effect,undo"], 2);
    let found = gate(&told, "data-loss")["found"].as_str().unwrap().to_owned();
    assert!(found.contains("public.people.name") && found.contains("public.orders") && found.contains("for good"), "{found}");
    place.write("evenkeel.toml", "[gates]\nrequire = [\"run\"]\n");
    place.write("m/1_a.up.sql", "select 1;");
    place.write("m/2_b.up.sql", "truncate orders;");
    place.write("m/2_b.down.sql", "select 1;");
    let url = db.url();
    let told = place
        .run(&["rehearse", "m/2_b.up.sql", "--for", &url, "--migrations", "m", "--only", "run,undo", "--format", "json"])
        .exits(1)
        .json();
    assert_eq!(gate(&told, "data-loss")["holds"], false, "{told}");
}
