//! Locks and who waited for them, as the public JSON has them. Neighbours: `data` and `in_place`, where they stand.

use super::ms;
use evenkeel_core::trace::{self, Span};
use schemars::JsonSchema;
use serde::Serialize;

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Blocked {
    relation: String,
    /// `relation`, `tuple`, `transactionid`, `virtualxid`, `advisory`.
    wait: String,
    /// Waits; one client may have had several.
    clients: usize,
    longest_ms: f64,
    total_ms: f64,
    /// `log` where the server's own log says how long each lasted (of short ones, below 20 ms, it need not say so), `samples` where a
    /// second session looked now and then.
    measured: &'static str,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Lock {
    relation: String,
    kind: String,
    mode: &'static str,
    /// `nothing`, `definitions`, `writes`, `everything`.
    blocks: &'static str,
    named: bool,
    /// The release made it.
    fresh: bool,
    taken_after_ms: Option<f64>,
    held_ms: Held,
}

/// Without an upper end it was not seen.
#[derive(Debug, Serialize, JsonSchema)]
struct Held {
    low: f64,
    high: Option<f64>,
}

pub(super) fn blocked(one: &trace::Blocked) -> Blocked {
    Blocked {
        relation: one.relation.clone(),
        wait: one.wait.clone(),
        clients: one.clients,
        longest_ms: ms(one.longest),
        total_ms: ms(one.total),
        measured: measured(one.logged),
    }
}

/// How a wait's length is known.
pub(super) fn measured(logged: bool) -> &'static str {
    if logged { "log" } else { "samples" }
}

pub(super) fn lock(lock: &trace::Lock) -> Lock {
    let Span { low, high } = lock.held;
    Lock {
        relation: lock.relation.clone(),
        kind: lock.kind.clone(),
        mode: lock.mode,
        blocks: match lock.blocks {
            trace::Blocks::Ordinary => "nothing",
            trace::Blocks::Definitions => "definitions",
            trace::Blocks::Writes => "writes",
            trace::Blocks::Everything => "everything",
        },
        named: lock.named,
        fresh: lock.fresh,
        taken_after_ms: lock.taken_after.map(ms),
        held_ms: Held { low: ms(low), high: high.map(ms) },
    }
}
