//! `evenkeel evidence FILE`: what was rehearsed, and whether that still holds.

use super::{Outcome, output};
use crate::args::{Common, Evidence, Rehearse};
use crate::paint::progress::Line;
use crate::settings::Settings;
use crate::{paint, settings, store, wire};
use evenkeel_core::evidence::{Demanded, Now, Seal, Statement, faults, opened, schema, sha256};
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::kind::Dimension;
use evenkeel_core::port::Kept;
use evenkeel_core::rehearsal::{Limits, Rehearsal};
use evenkeel_pipeline::capture;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

pub fn run(arguments: &Evidence, common: &Common) -> Outcome {
    let loaded = settings::load(common.config.as_deref())?;
    let settings = &loaded.settings;
    let keys = settings.keys.iter().map(|path| text(path)).collect::<Result<Vec<_>, _>>()?;
    let envelope = match &arguments.file {
        Some(file) => text(file)?,
        None => kept(arguments.target.as_deref().unwrap_or_default(), settings)?,
    };
    let (statement, seal) = opened(&envelope, &keys)?;
    let (faults, open) = faults(&statement, &seal, &now(&statement, arguments, settings, common)?);
    let page = page(&statement, &seal, &faults, &open);
    output::write(page.as_bytes(), None)?;
    Ok(match (faults.is_empty(), open.is_empty()) {
        (false, _) => 1,
        (true, false) => 2,
        (true, true) => 0,
    })
}

/// Writes what was found as evidence: into the file that is named, and, where it is validated (or lacks nothing but locks and time, which are
/// not measured on such a server) and for an environment that is configured, into the store.
///
/// # Errors
/// The key cannot be read, or the file not be written. A store that cannot be written is said.
pub fn write(arguments: &Rehearse, rehearsal: &Rehearsal, limits: &Limits, common: &Common) -> Result<(), Box<Trouble>> {
    let settings = settings::load(common.config.as_deref())?.settings;
    let is_kept = (rehearsal.is_validated() || rehearsal.lacks_locks_only()) && settings.environments.contains_key(&arguments.target);
    if arguments.evidence.is_none() && !is_kept {
        if arguments.key.is_some() {
            paint::say!("note: nothing was signed: --key signs what --evidence writes, or what is validated for a configured environment");
        }
        return Ok(());
    }
    let key = arguments.key.as_deref().map(text).transpose()?;
    let at = jiff::Timestamp::now().to_string();
    let statement = Statement::of(rehearsal, &rehearsal.files, limits, env!("CARGO_PKG_VERSION"), &at);
    let envelope = statement.sealed(key.as_deref())?;
    if is_kept {
        let kept = Kept { environment: arguments.target.clone(), at, by: store::user(), text: envelope.clone() };
        if let Err(trouble) = store::open(&settings).and_then(|store| store.keep(&kept)) {
            paint::say!("note: the evidence is not in the store: {trouble}");
        }
    }
    match &arguments.evidence {
        Some(path) => output::write(envelope.as_bytes(), Some(path)),
        None => Ok(()),
    }
}

/// The last that the store has for an environment.
fn kept(target: &str, settings: &Settings) -> Result<String, Box<Trouble>> {
    let store = store::open(settings)?;
    store.kept(target, 1)?.pop().map(|kept| kept.text).ok_or_else(|| {
        let trouble = Trouble::new(Class::CouldNotTell, format!("there is no evidence for {}", paint::scrub(target)));
        let trouble = trouble.expected("a release that was validated for that environment, by its configured name");
        Box::new(trouble.found(format!("none in {}", store.describe())).fix("rehearse it (evenkeel rehearse --for ENV), or name a file"))
    })
}

pub(super) fn text(path: &Path) -> Result<String, Box<Trouble>> {
    std::fs::read_to_string(path).map_err(|error| {
        let trouble = Trouble::new(Class::Configuration, format!("cannot read {}", path.display())).expected("a text file");
        Box::new(trouble.found(error.to_string()))
    })
}

/// What is there now.
fn now(statement: &Statement, arguments: &Evidence, settings: &Settings, common: &Common) -> Result<Now, Box<Trouble>> {
    let read = |name: &String| Some((name.clone(), sha256(&std::fs::read(name).ok()?)));
    let files: BTreeMap<String, String> = statement.subject.iter().filter_map(|subject| read(&subject.name)).collect();
    let mut tier = None;
    let baseline = match &arguments.target {
        None => None,
        Some(target) => {
            let endpoint = wire::endpoint(target, settings, common, &[Dimension::Schema])?;
            tier = endpoint.configured.and_then(|one| one.tier);
            let progress = Line::new(common.quiet);
            let run = wire::run(&progress, settings);
            Some(schema(&capture::manifest(&endpoint.source, &run)?))
        }
    };
    let age = arguments.max_age.map(|most| (age(statement), i64::try_from(most.as_secs()).unwrap_or(i64::MAX)));
    // Without a target nobody knows its tier, and with that what is demanded.
    let limits = arguments.target.as_ref().map(|_| Demanded::of(&settings.demanded(tier)));
    Ok(Now { files, baseline, limits, unsigned: settings.unsigned, has_keys: !settings.keys.is_empty(), age, accepts_locks: false })
}

/// How old it is, in seconds. A moment that nobody can read is too long ago.
pub(super) fn age(statement: &Statement) -> i64 {
    let made = statement.predicate.at.parse::<jiff::Timestamp>();
    made.map_or(i64::MAX, |made| jiff::Timestamp::now().as_second() - made.as_second())
}

fn page(statement: &Statement, seal: &Seal, faults: &[String], open: &[String]) -> String {
    let predicate = &statement.predicate;
    let line = match (faults.is_empty(), open.is_empty()) {
        (false, _) => "it does not hold",
        (true, false) => "it holds as far as it was looked at, and not all of it was",
        (true, true) => "it holds",
    };
    let signed = match seal {
        Seal::Unsigned => "not signed".to_owned(),
        Seal::Good(key) => format!("signed by key {key}"),
        Seal::Strange => "signed by a key that is not listed".to_owned(),
        Seal::Broken => "with a signature that does not fit".to_owned(),
        Seal::Own => "made just now".to_owned(),
    };
    let mut page = format!("evidence for {}: {line}\n", predicate.target);
    let mut list = |title: &str, entries: &[String]| {
        if !entries.is_empty() {
            let _ = writeln!(page, "\n{title}");
            for entry in entries {
                let _ = writeln!(page, "  {entry}");
            }
        }
    };
    list("does not hold", faults);
    list("not looked at", open);
    let gate = |gate: &evenkeel_core::evidence::Gate| {
        let mark = match gate.holds {
            Some(true) => "✓",
            Some(false) => "×",
            None => "?",
        };
        format!("{mark} {}: {} (demanded: {})", gate.name, gate.found, gate.limit)
    };
    list("gates", &predicate.gates.iter().map(gate).collect::<Vec<_>>());
    list("release", &predicate.release);
    list("not as on the target", &predicate.floor);
    list("not seen", &predicate.gaps);
    let _ = writeln!(
        page,
        "\n  made {} on a throwaway {} as {}, {signed}; evenkeel {}",
        predicate.at, predicate.on, predicate.role, predicate.version
    );
    // It may be anybody's file.
    page.lines().map(|line| paint::plain(line) + "\n").collect()
}
