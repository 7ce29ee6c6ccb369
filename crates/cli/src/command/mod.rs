//! The verbs, one file each.

mod apply;
mod asked;
mod backfill;
mod capture;
mod check;
mod compare;
pub mod demo;
mod deploy;
mod diagnose;
mod digest;
mod drill;
mod evidence;
mod explain;
mod fleet;
mod gate;
mod generated;
mod grants;
mod halt;
mod history;
mod in_place;
mod init;
mod listen;
mod lock;
mod migrations;
mod notify;
mod output;
mod passage;
mod patch;
mod preflight;
mod proofs;
mod queries;
mod rehearse;
mod render;
mod report;
mod returning;
mod rollout;
mod runs;
mod schemas;
mod servers;
mod status;
mod verify;

use crate::args::{Cli, Command};
use evenkeel_core::fault::Trouble;
use evenkeel_core::kind::Dimension;
pub use output::discard_draft;

/// What a verb yields: an exit code, or a failure in words.
pub type Outcome = Result<u8, Box<Trouble>>;

/// Runs the verb.
///
/// # Errors
/// A failure in words; its class decides the exit code.
pub fn run(cli: &Cli) -> Outcome {
    match &cli.command {
        Command::Compare(arguments) => compare::run(arguments, &cli.common),
        Command::Check(arguments) => check::run(arguments, &cli.common),
        Command::Capture(arguments) => capture::run(arguments, &cli.common),
        Command::Digest(arguments) => digest::run(arguments, &cli.common),
        Command::Grants(arguments) => grants::run(arguments, &cli.common),
        Command::Init => init::run(),
        Command::Render(arguments) => render::run(arguments, &cli.common),
        Command::Explain(arguments) => explain::run(arguments),
        Command::Queries(arguments) => queries::run(arguments),
        Command::Migrations(arguments) => migrations::run(arguments, &cli.common),
        Command::History(arguments) if arguments.apply => apply::run(arguments, &cli.common),
        Command::History(arguments) => history::run(arguments, &cli.common),
        Command::Preflight(arguments) => preflight::run(arguments, &cli.common),
        Command::Rehearse(arguments) => rehearse::run(arguments, &cli.common),
        Command::Evidence(arguments) => evidence::run(arguments, &cli.common),
        Command::Deploy(arguments) => fleet::deploy(arguments, &cli.common),
        Command::Backfill(arguments) => backfill::run(arguments, &cli.common),
        Command::Drill(arguments) => drill::run(arguments, &cli.common),
        Command::Verify(arguments) => verify::run(arguments, &cli.common),
        Command::Status(arguments) => status::run(arguments, &cli.common),
        Command::Lock(arguments) => lock::run(arguments, &cli.common),
        Command::Unlock(arguments) => lock::unlock(arguments, &cli.common),
        Command::Gate(arguments) => gate::run(arguments, &cli.common),
        Command::Rollout(arguments) => rollout::run(arguments, &cli.common),
        Command::Rollback(arguments) => fleet::back(arguments, &cli.common),
        Command::Diagnose(arguments) => diagnose::run(arguments, &cli.common),
        Command::Runs(arguments) => runs::run(arguments, &cli.common),
        Command::Servers(arguments) => servers::run(arguments, &cli.common),
        Command::Demo(arguments) => demo::run(arguments, &cli.common),
        Command::Completions(arguments) => generated::completions(arguments.shell),
        Command::Man => generated::man(),
        Command::Schema { of } => generated::schema(*of),
    }
}

/// The dimensions asked for; all of them where none is.
fn dimensions(names: &[crate::args::DimensionName]) -> Vec<Dimension> {
    if names.is_empty() { Dimension::ALL.to_vec() } else { names.iter().map(|name| (*name).into()).collect() }
}
