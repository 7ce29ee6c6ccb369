//! Does the target have what this build needs? Objects by comparison, queries by the server's own word.

use crate::capture::{self, Source};
use crate::digest;
use crate::migrations::Migrations;
use crate::replay::Target;
use evenkeel_core::compare::{Change, Difference, NoRemedies, Scope, Side, Which, compare};
use evenkeel_core::deployment::lock::{self, Asking, Parity};
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::kind::{Dimension, Kind, Severity, Value};
use evenkeel_core::manifest::Manifest;
use evenkeel_core::port::{HALT, Halt, Inquiry, Limits, Prepared, Run};
use evenkeel_core::preflight::{Lack, Preflight, Query, Shape, nearest};

/// What is asked.
pub struct Wanted<'a> {
    /// What must be there, at least.
    pub expected: Option<&'a Source>,
    pub queries: &'a [Query],
    /// The role the application connects as.
    pub role: Option<&'a str>,
    /// The build's migrations, to say which of them makes what is missing.
    pub migrations: Option<&'a Migrations>,
    pub limits: Limits,
    /// What is known of a parity lock.
    pub locked: Option<&'a Asking>,
    /// Whether the store has a halt of it.
    pub is_halted: bool,
}

/// What is read of the target: under its settings the build's files mean what they mean there.
pub const DIMENSIONS: [Dimension; 4] = [Dimension::Schema, Dimension::Privileges, Dimension::History, Dimension::Configuration];

/// Reads the target and asks it.
///
/// # Errors
/// It cannot be read or asked; what is expected cannot be read.
pub fn run(target: &Source, wanted: &Wanted<'_>, run: &Run<'_>) -> Result<Preflight, Box<Trouble>> {
    let manifest = capture::manifest(target, run)?;
    let mut preflight = Preflight { label: target.label().to_owned(), ..Preflight::default() };
    if let Some(asking) = wanted.locked.filter(|_| !wanted.is_halted) {
        match Halt::on(&target.registered(&HALT, run)?) {
            Ok(halt) => {
                preflight.lacks.extend(halt.map(|halt| Lack::of(Halt { environment: asking.environment.clone(), ..halt }.words())));
            }
            Err(why) => preflight.gaps.push(format!("whether it is halted is not known: {why}")),
        }
    }
    let asked = wanted.locked.map(|asking| Ok::<_, Box<Trouble>>(asking.with(&target.parity(run)?))).transpose()?;
    let asked = asked.unwrap_or(Ok(None)).unwrap_or_else(|why| {
        preflight.gaps.push(format!("whether it is locked is not known: {why}"));
        None
    });
    if let Some(asked) = asked.filter(|asked| !asked.is_expired()) {
        let parity = asked.parity(&manifest);
        match &parity {
            Parity::Kept if asked.is_own() => {}
            Parity::Untold(why) if asked.is_own() => preflight.gaps.push(format!("whether it is as it was locked is not known: {why}")),
            _ => preflight.lacks.push(Lack::of(format!("{}: {}", lock::GATE, asked.words(&parity)))),
        }
    }
    let seen = manifest.gaps.iter().filter(|gap| gap.dimension == Dimension::Schema);
    let told = Told { manifest: &manifest, migrations: wanted.migrations };
    if let Some(expected) = wanted.expected {
        preflight.gaps.extend(seen.map(|gap| format!("not seen on {}: {}", target.label(), gap.detail)));
        let expected = match expected {
            Source::Replay(replayed) => {
                capture::replay(replayed, &Target::of(&manifest, run.engines.of(manifest.endpoint.engine), replayed.role.as_deref()), run)?
            }
            other => crate::explained::without(capture::manifest(other, run)?),
        };
        objects(&expected, &told, &mut preflight);
    }
    let asked: Vec<&Query> = wanted.queries.iter().filter(|query| query.odd.is_none()).collect();
    let odd = wanted.queries.iter().filter_map(|query| Some((query.place.clone(), query.odd.clone()?)));
    preflight.not_understood.extend(odd);
    if !asked.is_empty() {
        let (Source::Live { environment, .. } | Source::Split { primary: environment, .. }) = target else {
            return Err(Box::new(
                Trouble::new(Class::Usage, format!("queries cannot be asked of {}", target.label()))
                    .expected("a live environment")
                    .found("a file")
                    .fix("name the environment; --expect works on a manifest alone"),
            ));
        };
        let texts: Vec<String> = asked.iter().map(|query| query.sql.clone()).collect();
        let answers = environment.prepare(&Inquiry { queries: &texts, role: wanted.role, limits: wanted.limits }, &run.watch)?;
        preflight.gaps.extend(answers.hidden);
        for (query, answer) in asked.iter().zip(answers.prepared) {
            told.answer(query, answer, &mut preflight);
        }
        preflight.queries = asked.len();
    }
    preflight.not_understood.sort();
    Ok(preflight)
}

/// Everything that is expected is there, and sound; more is allowed.
fn objects(expected: &Manifest, told: &Told<'_>, preflight: &mut Preflight) {
    let trees = (digest::tree(expected), digest::tree(told.manifest));
    let scope = Scope { dimensions: vec![Dimension::Schema], ..Scope::default() };
    let reference = Side { label: "what the build needs", manifest: expected, tree: &trees.0 };
    let candidate = Side { label: &preflight.label, manifest: told.manifest, tree: &trees.1 };
    let comparison = compare(reference, candidate, &scope, &NoRemedies);
    preflight.objects = expected.objects().iter().filter(|object| object.kind.spec().dimension == Dimension::Schema).count();
    preflight.gaps.extend(comparison.gaps.iter().filter(|gap| gap.which == Which::Both).map(|gap| gap.gap.detail.clone()));
    let gaps = expected.gaps.iter().filter(|gap| gap.dimension == Dimension::Schema);
    preflight.gaps.extend(gaps.map(|gap| format!("not known of what the build needs: {}", gap.detail)));
    if !told.manifest.covers(Dimension::Schema) {
        preflight.gaps.push(format!("the schema of {} was not read", preflight.label));
    }
    if !expected.covers(Dimension::Schema) {
        preflight.gaps.push("what the build needs says nothing of the schema".to_owned());
    }
    for difference in comparison.differences.iter().chain(&comparison.shared) {
        if is_lack(difference, expected, told.manifest) {
            preflight.lacks.push(told.difference(difference));
        } else if difference.change == Change::Extra {
            told.extra(difference, expected, preflight);
        }
    }
}

fn is_lack(difference: &Difference, expected: &Manifest, found: &Manifest) -> bool {
    match difference.change {
        Change::Extra => false,
        Change::Missing => true,
        // What is there and invalid, not validated or disabled is not there.
        Change::Unsound => difference.which != Which::Reference,
        Change::Changed | Change::Renamed => difference.severity > Severity::Inform && !is_more(difference, expected, found),
    }
}

/// More than is expected: labels of a type, rows of a view that is made without.
fn is_more(difference: &Difference, expected: &Manifest, found: &Manifest) -> bool {
    if difference.subject.kind == Kind::MaterializedView && difference.subject.attribute == Some("populated") {
        let parts: Vec<&str> = difference.subject.identity.iter().map(|(_, value)| value.as_str()).collect();
        return found.find(Kind::MaterializedView, &parts).is_some_and(|view| view.get("populated") != Some(&Value::Flag(false)));
    }
    if difference.subject.kind != Kind::Enum {
        return false;
    }
    let (Some(attribute), parts) = (difference.subject.attribute, &difference.subject.identity) else { return false };
    let parts: Vec<&str> = parts.iter().map(|(_, value)| value.as_str()).collect();
    let list = |manifest: &Manifest| match manifest.find(Kind::Enum, &parts).and_then(|object| object.get(attribute).cloned()) {
        Some(Value::List(items)) => items.into_vec(),
        _ => Vec::new(),
    };
    let there = list(found);
    let wanted = list(expected);
    // In their order: it decides what is greater.
    let mut rest = there.iter();
    !wanted.is_empty() && wanted.iter().all(|label| rest.any(|other| other == label))
}

struct Told<'a> {
    manifest: &'a Manifest,
    migrations: Option<&'a Migrations>,
}

impl Told<'_> {
    fn difference(&self, difference: &Difference) -> Lack {
        let subject = &difference.subject;
        let attribute = subject.attribute.map(|attribute| format!("{}: ", attribute.replace('_', " "))).unwrap_or_default();
        let shown = |text: &Option<String>| text.clone().unwrap_or_else(|| "nothing".to_owned());
        let what = match difference.change {
            Change::Missing => format!("{} is not there", subject.kind.name()),
            Change::Renamed => {
                format!("{} is not there; one that looks like it is called {}", subject.kind.name(), shown(&difference.found))
            }
            _ => format!("{} {attribute}expected {}, found {}", subject.kind.name(), shown(&difference.expected), shown(&difference.found)),
        };
        let near = (difference.change == Change::Missing).then(|| self.nearest(subject.kind, &subject.object)).flatten();
        self.with_migration(Lack {
            place: None,
            query: None,
            code: None,
            object: Some(subject.object.clone()),
            what,
            nearest: near,
            migration: None,
            recorded: None,
        })
    }

    fn answer(&self, query: &Query, answer: Prepared, preflight: &mut Preflight) {
        let lack = |code: Option<String>, object: Option<String>, what: String| Lack {
            place: Some(query.place.clone()),
            query: Some(query.sql.clone()),
            code,
            object,
            what,
            nearest: None,
            migration: None,
            recorded: None,
        };
        match answer {
            Prepared::Fits { columns, parameters, hidden } => {
                if let Some(why) = hidden {
                    preflight.gaps.push(format!("{}: understood, and not planned: {why}", query.place));
                }
                if let Some(expected) = &query.expected {
                    let found = Shape { columns, parameters };
                    preflight.lacks.extend(unlike(expected, &found).into_iter().map(|what| lack(None, None, what)));
                }
            }
            Prepared::NotUnderstood { why } => preflight.not_understood.push((query.place.clone(), why)),
            Prepared::Hidden { why } => preflight.gaps.push(format!("{}: {why}", query.place)),
            Prepared::Missing { code, message, at, is_name } => {
                let object = at.and_then(|at| named_at(&query.sql, at));
                let near = object.as_deref().filter(|_| is_name).and_then(|object| self.nearest_of_any(object));
                let lack = lack(Some(code), object, message);
                preflight.lacks.push(self.with_migration(Lack { nearest: near, ..lack }));
            }
        }
    }

    /// What is there beside what the build needs, and may stand in its way: it writes to the relation, and does not know of it.
    fn extra(&self, difference: &Difference, expected: &Manifest, preflight: &mut Preflight) {
        let subject = &difference.subject;
        let parts: Vec<&str> = subject.identity.iter().map(|(_, value)| value.as_str()).collect();
        let Some(object) = self.manifest.find(subject.kind, &parts) else { return };
        let table = match object.get("table") {
            Some(Value::List(parts)) => parts.to_vec(),
            _ => parts.iter().take(2).map(|part| Box::from(*part)).collect(),
        };
        let table: Vec<&str> = table.iter().map(|part| &**part).collect();
        let is_expected = |kind: &Kind| expected.find(*kind, &table).is_some();
        if ![Kind::Table, Kind::View, Kind::Domain].iter().any(is_expected) {
            return;
        }
        let is = |name: &str| object.get(name).is_some_and(|value| value.shown() == "yes");
        let is_filled = ["default", "identity", "generated", "expression"].iter().any(|name| object.get(name).is_some());
        match subject.kind {
            Kind::Column if is("not_null") && !is_filled => {
                let what = "it is not null and has no default, and what the build inserts does not know it".to_owned();
                preflight.lacks.push(Lack { what, nearest: None, ..self.difference(difference) });
            }
            Kind::Trigger | Kind::Rule | Kind::Policy | Kind::Constraint | Kind::DomainConstraint => self.hindrance(difference, preflight),
            Kind::Index if is("unique") => self.hindrance(difference, preflight),
            _ => {}
        }
    }

    fn hindrance(&self, difference: &Difference, preflight: &mut Preflight) {
        let subject = &difference.subject;
        let words = "may refuse or change what the build writes, which does not know it";
        preflight.gaps.push(format!("{} {} is there and {words}", subject.kind.name(), subject.object));
    }

    fn nearest(&self, kind: Kind, object: &str) -> Option<String> {
        let names: Vec<String> = self.manifest.of_kind(kind).iter().map(evenkeel_core::manifest::Object::display).collect();
        nearest(object, names.iter().map(String::as_str)).map(str::to_owned)
    }

    fn nearest_of_any(&self, object: &str) -> Option<String> {
        let kinds = [Kind::Table, Kind::View, Kind::MaterializedView, Kind::Column, Kind::Function];
        let names: Vec<String> = kinds
            .iter()
            .flat_map(|kind| self.manifest.of_kind(*kind))
            .map(|object| object.display().split('(').next().unwrap_or_default().to_owned())
            .collect();
        nearest(object, names.iter().map(String::as_str)).map(str::to_owned)
    }

    /// The last migration whose definitions name it, and what is recorded of that.
    fn with_migration(&self, lack: Lack) -> Lack {
        let Some((migrations, object)) = self.migrations.zip(lack.object.clone()) else { return lack };
        let name = object.split('(').next().unwrap_or_default().rsplit('.').next().unwrap_or_default().trim_matches('"').to_lowercase();
        let names_it = |text: &str| {
            let is_of_name = |c: char| c.is_alphanumeric() || c == '_';
            text.to_lowercase().match_indices(&name).any(|(at, found)| {
                let small = text.to_lowercase();
                let (before, after) = (small.get(..at).unwrap_or_default(), small.get(at + found.len()..).unwrap_or_default());
                !before.ends_with(is_of_name) && !after.starts_with(is_of_name)
            })
        };
        let makes = |cut: &&crate::migrations::Cut| {
            let said = cut.up.iter().flat_map(|script| script.statements());
            let mut defining = said.filter(|said| said.statement.tag.starts_with("CREATE") || said.statement.tag.starts_with("ALTER"));
            !name.is_empty() && defining.any(|said| names_it(said.text))
        };
        let Some(cut) = migrations.cuts.iter().rev().find(makes) else { return lack };
        let key = &cut.migration.key;
        let row = self.manifest.of_kind(Kind::Migration).iter().find(|row| row.identity.part(2) == key);
        let pointed = self.manifest.of_kind(Kind::HistoryTable).iter().find_map(|table| match table.get("current") {
            Some(Value::List(current)) => Some(current.iter().any(|now| evenkeel_core::compare::natural(key, now).is_le())),
            _ => None,
        });
        let recorded = match (row, pointed) {
            (Some(row), _) => row.text("state").unwrap_or("applied").to_owned(),
            (None, Some(true)) => "applied".to_owned(),
            (None, _) => "not recorded".to_owned(),
        };
        Lack { migration: Some(key.clone()), recorded: Some(recorded), ..lack }
    }
}

/// In what a query is not as it was compiled.
fn unlike(expected: &Shape, found: &Shape) -> Vec<String> {
    let mut unlike = Vec::new();
    let is_same = |one: &str, other: &str| one == other || one == "unknown" || other == "unknown";
    if expected.columns.len() != found.columns.len() {
        unlike.push(format!("it was compiled with {} columns, and has {}", expected.columns.len(), found.columns.len()));
    }
    for ((name, wanted), (other, there)) in expected.columns.iter().zip(&found.columns) {
        if name != other {
            unlike.push(format!("its column {name} is called {other}"));
        } else if !is_same(wanted, there) {
            unlike.push(format!("its column {name} was compiled as {wanted}, and is {there}"));
        }
    }
    if expected.parameters.len() != found.parameters.len() {
        unlike.push(format!("it was compiled with {} parameters, and has {}", expected.parameters.len(), found.parameters.len()));
    }
    for (at, (wanted, there)) in expected.parameters.iter().zip(&found.parameters).enumerate() {
        if !is_same(wanted, there) {
            unlike.push(format!("its parameter ${} was compiled as {wanted}, and is {there}", at + 1));
        }
    }
    unlike
}

/// The name that stands at a place of a query, dots and quotes included.
fn named_at(query: &str, at: usize) -> Option<String> {
    let rest = query.get(at..)?;
    let mut name = String::new();
    let mut is_quoted = false;
    for c in rest.chars() {
        match c {
            '"' => is_quoted = !is_quoted,
            c if is_quoted || c.is_alphanumeric() || matches!(c, '_' | '$' | '.') => {}
            _ => break,
        }
        name.push(c);
    }
    (!name.is_empty()).then_some(name)
}
