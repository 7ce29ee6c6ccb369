//! Accounts, roles and grants, in place: a server before and after a change, made as it was and as it became. Beside it: a script as a
//! client runs it, and all databases of a server from nothing. After each the account logs in and tries.

use crate::place::Place;
use crate::tried::{capture, tried};
use evenkeel_core::kind::Engine as Vendor;
use evenkeel_core::patch::{Dialect, Form, Hazard, Plan, Proof, Script, Statement, World, plan, script};
use evenkeel_core::port::{Engine, Watch};
use evenkeel_mysql::engine::Mysql;
use evenkeel_mysql::patch::MysqlDialect;
use evenkeel_mysql::scratch::series;
use evenkeel_pipeline::patch::{Builder, build};
use evenkeel_testkit::mysql::flavors;
use std::io::Write;
use std::process::{Command, Stdio};

/// What it is about, what is there, what changes, and what is said where a plan refuses.
const CHANGES: &[(&str, &str, &str, &str)] = &[
    (
        "some of all",
        "create user a@localhost; grant all on my_db.* to a@localhost",
        "revoke all on my_db.* from a@localhost; grant select, insert on `my\\_db`.* to a@localhost with grant option",
        "",
    ),
    (
        "all of some",
        "create user a@localhost; grant select on `my\\_db`.* to a@localhost",
        "grant all on `my\\_db`.* to a@localhost with grant option",
        "",
    ),
    (
        "what may be passed on",
        "create user a@localhost; grant select, update on my_db.t to a@localhost",
        "grant insert on my_db.t to a@localhost with grant option",
        "",
    ),
    (
        "columns and routines",
        "create user a@localhost; grant select (id), update (id, x) on my_db.t to a@localhost; grant execute on function my_db.f to a@localhost",
        "revoke update (x) on my_db.t from a@localhost; grant insert (x) on my_db.t to a@localhost; grant alter routine on function my_db.f to a@localhost with grant option",
        "",
    ),
    (
        "less on a table, and something on its columns",
        "create user a@localhost; grant select, insert, select (id), update (id) on my_db.t to a@localhost",
        "revoke select on my_db.t from a@localhost; grant select (x) on my_db.t to a@localhost",
        "",
    ),
    (
        "nothing on a table, and something on its columns",
        "create user a@localhost; grant select, select (id) on my_db.t to a@localhost",
        "revoke select on my_db.t from a@localhost; grant select (id) on my_db.t to a@localhost",
        "",
    ),
    (
        "rights of the server",
        "create user a@localhost; grant process, reload on *.* to a@localhost",
        "revoke reload on *.* from a@localhost; grant select, file on *.* to a@localhost with grant option",
        "",
    ),
    ("nothing but to pass on", "create user a@localhost", "grant usage on my_db.t to a@localhost with grant option", ""),
    (
        "an account with all that is known of it",
        "do 1",
        "create user a@localhost require x509 with max_queries_per_hour 7 max_user_connections 3 account lock",
        "",
    ),
    (
        "members and what is active",
        "create user a@localhost; create role r; create role s",
        "grant r to a@localhost; grant s to r; grant s to a@localhost with admin option",
        "",
    ),
    (
        "what is on a table that goes",
        "create user a@localhost; create table my_db.gone (id int); grant select on my_db.gone to a@localhost; grant select (id) on my_db.gone to a@localhost",
        "revoke all privileges on my_db.gone from a@localhost; drop table my_db.gone",
        "",
    ),
    (
        "a definer, and what is granted on the routine",
        "create user a@localhost; grant execute on function my_db.f to a@localhost",
        "drop function my_db.f; create definer = a@localhost function my_db.f(n int) returns int deterministic return n; grant execute on function my_db.f to a@localhost",
        "",
    ),
    (
        "whose rights a view has",
        "create user a@localhost; create view my_db.v as select id from my_db.t",
        "create or replace definer = a@localhost view my_db.v as select id from my_db.t",
        "",
    ),
    ("a proxy", "create user a@localhost; create user b@localhost", "grant proxy on b@localhost to a@localhost with grant option", ""),
    (
        "a pattern beside it",
        "create user a@localhost; grant select on `my%`.* to a@localhost",
        "grant insert on `my\\_db`.* to a@localhost",
        "under the pattern my%",
    ),
    (
        "a name that is a pattern",
        "create user a@localhost; grant select on `my_db`.* to a@localhost",
        "grant insert on `my_db`.* to a@localhost",
        "under the pattern my_db",
    ),
    ("the superuser", "do 1", "create user root@'%'; grant select on *.* to root@'%'", "by hand"),
];

/// What MySQL alone has.
const OF_MYSQL: &[(&str, &str, &str, &str)] = &[
    (
        "all but one database",
        "set global partial_revokes = 1; create user a@localhost; grant select, insert on *.* to a@localhost",
        "revoke insert on my_db.* from a@localhost",
        "partial_revokes is on",
    ),
    (
        "all but one database, and something of it",
        "set global partial_revokes = 1; create user a@localhost; grant select, insert, update on *.* to a@localhost; revoke insert, update on my_db.* from a@localhost",
        "grant update on my_db.* to a@localhost; grant delete on my_db.t to a@localhost",
        "partial_revokes is on",
    ),
];

const SCHEMA: &str = "create database my_db; use my_db; create table t (id int primary key, x int); create function f(n int) returns int deterministic return n";

/// What the account tries, each by itself; nothing of it stays.
const TRIES: &str = "set autocommit = 0; set role all; select id from my_db.t; select x from my_db.t; select count(*) from my_db.t; \
    insert into my_db.t (id) values (7); insert into my_db.t (id, x) values (8, 8); update my_db.t set x = 1; update my_db.t set id = 9 where x = 5; \
    delete from my_db.t; select my_db.f(1); select id from my_db.v; lock tables my_db.t read; unlock tables; show create function my_db.f; \
    show create view my_db.v; grant select on my_db.t to a@localhost; grant insert (x) on my_db.t to a@localhost; \
    create view my_db.tried as select 1 as x; drop view my_db.tried; create temporary table my_db.tmp (a int); select sleep(0) from mysql.user; flush status; \
    select id from my_db.gone; rollback";

/// What the server answers to an account that logs in and tries; nothing where there is none.
fn tries(place: &Place) -> Option<Vec<String>> {
    let session = place.scratch.session("").unwrap();
    // One that a statement of ours made has a password that nobody knows.
    session.exec("alter user a@localhost identified by ''").ok()?;
    let client = evenkeel_core::port::Scratch::client(&place.scratch, "").replace("-u root", "-u a");
    let mut words = client.split_whitespace();
    let ran = Command::new(words.next().unwrap()).args(words).args(["--force", "-N", "-e", TRIES]).output().unwrap();
    let said = String::from_utf8_lossy(&ran.stderr).into_owned() + &String::from_utf8_lossy(&ran.stdout);
    Some(said.lines().map(str::to_owned).collect())
}

fn on(vendor: Vendor, number: u16) {
    if !flavors().contains(&(vendor, number)) {
        return;
    }
    let place = Place::start(vendor, number);
    let name = series(vendor, number);
    let (mut wrong, mut logged_in) = (Vec::new(), 0);
    let own = if vendor == Vendor::MySql { OF_MYSQL } else { &[] };
    for (what, setup, change, refusal) in CHANGES.iter().chain(own) {
        let session = place.scratch.session("").unwrap();
        session.exec(&format!("{SCHEMA}; {setup}")).unwrap_or_else(|fault| panic!("{what}: {fault}"));
        let seen = || capture(&place.scratch.url("my_db"));
        let before = seen();
        let could = tries(&place);
        session.exec(change).unwrap_or_else(|fault| panic!("{what}: {fault}"));
        let after = seen();
        let can = tries(&place);
        for (way, to, allowed) in [("back", &before, &could), ("there", &after, &can)] {
            let outcome = tried(&place.scratch, "my_db", &seen(), to, Form::default());
            let reasons: Vec<&str> = outcome.refused.iter().map(|refused| &*refused.reason).collect();
            let is_refused = if refusal.is_empty() { reasons.is_empty() } else { reasons.iter().all(|reason| reason.contains(refusal)) };
            let opens = outcome.sql.iter().any(|sql| sql.contains("RANDOM PASSWORD") && sql.contains("IDENTIFIED BY"));
            // What a comparison of grants calls equal is so for whoever has them.
            let now = tries(&place);
            let is_as_before = now == *allowed || !refusal.is_empty();
            logged_in += usize::from(now.is_some());
            if !is_as_before {
                wrong.push(format!("{what}, {way}: it may\n  {now:#?}\n  and not\n  {allowed:#?}"));
            }
            if !is_refused || !outcome.wrong.is_empty() || opens {
                wrong.push(format!(
                    "{what}, {way}: {:?}\n  {}\n  after:\n    {}",
                    outcome.refused,
                    outcome.wrong.join("\n  "),
                    outcome.sql.join("\n    ")
                ));
            }
        }
        drop(session);
        place.sweep();
    }
    println!("{name}: {logged_in} times an account logged in and tried");
    assert!(logged_in > 20, "{logged_in}");
    assert!(wrong.is_empty(), "{} on {name}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn rights_on_mariadb_10_11() {
    on(Vendor::MariaDb, 1011);
}

#[test]
fn rights_on_mariadb_11_8() {
    on(Vendor::MariaDb, 1108);
}

#[test]
fn rights_on_mysql_9_7() {
    on(Vendor::MySql, 907);
}

#[test]
fn a_script_is_run_by_the_vendors_client_as_it_stands() {
    const BODIES: &str = "create table t (id int primary key, gone int); create procedure p(in a int) begin declare x int default 0; -- a; comment\n set x = 'a;b'; end; \
         create trigger r before insert on t for each row begin set new.id = 1; set @x = ';;'; end";
    for (vendor, number) in flavors() {
        let place = Place::start(vendor, number);
        let session = place.scratch.session("").unwrap();
        session
            .exec(&format!(
                "create database full; use full; {BODIES}; create database bare; use bare; create table t (id int primary key, old int)"
            ))
            .unwrap();
        let seen = |name: &str| capture(&place.scratch.url(name));
        let (from, to) = (seen("bare"), seen("full"));
        let dialect = MysqlDialect::of(&from.endpoint);
        let planned = plan(&World::of(&from), &World::of(&to), &dialect, Form::default());
        let proof = Proof::Not { why: "a test".to_owned() };
        let text =
            |allow_destructive| script(&Script { sides: ("bare", "full"), plan: &planned, proof: &proof, allow_destructive }, &dialect);
        assert!(text(false).lines().all(|line| !line.contains("DROP COLUMN") || line.starts_with("--")), "{}", text(false));
        assert!(text(false).contains("\n    ADD COLUMN `gone`"), "{}", text(false));
        let client = evenkeel_core::port::Scratch::client(&place.scratch, "bare");
        let mut words = client.split_whitespace();
        let mut running = Command::new(words.next().unwrap()).args(words).stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        running.stdin.take().unwrap().write_all(text(true).as_bytes()).unwrap();
        let ran = running.wait_with_output().unwrap();
        assert!(ran.status.success(), "{}\n{}", String::from_utf8_lossy(&ran.stderr), text(true));
        let left = evenkeel_pipeline::patch::left(&seen("bare"), &to, &dialect);
        assert_eq!(left, Vec::new(), "{}", text(true));
    }
}

#[test]
fn all_databases_of_a_server_are_built() {
    for (vendor, number) in flavors() {
        let place = Place::start(vendor, number);
        let session = place.scratch.session("").unwrap();
        session
            .exec(&format!("{SCHEMA}; create table my_db.c (id int primary key, p int, key (p), foreign key (p) references my_db.t (id))"))
            .unwrap();
        session.exec("create database other; use other; create view v as select id from my_db.t; create trigger my_db.r before insert on my_db.t for each row set new.x = 1").unwrap();
        let manifest = capture(&place.scratch.url(""));
        let workshop = Mysql.workshop(&[]);
        let builder = Builder { engine: &Mysql, workshop: &*workshop, watch: Watch::none() };
        let built = build(&manifest, &builder).unwrap_or_else(|trouble| panic!("{trouble:#?}"));
        let left: Vec<String> = built.left.iter().map(evenkeel_pipeline::patch::Left::words).collect();
        assert_eq!(left, Vec::<String>::new());
    }
}

#[test]
fn what_goes_with_rows_says_so() {
    let loses = |plan: &Plan| plan.statements().filter(|statement| statement.is_destructive()).count();
    let opens = |statement: &&Statement| statement.hazards.iter().any(|hazard| matches!(hazard, Hazard::Opens(_)));
    for (vendor, number) in flavors() {
        let place = Place::start(vendor, number);
        let session = place.scratch.session("").unwrap();
        session.exec("create database a; create database b; create user u@localhost; use a; create table t (id int primary key, x int, y int); create table s (id int)").unwrap();
        session.exec("use b; create table t (id int primary key, y int); grant select on b.t to u@localhost").unwrap();
        let seen = |name: &str| capture(&place.scratch.url(name));
        let (from, to) = (seen("a"), seen("b"));
        let dialect = MysqlDialect::of(&from.endpoint);
        let planned = plan(&World::of(&from), &World::of(&to), &dialect, Form::default());
        assert_eq!((loses(&planned), planned.statements().filter(opens).count()), (2, 1), "{planned:#?}");
        assert_eq!(dialect.for_client("DO 1;"), "DO 1;");
    }
}
