//! Arguments of the verbs that bring a release where it counts.

use super::ListFormat;
use super::release::{HistoryFormat, Reading};
use clap::{Args, ValueEnum, ValueHint};
use evenkeel_pipeline::deploy::back::Loss;
use std::path::PathBuf;

/// One environment, or several.
#[derive(Debug, Args)]
pub struct Chosen {
    /// The environment, by the name under which it is configured.
    #[arg(required_unless_present_any = ["only", "except"], conflicts_with_all = ["only", "except"])]
    pub environment: Option<String>,
    /// Several, each by its name, with commas: one after the other, each from the state that it is in. The first deployment that does not
    /// come to its end is the last; ways back go on.
    #[arg(long, value_name = "NAME", value_delimiter = ',', conflicts_with = "except")]
    pub only: Vec<String>,
    /// All that are configured but these.
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub except: Vec<String>,
}

/// `deploy`.
#[derive(Debug, Args)]
pub struct Deploy {
    #[command(flatten)]
    pub chosen: Chosen,
    /// The tool's own command, which runs it in place of evenkeel: gates before, who waits for it meanwhile, record and effect after. No
    /// shell; it is run where this is typed.
    #[arg(long, value_name = "COMMAND", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub with: Option<String>,
    #[command(flatten)]
    pub running: Running,
}

/// `rollback`.
#[derive(Debug, Args)]
pub struct Rollback {
    #[command(flatten)]
    pub chosen: Chosen,
    /// The migration that stays applied; without it all of what was rehearsed is taken back.
    #[arg(long, value_name = "KEY", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub to: Option<String>,
    /// How many rows and values that were written since may be lost, or all.
    #[arg(long, value_name = "COUNT|all", default_value = "0", value_parser = loss)]
    pub accept_loss: Loss,
    #[command(flatten)]
    pub running: Running,
}

/// `backfill`.
#[derive(Debug, Args)]
pub struct Backfill {
    /// The environment, by the name under which it is configured.
    pub environment: String,
    /// What is changed, by the name under which it is configured: [backfill.NAME] in evenkeel.toml.
    pub name: String,
    /// Say what would be done, count the rows that need it, and change nothing.
    #[arg(long)]
    pub plan: bool,
    /// Begin at the first key, whatever an earlier run left.
    #[arg(long, conflicts_with = "plan")]
    pub anew: bool,
    /// Why; it is kept with the run.
    #[arg(long, value_name = "TEXT", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub reason: Option<String>,
    /// Do not ask; an environment of tier production needs it where nobody can be asked.
    #[arg(long)]
    pub yes: bool,
    /// What need not be known: `lag` where the server does not say how far its replicas are behind.
    #[arg(long, value_enum, value_name = "GAP")]
    pub accept_gap: Vec<BackfillGap>,
    /// For how long a part is tried again whose way a lock, a deadlock or a conflict is in.
    #[arg(long, value_name = "TIME", default_value = "2min", value_parser = super::duration)]
    pub retry_for: std::time::Duration,
    /// Form of the report: terminal, json or markdown.
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = super::release::ListingFormat::Terminal)]
    pub format: super::release::ListingFormat,
    /// Write the report here; the verdict line still goes to stderr.
    #[arg(long, short, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub out: Option<PathBuf>,
}

/// `drill`.
#[derive(Debug, Args)]
pub struct Drill {
    /// The environment that the throwaway servers are made like, by the name under which it is configured. It is read, and never written
    /// to, but where --on names it.
    pub environment: String,
    /// Where: throwaway servers (scratch), or an environment of tier dev or staging, by its name. There what is pending is deployed and
    /// taken back, and a replica takes over where [drill] promote says how.
    #[arg(long, value_name = "PLACE", default_value = "scratch", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub on: String,
    /// The folder of migrations; without it the one under [project] in evenkeel.toml.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub migrations: Option<PathBuf>,
    #[command(flatten)]
    pub reading: super::release::Reading,
    /// Why; it is kept with the run.
    #[arg(long, value_name = "TEXT", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub reason: Option<String>,
    /// Form of the report: terminal, json or markdown.
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = super::release::ListingFormat::Terminal)]
    pub format: super::release::ListingFormat,
    /// Write the report here; the verdict line still goes to stderr.
    #[arg(long, short, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub out: Option<PathBuf>,
}

/// What a table is changed without.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum BackfillGap {
    Lag,
}

/// `verify`.
#[derive(Debug, Args)]
pub struct Verify {
    /// An environment's name, or a URL.
    pub environment: String,
    /// Another environment whose schema must be the same.
    #[arg(long, value_name = "ENV|MANIFEST")]
    pub against: Option<String>,
    /// Only count the rows in which what is old and what is new disagree: of each [dual.NAME] in evenkeel.toml, or of that one.
    #[arg(long, value_name = "NAME", num_args = 0..=1, default_missing_value = "", conflicts_with = "against")]
    pub dual: Option<String>,
    #[command(flatten)]
    pub reported: Reported,
}

/// `lock`.
#[derive(Debug, Args)]
pub struct Lock {
    /// The environment, by the name under which it is configured.
    pub environment: String,
    /// When the lock ends: a length of time such as 72h, or a moment such as 2026-12-06T08:00:00Z. Without it the last window after the
    /// last deployment decides, or its length from now.
    #[arg(long, value_name = "TIME|MOMENT", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub until: Option<String>,
    /// Why; whoever is refused reads it.
    #[arg(long, value_name = "TEXT", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub reason: Option<String>,
    /// Lock it although what was deployed last is not VERIFIED.
    #[arg(long)]
    pub unverified: bool,
    /// Do not ask; an environment of tier production needs it where nobody can be asked.
    #[arg(long)]
    pub yes: bool,
    /// Form of the answer.
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = ListFormat::Terminal)]
    pub format: ListFormat,
}

/// `unlock`.
#[derive(Debug, Args)]
pub struct Unlock {
    /// The environment, by the name under which it is configured.
    pub environment: String,
    /// Take away the lock of that holder, who is another than you.
    #[arg(long, value_name = "HOLDER", requires = "reason", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub held_by: Option<String>,
    /// Why; it is kept.
    #[arg(long, value_name = "TEXT", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub reason: Option<String>,
    /// Do not ask; an environment of tier production needs it where nobody can be asked.
    #[arg(long)]
    pub yes: bool,
    /// Form of the answer.
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = ListFormat::Terminal)]
    pub format: ListFormat,
}

fn loss(text: &str) -> Result<Loss, String> {
    match text {
        "all" => Ok(Loss::All),
        text => text.parse().map(Loss::Upto).map_err(|_| "write a number, or all".to_owned()),
    }
}

/// What somebody who has looked says of an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum UnknownIs {
    In,
    Out,
}

/// What somebody deploys without.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AcceptedGap {
    Locks,
    Lag,
    Use,
}

/// How a release is run where it counts, or taken back.
#[derive(Debug, Args)]
pub struct Running {
    /// Without evidence. Never on tier production, and never where no tier is configured.
    #[arg(long, conflicts_with = "evidence")]
    pub unrehearsed: bool,
    /// Print what would be run, as SQL, and whether it could be run now. Nothing is written.
    #[arg(long)]
    pub plan: bool,
    /// Go on with what an earlier run left: the server says what is in, the journal what was meant.
    #[arg(long, conflicts_with = "plan")]
    pub resume: bool,
    /// What you have seen of acts of which the server cannot tell whether they are in: `in` or `out`.
    #[arg(long, value_enum, value_name = "WORD", requires = "resume")]
    pub unknown_is: Option<UnknownIs>,
    /// Why; it is kept with the run.
    #[arg(long, value_name = "TEXT", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub reason: Option<String>,
    /// Do not ask; an environment of tier production needs it where nobody can be asked.
    #[arg(long)]
    pub yes: bool,
    /// What need not be known: `locks` where locks and times are not measured on such a server, `lag` where it does not say how far its
    /// replicas are behind, `use` where it does not say whether clients use what is declared as old and goes.
    #[arg(long, value_enum, value_name = "GAP")]
    pub accept_gap: Vec<AcceptedGap>,
    /// For how long an act is tried again whose way a lock, a deadlock or a conflict was in.
    #[arg(long, value_name = "TIME", default_value = "2min", value_parser = super::duration)]
    pub retry_for: std::time::Duration,
    /// End a statement that makes others wait longer than that, and try it again; without it `blocked` under [gates] decides.
    #[arg(long, value_name = "TIME", value_parser = super::duration)]
    pub abort_when_blocking: Option<std::time::Duration>,
    #[command(flatten)]
    pub reported: Reported,
}

/// By which evidence and files, and where the report goes.
#[derive(Debug, Args)]
pub struct Reported {
    /// Evidence of the rehearsal, as `rehearse --evidence` wrote it; without it the last that the store has for the environment, of what is
    /// there already the last whose release is in.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub evidence: Option<PathBuf>,
    /// The folder of migrations; without it the one under [project] in evenkeel.toml.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub migrations: Option<PathBuf>,
    #[command(flatten)]
    pub reading: Reading,
    /// Form of the report: terminal, json or markdown.
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = HistoryFormat::Terminal)]
    pub format: HistoryFormat,
    /// Write the report here; the verdict line still goes to stderr.
    #[arg(long, short, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub out: Option<PathBuf>,
}

/// `status`.
#[derive(Debug, Args)]
pub struct Status {
    /// Form of the list.
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = ListFormat::Terminal)]
    pub format: ListFormat,
}

/// `gate`.
#[derive(Debug, Args)]
pub struct Gate {
    /// The environment, by the name under which it is configured.
    #[arg(required_unless_present = "listen")]
    pub environment: Option<String>,
    /// Answer over HTTP at this address until the end is asked for: for ENV, or for every environment that is configured.
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub listen: Option<std::net::SocketAddr>,
    /// Listen at an address that other machines reach. Nothing there says who may ask.
    #[arg(long, requires = "listen")]
    pub public: bool,
    /// Form of the answer: terminal, json or markdown.
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = super::release::ListingFormat::Terminal)]
    pub format: super::release::ListingFormat,
}

/// `rollout`.
#[derive(Debug, Args)]
pub struct Rollout {
    /// The environment, by the name under which it is configured.
    pub environment: String,
    /// Only take back what an earlier run left elsewhere.
    #[arg(long)]
    pub back: bool,
    /// Leave it where it is, for good: where whoever moved it cannot be named any more. What is left is said, and kept.
    #[arg(long, requires = "back")]
    pub give_up: bool,
    /// Begin at the first stage although the journal has it that more was moved, where nobody reads back how traffic is spread.
    #[arg(long, conflicts_with = "back")]
    pub anew: bool,
    /// Why; it is kept with the run.
    #[arg(long, value_name = "TEXT", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub reason: Option<String>,
    /// Do not ask; an environment of tier production needs it where nobody can be asked.
    #[arg(long)]
    pub yes: bool,
    /// Form of the answer: terminal, json or markdown.
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = super::release::ListingFormat::Terminal)]
    pub format: super::release::ListingFormat,
}
