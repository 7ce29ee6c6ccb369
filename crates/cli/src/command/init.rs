//! `evenkeel init`: an `evenkeel.toml` proposed from the environment's variables. It is printed; nothing is written, and no value of a
//! variable is shown.

use super::{Outcome, output};
use crate::wire;
use evenkeel_core::fault::{Class, Trouble};
use std::fmt::Write as _;

/// An environment that a variable leads to.
struct Proposed {
    name: String,
    variable: String,
    tier: Option<&'static str>,
}

pub fn run() -> Outcome {
    let proposed = proposed(std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))));
    if proposed.is_empty() {
        return Err(Box::new(
            Trouble::new(Class::Configuration, "nothing to propose")
                .expected("variables that hold URLs of databases, such as STAGING_DATABASE_URL and PRODUCTION_DATABASE_URL")
                .found("none among the variables of this process")
                .fix("export them, then: evenkeel init > evenkeel.toml"),
        ));
    }
    output::write(written(&proposed).as_bytes(), None)?;
    Ok(0)
}

/// Every variable whose value is a URL of a database.
fn proposed(variables: impl Iterator<Item = (String, String)>) -> Vec<Proposed> {
    let is_database =
        |value: &str| value.split_once("://").is_some_and(|(scheme, _)| wire::schemes().contains(&&*scheme.to_ascii_lowercase()));
    let mut found: Vec<Proposed> = variables
        .filter(|(_, value)| is_database(value.trim()))
        .map(|(variable, _)| {
            let small = variable.to_ascii_lowercase();
            let endings = ["_database_url", "_db_url", "_url", "_dsn", "_database", "_uri"];
            let stem = endings.iter().find_map(|ending| small.strip_suffix(ending)).unwrap_or(&small);
            let name = if stem.is_empty() { "database".to_owned() } else { stem.to_owned() };
            let words: Vec<&str> = name.split('_').collect();
            let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(word));
            let tier = if has(&["production", "prod", "live"]) {
                Some("production")
            } else if has(&["staging", "stage", "preprod", "qa", "uat"]) {
                Some("staging")
            } else if has(&["dev", "development", "local", "test"]) {
                Some("dev")
            } else {
                None
            };
            Proposed { name, variable, tier }
        })
        .collect();
    // In the order of a release; what has no tier behind it.
    let rank = |one: &Proposed| ["dev", "staging", "production"].iter().position(|tier| Some(*tier) == one.tier).unwrap_or(usize::MAX);
    found.sort_by(|a, b| (rank(a), &a.name, &a.variable).cmp(&(rank(b), &b.name, &b.variable)));
    // Two variables of one stem are two environments.
    for at in 1..found.len() {
        if let [before, one] = found.get(at - 1..=at).unwrap_or_default()
            && before.name == one.name
        {
            let name = one.variable.to_ascii_lowercase();
            if let Some(one) = found.get_mut(at) {
                one.name = name;
            }
        }
    }
    found
}

fn written(proposed: &[Proposed]) -> String {
    let mut text = String::from("# Proposed by `evenkeel init`. What each key means: docs/reference/configuration.md\n");
    for Proposed { name, variable, tier } in proposed {
        let _ = writeln!(text, "\n[environments.{name}]\nurl = \"${{{variable}}}\"");
        let _ = match tier {
            Some(tier) => writeln!(text, "tier = \"{tier}\""),
            None => writeln!(text, "# tier = \"dev\"  # or staging, production: which dimensions must be equal"),
        };
        let _ = writeln!(text, "manifest = \"parity/{name}.jsonl\"");
    }
    text.push_str("\n# Then: evenkeel capture --all, commit the manifests, and run evenkeel check in the pipeline.\n");
    text
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn variables_that_lead_to_databases_become_environments_and_no_value_is_shown() {
        let variables = [
            ("STAGING_DATABASE_URL", "postgres://u:hunter2@h/db"),
            ("PROD_URL", "mysql://h/db"),
            ("MY_DEV_URL", "mysql://h/db"),
            ("DATABASE_URL", "postgresql://h/db"),
            ("HOMEPAGE_URL", "https://example.org"),
            ("EMPTY_DATABASE_URL", ""),
            ("BILLING_DSN", "mariadb://h/db"),
        ];
        let proposed = proposed(variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let told: Vec<_> = proposed.iter().map(|one| (one.name.as_str(), one.variable.as_str(), one.tier)).collect();
        assert_eq!(
            told,
            [
                ("my_dev", "MY_DEV_URL", Some("dev")),
                ("staging", "STAGING_DATABASE_URL", Some("staging")),
                ("prod", "PROD_URL", Some("production")),
                ("billing", "BILLING_DSN", None),
                ("database", "DATABASE_URL", None),
            ]
        );
        let text = written(&proposed);
        assert!(!text.contains("hunter2"));
        let settings =
            crate::settings::parse(&text, std::path::Path::new("evenkeel.toml"), &|_| Some("postgres://h/db".to_owned())).unwrap();
        assert_eq!(settings.environments.len(), 5);
        let order: Vec<&str> = settings.in_order().into_iter().map(|(name, _)| name).collect();
        assert_eq!(order, ["my_dev", "staging", "prod", "billing", "database"], "as they are written");
    }
}
