//! What the tests of this room share: an environment made of maps, and throwaway servers of each vendor.
//!
//! Lives here: only test support. The servers of `scratch` are not used, so that these tests stand by themselves.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

pub(super) use evenkeel_testkit::machine::Fake;

use super::{Fault, FileFacts, Machine, Session, Target, ThisMachine, connect};

/// A server's programs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Vendor {
    pub name: &'static str,
    pub base: &'static str,
    pub server: &'static str,
    pub is_mariadb: bool,
}

const VENDORS: [Vendor; 3] = [
    Vendor { name: "MariaDB 10.11", base: "/usr", server: "/usr/sbin/mariadbd", is_mariadb: true },
    Vendor {
        name: "MariaDB 11.8",
        base: "/opt/evenkeel/mariadb/11.8",
        server: "/opt/evenkeel/mariadb/11.8/bin/mariadbd",
        is_mariadb: true,
    },
    Vendor { name: "MySQL 9.7", base: "/opt/evenkeel/mysql/9.7", server: "/opt/evenkeel/mysql/9.7/bin/mysqld", is_mariadb: false },
];

/// Those that are installed. Another one is a skip.
pub(super) fn vendors() -> Vec<Vendor> {
    let there = |vendor: &Vendor| {
        let found = Path::new(vendor.server).exists();
        if !found {
            evenkeel_testkit::skip(vendor.name);
        }
        found
    };
    VENDORS.into_iter().filter(there).collect()
}

/// A command that runs as the user `mysql` when we are root, because servers refuse root.
fn as_mysql(program: &str) -> Command {
    if rustix::process::geteuid().is_root() {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=mysql", "--regid=mysql", "--clear-groups", "--pdeathsig=KILL", program]);
        command
    } else {
        Command::new(program)
    }
}

fn run(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
}

/// The kernel's memory for asynchronous input and output is limited for each user, and many tests run side by side.
const NO_AIO: &str = "--innodb-use-native-aio=0";

/// A folder owned by whoever runs servers, with files for them.
pub(super) fn server_folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::Builder::new().prefix("ekm").tempdir_in("/tmp").unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    if rustix::process::geteuid().is_root() {
        run(Command::new("chown").arg("-R").arg("mysql:mysql").arg(folder.path()));
    }
    folder
}

/// A running server: a socket, and loopback TCP on `port`. Killed on drop: nothing in it is worth a shutdown.
pub(super) struct Server {
    pub vendor: Vendor,
    pub folder: tempfile::TempDir,
    pub port: u16,
    child: Child,
}

impl Server {
    /// Makes a server with user `root` without a password (from localhost only), starts it with `arguments`.
    pub fn start(vendor: Vendor, arguments: &[&str]) -> Self {
        let folder = server_folder(&[]);
        let place = |name: &str| folder.path().join(name).display().to_string();
        let base = format!("--basedir={}", vendor.base);
        let data = format!("--datadir={}", place("data"));
        // A MariaDB that starts removes what others keep in a tmpdir they share.
        let temporary = format!("--tmpdir={}", folder.path().display());
        if vendor.is_mariadb {
            run(as_mysql(&format!("{}/bin/mariadb-install-db", vendor.base)).args([
                "--no-defaults",
                "--auth-root-authentication-method=normal",
                "--skip-test-db",
                NO_AIO,
                &temporary,
                &base,
                &data,
            ]));
        } else {
            run(as_mysql(vendor.server).args(["--no-defaults", "--initialize-insecure", &base, &data]));
        }
        // Closed again, which is race enough for tests.
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let log = std::fs::File::create(folder.path().join("log")).unwrap();
        let mut command = as_mysql(vendor.server);
        command.args([
            "--no-defaults",
            &base,
            &data,
            &temporary,
            "--bind-address=127.0.0.1",
            "--skip-name-resolve",
            "--innodb-buffer-pool-size=32M",
            NO_AIO,
        ]);
        command.arg(format!("--port={port}")).arg(format!("--socket={}", place("s"))).arg(format!("--pid-file={}", place("pid")));
        if !vendor.is_mariadb {
            command.args(["--mysqlx=OFF", "--secure-file-priv=NULL"]);
        }
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        let mut server = Self { vendor, port, child: command.spawn().unwrap(), folder };
        let until = Instant::now() + Duration::from_secs(60);
        while UnixStream::connect(server.folder.path().join("s")).is_err() {
            let ended = server.child.try_wait().unwrap();
            assert!(ended.is_none() && Instant::now() < until, "{} did not start: {}", vendor.name, server.log());
            std::thread::sleep(Duration::from_millis(50));
        }
        server
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap()
    }

    /// A URL through the socket; `login` e.g. `user:password`.
    pub fn socket_url(&self, login: &str) -> String {
        format!("mysql://{login}@localhost/?socket={}", self.folder.path().join("s").display())
    }

    /// A URL through TCP; `rest` e.g. `/db?ssl-mode=DISABLED`.
    pub fn tcp_url(&self, login: &str, rest: &str) -> String {
        format!("mysql://{login}@127.0.0.1:{}{rest}", self.port)
    }

    /// A plain session of the superuser.
    pub async fn root(&self) -> Session {
        open(&self.socket_url("root")).await.unwrap_or_else(|fault| panic!("{}: {fault:?}\n{}", self.vendor.name, self.log()))
    }

    /// Runs statements as the superuser.
    pub async fn sql(&self, statements: &str) {
        let mut session = self.root().await;
        session.run(statements, statements).await.unwrap_or_else(|fault| panic!("{}: {fault:?}", self.vendor.name));
        session.close().await;
    }

    /// A signal, e.g. `STOP`: then it returns when all threads stand still, since on a busy machine one may answer for a while.
    pub fn signal(&self, name: &str) {
        run(Command::new("kill").arg(format!("-{name}")).arg(self.child.id().to_string()));
        let until = Instant::now() + Duration::from_secs(30);
        while name == "STOP" && !self.stands_still() {
            assert!(Instant::now() < until, "{} does not stop", self.vendor.name);
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Whether the kernel has stopped all its threads.
    fn stands_still(&self) -> bool {
        let threads = std::fs::read_dir(format!("/proc/{}/task", self.child.id())).unwrap();
        let states = threads.flatten().map(|thread| std::fs::read_to_string(thread.path().join("stat")).unwrap_or_default());
        // The state stands behind the name, which is in parentheses.
        states.filter_map(|stat| stat.rsplit_once(") ").map(|(_, rest)| rest.to_owned())).all(|rest| rest.starts_with(['T', 't']))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Opens a session in an environment without variables and option files.
pub(super) async fn open(url: &str) -> Result<Session, Fault> {
    // TLS files are read from disk.
    struct Bare;
    impl Machine for Bare {
        fn variable(&self, _: &str) -> Option<String> {
            None
        }
        fn read_file(&self, path: &Path) -> io::Result<Vec<u8>> {
            ThisMachine.read_file(path)
        }
        fn facts(&self, _: &Path) -> io::Result<FileFacts> {
            Err(io::ErrorKind::NotFound.into())
        }
        fn names(&self, _: &Path) -> io::Result<Vec<String>> {
            Err(io::ErrorKind::NotFound.into())
        }
        fn home(&self) -> Option<PathBuf> {
            None
        }
        fn user_name(&self) -> Option<String> {
            None
        }
        fn user_id(&self) -> u32 {
            0
        }
    }
    connect(&Target::parse(url, &Bare)?).await
}

/// The first column of the first row.
pub(super) async fn one(session: &mut Session, sql: &str) -> String {
    let rows = session.rows(sql, sql).await.unwrap_or_else(|fault| panic!("{sql}: {fault:?}"));
    rows.first().and_then(|row| row.text(0).unwrap()).unwrap_or_default().into_string()
}
