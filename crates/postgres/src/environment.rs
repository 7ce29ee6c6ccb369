//! The port: a PostgreSQL environment as the pipeline sees it. Blocking; the driver's threads stay in here.

use crate::capture::Asked;
use crate::connect::Target;
use crate::{capture, claim, deploy, flight, grants, prepare};
use evenkeel_core::fault::{Trouble, Troublesome};
use evenkeel_core::manifest::Manifest;
use evenkeel_core::port::{
    Answers, Claimed, Condition, Environment, Filled, Flights, Inquiry, Limits, Noticed, Origins, Register, RegisterRow, Registered,
    Request, Sought, Tool, Traffic, Used, Vitals, Watch, Wish,
};
use evenkeel_runtime::{Driver, interruptible};
use std::time::Duration;

/// A PostgreSQL server and database.
pub struct PostgresEnvironment {
    target: Target,
    migration_role: Option<String>,
}

impl PostgresEnvironment {
    #[must_use]
    pub const fn new(target: Target) -> Self {
        Self { target, migration_role: None }
    }

    /// The role migrations run as; effective settings are computed for it.
    #[must_use]
    pub fn migrating_as(self, migration_role: Option<&str>) -> Self {
        Self { migration_role: migration_role.map(str::to_owned), ..self }
    }
}

impl Environment for PostgresEnvironment {
    fn capture(&self, request: &Request, watch: &Watch<'_>) -> Result<Manifest, Box<Trouble>> {
        let asked = Asked { target: &self.target, migration_role: self.migration_role.as_deref(), request };
        Driver::start()?.run(capture::capture(asked, watch)).map_err(|fault| Box::new(fault.trouble()))
    }

    fn grants(&self, request: &Request, role: Option<&str>, watch: &Watch<'_>) -> Result<String, Box<Trouble>> {
        let limits = request.limits();
        let script = async { grants::script(&self.target, &limits, role).await.map_err(|fault| Box::new(fault.trouble())) };
        Driver::start()?.run(interruptible(watch.stop, async {}, script))
    }

    fn prepare(&self, inquiry: &Inquiry<'_>, watch: &Watch<'_>) -> Result<Answers, Box<Trouble>> {
        let work = async { prepare::all(&self.target, inquiry).await };
        Driver::start()?.run(interruptible(watch.stop, async {}, work))
    }

    fn flights(&self, limits: &Limits, besides: &[u64], tables: &[Tool<'_>], watch: &Watch<'_>) -> Result<Flights, Box<Trouble>> {
        let work = async { flight::all(&self.target, limits, besides, tables).await };
        Driver::start()?.run(interruptible(watch.stop, async {}, work))
    }

    fn origins(&self, sought: &Sought<'_>, watch: &Watch<'_>) -> Result<Origins, Box<Trouble>> {
        let work = async { flight::origin::all(&self.target, sought).await };
        Driver::start()?.run(interruptible(watch.stop, async {}, work))
    }

    fn traffic(&self, tables: &[(String, String)], limits: &Limits, watch: &Watch<'_>) -> Result<Traffic, Box<Trouble>> {
        let work = async { deploy::traffic::look(&self.target, tables, limits).await };
        Driver::start()?.run(interruptible(watch.stop, async {}, work))
    }

    fn own_bound(&self, watch: &Watch<'_>) -> Result<Option<Duration>, Box<Trouble>> {
        let work = async { deploy::traffic::own_bound(&self.target).await };
        Driver::start()?.run(interruptible(watch.stop, async {}, work))
    }

    fn course(&self, watch: &Watch<'_>) -> Result<Option<String>, Box<Trouble>> {
        let work = async { deploy::traffic::course(&self.target).await };
        Driver::start()?.run(interruptible(watch.stop, async {}, work))
    }

    fn sessions_of(&self, roles: &[String], limits: &Limits, watch: &Watch<'_>) -> Result<Vec<String>, Box<Trouble>> {
        let work = async { deploy::traffic::sessions_of(&self.target, roles, limits).await };
        Driver::start()?.run(interruptible(watch.stop, async {}, work))
    }

    fn filled(&self, of: &[Vec<String>], limits: &Limits, watch: &Watch<'_>) -> Result<Vec<Result<u64, String>>, Box<Trouble>> {
        let work = async { deploy::filled::count(&self.target, of, limits).await };
        Driver::start()?.run(interruptible(watch.stop, async {}, work))
    }

    fn orphans(&self, keys: &[Vec<String>], limits: &Limits, watch: &Watch<'_>) -> Result<Vec<Result<u64, String>>, Box<Trouble>> {
        let work = async { deploy::orphans::count(&self.target, keys, limits).await };
        Driver::start()?.run(interruptible(watch.stop, async {}, work))
    }

    fn meeting(&self, of: &Condition, limits: &Limits, watch: &Watch<'_>) -> Result<Result<u64, String>, Box<Trouble>> {
        let work = async { deploy::filled::meeting(&self.target, of, limits).await };
        Driver::start()?.run(interruptible(watch.stop, async {}, work))
    }

    fn vitals(&self, limits: &Limits, watch: &Watch<'_>) -> Result<Vitals, Box<Trouble>> {
        let work = async { flight::vitals::look(&self.target, limits).await };
        Driver::start()?.run(interruptible(watch.stop, async {}, work))
    }

    fn noticed(&self, limits: &Limits, watch: &Watch<'_>) -> Result<Noticed, Box<Trouble>> {
        let work = async { flight::noticed::all(&self.target, limits).await };
        Driver::start()?.run(interruptible(watch.stop, async {}, work))
    }

    fn rows(&self, query: &str, limits: &Limits, watch: &Watch<'_>) -> Result<Result<usize, String>, Box<Trouble>> {
        let work = async { flight::rows(&self.target, query, limits).await };
        Driver::start()?.run(interruptible(watch.stop, async {}, work))
    }

    fn pour(&self, into: &str, limits: &Limits, watch: &Watch<'_>) -> Result<Vec<Filled>, Box<Trouble>> {
        crate::fill::pour(&self.target, into, limits, watch)
    }

    fn probe(&self, limits: &Limits, watch: &Watch<'_>) -> Result<std::time::Duration, Box<Trouble>> {
        let work = async { flight::probe::probe(&self.target, limits).await };
        Driver::start()?.run(interruptible(watch.stop, async {}, work))
    }

    fn used(&self, schema: &str, table: &str, limits: &Limits, watch: &Watch<'_>) -> Result<Result<Used, String>, Box<Trouble>> {
        let work = async { deploy::used::look(&self.target, (schema, table), limits).await };
        Driver::start()?.run(interruptible(watch.stop, async {}, work))
    }

    fn registered(&self, register: &Register, limits: &Limits, watch: &Watch<'_>) -> Result<Registered, Box<Trouble>> {
        let work = async { deploy::register::look(&self.target, register, limits).await };
        Driver::start()?.run(interruptible(watch.stop, async {}, work))
    }

    fn register_statements(&self, register: &Register, is_made: bool, row: Option<&RegisterRow>) -> Vec<String> {
        deploy::register::statements(register, is_made, row)
    }

    fn claim<'a>(&self, wish: &Wish<'a>, watch: &Watch<'_>) -> Result<Claimed<'a>, Box<Trouble>> {
        claim::claim(&self.target, wish, watch)
    }

    fn describe(&self) -> String {
        self.target.describe().display.clone()
    }
}
