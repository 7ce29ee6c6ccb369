//! Getting a session: hosts, addresses and TLS modes in turn, each within its time.
//!
//! Lives here: the order of attempts and which failure ends them, as libpq does it. Does not live here: what a
//! failure says (`fault`), what a session can do (`session`).

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio_postgres::config::SslMode;
use tokio_postgres::tls::{MakeTlsConnect, TlsConnect};
use tokio_postgres::{CancelToken, Client, Config, NoTls, Socket};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::CONNECTING;
use super::fault::{Failure, Fault};
use super::greeting::{check_kind, greet};
use super::session::{Mail, Session, drive};
use super::target::{Attributes, Host, Target};
use super::tls::Mode;
use super::translate::{Context, fault_from};

/// Asks a server to end the statement a session is running.
#[derive(Clone)]
pub struct Canceller {
    pub(super) token: CancelToken,
    pub(super) connector: Option<MakeRustlsConnect>,
    pub(super) context: Context,
    pub(super) timeout: Duration,
}

impl Canceller {
    /// Sends the request over a connection of its own; the statement then fails as cancelled, if it still runs.
    ///
    /// # Errors
    /// The server could not be reached in time.
    pub async fn cancel(&self) -> Result<(), Fault> {
        let sent = async {
            match &self.connector {
                Some(connector) => self.token.cancel_query(connector.clone()).await,
                None => self.token.cancel_query(NoTls).await,
            }
        };
        match tokio::time::timeout(self.timeout, sent).await {
            Ok(done) => done.map_err(|error| fault_from(&error, &self.context, "cancelling a statement")),
            Err(_) => Err(Fault::ConnectTimeout {
                place: self.context.place.clone(),
                seconds: self.timeout.as_secs(),
                origin: "connect_timeout".to_owned(),
            }),
        }
    }
}

/// Where one attempt goes.
#[derive(Clone, Copy)]
enum Address {
    Socket,
    Ip(IpAddr),
}

/// Opens a session on the first host that answers and is of the kind asked for.
///
/// As in libpq, a server that answers with a refusal (password, database, `pg_hba.conf`) ends the search, unless it
/// is starting up or shutting down; a server that cannot be reached does not.
///
/// # Errors
/// Everything of class Unreachable.
pub async fn connect(target: &Target) -> Result<Session, Fault> {
    let mut hosts: Vec<&Host> = target.hosts.iter().collect();
    if target.shuffle {
        shuffle(&mut hosts);
    }
    // prefer-standby: one round for a standby, one for whatever there is.
    let rounds: &[Attributes] = match target.attributes {
        Attributes::PreferStandby => &[Attributes::Standby, Attributes::Any],
        Attributes::Any => &[Attributes::Any],
        Attributes::ReadWrite => &[Attributes::ReadWrite],
        Attributes::ReadOnly => &[Attributes::ReadOnly],
        Attributes::Primary => &[Attributes::Primary],
        Attributes::Standby => &[Attributes::Standby],
    };
    let mut failures = Vec::new();
    for wanted in rounds {
        failures.clear();
        for host in &hosts {
            match connect_host(target, host, *wanted).await {
                Ok(session) => return Ok(session),
                Err(faults) => {
                    for (place, fault) in faults {
                        if is_final(&fault) {
                            return Err(fault);
                        }
                        failures.push((place, fault));
                    }
                }
            }
        }
    }
    Err(sum_up(target, failures))
}

/// A refusal that another host would repeat, or that the user must hear about.
const fn is_final(fault: &Fault) -> bool {
    !matches!(
        fault,
        Fault::Unreachable { .. }
            | Fault::ConnectTimeout { .. }
            | Fault::StartingUp { .. }
            | Fault::WrongKind { .. }
            | Fault::Gone { .. }
            | Fault::Driver { .. }
    )
}

/// One failure says it best itself; of several, each is named.
fn sum_up(target: &Target, mut failures: Vec<(String, Fault)>) -> Fault {
    if failures.len() == 1
        && let Some((_, fault)) = failures.pop()
    {
        return fault;
    }
    Fault::Unreachable {
        place: target.describe().display.clone(),
        attempts: failures
            .into_iter()
            .flat_map(|(place, fault)| match fault {
                Fault::Unreachable { attempts, .. } => attempts,
                other => vec![Failure { place, problem: other.short() }],
            })
            .collect(),
    }
}

async fn connect_host(target: &Target, host: &Host, wanted: Attributes) -> Result<Session, Vec<(String, Fault)>> {
    let context = target.context(host);
    let addresses = match tokio::time::timeout(target.connect_timeout, addresses(host)).await {
        Ok(Ok(addresses)) => addresses,
        Ok(Err(problem)) => {
            return Err(vec![(host.name.clone(), unreachable(&context, host, &problem))]);
        }
        Err(_) => {
            let problem = format!("the name was not resolved within {} s", target.connect_timeout.as_secs());
            return Err(vec![(host.name.clone(), unreachable(&context, host, &problem))]);
        }
    };
    let mut faults = Vec::new();
    for address in addresses {
        let shown = match address {
            Address::Socket => format!("{}/.s.PGSQL.{}", host.name, host.port),
            Address::Ip(ip) if ip.to_string() == host.name => format!("{ip} port {}", host.port),
            Address::Ip(ip) => format!("{} ({ip}) port {}", host.name, host.port),
        };
        let attempt = open(target, host, address, &shown, &context);
        let fault = match tokio::time::timeout(target.connect_timeout, attempt).await {
            Ok(Ok(session)) => match check_kind(&session, wanted, target) {
                Ok(()) => return Ok(session),
                Err(fault) => fault,
            },
            Ok(Err(fault)) => fault,
            Err(_) => Fault::ConnectTimeout {
                place: context.place.clone(),
                seconds: target.connect_timeout.as_secs(),
                origin: target.connect_timeout_origin.clone(),
            },
        };
        // The other addresses of a name are the same server.
        let stop = is_final(&fault) || matches!(fault, Fault::WrongKind { .. } | Fault::StartingUp { .. });
        faults.push((shown, fault));
        if stop {
            break;
        }
    }
    Err(faults)
}

async fn addresses(host: &Host) -> Result<Vec<Address>, String> {
    if host.is_socket() {
        return Ok(vec![Address::Socket]);
    }
    if let Some(address) = host.address {
        return Ok(vec![Address::Ip(address)]);
    }
    let found =
        tokio::net::lookup_host((host.name.as_str(), host.port)).await.map_err(|error| format!("the name cannot be resolved ({error})"))?;
    let mut addresses = Vec::new();
    for address in found {
        if !addresses.contains(&address.ip()) {
            addresses.push(address.ip());
        }
    }
    if addresses.is_empty() {
        return Err("the name has no address".to_owned());
    }
    Ok(addresses.into_iter().map(Address::Ip).collect())
}

fn unreachable(context: &Context, host: &Host, problem: &str) -> Fault {
    Fault::Unreachable {
        place: context.place.clone(),
        attempts: vec![Failure { place: format!("{} port {}", host.name, host.port), problem: context.scrub(problem) }],
    }
}

/// One address, with the TLS modes libpq would try on it.
async fn open(target: &Target, host: &Host, address: Address, shown: &str, context: &Context) -> Result<Session, Fault> {
    let Some(connector) = target.tls.connector.as_ref().filter(|_| matches!(address, Address::Ip(_))) else {
        return open_plain(target, host, address, shown, context).await;
    };
    match target.tls.mode {
        Mode::Disable => open_plain(target, host, address, shown, context).await,
        Mode::Require | Mode::VerifyCa | Mode::VerifyFull => {
            open_tls(target, host, address, SslMode::Require, connector, shown, context).await
        }
        // The second way is for a server that refuses the first: libpq goes it after any refusal before the login is
        // complete, we only where it can help, so that a wrong password is sent once.
        Mode::Allow => match open_plain(target, host, address, shown, context).await {
            Err(first @ Fault::LoginRefused { .. }) => {
                let second = open_tls(target, host, address, SslMode::Require, connector, shown, context).await;
                second.map_err(|second| if matches!(second, Fault::TlsUnavailable { .. }) { first } else { second })
            }
            result => result,
        },
        Mode::Prefer => match open_tls(target, host, address, SslMode::Prefer, connector, shown, context).await {
            Err(
                first @ (Fault::LoginRefused { .. }
                | Fault::TlsHandshake { .. }
                | Fault::CertificateUnknown { .. }
                | Fault::CertificateName { .. }),
            ) => open_plain(target, host, address, shown, context).await.map_err(|second| match first {
                // Two refusals by pg_hba.conf: the one for TLS is the one to repair.
                Fault::LoginRefused { .. } if matches!(second, Fault::LoginRefused { .. }) => first,
                _ => second,
            }),
            result => result,
        },
    }
}

async fn open_plain(target: &Target, host: &Host, address: Address, shown: &str, context: &Context) -> Result<Session, Fault> {
    let config = config(target, host, address, SslMode::Disable);
    let mail = Arc::<Mail>::default();
    let client = start(&config, NoTls, &mail).await.map_err(|error| explain(&error, context, shown))?;
    greet(client, None, target, host, context, mail).await
}

async fn open_tls(
    target: &Target,
    host: &Host,
    address: Address,
    mode: SslMode,
    connector: &MakeRustlsConnect,
    shown: &str,
    context: &Context,
) -> Result<Session, Fault> {
    let config = config(target, host, address, mode);
    let mail = Arc::<Mail>::default();
    let tracked = Tracked { inner: connector.clone(), used: Arc::default() };
    let used = Arc::clone(&tracked.used);
    let client = start(&config, tracked, &mail).await.map_err(|error| explain(&error, context, shown))?;
    // With `prefer` the server decides, and the driver does not tell.
    let used = used.load(Ordering::Relaxed).then(|| connector.clone());
    greet(client, used, target, host, context, mail).await
}

/// A connector that remembers whether it was asked to do its work.
struct Tracked {
    inner: MakeRustlsConnect,
    used: Arc<AtomicBool>,
}

struct TrackedConnect<C> {
    inner: C,
    used: Arc<AtomicBool>,
}

impl MakeTlsConnect<Socket> for Tracked {
    type Stream = <MakeRustlsConnect as MakeTlsConnect<Socket>>::Stream;
    type TlsConnect = TrackedConnect<<MakeRustlsConnect as MakeTlsConnect<Socket>>::TlsConnect>;
    type Error = <MakeRustlsConnect as MakeTlsConnect<Socket>>::Error;

    fn make_tls_connect(&mut self, domain: &str) -> Result<Self::TlsConnect, Self::Error> {
        let inner = <MakeRustlsConnect as MakeTlsConnect<Socket>>::make_tls_connect(&mut self.inner, domain)?;
        Ok(TrackedConnect { inner, used: Arc::clone(&self.used) })
    }
}

impl<C: TlsConnect<Socket>> TlsConnect<Socket> for TrackedConnect<C> {
    type Stream = C::Stream;
    type Error = C::Error;
    type Future = C::Future;

    fn connect(self, stream: Socket) -> Self::Future {
        self.used.store(true, Ordering::Relaxed);
        self.inner.connect(stream)
    }
}

/// Connects once with one TLS mode and sets the connection going.
async fn start<T>(config: &Config, tls: T, mail: &Arc<Mail>) -> Result<Client, tokio_postgres::Error>
where
    T: MakeTlsConnect<Socket>,
    T::Stream: Send + 'static,
{
    let (client, connection) = config.connect(tls).await?;
    drive(connection, Arc::clone(mail));
    Ok(client)
}

/// A failed attempt: what never reached a server names the address.
fn explain(error: &tokio_postgres::Error, context: &Context, shown: &str) -> Fault {
    if error.to_string() == "error connecting to server" {
        let problem = context.scrub(&super::translate::chain(error));
        return Fault::Unreachable { place: context.place.clone(), attempts: vec![Failure { place: shown.to_owned(), problem }] };
    }
    fault_from(error, context, CONNECTING)
}

fn config(target: &Target, host: &Host, address: Address, mode: SslMode) -> Config {
    let described = target.describe();
    let mut config = Config::new();
    config
        .user(&described.user.value)
        .dbname(&described.dbname.value)
        .application_name(&target.application_name)
        .port(host.port)
        .ssl_mode(mode)
        .ssl_negotiation(target.tls.negotiation)
        .channel_binding(target.channel_binding)
        .connect_timeout(target.connect_timeout)
        .keepalives(target.keepalives.on);
    match address {
        Address::Socket => config.host_path(&host.name),
        // The name is what TLS verifies; a socket's folder beside a hostaddr is none.
        Address::Ip(ip) if host.name.starts_with('/') => config.host(ip.to_string()).hostaddr(ip),
        Address::Ip(ip) => config.host(&host.name).hostaddr(ip),
    };
    if let Some(password) = &host.password {
        use secrecy::ExposeSecret;
        config.password(password.expose_secret());
    }
    if let Some(options) = &target.options {
        config.options(options);
    }
    if let Some(idle) = target.keepalives.idle {
        config.keepalives_idle(idle);
    }
    if let Some(interval) = target.keepalives.interval {
        config.keepalives_interval(interval);
    }
    if let Some(count) = target.keepalives.count {
        config.keepalives_retries(count);
    }
    if let Some(timeout) = target.keepalives.user_timeout {
        config.tcp_user_timeout(timeout);
    }
    config
}

/// Order without bias that matters: enough to spread evenkeel runs over hosts.
fn shuffle<T>(items: &mut [T]) {
    for index in (1..items.len()).rev() {
        let mut bytes = [0; 8];
        if getrandom::fill(&mut bytes).is_err() {
            return;
        }
        let pick = usize::try_from(u64::from_le_bytes(bytes) % (index as u64 + 1)).unwrap_or_default();
        items.swap(index, pick);
    }
}
