//! What needs what, as the server recorded it: hung on objects by their address, each as kind and name.
//!
//! An object says what cannot be left out before it is made, and what stops it from being changed or dropped. What it is part of
//! (`Parent`) is not said again. Neighbours: `mod` hangs comments the same way, `names` knows the members of extensions.

use super::names::{Names, PG_CLASS};
use super::number::ByNumber;
use super::reader::{Address, Found, Read, Reader, class_number};
use super::{rows, statements};
use evenkeel_core::kind::{Dimension, Kind, Parent, Value};
use evenkeel_core::manifest::Object;
use futures_util::{StreamExt, pin_mut};

/// What needs what, by address. An object of ours may stand at either end, or at none.
#[derive(Default)]
pub struct Needs(Vec<(Address, Address)>);

rows::columns!(At { class, oid, sub, on_class, on_oid, on_sub });

impl Needs {
    /// Reads `pg_depend`, where there are objects to hang it on.
    pub async fn read(reader: &Reader<'_>) -> Read<Self> {
        let mut needs = Vec::new();
        if !reader.request.dimensions.contains(&Dimension::Schema) {
            return Ok(Self(needs));
        }
        let stream = reader.stream(statements::DEPEND, "pg_depend").await?;
        pin_mut!(stream);
        let mut places = rows::Places::<At>::unknown();
        while let Some(row) = stream.next().await {
            let row = row.map_err(|error| reader.fault(&error, "pg_depend"))?;
            let at = places.of(&row)?;
            let address = |class, oid, column| -> Read<Address> {
                Ok(Address {
                    class: rows::oid(&row, class)?,
                    oid: rows::oid(&row, oid)?,
                    column: rows::get::<i32>(&row, column)?.unwrap_or(0),
                })
            };
            needs.push((address(at.class, at.oid, at.sub)?, address(at.on_class, at.on_oid, at.on_sub)?));
        }
        Ok(Self(needs))
    }

    /// Hangs them on the objects of the schema.
    pub fn hang(self, names: &Names, found: &mut [Found]) {
        let mut needs = self.0;
        needs.sort_unstable();
        needs.dedup();
        let ours = found.iter().enumerate().filter(|(_, found)| found.object.kind.spec().dimension == Dimension::Schema);
        let places: ByNumber<Address, usize> =
            ours.filter(|(_, found)| found.address.oid != 0).map(|(at, found)| (found.address, at)).collect();
        for needs in needs.chunk_by(|(one, _), (other, _)| one == other) {
            let Some(place) = needs.first().and_then(|(address, _)| places.get(address)) else { continue };
            let items = found.get(*place).map(|own| items(own, needs, names, &places, found)).unwrap_or_default();
            if let Some(own) = found.get_mut(*place) {
                own.object.set("needs", Value::List(items.into()));
            }
        }
    }
}

/// What that object says it needs.
fn items(own: &Found, needs: &[(Address, Address)], names: &Names, places: &ByNumber<Address, usize>, found: &[Found]) -> Vec<Box<str>> {
    let mut items: Vec<Box<str>> = Vec::new();
    let mut relation = None;
    for (_, on) in needs {
        items.extend(item(own, *on, names, places, found));
        // A column is there where its relation is; the addresses are sorted, so that those of a relation follow each other.
        if on.class == PG_CLASS && on.column != 0 && relation != Some(on.oid) {
            relation = Some(on.oid);
            items.extend(item(own, Address { column: 0, ..*on }, names, places, found));
        }
    }
    items.sort_unstable();
    items.dedup();
    items
}

/// One of them, or the extension that has it. Nothing where it says nothing new, or is the system's.
fn item(own: &Found, on: Address, names: &Names, places: &ByNumber<Address, usize>, found: &[Found]) -> Option<Box<str>> {
    let extension = || {
        let oid = *names.members.get(&(on.class, on.oid))?;
        places.get(&Address { class: class_number("pg_extension"), oid, column: 0 })
    };
    let other = found.get(*places.get(&on).or_else(extension)?)?;
    let is_known = other.address == own.address || is_parent(&own.object, &other.object);
    (!is_known).then(|| format!("{} {}", other.object.kind.name(), other.object.display()).into())
}

/// Whether it is the relation that the object is part of.
fn is_parent(object: &Object, other: &Object) -> bool {
    let is_relation = matches!(other.kind, Kind::Table | Kind::View | Kind::MaterializedView | Kind::Domain);
    is_relation && object.kind.spec().parent == Parent::Relation && other.identity.parts().eq(object.identity.parts().take(2))
}
