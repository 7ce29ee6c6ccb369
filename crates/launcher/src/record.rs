//! What is written down about an instance, so that any later run can tell whether it is abandoned and clean it up.
//!
//! Two files. `owner` is written and locked before anything is started and never changes; the lock lasts exactly as
//! long as the owner process. `server` names the running server process and is replaced whole at every start.
//! Format: one `key value` a line. Not here: acting on it (`instance`, `sweep`).

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::fault::Fault;
use crate::process::Mark;
use crate::recipe::{Identity, StopSignal};

const FORMAT: &str = "1";

/// Who made an instance, and what for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    pub process: Mark,
    /// Seconds since 1970.
    pub created: u64,
    pub engine: String,
    pub version: String,
    /// What a process of the server runs, links resolved.
    pub binary: PathBuf,
}

/// The server process of an instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    pub process: Mark,
    /// What the kernel said it runs once it was ready; nothing until then.
    pub executable: Option<PathBuf>,
    pub on_owner_death: StopSignal,
}

impl Owner {
    pub fn new(identity: &Identity, binary: PathBuf) -> Option<Self> {
        Some(Self {
            process: Mark::ourselves()?,
            created: SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()),
            engine: identity.engine.clone(),
            version: identity.version.clone(),
            binary,
        })
    }

    pub fn path(directory: &Path) -> PathBuf {
        directory.join("owner")
    }

    /// Writes the file and locks it. The lock goes with the returned file, or with our process.
    pub fn write_locked(&self, directory: &Path) -> Result<File, Fault> {
        let path = Self::path(directory);
        let draft = directory.join("owner.new");
        let mut file = File::create_new(&draft).map_err(Fault::file("write", &draft))?;
        file.lock().map_err(Fault::file("lock", &draft))?;
        let text = format!(
            "format {FORMAT}\nowner-pid {}\nowner-started {}\ncreated {}\nengine {}\nversion {}\nbinary {}\n",
            self.process.pid,
            self.process.started,
            self.created,
            one_line(&self.engine),
            one_line(&self.version),
            self.binary.display(),
        );
        file.write_all(text.as_bytes()).map_err(Fault::file("write", &draft))?;
        // Renamed when complete and locked: whoever sees the file sees all of it, and sees it locked.
        std::fs::rename(&draft, &path).map_err(Fault::file("write", &path))?;
        Ok(file)
    }

    pub fn read(directory: &Path) -> Result<Option<Self>, Fault> {
        let Some(mut fields) = Fields::read(Self::path(directory))? else {
            return Ok(None);
        };
        Ok(Some(Self {
            process: Mark { pid: fields.number("owner-pid")?, started: fields.take("owner-started")? },
            created: fields.number("created")?,
            engine: fields.take("engine")?,
            version: fields.take("version")?,
            binary: fields.take("binary")?.into(),
        }))
    }
}

impl Server {
    fn path(directory: &Path) -> PathBuf {
        directory.join("server")
    }

    pub fn write(&self, directory: &Path) -> Result<(), Fault> {
        let path = Self::path(directory);
        let draft = directory.join("server.new");
        let executable = self.executable.as_deref().unwrap_or(Path::new("?"));
        let text = format!(
            "format {FORMAT}\nserver-pid {}\nserver-started {}\nexecutable {}\nsignal {}\n",
            self.process.pid,
            self.process.started,
            executable.display(),
            self.on_owner_death.name(),
        );
        std::fs::write(&draft, text).map_err(Fault::file("write", &draft))?;
        std::fs::rename(&draft, &path).map_err(Fault::file("write", &path))
    }

    pub fn read(directory: &Path) -> Result<Option<Self>, Fault> {
        let Some(mut fields) = Fields::read(Self::path(directory))? else {
            return Ok(None);
        };
        let executable = fields.take("executable")?;
        Ok(Some(Self {
            process: Mark { pid: fields.number("server-pid")?, started: fields.take("server-started")? },
            executable: (executable != "?").then(|| executable.into()),
            on_owner_death: StopSignal::from_name(&fields.take("signal")?).unwrap_or(StopSignal::Kill),
        }))
    }

    pub fn remove(directory: &Path) -> Result<(), Fault> {
        let path = Self::path(directory);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Fault::file("remove", path)(error)),
            _ => Ok(()),
        }
    }
}

fn one_line(text: &str) -> String {
    text.replace(char::is_control, " ")
}

struct Fields {
    path: PathBuf,
    fields: BTreeMap<String, String>,
}

impl Fields {
    fn read(path: PathBuf) -> Result<Option<Self>, Fault> {
        let text = match std::fs::read_to_string(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            other => other.map_err(Fault::file("read", &path))?,
        };
        let fields: BTreeMap<String, String> =
            text.lines().filter_map(|line| line.split_once(' ')).map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
        let mut record = Self { path, fields };
        let format = record.take("format")?;
        if format != FORMAT {
            return Err(record.bad(format!("format {format}, this evenkeel reads format {FORMAT}")));
        }
        Ok(Some(record))
    }

    fn take(&mut self, key: &str) -> Result<String, Fault> {
        self.fields.remove(key).ok_or_else(|| self.bad(format!("no line '{key}'")))
    }

    fn number<N: std::str::FromStr>(&mut self, key: &str) -> Result<N, Fault> {
        let text = self.take(key)?;
        text.parse().map_err(|_| self.bad(format!("'{key} {text}' is no number")))
    }

    fn bad(&self, reason: String) -> Fault {
        Fault::BadRecord { path: self.path.clone(), reason }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn records_come_back_as_written() {
        let home = tempfile::tempdir().unwrap();
        assert_eq!(Owner::read(home.path()).unwrap(), None);
        let owner = Owner {
            process: Mark::ourselves().unwrap(),
            created: 1_800_000_000,
            engine: "Fake".into(),
            version: "1.2 (beta)".into(),
            binary: "/usr/lib/a b/server".into(),
        };
        let _lock = owner.write_locked(home.path()).unwrap();
        assert_eq!(Owner::read(home.path()).unwrap(), Some(owner));

        for executable in [None, Some(PathBuf::from("/bin/sleep"))] {
            let server = Server { process: Mark::ourselves().unwrap(), executable, on_owner_death: StopSignal::Quit };
            server.write(home.path()).unwrap();
            assert_eq!(Server::read(home.path()).unwrap(), Some(server));
        }
    }

    #[test]
    fn a_record_of_another_format_or_cut_short_is_not_guessed_at() {
        let home = tempfile::tempdir().unwrap();
        std::fs::write(Owner::path(home.path()), "format 2\nowner-pid 1\n").unwrap();
        assert!(matches!(Owner::read(home.path()), Err(Fault::BadRecord { .. })));
        std::fs::write(Owner::path(home.path()), "format 1\nowner-pid 1\n").unwrap();
        assert!(matches!(Owner::read(home.path()), Err(Fault::BadRecord { .. })));
    }
}
