//! `evenkeel history ENV --repair`: what it writes is run where it counts, and then record and schema agree. Neighbour: `history`.

use crate::history::{SAMPLES, apply, history, last, place_with, third, words};
use crate::run::{Place, Ran};
use evenkeel_testkit::{TestDb, database, newest};

/// Runs what a repair writes, and hands it out.
fn repaired(place: &Place, db: &TestDb, more: &[&str], code: i32) -> Ran {
    let url = db.url();
    let mut arguments = vec!["history", &url, "--migrations", "m"];
    arguments.extend(more);
    let ran = place.run(&arguments).exits(code);
    if code == 0 {
        assert!(ran.stdout.starts_with("-- proven on PostgreSQL"), "{}", ran.stdout);
        run(db, &ran.stdout);
    }
    ran
}

/// Runs a script, and ends what it says about the session.
pub fn run(db: &TestDb, script: &str) {
    // As a client sends it: statement by statement.
    script.split(";\n").for_each(|statement| db.exec(statement));
    db.exec("reset all");
}

/// What takes the last migration of a sample back by hand, and its record.
pub fn undone(tool: &str) -> (&'static str, &'static str) {
    match tool {
        "sqlx" => ("drop index o_note", "delete from _sqlx_migrations where version = 20260102000000"),
        "Flyway" => ("drop view v", "delete from flyway_schema_history where description = 'view'"),
        "golang-migrate" => ("alter table orders drop total", "update schema_migrations set version = 1"),
        "dbmate" => ("drop index o_note", "delete from schema_migrations where version = '20260102000000'"),
        "goose" => ("drop index o", "delete from goose_db_version where version_id = 20260102000000"),
        "refinery" => ("alter table orders drop total", "delete from refinery_schema_history where version = 2"),
        "Diesel" => ("drop table orders", "delete from __diesel_schema_migrations"),
        "Prisma" => ("drop table orders", "delete from _prisma_migrations"),
        "Drizzle" => ("drop table orders", "delete from drizzle.__drizzle_migrations"),
        "yoyo" => ("alter table orders drop total", "delete from _yoyo_migration where migration_id = '0002.total'"),
        "node-pg-migrate" => ("drop table orders", "delete from pgmigrations"),
        other => panic!("{other}"),
    }
}

#[test]
fn what_is_there_and_not_recorded_gets_the_row_that_its_tool_writes() {
    if evenkeel_testkit::another_day(2) {
        return;
    }
    for sample in SAMPLES {
        let db = database(newest());
        apply(&db, sample);
        db.exec(undone(sample.tool).1);
        let place = place_with(sample.folder);
        repaired(&place, &db, &["--repair"], 0);
        let told = history(&place, &db, 0);
        assert!(words(&told).iter().all(|word| word == "applied"), "{}: {told}", sample.tool);
    }
}

#[test]
fn what_is_recorded_and_not_there_is_made_or_is_recorded_no_more() {
    for (at, sample) in SAMPLES.iter().step_by(2).enumerate() {
        let db = database(newest());
        apply(&db, sample);
        db.exec(undone(sample.tool).0);
        let place = place_with(sample.folder);
        if at % 2 == 0 {
            repaired(&place, &db, &["--repair"], 0);
            let told = history(&place, &db, 0);
            assert!(words(&told).iter().all(|word| word == "applied"), "{}: {told}", sample.tool);
        } else {
            repaired(&place, &db, &["--repair=back"], 0);
            assert_eq!(last(&history(&place, &db, 0))["verdict"], "pending", "{}", sample.tool);
        }
    }
}

#[test]
fn a_failed_one_is_finished_or_runs_again() {
    if evenkeel_testkit::another_day(2) {
        return;
    }
    for (sample, flag) in [
        (&SAMPLES[0], "update _sqlx_migrations set success = false where version = 20260102000000"),
        (&SAMPLES[1], "update flyway_schema_history set success = false where description = 'view'"),
        (&SAMPLES[2], "update schema_migrations set dirty = true"),
    ] {
        let db = database(newest());
        apply(&db, sample);
        db.exec(flag);
        let place = place_with(sample.folder);
        assert_eq!(last(&history(&place, &db, 1))["why"], "all of it is there", "{}", sample.tool);
        let script = repaired(&place, &db, &["--repair"], 0).stdout;
        assert!(!script.contains("CREATE") && !script.contains("ALTER"), "{script}");
        let told = history(&place, &db, 0);
        assert!(words(&told).iter().all(|word| word == "applied"), "{}: {told}", sample.tool);
        db.exec(flag);
        db.exec(undone(sample.tool).0);
        assert_eq!(last(&history(&place, &db, 1))["why"], "none of it is there", "{}", sample.tool);
        repaired(&place, &db, &["--repair"], 0);
        assert_eq!(last(&history(&place, &db, 0))["verdict"], "pending", "{}", sample.tool);
    }
}

#[test]
fn a_half_is_made_whole_or_taken_back_and_loses_nothing_unasked() {
    let text = "alter table orders add a int;\ncreate index by_note on orders (note);\nupdate orders set a = 1;\nalter table orders add b int not null default 3;";
    let (place, db) = third(text);
    db.exec("insert into orders (id) values (1); alter table orders add a int; update orders set a = 7; create table stray (a int)");
    let told = history(&place, &db, 1);
    assert_eq!(last(&told)["verdict"], "half-applied");
    // What no migration explains stays, and is said: nothing ends as if all were well.
    let ran = repaired(&place, &db, &["--repair"], 1);
    assert!(ran.stdout.contains("not repaired: table public.stray") && ran.stdout.contains("20260103000000_third.sql:4"), "{}", ran.stdout);
    run(&db, &ran.stdout);
    let told = history(&place, &db, 1);
    assert!(words(&told).iter().all(|word| word == "applied"), "{told}");
    assert_eq!(told["unexplained"].as_array().map(Vec::len), Some(1), "{told}");
    // Back: everything of it would be lost, so nothing is done unasked.
    db.exec("delete from schema_migrations where version = '20260103000000'; alter table orders drop b");
    let held = repaired(&place, &db, &["--repair=back"], 1).stdout;
    assert!(held.contains("-- ALTER TABLE public.orders DROP COLUMN a") && held.contains("--allow-destructive"), "{held}");
    run(&db, &held);
    db.exec("do $$ begin assert (select a from orders) = 7; end $$");
    repaired(&place, &db, &["--repair=back", "--allow-destructive"], 0);
    let told = history(&place, &db, 0);
    assert_eq!((last(&told)["verdict"].clone(), told["unexplained"].as_array().map(Vec::len)), ("pending".into(), Some(0)), "{told}");
}

/// An index whose build was interrupted is its migration's, however that is recorded, and is built anew.
#[test]
fn an_index_that_was_never_finished_is_its_migrations_and_is_built() {
    let sample = SAMPLES.iter().find(|sample| sample.tool == "dbmate").unwrap();
    for (record, verdict) in [("", "partly-present"), ("delete from schema_migrations where version = '20260102000000'", "half-applied")] {
        let db = database(newest());
        apply(&db, sample);
        db.exec(record);
        db.exec("update pg_index set indisvalid = false, indisready = false where indexrelid = 'o_note'::regclass");
        let place = place_with(sample.folder);
        let told = history(&place, &db, 1);
        assert_eq!((last(&told)["verdict"].as_str(), &told["unexplained"]), (Some(verdict), &serde_json::json!([])), "{told}");
        repaired(&place, &db, &["--repair"], 0);
        let told = history(&place, &db, 0);
        assert!(words(&told).iter().all(|word| word == "applied"), "{told}");
    }
}

#[test]
fn an_edit_of_bytes_gets_the_new_sum_and_one_of_meaning_words() {
    let sample = &SAMPLES[0];
    let (name, text) = sample.folder[0];
    let db = database(newest());
    apply(&db, sample);
    let place = place_with(sample.folder);
    place.write(&format!("m/{name}"), format!("-- looked at\n{text}"));
    assert_eq!(history(&place, &db, 0)["migrations"][0]["edit"], "bytes");
    repaired(&place, &db, &["--repair"], 0);
    assert!(history(&place, &db, 0)["migrations"][0]["edit"].is_null());
    place.write(&format!("m/{name}"), text.replace("note text", "note text, more int"));
    let ran = repaired(&place, &db, &["--repair", "--format", "json"], 1);
    let repair = ran.json()["repair"].clone();
    assert!(repair["not_repaired"][0]["why"].as_str().unwrap().contains("bring back the text that ran"), "{repair}");
    assert_eq!((repair["whole"].clone(), repair["blocks"].as_array().map(Vec::len)), (false.into(), Some(0)), "{repair}");
}

#[test]
fn where_all_agrees_there_is_nothing_to_repair() {
    let sample = &SAMPLES[3];
    let db = database(newest());
    apply(&db, sample);
    let place = place_with(sample.folder);
    let ran = place.run(&["history", &db.url(), "--migrations", "m", "--repair"]).exits(0);
    assert!(ran.stdout.contains("nothing of") && !ran.stdout.contains(';'), "{}", ran.stdout);
    place.run(&["history", &db.url(), "--migrations", "m", "--offline"]).exits(64);
    place.run(&["history", &db.url(), "--migrations", "m", "--repair=sideways"]).exits(64);
    // A report that has no place for it is not written as if nothing had been asked.
    place.run(&["history", &db.url(), "--migrations", "m", "--repair", "--format", "html"]).exits(64).says("markdown");
}

/// Whether rows were changed nothing tells: a record of that is neither made whole nor taken away.
#[test]
fn a_failed_change_of_rows_is_a_persons_to_judge() {
    let sample = &SAMPLES[1];
    let db = database(newest());
    apply(&db, sample);
    let place = place_with(sample.folder);
    place.write("m/V2__rows.sql", "update orders set note = 'x';\n");
    db.exec("insert into flyway_schema_history values (4, '2', 'rows', 'SQL', 'V2__rows.sql', null, 'x', now(), 1, false)");
    for course in ["--repair", "--repair=back"] {
        let ran = repaired(&place, &db, &[course], 1);
        assert!(ran.stdout.contains("not repaired: 2 (failed)") && !ran.stdout.contains("DELETE"), "{}", ran.stdout);
    }
    // Where it defines something too, that decides, and the rows are named.
    place.write("m/V2__rows.sql", "update orders set note = 'x';\nalter table orders add late int;\n");
    let ran = repaired(&place, &db, &["--repair"], 0);
    assert!(ran.stdout.contains("V2__rows.sql:1, before the tool runs it again"), "{}", ran.stdout);
}

/// Damage of any sort: what is made, lost, recorded and not recorded by chance. `EVENKEEL_SEED` begins elsewhere,
/// `EVENKEEL_REPAIRS` says how many.
#[test]
fn whatever_is_wrong_by_chance_is_repaired_or_said() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let (seed, cases) = (number("EVENKEEL_SEED").unwrap_or(20_261_129), number("EVENKEEL_REPAIRS").unwrap_or(3));
    let (mut whole, mut back) = (0, 0);
    for case in 0..cases {
        let mut dice = Dice::of(seed, case);
        let db = database(newest());
        let place = Place::new();
        db.exec("create table schema_migrations (version varchar(128) primary key)");
        let mut made: Vec<String> = Vec::new();
        for at in 0..8 {
            let (text, undo) = piece(at, &mut dice);
            place.write(&format!("m/{at}_x.sql"), format!("-- migrate:up\n{}\n-- migrate:down\n", text.join("\n")));
            let (runs, records) = [(true, true), (true, true), (true, false), (false, true)][dice.next(4)];
            // Those that others stand on are there, whatever is recorded.
            if runs || at == 0 {
                text.iter().for_each(|sql| db.exec(sql));
                made.extend(undo);
            }
            if records {
                db.exec(&format!("insert into schema_migrations values ('{at}')"));
            }
        }
        for undo in made.iter().filter(|_| dice.next(5) == 0) {
            db.exec(undo);
        }
        let course = if case % 2 == 0 { "--repair" } else { "--repair=back" };
        let url = db.url();
        let ran = place.run(&["history", &url, "--migrations", "m", course, "--allow-destructive"]);
        let told = format!("seed {seed} case {case} {course}: {}{}", ran.stdout, ran.stderr);
        assert!(ran.stdout.starts_with("-- proven") || ran.stdout.starts_with("-- nothing of"), "{told}");
        assert_eq!(ran.code, Some(0), "{told}");
        run(&db, &ran.stdout);
        let after = history(&place, &db, 0);
        let all_well = ["applied", "superseded", "pending", "pending-out-of-order"];
        assert!(words(&after).iter().all(|word| all_well.contains(&word.as_str())), "{told}\n{after}");
        whole += u64::from(course == "--repair");
        back += u64::from(course != "--repair");
    }
    eprintln!("{whole} brought to their end, {back} taken back");
}

/// Numbers by chance that are the same each time.
pub struct Dice(u64);

impl Dice {
    /// Cases of one seed differ.
    pub fn of(seed: u64, case: u64) -> Self {
        Self(seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(case).max(1))
    }

    pub fn next(&mut self, below: u64) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % below).unwrap()
    }
}

/// Statements of a migration, and what somebody may undo of it by hand.
fn piece(at: usize, dice: &mut Dice) -> (Vec<String>, Vec<String>) {
    let own = |list: &[String]| list.to_vec();
    let pair = |text: &[String], undo: &[String]| (own(text), own(undo));
    if at == 0 {
        return pair(&["create table base (id bigint primary key, note text, amount numeric);".to_owned()], &[]);
    }
    match dice.next(8) {
        0 => pair(
            &[format!("create table t{at} (id bigint primary key, base bigint references base (id), n int default {at});")],
            &[format!("drop table t{at}")],
        ),
        1 => pair(
            &[format!("alter table base add c{at} varchar({at}0);"), format!("create index i{at} on base (c{at});")],
            &[format!("drop index i{at}")],
        ),
        2 => pair(
            &[format!("create view v{at} as select id, note from base;"), format!("comment on view v{at} is 'x{at}';")],
            &[format!("drop view v{at}")],
        ),
        3 => pair(
            &[format!("create type mood{at} as enum ('a', 'b');"), format!("create table m{at} (a mood{at} not null);")],
            &[format!("drop table m{at}"), format!("drop type if exists mood{at} cascade")],
        ),
        4 => pair(
            &[format!("alter table base add constraint k{at} check (amount > {at});")],
            &[format!("alter table base drop constraint k{at}")],
        ),
        5 => pair(
            &[format!("create table u{at} (a int, b text);"), format!("alter table u{at} alter a type bigint, alter b set not null;")],
            &[format!("alter table u{at} alter b drop not null")],
        ),
        // A later one replaces what an earlier one set.
        6 => pair(&[format!("alter table base alter note set default 'x{at}';")], &["alter table base alter note drop default".to_owned()]),
        _ => pair(
            &[format!("create function f{at}(a int) returns int language sql as 'select a + {at}';")],
            &[format!("drop function f{at}(int)")],
        ),
    }
}
