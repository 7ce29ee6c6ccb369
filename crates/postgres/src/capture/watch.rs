//! What ends a capture from outside: the user who wants it to end, and a server that has fallen silent.
//!
//! Lives here: waiting for both beside the work. Does not live here: the server's own limits (`connect::session`), which
//! only a living server keeps.

use super::CaptureFault;
use crate::connect::{Fault, Session};
use evenkeel_core::port::Stop;
use futures_util::future::join_all;
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
pub async fn interruptible<T>(
    stop: &Stop,
    sessions: &[&Session],
    work: impl Future<Output = Result<T, CaptureFault>>,
) -> Result<T, CaptureFault> {
    let cancelling = join_all(sessions.iter().map(|session| {
        let canceller = session.canceller();
        async move { canceller.cancel().await }
    }));
    evenkeel_runtime::interruptible(stop, cancelling, work).await
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
