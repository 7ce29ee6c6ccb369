//! Kind `grant`: what each account may do on the server, a database, table, column or routine, or as another account.
//!
//! Normal form: one object a grantee and thing; all privileges a thing can have are `ALL PRIVILEGES`, which differ by
//! version. A database is named by a pattern; one that stands for the captured database alone is shown as that.

use super::access::Account;
use super::reader::{Places, Read, Reader, columns};
use super::role;
use super::scope;
use super::statements;
use crate::connect::rows::Row;
use evenkeel_core::kind::{Kind, Value};
use evenkeel_core::manifest::{Gap, Identity, Object, Reason, display};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What ALL PRIVILEGES gives on a database or table, by both vendors; MariaDB adds some.
/// <https://dev.mysql.com/doc/refman/en/privileges-provided.html>, <https://mariadb.com/docs/server/reference/sql-statements/account-management-sql-statements/grant>
const TABLE: &[&str] =
    &["SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "DROP", "REFERENCES", "INDEX", "ALTER", "CREATE VIEW", "SHOW VIEW", "TRIGGER"];
const DATABASE: &[&str] = &["CREATE TEMPORARY TABLES", "LOCK TABLES", "EXECUTE", "CREATE ROUTINE", "ALTER ROUTINE", "EVENT"];
const ALL: &str = "ALL PRIVILEGES";
/// The right to pass on what one holds there, from wherever that comes. It is said by itself where no other privilege does.
/// <https://dev.mysql.com/doc/refman/en/grant.html#grant-privileges>
const GRANT_OPTION: &str = "GRANT OPTION";

columns!(At { level, database, table, column, grantee, privilege, grantable });

/// Kind and name of a thing, and the grantee; privileges, and whether each may be passed on.
type Lists = BTreeMap<[String; 3], BTreeMap<String, bool>>;

/// Reads grants; `found` holds what they are on.
pub async fn read(reader: &Reader<'_>, found: &[Object]) -> Read<Vec<Object>> {
    let things = Things::of(found);
    let names = &reader.request.roles;
    let mut lists = Lists::new();
    let mut note = |kind: &str, object: &str, grantee: &Account, privilege: &str, grantable: bool| {
        if !grantee.is_reserved() {
            let list = lists.entry([kind.to_owned(), object.to_owned(), grantee.shown(names)]).or_default();
            let (privilege, grantable) = if privilege == "USAGE" { (GRANT_OPTION, false) } else { (privilege, grantable) };
            *list.entry(privilege.to_owned()).or_insert(false) |= grantable;
        }
    };
    let mut places = Places::<At>::unknown();
    let rows = reader.rows(statements::GRANT, Kind::Grant).await?;
    let deciding = Deciding::of(reader, &rows)?;
    for row in &rows {
        let at = places.of(row)?;
        let text = |index| Ok::<_, super::reader::Stop>(row.text(index)?.unwrap_or_default());
        let (level, database, table, column) = (text(at.level)?, text(at.database)?, text(at.table)?, text(at.column)?);
        let who = text(at.grantee)?;
        let grantee = Account::quoted(&who);
        if &*level == "schema" && deciding.is_covered(&who, &database) {
            continue;
        }
        let shown = reader.scope.shown(&database);
        let (kind, object) = match &*level {
            "global" => ("global", "*".to_owned()),
            "schema" => match schema(reader, &database) {
                Some(object) => ("schema", object),
                None => continue,
            },
            "table" => things.relation(&shown, &table),
            _ => ("column", display(Kind::Column, &Identity::new([&*shown, &*table, &*column]))),
        };
        note(kind, &object, &grantee, &text(at.privilege)?.to_ascii_uppercase(), row.flag(at.grantable)?.unwrap_or(false));
    }
    for row in reader.rows(statements::GRANT_ROUTINE, Kind::Grant).await? {
        let text = |index| Ok::<_, super::reader::Stop>(row.text(index)?.unwrap_or_default());
        let kind = text(0)?.replace(' ', "-");
        let object = things.routine(&kind, &reader.scope.shown(&text(1)?), &text(2)?);
        let (grantee, privileges) = (role::account(&row, 3)?, text(5)?.to_ascii_uppercase());
        let grantable = privileges.split(',').any(|privilege| privilege == "GRANT");
        if privileges == "GRANT" {
            note(&kind, &object, &grantee, GRANT_OPTION, false);
        }
        for privilege in privileges.split(',').filter(|privilege| !matches!(*privilege, "GRANT" | "")) {
            note(&kind, &object, &grantee, privilege, grantable);
        }
    }
    for row in reader.rows(statements::GRANT_PROXY, Kind::Grant).await? {
        // A proxied account without a name stands for any.
        let proxied = role::account(&row, 2)?;
        let object = if proxied == Account::default() { "*".to_owned() } else { proxied.shown(names) };
        note("role", &object, &role::account(&row, 0)?, "PROXY", row.flag(4)?.unwrap_or(false));
    }
    if !reader.flavor.is_mariadb() {
        for row in reader.rows(statements::GRANT_REVOKED, Kind::Grant).await? {
            let database = display(Kind::Schema, &Identity::new([reader.scope.shown(&row.text(2)?.unwrap_or_default())]));
            let privilege = format!("{} (revoked)", row.text(3)?.unwrap_or_default().to_ascii_uppercase());
            note("schema", &database, &role::account(&row, 0)?, &privilege, false);
        }
    }
    let server = of_server(reader).await?;
    let mut grants: Vec<Object> = lists.into_iter().map(|(identity, list)| grant(identity, &list, &server)).collect();
    deciding.note(reader, &mut grants);
    reader.tell(Kind::Grant, grants.len());
    Ok(grants)
}

/// Which of an account's grants on databases decide about the captured one. The server takes the most specific of those whose
/// names fit, alone: beside `us\_b`, what is granted on `us_b` or `us%` does not count there.
/// <https://dev.mysql.com/doc/refman/en/request-access.html>
#[derive(Default)]
struct Deciding {
    /// By grantee as it is listed: names of databases that fit the captured one, each with whether it can be nothing else.
    fitting: BTreeMap<Box<str>, BTreeMap<Box<str>, bool>>,
}

impl Deciding {
    fn of(reader: &Reader<'_>, rows: &[Row]) -> Read<Self> {
        let mut found = Self::default();
        let Some(one) = reader.scope.one() else { return Ok(found) };
        let mut places = Places::<At>::unknown();
        for row in rows {
            let at = places.of(row)?;
            let text = |index| Ok::<_, super::reader::Stop>(row.text(index)?.unwrap_or_default());
            let (level, name) = (text(at.level)?, text(at.database)?);
            let pattern = reader.access.pattern(&name);
            if &*level == "schema" && pattern.matches(one) {
                let is_plain = pattern.is_plain();
                found.fitting.entry(text(at.grantee)?).or_default().insert(name, is_plain);
            }
        }
        Ok(found)
    }

    /// Whether what is granted on the own database under a name that is a pattern counts for nothing, because the same
    /// account has a grant under the name itself. A pattern that says so is an object of its own.
    fn is_covered(&self, grantee: &str, name: &str) -> bool {
        self.fitting.get(grantee).is_some_and(|names| {
            names.get(name) == Some(&false) && names.iter().any(|(other, is_plain)| *is_plain && other.replace('\\', "") == name)
        })
    }

    /// Says of grants on the own database which name they stand under, where that is a pattern, and where it cannot be told
    /// whether they count.
    fn note(&self, reader: &Reader<'_>, grants: &mut [Object]) {
        let Some(one) = reader.scope.one() else { return };
        let own = display(Kind::Schema, &Identity::new([reader.scope.shown(one)]));
        for (grantee, names) in &self.fitting {
            if names.values().any(|is_plain| *is_plain) || !names.contains_key(one) {
                continue;
            }
            let who = Account::quoted(grantee).shown(&reader.request.roles);
            let is_it = |object: &&mut Object| object.identity.parts().eq(["schema", &*own, &*who]);
            if let Some(object) = grants.iter_mut().find(is_it) {
                object.set("pattern", one);
                if names.len() > 1 {
                    let detail =
                        "the account has grants under several patterns that fit this database, of which the server takes one alone";
                    let gap = Gap::object(object, Reason::Ambiguous, detail.to_owned()).attribute("privileges");
                    reader.gap(gap.cure("grant on the database itself, with \\_ for each _ of its name, and revoke the patterns"));
                }
            }
        }
    }
}

/// Definers by their shared names.
pub fn name_definers(reader: &Reader<'_>, found: &mut [Object]) {
    for object in found.iter_mut().filter(|object| object.kind == Kind::Definer) {
        if let Some(definer) = object.text("definer").map(str::to_owned) {
            // `role@` is how a definer without a host is written.
            let account = Account::parse(&definer);
            let account = Account::of(&account.user, account.host.as_deref().unwrap_or_default());
            object.set("definer", account.shown(&reader.request.roles));
        }
    }
}

/// The captured database a pattern stands for, or the pattern; `None` where it is about another one. Who grants on `a_b`
/// means that database, although the pattern is about `axb` as well.
fn schema(reader: &Reader<'_>, text: &str) -> Option<String> {
    let pattern = reader.access.pattern(text);
    let plain = pattern.plain();
    let concerned = match (reader.scope.one(), &plain) {
        (Some(one), _) => pattern.matches(one),
        (None, Some(plain)) => !scope::is_system(plain),
        (None, None) => true,
    };
    let shown = |name: String| display(Kind::Schema, &Identity::new([reader.scope.shown(&name)]));
    let meant = plain.or_else(|| reader.scope.one().filter(|one| *one == text).map(str::to_owned));
    concerned.then(|| meant.map_or_else(|| text.to_owned(), shown))
}

fn grant(identity: [String; 3], list: &BTreeMap<String, bool>, server: &BTreeSet<String>) -> Object {
    let kind = identity.first().map_or("", String::as_str);
    let whole = |names: &BTreeSet<&str>| match kind {
        "global" => !server.is_empty() && server.iter().all(|privilege| names.contains(privilege.as_str())),
        "schema" => TABLE.iter().chain(DATABASE).all(|privilege| names.contains(privilege)),
        "table" | "view" | "sequence" => TABLE.iter().all(|privilege| names.contains(privilege)),
        _ => false,
    };
    // Whoever holds all the server has holds what later versions add too: its name is the same everywhere.
    let listed = |grantable: bool| {
        let names: BTreeSet<&str> = list.iter().filter(|(_, may)| !grantable || **may).map(|(name, _)| name.as_str()).collect();
        let mut shown: Vec<&str> = names.iter().copied().filter(|name| name.ends_with(" (revoked)")).collect();
        if whole(&names) {
            shown.insert(0, ALL);
        } else {
            shown = names.into_iter().collect();
        }
        Value::list(shown)
    };
    let (privileges, grantable) = (listed(false), listed(true));
    let mut object = Object::new(Kind::Grant, Identity::new(identity));
    object.set("privileges", privileges);
    object.set("grantable", grantable);
    object
}

/// All privileges there are on the server; dynamic ones depend on its version and components.
async fn of_server(reader: &Reader<'_>) -> Read<BTreeSet<String>> {
    let rows = match reader.attempt(&reader.rendered(statements::PRIVILEGES), "reading the server's list of privileges").await? {
        Ok(rows) => rows,
        Err(fault) => {
            let detail = format!("which privileges make up ALL is not known: {fault}");
            reader.gap(Gap::kind(Kind::Grant, Reason::Failed, detail).attribute("privileges"));
            Vec::new()
        }
    };
    let mut names = BTreeSet::new();
    for row in rows {
        match row.text(0)?.unwrap_or_default().to_ascii_uppercase().as_str() {
            "USAGE" | "GRANT OPTION" | "PROXY" => {}
            // As GRANT calls it.
            "CREATE TEMPORARY TABLE" => {
                names.insert("CREATE TEMPORARY TABLES".to_owned());
            }
            name => {
                names.insert(name.to_owned());
            }
        }
    }
    Ok(names)
}

/// Kinds that a grant is on, by their names. Tables need not be known.
const GRANTED: &[Kind] = &[Kind::View, Kind::Sequence, Kind::Function, Kind::Procedure, Kind::Package, Kind::Library];

/// What is captured, by what grants call it.
struct Things(HashMap<(String, String), Vec<(&'static str, String)>>);

impl Things {
    fn of(found: &[Object]) -> Self {
        let mut things: HashMap<_, Vec<_>> = HashMap::new();
        for object in found {
            if GRANTED.contains(&object.kind) {
                let key = (object.identity.part(0).to_owned(), object.identity.part(1).to_lowercase());
                things.entry(key).or_default().push((object.kind.spec().name, object.display()));
            }
        }
        Self(things)
    }

    fn named(&self, schema: &str, name: &str) -> impl Iterator<Item = &(&'static str, String)> {
        self.0.get(&(schema.to_owned(), name.to_lowercase())).into_iter().flatten()
    }

    /// A view or sequence; a table otherwise, which need not exist.
    fn relation(&self, schema: &str, name: &str) -> (&'static str, String) {
        let shown = display(Kind::Table, &Identity::new([schema, name]));
        let other = self.named(schema, name).find(|(kind, other)| matches!(*kind, "view" | "sequence") && *other == shown);
        (other.map_or("table", |(kind, _)| kind), shown)
    }

    /// A routine. Its name is compared without case.
    fn routine(&self, kind: &str, schema: &str, name: &str) -> String {
        let known = self.named(schema, name).find(|(other, _)| *other == kind).map(|(_, shown)| shown.clone());
        let is_package = kind.starts_with("package");
        let declared = if is_package { Kind::Package } else { Kind::Procedure };
        known.unwrap_or_else(|| display(declared, &Identity::new([schema, name])))
    }
}

#[cfg(test)]
#[path = "privilege_tests.rs"]
mod tests;
