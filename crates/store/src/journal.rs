//! The journal's tables: runs, their acts, the statements of these, and what was taken on a target and not given back.
//!
//! Lives here: their statements. Does not live here: opening the file (`sqlite`).

use evenkeel_core::port::{Act, Beat, Ended, Ending, Entry, Intention, JournalStep, Owner, State, Trail, Written};
use rusqlite::{Connection, OptionalExtension, Result, Row, TransactionBehavior, params};
use std::time::Duration;

pub const TABLES: &str = "
    CREATE TABLE run (
        number INTEGER PRIMARY KEY AUTOINCREMENT, letters TEXT NOT NULL, verb TEXT NOT NULL, environment TEXT NOT NULL, target TEXT NOT NULL,
        by TEXT NOT NULL, host TEXT NOT NULL, boot TEXT NOT NULL, pid INTEGER NOT NULL, started TEXT NOT NULL, reason TEXT, snapshot TEXT,
        ground TEXT NOT NULL, digest TEXT NOT NULL, begun TEXT NOT NULL, ending TEXT, ended TEXT, words TEXT) STRICT;
    CREATE TABLE act (
        run INTEGER NOT NULL, at INTEGER NOT NULL, what TEXT NOT NULL, state TEXT NOT NULL, begun TEXT, ended TEXT, words TEXT,
        PRIMARY KEY (run, at)) STRICT;
    CREATE TABLE statement (run INTEGER NOT NULL, act INTEGER NOT NULL, at INTEGER NOT NULL, text TEXT NOT NULL, PRIMARY KEY (run, act, at)) STRICT;
    CREATE TABLE held (run INTEGER NOT NULL, what TEXT NOT NULL, PRIMARY KEY (run, what)) STRICT;";

/// By what it can be told later what became of an act.
pub const TRAILS: &str = "
    CREATE TABLE trail (
        run INTEGER NOT NULL, act INTEGER NOT NULL, number TEXT, before TEXT, mark TEXT, after TEXT, of_migration TEXT, PRIMARY KEY (run, act)) STRICT;";

/// Whose each environment is, and the last sign of life of each run.
pub const LEASES: &str = "
    CREATE TABLE lease (environment TEXT PRIMARY KEY, run INTEGER NOT NULL) STRICT;
    CREATE TABLE beat (run INTEGER PRIMARY KEY, at TEXT NOT NULL) STRICT;";

/// Of which build a run is.
pub const ARTIFACTS: &str = "CREATE TABLE artifact (run INTEGER PRIMARY KEY, digest TEXT NOT NULL) STRICT";

/// What of a run's acts is not as its folder has it.
pub const REWRITTEN: &str = "CREATE TABLE rewritten (run INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT";

const BEAT: &str =
    "INSERT INTO beat (run, at) VALUES (?1, strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) ON CONFLICT (run) DO UPDATE SET at = excluded.at";

/// Now, as it is kept.
const NOW: &str = "strftime('%Y-%m-%dT%H:%M:%SZ', 'now')";

/// As it is kept: no plan has so many statements that it would not fit.
fn index(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// All of it, or nothing.
pub fn intend(connection: &mut Connection, intention: &Intention, gone: &[&Entry]) -> Result<Written> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if let Some(standing) = holder(&transaction, &intention.environment)?.filter(|standing| standing.ended.is_none()) {
        let is_gone = |one: &&Entry| {
            one.number == standing.number && one.beat.as_ref().map(|beat| &beat.at) == standing.beat.as_ref().map(|beat| &beat.at)
        };
        if !gone.iter().any(is_gone) {
            return Ok(Written::Held(Box::new(standing)));
        }
    }
    let owner = &intention.owner;
    let insert = format!(
        "INSERT INTO run (letters, verb, environment, target, by, host, boot, pid, started, reason, snapshot, ground, digest, begun)
         VALUES (lower(hex(randomblob(4))), ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, {NOW}) RETURNING number, letters"
    );
    let values = params![
        intention.verb,
        intention.environment,
        intention.target,
        intention.by,
        owner.host,
        owner.boot,
        owner.pid,
        owner.started,
        intention.reason,
        intention.snapshot,
        intention.ground,
        intention.digest,
    ];
    let (number, letters): (u32, String) = transaction.query_row(&insert, values, |row| Ok((row.get(0)?, row.get(1)?)))?;
    if let Some(artifact) = &intention.artifact {
        transaction.execute("INSERT INTO artifact (run, digest) VALUES (?1, ?2)", params![number, artifact])?;
    }
    if let Some(rewritten) = &intention.rewritten {
        transaction.execute("INSERT INTO rewritten (run, text) VALUES (?1, ?2)", params![number, rewritten])?;
    }
    for (at, act) in intention.acts.iter().enumerate() {
        let values = params![number, index(at), act.what, State::Intended.name()];
        transaction.execute("INSERT INTO act (run, at, what, state) VALUES (?1, ?2, ?3, ?4)", values)?;
        for (place, text) in act.statements.iter().enumerate() {
            transaction.execute("INSERT INTO statement VALUES (?1, ?2, ?3, ?4)", params![number, index(at), index(place), text])?;
        }
    }
    transaction.execute(
        "INSERT INTO lease (environment, run) VALUES (?1, ?2) ON CONFLICT (environment) DO UPDATE SET run = excluded.run",
        params![intention.environment, number],
    )?;
    transaction.execute(BEAT, [number])?;
    transaction.commit()?;
    Ok(Written::Run { number, letters })
}

/// The run that has an environment.
fn holder(connection: &Connection, environment: &str) -> Result<Option<Entry>> {
    let found = connection.query_row("SELECT run FROM lease WHERE environment = ?1", [environment], |row| row.get(0)).optional()?;
    found.map_or(Ok(None), |number| run(connection, number))
}

/// Whose a run's environment is: its own where it was nobody's, unless the run has ended.
fn owner(connection: &Connection, run: u32) -> Result<Option<u32>> {
    connection.execute(
        "INSERT OR IGNORE INTO lease (environment, run) SELECT environment, number FROM run WHERE number = ?1 AND ending IS NULL",
        [run],
    )?;
    let whose = "SELECT lease.run FROM lease JOIN run ON run.environment = lease.environment WHERE run.number = ?1";
    connection.query_row(whose, [run], |row| row.get(0)).optional()
}

/// Whether its environment is its own.
pub fn beat(connection: &mut Connection, run: u32) -> Result<bool> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let is_own = owner(&transaction, run)? == Some(run);
    if is_own {
        transaction.execute(BEAT, [run])?;
    }
    transaction.commit()?;
    Ok(is_own)
}

/// What came of saying how an act stands.
pub enum Marked {
    It,
    NoSuch,
    /// The environment is another run's, or nobody's, since this one ended.
    Lost(Option<u32>),
}

pub fn mark(connection: &mut Connection, run: u32, act: u32, state: State, words: Option<&str>) -> Result<Marked> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let is_beginning = state == State::Unknown && words.is_none();
    let whose = if is_beginning { owner(&transaction, run)? } else { Some(run) };
    let is_marked = set(&transaction, run, act, state, words)?;
    if !is_marked {
        return Ok(Marked::NoSuch);
    }
    if whose != Some(run) {
        return Ok(Marked::Lost(whose));
    }
    transaction.commit()?;
    Ok(Marked::It)
}

/// Tells whether there is such an act.
fn set(connection: &Connection, run: u32, act: u32, state: State, words: Option<&str>) -> Result<bool> {
    let when = if state == State::Unknown && words.is_none() { "begun" } else { "ended" };
    let update = format!("UPDATE act SET state = ?3, words = coalesce(?4, words), {when} = {NOW} WHERE run = ?1 AND at = ?2");
    connection.execute(&update, params![run, act, state.name(), words]).map(|count| count == 1)
}

/// Tells whether there is such an act.
pub fn trail(connection: &Connection, run: u32, act: u32, trail: &Trail) -> Result<bool> {
    let insert =
        "INSERT INTO trail (run, act, number, before, mark, after, of_migration) SELECT run, at, ?3, ?4, ?5, ?6, ?7 FROM act WHERE run = ?1 AND at = ?2
         ON CONFLICT (run, act) DO UPDATE SET number = coalesce(excluded.number, number), before = coalesce(excluded.before, before),
             mark = coalesce(excluded.mark, mark),             after = coalesce(excluded.after, after), of_migration = coalesce(excluded.of_migration, of_migration)";
    connection
        .execute(insert, params![run, act, trail.transaction, trail.before, trail.mark, trail.after, trail.of])
        .map(|count| count == 1)
}

pub fn hold(connection: &Connection, run: u32, what: &str, is_held: bool) -> Result<()> {
    let statement =
        if is_held { "INSERT OR IGNORE INTO held (run, what) VALUES (?1, ?2)" } else { "DELETE FROM held WHERE run = ?1 AND what = ?2" };
    connection.execute(statement, params![run, what]).map(drop)
}

/// The first word stands. Tells whether this is it.
pub fn end(connection: &mut Connection, run: u32, ending: Ending, words: &str) -> Result<bool> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let is_it = ended(&transaction, run, ending, words)?;
    if is_it {
        transaction.execute("DELETE FROM lease WHERE run = ?1", [run])?;
    }
    transaction.commit()?;
    Ok(is_it)
}

fn ended(connection: &Connection, run: u32, ending: Ending, words: &str) -> Result<bool> {
    let update = format!("UPDATE run SET ending = ?2, words = ?3, ended = {NOW} WHERE number = ?1 AND ending IS NULL");
    connection.execute(&update, params![run, ending.name(), words]).map(|count| count == 1)
}

const COLUMNS: &str = "number, letters, verb, environment, target, by, host, boot, pid, started, reason, snapshot, ground, digest, begun, \
                       ending, ended, words";

pub fn run(connection: &Connection, number: u32) -> Result<Option<Entry>> {
    let found = connection.query_row(&format!("SELECT {COLUMNS} FROM run WHERE number = ?1"), [number], entry).optional()?;
    found.map(|entry| whole(connection, entry)).transpose()
}

pub fn runs(connection: &Connection, environment: Option<&str>, most: u32) -> Result<Vec<Entry>> {
    let query = format!("SELECT {COLUMNS} FROM run WHERE ?1 IS NULL OR environment = ?1 ORDER BY number DESC LIMIT ?2");
    let mut statement = connection.prepare(&query)?;
    let found: Vec<Entry> = statement.query_map(params![environment, most], entry)?.collect::<Result<_>>()?;
    found.into_iter().map(|entry| whole(connection, entry)).collect()
}

pub fn after(connection: &Connection, number: u32, most: u32) -> Result<Vec<Entry>> {
    let query = format!("SELECT {COLUMNS} FROM run WHERE number > ?1 ORDER BY number LIMIT ?2");
    let mut statement = connection.prepare(&query)?;
    let found: Vec<Entry> = statement.query_map(params![number, most], entry)?.collect::<Result<_>>()?;
    found.into_iter().map(|entry| whole(connection, entry)).collect()
}

/// What is refused before it did anything, and whatever else was run, takes none of their places.
pub fn releases(connection: &Connection, environment: &str, most: u32) -> Result<Vec<Entry>> {
    let query = format!(
        "SELECT {COLUMNS} FROM run WHERE environment = ?1 AND verb IN ('deploy', 'rollback') AND (ending IS NULL OR ending <> 'refused') \
         ORDER BY number DESC LIMIT ?2"
    );
    let mut statement = connection.prepare(&query)?;
    let found: Vec<Entry> = statement.query_map(params![environment, most], entry)?.collect::<Result<_>>()?;
    found.into_iter().map(|entry| whole(connection, entry)).collect()
}

pub fn unfinished(connection: &Connection, environment: &str) -> Result<Vec<Entry>> {
    of(connection, environment, "ending IS NULL")
}

pub fn holding(connection: &Connection, environment: &str) -> Result<Vec<Entry>> {
    of(connection, environment, "number IN (SELECT run FROM held)")
}

/// Runs of an environment, by a condition.
fn of(connection: &Connection, environment: &str, condition: &str) -> Result<Vec<Entry>> {
    let query = format!("SELECT {COLUMNS} FROM run WHERE environment = ?1 AND {condition} ORDER BY number DESC");
    let mut statement = connection.prepare(&query)?;
    let found: Vec<Entry> = statement.query_map([environment], entry)?.collect::<Result<_>>()?;
    found.into_iter().map(|entry| whole(connection, entry)).collect()
}

fn entry(row: &Row<'_>) -> Result<Entry> {
    let ended = match (row.get::<_, Option<String>>(15)?, row.get(16)?, row.get::<_, Option<String>>(17)?) {
        (Some(name), Some(at), words) => {
            // A word that a later evenkeel wrote says at least that it ended.
            let ending = Ending::ALL.into_iter().find(|ending| ending.name() == name).unwrap_or(Ending::Stopped);
            Some(Ended { ending, at, words: words.unwrap_or_default() })
        }
        _ => None,
    };
    Ok(Entry {
        number: row.get(0)?,
        letters: row.get(1)?,
        intention: Intention {
            verb: row.get(2)?,
            environment: row.get(3)?,
            target: row.get(4)?,
            by: row.get(5)?,
            owner: Owner { host: row.get(6)?, boot: row.get(7)?, pid: row.get(8)?, started: row.get(9)? },
            reason: row.get(10)?,
            snapshot: row.get(11)?,
            ground: row.get(12)?,
            digest: row.get(13)?,
            artifact: None,
            rewritten: None,
            acts: Vec::new(),
        },
        begun: row.get(14)?,
        ended,
        beat: None,
        steps: Vec::new(),
        held: Vec::new(),
    })
}

/// With its acts, and what it holds.
fn whole(connection: &Connection, mut entry: Entry) -> Result<Entry> {
    let mut texts = connection.prepare_cached("SELECT text FROM statement WHERE run = ?1 AND act = ?2 ORDER BY at")?;
    let mut acts = connection.prepare_cached("SELECT at, what, state, begun, ended, words FROM act WHERE run = ?1 ORDER BY at")?;
    let rows = acts.query_map([entry.number], |row| {
        let name: String = row.get(2)?;
        // What is not understood is not known.
        let state = State::ALL.into_iter().find(|state| state.name() == name).unwrap_or(State::Unknown);
        let act = Act { what: row.get(1)?, statements: Vec::new() };
        let trail = Trail::default();
        Ok((row.get::<_, u32>(0)?, JournalStep { act, state, trail, begun: row.get(3)?, ended: row.get(4)?, words: row.get(5)? }))
    })?;
    // A store of before has none.
    let has = |table: &str| {
        connection
            .query_row("SELECT count(*) FROM sqlite_schema WHERE name = ?1", [table], |row| row.get::<_, i64>(0))
            .map(|count| count > 0)
    };
    let has_trails = has("trail")?;
    if has("artifact")? {
        let query = "SELECT digest FROM artifact WHERE run = ?1";
        entry.intention.artifact = connection.query_row(query, [entry.number], |row| row.get(0)).optional()?;
    }
    if has("rewritten")? {
        let query = "SELECT text FROM rewritten WHERE run = ?1";
        entry.intention.rewritten = connection.query_row(query, [entry.number], |row| row.get(0)).optional()?;
    }
    if has("beat")? {
        let query = "SELECT at, max(0.0, (julianday('now') - julianday(at)) * 86400.0) FROM beat WHERE run = ?1";
        let one = |row: &Row<'_>| Ok(Beat { at: row.get(0)?, quiet: Duration::try_from_secs_f64(row.get(1)?).unwrap_or(Duration::MAX) });
        entry.beat = connection.query_row(query, [entry.number], one).optional()?;
    }
    let trail_of = |at: u32| {
        let one = |row: &Row<'_>| {
            Ok(Trail { transaction: row.get(0)?, before: row.get(1)?, mark: row.get(2)?, after: row.get(3)?, of: row.get(4)? })
        };
        let found = connection.query_row(
            "SELECT number, before, mark, after, of_migration FROM trail WHERE run = ?1 AND act = ?2",
            [entry.number, at],
            one,
        );
        found.optional().map(Option::unwrap_or_default)
    };
    for row in rows {
        let (at, mut step) = row?;
        if has_trails {
            step.trail = trail_of(at)?;
        }
        step.act.statements = texts.query_map(params![entry.number, at], |row| row.get(0))?.collect::<Result<_>>()?;
        entry.steps.push(step);
    }
    let mut held = connection.prepare_cached("SELECT what FROM held WHERE run = ?1 ORDER BY what")?;
    entry.held = held.query_map([entry.number], |row| row.get(0))?.collect::<Result<_>>()?;
    Ok(entry)
}
