//! What is in the tables that a migration touches: as it was before, as a run leaves it that nobody disturbs, and as another one does.
//!
//! What depends on when it runs, on chance, or on numbers of sequences, which no rollback takes back, is otherwise in each run: a run more,
//! with other numbers, says which columns that is, and of those values are counted and not compared. Neighbours: `each`, `killed`.

use super::compared::table_of;
use super::each::Each;
use crate::migrations::Cut;
use crate::runner::{Blind, Manner};
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::port::{Content, Filler};
use evenkeel_core::rehearsal::Migration;
use evenkeel_core::trace::Sort;
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

/// Where it runs once more to see what is otherwise by itself.
const CONTROL: &str = "rehearsal_control";

type Contents = BTreeMap<String, Content>;

/// As it was, and as it is after a run that nobody disturbed.
pub struct Undisturbed<'r> {
    filler: &'r dyn Filler,
    tables: BTreeSet<String>,
    origin: &'static str,
    before: Contents,
    after: Contents,
    loose: OnceCell<BTreeSet<String>>,
}

impl<'r> Undisturbed<'r> {
    /// Of a database as it was before the migration, and of one after it. Nothing where nobody reads rows there, or with the reason.
    pub fn of(
        (each, filler): (&Each<'_>, Option<&'r dyn Filler>),
        told: &Migration,
        (before, after): (&'static str, &str),
    ) -> Result<Result<Self, Option<String>>, Box<Trouble>> {
        let Some(filler) = filler else { return Ok(Err(None)) };
        let locks = told.statements.iter().flat_map(|trace| &trace.locks).filter(|lock| lock.kind == Sort::Table.name());
        let tables: BTreeSet<String> = locks.map(|lock| lock.relation.clone()).collect();
        let read = |database: &str| filler.contents(&mut *each.place.scratch.rows(database)?, &tables);
        let both = read(before).and_then(|was| Ok((was, read(after)?)));
        Ok(match both {
            Ok((before_it, after_it)) => {
                Ok(Self { filler, tables, origin: before, before: before_it, after: after_it, loose: OnceCell::new() })
            }
            Err(trouble) if trouble.class == Class::CouldNotTell => Err(Some(trouble.to_string())),
            Err(trouble) => return Err(trouble),
        })
    }

    /// What is otherwise in a database than after the undisturbed run.
    pub fn odd(&self, each: &Each<'_>, cut: &Cut, database: &str) -> Result<Vec<String>, Box<Trouble>> {
        self.against(&self.after, "where nothing disturbs it", each, cut, database)
    }

    /// What is otherwise there than before the migration.
    pub fn since(&self, each: &Each<'_>, cut: &Cut, database: &str) -> Result<Vec<String>, Box<Trouble>> {
        self.against(&self.before, "before it", each, cut, database)
    }

    /// Whether the migration changes rows, as far as that shows.
    pub fn changes(&self) -> bool {
        !otherwise(&self.before, &self.after, "").is_empty()
    }

    fn against(&self, wanted: &Contents, when: &str, each: &Each<'_>, cut: &Cut, database: &str) -> Result<Vec<String>, Box<Trouble>> {
        let there = self.filler.contents(&mut *each.place.scratch.rows(database)?, &self.tables)?;
        let odd = otherwise(wanted, &there, when);
        if odd.is_empty() {
            return Ok(Vec::new());
        }
        let loose = match self.loose.get() {
            Some(loose) => loose,
            None => {
                let loose = self.control(each, cut)?;
                self.loose.get_or_init(|| loose)
            }
        };
        Ok(odd.into_iter().filter(|(column, _)| !loose.contains(column)).map(|(column, words)| format!("{column}: {words}")).collect())
    }

    /// What is otherwise in a run that begins as the undisturbed one did, but for the numbers of sequences.
    fn control(&self, each: &Each<'_>, cut: &Cut) -> Result<BTreeSet<String>, Box<Trouble>> {
        each.aside(self.origin, CONTROL)?;
        self.filler.burn(&mut *each.place.scratch.rows(CONTROL)?)?;
        if each.ran(CONTROL, &cut.up, cut.migration.transaction, None, (Manner::AsTool, &mut Blind))?.is_err() {
            return Ok(BTreeSet::new());
        }
        let there = self.filler.contents(&mut *each.place.scratch.rows(CONTROL)?, &self.tables)?;
        each.place.scratch.remove(CONTROL)?;
        Ok(otherwise(&self.after, &there, "").into_keys().collect())
    }
}

/// Tables with other numbers of rows and columns with other values; what only one of both has, the schema says.
fn otherwise(wanted: &Contents, there: &Contents, when: &str) -> BTreeMap<String, String> {
    let mut odd = BTreeMap::new();
    for (column, was) in wanted {
        let Some(now) = there.get(column) else { continue };
        if now.rows != was.rows {
            odd.insert(table_of(column).unwrap_or_default(), format!("{} rows, and {} {when}", now.rows, was.rows));
        } else if now.filled != was.filled {
            odd.insert(column.clone(), format!("{} values, and {} {when}", now.filled, was.filled));
        } else if now.sum != was.sum {
            odd.insert(column.clone(), format!("other values than {when}"));
        }
    }
    odd
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_told_once_and_values_by_column() {
        let content = |rows, filled, sum: &str| Content { rows, filled, sum: sum.to_owned() };
        let of = |all: &[(&str, Content)]| all.iter().map(|(name, content)| ((*name).to_owned(), content.clone())).collect::<Contents>();
        let wanted = of(&[
            ("a.t.b", content(2, 2, "1")),
            ("a.t.c", content(2, 1, "1")),
            ("a.u.b", content(2, 2, "1")),
            ("a.u.c", content(2, 2, "1")),
            ("a.u.gone", content(2, 2, "1")),
        ]);
        let there = of(&[
            ("a.t.b", content(4, 4, "2")),
            ("a.t.c", content(4, 2, "2")),
            ("a.u.b", content(2, 1, "0")),
            ("a.u.c", content(2, 2, "9")),
            ("a.u.new", content(2, 2, "9")),
        ]);
        let odd: Vec<String> = otherwise(&wanted, &there, "before").into_iter().map(|(of, words)| format!("{of}: {words}")).collect();
        assert_eq!(odd, ["a.t: 4 rows, and 2 before", "a.u.b: 1 values, and 2 before", "a.u.c: other values than before"]);
        assert!(otherwise(&wanted, &wanted, "").is_empty());
    }
}
