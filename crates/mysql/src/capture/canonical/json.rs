//! MariaDB's JSON: a `longtext` in `utf8mb4_bin` with a check of the column. Presented as the type it stands for.
//! <https://mariadb.com/docs/server/reference/data-types/string-data-types/json>

use evenkeel_core::kind::Value;
use evenkeel_core::manifest::{Identity, Object};
use std::collections::HashSet;

/// Makes such columns `json` and takes their checks away. MySQL has the type and prints no such check by itself.
pub fn unite(columns: &mut [Object], constraints: &mut Vec<Object>) {
    let checked: HashSet<Identity> =
        constraints.iter().filter(|constraint| is_check_of_json(constraint)).map(|constraint| constraint.identity.clone()).collect();
    if checked.is_empty() {
        return;
    }
    let mut found = HashSet::new();
    for column in columns.iter_mut().filter(|column| checked.contains(&column.identity)) {
        if column.text("type") == Some("longtext") && column.text("collation") == Some("utf8mb4_bin") {
            found.insert(column.identity.clone());
            *column = as_json(column);
        }
    }
    constraints.retain(|constraint| !(found.contains(&constraint.identity) && is_check_of_json(constraint)));
}

/// The column with the type and without a collation, which MySQL's has not.
fn as_json(column: &Object) -> Object {
    let mut json = Object::new(column.kind, column.identity.clone());
    json.marks.clone_from(&column.marks);
    let collation = column.kind.spec().index_of("collation");
    for (index, value) in column.values().iter().filter(|(index, _)| Some(*index) != collation) {
        json.set_at(*index, value.clone());
    }
    json.set("type", "json");
    json
}

/// The check of a column has the column's name.
fn is_check_of_json(constraint: &Object) -> bool {
    let column = super::token::name(constraint.identity.part(2));
    matches!(constraint.get("expression"), Some(Value::Text(text)) if **text == *format!("json_valid({column})"))
}
