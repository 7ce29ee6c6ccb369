//! Kind `index`: raw rows with numbers resolved here; only expressions and predicates are printed by the server.

use super::column::Columns;
use super::constraint;
use super::names::{Names, PG_CLASS, Relation, quoted};
use super::number::ByNumber;
use super::reader::{Address, Found, Read, Reader};
use super::table::{Marked, Parents};
use super::{batch, canonical, options, rows, statements};
use evenkeel_core::kind::{Kind, Value};
use evenkeel_core::manifest::{Gap, Identity, Object, Reason};
use futures_util::{StreamExt, pin_mut};
use std::sync::Arc;
use tokio_postgres::types::Type;

/// An index, numbers resolved.
pub struct Index {
    pub oid: u32,
    pub relation: u32,
    unique: bool,
    pub nulls_not_distinct: bool,
    valid: bool,
    ready: bool,
    clustered: bool,
    replica_identity: bool,
    pub keys: Vec<Box<str>>,
    pub include: Vec<Box<str>>,
    pub predicate: Option<Box<str>>,
    has_predicate: bool,
}

/// All indexes by number.
pub struct Indexes {
    found: ByNumber<u32, Index>,
    targets: Targets,
}

/// An index as it is stored.
pub struct Raw {
    index: Index,
    key_count: usize,
    columns: Vec<i16>,
    collations: Vec<u32>,
    classes: Vec<u32>,
    options: Vec<i16>,
    has_expressions: bool,
}

impl Index {
    /// Its access method.
    #[must_use]
    pub fn method(&self, names: &Names) -> u32 {
        names.relations.get(&self.oid).map_or(0, |relation| relation.method)
    }
}

impl Indexes {
    /// The index of that number.
    #[must_use]
    pub fn get(&self, oid: u32) -> Option<&Index> {
        self.found.get(&oid)
    }

    /// What the indexes say about their tables.
    #[must_use]
    pub fn marked(&self, names: &Names) -> Marked {
        let mut marked = Marked::default();
        for index in self.found.values() {
            let Some(relation) = names.relations.get(&index.oid) else { continue };
            if index.clustered {
                marked.clustered.insert(index.relation, Box::from(&*relation.name));
            }
            if index.replica_identity {
                marked.replica_identity.insert(index.relation, format!("index {}", quoted(&relation.name)).into());
            }
        }
        marked
    }

    /// Says what the numbers mean.
    #[must_use]
    pub fn resolve(names: &Names, columns: &Columns, raw: Vec<Raw>, extras: Extras) -> Self {
        let Extras { mut printed, parameters, targets } = extras;
        let defaults = default_classes(names);
        let mut found = ByNumber::with_capacity_and_hasher(raw.len(), Default::default());
        for mut raw in raw {
            let printed = printed.remove(&raw.index.oid).unwrap_or_default();
            let mut expressions = printed.expressions.into_iter();
            raw.index.predicate = printed.predicate;
            let method = raw.index.method(names);
            for (at, number) in raw.columns.iter().enumerate() {
                let column = columns.get(raw.index.relation, *number);
                let (name, typ): (Box<str>, Option<u32>) = match column {
                    Some(column) => (quoted(&column.name).into(), Some(column.typ)),
                    None if *number == 0 => expressions.next().map_or_else(|| ("?".into(), None), |(text, typ)| (text, Some(typ))),
                    None => (format!("column {number}").into(), None),
                };
                if at >= raw.key_count {
                    raw.index.include.push(name);
                    continue;
                }
                let mut key = String::from(name);
                let collation = raw.collations.get(at).copied().unwrap_or(0);
                // The collation of an expression is not known here: any but the database's default is written.
                if collation != column.map_or(DEFAULT_COLLATION, super::column::Raw::collation) && collation != 0 {
                    key.push_str(" COLLATE ");
                    key.push_str(names.collations.get(&collation).map_or("?", AsRef::as_ref));
                }
                let class = raw.classes.get(at).copied().unwrap_or(0);
                let parameters = parameters.get(&(raw.index.oid, i16::try_from(at + 1).unwrap_or(0)));
                class_name(&mut key, class, method, typ, names, &defaults, parameters);
                key.push_str(direction(raw.options.get(at).copied().unwrap_or(0)));
                raw.index.keys.push(key.into());
            }
            found.insert(raw.index.oid, raw.index);
        }
        Self { found, targets }
    }
}

/// What indexes need beyond their own rows.
pub struct Extras {
    printed: ByNumber<u32, Printed>,
    parameters: Parameters,
    targets: Targets,
}

impl Extras {
    /// Reads expressions, predicates, operator class parameters and statistics targets.
    pub async fn read(reader: &Reader<'_>, names: &Names, raw: &[Raw]) -> Read<Self> {
        let (printed, (parameters, targets)) = tokio::try_join!(printed(reader, names, raw), attributes(reader, names, raw))?;
        Ok(Self { printed, parameters, targets })
    }
}

/// Builds the indexes, in the manifest's order. One behind a constraint carries only its state.
pub fn build(names: &Names, mut indexes: Indexes, parents: &Parents, constraints: &[constraint::Raw]) -> Vec<Found> {
    let behind: ByNumber<u32, &str> = constraints
        .iter()
        // A foreign key points to the index it relies on, which is not its own.
        .filter(|constraint| constraint.index != 0 && !constraint.is_reference())
        .map(|constraint| (constraint.index, &*constraint.name))
        .collect();
    let mut found = Vec::with_capacity(indexes.found.len());
    for relation in names.in_order(&['i', 'I']) {
        let Some(index) = indexes.found.remove(&relation.oid) else { continue };
        let Some(table) = names.relations.get(&index.relation) else { continue };
        let mut object = Object::new(Kind::Index, Identity::new([&relation.schema, &relation.name].map(Arc::clone)));
        object.set("table", Value::list([&*table.schema, &*table.name]));
        let (oid, valid, ready) = (index.oid, index.valid, index.ready);
        if let Some(constraint) = behind.get(&oid) {
            object.set("constraint", *constraint);
        } else {
            fill(&mut object, index, relation, names);
        }
        object.set_some("statistics_targets", indexes.targets.remove(&oid).map(|targets| Value::List(targets.into())));
        object.set_some("attached_to", parents.get(&oid).and_then(|above| above.first()).map(|(parent, _)| names.relation(*parent)));
        object.set("valid", valid);
        object.set("ready", ready);
        found.push(Found { object, address: Address { class: PG_CLASS, oid, column: 0 } });
    }
    found
}

/// What an index says that no constraint stands for.
fn fill(object: &mut Object, index: Index, relation: &Relation, names: &Names) {
    object.set_some("method", names.methods.get(&relation.method).map(|name| &**name));
    object.set("unique", index.unique);
    object.set("keys", Value::List(index.keys.into()));
    object.set("include", Value::List(index.include.into()));
    object.set_some("predicate", index.predicate.map(Value::Text));
    object.set("nulls_not_distinct", index.nulls_not_distinct);
    object.set("options", options::sorted(&relation.options));
    object.set_some("tablespace", names.tablespaces.get(&relation.tablespace).map(|name| &**name));
}

rows::columns!(At {
    oid,
    relation,
    unique,
    nulls_not_distinct,
    clustered,
    valid,
    ready,
    replica_identity,
    key_count,
    columns,
    collations,
    classes,
    options,
    has_predicate,
    has_expressions
});

/// Reads `pg_index`.
pub async fn raw(reader: &Reader<'_>, names: &Names) -> Read<Vec<Raw>> {
    let stream = reader.stream(statements::INDEX, "pg_index").await?;
    pin_mut!(stream);
    let mut indexes = Vec::new();
    let mut places = rows::Places::<At>::unknown();
    while let Some(row) = stream.next().await {
        let row = row.map_err(|error| reader.fault(&error, "pg_index"))?;
        let at = places.of(&row)?;
        let (oid, relation) = (rows::oid(&row, at.oid)?, rows::oid(&row, at.relation)?);
        if !names.relations.contains_key(&relation) || !names.relations.contains_key(&oid) {
            continue;
        }
        let index = Index {
            oid,
            relation,
            unique: rows::flag(&row, at.unique)?,
            nulls_not_distinct: rows::flag(&row, at.nulls_not_distinct)?,
            clustered: rows::flag(&row, at.clustered)?,
            valid: rows::usual(&row, at.valid)?,
            ready: rows::usual(&row, at.ready)?,
            replica_identity: rows::flag(&row, at.replica_identity)?,
            keys: Vec::new(),
            include: Vec::new(),
            predicate: None,
            has_predicate: rows::flag(&row, at.has_predicate)?,
        };
        indexes.push(Raw {
            index,
            key_count: usize::try_from(rows::get::<i16>(&row, at.key_count)?.unwrap_or(0)).unwrap_or(0),
            columns: rows::shorts(&row, at.columns)?,
            collations: rows::oids(&row, at.collations)?,
            classes: rows::oids(&row, at.classes)?,
            options: rows::shorts(&row, at.options)?,
            has_expressions: rows::flag(&row, at.has_expressions)?,
        });
    }
    Ok(indexes)
}

/// What the server printed for one index.
#[derive(Clone, Default)]
struct Printed {
    /// Text and type of each expression, in key order.
    expressions: Vec<(Box<str>, u32)>,
    predicate: Option<Box<str>>,
}

/// `pg_collation.oid` of "default", the same on every server.
const DEFAULT_COLLATION: u32 = 100;

rows::columns!(PrintedAt { oid, expressions, predicate, types });

async fn printed(reader: &Reader<'_>, names: &Names, raw: &[Raw]) -> Read<ByNumber<u32, Printed>> {
    let keys: Vec<u32> = raw.iter().filter(|raw| raw.has_expressions || raw.index.has_predicate).map(|raw| raw.index.oid).collect();
    let (found, failed) = batch::read(reader, statements::INDEX_EXPRESSION, &keys, "pg_index").await?;
    for (oid, reason) in failed {
        let gap = Gap { object: Some(names.relation(oid)), ..Gap::kind(Kind::Index, Reason::Locked, reason) };
        reader.gap(gap.clone().attribute("keys"));
        reader.gap(gap.attribute("predicate"));
    }
    rows::each::<PrintedAt>(&found)?
        .map(|(row, at)| {
            let texts = rows::texts(row, at.expressions)?;
            let expressions = texts.iter().map(|text| canonical::element(text)).zip(rows::oids(row, at.types)?).collect();
            Ok((
                rows::oid(row, at.oid)?,
                Printed { expressions, predicate: rows::get::<rows::Text>(row, at.predicate)?.map(|text| text.0) },
            ))
        })
        .collect()
}

/// Operator class parameters by index and position.
type Parameters = ByNumber<(u32, i16), Vec<Box<str>>>;
/// Statistics targets by index.
type Targets = ByNumber<u32, Vec<Box<str>>>;

/// The server's own access methods whose operator classes take no parameters: btree and hash.
const WITHOUT_PARAMETERS: &[u32] = &[403, 405];
/// Numbers from here on are users' objects.
const FIRST_OF_USERS: u32 = 16384;

impl Raw {
    /// Whether its columns can have statistics targets (expressions alone can) or operator class parameters.
    fn may_have_attributes(&self, names: &Names) -> bool {
        let takes = |class: &u32| {
            *class >= FIRST_OF_USERS || names.opclasses.get(class).is_none_or(|class| !WITHOUT_PARAMETERS.contains(&class.method))
        };
        self.has_expressions || self.classes.iter().any(takes)
    }
}

rows::columns!(AttributeAt { oid, number, target, options });

async fn attributes(reader: &Reader<'_>, names: &Names, raw: &[Raw]) -> Read<(Parameters, Targets)> {
    let (mut parameters, mut targets) = (Parameters::default(), Targets::default());
    let keys: Vec<u32> = raw.iter().filter(|raw| raw.may_have_attributes(names)).map(|raw| raw.index.oid).collect();
    if keys.is_empty() {
        return Ok((parameters, targets));
    }
    let rows = reader.rows_with(statements::INDEX_ATTRIBUTE, &[(&keys, Type::OID_ARRAY)], "pg_attribute").await?;
    for (row, at) in rows::each::<AttributeAt>(&rows)? {
        let (oid, position) = (rows::oid(row, at.oid)?, rows::get::<i16>(row, at.number)?.unwrap_or(0));
        let options = options::of_column(&rows::texts(row, at.options)?);
        if !options.is_empty() {
            parameters.insert((oid, position), options);
        }
        if let Some(target) = rows::get::<i32>(row, at.target)?.filter(|target| *target >= 0) {
            targets.entry(oid).or_default().push(format!("{position}={target}").into());
        }
    }
    targets.values_mut().for_each(|targets| targets.sort_unstable());
    Ok((parameters, targets))
}

/// Input types that have a default operator class, by method.
fn default_classes(names: &Names) -> ByNumber<(u32, u32), u32> {
    names.opclasses.iter().filter(|(_, class)| class.default).map(|(oid, class)| ((class.method, class.input), *oid)).collect()
}

/// Names the operator class unless it is the one the server would take by itself.
fn class_name(
    key: &mut String,
    class: u32,
    method: u32,
    column_type: Option<u32>,
    names: &Names,
    defaults: &ByNumber<(u32, u32), u32>,
    parameters: Option<&Vec<Box<str>>>,
) {
    let Some(found) = names.opclasses.get(&class) else { return };
    // A default class for another type than the column's own is implied only if the column's type has none itself.
    let implied = found.default && column_type.is_none_or(|typ| defaults.get(&(method, typ)).is_none_or(|own| *own == class));
    if !implied || parameters.is_some() {
        key.push(' ');
        key.push_str(&found.name);
    }
    if let Some(parameters) = parameters {
        key.push_str(&format!(" ({})", parameters.join(", ")));
    }
}

/// `indoption`: bit 0 descending, bit 1 NULLs first; what the server would assume is not written.
const fn direction(options: i16) -> &'static str {
    match options & 3 {
        1 => " DESC NULLS LAST",
        2 => " NULLS FIRST",
        3 => " DESC",
        _ => "",
    }
}
