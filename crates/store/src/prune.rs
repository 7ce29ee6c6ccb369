//! What is old and nobody will ask for, removed; and of which environments anything is kept. Neighbours: `journal`, `lock`, whose tables these are.
//!
//! A deployment is gone on with or taken back by what the journal says since the last one that came to its end, and by the evidence that
//! it had: all of that stays, however old.

use evenkeel_core::port::Pruned;
use rusqlite::{Connection, Result, TransactionBehavior};

pub fn environments(connection: &Connection) -> Result<Vec<String>> {
    let query = "SELECT environment FROM halt UNION SELECT environment FROM run UNION SELECT environment FROM evidence
                 UNION SELECT environment FROM lock UNION SELECT environment FROM verification ORDER BY 1";
    connection.prepare(query)?.query_map([], |row| row.get(0))?.collect()
}

const OLD: &str = "
    CREATE TEMP TABLE old AS SELECT run.number FROM run WHERE run.ended < ?1
        AND NOT EXISTS (SELECT 1 FROM held WHERE held.run = run.number)
        AND NOT (run.verb IN ('deploy', 'rollback') AND run.ending <> 'refused' AND run.number >= coalesce(
            (SELECT max(last.number) FROM run AS last WHERE last.environment = run.environment AND last.verb = 'deploy' AND last.ending = 'done'), 0))";

const EVIDENCE: &str = "
    DELETE FROM evidence WHERE at < ?1
        AND number < (SELECT max(newer.number) FROM evidence AS newer WHERE newer.environment = evidence.environment)
        AND number < coalesce((SELECT max(used.number) FROM evidence AS used WHERE used.environment = evidence.environment AND used.at <=
            (SELECT max(last.begun) FROM run AS last WHERE last.environment = evidence.environment AND last.verb = 'deploy' AND last.ending = 'done')),
            number + 1)";

const VERIFICATIONS: &str = "
    DELETE FROM verification WHERE at < ?1
        AND number < (SELECT max(newer.number) FROM verification AS newer WHERE newer.environment = verification.environment)";

/// All of it, or nothing.
pub fn prune(connection: &mut Connection, before: &str) -> Result<Pruned> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let count = |count: usize| count as u64;
    transaction.execute(OLD, [before])?;
    let evidence = count(transaction.execute(EVIDENCE, [before])?);
    let verifications = count(transaction.execute(VERIFICATIONS, [before])?);
    let locks = count(transaction.execute("DELETE FROM lock WHERE released < ?1", [before])?);
    for table in ["act", "statement", "trail", "beat", "artifact", "rewritten"] {
        transaction.execute(&format!("DELETE FROM {table} WHERE run IN (SELECT number FROM old)"), [])?;
    }
    let runs = count(transaction.execute("DELETE FROM run WHERE number IN (SELECT number FROM old)", [])?);
    transaction.execute("DROP TABLE old", [])?;
    transaction.commit()?;
    Ok(Pruned { runs, evidence, locks, verifications })
}
