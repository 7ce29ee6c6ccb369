//! The command line as clap reads it. Meaning is given in `command`, one file a verb.

mod deploy;
mod release;

pub use deploy::{
    AcceptedGap, Backfill, BackfillGap, Chosen, Deploy, Drill, Gate, Lock, Reported, Rollback, Rollout, Running, Status, UnknownIs, Unlock,
    Verify,
};
pub use release::{
    CourseName, Diagnose, Evidence, History, HistoryFormat, ListingFormat, Migrations, Preflight, Reading, Rehearse, Runs, age,
};

use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};
use std::path::PathBuf;

/// Keeps dev, staging and production databases on an even keel.
#[derive(Debug, Parser)]
#[command(name = "evenkeel", version, about, long_about = None, propagate_version = true, disable_help_subcommand = true)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
    #[command(flatten)]
    pub common: Common,
}

const LOCK_TIMEOUT: &str = "2s";
const STATEMENT_TIMEOUT: &str = "60s";

/// Whose JSON is described.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SchemaName {
    Report,
    History,
    Migrations,
    Preflight,
    Rehearse,
    Deploy,
    Verify,
    Lock,
    Status,
    Runs,
    Gate,
    Rollout,
    Backfill,
    Drill,
    Fleet,
}

/// Flags that every verb understands.
#[derive(Debug, Args)]
pub struct Common {
    /// Configuration file; without it evenkeel.toml is looked for here and in the folders above.
    #[arg(long, global = true, value_name = "FILE", env = "EVENKEEL_CONFIG", value_hint = ValueHint::FilePath)]
    pub config: Option<PathBuf>,
    /// When to use colour.
    #[arg(long, global = true, value_enum, default_value_t = ColorWhen::Auto)]
    pub color: ColorWhen,
    /// Longest wait for a lock, such as 500ms or 2s.
    #[arg(long, global = true, value_name = "TIME", default_value = LOCK_TIMEOUT, value_parser = duration)]
    pub lock_timeout: std::time::Duration,
    /// Longest time a single statement may run, such as 60s.
    #[arg(long, global = true, value_name = "TIME", default_value = STATEMENT_TIMEOUT, value_parser = duration)]
    pub statement_timeout: std::time::Duration,
    /// Say nothing on stderr but errors.
    #[arg(long, short, global = true)]
    pub quiet: bool,
}

impl Common {
    /// The waits that are not as they would be anyway, as flags.
    pub fn waits(&self) -> String {
        let mut flags = String::new();
        let waits = [("lock", self.lock_timeout, LOCK_TIMEOUT), ("statement", self.statement_timeout, STATEMENT_TIMEOUT)];
        for (name, wait, _) in waits.into_iter().filter(|(_, wait, usual)| duration(usual) != Ok(*wait)) {
            flags.push_str(&format!(" --{name}-timeout {}", spelled(wait)));
        }
        flags
    }
}

/// A length of time as [`duration`] reads it.
fn spelled(wait: std::time::Duration) -> String {
    match wait.as_nanos() {
        nanos if nanos % 1_000_000_000 == 0 => format!("{}s", nanos / 1_000_000_000),
        nanos if nanos % 1_000_000 == 0 => format!("{}ms", nanos / 1_000_000),
        nanos => format!("{nanos}ns"),
    }
}

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ColorWhen {
    Auto,
    Always,
    Never,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Compare two environments: names, connection URLs or manifest files.
    Compare(Compare),
    /// Compare every configured environment with its committed manifest.
    Check(Check),
    /// Write an environment down as a manifest.
    Capture(Capture),
    /// Print the digest of an environment.
    Digest(Digest),
    /// Print the script that makes a role able to capture everything.
    Grants(Grants),
    /// Print an evenkeel.toml, proposed from the variables of the environment.
    Init,
    /// Make other reports of a report in JSON.
    Render(Render),
    /// Explain a finding by its id.
    Explain(Explain),
    /// Print every statement a capture sends, for a server version.
    Queries(Queries),
    /// Print what was read of a folder of migrations: tool, order, statements, what was not understood.
    Migrations(Migrations),
    /// Say of each migration whether files, record and schema agree, and what nobody explains.
    History(History),
    /// Say whether an environment has what a build needs: objects, and queries that are prepared and never run.
    Preflight(Preflight),
    /// Run what is pending on a throwaway server that is like the target, and say what it locks, changes, and whether there is a way back.
    Rehearse(Rehearse),
    /// Show evidence of a rehearsal, and say whether it holds: signature, files, the target's schema, what is demanded, age.
    Evidence(Evidence),
    /// Run what was rehearsed where it counts: behind gates, act by act, bounded, written down, and compared with the rehearsal.
    Deploy(Deploy),
    /// Change a table part after part: held while replicas are behind or clients wait, gone on with where it stopped, and counted.
    Backfill(Backfill),
    /// Fail over, deploy and take back on throwaway servers that are like an environment, and measure what a recovery takes.
    Drill(Drill),
    /// Say whether what was deployed is as it was rehearsed, and whether what is in it holds together.
    Verify(Verify),
    /// Lock an environment: it is to stay as it is until an end. What would change it is refused, and what changed it is said.
    Lock(Lock),
    /// Take the parity lock of an environment away.
    Unlock(Unlock),
    /// Say whether the next stage of traffic may go on: verified, as it was locked, not halted, no breaker open. For whoever shifts traffic.
    Gate(Gate),
    /// Move traffic in stages, each behind the gate and watched by breakers; what goes wrong takes it back, and halts the environment.
    Rollout(Rollout),
    /// Take a release back by the way that was rehearsed: what was written since and would be lost is counted first.
    Rollback(Rollback),
    /// Explain an error's text: cause, queries that confirm it, the next safe step, what not to run.
    Diagnose(Diagnose),
    /// Say how every environment stands, by what was done from here: what is halted, validated, deployed, stopped, and what is overdue.
    Status(Status),
    /// Print what was run on environments: when, by whom, how it ended; one run whole.
    Runs(Runs),
    /// Print which throwaway servers this machine can start, and how to get the others.
    Servers(Servers),
    /// Show it all on throwaway servers: drift planted, compared, reported.
    Demo(Demo),
    /// Print shell completions.
    Completions(Completions),
    /// Print the manual page.
    Man,
    /// Print the JSON schema of reports.
    Schema {
        /// Of what: the report of compare and check, or what history, migrations, preflight, rehearse or runs print.
        #[arg(value_enum, default_value_t = SchemaName::Report)]
        of: SchemaName,
    },
}

/// How a report is made.
#[derive(Debug, Args)]
pub struct Reporting {
    /// Only these dimensions; may be given several times or with commas.
    #[arg(long, value_name = "DIMENSION", value_delimiter = ',')]
    pub dimension: Vec<DimensionName>,
    /// The least severity that fails.
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub fail_on: Option<SeverityName>,
    /// Form of the report: terminal, json, markdown, html, sarif or junit. FORMAT=FILE writes it to that file; may be given several
    /// times.
    #[arg(long, value_name = "FORMAT[=FILE]", default_value = "terminal")]
    pub format: Vec<String>,
    /// Write the report here; the verdict line still goes to stderr.
    #[arg(long, short, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub out: Option<PathBuf>,
    /// Show only, and all of, what has this severity (block, warn, inform) or id; may be given several times or with commas.
    #[arg(long, value_name = "SEVERITY|ID", value_delimiter = ',')]
    pub only: Vec<String>,
}

/// `compare`.
#[derive(Debug, Args)]
pub struct Compare {
    /// What is right: an environment's name, a URL (postgres://… or mysql://…), a libpq keyword string, or a manifest file. With
    /// --schemas the one environment whose schemas are compared.
    pub reference: String,
    /// What is compared with it.
    #[arg(required_unless_present_any = ["schemas", "like"])]
    pub candidate: Option<String>,
    /// Schemas of one database, each compared with the one that --like names; * matches anything, as in 'tenant_*'. May be given
    /// several times. PostgreSQL.
    #[arg(long, value_name = "PATTERN", requires = "like", conflicts_with_all = ["candidate", "same"],
        value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub schemas: Vec<String>,
    /// The schema that those of --schemas are to be like.
    #[arg(long, value_name = "SCHEMA", requires = "schemas", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub like: Option<String>,
    /// Compare a database with itself: without it two names of one database tell nothing.
    #[arg(long)]
    pub same: bool,
    /// Show values of reference rows that differ, and of columns' statistics: these are users' data.
    #[arg(long)]
    pub values: bool,
    #[command(flatten)]
    pub patching: Patching,
    #[command(flatten)]
    pub reporting: Reporting,
}

/// What is wanted of a patch.
#[derive(Debug, Default, Args)]
pub struct Patching {
    /// Write SQL that makes the candidate like the reference, tried on a throwaway server of this machine. Without FILE it takes the
    /// place of the report.
    #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = "-", conflicts_with = "schemas", value_hint = ValueHint::FilePath)]
    pub patch: Option<PathBuf>,
    /// Write statements that lose data too; without it they are commented out.
    #[arg(long, requires = "patch")]
    pub allow_destructive: bool,
    /// For a database that nobody uses meanwhile: plain statements in place of those that let others go on.
    #[arg(long, requires = "patch")]
    pub offline: bool,
}

/// `check`.
#[derive(Debug, Args)]
pub struct Check {
    /// Only these environments.
    pub environments: Vec<String>,
    #[command(flatten)]
    pub reporting: Reporting,
}

/// `capture`.
#[derive(Debug, Args)]
pub struct Capture {
    /// An environment's name, a URL (postgres://… or mysql://…) or a libpq keyword string.
    #[arg(required_unless_present = "all")]
    pub environment: Option<String>,
    /// Every environment that names a manifest, into its manifest.
    #[arg(long, conflicts_with_all = ["environment", "out"])]
    pub all: bool,
    /// The stable part goes here, the measured part beside it; without it the stable part goes to stdout.
    #[arg(long, short, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub out: Option<PathBuf>,
    /// For replay:DIR, the environment whose engine and version the throwaway server shall have.
    #[arg(long, value_name = "ENV", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub like: Option<String>,
    /// End with 2 where something asked for was not visible.
    #[arg(long)]
    pub strict: bool,
    /// Only these dimensions.
    #[arg(long, value_name = "DIMENSION", value_delimiter = ',')]
    pub dimension: Vec<DimensionName>,
    /// Include most-common values and histogram bounds of columns: these are users' data.
    #[arg(long)]
    pub values: bool,
}

/// `digest`.
#[derive(Debug, Args)]
pub struct Digest {
    /// An environment's name, a URL (postgres://… or mysql://…), a libpq keyword string, or a manifest file.
    pub environment: String,
    /// Another dimension than schema.
    #[arg(long, value_name = "DIMENSION", default_value = "schema")]
    pub dimension: DimensionName,
    /// For replay:DIR, the environment whose engine and version the throwaway server shall have.
    #[arg(long, value_name = "ENV", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub like: Option<String>,
    /// Count column order.
    #[arg(long)]
    pub ordered: bool,
    /// Also print the digest of each schema and kind.
    #[arg(long)]
    pub tree: bool,
}

/// `grants`.
#[derive(Debug, Args)]
pub struct Grants {
    /// An environment's name, a URL (postgres://… or mysql://…) or a libpq keyword string.
    pub environment: String,
    /// The role that shall capture, on MySQL and MariaDB as NAME or NAME@HOST; without it the one we connect as.
    #[arg(long, value_name = "ROLE", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub role: Option<String>,
}

/// `render`.
#[derive(Debug, Args)]
pub struct Render {
    /// A report that was written with --format json; - is stdin.
    pub report: PathBuf,
    /// Form of the report: terminal, json, markdown, html, sarif or junit. FORMAT=FILE writes it to that file; may be given several
    /// times.
    #[arg(long, value_name = "FORMAT[=FILE]", default_value = "terminal")]
    pub format: Vec<String>,
    /// Write the report here.
    #[arg(long, short, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub out: Option<PathBuf>,
    /// Show only, and all of, what has this severity (block, warn, inform) or id; may be given several times or with commas.
    #[arg(long, value_name = "SEVERITY|ID", value_delimiter = ',')]
    pub only: Vec<String>,
}

/// `explain`.
#[derive(Debug, Args)]
pub struct Explain {
    /// The id of a finding, such as EK-index-valid.
    pub id: Option<String>,
}

/// `queries`.
#[derive(Debug, Args)]
pub struct Queries {
    /// The server's vendor: postgresql, mysql or mariadb.
    #[arg(long, value_name = "ENGINE", default_value = "postgresql")]
    pub engine: String,
    /// Version of the server, such as 18, 9.7 or 10.11; the newest that evenkeel is tested with where it is not given.
    #[arg(long, value_name = "MAJOR")]
    pub major: Option<String>,
    /// Only the statements that read these dimensions.
    #[arg(long, value_name = "DIMENSION", value_delimiter = ',')]
    pub dimension: Vec<DimensionName>,
}

/// `servers`.
#[derive(Debug, Args)]
pub struct Servers {
    /// Form of the list.
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = ListFormat::Terminal)]
    pub format: ListFormat,
}

/// Forms of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    Terminal,
    Json,
}

/// `demo`.
#[derive(Debug, Args)]
pub struct Demo {
    /// Whose servers it is shown on; they must be installed here.
    #[arg(long, value_name = "ENGINE", default_value = "postgresql")]
    pub engine: EngineName,
    /// Where the HTML report goes.
    #[arg(long, value_name = "FILE", default_value = "evenkeel-demo.html", value_hint = ValueHint::FilePath)]
    pub report: PathBuf,
    /// Leave the servers running until Enter is pressed, and say how to reach them.
    #[arg(long)]
    pub keep: bool,
}

/// `completions`.
#[derive(Debug, Args)]
pub struct Completions {
    pub shell: clap_complete::Shell,
}

/// An engine as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum EngineName {
    Postgresql,
    Mariadb,
    Mysql,
}

impl From<EngineName> for evenkeel_core::kind::Engine {
    fn from(name: EngineName) -> Self {
        match name {
            EngineName::Postgresql => Self::PostgreSql,
            EngineName::Mariadb => Self::MariaDb,
            EngineName::Mysql => Self::MySql,
        }
    }
}

/// A dimension as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DimensionName {
    Schema,
    Configuration,
    Data,
    Topology,
    Privileges,
    History,
}

impl From<DimensionName> for evenkeel_core::kind::Dimension {
    fn from(name: DimensionName) -> Self {
        match name {
            DimensionName::Schema => Self::Schema,
            DimensionName::Configuration => Self::Configuration,
            DimensionName::Data => Self::Data,
            DimensionName::Topology => Self::Topology,
            DimensionName::Privileges => Self::Privileges,
            DimensionName::History => Self::History,
        }
    }
}

/// A severity as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SeverityName {
    Block,
    Warn,
    Inform,
}

impl From<SeverityName> for evenkeel_core::kind::Severity {
    fn from(name: SeverityName) -> Self {
        match name {
            SeverityName::Block => Self::Block,
            SeverityName::Warn => Self::Warn,
            SeverityName::Inform => Self::Inform,
        }
    }
}

/// No wait is longer: what is reckoned with it stays within what a clock can tell.
const LONGEST: std::time::Duration = std::time::Duration::from_secs(10 * 366 * 24 * 3600);

/// A length of time such as `500ms`, `2s` or `1min`.
pub fn duration(text: &str) -> Result<std::time::Duration, String> {
    if !text.trim().is_empty() && text.trim().chars().all(|c| c.is_ascii_digit() || c == '.') {
        return Err(format!("a unit is missing: {text}ms, {text}s or {text}min"));
    }
    let span: jiff::SignedDuration = text.parse().map_err(|_| "not a length of time: write one such as 500ms, 2s or 1min".to_owned())?;
    match std::time::Duration::try_from(span) {
        Ok(duration) if duration > LONGEST => Err("longer than ten years".to_owned()),
        Ok(duration) if !duration.is_zero() => Ok(duration),
        _ => Err("a wait must be bounded and longer than nothing".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_are_spelled_as_they_are_read() {
        for (text, shown) in [("2s", "2s"), ("1min", "60s"), ("500ms", "500ms"), ("1500ms", "1500ms"), ("7us", "7000ns")] {
            let read = duration(text);
            assert_eq!(read.clone().map(spelled), Ok(shown.to_owned()));
            assert_eq!(duration(shown), read);
        }
        assert!(duration("2562047788015215h").is_err() && duration("87600h").is_ok());
    }
}
