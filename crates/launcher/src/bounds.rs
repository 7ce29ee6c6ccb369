//! What a throwaway server may take of this machine, so that one that runs away takes nothing from others: memory, core files, room for its
//! files. Not here: what it may write to (`cage`), whom it may talk to (`network`).
//!
//! Memory: a control group of its own (cgroup v2) where we may make one, for all processes of the server together; else limits of each
//! process (prlimit). Room: somebody looks at what is left, and ends the server before nothing is. Processors are not bounded: what a
//! statement takes is measured. See cgroups(7), prlimit(2), proc_pid_oom_score_adj(5).

use crate::process::{Mark, running_inside};
use crate::recipe::StopSignal;
use crate::root::ROOT_VARIABLE;
use evenkeel_core::fault::{Class, Trouble, Troublesome};
use rustix::process::{Pid, Resource, Rlimit, prlimit};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;
/// So much is left to others, or half of what there is where that is less.
const LEFT: u64 = 2 * GIB;
/// Between two looks at what is left.
const LOOK: Duration = Duration::from_millis(200);
/// Of the machine's memory a server may take three of four parts.
const PARTS: (u64, u64) = (3, 4);

/// A server that was ended because it took all the room there is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overrun {
    pub server: String,
    /// Where its files are.
    pub place: PathBuf,
    /// Bytes that were left, and that are to be.
    pub left: u64,
    pub bound: u64,
}

static OVERRUN: Mutex<Option<Overrun>> = Mutex::new(None);

/// The first server of this process that was ended because of that.
#[must_use]
pub fn overrun() -> Option<Overrun> {
    OVERRUN.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// The bounds of one server; dropping it, after the server has ended, takes them away.
#[derive(Debug)]
pub struct Bounds {
    group: Option<PathBuf>,
    /// What holds, in words.
    words: Vec<String>,
    over: Arc<AtomicBool>,
}

impl Bounds {
    /// Puts them on a server that was just started, with its files below a directory.
    pub fn put(server: &str, pid: i32, directory: &Path, executable: &Path) -> Self {
        let mut bounds = Self { group: None, words: Vec::new(), over: Arc::default() };
        if let Some(total) = machine_memory() {
            let memory = total / PARTS.1 * PARTS.0;
            bounds.group = parents().iter().find_map(|parent| grouped(parent, pid, memory));
            bounds.words.push(match (&bounds.group, limited(pid, memory)) {
                (Some(_), _) => format!("{} of memory (a control group)", size(memory)),
                (None, Ok(())) => {
                    format!("{} of memory for each of its processes (ulimit; no control group may be made here)", size(memory))
                }
                (None, Err(why)) => format!("memory without a bound: no control group may be made here, and no ulimit be set ({why})"),
            });
        } else {
            bounds.words.push("memory without a bound: this machine does not say how much it has".to_owned());
        }
        // The first that the kernel ends where there is none left: it is nobody's.
        let _ = std::fs::write(format!("/proc/{pid}/oom_score_adj"), "1000");
        match left(directory) {
            Some(free) => {
                let bound = LEFT.min(free / 2);
                bounds.words.push(format!("room until {} are left", size(bound)));
                bounds.watch(Guarded {
                    server: server.to_owned(),
                    pid,
                    directory: directory.to_owned(),
                    executable: executable.to_owned(),
                    bound,
                });
            }
            None => bounds.words.push("room without a bound: this machine does not say how much is left".to_owned()),
        }
        bounds
    }

    #[must_use]
    pub fn words(&self) -> &[String] {
        &self.words
    }

    fn watch(&self, guarded: Guarded) {
        let over = Arc::clone(&self.over);
        let main = Mark::of(guarded.pid);
        let looks = move || {
            while !over.load(Ordering::Relaxed) {
                if let Some(left) = left(&guarded.directory).filter(|left| *left < guarded.bound) {
                    let Guarded { server, directory, bound, .. } = &guarded;
                    let overrun = Overrun { server: server.clone(), place: directory.clone(), left, bound: *bound };
                    OVERRUN.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(overrun);
                    // The first of them makes the others.
                    for mark in main.iter().cloned().chain(running_inside(&guarded.directory, &guarded.executable)) {
                        mark.signal(StopSignal::Kill);
                    }
                    return;
                }
                std::thread::sleep(LOOK);
            }
        };
        // Where there is no thread to have, the machine is at its end for other reasons.
        drop(std::thread::Builder::new().name("room".to_owned()).stack_size(256 << 10).spawn(looks));
    }
}

impl Drop for Bounds {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        if let Some(group) = &self.group {
            // One that has a process yet stays, until the next server is put into one.
            let _ = std::fs::remove_dir(group);
        }
    }
}

struct Guarded {
    server: String,
    pid: i32,
    directory: PathBuf,
    executable: PathBuf,
    bound: u64,
}

/// Bytes that can be written there yet; where that is in memory, no more than is left of that.
fn left(directory: &Path) -> Option<u64> {
    let found = rustix::fs::statvfs(directory).ok()?;
    let free = found.f_bavail.saturating_mul(found.f_frsize);
    let available = || meminfo("MemAvailable:");
    Some(if in_memory(directory) { available().map_or(free, |available| free.min(available)) } else { free })
}

#[cfg(target_os = "linux")]
fn in_memory(directory: &Path) -> bool {
    /// `TMPFS_MAGIC` of linux/magic.h.
    const TMPFS: u64 = 0x0102_1994;
    rustix::fs::statfs(directory).is_ok_and(|found| u64::try_from(found.f_type).is_ok_and(|kind| kind == TMPFS))
}

#[cfg(not(target_os = "linux"))]
fn in_memory(_: &Path) -> bool {
    false
}

fn meminfo(name: &str) -> Option<u64> {
    let said = std::fs::read_to_string("/proc/meminfo").ok()?;
    said.lines().find_map(|line| line.strip_prefix(name)?.trim().strip_suffix(" kB")?.parse::<u64>().ok()).map(|kib| kib * 1024)
}

fn machine_memory() -> Option<u64> {
    static TOTAL: OnceLock<Option<u64>> = OnceLock::new();
    *TOTAL.get_or_init(|| {
        let whole = meminfo("MemTotal:")?;
        // A container may have less than its machine.
        let own =
            parents().into_iter().filter_map(|parent| std::fs::read_to_string(parent.join("memory.max")).ok()?.trim().parse::<u64>().ok());
        Some(own.min().map_or(whole, |own| own.min(whole)))
    })
}

/// Control groups that one of ours may stand in: the one we are in and those above, the nearest first.
fn parents() -> Vec<PathBuf> {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    above(&read("/proc/self/mountinfo"), &read("/proc/self/cgroup"))
}

fn above(mounts: &str, groups: &str) -> Vec<PathBuf> {
    let mount = mounts.lines().find_map(|line| {
        let (place, kind) = line.split_once(" - ")?;
        kind.starts_with("cgroup2 ").then(|| place.split(' ').nth(4).map(PathBuf::from))?
    });
    let own = groups.lines().find_map(|line| line.strip_prefix("0::/"));
    let (Some(mount), Some(own)) = (mount, own) else { return Vec::new() };
    mount.join(own).ancestors().take_while(|path| path.starts_with(&mount)).map(Path::to_owned).collect()
}

/// Makes a group there with that much memory and moves the server into it; nothing where the kernel, or whoever owns it, does not let us.
fn grouped(parent: &Path, pid: i32, memory: u64) -> Option<PathBuf> {
    let ours = |name: &str| -> Option<u32> { name.strip_prefix("evenkeel-")?.split('-').next()?.parse().ok() };
    // Those of processes that are no more, and have none of their own.
    for entry in std::fs::read_dir(parent).ok()?.flatten() {
        let owner = entry.file_name().to_str().and_then(ours);
        if owner.is_some_and(|owner| !Path::new(&format!("/proc/{owner}")).exists()) {
            let _ = std::fs::remove_dir(entry.path());
        }
    }
    let group = parent.join(format!("evenkeel-{}-{pid}", std::process::id()));
    std::fs::create_dir(&group).ok()?;
    let write = |file: &str, value: String| -> std::io::Result<()> {
        let path = group.join(file);
        // A controller that is not handed down has no file; none is made where this is no such file system.
        std::fs::metadata(&path)?;
        std::fs::write(path, value)
    };
    let done = write("memory.max", memory.to_string()).and_then(|()| write("cgroup.procs", pid.to_string()));
    if done.is_err() {
        let _ = std::fs::remove_dir(&group);
        return None;
    }
    Some(group)
}

/// Bounds every process of it by itself; children have the same.
fn limited(pid: i32, memory: u64) -> Result<(), String> {
    let pid = Pid::from_raw(pid).ok_or("it has ended")?;
    let most = |most: u64| Rlimit { current: Some(most), maximum: Some(most) };
    let set = |resource, bound| prlimit(Some(pid), resource, bound).map(drop).map_err(|error| error.to_string());
    set(Resource::Core, most(0))?;
    set(Resource::Data, most(memory))
}

fn size(bytes: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "one digit behind the point is shown")]
    match bytes {
        bytes if bytes >= GIB => format!("{:.1} GiB", bytes as f64 / GIB as f64),
        bytes => format!("{} MiB", bytes / MIB),
    }
}

impl Troublesome for Overrun {
    fn trouble(&self) -> Trouble {
        let place = self.place.display();
        Trouble::new(Class::CouldNotTell, format!("{} was ended, because it took the room that is left to others", self.server))
            .expected(format!("{} are left where its files are, {place}", size(self.bound)))
            .found(format!("{} were", size(self.left)))
            .origin("the bound of throwaway servers: 2.0 GiB, or half of what was there when it was started")
            .fix(format!("look at what writes so much; have fewer rows; or more room: {ROOT_VARIABLE}=/a/larger/place"))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::process::Command;

    #[test]
    fn groups_are_looked_for_where_we_are_and_above() {
        let mounts = "24 1 0:5 / /proc rw - proc proc rw\n30 24 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw\n";
        let told = above(mounts, "4:memory:/x\n0::/user.slice/a.scope\n");
        assert_eq!(told, ["/sys/fs/cgroup/user.slice/a.scope", "/sys/fs/cgroup/user.slice", "/sys/fs/cgroup"].map(PathBuf::from));
        assert_eq!(above(mounts, "0::/\n").last(), Some(&PathBuf::from("/sys/fs/cgroup/")));
        assert_eq!(above("", "0::/\n"), Vec::<PathBuf>::new());
        assert_eq!(above(mounts, "1:cpu:/\n"), Vec::<PathBuf>::new());
    }

    #[test]
    fn where_no_group_can_be_had_none_is_left() {
        let place = tempfile::tempdir().unwrap();
        assert_eq!(grouped(place.path(), 1, 1), None);
        assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 0);
        assert_eq!(grouped(&place.path().join("none"), 1, 1), None);
    }

    /// Of every bound what the kernel says of the process.
    #[test]
    fn a_process_has_the_bounds_that_are_told() {
        let place = tempfile::tempdir().unwrap();
        let mut child = Command::new("sleep").arg("60").spawn().unwrap();
        let pid = i32::try_from(child.id()).unwrap();
        let bounds = Bounds::put("a server", pid, place.path(), Path::new("/bin/sleep"));
        let said = bounds.words().join(", ");
        let limits = std::fs::read_to_string(format!("/proc/{pid}/limits")).unwrap();
        let of =
            |name: &str| limits.lines().find_map(|line| line.strip_prefix(name)?.split_whitespace().next().map(str::to_owned)).unwrap();
        assert_eq!(of("Max core file size"), "0", "{said}");
        assert_eq!(of("Max data size"), (machine_memory().unwrap() / 4 * 3).to_string(), "{said}");
        assert_eq!(said.contains("(a control group)"), bounds.group.is_some(), "{said}");
        if let Some(group) = &bounds.group {
            assert!(std::fs::read_to_string(group.join("cgroup.procs")).unwrap().contains(&pid.to_string()));
        }
        assert!(said.contains("room until 2.0 GiB are left") || said.contains("MiB are left"), "{said}");
        child.kill().unwrap();
        child.wait().unwrap();
        let group = bounds.group.clone();
        drop(bounds);
        assert!(group.is_none_or(|group| !group.exists()));
    }

    #[test]
    fn what_takes_all_the_room_is_ended_and_that_is_told() {
        let place = tempfile::tempdir().unwrap();
        let mut child = Command::new("sleep").arg("60").spawn().unwrap();
        let pid = i32::try_from(child.id()).unwrap();
        let bounds = Bounds { group: None, words: Vec::new(), over: Arc::default() };
        let guarded = |bound| Guarded {
            server: "a server".to_owned(),
            pid,
            directory: place.path().to_owned(),
            executable: "/bin/sleep".into(),
            bound,
        };
        bounds.watch(guarded(1));
        std::thread::sleep(LOOK * 2);
        assert!(child.try_wait().unwrap().is_none() && overrun().is_none());
        bounds.watch(guarded(u64::MAX));
        assert!(!child.wait().unwrap().success());
        let told = overrun().unwrap();
        assert_eq!((told.server.as_str(), told.bound, told.place.as_path()), ("a server", u64::MAX, place.path()));
        assert!(told.trouble().fix.unwrap().contains(ROOT_VARIABLE));
    }
}
