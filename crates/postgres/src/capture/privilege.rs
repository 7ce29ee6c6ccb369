//! Kinds `owner` and `grant`: hung on the objects of the schema by their address, in normal form.
//!
//! Normal form: an object whose privileges were never touched, or are as a new object's, has no grants. Any other grantee
//! gets one object with all it may do; one who lost a default gets one with less, marked `revoked`. The owner, whose
//! name is `owner`'s business, is `(owner)` here. Neighbour: `role_member.rs` reads roles and default privileges.

use super::names::Names;
use super::reader::{Address, Found, Read, Reader, class_number};
use super::{rows, statements};
use crate::flavor;
use evenkeel_core::kind::{Kind, Value};
use evenkeel_core::manifest::{Gap, Identity, Mark, Object, Reason};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use tokio_postgres::types::{ToSql, Type};

/// What the sequence behind an identity column is called, with its column's name.
pub const IDENTITY_SEQUENCE: &str = "identity-sequence";
/// The grantee that owns the object, whatever it is called.
pub const OWNER: &str = "(owner)";
/// Who had no right from the start.
pub const NOTHING: &str = "nothing";
const MAINTAIN: &str = "MAINTAIN";
/// Kinds whose objects can be maintained.
const MAINTAINED: &[&str] = &["table", "view", "materialized-view"];

/// What one grantee may do with one thing, and could do if nobody had touched it. Value: may pass it on.
#[derive(Debug, Default)]
pub struct Privileges {
    actual: BTreeMap<Box<str>, bool>,
    untouched: BTreeMap<Box<str>, bool>,
}

impl Privileges {
    /// Notes one privilege.
    pub fn note(&mut self, privilege: Box<str>, grantable: bool, untouched: bool) {
        if untouched {
            self.untouched.insert(privilege, grantable)
        } else {
            self.actual.insert(privilege, grantable)
        };
    }

    /// Notes what the owner of a relation could do before 17, when no list said so: maintain it.
    fn note_maintenance(&mut self) {
        for list in [&mut self.actual, &mut self.untouched] {
            list.entry(MAINTAIN.into()).or_insert(false);
        }
    }

    /// What the grantee had before anybody granted: `SELECT, UPDATE*`.
    fn initial(&self) -> String {
        let items: Vec<String> = self.untouched.iter().map(|(name, may)| format!("{name}{}", if *may { "*" } else { "" })).collect();
        if items.is_empty() { NOTHING.to_owned() } else { items.join(", ") }
    }

    /// Fills the properties of an object; `false` where nothing deviates.
    pub fn fill(&self, object: &mut Object) -> bool {
        if self.actual == self.untouched {
            return false;
        }
        let listed = |grantable: bool| {
            let kept = self.actual.iter().filter(|(name, may)| &***name != MAINTAIN && (!grantable || **may));
            Value::list(kept.map(|(name, _)| name.clone()))
        };
        object.set("privileges", listed(false));
        object.set("grantable", listed(true));
        object.set("maintain", self.actual.contains_key(MAINTAIN));
        object.set("maintain_grantable", self.actual.get(MAINTAIN) == Some(&true));
        object.set("revoked", self.untouched.keys().any(|name| !self.actual.contains_key(name)));
        true
    }
}

/// What an address stands for: name of its kind, and the object as it is shown.
type Places = HashMap<Address, (Arc<str>, Arc<str>)>;

rows::columns!(OwnerAt { class, oid, owner });
rows::columns!(AclAt { class, oid, sub, owner, grantee, privilege, grantable, untouched });
rows::columns!(StrangerAt { class, oid, sub, kind, shown, relation, number });

/// Builds owners and grants of the objects found, and grants of the rest.
pub async fn read(reader: &Reader<'_>, names: &Names, found: &[Found]) -> Read<Vec<Found>> {
    let (owners, acls) = tokio::try_join!(reader.rows(statements::OWNER, "owners"), reader.rows(statements::ACL, "privileges"))?;
    let mut places: Places = found
        .iter()
        // Rights on the database are called alike, whether or not what is told of the server was asked for too.
        .filter(|found| found.address.oid != 0 && found.address.class != class_number("pg_database"))
        .map(|found| (found.address, (Arc::from(found.object.kind.name()), Arc::from(found.object.display()))))
        .collect();
    let mut lists: BTreeMap<(Address, u32), Privileges> = BTreeMap::new();
    let mut owner_of: HashMap<Address, u32> = HashMap::new();
    for (row, at) in rows::each::<AclAt>(&acls)? {
        let column = rows::get::<i32>(row, at.sub)?.unwrap_or(0);
        let address = Address { class: rows::oid(row, at.class)?, oid: rows::oid(row, at.oid)?, column };
        owner_of.insert(address, rows::oid(row, at.owner)?);
        let privileges = lists.entry((address, rows::oid(row, at.grantee)?)).or_default();
        privileges.note(rows::text(row, at.privilege)?, rows::flag(row, at.grantable)?, rows::flag(row, at.untouched)?);
    }
    let strange: BTreeSet<Address> = lists.keys().map(|(address, _)| *address).filter(|address| !places.contains_key(address)).collect();
    let strangers = strangers(reader, &strange, &places).await?;
    places.extend(strangers);
    // What an extension has is called as it would be without.
    let members = reader.members.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
    let named = members.iter().filter(|member| strange.contains(&member.address));
    places.extend(named.map(|member| (member.address, (Arc::from(member.kind.name()), Arc::from(&*member.shown)))));
    let mut built = Vec::new();
    for (row, at) in rows::each::<OwnerAt>(&owners)? {
        let address = Address { class: rows::oid(row, at.class)?, oid: rows::oid(row, at.oid)?, column: 0 };
        if address.class == class_number("pg_database") {
            built.push(owner(reader, names, "database", "(this database)", rows::oid(row, at.owner)?));
        } else if let Some((kind, shown)) = places.get(&address).filter(|_| !strange.contains(&address)) {
            built.push(owner(reader, names, kind, shown, rows::oid(row, at.owner)?));
        }
    }
    reader.tell(Kind::Owner, built.len());
    if reader.major < flavor::SUBSCRIPTIONS_SHOWN && found.iter().any(|found| found.object.kind.name() == "subscription") {
        let detail = "owners of subscriptions are not read on servers before 14".to_owned();
        reader.gap(Gap::kind(Kind::Owner, Reason::Version, detail));
    }
    let owners = built.len();
    for ((address, grantee), privileges) in &mut lists {
        let Some((kind, shown)) = places.get(address) else { continue };
        let owns = owner_of.get(address) == Some(grantee);
        let name = if owns { OWNER.into() } else { names.roles.shown(*grantee) };
        if owns && reader.major < flavor::MAINTAIN && address.column == 0 && MAINTAINED.contains(&&**kind) {
            privileges.note_maintenance();
        }
        let mut object = Object::new(Kind::Grant, Identity::new([&**kind, &**shown, &*name]));
        if privileges.fill(&mut object) {
            public_schema(reader, &mut object);
            // Nothing but the server knows what an extension, or it itself, granted.
            if strange.contains(address) {
                object.set("initial", privileges.initial());
            }
            built.push(Found { object, address: Address::default() });
        }
    }
    reader.tell(Kind::Grant, built.len() - owners);
    Ok(built)
}

fn owner(reader: &Reader<'_>, names: &Names, kind: &str, shown: &str, owner: u32) -> Found {
    let mut object = Object::new(Kind::Owner, Identity::new([kind, shown]));
    object.set("owner", &*names.roles.shown(owner));
    if reader.major >= flavor::PUBLIC_SCHEMA_CLOSED
        && kind == Kind::Schema.name()
        && shown == "public"
        && object.text("owner") == Some("pg_database_owner")
    {
        mark(&mut object, "owner", super::role::BOOTSTRAP);
    }
    Found { object, address: Address::default() }
}

/// Grants on schema `public` as a new database of 15 or later has them are no evidence against an older server's.
fn public_schema(reader: &Reader<'_>, object: &mut Object) {
    let is_public = object.identity.part(0) == Kind::Schema.name() && object.identity.part(1) == "public";
    if is_public
        && reader.major >= flavor::PUBLIC_SCHEMA_CLOSED
        && object.identity.part(2) == super::role::PUBLIC
        && object.get("privileges") == Some(&Value::list(["USAGE"]))
    {
        mark(object, "privileges", "CREATE, USAGE");
    }
}

fn mark(object: &mut Object, property: &str, equivalent: &str) {
    if let Some(property) = object.kind.spec().index_of(property) {
        object.marks.push(Mark {
            property,
            boundary: flavor::PUBLIC_SCHEMA_CLOSED,
            equivalent: equivalent.into(),
            reason: "a new database's schema public has another owner and other privileges from 15 on".into(),
        });
    }
}

/// Kind and name, as the server tells them, of what no kind of ours stands for.
async fn strangers(reader: &Reader<'_>, strange: &BTreeSet<Address>, places: &Places) -> Read<Places> {
    if strange.is_empty() {
        return Ok(Places::new());
    }
    let classes: Vec<u32> = strange.iter().map(|address| address.class).collect();
    let oids: Vec<u32> = strange.iter().map(|address| address.oid).collect();
    let columns: Vec<i32> = strange.iter().map(|address| address.column).collect();
    let parameters: [(&(dyn ToSql + Sync), Type); 3] =
        [(&classes, Type::OID_ARRAY), (&oids, Type::OID_ARRAY), (&columns, Type::INT4_ARRAY)];
    let rows = reader.rows_with(statements::ACL_OBJECT, &parameters, "pg_identify_object").await?;
    rows::each::<StrangerAt>(&rows)?
        .map(|(row, at)| {
            let column = rows::get::<i32>(row, at.sub)?.unwrap_or(0);
            let address = Address { class: rows::oid(row, at.class)?, oid: rows::oid(row, at.oid)?, column };
            let behind =
                Address { class: address.class, oid: rows::oid(row, at.relation)?, column: rows::get::<i32>(row, at.number)?.unwrap_or(0) };
            if let Some((_, column)) = places.get(&behind).filter(|_| behind.column != 0) {
                return Ok((address, (Arc::from(IDENTITY_SEQUENCE), Arc::clone(column))));
            }
            Ok((address, (Arc::from(rows::text(row, at.kind)?), Arc::from(rows::text(row, at.shown)?))))
        })
        .collect()
}
