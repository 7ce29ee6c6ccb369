//! What one statement is, by the server's own grammar: its tag, what it is for, whether it may run in a transaction.
//!
//! Facts: which commands refuse to run in a transaction block stands on their pages of
//! <https://www.postgresql.org/docs/current/sql-commands.html>.

use super::token::{Sort, tokens};
use super::{Fault, beyond, with_tree};
use evenkeel_core::statement::{Beyond, Nature, Shows, Statement, Word};
use pg_query::NodeEnum as Node;
use pg_query::protobuf::{
    AlterTableType, DefElem, DropStmt, RangeVar, ReindexObjectType, ReindexStmt, SelectStmt, TransactionStmt, TransactionStmtKind,
    VacuumStmt,
};

/// Longer statements of rows are told by their first word: a tree of a million values tells nothing more.
const LONG: usize = 1 << 20;
const ROWS: &[&str] = &["insert", "copy", "update", "delete", "values"];

/// What a statement's text is.
pub(super) fn statement(text: &str) -> Statement {
    let words = words(text);
    let tag = tag(&words);
    if text.len() > LONG && words.first().is_some_and(|first| ROWS.contains(&first.as_str())) {
        return Statement { tag, nature: Nature::Data, alone: false, shows: Shows::Anything, beyond: Beyond::default(), odd: None };
    }
    let unknown = |why: String| (Nature::Unknown, false, Shows::Anything, Beyond::default(), Some(why));
    let (nature, alone, shows, beyond, odd) = match with_tree(text, |tree| match tree.stmts.as_slice() {
        [only] => {
            let node = only.stmt.as_ref().and_then(|stmt| stmt.node.as_ref());
            node.map(|node| (nature(node), is_alone(node), shows(node), beyond::of(node)))
        }
        _ => None,
    }) {
        Ok(Some((nature, alone, shows, beyond))) => (nature, alone, shows, beyond, None),
        Ok(None) => unknown("it is not one statement".to_owned()),
        Err(Fault::Syntax(why)) => unknown(format!("PostgreSQL's grammar does not accept it: {why}")),
        Err(fault) => unknown(fault.to_string()),
    };
    let shows = if text.to_ascii_lowercase().contains("pg_temp") { Shows::Anything } else { shows };
    Statement { tag, nature, alone, shows, beyond, odd }
}

/// The first words of a statement, in small letters.
fn words(text: &str) -> Vec<String> {
    const ENOUGH: usize = 10;
    let mut words = Vec::new();
    for token in tokens(text) {
        match token.sort {
            Sort::Space | Sort::Comment => {}
            Sort::Word if words.len() < ENOUGH => words.push(text.get(token.start..token.end).unwrap_or_default().to_ascii_lowercase()),
            _ => break,
        }
    }
    words
}

/// Words between the verb and what is made.
const BETWEEN: &[&str] =
    &["or", "replace", "unique", "temp", "temporary", "global", "local", "unlogged", "recursive", "constraint", "trusted", "procedural"];
/// What is made, where it has several words.
const PAIRS: &[(&str, &str)] = &[
    ("materialized", "view"),
    ("foreign", "table"),
    ("foreign", "data"),
    ("event", "trigger"),
    ("text", "search"),
    ("operator", "class"),
    ("operator", "family"),
    ("access", "method"),
    ("user", "mapping"),
    ("default", "privileges"),
];

/// The server's word for it, in capitals: `CREATE TABLE`.
fn tag(words: &[String]) -> String {
    let Some(verb) = words.first() else { return "nothing".to_owned() };
    let mut tag = vec![verb.as_str()];
    if matches!(verb.as_str(), "create" | "alter" | "drop") {
        let mut rest = words.iter().skip(1).map(String::as_str).skip_while(|word| BETWEEN.contains(word));
        if let Some(first) = rest.next() {
            tag.push(first);
            let second = rest.next().filter(|second| PAIRS.contains(&(first, second)));
            tag.extend(second);
            // FOREIGN DATA WRAPPER, TEXT SEARCH CONFIGURATION.
            tag.extend(rest.next().filter(|_| matches!(second, Some("data" | "search"))));
        }
    }
    tag.join(" ").to_uppercase()
}

fn nature(node: &Node) -> Nature {
    match node {
        Node::TransactionStmt(statement) => Nature::Transaction(word(statement)),
        Node::SelectStmt(select) if makes_a_table(select) => Nature::Definition,
        Node::InsertStmt(_)
        | Node::DeleteStmt(_)
        | Node::UpdateStmt(_)
        | Node::MergeStmt(_)
        | Node::SelectStmt(_)
        | Node::CopyStmt(_)
        | Node::TruncateStmt(_)
        | Node::LockStmt(_)
        | Node::ExplainStmt(_)
        | Node::DeclareCursorStmt(_)
        | Node::ClosePortalStmt(_)
        | Node::FetchStmt(_)
        | Node::NotifyStmt(_)
        | Node::RefreshMatViewStmt(_)
        | Node::VacuumStmt(_)
        | Node::ClusterStmt(_)
        | Node::ReindexStmt(_)
        | Node::CheckPointStmt(_) => Nature::Data,
        Node::GrantStmt(_)
        | Node::GrantRoleStmt(_)
        | Node::AlterDefaultPrivilegesStmt(_)
        | Node::CreateRoleStmt(_)
        | Node::AlterRoleStmt(_)
        | Node::AlterRoleSetStmt(_)
        | Node::DropRoleStmt(_)
        | Node::AlterDatabaseStmt(_)
        | Node::AlterDatabaseSetStmt(_)
        | Node::AlterSystemStmt(_)
        | Node::AlterOwnerStmt(_)
        | Node::DropOwnedStmt(_)
        | Node::ReassignOwnedStmt(_)
        | Node::CreateTableSpaceStmt(_)
        | Node::AlterTableSpaceOptionsStmt(_)
        | Node::DropTableSpaceStmt(_)
        | Node::SecLabelStmt(_)
        | Node::CreatedbStmt(_)
        | Node::DropdbStmt(_) => Nature::Right,
        Node::AlterTableStmt(alter) if alter.cmds.iter().all(|command| is_owner(command.node.as_ref())) => Nature::Right,
        Node::VariableSetStmt(_)
        | Node::VariableShowStmt(_)
        | Node::DiscardStmt(_)
        | Node::ConstraintsSetStmt(_)
        | Node::LoadStmt(_)
        | Node::ListenStmt(_)
        | Node::UnlistenStmt(_)
        | Node::DeallocateStmt(_) => Nature::Session,
        Node::DoStmt(_) | Node::CallStmt(_) | Node::PrepareStmt(_) | Node::ExecuteStmt(_) => Nature::Code,
        _ => Nature::Definition,
    }
}

/// Whether a part of ALTER TABLE changes whose the table is.
fn is_owner(command: Option<&Node>) -> bool {
    matches!(command, Some(Node::AlterTableCmd(command)) if command.subtype == AlterTableType::AtChangeOwner as i32)
}

const fn makes_a_table(select: &SelectStmt) -> bool {
    select.into_clause.is_some()
}

fn word(statement: &TransactionStmt) -> Word {
    use TransactionStmtKind as Kind;
    match statement.kind() {
        Kind::TransStmtBegin | Kind::TransStmtStart => Word::Begin,
        Kind::TransStmtCommit | Kind::TransStmtPrepare | Kind::TransStmtCommitPrepared => Word::Commit,
        Kind::TransStmtRollback | Kind::TransStmtRollbackPrepared => Word::RollBack,
        _ => Word::Within,
    }
}

/// What of it a schema surely shows. What is for the session alone is gone with it.
fn shows(node: &Node) -> Shows {
    let stays = |relation: Option<&RangeVar>| {
        relation.is_some_and(|relation| relation.relpersistence != "t" && !relation.schemaname.starts_with("pg_temp"))
    };
    let made = |surely: bool| if surely { Shows::Makes } else { Shows::MayMake };
    // What is for the session alone has a name like any other, and what stands on it is for the session too.
    let is_temporary = |relation: Option<&RangeVar>| relation.is_some() && !stays(relation);
    match node {
        Node::CreateStmt(create) if is_temporary(create.relation.as_ref()) => Shows::Anything,
        Node::CreateTableAsStmt(create) if is_temporary(create.into.as_ref().and_then(|into| into.rel.as_ref())) => Shows::Anything,
        Node::ViewStmt(view) if is_temporary(view.view.as_ref()) => Shows::Anything,
        Node::CreateSeqStmt(create) if is_temporary(create.sequence.as_ref()) => Shows::Anything,
        // It may say that what follows is for the session alone.
        Node::VariableSetStmt(set) if set.name.eq_ignore_ascii_case("search_path") => Shows::Anything,
        Node::CreateStmt(create) => made(!create.if_not_exists && stays(create.relation.as_ref())),
        Node::CreateTableAsStmt(create) => made(!create.if_not_exists && stays(create.into.as_ref().and_then(|into| into.rel.as_ref()))),
        Node::IndexStmt(index) => made(!index.if_not_exists && stays(index.relation.as_ref())),
        Node::ViewStmt(view) => made(!view.replace && stays(view.view.as_ref())),
        Node::CreateSeqStmt(create) => made(!create.if_not_exists && stays(create.sequence.as_ref())),
        Node::CreateSchemaStmt(create) => made(!create.if_not_exists),
        Node::CreateFunctionStmt(create) => made(!create.replace),
        Node::CreateTrigStmt(create) => made(!create.replace),
        Node::AlterEnumStmt(alter) => made(!alter.skip_if_new_val_exists && alter.old_val.is_empty()),
        Node::CompositeTypeStmt(_)
        | Node::CreateEnumStmt(_)
        | Node::CreateRangeStmt(_)
        | Node::CreateDomainStmt(_)
        | Node::CreatePolicyStmt(_) => Shows::Makes,
        Node::CreateExtensionStmt(_) => Shows::MayMake,
        Node::TransactionStmt(_) => match nature(node) {
            Nature::Transaction(Word::Begin | Word::Commit) => Shows::Quiet,
            _ => Shows::Anything,
        },
        Node::CommentStmt(_)
        | Node::InsertStmt(_)
        | Node::UpdateStmt(_)
        | Node::DeleteStmt(_)
        | Node::CopyStmt(_)
        | Node::TruncateStmt(_)
        | Node::LockStmt(_)
        | Node::VacuumStmt(_)
        | Node::GrantStmt(_)
        | Node::VariableSetStmt(_)
        | Node::AlterOwnerStmt(_) => Shows::Quiet,
        // One of them may be what the same text made under the other name.
        Node::DropStmt(drop) if !drop.missing_ok => Shows::Takes,
        Node::AlterTableStmt(alter) => {
            let one = |command: Option<&Node>| match command {
                Some(Node::AlterTableCmd(command)) => altered(command.subtype, command.missing_ok),
                _ => Shows::Anything,
            };
            let all: Vec<Shows> = alter.cmds.iter().map(|command| one(command.node.as_ref())).collect();
            let is_sure = !alter.missing_ok && stays(alter.relation.as_ref());
            let has = |wanted: Shows| all.contains(&wanted);
            match (has(Shows::Makes), has(Shows::Takes)) {
                _ if has(Shows::Anything) => Shows::Anything,
                (true, true) => Shows::Anything,
                (true, false) if is_sure => Shows::Makes,
                (false, true) if is_sure => Shows::Takes,
                (_, true) => Shows::Anything,
                (true, false) => Shows::MayMake,
                (false, false) => {
                    if has(Shows::MayMake) {
                        Shows::MayMake
                    } else {
                        Shows::Quiet
                    }
                }
            }
        }
        _ => Shows::Anything,
    }
}

/// The same of one part of ALTER TABLE.
fn altered(subtype: i32, missing_ok: bool) -> Shows {
    use AlterTableType as Part;
    let is = |parts: &[Part]| parts.iter().any(|part| *part as i32 == subtype);
    if is(&[Part::AtAddColumn, Part::AtAddConstraint, Part::AtAddIdentity]) {
        return if missing_ok { Shows::MayMake } else { Shows::Makes };
    }
    if is(&[Part::AtDropColumn, Part::AtDropConstraint, Part::AtDropIdentity, Part::AtDropExpression]) {
        return if missing_ok { Shows::Anything } else { Shows::Takes };
    }
    let quiet = [
        Part::AtColumnDefault,
        Part::AtSetNotNull,
        Part::AtDropNotNull,
        Part::AtSetStatistics,
        Part::AtSetStorage,
        Part::AtAlterColumnType,
        Part::AtValidateConstraint,
        Part::AtChangeOwner,
        Part::AtSetRelOptions,
        Part::AtResetRelOptions,
        Part::AtReplicaIdentity,
        Part::AtEnableRowSecurity,
        Part::AtForceRowSecurity,
        Part::AtEnableTrig,
        Part::AtDisableTrig,
        Part::AtAttachPartition,
    ];
    if is(&quiet) { Shows::Quiet } else { Shows::Anything }
}

/// Whether the server refuses it inside of a transaction.
fn is_alone(node: &Node) -> bool {
    match node {
        Node::IndexStmt(index) => index.concurrent,
        Node::DropStmt(DropStmt { concurrent, .. }) => *concurrent,
        Node::ReindexStmt(ReindexStmt { kind, params, .. }) => {
            let whole =
                [ReindexObjectType::ReindexObjectDatabase, ReindexObjectType::ReindexObjectSystem, ReindexObjectType::ReindexObjectSchema];
            whole.iter().any(|one| *one as i32 == *kind) || params.iter().any(|one| is_option(one.node.as_ref(), "concurrently"))
        }
        Node::AlterTableStmt(alter) => alter.cmds.iter().any(|command| match command.node.as_ref() {
            Some(Node::AlterTableCmd(command)) => {
                let detaches = command.subtype == AlterTableType::AtDetachPartition as i32;
                detaches
                    && matches!(command.def.as_ref().and_then(|def| def.node.as_ref()), Some(Node::PartitionCmd(part)) if part.concurrent)
            }
            _ => false,
        }),
        Node::VacuumStmt(VacuumStmt { is_vacuumcmd, .. }) => *is_vacuumcmd,
        // Without a table it goes through all of them.
        Node::ClusterStmt(cluster) => cluster.relation.is_none(),
        Node::CreateSubscriptionStmt(create) => {
            let off = |name: &str| create.options.iter().any(|one| is_off(one.node.as_ref(), name));
            !off("create_slot") && !off("connect")
        }
        Node::DropSubscriptionStmt(_)
        | Node::CreatedbStmt(_)
        | Node::DropdbStmt(_)
        | Node::CreateTableSpaceStmt(_)
        | Node::DropTableSpaceStmt(_)
        | Node::AlterSystemStmt(_) => true,
        _ => false,
    }
}

fn is_option(node: Option<&Node>, name: &str) -> bool {
    matches!(node, Some(Node::DefElem(option)) if option.defname == name)
}

fn is_off(node: Option<&Node>, name: &str) -> bool {
    let Some(Node::DefElem(option)) = node else { return false };
    let DefElem { defname, arg, .. } = &**option;
    let off = match arg.as_ref().and_then(|arg| arg.node.as_ref()) {
        Some(Node::String(text)) => matches!(text.sval.as_str(), "false" | "off"),
        Some(Node::Boolean(value)) => !value.boolval,
        Some(Node::Integer(value)) => value.ival == 0,
        _ => false,
    };
    defname == name && off
}
