//! Statements that make record and schema agree, tried on a throwaway server that has the environment's schema and record.
//!
//! Lives here: from what was found to blocks of statements. Does not live here: what is decided of a verdict (`core/history/repair`),
//! which statements change a schema (`core/patch`), their trial (`trial`), running them where it counts (`apply`).

use super::ground::ground;
use super::trial::current;
use super::withheld::{beyond, hold};
use super::{Dimension, Inquiry};
use crate::explained;
use crate::migrations::Cut;
use crate::patch::Builder;
use crate::replay::{Replay, Series, Stage, Target};
use evenkeel_core::fault::Trouble;
use evenkeel_core::finding::Place;
use evenkeel_core::history::effect::{Spot, found};
use evenkeel_core::history::repair::{Book, Course, Cure, Decided, Uncured, decide};
use evenkeel_core::history::row::{Deed, Rows};
use evenkeel_core::history::told::{Entry, History};
use evenkeel_core::history::verdict::Verdict;
use evenkeel_core::history::{READERS, ROWS};
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::{Manifest, Object};
use evenkeel_core::patch::{
    Act, Block, Dialect, Excused, Form, Plan, Proof, Statement, Step, World, blocks, differing, plan, tells_needs, wanted,
};
use evenkeel_core::statement::Nature;
use std::collections::BTreeSet;

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Repairing {
    pub course: Course,
    pub form: Form,
}

/// What is to be done, and what came of trying it.
#[derive(Debug, Clone)]
pub struct Repair {
    pub course: Course,
    /// In the order in which they run.
    pub blocks: Vec<Block>,
    /// Migrations that nothing is done about.
    pub left: Vec<Uncured>,
    /// What no migration explains and stays as it is.
    pub strays: Vec<String>,
    pub proof: Proof,
    /// Of blocks that make a schema: that what their migrations do to rows is not made.
    pub rows: Vec<String>,
    /// What the trial showed that should not be.
    pub failed: Vec<String>,
    /// What the tool itself said after it; that nobody asked it, and why.
    pub asked: Option<String>,
    /// The state of the environment that all of it is for.
    pub ground: String,
    /// Of each block, what is as `goal` has it once its statements ran, before anything is recorded.
    pub due: Vec<Vec<Spot>>,
    pub goal: Option<Manifest>,
    /// The table in which the tool records, by schema and name.
    pub place: Option<(String, String)>,
}

impl Repair {
    /// Whether nothing is left to be repaired after it, as far as it was seen.
    #[must_use]
    pub fn is_whole(&self, allow_destructive: bool) -> bool {
        let is_held = self.blocks.iter().any(|block| block.plan.destructive().0 > 0) && !allow_destructive;
        self.is_sound() && !self.leaves() && !is_held
    }

    /// Whether something is not repaired by it.
    fn leaves(&self) -> bool {
        !self.left.is_empty() || !self.strays.is_empty() || self.blocks.iter().any(|block| !block.plan.refused.is_empty())
    }

    /// Whether what it does was seen to do what it says.
    #[must_use]
    pub const fn is_sound(&self) -> bool {
        matches!(self.proof, Proof::Proven { .. } | Proof::Nothing) && self.failed.is_empty()
    }

    /// The script, for an environment that is called so: each block in a transaction where that can be, with its reason.
    #[must_use]
    pub fn script(&self, label: &str, dialect: &dyn Dialect, allow_destructive: bool) -> String {
        let held = self.blocks.iter().map(|block| block.plan.destructive().0).sum::<usize>();
        let mut head = match &self.proof {
            Proof::Proven { server } => {
                let but = if self.leaves() { ", but for what is not repaired" } else { "" };
                vec![format!("proven on {server}: with every statement run, record and schema of {label} agree{but}")]
            }
            Proof::Not { why } => vec![format!("not proven: {why}")],
            Proof::Nothing if self.leaves() => vec![format!("nothing of {label} can be repaired by statements")],
            Proof::Nothing => vec![format!("nothing of {label} was found that is to be repaired")],
        };
        head.extend(self.asked.clone());
        head.extend(self.failed.iter().map(|words| format!("after it: {words}")));
        if self.statements() > 0 {
            head.push("to be run by a client that stops at the first error: what is recorded comes after what it says".to_owned());
        }
        if held > 0 && !allow_destructive {
            head.push(format!(
                "{held} that would lose data are commented out, with all that comes with them and after them; --allow-destructive writes them"
            ));
        }
        head.extend(self.left.iter().map(|one| format!("not repaired: {} ({}): {}", one.key, one.verdict.name(), one.why)));
        head.extend(self.strays.iter().map(|stray| format!("not repaired: {stray}")));
        if !self.is_sound() {
            // Nobody has seen what it does.
            let mut all = self.blocks.clone();
            all.iter_mut().flat_map(|block| &mut block.plan.steps).for_each(|step| step.held = true);
            head.push("every statement is commented out: nobody has seen it do what it says".to_owned());
            return blocks(&head, &all, dialect, false);
        }
        blocks(&head, &self.blocks, dialect, allow_destructive)
    }

    /// How many statements there are.
    #[must_use]
    pub fn statements(&self) -> usize {
        self.blocks.iter().map(|block| block.plan.statements().count()).sum()
    }
}

/// How many places of statements are named.
const NAMED: usize = 5;

impl Inquiry<'_> {
    /// Works out what makes record and schema agree, and tries it.
    ///
    /// # Errors
    /// A throwaway server is lost, or the end was asked for.
    pub(super) fn repair(&self, history: &History, asked: Repairing, stage: Stage<'_>, target: &Target) -> Result<Repair, Box<Trouble>> {
        let Repairing { course, form } = asked;
        let mut repair = Repair {
            course,
            blocks: Vec::new(),
            left: Vec::new(),
            strays: Vec::new(),
            proof: Proof::Nothing,
            rows: Vec::new(),
            failed: Vec::new(),
            asked: None,
            ground: ground(self.manifest),
            due: Vec::new(),
            goal: None,
            place: self.table.map(|table| (table.identity.part(0).to_owned(), table.identity.part(1).to_owned())),
        };
        if self.is_blind {
            let why = "what is recorded, or what is there, could not be read";
            let uncured = |entry: &Entry| Uncured { key: entry.judged.key.clone(), verdict: entry.judged.verdict, why: why.to_owned() };
            repair.left = history.migrations.iter().map(uncured).collect();
            return Ok(repair);
        }
        let migrations = &self.read.folder.migrations;
        let known = |at: usize| self.effects.get(self.place(at)).is_some_and(Option::is_some);
        let Decided { cures, left } = decide(&history.migrations, migrations, &known, course, self.book());
        repair.left = left;
        let strays: Vec<Spot> = history.unexplained.iter().map(|stray| stray.unexplained.spot.clone()).collect();
        let takes_strays = course == Course::Back && !strays.is_empty();
        if !takes_strays {
            repair.strays = strays.iter().map(stray_words).collect();
        }
        let (cures, refused): (Vec<Cure>, Vec<Cure>) = cures.into_iter().partition(|cure| self.beyond(cure).is_none());
        repair.left.extend(refused.iter().map(|cure| uncured(cure, &self.beyond(cure).unwrap_or_default())));
        let is_pointer = self.rows().is_some_and(|rows| rows.is_pointer);
        // Nothing of it is done: each is named, what nobody explains too.
        let none = |mut repair: Repair, why: &str| {
            repair.left.extend(cures.iter().map(|cure| uncured(cure, why)));
            repair.strays = strays.iter().map(stray_words).collect();
            Ok(repair)
        };
        if is_pointer && !refused.is_empty() {
            // One place says how far all came.
            return none(repair, "the tool records one place, and another migration before or behind it is not repaired");
        }
        if cures.is_empty() && !takes_strays {
            return Ok(repair);
        }
        let dialect = stage.engine.dialect(&self.manifest.endpoint)?;
        let changes_schema = takes_strays || cures.iter().any(|cure| cure.changes_schema);
        let goal = self.goal(&cures, stage, target)?;
        let goal = match goal {
            Ok(goal) => goal,
            Err(why) => return none(repair, &why),
        };
        if changes_schema && !(tells_needs(self.manifest) && tells_needs(&goal)) {
            return none(repair, "the manifest does not say what needs what: capture it again");
        }
        let mut now = self.manifest.clone();
        if takes_strays {
            let is_meant = |spot: &Spot| strays.iter().any(|stray| stray == spot || explained::is_part(spot, stray, self.manifest));
            let block = Block { words: vec!["what no migration explains is taken back".to_owned()], plan: Plan::default() };
            repair.blocks.push(self.block(block, &mut now, &goal, &is_meant, (&*dialect, form)));
            repair.due.push(strays.clone());
        }
        for cure in &cures {
            let mut block = Block { words: self.words(cure), plan: Plan { form, ..Plan::default() } };
            let mut due = Vec::new();
            if cure.changes_schema {
                repair.rows.extend(self.of_rows(cure).filter(|_| cure.in_force).map(|words| format!("{}: {words}", cure.key)));
                let effect = self.effects.get(self.place(cure.at)).and_then(Option::as_deref).unwrap_or_default().iter();
                let is_so = |spot: &Spot| found(spot, self.manifest) == found(spot, &goal);
                let own: BTreeSet<&Spot> = effect.map(|touch| &touch.spot).filter(|spot| !is_so(spot)).collect();
                let is_meant = |spot: &Spot| own.contains(spot) && !strays.contains(spot);
                block = self.block(block, &mut now, &goal, &is_meant, (&*dialect, form));
                due = own.iter().copied().filter(|spot| is_meant(spot) && spot.is_semantic()).cloned().collect();
            }
            match self.recording(cure, &*dialect) {
                Ok(steps) => {
                    block.plan.steps.extend(steps);
                    if !block.plan.refused.is_empty() {
                        // Nothing is recorded that is not so.
                        block.plan.steps.retain(|step| step.kind != Kind::Migration);
                    }
                    repair.blocks.push(block);
                    repair.due.push(due);
                }
                Err(why) => repair.left.push(uncured(cure, &why)),
            }
        }
        hold(&mut repair.blocks, is_pointer);
        let is_of_use = |block: &Block| block.plan.statements().next().is_some() || !block.plan.refused.is_empty();
        let all = std::mem::take(&mut repair.blocks).into_iter().zip(std::mem::take(&mut repair.due));
        (repair.blocks, repair.due) = all.filter(|(block, _)| is_of_use(block)).unzip();
        if repair.statements() > 0 {
            let builder = Builder { engine: stage.engine, workshop: stage.workshop, watch: stage.watch };
            let (proof, failed, after, asked) = self.trial(&repair.blocks, (&cures, history), (&goal, &*dialect), &builder)?;
            (repair.proof, repair.failed, repair.asked) = (proof, failed, asked);
            // What the statements did not make of the throwaway server they do not make here either, and it was judged without.
            let is_made = |spot: &Spot| after.as_ref().is_some_and(|after| found(spot, after) == found(spot, &goal));
            repair.due.iter_mut().for_each(|due| due.retain(is_made));
        }
        repair.goal = Some(goal);
        Ok(repair)
    }

    /// Why definitions are not all that a migration does to what is there.
    fn beyond(&self, cure: &Cure) -> Option<String> {
        beyond(self.read.cuts.get(cure.at).filter(|_| cure.changes_schema)?, cure.in_force)
    }

    /// How its tool records.
    pub(super) fn book(&self) -> Book<'_> {
        let reader = READERS.iter().find(|reader| reader.tool == self.read.folder.tool);
        if self.wanted.nowhere || reader.is_none_or(|reader| reader.records.is_empty()) {
            return Book::None;
        }
        let Some(ledger) = &self.ledger else { return Book::Missing };
        let rows = ROWS.iter().find(|rows| rows.tool == ledger.tool || reader.is_some_and(|reader| reader.records.contains(&rows.tool)));
        let pointers = self.table.map_or(0, |table| current(table).len());
        rows.map_or(Book::Foreign, |rows| Book::There { rows, pointers })
    }

    pub(super) fn rows(&self) -> Option<&Rows> {
        match self.book() {
            Book::There { rows, .. } => Some(rows),
            _ => None,
        }
    }

    /// The schema that the files make which are in force afterwards; why that cannot be told.
    fn goal(&self, cures: &[Cure], stage: Stage<'_>, target: &Target) -> Result<Result<Manifest, String>, Box<Trouble>> {
        let is_in_force = |at: usize| match cures.iter().find(|cure| self.place(cure.at) == at) {
            Some(cure) => cure.in_force,
            None => self.is_in_force(at),
        };
        let cuts: Vec<&Cut> = self.cuts.iter().enumerate().filter(|(at, _)| is_in_force(*at)).map(|(_, cut)| *cut).collect();
        let replay = Replay::start(stage, target, Series { cuts: cuts.clone(), accepted: self.accepted_by_name(), ..Series::default() })?;
        let mut goal = None;
        let stopped = replay.first(&mut |ran, look| {
            if ran == cuts.len() {
                goal = Some(look()?);
            }
            Ok(())
        })?;
        Ok(match (stopped, goal) {
            (None, Some(goal)) => Ok(goal),
            (stopped, _) => {
                let words = stopped.map(|stopped| stopped.words()).unwrap_or_default();
                Err(format!("what would be in force afterwards does not run by itself: {words}"))
            }
        })
    }

    /// What makes those spots as the goal has them; `now` is then as if it had run.
    fn block(
        &self,
        mut block: Block,
        now: &mut Manifest,
        goal: &Manifest,
        is_meant: &dyn Fn(&Spot) -> bool,
        (dialect, form): (&dyn Dialect, Form),
    ) -> Block {
        let excused = excused(now, goal, is_meant);
        let (wanted, refused) = wanted(&World::of(goal), &World::of(now), &[Dimension::Schema], &excused, dialect);
        let mut planned = plan(&World::of(now), &World::of(&wanted), dialect, form);
        planned.refused.extend(refused.into_iter().filter(|refusal| is_named(refusal.kind, &refusal.object, goal, is_meant)));
        block.plan = planned;
        *now = wanted;
        block
    }

    /// Why a block is there, and what it does not do.
    fn words(&self, cure: &Cure) -> Vec<String> {
        let mut words = vec![format!("{} ({}): {}", cure.key, cure.verdict.name(), cure.why)];
        words.extend(self.of_rows(cure));
        words
    }

    /// What it may do that no schema shows.
    fn of_rows(&self, cure: &Cure) -> Option<String> {
        let rows: Vec<Place> = self
            .read
            .cuts
            .get(cure.at)?
            .up
            .iter()
            .flat_map(|script| script.statements())
            // What code does nobody can tell from its text.
            .filter(|said| matches!(said.statement.nature, Nature::Data | Nature::Code))
            .map(|said| Place { file: said.file.to_owned(), line: said.line, column: None })
            .collect();
        (cure.verdict != Verdict::EditedBytes && !rows.is_empty()).then(|| {
            let more = rows.len().saturating_sub(NAMED);
            let named: Vec<String> = rows.iter().take(NAMED).map(|place| format!("{}:{}", place.file, place.line)).collect();
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let then = if cure.in_force { "" } else { ", before the tool runs it again" };
            format!("it may change rows too, and nothing tells whether it did: look at {}{more}{then}", named.join(", "))
        })
    }

    /// The statements that write the record, as steps.
    fn recording(&self, cure: &Cure, dialect: &dyn Dialect) -> Result<Vec<Step>, String> {
        let Some(table) = self.table else { return Ok(Vec::new()) };
        let one = |deed: &Deed| {
            let statement = Statement::new(dialect.recorded(table, deed)?);
            let object = format!("{}: {}", table.display(), cure.key);
            Ok(Step { act: Act::Alter, kind: Kind::Migration, object, statements: vec![statement], held: false })
        };
        cure.deeds.iter().map(one).collect()
    }
}

fn uncured(cure: &Cure, why: &str) -> Uncured {
    Uncured { key: cure.key.clone(), verdict: cure.verdict, why: why.to_owned() }
}

/// What is said of what stays.
fn stray_words(spot: &Spot) -> String {
    let attribute = spot.attribute.map(|attribute| format!(".{attribute}")).unwrap_or_default();
    let how = "write a migration for it, or take it back (--repair=back)";
    format!("{} {}{attribute}: no migration explains it, and it stays: {how}", spot.kind.name(), spot.display())
}

/// Whether something of an object is meant.
fn is_named(kind: Kind, shown: &str, goal: &Manifest, is_meant: &dyn Fn(&Spot) -> bool) -> bool {
    let mut objects = goal.of_kind(kind).iter();
    objects.any(|object| object.display() == shown && is_meant(&Spot::whole(object)))
}

/// Every difference that is not meant.
fn excused(now: &Manifest, goal: &Manifest, is_meant: &dyn Fn(&Spot) -> bool) -> Vec<Excused> {
    let mut excused = Vec::new();
    let (here, there) = (World::of(now), World::of(goal));
    let one = |object: &Object, attribute| Excused { kind: object.kind, object: object.display(), attribute };
    let is_schema = |object: &&Object| object.kind.spec().dimension == Dimension::Schema;
    for object in now.objects().iter().filter(is_schema) {
        match there.same(object) {
            None if !is_meant(&Spot::whole(object)) => excused.push(one(object, None)),
            None => {}
            Some(other) => {
                let spot = |attribute| Spot { attribute: Some(attribute), ..Spot::whole(object) };
                // Of one that is not valid, that is what is meant.
                let is_whole = is_meant(&Spot::whole(object));
                let others = differing(object, other, (now, goal)).into_iter();
                let others = others.filter(|attribute| {
                    let is_fault = object
                        .kind
                        .spec()
                        .index_of(attribute)
                        .and_then(|at| object.kind.spec().property(at))
                        .is_some_and(|one| one.sound.is_some());
                    !(is_meant(&spot(attribute)) || is_whole && is_fault)
                });
                excused.extend(others.map(|attribute| one(object, Some(attribute))));
            }
        }
    }
    let missing = goal.objects().iter().filter(is_schema).filter(|object| here.same(object).is_none());
    excused.extend(missing.filter(|object| !is_meant(&Spot::whole(object))).map(|object| one(object, None)));
    excused
}
