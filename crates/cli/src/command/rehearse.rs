//! `evenkeel rehearse`: the pending release on a throwaway server that is like its target. Neighbour: `in_place`, for where else.

use super::notify::Told;
use super::preflight::Asking;
use super::{Outcome, migrations, output};
use crate::args::{Common, Rehearse};
use crate::folder;
use crate::paint::{self, progress::Line};
use crate::settings::Environment;
use crate::{settings, signals, wire};
use evenkeel_core::estimate::SIZES;
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::kind::{Dimension, Severity};
use evenkeel_core::port::Limits;
use evenkeel_core::port::Run;
use evenkeel_core::preflight::Query;
use evenkeel_core::rehearsal::{Limits as Demanded, Part, Rehearsal, time};
use evenkeel_pipeline::capture::{self, Source};
use evenkeel_pipeline::dual;
use evenkeel_pipeline::rehearse::{self as stage, Amount, DIMENSIONS, Questions, Wanted, Workload};
use evenkeel_pipeline::replay::Means;
use evenkeel_report::{Found, rehearsal as report};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

pub fn run(arguments: &Rehearse, common: &Common) -> Outcome {
    let started = Instant::now();
    let hooks = Told::of("rehearse", &paint::scrub(&arguments.target), &settings::load(common.config.as_deref())?.settings)?;
    let bound = arguments.within.map(Bound::of);
    let told = rehearsed(arguments, common);
    let told = match bound {
        Some(bound) => bound.ended(told),
        None => told,
    };
    let (rehearsal, demanded) = told.map_err(|trouble| hooks.failed(trouble))?;
    super::evidence::write(arguments, &rehearsal, &demanded, common)?;
    let style = migrations::style(common, arguments.out.is_none());
    let line = report::verdict_line(&rehearsal);
    let bytes = match arguments.format.form() {
        Ok(form) => report::rehearsal(&rehearsal, form, &style).map_err(|fault| Box::new(migrations::fault_words(&fault)))?,
        Err("html") => {
            let version = env!("CARGO_PKG_VERSION");
            report::page(&rehearsal, &command(arguments, &rehearsal), version).map_err(|fault| Box::new(migrations::fault_words(&fault)))?
        }
        Err(name) => {
            let found = Found {
                line: &line,
                exit_code: rehearsal.exit_code(),
                findings: &rehearsal.findings(),
                open: &rehearsal.open(),
                dimension: Dimension::Schema,
                fail_on: Severity::Block,
                elapsed: started.elapsed(),
                version: env!("CARGO_PKG_VERSION"),
                command: &command(arguments, &rehearsal),
            };
            super::report::found(name, &found, &style)?
        }
    };
    let written = output::write(&bytes, arguments.out.as_deref());
    if arguments.out.is_some() && !common.quiet {
        paint::say!("{}", paint::plain(&line));
    }
    hooks.tell(&line, rehearsal.exit_code(), None);
    written?;
    Ok(rehearsal.exit_code())
}

/// Asks for the end of everything once a time is over.
struct Bound {
    within: Duration,
    over: Arc<AtomicBool>,
    /// Whoever waits for it to close does so no longer.
    _open: Sender<()>,
}

impl Bound {
    fn of(within: Duration) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let (open, closed) = channel::<()>();
        let told = Arc::clone(&over);
        std::thread::spawn(move || {
            if closed.recv_timeout(within) == Err(RecvTimeoutError::Timeout) {
                told.store(true, Ordering::SeqCst);
                signals::stop().request();
            }
        });
        Self { within, over, _open: open }
    }

    /// What was interrupted because of it is told as that.
    fn ended<T>(self, told: Result<T, Box<Trouble>>) -> Result<T, Box<Trouble>> {
        told.map_err(|trouble| {
            if trouble.class != Class::Interrupted || !self.over.load(Ordering::SeqCst) {
                return trouble;
            }
            let late = Trouble::new(Class::CouldNotTell, "the rehearsal was ended before it was over");
            let late = late.expected(format!("it takes {} at most", time(self.within))).found("it took longer").origin("flag --within");
            Box::new(late.fix("give it more time, fewer rows (--rows), or fewer parts (--only); nothing of it is left"))
        })
    }
}

/// What makes the same report again.
fn command(arguments: &Rehearse, rehearsal: &Rehearsal) -> String {
    let quoted = |path: &std::path::Path| crate::paint::shell::quoted(&path.display().to_string());
    let mut words = vec!["evenkeel rehearse".to_owned()];
    words.extend(arguments.files.iter().map(|file| quoted(file)));
    words.push(format!("--for {}", crate::paint::shell::quoted(&rehearsal.target)));
    if arguments.on != super::in_place::SCRATCH {
        words.push(format!("--on {} --and scratch", crate::paint::shell::quoted(&arguments.on)));
    }
    if !arguments.rows.is_empty() {
        let rows: Vec<String> = arguments.rows.iter().map(|amount| amount.to_string().replace(" %", "%").replace(" rows", "")).collect();
        words.push(format!("--rows {}", rows.join(",")));
    }
    words.extend(arguments.dump.iter().map(|path| format!("--dump {}", quoted(path))));
    words.extend(arguments.data.iter().map(|name| format!("--data {}", crate::paint::shell::quoted(name))));
    words.extend(arguments.queries.iter().map(|path| format!("--queries {}", quoted(path))));
    words.extend(
        arguments
            .workload
            .iter()
            .map(|path| format!("--workload {}", quoted(std::path::Path::new(&paint::scrub(&path.to_string_lossy()))))),
    );
    words.extend(arguments.long_transaction.map(|time| format!("--long-transaction {}ms", time.as_millis())));
    words.extend(arguments.replica.then(|| "--replica".to_owned()));
    words.extend(arguments.next.iter().map(|path| format!("--next {}", quoted(path))));
    words.join(" ")
}

/// Rehearses.
///
/// # Errors
/// The target cannot be read, what is pending is not known, or no throwaway server can be had.
pub fn rehearsed(arguments: &Rehearse, common: &Common) -> Result<(Rehearsal, Demanded), Box<Trouble>> {
    let loaded = settings::load(common.config.as_deref())?;
    let settings = &loaded.settings;
    one_source(arguments)?;
    let prepared = super::in_place::wanted(arguments, settings, common)?;
    let data = arguments.data.as_deref().map(|typed| super::in_place::readable(typed, settings, common)).transpose()?;
    let endpoint = wire::endpoint(&arguments.target, settings, common, &DIMENSIONS)?;
    let expected = arguments.expect.as_deref().map(|text| wire::endpoint(text, settings, common, &[Dimension::Schema]));
    let expected = expected.transpose()?;
    paint::notes(settings.notes.iter().chain(&endpoint.warnings), common.quiet);
    let progress = Line::new(common.quiet);
    let run = wire::run(&progress, settings);
    let target = capture::manifest(&endpoint.source, &run)?;
    let grammar = wire::engine(target.endpoint.engine).grammar()?;
    let name = endpoint.configured.map(|_| arguments.target.as_str());
    let folder = folder::wanted(arguments.migrations.as_deref(), &arguments.reading, name, settings);
    // Files that are named need no folder; one that is there says how its tool runs them.
    let read = match (folder, arguments.files.is_empty() || arguments.migrations.is_some()) {
        (Ok(wanted), _) => Some(stage::read(&wanted, &target, grammar, signals::stop())?),
        (Err(trouble), true) => return Err(trouble),
        (Err(_), false) => None,
    };
    let mut release = match &read {
        Some(read) if arguments.files.is_empty() => stage::pending(&target, endpoint.source.label(), read)?,
        read => stage::named(&arguments.files, read.as_ref(), grammar, signals::stop())?,
    };
    release.old = dual::leaving(settings.dual.values(), &release.cuts);
    // No application uses what was put aside.
    release.old.extend(target.deferred().map(|one| one.display()));
    let dump = arguments.dump.as_deref().map(|path| stage::Dump::read(path, target.endpoint.engine, grammar)).transpose()?;
    let sizes = sizes(arguments)?;
    let has_sizes = sizes.len() >= SIZES;
    let has_queries = !(arguments.queries.is_empty() && arguments.next.is_empty());
    let is_given = |part: Part| match part {
        Part::Estimate => has_sizes,
        Part::Compatibility => has_queries,
        Part::Lag => arguments.replica,
        _ => false,
    };
    let mut parts: Vec<Part> = match arguments.only.as_slice() {
        [] => Part::ALL.into_iter().filter(|part| part.is_usual() || is_given(*part)).collect(),
        only => only.iter().map(|name| Part::from(*name)).collect(),
    };
    if parts.contains(&Part::Compatibility) && !has_queries {
        let trouble = Trouble::new(Class::Usage, "nothing is known that the application asks").expected("its queries");
        return Err(Box::new(
            trouble.found("none").origin("flag --only").fix("--queries PATH: a folder of SQL, sqlx's folder, pg_stat_statements:ENV"),
        ));
    }
    if parts.contains(&Part::Lag) != arguments.replica {
        let trouble = Trouble::new(Class::Usage, "how far behind a replica is needs a replica, and a replica is for that alone");
        let found = if arguments.replica { "--replica, and --only without lag" } else { "--only lag, and no --replica" };
        return Err(Box::new(
            trouble.expected("both or none").found(found).origin("flag --only").fix("--replica --only lag, or none of both"),
        ));
    }
    if parts.contains(&Part::Estimate) && !has_sizes {
        let trouble = Trouble::new(Class::Usage, "nothing can be estimated").expected(format!("{SIZES} sizes at least"));
        return Err(Box::new(trouble.found(format!("{}", sizes.len())).origin("flag --rows").fix("--rows 1%,3%,10%")));
    }
    let probed = match (&endpoint.source, arguments.probe) {
        (Source::Live { environment, .. } | Source::Split { primary: environment, .. }, true) => Some(&**environment),
        (_, true) => {
            let trouble = Trouble::new(Class::Usage, "how fast the target computes cannot be asked").expected("an environment or a URL");
            return Err(Box::new(
                trouble.found(endpoint.source.label()).origin("flag --probe").fix("leave --probe out: equal hardware is assumed then"),
            ));
        }
        (_, false) => None,
    };
    parts.sort_unstable();
    parts.dedup();
    let expected = expected.map(|expected| capture::manifest(&expected.source, &run)).transpose()?;
    let role = endpoint.configured.and_then(Environment::migration_role);
    let application = endpoint.configured.and_then(|one| one.application_role.as_deref());
    let limits = Limits { statement_timeout: common.statement_timeout, lock_timeout: common.lock_timeout, ..Limits::default() };
    let means = Means { folders: &settings.scratch, role, limits };
    let label = name.unwrap_or_else(|| endpoint.source.label()).to_owned();
    let demanded = settings.demanded(endpoint.configured.and_then(|one| one.tier));
    let asking = Asking { settings, common, grammar, limits: &limits };
    let (running, mut hidden) = super::preflight::queries(&arguments.queries, &asking, &run)?;
    let (next, unseen) = super::preflight::queries(&arguments.next, &asking, &run)?;
    hidden.extend(unseen);
    let asks = workload(arguments, &parts, &asking, &run)?;
    hidden.extend(asks.iter().flat_map(|(_, _, hidden)| hidden.clone()));
    let beside = Workload {
        synthetic: arguments.workload.is_empty() || arguments.workload.iter().any(|path| is_synthetic(path)),
        own: asks.iter().map(|(source, queries, _)| (source.clone(), queries.as_slice())).collect(),
        lasting: arguments.long_transaction,
    };
    let site = prepared.as_ref().map(|prepared| prepared.ready(read.as_ref(), &demanded));
    let questions = Questions { running: &running, next: &next, role: application };
    let wanted = Wanted {
        label: &label,
        parts,
        limits: demanded.clone(),
        expected: expected.as_ref(),
        sizes,
        probed,
        questions,
        workload: beside,
        dump: dump.as_ref(),
        data: data.as_ref().map(|allowed| stage::Data { name: allowed.name, source: &allowed.source }),
        site: site.as_ref().map(super::in_place::Ready::site),
    };
    let mut rehearsal = stage::run(&target, &release, &wanted, &means, &run)?;
    if let (Some(prepared), None) = (&prepared, arguments.and) {
        rehearsal.notes.push(prepared.words());
    }
    rehearsal.gaps.extend(hidden);
    drop(progress);
    Ok((rehearsal, demanded))
}

/// The word for requests that follow from the schema.
const SYNTHETIC: &str = "synthetic";

fn is_synthetic(path: &std::path::Path) -> bool {
    path.as_os_str() == SYNTHETIC && !path.exists()
}

/// What clients ask: where it comes from, the queries, and what of them is hidden.
type Asks = Vec<(String, Vec<Query>, Vec<String>)>;

/// What clients are to ask besides what follows from the schema.
fn workload(arguments: &Rehearse, parts: &[Part], asking: &Asking<'_>, run: &Run<'_>) -> Result<Asks, Box<Trouble>> {
    let given = if arguments.workload.is_empty() { "--long-transaction" } else { "--workload" };
    if (!arguments.workload.is_empty() || arguments.long_transaction.is_some()) && !parts.contains(&Part::Load) {
        let trouble = Trouble::new(Class::Usage, format!("{given} is for clients beside the release")).expected("load among the parts");
        return Err(Box::new(trouble.found("--only leaves it out").origin("flag --only").fix("--only load, or none of both")));
    }
    let own = arguments.workload.iter().filter(|path| !is_synthetic(path));
    own.map(|path| {
        let (queries, hidden) = super::preflight::queries(std::slice::from_ref(path), asking, run)?;
        Ok((paint::scrub(&path.display().to_string()), queries, hidden))
    })
    .collect()
}

/// Rows are all that an environment has, or made up. A part of what it has would leave out the rows that a release fails on (the second of
/// two that are the same, the one that is NULL) and seem to say that there are none; and it is no part of the target's, of which estimates
/// are made.
fn one_source(arguments: &Rehearse) -> Result<(), Box<Trouble>> {
    let (Some(data), false) = (&arguments.data, arguments.rows.is_empty()) else { return Ok(()) };
    let sizes: Vec<String> = arguments.rows.iter().map(|amount| amount.to_string().replace(" %", "%").replace(" rows", "")).collect();
    let (data, sizes) = (crate::paint::shell::quoted(data), sizes.join(","));
    let trouble =
        Trouble::new(Class::Usage, "a part of an environment's rows is not rehearsed on: it would hide those that a release fails on")
            .expected("all of its rows, as they are (--data), or rows that are made up in the target's numbers (--rows)")
            .found(format!("--data {data} and --rows {sizes}"));
    let fix = format!("rehearse twice: --data {data} for what fails on rows, and --rows {sizes} for how long it takes");
    Err(Box::new(trouble.origin("flag --rows").fix(fix)))
}

/// The sizes that are asked for, the least first: all numbers, or all parts.
fn sizes(arguments: &Rehearse) -> Result<Vec<Amount>, Box<Trouble>> {
    let mut sizes = arguments.rows.clone();
    let parts = sizes.iter().filter(|size| matches!(size, Amount::Share(_))).count();
    let is_mixed = parts > 0 && parts < sizes.len();
    sizes.sort_by(|one, other| one.partial_cmp(other).unwrap_or(std::cmp::Ordering::Equal));
    sizes.dedup();
    // Two sizes tell no more than the larger one alone, and would be passed over in silence.
    if is_mixed || sizes.len() < arguments.rows.len() || sizes.len() == 2 {
        let trouble = Trouble::new(Class::Usage, "these sizes say nothing together")
            .expected("one size, or three and more that differ: all numbers of rows, or all parts");
        let found: Vec<String> = arguments.rows.iter().map(ToString::to_string).collect();
        return Err(Box::new(trouble.found(found.join(", ")).origin("flag --rows").fix("--rows 1%,3%,10%")));
    }
    Ok(sizes)
}
