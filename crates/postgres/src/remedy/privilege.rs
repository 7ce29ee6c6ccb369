//! GRANT, REVOKE and OWNER TO: from what the candidate grants to what the reference grants, and nothing beyond.

use super::PostgresRemedies;
use super::name::{Shown, shown};
use evenkeel_core::compare::Case;
use evenkeel_core::kind::Value;
use evenkeel_core::manifest::{Object, first_shown_part};
use std::collections::BTreeMap;

/// Privileges and whether each may be passed on.
type Held = BTreeMap<String, bool>;

pub fn owner(remedies: &PostgresRemedies, case: &Case<'_>) -> Option<String> {
    let (object, reference) = (case.candidate?, case.reference?);
    let target = shown(object.identity.part(0), object.identity.part(1), &remedies.database)?;
    let (kind, name, wanted) = (object.identity.part(0), object.identity.part(1), reference.text("owner")?);
    // A right that he holds becomes his own, and what is then taken from him is the owner's; a sequence goes with its table.
    if remedies.around.owns_or_holds(kind, name, wanted) || remedies.around.is_owned_sequence(kind, name) {
        return None;
    }
    let role = remedies.role(wanted)?;
    (!target.alter.is_empty()).then(|| format!("ALTER {} {} OWNER TO {role};", target.alter, target.name))
}

/// The whole difference of one grantee, whichever property brought it up.
pub fn grant(remedies: &PostgresRemedies, case: &Case<'_>) -> Option<String> {
    // What an extension grants from the start is not told: nobody knows what is to be left.
    if case.attribute == Some("extension") {
        return None;
    }
    let object = case.reference.or(case.candidate)?;
    let (kind, name, grantee) = (object.identity.part(0), object.identity.part(1), object.identity.part(2));
    let target = match kind {
        // Its name is the candidate's own.
        "identity-sequence" => shown("sequence", remedies.sequences.get(name)?, &remedies.database)?,
        kind => shown(kind, name, &remedies.database)?,
    };
    let role = remedies.role(grantee)?;
    let held = |object: Option<&Object>| object.map_or_else(|| untouched(kind, grantee), held);
    let (wanted, found) = (held(case.reference), held(case.candidate));
    // What an owner holds is another thing.
    if remedies.around.is_owner(kind, name, grantee) {
        return None;
    }
    let takes = found.iter().any(|(name, may)| !wanted.contains_key(name) || *may && wanted.get(name) == Some(&false));
    if takes && (remedies.around.is_entangled(kind, name, grantee) || remedies.around.has_columns(name, grantee) && target.column.is_none())
    {
        return None;
    }
    // Nor is what the server grants.
    if takes && case.reference.is_none() && is_given(kind, name) {
        return None;
    }
    let mut statements = Vec::new();
    let lost = |name: &&String| !wanted.contains_key(*name);
    push(&mut statements, &target, "REVOKE", found.keys().filter(lost), &format!("FROM {role}"));
    let no_longer = found.iter().filter(|(name, may)| **may && wanted.get(*name) == Some(&false)).map(|(name, _)| name);
    push(&mut statements, &target, "REVOKE GRANT OPTION FOR", no_longer, &format!("FROM {role}"));
    let plain = wanted.iter().filter(|(name, may)| !**may && !found.contains_key(*name)).map(|(name, _)| name);
    push(&mut statements, &target, "GRANT", plain, &format!("TO {role}"));
    let passing = wanted.iter().filter(|(name, may)| **may && found.get(*name) != Some(&true)).map(|(name, _)| name);
    push(&mut statements, &target, "GRANT", passing, &format!("TO {role} WITH GRANT OPTION"));
    (!statements.is_empty()).then(|| statements.join(" "))
}

/// Whether the object is the server's own.
fn is_given(kind: &str, shown: &str) -> bool {
    let name = if kind == "schema" { Some(shown.to_owned()) } else { first_shown_part(shown).map(|(schema, _)| schema) };
    name.is_none_or(|name| name.starts_with("pg_") || name == "information_schema")
}

fn push<'a>(statements: &mut Vec<String>, target: &Shown, verb: &str, names: impl Iterator<Item = &'a String>, role: &str) {
    let column = target.column.as_ref().map(|column| format!(" ({column})")).unwrap_or_default();
    let names: Vec<String> = names.map(|name| format!("{name}{column}")).collect();
    if !names.is_empty() {
        statements.push(format!("{verb} {} ON {} {} {role};", names.join(", "), target.grant, target.name));
    }
}

fn held(object: &Object) -> Held {
    let list = |name| match object.get(name) {
        Some(Value::List(items)) => items.iter().map(ToString::to_string).collect(),
        _ => Vec::new(),
    };
    let passing = list("grantable");
    let mut held: Held = list("privileges").into_iter().map(|name| (name.clone(), passing.contains(&name))).collect();
    if object.get("maintain") == Some(&Value::Flag(true)) {
        held.insert("MAINTAIN".to_owned(), object.get("maintain_grantable") == Some(&Value::Flag(true)));
    }
    held
}

/// What everyone may do with a new object. Source: <https://www.postgresql.org/docs/current/ddl-priv.html#PRIVILEGES-SUMMARY-TABLE>.
fn untouched(kind: &str, grantee: &str) -> Held {
    let names: &[&str] = match kind {
        _ if grantee != "PUBLIC" => &[],
        "function" | "procedure" => &["EXECUTE"],
        "database" => &["CONNECT", "TEMPORARY"],
        _ => &[],
    };
    names.iter().map(|name| ((*name).to_owned(), false)).collect()
}
