//! `evenkeel rollout`: traffic in stages, on a real HAProxy, and back where a breaker opens. Neighbour: `stage_gate`, what is asked before.

use crate::history_apply::runs;
use crate::run::{Place, Ran};
use crate::stage_gate::{FAST, Prometheus, add, verified};
use evenkeel_testkit::process::eventually;
use evenkeel_testkit::{Share, TestDb, database, newest};
use serde_json::Value;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A HAProxy with two servers behind it, `a` with all of the traffic and `b` with none.
pub struct Haproxy {
    child: Child,
    _folder: tempfile::TempDir,
    socket: PathBuf,
    pub port: u16,
}

pub fn program() -> Option<PathBuf> {
    let found = ["/usr/sbin/haproxy", "/usr/local/sbin/haproxy"].map(PathBuf::from).into_iter().find(|path| path.exists());
    if found.is_none() {
        evenkeel_testkit::skip("haproxy");
    }
    found
}

/// A server that says its name to whoever connects.
fn saying(name: &'static str) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let _ = stream.unwrap().write_all(name.as_bytes());
        }
    });
    port
}

impl Haproxy {
    fn started(program: &PathBuf) -> Self {
        Self::with(program, "")
    }

    /// With a third server, of which the configuration of the rollout knows nothing; `option` is what is said of it.
    fn with(program: &PathBuf, option: &str) -> Self {
        let third = if option.is_empty() { String::new() } else { format!("  server c 127.0.0.1:{} {option}\n", saying("c")) };
        Self::configured(program, &["a", "b"].map(|name| format!("127.0.0.1:{}", saying(name))), &third)
    }

    /// Before these two.
    pub fn before(program: &PathBuf, servers: &[String; 2]) -> Self {
        Self::configured(program, servers, "")
    }

    fn configured(program: &PathBuf, [a, b]: &[String; 2], third: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let socket = folder.path().join("admin.sock");
        let text = format!(
            "global\n  stats socket {} mode 600 level admin\ndefaults\n  mode tcp\n  timeout connect 1s\n  timeout client 60s\n  timeout server 60s\n\
             listen read\n  bind 127.0.0.1:{port}\n  balance roundrobin\n  server a {a} weight 100\n  server b {b} weight 0\n",
            socket.display()
        );
        let text = text + third;
        let file = folder.path().join("haproxy.cfg");
        std::fs::write(&file, text).unwrap();
        let child = Command::new(program).args(["-db", "-f"]).arg(&file).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let haproxy = Self { child, _folder: folder, socket, port };
        eventually("HAProxy listens", || UnixStream::connect(&haproxy.socket).is_ok());
        haproxy
    }

    fn says(&self, command: &str) -> String {
        let mut stream = UnixStream::connect(&self.socket).unwrap();
        stream.write_all(format!("{command}\n").as_bytes()).unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        text
    }

    pub fn weights(&self) -> [u32; 2] {
        ["a", "b"].map(|server| self.says(&format!("get weight read/{server}")).split_whitespace().next().unwrap().parse().unwrap())
    }

    /// Of a hundred that connect, how many meet `b`.
    fn at_b(&self) -> usize {
        let one = |_| {
            let mut name = String::new();
            TcpStream::connect(("127.0.0.1", self.port)).unwrap().read_to_string(&mut name).unwrap();
            name == "b"
        };
        (0..100).map(one).filter(|is| *is).count()
    }

    pub fn lines(&self) -> String {
        format!(
            "[rollout]\nstages = [5, 25, 50, 100]\nwatch = \"100ms\"\n[rollout.haproxy]\nsocket = \"{}\"\nbackend = \"read\"\nold = [\"a\"]\nnew = [\"b\"]\n",
            self.socket.display()
        )
    }
}

impl Drop for Haproxy {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub const QUERY: &str = "[[breakers.queries]]\nname = \"p99\"\nquery = \"p99\"\nslo = 0.3\n";

pub fn given(db: &TestDb, prometheus: &Prometheus, more: &str) -> Place {
    verified(db, &format!("{FAST}prometheus = \"{}\"\ntimeout = \"100ms\"\n{QUERY}{more}", prometheus.url))
}

pub fn rollout(place: &Place, code: i32) -> Value {
    place.run(&["rollout", "shop", "--format", "json"]).exits(code).json()
}

pub fn status(place: &Place, code: i32) -> Value {
    place.run(&["status", "--format", "json"]).exits(code).json()["environments"][0].clone()
}

pub fn states(told: &Value) -> Vec<&str> {
    told["stages"].as_array().unwrap().iter().map(|stage| stage["state"].as_str().unwrap()).collect()
}

/// In the background; what came of it.
pub fn began(place: &Place) -> std::process::Child {
    place.command(&["rollout", "shop", "--format", "json"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

pub fn ended(child: std::process::Child) -> (Option<i32>, Value) {
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    (
        output.status.code(),
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text} {}", String::from_utf8_lossy(&output.stderr))),
    )
}

#[test]
fn traffic_moves_in_stages_and_comes_back_within_an_interval_where_a_breaker_opens() {
    let Some(program) = program() else { return };
    let (haproxy, prometheus) = (Haproxy::started(&program), Prometheus::started());
    let db = database(newest());
    prometheus.value("0.2");
    let place = given(&db, &prometheus, &haproxy.lines());
    // Nothing is moved that is not seen to be well.
    prometheus.keeps_silent();
    let told = rollout(&place, 1);
    assert_eq!((&told["outcome"], haproxy.weights()), (&"refused".into(), [100, 0]), "{told}");
    prometheus.value("0.2");
    let told = rollout(&place, 0);
    assert_eq!((&told["outcome"], states(&told), haproxy.at_b()), (&"done".into(), vec!["done"; 4], 100), "{told}");
    assert_eq!((&runs(&place)[0]["verb"], &runs(&place)[0]["ended"]["how"]), (&"rollout".into(), &"done".into()));
    assert_eq!(status(&place, 0)["state"], "VERIFIED");
    haproxy.says("set weight read/a 100");
    haproxy.says("set weight read/b 0");
    // Each in its turn (`rollout_story` has more): a value beyond its bound, what the database itself says, somebody who halts it.
    for turn in ["beyond", "errors", "halt"] {
        let toml = place.read("evenkeel.toml");
        place.write("evenkeel.toml", toml.replace("watch = \"100ms\"", "watch = \"60s\""));
        let child = began(&place);
        eventually("the first stage", || haproxy.weights() == [19, 1]);
        assert!((1..=10).contains(&haproxy.at_b()));
        let told = status(&place, 0);
        assert!(told["state"] == "ROLLING_OUT" && told["words"].as_str().unwrap().starts_with("5 % of the traffic"), "{told}");
        // Nobody else moves it meanwhile.
        let second = rollout(&place, 1);
        assert!(second["outcome"] == "refused" && second.to_string().contains("is there still"), "{second}");
        let begun = Instant::now();
        // Two looks beyond, or three that are missing.
        let name = match turn {
            "beyond" => {
                prometheus.value("0.4");
                "p99"
            }
            "errors" => "errors",
            _ => {
                place.run(&["history", "shop", "--halt", "by hand"]).exits(0);
                "by hand"
            }
        };
        let is_back = || {
            if turn == "errors" {
                db.another_session().exec("BEGIN; SELECT 1; ROLLBACK").unwrap();
            }
            haproxy.weights() == [100, 0]
        };
        eventually("it is back", is_back);
        // A look may take as long as its time-out on top of the interval; the machine is shared.
        assert!(begun.elapsed() < Duration::from_millis(3 * 250 + 1500), "{turn}: {:?}", begun.elapsed());
        let (code, told) = ended(child);
        assert_eq!((code, &told["outcome"], &told["halted"]), (Some(1), &"back".into(), &(turn != "halt").into()), "{told}");
        assert!(told["why"].as_str().unwrap().contains(name) && states(&told)[0] == "broken" && states(&told)[1] == "planned", "{told}");
        assert_eq!(haproxy.at_b(), 0);
        assert_eq!(status(&place, 1)["state"], "HALTED");
        prometheus.value("0.2");
        assert_eq!(rollout(&place, 1)["outcome"], "refused", "it is halted");
        place.run(&["history", "shop", "--resume", "--over", "10ms", "--idle"]).exits(0);
    }
}

#[test]
fn what_a_run_that_is_gone_has_left_is_taken_back_first() {
    let Some(program) = program() else { return };
    let (haproxy, prometheus) = (Haproxy::started(&program), Prometheus::started());
    let db = database(newest());
    prometheus.value("0.2");
    let place = given(&db, &prometheus, &haproxy.lines().replace("100ms", "60s"));
    haproxy.says("set weight read/a 77");
    let mut child = began(&place);
    eventually("the first stage", || haproxy.weights() == [19, 1]);
    child.kill().unwrap();
    child.wait().unwrap();
    let told = status(&place, 1);
    assert!(told["state"] == "unwatched" && told["words"].as_str().unwrap().contains("5 % of the traffic, unwatched since 20"), "{told}");
    assert!(told["overdue"].as_str().unwrap().contains("evenkeel rollout shop --back"), "{told}");
    assert_eq!(place.run(&["gate", "shop", "--format", "json"]).exits(1).json()["pass"], false);
    let told = place.run(&["rollout", "shop", "--back", "--format", "json"]).exits(0).json();
    assert_eq!((&told["outcome"], haproxy.weights()), (&"restored".into(), [77, 0]), "{told}");
    assert_eq!(status(&place, 0)["state"], "VERIFIED");
    assert_eq!(runs(&place)[0]["ended"]["how"], "lost");
    place.run(&["rollout", "shop", "--back"]).exits(0).says("no run has left traffic elsewhere");
    // The same where the next one begins.
    let mut child = began(&place);
    eventually("the first stage", || haproxy.weights() == [19, 1]);
    child.kill().unwrap();
    child.wait().unwrap();
    let child = began(&place);
    eventually("it is back", || haproxy.weights() == [77, 0]);
    eventually("the first stage", || haproxy.weights() == [19, 1]);
    // Ctrl-C takes it back too: nobody would watch.
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let (code, told) = ended(child);
    assert_eq!((code, &told["outcome"], haproxy.weights()), (Some(130), &"back".into(), [77, 0]), "{told}");
    assert_eq!((&told["halted"], &told["verdict"]["exit_code"]), (&false.into(), &130.into()));
    assert_eq!(status(&place, 0)["state"], "VERIFIED");
}

/// Between two stages the schema is read, which takes a while: a breaker that opens then does not wait for it.
#[test]
fn breakers_are_looked_at_between_two_stages_too() {
    let Some(program) = program() else { return };
    let (haproxy, prometheus) = (Haproxy::started(&program), Prometheus::started());
    let db = database(newest());
    prometheus.value("0.2");
    let place = given(&db, &prometheus, &haproxy.lines().replace("100ms", "1s"));
    let child = place.command(&["rollout", "shop", "--format", "json", "--lock-timeout", "30s"]);
    let child = { child }.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    eventually("the first stage", || haproxy.weights() == [19, 1]);
    let other = db.another_session();
    other.exec("BEGIN; LOCK TABLE pg_catalog.pg_attrdef IN ACCESS EXCLUSIVE MODE").unwrap();
    let is_waited_for = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'pg_catalog.pg_attrdef'::regclass";
    eventually("the schema is being read", || other.value(is_waited_for).unwrap().as_deref() != Some("0"));
    prometheus.value("0.4");
    let begun = Instant::now();
    eventually("it is back", || haproxy.weights() == [100, 0]);
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    let (code, told) = ended(child);
    assert_eq!((code, states(&told)[0], &told["halted"]), (Some(1), "done", &true.into()), "{told}");
    assert!(told["why"].as_str().unwrap().contains("p99"), "{told}");
    other.exec("ROLLBACK").unwrap();
}

/// Who moved it is called otherwise by now: it is taken back by nobody else, and can be given up by a word.
#[test]
fn what_nobody_can_take_back_can_be_given_up() {
    let db = database(newest());
    let place = verified(&db, &format!("{FAST}{MOVE}").replace("100ms", "60s"));
    moving(&place, "echo $1 > share");
    let mut child = began(&place);
    eventually("the first stage", || std::fs::read_to_string(place.path("share")).is_ok_and(|share| share == "50\n"));
    child.kill().unwrap();
    child.wait().unwrap();
    place.write("evenkeel.toml", place.read("evenkeel.toml").replace("./move", "./moved"));
    std::fs::rename(place.path("move"), place.path("moved")).unwrap();
    place.run(&["rollout", "shop", "--back"]).exits(2).says("moved traffic by another way").says("--back --give-up");
    place.run(&["rollout", "shop", "--give-up"]).exits(64);
    place.run(&["rollout", "shop", "--back", "--give-up"]).exits(64).says("nobody said yes");
    assert_eq!(status(&place, 1)["state"], "unwatched");
    let told = place.run(&["rollout", "shop", "--back", "--give-up", "--yes", "--format", "json"]).exits(0).json();
    assert!(told["outcome"] == "given-up" && told["notes"][0].as_str().unwrap().contains("the command ./move"), "{told}");
    assert_eq!((place.read("share").as_str(), &status(&place, 0)["state"]), ("50\n", &"VERIFIED".into()));
    place.run(&["rollout", "shop", "--back", "--give-up", "--yes"]).exits(0).says("nothing is given up");
    // It is where it was left, by the journal: nobody reads it back.
    place.write("evenkeel.toml", place.read("evenkeel.toml").replace("[50, 100]", "[5, 100]").replace("60s", "100ms"));
    let told = rollout(&place, 1);
    assert!(told["outcome"] == "refused" && told.to_string().contains("moved 50 % of the traffic"), "{told}");
    place.run(&["rollout", "shop", "--anew"]).exits(0).says("as --anew says");
    assert_eq!(place.read("share"), "100\n");
}

#[test]
fn what_moves_no_traffic_is_never_done() {
    let Some(program) = program() else { return };
    let (mut haproxy, prometheus) = (Haproxy::started(&program), Prometheus::started());
    let db = database(newest());
    prometheus.value("0.2");
    let place = given(&db, &prometheus, &haproxy.lines());
    // A server that takes no traffic gets none.
    haproxy.says("set server read/b state maint");
    let told = rollout(&place, 1);
    assert!(told["outcome"] == "back" && told["why"].as_str().unwrap().contains("read/b takes no traffic"), "{told}");
    assert_eq!((haproxy.weights(), &told["halted"]), ([100, 0], &false.into()));
    haproxy.says("set server read/b state ready");
    // It is gone in the middle: traffic cannot be taken back, and that is said until it is.
    let toml = place.read("evenkeel.toml");
    place.write("evenkeel.toml", toml.replace("watch = \"100ms\"", "watch = \"60s\""));
    let child = began(&place);
    eventually("the first stage", || haproxy.weights() == [19, 1]);
    haproxy.child.kill().unwrap();
    haproxy.child.wait().unwrap();
    prometheus.value("9");
    let (code, told) = ended(child);
    assert_eq!((code, &told["outcome"], &told["halted"]), (Some(1), &"stuck".into(), &true.into()), "{told}");
    assert!(told["verdict"]["line"].as_str().unwrap().contains("traffic is NOT back"), "{told}");
    let told = status(&place, 1);
    assert!(told["state"] == "HALTED" && told["overdue"].as_str().unwrap().contains("--back"), "{told}");
    place.run(&["rollout", "shop", "--back"]).exits(69).says("HAProxy cannot be reached");
}

pub const MOVE: &str = "[rollout]\nstages = [50, 100]\nwatch = \"100ms\"\n[rollout.command]\nrun = [\"./move\"]\n";

pub fn moving(place: &Place, text: &str) {
    use std::os::unix::fs::PermissionsExt;
    let path = place.write("move", format!("#!/bin/sh\n{text}\n"));
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn a_command_moves_it_too_and_who_wants_to_know_is_told() {
    let db = database(newest());
    let place = verified(&db, &format!("{FAST}{MOVE}"));
    let run = |code: i32| -> Ran { place.run(&["rollout", "shop"]).exits(code) };
    moving(&place, "echo $1 $EVENKEEL_ENVIRONMENT >> said");
    run(0).says("all of the traffic is moved");
    assert_eq!(place.read("said"), "50 shop\n100 shop\n");
    // Once more would begin with taking traffic back from what serves it, and nobody says how it is spread.
    run(1).says("moved 100 % of the traffic and left it so").says("--anew");
    moving(&place, "echo $1 >> said; test $1 -lt 100");
    place.run(&["rollout", "shop", "--anew"]).exits(1).says("traffic is back as it was").says("did not do it");
    assert!(place.read("said").ends_with("50\n100\n0\n"), "{}", place.read("said"));
    // What it says of itself is looked at, where it can be.
    add(&place, "read = [\"cat\", \"share\"]\n");
    moving(&place, "echo 0 > share");
    place.write("share", "0");
    run(1).says("says 0 % afterwards, and not 50");
    moving(&place, "echo $1 > share");
    run(0);
    assert_eq!(place.read("share"), "100\n");
    // A flag is turned on after it, and off again with it.
    let (flag, told) = crate::notify::listening(false);
    add(&place, "[rollout.webhook]\nurl_env = \"FLAG\"\nsecret_env = \"SECRET\"\n[[notify]]\nurl_env = \"FLAG\"\n");
    // It is told for how long that is good, too.
    place.write("evenkeel.toml", place.read("evenkeel.toml").replace("[rollout]\n", "[rollout]\nlimit = \"40s\"\n"));
    moving(&place, "echo $1 > share; test $1 -lt 100");
    place.run_with(&["rollout", "shop"], &[("SECRET", "swordfish")]).exits(78).says("FLAG").hides("swordfish");
    place.write("share", "0");
    let variables = [("FLAG", flag.as_str()), ("SECRET", "swordfish")];
    let ran = place.run_with(&["rollout", "shop", "--format", "json"], &variables).exits(1).hides("swordfish");
    assert_eq!(ran.json()["outcome"], "back");
    let said: Vec<(Option<String>, Value)> =
        told.lock().unwrap().iter().map(|(signed, body)| (signed.clone(), serde_json::from_slice(body).unwrap())).collect();
    let mut shares: Vec<(i64, bool, Option<i64>)> = said
        .iter()
        .filter(|(_, one)| one["event"] == "traffic")
        .map(|(_, one)| (one["share"].as_i64().unwrap(), one["on"] == true, one["expires_in_s"].as_i64()))
        .collect();
    // Before the next stage is asked about it is told once more.
    shares.dedup();
    assert_eq!((shares, place.read("share").as_str()), (vec![(50, true, Some(40)), (0, false, None)], "0\n"), "{said:?}");
    assert!(said.iter().filter(|(_, one)| one["event"] == "traffic").all(|(signed, _)| signed.is_some()));
    let last = &said.last().unwrap().1;
    assert!(last["event"] == "rollout" && last["outcome"] == "failure", "{last}");
    // By its name in full, and production with a yes.
    place.run(&["rollout", &db.url()]).exits(64);
    place.write("evenkeel.toml", place.read("evenkeel.toml").replace("tier = \"staging\"", "tier = \"production\""));
    place.run_with(&["rollout", "shop"], &variables).exits(64).says("nobody said yes");
    for wrong in [
        "stages = [5, 5, 100]",
        "stages = [50]",
        "stages = [0, 100]",
        "stages = []",
        "watch = \"soon\"",
        "haproxy = { socket = \"/s\", backend = \"b\", old = [\"a\"], new = [\"a\"] }",
    ] {
        let toml = place
            .read("evenkeel.toml")
            .replace("stages = [50, 100]\n", "")
            .replace("limit = \"40s\"\n", "")
            .replace("[rollout]\nwatch = \"100ms\"", &format!("[rollout]\n{wrong}"));
        let broken = Place::new();
        broken.write("evenkeel.toml", toml);
        broken.run(&["rollout", "shop", "--yes"]).exits(78).says("under [rollout]");
    }
}

/// The share that is told is the share that is: others in the backend, hands beside it, and a second run would make it another.
#[test]
fn traffic_is_where_it_is_said_to_be_or_nothing_is_said() {
    let Some(program) = program() else { return };
    let db = database(newest());
    let place = verified(&db, FAST);
    let toml = place.read("evenkeel.toml");
    for (option, new, words) in [("weight 50", "b", "read/c takes traffic, too"), ("weight 0 backup", "c", "read/c is a backup")] {
        let haproxy = Haproxy::with(&program, option);
        let lines = haproxy.lines().replace("new = [\"b\"]", &format!("new = [\"{new}\"]"));
        place.write("evenkeel.toml", format!("{toml}{lines}"));
        let told = rollout(&place, 1);
        assert!(told["outcome"] == "back" && told.to_string().contains(words), "{told}");
        assert_eq!(haproxy.weights(), [100, 0]);
    }
    // One that nobody gives anything is no matter.
    let haproxy = Haproxy::with(&program, "weight 0");
    place.write("evenkeel.toml", format!("{toml}{}", haproxy.lines()));
    assert_eq!(rollout(&place, 0)["outcome"], "done");
    // Once more would begin with taking traffic back from what serves it.
    let (told, weights) = (rollout(&place, 1), haproxy.weights());
    assert!(told["outcome"] == "refused" && told.to_string().contains("100 % of the traffic is moved already"), "{told}");
    assert_eq!(weights, haproxy.weights());
    // Of a database that cannot be reached there is a document, too.
    let written = place.read("evenkeel.toml");
    let nowhere = db.url().replace(&db.value("select current_database()").unwrap(), "nowhere_at_all");
    place.write("evenkeel.toml", written.replace(&db.url(), &nowhere));
    let told = rollout(&place, 69);
    assert!(told["outcome"] == "refused" && told["gates"].to_string().contains("nowhere_at_all"), "{told}");
    place.write("evenkeel.toml", written);
    haproxy.says("set weight read/a 100");
    haproxy.says("set weight read/b 0");
    // Whoever spreads it otherwise meanwhile, a restart of the proxy say, is seen.
    place.write("evenkeel.toml", place.read("evenkeel.toml").replace("watch = \"100ms\"", "watch = \"60s\""));
    let child = began(&place);
    eventually("the first stage", || haproxy.weights() == [19, 1]);
    // What is set while it sets them itself, it sets anew.
    std::thread::sleep(Duration::from_secs(2));
    haproxy.says("set weight read/a 77");
    let (code, told) = ended(child);
    assert!(code == Some(1) && told["outcome"] == "back" && told.to_string().contains("spread otherwise than it was set"), "{told}");
    assert_eq!(haproxy.weights(), [100, 0]);
}

/// Wherever it is killed: either traffic is where it was, or it is said that it is not; and it is taken back as it was.
#[test]
fn a_run_that_is_killed_anywhere_is_taken_back_whole() {
    let Some(program) = program() else { return };
    let haproxy = Haproxy::started(&program);
    let db = database(newest());
    let place = verified(&db, &format!("{FAST}minimum = 1\n{}", haproxy.lines().replace("100ms", "10ms")));
    let begun = Instant::now();
    place.run(&["rollout", "shop"]).exits(0);
    let whole = begun.elapsed();
    let (mut elsewhere, mut still) = (0, 0);
    // Half of the moments, or all of them.
    let moments = if Share::of(2).is_whole() { 12 } else { 6 };
    for at in 0..moments {
        // How it is spread is not always all or nothing.
        let was = [200 - at, at % 6];
        ["a", "b"].iter().zip(was).for_each(|(server, weight)| drop(haproxy.says(&format!("set weight read/{server} {weight}"))));
        let mut child = began(&place);
        std::thread::sleep(whole * at / moments + Duration::from_millis(u64::from(at * 7 % 20)));
        if child.try_wait().unwrap().is_some() {
            // It was quicker than before, and has come to its end.
            continue;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let is_still = haproxy.weights() == was;
        *(if is_still { &mut still } else { &mut elsewhere }) += 1;
        let ran = place.run(&["status", "--format", "json"]);
        let state = ran.json()["environments"][0]["state"].clone();
        // Before the first stage, what is written down is more than what was done.
        assert!(state == "unwatched" || is_still, "{at}: {state} {:?}", haproxy.weights());
        place.run(&["rollout", "shop", "--back"]).exits(0);
        assert_eq!(haproxy.weights(), was, "{at}");
        assert_eq!(status(&place, 0)["state"], "VERIFIED", "{at}");
    }
    println!("{elsewhere} left traffic elsewhere, {still} did not");
    assert!(elsewhere >= moments / 4, "{elsewhere}");
}
