//! Kinds `view` and `materialized-view`: definitions in batches, because printing one locks what it reads.

use super::names::{Names, PG_CLASS, Relation};
use super::reader::{Address, Found, Read, Reader};
use super::table::{self, Marked};
use super::{batch, options, rows};
use evenkeel_core::kind::{Kind, Value};
use evenkeel_core::manifest::{Gap, Identity, Object, Reason};
use std::collections::HashMap;
use std::sync::Arc;

/// Builds views and materialised views.
pub async fn read(reader: &Reader<'_>, names: &Names, toast: &HashMap<u32, Vec<Box<str>>>, marked: &Marked) -> Read<Vec<Found>> {
    let mut views: Vec<&Relation> = names.relations.values().filter(|relation| matches!(relation.kind, 'v' | 'm')).collect();
    views.sort_unstable_by_key(|view| view.oid);
    let keys: Vec<u32> = views.iter().map(|view| view.oid).collect();
    let (rows, failed) = batch::read(reader, include_str!("view.sql"), &keys, "pg_get_viewdef").await?;
    let mut definitions = HashMap::with_capacity(rows.len());
    for row in &rows {
        definitions.insert(rows::oid(row, 0)?, rows::text(row, 1)?);
    }
    let failed: HashMap<u32, String> = failed.into_iter().collect();
    let mut found = Vec::with_capacity(views.len());
    for view in views {
        let kind = if view.kind == 'v' { Kind::View } else { Kind::MaterializedView };
        let mut object = Object::new(kind, Identity::new([&view.schema, &view.name].map(Arc::clone)));
        if let Some(definition) = definitions.get(&view.oid) {
            object.set("definition", Value::Text(definition.clone()));
        } else {
            let reason = failed.get(&view.oid).cloned().unwrap_or_else(|| "it was dropped while the capture ran".to_owned());
            reader.gap(Gap::object(&object, Reason::Locked, reason).attribute("definition"));
        }
        if kind == Kind::View {
            object.set("options", options::sorted(&view.options));
        } else {
            table::common(&mut object, view, names, toast, marked);
            object.set("populated", view.populated);
        }
        found.push(Found { object, address: Address { class: PG_CLASS, oid: view.oid, column: 0 } });
    }
    for kind in [Kind::View, Kind::MaterializedView] {
        reader.progress.read(&reader.request.label, kind, found.iter().filter(|found| found.object.kind == kind).count());
    }
    Ok(found)
}
