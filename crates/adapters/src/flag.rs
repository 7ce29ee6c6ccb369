//! Moving traffic by telling somebody else's feature flag: a share in JSON, signed as news are. Nobody reads back what it made of that.

use crate::client::{self, Failure};
use crate::sign::{delivery, signature};
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::port::Shifter;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// For one try; and the pauses between tries.
const WITHIN: Duration = Duration::from_secs(5);
const PAUSES: [Duration; 2] = [Duration::from_millis(300), Duration::from_secs(1)];

/// Who is told.
#[derive(Debug, Clone)]
pub struct Flag {
    url: SecretString,
    shown: String,
    secret: Option<SecretString>,
    environment: String,
    /// How long a share is good that is not told again.
    limit: Option<Duration>,
}

#[derive(Serialize)]
struct Body<'a> {
    schema_version: u32,
    tool: &'static str,
    event: &'static str,
    environment: &'a str,
    share: u8,
    on: bool,
    /// After so many seconds it is 0 again, unless it is told once more; null: for good.
    expires_in_s: Option<u64>,
    /// Milliseconds since 1970: the same share may be told twice, and is another word then.
    at_ms: u128,
}

impl Flag {
    /// One at that address.
    ///
    /// # Errors
    /// It is no address, or the secret is empty: why, without either.
    pub fn new(url: SecretString, secret: Option<SecretString>, environment: &str) -> Result<Self, &'static str> {
        let shown = client::shown(url.expose_secret()).ok_or("an address that is none of http or https")?;
        if secret.as_ref().is_some_and(|secret| secret.expose_secret().trim().is_empty()) {
            return Err("a secret that is empty: whoever is told could not tell who speaks");
        }
        Ok(Self { url, shown, secret, environment: environment.to_owned(), limit: None })
    }

    /// Whose shares are good for that long.
    #[must_use]
    pub fn limited(self, limit: Option<Duration>) -> Self {
        Self { limit, ..self }
    }
}

impl Shifter for Flag {
    fn describe(&self) -> String {
        format!("the webhook {}", self.shown)
    }

    fn spread(&self) -> Result<Option<String>, Box<Trouble>> {
        Ok(None)
    }

    fn words(&self, share: u8) -> Vec<String> {
        vec![format!("POST {}: share {share}", self.shown)]
    }

    fn shift(&self, share: u8) -> Result<(), Box<Trouble>> {
        self.told(share, self.limit)
    }

    fn lasts(&self, share: u8, time: Option<Duration>) -> Result<(), Box<Trouble>> {
        if self.limit.is_some() { self.told(share, time) } else { Ok(()) }
    }

    fn restore(&self, _: Option<&str>) -> Result<(), Box<Trouble>> {
        self.told(0, None)
    }
}

impl Flag {
    fn told(&self, share: u8, limit: Option<Duration>) -> Result<(), Box<Trouble>> {
        let failed = |found: String| {
            let trouble = Trouble::new(Class::CouldNotTell, format!("{} did not take the share {share}", self.shown));
            let trouble = trouble.expected("an answer of 200 to 299").found(found).origin("[rollout.webhook]");
            Box::new(trouble.fix("look who answers there"))
        };
        let at_ms = SystemTime::now().duration_since(UNIX_EPOCH).map(|time| time.as_millis()).unwrap_or_default();
        let (schema_version, tool, event, environment) = (1, "evenkeel", "traffic", self.environment.as_str());
        let expires_in_s = limit.map(|limit| limit.as_secs().max(1));
        let body = Body { schema_version, tool, event, environment, share, on: share > 0, expires_in_s, at_ms };
        let body = serde_json::to_vec(&body).map_err(|error| failed(error.to_string()))?;
        let name = delivery(&body);
        let signed = self
            .secret
            .as_ref()
            .map(|secret| signature(secret.expose_secret().as_bytes(), &body).ok_or_else(|| failed("it could not be signed".to_owned())));
        let signed = signed.transpose()?;
        let mut headers =
            vec![("content-type", "application/json"), ("x-evenkeel-event", "traffic"), ("x-evenkeel-delivery", name.as_str())];
        headers.extend(signed.as_deref().map(|value| ("x-evenkeel-signature", value)));
        let mut pauses = PAUSES.iter();
        loop {
            match client::post(self.url.expose_secret(), &headers, &body, WITHIN) {
                Ok(()) => return Ok(()),
                Err(Failure { why, may_pass }) => match pauses.next().filter(|_| may_pass) {
                    Some(pause) => std::thread::sleep(*pause),
                    None => return Err(failed(why)),
                },
            }
        }
    }
}
