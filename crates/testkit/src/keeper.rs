//! The process that keeps one server per version for a whole test run, and the few words it is spoken to with.
//!
//! It listens on a Unix socket; one connection is one request line and one answer line, `ok …` or `error …`:
//! `majors` gives PostgreSQL's installed major versions, `server 17` starts one if need be and gives its version and
//! socket directory with a tab between; `flavors` and `flavor MariaDB 10.11` do the same for MySQL and MariaDB, with the
//! path of the socket. `status` gives the running ones, `stop` ends everything. It ends by itself when the process it was
//! started for (nextest) is gone.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use evenkeel_launcher::{Mark, Root};
use evenkeel_postgres::scratch::{Options, Scratch, ServerBinaries, find_servers, pick};

/// Where tests find the keeper: the path of its socket.
pub const VARIABLE: &str = "EVENKEEL_TESTKIT";

type Slot = Arc<Mutex<Option<Scratch>>>;

/// Servers by major version, each started when first asked for.
#[derive(Debug)]
pub struct Kept {
    installed: Vec<ServerBinaries>,
    running: Mutex<BTreeMap<u32, Slot>>,
    mysql: crate::mysql::Kept,
}

impl Default for Kept {
    fn default() -> Self {
        Self { installed: find_servers(), running: Mutex::default(), mysql: crate::mysql::Kept::default() }
    }
}

impl Kept {
    /// The installed major versions, oldest first.
    pub fn majors(&self) -> Vec<u32> {
        let mut majors: Vec<u32> = self.installed.iter().map(|server| server.major).collect();
        majors.sort_unstable();
        majors.dedup();
        majors
    }

    /// Version and socket directory of a running server, which is started if need be.
    pub fn server(&self, major: u32) -> Result<(String, PathBuf), String> {
        let binaries = pick(&self.installed, Some(major)).ok_or(format!("PostgreSQL {major} is not installed"))?;
        let slot = Arc::clone(self.lock().entry(major).or_default());
        // Others wait here for this version only.
        let mut scratch = slot.lock().unwrap_or_else(PoisonError::into_inner);
        // A test that killed its server gets its own punishment; the next one gets a new server.
        if scratch.as_ref().is_none_or(|running| running.check().is_err()) {
            *scratch = None;
            *scratch = Some(Scratch::start_with(binaries, &options()).map_err(|fault| fault.to_string())?);
        }
        let running = scratch.as_ref().ok_or("it did not start")?;
        Ok((running.binaries().version.clone(), running.socket_dir().to_path_buf()))
    }

    fn status(&self) -> String {
        let mut running: Vec<String> = self.lock().keys().map(u32::to_string).collect();
        running.extend(self.mysql.running());
        format!("running: {}", if running.is_empty() { "none".into() } else { running.join(" ") })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<u32, Slot>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Room for many tests at once, and for tests of publications.
fn options() -> Options {
    Options {
        // No root in memory is no failure: the default one is used, which then says what is wrong with it.
        root: Root::fast().ok(),
        ..Options::default().setting("max_connections", "300").setting("wal_level", "logical")
    }
}

/// Keeps servers until `stop` is asked for or `until_gone` has ended. `ready` is called when requests are taken.
///
/// # Errors
/// When the socket cannot be made.
pub fn keep(socket: &Path, until_gone: &Mark, ready: impl FnOnce()) -> std::io::Result<()> {
    let listener = UnixListener::bind(socket)?;
    listener.set_nonblocking(true)?;
    let kept = Arc::new(Kept::default());
    let stop = Arc::new(Mutex::new(false));
    ready();
    loop {
        match listener.accept() {
            Ok((stream, _)) => {
                let (kept, stop) = (Arc::clone(&kept), Arc::clone(&stop));
                std::thread::spawn(move || {
                    // A test that went away while it waited for its answer.
                    let _ = answer(&stream, &kept, &stop);
                });
            }
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {
                std::thread::sleep(Duration::from_millis(5));
            }
            Err(error) => return Err(error),
        }
        if !until_gone.is_alive() || *stop.lock().unwrap_or_else(PoisonError::into_inner) {
            // Nobody may ask for a server any more while the others are ended.
            std::fs::remove_file(socket)?;
            kept.lock().clear();
            kept.mysql.stop();
            return Ok(());
        }
    }
}

fn answer(stream: &UnixStream, kept: &Kept, stop: &Mutex<bool>) -> std::io::Result<()> {
    stream.set_nonblocking(false)?;
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line)?;
    let result = match line.trim().split_once(' ').unwrap_or((line.trim(), "")) {
        ("majors", _) => Ok(kept.majors().iter().map(u32::to_string).collect::<Vec<_>>().join(" ")),
        ("server", major) => match major.parse() {
            Ok(major) => kept.server(major).map(|(version, dir)| format!("{version}\t{}", dir.display())),
            Err(_) => Err(format!("'{major}' is no major version")),
        },
        ("flavors", _) => Ok(kept.mysql.flavors().join(", ")),
        ("flavor", name) => kept.mysql.server(name).map(|(version, socket)| format!("{version}\t{}", socket.display())),
        ("status", _) => Ok(kept.status()),
        ("stop", _) => {
            *stop.lock().unwrap_or_else(PoisonError::into_inner) = true;
            Ok("stopping".into())
        }
        _ => Err(format!("unknown request '{}'", line.trim())),
    };
    let text = match result {
        Ok(text) => format!("ok {text}"),
        Err(text) => format!("error {text}"),
    };
    writeln!(&*stream, "{}", text.replace('\n', " "))
}

/// Asks the keeper behind a socket.
///
/// # Errors
/// The keeper's own word, or that it cannot be reached.
pub fn ask(socket: &Path, request: &str) -> Result<String, String> {
    let talk = || -> std::io::Result<String> {
        let mut stream = UnixStream::connect(socket)?;
        writeln!(stream, "{request}")?;
        let mut line = String::new();
        BufReader::new(stream).read_line(&mut line)?;
        Ok(line)
    };
    let line = talk().map_err(|error| format!("no keeper of test servers at {}: {error}", socket.display()))?;
    // Without the line's end only: an answer may be empty.
    match line.trim_end_matches('\n').split_once(' ') {
        Some(("ok", text)) => Ok(text.to_owned()),
        Some(("error", text)) => Err(text.to_owned()),
        _ => Err(format!("the keeper of test servers at {} went away", socket.display())),
    }
}

/// A socket path for a new keeper. Sockets of keepers that crashed are removed.
///
/// # Errors
/// When there is no place for it.
pub fn new_socket() -> Result<PathBuf, String> {
    let root = Root::fast().map_err(|fault| fault.to_string())?;
    for entry in std::fs::read_dir(root.path()).into_iter().flatten().flatten() {
        let path = entry.path();
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with("keeper-") && name.ends_with(".sock") && UnixStream::connect(&path).is_err() {
            // Somebody else may have removed it already.
            let _ = std::fs::remove_file(&path);
        }
    }
    Ok(root.path().join(format!("keeper-{}.sock", std::process::id())))
}
