//! Connecting to real servers of each vendor, which each test starts for itself, and to strangers.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::time::{Duration, Instant};

use evenkeel_core::fault::{Class, Troublesome};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::testing::{Server, one, open, vendors};
use super::{Fault, Limits};

/// Everything a server can set to change what a session reads.
const HOSTILE: &str =
    "SET GLOBAL sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PAD_CHAR_TO_FULL_LENGTH,PIPES_AS_CONCAT,HIGH_NOT_PRECEDENCE';
    SET GLOBAL sql_select_limit = 1; SET GLOBAL time_zone = '+05:00'; SET GLOBAL completion_type = 'RELEASE'; SET GLOBAL autocommit = 0;
    SET GLOBAL lock_wait_timeout = 1000; SET GLOBAL group_concat_max_len = 16; SET GLOBAL sql_quote_show_create = 0;
    SET GLOBAL lc_messages = 'de_DE'; SET GLOBAL max_join_size = 1; SET GLOBAL wait_timeout = 1; SET GLOBAL net_write_timeout = 1;
    SET GLOBAL innodb_lock_wait_timeout = 1000";

/// On MySQL a session's is told by max_join_size.
const HOSTILE_MARIADB: &str =
    "SET GLOBAL sql_big_selects = 0; SET GLOBAL max_statement_time = 0.000001; SET GLOBAL idle_transaction_timeout = 1;
    SET GLOBAL idle_readonly_transaction_timeout = 1";

/// The same on MySQL.
const HOSTILE_MYSQL: &str = "SET GLOBAL max_execution_time = 1";

const QUICK: Limits =
    Limits { lock_timeout: Duration::from_secs(1), statement_timeout: Duration::from_secs(2), idle_timeout: Duration::from_secs(30) };

/// Long work that a server can be stopped in.
const LONG: &str = "SELECT /* long */ COUNT(*) FROM information_schema.collations a, information_schema.collations b, information_schema.collations c, information_schema.collations d";

#[tokio::test]
async fn a_reading_session_reads_only_with_bounds_and_pins() {
    for vendor in vendors() {
        let server = Server::start(vendor, &[]);
        server.sql("CREATE DATABASE d; CREATE TABLE d.t (a INT PRIMARY KEY) ENGINE=InnoDB; INSERT INTO d.t VALUES (1), (2), (3)").await;
        server.sql(HOSTILE).await;
        if vendor.is_mariadb {
            server.sql(HOSTILE_MARIADB).await;
        } else {
            server.sql(HOSTILE_MYSQL).await;
        }
        let mut session = open(&server.socket_url("root")).await.unwrap();
        assert_eq!(session.flavor.is_mariadb(), vendor.is_mariadb);
        assert!(session.server_sql_mode.contains("ANSI_QUOTES"), "{}", session.server_sql_mode);
        assert!(!session.is_tls && !session.is_read_only);
        // Longer than the server lets a session idle.
        tokio::time::sleep(Duration::from_millis(1500)).await;
        session.begin_read_only(&QUICK).await.unwrap();
        assert!(session.warnings.is_empty(), "{:?}", session.warnings);
        tokio::time::sleep(Duration::from_millis(1500)).await;

        for (variable, expected) in [
            ("sql_mode", ""),
            ("time_zone", "+00:00"),
            ("lock_wait_timeout", "1"),
            ("innodb_lock_wait_timeout", "1"),
            ("wait_timeout", "30"),
            ("autocommit", "1"),
            ("completion_type", "NO_CHAIN"),
            ("sql_quote_show_create", "1"),
            ("sql_big_selects", "1"),
            ("lc_messages", "en_US"),
            ("character_set_results", "utf8mb4"),
            ("character_set_connection", "utf8mb4"),
            ("group_concat_max_len", "1073741824"),
        ] {
            assert_eq!(one(&mut session, &format!("SELECT @@session.{variable}")).await, expected, "{}: {variable}", vendor.name);
        }
        let bound = if vendor.is_mariadb { ("max_statement_time", "2.000000") } else { ("max_execution_time", "2000") };
        assert_eq!(one(&mut session, &format!("SELECT @@session.{}", bound.0)).await, bound.1);
        if !vendor.is_mariadb {
            assert_eq!(one(&mut session, "SELECT @@session.information_schema_stats_expiry").await, "0");
            let sql = "SELECT attr_value FROM performance_schema.session_connect_attrs WHERE processlist_id = CONNECTION_ID() AND attr_name = 'program_name'";
            assert_eq!(one(&mut session, sql).await, "evenkeel");
        }

        // One snapshot: what others write meanwhile is not there. And the limit of one row is gone.
        server.sql("INSERT INTO d.t VALUES (4); COMMIT").await;
        assert_eq!(session.rows("SELECT a FROM d.t ORDER BY a", "reading").await.unwrap().len(), 3);
        for write in ["INSERT INTO d.t VALUES (9)", "CREATE TABLE d.u (a INT)", "DROP TABLE d.t", "DELETE FROM d.t"] {
            let refused = session.run(write, "writing").await;
            assert!(matches!(refused, Err(Fault::Server { code: 1792, .. })), "{}: {write}: {refused:?}", vendor.name);
        }
        session.end().await.unwrap();
        // Also outside of the transaction.
        let refused = session.run("INSERT INTO d.t VALUES (9)", "writing").await;
        assert!(matches!(refused, Err(Fault::Server { code: 1792, .. })), "{}: {refused:?}", vendor.name);
        assert_eq!(session.rows("SELECT a FROM d.t", "reading").await.unwrap().len(), 4);

        let role = session.role().await.unwrap();
        assert_eq!((role.is_replica, role.is_read_only, role.is_super_read_only), (Some(false), false, false));
        server.sql("SET GLOBAL read_only = 1; CREATE USER plain@'%' IDENTIFIED BY 'plain secret'").await;
        let mut plain = open(&server.socket_url("plain:plain%20secret")).await.unwrap();
        plain.begin_read_only(&QUICK).await.unwrap();
        assert!(plain.warnings.is_empty(), "{}: {:?}", vendor.name, plain.warnings);
        let role = plain.role().await.unwrap();
        assert_eq!((role.is_replica, role.is_read_only, role.hidden.is_some()), (None, true, true));
    }
}

#[tokio::test]
async fn values_and_warnings() {
    for vendor in vendors() {
        let server = Server::start(vendor, &[]);
        let mut session = server.root().await;
        let sql = "SELECT 18446744073709551615 AS big, -5, 1.5e0, NULL, 'YES', _binary 0x41ff42, 'ü', CAST('2020-01-02 03:04:05.5' AS DATETIME(1)), ''";
        let rows = session.rows(sql, "reading").await.unwrap();
        let row = &rows[0];
        assert_eq!((row.len(), row.is_empty(), row.name(0).as_str(), row.position("BIG")), (9, false, "big", Some(0)));
        assert_eq!(row.unsigned(0), Ok(Some(u64::MAX)));
        assert_eq!((row.integer(1), row.number(2), row.flag(4)), (Ok(Some(-5)), Ok(Some(1.5)), Ok(Some(true))));
        assert_eq!((row.text(3), row.integer(3), row.flag(3), row.bytes(3)), (Ok(None), Ok(None), Ok(None), Ok(None)));
        let text = |index| row.text(index).unwrap().unwrap().into_string();
        assert_eq!((text(5), text(6), text(7), text(8)), ("A\\xffB".into(), "ü".into(), "2020-01-02 03:04:05.5".into(), String::new()));
        assert_eq!(row.bytes(5), Ok(Some(b"A\xffB".to_vec())));
        for wrong in [row.integer(0).unwrap_err(), row.integer(4).unwrap_err(), row.flag(6).unwrap_err(), row.text(9).unwrap_err()] {
            assert!(matches!(session.wrong(&wrong, "reading"), Fault::Driver { .. }), "{wrong}");
        }
        assert!(row.unsigned(1).is_err());

        let mut seen = 0;
        let stopped = session.each("SELECT 1 UNION SELECT 2 UNION SELECT 3", "reading", |_| {
            seen += 1;
            if seen == 2 { Err(Fault::NoUser) } else { Ok(()) }
        });
        assert_eq!((stopped.await, seen), (Err(Fault::NoUser), 2));
        assert_eq!(one(&mut session, "SELECT 7").await, "7");
        session.run("SET SESSION group_concat_max_len = 4", "setting").await.unwrap();
        let warnings = session.each("SELECT GROUP_CONCAT(x) FROM (SELECT 'abcdefgh' AS x) y", "reading", |_| Ok(())).await.unwrap();
        let notices = session.notices().await.unwrap();
        assert_eq!((warnings, notices.len(), notices[0].code), (1, 1, 1260), "{notices:?}");
        let wrong = session.rows("SELEC", "reading nonsense").await.unwrap_err();
        assert_eq!(wrong.code(), Some(1064));
        assert!(wrong.trouble().what.starts_with("reading nonsense on socket "), "{wrong:?}");
        assert_eq!(one(&mut session, "SELECT 8").await, "8");
    }
}

#[tokio::test]
async fn nothing_waits_for_ever() {
    for vendor in vendors() {
        let server = Server::start(vendor, &[]);
        server.sql("CREATE DATABASE d; CREATE TABLE d.t (a INT PRIMARY KEY) ENGINE=InnoDB").await;
        let mut session = open(&format!("{}&connect-timeout=2", server.socket_url("root"))).await.unwrap();
        session.begin_read_only(&QUICK).await.unwrap();

        let mut locker = server.root().await;
        locker.run("LOCK TABLES d.t WRITE", "locking").await.unwrap();
        let locked = session.rows("SELECT * FROM d.t", "reading").await;
        assert!(matches!(locked, Err(Fault::LockTimeout { .. })), "{}: {locked:?}", vendor.name);
        locker.close().await;

        let started = Instant::now();
        let long = session.rows(LONG, "computing").await;
        assert!(matches!(long, Err(Fault::StatementTimeout { .. })), "{}: {long:?}", vendor.name);
        assert!(started.elapsed() < Duration::from_secs(30), "{:?}", started.elapsed());

        let canceller = session.canceller();
        let cancelling = tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(500)).await;
            canceller.cancel().await
        });
        let cancelled = session.rows(LONG, "computing").await;
        assert!(matches!(cancelled, Err(Fault::Cancelled { .. })), "{}: {cancelled:?}", vendor.name);
        cancelling.await.unwrap().unwrap();

        // Given up by us: ended over there too, although the server's own limit is far away.
        let mut other = server.root().await;
        let id = other.connection_id();
        let given_up = tokio::time::timeout(Duration::from_millis(300), other.rows(LONG, "computing")).await;
        assert!(given_up.is_err());
        // Its answer must not be taken for that of another statement.
        let after = other.rows("SELECT 1", "reading").await;
        assert!(matches!(after, Err(Fault::Gone { .. })), "{}: {after:?}", vendor.name);
        let running = format!("SELECT COUNT(*) FROM information_schema.processlist WHERE id = {id} AND info LIKE '%long%'");
        let mut watcher = server.root().await;
        let until = Instant::now() + Duration::from_secs(30);
        while one(&mut watcher, &running).await != "0" {
            assert!(Instant::now() < until, "{}: the statement still runs", vendor.name);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }

        // A server that is silent, to the request to end the statement too.
        session.patience = Duration::from_secs(1);
        server.signal("STOP");
        let started = Instant::now();
        let silent = session.rows("SELECT 1", "reading").await;
        let elapsed = started.elapsed();
        let connecting = open(&format!("{}&connect-timeout=1", server.socket_url("root"))).await;
        server.signal("CONT");
        assert!(matches!(silent, Err(Fault::Silent { .. })), "{}: {silent:?}", vendor.name);
        assert!(elapsed < Duration::from_secs(30), "{elapsed:?}");
        assert!(matches!(connecting, Err(Fault::ConnectTimeout { seconds: 1, .. })), "{}: {connecting:?}", vendor.name);
        assert!(matches!(session.rows("SELECT 1", "reading").await, Err(Fault::Gone { .. })));

        let mut killed = server.root().await;
        watcher.run(&format!("KILL {}", killed.connection_id()), "killing").await.unwrap();
        let gone = killed.rows("SELECT 1", "reading").await;
        assert!(matches!(gone, Err(Fault::Gone { .. })), "{}: {gone:?}", vendor.name);
    }
}

#[tokio::test]
async fn logins() {
    for vendor in vendors() {
        let server = Server::start(vendor, &[]);
        let name = vendor.name;
        server.sql("DROP USER IF EXISTS root@'127.0.0.1', root@'::1'").await;
        // No account may come from 127.0.0.1 yet.
        let refused = open(&server.tcp_url("root", "/")).await;
        assert!(matches!(refused, Err(Fault::HostRefused { .. })), "{name}: {refused:?}");
        server
            .sql(
                "CREATE DATABASE d; CREATE USER reader@'%' IDENTIFIED BY 'top secret'; CREATE USER bare@'%';
                 CREATE USER lone@'%' IDENTIFIED BY 'top secret' WITH MAX_USER_CONNECTIONS 1;
                 CREATE USER barred@'%' IDENTIFIED BY 'top secret' ACCOUNT LOCK;
                 CREATE USER sealed@'%' IDENTIFIED BY 'top secret' REQUIRE SSL",
            )
            .await;
        let mut logins = vec![("reader", "/"), ("reader", "/?ssl-mode=DISABLED")];
        if vendor.is_mariadb {
            server.sql("CREATE USER nobody@localhost IDENTIFIED VIA unix_socket").await;
            let other = open(&server.socket_url("nobody")).await;
            assert!(matches!(other, Err(Fault::LoginRefused { .. })), "{name}: {other:?}");
            let ours = String::from_utf8(std::process::Command::new("id").arg("-un").output().unwrap().stdout).unwrap();
            let ours = ours.trim();
            let verb = if ours == "root" { "ALTER" } else { "CREATE" };
            server.sql(&format!("{verb} USER {ours}@localhost IDENTIFIED VIA unix_socket")).await;
            assert_eq!(one(&mut open(&server.socket_url(ours)).await.unwrap(), "SELECT CURRENT_USER()").await, format!("{ours}@localhost"));
            // The distribution's package without a service brings no plugins. What a client does is the same for all series.
            if vendor.base != "/usr" {
                let edward = "CREATE USER edward@'%' IDENTIFIED VIA ed25519 USING PASSWORD('top secret')";
                server.sql(&format!("INSTALL SONAME 'auth_ed25519'; {edward}")).await;
                logins.extend([("edward", "/"), ("edward", "/?ssl-mode=DISABLED")]);
            }
        }
        for (user, rest) in logins {
            let url = server.tcp_url(&format!("{user}:top%20secret"), rest);
            // The second login finds the first one's password in the cache of caching_sha2_password.
            for _ in 0..2 {
                let mut session = open(&url).await.unwrap_or_else(|fault| panic!("{name}: {user}{rest}: {fault:?}"));
                assert_eq!(one(&mut session, "SELECT CURRENT_USER()").await, format!("{user}@%"));
            }
            server.sql("FLUSH PRIVILEGES").await;
        }
        assert!(open(&server.socket_url("reader:top%20secret")).await.is_ok(), "{name}");
        assert!(open(&server.tcp_url("bare", "/")).await.is_ok(), "{name}");

        let wrong = open(&server.tcp_url("reader:wrong%20secret", "/")).await.unwrap_err();
        assert!(matches!(&wrong, Fault::PasswordRejected { origin, .. } if origin == "URL"), "{name}: {wrong:?}");
        assert_eq!(wrong.trouble().class, Class::Unreachable);
        assert!(!format!("{wrong:?} {:?}", wrong.trouble()).contains("wrong secret"));
        let missing = open(&server.tcp_url("reader", "/")).await;
        assert!(matches!(missing, Err(Fault::PasswordMissing { .. })), "{name}: {missing:?}");
        let none = open(&server.tcp_url("reader:top%20secret", "/nosuch")).await;
        assert!(matches!(none, Err(Fault::DatabaseForbidden { .. })), "{name}: {none:?}");
        let forbidden = open(&server.tcp_url("reader:top%20secret", "/d")).await;
        assert!(matches!(&forbidden, Err(Fault::DatabaseForbidden { database, .. }) if database == "d"), "{name}: {forbidden:?}");
        server.sql("GRANT SELECT ON *.* TO reader@'%'").await;
        let none = open(&server.tcp_url("reader:top%20secret", "/nosuch")).await;
        assert!(
            matches!(&none, Err(Fault::NoSuchDatabase { database, origin, .. }) if database == "nosuch" && origin == "URL"),
            "{name}: {none:?}"
        );
        assert!(open(&server.tcp_url("reader:top%20secret", "/d")).await.is_ok(), "{name}");
        let locked = open(&server.tcp_url("barred:top%20secret", "/")).await;
        assert!(matches!(locked, Err(Fault::LoginRefused { .. })), "{name}: {locked:?}");
        let unencrypted = open(&server.tcp_url("sealed:top%20secret", "/?ssl-mode=DISABLED")).await;
        assert!(matches!(unencrypted, Err(Fault::PasswordRejected { .. })), "{name}: {unencrypted:?}");

        let first = open(&server.tcp_url("lone:top%20secret", "/")).await.unwrap();
        let second = open(&server.tcp_url("lone:top%20secret", "/")).await;
        assert!(matches!(second, Err(Fault::TooManyConnections { .. })), "{name}: {second:?}");
        drop(first);
        server.sql("SET GLOBAL max_connections = 10").await;
        let mut open_ones = Vec::new();
        let full = loop {
            match open(&server.tcp_url("reader:top%20secret", "/")).await {
                Ok(session) => open_ones.push(session),
                Err(fault) => break fault,
            }
            assert!(open_ones.len() < 20, "{name}");
        };
        assert!(matches!(full, Fault::TooManyConnections { .. }), "{name}: {full:?}");
    }
}

/// Plugins that accounts may log in by: what loads each, and an account of it.
const PLUGINS: [(&str, &str, &str); 8] = [
    ("parsec", "INSTALL SONAME 'auth_parsec'", "IDENTIFIED VIA parsec USING PASSWORD('top secret')"),
    ("ed25519", "INSTALL SONAME 'auth_ed25519'", "IDENTIFIED VIA ed25519 USING PASSWORD('top secret')"),
    ("pam", "INSTALL SONAME 'auth_pam'", "IDENTIFIED VIA pam USING 'mariadb'"),
    ("pam_v1", "INSTALL SONAME 'auth_pam_v1'", "IDENTIFIED VIA pam USING 'mariadb'"),
    ("old", "SET GLOBAL secure_auth = 0", "IDENTIFIED VIA mysql_old_password USING '6c24d2a50bc3f4fc'"),
    ("sha256", "DO 1", "IDENTIFIED WITH sha256_password BY 'top secret'"),
    ("webauthn", "INSTALL PLUGIN authentication_webauthn SONAME 'authentication_webauthn.so'", "IDENTIFIED WITH authentication_webauthn"),
    ("auth_socket", "INSTALL PLUGIN auth_socket SONAME 'auth_socket.so'", "IDENTIFIED WITH auth_socket"),
];

/// Whatever an account logs in by, the driver lets it in or says what it cannot; it never panics.
#[tokio::test]
async fn every_plugin_ends_in_a_session_or_a_fault() {
    static PANICS: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    let told = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        PANICS.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        told(info);
    }));
    let mut met = 0;
    for vendor in vendors() {
        let server = Server::start(vendor, &[]);
        let mut root = server.root().await;
        for (plugin, load, identified) in PLUGINS {
            // Not every server has every one.
            let is_there = root.run(load, "loading").await.is_ok()
                && root.run(&format!("CREATE USER {plugin} {identified}"), "creating").await.is_ok();
            if !is_there {
                continue;
            }
            met += 1;
            for way in ["TLS", "no TLS", "the socket"] {
                for password in [":top%20secret", ":wrong", ":", ""] {
                    let user = format!("{plugin}{password}");
                    let outcome = match way {
                        "TLS" => open(&server.tcp_url(&user, "/")).await,
                        "no TLS" => open(&server.tcp_url(&user, "/?ssl-mode=DISABLED")).await,
                        _ => open(&server.socket_url(&user)).await,
                    };
                    let name = format!("{}: {plugin} {password:?} by {way}", vendor.name);
                    match &outcome {
                        Ok(_) => assert!(password == ":top%20secret", "{name}"),
                        Err(
                            Fault::PasswordRejected { .. }
                            | Fault::PasswordMissing { .. }
                            | Fault::UnknownPlugin { .. }
                            | Fault::LoginRefused { .. },
                        ) => {}
                        Err(other) => panic!("{name}: {other:?}"),
                    }
                    if matches!(plugin, "parsec" | "ed25519") && password == ":top%20secret" {
                        assert!(outcome.is_ok(), "{name}: {:?}", outcome.err());
                    }
                    assert_eq!(PANICS.load(std::sync::atomic::Ordering::SeqCst), 0, "{name}");
                }
            }
        }
    }
    assert!(met > 2, "{met}");
}

/// A listener that answers each connection with `greeting`, and with `answer` to what the client says.
async fn stranger(greeting: &'static [u8], answer: &'static [u8]) -> u16 {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                stream.write_all(greeting).await.unwrap();
                let mut buffer = [0; 1024];
                while stream.read(&mut buffer).await.is_ok_and(|read| read > 0) {
                    if !answer.is_empty() && stream.write_all(answer).await.is_err() {
                        break;
                    }
                }
            });
        }
    });
    port
}

#[tokio::test]
async fn strangers_are_named() {
    for (greeting, answer, expected) in [
        (&b""[..], &b"N"[..], "a PostgreSQL server"),
        (b"", b"HTTP/1.1 400 Bad Request\r\n\r\n", "an HTTP server"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", b"", "an SSH server"),
        (b"220 mail ESMTP\r\n", b"", "another protocol"),
        (b"\x05\x00\x00\x00\x0b\x08\x05\x1a\x00", b"", "X protocol"),
        // Packets that say they are a greeting and are none.
        (b"\x03\x00\x00\x00\x0a\x00\x00", b"", "protocol"),
        (b"\x00\x00\x00\x00", b"", "protocol"),
    ] {
        let port = stranger(greeting, answer).await;
        let started = Instant::now();
        let fault = open(&format!("mysql://u:p@127.0.0.1:{port}/?connect-timeout=8")).await.unwrap_err();
        assert!(matches!(&fault, Fault::NotMySql { found, .. } if found.contains(expected)), "{expected}: {fault:?}");
        assert!(started.elapsed() < Duration::from_secs(30), "{expected}: {:?}", started.elapsed());
    }
}

#[tokio::test]
async fn where_nothing_listens() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    for url in [
        format!("mysql://u@127.0.0.1:{port}"),
        "mysql://u@localhost?socket=/tmp/none.sock".to_owned(),
        "mysql://u@no.such.invalid".to_owned(),
    ] {
        let fault = open(&url).await.unwrap_err();
        assert!(matches!(fault, Fault::Unreachable { .. }), "{url}: {fault:?}");
        assert_eq!(fault.trouble().class, Class::Unreachable);
    }
}
