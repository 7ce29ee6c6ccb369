//! Kind `override`: what ALTER ROLE … SET and ALTER DATABASE … SET left in `pg_db_role_setting`, and which of them wins.

use super::names::Names;
use super::reader::{Address, Found, Read, Reader};
use super::setting::{self, Raw};
use super::{rows, statements};
use crate::knowledge::settings;
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::{Identity, Object};

/// One entry.
pub struct Override {
    /// 0: every role.
    pub role: u32,
    /// Only in this database.
    pub here: bool,
    pub name: Box<str>,
    pub value: Box<str>,
}

rows::columns!(At { role, here, entry });

/// All entries for this database.
pub async fn raw(reader: &Reader<'_>) -> Read<Vec<Override>> {
    let mut overrides = Vec::new();
    let rows = reader.rows(statements::OVERRIDE, "pg_db_role_setting").await?;
    for (row, at) in rows::each::<At>(&rows)? {
        let entry = rows::text(row, at.entry)?;
        let (name, value) = entry.split_once('=').unwrap_or((&entry, ""));
        overrides.push(Override {
            role: rows::oid(row, at.role)?,
            here: rows::flag(row, at.here)?,
            name: name.into(),
            value: value.into(),
        });
    }
    Ok(overrides)
}

/// The entry that wins for a role: its own in this database, its own, the database's, everyone's.
/// Source: <https://www.postgresql.org/docs/current/catalog-pg-db-role-setting.html>.
#[must_use]
pub fn effective<'a>(overrides: &'a [Override], name: &str, role: Option<u32>) -> Option<&'a Override> {
    let of =
        |role: u32, here: bool| overrides.iter().find(|set| set.role == role && set.here == here && set.name.eq_ignore_ascii_case(name));
    role.and_then(|role| of(role, true).or_else(|| of(role, false))).or_else(|| of(0, true)).or_else(|| of(0, false))
}

/// The objects. The name of the database is left out: it differs where environments are alike.
#[must_use]
pub fn build(names: &Names, overrides: &[Override], settings: &[Raw]) -> Vec<Found> {
    overrides
        .iter()
        .map(|set| {
            let raw = settings.iter().find(|raw| raw.name.eq_ignore_ascii_case(&set.name));
            let role = if set.role == 0 { "every role".into() } else { names.roles.shown(set.role) };
            let scope = if set.here { "this database" } else { "every database" };
            let mut object = Object::new(Kind::Override, Identity::new([&*role, scope, &*set.name]));
            object.set("value", setting::shown(&set.name, Some(&set.value), raw));
            object.set("rank", settings::rank(&set.name, raw.map_or("", |raw| &raw.category)).name());
            Found { object, address: Address::default() }
        })
        .collect()
}
