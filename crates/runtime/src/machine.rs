//! The machine we run on, as connecting looks at it: the one answer to `core::connection::Machine` outside of tests, which
//! core cannot give because it touches nothing outside itself.

use std::io;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

use evenkeel_core::connection::{FileFacts, Machine};

/// The machine we run on, and our process on it.
#[derive(Debug, Clone, Copy, Default)]
pub struct ThisMachine;

impl Machine for ThisMachine {
    fn variable(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    fn read_file(&self, path: &Path) -> io::Result<Vec<u8>> {
        if std::fs::metadata(path).is_ok_and(|meta| meta.file_type().is_fifo()) { piped(path) } else { std::fs::read(path) }
    }

    fn facts(&self, path: &Path) -> io::Result<FileFacts> {
        let meta = std::fs::metadata(path)?;
        Ok(FileFacts {
            mode: meta.mode() & 0o7777,
            owner: meta.uid(),
            is_file: meta.is_file(),
            is_directory: meta.is_dir(),
            is_socket: meta.file_type().is_socket(),
        })
    }

    fn names(&self, folder: &Path) -> io::Result<Vec<String>> {
        std::fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.file_name().to_string_lossy().into_owned())).collect()
    }

    fn home(&self) -> Option<PathBuf> {
        match self.variable("HOME").filter(|home| !home.is_empty()) {
            Some(home) => Some(PathBuf::from(home)),
            None => self.passwd_field(5).map(PathBuf::from),
        }
    }

    fn user_name(&self) -> Option<String> {
        // Users that only a directory service knows are not in /etc/passwd: the login shell's variables know them.
        self.passwd_field(0).or_else(|| self.variable("LOGNAME")).or_else(|| self.variable("USER")).filter(|name| !name.is_empty())
    }

    fn user_id(&self) -> u32 {
        rustix::process::geteuid().as_raw()
    }
}

/// How long a pipe has to say what it has to say: one that nobody writes to would keep us for ever.
const PIPE: Duration = Duration::from_secs(5);

/// A shell's `<(…)`, or a pipe with a name. The thread of one that stays silent ends with the process.
fn piped(path: &Path) -> io::Result<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    let path = path.to_owned();
    std::thread::spawn(move || sender.send(std::fs::read(path)));
    receiver.recv_timeout(PIPE).unwrap_or_else(|_| {
        Err(io::Error::new(io::ErrorKind::TimedOut, format!("it is a pipe, and nobody wrote to it within {} s", PIPE.as_secs())))
    })
}

impl ThisMachine {
    /// Field `index` (0 name, 5 home) of our own line in `/etc/passwd`.
    fn passwd_field(self, index: usize) -> Option<String> {
        let id = self.user_id().to_string();
        let text = std::fs::read_to_string("/etc/passwd").ok()?;
        text.lines()
            .map(|line| line.split(':').collect::<Vec<_>>())
            .find(|fields| fields.get(2) == Some(&id.as_str()))
            .and_then(|fields| fields.get(index).map(|field| (*field).to_owned()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn the_process_knows_its_user_and_its_files() {
        let env = ThisMachine;
        let name = String::from_utf8(std::process::Command::new("id").arg("-un").output().unwrap().stdout).unwrap();
        assert_eq!(env.user_name().unwrap(), name.trim());
        let folder = tempfile::tempdir().unwrap();
        let file = tempfile::NamedTempFile::new_in(folder.path()).unwrap();
        std::fs::write(file.path(), "x").unwrap();
        let expected = FileFacts { mode: 0o600, owner: env.user_id(), is_file: true, is_directory: false, is_socket: false };
        assert_eq!(env.facts(file.path()).unwrap(), expected);
        assert_eq!(env.read_file(file.path()).unwrap(), b"x");
        assert_eq!(env.names(folder.path()).unwrap(), [file.path().file_name().unwrap().to_str().unwrap()]);
        let _listener = std::os::unix::net::UnixListener::bind(folder.path().join("s")).unwrap();
        assert!(env.facts(&folder.path().join("s")).unwrap().is_socket);
        assert!(env.facts(folder.path()).unwrap().is_directory);
        assert_eq!(env.facts(Path::new("/no/such/file")).unwrap_err().kind(), io::ErrorKind::NotFound);
    }

    #[test]
    fn a_pipe_is_read_and_a_silent_one_given_up() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        let writer = std::thread::spawn({
            let path = path.clone();
            move || std::fs::write(path, "[client]").unwrap()
        });
        assert_eq!(ThisMachine.read_file(&path).unwrap(), b"[client]");
        writer.join().unwrap();
        assert_eq!(ThisMachine.read_file(&path).unwrap_err().kind(), io::ErrorKind::TimedOut);
    }
}
