//! The first words with a server: what it is, and whether it is the kind that was asked for.
//!
//! Lives here: `target_session_attrs`, and what is said of a version (`flavor` knows which are supported). Does not live here: reaching the server (`attempt`).

use std::sync::Arc;

use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, SimpleQueryMessage};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::CONNECTING;
use super::attempt::Canceller;
use super::fault::Fault;
use super::session::{HURRIED, Mail, Session};
use super::target::{Attributes, Host, Target};
use super::translate::{Context, fault_from};
use crate::flavor;
use std::time::Duration;

/// What a server is asked first, in a transaction of its own with a bound of ours, whatever the role's is: by SHOW, which needs no
/// privilege, and what only functions tell.
pub(crate) const GREETING: &str = "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = 30000; \
     SHOW server_version_num; SHOW server_version; SHOW server_encoding; SHOW default_transaction_read_only; \
     SELECT pg_catalog.pg_is_in_recovery(), pg_catalog.pg_backend_pid(); COMMIT";
/// The same where one of the functions was taken from PUBLIC.
pub(crate) const PLAIN_GREETING: &str = "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = 30000; \
     SHOW server_version_num; SHOW server_version; SHOW server_encoding; SHOW default_transaction_read_only; COMMIT";
/// What a pooler itself is asked: it knows no SQL.
const POOLER: &str = "SHOW VERSION";
const OF_POOLER: &str = "0";
/// From 14 on.
const STANDBY: &str = "SHOW in_hot_standby";

/// Learns what the server is, in one round trip that a transaction pooler passes on.
pub(super) async fn greet(
    client: Client,
    connector: Option<MakeRustlsConnect>,
    target: &Target,
    host: &Host,
    context: &Context,
    mail: Arc<Mail>,
) -> Result<Session, Fault> {
    let fault = |error: tokio_postgres::Error| fault_from(&error, context, CONNECTING);
    let mut said = match asked(&client, if target.is_pooler { POOLER } else { GREETING }).await {
        Ok(version) if target.is_pooler => {
            let version = version.first().map(String::as_str).unwrap_or_default();
            // It is asked nothing else, and is none of the versions of a server.
            [OF_POOLER, version, "", "", "f", ""].map(str::to_owned).to_vec()
        }
        Ok(said) => said,
        Err(error) if error.code() == Some(&SqlState::INSUFFICIENT_PRIVILEGE) => asked(&client, PLAIN_GREETING).await.map_err(fault)?,
        Err(error) => return Err(fault(error)),
    };
    let server_version_num: i32 = said.first().and_then(|text| text.parse().ok()).ok_or_else(|| Fault::Driver {
        place: context.place.clone(),
        doing: CONNECTING.to_owned(),
        message: "the server does not say its version".to_owned(),
    })?;
    if said.len() == PLAIN {
        // A server that does not say it is a primary; what depends on it is a gap of the capture.
        let standby = client.simple_query(STANDBY).await.map(|messages| answers(&messages)).unwrap_or_default();
        said.push(if standby.first().is_some_and(|on| on == "on") { "t" } else { "f" }.to_owned());
    }
    let text = |index: usize| said.get(index).map(String::as_str).unwrap_or_default();
    let server_version = text(1).to_owned();
    let major = flavor::major_of(server_version_num);
    if !target.is_pooler && flavor::is_too_old(major) {
        return Err(Fault::TooOld { place: context.place.clone(), version: server_version });
    }
    let mut warnings = target.warnings().to_vec();
    if !target.is_pooler {
        warnings.extend(flavor::warning(major, &server_version));
    }
    Ok(Session {
        commit: COMMIT,
        canceller: Canceller {
            token: client.cancel_token(),
            connector: connector.clone(),
            context: context.clone(),
            timeout: target.connect_timeout,
        },
        backend: text(5).parse().unwrap_or_default(),
        is_standby: text(4) == "t",
        is_read_only: text(3) == "on" || text(4) == "t",
        is_discreet: false,
        is_ascii: text(2) == "SQL_ASCII",
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

/// A commit takes no longer, where nobody has said how long a statement may take.
const COMMIT: Duration = Duration::from_secs(60);

/// The answers to a greeting. A role may be given less time than it takes to ask for more: then it is tried again.
async fn asked(client: &Client, greeting: &str) -> Result<Vec<String>, tokio_postgres::Error> {
    for attempt in 0.. {
        match client.simple_query(greeting).await {
            Ok(messages) => return Ok(answers(&messages)),
            Err(error) => {
                // What failed left its transaction open.
                if error.as_db_error().is_some() {
                    client.batch_execute("ROLLBACK").await?;
                }
                if attempt == HURRIED || error.code() != Some(&SqlState::QUERY_CANCELED) {
                    return Err(error);
                }
            }
        }
    }
    Ok(Vec::new())
}

/// How many answers SHOW gives.
const PLAIN: usize = 4;

/// All values of all rows.
fn answers(messages: &[SimpleQueryMessage]) -> Vec<String> {
    let rows = messages.iter().filter_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    });
    rows.flat_map(|row| (0..row.len()).map(|index| row.get(index).unwrap_or_default().to_owned())).collect()
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
