//! What the kernel says about a process: whether a pid is still the process we mean. Signals go out from here only.
//! Not here: starting (`spawn`) and deciding whom to end (`instance`, `sweep`).

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, kill_process_group, test_kill_process, test_kill_process_group};

use crate::recipe::StopSignal;

/// A process that cannot be mistaken for a later one with the same pid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    pub pid: i32,
    /// On Linux boot id and start time in clock ticks since boot; elsewhere what `ps -o lstart` prints.
    pub started: String,
}

impl Mark {
    /// The process with this pid, if there is one now.
    #[must_use]
    pub fn of(pid: i32) -> Option<Self> {
        start_time(pid).map(|started| Self { pid, started })
    }

    /// This process.
    #[must_use]
    pub fn ourselves() -> Option<Self> {
        Self::of(i32::try_from(std::process::id()).ok()?)
    }

    /// Whether this very process still runs. A zombie does not.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        start_time(self.pid).as_ref() == Some(&self.started)
    }

    /// Sends a signal, after making sure that the pid was not reused. False where the process is gone or not ours.
    pub fn signal(&self, signal: StopSignal) -> bool {
        self.is_alive() && send(self.pid, signal)
    }

    /// Signals and waits as long as `patience`; true when the process is gone.
    pub fn end(&self, signal: StopSignal, patience: Duration) -> bool {
        self.signal(signal);
        let until = Instant::now() + patience;
        while self.is_alive() {
            if Instant::now() >= until {
                return false;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        true
    }
}

impl Mark {
    /// Keeps the process from doing anything, or lets it go on.
    pub fn pause(&self, pause: bool) {
        if self.is_alive() {
            let signal = if pause { Signal::STOP } else { Signal::CONT };
            let _ = Pid::from_raw(self.pid).is_some_and(|pid| kill_process(pid, signal).is_ok());
        }
    }

    /// Whether every thread of it is kept from doing anything.
    pub fn is_paused(&self) -> bool {
        let stopped =
            |stat: &str| stat.get(stat.rfind(')').map_or(0, |at| at + 1)..).is_some_and(|rest| rest.trim_start().starts_with('T'));
        if !cfg!(target_os = "linux") {
            return ps(self.pid, "stat").is_some_and(|state| state.starts_with('T'));
        }
        let threads = std::fs::read_dir(format!("/proc/{}/task", self.pid)).into_iter().flatten().flatten();
        threads.filter_map(|thread| std::fs::read_to_string(thread.path().join("stat")).ok()).all(|stat| stopped(&stat))
    }
}

/// Sends a signal to a pid that the caller knows to be its own (an unreaped child cannot be reused).
pub fn send(pid: i32, signal: StopSignal) -> bool {
    let signal = match signal {
        StopSignal::Interrupt => Signal::INT,
        StopSignal::Terminate => Signal::TERM,
        StopSignal::Quit => Signal::QUIT,
        StopSignal::Kill => Signal::KILL,
    };
    Pid::from_raw(pid).is_some_and(|pid| kill_process(pid, signal).is_ok())
}

/// Kills every process of a group and waits until none of it runs, as long as `patience`. Programs that prepare a server start others,
/// which are still somebody else's program between their fork and their exec.
pub fn end_group(group: i32, patience: Duration) -> bool {
    let Some(id) = Pid::from_raw(group) else { return true };
    let until = Instant::now() + patience;
    let _ = kill_process_group(id, Signal::KILL);
    while is_group_alive(id) {
        if Instant::now() >= until {
            return false;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    true
}

/// Whether a process of the group runs. Zombies do not.
fn is_group_alive(group: Pid) -> bool {
    if test_kill_process_group(group).is_err_and(|error| error == rustix::io::Errno::SRCH) {
        return false;
    }
    if !cfg!(target_os = "linux") {
        return true;
    }
    let wanted = group.as_raw_nonzero().to_string();
    let is_member = |stat: &str| {
        let mut fields = stat.get(stat.rfind(')').map_or(0, |at| at + 1)..).unwrap_or_default().split_ascii_whitespace();
        !matches!(fields.next(), None | Some("Z" | "X")) && fields.nth(1) == Some(wanted.as_str())
    };
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    processes.filter_map(|process| std::fs::read_to_string(process.path().join("stat")).ok()).any(|stat| is_member(&stat))
}

/// The file a process runs, without the kernel's mark for a file that was removed since.
pub fn executable(pid: i32) -> Option<PathBuf> {
    if cfg!(target_os = "linux") {
        let link = std::fs::read_link(format!("/proc/{pid}/exe")).ok()?;
        let text = link.to_string_lossy();
        Some(text.strip_suffix(" (deleted)").map_or_else(|| link.clone(), PathBuf::from))
    } else {
        ps(pid, "comm").map(PathBuf::from)
    }
}

/// Processes that run `executable` with their working directory inside `directory`. Finds servers whose pid was never
/// written down, and children that outlived a killed server. Linux only; elsewhere empty.
pub fn running_inside(directory: &Path, executable_path: &Path) -> Vec<Mark> {
    let mut found = Vec::new();
    let Ok(processes) = std::fs::read_dir("/proc") else {
        return found;
    };
    for process in processes.flatten() {
        let Some(pid) = process.file_name().to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        let Ok(cwd) = std::fs::read_link(process.path().join("cwd")) else {
            continue;
        };
        if cwd.starts_with(directory)
            && executable(pid).as_deref() == Some(executable_path)
            && let Some(mark) = Mark::of(pid)
        {
            found.push(mark);
        }
    }
    found
}

fn start_time(pid: i32) -> Option<String> {
    if cfg!(target_os = "linux") {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // The second field is the program's name in parentheses and may hold anything, even ')': count from its end.
        let mut fields = stat.get(stat.rfind(')')? + 1..)?.split_ascii_whitespace();
        if matches!(fields.next()?, "Z" | "X") {
            return None;
        }
        let ticks = fields.nth(18)?;
        let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
        Some(format!("{}:{ticks}", boot.trim()))
    } else {
        let id = Pid::from_raw(pid)?;
        if test_kill_process(id).is_err_and(|error| error == rustix::io::Errno::SRCH) {
            return None;
        }
        if ps(pid, "stat")?.starts_with('Z') { None } else { ps(pid, "lstart") }
    }
}

fn ps(pid: i32, column: &str) -> Option<String> {
    let output = Command::new("ps").args(["-o", &format!("{column}="), "-p", &pid.to_string()]).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if text.is_empty() { None } else { Some(text) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn a_mark_tells_a_reused_pid_from_the_process_meant() {
        let mut child = Command::new("sleep").arg("30").spawn().unwrap();
        let pid = i32::try_from(child.id()).unwrap();
        let mark = Mark::of(pid).unwrap();
        let reused = Mark { pid, started: format!("{}0", mark.started) };

        assert!(mark.is_alive());
        assert!(!reused.is_alive());
        assert!(!reused.signal(StopSignal::Kill));
        std::thread::sleep(Duration::from_millis(50));
        assert_eq!(child.try_wait().unwrap(), None, "the wrong mark must not have ended it");

        assert!(mark.end(StopSignal::Kill, Duration::from_secs(5)), "an unreaped zombie counts as gone");
        child.wait().unwrap();
        assert!(!mark.is_alive());
    }

    #[test]
    fn a_group_ends_whole() {
        use std::os::unix::process::CommandExt;
        let mut child = Command::new("sh").args(["-c", "sleep 31 & sleep 32 & wait"]).process_group(0).spawn().unwrap();
        let group = i32::try_from(child.id()).unwrap();
        let id = Pid::from_raw(group).unwrap();
        assert!(is_group_alive(id));
        assert!(end_group(group, Duration::from_secs(5)));
        assert!(!is_group_alive(id), "zombies do not run");
        child.wait().unwrap();
        assert!(end_group(group, Duration::ZERO), "a group without processes");
    }

    #[test]
    fn the_executable_is_known() {
        let ours = executable(i32::try_from(std::process::id()).unwrap()).unwrap();
        assert_eq!(ours.canonicalize().unwrap(), std::env::current_exe().unwrap().canonicalize().unwrap());
    }
}
