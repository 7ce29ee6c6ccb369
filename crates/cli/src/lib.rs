//! The command line as a library: arguments, wiring, painting, exit codes. Owns no logic.
//!
//! `main.rs` calls [`run`]; fuzz targets and tests reach [`settings`] from here.
//!
//! Rooms: `args` (what can be typed), `settings` (`evenkeel.toml`), `paint` (the terminal), `exit` (codes), `wire` (which
//! engine), `command` (one file a verb; the demo's parts are chosen by `wire`, so these two know each other).

mod args;
mod command;
mod exit;
mod paint;
pub mod settings;
mod wire;

use args::Cli;
use clap::Parser;
use clap::error::ErrorKind;
use std::process::ExitCode;

/// Runs the command line of this process; gives its exit code.
#[must_use]
pub fn run() -> ExitCode {
    // The first thing TLS asks for; a second call would only say that it is there already.
    let _ = rustls::crypto::ring::default_provider().install_default();
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
    match command::run(&cli) {
        Ok(code) => exit::code(code),
        Err(trouble) => {
            paint::trouble(&trouble, cli.common.color);
            exit::code(trouble.class.exit_code())
        }
    }
}
