//! A primary with a replica, and the replica itself: what is the node's own is read from that node.

use super::{capture_as, lines};
use evenkeel_core::kind::{Dimension, Kind, Value};
use evenkeel_core::manifest::{Manifest, NodeRole, Reason};
use evenkeel_postgres::scratch::{Options, ReplicaOptions, Scratch};
use evenkeel_testkit::majors;
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
