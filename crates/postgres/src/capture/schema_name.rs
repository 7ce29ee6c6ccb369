//! One schema called otherwise in everything its objects say, so that two schemas of one database can be compared.
//!
//! Lives here: which properties name schemas, and making normal forms anew. Neighbour: `grammar::schema`, which finds the names in
//! a text. What belongs to a schema, and identities, are `core`'s business.

use super::canonical;
use crate::grammar::schema;
use crate::ident;
use evenkeel_core::kind::{Kind, Value};
use evenkeel_core::manifest::Object;
use evenkeel_core::port::SchemaNames;

/// PostgreSQL's.
#[derive(Debug, Clone, Copy)]
pub struct PostgresSchemaNames;

impl SchemaNames for PostgresSchemaNames {
    fn rename(&self, objects: &mut [Object], from: &str, to: &str) {
        let mut changed: Vec<&mut Object> = objects.iter_mut().filter_map(|object| rename(object, from, to).then_some(object)).collect();
        canonical::normal(&mut changed);
    }

    fn renamed(&self, text: &str, from: &str, to: &str) -> Option<String> {
        schema::renamed(text, from, to)
    }

    fn may_mean(&self, text: &str, schema: &str) -> bool {
        schema::may_mean(text, schema)
    }

    fn quoted(&self, schema: &str) -> String {
        ident::quoted(schema)
    }
}

/// Properties whose values name things: types, relations, routines, expressions with all of these, settings. Sorted.
#[rustfmt::skip]
const NAMING: &[&str] = &[
    "action", "analyze", "arguments", "attached_to", "attributes", "body", "canonical", "check", "collation", "combine", "commutator",
    "condition", "configuration", "constraint_from", "default", "definition", "deserial", "difference", "element", "end", "expression",
    "expressions", "family", "filter", "final", "function", "functions", "generated", "headline", "identity_sequence", "inherits", "init",
    "input", "join", "keys", "lexize", "mappings", "modifier_in", "modifier_out", "moving_final", "moving_inverse", "moving_state",
    "moving_transition", "multirange", "negator", "of_type", "operator_class", "operators", "output", "owned_by", "parser",
    "partition_bound", "partition_by", "partition_of", "predicate", "receive", "references", "restrict", "returns", "send", "serial",
    "sort_operator", "start", "state", "storage", "subscript", "subtype", "support", "template", "token", "transforms", "transition",
    "type", "types", "using",
];

/// Whether the property of that object names things; arguments of a trigger, a state of a migration and a type's default are texts
/// of users or words of ours.
fn names_things(object: &Object, property: &str) -> bool {
    let is_text = match (object.kind, property) {
        (Kind::Trigger, "arguments") | (Kind::BaseType, "default") | (Kind::Migration | Kind::HistoryTable, _) => true,
        // Code of other languages is cut in other ways.
        (Kind::Function | Kind::Procedure, "body") => !matches!(object.text("language"), Some("sql" | "plpgsql")),
        _ => false,
    };
    !is_text && NAMING.binary_search(&property).is_ok()
}

/// Whether anything was renamed.
fn rename(object: &mut Object, from: &str, to: &str) -> bool {
    let spec = object.kind.spec();
    let mut changed: Vec<(u8, Value)> = Vec::new();
    for (index, value) in object.values() {
        let Some(property) = spec.property(*index).filter(|property| names_things(object, property.name)) else { continue };
        let named = match value {
            Value::Text(text) => schema::renamed(text, from, to).map(Value::text),
            Value::List(items) => several(items, from, to),
            Value::Flag(_) | Value::Integer(_) | Value::Number(_) => None,
        };
        changed.extend(named.filter(|_| property.name != "comment").map(|value| (*index, value)));
    }
    for mark in &mut object.marks {
        if let Some(text) = schema::renamed(&mark.equivalent, from, to) {
            mark.equivalent = text.into();
        }
    }
    let is_changed = !changed.is_empty();
    for (index, value) in changed {
        object.set_normal_at(index, None);
        object.set_at(index, value);
    }
    is_changed
}

fn several(items: &[Box<str>], from: &str, to: &str) -> Option<Value> {
    let renamed: Vec<Option<String>> = items.iter().map(|item| schema::renamed(item, from, to)).collect();
    let is_renamed = renamed.iter().any(Option::is_some);
    let kept = items.iter().zip(renamed).map(|(item, renamed)| renamed.map_or_else(|| item.clone(), Into::into));
    is_renamed.then(|| Value::list::<Box<str>>(kept))
}

#[cfg(test)]
mod tests {
    use super::NAMING;
    use evenkeel_core::kind::{ALL, Class, Engine, Shape};
    use evenkeel_core::manifest::lives_in_schemas;

    /// Properties that name nothing in a schema: words of ours, names of columns and roles, options, users' texts.
    #[rustfmt::skip]
    const OTHERS: &[&str] = &[
        "access_method", "actual", "alignment", "attribute_comments", "category", "checksum", "cluster_on", "collate", "columns", "command",
        "comment", "compression", "constraint", "content", "ctype", "current", "delimiter", "description", "enabled", "event", "events",
        "final_modify", "foreign_options", "generated_columns", "generated_kind", "grantable", "identity", "identity_options", "include",
        "index_method", "index_options", "index_tablespace", "initial", "key", "kinds", "labels", "language", "layout", "level", "library",
        "locale", "match", "method", "moving_final_modify", "moving_initial", "new_table", "not_null_name", "old_table", "on_delete",
        "on_delete_columns", "on_update", "options", "owner", "parallel", "pattern", "persistence", "privileges", "provider", "recorded",
        "recorded_as", "referenced_columns", "replica_identity", "roles", "rules", "secret", "security", "security_labels", "server",
        "source", "statistics_targets", "table", "tablespace", "target", "timing", "toast_options", "tool", "values", "volatility",
    ];

    #[test]
    fn every_text_of_a_schema_names_things_or_does_not() {
        assert!(NAMING.is_sorted(), "NAMING is searched by halves");
        for kind in ALL.iter().filter(|kind| lives_in_schemas(**kind) && kind.spec().engines.has(Engine::PostgreSql, 18)) {
            let texts = kind.spec().all_properties().filter(|property| {
                matches!(property.shape, Shape::Text | Shape::Definition | Shape::List)
                    && matches!(property.class, Class::Semantic | Class::Cosmetic)
                    && property.engines.has(Engine::PostgreSql, 18)
            });
            for property in texts {
                let known = NAMING.contains(&property.name) != OTHERS.contains(&property.name);
                assert!(known, "{}.{}: does it name things in schemas?", kind.name(), property.name);
            }
        }
    }
}
