//! Connecting to a real PostgreSQL 15 that each test starts for itself.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::time::Duration;

use super::testing::{Fake, Server, have_server};
use super::{Fault, Limits, Session, Target, connect};

const SCRAM: &str = "local all boss trust\nlocal replication boss trust\nlocal all all scram-sha-256\n\
                     host all boss 127.0.0.1/32 reject\nhost all all 127.0.0.1/32 scram-sha-256\n";

async fn open(text: &str, env: &Fake) -> Result<Session, Fault> {
    connect(&Target::parse(text, env)?).await
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
    let env = Fake::new();

    let session = open(
        &format!("host={socket} port={port} user=boss dbname=postgres"),
        &env,
    )
    .await
    .unwrap();
    assert_eq!(session.server_version_num / 10_000, 15);
    assert!(!session.is_standby && !session.is_tls);
    assert_eq!(
        one(
            &session,
            "select application_name from pg_stat_activity where pid=pg_backend_pid()"
        )
        .await,
        "evenkeel"
    );

    for text in [
        format!(
            "postgres://reader:top%20secret@{}:{port}/postgres",
            socket.replace('/', "%2F")
        ),
        format!("postgres://reader:top%20secret@:{port}/postgres?host={socket}"),
        format!("postgres://reader:top%20secret@127.0.0.1:{port}/postgres"),
        format!("hostaddr=127.0.0.1 port={port} user=reader password='top secret' dbname=postgres"),
    ] {
        let session = open(&text, &env).await.unwrap();
        assert_eq!(
            one(&session, "select current_user::text").await,
            "reader",
            "{text}"
        );
    }

    session
        .begin_read_only(
            &Limits {
                lock_timeout: Duration::from_secs(3),
                ..Limits::default()
            },
            None,
        )
        .await
        .unwrap();
    assert_eq!(
        one(
            &session,
            "select pg_catalog.current_setting('lock_timeout')"
        )
        .await,
        "3s"
    );
    assert_eq!(
        one(&session, "select pg_catalog.current_setting('search_path')").await,
        "\"\""
    );
    assert_eq!(
        one(
            &session,
            "select pg_catalog.current_setting('transaction_isolation')"
        )
        .await,
        "repeatable read"
    );
    let error = session
        .client
        .batch_execute("create table public.t ()")
        .await
        .unwrap_err();
    assert_eq!(error.code().unwrap().code(), "25006");
    session.end().await.unwrap();
    assert_eq!(
        one(
            &session,
            "select pg_catalog.current_setting('lock_timeout')"
        )
        .await,
        "0"
    );
}
