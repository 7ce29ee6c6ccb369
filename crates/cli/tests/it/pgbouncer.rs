//! A real PgBouncer: as what is moved by `rollout`, and as who keeps clients out while `rollback` takes away what they use.

use crate::deploy::{deploy, given as released};
use crate::history_apply::runs;
use crate::rehearse::gate;
use crate::rollout::{ended, given, states, status};
use crate::run::Place;
use crate::stage_gate::Prometheus;
use evenkeel_core::port::{Console, Engine};
use evenkeel_postgres::engine::Postgres;
use evenkeel_postgres::scratch::Session;
use evenkeel_testkit::process::eventually;
use evenkeel_testkit::{TestDb, database, majors, newest};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const PROGRAM: &str = "/usr/sbin/pgbouncer";

/// One with these entries, in a folder of its own that everybody may use.
pub struct Bouncer {
    child: Child,
    folder: tempfile::TempDir,
}

impl Bouncer {
    /// None where it is not installed.
    pub fn started(entries: &str, options: &str) -> Option<Self> {
        if !Path::new(PROGRAM).exists() {
            evenkeel_testkit::skip("pgbouncer");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().display();
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o777)).unwrap();
        std::fs::write(folder.path().join("users"), "\"postgres\" \"\"\n").unwrap();
        let text = format!(
            "[databases]\n{}\n[pgbouncer]\nlisten_addr=\nlisten_port=6543\nunix_socket_dir={dir}\nauth_type=trust\nauth_file={dir}/users\n\
             admin_users=postgres\nlogfile={dir}/log\n{options}\n",
            entries.replace("DIR", &dir.to_string())
        );
        std::fs::write(folder.path().join("ini"), text).unwrap();
        std::fs::write(folder.path().join("rollout.ini"), "").unwrap();
        let mut command = if rustix::process::getuid().is_root() {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", PROGRAM]);
            command
        } else {
            Command::new(PROGRAM)
        };
        let child = command.arg(folder.path().join("ini")).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let bouncer = Self { child, folder };
        eventually("PgBouncer listens", || bouncer.console().say("SHOW VERSION", Duration::from_secs(1)).is_ok());
        Some(bouncer)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn admin(&self) -> String {
        format!("postgresql:///pgbouncer?host={}&port=6543&user=postgres", self.folder.path().display())
    }

    pub fn console(&self) -> Box<dyn Console> {
        Postgres.console(&self.admin()).unwrap()
    }

    /// What a column of SHOW DATABASES says of an entry.
    pub fn shows(&self, entry: &str, column: &str) -> String {
        let rows = self.console().say("SHOW DATABASES", Duration::from_secs(3)).unwrap();
        rows.into_iter().find(|row| row["name"] == entry).unwrap().remove(column).unwrap_or_default()
    }

    pub fn client(&self, entry: &str, user: &str) -> Session {
        let conninfo = format!("host={} port=6543 user={user} dbname={entry} connect_timeout=5", self.folder.path().display());
        Session::open("pgbouncer", entry, &conninfo).unwrap()
    }
}

impl Drop for Bouncer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Socket, port and name of a database.
pub fn parts(url: &str) -> (String, String, String) {
    let (at, name) = url.split_once('@').unwrap().1.split_once('/').unwrap();
    let (host, port) = at.rsplit_once(':').unwrap();
    (host.replace("%2F", "/").replace("%2f", "/"), port.to_owned(), name.split('?').next().unwrap().to_owned())
}

#[test]
fn an_entry_leads_to_as_many_hosts_in_turn_as_the_stage_says() {
    let majors = majors();
    let (Some(oldest), Some(newest)) = (majors.first(), majors.last()) else { return };
    let (db, other) = (database(*newest), database(*oldest));
    let ((new, port, _), (old, same, _)) = (parts(&db.url()), parts(&other.url()));
    assert_eq!(port, same);
    let Some(bouncer) = Bouncer::started("%include DIR/rollout.ini", "pool_mode=session\ndefault_pool_size=50") else { return };
    let file = bouncer.path("rollout.ini");
    let prometheus = Prometheus::started();
    prometheus.value("0.2");
    let lines = format!(
        "[rollout]\nstages = [5, 50, 100]\nwatch = \"60s\"\n[rollout.pgbouncer]\nadmin_env = \"PGBOUNCER\"\ndatabase = \"read\"\nfile = \"{}\"\n\
         old = [\"{old}\"]\nnew = [\"{new}\"]\noptions = \"port={port} dbname=postgres\"\n",
        file.display()
    );
    let place = given(&db, &prometheus, &lines);
    let admin = bouncer.admin();
    place.run(&["rollout", "shop"]).exits(78).says("PGBOUNCER is not set");
    let run = |arguments: &[&str]| place.run_with(arguments, &[("PGBOUNCER", &admin)]);
    // Nobody has said yet what that file is, and it is not written over.
    std::fs::remove_file(&file).unwrap();
    run(&["rollout", "shop"]).exits(78).says("a file that PgBouncer includes, which begins with: ; evenkeel rollout");
    std::fs::write(&file, "[databases]\nread = host=nowhere\n").unwrap();
    run(&["rollout", "shop"]).exits(78).says("is not evenkeel's to write");
    std::fs::write(&file, format!("; evenkeel rollout\n[databases]\nread = host={old} port={port} dbname=postgres\n")).unwrap();
    bouncer.console().say("RELOAD", Duration::from_secs(3)).unwrap();
    // Of those who connect, how many meet the new one.
    let met = |count: usize| {
        let all: Vec<Session> = (0..count).map(|_| bouncer.client("read", "postgres")).collect();
        let at_new = |one: &&Session| one.value("SHOW server_version").unwrap().unwrap().starts_with(&newest.to_string());
        all.iter().filter(at_new).count()
    };
    assert_eq!(met(20), 0);
    let begin = || {
        let mut command = place.command(&["rollout", "shop", "--format", "json"]);
        command.env("PGBOUNCER", &admin).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let child = begin();
    eventually("the first stage", || bouncer.shows("read", "host").split(',').count() == 20);
    assert_eq!((met(20), met(40)), (1, 2));
    prometheus.value("9");
    eventually("it is back", || bouncer.shows("read", "host") == old);
    let (code, told) = ended(child);
    assert_eq!((code, &told["outcome"], states(&told)[0]), (Some(1), &"back".into(), "broken"), "{told}");
    assert_eq!(met(20), 0);
    run(&["history", "shop", "--resume", "--over", "10ms", "--idle"]).exits(0);
    // One that was killed is taken back by the next, as it was.
    prometheus.value("0.2");
    let mut child = begin();
    eventually("the first stage", || bouncer.shows("read", "host").split(',').count() == 20);
    child.kill().unwrap();
    child.wait().unwrap();
    run(&["rollout", "shop", "--back"]).exits(0);
    assert_eq!((bouncer.shows("read", "host"), met(20)), (old.clone(), 0));
    place.write("evenkeel.toml", place.read("evenkeel.toml").replace("60s", "10ms"));
    run(&["rollout", "shop"]).exits(0);
    assert_eq!((bouncer.shows("read", "host"), met(20)), (new, 20));
    // Once more would take traffic back from what serves it.
    run(&["rollout", "shop"]).exits(1).says("100 % of the traffic is moved already");
}

/// A release that is in, whose way back drops a table, and a PgBouncer before its database.
fn drained(lines: &str) -> Option<(TestDb, Place, Bouncer)> {
    let db = database(newest());
    let (socket, port, name) = parts(&db.url());
    let bouncer = Bouncer::started(&format!("shop = host={socket} port={port} dbname={name}"), "pool_mode=transaction")?;
    let text = "-- migrate:up\ncreate table pay (id int);\n-- migrate:down\ndrop table pay;\n";
    let place = released(&db, &[("20260102000000_pay.sql", text)], "staging");
    place.run(&["rehearse", "--for", "shop"]).exits(0);
    deploy(&place, &[]).exits(0);
    let toml = place.read("evenkeel.toml");
    place.write("evenkeel.toml", format!("{toml}[rollback]\n{lines}"));
    Some((db, place, bouncer))
}

const PAUSED: &str = "drain = \"pgbouncer\"\nwithin = \"1s\"\n[rollback.pgbouncer]\nadmin_env = \"PGBOUNCER\"\ndatabases = [\"shop\"]\n";

#[test]
fn nobody_is_at_work_while_it_is_taken_back_and_everybody_is_let_in_again() {
    let Some((db, place, bouncer)) = drained(PAUSED) else { return };
    let admin = bouncer.admin();
    let back = |more: &[&str]| place.run_with(&[&["rollback", "shop"], more].concat(), &[("PGBOUNCER", &admin)]);
    let is_there = || db.value("select to_regclass('pay')::text").is_some();
    let refused = |words: &str| {
        let told = back(&["--format", "json"]).exits(1).json();
        assert!(gate(&told, "drain")["found"].as_str().unwrap().contains(words), "{told}");
    };
    place.run(&["rollback", "shop"]).exits(78).says("PGBOUNCER is not set");
    // Somebody does not give back what they have: nothing is run, and they are not kept out any longer.
    let client = bouncer.client("shop", "postgres");
    client.exec("BEGIN; SELECT 1").unwrap();
    back(&["--plan"]).exits(0);
    assert_eq!(bouncer.shows("shop", "paused"), "0", "a plan keeps nobody out");
    refused("did not give back their connections within 1 s");
    assert!(is_there() && bouncer.shows("shop", "paused") == "0");
    client.exec("COMMIT").unwrap();
    // Somebody else keeps them out: that is theirs to end.
    bouncer.console().say("PAUSE shop", Duration::from_secs(3)).unwrap();
    refused("is paused already, by somebody else");
    assert!(is_there() && bouncer.shows("shop", "paused") == "1");
    bouncer.console().say("RESUME shop", Duration::from_secs(3)).unwrap();
    // Whoever ends it has them let in first.
    let waits = "SELECT count(*)::text FROM pg_locks WHERE NOT granted AND relation = 'pay'::regclass";
    let begun = |more: &[&str]| {
        let arguments = [&["rollback", "shop", "--lock-timeout", "30s"], more].concat();
        let child = place.command(&arguments).env("PGBOUNCER", &admin).spawn().unwrap();
        eventually("it waits for the lock", || db.value(waits).as_deref() == Some("1"));
        assert_eq!(bouncer.shows("shop", "paused"), "1");
        child
    };
    let holder = db.another_session();
    holder.exec("BEGIN; LOCK TABLE pay IN ACCESS SHARE MODE").unwrap();
    let mut child = begun(&[]);
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    assert_eq!((child.wait().unwrap().code(), bouncer.shows("shop", "paused").as_str()), (Some(130), "0"));
    holder.exec("COMMIT").unwrap();
    // It is killed while they are kept out: whoever looks is told, and the next run lets them in before anything else.
    holder.exec("BEGIN; LOCK TABLE pay IN ACCESS SHARE MODE").unwrap();
    let mut child = begun(&["--resume"]);
    child.kill().unwrap();
    child.wait().unwrap();
    let told = status(&place, 1);
    assert!(told["words"].as_str().unwrap().starts_with("clients are kept out by PgBouncer at"), "{told}");
    assert!(told["overdue"].as_str().unwrap().contains("evenkeel rollback shop"), "{told}");
    holder.exec("COMMIT").unwrap();
    let toml = place.read("evenkeel.toml");
    place.write("evenkeel.toml", toml.split("[rollback]").next().unwrap());
    deploy(&place, &[]).exits(2).says("keeps clients out, and nobody lets them in");
    place.write("evenkeel.toml", &toml);
    // Clients that come meanwhile wait, and none of them fails.
    let is_over = AtomicBool::new(false);
    std::thread::scope(|threads| {
        let app = threads.spawn(|| {
            let (mut count, mut longest) = (0u32, Duration::ZERO);
            while !is_over.load(Ordering::SeqCst) {
                let begun = Instant::now();
                client.exec("SELECT count(*) FROM people").unwrap();
                (count, longest) = (count + 1, longest.max(begun.elapsed()));
            }
            (count, longest)
        });
        let ran = back(&["--resume", "--format", "json"]).exits(0).says("were let in again");
        assert!(ran.json()["notes"].to_string().contains("clients were kept out for"), "{ran:?}");
        std::thread::sleep(Duration::from_millis(200));
        is_over.store(true, Ordering::SeqCst);
        let (count, longest) = app.join().unwrap();
        println!("{count} statements, the longest {longest:?}");
        assert!(count > 10 && longest < Duration::from_secs(20), "{count} {longest:?}");
    });
    assert!(!is_there() && bouncer.shows("shop", "paused") == "0");
    assert_eq!(runs(&place)[0]["ended"]["how"], "done");
    assert_eq!(status(&place, 0)["state"], "ROLLED_BACK");
}

#[test]
fn it_is_waited_until_the_application_is_gone() {
    let db = database(newest());
    let role = format!("app_{}", parts(&db.url()).2);
    db.exec(&format!("CREATE ROLE \"{role}\" LOGIN"));
    let text = "-- migrate:up\ncreate table pay (id int);\n-- migrate:down\ndrop table pay;\n";
    let place = released(&db, &[("20260102000000_pay.sql", text)], "staging");
    place.run(&["rehearse", "--for", "shop"]).exits(0);
    deploy(&place, &[]).exits(0);
    let toml = place.read("evenkeel.toml");
    let with = |lines: &str| place.write("evenkeel.toml", format!("{toml}[rollback]\n{lines}"));
    for wrong in [
        "drain = \"wait\"\n",
        "drain = \"stop\"\n",
        "drain = \"pgbouncer\"\n",
        "application_roles = [\"app\"]\n",
        "after = []\n",
        "after_timeout = \"1s\"\n",
        "drain = \"wait\"\napplication_roles = [\"a\"]\nwithin = \"soon\"\n",
    ] {
        with(wrong);
        place.run(&["rollback", "shop"]).exits(78);
    }
    // A role that is not there has no sessions, which says nothing.
    with("drain = \"wait\"\napplication_roles = [\"nobody_of_that_name\"]\n");
    let refused = |code: i32, words: &str| {
        let told = place.run(&["rollback", "shop", "--format", "json"]).exits(code).json();
        assert!(gate(&told, "drain")["found"].as_str().unwrap().contains(words), "{told}");
    };
    refused(2, "no such role");
    // What is run afterwards fails, which changes nothing.
    let after = "after = [\"sh\", \"-c\", \"echo $EVENKEEL_ENVIRONMENT > after; exit 3\"]\n";
    with(&format!("{after}drain = \"wait\"\napplication_roles = [\"{role}\"]\nwithin = \"1s\"\n"));
    let (socket, port, name) = parts(&db.url());
    let app = Session::open("server", &name, &format!("host={socket} port={port} user={role} dbname={name}")).unwrap();
    app.exec("SELECT 1").unwrap();
    refused(1, "the application has sessions still after 1 s: process");
    assert!(db.value("select to_regclass('pay')::text").is_some());
    drop(app);
    assert!(!place.path("after").exists());
    let told = place.run(&["rollback", "shop", "--format", "json"]).exits(0).json();
    assert!(told["notes"].to_string().contains("was to run afterwards, and failed"), "{told}");
    assert_eq!(place.read("after"), "shop\n");
    assert!(db.value("select to_regclass('pay')::text").is_none());
    db.exec(&format!("DROP ROLE \"{role}\""));
}

#[test]
fn it_is_waited_for_accounts_of_mysql_and_mariadb_too() {
    use evenkeel_testkit::mysql::{newest_mariadb, newest_mysql};
    // The other one than `rollout_mysql` has that day, or both.
    for flavor in evenkeel_testkit::Share::of(2).take(vec![newest_mysql(), newest_mariadb()]) {
        let db = evenkeel_testkit::mysql::database(flavor);
        println!("on {}", db.server.display());
        let account: String = format!("a{}", db.name).chars().take(30).collect();
        let pass = "Evenkeel-1-pass";
        db.exec(&format!(
            "create user '{account}'@'localhost' identified by '{pass}'; grant select on `{}`.* to '{account}'@'localhost'",
            db.name
        ));
        let place = crate::deploy_mysql::given(&db, &[crate::deploy_mysql::EMAIL], "staging");
        place.run(&["rehearse", "--for", "shop"]).exits(2);
        place.run(&["deploy", "shop"]).exits(0);
        let toml = place.read("evenkeel.toml");
        let refused = |role: &str, code: i32, words: &str| {
            place
                .write("evenkeel.toml", format!("{toml}[rollback]\ndrain = \"wait\"\nwithin = \"1s\"\napplication_roles = [\"{role}\"]\n"));
            let told = place.run(&["rollback", "shop", "--format", "json"]).exits(code).json();
            assert!(gate(&told, "drain")["found"].as_str().unwrap().contains(words), "{told}");
        };
        refused("nobody_of_that_name", 2, "no such account");
        // The client of the distribution speaks with both.
        let mut app = Command::new("/usr/bin/mariadb");
        let socket = db.server.socket.display().to_string();
        app.args([
            "--no-defaults",
            "--socket",
            &socket,
            "--user",
            &account,
            &format!("--password={pass}"),
            &db.name,
            "-e",
            "select sleep(60)",
        ]);
        let mut app = app.stdout(Stdio::null()).spawn().unwrap();
        let there = format!("select cast(count(*) as char) from information_schema.processlist where user = '{account}'");
        eventually("the application is there", || db.value(&there).as_deref() == Some("1"));
        refused(&account, 1, "the application has sessions still after 1 s: connection");
        db.exec(&format!(
            "kill {}",
            db.value(&format!("select cast(id as char) from information_schema.processlist where user = '{account}'")).unwrap()
        ));
        app.wait().unwrap();
        place.run(&["rollback", "shop"]).exits(0);
        db.exec(&format!("drop user '{account}'@'localhost'"));
    }
}
