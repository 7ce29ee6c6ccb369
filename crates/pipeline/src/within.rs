//! Work on a server that is given up after a while, whatever that server does: one that is frozen says nothing, and no bound of its own holds.
//!
//! Does not live here: how work notices that its end is asked for (each engine's). Neighbours: `breakers` and `gate`, which ask again and again.

use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::port::{Run, Stop, Watch};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// How often somebody's wish to stop is looked for.
const PAUSE: Duration = Duration::from_millis(50);

/// Does it; why it came to nothing, in words.
///
/// # Errors
/// The end was asked for, and not by the bound.
pub fn within<T>(
    bound: Duration,
    run: &Run<'_>,
    work: impl FnOnce(&Run<'_>) -> Result<T, Box<Trouble>>,
) -> Result<Result<T, String>, Box<Trouble>> {
    let (until, own) = (Instant::now() + bound, Stop::new());
    let (stop, theirs) = (&own, run.watch.stop);
    let (ends, ended) = channel::<()>();
    let done = std::thread::scope(|scope| {
        scope.spawn(move || {
            loop {
                let rest = until.saturating_duration_since(Instant::now());
                if rest.is_zero() || theirs.is_requested() {
                    stop.request();
                    return;
                }
                if ended.recv_timeout(rest.min(PAUSE)) != Err(RecvTimeoutError::Timeout) {
                    return;
                }
            }
        });
        // Dropped however the work ends.
        let _ends = ends;
        work(&Run { watch: Watch { stop, ..run.watch }, ..*run })
    });
    match done {
        Ok(found) => Ok(Ok(found)),
        Err(trouble) if trouble.class == Class::Interrupted => {
            theirs.check()?;
            Ok(Err(format!("no answer within {} ms", bound.as_millis())))
        }
        Err(trouble) => Ok(Err(trouble.to_string())),
    }
}
