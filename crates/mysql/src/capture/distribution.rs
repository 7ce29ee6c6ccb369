//! Kind `column-statistics`: what ANALYZE found in columns. MySQL keeps histograms, MariaDB statistics with or without one.
//! Neighbour: `histogram`, which reads them.

use super::histogram::Histogram;
use super::reader::{Places, Read, Reader, columns};
use super::refused;
use super::statements;
use crate::connect::rows::Row;
use evenkeel_core::kind::{Kind, Value};
use evenkeel_core::manifest::{Gap, Identity, Object, Reason};

/// Reads statistics of columns.
pub async fn read(reader: &Reader<'_>) -> Read<Vec<Object>> {
    let rows = match reader.allowed(statements::COLUMN_STATISTICS, Kind::ColumnStatistics).await? {
        Ok(rows) => rows,
        Err(fault) => {
            let grants = ["SELECT ON mysql.column_stats", "SELECT ON mysql.table_stats"];
            refused::gap(reader, Kind::ColumnStatistics, None, "columns' statistics cannot be read", &grants, &fault);
            return Ok(Vec::new());
        }
    };
    let mut found = Vec::with_capacity(rows.len());
    let mut places = Places::<At>::unknown();
    for row in rows {
        let at = places.of(&row)?;
        found.push(column(reader, &row, at)?);
    }
    reader.tell(Kind::ColumnStatistics, found.len());
    Ok(found)
}

columns!(At { schema, table, name, nulls, distinct, least, most, kind, histogram, days });

fn column(reader: &Reader<'_>, row: &Row, at: At) -> Read<Object> {
    let text = |index| Ok::<_, super::reader::Stop>(row.text(index)?.unwrap_or_default());
    let identity = Identity::new([reader.scope.shown(&text(at.schema)?), (&*text(at.table)?).into(), (&*text(at.name)?).into()]);
    let mut object = Object::new(Kind::ColumnStatistics, identity);
    let (kind, raw) = (row.text(at.kind)?, row.text(at.histogram)?);
    // MariaDB keeps bounds as text; whether they are numbers is how a column of numbers is told.
    let is_number =
        |index| Ok::<_, super::reader::Stop>(row.text(index)?.is_some_and(|text| text.parse::<f64>().is_ok_and(f64::is_finite)));
    let is_numeric = is_number(at.least)? && is_number(at.most)?;
    let histogram = match (kind.as_deref(), raw.as_deref()) {
        (_, None) | (None, _) => Some(Histogram::default()),
        (Some("JSON_HB"), Some(raw)) => Histogram::of_mariadb(raw, is_numeric),
        (Some(kind @ ("SINGLE_PREC_HB" | "DOUBLE_PREC_HB")), Some(raw)) => {
            Histogram::of_positions(raw, kind == "DOUBLE_PREC_HB", is_numeric)
        }
        (Some(_), Some(raw)) => Histogram::of_mysql(raw),
    };
    let Some(histogram) = histogram else {
        let detail = "the server keeps its histogram in a form this evenkeel does not know".to_owned();
        reader.gap(Gap::object(&object, Reason::Version, detail));
        return Ok(object);
    };
    object.set_some("null_fraction", row.number(at.nulls)?.or(histogram.null_fraction));
    object.set_some("distinct", row.number(at.distinct)?.or(histogram.distinct).map(f64::round));
    object.set_some("histogram_bins", histogram.bins);
    object.set("histogram_shape", Value::list(histogram.shape));
    object.set_some("histogram_type", kind.filter(|_| raw.is_some()).map(Value::Text));
    object.set_some("last_analyze_days", row.integer(at.days)?.map(|days| days.max(0)));
    if reader.request.values {
        object.set("histogram_bounds", Value::list(histogram.bounds));
    }
    Ok(object)
}
