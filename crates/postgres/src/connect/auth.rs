//! `require_auth`: which ways to log in the user allows the server to ask for.
//!
//! Lives here: reading the list. Does not live here: the login itself, which the driver does.

use super::fault::Fault;
use super::settings::Settings;

const SCRAM: &str = "scram-sha-256";
const METHODS: [&str; 6] = ["password", "md5", "gss", "sspi", SCRAM, "none"];
/// Those the driver can do.
const OURS: [&str; 4] = ["password", "md5", SCRAM, "none"];

/// Checks that the list asks for nothing we cannot keep.
///
/// The driver answers whatever the server asks for and gives us no say in it, so a list that forbids one of the
/// driver's methods is refused; unless `channel_binding=require` already leaves SCRAM alone.
pub(super) fn check(settings: &Settings) -> Result<(), Fault> {
    let Some((text, origin)) = settings.get("require_auth") else {
        return Ok(());
    };
    let negated = text.starts_with('!');
    let mut named = Vec::new();
    for word in text.split(',').map(str::trim) {
        // libpq refuses a mixture of "method" and "!method".
        let name = match (negated, word.strip_prefix('!')) {
            (true, Some(name)) => name,
            (false, None) => word,
            _ => {
                return Err(settings.invalid("require_auth", "either only methods, or only !methods"));
            }
        };
        if !METHODS.contains(&name) {
            let expected = format!("a comma list of {} (or of !method)", METHODS.join(", "));
            return Err(settings.invalid("require_auth", &expected));
        }
        named.push(name);
    }
    let allowed = |method: &str| named.contains(&method) != negated;
    let bound = settings.get("channel_binding").is_some_and(|(value, _)| value == "require");
    if (bound && allowed(SCRAM)) || OURS.iter().all(|method| allowed(method)) {
        return Ok(());
    }
    Err(Fault::Unsupported {
        keyword: "require_auth",
        why: "evenkeel cannot refuse a single login method; channel_binding=require allows SCRAM over TLS only".to_owned(),
        origin: origin.to_owned(),
    })
}
