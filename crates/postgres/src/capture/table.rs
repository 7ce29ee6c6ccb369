//! Kind `table`: from `pg_class`, with parents, partition keys and foreign options.

use super::batch;
use super::names::{Names, PG_CLASS, Relation};
use super::number::ByNumber;
use super::reader::{Address, Found, Read, Reader};
use super::statements::{self, Statement};
use super::{options, rows};
use evenkeel_core::kind::{Kind, Value};
use evenkeel_core::manifest::{Gap, Identity, Object, Reason};
use std::sync::Arc;

/// Parents in order, and whether a detach is pending, by child.
pub type Parents = ByNumber<u32, Vec<(u32, bool)>>;

rows::columns!(InheritAt { child, parent, pending });

/// Reads `pg_inherits`.
pub async fn parents(reader: &Reader<'_>) -> Read<Parents> {
    let mut parents = Parents::default();
    let rows = reader.rows(statements::INHERIT, "pg_inherits").await?;
    for (row, at) in rows::each::<InheritAt>(&rows)? {
        parents.entry(rows::oid(row, at.child)?).or_default().push((rows::oid(row, at.parent)?, rows::flag(row, at.pending)?));
    }
    Ok(parents)
}

/// What the index catalog says about its table.
#[derive(Debug, Default)]
pub struct Marked {
    pub clustered: ByNumber<u32, Box<str>>,
    pub replica_identity: ByNumber<u32, Box<str>>,
}

/// What tables need beyond their own rows.
pub struct Extras {
    keys: ByNumber<u32, Box<str>>,
    bounds: ByNumber<u32, Box<str>>,
    /// Server and options of foreign tables.
    foreign: ByNumber<u32, (Box<str>, Vec<Box<str>>)>,
}

impl Extras {
    /// Reads partition keys and bounds, and what foreign tables have.
    pub async fn read(reader: &Reader<'_>, names: &Names) -> Read<Self> {
        let tables = || names.relations.values().filter(|relation| is_table(relation));
        let partitioned: Vec<u32> = tables().filter(|table| table.kind == 'p').map(|table| table.oid).collect();
        let partitions: Vec<u32> = tables().filter(|table| table.is_partition).map(|table| table.oid).collect();
        let keys = texts(reader, names, statements::PARTITION_KEY, &partitioned, "partition_by").await?;
        let bounds = texts(reader, names, statements::PARTITION_BOUND, &partitions, "partition_bound").await?;
        let foreign = if names.has('f') { foreign(reader).await? } else { ByNumber::default() };
        Ok(Self { keys, bounds, foreign })
    }
}

const fn is_table(relation: &Relation) -> bool {
    matches!(relation.kind, 'r' | 'p' | 'f')
}

/// Builds the tables among the relations, in their order.
pub fn build(names: &Names, relations: &[&Relation], parents: &Parents, marked: &Marked, mut extras: Extras) -> Vec<Found> {
    let mut found = Vec::with_capacity(relations.len());
    for table in relations.iter().filter(|relation| is_table(relation)) {
        let mut object = Object::new(Kind::Table, Identity::new([&table.schema, &table.name].map(Arc::clone)));
        common(&mut object, table, names, marked);
        let replica = match table.replica_identity {
            'f' => "full",
            'n' => "nothing",
            'i' => marked.replica_identity.get(&table.oid).map_or("an index that is gone", AsRef::as_ref),
            _ => "default",
        };
        object.set("replica_identity", replica);
        object.set("row_security", table.row_security);
        object.set("force_row_security", table.force_row_security);
        object.set_some("partition_by", extras.keys.remove(&table.oid).map(Value::Text));
        let above = parents.get(&table.oid).map(Vec::as_slice).unwrap_or_default();
        if table.is_partition {
            object.set_some("partition_of", above.first().map(|(parent, _)| names.relation(*parent)));
            object.set_some("partition_bound", extras.bounds.remove(&table.oid).map(Value::Text));
            object.set("detach_pending", above.iter().any(|(_, pending)| *pending));
        } else {
            object.set("inherits", Value::list(above.iter().map(|(parent, _)| names.relation(*parent))));
        }
        object.set_some("of_type", table.of_type.clone().map(Value::Text));
        if let Some((server, settings)) = extras.foreign.remove(&table.oid) {
            object.set("server", Value::Text(server));
            object.set("foreign_options", options::public(&settings));
        }
        found.push(Found { object, address: Address { class: PG_CLASS, oid: table.oid, column: 0 } });
    }
    found
}

/// What tables and materialised views share.
pub fn common(object: &mut Object, relation: &Relation, names: &Names, marked: &Marked) {
    if object.kind == Kind::Table {
        object.set("persistence", if relation.persistence == 'u' { "unlogged" } else { "permanent" });
    }
    object.set_some("access_method", names.methods.get(&relation.method).map(|name| &**name));
    object.set("options", options::sorted(&relation.options));
    object.set_some("toast_options", names.toast.get(&relation.toast).map(|settings| options::sorted(settings)));
    object.set_some("tablespace", names.tablespaces.get(&relation.tablespace).map(|name| &**name));
    object.set_some("cluster_on", marked.clustered.get(&relation.oid).map(|name| &**name));
}

/// One text a relation, in batches; what could not be printed is a gap of that attribute.
pub async fn texts(
    reader: &Reader<'_>,
    names: &Names,
    statement: &Statement,
    keys: &[u32],
    attribute: &str,
) -> Read<ByNumber<u32, Box<str>>> {
    let (rows, failed) = batch::read(reader, statement, keys, attribute).await?;
    for (oid, reason) in failed {
        let gap = Gap { object: Some(names.relation(oid)), ..Gap::kind(Kind::Table, Reason::Locked, reason) };
        reader.gap(gap.attribute(attribute));
    }
    rows::each::<rows::Printed>(&rows)?
        .filter_map(|(row, at)| match (rows::oid(row, at.oid), rows::get::<rows::Text>(row, at.printed)) {
            (Ok(oid), Ok(Some(text))) => Some(Ok((oid, text.0))),
            (Ok(_), Ok(None)) => None,
            (Err(error), _) | (_, Err(error)) => Some(Err(error.into())),
        })
        .collect()
}

rows::columns!(ForeignAt { oid, server, options });

async fn foreign(reader: &Reader<'_>) -> Read<ByNumber<u32, (Box<str>, Vec<Box<str>>)>> {
    let rows = reader.rows(statements::FOREIGN_TABLE, "pg_foreign_table").await?;
    rows::each::<ForeignAt>(&rows)?
        .map(|(row, at)| Ok((rows::oid(row, at.oid)?, (rows::text(row, at.server)?, rows::texts(row, at.options)?))))
        .collect()
}
