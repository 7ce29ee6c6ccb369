//! Kinds `server` and `plugin`: what the server is, and what is loaded into it.

use super::canonical;
use super::reader::{Read, Reader};
use super::refused;
use super::statements;
use evenkeel_core::kind::{Kind, Value};
use evenkeel_core::manifest::{Identity, Object};
use std::collections::BTreeMap;

/// Reads both.
pub async fn read(reader: &Reader<'_>) -> Read<Vec<Object>> {
    let mut found: Vec<Object> = reader.plain(Kind::Server, statements::SERVER).await?.into_iter().map(|(object, _)| object).collect();
    let zones = time_zones(reader).await?;
    for server in &mut found {
        server.set("version_major", reader.flavor.engine.version_words(reader.flavor.number));
        server.set("version", reader.flavor.version.as_str());
        server.set("flavor", reader.flavor.engine.name());
        for name in ["charset", "collate"] {
            if let Some(value) = server.text(name).map(canonical::charset) {
                server.set(name, value);
            }
        }
        server.set_some("timezone_tables", zones.clone());
    }
    found.extend(plugins(reader).await?);
    Ok(found)
}

/// `empty`, or how many zones there are and a fingerprint of their rules; `None` where they cannot be read.
async fn time_zones(reader: &Reader<'_>) -> Read<Option<String>> {
    match reader.allowed(statements::TIMEZONE, Kind::Server).await? {
        Ok(rows) => {
            let Some(row) = rows.first() else { return Ok(None) };
            Ok(Some(match (row.integer(0)?, row.text(1)?) {
                (Some(zones), Some(rules)) if zones > 0 => format!("{zones} zones, {rules}"),
                _ => "empty".to_owned(),
            }))
        }
        Err(fault) => {
            let grants = ["name", "transition", "transition_type"].map(|table| format!("SELECT ON mysql.time_zone_{table}"));
            let what = "the tables of time zones (mysql.time_zone_name and its like) cannot be read";
            refused::gap(reader, Kind::Server, Some("timezone_tables"), what, &grants.each_ref().map(String::as_str), &fault);
            Ok(None)
        }
    }
}

async fn plugins(reader: &Reader<'_>) -> Read<Vec<Object>> {
    let mut all: BTreeMap<Identity, Object> = BTreeMap::new();
    for (object, _) in reader.plain(Kind::Plugin, statements::PLUGIN).await? {
        // One name may stand for plugins of several types: a data type and its function.
        match all.get_mut(&object.identity) {
            Some(known) => {
                let types: Vec<&str> = [known.text("type"), object.text("type")].into_iter().flatten().collect();
                let types = types.join(", ");
                known.set("type", types);
            }
            None => {
                all.insert(object.identity.clone(), object);
            }
        }
    }
    let mut found: Vec<Object> = all.into_values().collect();
    if reader.flavor.has_components() {
        match reader.allowed(statements::COMPONENT, Kind::Plugin).await? {
            Ok(rows) => {
                for row in rows {
                    let mut object = Object::new(Kind::Plugin, Identity::new([&*row.text(0)?.unwrap_or_default()]));
                    object.set("type", "component");
                    object.set_some("library", row.text(1)?.map(Value::Text));
                    found.push(object);
                }
            }
            Err(fault) => {
                let what = "components (mysql.component) cannot be read";
                refused::gap(reader, Kind::Plugin, None, what, &["SELECT ON mysql.component"], &fault);
            }
        }
    }
    reader.tell(Kind::Plugin, found.len());
    Ok(found)
}
