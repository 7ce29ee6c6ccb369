//! Kinds `table-statistics` and `index-statistics`: volume, by the server's estimates. Never read for the schema: what is
//! read here opens every table. Neighbour: `distribution`, for columns.

use super::distribution;
use super::reader::{Places, Read, Reader, columns};
use super::refused;
use super::statements;
use crate::connect::rows::{Row, Wrong};
use evenkeel_core::kind::{Kind, Value};
use evenkeel_core::manifest::{Identity, Object};
use std::collections::HashMap;

/// Database and table as the server spells them.
type Table = (Box<str>, Box<str>);

/// Reads statistics of tables, indexes and columns.
pub async fn read(reader: &Reader<'_>) -> Read<Vec<Object>> {
    let beside = reader.beside();
    let (mut found, others) = tokio::try_join!(tables(reader), async {
        let mut found = indexes(&beside).await?;
        found.extend(distribution::read(&beside).await?);
        Ok(found)
    })?;
    found.extend(others);
    Ok(found)
}

async fn tables(reader: &Reader<'_>) -> Read<Vec<Object>> {
    let mut found: Vec<Object> =
        reader.plain(Kind::TableStatistics, statements::TABLE_STATISTICS).await?.into_iter().map(|(object, _)| object).collect();
    let mut partitions: HashMap<Identity, Vec<String>> = HashMap::new();
    for row in reader.rows(statements::PARTITION_STATISTICS, Kind::TableStatistics).await? {
        let (rows, bytes) = (row.integer(3)?.unwrap_or(0), row.integer(4)?.unwrap_or(0));
        let name = row.text(2)?.unwrap_or_default();
        partitions.entry(identity(reader, &table(&row)?)).or_default().push(format!("{name}: {rows}, {bytes}"));
    }
    let mut analyzed: HashMap<Identity, i64> = HashMap::new();
    match reader.allowed(statements::ANALYZED, Kind::TableStatistics).await? {
        Ok(rows) => {
            for row in rows {
                // The oldest partition counts.
                let days = row.integer(2)?.unwrap_or(0).max(0);
                let oldest = analyzed.entry(identity(reader, &whole_table(&row)?)).or_insert(days);
                *oldest = days.max(*oldest);
            }
        }
        Err(fault) => {
            let what = "when tables were analysed last (mysql.innodb_table_stats) cannot be read";
            let grants = ["SELECT ON mysql.innodb_table_stats"];
            refused::gap(reader, Kind::TableStatistics, Some("last_analyze_days"), what, &grants, &fault);
        }
    }
    for object in &mut found {
        if let Some(partitions) = partitions.remove(&object.identity) {
            object.set("partitions", Value::list(partitions));
        }
        object.set_some("last_analyze_days", analyzed.get(&object.identity).copied());
    }
    Ok(found)
}

/// What the rows of an index add up to.
#[derive(Default)]
struct Index {
    last_part: i64,
    distinct: Option<i64>,
}

columns!(IndexAt { schema, table, name, position, cardinality });

async fn indexes(reader: &Reader<'_>) -> Read<Vec<Object>> {
    let mut all: HashMap<(Table, Box<str>), Index> = HashMap::new();
    let mut places = Places::<IndexAt>::unknown();
    reader
        .each(statements::INDEX_STATISTICS, Kind::IndexStatistics, |row| {
            let at = places.of(&row)?;
            let text = |index| Ok::<_, Wrong>(row.text(index)?.unwrap_or_default());
            let key = ((text(at.schema)?, text(at.table)?), text(at.name)?);
            let index = all.entry(key).or_default();
            let part = row.integer(at.position)?.unwrap_or(0);
            if part >= index.last_part {
                *index = Index { last_part: part, distinct: row.integer(at.cardinality)? };
            }
            Ok(())
        })
        .await?;
    let mut sizes: HashMap<(Table, Box<str>), i64> = HashMap::new();
    match reader.allowed(statements::INDEX_SIZE, Kind::IndexStatistics).await? {
        Ok(rows) => {
            for row in rows {
                *sizes.entry((whole_table(&row)?, row.text(2)?.unwrap_or_default())).or_default() += row.integer(3)?.unwrap_or(0);
            }
        }
        Err(fault) => {
            let grants = ["SELECT ON mysql.innodb_index_stats"];
            let what = "sizes of indexes (mysql.innodb_index_stats) cannot be read";
            refused::gap(reader, Kind::IndexStatistics, Some("bytes"), what, &grants, &fault);
        }
    }
    let build = |(key, index): ((Table, Box<str>), Index)| {
        let place = [reader.scope.shown(&key.0.0), (&*key.0.1).into()];
        let mut object = Object::new(Kind::IndexStatistics, Identity::new([place[0].clone(), place[1].clone(), (&*key.1).into()]));
        object.set("table", Value::list(place.iter().map(|part| &**part)));
        object.set_some("bytes", sizes.get(&key).copied());
        object.set_some("distinct", index.distinct);
        object
    };
    let found: Vec<Object> = all.into_iter().map(build).collect();
    reader.tell(Kind::IndexStatistics, found.len());
    Ok(found)
}

fn table(row: &Row) -> Read<Table> {
    Ok((row.text(0)?.unwrap_or_default(), row.text(1)?.unwrap_or_default()))
}

/// The table of a row of InnoDB's own, which holds `table#P#partition` (in lower case: MySQL).
fn whole_table(row: &Row) -> Read<Table> {
    let (schema, name) = table(row)?;
    let end = ["#P#", "#p#"].iter().filter_map(|mark| name.find(mark)).min();
    Ok((schema, end.and_then(|end| name.get(..end)).map_or_else(|| name.clone(), Into::into)))
}

fn identity(reader: &Reader<'_>, (schema, table): &Table) -> Identity {
    Identity::new([reader.scope.shown(schema), (&**table).into()])
}
