//! The command line: arguments, wiring, painting, exit codes. Owns no logic.

mod args;
mod command;
mod exit;
mod paint;
mod settings;
mod wire;

use args::Cli;
use clap::Parser;
use clap::error::ErrorKind;
use std::process::ExitCode;

fn main() -> ExitCode {
    // The first thing TLS asks for; a second call would only say that it is there already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            let asked = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
            return exit::code(if asked { exit::EQUAL } else { exit::USAGE });
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
