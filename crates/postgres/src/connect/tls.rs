//! TLS: modes, roots, client certificates, verifiers.

use super::environment::Environment;
use super::fault::{Context, Fault};
use super::target::Settings;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Disable,
    Allow,
    Prefer,
    Require,
    VerifyCa,
    VerifyFull,
}

#[derive(Clone)]
pub(super) struct Tls {
    pub mode: Mode,
    pub origin: String,
    pub roots: String,
}

impl Tls {
    pub fn read(settings: &Settings, any_tcp: bool, _env: &dyn Environment) -> Result<Self, Fault> {
        let words = [
            ("disable", Mode::Disable),
            ("allow", Mode::Allow),
            ("prefer", Mode::Prefer),
            ("require", Mode::Require),
            ("verify-ca", Mode::VerifyCa),
            ("verify-full", Mode::VerifyFull),
        ];
        let mode = settings.choose("sslmode", &words)?.unwrap_or(Mode::Prefer);
        if any_tcp && matches!(mode, Mode::Require | Mode::VerifyCa | Mode::VerifyFull) {
            return Err(Fault::Unsupported {
                keyword: "sslmode",
                why: "TLS is not built yet".to_owned(),
                origin: String::new(),
            });
        }
        Ok(Self {
            mode,
            origin: "default".to_owned(),
            roots: String::new(),
        })
    }
}

pub(super) fn fault_of(_error: &tokio_postgres::Error, _context: &Context) -> Option<Fault> {
    None
}
