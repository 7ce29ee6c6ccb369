//! What only a superuser may do, that files of migrations ask for, and that does no harm on a throwaway server.
//!
//! Anything that is not listed is refused, and the refusal is told. Nothing here lets a text run code as the superuser: event triggers
//! do not fire in these sessions, and none is made that fires when one begins.

use super::with_tree;
use evenkeel_core::statement::{Errand, Substitute};
use pg_query::NodeEnum as Node;
use pg_query::protobuf::{CreateRoleStmt, DefElem, ObjectType};

/// Contributed extensions and others in wide use that reach nothing beyond their database.
const EXTENSIONS: &[&str] = &[
    "amcheck",
    "bloom",
    "btree_gin",
    "btree_gist",
    "citext",
    "cube",
    "dict_int",
    "dict_xsyn",
    "earthdistance",
    "fuzzystrmatch",
    "hstore",
    "intagg",
    "intarray",
    "isn",
    "ltree",
    "pg_buffercache",
    "pg_freespacemap",
    "pg_stat_statements",
    "pg_trgm",
    "pg_visibility",
    "pgcrypto",
    "pgrowlocks",
    "pgstattuple",
    "plpgsql",
    "postgis",
    "seg",
    "tablefunc",
    "tcn",
    "tsm_system_rows",
    "tsm_system_time",
    "unaccent",
    "uuid-ossp",
    "vector",
];
/// Event triggers of files do not fire for the superuser.
const BEFORE: &[&str] = &["SET session_replication_role = replica"];
/// duplicate_object
const DONE_ROLE: &[&str] = &["42710"];

pub(super) fn of(statement: &str) -> Option<Errand> {
    // Most statements are none, and need no tree.
    let first = statement.get(..statement.len().min(400)).unwrap_or(statement).to_ascii_lowercase();
    let may_be = ["extension", "role", "user", "group", "trigger", "publication"].iter().any(|word| first.contains(word));
    if !may_be {
        return None;
    }
    let done = with_tree(statement, |tree| match tree.stmts.as_slice() {
        [only] => only.stmt.as_ref().and_then(|stmt| stmt.node.as_ref()).and_then(done_when),
        _ => None,
    });
    let done = done.ok().flatten()?;
    Some(Errand { by: Substitute::Superuser, before: BEFORE, sql: statement.to_owned(), done })
}

/// The codes that say it is done already, of a statement that may be run.
fn done_when(node: &Node) -> Option<&'static [&'static str]> {
    let is_known = |name: &str| EXTENSIONS.contains(&name);
    let fine = match node {
        Node::CreateExtensionStmt(create) => is_known(&create.extname),
        Node::AlterExtensionStmt(alter) => is_known(&alter.extname),
        Node::DropStmt(drop) => {
            let kind = drop.remove_type;
            kind == ObjectType::ObjectExtension as i32 || kind == ObjectType::ObjectEventTrigger as i32
        }
        Node::CommentStmt(comment) => [ObjectType::ObjectExtension, ObjectType::ObjectRole, ObjectType::ObjectEventTrigger]
            .iter()
            .any(|kind| *kind as i32 == comment.objtype),
        Node::CreateRoleStmt(create) => return harmless(create).then_some(DONE_ROLE),
        Node::CreateEventTrigStmt(trigger) => trigger.eventname != "login",
        Node::CreatePublicationStmt(publication) => publication.for_all_tables,
        _ => false,
    };
    fine.then_some(&[])
}

/// A role that may not more than the one that makes it, and is nobody's member.
fn harmless(create: &CreateRoleStmt) -> bool {
    create.options.iter().all(|option| match option.node.as_ref() {
        Some(Node::DefElem(option)) => {
            let DefElem { defname, arg, .. } = &**option;
            let is_off = matches!(arg.as_ref().and_then(|arg| arg.node.as_ref()), Some(Node::Boolean(value)) if !value.boolval);
            match defname.as_str() {
                "superuser" | "createdb" | "createrole" | "isreplication" | "bypassrls" => is_off,
                name => matches!(name, "canlogin" | "inherit" | "password" | "connectionlimit" | "validUntil"),
            }
        }
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn what_does_harm_is_nobodys_errand() {
        for fine in [
            "CREATE EXTENSION IF NOT EXISTS citext",
            "create role app login nosuperuser password 'x'",
            "CREATE USER app",
            "CREATE PUBLICATION p FOR ALL TABLES",
            "CREATE EVENT TRIGGER t ON ddl_command_end EXECUTE FUNCTION f()",
            "COMMENT ON EXTENSION citext IS 'x'",
        ] {
            assert!(of(fine).is_some(), "{fine}");
        }
        for refused in [
            "CREATE EXTENSION dblink",
            "CREATE EXTENSION plpython3u",
            "CREATE ROLE app SUPERUSER",
            "CREATE ROLE app IN ROLE pg_execute_server_program",
            "CREATE ROLE app CREATEROLE",
            "ALTER ROLE evenkeel_replay SUPERUSER",
            "GRANT pg_read_server_files TO evenkeel_replay",
            "CREATE EVENT TRIGGER t ON login EXECUTE FUNCTION f()",
            "ALTER EVENT TRIGGER t ENABLE ALWAYS",
            "COPY t FROM PROGRAM 'id' -- extension",
            "CREATE EXTENSION citext; COPY t TO PROGRAM 'id'",
            "DO $$ BEGIN CREATE ROLE x SUPERUSER; END $$",
            "CREATE SUBSCRIPTION s CONNECTION 'host=x' PUBLICATION publication",
            "DROP ROLE postgres",
        ] {
            assert!(of(refused).is_none(), "{refused}");
        }
    }
}
