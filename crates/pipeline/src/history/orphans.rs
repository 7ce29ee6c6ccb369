//! Statements of repairs and deployments whose process is gone, and that the server goes on with: a person who repairs is not told to wait
//! for them. They are waited for, and then ended, under evenkeel's own lock; what is there is judged after that. Neighbour: `apply`.

use super::order::Order;
use crate::lease;
use crate::remains;
use crate::replay::Means;
use evenkeel_core::fault::Trouble;
use evenkeel_core::history::told::History;
use evenkeel_core::port::{Claimed, Ending, Entry, Environment, Intended, Run, Wish};

/// Has what such runs still do end, where something is in flight that may be theirs. What was done, where anything was: then all is to be
/// judged again.
///
/// # Errors
/// The store cannot be used; the server cannot be asked, or they do not end.
pub(super) fn ended(
    before: &History,
    (environment, means, run): (&dyn Environment, &Means<'_>, &Run<'_>),
    order: &Order<'_>,
) -> Result<Option<Vec<String>>, Box<Trouble>> {
    if before.in_flight.is_empty() || order.locked.is_some() || order.store.halted(order.environment)?.is_some() {
        return Ok(None);
    }
    let unfinished = lease::unfinished(order.store, order.environment, order.is_there, run)?;
    let gone: Vec<&Entry> = unfinished.iter().filter(|entry| entry.is_there(order.is_there) != Some(true)).collect();
    if gone.is_empty() || gone.len() < unfinished.len() {
        return Ok(None);
    }
    let intention = order.intention(environment.describe(), String::new(), Vec::new());
    // Who has the environment is said where the repair itself is begun.
    let Ok(intended) = Intended::write(order.store, &intention, &gone)? else { return Ok(None) };
    lease::beating(&intended, || {
        let wish = Wish { intended: &intended, tool: None, patience: order.patience, limits: means.limits, orphaned: &[] };
        let done = (|| {
            let mut claim = match environment.claim(&wish, &run.watch)? {
                Claimed::Held(claim) => claim,
                Claimed::Taken(who) => return Ok(Err(who)),
            };
            let mut session = claim.session(&[])?;
            let deployer = run.engines.of(before.endpoint.engine).deployer()?;
            let mut notes = remains::orphans(&gone, deployer, &mut *session)?;
            drop(session);
            notes.extend(claim.release().err().map(|trouble| trouble.to_string()));
            Ok(Ok(notes))
        })();
        match done {
            Ok(Ok(notes)) => {
                let runs: Vec<String> = gone.iter().map(|entry| entry.number.to_string()).collect();
                intended.ended(Ending::Done, &format!("nothing of run {} is at work on the server any more", runs.join(", ")))?;
                Ok(Some(notes))
            }
            Ok(Err(who)) => intended.ended(Ending::Refused, &who).map(|()| None),
            Err(trouble) => {
                let trouble: Box<Trouble> = trouble;
                intended.ended(Ending::Refused, &trouble.to_string())?;
                Err(trouble)
            }
        }
    })
}
