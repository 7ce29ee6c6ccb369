//! How fast a server computes: a piece of work that is the same on every one of them. Neighbour: `vitals`, how its clients get on.

use crate::connect::{Limits, Target, connect};
use evenkeel_core::fault::{Trouble, Troublesome};
use std::time::{Duration, Instant};

/// Computing that every server does in the same way: hashes of numbers, and a sort of them. It reads no table.
const WORK: &str = "SELECT max(h) FROM (SELECT md5(g::text) AS h FROM generate_series(1, 60000) AS g ORDER BY 1) AS made";
/// It runs so often, and the fastest counts: what else goes on makes it slower, never faster.
const TIMES: usize = 7;
/// All of it takes no longer.
const ROOM: Duration = Duration::from_secs(4);

/// How long that takes.
pub async fn probe(target: &Target, limits: &Limits) -> Result<Duration, Box<Trouble>> {
    let words = |fault: crate::connect::Fault| Box::new(fault.trouble());
    let session = connect(target).await.map_err(words)?;
    let limits = Limits { statement_timeout: limits.statement_timeout.min(ROOM), ..*limits };
    session.begin_read_only(&limits, None).await.map_err(words)?;
    let (from, mut least) = (Instant::now(), Duration::MAX);
    for _ in 0..TIMES {
        let begun = Instant::now();
        session.client.simple_query(WORK).await.map_err(|error| words(session.fault(&error, "comparing how fast servers compute")))?;
        least = least.min(begun.elapsed());
        if from.elapsed() > ROOM {
            break;
        }
    }
    Ok(least)
}
