//! The one thread that parses: its stack is large, but memory is only used as deep as a tree goes.

use super::Fault;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;
use std::sync::mpsc::{Sender, channel, sync_channel};

const STACK: usize = 256 << 20;

type Work = Box<dyn FnOnce() + Send>;

static WORK: OnceLock<Option<Sender<Work>>> = OnceLock::new();

/// Runs the work on the parser's thread and waits for its result.
pub fn run<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Fault> {
    let sender = WORK.get_or_init(start).as_ref().ok_or(Fault::Thread)?;
    let (answer, result) = sync_channel(1);
    // A result nobody waits for any more is dropped.
    let work = move || drop(answer.send(work()));
    sender.send(Box::new(work)).map_err(|_| Fault::Thread)?;
    result.recv().map_err(|_| Fault::Thread)
}

fn start() -> Option<Sender<Work>> {
    let (sender, receiver) = channel::<Work>();
    let serve = move || {
        for work in receiver {
            // The answer's channel closes with the panicking work, which is how the caller learns of it.
            let _ = catch_unwind(AssertUnwindSafe(work));
        }
    };
    std::thread::Builder::new().name("grammar".to_owned()).stack_size(STACK).spawn(serve).ok().map(|_| sender)
}
