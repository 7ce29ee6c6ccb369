//! `evenkeel history ENV`: files, record and schema side by side.

use super::{Outcome, migrations, output};
use crate::args::{Common, History};
use crate::folder;
use crate::paint::{self, progress::Line};
use crate::settings::{Environment, History as Recording};
use crate::{settings, wire};
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::history::told::History as Told;
use evenkeel_core::kind::{Dimension, Severity};
use evenkeel_core::patch::{Form, Proof};
use evenkeel_core::port::Limits;
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
    let named_folder = folder::wanted(arguments.migrations.as_deref(), &arguments.reading, name, settings)?;
    let committed = endpoint.configured.and_then(|configured| configured.manifest.as_ref()).filter(|path| path.exists());
    let committed = committed.map(|path| evenkeel_pipeline::capture::read(path)).transpose()?;
    let progress = Line::new(common.quiet);
    let run = wire::run(&progress, settings);
    let limits = Limits { statement_timeout: common.statement_timeout, lock_timeout: common.lock_timeout, ..Limits::default() };
    let role = endpoint.configured.and_then(Environment::migration_role);
    let means = Means { folders: &settings.scratch, role, limits };
    let bar = arguments.fail_on.map(Severity::from).or(settings.policy.fail_on).unwrap_or(Severity::Block);
    let wanted = Wanted {
        migrations: named_folder,
        committed: committed.as_ref(),
        accepted: &settings.policy.accept,
        nowhere: nowhere.is_some(),
        bar,
    };
    let (history, repair) = match arguments.repair {
        None => (stage::run(&endpoint.source, &wanted, &means, &run)?, None),
        Some(course) => {
            let form = Form { offline: arguments.offline, throwaway: false };
            stage::repair(&endpoint.source, &wanted, &means, &run, Repairing { course: course.into(), form })?
        }
    };
    drop(progress);
    let repaired = repair.map(|repair| Written::of(repair, &history, arguments.allow_destructive)).transpose()?;
    Ok(Heard { history, repaired, bar, shown: endpoint.shown.clone() })
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
    fn of(repair: Repair, history: &Told, allow_destructive: bool) -> Result<Self, Box<Trouble>> {
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

    fn shown(&self) -> report::Repaired<'_> {
        report::Repaired {
            course: self.repair.course,
            is_whole: self.is_whole(),
            proven_on: self.proven_on.as_deref(),
            not_proven: &self.not_proven,
            blocks: &self.blocks,
            left: &self.repair.left,
            strays: &self.repair.strays,
            script: &self.script,
        }
    }

    fn words(&self) -> Vec<String> {
        let count = self.repair.statements();
        let mut words = vec![match (&self.proven_on, count) {
            (Some(server), _) => format!("repair: {count} statements, tried on a throwaway {server}"),
            (None, 0) => "repair: no statement".to_owned(),
            (None, _) => format!("repair: {count} statements, NOT PROVEN: {}", self.not_proven.join("; ")),
        }];
        let left = self.repair.left.len() + self.repair.strays.len();
        if left > 0 {
            words.push(format!("repair: {left} not repaired, each with its reason in the script"));
        }
        words
    }
}
