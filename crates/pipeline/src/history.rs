//! Three witnesses: files, record, schema. What each migration's verdict is, and what nobody explains.
//!
//! Lives here: who is asked, and in which order: the environment once, read only; the files on a throwaway server, once where all
//! agree and once more, step by step, where they do not. `edit` seeks what an edited file was before, `looks` knows when to look,
//! `ledger` reads records, `records` says whose they are, `entries` writes them, `settle` runs files; `repair` makes record and schema agree, `trial` tries it, `asking` asks the tool, `beside` knows of several folders, `dumped` of migrations that are known only together,
//! `apply` runs it where it counts (`acts` in their order, `ground` is what it rests on), `unsaid` is what no file can have made, `unseen` what nobody could see, `orphans` has what runs that are gone still do come to its end. Does not live here: what a verdict means (`core/history/verdict`).

mod acts;
mod apply;
mod asking;
mod beside;
mod dumped;
mod edit;
mod entries;
mod ground;
mod ledger;
mod looks;
mod order;
mod orphans;
mod records;
mod repair;
mod settle;
mod trial;
mod unsaid;
mod unseen;
mod withheld;

pub use apply::{Applied, Outcome, apply};
pub use entries::{Recording, Way, entries};
pub(crate) use ledger::places;
pub use order::Order;
pub use records::{Left, pending, tools};
pub use repair::{Repair, Repairing};

use crate::capture::Source;
use crate::explained::{self, Explained};
use crate::migrations::{self, Cut, Migrations};
use crate::replay::{Means, Stopped};
use beside::Beside;
use evenkeel_core::compare::{Leftover, leftover_of};
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::finding::Place;
use evenkeel_core::history::effect::{Spot, Stand, Touch, found};
use evenkeel_core::history::told::{Entry, History, Ledger, Stray};
use evenkeel_core::history::verdict::{Evidence, Judged, Known, Recorded, Seen, Unexplained, Verdict, judge, without_file};
use evenkeel_core::history::{State, folder::Migration, shapes};
use evenkeel_core::kind::{Dimension, Kind, Parent, Severity};
use evenkeel_core::manifest::{Manifest, Object};
use evenkeel_core::policy::Waiver;
use evenkeel_core::port::{Environment, Moments, Run, Sought};
use looks::whole;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use unsaid::Unsaid;

/// What is asked.
#[derive(Debug, Clone)]
pub struct Wanted<'a> {
    /// The folders that make it, in the order in which they run.
    pub folders: Vec<migrations::Wanted>,
    /// The one that is asked about, where it is not all of them.
    pub judged: Option<usize>,
    /// What a person has committed: what could not be checked then stays accepted.
    pub committed: Option<&'a Manifest>,
    /// Keys of migrations of which it is accepted by name that they cannot be checked.
    pub accepted: &'a [String],
    /// Nothing records migrations there, whatever looks as if it did.
    pub nowhere: bool,
    /// The least severity that fails.
    pub bar: Severity,
}

/// What is read of an environment for this.
pub const DIMENSIONS: [Dimension; 4] = [Dimension::Schema, Dimension::Privileges, Dimension::History, Dimension::Configuration];
/// Without these nothing can be said.
const NEEDED: [Dimension; 2] = [Dimension::Schema, Dimension::History];
/// Of so many things that no migration explains it is asked where they come from.
const ASKED: usize = 200;

/// Reads the environment, runs the files, and judges.
///
/// # Errors
/// The environment cannot be read, the folder is nobody's, or no throwaway server can be had.
pub fn run(source: &Source, wanted: &Wanted<'_>, means: &Means<'_>, run: &Run<'_>) -> Result<History, Box<Trouble>> {
    beside::inquire(source, wanted, means, run, None).map(|(history, _)| history)
}

/// The same, and then works out what makes record and schema agree.
///
/// # Errors
/// As [`run`].
pub fn repair(
    source: &Source,
    wanted: &Wanted<'_>,
    means: &Means<'_>,
    run: &Run<'_>,
    asked: Repairing,
) -> Result<(History, Option<Repair>), Box<Trouble>> {
    beside::inquire(source, wanted, means, run, Some(asked))
}

struct Inquiry<'a> {
    manifest: &'a Manifest,
    read: &'a Migrations,
    /// What of other folders is in force.
    beside: &'a Beside,
    /// All that run, of other folders too, in their order.
    cuts: Vec<&'a Cut>,
    /// Those of other folders, by their places.
    others: BTreeMap<usize, Recorded>,
    /// What another folder explains.
    elsewhere: BTreeSet<Spot>,
    wanted: &'a Wanted<'a>,
    /// What a policy excuses, today.
    excuses: &'a [&'a Waiver],
    label: &'a str,
    ledger: Option<Ledger>,
    /// The tool's table.
    table: Option<&'a Object>,
    records: Vec<Recorded>,
    /// No tool records anything: what is there decides alone.
    by_effect: bool,
    /// It was so at the beginning, and what is recorded is what was told by that.
    was_by_effect: bool,
    /// What is recorded could not be read, or nobody knows where.
    is_blind: bool,
    edits: HashMap<String, evenkeel_core::history::verdict::Edit>,
    explained: Explained,
    effects: Vec<Option<Vec<Touch>>>,
    stopped: Option<Stopped>,
    /// Those that their tool runs on a condition, and that do not run here: the condition may not have held.
    left_out: BTreeMap<String, String>,
    initial: Option<Manifest>,
    /// What the files that are in force make, where they ran to their end.
    expected: Option<Manifest>,
    /// What is not so; nothing where every step was looked at.
    disputed: Option<Vec<Touch>>,
    gaps: Vec<String>,
    notes: Vec<String>,
    in_flight: Vec<String>,
    unsaid: Unsaid,
}

impl<'a> Inquiry<'a> {
    fn new(manifest: &'a Manifest, read: &'a Migrations, (wanted, excuses): (&'a Wanted<'a>, &'a [&'a Waiver]), label: &'a str) -> Self {
        let seen = manifest.gaps.iter().filter(|gap| matches!(gap.dimension, Dimension::Schema | Dimension::History));
        let mut gaps: Vec<String> = seen
            .map(|gap| {
                let cure = gap.cure.as_ref().map(|cure| format!("; to do: {cure}")).unwrap_or_default();
                format!("not seen on {label}: {}{cure}", gap.detail)
            })
            .collect();
        gaps.extend(read.folder.odd.iter().map(|(file, why)| format!("{file}: {why}")));
        Self {
            manifest,
            read,
            beside: &beside::ALONE,
            cuts: read.cuts.iter().collect(),
            others: BTreeMap::new(),
            elsewhere: BTreeSet::new(),
            wanted,
            excuses,
            label,
            ledger: None,
            table: None,
            records: Vec::new(),
            by_effect: false,
            was_by_effect: false,
            is_blind: false,
            edits: HashMap::new(),
            explained: Explained::of(manifest),
            effects: read.cuts.iter().map(|_| None).collect(),
            stopped: None,
            left_out: BTreeMap::new(),
            initial: None,
            expected: None,
            disputed: None,
            gaps,
            notes: read.notes.clone(),
            in_flight: Vec::new(),
            unsaid: Unsaid::of(read.cuts.iter()),
        }
    }

    fn record(&self, migration: &Migration) -> Option<&Recorded> {
        self.records.iter().find(|record| record.key == migration.key)
    }

    /// Which texts are not those that were recorded.
    fn edits(&mut self, grammar: &dyn evenkeel_core::statement::Grammar, run: &Run<'_>) -> Result<(), Box<Trouble>> {
        let mut edits = HashMap::new();
        let mut broken: Option<&str> = None;
        for cut in &self.read.cuts {
            let migration = &cut.migration;
            let Some(Recorded { checksum: Some(before), state, .. }) = self.record(migration) else { continue };
            // The sum of what took it back is another text's.
            if *state == State::RolledBack {
                continue;
            }
            if let (Some(earlier), true) = (broken, migration.chained) {
                self.notes.push(format!("whether {} was edited is not told: its sum is made of {earlier} too, which was", migration.key));
            } else if migration.is_summed(before) == Some(false) {
                broken = migration.chained.then_some(migration.key.as_str());
                run.watch.stop.check()?;
                edits.insert(migration.key.clone(), edit::of(self.read, cut, before, grammar));
            }
        }
        self.edits = edits;
        Ok(())
    }

    fn judged(&mut self, replayed_on: String) -> History {
        let committed = self.committed();
        if self.by_effect {
            self.reached(Some(self.cuts.len()));
        }
        let known: Vec<Known<'_>> = self
            .cuts
            .iter()
            .zip(&self.effects)
            .enumerate()
            .map(|(at, (cut, effect))| Known {
                migration: &cut.migration,
                recorded: self.record_at(at),
                edit: self.edits.get(&cut.migration.key).cloned(),
                effect: effect.clone(),
                unclear: self.unclear(at, cut),
                defines: cut.defines(),
                is_empty: cut.is_empty(),
                is_beside: self.others.contains_key(&at),
                accepted: committed.contains(cut.migration.key.as_str()) || self.accepts(&cut.migration.key),
            })
            .collect();
        let initial = |spot: &Spot| self.initial.as_ref().map_or(Stand::Gone, |initial| found(spot, initial));
        let there = |spot: &Spot| found(spot, self.manifest);
        let disputed: Option<BTreeSet<&Spot>> = self.disputed.as_ref().map(|touches| touches.iter().map(|touch| &touch.spot).collect());
        let is_disputed = |spot: &Spot| disputed.as_ref().is_none_or(|disputed| disputed.contains(spot));
        let (mut judged, mut unexplained) = judge(&known, &Seen { initial: &initial, found: &there, is_disputed: &is_disputed });
        unexplained.retain(|one| one.spot.is_semantic());
        drop(known);
        self.undecided(&mut judged);
        self.unseen(&mut judged);
        self.known_together(&mut judged);
        judged.truncate(self.place(self.read.cuts.len()));
        judged.drain(..self.place(0));
        // Where all that is in force ran, what else is there is nobody's, whatever of the rest did not run.
        if self.stopped.is_none() || self.expected.is_some() {
            unexplained.extend(self.unread(self.strays()));
        }
        if self.is_blind {
            // No verdict rests on a record that nobody has read.
            unexplained.clear();
            for one in &mut judged {
                let why = Some("what is recorded, or what is there, could not be read".to_owned());
                *one = Judged {
                    verdict: Verdict::NotCheckable,
                    also: Vec::new(),
                    evidence: Vec::new(),
                    why,
                    accepted: false,
                    key: one.key.clone(),
                };
            }
            self.records.clear();
        }
        let mut entries: Vec<Entry> = judged.into_iter().zip(&self.read.cuts).map(|(judged, cut)| self.entry(judged, cut)).collect();
        let keys: Vec<Migration> = self.read.folder.migrations.clone();
        let was_there = |key: &str| edit::was_there(self.read, key);
        entries.extend(without_file(&keys, &self.records, &was_there).into_iter().map(|(record, verdict)| Entry {
            judged: Judged { key: record.key.clone(), verdict, also: Vec::new(), evidence: Vec::new(), why: None, accepted: false },
            name: record.description.clone().unwrap_or_default(),
            files: Vec::new(),
            recorded: Some(record.clone()),
            places: Vec::new(),
        }));
        let mut excused_by: Vec<Place> = Vec::new();
        for one in &unexplained {
            let thing = one.spot.thing();
            excused_by.extend(self.excuses.iter().filter(|waiver| waiver.is_about(&thing)).map(|waiver| waiver.place.clone()));
        }
        let (excused, unexplained): (Vec<Unexplained>, Vec<Unexplained>) =
            unexplained.into_iter().partition(|one| self.excuses.iter().any(|waiver| waiver.is_about(&one.spot.thing())));
        let mut notes = self.notes.clone();
        notes.extend(
            excused
                .iter()
                .map(|one| format!("excused by the policy: {} {}, which no migration explains", one.spot.kind.name(), one.spot.display())),
        );
        let copies = unexplained.iter().filter(|one| one.spot.kind == Kind::Table);
        let copies = copies.filter_map(|one| Some((one.spot.display(), self.leftover(one)?.tool)));
        let words = |(table, tool): (String, &str)| format!("table {table}: {tool} is at work, or was interrupted, by that name");
        let in_flight = self.in_flight.iter().cloned().chain(copies.map(words)).collect();
        let strays: Vec<Stray> = unexplained.into_iter().map(|unexplained| self.stray(unexplained)).collect();
        let mut history = History {
            label: self.label.to_owned(),
            folder: self.read.shown.clone(),
            endpoint: self.manifest.endpoint.clone(),
            tool: self.read.folder.tool,
            why: self.read.folder.why.clone(),
            ledger: self.ledger.clone(),
            replayed_on,
            migrations: entries,
            unexplained: strays,
            excused_by,
            in_flight,
            gaps: self.gaps.clone(),
            notes,
            is_one_of_several: !self.beside.tools.is_empty(),
            beside: Vec::new(),
            exit_code: 0,
        };
        history.weigh(self.wanted.bar);
        history
    }

    /// Keys that are recorded in what a person has committed: in the same table, where there is one.
    fn committed(&self) -> BTreeSet<&'a str> {
        let table: Option<Vec<&str>> = self.table.map(|table| table.identity.parts().collect());
        let is_own = |row: &&Object| match &table {
            Some(table) => row.identity.parts().take(2).eq(table.iter().copied()),
            // Another folder's record says nothing of this one's files.
            None => self.beside.tools.is_empty(),
        };
        let rows = self.wanted.committed.iter().flat_map(|manifest| manifest.of_kind(Kind::Migration));
        rows.filter(is_own).map(|row| row.identity.part(2)).collect()
    }

    /// What is missing may have been taken back by one that is in force and was not run: nobody can tell whose fault it is.
    fn undecided(&self, judged: &mut [Judged]) {
        let stopped = self.stopped.as_ref().filter(|stopped| (stopped.at..self.cuts.len()).any(|at| self.is_in_force(at)));
        let stopped = stopped.map(|stopped| (stopped.at, stopped.key.as_str()));
        let Some((last, key)) = stopped.max(self.last_unread()) else { return };
        for one in judged.iter_mut().take(last) {
            let is_missing = |verdict: &Verdict| matches!(verdict, Verdict::RecordedNotPresent | Verdict::PartlyPresent);
            if !std::iter::once(&one.verdict).chain(&one.also).any(is_missing) {
                continue;
            }
            let why = format!("something of it is not there, and {}, which was not run, may have taken it back", key);
            one.why = Some(one.why.take().map_or_else(|| why.clone(), |earlier| format!("{why}; {earlier}")));
            let mut said: Vec<Verdict> =
                std::iter::once(one.verdict).chain(one.also.iter().copied()).filter(|one| !is_missing(one)).collect();
            said.push(Verdict::NotCheckable);
            said.sort_unstable();
            one.verdict = said.remove(0);
            one.also = said;
            one.accepted = false;
        }
    }

    fn unclear(&self, at: usize, cut: &Cut) -> Option<String> {
        if let Some(why) = &cut.migration.unreadable {
            return Some(why.clone());
        }
        match (self.left_out.get(&cut.migration.key), &cut.migration.condition) {
            (Some(why), Some(condition)) => return Some(format!("{condition}, and on an empty database it does not run: {why}")),
            (Some(why), None) => return Some(format!("on an empty database it does not run, and was left out: {why}")),
            _ => {}
        }
        let stopped = self.stopped.as_ref().filter(|stopped| at >= stopped.at)?;
        Some(match at == stopped.at {
            true => format!("it does not run on an empty database: {}", stopped.why),
            false => format!("it was not run: {} before it does not run", stopped.key),
        })
    }

    /// Asks the server when what no migration explains became so, and whose work that was.
    fn origins(&self, history: &mut History, environment: &dyn Environment, means: &Means<'_>, run: &Run<'_>) -> Result<(), Box<Trouble>> {
        let spots: Vec<Spot> = history.unexplained.iter().take(ASKED).map(|stray| stray.unexplained.spot.clone()).collect();
        if spots.is_empty() {
            return Ok(());
        }
        let at = self.ledger.as_ref().and_then(|ledger| shapes().find(|shape| shape.tool == ledger.tool && shape.at.is_some())?.at);
        let named = self.table.map(|table| (table.identity.part(0), table.identity.part(1)));
        let ledger = named.zip(at).map(|((schema, table), at)| Moments { schema, table, at });
        match environment.origins(&Sought { spots: &spots, ledger, limits: means.limits }, &run.watch) {
            Ok(origins) => {
                history.unexplained.iter_mut().zip(origins.of).for_each(|(stray, origin)| stray.origin = origin);
                history.notes.extend(origins.besides);
            }
            Err(trouble) if trouble.class == Class::Interrupted => return Err(trouble),
            // What is there is unexplained all the same.
            Err(trouble) => history.notes.push(format!("where it comes from was not told: {trouble}")),
        }
        Ok(())
    }

    /// What no file makes, or makes so.
    fn strays(&self) -> Vec<Unexplained> {
        let Some(initial) = &self.initial else { return Vec::new() };
        let made: BTreeSet<&Spot> = self.effects.iter().flatten().flatten().map(|touch| &touch.spot).collect();
        let mut strays: Vec<Unexplained> = Vec::new();
        // Where every step was looked at, what is there beside all that the files make is what counts; else what is disputed.
        let seen = self.unsaid.effect(self.expected.as_ref().unwrap_or(initial), self.manifest);
        for touch in self.disputed.as_ref().unwrap_or(&seen) {
            let Touch { spot, after } = touch;
            if made.contains(spot) || self.explained.is(spot, self.manifest) {
                continue;
            }
            if spot.attribute.is_none() && matches!(after, Stand::There | Stand::Faulty) {
                strays.push(Unexplained { spot: spot.clone(), expected: None, found: after.clone() });
            } else if let (true, Some(expected)) = (spot.is_semantic(), &self.expected) {
                // Nobody was seen to set it: it is told all the same.
                let parent = whole(spot);
                let is_there = found(&parent, expected) == found(&parent, self.manifest);
                if is_there || spot.attribute.is_none() && self.disputed.is_some() {
                    strays.push(Unexplained { spot: spot.clone(), expected: Some(found(spot, expected)), found: after.clone() });
                }
            }
        }
        let lone = |one: &Unexplained| !strays.iter().any(|other| explained::is_part(&one.spot, &other.spot, self.manifest));
        strays.iter().filter(|one| lone(one)).cloned().collect()
    }

    /// The relation that an object hangs on which a migration made, as a list is shown.
    fn hangs_on(&self, spot: &Spot) -> Option<String> {
        let Parent::Property(name) = spot.kind.spec().parent else { return None };
        let wanted = Spot { attribute: Some(name), ..spot.clone() };
        let touch = self.effects.iter().flatten().flatten().find(|touch| touch.spot == wanted)?;
        Some(touch.after.shown())
    }

    /// Whose leftover it may be, by its name.
    fn leftover(&self, unexplained: &Unexplained) -> Option<&'static Leftover> {
        let parts: Vec<&str> = unexplained.spot.identity.parts().collect();
        let object = self.manifest.find(unexplained.spot.kind, &parts).filter(|_| unexplained.expected.is_none());
        leftover_of(object?, self.manifest.endpoint.engine)
    }

    fn stray(&self, unexplained: Unexplained) -> Stray {
        let leftover = self.leftover(&unexplained);
        let why = match &unexplained.expected {
            None => "no migration makes it".to_owned(),
            Some(expected) => format!("the migrations make it {}, and it is {}", expected.shown(), unexplained.found.shown()),
        };
        let why = match leftover {
            Some(leftover) => {
                format!("{why}; its name is one that {} uses while it works: a change was interrupted, or runs now", leftover.tool)
            }
            None => why,
        };
        Stray { unexplained, why, origin: Vec::new() }
    }

    fn entry(&self, mut judged: Judged, cut: &Cut) -> Entry {
        // A relation tells of its parts that stand as it does.
        let all: Vec<Evidence> = judged.evidence.clone();
        let wholes: Vec<&Evidence> = all.iter().filter(|evidence| evidence.spot.attribute.is_none()).collect();
        let is_folded = |evidence: &Evidence| {
            let hangs = self.hangs_on(&evidence.spot);
            let is_relation = |whole: &Spot| matches!(whole.kind, Kind::Table | Kind::View | Kind::MaterializedView);
            let is_its = |whole: &Spot| {
                is_relation(whole) && hangs.as_ref() == Some(&format!("{}, {}", whole.identity.part(0), whole.identity.part(1)))
            };
            wholes.iter().any(|whole| {
                let is_alike = (whole.expected == whole.found) == (evidence.expected == evidence.found);
                is_alike && (explained::is_part(&evidence.spot, &whole.spot, self.manifest) || is_its(&whole.spot))
            })
        };
        judged.evidence.retain(|evidence| !is_folded(evidence));
        let places = judged.evidence.iter().map(|evidence| place_of(&evidence.spot, cut)).collect();
        Entry {
            name: cut.migration.name.clone(),
            files: cut.migration.files.clone(),
            recorded: self.record(&cut.migration).cloned(),
            places,
            judged,
        }
    }
}

/// The first statement that names an object: where to look, and no proof of anything.
fn place_of(spot: &Spot, cut: &Cut) -> Option<Place> {
    let name = spot.identity.parts().next_back()?.to_lowercase();
    let scripts = cut.up.iter().flat_map(|script| script.statements());
    let mut first = None;
    for said in scripts {
        let place = Place { file: said.file.to_owned(), line: said.line, column: Some(said.column) };
        let text = said.text.to_lowercase();
        if text.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$')).any(|word| word == name) {
            return Some(place);
        }
        first.get_or_insert(place);
    }
    first
}

/// That an environment cannot be judged where it is a file.
///
/// # Errors
/// It is a manifest file without a history.
pub fn judged_live(source: &Source) -> Result<(), Box<Trouble>> {
    if source.dimensions().is_none_or(|there| NEEDED.iter().all(|wanted| there.contains(wanted))) {
        return Ok(());
    }
    Err(Box::new(
        Trouble::new(Class::Usage, format!("{} does not tell what is recorded and what is there", source.label()))
            .expected("a live environment, or a manifest with the dimensions schema and history")
            .found("a manifest without one of them")
            .fix("capture it with both"),
    ))
}
