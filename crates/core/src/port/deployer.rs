//! What only the server can say about a session that writes where it counts, and what can be done about one from beside it.
//!
//! Lives here: what is asked. Does not live here: when (`pipeline/deploy`), how a server is asked (`deploy` of each engine).

use super::{Answer, Limits, Session};
use crate::fault::Trouble;
use crate::trace::Waiter;
use std::time::Duration;

/// Knows transactions and sessions of one family of servers.
pub trait Deployer: Sync {
    /// Whether the server numbers transactions and says later what became of one. Where it does not, each definition is a commit of its
    /// own there, and nothing else tells than the schema.
    fn keeps_numbers(&self) -> bool {
        true
    }

    /// The number of the open transaction, by which the server can be asked about it later, in the first row. It is given one where it has
    /// none.
    ///
    /// # Errors
    /// The session is lost.
    fn number(&self, session: &mut dyn Session) -> Result<Answer, Box<Trouble>>;

    /// What became of a transaction, asked in another session.
    ///
    /// # Errors
    /// The session is lost, or refuses.
    fn became(&self, session: &mut dyn Session, number: &str) -> Result<Became, Box<Trouble>>;

    /// The course of things that the server is on: another one once a server took its place that may lack what was committed last. Nothing
    /// where such a server does not say. Asked outside of transactions.
    ///
    /// # Errors
    /// The session is lost.
    fn course(&self, _session: &mut dyn Session) -> Result<Option<String>, Box<Trouble>> {
        Ok(None)
    }

    /// Whether a transaction of a course is surely not in what the server has, which crashed or took another's place since.
    ///
    /// # Errors
    /// As [`Deployer::became`].
    fn lacks(&self, _session: &mut dyn Session, _number: &str, _courses: (&str, &str)) -> Result<bool, Box<Trouble>> {
        Ok(false)
    }

    /// Whether a session is on the server still, asked in another one.
    ///
    /// # Errors
    /// As [`Deployer::became`].
    fn is_there(&self, session: &mut dyn Session, other: u64) -> Result<bool, Box<Trouble>>;

    /// Sessions on the server that are called so, besides the one that is asked.
    ///
    /// # Errors
    /// As [`Deployer::became`].
    fn called(&self, session: &mut dyn Session, name: &str) -> Result<Vec<u64>, Box<Trouble>>;

    /// Sessions of runs of evenkeel in this database, besides those that are called as the one that is asked: each in words.
    ///
    /// # Errors
    /// As [`Deployer::became`].
    fn strangers(&self, session: &mut dyn Session) -> Result<Vec<String>, Box<Trouble>>;

    /// Locks tables so that nobody else changes what is in them until the transaction ends, and counts: rows of tables, and values of columns
    /// that are not NULL; each by schema, table and, for a column, its name. The first value of each row is a number.
    ///
    /// # Errors
    /// The session is lost.
    fn held(&self, session: &mut dyn Session, of: &[Vec<String>]) -> Result<Answer, Box<Trouble>>;

    /// Whether what [`Deployer::held`] locks stays locked for a statement that runs in no transaction.
    fn holds_alone(&self) -> bool {
        false
    }

    /// Who waits for another session, straight or behind somebody who does.
    ///
    /// # Errors
    /// As [`Deployer::became`].
    fn waiters(&self, watcher: &mut dyn Session, session: u64) -> Result<Vec<Waiter>, Box<Trouble>>;

    /// Brings bounds back that a text has loosened, within a transaction or outside of one; tighter ones stay.
    ///
    /// # Errors
    /// As [`Deployer::number`].
    fn hold_to(&self, session: &mut dyn Session, bounds: &Limits) -> Result<Answer, Box<Trouble>>;

    /// Ends what another session runs; the session stays.
    ///
    /// # Errors
    /// As [`Deployer::became`].
    fn cancel(&self, beside: &mut dyn Session, session: u64) -> Result<(), Box<Trouble>>;

    /// This moment, as [`Deployer::since`] takes it.
    ///
    /// # Errors
    /// As [`Deployer::became`].
    fn moment(&self, session: &mut dyn Session) -> Result<String, Box<Trouble>>;

    /// Sessions in this database that began since a moment, and are called as the one that is asked, or are of its account.
    ///
    /// # Errors
    /// As [`Deployer::became`].
    fn since(&self, session: &mut dyn Session, moment: &str) -> Result<Vec<Begun>, Box<Trouble>>;

    /// Variables by which programs that connect are called so, and wait no longer than that, where they hear of it.
    fn variables(&self, name: &str, bounds: &Limits) -> Vec<(String, String)>;

    /// The setting by which an account or server bounds how long sessions wait for a lock.
    fn bound_by(&self) -> &'static str;

    /// Whether a refusal passes by itself: a lock that was not to be had in time, a deadlock, a conflict of transactions.
    fn passes(&self, code: &str) -> bool;

    /// Whether a refusal says that something cannot be done in the form that the statement asks for ([`crate::statement::Grammar::forms`]).
    fn is_unfit(&self, _code: &str) -> bool {
        false
    }

    /// Whether a refusal says that somebody ended the statement.
    fn is_cancelled(&self, code: &str) -> bool;
}

/// A session that began while a program ran.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Begun {
    pub id: u64,
    /// What it calls itself.
    pub name: String,
    /// It is called as the run.
    pub is_named: bool,
    /// Whose it is, where that is another account.
    pub account: Option<String>,
}

/// What became of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Became {
    Committed,
    /// It had no effect.
    RolledBack,
    /// It is not over.
    Open,
    /// The server does not know it, or not any more.
    Untold,
}

/// Replicas that have to confirm each commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirming {
    /// As the server is told which.
    pub named: String,
    pub wanted: u64,
    /// How many are there; nothing where that is not seen.
    pub there: Option<u64>,
}

/// What goes on on a server that a deployment would meet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Sessions that copy the database out, each in words.
    pub copies: Vec<String>,
    /// Transactions that hold something of the tables concerned: for how long they have been open, nothing where that is not seen; and who,
    /// in words.
    pub transactions: Vec<(Option<Duration>, String)>,
    /// How far replicas are behind, nothing where that is not seen; and which, in words.
    pub replicas: Vec<(Option<Duration>, String)>,
    /// Replicas that each commit waits for, where the server is set so.
    pub confirming: Option<Confirming>,
    /// Sessions that wait for a lock, of the database where that is told: for how long, nothing where that is not seen; and who, in words.
    pub blocked: Vec<(Option<Duration>, String)>,
    /// Connections that are taken, and how many the role may have.
    pub connections: Option<(u64, u64)>,
    /// What the role may not see, with what cures it.
    pub hidden: Vec<String>,
}
