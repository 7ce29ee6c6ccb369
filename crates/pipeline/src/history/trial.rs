//! A repair, tried on a throwaway server that has the environment's schema and record, and judged again. Neighbour: `repair`.

use super::Inquiry;
use crate::patch::{Builder, Left, build, run as run_plan};
use evenkeel_core::fault::Trouble;
use evenkeel_core::history::State;
use evenkeel_core::history::effect::Spot;
use evenkeel_core::history::repair::{Cure, undone};
use evenkeel_core::history::row::{Deed, Noted};
use evenkeel_core::history::told::History;
use evenkeel_core::history::verdict::{Recorded, Verdict};
use evenkeel_core::kind::{Severity, Value};
use evenkeel_core::manifest::{Identity, Manifest, Object, display};
use evenkeel_core::patch::{Block, Dialect, Proof};
use evenkeel_core::port::{Answer, Request, Scratch};
use std::collections::BTreeSet;

/// So much of what the server lacks is named.
const NAMED: usize = 5;

/// What came of it: the proof, what should not be, the end where it is proven, and what the tool itself said.
type Tried = (Proof, Vec<String>, Option<Manifest>, Option<String>);

impl Inquiry<'_> {
    /// Runs the blocks where the environment's schema and record stand, and judges again.
    pub(super) fn trial(
        &self,
        blocks: &[Block],
        (cures, before): (&[Cure], &History),
        (goal, dialect): (&Manifest, &dyn Dialect),
        builder: &Builder<'_>,
    ) -> Result<Tried, Box<Trouble>> {
        let not = |why: String, failed: Vec<String>| Ok((Proof::Not { why }, failed, None, None));
        let built = match build(self.manifest, builder) {
            Ok(built) => built,
            Err(trouble) if builder.watch.stop.is_requested() => return Err(trouble),
            Err(trouble) => return not(trouble.to_string(), Vec::new()),
        };
        if let Err(why) = self.copy_record(&*built.scratch, &built.database, dialect)? {
            return not(why, Vec::new());
        }
        let mut refused = Vec::new();
        for block in blocks {
            let mut session = built.scratch.session(&built.database)?;
            let words = run_plan(&mut *session, &block.plan, dialect, &builder.watch)?;
            refused.extend(words.into_iter().map(|((kind, object), why)| format!("{} {object}: {why}", kind.name())));
        }
        // Under whatever name the environment's configuration gave it.
        let database =
            |table: &Object| Some(table.identity.part(0)).filter(|schema| !schema.is_empty()).unwrap_or(&built.database).to_owned();
        let named = |table: &Object| display(table.kind, &Identity::new([database(table).as_str(), table.identity.part(1)]));
        let history = self.table.map(named);
        let request = Request { dimensions: super::DIMENSIONS.to_vec(), history, ..Request::new("a throwaway server") };
        let after = built.scratch.environment(&built.database)?.capture(&request, &builder.watch)?;
        let mut again = Inquiry::new(&after, self.read, (self.wanted, self.excuses), self.label).with(self.beside);
        again.records();
        again.edits = self.edits.clone();
        // What a sum was before it was written anew is no edit any more.
        again.edits.retain(|key, _| {
            let now = again.read.cuts.iter().find(|cut| cut.migration.key == *key).and_then(|cut| cut.migration.checksum.as_ref());
            let recorded = again.records.iter().find(|record| record.key == *key).and_then(|record| record.checksum.as_ref());
            now != recorded
        });
        again.effects.clone_from(&self.effects);
        again.initial.clone_from(&self.initial);
        again.stopped.clone_from(&self.stopped);
        again.expected = Some(goal.clone());
        again.disputed = Some(again.differing(goal));
        if self.was_by_effect {
            again.records.clone_from(&self.records);
            again.by_effect = false;
        }
        let history = again.judged(String::new());
        let mut failed = refused;
        failed.extend(still(&history, before, (cures, &self.elsewhere)));
        let asked = self.table.map(|_| self.asked((&*built.scratch, &built.database), &history, builder.watch.stop)).transpose()?;
        failed.extend(asked.iter().flat_map(|asked| asked.against.iter().cloned()));
        let asked = asked.map(|asked| asked.words);
        let server = built.scratch.describe();
        if failed.is_empty() && built.left.is_empty() {
            return Ok((Proof::Proven { server }, failed, Some(after), asked));
        }
        let lacking: Vec<String> = built.left.iter().take(NAMED).map(Left::words).collect();
        if failed.is_empty() {
            let server = format!("{server}, but for what it lacks: {}", lacking.join("; "));
            return Ok((Proof::Proven { server }, failed, Some(after), asked));
        }
        if !lacking.is_empty() {
            return not(format!("the throwaway server lacks what it may be about: {}", lacking.join("; ")), failed);
        }
        not("tried on a throwaway server, record and schema do not agree after it".to_owned(), failed)
    }

    /// Puts what is recorded into the tool's table there.
    fn copy_record(&self, scratch: &dyn Scratch, database: &str, dialect: &dyn Dialect) -> Result<Result<(), String>, Box<Trouble>> {
        let (Some(table), Some(rows)) = (self.table, self.rows()) else { return Ok(Ok(())) };
        let mut deeds: Vec<Deed> = Vec::new();
        let migration = |key: &str| self.read.folder.migrations.iter().find(|migration| migration.key == key);
        let mut copy = |recorded: &Recorded| {
            let entry = Noted::recorded(recorded, migration(&recorded.key));
            let (Some(row), Some(own)) = ((rows.applied)(&entry), (rows.own)(&entry)) else {
                return Err(format!("the record of {} cannot be written as its tool would", recorded.key));
            };
            match recorded.state {
                // Some tools keep a row that says so.
                State::RolledBack if recorded.recorded_as.is_some() => deeds.push(Deed::Insert(row)),
                State::RolledBack => {}
                State::Applied => deeds.push(Deed::Insert(row)),
                State::Failed | State::InProgress => deeds.extend([Deed::Insert(row), Deed::Update(undone(rows), own)]),
            }
            Ok(())
        };
        if rows.is_pointer {
            let state = if table.get("dirty") == Some(&Value::Flag(true)) { State::Failed } else { State::Applied };
            for version in current(table) {
                let pointer = Recorded::of(version.to_string(), state);
                if let Err(why) = copy(&pointer) {
                    return Ok(Err(why));
                }
            }
        } else {
            for recorded in self.records.iter().filter(|recorded| !recorded.implied) {
                if let Err(why) = copy(recorded) {
                    return Ok(Err(why));
                }
            }
        }
        let mut session = scratch.session(database)?;
        for line in dialect.opening() {
            session.run(line)?;
        }
        for deed in deeds {
            let statement = match dialect.recorded(table, &deed) {
                Ok(statement) => statement,
                Err(why) => return Ok(Err(why)),
            };
            if let Answer::Refused(refused) = session.run(&statement)? {
                return Ok(Err(format!("what is recorded could not be copied for the trial: {} ({})", refused.message, refused.code)));
            }
        }
        Ok(Ok(()))
    }
}

/// Where a pointer stands; golang-migrate's word for nowhere is none.
pub(super) fn current(table: &Object) -> Vec<&str> {
    match table.get("current") {
        Some(Value::List(items)) => items.iter().map(|item| &**item).filter(|item| !item.starts_with('-')).collect(),
        _ => Vec::new(),
    }
}

/// What is not as it should be after the trial.
fn still(after: &History, before: &History, (cures, elsewhere): (&[Cure], &BTreeSet<Spot>)) -> Vec<String> {
    let mut failed = Vec::new();
    for entry in &after.migrations {
        let (key, verdict) = (&entry.judged.key, entry.judged.verdict);
        let cure = cures.iter().find(|cure| cure.key == *key);
        let is_well = match cure {
            Some(cure) if cure.in_force => {
                matches!(verdict, Verdict::Applied | Verdict::Superseded)
                    || verdict == Verdict::NotCheckable && !cure.changes_schema && cure.verdict == Verdict::EditedBytes
            }
            Some(_) => matches!(verdict, Verdict::Pending | Verdict::PendingOutOfOrder | Verdict::RolledBack),
            None => {
                let was = before.migrations.iter().find(|one| one.judged.key == *key).map(|one| one.judged.verdict);
                was == Some(verdict) || verdict.severity().is_some_and(|severity| severity <= Severity::Inform)
            }
        };
        if !is_well {
            failed.push(format!("migration {key}: {} after it", verdict.name()));
        }
    }
    let known: BTreeSet<&Spot> = before.unexplained.iter().map(|stray| &stray.unexplained.spot).chain(elsewhere).collect();
    let new = after.unexplained.iter().map(|stray| &stray.unexplained.spot).filter(|spot| !known.contains(spot));
    failed.extend(new.map(|spot| format!("{} {}: no migration explains it after it", spot.kind.name(), spot.display())));
    failed
}
