//! TLS by libpq's rules on rustls: modes, trusted roots, client certificate, what is verified.
//!
//! Lives here: reading the `ssl*` settings and their files, the verifier, and the meaning of TLS errors. Does not live
//! here: when TLS is tried and when a plain connection follows (`attempt`).
//!
//! <https://www.postgresql.org/docs/18/libpq-ssl.html>

use std::error::Error as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use evenkeel_core::connection::Machine;
use rustls::client::WebPkiServerVerifier;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{CertificateError, ClientConfig, RootCertStore, SupportedProtocolVersion};
use tokio_postgres::config::SslNegotiation;
use tokio_postgres_rustls::MakeRustlsConnect;

use super::fault::Fault;
use super::settings::Settings;
use super::translate::Context;
use super::verify::Verifier;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Disable,
    Allow,
    Prefer,
    Require,
    VerifyCa,
    VerifyFull,
}

/// How to speak TLS to the hosts of a target.
#[derive(Clone)]
pub(super) struct Tls {
    pub mode: Mode,
    /// `sslmode=verify-full from PGSSLMODE`.
    pub origin: String,
    /// Which roots are trusted, in words.
    pub roots: String,
    pub negotiation: SslNegotiation,
    /// `None` when no host can use it: sockets, or `sslmode=disable`.
    pub connector: Option<MakeRustlsConnect>,
}

/// The one place that names the cryptography behind TLS.
fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

impl Tls {
    /// `any_tcp`: at least one host is no socket. Without one no TLS file is opened, as in libpq.
    pub fn read(settings: &Settings, any_tcp: bool, machine: &dyn Machine) -> Result<Self, Fault> {
        let (mode, origin) = mode(settings)?;
        let negotiation = settings
            .choose("sslnegotiation", &[("postgres", SslNegotiation::Postgres), ("direct", SslNegotiation::Direct)])?
            .unwrap_or_default();
        if negotiation == SslNegotiation::Direct && !mode.is_strict() {
            return Err(settings.invalid("sslnegotiation", "direct only with sslmode=require or stricter"));
        }
        let mut tls = Self { mode, origin, roots: "none".to_owned(), negotiation, connector: None };
        if any_tcp && mode != Mode::Disable {
            let (roots, shown) = roots(settings, mode, machine)?;
            tls.roots = shown;
            let config = client_config(settings, mode, roots, negotiation, machine)?;
            tls.connector = Some(MakeRustlsConnect::new(config));
        }
        Ok(tls)
    }
}

impl Mode {
    /// No connection without TLS.
    pub const fn is_strict(self) -> bool {
        matches!(self, Self::Require | Self::VerifyCa | Self::VerifyFull)
    }
}

fn mode(settings: &Settings) -> Result<(Mode, String), Fault> {
    let words = [
        ("disable", Mode::Disable),
        ("allow", Mode::Allow),
        ("prefer", Mode::Prefer),
        ("require", Mode::Require),
        ("verify-ca", Mode::VerifyCa),
        ("verify-full", Mode::VerifyFull),
    ];
    let chosen = settings.choose("sslmode", &words)?;
    let system = settings.get("sslrootcert").is_some_and(|(value, _)| value == "system");
    let mode = match (chosen, system) {
        (None, true) => Mode::VerifyFull,
        (None, false) => Mode::Prefer,
        // Everyone can get a certificate from a public authority: without the name it proves nothing.
        (Some(mode), true) if mode != Mode::VerifyFull => {
            return Err(settings.invalid("sslmode", "verify-full, which sslrootcert=system needs"));
        }
        (Some(mode), _) => mode,
    };
    let origin = match settings.get("sslmode") {
        Some((value, origin)) => format!("sslmode={value} from {origin}"),
        None => "default of sslmode".to_owned(),
    };
    Ok((mode, origin))
}

/// The roots to verify against, `None` when the certificate is not verified, and what they are in words.
fn roots(settings: &Settings, mode: Mode, machine: &dyn Machine) -> Result<(Option<Vec<CertificateDer<'static>>>, String), Fault> {
    let verifies = matches!(mode, Mode::VerifyCa | Mode::VerifyFull);
    let path = match settings.get("sslrootcert") {
        Some(("system", _)) => {
            let found = rustls_native_certs::load_native_certs();
            if found.certs.is_empty() {
                let problem = "the system has no trusted certificates; install ca-certificates".to_owned();
                return Err(Fault::File { kind: "root certificates", path: "system".to_owned(), problem });
            }
            return Ok((Some(found.certs), "those of the system".to_owned()));
        }
        Some((path, _)) => PathBuf::from(path),
        None => match in_home("root.crt", machine) {
            Some(path) if verifies || machine.facts(&path).is_ok() => path,
            None if verifies => {
                let problem = "there is no home folder to look into; set sslrootcert".to_owned();
                return Err(Fault::File { kind: "root certificate file", path: "root.crt".to_owned(), problem });
            }
            _ => return Ok((None, "none (the certificate is not verified)".to_owned())),
        },
    };
    // A file that was named must be there in every mode: to go on unverified would surprise.
    let certificates = certificates("root certificate file", &path, machine)?;
    Ok((Some(certificates), path.display().to_string()))
}

fn in_home(name: &str, machine: &dyn Machine) -> Option<PathBuf> {
    machine.home().map(|home| home.join(".postgresql").join(name))
}

fn bad_file(kind: &'static str, path: &Path, problem: impl Into<String>) -> Fault {
    Fault::File { kind, path: path.display().to_string(), problem: problem.into() }
}

fn certificates(kind: &'static str, path: &Path, machine: &dyn Machine) -> Result<Vec<CertificateDer<'static>>, Fault> {
    let bytes = machine.read_file(path).map_err(|error| bad_file(kind, path, error.to_string()))?;
    let found: Vec<_> =
        CertificateDer::pem_slice_iter(&bytes).collect::<Result<_, _>>().map_err(|_| bad_file(kind, path, "it is not in PEM format"))?;
    if found.is_empty() {
        return Err(bad_file(kind, path, "it holds no certificate in PEM format"));
    }
    Ok(found)
}

fn client_config(
    settings: &Settings,
    mode: Mode,
    roots: Option<Vec<CertificateDer<'static>>>,
    negotiation: SslNegotiation,
    machine: &dyn Machine,
) -> Result<ClientConfig, Fault> {
    let provider = provider();
    let algorithms = provider.signature_verification_algorithms;
    let chain = match &roots {
        None => None,
        Some(certificates) => {
            let mut store = RootCertStore::empty();
            store.add_parsable_certificates(certificates.iter().cloned());
            let verifier =
                WebPkiServerVerifier::builder_with_provider(Arc::new(store), Arc::clone(&provider)).build().map_err(|error| {
                    Fault::File {
                        kind: "root certificates",
                        path: settings.get("sslrootcert").map_or("root.crt", |(path, _)| path).to_owned(),
                        problem: format!("none of them can be used ({error})"),
                    }
                })?;
            Some(verifier)
        }
    };
    let verifier = Verifier::new(chain, mode == Mode::VerifyFull, roots.unwrap_or_default(), algorithms);
    let builder = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&versions(settings)?)
        .map_err(|_| settings.invalid("ssl_max_protocol_version", "a version not below ssl_min_protocol_version"))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
    let mut config = match identity(settings, machine)? {
        None => builder.with_no_client_auth(),
        Some(Identity { chain, key, key_path }) => builder
            .with_client_auth_cert(chain, key)
            .map_err(|error| bad_file("client key", &key_path, format!("it does not go with the client certificate ({error})")))?,
    };
    config.enable_sni = settings.choose("sslsni", &[("1", true), ("0", false)])?.unwrap_or(true);
    if negotiation == SslNegotiation::Direct {
        config.alpn_protocols = vec![b"postgresql".to_vec()];
    }
    Ok(config)
}

/// rustls speaks 1.2 and 1.3 only; older lower bounds change nothing, older upper bounds leave no version.
fn versions(settings: &Settings) -> Result<Vec<&'static SupportedProtocolVersion>, Fault> {
    let words = [("TLSv1", 10), ("TLSv1.1", 11), ("TLSv1.2", 12), ("TLSv1.3", 13)];
    let low = settings.choose("ssl_min_protocol_version", &words)?.unwrap_or(12);
    let high = settings.choose("ssl_max_protocol_version", &words)?.unwrap_or(13);
    if high < 12 {
        return Err(settings.invalid("ssl_max_protocol_version", "TLSv1.2 or TLSv1.3; older ones are not safe"));
    }
    if low > high {
        return Err(settings.invalid("ssl_max_protocol_version", "a version not below ssl_min_protocol_version"));
    }
    let known = [(12, &rustls::version::TLS12), (13, &rustls::version::TLS13)];
    Ok(known.into_iter().filter(|(version, _)| (low..=high).contains(version)).map(|(_, version)| version).collect())
}

// ---- client certificate ---------------------------------------------------------------------------------------

struct Identity {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
    key_path: PathBuf,
}

fn identity(settings: &Settings, machine: &dyn Machine) -> Result<Option<Identity>, Fault> {
    #[derive(Clone, Copy, PartialEq, Eq)]
    enum Use {
        Never,
        IfThere,
        Must,
    }
    let words = [("disable", Use::Never), ("allow", Use::IfThere), ("require", Use::Must)];
    let wanted = settings.choose("sslcertmode", &words)?.unwrap_or(Use::IfThere);
    if wanted == Use::Never {
        return Ok(None);
    }
    let path = match settings.get("sslcert") {
        Some((path, _)) => PathBuf::from(path),
        None => match in_home("postgresql.crt", machine) {
            Some(path) if wanted == Use::Must || machine.facts(&path).is_ok() => path,
            _ => return Ok(None),
        },
    };
    let chain = certificates("client certificate", &path, machine)?;
    let key_path = match settings.get("sslkey") {
        Some((path, _)) => PathBuf::from(path),
        None => {
            in_home("postgresql.key", machine).ok_or_else(|| bad_file("client certificate", &path, "there is no key for it; set sslkey"))?
        }
    };
    let key = key(&key_path, machine)?;
    Ok(Some(Identity { chain, key, key_path }))
}

/// A private key that nobody else can read: mode 0600, or 0640 when root owns it.
fn key(path: &Path, machine: &dyn Machine) -> Result<PrivateKeyDer<'static>, Fault> {
    const KIND: &str = "client key";
    let facts = machine.facts(path).map_err(|error| bad_file(KIND, path, error.to_string()))?;
    if !facts.is_file {
        return Err(bad_file(KIND, path, "it is not a plain file"));
    }
    let forbidden = if facts.owner == 0 { 0o037 } else { 0o077 };
    if facts.mode & forbidden != 0 {
        let problem = format!("others can read it (mode {:04o}); fix: chmod 0600 {} (0640 when root owns it)", facts.mode, path.display());
        return Err(bad_file(KIND, path, problem));
    }
    let bytes = machine.read_file(path).map_err(|error| bad_file(KIND, path, error.to_string()))?;
    if contains(&bytes, b"ENCRYPTED") {
        return Err(bad_file(KIND, path, "it is encrypted; evenkeel reads unencrypted keys only"));
    }
    PrivateKeyDer::from_pem_slice(&bytes)
        .map_err(|_| bad_file(KIND, path, "it holds no private key in PEM format (PKCS#8, PKCS#1 or SEC1)"))
}

fn contains(bytes: &[u8], word: &[u8]) -> bool {
    bytes.windows(word.len()).any(|window| window == word)
}

// ---- errors ---------------------------------------------------------------------------------------------------

/// The TLS part of a driver error in words, or `None` when it is about something else.
pub(super) fn fault_of(error: &tokio_postgres::Error, context: &Context) -> Option<Fault> {
    let place = context.place().to_owned();
    let cause = error.source()?;
    let io = cause.downcast_ref::<std::io::Error>();
    let inner = io.and_then(std::io::Error::get_ref).and_then(|inner| inner.downcast_ref::<rustls::Error>());
    if let Some(error) = inner {
        return Some(of_rustls(error, context, place));
    }
    let message = context.scrub(&cause.to_string());
    if message.contains("channel binding") {
        let origin = context.channel_binding_origin.clone();
        return Some(Fault::NoChannelBinding { place, message, origin });
    }
    // The driver's fixed words for its TLS failures.
    if error.to_string() == "error performing TLS handshake" {
        return Some(if message == "server does not support TLS" {
            Fault::TlsUnavailable { place, message, origin: context.sslmode_origin.clone() }
        } else {
            Fault::TlsHandshake { place, message }
        });
    }
    None
}

fn of_rustls(error: &rustls::Error, context: &Context, place: String) -> Fault {
    let origin = context.sslmode_origin.clone();
    match error {
        rustls::Error::InvalidCertificate(CertificateError::NotValidForName) => {
            Fault::CertificateName { place, expected: context.host.clone(), found: Vec::new(), origin }
        }
        rustls::Error::InvalidCertificate(CertificateError::NotValidForNameContext { expected, presented }) => {
            let found = presented.iter().map(|name| plain_name(name)).collect();
            Fault::CertificateName { place, expected: expected.to_str().into_owned(), found, origin }
        }
        rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer) => {
            let message = "none of the trusted roots has signed it".to_owned();
            Fault::CertificateUnknown { place, message, roots: context.roots.clone() }
        }
        rustls::Error::InvalidCertificate(problem) => {
            let message = if format!("{problem:?}").contains("UnsupportedCertVersion") {
                "it is an X.509 version 1 certificate, which cannot be verified; issue it with subjectAltName".to_owned()
            } else {
                problem.to_string()
            };
            Fault::CertificateUnknown { place, message, roots: context.roots.clone() }
        }
        rustls::Error::AlertReceived(alert) => {
            let message = format!("the server refused our side of it: {alert:?}");
            Fault::TlsHandshake { place, message }
        }
        other => Fault::TlsHandshake { place, message: other.to_string() },
    }
}

/// rustls prints a certificate's names as `DnsName("db1")` and `IpAddress(10.0.0.1)`.
fn plain_name(name: &str) -> String {
    let inner = name.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')')).unwrap_or(name);
    inner.trim_matches('"').to_owned()
}
