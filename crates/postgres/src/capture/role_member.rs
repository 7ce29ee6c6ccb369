//! Kinds `role`, `membership` and `default-privilege`: what belongs to roles and to no object. Visible to everyone.

use super::names::Names;
use super::privilege::{OWNER, Privileges};
use super::reader::{Address, Found, Read, Reader};
use super::{rows, statements};
use evenkeel_core::kind::{Kind, Value};
use evenkeel_core::manifest::{Identity, Object};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Reads all three.
pub async fn read(reader: &Reader<'_>, names: &Names) -> Read<Vec<Found>> {
    let (roles, memberships, defaults) = tokio::try_join!(
        reader.plain(Kind::Role, statements::ROLE, names),
        reader.rows(statements::MEMBERSHIP, "pg_auth_members"),
        reader.rows(statements::DEFAULT_ACL, "pg_default_acl"),
    )?;
    let mut found: Vec<Found> = roles
        .into_iter()
        .map(|role| {
            let mut object = Object::new(Kind::Role, Identity::new([&*names.roles.shown(role.address.oid)]));
            for (property, value) in role.object.values() {
                object.set_at(*property, value.clone());
            }
            Found { object, address: role.address }
        })
        .collect();
    for row in &memberships {
        let (role, member) = (names.roles.shown(rows::oid(row, 0)?), names.roles.shown(rows::oid(row, 1)?));
        let mut object = Object::new(Kind::Membership, Identity::new([&*role, &*member]));
        object.set("admin", rows::flag(row, 2)?);
        object.set("inherit", rows::flag(row, 3)?);
        object.set("set", rows::flag(row, 4)?);
        let mut grantors: Vec<Arc<str>> = rows::oids(row, 5)?.into_iter().map(|oid| names.roles.shown(oid)).collect();
        grantors.sort_unstable();
        object.set("grantors", Value::list(grantors.iter().map(|name| &**name)));
        found.push(Found { object, address: Address::default() });
    }
    reader.tell(Kind::Membership, memberships.len());
    let mut lists: BTreeMap<(u32, Box<str>, Box<str>, u32), Privileges> = BTreeMap::new();
    for row in &defaults {
        let key = (rows::oid(row, 0)?, rows::text(row, 1)?, rows::text(row, 2)?, rows::oid(row, 3)?);
        lists.entry(key).or_default().note(rows::text(row, 4)?, rows::flag(row, 5)?, rows::flag(row, 6)?);
    }
    for ((role, schema, objects, grantee), privileges) in &lists {
        let creator = names.roles.shown(*role);
        let grantee = if role == grantee { OWNER.into() } else { names.roles.shown(*grantee) };
        let mut object = Object::new(Kind::DefaultPrivilege, Identity::new([&*creator, &**schema, &**objects, &*grantee]));
        if privileges.fill(&mut object) {
            found.push(Found { object, address: Address::default() });
        }
    }
    Ok(found)
}
