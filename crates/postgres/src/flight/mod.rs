//! What is in flight: locks of migration tools and of evenkeel (`number` knows whose they are), definitions that are being changed,
//! builds, transactions that were prepared.

pub mod noticed;
pub mod number;
pub mod origin;
pub mod probe;
pub mod vitals;

use crate::capture::render;
use crate::connect::{Limits, Target, connect};
use crate::flavor::major_of;
use evenkeel_core::fault::{Trouble, Troublesome};
use evenkeel_core::port::{Flights, Tool};
use tokio_postgres::{Row, SimpleQueryMessage};

/// Everything that is in flight in the database.
///
/// # Errors
/// The server cannot be reached, or goes away.
pub async fn all(target: &Target, limits: &Limits, besides: &[u64], tables: &[Tool<'_>]) -> Result<Flights, Box<Trouble>> {
    let words = |fault: crate::connect::Fault| Box::new(fault.trouble());
    let session = connect(target).await.map_err(words)?;
    session.begin_read_only(limits, None).await.map_err(words)?;
    let doing = "looking what is in flight";
    let rows = session.client.query_typed(&render(include_str!("sessions.sql"), major_of(session.server_version_num)), &[]).await;
    let rows = rows.map_err(|error| words(session.fault(&error, doing)))?;
    session.end().await.map_err(words)?;
    let database = target.describe().dbname.value.clone();
    let mut flights = Flights::default();
    let is_ours = |row: &&Row| {
        let pid = row.try_get::<_, Option<i64>>("pid").ok().flatten().and_then(|pid| u64::try_from(pid).ok());
        pid.is_some_and(|pid| besides.contains(&pid))
    };
    for row in rows.iter().filter(|row| !is_ours(row)) {
        told(row, (&database, tables), &mut flights).map_err(|error| words(session.fault(&error, doing)))?;
    }
    Ok(flights)
}

/// How many rows a query has; what the server says where it refuses it.
///
/// # Errors
/// The server cannot be reached, or goes away.
pub async fn rows(target: &Target, query: &str, limits: &Limits) -> Result<Result<usize, String>, Box<Trouble>> {
    let words = |fault: crate::connect::Fault| Box::new(fault.trouble());
    let session = connect(target).await.map_err(words)?;
    session.begin_read_only(limits, None).await.map_err(words)?;
    let said = match session.client.simple_query(query).await {
        Ok(messages) => Ok(messages.iter().filter(|message| matches!(message, SimpleQueryMessage::Row(_))).count()),
        Err(error) => match error.as_db_error() {
            Some(said) => Err(format!("{} ({})", said.message(), said.code().code())),
            None => return Err(words(session.fault(&error, "asking a query"))),
        },
    };
    session.end().await.map_err(words)?;
    Ok(said)
}

fn told(row: &Row, (database, tables): (&str, &[Tool<'_>]), flights: &mut Flights) -> Result<(), tokio_postgres::Error> {
    let what: &str = row.try_get("what")?;
    let (pid, key): (Option<i64>, Option<i64>) = (row.try_get("pid")?, row.try_get("key")?);
    let (who, state, doing): (Option<&str>, Option<&str>, Option<&str>) =
        (row.try_get("who")?, row.try_get("state")?, row.try_get("doing")?);
    let since = row.try_get::<_, Option<i64>>("seconds")?.map(|seconds| format!(" for {seconds} s")).unwrap_or_default();
    let pid = pid.unwrap_or_default();
    let who = who.filter(|who| !who.is_empty()).map(|who| format!(", {who}")).unwrap_or_default();
    let state = state.map(|state| format!(", {state}")).unwrap_or_default();
    match (what, key) {
        ("advisory", Some(key)) => {
            if let Some(tool) = number::whose(key, database, tables) {
                flights.seen.push(format!("the advisory lock of {tool} ({key}) is held by process {pid}{who}{state}{since}"));
            }
        }
        ("definition", _) => {
            let waits_for = row.try_get::<_, Option<&str>>("waits_for")?.filter(|pids| !pids.is_empty());
            let waits_for = waits_for.map(|pids| format!("; it waits for process {pids}")).unwrap_or_default();
            let waiting = match row.try_get::<_, Option<i64>>("waiting")? {
                None | Some(0) => String::new(),
                Some(1) => "; one other waits for it".to_owned(),
                Some(count) => format!("; {count} others wait for it"),
            };
            let doing = doing.unwrap_or("what nobody else sees yet");
            flights.seen.push(format!("process {pid}{who} changes definitions ({doing}){state}{since}{waits_for}{waiting}"));
        }
        ("build", _) => flights.seen.push(format!("process {pid} builds an index on {}{who}{state}", doing.unwrap_or_default())),
        ("prepared", _) => flights
            .seen
            .push(format!("the transaction {} was prepared{since} and is neither committed nor rolled back", doing.unwrap_or_default())),
        _ => flights.hidden.push("what sessions of other roles do is not seen: GRANT pg_read_all_stats".to_owned()),
    }
    Ok(())
}
