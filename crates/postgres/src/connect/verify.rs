//! What is verified about a server's certificate.
//!
//! Lives here: the difference between `require` (nothing), `verify-ca` (the chain) and `verify-full` (chain and name),
//! put on top of rustls's own verifier. Does not live here: which of them is asked for (`tls`).

use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{WebPkiServerVerifier, verify_server_name};
use rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature, verify_tls13_signature_with_raw_key};
use rustls::pki_types::{CertificateDer, ServerName, SubjectPublicKeyInfoDer, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, Error, SignatureScheme};

#[derive(Debug)]
pub(super) struct Verifier {
    /// `None`: the certificate is not verified, only that the server holds its key.
    chain: Option<Arc<WebPkiServerVerifier>>,
    check_name: bool,
    roots: Vec<CertificateDer<'static>>,
    algorithms: WebPkiSupportedAlgorithms,
}

impl Verifier {
    pub const fn new(
        chain: Option<Arc<WebPkiServerVerifier>>,
        check_name: bool,
        roots: Vec<CertificateDer<'static>>,
        algorithms: WebPkiSupportedAlgorithms,
    ) -> Self {
        Self { chain, check_name, roots, algorithms }
    }

    /// The usual home-made set-up is one self-signed certificate that is both authority and server. OpenSSL takes it
    /// when it is itself among the roots; rustls refuses a CA as a server. Its validity is checked before that.
    fn is_own_root(&self, end_entity: &CertificateDer<'_>, error: &Error) -> bool {
        matches!(error, Error::InvalidCertificate(CertificateError::Other(_)))
            && format!("{error:?}").contains("CaUsedAsEndEntity")
            && self.roots.iter().any(|root| root.as_ref() == end_entity.as_ref())
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Some(chain) = &self.chain else {
            return Ok(ServerCertVerified::assertion());
        };
        match chain.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now) {
            // rustls looks at the name after the chain was found good.
            Err(Error::InvalidCertificate(CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. }))
                if !self.check_name =>
            {
                Ok(ServerCertVerified::assertion())
            }
            Err(error) if self.is_own_root(end_entity, &error) => {
                if self.check_name {
                    verify_server_name(&ParsedCertificate::try_from(end_entity)?, server_name)?;
                }
                Ok(ServerCertVerified::assertion())
            }
            result => result,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, dss, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        match verify_tls13_signature(message, cert, dss, &self.algorithms) {
            // X.509 version 1, which `openssl x509 -req` made for years: rustls does not read it, but its key is there.
            // The chain of such a certificate was not verified, so this is for `require` without roots only.
            Err(Error::InvalidCertificate(_)) if self.chain.is_none() => {
                let key = public_key(cert.as_ref()).ok_or(Error::InvalidCertificate(CertificateError::BadEncoding))?;
                verify_tls13_signature_with_raw_key(message, &SubjectPublicKeyInfoDer::from(key), dss, &self.algorithms)
            }
            result => result,
        }
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

/// The SubjectPublicKeyInfo of a certificate: the seventh element of its body, the sixth where the version is absent.
fn public_key(certificate: &[u8]) -> Option<&[u8]> {
    let (_, certificate, _) = element(certificate)?;
    let (_, mut body, _) = element(certificate)?;
    if *body.first()? == 0xa0 {
        body = &body[element(body)?.2..];
    }
    // serial, signature algorithm, issuer, validity, subject
    for _ in 0..5 {
        body = &body[element(body)?.2..];
    }
    body.get(..element(body)?.2)
}

/// The first DER element: tag, content, and the length of the whole.
fn element(bytes: &[u8]) -> Option<(u8, &[u8], usize)> {
    let (tag, first) = (*bytes.first()?, usize::from(*bytes.get(1)?));
    let (start, length) = if first < 0x80 {
        (2, first)
    } else {
        let count = first & 0x7f;
        if count == 0 || count > 4 {
            return None;
        }
        let digits = bytes.get(2..2 + count)?;
        (2 + count, digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit)))
    };
    let end = start.checked_add(length)?;
    Some((tag, bytes.get(start..end)?, end))
}
