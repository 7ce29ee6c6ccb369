//! The way back of a release: which migrations are taken back, what would be lost with them, and whether the schema is as it was before.

use super::Proof;
use super::deeds::Deed;
use crate::history;
use crate::migrations::{Cut, Migrations, Script};
use crate::rehearse::Release;
use evenkeel_core::deployment::Gate;
use evenkeel_core::evidence::{Statement, Step, schema, stands_as};
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::{Manifest, Object};
use evenkeel_core::port::{Environment, Limits, Watch};
use evenkeel_core::statement::{Grammar, Nature};
use evenkeel_core::trace::has_word;
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

/// How far back, and what may be lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Back {
    /// The migration that stays; without it everything that was rehearsed goes.
    pub to: Option<String>,
    pub accept: Loss,
}

/// How many rows and values may be lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    Upto(u64),
    All,
}

/// What is to be taken back, as a release whose way there is the way back, the last first.
///
/// # Errors
/// The record cannot be read, there is no such migration, or nothing says where to go back to.
pub fn release(target: &Manifest, label: &str, read: &Migrations, proof: &Proof, back: &Back) -> Result<Release, Box<Trouble>> {
    let left = history::pending(target, label, read);
    if let Some(why) = left.unknown {
        let trouble = Trouble::new(Class::CouldNotTell, format!("what ran on {label} is not known"));
        return Err(Box::new(trouble.expected("a record of what has run").found(why)));
    }
    let recorded: Vec<&Cut> = read.cuts.iter().enumerate().filter(|(at, _)| !left.at.contains(at)).map(|(_, cut)| cut).collect();
    let cuts: Vec<&Cut> = match (&back.to, proof) {
        (Some(key), _) => {
            let at = recorded.iter().position(|cut| cut.migration.key == *key).ok_or_else(|| {
                let trouble = Trouble::new(Class::Usage, format!("{label} cannot go back to {key:?}"));
                Box::new(trouble.expected("the key of a migration that is recorded there").found("no such record").origin("flag --to"))
            })?;
            recorded.into_iter().skip(at + 1).collect()
        }
        (None, Proof::Evidence(statement, _)) => {
            recorded.into_iter().filter(|cut| statement.predicate.release.contains(&cut.migration.key)).collect()
        }
        (None, _) => {
            let trouble = Trouble::new(Class::Usage, format!("nothing says how far {label} is to go back"));
            return Err(Box::new(trouble.expected("--to KEY, the migration that stays, or evidence of the release").found("neither")));
        }
    };
    let release = Release {
        tool: Some(read.folder.tool),
        grouping: read.folder.grouping,
        cuts: cuts.into_iter().cloned().collect(),
        gaps: left.gaps,
        notes: left.notes,
        files: Vec::new(),
        old: Vec::new(),
    };
    turned(read, &release)
}

/// The way back of a release: its downs, the last first.
///
/// # Errors
/// A file cannot be read.
pub fn turned(read: &Migrations, release: &Release) -> Result<Release, Box<Trouble>> {
    let down = |cut: &Cut| Cut { up: cut.down.clone().unwrap_or_default(), down: None, ..cut.clone() };
    let cuts: Vec<Cut> = release.cuts.iter().rev().map(down).collect();
    let (gaps, notes) = (release.gaps.clone(), release.notes.clone());
    let files = crate::rehearse::files(read, release.cuts.iter())?;
    Ok(Release { tool: release.tool, grouping: release.grouping, cuts, gaps, notes, files, old: Vec::new() })
}

/// Keys that are recorded still, of these; the last first.
pub(super) fn still(now: &Manifest, label: &str, read: &Migrations, keys: &[&str]) -> Option<Vec<String>> {
    let left = history::pending(now, label, read);
    let pending: Vec<&str> = left.at.iter().filter_map(|at| read.cuts.get(*at)).map(|cut| cut.migration.key.as_str()).collect();
    left.unknown.is_none().then(|| keys.iter().filter(|key| !pending.contains(*key)).map(|key| (*key).to_owned()).collect())
}

/// Migrations without a statement that takes them back.
pub(super) fn without_way(release: &Release) -> Vec<&str> {
    let says = |cut: &Cut| cut.up.iter().flat_map(Script::statements).next().is_some();
    release.cuts.iter().filter(|cut| !says(cut)).map(|cut| cut.migration.key.as_str()).collect()
}

/// That the way back was rehearsed, and that what it takes back stands as it was rehearsed.
pub(super) fn rehearsed(statement: &Statement, release: &Release, target: &Manifest, accept: Loss) -> Vec<Gate> {
    let predicate = &statement.predicate;
    let keys: Vec<&str> = release.cuts.iter().map(|cut| cut.migration.key.as_str()).collect();
    // Without a gap in it; what came behind it is taken back already.
    let is_part = match keys.last().map(|first| predicate.release.iter().position(|key| key == first)) {
        None => true,
        Some(None) => false,
        Some(Some(at)) => predicate.release.iter().skip(at).take(keys.len()).eq(keys.iter().rev().copied()),
    };
    let limit = format!("what is taken back is what was rehearsed, without a gap: {}", predicate.release.join(", "));
    let found = if keys.is_empty() { "nothing of it is recorded".to_owned() } else { format!("to be taken back: {}", keys.join(", ")) };
    let end = Gate::new("release", limit, Some(is_part), found).fix("rehearse what is there, or name with --to what stays");
    let undo = predicate.gates.iter().find(|gate| gate.name == "undo");
    let exact = match undo {
        Some(gate) if gate.holds == Some(true) && predicate.limits.undo == "exact" => {
            Gate::new("undo", "the way back was rehearsed, and is exact", Some(true), gate.found.clone())
        }
        Some(gate) => Gate::new(
            "undo",
            "the way back was rehearsed, and is exact",
            Some(false),
            format!("{} ({})", gate.found, predicate.limits.undo),
        ),
        None => Gate::new("undo", "the way back was rehearsed, and is exact", None, "it was not rehearsed"),
    };
    let steps: Vec<&Step> = predicate.steps.iter().filter(|step| keys.contains(&step.key.as_str())).collect();
    let (against, untold) = match stands_as(&steps, target) {
        Ok(against) if steps.len() == keys.len() => (against, Vec::new()),
        Ok(against) => (against, vec!["the evidence does not say what each of them did".to_owned()]),
        Err(why) => (Vec::new(), vec![why]),
    };
    // What came since may go along with what is taken back, and nobody has rehearsed that.
    let left = keys.first().and_then(|last| predicate.steps.iter().find(|step| step.key == *last)).and_then(|step| step.result.clone());
    let limit = "the schema is as the release left it, all of it";
    let stands = match (&left, schema(target) == left) {
        _ if !against.is_empty() || !untold.is_empty() || keys.is_empty() => Gate::none("baseline", limit, &against, &untold, "it is"),
        (Some(_), true) => Gate::new("baseline", limit, Some(true), "it is, by its digest"),
        (Some(_), false) if accept == Loss::All => {
            Gate::new("baseline", "whatever came since may go along", Some(true), "it is not: something else changed since")
                .origin("flag --accept-loss")
        }
        (Some(_), false) => {
            let found = "what the release did stands, and something else changed since: what depends on it, or lies in it, would go along";
            Gate::new("baseline", limit, Some(false), found)
        }
        (None, _) => Gate::new("baseline", limit, None, "where it was rehearsed the schema could not be made as it is here"),
    };
    vec![end, exact.fix("evenkeel history --repair=back, or a restore"), stands.fix("evenkeel history says what no migration explains")]
}

/// What would be gone with it: tables and columns that these migrations made, with what is in them now.
pub(super) fn loss(
    proof: &Proof,
    release: &Release,
    taking: &Taking,
    environment: &dyn Environment,
    (limits, watch): (&Limits, &Watch<'_>),
    stepwise: Option<&dyn Grammar>,
) -> Result<Gate, Box<Trouble>> {
    const NAME: &str = "loss";
    let accept = taking.accept;
    let limit = match accept {
        Loss::Upto(0) => "nothing that was written since is lost".to_owned(),
        Loss::Upto(count) => format!("at most {count} rows and values that were written since are lost"),
        Loss::All => "whatever was written since may be lost".to_owned(),
    };
    let gate = |holds: Option<bool>, found: String| {
        let gate = Gate::new(NAME, limit.clone(), holds, found);
        let gate = if accept == Loss::Upto(0) { gate } else { gate.origin("flag --accept-loss") };
        gate.fix("save it first, or say how much may be lost: --accept-loss N, or all")
    };
    let Proof::Evidence(statement, _) = proof else {
        let holds = (accept == Loss::All).then_some(true);
        return Ok(gate(holds, "nobody has rehearsed what goes with it".to_owned()));
    };
    let why = uncounted(statement, release).or_else(|| stepwise.and_then(|grammar| beyond(statement, release, grammar)));
    if let (Some(why), true) = (why, accept != Loss::All) {
        return Ok(gate(None, format!("it cannot be counted: {why}")));
    }
    let all = taking.all();
    if all.is_empty() {
        return Ok(gate(Some(true), "it takes away no table and no column".to_owned()));
    }
    let (mut total, mut said, mut untold) = (0u64, Vec::new(), Vec::new());
    for (name, counted) in all.iter().zip(environment.filled(&all, limits, watch)?) {
        let name = shown(name);
        match counted {
            Ok(0) => {}
            Ok(count) => {
                total = total.saturating_add(count);
                said.push(format!("{name}: {count}"));
            }
            Err(why) => untold.push(format!("{name}: {why}")),
        }
    }
    let is_allowed = match accept {
        Loss::All => true,
        Loss::Upto(most) => total <= most,
    };
    let found = if said.is_empty() {
        "nothing is in what it takes back".to_owned()
    } else {
        format!("{total} rows and values: {}", said.join(", "))
    };
    Ok(match (is_allowed, untold.is_empty() || accept == Loss::All) {
        (false, _) => gate(Some(false), found),
        (true, true) => gate(Some(true), found),
        (true, false) => gate(None, format!("not counted: {}", untold.join("; "))),
    })
}

/// What goes with a way back, and how much of it may.
#[derive(Debug, Clone)]
pub struct Taking {
    /// Tables, and columns of tables that stay, which migrations made: by the migrations' keys.
    gone: BTreeMap<String, Vec<Vec<String>>>,
    accept: Loss,
    /// Rows and values that went so far.
    lost: Cell<u64>,
}

impl Taking {
    pub(super) fn of(proof: &Proof, release: &Release, target: &Manifest, accept: Loss) -> Self {
        Self { gone: gone(proof, release, target), accept, lost: Cell::new(0) }
    }

    /// What goes with an act: of acts that are commits of their own, what they name.
    pub(super) fn goes_with(&self, deed: &Deed) -> Vec<Vec<String>> {
        let all = deed.of.iter().filter_map(|key| self.gone.get(key)).flatten();
        all.filter(|name| !deed.stepwise || is_named(deed, name)).cloned().collect()
    }

    /// What goes with a migration of which no act names it.
    pub(super) fn unnamed(&self, deeds: &[Deed]) -> Option<String> {
        let is_named = |key: &String, name: &[String]| deeds.iter().any(|deed| deed.of.contains(key) && is_named(deed, name));
        let all = self.gone.iter().flat_map(|(key, names)| names.iter().map(move |name| (key, name)));
        let unnamed = all.into_iter().find(|(key, name)| !is_named(key, name));
        unnamed.map(|(key, name)| format!("{key}: no statement names {}, which goes with it", shown(name)))
    }

    /// Everything that goes, by schema and names.
    pub(super) fn all(&self) -> Vec<Vec<String>> {
        self.gone.values().flatten().cloned().collect()
    }

    /// Whether nobody has said that anything may be lost.
    pub(super) fn spares_all(&self) -> bool {
        self.accept == Loss::Upto(0)
    }

    /// Whether somebody has said that everything may be lost.
    pub(super) fn gives_all(&self) -> bool {
        self.accept == Loss::All
    }

    /// The same without what stays, under another name.
    pub(super) fn without(mut self, stays: &BTreeSet<Vec<String>>) -> Self {
        self.gone.values_mut().for_each(|names| names.retain(|name| !stays.contains(name)));
        self
    }

    /// How much may go still.
    pub(super) fn may(&self) -> u64 {
        match self.accept {
            Loss::All => u64::MAX,
            Loss::Upto(most) => most.saturating_sub(self.lost.get()),
        }
    }

    /// So much is gone.
    pub(super) fn took(&self, count: u64) {
        self.lost.set(self.lost.get().saturating_add(count));
    }
}

/// A table or column as a person reads it; without a schema where there is none.
pub(super) fn shown(name: &[String]) -> String {
    name.iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join(".")
}

/// Whether an act speaks of a table, or of a column and its table.
fn is_named(deed: &Deed, name: &[String]) -> bool {
    let has = |word: &String| deed.lines.iter().any(|line| line.place.is_some() && has_word(&line.text, word));
    name.iter().skip(1).all(has)
}

/// What a migration made of a kind.
fn made(step: &Step, kind: Kind) -> Vec<Vec<String>> {
    let made = step.effect.iter().flatten().filter(|made| made.attribute.is_none() && made.stands == "there");
    made.filter(|made| made.kind == kind.name()).map(|made| made.identity.clone()).collect()
}

fn gone(proof: &Proof, release: &Release, target: &Manifest) -> BTreeMap<String, Vec<Vec<String>>> {
    let Proof::Evidence(statement, _) = proof else { return BTreeMap::new() };
    let steps: Vec<&Step> =
        statement.predicate.steps.iter().filter(|step| release.cuts.iter().any(|cut| cut.migration.key == step.key)).collect();
    let tables: Vec<Vec<String>> = steps.iter().flat_map(|step| made(step, Kind::Table)).collect();
    // What views show is in tables.
    let is_kept = |column: &Vec<String>| {
        let table: Vec<&str> = column.iter().take(column.len().saturating_sub(1)).map(String::as_str).collect();
        let parts: Vec<&str> = column.iter().map(String::as_str).collect();
        // What is computed when it is read is nowhere.
        let holds = |column: &Object| column.text("generated_kind") != Some("virtual");
        let is_there = target.find(Kind::Table, &table).is_some() && target.find(Kind::Column, &parts).is_some_and(holds);
        is_there && !tables.iter().any(|table| column.starts_with(table))
    };
    let is_there = |table: &Vec<String>| target.find(Kind::Table, &table.iter().map(String::as_str).collect::<Vec<_>>()).is_some();
    let of = |step: &Step| {
        let columns = made(step, Kind::Column).into_iter().filter(is_kept);
        made(step, Kind::Table).into_iter().filter(is_there).chain(columns).collect::<Vec<_>>()
    };
    steps.iter().map(|step| (step.key.clone(), of(step))).collect()
}

/// Why nobody can count what a way back takes where each definition is a commit of its own: it may take more than what was made.
pub(super) fn beyond(statement: &Statement, release: &Release, grammar: &dyn Grammar) -> Option<String> {
    for cut in &release.cuts {
        let Some(step) = statement.predicate.steps.iter().find(|step| step.key == cut.migration.key) else {
            return Some(format!("the evidence does not say what {} made", cut.migration.key));
        };
        let (tables, columns) = (made(step, Kind::Table), made(step, Kind::Column));
        let tables: Vec<&str> = tables.iter().filter_map(|name| Some(name.last()?.as_str())).collect();
        let columns: Vec<(&str, &str)> = columns
            .iter()
            .filter_map(|name| match name.as_slice() {
                [.., table, column] => Some((table.as_str(), column.as_str())),
                _ => None,
            })
            .collect();
        let is_known = |said: &crate::migrations::Said<'_>| {
            matches!(said.statement.nature, Nature::Session | Nature::Transaction(_))
                || grammar.on_rows(said.statement, said.text).takes_only(&tables, &columns)
        };
        let all: Vec<_> = cut.up.iter().flat_map(Script::statements).collect();
        if let Some(said) = all.iter().find(|said| !is_known(said)) {
            return Some(format!("{}:{} may take more than what the release made ({})", said.file, said.line, said.statement.tag));
        }
    }
    None
}

/// Why nobody can count what a way back takes: it says more than definitions, or turns values into others.
pub(super) fn uncounted(statement: &Statement, release: &Release) -> Option<String> {
    for cut in &release.cuts {
        for said in cut.up.iter().flat_map(Script::statements) {
            let is_plain = matches!(said.statement.nature, Nature::Definition | Nature::Session | Nature::Transaction(_));
            if !is_plain || said.statement.odd.is_some() {
                return Some(format!("{}:{} may change or delete rows ({})", said.file, said.line, said.statement.tag));
            }
        }
    }
    let steps = statement.predicate.steps.iter().filter(|step| release.cuts.iter().any(|cut| cut.migration.key == step.key));
    for step in steps {
        let effect: Vec<_> = step.effect.iter().flatten().collect();
        let is_made = |identity: &Vec<String>| effect.iter().any(|made| made.attribute.is_none() && identity.starts_with(&made.identity));
        // Without it the column stays: its values are turned back into what they can be.
        let turned = effect.iter().find(|made| {
            made.kind == Kind::Column.name() && made.attribute.as_deref().is_some_and(|name| name != "default") && !is_made(&made.identity)
        });
        if let Some(made) = turned {
            let attribute = made.attribute.as_deref().unwrap_or_default().replace('_', " ");
            return Some(format!("{} turns values of {} back ({attribute})", step.key, shown(&made.identity)));
        }
    }
    None
}

/// Why the schema is not as it was before; nothing where it is. `was` is the schema before the way back.
pub(super) fn exact(proof: &Proof, keys: &[String], was: &Manifest, now: &Manifest) -> Option<(String, u8)> {
    let Proof::Evidence(statement, _) = proof else { return None };
    let predicate = &statement.predicate;
    let place = |key: Option<&String>| key.and_then(|key| predicate.release.iter().position(|other| other == key));
    let result = |at: usize| predicate.steps.get(at).and_then(|step| step.result.clone());
    let due = match place(keys.last()) {
        Some(0) | None => predicate.baseline.clone(),
        Some(at) => result(at - 1),
    };
    let after = place(keys.first()).and_then(result);
    if due.is_some() && schema(now) == due {
        return None;
    }
    let steps: Vec<&Step> = predicate.steps.iter().filter(|step| keys.contains(&step.key)).collect();
    let remains = stands_as(&steps, now).map(|unlike| unlike.is_empty()).unwrap_or(false) && !steps.is_empty();
    Some(match (due, after) {
        _ if remains => ("it ran, and what was to be taken back is there still".to_owned(), 1),
        (Some(_), Some(after)) if schema(was) == Some(after.clone()) => {
            ("it ran, and the schema is not as it was before the release".to_owned(), 1)
        }
        _ => ("it ran; whether the schema is as it was before cannot be told: it was not as the release left it".to_owned(), 2),
    })
}
