//! What clients ask beside a release: requests that follow from the schema, queries that somebody has written or a server has seen.
//!
//! Neighbours: `load`, which asks; `asked`, which asks each query once, before and after. Does not live here: reading files (`queries`).

use super::asked;
use super::each::Each;
use super::pending::Release;
use evenkeel_core::fault::Trouble;
use evenkeel_core::port::{Filler, Observer, Prepared, Session};
use evenkeel_core::preflight::Query;
use evenkeel_core::rehearsal::Unsaid;
use evenkeel_core::trace::{Sort, names};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// Tables that are used at most, of requests that follow from the schema.
const TABLES: usize = 20;

/// What is wanted beside the release.
#[derive(Debug, Clone, Default)]
pub struct Workload<'a> {
    /// Requests that follow from the schema.
    pub synthetic: bool,
    /// Queries, and what the user calls where they come from.
    pub own: Vec<(String, &'a [Query])>,
    /// How long a reader and an idle transaction stay open, where they are wanted.
    pub lasting: Option<Duration>,
}

/// A statement as an application sends it, again and again.
pub struct Request {
    /// Tables that it uses.
    pub tables: BTreeSet<String>,
    /// As it is shown.
    pub sql: String,
    /// As it is sent; `{n}` is the number of a row.
    pub text: String,
    /// How many rows there are to number.
    pub rows: u64,
    /// What it is prepared from, under a number.
    pub held: Option<(usize, String)>,
    /// Its part of all.
    pub weight: f64,
    /// Where it stands, where somebody has written it or a server has seen it.
    pub place: Option<String>,
}

/// What they ask, what of it cannot be asked, and what is to be known of it.
#[derive(Default)]
pub struct Requests {
    pub all: Vec<Request>,
    pub unsaid: Vec<Unsaid>,
    pub sources: Vec<String>,
    pub notes: Vec<String>,
}

/// Makes them, each source with the same part of all.
pub fn requests(
    each: &Each<'_>,
    observer: &dyn Observer,
    filler: &dyn Filler,
    (workload, role): (&Workload<'_>, Option<&str>),
    (here, release): (&BTreeMap<String, u64>, &Release),
) -> Result<Requests, Box<Trouble>> {
    let mut made = Requests::default();
    let database = each.ground.database;
    if workload.synthetic {
        let texts: Vec<&str> = release.cuts.iter().flat_map(|cut| &cut.up).map(|script| script.part.text.as_str()).collect();
        let first = |table: &str| texts.iter().any(|text| names(text, table));
        let asked = filler.requests(&mut *each.place.scratch.rows(database)?, here, &first, TABLES, &release.old)?;
        made.sources.push("synthetic".to_owned());
        let weight = part(asked.len());
        made.all.extend(asked.into_iter().map(|one| Request {
            tables: BTreeSet::from([one.table]),
            sql: one.sql.clone(),
            text: one.sql,
            rows: one.rows,
            held: None,
            weight,
            place: None,
        }));
    }
    for (source, queries) in &workload.own {
        each.ground.watch.stop.check()?;
        made.sources.push(source.clone());
        let answers = asked::answers(each, database, queries, role)?;
        made.notes.extend(answers.hidden);
        let mut session = each.place.application_session(database, role)?;
        let from = made.all.len();
        for (query, answer) in queries.iter().zip(&answers.prepared) {
            let number = made.all.len();
            let unsaid = |why: String| Unsaid { place: query.place.to_string(), sql: query.sql.clone(), why };
            let Prepared::Fits { parameters, .. } = answer else {
                made.unsaid.push(unsaid(asked::lacking(answer).unwrap_or_default()));
                continue;
            };
            let Some(tables) = used(each, (observer, filler), &mut *session, number, &query.sql)? else {
                made.unsaid.push(unsaid("the server does not prepare it: it was only planned".to_owned()));
                continue;
            };
            if let Some(kind) = filler.strange(parameters) {
                made.notes.push(format!("{}: no value of type {kind} is known, clients ask it with NULL", query.place));
            }
            let rows = tables.iter().filter_map(|table| here.get(table)).copied().max().unwrap_or(1).max(1);
            let text = filler.called(number, parameters);
            #[expect(clippy::cast_precision_loss, reason = "a part of one")]
            let weight = query.weight.max(1) as f64;
            let place = Some(query.place.to_string());
            made.all.push(Request { tables, sql: query.sql.clone(), text, rows, held: Some((number, query.sql.clone())), weight, place });
        }
        let own = made.all.get_mut(from..).unwrap_or_default();
        let sum: f64 = own.iter().map(|request| request.weight).sum();
        for request in own {
            request.weight /= sum;
        }
    }
    Ok(made)
}

#[expect(clippy::cast_precision_loss, reason = "a part of one")]
fn part(count: usize) -> f64 {
    1.0 / count.max(1) as f64
}

/// The tables that a query uses: those that the server locks for whoever prepares it. Nothing where it does not prepare it.
fn used(
    each: &Each<'_>,
    (observer, filler): (&dyn Observer, &dyn Filler),
    session: &mut dyn Session,
    number: usize,
    sql: &str,
) -> Result<Option<BTreeSet<String>>, Box<Trouble>> {
    session.begin(&each.ground.limits)?;
    let is_held = filler.hold(session, number, sql)?.ran().is_some();
    let tables = if is_held {
        let relations = observer.look(session)?.relations.into_values();
        Some(relations.filter(|relation| relation.sort == Sort::Table).map(|relation| relation.name).collect())
    } else {
        None
    };
    session.roll_back()?;
    Ok(tables)
}
