//! Sessions for texts that nobody vouches for: an account that may do everything in one database and nothing beside it.
//!
//! It has no privilege of the server: no files (`LOAD DATA INFILE`, `INTO OUTFILE`), accounts, plugins, global variables, shutdown, and
//! no other database; nor may it name another account as a definer. What it makes of its own account is set back each time.
//! <https://dev.mysql.com/doc/refman/en/privileges-provided.html>

use super::Scratch;
use super::fault::Fault;
use super::session::Session;
use crate::ident::{Ident, Literal};
use evenkeel_core::port::Confined;

/// The account; it is on throwaway servers alone.
const ACCOUNT: &str = "evenkeel_replay";

/// For so long, in seconds, its own statements wait for what others hold.
const PATIENCE: u32 = 60;

/// What a text left prepared for another to end is taken back: it would keep everybody from its tables, for as long as the server runs.
fn settle(own: &Session, is_mariadb: bool) -> Result<(), Fault> {
    own.exec(&format!("SET SESSION lock_wait_timeout = {PATIENCE}"))?;
    // MariaDB has words of its own for what it lets live on.
    if is_mariadb {
        for row in own.query_text("XA RECOVER FORMAT = 'SQL'")? {
            let Some(Some(name)) = row.last() else { continue };
            own.exec(&format!("XA ROLLBACK {name}"))?;
        }
        return Ok(());
    }
    for row in own.query_text("XA RECOVER CONVERT XID")? {
        let [Some(format), Some(global), Some(branch), Some(data)] = row.as_slice() else { continue };
        let (Ok(global), Some(hex)) = (global.parse::<usize>(), data.strip_prefix("0x")) else { continue };
        let (global, rest) = hex.split_at_checked(global * 2).unwrap_or((hex, ""));
        let (Ok(format), Ok(branch)) = (format.parse::<u64>(), branch.parse::<usize>()) else { continue };
        let branch = rest.get(..branch * 2).unwrap_or_default();
        own.exec(&format!("XA ROLLBACK X'{global}', X'{branch}', {format}"))?;
    }
    Ok(())
}

/// Opens one. The account, and those that are named, are made where they are not there yet.
pub(super) fn open(scratch: &Scratch, database: &str, confined: &Confined) -> Result<Session, Fault> {
    let own = scratch.session("")?;
    let account = format!("{}@'localhost'", Literal(ACCOUNT));
    // In GRANT the name of a database is a pattern.
    let place = database.replace('_', "\\_").replace('%', "\\%");
    settle(&own, scratch.binaries.flavor.is_mariadb())?;
    own.exec(&format!("CREATE DATABASE IF NOT EXISTS {}", Ident(database)))?;
    own.exec(&format!("CREATE USER IF NOT EXISTS {account}"))?;
    own.exec(&format!("ALTER USER {account} IDENTIFIED BY ''"))?;
    own.exec(&format!("GRANT ALL PRIVILEGES ON {}.* TO {account} WITH GRANT OPTION", Ident(&place)))?;
    for role in &confined.roles {
        // Nobody comes in as one of them; places and marks are no names.
        let made = match role.rsplit_once('@') {
            Some((user, host)) if !user.is_empty() && user != super::SUPERUSER && user != ACCOUNT => {
                format!("CREATE USER IF NOT EXISTS {}@{} ACCOUNT LOCK", Literal(user), Literal(host))
            }
            None if role != "PUBLIC" && role != super::SUPERUSER => format!("CREATE ROLE IF NOT EXISTS {}", Literal(role)),
            _ => continue,
        };
        // One that this server cannot have is missed by the file that names it, which is told then.
        match own.exec(&made) {
            Ok(()) | Err(Fault::Sql { .. }) => {}
            Err(fault) => return Err(fault),
        }
    }
    let session = Session::open_as(ACCOUNT, &scratch.display(), &scratch.socket(), database)?;
    for (name, value) in &confined.settings {
        session.exec(&format!("SET SESSION {} = {}", Ident(name), Literal(value)))?;
    }
    Ok(session)
}
