//! `evenkeel rehearse --on staging`: what may run on rows and beside clients that are there runs there, is measured, and is rolled back.
//! Neighbours: `rehearse_place_kept`, what keeps it away; `rehearse_place_traces`, that nothing of it stays.

use crate::rehearse::{TABLES, gate, statements};
use crate::run::{Place, Ran};
use evenkeel_postgres::scratch::{Options, Scratch};
use evenkeel_testkit::process::eventually;
use evenkeel_testkit::{majors, newest};
use serde_json::Value;

/// A server of its own with two databases that are alike: roles, slots and settings of others would count as traces.
pub struct Staged {
    pub server: Scratch,
    pub place: Place,
}

impl Staged {
    pub fn new(major: u32, sql: &str) -> Self {
        Self::with(major, sql, "")
    }

    /// With more in `evenkeel.toml`.
    pub fn with(major: u32, sql: &str, more: &str) -> Self {
        let server = Scratch::start(&Options::major(major).database("production").database("staging")).unwrap();
        for database in ["production", "staging"] {
            server.session(database).unwrap().exec(TABLES).unwrap();
        }
        let staged = Self { server, place: Place::new() };
        staged.place.write("release.sql", sql);
        staged.place.write("evenkeel.toml", staged.toml(more));
        staged
    }

    pub fn toml(&self, more: &str) -> String {
        format!(
            "[store]\nurl = \"sqlite:{}\"\n[environments.production]\nurl = \"{}\"\ntier = \"production\"\n\
             [environments.staging]\nurl = \"{}\"\ntier = \"staging\"\n{more}",
            self.place.path("state/store.sqlite").display(),
            self.server.url("production"),
            self.server.url("staging")
        )
    }

    /// In both databases.
    pub fn exec(&self, sql: &str) {
        for database in ["production", "staging"] {
            self.server.session(database).unwrap().exec(sql).unwrap();
        }
    }

    pub fn value(&self, sql: &str) -> String {
        self.server.session("staging").unwrap().value(sql).unwrap().unwrap_or_default()
    }

    pub fn run(&self, more: &[&str]) -> Ran {
        let mut arguments = vec!["rehearse", "release.sql", "--for", "production", "--on", "staging", "--and", "scratch", "--only", "run"];
        arguments.extend(["--format", "json"]);
        arguments.extend(more);
        self.place.run(&arguments)
    }

    /// Everything that is there, sequences and sizes aside.
    pub fn digests(&self) -> String {
        let digest = |dimension: &str| self.place.run(&["digest", "staging", "--dimension", dimension]).exits(0).stdout;
        ["schema", "privileges", "configuration"].map(digest).concat()
    }

    /// Sessions of runs that the server has.
    pub fn sessions(&self) -> String {
        self.value("select count(*)::text from pg_stat_activity where application_name like 'evenkeel run%'")
    }

    pub fn runs(&self) -> Vec<Value> {
        self.place.run(&["runs", "--format", "json"]).exits(0).json()["runs"].as_array().unwrap().clone()
    }
}

pub fn transactions(told: &Value) -> Vec<Value> {
    told["in_place"]["transactions"].as_array().unwrap_or_else(|| panic!("nothing in place: {told}")).clone()
}

pub fn why(transaction: &Value) -> &str {
    transaction["why"].as_str().unwrap_or_default()
}

#[test]
fn what_may_run_there_runs_on_its_rows_is_measured_and_is_rolled_back_on_every_version() {
    if evenkeel_testkit::another_day(2) {
        return;
    }
    for major in majors() {
        let staged = Staged::new(major, "begin;\nalter table orders add paid boolean;\nupdate orders set paid = false;\ncommit;\n");
        staged
            .server
            .session("staging")
            .unwrap()
            .exec("insert into orders select g, 1, 1 from generate_series(100, 5099) g; analyze")
            .unwrap();
        let before = staged.digests();
        let told = staged.run(&[]).json();
        let all = transactions(&told);
        assert_eq!((all.len(), all[0]["outcome"].as_str()), (1, Some("ran")), "{major}: {told}");
        assert_eq!((told["on"]["place"].as_str(), told["in_place"]["after"].as_str()), (Some("staging"), Some("same")), "{major}: {told}");
        for name in ["in-place", "no-trace"] {
            assert_eq!(gate(&told, name)["holds"], true, "{major} {name}: {told}");
        }
        let seen = statements(&told);
        let (alter, update) = (&seen[1], &seen[2]);
        let lock = alter["in_place"]["locks"].as_array().unwrap().iter().find(|lock| lock["relation"] == "public.orders").unwrap();
        assert_eq!(lock["mode"], "ACCESS EXCLUSIVE", "{major}: {told}");
        assert!(lock["held_ms"]["low"].as_f64() > Some(0.0) && lock["held_ms"]["high"].is_number(), "{major}: {lock}");
        // The rows that are there, and not those of the empty server.
        assert_eq!((update["rows"].as_u64(), update["in_place"]["rows"].as_u64()), (Some(0), Some(5020)), "{major}: {told}");
        assert!(all[0]["predicted_bytes"].as_u64() > Some(100_000), "{major}: {told}");
        assert_eq!((staged.digests(), staged.sessions().as_str()), (before, "0"), "{major}");
        assert_eq!(staged.value("select count(*)::text from pg_attribute where attname = 'paid'"), "0", "{major}");
        // What no rollback takes back is said: the room of rows that were made and given up.
        assert!(told["in_place"]["left"].to_string().contains("public.orders is "), "{major}: {told}");
        let run = &staged.runs()[0];
        assert_eq!(
            (run["verb"].as_str(), run["environment"].as_str(), run["ended"]["how"].as_str(), run["acts"][0]["state"].as_str()),
            (Some("rehearse"), Some("staging"), Some("done"), Some("done")),
            "{major}: {run}"
        );
        staged.place.run(&["runs"]).exits(0).says("rehearse");
        staged.place.run(&["runs", "1"]).exits(0).says("rolled back").hides("acts are in");
        let page = staged.place.run(&["rehearse", "release.sql", "--for", "production", "--on", "staging", "--only", "run"]);
        page.says("in place on staging").says("was rolled back").says("it ran on a throwaway server first");
    }
}

#[test]
fn each_transaction_runs_alone_and_what_stands_on_an_earlier_one_on_scratch() {
    let staged = Staged::new(
        newest(),
        "set search_path = public;\nset lock_timeout = '7s';\nalter table people add a int;\ncreate index on people (a);\n\
         alter table orders add b int;\ncreate index concurrently later on orders (note);\n",
    );
    let told = staged.run(&[]).json();
    let all = transactions(&told);
    let outcomes: Vec<(u64, &str)> = all.iter().map(|one| (one["line"].as_u64().unwrap(), one["outcome"].as_str().unwrap())).collect();
    assert_eq!(outcomes, [(3, "ran"), (4, "scratch"), (5, "ran"), (6, "scratch")], "{told}");
    assert!(why(&all[1]).contains("it stands on what release.sql:3:1 does to public.people"), "{told}");
    assert!(why(&all[3]).contains("cannot run in a transaction") || why(&all[3]).contains("stands on what"), "{told}");
    // Bounds of the file count on scratch alone.
    assert!(told["notes"].to_string().contains("lock_timeout of the file counts on scratch"), "{told}");
    assert_eq!(told["in_place"]["lock_timeout_ms"], 5000.0, "production has none, which is a finding: {told}");
    assert!(
        told["notes"].to_string().contains("lock_timeout is 0") && told["notes"].to_string().contains("statement_timeout is 0"),
        "{told}"
    );
}

#[test]
fn what_a_rollback_may_not_undo_goes_to_scratch_and_says_why() {
    if evenkeel_testkit::another_day(2) {
        return;
    }
    let staged = Staged::new(newest(), "");
    staged.exec(
        "create function noted() returns trigger language plpgsql as 'begin return new; end';
        create table watched (id serial primary key, v int); create trigger noting before insert on watched for each row execute function noted();
        create table child (id int references watched on delete cascade);
        create function tame(x int) returns int language sql immutable as 'select x';
        create table checked (v int check (tame(v) > 0)); create sequence counter",
    );
    for (sql, word) in [
        ("do $$ begin perform 1; end $$;", "runs code"),
        ("select setval('counter', 5);", "setval"),
        ("select pg_advisory_lock(7);", "pg_advisory_lock"),
        ("select pg_create_physical_replication_slot('evenkeel_never');", "replication slots"),
        ("select set_config('lock_timeout', '0', false);", "set_config"),
        ("insert into watched (v) values (1);", "trigger noting"),
        // Over a key, although no row is there on scratch.
        ("delete from child;", "trigger noting"),
        ("insert into checked values (1);", "tame(integer)"),
        ("create index on people (tame(id));", "tame(integer)"),
        ("create function fresh() returns int language sql as 'select 1'; ", ""),
        ("reset role;\nalter table people add a int;", "sets role"),
        ("vacuum people;", "cannot run in a transaction"),
        ("analyze people;", "nobody knows that a rollback undoes"),
        (
            "begin;\ncreate function fresh() returns int language sql as 'select 1';\nalter table people add a int default fresh();\ncommit;",
            "fresh",
        ),
        (
            "begin;\ncreate trigger t before insert on people for each row execute function noted();\ninsert into people values (900, 'x');\ncommit;",
            "runs with it",
        ),
        ("begin isolation level serializable;\nalter table people add a int;\ncommit;", "another kind"),
        ("begin;\nalter table people add a int;\nrollback;", "its transactions are its own"),
    ] {
        staged.place.write("release.sql", sql);
        let told = staged.run(&[]).json();
        let all = transactions(&told);
        if word.is_empty() {
            assert_eq!(all[0]["outcome"], "ran", "{sql}: {told}");
            continue;
        }
        assert!(all.iter().any(|one| one["outcome"] == "scratch" && why(one).contains(word)), "{sql} ({word}): {}", told["in_place"]);
    }
    assert_eq!(staged.value("select count(*)::text from pg_replication_slots"), "0");
}

#[test]
fn what_is_pending_runs_as_its_tool_would_unless_the_place_has_it_already() {
    let staged = Staged::new(newest(), "");
    staged
        .exec("create table schema_migrations (version varchar(128) primary key); insert into schema_migrations values ('20260101000000')");
    staged.place.write("m/20260101000000_a.sql", "-- migrate:up\ncreate table people (id int);\n-- migrate:down\n");
    staged
        .place
        .write("m/20260102000000_b.sql", "-- migrate:up\nalter table people add c int;\nupdate people set c = 1;\n-- migrate:down\n");
    staged.place.write(
        "m/20260103000000_c.sql",
        "-- migrate:up transaction:false\ncreate index concurrently c on people (name);\n-- migrate:down\n",
    );
    let arguments = ["rehearse", "--for", "production", "--migrations", "m", "--on", "staging", "--and", "scratch", "--only", "run"];
    let told = || staged.place.run(&[&arguments[..], &["--format", "json"]].concat()).json();
    let first = told();
    let all = transactions(&first);
    assert_eq!(all.len(), 2, "{first}");
    assert_eq!((all[0]["migrations"][0].as_str(), all[0]["outcome"].as_str()), (Some("20260102000000"), Some("ran")), "{first}");
    assert!(why(&all[1]).contains("cannot run in a transaction"), "{first}");
    assert_eq!(statements(&first)[1]["in_place"]["rows"], 20, "{first}");
    // Its record is as before: nothing was recorded.
    assert_eq!(staged.value("select count(*)::text from schema_migrations"), "1");
    staged.server.session("staging").unwrap().exec("insert into schema_migrations values ('20260102000000')").unwrap();
    let again = told();
    assert!(why(&transactions(&again)[0]).contains("staging: its record has it already"), "{again}");
    // A deploy that is in flight keeps it away.
    let other = staged.server.session("staging").unwrap();
    other.exec("begin; alter table orders add flying int").unwrap();
    staged.place.run(&arguments).exits(2).says("flight");
    other.exec("rollback").unwrap();
}

#[test]
fn what_holds_in_both_places_is_validated_and_its_evidence_names_both() {
    let staged = Staged::with(newest(), "", "[project]\nmigrations = \"m\"\n");
    staged
        .exec("create table schema_migrations (version varchar(128) primary key); insert into schema_migrations values ('20260101000000')");
    staged.place.write("m/20260101000000_a.sql", "-- migrate:up\ncreate table people (id int);\n-- migrate:down\n");
    staged
        .place
        .write("m/20260102000000_b.sql", "-- migrate:up\ncreate table fresh (id int primary key);\n-- migrate:down\ndrop table fresh;\n");
    let arguments = ["rehearse", "--for", "production", "--on", "staging", "--and", "scratch", "--format", "json"];
    let told = staged.place.run(&arguments).exits(0).json();
    assert_eq!((told["verdict"]["validated"].as_bool(), transactions(&told)[0]["outcome"].as_str()), (Some(true), Some("ran")), "{told}");
    assert!(told["migrations"][0]["undo"]["exact"] == true && told["load"].is_object(), "{told}");
    staged.place.run(&["evidence", "--for", "production"]).exits(0).says("in-place: 1 transaction, rolled back").says("no-trace");
}

#[test]
fn a_refusal_on_real_rows_closes_the_gate_and_a_wait_tells_nothing() {
    let staged = Staged::new(newest(), "begin;\nsavepoint a;\nalter table orders alter note set not null;\ncommit;\n");
    let told = staged.run(&[]).exits(1).json();
    // No row was there on scratch, and on staging no note is set.
    assert_eq!(transactions(&told)[0]["outcome"], "refused", "{told}");
    let found = gate(&told, "in-place");
    assert!(found["holds"] == false && found["found"].as_str().unwrap().contains("23502"), "{told}");
    assert_eq!(gate(&told, "no-trace")["holds"], true, "{told}");
    // What is in rows stands in no report, also where the server would say it.
    staged.server.session("staging").unwrap().exec("update orders set note = 'ann@example.com' where id < 3").unwrap();
    for (sql, code) in
        [("create unique index on orders (note);", "23505"), ("alter table orders alter note type int using note::int;", "22P02")]
    {
        staged.place.write("release.sql", sql);
        let ran = staged.run(&[]).exits(1).hides("ann@example");
        assert!(gate(&ran.json(), "in-place")["found"].as_str().unwrap().contains(code), "{ran:?}");
        staged.place.run(&["runs", "--format", "json"]).exits(0).hides("ann@example").says(code);
    }
    // Somebody is there, for longer than production would wait.
    staged.exec("alter database production set lock_timeout = '300ms'");
    staged.place.write("release.sql", "alter table orders add a int;");
    let other = staged.server.session("staging").unwrap();
    other.exec("set application_name = 'night shift'; begin; select 1 from orders").unwrap();
    let told = staged.run(&[]).exits(2).json();
    assert!(gate(&told, "in-place")["found"].as_str().unwrap().contains("it waited for night shift (process "), "{told}");
    assert_eq!((&told["in_place"]["lock_timeout_ms"], &transactions(&told)[0]["outcome"]), (&300.0.into(), &"bound".into()), "{told}");
    assert!(gate(&told, "in-place")["holds"].is_null() && gate(&told, "in-place")["found"].as_str().unwrap().contains("55P03"), "{told}");
    other.exec("commit").unwrap();
    // What comes before it was given up: that it fails without that says nothing.
    staged.place.write("release.sql", "create type mood as enum ('a');\nalter table people add m mood;");
    let told = staged.run(&[]).exits(2).json();
    let all = transactions(&told);
    assert_eq!((&all[0]["outcome"], &all[1]["outcome"]), (&"ran".into(), &"broken".into()), "{told}");
    assert!(gate(&told, "in-place")["holds"].is_null() && why(&all[1]).contains("it may miss what comes before it"), "{told}");
    for (form, sign) in [("markdown", "in place on staging"), ("html", "In place"), ("terminal", "in place on staging")] {
        let arguments = ["rehearse", "release.sql", "--for", "production", "--on", "staging", "--only", "run", "--format", form];
        staged.place.run(&arguments).exits(2).says(sign).says("given up in");
    }
}

#[test]
fn a_lock_of_a_tool_that_is_a_row_is_taken_and_given_back() {
    let staged = Staged::new(newest(), "alter table orders add a int;");
    staged.exec(
        "create table databasechangelog (id varchar(255) not null, author varchar(255) not null, filename varchar(255) not null,
            dateexecuted timestamp not null, orderexecuted int not null, exectype varchar(10) not null, md5sum varchar(35),
            description varchar(255), comments varchar(255), tag varchar(255), liquibase varchar(20), contexts varchar(255),
            labels varchar(255), deployment_id varchar(10));
        create table databasechangeloglock (id int primary key, locked boolean not null, lockgranted timestamp, lockedby varchar(255));
        insert into databasechangeloglock values (1, false, null, null)",
    );
    let told = staged.run(&[]).json();
    assert_eq!((&transactions(&told)[0]["outcome"], &gate(&told, "no-trace")["holds"]), (&"ran".into(), &true.into()), "{told}");
    assert_eq!(staged.value("select locked::text || coalesce(lockedby, '-') from databasechangeloglock"), "false-");
    staged.server.session("staging").unwrap().exec("update databasechangeloglock set locked = true, lockedby = 'build-7'").unwrap();
    staged.run(&["--lock-timeout", "300ms"]).exits(2).says("the lock of Liquibase");
    assert_eq!(staged.value("select lockedby from databasechangeloglock"), "build-7");
}

#[test]
fn clients_that_are_there_and_wait_are_named_without_what_they_asked() {
    for major in [*majors().first().unwrap(), newest()] {
        let staged = Staged::new(major, "begin;\nalter table orders add a int;\nselect pg_sleep(1.5) from orders limit 1;\ncommit;\n");
        // Whoever may not see others sees who waits all the same.
        staged.server.session("postgres").unwrap().exec("create role stage login").unwrap();
        staged.exec("alter table orders owner to stage; grant create on schema public to stage");
        let url = staged.server.url("staging");
        let toml = staged.toml("").replace(&url, &url.replacen("postgres@", "stage@", 1));
        staged.place.write("evenkeel.toml", toml.replace("tier = \"staging\"", "tier = \"staging\"\nmigration_role = \"stage\""));
        // The server's own word on how long somebody waited.
        staged.exec("alter database staging set deadlock_timeout = '10ms'; alter database staging set log_lock_waits = on");
        let told = std::thread::scope(|threads| {
            let running = threads.spawn(|| staged.run(&[]));
            eventually("it holds its lock", || {
                staged.value("select count(*)::text from pg_locks l join pg_stat_activity a using (pid) where a.application_name like 'evenkeel run%' and l.mode = 'AccessExclusiveLock' and l.relation = 'orders'::regclass") == "1"
            });
            let client = staged.server.session("staging").unwrap();
            client.exec("set application_name = 'shop front'").unwrap();
            client.exec("select count(*) from orders where note = 'a secret of a customer'").unwrap();
            running.join().unwrap().json()
        });
        let wait = &transactions(&told)[0]["waits"][0];
        assert_eq!((&wait["client"], &wait["relation"]), (&"shop front".into(), &"public.orders".into()), "{major}: {told}");
        let log = std::fs::read_to_string(staged.server.log_path()).unwrap();
        let acquired = log.lines().find(|line| line.contains("acquired AccessShareLock on relation")).unwrap();
        let truth: f64 = acquired.split("after ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
        let ms = wait["ms"].as_f64().unwrap();
        // 13 does not say since when somebody waits: what a busy machine keeps from being sampled is missing.
        let slack = if major < 14 { 300.0 } else { 60.0 };
        assert!((ms - truth).abs() < slack, "{major}: {ms} {acquired}");
        let blocked = &statements(&told)[1]["in_place"]["blocked"][0];
        assert_eq!(blocked["clients"], 1, "{major}: {told}");
        assert!(!told.to_string().contains("a secret of a customer"), "{major}");
        // Nobody slept on scratch: what was seen on staging weighs.
        let hold = gate(&told, "lock-hold")["found"].as_str().unwrap();
        assert!(hold.contains("ACCESS EXCLUSIVE on table public.orders") && hold.contains("at most 1."), "{major}: {hold}");
        let waited = gate(&told, "blocked-in-place");
        assert!(waited["holds"] == false && waited["found"].as_str().unwrap().contains("shop front waited 1."), "{major}: {waited}");
        // What the role may not see is a gap.
        assert!(told["gaps"].to_string().contains("GRANT pg_read_all_stats TO stage"), "{major}: {}", told["gaps"]);
    }
}
