//! The launcher's promises, kept with a fake server (a shell loop): started, ended, escalated, swept after a crash,
//! and nobody else's process touched. Real servers are tested in `evenkeel-postgres`.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use evenkeel_core::port::Stop;
use evenkeel_launcher::{
    Fault, Identity, Instance, Program, Readiness, Recipe, Root, StopSignal, StopStep, Take, cut_off, sweep, sweep_once,
};

const SECOND: Duration = Duration::from_secs(1);
/// Says that it is ready, then runs until SIGQUIT. Deaf to SIGINT.
const STUBBORN: &str = "trap '' INT; trap 'exit 0' QUIT; : >ready; while :; do sleep 0.02; done";
/// Deaf to everything that can be ignored.
const DEAF: &str = "trap '' INT QUIT TERM HUP; : >ready; while :; do sleep 0.02; done";

struct Home {
    directory: tempfile::TempDir,
}

impl Home {
    fn new() -> Self {
        let directory = tempfile::tempdir_in("/tmp").unwrap();
        std::fs::set_permissions(directory.path(), std::fs::Permissions::from_mode(0o711)).unwrap();
        Self { directory }
    }

    fn root(&self) -> Root {
        Root::at(&self.directory.path().join("root"), "test").unwrap()
    }

    fn instances(&self) -> Vec<PathBuf> {
        let mut found: Vec<_> = std::fs::read_dir(self.root().path()).unwrap().map(|entry| entry.unwrap().path()).collect();
        found.sort();
        found
    }
}

fn identity() -> Identity {
    Identity {
        engine: "Fake".into(),
        version: "1.0".into(),
        label: "fake".into(),
        binary: "/bin/sh".into(),
        executable: None,
        socket: "s".into(),
        users: vec!["postgres".into()],
    }
}

fn recipe(instance: &Instance, script: &str) -> Recipe {
    let ready = instance.run_dir().join("ready");
    Recipe {
        // Both ways lead through every promise: with a network of its own where the machine can make one, and in ours.
        start: Program::new("/bin/sh").arg("-c").arg(script).offline(script != DEAF),
        ready: Box::new(move || if ready.exists() { Readiness::Ready } else { Readiness::NotYet }),
        limit: 5 * SECOND,
        stop: vec![
            StopStep { signal: StopSignal::Interrupt, patience: Duration::from_millis(100) },
            StopStep { signal: StopSignal::Quit, patience: SECOND },
        ],
        on_owner_death: StopSignal::Quit,
    }
}

fn alive(pid: u32) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
}

fn eventually(what: &str, condition: impl Fn() -> bool) {
    let until = Instant::now() + 5 * SECOND;
    while !condition() {
        assert!(Instant::now() < until, "never happened: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn started(home: &Home, script: &str) -> Instance {
    let mut instance = Instance::create(&home.root(), identity()).unwrap();
    let recipe = recipe(&instance, script);
    instance.start(recipe, &Stop::new()).unwrap();
    instance
}

#[test]
fn stop_escalates_and_removes_the_directory() {
    let home = Home::new();
    for script in [STUBBORN, DEAF] {
        let instance = started(&home, script);
        let pid = instance.pid().unwrap();
        assert!(alive(pid));
        instance.check().unwrap();
        instance.stop().unwrap();
        assert!(!alive(pid), "{script}");
        assert_eq!(home.instances(), [] as [PathBuf; 0]);
    }
}

#[test]
fn drop_ends_the_server_even_in_a_panic() {
    let home = Home::new();
    let (send, receive) = std::sync::mpsc::channel();
    let root = home.root();
    let result = std::thread::spawn(move || {
        let mut instance = Instance::create(&root, identity()).unwrap();
        let recipe = recipe(&instance, STUBBORN);
        instance.start(recipe, &Stop::new()).unwrap();
        send.send(instance.pid().unwrap()).unwrap();
        panic!("on purpose");
    })
    .join();
    assert!(result.is_err());
    assert!(!alive(receive.recv().unwrap()));
    assert_eq!(home.instances(), [] as [PathBuf; 0]);
}

#[test]
fn a_server_outlives_the_thread_that_started_it() {
    let home = Home::new();
    let instance = std::thread::scope(|scope| scope.spawn(|| started(&home, STUBBORN)).join().unwrap());
    std::thread::sleep(Duration::from_millis(200));
    instance.check().unwrap();
}

#[test]
fn a_halted_server_can_be_started_again_in_the_same_directory() {
    let home = Home::new();
    let mut instance = started(&home, STUBBORN);
    let first = instance.pid().unwrap();
    instance.halt().unwrap();
    assert!(!alive(first));
    assert!(matches!(instance.check(), Err(Fault::Died { .. })));
    assert!(instance.run_dir().join("ready").exists());
    let again = recipe(&instance, STUBBORN);
    instance.start(again, &Stop::new()).unwrap();
    assert_ne!(instance.pid().unwrap(), first);
    instance.check().unwrap();
}

#[test]
fn what_needs_no_network_gets_one_of_its_own() {
    let home = Home::new();
    let script = "cat /proc/net/dev >devices; id -u >user; grep CapEff /proc/self/status >rights; : >ready; while :; do sleep 0.02; done";
    let instance = started(&home, script);
    let read = |name: &str| std::fs::read_to_string(instance.run_dir().join(name)).unwrap();
    let devices = read("devices");
    let devices: Vec<&str> = devices.lines().skip(2).filter_map(|line| line.split_once(':')).map(|(name, _)| name.trim()).collect();
    match cut_off() {
        Ok(()) => assert_eq!(devices, ["lo"]),
        // Then it is ours, and that is said.
        Err(why) => assert!(!why.is_empty(), "{devices:?}"),
    }
    assert_ne!(read("user").trim(), "0", "servers are never root");
    assert_eq!(read("rights").split_whitespace().nth(1), Some("0000000000000000"));
    instance.stop().unwrap();
}

#[test]
fn a_server_that_dies_says_what_it_printed() {
    let home = Home::new();
    let mut instance = Instance::create(&home.root(), identity()).unwrap();
    let dying = recipe(&instance, "echo 'no space for me' >&2; exit 3");
    match instance.start(dying, &Stop::new()) {
        Err(Fault::DiedStarting { status, tail, .. }) => {
            assert_eq!((status.as_str(), tail.as_str()), ("exit status: 3", "no space for me"));
        }
        other => panic!("{other:?}"),
    }
    let mut slow = recipe(&instance, "echo thinking; while :; do sleep 0.02; done");
    slow.limit = Duration::from_millis(150);
    match instance.start(slow, &Stop::new()) {
        Err(Fault::NotReady { tail, .. }) => assert_eq!(tail, "thinking"),
        other => panic!("{other:?}"),
    }
    assert_eq!(instance.pid(), None);
}

#[test]
fn preparing_programs_run_as_the_server_user_with_a_clean_environment() {
    let home = Home::new();
    let instance = Instance::create(&home.root(), identity()).unwrap();
    let shell = |script: &str| Program::new("/bin/sh").arg("-c").arg(script).env("GIVEN", "yes");
    instance.run(&shell("env >environment; id -u >uid"), &Stop::new()).unwrap();
    let environment = std::fs::read_to_string(instance.run_dir().join("environment")).unwrap();
    assert!(environment.contains("GIVEN=yes\n"), "{environment}");
    assert!(!environment.contains("HOME="), "{environment}");
    let uid = std::fs::read_to_string(instance.run_dir().join("uid")).unwrap();
    assert_ne!(uid.trim(), "0");

    match instance.run(&shell("echo broken; exit 7"), &Stop::new()) {
        Err(Fault::StepFailed { tail, .. }) => assert_eq!(tail, "broken"),
        other => panic!("{other:?}"),
    }
    let mut endless = shell("echo still; sleep 5");
    endless.limit = Duration::from_millis(100);
    assert!(matches!(instance.run(&endless, &Stop::new()), Err(Fault::StepTooSlow { .. })));
}

#[test]
fn a_data_directory_is_made_once_and_copied_for_those_that_wait() {
    let home = Home::new();
    let root = home.root();
    // Slow, so that all of them want it while it is made. Each making is counted outside.
    let counted = home.directory.path().join("counted");
    std::fs::write(&counted, "").unwrap();
    std::fs::set_permissions(&counted, std::fs::Permissions::from_mode(0o666)).unwrap();
    let make = |data: &Path| {
        let script = format!("echo x >>{}; mkdir -m 0700 $1; sleep 0.3; for n in 1 2 3; do echo $n >$1/$n; done", counted.display());
        Program::new("/bin/sh").args(["-c", &script, "sh"]).arg(data)
    };
    let fill = |argument: &str| {
        let instance = Instance::create(&root, identity()).unwrap();
        let data = instance.run_dir().join("data");
        let take = |path: &Path| if path == Path::new("2") { Take::Nothing } else { Take::All };
        instance.fill(&root, &data, &[argument.to_owned()], &make(&data), &take, &Stop::new()).unwrap();
        let mut names: Vec<_> = std::fs::read_dir(&data).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names.join("")
    };
    let made = || std::fs::read_to_string(&counted).unwrap().len() / 2;

    let mut all: Vec<String> = std::thread::scope(|threads| {
        let started: Vec<_> = (0..6).map(|_| threads.spawn(|| fill("one"))).collect();
        started.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    all.sort();
    // The first has what was made, the others what is taken of it.
    assert_eq!((all.as_slice(), made()), (["123", "13", "13", "13", "13", "13"].map(str::to_owned).as_slice(), 1));
    assert_eq!((fill("one").as_str(), made()), ("13", 1));
    assert_eq!((fill("another").as_str(), made()), ("123", 2), "other arguments make another template");
    assert_eq!(std::fs::read_dir(root.cache().unwrap()).unwrap().count(), 2, "no draft is left");
}

#[test]
fn a_template_is_another_one_when_the_program_was_replaced() {
    let home = Home::new();
    let root = home.root();
    let binary = home.directory.path().join("server");
    let fill = || {
        let instance = Instance::create(&root, Identity { binary: binary.clone(), ..identity() }).unwrap();
        let data = instance.run_dir().join("data");
        instance.fill(&root, &data, &[], &Program::new("/bin/mkdir").arg(&data), &|_| Take::All, &Stop::new()).unwrap();
        std::fs::read_dir(root.cache().unwrap()).unwrap().count()
    };
    std::fs::copy("/bin/sh", &binary).unwrap();
    assert_eq!((fill(), fill()), (1, 1));
    std::fs::remove_file(&binary).unwrap();
    std::fs::copy("/bin/sh", &binary).unwrap();
    assert_eq!(fill(), 2);
}

#[test]
fn a_root_is_swept_once_in_a_process() {
    let home = Home::new();
    let root = home.root();
    let leftover = |name: &str| {
        let path = root.path().join(name);
        std::fs::create_dir(&path).unwrap();
        let long_ago = std::time::SystemTime::now() - 1000 * SECOND;
        std::fs::File::open(&path).unwrap().set_modified(long_ago).unwrap();
        path
    };
    let (first, other) = (leftover("first"), Home::new());
    sweep_once(&other.root());
    assert!(first.exists(), "another root is another root");
    sweep_once(&root);
    assert!(!first.exists());
    let second = leftover("second");
    sweep_once(&root);
    assert!(second.exists());
}

#[test]
fn a_socket_path_that_is_too_long_is_refused_before_anything_is_made() {
    let home = Home::new();
    let long = Root::at(&home.directory.path().join("x".repeat(90)), "test").unwrap();
    assert!(matches!(Instance::create(&long, identity()), Err(Fault::SocketPathTooLong { .. })));
    assert_eq!(std::fs::read_dir(long.path()).unwrap().count(), 0);
}

/// The part of the owner that is killed: starts a server, writes down its pid and waits for its own death.
fn wait_to_be_killed(root: &Path) {
    let root = Root::at(root, "test").unwrap();
    let mut instance = Instance::create(&root, identity()).unwrap();
    let recipe = recipe(&instance, &std::env::var("LIFE_SCRIPT").unwrap());
    instance.start(recipe, &Stop::new()).unwrap();
    std::fs::write(root.path().join("pid"), instance.pid().unwrap().to_string()).unwrap();
    std::thread::sleep(60 * SECOND);
}

/// An owner process with a running server; gives both pids.
fn owner(home: &Home, script: &str) -> (Child, u32) {
    let noted = home.root().path().join("pid");
    let owner = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "after_a_crash_the_next_run_sweeps"])
        .env("LIFE_ROOT", home.root().path())
        .env("LIFE_SCRIPT", script)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    eventually("the owner starts its server", || std::fs::read_to_string(&noted).is_ok_and(|text| text.parse::<u32>().is_ok()));
    let pid = std::fs::read_to_string(&noted).unwrap().parse().unwrap();
    std::fs::remove_file(noted).unwrap();
    (owner, pid)
}

#[test]
fn after_a_crash_the_next_run_sweeps() {
    // This test plays both parts: the owner is this program again, told by the environment.
    if let Some(root) = std::env::var_os("LIFE_ROOT") {
        return wait_to_be_killed(Path::new(&root));
    }
    // The second is deaf to the kernel's parent death signal, so only the sweep can end it.
    for (script, survives) in [(STUBBORN, false), (DEAF, true)] {
        let home = Home::new();
        let (mut owner, server) = owner(&home, script);

        let swept = sweep(&home.root()).unwrap();
        assert!(swept.removed.is_empty() && swept.kept.is_empty(), "the owner lives: {swept:?}");
        assert!(alive(server));

        owner.kill().unwrap();
        owner.wait().unwrap();
        if survives {
            std::thread::sleep(Duration::from_millis(200));
            assert!(alive(server));
        } else {
            eventually("the kernel ends the server with its owner", || !alive(server));
        }
        assert_eq!(home.instances().len(), 1);

        let swept = sweep(&home.root()).unwrap();
        assert_eq!((swept.removed.len(), swept.kept.len()), (1, 0), "{swept:?}");
        assert!(!alive(server));
        assert_eq!(home.instances(), [] as [PathBuf; 0]);
    }
}

#[test]
fn a_server_whose_pid_was_never_written_down_is_found_and_ended() {
    let home = Home::new();
    let (mut owner, server) = owner(&home, DEAF);
    owner.kill().unwrap();
    owner.wait().unwrap();
    std::fs::remove_file(home.instances()[0].join("server")).unwrap();
    assert_eq!(sweep(&home.root()).unwrap().removed.len(), 1);
    assert!(!alive(server));
}

/// A process that has nothing to do with us, with a record that names it.
fn bystander(home: &Home, edit: impl Fn(&str, u32) -> String) -> (Child, PathBuf) {
    let (mut owner, _) = owner(home, STUBBORN);
    owner.kill().unwrap();
    owner.wait().unwrap();
    let directory = home.instances()[0].clone();
    // Start times count in hundredths of a second; a pid comes round again much later.
    std::thread::sleep(Duration::from_millis(50));
    let bystander = Command::new("sleep").arg("30").process_group(0).spawn().unwrap();
    let record = directory.join("server");
    let text = std::fs::read_to_string(&record).unwrap();
    std::fs::write(&record, edit(&text, bystander.id())).unwrap();
    (bystander, directory)
}

fn line(text: &str, key: &str, value: &str) -> String {
    text.lines().map(|l| if l.starts_with(key) { format!("{key} {value}\n") } else { format!("{l}\n") }).collect()
}

#[test]
fn a_reused_pid_is_left_alone() {
    let home = Home::new();
    let (mut process, _) = bystander(&home, |text, pid| line(text, "server-pid", &pid.to_string()));
    let swept = sweep(&home.root()).unwrap();
    assert_eq!((swept.removed.len(), swept.kept.len()), (1, 0), "its server is gone: {swept:?}");
    assert_eq!(process.try_wait().unwrap(), None, "the process with the reused pid must live");
    process.kill().unwrap();
    process.wait().unwrap();
}

#[test]
fn a_process_that_runs_another_program_is_left_alone_and_reported() {
    let home = Home::new();
    let (mut process, directory) = bystander(&home, |text, pid| {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
        let ticks = stat.rsplit_once(')').unwrap().1.split_ascii_whitespace().nth(19).unwrap().to_owned();
        let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap();
        let started = format!("{}:{ticks}", boot.trim());
        line(&line(text, "server-pid", &pid.to_string()), "server-started", &started)
    });
    let swept = sweep(&home.root()).unwrap();
    assert_eq!((swept.removed.len(), swept.kept.len()), (0, 1), "{swept:?}");
    assert!(directory.exists());
    assert_eq!(process.try_wait().unwrap(), None);
    process.kill().unwrap();
    process.wait().unwrap();
    assert_eq!(sweep(&home.root()).unwrap().removed.len(), 1, "once that process is gone the directory goes");
}

#[test]
fn a_replaced_binary_is_named_as_the_cause() {
    let home = Home::new();
    let shell = home.directory.path().join("sh");
    std::fs::copy("/bin/sh", &shell).unwrap();
    let mut instance = Instance::create(&home.root(), Identity { binary: shell.clone(), ..identity() }).unwrap();
    let mut recipe = recipe(&instance, STUBBORN);
    recipe.start.path = shell.clone();
    instance.start(recipe, &Stop::new()).unwrap();
    instance.check().unwrap();

    std::fs::copy("/bin/sh", home.directory.path().join("new")).unwrap();
    std::fs::rename(home.directory.path().join("new"), &shell).unwrap();
    assert!(matches!(instance.check(), Err(Fault::BinaryReplaced { .. })));
    let pid = instance.pid().unwrap();
    instance.stop().unwrap();
    assert!(!alive(pid), "it is ended all the same");
}
