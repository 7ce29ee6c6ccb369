//! A session that may write: statements as they come, in the simple protocol, as psql sends them.
//!
//! Lives here: transactions with bounds, and telling a refusal from a lost connection. Does not live here: the transaction
//! every capture reads in (`session`), blocking calls (`runtime`).

use crate::ident::literal;
use bytes::Bytes;
use evenkeel_core::port::{Answer, Limits, Ran, Refused};
use evenkeel_runtime::Conversation;
use futures_util::{SinkExt, TryStreamExt};
use std::pin::pin;
use std::time::Duration;
use tokio_postgres::SimpleQueryMessage;
use tokio_postgres::error::{DbError, ErrorPosition, Severity};
use tokio_postgres::types::Type;

use super::fault::Fault;
use super::session::{Session, bounded};

const DOING: &str = "running a statement";
/// A commit has at least so long, whatever a statement has.
const SHORTEST: Duration = Duration::from_secs(1);
/// Bytes that are sent together.
const ROWS_AT_ONCE: usize = 1 << 16;

impl Conversation for Session {
    type Fault = Fault;

    fn id(&self) -> u64 {
        self.backend
    }

    async fn begin(&mut self, bounds: &Limits) -> Result<(), Fault> {
        let doing = "opening a transaction";
        self.commit = bounds.statement_timeout.max(SHORTEST);
        let opening = format!("BEGIN;{}", bounded(bounds));
        self.client.batch_execute(&opening).await.map_err(|error| self.fault(&error, doing))
    }

    async fn run(&mut self, statement: &str) -> Result<Answer, Fault> {
        let answered = self.client.simple_query(statement).await;
        self.answered(answered)
    }

    /// Values are no part of the text: an unnamed statement, prepared and run in one message.
    async fn ask(&mut self, statement: &str, values: &[Option<&str>]) -> Result<Option<Answer>, Fault> {
        let typed = values.iter().map(|value| (value, Type::TEXT));
        let asked = async {
            let stream = self.client.query_typed_raw(statement, typed).await?;
            let mut stream = pin!(stream);
            let mut ran = Ran::default();
            while let Some(row) = stream.try_next().await? {
                ran.rows.push((0..row.len()).map(|column| row.try_get(column)).collect::<Result<_, _>>()?);
            }
            ran.affected = stream.rows_affected().unwrap_or_default();
            Ok(ran)
        };
        match asked.await {
            Ok(ran) => Ok(Some(Answer::Ran(ran))),
            Err(error) => match tokio_postgres::Error::as_db_error(&error).filter(|said| !is_last_word(said)) {
                Some(said) => Ok(Some(Answer::Refused(self.refused(said)))),
                None => Err(self.fault(&error, DOING)),
            },
        }
    }

    async fn feed(&mut self, statement: &str, rows: &str) -> Result<Answer, Fault> {
        let copied = async {
            let sink = self.client.copy_in::<_, Bytes>(statement.trim_end().trim_end_matches(';')).await?;
            let mut sink = pin!(sink);
            for line in rows.as_bytes().chunks(ROWS_AT_ONCE) {
                sink.send(Bytes::copy_from_slice(line)).await?;
            }
            sink.finish().await
        };
        match copied.await {
            Ok(affected) => Ok(Answer::Ran(Ran { rows: Vec::new(), affected })),
            Err(error) => match error.as_db_error().filter(|said| !is_last_word(said)) {
                Some(said) => Ok(Answer::Refused(self.refused(said))),
                None => Err(self.fault(&error, DOING)),
            },
        }
    }

    /// <https://www.postgresql.org/docs/current/sql-discard.html>
    async fn anew(&mut self, settings: &[(String, String)]) -> Result<bool, Fault> {
        // It is refused inside of a transaction that a text has left open.
        if self.run("DISCARD ALL").await?.ran().is_none() {
            return Ok(false);
        }
        let set = |(name, value): &(String, String)| format!("pg_catalog.set_config({}, {}, false)", literal(name), literal(value));
        let set: Vec<String> = settings.iter().map(set).collect();
        if set.is_empty() {
            return Ok(true);
        }
        Ok(self.run(&format!("SELECT {}", set.join(", "))).await?.ran().is_some())
    }

    async fn end(&mut self, commit: bool) -> Result<Answer, Fault> {
        if !commit {
            return self.run("ROLLBACK").await;
        }
        // COMMIT alone rolls a transaction back in which a statement was refused, and calls that a success.
        let ended = {
            let mut ended = pin!(self.client.simple_query("SELECT; COMMIT"));
            loop {
                // No limit of the server's own ends a commit: one that waits for a replica is then confirmed by this server alone, and one
                // in which a trigger runs is refused.
                match tokio::time::timeout(self.commit, &mut ended).await {
                    Ok(ended) => break ended,
                    Err(_) => drop(self.canceller.cancel().await),
                }
            }
        };
        self.answered(ended)
    }

    async fn close(self) {}
}

impl Session {
    /// What came of a statement: rows, a refusal, or the session is lost.
    fn answered(&self, answered: Result<Vec<SimpleQueryMessage>, tokio_postgres::Error>) -> Result<Answer, Fault> {
        let messages = match answered {
            Ok(messages) => messages,
            Err(error) => {
                return match error.as_db_error().filter(|said| !is_last_word(said)) {
                    Some(said) => Ok(Answer::Refused(self.refused(said))),
                    None => Err(self.fault(&error, DOING)),
                };
            }
        };
        let mut ran = Ran::default();
        for message in &messages {
            match message {
                SimpleQueryMessage::Row(row) => {
                    ran.rows.push((0..row.len()).map(|column| row.get(column).map(str::to_owned)).collect());
                }
                SimpleQueryMessage::CommandComplete(count) => ran.affected += count,
                _ => {}
            }
        }
        Ok(Answer::Ran(ran))
    }

    fn refused(&self, said: &DbError) -> Refused {
        let detail = said.detail().map(|detail| format!(" ({detail})")).unwrap_or_default();
        let message = format!("{}{detail}", said.message());
        let message = if self.is_discreet { super::discreet::words(said.code().code(), &message) } else { &message };
        Refused {
            code: said.code().code().to_owned(),
            message: self.context.scrub(message),
            position: match said.position() {
                Some(ErrorPosition::Original(position)) => Some(*position),
                // In a statement of the server's own, which nobody here has written.
                Some(ErrorPosition::Internal { .. }) | None => None,
            },
        }
    }
}

/// The session is over after it.
fn is_last_word(said: &DbError) -> bool {
    matches!(said.parsed_severity(), Some(Severity::Fatal | Severity::Panic))
}
