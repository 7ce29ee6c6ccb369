//! The port: what PostgreSQL can be asked for, before any server is named. Neighbours: `environment`, one server; `scratch`,
//! throwaway ones.

use crate::capture;
use crate::connect::{Target, ThisMachine};
use crate::console::PgBouncer;
use crate::deploy::PostgresDeployer;
use crate::deploy::backfill::PostgresBackfiller;
use crate::environment::PostgresEnvironment;
use crate::fill::PostgresFiller;
use crate::flavor::{NEWEST, OLDEST};
use crate::grammar::PostgresGrammar;
use crate::ident::{literal, quoted};
use crate::keep::PostgresKeeper;
use crate::knowledge;
use crate::observe::PostgresObserver;
use crate::patch::PostgresDialect;
use crate::remedy::PostgresRemedies;
use crate::rollback::PostgresRollback;
use crate::scratch::PostgresWorkshop;
use evenkeel_core::compare::Remedies;
use evenkeel_core::connection::typed_again;
use evenkeel_core::fault::{Class, Trouble, Troublesome};
use evenkeel_core::history::current_schema;
use evenkeel_core::kind::{self, Dimension};
use evenkeel_core::manifest::{Endpoint, Manifest};
use evenkeel_core::patch::Dialect;
use evenkeel_core::port::{Backfiller, Console, Deployer, Engine, Filler, Keeper, Named, Observer, Own, Rollback, SchemaNames, Workshop};
use evenkeel_core::rehearsal::Stuck;
use evenkeel_core::statement::Grammar;
use std::path::PathBuf;

/// PostgreSQL.
#[derive(Debug, Clone, Copy)]
pub struct Postgres;

/// Where names are looked for where nobody sets it.
const USUAL_PATH: &str = "\"$user\", public";
/// The role migrations run as.
const MIGRATION_ROLE: &str = "migration_role";

/// What others know and PostgreSQL does not.
const WITHOUT: &[(&str, &str)] = &[("heartbeat", "the server tells the lag of its replicas by itself: PostgreSQL needs no such table")];

/// Whether a setting with that source is one that every session gets.
fn is_anybodys(source: &str) -> bool {
    !source.contains("user") && !source.contains("client") && !source.contains("session")
}

impl Engine for Postgres {
    fn schemes(&self) -> &'static [&'static str] {
        &["postgres", "postgresql"]
    }

    fn environment(&self, text: &str, own: &Own<'_>) -> Result<Named, Box<Trouble>> {
        let target = Target::parse(text, &ThisMachine).map_err(|fault| Box::new(fault.trouble()))?;
        own.only(&[MIGRATION_ROLE], WITHOUT)?;
        let described = target.describe();
        Ok(Named {
            label: format!("{}@{}:{}", described.dbname.value, described.host.value, described.port.value),
            warnings: target.warnings().to_vec(),
            typed: typed_again(text, &|text| target.scrub(text)),
            environment: Box::new(PostgresEnvironment::new(target).migrating_as(own.get(MIGRATION_ROLE))),
        })
    }

    fn session_settings(&self, manifest: &Manifest, role: Option<&str>) -> Vec<(String, String)> {
        let given = |role: &str, scope: &str| {
            let found = manifest.find(kind::Kind::Override, &[role, scope, "search_path"]);
            found.and_then(|found| found.text("value")).map(str::to_owned)
        };
        let server = manifest.find(kind::Kind::Setting, &["search_path"]);
        // What the role has that read it is not what another has.
        let server = server.filter(|setting| role.is_none() || setting.text("source").is_none_or(is_anybodys));
        let own = role.and_then(|role| given(role, "this database").or_else(|| given(role, "every database")));
        let value = own.or_else(|| given("every role", "this database")).or_else(|| server?.text("value").map(str::to_owned));
        let value = match role {
            Some(role) => value.map(|value| value.replace("\"$user\"", &quoted(role))),
            None => value,
        };
        value.map(|value| ("search_path".to_owned(), value)).into_iter().collect()
    }

    fn migration_settings(&self, manifest: &Manifest, role: Option<&str>) -> Vec<(String, String)> {
        let mut settings = self.session_settings(manifest, role);
        let named = self.named_schemas(&settings);
        let Some(schema) = current_schema(manifest).filter(|schema| named.first().is_none_or(|first| first != schema)) else {
            return settings;
        };
        let schema = quoted(schema);
        match settings.iter_mut().find(|(name, _)| name == "search_path") {
            Some((_, path)) if path.trim().is_empty() => *path = schema,
            Some((_, path)) => *path = format!("{schema}, {path}"),
            None => settings.push(("search_path".to_owned(), format!("{schema}, {USUAL_PATH}"))),
        }
        settings
    }

    fn entering(&self, manifest: &Manifest) -> Option<String> {
        let schema = literal(&quoted(current_schema(manifest)?));
        let path = "NULLIF(pg_catalog.current_setting('search_path'), '')";
        Some(format!("SELECT pg_catalog.set_config('search_path', pg_catalog.concat_ws(', ', {schema}, {path}), false);"))
    }

    fn is_forbidden(&self, code: &str) -> bool {
        code == "42501"
    }

    fn named_schemas(&self, settings: &[(String, String)]) -> Vec<String> {
        let path = settings.iter().find(|(name, _)| name == "search_path").map_or("", |(_, value)| value.as_str());
        let (mut names, mut rest) = (Vec::new(), path.trim());
        while !rest.is_empty() {
            let name = match rest.strip_prefix('"') {
                Some(quoted) => {
                    // A quote within is doubled.
                    let end = quoted.replace("\"\"", "  ").find('"').unwrap_or(quoted.len());
                    let (name, behind) = quoted.split_at(end);
                    rest = behind.trim_start_matches('"');
                    name.replace("\"\"", "\"")
                }
                None => {
                    let (name, behind) = rest.split_at(rest.find(',').unwrap_or(rest.len()));
                    rest = behind;
                    name.trim().to_lowercase()
                }
            };
            rest = rest.trim_start().trim_start_matches(',').trim_start();
            names.push(name);
        }
        names.retain(|name| !name.is_empty() && name != "$user" && name != "public" && !name.starts_with("pg_"));
        names
    }

    fn renew(&self, manifest: &mut Manifest) {
        capture::renew(manifest);
    }

    fn remedies(&self, candidate: &Manifest) -> Box<dyn Remedies> {
        Box::new(PostgresRemedies::new(candidate))
    }

    fn queries(&self, _: kind::Engine, version: Option<&str>, dimensions: &[Dimension]) -> Result<String, Box<Trouble>> {
        let major = match version {
            None => NEWEST,
            // Newer ones are read as the newest that is known.
            Some(text) => text.parse().ok().filter(|major| (OLDEST..=99).contains(major)).ok_or_else(|| {
                let trouble = Trouble::new(Class::Usage, "no statements for that version").expected(format!("{OLDEST} or newer"));
                Box::new(trouble.found(text).fix(format!("evenkeel queries --major {NEWEST}")))
            })?,
        };
        Ok(capture::statements(major, dimensions))
    }

    fn schema_names(&self) -> Result<&dyn SchemaNames, Box<Trouble>> {
        Ok(&capture::PostgresSchemaNames)
    }

    fn undoes_definitions(&self) -> bool {
        true
    }

    fn server_settings(&self, manifest: &Manifest) -> Vec<(String, String)> {
        // What the role has that read it is not what another has.
        let value = |name: &str| {
            let setting = manifest.find(kind::Kind::Setting, &[name])?;
            setting.text("value").filter(|_| setting.text("source").is_none_or(is_anybodys)).map(str::to_owned)
        };
        let mut settings: Vec<(String, String)> =
            knowledge::rehearsed::SETTINGS.iter().filter_map(|name| Some(((*name).to_owned(), value(name)?))).collect();
        if settings.iter().any(|(name, value)| name == "wal_level" && value == "minimal") {
            // It allows no replicas.
            settings.push(("max_wal_senders".to_owned(), "0".to_owned()));
        }
        settings
    }

    fn scaled(&self, manifest: &Manifest, scale: f64) -> (Vec<(String, String)>, Vec<Stuck>) {
        let mut settings = self.server_settings(manifest);
        let cache = knowledge::rehearsed::CACHE;
        let value = manifest.find(kind::Kind::Setting, &[cache]).and_then(|setting| setting.text("value"));
        settings.extend(value.map(|value| (cache.to_owned(), value.to_owned())));
        knowledge::rehearsed::scaled(settings, scale, manifest.endpoint.server_major)
    }

    fn lock_slots(&self, manifest: &Manifest) -> Option<u64> {
        let number = |name: &str| manifest.find(kind::Kind::Setting, &[name])?.text("value")?.parse::<u64>().ok();
        // https://www.postgresql.org/docs/18/runtime-config-locks.html#GUC-MAX-LOCKS-PER-TRANSACTION
        let sessions = number("max_connections")?.saturating_add(number("max_prepared_transactions").unwrap_or_default());
        Some(number("max_locks_per_transaction")?.saturating_mul(sessions))
    }

    fn filler(&self) -> Result<&dyn Filler, Box<Trouble>> {
        Ok(&PostgresFiller)
    }

    fn deployer(&self) -> Result<&dyn Deployer, Box<Trouble>> {
        Ok(&PostgresDeployer)
    }

    fn backfiller(&self) -> Result<&dyn Backfiller, Box<Trouble>> {
        Ok(&PostgresBackfiller)
    }

    fn observer(&self) -> Result<&dyn Observer, Box<Trouble>> {
        Ok(&PostgresObserver)
    }

    fn rollback(&self) -> Result<&dyn Rollback, Box<Trouble>> {
        Ok(&PostgresRollback)
    }

    fn dialect(&self, candidate: &Endpoint) -> Result<Box<dyn Dialect>, Box<Trouble>> {
        Ok(Box::new(PostgresDialect::of(candidate)))
    }

    fn grammar(&self) -> Result<&dyn Grammar, Box<Trouble>> {
        Ok(&PostgresGrammar)
    }

    fn keeper(&self, url: &str) -> Result<Box<dyn Keeper>, Box<Trouble>> {
        Ok(Box::new(PostgresKeeper::new(Target::parse(url, &ThisMachine).map_err(|fault| Box::new(fault.trouble()))?)))
    }

    fn console(&self, url: &str) -> Result<Box<dyn Console>, Box<Trouble>> {
        let target = Target::parse(url, &ThisMachine).map_err(|fault| Box::new(fault.trouble()))?;
        Ok(Box::new(PgBouncer::new(target)?))
    }

    fn workshop(&self, folders: &[PathBuf]) -> Box<dyn Workshop> {
        Box::new(PostgresWorkshop { folders: folders.to_vec(), ..PostgresWorkshop::default() })
    }
}
