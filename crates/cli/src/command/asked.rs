//! What was asked for, understood: the second step from arguments to work. Settings are read here, once a run.
//!
//! Lives here: arguments and settings as one value that reporting verbs are handed. Does not live here: the arguments' own shape
//! (`args`), what an endpoint is (`wire`), rendering (`report`).

use super::{dimensions, report};
use crate::args::{Common, Reporting};
use crate::paint;
use crate::settings::{self, Environment, History, Loaded, Settings};
use crate::wire::Endpoint;
use evenkeel_core::compare::Scope;
use evenkeel_core::fault::Trouble;
use evenkeel_core::finding::{Finding, HISTORY_NOWHERE, Origin, Subject};
use evenkeel_core::gate::Tier;
use evenkeel_core::kind::{Dimension, Severity};
use evenkeel_report::Format;
use std::path::PathBuf;
use std::time::Instant;

/// What a reporting verb works with.
pub struct Asked<'a> {
    pub common: &'a Common,
    pub reporting: &'a Reporting,
    pub loaded: Loaded,
    /// Every report that is wanted: its format, and the file it goes to where it is none of stdout.
    pub outputs: Vec<(&'static Format, Option<PathBuf>)>,
    pub dimensions: Vec<Dimension>,
    pub scope: Scope,
    /// The least severity that fails: the flag, else the policy, else `block`.
    pub bar: Severity,
    pub started: Instant,
}

impl<'a> Asked<'a> {
    /// Reads the settings and says what they have to say.
    ///
    /// # Errors
    /// No such format; the configuration cannot be understood.
    pub fn of(reporting: &'a Reporting, common: &'a Common) -> Result<Self, Box<Trouble>> {
        let started = Instant::now();
        let outputs = report::outputs(reporting)?;
        report::only(&reporting.only)?;
        let loaded = settings::load(common.config.as_deref())?;
        paint::notes(&loaded.settings.notes, common.quiet);
        let dimensions = dimensions(&reporting.dimension);
        let policy = &loaded.settings.policy;
        let (scope, bar) = (report::scope(dimensions.clone(), policy), report::bar(reporting, policy));
        Ok(Self { common, reporting, loaded, outputs, dimensions, scope, bar, started })
    }

    pub const fn settings(&self) -> &Settings {
        &self.loaded.settings
    }

    /// What is compared where these environments take part: no history, where one of them has none.
    ///
    /// With what is to be said of that in the report.
    pub fn scope_of<'e>(&self, environments: impl IntoIterator<Item = (&'e str, Option<&'e Environment>)>) -> (Scope, Vec<Finding>) {
        let (mut scope, mut said) = (self.scope.clone(), Vec::new());
        for (name, environment) in environments {
            let Some(environment) = environment.filter(|environment| environment.history == History::Nowhere) else { continue };
            if self.dimensions.contains(&Dimension::History) {
                scope.dimensions.retain(|dimension| *dimension != Dimension::History);
                said.push(nowhere(name, environment));
            }
        }
        (scope, said)
    }

    /// Leaves out what a manifest does not have, where nobody named dimensions; says so.
    pub fn narrow(&self, scope: &mut Scope, endpoint: &Endpoint<'_>) {
        let Some(there) = endpoint.source.dimensions() else { return };
        let before = scope.dimensions.len();
        scope.dimensions.retain(|dimension| there.contains(dimension));
        if scope.dimensions.len() < before {
            let names: Vec<&str> = there.iter().map(|dimension| dimension.name()).collect();
            let note = format!("{} has only {}: nothing else is compared", endpoint.shown, names.join(", "));
            paint::notes(&[note], self.common.quiet);
        }
    }

    /// What the exit code depends on.
    pub fn demanded(&self, tier: Option<Tier>, scope: &Scope) -> Vec<Dimension> {
        let mut demanded = report::demanded(self.reporting, tier);
        // What the configuration says is nowhere a tier does not demand. Whoever asks for it by a flag does.
        if self.reporting.dimension.is_empty() {
            demanded.retain(|dimension| scope.dimensions.contains(dimension) || !self.dimensions.contains(dimension));
        }
        demanded
    }

    /// Whether somebody named what is demanded.
    pub const fn insists(&self, tier: Option<Tier>) -> bool {
        tier.is_some() || !self.reporting.dimension.is_empty()
    }

    /// The flags of this run as they may be typed again.
    pub fn flags(&self) -> String {
        report::flags(self.reporting, self.common)
    }
}

/// The history of that environment is taken out, by its own line of the configuration.
fn nowhere(name: &str, environment: &Environment) -> Finding {
    Finding {
        id: HISTORY_NOWHERE.to_owned(),
        severity: Severity::Inform,
        subject: Subject::Environment { name: name.to_owned() },
        expected: Some("what a migration tool has recorded".to_owned()),
        found: Some("history = false".to_owned()),
        origin: Origin::Written(environment.place.clone()),
        why: "The configuration says that nothing records migrations there: what a tool may have recorded was not looked at.".to_owned(),
        manual: None,
        remedy: None,
    }
}
