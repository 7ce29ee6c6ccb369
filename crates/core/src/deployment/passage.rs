//! Whether the next stage of traffic may go on: gates that are asked once, and breakers that were looked at for a while.
//!
//! Lives here: what that amounts to. Does not live here: who asks (`pipeline/gate`), what a breaker says (`breaker`).

use super::breaker::{Breaker, Says, together};
use super::{Gate, code};
use crate::fault::Class;

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Passage {
    pub label: String,
    /// Server and database, without secrets.
    pub target: String,
    /// RFC 3339, in UTC.
    pub at: String,
    pub gates: Vec<Gate>,
    pub breakers: Vec<Breaker>,
    /// What kept it from being read, where something did: whoever asks ends as that does.
    pub fault: Option<Class>,
}

impl Passage {
    /// 0 where the next stage may go on, 1 where it may not, 2 where nobody can tell: then it may not either, nor where it could not be read.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        if let Some(class) = self.fault {
            return class.exit_code();
        }
        match (code(&self.gates), together(&self.breakers)) {
            (1, _) | (_, Some(false)) => 1,
            (0, Some(true)) => 0,
            _ => 2,
        }
    }

    /// What could not be told, each in words.
    #[must_use]
    pub fn gaps(&self) -> Vec<String> {
        let gates = self.gates.iter().filter(|gate| gate.holds.is_none()).map(|gate| format!("{}: {}", gate.name, gate.found));
        let breakers = self.breakers.iter().filter_map(|one| match one.says() {
            Says::Hold(why) => Some(format!("{}: {why}", one.rule.name)),
            Says::Pass | Says::Open(_) => None,
        });
        gates.chain(breakers).collect()
    }

    /// What speaks against it, each in words.
    #[must_use]
    pub fn against(&self) -> Vec<String> {
        let gates = self.gates.iter().filter(|gate| gate.holds == Some(false)).map(|gate| format!("{}: {}", gate.name, gate.found));
        let breakers = self.breakers.iter().filter_map(|one| match one.says() {
            Says::Open(why) => Some(format!("{} ({}): {why}", one.rule.name, one.rule.limit())),
            Says::Pass | Says::Hold(_) => None,
        });
        gates.chain(breakers).collect()
    }

    /// The verdict in one line.
    #[must_use]
    pub fn line(&self) -> String {
        let Self { label, gates, breakers, .. } = self;
        let named = |holds| gates.iter().filter(move |gate| gate.holds == holds).map(|gate| gate.name.to_owned());
        let open = breakers.iter().filter(|one| matches!(one.says(), Says::Open(_))).map(|one| one.rule.name.clone());
        let held = breakers.iter().filter(|one| matches!(one.says(), Says::Hold(_))).map(|one| one.rule.name.clone());
        let list = |names: Vec<String>| names.join(", ");
        match self.exit_code() {
            0 => format!("{label}: the next stage may go on: {} gates hold, {} breakers pass", gates.len(), breakers.len()),
            1 => format!("{label}: the next stage may not go on: {}", list(named(Some(false)).chain(open).collect())),
            _ if breakers.is_empty() && named(None).next().is_none() => {
                format!("{label}: the next stage may not go on: no breaker is looked at")
            }
            _ => format!("{label}: the next stage may not go on: could not tell {}", list(named(None).chain(held).collect())),
        }
    }
}
