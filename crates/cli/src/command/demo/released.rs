//! The fifth act: what was rehearsed goes to production, is verified and locked, and is taken back when it has to be. `deploy`, `verify`,
//! `lock`, `status` and `rollback`, as anybody runs them.
//!
//! Lives here: their order, and what each must come to. Neighbour: `rehearsed`, whose server and folder this goes on with.

use super::act::{broken, ran};
use super::rehearsed::{DATABASE, Rehearsed};
use super::screen::Screen;
use crate::args::{Cli, Command, Common};
use crate::command::{evidence, fleet, lock, rehearse, status, verify};
use crate::signals;
use clap::Parser;
use evenkeel_core::fault::Trouble;
use evenkeel_report::rehearsal as report;

const REHEARSE: &str = "evenkeel rehearse --for production --rows 10%";
/// What the new release of the application writes before it has to go back.
const WRITTEN: &str = "update invoices set due = date '2026-12-24' where id <= 3";

/// Plays it.
///
/// # Errors
/// A verb cannot be run, or comes to something else than it must.
pub fn play(played: Rehearsed, screen: &Screen, common: &Common) -> Result<(), Box<Trouble>> {
    let common = played.common(common);
    played.without_the_bad_one()?;
    let (scratch, _folder) = (played.scratch, played.folder);
    let asked = |question: &str, command: &str, expected: u8| {
        screen.command(question, command);
        let code = run(command, &common);
        // A verb that has printed has come to its end; this act has not.
        signals::in_order();
        let code = code?;
        screen.line("");
        if code == expected { Ok(()) } else { Err(broken(&format!("{command} ends with {code}, and not with {expected}"))) }
    };
    screen.command("The bad one is thrown away. The release, rehearsed as a whole", REHEARSE);
    rehearsed(screen, &common)?;
    asked("Run it where it counts", "evenkeel deploy production --yes", 0)?;
    asked("Is production what was rehearsed?", "evenkeel verify production", 0)?;
    asked("Nobody changes it while it is watched", "evenkeel lock production --until 2h --yes", 0)?;
    asked("How does everything stand?", "evenkeel status", 0)?;
    asked("Errors rise, and it has to go back. The lock goes first", "evenkeel unlock production --yes", 0)?;
    ran((&*scratch, DATABASE), WRITTEN)?;
    asked("Three invoices have a due date by now, which nobody loses", "evenkeel rollback production --yes", 0)?;
    asked("And now?", "evenkeel status", 0)?;
    scratch.stop()
}

/// Rehearses it, and keeps the evidence; the gates were shown an act before.
fn rehearsed(screen: &Screen, common: &Common) -> Result<(), Box<Trouble>> {
    let Command::Rehearse(arguments) = typed(REHEARSE)? else { return Err(broken("it is no rehearsal")) };
    let (told, demanded) = rehearse::rehearsed(&arguments, common)?;
    evidence::write(&arguments, &told, &demanded, common)?;
    screen.line(&report::verdict_line(&told));
    if told.is_validated() { Ok(()) } else { Err(broken("the release is not validated")) }
}

fn typed(command: &str) -> Result<Command, Box<Trouble>> {
    Cli::try_parse_from(command.split_whitespace()).map(|typed| typed.command).map_err(|error| broken(&error.to_string()))
}

/// Runs a command as it is typed.
fn run(command: &str, common: &Common) -> Result<u8, Box<Trouble>> {
    match &typed(command)? {
        Command::Deploy(arguments) => fleet::deploy(arguments, common),
        Command::Rollback(arguments) => fleet::back(arguments, common),
        Command::Verify(arguments) => verify::run(arguments, common),
        Command::Lock(arguments) => lock::run(arguments, common),
        Command::Unlock(arguments) => lock::unlock(arguments, common),
        Command::Status(arguments) => status::run(arguments, common),
        _ => Err(broken(&format!("{command} is no verb of this act"))),
    }
}
