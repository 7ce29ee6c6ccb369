//! Secrets by the name of the variable that holds them. Neighbours: `rollout` and `rollback`, which have some.

use evenkeel_core::fault::{Class, Trouble};
use secrecy::SecretString;
use std::ops::Range;
use toml::Spanned;

/// What a variable holds that is named for a secret, by which key of which section.
///
/// # Errors
/// It is not set, or empty.
pub fn named(
    name: &Spanned<String>,
    (key, section): (&str, &str),
    variable: &dyn Fn(&str) -> Option<String>,
    place: &dyn Fn(Range<usize>) -> String,
) -> Result<SecretString, Box<Trouble>> {
    variable(name.get_ref()).filter(|value| !value.trim().is_empty()).map(SecretString::from).ok_or_else(|| {
        let trouble = Trouble::new(Class::Configuration, format!("the environment variable {} is not set, or empty", name.get_ref()));
        let trouble = trouble.expected(format!("a value, as {key} under {section} names it")).found("nothing");
        Box::new(trouble.origin(place(name.span())).fix(format!("export {}=…", name.get_ref())))
    })
}
