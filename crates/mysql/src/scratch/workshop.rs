//! The ports: the workshop of MySQL and MariaDB, and its servers as everybody sees them who names no engine. Does not live here:
//! how any of it is done (the neighbours of this room).

use std::path::PathBuf;
use std::sync::atomic::Ordering;

use evenkeel_core::connection::{Blank, encoded};
use evenkeel_core::fault::{Trouble, Troublesome};
use evenkeel_core::kind::Engine;
use evenkeel_core::port;
use evenkeel_core::port::{Confined, Environment, Installed, Like, Recalled, Session, Watch, Workshop};
use evenkeel_launcher::{Door, Root};

use super::fault::Fault;
use super::{Options, ReplicaOptions, Scratch, ServerBinaries, find_servers_beside, pick};
use crate::connect::Target;
use crate::environment::MysqlEnvironment;
use crate::flavor::{NAME_CASE, tested};
use crate::ident::{Ident, Literal};

/// ER_NO_SUCH_THREAD
const NO_SUCH_THREAD: u16 = 1094;

const HERE: &str = port::Opened::HOST;
/// What clients would go elsewhere for. <https://dev.mysql.com/doc/refman/8.4/en/environment-variables.html>
const WITHOUT: &[&str] = &["MYSQL_PWD", "MYSQL_UNIX_PORT", "MYSQL_TEST_LOGIN_FILE", "MYSQL_GROUP_SUFFIX", "MYSQL_HOME"];

/// Throwaway servers of this machine.
#[derive(Debug, Default)]
pub struct MysqlWorkshop {
    /// Where their files are; nothing means in memory where that can be, else [`Root::open`].
    pub root: Option<Root>,
    /// Folders that may hold server programs, beside the usual places.
    pub folders: Vec<PathBuf>,
}

impl MysqlWorkshop {
    fn found(&self, like: &Like) -> Result<ServerBinaries, Fault> {
        let servers = find_servers_beside(&self.folders);
        let fits = |server: &&ServerBinaries| {
            (like.major.is_some() || server.flavor.oldest_if_too_old().is_none())
                && like.place.as_ref().is_none_or(|place| place == server.bin_dir())
                // There are none to have.
                && like.extensions.is_empty()
        };
        let usable: Vec<ServerBinaries> = servers.iter().filter(fits).cloned().collect();
        pick(&usable, like.engine, like.major).cloned().ok_or_else(|| Fault::no_server(like.engine, like.major, &servers))
    }
}

impl From<&ServerBinaries> for Installed {
    fn from(server: &ServerBinaries) -> Self {
        Self {
            engine: server.flavor.engine,
            major: server.flavor.number,
            version: server.version.clone(),
            place: server.bin_dir().to_owned(),
        }
    }
}

impl Workshop for MysqlWorkshop {
    fn servers(&self) -> Vec<Installed> {
        find_servers_beside(&self.folders).iter().map(Installed::from).collect()
    }

    fn tested(&self) -> Vec<(Engine, u16)> {
        let all = [Engine::MariaDb, Engine::MySql].into_iter();
        all.flat_map(|vendor| tested(vendor).iter().map(move |number| (vendor, *number))).collect()
    }

    fn cut_off(&self) -> Result<(), String> {
        evenkeel_launcher::cut_off()
    }

    fn shut_in(&self) -> bool {
        evenkeel_launcher::shut_in()
    }

    fn overrun(&self) -> Option<Box<Trouble>> {
        evenkeel_launcher::overrun().map(|overrun| Box::new(overrun.trouble()))
    }

    fn choose(&self, like: &Like) -> Result<Installed, Box<Trouble>> {
        self.found(like).map(|server| Installed::from(&server)).map_err(words)
    }

    fn start(&self, like: &Like, watch: &Watch<'_>) -> Result<Box<dyn port::Scratch>, Box<Trouble>> {
        let binaries = self.found(like).map_err(words)?;
        // The name of a collation begins with its character set.
        let of = like.collation.as_ref().and_then(|collation| collation.split('_').next()).map(str::to_owned);
        let encoding = like.encoding.clone().or(of);
        let said = [("character_set_server", &encoding), ("collation_server", &like.collation)];
        let said = said.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value.clone()?)));
        let (init, settings) = like.settings.iter().cloned().partition::<Vec<_>, _>(|(name, _)| name == NAME_CASE);
        let options = Options {
            engine: None,
            number: None,
            settings: said.chain(settings).collect(),
            init,
            databases: like.databases.clone(),
            serves_replicas: like.serves_replicas,
            root: self.root.clone().or_else(|| Root::fast().ok()),
            kept: like.kept.clone(),
        };
        let server = Installed::from(&binaries).display();
        boxed(watch.starting(&server, || Scratch::start_watched(&binaries, &options, watch.stop)))
    }
}

impl port::Scratch for Scratch {
    fn describe(&self) -> String {
        self.display()
    }

    fn bounds(&self) -> Vec<String> {
        self.instance.bounds().to_vec()
    }

    fn url(&self, database: &str) -> String {
        Self::url(self, database)
    }

    fn opened(&self, database: &str) -> Result<port::Opened, String> {
        let door: Box<dyn port::Door> = Box::new(Door::open(&self.socket())?);
        let (port, user) = (door.port().to_string(), super::SUPERUSER);
        let vendor = if self.binaries().flavor.is_mariadb() { "mariadb" } else { "mysql" };
        let url = format!("mysql://{user}@{HERE}:{port}/{}", encoded(database));
        let dsn = format!("{user}@tcp({HERE}:{port})/{database}");
        let reach = port::Reach {
            user,
            database,
            url,
            jdbc: format!("jdbc:{vendor}://{HERE}:{port}/{}", encoded(database)),
            go: format!("mysql://{dsn}"),
            dsn: format!("{dsn}?parseTime=true"),
            driver: "mysql",
            connection: "mysql",
            variables: vec![("MYSQL_HOST", HERE.to_owned()), ("MYSQL_TCP_PORT", port)],
            without: WITHOUT,
        };
        Ok(port::Opened::through(door, reach))
    }

    fn recalled(&self) -> Option<Recalled> {
        self.recalled.clone()
    }

    fn keep(&self, word: &str, beside: &str) -> Result<bool, Box<Trouble>> {
        self.keep_state(word, beside).map_err(words)
    }

    fn client(&self, database: &str) -> String {
        let name = if self.binaries().flavor.is_mariadb() { "mariadb" } else { "mysql" };
        // Where packages put the server in sbin, the client is on PATH.
        let beside = Some(self.binaries().bin_dir().join(name)).filter(|path| path.exists());
        let program = beside.map_or_else(|| name.to_owned(), |path| path.display().to_string());
        format!("{program} --no-defaults -u root -S {} {database}", self.socket().display())
    }

    fn directory(&self) -> PathBuf {
        let run = self.data_dir().parent().map(PathBuf::from).unwrap_or_default();
        run.parent().map(PathBuf::from).unwrap_or_default()
    }

    fn environment(&self, database: &str) -> Result<Box<dyn Environment>, Box<Trouble>> {
        let target = Target::parse(&Self::url(self, database), &Blank).map_err(|fault| Box::new(fault.trouble()))?;
        Ok(Box::new(MysqlEnvironment::new(target)))
    }

    fn session(&self, database: &str) -> Result<Box<dyn Session>, Box<Trouble>> {
        Ok(self.as_told(Self::session(self, database).map_err(words)?))
    }

    fn confined(&self, database: &str, confined: &Confined) -> Result<Box<dyn Session>, Box<Trouble>> {
        Ok(self.as_told(super::confined::open(self, database, confined).map_err(words)?))
    }

    fn hush(&self) -> Result<(), Box<Trouble>> {
        self.is_discreet.store(true, Ordering::Relaxed);
        Ok(())
    }

    fn end(&self, session: u64) -> Result<(), Box<Trouble>> {
        match Self::session(self, "").and_then(|own| own.exec(&format!("KILL {session}"))) {
            // It ended by itself.
            Err(Fault::Sql { code: NO_SUCH_THREAD, .. }) | Ok(()) => Ok(()),
            Err(fault) => Err(words(fault)),
        }
    }

    fn anew(&self, database: &str, _: &str) -> Result<String, Box<Trouble>> {
        // Accounts keep what they may in it.
        let (name, own) = (Ident(database), Self::session(self, "").map_err(words)?);
        // A session that was just ended may hold something yet.
        own.exec("SET SESSION lock_wait_timeout = 60").map_err(words)?;
        own.exec(&format!("DROP DATABASE IF EXISTS {name}; CREATE DATABASE {name}")).map_err(words)?;
        Ok(database.to_owned())
    }

    fn copy(&self, database: &str, another: &str) -> Result<(), Box<Trouble>> {
        self.copied(database, another).map_err(words)
    }

    fn has(&self, database: &str) -> Result<bool, Box<Trouble>> {
        let sql = format!("SELECT 1 FROM information_schema.schemata WHERE schema_name = {}", Literal(database));
        let rows = Self::session(self, "").and_then(|own| own.query_text(&sql)).map_err(words)?;
        Ok(!rows.is_empty())
    }

    fn remove(&self, database: &str) -> Result<(), Box<Trouble>> {
        self.forgotten(database).map_err(words)
    }

    fn is_named_within(&self) -> bool {
        true
    }

    fn replicate(&self, watch: &Watch<'_>) -> Result<Box<dyn port::Scratch>, Box<Trouble>> {
        let options = ReplicaOptions { delay: 0, settings: self.asked.clone() };
        boxed(watch.starting(&self.display(), || self.replica_watched(&options, watch.stop)).inspect(|other| other.as_discreet_as(self)))
    }

    fn fork(&self, watch: &Watch<'_>) -> Result<Box<dyn port::Scratch>, Box<Trouble>> {
        boxed(watch.starting(&self.display(), || self.forked(watch.stop)).inspect(|other| other.as_discreet_as(self)))
    }

    fn kill(&mut self) -> Result<(), Box<Trouble>> {
        self.crash().map_err(words)
    }

    fn start_again(&mut self, watch: &Watch<'_>) -> Result<(), Box<Trouble>> {
        self.launch(false, watch.stop).map_err(words)
    }

    fn stop(self: Box<Self>) -> Result<(), Box<Trouble>> {
        (*self).stop().map_err(words)
    }
}

impl Scratch {
    /// A session that says of refusals what may be said here.
    fn as_told(&self, session: super::Session) -> Box<dyn Session> {
        let session = session.into_port();
        let is_discreet = self.is_discreet.load(Ordering::Relaxed);
        session.with(async |session| session.is_discreet = is_discreet);
        Box::new(session)
    }

    fn as_discreet_as(&self, other: &Self) {
        self.is_discreet.store(other.is_discreet.load(Ordering::Relaxed), Ordering::Relaxed);
    }
}

fn boxed(started: Result<Scratch, Fault>) -> Result<Box<dyn port::Scratch>, Box<Trouble>> {
    Ok(Box::new(started.map_err(words)?))
}

fn words(fault: Fault) -> Box<Trouble> {
    Box::new(fault.trouble())
}
