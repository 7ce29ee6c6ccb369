//! The journal on a server: runs, their acts, whose environments they have. Neighbour: `crate::journal`, the same in a file.

use super::turn::{Row, Turn};
use crate::Fault;
use evenkeel_core::port::{Act, Beat, Ended, Ending, Entry, Intention, JournalStep, Owner, State, Trail, Written};
use std::collections::BTreeMap;
use std::time::Duration;

/// So that of those who want an environment, or mark it, at the same time, one goes after the other.
const ALONE: &str = "SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended($1, 7307970500585550437))::text";

/// Nobody else writes of that environment until the turn's end.
pub fn alone(turn: &mut Turn<'_>, environment: &str) -> Result<(), Fault> {
    turn.rows(ALONE, &[Some(environment)]).map(drop)
}

pub fn intend(turn: &mut Turn<'_>, intention: &Intention, gone: &[&Entry]) -> Result<Written, Fault> {
    let environment = Some(intention.environment.as_str());
    alone(turn, &intention.environment)?;
    let holder = turn.rows("SELECT run::text FROM evenkeel_store.lease WHERE environment = $1", &[environment])?.pop();
    let holder = holder.map(|mut row| row.text()).transpose()?;
    if let Some(standing) =
        holder.map(|number| listed(turn, "number = $1::bigint", &[Some(&number)])).transpose()?.and_then(|mut all| all.pop())
    {
        let said = |entry: &Entry| entry.beat.as_ref().map(|beat| beat.at.clone());
        let is_gone = |one: &&Entry| one.number == standing.number && said(one) == said(&standing);
        if standing.ended.is_none() && !gone.iter().any(is_gone) {
            return Ok(Written::Held(Box::new(standing)));
        }
    }
    let owner = &intention.owner;
    let insert =
        "INSERT INTO evenkeel_store.run (verb, environment, target, by, host, boot, pid, started, reason, snapshot, ground, digest, artifact, rewritten)
                  VALUES ($1, $2, $3, $4, $5, $6, $7::bigint, $8, $9, $10, $11, $12, $13, $14) RETURNING number::text, letters";
    let pid = owner.pid.to_string();
    let values = [
        Some(intention.verb.as_str()),
        environment,
        Some(&intention.target),
        Some(&intention.by),
        Some(&owner.host),
        Some(&owner.boot),
        Some(&pid),
        Some(&owner.started),
        intention.reason.as_deref(),
        intention.snapshot.as_deref(),
        Some(&intention.ground),
        Some(&intention.digest),
        intention.artifact.as_deref(),
        intention.rewritten.as_deref(),
    ];
    let mut row = turn.rows(insert, &values)?.pop().ok_or_else(|| turn.strange("no number of a run"))?;
    let (number, letters): (u32, String) = (row.number()?, row.text()?);
    let named = number.to_string();
    let acts = intention.acts.iter().map(|act| serde_json::json!({ "what": act.what, "statements": act.statements })).collect();
    let acts = serde_json::Value::Array(acts).to_string();
    turn.change(
        "INSERT INTO evenkeel_store.act (run, at, what, state)
         SELECT $1::bigint, one.at - 1, one.act ->> 'what', $3 FROM json_array_elements($2::json) WITH ORDINALITY AS one (act, at)",
        &[Some(&named), Some(&acts), Some(State::Intended.name())],
    )?;
    turn.change(
        "INSERT INTO evenkeel_store.statement (run, act, at, text)
         SELECT $1::bigint, one.at - 1, piece.at - 1, piece.text FROM json_array_elements($2::json) WITH ORDINALITY AS one (act, at),
             json_array_elements_text(one.act -> 'statements') WITH ORDINALITY AS piece (text, at)",
        &[Some(&named), Some(&acts)],
    )?;
    let takes = "INSERT INTO evenkeel_store.lease (environment, run) VALUES ($1, $2::bigint)
                 ON CONFLICT (environment) DO UPDATE SET run = excluded.run";
    turn.change(takes, &[environment, Some(&named)])?;
    Ok(Written::Run { number, letters })
}

/// A run by its number; by its letters too, where they are known: another state of the store may have given the number again.
pub struct Run {
    number: String,
    letters: Option<String>,
}

impl Run {
    pub fn new(number: u32, letters: Option<String>) -> Self {
        Self { number: number.to_string(), letters }
    }

    fn values<'v>(&'v self, more: &[Option<&'v str>]) -> Vec<Option<&'v str>> {
        [Some(self.number.as_str()), self.letters.as_deref()].into_iter().chain(more.iter().copied()).collect()
    }
}

/// Whose its environment is: its own where it was nobody's, unless it has ended.
fn owner(turn: &mut Turn<'_>, run: &Run) -> Result<Option<u32>, Fault> {
    let own = "SELECT environment FROM evenkeel_store.run WHERE number = $1::bigint AND letters = coalesce($2, letters)";
    let Some(mut row) = turn.rows(own, &run.values(&[]))?.pop() else { return Ok(None) };
    let environment = row.text()?;
    alone(turn, &environment)?;
    let takes = "INSERT INTO evenkeel_store.lease (environment, run)
                 SELECT environment, number FROM evenkeel_store.run
                 WHERE number = $1::bigint AND letters = coalesce($2, letters) AND ending IS NULL ON CONFLICT (environment) DO NOTHING";
    turn.change(takes, &run.values(&[]))?;
    let whose = "SELECT run::text FROM evenkeel_store.lease WHERE environment = $1";
    turn.rows(whose, &[Some(&environment)])?.pop().map(|mut row| row.number()).transpose()
}

/// Whether its environment is its own.
pub fn beat(turn: &mut Turn<'_>, run: &Run) -> Result<bool, Fault> {
    let is_own = owner(turn, run)?.is_some_and(|whose| whose.to_string() == run.number);
    if is_own {
        turn.change(
            "UPDATE evenkeel_store.run SET beat = clock_timestamp() WHERE number = $1::bigint AND letters = coalesce($2, letters)",
            &run.values(&[]),
        )?;
    }
    Ok(is_own)
}

/// There is such a run.
const IS_IT: &str = "EXISTS (SELECT FROM evenkeel_store.run WHERE number = $1::bigint AND letters = coalesce($2, letters))";

/// Where it cannot: whose the environment is.
pub fn mark(turn: &mut Turn<'_>, run: &Run, act: u32, state: State, words: Option<&str>) -> Result<Result<bool, Option<u32>>, Fault> {
    let is_beginning = state == State::Unknown && words.is_none();
    if is_beginning {
        let whose = owner(turn, run)?;
        if whose.map(|whose| whose.to_string()).as_ref() != Some(&run.number) {
            let is_there = !turn.rows(&format!("SELECT '1' WHERE {IS_IT}"), &run.values(&[]))?.is_empty();
            return Ok(if is_there { Err(whose) } else { Ok(false) });
        }
    }
    let when = if is_beginning { "begun" } else { "ended" };
    let update = format!(
        "UPDATE evenkeel_store.act SET state = $4, words = coalesce($5, words), {when} = clock_timestamp()
         WHERE run = $1::bigint AND at = $3::integer AND {IS_IT}"
    );
    let act = act.to_string();
    Ok(Ok(turn.change(&update, &run.values(&[Some(&act), Some(state.name()), words]))? == 1))
}

/// Tells whether there is such an act.
pub fn trail(turn: &mut Turn<'_>, run: &Run, act: u32, trail: &Trail) -> Result<bool, Fault> {
    let update = format!(
        "UPDATE evenkeel_store.act SET number = coalesce($4, number), before = coalesce($5, before), mark = coalesce($6, mark),
             after = coalesce($7, after), of_migration = coalesce($8, of_migration)
         WHERE run = $1::bigint AND at = $3::integer AND {IS_IT}"
    );
    let act = act.to_string();
    let values = [
        Some(act.as_str()),
        trail.transaction.as_deref(),
        trail.before.as_deref(),
        trail.mark.as_deref(),
        trail.after.as_deref(),
        trail.of.as_deref(),
    ];
    Ok(turn.change(&update, &run.values(&values))? == 1)
}

/// Tells whether there is such a run.
pub fn hold(turn: &mut Turn<'_>, run: &Run, what: &str, is_held: bool) -> Result<bool, Fault> {
    if turn.rows(&format!("SELECT '1' WHERE {IS_IT}"), &run.values(&[]))?.is_empty() {
        return Ok(false);
    }
    let statement = if is_held {
        "INSERT INTO evenkeel_store.held (run, what) VALUES ($1::bigint, $2) ON CONFLICT DO NOTHING"
    } else {
        "DELETE FROM evenkeel_store.held WHERE run = $1::bigint AND what = $2"
    };
    turn.change(statement, &[Some(&run.number), Some(what)])?;
    Ok(true)
}

/// The first word stands. Tells whether this is it.
pub fn end(turn: &mut Turn<'_>, run: &Run, ending: Ending, words: &str) -> Result<bool, Fault> {
    let update = "UPDATE evenkeel_store.run SET ending = $3, words = $4, ended = clock_timestamp()
                  WHERE number = $1::bigint AND letters = coalesce($2, letters) AND ending IS NULL";
    let is_it = turn.change(update, &run.values(&[Some(ending.name()), Some(words)]))? == 1;
    if is_it {
        turn.change("DELETE FROM evenkeel_store.lease WHERE run = $1::bigint", &[Some(&run.number)])?;
    }
    Ok(is_it)
}

/// Runs by such a condition, in the order it says.
pub fn listed(turn: &mut Turn<'_>, condition: &str, values: &[Option<&str>]) -> Result<Vec<Entry>, Fault> {
    let query = format!("{} WHERE {condition}", include_str!("run.sql"));
    let mut entries = turn.rows(&query, values)?.into_iter().map(entry).collect::<Result<Vec<_>, _>>()?;
    let numbers: Vec<String> = entries.iter().map(|entry| entry.number.to_string()).collect();
    let numbers = format!("{{{}}}", numbers.join(","));
    let numbers = [Some(numbers.as_str())];
    let mut texts: BTreeMap<(u32, u32), Vec<String>> = BTreeMap::new();
    let statements = "SELECT run::text, act::text, text FROM evenkeel_store.statement WHERE run = ANY ($1::bigint[]) ORDER BY run, act, at";
    for mut row in turn.rows(statements, &numbers)? {
        texts.entry((row.number()?, row.number()?)).or_default().push(row.text()?);
    }
    let mut steps: BTreeMap<u32, Vec<JournalStep>> = BTreeMap::new();
    for mut row in turn.rows(include_str!("act.sql"), &numbers)? {
        let (run, at): (u32, u32) = (row.number()?, row.number()?);
        steps.entry(run).or_default().push(step(row, texts.remove(&(run, at)).unwrap_or_default())?);
    }
    let mut held: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    let query = "SELECT run::text, what FROM evenkeel_store.held WHERE run = ANY ($1::bigint[]) ORDER BY run, what COLLATE \"C\"";
    for mut row in turn.rows(query, &numbers)? {
        held.entry(row.number()?).or_default().push(row.text()?);
    }
    for entry in &mut entries {
        entry.steps = steps.remove(&entry.number).unwrap_or_default();
        entry.held = held.remove(&entry.number).unwrap_or_default();
    }
    Ok(entries)
}

fn step(mut row: Row, statements: Vec<String>) -> Result<JournalStep, Fault> {
    let (what, name) = (row.text()?, row.text()?);
    Ok(JournalStep {
        act: Act { what, statements },
        // What is not understood is not known.
        state: State::ALL.into_iter().find(|state| state.name() == name).unwrap_or(State::Unknown),
        begun: row.maybe(),
        ended: row.maybe(),
        words: row.maybe(),
        trail: Trail { transaction: row.maybe(), before: row.maybe(), mark: row.maybe(), after: row.maybe(), of: row.maybe() },
    })
}

fn entry(mut row: Row) -> Result<Entry, Fault> {
    Ok(Entry {
        number: row.number()?,
        letters: row.text()?,
        intention: Intention {
            verb: row.text()?,
            environment: row.text()?,
            target: row.text()?,
            by: row.text()?,
            owner: Owner { host: row.text()?, boot: row.text()?, pid: row.number()?, started: row.text()? },
            reason: row.maybe(),
            snapshot: row.maybe(),
            ground: row.text()?,
            digest: row.text()?,
            artifact: row.maybe(),
            rewritten: row.maybe(),
            acts: Vec::new(),
        },
        begun: row.text()?,
        beat: Some(Beat { at: row.text()?, quiet: Duration::try_from_secs_f64(row.number()?).unwrap_or_default() }),
        ended: match (row.maybe(), row.maybe(), row.maybe()) {
            (Some(name), Some(at), words) => {
                // A word that a later evenkeel wrote says at least that it ended.
                let ending = Ending::ALL.into_iter().find(|ending| ending.name() == name).unwrap_or(Ending::Stopped);
                Some(Ended { ending, at, words: words.unwrap_or_default() })
            }
            _ => None,
        },
        steps: Vec::new(),
        held: Vec::new(),
    })
}
