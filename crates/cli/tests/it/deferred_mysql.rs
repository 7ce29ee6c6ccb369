//! A way back that drops nothing in which something is, where each definition is a commit of its own: what it puts aside, that nobody is
//! kept from writing, that it comes back, and that one which stops goes on with the same statements. Neighbour: `deferred`.

use crate::deploy_mysql::{closed, configure, given, ran, recorded};
use crate::history_apply::runs;
use crate::history_repair::Dice;
use crate::rehearse::gate;
use crate::run::{Place, digest};
use evenkeel_testkit::mysql::{TestDb, databases};
use evenkeel_testkit::{Share, number};
use serde_json::Value;
use std::process::Stdio;
use std::time::{Duration, Instant};

const EMAIL: (&str, &str) = (
    "20260102000000_email.sql",
    "-- migrate:up
alter table people add email varchar(200) character set utf8mb4 not null default 'it''s none' comment 'wo; Grüße, due hin',
    add number int unique check (number > 0), add constraint email_fits check (char_length(email) < 100);
create index people_by_email on people (email, name);
create index people_email on people (email);
-- migrate:down
alter table people drop constraint email_fits;
drop index people_by_email on people;
alter table people drop email, drop number;
",
);
const NOTES: (&str, &str) = (
    "20260103000000_notes.sql",
    "-- migrate:up
create table notes (id int auto_increment primary key, person int not null, note text, at timestamp not null default current_timestamp
    on update current_timestamp, constraint whose foreign key (person) references people (id), constraint says check (note <> ''));
create index by_note on notes (note(20));
create trigger trims before insert on notes for each row set new.note = trim(new.note);
create table hollow (id int);
-- migrate:down
drop table hollow;
drop table notes;
",
);
/// A column of a table that goes itself.
const EXTRA: (&str, &str) =
    ("20260104000000_extra.sql", "-- migrate:up\nalter table notes add extra text;\n-- migrate:down\nalter table notes drop extra;\n");

fn seen(place: &Place) -> String {
    digest(&place.run(&["digest", "shop"]).exits(0))
}

/// In full but for locks and time.
fn rehearsed(place: &Place) {
    let told = place.run(&["rehearse", "--for", "shop", "--format", "json"]).json();
    let gates = told["gates"].as_array().unwrap().iter().filter(|gate| gate["holds"] != true);
    let others = gates.filter(|gate| !gate["found"].as_str().unwrap().contains("not measured"));
    let others: Vec<_> =
        others.filter(|gate| !["rows", "blocked-clients", "refused-clients"].contains(&gate["name"].as_str().unwrap())).collect();
    assert!(others.is_empty(), "{others:?}");
}

fn name(told: &Value, was: &str) -> String {
    let all = told["deferred"].as_array().unwrap().iter();
    let mut named = all.filter(|one| one["was"] == was).map(|one| one["name"].as_str().unwrap().rsplit('.').next().unwrap().to_owned());
    named.next().unwrap_or_else(|| panic!("{was} in {told}"))
}

fn each() -> Vec<TestDb> {
    let share = Share::of(3);
    println!("what would go is put aside: {share}");
    share.take(databases())
}

#[test]
fn what_would_go_is_put_aside_keeps_nobody_from_writing_and_comes_back() {
    if evenkeel_testkit::another_day(2) {
        return;
    }
    for db in each() {
        let place = given(&db, &[EMAIL, NOTES, EXTRA], "staging");
        rehearsed(&place);
        let before = seen(&place);
        ran(&place, "deploy", &[], 0);
        let deployed = seen(&place);
        place.run(&["capture", "shop", "--out", "deployed.jsonl"]).exits(0);
        db.exec("update people set email = 'a@b' where id = 1; insert into notes (person, note, extra) values (1, 'x', 'y')");
        // What is planned touches nothing.
        let planned = place.run(&["rollback", "shop", "--plan"]).exits(0);
        assert!(planned.stdout.contains("RENAME COLUMN `email` TO `_deprecated_"), "{}", planned.stdout);
        assert!(planned.stdout.contains("`notes` TO `") && planned.stdout.contains("RENAME TABLE `"), "{}", planned.stdout);
        assert_eq!(seen(&place), deployed);
        let told = ran(&place, "rollback", &[], 0);
        assert_eq!((seen(&place), recorded(&db)), (before.clone(), 1), "{told}");
        let was: Vec<&str> = told["deferred"].as_array().unwrap().iter().map(|one| one["was"].as_str().unwrap()).collect();
        assert_eq!(was, ["notes.extra", "notes", "people.email", "people.number"], "{told}");
        assert!(db.query_text("show tables like 'hollow'").is_empty(), "what is empty is dropped");
        let (table, extra, email) = (name(&told, "notes"), name(&told, "notes.extra"), name(&told, "people.email"));
        assert!(was.iter().all(|was| name(&told, was).len() <= 63));
        assert_eq!(db.value(&format!("select {email} from people where id = 1")).as_deref(), Some("a@b"));
        // An application that knows nothing of it writes as before, and deletes what was referred to.
        db.exec("insert into people values (8, ''), (9, ''); delete from people where id = 1");
        assert_eq!(db.query_text("select * from people")[0].len(), 2, "and what reads all columns reads those that it knows");
        assert_eq!(db.value(&format!("select concat(note, {extra}) from {table}")).as_deref(), Some("xy"));
        // It is told by whoever looks.
        for verb in [&["history", "shop"][..], &["compare", "shop", &db.url(), "--same"], &["verify", "shop"], &["digest", "shop"]] {
            let said = place.run(verb);
            let text: String = format!("{}{}", said.stdout, said.stderr).split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(text.contains(&table) && text.contains(&email), "{verb:?}: {text}");
        }
        // The release comes again beside it, by the evidence that there is.
        ran(&place, "deploy", &[], 0);
        assert_eq!(seen(&place), deployed);
        ran(&place, "rollback", &["--accept-loss", "all"], 0);
        assert_eq!(seen(&place), before);
        // All of it comes back as it was, the last first, by what its comment says.
        db.exec("delete from people where id > 3; insert into people (id, name) values (1, 'a')");
        for told in told["deferred"].as_array().unwrap().iter().rev() {
            if told["was"] == "people.email" {
                db.exec(&format!("update people set {email} = '' where {email} is null"));
            }
            db.exec(told["back"].as_str().unwrap());
        }
        db.exec(
            "create table hollow (id int); create index people_by_email on people (email, name);
            alter table people add constraint email_fits check (char_length(email) < 100)",
        );
        let compared = place.run(&["compare", "deployed.jsonl", "shop"]);
        assert_eq!(seen(&place), deployed, "it is as it was deployed: {} {}", compared.stdout, compared.stderr);
        assert_eq!(db.value("select concat(note, extra) from notes").as_deref(), Some("xy"));
        db.exec("insert into notes (id, person, note) values (7, 1, '  z ')");
        assert_eq!(db.value("select note from notes where id = 7").as_deref(), Some("z"));
        assert_eq!(db.value("select email from people where id = 1").as_deref(), Some(""), "the row with it is gone");
        let left = "select count(*) from information_schema.columns where table_schema = database() and column_name like '\\_deprecated%'";
        assert_eq!(db.value(left).as_deref(), Some("0"));
    }
}

/// A table, and columns of one that stays, taken back in one migration.
const HALVES: (&str, &str) = (
    "20260102000000_halves.sql",
    "-- migrate:up
create table notes (id int auto_increment primary key, note text);
alter table people add email varchar(200) not null default 'none', add number int unique;
-- migrate:down
drop table notes;
alter table people drop email, drop number;
",
);
const FILL: &str = "update people set email = 'a@b' where id = 1; insert into notes (note) values ('x')";

#[test]
fn one_that_stops_goes_on_with_the_same_statements() {
    for db in each() {
        let place = given(&db, &[HALVES], "staging");
        rehearsed(&place);
        let before = seen(&place);
        ran(&place, "deploy", &[], 0);
        db.exec(FILL);
        // Somebody reads the table that is changed behind the other.
        let holder = db.another_session();
        holder.exec("begin; select count(*) from people").unwrap();
        let stopped = ran(&place, "rollback", &["--lock-timeout", "1s", "--retry-for", "1s"], 1);
        holder.exec("commit").unwrap();
        let was = |told: &Value| told["deferred"].as_array().unwrap().iter().map(|one| one["was"].clone()).collect::<Vec<_>>();
        assert_eq!(was(&stopped), ["notes"], "what is there of it: {stopped}");
        assert!(closed(&ran(&place, "rollback", &[], 1)).contains(&"journal"));
        // A file that reads otherwise by now is not gone on with.
        let written = place.read(&format!("m/{}", HALVES.0));
        place.write(&format!("m/{}", HALVES.0), written.replace("drop email, drop number", "drop number, drop email"));
        let told = ran(&place, "rollback", &["--resume"], 1);
        assert!(gate(&told, "loss")["found"].as_str().unwrap().contains("was begun with another text by run 2"), "{told}");
        place.write(&format!("m/{}", HALVES.0), &written);
        let told = ran(&place, "rollback", &["--resume"], 0);
        assert_eq!(
            (was(&told), seen(&place), recorded(&db)),
            (vec!["notes".into(), "people.email".into(), "people.number".into()], before, 1)
        );
        assert_eq!(db.value(&format!("select {} from people where id = 1", name(&told, "people.email"))).as_deref(), Some("a@b"));
        assert_eq!(db.value(&format!("select note from {}", name(&told, "notes"))).as_deref(), Some("x"));
    }
}

/// `EVENKEEL_SEED` begins elsewhere, `EVENKEEL_KILLS` says how many.
#[test]
fn whatever_is_killed_is_gone_on_with_and_nothing_is_lost() {
    if evenkeel_testkit::another_day(2) {
        return;
    }
    let (seed, kills) = (number("EVENKEEL_SEED", 20_261_130), number("EVENKEEL_KILLS", 4));
    let (mut dice, mut met) = (Dice::of(seed, 3), 0);
    for db in each() {
        let place = given(&db, &[HALVES], "staging");
        rehearsed(&place);
        let before = seen(&place);
        let database = db.value("select database()").unwrap();
        for kill in 0..kills {
            ran(&place, "deploy", &[], 0);
            db.exec(FILL);
            let begun = runs(&place).len();
            let mut child =
                place.command(&["rollback", "shop", "--format", "json"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            let until = Instant::now() + Duration::from_secs(60);
            while runs(&place).len() == begun && child.try_wait().unwrap().is_none() && Instant::now() < until {
                std::thread::sleep(Duration::from_millis(5));
            }
            std::thread::sleep(Duration::from_millis(dice.next(700) as u64));
            if kill % 2 == 0 {
                child.kill().unwrap();
            } else {
                let ours =
                    format!("select id from information_schema.processlist where db = '{database}' and id <> connection_id() order by id");
                let ids: Vec<String> = db.query_text(&ours).into_iter().flatten().flatten().collect();
                if let Some(one) = ids.get(dice.next(8) % ids.len().max(1)) {
                    db.session().exec(&format!("kill {one}")).ok();
                }
            }
            let is_met = child.wait().unwrap().code() != Some(0);
            met += u64::from(is_met);
            let mut told = Vec::new();
            for _ in 0..3 {
                if !is_met {
                    break;
                }
                let ran = place.run(&["rollback", "shop", "--resume", "--format", "json"]);
                told.push(format!("{}{}", ran.stdout, ran.stderr));
                if ran.code == Some(0) {
                    break;
                }
                if ran.code == Some(1) && ran.stdout.contains("a rollback that did not come to its end is gone on with") {
                    // Nothing was begun.
                    place.run(&["rollback", "shop"]);
                }
                if ran.stdout.contains("--unknown-is in, or out") {
                    // The record was being committed: somebody looks.
                    let word = if recorded(&db) == 1 { "in" } else { "out" };
                    place.run(&["rollback", "shop", "--resume", "--unknown-is", word]);
                }
            }
            let shown = format!("seed {seed} kill {kill} on {}: {}", db.url(), told.join("\n"));
            assert_eq!((seen(&place), recorded(&db)), (before.clone(), 1), "{shown}");
            let all =
                |of: &str| format!("select count(*) from information_schema.{of}s where table_schema = database() and {of}_name like");
            let kept = |of: &str, name: &str| db.value(&format!("{} '\\_deprecated\\_%\\_{name}%'", all(of))).unwrap();
            let each = (kill + 1).to_string();
            assert_eq!((kept("table", "notes"), kept("column", "email")), (each.clone(), each), "{shown}");
        }
        let columns = "select column_name from information_schema.columns where table_schema = database() and column_name like '%email%'";
        for column in db.query_text(columns).into_iter().flatten().flatten() {
            assert_eq!(db.value(&format!("select {column} from people where id = 1")).as_deref(), Some("a@b"), "{column}");
        }
    }
    eprintln!("{met} met something at work");
    assert!(met > 0, "none was met at work");
}

#[test]
fn what_cannot_be_put_aside_is_not_and_the_reason_is_told() {
    let share = Share::of(4);
    println!("what cannot be put aside: {share}");
    let all = vec![
        ("create table a (id int) partition by hash (id) partitions 2;", "drop table a;", "insert into a values (1)", "has partitions"),
        (
            "alter table people add a int generated always as (id + 1) stored;",
            "alter table people drop a;",
            "select 1",
            "the server computes people.a",
        ),
        (
            "alter table people add a int; alter table people add b int generated always as (a + 1) virtual;",
            "alter table people drop b, drop a;",
            "update people set a = 1",
            "drops other things too",
        ),
        (
            "create table a (id int);",
            "delimiter //\ndrop table a//\ndelimiter ;",
            "insert into a values (1)",
            "would not be read as it is meant",
        ),
        (
            "create table a (id int, t text); create trigger long_one before insert on a for each row set new.t = 'LONG';",
            "drop table a;",
            "insert into a values (1, '')",
            "do not fit into its comment, which holds 2048 signs",
        ),
    ];
    for (up, down, fill, why) in share.take(all) {
        for db in databases().into_iter().take(1) {
            let text = format!("-- migrate:up\n{up}\n-- migrate:down\n{down}\n").replace("LONG", &"long ".repeat(400));
            let place = given(&db, &[("20260102000000_x.sql", &text)], "staging");
            rehearsed(&place);
            ran(&place, "deploy", &["--unrehearsed"], 0);
            db.exec(fill);
            let ran = place.run(&["rollback", "shop", "--plan", "--format", "json"]);
            let told = ran.json();
            let loss = gate(&told, "loss");
            assert!(loss["holds"] != true && loss["found"].as_str().unwrap().contains(why), "{up}: {told}");
            assert_eq!(told["deferred"], serde_json::json!([]));
        }
    }
}

#[test]
fn what_was_put_aside_goes_by_a_release_of_its_own_and_not_before_its_day() {
    for db in each() {
        let column =
            ("20260102000000_x.sql", "-- migrate:up\nalter table people add x int;\n-- migrate:down\nalter table people drop x;\n");
        let place = given(&db, &[column], "staging");
        rehearsed(&place);
        ran(&place, "deploy", &[], 0);
        db.exec("update people set x = 1 where id < 3");
        let told = ran(&place, "rollback", &[], 0);
        let name = name(&told, "people.x");
        std::fs::remove_file(place.path("m/20260102000000_x.sql")).unwrap();
        let text = format!("-- migrate:up\nalter table people drop {name};\n");
        place.write("m/20260103000000_away.sql", text);
        configure(&place, &db, "staging", "[gates]\nundo = \"forward-only\"\nundo_reason = \"its day is over\"\n");
        rehearsed(&place);
        let contract = |told: &Value| {
            let gates = told["gates"].as_array().unwrap().iter().filter(|gate| gate["name"] == "contract");
            gates.map(|gate| (gate["holds"] == true, gate["found"].as_str().unwrap().to_owned())).collect::<Vec<_>>()
        };
        let gates = contract(&ran(&place, "deploy", &["--accept-gap", "use"], 1));
        assert!(gates.len() == 2 && !gates[0].0 && gates[0].1.contains("kept until"), "{gates:?}");
        // Its day is over.
        let due = told["deferred"][0]["due"].as_str().unwrap();
        let comment =
            format!("select column_comment from information_schema.columns where table_schema = database() and column_name = '{name}'");
        let old = db.value(&comment).unwrap().replace(due, "2026-01-01").replace('\'', "''");
        db.exec(&format!("alter table people modify {name} int null comment '{old}'"));
        ran(&place, "deploy", &["--accept-gap", "use"], 0);
        assert!(db.query_text(&format!("show columns from people like '{name}'")).is_empty());
    }
}
