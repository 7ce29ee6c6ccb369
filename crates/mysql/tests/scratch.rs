//! Scratch servers of every installed flavour: started, used, followed by replicas, stopped without a trace.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use evenkeel_core::fault::Troublesome;
use evenkeel_core::kind::Engine;
use evenkeel_mysql::connect;
use evenkeel_mysql::scratch::{Fault, Options, ReplicaOptions, Root, Scratch, ServerBinaries, find_servers, pick};
use evenkeel_testkit::process::{eventually, gone};

/// One server per installed flavour; a missing one is a counted skip.
fn each_flavor(mut test: impl FnMut(&ServerBinaries)) {
    let servers = find_servers();
    for (engine, number) in evenkeel_testkit::mysql::flavors() {
        let server = pick(&servers, Some(engine), Some(number)).unwrap();
        println!("on {}", server.series());
        test(server);
    }
}

/// Where a process listens by TCP, as the kernel writes it: sockets of its own among the listening ones.
fn listens_on(pid: u32) -> Vec<String> {
    let own: Vec<String> = std::fs::read_dir(format!("/proc/{pid}/fd"))
        .unwrap()
        .flatten()
        .filter_map(|entry| Some(std::fs::read_link(entry.path()).ok()?.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.to_owned()))
        .collect();
    assert!(!own.is_empty(), "it has its Unix socket at least");
    let tables = ["/proc/net/tcp", "/proc/net/tcp6"].map(|path| std::fs::read_to_string(path).unwrap_or_default());
    let mut found = Vec::new();
    for line in tables.iter().flat_map(|table| table.lines().skip(1)) {
        let fields: Vec<&str> = line.split_ascii_whitespace().collect();
        if fields[3] == "0A" && own.iter().any(|inode| inode == fields[9]) {
            found.push(fields[1].to_owned());
        }
    }
    found
}

#[test]
fn every_flavour_starts_private_and_leaves_nothing() {
    each_flavor(|server| {
        let begun = Instant::now();
        let options = Options::default().setting("sort_buffer_size", "70000").database("weird `name'");
        let scratch = Scratch::start_with(server, &options).unwrap();
        println!("{}: started in {:?}", server.version, begun.elapsed());
        let session = scratch.session("weird `name'").unwrap();
        let show = |name: &str| session.value(&format!("SELECT @@GLOBAL.{name}")).unwrap().unwrap();
        assert!(session.value("SELECT version()").unwrap().unwrap().starts_with(&server.flavor.version));
        assert_eq!(show("skip_networking"), "1");
        assert_eq!(show("innodb_flush_log_at_trx_commit"), "2");
        assert_eq!(show("sort_buffer_size"), "70000");
        assert_eq!(show("character_set_server"), "utf8mb4");
        assert_eq!(show("time_zone"), "+00:00");
        assert_eq!(show("log_bin"), "0");
        assert_eq!(session.value("SELECT database()").unwrap().as_deref(), Some("weird `name'"));
        session.exec("CREATE TABLE t (a int); INSERT INTO t VALUES (1), (NULL)").unwrap();
        assert_eq!(session.query_text("SELECT * FROM t; SELECT 'x'").unwrap(), [[Some("1".into())], [None], [Some("x".to_owned())]]);
        let supers = session.query_text("SELECT host FROM mysql.user WHERE user NOT LIKE '%.%'").unwrap();
        assert_eq!(supers, [[Some("localhost".to_owned())]]);

        let (pid, directory) = (scratch.pid().unwrap(), scratch.socket().parent().unwrap().to_path_buf());
        assert_eq!(listens_on(pid), [] as [String; 0]);
        scratch.check().unwrap();
        let begun = Instant::now();
        scratch.stop().unwrap();
        println!("{}: stopped in {:?}", server.version, begun.elapsed());
        assert!(gone(pid));
        assert!(!directory.parent().unwrap().exists());
    });
}

#[test]
fn a_server_runs_as_a_user_of_its_own_in_a_closed_directory() {
    each_flavor(|server| {
        let scratch = Scratch::start_with(server, &Options::default()).unwrap();
        let status = std::fs::read_to_string(format!("/proc/{}/status", scratch.pid().unwrap())).unwrap();
        let uid = status.lines().find_map(|line| line.strip_prefix("Uid:")).unwrap().split_ascii_whitespace().next().unwrap();
        assert_ne!(uid, "0", "servers must not run as root");
        let mode = std::fs::metadata(scratch.socket().parent().unwrap()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
    });
}

#[test]
fn a_replica_of_every_flavour_follows_its_primary() {
    each_flavor(|server| {
        let primary = Scratch::start_with(server, &Options::default().serving_replicas().database("app")).unwrap();
        let writer = primary.session("app").unwrap();
        writer.exec("CREATE TABLE t (a int); INSERT INTO t VALUES (1)").unwrap();
        let ports = listens_on(primary.pid().unwrap());
        assert_eq!(ports, [format!("0100007F:{:04X}", primary.port().unwrap())], "127.0.0.1 and nothing else");

        let begun = Instant::now();
        let replica = primary.replica(&ReplicaOptions::default()).unwrap();
        println!("{}: replica in {:?}", server.series(), begun.elapsed());
        let count = |replica: &Scratch| replica.session("app").unwrap().value("SELECT count(*) FROM t").unwrap().unwrap();
        assert_eq!(count(&replica), "1", "it has caught up");
        assert_eq!(listens_on(replica.pid().unwrap()), [] as [String; 0]);

        replica.pause_replay(true).unwrap();
        let late = primary.replica(&ReplicaOptions { delay: 3600, ..ReplicaOptions::default() }).unwrap();
        writer.exec("INSERT INTO t VALUES (2)").unwrap();
        std::thread::sleep(Duration::from_millis(200));
        assert_eq!(count(&replica), "1", "replay is paused");
        replica.pause_replay(false).unwrap();
        eventually("replay goes on", || count(&replica) == "2");
        match late.session("app") {
            Err(Fault::Connect(connect::Fault::NoSuchDatabase { .. })) => {} // an hour late it does not know the database yet
            other => panic!("{other:?}"),
        }
        assert_eq!(replica.session("").unwrap().value("SELECT @@GLOBAL.read_only").unwrap().as_deref(), Some("1"));

        let alone = Scratch::start_with(server, &Options::default()).unwrap();
        match alone.replica(&ReplicaOptions::default()) {
            Err(fault @ Fault::ServesNoReplicas { .. }) => assert!(fault.trouble().fix.is_some()),
            other => panic!("{other:?}"),
        }
    });
}

#[test]
fn the_port_lets_no_superuser_in() {
    each_flavor(|server| {
        let primary = Scratch::start_with(server, &Options::default().serving_replicas()).unwrap();
        let options = mysql_async::OptsBuilder::default()
            .ip_or_hostname("127.0.0.1")
            .tcp_port(primary.port().unwrap())
            .user(Some("root"))
            .prefer_socket(false);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        match runtime.block_on(mysql_async::Conn::new(options)) {
            Err(mysql_async::Error::Server(refused)) => assert!(matches!(refused.code, 1045 | 1130), "{refused}"),
            // MySQL does not tell that it knows no such account: it asks for a method that the real root does not have.
            Err(mysql_async::Error::Driver(mysql_async::DriverError::UnknownAuthPlugin { name })) => assert_eq!(name, "sha256_password"),
            other => panic!("root must not come in by TCP: {other:?}"),
        }
    });
}

#[test]
fn halt_keeps_the_data_and_restart_takes_new_settings() {
    each_flavor(|server| {
        let mut scratch = Scratch::start_with(server, &Options::default().database("app")).unwrap();
        scratch.session("app").unwrap().exec("CREATE TABLE kept (a int); INSERT INTO kept VALUES (7)").unwrap();
        scratch.halt().unwrap();
        match scratch.session("app") {
            Err(Fault::Launcher(fault)) => assert!(fault.to_string().contains("is gone"), "{fault}"),
            other => panic!("the cause must be named: {other:?}"),
        }
        scratch.restart(&[("max_connections".into(), "17".into())]).unwrap();
        let session = scratch.session("app").unwrap();
        assert_eq!(session.value("SELECT @@max_connections").unwrap().as_deref(), Some("17"));
        assert_eq!(session.value("SELECT a FROM kept").unwrap().as_deref(), Some("7"));
    });
}

#[test]
fn a_killed_server_is_noticed() {
    each_flavor(|server| {
        let scratch = Scratch::start_with(server, &Options::default()).unwrap();
        let session = scratch.session("").unwrap();
        let pid = scratch.pid().unwrap();
        assert!(Command::new("kill").args(["-9", &pid.to_string()]).status().unwrap().success());
        eventually("it is gone", || gone(pid));
        assert!(matches!(session.exec("SELECT 1"), Err(Fault::Connect(connect::Fault::Gone { .. }))));
        match scratch.session("") {
            Err(Fault::Launcher(evenkeel_launcher::Fault::Died { .. })) => {}
            other => panic!("the cause must be named: {other:?}"),
        }
    });
}

#[test]
fn settings_of_the_data_directory_hold_from_its_making_on() {
    each_flavor(|server| {
        let init = vec![("lower_case_table_names".to_owned(), "1".to_owned())];
        let scratch = Scratch::start_with(server, &Options { init, ..Options::default().database("MiXed") }).unwrap();
        let session = scratch.session("mixed").unwrap();
        assert_eq!(session.value("SELECT @@lower_case_table_names").unwrap().as_deref(), Some("1"));
        assert_eq!(session.value("SELECT database()").unwrap().as_deref(), Some("mixed"));
    });
}

#[test]
fn servers_from_one_template_are_two_servers() {
    each_flavor(|server| {
        let two = [(); 2].map(|()| Scratch::start_with(server, &Options::default()).unwrap());
        let name = if server.flavor.is_mariadb() { "server_id" } else { "server_uuid" };
        let [one, other] = two.map(|scratch| scratch.session("").unwrap().value(&format!("SELECT @@{name}")).unwrap().unwrap());
        assert_ne!(one, other);
    });
}

#[test]
fn urls_are_percent_encoded() {
    let of = |engine, socket| evenkeel_mysql::scratch::url(engine, Path::new(socket), "a/b c");
    assert_eq!(of(Engine::MySql, "/tmp/x y/s"), "mysql://root@localhost/a%2Fb%20c?socket=%2Ftmp%2Fx%20y%2Fs");
    assert_eq!(of(Engine::MariaDb, "/s"), "mariadb://root@localhost/a%2Fb%20c?socket=%2Fs");
}

#[test]
fn faults_say_what_to_do() {
    match Scratch::start(&Options { number: Some(9909), ..Options::engine(Engine::MySql) }) {
        Err(fault @ Fault::NoServer { .. }) => {
            let trouble = fault.trouble();
            assert!(trouble.what.contains("MySQL 99.9"), "{trouble:?}");
            assert!(trouble.fix.unwrap().contains("install"));
        }
        other => panic!("{other:?}"),
    }
    each_flavor(|server| match Scratch::start_with(server, &Options::default().setting("no_such_setting", "1")) {
        Err(fault @ Fault::Launcher(evenkeel_launcher::Fault::DiedStarting { .. })) => {
            assert!(fault.trouble().found.unwrap().contains("no_such_setting"));
        }
        other => panic!("{other:?}"),
    });
}

#[test]
fn a_session_may_be_used_inside_an_async_runtime() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let scratch = Scratch::start(&Options::default().database("x")).unwrap();
        assert_eq!(scratch.session("x").unwrap().value("SELECT 1").unwrap().as_deref(), Some("1"));
    });
}

const OWNED_ROOT: &str = "EVENKEEL_TEST_OWNED_ROOT";

fn start_all(root: &Root) -> Vec<Scratch> {
    let mut started = Vec::new();
    each_flavor(|server| started.push(Scratch::start_with(server, &Options { root: Some(root.clone()), ..Options::default() }).unwrap()));
    started
}

/// Run by the test below in a process that is then killed: starts servers, says so and waits.
#[test]
#[ignore = "a part of what_a_killed_owner_left_is_swept"]
fn owner_that_is_killed() {
    let root = Root::at(Path::new(&std::env::var_os(OWNED_ROOT).unwrap()), "test").unwrap();
    let started = start_all(&root);
    let pids: Vec<String> = started.iter().map(|scratch| scratch.pid().unwrap().to_string()).collect();
    std::fs::write(root.path().join("pids.new"), pids.join(" ")).unwrap();
    std::fs::rename(root.path().join("pids.new"), root.path().join("pids")).unwrap();
    std::thread::sleep(Duration::from_secs(60));
}

#[test]
fn what_a_killed_owner_left_is_swept() {
    let home = tempfile::Builder::new().prefix("ek").tempdir_in("/tmp").unwrap();
    std::fs::set_permissions(home.path(), std::fs::Permissions::from_mode(0o711)).unwrap();
    let root = Root::at(&home.path().join("r"), "test").unwrap();
    // Makes the data directories' templates, which needs programs on PATH.
    drop(start_all(&root));
    let mut owner = Command::new(std::env::current_exe().unwrap())
        .args(["owner_that_is_killed", "--exact", "--ignored", "--nocapture"])
        .env(OWNED_ROOT, root.path())
        // No setpriv: the kernel does not end the servers with their owner.
        .env("PATH", "/nonexistent")
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let listed = root.path().join("pids");
    let until = Instant::now() + Duration::from_secs(60);
    while !listed.exists() {
        assert!(Instant::now() < until && owner.try_wait().unwrap().is_none(), "the owner did not start its servers");
        std::thread::sleep(Duration::from_millis(20));
    }
    let pids: Vec<u32> = std::fs::read_to_string(&listed).unwrap().split_whitespace().map(|pid| pid.parse().unwrap()).collect();
    owner.kill().unwrap();
    owner.wait().unwrap();
    assert!(!pids.is_empty() && pids.iter().all(|pid| !gone(*pid)), "they outlive it");

    let instances = || {
        let entries = std::fs::read_dir(root.path()).unwrap().flatten().map(|entry| entry.path());
        entries.filter(|path| path.join("owner").exists()).collect::<Vec<_>>()
    };
    assert_eq!(instances().len(), pids.len());
    // As if it had died before it wrote the pids down: they are found by what they run and where.
    for instance in instances() {
        std::fs::remove_file(instance.join("server")).unwrap();
    }
    let swept = evenkeel_launcher::sweep(&root).unwrap();
    assert_eq!((swept.removed.len(), swept.kept.len()), (pids.len(), 0), "{swept:?}");
    assert!(pids.iter().all(|pid| gone(*pid)));
    assert!(instances().is_empty());
}
