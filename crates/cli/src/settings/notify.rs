//! Who is told what came of a release, as it is written. Neighbour: `crate::command::notify`, which tells them.

use super::raw::{NotifyFormat, NotifyOn, RawNotify};
use evenkeel_adapters::{Format, Outcome, Webhook};
use evenkeel_core::fault::{Class, Trouble};
use secrecy::SecretString;
use std::ops::Range;
use toml::Spanned;

/// A webhook, or what is wrong with its values: that is told to whoever would tell it, and to nobody else.
pub type Hook = Result<Webhook, Box<Trouble>>;

/// What is written.
///
/// # Errors
/// It names no address, or two.
pub fn hook(
    raw: Spanned<RawNotify>,
    filled: impl Fn(&Spanned<String>) -> Result<String, Box<Trouble>>,
    variable: impl Fn(&str) -> Option<String>,
    place: impl Fn(Range<usize>) -> String,
) -> Result<Hook, Box<Trouble>> {
    let origin = place(raw.span());
    let raw = raw.into_inner();
    let named = |key: &str, name: &Spanned<String>| {
        let value = variable(name.get_ref()).filter(|value| !value.trim().is_empty());
        value.ok_or_else(|| {
            let state = if variable(name.get_ref()).is_some() { "is set, but empty" } else { "is not set" };
            let trouble = Trouble::new(Class::Configuration, format!("the environment variable {} {state}", name.get_ref()));
            let trouble = trouble.expected(format!("a value, as {key} under [[notify]] names it")).found("nothing");
            Box::new(trouble.origin(place(name.span())).fix(format!("export {}=…, or remove the line", name.get_ref())))
        })
    };
    let url = match (&raw.url, &raw.url_env) {
        (Some(url), None) => filled(url),
        (None, Some(name)) => named("url_env", name),
        (one, _) => {
            let found = if one.is_some() { "both" } else { "neither" };
            let trouble = Trouble::new(Class::Configuration, "who is to be told is not known").found(found).origin(origin);
            return Err(Box::new(
                trouble.expected("url, or url_env with the name of a variable that holds it").fix("url_env = \"RELEASE_WEBHOOK_URL\""),
            ));
        }
    };
    let secret = raw.secret_env.as_ref().map(|name| named("secret_env", name)).transpose();
    let format = match raw.format {
        NotifyFormat::Json => Format::Json,
        NotifyFormat::Slack => Format::Slack,
    };
    let on = raw.on.unwrap_or_else(|| vec![NotifyOn::Success, NotifyOn::Failure]);
    let on = on.iter().map(|one| match one {
        NotifyOn::Success => Outcome::Success,
        NotifyOn::Failure => Outcome::Failure,
    });
    let on = on.collect();
    Ok(url.and_then(|url| {
        Webhook::new(SecretString::from(url), format, secret?.map(SecretString::from), on).map_err(|found| {
            let trouble = Trouble::new(Class::Configuration, "a webhook under [[notify]] cannot be used").found(found);
            Box::new(trouble.expected("an address of http or https").origin(origin.clone()).fix("look at the address and the secret"))
        })
    }))
}
