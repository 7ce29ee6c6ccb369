//! What a deployment would meet on a server. Neighbour: `flight`, what is in flight.

use crate::capture::access::Access;
use crate::connect::rows::Row;
use crate::connect::{Fault, Limits, Target, connect};
use evenkeel_core::fault::{Class, Trouble, Troublesome};
use evenkeel_core::port::Traffic;
use std::time::Duration;

const DOING: &str = "looking what a deployment would meet";
/// How dumps and backups ask: mysqldump and its likes mark what they read, backups stop what is written.
const COPYING: [&str; 5] = ["SQL_NO_CACHE", "FLUSH TABLES WITH READ LOCK", "BACKUP STAGE", "LOCK INSTANCE FOR BACKUP", "BACKUP LOCK"];
/// What sends its log to a replica.
const SENDING: &str = "Binlog Dump";

/// Looks once. Which tables a transaction holds not every server says, so that all of the database count.
///
/// # Errors
/// The server cannot be reached, lets nobody write, or goes away.
pub async fn look(target: &Target, limits: &Limits) -> Result<Traffic, Box<Trouble>> {
    let words = |fault: Fault| Box::new(fault.trouble());
    let mut session = connect(target).await.map_err(words)?;
    if session.is_read_only {
        let trouble =
            Trouble::new(Class::Configuration, format!("nothing can be written to {target}")).expected("a source that takes writes");
        return Err(Box::new(trouble.found("read_only is on").fix("name the source in `url`")));
    }
    session.begin_read_only(limits).await.map_err(words)?;
    let access = Access::read(&mut session).await.map_err(words)?;
    let sees_all = access.on_server("PROCESS");
    let sessions = session.rows("SHOW FULL PROCESSLIST", DOING).await.map_err(words)?;
    let open = match sees_all {
        true => session.rows(include_str!("open.sql"), DOING).await.map_err(words)?,
        false => Vec::new(),
    };
    let waits = match sees_all {
        true => session.rows(include_str!("waits.sql"), DOING).await.map_err(words)?,
        false => Vec::new(),
    };
    let own = u64::from(session.connection_id());
    let vitals = session.rows("SHOW GLOBAL STATUS LIKE 'Threads_connected'", DOING).await.map_err(words)?;
    let most = session.rows("SELECT @@GLOBAL.max_connections", DOING).await.map_err(words)?;
    session.end_well().await.map_err(words)?;
    session.close().await;
    let database = target.describe().database.value.clone();
    let mut traffic = Traffic::default();
    let text = |row: &Row, name: &str| row.position(name).and_then(|at| row.text(at).ok().flatten()).unwrap_or_default().into_string();
    let is_ours = |row: &Row| database.is_empty() || text(row, "db").is_empty() || text(row, "db").eq_ignore_ascii_case(&database);
    for row in sessions.iter().filter(|row| text(row, "Id").parse() != Ok(own)) {
        let (info, command) = (text(row, "Info"), text(row, "Command"));
        let who = format!("connection {} of {}", text(row, "Id"), text(row, "User"));
        let state = text(row, "State");
        if is_ours(row) && state.starts_with("Waiting for ") && state.ends_with("metadata lock") {
            traffic.blocked.push((text(row, "Time").parse().ok().map(Duration::from_secs), who.clone()));
        }
        if command.starts_with(SENDING) {
            traffic.replicas.push((None, format!("{who}, a replica: how far it is behind its source does not say")));
        } else if is_ours(row) && COPYING.iter().any(|mark| info.to_uppercase().contains(mark)) {
            traffic.copies.push(who);
        }
    }
    for row in &open {
        let id = text(row, "connection");
        let here = sessions.iter().find(|session| text(session, "Id") == id);
        // Whatever database a session has by default, it may hold tables of this one.
        if id.parse() == Ok(own) {
            continue;
        }
        let seconds = text(row, "seconds").parse::<u64>().ok().map(Duration::from_secs);
        let who = here.map(|session| text(session, "User")).unwrap_or_else(|| "an account that is not seen".to_owned());
        traffic.transactions.push((seconds, format!("connection {id} of {who}")));
    }
    for row in &waits {
        let seconds = text(row, "seconds").parse::<u64>().ok().map(Duration::from_secs);
        traffic.blocked.push((seconds, format!("connection {}, which waits for rows", text(row, "connection"))));
    }
    if !sees_all {
        traffic.blocked.push((None, "sessions of other accounts, which are not seen".to_owned()));
        let account = &access.account;
        let host = account.host.as_deref().unwrap_or("%");
        let cure = format!("GRANT PROCESS ON *.* TO '{}'@'{host}'", account.user);
        traffic.transactions.push((None, "transactions of other accounts are not seen".to_owned()));
        traffic.hidden.push(cure);
    }
    let number = |row: Option<&Row>, at: usize| row.and_then(|row| row.text(at).ok().flatten()).and_then(|text| text.parse::<u64>().ok());
    traffic.connections = number(vitals.first(), 1).zip(number(most.first(), 0));
    Ok(traffic)
}

/// Sessions of these accounts that are on the database, or on none, in words. An account that is not there, or is our own, is an error, and
/// so is what is not seen.
///
/// # Errors
/// The server cannot be reached, or goes away; nobody can tell.
pub async fn sessions_of(target: &Target, accounts: &[String], limits: &Limits) -> Result<Vec<String>, Box<Trouble>> {
    const DOING: &str = "looking for sessions of the application";
    const ORIGIN: &str = "application_roles under [rollback]";
    let words = |fault: Fault| Box::new(fault.trouble());
    let mut session = connect(target).await.map_err(words)?;
    session.begin_read_only(limits).await.map_err(words)?;
    let access = Access::read(&mut session).await.map_err(words)?;
    let untold = |what: &str, found: String, fix: String| {
        let trouble = Trouble::new(Class::CouldNotTell, format!("whether {what} has sessions cannot be told"));
        Box::new(trouble.found(found).origin(ORIGIN).fix(fix))
    };
    let own = access.account.user.clone();
    if !access.on_server("PROCESS") {
        let host = access.account.host.as_deref().unwrap_or("%");
        let cure = format!("GRANT PROCESS ON *.* TO '{own}'@'{host}'");
        return Err(untold("the application", "sessions of other accounts are not seen".to_owned(), cure));
    }
    let known = session.rows("SELECT DISTINCT user FROM mysql.user", DOING).await;
    let sessions = session.rows("SHOW PROCESSLIST", DOING).await.map_err(words)?;
    session.end_well().await.map_err(words)?;
    session.close().await;
    let known = known.map_err(|fault| {
        let cure = format!("GRANT SELECT ON mysql.user TO the account {own}");
        untold("the application", fault.trouble().to_string(), cure)
    })?;
    let first = |row: &Row| row.text(0).ok().flatten().unwrap_or_default().into_string();
    let known: Vec<String> = known.iter().map(first).collect();
    for account in accounts {
        if *account == own {
            let found = "it is the account by which evenkeel works, too: their sessions are not told apart".to_owned();
            return Err(untold(account, found, "an account for each of them".to_owned()));
        }
        if !known.contains(account) {
            return Err(untold(account, "no such account".to_owned(), "write it as the server has it, without its host".to_owned()));
        }
    }
    let database = target.describe().database.value.clone();
    let text = |row: &Row, name: &str| row.position(name).and_then(|at| row.text(at).ok().flatten()).unwrap_or_default().into_string();
    let is_here = |row: &Row| text(row, "db").is_empty() || text(row, "db").eq_ignore_ascii_case(&database);
    let of = |row: &&Row| accounts.contains(&text(row, "User")) && is_here(row);
    Ok(sessions.iter().filter(of).map(|row| format!("connection {} of {}", text(row, "Id"), text(row, "User"))).collect())
}

/// How long a session waits for a lock where nobody sets anything but the server: for definitions, and for rows.
///
/// # Errors
/// The server cannot be reached, or goes away.
pub async fn own_bound(target: &Target) -> Result<Option<Duration>, Box<Trouble>> {
    const QUERY: &str = "SELECT GREATEST(@@GLOBAL.lock_wait_timeout, @@GLOBAL.innodb_lock_wait_timeout)";
    let words = |fault: Fault| Box::new(fault.trouble());
    let mut session = connect(target).await.map_err(words)?;
    let rows = session.rows(QUERY, "asking how long sessions wait").await.map_err(words)?;
    session.close().await;
    let seconds = rows.first().and_then(|row| row.text(0).ok().flatten()).and_then(|text| text.parse().ok());
    Ok(seconds.map(Duration::from_secs))
}
