//! Both syntaxes against what libpq documents and its own test `src/interfaces/libpq/t/001_uri.pl` covers.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;

/// The pairs as `key=value`, last one winning, in order of first appearance.
fn read(text: &str) -> Result<String, Fault> {
    let mut shown: Vec<(String, String)> = Vec::new();
    for pair in parse(text)? {
        match shown.iter_mut().find(|(keyword, _)| *keyword == pair.keyword) {
            Some(known) => known.1 = pair.value,
            None => shown.push((pair.keyword, pair.value)),
        }
    }
    Ok(shown.iter().map(|(keyword, value)| format!("{keyword}={value}")).collect::<Vec<_>>().join("|"))
}

#[test]
fn accepted() {
    for (text, expected) in [
        ("", ""),
        ("   ", ""),
        ("host=a port=1", "host=a|port=1"),
        ("host = a   port =1", "host=a|port=1"),
        ("host=a host=b", "host=b"),
        ("host='a b' dbname='it\\'s \\\\'", "host=a b|dbname=it's \\"),
        ("password=a\\ b user=u", "password=a b|user=u"),
        ("host= dbname=x", "host=dbname=x"),
        ("user=", "user="),
        ("host='' dbname=x", "host=|dbname=x"),
        ("host=a\n\tport=1", "host=a|port=1"),
        ("postgres://", ""),
        ("postgresql:///", ""),
        ("postgresql:///db", "dbname=db"),
        ("postgresql://host", "host=host"),
        ("postgresql://host/", "host=host"),
        ("postgresql://host:12345/db", "host=host|port=12345|dbname=db"),
        ("postgresql://user@host", "user=user|host=host"),
        ("postgresql://user:pw@host:1/db?sslmode=require", "user=user|password=pw|host=host|port=1|dbname=db|sslmode=require"),
        ("postgresql://:pw@host", "password=pw|host=host"),
        ("postgresql://user:@host", "user=user|host=host"),
        ("postgresql://@host", "host=host"),
        ("postgresql://user:a:b@host", "user=user|password=a:b|host=host"),
        ("postgresql://us%20er:p%40%2Fw@host", "user=us er|password=p@/w|host=host"),
        ("postgresql://[::1]:5432/db", "host=::1|port=5432|dbname=db"),
        ("postgresql://[2001:db8::1234]", "host=2001:db8::1234"),
        ("postgresql://a,b:2,[::1]:3/db", "host=a,b,::1|port=,2,3|dbname=db"),
        ("postgresql://%2Fvar%2Flib%2Fpostgresql/db", "host=/var/lib/postgresql|dbname=db"),
        ("postgresql:///db?host=/tmp&port=6", "dbname=db|host=/tmp|port=6"),
        ("postgresql://?host=/path/to/socket/dir", "host=/path/to/socket/dir"),
        ("postgresql://host?user=u", "host=host|user=u"),
        ("postgresql://h/db?user=a&user=b", "host=h|dbname=db|user=b"),
        ("postgresql://host/db?ssl=true", "host=host|dbname=db|sslmode=require"),
        ("postgresql://h/db?application_name=a%26b%3Dc+d", "host=h|dbname=db|application_name=a&b=c+d"),
        ("postgresql://h/db?user=me@corp&", "host=h|dbname=db|user=me@corp"),
        ("postgresql://h/db?", "host=h|dbname=db"),
        ("postgresql://h/d%C3%A9", "host=h|dbname=dé"),
    ] {
        assert_eq!(read(text).unwrap(), expected, "{text}");
    }
}

#[test]
fn refused() {
    for (text, problem) in [
        ("host", "\"host\" has no \"=\" after it"),
        ("host a=b", "\"host\" has no \"=\" after it"),
        ("host='a", "a single quote is opened and not closed"),
        ("postgresql://[::1", "an IPv6 address is opened with \"[\" and not closed"),
        ("postgresql://[]", "the IPv6 address between \"[\" and \"]\" is empty"),
        ("postgresql://[::1]x", "after \"]\" only \":\", \"/\", \"?\" or \",\" may follow"),
        ("postgresql://h?a", "query parameter number 1 is not of the form keyword=value"),
        ("postgresql://h?a=b=c", "query parameter number 1 is not of the form keyword=value"),
        ("postgresql://h?user=a&&port=1", "query parameter number 2 is not of the form keyword=value"),
        ("postgresql://%", "a \"%\" is not followed by two hexadecimal digits"),
        ("postgresql://h/%zz", "a \"%\" is not followed by two hexadecimal digits"),
        ("postgresql://h/%00", "it contains the forbidden %00"),
        ("postgresql://h/%FF", "percent-encoded bytes are no UTF-8 text"),
    ] {
        match parse(text).map(|_| ()) {
            Err(Fault::Malformed { problem: found, .. }) => assert_eq!(found, problem, "{text}"),
            other => panic!("{text}: {other:?}"),
        }
    }
}

#[test]
fn a_broken_password_is_not_repeated() {
    for text in [
        "postgres://u:se/cret@host/db",
        "postgres://u:se@cret@host/db",
        "postgres://u:se@cret:cret@host/db",
        "user=u password=se cret host=h",
        "password=se cret",
        "postgres://u:cret%se@host/db",
    ] {
        let fault = parse(text).map(|_| ()).unwrap_err();
        let shown = format!("{fault:?}{fault}");
        assert!(!shown.contains("cret"), "{text}: {shown}");
    }
}
