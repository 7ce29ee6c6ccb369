//! Data directories: how one is made, what a copy of one leaves out, and which accounts the server drops before anybody comes
//! in. That they are kept and copied is `evenkeel_launcher`'s work.

use std::path::{Path, PathBuf};

use evenkeel_core::port::Stop;
use evenkeel_launcher::{Program, Take, copy_tree};

use super::fault::Fault;
use super::{Scratch, settings};

/// Makes a server's identity new when the file is missing.
/// <https://dev.mysql.com/doc/refman/en/replication-options.html#sysvar_server_uuid>
const IDENTITY: &str = "auto.cnf";

impl Scratch {
    pub(super) fn make_data_directory(&self, stop: &Stop) -> Result<(), Fault> {
        let mut wanted = settings::files(&self.binaries);
        wanted.extend(self.init.iter().cloned());
        let arguments = settings::arguments(&wanted)?;
        let make = self.initialize().args(arguments.iter());
        let take = |path: &Path| if path == Path::new(IDENTITY) { Take::Nothing } else { Take::All };
        Ok(self.instance.fill(&self.root, &self.data_dir(), &arguments, &make, &take, stop)?)
    }

    /// Copies the data of another server, as a crash of it would leave them at this moment: no engine of its offers more to both
    /// vendors. It is held meanwhile, so that nothing is written half.
    pub(super) fn copy_data_directory(&self, from: &Self) -> Result<(), Fault> {
        from.copy_data_to(&self.data_dir())
    }

    /// The same of this one's.
    pub(super) fn copy_data_to(&self, target: &Path) -> Result<(), Fault> {
        let _held = self.instance.hold();
        let take = |path: &Path| if path == Path::new(IDENTITY) { Take::Nothing } else { Take::All };
        copy_tree(&self.data_dir(), target, &take)?;
        Ok(())
    }

    /// Makes the system tables and a superuser without password.
    /// <https://mariadb.com/kb/en/mariadb-install-db/>
    /// <https://dev.mysql.com/doc/refman/en/data-directory-initialization.html>
    fn initialize(&self) -> Program {
        match self.binaries.install_db() {
            Some(program) => settings::program(program, &self.binaries, self.instance.run_dir()).args([
                "--auth-root-authentication-method=normal",
                "--skip-name-resolve",
                "--skip-test-db",
            ]),
            None => settings::program(&self.binaries.server, &self.binaries, self.instance.run_dir())
                .args(["--initialize-insecure", "--disable-log-bin"]),
        }
    }

    /// MariaDB's superuser can come in by TCP too, and under the name of this machine, which is another one elsewhere.
    /// The server carries out such a file before it takes connections.
    /// <https://mariadb.com/kb/en/server-system-variables/#init_file>
    pub(super) fn accounts_to_remove(&self) -> Result<Option<PathBuf>, Fault> {
        if !self.binaries.flavor.is_mariadb() {
            return Ok(None);
        }
        let file = self.instance.run_dir().join("accounts.sql");
        std::fs::write(&file, include_str!("accounts.sql")).map_err(evenkeel_launcher::Fault::file("write", &file))?;
        Ok(Some(file))
    }
}
