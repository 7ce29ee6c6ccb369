//! Kinds `view` and `materialized-view`: definitions in batches, because printing one locks what it reads.

use super::names::{Names, PG_CLASS, Relation};
use super::number::ByNumber;
use super::reader::{Address, Found, Read, Reader};
use super::table::{self, Marked};
use super::{batch, options, rows, statements};
use evenkeel_core::kind::{Kind, Value};
use evenkeel_core::manifest::{Gap, Identity, Object, Reason};
use std::sync::Arc;

/// What the server printed of views.
pub struct Definitions {
    texts: ByNumber<u32, Box<str>>,
    failed: ByNumber<u32, String>,
}

impl Definitions {
    /// Prints them.
    pub async fn read(reader: &Reader<'_>, names: &Names) -> Read<Self> {
        let mut keys: Vec<u32> = names.relations.values().filter(|relation| is_view(relation)).map(|view| view.oid).collect();
        keys.sort_unstable();
        let (rows, failed) = batch::read(reader, statements::VIEW, &keys, "pg_get_viewdef").await?;
        let texts = rows::each::<rows::Printed>(&rows)?
            .map(|(row, at)| Ok((rows::oid(row, at.oid)?, rows::text(row, at.printed)?)))
            .collect::<Read<_>>()?;
        Ok(Self { texts, failed: failed.into_iter().collect() })
    }
}

const fn is_view(relation: &Relation) -> bool {
    matches!(relation.kind, 'v' | 'm')
}

/// Builds views and materialised views among the relations, in their order, and notes what could not be printed.
pub fn build(names: &Names, relations: &[&Relation], marked: &Marked, mut definitions: Definitions) -> (Vec<Found>, Vec<Gap>) {
    let (mut found, mut gaps) = (Vec::new(), Vec::new());
    for view in relations.iter().filter(|relation| is_view(relation)) {
        let kind = if view.kind == 'v' { Kind::View } else { Kind::MaterializedView };
        let mut object = Object::new(kind, Identity::new([&view.schema, &view.name].map(Arc::clone)));
        if let Some(definition) = definitions.texts.remove(&view.oid) {
            object.set("definition", Value::Text(definition));
        } else {
            let reason = definitions.failed.remove(&view.oid).unwrap_or_else(|| "it was dropped while the capture ran".to_owned());
            gaps.push(Gap::object(&object, Reason::Locked, reason).attribute("definition"));
        }
        if kind == Kind::View {
            object.set("options", options::sorted(&view.options));
        } else {
            table::common(&mut object, view, names, marked);
            object.set("populated", view.populated);
        }
        found.push(Found { object, address: Address { class: PG_CLASS, oid: view.oid, column: 0 } });
    }
    (found, gaps)
}
