//! Which lock a statement takes on a relation that others use, where its maker does not say: the forms of ALTER TABLE, policies,
//! triggers and rules. Facts: <https://www.postgresql.org/docs/current/explicit-locking.html>, and by form
//! <https://www.postgresql.org/docs/current/sql-altertable.html>. What stands alone takes weak ones, by its choice.

use super::{Target, locks};
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::{Object, shown_parts};
use evenkeel_core::patch::{Hazard, Statement};

const EXCLUSIVE: &str = "ACCESS EXCLUSIVE";
const ROWS: &str = "SHARE ROW EXCLUSIVE";
const WEAK: &str = "SHARE UPDATE EXCLUSIVE";

pub fn named(object: &Object, to: &Target<'_>, statements: &mut [Statement]) {
    let Some((schema, name)) = relation(object).filter(|(schema, name)| is_there(schema, name, to)) else { return };
    for statement in statements.iter_mut().filter(|statement| !statement.alone) {
        let is_said = statement.hazards.iter().any(|hazard| matches!(hazard, Hazard::Locks { .. }));
        if let Some(mode) = mode(object.kind, &statement.sql).filter(|_| !is_said) {
            statement.hazards.insert(0, locks(mode, &schema, &name));
        }
    }
}

/// Whether others may use it while the statement runs.
fn is_there(schema: &str, name: &str, to: &Target<'_>) -> bool {
    let form = to.making.form;
    !form.offline && !form.throwaway && !to.is_new(schema, name) && to.making.from.relation(schema, name).is_some()
}

/// What is locked: the relation that a part hangs on, or that somebody comes to own.
fn relation(object: &Object) -> Option<(String, String)> {
    match object.kind {
        Kind::Policy | Kind::Rule | Kind::Trigger | Kind::Column | Kind::Table | Kind::MaterializedView => {
            Some((object.identity.part(0).to_owned(), object.identity.part(1).to_owned()))
        }
        Kind::Owner if ["table", "view", "materialized-view"].contains(&object.identity.part(0)) => {
            let parts = shown_parts(object.identity.part(1))?;
            Some((parts.first()?.clone(), parts.get(1)?.clone()))
        }
        _ => None,
    }
}

fn mode(kind: Kind, sql: &str) -> Option<&'static str> {
    let ends = |word: &str| {
        let last = sql.trim_end_matches(';').rsplit_once(word);
        last.is_some_and(|(_, rest)| rest.parse::<i64>().is_ok())
    };
    match kind {
        Kind::Policy | Kind::Rule | Kind::Owner => Some(EXCLUSIVE),
        Kind::Trigger if sql.starts_with("DROP ") => Some(EXCLUSIVE),
        Kind::Trigger => Some(ROWS),
        Kind::Column if !sql.starts_with("ALTER TABLE ") => None,
        Kind::Column if ends(" SET STATISTICS ") || is_option(sql) => Some(WEAK),
        Kind::Column => Some(EXCLUSIVE),
        Kind::Table | Kind::MaterializedView if is_option(sql) || sql.contains(" CLUSTER") => Some(WEAK),
        Kind::Table if sql.starts_with("ALTER TABLE ") && !sql.contains(" ATTACH PARTITION ") => Some(EXCLUSIVE),
        Kind::MaterializedView if sql.starts_with("REFRESH ") => Some(EXCLUSIVE),
        _ => None,
    }
}

/// `… SET (fillfactor = 70);`, `… RESET (…);`: few parameters take more, and their names are not given here.
fn is_option(sql: &str) -> bool {
    sql.ends_with(");") && (sql.contains(" SET (") || sql.contains(" RESET (")) && !sql.contains("user_catalog_table")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_take_what_the_manual_says() {
        for (kind, sql, mode_of) in [
            (Kind::Policy, "DROP POLICY p ON s.t;", Some(EXCLUSIVE)),
            (Kind::Trigger, "CREATE TRIGGER g BEFORE INSERT ON s.t;", Some(ROWS)),
            (Kind::Trigger, "ALTER TABLE s.t DISABLE TRIGGER g;", Some(ROWS)),
            (Kind::Trigger, "DROP TRIGGER g ON s.t;", Some(EXCLUSIVE)),
            (Kind::Column, "ALTER TABLE ONLY s.t ALTER COLUMN c SET STATISTICS 100;", Some(WEAK)),
            (Kind::Column, "ALTER TABLE ONLY s.t ALTER COLUMN c SET (n_distinct = '5');", Some(WEAK)),
            (Kind::Column, "ALTER TABLE ONLY s.t ALTER COLUMN c SET DEFAULT 1;", Some(EXCLUSIVE)),
            (Kind::Column, "SELECT pg_catalog.setval('s.q', 1);", None),
            (Kind::Table, "ALTER TABLE s.t SET (fillfactor = '70');", Some(WEAK)),
            (Kind::Table, "ALTER TABLE s.t ENABLE ROW LEVEL SECURITY;", Some(EXCLUSIVE)),
        ] {
            assert_eq!(mode(kind, sql), mode_of, "{sql}");
        }
    }
}
