//! Kinds `table-statistics`, `index-statistics` and `column-statistics`: volume and distribution, by the server's estimates.

use super::names::Names;
use super::reader::{Found, Read, Reader};
use super::{batch, rows, statements};
use crate::flavor;
use evenkeel_core::kind::{Kind, Value};
use evenkeel_core::manifest::{Gap, Reason};
use std::collections::{BTreeMap, BTreeSet};
use tokio_postgres::types::Type;

/// Reads all three, and notes what is hidden.
pub async fn read(reader: &Reader<'_>, names: &Names) -> Read<Vec<Found>> {
    let text = statements::COLUMN_STATISTICS;
    let parameters: [(&(dyn tokio_postgres::types::ToSql + Sync), Type); 1] = [(&reader.request.values, Type::BOOL)];
    let (tables, indexes, columns, hidden) = tokio::try_join!(
        reader.rows(statements::TABLE_STATISTICS, "sizes of tables"),
        reader.plain(Kind::IndexStatistics, statements::INDEX_STATISTICS, names),
        reader.rows_with(text, &parameters, "pg_stats"),
        reader.rows(statements::HIDDEN_STATISTICS, "privileges on tables"),
    )?;
    let mut found = reader.found(Kind::TableStatistics, &tables, names)?;
    let mut unknown = BTreeSet::new();
    if let Some([oid, is_unknown]) = tables.first().map(|row| rows::some_places(row, ["_oid", "_unknown"])).transpose()? {
        for row in &tables {
            if rows::flag(row, is_unknown)? {
                unknown.insert(rows::oid(row, oid)?);
            }
        }
    }
    for table in found.iter().filter(|table| unknown.contains(&table.address.oid)) {
        let detail = "it was never analysed, and a standby counts no rows".to_owned();
        let gap = Gap::object(&table.object, Reason::NotConfigured, detail).attribute("rows");
        reader.gap(gap.cure(format!("ANALYZE {} on the primary", table.object.display())));
    }
    positions(reader, &mut found).await?;
    reader.tell(Kind::TableStatistics, found.len());
    let columns = reader.found(Kind::ColumnStatistics, &columns, names)?;
    reader.tell(Kind::ColumnStatistics, columns.len());
    hide(reader, names, &hidden)?;
    found.extend(indexes);
    found.extend(columns);
    Ok(found)
}

rows::columns!(PositionAt { relation, column, behind, near });

/// Notes sequences that stand behind their columns, or near their end.
async fn positions(reader: &Reader<'_>, tables: &mut [Found]) -> Read<()> {
    let statement = statements::SEQUENCE_POSITION.rendered(reader.major);
    let rows = match batch::patient(reader, &statement, &[], true).await {
        Ok(rows) => rows,
        Err(error) if batch::is_wait(&error) => {
            for attribute in ["sequence_behind", "sequence_near_end"] {
                let detail = "another session alters a sequence; --lock-timeout waits longer".to_owned();
                reader.gap(Gap::kind(Kind::TableStatistics, Reason::Locked, detail).attribute(attribute));
            }
            return Ok(());
        }
        Err(error) => return Err(reader.fault(&error, "where sequences stand")),
    };
    let mut behind: BTreeMap<u32, Vec<Box<str>>> = BTreeMap::new();
    let mut near = BTreeSet::new();
    for (row, at) in rows::each::<PositionAt>(&rows)? {
        let relation = rows::oid(row, at.relation)?;
        if rows::flag(row, at.behind)? {
            behind.entry(relation).or_default().push(rows::text(row, at.column)?);
        }
        if rows::flag(row, at.near)? {
            near.insert(relation);
        }
    }
    for table in tables {
        table.object.set("sequence_near_end", near.contains(&table.address.oid));
        if let Some(mut columns) = behind.remove(&table.address.oid) {
            columns.sort_unstable();
            table.object.set("sequence_behind", true);
            table.object.set("behind", Value::List(columns.into()));
        }
    }
    Ok(())
}

rows::columns!(HiddenAt { class, oid, shown, schema, readable, me });

/// One gap for tables we may not read, one for those whose rows are filtered: they have different cures.
fn hide(reader: &Reader<'_>, names: &Names, hidden: &[tokio_postgres::Row]) -> Read<()> {
    let (mut closed, mut filtered, mut schemas, mut me) = (Vec::new(), Vec::new(), BTreeSet::new(), Box::<str>::default());
    for (row, at) in rows::each::<HiddenAt>(hidden)? {
        if names.members.contains_key(&(rows::oid(row, at.class)?, rows::oid(row, at.oid)?)) {
            continue;
        }
        me = rows::text(row, at.me)?;
        if rows::flag(row, at.readable)? {
            filtered.push(rows::text(row, at.shown)?);
        } else {
            closed.push(rows::text(row, at.shown)?);
            schemas.insert(rows::text(row, at.schema)?);
        }
    }
    if !closed.is_empty() {
        let cure = if reader.major >= flavor::READ_ALL_DATA {
            format!("GRANT pg_read_all_data TO {me};")
        } else {
            let schemas: Vec<&str> = schemas.iter().map(AsRef::as_ref).collect();
            format!("GRANT SELECT ON ALL TABLES IN SCHEMA {} TO {me};", schemas.join(", "))
        };
        let detail = format!("columns' statistics of {} are hidden: no SELECT on them", listed(&closed));
        reader.gap(Gap::kind(Kind::ColumnStatistics, Reason::Privilege, detail).cure(cure));
    }
    if !filtered.is_empty() {
        let detail = format!("columns' statistics of {} are hidden: row-level security applies", listed(&filtered));
        reader.gap(Gap::kind(Kind::ColumnStatistics, Reason::Privilege, detail).cure(format!("ALTER ROLE {me} BYPASSRLS")));
    }
    Ok(())
}

/// The first few by name, and how many there are.
fn listed(tables: &[Box<str>]) -> String {
    let shown: Vec<&str> = tables.iter().take(3).map(AsRef::as_ref).collect();
    match tables.len() {
        1 => format!("table {}", shown.join("")),
        count if count <= shown.len() => format!("{count} tables ({})", shown.join(", ")),
        count => format!("{count} tables ({}, …)", shown.join(", ")),
    }
}
