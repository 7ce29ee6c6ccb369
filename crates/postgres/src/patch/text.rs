//! Names and lists as a manifest shows them, back to SQL.

use crate::ident::{literal, qualified, quoted};
use evenkeel_core::manifest::{Object, shown_parts};
use std::collections::BTreeMap;

/// `schema.name` of an object whose identity begins so.
pub fn whole(object: &Object) -> String {
    qualified(object.identity.part(0), object.identity.part(1))
}

/// The object's last part, as SQL.
pub fn last(object: &Object) -> String {
    quoted(object.identity.parts().last().unwrap_or_default())
}

/// A relation or type as it is shown, `app.order`, as SQL.
pub fn relation(shown: &str) -> Result<String, String> {
    let parts = shown_parts(shown).ok_or_else(|| format!("{shown} is no name"))?;
    Ok(parts.iter().map(|part| quoted(part)).collect::<Vec<_>>().join("."))
}

/// A function or operator without its arguments: `app.touch` of `app.touch(integer)`. As the server printed it, which is SQL.
pub fn callable(printed: &str) -> &str {
    arguments_at(printed).map_or(printed, |at| printed.get(..at).unwrap_or(printed))
}

/// Where the arguments begin: the last parenthesis that stands in no quotes, read from the end.
pub fn arguments_at(signature: &str) -> Option<usize> {
    signature.ends_with(')').then_some(())?;
    let mut is_quoted = false;
    for (at, letter) in signature.char_indices().rev() {
        match letter {
            '"' => is_quoted = !is_quoted,
            '(' if !is_quoted => return Some(at),
            _ => {}
        }
    }
    None
}

/// A signature as an identity has it, whose name is bare: `schema."Na(me"(integer)`.
pub fn signature(schema: &str, signature: &str) -> Option<String> {
    let at = arguments_at(signature)?;
    let (name, arguments) = signature.split_at_checked(at)?;
    Some(format!("{}{arguments}", qualified(schema, name)))
}

/// The bare name of such a signature.
pub fn name_of(signature: &str) -> Option<&str> {
    signature.get(..arguments_at(signature)?)
}

/// Storage parameters, each `name=value`, as `WITH` and `SET` take them.
pub fn parameters<'a>(items: impl IntoIterator<Item = &'a Box<str>>, prefix: &str) -> Vec<String> {
    items
        .into_iter()
        .map(|item| match item.split_once('=') {
            Some((name, value)) => format!("{prefix}{} = {}", quoted(name), literal(value)),
            None => format!("{prefix}{}", quoted(item)),
        })
        .collect()
}

/// Options of foreign objects. What may be secret is not in a manifest.
pub fn foreign_options<'a>(items: impl IntoIterator<Item = &'a Box<str>>) -> Result<Vec<String>, String> {
    items
        .into_iter()
        .map(|item| match item.split_once('=') {
            Some((name, value)) => Ok(format!("{} {}", quoted(name), literal(value))),
            None => Err(format!("the value of option {} may be secret and is in no manifest", item.trim_end_matches(" (set)"))),
        })
        .collect()
}

/// ADD, SET and DROP of options of foreign objects, from one list to the other.
pub fn option_changes(was: &[Box<str>], is: &[Box<str>]) -> Result<String, String> {
    let name = |item: &str| item.split('=').next().unwrap_or_default().trim_end_matches(" (set)").to_owned();
    let (before, after): (Vec<String>, Vec<String>) =
        (was.iter().map(|item| name(item)).collect(), is.iter().map(|item| name(item)).collect());
    let mut changes = Vec::new();
    for (item, name) in is.iter().zip(&after).filter(|(item, _)| !was.contains(item)) {
        let verb = if before.contains(name) { "SET" } else { "ADD" };
        changes.push(format!("{verb} {}", foreign_options([item])?.concat()));
    }
    changes.extend(before.iter().filter(|name| !after.contains(name)).map(|name| format!("DROP {}", quoted(name))));
    Ok(changes.join(", "))
}

/// `(a, b)` of names of columns.
pub fn columns<'a>(names: impl IntoIterator<Item = &'a Box<str>>) -> String {
    format!("({})", names.into_iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", "))
}

/// A role as SQL.
pub fn role(shown: &str, roles: &BTreeMap<String, String>) -> Result<String, String> {
    match roles.get(shown) {
        Some(server) => Ok(quoted(server)),
        None if shown == "PUBLIC" => Ok("PUBLIC".to_owned()),
        None if shown.starts_with('(') => Err(format!("{shown} is a place, not a name")),
        None => Ok(quoted(shown)),
    }
}

/// The action of a foreign key, the event of a rule: the server's words in small letters.
pub fn upper(words: &str) -> String {
    words.to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_found_from_the_end() {
        assert_eq!(callable("app.touch()"), "app.touch");
        assert_eq!(callable("app.\"T(x\"(app.\"a)\")"), "app.\"T(x\"");
        assert_eq!(callable("float8_accum"), "float8_accum");
        assert_eq!(signature("a b", "F(x(integer, \"c)\")"), Some("\"a b\".\"F(x\"(integer, \"c)\")".to_owned()));
    }
}
