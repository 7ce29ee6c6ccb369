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

/// What needs what, by address. An object of ours may stand at either end, or at none.
#[derive(Default)]
pub struct Needs {
    said: Vec<(Address, Address)>,
    /// What is no object of ours, by its catalog and number: the one whose part it is.
    wholes: ByNumber<(u32, u32), Address>,
}

rows::columns!(At { class, on_class, is_part, oids, subs, on_oids, on_subs });

/// The longest way from a part to its whole: an array of multiranges, the multirange, its range type. More would go round.
const WAY: usize = 8;

impl Needs {
    /// Reads `pg_depend`, where there are objects to hang it on.
    pub async fn read(reader: &Reader<'_>) -> Read<Self> {
        let mut needs = Self::default();
        if !reader.request.needs || !reader.request.dimensions.contains(&Dimension::Schema) {
            return Ok(needs);
        }
        let rows = reader.rows(statements::DEPEND, "pg_depend").await?;
        for (row, at) in rows::each::<At>(&rows)? {
            let side = |class, oids, subs| -> Read<Vec<Address>> {
                let class = rows::oid(row, class)?;
                let addresses = rows::oids(row, oids)?.into_iter().zip(rows::numbers(row, subs)?);
                Ok(addresses.map(|(oid, column)| Address { class, oid, column }).collect())
            };
            let pairs = side(at.class, at.oids, at.subs)?.into_iter().zip(side(at.on_class, at.on_oids, at.on_subs)?);
            if rows::flag(row, at.is_part)? {
                needs.wholes.extend(pairs.map(|(part, whole)| ((part.class, part.oid), whole)));
            } else {
                needs.said.extend(pairs);
            }
        }
        Ok(needs)
    }

    /// The address of the object that speaks for what stands at this one.
    fn whole(&self, mut address: Address) -> Address {
        for _ in 0..WAY {
            let Some(whole) = self.wholes.get(&(address.class, address.oid)) else { break };
            address = *whole;
        }
        address
    }

    /// Hangs them on the objects of the schema.
    pub fn hang(mut self, names: &Names, found: &mut [Found]) {
        let mut needs = std::mem::take(&mut self.said);
        needs.iter_mut().for_each(|(address, on)| (*address, *on) = (self.whole(*address), self.whole(*on)));
        needs.sort_unstable();
        needs.dedup();
        let mut places: ByNumber<Address, usize> = ByNumber::with_capacity_and_hasher(found.len(), Default::default());
        let ours = found.iter().enumerate().filter(|(_, found)| found.object.kind.spec().dimension == Dimension::Schema);
        places.extend(ours.filter(|(_, found)| found.address.oid != 0).map(|(at, found)| (found.address, at)));
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
    let is_known = other.address == own.address || is_around(&own.object, &other.object);
    (!is_known).then(|| [other.object.kind.name(), " ", &other.object.display()].concat().into())
}

/// Whether it is the relation or domain that the object is part of, or a column that a constraint has beside it there.
fn is_around(object: &Object, other: &Object) -> bool {
    let is_whole = matches!(other.kind, Kind::Table | Kind::View | Kind::MaterializedView | Kind::Domain);
    let is_beside = object.kind == Kind::Constraint && other.kind == Kind::Column;
    let is_part = object.kind.spec().parent == Parent::Relation;
    (is_whole || is_beside) && is_part && other.identity.parts().take(2).eq(object.identity.parts().take(2))
}
