//! `evenkeel gate`: whether the next stage of traffic may go on. Neighbour: `listening`, the same over HTTP.

use crate::lock::{EMAIL, released};
use crate::rehearse::gate;
use crate::run::Place;
use evenkeel_testkit::{TestDb, database, newest};
use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Fast looks, and a server that nobody else uses.
pub const FAST: &str = "[breakers]\ninterval = \"150ms\"\ntransactions = 0\nreplicas = 0\n";

/// What a made-up Prometheus answers: status, body; nothing where it keeps silent.
type Says = Option<(u16, String)>;

/// A server that answers every query so; where it is, and what it was asked.
pub struct Prometheus {
    pub url: String,
    says: Arc<Mutex<Says>>,
    pub asked: Arc<Mutex<Vec<String>>>,
}

impl Prometheus {
    pub fn started() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
        let (says, asked) = (Arc::new(Mutex::new(None)), Arc::new(Mutex::new(Vec::new())));
        let (answers, seen) = (Arc::clone(&says), Arc::clone(&asked));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                let mut lines = Vec::new();
                loop {
                    let mut line = String::new();
                    if reader.read_line(&mut line).unwrap_or(0) == 0 || line.trim_end().is_empty() {
                        break;
                    }
                    lines.push(line.trim_end().to_owned());
                }
                seen.lock().unwrap().push(lines.join("\n"));
                let answer: Says = answers.lock().unwrap().clone();
                match answer {
                    Some((status, body)) => {
                        let _ = write!(stream, "HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len());
                    }
                    None => {
                        std::thread::spawn(move || {
                            std::thread::sleep(Duration::from_secs(60));
                            drop(stream);
                        });
                    }
                }
            }
        });
        Self { url, says, asked }
    }

    pub fn says(&self, status: u16, body: &str) {
        *self.says.lock().unwrap() = Some((status, body.to_owned()));
    }

    pub fn keeps_silent(&self) {
        *self.says.lock().unwrap() = None;
    }

    /// One series of that value.
    pub fn value(&self, value: &str) {
        self.says(200, &vector(&[value]));
    }
}

pub fn vector(values: &[&str]) -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs_f64();
    let one = |value: &&str| serde_json::json!({ "metric": {}, "value": [now, value] });
    let result: Vec<Value> = values.iter().map(one).collect();
    serde_json::json!({ "status": "success", "data": { "resultType": "vector", "result": result } }).to_string()
}

pub fn add(place: &Place, lines: &str) {
    let toml = place.read("evenkeel.toml");
    place.write("evenkeel.toml", format!("{toml}{lines}"));
}

pub fn asked(place: &Place, code: i32) -> Value {
    place.run(&["gate", "shop", "--format", "json"]).exits(code).json()
}

pub fn breaker<'a>(told: &'a Value, name: &str) -> &'a Value {
    told["breakers"].as_array().unwrap().iter().find(|one| one["name"] == name).unwrap_or_else(|| panic!("no breaker {name}: {told}"))
}

/// A release that is in and verified, with these lines.
pub fn verified(db: &TestDb, lines: &str) -> Place {
    let place = released(db, "staging");
    add(&place, lines);
    place.run(&["verify", "shop"]).exits(0);
    place
}

#[test]
fn a_stage_goes_on_once_the_release_is_verified_and_as_it_was_then() {
    let db = database(newest());
    let place = released(&db, "staging");
    add(&place, FAST);
    let told = asked(&place, 1);
    assert_eq!((&gate(&told, "verified")["holds"], &told["pass"]), (&false.into(), &false.into()), "{told}");
    place.run(&["verify", "shop"]).exits(0);
    let store = std::fs::read(place.path("state/store.sqlite")).unwrap();
    let told = asked(&place, 0);
    assert_eq!((&told["pass"], &told["verdict"]["exit_code"]), (&true.into(), &0.into()), "{told}");
    assert_eq!(told["gaps"], Value::Array(Vec::new()));
    assert_eq!(std::fs::read(place.path("state/store.sqlite")).unwrap(), store, "it writes nothing");
    place.run(&["gate", "shop"]).exits(0).says("the next stage may go on").says("0 ms, at most 500 ms");
    place.run(&["gate", "shop", "--format", "markdown"]).exits(0).says("```text");
    // Whoever holds a lock, it is about the schema.
    place.run(&["lock", "shop"]).exits(0);
    assert_eq!(gate(&asked(&place, 0), "parity-lock")["holds"], true);
    db.exec("create table stray (id int)");
    let told = asked(&place, 1);
    for name in ["verified", "parity-lock"] {
        assert_eq!(gate(&told, name)["holds"], false, "{told}");
    }
    db.exec("drop table stray");
    place.run(&["history", "shop", "--halt", "orders are lost"]).exits(0);
    let told = asked(&place, 1);
    assert!(gate(&told, "halt")["found"].as_str().unwrap().contains("orders are lost"), "{told}");
    // By its name alone.
    place.run(&["gate", &db.url()]).exits(64).says("is not the name of an environment");
    place.run(&["gate"]).exits(64);
}

#[test]
fn what_the_store_knows_nothing_of_is_not_verified() {
    let db = database(newest());
    let place = crate::deploy::given(&db, &[EMAIL], "staging");
    add(&place, FAST);
    let told = asked(&place, 2);
    assert!(gate(&told, "verified")["holds"].is_null() && told["pass"] == false, "{told}");
    assert_eq!(told["gaps"].as_array().unwrap().len(), 1, "{told}");
    // Whoever asks for JSON is told in JSON that nobody could look.
    let toml = place.read("evenkeel.toml");
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    place.write("evenkeel.toml", toml.replace(&db.url(), &format!("postgres://nobody@127.0.0.1:{port}/shop")));
    let ran = place.run(&["gate", "shop", "--format", "json"]).exits(69).says("cannot connect");
    assert_eq!((&ran.json()["pass"], &ran.json()["verdict"]["exit_code"]), (&false.into(), &69.into()), "{ran:?}");
    assert!(gate(&ran.json(), "read")["holds"].is_null() && !ran.json()["gaps"].as_array().unwrap().is_empty(), "{ran:?}");
    assert!(place.run(&["gate", "shop"]).exits(69).stdout.is_empty());
    place.write("evenkeel.toml", toml);
    place.write("state/store.sqlite", "no database");
    let ran = place.run(&["gate", "shop"]);
    assert!(!matches!(ran.code, Some(0 | 1)), "{ran:?}");
}

#[test]
fn a_value_beyond_its_bound_closes_and_one_that_is_missing_never_opens() {
    let db = database(newest());
    let prometheus = Prometheus::started();
    let lines = format!(
        "{FAST}missing = 9\nprometheus = \"{}\"\nprometheus_token_env = \"PROM\"\ntimeout = \"100ms\"\n\
         [[breakers.queries]]\nname = \"p99\"\nquery = 'max(p99{{job=\"shop\"}})'\nslo = 0.3\n",
        prometheus.url
    );
    let place = verified(&db, &lines);
    let run = |code: i32| place.run_with(&["gate", "shop", "--format", "json"], &[("PROM", "swordfish")]).exits(code).json();
    place.run(&["gate", "shop"]).exits(78).says("PROM");
    prometheus.value("0.345");
    assert_eq!(breaker(&run(0), "p99")["value"], 0.345);
    let asked = prometheus.asked.lock().unwrap().first().unwrap().clone();
    assert!(asked.starts_with("GET /api/v1/query?query=max%28p99%7Bjob%3D%22shop%22%7D%29 "), "{asked}");
    assert!(asked.to_lowercase().contains("authorization: bearer swordfish"), "{asked}");
    prometheus.value("0.3451");
    let told = run(1);
    assert_eq!((&breaker(&told, "p99")["says"], &breaker(&told, "p99")["holds"]), (&"open".into(), &false.into()), "{told}");
    let several = vector(&["1", "2"]);
    let hostile = [
        (200, vector(&[])),
        (200, several),
        (200, vector(&["NaN"])),
        (200, vector(&["+Inf"])),
        (200, vector(&["-Inf"])),
        (200, "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[]}}".to_owned()),
        (200, "<html>sign in</html>".to_owned()),
        (200, "x".repeat(2 << 20)),
        (302, String::new()),
        (422, "{\"status\":\"error\",\"errorType\":\"execution\",\"error\":\"too many samples\"}".to_owned()),
        (503, vector(&["0"])),
        (500, String::new()),
    ];
    for (status, body) in hostile {
        prometheus.says(status, &body);
        let told = run(2);
        assert_eq!(breaker(&told, "p99")["says"], "hold", "{status} {}: {told}", body.chars().take(80).collect::<String>());
        assert!(!told.to_string().contains("swordfish"));
    }
    prometheus.keeps_silent();
    let begun = Instant::now();
    let told = run(2);
    assert!(breaker(&told, "p99")["why"].as_str().unwrap().contains("no answer within"), "{told}");
    assert!(begun.elapsed() < Duration::from_secs(5));
    // Long enough, and it fails.
    let toml = place.read("evenkeel.toml").replace("missing = 9", "missing = 3");
    place.write("evenkeel.toml", toml);
    assert_eq!(breaker(&run(1), "p99")["says"], "open");
}

#[test]
fn the_database_has_breakers_of_its_own() {
    let db = database(newest());
    let place = verified(&db, FAST);
    assert_eq!(asked(&place, 0)["breakers"].as_array().unwrap().len(), 3);
    // Nothing is few, and a bound that nothing is within.
    let few = place.read("evenkeel.toml").replace("transactions = 0", "transactions = 100000");
    place.write("evenkeel.toml", few.replace("[breakers]", "[breakers]\nmissing = 9"));
    let told = asked(&place, 2);
    assert!(breaker(&told, "errors")["why"].as_str().unwrap().contains("tell nothing"), "{told}");
    place.write("evenkeel.toml", few.replace("[breakers]", "[breakers]\nerrors = false\nconnections = 0"));
    let told = asked(&place, 1);
    assert_eq!(breaker(&told, "connections")["says"], "open", "{told}");
    assert_eq!(told["breakers"].as_array().unwrap().len(), 2);
    // Nobody has said how many replicas there are: that is told by nothing, and opens nothing.
    place.write("evenkeel.toml", few.replace("[breakers]", "[breakers]\nerrors = false\nmissing = 1").replace("replicas = 0\n", ""));
    let told = asked(&place, 2);
    assert_eq!(breaker(&told, "lag")["says"], "hold", "{told}");
    assert!(breaker(&told, "lag")["why"].as_str().unwrap().contains("no replica is connected, and none is configured"), "{told}");
    place.write("evenkeel.toml", few.replace("[breakers]", "[breakers]\nerrors = false\nlag = false").replace("replicas = 0\n", ""));
    asked(&place, 0);
    // A replica that is not there does not keep up.
    let replica = few.replace("[environments.shop]", "[environments.shop]\nreplicas = [\"postgres://nowhere/x\"]");
    place.write("evenkeel.toml", replica.replace("[breakers]", "[breakers]\nerrors = false\nmissing = 9"));
    let told = asked(&place, 2);
    assert!(breaker(&told, "lag")["why"].as_str().unwrap().contains("0 of 1 replicas are connected"), "{told}");
    for wrong in [
        "lag = \"soon\"",
        "lag = 5",
        "connections = 101",
        "connections = nan",
        "minimum = 0",
        "prometheus = \"ftp://x\"\n[[breakers.queries]]\nname = \"a\"\nquery = \"b\"\nmost = 1",
    ] {
        place.write(
            "evenkeel.toml",
            few.replace("[breakers]\n", &format!("[breakers]\n{}\n", wrong.split('\n').next().unwrap()))
                + wrong.split_once('\n').map_or("", |(_, rest)| rest),
        );
        place.run(&["gate", "shop"]).exits(78);
    }
    for query in [
        "name = \"a\"\nquery = \"b\"",
        "name = \"a\"\nquery = \"b\"\nmost = 1\nleast = 1",
        "name = \"lag\"\nquery = \"b\"\nmost = 1",
        "name = \"a\"\nquery = \" \"\nmost = 1",
        "name = \"a\"\nquery = \"b\"\nmost = nan",
        "name = \"a\"\nquery = \"b\"\nmost = 1",
        "name = \"a\\u001b[31m\"\nquery = \"b\"\nmost = 1",
    ] {
        place.write("evenkeel.toml", format!("{few}[[breakers.queries]]\n{query}\n"));
        place.run(&["gate", "shop"]).exits(78);
    }
}

/// The real one, which measures itself, or who exports at a port; none where it is not installed.
pub fn real_prometheus(folder: &std::path::Path, exporter: Option<u16>, every: Duration) -> Option<(std::process::Child, String)> {
    let Some(program) = ["/usr/bin/prometheus", "/usr/local/bin/prometheus"].into_iter().find(|path| std::path::Path::new(path).exists())
    else {
        evenkeel_testkit::skip("prometheus");
        return None;
    };
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let file = folder.join("prometheus.yml");
    let (every, target) = (every.as_millis(), exporter.unwrap_or(port));
    let text = format!(
        "global:\n  scrape_interval: {every}ms\n  scrape_timeout: {every}ms\nscrape_configs:\n  - job_name: self\n    static_configs:\n      - targets: ['127.0.0.1:{target}']\n"
    );
    std::fs::write(&file, text).unwrap();
    let child = std::process::Command::new(program)
        .arg(format!("--config.file={}", file.display()))
        .arg(format!("--storage.tsdb.path={}", folder.join("data").display()))
        .arg(format!("--web.listen-address=127.0.0.1:{port}"))
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    Some((child, format!("http://127.0.0.1:{port}")))
}

#[test]
fn the_real_prometheus_is_understood() {
    let folder = tempfile::tempdir().unwrap();
    let Some((mut child, url)) = real_prometheus(folder.path(), None, Duration::from_secs(1)) else { return };
    let db = database(newest());
    let query = |name: &str, query: &str, bound: &str| format!("[[breakers.queries]]\nname = \"{name}\"\nquery = '{query}'\n{bound}\n");
    let good = query("up", "up{job=\"self\"}", "least = 1") + &query("scalar", "scalar(sum(up))", "most = 1");
    let place = verified(&db, &format!("{FAST}prometheus = \"{url}\"\ntimeout = \"2s\"\nmissing = 99\n{good}"));
    evenkeel_testkit::process::eventually("it has measured", || place.run(&["gate", "shop"]).code == Some(0));
    assert_eq!(breaker(&asked(&place, 0), "up")["value"], 1.0);
    let bad = [
        ("none", "no_such_series", "no series"),
        ("several", "prometheus_http_requests_total", "series, where one is expected"),
        ("nan", "vector(0) / vector(0)", "its value is NaN"),
        ("infinite", "vector(1) / vector(0)", "its value is inf"),
        ("range", "up[5m]", "where one number is expected"),
        ("text", "\"up\"", "where one number is expected"),
        ("wrong", "sum(", "parse error"),
    ];
    let queries: String = bad.iter().map(|(name, text, _)| query(name, text, "most = 1e9")).collect();
    add(&place, &queries);
    let told = asked(&place, 2);
    for (name, _, why) in bad {
        let one = breaker(&told, name);
        assert!(one["says"] == "hold" && one["why"].as_str().unwrap().contains(why), "{one}");
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(breaker(&asked(&place, 2), "up")["says"], "hold");
}

#[test]
fn a_replica_that_falls_away_is_no_replica_that_keeps_up() {
    use evenkeel_postgres::scratch::{Options, ReplicaOptions, Scratch};
    let server = Scratch::start(&Options::major(newest()).database("shop")).unwrap();
    let replica = server.replica(&ReplicaOptions::named("replica1")).unwrap();
    let place = Place::new();
    let (url, other) = (server.url("shop"), replica.url("shop"));
    place.write("evenkeel.toml", format!("[environments.shop]\nurl = \"{url}\"\nreplicas = [\"{other}\"]\n{FAST}"));
    let lag = |code: i32| breaker(&asked(&place, code), "lag").clone();
    // Nothing is known of a release there: that is another gate.
    let says = || lag(2)["says"].clone();
    evenkeel_testkit::process::eventually("it keeps up", || says() == "pass");
    drop(replica);
    let told = lag(1);
    assert!(told["says"] == "open" && told["why"].as_str().unwrap().contains("0 of 1 replicas are connected"), "{told}");
}

#[test]
fn mysql_and_mariadb_are_looked_at_too() {
    evenkeel_testkit::mysql::each_flavor(|db| {
        let place = Place::new();
        db.exec("create table people (id int primary key)");
        place.write("evenkeel.toml", format!("[environments.shop]\nurl = \"{}\"\n{FAST}errors = 100\nconnections = 100\n", db.url()));
        let told = asked(&place, 2);
        for name in ["lag", "connections", "errors"] {
            assert!(breaker(&told, name)["says"] == "pass" && breaker(&told, name)["value"].is_number(), "{told}");
        }
        assert!(gate(&told, "verified")["holds"].is_null(), "{told}");
    });
}
