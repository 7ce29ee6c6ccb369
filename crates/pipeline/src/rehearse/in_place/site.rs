//! Where a release may be run and given up, and where it may not be at all.
//!
//! Lives here: what keeps it away before anything is run. Does not live here: which of its statements may run (the port's `Rollback`).

use crate::capture::Source;
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::gate::Tier;
use evenkeel_core::manifest::{Endpoint, NodeRole};
use evenkeel_core::port::{Ending, Entry, Intention, Owner, Store};
use std::collections::BTreeMap;
use std::time::Duration;

/// Where it is run, who wants it, and under which conditions.
#[derive(Clone, Copy)]
pub struct Site<'a> {
    /// As it is configured.
    pub name: &'a str,
    pub source: &'a Source,
    /// As it was looked at when it was allowed.
    pub looked: &'a Endpoint,
    pub store: &'a dyn Store,
    pub by: &'a str,
    pub owner: &'a Owner,
    /// Whether the process of a run is there still; nothing where that cannot be told.
    pub is_there: &'a dyn Fn(&Owner) -> Option<bool>,
    /// As whom migrations run there, where that is configured.
    pub role: Option<&'a str>,
    /// Bytes that a transaction may write, and where that stands.
    pub bytes: (&'a u64, &'a str),
    /// Migrations that its record has already, and how.
    pub recorded: &'a BTreeMap<String, String>,
    /// For how long locks of others are asked for.
    pub patience: Duration,
}

impl Site<'_> {
    /// The role that a session takes, where it has not got it.
    pub(super) fn role_to_take(&self) -> Option<&str> {
        self.role.filter(|role| *role != self.looked.role)
    }
}

/// What is said of the place, and what is known of production.
pub struct Standing<'a> {
    pub name: &'a str,
    pub tier: Option<Tier>,
    /// Where that is written.
    pub origin: &'a str,
    pub looked: &'a Endpoint,
    /// Every configured production environment: as it was looked at, or why it could not be.
    pub production: &'a [(String, Result<Endpoint, String>)],
}

/// That nothing is run there, whatever anybody says.
///
/// # Errors
/// It is production, may be, or is no place that can be written to.
pub fn refused(standing: &Standing<'_>) -> Result<(), Box<Trouble>> {
    let Standing { name, tier, origin, looked, production } = standing;
    by_tier(name, *tier, origin)?;
    let refused = |expected: &str, found: String| Err(keeps_away(name, origin, expected, found));
    if looked.node_role == NodeRole::Standby {
        return refused("a primary", "a standby, which replays another server".to_owned());
    }
    for (other, endpoint) in *production {
        let endpoint = match endpoint {
            Ok(endpoint) => endpoint,
            Err(why) => {
                return refused(
                    "a database that is known not to be production's",
                    format!("{other} is of tier production and could not be looked at: {why}"),
                );
            }
        };
        match looked.is_same_database(endpoint) {
            Some(true) => return refused("a database that is not production's", format!("it is the database of {other}")),
            None => {
                return refused(
                    "a database that is known not to be production's",
                    format!("nobody can tell whether it is the database of {other}: the server does not say which one it is"),
                );
            }
            Some(false) => {}
        }
        let is_one_cluster = looked.cluster().is_some() && looked.cluster() == endpoint.cluster();
        if is_one_cluster && endpoint.node_role == NodeRole::Standby {
            return refused("a database that is not production's", format!("{other} is a replica that may follow it"));
        }
    }
    Ok(())
}

/// The same by what is written of it alone.
///
/// # Errors
/// It is production, or nobody has said that it is not.
pub fn by_tier(name: &str, tier: Option<Tier>, origin: &str) -> Result<(), Box<Trouble>> {
    let refused = |expected: &str, found: &str| Err(keeps_away(name, origin, expected, found.to_owned()));
    match tier {
        Some(Tier::Production) => refused("an environment that is not production", "tier = \"production\""),
        None => refused("an environment of which somebody has said that it is not production", "no tier"),
        Some(Tier::Dev | Tier::Staging) => Ok(()),
    }
}

fn keeps_away(name: &str, origin: &str, expected: &str, found: String) -> Box<Trouble> {
    let trouble = Trouble::new(Class::Usage, format!("nothing is rehearsed on {name}"));
    Box::new(trouble.expected(expected).found(found).origin(origin.to_owned()).fix("--on scratch, or a staging environment"))
}

/// That nobody has halted it.
///
/// # Errors
/// Of class Usage: somebody has; the store cannot be read.
pub fn halted(store: &dyn Store, name: &str) -> Result<(), Box<Trouble>> {
    let Some(halt) = store.halted(name)? else { return Ok(()) };
    let trouble = Trouble::new(Class::Usage, format!("nothing is rehearsed on {name} now")).expected("an environment that is not halted");
    Err(Box::new(
        trouble.found(halt.words()).origin(store.describe()).fix(format!("evenkeel history {name} --resume, once its cause is gone")),
    ))
}

/// Runs of ours that did not end there and are gone; where one may be there still, or left more than a rollback takes back, nothing is
/// run.
///
/// # Errors
/// Of class Usage for the first such run; the store cannot be read.
pub fn unfinished(store: &dyn Store, name: &str, is_there: &dyn Fn(&Owner) -> Option<bool>) -> Result<Vec<Entry>, Box<Trouble>> {
    let refused = |found: String, fix: &str| {
        let trouble = Trouble::new(Class::Usage, format!("nothing is rehearsed on {name} now"));
        Err(Box::new(trouble.expected("no run that did not end").found(found).origin(store.describe()).fix(fix)))
    };
    let entries = store.unfinished(name)?;
    for entry in &entries {
        if entry.is_there(is_there) != Some(false) {
            return refused(entry.unfinished(), "wait until it has ended: evenkeel runs");
        }
        if entry.intention.verb != Intention::REHEARSE {
            return refused(entry.unfinished(), "judge first what it left: evenkeel history ENV");
        }
    }
    Ok(entries)
}

/// Runs that are gone are over: what they ran was rolled back with their sessions.
pub(super) fn settle(site: &Site<'_>, gone: &[Entry], by: u32) -> Result<(), Box<Trouble>> {
    for entry in gone {
        for what in &entry.held {
            site.store.hold(entry.number, what, false)?;
        }
        let words = format!("its process is gone, and what it ran was rolled back with its sessions; seen by run {by}");
        site.store.end(entry.number, Ending::Lost, &words)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use evenkeel_core::kind::Engine;
    use evenkeel_core::manifest::{Instance, Whose};

    fn endpoint(server: &str, started: i64, role: NodeRole) -> Endpoint {
        let instance =
            Instance { server: server.to_owned(), cluster: Some(server.to_owned()), started, slack: 0, database: "1".to_owned() };
        Endpoint {
            engine: Engine::PostgreSql,
            server_version: "18.4".to_owned(),
            server_major: 18,
            database: "app".to_owned(),
            role: "app".to_owned(),
            node: "host:5432".to_owned(),
            node_role: role,
            captured_at: String::new(),
            roles: BTreeMap::new(),
            whose: Whose::Server(instance),
        }
    }

    fn found(tier: Option<Tier>, looked: &Endpoint, production: Result<Endpoint, String>) -> Option<String> {
        let production = [("production".to_owned(), production)];
        let standing = Standing { name: "staging", tier, origin: "evenkeel.toml:1", looked, production: &production };
        refused(&standing).err().map(|trouble| {
            assert_eq!(trouble.class, Class::Usage);
            trouble.found.unwrap()
        })
    }

    #[test]
    fn production_and_whatever_may_be_is_refused() {
        let (here, there) = (endpoint("1", 5, NodeRole::Primary), endpoint("2", 5, NodeRole::Primary));
        let staging = Some(Tier::Staging);
        assert_eq!(found(staging, &here, Ok(there.clone())), None);
        assert_eq!(found(Some(Tier::Dev), &here, Ok(there.clone())), None);
        for (tier, looked, production, word) in [
            (Some(Tier::Production), here.clone(), Ok(there.clone()), "production"),
            (None, here.clone(), Ok(there.clone()), "no tier"),
            (staging, here.clone(), Ok(here.clone()), "the database of production"),
            (staging, here.clone(), Err("gone".to_owned()), "could not be looked at: gone"),
            (staging, endpoint("1", 9, NodeRole::Standby), Ok(there), "a standby"),
            (staging, here.clone(), Ok(endpoint("1", 9, NodeRole::Standby)), "may follow it"),
            (staging, here.clone(), Ok(Endpoint { whose: Whose::Hidden { cure: None }, ..here }), "nobody can tell"),
        ] {
            let found = found(tier, &looked, production).unwrap_or_else(|| panic!("{word}"));
            assert!(found.contains(word), "{word}: {found}");
        }
        // A copy of production that was started by itself is another database.
        assert_eq!(found(staging, &endpoint("1", 7, NodeRole::Primary), Ok(endpoint("1", 5, NodeRole::Primary))), None);
    }

    #[test]
    fn a_run_that_did_not_end_keeps_it_away_unless_it_was_one_of_these_and_is_gone() {
        use evenkeel_testkit::memory::{Memory, intention};
        let found = |verb: &str, is_there: Option<bool>| {
            let store = Memory::default();
            store.intend(&Intention { verb: verb.to_owned(), ..intention(1) }, &[]).unwrap();
            store.quiet(1);
            unfinished(&store, "law", &|_| is_there).map(|entries| entries.len()).map_err(|trouble| (trouble.class, trouble.fix))
        };
        assert_eq!(found(Intention::REHEARSE, Some(false)), Ok(1));
        for (verb, is_there) in
            [("repair", Some(false)), ("repair", Some(true)), (Intention::REHEARSE, Some(true)), (Intention::REHEARSE, None)]
        {
            assert_eq!(found(verb, is_there).map_err(|(class, _)| class), Err(Class::Usage), "{verb} {is_there:?}");
        }
        assert!(found("repair", Some(false)).unwrap_err().1.unwrap().contains("history"));
        let store = Memory::default();
        assert_eq!(unfinished(&store, "law", &|_| None).unwrap(), []);
    }
}
