//! Precedence, meaning and origins of values; and that no output holds a password.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use evenkeel_core::fault::{Class, Troublesome};
use proptest::prelude::*;

use super::super::testing::Fake;
use super::super::tls::Mode;
use super::*;

fn parse(text: &str, machine: &Fake) -> Target {
    Target::parse(text, machine).map_err(|fault| fault.trouble()).unwrap()
}

#[test]
fn precedence_is_url_variable_file_default() {
    let machine = Fake::new()
        .with("MYSQL_HOST", "machine-host")
        .with("MYSQL_TCP_PORT", "1111")
        .file("/home/tester/.my.cnf", "[client]\nhost=file-host\nport=2222\nuser=file-user\npassword=pw\n");
    let shown = |known: &Known| format!("{} from {}", known.value, known.origin);
    let target = parse("mysql://", &machine);
    assert_eq!(shown(&target.describe().host), "machine-host from MYSQL_HOST");
    assert_eq!(shown(&target.describe().port), "1111 from MYSQL_TCP_PORT");
    assert_eq!(shown(&target.describe().user), "file-user from /home/tester/.my.cnf [client]");
    assert_eq!(target.context().password_origin.as_deref(), Some("/home/tester/.my.cnf [client]"));
    let target = parse("mysql://u:x@h/d", &machine);
    assert_eq!(target.to_string(), "host h port 1111 database d user u");
    assert_eq!(target.context().password_origin.as_deref(), Some("URL"));
    assert_eq!(parse("mysql://h", &machine.with("MYSQL_PWD", "x")).context().password_origin.as_deref(), Some("MYSQL_PWD"));

    let bare = parse("mysql://", &Fake::new());
    assert_eq!(shown(&bare.describe().user), "tester from the operating system's user");
    assert_eq!(bare.to_string(), "host localhost port 3306 user tester");
    assert_eq!(bare.connect_timeout, Duration::from_secs(10));
    assert_eq!(parse("mysql://h?connect-timeout=3", &Fake::new()).connect_timeout, Duration::from_secs(3));
}

#[test]
fn socket_or_tcp() {
    let socket = Fake::new().socket("/run/mysqld/mysqld.sock");
    let named = Fake::new().file("/home/tester/.my.cnf", "[client]\nsocket=/f\nport=1234\n");
    let tcp = Fake::new().file("/home/tester/.my.cnf", "[client]\nprotocol=TCP\nsocket=/f\n");
    for (text, machine, expected) in [
        ("mysql://localhost", &socket, "socket /run/mysqld/mysqld.sock user tester"),
        ("mysql://", &socket, "socket /run/mysqld/mysqld.sock user tester"),
        ("mysql://localhost:3306", &socket, "host localhost port 3306 user tester"),
        ("mysql://127.0.0.1", &socket, "host 127.0.0.1 port 3306 user tester"),
        ("mysql://localhost", &Fake::new(), "host localhost port 3306 user tester"),
        ("mysql://localhost", &named, "socket /f user tester"),
        ("mysql://db1", &named, "host db1 port 1234 user tester"),
        ("mysql://localhost?protocol=tcp", &named, "host localhost port 1234 user tester"),
        ("mysql://localhost", &tcp, "host localhost port 3306 user tester"),
        ("mysql://localhost?socket=/u", &socket, "socket /u user tester"),
        ("mysql://u@%2Fv%2Fs/d", &socket, "socket /v/s database d user u"),
        ("mysql://localhost?protocol=socket", &Fake::new(), "socket /run/mysqld/mysqld.sock user tester"),
        ("mysql://localhost", &Fake::new().with("MYSQL_UNIX_PORT", "/e"), "socket /e user tester"),
    ] {
        assert_eq!(parse(text, machine).to_string(), expected, "{text}");
    }
}

#[test]
fn wrong_values_name_option_and_origin() {
    let machine = Fake::new().file("/empty", "").file("/home/tester/.my.cnf", "[client]\nport=70000\n");
    for (text, keyword, origin) in [
        ("mysql://h", "port", "/home/tester/.my.cnf [client]"),
        ("mysql://h:1?ssl-mode=on", "ssl-mode", "URL"),
        ("mysql://h:1?ssl-mode=VERIFY_CA", "ssl-mode", "URL"),
        ("mysql://localhost?socket=/s&ssl-mode=REQUIRED", "ssl-mode", "URL"),
        ("mysql:///d?protocol=socket&ssl-mode=VERIFY_IDENTITY", "ssl-mode", "URL"),
        ("mysql://localhost?socket=/s&ssl-ca=/none", "ssl-ca", "URL"),
        ("mysql://h:1?ssl-cert=/empty", "ssl-cert", "URL"),
        ("mysql://h:1?ssl-key=/empty", "ssl-key", "URL"),
        ("mysql://h:1?connect-timeout=x", "connect-timeout", "URL"),
        ("mysql://h:1?protocol=pipe", "protocol", "URL"),
        ("mysql://h:1?protocol=socket", "protocol", "URL"),
        ("mysql://h:1?socket=/s", "socket", "URL"),
    ] {
        let fault = Target::parse(text, &machine).unwrap_err();
        let trouble = fault.trouble();
        assert!(matches!(&fault, Fault::InvalidValue { keyword: found, .. } if *found == keyword), "{text}: {fault:?}");
        assert_eq!((trouble.class, trouble.origin.as_deref()), (Class::Configuration, Some(origin)), "{text}");
    }
    for text in ["mysql://h:1?ssl-ca=/none", "mysql://h:1?ssl-ca=/empty", "mysql://h:1?ssl-cert=/empty&ssl-key=/empty"] {
        assert!(matches!(Target::parse(text, &machine), Err(Fault::File { .. })), "{text}");
    }
    // A socket is never encrypted: its TLS files are not opened.
    assert!(Target::parse("mysql://localhost?socket=/s&ssl-mode=PREFERRED&ssl-ca=/none", &machine).unwrap().tls.options.is_none());
}

#[test]
fn the_login_file_is_mentioned_where_it_may_be_missed() {
    let machine = Fake::new().file("/home/tester/.mylogin.cnf", "x");
    assert!(parse("mysql://u@h", &machine).warnings()[0].starts_with("/home/tester/.mylogin.cnf is not read"));
    assert!(parse("mysql://u:p@h", &machine).warnings().is_empty());
}

#[test]
fn modes() {
    let machine = Fake::new().file("/ca", CERTIFICATE);
    let mode = |text: &str| parse(text, &machine).tls.mode;
    assert_eq!(mode("mysql://h"), Mode::Preferred);
    assert_eq!(mode("mysql://h?ssl-mode=required"), Mode::Required);
    assert_eq!(mode("mysql://h?ssl-ca=/ca"), Mode::VerifyCa);
    assert_eq!(mode("mysql://h?ssl-ca=/ca&ssl-mode=PREFERRED"), Mode::Preferred);
    assert_eq!(mode("mysql://h?ssl-ca=/ca&ssl-mode=VERIFY_IDENTITY"), Mode::VerifyIdentity);
    assert!(parse("mysql://h?ssl-mode=DISABLED", &machine).tls.options.is_none());
}

const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";

proptest! {
    /// Wherever a password stands, in a right or a wrong URL, nothing that is printed holds it.
    #[test]
    fn no_output_holds_a_password(secret in "[A-Z]{6}[A-Za-z0-9@:/?#&=%,.\\[\\]]{2,12}", place in 0..6, encoded in any::<bool>()) {
        // A path that holds a piece of the password, cut off at an `&`, is no password.
        let in_url: String = if encoded || place == 5 { secret.bytes().map(|byte| format!("%{byte:02X}")).collect() } else { secret.clone() };
        let machine = match place {
            0 => Fake::new().with("MYSQL_PWD", &secret),
            1 => Fake::new().file("/home/tester/.my.cnf", format!("[client]\npassword='{secret}'\n")),
            2 => Fake::new().file("/home/tester/.my.cnf", format!("password='{secret}'\n")),
            _ => Fake::new(),
        };
        let text = match place {
            3 => format!("mysql://user:{in_url}@host/db"),
            4 => format!("mysql://user:{in_url}@host:port/db?ssl-mode=no"),
            5 => format!("mysql://user:{in_url}@host/db?ssl-ca=/{in_url}"),
            _ => "mysql://user@host/db".to_owned(),
        };
        // The first letters are enough to recognize it by; scrubbing replaces the whole.
        let head = &secret[..6];
        match Target::parse(&text, &machine) {
            Ok(target) => {
                let shown = format!("{target:?} {target} {:?} {:?}", target.warnings(), target.describe());
                prop_assert!(!shown.contains(head), "{shown}");
                if place < 2 {
                    prop_assert_eq!(target.scrub(&format!("x {secret} y")), "x *** y");
                }
            }
            Err(fault) => {
                let shown = format!("{fault:?} {fault} {:?}", fault.trouble());
                prop_assert!(!shown.contains(head), "{shown}");
            }
        }
    }
}
