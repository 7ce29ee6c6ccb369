//! `evenkeel gate --listen`: the gate's answer over HTTP, and that nobody who asks can keep it from the next. Neighbour: `stage_gate`.

use crate::run::Place;
use crate::stage_gate::{FAST, Prometheus, verified};
use evenkeel_testkit::process::eventually;
use evenkeel_testkit::{database, newest};
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

/// The program, listening; it is ended with this.
pub struct Listening {
    child: Child,
    pub address: String,
}

impl Listening {
    pub fn started(place: &Place, environment: &[&str]) -> Self {
        let arguments = [&["gate", "--listen", "127.0.0.1:0"], environment].concat();
        let mut child = place.command(&arguments).stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let line = lines.find(|line| line.as_ref().unwrap().contains("listening at http://")).unwrap().unwrap();
        std::thread::spawn(move || lines.for_each(drop));
        let address = line.split_once("http://").unwrap().1.split('/').next().unwrap().to_owned();
        Self { child, address }
    }

    pub fn asks(&self, method: &str, path: &str) -> (u16, Value) {
        let (status, body) = self.sends(format!("{method} {path} HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{{}}").as_bytes());
        (status, serde_json::from_str(&body).unwrap_or_else(|error| panic!("{error}: {body}")))
    }

    /// Status and body; 0 where it was closed without an answer.
    fn sends(&self, bytes: &[u8]) -> (u16, String) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        // Whoever refuses may close before all is sent.
        let _ = stream.write_all(bytes);
        let mut text = Vec::new();
        let _ = stream.read_to_end(&mut text);
        let text = String::from_utf8_lossy(&text).into_owned();
        let status = text.split_whitespace().nth(1).and_then(|word| word.parse().ok()).unwrap_or_default();
        (status, text.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default())
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn whoever_asks_is_answered_by_status_and_in_json() {
    let db = database(newest());
    let prometheus = Prometheus::started();
    prometheus.value("1");
    let query = "[[breakers.queries]]\nname = \"p99\"\nquery = \"p99\"\nmost = 2\n";
    let place = verified(&db, &format!("{FAST}open_for = \"1s\"\nprometheus = \"{}\"\ntimeout = \"100ms\"\n{query}", prometheus.url));
    place.run(&["gate", "--listen", "0.0.0.0:0"]).exits(64).says("--public");
    place.run(&["gate", "--listen", "nowhere"]).exits(64);
    let mut server = Listening::started(&place, &["shop"]);
    let is = |path: &'static str, status: u16| eventually(path, || server.asks("POST", path).0 == status);
    is("/gate/shop", 200);
    let (_, told) = server.asks("GET", "/gate/shop?x=1");
    assert!(told["pass"] == true && told["verdict"]["exit_code"] == 0 && told["breakers"][3]["name"] == "p99", "{told}");
    assert_eq!(server.asks("GET", "/back/shop").0, 409);
    // A value that is missing holds, and then it fails; what fails stays so for its time, and until it is well.
    prometheus.keeps_silent();
    let begun = Instant::now();
    is("/gate/shop", 503);
    is("/gate/shop", 409);
    assert!(begun.elapsed() < Duration::from_secs(6), "{:?}", begun.elapsed());
    assert_eq!(server.asks("POST", "/back/shop").0, 200);
    let (status, told) = server.asks("GET", "/measure/shop");
    assert!(status == 200 && told["pass"] == false && told["verdict"]["exit_code"] == 1, "{told}");
    prometheus.value("1");
    is("/gate/shop", 200);
    db.exec("drop table people cascade");
    place.run(&["history", "shop", "--halt", "people are gone"]).exits(0);
    is("/gate/shop", 409);
    for (method, path, status) in [
        ("GET", "/gate/nobody", 404),
        ("GET", "/", 404),
        ("GET", "/gate", 404),
        ("GET", "/gate/%zz", 404),
        ("DELETE", "/gate/shop", 405),
        ("GET", "/gate/../gate/shop", 404),
    ] {
        assert_eq!(server.asks(method, path).0, status, "{method} {path}");
    }
    // Ctrl-C ends it.
    rustix_interrupt(&server.child);
    let ended = eventually_ends(&mut server.child);
    assert_eq!(ended, Some(130));
}

fn rustix_interrupt(child: &Child) {
    let pid = child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
}

fn eventually_ends(child: &mut Child) -> Option<i32> {
    let until = Instant::now() + Duration::from_secs(10);
    while Instant::now() < until {
        if let Some(status) = child.try_wait().unwrap() {
            return status.code();
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("it does not end");
}

#[test]
fn a_server_that_freezes_lets_nothing_go_on_and_one_that_cannot_be_asked_stops_no_other() {
    use evenkeel_postgres::scratch::{Options, Scratch};
    let server = Scratch::start(&Options::major(newest()).database("shop")).unwrap();
    let place = Place::new();
    let settings = format!(
        "[environments.shop]\nurl = \"{}\"\n[environments.other]\nurl_env = \"NOBODY_HAS_SET_IT\"\n{FAST}missing = 3\n",
        server.url("shop")
    );
    place.write("evenkeel.toml", settings);
    let listening = Listening::started(&place, &[]);
    let says = |what: &str| {
        let told = listening.asks("GET", "/measure/shop").1;
        told["breakers"].as_array().is_some_and(|all| !all.is_empty() && all.iter().all(|one| one["says"] == what))
    };
    eventually("all pass", || says("pass"));
    let (status, told) = listening.asks("GET", "/gate/other");
    assert!(status == 503 && told.to_string().contains("NOBODY_HAS_SET_IT"), "{told}");
    let session = server.session("postgres").unwrap();
    let pid = session.value("select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)").unwrap().unwrap();
    let signal = |name: &str| assert!(std::process::Command::new("kill").args([name, &pid]).status().unwrap().success());
    signal("-STOP");
    let begun = Instant::now();
    while listening.asks("GET", "/back/shop").0 != 200 && begun.elapsed() < Duration::from_secs(30) {
        std::thread::sleep(Duration::from_millis(50));
    }
    signal("-CONT");
    // Three looks, each an interval and the least bound.
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    place.write("evenkeel.toml", "[environments.other]\nurl_env = \"NOBODY_HAS_SET_IT\"\n");
    place.run(&["gate", "--listen", "127.0.0.1:0"]).exits(78).says("NOBODY_HAS_SET_IT");
}

#[test]
fn a_hostile_request_keeps_nobody_else_waiting() {
    let place = Place::new();
    place.write("evenkeel.toml", "[environments.shop]\nurl = \"postgres://nobody@127.0.0.1:1/x\"\n[breakers]\ninterval = \"100ms\"\n");
    let server = Listening::started(&place, &[]);
    for (bytes, status) in [
        (b"\0\0\0\0\r\n\r\n".to_vec(), 400),
        (b"GET /gate/shop\r\n\r\n".to_vec(), 400),
        (b"GET /gate/shop HTTP/9.9\r\n\r\n".to_vec(), 400),
        (b"GET /gate/shop HTTP/1.1\r\ncontent-length: -1\r\n\r\n".to_vec(), 400),
        (b"GET /gate/shop HTTP/1.1\r\ncontent-length: 99999999999999999999999\r\n\r\n".to_vec(), 400),
        (b"POST /gate/shop HTTP/1.1\r\ncontent-length: 9999999\r\n\r\n".to_vec(), 413),
        ([b"GET /gate/shop HTTP/1.1\r\n".to_vec(), b"a: b\r\n".repeat(100), b"\r\n".to_vec()].concat(), 431),
        ([b"GET /gate/shop HTTP/1.1\r\nx: ".to_vec(), vec![b'x'; 40_000]].concat(), 431),
        ([b"GET /".to_vec(), vec![0xff; 100], b" HTTP/1.1\r\n\r\n".to_vec()].concat(), 400),
    ] {
        let found = server.sends(&bytes).0;
        // A connection may be cut while its end is still being sent.
        assert!(
            found == status || (found == 0 && status == 431),
            "{found} {status} {}",
            String::from_utf8_lossy(&bytes[..bytes.len().min(60)])
        );
    }
    // Those that say nothing, or nothing more, fill no more than their places.
    let mut slow: Vec<TcpStream> = (0..20).map(|_| TcpStream::connect(&server.address).unwrap()).collect();
    slow.iter_mut().for_each(|stream| stream.write_all(b"GET /gate/sh").unwrap());
    let begun = Instant::now();
    let (status, told) = server.asks("GET", "/gate/shop");
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    assert!(matches!(status, 503 | 409) && told["pass"] == false, "what cannot be reached holds, and then fails: {status} {told}");
    slow.extend((0..60).map(|_| TcpStream::connect(&server.address).unwrap()));
    eventually("they are given up", || server.sends(b"GET /gate/shop HTTP/1.1\r\n\r\n").1.contains("verdict"));
    for stream in &slow {
        let _ = stream.shutdown(Shutdown::Both);
    }
}
