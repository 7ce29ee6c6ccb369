//! Kind `constraint`: raw rows with numbers resolved here; only checks are printed by the server.

use super::column::Columns;
use super::index::Indexes;
use super::names::{Names, Relation, quoted};
use super::number::{ByNumber, Numbers};
use super::reader::{Address, Found, Read, Reader, class_number};
use super::{batch, options, rows, statements};
use evenkeel_core::kind::{Kind, Value};
use evenkeel_core::manifest::{Gap, Identity, Object, Reason};
use futures_util::{StreamExt, pin_mut};
use std::sync::Arc;

/// A constraint as it is stored.
pub struct Raw {
    pub oid: u32,
    pub relation: u32,
    pub name: Arc<str>,
    typ: char,
    columns: Vec<i16>,
    references: u32,
    referenced: Vec<i16>,
    matching: char,
    on_update: char,
    on_delete: char,
    on_delete_columns: Vec<i16>,
    deferrable: bool,
    deferred: bool,
    validated: bool,
    enforced: bool,
    no_inherit: bool,
    local: bool,
    temporal: bool,
    pub index: u32,
    operators: Vec<Box<str>>,
}

rows::columns!(At {
    oid,
    relation,
    name,
    typ,
    columns,
    referenced_table,
    referenced,
    matching,
    on_update,
    on_delete,
    on_delete_columns,
    deferrable,
    deferred,
    validated,
    enforced,
    no_inherit,
    local,
    temporal,
    index,
    operators
});

impl Raw {
    /// A foreign key: the index it names is another table's.
    #[must_use]
    pub const fn is_reference(&self) -> bool {
        self.typ == 'f'
    }
}

/// Reads `pg_constraint`.
pub async fn raw(reader: &Reader<'_>, names: &Names) -> Read<Vec<Raw>> {
    let stream = reader.stream(statements::CONSTRAINT, "pg_constraint").await?;
    pin_mut!(stream);
    let mut constraints = Vec::new();
    let mut places = rows::Places::<At>::unknown();
    while let Some(row) = stream.next().await {
        let row = row.map_err(|error| reader.fault(&error, "pg_constraint"))?;
        let at = places.of(&row)?;
        let (oid, relation) = (rows::oid(&row, at.oid)?, rows::oid(&row, at.relation)?);
        if !names.relations.contains_key(&relation) || names.members.contains_key(&(class_number("pg_constraint"), oid)) {
            continue;
        }
        constraints.push(Raw {
            oid,
            relation,
            name: rows::seen(&row, at.name)?.into(),
            typ: rows::letter(&row, at.typ)?,
            columns: rows::shorts(&row, at.columns)?,
            references: rows::oid(&row, at.referenced_table)?,
            referenced: rows::shorts(&row, at.referenced)?,
            matching: rows::letter(&row, at.matching)?,
            on_update: rows::letter(&row, at.on_update)?,
            on_delete: rows::letter(&row, at.on_delete)?,
            on_delete_columns: rows::shorts(&row, at.on_delete_columns)?,
            deferrable: rows::flag(&row, at.deferrable)?,
            deferred: rows::flag(&row, at.deferred)?,
            validated: rows::usual(&row, at.validated)?,
            enforced: rows::usual(&row, at.enforced)?,
            no_inherit: rows::flag(&row, at.no_inherit)?,
            local: rows::usual(&row, at.local)?,
            temporal: rows::flag(&row, at.temporal)?,
            index: rows::oid(&row, at.index)?,
            operators: rows::texts(&row, at.operators)?,
        });
    }
    Ok(constraints)
}

/// What constraints need beyond their own rows.
pub struct Extras {
    checks: ByNumber<u32, Box<str>>,
    /// Constraints whose internal triggers do not fire.
    off: Numbers<u32>,
}

impl Extras {
    /// Reads the texts of checks.
    pub async fn read(reader: &Reader<'_>, names: &Names, constraints: &[Raw], off: Numbers<u32>) -> Read<Self> {
        Ok(Self { checks: checks(reader, names, constraints).await?, off })
    }
}

/// Builds the constraints of the relations, in the manifest's order.
pub fn build(
    names: &Names,
    relations: &[&Relation],
    columns: &Columns,
    indexes: &Indexes,
    constraints: &[Raw],
    mut extras: Extras,
) -> Vec<Found> {
    let ranks: ByNumber<u32, usize> = relations.iter().enumerate().map(|(rank, relation)| (relation.oid, rank)).collect();
    let rank = |constraint: &Raw| ranks.get(&constraint.relation).copied().unwrap_or(usize::MAX);
    let mut ordered: Vec<(usize, &Raw)> = constraints.iter().map(|constraint| (rank(constraint), constraint)).collect();
    ordered.sort_unstable_by(|(a, one), (b, other)| (a, &one.name).cmp(&(b, &other.name)));
    let mut found = Vec::with_capacity(constraints.len());
    for (_, constraint) in ordered {
        let Some(relation) = names.relations.get(&constraint.relation) else { continue };
        let mut object = Object::new(Kind::Constraint, Identity::new([&relation.schema, &relation.name, &constraint.name].map(Arc::clone)));
        fill(&mut object, constraint, names, columns, &mut extras);
        if matches!(constraint.typ, 'p' | 'u' | 'x') {
            behind(&mut object, constraint, indexes, names);
        }
        found.push(Found { object, address: Address { class: class_number("pg_constraint"), oid: constraint.oid, column: 0 } });
    }
    found
}

/// What its own row says.
fn fill(object: &mut Object, constraint: &Raw, names: &Names, columns: &Columns, extras: &mut Extras) {
    let named = |table: u32, numbers: &[i16]| Value::list(numbers.iter().map(|number| columns.name(table, *number)));
    object.set("type", type_name(constraint.typ));
    if constraint.typ == 'c' {
        // The order in which a check names its columns says nothing, and differs after a dump.
        object.set_some("expression", extras.checks.remove(&constraint.oid).map(Value::Text));
    } else if constraint.typ != 'x' {
        object.set("columns", named(constraint.relation, &constraint.columns));
    }
    if constraint.typ == 'f' {
        object.set("references", names.relation(constraint.references));
        object.set("referenced_columns", named(constraint.references, &constraint.referenced));
        object.set("match", if constraint.matching == 'f' { "full" } else { "simple" });
        object.set("on_update", action(constraint.on_update));
        object.set("on_delete", action(constraint.on_delete));
        let mut touched: Vec<Box<str>> =
            constraint.on_delete_columns.iter().map(|number| columns.name(constraint.relation, *number)).collect();
        touched.sort_unstable();
        object.set("on_delete_columns", Value::List(touched.into()));
    }
    let flags = [
        ("deferrable", constraint.deferrable, false),
        ("initially_deferred", constraint.deferred, false),
        ("validated", constraint.validated, true),
        ("enforced", constraint.enforced, true),
        ("triggers_enabled", !extras.off.contains(&constraint.oid), true),
        // Keys are always "not inherited" in the catalog; only a check says something by it.
        ("no_inherit", constraint.typ == 'c' && constraint.no_inherit, false),
        ("local", constraint.local, true),
        ("temporal", constraint.temporal, false),
    ];
    for (name, flag, _) in flags.into_iter().filter(|(_, flag, usual)| flag != usual) {
        object.set(name, flag);
    }
}

/// What the index behind a key adds.
fn behind(object: &mut Object, constraint: &Raw, indexes: &Indexes, names: &Names) {
    let Some(index) = indexes.get(constraint.index) else { return };
    object.set("nulls_not_distinct", index.nulls_not_distinct);
    object.set("include", Value::List(index.include.clone().into()));
    if constraint.typ == 'x' {
        object.set("expression", elements(&index.keys, &constraint.operators, index.predicate.as_deref()));
        object.set("operators", Value::List(constraint.operators.clone().into()));
    }
    object.set_some("index_method", names.methods.get(&index.method(names)).map(|name| &**name));
    if let Some(relation) = names.relations.get(&constraint.index) {
        object.set("index_options", options::sorted(&relation.options));
        object.set_some("index_tablespace", names.tablespaces.get(&relation.tablespace).map(|name| &**name));
    }
}

/// Elements of an exclusion constraint with their operators, and the predicate.
fn elements(keys: &[Box<str>], operators: &[Box<str>], predicate: Option<&str>) -> String {
    let pairs: Vec<String> = keys.iter().zip(operators).map(|(key, operator)| format!("{key} WITH {operator}")).collect();
    let filter = predicate.map(|predicate| format!(" WHERE {predicate}")).unwrap_or_default();
    format!("{}{filter}", pairs.join(", "))
}

rows::columns!(OffAt { oid });

/// Constraints whose internal triggers do not fire.
pub async fn unwatched(reader: &Reader<'_>) -> Read<Numbers<u32>> {
    let rows = reader.rows(statements::TRIGGER_OFF, "pg_trigger").await?;
    rows::each::<OffAt>(&rows)?.map(|(row, at)| Ok(rows::oid(row, at.oid)?)).collect()
}

async fn checks(reader: &Reader<'_>, names: &Names, constraints: &[Raw]) -> Read<ByNumber<u32, Box<str>>> {
    let keys: Vec<u32> = constraints.iter().filter(|constraint| constraint.typ == 'c').map(|constraint| constraint.oid).collect();
    let (found, failed) = batch::read(reader, statements::CHECK, &keys, "pg_constraint").await?;
    for (oid, reason) in failed {
        let shown = constraints
            .iter()
            .find(|constraint| constraint.oid == oid)
            .map(|constraint| format!("{}.{}", names.relation(constraint.relation), quoted(&constraint.name)));
        reader.gap(Gap { object: shown, ..Gap::kind(Kind::Constraint, Reason::Locked, reason) }.attribute("expression"));
    }
    rows::each::<rows::Printed>(&found)?.map(|(row, at)| Ok((rows::oid(row, at.oid)?, rows::text(row, at.printed)?))).collect()
}

const fn type_name(letter: char) -> &'static str {
    match letter {
        'p' => "primary key",
        'u' => "unique",
        'c' => "check",
        'x' => "exclusion",
        _ => "foreign key",
    }
}

const fn action(letter: char) -> &'static str {
    match letter {
        'r' => "restrict",
        'c' => "cascade",
        'n' => "set null",
        'd' => "set default",
        _ => "no action",
    }
}
