//! What DROP, COMMENT ON and ALTER … OWNER TO take for an object: the word of its kind and its name.

use super::text::{arguments_at, callable, last, name_of, signature, whole};
use crate::ident::{qualified, quoted};
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::Object;

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
