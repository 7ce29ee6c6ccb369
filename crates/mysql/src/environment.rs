//! The port: a MySQL or MariaDB environment as the pipeline sees it. Blocking; the driver's threads stay in here.

use crate::capture::Asked;
use crate::connect::{Fault, Target, connect};
use crate::{capture, claim, deploy, flight, grants, prepare};
use evenkeel_core::fault::{Trouble, Troublesome};
use evenkeel_core::manifest::Manifest;
use evenkeel_core::port::{
    Answers, Claimed, Condition, Environment, Filled, Flights, Inquiry, Limits, Noticed, Origins, Register, RegisterRow, Registered,
    Request, Sought, Tool, Traffic, Used, Vitals, Watch, Wish,
};
use evenkeel_runtime::{Driver, interruptible};
use std::time::Duration;

/// A MySQL or MariaDB server, and one database of it or all.
pub struct MysqlEnvironment {
    target: Target,
    heartbeat: Option<String>,
}

impl MysqlEnvironment {
    #[must_use]
    pub const fn new(target: Target) -> Self {
        Self { target, heartbeat: None }
    }

    /// `database.table` that a process on the source writes the time into; replicas' lag is told by it as well.
    #[must_use]
    pub fn with_heartbeat(self, heartbeat: Option<&str>) -> Self {
        Self { heartbeat: heartbeat.map(str::to_owned), ..self }
    }
}

impl Environment for MysqlEnvironment {
    fn capture(&self, request: &Request, watch: &Watch<'_>) -> Result<Manifest, Box<Trouble>> {
        let asked = Asked { target: &self.target, heartbeat: self.heartbeat.as_deref(), request };
        Driver::start()?.run(capture::capture(asked, watch)).map_err(|fault| Box::new(fault.trouble()))
    }

    fn grants(&self, request: &Request, role: Option<&str>, watch: &Watch<'_>) -> Result<String, Box<Trouble>> {
        let limits = request.limits();
        let script = async { grants::script(&self.target, &limits, role).await.map_err(|fault| Box::new(fault.trouble())) };
        Driver::start()?.run(interruptible(watch.stop, async {}, script))
    }

    fn prepare(&self, inquiry: &Inquiry<'_>, watch: &Watch<'_>) -> Result<Answers, Box<Trouble>> {
        Driver::start()?.run(interruptible(watch.stop, async {}, prepare::all(&self.target, inquiry)))
    }

    fn flights(&self, limits: &Limits, besides: &[u64], tables: &[Tool<'_>], watch: &Watch<'_>) -> Result<Flights, Box<Trouble>> {
        let work = async { flight::all(&self.target, limits, besides, tables).await };
        Driver::start()?.run(interruptible(watch.stop, async {}, work))
    }

    fn origins(&self, sought: &Sought<'_>, watch: &Watch<'_>) -> Result<Origins, Box<Trouble>> {
        let work = async { flight::origin::all(&self.target, sought).await };
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
        let work = async {
            let words = |fault: Fault| Box::new(fault.trouble());
            let mut session = connect(&self.target).await.map_err(words)?;
            session.begin_read_only(limits).await.map_err(words)?;
            let answer = match session.rows(query, "asking a query").await {
                Ok(rows) => Ok(rows.len()),
                Err(Fault::Server { code, message, .. }) => Err(format!("{message} ({code})")),
                Err(fault) => return Err(words(fault)),
            };
            session.close().await;
            Ok(answer)
        };
        Driver::start()?.run(interruptible(watch.stop, async {}, work))
    }

    fn traffic(&self, _: &[(String, String)], limits: &Limits, watch: &Watch<'_>) -> Result<Traffic, Box<Trouble>> {
        let work = async { deploy::traffic::look(&self.target, limits).await };
        Driver::start()?.run(interruptible(watch.stop, async {}, work))
    }

    fn behind(&self, limits: &Limits, watch: &Watch<'_>) -> Result<Option<Duration>, Box<Trouble>> {
        let work = async { deploy::behind::look(&self.target, limits).await };
        Driver::start()?.run(interruptible(watch.stop, async {}, work))
    }

    fn meeting(&self, of: &Condition, limits: &Limits, watch: &Watch<'_>) -> Result<Result<u64, String>, Box<Trouble>> {
        let work = async { deploy::filled::meeting(&self.target, of, limits).await };
        Driver::start()?.run(interruptible(watch.stop, async {}, work))
    }

    fn own_bound(&self, watch: &Watch<'_>) -> Result<Option<Duration>, Box<Trouble>> {
        let work = async { deploy::traffic::own_bound(&self.target).await };
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

    fn pour(&self, into: &str, limits: &Limits, watch: &Watch<'_>) -> Result<Vec<Filled>, Box<Trouble>> {
        crate::fill::pour(&self.target, into, limits, watch)
    }

    fn orphans(&self, keys: &[Vec<String>], limits: &Limits, watch: &Watch<'_>) -> Result<Vec<Result<u64, String>>, Box<Trouble>> {
        let work = async { deploy::orphans::count(&self.target, keys, limits).await };
        Driver::start()?.run(interruptible(watch.stop, async {}, work))
    }

    fn used(&self, _: &str, table: &str, limits: &Limits, watch: &Watch<'_>) -> Result<Result<Used, String>, Box<Trouble>> {
        let work = async { deploy::used::look(&self.target, table, limits).await };
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
