//! Option files as the clients read them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::PathBuf;

use evenkeel_core::fault::Troublesome;

use super::super::testing::Fake;
use super::*;

fn options(scheme: Scheme, only: Option<&str>, suffix: Option<&str>, machine: &Fake) -> Vec<String> {
    let found = read(scheme, only.map(Path::new), suffix, machine).map_err(|fault| fault.trouble()).unwrap();
    found.options.iter().map(|option| format!("{}={}", option.name, option.value)).collect()
}

fn one(text: &str) -> Vec<String> {
    options(Scheme::MySql, None, None, &Fake::new().file("/home/tester/.my.cnf", text))
}

#[test]
fn values_are_unquoted_and_unescaped() {
    for (line, password) in [
        ("password=abc", "abc"),
        ("password = abc ", "abc"),
        ("password=a=b", "a=b"),
        ("password='a b'", "a b"),
        ("password=\"a'b\"", "a'b"),
        ("password='a#b'", "a#b"),
        ("password=a#b", "a"),
        ("password=a # a comment", "a"),
        (r"password=a\sb", "a b"),
        (r"password=a\\b", r"a\b"),
        (r"password=a\tb", "a\tb"),
        (r"password=a\xb", r"a\xb"),
        (r#"password="a\"b""#, "a\"b"),
        ("password=\"a\\\"#b\"", "a\"#b"),
        (r"password=a\", r"a\"),
        ("password='", "'"),
        ("password=", ""),
        ("loose-password=x", "x"),
    ] {
        assert_eq!(one(&format!("[client]\n{line}\n")), [format!("password={password}")], "{line}");
    }
}

#[test]
fn groups_of_each_vendor() {
    let machine = Fake::new().file(
        "/home/tester/.my.cnf",
        "[mysqld]\nport=1\n[client]\nuser=a\n[client-server]\nport=2\n[client-mariadb]\nhost=h\n[mysql]\nuser=no\n[client_x]\nsocket=/s\n",
    );
    assert_eq!(options(Scheme::MySql, None, None, &machine), ["user=a"]);
    assert_eq!(options(Scheme::MariaDb, None, None, &machine), ["user=a", "port=2", "host=h"]);
    assert_eq!(options(Scheme::MySql, None, Some("_x"), &machine), ["user=a", "socket=/s"]);
}

#[test]
fn later_files_and_lines_win_and_switches_become_modes() {
    let machine = Fake::new()
        .file("/etc/my.cnf", "[client]\nuser=global\nport=1\n")
        .file("/etc/mysql/my.cnf", "[client]\nuser=debian\n; a comment\n# another\n")
        .file("/home/tester/.my.cnf", "[client]\nuser=mine\nuser = last\nssl_ca=/ca.pem\nquick\ndefault-character-set=utf8mb4\n");
    let mut found = options(Scheme::MySql, None, None, &machine);
    found.sort_unstable();
    assert_eq!(found, ["port=1", "ssl-ca=/ca.pem", "user=last"]);
    for (line, mode) in [
        ("ssl", "REQUIRED"),
        ("ssl=0", "DISABLED"),
        ("skip-ssl", "DISABLED"),
        ("ssl-verify-server-cert", "VERIFY_IDENTITY"),
        ("ssl-mode=X", "X"),
    ] {
        assert_eq!(one(&format!("[client]\n{line}\n")), [format!("ssl-mode={mode}")], "{line}");
    }
    assert!(one("[client]\nskip-ssl=0\n").is_empty());
}

#[test]
fn one_named_file_is_the_only_one_and_must_exist() {
    let machine = Fake::new().file("/home/tester/.my.cnf", "[client]\nuser=no\n").file("/x.cnf", "[client]\nuser=yes\n");
    assert_eq!(options(Scheme::MySql, Some("/x.cnf"), None, &machine), ["user=yes"]);
    assert!(matches!(read(Scheme::MySql, Some(Path::new("/y.cnf")), None, &machine), Err(Fault::File { path, .. }) if path == "/y.cnf"));
}

#[test]
fn inclusion() {
    let mut machine = Fake::new()
        .file("/etc/my.cnf", "[client]\nport=1\n!includedir /etc/d\n!include /etc/none.cnf\nuser=after\n")
        .file("/etc/d/b.cnf", "[client]\nhost=b\n")
        .file("/etc/d/a.cnf", "[client]\nhost=a\nport=2\n")
        .file("/etc/d/c.txt", "[client]\nhost=c\n");
    machine.folders.push(PathBuf::from("/etc/d"));
    assert_eq!(options(Scheme::MySql, None, None, &machine), ["port=2", "host=b", "user=after"]);

    let endless = Fake::new().file("/etc/my.cnf", "!include /etc/my.cnf\n[client]\nport=1\n");
    let found = read(Scheme::MySql, None, None, &endless).unwrap_or_default();
    assert!(found.warnings.iter().any(|warning| warning.contains("include one another")), "{:?}", found.warnings);
    assert_eq!(found.options.len(), 1);
}

#[test]
fn what_breaks_the_syntax_names_the_line_and_shows_nothing_of_it() {
    for (text, line) in [
        ("password=secret\n", 1),
        ("[client\npassword=secret\n", 1),
        ("[client]\n!inclue /secret\n", 2),
        ("[client]\n!includedir /secret-no\n", 2),
    ] {
        let machine = Fake::new().file("/home/tester/.my.cnf", text);
        let Err(Fault::File { path, problem, .. }) = read(Scheme::MySql, None, None, &machine) else { panic!("{text}") };
        assert_eq!(path, format!("/home/tester/.my.cnf:{line}"));
        assert!(!problem.contains("password"), "{problem}");
    }
}

#[test]
fn unsafe_and_unreadable_files_are_left_out_with_a_word() {
    let machine = Fake::new().file_with("/home/tester/.my.cnf", "[client]\nuser=a\n", 0o666, 1000).file("/home/tester/.mylogin.cnf", "x");
    let found = read(Scheme::MySql, None, None, &machine).unwrap_or_default();
    assert!(found.options.is_empty());
    assert_eq!(
        found.warnings,
        ["/home/tester/.my.cnf is not read, as the clients do not: everyone may write to it (chmod o-w /home/tester/.my.cnf)"]
    );
    let login_file = "/home/tester/.mylogin.cnf is not read: evenkeel does not know its format; use ~/.my.cnf (chmod 0600)";
    assert_eq!(found.login_file.as_deref(), Some(login_file));
}

#[test]
fn a_file_that_was_named_is_read_or_refused() {
    let machine = Fake::new().file_with("/open.cnf", "[client]\nuser=a\n", 0o666, 1000);
    let Err(Fault::File { path, problem, .. }) = read(Scheme::MySql, Some(Path::new("/open.cnf")), None, &machine) else { panic!() };
    assert!(path == "/open.cnf" && problem.contains("chmod o-w"), "{problem}");
}

proptest::proptest! {
    /// Files are written by people: whatever stands in them is read or refused.
    #[test]
    fn no_text_is_too_odd(text in "(\\[client\\]\n)?[\\[\\]!#;='\"\\\\a-z \n]{0,80}") {
        let machine = Fake::new().file("/home/tester/.my.cnf", &text);
        if let Ok(found) = read(Scheme::MariaDb, None, None, &machine) {
            proptest::prop_assert!(found.options.iter().all(|option| option.origin.starts_with("/home/tester/.my.cnf [")));
        }
    }

    /// What is written with quotes and escapes comes back as it was.
    #[test]
    fn quoted_values_come_back(value in "[ -~]{0,20}") {
        let quoted = value.replace('\\', "\\\\").replace('"', "\\\"");
        proptest::prop_assert_eq!(one(&format!("[client]\npassword=\"{quoted}\"\n")), [format!("password={value}")]);
    }
}
