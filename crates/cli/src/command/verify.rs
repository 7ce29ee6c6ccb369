//! `evenkeel verify ENV`: whether what was deployed is as it was rehearsed. Neighbour: `deploy`, which brings it there.

use super::history::asked;
use super::notify::Told;
use super::{Outcome, deploy, migrations, output};
use crate::args::{Common, History, Verify};
use crate::settings::Settings;
use crate::{paint, settings, store, wire};
use evenkeel_core::evidence::{Now, faults};
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::kind::Dimension;
use evenkeel_core::port::{Limits, Verification};
use evenkeel_pipeline::capture;
use evenkeel_pipeline::deploy::Proof;
use evenkeel_pipeline::dual::{self as stage_dual, Dual};
use evenkeel_pipeline::history as stage;
use evenkeel_pipeline::verify::{self, DIMENSIONS, Wanted};
use evenkeel_report::deployment as report;
use evenkeel_report::history::Form;

pub fn run(arguments: &Verify, common: &Common) -> Outcome {
    let Ok(form) = arguments.reported.format.form() else {
        let trouble = Trouble::new(Class::Usage, "such a report has no place for what was verified").origin("flag --format");
        return Err(Box::new(trouble.expected("terminal, json or markdown").fix("leave --format out")));
    };
    let loaded = settings::load(common.config.as_deref())?;
    let settings = &loaded.settings;
    let typed = arguments.environment.as_str();
    if let Some(named) = &arguments.dual {
        return dual(named, arguments, form, settings, common);
    }
    let store = store::open(settings)?;
    let hooks = Told::of("verify", &paint::scrub(typed), settings)?;
    let question = History {
        environment: typed.to_owned(),
        migrations: arguments.reported.migrations.clone(),
        reading: arguments.reported.reading.clone(),
        ..History::plain()
    };
    let history = match asked(&question, common, |asked| stage::run(asked.source, asked.wanted, asked.means, asked.run)) {
        Ok(history) => Ok(history),
        Err(trouble) if matches!(trouble.class, Class::Interrupted | Class::Usage) => return Err(trouble),
        Err(trouble) => Err(trouble.to_string()),
    };
    let endpoint = wire::endpoint(typed, settings, common, &DIMENSIONS)?;
    let against = arguments.against.as_deref().map(|name| wire::endpoint(name, settings, common, &[Dimension::Schema]));
    let against = against.transpose()?;
    let progress = paint::progress::Line::new(common.quiet);
    let run = wire::run(&progress, settings);
    let now = capture::manifest(&endpoint.source, &run)?;
    let own = if arguments.reported.evidence.is_none() { deploy::deployed_by(typed, settings, &*store, &now)? } else { None };
    let last = || deploy::evidenced(typed, arguments.reported.evidence.as_deref(), settings, &*store);
    let proof = vouched(own.map_or_else(last, Ok)?, settings);
    let limits = Limits { statement_timeout: common.statement_timeout, lock_timeout: common.lock_timeout, ..Limits::default() };
    let wanted = Wanted {
        environment: typed,
        proof: &proof,
        history,
        against: against.as_ref().map(|other| (other.shown.as_str(), &other.source)),
        queries: &settings.verify,
        limits,
    };
    let digest = evenkeel_core::evidence::schema(&now);
    let verified = verify::run(&endpoint.source, now, &wanted, &run).map_err(|trouble| hooks.failed(trouble))?;
    drop(progress);
    if endpoint.configured.is_some() && verified.exit_code() != 2 {
        let (at, by, words) = (store::now().to_string(), store::user(), report::verified_line(&verified));
        let noted = Verification { environment: typed.to_owned(), at, by, holds: verified.exit_code() == 0, digest, words };
        // What was found stands, kept or not.
        if let Err(trouble) = store.note(&noted) {
            paint::say!(
                "note: that it was verified is not kept, and evenkeel status does not know it: {}",
                paint::plain(&trouble.to_string())
            );
        }
    }
    let style = migrations::style(common, arguments.reported.out.is_none());
    let bytes = report::verified(&verified, form, &style).map_err(|fault| Box::new(migrations::fault_words(&fault)))?;
    let written = output::write(&bytes, arguments.reported.out.as_deref());
    if arguments.reported.out.is_some() && !common.quiet {
        paint::say!("{}", paint::plain(&report::verified_line(&verified)));
    }
    hooks.tell(&report::verified_line(&verified), verified.exit_code(), None);
    written?;
    Ok(verified.exit_code())
}

/// Whether what is old and what is new agree: of the one that is named, or of all.
fn dual(named: &str, arguments: &Verify, form: Form, settings: &Settings, common: &Common) -> Outcome {
    let duals: Vec<&Dual> = settings.dual.values().filter(|dual| named.is_empty() || dual.name == named).collect();
    if duals.is_empty() {
        let names: Vec<&str> = settings.dual.keys().map(String::as_str).collect();
        let expected = if names.is_empty() { "[dual.NAME] in evenkeel.toml; there is none".to_owned() } else { names.join(", ") };
        let trouble = Trouble::new(Class::Usage, "nothing of that name is declared as old and new").expected(expected);
        return Err(Box::new(trouble.found(paint::scrub(named)).origin("flag --dual").fix("docs/guide/backfill.md has examples")));
    }
    let endpoint = wire::endpoint(&arguments.environment, settings, common, &stage_dual::DIMENSIONS)?;
    let hooks = Told::of("verify", &paint::scrub(&arguments.environment), settings)?;
    let progress = paint::progress::Line::new(common.quiet);
    let run = wire::run(&progress, settings);
    let limits = Limits { statement_timeout: common.statement_timeout, lock_timeout: common.lock_timeout, ..Limits::default() };
    let verified =
        stage_dual::run(&endpoint.source, &arguments.environment, &duals, &limits, &run).map_err(|trouble| hooks.failed(trouble))?;
    drop(progress);
    let style = migrations::style(common, arguments.reported.out.is_none());
    let bytes = report::verified(&verified, form, &style).map_err(|fault| Box::new(migrations::fault_words(&fault)))?;
    let written = output::write(&bytes, arguments.reported.out.as_deref());
    hooks.tell(&report::verified_line(&verified), verified.exit_code(), None);
    written?;
    Ok(verified.exit_code())
}

/// Evidence that nobody vouches for, or of another environment, is none.
fn vouched(proof: Proof, settings: &Settings) -> Proof {
    let Proof::Evidence(statement, seal) = proof else { return proof };
    // Files may have changed since, and the schema has; who signed it counts, and that it earned its word.
    let files = statement.subject.iter().filter_map(|subject| Some((subject.name.clone(), subject.digest.get("sha256")?.clone())));
    let now = Now {
        files: files.collect(),
        baseline: Some(statement.predicate.baseline.clone()),
        unsigned: settings.unsigned,
        has_keys: !settings.keys.is_empty(),
        // It was taken so when it was deployed.
        accepts_locks: true,
        ..Now::default()
    };
    let (faults, open) = faults(&statement, &seal, &now);
    match faults.into_iter().chain(open).next() {
        Some(why) => Proof::None(format!("the evidence does not hold: {why}")),
        None => Proof::Evidence(statement, seal),
    }
}
