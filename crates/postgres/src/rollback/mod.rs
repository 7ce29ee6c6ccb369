//! Statements that run where it counts, in a transaction that is given up: what of them a rollback undoes, and what is asked of the server
//! around it.
//!
//! Lives here: `text`, which reads a statement; the catalog's word on what it names and touches. What is not known to be undone may not
//! run. Neighbour: `observe`, which looks at the session meanwhile.

mod text;

use crate::connect::discreet;
use crate::ident::{literal, quoted};
use evenkeel_core::fault::{Class as Fault, Trouble};
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::{Identity, display, shown_parts};
use evenkeel_core::port::{Answer, Limits, May, Meant, Opening, Refused, Rollback, Room, Session, Standing};
use evenkeel_core::trace::{Class, Sort, Trace};
use std::collections::{BTreeMap, BTreeSet};
use text::{Names, Text};

/// PostgreSQL's.
#[derive(Debug, Clone, Copy)]
pub struct PostgresRollback;

type Done<T> = Result<T, Box<Trouble>>;
type Row = Vec<Option<String>>;

const KNOWN: &str = include_str!("known.sql");
/// <https://www.postgresql.org/docs/18/errcodes-appendix.html>: in a failed transaction; no such transaction.
const FAILED: &str = "25P02";
const NO_TRANSACTION: &str = "25P01";
/// Ended on request or by a bound, a lock that was not to be had, a deadlock.
const BOUND: &[&str] = &["57014", "55P03", "40P01", "25P03", "25P04"];

impl Rollback for PostgresRollback {
    fn forbids(&self, session: &mut dyn Session) -> Done<Option<String>> {
        let rows = asked(session, &format!("{KNOWN}{}", include_str!("place.sql")))?;
        let named: Vec<String> = rows.iter().map(|row| format!("{} {}", text(row, 0), text(row, 1))).collect();
        Ok((!named.is_empty()).then(|| format!("it runs code of which nobody knows that a rollback undoes it: {}", few(&named))))
    }

    fn may(&self, session: &mut dyn Session, statements: &[Meant<'_>]) -> Done<Vec<May>> {
        let mut made = BTreeSet::new();
        let mut runs_by_itself = false;
        let mut all = Vec::new();
        for meant in statements {
            let names = match text::read(meant.text) {
                Text::Refused(why) => {
                    all.push(May::Not(why));
                    continue;
                }
                Text::Skipped(why) => {
                    all.push(May::Skip(why));
                    continue;
                }
                Text::Runs(names) => names,
            };
            let why = match () {
                () if names.is_quiet => None,
                () if meant.is_data && runs_by_itself => Some("what the same transaction made runs with it".to_owned()),
                () => match names.all.iter().find(|name| made.contains(*name)) {
                    Some(name) => Some(format!("it may run {name}, which the same transaction made")),
                    None => match called(session, &names)? {
                        Some(name) => Some(format!("it may run {name}, of which nobody knows what it does")),
                        None => reached(session, meant)?,
                    },
                },
            };
            let may = if names.sets { May::Sets } else { May::Run };
            match names.makes {
                Some(Some(name)) => drop(made.insert(name)),
                Some(None) => runs_by_itself = true,
                None => {}
            }
            all.push(why.map_or(may, May::Not));
        }
        Ok(all)
    }

    fn rooms(&self, session: &mut dyn Session, relations: &BTreeSet<String>) -> Done<BTreeMap<String, Room>> {
        let rows = asked(session, &of_relations(include_str!("rooms.sql"), relations))?;
        let room = |row: &Row| {
            let name = display(Kind::Table, &Identity::new([text(row, 0), text(row, 1)]));
            Some((name, Room { all: number(row, 2)?, own: number(row, 3)?, estimate: number(row, 4) }))
        };
        Ok(rows.iter().filter_map(room).collect())
    }

    fn writes(&self, trace: &Trace, rooms: &BTreeMap<String, Room>) -> Result<u64, String> {
        writes(trace, rooms)
    }

    fn written(&self, session: &mut dyn Session) -> Done<u64> {
        let rows = asked(session, "SELECT pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_insert_lsn(), '0/0')::text")?;
        rows.first().and_then(|row| number(row, 0)).ok_or_else(|| untold("the server does not say how far its log is"))
    }

    fn catalog(&self, session: &mut dyn Session) -> Done<u64> {
        const SIZES: &str = "SELECT sum(pg_catalog.pg_total_relation_size(c.oid))::text FROM pg_catalog.pg_class AS c \
                             WHERE c.relnamespace = 'pg_catalog'::regnamespace AND c.relkind = 'r' AND NOT c.relisshared";
        let rows = asked(session, SIZES)?;
        rows.first().and_then(|row| number(row, 0)).ok_or_else(|| untold("the server does not say how large its catalog is"))
    }

    fn sequences(&self, session: &mut dyn Session) -> Done<BTreeMap<String, Option<String>>> {
        let rows = asked(session, include_str!("sequences.sql"))?;
        let one = |row: &Row| (display(Kind::Sequence, &Identity::new([text(row, 0), text(row, 1)])), row.get(2).cloned().flatten());
        Ok(rows.iter().map(one).collect())
    }

    fn lasting(&self, session: &mut dyn Session) -> Done<BTreeSet<String>> {
        Ok(asked(session, include_str!("lasting.sql"))?.iter().map(|row| text(row, 0).to_owned()).collect())
    }

    fn hidden(&self, session: &mut dyn Session) -> Done<Option<String>> {
        let rows = asked(session, include_str!("hidden.sql"))?;
        let row = rows.first().ok_or_else(|| untold("the server does not say what it hides"))?;
        let count = number(row, 0).ok_or_else(|| untold("the server does not say what it hides"))?;
        Ok((count > 0).then(|| {
            let (sessions, role) = (if count == 1 { "1 session".to_owned() } else { format!("{count} sessions") }, text(row, 1));
            format!("{sessions} there did not show what they do to {role}: GRANT pg_read_all_stats TO {role}")
        }))
    }

    fn begin(&self, session: &mut dyn Session, opening: &Opening<'_>) -> Done<()> {
        session.begin(&Limits { lock_timeout: opening.lock, statement_timeout: opening.statement, ..Limits::default() })?;
        let role = opening.role.map(|role| format!("SET LOCAL ROLE {}", quoted(role)));
        let set = opening
            .settings
            .iter()
            .map(|(name, value)| format!("SELECT pg_catalog.set_config({}, {}, true)", literal(name), literal(value)));
        for statement in set.chain(role) {
            asked(session, &statement)?;
        }
        Ok(())
    }

    fn standing(&self, session: &mut dyn Session) -> Done<Standing> {
        // Outside of a transaction a savepoint is refused, and in a failed one everything is.
        match session.run("SAVEPOINT evenkeel_standing")? {
            Answer::Ran(_) => Ok(Standing::Open),
            Answer::Refused(refused) if refused.code == FAILED => Ok(Standing::Failed),
            Answer::Refused(refused) if refused.code == NO_TRANSACTION => Ok(Standing::None),
            Answer::Refused(refused) => Err(untold(&format!("{} ({})", refused.message, refused.code))),
        }
    }

    fn end(&self, session: &mut dyn Session, other: u64, whole: bool) -> Done<()> {
        let with = if whole { "pg_terminate_backend" } else { "pg_cancel_backend" };
        asked(session, &format!("SELECT pg_catalog.{with}({other})")).map(drop)
    }

    fn said(&self, refused: &Refused) -> String {
        let Refused { code, message, .. } = refused;
        format!("{} ({code})", discreet::words(code, message))
    }

    fn is_bound(&self, code: &str) -> bool {
        BOUND.contains(&code)
    }
}

/// What is written is written twice: to files, and to the log.
const TWICE: u64 = 2;

fn writes(trace: &Trace, rooms: &BTreeMap<String, Room>) -> Result<u64, String> {
    let room = |name: &String| rooms.get(name).ok_or_else(|| format!("{}: how large {name} is there is not known", trace.place));
    let tables = || trace.locks.iter().filter(|lock| !lock.fresh && lock.kind == Sort::Table.name());
    let written: BTreeSet<&String> = tables().filter(|lock| lock.mode == WRITES).map(|lock| &lock.relation).collect();
    let read: BTreeSet<&String> =
        tables().filter(|lock| lock.mode == READS && !written.contains(&lock.relation)).map(|lock| &lock.relation).collect();
    let sum = |names: BTreeSet<&String>, of: fn(&Room) -> u64| {
        names.into_iter().try_fold(0_u64, |sum, name| Ok::<u64, String>(sum.saturating_add(of(room(name)?))))
    };
    let bytes = match trace.class {
        Class::Rewrite => sum(trace.rewrites.iter().chain(&trace.grows_with).collect(), |room| room.all)?,
        Class::IndexBuild => sum(trace.grows_with.iter().collect(), |room| room.own)?,
        // Every row may be another one afterwards, or each row that is read one more.
        Class::Data if matches!(trace.tag.as_str(), "INSERT" | "COPY" | "SELECT" | "LOCK") => sum(read, |room| room.own)?,
        Class::Data => sum(written.into_iter().chain(read).collect(), |room| room.all)?,
        Class::CatalogOnly | Class::Scan | Class::Validation | Class::WaitsOnly if MAKES_ROWS.iter().any(|tag| trace.tag == *tag) => {
            sum(read, |room| room.own)?
        }
        Class::CatalogOnly | Class::Scan | Class::Validation | Class::WaitsOnly => 0,
        Class::Unknown => return Err(format!("{}: nobody knows what it writes", trace.place)),
    };
    Ok(bytes.saturating_mul(TWICE).saturating_add(trace.log_bytes))
}

/// How the server calls the locks of who reads and of who changes rows.
const READS: &str = "ACCESS SHARE";
const WRITES: &str = "ROW EXCLUSIVE";
/// Definitions that may be of rows that are read.
const MAKES_ROWS: &[&str] = &["CREATE TABLE", "CREATE MATERIALIZED VIEW", "SELECT", "WITH"];

/// A function that a text may run and that nobody knows.
fn called(session: &mut dyn Session, names: &Names) -> Done<Option<String>> {
    let list = |names: &BTreeSet<String>| array(names.iter().map(String::as_str));
    let sql = include_str!("called.sql").replace("{calls}", &list(&names.calls)).replace("{names}", &list(&names.all));
    let rows = asked(session, &format!("{KNOWN}{sql}"))?;
    Ok(rows.first().map(|row| text(row, 0).to_owned()))
}

/// What hangs on the relations of a statement and runs with it.
fn reached(session: &mut dyn Session, meant: &Meant<'_>) -> Done<Option<String>> {
    if let Some(odd) = meant.touched.iter().find(|name| shown_parts(name).is_none_or(|parts| parts.len() != 2)) {
        return Ok(Some(format!("it touches {odd}, and nobody can say what hangs on it")));
    }
    let sql = of_relations(include_str!("reached.sql"), meant.touched).replace("{data}", if meant.is_data { "true" } else { "false" });
    let rows: Vec<String> = asked(session, &format!("{KNOWN}{sql}"))?.iter().map(|row| text(row, 0).to_owned()).collect();
    Ok((!rows.is_empty()).then(|| format!("it may run what hangs on its tables: {}", few(&rows))))
}

/// A statement about relations by their names as a person writes them.
fn of_relations(sql: &str, relations: &BTreeSet<String>) -> String {
    let parts: Vec<Vec<String>> = relations.iter().filter_map(|name| shown_parts(name)).filter(|parts| parts.len() == 2).collect();
    let part = |at: usize| array(parts.iter().filter_map(|parts| parts.get(at)).map(String::as_str));
    sql.replace("{schemas}", &part(0)).replace("{names}", &part(1))
}

fn array<'t>(texts: impl Iterator<Item = &'t str>) -> String {
    format!("ARRAY[{}]", texts.map(literal).collect::<Vec<_>>().join(", "))
}

/// The first of several names.
fn few(all: &[String]) -> String {
    const NAMED: usize = 3;
    let more = if all.len() > NAMED { format!(" and {} more", all.len() - NAMED) } else { String::new() };
    format!("{}{more}", all.iter().take(NAMED).cloned().collect::<Vec<_>>().join("; "))
}

fn untold(found: &str) -> Box<Trouble> {
    Box::new(Trouble::new(Fault::CouldNotTell, "what runs in place cannot be looked after").found(found))
}

fn asked(session: &mut dyn Session, sql: &str) -> Done<Vec<Row>> {
    match session.run(sql)? {
        Answer::Ran(ran) => Ok(ran.rows),
        Answer::Refused(refused) => Err(untold(&format!("{} ({})", refused.message, refused.code))),
    }
}

fn text(row: &[Option<String>], at: usize) -> &str {
    row.get(at).and_then(Option::as_deref).unwrap_or_default()
}

fn number(row: &[Option<String>], at: usize) -> Option<u64> {
    text(row, at).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_says_nothing_that_was_in_a_row() {
        let said = |code: &str, message: &str| {
            PostgresRollback.said(&Refused { code: code.to_owned(), message: message.to_owned(), position: None })
        };
        let unique = "could not create unique index \"i\" (Key (mail)=(ann@example.com) is duplicated.)";
        assert_eq!(said("23505", unique), "could not create unique index \"i\" (23505)");
        for (code, message) in [
            ("22P02", "invalid input syntax for type integer: \"ann\""),
            ("22001", "value too long: ann"),
            ("P0001", "ann is not allowed"),
            ("XX000", "ann"),
            ("23502", "column \"a\" contains null values (Failing row contains (1, ann).)"),
        ] {
            assert!(!said(code, message).contains("ann") && said(code, message).contains(code), "{}", said(code, message));
        }
        assert_eq!(said("42P01", "relation \"x\" does not exist"), "relation \"x\" does not exist (42P01)");
    }
}
