//! Who reads and writes rows of databases whose objects nobody vouches for: the functions of their checks, indexes and triggers run as
//! whoever does, or as their owner. So neither is the superuser that made the server. Neighbour: `confined`, for texts.

use super::Scratch;
use super::confined::{PREPARING, ROWS, UNDISTURBED, member};
use super::fault::Fault;
use super::session::Session;
use crate::flavor;
use crate::ident::{Ident, literal};

/// Owns what was the superuser's.
const OWNER: &str = "evenkeel_owner";

/// Opens a session as it.
pub(super) fn open(scratch: &Scratch, database: &str) -> Result<Session, Fault> {
    role(scratch, database)?;
    super::confined::session(scratch, database, ROWS, &[])
}

/// Makes it ready for what is there now: triggers of users do not run for it.
pub(super) fn role(scratch: &Scratch, database: &str) -> Result<(), Fault> {
    let own = prepared(scratch, database)?;
    if is_missing(&own, ROWS)? {
        let role = Ident(ROWS);
        // No plain session may set that, but it may be set for one.
        own.exec(&format!("CREATE ROLE {role} LOGIN BYPASSRLS; ALTER ROLE {role} SET session_replication_role = replica"))?;
        if scratch.binaries().major >= u32::from(flavor::READ_ALL_DATA) {
            own.exec(&format!("GRANT pg_read_all_data, pg_write_all_data TO {role}"))?;
        }
    }
    own.exec(include_str!("tame.sql"))?;
    given(&own)?;
    member(&own, ROWS)
}

/// Makes the superuser's somebody else's.
pub(super) fn disowned(scratch: &Scratch, database: &str) -> Result<(), Fault> {
    given(&prepared(scratch, database)?)
}

/// As tables are that have been there for a while: rows known to be visible, files written.
pub(super) fn settled(scratch: &Scratch, database: &str) -> Result<(), Fault> {
    let plain = open(scratch, database)?;
    plain.exec("SET lock_timeout = 0; SET statement_timeout = 0")?;
    // It leaves out what is not its own: the catalogs.
    plain.exec("VACUUM (ANALYZE)")?;
    let own = prepared(scratch, database)?;
    let catalogs = own.value(CATALOGS)?.unwrap_or_default();
    own.exec(&format!("VACUUM (ANALYZE) {catalogs}"))?;
    own.exec("CHECKPOINT")
}

const CATALOGS: &str = "SELECT pg_catalog.string_agg(oid::regclass::text, ', ') FROM pg_catalog.pg_class \
                        WHERE relnamespace = 'pg_catalog'::regnamespace AND relkind = 'r' AND NOT relisshared AND oid < 16384";

fn given(own: &Session) -> Result<(), Fault> {
    if is_missing(own, OWNER)? {
        own.exec(&format!("CREATE ROLE {}", Ident(OWNER)))?;
    }
    own.exec(&include_str!("hand_over.sql").replace("{role}", &literal(OWNER)))
}

fn prepared(scratch: &Scratch, database: &str) -> Result<Session, Fault> {
    let own = scratch.session(database)?;
    own.exec(UNDISTURBED)?;
    own.exec(&format!("SELECT pg_catalog.pg_advisory_lock({PREPARING})"))?;
    Ok(own)
}

fn is_missing(own: &Session, role: &str) -> Result<bool, Fault> {
    Ok(own.value(&format!("SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = {}", literal(role)))?.is_none())
}
