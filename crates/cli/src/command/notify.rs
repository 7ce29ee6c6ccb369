//! Telling who wants to know what came of a verb. Neighbour: `adapters`, which does it; here is what is said, and when.

use crate::settings::Settings;
use crate::{paint, signals, store};
use evenkeel_adapters::{News, Patience, Webhook, tell};
use evenkeel_core::fault::{Class, Trouble};

/// Whoever is told of a verb on an environment.
pub struct Told {
    hooks: Vec<Webhook>,
    event: &'static str,
    environment: String,
}

impl Told {
    /// Looks whether everybody could be told, before anything is done.
    ///
    /// # Errors
    /// One cannot be: its address or its secret was not handed out.
    pub fn of(event: &'static str, environment: &str, settings: &Settings) -> Result<Self, Box<Trouble>> {
        let hooks = settings.notify.iter().cloned().collect::<Result<_, _>>()?;
        Ok(Self { hooks, event, environment: environment.to_owned() })
    }

    /// Nobody.
    pub fn nobody(event: &'static str, environment: &str) -> Self {
        Self { hooks: Vec::new(), event, environment: environment.to_owned() }
    }

    /// Tells what a verb came to. What was found stands, whoever was not told.
    pub fn tell(&self, line: &str, exit_code: u8, run: Option<u32>) {
        if self.hooks.is_empty() {
            return;
        }
        let news = News {
            event: self.event.to_owned(),
            environment: self.environment.clone(),
            line: paint::plain(&paint::scrub(line)),
            exit_code,
            run,
            by: store::user(),
            host: store::owner().host,
            at: store::now().to_string(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        };
        for missed in tell(&self.hooks, &news, &Patience::default(), || signals::stop().is_requested()) {
            let tries = match missed.tries {
                Some(1) => "tried once".to_owned(),
                Some(tries) => format!("tried {tries} times"),
                None => "given up".to_owned(),
            };
            paint::say!("not told: {} ({tries}): {}; what was found stands", missed.shown, paint::plain(&missed.why));
        }
    }

    /// Tells that it failed, and hands the failure on. What was typed wrong is nobody else's news.
    pub fn failed(&self, trouble: Box<Trouble>) -> Box<Trouble> {
        if !matches!(trouble.class, Class::Usage | Class::Configuration) {
            self.tell(&trouble.to_string(), trouble.class.exit_code(), None);
        }
        trouble
    }
}
