//! Expressions and queries as servers print them.

use super::Context;

/// An expression in canonical form.
#[must_use]
pub fn expression(text: &str, _context: Context<'_>) -> String {
    text.trim().to_owned()
}

/// A query or a body in canonical form.
#[must_use]
pub fn definition(text: &str, _context: Context<'_>) -> String {
    text.trim().to_owned()
}
