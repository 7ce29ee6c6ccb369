//! What a server is set to, how much it holds and what it hangs on: configuration, data and topology on real servers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::time::{Duration, Instant};

use evenkeel_core::file::{Part, write};
use evenkeel_core::kind::{Dimension, Kind, Rank, Value};
use evenkeel_core::manifest::{Manifest, Object, Reason};
use evenkeel_core::port::{Environment, Request, Watch};
use evenkeel_mysql::connect::{Target, ThisMachine};
use evenkeel_mysql::environment::MysqlEnvironment;
use evenkeel_mysql::scratch::{Options, ReplicaOptions, Scratch, find_servers, pick};
use evenkeel_testkit::mysql::{TestDb, each_flavor, flavors};

fn capture(url: &str, dimensions: &[Dimension], adjust: impl FnOnce(&mut Request)) -> Manifest {
    capture_with(None, url, dimensions, adjust)
}

/// As that, with a table that holds the time.
fn capture_with(heartbeat: Option<&str>, url: &str, dimensions: &[Dimension], adjust: impl FnOnce(&mut Request)) -> Manifest {
    let mut request = Request::new("it");
    request.dimensions = dimensions.to_vec();
    adjust(&mut request);
    let target = Target::parse(url, &ThisMachine).unwrap();
    MysqlEnvironment::new(target)
        .with_heartbeat(heartbeat)
        .capture(&request, &Watch::none())
        .unwrap_or_else(|trouble| panic!("{trouble:#?}"))
}

fn text(manifest: &Manifest) -> String {
    [Part::Stable, Part::Measured].map(|part| String::from_utf8(write(manifest, part).unwrap()).unwrap()).concat()
}

fn find<'a>(manifest: &'a Manifest, kind: Kind, identity: &[&str]) -> &'a Object {
    manifest.find(kind, identity).unwrap_or_else(|| panic!("no {} {identity:?}", kind.name()))
}

fn number(object: &Object, property: &str) -> f64 {
    object.get(property).and_then(Value::as_number).unwrap_or_else(|| panic!("{} of {}", property, object.display()))
}

#[test]
fn settings_are_the_servers_own_without_secrets() {
    each_flavor(|db| {
        let own = db.value("SELECT @@global.sql_mode").unwrap();
        let mut words: Vec<&str> = own.split(',').collect();
        words.sort_unstable();
        assert!(words.len() > 1, "the server's own mode is not the one we pin");
        db.exec("SET GLOBAL init_connect = 'do 1 /* hunter2 */'");
        let manifest = capture(&db.url(), &[Dimension::Configuration], |_| {});
        db.exec("SET GLOBAL init_connect = ''");
        assert!(manifest.gaps.is_empty(), "{:#?}", manifest.gaps);
        let value = |name: &str| find(&manifest, Kind::Setting, &[name]).text("value").unwrap().to_owned();
        assert_eq!(value("sql_mode"), words.join(","));
        assert_eq!(find(&manifest, Kind::Setting, &["sql_mode"]).text("rank"), Some(Rank::MustMatch.name()));
        assert_eq!((value("init_connect").as_str(), value("report_password").as_str()), ("set", "unset"));
        assert!(!text(&manifest).contains("hunter2"));
        // Positions in the log move while nothing is changed.
        assert!(manifest.of_kind(Kind::Setting).iter().all(|setting| !setting.identity.part(0).starts_with("gtid_binlog_")));
        let server = find(&manifest, Kind::Server, &["server"]);
        assert_eq!(server.text("version_major"), Some(db.flavor().engine.version_words(db.flavor().number).as_str()));
        assert_eq!(server.text("flavor"), Some(db.flavor().engine.name()));
        assert_eq!(server.text("timezone_tables"), Some("empty"));
        assert_eq!(find(&manifest, Kind::Plugin, &["InnoDB"]).text("type"), Some("storage engine"));
    });
}

#[test]
fn time_zones_have_a_fingerprint_whatever_order_they_were_loaded_in() {
    for (engine, series) in flavors() {
        let servers = find_servers();
        let binaries = pick(&servers, Some(engine), Some(series)).unwrap();
        let zone = |id: u32, name: &str, offset: i32| {
            format!(
                "INSERT INTO time_zone VALUES ({id}, 'N'); INSERT INTO time_zone_name VALUES ('{name}', {id}); \
                 INSERT INTO time_zone_transition_type VALUES ({id}, 0, {offset}, 0, 'XYZ'); \
                 INSERT INTO time_zone_transition VALUES ({id}, 100, 0);"
            )
        };
        let fingerprint = |zones: &[String]| {
            let scratch = Scratch::start_with(binaries, &Options::default().database("shop")).unwrap();
            scratch.session("mysql").unwrap().exec(&zones.concat()).unwrap();
            let manifest = capture(&scratch.url("shop"), &[Dimension::Configuration], |_| {});
            find(&manifest, Kind::Server, &["server"]).text("timezone_tables").unwrap().to_owned()
        };
        let first = fingerprint(&[zone(1, "A/One", 60), zone(2, "A/Two", 120)]);
        assert!(first.starts_with("2 zones, "), "{first}");
        assert_eq!(first, fingerprint(&[zone(1, "A/Two", 120), zone(2, "A/One", 60)]));
        assert_ne!(first, fingerprint(&[zone(1, "A/One", 60), zone(2, "A/Two", 180)]));
    }
}

/// 900 rows of which every fourth has no `b`, ten values of `n`, a partitioned table beside it.
fn fill(db: &TestDb) {
    db.exec(
        "CREATE TABLE digit (d INT PRIMARY KEY) STATS_AUTO_RECALC=0; INSERT INTO digit VALUES (0),(1),(2),(3),(4),(5),(6),(7),(8),(9);
         CREATE TABLE t (id INT PRIMARY KEY, n INT, s VARCHAR(40), b VARCHAR(20), KEY kn (n), KEY kns (n, s)) STATS_AUTO_RECALC=0 STATS_SAMPLE_PAGES=1000;
         INSERT INTO t SELECT i, i % 10, concat('hunter', i % 50), if(i % 4 = 0, NULL, 'x')
             FROM (SELECT a.d + 10 * b.d + 100 * c.d AS i FROM digit a, digit b, digit c) r WHERE i < 900;
         CREATE TABLE pt (id INT PRIMARY KEY) STATS_AUTO_RECALC=0 PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (300), PARTITION p1 VALUES LESS THAN MAXVALUE);
         INSERT INTO pt SELECT id FROM t",
    );
    if db.flavor().is_mariadb() {
        db.exec("SET histogram_size = 20; ANALYZE TABLE t PERSISTENT FOR ALL; ANALYZE TABLE pt, digit");
    } else {
        db.exec("ANALYZE TABLE t, pt, digit; ANALYZE TABLE t UPDATE HISTOGRAM ON n, s, b WITH 20 BUCKETS");
    }
}

#[test]
fn volume_and_distribution_are_those_of_known_rows() {
    each_flavor(|db| {
        fill(db);
        let manifest = capture(&db.url(), &[Dimension::Data], |_| {});
        assert!(manifest.gaps.is_empty(), "{:#?}", manifest.gaps);
        let table = find(&manifest, Kind::TableStatistics, &["", "t"]);
        assert!((number(table, "rows") - 900.0).abs() < 90.0, "{table:?}");
        assert!(number(table, "table_bytes") >= 16_384.0 && number(table, "index_bytes") >= 32_768.0, "{table:?}");
        assert_eq!(table.get("last_analyze_days"), Some(&Value::Integer(0)));
        let Some(Value::List(partitions)) = find(&manifest, Kind::TableStatistics, &["", "pt"]).get("partitions") else {
            panic!("no partitions")
        };
        assert!(partitions.len() == 2 && partitions[0].starts_with("p0: "), "{partitions:?}");
        for (index, distinct) in [("kn", 10.0), ("kns", 50.0)] {
            let index = find(&manifest, Kind::IndexStatistics, &["", "t", index]);
            assert!((number(index, "distinct") - distinct).abs() <= distinct / 5.0, "{index:?}");
            assert!(number(index, "bytes") >= 16_384.0, "{index:?}");
        }
        assert!(manifest.find(Kind::IndexStatistics, &["", "t", "PRIMARY"]).is_none(), "that is the table");
        let nulls = find(&manifest, Kind::ColumnStatistics, &["", "t", "b"]);
        assert!((number(nulls, "null_fraction") - 0.25).abs() < 0.01 && (number(nulls, "distinct") - 1.0).abs() < 0.5, "{nulls:?}");
        let ten = find(&manifest, Kind::ColumnStatistics, &["", "t", "n"]);
        let Some(Value::List(shape)) = ten.get("histogram_shape") else { panic!("{ten:?}") };
        let median: f64 = shape[4].parse().unwrap();
        assert!(shape.len() == 9 && (median - 0.5).abs() < 0.12 && ten.text("histogram_type").is_some(), "{ten:?}");

        let again = capture(&db.url(), &[Dimension::Data], |_| {});
        let same = manifest.objects().iter().zip(again.objects()).all(|(a, b)| a.key() == b.key() && a.values() == b.values());
        assert!(same && manifest.objects().len() == again.objects().len());
    });
}

#[test]
fn values_of_users_are_kept_only_on_request() {
    each_flavor(|db| {
        fill(db);
        let without = text(&capture(&db.url(), &[Dimension::Data], |_| {}));
        assert!(without.contains("histogram_bins") && !without.contains("hunter"));
        // MariaDB 10.11 keeps places of bounds and no bounds.
        if !db.flavor().is_mariadb() || db.flavor().number >= 1100 {
            let with = capture(&db.url(), &[Dimension::Data], |request| request.values = true);
            assert!(text(&with).contains("hunter0"), "{}", text(&with));
        }
    });
}

#[test]
fn what_an_account_may_not_see_is_a_gap_with_its_cure() {
    each_flavor(|db| {
        fill(db);
        let user = format!("lim_{}", db.name);
        db.exec(&format!("CREATE USER {user}@localhost; GRANT SELECT ON {}.* TO {user}@localhost", db.name));
        let url = db.url().replace("//root@", &format!("//{user}@"));
        let dimensions = [Dimension::Configuration, Dimension::Data, Dimension::Topology];
        let limited = capture(&url, &dimensions, |_| {});
        let gap = |kind: Kind, attribute: Option<&str>| {
            limited.gaps.iter().find(|gap| gap.kind.as_deref() == Some(kind.name()) && gap.attribute.as_deref() == attribute)
        };
        let mut wanted = vec![
            (Kind::Server, Some("timezone_tables")),
            (Kind::TableStatistics, Some("last_analyze_days")),
            (Kind::IndexStatistics, Some("bytes")),
            (Kind::Channel, None),
            (Kind::Node, Some("role")),
            (Kind::Node, Some("binlog_filters")),
            (Kind::Replica, None),
        ];
        wanted.push(if db.flavor().is_mariadb() { (Kind::ColumnStatistics, None) } else { (Kind::Plugin, None) });
        for (kind, attribute) in wanted {
            let gap = gap(kind, attribute).unwrap_or_else(|| panic!("no gap of {} {attribute:?} in {:#?}", kind.name(), limited.gaps));
            assert!(gap.reason == Reason::Privilege && gap.cure.as_deref().is_some_and(|cure| cure.starts_with("GRANT ")), "{gap:#?}");
        }
        // What needs no privilege is all there.
        let all = capture(&db.url(), &dimensions, |_| {});
        assert_eq!(limited.of_kind(Kind::Setting).len(), all.of_kind(Kind::Setting).len());
        assert_eq!(limited.of_kind(Kind::TableStatistics).len(), all.of_kind(Kind::TableStatistics).len());
        // The cures cure: nothing is hidden from an account that got them.
        for cure in limited.gaps.iter().filter_map(|gap| gap.cure.as_deref()) {
            db.exec(cure.trim_end_matches(';'));
        }
        let cured = capture(&url, &dimensions, |_| {});
        db.exec(&format!("DROP USER {user}@localhost"));
        assert!(cured.gaps.is_empty(), "{:#?}", cured.gaps);
    });
}

#[test]
fn a_replica_shows_on_both_sides_with_its_lag() {
    for (engine, series) in flavors() {
        let servers = find_servers();
        let binaries = pick(&servers, Some(engine), Some(series)).unwrap();
        let primary = Scratch::start_with(binaries, &Options::default().database("shop").serving_replicas()).unwrap();
        let replica =
            primary.replica(&ReplicaOptions { delay: 0, settings: vec![("replicate_ignore_db".into(), "noise".into())] }).unwrap();
        let session = primary.session("shop").unwrap();
        session.exec("CREATE TABLE heartbeat (ts VARCHAR(26) NOT NULL, server_id BIGINT PRIMARY KEY)").unwrap();
        session.exec("INSERT INTO heartbeat SELECT utc_timestamp(6) - INTERVAL 1 HOUR, @@server_id").unwrap();
        let until = Instant::now() + Duration::from_secs(20);
        let seen = loop {
            let seen = capture_with(Some("shop.heartbeat"), &replica.url("shop"), &[Dimension::Topology], |_| {});
            if seen.gaps.is_empty() || Instant::now() > until {
                break seen;
            }
            std::thread::sleep(Duration::from_millis(100));
        };
        assert!(seen.gaps.is_empty(), "{:#?}", seen.gaps);
        let channel = find(&seen, Kind::Channel, &["default"]);
        assert_eq!((channel.text("state"), channel.text("positioning")), (None, Some("gtid")), "{channel:?}");
        assert!(number(channel, "lag_seconds") < 10.0 && number(channel, "delay_seconds").abs() < 0.5, "{channel:?}");
        let lag = number(channel, "heartbeat_lag_seconds");
        assert!((3600.0..3660.0).contains(&lag), "{lag}");
        assert_eq!(channel.get("filters"), Some(&Value::list(["ignore database: noise"])));
        let node = find(&seen, Kind::Node, &["node"]);
        assert_eq!((node.text("role"), node.get("read_only")), (Some("standby"), Some(&Value::Flag(true))));
        assert!(!text(&seen).contains("127.0.0.1") && !text(&seen).contains("evenkeel_replica"), "{}", text(&seen));

        let source = capture(&primary.url("shop"), &[Dimension::Topology], |_| {});
        assert!(source.gaps.is_empty(), "{:#?}", source.gaps);
        let node = find(&source, Kind::Node, &["node"]);
        assert_eq!((node.text("role"), node.get("replicas")), (Some("primary"), Some(&Value::Integer(1))), "{node:?}");
        assert_eq!(node.get("binary_log"), Some(&Value::Flag(true)));
        assert_eq!(find(&source, Kind::Replica, &["replica 1"]).get("connected"), Some(&Value::Flag(true)));

        replica.session("").unwrap().exec("STOP REPLICA").unwrap();
        let stopped = capture_with(Some("shop.none"), &replica.url("shop"), &[Dimension::Topology], |_| {});
        assert_eq!(find(&stopped, Kind::Channel, &["default"]).text("state"), Some("stopped"));
        let gaps: Vec<_> = stopped.gaps.iter().map(|gap| (gap.kind.as_deref(), gap.attribute.as_deref())).collect();
        assert_eq!(gaps, [(Some("channel"), Some("heartbeat_lag_seconds"))]);
    }
}
