//! What runs whose process is gone still do: on the server, whose sessions may go on with a statement, and here, where a tool may.
//!
//! Does not live here: what became of their acts (`deploy/resume`), whose the environment is (`lease`).

use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::port::{Deployer, Entry, Owner, Session};
use std::time::{Duration, Instant};

/// How long a session that a run has left may take to end, before it is ended, and after.
pub(crate) const PATIENCE: Duration = Duration::from_secs(15);
/// Between two looks.
pub(crate) const PAUSE: Duration = Duration::from_millis(100);

/// What a run holds while its tool is at work.
pub(crate) const PROCESS: &str = "the tool's process ";

/// The tool of a run that is gone, where that is at work still.
pub(crate) fn at_work(gone: &Entry, owner: &Owner) -> Option<String> {
    let is_there = |what: &&String| {
        let pid = what.strip_prefix(PROCESS).and_then(|pid| pid.parse().ok()).and_then(rustix::process::Pid::from_raw);
        pid.is_some_and(|pid| rustix::process::test_kill_process(pid).is_ok() && !is_over(pid.as_raw_nonzero().get()))
    };
    let is_here = gone.intention.owner.boot == owner.boot;
    gone.held.iter().filter(|_| is_here).find(is_there).map(|what| format!("{what} of run {} is at work still", gone.number))
}

/// Whether a process has ended that nobody has asked after yet.
fn is_over(pid: i32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The state stands behind the name, which is in parentheses.
    stat.rsplit_once(") ").is_some_and(|(_, rest)| rest.starts_with(['Z', 'X']))
}

/// Ends what sessions of runs that are gone still do: they are waited for, and then what they run is ended.
///
/// # Errors
/// The server cannot be asked, or they do not end.
pub(crate) fn orphans(gone: &[&Entry], deployer: &dyn Deployer, session: &mut dyn Session) -> Result<Vec<String>, Box<Trouble>> {
    let mut notes = Vec::new();
    for entry in gone {
        let name = Entry::called(entry.number, &entry.letters);
        let begun = Instant::now();
        let mut is_ended = false;
        loop {
            let left = deployer.called(session, &name)?;
            if left.is_empty() {
                break;
            }
            if begun.elapsed() >= PATIENCE + PATIENCE {
                let trouble = Trouble::new(Class::CouldNotTell, format!("a session of run {} is on the server still", entry.number));
                let found: Vec<String> = left.iter().map(ToString::to_string).collect();
                return Err(Box::new(
                    trouble
                        .expected("none, its process is gone")
                        .found(format!("session {}", found.join(", ")))
                        .fix("end it there, and run it again"),
                ));
            }
            if begun.elapsed() >= PATIENCE && !is_ended {
                is_ended = true;
                notes.push(format!("what a session of run {} still ran was ended", entry.number));
                for one in &left {
                    deployer.cancel(session, *one)?;
                }
            }
            std::thread::sleep(PAUSE);
        }
    }
    Ok(notes)
}
