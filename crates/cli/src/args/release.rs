//! Arguments of the verbs about migrations: what was read of files, whether they ran, whether a build fits, why one failed.

use super::{EngineName, ListFormat, SeverityName};
use clap::{Args, ValueEnum, ValueHint};
use evenkeel_report::history::Form;
use std::path::PathBuf;

/// Which folder of migrations, and how it is read.
#[derive(Debug, Default, Clone, Args)]
pub struct Reading {
    /// The tool whose files these are; told by the files where it is not named.
    #[arg(long, value_name = "TOOL", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub tool: Option<String>,
    /// The value of a placeholder; may be given several times.
    #[arg(long, value_name = "NAME=VALUE", value_parser = placeholder)]
    pub placeholder: Vec<(String, String)>,
    /// The command that prints a migration as SQL, where it is written in a programming language; it is run as it stands, without a shell.
    #[arg(long, value_name = "COMMAND", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub render: Option<String>,
}

/// `migrations`.
#[derive(Debug, Args)]
pub struct Migrations {
    /// The folder; without it the one under [project] in evenkeel.toml.
    #[arg(value_hint = ValueHint::DirPath)]
    pub folder: Option<PathBuf>,
    /// Whose statements the files hold.
    #[arg(long, value_name = "ENGINE", default_value = "postgresql")]
    pub engine: EngineName,
    #[command(flatten)]
    pub reading: Reading,
    /// Form of the report.
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = ListingFormat::Terminal)]
    pub format: ListingFormat,
    /// Write the report here.
    #[arg(long, short, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub out: Option<PathBuf>,
}

/// `history`.
#[derive(Debug, Args)]
pub struct History {
    /// An environment's name, a URL, a libpq keyword string, or a manifest file.
    pub environment: String,
    /// The folder of migrations; without it the one under [project] in evenkeel.toml.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub migrations: Option<PathBuf>,
    #[command(flatten)]
    pub reading: Reading,
    /// Write the SQL that makes record and schema agree: `forward` brings to its end what was begun, `back` takes back what is not
    /// whole. Nothing is run but on a throwaway server, unless --apply is given.
    #[arg(long, value_enum, value_name = "COURSE", num_args = 0..=1, require_equals = true, default_missing_value = "forward")]
    pub repair: Option<CourseName>,
    /// Run it on the environment, which is named as it is configured: behind a snapshot, under the tool's own lock, each act written down
    /// before it is done. Afterwards it is judged again.
    #[arg(long, requires = "repair")]
    pub apply: bool,
    /// What you call the snapshot or backup that you took before; it is kept with the run.
    #[arg(long, value_name = "REFERENCE", requires = "apply", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub snapshot_taken: Option<String>,
    /// Why; it is kept with the run.
    #[arg(long, value_name = "TEXT", requires = "apply", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub reason: Option<String>,
    /// Do not ask; an environment of tier production needs it where nobody can be asked.
    #[arg(long, requires = "apply")]
    pub yes: bool,
    /// Write statements that lose data too; without it they are commented out.
    #[arg(long, requires = "repair")]
    pub allow_destructive: bool,
    /// For a database that nobody uses meanwhile: plain statements in place of those that let others go on.
    #[arg(long, requires = "repair")]
    pub offline: bool,
    /// Halt the environment, with the reason: `check` and `preflight` refuse it until --resume. It is kept in the store.
    #[arg(long, value_name = "REASON", conflicts_with_all = ["repair", "resume"], value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub halt: Option<String>,
    /// Take the halt away, if the server can be reached, has connections left and rolls back few transactions.
    #[arg(long, conflicts_with = "repair")]
    pub resume: bool,
    /// For how long the server is watched before.
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = super::duration, requires = "resume")]
    pub over: std::time::Duration,
    /// The application is off on purpose: few transactions are no reason to stay halted.
    #[arg(long, requires = "resume")]
    pub idle: bool,
    /// The least severity that fails.
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub fail_on: Option<SeverityName>,
    /// Form of the report.
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = HistoryFormat::Terminal)]
    pub format: HistoryFormat,
    /// Write the report here; the verdict line still goes to stderr.
    #[arg(long, short, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub out: Option<PathBuf>,
}

impl History {
    /// Nothing but the question.
    pub fn plain() -> Self {
        Self {
            environment: String::new(),
            migrations: None,
            reading: Reading::default(),
            repair: None,
            apply: false,
            snapshot_taken: None,
            reason: None,
            yes: false,
            allow_destructive: false,
            offline: false,
            halt: None,
            resume: false,
            over: std::time::Duration::ZERO,
            idle: false,
            fail_on: None,
            format: HistoryFormat::Terminal,
            out: None,
        }
    }
}

/// `runs`.
#[derive(Debug, Args)]
pub struct Runs {
    /// The number of one run: it is shown whole.
    pub number: Option<u32>,
    /// Only those of this environment.
    #[arg(long, value_name = "NAME", conflicts_with = "number")]
    pub environment: Option<String>,
    /// So many at most.
    #[arg(long, value_name = "NUMBER", default_value = "50")]
    pub most: u32,
    /// Form of the list.
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = ListFormat::Terminal)]
    pub format: ListFormat,
    /// Writes every run with all that is kept of it into a file, one JSON object a line, the oldest first; then halts, locks,
    /// verifications and evidence. Secrets are taken out.
    #[arg(long, value_name = "FILE", conflicts_with = "number")]
    pub export: Option<PathBuf>,
    /// Removes from the store what is older than that (such as 365d; without it what keep under [store] says), and that nobody will ask
    /// for.
    #[arg(long, value_name = "AGE", num_args = 0..=1, value_parser = age, conflicts_with_all = ["number", "environment", "export"])]
    pub prune: Option<Option<std::time::Duration>>,
}

/// A length of time that may be days.
pub fn age(text: &str) -> Result<std::time::Duration, String> {
    let days = text.trim().strip_suffix('d').map(|days| days.trim().parse::<u64>());
    let age = match days {
        Some(Ok(days)) => days.checked_mul(24 * 60 * 60).map(std::time::Duration::from_secs).ok_or_else(|| "too many days".to_owned())?,
        Some(Err(_)) | None => super::duration(text)?,
    };
    if age.is_zero() { Err("everything would be older than that".to_owned()) } else { Ok(age) }
}

/// Which witness a repair believes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CourseName {
    Forward,
    Back,
}

impl From<CourseName> for evenkeel_core::history::repair::Course {
    fn from(course: CourseName) -> Self {
        match course {
            CourseName::Forward => Self::Forward,
            CourseName::Back => Self::Back,
        }
    }
}

/// `preflight`.
#[derive(Debug, Args)]
pub struct Preflight {
    /// An environment's name, a URL, a libpq keyword string; without --queries a manifest file too.
    pub environment: String,
    /// What must be there at least: a manifest, or replay:DIR.
    #[arg(long, value_name = "MANIFEST|replay:DIR", required_unless_present_any = ["queries", "artifact"])]
    pub expect: Option<String>,
    /// Queries of the build: a file of SQL (sqlc's too), a folder of such files, sqlx's folder; or those that a server's statistics have
    /// seen, pg_stat_statements:ENV, digest:ENV on MySQL. May be given several times.
    #[arg(long, value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub queries: Vec<PathBuf>,
    /// That the migrations of this build ran there: the digest that `evenkeel migrations` prints of its folder.
    #[arg(long, value_name = "DIGEST", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub artifact: Option<String>,
    /// The role that the application connects as: its search_path decides what names mean.
    #[arg(long, value_name = "ROLE", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub role: Option<String>,
    /// The folder of migrations, to say which of them makes what is missing; without it the one under [project].
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub migrations: Option<PathBuf>,
    #[command(flatten)]
    pub reading: Reading,
    /// Form of the report.
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = HistoryFormat::Terminal)]
    pub format: HistoryFormat,
    /// Write the report here; the verdict line still goes to stderr.
    #[arg(long, short, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub out: Option<PathBuf>,
}

/// `rehearse`.
#[derive(Debug, Args)]
pub struct Rehearse {
    /// Files to rehearse in place of what is pending, each one migration.
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub files: Vec<PathBuf>,
    /// What it is meant for: an environment's name, a URL, or a manifest file. It is read, and never written to.
    #[arg(long = "for", value_name = "ENV|MANIFEST")]
    pub target: String,
    /// Where it is run: a throwaway server of this machine (scratch), or also an environment that is not production, by its configured
    /// name: each transaction that may run there runs on its rows and beside its clients, and is rolled back. PostgreSQL.
    #[arg(long, value_name = "scratch|ENV", default_value = "scratch")]
    pub on: String,
    /// Say that it runs on a throwaway server too, which it always does: what cannot run in place runs there alone.
    #[arg(long, value_enum, value_name = "scratch")]
    pub and: Option<AndName>,
    /// The schema that is expected after it: a manifest, or replay:DIR.
    #[arg(long, value_name = "MANIFEST|replay:DIR")]
    pub expect: Option<String>,
    /// A dump as plain SQL (pg_dump, mysqldump) that the throwaway server's schema is made of, in place of what the target's manifest tells;
    /// roles, extensions, owners and rights stay as captured. What is otherwise on the target is said.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub dump: Option<PathBuf>,
    /// Fill tables of the throwaway server with copies of the rows of this environment, by its configured name; one that is not production.
    /// It is read only; no value of a row is told. All rows of a table come, or none: not with --rows.
    #[arg(long, value_name = "ENV")]
    pub data: Option<String>,
    /// Give tables of the throwaway server so many made-up rows each, or such a part of what they have on the target; without it they are
    /// empty. Several sizes with commas, such as 1%,3%,10%: then it is estimated what everything takes on the target's size.
    #[arg(long, value_name = "COUNT|PART%", value_delimiter = ',', value_parser = amount)]
    pub rows: Vec<evenkeel_pipeline::rehearse::Amount>,
    /// Queries of the application that runs now, as `preflight` reads them: are they the same after it, also where they were prepared
    /// before? May be given several times.
    #[arg(long, value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub queries: Vec<PathBuf>,
    /// Queries of the next application, which are to run before the release as well.
    #[arg(long, value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub next: Vec<PathBuf>,
    /// What clients ask while it runs: `synthetic` (reads and changes by keys, made from the schema; so without this), a file or folder
    /// of SQL (`-- weight: 5` on a line says how often those of a file are asked), or pg_stat_statements:ENV. May be given several times.
    #[arg(long, value_name = "synthetic|PATH", value_hint = ValueHint::AnyPath)]
    pub workload: Vec<PathBuf>,
    /// Keep a reader and an idle transaction that has written open beside it for so long, on the tables that it names.
    #[arg(long, value_name = "TIME", value_parser = super::duration)]
    pub long_transaction: Option<std::time::Duration>,
    /// Have a throwaway replica follow it once more, and measure how far behind that is. PostgreSQL.
    #[arg(long)]
    pub replica: bool,
    /// End it when it takes longer than that altogether: a release of which nobody knows how long it takes, on many rows.
    #[arg(long, value_name = "TIME", value_parser = super::duration)]
    pub within: Option<std::time::Duration>,
    /// Compare how fast the target and this machine compute, for some seconds, reading no table: estimates are narrower then.
    #[arg(long, requires = "rows")]
    pub probe: bool,
    /// Write what was found here, as evidence that `evenkeel evidence` checks.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub evidence: Option<PathBuf>,
    /// Sign it with this private Ed25519 key (PKCS#8, PEM).
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub key: Option<PathBuf>,
    /// Look at these parts alone; may be given several times or with commas. Then nothing is validated.
    #[arg(long, value_enum, value_name = "PART", value_delimiter = ',')]
    pub only: Vec<PartName>,
    /// The folder of migrations; without it the one under [project] in evenkeel.toml.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub migrations: Option<PathBuf>,
    #[command(flatten)]
    pub reading: Reading,
    /// Form of the report.
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = HistoryFormat::Terminal)]
    pub format: HistoryFormat,
    /// Write the report here; the verdict line still goes to stderr.
    #[arg(long, short, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub out: Option<PathBuf>,
}

/// Where else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum AndName {
    Scratch,
}

/// `10000`, or `3%`.
fn amount(text: &str) -> Result<evenkeel_pipeline::rehearse::Amount, String> {
    use evenkeel_pipeline::rehearse::Amount;
    let wrong = || "write a number of rows from 1 to 1000000000, or a part such as 3%, up to 100%".to_owned();
    if let Some(part) = text.strip_suffix('%') {
        let share = part.trim().parse::<f64>().map_err(|_| wrong())? / 100.0;
        return if share > 0.0 && share <= 1.0 { Ok(Amount::Share(share)) } else { Err(wrong()) };
    }
    match text.parse::<u64>() {
        Ok(rows) if (1..=1_000_000_000).contains(&rows) => Ok(Amount::Rows(rows)),
        _ => Err(wrong()),
    }
}

/// `evidence`.
#[derive(Debug, Args)]
pub struct Evidence {
    /// What `rehearse --evidence` wrote; without it the last that the store has for the environment of --for.
    #[arg(value_hint = ValueHint::FilePath, required_unless_present = "target")]
    pub file: Option<PathBuf>,
    /// The target, whose schema must be the one that it starts from: an environment's name, a URL, or a manifest file.
    #[arg(long = "for", value_name = "ENV|MANIFEST")]
    pub target: Option<String>,
    /// How old it may be, such as 24h.
    #[arg(long, value_name = "TIME", value_parser = super::duration)]
    pub max_age: Option<std::time::Duration>,
}

/// Parts of a rehearsal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PartName {
    Run,
    Effect,
    Undo,
    Rerun,
    Load,
    Compatibility,
    Estimate,
    Lag,
}

impl From<PartName> for evenkeel_core::rehearsal::Part {
    fn from(part: PartName) -> Self {
        match part {
            PartName::Run => Self::Run,
            PartName::Effect => Self::Effect,
            PartName::Undo => Self::Undo,
            PartName::Rerun => Self::Rerun,
            PartName::Load => Self::Load,
            PartName::Compatibility => Self::Compatibility,
            PartName::Estimate => Self::Estimate,
            PartName::Lag => Self::Lag,
        }
    }
}

/// `diagnose`.
#[derive(Debug, Args)]
pub struct Diagnose {
    /// An environment's name or URL: then its server is asked whether the cause is so. Anything else is a file; without one the text
    /// is read from stdin.
    #[arg(value_name = "ENV|FILE", num_args = 0..=2)]
    pub arguments: Vec<String>,
    /// Form of the report.
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = ListFormat::Terminal)]
    pub format: ListFormat,
}

/// Forms of what was read of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ListingFormat {
    Terminal,
    Json,
    Markdown,
}

impl From<ListingFormat> for Form {
    fn from(format: ListingFormat) -> Self {
        match format {
            ListingFormat::Terminal => Self::Terminal,
            ListingFormat::Json => Self::Json,
            ListingFormat::Markdown => Self::Markdown,
        }
    }
}

/// Forms of what was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum HistoryFormat {
    Terminal,
    Json,
    Markdown,
    Html,
    Sarif,
    Junit,
}

impl HistoryFormat {
    /// The verb's own form, or the name of a format that all reports have.
    pub const fn form(self) -> Result<Form, &'static str> {
        match self {
            Self::Terminal => Ok(Form::Terminal),
            Self::Json => Ok(Form::Json),
            Self::Markdown => Ok(Form::Markdown),
            Self::Html => Err("html"),
            Self::Sarif => Err("sarif"),
            Self::Junit => Err("junit"),
        }
    }
}

/// `NAME=VALUE`.
fn placeholder(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write NAME=VALUE".to_owned()),
    }
}
