//! Lines of the password file against what is wanted.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use secrecy::ExposeSecret;

use super::super::testing::Fake;
use super::*;

const WANTED: Wanted<'_> = Wanted { host: "db1", port: 5432, dbname: "app", user: "reader" };

#[test]
fn the_first_fitting_line_wins() {
    for (text, expected) in [
        ("db1:5432:app:reader:secret", Some("secret")),
        ("*:*:*:*:any", Some("any")),
        ("db1:5432:app:other:no\n*:5432:*:reader:yes\n*:*:*:*:late", Some("yes")),
        ("# db1:5432:app:reader:comment\n\ndb1:*:app:reader:ok\r\n", Some("ok")),
        ("db1:5433:app:reader:no", None),
        ("db:5432:app:reader:no", None),
        ("db11:5432:app:reader:no", None),
        ("db1:5432:app", None),
        ("d\\b1:5432:app:reader:escaped", Some("escaped")),
        ("*:*:*:*:a\\:b\\\\c", Some("a:b\\c")),
        ("*:*:*:*:a:b", Some("a")),
        ("*:*:*:*:", Some("")),
        ("*x:*:*:*:no", None),
        ("", None),
    ] {
        assert_eq!(find(text, &WANTED).as_deref(), expected, "{text}");
    }
    let colons = Wanted { host: "::1", port: 1, dbname: "a:b", user: "c\\d" };
    assert_eq!(find("\\:\\:1:1:a\\:b:c\\\\d:pw", &colons).as_deref(), Some("pw"));
    let socket = Wanted { host: "/tmp/s", ..WANTED };
    assert_eq!(find("/tmp/s:5432:*:*:pw", &socket).as_deref(), Some("pw"));
}

#[test]
fn a_file_that_others_can_read_is_not_used() {
    let path = Path::new("/p");
    for (mode, is_used) in [(0o600, true), (0o400, true), (0o640, false), (0o604, false), (0o660, false), (0o601, false)] {
        let machine = Fake::new().file_with("/p", "*:*:*:*:pw", mode, 1000);
        match look_up(path, &WANTED, &machine) {
            Lookup::Found(password) => {
                assert!(is_used && password.expose_secret() == "pw", "{mode:o}")
            }
            Lookup::Unsafe(warning) => {
                assert!(!is_used && warning.contains("chmod 0600 /p"), "{mode:o}: {warning}");
            }
            Lookup::Nothing(why) => panic!("{mode:o}: {why}"),
        }
    }
    assert!(matches!(look_up(path, &WANTED, &Fake::new()), Lookup::Nothing(why) if why == "/p (no such file)"));
}
