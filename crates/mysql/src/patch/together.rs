//! One ALTER TABLE for all that changes on a table that stays: columns, keys, checks, options; and what the server takes alone,
//! before or behind it. Does not live here: how each thing is written (its own file), what it costs (`online`).

use super::clauses::{Gathered, Losing, gather};
use super::online::{Cost, Costs};
use super::period::KEEPING;
use super::{Target, constraint, online, partition, table};
use crate::ident::Ident;
use evenkeel_core::kind::{Kind, Value};
use evenkeel_core::manifest::Object;
use evenkeel_core::patch::{Change, Hazard, Piece, Statement, Together};

/// Everything that is done to a table.
pub fn alter(object: &Object, pieces: &[Piece<'_>], to: &Target<'_>) -> Together {
    let mut all = Gathered::default();
    let mut refused = Vec::new();
    let mut order: Vec<usize> = (0..pieces.len()).collect();
    // Columns first, in the order in which they stand.
    order.sort_by_key(|at| pieces.get(*at).map_or((2, 0), |piece| key(piece)));
    let period = of_a_period(pieces);
    for at in order.into_iter().filter(|at| !period.iter().any(|(other, _)| other == at)) {
        let Some(piece) = pieces.get(at) else { continue };
        if let Err(reason) = gather(piece, &mut all, to) {
            refused.push((at, reason));
        }
    }
    refused.extend(period);
    let mut statements = Vec::new();
    let name = to.whole(object);
    if !all.first.is_empty() {
        let plain = format!("ALTER TABLE {name}\n    {}", all.first.join(",\n    "));
        statements.push(online::statement(&plain, &Costs::from([Cost::Index]), object, to).independent());
    }
    // What loses data is a statement of its own, so that all the others run without it: unless one of them is about that column.
    let (within, apart): (Vec<Losing>, Vec<Losing>) =
        std::mem::take(&mut all.losing).into_iter().partition(|losing| is_spoken_of(&losing.column, object, pieces));
    for losing in within {
        all.clauses.extend(losing.clauses);
        all.costs.extend(losing.costs);
        all.hazards.extend(losing.hazards);
    }
    let is_whole = |hazards: &[Hazard]| !hazards.iter().any(|hazard| matches!(hazard, Hazard::Loses(_)));
    let stands = is_whole(&all.hazards);
    if !all.clauses.is_empty() {
        let plain = format!("ALTER TABLE {name}\n    {}", all.clauses.join(",\n    "));
        let mut statement = online::statement(&plain, &all.costs, object, to).independent();
        statement.hazards.splice(0..0, all.hazards);
        statements.push(statement);
    }
    if !apart.is_empty() {
        let costs: Costs = apart.iter().flat_map(|losing| losing.costs.iter().copied()).collect();
        let clauses: Vec<&str> = apart.iter().flat_map(|losing| &losing.clauses).map(String::as_str).collect();
        let plain = format!("ALTER TABLE {name}\n    {}", clauses.join(",\n    "));
        let mut statement = online::statement(&plain, &costs, object, to);
        statement.hazards.splice(0..0, apart.into_iter().flat_map(|losing| losing.hazards));
        statements.push(statement);
    }
    if all.parts {
        match repartitioned(object, pieces, to) {
            // A key holds all columns by which its table is partitioned: what it is no more is taken off before keys become others.
            Ok(more) if object.get("partition_by").is_none() => drop(statements.splice(0..0, more)),
            // Keys become others in between.
            Ok(more) if is_by_another(pieces, true) && pieces.iter().any(is_key) => {
                statements.insert(0, rewrites(format!("ALTER TABLE {name} REMOVE PARTITIONING;"), object));
                statements.extend(more.into_iter().map(|statement| if stands { statement } else { statement.dependent() }));
            }
            // They may be by what a statement before them makes.
            Ok(more) => statements.extend(more.into_iter().map(|statement| if stands { statement } else { statement.dependent() })),
            Err(reason) => {
                let is_part = |piece: &Piece<'_>| matches!(piece.object().kind, Kind::Partition | Kind::Table);
                refused.extend(pieces.iter().enumerate().filter(|(_, piece)| is_part(piece)).map(|(at, _)| (at, reason.clone())));
            }
        }
    }
    if let Some(enabled) = all.keys {
        let statement = Statement::new(format!("ALTER TABLE {name} {} KEYS;", if enabled { "ENABLE" } else { "DISABLE" })).independent();
        // Another engine may keep the mark, and have no statement that takes it off.
        let is_moved = pieces.iter().any(|piece| matches!(piece, Piece::Altered(change) if change.touches("engine")));
        statements.insert(if enabled && is_moved { 0 } else { statements.len() }, statement);
    }
    (table::lenient(object, to, online::keeping_history(object, statements, to)), refused)
}

/// Whether anything else that is done to the table names that column: keys, checks, what is computed, partitions.
fn is_spoken_of(column: &str, table: &Object, pieces: &[Piece<'_>]) -> bool {
    let column = column.to_lowercase();
    let says = |text: &str| text.to_lowercase().contains(&column);
    let names = |object: &Object| {
        object.values().iter().any(|(_, value)| match value {
            Value::Text(text) => says(text),
            Value::List(items) => items.iter().any(|item| says(item)),
            _ => false,
        })
    };
    pieces.iter().any(|piece| match piece.object().kind {
        Kind::Column => {
            let is_other = piece.object().identity.part(2).to_lowercase() != column;
            is_other && ["generated", "default"].iter().any(|property| piece.object().text(property).is_some_and(says))
        }
        Kind::Table => ["partition_by", "subpartition_by"].iter().any(|property| table.text(property).is_some_and(says)),
        Kind::Partition => table.text("partition_by").is_some_and(says),
        Kind::Index | Kind::Constraint => match piece {
            Piece::Altered(change) => names(change.from) || names(change.to),
            Piece::Made(object) | Piece::Dropped(object) => names(object),
        },
        _ => true,
    })
}

/// Where columns that keep the time of a row come, go or become others: these, the key that holds one, what makes a table keep it, and
/// partitions, for which that key would be too wide.
fn of_a_period(pieces: &[Piece<'_>]) -> Vec<(usize, String)> {
    let is_of_row = |piece: &Piece<'_>| match piece {
        Piece::Altered(change) => change.touches("row_period"),
        Piece::Made(object) | Piece::Dropped(object) => object.text("row_period").is_some(),
    };
    let reason = "columns that keep the time of a row cannot be added or altered by themselves: the table would have to be made anew";
    if !pieces.iter().any(is_of_row) {
        // Said again as a whole, the server takes such a column for another one.
        let is_one = |piece: &Piece<'_>| matches!(piece, Piece::Altered(change) if change.to.kind == Kind::Column && change.to.get("row_period").is_some());
        return pieces.iter().enumerate().filter(|(_, piece)| is_one(piece)).map(|(at, _)| (at, reason.to_owned())).collect();
    }
    let is_keeping = |piece: &Piece<'_>| matches!(piece, Piece::Altered(change) if KEEPING.iter().any(|one| change.touches(one)));
    let is_part = |piece: &Piece<'_>| piece.object().kind == Kind::Partition;
    let of_row = pieces.iter().filter(|piece| is_of_row(piece) && piece.object().kind == Kind::Column);
    let of_row: Vec<&str> = of_row.map(|piece| piece.object().identity.part(2)).collect();
    let is_on_one = |piece: &Piece<'_>| {
        let keys = ["keys", "columns"].iter().flat_map(|property| super::list(piece.object(), property));
        matches!(piece.object().kind, Kind::Index | Kind::Constraint) && keys.into_iter().any(|key| of_row.contains(&&**key))
    };
    let is_meant = |piece: &Piece<'_>| {
        is_of_row(piece) || constraint::is_primary(piece.object()) || is_keeping(piece) || is_part(piece) || is_on_one(piece)
    };
    pieces.iter().enumerate().filter(|(_, piece)| is_meant(piece)).map(|(at, _)| (at, reason.to_owned())).collect()
}

fn key(piece: &Piece<'_>) -> (u8, i64) {
    let object = piece.object();
    match (object.kind, piece) {
        (Kind::Column, Piece::Dropped(_)) => (0, 0),
        (Kind::Column, _) => (1, super::integer(object, "position").unwrap_or_default()),
        _ => (2, 0),
    }
}

/// What writes the table anew while others read it.
fn rewrites(sql: String, object: &Object) -> Statement {
    let relation = object.display();
    Statement::new(sql).independent().hazard(Hazard::Rewrites(relation.clone())).hazard(Hazard::Locks { mode: "SHARED", relation })
}

/// Whether the table is partitioned by something else than before; where it has to have been partitioned already, that too.
fn is_by_another(pieces: &[Piece<'_>], already: bool) -> bool {
    let is_it = |change: &Change<'_>| {
        let touches = change.touches("partition_by") || change.touches("subpartition_by");
        change.to.kind == Kind::Table && touches && (!already || change.from.get("partition_by").is_some())
    };
    pieces.iter().any(|piece| matches!(piece, Piece::Altered(change) if is_it(change)))
}

/// A key that holds the columns by which its table is partitioned.
fn is_key(piece: &Piece<'_>) -> bool {
    constraint::is_primary(piece.object()) || piece.object().get("unique").is_some()
}

/// Partitions that are added behind all others or dropped are so alone; anything else is said anew as a whole, and rows move.
fn repartitioned(object: &Object, pieces: &[Piece<'_>], to: &Target<'_>) -> Result<Vec<Statement>, String> {
    let name = to.whole(object);
    let all = || pieces.iter().filter(|piece| piece.object().kind == Kind::Partition);
    let by = object.text("partition_by").unwrap_or_default();
    let is_listed = by.starts_with("range") || by.starts_with("list");
    if !is_by_another(pieces, false) && is_listed && all().all(|piece| !matches!(piece, Piece::Altered(_))) {
        let dropped: Vec<&Object> =
            all().filter_map(|piece| if let Piece::Dropped(object) = piece { Some(*object) } else { None }).collect();
        let wanted = partition::in_order(object, to.making.to);
        let is_made = |object: &Object| all().any(|piece| matches!(piece, Piece::Made(made) if made.identity == object.identity));
        let made: Vec<&Object> = wanted.iter().copied().filter(|object| is_made(object)).collect();
        let are_last = by.starts_with("list") || wanted.iter().skip_while(|object| !is_made(object)).all(|object| is_made(object));
        let stays_any = made.len() < wanted.len();
        if are_last && stays_any {
            let mut statements = Vec::new();
            if !dropped.is_empty() {
                let names: Vec<String> = dropped.iter().map(|object| Ident(object.identity.part(2)).to_string()).collect();
                let lost = format!("all rows of the partitions {} of {}", names.join(", "), object.display());
                statements.push(super::loses(format!("ALTER TABLE {name} DROP PARTITION {};", names.join(", ")), lost));
            }
            if !made.is_empty() {
                let parts = made.iter().map(|object| partition::definition(object)).collect::<Result<Vec<_>, _>>()?;
                // Behind one that stays there may be no room.
                let added = Statement::new(format!("ALTER TABLE {name} ADD PARTITION ({});", parts.join(", ")));
                statements.push(if dropped.is_empty() { added.independent() } else { added });
            }
            return Ok(statements);
        }
    }
    let sql = match partition::clause(object, to)? {
        Some(clause) => format!("ALTER TABLE {name}\n  {clause};"),
        None => format!("ALTER TABLE {name} REMOVE PARTITIONING;"),
    };
    let statement = rewrites(sql, object);
    let has_place_for_all = partition::has_place_for_all(object, to.making.to);
    let fails = Hazard::FailsIf(format!("{} has a row that lies in none of its partitions", object.display()));
    Ok(vec![if has_place_for_all { statement } else { statement.hazard(fails) }])
}
