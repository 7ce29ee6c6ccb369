//! The ports: PostgreSQL's workshop and its servers as everybody sees them who names no engine. Does not live here: how any of
//! it is done (the neighbours of this room).

use std::io::{BufRead, BufReader, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use evenkeel_core::connection::Blank;
use evenkeel_core::connection::encoded;
use evenkeel_core::fault::{Class, Trouble, Troublesome};
use evenkeel_core::kind::Engine;
use evenkeel_core::port;
use evenkeel_core::port::{Confined, Environment, Installed, Like, Looker, Mortal, Recalled, Session, Watch, Workshop};
use evenkeel_launcher::{Door, Root};

use super::fault::Fault;
use super::looker::PostgresLooker;
use super::mortal::Client;
use super::{Options, ReplicaOptions, Scratch, ServerBinaries, find_servers_beside};
use crate::connect::Target;
use crate::environment::PostgresEnvironment;
use crate::flavor::{NEWEST, OLDEST};
use crate::ident::{Ident, literal};

const HERE: &str = port::Opened::HOST;
/// What libpq and those like it would go elsewhere for. <https://www.postgresql.org/docs/current/libpq-envars.html>
const WITHOUT: &[&str] = &[
    "PGHOSTADDR",
    "PGPASSWORD",
    "PGPASSFILE",
    "PGSERVICE",
    "PGSERVICEFILE",
    "PGOPTIONS",
    "PGREQUIREAUTH",
    "PGCHANNELBINDING",
    "PGSSLCERT",
    "PGSSLKEY",
    "PGSSLROOTCERT",
    "PGSSLNEGOTIATION",
    "PGREQUIRESSL",
    "PGTARGETSESSIONATTRS",
];

/// Throwaway servers of this machine.
#[derive(Debug, Default)]
pub struct PostgresWorkshop {
    /// Where their files are; nothing means in memory where that can be, else [`Root::open`].
    pub root: Option<Root>,
    /// Folders that may hold server programs, beside the usual places.
    pub folders: Vec<PathBuf>,
}

impl PostgresWorkshop {
    fn found(&self, like: &Like) -> Result<ServerBinaries, Fault> {
        let servers = find_servers_beside(&self.folders);
        let wanted = like.major.map(u32::from);
        let fits = |server: &&ServerBinaries| {
            wanted.map_or(server.major >= u32::from(OLDEST), |major| server.major == major)
                && like.place.as_ref().is_none_or(|place| *place == server.bin_dir)
                && like.engine.is_none_or(|engine| engine == Engine::PostgreSql)
        };
        let usable: Vec<&ServerBinaries> = servers.iter().filter(fits).collect();
        // Of equals the first, which is the one the user put in front.
        let newest = |candidates: &[&ServerBinaries]| {
            let major = candidates.iter().map(|server| server.major).max()?;
            candidates.iter().find(|server| server.major == major).map(|server| (*server).clone())
        };
        let with: Vec<&ServerBinaries> =
            usable.iter().copied().filter(|server| like.extensions.iter().all(|name| server.has_extension(name))).collect();
        newest(&with).ok_or_else(|| match like.extensions.iter().find(|name| !usable.iter().any(|server| server.has_extension(name))) {
            Some(extension) if !usable.is_empty() => Fault::no_extension(extension, wanted, &servers),
            _ => Fault::no_server(wanted, &servers),
        })
    }
}

impl From<&ServerBinaries> for Installed {
    fn from(server: &ServerBinaries) -> Self {
        Self {
            engine: Engine::PostgreSql,
            major: u16::try_from(server.major).unwrap_or(u16::MAX),
            version: server.version.clone(),
            place: server.bin_dir.clone(),
        }
    }
}

impl Workshop for PostgresWorkshop {
    fn servers(&self) -> Vec<Installed> {
        find_servers_beside(&self.folders).iter().map(Installed::from).collect()
    }

    fn tested(&self) -> Vec<(Engine, u16)> {
        (OLDEST..=NEWEST).map(|major| (Engine::PostgreSql, major)).collect()
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
        let options = Options {
            major: None,
            settings: like.settings.clone(),
            encoding: like.encoding.clone(),
            locale: like.collation.clone(),
            initdb: Vec::new(),
            databases: like.databases.clone(),
            own_identifier: like.own_identity,
            kept: like.kept.clone(),
            root: self.root.clone().or_else(|| Root::fast().ok()),
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
        let door: Box<dyn port::Door> = Box::new(Door::open(&self.socket_dir().join(format!(".s.PGSQL.{}", super::PORT)))?);
        let (port, user) = (door.port().to_string(), super::SUPERUSER);
        let url = format!("postgresql://{user}@{HERE}:{port}/{}", encoded(database));
        let variables = [("PGHOST", HERE), ("PGPORT", &port), ("PGUSER", user), ("PGDATABASE", database), ("PGSSLMODE", "disable")];
        let reach = port::Reach {
            user,
            database,
            jdbc: format!("jdbc:postgresql://{HERE}:{port}/{}", encoded(database)),
            go: url.clone(),
            dsn: url.clone(),
            url,
            driver: "postgres",
            connection: "pgsql",
            variables: variables.into_iter().map(|(name, value)| (name, value.to_owned())).collect(),
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
        format!("psql \"{}\"", self.conninfo(database))
    }

    fn directory(&self) -> PathBuf {
        self.socket_dir().parent().unwrap_or(self.socket_dir()).to_owned()
    }

    fn environment(&self, database: &str) -> Result<Box<dyn Environment>, Box<Trouble>> {
        let target = Target::parse(&self.conninfo(database), &Blank).map_err(|fault| Box::new(fault.trouble()))?;
        Ok(Box::new(PostgresEnvironment::new(target)))
    }

    fn looker(&self, database: &str) -> Result<Box<dyn Looker>, Box<Trouble>> {
        let target = Target::parse(&self.conninfo(database), &Blank).map_err(|fault| Box::new(fault.trouble()))?;
        Ok(Box::new(PostgresLooker::new(target)?))
    }

    fn session(&self, database: &str) -> Result<Box<dyn Session>, Box<Trouble>> {
        self.as_told(Self::session(self, database).map_err(words)?)
    }

    fn rows(&self, database: &str) -> Result<Box<dyn Session>, Box<Trouble>> {
        self.as_told(super::rows::open(self, database).map_err(words)?)
    }

    fn rows_url(&self, database: &str) -> Result<String, Box<Trouble>> {
        super::rows::role(self, database).map_err(words)?;
        Ok(super::conninfo_of(self.socket_dir(), database, super::confined::ROWS))
    }

    fn disown(&self, database: &str) -> Result<(), Box<Trouble>> {
        super::rows::disowned(self, database).map_err(words)
    }

    fn settle(&self, database: &str) -> Result<(), Box<Trouble>> {
        super::rows::settled(self, database).map_err(words)
    }

    fn confined(&self, database: &str, confined: &Confined) -> Result<Box<dyn Session>, Box<Trouble>> {
        self.as_told(super::confined::open(self, database, confined).map_err(words)?)
    }

    fn hush(&self) -> Result<(), Box<Trouble>> {
        self.is_discreet.store(true, Ordering::Relaxed);
        Ok(())
    }

    fn take_over(&self, database: &str) -> Result<(), Box<Trouble>> {
        super::confined::taken_over(self, database).map_err(words)
    }

    fn mortal(&self, database: &str, confined: &Confined) -> Result<Box<dyn Mortal>, Box<Trouble>> {
        let role = super::confined::role(self, database, confined).map_err(words)?;
        let mut client = Client::open(&self.display(), self.socket_dir(), database, &role)?;
        for (name, value) in &confined.settings {
            client.exec(&super::confined::setting(name, value))?;
        }
        client.is_discreet = self.is_discreet.load(Ordering::Relaxed);
        Ok(Box::new(client))
    }

    fn logged(&self) -> Result<u64, Box<Trouble>> {
        let path = self.log_path();
        std::fs::metadata(&path).map(|about| about.len()).map_err(|error| unread(&path, &error))
    }

    fn log(&self, from: u64, line: &mut dyn FnMut(&str)) -> Result<(), Box<Trouble>> {
        let path = self.log_path();
        lines(&path, from, line).map_err(|error| unread(&path, &error))
    }

    fn end(&self, session: u64) -> Result<(), Box<Trouble>> {
        Self::session(self, "postgres")
            .and_then(|own| own.exec(&format!("SELECT pg_catalog.pg_terminate_backend({session})")))
            .map_err(words)
    }

    fn copy(&self, database: &str, another: &str) -> Result<(), Box<Trouble>> {
        let whole = format!("CREATE DATABASE {} TEMPLATE {}", Ident(another), Ident(database));
        let rest = include_str!("copy.sql").replace("{from}", &literal(database)).replace("{to}", &literal(another));
        let own = Self::session(self, "postgres").map_err(words)?;
        // The target's bounds are for what runs there, not for this.
        own.exec("SET lock_timeout = 0; SET statement_timeout = 0").map_err(words)?;
        own.exec(&whole).and_then(|()| own.exec(&format!("BEGIN;\n{rest};\nCOMMIT"))).map_err(words)
    }

    fn presets(&self) -> Result<String, Box<Trouble>> {
        let all = "SELECT pg_catalog.string_agg(pg_catalog.concat_ws(' ', setdatabase, setrole, setconfig), chr(10) ORDER BY setdatabase, setrole) \
                   FROM pg_catalog.pg_db_role_setting";
        let own = Self::session(self, "postgres").map_err(words)?;
        Ok(own.value(all).map_err(words)?.unwrap_or_default())
    }

    fn remove(&self, database: &str) -> Result<(), Box<Trouble>> {
        let sql = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", Ident(database));
        Self::session(self, "postgres").and_then(|own| own.exec(&sql)).map_err(words)
    }

    fn replicate(&self, watch: &Watch<'_>) -> Result<Box<dyn port::Scratch>, Box<Trouble>> {
        // replica_a, replica_b, …: names stand in reports.
        let number = u8::try_from(self.replicas.fetch_add(1, Ordering::Relaxed) % 26).unwrap_or_default();
        let options = ReplicaOptions::named(&format!("replica_{}", char::from(b'a' + number)));
        let started = watch.starting(&self.display(), || self.replica_watched(&options, watch.stop));
        boxed(started.inspect(|other| other.as_discreet_as(self)))
    }

    fn promote(&self, _: &Watch<'_>) -> Result<(), Box<Trouble>> {
        // It waits until the server is a primary.
        self.session("postgres").and_then(|session| session.exec("SELECT pg_promote(true, 60)")).map_err(words)
    }

    fn fork(&self, watch: &Watch<'_>) -> Result<Box<dyn port::Scratch>, Box<Trouble>> {
        boxed(watch.starting(&self.display(), || self.forked(watch.stop)).inspect(|other| other.as_discreet_as(self)))
    }

    fn kill(&mut self) -> Result<(), Box<Trouble>> {
        self.crash().map_err(words)
    }

    fn start_again(&mut self, watch: &Watch<'_>) -> Result<(), Box<Trouble>> {
        // A process of the one that was killed may hold its shared memory a moment longer.
        let until = Instant::now() + LINGERS;
        loop {
            match self.launch(watch.stop) {
                Ok(()) => return Ok(()),
                Err(fault) if Instant::now() >= until || watch.stop.is_requested() => return Err(words(fault)),
                Err(_) => std::thread::sleep(PAUSE),
            }
        }
    }

    fn stop(self: Box<Self>) -> Result<(), Box<Trouble>> {
        (*self).stop().map_err(words)
    }
}

impl Scratch {
    /// A session that says of refusals what may be said here.
    fn as_told(&self, session: super::Session) -> Result<Box<dyn Session>, Box<Trouble>> {
        let session = session.into_port();
        let is_discreet = self.is_discreet.load(Ordering::Relaxed);
        session.with(async |session| session.is_discreet = is_discreet);
        Ok(Box::new(session))
    }

    fn as_discreet_as(&self, other: &Self) {
        self.is_discreet.store(other.is_discreet.load(Ordering::Relaxed), Ordering::Relaxed);
    }
}

/// For so long a start is tried again after a crash.
const LINGERS: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(200);

fn unread(path: &Path, error: &std::io::Error) -> Box<Trouble> {
    Box::new(Trouble::new(Class::Internal, format!("cannot read the log {}", path.display())).found(error.to_string()))
}

/// What is longer is a client's text.
const LONGEST: usize = 64 * 1024;

/// Lines of a file from there on, none of them whole in memory that is longer than that.
fn lines(path: &Path, from: u64, line: &mut dyn FnMut(&str)) -> std::io::Result<()> {
    let mut file = std::fs::File::open(path)?;
    file.seek(SeekFrom::Start(from))?;
    let mut reader = BufReader::with_capacity(LONGEST, file);
    let mut own: Vec<u8> = Vec::new();
    let mut put = |own: &mut Vec<u8>| {
        // Clients' texts may be in any encoding.
        line(&String::from_utf8_lossy(own));
        own.clear();
    };
    loop {
        let some = reader.fill_buf()?;
        if some.is_empty() {
            if !own.is_empty() {
                put(&mut own);
            }
            return Ok(());
        }
        let end = some.iter().position(|byte| *byte == b'\n');
        let part = some.get(..end.unwrap_or(some.len())).unwrap_or_default();
        own.extend(part.iter().take(LONGEST.saturating_sub(own.len())));
        let read = part.len() + usize::from(end.is_some());
        reader.consume(read);
        if end.is_some() {
            put(&mut own);
        }
    }
}

fn boxed(started: Result<Scratch, Fault>) -> Result<Box<dyn port::Scratch>, Box<Trouble>> {
    Ok(Box::new(started.map_err(words)?))
}

fn words(fault: Fault) -> Box<Trouble> {
    Box::new(fault.trouble())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::{LONGEST, lines};

    #[test]
    fn a_log_is_read_from_a_place_on_and_no_line_is_longer_than_memory_has_room_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let long = "x".repeat(3 * LONGEST);
        std::fs::write(&path, format!("before\nfirst\n{long}\n\n\u{e4}\nlast").replace('\u{e4}', "y")).unwrap();
        let mut told = Vec::new();
        lines(&path, 7, &mut |line| told.push((line.chars().next(), line.len()))).unwrap();
        assert_eq!(told, [(Some('f'), 5), (Some('x'), LONGEST), (None, 0), (Some('y'), 1), (Some('l'), 4)]);
        std::fs::write(&path, [b'a', 0xff, b'\n']).unwrap();
        let mut told = Vec::new();
        lines(&path, 0, &mut |line| told.push(line.to_owned())).unwrap();
        assert_eq!(told, ["a\u{fffd}"]);
        assert!(lines(&path, 100, &mut |_| panic!("nothing is there")).is_ok());
    }
}
