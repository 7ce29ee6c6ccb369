//! URLs as people write them, and what must not be shown of those that are wrong.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use evenkeel_core::fault::{Class, Troublesome};

use super::*;

fn shown(text: &str) -> String {
    let parts = parse(text).map_err(|fault| fault.trouble()).unwrap();
    let or = |value: Option<String>| value.unwrap_or_else(|| "-".to_owned());
    let parameters: Vec<String> = parts.parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
    format!(
        "{:?} {} {} {} {} {} [{}]",
        parts.scheme,
        or(parts.user),
        or(parts.password),
        or(parts.host),
        or(parts.port.map(|port| port.to_string())),
        or(parts.database),
        parameters.join(" ")
    )
}

#[test]
fn parts() {
    for (text, expected) in [
        ("mysql://", "MySql - - - - - []"),
        ("mariadb://", "MariaDb - - - - - []"),
        ("MariaDB://h", "MariaDb - - h - - []"),
        ("mysql://u@h", "MySql u - h - - []"),
        ("mysql://u:p@h:3307/d", "MySql u p h 3307 d []"),
        ("mysql://u:@h", "MySql u  h - - []"),
        ("mysql://u:p%40%2F%3a%25@h/d", "MySql u p@/:% h - d []"),
        ("mysql://u:p:q@h", "MySql u p:q h - - []"),
        ("mysql://u:p@ss@h", "MySql u p@ss h - - []"),
        ("mysql://u:p#w@h", "MySql u p#w h - - []"),
        ("mysql://[::1]:3306/d", "MySql - - ::1 3306 d []"),
        ("mysql://h:/d", "MySql - - h - d []"),
        ("mysql://u@%2Ftmp%2Fs/d", "MySql u - /tmp/s - d []"),
        ("mysql://h/d%20e", "MySql - - h - d e []"),
        ("mysql://u@localhost/d?socket=/tmp/s&ssl_mode=required", "MySql u - localhost - d [socket=/tmp/s ssl-mode=required]"),
        ("mysql://h?SSL-CA=%2Fa&connect-timeout=3", "MySql - - h - - [ssl-ca=/a connect-timeout=3]"),
        ("mysql://é:ü@h", "MySql é ü h - - []"),
    ] {
        assert_eq!(shown(text), expected, "{text}");
    }
}

#[test]
fn what_is_wrong_is_said_without_showing_a_password() {
    for (text, found) in [
        ("postgres://h", "it does not begin with"),
        ("h:3306", "it does not begin with"),
        ("mysql://u:sec/ret@h", "there is an @ after the host"),
        ("mysql://u:sec?ret@h", "there is an @ after the host"),
        ("mysql://u:s@ec/ret@h", "there is an @ after the host"),
        ("mysql://u:secret", "the port is no number"),
        ("mysql://h:0", "the port is no number"),
        ("mysql://h:65536", "the port is no number"),
        ("mysql://u:%zz@h", "a % is not followed"),
        ("mysql://u:%4", "the port is no number"),
        ("mysql://u:%4@h", "a % is not followed"),
        ("mysql://u:%00@h", "%00 is no character"),
        ("mysql://u:%ff@h", "no UTF-8"),
        ("mysql://[::1/d", "not closed with ]"),
        ("mysql://[::1]x/d", "something other than :port"),
        ("mysql://h/a/b", "holds a slash"),
        ("mysql://h?socket", "has no \"=\""),
        ("mysql://h?socket=a&socket=b", "socket is set twice"),
    ] {
        let trouble = parse(text).err().unwrap_or_else(|| panic!("{text} is accepted")).trouble();
        assert_eq!(trouble.class, Class::Configuration, "{text}");
        assert!(trouble.found.as_deref().unwrap().contains(found), "{text}: {trouble:?}");
        assert!(!format!("{trouble:?}").contains("sec"), "{text}: {trouble:?}");
    }
}

#[test]
fn unknown_parameters_list_the_known_ones() {
    let trouble = |text: &str| parse(text).err().unwrap().trouble();
    let unknown = trouble("mysql://h?ssl-mod=REQUIRED");
    assert_eq!(unknown.found.as_deref(), Some("\"ssl-mod\""));
    assert_eq!(unknown.fix.as_deref(), Some("did you mean \"ssl-mode\"?"));
    assert!(unknown.expected.as_deref().unwrap().contains("defaults-group-suffix"));
    let secret = trouble("mysql://h?x=1&Pa$sw0rd=z");
    assert!(!format!("{secret:?}").to_lowercase().contains("sw0rd"), "{secret:?}");
    assert!(trouble("mysql://h?allowPublicKeyRetrievals=true").found.unwrap().contains("allowpublickeyretrievals"));
}

/// As people have them in the programs they come from.
#[test]
fn parameters_of_other_programs_are_told_and_ignored() {
    for (query, mode, ignored) in [
        ("parseTime=true&loc=Local&charset=utf8mb4&multiStatements=true&readTimeout=5s&timeout=3s", None, 6),
        ("tls=true&parseTime=true", Some("VERIFY_IDENTITY"), 1),
        ("useSSL=false&allowPublicKeyRetrieval=true&serverTimezone=UTC&rewriteBatchedStatements=true", Some("DISABLED"), 3),
        ("useSSL=true&requireSSL=true&verifyServerCertificate=true", Some("VERIFY_IDENTITY"), 0),
        (
            "sslMode=VERIFY_CA&characterEncoding=UTF-8&useUnicode=yes&autoReconnect=true&zeroDateTimeBehavior=convertToNull",
            Some("VERIFY_CA"),
            4,
        ),
        ("connection_limit=5&pool_timeout=2&sslaccept=strict&socket_timeout=3&statement_cache_size=9", Some("VERIFY_IDENTITY"), 4),
        ("connectionLimit=10&waitForConnections=true&queueLimit=0&timezone=Z&dateStrings=true", None, 5),
        ("encoding=utf8mb4&pool=5&reconnect=true&checkout_timeout=5&prepared_statements=false&ssl_mode=required", Some("required"), 5),
        ("autocommit=1&charset=utf8&sql_mode=ANSI&ssl-mode=DISABLED&tls=skip-verify", Some("REQUIRED"), 3),
        ("ssl-mode=VERIFY_IDENTITY&useSSL=false", Some("VERIFY_IDENTITY"), 0),
    ] {
        let parts = parse(&format!("mysql://u:s3cret@h/d?{query}")).map_err(|fault| fault.trouble()).unwrap();
        let found = parts.parameters.iter().find(|(name, _)| *name == "ssl-mode").map(|(_, mode)| &**mode);
        assert_eq!(found, mode, "{query}");
        let told = parts.warnings.iter().filter(|text| text.ends_with(" is for another program and ignored")).count();
        assert_eq!(told, ignored, "{query}: {:?}", parts.warnings);
    }
    for query in ["tls=custom", "sslidentity=a.p12&sslpassword=s3cret", "trustStore=file:a&trustStorePassword=s3cret", "sslcert=/ca.pem"] {
        let trouble = parse(&format!("mysql://u@h/d?{query}")).err().unwrap().trouble();
        assert_eq!(trouble.class, Class::Configuration);
        assert!(trouble.found.as_deref().unwrap().contains("how safe") && trouble.fix.as_deref().unwrap().contains("ssl-"), "{trouble:?}");
        assert!(!format!("{trouble:?}").contains("s3cret"));
    }
}

#[test]
fn what_has_a_place_of_its_own_is_led_there() {
    let fix = |text: &str| parse(text).err().unwrap().trouble().fix.unwrap();
    assert!(fix("mysql://u@h/d?password=s3cret").contains("MYSQL_PWD"));
    assert!(!format!("{:?}", parse("mysql://u@h/d?password=s3cret").err().unwrap().trouble()).contains("s3cret"));
    for (name, place) in [("user", "//USER@HOST"), ("port", "HOST:PORT"), ("dbname", "HOST/DATABASE")] {
        assert!(fix(&format!("mysql://h?{name}=x")).contains(place), "{name}");
    }
}

#[test]
fn a_list_of_hosts_has_a_fix() {
    let trouble = parse("mysql://u:secret@a:1,b:2/d").err().unwrap().trouble();
    assert_eq!(trouble.fix.as_deref(), Some("name one host"));
    assert!(!format!("{trouble:?}").contains("secret"));
}

proptest::proptest! {
    /// What is percent-encoded comes back as it was, and any other text is read or refused.
    #[test]
    fn encoded_parts_come_back(password in "\\PC{1,12}", text in "\\PC{0,30}") {
        let encoded: String = password.bytes().map(|byte| format!("%{byte:02x}")).collect();
        let parts = parse(&format!("mysql://{encoded}:{encoded}@h/{encoded}")).map_err(|fault| fault.trouble());
        proptest::prop_assert_eq!(parts.map(|parts| (parts.user, parts.password, parts.database)), Ok((Some(password.clone()), Some(password.clone()), Some(password))));
        // A panic is what would fail here.
        if let Ok(parts) = parse(&format!("mysql://{text}")) {
            proptest::prop_assert!(parts.port != Some(0) && parts.host.is_none_or(|host| !host.contains(',')));
        }
    }
}
