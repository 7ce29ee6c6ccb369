//! Whether anything changed while it was read. Neither vendor has a snapshot of definitions, so this is found out
//! afterwards: by the server's counters of statements that define something, or, where these prove nothing, by a second
//! pass that must see the same.

use super::reader::{Read, Reader};
use super::statements;
use evenkeel_core::kind::{Class, Dimension};
use evenkeel_core::manifest::Object;

/// What the server had counted when a pass began.
pub struct Steady {
    /// `None` where counters prove nothing here.
    counted: Option<Vec<(Box<str>, Box<str>)>>,
}

impl Steady {
    /// Notes what was counted. Nothing is proven on a replica and in a cluster (their own threads are counted otherwise),
    /// without the privilege to see what others run, and while something runs. A statement is counted when it begins: so counters come
    /// first, and what was counted already and still runs is found by the look at what runs.
    pub async fn begin(reader: &Reader<'_>, is_replica: Option<bool>) -> Read<Self> {
        if is_replica != Some(false) || !reader.access.on_server("PROCESS") {
            return Ok(Self { counted: None });
        }
        let is_alone =
            reader.attempt(&reader.rendered(statements::CLUSTERED), "asking for a cluster").await?.is_ok_and(|rows| rows.is_empty());
        let counted = if is_alone { counted(reader).await? } else { None };
        let is_quiet = running(reader).await? == Some(0);
        Ok(Self { counted: counted.filter(|_| is_quiet) })
    }

    /// Whether it is proven that nothing was defined since.
    pub async fn nothing_ran(&self, reader: &Reader<'_>) -> Read<bool> {
        Ok(self.counted.is_some() && self.counted == counted(reader).await?)
    }
}

/// Those of the dimensions of which two passes did not see the same, measured values aside.
pub fn torn(dimensions: &[Dimension], a: &[Object], b: &[Object]) -> Vec<Dimension> {
    dimensions.iter().copied().filter(|dimension| !is_same(&of(*dimension, a), &of(*dimension, b))).collect()
}

fn of(dimension: Dimension, objects: &[Object]) -> Vec<&Object> {
    let mut found: Vec<&Object> = objects.iter().filter(|object| object.kind.spec().dimension == dimension).collect();
    found.sort_unstable_by(|a, b| a.key().cmp(&b.key()));
    found
}

fn is_same(a: &[&Object], b: &[&Object]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.key() == b.key() && fixed(a).eq(fixed(b)))
}

fn fixed(object: &Object) -> impl Iterator<Item = &(u8, evenkeel_core::kind::Value)> {
    let spec = object.kind.spec();
    object.values().iter().filter(|(index, _)| spec.property(*index).is_some_and(|property| !matches!(property.class, Class::Measured(_))))
}

async fn running(reader: &Reader<'_>) -> Read<Option<i64>> {
    let rows = reader.attempt(&reader.rendered(statements::RUNNING), "looking for running definitions").await?;
    Ok(rows.ok().and_then(|rows| rows.first().and_then(|row| row.integer(0).ok().flatten())))
}

async fn counted(reader: &Reader<'_>) -> Read<Option<Vec<(Box<str>, Box<str>)>>> {
    let rows = reader.attempt(&reader.rendered(statements::COUNTERS), "reading counters").await?;
    Ok(rows.ok().map(|rows| {
        rows.iter().map(|row| (row.text(0).ok().flatten().unwrap_or_default(), row.text(1).ok().flatten().unwrap_or_default())).collect()
    }))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::torn;
    use evenkeel_core::kind::{Dimension, Kind, Value};
    use evenkeel_core::manifest::{Identity, Object};

    fn object(kind: Kind, parts: &[&str], name: &str, value: impl Into<Value>) -> Object {
        let mut object = Object::new(kind, Identity::new(parts.iter().copied()));
        object.set_at(kind.spec().index_of(name).unwrap(), value.into());
        object
    }

    #[test]
    fn only_what_differs_is_torn_and_measured_values_never_are() {
        let table = |comment: &str| object(Kind::Table, &["", "t"], "comment", Value::Text(comment.into()));
        let setting = |value: &str| object(Kind::Setting, &["sql_mode"], "value", Value::Text(value.into()));
        let rows = |rows: i64| object(Kind::TableStatistics, &["", "t"], "rows", Value::Integer(rows));
        let all = Dimension::ALL;
        let before = [rows(1), table("a"), setting("x")];
        assert_eq!(torn(&all, &before, &[table("a"), setting("x"), rows(1000)]), []);
        assert_eq!(torn(&all, &before, &[table("b"), setting("x"), rows(1)]), [Dimension::Schema]);
        assert_eq!(torn(&all, &before, &[table("a"), rows(1)]), [Dimension::Configuration]);
        assert_eq!(torn(&all, &before, &[table("a"), setting("x")]), [Dimension::Data]);
        assert_eq!(torn(&[Dimension::Data], &before, &[table("b"), setting("y"), rows(2)]), []);
        assert_eq!(torn(&all, &[], &[]), []);
    }
}
