//! A session whose calls block, over one whose do not: what a port asks for, over what drivers have.
//!
//! Lives here: the thread, the runtime, and that a transaction is not begun inside of another. Does not live here: what a
//! session says to its server (`connect` of each engine).

use crate::{Driver, elsewhere};
use evenkeel_core::fault::{Class, Trouble, Troublesome};
use evenkeel_core::port::{Answer, Limits, Session};
use std::future::Future;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A session as its driver has it.
pub trait Conversation: Send {
    type Fault: Troublesome + Send;

    /// What the server calls it.
    fn id(&self) -> u64;

    /// Opens a transaction whose statements wait no longer than that.
    ///
    /// # Errors
    /// The connection is lost.
    fn begin(&mut self, bounds: &Limits) -> impl Future<Output = Result<(), Self::Fault>>;

    /// Runs statements until one is refused.
    ///
    /// # Errors
    /// The connection is lost.
    fn run(&mut self, statement: &str) -> impl Future<Output = Result<Answer, Self::Fault>>;

    /// Runs one statement with values beside it; nothing where such a server takes none.
    ///
    /// # Errors
    /// The connection is lost.
    fn ask(&mut self, _statement: &str, _values: &[Option<&str>]) -> impl Future<Output = Result<Option<Answer>, Self::Fault>> {
        async { Ok(None) }
    }

    /// Runs a statement that takes rows from the client.
    ///
    /// # Errors
    /// The connection is lost.
    fn feed(&mut self, statement: &str, rows: &str) -> impl Future<Output = Result<Answer, Self::Fault>>;

    /// Becomes as it was when it was opened, with these settings; whether it did.
    ///
    /// # Errors
    /// The connection is lost.
    fn anew(&mut self, _settings: &[(String, String)]) -> impl Future<Output = Result<bool, Self::Fault>> {
        async { Ok(false) }
    }

    /// Ends the transaction; the bounds end with it.
    ///
    /// # Errors
    /// The connection is lost.
    fn end(&mut self, commit: bool) -> impl Future<Output = Result<Answer, Self::Fault>>;

    /// Says goodbye.
    fn close(self) -> impl Future<Output = ()>;
}

/// One open session. Every call blocks; that is safe inside of a runtime too, since the work is done on a thread of its own.
#[derive(Debug)]
pub struct Blocking<C: Conversation> {
    driver: Driver,
    /// Nothing only while dropping.
    conversation: Mutex<Option<C>>,
    id: u64,
    /// Between `begin` and its end.
    open: bool,
}

impl<C: Conversation> Blocking<C> {
    /// Opens a session by the work that connects.
    ///
    /// # Errors
    /// The work's own; the system gives us no runtime.
    pub fn open<E: Send>(connect: impl AsyncFnOnce() -> Result<C, E> + Send, broken: impl FnOnce(Box<Trouble>) -> E) -> Result<Self, E> {
        let driver = Driver::start().map_err(broken)?;
        let conversation = elsewhere(|| driver.run(async { connect().await }))?;
        Ok(Self { driver, id: conversation.id(), conversation: Mutex::new(Some(conversation)), open: false })
    }

    /// Runs statements until one is refused.
    ///
    /// # Errors
    /// The connection is lost.
    pub fn answer(&self, statement: &str) -> Result<Answer, C::Fault> {
        self.with(async |conversation| conversation.run(statement).await).unwrap_or_else(|| Ok(Answer::Ran(Default::default())))
    }

    /// Does something else with it; nothing while it is being dropped.
    pub fn with<T: Send>(&self, work: impl AsyncFnOnce(&mut C) -> T + Send) -> Option<T> {
        let mut guard = self.locked();
        let conversation = guard.as_mut()?;
        Some(elsewhere(|| self.driver.run(async { work(conversation).await })))
    }

    fn locked(&self) -> MutexGuard<'_, Option<C>> {
        self.conversation.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn words<T, F: Troublesome>(done: Option<Result<T, F>>) -> Result<T, Box<Trouble>> {
    let gone = || Box::new(Trouble::new(Class::Internal, "a session was used after its end"));
    done.ok_or_else(gone)?.map_err(|fault| Box::new(fault.trouble()))
}

impl<C: Conversation> Session for Blocking<C> {
    fn id(&self) -> u64 {
        self.id
    }

    fn begin(&mut self, bounds: &Limits) -> Result<(), Box<Trouble>> {
        if self.open {
            // Some servers would commit what is open.
            return Err(Box::new(Trouble::new(Class::Internal, "a transaction was begun inside of another")));
        }
        words(self.with(async |conversation| conversation.begin(bounds).await))?;
        self.open = true;
        Ok(())
    }

    fn run(&mut self, statement: &str) -> Result<Answer, Box<Trouble>> {
        words(self.with(async |conversation| conversation.run(statement).await))
    }

    fn ask(&mut self, statement: &str, values: &[Option<&str>]) -> Result<Answer, Box<Trouble>> {
        let answer = words(self.with(async |conversation| conversation.ask(statement, values).await))?;
        answer.ok_or_else(|| Box::new(Trouble::new(Class::Internal, "such a server takes no values beside a statement")))
    }

    fn feed(&mut self, statement: &str, rows: &str) -> Result<Answer, Box<Trouble>> {
        words(self.with(async |conversation| conversation.feed(statement, rows).await))
    }

    fn anew(&mut self, settings: &[(String, String)]) -> Result<bool, Box<Trouble>> {
        self.open = false;
        words(self.with(async |conversation| conversation.anew(settings).await))
    }

    fn commit(&mut self) -> Result<Answer, Box<Trouble>> {
        let answer = words(self.with(async |conversation| conversation.end(true).await))?;
        // What was refused is still to be given up.
        self.open = matches!(answer, Answer::Refused(_));
        Ok(answer)
    }

    fn roll_back(&mut self) -> Result<(), Box<Trouble>> {
        self.open = false;
        match words(self.with(async |conversation| conversation.end(false).await))? {
            Answer::Ran(_) => Ok(()),
            Answer::Refused(refused) => {
                let trouble = Trouble::new(Class::Unreachable, "a transaction cannot be rolled back");
                Err(Box::new(trouble.found(format!("{} ({})", refused.message, refused.code))))
            }
        }
    }
}

impl<C: Conversation> Drop for Blocking<C> {
    fn drop(&mut self) {
        let conversation = self.conversation.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(conversation) = conversation {
            elsewhere(|| self.driver.run(conversation.close()));
        }
    }
}
