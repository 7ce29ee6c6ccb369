//! The port: what MySQL and MariaDB can be asked for, before any server is named. Neighbours: `environment`, one server;
//! `scratch`, throwaway ones.

use crate::capture;
use crate::connect::{Target, ThisMachine};
use crate::deploy::MysqlDeployer;
use crate::deploy::backfill::MysqlBackfiller;
use crate::environment::MysqlEnvironment;
use crate::flavor::Flavor;
use crate::grammar::MysqlGrammar;
use crate::patch::MysqlDialect;
use crate::remedy::MysqlRemedies;
use crate::scratch::MysqlWorkshop;
use evenkeel_core::compare::Remedies;
use evenkeel_core::connection::typed_again;
use evenkeel_core::fault::{Class, Trouble, Troublesome};
use evenkeel_core::kind::{self, Dimension};
use evenkeel_core::manifest::{CANONICAL, Endpoint, Manifest, Object};
use evenkeel_core::patch::Dialect;
use evenkeel_core::port::{Backfiller, Deployer, Engine, Named, Own, SchemaNames, Workshop};
use evenkeel_core::statement::Grammar;
use std::path::PathBuf;

/// MySQL and MariaDB.
#[derive(Debug, Clone, Copy)]
pub struct Mysql;

/// `database.table` that a process on the source writes the time into.
const HEARTBEAT: &str = "heartbeat";

/// What others know and MySQL and MariaDB do not.
const WITHOUT: &[(&str, &str)] =
    &[("migration_role", "settings are the server's for every account: MySQL and MariaDB keep none for a role")];

impl Engine for Mysql {
    fn schemes(&self) -> &'static [&'static str] {
        &["mysql", "mariadb"]
    }

    fn environment(&self, text: &str, own: &Own<'_>) -> Result<Named, Box<Trouble>> {
        let target = Target::parse(text, &ThisMachine).map_err(|fault| Box::new(fault.trouble()))?;
        own.only(&[HEARTBEAT], WITHOUT)?;
        let described = target.describe();
        let port = Some(&described.port.value).filter(|port| !port.is_empty());
        let place = port.map_or_else(|| described.host.value.clone(), |port| format!("{}:{port}", described.host.value));
        Ok(Named {
            label: format!("{}@{place}", described.database.value),
            warnings: target.warnings().to_vec(),
            typed: typed_again(text, &|text| target.scrub(text)),
            environment: Box::new(MysqlEnvironment::new(target).with_heartbeat(own.get(HEARTBEAT))),
        })
    }

    fn session_settings(&self, manifest: &Manifest, _: Option<&str>) -> Vec<(String, String)> {
        // Accounts have none of their own.
        let value = |name: &str| manifest.find(kind::Kind::Setting, &[name]).and_then(|setting| setting.text("value"));
        let mode = value("sql_mode").map(|mode| ("sql_mode".to_owned(), mode.replace(' ', "")));
        // Events keep the zone of the session that makes them. Names of zones are known where they were loaded alone.
        let zone = value("time_zone").filter(|zone| *zone == "SYSTEM" || zone.starts_with(['+', '-']));
        mode.into_iter().chain(zone.map(|zone| ("time_zone".to_owned(), zone.to_owned()))).collect()
    }

    fn renew(&self, manifest: &mut Manifest) {
        capture::renew(manifest);
        manifest.canonical = CANONICAL;
    }

    fn remedies(&self, candidate: &Manifest) -> Box<dyn Remedies> {
        Box::new(MysqlRemedies::new(candidate))
    }

    fn queries(&self, vendor: kind::Engine, version: Option<&str>, dimensions: &[Dimension]) -> Result<String, Box<Trouble>> {
        let newest = Flavor::newest_tested(vendor);
        let flavor = version.map_or_else(|| newest.clone(), |text| Flavor::of(vendor, text));
        let flavor = flavor.filter(|flavor| flavor.oldest_if_too_old().is_none()).ok_or_else(|| {
            let trouble = Trouble::new(Class::Usage, "no statements for that version").expected("such as 9.7 or 10.11");
            Box::new(trouble.found(version.unwrap_or_default()).fix("evenkeel queries --engine mariadb --major 10.11"))
        })?;
        Ok(capture::statements(&flavor, dimensions))
    }

    /// A schema is a database here, and each is read by itself.
    fn schema_names(&self) -> Result<&dyn SchemaNames, Box<Trouble>> {
        let trouble = Trouble::new(Class::Configuration, "its schemas cannot be compared in one run");
        let trouble = trouble.expected("a database that has schemas").found("MySQL or MariaDB, where a schema is a database of its own");
        Err(Box::new(trouble.fix("compare two databases: evenkeel compare mysql://HOST/TEMPLATE mysql://HOST/TENANT")))
    }

    /// <https://dev.mysql.com/doc/refman/en/storage-engines.html>
    fn takes_back(&self, table: &Object) -> Option<bool> {
        const ENGINES: [&str; 4] = ["innodb", "ndbcluster", "rocksdb", "tokudb"];
        table.text("engine").map(|engine| ENGINES.contains(&engine.to_ascii_lowercase().as_str()))
    }

    /// `foreign_key_checks = 0` lets any row in, and nothing says so later.
    fn keys_vouch(&self) -> bool {
        false
    }

    /// Of the database, the table, the column, the server, the routine, that anybody may rely on it, its log.
    /// <https://dev.mysql.com/doc/mysql-errors/en/server-error-reference.html>
    fn is_forbidden(&self, code: &str) -> bool {
        matches!(code, "1044" | "1142" | "1143" | "1227" | "1370" | "1410" | "1419")
    }

    fn session_role(&self) -> Option<&'static str> {
        Some("an account that may do everything in its database")
    }

    /// Each defining statement commits what came before, and itself.
    /// <https://dev.mysql.com/doc/refman/en/implicit-commit.html>
    fn undoes_definitions(&self) -> bool {
        false
    }

    fn dialect(&self, candidate: &Endpoint) -> Result<Box<dyn Dialect>, Box<Trouble>> {
        Ok(Box::new(MysqlDialect::of(candidate)))
    }

    fn deployer(&self) -> Result<&dyn Deployer, Box<Trouble>> {
        Ok(&MysqlDeployer)
    }

    fn backfiller(&self) -> Result<&dyn Backfiller, Box<Trouble>> {
        Ok(&MysqlBackfiller)
    }

    fn grammar(&self) -> Result<&dyn Grammar, Box<Trouble>> {
        Ok(&MysqlGrammar)
    }

    fn workshop(&self, folders: &[PathBuf]) -> Box<dyn Workshop> {
        Box::new(MysqlWorkshop { folders: folders.to_vec(), ..MysqlWorkshop::default() })
    }
}
