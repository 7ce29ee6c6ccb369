//! What an ALTER TABLE says for each thing that changes on a table, and what that costs. Does not live here: how a column, an index or
//! an option is written (its own file), what is said behind it (`together`).

use super::online::{Cost, Costs};
use super::{Target, column, constraint, flag, index, integer, is_not, kept, list, online, table};
use crate::ident::Ident;
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::Object;
use evenkeel_core::patch::{Change, Hazard, Piece, World, differing};
use std::collections::BTreeSet;

/// What gathers while the pieces are gone through.
#[derive(Default)]
pub struct Gathered {
    pub clauses: Vec<String>,
    /// What the server would not tell from what is there, where both are in one statement.
    pub first: Vec<String>,
    pub costs: Costs,
    pub hazards: Vec<Hazard>,
    /// What loses data, column by column.
    pub losing: Vec<Losing>,
    /// Columns whose definition is written already.
    modified: BTreeSet<String>,
    /// Whether its partitions are to be looked at.
    pub parts: bool,
    pub keys: Option<bool>,
}

/// A column that loses values by what is done to it.
pub struct Losing {
    pub column: String,
    pub clauses: Vec<String>,
    pub costs: Costs,
    pub hazards: Vec<Hazard>,
}

impl Gathered {
    fn add(&mut self, clause: String, costs: impl IntoIterator<Item = Cost>) {
        self.clauses.push(clause);
        for cost in costs {
            if !self.costs.insert(cost) && cost == Cost::Words {
                self.costs.insert(Cost::ManyWords);
            }
        }
    }
}

/// One thing more.
pub fn gather(piece: &Piece<'_>, all: &mut Gathered, to: &Target<'_>) -> Result<(), String> {
    match piece.object().kind {
        Kind::Column => columns(piece, all, to),
        Kind::Index => indexes(piece, all, to),
        Kind::Constraint => constraints(piece, all, to),
        Kind::Partition => {
            all.parts = true;
            Ok(())
        }
        Kind::Table => match piece {
            Piece::Altered(change) => options(change, all, to),
            Piece::Dropped(_) | Piece::Made(_) => Ok(()),
        },
        _ => Err("it is no part of a table".to_owned()),
    }
}

fn columns(piece: &Piece<'_>, all: &mut Gathered, to: &Target<'_>) -> Result<(), String> {
    let object = piece.object();
    let name = Ident(object.identity.part(2));
    let lost = |object: &Object| Hazard::Loses(format!("the values of {}", object.display()));
    match piece {
        Piece::Dropped(before) => {
            if before.get("generated").is_none() {
                all.hazards.push(lost(before));
            }
            all.add(format!("DROP COLUMN {name}"), [online::of_gone_column(before)]);
        }
        Piece::Made(object) => {
            if to.flavor().refuses_unsafe_columns()
                && !to.making.form.throwaway
                && object.text("default").is_some_and(online::differs_by_server)
            {
                return Err(
                    "MySQL takes no new column whose default is another on each server where it writes a log for replicas: add it without \
                            and give each row its value, then set the default"
                        .to_owned(),
                );
            }
            let costs = online::of_new_column(object, to.flavor());
            all.add(format!("ADD COLUMN {} {}", column::definition(object, to)?, column::place(object, to)), costs);
        }
        Piece::Altered(change) => {
            if all.modified.insert(name.0.to_owned()) {
                return modify(change, all, to);
            }
        }
    }
    Ok(())
}

fn modify(change: &Change<'_>, all: &mut Gathered, to: &Target<'_>) -> Result<(), String> {
    let (object, name) = (change.to, Ident(change.to.identity.part(2)));
    let definition = column::definition(object, to)?;
    let is_virtual = |object: &Object| object.get("generated").is_some() && object.text("generated_kind") != Some("stored");
    let is_computed_otherwise = change.touches("generated") || change.touches("generated_kind");
    // What is not stored and what is are not made of one another.
    if is_computed_otherwise && (is_virtual(change.from) || is_virtual(object) || to.flavor().is_mariadb()) {
        let clauses = vec![format!("DROP COLUMN {name}"), format!("ADD COLUMN {definition} {}", column::place(object, to))];
        let costs = Costs::from([Cost::Unknown]);
        // What is computed comes back by itself.
        if change.from.get("generated").is_some() && object.get("generated").is_some() {
            all.clauses.extend(clauses);
            all.costs.extend(costs);
        } else {
            let hazards = vec![Hazard::Loses(format!("the values of {}", object.display()))];
            all.losing.push(Losing { column: name.0.to_owned(), clauses, costs, hazards });
        }
        return Ok(());
    }
    let mut hazards = kept::hazards(change);
    if change.touches("srid") && object.get("srid").is_some() {
        hazards.push(Hazard::FailsIf(format!("a value of {} has another SRID", object.display())));
    }
    if change.touches("srid") {
        anew(object, all, to)?;
    }
    let clause = format!("MODIFY COLUMN {definition}");
    if hazards.iter().any(|hazard| matches!(hazard, Hazard::Loses(_))) {
        let costs = online::of_column(change, to).into_iter().collect();
        all.losing.push(Losing { column: name.0.to_owned(), clauses: vec![clause], costs, hazards });
    } else {
        all.hazards.extend(hazards);
        all.add(clause, online::of_column(change, to));
    }
    Ok(())
}

/// Spatial keys on a column whose SRID becomes another are taken off before, and made anew.
fn anew(column: &Object, all: &mut Gathered, to: &Target<'_>) -> Result<(), String> {
    let (schema, table, name) = (column.identity.part(0), column.identity.part(1), column.identity.part(2));
    let is_on_it = |key: &&Object| key.text("method") == Some("spatial") && list(key, "keys").iter().any(|part| **part == *name);
    let (from, wanted) = (to.making.from, to.making.to);
    let stays = |key: &&Object| from.same(key).is_some_and(|before| differing(before, key, (from.manifest, wanted.manifest)).is_empty());
    for key in wanted.parts_of_kind(schema, table, Kind::Index).filter(is_on_it).filter(stays) {
        all.first.push(format!("DROP KEY {}", Ident(key.identity.part(2))));
        all.add(format!("ADD {}", index::clause(key, to)?), online::of_new_index(key, to));
    }
    Ok(())
}

fn indexes(piece: &Piece<'_>, all: &mut Gathered, to: &Target<'_>) -> Result<(), String> {
    let object = piece.object();
    let name = Ident(object.identity.part(2));
    match piece {
        // While it is there, no column of it gets another SRID, not in the statement that drops it either.
        Piece::Dropped(before) if holds_another_srid(before, to) => all.first.push(format!("DROP KEY {name}")),
        Piece::Dropped(before) => all.add(format!("DROP KEY {name}"), [online::of_gone_index(before)]),
        Piece::Made(object) => add_index(object, all, to)?,
        Piece::Altered(change) => {
            if change.touches("enabled") {
                all.keys = Some(!is_not(object, "enabled"));
            }
            if change.only(&["enabled"]) {
                return Ok(());
            }
            if change.only(&["visible"]) {
                all.add(
                    format!("ALTER INDEX {name} {}", to.flavor().index_visibility(!is_not(object, "visible"))),
                    [online::light(to.flavor())],
                );
                return Ok(());
            }
            let written = index::clause(object, to)?;
            if change.only(&["parser", "block_size", "comment", "visible", "engine_attribute", "enabled"])
                && !to.flavor().tells_index_options_apart()
                || holds_another_srid(change.from, to)
            {
                all.first.push(format!("DROP KEY {name}"));
            } else {
                all.add(format!("DROP KEY {name}"), index::has_expression(change.from).then_some(Cost::Hidden));
            }
            fails_where_twice(object, change.touches("unique") || change.touches("keys"), all);
            all.add(format!("ADD {written}"), of_computed(object).chain(online::of_index(change, to)));
        }
    }
    Ok(())
}

/// Whether it is a spatial key of a column that is to have another SRID.
fn holds_another_srid(key: &Object, to: &Target<'_>) -> bool {
    let differs = |part: &str| {
        let column = [key.identity.part(0), key.identity.part(1), part];
        let srid = |world: &World<'_>| world.find(Kind::Column, &column).map(|column| integer(column, "srid"));
        let (was, is) = (srid(to.making.from), srid(to.making.to));
        was.is_some() && is.is_some() && was != is
    };
    key.text("method") == Some("spatial") && list(key, "keys").iter().any(|part| differs(part))
}

fn add_index(object: &Object, all: &mut Gathered, to: &Target<'_>) -> Result<(), String> {
    fails_where_twice(object, true, all);
    all.add(format!("ADD {}", index::clause(object, to)?), of_computed(object).chain(online::of_new_index(object, to)));
    if is_not(object, "enabled") {
        all.keys = Some(false);
    }
    Ok(())
}

/// A part that is computed is a column that nobody sees.
fn of_computed(index: &Object) -> impl Iterator<Item = Cost> {
    index::has_expression(index).then_some(Cost::Expression).into_iter()
}

fn fails_where_twice(object: &Object, is_new: bool, all: &mut Gathered) {
    if is_new && flag(object, "unique") {
        all.hazards.push(Hazard::FailsIf(format!("a key of {} is there twice", object.display())));
    }
}

fn constraints(piece: &Piece<'_>, all: &mut Gathered, to: &Target<'_>) -> Result<(), String> {
    let object = piece.object();
    let name = Ident(object.identity.part(2));
    let of_column =
        |object: &Object, is_later: bool| constraint::is_of_column(object, if is_later { to.making.to } else { to.making.from });
    let whole = [object.identity.part(0), object.identity.part(1), object.identity.part(2)];
    let (dropped, made) = match piece {
        Piece::Dropped(before) => (Some(*before), None),
        Piece::Made(object) => (None, Some(*object)),
        Piece::Altered(change) => (Some(change.from), Some(change.to)),
    };
    if let Piece::Altered(change) = piece
        && change.only(&["enforced"])
    {
        let word = if is_not(object, "enforced") { "NOT ENFORCED" } else { "ENFORCED" };
        all.add(format!("ALTER CHECK {name} {word}"), [Cost::Unknown]);
        return Ok(());
    }
    let is_in_column = (dropped.is_some_and(|object| of_column(object, false)), made.is_some_and(|object| of_column(object, true)));
    // It comes and goes with the definition of its column.
    if is_in_column.0 || is_in_column.1 {
        match to.making.to.find(Kind::Column, &whole) {
            Some(column) if to.making.from.same(column).is_some() && all.modified.insert(name.0.to_owned()) => {
                all.add(format!("MODIFY COLUMN {}", column::definition(column, to)?), [Cost::Unknown]);
            }
            _ => {}
        }
    }
    if let Some(before) = dropped.filter(|_| !is_in_column.0) {
        if constraint::is_primary(before) {
            let cost = if made.is_some() { Cost::Rebuild } else { Cost::Copy };
            all.add("DROP PRIMARY KEY".to_owned(), [cost]);
        } else {
            all.add(format!("{} {name}", to.flavor().drop_check()), [Cost::Definition]);
        }
    }
    if let Some(object) = made.filter(|_| !is_in_column.1)
        && let Some(clause) = constraint::clause(object, to)?
    {
        let is_primary = constraint::is_primary(object);
        let what = if is_primary { "a key of it is there twice or NULL" } else { "a row does not meet it" };
        all.hazards.push(Hazard::FailsIf(format!("{}: {what}", object.display())));
        let cost = match is_primary {
            true if flag(object, "temporal") => Cost::Unknown,
            true => Cost::Rebuild,
            false => Cost::Copy,
        };
        all.add(format!("ADD {clause}"), [cost]);
    }
    Ok(())
}

/// Engines that are known to keep each row as it is, also when the server stops.
const KEEPERS: &[&str] = &["InnoDB", "MyISAM", "Aria"];

fn options(change: &Change<'_>, all: &mut Gathered, to: &Target<'_>) -> Result<(), String> {
    let (object, before) = (change.to, change.from);
    for attribute in change.attributes {
        match *attribute {
            "partition_by" | "subpartition_by" => all.parts = true,
            // What says of a column that it is left out of that comes behind it.
            "system_versioned" if flag(object, "system_versioned") => all.first.push("ADD SYSTEM VERSIONING".to_owned()),
            "system_versioned" => {
                all.hazards.push(Hazard::Loses(format!("all old versions of the rows of {}", object.display())));
                all.add("DROP SYSTEM VERSIONING".to_owned(), [Cost::Unknown]);
            }
            "periods" => {
                let (was, is) = (super::list(before, "periods"), super::list(object, "periods"));
                for gone in was.iter().filter(|shown| !is.contains(shown)) {
                    let name = gone.split('(').next().unwrap_or_default();
                    all.add(format!("DROP PERIOD FOR {}", Ident(name)), [Cost::Unknown]);
                }
                for shown in is.iter().filter(|shown| !was.contains(shown)) {
                    let name = shown.split('(').next().unwrap_or_default();
                    all.hazards.push(Hazard::FailsIf(format!("a row of {} does not begin before it ends by {name}", object.display())));
                    all.add(format!("ADD {}", table::period(shown)?), [Cost::Unknown]);
                }
            }
            other => {
                let cost = online::of_option(other, change, to.flavor());
                if other == "engine" && !object.text("engine").is_some_and(|engine| KEEPERS.contains(&engine)) {
                    all.hazards.push(Hazard::Loses(format!(
                        "what {} does not keep of the rows of {}",
                        object.text("engine").unwrap_or("the other engine"),
                        object.display()
                    )));
                }
                // The format is that of an engine, and is said with it.
                let more = if other == "engine" && !change.touches("row_format") {
                    table::option(object, Some(before), "row_format", to)?
                } else {
                    Vec::new()
                };
                for words in table::option(object, Some(before), other, to)?.into_iter().chain(more) {
                    all.add(words, [cost]);
                }
            }
        }
    }
    Ok(())
}
