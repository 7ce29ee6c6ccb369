//! What a role sees that may do nothing but connect: the whole schema.

use crate::run::{Place, SHOP, digest};
use evenkeel_postgres::scratch::{Options, Scratch, ServerBinaries, Session, find_servers, pick};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The fixture that holds every kind of object: a psql script.
pub fn all_kinds() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/postgres/kinds/all_kinds.sql")
}

/// Loads it with the server's own psql.
pub fn load(binaries: &ServerBinaries, conninfo: &str) {
    let own = binaries.bin_dir.join("psql");
    let psql = if own.exists() { own } else { PathBuf::from("psql") };
    let output = Command::new(psql).args(["-X", "-q", "-d", conninfo, "-f"]).arg(all_kinds()).output().unwrap();
    assert!(output.status.success(), "PostgreSQL {}: {}", binaries.major, String::from_utf8_lossy(&output.stderr));
    if binaries.major < 14 {
        // 13 hides part of a subscription from all but superusers: its digest cannot be told, which is not asked here.
        let session = Session::open("the server", "app", conninfo).unwrap();
        for sql in
            ["ALTER SUBSCRIPTION incoming DISABLE", "ALTER SUBSCRIPTION incoming SET (slot_name = NONE)", "DROP SUBSCRIPTION incoming"]
        {
            session.exec(sql).unwrap();
        }
    }
}

#[test]
fn connect_alone_gives_the_same_digest_as_a_superuser() {
    let servers = find_servers();
    for major in evenkeel_testkit::majors() {
        let binaries = pick(&servers, Some(major)).unwrap();
        let scratch = Scratch::start_with(binaries, &Options::default().setting("wal_level", "logical").database("app")).unwrap();
        let session = scratch.session("app").unwrap();
        load(binaries, &scratch.conninfo("app"));
        session
            .exec(
                "CREATE SCHEMA hidden; CREATE TABLE hidden.t (id int, secret text DEFAULT 'x'); REVOKE ALL ON SCHEMA hidden FROM public;
                 REVOKE ALL ON SCHEMA public FROM public; REVOKE ALL ON DATABASE app FROM public;
                 CREATE ROLE weak LOGIN; GRANT CONNECT ON DATABASE app TO weak;
                 CREATE ROLE monitor LOGIN; GRANT pg_monitor, weak TO monitor; CREATE ROLE owner LOGIN; GRANT weak TO owner;
                 CREATE TABLE public.owned (id int); ALTER TABLE public.owned OWNER TO owner",
            )
            .unwrap();
        let place = Place::new();
        let strong = digest(&place.run(&["digest", &scratch.url("app")]).exits(0));
        for role in ["weak", "monitor", "owner"] {
            let ran = place.run(&["digest", &scratch.url("app").replace("postgres@", &format!("{role}@"))]).exits(0);
            assert_eq!(digest(&ran), strong, "{role} on PostgreSQL {major}");
            assert!(ran.stderr.is_empty(), "{}", ran.stderr);
        }
    }
}

#[test]
fn one_connection_is_enough() {
    let db = evenkeel_testkit::database(evenkeel_testkit::newest());
    db.exec(SHOP);
    let role = format!("single_{}", db.name);
    db.exec(&format!("CREATE ROLE {role} LOGIN CONNECTION LIMIT 1"));
    let place = Place::new();
    let strong = digest(&place.run(&["digest", &db.url()]).exits(0));
    let single = place.run(&["digest", &db.url().replace("postgres@", &format!("{role}@"))]).exits(0);
    assert_eq!(digest(&single), strong);
    db.exec(&format!("DROP ROLE {role}"));
}
