//! `evenkeel rehearse --rows`: what shows on rows alone, and what clients meet that run beside a release. Neighbour: `rehearse`.

use crate::rehearse::{TABLES, gate, given, rehearsed, statements, texts};
use crate::run::Place;
use evenkeel_testkit::{database, each_major, newest};
use serde_json::Value;

#[test]
fn on_made_up_rows_it_is_seen_what_fails_on_rows_and_what_a_way_back_loses() {
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
    // Rows as many as there: what was measured is what it takes there.
    let (_, _, told) = undo("alter table orders alter id type bigint;", "alter table orders alter id type int;");
    assert_eq!((gate(&told, "lock-hold")["holds"].as_bool(), told["verdict"]["validated"].as_bool()), (Some(true), Some(true)), "{told}");
    // It fails on rows alone.
    let (failed, ..) = undo("alter table people add mail text not null;", "alter table people drop mail;");
    assert!(failed["stopped"]["why"].as_str().unwrap().contains("23502"), "{failed}");
    let (lossy, loss, _) = undo("alter table orders alter total type int;", "alter table orders alter total type numeric(9, 2);");
    assert_eq!((lossy["undo"]["exact"].as_bool(), loss["holds"].as_bool()), (Some(true), Some(true)), "whole numbers are kept: {lossy}");
    let (lossy, loss, _) = undo("alter table people drop name;", "alter table people add name text not null default 'x';");
    assert_eq!(loss["holds"], false, "{lossy}");
    assert!(texts(&lossy["undo"]["data_lost"]).iter().any(|one| one.contains("people.name: other values")), "{lossy}");
    let (kept, loss, _) = undo(
        "alter table people add copy text; update people set copy = name; alter table people drop name;",
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
        assert!((longest - met).abs() < 60.0, "the client's own clock says {met}, the server's waits {longest}");
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
    // Nobody who could wait proves nothing.
    let bare = database(newest());
    bare.exec("create table people (name text)");
    let told = rehearsed(&place, &bare, &["--only", "run,load"], 2);
    assert_eq!(gate(&told, "blocked-clients")["holds"], Value::Null, "{told}");
}
