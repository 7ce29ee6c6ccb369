//! What a parity lock means at a moment: whether it is held, whether the environment is as it was locked, and what that closes.
//!
//! Lives here: the judgement. Does not live here: where locks are kept (`port::Store`), the clock (whoever asks brings the moment).

use super::Gate;
use crate::finding::{Finding, HALTED, LOCKED, Origin, Place, Remedy, Subject};
use crate::kind::{Dimension, Severity};
use crate::manifest::{CANONICAL, Manifest};
use crate::port::{Halt, OnTarget, ParityLock};
use jiff::Timestamp;

/// What the gate demands.
const LIMIT: &str = "nobody has locked it";
/// The gate's name.
pub const GATE: &str = "parity-lock";

/// A lock that stands in the store, and who asks about it when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    pub lock: ParityLock,
    /// Who asks, as locks call their holders.
    pub asker: String,
    /// RFC 3339.
    pub now: String,
    /// Where the lock is kept, and who sees it.
    pub kept: String,
}

/// What a store knows of a lock, and who asks about it when: what there is to know before the environment itself is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asking {
    /// As it is configured.
    pub environment: String,
    /// The lock that stands in the store.
    pub lock: Option<ParityLock>,
    pub asker: String,
    /// RFC 3339.
    pub now: String,
    /// Where the store is, and whether other machines keep theirs there too.
    pub store: String,
    pub is_shared: bool,
}

impl Asking {
    /// The lock that counts, with what the environment itself says: that is what every machine sees.
    ///
    /// # Errors
    /// Why nobody can tell whether it is locked.
    pub fn with(&self, target: &OnTarget) -> Result<Option<Asked>, String> {
        let asked = |lock: &ParityLock| Asked {
            lock: ParityLock { environment: self.environment.clone(), ..lock.clone() },
            asker: self.asker.clone(),
            now: self.now.clone(),
            kept: self.kept(target),
        };
        let here = || {
            let kept = self.kept(&OnTarget::NotKept);
            self.lock.as_ref().map(|lock| Asked { kept, ..asked(lock) })
        };
        let is_live = |one: &Asked| !one.is_expired();
        match target {
            // What has run out hides nothing that stands.
            OnTarget::Held(lock) => {
                let there = asked(lock);
                Ok(Some(if is_live(&there) { there } else { here().filter(is_live).unwrap_or(there) }))
            }
            OnTarget::Untold(why) => here().filter(is_live).map(Some).ok_or_else(|| why.clone()),
            OnTarget::NotKept | OnTarget::Free { .. } => Ok(self.lock.as_ref().map(asked)),
        }
    }

    /// Where it is kept, and who sees it.
    #[must_use]
    pub fn kept(&self, target: &OnTarget) -> String {
        match target {
            OnTarget::Held(_) => "it stands in the database itself, where every machine sees it".to_owned(),
            OnTarget::Free { .. } if self.lock.is_none() => format!("neither in the database itself nor in {}", self.store),
            OnTarget::NotKept if self.lock.is_none() && self.is_shared => {
                format!("locks are kept in {}: those of another store are not seen", self.store)
            }
            OnTarget::NotKept if self.lock.is_none() => {
                format!("locks are kept in {} alone: those of other machines are not seen", self.store)
            }
            _ if self.is_shared => format!("it is kept in {}, where every machine of that store sees it", self.store),
            _ => format!("it is kept in {} alone: other machines do not see it", self.store),
        }
    }

    /// That nothing locks it, as a gate.
    #[must_use]
    pub fn gate(&self, target: &OnTarget, now: &Manifest, is_idle: bool) -> Gate {
        match self.with(target) {
            Ok(asked) => gate(asked.as_ref(), &self.kept(target), now, is_idle),
            Err(why) => Gate::new(GATE, LIMIT, None, why).fix("let the role read it, or look whose table that is"),
        }
    }
}

/// Whether an environment is as it was locked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parity {
    Kept,
    /// The digest it has now.
    Away(String),
    /// Why nobody can tell.
    Untold(String),
}

impl Asked {
    /// Whether its end is over. One whose end cannot be read has none.
    #[must_use]
    pub fn is_expired(&self) -> bool {
        let moments = (self.lock.until.parse::<Timestamp>(), self.now.parse::<Timestamp>());
        matches!(moments, (Ok(until), Ok(now)) if until <= now)
    }

    #[must_use]
    pub fn is_own(&self) -> bool {
        self.lock.holder == self.asker
    }

    /// Whether what is there now is what was locked.
    #[must_use]
    pub fn parity(&self, now: &Manifest) -> Parity {
        if self.lock.canonical != CANONICAL {
            return Parity::Untold("another version of evenkeel locked it, whose digests are others".to_owned());
        }
        if let Some(gap) = now.gaps.iter().find(|gap| gap.dimension == Dimension::Schema) {
            return Parity::Untold(format!("something of its schema was not seen: {}", gap.detail));
        }
        match crate::evidence::schema(now) {
            None => Parity::Untold("its schema was not read".to_owned()),
            Some(digest) if digest == self.lock.digest => Parity::Kept,
            Some(digest) => Parity::Away(digest),
        }
    }

    /// That it has run out, as a person reads it.
    #[must_use]
    pub fn expired(&self) -> String {
        let ParityLock { environment, holder, until, .. } = &self.lock;
        format!("the lock of {environment} by {holder} expired at {until}: it refuses nothing")
    }

    /// What to do about it.
    #[must_use]
    pub fn remedy(&self) -> String {
        let ParityLock { environment, holder, .. } = &self.lock;
        if self.is_own() {
            format!("evenkeel unlock {environment}, once it may change")
        } else {
            format!("ask {holder}; where nobody is to be asked: evenkeel unlock {environment} --held-by '{holder}' --reason WHY")
        }
    }

    /// Who holds it and why, with how the environment stands to it.
    #[must_use]
    pub fn words(&self, parity: &Parity) -> String {
        let short = |digest: &str| digest.chars().take(16).collect::<String>();
        let stands = match parity {
            Parity::Kept => "it is as it was locked".to_owned(),
            Parity::Away(digest) => format!("it is not as it was locked: {} then, {} now", short(&self.lock.digest), short(digest)),
            Parity::Untold(why) => format!("whether it is as it was locked could not be told: {why}"),
        };
        format!("{}; {stands}; {}", self.lock.words(), self.kept)
    }
}

/// That nothing locks it. Where nothing is to be run, a lock whose environment is as it was locked keeps nobody from that.
fn gate(asked: Option<&Asked>, kept: &str, now: &Manifest, is_idle: bool) -> Gate {
    let Some(asked) = asked else { return Gate::new(GATE, LIMIT, Some(true), format!("nobody has locked it; {kept}")) };
    if asked.is_expired() {
        return Gate::new(GATE, LIMIT, Some(true), asked.expired());
    }
    let parity = asked.parity(now);
    let holds = match &parity {
        Parity::Kept if is_idle => Some(true),
        Parity::Untold(_) if is_idle => None,
        _ => Some(false),
    };
    Gate::new(GATE, LIMIT, holds, asked.words(&parity)).fix(asked.remedy())
}

/// What a reading verb has to say of it; what could not be told stands beside it.
#[must_use]
pub fn finding(asked: &Asked, now: &Manifest, place: &Place) -> (Finding, Option<String>) {
    let said = |severity, found: String, remedy: String| Finding {
        id: LOCKED.to_owned(),
        severity,
        subject: Subject::Environment { name: asked.lock.environment.clone() },
        expected: None,
        found: Some(found),
        origin: Origin::Written(place.clone()),
        why: WHY.to_owned(),
        manual: None,
        remedy: Some(Remedy::Step(remedy)),
    };
    if asked.is_expired() {
        let again = format!("evenkeel unlock {} ends it, evenkeel lock locks it anew", asked.lock.environment);
        return (said(Severity::Inform, asked.expired(), again), None);
    }
    let parity = asked.parity(now);
    let severity = match &parity {
        Parity::Away(_) => Severity::Block,
        _ if !asked.is_own() => Severity::Block,
        Parity::Kept | Parity::Untold(_) => Severity::Inform,
    };
    let untold = match &parity {
        Parity::Untold(why) => Some(format!("whether {} is as it was locked could not be told: {why}", asked.lock.environment)),
        Parity::Kept | Parity::Away(_) => None,
    };
    let remedy = match &parity {
        Parity::Away(_) => format!("see what changed it, and bring it back; or {}", asked.remedy()),
        Parity::Kept | Parity::Untold(_) => asked.remedy(),
    };
    (said(severity, asked.words(&parity), remedy), untold)
}

/// That somebody has halted it.
#[must_use]
pub fn halted(halt: &Halt, place: &Place) -> Finding {
    Finding {
        id: HALTED.to_owned(),
        severity: Severity::Block,
        subject: Subject::Environment { name: halt.environment.clone() },
        expected: None,
        found: Some(halt.words()),
        origin: Origin::Written(place.clone()),
        why: "Nothing is to be deployed there until it is seen to be well.".to_owned(),
        manual: None,
        remedy: Some(Remedy::Step("mend what it was halted for, then: evenkeel history ENV --resume".to_owned())),
    }
}

/// What came of locking, or of taking a lock away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Locking {
    pub label: String,
    /// Server and database, without secrets.
    pub target: String,
    pub gates: Vec<Gate>,
    /// The lock that stands since; nothing where none was set.
    pub lock: Option<ParityLock>,
    /// The one that it took the place of, or that was taken away.
    pub before: Option<ParityLock>,
    /// Where locks are kept, and who sees them.
    pub kept: String,
    pub exit_code: u8,
}

impl Locking {
    /// The verdict in one line.
    #[must_use]
    pub fn line(&self) -> String {
        let Self { label, gates, lock, before, kept, .. } = self;
        let named = |holds| gates.iter().filter(|gate| gate.holds == holds).map(|gate| gate.name).collect::<Vec<_>>().join(", ");
        match (lock, before, self.exit_code) {
            (Some(lock), _, 0) => format!("{label}: LOCKED until {} by {}; {kept}", lock.until, lock.holder),
            (None, Some(before), 0) => format!("{label} is locked no more: by {} since {}; {kept}", before.holder, before.since),
            (_, _, 0) => format!("{label} is not locked; {kept}"),
            (_, _, 1) => format!("{label}: nothing is changed about its lock: closed: {}; {kept}", named(Some(false))),
            _ => format!("{label}: nothing is changed about its lock: could not tell {}; {kept}", named(None)),
        }
    }
}

/// Why a lock closes gates.
pub const WHY: &str =
    "Somebody has locked it so that it stays as it is: what was verified is watched, and nothing else is brought there meanwhile.";

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(until: &str, now: &str, asker: &str) -> Asked {
        let lock = ParityLock {
            environment: "shop".to_owned(),
            target: "h".to_owned(),
            digest: "d".to_owned(),
            canonical: CANONICAL,
            holder: "ann@db1".to_owned(),
            since: "2026-11-29T00:00:00Z".to_owned(),
            until: until.to_owned(),
            reason: None,
            released: None,
        };
        Asked { lock, asker: asker.to_owned(), now: now.to_owned(), kept: "kept here".to_owned() }
    }

    #[test]
    fn a_lock_is_over_at_its_end_and_one_without_a_readable_end_is_not() {
        let noon = "2026-11-29T12:00:00Z";
        for (until, is_expired) in
            [(noon, true), ("2026-11-29T12:00:01Z", false), ("2026-11-29T13:00:00+02:00", true), ("soon", false), ("", false)]
        {
            assert_eq!(asked(until, noon, "x").is_expired(), is_expired, "{until}");
        }
        assert!(!asked(noon, "", "x").is_expired());
    }
}
