//! What is generated from the code: completions, the manual page, the JSON schema of reports.

use super::{Outcome, output};
use crate::args::{Cli, SchemaName};
use clap::CommandFactory;
use clap_complete::Shell;
use evenkeel_core::fault::{Class, Trouble};

pub fn completions(shell: Shell) -> Outcome {
    let mut bytes = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "evenkeel", &mut bytes);
    output::write(&bytes, None)?;
    Ok(0)
}

pub fn man() -> Outcome {
    let mut bytes = Vec::new();
    clap_mangen::Man::new(Cli::command())
        .render(&mut bytes)
        .map_err(|error| Box::new(Trouble::new(Class::Internal, "the manual page cannot be made").found(error.to_string())))?;
    output::write(&bytes, None)?;
    Ok(0)
}

pub fn schema(of: SchemaName) -> Outcome {
    let named = match of {
        SchemaName::Report => None,
        SchemaName::History => Some("history"),
        SchemaName::Migrations => Some("migrations"),
        SchemaName::Preflight => Some("preflight"),
        SchemaName::Rehearse => Some("rehearse"),
        SchemaName::Deploy => Some("deploy"),
        SchemaName::Verify => Some("verify"),
        SchemaName::Lock => Some("lock"),
        SchemaName::Status => Some("status"),
        SchemaName::Runs => Some("runs"),
        SchemaName::Gate => Some("gate"),
        SchemaName::Rollout => Some("rollout"),
        SchemaName::Backfill => Some("backfill"),
        SchemaName::Drill => Some("drill"),
        SchemaName::Fleet => Some("fleet"),
    };
    let others = [
        evenkeel_report::rehearsal::json_schema(),
        evenkeel_report::deployment::json_schema(),
        evenkeel_report::deployment::verified_schema(),
        evenkeel_report::deployment::status_schema(),
        evenkeel_report::deployment::locking_schema(),
        evenkeel_report::deployment::passage_schema(),
        evenkeel_report::deployment::rolled_schema(),
        evenkeel_report::deployment::backfilled_schema(),
        evenkeel_report::deployment::drilled_schema(),
        evenkeel_report::deployment::fleet_schema(),
    ];
    let mut schemas = evenkeel_report::history::json_schemas().into_iter().chain(others);
    let found = named.and_then(|verb| schemas.find(|(other, _)| *other == verb)).map(|(_, schema)| schema);
    let mut bytes = serde_json::to_vec_pretty(&found.unwrap_or_else(evenkeel_report::json_schema))
        .map_err(|error| Box::new(Trouble::new(Class::Internal, "the JSON schema cannot be made").found(error.to_string())))?;
    bytes.push(b'\n');
    output::write(&bytes, None)?;
    Ok(0)
}
