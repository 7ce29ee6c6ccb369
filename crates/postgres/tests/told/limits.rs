//! Limits of the role do not end a capture before ours hold, our own name their flag, and floods of notices stop nothing.

use super::capture;
use evenkeel_core::fault::Trouble;
use evenkeel_core::kind::{Dimension, Kind};
use evenkeel_core::manifest::Manifest;
use evenkeel_core::port::{Environment, Request, Watch};
use evenkeel_postgres::connect::{Target, ThisMachine};
use evenkeel_postgres::environment::PostgresEnvironment;
use evenkeel_testkit::{database, majors};
use std::time::Duration;

fn as_role(conninfo: &str, role: &str, ask: impl Fn(&mut Request)) -> Result<Manifest, Box<Trouble>> {
    let target = Target::parse(&format!("{conninfo} user={role}"), &ThisMachine).unwrap();
    let mut request = Request::new("test");
    ask(&mut request);
    PostgresEnvironment::new(target).capture(&request, &Watch::none())
}

#[test]
fn a_roles_limits_are_replaced_by_ours() {
    for major in majors() {
        let db = database(major);
        let role = format!("{}_hurried", db.name);
        db.exec(&format!(
            "create schema app; create table app.t (a int); create role {role} login; alter role {role} set statement_timeout = 1;
             alter role {role} set lock_timeout = 1; alter role {role} set idle_in_transaction_session_timeout = 1"
        ));
        if major >= 14 {
            db.exec(&format!("alter role {role} set idle_session_timeout = 2000"));
        }
        if major >= 17 {
            db.exec(&format!("alter role {role} set transaction_timeout = 1"));
        }
        let _ = capture(&db.conninfo(), &[Dimension::Schema]);
        let manifest = as_role(&db.conninfo(), &role, |_| {}).unwrap_or_else(|trouble| panic!("on {major}: {trouble:#?}"));
        assert!(manifest.find(Kind::Table, &["app", "t"]).is_some(), "on {major}");
        assert!(manifest.find(Kind::Setting, &["work_mem"]).is_some(), "on {major}");
        // What the role has is told as an override, not as the server's value.
        let own = manifest.gaps.iter().any(|gap| gap.object.as_deref() == Some("statement_timeout"));
        assert!(own, "on {major}: {:?}", manifest.gaps);
        db.exec(&format!("drop owned by {role}; drop role {role}"));
    }
}

#[test]
fn our_own_limit_names_its_flag() {
    let db = database(*majors().last().unwrap());
    db.exec("do $$ begin for n in 1 .. 300 loop execute format('create table t%s (a int primary key, b int references t1)', n); end loop; end $$".replace(" references t1", "").as_str());
    let slow = || as_role(&db.conninfo(), "postgres", |request| request.statement_timeout = Duration::from_millis(1));
    // A limit that runs out just as its statement ends is told of the next one, as if somebody had asked for it.
    let is_late = |trouble: &Trouble| trouble.found.as_deref().is_some_and(|found| found.contains("user request"));
    let troubles = (0..20).map(|_| *slow().expect_err("a millisecond is enough for everything"));
    let trouble = troubles.into_iter().find(|trouble| !is_late(trouble)).expect("never told of its own statement");
    assert!(trouble.fix.as_deref().unwrap_or_default().contains("--statement-timeout"), "{trouble:#?}");
}

/// From 17 on a trigger may run at login, and say what it likes.
#[test]
fn a_flood_of_notices_stops_nothing() {
    for major in majors().into_iter().filter(|major| *major >= 17) {
        let db = database(major);
        let role = format!("{}_told", db.name);
        db.exec(&format!(
            "create table t (a int); create role {role} login;
             create function flood() returns event_trigger language plpgsql as
               'begin if session_user = ''{role}'' then for n in 1 .. 100000 loop raise notice ''notice % of many'', n; end loop; end if; end';
             create event trigger flood on login execute function flood(); alter event trigger flood enable always"
        ));
        let manifest = as_role(&db.conninfo(), &role, |request| request.dimensions = vec![Dimension::Schema]);
        let manifest = manifest.unwrap_or_else(|trouble| panic!("on {major}: {trouble:#?}"));
        assert!(manifest.find(Kind::Table, &["public", "t"]).is_some(), "on {major}");
        db.exec(&format!("drop event trigger flood; drop owned by {role}; drop role {role}"));
    }
}

/// A trigger on `login` that fails is told as that, and nobody is sent to grant what is granted.
#[test]
fn a_trigger_that_ends_the_login_is_told() {
    for major in majors().into_iter().filter(|major| *major >= 17) {
        let db = database(major);
        let role = format!("{}_visitor", db.name);
        db.exec(&format!(
            "create role {role} login; create schema kept; create table kept.logins (at timestamptz);
             create function note() returns event_trigger language plpgsql as $$ begin insert into kept.logins values (now()); end $$;
             create function closed() returns event_trigger language plpgsql as $$ begin
             if session_user = '{role}' then raise exception 'closed until noon'; end if; end $$"
        ));
        for (function, found) in [("note", "permission denied for schema kept"), ("closed", "closed until noon")] {
            db.exec(&format!("create event trigger visits on login execute function {function}()"));
            let trouble = as_role(&db.conninfo(), &role, |_| {}).unwrap_err();
            let told = format!("{trouble:?}");
            assert!(told.contains(found) && told.contains(&format!("function {function}()")), "{told}");
            assert!(told.contains("event trigger") && !told.contains("GRANT CONNECT"), "{told}");
            db.exec("drop event trigger visits");
        }
        // One that passes may have set what a session reads by.
        db.exec("create table \"☃\" (a int)");
        db.exec(
            "create function latin() returns event_trigger language plpgsql as $$ begin perform set_config('client_encoding', 'LATIN1', false); end $$;
             create event trigger visits on login execute function latin()",
        );
        let manifest = as_role(&db.conninfo(), "postgres", |request| request.dimensions = vec![Dimension::Schema]);
        db.exec("drop event trigger visits");
        assert!(manifest.is_ok_and(|manifest| manifest.find(Kind::Table, &["public", "☃"]).is_some()), "on {major}");
        // What is refused by the database itself still says what to grant.
        db.exec(&format!("revoke connect on database {} from public", db.name));
        let trouble = as_role(&db.conninfo(), &role, |_| {}).unwrap_err();
        assert!(format!("{trouble:?}").contains("GRANT CONNECT"), "{trouble:?}");
        db.exec(&format!("drop role {role}"));
    }
}

/// Roles that come and go, as short-lived credentials do, change nothing of a database that does not name them; one that it names does.
#[test]
fn roles_beside_a_database_are_nothing_to_it() {
    let fingerprint = include_str!("../../src/capture/fingerprint.sql");
    for major in majors() {
        let db = database(major);
        let (owner, guest) = (format!("{}_owner", db.name), format!("{}_guest", db.name));
        let seen = || db.session().value(&format!("select string_agg(f::text, ',') from ({fingerprint}) f")).unwrap();
        db.exec(&format!("create role {owner}; create table t (a int); alter table t owner to {owner}"));
        let before = seen();
        db.exec(&format!("create role {guest}; alter role {guest} rename to {guest}_2; create role {guest}"));
        assert_eq!(before, seen(), "on {major}");
        db.exec(&format!("drop role {guest}; drop role {guest}_2"));
        assert_eq!(before, seen(), "on {major}");
        db.exec(&format!("alter role {owner} rename to {owner}_2"));
        assert_ne!(before, seen(), "on {major}: it is printed under another name");
        db.exec(&format!("drop owned by {owner}_2; drop role {owner}_2"));
    }
}
