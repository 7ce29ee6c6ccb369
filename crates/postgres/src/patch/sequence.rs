//! Sequences; whose column they are is said when the column is there.

use super::text::{relation, whole};
use super::{Maker, Target, flag, integer};
use crate::ident::literal;
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::{Object, shown_parts};
use evenkeel_core::patch::{Change, Hazard, Statement, Way, World, Written};

pub struct Sequences;

/// The table that it belongs to.
fn table<'w>(sequence: &Object, world: &World<'w>) -> Option<&'w Object> {
    let parts = shown_parts(sequence.text("owned_by")?)?;
    world.relation(parts.first()?, parts.get(1)?)
}

/// Bounds, start and step in one statement: each alone could be out of the others' bounds.
fn options(sequence: &Object) -> String {
    let typ = sequence.text("type").unwrap_or("bigint");
    let increment = integer(sequence, "increment").unwrap_or(1);
    let (minimum, maximum) = bounds(sequence).into_inner();
    let start = integer(sequence, "start").unwrap_or(1);
    let cache = integer(sequence, "cache").unwrap_or(1);
    let cycle = if flag(sequence, "cycle") { "CYCLE" } else { "NO CYCLE" };
    format!("AS {typ} INCREMENT BY {increment} MINVALUE {minimum} MAXVALUE {maximum} START WITH {start} CACHE {cache} {cycle}")
}

/// One that nobody has used stands at its start, and goes to the new one where the new bounds would leave it out.
fn moved(change: &Change<'_>) -> Vec<Statement> {
    let (before, after) = (bounds(change.from), bounds(change.to));
    let start = |sequence: &Object| integer(sequence, "start").unwrap_or(1);
    if after.contains(&start(change.from)) {
        return Vec::new();
    }
    let (name, start) = (whole(change.to), start(change.to));
    let (least, most) = (before.start().min(after.start()), before.end().max(after.end()));
    vec![
        Statement::new(format!("ALTER SEQUENCE {name} AS bigint MINVALUE {least} MAXVALUE {most};")),
        Statement::new(format!("SELECT pg_catalog.setval({}, {start}, false) FROM {name} WHERE NOT is_called;", literal(&name))),
    ]
}

fn bounds(sequence: &Object) -> std::ops::RangeInclusive<i64> {
    let maximum = match sequence.text("type") {
        Some("smallint") => i64::from(i16::MAX),
        Some("integer") => i64::from(i32::MAX),
        _ => i64::MAX,
    };
    integer(sequence, "minimum").unwrap_or(1)..=integer(sequence, "maximum").unwrap_or(maximum)
}

/// Sequences that go on without the table or column that they belong to: it would take them along.
pub fn let_go(gone: &Object, to: &Target<'_>) -> Vec<Statement> {
    let (from, wanted) = (to.making.from, to.making.to);
    let stays = |sequence: &&Object| {
        let is_its = sequence
            .text("owned_by")
            .and_then(shown_parts)
            .is_some_and(|parts| parts.len() == 3 && gone.identity.parts().zip(&parts).all(|(part, shown)| part == shown));
        is_its
            && wanted.same(sequence).is_some_and(|after| after.get("owned_by") != sequence.get("owned_by"))
            && to.before(sequence).is_some()
    };
    let staying = from.manifest.of_kind(Kind::Sequence).iter().filter(stays);
    staying.map(|sequence| Statement::new(format!("ALTER SEQUENCE {} OWNED BY NONE;", whole(sequence)))).collect()
}

impl Maker for Sequences {
    fn create(&self, object: &Object, to: &Target<'_>) -> Written {
        let word = if object.text("persistence") == Some("unlogged") { "UNLOGGED SEQUENCE" } else { "SEQUENCE" };
        let mut statements = Vec::new();
        // An identity that becomes a sequence has its name until then.
        let shown = object.display();
        let holder = object.text("owned_by").and_then(|column| to.making.from.shown("column", column));
        if let Some(column) =
            holder.filter(|column| column.text("identity_sequence") == Some(&shown) && !to.making.made.contains(&World::name_of(column)))
        {
            statements.extend(super::identity::drop(column, to));
        }
        statements.push(Statement::new(format!("CREATE {word} {} {};", whole(object), options(object))));
        Ok(statements)
    }

    fn goes_with<'w>(&self, object: &'w Object, world: &World<'w>) -> Option<&'w Object> {
        world.shown("column", object.text("owned_by")?)
    }

    fn finish_needs<'w>(&self, object: &'w Object, world: &World<'w>) -> Option<Vec<&'w Object>> {
        let table = table(object, world)?;
        // The server wants both to have one owner by then.
        let owners = [object, table].into_iter().filter_map(|one| world.find(Kind::Owner, &[one.kind.name(), &one.display()]));
        Some(
            std::iter::once(table)
                .chain(owners)
                .chain(world.parts_of_kind(table.identity.part(0), table.identity.part(1), Kind::Column))
                .collect(),
        )
    }

    fn finish(&self, object: &Object, to: &Target<'_>) -> Written {
        let is_said = to.before(object).is_some_and(|before| before.get("owned_by") == object.get("owned_by"));
        let Some(column) = object.text("owned_by").filter(|_| !is_said) else { return Ok(Vec::new()) };
        let mut statements = vec![Statement::new(format!("ALTER SEQUENCE {} OWNED BY {};", whole(object), relation(column)?))];
        // A new one behind a column that was there goes on after its values.
        let is_new = to.before(object).is_none();
        let held = to.making.from.shown("column", column).filter(|_| is_new && !to.making.form.throwaway);
        let held = held.filter(|column| !to.is_new(column.identity.part(0), column.identity.part(1)));
        // What is no number of the server's is no number of a sequence.
        let counts = |column: &&Object| {
            let typ = to.making.to.same(column).and_then(|column| column.text("type"));
            matches!(typ, Some("smallint" | "integer" | "bigint" | "numeric" | "real" | "double precision" | "oid"))
                || typ.is_some_and(|typ| typ.starts_with("numeric("))
        };
        let held = held.filter(counts);
        let (minimum, maximum) = bounds(object).into_inner();
        let (start, increment) = (integer(object, "start").unwrap_or(1), integer(object, "increment").unwrap_or(1));
        let count = super::identity::Count { start, increment, minimum, maximum };
        statements.extend(held.map(|column| super::identity::goes_on(column, &count)));
        Ok(statements)
    }

    fn way(&self, _: &Change<'_>, _: &World<'_>, _: &World<'_>) -> Way {
        Way::InPlace
    }

    fn alter(&self, change: &Change<'_>, _: &Target<'_>) -> Written {
        let object = change.to;
        let mut statements = Vec::new();
        if !change.only(&["owned_by", "persistence"]) {
            let statement = Statement::new(format!("ALTER SEQUENCE {} {};", whole(object), options(object)));
            let is_bound = ["minimum", "maximum", "type"].iter().any(|one| change.touches(one));
            let fails = Hazard::FailsIf(format!("{} has counted beyond its bounds", whole(object)));
            if is_bound {
                statements.extend(moved(change));
            }
            statements.push(if is_bound { statement.hazard(fails) } else { statement });
        }
        if change.touches("persistence") {
            let words = if object.text("persistence") == Some("unlogged") { "SET UNLOGGED" } else { "SET LOGGED" };
            statements.push(Statement::new(format!("ALTER SEQUENCE {} {words};", whole(object))));
        }
        // `finish` names a column, when that is there.
        if change.touches("owned_by") && object.get("owned_by").is_none() {
            statements.push(Statement::new(format!("ALTER SEQUENCE {} OWNED BY NONE;", whole(object))));
        }
        Ok(statements)
    }

    fn drop(&self, object: &Object, _: &Target<'_>) -> Written {
        // One of that name begins anew, and gives numbers that rows have already.
        Ok(vec![super::loses(format!("DROP SEQUENCE {};", whole(object)), format!("where {} stands", whole(object)))])
    }
}
