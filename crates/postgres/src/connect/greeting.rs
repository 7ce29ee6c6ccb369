//! The first words with a server: what it is, and whether it is the kind that was asked for.
//!
//! Lives here: `target_session_attrs`, and what is said of a version (`flavor` knows which are supported). Does not live here: reaching the server (`attempt`).

use std::sync::Arc;

use tokio_postgres::{Client, SimpleQueryMessage};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::CONNECTING;
use super::attempt::Canceller;
use super::fault::Fault;
use super::session::{Mail, Session};
use super::target::{Attributes, Host, Target};
use super::translate::{Context, fault_from};
use crate::flavor;

/// What a server is asked first.
pub(crate) const GREETING: &str = "SELECT pg_catalog.current_setting('server_version_num'), \
     pg_catalog.current_setting('server_version'), pg_catalog.pg_is_in_recovery(), \
     pg_catalog.current_setting('transaction_read_only'), pg_catalog.pg_backend_pid()";

/// Learns what the server is, in one round trip that a transaction pooler passes on.
pub(super) async fn greet(
    client: Client,
    connector: Option<MakeRustlsConnect>,
    target: &Target,
    host: &Host,
    context: &Context,
    mail: Arc<Mail>,
) -> Result<Session, Fault> {
    let messages = client.simple_query(GREETING).await.map_err(|error| fault_from(&error, context, CONNECTING))?;
    let row = messages.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    });
    let text = |index: usize| row.and_then(|row| row.try_get(index).ok().flatten()).unwrap_or_default();
    let server_version_num: i32 = text(0).parse().map_err(|_| Fault::Driver {
        place: context.place.clone(),
        doing: CONNECTING.to_owned(),
        message: "the server does not say its version".to_owned(),
    })?;
    let server_version = text(1).to_owned();
    let major = flavor::major_of(server_version_num);
    if flavor::is_too_old(major) {
        return Err(Fault::TooOld { place: context.place.clone(), version: server_version });
    }
    let mut warnings = target.warnings().to_vec();
    warnings.extend(flavor::warning(major, &server_version));
    Ok(Session {
        canceller: Canceller {
            token: client.cancel_token(),
            connector: connector.clone(),
            context: context.clone(),
            timeout: target.connect_timeout,
        },
        backend: text(4).parse().unwrap_or_default(),
        is_standby: text(2) == "t",
        is_read_only: text(3) == "on",
        client,
        server_version_num,
        server_version,
        host: host.name.clone(),
        port: host.port,
        is_tls: connector.is_some(),
        warnings,
        mail,
        context: context.clone(),
    })
}

pub(super) fn check_kind(session: &Session, wanted: Attributes, target: &Target) -> Result<(), Fault> {
    // libpq's "read-write" is a session that may write: no standby, no default_transaction_read_only.
    let (fits, expected) = match wanted {
        Attributes::Any | Attributes::PreferStandby => (true, "any server"),
        Attributes::ReadWrite => (!session.is_read_only && !session.is_standby, "a server that takes writes"),
        Attributes::ReadOnly => (session.is_read_only || session.is_standby, "a server that takes no writes"),
        Attributes::Primary => (!session.is_standby, "a primary"),
        Attributes::Standby => (session.is_standby, "a standby"),
    };
    if fits {
        return Ok(());
    }
    Err(Fault::WrongKind {
        place: session.context.place.clone(),
        expected,
        found: match (session.is_standby, session.is_read_only) {
            (true, _) => "a standby",
            (false, true) => "a primary whose sessions are read-only by default",
            (false, false) => "a primary",
        },
        origin: format!("target_session_attrs from {}", target.attributes_origin),
    })
}
