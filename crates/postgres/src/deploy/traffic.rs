//! What a deployment would meet on a server. Neighbour: `flight`, what is in flight.

use crate::claim::writable;
use crate::connect::{Fault, Limits, Session, Target, connect};
use evenkeel_core::fault::{Class, Trouble, Troublesome};
use evenkeel_core::port::{Confirming, Traffic};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio_postgres::types::Type;

/// What the role lacks that does not see how old transactions are, or how far replicas are behind.
const UNSEEN: &str = "how long transactions of other roles are open, and how far replicas are behind, is not seen: GRANT pg_read_all_stats";

/// A replica that is there tells within this how far it is; so often, and with that pause, it is asked once more.
const AGAIN: u32 = 3;
const PAUSE: Duration = Duration::from_millis(100);

/// Looks at everything at the same time; once more where a replica has not told yet how far it is.
///
/// # Errors
/// The server cannot be reached, or goes away.
pub async fn look(target: &Target, tables: &[(String, String)], limits: &Limits) -> Result<Traffic, Box<Trouble>> {
    let words = |fault: Fault| Box::new(fault.trouble());
    let session = connect(target).await.map_err(words)?;
    writable(&session, target)?;
    session.begin_read_only(limits, None).await.map_err(words)?;
    let (schemas, names): (Vec<&str>, Vec<&str>) = tables.iter().map(|(schema, name)| (schema.as_str(), name.as_str())).unzip();
    let mut left = AGAIN;
    let mut signs = Signs::default();
    let traffic = loop {
        let (traffic, is_told) = once(&session, &schemas, &names, &mut signs).await.map_err(words)?;
        if is_told || left == 0 {
            break traffic;
        }
        left -= 1;
        tokio::time::sleep(PAUSE).await;
    };
    session.end_well().await.map_err(words)?;
    Ok(traffic)
}

/// When replicas gave a sign at the first look, each by its own clock, which may be another's than the server's: one that has given another
/// since is not silent, whatever the clocks say.
#[derive(Default)]
struct Signs(BTreeMap<String, String>);

impl Signs {
    /// Whether a replica has given another sign than at the first look.
    fn moved(&mut self, sign: Option<&str>) -> bool {
        let Some((of, at)) = sign.and_then(|sign| sign.split_once(' ')) else { return false };
        let first = self.0.entry(of.to_owned()).or_insert_with(|| at.to_owned());
        first != at
    }
}

/// What is there now, and whether all replicas have told how far they are.
async fn once(session: &Session, schemas: &[&str], names: &[&str], signs: &mut Signs) -> Result<(Traffic, bool), Fault> {
    let doing = "looking what a deployment would meet";
    let rows = session
        .client
        .query_typed(include_str!("traffic.sql"), &[(&schemas, Type::TEXT_ARRAY), (&names, Type::TEXT_ARRAY)])
        .await
        .map_err(|error| session.fault(&error, doing))?;
    let mut traffic = Traffic::default();
    let (mut is_told, mut is_hidden) = (true, false);
    for row in &rows {
        let told = || -> Result<_, tokio_postgres::Error> {
            Ok((row.try_get::<_, String>("what")?, row.try_get::<_, Option<String>>("who")?, row.try_get::<_, Option<f64>>("seconds")?))
        };
        let (what, who, seconds) = told().map_err(|error| session.fault(&error, doing))?;
        let most = row.try_get::<_, Option<i64>>("most").ok().flatten().and_then(|most| u64::try_from(most).ok());
        let who = who.unwrap_or_default();
        let as_time = |seconds: f64| Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or(Duration::MAX);
        let time = seconds.map(as_time);
        let is_alive = signs.moved(row.try_get::<_, Option<&str>>("sign").ok().flatten());
        let own = row.try_get::<_, Option<f64>>("own").ok().flatten().map(as_time);
        match (what.as_str(), most) {
            ("copy", _) => traffic.copies.push(who),
            ("blocked", _) => traffic.blocked.push((time, who)),
            ("transaction", _) => {
                is_hidden |= time.is_none();
                traffic.transactions.push((time, who));
            }
            // It speaks, and says how far it is: that its clock is another is no matter.
            ("replica", Some(_)) if is_alive && own.is_some() => traffic.replicas.push((own, who)),
            ("replica", Some(bytes)) => {
                is_told = false;
                traffic.replicas.push((time, format!("{who}, {bytes} bytes behind")));
            }
            ("replica", None) => {
                is_hidden |= time.is_none();
                traffic.replicas.push((time, who));
            }
            ("confirming", Some(wanted)) => {
                is_hidden |= time.is_none();
                traffic.confirming = Some(Confirming { named: who, wanted, there: time.map(|there| there.as_secs()) });
            }
            // A number of sessions.
            _ => traffic.connections = time.map(|time| time.as_secs()).zip(most),
        }
    }
    if is_hidden {
        traffic.hidden.push(UNSEEN.to_owned());
    }
    Ok((traffic, is_told))
}

/// Sessions of these roles on the database, but for our own.
///
/// # Errors
/// The server cannot be reached, or goes away; there is no such role.
pub async fn sessions_of(target: &Target, roles: &[String], limits: &Limits) -> Result<Vec<String>, Box<Trouble>> {
    // Whose a session is, is seen by everybody. Ours are called so, and stand on the server under roles that the application may have.
    const QUERY: &str = "SELECT n.name, r.oid IS NOT NULL AS is_there, pg_catalog.concat_ws(', ', 'process ' || a.pid, r.rolname, \
         NULLIF(a.application_name, '')) AS who, a.pid IS NOT NULL AS is_session FROM pg_catalog.unnest($1::pg_catalog.text[]) AS n (name) \
         LEFT JOIN pg_catalog.pg_roles AS r ON r.rolname = n.name LEFT JOIN pg_catalog.pg_stat_activity AS a ON a.usesysid = r.oid \
         AND a.datname = pg_catalog.current_database() AND a.pid <> pg_catalog.pg_backend_pid() \
         AND COALESCE(a.application_name, '') <> 'evenkeel' AND COALESCE(a.application_name, '') NOT LIKE 'evenkeel run %' ORDER BY 1, 3";
    let words = |fault: Fault| Box::new(fault.trouble());
    let doing = "looking for sessions of the application";
    let session = connect(target).await.map_err(words)?;
    session.begin_read_only(limits, None).await.map_err(words)?;
    let rows = session.client.query_typed(QUERY, &[(&roles, Type::TEXT_ARRAY)]).await;
    let rows = rows.map_err(|error| words(session.fault(&error, doing)))?;
    session.end_well().await.map_err(words)?;
    let mut sessions = Vec::new();
    for row in &rows {
        let told = || -> Result<(String, bool, String, bool), tokio_postgres::Error> {
            Ok((row.try_get("name")?, row.try_get("is_there")?, row.try_get("who")?, row.try_get("is_session")?))
        };
        let (name, is_there, who, is_session) = told().map_err(|error| words(session.fault(&error, doing)))?;
        if !is_there {
            let trouble = Trouble::new(Class::CouldNotTell, format!("whether {name} has sessions cannot be told"));
            let trouble = trouble.expected("a role of the server").found("no such role").origin("application_roles under [rollback]");
            return Err(Box::new(trouble.fix("write it as the server has it: \\du")));
        }
        sessions.extend(is_session.then_some(who));
    }
    Ok(sessions)
}

/// How long a session waits for a lock where nobody sets anything but the server, the database or the role; nothing where that is for ever,
/// or the connection text says it.
///
/// # Errors
/// The server cannot be reached, or goes away.
pub async fn own_bound(target: &Target) -> Result<Option<Duration>, Box<Trouble>> {
    const QUERY: &str =
        "SELECT CASE WHEN source <> 'client' THEN setting::pg_catalog.int8 END FROM pg_catalog.pg_settings WHERE name = 'lock_timeout'";
    let words = |fault: Fault| Box::new(fault.trouble());
    let session = connect(target).await.map_err(words)?;
    let rows = session.client.query_typed(QUERY, &[]).await;
    let rows = rows.map_err(|error| words(session.fault(&error, "asking how long sessions wait")))?;
    let ms = rows.first().and_then(|row| row.try_get::<_, Option<i64>>(0).ok().flatten()).and_then(|ms| u64::try_from(ms).ok());
    Ok(ms.filter(|ms| *ms > 0).map(Duration::from_millis))
}

/// The course of things that the server is on; nothing where it does not say.
///
/// # Errors
/// The server cannot be reached.
pub async fn course(target: &Target) -> Result<Option<String>, Box<Trouble>> {
    let session = connect(target).await.map_err(|fault: Fault| Box::new(fault.trouble()))?;
    let rows = session.client.query_typed(include_str!("course.sql"), &[]).await.unwrap_or_default();
    Ok(rows.first().and_then(|row| row.try_get::<_, Option<String>>(0).ok().flatten()))
}

#[cfg(test)]
mod tests {
    use super::Signs;

    #[test]
    fn a_sign_is_another_than_the_first_whatever_the_clocks_say() {
        let mut signs = Signs::default();
        // Another process is another replica; no sign at all is none.
        let given = [Some("1 100.5"), Some("2 900.5"), Some("1 100.5"), None, Some("x"), Some("2 900.6"), Some("1 100.5"), Some("2 900.5")];
        let moved: Vec<bool> = given.iter().map(|sign| signs.moved(*sign)).collect();
        assert_eq!(moved, [false, false, false, false, false, true, false, false]);
    }
}
