//! Several folders that make one environment, each recorded by its own tool: each is judged with what of the others is in force.
//!
//! Lives here: who runs before whom, what of the others counts, and what no folder at all explains. Neighbour: the room's own file,
//! which judges one folder.

use super::ledger::{ledgers, places};
use super::looks::whole;
use super::{Inquiry, Repair, Repairing, Wanted, edit};
use crate::capture::{self, Source};
use crate::migrations::{self, Cut, Migrations};
use crate::replay::{Means, Stage, Target};
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::history::State;
use evenkeel_core::history::effect::Spot;
use evenkeel_core::history::told::{History, Stray};
use evenkeel_core::history::verdict::Recorded;
use evenkeel_core::manifest::Manifest;
use evenkeel_core::policy::Waiver;
use evenkeel_core::port::{Environment, Flights, Run};
use std::collections::BTreeSet;

/// What of other folders is in force, and runs before and after the one that is judged.
#[derive(Debug, Clone, Default)]
pub(super) struct Beside {
    pub before: Vec<Cut>,
    pub after: Vec<Cut>,
    /// Whose records those are.
    pub tools: Vec<&'static str>,
    /// Keys that they have.
    pub keys: BTreeSet<String>,
    /// What could not be told of them.
    pub gaps: Vec<String>,
}

/// Nothing is beside it.
pub(super) static ALONE: Beside =
    Beside { before: Vec::new(), after: Vec::new(), tools: Vec::new(), keys: BTreeSet::new(), gaps: Vec::new() };

impl Beside {
    /// What is in force of every folder but one. Of one that nothing records nobody knows yet what is.
    fn of(reads: &[Migrations], at: usize, in_force: &[Option<Vec<usize>>]) -> Self {
        let mut beside = Self::default();
        for (other, (read, in_force)) in reads.iter().zip(in_force).enumerate().filter(|(other, _)| *other != at) {
            beside.tools.push(read.folder.tool);
            beside.keys.extend(read.cuts.iter().map(|cut| cut.migration.key.clone()));
            let Some(in_force) = in_force else {
                beside.gaps.push(format!("nothing records what of {} is applied, and nothing what of another folder is: what of both is there cannot be told apart: make one folder of both, or let a tool record one", read.shown));
                continue;
            };
            let cuts = in_force.iter().filter_map(|at| read.cuts.get(*at)).map(|cut| named(cut, &read.shown));
            if other < at { beside.before.extend(cuts) } else { beside.after.extend(cuts) }
        }
        beside
    }
}

/// Between its own key and its folder.
const OF: &str = " of ";

/// One of another folder, under a key of its own.
fn named(cut: &Cut, folder: &str) -> Cut {
    let mut cut = cut.clone();
    cut.migration.key = format!("{}{OF}{folder}", cut.migration.key);
    cut
}

/// What is the same for all folders.
struct Ground<'a> {
    manifest: &'a Manifest,
    wanted: &'a Wanted<'a>,
    excuses: &'a [&'a Waiver],
    source: &'a Source,
    stage: Stage<'a>,
    target: &'a Target,
    /// What is in flight on the environment, and what of that was not seen.
    flights: &'a Flights,
    run: &'a Run<'a>,
}

impl<'a> Ground<'a> {
    fn inquiry(&self, read: &'a Migrations, beside: &'a Beside) -> Inquiry<'a> {
        let mut inquiry = Inquiry::new(self.manifest, read, (self.wanted, self.excuses), self.source.label()).with(beside);
        inquiry.records();
        inquiry
    }

    /// Judges one folder.
    fn judged(&self, read: &'a Migrations, beside: &'a Beside) -> Result<(Inquiry<'a>, History), Box<Trouble>> {
        let mut inquiry = self.inquiry(read, beside);
        inquiry.gaps.extend(beside.gaps.iter().cloned());
        inquiry.notes.extend(self.manifest.deferred().map(|one| format!("deferred: {}", one.words(self.run.today))));
        inquiry.in_flight.extend(self.flights.seen.iter().cloned());
        inquiry.gaps.extend(self.flights.hidden.iter().cloned());
        inquiry.edits(self.stage.engine.grammar()?, self.run)?;
        let (on, left_out) = inquiry.settle(self.stage, self.target)?;
        inquiry.left_out = left_out;
        let history = inquiry.judged(on);
        Ok((inquiry, history))
    }
}

fn live(source: &Source) -> Option<&dyn Environment> {
    match source {
        Source::Live { environment, .. } | Source::Split { primary: environment, .. } => Some(&**environment),
        _ => None,
    }
}

/// Reads the environment, runs the files, judges, and works out a repair where one is asked for.
pub(super) fn inquire(
    source: &Source,
    wanted: &Wanted<'_>,
    means: &Means<'_>,
    run: &Run<'_>,
    asked: Option<Repairing>,
) -> Result<(History, Option<Repair>), Box<Trouble>> {
    let manifest = capture::manifest(source, run)?;
    let engine = run.engines.of(manifest.endpoint.engine);
    let workshop = engine.workshop(means.folders);
    let stage = Stage { engine, workshop: &*workshop, watch: run.watch, limits: means.limits };
    let grammar = engine.grammar()?;
    let tools: Vec<String> = ledgers(&manifest).into_iter().map(|(_, ledger)| ledger.tool).collect();
    let read = |folder: &migrations::Wanted| {
        migrations::read(&migrations::Wanted { tables: tools.clone(), ..folder.clone() }, grammar, run.watch.stop)
    };
    let mut reads: Vec<Migrations> = wanted.folders.iter().map(read).collect::<Result<_, _>>()?;
    let target = Target::of(&manifest, engine, means.role);
    let excuses: Vec<&Waiver> = run.waivers.iter().filter(|waiver| waiver.until >= run.today).collect();
    let flights = match live(source).map(|environment| environment.flights(&means.limits, &[], &places(&manifest), &run.watch)) {
        None => Flights::default(),
        Some(Ok(flights)) => flights,
        Some(Err(trouble)) if trouble.class == Class::Interrupted => return Err(trouble),
        Some(Err(trouble)) => Flights { hidden: vec![format!("what is in flight was not seen: {trouble}")], ..Flights::default() },
    };
    let ground = Ground { manifest: &manifest, wanted, excuses: &excuses, source, stage, target: &target, flights: &flights, run };

    for read in &mut reads {
        let records = ground.inquiry(read, &ALONE).records;
        let applied: Vec<String> =
            records.iter().filter(|record| record.state == State::Applied).map(|record| record.key.clone()).collect();
        read.take_dumped(&applied, grammar);
        edit::as_they_ran(read, &records, grammar);
    }
    of_its_own(&reads, &ground)?;
    // What their records say comes first; one that nothing records is told by what is there beside those.
    let recorded = |read| {
        let inquiry = ground.inquiry(read, &ALONE);
        (!inquiry.by_effect).then(|| inquiry.applied())
    };
    let mut in_force: Vec<Option<Vec<usize>>> = if reads.len() > 1 { reads.iter().map(recorded).collect() } else { vec![None] };
    let unrecorded: Vec<usize> = (0..reads.len()).filter(|at| in_force.get(*at).is_none_or(Option::is_none)).collect();
    let besides = |of: &[usize], in_force: &[Option<Vec<usize>>]| -> Vec<(usize, Beside)> {
        of.iter().map(|at| (*at, Beside::of(&reads, *at, in_force))).collect()
    };
    let first = besides(&unrecorded, &in_force);
    let mut all: Vec<(usize, Inquiry<'_>, History)> = Vec::with_capacity(reads.len());
    for (at, beside) in &first {
        let Some(read) = reads.get(*at) else { continue };
        let (inquiry, history) = ground.judged(read, beside)?;
        if let ([_], Some(slot)) = (unrecorded.as_slice(), in_force.get_mut(*at)) {
            *slot = Some(inquiry.applied());
        }
        all.push((*at, inquiry, history));
    }
    let rest: Vec<usize> = (0..reads.len()).filter(|at| !unrecorded.contains(at)).collect();
    let then = besides(&rest, &in_force);
    for (at, beside) in &then {
        let Some(read) = reads.get(*at) else { continue };
        let (inquiry, history) = ground.judged(read, beside)?;
        all.push((*at, inquiry, history));
    }
    all.sort_by_key(|(at, ..)| *at);
    explained(&mut all, wanted);
    for (_, inquiry, history) in &mut all {
        if let Some(environment) = live(source) {
            inquiry.origins(history, environment, means, run)?;
        }
    }
    together(all, wanted, asked, stage, &target)
}

/// That no two folders are recorded in one table: whose a row is nobody could tell.
fn of_its_own(reads: &[Migrations], ground: &Ground<'_>) -> Result<(), Box<Trouble>> {
    // Where several may be its own, that is said of it by itself.
    let table = |read: &Migrations| Some(ground.inquiry(read, &ALONE)).filter(|one| !one.is_blind)?.ledger.map(|ledger| ledger.table);
    let mut known: Vec<(String, &str)> = Vec::new();
    for read in reads.iter().filter(|_| reads.len() > 1) {
        let Some(table) = table(read) else { continue };
        if let Some((_, other)) = known.iter().find(|(other, _)| *other == table) {
            let trouble = Trouble::new(Class::Configuration, format!("two folders of migrations are recorded in {table}"));
            let trouble = trouble.expected("a table of its own for each").found(format!("{other} and {}", read.shown));
            let trouble = trouble.origin("[[project.migrations]]");
            return Err(Box::new(trouble.fix("name one folder that holds the files of both, or the environments that each is for")));
        }
        known.push((table, &read.shown));
    }
    Ok(())
}

/// What another folder makes, and does not wonder about, is nobody's riddle.
fn explained(all: &mut [(usize, Inquiry<'_>, History)], wanted: &Wanted<'_>) {
    let told: Vec<(BTreeSet<Spot>, BTreeSet<Spot>)> = all.iter().map(|(_, inquiry, history)| (inquiry.makes(), strays(history))).collect();
    for (own, (_, inquiry, history)) in all.iter_mut().enumerate() {
        let explains = |spot: &Spot| {
            let mut others = told.iter().enumerate().filter(|(at, _)| *at != own);
            others.any(|(_, (makes, strays))| makes.contains(&whole(spot)) && !strays.contains(spot))
        };
        let (explained, strays) = std::mem::take(&mut history.unexplained).into_iter().partition(|stray| explains(&stray.unexplained.spot));
        history.unexplained = strays;
        inquiry.elsewhere = explained.into_iter().map(|stray: Stray| stray.unexplained.spot).collect();
        history.weigh(wanted.bar);
    }
}

fn strays(history: &History) -> BTreeSet<Spot> {
    history.unexplained.iter().map(|stray| stray.unexplained.spot.clone()).collect()
}

/// One history of them, or the one that was asked for.
fn together(
    mut all: Vec<(usize, Inquiry<'_>, History)>,
    wanted: &Wanted<'_>,
    asked: Option<Repairing>,
    stage: Stage<'_>,
    target: &Target,
) -> Result<(History, Option<Repair>), Box<Trouble>> {
    if let Some(judged) = wanted.judged {
        all.retain(|(at, ..)| *at == judged);
    }
    let mut all = all.into_iter();
    let Some((_, inquiry, mut history)) = all.next() else {
        return Err(Box::new(Trouble::new(Class::Internal, "no folder of migrations was judged")));
    };
    let repair = asked.map(|asked| inquiry.repair(&history, asked, stage, target)).transpose()?;
    for (_, _, mut other) in all {
        // What is of the environment is said once.
        let is_new = |own: &[String], words: &String| !own.contains(words);
        other.unexplained.retain(|stray| !history.unexplained.iter().any(|own| own.unexplained == stray.unexplained));
        other.in_flight.retain(|words| is_new(&history.in_flight, words));
        other.gaps.retain(|words| is_new(&history.gaps, words));
        other.notes.retain(|words| is_new(&history.notes, words));
        other.weigh(wanted.bar);
        history.beside.push(other);
    }
    history.weigh(wanted.bar);
    Ok((history, repair))
}

impl<'a> Inquiry<'a> {
    /// With what of other folders is in force.
    pub(super) fn with(mut self, beside: &'a Beside) -> Self {
        self.cuts = beside.before.iter().chain(&self.read.cuts).chain(&beside.after).collect();
        self.effects = self.cuts.iter().map(|_| None).collect();
        self.unsaid = super::Unsaid::of(self.cuts.iter().copied());
        let is_own = |at: &usize| self.place_of_own(*at, beside).is_some();
        let others = self.cuts.iter().enumerate().filter(|(at, _)| !is_own(at));
        self.others = others.map(|(at, cut)| (at, Recorded::of(cut.migration.key.clone(), State::Applied))).collect();
        self.beside = beside;
        self
    }

    fn place_of_own(&self, at: usize, beside: &Beside) -> Option<usize> {
        at.checked_sub(beside.before.len()).filter(|own| *own < self.read.cuts.len())
    }

    /// Whether somebody accepts by name that one of the folder cannot be checked: by its key where no other folder has it, else with the
    /// folder.
    pub(super) fn accepts(&self, key: &str) -> bool {
        let named = format!("{key}{OF}{}", self.read.shown);
        let is_lone = !self.beside.keys.contains(key);
        self.wanted.accepted.iter().any(|accepted| *accepted == named || is_lone && accepted == key)
    }

    /// Keys, as they are run, of those of which it is accepted by name that they cannot be checked.
    pub(super) fn accepted_by_name(&self) -> BTreeSet<String> {
        let is_accepted = |(at, cut): &(usize, &&Cut)| {
            let key = cut.migration.key.as_str();
            if !self.others.contains_key(at) {
                return self.accepts(key);
            }
            let own = key.rsplit_once(OF).map_or(key, |(own, _)| own);
            let mut own_folder = self.read.cuts.iter().map(|cut| cut.migration.key.as_str());
            let is_lone = self.beside.keys.contains(own) && !own_folder.any(|other| other == own);
            self.wanted.accepted.iter().any(|accepted| accepted == key || is_lone && accepted == own)
        };
        self.cuts.iter().enumerate().filter(is_accepted).map(|(_, cut)| cut.migration.key.clone()).collect()
    }

    /// Where one of the folder stands among all that run.
    pub(super) fn place(&self, own: usize) -> usize {
        self.beside.before.len() + own
    }

    /// What is recorded of the one that runs there.
    pub(super) fn record_at(&self, at: usize) -> Option<&Recorded> {
        match self.others.get(&at) {
            Some(other) => Some(other),
            None => self.record(&self.cuts.get(at)?.migration),
        }
    }

    pub(super) fn is_in_force(&self, at: usize) -> bool {
        self.by_effect || self.record_at(at).is_some_and(|record| record.state == State::Applied)
    }

    /// All that are in force, of other folders too, in their order.
    pub(super) fn in_force(&self) -> impl Iterator<Item = (usize, &'a Cut)> {
        self.cuts.iter().enumerate().filter(|(at, _)| self.is_in_force(*at)).map(|(at, cut)| (at, *cut))
    }

    /// Objects that the folder's own migrations were seen to make or to change.
    fn makes(&self) -> BTreeSet<Spot> {
        let own = self.effects.iter().skip(self.place(0)).take(self.read.cuts.len());
        own.flatten().flatten().map(|touch| whole(&touch.spot)).collect()
    }

    /// Those of the folder that are in force.
    fn applied(&self) -> Vec<usize> {
        let is_applied = |at: &usize| self.is_in_force(self.place(*at));
        (0..self.read.cuts.len()).filter(is_applied).collect()
    }
}
