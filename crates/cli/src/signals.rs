//! Being told to end: Ctrl-C, and what systems send (SIGTERM, SIGHUP), heard in one place for all verbs.
//!
//! Lives here: who asks for the end (`Stop` is handed down from here), and what happens where nothing comes of it. Does not
//! live here: how waiting work notices it (`runtime`), drafts of files (`command/output`).

use crate::args::ColorWhen;
use crate::command::discard_draft;
use crate::paint;
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::port::Stop;
use std::future::poll_fn;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Duration;
use tokio::signal::unix::{Signal, SignalKind, signal};

static STOP: Stop = Stop::new();

/// Whether somebody wants this process to end.
pub fn stop() -> &'static Stop {
    &STOP
}

/// How a verb ends once it is asked to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// By itself and soon. What hangs (a pipe that nobody writes to, a disk) is given up after a while.
    Soon,
    /// By itself, however long that takes: servers have to be stopped.
    InOrder,
}

/// How long work has that shall end soon. Cancelling statements may take a second of it.
const GRACE: Duration = Duration::from_secs(3);

/// There is nothing left that has to end in order: the result is being printed.
static AT_ONCE: AtomicBool = AtomicBool::new(false);

/// From now on a signal ends the process at once: all that is left to do is printing, to a reader who may not read on.
pub fn at_once() {
    AT_ONCE.store(true, Ordering::SeqCst);
}

/// What was printed was not the last: there are servers to be stopped still.
pub fn in_order() {
    AT_ONCE.store(false, Ordering::SeqCst);
}

/// Begins to listen. A second signal ends the process at once; then the kernel ends servers of ours, and the next start
/// removes their files.
///
/// # Errors
/// The system gives us no way to hear signals.
pub fn hear(ending: Ending, color: ColorWhen) -> Result<(), Box<Trouble>> {
    let deaf = |error: std::io::Error| Box::new(Trouble::new(Class::Internal, "cannot watch for Ctrl-C").found(error.to_string()));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(deaf)?;
    let ignored = ignored();
    let signals: Vec<Signal> = {
        let _inside = runtime.enter();
        let wanted = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()];
        // Whoever started us with a signal ignored (nohup, a shell's background job) wants it to stay so.
        let wanted = wanted.into_iter().filter(|kind| ignored >> (kind.as_raw_value() - 1) & 1 == 0);
        wanted.map(signal).collect::<Result<_, _>>().map_err(deaf)?
    };
    std::thread::spawn(move || runtime.block_on(listen(signals, ending, color)));
    Ok(())
}

async fn listen(mut signals: Vec<Signal>, ending: Ending, color: ColorWhen) {
    next(&mut signals).await;
    STOP.request();
    if AT_ONCE.load(Ordering::SeqCst) {
        end();
    }
    match ending {
        Ending::InOrder => {
            paint::say!("\nstopping; once more ends at once");
            next(&mut signals).await;
        }
        Ending::Soon => {
            if tokio::time::timeout(GRACE, next(&mut signals)).await.is_err() {
                let trouble = Trouble::new(Class::Interrupted, "interrupted");
                paint::trouble(&trouble.found(format!("work that did not end within {} s: it was given up", GRACE.as_secs())), color);
            }
        }
    }
    end();
}

/// The next signal, whichever it is. Without any it never comes.
async fn next(signals: &mut [Signal]) {
    poll_fn(|context| {
        let came = signals.iter_mut().any(|signal| signal.poll_recv(context).is_ready());
        if came { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

fn end() -> ! {
    discard_draft();
    std::process::exit(i32::from(Class::Interrupted.exit_code()))
}

/// The signals that were ignored when we were started, as bits; none where the system does not tell.
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    line.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default()
}
