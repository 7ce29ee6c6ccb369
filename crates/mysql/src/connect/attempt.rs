//! Getting a session: with TLS, or without it where that is allowed, within its time.
//!
//! Lives here: the order of attempts, and the second connection that ends a statement. Does not live here: what a
//! failure says (`fault`), what a session can do (`session`).

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::sync::Once;
use std::task::Poll;
use std::time::Duration;

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, DriverError, Error, Opts, OptsBuilder};
use secrecy::ExposeSecret;
use tokio::task::JoinSet;

use super::CONNECTING;
use super::fault::Fault;
use super::greeting;
use super::session::Session;
use super::target::{Place, Target};
use super::tls::Mode;
use super::translate::{Context, fault_from};

/// A server that has not greeted after this long may be waiting for us to speak first: no MySQL does.
const SILENCE: Duration = Duration::from_secs(2);

/// Asks a server to end the statement a session is running.
#[derive(Clone)]
pub struct Canceller {
    pub(super) options: Opts,
    pub(super) connection: u32,
    pub(super) context: Context,
    pub(super) timeout: Duration,
    pub(super) timeout_origin: String,
}

impl Canceller {
    /// Sends `KILL QUERY` over a connection of its own; everyone may end statements of the own account.
    /// <https://dev.mysql.com/doc/refman/en/kill.html>
    ///
    /// # Errors
    /// The server could not be reached in time.
    pub async fn cancel(&self) -> Result<(), Fault> {
        let doing = "cancelling a statement";
        let work = async {
            let mut conn = open(self.options.clone(), &self.context).await?.map_err(|error| fault_from(&error, &self.context, doing))?;
            let killed = conn.query_drop(format!("KILL QUERY {}", self.connection)).await;
            drop(conn.disconnect().await);
            match killed {
                // No such thread: the session is over, and its statement with it.
                Err(Error::Server(error)) if error.code == 1094 => Ok(()),
                other => other.map_err(|error| fault_from(&error, &self.context, doing)),
            }
        };
        within(self.timeout, &self.context, &self.timeout_origin, work).await
    }
}

/// Opens a session. It is a plain one: nothing is pinned yet but the character set (`Session::begin_read_only`).
///
/// # Errors
/// Everything of class Unreachable.
pub async fn connect(target: &Target) -> Result<Session, Fault> {
    let context = target.context();
    let attempt = within(target.connect_timeout, &context, &target.connect_timeout_origin, log_in(target, &context));
    let Place::Tcp { host, port } = &target.place else { return attempt.await };
    tokio::pin!(attempt);
    if let Ok(result) = tokio::time::timeout(SILENCE, &mut attempt).await {
        return match result {
            Err(Fault::NotMySql { place, found }) => {
                let known = greeting::identify(host, *port).await;
                Err(Fault::NotMySql { place, found: known.unwrap_or(found) })
            }
            other => other,
        };
    }
    let stranger = async {
        match greeting::identify(host, *port).await {
            Some(found) => found,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        result = &mut attempt => result,
        found = stranger => Err(Fault::NotMySql { place: context.place.clone(), found }),
    }
}

async fn within<T>(limit: Duration, context: &Context, origin: &str, work: impl Future<Output = Result<T, Fault>>) -> Result<T, Fault> {
    tokio::time::timeout(limit, work).await.unwrap_or_else(|_| {
        Err(Fault::ConnectTimeout { place: context.place.clone(), seconds: limit.as_secs(), origin: origin.to_owned() })
    })
}

async fn log_in(target: &Target, context: &Context) -> Result<Session, Fault> {
    let translate = |error: Error| fault_from(&error, context, CONNECTING);
    let (options, is_tls) = (options(target, true), options(target, true).ssl_opts().is_some());
    let (conn, options, is_tls) = match open(options.clone(), context).await? {
        // Only the server's own word that it has no TLS leads to a plain connection, never a refusal or a failed handshake.
        Err(Error::Driver(DriverError::NoClientSslFlagFromServer)) if target.tls.mode == Mode::Preferred => {
            let options = self::options(target, false);
            (open(options.clone(), context).await?.map_err(translate)?, options, false)
        }
        other => (other.map_err(translate)?, options, is_tls),
    };
    greeting::greet(conn, options, is_tls, target, context).await
}

/// One connection. In a task of its own: the driver trusts a server's packets in places and panics where they are wrong.
async fn open(options: Opts, context: &Context) -> Result<Result<Conn, Error>, Fault> {
    let place = context.place.clone();
    let has_password = options.pass().is_some_and(|password| !password.is_empty());
    let mut tasks = JoinSet::new();
    tasks.spawn(Unheard(Box::pin(Conn::new(options))));
    match tasks.join_next().await {
        Some(Ok(result)) => Ok(result),
        // PARSEC, whose answer the driver cannot make of no password.
        _ if !has_password => {
            let message = "the server asks for a login that takes a password".to_owned();
            Err(Fault::PasswordMissing { place, looked: context.looked.clone(), message })
        }
        _ => Err(Fault::NotMySql { place, found: "an answer that breaks MySQL's protocol".to_owned() }),
    }
}

/// Work whose panic is nobody's business but ours: the message on stderr would say nothing to a person.
struct Unheard<F>(Pin<Box<F>>);

thread_local! {
    static IS_UNHEARD: Cell<bool> = const { Cell::new(false) };
}

impl<F: Future> Future for Unheard<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut std::task::Context<'_>) -> Poll<F::Output> {
        /// Panics are heard again whichever way the work ends.
        struct Heard;
        impl Drop for Heard {
            fn drop(&mut self) {
                IS_UNHEARD.set(false);
            }
        }
        static ONCE: Once = Once::new();
        ONCE.call_once(|| {
            let before = std::panic::take_hook();
            std::panic::set_hook(Box::new(move |info| {
                if !IS_UNHEARD.get() {
                    before(info);
                }
            }));
        });
        IS_UNHEARD.set(true);
        let _heard = Heard;
        self.0.as_mut().poll(context)
    }
}

fn options(target: &Target, with_tls: bool) -> Opts {
    let mut options = OptsBuilder::default()
        .user(Some(&target.user))
        .pass(target.password.as_ref().map(ExposeSecret::expose_secret))
        .db_name(target.database.as_ref())
        // The driver would go to whatever socket the server names.
        .prefer_socket(false)
        .stmt_cache_size(0)
        .connect_attribute("program_name", target.program.as_str())
        .connect_attribute("_client_name", "evenkeel");
    options = match &target.place {
        Place::Socket(path) => options.socket(Some(path)),
        Place::Tcp { host, port } => options.ip_or_hostname(host).tcp_port(*port),
    };
    options.ssl_opts(target.tls.options.clone().filter(|_| with_tls)).into()
}
