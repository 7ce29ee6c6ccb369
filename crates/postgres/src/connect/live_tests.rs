//! Connecting to a real PostgreSQL 15 that each test starts for itself.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::process::Command;
use std::time::Duration;

use evenkeel_core::fault::{Class, Troublesome};

use super::testing::{Fake, Server, as_postgres, free_port, have, have_server, own, run, server_folder};
use super::{Fault, Limits, Session, Target, connect};

const SCRAM: &str = "local all boss trust\nlocal replication boss trust\nlocal all all scram-sha-256\n\
                     host all boss 127.0.0.1/32 reject\nhost all all 127.0.0.1/32 scram-sha-256\n";

async fn open(text: &str, machine: &Fake) -> Result<Session, Fault> {
    connect(&Target::parse(text, machine)?).await
}

async fn one(session: &Session, sql: &str) -> String {
    let rows = session.client.query_typed(sql, &[]).await.unwrap();
    rows[0].get::<_, String>(0)
}

#[tokio::test]
async fn sockets_and_loopback() {
    if !have_server() {
        return;
    }
    let server = Server::start(SCRAM, "");
    server.psql("create role reader login password 'top secret'; create role mute login");
    let (socket, port) = (server.socket(), server.port);
    let machine = Fake::new();

    let session = open(&format!("host={socket} port={port} user=boss dbname=postgres"), &machine).await.unwrap();
    assert_eq!(session.server_version_num / 10_000, 15);
    assert!(!session.is_standby && !session.is_tls);
    assert_eq!(one(&session, "select application_name from pg_stat_activity where pid=pg_backend_pid()").await, "evenkeel");

    for text in [
        format!("postgres://reader:top%20secret@{}:{port}/postgres", socket.replace('/', "%2F")),
        format!("postgres://reader:top%20secret@:{port}/postgres?host={socket}"),
        format!("postgres://reader:top%20secret@127.0.0.1:{port}/postgres"),
        format!("hostaddr=127.0.0.1 port={port} user=reader password='top secret' dbname=postgres"),
    ] {
        let session = open(&text, &machine).await.unwrap();
        assert_eq!(one(&session, "select current_user::text").await, "reader", "{text}");
    }

    session.begin_read_only(&Limits { lock_timeout: Duration::from_secs(3), ..Limits::default() }, None).await.unwrap();
    assert_eq!(one(&session, "select pg_catalog.current_setting('lock_timeout')").await, "3s");
    assert_eq!(one(&session, "select pg_catalog.current_setting('search_path')").await, "\"\"");
    assert_eq!(one(&session, "select pg_catalog.current_setting('transaction_isolation')").await, "repeatable read");
    let error = session.client.batch_execute("create table public.t ()").await.unwrap_err();
    assert_eq!(error.code().unwrap().code(), "25006");
    session.end().await.unwrap();
    assert_eq!(one(&session, "select pg_catalog.current_setting('lock_timeout')").await, "0");
}

#[tokio::test]
async fn refusals_say_what_to_do() {
    if !have_server() {
        return;
    }
    let server = Server::start(SCRAM, "");
    for sql in
        ["create role reader login password 'Zq7Kw-right'", "create database closed", "revoke connect on database closed from public"]
    {
        server.psql(sql);
    }
    let (socket, port) = (server.socket(), server.port);
    let machine = Fake::new();
    let base = format!("host=127.0.0.1 port={port} user=reader");
    let fail = async |text: String| -> (Fault, String) {
        let fault = open(&text, &machine).await.unwrap_err();
        let trouble = fault.trouble();
        assert_eq!(trouble.class, Class::Unreachable, "{text}");
        let shown = format!("{fault:?} {trouble:?}");
        assert!(!shown.contains("Zq7Kw"), "{shown}");
        (fault, shown)
    };

    let (fault, shown) = fail(format!("{base} password=Zq7Kw-wrong dbname=postgres")).await;
    assert!(matches!(fault, Fault::PasswordRejected { .. }), "{shown}");
    assert!(shown.contains("the password comes from connection string"), "{shown}");
    let (fault, shown) = fail(format!("{base} dbname=postgres")).await;
    assert!(matches!(fault, Fault::PasswordMissing { .. }), "{shown}");
    assert!(shown.contains("no password in the connection string, PGPASSWORD, /home/tester/.pgpass (no such file)"), "{shown}");
    let (fault, shown) = fail(format!("{base} password=Zq7Kw-right dbname=nowhere")).await;
    assert!(matches!(fault, Fault::NoSuchDatabase { .. }), "{shown}");
    let (fault, shown) = fail(format!("{base} password=Zq7Kw-right dbname=closed")).await;
    assert!(matches!(fault, Fault::DatabaseForbidden { .. }), "{shown}");
    let (fault, shown) = fail(format!("host=127.0.0.1 port={port} user=boss dbname=postgres")).await;
    assert!(matches!(fault, Fault::LoginRefused { .. }), "{shown}");
    let (fault, shown) = fail(format!("{base} password=Zq7Kw-right dbname=postgres sslmode=require")).await;
    assert!(matches!(fault, Fault::TlsUnavailable { .. }), "{shown}");
    let (fault, shown) = fail(format!("{base} password=Zq7Kw-right dbname=postgres channel_binding=require")).await;
    assert!(matches!(fault, Fault::NoChannelBinding { .. }), "{shown}");
    let (fault, shown) = fail("host=/nowhere port=1 user=a".to_owned()).await;
    assert!(matches!(fault, Fault::Unreachable { .. }) && shown.contains("/nowhere/.s.PGSQL.1: No such file"), "{shown}");
    let (fault, shown) = fail(format!("host=no-such-host.invalid,127.0.0.1 port=1,{} user=a", free_port())).await;
    assert!(matches!(&fault, Fault::Unreachable { attempts, .. } if attempts.len() == 2), "{shown}");

    // A role that does not exist, where no password is asked for.
    let trusting = Server::start("local all all trust\n", "max_connections=3\nsuperuser_reserved_connections=1\nmax_wal_senders=0");
    let local = format!("host={} port={} dbname=postgres", trusting.socket(), trusting.port);
    let (fault, shown) = fail(format!("{local} user=nobody")).await;
    assert!(matches!(fault, Fault::NoSuchRole { .. }), "{shown}");
    trusting.psql("create role plain login");
    let held =
        [open(&format!("{local} user=plain"), &machine).await.unwrap(), open(&format!("{local} user=plain"), &machine).await.unwrap()];
    let (fault, shown) = fail(format!("{local} user=plain")).await;
    assert!(matches!(fault, Fault::TooManyConnections { .. }), "{shown}");
    drop(held);

    // Cancelled, waited too long, and stopped under us.
    let session = open(&format!("host={socket} port={port} user=boss dbname=postgres"), &machine).await.unwrap();
    let canceller = session.canceller();
    let (result, _) = tokio::join!(session.client.batch_execute("select pg_sleep(30)"), async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        canceller.cancel().await.unwrap();
    });
    assert!(matches!(session.fault(&result.unwrap_err(), "sleeping"), Fault::Cancelled { .. }));
    session.client.batch_execute("do $$ begin raise notice 'hello'; end $$").await.unwrap();
    assert_eq!(session.take_notices().iter().map(|notice| notice.message.as_str()).collect::<Vec<_>>(), ["hello"]);
    server.psql("create table public.t ()");
    let locker = open(&format!("host={socket} port={port} user=boss dbname=postgres"), &machine).await.unwrap();
    locker.client.batch_execute("begin; lock table public.t").await.unwrap();
    session.begin_read_only(&Limits { lock_timeout: Duration::from_millis(100), ..Limits::default() }, None).await.unwrap();
    let error = session.client.batch_execute("select from public.t").await.unwrap_err();
    assert!(matches!(session.fault(&error, "reading"), Fault::LockTimeout { .. }));
    session.end().await.unwrap();
    // A session that sat idle when the server left learns why, too.
    let idle = open(&format!("host={socket} port={port} user=boss dbname=postgres"), &machine).await.unwrap();
    let (result, ()) = tokio::join!(session.client.batch_execute("select pg_sleep(30)"), async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        server.signal("INT");
    });
    let fault = session.fault(&result.unwrap_err(), "reading the catalogs");
    assert!(matches!(&fault, Fault::Gone { message, .. } if message.contains("administrator command")), "{fault:?}");
    tokio::time::sleep(Duration::from_millis(200)).await;
    let error = idle.client.batch_execute("select 1").await.unwrap_err();
    let fault = idle.fault(&error, "reading the catalogs");
    assert!(matches!(&fault, Fault::Gone { message, .. } if message.contains("administrator command")), "{fault:?}");
}

#[tokio::test]
async fn hosts_and_session_attributes() {
    if !have_server() {
        return;
    }
    let primary = Server::start("local all all trust\nlocal replication all trust\nhost all all 127.0.0.1/32 trust\n", "");
    let standby = primary.standby();
    let machine = Fake::new();
    let dead = free_port();
    let target = |attributes: &str| {
        format!(
            "postgres://boss@127.0.0.1:{dead},127.0.0.1:{},127.0.0.1:{}/postgres?target_session_attrs={attributes}",
            standby.port, primary.port
        )
    };
    for (attributes, port, is_standby) in [
        ("any", standby.port, true),
        ("standby", standby.port, true),
        ("prefer-standby", standby.port, true),
        ("read-only", standby.port, true),
        ("primary", primary.port, false),
        ("read-write", primary.port, false),
    ] {
        let session = open(&target(attributes), &machine).await.unwrap();
        assert_eq!((session.port, session.is_standby), (port, is_standby), "{attributes}");
        // The transaction works on a hot standby too, and another session can join its snapshot.
        session.begin_read_only(&Limits::default(), None).await.unwrap();
        let name = one(&session, "select pg_catalog.pg_export_snapshot()").await;
        let second = open(&target(attributes), &machine).await.unwrap();
        second.begin_read_only(&Limits::default(), Some(&name)).await.unwrap();
        session.end().await.unwrap();
        assert!(second.begin_read_only(&Limits::default(), Some("'; drop")).await.is_err());
    }
    let local = |server: &Server, attributes: &str| {
        format!("host={} port={} user=boss dbname=postgres target_session_attrs={attributes}", server.socket(), server.port)
    };
    assert!(matches!(open(&local(&primary, "standby"), &machine).await, Err(Fault::WrongKind { .. })));
    assert!(!open(&local(&primary, "prefer-standby"), &machine).await.unwrap().is_standby);
    primary.psql("alter role boss set default_transaction_read_only = on");
    assert!(matches!(open(&local(&primary, "read-write"), &machine).await, Err(Fault::WrongKind { .. })));
    assert!(open(&local(&primary, "read-only"), &machine).await.is_ok());
    let text =
        format!("host=127.0.0.1,127.0.0.1 port={},{} user=boss dbname=postgres load_balance_hosts=random", primary.port, standby.port);
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..40 {
        seen.insert(open(&text, &machine).await.unwrap().port);
    }
    assert_eq!(seen.len(), 2, "both hosts are used");

    // A listener that never answers is bounded by connect_timeout, and the next host is tried.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let begun = std::time::Instant::now();
    let text = format!("host=127.0.0.1,127.0.0.1 port={port},{} user=boss dbname=postgres connect_timeout=1", primary.port);
    assert_eq!(open(&text, &machine).await.unwrap().port, primary.port);
    assert!(begun.elapsed() < Duration::from_secs(30));
    let text = format!("host=127.0.0.1 port={port} user=boss connect_timeout=1");
    assert!(matches!(open(&text, &machine).await, Err(Fault::ConnectTimeout { seconds: 1, .. })));
}

#[tokio::test]
async fn through_a_transaction_pooler() {
    if !have_server() || !have("/usr/sbin/pgbouncer") {
        return;
    }
    let server = Server::start("local all all trust\n", "");
    let folder = server_folder();
    let port = free_port();
    let dir = folder.path().display();
    std::fs::write(folder.path().join("users"), "\"boss\" \"Zq7Kw\"\n").unwrap();
    std::fs::write(
        folder.path().join("ini"),
        format!(
            "[databases]\npostgres = host={} port={} pool_size=1\n[pgbouncer]\npool_mode=transaction\nlisten_addr=127.0.0.1\n\
             listen_port={port}\nunix_socket_dir=\nauth_type=scram-sha-256\nauth_file={dir}/users\nlogfile={dir}/log\n",
            server.socket(),
            server.port
        ),
    )
    .unwrap();
    own(folder.path());
    let mut bouncer =
        as_postgres("/usr/sbin/pgbouncer").arg(folder.path().join("ini")).stderr(std::process::Stdio::null()).spawn().unwrap();
    let text = format!("postgres://boss:Zq7Kw@127.0.0.1:{port}/postgres");
    let mut result = open(&text, &Fake::new()).await;
    for _ in 0..50 {
        if !matches!(result, Err(Fault::Unreachable { .. })) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        result = open(&text, &Fake::new()).await;
    }
    let check = async {
        let session = result.unwrap();
        let other = open(&text, &Fake::new()).await.unwrap();
        for _ in 0..3 {
            session.begin_read_only(&Limits::default(), None).await.unwrap();
            assert_eq!(one(&session, "select pg_catalog.current_setting('search_path')").await, "\"\"");
            session.end().await.unwrap();
            // The one server connection serves the other session with nothing of ours left behind.
            assert_eq!(one(&other, "select pg_catalog.current_setting('search_path')").await, "\"$user\", public");
        }
        drop((session, other));
        // A pooler that has one connection to give: a second session of ours would wait for the first for ever.
        let target = Target::parse(&text, &Fake::new()).unwrap();
        let request = evenkeel_core::port::Request::new("pooled");
        let watch = evenkeel_core::port::Watch::none();
        let asked = crate::capture::Asked { target: &target, migration_role: None, request: &request };
        let captured = crate::capture::capture(asked, &watch);
        let manifest = tokio::time::timeout(Duration::from_secs(30), captured).await.unwrap().unwrap();
        assert!(manifest.find(evenkeel_core::kind::Kind::Schema, &["public"]).is_some());
    };
    check.await;
    bouncer.kill().unwrap();
    bouncer.wait().unwrap();
}

/// The same text and the same variables and files, once by libpq and once by us, must end in the same session.
#[tokio::test]
async fn the_same_session_as_psql() {
    if !have_server() {
        return;
    }
    let server = Server::start(SCRAM, "");
    for sql in ["create role \"wei rd\" login password 'p:w@\\'", "create role file login password 'f'", "create database other"] {
        server.psql(sql);
    }
    let (socket, port) = (server.socket(), server.port);
    let encoded = socket.replace('/', "%2F");
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let files = [
        (path(".pgpass"), format!("127.0.0.1:{port}:*:file:f\n*:*:*:wei rd:p\\:w@\\\\\n")),
        (path(".pg_service.conf"), format!("[s]\nhost=127.0.0.1\nport={port}\nuser=file\ndbname=other\n")),
        (path("services"), format!("[t]\nhost={socket}\nport={port}\nuser=boss\napplication_name=from file\n")),
    ];
    let mut machine = Fake::new();
    machine.home = Some(folder.path().to_owned());
    for (path, text) in &files {
        std::fs::write(path, text).unwrap();
        run(Command::new("chmod").args(["0600", path]));
        machine = machine.file(path, text);
    }
    let number = port.to_string();
    let services = path("services");
    let cases: &[(&str, &[(&str, &str)])] = &[
        (&format!("postgres://wei%20rd@127.0.0.1:{port}/postgres"), &[]),
        (&format!("postgresql://wei%20rd:p:w%40%5C@127.0.0.1:{port}/other?application_name=a%20b"), &[]),
        (&format!("host=127.0.0.1 port = {port} user='wei rd' password='p:w@\\\\' dbname=other"), &[]),
        (&format!("host=127.0.0.1 port={port} user=wei\\ rd dbname=postgres application_name=x\\ y"), &[]),
        (&format!("postgres://{encoded}:{port}/postgres?user=boss"), &[("PGAPPNAME", "variable")]),
        (&format!("postgres:///postgres?host={socket}&port={port}&user=boss"), &[("PGHOST", "127.0.0.1")]),
        ("service=s", &[("PGUSER", "boss")]),
        ("dbname=postgres", &[("PGSERVICE", "s"), ("PGPORT", "1")]),
        ("postgres:///other", &[("PGSERVICE", "t"), ("PGSERVICEFILE", &services)]),
        ("", &[("PGHOST", &socket), ("PGPORT", &number), ("PGUSER", "boss"), ("PGDATABASE", "other")]),
        ("user=boss dbname=postgres", &[("PGHOST", &socket), ("PGPORT", &number), ("PGOPTIONS", "-c work_mem=7MB")]),
        (&format!("host=127.0.0.1,{socket} port=1,{port} user=boss dbname=postgres"), &[]),
        (&format!("host=127.0.0.1,{socket} port={port} user=boss dbname=postgres"), &[]),
        (&format!("host=127.0.0.1 port={port} user=file dbname=postgres password=wrong"), &[]),
        (&format!("host=127.0.0.1 port={port} user=file dbname=nowhere"), &[]),
        ("host=127.0.0.1 port", &[]),
        ("postgres://h/?nonsense=1", &[]),
        ("service=missing", &[]),
    ];
    let question = "select pg_catalog.concat_ws('|', current_user, pg_catalog.current_database(), \
                    pg_catalog.inet_client_addr(), pg_catalog.current_setting('work_mem'), \
                    pg_catalog.replace(pg_catalog.current_setting('application_name'), 'evenkeel', 'psql'))";
    let mut agreed = 0;
    for (text, variables) in cases {
        let output = Command::new("psql")
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("HOME", folder.path())
            .envs(variables.iter().copied())
            .args(["-XAtqw", "-d", text, "-c", question])
            .output()
            .unwrap();
        let theirs = output.status.success().then(|| String::from_utf8(output.stdout).unwrap().trim().to_owned());
        let machine = variables.iter().fold(machine.clone(), |machine, (name, value)| machine.with(name, value));
        let ours = match open(text, &machine).await {
            Ok(session) => Some(one(&session, question).await),
            Err(_) => None,
        };
        assert_eq!(ours, theirs, "{text} {variables:?}: psql says {}", String::from_utf8_lossy(&output.stderr));
        agreed += usize::from(ours.is_some());
    }
    assert_eq!(agreed, 12, "sessions both opened");
}
