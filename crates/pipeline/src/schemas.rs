//! Stage 2, of one database: each of many schemas beside one that they are to be like.
//!
//! Lives here: choosing the schemas, and comparing two of them as if they had one name. Both sides' own schema is called by a mark
//! that no schema has; a name of another schema, the reference's included, stays what it is. Neighbours: `core::manifest`
//! knows what belongs to a schema, the port's names of schemas read texts, `core::gate` says what it amounts to.

use crate::capture::{self, Source};
use crate::compare::{self, Compare, Compared, Hashed};
use evenkeel_core::compare::{SideGap, Which, natural};
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::gate::{self, Likeness};
use evenkeel_core::kind::{self, Dimension, Value};
use evenkeel_core::manifest::{Gap, Manifest, Parts, Patterns, Reason};
use evenkeel_core::port::{Run, SchemaNames};
use std::borrow::Cow;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// What is wanted.
pub struct Wanted<'a> {
    /// Which schemas; `*` matches anything.
    pub patterns: &'a [String],
    /// The one they are to be like.
    pub like: &'a str,
    pub comparison: compare::Wanted<'a>,
}

/// One schema beside the reference.
pub struct OneSchema {
    pub name: String,
    pub elapsed: Duration,
    pub likeness: Likeness,
    pub outcome: Result<Compared, Box<Trouble>>,
}

impl OneSchema {
    /// Of the process, were this the only schema.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        self.outcome.as_ref().map_or_else(|trouble| trouble.class.exit_code(), |compared| compared.judgement.exit_code)
    }
}

/// What came of all of them.
pub struct Told<T> {
    /// What was made of each, in the natural order of their names.
    pub schemas: Vec<T>,
    /// How like the reference each is, in the same order.
    pub likeness: Vec<Likeness>,
    pub exit_code: u8,
    /// The reference is one of those that were meant, and is left out.
    pub left_out: bool,
}

/// Reads the database once and compares schema by schema; `tell` makes of each what is kept of it.
///
/// # Errors
/// The database cannot be read, or is none whose schemas can be told apart; there is no such reference, or no schema that is meant.
pub fn run<T: Send>(
    source: &Source,
    wanted: &Wanted<'_>,
    run: &Run<'_>,
    tell: impl Fn(OneSchema) -> T + Sync,
) -> Result<Told<T>, Box<Trouble>> {
    let patterns = patterns(wanted)?;
    let manifest = capture::manifest(source, run)?;
    let names = run.engines.of(manifest.endpoint.engine).schema_names();
    let names = names.map_err(|trouble| Box::new(Trouble { what: format!("{}: {}", source.label(), trouble.what), ..*trouble }))?;
    let chosen = chosen(source.label(), &manifest, &patterns, wanted)?;
    let mark = mark(&manifest, names);
    let each = Each { parts: Parts::of(&manifest), names, mark: &mark, wanted, run };
    let reference = each.reference();
    let told = each.all(&chosen, reference.as_ref().ok_or(()), &tell);
    let told = told.into_iter().collect::<Result<Vec<_>, _>>()?;
    if told.len() < chosen.len() {
        // A thread that broke off leaves a hole, and a hole is no pass.
        return Err(Box::new(Trouble::new(Class::Internal, "comparing a schema broke off")));
    }
    run.watch.stop.check()?;
    let codes: Vec<u8> = told.iter().map(|(_, code, _)| *code).collect();
    let (likeness, schemas) = told.into_iter().map(|(schema, _, likeness)| (likeness, schema)).unzip();
    let left_out = patterns.has(wanted.like);
    Ok(Told { schemas, likeness, exit_code: gate::exit_code_of_all(&codes), left_out })
}

fn patterns(wanted: &Wanted<'_>) -> Result<Patterns, Box<Trouble>> {
    Patterns::new(wanted.patterns).map_err(|(pattern, why)| {
        let trouble =
            Trouble::new(Class::Configuration, "cannot read a pattern of schemas").expected("names with * for anything, such as tenant_*");
        Box::new(trouble.found(format!("{pattern}: {why}")).origin("flag --schemas"))
    })
}

/// The schemas that are meant, without the reference.
fn chosen<'a>(label: &str, manifest: &'a Manifest, patterns: &Patterns, wanted: &Wanted<'_>) -> Result<Vec<&'a str>, Box<Trouble>> {
    let (like, meant) = (wanted.like, wanted.patterns.join(", "));
    if !manifest.covers(Dimension::Schema) {
        let gap = manifest.gaps.iter().find(|gap| gap.dimension == Dimension::Schema);
        let trouble = Trouble::new(Class::CouldNotTell, format!("cannot tell which schemas {label} has")).expected("its dimension schema");
        return Err(Box::new(trouble.found(gap.map_or_else(|| "it was not captured".to_owned(), |gap| gap.detail.clone()))));
    }
    let all: Vec<&str> = manifest.schemas().collect();
    if !all.contains(&like) {
        let trouble = Trouble::new(Class::Configuration, format!("{label} has no schema {like}"));
        let trouble = trouble.expected("the schema that the others are to be like").found(listed(&all)).origin("flag --like");
        return Err(Box::new(trouble.fix("name a schema of that database, in its own letters: --like tenant_template")));
    }
    let mut chosen: Vec<&str> = all.iter().copied().filter(|schema| *schema != like && patterns.has(schema)).collect();
    if chosen.is_empty() {
        let found = match patterns.has(like) {
            true => format!("only {like}, which is the reference"),
            false => listed(&all),
        };
        let trouble = Trouble::new(Class::Configuration, format!("no schema of {label} matches {meant}"));
        let trouble = trouble.expected("at least one schema beside the reference").found(found).origin("flag --schemas");
        return Err(Box::new(trouble.fix("correct the pattern, in quotes so that the shell leaves it alone: --schemas 'tenant_*'")));
    }
    chosen.sort_by(|a, b| natural(a, b));
    Ok(chosen)
}

/// The schemas that are there, the first of many.
fn listed(all: &[&str]) -> String {
    const NAMED: usize = 12;
    let mut names: Vec<String> = all.iter().take(NAMED).map(|name| (*name).to_owned()).collect();
    let more = all.len().saturating_sub(NAMED);
    names.extend((more > 0).then(|| format!("{more} more")));
    if names.is_empty() { "no schemas".to_owned() } else { names.join(", ") }
}

/// What a schema is called in both sides: nothing in the database is called so, and no text names it.
fn mark(manifest: &Manifest, names: &dyn SchemaNames) -> String {
    let mut number = 1;
    loop {
        let mark = if number == 1 { "(schema)".to_owned() } else { format!("(schema {number})") };
        let quoted = names.quoted(&mark);
        let mut texts = manifest.objects().iter().flat_map(|object| object.values()).map(|(_, value)| value);
        if manifest.schemas().all(|schema| schema != mark) && !texts.any(|value| holds(value, &quoted)) {
            return mark;
        }
        number += 1;
    }
}

fn holds(value: &Value, text: &str) -> bool {
    match value {
        Value::Text(value) => value.contains(text),
        Value::List(items) => items.iter().any(|item| item.contains(text)),
        Value::Flag(_) | Value::Integer(_) | Value::Number(_) => false,
    }
}

/// Properties that say something to people and name nothing.
const IS_SAID: &[&str] = &["comment", "security_labels"];

/// What every comparison of the run shares.
struct Each<'a> {
    parts: Parts<'a>,
    names: &'a dyn SchemaNames,
    mark: &'a str,
    wanted: &'a Wanted<'a>,
    run: &'a Run<'a>,
}

/// The reference as it is compared, and as it is shown: under its own name.
struct Reference {
    marked: Hashed,
    shown: Manifest,
}

/// What was made of a schema, its exit code, and how like the reference it is.
type Kept<T> = Result<(T, u8, Likeness), Box<Trouble>>;

impl Each<'_> {
    /// `None` where it has nothing that another could be like.
    fn reference(&self) -> Option<Reference> {
        let like = self.wanted.like;
        let part = self.parts.part(like);
        if gate::is_empty_schema(&part) {
            return None;
        }
        let marked = self.marked(part, like);
        let shown = self.shown(&marked, false);
        Some(Reference { marked: Hashed::of(like, marked), shown })
    }

    /// Goes through the schemas on as many threads as the machine has.
    fn all<T: Send>(&self, chosen: &[&str], reference: Result<&Reference, ()>, tell: &(impl Fn(OneSchema) -> T + Sync)) -> Vec<Kept<T>> {
        let next = AtomicUsize::new(0);
        let kept = Mutex::new(Vec::with_capacity(chosen.len()));
        let threads = std::thread::available_parallelism().map_or(1, usize::from).min(chosen.len());
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    loop {
                        let place = next.fetch_add(1, Ordering::Relaxed);
                        let Some(name) = chosen.get(place) else { break };
                        let one = self.run.watch.stop.check().map(|()| {
                            let one = self.one(name, reference);
                            let (code, likeness) = (one.exit_code(), one.likeness);
                            (tell(one), code, likeness)
                        });
                        kept.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push((place, one));
                    }
                });
            }
        });
        let mut kept = kept.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        kept.sort_by_key(|(place, _)| *place);
        kept.into_iter().map(|(_, one)| one).collect()
    }

    fn one(&self, name: &str, reference: Result<&Reference, ()>) -> OneSchema {
        let started = Instant::now();
        let outcome = reference.map_err(|()| self.empty()).map(|reference| self.compared(name, reference));
        let likeness = outcome.as_ref().map_or(Likeness::CouldNotTell, |compared| {
            gate::likeness(&compared.comparison, &compared.judgement, compared.ignored.len(), self.wanted.comparison.bar)
        });
        OneSchema { name: name.to_owned(), elapsed: started.elapsed(), likeness, outcome }
    }

    fn empty(&self) -> Box<Trouble> {
        let like = self.wanted.like;
        let trouble = Trouble::new(Class::CouldNotTell, format!("the schema {like} has nothing that another could be like"));
        let trouble = trouble.expected("a schema with tables, views, functions or the like").found("an empty schema").origin("flag --like");
        Box::new(trouble.fix("look whether that is the template, and whether its migrations have run"))
    }

    fn compared(&self, name: &str, reference: &Reference) -> Compared {
        let part = self.parts.part(name);
        // Where it names the reference by name, names and mark must not be shown alike.
        let is_mixed = self.names_reference(&part);
        let marked = Hashed::of(name, self.marked(part, name));
        let engine = self.run.engines.of(marked.manifest.endpoint.engine);
        let scope = self.wanted.comparison.scope;
        let mut comparison = engine.compare(reference.marked.side(), marked.side(), scope);
        let like = self.wanted.like;
        comparison.gaps.extend(self.untold(&reference.marked.manifest, &marked.manifest));
        comparison.map_remedies(&|text, which| self.unmarked(text, if which == Which::Reference { like } else { name }));
        comparison.call_schema(self.mark, like, &|text| if is_mixed { None } else { self.unmarked(text, like) });
        let Hashed { label, tree, .. } = &reference.marked;
        let reference = Hashed { label: label.clone(), manifest: reference.shown.clone(), tree: tree.clone() };
        let candidate = Hashed { manifest: self.shown(&marked.manifest, is_mixed), ..marked };
        let said = self.wanted.comparison.beforehand.to_vec();
        compare::judged(Compare { reference, candidate, comparison, said }, &self.wanted.comparison, self.run)
    }

    /// What is written alike on both sides and may mean the reference's schema: of a tenant that would be the wrong one.
    fn untold(&self, reference: &Manifest, tenant: &Manifest) -> Vec<SideGap> {
        let like = self.wanted.like;
        let may_mean = |text: &str| self.names.may_mean(text, like);
        let mut gaps = Vec::new();
        for object in tenant.objects() {
            let parts: Vec<&str> = object.identity.parts().collect();
            let Some(own) = reference.find(object.kind, &parts) else { continue };
            let spec = object.kind.spec();
            let texts = object.values().iter().filter_map(|(index, value)| Some((spec.property(*index)?, value)));
            // What is never compared means nothing here either.
            let compared = texts.filter(|(property, _)| property.class != kind::Class::Volatile);
            let meaning = compared.filter(|(property, value)| own.get(property.name) == Some(*value) && !IS_SAID.contains(&property.name));
            let named = meaning.filter(|(_, value)| match value {
                Value::Text(text) => may_mean(text),
                Value::List(items) => items.iter().any(|item| may_mean(item)),
                Value::Flag(_) | Value::Integer(_) | Value::Number(_) => false,
            });
            let Some((property, _)) = named.into_iter().next() else { continue };
            let detail = format!("its {} has the name {like}, and whether that means the schema cannot be told", property.name);
            let gap = Gap::object(object, Reason::NotCaptured, detail);
            let gap =
                gap.cure(format!("look whether it should name its own schema; without {like} in literals and aliases it can be told"));
            gaps.push(SideGap { which: Which::Candidate, gap, across: None });
        }
        gaps
    }

    /// Called by the mark, in names and in texts.
    fn marked(&self, mut part: Manifest, schema: &str) -> Manifest {
        self.names.rename(part.objects_mut(), schema, self.mark);
        part.with_schema_called(schema, self.mark, &|text| self.names.renamed(text, schema, self.mark))
    }

    /// Called as the reference is, in names: texts are not looked at again.
    fn shown(&self, marked: &Manifest, is_mixed: bool) -> Manifest {
        let like = self.wanted.like;
        marked.with_schema_called(self.mark, like, &|text| if is_mixed { None } else { self.unmarked(text, like) })
    }

    fn names_reference(&self, part: &Manifest) -> bool {
        let named = |text: &str| self.names.renamed(text, self.wanted.like, self.mark).is_some();
        part.objects().iter().any(|object| {
            object.identity.parts().any(named)
                || object.values().iter().any(|(_, value)| match value {
                    Value::Text(text) => named(text),
                    Value::List(items) => items.iter().any(|item| named(item)),
                    Value::Flag(_) | Value::Integer(_) | Value::Number(_) => false,
                })
        })
    }

    /// The mark is nobody's text: wherever it stands, it stands for the schema.
    fn unmarked(&self, text: &str, schema: &str) -> Option<String> {
        let text = self.names.renamed(text, self.mark, schema).map_or(Cow::Borrowed(text), Cow::Owned);
        let (mark, name) = (self.names.quoted(self.mark), self.names.quoted(schema));
        // What is left stands in a literal.
        let left = text.contains(&mark).then(|| text.replace(&mark, &name.replace('\'', "''")));
        left.or(match text {
            Cow::Owned(text) => Some(text),
            Cow::Borrowed(_) => None,
        })
    }
}
