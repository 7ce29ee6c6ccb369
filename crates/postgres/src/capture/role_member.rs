//! Kinds `role`, `membership` and `default-privilege`: what belongs to roles and to no object. Visible to everyone.

use super::names::Names;
use super::privilege::{OWNER, Privileges};
use super::reader::{Address, Found, Read, Reader};
use super::{rows, statements};
use evenkeel_core::kind::{Kind, Value};
use evenkeel_core::manifest::{Identity, Object};
use std::collections::BTreeMap;
use std::sync::Arc;

rows::columns!(MembershipAt { role, member, admin, inherit, set, grantors });
rows::columns!(DefaultAt { role, schema, objects, grantee, privilege, grantable, untouched });

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
    for (row, at) in rows::each::<MembershipAt>(&memberships)? {
        let (role, member) = (names.roles.shown(rows::oid(row, at.role)?), names.roles.shown(rows::oid(row, at.member)?));
        let mut object = Object::new(Kind::Membership, Identity::new([&*role, &*member]));
        object.set("admin", rows::flag(row, at.admin)?);
        object.set("inherit", rows::flag(row, at.inherit)?);
        object.set("set", rows::flag(row, at.set)?);
        let mut grantors: Vec<Arc<str>> = rows::oids(row, at.grantors)?.into_iter().map(|oid| names.roles.shown(oid)).collect();
        grantors.sort_unstable();
        object.set("grantors", Value::list(grantors.iter().map(|name| &**name)));
        found.push(Found { object, address: Address::default() });
    }
    reader.tell(Kind::Membership, memberships.len());
    let mut lists: BTreeMap<(u32, Box<str>, Box<str>, u32), Privileges> = BTreeMap::new();
    for (row, at) in rows::each::<DefaultAt>(&defaults)? {
        let key = (rows::oid(row, at.role)?, rows::text(row, at.schema)?, rows::text(row, at.objects)?, rows::oid(row, at.grantee)?);
        let (privilege, grantable) = (rows::text(row, at.privilege)?, rows::flag(row, at.grantable)?);
        lists.entry(key).or_default().note(privilege, grantable, rows::flag(row, at.untouched)?);
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
