//! The first words with a server: what it is, and what answers where no MySQL does.
//!
//! Lives here: supported versions, and naming a stranger. Does not live here: reaching the server (`attempt`).

use std::collections::BTreeMap;
use std::time::Duration;

use evenkeel_core::port::Limits;
use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Opts};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::CONNECTING;
use super::attempt::Canceller;
use super::fault::Fault;
use super::rows;
use super::session::{Session, patience};
use super::target::{Place, Target};
use super::translate::{Context, fault_from};
use crate::flavor::Flavor;

/// Limits of rows that are given or examined hold for SHOW too: with small ones in the server's settings we would not even
/// learn the version.
///
/// What the server or the account bounds is unbound before anything else is asked: a statement of ours is bounded by `pins`, and
/// until then by our own patience; and a session waits for the next one.
pub(super) const FIRST: &str = "SET NAMES utf8mb4, SESSION sql_select_limit = 18446744073709551615, SESSION sql_big_selects = 1, \
                                SESSION wait_timeout = 120, SESSION net_write_timeout = 120 \
                                /*M!100600 , SESSION max_statement_time = 0, SESSION idle_transaction_timeout = 0 */ \
                                /*!80000 , SESSION max_execution_time = 0 */";

/// Understood by both vendors in all versions, and open to every account. The collation of the connection is the
/// server's own for utf8mb4.
pub(super) const GREETING: &str =
    "SHOW GLOBAL VARIABLES WHERE Variable_name IN ('version', 'version_comment', 'read_only', 'super_read_only', 'sql_mode')";

/// Learns what the server is.
pub(super) async fn greet(mut conn: Conn, options: Opts, is_tls: bool, target: &Target, context: &Context) -> Result<Session, Fault> {
    let translate = |error: mysql_async::Error| fault_from(&error, context, CONNECTING);
    conn.query_drop(FIRST).await.map_err(translate)?;
    let answer: Vec<mysql_async::Row> = conn.query(GREETING).await.map_err(translate)?;
    let variables: BTreeMap<String, String> = answer
        .into_iter()
        .map(rows::Row::from_driver)
        .filter_map(|row| Some((row.text(0).ok()??.into_string(), row.text(1).ok()??.into_string())))
        .collect();
    let get = |name: &str| variables.get(name).cloned().unwrap_or_default();
    let version = get("version");
    let Some(flavor) = Flavor::parse(&version) else {
        let message = context.scrub(&format!("the server says no version that evenkeel understands: \"{version}\""));
        return Err(Fault::Driver { place: context.place.clone(), doing: CONNECTING.to_owned(), message });
    };
    if let Some(expected) = flavor.oldest_if_too_old() {
        let found = format!("{} {}", flavor.engine.name(), flavor.version);
        return Err(Fault::TooOld { place: context.place.clone(), found, expected });
    }
    let mut warnings = target.warnings().to_vec();
    warnings.extend(flavor.warning());
    if let Place::Tcp { host, .. } = &target.place
        && !is_tls
        && !is_loopback(host)
    {
        warnings.push(format!("the connection to {host} is not encrypted ({})", context.ssl_mode_origin));
    }
    let is_on = |name: &str| !matches!(get(name).to_ascii_uppercase().as_str(), "" | "OFF" | "0");
    Ok(Session {
        canceller: Canceller {
            options,
            connection: conn.id(),
            context: context.clone(),
            timeout: target.connect_timeout,
            timeout_origin: target.connect_timeout_origin.clone(),
        },
        conn,
        flavor,
        version_comment: get("version_comment"),
        version,
        server_sql_mode: get("sql_mode"),
        is_read_only: is_on("read_only") || is_on("super_read_only"),
        is_super_read_only: is_on("super_read_only"),
        is_tls,
        warnings,
        patience: patience(&Limits::default()),
        bound: None,
        standing: None,
        is_discreet: false,
        broken: None,
        context: context.clone(),
    })
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// What a stranger may take to say its first word, and then to answer.
const PATIENCE: Duration = Duration::from_millis(700);
/// PostgreSQL's request for TLS, which it answers with one letter.
/// <https://www.postgresql.org/docs/current/protocol-message-formats.html>
const POSTGRES_TLS: &[u8] = &[0, 0, 0, 8, 4, 210, 22, 47];

/// Names what listens at a port where no MySQL answered; `None` where it may be one, or cannot be told.
pub(super) async fn identify(host: &str, port: u16) -> Option<String> {
    let mut stream = tokio::time::timeout(PATIENCE, TcpStream::connect((host, port))).await.ok()?.ok()?;
    let mut first = [0; 64];
    if let Ok(read) = tokio::time::timeout(PATIENCE, stream.read(&mut first)).await {
        let said = first.get(..read.ok()?)?;
        return match said {
            [] => Some("a listener that closes the connection at once".to_owned()),
            [b'S', b'S', b'H', b'-', ..] => Some("an SSH server".to_owned()),
            // A packet's header, then protocol version 10 or an error.
            [_, _, _, 0, 10 | 255, ..] => None,
            [_, 0, 0, 0, 11, ..] => Some("a MySQL server's X protocol; its classic protocol listens on another port (3306)".to_owned()),
            _ => Some("a server that greets in another protocol".to_owned()),
        };
    }
    stream.write_all(POSTGRES_TLS).await.ok()?;
    let read = tokio::time::timeout(PATIENCE, stream.read(&mut first)).await.ok()?.ok()?;
    match first.get(..read)? {
        [b'S' | b'N' | b'E', ..] if read == 1 || first.first() == Some(&b'E') => {
            Some("a PostgreSQL server; its URLs begin with postgres://".to_owned())
        }
        [b'H', b'T', b'T', b'P', ..] => Some("an HTTP server".to_owned()),
        _ => Some("a server that waits for its client to speak first".to_owned()),
    }
}
