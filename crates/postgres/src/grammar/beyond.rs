//! What a statement does that no definition shows: other names, values that are computed, columns that go and come. Neighbour: `tag`.

use evenkeel_core::statement::{Beyond, Unseen};
use pg_query::NodeEnum as Node;
use pg_query::protobuf::{AlterTableCmd, AlterTableType, ObjectType};

/// Of one statement.
pub(super) fn of(node: &Node) -> Beyond {
    let unseen = |unseen| Beyond { unseen: Some(unseen), ..Beyond::default() };
    match node {
        Node::RenameStmt(_) => unseen(Unseen::Renames),
        Node::AlterEnumStmt(alter) if !alter.old_val.is_empty() => unseen(Unseen::Renames),
        Node::AlterObjectSchemaStmt(_) => unseen(Unseen::Moves),
        // What a materialized view holds its definition tells.
        Node::CreateTableAsStmt(create) if create.objtype == ObjectType::ObjectTable as i32 => unseen(Unseen::MakesRows),
        Node::SelectStmt(select) if select.into_clause.is_some() => unseen(Unseen::MakesRows),
        Node::AlterTableStmt(alter) => {
            let mut beyond = Beyond::default();
            for command in &alter.cmds {
                if let Some(Node::AlterTableCmd(command)) = &command.node {
                    part(command, &mut beyond);
                }
            }
            beyond
        }
        _ => Beyond::default(),
    }
}

/// Of one part of ALTER TABLE.
fn part(command: &AlterTableCmd, beyond: &mut Beyond) {
    let column = match command.def.as_ref().and_then(|def| def.node.as_ref()) {
        Some(Node::ColumnDef(column)) => Some(column),
        _ => None,
    };
    let is = |part: AlterTableType| command.subtype == part as i32;
    if is(AlterTableType::AtDropColumn) {
        beyond.drops.push(command.name.clone());
    } else if is(AlterTableType::AtAddColumn) {
        beyond.adds.extend(column.map(|column| column.colname.clone()));
    } else if is(AlterTableType::AtAlterColumnType) && column.is_some_and(|column| column.raw_default.is_some()) {
        beyond.unseen = beyond.unseen.or(Some(Unseen::Computes));
    } else if is(AlterTableType::AtColumnDefault) && command.def.is_none() {
        beyond.unseen = beyond.unseen.or(Some(Unseen::TakesDefault));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grammar::PostgresGrammar;
    use evenkeel_core::statement::{Grammar, Piece};

    #[test]
    fn what_no_schema_shows_is_told_and_texts_are_no_words() {
        for (text, wanted) in [
            ("ALTER TABLE a RENAME TO b", Some(Unseen::Renames)),
            ("ALTER TABLE a RENAME COLUMN b TO c", Some(Unseen::Renames)),
            ("ALTER TYPE mood RENAME VALUE 'a' TO 'b'", Some(Unseen::Renames)),
            ("ALTER INDEX i RENAME TO j", Some(Unseen::Renames)),
            ("ALTER TABLE a SET SCHEMA s", Some(Unseen::Moves)),
            ("ALTER TABLE a ALTER b TYPE int USING b::int", Some(Unseen::Computes)),
            ("ALTER TABLE a ALTER b TYPE int", None),
            ("CREATE TABLE a AS SELECT 1", Some(Unseen::MakesRows)),
            ("SELECT 1 AS a INTO b", Some(Unseen::MakesRows)),
            ("CREATE MATERIALIZED VIEW a AS SELECT 1", None),
            ("ALTER TABLE a ALTER b DROP DEFAULT", Some(Unseen::TakesDefault)),
            ("ALTER TABLE a ADD note text DEFAULT 'rename to set schema'", None),
            ("COMMENT ON TABLE a IS 'alter, rename'", None),
        ] {
            let pieces = PostgresGrammar.split(text);
            let found = pieces.iter().find_map(Piece::statement).and_then(|statement| statement.beyond.unseen);
            assert_eq!(found, wanted, "{text}");
        }
        let text = "ALTER TABLE a DROP COLUMN b, DROP c, ADD COLUMN \"Drop d\" int, ADD e int, DROP CONSTRAINT f";
        let pieces = PostgresGrammar.split(text);
        let beyond = pieces.iter().find_map(Piece::statement).map(|statement| statement.beyond.clone()).unwrap_or_default();
        assert_eq!((beyond.drops, beyond.adds), (vec!["b".to_owned(), "c".to_owned()], vec!["Drop d".to_owned(), "e".to_owned()]));
    }
}
