//! The laws hold through a pooler that hands out sessions by transaction.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use evenkeel_core::port::{Engine, Store};
use evenkeel_postgres::engine::Postgres;
use evenkeel_store::Server;
use evenkeel_testkit::process::eventually;
use evenkeel_testkit::store::{LAWS, Subject};
use evenkeel_testkit::{database, newest, skip};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

const BOUNCER: &str = "/usr/sbin/pgbouncer";

struct Pooler(Child);

impl Drop for Pooler {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Serves every database of the server through few sessions.
fn pooler(folder: &Path, socket: &str, port: &str) -> Pooler {
    let dir = folder.display();
    std::fs::write(folder.join("users"), "\"postgres\" \"\"\n").unwrap();
    std::fs::write(
        folder.join("ini"),
        format!(
            "[databases]\n* = host={socket} port={port} pool_size=3\n[pgbouncer]\npool_mode=transaction\nlisten_addr=\nlisten_port=6543\n\
             unix_socket_dir={dir}\nauth_type=trust\nauth_file={dir}/users\nlogfile={dir}/log\n"
        ),
    )
    .unwrap();
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o777)).unwrap();
    let mut command = if rustix::process::getuid().is_root() {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", BOUNCER]);
        command
    } else {
        Command::new(BOUNCER)
    };
    Pooler(command.arg(folder.join("ini")).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
}

#[test]
fn a_server_behind_a_pooler_keeps_the_laws() {
    if !Path::new(BOUNCER).exists() {
        return skip("pgbouncer");
    }
    let folder = tempfile::tempdir().unwrap();
    let first = database(newest());
    // postgres://USER@SOCKET:PORT/DATABASE
    let url = first.url();
    let (host, port) = url.split_once('@').and_then(|(_, rest)| rest.split_once('/')?.0.rsplit_once(':')).unwrap();
    let pooler = pooler(folder.path(), &host.replace("%2F", "/").replace("%2f", "/"), port);
    let through = |name: &str| format!("postgresql:///{name}?host={}&port=6543&user=postgres&connect_timeout=5", folder.path().display());
    let open =
        |url: &str| -> Box<dyn Store> { Box::new(Server::new(Postgres.keeper(url).unwrap_or_else(|trouble| panic!("{trouble:#?}")))) };
    eventually("the pooler answers", || open(&through(&first.name)).halted("x").is_ok());
    for (name, law) in LAWS {
        println!("{name}");
        let db = database(newest());
        let url = through(&db.name);
        law(&Subject { open: &|| open(&url) });
    }
    drop(pooler);
}
