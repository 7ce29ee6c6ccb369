//! One request over HTTP, bounded, whose failure is told without its address: that may hold a token.

use std::sync::Arc;
use std::time::Duration;
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::{Agent, Error};

/// Why a request was of no use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub why: String,
    /// It may be otherwise in a moment.
    pub may_pass: bool,
}

impl Failure {
    fn lasting(why: impl Into<String>) -> Self {
        Self { why: why.into(), may_pass: false }
    }

    fn passing(why: impl Into<String>) -> Self {
        Self { why: why.into(), may_pass: true }
    }
}

/// Sends a body, and wants to hear that it was taken. Redirections are not followed: what is sent is for that address.
///
/// # Errors
/// It was not taken.
pub fn post(url: &str, headers: &[(&str, &str)], body: &[u8], within: Duration) -> Result<(), Failure> {
    let mut request = agent(url, within)?.post(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    match request.send(body).map(|answer| answer.status().as_u16()) {
        Ok(200..=299) => Ok(()),
        Ok(status) => Err(refused(status)),
        Err(error) => Err(failed(&error, within)),
    }
}

/// Asks, and hands out what is answered: no more than so many bytes.
///
/// # Errors
/// Nothing was answered, or too much.
pub fn get(url: &str, headers: &[(&str, &str)], most: u64, within: Duration) -> Result<(u16, Vec<u8>), Failure> {
    let mut request = agent(url, within)?.get(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut answer = request.call().map_err(|error| failed(&error, within))?;
    let status = answer.status().as_u16();
    match answer.body_mut().with_config().limit(most).read_to_vec() {
        Ok(body) => Ok((status, body)),
        Err(Error::BodyExceedsLimit(_)) => Err(Failure::lasting(format!("an answer of more than {most} bytes"))),
        Err(error) => Err(failed(&error, within)),
    }
}

/// Why an answer of that status is of no use.
pub fn refused(status: u16) -> Failure {
    match status {
        300..=399 => Failure::lasting(format!("HTTP {status}: it is somewhere else, and that is not followed")),
        408 | 429 | 500..=599 => Failure::passing(format!("HTTP {status}")),
        _ => Failure::lasting(format!("HTTP {status}")),
    }
}

fn agent(url: &str, within: Duration) -> Result<Agent, Failure> {
    let config = Agent::config_builder()
        .timeout_global(Some(within))
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .user_agent(concat!("evenkeel/", env!("CARGO_PKG_VERSION")))
        .tls_config(tls(url)?)
        .build();
    Ok(Agent::new_with_config(config))
}

/// Scheme and host of an address: the rest may be a token.
pub fn shown(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://").filter(|(scheme, _)| matches!(*scheme, "http" | "https"))?;
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let is_host = !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':' | '[' | ']'));
    is_host.then(|| format!("{scheme}://{host}/…"))
}

/// The authorities that the system trusts.
fn tls(url: &str) -> Result<TlsConfig, Failure> {
    let config = TlsConfig::builder().unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()));
    if !url.starts_with("https:") {
        return Ok(config.build());
    }
    let found = rustls_native_certs::load_native_certs();
    if found.certs.is_empty() {
        return Err(Failure::lasting("the system has no trusted certificates; install ca-certificates"));
    }
    let roots = found.certs.iter().map(|one| Certificate::from_der(one).to_owned());
    Ok(config.root_certs(RootCerts::from(roots.collect::<Vec<_>>())).build())
}

/// What a handshake failed by, which comes as a failure of reading.
fn untrusted(error: &std::io::Error) -> Option<String> {
    error.get_ref()?.downcast_ref::<rustls::Error>().map(ToString::to_string)
}

/// In words of ours: an error may repeat the address.
fn failed(error: &Error, within: Duration) -> Failure {
    match error {
        Error::Timeout(_) => Failure::passing(format!("no answer within {} s", within.as_secs_f64())),
        Error::Io(error) if untrusted(error).is_some() => Failure::lasting(format!("TLS: {}", untrusted(error).unwrap_or_default())),
        Error::Io(error) => Failure::passing(error.kind().to_string()),
        Error::HostNotFound => Failure::passing("no such host"),
        Error::ConnectionFailed => Failure::passing("no connection"),
        Error::Rustls(error) => Failure::lasting(format!("TLS: {error}")),
        Error::Tls(why) => Failure::lasting(format!("TLS: {why}")),
        Error::Protocol(_) | Error::LargeResponseHeader(..) => Failure::lasting("what answers does not speak HTTP"),
        Error::BadUri(_) | Error::Http(_) => Failure::lasting("its address cannot be used"),
        Error::InvalidProxyUrl => Failure::lasting("the proxy of the environment cannot be used"),
        _ => Failure::lasting("the request failed"),
    }
}
