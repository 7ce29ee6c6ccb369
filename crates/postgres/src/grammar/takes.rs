//! What a statement takes away with what is in it, where it does nothing else and nothing goes along that it does not name: DROP TABLE,
//! DROP TYPE, DROP DOMAIN, and ALTER TABLE … DROP COLUMN, without CASCADE.
//!
//! <https://www.postgresql.org/docs/current/sql-altertable.html>, <https://www.postgresql.org/docs/current/sql-droptable.html>

use super::with_tree;
use evenkeel_core::statement::Taken;
use pg_query::NodeEnum as Node;
use pg_query::protobuf::{AlterTableStmt, AlterTableType, DropBehavior, DropStmt, ObjectType};

/// Tables, columns and types; nothing where it does anything else.
pub(super) fn of(text: &str) -> Option<Vec<Taken>> {
    let taken = with_tree(text, |tree| match tree.stmts.as_slice() {
        [only] => match only.stmt.as_ref().and_then(|stmt| stmt.node.as_ref())? {
            Node::DropStmt(drop) => named(drop),
            Node::AlterTableStmt(alter) => columns(alter),
            _ => None,
        },
        _ => None,
    });
    taken.ok().flatten().filter(|taken| !taken.is_empty())
}

fn is_alone(behavior: i32) -> bool {
    behavior == DropBehavior::DropRestrict as i32
}

fn named(drop: &DropStmt) -> Option<Vec<Taken>> {
    let is = |kind: ObjectType| drop.remove_type == kind as i32;
    let is_type = is(ObjectType::ObjectType) || is(ObjectType::ObjectDomain);
    if !(is_type || is(ObjectType::ObjectTable)) || !is_alone(drop.behavior) {
        return None;
    }
    let one = |object: &pg_query::protobuf::Node| {
        let items = match object.node.as_ref()? {
            Node::List(list) => &list.items,
            Node::TypeName(name) => &name.names,
            _ => return None,
        };
        let parts: Vec<&str> = items
            .iter()
            .map(|item| match &item.node {
                Some(Node::String(part)) => Some(part.sval.as_str()),
                _ => None,
            })
            .collect::<Option<_>>()?;
        let (schema, name) = match parts.as_slice() {
            [name] => (None, *name),
            // The database before it can be none but this one.
            [.., schema, name] => (Some((*schema).to_owned()), *name),
            [] => return None,
        };
        Some(Taken { schema, name: name.to_owned(), column: None, is_type })
    };
    drop.objects.iter().map(one).collect()
}

fn columns(alter: &AlterTableStmt) -> Option<Vec<Taken>> {
    let relation = alter.relation.as_ref().filter(|_| alter.objtype == ObjectType::ObjectTable as i32)?;
    let one = |command: &pg_query::protobuf::Node| {
        let Some(Node::AlterTableCmd(command)) = &command.node else { return None };
        let is_drop = command.subtype == AlterTableType::AtDropColumn as i32 && is_alone(command.behavior);
        let schema = Some(relation.schemaname.clone()).filter(|schema| !schema.is_empty());
        is_drop.then(|| Taken { schema, name: relation.relname.clone(), column: Some(command.name.clone()), is_type: false })
    };
    alter.cmds.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_is_named_and_nothing_else_goes() {
        let shown = |text: &str| {
            let one = |taken: &Taken| {
                let parts = [taken.is_type.then_some("type"), taken.schema.as_deref(), Some(taken.name.as_str()), taken.column.as_deref()];
                parts.into_iter().flatten().collect::<Vec<_>>().join(".")
            };
            of(text).map(|taken| taken.iter().map(one).collect::<Vec<_>>().join(" "))
        };
        for (text, wanted) in [
            ("DROP TABLE a", Some("a")),
            ("drop table if exists s.a, \"B c\";", Some("s.a B c")),
            ("DROP TABLE d.s.a", Some("s.a")),
            ("DROP TABLE a CASCADE", None),
            ("DROP TYPE s.a, b", Some("type.s.a type.b")),
            ("drop domain if exists a", Some("type.a")),
            ("DROP TYPE a CASCADE", None),
            ("DROP VIEW a", None),
            ("DROP FOREIGN TABLE a", None),
            ("ALTER TABLE s.a DROP COLUMN b, DROP IF EXISTS \"C\" RESTRICT", Some("s.a.b s.a.C")),
            ("ALTER TABLE ONLY a DROP b", Some("a.b")),
            ("ALTER TABLE a DROP b CASCADE", None),
            ("ALTER TABLE a DROP b, ADD c int", None),
            ("ALTER TABLE a DROP CONSTRAINT b", None),
            ("ALTER VIEW a ALTER b DROP DEFAULT", None),
            ("DELETE FROM a", None),
            ("DROP TABLE a; DROP TABLE b", None),
            ("no sql", None),
        ] {
            assert_eq!(shown(text).as_deref(), wanted, "{text}");
        }
    }
}
