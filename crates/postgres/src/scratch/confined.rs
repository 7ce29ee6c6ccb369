//! Sessions for texts that nobody vouches for: a role that owns one database and may nothing beside it.
//!
//! It reads no files and starts no programs (it is in none of `pg_read_server_files`, `pg_execute_server_program`), makes no roles,
//! databases or untrusted functions, and reaches no other server: foreign data wrappers and subscriptions are a superuser's.
//! What a file needs beyond that, `grammar::errand` lists.

use super::Scratch;
use super::fault::Fault;
use super::session::Session;
use crate::ident::{Ident, literal};
use evenkeel_core::port::Confined;

/// The role; it is on throwaway servers alone.
const ROLE: &str = "evenkeel_replay";

/// Reads and writes rows; a member of all others, of which nobody is one.
pub(super) const ROWS: &str = "evenkeel_rows";

/// Held while roles are made ready.
pub(super) const PREPARING: u32 = 20_261_129;
/// What a text has set or made does not reach a session that makes something ready.
pub(super) const UNDISTURBED: &str = "SET search_path = pg_catalog; SET session_replication_role = replica; \
                                      SET default_transaction_read_only = off; SET lock_timeout = 0; SET statement_timeout = 0";

/// Opens one. The role and those that are named are made where they are not there yet.
pub(super) fn open(scratch: &Scratch, database: &str, confined: &Confined) -> Result<Session, Fault> {
    let role = role(scratch, database, confined)?;
    session(scratch, database, &role, &confined.settings)
}

/// Makes the role ready as which one is opened.
pub(super) fn role(scratch: &Scratch, database: &str, confined: &Confined) -> Result<String, Fault> {
    let own = scratch.session(database)?;
    if let Some(role) = &confined.role {
        return as_role(&own, database, role, confined);
    }
    // What an earlier text made does not run with the superuser's rights.
    own.exec("SET search_path = pg_catalog; SET session_replication_role = replica")?;
    let is_there = |role: &str| own.value(&format!("SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = {}", literal(role)));
    if is_there(ROLE)?.is_none() {
        own.exec(&format!("CREATE ROLE {} LOGIN", Ident(ROLE)))?;
    }
    // Before 15 the schema public is nobody's but the superuser's.
    own.exec(&format!("ALTER DATABASE {} OWNER TO {}", Ident(database), Ident(ROLE)))?;
    let has_public = own.value("SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = 'public' AND nspowner = 10")?;
    if has_public.is_some() {
        own.exec(&format!("ALTER SCHEMA public OWNER TO {}", Ident(ROLE)))?;
    }
    for role in &confined.roles {
        if is_there(role)?.is_none() {
            own.exec(&format!("CREATE ROLE {} NOLOGIN; GRANT {} TO {}", Ident(role), Ident(role), Ident(ROLE)))?;
        }
    }
    for schema in &confined.schemas {
        own.exec(&format!("CREATE SCHEMA IF NOT EXISTS {} AUTHORIZATION {}", Ident(schema), Ident(ROLE)))?;
    }
    Ok(ROLE.to_owned())
}

/// Makes the superuser's what the role has made in a database, and drops it.
pub(super) fn taken_over(scratch: &Scratch, database: &str) -> Result<(), Fault> {
    let own = scratch.session(database)?;
    if own.value(&format!("SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = {}", literal(ROLE)))?.is_none() {
        return Ok(());
    }
    // What was loaded may have triggers on definitions.
    own.exec("SET session_replication_role = replica; SET default_transaction_read_only = off")?;
    let (role, heir) = (Ident(ROLE), Ident(super::SUPERUSER));
    own.exec(&format!("REASSIGN OWNED BY {role} TO {heir}; DROP OWNED BY {role}; DROP ROLE {role}"))
}

pub(super) fn session(scratch: &Scratch, database: &str, role: &str, given: &[(String, String)]) -> Result<Session, Fault> {
    let session = Session::open(&scratch.display(), database, &super::conninfo_of(scratch.socket_dir(), database, role))?;
    for (name, value) in given {
        session.exec(&setting(name, value))?;
    }
    Ok(session)
}

/// What sets a setting of a session.
pub(super) fn setting(name: &str, value: &str) -> String {
    format!("SELECT pg_catalog.set_config({}, {}, false)", literal(name), literal(value))
}

/// Makes a role a member of all others, but of the one that writes rows.
pub(super) fn member(own: &Session, role: &str) -> Result<(), Fault> {
    own.exec(&include_str!("member.sql").replace("{role}", &literal(role)).replace("{not}", &literal(ROWS)))
}

/// As a role that is there, or as one in place of the superuser that made the server. No role but that superuser keeps what leads beyond
/// the server.
fn as_role(own: &Session, database: &str, role: &str, confined: &Confined) -> Result<String, Fault> {
    // Triggers on definitions do not run for what is prepared here, and what a text has set for the database does not bind it. One
    // after the other: two that alter a role at once are one too many.
    own.exec(UNDISTURBED)?;
    own.exec(&format!("SELECT pg_catalog.pg_advisory_lock({PREPARING})"))?;
    let is_there = |role: &str| own.value(&format!("SELECT 1 FROM pg_catalog.pg_roles WHERE oid <> 10 AND rolname = {}", literal(role)));
    let role = if is_there(role)?.is_some() { role } else { ROLE };
    if is_there(role)?.is_none() {
        own.exec(&format!("CREATE ROLE {}", Ident(role)))?;
    }
    own.exec(include_str!("tame.sql"))?;
    let logs_in = own.value(&format!("SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = {} AND rolcanlogin", literal(role)))?;
    if logs_in.is_none() {
        own.exec(&format!("ALTER ROLE {} LOGIN", Ident(role)))?;
    }
    if confined.unbounded {
        own.exec(&format!("ALTER ROLE {} BYPASSRLS", Ident(role)))?;
        member(own, role)?;
        own.exec(&include_str!("hand_over.sql").replace("{role}", &literal(role)))?;
        own.exec(&format!("ALTER DATABASE {} OWNER TO {}", Ident(database), Ident(role)))?;
    }
    Ok(role.to_owned())
}
