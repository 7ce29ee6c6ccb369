//! An environment without a server: a manifest goes in, and comes out when it is captured. And engines that know nothing to do.
//!
//! Lives here: doubles of the ports for tests of the pipeline, and small manifests that read well in a table. Neighbour: `machine`, the
//! double of what connecting asks of the process. Does not live here: what real engines owe (`conformance`, `engine`).

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use evenkeel_core::compare::{NoRemedies, Remedies};
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::kind::{self, Dimension, Kind, Value};
use evenkeel_core::manifest::{CANONICAL, Endpoint, Gap, Identity, Manifest, NodeRole, Object, Reason};
use evenkeel_core::patch::Dialect;
use evenkeel_core::port::{Engine, Environment, Families, Named, Own, Request, SchemaNames, Watch, Workshop};
use evenkeel_core::statement::Grammar;

/// What an environment does when it is captured.
enum Does {
    Shows(Box<Manifest>),
    Fails(Box<Trouble>),
    /// Waits until the end is asked for.
    Hangs,
}

/// An environment that is a manifest. It gives what was asked for of it, as a server would.
pub struct FakeEnvironment {
    does: Does,
    asked: Mutex<Vec<Request>>,
    meter: Arc<Meter>,
}

/// How many environments are captured at the moment, and the most there were.
#[derive(Debug, Default)]
pub struct Meter {
    now: AtomicUsize,
    most: AtomicUsize,
}

impl Meter {
    #[must_use]
    pub fn most(&self) -> usize {
        self.most.load(Ordering::SeqCst)
    }
}

impl FakeEnvironment {
    #[must_use]
    pub fn of(manifest: Manifest) -> Self {
        Self { does: Does::Shows(Box::new(manifest)), asked: Mutex::default(), meter: Arc::default() }
    }

    /// One that cannot be read.
    #[must_use]
    pub fn failing(class: Class, what: &str) -> Self {
        Self { does: Does::Fails(Box::new(Trouble::new(class, what))), asked: Mutex::default(), meter: Arc::default() }
    }

    /// One that answers nothing until it is stopped.
    #[must_use]
    pub fn hanging() -> Self {
        Self { does: Does::Hangs, asked: Mutex::default(), meter: Arc::default() }
    }

    /// The same, counted by that meter.
    #[must_use]
    pub fn counted(mut self, meter: &Arc<Meter>) -> Self {
        self.meter = Arc::clone(meter);
        self
    }
}

impl Environment for FakeEnvironment {
    fn capture(&self, request: &Request, watch: &Watch<'_>) -> Result<Manifest, Box<Trouble>> {
        self.asked.lock().unwrap().push(request.clone());
        self.meter.most.fetch_max(self.meter.now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        let outcome = match &self.does {
            Does::Shows(manifest) => {
                // Long enough for others to begin.
                std::thread::sleep(Duration::from_millis(5));
                Ok(narrowed(manifest, &request.dimensions))
            }
            Does::Fails(trouble) => Err(trouble.clone()),
            Does::Hangs => loop {
                if let Err(trouble) = watch.stop.check() {
                    break Err(trouble);
                }
                std::thread::sleep(Duration::from_millis(2));
            },
        };
        self.meter.now.fetch_sub(1, Ordering::SeqCst);
        outcome
    }

    fn grants(&self, _: &Request, role: Option<&str>, _: &Watch<'_>) -> Result<String, Box<Trouble>> {
        Ok(format!("-- nothing is missing for {}\n", role.unwrap_or("whoever is connected")))
    }

    fn describe(&self) -> String {
        "a manifest in memory".to_owned()
    }
}

fn narrowed(manifest: &Manifest, dimensions: &[Dimension]) -> Manifest {
    let wanted = |dimension: &Dimension| dimensions.contains(dimension);
    let objects = manifest.objects().iter().filter(|object| wanted(&object.kind.spec().dimension)).cloned().collect();
    let gaps = manifest.gaps.iter().filter(|gap| wanted(&gap.dimension)).cloned().collect();
    Manifest::new(manifest.endpoint.clone(), manifest.dimensions.iter().copied().filter(wanted).collect(), objects, gaps)
}

/// Families that know nothing to do about a difference.
#[derive(Debug, Clone, Copy)]
pub struct FakeFamilies;

impl Families for FakeFamilies {
    fn of(&self, _: kind::Engine) -> &dyn Engine {
        self
    }
}

impl Engine for FakeFamilies {
    fn schemes(&self) -> &'static [&'static str] {
        &["fake"]
    }

    fn environment(&self, _: &str, _: &Own<'_>) -> Result<Named, Box<Trouble>> {
        Err(none("environments by name"))
    }

    fn renew(&self, manifest: &mut Manifest) {
        manifest.canonical = CANONICAL;
    }

    fn remedies(&self, _: &Manifest) -> Box<dyn Remedies> {
        Box::new(NoRemedies)
    }

    fn queries(&self, _: kind::Engine, _: Option<&str>, _: &[Dimension]) -> Result<String, Box<Trouble>> {
        Err(none("statements"))
    }

    fn schema_names(&self) -> Result<&dyn SchemaNames, Box<Trouble>> {
        Ok(self)
    }

    fn undoes_definitions(&self) -> bool {
        true
    }

    fn dialect(&self, _: &Endpoint) -> Result<Box<dyn Dialect>, Box<Trouble>> {
        Err(none("patches"))
    }

    fn grammar(&self) -> Result<&dyn Grammar, Box<Trouble>> {
        Err(none("grammar"))
    }

    fn workshop(&self, _: &[std::path::PathBuf]) -> Box<dyn Workshop> {
        unimplemented!("a fake engine starts no servers")
    }
}

/// A fake text names a schema where it begins with it.
impl SchemaNames for FakeFamilies {
    fn rename(&self, objects: &mut [Object], from: &str, to: &str) {
        for object in objects {
            let values: Vec<_> = object.values().to_vec();
            for (index, value) in values {
                if let Value::Text(text) = value
                    && let Some(text) = self.renamed(&text, from, to)
                {
                    object.set_at(index, Value::text(text));
                }
            }
        }
    }

    fn renamed(&self, text: &str, from: &str, to: &str) -> Option<String> {
        text.strip_prefix(from).filter(|rest| rest.starts_with('.')).map(|rest| format!("{to}{rest}"))
    }

    fn may_mean(&self, text: &str, schema: &str) -> bool {
        text.contains(&format!("'{schema}'"))
    }

    fn quoted(&self, schema: &str) -> String {
        schema.to_owned()
    }
}

fn none(what: &str) -> Box<Trouble> {
    Box::new(Trouble::new(Class::Internal, format!("a fake engine has no {what}")))
}

/// Where a fake manifest was read: PostgreSQL 18, a primary.
#[must_use]
pub fn endpoint() -> Endpoint {
    Endpoint {
        engine: kind::Engine::PostgreSql,
        server_version: "18.4".to_owned(),
        server_major: 18,
        database: "shop".to_owned(),
        role: "reader".to_owned(),
        node: "db1:5432".to_owned(),
        node_role: NodeRole::Primary,
        captured_at: "2026-11-28T00:00:00Z".to_owned(),
        roles: std::collections::BTreeMap::new(),
        whose: evenkeel_core::manifest::Whose::File,
    }
}

/// A manifest of these dimensions.
#[must_use]
pub fn manifest(dimensions: &[Dimension], objects: Vec<Object>) -> Manifest {
    Manifest::new(endpoint(), dimensions.to_vec(), objects, Vec::new())
}

/// The same with a gap about a whole dimension.
#[must_use]
pub fn blind(manifest: Manifest, dimension: Dimension) -> Manifest {
    manifest.with_gap(Gap::dimension(dimension, Reason::Privilege, "not for your eyes".to_owned()))
}

/// The same, read elsewhere.
#[must_use]
pub fn at(manifest: &Manifest, change: impl FnOnce(&mut Endpoint)) -> Manifest {
    let mut endpoint = manifest.endpoint.clone();
    change(&mut endpoint);
    Manifest::new(endpoint, manifest.dimensions.clone(), manifest.objects().to_vec(), manifest.gaps.clone())
}

/// An object of a kind: `object(Kind::Column, "app.orders.id", &[("type", "bigint".into())])`.
#[must_use]
pub fn object(kind: Kind, name: &str, values: &[(&str, Value)]) -> Object {
    let mut object = Object::new(kind, Identity::new(name.split('.').map(str::to_owned)));
    for (property, value) in values {
        assert!(object.set(property, value.clone()), "{} has no property {property}", kind.name());
    }
    object
}
