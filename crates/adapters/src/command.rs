//! Moving traffic by a command of the user's own: it is run with the share as its last argument.

use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::port::Shifter;
use rustix::process::{Pid, Signal, kill_process_group};
use std::io::Read;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// The longest answer that is read.
const MOST: u64 = 4096;
const LOOK: Duration = Duration::from_millis(10);
/// How long it is waited for what was killed.
const GONE: Duration = Duration::from_secs(2);

/// A command that moves traffic, and perhaps one that says how it is spread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    pub run: Vec<String>,
    /// Prints the share that is moved, a number from 0 to 100.
    pub read: Option<Vec<String>>,
    /// Sees to it that traffic goes back by itself: it is run with the share and with how many seconds that is good, 0 for good; and for how
    /// long it is told at first.
    pub limit: Option<(Vec<String>, Duration)>,
    /// How long one of them may take.
    pub within: Duration,
    /// Where they are run.
    pub folder: PathBuf,
    pub environment: String,
}

impl Command {
    /// Runs it once, without a share: what is to be done after something else. What it printed.
    ///
    /// # Errors
    /// It cannot be run, or did not end with 0 in its time.
    pub fn once(&self) -> Result<String, Box<Trouble>> {
        self.is_program()?;
        self.ran(&self.run, None, None)
    }

    fn failed(&self, words: &[String], found: String) -> Box<Trouble> {
        let trouble = Trouble::new(Class::CouldNotTell, format!("the command {} did not do it", words.join(" ")));
        let trouble = trouble.expected(format!("an end with 0 within {} s", self.within.as_secs_f64())).found(found);
        Box::new(trouble.origin("[rollout.command]").fix("run it by hand, and look what it says"))
    }

    /// Runs it to its end; what it printed.
    fn ran(&self, words: &[String], share: Option<u8>, time: Option<u64>) -> Result<String, Box<Trouble>> {
        let Some(program) = words.first() else { return Err(self.failed(words, "no command".to_owned())) };
        let (share, time) = (share.map(|share| share.to_string()), time.map(|time| time.to_string()));
        let mut command = std::process::Command::new(program);
        command.args(words.iter().skip(1)).args(&share).args(&time).current_dir(&self.folder).stdin(Stdio::null()).stdout(Stdio::piped());
        // With all that it starts, so that all of it ends with it.
        command.process_group(0);
        command.env("EVENKEEL_ENVIRONMENT", &self.environment);
        if let Some(share) = &share {
            command.env("EVENKEEL_SHARE", share);
        }
        if let Some(time) = &time {
            command.env("EVENKEEL_LIMIT", time);
        }
        let mut child = command.spawn().map_err(|error| self.failed(words, error.to_string()))?;
        let (sender, printed) = mpsc::channel();
        if let Some(stdout) = child.stdout.take() {
            // Nobody waits for whoever keeps it open: that one ends with the process.
            std::thread::spawn(move || {
                let mut text = Vec::new();
                let read = stdout.take(MOST).read_to_end(&mut text);
                sender.send(read.map(|_| text)).ok();
            });
        }
        self.waited(words, &mut child)?;
        match printed.recv_timeout(Duration::from_secs(1)) {
            Ok(Ok(text)) => Ok(String::from_utf8_lossy(&text).trim().to_owned()),
            Ok(Err(error)) => Err(self.failed(words, error.to_string())),
            Err(_) => Ok(String::new()),
        }
    }

    fn waited(&self, words: &[String], child: &mut Child) -> Result<(), Box<Trouble>> {
        let until = Instant::now() + self.within;
        loop {
            match child.try_wait() {
                Ok(Some(status)) if status.success() => return Ok(()),
                Ok(Some(status)) => return Err(self.failed(words, status.to_string())),
                Ok(None) if Instant::now() < until => std::thread::sleep(LOOK),
                Ok(None) => {
                    return Err(self.failed(words, ended(child).to_owned()));
                }
                Err(error) => return Err(self.failed(words, error.to_string())),
            }
        }
    }

    /// Asked before anything is written down: what cannot be started has moved nothing.
    fn is_program(&self) -> Result<(), Box<Trouble>> {
        let program = self.run.first().map(String::as_str).unwrap_or_default();
        let path = Path::new(program);
        let is_there = |path: &Path| rustix::fs::access(path, rustix::fs::Access::EXEC_OK).is_ok() && path.is_file();
        let is_found = if program.contains('/') {
            is_there(&self.folder.join(path))
        } else {
            let folders = std::env::var_os("PATH").unwrap_or_default();
            std::env::split_paths(&folders).any(|folder| is_there(&folder.join(path)))
        };
        if is_found && !program.is_empty() {
            return Ok(());
        }
        let trouble = Trouble::new(Class::Configuration, format!("the command {} cannot be run", self.run.join(" ")));
        let trouble = trouble.expected("a program that is there and may be run").found(format!("{program:?} is none"));
        Err(Box::new(trouble.origin("run under [rollout.command]").fix("write where it is, from the folder of evenkeel.toml")))
    }

    fn share_by(&self, words: &[String]) -> Result<u8, Box<Trouble>> {
        let text = self.ran(words, None, None)?;
        text.parse::<u8>().ok().filter(|share| *share <= 100).ok_or_else(|| {
            let shown: String = text.chars().take(80).collect();
            let trouble = Trouble::new(Class::CouldNotTell, format!("{} does not say how traffic is spread", words.join(" ")));
            let trouble = trouble.expected("a number from 0 to 100").found(format!("{shown:?}"));
            Box::new(trouble.origin("read under [rollout.command]").fix("let it print the share that is moved, and nothing else"))
        })
    }
}

/// Ends it with all that it started: what is there still could move traffic when it was taken back.
fn ended(child: &mut Child) -> &'static str {
    let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    let until = Instant::now() + GONE;
    loop {
        // They may have ended meanwhile.
        let is_there = group.is_some_and(|group| kill_process_group(group, Signal::KILL).is_ok());
        let _ = child.kill();
        let _ = child.try_wait();
        match (is_there, Instant::now() < until) {
            (false, _) => {
                let _ = child.wait();
                return "it did not end, and was killed";
            }
            (true, true) => std::thread::sleep(LOOK),
            (true, false) => return "it did not end, and something that it started cannot be killed: it may move traffic still",
        }
    }
}

impl Shifter for Command {
    fn describe(&self) -> String {
        format!("the command {}", self.run.join(" "))
    }

    fn spread(&self) -> Result<Option<String>, Box<Trouble>> {
        self.is_program()?;
        self.read.as_ref().map(|words| self.share_by(words)).transpose().map(|share| share.map(|share| share.to_string()))
    }

    fn share(&self) -> Result<Option<f64>, Box<Trouble>> {
        self.read.as_ref().map(|words| self.share_by(words)).transpose().map(|share| share.map(f64::from))
    }

    fn words(&self, share: u8) -> Vec<String> {
        vec![format!("{} {share}", self.run.join(" "))]
    }

    fn shift(&self, share: u8) -> Result<(), Box<Trouble>> {
        // First the limit: whoever is killed in between has it.
        self.lasts(share, self.limit.as_ref().map(|(_, time)| *time))?;
        self.moved(share)
    }

    fn lasts(&self, share: u8, time: Option<Duration>) -> Result<(), Box<Trouble>> {
        let Some((words, _)) = &self.limit else { return Ok(()) };
        self.ran(words, Some(share), Some(time.map_or(0, |time| time.as_secs().max(1)))).map(drop)
    }

    fn restore(&self, spread: Option<&str>) -> Result<(), Box<Trouble>> {
        let share = match spread.map(str::parse::<u8>) {
            None => 0,
            Some(Ok(share)) if share <= 100 => share,
            Some(_) => {
                return Err(self.failed(&self.run, format!("what the journal has is no share: {:?}", spread.unwrap_or_default())));
            }
        };
        self.moved(share)?;
        self.lasts(share, None)
    }
}

impl Command {
    fn moved(&self, share: u8) -> Result<(), Box<Trouble>> {
        self.ran(&self.run, Some(share), None)?;
        let Some(words) = &self.read else { return Ok(()) };
        match self.share_by(words)? {
            found if found == share => Ok(()),
            found => Err(self.failed(&self.run, format!("{} says {found} % afterwards, and not {share}", words.join(" ")))),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn shell(text: &str) -> Vec<String> {
        vec!["sh".to_owned(), "-c".to_owned(), text.to_owned(), "sh".to_owned()]
    }

    fn of(folder: &std::path::Path, run: &str, read: Option<&str>) -> Command {
        let within = Duration::from_millis(500);
        Command { run: shell(run), read: read.map(shell), limit: None, within, folder: folder.to_owned(), environment: "shop".to_owned() }
    }

    #[test]
    fn it_is_done_where_it_ends_well_and_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let move_it = "echo $1 > share; test \"$EVENKEEL_ENVIRONMENT $EVENKEEL_SHARE\" = \"shop $1\"";
        let good = of(folder.path(), move_it, Some("cat share"));
        good.shift(25).unwrap();
        assert_eq!(good.spread().unwrap().as_deref(), Some("25"));
        good.restore(Some("7")).unwrap();
        assert_eq!(good.spread().unwrap().as_deref(), Some("7"));
        good.restore(None).unwrap();
        assert!(good.restore(Some("101")).is_err() && good.restore(Some("")).is_err());
        assert_eq!(of(folder.path(), move_it, None).spread().unwrap(), None);
        for (run, read) in
            [("exit 3", None), ("true", Some("echo 4")), ("true", Some("echo many")), ("true", Some("exit 1")), ("true", Some("echo 101"))]
        {
            assert!(of(folder.path(), run, read).shift(5).is_err(), "{run} {read:?}");
        }
        let begun = Instant::now();
        assert!(of(folder.path(), "exec sleep 60", None).shift(5).is_err_and(|trouble| trouble.to_string().contains("killed")));
        assert!(begun.elapsed() < Duration::from_secs(5));
        // The limit is there before traffic is moved, and gone once it is back.
        let limit = shell("echo limit $1 $2 $EVENKEEL_LIMIT >> said");
        let limited = Command { limit: Some((limit, Duration::from_secs(90))), ..of(folder.path(), "echo run $1 >> said", None) };
        limited.shift(5).unwrap();
        limited.lasts(5, Some(Duration::from_millis(100))).unwrap();
        limited.restore(None).unwrap();
        let said = std::fs::read_to_string(folder.path().join("said")).unwrap();
        assert_eq!(said, "limit 5 90 90\nrun 5\nlimit 5 1 1\nrun 0\nlimit 0 0 0\n");
        // What it has started goes with it.
        let child = of(folder.path(), "(sleep 1; echo $1 > share) & sleep 60", Some("cat share"));
        good.shift(7).unwrap();
        assert!(child.shift(5).is_err_and(|trouble| trouble.to_string().contains("killed")));
        std::thread::sleep(Duration::from_millis(1500));
        assert_eq!(good.spread().unwrap().as_deref(), Some("7"));
        // Nothing is begun with what is no program.
        for program in ["/nowhere/at/all", "", "./nope", "no-such-program-anywhere"] {
            let nowhere = Command { run: vec![program.to_owned()], ..good.clone() };
            assert!(nowhere.spread().is_err() && nowhere.shift(5).is_err(), "{program}");
        }
    }
}
