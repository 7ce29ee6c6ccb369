//! What ends a capture from outside: the user's Ctrl-C, and a server that has fallen silent.
//!
//! Lives here: waiting for both beside the work. Does not live here: the server's own limits (`connect::session`), which
//! only a living server keeps.

use super::CaptureFault;
use crate::connect::{Fault, Session};
use futures_util::future::{join_all, pending};
use std::pin::pin;
use std::time::Duration;

/// Between two looks at the sessions.
const LOOK: Duration = Duration::from_millis(250);
/// What a server may need beyond the statement timeout to say that it ran out.
const GRACE: Duration = Duration::from_secs(5);

/// Does the work, unless the user stops it. The statements that run on the server are asked to end.
///
/// # Errors
/// The work's own; `Interrupted`.
pub async fn interruptible<T>(sessions: &[&Session], work: impl Future<Output = Result<T, CaptureFault>>) -> Result<T, CaptureFault> {
    let interrupt = async {
        // Where no handler can be installed, the signal ends the process by itself.
        if tokio::signal::ctrl_c().await.is_err() {
            pending::<()>().await;
        }
    };
    tokio::select! {
        biased;
        done = work => done,
        () = interrupt => {
            let cancelling = join_all(sessions.iter().map(|session| {
                let canceller = session.canceller();
                async move { canceller.cancel().await }
            }));
            // The user is waiting; the statement timeout ends what cannot be reached now.
            let _ = tokio::time::timeout(Duration::from_secs(1), cancelling).await;
            Err(CaptureFault::Interrupted)
        }
    }
}

/// Does the work as long as a server is heard at least once in the time a statement may take.
///
/// # Errors
/// The work's own; `Gone` when all sessions have been silent for too long.
pub async fn heard<T>(
    sessions: &[&Session],
    statement_timeout: Duration,
    work: impl Future<Output = Result<T, CaptureFault>>,
) -> Result<T, CaptureFault> {
    let mut work = pin!(work);
    let limit = statement_timeout.saturating_add(GRACE);
    let mut silent = 0;
    loop {
        if let Ok(done) = tokio::time::timeout(LOOK, &mut work).await {
            return done;
        }
        // Twice, because our own work may have kept the connection from being looked at.
        silent = if sessions.iter().all(|session| session.quiet_for() > limit) { silent + 1 } else { 0 };
        if silent > 1 {
            let place = sessions.first().map(|session| session.context().place().to_owned()).unwrap_or_default();
            return Err(CaptureFault::Connect(Fault::Gone {
                place,
                doing: "reading the catalogs".to_owned(),
                message: format!("nothing was heard for {} s, longer than any statement may take", limit.as_secs()),
            }));
        }
    }
}
