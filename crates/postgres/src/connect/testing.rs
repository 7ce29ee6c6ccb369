//! What the tests of this room share: an environment made of maps, and a throwaway PostgreSQL.
//!
//! Lives here: only test support. The launcher's servers are not used, so that these tests stand by themselves.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

pub(super) use evenkeel_testkit::machine::Fake;

const BIN: &str = "/usr/lib/postgresql/15/bin";

/// Whether a test that needs `program` runs. Without it there is a skip.
pub(super) fn have(program: &str) -> bool {
    let found = Path::new(program).exists();
    if !found {
        evenkeel_testkit::skip(program);
    }
    found
}

pub(super) fn have_server() -> bool {
    have(&format!("{BIN}/postgres"))
}

/// The program folders of every installed major version: the distribution's and those of `script/setup`.
pub(super) fn versions() -> Vec<(u32, String)> {
    let mut found = Vec::new();
    for version in 13..=18 {
        let folders = ["/usr/lib/postgresql", "/opt/evenkeel/postgresql"].map(|root| format!("{root}/{version}/bin"));
        match folders.into_iter().find(|folder| Path::new(folder).join("postgres").exists()) {
            Some(folder) => found.push((version, folder)),
            None => {
                let _ = have(&format!("/opt/evenkeel/postgresql/{version}/bin/postgres"));
            }
        }
    }
    found
}

/// A command that runs as the user `postgres` when we are root, because servers refuse root.
pub(super) fn as_postgres(program: &str) -> Command {
    if rustix::process::geteuid().is_root() {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "--pdeathsig=INT", program]);
        command
    } else {
        Command::new(program)
    }
}

pub(super) fn run(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// A free port on loopback: the listener is closed again, which is race enough for tests.
pub(super) fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A folder owned by whoever runs servers.
pub(super) fn server_folder() -> tempfile::TempDir {
    let folder = tempfile::Builder::new().prefix("ekc").tempdir_in("/tmp").unwrap();
    own(folder.path());
    folder
}

pub(super) fn own(path: &Path) {
    if rustix::process::geteuid().is_root() {
        run(Command::new("chown").arg("-R").arg("postgres:postgres").arg(path));
    }
}

/// A running server: socket folder = its temporary folder, loopback TCP on `port`. Stopped on drop.
pub(super) struct Server {
    pub folder: tempfile::TempDir,
    pub port: u16,
    child: Child,
}

impl Server {
    /// Makes a cluster with superuser `boss`, writes `hba` and `conf`, starts it.
    pub fn start(hba: &str, conf: &str) -> Self {
        Self::start_version(BIN, hba, conf)
    }

    /// As `start`, with the programs of the folder `bin`.
    pub fn start_version(bin: &str, hba: &str, conf: &str) -> Self {
        let folder = server_folder();
        let data = folder.path().join("data");
        run(as_postgres(&format!("{bin}/initdb"))
            .args(["--no-sync", "--auth=trust", "--username=boss", "--encoding=UTF8", "--locale=C", "-D"])
            .arg(&data));
        std::fs::write(data.join("pg_hba.conf"), hba).unwrap();
        Self::run_in(bin, folder, conf)
    }

    /// A streaming standby of `self`.
    pub fn standby(&self) -> Self {
        let folder = server_folder();
        run(as_postgres(&format!("{BIN}/pg_basebackup"))
            .args(["--checkpoint=fast", "--no-sync", "-R", "-U", "boss", "-h"])
            .arg(self.folder.path())
            .args(["-p", &self.port.to_string(), "-D"])
            .arg(folder.path().join("data")));
        Self::run_in(BIN, folder, "")
    }

    fn run_in(bin: &str, folder: tempfile::TempDir, conf: &str) -> Self {
        let data = folder.path().join("data");
        let port = free_port();
        let mut text = std::fs::read_to_string(data.join("postgresql.conf")).unwrap();
        text.push_str(&format!(
            "\nlisten_addresses='127.0.0.1'\nport={port}\nunix_socket_directories='{}'\nfsync=off\n{conf}\n",
            folder.path().display()
        ));
        std::fs::write(data.join("postgresql.conf"), text).unwrap();
        let log = std::fs::File::create(folder.path().join("log")).unwrap();
        own(folder.path());
        let child = as_postgres(&format!("{bin}/postgres"))
            .arg("-D")
            .arg(&data)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        let server = Self { folder, port, child };
        let until = Instant::now() + Duration::from_secs(30);
        while !server.psql_try("select 1") {
            assert!(Instant::now() < until, "server did not start: {}", server.log());
            std::thread::sleep(Duration::from_millis(50));
        }
        server
    }

    pub fn socket(&self) -> String {
        self.folder.path().display().to_string()
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap()
    }

    /// Runs SQL as the superuser.
    pub fn psql(&self, sql: &str) -> String {
        run(Command::new("psql").args(self.psql_arguments(sql))).trim().to_owned()
    }

    fn psql_try(&self, sql: &str) -> bool {
        Command::new("psql").args(self.psql_arguments(sql)).output().is_ok_and(|output| output.status.success())
    }

    fn psql_arguments(&self, sql: &str) -> Vec<String> {
        let port = self.port.to_string();
        let socket = self.socket();
        ["-XAtq", "-v", "ON_ERROR_STOP=1", "-h", &socket, "-p", &port, "-U", "boss", "-d", "postgres", "-c", sql]
            .map(str::to_owned)
            .to_vec()
    }

    /// A signal to the postmaster, e.g. `INT` for a fast shutdown.
    pub fn signal(&self, name: &str) {
        run(Command::new("kill").arg(format!("-{name}")).arg(self.child.id().to_string()));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Immediate shutdown: nothing in there is worth a checkpoint.
        let _ = Command::new("kill").arg("-QUIT").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}
