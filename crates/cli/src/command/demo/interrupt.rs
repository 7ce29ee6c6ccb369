//! Ctrl-C, and the other ways to be told to stop: noted by a thread, asked for between the steps of the story, so that
//! every server goes the ordinary way out. Who insists (a second signal) ends us at once; then the kernel ends the
//! servers, and the next start removes their files.

use evenkeel_core::fault::{Class, Trouble};
use std::io::BufRead;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};

/// Whether somebody wants us to stop.
pub struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Begins to watch. Before the first server is started, because from here on the signals no longer end us.
    ///
    /// # Errors
    /// The system gives us no way to hear signals.
    pub fn watch() -> Result<Self, Box<Trouble>> {
        let deaf = |error: std::io::Error| Box::new(Trouble::new(Class::Internal, "cannot watch for Ctrl-C").found(error.to_string()));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().map_err(deaf)?;
        let stop = Arc::new(AtomicBool::new(false));
        let mut kinds = {
            let _inside = runtime.enter();
            [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()].map(signal)
        };
        if let Some(Err(error)) = kinds.iter_mut().find(|kind| kind.is_err()) {
            return Err(deaf(std::io::Error::new(error.kind(), error.to_string())));
        }
        let noted = Arc::clone(&stop);
        std::thread::spawn(move || {
            let mut signals: Vec<_> = kinds.into_iter().flatten().collect();
            runtime.block_on(async {
                loop {
                    std::future::poll_fn(|context| {
                        let came = signals.iter_mut().any(|signal| signal.poll_recv(context).is_ready());
                        if came { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
                    })
                    .await;
                    if noted.swap(true, Ordering::SeqCst) {
                        std::process::exit(i32::from(Class::Interrupted.exit_code()));
                    }
                    crate::paint::say!("\nstopping; once more ends at once");
                }
            });
        });
        Ok(Self(stop))
    }

    /// # Errors
    /// Of class `Interrupted`, once a signal has come.
    pub fn check(&self) -> Result<(), Box<Trouble>> {
        if self.0.load(Ordering::SeqCst) { Err(Box::new(Trouble::new(Class::Interrupted, "stopped"))) } else { Ok(()) }
    }

    /// Waits for Enter (or the end of the input).
    ///
    /// # Errors
    /// Of class `Interrupted`, when a signal comes first.
    pub fn wait_for_enter(&self) -> Result<(), Box<Trouble>> {
        let (entered, enter) = channel();
        // A read cannot be called off: the thread ends with the process.
        std::thread::spawn(move || {
            let _ = std::io::stdin().lock().read_line(&mut String::new());
            let _ = entered.send(());
        });
        while enter.recv_timeout(Duration::from_millis(100)).is_err() {
            self.check()?;
        }
        Ok(())
    }
}
