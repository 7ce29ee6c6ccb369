//! Waiting for a person, who may want to leave instead.

use crate::signals;
use evenkeel_core::fault::Trouble;
use std::io::BufRead;
use std::sync::mpsc::channel;
use std::time::Duration;

/// Waits for Enter (or the end of the input).
///
/// # Errors
/// Of class `Interrupted`, when a signal comes first.
pub fn wait() -> Result<(), Box<Trouble>> {
    let (entered, enter) = channel();
    // A read cannot be called off: the thread ends with the process.
    std::thread::spawn(move || {
        let _ = std::io::stdin().lock().read_line(&mut String::new());
        let _ = entered.send(());
    });
    while enter.recv_timeout(Duration::from_millis(100)).is_err() {
        signals::stop().check()?;
    }
    Ok(())
}
