//! A halt: set by a person, honoured by every gate, and taken away only after the server was seen to be well.
//!
//! It stands in the store, and where the server lets us in the environment itself, where every machine sees it.
//!
//! Does not live here: where marks are kept (`Store`, `register`), how a server is asked (`Environment::vitals`).

use crate::capture::Source;
use crate::register::{self, Written};
use evenkeel_core::deployment::Gate;
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::port::{
    Act, Ending, Entry, HALT, Halt, Intended, Intention, Limits, Owner, Registered, Run, State, Store, Vitals, Wish,
};
use std::time::{Duration, Instant};

/// So much of the connections may be taken, in hundredths.
const FULL: u64 = 80;
/// So many of the transactions may be rolled back, in hundredths.
const FAILING: u64 = 5;
/// Fewer transactions tell nothing; our own are among them.
const FEW: u64 = 20;
/// How often somebody's wish to stop is looked for.
const PAUSE: Duration = Duration::from_millis(50);

/// What was seen of a server, and why it is not well enough.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// In words.
    pub seen: Vec<String>,
    /// What keeps the halt: each in words. None where all is well.
    pub against: Vec<String>,
}

/// Who halts an environment, or lets it go.
pub struct Order<'a> {
    pub store: &'a dyn Store,
    /// As it is configured.
    pub environment: &'a str,
    pub by: &'a str,
    pub owner: &'a Owner,
    /// Whether the process of a run is there still; nothing where that cannot be told.
    pub is_there: &'a dyn Fn(&Owner) -> Option<bool>,
    pub limits: Limits,
}

/// Writes a halt into the environment itself, where none stands there; or takes away the one that does.
///
/// # Errors
/// The server cannot be reached, or goes away; the store cannot be read or written.
pub fn keep(source: &Source, halt: Option<&Halt>, order: &Order<'_>, run: &Run<'_>) -> Result<Written, Box<Trouble>> {
    let (Source::Live { environment, .. } | Source::Split { primary: environment, .. }) = source else { return Ok(Written::Nowhere) };
    let before = environment.registered(&HALT, &order.limits, &run.watch)?;
    match &before {
        Registered::NotKept => return Ok(Written::Nowhere),
        Registered::Untold(why) => return Ok(Written::Not(why.clone())),
        // The first word stands; and what is not there is not taken away.
        Registered::Rows { rows, .. } if rows.is_empty() == halt.is_none() => return Ok(Written::There),
        Registered::Rows { .. } => {}
    }
    let unfinished = order.store.unfinished(order.environment)?;
    let gone: Vec<&Entry> = unfinished.iter().filter(|entry| entry.is_there(order.is_there) == Some(false)).collect();
    let verb = if halt.is_some() { "halt" } else { "resume" };
    let act = Act { what: format!("{verb} {}", order.environment), statements: Vec::new() };
    let intention = Intention {
        verb: verb.to_owned(),
        environment: order.environment.to_owned(),
        target: environment.describe(),
        by: order.by.to_owned(),
        owner: order.owner.clone(),
        reason: halt.map(|halt| halt.reason.clone()),
        snapshot: None,
        ground: String::new(),
        digest: Intention::digest_of(std::slice::from_ref(&act)),
        artifact: None,
        rewritten: None,
        acts: vec![act],
    };
    let intended = match Intended::write(order.store, &intention, &gone)? {
        Ok(intended) => intended,
        Err(other) => {
            let gate = Gate::new("journal", crate::lease::QUIET, Some(false), crate::lease::held(&other));
            return Ok(Written::Refused(gate.fix("wait until it has ended: evenkeel runs")));
        }
    };
    let wish = Wish { intended: &intended, tool: None, patience: order.limits.lock_timeout, limits: order.limits, orphaned: &[] };
    let written = register::write(&**environment, (&HALT, &before), &wish, halt.map(Halt::row).as_ref(), run);
    match &written {
        Ok(Written::There | Written::Nowhere) => {
            intended.became(0, State::Done, None)?;
            intended.ended(Ending::Done, "it is written")?;
        }
        Ok(Written::Not(why)) => intended.ended(Ending::Refused, why)?,
        Ok(Written::Refused(gate)) => intended.ended(Ending::Refused, &gate.found)?,
        Err(trouble) => intended.ended(Ending::Refused, &trouble.to_string())?,
    }
    written
}

/// Looks at a server for so long.
///
/// # Errors
/// It cannot be reached, or the end was asked for; it is a file.
pub fn look(source: &Source, over: Duration, is_idle: bool, limits: &Limits, run: &Run<'_>) -> Result<Seen, Box<Trouble>> {
    let (Source::Live { environment, .. } | Source::Split { primary: environment, .. }) = source else {
        let trouble = Trouble::new(Class::Usage, format!("{} is no server that can be looked at", source.label()));
        return Err(Box::new(trouble.expected("a live environment").found("a file")));
    };
    let before = environment.vitals(limits, &run.watch)?;
    let until = Instant::now() + over;
    while let Some(rest) = until.checked_duration_since(Instant::now()).filter(|rest| !rest.is_zero()) {
        run.watch.stop.check()?;
        std::thread::sleep(rest.min(PAUSE));
    }
    let after = environment.vitals(limits, &run.watch)?;
    Ok(judged(Vitals { ended: between(before.ended, after.ended), ..after }, over, is_idle))
}

/// What ended between two looks; nothing where one of them was not visible, or the counters began anew.
fn between(before: Option<(u64, u64)>, after: Option<(u64, u64)>) -> Option<(u64, u64)> {
    let ((committed, rolled_back), (now, back)) = before.zip(after)?;
    Some((now.checked_sub(committed)?, back.checked_sub(rolled_back)?))
}

/// What that amounts to, of what ended in that time. What is not visible keeps the halt.
#[must_use]
pub fn judged(vitals: Vitals, over: Duration, is_idle: bool) -> Seen {
    let (mut seen, mut against) = (vec!["it can be reached".to_owned()], Vec::new());
    match vitals.connections {
        Some((taken, most)) if most > 0 => {
            let words = format!("{taken} of {most} connections are taken");
            if taken.saturating_mul(100) > most.saturating_mul(FULL) {
                against.push(format!("{words}: more than {FULL} %"));
            } else {
                seen.push(words);
            }
        }
        _ => against.push("how many connections are taken is not visible".to_owned()),
    }
    let seconds = over.as_secs_f64();
    match vitals.ended {
        Some((committed, rolled_back)) => {
            let all = committed.saturating_add(rolled_back);
            let words = format!("of {all} transactions within {seconds} s {rolled_back} were rolled back");
            if all < FEW {
                let few = format!("{words}: too few to tell whether the application is well");
                if is_idle { seen.push(few) } else { against.push(format!("{few} (--idle, where it is off on purpose)")) }
            } else if rolled_back.saturating_mul(100) > all.saturating_mul(FAILING) {
                against.push(format!("{words}: more than {FAILING} %"));
            } else {
                seen.push(words);
            }
        }
        None => against.push("how many transactions are rolled back is not visible".to_owned()),
    }
    Seen { seen, against }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_seen_to_be_well_lets_go() {
        let well = Vitals { connections: Some((10, 100)), ended: Some((1000, 3)) };
        let over = Duration::from_secs(30);
        let is_well = |vitals| judged(vitals, over, false).against.is_empty();
        assert!(is_well(well));
        assert!(is_well(Vitals { connections: Some((80, 100)), ..well }) && !is_well(Vitals { connections: Some((81, 100)), ..well }));
        assert!(!is_well(Vitals { connections: None, ..well }) && !is_well(Vitals { connections: Some((0, 0)), ..well }));
        assert!(is_well(Vitals { ended: Some((95, 5)), ..well }) && !is_well(Vitals { ended: Some((94, 6)), ..well }));
        assert_eq!(
            (between(Some((9, 2)), Some((12, 2))), between(Some((9, 2)), Some((1, 0))), between(None, Some((1, 1)))),
            (Some((3, 0)), None, None)
        );
        assert!(!is_well(Vitals { ended: None, ..well }) && !is_well(Vitals { ended: Some((0, 0)), ..well }));
        assert!(judged(Vitals { ended: Some((3, 0)), ..well }, over, true).against.is_empty());
        assert!(!judged(Vitals { ended: None, ..well }, over, true).against.is_empty(), "what is hidden is not idle");
    }
}
