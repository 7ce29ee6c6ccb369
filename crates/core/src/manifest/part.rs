//! One schema of a manifest as a manifest of its own: which objects and gaps are of it, and calling it otherwise.
//!
//! Lives here: whatever names a schema as a part of a name. Does not live here: names inside texts, which only an engine can
//! read (`port::SchemaNames`).

use super::{Endpoint, Gap, Identity, Manifest, Object, Whose, display, first_shown_part};
use crate::kind::{ALL, Dimension, Kind, Parent, Value};
use globset::{Glob, GlobSet, GlobSetBuilder};
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

/// Which schemas are meant, by names in which `*` matches anything.
#[derive(Debug, Clone)]
pub struct Patterns(GlobSet);

impl Patterns {
    /// Reads them.
    ///
    /// # Errors
    /// The one that cannot be read, and why, as text for a person.
    pub fn new(patterns: &[String]) -> Result<Self, (String, String)> {
        let mut set = GlobSetBuilder::new();
        for pattern in patterns {
            set.add(Glob::new(pattern).map_err(|error| (pattern.clone(), error.kind().to_string()))?);
        }
        set.build().map(Self).map_err(|error| (patterns.join(", "), error.kind().to_string()))
    }

    /// Whether that schema is one of them.
    #[must_use]
    pub fn has(&self, schema: &str) -> bool {
        self.0.is_match(schema)
    }
}

/// Renames schemas in a text; `None` where nothing is to be renamed.
pub type Texts<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The objects of a manifest, schema by schema.
#[derive(Debug)]
pub struct Parts<'a> {
    manifest: &'a Manifest,
    objects: HashMap<Cow<'a, str>, Vec<&'a Object>>,
}

impl<'a> Parts<'a> {
    /// One pass over all objects. What belongs to no schema is in none of them.
    #[must_use]
    pub fn of(manifest: &'a Manifest) -> Self {
        let mut objects: HashMap<Cow<'a, str>, Vec<&'a Object>> = HashMap::new();
        for object in manifest.objects().iter().chain(manifest.apart()) {
            if let Some(schema) = object.own_schema() {
                match objects.get_mut(&schema) {
                    Some(known) => known.push(object),
                    None => {
                        objects.insert(schema, vec![object]);
                    }
                }
            }
        }
        Self { manifest, objects }
    }

    /// What is there of a schema, as a manifest. Two schemas of one database are two: nothing says that they are one.
    #[must_use]
    pub fn part(&self, schema: &str) -> Manifest {
        let whole = self.manifest;
        let objects = self.objects.get(schema).into_iter().flatten().map(|object| (*object).clone()).collect();
        let gaps = whole.gaps.iter().filter(|gap| concerns(gap, schema)).cloned().collect();
        let endpoint = Endpoint { whose: Whose::File, ..whole.endpoint.clone() };
        let mut part = Manifest::new(endpoint, whole.dimensions.clone(), objects, gaps).written_as(whole.canonical);
        part.members_told = whole.members_told;
        part
    }
}

impl Manifest {
    /// The schemas that were captured, in order.
    pub fn schemas(&self) -> impl Iterator<Item = &str> {
        self.of_kind(Kind::Schema).iter().map(|schema| schema.identity.part(0))
    }

    /// A part with its schema called otherwise: in names, in the tables that properties name, in gaps.
    #[must_use]
    pub fn with_schema_called(&self, from: &str, name: &str, texts: Texts<'_>) -> Self {
        let name: Arc<str> = name.into();
        let mut objects: Vec<Object> = self.objects().iter().chain(self.apart()).cloned().collect();
        for object in &mut objects {
            object.call_schema(&name, texts);
            object.call_schema_of_table(from, &name);
        }
        let mut gaps = self.gaps.clone();
        gaps.iter_mut().for_each(|gap| gap.call_schema(from, &name, texts));
        let mut renamed = Self::new(self.endpoint.clone(), self.dimensions.clone(), objects, gaps).written_as(self.canonical);
        renamed.members_told = self.members_told;
        renamed
    }
}

impl Object {
    /// The schema it belongs to: its own, that of what it is said of, that it is about.
    #[must_use]
    pub fn own_schema(&self) -> Option<Cow<'_, str>> {
        match self.kind {
            Kind::DefaultPrivilege => Some(self.identity.part(1)).filter(|schema| !schema.is_empty()).map(Cow::Borrowed),
            Kind::Owner | Kind::Grant => self.held_in(),
            // Rows are hashed under the name of their table, with its schema: two schemas have none in common.
            Kind::ReferenceTable | Kind::ReferenceRow => None,
            _ => Some(self.schema()).filter(|schema| !schema.is_empty()).map(Cow::Borrowed),
        }
    }

    /// The schema of what somebody owns, or may do something with.
    fn held_in(&self) -> Option<Cow<'_, str>> {
        let (kind, shown) = (Kind::from_name(self.identity.part(0)), self.identity.part(1));
        if kind.is_some_and(|kind| !kind.spec().in_schema()) {
            return None;
        }
        // A setting's name may have a dot, and no schema.
        if self.identity.part(0).starts_with("parameter") {
            return None;
        }
        let (schema, rest) = first_shown_part(shown)?;
        // What no kind of ours stands for is called as the server calls it: a large object has no schema.
        let has_schema = rest.starts_with('.') || kind == Some(Kind::Schema) && rest.is_empty();
        has_schema.then_some(Cow::Owned(schema))
    }

    /// Calls the schema it belongs to otherwise.
    pub fn call_schema(&mut self, name: &Arc<str>, texts: Texts<'_>) {
        let spec = self.kind.spec();
        match self.kind {
            Kind::DefaultPrivilege => self.identity = self.identity.with(1, Arc::clone(name)),
            Kind::Owner | Kind::Grant => {
                let shown = called(self.identity.part(1), name, texts);
                self.identity = self.identity.with(1, shown.into());
            }
            _ if spec.in_schema() => {
                self.identity = self.identity.with(0, Arc::clone(name));
                let signature = spec.identity.iter().position(|part| *part == "signature");
                if let Some((at, text)) = signature.and_then(|at| Some((at, texts(self.identity.part(at))?))) {
                    self.identity = self.identity.with(at, text.into());
                }
            }
            _ => {}
        }
    }

    /// Calls it otherwise in the property that names the table it hangs on, where that is in the same schema.
    fn call_schema_of_table(&mut self, from: &str, to: &str) {
        let Parent::Property(property) = self.kind.spec().parent else { return };
        let Some(Value::List(table)) = self.get(property) else { return };
        if let [schema, table] = &**table
            && &**schema == from
        {
            let value = Value::list([to, table]);
            self.set(property, value);
        }
    }
}

impl Gap {
    /// Calls the schema of its object otherwise, where it is that one.
    pub fn call_schema(&mut self, from: &str, to: &str, texts: Texts<'_>) {
        if let Some(shown) = &mut self.object
            && first_shown_part(shown).is_some_and(|(schema, _)| schema == from)
        {
            *shown = called(shown, to, texts);
        }
    }
}

/// A shown name with its first part called otherwise, and the schemas named behind it.
fn called(shown: &str, name: &str, texts: Texts<'_>) -> String {
    let Some((_, rest)) = first_shown_part(shown) else { return shown.to_owned() };
    let first = display(Kind::Schema, &Identity::new([name]));
    let rest = texts(rest).map_or(Cow::Borrowed(rest), Cow::Owned);
    format!("{first}{rest}")
}

/// Whether something that could not be seen may be of that schema.
fn concerns(gap: &Gap, schema: &str) -> bool {
    let Some(kind) = gap.kind.as_deref().and_then(Kind::from_name) else { return true };
    if !lives_in_schemas(kind) {
        return false;
    }
    if !kind.spec().in_schema() {
        // Whose an owner or a grant is cannot be told from the way a gap shows it.
        return true;
    }
    match gap.object.as_deref().and_then(first_shown_part) {
        None => true,
        Some((named, rest)) => named == schema || rest.is_empty() && kind != Kind::Schema,
    }
}

/// Whether objects of the kind belong to a schema.
#[must_use]
pub fn lives_in_schemas(kind: Kind) -> bool {
    kind.spec().in_schema() && !matches!(kind, Kind::ReferenceTable | Kind::ReferenceRow)
        || matches!(kind, Kind::Owner | Kind::Grant | Kind::DefaultPrivilege)
}

/// The dimensions in which a schema has objects.
#[must_use]
pub fn dimensions_of_schemas() -> Vec<Dimension> {
    let has = |dimension: &Dimension| ALL.iter().any(|kind| kind.spec().dimension == *dimension && lives_in_schemas(*kind));
    Dimension::ALL.into_iter().filter(has).collect()
}

#[cfg(test)]
#[path = "part_tests.rs"]
mod tests;
