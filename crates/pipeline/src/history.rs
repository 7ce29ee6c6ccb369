//! Three witnesses: files, record, schema. What each migration's verdict is, and what nobody explains.
//!
//! Lives here: who is asked, and in which order: the environment once, read only; the files on a throwaway server, once where all
//! agree and once more, step by step, where they do not. `edit` seeks what an edited file was before, `looks` knows when to look,
//! `ledger` reads records, `settle` runs files. Does not live here: what a
//! verdict means (`core/history/verdict`).

mod edit;
mod ledger;
mod looks;
mod settle;

use crate::capture::{self, Source};
use crate::explained::{self, Explained};
use crate::migrations::{self, Cut, Migrations};
use crate::replay::{Means, Replay, Stage, Stopped, Target};
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::finding::Place;
use evenkeel_core::history::READERS;
use evenkeel_core::history::effect::{Spot, Stand, Touch, effect, found};
use evenkeel_core::history::matching::{self, matched};
use evenkeel_core::history::told::{Entry, History, Ledger, Stray};
use evenkeel_core::history::verdict::{Judged, Known, Recorded, Seen, Unexplained, Verdict, judge, without_file};
use evenkeel_core::history::{State, folder::Migration};
use evenkeel_core::kind::{Dimension, Kind, Parent, Severity};
use evenkeel_core::manifest::{Manifest, Object};
use evenkeel_core::port::Run;
use ledger::{ledgers, recorded};
use looks::whole;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What is asked.
#[derive(Debug, Clone)]
pub struct Wanted<'a> {
    pub migrations: migrations::Wanted,
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
pub const DIMENSIONS: [Dimension; 3] = [Dimension::Schema, Dimension::Privileges, Dimension::History];

/// Reads the environment, runs the files, and judges.
///
/// # Errors
/// The environment cannot be read, the folder is nobody's, or no throwaway server can be had.
pub fn run(source: &Source, wanted: &Wanted<'_>, means: &Means<'_>, run: &Run<'_>) -> Result<History, Box<Trouble>> {
    let manifest = capture::manifest(source, run)?;
    let engine = run.engines.of(manifest.endpoint.engine);
    let workshop = engine.workshop(means.folders);
    let stage = Stage { engine, workshop: &*workshop, watch: run.watch, limits: means.limits };
    let grammar = engine.grammar()?;
    let tools: Vec<String> = ledgers(&manifest).into_iter().map(|(_, ledger)| ledger.tool).collect();
    let asked = migrations::Wanted { tables: tools, ..wanted.migrations.clone() };
    let read = migrations::read(&asked, grammar, run.watch.stop)?;
    let target = Target::of(&manifest);
    let replay = Replay::start(stage, &target)?.forgiving();
    let mut inquiry = Inquiry::new(&manifest, &read, wanted, source.label());
    inquiry.records();
    if let Source::Live { environment, .. } | Source::Split { primary: environment, .. } = source {
        match environment.flights(&means.limits, &run.watch) {
            Ok(flights) => {
                inquiry.in_flight.extend(flights.seen);
                inquiry.gaps.extend(flights.hidden);
            }
            Err(trouble) if trouble.class == Class::Interrupted => return Err(trouble),
            Err(trouble) => inquiry.gaps.push(format!("what is in flight was not seen: {trouble}")),
        }
    }
    inquiry.edits(grammar, run)?;
    inquiry.settle(&replay)?;
    inquiry.left_out = replay.left_out();
    Ok(inquiry.history(replay.describe()))
}

struct Inquiry<'a> {
    manifest: &'a Manifest,
    read: &'a Migrations,
    wanted: &'a Wanted<'a>,
    label: &'a str,
    ledger: Option<Ledger>,
    records: Vec<Recorded>,
    /// No tool records anything: what is there decides alone.
    by_effect: bool,
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
}

impl<'a> Inquiry<'a> {
    fn new(manifest: &'a Manifest, read: &'a Migrations, wanted: &'a Wanted<'a>, label: &'a str) -> Self {
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
            wanted,
            label,
            ledger: None,
            records: Vec::new(),
            by_effect: false,
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
            notes: Vec::new(),
            in_flight: Vec::new(),
        }
    }

    /// What the tool's own table says.
    fn records(&mut self) {
        let reader = READERS.iter().find(|reader| reader.tool == self.read.folder.tool);
        let is_own =
            |ledger: &Ledger| reader.is_some_and(|reader| reader.tool == ledger.tool || reader.records.contains(&ledger.tool.as_str()));
        if self.wanted.nowhere {
            self.by_effect = true;
            self.is_blind = !self.manifest.covers(Dimension::Schema);
            return;
        }
        let all = ledgers(self.manifest);
        for (table, ledger) in &all {
            if table.get("locked").is_some_and(|value| value.shown() == "yes") {
                self.in_flight.push(format!("the lock of {} ({}) is taken: a deploy is in flight, or one died", ledger.tool, ledger.table));
            }
        }
        let own: Vec<&(&Object, Ledger)> = all.iter().filter(|(_, ledger)| is_own(ledger)).collect();
        self.notes.extend(
            all.iter()
                .filter(|(_, ledger)| !is_own(ledger))
                .map(|(_, ledger)| format!("{} records migrations of {}, whose files these are not", ledger.table, ledger.tool)),
        );
        if let [_, other, ..] = own.as_slice() {
            self.gaps.push(format!(
                "{} records migrations of {} too: nobody can tell which of its tables these files are recorded in",
                other.1.table, other.1.tool
            ));
        }
        let unread = self.manifest.gaps.iter().any(|gap| gap.dimension == Dimension::History);
        self.is_blind = unread || own.len() > 1 || !self.manifest.covers(Dimension::Schema);
        let Some((table, ledger)) = own.first() else {
            self.by_effect = reader.is_none_or(|reader| reader.records.is_empty());
            if !self.by_effect {
                self.notes.push(format!("{} has no table of {}: nothing is recorded there", self.label, self.read.folder.tool));
            }
            return;
        };
        self.ledger = Some(ledger.clone());
        let parts: Vec<&str> = table.identity.parts().collect();
        let rows = self.manifest.of_kind(Kind::Migration).iter();
        self.records = rows.filter(|row| row.identity.parts().take(2).eq(parts.iter().copied())).map(recorded).collect();
        matched(&self.read.folder, &mut self.records);
        let elsewhere: BTreeSet<String> =
            matching::elsewhere(&self.read.folder, &self.records).into_iter().map(|record| record.key.clone()).collect();
        if let Some(first) = elsewhere.first() {
            let count = elsewhere.len();
            self.notes.push(format!("{count} records are of parts whose files are not in the folder, such as {first}: not judged"));
            self.records.retain(|record| !elsewhere.contains(&record.key));
        }
        if self.read.cuts.iter().any(Cut::has_rights) {
            self.notes.push("rights, owners and settings that the files give were not looked at".to_owned());
        }
        let is_unknown = |cut: &&Cut| {
            let sum = self.record(&cut.migration).and_then(|record| record.checksum.as_ref());
            sum.is_some_and(|sum| cut.migration.is_summed(sum).is_none())
        };
        let unknown: Vec<&str> = self.read.cuts.iter().filter(is_unknown).map(|cut| cut.migration.key.as_str()).collect();
        if let [first, others @ ..] = unknown.as_slice() {
            let more = if others.is_empty() { String::new() } else { format!(" and of {} more", others.len()) };
            self.notes.push(format!(
                "the sum that {} recorded of {first}{more} was not worked out: an edit of it is told by its effect alone",
                ledger.tool
            ));
        }
        if let Some(evenkeel_core::kind::Value::List(current)) = table.get("current") {
            self.pointed(current.iter().map(|version| version.to_string()).collect(), table);
        }
    }

    /// A tool that keeps where it stands: everything up to there is in force.
    fn pointed(&mut self, current: Vec<String>, table: &Object) {
        let is_dirty = table.get("dirty").is_some_and(|value| value.shown() == "yes");
        let one = |key: &str, state| Recorded::of(key, state);
        // golang-migrate's word for none.
        for version in current.into_iter().filter(|version| !version.starts_with('-')) {
            let last = if is_dirty { State::Failed } else { State::Applied };
            // Those that stand before it; of one that no file has, those with a smaller number.
            let place = self.read.cuts.iter().position(|cut| cut.migration.key == version);
            let ancestors = matching::ancestors(&self.read.folder, &version);
            let is_graph = self.read.cuts.iter().any(|cut| cut.migration.by_graph);
            let is_before = |at: usize, key: &str| match place {
                _ if is_graph => ancestors.contains(&key),
                Some(place) => at < place,
                None => version.chars().all(|c| c.is_ascii_digit()) && evenkeel_core::compare::natural(key, &version).is_lt(),
            };
            let keys = self.read.cuts.iter().enumerate().map(|(at, cut)| (at, cut.migration.key.as_str()));
            let before: Vec<Recorded> = keys.filter(|(at, key)| is_before(*at, key)).map(|(_, key)| one(key, State::Applied)).collect();
            for record in before {
                if !self.records.iter().any(|known| known.key == record.key) {
                    self.records.push(record);
                }
            }
            self.records.push(one(&version, last));
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
            let Some(Recorded { checksum: Some(before), .. }) = self.record(migration) else { continue };
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

    fn is_in_force(&self, cut: &Cut) -> bool {
        self.by_effect || self.record(&cut.migration).is_some_and(|record| record.state == State::Applied)
    }

    fn history(mut self, replayed_on: String) -> History {
        let committed: BTreeSet<&str> =
            self.wanted.committed.iter().flat_map(|manifest| manifest.of_kind(Kind::Migration)).map(|row| row.identity.part(2)).collect();
        if self.by_effect {
            self.reached(Some(self.read.cuts.len()));
        }
        let known: Vec<Known<'_>> = self
            .read
            .cuts
            .iter()
            .zip(&self.effects)
            .enumerate()
            .map(|(at, (cut, effect))| Known {
                migration: &cut.migration,
                recorded: self.record(&cut.migration),
                edit: self.edits.get(&cut.migration.key).cloned(),
                effect: effect.clone(),
                unclear: self.unclear(at, cut),
                defines: cut.defines(),
                is_empty: cut.is_empty(),
                accepted: committed.contains(cut.migration.key.as_str()) || self.wanted.accepted.contains(&cut.migration.key),
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
        if self.stopped.is_none() {
            unexplained.extend(self.strays());
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
        let is_open = entries.iter().any(|entry| entry.judged.says(Verdict::NotCheckable) && !entry.judged.accepted);
        let strays: Vec<Stray> = unexplained.into_iter().map(|unexplained| self.stray(unexplained)).collect();
        let weighs =
            |verdict: &Verdict| verdict.severity().is_some_and(|severity| severity >= self.wanted.bar && severity > Severity::Inform);
        let fails = entries.iter().any(|entry| std::iter::once(&entry.judged.verdict).chain(&entry.judged.also).any(weighs));
        let exit_code = match (fails || !strays.is_empty(), self.gaps.is_empty() && self.in_flight.is_empty() && !is_open) {
            (true, _) => 1,
            (false, true) => 0,
            (false, false) => 2,
        };
        History {
            label: self.label.to_owned(),
            tool: self.read.folder.tool,
            why: self.read.folder.why.clone(),
            ledger: self.ledger,
            replayed_on,
            migrations: entries,
            unexplained: strays,
            in_flight: self.in_flight,
            gaps: self.gaps,
            notes: self.notes,
            exit_code,
        }
    }

    /// What is missing may have been taken back by one that is in force and was not run: nobody can tell whose fault it is.
    fn undecided(&self, judged: &mut [Judged]) {
        let Some(stopped) = &self.stopped else { return };
        if !self.read.cuts.iter().skip(stopped.at).any(|cut| self.is_in_force(cut)) {
            return;
        }
        for one in judged.iter_mut().take(stopped.at) {
            let is_missing = |verdict: &Verdict| matches!(verdict, Verdict::RecordedNotPresent | Verdict::PartlyPresent);
            if !std::iter::once(&one.verdict).chain(&one.also).any(is_missing) {
                continue;
            }
            let why = format!("something of it is not there, and {}, which was not run, may have taken it back", stopped.key);
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
        if let (Some(why), Some(condition)) = (self.left_out.get(&cut.migration.key), &cut.migration.condition) {
            return Some(format!("{condition}, and on an empty database it does not run: {why}"));
        }
        let stopped = self.stopped.as_ref().filter(|stopped| at >= stopped.at)?;
        Some(match at == stopped.at {
            true => format!("it does not run on an empty database: {}", stopped.why),
            false => format!("it was not run: {} before it does not run", stopped.key),
        })
    }

    /// What no file makes, or makes so.
    fn strays(&self) -> Vec<Unexplained> {
        let Some(initial) = &self.initial else { return Vec::new() };
        let made: BTreeSet<&Spot> = self.effects.iter().flatten().flatten().map(|touch| &touch.spot).collect();
        let mut strays: Vec<Unexplained> = Vec::new();
        // Where every step was looked at, what is there beside an empty database is what counts; else what is disputed.
        let seen = effect(initial, self.manifest);
        for touch in self.disputed.as_ref().unwrap_or(&seen) {
            let Touch { spot, after } = touch;
            if made.contains(spot) || self.explained.is(spot, self.manifest) {
                continue;
            }
            if spot.attribute.is_none() && *after == Stand::There {
                strays.push(Unexplained { spot: spot.clone(), expected: None, found: after.clone() });
            } else if let (true, Some(expected)) = (self.disputed.is_some() && spot.is_semantic(), &self.expected) {
                // Nobody was seen to set it: it is told all the same.
                let parent = whole(spot);
                let is_there = found(&parent, expected) == found(&parent, self.manifest);
                if is_there || spot.attribute.is_none() {
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

    fn stray(&self, unexplained: Unexplained) -> Stray {
        let why = match &unexplained.expected {
            None => "no migration makes it".to_owned(),
            Some(expected) => format!("the migrations make it {}, and it is {}", expected.shown(), unexplained.found.shown()),
        };
        Stray { unexplained, why }
    }

    fn entry(&self, mut judged: Judged, cut: &Cut) -> Entry {
        // A table tells of its parts.
        let spots: Vec<Spot> = judged.evidence.iter().map(|evidence| evidence.spot.clone()).collect();
        let wholes: Vec<&Spot> = spots.iter().filter(|spot| spot.attribute.is_none()).collect();
        let is_folded = |spot: &Spot| {
            let hangs = self.hangs_on(spot);
            let is_its = |whole: &Spot| hangs.as_ref() == Some(&format!("{}, {}", whole.identity.part(0), whole.identity.part(1)));
            wholes.iter().any(|whole| explained::is_part(spot, whole, self.manifest) || is_its(whole))
        };
        judged.evidence.retain(|evidence| !is_folded(&evidence.spot));
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
    if source.dimensions().is_none_or(|there| DIMENSIONS.iter().all(|wanted| *wanted == Dimension::Privileges || there.contains(wanted))) {
        return Ok(());
    }
    Err(Box::new(
        Trouble::new(Class::Usage, format!("{} does not tell what is recorded and what is there", source.label()))
            .expected("a live environment, or a manifest with the dimensions schema and history")
            .found("a manifest without one of them")
            .fix("capture it with both"),
    ))
}
