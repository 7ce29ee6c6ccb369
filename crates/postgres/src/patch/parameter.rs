//! Storage parameters: what SET and RESET are about, from one list to the other.

use super::list;
use super::text::parameters;
use crate::ident::quoted;
use evenkeel_core::manifest::Object;
use evenkeel_core::patch::Statement;

/// SET and RESET of storage parameters, from one list to the other.
pub fn changes((before, object): (&Object, &Object), property: &str, prefix: &str, alter: &dyn Fn(String) -> Statement) -> Vec<Statement> {
    let (was, is) = (list(before, property), list(object, property));
    let name = |item: &str| item.split('=').next().unwrap_or_default().to_owned();
    let set = parameters(is.iter().filter(|item| !was.contains(item)), prefix);
    let kept: Vec<String> = is.iter().map(|item| name(item)).collect();
    let reset: Vec<String> =
        was.iter().map(|item| name(item)).filter(|name| !kept.contains(name)).map(|name| format!("{prefix}{}", quoted(&name))).collect();
    let mut statements = Vec::new();
    if !set.is_empty() {
        statements.push(alter(format!("SET ({})", set.join(", "))));
    }
    if !reset.is_empty() {
        statements.push(alter(format!("RESET ({})", reset.join(", "))));
    }
    statements
}
