//! `require_auth`: which ways to log in the user allows the server to ask for.
//!
//! Lives here: reading the list. Does not live here: the login itself, which the driver does.

use super::fault::Fault;
use super::target::Settings;

const METHODS: [&str; 6] = ["password", "md5", "gss", "sspi", "scram-sha-256", "none"];

/// The allowed methods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Allowed {
    allowed: [bool; METHODS.len()],
}

impl Allowed {
    pub fn read(settings: &Settings) -> Result<Self, Fault> {
        let Some((text, origin)) = settings.get("require_auth") else {
            return Ok(Self {
                allowed: [true; METHODS.len()],
            });
        };
        let negated = text.starts_with('!');
        let mut allowed = [negated; METHODS.len()];
        for word in text.split(',').map(str::trim) {
            // libpq refuses a mixture of "method" and "!method".
            let name = match (negated, word.strip_prefix('!')) {
                (true, Some(name)) => name,
                (false, None) => word,
                _ => {
                    return Err(
                        settings.invalid("require_auth", "either only methods, or only !methods")
                    );
                }
            };
            match METHODS.iter().position(|method| *method == name) {
                Some(index) => allowed[index] = !negated,
                None => {
                    let expected =
                        format!("a comma list of {} (or of !method)", METHODS.join(", "));
                    return Err(settings.invalid("require_auth", &expected));
                }
            }
        }
        let result = Self { allowed };
        // The driver answers what the server asks for and gives us no say in it.
        if METHODS
            .iter()
            .zip(allowed)
            .any(|(method, allowed)| !allowed && !matches!(*method, "gss" | "sspi"))
        {
            return Err(Fault::Unsupported {
                keyword: "require_auth",
                why: "evenkeel cannot refuse a login method; channel_binding=require allows SCRAM over TLS only"
                    .to_owned(),
                origin: origin.to_owned(),
            });
        }
        Ok(result)
    }
}
