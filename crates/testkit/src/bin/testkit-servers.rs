//! The keeper of test servers as a program: `start` (in the background, ends with the process that started it),
//! `start --until PID` (ends with that process), `status`, `stop`. What it does is in `evenkeel_testkit::keeper`.
//! `versions` tells which servers are here, beside those of the last green run.
//!
//! nextest runs `start` as a setup script and takes the variable from the file `$NEXTEST_ENV`; a shell takes it from
//! stdout: `export "$(testkit-servers start --until $$)"`.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use evenkeel_launcher::Mark;
use evenkeel_testkit::keeper::{VARIABLE, ask, keep, new_socket};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match words.as_slice() {
        ["start"] => match rustix::process::getppid() {
            Some(parent) => start(&parent.as_raw_nonzero().to_string()),
            None => Err("the process that started us is gone".into()),
        },
        ["start", "--until", pid] => start(pid),
        ["keep", socket, pid] => run(Path::new(socket), pid),
        ["status"] => current().and_then(|socket| ask(&socket, "status")).map(|text| println!("{text}")),
        ["versions"] => {
            evenkeel_testkit::tested::report().iter().for_each(|line| println!("{line}"));
            Ok(())
        }
        ["stop"] => current().and_then(|socket| stop(&socket)),
        _ => Err("usage: testkit-servers start [--until PID] | status | stop | versions".into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("testkit-servers: {problem}");
            ExitCode::FAILURE
        }
    }
}

/// Starts a keeper unless the environment names one that answers.
fn start(until_gone: &str) -> Result<(), String> {
    if let Ok(socket) = current()
        && ask(&socket, "status").is_ok()
    {
        return announce(&socket);
    }
    let socket = new_socket()?;
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let mut keeper = Command::new(program)
        .arg("keep")
        .arg(&socket)
        .arg(until_gone)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        // Whoever waits for our output to close must not wait for the keeper.
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .map_err(|error| format!("cannot start the keeper: {error}"))?;
    let mut line = String::new();
    if let Some(output) = keeper.stdout.take() {
        BufReader::new(output).read_line(&mut line).map_err(|error| error.to_string())?;
    }
    if line.trim() != "ready" {
        return Err(format!("the keeper did not start: {}", line.trim()));
    }
    announce(&socket)
}

fn announce(socket: &Path) -> Result<(), String> {
    let line = format!("{VARIABLE}={}\n", socket.display());
    match std::env::var_os("NEXTEST_ENV") {
        Some(path) => std::fs::File::options()
            .append(true)
            .create(true)
            .open(&path)
            .and_then(|mut file| file.write_all(line.as_bytes()))
            .map_err(|error| format!("cannot write {}: {error}", path.display())),
        None => {
            print!("{line}");
            Ok(())
        }
    }
}

fn run(socket: &Path, pid: &str) -> Result<(), String> {
    let pid: i32 = pid.parse().map_err(|_| format!("'{pid}' is no process id"))?;
    let until_gone = Mark::of(pid).ok_or(format!("there is no process {pid}"))?;
    keep(socket, &until_gone, || println!("ready")).map_err(|error| format!("cannot keep {}: {error}", socket.display()))
}

fn stop(socket: &Path) -> Result<(), String> {
    ask(socket, "stop")?;
    // It removes its socket first and ends its servers then; both take a moment.
    while ask(socket, "status").is_ok() {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    Ok(())
}

fn current() -> Result<PathBuf, String> {
    std::env::var_os(VARIABLE)
        .filter(|value| !value.is_empty())
        .map(PathBuf::from)
        .ok_or(format!("{VARIABLE} is not set: no keeper was started for this shell"))
}
