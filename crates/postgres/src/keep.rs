//! Sessions on a database in which what is kept between runs stands. What is said in them is the store's; here is that each call ends.
//!
//! Neighbour: `claim`, whose sessions write where it counts; the store writes nowhere else than in its own schema.

use crate::connect::{Fault, Session, Target, connect};
use evenkeel_core::fault::{Class, Trouble, Troublesome};
use evenkeel_core::port::{Answer, Keeper, Limits, Session as Port};
use evenkeel_runtime::{Blocking, Conversation};
use std::time::Duration;

/// What its sessions are called.
const NAME: &str = "evenkeel store";
/// No answer is waited for longer, also where the network swallows what is sent: the server's own bounds are shorter.
const PATIENCE: Duration = Duration::from_secs(20);

/// <https://www.postgresql.org/docs/current/errcodes-appendix.html>
const WARNING: &str = "01000";

/// A database that keeps.
#[derive(Debug)]
pub struct PostgresKeeper {
    target: Target,
}

impl PostgresKeeper {
    #[must_use]
    pub fn new(target: Target) -> Self {
        Self { target: target.called(NAME) }
    }
}

impl Keeper for PostgresKeeper {
    fn session(&self) -> Result<Box<dyn Port>, Box<Trouble>> {
        let words = |fault: Fault| Box::new(fault.trouble());
        let opened = async || {
            let session = connect(&self.target).await.map_err(words)?;
            if session.is_standby {
                // What it knows may be old: a halt, a lock, a run that are on the primary already.
                let trouble = Trouble::new(Class::Configuration, format!("what is kept on {} cannot be relied on", self.target));
                let trouble = trouble.expected("a primary").found("a standby, which may be behind");
                return Err(Box::new(
                    trouble.fix("name the primary in `url` under [store], or several hosts with target_session_attrs=primary"),
                ));
            }
            Ok(Bounded(session))
        };
        Ok(Box::new(Blocking::open(opened, |trouble| trouble)?))
    }

    fn describe(&self) -> String {
        self.target.to_string()
    }

    fn warnings(&self) -> Vec<String> {
        self.target.warnings().to_vec()
    }
}

/// A session each of whose calls ends.
struct Bounded(Session);

impl Bounded {
    async fn within<T>(&mut self, work: impl AsyncFnOnce(&mut Session) -> Result<T, Fault>) -> Result<T, Fault> {
        match tokio::time::timeout(PATIENCE, work(&mut self.0)).await {
            Ok(done) => done,
            Err(_) => Err(Fault::Gone {
                place: self.0.context().place().to_owned(),
                doing: "running a statement".to_owned(),
                message: format!("no answer within {} s", PATIENCE.as_secs()),
            }),
        }
    }
}

impl Conversation for Bounded {
    type Fault = Fault;

    fn id(&self) -> u64 {
        Conversation::id(&self.0)
    }

    async fn begin(&mut self, bounds: &Limits) -> Result<(), Fault> {
        self.within(async |session| Conversation::begin(session, bounds).await).await
    }

    async fn run(&mut self, statement: &str) -> Result<Answer, Fault> {
        self.within(async |session| Conversation::run(session, statement).await).await
    }

    async fn ask(&mut self, statement: &str, values: &[Option<&str>]) -> Result<Option<Answer>, Fault> {
        self.within(async |session| Conversation::ask(session, statement, values).await).await
    }

    async fn feed(&mut self, statement: &str, rows: &str) -> Result<Answer, Fault> {
        self.within(async |session| Conversation::feed(session, statement, rows).await).await
    }

    /// A server that waits for a replica gives that up where somebody cancels it, and calls it a success with a warning.
    /// <https://www.postgresql.org/docs/current/runtime-config-wal.html#GUC-SYNCHRONOUS-COMMIT>
    async fn end(&mut self, commit: bool) -> Result<Answer, Fault> {
        drop(self.0.take_notices());
        let answer = self.within(async |session| Conversation::end(session, commit).await).await?;
        match self.0.take_notices().into_iter().find(|notice| commit && notice.sqlstate == WARNING) {
            Some(notice) => Err(Fault::Gone {
                place: self.0.context().place().to_owned(),
                doing: "committing".to_owned(),
                message: format!("it is on the primary, and not known to be on the replica that has to have it: {}", notice.message),
            }),
            None => Ok(answer),
        }
    }

    async fn close(self) {}
}
