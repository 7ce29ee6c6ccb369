//! Copies of a throwaway server's database: what its vendor's own program writes down, and how it is brought back. They are files beside
//! the data, no databases: a text may call a database by its name, and means it wherever it stands.

use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::time::Duration;

use evenkeel_core::port::Stop;
use evenkeel_launcher::{Program, on_path};

use super::fault::Fault;
use super::{SUPERUSER, Scratch};
use crate::ident::{Ident, Literal};

/// How long one copy may take.
const PATIENCE: Duration = Duration::from_secs(30 * 60);

impl Scratch {
    /// Writes a database down, or brings one back from what was written down under that name.
    ///
    /// # Errors
    /// [`Fault::NoTool`] where the vendor's programs are not installed; what they say.
    pub(super) fn copied(&self, from: &str, to: &str) -> Result<(), Fault> {
        let kept = self.kept(from);
        if !kept.exists() {
            let dump = self.beside(&["mariadb-dump", "mysqldump"])?;
            let file = self.kept(to);
            let mut result = std::ffi::OsString::from("--result-file=");
            result.push(&file);
            let mut program = self.program(dump).args(["--routines", "--events", "--triggers", "--hex-blob", "--skip-dump-date"]);
            if !self.binaries.flavor.is_mariadb() {
                program = program.args(["--set-gtid-purged=OFF"]);
            }
            return Ok(self.instance.run(&program.arg(result).arg(from), &Stop::new())?);
        }
        let client = self.beside(&["mariadb", "mysql"])?;
        let own = self.session("")?;
        let made = own.record(&format!(
            "SELECT default_character_set_name AS c, default_collation_name AS o FROM information_schema.schemata WHERE schema_name = {}",
            Literal(to)
        ))?;
        let said = |name: &str| made.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).and_then(|(_, value)| value.clone());
        let of = match (said("c"), said("o")) {
            (Some(set), Some(collation)) => format!(" CHARACTER SET {set} COLLATE {collation}"),
            _ => String::new(),
        };
        let name = Ident(to);
        // A session that was just ended may hold something yet.
        own.exec("SET SESSION lock_wait_timeout = 60")?;
        own.exec(&format!("DROP DATABASE IF EXISTS {name}; CREATE DATABASE {name}{of}"))?;
        // What is read as a file needs no command of the client's, of which some take none there.
        let shell = Program { limit: PATIENCE, ..Program::new("/bin/sh") }.args(["-c", "exec \"$0\" \"$@\" < \"$COPY\""]);
        let arguments = self.program(client.clone()).arg("--comments").arg(to).args;
        let program = shell.arg(client).args(arguments).env("COPY", kept).env("TZ", "UTC").env("LC_ALL", "C");
        let done = self.instance.run(&program, &Stop::new());
        Ok(done.map_err(|fault| if self.is_discreet.load(Ordering::Relaxed) { without_words(fault) } else { fault })?)
    }

    /// Forgets what was written down under that name.
    ///
    /// # Errors
    /// The file cannot be removed.
    pub(super) fn forgotten(&self, name: &str) -> Result<(), Fault> {
        let file = self.kept(name);
        match std::fs::remove_file(&file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(evenkeel_launcher::Fault::file("remove", &file)(error).into())
            }
            _ => Ok(()),
        }
    }

    fn kept(&self, name: &str) -> PathBuf {
        // Names of ours; another's would not be a file's name.
        let plain: String = name.chars().filter(|one| one.is_ascii_alphanumeric() || *one == '_').collect();
        self.instance.run_dir().join(format!("copy-{plain}.sql"))
    }

    fn program(&self, path: PathBuf) -> Program {
        let mut socket = std::ffi::OsString::from("--socket=");
        socket.push(self.socket());
        let program = Program { limit: PATIENCE, ..Program::new(path) }.env("TZ", "UTC").env("LC_ALL", "C");
        // This one has to stand first.
        let program = program.arg("--no-defaults").arg(format!("--user={SUPERUSER}")).arg(socket);
        program.arg("--default-character-set=utf8mb4")
    }

    /// The first of these programs that stands beside the server, else one on `PATH`.
    fn beside(&self, names: &[&str]) -> Result<PathBuf, Fault> {
        let of_vendor = |name: &&&str| name.starts_with("mariadb") == self.binaries.flavor.is_mariadb();
        let named: Vec<&&str> = names.iter().filter(of_vendor).collect();
        let here = named.iter().map(|name| self.binaries.bin_dir().join(name)).find(|path| path.exists());
        here.or_else(|| named.iter().find_map(|name| on_path(name))).ok_or_else(|| Fault::NoTool {
            server: self.display(),
            program: named.first().map(|name| (**name).to_owned()).unwrap_or_default(),
        })
    }
}

/// What a program that reads rows says may hold one of their values.
fn without_words(fault: evenkeel_launcher::Fault) -> evenkeel_launcher::Fault {
    use evenkeel_launcher::Fault::{StepFailed, StepTooSlow};
    let left_out = "what it printed may hold a value of a row, and is left out".to_owned();
    match fault {
        StepFailed { program, status, .. } => StepFailed { program, status, tail: left_out },
        StepTooSlow { program, limit, .. } => StepTooSlow { program, limit, tail: left_out },
        other => other,
    }
}
