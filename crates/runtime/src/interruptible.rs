//! Work that ends when somebody asks for it. Neighbour: `core::port::Stop`, the mark; what statement is ended how is each
//! driver's knowledge.

use evenkeel_core::fault::{Class, Trouble, Troublesome};
use evenkeel_core::port::Stop;
use std::future::Future;
use std::time::Duration;

/// Between two looks at the mark.
const LOOK: Duration = Duration::from_millis(25);
/// How long the servers may take to hear that their statements shall end. The user is waiting, and the statement timeout ends
/// what cannot be reached now.
const FAREWELL: Duration = Duration::from_secs(1);

/// The work was given up because its end was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interrupted;

impl Troublesome for Interrupted {
    fn trouble(&self) -> Trouble {
        Trouble::new(Class::Interrupted, "interrupted").found("nothing was written")
    }
}

impl From<Interrupted> for Box<Trouble> {
    fn from(interrupted: Interrupted) -> Self {
        Self::new(interrupted.trouble())
    }
}

/// Does the work, unless `stop` is requested. Then `cancel` asks the servers to end the statements that run.
///
/// # Errors
/// The work's own; [`Interrupted`].
pub async fn interruptible<T, E: From<Interrupted>>(
    stop: &Stop,
    cancel: impl Future,
    work: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    let requested = async {
        while !stop.is_requested() {
            tokio::time::sleep(LOOK).await;
        }
    };
    tokio::select! {
        // The mark is looked at first: no work begins that shall end.
        biased;
        () = requested => {
            // That they hear it in time is not promised.
            let _ = tokio::time::timeout(FAREWELL, cancel).await;
            Err(Interrupted.into())
        }
        done = work => done,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use crate::Driver;
    use std::cell::Cell;
    use std::future::pending;
    use std::time::Instant;

    #[test]
    fn work_ends_when_it_is_asked_to_and_servers_are_told() {
        let (stop, told) = (Stop::new(), Cell::new(false));
        let begun = Instant::now();
        let done: Result<(), Interrupted> = std::thread::scope(|threads| {
            threads.spawn(|| {
                std::thread::sleep(Duration::from_millis(100));
                stop.request();
            });
            Driver::start().unwrap().run(interruptible(&stop, async { told.set(true) }, pending()))
        });
        assert_eq!(done, Err(Interrupted));
        assert!(told.get() && begun.elapsed() >= Duration::from_millis(100));
    }

    #[test]
    fn a_server_that_does_not_hear_is_not_waited_for() {
        let stop = Stop::new();
        stop.request();
        let begun = Instant::now();
        let done: Result<(), Interrupted> = Driver::start().unwrap().run(interruptible(&stop, pending::<()>(), pending()));
        assert_eq!(done, Err(Interrupted));
        assert!(begun.elapsed() < FAREWELL * 3);
    }

    #[test]
    fn work_that_nobody_stops_is_done_and_none_begins_that_shall_end() {
        let driver = Driver::start().unwrap();
        let stop = Stop::new();
        assert_eq!(driver.run(interruptible(&stop, pending::<()>(), async { Ok::<_, Interrupted>(7) })), Ok(7));
        stop.request();
        let begun = Cell::new(false);
        let done = driver.run(interruptible(&stop, async {}, async {
            begun.set(true);
            Ok::<_, Interrupted>(7)
        }));
        assert_eq!((done, begun.get()), (Err(Interrupted), false));
    }
}
