//! PgBouncer's databases: which hosts a database entry leads to, as what moves traffic; and pausing them, which keeps clients out.
//!
//! PgBouncer opens connections to the hosts of an entry in turn, and a host may stand there several times: so a share is a share of the
//! connections that it opens, as it is with HAProxy in TCP mode. <https://www.pgbouncer.org/config.html#host>
//! Does not live here: speaking with its console (the port's `Console`).

use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::port::{Console, ConsoleRow, Drain, Shifter, Watch};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// How long one answer may take.
const WITHIN: Duration = Duration::from_secs(3);
const LOOK: Duration = Duration::from_millis(50);
/// What the first line of a file begins with that may be written anew.
const OURS: &str = "; evenkeel rollout";
/// The most hosts that an entry is given.
const MOST: usize = 200;
/// So near to a share have hosts to come, in hundredths.
const NEAR: f64 = 1.0;

/// An entry that leads to several hosts.
pub struct Pgbouncer {
    console: Box<dyn Console>,
    entry: Entry,
}

/// As it is configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What clients call it.
    pub database: String,
    /// The file that has it, which the configuration of PgBouncer includes, and which is written anew.
    pub file: PathBuf,
    /// Hosts that traffic comes from, and those that it goes to.
    pub old: Vec<String>,
    pub new: Vec<String>,
    /// What stands behind the hosts: `port=5432 dbname=shop`.
    pub options: String,
}

impl Entry {
    /// Why it cannot be used, where it cannot.
    #[must_use]
    pub fn fault(&self) -> Option<String> {
        let is_host = |host: &&String| !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || "_-.:/".contains(c));
        let all = || self.old.iter().chain(&self.new);
        if let Some(host) = all().find(|host| !is_host(host)) {
            return Some(format!("{host:?}, which is no host"));
        }
        if self.old.is_empty() || self.new.is_empty() {
            return Some("no host on one of both sides".to_owned());
        }
        let mut hosts: Vec<&String> = all().collect();
        hosts.sort();
        if let Some(twice) = hosts.windows(2).find(|pair| pair.first() == pair.last()) {
            return Some(format!("{} twice", twice.first().map(|host| host.as_str()).unwrap_or_default()));
        }
        if !is_name(&self.database) {
            return Some(format!("{:?}, which is no name of a database entry", self.database));
        }
        let has_host = self.options.split_whitespace().any(|word| word.starts_with("host"));
        (has_host || self.options.chars().any(char::is_control)).then(|| format!("{:?} as options", self.options))
    }

    /// Hosts in turn that make such a share, spread evenly over the turn.
    fn hosts(&self, share: u8) -> Vec<&str> {
        let count = |hosts: &[String]| u64::try_from(hosts.len()).unwrap_or(u64::MAX);
        let share = u64::from(share.min(100));
        let (new, old) = (share * count(&self.old), (100 - share) * count(&self.new));
        let by = divisor(new, old).max(1);
        let weights: Vec<(&str, i128)> = (self.new.iter().map(|host| (host.as_str(), i128::from(new / by))))
            .chain(self.old.iter().map(|host| (host.as_str(), i128::from(old / by))))
            .collect();
        let all: i128 = weights.iter().map(|(_, weight)| weight).sum();
        let mut behind = vec![0i128; weights.len()];
        let mut turn = Vec::new();
        for _ in 0..all {
            behind.iter_mut().zip(&weights).for_each(|(behind, (_, weight))| *behind += weight);
            let Some(at) = (0..behind.len()).max_by_key(|at| (behind.get(*at).copied(), std::cmp::Reverse(*at))) else { break };
            if let (Some(one), Some((host, _))) = (behind.get_mut(at), weights.get(at)) {
                *one -= all;
                turn.push(*host);
            }
        }
        turn
    }

    /// The share that hosts in turn make; nothing where one is none of these.
    #[expect(clippy::cast_precision_loss, reason = "hosts are few")]
    fn made(&self, hosts: &[&str]) -> Option<f64> {
        let is = |side: &[String], host: &str| side.iter().any(|other| other == host);
        let is_known = hosts.iter().all(|host| is(&self.old, host) || is(&self.new, host));
        let new = hosts.iter().filter(|host| is(&self.new, host)).count();
        (is_known && !hosts.is_empty()).then(|| new as f64 * 100.0 / hosts.len() as f64)
    }

    fn text(&self, hosts: &str) -> String {
        format!("{OURS}: it is written anew by every stage\n[databases]\n{} = host={hosts} {}\n", self.database, self.options)
    }
}

/// A name that needs no quotes in the console or in a file of it.
fn is_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

fn divisor(one: u64, other: u64) -> u64 {
    if other == 0 { one } else { divisor(other, one % other) }
}

/// The row of a database entry.
fn row(console: &dyn Console, database: &str) -> Result<ConsoleRow, Box<Trouble>> {
    let rows = console.say("SHOW DATABASES", WITHIN)?;
    rows.into_iter().find(|row| row.get("name").is_some_and(|name| name == database)).ok_or_else(|| {
        let trouble = Trouble::new(Class::CouldNotTell, format!("{} has no database {database}", console.describe()));
        let trouble = trouble.expected("an entry of that name under [databases]").found("none in SHOW DATABASES");
        Box::new(trouble.fix("write it there, or %include the file that has it, and RELOAD"))
    })
}

impl Pgbouncer {
    #[must_use]
    pub fn new(console: Box<dyn Console>, entry: Entry) -> Self {
        Self { console, entry }
    }

    fn hosts(&self) -> Result<String, Box<Trouble>> {
        Ok(row(&*self.console, &self.entry.database)?.remove("host").unwrap_or_default())
    }

    fn refused(&self, what: String, expected: String, found: String) -> Box<Trouble> {
        let trouble = Trouble::new(Class::CouldNotTell, what).expected(expected).found(found);
        Box::new(trouble.origin("[rollout.pgbouncer]").fix("look at SHOW DATABASES of its console, and at the file that it includes"))
    }

    /// That the file is one that may be written anew: nobody else's lines are lost.
    fn is_ours(&self) -> Result<(), Box<Trouble>> {
        let file = &self.entry.file;
        let text = std::fs::read_to_string(file).map_err(|error| {
            let trouble = Trouble::new(Class::Configuration, format!("cannot read {}", file.display())).found(error.to_string());
            let trouble = trouble.expected(format!("a file that PgBouncer includes, which begins with: {OURS}"));
            Box::new(
                trouble.origin("file under [rollout.pgbouncer]").fix(format!("write it: {:?}", self.entry.text(&self.entry.old.join(",")))),
            )
        })?;
        if text.starts_with(OURS) {
            return Ok(());
        }
        let trouble = Trouble::new(Class::Configuration, format!("{} is not evenkeel's to write", file.display()));
        let trouble = trouble.expected(format!("a file of that one entry, whose first line is: {OURS}")).found("another first line");
        Err(Box::new(trouble.origin("file under [rollout.pgbouncer]").fix("move the entry into a file of its own, and %include that")))
    }

    /// Has it lead to these hosts, and reads back that it does.
    fn lead(&self, hosts: &str) -> Result<(), Box<Trouble>> {
        let Entry { database, file, .. } = &self.entry;
        self.is_ours()?;
        put(file, &self.entry.text(hosts)).map_err(|error| {
            let trouble = Trouble::new(Class::Configuration, format!("cannot write {}", file.display())).found(error.to_string());
            Box::new(trouble.origin("file under [rollout.pgbouncer]").fix("let whoever runs this write it, and its folder"))
        })?;
        self.console.say("RELOAD", WITHIN)?;
        let found = self.hosts()?;
        if found != hosts {
            let what = format!("{} does not lead {database} as its file says", self.console.describe());
            return Err(self.refused(what, hosts.to_owned(), found));
        }
        // Connections that stand are closed once whoever has them gives them back.
        self.console.say(&format!("RECONNECT {database}"), WITHIN).map(drop)
    }
}

/// In place of what is there, whole: whoever reads it meanwhile reads the one or the other.
fn put(file: &Path, text: &str) -> std::io::Result<()> {
    let mut draft = file.as_os_str().to_owned();
    draft.push(".draft");
    let draft = PathBuf::from(draft);
    let done = std::fs::write(&draft, text).and_then(|()| {
        let was = std::fs::metadata(file)?;
        std::fs::set_permissions(&draft, was.permissions())?;
        // Whoever may not give it away leaves it to themselves: what PgBouncer then makes of it is read back.
        let _ = std::os::unix::fs::chown(&draft, Some(was.uid()), Some(was.gid()));
        std::fs::File::open(&draft)?.sync_all()?;
        std::fs::rename(&draft, file)
    });
    if done.is_err() {
        let _ = std::fs::remove_file(&draft);
    }
    done
}

/// Hosts in turn, each with how often it comes.
fn counted(hosts: &[&str]) -> String {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for host in hosts {
        match counts.iter_mut().find(|(other, _)| other == host) {
            Some((_, count)) => *count += 1,
            None => counts.push((host, 1)),
        }
    }
    counts.iter().map(|(host, count)| format!("{host} {count}")).collect::<Vec<_>>().join(", ")
}

impl Shifter for Pgbouncer {
    fn describe(&self) -> String {
        format!("{}, database {}", self.console.describe(), self.entry.database)
    }

    fn spread(&self) -> Result<Option<String>, Box<Trouble>> {
        self.is_ours()?;
        self.hosts().map(Some)
    }

    fn share(&self) -> Result<Option<f64>, Box<Trouble>> {
        let found = self.hosts()?;
        let hosts: Vec<&str> = found.split(',').collect();
        let made = self.entry.made(&hosts).ok_or_else(|| {
            let what = format!("{} leads {} elsewhere, too", self.console.describe(), self.entry.database);
            self.refused(what, "hosts of old and new under [rollout.pgbouncer]".to_owned(), found.clone())
        })?;
        Ok(Some(made))
    }

    fn words(&self, share: u8) -> Vec<String> {
        let hosts = counted(&self.entry.hosts(share));
        vec![format!("{}: in turn {hosts}; RELOAD; RECONNECT {}", self.entry.database, self.entry.database)]
    }

    fn shift(&self, share: u8) -> Result<(), Box<Trouble>> {
        let hosts = self.entry.hosts(share);
        let made = self.entry.made(&hosts);
        if hosts.len() > MOST || made.is_none_or(|made| (made - f64::from(share)).abs() > NEAR) {
            let (new, old) = (self.entry.new.len(), self.entry.old.len());
            let what = format!("up to {MOST} hosts in turn cannot make {share} % of {new} and {old}");
            return Err(self.refused(what, format!("{share} %"), format!("{} hosts", hosts.len())));
        }
        self.lead(&hosts.join(","))
    }

    fn restore(&self, spread: Option<&str>) -> Result<(), Box<Trouble>> {
        let Some(spread) = spread else { return self.shift(0) };
        let hosts: Vec<&str> = spread.split(',').collect();
        if self.entry.made(&hosts).is_none() {
            let expected = "hosts of old and new under [rollout.pgbouncer]".to_owned();
            return Err(self.refused("how traffic was spread cannot be read".to_owned(), expected, spread.to_owned()));
        }
        self.lead(spread)
    }
}

/// Databases that are paused for a while.
pub struct Paused {
    console: Arc<dyn Console>,
    databases: Vec<String>,
    /// How long clients have to give back what they have.
    within: Duration,
}

impl Paused {
    /// These databases of it.
    ///
    /// # Errors
    /// None, or a name that is none: why.
    pub fn new(console: Box<dyn Console>, databases: Vec<String>, within: Duration) -> Result<Self, String> {
        match databases.iter().find(|name| !is_name(name)) {
            Some(name) => Err(format!("{name:?}, which is no name of a database entry")),
            None if databases.is_empty() => Err("no database".to_owned()),
            None => Ok(Self { console: console.into(), databases, within }),
        }
    }

    fn is_paused(&self, database: &str) -> Result<bool, Box<Trouble>> {
        let found = row(&*self.console, database)?.remove("paused").unwrap_or_default();
        match found.as_str() {
            "0" => Ok(false),
            "1" => Ok(true),
            other => {
                let trouble = Trouble::new(Class::CouldNotTell, format!("whether {} is paused cannot be told", self.describe()));
                Err(Box::new(trouble.expected("0 or 1 as `paused` in SHOW DATABASES").found(format!("{other:?}"))))
            }
        }
    }

    /// Pauses one, by then: it answers once the last connection is given back.
    fn pause(&self, database: &str, until: Instant, watch: &Watch<'_>) -> Result<Result<(), String>, Box<Trouble>> {
        let left = until.saturating_duration_since(Instant::now()).max(LOOK);
        let (sender, paused) = channel();
        let (console, command) = (Arc::clone(&self.console), format!("PAUSE {database}"));
        // It is let go where nobody waits for it any more: RESUME takes it back, whether it was answered or not.
        std::thread::spawn(move || sender.send(console.say(&command, left)));
        loop {
            watch.stop.check()?;
            match paused.recv_timeout(LOOK) {
                Ok(Ok(_)) => return Ok(Ok(())),
                Ok(Err(trouble)) if trouble.class == Class::Unreachable && Instant::now() + LOOK >= until => {
                    return Ok(Err(format!(
                        "clients of {database} did not give back their connections within {} s",
                        self.within.as_secs_f64()
                    )));
                }
                Ok(Err(trouble)) => return Err(trouble),
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(Box::new(Trouble::new(Class::Internal, "asking PgBouncer to pause broke off")));
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }
}

impl Drain for Paused {
    fn describe(&self) -> String {
        format!("{}, databases {}", self.console.describe(), self.databases.join(", "))
    }

    fn by_hand(&self) -> String {
        let all: Vec<String> = self.databases.iter().map(|database| format!("RESUME {database}")).collect();
        format!("{} in its console", all.join("; "))
    }

    fn close(&self, watch: &Watch<'_>) -> Result<Result<(), String>, Box<Trouble>> {
        for database in &self.databases {
            if self.is_paused(database)? {
                return Ok(Err(format!("{database} is paused already, by somebody else: whoever did it resumes it")));
            }
        }
        let until = Instant::now() + self.within;
        let all = || {
            for database in &self.databases {
                if let Err(why) = self.pause(database, until, watch)? {
                    return Ok(Err(why));
                }
                if !self.is_paused(database)? {
                    return Ok(Err(format!("{database} is not paused although PgBouncer said so")));
                }
            }
            Ok(Ok(()))
        };
        let closed = all();
        if !matches!(closed, Ok(Ok(()))) {
            self.open()?;
        }
        closed
    }

    fn open(&self) -> Result<(), Box<Trouble>> {
        let mut failed = None;
        for database in &self.databases {
            // Whether it was paused is what is read back: RESUME of one that is not is refused.
            let said = self.console.say(&format!("RESUME {database}"), WITHIN);
            if let Err(trouble) = &said
                && trouble.class == Class::Unreachable
            {
                // Nor would it say whether it is paused.
                failed = failed.or_else(|| said.err());
                continue;
            }
            let now = match self.is_paused(database) {
                Ok(false) => Ok(()),
                Ok(true) => Err(said.err().unwrap_or_else(|| {
                    let trouble =
                        Trouble::new(Class::CouldNotTell, format!("{database} is paused although PgBouncer was told to resume it"));
                    Box::new(trouble.origin(self.console.describe()))
                })),
                Err(trouble) => Err(trouble),
            };
            failed = failed.or(now.err());
        }
        failed.map_or(Ok(()), Err)
    }
}

#[cfg(test)]
#[path = "pgbouncer_tests.rs"]
mod tests;
