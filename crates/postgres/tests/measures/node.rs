//! A primary with a replica, and the replica itself: what is the node's own is read from that node.

use super::{capture_as, lines};
use evenkeel_core::kind::{Dimension, Kind, Value};
use evenkeel_core::manifest::{Manifest, NodeRole, Reason};
use evenkeel_core::port::{Environment, Limits, Watch};
use evenkeel_postgres::connect::{Target, ThisMachine};
use evenkeel_postgres::environment::PostgresEnvironment;
use evenkeel_postgres::scratch::{Options, ReplicaOptions, Scratch};
use evenkeel_testkit::{majors, newest};
use std::time::{Duration, Instant};

fn topology(server: &Scratch, role: &str) -> Manifest {
    capture_as(&server.conninfo("postgres"), role, |request| request.dimensions = vec![Dimension::Topology, Dimension::Data])
}

#[test]
fn a_replica_is_seen_from_both_ends() {
    for major in majors() {
        let primary = Scratch::start(&Options::major(major)).unwrap_or_else(|fault| panic!("{fault}"));
        let session = primary.session("postgres").unwrap();
        session.exec("create role plain login; select pg_create_physical_replication_slot('kept', true); create table t (a int); insert into t select generate_series(1, 1000)").unwrap();
        let alone = topology(&primary, "plain");
        assert!(alone.gaps.iter().all(|gap| gap.dimension == Dimension::Data), "nothing streams, so nothing is hidden: {:?}", alone.gaps);
        let replica = primary.replica(&ReplicaOptions::named("far")).unwrap_or_else(|fault| panic!("{fault}"));
        let seen = topology(&primary, "postgres");
        assert_eq!(seen.find(Kind::Node, &["node"]).unwrap().get("replicas"), Some(&Value::Integer(1)));
        let replicas = lines(&seen, Kind::Replica);
        assert!(matches!(replicas.as_slice(), [line] if line.starts_with("far: sync_state=async; state=streaming")), "{replicas:?}");
        assert!(lines(&seen, Kind::Slot).iter().any(|line| line.starts_with("kept: type=physical")), "{:?}", lines(&seen, Kind::Slot));
        let hidden = topology(&primary, "plain");
        assert!(lines(&hidden, Kind::Replica).is_empty());
        let gap = hidden.gaps.iter().find(|gap| gap.kind.as_deref() == Some("replica")).expect("a gap");
        assert_eq!((gap.reason, gap.cure.as_deref()), (Reason::Privilege, Some("GRANT pg_monitor TO plain;")));

        // A standby knows the age of what it shows once it has replayed a transaction.
        let far = replica.session("postgres").unwrap();
        session.exec("create table sign ()").unwrap();
        let begun = Instant::now();
        while far.value("select to_regclass('sign')").unwrap().is_none() && begun.elapsed() < Duration::from_secs(30) {}
        replica.pause_replay(true).unwrap();
        session.exec("insert into t select generate_series(1, 200000)").unwrap();
        // The log has to arrive first.
        let begun = Instant::now();
        let standby = loop {
            let standby = topology(&replica, "postgres");
            let lag = standby.find(Kind::Node, &["node"]).and_then(|node| node.get("replay_lag_bytes")).cloned();
            if matches!(lag, Some(Value::Integer(bytes)) if bytes > 0) || begun.elapsed() > Duration::from_secs(20) {
                break standby;
            }
        };
        let node = standby.find(Kind::Node, &["node"]).unwrap();
        assert_eq!(standby.endpoint.node_role, NodeRole::Standby);
        assert_eq!((node.text("role"), node.get("replay_paused")), (Some("standby"), Some(&Value::Flag(true))));
        assert!(matches!(node.get("replay_lag_bytes"), Some(Value::Integer(bytes)) if *bytes > 0), "{:?}", lines(&standby, Kind::Node));
        assert!(
            matches!(node.get("replay_lag_seconds"), Some(Value::Number(seconds)) if *seconds > 0.0),
            "{:?}",
            lines(&standby, Kind::Node)
        );
        // It was never analysed, and a standby counts nothing: how many rows is not known here.
        assert!(standby.gaps.iter().any(|gap| gap.object.as_deref() == Some("public.t") && gap.attribute.as_deref() == Some("rows")));
        replica.pause_replay(false).unwrap();
    }
}

/// How far its only replica is behind.
fn behind(primary: &Scratch) -> (Option<Duration>, String) {
    let environment = PostgresEnvironment::new(Target::parse(&primary.conninfo("postgres"), &ThisMachine).unwrap());
    let mut traffic = environment.traffic(&[], &Limits::default(), &Watch::none()).unwrap_or_else(|trouble| panic!("{trouble:#?}"));
    assert_eq!((traffic.replicas.len(), traffic.hidden.len()), (1, 0), "{traffic:?}");
    traffic.replicas.remove(0)
}

#[test]
fn a_replica_that_has_frozen_is_behind() {
    if evenkeel_testkit::another_day(2) {
        return;
    }
    for major in majors().into_iter().filter(|major| *major == 13 || *major == newest()) {
        let primary = Scratch::start(&Options::major(major)).unwrap_or_else(|fault| panic!("{fault}"));
        let replica = primary.replica(&ReplicaOptions::named("far")).unwrap_or_else(|fault| panic!("{fault}"));
        let session = primary.session("postgres").unwrap();
        for number in 0..5 {
            session.exec(&format!("create table t_{number} ()")).unwrap();
            let (time, who) = behind(&primary);
            assert!(time.is_some_and(|time| time < Duration::from_secs(5)), "{time:?} {who}");
        }
        let receiver = replica.session("postgres").unwrap().value("select pid::text from pg_stat_wal_receiver").unwrap().unwrap();
        let signal = |name: &str| assert!(std::process::Command::new("kill").args([name, &receiver]).status().unwrap().success());
        signal("-STOP");
        session.exec("create table unseen ()").unwrap();
        std::thread::sleep(Duration::from_secs(6));
        let (time, who) = behind(&primary);
        signal("-CONT");
        assert!(time.is_some_and(|time| time > Duration::from_secs(5)) && who.contains("bytes behind"), "{time:?} {who}");
        evenkeel_testkit::process::eventually("it has caught up", || behind(&primary).0.is_some_and(|time| time < Duration::from_secs(5)));
    }
}
