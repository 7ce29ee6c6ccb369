//! Values of an object as its maker asks for them. Does not live here: names and texts as SQL (`text`).

use evenkeel_core::kind::{Kind, Value};
use evenkeel_core::manifest::Object;

/// The items of a list property.
pub fn list<'a>(object: &'a Object, property: &str) -> &'a [Box<str>] {
    match object.get(property) {
        Some(Value::List(items)) => items,
        _ => &[],
    }
}

pub fn flag(object: &Object, property: &str) -> bool {
    object.get(property) == Some(&Value::Flag(true))
}

/// A property whose neutral value is yes.
pub fn is_not(object: &Object, property: &str) -> bool {
    object.get(property) == Some(&Value::Flag(false))
}

pub fn integer(object: &Object, property: &str) -> Option<i64> {
    match object.get(property) {
        Some(Value::Integer(number)) => Some(*number),
        _ => None,
    }
}

pub fn is_foreign_key(object: &Object) -> bool {
    object.kind == Kind::Constraint && object.text("type") == Some("foreign key")
}
