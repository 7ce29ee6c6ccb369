//! GRANT and REVOKE. Of several names of databases that fit one, the server takes the most specific alone: where a statement would
//! make another row the one that counts, it is left to a person.
//! <https://dev.mysql.com/doc/refman/en/request-access.html>

use super::{Maker, MysqlDialect, Target, account, list};
use crate::ident::Ident;
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::{Identity, Object, display, shown_parts};
use evenkeel_core::patch::{Change, Hazard, Statement, Way, World, Written};

pub struct Grants;

const ALL: &str = "ALL PRIVILEGES";
const OPTION: &str = "GRANT OPTION";

impl Maker for Grants {
    fn create(&self, object: &Object, to: &Target<'_>) -> Written {
        check(object, None, to.making.from, to)?;
        changes(object, (&[], &[]), to)
    }

    fn way(&self, change: &Change<'_>, _: (&World<'_>, &World<'_>), dialect: &MysqlDialect) -> Way {
        if account::is_own(change.to.identity.part(2), dialect) {
            return Way::Refuse(account::OWN.to_owned());
        }
        // What is taken on a table is taken on its columns too: rights on those go before, and come back.
        let is = list(change.to, "privileges");
        let is_less = list(change.from, "privileges").iter().any(|privilege| !is.contains(privilege));
        if is_less && matches!(change.to.identity.part(0), "table" | "view") { Way::Cleared } else { Way::InPlace }
    }

    fn alter(&self, change: &Change<'_>, to: &Target<'_>) -> Written {
        check(change.to, Some(change.from), to.making.from, to)?;
        changes(change.to, (list(change.from, "privileges"), list(change.from, "grantable")), to)
    }

    fn drop(&self, object: &Object, to: &Target<'_>) -> Written {
        if account::is_own(object.identity.part(2), to.dialect) {
            return Err(account::OWN.to_owned());
        }
        check(object, Some(object), to.making.from, to)?;
        let (on, column) = on(object, to)?;
        let who = to.account(object.identity.part(2))?;
        let held: Vec<Box<str>> = list(object, "privileges").iter().filter(|privilege| &***privilege != OPTION).cloned().collect();
        let mut statements = Vec::new();
        if !held.is_empty() {
            statements.push(Statement::new(format!("REVOKE {} ON {on} FROM {who};", words(&held, column.as_deref()))));
        }
        let may_pass_on =
            !list(object, "grantable").is_empty() || list(object, "privileges").iter().any(|privilege| &**privilege == OPTION);
        if may_pass_on && !is_proxy(object) {
            statements.push(Statement::new(format!("REVOKE GRANT OPTION ON {on} FROM {who};")));
        }
        Ok(statements)
    }

    fn needs<'w>(&self, object: &'w Object, world: &World<'w>) -> Vec<&'w Object> {
        let grantee = object.identity.part(2);
        let whole = if object.identity.part(0) == "column" { table_of_column(object) } else { None };
        let on_table = whole.into_iter().flat_map(|table| ["table", "view"].map(|kind| world.find(Kind::Grant, &[kind, &table, grantee])));
        world.find(Kind::Role, &[grantee]).into_iter().chain(on_table.flatten()).collect()
    }
}

/// The shown name of the table of a right on a column.
fn table_of_column(grant: &Object) -> Option<String> {
    table_of(grant.identity.part(1))
}

/// The shown name of the table of a column, by the shown name of that.
pub fn table_of(column: &str) -> Option<String> {
    let parts = shown_parts(column)?;
    let (_, table) = parts.split_last()?;
    let schema = if table.len() == 1 { "" } else { table.first()? };
    Some(display(Kind::Table, &Identity::new([schema, table.last()?])))
}

/// A right on a column, which goes with one on its table.
pub fn is_on_column(grant: &Object) -> bool {
    grant.kind == Kind::Grant && grant.identity.part(0) == "column"
}

fn is_proxy(object: &Object) -> bool {
    object.identity.part(0) == "role"
}

/// Why nobody but a person should touch it.
fn check(object: &Object, before: Option<&Object>, from: &World<'_>, to: &Target<'_>) -> Result<(), String> {
    let is_revoked = |object: &Object| list(object, "privileges").iter().any(|privilege| privilege.ends_with(" (revoked)"));
    if is_revoked(object) || before.is_some_and(is_revoked) {
        return Err("what is revoked in part of what is granted on the server is said by hand, where partial_revokes is on".to_owned());
    }
    if object.identity.part(0) != "schema" || to.making.form.throwaway {
        return Ok(());
    }
    let is_pattern = |grant: &Object| {
        grant.get("pattern").is_some() || grant.identity.part(1) != "(database)" && grant.identity.part(1).contains(['%', '_', '\\'])
    };
    // What the reference has under a pattern is written under the name itself, where it is the own database.
    let is_other = object.identity.part(1) != "(database)";
    let all = from.manifest.of_kind(Kind::Grant).iter().chain(Some(object).filter(|_| is_other));
    let mut own = all.filter(|grant| grant.identity.part(0) == "schema" && grant.identity.part(2) == object.identity.part(2));
    if let Some(pattern) = own.find(|grant| is_pattern(grant)) {
        let name = pattern.text("pattern").unwrap_or_else(|| pattern.identity.part(1));
        return Err(format!(
            "{} holds rights under the pattern {name}: of the names that fit a database the server takes the most specific one alone, so that \
             a statement about one changes what the other gives. Look at SHOW GRANTS",
            object.identity.part(2)
        ));
    }
    Ok(())
}

/// `ON …` for a grant's object, and the column where it is one.
fn on(object: &Object, to: &Target<'_>) -> Result<(String, Option<String>), String> {
    let (kind, shown) = (object.identity.part(0), object.identity.part(1));
    let place = &to.dialect.place;
    let unread = || format!("what it is on cannot be read: {kind} {shown}");
    let qualified = |parts: &[String]| match parts {
        [name] => Ok(place.qualified("", name)),
        [schema, name] => Ok(place.qualified(schema, name)),
        _ => Err(unread()),
    };
    let parts = || shown_parts(shown).ok_or_else(unread);
    Ok(match kind {
        "global" => ("*.*".to_owned(), None),
        "schema" if shown == "(database)" => (format!("{}.*", escaped(&place.database(""))), None),
        // A pattern that fits the own database, or any database where all are captured.
        "schema" if place.is_one() || !shown.starts_with('"') && shown.contains(['%', '\\']) => (format!("{}.*", Ident(shown)), None),
        "schema" => {
            let parts = parts()?;
            let name = parts.first().ok_or_else(unread)?;
            (format!("{}.*", escaped(&place.database(name))), None)
        }
        "table" | "view" | "sequence" => (qualified(&parts()?)?, None),
        "column" => {
            let parts = parts()?;
            let (column, table) = parts.split_last().ok_or_else(unread)?;
            (qualified(table)?, Some(Ident(column).to_string()))
        }
        "function" | "procedure" | "package" | "package-body" | "library" => {
            (format!("{} {}", kind.replace('-', " ").to_ascii_uppercase(), qualified(&parts()?)?), None)
        }
        "role" if shown == "*" => ("''@''".to_owned(), None),
        "role" => (to.account(shown)?, None),
        _ => return Err(unread()),
    })
}

/// In a database's place `_` and `%` are patterns.
fn escaped(name: &str) -> String {
    name.replace('_', "\\_").replace('%', "\\%")
}

fn words(privileges: &[Box<str>], column: Option<&str>) -> String {
    let one = |privilege: &str| column.map_or_else(|| privilege.to_owned(), |column| format!("{privilege} ({column})"));
    privileges.iter().map(|privilege| one(privilege)).collect::<Vec<_>>().join(", ")
}

/// What is held becomes what shall be.
fn changes(object: &Object, (held, passed): (&[Box<str>], &[Box<str>]), to: &Target<'_>) -> Written {
    let (on, column) = on(object, to)?;
    let who = to.account(object.identity.part(2))?;
    let (wanted, passing) = (list(object, "privileges"), list(object, "grantable"));
    let mut statements = Vec::new();
    let without = |items: &[Box<str>], than: &[Box<str>]| -> Vec<Box<str>> {
        items.iter().filter(|item| !than.contains(item) && &***item != OPTION).cloned().collect()
    };
    let mut gone = without(held, wanted);
    let has_all = |items: &[Box<str>]| items.iter().any(|item| &**item == ALL);
    // ALL holds every other one.
    if has_all(wanted) {
        gone.clear();
    }
    let (mut held, passed) = (held.to_vec(), passed.to_vec());
    if !gone.is_empty() {
        statements.push(Statement::new(format!("REVOKE {} ON {on} FROM {who};", words(&gone, column.as_deref()))));
        held = if has_all(&gone) { Vec::new() } else { held.into_iter().filter(|item| !gone.contains(item)).collect() };
    }
    let could = !passed.is_empty() || held.iter().any(|item| &**item == OPTION);
    let may = !passing.is_empty() || wanted.iter().any(|item| &**item == OPTION);
    if could && !may && !is_proxy(object) {
        statements.push(Statement::new(format!("REVOKE GRANT OPTION ON {on} FROM {who};")));
    }
    let opens = |what: &str| {
        Hazard::Opens(format!("{} may {what} on {} {}", object.identity.part(2), object.identity.part(0), object.identity.part(1)))
    };
    let new = without(wanted, &held);
    let (with, plain): (Vec<Box<str>>, Vec<Box<str>>) = new.into_iter().partition(|item| passing.contains(item));
    // What is held already and may be passed on from now.
    let later: Vec<Box<str>> =
        passing.iter().filter(|item| !passed.contains(item) && held.contains(item) && !with.contains(item)).cloned().collect();
    for (privileges, option) in [(plain, ""), (with.into_iter().chain(later).collect(), " WITH GRANT OPTION")] {
        if !privileges.is_empty() {
            let words = words(&privileges, column.as_deref());
            let hazard = opens(&privileges.join(", "));
            statements.push(Statement::new(format!("GRANT {words} ON {on} TO {who}{option};")).hazard(hazard));
        }
    }
    if wanted.iter().any(|item| &**item == OPTION) && !held.iter().any(|item| &**item == OPTION) && !is_proxy(object) {
        statements.push(Statement::new(format!("GRANT USAGE ON {on} TO {who} WITH GRANT OPTION;")).hazard(opens("pass on")));
    }
    Ok(statements)
}
