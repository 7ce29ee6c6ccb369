//! `evenkeel.toml` as it is written: what keys there are. What they mean is worked out in `load`.

use evenkeel_core::gate::Tier;
use evenkeel_core::kind::{Dimension, Severity};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::PathBuf;
use toml::Spanned;

/// The file as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    #[serde(default)]
    pub project: RawProject,
    #[serde(default)]
    pub gates: RawGates,
    #[serde(default)]
    pub environments: BTreeMap<String, Spanned<RawEnvironment>>,
    #[serde(default)]
    pub policy: RawPolicy,
    #[serde(default)]
    pub scratch: RawScratch,
    #[serde(default)]
    pub store: RawStore,
    #[serde(default)]
    pub deploy: RawDeploy,
    #[serde(default)]
    pub drill: RawDrill,
    #[serde(default)]
    pub verify: RawVerify,
    #[serde(default)]
    pub lock: RawLock,
    #[serde(default)]
    pub notify: Vec<Spanned<RawNotify>>,
    #[serde(default)]
    pub breakers: RawBreakers,
    pub rollout: Option<Spanned<RawRollout>>,
    #[serde(default)]
    pub backfill: BTreeMap<String, Spanned<RawBackfill>>,
    #[serde(default)]
    pub dual: BTreeMap<String, Spanned<RawDual>>,
    #[serde(default)]
    pub rollback: RawRollback,
}

/// What is old and new, while both are alive.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawDual {
    pub table: String,
    pub differs: Spanned<String>,
    #[serde(default)]
    pub old: Vec<Spanned<String>>,
}

/// A table that is changed part after part.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawBackfill {
    pub table: String,
    pub key: Option<Spanned<Vec<String>>>,
    pub set: Option<Spanned<String>>,
    pub statement: Option<Spanned<String>>,
    pub r#where: Option<Spanned<String>>,
    pub target: Option<Spanned<String>>,
    pub most: Option<Spanned<u64>>,
    pub lag: Option<Spanned<String>>,
    pub blocked: Option<Spanned<String>>,
    pub pause: Option<Spanned<String>>,
    pub patience: Option<Spanned<String>>,
}

/// How traffic moves.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawRollout {
    pub stages: Option<Spanned<Vec<u8>>>,
    pub watch: Option<Spanned<String>>,
    pub limit: Option<Spanned<String>>,
    pub haproxy: Option<Spanned<RawHaproxy>>,
    pub pgbouncer: Option<Spanned<RawPgbouncer>>,
    pub command: Option<Spanned<RawCommand>>,
    pub webhook: Option<Spanned<RawFlag>>,
}

/// By the weights of HAProxy's servers.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawHaproxy {
    pub socket: String,
    pub backend: String,
    pub old: Vec<String>,
    pub new: Vec<String>,
}

/// By the hosts of an entry of PgBouncer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawPgbouncer {
    pub admin_env: Spanned<String>,
    pub database: String,
    pub file: PathBuf,
    pub old: Vec<String>,
    pub new: Vec<String>,
    #[serde(default)]
    pub options: String,
}

/// What is done around a way back.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawRollback {
    pub after: Option<Spanned<Vec<String>>>,
    pub after_timeout: Option<Spanned<String>>,
    pub drain: Option<Spanned<RawDrain>>,
    #[serde(default)]
    pub application_roles: Vec<String>,
    pub within: Option<Spanned<String>>,
    pub pgbouncer: Option<Spanned<RawPaused>>,
}

/// How clients are kept out.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RawDrain {
    Pgbouncer,
    Wait,
}

/// A PgBouncer whose databases are paused.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawPaused {
    pub admin_env: Spanned<String>,
    pub databases: Vec<String>,
}

/// By a command.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawCommand {
    pub run: Vec<String>,
    pub read: Option<Vec<String>>,
    pub limit: Option<Vec<String>>,
    pub timeout: Option<Spanned<String>>,
}

/// By telling a feature flag.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawFlag {
    pub url_env: Spanned<String>,
    pub secret_env: Option<Spanned<String>>,
}

/// What is measured while traffic moves.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawBreakers {
    pub interval: Option<Spanned<String>>,
    pub minimum: Option<Spanned<u32>>,
    pub samples: Option<Spanned<u32>>,
    pub missing: Option<Spanned<u32>>,
    pub lag: Option<Spanned<RawLag>>,
    pub connections: Option<Spanned<RawShare>>,
    pub errors: Option<Spanned<RawShare>>,
    pub transactions: Option<u64>,
    pub replicas: Option<u16>,
    pub prometheus: Option<Spanned<String>>,
    pub prometheus_token_env: Option<Spanned<String>>,
    pub timeout: Option<Spanned<String>>,
    pub open_for: Option<Spanned<String>>,
    #[serde(default)]
    pub queries: Vec<Spanned<RawBreakerQuery>>,
}

/// A query, and what its number may be.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawBreakerQuery {
    pub name: String,
    pub query: String,
    pub most: Option<RawNumber>,
    pub least: Option<RawNumber>,
    pub slo: Option<RawNumber>,
    pub minimum: Option<Spanned<u32>>,
    pub samples: Option<Spanned<u32>>,
    pub missing: Option<Spanned<u32>>,
}

/// `3`, or `0.25`.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(untagged)]
pub enum RawNumber {
    Whole(i32),
    Part(f64),
}

/// `false`, or `"500ms"`.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum RawLag {
    Any(bool),
    Time(String),
}

/// `false`, or hundredths.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(untagged)]
pub enum RawShare {
    Any(bool),
    Most(RawNumber),
}

/// Who is told what came of a release.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawNotify {
    pub url: Option<Spanned<String>>,
    pub url_env: Option<Spanned<String>>,
    #[serde(default)]
    pub format: NotifyFormat,
    pub secret_env: Option<Spanned<String>>,
    pub on: Option<Vec<NotifyOn>>,
}

#[derive(Debug, Default, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NotifyFormat {
    #[default]
    Json,
    Slack,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NotifyOn {
    Success,
    Failure,
}

/// How often environments are drilled.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawDrill {
    pub every: Option<Spanned<String>>,
    pub environments: Option<Vec<String>>,
    pub promote: Option<Spanned<Vec<String>>>,
    pub promote_timeout: Option<Spanned<String>>,
}

/// What follows a deployment, until it is left alone.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawLock {
    pub windows: Option<Spanned<Vec<String>>>,
}

/// What `verify` asks beside the usual.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawVerify {
    #[serde(default)]
    pub queries: Vec<Spanned<RawVerifyQuery>>,
}

/// A query, and how many rows it may have.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawVerifyQuery {
    pub name: String,
    pub sql: String,
    #[serde(default)]
    pub rows: usize,
}

/// What a deployment demands.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawDeploy {
    #[serde(default)]
    pub own_timeouts: bool,
    pub oldest_transaction: Option<Spanned<String>>,
    pub lag: Option<Spanned<String>>,
    pub max_age: Option<Spanned<String>>,
}

/// What a rehearsal demands.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawGates {
    pub lock_hold: Option<Spanned<String>>,
    pub blocked: Option<Spanned<String>>,
    pub undo: Option<Spanned<String>>,
    pub undo_reason: Option<Spanned<String>>,
    pub recovery: Option<Spanned<String>>,
    pub lag: Option<Spanned<String>>,
    pub require: Option<Spanned<Vec<String>>>,
    pub in_place_bytes: Option<Spanned<RawBytes>>,
    #[serde(default)]
    pub keys: Vec<Spanned<PathBuf>>,
    #[serde(default)]
    pub unsigned: bool,
}

/// `200000000`, or `"200MB"`.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum RawBytes {
    Count(u64),
    Text(String),
}

/// What is kept between runs.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawStore {
    pub url: Option<Spanned<String>>,
    pub keep: Option<Spanned<String>>,
}

/// Throwaway servers.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawScratch {
    #[serde(default)]
    pub folders: Vec<Spanned<PathBuf>>,
}

/// What holds for all environments.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawProject {
    #[serde(default)]
    pub reference: Vec<Spanned<RawReference>>,
    pub secret: Option<Spanned<String>>,
    pub migrations: Option<Spanned<RawMigrations>>,
    pub tool: Option<Spanned<String>>,
    pub render: Option<Spanned<String>>,
    pub status: Option<Spanned<String>>,
}

/// `"db/migrations"`, or several folders with what each is for.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum RawMigrations {
    One(PathBuf),
    Several(Vec<RawMigrationsTable>),
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawMigrationsTable {
    pub folder: PathBuf,
    pub tool: Option<String>,
    #[serde(default)]
    pub environments: Vec<String>,
    #[serde(default)]
    pub placeholders: BTreeMap<String, String>,
    pub render: Option<String>,
    pub status: Option<String>,
}

/// `"app.countries"`, or a table with what is compared of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum RawReference {
    Name(String),
    Table(RawReferenceTable),
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawReferenceTable {
    pub table: String,
    #[serde(default)]
    pub columns: Vec<String>,
    #[serde(default)]
    pub key: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawEnvironment {
    pub url: Option<Spanned<String>>,
    pub host: Option<Spanned<String>>,
    pub port: Option<Spanned<u16>>,
    pub dbname: Option<Spanned<String>>,
    pub user: Option<Spanned<String>>,
    pub password: Option<Spanned<String>>,
    pub service: Option<Spanned<String>>,
    pub sslmode: Option<Spanned<String>>,
    pub sslrootcert: Option<Spanned<String>>,
    pub tier: Option<Tier>,
    #[serde(default)]
    pub replicas: Vec<Spanned<String>>,
    pub read_from: Option<ReadFrom>,
    pub migration_role: Option<Spanned<String>>,
    pub application_role: Option<Spanned<String>>,
    pub heartbeat: Option<Spanned<String>>,
    pub manifest: Option<Spanned<PathBuf>>,
    #[serde(default)]
    pub roles: BTreeMap<String, Spanned<String>>,
    pub history: Option<Spanned<RawHistory>>,
    pub recorded: Option<Spanned<String>>,
    #[serde(default)]
    pub reference: Vec<Spanned<RawReference>>,
}

/// `"schema.table"`, or `false`.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum RawHistory {
    Any(bool),
    Table(String),
}

impl RawEnvironment {
    /// Keywords of a connection, but the port, which is a number.
    pub const fn parts(&self) -> [(&'static str, &Option<Spanned<String>>); 7] {
        [
            ("host", &self.host),
            ("dbname", &self.dbname),
            ("user", &self.user),
            ("password", &self.password),
            ("service", &self.service),
            ("sslmode", &self.sslmode),
            ("sslrootcert", &self.sslrootcert),
        ]
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReadFrom {
    Primary,
    Replica,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawPolicy {
    #[serde(default)]
    pub ignore: Vec<Spanned<RawWaiver>>,
    #[serde(default)]
    pub accept: Vec<String>,
    pub fail_on: Option<Severity>,
    pub column_order: Option<ColumnOrder>,
    pub shared_faults: Option<Severity>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ColumnOrder {
    Ignore,
    Warn,
    Block,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawWaiver {
    pub object: Option<Spanned<String>>,
    pub schema: Option<Spanned<String>>,
    pub dimension: Option<Dimension>,
    pub attribute: Option<Spanned<String>>,
    pub reason: Spanned<String>,
    pub owner: Spanned<String>,
    pub until: Spanned<toml::Value>,
}
