//! Moving traffic by the weights of HAProxy's servers, over its runtime API. <https://docs.haproxy.org/2.6/management.html#9.3>
//!
//! Each weight is read back after it was set: what HAProxy does not say is not so.

use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::port::Shifter;
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

/// How long one answer may take, whole.
const WITHIN: Duration = Duration::from_secs(3);
/// The longest answer that is read.
const MOST: usize = 1 << 20;
/// The highest weight there is.
const HIGHEST: u64 = 256;
/// So near to a share have weights to come, in hundredths.
const NEAR: f64 = 1.0;
/// So much of what is said there is repeated.
const SAID: usize = 200;

/// The servers of a backend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Servers {
    pub backend: String,
    /// Those that traffic comes from, and those that it goes to.
    pub old: Vec<String>,
    pub new: Vec<String>,
}

/// A HAProxy, by the socket of its runtime API: a path, or an address and a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Haproxy {
    socket: String,
    servers: Servers,
}

impl Haproxy {
    /// That one.
    ///
    /// # Errors
    /// A name that is none, or servers that cannot be told apart: why.
    pub fn new(socket: &str, servers: Servers) -> Result<Self, String> {
        let is_name = |name: &&String| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "_-.:".contains(c));
        let all = || servers.old.iter().chain(&servers.new);
        if let Some(name) = std::iter::once(&servers.backend).chain(all()).find(|name| !is_name(name)) {
            return Err(format!("{name:?}, which is no name of HAProxy's"));
        }
        if servers.old.is_empty() || servers.new.is_empty() {
            return Err("no server on one of both sides".to_owned());
        }
        let mut names: Vec<&String> = all().collect();
        names.sort();
        match names.windows(2).find(|pair| pair.first() == pair.last()) {
            Some(twice) => Err(format!("{} twice", twice.first().map(|name| name.as_str()).unwrap_or_default())),
            None if socket.trim().is_empty() => Err("no socket".to_owned()),
            None => Ok(Self { socket: socket.to_owned(), servers }),
        }
    }

    /// One command, and what is answered.
    fn say(&self, command: &str) -> Result<String, Box<Trouble>> {
        let failed = |error: std::io::Error| {
            let trouble = Trouble::new(Class::Unreachable, format!("HAProxy cannot be reached at {}", self.socket));
            let trouble = trouble.found(error.to_string()).origin("socket under [rollout.haproxy]");
            Box::new(trouble.fix("look whether it runs, and whether `stats socket … level admin` is where the configuration says"))
        };
        let answer = if self.socket.starts_with(['/', '.']) {
            UnixStream::connect(&self.socket).and_then(|mut stream| answered(&mut stream, command))
        } else {
            let address = self.socket.to_socket_addrs().map_err(failed)?.next();
            let address = address.ok_or_else(|| failed(std::io::Error::other("no such address")))?;
            TcpStream::connect_timeout(&address, WITHIN).and_then(|mut stream| answered(&mut stream, command))
        };
        Ok(String::from_utf8_lossy(&answer.map_err(failed)?).trim().to_owned())
    }

    fn refused(&self, what: String, expected: &str, answer: &str) -> Box<Trouble> {
        let found: String = answer.chars().map(|c| if c.is_control() { ' ' } else { c }).take(SAID).collect();
        let trouble = Trouble::new(Class::CouldNotTell, what).expected(expected.to_owned());
        let trouble = trouble.found(if found.is_empty() { "nothing".to_owned() } else { found });
        Box::new(
            trouble.origin(format!("HAProxy at {}", self.socket)).fix("look at its backend: echo 'show servers state' | socat - SOCKET"),
        )
    }

    /// The weight that a server has.
    fn weight(&self, server: &str) -> Result<u64, Box<Trouble>> {
        let backend = &self.servers.backend;
        let answer = self.say(&format!("get weight {backend}/{server}"))?;
        let weight = answer.split_whitespace().next().and_then(|word| word.parse().ok()).filter(|_| answer.contains("(initial "));
        weight.ok_or_else(|| self.refused(format!("the weight of {backend}/{server} cannot be read"), "WEIGHT (initial WEIGHT)", &answer))
    }

    fn weigh(&self, server: &str, weight: u64) -> Result<(), Box<Trouble>> {
        let backend = &self.servers.backend;
        let what = || format!("the weight of {backend}/{server} could not be set to {weight}");
        let answer = self.say(&format!("set weight {backend}/{server} {weight}"))?;
        if !answer.is_empty() {
            return Err(self.refused(what(), "no answer", &answer));
        }
        match self.weight(server)? {
            found if found == weight => Ok(()),
            found => Err(self.refused(what(), &weight.to_string(), &found.to_string())),
        }
    }

    /// All of them, whichever fails: those that get more first, so that somebody is always there.
    fn weigh_all(&self, weights: &[(&str, u64)]) -> Result<(), Box<Trouble>> {
        let (mut changes, mut failed) = (Vec::new(), None);
        for (server, weight) in weights {
            match self.weight(server) {
                Ok(now) => changes.extend((now != *weight).then_some((*weight < now, *server, *weight))),
                Err(trouble) => failed = failed.or(Some(trouble)),
            }
        }
        changes.sort();
        for (_, server, weight) in changes {
            failed = failed.or(self.weigh(server, weight).err());
        }
        failed.map_or(Ok(()), Err)
    }

    /// That nobody else takes traffic there, and nobody waits for others to be gone: the share would be another.
    fn are_alone(&self) -> Result<(), Box<Trouble>> {
        let backend = &self.servers.backend;
        let answer = self.say(&format!("show stat {backend} 4 -1"))?;
        let rows = stat(&answer);
        if rows.is_empty() {
            return Err(self.refused(format!("who is in {backend} cannot be read"), "CSV with svname, weight and bck", &answer));
        }
        let is_named = |name: &str| self.servers.new.iter().chain(&self.servers.old).any(|server| server == name);
        let expected = "all that take traffic stand in old or new under [rollout.haproxy]";
        if let Some(other) = rows.iter().find(|row| !is_named(row.name) && row.weight != Some(0)) {
            let weight = other.weight.map_or_else(|| "an unknown weight".to_owned(), |weight| format!("weight {weight}"));
            return Err(self.refused(format!("{backend}/{} takes traffic, too", other.name), expected, &weight));
        }
        if let Some(backup) = rows.iter().find(|row| is_named(row.name) && row.is_backup) {
            let what = format!("{backend}/{} is a backup, which takes traffic only where no other is there", backup.name);
            return Err(self.refused(what, "servers without `backup`", "bck 1"));
        }
        Ok(())
    }

    /// That these servers take traffic.
    fn are_up(&self, servers: &[&str]) -> Result<(), Box<Trouble>> {
        self.are_alone()?;
        let backend = &self.servers.backend;
        let answer = self.say(&format!("show servers state {backend}"))?;
        let states = states(&answer);
        let Some(down) = servers.iter().find(|server| states.get(**server) != Some(&(2, 0))) else { return Ok(()) };
        let found = states
            .get(*down)
            .map_or_else(|| "no such server".to_owned(), |(running, admin)| format!("srv_op_state {running}, srv_admin_state {admin}"));
        Err(self.refused(format!("{backend}/{down} takes no traffic"), "a server that is up: srv_op_state 2, srv_admin_state 0", &found))
    }

    /// The share that weights make.
    #[expect(clippy::cast_precision_loss, reason = "weights are small")]
    fn made(&self, weights: &[(&str, u64)]) -> Option<f64> {
        let of = |is_new: bool| -> u64 {
            let all = weights.iter().filter(|(server, _)| self.servers.new.iter().any(|new| new == server) == is_new);
            all.map(|(_, weight)| weight).sum()
        };
        let (new, old) = (of(true), of(false));
        (new + old > 0).then(|| new as f64 * 100.0 / (new + old) as f64)
    }

    /// The weights of such a share.
    fn weights(&self, share: u8) -> Vec<(&str, u64)> {
        let count = |servers: &[String]| u64::try_from(servers.len()).unwrap_or(u64::MAX);
        let share = u64::from(share.min(100));
        let [new, old] = scaled([share * count(&self.servers.old), (100 - share) * count(&self.servers.new)]);
        let new = self.servers.new.iter().map(move |server| (server.as_str(), new));
        new.chain(self.servers.old.iter().map(move |server| (server.as_str(), old))).collect()
    }
}

/// A server as the statistics have it.
struct Row<'a> {
    name: &'a str,
    /// Nothing where it cannot be read.
    weight: Option<u64>,
    is_backup: bool,
}

/// The servers of an answer of `show stat`.
fn stat(answer: &str) -> Vec<Row<'_>> {
    let mut lines = answer.lines().skip_while(|line| !line.starts_with('#'));
    let columns: Vec<&str> = lines.next().unwrap_or_default().trim_start_matches(['#', ' ']).split(',').collect();
    let at = |name: &str| columns.iter().position(|column| *column == name);
    let (Some(name), Some(weight), Some(backup)) = (at("svname"), at("weight"), at("bck")) else { return Vec::new() };
    lines
        .filter_map(|line| {
            let words: Vec<&str> = line.split(',').collect();
            let name = words.get(name).filter(|name| !name.is_empty())?;
            let is_backup = words.get(backup).is_none_or(|word| *word != "0");
            Some(Row { name, weight: words.get(weight).and_then(|word| word.parse().ok()), is_backup })
        })
        .collect()
}

/// Names of servers with what they do, and what somebody wants them to do.
fn states(answer: &str) -> BTreeMap<&str, (i64, i64)> {
    let mut lines = answer.lines().skip_while(|line| !line.starts_with('#'));
    let columns: Vec<&str> = lines.next().unwrap_or_default().trim_start_matches('#').split_whitespace().collect();
    let at = |name: &str| columns.iter().position(|column| *column == name);
    let (Some(name), Some(running), Some(admin)) = (at("srv_name"), at("srv_op_state"), at("srv_admin_state")) else {
        return BTreeMap::new();
    };
    lines
        .filter_map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            Some((*words.get(name)?, (words.get(running)?.parse().ok()?, words.get(admin)?.parse().ok()?)))
        })
        .collect()
}

/// As small as they can be, and none above the highest; what is more than nothing stays so.
fn scaled(weights: [u64; 2]) -> [u64; 2] {
    fn divisor(one: u64, other: u64) -> u64 {
        if other == 0 { one } else { divisor(other, one % other) }
    }
    let by = divisor(weights[0], weights[1]).max(1);
    let small = weights.map(|weight| weight / by);
    let most = small[0].max(small[1]);
    if most <= HIGHEST {
        return small;
    }
    small.map(|weight| if weight == 0 { 0 } else { ((weight * HIGHEST + most / 2) / most).max(1) })
}

/// What a stream is.
trait Talk: Read + Write {
    fn within(&self, time: Duration) -> std::io::Result<()>;
}

impl Talk for UnixStream {
    fn within(&self, time: Duration) -> std::io::Result<()> {
        self.set_read_timeout(Some(time)).and_then(|()| self.set_write_timeout(Some(time)))
    }
}

impl Talk for TcpStream {
    fn within(&self, time: Duration) -> std::io::Result<()> {
        self.set_read_timeout(Some(time)).and_then(|()| self.set_write_timeout(Some(time)))
    }
}

/// A command and its whole answer: one that comes in drops is none.
fn answered(stream: &mut dyn Talk, command: &str) -> std::io::Result<Vec<u8>> {
    let until = Instant::now() + WITHIN;
    stream.within(WITHIN)?;
    stream.write_all(command.as_bytes()).and_then(|()| stream.write_all(b"\n"))?;
    let (mut answer, mut piece) = (Vec::new(), [0_u8; 4096]);
    loop {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() || answer.len() > MOST {
            let words = if left.is_zero() { "its answer did not come to an end" } else { "its answer is too long" };
            return Err(std::io::Error::new(std::io::ErrorKind::TimedOut, words));
        }
        stream.within(left)?;
        match stream.read(&mut piece)? {
            0 => return Ok(answer),
            count => answer.extend_from_slice(piece.get(..count).unwrap_or_default()),
        }
    }
}

impl Shifter for Haproxy {
    fn describe(&self) -> String {
        format!("HAProxy at {}, backend {}", self.socket, self.servers.backend)
    }

    fn spread(&self) -> Result<Option<String>, Box<Trouble>> {
        let all = self.servers.new.iter().chain(&self.servers.old);
        let weights: Vec<String> =
            all.map(|server| Ok(format!("{server}={}", self.weight(server)?))).collect::<Result<_, Box<Trouble>>>()?;
        Ok(Some(weights.join(" ")))
    }

    fn share(&self) -> Result<Option<f64>, Box<Trouble>> {
        let all = self.servers.new.iter().chain(&self.servers.old);
        let weights: Vec<(&str, u64)> =
            all.map(|server| Ok((server.as_str(), self.weight(server)?))).collect::<Result<_, Box<Trouble>>>()?;
        Ok(self.made(&weights))
    }

    fn words(&self, share: u8) -> Vec<String> {
        let backend = &self.servers.backend;
        self.weights(share).into_iter().map(|(server, weight)| format!("set weight {backend}/{server} {weight}")).collect()
    }

    fn shift(&self, share: u8) -> Result<(), Box<Trouble>> {
        let weights = self.weights(share);
        let made = self.made(&weights);
        if made.is_none_or(|made| (made - f64::from(share)).abs() > NEAR) {
            let what = format!(
                "weights up to {HIGHEST} cannot make {share} % of {} servers and {}",
                self.servers.new.len(),
                self.servers.old.len()
            );
            let found = made.map_or_else(|| "nothing".to_owned(), |made| format!("{made:.1} %"));
            return Err(self.refused(what, &format!("{share} %"), &found));
        }
        let up: Vec<&str> = weights.iter().filter(|(_, weight)| *weight > 0).map(|(server, _)| *server).collect();
        self.are_up(&up)?;
        self.weigh_all(&weights)
    }

    fn restore(&self, spread: Option<&str>) -> Result<(), Box<Trouble>> {
        let Some(spread) = spread else { return self.weigh_all(&self.weights(0)) };
        let all = || self.servers.new.iter().chain(&self.servers.old);
        let one = |part: &'_ str| -> Option<(String, u64)> {
            let (server, weight) = part.split_once('=')?;
            let weight = weight.parse().ok().filter(|weight| *weight <= HIGHEST)?;
            all().any(|other| other == server).then(|| (server.to_owned(), weight))
        };
        let weights: Option<Vec<(String, u64)>> = spread.split_whitespace().map(one).collect();
        let Some(weights) = weights.filter(|weights| !weights.is_empty()) else {
            let expected = "SERVER=WEIGHT of the servers under [rollout.haproxy]";
            return Err(self.refused("how traffic was spread cannot be read".to_owned(), expected, spread));
        };
        let weights: Vec<(&str, u64)> = weights.iter().map(|(server, weight)| (server.as_str(), *weight)).collect();
        self.weigh_all(&weights)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    fn of(old: &[&str], new: &[&str]) -> Result<Haproxy, String> {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Haproxy::new("/s", Servers { backend: "read".to_owned(), old: names(old), new: names(new) })
    }

    #[test]
    fn weights_make_the_share_whatever_the_servers_are() {
        for (old, new) in [(1, 1), (2, 1), (1, 3), (7, 2), (12, 3)] {
            let names = |mark: &str, count| (0..count).map(|at| format!("{mark}{at}")).collect::<Vec<_>>();
            let servers = Servers { backend: "b".to_owned(), old: names("o", old), new: names("n", new) };
            let haproxy = Haproxy::new("/s", servers).unwrap();
            for share in [0, 1, 5, 25, 50, 99, 100] {
                let weights = haproxy.weights(share);
                assert!(weights.iter().all(|(_, weight)| *weight <= HIGHEST), "{weights:?}");
                let found = haproxy.made(&weights).unwrap();
                assert!((found - f64::from(share)).abs() <= NEAR, "{old} {new} {share}: {found} {weights:?}");
                assert_eq!((found == 0.0, found == 100.0), (share == 0, share == 100), "{weights:?}");
            }
        }
        // What cannot be made is not moved.
        let many: Vec<String> = (0..40).map(|at| format!("n{at}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert!(of(&["a"], &many).unwrap().shift(5).is_err_and(|trouble| trouble.what.contains("cannot make 5 %")));
        assert_eq!(of(&["a"], &["b"]).unwrap().words(5), ["set weight read/b 1", "set weight read/a 19"]);
    }

    #[test]
    fn names_are_names() {
        for (old, new) in [
            (vec![], vec!["b"]),
            (vec!["a"], vec!["a"]),
            (vec!["a b"], vec!["c"]),
            (vec!["a"], vec!["b;shutdown"]),
            (vec!["a\n"], vec!["b"]),
        ] {
            assert!(of(&old, &new).is_err(), "{old:?} {new:?}");
        }
    }

    #[test]
    fn states_are_read_by_the_names_of_their_columns() {
        let answer = "1\n# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight\n3 read 1 a 10.0.0.1 2 0 100\n3 read 2 b - 0 32 0\n";
        let states = states(answer);
        assert_eq!((states["a"], states["b"]), ((2, 0), (0, 32)));
        let answer = "# pxname,svname,status,weight,act,bck,\nread,a,UP,1,1,0,\nread,b,UP,100,0,1,\n\n";
        let rows: Vec<_> = stat(answer).iter().map(|row| (row.name.to_owned(), row.weight, row.is_backup)).collect();
        assert_eq!(rows, [("a".to_owned(), Some(1), false), ("b".to_owned(), Some(100), true)]);
        assert!(stat("").is_empty() && stat("No such proxy.").is_empty());
        assert!(super::states("").is_empty() && super::states("Can't find backend.").is_empty());
    }
}
