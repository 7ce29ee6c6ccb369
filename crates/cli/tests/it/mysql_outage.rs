//! MySQL and MariaDB that are not there, refuse, stop in the middle, or are something else: exit code 69 in bounded time, and
//! words. And a password is nowhere.

use crate::run::{MYSQL_SHOP, Place, Ran};
use evenkeel_core::kind::Engine;
use evenkeel_mysql::scratch::{Options, Scratch};
use evenkeel_testkit::mysql::{database, each_flavor, flavors, newest_mariadb};
use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::process::Stdio;
use std::time::{Duration, Instant};

#[test]
fn an_unreachable_host_says_which_and_why() {
    let place = Place::new();
    place.run(&["digest", "mysql://me@127.0.0.1:1/db"]).exits(69).says("127.0.0.1").says("port 1").says("fix");
    place.run(&["digest", "mariadb://me@localhost/db?socket=/nowhere/at/all"]).exits(69).says("/nowhere/at/all");
    let ran = place.run(&["compare", "mysql://me@127.0.0.1:1/db", "mysql://me@127.0.0.1:2/db"]).exits(69);
    assert!(ran.stdout.is_empty() && ran.took < Duration::from_secs(30));
    place.run(&["digest", "mysql://me@no-such-host.invalid/db"]).exits(69).says("no-such-host.invalid");
}

#[test]
fn a_wrong_database_account_or_password_is_named() {
    each_flavor(|db| {
        let account = format!("p{}", db.name);
        db.exec(&format!(
            "CREATE USER {account}@localhost IDENTIFIED BY 'right-one-1234'; GRANT ALL ON {}.* TO {account}@localhost",
            db.name
        ));
        let place = Place::new();
        let with = |who: &str| db.url().replace("root@", &format!("{who}@"));
        place.run(&["digest", &db.server.url("absent")]).exits(69).says("absent").says("Unknown database");
        place.run(&["digest", &with("nobody:wrong-one-1234")]).exits(69).hides("wrong-one-1234");
        place.run(&["digest", &with(&format!("{account}:wrong-one-1234"))]).exits(69).says("password").hides("wrong-one-1234");
        place.run(&["digest", &with(&account)]).exits(69).says("MYSQL_PWD").says("my.cnf");
        let known = place.run(&["digest", &with(&format!("{account}:right-one-1234"))]).hides("right-one-1234");
        assert!(matches!(known.code, Some(0 | 2)), "{known:?}");
        let known = place.run_with(&["digest", &with(&account)], &[("MYSQL_PWD", "right-one-1234")]).hides("right-one-1234");
        assert!(matches!(known.code, Some(0 | 2)), "{known:?}");
        place.write(".my.cnf", "[client]\npassword = right-one-1234\n");
        std::fs::set_permissions(place.path(".my.cnf"), std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        let known = place.run(&["digest", &with(&account)]).hides("right-one-1234");
        assert!(matches!(known.code, Some(0 | 2)), "{known:?}");
        db.exec(&format!("DROP USER {account}@localhost"));
    });
}

/// A server with so much in it that a capture takes a while.
fn crowded(flavor: (Engine, u16)) -> Scratch {
    let scratch =
        Scratch::start(&Options { engine: Some(flavor.0), number: Some(flavor.1), ..Options::default() }.database("app")).unwrap();
    let session = scratch.session("app").unwrap();
    session.exec("CREATE TABLE base (id int PRIMARY KEY, x text)").unwrap();
    for part in 0..20 {
        let views: Vec<String> =
            (0..100).map(|i| format!("CREATE VIEW v_{part}_{i} AS SELECT id, concat(x, '{i}') AS x FROM base WHERE id > {i}")).collect();
        session.exec(&views.join(";")).unwrap();
    }
    scratch
}

/// Starts a capture and waits until the server is at work for it.
fn in_the_middle(scratch: &Scratch, place: &Place, arguments: &[&str]) -> std::process::Child {
    let session = scratch.session("app").unwrap();
    let child = place.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let until = Instant::now() + Duration::from_secs(20);
    let sql = "SELECT count(*) FROM information_schema.processlist WHERE id <> connection_id() AND info LIKE '%information_schema.%' AND user = 'root'";
    while session.value(sql).unwrap().as_deref() == Some("0") {
        assert!(Instant::now() < until, "the capture never came to the server");
    }
    child
}

#[test]
fn a_server_that_is_killed_in_the_middle_ends_the_capture() {
    for flavor in flavors() {
        let scratch = crowded(flavor);
        let place = Place::new();
        let child = in_the_middle(&scratch, &place, &["capture", &scratch.url("app"), "--out", "m.jsonl"]);
        let begun = Instant::now();
        signal("-KILL", scratch.pid().unwrap());
        let output = child.wait_with_output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(69), "{flavor:?}: {stderr}");
        assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
        assert!(stderr.contains("error:") && !stderr.contains("panicked"), "{stderr}");
        assert!(!place.path("m.jsonl").exists(), "half a manifest is none");
    }
}

#[test]
fn a_server_that_falls_silent_is_given_up() {
    let scratch = crowded(newest_mariadb());
    let place = Place::new();
    let child = in_the_middle(
        &scratch,
        &place,
        &["capture", &scratch.url("app"), "--statement-timeout", "1s", "--lock-timeout", "1s", "--out", "m.jsonl"],
    );
    let pid = scratch.pid().unwrap();
    let begun = Instant::now();
    signal("-STOP", pid);
    let output = child.wait_with_output().unwrap();
    let took = begun.elapsed();
    signal("-CONT", pid);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(69), "{stderr}");
    assert!(took < Duration::from_secs(30), "took {took:?}");
    assert!(!place.path("m.jsonl").exists());
}

#[test]
fn an_interrupted_capture_writes_nothing_and_leaves_no_statement_behind() {
    for (flavor, name) in flavors().into_iter().zip(["-INT", "-TERM", "-HUP"]) {
        let scratch = crowded(flavor);
        let place = Place::new();
        place.write("m.jsonl", "as it was");
        let child = in_the_middle(&scratch, &place, &["capture", &scratch.url("app"), "--out", "m.jsonl"]);
        let begun = Instant::now();
        signal(name, child.id());
        let output = child.wait_with_output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(130), "{flavor:?}: {stderr}");
        assert!(begun.elapsed() < Duration::from_secs(30));
        assert_eq!(place.read("m.jsonl"), "as it was");
        let session = scratch.session("app").unwrap();
        let until = Instant::now() + Duration::from_secs(10);
        let sql = "SELECT count(*) FROM information_schema.processlist WHERE id <> connection_id() AND user = 'root'";
        while session.value(sql).unwrap().as_deref() != Some("0") {
            assert!(Instant::now() < until, "{flavor:?}: a session of ours is still there");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

fn signal(name: &str, pid: u32) {
    std::process::Command::new("kill").args([name, &pid.to_string()]).status().unwrap();
}

/// The port of a listener on this machine that hands each connection on to a socket: servers of tests have no port.
fn port_to(socket: std::path::PathBuf) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for incoming in listener.incoming().flatten() {
            let Ok(there) = std::os::unix::net::UnixStream::connect(&socket) else { return };
            let (mut from, mut to) = (incoming.try_clone().unwrap(), there.try_clone().unwrap());
            std::thread::spawn(move || std::io::copy(&mut from, &mut to));
            let (mut from, mut to): (_, TcpStream) = (there, incoming);
            std::thread::spawn(move || {
                let _ = std::io::copy(&mut from, &mut to);
                let _ = to.flush();
                to.shutdown(std::net::Shutdown::Both)
            });
        }
    });
    port
}

#[test]
fn a_server_of_another_family_is_no_server_of_this_one() {
    let place = Place::new();
    let postgres = evenkeel_testkit::database(evenkeel_testkit::newest());
    postgres.exec("CREATE TABLE t (id int)");
    let conninfo = postgres.conninfo();
    let word = |name: &str| {
        conninfo.split_whitespace().find_map(|word| word.strip_prefix(&format!("{name}="))).map(|word| word.trim_matches('\'').to_owned())
    };
    let folder = word("host").expect("a socket folder");
    let number = word("port").unwrap_or_else(|| "5432".to_owned());
    let port = port_to(std::path::Path::new(&folder).join(format!(".s.PGSQL.{number}")));
    let ran = place.run(&["digest", &format!("mysql://root@127.0.0.1:{port}/app")]).exits(69).says("is no MySQL or MariaDB server");
    assert!(ran.took < Duration::from_secs(30), "{:?}", ran.took);
    each_flavor(|db| {
        db.exec("CREATE TABLE t (id int)");
        let port = port_to(db.server.socket.clone());
        let ran = place.run(&["digest", &format!("postgres://postgres@127.0.0.1:{port}/app")]).exits(69);
        assert!(ran.took < Duration::from_secs(30) && ran.stderr.contains("mysql://"), "{ran:?}");
        // Both are there, and have nothing to do with each other.
        for (reference, candidate) in [(db.url(), postgres.url()), (postgres.url(), db.url())] {
            let ran = place.run(&["compare", &reference, &candidate]).exits(64).says("PostgreSQL").says(db.flavor().engine.name());
            assert!(ran.stdout.is_empty(), "{}", ran.stdout);
        }
        place.run(&["capture", &db.url(), "--dimension", "schema", "--out", "m.jsonl"]).exits(0);
        place.run(&["compare", "m.jsonl", &postgres.url()]).exits(64).says("PostgreSQL");
    });
}

const SECRET: &str = "hunter2-zq9";

/// Runs it and looks for the secret in all it says.
#[track_caller]
fn silent(place: &Place, arguments: &[&str], codes: &[i32], variables: &[(&str, &str)]) -> Ran {
    let ran = place.run_with(arguments, variables).hides(SECRET).hides("hunter2").hides("zq9");
    assert!(codes.contains(&ran.code.unwrap()), "{arguments:?}: {ran:?}");
    ran
}

#[test]
fn a_password_never_leaves() {
    for flavor in flavors() {
        let db = database(flavor);
        db.exec(MYSQL_SHOP);
        let account = format!("s{}", db.name);
        db.exec(&format!(
            "CREATE USER {account}@localhost IDENTIFIED BY '{SECRET}'; GRANT ALL ON *.* TO {account}@localhost WITH GRANT OPTION"
        ));
        let place = Place::new();
        let with = |who: &str| db.url().replace("root@", &format!("{who}@"));
        let (url, bare) = (with(&format!("{account}:{SECRET}")), with(&account));
        place.write(
            "options.cnf",
            format!("[client]\nuser = {account}\npassword = \"{SECRET}\"\nsocket = {}\n", db.server.socket.display()),
        );
        std::fs::set_permissions(place.path("options.cnf"), std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        let environment: &[(&str, &str)] = &[("MYSQL_PWD", SECRET)];
        let by_file = format!("mysql://localhost/{}?defaults-file={}", db.name, place.path("options.cnf").display());
        for (connection, variables) in [(&url, &[][..]), (&bare, environment), (&by_file, &[][..])] {
            silent(&place, &["digest", connection], &[0], variables);
            silent(&place, &["capture", connection, "--values", "--out", "m.jsonl"], &[0, 2], variables);
            silent(&place, &["capture", connection], &[0, 2], variables);
            silent(&place, &["grants", connection], &[0], variables);
            for format in ["terminal", "json", "markdown", "html"] {
                silent(&place, &["compare", connection, connection, "--format", format], &[0, 1, 2], variables);
            }
            for file in ["m.jsonl", "m.measured.jsonl"] {
                let text = place.read(file);
                assert_eq!(text.lines().find(|line| line.contains("hunter2") || line.contains("authentication_string")), None, "{file}");
            }
        }
        let wrong = [
            format!("mysql://{account}:{SECRET}@127.0.0.1:1/app"),
            url.replace(&db.name, "absent").replace("sabsent", &account),
            format!("{url}&no_such_thing=1"),
            format!("mysql://{account}:{SECRET}@h:many/app"),
            format!("mysql:/{account}:{SECRET}@h/app"),
            format!("mysql://{account}:x{SECRET}@localhost/app?socket={}", db.server.socket.display()),
        ];
        for connection in &wrong {
            silent(&place, &["digest", connection], &[64, 69, 78], &[]);
            silent(&place, &["compare", &url, connection], &[64, 69, 78], &[]);
        }
        silent(&place, &["digest", &url, &url], &[64], &[]);
        silent(&place, &["digest", &url, "--dimension", &url], &[64], &[]);
        place.write("broken.cnf", format!("[client\npassword = {SECRET}\n"));
        silent(
            &place,
            &["digest", &format!("mysql://localhost/app?defaults-file={}", place.path("broken.cnf").display())],
            &[64, 69, 78],
            &[],
        );
        db.exec(&format!("DROP USER {account}@localhost"));
    }
}
