//! Data directories: made by the server's own means once, kept as a template, copied for each server.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use evenkeel_launcher::{Fingerprint, ServerUser, Take, copy_tree};

use super::fault::Fault;
use super::{Scratch, label, settings};

/// Makes a server's identity new when the file is missing.
/// <https://dev.mysql.com/doc/refman/en/replication-options.html#sysvar_server_uuid>
const IDENTITY: &str = "auto.cnf";

/// Servers that start side by side wait for the first one's template rather than make one each.
static MAKING: Mutex<()> = Mutex::new(());

impl Scratch {
    /// Making one takes most of the time of a start, and copying its result takes less: it is kept for the next one.
    pub(super) fn make_data_directory(&self) -> Result<(), Fault> {
        let mut wanted = settings::files(&self.binaries);
        wanted.extend(self.init.iter().cloned());
        let arguments = settings::arguments(&wanted)?;
        let data = self.data_dir();
        let template = self.root.cache()?.join(self.template_name(&arguments)?);
        let making = MAKING.lock().unwrap_or_else(PoisonError::into_inner);
        if template.exists() {
            drop(making);
            if let Ok(directory) = std::fs::File::open(&template) {
                // The sweep removes what was not used for long. A date that is not set is only an earlier removal.
                let _ = directory.set_modified(SystemTime::now());
            }
            return copy(&template, &data);
        }
        self.initialize(arguments)?;
        // Complete before it has its name. Two processes may make the same: the later one's is dropped.
        let draft = template.with_extension(format!("new-{}", std::process::id()));
        if copy(&data, &draft).is_err() || std::fs::rename(&draft, &template).is_err() {
            let _ = std::fs::remove_dir_all(&draft);
        }
        Ok(())
    }

    /// Makes the system tables and a superuser without password.
    /// <https://mariadb.com/kb/en/mariadb-install-db/>
    /// <https://dev.mysql.com/doc/refman/en/data-directory-initialization.html>
    fn initialize(&self, arguments: Vec<String>) -> Result<(), Fault> {
        let program = match self.binaries.install_db() {
            Some(program) => settings::program(program, &self.binaries, self.instance.run_dir()).args([
                "--auth-root-authentication-method=normal",
                "--skip-name-resolve",
                "--skip-test-db",
            ]),
            None => settings::program(&self.binaries.server, &self.binaries, self.instance.run_dir())
                .args(["--initialize-insecure", "--disable-log-bin"]),
        };
        Ok(self.instance.run(&program.args(arguments))?)
    }

    /// MariaDB's superuser can come in by TCP too, and under the name of this machine, which is another one elsewhere.
    /// The server carries out such a file before it takes connections.
    /// <https://mariadb.com/kb/en/server-system-variables/#init_file>
    pub(super) fn accounts_to_remove(&self) -> Result<Option<PathBuf>, Fault> {
        if !self.binaries.flavor.is_mariadb() {
            return Ok(None);
        }
        let file = self.instance.run_dir().join("accounts.sql");
        std::fs::write(&file, include_str!("accounts.sql")).map_err(Fault::file("write", &file))?;
        Ok(Some(file))
    }

    fn template_name(&self, arguments: &[String]) -> Result<String, Fault> {
        let mut key = blake3::Hasher::new();
        let user = match self.instance.user() {
            ServerUser::Ourselves => "ourselves".to_owned(),
            ServerUser::Other { uid, gid, .. } => format!("{uid}:{gid}"),
        };
        let binary = Fingerprint::take(&self.binaries.server)?.text();
        for part in [&user, &binary, &self.binaries.version].into_iter().chain(arguments) {
            key.update(part.as_bytes());
            key.update(&[0]);
        }
        let hex = key.finalize().to_hex();
        Ok(format!("{}-{}", label(&self.binaries), hex.get(..16).unwrap_or(&hex)))
    }
}

fn copy(from: &Path, to: &Path) -> Result<(), Fault> {
    copy_tree(from, to, &|path| if path == Path::new(IDENTITY) { Take::Nothing } else { Take::All })?;
    Ok(())
}
