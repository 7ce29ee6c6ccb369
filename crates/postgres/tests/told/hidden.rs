//! Catalogs and functions that were taken from PUBLIC: each that a capture uses is taken away in turn. What it feeds is a gap with
//! the GRANT that cures it, the rest is as it was, and nothing ends the capture.

use super::{compared, lines};
use evenkeel_core::kind::Dimension;
use evenkeel_core::manifest::{Manifest, Reason};
use evenkeel_core::port::{Environment, Request, Watch};
use evenkeel_postgres::capture;
use evenkeel_postgres::connect::{Target, ThisMachine};
use evenkeel_postgres::environment::PostgresEnvironment;
use evenkeel_testkit::{TestDb, database, majors};
use std::collections::BTreeSet;

const SETUP: &str = "create schema app; create type app.mood as enum ('a'); create table app.t (id int primary key, m app.mood default 'a', t text check (t > ''));
    create index on app.t (lower(t)); create view app.v as select id from app.t; create function app.f() returns int language sql as 'select 1';
    create table app.p (k int) partition by list (k); create table app.q partition of app.p for values in (1); create sequence app.s; comment on table app.t is 't';";

fn capture_as(db: &TestDb, role: &str) -> Manifest {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let target = Target::parse(&format!("{} user={role}", db.conninfo()), &ThisMachine).unwrap();
    let environment = PostgresEnvironment::new(target);
    // Roles are the server's, and other tests make some meanwhile.
    let once = || environment.capture(&Request::new("test"), &Watch::none()).unwrap_or_else(|trouble| panic!("{trouble:#?}"));
    (0..50).map(|_| once()).find(|manifest| manifest.gaps.iter().all(|gap| gap.reason != Reason::Changed)).expect("the server never rests")
}

/// What a word of the statements stands for on the server: what REVOKE and GRANT call it.
fn used(db: &TestDb) -> BTreeSet<String> {
    let text = capture::statements(u16::try_from(db.major()).unwrap(), &Dimension::ALL);
    let before = |mark: &str| {
        text.match_indices(mark)
            .filter_map(|(at, _)| text[..at].rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '_').next())
            .collect::<BTreeSet<_>>()
    };
    let listed =
        |words: BTreeSet<&str>| words.iter().filter(|word| !word.is_empty()).map(|word| format!("'{word}'")).collect::<Vec<_>>().join(", ");
    let after = text.match_indices("pg_catalog.").map(|(at, mark)| &text[at + mark.len()..]);
    let named =
        after.map(|rest| rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or_default()).collect::<BTreeSet<_>>();
    let (called, named) = (listed(before("(")), listed(named));
    let functions = "select 'execute on function ' || p.oid::regprocedure from pg_proc p where p.pronamespace = 'pg_catalog'::regnamespace and p.prokind <> 'p'";
    let relations =
        "select 'select on pg_catalog.' || relname from pg_class where relnamespace = 'pg_catalog'::regnamespace and relkind in ('r', 'v')";
    // What views call, we call.
    let views = "select 'execute on function ' || p.oid::regprocedure from pg_proc p where p.pronamespace = 'pg_catalog'::regnamespace
        and proname in ('pg_show_all_settings', 'pg_stat_get_wal_senders', 'pg_get_replication_slots', 'pg_lock_status', 'has_column_privilege', 'row_security_active')";
    let rows = db.query_text(&format!(
        "{functions} and p.proname in ({called}) union {relations} and relname in ({named}) union {views} order by 1"
    ));
    rows.into_iter().filter_map(|row| row.into_iter().next().flatten()).collect()
}

#[test]
fn what_is_taken_from_public_is_a_gap_and_never_the_end() {
    if evenkeel_testkit::another_day(3) {
        return;
    }
    let all = majors();
    for major in all.first().into_iter().chain(all.last()).copied().collect::<BTreeSet<_>>() {
        let db = database(major);
        let role = format!("{}_plain", db.name);
        db.exec(&format!("{SETUP} create role {role} login"));
        let before = capture_as(&db, &role);
        let known = |manifest: &Manifest| manifest.gaps.iter().filter(|gap| !before.gaps.contains(gap)).cloned().collect::<Vec<_>>();
        let used = used(&db);
        assert!(used.len() > 100, "{used:?}");
        let mut gapped = 0;
        // The functions are looked at on one version: it is the same statement that finds them.
        let is_newest = all.last() == Some(&major);
        for (number, what) in used.iter().filter(|what| is_newest || what.starts_with("select")).enumerate() {
            if db.session().exec(&format!("revoke {what} from public")).is_err() {
                continue;
            }
            let seen = capture_as(&db, &role);
            let gaps = known(&seen);
            // That it was taken away is a difference itself.
            let differences = lines(&compared(&before, &seen))
                .into_iter()
                .filter(|line| {
                    // Roles are the server's, and so is what they set: other tests make and drop some meanwhile.
                    let is_others = line.starts_with("role ") || line.starts_with("override test_") && !line.contains(&role);
                    !(is_others || line.starts_with('?') || line.starts_with("grant ") && line.contains(".pg_catalog."))
                })
                .collect::<Vec<_>>();
            assert_eq!(differences, Vec::<String>::new(), "without {what} on {major}: {gaps:?}");
            for gap in &gaps {
                let cure = gap.cure.as_deref().unwrap_or_else(|| panic!("{what}: {gap:?}"));
                assert!(cure.starts_with("GRANT ") && gap.reason == Reason::Privilege, "{what}: {gap:?}");
            }
            gapped += usize::from(!gaps.is_empty());
            // The loop is closed for a part of them: it takes twice the time.
            if let Some(gap) = gaps.first().filter(|_| number % 6 == 0) {
                db.exec(gap.cure.as_deref().unwrap());
                assert_eq!(known(&capture_as(&db, &role)), [], "{what} is granted by {:?} on {major}", gap.cure);
                let back =
                    gap.cure.as_deref().unwrap().replace("GRANT ", "REVOKE ").replace(&format!(" TO {role}"), &format!(" FROM {role}"));
                db.exec(&back);
            }
            db.exec(&format!("grant {what} to public"));
        }
        println!("on {major}: {} taken away, {gapped} of them a gap", used.len());
        assert!(gapped > if is_newest { 60 } else { 20 }, "{gapped}");
        db.exec(&format!("drop owned by {role}; drop role {role}"));
    }
}
