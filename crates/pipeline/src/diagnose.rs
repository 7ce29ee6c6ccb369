//! An error's text explained, and its cause confirmed by queries that only read.

use evenkeel_core::diagnose::{Met, diagnose};
use evenkeel_core::fault::Trouble;
use evenkeel_core::port::{Environment, Limits, Watch};

/// What a query said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmed {
    pub sql: &'static str,
    /// Rows it had, or why it has no answer; nothing where no server was asked.
    pub rows: Option<Result<usize, String>>,
    /// What that means.
    pub means: Option<&'static str>,
}

/// One thing that was found in a log.
#[derive(Debug, Clone)]
pub struct Explained {
    pub met: Met,
    pub confirmed: Vec<Confirmed>,
}

/// Finds what is known in a log, roots first, and asks the environment about it where there is one.
///
/// # Errors
/// The environment cannot be reached.
pub fn run(log: &str, environment: Option<&dyn Environment>, limits: &Limits, watch: &Watch<'_>) -> Result<Vec<Explained>, Box<Trouble>> {
    let met = diagnose(log);
    let engine = match environment {
        Some(environment) if !met.is_empty() => Some(environment.vendor(watch)?),
        _ => None,
    };
    let mut explained = Vec::new();
    for met in met {
        let mut confirmed = Vec::new();
        for query in met.signature.confirm {
            if engine.is_some_and(|engine| !query.is_for(engine)) {
                continue;
            }
            watch.stop.check()?;
            let rows = environment.map(|environment| environment.rows(query.sql, limits, watch)).transpose()?;
            let means = rows.as_ref().and_then(|rows| query.meaning(*rows.as_ref().ok()?));
            confirmed.push(Confirmed { sql: query.sql, rows, means });
        }
        explained.push(Explained { met, confirmed });
    }
    Ok(explained)
}
