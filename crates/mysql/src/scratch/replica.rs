//! Replicas of a scratch server: empty servers that fetch everything from the primary's binary log by GTID, so nothing
//! is copied. <https://mariadb.com/kb/en/gtid/> <https://dev.mysql.com/doc/refman/en/replication-gtids.html>
//!
//! A replica cannot be told a socket of its primary, neither by MySQL nor by MariaDB (they connect to `localhost` by TCP
//! as well). So a server that serves replicas, and no other, listens on a free port of 127.0.0.1. There it lets in only
//! one account, which may do nothing but replicate and has a random password: with skip_name_resolve `root@localhost`
//! stands for the socket alone.

use std::fmt;
use std::net::{Ipv4Addr, TcpListener};
use std::time::{Duration, Instant};

use super::fault::Fault;
use super::servers::ServerBinaries;
use super::session::Session;
use super::{Scratch, random, settings};
use crate::ident::Literal;
use evenkeel_core::port::Stop;

const ACCOUNT: &str = "'evenkeel_replica'@'127.0.0.1'";
const FOLLOWING_LIMIT: Duration = Duration::from_secs(30);
/// Another program may take the free port before the server does.
const PORT_ATTEMPTS: usize = 5;

/// What kind of replica is wanted.
#[derive(Debug, Clone, Default)]
pub struct ReplicaOptions {
    /// How long it holds back what it received, in seconds: lag at will. Not 0 means that starting it does not wait for
    /// what the primary has already.
    pub delay: u32,
    /// Settings that differ from the primary's, such as `report_host`.
    pub settings: Vec<(String, String)>,
}

/// How replicas reach a server.
pub(super) struct Serving {
    pub port: u16,
    password: String,
}

impl fmt::Debug for Serving {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Serving").field("port", &self.port).finish_non_exhaustive()
    }
}

/// Of a server that serves replicas; its port follows.
pub(super) fn primary_settings(binaries: &ServerBinaries) -> Vec<(String, String)> {
    let mut wanted =
        settings::owned(&[("skip_networking", "OFF"), ("bind_address", "127.0.0.1"), ("skip_name_resolve", "ON"), ("log_bin", "bin")]);
    if !binaries.flavor.is_mariadb() {
        wanted.extend(settings::owned(&[
            ("gtid_mode", "ON"),
            ("enforce_gtid_consistency", "ON"),
            // Without TLS the password is sent encrypted with these.
            ("caching_sha2_password_auto_generate_rsa_keys", "ON"),
        ]));
    }
    wanted
}

impl Scratch {
    pub(super) fn launch_on_a_port(&mut self, stop: &Stop) -> Result<(), Fault> {
        let mut attempts = PORT_ATTEMPTS;
        let port = loop {
            let port = free_port()?;
            self.settings.push(("port".into(), port.to_string()));
            match self.launch(true, stop) {
                Err(Fault::Launcher(evenkeel_launcher::Fault::DiedStarting { tail, .. })) if attempts > 1 && tail.contains("port") => {
                    attempts -= 1
                }
                other => break other.map(|()| port)?,
            }
        };
        let password = random::<16>("a password")?.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let session = self.session("")?;
        // Not for replicas, which would get it by replication.
        session.exec("SET SESSION sql_log_bin = 0")?;
        session.exec_secret("CREATE USER for replicas", &format!("CREATE USER {ACCOUNT} IDENTIFIED BY {}", Literal(&password)))?;
        session.exec(&format!("GRANT REPLICATION SLAVE ON *.* TO {ACCOUNT}"))?;
        self.serving = Some(Serving { port, password });
        Ok(())
    }

    /// Starts a replica of this server and returns when it follows and, unless it is to be late, has caught up.
    ///
    /// # Errors
    /// [`Fault::ServesNoReplicas`], [`Fault::Sql`], [`Fault::Launcher`] and [`Fault::NotFollowing`].
    pub fn replica(&self, options: &ReplicaOptions) -> Result<Self, Fault> {
        self.replica_watched(options, &Stop::new())
    }

    pub(super) fn replica_watched(&self, options: &ReplicaOptions, stop: &Stop) -> Result<Self, Fault> {
        let Some(serving) = &self.serving else {
            return Err(Fault::ServesNoReplicas { server: self.display() });
        };
        let mariadb = self.binaries.flavor.is_mariadb();
        let mut replica = Self::prepare(&self.binaries, self.root.clone(), &self.init)?;
        replica.is_following = true;
        replica.make_data_directory(stop)?;
        if !mariadb {
            replica.settings.extend(settings::owned(&[("gtid_mode", "ON"), ("enforce_gtid_consistency", "ON")]));
        }
        replica.settings.extend(settings::owned(&[("log_bin", "bin"), (if mariadb { "read_only" } else { "super_read_only" }, "ON")]));
        replica.settings.extend(options.settings.iter().cloned());
        replica.asked.clone_from(&options.settings);
        replica.launch(true, stop)?;

        let session = replica.session("")?;
        session.exec_secret("CHANGE REPLICATION SOURCE", &follow(mariadb, serving, options.delay))?;
        session.exec("START REPLICA")?;
        self.wait_until_following(&session, &replica, options.delay == 0, stop)?;
        Ok(replica)
    }

    /// Starts a server with everything that is committed here, and its settings. It follows nobody and serves no replicas.
    pub(super) fn forked(&self, stop: &Stop) -> Result<Self, Fault> {
        let mut fork = Self::prepare(&self.binaries, self.root.clone(), &self.init)?;
        fork.copy_data_directory(self)?;
        fork.settings.extend(self.asked.iter().cloned());
        fork.settings.extend(settings::owned(&[("loose_skip_slave_start", "ON"), ("loose_skip_replica_start", "ON")]));
        fork.asked.clone_from(&self.asked);
        fork.launch(false, stop)?;
        Ok(fork)
    }

    /// On a replica: holds back or goes on with replaying what was received, for lag at will.
    ///
    /// # Errors
    /// [`Fault::Sql`].
    pub fn pause_replay(&self, pause: bool) -> Result<(), Fault> {
        self.session("")?.exec(&format!("{} REPLICA SQL_THREAD", if pause { "STOP" } else { "START" }))
    }

    fn wait_until_following(&self, session: &Session, replica: &Self, all_of_it: bool, stop: &Stop) -> Result<(), Fault> {
        let mariadb = self.binaries.flavor.is_mariadb();
        let position = self.session("")?.value(if mariadb { "SELECT @@gtid_current_pos" } else { "SELECT @@gtid_executed" })?;
        let position = Literal(position.as_deref().unwrap_or_default()).to_string();
        // Answers with 0 when the position was reached within a second.
        let wait = match mariadb {
            true => format!("SELECT MASTER_GTID_WAIT({position}, 1)"),
            false => format!("SELECT WAIT_FOR_EXECUTED_GTID_SET({position}, 1)"),
        };
        let until = Instant::now() + FOLLOWING_LIMIT;
        loop {
            let status = session.record("SHOW REPLICA STATUS")?;
            let word = |part: &str| {
                // MariaDB keeps the old names here.
                let names = ["Replica", "Slave"].map(|side| format!("{side}_{part}_Running"));
                status.iter().find(|(name, _)| names.contains(name)).and_then(|(_, value)| value.as_deref()).unwrap_or("?")
            };
            let (receiver, applier) = (word("IO"), word("SQL"));
            if (receiver, applier) == ("Yes", "Yes") && (!all_of_it || session.value(&wait)?.as_deref() == Some("0")) {
                return Ok(());
            }
            if stop.is_requested() {
                return Err(evenkeel_launcher::Fault::Interrupted.into());
            }
            if Instant::now() >= until {
                let errors = status.iter().filter(|(name, _)| name.ends_with("_Error")).filter_map(|(_, value)| value.as_deref());
                let errors = errors.filter(|text| !text.is_empty()).collect::<Vec<_>>().join("; ");
                return Err(Fault::NotFollowing {
                    server: self.display(),
                    replica: replica.data_dir().display().to_string(),
                    seconds: FOLLOWING_LIMIT.as_secs(),
                    state: format!("receiver running: {receiver}, applier running: {applier}. {errors}").trim_end().to_owned(),
                });
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

fn follow(mariadb: bool, serving: &Serving, delay: u32) -> String {
    let password = Literal(&serving.password).to_string();
    // MariaDB has the old words only. Both have come to want TLS by default, which a scratch server has no keys for.
    let (statement, prefix, how) = if mariadb {
        ("MASTER", "MASTER", "MASTER_USE_GTID = slave_pos, MASTER_SSL = 0, MASTER_SSL_VERIFY_SERVER_CERT = 0")
    } else {
        ("REPLICATION SOURCE", "SOURCE", "SOURCE_AUTO_POSITION = 1, SOURCE_SSL = 0, GET_SOURCE_PUBLIC_KEY = 1")
    };
    format!(
        "CHANGE {statement} TO {prefix}_HOST = '127.0.0.1', {prefix}_PORT = {port}, {prefix}_USER = 'evenkeel_replica', \
         {prefix}_PASSWORD = {password}, {prefix}_CONNECT_RETRY = 1, {prefix}_DELAY = {delay}, {how}",
        port = serving.port,
    )
}

fn free_port() -> Result<u16, Fault> {
    let listener =
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(evenkeel_launcher::Fault::file("find a free port on", "127.0.0.1"))?;
    Ok(listener.local_addr().map_err(evenkeel_launcher::Fault::file("find a free port on", "127.0.0.1"))?.port())
}
