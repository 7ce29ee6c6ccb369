//! What a statement's text tells of what a rollback undoes: a list of what is known to be undone, and everything else is not.
//!
//! Does not live here: what the names in a text are at a place (`rollback`).
//!
//! What outlives a rollback stands on many pages of the manual: sequences
//! (<https://www.postgresql.org/docs/current/functions-sequence.html>), session advisory locks
//! (<https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS>), files and programs of COPY, replication slots.

use crate::grammar::token::{Sort, tokens};
use crate::grammar::{Fault, with_tree};
use pg_query::NodeEnum as Node;
use pg_query::protobuf::{
    CopyStmt, CreateFunctionStmt, DefElem, ObjectType, ReindexObjectType, TransactionStmt, TransactionStmtKind, VariableSetKind,
    VariableSetStmt,
};
use std::collections::BTreeSet;

/// What a text says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Text {
    Runs(Names),
    /// It is left out, and why.
    Skipped(String),
    /// It may do what a rollback does not undo.
    Refused(String),
}

/// What a text names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Names {
    /// Names with an opening parenthesis behind them: calls, among others.
    pub calls: BTreeSet<String>,
    pub all: BTreeSet<String>,
    /// It runs nothing that it names: it only makes, gives away or takes away.
    pub is_quiet: bool,
    /// Code that it makes and that others may run: its name, or nothing where it runs by itself.
    pub makes: Option<Option<String>>,
    /// It sets something for the session, beyond its transaction.
    pub sets: bool,
}

/// Bounds that hold here are others.
const BOUNDS: &[&str] =
    &["lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout", "transaction_timeout", "idle_session_timeout"];
/// Settings that decide what a text means, and nothing beyond its session.
const SETTINGS: &[&str] = &[
    "search_path",
    "check_function_bodies",
    "standard_conforming_strings",
    "xmloption",
    "client_min_messages",
    "client_encoding",
    "row_security",
    "default_tablespace",
    "default_table_access_method",
    "default_with_oids",
    "timezone",
    "datestyle",
    "intervalstyle",
    "bytea_output",
    "extra_float_digits",
    "maintenance_work_mem",
    "work_mem",
    "max_parallel_maintenance_workers",
];
const LANGUAGES: &[&str] = &["sql", "plpgsql"];

pub(super) fn read(text: &str) -> Text {
    let refused = |why: &str| Text::Refused(why.to_owned());
    let said = with_tree(text, |tree| match tree.stmts.as_slice() {
        [only] => only.stmt.as_ref().and_then(|stmt| stmt.node.as_ref()).map(judged),
        _ => None,
    });
    let (is_quiet, makes, sets) = match said {
        Ok(Some(Judged::Sets)) => (true, None, true),
        Ok(Some(Judged::Runs { is_quiet, makes })) => (is_quiet, makes, false),
        Ok(Some(Judged::Skipped(why))) => return Text::Skipped(why),
        Ok(Some(Judged::Refused(why))) => return Text::Refused(why),
        Ok(None) => return refused("it is not one statement"),
        Err(Fault::Syntax(_)) => return refused("the grammar does not accept it"),
        Err(_) => return refused("it could not be read"),
    };
    match names(text) {
        Some((calls, all)) => Text::Runs(Names { calls, all, is_quiet, makes, sets }),
        None => refused("a name in it is written in escapes"),
    }
}

enum Judged {
    Runs { is_quiet: bool, makes: Option<Option<String>> },
    Sets,
    Skipped(String),
    Refused(String),
}

fn judged(node: &Node) -> Judged {
    let runs = || Judged::Runs { is_quiet: false, makes: None };
    let quiet = || Judged::Runs { is_quiet: true, makes: None };
    let refused = |why: &str| Judged::Refused(why.to_owned());
    match node {
        Node::TransactionStmt(word) => transaction(word),
        Node::VariableSetStmt(set) => setting(set),
        Node::CopyStmt(copy) => match copied(copy) {
            Some(why) => Judged::Refused(why),
            None => runs(),
        },
        Node::IndexStmt(index) if index.concurrent => refused("it cannot run in a transaction"),
        Node::CreateFunctionStmt(create) => function(create),
        // What they make runs with rows, by itself.
        Node::CreateTrigStmt(_) | Node::RuleStmt(_) | Node::CreatePolicyStmt(_) | Node::AlterPolicyStmt(_) => {
            Judged::Runs { is_quiet: !matches!(node, Node::RuleStmt(_)), makes: Some(None) }
        }
        Node::CreateSchemaStmt(create) if create.schema_elts.is_empty() => quiet(),
        Node::ReindexStmt(reindex) => {
            let one = [ReindexObjectType::ReindexObjectIndex, ReindexObjectType::ReindexObjectTable];
            let is_one = one.iter().any(|kind| *kind as i32 == reindex.kind);
            let is_concurrent = reindex.params.iter().any(|one| is_option(one.node.as_ref(), "concurrently"));
            if is_one && !is_concurrent { runs() } else { refused("it cannot run in a transaction") }
        }
        Node::DropStmt(drop) => {
            let plain = [
                ObjectType::ObjectTable,
                ObjectType::ObjectIndex,
                ObjectType::ObjectView,
                ObjectType::ObjectMatview,
                ObjectType::ObjectSequence,
                ObjectType::ObjectSchema,
                ObjectType::ObjectType,
                ObjectType::ObjectDomain,
                ObjectType::ObjectFunction,
                ObjectType::ObjectProcedure,
                ObjectType::ObjectRoutine,
                ObjectType::ObjectAggregate,
                ObjectType::ObjectTrigger,
                ObjectType::ObjectPolicy,
                ObjectType::ObjectRule,
                ObjectType::ObjectStatisticExt,
            ];
            let is_plain = plain.iter().any(|kind| *kind as i32 == drop.remove_type);
            if is_plain && !drop.concurrent { quiet() } else { refused("nobody knows that a rollback undoes all that it does") }
        }
        Node::CommentStmt(_)
        | Node::GrantStmt(_)
        | Node::AlterDefaultPrivilegesStmt(_)
        | Node::AlterOwnerStmt(_)
        | Node::AlterObjectSchemaStmt(_)
        | Node::RenameStmt(_)
        | Node::AlterFunctionStmt(_)
        | Node::CompositeTypeStmt(_)
        | Node::CreateEnumStmt(_)
        | Node::AlterEnumStmt(_)
        | Node::AlterStatsStmt(_)
        | Node::LockStmt(_)
        | Node::ConstraintsSetStmt(_)
        | Node::VariableShowStmt(_)
        // Both are done at the end of a transaction that is kept, and this one is not.
        | Node::NotifyStmt(_)
        | Node::ListenStmt(_) => quiet(),
        Node::CreateStmt(_)
        | Node::CreateTableAsStmt(_)
        | Node::SelectStmt(_)
        | Node::InsertStmt(_)
        | Node::UpdateStmt(_)
        | Node::DeleteStmt(_)
        | Node::MergeStmt(_)
        | Node::TruncateStmt(_)
        | Node::IndexStmt(_)
        | Node::AlterTableStmt(_)
        | Node::ViewStmt(_)
        | Node::CreateSeqStmt(_)
        | Node::AlterSeqStmt(_)
        | Node::CreateRangeStmt(_)
        | Node::CreateDomainStmt(_)
        | Node::AlterDomainStmt(_)
        | Node::CreateStatsStmt(_)
        | Node::RefreshMatViewStmt(_) => runs(),
        Node::DoStmt(_) | Node::CallStmt(_) | Node::ExecuteStmt(_) | Node::PrepareStmt(_) => {
            refused("it runs code that may do what a rollback does not undo")
        }
        Node::LoadStmt(_) => refused("it loads a library into the server"),
        _ => refused("nobody knows that a rollback undoes all that it does"),
    }
}

/// Words of transactions are never sent; parts within one are.
fn transaction(word: &TransactionStmt) -> Judged {
    use TransactionStmtKind as Kind;
    let refused = |why: &str| Judged::Refused(why.to_owned());
    match word.kind() {
        Kind::TransStmtSavepoint | Kind::TransStmtRelease | Kind::TransStmtRollbackTo => Judged::Runs { is_quiet: true, makes: None },
        Kind::TransStmtBegin | Kind::TransStmtStart if !word.options.is_empty() => {
            refused("its transaction is of another kind than the usual one")
        }
        Kind::TransStmtBegin | Kind::TransStmtStart => Judged::Skipped("the transaction is opened by evenkeel".to_owned()),
        Kind::TransStmtCommit if !word.chain => Judged::Skipped("the transaction is given up".to_owned()),
        _ => refused("its transactions are its own"),
    }
}

fn setting(set: &VariableSetStmt) -> Judged {
    let name = set.name.to_ascii_lowercase();
    let is_one = matches!(set.kind(), VariableSetKind::VarSetValue | VariableSetKind::VarSetDefault | VariableSetKind::VarReset);
    if !is_one {
        return Judged::Refused("it sets something of the transaction or the session that decides what happens here".to_owned());
    }
    if BOUNDS.contains(&name.as_str()) {
        return Judged::Skipped(format!("{name} of the file counts on scratch: here evenkeel's own bounds hold"));
    }
    if SETTINGS.contains(&name.as_str()) {
        return if set.is_local { Judged::Runs { is_quiet: true, makes: None } } else { Judged::Sets };
    }
    Judged::Refused(format!("it sets {name}"))
}

/// Why rows come from elsewhere than the client, or go somewhere.
fn copied(copy: &CopyStmt) -> Option<String> {
    if copy.is_program {
        return Some("it runs a program".to_owned());
    }
    if !copy.filename.is_empty() {
        return Some("it reads or writes a file of the server".to_owned());
    }
    (!copy.is_from).then(|| "it sends rows to the client".to_owned())
}

fn function(create: &CreateFunctionStmt) -> Judged {
    let name = create.funcname.last().and_then(|name| match name.node.as_ref() {
        Some(Node::String(name)) => Some(name.sval.clone()),
        _ => None,
    });
    let language = create.options.iter().find_map(|one| match one.node.as_ref() {
        Some(Node::DefElem(option)) => match (&**option, option.arg.as_ref().and_then(|arg| arg.node.as_ref())) {
            (DefElem { defname, .. }, Some(Node::String(text))) if defname == "language" => Some(text.sval.to_ascii_lowercase()),
            _ => None,
        },
        _ => None,
    });
    match language {
        // Code in the standard's form is SQL.
        None => Judged::Runs { is_quiet: true, makes: Some(name) },
        Some(language) if LANGUAGES.contains(&language.as_str()) => Judged::Runs { is_quiet: true, makes: Some(name) },
        Some(language) => Judged::Refused(format!("it makes code in the language {language}")),
    }
}

fn is_option(node: Option<&Node>, name: &str) -> bool {
    matches!(node, Some(Node::DefElem(option)) if option.defname == name)
}

/// Names of a text as the catalog has them: those with a parenthesis behind them, and all. Nothing where one is written in escapes.
fn names(text: &str) -> Option<(BTreeSet<String>, BTreeSet<String>)> {
    let (mut calls, mut all) = (BTreeSet::new(), BTreeSet::new());
    let mut last: Option<String> = None;
    for token in tokens(text) {
        let own = text.get(token.start..token.end).unwrap_or_default();
        match token.sort {
            Sort::Space | Sort::Comment => continue,
            Sort::Word => last = Some(own.to_lowercase()),
            Sort::Quoted if !own.starts_with('"') => return None,
            Sort::Quoted => last = Some(own.trim_start_matches('"').strip_suffix('"').unwrap_or(own).replace("\"\"", "\"")),
            Sort::Broken => return None,
            Sort::Open => {
                calls.extend(last.take());
                continue;
            }
            _ => last = None,
        }
        all.extend(last.clone());
    }
    Some((calls, all))
}

#[cfg(test)]
mod tests {
    use super::{Text, read};

    fn names(text: &str) -> super::Names {
        match read(text) {
            Text::Runs(names) => names,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn what_a_rollback_may_not_undo_is_refused() {
        for text in [
            "DO $$ BEGIN PERFORM 1; END $$",
            "CALL f()",
            "COPY t TO '/tmp/x'",
            "COPY t FROM '/tmp/x'",
            "COPY t FROM PROGRAM 'id'",
            "COPY t TO STDOUT",
            "LOAD 'x'",
            "PREPARE a AS SELECT 1",
            "EXECUTE a",
            "CREATE EXTENSION dblink",
            "CREATE FUNCTION f() RETURNS int LANGUAGE plpython3u AS 'return 1'",
            "CREATE FUNCTION f() RETURNS int LANGUAGE c AS 'x', 'y'",
            "CREATE INDEX CONCURRENTLY ON t (a)",
            "REINDEX TABLE CONCURRENTLY t",
            "REINDEX SCHEMA s",
            "VACUUM t",
            "ANALYZE t",
            "SET ROLE x",
            "SET SESSION AUTHORIZATION x",
            "SET session_replication_role = replica",
            "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE",
            "RESET ALL",
            "BEGIN ISOLATION LEVEL SERIALIZABLE",
            "COMMIT AND CHAIN",
            "ROLLBACK",
            "PREPARE TRANSACTION 'x'",
            "CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p",
            "CREATE DATABASE x",
            "DROP DATABASE x",
            "ALTER SYSTEM SET x = 1",
            "CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION f()",
            "CREATE SCHEMA s CREATE TABLE t (a int)",
            "EXPLAIN ANALYZE DELETE FROM t",
            "DISCARD ALL",
            "SELECT U&\"setv\\0061l\"('s', 1)",
            "SELECT 1; SELECT 2",
            "SELEKT 1",
        ] {
            assert!(matches!(read(text), Text::Refused(_)), "{text}: {:?}", read(text));
        }
    }

    #[test]
    fn what_is_undone_runs_and_names_what_it_may_call() {
        for text in [
            "SAVEPOINT a",
            "ROLLBACK TO a",
            "SET LOCAL search_path = app",
            "GRANT SELECT ON t TO x",
            "NOTIFY x",
            "COMMENT ON TABLE t IS 'f()'",
        ] {
            assert!(names(text).is_quiet, "{text}");
        }
        let named =
            names("ALTER TABLE app.\"T\" ADD c int DEFAULT \"Other\" (1) + app . two (3) /* three() */ CHECK (c <> lower('four()'))");
        let calls: Vec<&str> = named.calls.iter().map(String::as_str).collect();
        assert_eq!(calls, ["Other", "check", "lower", "two"]);
        assert!(named.all.contains("T") && !named.is_quiet);
        assert_eq!(names("CREATE FUNCTION app.f() RETURNS int LANGUAGE sql AS 'select 1'").makes, Some(Some("f".to_owned())));
        assert_eq!(names("CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW EXECUTE FUNCTION f()").makes, Some(None));
    }

    #[test]
    fn bounds_of_a_file_and_words_of_transactions_are_left_out() {
        for text in [
            "SET lock_timeout = '5s'",
            "SET LOCAL statement_timeout TO 0",
            "RESET lock_timeout",
            "BEGIN",
            "START TRANSACTION",
            "COMMIT",
            "END",
        ] {
            assert!(matches!(read(text), Text::Skipped(_)), "{text}: {:?}", read(text));
        }
    }
}
