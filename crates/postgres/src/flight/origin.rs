//! When something became as it is, and whose work that was: the age of the catalog's rows beside those of the record, the owner, and
//! statements that `pg_stat_statements` has seen. Neighbour: `flight`, what is going on now.
//! <https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-COMMIT-TIMESTAMP>

use super::noticed::PLACE;
use crate::capture::render;
use crate::connect::{Session, Target, connect};
use crate::flavor::major_of;
use crate::ident::{Ident, quoted};
use evenkeel_core::fault::{Trouble, Troublesome};
use evenkeel_core::history::effect::Spot;
use evenkeel_core::kind::Kind;
use evenkeel_core::port::origin::{first_words, own_name};
use evenkeel_core::port::{Moments, Origins, Sought};
use evenkeel_core::trace::has_word;
use std::collections::{BTreeMap, BTreeSet};
use tokio_postgres::types::Type;

const DOING: &str = "asking where something comes from";
/// Beyond that the age of a transaction means nothing: it was frozen, and its number may have been another's.
const OLDEST: i64 = 200_000_000;
/// What writes down who defines what, where somebody has made that.
const LOGS: &str = "SELECT e.evtname::pg_catalog.text AS name, e.evtfoid::pg_catalog.regprocedure::pg_catalog.text AS code \
                    FROM pg_catalog.pg_event_trigger e WHERE e.evtenabled <> 'D' AND e.evtevent IN ('ddl_command_end', 'sql_drop') \
                    ORDER BY 1";

/// A table of rows with a moment that the server itself prints.
const PLAIN: &str = "SELECT 1 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
                     JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid \
                     WHERE n.nspname = $1 AND c.relname = $2 AND a.attname = $3 AND c.relkind = 'r' AND a.atttypid IN (1114, 1184)";

/// What is known of everything that is asked about.
///
/// # Errors
/// The server cannot be reached, or goes away.
pub async fn all(target: &Target, sought: &Sought<'_>) -> Result<Origins, Box<Trouble>> {
    let words = |fault: crate::connect::Fault| Box::new(fault.trouble());
    let session = connect(target).await.map_err(words)?;
    session.begin_read_only(&sought.limits, None).await.map_err(words)?;
    let mut origins = Origins::none(sought.spots.len());
    let ages = ages(&session, sought.spots, &mut origins).await.map_err(|error| words(session.fault(&error, DOING)))?;
    let logs = session.client.query_typed(LOGS, &[]).await.map_err(|error| words(session.fault(&error, DOING)))?;
    for row in &logs {
        if let (Ok(name), Ok(code)) = (row.try_get::<_, String>("name"), row.try_get::<_, String>("code")) {
            origins
                .besides
                .push(format!("the event trigger {name} ({code}) sees definitions there: what it wrote down may say whose they are"));
        }
    }
    // What may be refused comes last, each by itself: who may not read it is told nothing by it.
    if session.client.batch_execute("SAVEPOINT asked").await.is_ok() && seen(&session, sought.spots, &mut origins).await.is_err() {
        session.client.batch_execute("ROLLBACK TO SAVEPOINT asked").await.map_err(|error| words(session.fault(&error, DOING)))?;
    }
    if let Some(ledger) = sought.ledger {
        _ = between(&session, ledger, &ages, &mut origins).await;
    }
    session.end().await.map_err(words)?;
    Ok(origins)
}

/// How the catalog keeps it: the sort, schema, name and part that `origin.sql` looks for.
fn sort(spot: &Spot) -> [&str; 4] {
    let part = |at| spot.identity.part(at);
    match spot.kind {
        Kind::Table | Kind::View | Kind::MaterializedView | Kind::Sequence | Kind::Index => ["relation", part(0), part(1), ""],
        Kind::Column => ["column", part(0), part(1), part(2)],
        Kind::Constraint => ["constraint", part(0), part(1), part(2)],
        Kind::Trigger => ["trigger", part(0), part(1), part(2)],
        Kind::Policy => ["policy", part(0), part(1), part(2)],
        Kind::Function | Kind::Procedure | Kind::Aggregate => ["routine", part(0), own_name(spot), ""],
        Kind::Enum | Kind::Domain | Kind::CompositeType | Kind::RangeType => ["type", part(0), part(1), ""],
        Kind::Schema => ["schema", "", part(0), ""],
        Kind::Extension => ["extension", "", part(0), ""],
        _ => ["", "", "", ""],
    }
}

/// The age of the transaction that wrote each, by its place.
async fn ages(session: &Session, spots: &[Spot], origins: &mut Origins) -> Result<BTreeMap<usize, i64>, tokio_postgres::Error> {
    let sorts: Vec<[&str; 4]> = spots.iter().map(sort).collect();
    let column = |at: usize| -> Vec<&str> { sorts.iter().map(|sort| sort.get(at).copied().unwrap_or_default()).collect() };
    let (sort, schema, name, part) = (column(0), column(1), column(2), column(3));
    let rows = session
        .client
        .query_typed(
            &render(include_str!("origin.sql"), major_of(session.server_version_num)),
            &[(&sort, Type::TEXT_ARRAY), (&schema, Type::TEXT_ARRAY), (&name, Type::TEXT_ARRAY), (&part, Type::TEXT_ARRAY)],
        )
        .await?;
    let mut ages = BTreeMap::new();
    for row in &rows {
        let place = usize::try_from(row.try_get::<_, i64>("place")?).ok().and_then(|place| place.checked_sub(1));
        let Some((place, told)) = place.and_then(|place| Some((place, origins.of.get_mut(place)?))) else { continue };
        // Of several that are called so nobody knows which is meant.
        if !told.is_empty() {
            ages.remove(&place);
            *told = vec!["several are called so".to_owned()];
            continue;
        }
        let (age, owner) = (row.try_get::<_, i64>("age")?, row.try_get::<_, String>("owner")?);
        told.push(format!("it belongs to {owner}"));
        match row.try_get::<_, Option<String>>("committed")? {
            Some(at) => told.push(format!("the catalog's row of it was last written at {at}")),
            None if (0..OLDEST).contains(&age) => _ = ages.insert(place, age),
            None => {}
        }
    }
    Ok(ages)
}

/// Statements that name it, by who sent them.
async fn seen(session: &Session, spots: &[Spot], origins: &mut Origins) -> Result<(), tokio_postgres::Error> {
    let place = session.client.query_typed(PLACE, &[]).await?;
    let Some(schema) = place.first().and_then(|row| row.try_get::<_, String>("schema").ok()) else { return Ok(()) };
    let query = format!(
        "SELECT DISTINCT r.rolname::pg_catalog.text AS who, s.query::pg_catalog.text AS query FROM {}.pg_stat_statements s \
         JOIN pg_catalog.pg_roles r ON r.oid = s.userid \
         WHERE s.dbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()) \
         AND s.query ~* '^\\s*(alter|create|comment|drop)\\M' ORDER BY 1, 2",
        quoted(&schema)
    );
    let rows = session.client.query_typed(&query, &[]).await?;
    let said: Vec<(String, String)> = rows.iter().filter_map(|row| Some((row.try_get("who").ok()?, row.try_get("query").ok()?))).collect();
    for (spot, told) in spots.iter().zip(&mut origins.of) {
        let naming = said.iter().filter(|(_, query)| has_word(query, own_name(spot)));
        let by: BTreeSet<String> = naming.map(|(who, query)| format!("{} by {who}", first_words(query))).collect();
        if !by.is_empty() {
            let by: Vec<String> = by.into_iter().collect();
            told.push(format!("pg_stat_statements has seen statements that name it: {}", by.join(", ")));
        }
    }
    Ok(())
}

/// Between which rows of the record it came.
async fn between(
    session: &Session,
    ledger: Moments<'_>,
    ages: &BTreeMap<usize, i64>,
    origins: &mut Origins,
) -> Result<(), tokio_postgres::Error> {
    // Nothing that the table's owner has made is run: no cast of its own, no view, no policy.
    let is_plain =
        session.client.query_typed(PLAIN, &[(&ledger.schema, Type::TEXT), (&ledger.table, Type::TEXT), (&ledger.at, Type::TEXT)]).await?;
    if is_plain.is_empty() || ages.is_empty() {
        return Ok(());
    }
    session.client.batch_execute("SET LOCAL row_security = off").await?;
    let asked: Vec<i64> = ages.values().copied().collect();
    let at = format!("l.{}", Ident(ledger.at));
    let query = format!(
        "SELECT q.age, pg_catalog.max({at}::pg_catalog.text) FILTER (WHERE pg_catalog.age(l.xmin) = q.age) AS at_once, \
         pg_catalog.max({at}::pg_catalog.text) FILTER (WHERE pg_catalog.age(l.xmin) > q.age) AS behind, \
         pg_catalog.min({at}::pg_catalog.text) FILTER (WHERE pg_catalog.age(l.xmin) < q.age) AS before \
         FROM unnest($1::pg_catalog.int8[]) AS q (age) CROSS JOIN {}.{} AS l GROUP BY 1",
        Ident(ledger.schema),
        Ident(ledger.table)
    );
    let rows = session.client.query_typed(&query, &[(&asked, Type::INT8_ARRAY)]).await?;
    for row in &rows {
        let age: i64 = row.try_get("age")?;
        let moment = |name: &str| row.try_get::<_, Option<String>>(name);
        let words = match (moment("at_once")?, moment("behind")?, moment("before")?) {
            (Some(at), ..) => format!("it was last changed in the transaction that recorded a migration at {at}"),
            (None, Some(behind), Some(before)) => {
                format!("it was last changed after the migration recorded at {behind} and before that of {before}")
            }
            (None, Some(behind), None) => format!("it was last changed after the last migration was recorded ({behind})"),
            (None, None, Some(before)) => format!("it was last changed before the first migration was recorded ({before})"),
            (None, None, None) => continue,
        };
        for (place, _) in ages.iter().filter(|(_, own)| **own == age) {
            if let Some(told) = origins.of.get_mut(*place) {
                told.push(words.clone());
            }
        }
    }
    Ok(())
}
