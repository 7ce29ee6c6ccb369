//! The application that runs while the schema changes under it: its queries, before the release and after it.
//!
//! Each is prepared and run in a session that stays, then the release runs, then it is run again there and, prepared anew, in another. What
//! it does is rolled back each time. Neighbours: `load`, which makes up requests; `core/rehearsal/asked`, which says what follows.

use super::each::{BASE, Each};
use super::pending::Release;
use crate::runner::{Manner, Onlooker, Spoken};
use evenkeel_core::digest::of_texts;
use evenkeel_core::fault::Trouble;
use evenkeel_core::finding::Place;
use evenkeel_core::port::{Answer, Answers, Filler, Inquiry, Limits, Prepared, Rows, Session, Silent, Watch};
use evenkeel_core::preflight::Query;
use evenkeel_core::rehearsal::{Asked, Migration, Next, Outcome, Question, Survival};
use evenkeel_core::statement::changes_rows;
use std::time::{Duration, Instant};

/// Where they are asked.
const ASKED: &str = "rehearsal_asked";
/// Rows of tables, where none were wanted: a query that finds nothing shows nothing.
const FEW: u64 = 20;

/// What is asked, and as whom.
#[derive(Debug, Clone, Copy, Default)]
pub struct Questions<'a> {
    pub running: &'a [Query],
    /// Those of the next application, which are to run before the release, too.
    pub next: &'a [Query],
    /// The role the application connects as, where it is known.
    pub role: Option<&'a str>,
}

/// Looks for the first statement that changes rows and finds none of them.
#[derive(Default)]
struct Met {
    none: Option<Place>,
    /// How many of them it was told of: a file that is sent as one message tells of none.
    told: usize,
}

impl Onlooker for Met {
    fn after(&mut self, _: &mut dyn Session, spoken: &Spoken<'_>, answer: Result<u64, &str>) -> Result<(), Box<Trouble>> {
        if changes_rows(&spoken.statement.tag) {
            self.told += 1;
            if answer == Ok(0) {
                self.none.get_or_insert_with(|| spoken.place.clone());
            }
        }
        Ok(())
    }
}

/// Asks them all; `ran` is what was seen of the release on the same rows.
pub fn asked(
    each: &Each<'_>,
    (release, ran): (&Release, &[Migration]),
    questions: Questions<'_>,
    filler: &dyn Filler,
) -> Result<Asked, Box<Trouble>> {
    each.aside(BASE, ASKED)?;
    let place = each.place;
    if each.here.values().all(|rows| *rows == 0) {
        let rows = Rows { otherwise: FEW, ..Rows::default() };
        let _filled = filler.fill(&mut *place.scratch.rows(ASKED)?, &rows, each.ground.watch.stop)?;
        place.scratch.settle(ASKED)?;
    }
    let mut told = Asked { role: place.application(questions.role).1, nexts: questions.next.len(), ..Asked::default() };
    let next = answers(each, ASKED, questions.next, questions.role)?;
    told.hidden.extend(next.hidden);
    let unseen = questions.next.iter().zip(&next.prepared).filter_map(|(query, answer)| {
        let is_missing = matches!(answer, Prepared::Missing { .. });
        Some(Next { place: query.place.clone(), why: lacking(answer)?, is_missing })
    });
    told.next = unseen.collect();
    let before = answers(each, ASKED, questions.running, questions.role)?;
    told.hidden.extend(before.hidden);
    let mut session = place.application_session(ASKED, questions.role)?;
    let mut held: Vec<Result<Vec<Tried>, String>> = Vec::new();
    for (number, (query, answer)) in questions.running.iter().zip(&before.prepared).enumerate() {
        each.ground.watch.stop.check()?;
        match tried(each, filler, &mut *session, (number, query, answer)) {
            Ok(tried) => held.push(tried),
            Err(trouble) => {
                // A query may end its own session: what was prepared there is prepared again.
                held.push(Err(format!("its session was lost: {trouble}")));
                session = place.application_session(ASKED, questions.role)?;
                for (number, query) in
                    questions.running.iter().enumerate().take(number).filter(|(number, _)| matches!(held.get(*number), Some(Ok(_))))
                {
                    let _prepared = filler.hold(&mut *session, number, &query.sql)?;
                }
            }
        }
    }
    let mut failed = None;
    let mut met = Met::default();
    for cut in &release.cuts {
        if let Err((place, why)) = each.ran(ASKED, &cut.up, cut.migration.transaction, None, (Manner::AsTool, &mut met))? {
            let at = place.map(|place| format!(" at {place}")).unwrap_or_default();
            failed = Some(format!("with rows in its tables the release stops{at}: {why}"));
            break;
        }
    }
    let untold = release.cuts.iter().flat_map(|cut| cut.statements()).filter(|statement| changes_rows(&statement.tag)).count() > met.told;
    let known = || ran.iter().flat_map(|one| &one.statements).find(|trace| trace.met_none()).map(|trace| trace.place.clone());
    told.met_none = met.none.or_else(|| known().filter(|_| untold));
    let after = answers(each, ASKED, questions.running, questions.role)?;
    let mut other = place.application_session(ASKED, questions.role)?;
    let mut lost = None;
    for (number, query) in questions.running.iter().enumerate() {
        each.ground.watch.stop.check()?;
        let (was, now) = (before.prepared.get(number), after.prepared.get(number));
        let mut columns = None;
        let survival = match (&failed, was, now, held.get(number)) {
            (Some(why), ..) => Survival::Unknown(why.clone()),
            _ if lost.is_some() => Survival::Unknown(lost.clone().unwrap_or_default()),
            (None, Some(was), _, _) if lacking(was).is_some() => {
                Survival::Unknown(format!("before the release: {}", lacking(was).unwrap_or_default()))
            }
            (None, _, Some(Prepared::Missing { code, message, .. }), _) => Survival::Breaks(code.clone(), message.clone()),
            (None, _, Some(now), _) if lacking(now).is_some() => Survival::Unknown(lacking(now).unwrap_or_default()),
            (None, _, _, Some(Err(why))) => Survival::Unknown(why.clone()),
            (None, Some(was @ Prepared::Fits { columns: had, .. }), Some(Prepared::Fits { columns: has, .. }), Some(Ok(ran))) => {
                let names = |all: &[(String, String)]| all.iter().map(|(name, kind)| format!("{name} {kind}")).collect::<Vec<_>>();
                columns = (had != has).then(|| (names(had), names(has)));
                let asked = |session: &mut dyn Session, is_anew: bool| {
                    if is_anew && filler.hold(session, number, &query.sql)?.ran().is_none() {
                        return Ok(Vec::new());
                    }
                    again(each, filler, session, (number, was), ran)
                };
                let both = asked(&mut *session, false).and_then(|still| Ok((still, asked(&mut *other, true)?)));
                let plain = |all: &[Tried]| {
                    let bare = |one: &Tried| match &one.outcome {
                        // With other columns, rows are others by that alone.
                        Outcome::Ran(count, _) if columns.is_some() => Outcome::Ran(*count, None),
                        outcome => outcome.clone(),
                    };
                    all.iter().map(bare).collect::<Vec<_>>()
                };
                match both {
                    Err(trouble) => {
                        // What was held prepared went with it, of all of them.
                        lost = Some(format!("the session that held it was lost with {}: {trouble}", query.place));
                        Survival::Unknown(lost.clone().unwrap_or_default())
                    }
                    Ok((still, anew)) => match (Survival::of(&plain(ran), &plain(&still), &plain(&anew)), strange(filler, was)) {
                        (Survival::Same, Some(type_name)) => {
                            Survival::Unknown(format!("no value of type {type_name} is known that could be tried"))
                        }
                        (survival, _) => survival,
                    },
                }
            }
            _ => Survival::Unknown("the server does not prepare it: it was only planned".to_owned()),
        };
        let met = |one: &Tried| matches!(one.outcome, Outcome::Ran(rows, _) if rows > 0);
        let met_rows = held.get(number).is_some_and(|tried| tried.as_ref().is_ok_and(|tried| tried.iter().any(met)));
        told.questions.push(Question { place: query.place.clone(), sql: query.sql.clone(), survival, columns, met_rows });
    }
    Ok(told)
}

/// What the server says to all of them as things are.
pub fn answers(each: &Each<'_>, database: &str, queries: &[Query], role: Option<&str>) -> Result<Answers, Box<Trouble>> {
    if queries.is_empty() {
        return Ok(Answers::default());
    }
    let texts: Vec<String> = queries.iter().map(|query| query.sql.clone()).collect();
    let quiet = Watch { watcher: &Silent, stop: each.ground.watch.stop };
    let inquiry = Inquiry { queries: &texts, role, limits: each.ground.limits };
    let mut answers = each.place.scratch.environment(database)?.prepare(&inquiry, &quiet)?;
    // What its reader has found odd is asked of nobody.
    for (query, answer) in queries.iter().zip(&mut answers.prepared) {
        if let Some(why) = &query.odd {
            *answer = Prepared::NotUnderstood { why: why.clone() };
        }
    }
    Ok(answers)
}

/// Why a query cannot be run.
pub fn lacking(answer: &Prepared) -> Option<String> {
    match answer {
        Prepared::Fits { .. } => None,
        Prepared::Missing { code, message, .. } => Some(format!("{message} ({code})")),
        Prepared::NotUnderstood { why } | Prepared::Hidden { why } => Some(why.clone()),
    }
}

/// A query with one choice of values, and what it did.
#[derive(Debug, Clone)]
struct Tried {
    choice: (usize, Option<usize>),
    outcome: Outcome,
}

/// A query that takes longer shows nothing more.
const PATIENCE: Duration = Duration::from_secs(3);
/// So many choices that ran show enough.
const ENOUGH: usize = 2;

fn strange(filler: &dyn Filler, answer: &Prepared) -> Option<String> {
    match answer {
        Prepared::Fits { parameters, .. } => filler.strange(parameters),
        _ => None,
    }
}

/// Prepares a query and runs it with one choice of values after the other, then with NULL for each parameter; why it was not run.
fn tried(
    each: &Each<'_>,
    filler: &dyn Filler,
    session: &mut dyn Session,
    (number, query, answer): (usize, &Query, &Prepared),
) -> Result<Result<Vec<Tried>, String>, Box<Trouble>> {
    let Prepared::Fits { parameters, .. } = answer else { return Ok(Err("the server does not prepare it".to_owned())) };
    if filler.hold(session, number, &query.sql)?.ran().is_none() {
        return Ok(Err("the server does not prepare it: it was only planned".to_owned()));
    }
    let mut all: Vec<Tried> = Vec::new();
    let mut ran = None;
    for at in 0..filler.choices(parameters) {
        let choice = (at, None);
        let outcome = twice(each, filler, session, (number, parameters, choice))?;
        let Some(outcome) = outcome else { return Ok(Err(format!("it takes longer than {} s", PATIENCE.as_secs()))) };
        if matches!(outcome, Outcome::Ran(..)) {
            ran.get_or_insert(at);
        }
        all.push(Tried { choice, outcome });
        if all.iter().filter(|one| matches!(one.outcome, Outcome::Ran(..))).count() >= ENOUGH {
            break;
        }
    }
    for null in 0..parameters.len() {
        let Some(at) = ran else { break };
        let choice = (at, Some(null));
        let outcome = twice(each, filler, session, (number, parameters, choice))?;
        let Some(outcome) = outcome else { return Ok(Err(format!("it takes longer than {} s", PATIENCE.as_secs()))) };
        all.push(Tried { choice, outcome });
    }
    Ok(Ok(all))
}

/// What it does, with a digest of its rows where it gives the same ones twice; nothing where it takes too long.
fn twice(
    each: &Each<'_>,
    filler: &dyn Filler,
    session: &mut dyn Session,
    asked: (usize, &[String], (usize, Option<usize>)),
) -> Result<Option<Outcome>, Box<Trouble>> {
    let from = Instant::now();
    let first = run(each, filler, session, asked)?;
    if from.elapsed() >= PATIENCE {
        return Ok(None);
    }
    Ok(Some(match (first, run(each, filler, session, asked)?) {
        (Outcome::Ran(count, one), Outcome::Ran(_, other)) => Outcome::Ran(count, one.filter(|one| Some(one) == other.as_ref())),
        (first, _) => first,
    }))
}

/// Runs it again with the same choices where it is prepared.
fn again(
    each: &Each<'_>,
    filler: &dyn Filler,
    session: &mut dyn Session,
    (number, answer): (usize, &Prepared),
    tried: &[Tried],
) -> Result<Vec<Tried>, Box<Trouble>> {
    let Prepared::Fits { parameters, .. } = answer else { return Ok(Vec::new()) };
    let all = tried.iter().map(|one| {
        let outcome = run(each, filler, session, (number, parameters, one.choice))?;
        Ok(Tried { choice: one.choice, outcome })
    });
    all.collect()
}

fn run(
    each: &Each<'_>,
    filler: &dyn Filler,
    session: &mut dyn Session,
    (number, parameters, choice): (usize, &[String], (usize, Option<usize>)),
) -> Result<Outcome, Box<Trouble>> {
    session.begin(&Limits { statement_timeout: PATIENCE, lock_timeout: PATIENCE, ..each.ground.limits })?;
    let answer = filler.execute(session, number, parameters, choice)?;
    session.roll_back()?;
    Ok(match answer {
        Answer::Ran(ran) => Outcome::Ran(ran.affected, Some(digest(&ran.rows))),
        Answer::Refused(refused) => Outcome::Refused(refused.code, refused.message),
    })
}

/// Of rows whatever their order: nobody has promised one where none is asked for.
fn digest(rows: &[Vec<Option<String>>]) -> String {
    let mut rows: Vec<&Vec<Option<String>>> = rows.iter().collect();
    rows.sort_unstable();
    let cells = rows.iter().flat_map(|row| row.iter().map(|cell| cell.as_deref().unwrap_or("\u{0}NULL")).chain(["\u{0}row"]));
    of_texts("evenkeel 2026-11-29 rows of a query", cells).hex()
}
