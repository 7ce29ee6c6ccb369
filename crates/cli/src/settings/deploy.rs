//! What a deployment demands of the server it meets, and what is asked after it, as it is written. Neighbour: `gates`, what a rehearsal demands.

use super::raw::{RawDeploy, RawLock, RawVerify, RawVerifyQuery};
use crate::args::duration;
use evenkeel_core::deployment::Windows;
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_pipeline::verify::Query;
use std::ops::Range;
use std::time::Duration;
use toml::Spanned;

/// What is demanded, and by which lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deploy {
    /// Files may loosen the time-outs under which they run.
    pub own_timeouts: bool,
    /// How old transactions on the tables concerned may be.
    pub oldest_transaction: Duration,
    /// How far replicas may be behind.
    pub lag: Duration,
    /// How old evidence may be.
    pub max_age: Duration,
}

impl Default for Deploy {
    fn default() -> Self {
        Self {
            own_timeouts: false,
            oldest_transaction: Duration::from_secs(60),
            lag: Duration::from_secs(10),
            max_age: Duration::from_secs(7 * 24 * 60 * 60),
        }
    }
}

/// What is written, and the usual where nothing is.
///
/// # Errors
/// A length of time that is none.
pub fn demands(raw: &RawDeploy, place: impl Fn(Range<usize>) -> String) -> Result<Deploy, Box<Trouble>> {
    let usual = Deploy::default();
    let time = |key: &str, text: &Option<Spanned<String>>, usual: Duration| {
        let Some(text) = text else { return Ok(usual) };
        duration(text.get_ref()).map_err(|why| {
            let trouble = Trouble::new(Class::Configuration, format!("cannot read {key} under [deploy]"));
            let trouble = trouble.expected("a length of time such as 30s or 24h").found(why).origin(place(text.span()));
            Box::new(trouble.fix(format!("{key} = \"60s\"")))
        })
    };
    Ok(Deploy {
        own_timeouts: raw.own_timeouts,
        oldest_transaction: time("oldest_transaction", &raw.oldest_transaction, usual.oldest_transaction)?,
        lag: time("lag", &raw.lag, usual.lag)?,
        max_age: time("max_age", &raw.max_age, usual.max_age)?,
    })
}

/// The ends of the windows after a deployment; the usual where nothing is written.
///
/// # Errors
/// They are not three lengths of time, each longer than the one before.
pub fn windows(raw: &RawLock, place: impl Fn(Range<usize>) -> String) -> Result<Windows, Box<Trouble>> {
    let Some(written) = &raw.windows else { return Ok(Windows::default()) };
    let wrong = |found: String| {
        let trouble = Trouble::new(Class::Configuration, "cannot read windows under [lock]").found(found).origin(place(written.span()));
        let trouble = trouble.expected("three lengths of time after a deployment, each longer than the one before");
        Box::new(trouble.fix("windows = [\"2h\", \"72h\", \"168h\"]"))
    };
    let ends = written.get_ref().iter().map(|text| duration(text).map_err(|why| wrong(format!("{text:?}: {why}"))));
    let ends: Vec<Duration> = ends.collect::<Result<_, _>>()?;
    match <[Duration; 3]>::try_from(ends) {
        Ok(ends) if ends.is_sorted_by(|one, other| one < other) => Ok(Windows(ends)),
        _ => Err(wrong(format!("{:?}", written.get_ref()))),
    }
}

/// Queries that `verify` asks beside the usual.
pub fn queries(raw: RawVerify, place: impl Fn(Range<usize>) -> String) -> Vec<Query> {
    let one = |query: Spanned<RawVerifyQuery>| {
        let origin = place(query.span());
        let query = query.into_inner();
        Query { name: query.name, sql: query.sql, rows: query.rows, origin }
    };
    raw.queries.into_iter().map(one).collect()
}
