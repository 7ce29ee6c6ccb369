//! What to do about a difference on MySQL and MariaDB: a statement for the candidate, only where it is surely right and complete.
//!
//! Lives here: which fix for which difference. `name` turns shown names back into SQL, `privilege` writes GRANT and REVOKE.
//! Each fix is proven in `tests/every_property`: applied, captured, compared. Anything else is `None`: a person decides.
//! What rewrites a table (its engine, its row format, a column's type) is for a person too.

pub(crate) mod name;
mod privilege;

use crate::grammar::token::{Sort, tokens};
use crate::ident::{Ident, comment};
use crate::knowledge::settings;
use evenkeel_core::compare::{Case, Change, Reasoning, Remedies};
use evenkeel_core::finding::Remedy;
use evenkeel_core::kind::{Engine, Kind, Value};
use evenkeel_core::manifest::{Manifest, Object};
use name::Place;
use std::collections::{BTreeMap, BTreeSet};

/// Remedies for one candidate.
#[derive(Debug, Clone)]
pub struct MysqlRemedies {
    /// The database that was captured alone; its objects are named without it.
    place: Place,
    engine: Engine,
    /// Shared name to name on this server.
    roles: BTreeMap<String, String>,
    /// Who holds grants there under names of databases that are patterns: the server takes the most specific one alone.
    by_pattern: BTreeSet<String>,
}

impl MysqlRemedies {
    /// For the candidate that was captured; `roles` maps shared role names to those of its server, as in the request.
    #[must_use]
    pub fn new(candidate: &Manifest, roles: BTreeMap<String, String>) -> Self {
        let endpoint = &candidate.endpoint;
        let by_pattern = candidate.of_kind(Kind::Grant).iter().filter(|grant| privilege::is_by_pattern(grant));
        let by_pattern = by_pattern.map(|grant| grant.identity.part(2).to_owned()).collect();
        Self { place: Place::new(&endpoint.database), engine: endpoint.engine, roles, by_pattern }
    }
}

impl Remedies for MysqlRemedies {
    fn fix(&self, case: &Case<'_>) -> Option<Remedy> {
        self.statements(case).map(Remedy::Statements).or_else(|| privilege::step(self, case).map(Remedy::Step))
    }

    fn reasoning(&self, case: &Case<'_>) -> Option<Reasoning> {
        // That a vendor or version has a setting at all is not what the table is about.
        if case.kind != Kind::Setting || case.attribute != Some("value") {
            return None;
        }
        let known = settings::known(case.reference.or(case.candidate)?.identity.part(0))?;
        Some(Reasoning { why: known.why.to_owned(), source: settings::source(known, self.engine) })
    }
}

impl MysqlRemedies {
    /// What is known to be right: every remedy here is SQL.
    fn statements(&self, case: &Case<'_>) -> Option<String> {
        let any = case.candidate.or(case.reference)?;
        match (case.change, case.kind) {
            (Change::Missing | Change::Extra | Change::Changed, Kind::Grant) => privilege::grant(self, case),
            (Change::Missing | Change::Extra, Kind::Membership) => privilege::membership(self, case),
            (Change::Changed, Kind::Role) => privilege::role(self, case),
            (Change::Unsound, _) => self.unsound(any, case.attribute?),
            (Change::Changed, _) => self.changed(any, case),
            _ => None,
        }
    }

    const fn is_mariadb(&self) -> bool {
        matches!(self.engine, Engine::MariaDb)
    }

    /// States that are a fault of their own; the fix belongs to the side that has it.
    fn unsound(&self, object: &Object, attribute: &str) -> Option<String> {
        match (object.kind, attribute) {
            (Kind::Index, "enabled") => Some(format!("ALTER TABLE {} ENABLE KEYS;", self.place.table_of(object))),
            (Kind::Constraint, "enforced") => {
                Some(format!("ALTER TABLE {} ALTER CHECK {} ENFORCED;", self.place.table_of(object), Ident(object.identity.part(2))))
            }
            (Kind::Schema, "read_only") => Some(format!("ALTER DATABASE {} READ ONLY = 0;", self.place.database(object.identity.part(0)))),
            _ => None,
        }
    }

    /// A property both sides have with different values.
    fn changed(&self, object: &Object, case: &Case<'_>) -> Option<String> {
        let (reference, attribute) = (case.reference?, case.attribute?);
        let wanted = reference.get(attribute);
        let text = match wanted {
            Some(Value::Text(text)) => Some(&**text),
            _ => None,
        };
        match (object.kind, attribute) {
            (Kind::Schema, "collation") => {
                Some(format!("ALTER DATABASE {} {};", self.place.database(object.identity.part(0)), collated(text?)?))
            }
            (Kind::Table, "comment") => {
                Some(format!("ALTER TABLE {} COMMENT = {};", self.place.whole(object), comment(text.unwrap_or_default())?))
            }
            (Kind::Table, "collation") => Some(format!("ALTER TABLE {} DEFAULT {};", self.place.whole(object), collated(text?)?)),
            (Kind::Column, _) => self.column(object, reference, attribute, wanted),
            // Absent is visible.
            // One that is unique may stand for the primary key, which is never hidden.
            (Kind::Index, "visible") if object.get("unique").is_some() => None,
            (Kind::Index, "visible") => {
                let visible = wanted.is_none();
                let word = match (self.is_mariadb(), visible) {
                    (true, true) => "NOT IGNORED",
                    (true, false) => "IGNORED",
                    (false, true) => "VISIBLE",
                    (false, false) => "INVISIBLE",
                };
                Some(format!("ALTER TABLE {} ALTER INDEX {} {word};", self.place.table_of(object), Ident(object.identity.part(2))))
            }
            // ALTER EVENT takes the character sets of whoever runs it along with whatever it changes.
            (Kind::Event, _) => None,
            (Kind::Function | Kind::Procedure, "comment" | "security") => self.routine(object, attribute, text),
            (Kind::Sequence, _) => self.sequence(object, attribute, wanted),
            _ => None,
        }
    }

    fn column(&self, object: &Object, reference: &Object, attribute: &str, wanted: Option<&Value>) -> Option<String> {
        let generated = |object: &Object| object.get("generated").is_some() || object.get("auto_increment").is_some();
        if attribute == "default" && (object.get("type") != reference.get("type") || is_large(object.text("type")?)) {
            return None;
        }
        let action = match (attribute, wanted) {
            ("default", _) if generated(object) || generated(reference) => return None,
            // MariaDB takes ON UPDATE away with a default that is set alone.
            ("default", _) if object.get("on_update").is_some() => return None,
            // A moment as default is written in a clause of its own, with the fraction of the type.
            ("default", Some(Value::Text(text))) if text.starts_with("current_timestamp") => return None,
            ("default", Some(Value::Text(text))) if is_literal(text) => format!("SET DEFAULT {text}"),
            ("default", Some(Value::Text(text))) => format!("SET DEFAULT ({text})"),
            ("default", None) if object.get("not_null").is_some() => "DROP DEFAULT".to_owned(),
            ("default", None) => "SET DEFAULT NULL".to_owned(),
            // MariaDB hides a column by writing its definition anew.
            ("invisible", _) if self.is_mariadb() => return None,
            ("invisible", Some(Value::Flag(true))) => "SET INVISIBLE".to_owned(),
            ("invisible", None) => "SET VISIBLE".to_owned(),
            _ => return None,
        };
        Some(format!("ALTER TABLE {} ALTER COLUMN {} {action};", self.place.table_of(object), Ident(object.identity.part(2))))
    }

    fn routine(&self, object: &Object, attribute: &str, text: Option<&str>) -> Option<String> {
        let what = if object.kind == Kind::Function { "FUNCTION" } else { "PROCEDURE" };
        let clause = match (attribute, text) {
            // An empty comment changes nothing on MySQL.
            ("comment", None) if !self.is_mariadb() => return None,
            ("comment", text) => format!("COMMENT {}", comment(text.unwrap_or_default())?),
            ("security", Some("definer")) => "SQL SECURITY DEFINER".to_owned(),
            ("security", None) => "SQL SECURITY INVOKER".to_owned(),
            _ => return None,
        };
        Some(format!("ALTER {what} {} {clause};", self.place.whole(object)))
    }

    fn sequence(&self, object: &Object, attribute: &str, wanted: Option<&Value>) -> Option<String> {
        // Bounds, start and step hold each other; only the usual ones are known to take any.
        let is_usual = ["minimum", "maximum", "increment"].iter().all(|property| object.get(property).is_none());
        if matches!(attribute, "increment" | "start") && !(is_usual && wanted.is_none_or(|value| value.as_number() > Some(0.0))) {
            return None;
        }
        let action = match (attribute, wanted) {
            ("increment", Some(Value::Integer(step))) => format!("INCREMENT BY {step}"),
            ("increment", None) => "INCREMENT BY 1".to_owned(),
            ("cache", Some(Value::Integer(values))) => format!("CACHE {values}"),
            ("cache", None) => "CACHE 1".to_owned(),
            ("cycle", Some(Value::Flag(true))) => "CYCLE".to_owned(),
            ("cycle", None) => "NOCYCLE".to_owned(),
            ("start", Some(Value::Integer(first))) => format!("START WITH {first}"),
            ("start", None) => "START WITH 1".to_owned(),
            _ => return None,
        };
        Some(format!("ALTER SEQUENCE {} {action};", self.place.whole(object)))
    }
}

/// The character set is the first word of a collation's name.
fn collated(collation: &str) -> Option<String> {
    let charset = collation.split('_').next().filter(|name| !name.is_empty())?;
    let plain = |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    (plain(charset) && plain(collation)).then(|| format!("CHARACTER SET {charset} COLLATE {collation}"))
}

/// Whether a column of that type takes no plain default.
fn is_large(kind: &str) -> bool {
    ["text", "blob", "json", "geometry", "vector", "point", "linestring", "polygon"].iter().any(|word| kind.contains(word))
}

/// A string, number, bit or hexadecimal literal; anything else is an expression, which wants parentheses.
fn is_literal(text: &str) -> bool {
    let quoted = |text: &str| text.starts_with('\'') && tokens(text).map(|token| token.sort).eq([Sort::Text]);
    let number = text.strip_prefix('-').unwrap_or(text);
    quoted(text)
        || text.strip_prefix(['b', 'x']).is_some_and(quoted)
        || !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_told_from_expressions() {
        for text in ["'a'", "''", "5", "-1.5", "b'101'", "x'AB'"] {
            assert!(is_literal(text), "{text}");
        }
        for text in ["'x' = 'y'", "'x' like 'y'", "uuid()", "1 + 1", "-", "", "'a' 'b", "curdate()"] {
            assert!(!is_literal(text), "{text}");
        }
    }

    #[test]
    fn a_collation_names_its_character_set() {
        assert_eq!(collated("utf8mb4_0900_ai_ci").as_deref(), Some("CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_ai_ci"));
        assert_eq!(collated("binary").as_deref(), Some("CHARACTER SET binary COLLATE binary"));
        assert_eq!(collated("x; drop"), None);
    }
}
