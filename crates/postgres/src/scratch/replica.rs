//! Streaming replicas of a scratch server, made by the low-level backup functions: they are in every server, while
//! pg_basebackup is missing from some packages, and a primary need not be stopped for them. In the same way a server is made
//! that has the data and goes its own way.
//! <https://www.postgresql.org/docs/current/continuous-archiving.html#BACKUP-LOWLEVEL-BASE-BACKUP>

use crate::flavor;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::Path;
use std::time::{Duration, Instant};

use super::fault::Fault;
use super::session::Session;
use super::{SUPERUSER, Scratch, copy, own_settings, settings};
use crate::ident::Literal;
use evenkeel_core::port::Stop;

/// Keeps the log that a backup needs, until the session ends. Others may make their own at the same time.
const BACKUP_SLOT: &str = "SELECT pg_create_physical_replication_slot('evenkeel_backup_' || pg_backend_pid(), true, true)";
const STREAMING_LIMIT: Duration = Duration::from_secs(30);

/// What kind of replica is wanted.
#[derive(Debug, Clone)]
pub struct ReplicaOptions {
    /// Its `application_name` at the primary, and the name of its slot: lower case letters, digits, `_`.
    pub name: String,
    /// Whether it uses a physical replication slot.
    pub slot: bool,
    /// Settings that differ from the primary's, such as `recovery_min_apply_delay`.
    pub settings: Vec<(String, String)>,
}

impl ReplicaOptions {
    /// A replica with a slot and the primary's settings.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self { name: name.to_owned(), slot: true, settings: Vec::new() }
    }
}

impl Scratch {
    /// Starts a hot standby of this server and returns when it streams and takes connections.
    ///
    /// # Errors
    /// [`Fault::Sql`], [`Fault::Launcher`], [`Fault::Tablespace`] and [`Fault::NotStreaming`].
    pub fn replica(&self, options: &ReplicaOptions) -> Result<Self, Fault> {
        self.replica_watched(options, &Stop::new())
    }

    pub(super) fn replica_watched(&self, options: &ReplicaOptions, stop: &Stop) -> Result<Self, Fault> {
        let mut replica = Self::prepare(&self.binaries, self.root.clone())?;
        let session = self.session("postgres")?;
        // The primary keeps the WAL that the backup needs: by the replica's own slot, or by one that ends with this
        // session, which lasts until the replica streams.
        session.exec(&if options.slot {
            format!("SELECT pg_create_physical_replication_slot({}, true)", Literal(&options.name))
        } else {
            BACKUP_SLOT.to_owned()
        })?;
        self.back_up(&session, &replica.data_dir(), &[("standby.signal", "")])?;

        let mut lines = own_settings(replica.socket_dir());
        let upstream = [
            settings::conninfo_word("host", &self.socket_dir().to_string_lossy()),
            settings::conninfo_word("user", SUPERUSER),
            settings::conninfo_word("application_name", &options.name),
        ];
        lines.push(("primary_conninfo".into(), upstream.join(" ")));
        lines.push(("primary_slot_name".into(), if options.slot { options.name.clone() } else { String::new() }));
        lines.extend(options.settings.iter().cloned());
        settings::append(&replica.data_dir().join("postgresql.conf"), &lines)?;
        replica.launch(stop)?;
        self.wait_until_streaming(&session, &options.name, stop)?;
        Ok(replica)
    }

    /// Starts a server with everything that is committed here, by a backup with the log it needs. It has this one's
    /// identifier, as a restored backup has.
    pub(super) fn forked(&self, stop: &Stop) -> Result<Self, Fault> {
        let mut fork = Self::prepare(&self.binaries, self.root.clone())?;
        let session = self.session("postgres")?;
        if session.value("SELECT pg_is_in_recovery()")?.as_deref() == Some("t") {
            return Err(Fault::ForkOfReplica { server: self.display() });
        }
        self.copied(&session, &fork.data_dir())?;
        let mut lines = own_settings(fork.socket_dir());
        // It waits for none of this one's replicas.
        lines.push(("synchronous_standby_names".into(), String::new()));
        settings::append(&fork.data_dir().join("postgresql.conf"), &lines)?;
        fork.launch(stop)?;
        Ok(fork)
    }

    /// Everything that is committed here, with the log that it needs.
    pub(super) fn copied(&self, session: &Session, target: &Path) -> Result<(), Fault> {
        session.exec(BACKUP_SLOT)?;
        self.back_up(session, target, &[])?;
        copy::log(&self.data_dir(), target)
    }

    /// On a standby: holds back or goes on with replaying what was received, for lag at will.
    ///
    /// # Errors
    /// [`Fault::Sql`], also when this is no standby.
    pub fn pause_replay(&self, pause: bool) -> Result<(), Fault> {
        let action = if pause { "pause" } else { "resume" };
        self.session("postgres")?.exec(&format!("SELECT pg_wal_replay_{action}()"))
    }

    fn back_up(&self, session: &Session, target: &Path, more: &[(&str, &str)]) -> Result<(), Fault> {
        let (start, stop) = if self.binaries.major < u32::from(flavor::BACKUP_START) {
            ("pg_start_backup('evenkeel', true, false)", "pg_stop_backup(false, false)")
        } else {
            ("pg_backup_start('evenkeel', true)", "pg_backup_stop(false)")
        };
        session.exec(&format!("SELECT {start}"))?;
        let links = copy::of_running_server(&self.data_dir(), target)?;
        let label = session.value(&format!("SELECT labelfile FROM {stop}"))?.unwrap_or_default();
        if let Some(path) = links.into_iter().next() {
            return Err(Fault::Tablespace { server: self.display(), path });
        }
        let owner = std::fs::metadata(target).map_err(evenkeel_launcher::Fault::file("look at", target))?;
        for (name, text) in more.iter().copied().chain([("backup_label", label.as_str())]) {
            let file = target.join(name);
            std::fs::write(&file, text).map_err(evenkeel_launcher::Fault::file("write", &file))?;
            chown(&file, Some(owner.uid()), Some(owner.gid())).map_err(evenkeel_launcher::Fault::file("give away", &file))?;
        }
        Ok(())
    }

    fn wait_until_streaming(&self, session: &Session, name: &str, stop: &Stop) -> Result<(), Fault> {
        let until = Instant::now() + STREAMING_LIMIT;
        let streaming = format!("SELECT 1 FROM pg_stat_replication WHERE application_name = {} AND state = 'streaming'", Literal(name));
        while session.value(&streaming)?.is_none() {
            if stop.is_requested() {
                return Err(evenkeel_launcher::Fault::Interrupted.into());
            }
            if Instant::now() >= until {
                return Err(Fault::NotStreaming { server: self.display(), name: name.to_owned(), seconds: STREAMING_LIMIT.as_secs() });
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(())
    }
}
