//! Telling webhooks, all at the same time, each tried a few times and none waited for without a bound.
//!
//! What was found stands, whatever they say: a webhook that hangs, refuses or fails is named, and nothing else comes of it.

use crate::client::{self, Failure};
use crate::news::{Format, News, Outcome};
use crate::sign::{delivery, signature};
use secrecy::{ExposeSecret, SecretString};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

/// Somebody who is told.
#[derive(Debug, Clone)]
pub struct Webhook {
    url: SecretString,
    /// Scheme and host: the rest may be a token.
    shown: String,
    format: Format,
    secret: Option<SecretString>,
    on: Vec<Outcome>,
}

/// How many times somebody was tried, and what came of the last.
type Told = (usize, Result<(), String>);

impl Webhook {
    /// One at that address.
    ///
    /// # Errors
    /// It is no address, or the secret is empty: why, without either.
    pub fn new(url: SecretString, format: Format, secret: Option<SecretString>, on: Vec<Outcome>) -> Result<Self, &'static str> {
        let shown = client::shown(url.expose_secret()).ok_or("an address that is none of http or https")?;
        if secret.as_ref().is_some_and(|secret| secret.expose_secret().trim().is_empty()) {
            return Err("a secret that is empty: whoever is told could not tell who speaks");
        }
        Ok(Self { url, shown, format, secret, on })
    }

    /// As it may be shown.
    #[must_use]
    pub fn shown(&self) -> &str {
        &self.shown
    }

    fn wants(&self, news: &News) -> bool {
        self.on.contains(&news.outcome())
    }

    /// Tells it; how many times it was tried, and what came of the last.
    fn told(&self, news: &News, patience: &Patience) -> Told {
        let body = match news.body(self.format) {
            Ok(body) => body,
            Err(why) => return (0, Err(why)),
        };
        let sign = |secret: &SecretString| signature(secret.expose_secret().as_bytes(), &body);
        let signed = match self.secret.as_ref().map(sign) {
            Some(None) => return (0, Err("it could not be signed".to_owned())),
            Some(signed) => signed,
            None => None,
        };
        let name = delivery(&body);
        let mut headers =
            vec![("content-type", "application/json"), ("x-evenkeel-event", news.event.as_str()), ("x-evenkeel-delivery", name.as_str())];
        headers.extend(signed.as_deref().map(|value| ("x-evenkeel-signature", value)));
        let mut pauses = patience.pauses.iter();
        let mut tries = 1;
        loop {
            match client::post(self.url.expose_secret(), &headers, &body, patience.each) {
                Ok(()) => return (tries, Ok(())),
                Err(Failure { why, may_pass }) => match pauses.next().filter(|_| may_pass) {
                    Some(pause) => std::thread::sleep(*pause),
                    None => return (tries, Err(why)),
                },
            }
            tries += 1;
        }
    }
}

/// How long and how often a webhook is tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patience {
    /// For one try.
    pub each: Duration,
    /// Between tries: one more try than there are pauses.
    pub pauses: Vec<Duration>,
    /// How long they are waited for once the end was asked for.
    pub grace: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        let pauses = vec![Duration::from_millis(500), Duration::from_secs(1)];
        Self { each: Duration::from_secs(5), pauses, grace: Duration::from_secs(1) }
    }
}

impl Patience {
    /// All of it, and a little for what is not counted.
    fn whole(&self) -> Duration {
        let tries = u32::try_from(self.pauses.len() + 1).unwrap_or(u32::MAX);
        self.each.saturating_mul(tries) + self.pauses.iter().sum::<Duration>() + Duration::from_secs(1)
    }
}

/// A webhook that was not told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missed {
    /// Scheme and host.
    pub shown: String,
    /// How often it was tried; nothing where it was given up.
    pub tries: Option<usize>,
    pub why: String,
}

/// How often it is looked whether somebody wants the end.
const LOOK: Duration = Duration::from_millis(50);

/// Tells those who want to know, and says who was not told.
pub fn tell(hooks: &[Webhook], news: &News, patience: &Patience, is_ended: impl Fn() -> bool) -> Vec<Missed> {
    let wanted: Vec<&Webhook> = hooks.iter().filter(|hook| hook.wants(news)).collect();
    let (sender, receiver) = mpsc::channel();
    for (at, hook) in wanted.iter().enumerate() {
        let (hook, news, patience, sender) = ((*hook).clone(), news.clone(), patience.clone(), sender.clone());
        // Nobody waits for it: one that hangs ends with the process. A receiver that is gone has given it up.
        std::thread::spawn(move || sender.send((at, hook.told(&news, &patience))).ok());
    }
    drop(sender);
    let mut came: Vec<Option<Told>> = vec![None; wanted.len()];
    let mut until = Instant::now() + patience.whole();
    let mut is_cut = false;
    while came.iter().any(Option::is_none) && Instant::now() < until {
        if !is_cut && is_ended() {
            (until, is_cut) = (until.min(Instant::now() + patience.grace), true);
        }
        match receiver.recv_timeout(LOOK) {
            Ok((at, told)) => came.iter_mut().skip(at).take(1).for_each(|one| *one = Some(told.clone())),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    let missed = |(hook, came): (&&Webhook, Option<Told>)| match came {
        Some((_, Ok(()))) => None,
        Some((tries, Err(why))) => Some(Missed { shown: hook.shown.clone(), tries: Some(tries), why }),
        None => {
            let why = if is_cut { "the end was asked for before it answered" } else { "it did not come to an end" };
            Some(Missed { shown: hook.shown.clone(), tries: None, why: why.to_owned() })
        }
    };
    wanted.iter().zip(came).filter_map(missed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_an_address_only_its_host_is_shown() {
        for (url, known) in [
            ("https://hooks.example/services/T0/B0/secret", Some("https://hooks.example/…")),
            ("http://127.0.0.1:8080?token=x", Some("http://127.0.0.1:8080/…")),
            ("https://user:swordfish@h.example", Some("https://h.example/…")),
            ("https://[::1]:9/x", Some("https://[::1]:9/…")),
            ("ftp://h/x", None),
            ("swordfish", None),
            ("https://", None),
            ("https://sword fish/x", None),
        ] {
            assert_eq!(client::shown(url).as_deref(), known, "{url}");
        }
    }
}
