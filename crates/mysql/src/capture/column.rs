//! Kind `column`: columns of tables and views.

use super::canonical::{self, Context};
use super::lossy_column;
use super::reader::{Places, Read, Reader, columns};
use super::statements;
use super::table::{Place, Tables};
use crate::connect::rows::{Row, Wrong};
use evenkeel_core::kind::{Kind, Value};
use evenkeel_core::manifest::{Identity, Object};
use std::sync::Arc;

columns!(At { schema, table, name, position, default, nullable, typ, collation, extra, generated, comment, srid, attribute });

impl At {
    /// What it is when nothing is said, what stands behind, and what it is made of.
    pub fn texts(self, row: &Row) -> Result<Texts, Wrong> {
        Ok(Texts {
            default: row.text(self.default)?,
            extra: row.text(self.extra)?.unwrap_or_default(),
            generated: row.text(self.generated)?,
        })
    }
}

/// The texts of a column as the list shows them.
pub struct Texts {
    pub default: Option<Box<str>>,
    pub extra: Box<str>,
    pub generated: Option<Box<str>>,
}

/// Reads columns. Those of sequences are the sequence's own.
pub async fn read(reader: &Reader<'_>, tables: &Tables) -> Read<Vec<Object>> {
    let (mut found, mut doubts) = (Vec::new(), Vec::new());
    let mut last: Option<(Box<str>, Box<str>, Option<Place>)> = None;
    let mut places = Places::<At>::unknown();
    reader
        .each(statements::COLUMN, Kind::Column, |row| {
            let at = places.of(&row)?;
            let (schema, table) = (row.text(at.schema)?.unwrap_or_default(), row.text(at.table)?.unwrap_or_default());
            // Rows of a table come one after the other; the table is looked up once.
            if last.as_ref().is_none_or(|(s, t, _)| *s != schema || *t != table) {
                let place = match tables.get(&schema, &table) {
                    Some(facts) if facts.is_sequence => None,
                    Some(facts) => Some(facts.place.clone()),
                    None => Some((reader.scope.shown(&schema), Arc::from(&*table))),
                };
                last = Some((schema, table, place));
            }
            let Some((schema, table, Some(place))) = &last else { return Ok(()) };
            let is_view = tables.get(schema, table).is_none();
            let column = column(reader, &row, at, place, is_view)?;
            doubts.extend(lossy_column::doubt(reader, (&row, at), &column, found.len(), schema, is_view)?);
            found.push(column);
            Ok(())
        })
        .await?;
    lossy_column::settle(reader, doubts, &mut found).await?;
    reader.tell(Kind::Column, found.len());
    Ok(found)
}

fn column(reader: &Reader<'_>, row: &Row, at: At, place: &Place, is_view: bool) -> Result<Object, Wrong> {
    let context = Context { flavor: reader.flavor, scope: reader.scope };
    let name: Arc<str> = row.text(at.name)?.unwrap_or_default().into();
    let mut object = Object::new(Kind::Column, Identity::new([Arc::clone(&place.0), Arc::clone(&place.1), name]));
    object.set_some("position", row.integer(at.position)?);
    let raw = row.text(at.typ)?.unwrap_or_default();
    // MariaDB writes the attribute into the type.
    let (raw, is_compressed) = match raw.split_once(" /*M!100301 COMPRESSED*/") {
        Some((before, after)) => (format!("{before}{after}"), true),
        None => (raw.into_string(), false),
    };
    let column_type = canonical::column_type(&raw);
    object.set_some("collation", row.text(at.collation)?.map(|collation| canonical::charset(&collation)));
    // What a view's columns say beyond that is their table's. Whether they can be NULL the server works out when the view is
    // made, from what is there at that moment: MySQL's own dump, which puts stand-ins first, restores it otherwise (sakila).
    if is_view {
        // How times are kept in a temporary table, and nobody's choice.
        object.set("type", column_type.replace(" /* mariadb-5.3 */", ""));
        canonical::computed(&mut object);
        return Ok(object);
    }
    object.set("not_null", row.text(at.nullable)?.as_deref() == Some("NO"));
    if is_compressed {
        object.set("compression", "compressed");
    }
    let extra = Extra::parse(&row.text(at.extra)?.unwrap_or_default());
    let generated = row.text(at.generated)?.filter(|text| !text.is_empty());
    match (generated.as_deref(), extra.generated) {
        (Some("ROW START"), _) => {
            object.set("row_period", "start");
        }
        (Some("ROW END"), _) => {
            object.set("row_period", "end");
        }
        (Some(text), Some(kind)) => {
            object.set("generated_kind", kind);
            object.set("generated", canonical::exact(text, context));
            canonical::marks(&mut object, "generated", text, context);
        }
        _ => {
            if let Some(raw) = row.text(at.default)? {
                object.set_some("default", canonical::default(&raw, extra.is_expression, &column_type, context));
                // A literal is a value: there is one way to print it.
                if extra.is_expression || context.flavor.is_mariadb() && raw.contains('(') {
                    canonical::marks(&mut object, "default", &raw, context);
                }
            }
        }
    }
    object.set("type", column_type);
    object.set_some("on_update", extra.on_update.map(|text| canonical::exact(&text, context)));
    object.set("auto_increment", extra.auto_increment);
    object.set("invisible", extra.invisible);
    object.set("unversioned", extra.unversioned);
    object.set_some("srid", row.integer(at.srid)?);
    object.set_some("engine_attribute", row.text(at.attribute)?.filter(|text| !text.is_empty()).map(Value::Text));
    object.set_some("comment", row.text(at.comment)?.filter(|text| !text.is_empty()).map(Value::Text));
    Ok(object)
}

/// What `EXTRA` holds: words in a fixed order, which vendors and versions set apart by spaces or commas.
#[derive(Debug, Default, PartialEq, Eq)]
struct Extra {
    auto_increment: bool,
    is_expression: bool,
    invisible: bool,
    unversioned: bool,
    generated: Option<&'static str>,
    on_update: Option<String>,
}

impl Extra {
    fn parse(text: &str) -> Self {
        let lower = text.to_ascii_lowercase();
        let has = |word: &str| lower.contains(word);
        let on_update = lower.find("on update ").and_then(|at| text.get(at + "on update ".len()..)).map(|rest| {
            let end = rest.find([' ', ',']).unwrap_or(rest.len());
            rest.get(..end).unwrap_or(rest).to_owned()
        });
        Self {
            auto_increment: has("auto_increment"),
            is_expression: has("default_generated"),
            invisible: has("invisible"),
            unversioned: has("without system versioning"),
            generated: match () {
                () if has("virtual generated") => Some("virtual"),
                () if has("stored generated") || has("persistent") => Some("stored"),
                () => None,
            },
            on_update,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Extra;

    #[test]
    fn extras_are_read_as_both_vendors_write_them() {
        let parsed = Extra::parse("DEFAULT_GENERATED on update CURRENT_TIMESTAMP(3) INVISIBLE");
        assert_eq!(
            parsed,
            Extra { is_expression: true, invisible: true, on_update: Some("CURRENT_TIMESTAMP(3)".into()), ..Extra::default() }
        );
        let parsed = Extra::parse("on update current_timestamp(), INVISIBLE");
        assert_eq!(parsed, Extra { invisible: true, on_update: Some("current_timestamp()".into()), ..Extra::default() });
        assert_eq!(Extra::parse("STORED GENERATED, INVISIBLE").generated, Some("stored"));
        assert!(Extra::parse("auto_increment, INVISIBLE").auto_increment);
        assert!(Extra::parse("WITHOUT SYSTEM VERSIONING").unversioned);
    }
}
