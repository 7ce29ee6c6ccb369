//! Looking at processes, and waiting for what comes by itself.

use std::time::{Duration, Instant};

/// Whether no process with that number runs (one that nobody reaped does not).
#[must_use]
pub fn gone(pid: u32) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat")).map_or(true, |stat| stat.contains(") Z "))
}

/// Waits up to 20 s.
///
/// # Panics
/// When it never happened; `what` says what.
pub fn eventually(what: &str, condition: impl Fn() -> bool) {
    let until = Instant::now() + Duration::from_secs(20);
    while !condition() {
        assert!(Instant::now() < until, "never happened: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
