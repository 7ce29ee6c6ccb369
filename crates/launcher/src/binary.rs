//! Server programs on disk: finding them in given places and noticing that one was replaced. Which places an engine's
//! servers are installed in is the engine crate's knowledge.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError, mpsc};
use std::time::Duration;

use crate::fault::Fault;

/// What tells a file from the one a package upgrade puts in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint {
    pub path: PathBuf,
    device: u64,
    inode: u64,
    size: u64,
    /// Seconds and nanoseconds since 1970.
    modified: (i64, i64),
}

impl Fingerprint {
    /// Looks at the file now, behind symbolic links.
    ///
    /// # Errors
    /// [`Fault::File`] when it cannot be looked at.
    pub fn take(path: &Path) -> Result<Self, Fault> {
        let found = std::fs::metadata(path).map_err(Fault::file("look at", path))?;
        Ok(Self {
            path: path.to_path_buf(),
            device: found.dev(),
            inode: found.ino(),
            size: found.size(),
            modified: (found.mtime(), found.mtime_nsec()),
        })
    }

    /// Whether the file at that path is still this one. A removed file is not.
    #[must_use]
    pub fn still_holds(&self) -> bool {
        Self::take(&self.path).is_ok_and(|now| now == *self)
    }

    /// A short text that changes when the file does, for cache keys.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{:x}-{:x}-{:x}-{}.{}", self.device, self.inode, self.size, self.modified.0, self.modified.1)
    }
}

/// How long a program may take to say its version, and how much it may say.
const ANSWER: (Duration, u64) = (Duration::from_secs(5), 4096);

/// What programs said, by what they are as files and what they were asked.
type Said = BTreeMap<(String, Vec<String>), String>;

/// The first line that a program prints. `None` where it cannot be run, or says nothing in time: then it is ended. One that is still
/// the same file is asked once.
#[must_use]
pub fn answer(program: &Path, arguments: &[&str]) -> Option<String> {
    static SAID: Mutex<Said> = Mutex::new(BTreeMap::new());
    let own = (Fingerprint::take(program).ok()?.text(), arguments.iter().map(|&word| word.to_owned()).collect());
    let known = SAID.lock().unwrap_or_else(PoisonError::into_inner).get(&own).cloned();
    known.or_else(|| {
        let line = asked(program, arguments)?;
        SAID.lock().unwrap_or_else(PoisonError::into_inner).insert(own, line.clone());
        Some(line)
    })
}

fn asked(program: &Path, arguments: &[&str]) -> Option<String> {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().ok()?;
    let out = child.stdout.take()?;
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut line = String::new();
        let read = BufReader::new(out.take(ANSWER.1)).read_line(&mut line);
        // Nobody waits any more where that fails.
        let _ = sender.send(read.map(|_| line));
    });
    let said = receiver.recv_timeout(ANSWER.0);
    let _ = child.kill();
    let _ = child.wait();
    said.ok()?.ok().filter(|line| !line.is_empty())
}

/// The directories that hold an executable file `program`, in the order in which the patterns name them. The last part
/// of a pattern's path, and any other, may be one `*` word (`/usr/pgsql-*/bin`); each directory comes once, links resolved.
#[must_use]
pub fn find_programs(patterns: &[PathBuf], program: &str) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = Vec::new();
    for pattern in patterns {
        for directory in expand(pattern) {
            let Ok(real) = directory.canonicalize() else {
                continue;
            };
            if is_executable(&real.join(program)) && !found.contains(&real) {
                found.push(real);
            }
        }
    }
    found
}

/// Where `program` is found on `PATH`, links resolved.
#[must_use]
pub fn on_path(program: &str) -> Option<PathBuf> {
    which::which(program).ok()?.canonicalize().ok()
}

fn is_executable(file: &Path) -> bool {
    std::fs::metadata(file).is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

fn expand(pattern: &Path) -> Vec<PathBuf> {
    let mut paths = vec![PathBuf::new()];
    for component in pattern.components() {
        let word = component.as_os_str().to_string_lossy();
        if let Some((prefix, suffix)) = word.split_once('*') {
            let mut next = Vec::new();
            for path in paths {
                let mut names: Vec<_> =
                    std::fs::read_dir(&path).map(|entries| entries.flatten().map(|entry| entry.file_name()).collect()).unwrap_or_default();
                names.sort();
                for name in names {
                    let text = name.to_string_lossy();
                    if text.len() >= prefix.len() + suffix.len() && text.starts_with(prefix) && text.ends_with(suffix) {
                        next.push(path.join(&name));
                    }
                }
            }
            paths = next;
        } else {
            for path in &mut paths {
                path.push(component);
            }
        }
    }
    paths
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn program(directory: &Path, mode: u32) {
        std::fs::create_dir_all(directory).unwrap();
        let file = directory.join("server");
        std::fs::write(&file, "#!/bin/sh\n").unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn programs_are_found_behind_patterns_once_each() {
        let home = tempfile::tempdir().unwrap();
        let base = home.path().canonicalize().unwrap();
        program(&base.join("v14/bin"), 0o755);
        program(&base.join("v13/bin"), 0o755);
        program(&base.join("v15/bin"), 0o644);
        std::fs::create_dir_all(base.join("v16/bin")).unwrap();
        std::os::unix::fs::symlink(base.join("v14"), base.join("vnewest")).unwrap();

        let patterns = [base.join("v*/bin"), base.join("missing/*/bin"), base.join("v13/bin")];
        assert_eq!(find_programs(&patterns, "server"), [base.join("v13/bin"), base.join("v14/bin")]);
    }

    #[test]
    fn a_replaced_file_is_noticed() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("server");
        std::fs::write(&file, "one").unwrap();
        let before = Fingerprint::take(&file).unwrap();
        assert!(before.still_holds());

        // As a package manager does it: a new file renamed over the old one, same size.
        std::fs::write(home.path().join("new"), "two").unwrap();
        std::fs::rename(home.path().join("new"), &file).unwrap();
        assert!(!before.still_holds());
        assert_ne!(before.text(), Fingerprint::take(&file).unwrap().text());

        std::fs::remove_file(&file).unwrap();
        assert!(!before.still_holds());
    }

    #[test]
    fn a_program_is_asked_once_and_not_for_ever() {
        let home = tempfile::tempdir().unwrap();
        let made = |name: &str, text: &str| {
            let file = home.path().join(name);
            std::fs::write(&file, format!("#!/bin/sh\n{text}\n")).unwrap();
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
            file
        };
        assert_eq!(answer(&made("plain", "echo \"version $1\""), &["7"]).as_deref(), Some("version 7\n"));
        assert_eq!(answer(&made("endless", "exec yes word"), &[]).as_deref(), Some("word\n"));
        assert_eq!(answer(&made("child", "echo one; sleep 60 &"), &[]).as_deref(), Some("one\n"));
        assert_eq!(answer(&made("one_line", "exec tr '\\0' x < /dev/zero"), &[]).map(|line| line.len()), Some(4096));
        assert_eq!(answer(&made("nothing", "exit 1"), &[]), None);
        assert_eq!(answer(&made("silent", "exec sleep 600"), &[]), None);
        assert_eq!(answer(Path::new("/nowhere/at/all"), &[]), None);
    }
}
