//! Databases of a throwaway server on which migrations are tried: made from one another, looked at, and migrations run there.
//!
//! Everything runs here as the tool runs it, unless somebody watches. Neighbours: `tried`, which tries one after the other; `eyes`, for what
//! is watched.

use super::place::Place;
use crate::migrations::{Cut, Script};
use crate::replay::Stage;
use crate::runner::{Done, Ground, Manner, Onlooker, Runner, Told, guarded};
use evenkeel_core::fault::Trouble;
use evenkeel_core::history::effect::{Touch, effect};
use evenkeel_core::history::folder::Transaction;
use evenkeel_core::manifest::Manifest;
use evenkeel_core::port::{Filler, Observer};
use evenkeel_core::statement::{Nature, Statement};
use std::collections::BTreeMap;

/// As before all of them.
pub const BASE: &str = "rehearsal_base";
/// Where one is tried that is thrown away.
pub const TRIAL: &str = "rehearsal_trial";
/// As before one of them, and as after it.
pub const BEFORE: &str = "rehearsal_before";
pub const AFTER: &str = "rehearsal_after";

/// Those that nobody needs any more once all were tried.
pub const PASSING: [&str; 3] = [TRIAL, BEFORE, AFTER];

/// What is wrong with a text that ends so.
pub fn left_open() -> Told {
    (None, "the text ends in an open transaction: what it did is gone when its session ends, or stays locked while that lasts".to_owned())
}

/// What it takes to try them.
#[derive(Clone, Copy)]
pub struct Each<'a> {
    pub place: &'a Place,
    pub stage: Stage<'a>,
    pub ground: Ground<'a>,
    /// Nothing where nobody looks at locks of such a server.
    pub observer: Option<&'a dyn Observer>,
    pub filler: Option<&'a dyn Filler>,
    /// Rows of tables here.
    pub here: &'a BTreeMap<String, u64>,
}

impl<'a> Each<'a> {
    /// Makes one database from another.
    pub fn aside(&self, from: &str, to: &str) -> Result<(), Box<Trouble>> {
        self.place.scratch.remove(to)?;
        self.place.scratch.copy(from, to)
    }

    /// Where one is tried that is thrown away: where texts mean a database by its name, that one, which is brought back afterwards.
    pub fn trial(&self) -> &'a str {
        if self.place.scratch.is_named_within() { self.ground.database } else { TRIAL }
    }

    /// What stands after the migration that is tried.
    pub fn tried(&self) -> &'a str {
        if self.place.scratch.is_named_within() { AFTER } else { self.ground.database }
    }

    /// What a copy that is brought back is otherwise than what was put aside; nothing where copies are the server's own.
    pub fn faithful(&self, begin: &Manifest) -> Result<Option<String>, Box<Trouble>> {
        if !self.place.scratch.is_named_within() {
            return Ok(None);
        }
        self.aside(BASE, self.ground.database)?;
        let odd = effect(begin, &self.look(self.ground.database)?);
        let words = |touch: &Touch| format!("{} {}", touch.spot.kind.name(), touch.spot.display());
        Ok(odd
            .first()
            .map(|first| format!("a copy of the database is not as it is: {}: what was tried on copies says little", words(first))))
    }

    /// The schema of one of its databases.
    pub fn look(&self, database: &str) -> Result<Manifest, Box<Trouble>> {
        self.place.look(database, self.stage)
    }

    /// Runs texts in a database, up to a number of statements where that is wanted.
    pub fn ran(
        &self,
        database: &str,
        scripts: &[Script],
        transaction: Transaction,
        upto: Option<usize>,
        (manner, onlooker): (Manner, &mut dyn Onlooker),
    ) -> Done {
        let session = self.place.session(database)?;
        let ground = Ground { database, ..self.ground };
        guarded(session, ground, |session, guard| {
            let mut runner = Runner::new(session, ground, guard, onlooker).manner(manner);
            if let Some(upto) = upto {
                runner = runner.upto(upto);
            }
            let done = runner.scripts(scripts, transaction)?;
            Ok(done.and_then(|()| if runner.is_left_open() { Err(left_open()) } else { Ok(()) }))
        })
    }

    /// Whether all of it is one transaction: an interruption leaves nothing of it.
    pub fn is_one_transaction(&self, cut: &Cut) -> bool {
        let undoes = self.stage.engine.undoes_definitions();
        // Elsewhere each definition is a commit by itself.
        let is_own = |statement: &Statement| undoes || statement.nature == Nature::Data && statement.tag != "TRUNCATE TABLE";
        let is_plain =
            cut.statements().all(|statement| !statement.alone && is_own(statement) && !matches!(statement.nature, Nature::Transaction(_)));
        let count = cut.statements().count();
        let is_whole = matches!(cut.migration.transaction, Transaction::Own | Transaction::Fitting | Transaction::Whole);
        cut.up.len() == 1 && (is_plain && (is_whole || count <= 1) || !undoes && count <= 1)
    }
}
