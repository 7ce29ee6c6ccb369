//! What is asked before a stage of traffic, by name and configuration. Neighbours: `gate`, `listen` and `rollout`, who ask it.

use crate::args::Common;
use crate::settings::Settings;
use crate::store;
use crate::wire::{self, Endpoint};
use evenkeel_adapters::Prometheus;
use evenkeel_core::deployment::Windows;
use evenkeel_core::fault::Trouble;
use evenkeel_core::gate::Tier;
use evenkeel_core::port::{Limits, Metrics, Store};
use evenkeel_pipeline::breakers::Plan;
use evenkeel_pipeline::gate::{DIMENSIONS, Question};

/// What is asked of an environment, whole.
pub struct Asked<'a> {
    pub name: &'a str,
    pub endpoint: Endpoint<'a>,
    pub plan: Plan,
    prometheus: Option<Prometheus>,
    windows: Option<Windows>,
    holder: String,
    pub limits: Limits,
}

impl<'a> Asked<'a> {
    /// By the name under which it is configured: what is kept of it is kept under that.
    ///
    /// # Errors
    /// There is none of that name; it says not where it is, or whom to ask.
    pub fn of(typed: &str, settings: &'a Settings, common: &Common) -> Result<Self, Box<Trouble>> {
        let (name, configured) = wire::by_name(typed, settings, "add it to evenkeel.toml, and type its name")?;
        let endpoint = wire::live(name, settings, common, &DIMENSIONS)?;
        let named = configured.reach.as_ref().ok().map(|reach| reach.replicas.len()).filter(|count| *count > 0);
        let plan = settings.breakers.plan.clone();
        let plan = Plan { replicas: plan.replicas.max(named), ..plan };
        let prometheus = settings.breakers.prometheus.clone().filter(|_| !plan.queries.is_empty()).transpose()?;
        let windows = (configured.tier != Some(Tier::Dev)).then_some(settings.windows);
        let limits = Limits { statement_timeout: common.statement_timeout, lock_timeout: common.lock_timeout, ..Limits::default() };
        Ok(Self { name, endpoint, plan, prometheus, windows, holder: store::holder(), limits })
    }

    /// The same for the stage; `own` is the run that asks.
    pub fn question<'q>(&'q self, store: &'q dyn Store, own: Option<u32>) -> Question<'q> {
        Question {
            store,
            environment: self.name,
            holder: &self.holder,
            is_there: &store::is_there,
            now: &store::now,
            windows: self.windows,
            limits: self.limits,
            plan: &self.plan,
            metrics: self.prometheus.as_ref().map(|one| one as &dyn Metrics),
            own,
        }
    }
}
