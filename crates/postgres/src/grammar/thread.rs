//! The threads that parse: their stacks are large, but memory is only used as deep as a tree goes.

use super::Fault;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel, sync_channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

const STACK: usize = 256 << 20;

type Work = Box<dyn FnOnce() + Send>;

static WORK: OnceLock<Option<Sender<Work>>> = OnceLock::new();

/// How many there are.
pub fn count() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from).min(4)
}

/// Runs the work on one of the parser's threads and waits for its result.
pub fn run<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Fault> {
    let sender = WORK.get_or_init(start).as_ref().ok_or(Fault::Thread)?;
    let (answer, result) = sync_channel(1);
    // A result nobody waits for any more is dropped.
    let work = move || drop(answer.send(work()));
    sender.send(Box::new(work)).map_err(|_| Fault::Thread)?;
    result.recv().map_err(|_| Fault::Thread)
}

/// One at least, or there is no parser.
fn start() -> Option<Sender<Work>> {
    let (sender, receiver) = channel::<Work>();
    let receiver = Arc::new(Mutex::new(receiver));
    let started = (0..count()).filter(|_| {
        let receiver = Arc::clone(&receiver);
        std::thread::Builder::new().name("grammar".to_owned()).stack_size(STACK).spawn(move || serve(&receiver)).is_ok()
    });
    (started.count() > 0).then_some(sender)
}

fn serve(receiver: &Mutex<Receiver<Work>>) {
    loop {
        let work = receiver.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(work) = work else { return };
        // The answer's channel closes with the panicking work, which is how the caller learns of it.
        let _ = catch_unwind(AssertUnwindSafe(work));
    }
}
