//! Kinds `role` and `membership`, and what accounts are called: the one place that maps a server's account names to the
//! names environments share.
//!
//! An account is shown as `user@host`, a role of MariaDB without a host. `ENV.roles` maps a whole account
//! (`"app@%" = "app_prod@10.%"`) or a user name with any host (`app = "app_prod"`). The server's own accounts are left out.

use super::access::Account;
use super::reader::{Places, Read, Reader, columns};
use super::statements;
use crate::connect::rows::{Row, Wrong};
use evenkeel_core::kind::{Kind, Value};
use evenkeel_core::manifest::{Identity, Object};
use std::collections::{BTreeMap, BTreeSet};

/// Whom everyone is; MariaDB from 10.11 on grants to it as to a role.
pub const PUBLIC: &str = "PUBLIC";

/// Accounts that come with the server and that nobody logs in as.
/// <https://dev.mysql.com/doc/refman/en/reserved-accounts.html>
const RESERVED: &[&str] = &["mysql.sys", "mysql.session", "mysql.infoschema", "mariadb.sys"];

impl Account {
    /// From two columns; a role of MariaDB has an empty host.
    #[must_use]
    pub fn of(user: &str, host: &str) -> Self {
        Self { user: user.to_owned(), host: Some(host.to_owned()).filter(|host| !host.is_empty()) }
    }

    /// From `'user'@'host'`, as the privilege tables of `information_schema` write it: nothing is escaped in there.
    #[must_use]
    pub fn quoted(text: &str) -> Self {
        let bare = text.strip_prefix('\'').unwrap_or(text);
        let bare = bare.strip_suffix('\'').unwrap_or(bare);
        match bare.rsplit_once("'@'") {
            Some((user, host)) => Self::of(user, host),
            None => Self::of(bare, ""),
        }
    }

    /// Whether it comes with the server.
    #[must_use]
    pub fn is_reserved(&self) -> bool {
        RESERVED.contains(&self.user.as_str()) && self.host.as_deref() == Some("localhost")
    }

    /// By its shared name; `names` maps a shared name to the name on this server.
    #[must_use]
    pub fn shown(&self, names: &BTreeMap<String, String>) -> String {
        let host = self.host.as_ref().map(|host| format!("@{host}")).unwrap_or_default();
        let whole = format!("{}{host}", self.user);
        let shared = |here: &str| names.iter().find(|(_, name)| name.as_str() == here).map(|(shared, _)| shared);
        match (shared(&whole), shared(&self.user)) {
            (Some(shared), _) => shared.clone(),
            (None, Some(shared)) => format!("{shared}{host}"),
            (None, None) => whole,
        }
    }
}

columns!(At { user, host, is_role, locked, expired, plugins, factors, connections, tls, limits, default_role, comment });

/// Reads both, where the account may.
pub async fn read(reader: &Reader<'_>) -> Read<Vec<Object>> {
    let names = &reader.request.roles;
    let mut defaults: BTreeMap<Account, BTreeSet<String>> = BTreeMap::new();
    if !reader.flavor.is_mariadb() {
        for row in reader.rows(statements::ROLE_DEFAULT, Kind::Role).await? {
            defaults.entry(account(&row, 0)?).or_default().insert(account(&row, 2)?.shown(names));
        }
    }
    let mut found = Vec::new();
    let mut places = Places::<At>::unknown();
    for row in reader.rows(statements::ROLE, Kind::Role).await? {
        let at = places.of(&row)?;
        let account = Account::of(&row.text(at.user)?.unwrap_or_default(), &row.text(at.host)?.unwrap_or_default());
        if account.is_reserved() || account.user == PUBLIC && account.host.is_none() {
            continue;
        }
        let mut object = Object::new(Kind::Role, Identity::new([account.shown(names)]));
        let is_role = row.flag(at.is_role)?.unwrap_or(false);
        object.set("login", !is_role);
        // A role of MySQL is locked, has expired and has a plugin, but nobody can tell it from one that is not.
        if !is_role {
            object.set("locked", row.flag(at.locked)?.unwrap_or(false));
            object.set("password_expired", row.flag(at.expired)?.unwrap_or(false));
            object.set("authentication", plugins(row.text(at.plugins)?, row.text(at.factors)?));
        }
        object.set_some("connection_limit", row.integer(at.connections)?);
        object.set_some("tls", row.text(at.tls)?.map(Value::Text));
        object.set("limits", lines(row.text(at.limits)?));
        object.set_some("comment", row.text(at.comment)?.filter(|text| !text.is_empty()).map(Value::Text));
        let mut roles = defaults.remove(&account).unwrap_or_default();
        roles.extend(row.text(at.default_role)?.map(|role| Account::of(&role, "").shown(names)));
        object.set("default_roles", Value::list(roles));
        found.push(object);
    }
    reader.tell(Kind::Role, found.len());
    let roles = found.len();
    for row in reader.rows(statements::MEMBERSHIP, Kind::Membership).await? {
        let (role, member) = (account(&row, 0)?, account(&row, 2)?);
        if member.is_reserved() {
            continue;
        }
        let mut object = Object::new(Kind::Membership, Identity::new([role.shown(names), member.shown(names)]));
        object.set("admin", row.flag(4)?.unwrap_or(false));
        found.push(object);
    }
    reader.tell(Kind::Membership, found.len() - roles);
    Ok(found)
}

/// An account in two columns.
pub fn account(row: &Row, index: usize) -> Result<Account, Wrong> {
    Ok(Account::of(&row.text(index)?.unwrap_or_default(), &row.text(index + 1)?.unwrap_or_default()))
}

/// In the order in which they are asked for. MariaDB writes none where it is the oldest one.
fn plugins(first: Option<Box<str>>, factors: Option<Box<str>>) -> Value {
    let first = first.filter(|plugins| !plugins.is_empty()).unwrap_or_else(|| "mysql_native_password".into());
    let mut all: Vec<String> = first.lines().map(str::to_owned).collect();
    let more = factors.and_then(|json| serde_json::from_str::<Vec<String>>(&json).ok());
    all.extend(more.unwrap_or_default());
    Value::list(all)
}

fn lines(text: Option<Box<str>>) -> Value {
    Value::list(text.unwrap_or_default().lines())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_shared() {
        let names = BTreeMap::from([("app".to_owned(), "app_prod".to_owned()), ("batch@%".to_owned(), "batch@10.%".to_owned())]);
        let shown = |user, host| Account::of(user, host).shown(&names);
        assert_eq!(shown("app_prod", "localhost"), "app@localhost");
        assert_eq!(shown("app_prod", ""), "app");
        assert_eq!(shown("batch", "10.%"), "batch@%");
        assert_eq!(shown("batch", "%"), "batch@%");
        assert_eq!(shown("other", "%"), "other@%");
    }

    #[test]
    fn accounts_are_read_as_servers_quote_them() {
        assert_eq!(Account::quoted("'it's'@'%'"), Account::of("it's", "%"));
        assert_eq!(Account::quoted("'a'@'b'@'localhost'"), Account::of("a'@'b", "localhost"));
        assert_eq!(Account::quoted("''@'localhost'"), Account::of("", "localhost"));
        assert_eq!(Account::quoted("'PUBLIC'@''"), Account::of("PUBLIC", ""));
        assert_eq!(Account::quoted("PUBLIC"), Account::of("PUBLIC", ""));
        assert_eq!(Account::quoted("'"), Account::of("", ""));
    }
}
