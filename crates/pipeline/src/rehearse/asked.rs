//! The application that runs while the schema changes under it: its queries, before the release and after it.
//!
//! Each is prepared and run in a session that stays, then the release runs, then it is run again there and, prepared anew, in another. What
//! it does is rolled back each time. Neighbours: `load`, which makes up requests; `core/rehearsal/asked`, which says what follows.

use super::each::{BASE, Each};
use super::pending::Release;
use crate::runner::{Blind, Manner};
use evenkeel_core::fault::Trouble;
use evenkeel_core::port::{Answer, Answers, Filler, Inquiry, Prepared, Rows, Session, Silent, Watch};
use evenkeel_core::preflight::Query;
use evenkeel_core::rehearsal::{Asked, Outcome, Question, Survival};

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

/// Asks them all.
pub fn asked(each: &Each<'_>, release: &Release, questions: Questions<'_>, filler: &dyn Filler) -> Result<Asked, Box<Trouble>> {
    each.aside(BASE, ASKED)?;
    let place = each.place;
    if each.here.values().all(|rows| *rows == 0) {
        let rows = Rows { otherwise: FEW, ..Rows::default() };
        let _filled = filler.fill(&mut *place.scratch.session(ASKED)?, &rows, each.ground.watch.stop)?;
    }
    let mut told = Asked { role: place.application(questions.role).1, nexts: questions.next.len(), ..Asked::default() };
    let next = answers(each, questions.next, questions.role)?;
    told.hidden.extend(next.hidden);
    let failing = questions.next.iter().zip(next.prepared).filter_map(|(query, answer)| Some((query.place.clone(), lacking(&answer)?)));
    told.next = failing.collect();
    let before = answers(each, questions.running, questions.role)?;
    told.hidden.extend(before.hidden);
    let mut session = place.application_session(ASKED, questions.role)?;
    let mut held: Vec<Option<Vec<Outcome>>> = Vec::new();
    for (number, (query, answer)) in questions.running.iter().zip(&before.prepared).enumerate() {
        each.ground.watch.stop.check()?;
        held.push(tried(each, filler, &mut *session, (number, query, answer))?);
    }
    let mut failed = None;
    for cut in &release.cuts {
        if let Err((place, why)) = each.ran(ASKED, &cut.up, cut.migration.transaction, None, (Manner::AsTool, &mut Blind))? {
            let at = place.map(|place| format!(" at {place}")).unwrap_or_default();
            failed = Some(format!("with rows in its tables the release stops{at}: {why}"));
            break;
        }
    }
    let after = answers(each, questions.running, questions.role)?;
    let mut other = place.application_session(ASKED, questions.role)?;
    for (number, query) in questions.running.iter().enumerate() {
        each.ground.watch.stop.check()?;
        let (was, now) = (before.prepared.get(number), after.prepared.get(number));
        let mut columns = None;
        let survival = match (&failed, was, now, held.get(number).and_then(Option::as_ref)) {
            (Some(why), ..) => Survival::Unknown(why.clone()),
            (None, Some(was), _, _) if lacking(was).is_some() => {
                Survival::Unknown(format!("before the release: {}", lacking(was).unwrap_or_default()))
            }
            (None, _, Some(Prepared::Missing { code, message, .. }), _) => Survival::Breaks(code.clone(), message.clone()),
            (None, _, Some(now), _) if lacking(now).is_some() => Survival::Unknown(lacking(now).unwrap_or_default()),
            (None, Some(was @ Prepared::Fits { columns: had, .. }), Some(Prepared::Fits { columns: has, .. }), Some(ran)) => {
                let names = |all: &[(String, String)]| all.iter().map(|(name, kind)| format!("{name} {kind}")).collect::<Vec<_>>();
                columns = (had != has).then(|| (names(had), names(has)));
                let still = again(each, filler, &mut *session, (number, was), ran.len())?;
                let anew = tried(each, filler, &mut *other, (number, query, was))?.unwrap_or_default();
                Survival::of(ran, &still, &anew)
            }
            _ => Survival::Unknown("the server does not prepare it: it was only planned".to_owned()),
        };
        told.questions.push(Question { place: query.place.clone(), sql: query.sql.clone(), survival, columns });
    }
    Ok(told)
}

/// What the server says to all of them as things are.
fn answers(each: &Each<'_>, queries: &[Query], role: Option<&str>) -> Result<Answers, Box<Trouble>> {
    if queries.is_empty() {
        return Ok(Answers::default());
    }
    let texts: Vec<String> = queries.iter().map(|query| query.sql.clone()).collect();
    let quiet = Watch { watcher: &Silent, stop: each.ground.watch.stop };
    let inquiry = Inquiry { queries: &texts, role, limits: each.ground.limits };
    let mut answers = each.place.scratch.environment(ASKED)?.prepare(&inquiry, &quiet)?;
    // What its reader has found odd is asked of nobody.
    for (query, answer) in queries.iter().zip(&mut answers.prepared) {
        if let Some(why) = &query.odd {
            *answer = Prepared::NotUnderstood { why: why.clone() };
        }
    }
    Ok(answers)
}

/// Why a query cannot be run.
fn lacking(answer: &Prepared) -> Option<String> {
    match answer {
        Prepared::Fits { .. } => None,
        Prepared::Missing { code, message, .. } => Some(format!("{message} ({code})")),
        Prepared::NotUnderstood { why } | Prepared::Hidden { why } => Some(why.clone()),
    }
}

/// Prepares a query and runs it with one choice of values after the other; nothing where it is not prepared.
fn tried(
    each: &Each<'_>,
    filler: &dyn Filler,
    session: &mut dyn Session,
    (number, query, answer): (usize, &Query, &Prepared),
) -> Result<Option<Vec<Outcome>>, Box<Trouble>> {
    let Prepared::Fits { parameters, .. } = answer else { return Ok(None) };
    if filler.hold(session, number, &query.sql)?.ran().is_none() {
        return Ok(None);
    }
    let mut all = Vec::new();
    for choice in 0..filler.choices(parameters) {
        all.push(run(each, filler, session, (number, parameters, choice))?);
        // Two that ran show enough.
        if all.iter().filter(|one| matches!(one, Outcome::Ran(_))).count() >= 2 {
            break;
        }
    }
    Ok(Some(all))
}

/// Runs it again with the same choices where it was prepared before.
fn again(
    each: &Each<'_>,
    filler: &dyn Filler,
    session: &mut dyn Session,
    (number, answer): (usize, &Prepared),
    choices: usize,
) -> Result<Vec<Outcome>, Box<Trouble>> {
    let Prepared::Fits { parameters, .. } = answer else { return Ok(Vec::new()) };
    (0..choices).map(|choice| run(each, filler, session, (number, parameters, choice))).collect()
}

fn run(
    each: &Each<'_>,
    filler: &dyn Filler,
    session: &mut dyn Session,
    (number, parameters, choice): (usize, &[String], usize),
) -> Result<Outcome, Box<Trouble>> {
    session.begin(&each.ground.limits)?;
    let answer = filler.execute(session, number, parameters, choice)?;
    session.roll_back()?;
    Ok(match answer {
        Answer::Ran(ran) => Outcome::Ran(ran.affected),
        Answer::Refused(refused) => Outcome::Refused(refused.code, refused.message),
    })
}
