//! `evenkeel history ENV`: files, record and schema side by side. Neighbour: `apply`, where a repair is run.

use super::{Outcome, migrations, output};
use crate::args::{Common, CourseName, History};
use crate::folder;
use crate::paint::{self, progress::Line};
use crate::settings::{Environment, History as Recording, Settings};
use crate::{settings, store, wire};
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::history::told::History as Told;
use evenkeel_core::kind::{Dimension, Severity};
use evenkeel_core::patch::{Form, Proof};
use evenkeel_core::port::{Entry, Limits, Run};
use evenkeel_pipeline::capture::Source;
use evenkeel_pipeline::history::{self as stage, DIMENSIONS, Repair, Repairing, Wanted};
use evenkeel_pipeline::replay::Means;
use evenkeel_report::{Found, history as report};
use std::time::Instant;

pub fn run(arguments: &History, common: &Common) -> Outcome {
    if let Some(reason) = &arguments.halt {
        return super::halt::halt(arguments, reason, common);
    }
    if arguments.resume {
        return super::halt::resume(arguments, common);
    }
    if let (Some(_), Err(name)) = (arguments.repair, arguments.format.form()) {
        let trouble = Trouble::new(Class::Usage, format!("a report in {name} has no place for the statements of a repair"));
        let trouble = trouble.expected("terminal, json or markdown").found(name).origin("flag --format");
        return Err(Box::new(trouble.fix("write the report without --repair, and the repair by itself")));
    }
    let started = Instant::now();
    let Heard { history, repaired, bar, shown: named } = heard(arguments, common)?;
    let style = migrations::style(common, arguments.out.is_none());
    let shown = repaired.as_ref().map(Written::shown);
    let bytes = match arguments.format.form() {
        Ok(form) => report::history(&history, shown.as_ref(), form, &style).map_err(|fault| Box::new(migrations::fault_words(&fault)))?,
        Err(name) => {
            let found = Found {
                line: &report::verdict_line(&history),
                exit_code: history.exit_code,
                findings: &history.findings(),
                open: &history.open(),
                dimension: Dimension::History,
                fail_on: bar,
                elapsed: started.elapsed(),
                version: env!("CARGO_PKG_VERSION"),
                command: &format!("evenkeel history {}", named),
            };
            super::report::found(name, &found, &style)?
        }
    };
    output::write(&bytes, arguments.out.as_deref())?;
    if (arguments.out.is_some() || repaired.is_some()) && !common.quiet {
        paint::say!("{}", paint::plain(&report::verdict_line(&history)));
    }
    let Some(repaired) = repaired else { return Ok(history.exit_code) };
    if !common.quiet {
        for line in repaired.words() {
            paint::say!("{}", paint::plain(&line));
        }
    }
    // What is in flight, or could not be seen, may make it wrong before it is run.
    Ok(if !repaired.is_whole() { 1 } else { u8::from(!history.in_flight.is_empty() || !history.gaps.is_empty()) * 2 })
}

/// What came out.
pub struct Heard {
    pub history: Told,
    pub repaired: Option<Written>,
    bar: Severity,
    /// The environment, as it may be typed again.
    shown: String,
}

/// Sets files, record and schema side by side; where a repair is asked for, that too.
///
/// # Errors
/// The environment cannot be read, the folder is nobody's, or no throwaway server can be had.
pub fn heard(arguments: &History, common: &Common) -> Result<Heard, Box<Trouble>> {
    asked(arguments, common, |asked| {
        let Asked { source, wanted, means, run, .. } = asked;
        let (mut history, repair) = match arguments.repair {
            None => (stage::run(source, wanted, means, run)?, None),
            Some(course) => stage::repair(source, wanted, means, run, repairing(arguments, course))?,
        };
        history.notes.extend(asked.name.and_then(|name| unfinished(asked.settings, name)));
        let repaired = repair.map(|repair| Written::of(repair, &history, arguments.allow_destructive)).transpose()?;
        Ok(Heard { history, repaired, bar: asked.wanted.bar, shown: asked.shown.to_owned() })
    })
}

/// How a repair is wanted.
pub(super) fn repairing(arguments: &History, course: CourseName) -> Repairing {
    Repairing { course: course.into(), form: Form { offline: arguments.offline, throwaway: false } }
}

/// Runs from here of which nobody said how they ended, as the journal has them. Where it cannot be read, that is said by whoever needs it.
fn unfinished(settings: &Settings, environment: &str) -> Option<String> {
    let entries = store::open(settings).and_then(|store| store.unfinished(environment));
    let Ok(entries) = entries else {
        // What is judged is the server's state, and no gate is opened by it; but it is said.
        return settings
            .store
            .as_ref()
            .map_or(true, Option::is_some)
            .then(|| "whether a run from here did not end is not known: the store cannot be read".to_owned());
    };
    let words: Vec<String> = entries.iter().map(Entry::unfinished).collect();
    (!words.is_empty()).then(|| format!("{} (evenkeel runs N shows it; what is there was judged from the server)", words.join("; ")))
}

/// Everything that is understood of what was typed.
pub(super) struct Asked<'a> {
    pub source: &'a Source,
    pub wanted: &'a Wanted<'a>,
    pub means: &'a Means<'a>,
    pub run: &'a Run<'a>,
    pub settings: &'a Settings,
    pub common: &'a Common,
    /// Where it is configured.
    pub name: Option<&'a str>,
    /// The environment, as it may be typed again.
    pub shown: &'a str,
}

/// Understands it, and does the work.
pub(super) fn asked<T>(
    arguments: &History,
    common: &Common,
    work: impl FnOnce(&Asked<'_>) -> Result<T, Box<Trouble>>,
) -> Result<T, Box<Trouble>> {
    let loaded = settings::load(common.config.as_deref())?;
    let settings = &loaded.settings;
    let endpoint = wire::endpoint(&arguments.environment, settings, common, &DIMENSIONS)?;
    paint::notes(settings.notes.iter().chain(&endpoint.warnings), common.quiet);
    stage::judged_live(&endpoint.source)?;
    let nowhere = endpoint.configured.filter(|configured| configured.history == Recording::Nowhere);
    if let Some(nowhere) = nowhere {
        paint::notes(&[format!("{} says history = false: what is there decides alone", nowhere.origin)], common.quiet);
    }
    let name = endpoint.configured.map(|_| arguments.environment.as_str());
    let (folders, judged) = folder::all(arguments.migrations.as_deref(), &arguments.reading, name, settings)?;
    if let (Some(_), None, [first, _, ..]) = (arguments.repair, judged, folders.as_slice()) {
        let shown: Vec<String> = folders.iter().map(|one| one.folder.display().to_string()).collect();
        let trouble = Trouble::new(Class::Usage, "a repair is of one folder, and several are configured for this environment");
        let trouble = trouble.expected("the folder that is meant").found(shown.join(", ")).origin("[[project.migrations]]");
        return Err(Box::new(trouble.fix(format!("name it: --migrations {:?}", first.folder.display().to_string()))));
    }
    let committed = endpoint.configured.and_then(|configured| configured.manifest.as_ref()).filter(|path| path.exists());
    let committed = committed.map(|path| evenkeel_pipeline::capture::read(path)).transpose()?;
    let progress = Line::new(common.quiet);
    let run = wire::run(&progress, settings);
    let limits = Limits { statement_timeout: common.statement_timeout, lock_timeout: common.lock_timeout, ..Limits::default() };
    let role = endpoint.configured.and_then(Environment::migration_role);
    let means = Means { folders: &settings.scratch, role, limits };
    let bar = arguments.fail_on.map(Severity::from).or(settings.policy.fail_on).unwrap_or(Severity::Block);
    let wanted =
        Wanted { folders, judged, committed: committed.as_ref(), accepted: &settings.policy.accept, nowhere: nowhere.is_some(), bar };
    // What is written to is judged by itself: a replica may lag.
    let source = if arguments.apply { endpoint.source.on_primary() } else { endpoint.source };
    work(&Asked { source: &source, wanted: &wanted, means: &means, run: &run, settings, common, name, shown: &endpoint.shown })
}

/// A repair, written down.
pub struct Written {
    repair: Repair,
    pub script: String,
    proven_on: Option<String>,
    not_proven: Vec<String>,
    blocks: Vec<Vec<String>>,
    allow_destructive: bool,
}

impl Written {
    pub(super) fn of(repair: Repair, history: &Told, allow_destructive: bool) -> Result<Self, Box<Trouble>> {
        let dialect = wire::engine(history.endpoint.engine).dialect(&history.endpoint)?;
        let script = repair.script(&history.label, &*dialect, allow_destructive);
        let (proven_on, why) = match &repair.proof {
            Proof::Proven { server } => (Some(server.clone()), None),
            Proof::Not { why } => (None, Some(why.clone())),
            Proof::Nothing => (None, None),
        };
        let not_proven = why.into_iter().chain(repair.failed.iter().cloned()).collect();
        let blocks = repair.blocks.iter().map(|block| block.words.clone()).collect();
        Ok(Self { script, proven_on, not_proven, blocks, allow_destructive, repair })
    }

    pub fn is_whole(&self) -> bool {
        self.repair.is_whole(self.allow_destructive)
    }

    pub(super) fn shown(&self) -> report::Repaired<'_> {
        report::Repaired {
            course: self.repair.course,
            is_whole: self.is_whole(),
            proven_on: self.proven_on.as_deref(),
            asked: self.repair.asked.as_deref(),
            not_proven: &self.not_proven,
            blocks: &self.blocks,
            left: &self.repair.left,
            strays: &self.repair.strays,
            script: &self.script,
        }
    }

    /// Statements that are commented out, where that is not allowed for.
    pub(super) fn left_out(&self) -> usize {
        let steps = self.repair.blocks.iter().flat_map(|block| &block.plan.steps).filter(|_| !self.allow_destructive);
        let is_out = |step: &&evenkeel_core::patch::Step| step.held;
        let losing = |step: &evenkeel_core::patch::Step| step.statements.iter().filter(|statement| statement.is_destructive()).count();
        steps.map(|step| if is_out(&step) { step.statements.len() } else { losing(step) }).sum()
    }

    fn words(&self) -> Vec<String> {
        let count = self.repair.statements();
        let statements = if count == 1 { "1 statement".to_owned() } else { format!("{count} statements") };
        let mut words = vec![match (&self.proven_on, count) {
            (Some(server), _) => format!("repair: {statements}, tried on a throwaway {server}"),
            (None, 0) => "repair: no statement".to_owned(),
            (None, _) => format!("repair: {statements}, NOT PROVEN: {}", self.not_proven.join("; ")),
        }];
        words.extend(self.repair.asked.as_ref().map(|asked| format!("repair: {asked}")));
        let left = self.repair.left.len() + self.repair.strays.len();
        if left > 0 {
            words.push(format!("repair: {left} not repaired, each with its reason in the script"));
        }
        words
    }
}
