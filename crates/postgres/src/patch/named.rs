//! What DROP, COMMENT ON and ALTER … OWNER TO take for an object: the word of its kind and its name.

use super::Written;
use super::text::{arguments_at, callable, last, name_of, signature, whole};
use crate::ident::{literal, qualified, quoted};
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::{Object, first_shown_part, shown_parts};
use evenkeel_core::patch::Statement;

/// COMMENT ON. Security labels are told when the rest is there.
pub fn remarks(object: &Object) -> Written {
    let mut statements = Vec::new();
    if let Some(comment) = object.text(super::COMMENT) {
        statements.push(comment_on(object, Some(comment))?.settles());
    }
    Ok(statements)
}

pub fn comment_on(object: &Object, comment: Option<&str>) -> Result<Statement, String> {
    let named = named(object).ok_or("COMMENT ON takes no such name")?;
    Ok(Statement::new(format!("COMMENT ON {named} IS {};", comment.map_or_else(|| "NULL".to_owned(), literal))))
}

/// `FUNCTION app.f(integer)`. `None` where no such statement takes it.
pub fn named(object: &Object) -> Option<String> {
    let part = |at| object.identity.part(at);
    let on = |word: &str, of: &str| format!("{word} {} ON {of}{}", last(object), whole(object));
    Some(match object.kind {
        Kind::Schema => format!("SCHEMA {}", quoted(part(0))),
        Kind::Table if object.get("server").is_some() => format!("FOREIGN TABLE {}", whole(object)),
        Kind::Table => format!("TABLE {}", whole(object)),
        Kind::View => format!("VIEW {}", whole(object)),
        Kind::MaterializedView => format!("MATERIALIZED VIEW {}", whole(object)),
        Kind::Sequence => format!("SEQUENCE {}", whole(object)),
        Kind::Index => format!("INDEX {}", whole(object)),
        Kind::Column => format!("COLUMN {}.{}", whole(object), last(object)),
        Kind::Constraint => on("CONSTRAINT", ""),
        Kind::Function => format!("FUNCTION {}", signature(part(0), part(1))?),
        Kind::Procedure => format!("PROCEDURE {}", signature(part(0), part(1))?),
        Kind::Aggregate => {
            let arguments = object.text("arguments").unwrap_or("*");
            format!("AGGREGATE {}({arguments})", qualified(part(0), name_of(part(1))?))
        }
        Kind::Rule => on("RULE", ""),
        Kind::Policy => on("POLICY", ""),
        Kind::Trigger => on("TRIGGER", ""),
        Kind::Enum | Kind::CompositeType | Kind::RangeType | Kind::BaseType => format!("TYPE {}", whole(object)),
        Kind::Domain => format!("DOMAIN {}", whole(object)),
        Kind::DomainConstraint => on("CONSTRAINT", "DOMAIN "),
        Kind::Collation => format!("COLLATION {}", whole(object)),
        Kind::Conversion => format!("CONVERSION {}", whole(object)),
        Kind::Statistics => format!("STATISTICS {}", whole(object)),
        Kind::Operator => {
            let at = arguments_at(part(1))?;
            let (name, arguments) = part(1).split_at_checked(at)?;
            format!("OPERATOR {}.{name} {arguments}", quoted(part(0)))
        }
        Kind::OperatorClass => format!("OPERATOR CLASS {} USING {}", whole(object), quoted(part(2))),
        Kind::OperatorFamily => format!("OPERATOR FAMILY {} USING {}", whole(object), quoted(part(2))),
        Kind::TextSearchParser => format!("TEXT SEARCH PARSER {}", whole(object)),
        Kind::TextSearchTemplate => format!("TEXT SEARCH TEMPLATE {}", whole(object)),
        Kind::TextSearchDictionary => format!("TEXT SEARCH DICTIONARY {}", whole(object)),
        Kind::TextSearchConfiguration => format!("TEXT SEARCH CONFIGURATION {}", whole(object)),
        Kind::EventTrigger => format!("EVENT TRIGGER {}", quoted(part(0))),
        Kind::Extension => format!("EXTENSION {}", quoted(part(0))),
        Kind::Language => format!("LANGUAGE {}", quoted(part(0))),
        Kind::AccessMethod => format!("ACCESS METHOD {}", quoted(part(0))),
        Kind::ForeignDataWrapper => format!("FOREIGN DATA WRAPPER {}", quoted(part(0))),
        Kind::ForeignServer => format!("SERVER {}", quoted(part(0))),
        Kind::Publication => format!("PUBLICATION {}", quoted(part(0))),
        Kind::Subscription => format!("SUBSCRIPTION {}", quoted(part(0))),
        Kind::Role => format!("ROLE {}", quoted(part(0))),
        Kind::Cast => format!("CAST ({} AS {})", part(0), part(1)),
        Kind::Transform => format!("TRANSFORM FOR {} LANGUAGE {}", part(0), quoted(part(1))),
        _ => return None,
    })
}

/// What GRANT ON and OWNER TO take for an object of a manifest. GRANT calls views tables and knows no other kinds of types.
pub fn granted(object: &Object) -> Option<String> {
    Some(match object.kind {
        Kind::Table | Kind::View | Kind::MaterializedView => format!("TABLE {}", whole(object)),
        Kind::Enum | Kind::CompositeType | Kind::RangeType | Kind::BaseType | Kind::Domain => format!("TYPE {}", whole(object)),
        Kind::Aggregate => format!("FUNCTION {}", signature(object.identity.part(0), object.identity.part(1))?),
        Kind::ForeignServer => format!("FOREIGN SERVER {}", quoted(object.identity.part(0))),
        Kind::Schema | Kind::Sequence | Kind::Function | Kind::Procedure | Kind::Language | Kind::ForeignDataWrapper => named(object)?,
        _ => return None,
    })
}

/// A function or operator as another object names it, without arguments.
pub fn call(object: &Object, property: &str) -> Option<String> {
    object.text(property).map(callable).map(str::to_owned)
}

/// What GRANT ON and ALTER … OWNER TO take for an object that is known by the name of its kind and as it is shown.
/// The word for GRANT, the word for ALTER, and the name.
pub struct Shown {
    pub grant: &'static str,
    pub alter: &'static str,
    pub name: String,
}

/// Reads a shown name, where nothing else is known of what it means, because rights alone were captured; `None` for kinds that have no such statement, or none that is surely right.
pub fn shown(kind: &str, object: &str, database: &str) -> Option<Shown> {
    let whole = |grant, alter| {
        let parts = shown_parts(object)?;
        let [schema, name] = parts.as_slice() else { return None };
        Some(Shown { grant, alter, name: qualified(schema, name) })
    };
    let alone = |grant, alter| Some(Shown { grant, alter, name: quoted(shown_parts(object).as_deref().and_then(<[String]>::first)?) });
    let routine = |word| {
        // The schema may be quoted; what follows is the bare signature.
        let (schema, printed) = first_shown_part(object)?;
        Some(Shown { grant: word, alter: word, name: signature(&schema, printed.strip_prefix('.')?)? })
    };
    match kind {
        "table" => whole("TABLE", "TABLE"),
        "view" => whole("TABLE", "VIEW"),
        "materialized-view" => whole("TABLE", "MATERIALIZED VIEW"),
        "sequence" => whole("SEQUENCE", "SEQUENCE"),
        "schema" => alone("SCHEMA", "SCHEMA"),
        "function" => routine("FUNCTION"),
        "procedure" => routine("PROCEDURE"),
        "aggregate" => routine("FUNCTION"),
        "type" | "enum" | "composite-type" | "range-type" | "base-type" => whole("TYPE", "TYPE"),
        "domain" => whole("TYPE", "DOMAIN"),
        "language" => alone("LANGUAGE", "LANGUAGE"),
        "foreign-data-wrapper" => alone("FOREIGN DATA WRAPPER", "FOREIGN DATA WRAPPER"),
        "foreign-server" => alone("FOREIGN SERVER", "SERVER"),
        "database" => Some(Shown { grant: "DATABASE", alter: "DATABASE", name: quoted(database) }),
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
        // A parenthesis that nothing closes is of the name.
        assert_eq!(shown("function", "app.odd(name(integer)", "db").unwrap().name, "app.\"odd(name\"(integer)");
        assert_eq!(shown("language", "sql", "db").unwrap().name, "sql");
        assert!(shown("operator", "app.+", "db").is_none());
    }
}
