//! A replica that follows the release while it is committed: how far behind it is, in bytes of the log and in time.
//!
//! It runs for this by itself, without clients: what is measured elsewhere is measured without a second server at work. How long a replica
//! is behind is told from where the log was and when, as two sessions see it: what servers say of it themselves is late, or nothing where
//! nobody writes. Neighbour: `watched`, which sends a release.

use super::each::{BASE, Each, PASSING};
use super::pending::Release;
use super::watched::released;
use crate::runner::{Manner, Onlooker, Spoken, guarded};
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::finding::Place;
use evenkeel_core::port::{Observer, Session, Silent, Stop, Watch};
use evenkeel_core::rehearsal::Lag;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(5);
/// How long it is waited for that it has what was there before; and, where its limit is not longer, what the release did.
const PATIENCE: Duration = Duration::from_secs(30);

/// How far it is behind, or why nobody followed.
pub fn behind(each: &Each<'_>, observer: &dyn Observer, release: &Release, limit: Duration) -> Result<Result<Lag, String>, Box<Trouble>> {
    let ground = each.ground;
    let stop = ground.watch.stop;
    each.aside(BASE, ground.database)?;
    // All that is there is copied.
    for database in PASSING {
        ground.scratch.remove(database)?;
    }
    let quiet = Watch { watcher: &Silent, stop };
    let replica = match ground.scratch.replicate(&quiet) {
        Ok(replica) => replica,
        Err(trouble) if trouble.class == Class::Interrupted => return Err(trouble),
        Err(trouble) => return Ok(Err(format!("no replica follows the throwaway server: {trouble}"))),
    };
    let mut primary = ground.scratch.session(ground.database)?;
    let mut follower = replica.session(ground.database)?;
    let began = Instant::now();
    while observer.position(&mut *follower)? < observer.position(&mut *primary)? {
        stop.check()?;
        if began.elapsed() > PATIENCE {
            return Ok(Err(format!("the replica did not come to what was there before within {} s", PATIENCE.as_secs())));
        }
        std::thread::sleep(PAUSE);
    }
    let mut at = At::default();
    let (place, is_over) = (at.0.clone(), AtomicBool::new(false));
    let session = each.place.session(ground.database)?;
    let looked = std::thread::scope(|threads| {
        let looking = threads.spawn(|| {
            let patience = PATIENCE.max(limit * 2);
            let sent = || place.lock().unwrap_or_else(PoisonError::into_inner).clone();
            looked(observer, (&mut *primary, &mut *follower), (&is_over, patience), &sent, stop)
        });
        let ran = guarded(session, ground, |session, guard| released(session, guard, ground, release, (&mut at, Manner::AsTool)));
        is_over.store(true, Ordering::SeqCst);
        let looked = looking.join();
        // That a statement fails is told elsewhere.
        ran.map(|_ends| looked)
    })?;
    let lag = match looked {
        Ok(Ok(lag)) => Ok(lag),
        Ok(Err(trouble)) if trouble.class == Class::Interrupted => return Err(trouble),
        Ok(Err(trouble)) => Err(format!("the replica was not seen to the end: {trouble}")),
        Err(_) => Err("the replica was not seen to the end".to_owned()),
    };
    drop(follower);
    replica.stop()?;
    Ok(lag)
}

/// Looks until the replica has all that was written when it was over.
fn looked(
    observer: &dyn Observer,
    (primary, follower): (&mut dyn Session, &mut dyn Session),
    (is_over, patience): (&AtomicBool, Duration),
    sent: &dyn Fn() -> Option<Place>,
    stop: &Stop,
) -> Result<Lag, Box<Trouble>> {
    let mut trail = Trail::default();
    let mut lag = Lag::default();
    let mut over = None;
    loop {
        stop.check()?;
        // What was written in between is counted as well: it is said to be rather further behind than it is.
        let was_over = is_over.load(Ordering::SeqCst);
        let replayed = observer.position(follower)?;
        let written = observer.position(primary)?;
        let now = Instant::now();
        trail.put(now, written);
        lag.looks += 1;
        let (bytes, time) = trail.behind(now, replayed);
        lag.bytes = lag.bytes.max(bytes);
        if time > lag.time {
            (lag.time, lag.place) = (time, sent());
        }
        if was_over {
            let (since, end) = *over.get_or_insert((now, written));
            if replayed >= end {
                lag.caught_up = Some(now - since);
                return Ok(lag);
            }
            if since.elapsed() > patience {
                return Ok(lag);
            }
        }
        std::thread::sleep(PAUSE);
    }
}

/// Where the log was, and when.
#[derive(Default)]
struct Trail(VecDeque<(Instant, u64)>);

impl Trail {
    fn put(&mut self, now: Instant, written: u64) {
        // Where nothing was written nothing is to be remembered.
        if self.0.back().is_none_or(|(_, last)| *last < written) {
            self.0.push_back((now, written));
        }
    }

    /// How far behind somebody is who has replayed that much: in bytes, and since when there was more.
    fn behind(&mut self, now: Instant, replayed: u64) -> (u64, Duration) {
        while self.0.front().is_some_and(|(_, written)| *written <= replayed) && self.0.len() > 1 {
            self.0.pop_front();
        }
        let written = self.0.back().map_or(0, |(_, written)| *written);
        let since = self.0.front().filter(|(_, written)| *written > replayed).map(|(since, _)| *since);
        (written.saturating_sub(replayed), since.map_or(Duration::ZERO, |since| now.saturating_duration_since(since)))
    }
}

/// Which statement was sent last.
#[derive(Default)]
struct At(std::sync::Arc<Mutex<Option<Place>>>);

impl Onlooker for At {
    fn before(&mut self, _: &mut dyn Session, spoken: &Spoken<'_>) -> Result<(), Box<Trouble>> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(spoken.place.clone());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_behind_since_the_first_that_it_has_not() {
        let zero = Instant::now();
        let ms = Duration::from_millis;
        let mut trail = Trail::default();
        assert_eq!(trail.behind(zero, 7), (0, Duration::ZERO));
        for (at, written) in [(0, 100), (5, 100), (10, 200), (15, 300)] {
            trail.put(zero + ms(at), written);
        }
        assert_eq!(trail.behind(zero + ms(20), 100), (200, ms(10)), "nothing was written at 5");
        assert_eq!(trail.behind(zero + ms(21), 150), (150, ms(11)));
        assert_eq!(trail.behind(zero + ms(22), 200), (100, ms(7)));
        assert_eq!(trail.behind(zero + ms(900), 300), (0, Duration::ZERO), "nobody writes: it is not behind");
        trail.put(zero + ms(1000), 400);
        assert_eq!(trail.behind(zero + ms(1001), 300), (100, ms(1)));
    }
}
