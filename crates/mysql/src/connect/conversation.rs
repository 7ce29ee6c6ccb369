//! A session that may write: statements as they come, in the text protocol, as the clients send them.
//!
//! Lives here: transactions with bounds, and telling a refusal from a lost connection. Does not live here: the transaction
//! every capture reads in (`session`, `pins`), blocking calls (`runtime`).

use std::time::Duration;

use evenkeel_core::port::{Answer, Limits, Ran, Refused};
use evenkeel_runtime::Conversation;

use super::fault::Fault;
use super::session::Session;

const DOING: &str = "running a statement";

impl Conversation for Session {
    type Fault = Fault;

    fn id(&self) -> u64 {
        self.connection_id().into()
    }

    async fn begin(&mut self, bounds: &Limits) -> Result<(), Fault> {
        let doing = "opening a transaction";
        let set: Vec<String> = bounded(self, bounds).iter().map(|(name, value)| format!("SESSION {name} = {value}")).collect();
        self.run(&format!("SET {}; START TRANSACTION", set.join(", ")), doing).await?;
        self.bound = Some(bounds.statement_timeout);
        Ok(())
    }

    async fn run(&mut self, statement: &str) -> Result<Answer, Fault> {
        let (rows, affected, refusal) = self.answer(statement, DOING).await?;
        Ok(match refusal {
            Some(said) => Answer::Refused(Refused {
                code: said.code.to_string(),
                message: match self.is_discreet {
                    true => super::discreet::words(said.code, &self.context().scrub(&said.message)),
                    false => self.context().scrub(&said.message),
                },
                // Messages quote the text at which they stopped; they do not count.
                position: None,
            }),
            None => {
                let text = |row: &super::rows::Row| (0..row.len()).map(|index| Some(row.text(index).ok()??.into_string())).collect();
                Answer::Ran(Ran { rows: rows.iter().map(text).collect(), affected })
            }
        })
    }

    async fn feed(&mut self, statement: &str, _: &str) -> Result<Answer, Fault> {
        // No statement of theirs takes rows from the text behind it.
        Conversation::run(self, statement).await
    }

    async fn end(&mut self, commit: bool) -> Result<Answer, Fault> {
        let answer = Conversation::run(self, if commit { "COMMIT" } else { "ROLLBACK" }).await?;
        self.bound = self.standing.map(|standing| standing.statement_timeout);
        let usual: Vec<String> = match self.standing {
            Some(standing) => bounded(self, &standing).iter().map(|(name, value)| format!("SESSION {name} = {value}")).collect(),
            None => bounded(self, &Limits::default()).iter().map(|(name, _)| format!("SESSION {name} = DEFAULT")).collect(),
        };
        self.run(&format!("SET {}", usual.join(", ")), "ending a transaction").await?;
        Ok(answer)
    }

    async fn close(self) {
        Self::close(self).await;
    }
}

impl Session {
    /// Bounds everything that the session does, inside of transactions and outside, for as long as it lasts. Each statement commits by
    /// itself, whatever the server's own settings are.
    ///
    /// # Errors
    /// What the server says.
    pub(crate) async fn stand(&mut self, limits: &Limits) -> Result<(), Fault> {
        let mut set: Vec<String> = bounded(self, limits).iter().map(|(name, value)| format!("SESSION {name} = {value}")).collect();
        set.extend(["SESSION autocommit = 1".to_owned(), "SESSION completion_type = 'NO_CHAIN'".to_owned()]);
        self.run(&format!("SET {}", set.join(", ")), "bounding a session").await?;
        self.standing = Some(*limits);
        self.bound = Some(limits.statement_timeout);
        self.patience = super::session::patience(limits);
        Ok(())
    }
}

/// Variables of the session, and values under which nothing in a transaction waits longer than that. MySQL has one for SELECT
/// alone; other statements are ended by us ([`Session::answer`]).
fn bounded(session: &Session, limits: &Limits) -> [(&'static str, String); 4] {
    // Zero would switch a limit off, or mean "do not wait at all".
    let seconds = |limit: Duration, most: u64| limit.as_millis().div_ceil(1000).clamp(1, u128::from(most)).to_string();
    let statement = match session.flavor.is_mariadb() {
        true => ("max_statement_time", format!("{:.3}", limits.statement_timeout.as_secs_f64().clamp(0.001, 31_536_000.0))),
        false => ("max_execution_time", limits.statement_timeout.as_millis().clamp(1, u128::from(u32::MAX)).to_string()),
    };
    [
        ("lock_wait_timeout", seconds(limits.lock_timeout, 31_536_000)),
        ("innodb_lock_wait_timeout", seconds(limits.lock_timeout, 100_000_000)),
        ("wait_timeout", seconds(limits.idle_timeout, 31_536_000)),
        statement,
    ]
}
