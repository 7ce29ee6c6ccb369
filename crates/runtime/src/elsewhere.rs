//! Blocking work that is safe inside an async runtime too: what engine crates tell their throwaway servers blocks.

/// Does the work on a thread of its own and waits for it. A panic there goes on here.
pub fn elsewhere<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| match scope.spawn(work).join() {
        Ok(result) => result,
        Err(panic) => std::panic::resume_unwind(panic),
    })
}
