//! Members of a cluster: Galera on MariaDB, group replication on MySQL.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::net::TcpListener;
use std::time::{Duration, Instant};

use evenkeel_core::kind::{Dimension, Kind, Value};
use evenkeel_core::manifest::Manifest;
use evenkeel_core::port::{Environment, Request, Watch};
use evenkeel_mysql::connect::{Target, ThisMachine};
use evenkeel_mysql::environment::MysqlEnvironment;
use evenkeel_mysql::scratch::{Options, Scratch, find_servers, pick};
use evenkeel_testkit::mysql::{newest_mariadb, newest_mysql};

fn captured(scratch: &Scratch) -> Manifest {
    let target = Target::parse(&scratch.url("app"), &ThisMachine).unwrap();
    let request = Request { dimensions: vec![Dimension::Schema, Dimension::Topology], ..Request::new("member") };
    MysqlEnvironment::new(target).capture(&request, &Watch::none()).unwrap_or_else(|trouble| panic!("{trouble:#?}"))
}

/// Until the server says so.
fn until(scratch: &Scratch, sql: &str, wanted: &str) {
    let session = scratch.session("").unwrap();
    let end = Instant::now() + Duration::from_secs(60);
    loop {
        let found = session.value(sql).unwrap();
        if found.as_deref() == Some(wanted) {
            return;
        }
        assert!(
            Instant::now() < end,
            "{sql}: {found:?}, not {wanted}\n{}",
            std::fs::read_to_string(scratch.log_path()).unwrap_or_default()
        );
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// What a member says of itself, and that it can be captured whole, twice the same.
fn is_told(scratch: &Scratch, cluster: &str) {
    scratch.session("app").unwrap().exec("CREATE TABLE t (a int PRIMARY KEY, b int); CREATE VIEW v AS SELECT a FROM t").unwrap();
    let (one, again) = (captured(scratch), captured(scratch));
    assert!(one.gaps.is_empty(), "{:#?}", one.gaps);
    let node = one.find(Kind::Node, &["node"]).unwrap();
    assert_eq!(node.text("cluster"), Some(cluster));
    assert_eq!(node.get("cluster_members").and_then(Value::as_number), Some(1.0));
    let told =
        |manifest: &Manifest| manifest.objects().iter().map(|object| (object.display(), object.values().to_vec())).collect::<Vec<_>>();
    assert_eq!(told(&one), told(&again));
    assert!(one.find(Kind::View, &["", "v"]).is_some());
}

fn port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

#[test]
fn a_member_of_a_galera_cluster_says_so() {
    let (engine, number) = newest_mariadb();
    let servers = find_servers();
    let server = pick(&servers, Some(engine), Some(number)).unwrap();
    let provider = ["usr/lib/libgalera_smm.so", "lib/galera/libgalera_smm.so", "lib/libgalera_smm.so"];
    let provider = provider.iter().map(|path| server.base_dir().join(path)).find(|path| path.exists());
    let provider = provider.expect("script/setup installs Galera's library with the newest MariaDB");
    let (group, transfer) = (port(), port());
    let options = Options::default()
        .setting("wsrep_on", "ON")
        .setting("wsrep_provider", &provider.display().to_string())
        .setting("wsrep_cluster_address", "gcomm://")
        .setting("wsrep_node_address", "127.0.0.1")
        .setting("wsrep_provider_options", &format!("gmcast.listen_addr=tcp://127.0.0.1:{group};ist.recv_addr=127.0.0.1:{transfer}"))
        .setting("binlog_format", "ROW")
        .setting("innodb_autoinc_lock_mode", "2")
        .database("app");
    let scratch = Scratch::start_with(server, &options).unwrap();
    let ready = "SELECT variable_value FROM information_schema.global_status WHERE variable_name = 'wsrep_ready'";
    until(&scratch, ready, "ON");
    is_told(&scratch, "galera");
    scratch.stop().unwrap();
}

#[test]
fn a_member_of_a_replication_group_says_so() {
    let (engine, number) = newest_mysql();
    let servers = find_servers();
    let server = pick(&servers, Some(engine), Some(number)).unwrap();
    let group = port();
    let scratch = Scratch::start_with(server, &Options::default().serving_replicas().database("app")).unwrap();
    let session = scratch.session("").unwrap();
    // Loaded and not started: nothing is a member.
    session.exec("INSTALL PLUGIN group_replication SONAME 'group_replication.so'").unwrap();
    let before = captured(&scratch);
    assert_eq!(before.find(Kind::Node, &["node"]).unwrap().text("cluster"), None);
    session
        .exec(&format!(
            "SET GLOBAL group_replication_group_name = 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee';
             SET GLOBAL group_replication_communication_stack = 'XCOM';
             SET GLOBAL group_replication_ssl_mode = 'DISABLED';
             SET GLOBAL group_replication_local_address = '127.0.0.1:{group}';
             SET GLOBAL group_replication_bootstrap_group = ON;
             START GROUP_REPLICATION;
             SET GLOBAL group_replication_bootstrap_group = OFF"
        ))
        .unwrap_or_else(|fault| panic!("{fault}\n{}", std::fs::read_to_string(scratch.log_path()).unwrap_or_default()));
    until(&scratch, "SELECT member_state FROM performance_schema.replication_group_members", "ONLINE");
    until(&scratch, "SELECT @@global.super_read_only", "0");
    is_told(&scratch, "group replication");
    session.exec("STOP GROUP_REPLICATION").unwrap();
    scratch.stop().unwrap();
}
