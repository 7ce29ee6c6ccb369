//! `evenkeel deploy` where each definition is a commit of its own: rehearsed without locks and time, run statement by statement, told by the
//! schema what is in, and taken back. Neighbour: `deploy`, where transactions take definitions back.

use crate::history_apply::runs;
use crate::history_repair::Dice;
use crate::rehearse::gate;
use crate::run::{Place, digest};
use evenkeel_testkit::mysql::{TestDb, database, databases, each_flavor, flavors, newest_mariadb, newest_mysql};
use evenkeel_testkit::{Share, number};
use serde_json::Value;
use std::process::Stdio;
use std::time::{Duration, Instant};

const RECORD: &str = "create table schema_migrations (version varchar(128) primary key);
    insert into schema_migrations values ('20260101000000');
    create table people (id int primary key, name varchar(100) not null); create table counters (n int);
    insert into people values (1, 'a'), (2, 'b'), (3, 'c'); insert into counters values (0)";
const FIRST: (&str, &str) = (
    "20260101000000_people.sql",
    "-- migrate:up\ncreate table people (id int primary key, name varchar(100) not null);\ncreate table counters (n int);\n\
     -- migrate:down\ndrop table counters;\ndrop table people;\n",
);
pub const EMAIL: (&str, &str) = (
    "20260102000000_email.sql",
    "-- migrate:up\nalter table people add email varchar(200);\ncreate index people_email on people (email);\n\
     -- migrate:down\ndrop index people_email on people;\nalter table people drop email;\n",
);
const NOTES: (&str, &str) = (
    "20260103000000_notes.sql",
    "-- migrate:up\ncreate table notes (id int primary key, person int, note text, constraint whose foreign key (person) references people (id));\n\
     create table kinds (kind varchar(9) primary key);\ninsert into kinds values ('x'), ('y');\n-- migrate:down\ndrop table kinds;\ndrop table notes;\n",
);

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
    place.write(
        "evenkeel.toml",
        format!(
            "[project]\nmigrations = \"m\"\ntool = \"dbmate\"\n[store]\nurl = \"sqlite:{}\"\n[environments.shop]\nurl = \"{}\"\ntier = \"{tier}\"\n{more}",
            store.display(),
            db.url()
        ),
    );
}

pub fn ran(place: &Place, verb: &str, more: &[&str], code: i32) -> Value {
    let mut arguments = vec![verb, "shop", "--format", "json"];
    arguments.extend(more);
    place.run(&arguments).exits(code).json()
}

pub fn recorded(db: &TestDb) -> usize {
    db.query_text("select version from schema_migrations").len()
}

pub fn closed(told: &Value) -> Vec<&str> {
    let gates = told["gates"].as_array().unwrap().iter();
    gates.filter(|gate| gate["holds"] != true).map(|gate| gate["name"].as_str().unwrap()).collect()
}

#[test]
fn what_was_rehearsed_without_locks_is_deployed_where_somebody_says_so_and_taken_back() {
    each_flavor(|db| {
        let place = given(db, &[EMAIL, NOTES], "production");
        let told = place.run(&["rehearse", "--for", "shop", "--format", "json"]).exits(2).json();
        let open: Vec<&str> = closed(&told);
        assert_eq!(open, ["rows", "lock-hold", "lock-slots", "blocked-clients", "refused-clients"], "{told}");
        assert!(gate(&told, "lock-hold")["found"].as_str().unwrap().starts_with("locks and time are not measured on"), "{told}");
        assert_eq!(told["verdict"]["validated"], false, "{told}");
        place.run(&["status"]).exits(0).says("shop: rehearsed since");
        place.run(&["evidence", "--for", "shop"]).exits(2).says("locks and time were not measured");
        let before = digest(&place.run(&["digest", "shop"]).exits(0));
        let told = ran(&place, "deploy", &["--yes"], 2);
        assert_eq!((closed(&told), &told["outcome"]), (vec!["evidence"], &"refused".into()), "{told}");
        assert!(gate(&told, "evidence")["found"].as_str().unwrap().contains("--accept-gap locks"), "{told}");
        let gap = ["--yes", "--accept-gap", "locks"];
        ran(&place, "deploy", &["--plan", "--accept-gap", "locks"], 0);
        assert_eq!(digest(&place.run(&["digest", "shop"]).exits(0)), before, "a plan writes nothing");
        let told = ran(&place, "deploy", &gap, 0);
        assert_eq!((&told["outcome"], recorded(db)), (&"ran".into(), 3), "{told}");
        place.run(&["history", "shop"]).exits(0).says("3 applied");
        let told = ran(&place, "verify", &[], 0);
        assert!(gate(&told, "references")["found"].as_str().unwrap().contains("of 1 foreign keys that the release made"), "{told}");
        db.exec("insert into notes values (1, 1, 'x'); set foreign_key_checks = 0; insert into notes values (3, 77, 'z'); set foreign_key_checks = 1");
        let told = ran(&place, "verify", &[], 1);
        assert!(gate(&told, "references")["found"].as_str().unwrap().contains("1 rows"), "{told}");
        db.exec("delete from notes where id = 3; update people set email = 'e' where id < 3");
        let told = ran(&place, "rollback", &["--yes", "--accept-loss", "3"], 1);
        assert_eq!(closed(&told), ["loss"], "{told}");
        let found = gate(&told, "loss")["found"].as_str().unwrap().to_owned();
        assert!(found.starts_with("5 rows and values") && found.contains("people.email: 2") && found.contains("notes: 1"), "{found}");
        ran(&place, "rollback", &["--yes", "--to", "20260102000000", "--accept-loss", "3"], 0);
        assert_eq!(recorded(db), 2);
        ran(&place, "rollback", &["--yes", "--accept-loss", "2"], 0);
        assert_eq!(digest(&place.run(&["digest", "shop"]).exits(0)), before);
        assert_eq!((db.value("select count(*) from people").as_deref(), recorded(db)), (Some("3"), 1));
        place.run(&["status"]).exits(0).says("shop: ROLLED_BACK since");
    });
}

#[test]
fn what_stops_in_the_middle_is_told_by_the_schema_and_gone_on_with() {
    each_flavor(|db| {
        let unique = "-- migrate:up\nalter table people add late int not null default 3;\nupdate counters set n = n + 1;\n\
                      create unique index one_name on people (name);\nupdate counters set n = n + 10;\n";
        let place = given(db, &[("20260102000000_x.sql", unique)], "staging");
        db.exec("insert into people values (4, 'a')");
        let told = ran(&place, "deploy", &["--unrehearsed"], 1);
        assert!(told["stopped"].as_str().unwrap().contains("1062"), "{told}");
        let state = |told: &Value, at: usize| told["acts"][at]["state"].as_str().map(str::to_owned);
        assert_eq!((state(&told, 0).as_deref(), state(&told, 2).as_deref()), (Some("done"), Some("failed")), "{told}");
        assert_eq!((db.value("select n from counters").as_deref(), recorded(db)), (Some("1"), 1));
        // It is half in: nothing but going on is left.
        let told = ran(&place, "deploy", &["--unrehearsed"], 1);
        assert_eq!(closed(&told), ["journal"], "{told}");
        ran(&place, "deploy", &["--unrehearsed", "--resume"], 1);
        db.exec("delete from people where id = 4");
        ran(&place, "deploy", &["--unrehearsed", "--resume"], 0);
        assert_eq!((db.value("select n from counters").as_deref(), recorded(db)), (Some("11"), 2), "nothing ran twice");
        place.run(&["history", "shop"]).exits(0);
    });
}

#[test]
fn nobody_waits_longer_than_the_bound_behind_a_definition_that_waits() {
    each_flavor(|db| {
        let place = given(db, &[EMAIL], "staging");
        let held = Duration::from_millis(3500);
        let (holder, reader) = (db.another_session(), db.another_session());
        holder.exec("begin; select count(*) from people").unwrap();
        let (told, longest) = std::thread::scope(|threads| {
            let deployed =
                threads.spawn(|| ran(&place, "deploy", &["--unrehearsed", "--lock-timeout", "10s", "--abort-when-blocking", "300ms"], 0));
            let begun = Instant::now();
            threads.spawn(move || {
                std::thread::sleep(held);
                holder.exec("commit").unwrap();
            });
            let mut longest = Duration::ZERO;
            while begun.elapsed() < held + Duration::from_millis(500)
                || !deployed.is_finished() && begun.elapsed() < Duration::from_secs(60)
            {
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
        assert_eq!(recorded(db), 2);
    });
}

#[test]
fn a_lock_that_is_never_to_be_had_ends_it_with_nothing_in() {
    each_flavor(|db| {
        let place = given(
            db,
            &[("20260102000000_x.sql", "-- migrate:up\nset lock_wait_timeout = 999;\nalter table people add e int;\n")],
            "staging",
        );
        let holder = db.another_session();
        holder.exec("begin; select count(*) from people").unwrap();
        let begun = Instant::now();
        let told = ran(&place, "deploy", &["--unrehearsed", "--lock-timeout", "1s", "--retry-for", "2s"], 1);
        assert!(begun.elapsed() < Duration::from_secs(40), "{:?}", begun.elapsed());
        assert!(told["stopped"].as_str().unwrap().contains("1205") && told["acts"][0]["attempts"].as_u64().unwrap() >= 2, "{told}");
        assert_eq!((recorded(db), told["acts"][0]["state"].as_str()), (1, Some("failed")), "{told}");
        holder.exec("commit").unwrap();
        ran(&place, "deploy", &["--unrehearsed"], 0);
    });
}

#[test]
fn what_needs_one_session_and_what_takes_nothing_back_is_not_run_as_if_it_did_not() {
    each_flavor(|db| {
        let place = given(db, &[], "staging");
        for text in [
            "create temporary table t as select * from people;\nalter table people add x int;\n",
            "insert into counters values (last_insert_id());\nalter table people add x int;\nupdate counters set n = last_insert_id();\n",
            "set @most = (select max(id) from people);\nalter table people add x int;\nupdate counters set n = @most;\n",
            "lock tables people write;\nalter table people add x int;\nunlock tables;\n",
            "alter table people add x int;\ncommit;\nalter table people add y int;\n",
            "set statement max_statement_time = 50 for update counters set n = n + 1;\n",
            "call p();\n",
            "savepoint s;\nupdate counters set n = 1;\nrollback to s;\n",
            "delete from people;\nupdate counters set n = row_count();\n",
            "insert into counters values (1);\nalter table people add x int;\nupdate counters set n = @@identity;\n",
            "set insert_id = 500;\ninsert into counters values (1);\n",
            "do get_lock('x', 0);\n",
            "use mysql;\ncreate table t (a int);\n",
            "set global max_connections = 500;\n",
        ] {
            place.write("m/20260102000000_x.sql", format!("-- migrate:up\n{text}"));
            let told = ran(&place, "deploy", &["--unrehearsed"], 1);
            assert_eq!(closed(&told), ["acts"], "{text}{told}");
            assert!(gate(&told, "acts")["found"].as_str().unwrap().contains("20260102000000_x.sql:"), "{told}");
        }
        // What it changed in a table that takes nothing back, nobody can tell.
        db.exec("create table logs (id int primary key) engine = myisam");
        place.write("m/20260102000000_x.sql", "-- migrate:up\ninsert into logs values (1);\ninsert into people values (1, 'twice');\n");
        let told = ran(&place, "deploy", &["--unrehearsed"], 2);
        assert!(told["stopped"].as_str().unwrap().contains("take nothing back"), "{told}");
        let told = ran(&place, "deploy", &["--unrehearsed", "--resume"], 2);
        assert!(told.to_string().contains("rows that it changed may have stayed"), "it is asked, not run again: {told}");
        assert_eq!((db.value("select count(*) from logs").as_deref(), recorded(db)), (Some("1"), 1), "{told}");
        // Nor a record that takes nothing back.
        db.exec("alter table schema_migrations engine = myisam");
        let place = Place::new();
        place.write(&format!("m/{}", FIRST.0), FIRST.1);
        configure(&place, db, "staging", "");
        place.write("m/20260102000000_x.sql", "-- migrate:up\nalter table people add x int;\n");
        let told = ran(&place, "deploy", &["--unrehearsed"], 1);
        assert_eq!(closed(&told), ["acts"], "{told}");
    });
}

#[test]
fn a_way_back_that_may_take_rows_is_not_called_harmless() {
    if evenkeel_testkit::another_day(2) {
        return;
    }
    each_flavor(|db| {
        let place = given(db, &[], "production");
        for (up, down) in [
            ("alter table people add z int;", "alter table people drop z, drop name, add column name varchar(100) not null;"),
            ("create table y (a int);", "drop table y;\nrename table people to old;\ncreate table people like old;\ndrop table old;"),
            ("alter table people add z int;", "alter table people drop z;\ndelete from people;"),
            (
                "alter table people add z int, modify name varchar(9) not null;",
                "alter table people drop z, modify name varchar(100) not null;",
            ),
        ] {
            place.write("m/20260102000000_x.sql", format!("-- migrate:up\n{up}\n-- migrate:down\n{down}\n"));
            let told = place.run(&["rehearse", "--for", "shop", "--format", "json"]).json();
            assert_ne!(gate(&told, "data-loss")["holds"], true, "{down}: {told}");
            let told = ran(&place, "deploy", &["--yes", "--accept-gap", "locks"], 1);
            assert_eq!(told["outcome"], "refused", "{down}: {told}");
        }
        // Without a way back one is proposed, and that is all.
        place.write("m/20260102000000_x.sql", "-- migrate:up\ncreate table z (i int);\n-- migrate:down\n");
        let told = place.run(&["rehearse", "--for", "shop", "--format", "json"]).exits(1).json();
        assert_eq!(gate(&told, "undo")["holds"], false, "{told}");
    });
}

#[test]
fn what_was_changed_since_it_stopped_is_seen_before_it_goes_on() {
    each_flavor(|db| {
        let files = "-- migrate:up\ncreate table b (a int);\ncreate unique index one_name on people (name);\n";
        let place = given(db, &[("20260102000000_x.sql", files)], "staging");
        db.exec("insert into people values (4, 'a')");
        ran(&place, "deploy", &["--unrehearsed"], 1);
        db.exec("delete from people where id = 4; drop table b");
        let told = ran(&place, "deploy", &["--unrehearsed", "--resume"], 1);
        assert_eq!((closed(&told), recorded(db)), (vec!["baseline"], 1), "{told}");
        db.exec("create table b (a int)");
        ran(&place, "deploy", &["--unrehearsed", "--resume"], 0);
        assert_eq!(recorded(db), 2);
    });
}

#[test]
fn a_way_back_that_stops_in_its_middle_goes_on() {
    each_flavor(|db| {
        let up = "alter table people add email varchar(200);\ncreate table extra (a int);\n";
        let down = "drop table extra;\nalter table people drop email;\n";
        let place = given(db, &[("20260102000000_x.sql", &format!("-- migrate:up\n{up}-- migrate:down\n{down}"))], "staging");
        place.run(&["rehearse", "--for", "shop"]).exits(2);
        let before = digest(&place.run(&["digest", "shop"]).exits(0));
        ran(&place, "deploy", &[], 0);
        let holder = db.another_session();
        holder.exec("begin; select count(*) from people").unwrap();
        let told = ran(&place, "rollback", &["--lock-timeout", "1s", "--retry-for", "1s"], 1);
        assert_eq!((told["acts"][0]["state"].as_str(), told["acts"][1]["state"].as_str()), (Some("done"), Some("failed")), "{told}");
        holder.exec("commit").unwrap();
        let told = ran(&place, "rollback", &["--resume"], 0);
        assert_eq!((digest(&place.run(&["digest", "shop"]).exits(0)), recorded(db)), (before, 1), "{told}");
    });
}

/// `EVENKEEL_SEED` begins elsewhere, `EVENKEEL_KILLS` says how many.
#[test]
fn whatever_is_killed_is_gone_on_with_and_nothing_takes_effect_twice() {
    if evenkeel_testkit::another_day(2) {
        return;
    }
    let (seed, kills) = (number("EVENKEEL_SEED", 20_261_129), number("EVENKEEL_KILLS", 6));
    let mut dice = Dice::of(seed, 2);
    let files = [
        EMAIL,
        (
            "20260103000000_more.sql",
            "-- migrate:up\nupdate counters set n = n + 1;\nalter table people add late int not null default 3;\n\
             update counters set n = n + 10;\ncreate index by_late on people (late);\nupdate counters set n = n + 100;\n\
             -- migrate:down\ndrop index by_late on people;\nalter table people drop late;\n",
        ),
    ];
    let (mut met, mut asked) = (0, 0);
    let mut evidence: Vec<Option<String>> = vec![None; 3];
    for kill in 0..kills {
        let all = databases();
        let which = usize::try_from(kill).unwrap() % all.len();
        let Some(db) = all.into_iter().nth(which) else { continue };
        let place = given(&db, &files, "staging");
        let name = db.value("select database()").unwrap();
        // It says of every such database the same, whatever that is called.
        configure(&place, &db, "staging", "[gates]\nundo = \"forward-only\"\nundo_reason = \"counted\"\n");
        match evidence.get(which).cloned().flatten() {
            None => {
                place.run(&["rehearse", "--for", "shop", "--evidence", "evidence.json"]).exits(2);
                if let Some(kept) = evidence.get_mut(which) {
                    *kept = Some(place.read("evidence.json"));
                }
            }
            Some(text) => _ = place.write("evidence.json", &text),
        }
        let arguments = ["deploy", "shop", "--evidence", "evidence.json", "--format", "json"];
        let mut child = place.command(&arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let until = Instant::now() + Duration::from_secs(60);
        while runs(&place).is_empty() && child.try_wait().unwrap().is_none() && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(2));
        }
        std::thread::sleep(Duration::from_millis(dice.next(900) as u64));
        if kill % 2 == 0 {
            child.kill().unwrap();
            met += u64::from(child.wait().unwrap().code().is_none());
        } else {
            let ours = format!("select id from information_schema.processlist where db = '{name}' and id <> connection_id() order by id");
            let ids: Vec<String> = db.query_text(&ours).into_iter().flatten().flatten().collect();
            if let Some(one) = ids.get(dice.next(8) % ids.len().max(1)) {
                met += 1;
                db.session().exec(&format!("kill {one}")).ok();
            }
            child.wait().unwrap();
        }
        let mut told = Vec::new();
        for _ in 0..3 {
            let ran = place.run(&["deploy", "shop", "--evidence", "evidence.json", "--resume", "--format", "json"]);
            told.push(format!("{}{}", ran.stdout, ran.stderr));
            if ran.code == Some(0) {
                break;
            }
            if ran.stdout.contains("--unknown-is in, or out") {
                // It was being committed: somebody looks. Each of these changes adds ten times what the one before it has added.
                asked += 1;
                let n: u64 = db.value("select n from counters").unwrap().parse().unwrap();
                let step = ran.stdout.split("n + ").nth(1).and_then(|rest| rest.split(|c: char| !c.is_ascii_digit()).next());
                let word = if n >= step.unwrap().parse().unwrap() { "in" } else { "out" };
                place.run(&["deploy", "shop", "--evidence", "evidence.json", "--resume", "--unknown-is", word]);
            }
        }
        let shown = format!("seed {seed} kill {kill} on {}: {}", db.url(), told.join("\n"));
        assert_eq!((db.value("select n from counters").as_deref(), recorded(&db)), (Some("111"), 3), "{shown}");
        place.run(&["history", "shop"]).exits(0);
        let told = place.run(&["deploy", "shop", "--evidence", "evidence.json", "--format", "json"]).exits(0).json();
        assert_eq!(told["outcome"], "nothing", "{shown}");
        assert!(runs(&place).iter().all(|run| run["ended"].is_object() && run["held"] == serde_json::json!([])), "{:?}", runs(&place));
    }
    eprintln!("{met} of {kills} met something at work; of {asked} the server could not tell");
    assert!(kills < 4 || met > 1, "none was met at work");
}

/// A table that once had an index of words has a hidden column, of which no schema tells: on the throwaway server a column is added at once,
/// there it would be written anew.
#[test]
fn what_cannot_be_done_as_it_was_rehearsed_is_not_done_otherwise() {
    for flavor in Share::of(2).take(vec![newest_mariadb(), newest_mysql()]).into_iter().filter(|flavor| flavors().contains(flavor)) {
        let db = database(flavor);
        let place = given(&db, &[EMAIL], "staging");
        let told = place.run(&["rehearse", "--for", "shop", "--format", "json"]).exits(2).json();
        let forms: Vec<&str> =
            told["migrations"][0]["statements"].as_array().unwrap().iter().filter_map(|one| one["form"].as_str()).collect();
        let index = if flavor == newest_mysql() { "INPLACE" } else { "NOCOPY" };
        assert_eq!(forms, ["ALGORITHM=INSTANT".to_owned(), format!("ALGORITHM={index}, LOCK=NONE")], "{told}");
        place.run(&["rehearse", "--for", "shop"]).exits(2).says("done by ALGORITHM=INSTANT");
        db.exec("alter table people add fulltext words (name)");
        db.exec("alter table people drop index words");
        let planned = place.run(&["deploy", "shop", "--plan"]).exits(0);
        assert!(planned.stdout.contains("alter table people ALGORITHM=INSTANT, add email varchar(200)"), "{}", planned.stdout);
        let told = ran(&place, "deploy", &[], 1);
        let why = told["stopped"].as_str().unwrap();
        assert!(why.contains("it was rehearsed with ALGORITHM=INSTANT, and is done so or not at all"), "{told}");
        assert_eq!((recorded(&db), db.query_text("show columns from people like 'email'").len()), (1, 0));
        // Written anew, the table has no such column any more, and the release goes on.
        db.exec("alter table people engine = innodb");
        let told = ran(&place, "deploy", &["--resume"], 0);
        assert_eq!((&told["outcome"], recorded(&db)), (&"ran".into(), 2), "{told}");
    }
}

/// Who rehearses it may name no other account. Who deploys it can.
#[test]
fn code_in_the_name_of_another_account_is_rehearsed_in_ones_own() {
    let file = (
        "20260102000000_counts.sql",
        "-- migrate:up\ncreate definer=`nobody`@`%` procedure counts() begin select count(*) from people; end;\n\
         create definer='nobody'@'%' view names as select name from people;\n-- migrate:down\ndrop view names;\ndrop procedure counts;\n",
    );
    each_flavor(|db| {
        let place = given(db, &[file], "staging");
        let told = place.run(&["rehearse", "--for", "shop", "--format", "json"]).json();
        assert_eq!(gate(&told, "run")["holds"], true, "{told}");
        let floor = told["floor"].to_string();
        assert!(floor.contains("_counts.sql:2:1 was run in the name of the account that runs it here"), "{floor}");
        let told = ran(&place, "deploy", &["--yes"], 0);
        assert_eq!((&told["outcome"], recorded(db)), (&"ran".into(), 2), "{told}");
        let whose = "select definer from information_schema.routines where routine_schema = database()";
        assert_eq!(db.value(whose).as_deref(), Some("nobody@%"));
        place.run(&["history", "shop"]).exits(0).says("2 applied");
    });
}
