//! Sessions for texts that nobody vouches for: a role that owns one database and may nothing beside it.
//!
//! It reads no files and starts no programs (it is in none of `pg_read_server_files`, `pg_execute_server_program`), makes no roles,
//! databases or untrusted functions, and reaches no other server: foreign data wrappers and subscriptions are a superuser's.
//! What a file needs beyond that, `grammar::errand` lists.

use super::fault::Fault;
use super::session::Session;
use super::{Scratch, settings};
use crate::ident::{Ident, literal};
use evenkeel_core::port::Confined;

/// The role; it is on throwaway servers alone.
const ROLE: &str = "evenkeel_replay";

/// Opens one. The role and those that are named are made where they are not there yet.
pub(super) fn open(scratch: &Scratch, database: &str, confined: &Confined) -> Result<Session, Fault> {
    let own = scratch.session(database)?;
    // What an earlier text made does not run with the superuser's rights.
    own.exec("SET session_replication_role = replica")?;
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
    let conninfo = [
        settings::conninfo_word("host", &scratch.socket_dir().to_string_lossy()),
        settings::conninfo_word("port", &super::PORT.to_string()),
        settings::conninfo_word("user", ROLE),
        settings::conninfo_word("dbname", database),
    ];
    let session = Session::open(&scratch.display(), database, &conninfo.join(" "))?;
    for (name, value) in &confined.settings {
        session.exec(&format!("SELECT pg_catalog.set_config({}, {}, false)", literal(name), literal(value)))?;
    }
    Ok(session)
}
