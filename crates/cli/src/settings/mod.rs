//! `evenkeel.toml`: what it may say, and where each value was said.
//!
//! Lives here: the shape of the file and its resolved form. `load` finds and reads it, `raw` is the file as it is written. Does not live here: what an
//! environment's URL means (the engine's connection layer does that).

mod backfill;
mod breakers;
mod deploy;
mod drill;
mod gates;
mod load;
mod notify;
mod quoted;
mod raw;
mod recorded;
mod rollback;
mod rollout;
mod store;
mod variable;

pub use breakers::Breakers;
pub use deploy::Deploy;
pub use drill::{Drill, Promote};
pub use load::{Loaded, load, parse};
use notify::Hook;
pub use rollback::Rollback;
pub use rollout::Rollout;
pub use store::Place as StorePlace;

use evenkeel_core::deployment::Windows;
use evenkeel_core::fault::Trouble;
use evenkeel_core::finding::Place;
use evenkeel_core::gate::Tier;
use evenkeel_core::kind::Severity;
use evenkeel_core::policy::Waiver;
use evenkeel_core::reference::{Pattern, Secret};
use evenkeel_core::rehearsal::{Limits, Part};
use evenkeel_pipeline::backfill::Backfill;
use evenkeel_pipeline::check::Must;
use evenkeel_pipeline::dual::Dual;
use evenkeel_pipeline::render::Renderer;
use evenkeel_pipeline::verify::Query;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The configuration, resolved: variables replaced, paths relative to the file made absolute.
#[derive(Debug)]
pub struct Settings {
    pub environments: BTreeMap<String, Environment>,
    pub policy: Policy,
    /// Worth a word: keys that mean nothing as they stand.
    pub notes: Vec<String>,
    /// Lookup tables whose content is compared, in every environment.
    pub reference: Vec<Pattern>,
    /// Under which rows of reference tables are hashed. That it is not set is told to whoever reads such a table.
    pub secret: Result<Option<Secret>, Box<Trouble>>,
    /// Folders that may hold programs of servers, for throwaway ones.
    pub scratch: Vec<PathBuf>,
    /// Where the store is, where that is written. That a variable of it is not set is told to whoever needs it.
    pub store: Result<Option<StorePlace>, Box<Trouble>>,
    /// How old what nobody will ask for may become in it; for ever where nothing is written.
    pub keep: Option<Duration>,
    /// Folders of migrations.
    pub migrations: Vec<Migrations>,
    /// What a rehearsal demands.
    pub gates: Limits,
    /// Files of public keys whose signatures of evidence count, and whether unsigned evidence does.
    pub keys: Vec<PathBuf>,
    pub unsigned: bool,
    /// What a deployment demands of the server it meets.
    pub deploy: Deploy,
    /// How often environments are drilled.
    pub drill: Drill,
    /// Queries that `verify` asks beside the usual.
    pub verify: Vec<Query>,
    /// The ends of the windows after a deployment.
    pub windows: Windows,
    /// Who is told what came of a release.
    pub notify: Vec<Hook>,
    /// What is measured while traffic moves.
    pub breakers: Breakers,
    /// How it moves; nothing where nobody says.
    pub rollout: Option<Rollout>,
    /// Tables that are changed part after part.
    pub backfill: BTreeMap<String, Backfill>,
    /// What is old and new, while both are alive.
    pub dual: BTreeMap<String, Dual>,
    /// What is done around a way back.
    pub rollback: Rollback,
}

/// A folder of migrations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migrations {
    pub folder: PathBuf,
    /// The tool that reads it; told by the files where it is not named.
    pub tool: Option<String>,
    /// The environments it is for; all where none is named.
    pub environments: Vec<String>,
    /// Values of placeholders by their names.
    pub placeholders: Vec<(String, String)>,
    /// The command that prints a migration as SQL, and the folder it is run in.
    pub render: Option<Renderer>,
    /// The command by which the tool tells what it would still run, and the folder it is run in.
    pub status: Option<Renderer>,
}

impl Migrations {
    /// One of which nothing but its place is known.
    pub fn of(folder: &Path) -> Self {
        let folder = folder.to_owned();
        Self { folder, tool: None, environments: Vec::new(), placeholders: Vec::new(), render: None, status: None }
    }

    /// Whether it is that environment's; without a name, whether it is anybody's.
    pub fn is_for(&self, environment: Option<&str>) -> bool {
        self.environments.is_empty() || environment.is_none_or(|name| self.environments.iter().any(|other| other == name))
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            environments: BTreeMap::new(),
            policy: Policy::default(),
            notes: Vec::new(),
            reference: Vec::new(),
            secret: Ok(None),
            scratch: Vec::new(),
            store: Ok(None),
            keep: None,
            migrations: Vec::new(),
            gates: Limits::default(),
            keys: Vec::new(),
            unsigned: false,
            deploy: Deploy::default(),
            drill: Drill::default(),
            verify: Vec::new(),
            windows: Windows::default(),
            notify: Vec::new(),
            breakers: Breakers::default(),
            rollout: None,
            backfill: BTreeMap::new(),
            dual: BTreeMap::new(),
            rollback: Rollback::default(),
        }
    }
}

impl Settings {
    /// What a rehearsal for such a tier demands: where nobody has written down what must be covered, that is less for `dev`.
    pub fn demanded(&self, tier: Option<Tier>) -> Limits {
        let mut demanded = self.gates.clone();
        if demanded.require.1 == Limits::DEFAULT && tier == Some(Tier::Dev) {
            // Nobody waits there.
            demanded.require.0 = vec![Part::Run, Part::Effect];
        }
        demanded
    }

    /// The environments as they are written, which is the order of a release.
    pub fn in_order(&self) -> Vec<(&str, &Environment)> {
        let mut all: Vec<(&str, &Environment)> = self.environments.iter().map(|(name, one)| (name.as_str(), one)).collect();
        all.sort_by_key(|(_, one)| (one.place.line, one.place.column));
        all
    }
}

/// One environment.
#[derive(Debug)]
pub struct Environment {
    /// Where it is. What is wrong with that is told to whoever reads the environment, and to nobody else: two manifests are
    /// compared without any secret.
    pub reach: Result<Reach, Box<Trouble>>,
    pub tier: Option<Tier>,
    pub manifest: Option<PathBuf>,
    /// Neutral name to the name on this server.
    pub roles: BTreeMap<String, String>,
    pub history: History,
    /// What of its migrations must be recorded.
    pub recorded: Option<Must>,
    /// The role that the application connects as.
    pub application_role: Option<String>,
    /// Lookup tables whose content is compared.
    pub reference: Vec<Pattern>,
    /// Where it is written: `evenkeel.toml:3`.
    pub origin: String,
    /// The same, as a place.
    pub place: Place,
}

impl Environment {
    /// The role that migrations run as, where that is configured and can be told.
    pub fn migration_role(&self) -> Option<&str> {
        self.reach.as_ref().ok()?.migration_role.as_deref()
    }
}

/// Where migrations are recorded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum History {
    /// In the tables of the tools that are recognised.
    #[default]
    Recognised,
    /// In that table, `schema.table`, as well.
    In(String),
    /// Nowhere: what looks like a tool's table is none.
    Nowhere,
}

/// Where an environment is, variables replaced.
#[derive(Debug)]
pub struct Reach {
    /// A URL, or a libpq keyword string; may hold a password, is never shown.
    pub connection: secrecy::SecretString,
    pub replicas: Vec<secrecy::SecretString>,
    pub read_from_replica: bool,
    pub migration_role: Option<String>,
    /// `database.table` that a process on the source writes the time into.
    pub heartbeat: Option<String>,
}

/// What a team has agreed on.
#[derive(Debug, Default)]
pub struct Policy {
    pub ignore: Vec<Waiver>,
    /// Keys of migrations that need not be checked.
    pub accept: Vec<String>,
    pub fail_on: Option<Severity>,
    /// `None`: column order is reported, not compared.
    pub column_order: Option<Severity>,
    /// What faults weigh that both sides share, where somebody has given them a weight: then they close the gate.
    pub shared_faults: Option<Severity>,
}
