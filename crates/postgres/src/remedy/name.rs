//! Names of objects as SQL: from their identity, or from the way they are shown where only that is known.

use crate::ident::{qualified as join, quoted};
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::{Object, first_shown_part, shown_parts};

/// `schema.name` of an object whose identity begins so.
pub fn qualified(object: &Object) -> String {
    join(object.identity.part(0), object.identity.part(1))
}

/// The table and the part's own name, of a column, constraint, trigger or policy.
pub fn part_of(object: &Object) -> (String, String) {
    (qualified(object), quoted(object.identity.part(2)))
}

/// What COMMENT ON takes for the object.
pub fn commented(object: &Object) -> Option<String> {
    Some(match object.kind {
        Kind::Schema => format!("SCHEMA {}", quoted(object.identity.part(0))),
        Kind::Table if object.get("server").is_some() => format!("FOREIGN TABLE {}", qualified(object)),
        Kind::Table => format!("TABLE {}", qualified(object)),
        Kind::View => format!("VIEW {}", qualified(object)),
        Kind::MaterializedView => format!("MATERIALIZED VIEW {}", qualified(object)),
        Kind::Sequence => format!("SEQUENCE {}", qualified(object)),
        Kind::Index => format!("INDEX {}", qualified(object)),
        Kind::Column => format!("COLUMN {}.{}", qualified(object), quoted(object.identity.part(2))),
        Kind::Constraint => {
            let (table, constraint) = part_of(object);
            format!("CONSTRAINT {constraint} ON {table}")
        }
        Kind::Function => format!("FUNCTION {}", routine(object.identity.part(0), object.identity.part(1))?),
        Kind::Procedure => format!("PROCEDURE {}", routine(object.identity.part(0), object.identity.part(1))?),
        Kind::Rule | Kind::Policy | Kind::Trigger => {
            let (table, part) = part_of(object);
            format!("{} {part} ON {table}", object.kind.name().to_uppercase())
        }
        Kind::Enum | Kind::CompositeType | Kind::RangeType => format!("TYPE {}", qualified(object)),
        Kind::Domain => format!("DOMAIN {}", qualified(object)),
        Kind::DomainConstraint => {
            let (domain, constraint) = part_of(object);
            format!("CONSTRAINT {constraint} ON DOMAIN {domain}")
        }
        Kind::Collation => format!("COLLATION {}", qualified(object)),
        Kind::Statistics => format!("STATISTICS {}", qualified(object)),
        Kind::TextSearchParser => format!("TEXT SEARCH PARSER {}", qualified(object)),
        Kind::TextSearchTemplate => format!("TEXT SEARCH TEMPLATE {}", qualified(object)),
        Kind::TextSearchDictionary => format!("TEXT SEARCH DICTIONARY {}", qualified(object)),
        Kind::TextSearchConfiguration => format!("TEXT SEARCH CONFIGURATION {}", qualified(object)),
        Kind::EventTrigger => format!("EVENT TRIGGER {}", quoted(object.identity.part(0))),
        Kind::Extension => format!("EXTENSION {}", quoted(object.identity.part(0))),
        Kind::Language => format!("LANGUAGE {}", quoted(object.identity.part(0))),
        Kind::Publication => format!("PUBLICATION {}", quoted(object.identity.part(0))),
        Kind::ForeignServer => format!("SERVER {}", quoted(object.identity.part(0))),
        // Named by what is printed of their types and methods, or shared by all databases of the server: for a person.
        Kind::Aggregate
        | Kind::BaseType
        | Kind::Cast
        | Kind::Operator
        | Kind::OperatorClass
        | Kind::OperatorFamily
        | Kind::Conversion
        | Kind::AccessMethod
        | Kind::Transform
        | Kind::ForeignDataWrapper
        | Kind::Subscription
        | Kind::Tablespace
        | Kind::Role
        | Kind::Server => return None,
        // COMMENT ON does not know them, or PostgreSQL has none.
        Kind::Partition
        | Kind::Package
        | Kind::Library
        | Kind::Event
        | Kind::UserMapping
        | Kind::PublicationTable
        | Kind::Setting
        | Kind::Override
        | Kind::ExtensionVersion
        | Kind::CollationVersion
        | Kind::Plugin
        | Kind::TableStatistics
        | Kind::IndexStatistics
        | Kind::ColumnStatistics
        | Kind::ReferenceTable
        | Kind::ReferenceRow
        | Kind::Node
        | Kind::Replica
        | Kind::Slot
        | Kind::Channel
        | Kind::Owner
        | Kind::Definer
        | Kind::Grant
        | Kind::DefaultPrivilege
        | Kind::Membership
        | Kind::HistoryTable
        | Kind::Migration => return None,
    })
}

/// `schema.name(types)`. `None` where the name itself holds a parenthesis: it cannot be told where the types begin.
fn routine(schema: &str, signature: &str) -> Option<String> {
    let (name, types) = signature.split_once('(')?;
    let types = types.strip_suffix(')')?;
    // Types have none where the server prints a signature; one there belongs to the name.
    let clear = !types.contains('(') && !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    clear.then(|| format!("{}({types})", join(schema, name)))
}

/// What GRANT ON and ALTER … OWNER TO take for an object that is known by the name of its kind and as it is shown.
/// The word for GRANT, the word for ALTER, the name, and the column where it is one.
pub struct Shown {
    pub grant: &'static str,
    pub alter: &'static str,
    pub name: String,
    pub column: Option<String>,
}

/// Reads a shown name; `None` for kinds that have no such statement, or none that is surely right.
pub fn shown(kind: &str, object: &str, database: &str) -> Option<Shown> {
    let whole = |grant, alter| {
        let parts = shown_parts(object)?;
        let [schema, name] = parts.as_slice() else { return None };
        Some(Shown { grant, alter, name: join(schema, name), column: None })
    };
    let alone = |grant, alter| Some(Shown { grant, alter, name: alone(object)?, column: None });
    let routine = |word| {
        // The schema may be quoted; what follows is the bare signature.
        let (schema, signature) = first_shown_part(object)?;
        Some(Shown { grant: word, alter: word, name: routine(&schema, signature.strip_prefix('.')?)?, column: None })
    };
    match kind {
        "table" => whole("TABLE", "TABLE"),
        "view" => whole("TABLE", "VIEW"),
        "materialized-view" => whole("TABLE", "MATERIALIZED VIEW"),
        "sequence" => whole("SEQUENCE", "SEQUENCE"),
        "schema" => alone("SCHEMA", "SCHEMA"),
        "function" => routine("FUNCTION"),
        "procedure" => routine("PROCEDURE"),
        "database" => Some(Shown { grant: "DATABASE", alter: "DATABASE", name: quoted(database), column: None }),
        "column" => {
            let parts = shown_parts(object)?;
            let [schema, table, column] = parts.as_slice() else { return None };
            Some(Shown { grant: "TABLE", alter: "", name: join(schema, table), column: Some(quoted(column)) })
        }
        _ => None,
    }
}

/// One shown name without dots, as SQL.
pub fn alone(text: &str) -> Option<String> {
    match shown_parts(text)?.as_slice() {
        [name] => Some(quoted(name)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::shown;

    #[test]
    fn shown_names_become_sql() {
        assert_eq!(shown("table", "app.order", "db").unwrap().name, "app.\"order\"");
        assert_eq!(shown("function", "\"A b\".Do(integer, text)", "db").unwrap().name, "\"A b\".\"Do\"(integer, text)");
        assert!(shown("function", "app.odd(name(integer)", "db").is_none_or(|shown| shown.name.starts_with("app.odd(")));
        assert!(shown("operator", "app.+", "db").is_none());
    }
}
