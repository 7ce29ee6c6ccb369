//! `evenkeel preflight ENV`: does it have what this build needs?

use super::{Outcome, migrations, output};
use crate::args::{Common, History, Preflight};
use crate::folder;
use crate::paint::{self, progress::Line};
use crate::settings::Environment;
use crate::{settings, signals, store, wire};
use evenkeel_core::fault::Trouble;
use evenkeel_core::history::folder::Newer;
use evenkeel_core::history::verdict::Verdict;
use evenkeel_core::kind::{Dimension, Severity};
use evenkeel_core::port::{Ending, Entry, Limits};
use evenkeel_core::preflight::{Lack, Preflight as Lacking, Query, Ran};
use evenkeel_pipeline::preflight::{self as stage, DIMENSIONS, Wanted};
use evenkeel_pipeline::{capture::Source, migrations as read, queries};
use evenkeel_report::{Found, history as report};
use std::time::Instant;

pub fn run(arguments: &Preflight, common: &Common) -> Outcome {
    let started = Instant::now();
    let (preflight, shown) = asked(arguments, common)?;
    let style = migrations::style(common, arguments.out.is_none());
    let bytes = match arguments.format.form() {
        Ok(form) => report::preflight(&preflight, form, &style).map_err(|fault| Box::new(migrations::fault_words(&fault)))?,
        Err(name) => {
            let found = Found {
                line: &report::preflight_line(&preflight),
                exit_code: preflight.exit_code(),
                findings: &preflight.findings(),
                open: &preflight.open(),
                dimension: Dimension::Schema,
                fail_on: Severity::Block,
                elapsed: started.elapsed(),
                version: env!("CARGO_PKG_VERSION"),
                command: &format!("evenkeel preflight {}", shown),
            };
            super::report::found(name, &found, &style)?
        }
    };
    output::write(&bytes, arguments.out.as_deref())?;
    if arguments.out.is_some() && !common.quiet {
        paint::say!("{}", paint::plain(&report::preflight_line(&preflight)));
    }
    Ok(preflight.exit_code())
}

/// What the target lacks, and the target as it may be typed again.
///
/// # Errors
/// It cannot be read, or what is expected of it.
pub fn asked(arguments: &Preflight, common: &Common) -> Result<(Lacking, String), Box<Trouble>> {
    let loaded = settings::load(common.config.as_deref())?;
    let settings = &loaded.settings;
    // Objects alone need no more than a manifest has.
    let endpoint = wire::endpoint(&arguments.environment, settings, common, &DIMENSIONS)?;
    let expected = arguments.expect.as_deref().map(|text| wire::endpoint(text, settings, common, &[Dimension::Schema, Dimension::History]));
    let mut expected = expected.transpose()?;
    if let Some(expected) = &mut expected {
        expected.source.beside(endpoint.configured.and_then(Environment::migration_role));
    }
    paint::notes(settings.notes.iter().chain(&endpoint.warnings), common.quiet);
    let progress = Line::new(common.quiet);
    let run = wire::run(&progress, settings);
    // Files are cut as the server's clients cut them.
    let grammar = match &endpoint.source {
        Source::Live { environment, .. } | Source::Split { primary: environment, .. } => {
            wire::engine(environment.vendor(&run.watch)?).grammar()?
        }
        _ => wire::usual_grammar()?,
    };
    let limits = Limits { statement_timeout: common.statement_timeout, lock_timeout: common.lock_timeout, ..Limits::default() };
    let (asked, hidden) = queries(&arguments.queries, &Asking { settings, common, grammar, limits: &limits }, &run)?;
    let name = endpoint.configured.map(|_| arguments.environment.as_str());
    // A folder that is named must be there; one that may be found helps.
    let wanted = folder::wanted(arguments.migrations.as_deref(), &arguments.reading, name, settings);
    let found = match (wanted, arguments.migrations.is_some()) {
        (Ok(wanted), _) => Some(read::read(&wanted, grammar, signals::stop())?),
        (Err(trouble), true) => return Err(trouble),
        (Err(_), false) => from_replay(expected.as_ref().map(|expected| &expected.source), grammar)?,
    };
    let role = arguments.role.as_deref().or_else(|| endpoint.configured.and_then(|configured| configured.application_role.as_deref()));
    let kept = store::found(settings);
    // One without a name may be halted or locked by whoever has one for it: that stands in the environment itself.
    let locked = Some(store::locked(&kept, name.unwrap_or(endpoint.source.label()))).transpose();
    let wanted = Wanted {
        expected: expected.as_ref().map(|expected| &expected.source),
        queries: &asked,
        role,
        migrations: found.as_ref(),
        limits,
        locked: locked.as_ref().ok().and_then(Option::as_ref),
        is_halted: name.is_some_and(|name| matches!(store::halted(&kept, name), Ok(Some(_)))),
    };
    let mut preflight = stage::run(&endpoint.source, &wanted, &run)?;
    preflight.gaps.extend(hidden);
    preflight.gaps.extend(locked.err().map(|trouble| format!("whether it is locked is not known: {trouble}")));
    name.iter().for_each(|_| store::say_where(&kept));
    if let Some(artifact) = &arguments.artifact {
        ran(artifact, (arguments, common), (found.as_ref(), name, settings), &mut preflight)?;
    }
    match name.map(|name| store::halted(&kept, name)).transpose() {
        Ok(halt) => preflight.lacks.extend(halt.flatten().map(|halt| Lack::of(halt.words()))),
        Err(trouble) => preflight.gaps.push(format!("whether it is halted is not known: {trouble}")),
    }
    drop(progress);
    Ok((preflight, endpoint.shown.clone()))
}

/// What it takes to read queries.
pub struct Asking<'a> {
    pub settings: &'a settings::Settings,
    pub common: &'a Common,
    pub grammar: &'a dyn evenkeel_core::statement::Grammar,
    pub limits: &'a Limits,
}

/// Queries of files, folders and servers' statistics; and what could not be seen of them.
///
/// # Errors
/// One cannot be read, or there is no query in it.
pub fn queries(
    paths: &[std::path::PathBuf],
    asking: &Asking<'_>,
    run: &evenkeel_core::port::Run<'_>,
) -> Result<(Vec<Query>, Vec<String>), Box<Trouble>> {
    let (mut asked, mut hidden) = (Vec::new(), Vec::new());
    for path in paths {
        if let Some((shown, environment)) = statistics(path) {
            let other = wire::live(environment, asking.settings, asking.common, &[])?;
            let (queries, unseen) = queries::noticed(&other.source, &shown, (asking.grammar, asking.limits), &run.watch)?;
            asked.extend(queries);
            hidden.extend(unseen.into_iter().map(|what| format!("{shown}: {what}")));
            continue;
        }
        asked.extend(queries::read(path, asking.grammar, signals::stop())?);
    }
    Ok((asked, hidden))
}

/// Whether the artifact ran there: its files are here, and record and effect are there. What nobody can tell is a gap.
fn ran(
    artifact: &str,
    (arguments, common): (&Preflight, &Common),
    (found, name, settings): (Option<&read::Migrations>, Option<&str>, &settings::Settings),
    preflight: &mut Lacking,
) -> Result<(), Box<Trouble>> {
    // Where nobody can read the journal, record and effect still tell.
    let runs = name.map_or(Ok(Vec::new()), |name| store::open(settings).and_then(|store| store.runs(Some(name), u32::MAX)));
    let runs = runs.unwrap_or_default();
    // What was taken back since is brought by nobody.
    let is_back =
        |entry: &Entry| entry.intention.verb == "rollback" && entry.ended.as_ref().is_none_or(|ended| ended.ending != Ending::Refused);
    preflight.ran = runs.iter().take_while(|entry| !is_back(entry)).find_map(|entry| brought(entry, artifact));
    let here = found.map(read::Migrations::digest);
    let Some(folder) = found.filter(|_| here.as_deref() == Some(artifact)).map(|found| &found.folder) else {
        let has = here.map_or_else(|| "no folder of migrations was found here".to_owned(), |here| format!("the folder here is {here}"));
        let known = preflight.ran.as_ref();
        let known = known.map(|ran| format!("; run {} was of it, whose effect nobody can look for without its files", ran.number));
        preflight.gaps.push(format!("whether {artifact} ran there is not known: {has}{}", known.unwrap_or_default()));
        return Ok(());
    };
    let asked = History {
        environment: arguments.environment.clone(),
        migrations: arguments.migrations.clone(),
        reading: arguments.reading.clone(),
        ..History::plain()
    };
    let told = super::history::heard(&asked, common)?.history;
    preflight.migrations = told.migrations.iter().filter(|entry| entry.judged.verdict != Verdict::UnknownVersion).count();
    for entry in &told.migrations {
        let judged = &entry.judged;
        match judged.verdict {
            Verdict::Applied | Verdict::Superseded => {}
            Verdict::NotCheckable if judged.accepted => {}
            Verdict::NotCheckable => preflight.gaps.extend(entry.gap()),
            // No migration of this artifact, and its tool has to live with it.
            Verdict::UnknownVersion => {
                let beside = format!("{} is recorded there, and this artifact has no file of it", judged.key);
                match folder.newer {
                    Newer::Passes => {}
                    Newer::Refuses => preflight.lacks.push(Lack::of(format!("{} refuses to start: {beside}", folder.tool))),
                    Newer::Unknown => preflight.gaps.push(format!("whether {} starts is not known: {beside}", folder.tool)),
                }
            }
            verdict => {
                let why = judged.why.as_ref().map(|why| format!(" ({why})")).unwrap_or_default();
                let mut lack = Lack::of(format!("migration {} of the artifact is {} there{why}", judged.key, verdict.name()));
                lack.migration = Some(judged.key.clone());
                lack.recorded = entry.recorded.as_ref().map(|recorded| recorded.state.name().to_owned());
                preflight.lacks.push(lack);
            }
        }
    }
    preflight.gaps.extend(told.gaps);
    preflight.gaps.extend(told.in_flight.into_iter().map(|line| format!("in flight: {line}")));
    Ok(())
}

/// The run, where it brought the artifact there.
fn brought(entry: &Entry, artifact: &str) -> Option<Ran> {
    let Entry { number, intention, ended, .. } = entry;
    let is_it = intention.verb == "deploy" && intention.artifact.as_deref() == Some(artifact);
    let ended = ended.as_ref().filter(|ended| is_it && ended.ending == Ending::Done)?;
    Some(Ran { number: *number, ended: ended.at.clone(), by: intention.by.clone() })
}

/// What says that queries are those that a server has seen, before the environment's name.
const STATISTICS: [&str; 2] = ["pg_stat_statements", "digest"];

/// The environment whose statistics are meant, and how that is shown: a URL is not, for its password.
fn statistics(path: &std::path::Path) -> Option<(String, &str)> {
    let (word, environment) = path.to_str()?.split_once(':')?;
    let is_url = environment.contains("://") || environment.contains('=');
    let shown = if is_url { word.to_owned() } else { format!("{word}:{environment}") };
    (STATISTICS.contains(&word) && !path.exists()).then_some((shown, environment))
}

/// The files that are expected to have run say who makes what, too.
fn from_replay(
    expected: Option<&Source>,
    grammar: &dyn evenkeel_core::statement::Grammar,
) -> Result<Option<read::Migrations>, Box<Trouble>> {
    match expected {
        Some(Source::Replay(replayed)) => read::read(&replayed.wanted, grammar, signals::stop()).map(Some),
        _ => Ok(None),
    }
}
