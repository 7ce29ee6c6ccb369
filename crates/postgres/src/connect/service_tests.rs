//! Which service file is read, and what its lines mean.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::super::testing::Fake;
use super::*;

const FILE: &str = "# mine\n[other]\nhost=no\n\n[prod]\n  host=db1  \nport=5433\nhost=late\n[next]\nuser=no\n";

fn read_prod(text: &str) -> Result<Option<Vec<(String, String)>>, Fault> {
    read("prod", text, "f")
}

#[test]
fn a_section_is_read_to_the_next_one() {
    let expected = vec![("host".to_owned(), "db1".to_owned()), ("port".to_owned(), "5433".to_owned())];
    assert_eq!(read_prod(FILE).unwrap().unwrap(), expected);
    assert!(read_prod("[production]\nhost=a\n").unwrap().is_none());
}

#[test]
fn broken_lines_are_named() {
    for (line, problem) in [
        ("host", "the line has no \"=\""),
        ("service=x", "\"service\" cannot be set inside a service"),
        ("hots=x", "unknown keyword \"hots\" (blanks around \"=\" count)"),
        ("ldap://x", "evenkeel does not look parameters up in LDAP"),
    ] {
        match read_prod(&format!("[prod]\n{line}\n")) {
            Err(Fault::File { path, problem: found, .. }) => assert_eq!((path.as_str(), found.as_str()), ("f:2", problem)),
            other => panic!("{line}: {other:?}"),
        }
        // Other sections are none of our business.
        assert!(read_prod(&format!("[x]\n{line}\n[prod]\n")).unwrap().is_some());
    }
}

#[test]
fn files_are_searched_in_libpqs_order() {
    let home = "/home/tester/.pg_service.conf";
    let machine = Fake::new()
        .file(home, "[a]\nhost=home\n")
        .file("/sys/pg_service.conf", "[a]\nhost=sys\n[b]\nhost=sys\n")
        .with("PGSYSCONFDIR", "/sys");
    let host = |name: &str, file: Option<&str>| look_up(name, file, "PGSERVICE", &machine).map(|found| found.pairs[0].1.clone());
    assert_eq!(host("a", None).unwrap(), "home");
    assert_eq!(host("b", None).unwrap(), "sys");
    assert_eq!(host("b", Some(home)).unwrap(), "sys");
    assert!(matches!(host("a", Some("/no")), Err(Fault::File { path, .. }) if path == "/no"));
    match host("c", None) {
        Err(Fault::ServiceNotFound { looked, .. }) => {
            assert_eq!(looked, [format!("{home}: no [c]"), "/sys/pg_service.conf: no [c]".to_owned()]);
        }
        other => panic!("{other:?}"),
    }
}
