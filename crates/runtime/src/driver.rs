//! What a driver of a database runs on, behind a port that blocks. Neighbour: `elsewhere`, blocking work the other way round.

use crate::elsewhere;
use evenkeel_core::fault::{Class, Trouble};
use std::future::Future;
use tokio::runtime::{Builder, Handle, Runtime};

/// A runtime of one thread. Dropping it waits for nothing: a name that is being looked up must not keep a user who is leaving.
#[derive(Debug)]
pub struct Driver {
    /// Nothing only while dropping, which takes it by value.
    runtime: Option<Runtime>,
    handle: Handle,
}

impl Driver {
    /// # Errors
    /// The system has no file descriptor left.
    pub fn start() -> Result<Self, Box<Trouble>> {
        let built = Builder::new_current_thread().enable_all().build();
        let runtime = built.map_err(|error| Box::new(Trouble::new(Class::Internal, "cannot start the driver").found(error.to_string())))?;
        Ok(Self { handle: runtime.handle().clone(), runtime: Some(runtime) })
    }

    /// Does the work and waits for it, on this thread. Not from inside of a runtime: see [`Driver::run_elsewhere`].
    pub fn run<T>(&self, work: impl Future<Output = T>) -> T {
        match &self.runtime {
            Some(runtime) => runtime.block_on(work),
            // Never: it is taken by `drop` alone.
            None => self.handle.block_on(work),
        }
    }

    /// Does the work and waits for it, on a thread of its own: safe inside of a runtime too.
    pub fn run_elsewhere<T: Send>(&self, work: impl Future<Output = T> + Send) -> T {
        elsewhere(|| self.run(work))
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // An ordinary drop waits, and is forbidden inside of another runtime.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use std::time::{Duration, Instant};

    #[test]
    fn leaving_waits_for_nobody() {
        let driver = Driver::start().unwrap();
        let busy = driver.run(async {
            let sleeping = tokio::task::spawn_blocking(|| std::thread::sleep(Duration::from_secs(20)));
            sleeping.abort_handle()
        });
        let begun = Instant::now();
        drop(driver);
        assert!(begun.elapsed() < Duration::from_secs(5), "{busy:?}");
    }

    #[test]
    fn a_runtime_may_hold_another_ones_work() {
        let outer = Driver::start().unwrap();
        let told = outer.run(async { Driver::start().unwrap().run_elsewhere(async { 42 }) });
        assert_eq!(told, 42);
    }
}
