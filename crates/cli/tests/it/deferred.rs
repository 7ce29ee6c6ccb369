//! A way back that drops nothing in which something is: what it puts aside, that nobody is kept from writing, and that it comes back.

use crate::deploy::{configure, deploy, given};
use crate::run::{Place, digest};
use evenkeel_testkit::{Share, database, majors, newest};
use serde_json::Value;

const EMAIL: (&str, &str) = (
    "20260102000000_email.sql",
    "-- migrate:up
create type mood as enum ('good', 'bad');
alter table people add feels mood not null default 'good';
alter table people add email text not null default 'none', add constraint email_fits check (length(email) < 100),
    add number int unique, add line int generated always as identity (start with 100 increment by 5);
create index people_by_email on people (lower(email));
create index people_email on people (email);
comment on column people.email is 'where; due letters go';
-- migrate:down
alter table people drop email, drop number, drop line, drop feels;
drop type mood;
",
);
const NOTES: (&str, &str) = (
    "20260103000000_notes.sql",
    "-- migrate:up
create table notes (id serial primary key, person int not null references people, note text, check (note <> ''));
create index notes_by_person on notes (person);
create function stamped() returns trigger language plpgsql as 'begin return new; end';
create trigger stamps before insert on notes for each row execute function stamped();
create table empty (id int);
create view written as select person, note from notes;
-- migrate:down
drop view written;
drop table empty;
drop table notes;
drop function stamped();
",
);

/// A column of a table that goes itself.
const EXTRA: (&str, &str) =
    ("20260104000000_extra.sql", "-- migrate:up\nalter table notes add extra text;\n-- migrate:down\nalter table notes drop extra;\n");

fn back(place: &Place, more: &[&str], code: i32) -> Value {
    let mut arguments = vec!["rollback", "shop", "--format", "json"];
    arguments.extend(more);
    place.run(&arguments).exits(code).json()
}

#[test]
fn what_would_go_is_put_aside_keeps_nobody_from_writing_and_comes_back() {
    if evenkeel_testkit::another_day(3) {
        return;
    }
    let majors = majors();
    let share = Share::of(2);
    println!("what would go is put aside: {share}");
    for major in share.take([majors.first(), majors.last()].into_iter().flatten().collect()) {
        let db = database(*major);
        let place = given(&db, &[EMAIL, NOTES, EXTRA], "staging");
        db.exec("truncate people; analyze people");
        place.run(&["rehearse", "--for", "shop", "--rows", "20"]).exits(0);
        let before = digest(&place.run(&["digest", "shop"]).exits(0));
        deploy(&place, &[]).exits(0);
        let deployed = digest(&place.run(&["digest", "shop"]).exits(0));
        db.exec("insert into people (id, name, email) values (7, '', 'a@b'); insert into notes (person, note, extra) values (7, 'x', 'y')");
        // What is planned touches nothing.
        let planned = place.run(&["rollback", "shop", "--plan"]).exits(0);
        assert!(planned.stdout.contains("RENAME TO _deprecated_") && planned.stdout.contains("stays as"), "{}", planned.stdout);
        assert_eq!(digest(&place.run(&["digest", "shop"]).exits(0)), deployed);
        let told = back(&place, &[], 0);
        assert_eq!(digest(&place.run(&["digest", "shop"]).exits(0)), before, "{told}");
        let deferred = told["deferred"].as_array().unwrap();
        let was: Vec<&str> = deferred.iter().map(|one| one["was"].as_str().unwrap()).collect();
        assert_eq!(
            was,
            [
                "public.notes.extra",
                "public.notes",
                "public.people.email",
                "public.people.number",
                "public.people.line",
                "public.people.feels",
                "public.mood"
            ],
            "{told}"
        );
        let name = |at: usize| deferred[at]["name"].as_str().unwrap().rsplit('.').next().unwrap().to_owned();
        assert_eq!(db.value("select to_regclass('empty')::text"), None, "what is empty is dropped");
        assert_eq!(db.value(&format!("select {} from people where id = 7", name(2))), Some("a@b".to_owned()));
        // An application that knows nothing of it writes as before, and deletes what was referred to.
        db.exec("insert into people (id, name) values (8, ''), (9, ''); delete from people where id = 7");
        assert_eq!(db.value(&format!("select note || {} from {}", name(0), name(1))), Some("xy".to_owned()));
        // It is told by whoever looks.
        for verb in [&["history", "shop"][..], &["compare", "shop", &db.url(), "--same"], &["verify", "shop"]] {
            let said = place.run(verb);
            let text: String = format!("{}{}", said.stdout, said.stderr).split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(text.contains(&name(1)) && text.contains(&name(2)) && text.contains("it is kept until"), "{verb:?}: {text}");
        }
        // The release comes again beside it, by the evidence that there is.
        deploy(&place, &[]).exits(0);
        assert_eq!(digest(&place.run(&["digest", "shop"]).exits(0)), deployed);
        back(&place, &["--accept-loss", "all"], 0);
        assert_eq!(digest(&place.run(&["digest", "shop"]).exits(0)), before);
        // All of it comes back as it was, the last first, by what its comment says.
        db.exec("delete from people; create function stamped() returns trigger language plpgsql as 'begin return new; end'");
        for told in deferred.iter().rev() {
            let back = told["back"].as_str().unwrap();
            let says = format!(
                "select count(*)::text from pg_description where description like 'evenkeel: put aside %; to have it back: ' || $x${back}$x$"
            );
            assert_eq!(db.value(&says), Some("1".to_owned()), "{back}");
            if told["kind"] == "table" {
                db.exec(&format!("delete from {}", told["name"].as_str().unwrap()));
            }
            db.exec(back);
        }
        db.exec("create table empty (id int); create view written as select person, note from notes");
        assert_eq!(digest(&place.run(&["digest", "shop"]).exits(0)), deployed, "it is as it was deployed");
        // Numbers go on where they were, though the row with the last of them is gone; nothing is left of what kept them.
        assert_eq!(db.value("insert into people (id, name) values (10, '') returning line::text"), Some("105".to_owned()));
        assert_eq!(db.value("insert into notes (person, note) values (10, 'y') returning id::text"), Some("2".to_owned()));
        assert_eq!(db.value("select count(*)::text from pg_class where relname ~ '^_deprecated'"), Some("0".to_owned()));
    }
}

#[test]
fn what_was_put_aside_goes_by_a_release_of_its_own_and_not_before_its_day() {
    if evenkeel_testkit::another_day(2) {
        return;
    }
    let db = database(newest());
    let column = ("20260102000000_x.sql", "-- migrate:up\nalter table people add x int;\n-- migrate:down\nalter table people drop x;\n");
    let place = given(&db, &[column], "staging");
    place.run(&["rehearse", "--for", "shop"]).exits(0);
    deploy(&place, &[]).exits(0);
    db.exec("update people set x = 1 where id < 4");
    let told = back(&place, &[], 0);
    let name = told["deferred"][0]["name"].as_str().unwrap().rsplit('.').next().unwrap().to_owned();
    std::fs::remove_file(place.path("m/20260102000000_x.sql")).unwrap();
    let text = format!("-- migrate:up\nalter table people drop {name};\n-- migrate:down\nalter table people add {name} int;\n");
    place.write("m/20260103000000_away.sql", text);
    let contract = |code: i32| {
        let told = deploy(&place, &["--unrehearsed", "--plan", "--accept-gap", "use"]).exits(code);
        let told: Value = if code == 0 { Value::Null } else { told.json() };
        let all = told["gates"].as_array().cloned().unwrap_or_default();
        all.into_iter().filter(|gate| gate["name"] == "contract").collect::<Vec<_>>()
    };
    let gates = contract(1);
    assert!(gates.len() == 2 && gates[0]["holds"] == false && gates[0]["found"].as_str().unwrap().contains("kept until"), "{gates:?}");
    // Its day is over.
    let due = told["deferred"][0]["due"].as_str().unwrap();
    let comment = format!("col_description('people'::regclass, attnum) from pg_attribute where attname = '{name}'");
    let old = db.value(&format!("select {comment}")).unwrap();
    db.exec(&format!("comment on column people.{name} is '{}'", old.replace(due, "2026-01-01")));
    assert!(contract(0).is_empty());
    // Nobody can bring back what is in it.
    let lines = "[gates]\nundo = \"forward-only\"\nundo_reason = \"its day is over\"\n";
    configure(&place, &db, "staging", lines);
    let said = place.run(&["rehearse", "--for", "shop"]).exits(0).stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("or was put aside: public.people._deprecated_"), "{said}");
    let told = deploy(&place, &["--plan", "--accept-gap", "use"]).exits(0);
    assert!(told.stdout.contains("contract"), "{}", told.stdout);
    // Words say nothing of it, and what it did when it was rehearsed does.
    let (one, two) = name.split_at(9);
    let text = format!("-- migrate:up\ndo $$ begin execute 'alter table people dr' || 'op {one}' || '{two}'; end $$;\n");
    let written = place.read("m/20260103000000_away.sql");
    place.write("m/20260103000000_away.sql", text);
    place.run(&["rehearse", "--for", "shop", "--evidence", "code.json"]);
    let told: Value = serde_json::from_str(&deploy(&place, &["--plan", "--evidence", "code.json"]).stdout).unwrap();
    let gates: Vec<&Value> = told["gates"].as_array().unwrap().iter().filter(|gate| gate["name"] == "contract").collect();
    assert_eq!(gates.len(), 2, "{told}");
    place.write("m/20260103000000_away.sql", written);
    // Somebody uses it.
    db.exec(&format!("create view still as select {name} from people"));
    let gates = contract(1);
    assert!(gates[1]["found"].as_str().unwrap().contains("view public.still names it"), "{gates:?}");
}

#[test]
fn what_cannot_be_put_aside_is_not_and_the_reason_is_told() {
    let share = Share::of(3);
    println!("what cannot be put aside: {share}");
    let all = vec![
        ("create table a (id int);", "drop table a cascade;", "insert into a values (1)", "no statement of the way back drops public.a"),
        (
            "alter table people add a int; alter table people add b int;",
            "alter table people drop a, drop b, alter name set not null;",
            "update people set a = 1",
            "no statement of the way back drops public.people.a",
        ),
        (
            "create table a (id int) partition by list (id); create table b partition of a for values in (1);",
            "drop table a;",
            "insert into a values (1)",
            "has partitions",
        ),
        (
            "create table a (id int, c text);",
            "alter table a alter c type int using null; drop table a;",
            "insert into a values (1, 'precious')",
            "turns values into others",
        ),
        (
            "create table a (id int, c varchar(9));",
            "alter table a alter c type varchar(8); alter table a rename c to b; drop table a;",
            "insert into a values (1, 'precious')",
            "changes or drops column public.a.c before",
        ),
        (
            "create table a (id int, c text);",
            "alter table a rename to b; alter table b drop c; alter table b rename to a; drop table a;",
            "insert into a values (1, 'precious')",
            "changes or drops column public.a.c before",
        ),
    ];
    for (up, down, fill, why) in share.take(all) {
        let db = database(newest());
        let text = format!("-- migrate:up\n{up}\n-- migrate:down\n{down}\n");
        let place = given(&db, &[("20260102000000_x.sql", &text)], "staging");
        place.run(&["rehearse", "--for", "shop"]).exits(0);
        deploy(&place, &[]).exits(0);
        db.exec(fill);
        let told = back(&place, &["--plan"], 1);
        let gate = told["gates"].as_array().unwrap().iter().find(|gate| gate["name"] == "loss").unwrap();
        let found = gate["found"].as_str().unwrap();
        assert!(found.contains("it cannot be put aside") && found.contains(why), "{up}: {told}");
        assert_eq!(told["deferred"], serde_json::json!([]));
    }
}

#[test]
fn what_was_put_aside_before_does_not_go_along_with_a_later_way_back() {
    if evenkeel_testkit::another_day(2) {
        return;
    }
    let db = database(newest());
    let files = [
        ("20260102000000_s.sql", "-- migrate:up\ncreate schema s;\n-- migrate:down\ndrop schema s cascade;\n"),
        ("20260103000000_t.sql", "-- migrate:up\ncreate table s.t (id int);\n-- migrate:down\ndrop table s.t;\n"),
    ];
    let place = given(&db, &files, "staging");
    place.run(&["rehearse", "--for", "shop"]).exits(0);
    place.run(&["capture", "shop", "--dimension", "schema", "--out", "before.jsonl"]).exits(0);
    deploy(&place, &[]).exits(0);
    db.exec("insert into s.t values (1)");
    let told = back(&place, &["--to", "20260102000000"], 0);
    let name = told["deferred"][0]["name"].as_str().unwrap().to_owned();
    for more in [&[][..], &["--accept-loss", "5"]] {
        let told = back(&place, more, 2);
        let gate = told["gates"].as_array().unwrap().iter().find(|gate| gate["name"] == "loss").unwrap();
        assert!(gate["found"].as_str().unwrap().contains("which was put aside before, would go"), "{told}");
    }
    assert_eq!(db.value(&format!("select count(*)::text from {name}")), Some("1".to_owned()));
    // A patch that would have the schema go says what keeps it, and until when.
    let patch = place.run(&["compare", "before.jsonl", "shop", "--patch", "patch.sql"]);
    let text = format!("{}{}{}", patch.stdout, patch.stderr, place.read("patch.sql"))
        .replace("\n--", " ")
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    assert!(text.contains(&format!("table {name} (it was s.t), put aside")) && text.contains("is in it: drop that first"), "{text}");
    assert!(!text.contains("fault of evenkeel"), "{text}");
    back(&place, &["--accept-loss", "all"], 0);
}
