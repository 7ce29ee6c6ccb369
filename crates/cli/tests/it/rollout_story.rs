//! Traffic that moves between two real replicas of a primary: through PgBouncer and HAProxy, measured by Prometheus, each of them a real one.
//! Each breaker opens in its turn, a share of the turns a day; `EVENKEEL_SHARE=all` has all of them. Neighbours: `rollout`, `pgbouncer`.

use crate::deploy::{FIRST, RECORD, deploy};
use crate::pgbouncer::Bouncer;
use crate::rollout::{Haproxy, began, ended, program, states};
use crate::run::Place;
use crate::stage_gate::real_prometheus;
use evenkeel_postgres::scratch::{Options, ReplicaOptions, Scratch};
use evenkeel_testkit::process::eventually;
use evenkeel_testkit::{Share, newest};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::Child;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const INTERVAL: Duration = Duration::from_millis(400);
/// How often everything is measured, and what one look may take on top of the interval where the machine is busy.
const SCRAPE: Duration = Duration::from_millis(200);
const SLACK: Duration = Duration::from_secs(2);

/// What the application and the machines say of themselves.
#[derive(Default)]
struct Measured {
    /// When statements ended, and how long they took, in seconds.
    took: Mutex<Vec<(Instant, f64)>>,
    /// How long the application's statements are made to take, in milliseconds.
    slow: AtomicU64,
    /// In thousandths.
    failing: AtomicU64,
    cpu: AtomicU64,
    io: AtomicU64,
    is_silent: AtomicBool,
    is_over: AtomicBool,
}

impl Measured {
    fn text(&self, bouncer: &Bouncer) -> String {
        let took = self.took.lock().unwrap();
        let since = Instant::now().checked_sub(Duration::from_secs(1)).unwrap();
        // Of a few hundred statements, the slowest is as good as the last hundredth.
        let p99 = took.iter().filter(|(at, _)| *at >= since).map(|(_, took)| *took).fold(0.0, f64::max);
        let pools = bouncer.console().say("SHOW POOLS", Duration::from_secs(1)).unwrap_or_default();
        let waiting = pools.iter().find(|row| row["database"] == "shop").map_or("0", |row| row["cl_waiting"].as_str());
        let thousandths = |number: &AtomicU64| f64::from(u32::try_from(number.load(Ordering::SeqCst)).unwrap()) / 1000.0;
        let (failing, cpu, io) = (thousandths(&self.failing), thousandths(&self.cpu), thousandths(&self.io));
        let p99 = if self.is_silent.load(Ordering::SeqCst) { String::new() } else { format!("shop_p99_seconds {p99}\n") };
        format!("{p99}shop_failing {failing}\npool_waiting {waiting}\nnode_cpu_busy {cpu}\nnode_io_busy {io}\n")
    }
}

/// Answers every request with what is measured then. It ends with the process, and keeps no PgBouncer from ending before.
fn exporter(measured: &Arc<Measured>, bouncer: &Arc<Bouncer>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (measured, bouncer) = (Arc::clone(measured), Arc::downgrade(bouncer));
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut asked = [0; 4096];
            let _ = stream.read(&mut asked);
            let Some(bouncer) = bouncer.upgrade() else { return };
            let body = measured.text(&bouncer);
            drop(bouncer);
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: text/plain; version=0.0.4\r\nconnection: close\r\ncontent-length: {}",
                body.len()
            );
            let _ = write!(stream, "{head}\r\n\r\n{body}");
        }
    });
    port
}

struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn query(name: &str, query: &str, most: &str) -> String {
    format!("[[breakers.queries]]\nname = \"{name}\"\nquery = \"{query}\"\n{most}\n")
}

/// A release that is in and verified on the primary.
fn verified(place: &Place, primary: &Scratch, lines: &str) {
    primary.session("shop").unwrap().exec(RECORD).unwrap();
    place.write(&format!("m/{}", FIRST.0), FIRST.1);
    place.write(
        "m/20260102000000_email.sql",
        "-- migrate:up\nalter table people add email text;\n-- migrate:down\nalter table people drop email;\n",
    );
    let (store, url) = (place.path("state/store.sqlite"), primary.url("shop"));
    let head = format!("[project]\nmigrations = \"m\"\ntool = \"dbmate\"\n[store]\nurl = \"sqlite:{}\"\n", store.display());
    place.write("evenkeel.toml", format!("{head}[environments.shop]\nurl = \"{url}\"\ntier = \"staging\"\n{lines}"));
    place.run(&["rehearse", "--for", "shop"]).exits(0);
    deploy(place, &[]).exits(0);
    place.run(&["verify", "shop"]).exits(0);
}

#[test]
fn each_breaker_opens_in_its_turn_and_traffic_is_back_within_an_interval() {
    if evenkeel_testkit::another_day(2) {
        return;
    }
    let Some(program) = program() else { return };
    let primary = Scratch::start(&Options::major(newest()).database("shop")).unwrap();
    let replicas = ["old", "new"].map(|name| primary.replica(&ReplicaOptions::named(name)).unwrap());
    let [old, new] = [&replicas[0], &replicas[1]];
    let sockets = [old, new].map(|replica| format!("unix@{}/.s.PGSQL.5432", replica.socket_dir().display()));
    let haproxy = Haproxy::before(&program, &sockets);
    let entry = format!("shop = host=127.0.0.1 port={} dbname=shop pool_size=4", haproxy.port);
    let Some(bouncer) = Bouncer::started(&entry, "pool_mode=transaction\nquery_wait_timeout=30") else { return };
    let (bouncer, measured, folder) = (Arc::new(bouncer), Arc::new(Measured::default()), tempfile::tempdir().unwrap());
    let Some((child, url)) = real_prometheus(folder.path(), Some(exporter(&measured, &bouncer)), SCRAPE) else { return };
    let prometheus = Ended(child);
    let place = Place::new();
    let queries = [
        query("p99", "shop_p99_seconds", "slo = 1"),
        query("failing", "shop_failing", "most = 0.001"),
        query("pool", "pool_waiting", "most = 0"),
        query("cpu", "node_cpu_busy", "most = 0.8"),
        query("io", "node_io_busy", "most = 0.8"),
    ];
    let breakers = format!(
        "[breakers]\ninterval = \"{}ms\"\ntransactions = 0\nreplicas = 2\nmissing = 4\nprometheus = \"{url}\"\ntimeout = \"1s\"\n{}",
        INTERVAL.as_millis(),
        queries.concat()
    );
    verified(&place, &primary, &(breakers + &haproxy.lines().replace("100ms", "60s")));
    std::thread::scope(|threads| {
        // The application: two clients, whose statements take as long as they are made to; and something is written all the time.
        for _ in 0..2 {
            threads.spawn(|| {
                let client = bouncer.client("shop", "postgres");
                while !measured.is_over.load(Ordering::SeqCst) {
                    let (begun, slow) = (Instant::now(), measured.slow.load(Ordering::SeqCst));
                    client.exec(&format!("SELECT pg_sleep({}), count(*) FROM people", slow as f64 / 1000.0)).unwrap();
                    measured.took.lock().unwrap().push((Instant::now(), begun.elapsed().as_secs_f64()));
                    std::thread::sleep(Duration::from_millis(10));
                }
            });
        }
        threads.spawn(|| {
            let session = primary.session("shop").unwrap();
            while !measured.is_over.load(Ordering::SeqCst) {
                session.exec("UPDATE counters SET n = n + 1").unwrap();
                std::thread::sleep(Duration::from_millis(50));
            }
        });
        let told = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            turns(&place, &haproxy, (&primary, new), (&bouncer, &measured));
        }));
        measured.is_over.store(true, Ordering::SeqCst);
        old.pause_replay(false).unwrap();
        told.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    });
    drop(prometheus);
}

/// Each in its turn, a share of them.
fn turns(place: &Place, haproxy: &Haproxy, (primary, new): (&Scratch, &Scratch), (bouncer, measured): (&Bouncer, &Measured)) {
    let share = Share::of(3);
    let names = share.take(vec!["lag", "p99", "missing", "pool", "errors", "cpu", "failing", "io", "replica"]);
    println!("{names:?}: {share}");
    eventually("everything is measured and well", || place.run(&["gate", "shop"]).code == Some(0));
    for turn in names {
        let child = began(place);
        eventually("the first stage", || haproxy.weights() == [19, 1]);
        let begun = Instant::now();
        let set = |number: &AtomicU64, value: u64| number.store(value, Ordering::SeqCst);
        let mut full = Vec::new();
        match turn {
            "lag" => new.pause_replay(true).unwrap(),
            "p99" => set(&measured.slow, 1600),
            "missing" => measured.is_silent.store(true, Ordering::SeqCst),
            "cpu" => set(&measured.cpu, 950),
            "io" => set(&measured.io, 950),
            "failing" => set(&measured.failing, 5),
            // As many who keep what they have as there are connections: everybody else waits.
            "pool" => full.extend((0..4).map(|_| {
                let client = bouncer.client("shop", "postgres");
                client.exec("BEGIN; SELECT 1").unwrap();
                client
            })),
            _ => {}
        }
        let errors = primary.session("shop").unwrap();
        let is_back = || {
            if turn == "errors" {
                // A session that ends tells at once what it did.
                primary.session("shop").unwrap().exec("BEGIN; SELECT 1; ROLLBACK").unwrap();
            }
            // It is there again soon, and ended again.
            if turn == "replica" {
                let gone = "SELECT pg_terminate_backend(pid) FROM pg_stat_replication WHERE application_name = 'new'";
                errors.exec(gone).unwrap();
            }
            haproxy.weights() == [100, 0]
        };
        eventually("it is back", is_back);
        let took = begun.elapsed();
        println!("{turn}: back after {took:?}");
        // Two looks beyond its bound, or four without a value; and what came to the server or to Prometheus before them.
        let lasts = match turn {
            "missing" => INTERVAL * 5,
            // It has to be that far behind first, and slow statements have to end.
            "lag" => INTERVAL * 3 + Duration::from_millis(500),
            "p99" => INTERVAL * 3 + Duration::from_millis(1700),
            "replica" => INTERVAL * 5,
            _ => INTERVAL * 3,
        };
        assert!(took < lasts + SCRAPE + SLACK, "{turn}: {took:?}");
        // What is missing holds first.
        assert!(turn != "missing" || took > INTERVAL * 3, "{took:?}");
        let (code, told) = ended(child);
        let name = match turn {
            "missing" => "p99 (at most 1.15): no value, look 4 of 4",
            "replica" => "lag (at most 500 ms): no value",
            other => other,
        };
        assert_eq!(
            (code, &told["outcome"], &told["halted"], states(&told)[0]),
            (Some(1), &"back".into(), &true.into(), "broken"),
            "{told}"
        );
        assert!(told["why"].as_str().unwrap().contains(name), "{turn}: {told}");
        // All is well again.
        full.iter().for_each(|client: &evenkeel_postgres::scratch::Session| client.exec("COMMIT").unwrap());
        drop(full);
        if turn == "lag" {
            new.pause_replay(false).unwrap();
        }
        [&measured.slow, &measured.cpu, &measured.io, &measured.failing].into_iter().for_each(|number| set(number, 0));
        measured.is_silent.store(false, Ordering::SeqCst);
        place.run(&["history", "shop", "--resume", "--over", "10ms", "--idle"]).exits(0);
        eventually("all is well again", || place.run(&["gate", "shop"]).code == Some(0));
    }
}
