//! `evenkeel verify --dual`, and a release that takes away what is old: refused while old and new disagree, or while anything uses it.
//! Neighbour: `backfill`, which makes them agree.

use crate::deploy::{configure, deploy, given};
use crate::rehearse::gate;
use crate::run::Place;
use evenkeel_testkit::process::eventually;
use evenkeel_testkit::{TestDb, database, newest};
use serde_json::Value;

const DROP: (&str, &str) = (
    "20260102000000_contract.sql",
    "-- migrate:up\nalter table people drop column name;\n-- migrate:down\nalter table people add name text;\n",
);
const LINES: &str = "[gates]\nundo = \"forward-only\"\nundo_reason = \"what is old is gone\"\nrequire = [\"run\", \"effect\"]\n\
    [backfill.mails]\ntable = \"public.people\"\nset = \"label = upper(name)\"\nwhere = \"label is distinct from upper(name)\"\n\
    [dual.labels]\ntable = \"public.people\"\ndiffers = \"label is distinct from upper(name)\"\nold = [\"public.people.name\"]\n";

fn place(db: &TestDb) -> Place {
    let place = given(db, &[DROP], "staging");
    db.exec("alter table people add label text");
    let first = place.read("m/20260101000000_people.sql").replace("name text not null", "name text not null, label text");
    place.write("m/20260101000000_people.sql", first);
    configure(&place, db, "staging", LINES);
    place
}

fn dual(place: &Place, code: i32) -> Value {
    place.run(&["verify", "shop", "--dual", "--format", "json"]).exits(code).json()
}

#[test]
fn nothing_old_goes_while_old_and_new_disagree_or_anything_uses_it() {
    let db = database(newest());
    let place = place(&db);
    let told = dual(&place, 1);
    assert_eq!(told["gates"][0]["found"], "labels: 1000 rows disagree", "{told}");
    // By its words, where nobody has rehearsed it.
    let told = deploy(&place, &["--unrehearsed"]).exits(1).json();
    assert_eq!((&gate(&told, "dual")["holds"], &gate(&told, "contract")["holds"]), (&false.into(), &Value::Null), "{told}");
    // What takes the whole of it takes it, too.
    for whole in ["drop table people", "alter table people rename to persons", "drop schema public cascade"] {
        place.write(&format!("m/{}", DROP.0), format!("-- migrate:up\n{whole};\n-- migrate:down\nselect 1;\n"));
        let told = deploy(&place, &["--unrehearsed", "--plan"]).exits(1).json();
        assert_eq!(gate(&told, "dual")["holds"], false, "{whole}: {told}");
    }
    place.write(&format!("m/{}", DROP.0), DROP.1);
    place.run(&["backfill", "shop", "mails"]).exits(0);
    assert_eq!(dual(&place, 0)["verdict"]["line"], "shop: old and new agree, of all 1 that are declared");
    // What it does not take along uses it still.
    db.exec(
        "create view names as select id, name from people;
        create function keep() returns trigger language plpgsql as 'begin new.label := upper(new.name); return new; end';
        create trigger keep before insert on people for each row execute function keep()",
    );
    let told = deploy(&place, &["--unrehearsed", "--accept-gap", "use"]).exits(1).json();
    let found = gate(&told, "contract")["found"].as_str().unwrap();
    assert!(found.contains("view public.names names it") && found.contains("function public.keep() names it"), "{told}");
    db.exec("drop view names; drop trigger keep on people; drop function keep");
    // No statistics of queries is not "nobody".
    let told = deploy(&place, &["--unrehearsed"]).exits(2).json();
    assert_eq!((&gate(&told, "dual")["holds"], &gate(&told, "contract")["holds"]), (&true.into(), &Value::Null), "{told}");
    // An index that has it is used since it was watched: the server counts that.
    db.exec("create index by_name on people (name)");
    place.run(&["lock", "shop", "--unverified", "--reason", "it is watched"]).exits(0);
    place.run(&["unlock", "shop"]).exits(0);
    let contract = || gate(&deploy(&place, &["--unrehearsed", "--plan", "--accept-gap", "use"]).exits(1).json(), "contract").clone();
    let client = db.another_session();
    client.exec("set enable_seqscan = off; set enable_bitmapscan = off; select count(*) from people where name = 'x'").unwrap();
    drop(client);
    eventually("the server has counted it", || {
        db.value("select idx_scan::text from pg_stat_user_indexes where indexrelname = 'by_name'").as_deref() != Some("0")
    });
    let found = contract()["found"].as_str().unwrap().to_owned();
    assert!(found.contains("index public.by_name, which has it: it was last read"), "{found}");
    db.exec("drop index by_name");
    db.exec("insert into people (id, name) values (5000, 'new')");
    let told = deploy(&place, &["--unrehearsed", "--accept-gap", "use"]).exits(1).json();
    assert_eq!(gate(&told, "dual")["found"], "labels: 1 row disagrees", "{told}");
    place.run(&["backfill", "shop", "mails"]).exits(0);
    let told = deploy(&place, &["--unrehearsed", "--accept-gap", "use"]).exits(0).json();
    assert_eq!(told["outcome"], "ran", "{told}");
    // What was old is gone: nobody can compare it, and that is said.
    let told = dual(&place, 2);
    assert!(told.to_string().contains("name"), "{told}");
}

#[test]
fn what_goes_is_told_by_what_a_release_did_when_it_was_rehearsed() {
    let db = database(newest());
    let place = place(&db);
    db.exec("create view names as select name from people");
    let first = place
        .read("m/20260101000000_people.sql")
        .replace("create table counters", "create view names as select name from people;\ncreate table counters");
    place.write("m/20260101000000_people.sql", first.replace("-- migrate:down\n", "-- migrate:down\ndrop view names;\n"));
    place.write(&format!("m/{}", DROP.0), DROP.1.replace("alter table people drop", "drop view names;\nalter table people drop"));
    // Clients that use what is declared as old would be refused: they are to have ended before.
    place.run(&["rehearse", "--for", "shop"]).exits(0).says("leave out what is declared as old");
    let told = deploy(&place, &["--accept-gap", "use"]).exits(1).json();
    // The view goes with it.
    assert_eq!((&gate(&told, "dual")["holds"], &gate(&told, "contract")["holds"]), (&false.into(), &true.into()), "{told}");
    place.run(&["backfill", "shop", "mails"]).exits(0);
    let told = deploy(&place, &[]).exits(2).json();
    assert_eq!((&gate(&told, "dual")["holds"], &gate(&told, "contract")["holds"]), (&true.into(), &Value::Null), "{told}");
    let told = deploy(&place, &["--accept-gap", "use"]).exits(0).json();
    assert_eq!(told["outcome"], "ran", "{told}");
    // A release that takes nothing of it has no such gate.
    place.write("m/20260103000000_more.sql", "-- migrate:up\ncreate table more (id int primary key);\n-- migrate:down\ndrop table more;\n");
    let told = deploy(&place, &["--unrehearsed"]).exits(0).json();
    assert!(told["gates"].as_array().unwrap().iter().all(|gate| gate["name"] != "contract"), "{told}");
}

#[test]
fn what_is_declared_is_read_with_care() {
    let db = database(newest());
    let place = place(&db);
    place.run(&["verify", "shop", "--dual", "other"]).exits(64).says("labels");
    for (from, to, code, words) in [
        ("old = [\"public.people.name\"]", "old = [\"a.b.c.d\"]", 78, "old"),
        ("table = \"public.people\"\ndiffers", "table = \"\"\ndiffers", 78, "table"),
        ("differs = \"label is distinct from upper(name)\"", "differs = \" \"", 78, "differs"),
        ("differs = \"label", "differs = \"nobody", 2, "nobody"),
        ("differs = \"label is distinct from upper(name)\"", "differs = \"true) or (true\"", 2, "syntax error"),
        // Of a row in which one of them is missing it says neither yes nor no.
        ("differs = \"label is distinct from upper(name)\"", "differs = \"nullif(label, label) <> upper(name)\"", 2, "neither yes nor no"),
        // Values of rows are in no message.
        ("differs = \"label is distinct from upper(name)\"", "differs = \"name::int = 1\"", 2, "type integer: \"…\""),
        ("old = [\"public.people.name\"]", "old = [\"public.people.nix\"]", 1, "there is no column and no table public.people.nix"),
        ("table = \"public.people\"\ndiffers", "table = \"public.gone\"\ndiffers", 2, "there is no table public.gone"),
    ] {
        configure(&place, &db, "staging", &LINES.replace(from, to));
        place.run(&["verify", "shop", "--dual"]).exits(code).says(words);
    }
    // A count that takes too long is none; nothing was written meanwhile.
    configure(
        &place,
        &db,
        "staging",
        &LINES.replace("differs = \"label is distinct from upper(name)\"", "differs = \"pg_sleep(1) is null\""),
    );
    place.run(&["verify", "shop", "--dual", "--statement-timeout", "500ms"]).exits(2).says("statement timeout");
    configure(&place, &db, "staging", "");
    place.run(&["verify", "shop", "--dual"]).exits(64).says("there is none");
}

#[test]
fn a_file_that_names_a_backfill_is_run_once_no_row_needs_it() {
    let db = database(newest());
    let place = place(&db);
    let file = "-- migrate:up\n-- evenkeel: backfill mails\nupdate people set label = upper(name) where label is distinct from upper(name);\n-- migrate:down\nselect 1;\n";
    place.write(&format!("m/{}", DROP.0), file);
    let told = deploy(&place, &["--unrehearsed"]).exits(1).json();
    assert_eq!(gate(&told, "backfill")["found"], "mails: 1000 rows need it", "{told}");
    assert!(gate(&told, "backfill")["fix"].as_str().unwrap().contains("evenkeel backfill shop mails"), "{told}");
    place.run(&["backfill", "shop", "mails"]).exits(0);
    let told = deploy(&place, &["--unrehearsed", "--plan"]).exits(0);
    assert!(told.stdout.contains("upper(name)"), "it stands in the file for those that have no rows yet");
    let told = deploy(&place, &["--unrehearsed"]).exits(0).json();
    assert_eq!((&told["outcome"], &gate(&told, "backfill")["holds"]), (&"ran".into(), &true.into()), "{told}");
    for (name, words) in [("other", "there is no [backfill.other]"), ("", "its mark names none")] {
        place.write(
            "m/20260103000000_more.sql",
            format!("-- migrate:up\n-- evenkeel: backfill {name}\nselect 1;\n-- migrate:down\nselect 1;\n"),
        );
        let told = deploy(&place, &["--unrehearsed"]).exits(1).json();
        assert_eq!(gate(&told, "backfill")["found"], words, "{told}");
    }
    // Where nobody waits, files change their tables themselves.
    place.write("m/20260103000000_more.sql", file.replace("upper", "lower"));
    configure(&place, &db, "dev", "");
    deploy(&place, &["--unrehearsed"]).exits(0);
    assert_eq!(db.value("select count(*)::text from people where label = lower(name)").as_deref(), Some("1000"));
}

/// A release that takes away a table that is declared as old, behind a lock that is over.
fn old_table(place: &Place, table: &str) {
    let drop = "-- migrate:up\ndrop table archive;\n-- migrate:down\ncreate table archive (id int primary key);\n";
    place.write("m/20260109000000_archive.sql", drop);
    let toml = place.read("evenkeel.toml");
    let differs = "[dual.archive]\ntable = \"{people}\"\ndiffers = \"false\"\nold = [\"{old}\"]\n";
    let people = if table.contains('.') { "public.people" } else { "people" };
    place.write("evenkeel.toml", format!("{toml}{}", differs.replace("{people}", people).replace("{old}", table)));
    place.run(&["lock", "shop", "--unverified", "--until", "1h"]).exits(0);
    place.run(&["unlock", "shop"]).exits(0);
}

fn contract(place: &Place) -> String {
    let told = place.run(&["deploy", "shop", "--unrehearsed", "--plan", "--format", "json"]).json();
    gate(&told, "contract")["found"].as_str().unwrap().to_owned()
}

#[test]
fn a_table_that_the_server_has_counted_a_use_of_since_the_lock_is_not_taken_away() {
    let majors = evenkeel_testkit::majors();
    for major in [majors.first(), majors.last()].into_iter().flatten() {
        let db = database(*major);
        let place = given(&db, &[], "staging");
        db.exec("create table archive (id int primary key)");
        let first = place
            .read("m/20260101000000_people.sql")
            .replace("create table counters", "create table archive (id int primary key);\ncreate table counters");
        place.write("m/20260101000000_people.sql", first.replace("-- migrate:down\n", "-- migrate:down\ndrop table archive;\n"));
        old_table(&place, "public.archive");
        // Nobody has.
        assert!(!contract(&place).contains("it was"), "{}", contract(&place));
        std::thread::sleep(std::time::Duration::from_millis(1100));
        let client = db.another_session();
        client.exec("select count(*) from archive").unwrap();
        drop(client);
        let says = if *major >= 16 { "it was last read" } else { "it was read 1 times" };
        evenkeel_testkit::process::eventually("it is counted", || contract(&place).contains(says));
    }
}

#[test]
fn mysql_counts_the_use_of_a_table_too_and_where_it_does_not_that_is_said() {
    use evenkeel_testkit::mysql;
    for (flavor, counts) in [(mysql::newest_mysql(), true), (mysql::newest_mariadb(), false)] {
        let db = mysql::database(flavor);
        let place = crate::deploy_mysql::given(&db, &[], "staging");
        db.exec("create table archive (id int primary key)");
        let first = place
            .read("m/20260101000000_people.sql")
            .replace("create table counters", "create table archive (id int primary key);\ncreate table counters");
        place.write("m/20260101000000_people.sql", first.replace("-- migrate:down\n", "-- migrate:down\ndrop table archive;\n"));
        old_table(&place, "archive");
        // By what no text of a client names, and what is there no more.
        db.exec("create trigger keep after insert on people for each row insert into archive values (new.id)");
        db.exec("insert into people values (99, 'x')");
        db.exec("drop trigger keep");
        let found = contract(&place);
        assert!(found.contains(if counts { "it was written to 1 times" } else { "performance_schema" }), "{found}");
    }
}
