//! Precedence, meaning and origins of values; and that no output holds a password.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use evenkeel_core::fault::{Class, Troublesome};
use proptest::prelude::*;

use super::super::testing::Fake;
use super::*;

fn parse(text: &str, machine: &Fake) -> Target {
    Target::parse(text, machine).unwrap()
}

#[test]
fn precedence_is_text_service_variable_default() {
    let machine = Fake::new()
        .with("PGSERVICE", "s")
        .with("PGHOST", "machine-host")
        .with("PGPORT", "1111")
        .with("PGUSER", "machine-user")
        .file("/home/tester/.pg_service.conf", "[s]\nport=2222\nuser=service-user\n");
    let target = parse("user=text-user", &machine);
    let described = target.describe();
    let shown = |known: &Known| format!("{} from {}", known.value, known.origin);
    assert_eq!(shown(&described.user), "text-user from connection string");
    assert_eq!(shown(&described.port), "2222 from service file /home/tester/.pg_service.conf [s]");
    assert_eq!(shown(&described.host), "machine-host from PGHOST");
    assert_eq!(shown(&described.dbname), "text-user from default (the user name)");
    assert_eq!(target.to_string(), "host machine-host port 2222 database text-user user text-user");
    assert_eq!(shown(&parse("postgres://u@h", &machine).describe().user), "u from URL");

    let bare = parse("", &Fake::new());
    assert_eq!(shown(&bare.describe().user), "tester from the operating system's user");
    assert_eq!(shown(&bare.describe().host), "/tmp from default");
    assert_eq!(bare.connect_timeout, Duration::from_secs(10));
    assert_eq!(bare.application_name, "evenkeel");
    // An explicit empty value hides the variable, as in libpq.
    assert_eq!(shown(&parse("host='' user=u", &machine.clone()).describe().host), "/tmp from default");
}

#[test]
fn the_default_folder_is_the_one_with_a_socket() {
    let mut machine = Fake::new().file("/tmp/.s.PGSQL.6000", "");
    machine.folders.push(PathBuf::from("/var/run/postgresql"));
    assert_eq!(parse("port=6000", &machine).describe().host.value, "/tmp");
    assert_eq!(parse("port=6001", &machine).describe().host.value, "/var/run/postgresql");
}

#[test]
fn lists_of_hosts() {
    let hosts = |text: &str| -> String {
        let target = parse(text, &Fake::new());
        let shown = target.hosts.iter().map(|host| match host.address {
            Some(address) => format!("{}={address}:{}", host.name, host.port),
            None => format!("{}:{}", host.name, host.port),
        });
        shown.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(hosts("host=a,b port=1"), "a:1 b:1");
    assert_eq!(hosts("host=a,b,c port=1,,3"), "a:1 b:5432 c:3");
    assert_eq!(hosts("host=a, port=1"), "a:1 /tmp:1");
    assert_eq!(hosts("postgres://a,b:2/db"), "a:5432 b:2");
    assert_eq!(hosts("host=a,b hostaddr=10.0.0.1,::1"), "a=10.0.0.1:5432 b=::1:5432");
    assert_eq!(hosts("hostaddr=10.0.0.1,10.0.0.2"), "10.0.0.1=10.0.0.1:5432 10.0.0.2=10.0.0.2:5432");
    assert_eq!(hosts("host=/tmp/x,b"), "/tmp/x:5432 b:5432");
}

#[test]
fn wrong_values_name_keyword_and_origin() {
    for (text, keyword) in [
        ("port=x", "port"),
        ("port=0", "port"),
        ("port=65536", "port"),
        ("host=a,b port=1,2,3", "port"),
        ("host=a,b hostaddr=10.0.0.1", "hostaddr"),
        ("hostaddr=a", "hostaddr"),
        ("host=@abstract", "host"),
        ("sslmode=on", "sslmode"),
        ("sslmode=require sslrootcert=system", "sslmode"),
        ("sslnegotiation=direct host=a", "sslnegotiation"),
        ("target_session_attrs=master", "target_session_attrs"),
        ("load_balance_hosts=yes", "load_balance_hosts"),
        ("channel_binding=on", "channel_binding"),
        ("connect_timeout=soon", "connect_timeout"),
        ("keepalives=x", "keepalives"),
        ("host=a ssl_max_protocol_version=TLSv1", "ssl_max_protocol_version"),
        ("gssencmode=maybe", "gssencmode"),
        ("require_auth=md5,!password", "require_auth"),
        ("require_auth=magic", "require_auth"),
    ] {
        match Target::parse(text, &Fake::new()) {
            Err(fault @ Fault::InvalidValue { .. }) => {
                assert_eq!(fault.to_string(), format!("wrong value for {keyword}"), "{text}");
                assert_eq!(fault.trouble().class, Class::Configuration);
                assert_eq!(fault.trouble().origin.as_deref(), Some("connection string"));
            }
            other => panic!("{text}: {other:?}"),
        }
    }
    for (text, keyword) in [
        ("gssencmode=require", "gssencmode"),
        ("sslcrl=x", "sslcrl"),
        ("sslpassword=x", "sslpassword"),
        ("requirepeer=postgres", "requirepeer"),
        ("replication=database", "replication"),
        ("require_auth=scram-sha-256", "require_auth"),
    ] {
        let fault = Target::parse(text, &Fake::new()).unwrap_err();
        assert_eq!(fault.to_string(), format!("{keyword} is not supported"), "{text}");
    }
    parse("require_auth=!gss client_encoding=LATIN1 gssencmode=prefer krbsrvname=x", &Fake::new());
    parse("require_auth=scram-sha-256 channel_binding=require", &Fake::new());
    let fault = Target::parse("", &Fake::new().with("PGSSLCRL", "x")).unwrap_err();
    assert_eq!(fault.trouble().origin.as_deref(), Some("PGSSLCRL"));
}

#[test]
fn unknown_keywords_are_named_and_near_ones_offered() {
    let fault = Target::parse("postgres://h/db?sslmod=require", &Fake::new()).unwrap_err();
    let trouble = fault.trouble();
    assert_eq!((trouble.found.as_deref(), trouble.fix.as_deref()), (Some("\"sslmod\""), Some("did you mean \"sslmode\"?")));
    let fault = Target::parse("user=u password=my secret=x", &Fake::new()).unwrap_err();
    assert!(matches!(fault, Fault::UnknownKeyword { keyword: None, .. }), "{fault:?}");
}

#[test]
fn passwords_are_looked_for_in_order() {
    let machine = Fake::new().file("/home/tester/.pgpass", "h1:*:*:*:one\nlocalhost:*:*:*:local\n").file("/other", "*:*:*:*:other");
    let found = |text: &str, machine: &Fake| -> Vec<String> {
        let shown = |host: &Host| host.password.as_ref().map_or("-", |password| password.expose_secret()).to_owned();
        parse(text, machine).hosts.iter().map(shown).collect()
    };
    assert_eq!(found("host=h1,h2", &machine), ["one", "-"]);
    assert_eq!(found("", &machine), ["local"]);
    assert_eq!(found("host=h1 passfile=/other", &machine), ["other"]);
    assert_eq!(found("host=h1", &machine.clone().with("PGPASSFILE", "/other")), ["other"]);
    assert_eq!(found("host=h1", &machine.clone().with("PGPASSWORD", "var")), ["var"]);
    assert_eq!(found("host=h1 password=text", &machine.clone().with("PGPASSWORD", "var")), ["text"]);
    assert_eq!(found("host=h1 password=''", &machine), ["one"]);

    let target = parse("host=h2", &machine);
    assert_eq!(target.hosts[0].looked, ["the connection string", "PGPASSWORD", "/home/tester/.pgpass (no line fits)"]);
    let open = Fake::new().file_with("/home/tester/.pgpass", "*:*:*:*:pw", 0o644, 1000);
    let target = parse("host=a,b", &open);
    assert!(target.hosts[0].password.is_none());
    assert_eq!(target.warnings().len(), 1, "one file, one warning: {:?}", target.warnings());
}

#[test]
fn tls_files_are_needed_only_where_tls_is() {
    parse("host=/tmp sslmode=verify-full", &Fake::new());
    match Target::parse("host=h sslmode=verify-full", &Fake::new()) {
        Err(Fault::File { path, .. }) => assert_eq!(path, "/home/tester/.postgresql/root.crt"),
        other => panic!("{other:?}"),
    }
    assert!(matches!(Target::parse("host=h sslrootcert=/no", &Fake::new()), Err(Fault::File { .. })));
    assert!(matches!(Target::parse("host=h sslcert=/no", &Fake::new()), Err(Fault::File { .. })));
    assert!(parse("host=h sslmode=disable sslcert=/no", &Fake::new()).tls.connector.is_none());
}

#[test]
fn a_client_key_must_be_private() {
    let pair = rcgen::generate_simple_self_signed(vec!["me".to_owned()]).unwrap();
    let base = Fake::new().file("/c", pair.cert.pem());
    for (mode, owner, is_used) in [(0o600, 1000, true), (0o640, 1000, false), (0o640, 0, true), (0o644, 0, false), (0o604, 1000, false)] {
        let machine = base.clone().file_with("/k", pair.signing_key.serialize_pem(), mode, owner);
        let result = Target::parse("host=h sslcert=/c sslkey=/k", &machine);
        assert_eq!(result.is_ok(), is_used, "{mode:o} {owner}: {result:?}");
    }
    let machine = base.clone().file("/k", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n");
    assert!(
        matches!(Target::parse("host=h sslcert=/c sslkey=/k", &machine), Err(Fault::File { problem, .. }) if problem.contains("encrypted"))
    );
    let other = rcgen::generate_simple_self_signed(vec!["you".to_owned()]).unwrap();
    let machine = base.file("/k", other.signing_key.serialize_pem());
    assert!(
        matches!(Target::parse("host=h sslcert=/c sslkey=/k", &machine), Err(Fault::File { problem, .. }) if problem.contains("does not go with"))
    );
}

fn shown(result: &Result<Target, Fault>) -> String {
    match result {
        Ok(target) => {
            format!("{target:?}{target}{:?}{:?}", target.describe(), target.warnings())
        }
        Err(fault) => format!("{fault:?}{fault}{:?}", fault.trouble()),
    }
}

proptest! {
    // The marker makes the password recognisable; what stands around it is what breaks texts.
    #[test]
    fn no_output_holds_the_password(
        before in "[ -~]{0,6}",
        after in "[ -~]{0,6}",
        rest in "( [a-z]{1,8}=[a-z0-9]{0,5}){0,3}",
        port in "[0-9x]{1,4}",
    ) {
        let password = format!("{before}Zq7Kw{after}");
        let machine = Fake::new().with("PGPASSWORD", &password).file("/p", format!("*:*:*:*:{password}"));
        let encoded: String = password.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let quoted = password.replace('\\', "\\\\").replace('\'', "\\'");
        for text in [
            format!("postgres://u:{encoded}@h:{port}/db"),
            format!("postgres://u:{password}@h:{port}/db"),
            format!("postgres://h/db?password={password}&port={port}"),
            format!("password='{quoted}' port={port}{rest}"),
            format!("password={password}{rest}"),
            format!("host=h port={port}{rest}"),
            format!("passfile=/p host=h port={port}{rest}"),
        ] {
            let output = shown(&Target::parse(&text, &machine));
            prop_assert!(!output.contains("Zq7Kw"), "{text}\n{output}");
        }
    }
}
