//! A log explained: which known texts are in it, and which of them is the root.
//!
//! Lives here: the signatures as data, a file a program that prints them, and finding them in a text. Does not live here: asking a
//! server whether a cause is so (`pipeline/diagnose`).

mod dbmate;
mod flyway;
mod golang_migrate;
mod goose;
mod knex;
mod liquibase;
mod mysql;
mod postgresql;
mod prisma;
mod python;
mod rails;
mod roots;
mod rust;
#[cfg(test)]
mod seeds;
mod sessions;
mod signature;

pub use signature::{Answer, Query, Signature, Vendor};

use regex::{Regex, RegexBuilder};
use std::sync::OnceLock;

/// Every signature, by who prints it.
pub static SIGNATURES: &[&[Signature]] = &[
    dbmate::DBMATE,
    flyway::FLYWAY,
    golang_migrate::GOLANG_MIGRATE,
    goose::GOOSE,
    knex::KNEX,
    liquibase::LIQUIBASE,
    mysql::MYSQL,
    postgresql::POSTGRESQL,
    prisma::PRISMA,
    python::PYTHON,
    rails::RAILS,
    rust::RUST,
];

/// A signature that was met, and where.
#[derive(Debug, Clone)]
pub struct Met {
    pub signature: &'static Signature,
    /// Counted from 1.
    pub line: usize,
    /// How often.
    pub times: usize,
    /// Parts of the text that the signature names: relations, versions.
    pub names: Vec<(String, String)>,
    /// It is a consequence of another in the same text.
    pub follows: bool,
}

/// The largest program of a pattern, in bytes.
const LARGEST: usize = 1 << 22;
/// Characters of a name that are shown.
const SHOWN: usize = 120;

/// The part of a text that quotes a statement, and may hold users' data.
const QUOTED: &str = "near";

/// Every pattern, made once.
fn patterns() -> &'static [(&'static Signature, Regex)] {
    static PATTERNS: OnceLock<Vec<(&'static Signature, Regex)>> = OnceLock::new();
    PATTERNS.get_or_init(|| {
        let made = |signature: &'static Signature| {
            // A pattern that is none is met by nothing; a test has tried each.
            let pattern = RegexBuilder::new(signature.pattern).multi_line(true).size_limit(LARGEST).build();
            Some((signature, pattern.ok()?))
        };
        SIGNATURES.iter().flat_map(|list| list.iter()).filter_map(made).collect()
    })
}

/// All signatures in a log: roots first, then in the order of the log.
#[must_use]
pub fn diagnose(log: &str) -> Vec<Met> {
    let mut met: Vec<Met> = Vec::new();
    for (signature, pattern) in patterns() {
        let mut all = pattern.captures_iter(log);
        let Some(first) = all.next() else { continue };
        let line = first.get(0).map_or(1, |whole| log.get(..whole.start()).unwrap_or_default().matches('\n').count() + 1);
        let named = pattern.capture_names().flatten().filter(|name| *name != QUOTED);
        let names = named.filter_map(|name| {
            let text: String = first.name(name)?.as_str().chars().take(SHOWN).collect();
            Some((name.to_owned(), text))
        });
        let names = names.collect();
        met.push(Met { signature, line, times: 1 + all.count(), names, follows: false });
    }
    let ids: Vec<&str> = met.iter().map(|met| met.signature.id).collect();
    for one in &mut met {
        one.follows = one.signature.follows.iter().any(|root| *root != one.signature.id && ids.contains(root));
    }
    met.sort_by_key(|met| (met.follows, met.line));
    met
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::collections::BTreeSet;

    fn all() -> impl Iterator<Item = &'static Signature> {
        SIGNATURES.iter().flat_map(|list| list.iter())
    }

    #[test]
    fn every_signature_is_met_in_its_own_sample_and_is_its_root() {
        assert!(all().count() >= 60, "{}", all().count());
        let ids: BTreeSet<&str> = all().map(|signature| signature.id).collect();
        assert_eq!(ids.len(), all().count(), "an id stands twice");
        for signature in all() {
            RegexBuilder::new(signature.pattern)
                .multi_line(true)
                .size_limit(LARGEST)
                .build()
                .unwrap_or_else(|error| panic!("{}: {error}", signature.id));
            let met = diagnose(signature.sample);
            let own = met.iter().find(|met| met.signature.id == signature.id);
            assert!(own.is_some(), "{} is not met in its sample", signature.id);
            // What else is met there is a consequence or a root of it, and never another root.
            for other in met.iter().filter(|met| met.signature.id != signature.id) {
                let related = signature.follows.contains(&other.signature.id) || other.signature.follows.contains(&signature.id);
                assert!(related, "{} is met in the sample of {}", other.signature.id, signature.id);
            }
            for root in signature.follows {
                assert!(ids.contains(root), "{} follows {root}, which is not there", signature.id);
            }
            assert!(signature.source.starts_with("https://"), "{}", signature.id);
            for words in [signature.says, signature.cause, signature.next] {
                assert!(!words.trim().is_empty(), "{}", signature.id);
            }
        }
    }

    #[test]
    fn what_users_asked_for_by_name_is_known() {
        for (text, ids) in seeds::SEEDS {
            let met = diagnose(text);
            for id in *ids {
                assert!(
                    met.iter().any(|met| met.signature.id == *id),
                    "{text}: {:?}",
                    met.iter().map(|met| met.signature.id).collect::<Vec<_>>()
                );
            }
        }
    }

    #[test]
    fn queries_only_read() {
        for (signature, query) in all().flat_map(|signature| signature.confirm.iter().map(move |query| (signature, query))) {
            let first = query.sql.split_whitespace().next().unwrap_or_default().to_ascii_uppercase();
            assert!(["SELECT", "SHOW", "WITH"].contains(&first.as_str()), "{}: {}", signature.id, query.sql);
            assert!(!query.means.is_empty() && !query.sql.contains(';'), "{}: {}", signature.id, query.sql);
        }
    }

    #[test]
    fn what_is_not_known_is_not_guessed() {
        assert!(diagnose("").is_empty());
        assert!(diagnose("everything went well\n0 errors").is_empty());
    }
}
