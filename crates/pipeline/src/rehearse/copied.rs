//! Rows of an environment in the tables of the throwaway server. Which environment may be read, `in_place` says; how rows come over, and that
//! no refusal tells one of their values, is the ports' (`Environment::pour`, `Scratch::hush`).

use super::place::Place;
use super::{NAMED, dump};
use crate::capture::Source;
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::port::{Environment, Filled, Limits, Watch};
use std::collections::BTreeMap;

/// Where rows come from.
#[derive(Clone, Copy)]
pub struct Data<'a> {
    /// As it is configured.
    pub name: &'a str,
    pub source: &'a Source,
}

/// How many rows each table has, and what is not as it is there.
type Came = (BTreeMap<String, u64>, Vec<String>);

impl Data<'_> {
    /// Copies them; how many each table has then, and what of it is not as it is there.
    pub fn copied(&self, place: &Place, limits: &Limits, watch: &Watch<'_>) -> Result<Came, Box<Trouble>> {
        if place.has_rows {
            let trouble = Trouble::new(Class::Usage, "rows come of one place").expected("a dump without rows, or no --data");
            let found = format!("rows in the dump, and --data {}", self.name);
            return Err(Box::new(trouble.found(found).origin("flag --data").fix("leave one of them out, or dump the schema alone")));
        }
        let environment = self.environment()?;
        // Before the first of them is here.
        place.scratch.hush()?;
        let filled = environment.pour(&place.scratch.rows_url(&place.database)?, limits, watch)?;
        place.scratch.settle(&place.database)?;
        let floor = self.words(&filled);
        Ok((filled.into_iter().map(|one| (one.table, one.rows)).collect(), floor))
    }

    fn environment(&self) -> Result<&dyn Environment, Box<Trouble>> {
        match self.source {
            Source::Live { environment, .. } | Source::Split { primary: environment, .. } => Ok(&**environment),
            _ => Err(Box::new(
                Trouble::new(Class::Usage, format!("{} is no server whose rows can be read", self.name)).origin("flag --data"),
            )),
        }
    }

    fn words(&self, filled: &[Filled]) -> Vec<String> {
        let here = filled.iter().map(|one| (one.table.clone(), one.rows)).collect();
        let mut words = vec![dump::rows_of(&format!("copies of those of {}", self.name), &here)];
        let odd: Vec<&Filled> = filled.iter().filter(|one| one.why.is_some()).collect();
        words.extend(odd.iter().take(NAMED).map(|one| {
            let none = if one.rows == 0 { " has no rows" } else { "" };
            format!("{}{none}: {}", one.table, one.why.as_deref().unwrap_or_default())
        }));
        if odd.len() > NAMED {
            words.push(format!("and {} more tables whose rows are not those of {}", odd.len() - NAMED, self.name));
        }
        words
    }
}
