//! TLS by the clients' rules on rustls: modes, trusted roots, client certificate, what is verified.
//!
//! Lives here: reading the `ssl-*` options and their files, and the meaning of TLS errors. Does not live here: when TLS
//! is tried and when a plain connection follows (`attempt`).
//!
//! <https://dev.mysql.com/doc/refman/en/using-encrypted-connections.html>

use std::path::Path;

use evenkeel_core::connection::Machine;
use mysql_async::{ClientIdentity, SslOpts, TlsError};
use rustls::CertificateError;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use super::fault::Fault;
use super::settings::Settings;
use super::translate::Context;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Disabled,
    Preferred,
    Required,
    VerifyCa,
    VerifyIdentity,
}

/// How to speak TLS to a target.
#[derive(Clone)]
pub(super) struct Tls {
    pub mode: Mode,
    /// `ssl-mode=VERIFY_IDENTITY from URL`.
    pub origin: String,
    /// Which roots are trusted, in words.
    pub roots: String,
    /// `None` for sockets and `ssl-mode=DISABLED`.
    pub options: Option<SslOpts>,
}

/// The driver takes a certificate for another name where the error's text holds the word it knew from older rustls,
/// which newer ones spell differently. They do print the name that was asked for, so asking for that word makes the
/// driver recognize the case. The name is checked after the chain: a certificate of another authority still fails.
/// `live_tls_tests` holds this to be so.
const ANY_NAME: &str = "NotValidForName";

/// What there is through a socket; the address is one that every client takes for TCP.
const IN_SOCKET: &str =
    "ssl-mode=PREFERRED or DISABLED for a socket, which evenkeel reads without TLS; or TCP, such as mysql://USER@127.0.0.1:3306/DATABASE";

impl Tls {
    /// The clients speak TLS through a socket where they are told to; our driver cannot. So through a socket there is no TLS,
    /// none of its files is opened, and who demands it is refused.
    pub fn read(settings: &Settings, is_tcp: bool, machine: &dyn Machine) -> Result<Self, Fault> {
        let (mode, origin) = mode(settings)?;
        if !is_tcp && !matches!(mode, Mode::Disabled | Mode::Preferred) {
            // Without ssl-mode it is ssl-ca that demands it.
            let keyword = if settings.get("ssl-mode").is_some() { "ssl-mode" } else { "ssl-ca" };
            return Err(settings.invalid(keyword, IN_SOCKET));
        }
        let mut tls = Self { mode, origin, roots: "none".to_owned(), options: None };
        if is_tcp && mode != Mode::Disabled {
            // The driver builds its TLS on the process's provider; a second call changes nothing.
            let _ = rustls::crypto::ring::default_provider().install_default();
            let mut options = SslOpts::default();
            if matches!(mode, Mode::VerifyCa | Mode::VerifyIdentity) {
                let (roots, shown) = roots(settings, mode, machine)?;
                tls.roots = shown;
                let roots = roots.into_iter().map(|root| root.to_vec().into()).collect();
                options = options.with_root_certs(roots).with_disable_built_in_roots(true);
                if mode == Mode::VerifyCa {
                    options = options.with_danger_skip_domain_validation(true).with_danger_tls_hostname_override(Some(ANY_NAME));
                }
            } else {
                // As the clients: encrypted, but whoever answers is believed.
                options = options.with_danger_accept_invalid_certs(true);
            }
            tls.options = Some(options.with_client_identity(identity(settings, machine)?));
        }
        Ok(tls)
    }
}

fn mode(settings: &Settings) -> Result<(Mode, String), Fault> {
    let words = [
        ("DISABLED", Mode::Disabled),
        ("PREFERRED", Mode::Preferred),
        ("REQUIRED", Mode::Required),
        ("VERIFY_CA", Mode::VerifyCa),
        ("VERIFY_IDENTITY", Mode::VerifyIdentity),
    ];
    Ok(match (settings.choose("ssl-mode", &words)?, settings.get("ssl-mode"), settings.get("ssl-ca")) {
        (Some(mode), Some((value, origin)), _) => (mode, format!("ssl-mode={value} from {origin}")),
        (_, _, Some((_, origin))) => (Mode::VerifyCa, format!("ssl-mode=VERIFY_CA, which ssl-ca from {origin} means")),
        _ => (Mode::Preferred, "default of ssl-mode".to_owned()),
    })
}

/// The roots to verify against, and what they are in words.
fn roots(settings: &Settings, mode: Mode, machine: &dyn Machine) -> Result<(Vec<CertificateDer<'static>>, String), Fault> {
    if let Some((path, _)) = settings.get("ssl-ca") {
        let certificates = certificates("ssl-ca", path, machine)?;
        return Ok((certificates, path.to_owned()));
    }
    if mode == Mode::VerifyCa {
        // Everyone can get a certificate from a public authority: without the name it proves nothing.
        return Err(settings.invalid("ssl-mode", "VERIFY_IDENTITY, or ssl-ca=FILE with the authority to trust"));
    }
    let found = rustls_native_certs::load_native_certs();
    if found.certs.is_empty() {
        let problem = "the system has no trusted certificates; install ca-certificates or set ssl-ca".to_owned();
        return Err(Fault::File { kind: "root certificates", path: "system".to_owned(), problem });
    }
    Ok((found.certs, "those of the system".to_owned()))
}

fn identity(settings: &Settings, machine: &dyn Machine) -> Result<Option<ClientIdentity>, Fault> {
    let (cert, key) = match (settings.get("ssl-cert"), settings.get("ssl-key")) {
        (None, None) => return Ok(None),
        (Some((cert, _)), Some((key, _))) => (cert, key),
        (Some(_), None) => return Err(settings.invalid("ssl-cert", "ssl-key=FILE with the certificate's key beside it")),
        (None, Some(_)) => return Err(settings.invalid("ssl-key", "ssl-cert=FILE with the key's certificate beside it")),
    };
    certificates("ssl-cert", cert, machine)?;
    let fault = |problem: String| Fault::File { kind: "ssl-key", path: key.to_owned(), problem };
    let bytes = machine.read_file(Path::new(key)).map_err(|error| fault(error.to_string()))?;
    PrivateKeyDer::from_pem_slice(&bytes).map_err(|_| fault("it holds no unencrypted private key in PEM format".to_owned()))?;
    let chain = machine.read_file(Path::new(cert)).map_err(|error| fault(error.to_string()))?;
    Ok(Some(ClientIdentity::new(chain.into(), bytes.into())))
}

fn certificates(kind: &'static str, path: &str, machine: &dyn Machine) -> Result<Vec<CertificateDer<'static>>, Fault> {
    let fault = |problem: String| Fault::File { kind, path: path.to_owned(), problem };
    let bytes = machine.read_file(Path::new(path)).map_err(|error| fault(error.to_string()))?;
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bytes).collect();
    match found {
        Ok(found) if !found.is_empty() => Ok(found),
        _ => Err(fault("it holds no certificate in PEM format".to_owned())),
    }
}

/// What a TLS error means, where one is behind `error`.
pub(super) fn fault_of(error: &mysql_async::Error, context: &Context) -> Option<Fault> {
    let place = context.place.clone();
    let rustls = rustls_error(error)?;
    let message = context.scrub(&rustls.to_string());
    let name = |found: Vec<String>| Fault::CertificateName {
        place: place.clone(),
        expected: format!("a certificate for {}", context.host),
        found,
        origin: context.ssl_mode_origin.clone(),
    };
    Some(match rustls {
        rustls::Error::InvalidCertificate(CertificateError::NotValidForNameContext { presented, .. }) => name(presented.clone()),
        rustls::Error::InvalidCertificate(CertificateError::NotValidForName) => name(Vec::new()),
        rustls::Error::InvalidCertificate(_) => Fault::CertificateUnknown { place, message, roots: context.roots.clone() },
        _ => Fault::TlsHandshake { place, message },
    })
}

/// The handshake's errors arrive inside an I/O error, those of the set-up plainly.
fn rustls_error(error: &mysql_async::Error) -> Option<&rustls::Error> {
    match error {
        mysql_async::Error::Io(mysql_async::IoError::Tls(TlsError::Tls(error))) => Some(error),
        mysql_async::Error::Io(mysql_async::IoError::Io(error)) => error.get_ref()?.downcast_ref(),
        _ => None,
    }
}
