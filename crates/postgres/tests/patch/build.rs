//! From nothing to a schema.

use super::{build_of, capture, left};
use evenkeel_testkit::{database, majors};

#[allow(dead_code)]
#[path = "../kinds/tools.rs"]
pub mod tools;

#[test]
fn every_kind_is_built_from_its_manifest() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/golden/postgres/kinds/all_kinds.sql");
    let mut odd = Vec::new();
    for major in majors() {
        let db = database(major);
        tools::psql(&db.conninfo(), std::path::Path::new(script));
        let manifest = capture(&db.conninfo());
        let _ = db.session().exec("ALTER SUBSCRIPTION incoming DISABLE; ALTER SUBSCRIPTION incoming SET (slot_name = NONE)");
        let _ = db.session().exec("DROP SUBSCRIPTION incoming");
        let built = build_of(&manifest);
        odd.extend(left(&built).into_iter().map(|left| format!("{major}: {left}")));
    }
    assert_eq!(odd, Vec::<String>::new());
}

/// Whose schema `public` is, and what others may do there: as a new database has it, as an old one had it, and as somebody set it.
#[test]
fn the_schema_public_is_whose_it_was() {
    let mut odd = Vec::new();
    // A throwaway server each: the oldest, the newest, and where the owner became another.
    for major in majors().into_iter().filter(|major| [13, 15, 18].contains(major)) {
        let db = database(major);
        for change in [
            "select 1",
            "alter schema public owner to pg_monitor; grant usage on schema public to pg_read_all_stats",
            "alter schema public owner to postgres; revoke all on schema public from public; grant create on schema public to pg_monitor",
            "drop schema public",
        ] {
            db.exec(change);
            let manifest = capture(&db.conninfo());
            // Roles of tests that run beside come and go.
            let built = build_of(&manifest);
            odd.extend(left(&built).into_iter().filter(|left| !left.starts_with("role ")).map(|left| format!("{major}, {change}: {left}")));
        }
    }
    assert_eq!(odd, Vec::<String>::new());
}

/// The bootstrap superuser has no name in a manifest, and is a member of roles all the same, which it hands on.
#[test]
fn memberships_of_the_bootstrap_superuser_are_built() {
    let place = crate::place::Place::start(evenkeel_testkit::newest());
    let sql = [
        "create role reader",
        "create role app",
        "grant reader to postgres with admin option",
        "grant reader to app",
        "grant app to maker",
    ];
    place.on_server(&sql.map(str::to_owned)).unwrap();
    let manifest = capture(&place.scratch.conninfo("postgres"));
    let members = manifest.of_kind(evenkeel_core::kind::Kind::Membership);
    assert!(members.iter().any(|one| one.display().contains("(bootstrap superuser)")), "{members:?}");
    // A tablespace is a folder of the machine's.
    let odd: Vec<String> = left(&build_of(&manifest)).into_iter().filter(|left| !left.contains("tablespace.elsewhere")).collect();
    assert_eq!(odd, Vec::<String>::new());
}

/// What an interrupted CREATE INDEX CONCURRENTLY left behind is there for the trial, so that it can be dropped or built again there.
#[test]
fn indexes_that_are_not_valid_are_built_so() {
    for major in majors().into_iter().filter(|major| [13, 18].contains(major)) {
        let parted = "create table p (k int, v int) partition by list (k); create table p1 partition of p for values in (1); create table p2 partition of p for values in (2)";
        let (a, b) = (database(major), database(major));
        a.exec(&format!("create table t (a int); create index i on t (a); {parted}"));
        b.exec(&format!("create table t (a int); insert into t values (1), (1); {parted}; create index w on only p (v); create index w1 on p1 (v); alter index w attach partition w1"));
        let _ = b.session().exec("create unique index concurrently i on t (a)");
        b.exec("truncate t");
        let (reference, candidate) = (capture(&a.conninfo()), capture(&b.conninfo()));
        assert_eq!(left(&build_of(&candidate)), Vec::<String>::new(), "{major}");
        let patch = super::proven(&reference, &candidate);
        assert!(patch.is_proven() && patch.plan.refused.is_empty() && patch.unbuilt.is_empty(), "{major}: {patch:#?}");
        // Left as it is, what cannot be made on a server that counts is refused by name.
        let back = super::proven(&candidate, &reference);
        let refused: Vec<&str> = back.plan.refused.iter().map(|one| one.object.as_str()).collect();
        assert!(back.is_proven() && refused == ["public.i"], "{major}: {back:#?}");
    }
}
