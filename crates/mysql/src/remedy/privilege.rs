//! GRANT, REVOKE and ALTER USER.

use super::MysqlRemedies;
use crate::ident::{Ident, Literal, comment};
use evenkeel_core::compare::{Case, Change};
use evenkeel_core::kind::{Kind, Value};
use evenkeel_core::manifest::{Object, shown_parts};

/// `user@host` or a role's name as SQL, by the name it has on this server.
fn account(remedies: &MysqlRemedies, shown: &str) -> Option<String> {
    // What is shown in parentheses is a place, not a name.
    if shown.starts_with('(') || shown == "PUBLIC" {
        return None;
    }
    let named = |name: &str| remedies.roles.get(name).cloned();
    let (user, host) = match named(shown) {
        Some(own) => own.rsplit_once('@').map_or((own.clone(), None), |(user, host)| (user.to_owned(), Some(host.to_owned()))),
        None => match shown.rsplit_once('@') {
            Some((user, host)) => (named(user).unwrap_or_else(|| user.to_owned()), Some(host.to_owned())),
            None => (shown.to_owned(), None),
        },
    };
    let quoted = |text: &str| Literal(text).to_string();
    // Only plain quotes are an account's name everywhere; anything odder is for a person.
    let is_plain = |text: &str| !quoted(text).starts_with('_');
    match host {
        Some(host) if is_plain(&user) && is_plain(&host) => Some(format!("{}@{}", quoted(&user), quoted(&host))),
        None if is_plain(&user) => Some(quoted(&user)),
        _ => None,
    }
}

/// `ON …` for a grant's object, and the column where it is one.
fn target(remedies: &MysqlRemedies, kind: &str, object: &str) -> Option<(String, Option<String>)> {
    let qualified = |parts: &[String]| match parts {
        [name] => Some(remedies.place.qualified("", name)),
        [schema, name] => Some(remedies.place.qualified(schema, name)),
        _ => None,
    };
    let parts = shown_parts(object)?;
    Some(match kind {
        "global" => ("*.*".to_owned(), None),
        "schema" => {
            let name = if object == "(database)" { "" } else { parts.first()? };
            // What is not the own database, or holds signs that a name has in quotes only, is a pattern: for a person.
            if !name.is_empty() && (remedies.place.is_one() || !object.starts_with('"') && object.contains(['%', '\\'])) {
                return None;
            }
            // In a database's place `_` and `%` are patterns.
            (format!("{}.*", remedies.place.database(name).replace('_', "\\_").replace('%', "\\%")), None)
        }
        "table" => (qualified(&parts)?, None),
        "column" => {
            let (column, table) = parts.split_last()?;
            (qualified(table)?, Some(Ident(column).to_string()))
        }
        "function" => (format!("FUNCTION {}", qualified(&parts)?), None),
        "procedure" => (format!("PROCEDURE {}", qualified(&parts)?), None),
        _ => return None,
    })
}

fn list(object: Option<&Object>, property: &str) -> Vec<String> {
    match object.and_then(|object| object.get(property)) {
        Some(Value::List(items)) => items.iter().map(ToString::to_string).collect(),
        _ => Vec::new(),
    }
}

pub fn grant(remedies: &MysqlRemedies, case: &Case<'_>) -> Option<String> {
    let any = case.candidate.or(case.reference)?;
    let (on, column) = target(remedies, any.identity.part(0), any.identity.part(1))?;
    let who = account(remedies, any.identity.part(2))?;
    let (wanted, has) = (list(case.reference, "privileges"), list(case.candidate, "privileges"));
    // Passing on is granted for all of an object's privileges at once; what differs there is for a person.
    // A partial revoke is written in another way, and beside a pattern another row takes rights away that it does not name.
    let is_alone = |items: &[String]| items.iter().any(|item| item == "GRANT OPTION" || item.ends_with(" (revoked)"));
    if is_entangled(remedies, any) {
        return None;
    }
    if list(case.reference, "grantable") != list(case.candidate, "grantable") || is_alone(&wanted) || is_alone(&has) {
        return None;
    }
    let words = |items: &[String], than: &[String]| {
        let new: Vec<String> = items
            .iter()
            .filter(|item| !than.contains(item))
            .map(|item| column.as_ref().map_or_else(|| item.clone(), |column| format!("{item} ({column})")))
            .collect();
        (!new.is_empty()).then(|| new.join(", "))
    };
    let granted = words(&wanted, &has).map(|words| format!("GRANT {words} ON {on} TO {who};"));
    let revoked = words(&has, &wanted).map(|words| format!("REVOKE {words} ON {on} FROM {who};"));
    match (revoked, granted) {
        (None, None) => None,
        (one, other) => Some(one.into_iter().chain(other).collect::<Vec<_>>().join(" ")),
    }
}

/// Whether it is a grant on databases by a pattern, be it one that means the own database.
pub fn is_by_pattern(grant: &Object) -> bool {
    let object = grant.identity.part(1);
    grant.identity.part(0) == "schema" && (grant.get("pattern").is_some() || object != "(database)" && object.contains(['%', '_', '\\']))
}

/// Whether the account holds rights by a pattern on the candidate, which a grant on the database itself would hide.
fn is_entangled(remedies: &MysqlRemedies, grant: &Object) -> bool {
    grant.identity.part(0) == "schema" && remedies.by_pattern.contains(grant.identity.part(2))
}

/// What is said in place of statements that could take rights away which they do not name.
pub fn step(remedies: &MysqlRemedies, case: &Case<'_>) -> Option<String> {
    let any = case.candidate.or(case.reference).filter(|object| object.kind == Kind::Grant && is_entangled(remedies, object))?;
    let who = account(remedies, any.identity.part(2))?;
    Some(format!(
        "look at SHOW GRANTS FOR {who}: of its grants whose names fit this database the server takes the most specific one alone, so change \
         that one, under the name as it is written there"
    ))
}

pub fn membership(remedies: &MysqlRemedies, case: &Case<'_>) -> Option<String> {
    let any = case.candidate.or(case.reference)?;
    let (role, member) = (account(remedies, any.identity.part(0))?, account(remedies, any.identity.part(1))?);
    match case.change {
        Change::Missing => {
            let admin = if any.get("admin").is_some() { " WITH ADMIN OPTION" } else { "" };
            Some(format!("GRANT {role} TO {member}{admin};"))
        }
        Change::Extra => Some(format!("REVOKE {role} FROM {member};")),
        _ => None,
    }
}

pub fn role(remedies: &MysqlRemedies, case: &Case<'_>) -> Option<String> {
    let reference = case.reference?;
    let who = account(remedies, reference.identity.part(0))?;
    match case.attribute? {
        "locked" => {
            let word = if reference.get("locked").is_some() { "LOCK" } else { "UNLOCK" };
            Some(format!("ALTER USER {who} ACCOUNT {word};"))
        }
        "connection_limit" => {
            let limit = match reference.get("connection_limit") {
                Some(Value::Integer(limit)) => *limit,
                _ => 0,
            };
            Some(format!("ALTER USER {who} WITH MAX_USER_CONNECTIONS {limit};"))
        }
        "tls" => {
            let word = match reference.text("tls") {
                None => "NONE",
                Some("any") => "SSL",
                Some("x509") => "X509",
                // What is specified is not captured.
                Some(_) => return None,
            };
            Some(format!("ALTER USER {who} REQUIRE {word};"))
        }
        "comment" => Some(format!("ALTER USER {who} COMMENT {};", comment(reference.text("comment").unwrap_or_default())?)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::remedy::name::Place;
    use evenkeel_core::kind::Engine;
    use evenkeel_core::manifest::ALL_DATABASES;

    #[test]
    fn a_pattern_is_no_database() {
        let on = |database: &str, object: &str| {
            let remedies = MysqlRemedies {
                engine: Engine::MySql,
                place: Place::new(database),
                roles: std::collections::BTreeMap::new(),
                by_pattern: std::collections::BTreeSet::new(),
            };
            target(&remedies, "schema", object).map(|(on, _)| on)
        };
        assert_eq!(on("my_app", "(database)").as_deref(), Some("`my\\_app`.*"));
        assert_eq!(on(ALL_DATABASES, "my_app").as_deref(), Some("`my\\_app`.*"));
        assert_eq!(on(ALL_DATABASES, "\"100%\"").as_deref(), Some("`100\\%`.*"));
        for pattern in ["app%", "a\\_b%"] {
            assert_eq!(on(ALL_DATABASES, pattern), None, "{pattern}");
        }
        assert_eq!(on("my_app", "my_ap_"), None, "what else stands for the own database is a pattern");
    }
}
