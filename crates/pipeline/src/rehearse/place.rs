//! Where a release is rehearsed: a throwaway server with the target's schema, settings and roles, and as whom it runs there.

use super::dump::Dump;
use crate::patch::{Begun, Builder, Built, build_with};
use crate::replay::{Stage, Target};
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::kind::{Dimension, Kind, Value};
use evenkeel_core::manifest::Manifest;
use evenkeel_core::port::{Confined, Like, Request, Scratch, Session, Watch};
use evenkeel_core::rehearsal::Stuck;
use std::collections::BTreeMap;

/// A server that is like the target.
pub struct Place {
    pub scratch: Box<dyn Scratch>,
    pub database: String,
    pub confined: Confined,
    /// As whom, and how that is known.
    pub role: String,
    pub version_differs: bool,
    /// What is not as it is on the target.
    pub floor: Vec<String>,
    pub gaps: Vec<String>,
    /// What a session of the application begins with, where its role is known.
    of_application: Vec<(String, String)>,
    /// Whether that role is a superuser there.
    is_application_unbounded: bool,
    /// Settings that could not be made smaller as its tables are.
    pub stuck: Vec<Stuck>,
    /// Whether what it was made of had rows.
    pub has_rows: bool,
}

/// What a database is called whose own name every server has.
const OTHERWISE: &str = "rehearsed";
/// What is missing of the schema, so many are named.
const NAMED: usize = 5;

impl Place {
    /// Makes it, from nothing but the target's manifest, or with the schema of a dump; with as much memory as belongs to tables that are so
    /// much smaller, where that is said.
    ///
    /// # Errors
    /// No server can be had, the manifest does not tell the schema, or the end was asked for.
    pub fn make(
        manifest: &Manifest,
        stage: Stage<'_>,
        (configured, application): (Option<&str>, Option<&str>),
        (scale, dump): (Option<f64>, Option<&Dump>),
    ) -> Result<Self, Box<Trouble>> {
        if manifest.endpoint.is_whole_server() {
            let trouble = Trouble::new(Class::Usage, "a release is rehearsed for one database");
            let trouble = trouble.expected("an environment that is one database").found("all databases of a server");
            return Err(Box::new(trouble.fix("name the database in the URL")));
        }
        if !manifest.covers(Dimension::Schema) {
            let trouble = Trouble::new(Class::CouldNotTell, "the target's schema is not known").expected("a manifest with the schema");
            return Err(Box::new(trouble.found("one that was captured without it").fix("capture it again: evenkeel capture ENV")));
        }
        let (mut floor, mut gaps) = (Vec::new(), Vec::new());
        for gap in manifest.gaps.iter().filter(|gap| gap.dimension == Dimension::Schema) {
            gaps.push(format!("the target's schema was not seen whole: {}", gap.detail));
        }
        for dimension in [Dimension::Configuration, Dimension::Privileges].into_iter().filter(|dimension| !manifest.covers(*dimension)) {
            gaps.push(match dimension {
                Dimension::Privileges => {
                    "rights and owners of the target were not captured: whether its role may do this was not seen".to_owned()
                }
                _ => "settings of the target were not captured: it ran under the server's own".to_owned(),
            });
        }
        let target = Target::of(manifest, stage.engine, None);
        let (wanted, version_differs) = like(manifest, stage)?;
        if version_differs {
            let (there, here) = (manifest.endpoint.server_major, wanted.endpoint.server_major);
            floor.push(format!("it ran on major version {here}, the target has {there}: locks and syntax may differ"));
        }
        let (settings, stuck) = match scale {
            Some(scale) => stage.engine.scaled(manifest, scale),
            None => (stage.engine.server_settings(manifest), Vec::new()),
        };
        let mut wanted = wanted;
        if stage.engine.dialect(&wanted.endpoint)?.own_databases().contains(&wanted.endpoint.database.as_str()) {
            // Every server has one of that name, in which others are at work.
            OTHERWISE.clone_into(&mut wanted.endpoint.database);
            floor.push(format!("it ran in a database that is called {OTHERWISE}"));
        }
        let builder = Builder { engine: stage.engine, workshop: stage.workshop, watch: stage.watch };
        let (built, has_rows) = match dump {
            None => (build_with(&wanted, &builder, &settings)?, false),
            Some(dump) => dumped(&wanted, (&builder, &settings), (dump, stage), &mut floor)?,
        };
        let of_schema = built.left.iter().filter(|left| left.kind.spec().dimension == Dimension::Schema);
        let (schema, rights): (Vec<_>, Vec<_>) = built.left.iter().partition(|left| left.kind.spec().dimension == Dimension::Schema);
        for left in of_schema.take(NAMED) {
            gaps.push(format!("the schema is not as on the target: {}", left.words()));
        }
        if schema.len() > NAMED {
            gaps.push(format!("and {} more of the schema that are not as on the target", schema.len() - NAMED));
        }
        if !rights.is_empty() {
            floor.push(format!(
                "{} rights, owners or settings are not as on the target, the first: {}",
                rights.len(),
                rights.first().map(|left| left.words()).unwrap_or_default()
            ));
        }
        let (name, unbounded, role) = match stage.engine.session_role() {
            Some(words) => (ANYBODY.to_owned(), true, words.to_owned()),
            None => role(manifest, configured)?,
        };
        let own = stage.engine.migration_settings(manifest, Some(name.as_str()).filter(|name| !name.starts_with('(')));
        let is_superuser = |name: &str| {
            manifest
                .of_kind(Kind::Role)
                .iter()
                .any(|role| role.identity.part(0) == name && role.get("superuser") == Some(&Value::Flag(true)))
        };
        let is_application_unbounded = application.is_some_and(is_superuser);
        let of_application = application.map(|role| stage.engine.session_settings(manifest, Some(role))).unwrap_or_default();
        let confined = Confined { role: Some(name), unbounded, roles: target.confined.roles, settings: own, schemas: Vec::new() };
        if unbounded {
            // What the superuser owns is this role's then.
            drop(built.scratch.confined(&built.database, &confined)?);
        }
        built.scratch.disown(&built.database)?;
        Ok(Self {
            scratch: built.scratch,
            database: built.database,
            confined,
            role,
            version_differs,
            floor,
            gaps,
            of_application,
            is_application_unbounded,
            stuck,
            has_rows,
        })
    }

    /// A copy of it, of which it knows nothing.
    pub fn forked(&self, watch: &Watch<'_>) -> Result<Self, Box<Trouble>> {
        Ok(Self {
            scratch: self.scratch.fork(watch)?,
            database: self.database.clone(),
            confined: self.confined.clone(),
            role: self.role.clone(),
            version_differs: self.version_differs,
            floor: Vec::new(),
            gaps: Vec::new(),
            of_application: self.of_application.clone(),
            is_application_unbounded: self.is_application_unbounded,
            stuck: Vec::new(),
            has_rows: self.has_rows,
        })
    }

    /// A session on one of its databases, as the role that migrations run as.
    pub fn session(&self, database: &str) -> Result<Box<dyn Session>, Box<Trouble>> {
        self.scratch.confined(database, &self.confined)
    }

    /// A session for somebody who uses the database: the bounds of the role that migrates it are not theirs.
    pub fn client(&self, database: &str, unbound: &[(&str, &str)]) -> Result<Box<dyn Session>, Box<Trouble>> {
        let mut confined = self.confined.clone();
        confined.settings.extend(unbound.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        self.scratch.confined(database, &confined)
    }

    /// Who uses the database: the role that is named, else the one that migrates it; and how that is known.
    pub fn application(&self, role: Option<&str>) -> (Confined, String) {
        match role {
            None => (self.confined.clone(), format!("{}, as no application_role is set", self.role)),
            Some(name) => {
                let settings = self.of_application.clone();
                let confined =
                    Confined { role: Some(name.to_owned()), unbounded: self.is_application_unbounded, settings, ..self.confined.clone() };
                (confined, format!("{name} (application_role)"))
            }
        }
    }

    /// A session on one of its databases as the application has it.
    pub fn application_session(&self, database: &str, role: Option<&str>) -> Result<Box<dyn Session>, Box<Trouble>> {
        self.scratch.confined(database, &self.application(role).0)
    }

    /// The schema of one of its databases.
    pub fn look(&self, database: &str, stage: Stage<'_>) -> Result<Manifest, Box<Trouble>> {
        self.look_at(database, &[Dimension::Schema], stage)
    }

    /// What there is of one of its databases.
    pub fn look_at(&self, database: &str, dimensions: &[Dimension], stage: Stage<'_>) -> Result<Manifest, Box<Trouble>> {
        let request = Request { dimensions: dimensions.to_vec(), ..Request::new("the rehearsal") };
        let quiet = Watch { watcher: &evenkeel_core::port::Silent, stop: stage.watch.stop };
        self.scratch.environment(database)?.capture(&request, &quiet)
    }
}

/// Kinds that a dump alone decides, whatever of it was left out.
const OF_TABLES: &[Kind] = &[
    Kind::Schema,
    Kind::Table,
    Kind::Partition,
    Kind::Column,
    Kind::Constraint,
    Kind::Index,
    Kind::Sequence,
    Kind::MaterializedView,
    Kind::Statistics,
];

/// Such a server with the schema of a dump: what is there before a dump is loaded, it, and who may what in it. Tells whether it had rows.
fn dumped(
    wanted: &Manifest,
    (builder, settings): (&Builder<'_>, &[(String, String)]),
    (dump, stage): (&Dump, Stage<'_>),
    floor: &mut Vec<String>,
) -> Result<(Built, bool), Box<Trouble>> {
    let begun = Begun::start(wanted, builder, settings, false)?;
    begun.made(&|kind| matches!(kind, Kind::Role | Kind::Membership))?;
    // Schemas that an extension lives in are the dump's to fill.
    let own = wanted.of_kind(Kind::Schema);
    let schemas = wanted.of_kind(Kind::Extension).iter().filter_map(|one| one.text("schema"));
    let schemas = schemas.filter(|name| own.iter().any(|schema| schema.identity.part(0) == *name)).map(str::to_owned).collect();
    let confined = Confined { schemas, ..Confined::default() };
    drop(begun.scratch.confined(&begun.database, &confined)?);
    begun.made(&|kind| kind == Kind::Extension)?;
    // Before the first of them is here.
    if dump.has_rows() && begun.scratch.hush().is_err() {
        floor.push("what is refused there may quote values of the dump's rows".to_owned());
    }
    let loaded = dump.load(&*begun.scratch, &begun.database, &confined, stage)?;
    begun.scratch.take_over(&begun.database)?;
    let is_told = loaded.forbidden.is_empty() && loaded.strange.is_empty();
    // What only a superuser may make is as captured; tables and what is a part of them are the dump's alone.
    let (seen, left) = begun.made(&|kind| match kind.spec().dimension {
        Dimension::Privileges => true,
        Dimension::Schema => !is_told && !OF_TABLES.contains(&kind),
        _ => false,
    })?;
    floor.push(dump.words());
    floor.extend(loaded.floor());
    Ok((Built { scratch: begun.scratch, database: begun.database, seen, left }, loaded.has_rows))
}

/// The manifest for a server that this machine can start: of the target's version, or the next that there is.
fn like(manifest: &Manifest, stage: Stage<'_>) -> Result<(Manifest, bool), Box<Trouble>> {
    let endpoint = &manifest.endpoint;
    let exact = Like { engine: Some(endpoint.engine), major: Some(endpoint.server_major), ..Like::default() };
    let Err(trouble) = stage.workshop.choose(&exact) else { return Ok((manifest.clone(), false)) };
    let servers = stage.workshop.servers();
    let tested = stage.workshop.tested();
    let others = servers.iter().filter(|server| server.engine == endpoint.engine && tested.contains(&(server.engine, server.major)));
    let Some(nearest) = others.min_by_key(|server| server.major.abs_diff(endpoint.server_major)) else { return Err(trouble) };
    let mut other = manifest.clone();
    other.endpoint.server_major = nearest.major;
    Ok((other, true))
}

/// As whom a migration runs: the role that is configured, or who owns most tables.
fn role(manifest: &Manifest, configured: Option<&str>) -> Result<(String, bool, String), Box<Trouble>> {
    let roles = manifest.of_kind(Kind::Role);
    let find = |name: &str| roles.iter().find(|role| role.identity.part(0) == name);
    // The superuser that made a cluster is called by what it is, not by a name.
    let is_unbounded =
        |name: &str| name.starts_with('(') || find(name).is_some_and(|role| role.get("superuser") == Some(&Value::Flag(true)));
    if let Some(name) = configured {
        if manifest.covers(Dimension::Privileges) && find(name).is_none() {
            let trouble = Trouble::new(Class::Configuration, format!("the target has no role {name:?}"));
            let trouble =
                trouble.expected("the role that migrations run as").found(format!("{} roles, and none of that name", roles.len()));
            let fix = "correct migration_role of the environment; leave it out where that is the superuser that made the server, whose name no capture has";
            return Err(Box::new(trouble.fix(fix)));
        }
        return Ok((name.to_owned(), is_unbounded(name), format!("{name} (migration_role)")));
    }
    let mut owned: BTreeMap<&str, usize> = BTreeMap::new();
    for owner in manifest.of_kind(Kind::Owner).iter().filter(|owner| owner.identity.part(0) == Kind::Table.name()) {
        *owned.entry(owner.text("owner").unwrap_or_default()).or_default() += 1;
    }
    let total: usize = owned.values().sum();
    match owned.into_iter().max_by_key(|(_, count)| *count) {
        Some((name, count)) => {
            Ok((name.to_owned(), is_unbounded(name), format!("{name} (owns {count} of {total} tables; migration_role is not set)")))
        }
        None => {
            Ok((ANYBODY.to_owned(), true, "the owner of the database (no table has a known owner; migration_role is not set)".to_owned()))
        }
    }
}

/// A role that no server has.
const ANYBODY: &str = "(nobody)";
