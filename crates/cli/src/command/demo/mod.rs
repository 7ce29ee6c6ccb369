//! `evenkeel demo`: three environments of one application on throwaway servers, the drifts that really happen planted
//! in them, then `compare` and `check` as anybody runs them, a migration that never ran (`omitted`),
//! two before they run (`rehearsed`), and one that goes where it counts and comes back (`released`).
//!
//! Lives here: the story in its order, and its words. `estate` has the environments, `play` the shape of what
//! is loaded into them, `postgres` and `mysql` hold it (`wire` chooses), `planted` judges what is found, `enter` waits for a
//! person, `screen` is the printing. The verbs are those of `command`.

mod act;
mod enter;
mod estate;
pub mod mysql;
mod omitted;
mod planted;
pub mod play;
pub mod postgres;
mod rehearsed;
mod released;
mod screen;

use super::asked::Asked;
use super::check::{State, Told};
use super::{Outcome, capture, check, compare, output, report};
use crate::args::{Capture, Check, Common, Compare, Demo, Patching, Reporting};
use crate::{settings, signals, wire};
use estate::Estate;
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::port::Like;
use evenkeel_report::{Document, Style};
use screen::Screen;
use std::path::Path;

/// In the order of a release.
const ENVIRONMENTS: [&str; 3] = ["dev", "staging", "production"];

pub fn run(arguments: &Demo, common: &Common) -> Outcome {
    let screen = Screen::new(common);
    // Everything that was started ends with the story, however it ends.
    match story(arguments, common, &screen) {
        Err(trouble) if trouble.class == Class::Interrupted => {
            screen.line("\nStopped. The servers and their files are gone.");
            Ok(Class::Interrupted.exit_code())
        }
        other => other,
    }
}

fn story(arguments: &Demo, common: &Common, screen: &Screen) -> Outcome {
    let stop = signals::stop();
    writable(&arguments.report)?;
    let settings = settings::load(common.config.as_deref())?.settings;
    let (workshop, play) = wire::demo(arguments.engine.into(), &settings);
    let extensions = play.extensions.iter().map(|name| (*name).to_owned()).collect();
    let server = workshop.choose(&Like { engine: Some(arguments.engine.into()), extensions, ..Like::default() })?;
    screen.line(
        "evenkeel tells how far database environments are alike, before a release does.\n\
         Here are three of one application, on throwaway servers of this machine.\n",
    );
    screen.line(&server.display());

    let mut estate = screen.step("starting dev, staging and production, loading data", || Estate::start(&*workshop, &server, &play))?;
    stop.check()?;
    screen.step("adding replicas: 1 to staging, 2 to production", || estate.replicate())?;
    stop.check()?;
    let folder = estate::Folder::make(&estate)?;
    let common = Common {
        config: Some(folder.settings()),
        color: common.color,
        lock_timeout: common.lock_timeout,
        statement_timeout: common.statement_timeout,
        quiet: true,
    };
    screen.step("writing the manifests that one commits", || {
        ENVIRONMENTS.iter().try_for_each(|name| baseline(name, folder.path(), &common))
    })?;
    stop.check()?;
    screen.step("changing production and staging by hand", || estate.change_by_hand())?;
    stop.check()?;

    screen.command("What will a release that passed in staging meet in production?", "evenkeel compare staging production");
    let reporting = reporting();
    let asked = Asked::of(&reporting, &common)?;
    let document = compare::document(&comparison("staging", "production"), &asked)?;
    stop.check()?;
    let terminal = report::format("terminal")?;
    // Made for a screen, wherever it goes.
    let style = Style { terminal: true, ..report::style(&reporting, &common, true)? };
    screen.excerpt(&report::render(terminal, std::slice::from_ref(&document), &style)?, play.shown);

    screen.command("Is each environment still what was committed, or did somebody change it by hand?", "evenkeel check");
    let Told { checks, .. } = check::all(&Check { environments: Vec::new(), reporting: self::reporting() }, &asked)?;
    stop.check()?;
    let mut documents = Vec::with_capacity(checks.len());
    for check in checks {
        match check.state {
            State::Unread(trouble) => return Err(trouble),
            State::Told => documents.push((check.name, check.document)),
            State::Unchecked => {}
        }
    }
    // `check` goes by name, a release does not.
    for name in ENVIRONMENTS {
        let of_it = documents.iter().filter(|(checked, _)| checked == name);
        of_it.for_each(|(name, document)| screen.check(name, document));
    }
    let checks: Vec<Document> = documents.into_iter().map(|(_, document)| document).collect();

    screen.heading(&format!("The {} differences that were planted, and where the reports name them", planted::count(&play.planted)));
    let verified = planted::verify(&play.planted, &document, &checks, screen);

    screen.heading("A migration that a green pipeline never ran");
    omitted::play(&*workshop, &server, screen, &common)?;

    screen.heading("What a migration does, before it does it");
    if play.rehearses {
        let rehearsed = rehearsed::play(&*workshop, &server, &beside(&arguments.report), screen, &common)?;
        stop.check()?;
        screen.heading("A release, and its way back");
        released::play(rehearsed, screen, &common)?;
    } else {
        screen.line("This act and the next, a release and its way back, are played on PostgreSQL:\nevenkeel demo");
    }

    // In the order of a release, each environment against the one before.
    let earlier = compare::document(&comparison("dev", "staging"), &asked)?;
    page(&arguments.report, &[earlier, document], &common)?;
    screen.line(&format!("\nAs a page, with definitions side by side and charts: {}", absolute(&arguments.report)));
    if arguments.keep {
        screen.line(&estate.invitation(folder.path()));
        enter::wait()?;
    }
    screen.step("stopping the servers, removing their files", || {
        estate.stop()?;
        folder.remove()
    })?;
    // Last, so that even then there is a report to look at.
    verified?;
    if !arguments.keep {
        screen.line(&format!(
            "\nNext, your own databases; evenkeel only reads, and needs no right to create:\n  \
             evenkeel compare {scheme}://reader@stage/app {scheme}://reader@prod/app\n  \
             evenkeel demo --keep     # leaves these servers running, to try commands on",
            scheme = play.scheme,
        ));
    }
    Ok(0)
}

/// `evenkeel capture NAME --out parity/NAME.jsonl`.
fn baseline(name: &str, folder: &Path, common: &Common) -> Result<(), Box<Trouble>> {
    let out = folder.join("parity").join(format!("{name}.jsonl"));
    let arguments = Capture {
        environment: Some(name.to_owned()),
        all: false,
        out: Some(out),
        like: None,
        strict: false,
        dimension: Vec::new(),
        values: false,
    };
    // What is not visible is told by the comparison that needs it.
    capture::run(&arguments, common).map(drop)
}

fn comparison(reference: &str, candidate: &str) -> Compare {
    Compare {
        reference: reference.to_owned(),
        candidate: Some(candidate.to_owned()),
        schemas: Vec::new(),
        like: None,
        patching: Patching::default(),
        same: false,
        values: false,
        reporting: reporting(),
    }
}

fn reporting() -> Reporting {
    Reporting { dimension: Vec::new(), fail_on: None, format: vec!["terminal".to_owned()], out: None, only: Vec::new() }
}

fn page(path: &Path, documents: &[Document], common: &Common) -> Result<(), Box<Trouble>> {
    let format = report::format("html")?;
    let bytes = report::render(format, documents, &report::style(&reporting(), common, false)?)?;
    output::file(path, &bytes)
}

/// Asked before the servers are started, not after.
fn writable(path: &Path) -> Result<(), Box<Trouble>> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    tempfile::tempfile_in(folder).map(drop).map_err(|error| {
        Box::new(
            Trouble::new(Class::Output, format!("cannot write {}", path.display()))
                .found(error.to_string())
                .origin("flag --report")
                .fix("evenkeel demo --report /tmp/evenkeel-demo.html"),
        )
    })
}

/// The page of the rehearsal, beside that of the comparison.
fn beside(report: &Path) -> std::path::PathBuf {
    let stem = report.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    report.with_file_name(format!("{stem}-rehearsal.html"))
}

/// As a person can paste it.
fn absolute(path: &Path) -> String {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned()).display().to_string()
}
