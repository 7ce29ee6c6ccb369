//! The objects of one manifest, found by name, by place, and by what needs them.

use crate::kind::{Kind, Parent, Value};
use crate::manifest::{Identity, Manifest, Object, Space};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What needs what, as the server told it.
const NEEDS: &str = "needs";

/// Whether a manifest says what needs what: one of an earlier evenkeel does not, and no order can be told from it.
#[must_use]
pub fn tells_needs(manifest: &Manifest) -> bool {
    // These need something wherever they are.
    let tells = |object: &Object| object.get(NEEDS).is_some();
    let is_reference = |object: &Object| object.text("type") == Some("foreign key");
    let has_needy = !manifest.of_kind(Kind::Trigger).is_empty() || manifest.of_kind(Kind::Constraint).iter().any(is_reference);
    let has_property = Kind::Table.spec().property_on(NEEDS, manifest.endpoint.engine);
    !has_property || !has_needy || manifest.objects().iter().any(tells)
}

/// A manifest with ways through it.
pub struct World<'m> {
    pub manifest: &'m Manifest,
    places: HashMap<(Kind, &'m Identity, Space), usize>,
    names: HashMap<String, usize>,
    /// What hangs on a relation, by schema and name.
    parts: HashMap<(&'m str, &'m str), Vec<usize>>,
    relations: HashMap<(&'m str, &'m str), usize>,
    /// Who needs what, by its name, as the server told it.
    users: HashMap<&'m str, Vec<usize>>,
}

/// Kinds that others hang on by schema and name, each name at most once in a schema.
const RELATIONS: &[Kind] = &[Kind::Table, Kind::View, Kind::MaterializedView, Kind::CompositeType, Kind::Domain, Kind::Sequence];

impl<'m> World<'m> {
    /// An account or role with all that it is a member of, and everybody.
    #[must_use]
    pub fn acts_as(&self, account: &'m str) -> BTreeSet<&'m str> {
        let mut acts_as = BTreeSet::from([account, "PUBLIC"]);
        loop {
            let joined = self.manifest.of_kind(Kind::Membership).iter().filter(|one| acts_as.contains(one.identity.part(1)));
            let more: Vec<&str> = joined.map(|one| one.identity.part(0)).filter(|role| !acts_as.contains(role)).collect();
            if more.is_empty() {
                return acts_as;
            }
            acts_as.extend(more);
        }
    }

    #[must_use]
    pub fn of(manifest: &'m Manifest) -> Self {
        let objects = manifest.objects();
        let mut world = Self {
            manifest,
            places: HashMap::with_capacity(objects.len()),
            names: HashMap::with_capacity(objects.len()),
            parts: HashMap::new(),
            relations: HashMap::new(),
            users: HashMap::new(),
        };
        for (at, object) in objects.iter().enumerate() {
            world.places.insert(object.key(), at);
            world.names.entry(Self::name_of(object)).or_insert(at);
            if RELATIONS.contains(&object.kind) {
                world.relations.entry((object.identity.part(0), object.identity.part(1))).or_insert(at);
            }
            if let Some(Value::List(items)) = object.get(NEEDS) {
                for name in items {
                    world.users.entry(name).or_default().push(at);
                }
            }
            if let Some(place) = hangs_on(object) {
                world.parts.entry(place).or_default().push(at);
            }
        }
        world
    }

    /// `kind name`, as `needs` has it.
    #[must_use]
    pub fn name_of(object: &Object) -> String {
        format!("{} {}", object.kind.name(), object.display())
    }

    /// Where an object stands that has this one's kind, name and name space.
    #[must_use]
    pub fn place(&self, object: &Object) -> Option<usize> {
        self.places.get(&object.key()).copied()
    }

    /// The object of the other manifest that is this one here.
    #[must_use]
    pub fn same(&self, object: &Object) -> Option<&'m Object> {
        self.place(object).and_then(|at| self.at(at))
    }

    #[must_use]
    pub fn at(&self, place: usize) -> Option<&'m Object> {
        self.manifest.objects().get(place)
    }

    #[must_use]
    pub fn find(&self, kind: Kind, identity: &[&str]) -> Option<&'m Object> {
        self.manifest.find(kind, identity)
    }

    /// By `kind name`.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&'m Object> {
        self.names.get(name).and_then(|at| self.at(*at))
    }

    /// By kind and shown name.
    #[must_use]
    pub fn shown(&self, kind: &str, shown: &str) -> Option<&'m Object> {
        self.named(&format!("{kind} {shown}"))
    }

    /// The table, view, type or domain that others name by schema and name.
    #[must_use]
    pub fn relation(&self, schema: &str, name: &str) -> Option<&'m Object> {
        self.relations.get(&(schema, name)).and_then(|at| self.at(*at))
    }

    /// What hangs on a relation: columns, constraints, indexes, triggers.
    pub fn parts_of<'w>(&'w self, schema: &'w str, name: &'w str) -> impl Iterator<Item = &'m Object> + use<'m, 'w> {
        self.parts.get(&(schema, name)).into_iter().flatten().filter_map(|at| self.at(*at))
    }

    /// Those of one kind.
    pub fn parts_of_kind<'w>(&'w self, schema: &'w str, name: &'w str, kind: Kind) -> impl Iterator<Item = &'m Object> + use<'m, 'w> {
        self.parts_of(schema, name).filter(move |part| part.kind == kind)
    }

    /// Columns of a relation, in their order.
    #[must_use]
    pub fn columns(&self, schema: &str, name: &str) -> Vec<&'m Object> {
        let mut columns: Vec<&Object> = self.parts_of_kind(schema, name, Kind::Column).collect();
        columns.sort_by_key(|column| match column.get("position") {
            Some(Value::Integer(position)) => *position,
            _ => i64::MAX,
        });
        columns
    }

    /// What its kind says that it hangs on.
    #[must_use]
    pub fn parent(&self, object: &Object) -> Option<&'m Object> {
        match object.kind.spec().parent {
            Parent::None => None,
            Parent::Schema => self.find(Kind::Schema, &[object.identity.part(0)]),
            Parent::Relation | Parent::Property(_) => {
                let (schema, name) = hangs_on(object)?;
                self.relation(schema, name)
            }
            Parent::Twin(kind) => self.find(kind, &object.identity.parts().collect::<Vec<_>>()),
            Parent::Object => self.shown(object.identity.part(0), object.identity.part(1)),
        }
    }

    /// What the server says that it needs, as far as it is an object here.
    pub fn told_needs<'w>(&'w self, object: &'w Object) -> impl Iterator<Item = &'m Object> + use<'m, 'w> {
        let items: &[Box<str>] = match object.get(NEEDS) {
            Some(Value::List(items)) => items,
            _ => &[],
        };
        items.iter().filter_map(|name| self.named(name))
    }

    /// Objects that the server says need this one.
    #[must_use]
    pub fn told_users(&self, object: &Object) -> Vec<&'m Object> {
        self.users.get(Self::name_of(object).as_str()).into_iter().flatten().filter_map(|at| self.at(*at)).collect()
    }

    /// By schema, those that need something in it or hang on something: who needs each object, by its place.
    #[must_use]
    pub fn needed_by(&self, more: &dyn Fn(&'m Object) -> Vec<&'m Object>) -> BTreeMap<usize, Vec<usize>> {
        let mut by: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (at, object) in self.manifest.objects().iter().enumerate() {
            let needs = self.told_needs(object).chain(self.parent(object)).chain(more(object));
            for needed in needs.filter_map(|needed| self.place(needed)).filter(|needed| *needed != at) {
                by.entry(needed).or_default().push(at);
            }
        }
        for users in by.values_mut() {
            users.sort_unstable();
            users.dedup();
        }
        by
    }
}

/// Schema and name of the relation that an object hangs on.
fn hangs_on(object: &Object) -> Option<(&str, &str)> {
    match object.kind.spec().parent {
        Parent::Relation => Some((object.identity.part(0), object.identity.part(1))),
        Parent::Property(list) => match object.get(list) {
            Some(Value::List(parts)) => Some((parts.first()?, parts.get(1)?)),
            _ => None,
        },
        Parent::None | Parent::Schema | Parent::Twin(_) | Parent::Object => None,
    }
}
