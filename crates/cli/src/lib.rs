//! The command line as a library: arguments, wiring, painting, exit codes. Owns no logic.
//!
//! `main.rs` calls [`run`]; fuzz targets and tests reach [`settings`] from here.
//!
//! Rooms: `args` (what can be typed), `exit` (codes), `settings` (`evenkeel.toml`), `paint` (the terminal), `signals` (being
//! told to end), `folder` (which migrations), `store` (what is kept), `wire` (which engine), `command` (one file a verb). They have no order: `wire`
//! chooses among the demo's parts, which are in `command`, and `signals` removes what `command/output` has half written.

mod args;
mod command;
mod exit;
mod folder;
mod paint;
pub mod settings;
mod signals;
mod store;
mod wire;

use args::Cli;
use clap::Parser;
use clap::error::ErrorKind;
use evenkeel_core::fault::{Class, Trouble};
use std::process::ExitCode;

/// Runs the command line of this process; gives its exit code.
#[must_use]
pub fn run() -> ExitCode {
    // The first thing TLS asks for; a second call would only say that it is there already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    // A variable that was not handed out is set, and empty: no name of a file, and no wish for the usual one.
    if std::env::var_os("EVENKEEL_CONFIG").is_some_and(|value| value.is_empty()) {
        let trouble = Trouble::new(Class::Configuration, "the environment variable EVENKEEL_CONFIG is set, but empty");
        let trouble = trouble.expected("the name of a configuration file").found("nothing").fix("export EVENKEEL_CONFIG=FILE, or unset it");
        paint::trouble(&trouble, args::ColorWhen::Auto);
        return exit::code(trouble.class.exit_code());
    }
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
                let _ = error.print();
                return exit::code(exit::EQUAL);
            }
            paint::usage(&error);
            return exit::code(exit::USAGE);
        }
    };
    let has_servers = match &cli.command {
        args::Command::Demo(_) | args::Command::History(_) | args::Command::Rollout(_) => true,
        // Clients that it keeps out are let in first.
        args::Command::Rollback(_) => true,
        args::Command::Compare(compare) => {
            let sides = [Some(&compare.reference), compare.candidate.as_ref()];
            compare.patching.patch.is_some() || sides.into_iter().flatten().any(|side| wire::is_replay(side))
        }
        args::Command::Preflight(preflight) => preflight.expect.as_ref().is_some_and(|name| wire::is_replay(name)),
        args::Command::Digest(digest) => wire::is_replay(&digest.environment),
        args::Command::Capture(capture) => capture.environment.as_ref().is_some_and(|name| wire::is_replay(name)),
        _ => false,
    };
    let ending = if has_servers { signals::Ending::InOrder } else { signals::Ending::Soon };
    match signals::hear(ending, cli.common.color).and_then(|()| command::run(&cli)) {
        Ok(code) => exit::code(code),
        Err(trouble) => {
            paint::trouble(&trouble, cli.common.color);
            exit::code(trouble.class.exit_code())
        }
    }
}
