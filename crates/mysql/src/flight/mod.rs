//! What is in flight: locks of migration tools and of evenkeel, definitions that are being changed, sessions that wait for them.

pub mod name;
pub mod noticed;
pub mod origin;
pub mod vitals;

use crate::capture::access::Access;
use crate::connect::rows::Row;
use crate::connect::{Fault, Limits, Target, connect};
use crate::grammar::MysqlGrammar;
use evenkeel_core::fault::{Trouble, Troublesome};
use evenkeel_core::port::{Flights, Tool};
use evenkeel_core::statement::{Grammar, Nature, Piece};

const DOING: &str = "looking what is in flight";
/// A session's state while it waits for a definition that another changes or reads.
const WAITING: &str = "Waiting for table metadata lock";

/// Everything that is in flight in the database.
///
/// # Errors
/// The server cannot be reached, or goes away.
pub async fn all(target: &Target, limits: &Limits, besides: &[u64], tables: &[Tool<'_>]) -> Result<Flights, Box<Trouble>> {
    let words = |fault: Fault| Box::new(fault.trouble());
    let mut session = connect(target).await.map_err(words)?;
    session.begin_read_only(limits).await.map_err(words)?;
    let database = target.describe().database.value.clone();
    let locks = session.rows(&name::held(&database, tables), DOING).await.map_err(words)?;
    let sessions = session.rows("SHOW FULL PROCESSLIST", DOING).await.map_err(words)?;
    let waits = sessions.iter().any(|row| &*field(row, "State") == WAITING);
    let holders = match waits {
        true => held(session.rows(include_str!("holders.sql"), DOING).await).map_err(words)?,
        false => Vec::new(),
    };
    let access = Access::read(&mut session).await.map_err(words)?;
    let own = u64::from(session.connection_id());
    session.end().await.map_err(words)?;
    session.close().await;
    let mut flights = Flights::default();
    for row in &locks {
        let [tool, holder] = [0, 1].map(|at| row.text(at).ok().flatten().unwrap_or_default());
        if holder.parse().is_ok_and(|holder: u64| besides.contains(&holder)) {
            continue;
        }
        flights.seen.push(format!("the named lock of {tool} is held by connection {holder}"));
    }
    flights.seen.extend(sessions.iter().filter_map(|row| told(row, (own, besides), &database)));
    flights.seen.extend(holders.iter().filter_map(|row| {
        let [id, user, time, table] = [0, 1, 2, 3].map(|at| row.text(at).ok().flatten().unwrap_or_default());
        let is_ours = id.parse().is_ok_and(|id: u64| id == own || besides.contains(&id));
        (!is_ours).then(|| format!("connection {id} of {user}, since {time} s, holds the definition of {table}, for which others wait"))
    }));
    if !access.on_server("PROCESS") {
        let account = &access.account;
        let host = account.host.as_deref().unwrap_or("%");
        flights.hidden.push(format!("what sessions of other accounts do is not seen: GRANT PROCESS ON *.* TO '{}'@'{host}'", account.user));
    }
    Ok(flights)
}

fn field(row: &Row, name: &str) -> Box<str> {
    row.position(name).and_then(|at| row.text(at).ok().flatten()).unwrap_or_default()
}

/// Nobody, where the server does not tell: that others wait is told all the same.
fn held(asked: Result<Vec<Row>, Fault>) -> Result<Vec<Row>, Fault> {
    match asked {
        Err(Fault::Server { .. }) => Ok(Vec::new()),
        asked => asked,
    }
}

/// What a session of that database does, where it is about definitions.
fn told(row: &Row, (own, besides): (u64, &[u64]), database: &str) -> Option<String> {
    let text = |name: &str| field(row, name);
    let id = text("Id");
    // Names of databases may differ in case from how they are asked for.
    let is_ours = id.parse().is_ok_and(|id: u64| id == own || besides.contains(&id));
    if is_ours || !database.is_empty() && !text("db").eq_ignore_ascii_case(database) {
        return None;
    }
    let (info, state) = (text("Info"), text("State"));
    let pieces = MysqlGrammar.split(&info);
    let statement = pieces.iter().find_map(Piece::statement)?;
    let who = format!("connection {id} of {}, since {} s", text("User"), text("Time"));
    if statement.nature == Nature::Definition {
        let state = if state.is_empty() { String::new() } else { format!(": {state}") };
        return Some(format!("{who}, changes definitions ({}){state}", statement.tag));
    }
    (&*state == WAITING).then(|| format!("{who}, waits for a definition that is changed ({})", statement.tag))
}
