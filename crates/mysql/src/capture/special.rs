//! Statements that name one object each, for what no list of the server tells. They are sent many a packet, so that the
//! number of round trips stays small, and only about objects that may have such a thing.
//!
//! Neighbours: `view` (the algorithm of MySQL's views), `sequence`, `printed` (SHOW CREATE TABLE).

use super::reader::{Read, Reader, Stop};
use super::statements::Filled;
use crate::connect::Fault;
use crate::connect::rows::Row;
use evenkeel_core::fault::Troublesome;
use evenkeel_core::manifest::{Gap, Object, Reason};

/// Statements a packet.
const SIZE: usize = 100;
/// Locks waited for. What comes after as many is not asked any more, so that the whole wait has a bound.
pub const WAITS: usize = 3;

/// Why an answer is missing.
#[derive(Debug, Clone)]
pub struct Unread {
    pub reason: Reason,
    pub detail: String,
}

impl Unread {
    pub fn new(reason: Reason, detail: &str) -> Self {
        Self { reason, detail: detail.to_owned() }
    }

    /// The gap it leaves; `cure` is what helps where a privilege is missing.
    pub fn gap(&self, object: &Object, cure: &str) -> Gap {
        let gap = Gap::object(object, self.reason, self.detail.clone());
        match self.reason {
            Reason::Privilege => gap.cure(cure),
            Reason::Locked => gap.cure("run it again when no other session holds it"),
            _ => gap,
        }
    }

    fn of(fault: &Fault) -> Self {
        let reason = match fault {
            Fault::LockTimeout { .. } => Reason::Locked,
            _ => fault.code().map_or(Reason::Failed, super::reader::reason),
        };
        let trouble = fault.trouble();
        Self { reason, detail: trouble.found.unwrap_or_else(|| fault.to_string()) }
    }
}

/// The first row of the answer to each statement, or why there is none.
pub async fn ask(reader: &Reader<'_>, statements: &[Filled], doing: &str) -> Read<Vec<Result<Row, Unread>>> {
    let first = |rows: Vec<Row>| rows.into_iter().next().ok_or_else(|| Unread::new(Reason::Failed, "the server answered with nothing"));
    Ok(ask_all(reader, statements, doing).await?.into_iter().map(|answer| answer.and_then(first)).collect())
}

/// The rows of the answer to each statement, or why there is none.
pub async fn ask_all(reader: &Reader<'_>, statements: &[Filled], doing: &str) -> Read<Vec<Result<Vec<Row>, Unread>>> {
    let mut answers: Vec<Result<Vec<Row>, Unread>> = Vec::with_capacity(statements.len());
    let mut waits = 0;
    while let Some(rest) = statements.get(answers.len()..).filter(|rest| !rest.is_empty()) {
        if waits == WAITS {
            let detail = "not asked: other sessions hold locks, which was waited for often enough";
            answers.resize(statements.len(), Err(Unread::new(Reason::Locked, detail)));
            break;
        }
        let batch = rest.get(..SIZE).unwrap_or(rest);
        let (read, fault) = reader.several(batch, doing).await?;
        answers.extend(read.into_iter().map(Ok));
        if let Some(fault) = fault {
            waits += usize::from(matches!(fault, Fault::LockTimeout { .. }));
            answers.push(Err(Unread::of(&fault)));
        } else if answers.len() + rest.len() == statements.len() {
            // Nothing was answered and nothing refused: not again.
            let message = format!("{doing}: the server answered none of {} statements", batch.len());
            return Err(Stop::Declaration(message));
        }
    }
    Ok(answers)
}
