//! Cleans up after owners that were killed: ends their servers, removes their directories. The neighbour `record` is
//! all it knows. It never touches the instance of a living owner, and never a process that it cannot prove to be the
//! server of an abandoned instance.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use crate::fault::Fault;
use crate::instance::remove_tree;
use crate::process::{executable, running_inside};
use crate::recipe::StopSignal;
use crate::record::{Owner, Server};
use crate::root::Root;

/// A directory without a record is one that is just being made; after this long it is a leftover.
const MAKING: Duration = Duration::from_secs(60);
/// Cache entries nobody has used for this long are removed.
const CACHE_LIFE: Duration = Duration::from_secs(14 * 24 * 3600);
const GENTLE: Duration = Duration::from_secs(3);
const HARD: Duration = Duration::from_secs(10);

/// What a sweep did.
#[derive(Debug, Default)]
pub struct Swept {
    /// Directories of abandoned instances that are gone now, their servers with them.
    pub removed: Vec<PathBuf>,
    /// Abandoned, but left alone.
    pub kept: Vec<Kept>,
}

/// An instance that was left where it is, and why.
#[derive(Debug)]
pub struct Kept {
    pub directory: PathBuf,
    pub reason: Fault,
}

enum Verdict {
    Owned,
    /// The lock is ours now, so no other sweep works on the same instance.
    Abandoned(Owner, File),
    Leftover,
}

/// Sweeps a root. One instance that resists does not keep the others from being swept.
///
/// # Errors
/// [`Fault::File`] when the root itself cannot be read.
pub fn sweep(root: &Root) -> Result<Swept, Fault> {
    let mut swept = Swept::default();
    for entry in std::fs::read_dir(root.path()).map_err(Fault::file("read", root.path()))?.flatten() {
        let directory = entry.path();
        if entry.file_name() == "cache" {
            sweep_cache(&directory);
            continue;
        }
        if !entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            continue;
        }
        match sweep_instance(&directory) {
            Ok(true) => swept.removed.push(directory),
            Ok(false) => {}
            Err(reason) => swept.kept.push(Kept { directory, reason }),
        }
    }
    Ok(swept)
}

/// Sweeps a root once in this process: what a crash left was left before we began. What resists is kept and met again by
/// the next run; it never keeps a new server from starting.
pub fn sweep_once(root: &Root) {
    static SWEPT: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());
    let mut swept = SWEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if !swept.iter().any(|path| path == root.path()) {
        swept.push(root.path().to_path_buf());
        drop(sweep(root));
    }
}

fn sweep_instance(directory: &Path) -> Result<bool, Fault> {
    match judge(directory)? {
        Verdict::Owned => Ok(false),
        Verdict::Leftover => remove_tree(directory).map(|()| true),
        Verdict::Abandoned(owner, _lock) => {
            end_server(directory, &owner)?;
            remove_tree(directory)?;
            Ok(true)
        }
    }
}

fn judge(directory: &Path) -> Result<Verdict, Fault> {
    let path = Owner::path(directory);
    let Some(owner) = Owner::read(directory)? else {
        let age = std::fs::metadata(directory).and_then(|found| found.modified()).map(age);
        // Nothing is ever started before the record is there.
        return Ok(if age.is_ok_and(|age| age > MAKING) { Verdict::Leftover } else { Verdict::Owned });
    };
    let file = match File::open(&path) {
        // Removed since we read it: its owner is just cleaning up.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Verdict::Owned),
        other => other.map_err(Fault::file("read", &path))?,
    };
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => return Ok(Verdict::Owned),
        Err(TryLockError::Error(source)) => return Err(Fault::file("lock", path)(source)),
        Ok(()) => {}
    }
    // The lock should say it all; on a file system without working locks the process table has a say as well.
    if owner.process.is_alive() {
        return Ok(Verdict::Owned);
    }
    Ok(Verdict::Abandoned(owner, file))
}

fn end_server(directory: &Path, owner: &Owner) -> Result<(), Fault> {
    let server_name = || format!("{} {}", owner.engine, owner.version);
    let server = Server::read(directory)?;
    let signal = server.as_ref().map_or(StopSignal::Kill, |server| server.on_owner_death);
    if let Some(server) = server
        && server.process.is_alive()
    {
        // Before it was ready no executable was written down; then pid and start time have to do.
        let runs = executable(server.process.pid);
        if server.executable.is_some() && runs != server.executable {
            return Err(Fault::BadRecord {
                path: directory.join("server"),
                reason: format!(
                    "process {} runs {}, not {}",
                    server.process.pid,
                    runs.unwrap_or_else(|| "something unknown".into()).display(),
                    server.executable.unwrap_or_default().display(),
                ),
            });
        }
        if !server.process.end(signal, GENTLE) && !server.process.end(StopSignal::Kill, HARD) {
            return Err(Fault::Unstoppable { server: server_name(), pid: server.process.pid });
        }
    }
    // A server whose owner died before its pid was written down, and children of a killed one.
    for mark in running_inside(&directory.join("run"), &owner.binary) {
        if !mark.end(signal, GENTLE) && !mark.end(StopSignal::Kill, HARD) {
            return Err(Fault::Unstoppable { server: server_name(), pid: mark.pid });
        }
    }
    Ok(())
}

fn sweep_cache(cache: &Path) {
    let Ok(entries) = std::fs::read_dir(cache) else {
        return;
    };
    for entry in entries.flatten() {
        let unused = entry.metadata().and_then(|found| found.modified()).map(age);
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) && unused.is_ok_and(|age| age > CACHE_LIFE) {
            // Best effort: what stays is removed another time, and costs only space.
            let _ = remove_tree(&entry.path());
        }
    }
}

fn age(since: SystemTime) -> Duration {
    SystemTime::now().duration_since(since).unwrap_or_default()
}
