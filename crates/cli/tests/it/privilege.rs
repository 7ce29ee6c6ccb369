//! What a role sees that may do nothing but connect: the whole schema.

use crate::run::{Place, SHOP, digest};
use evenkeel_testkit::Session;
use std::path::Path;

/// The fixture that holds every kind of object.
pub fn all_kinds() -> Option<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/postgres/kinds/all_kinds.sql");
    std::fs::read_to_string(path).ok()
}

/// Loads what of the fixture that version knows. Lines that end in `-- >=14` or `-- <14` are for those versions.
pub fn load(_admin: &Session, fixture: &str, major: u32, open: &dyn Fn(&str) -> Session) {
    let session = open("app");
    let text: String = fixture.lines().filter(|line| applies(line, major)).map(|line| format!("{line}\n")).collect();
    session.exec(&text).unwrap_or_else(|fault| panic!("PostgreSQL {major}: {fault}"));
}

fn applies(line: &str, major: u32) -> bool {
    let Some((_, mark)) = line.rsplit_once("-- ") else { return true };
    mark.split(" and ").all(|mark| {
        let number = |sign: &str| mark.trim().strip_prefix(sign).and_then(|text| text.trim().parse::<u32>().ok());
        number(">=").is_none_or(|bound| major >= bound) && number("<").is_none_or(|bound| major < bound)
    })
}

#[test]
fn connect_alone_gives_the_same_digest_as_a_superuser() {
    for major in evenkeel_testkit::majors() {
        let db = evenkeel_testkit::database(major);
        db.exec(SHOP);
        db.exec("CREATE SCHEMA hidden; CREATE TABLE hidden.t (id int, secret text DEFAULT 'x'); REVOKE ALL ON SCHEMA hidden FROM public; REVOKE ALL ON SCHEMA public FROM public");
        let role = format!("weak_{}", db.name);
        db.exec(&format!("CREATE ROLE {role} LOGIN; REVOKE ALL ON DATABASE {0} FROM public; GRANT CONNECT ON DATABASE {0} TO {role}", db.name));
        let place = Place::new();
        let strong = digest(&place.run(&["digest", &db.url()]).exits(0));
        let weak = place.run(&["digest", &db.url().replace("postgres@", &format!("{role}@"))]).exits(0);
        assert_eq!(digest(&weak), strong, "PostgreSQL {major}");
        db.exec(&format!("DROP OWNED BY {role}; DROP ROLE {role}"));
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
