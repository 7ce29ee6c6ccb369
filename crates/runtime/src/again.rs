//! Asking again for what somebody else has, within a bound: nothing is waited for on a server.

use evenkeel_core::fault::Trouble;
use evenkeel_core::port::Watch;
use std::time::{Duration, Instant};

/// Between two attempts.
const PAUSE: Duration = Duration::from_millis(100);

/// Tries until it is had, or the time is over: whether it was had.
///
/// # Errors
/// The attempt's own; the end was asked for.
pub fn again(until: Instant, watch: &Watch<'_>, mut attempt: impl FnMut() -> Result<bool, Box<Trouble>>) -> Result<bool, Box<Trouble>> {
    loop {
        if attempt()? {
            return Ok(true);
        }
        watch.stop.check()?;
        if Instant::now() >= until {
            return Ok(false);
        }
        std::thread::sleep(PAUSE);
    }
}

#[cfg(test)]
mod tests {
    use super::again;
    use evenkeel_core::port::Watch;
    use std::time::{Duration, Instant};

    #[test]
    fn it_is_asked_for_until_it_is_had_or_the_time_is_over() {
        let mut left = 2;
        let later = Instant::now() + Duration::from_secs(60);
        let had = again(later, &Watch::none(), || {
            left -= 1;
            Ok(left == 0)
        });
        assert_eq!((had, left), (Ok(true), 0));
        assert_eq!(again(Instant::now(), &Watch::none(), || Ok(false)), Ok(false));
    }
}
