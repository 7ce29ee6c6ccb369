//! What clients ask beside a release: requests that follow from the schema, queries that somebody has written or a server has seen; and
//! transactions that stay open meanwhile.
//!
//! Neighbours: `load`, which asks; `asked`, which asks each query once, before and after. Does not live here: reading files (`queries`).

use super::asked;
use super::each::Each;
use super::load::{self, Clients};
use super::pending::Release;
use crate::migrations::Script;
use evenkeel_core::fault::Trouble;
use evenkeel_core::port::{Filler, Observer, Prepared, Scratch, Session};
use evenkeel_core::preflight::Query;
use evenkeel_core::rehearsal::{Unsaid, time};
use evenkeel_core::trace::{Sort, names};
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

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
        let asked = filler.requests(&mut *each.place.scratch.session(database)?, here, &first, load::TABLES, &release.old)?;
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

/// A reader and an idle transaction that stay open on the tables that the release names, while it runs.
pub struct Lasting {
    sessions: Vec<Box<dyn Session>>,
    tables: Vec<String>,
    until: Instant,
    wanted: Duration,
}

/// So many tables at most.
const TABLES: usize = 20;
/// Between two looks at whether it is over.
const PAUSE: Duration = Duration::from_millis(20);

impl Lasting {
    /// Opens both; nothing where no table that is there is named.
    pub fn open(
        scratch: &dyn Scratch,
        database: &str,
        observer: &dyn Observer,
        (release, wanted): (&Release, Duration),
    ) -> Result<Option<Self>, Box<Trouble>> {
        let texts: Vec<&str> = release.cuts.iter().flat_map(|cut| &cut.up).map(|script: &Script| script.part.text.as_str()).collect();
        let map = observer.map(&mut *scratch.session(database)?)?;
        let is_named = |name: &str| texts.iter().any(|text| names(text, name));
        // A release may name a table by an index of it alone.
        let tables = map.values().filter(|relation| is_named(&relation.name)).filter_map(|relation| match relation.sort {
            Sort::Table => Some(relation),
            Sort::Index => relation.of.and_then(|table| map.get(&table)).filter(|table| table.sort == Sort::Table),
            _ => None,
        });
        let tables: BTreeSet<String> = tables.map(|table| table.name.clone()).collect();
        let tables: Vec<String> = tables.into_iter().take(TABLES).collect();
        if tables.is_empty() {
            return Ok(None);
        }
        let mut sessions = Vec::new();
        for writes in [false, true] {
            let mut session = scratch.session(database)?;
            observer.linger(&mut *session, &tables, writes)?;
            sessions.push(session);
        }
        Ok(Some(Self { sessions, tables, until: Instant::now() + wanted, wanted }))
    }

    /// Stays until its time is over, or that of the clients; says what it was.
    pub fn stay(mut self, clients: &Clients) -> String {
        while Instant::now() < self.until && !clients.is_after() {
            std::thread::sleep(PAUSE);
        }
        let is_whole = Instant::now() >= self.until;
        let named = self.tables.iter().take(5).cloned().collect::<Vec<_>>().join(", ");
        let more = if self.tables.len() > 5 { format!(" and {} more", self.tables.len() - 5) } else { String::new() };
        let lost = self.sessions.iter_mut().filter_map(|session| session.roll_back().err()).next();
        let end = match lost {
            Some(why) => format!("the server ended one of them: {why}"),
            None if is_whole => format!("the release was not over when they ended, after {}", time(self.wanted)),
            None => "the release was over before them".to_owned(),
        };
        format!("a reader and an idle transaction that has written, open on {named}{more} before it began: {end}")
    }
}
