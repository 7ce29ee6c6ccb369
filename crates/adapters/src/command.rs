//! Moving traffic by a command of the user's own: it is run with the share as its last argument.

use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::port::Shifter;
use std::io::Read;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// The longest answer that is read.
const MOST: u64 = 4096;
const LOOK: Duration = Duration::from_millis(10);

/// A command that moves traffic, and perhaps one that says how it is spread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    pub run: Vec<String>,
    /// Prints the share that is moved, a number from 0 to 100.
    pub read: Option<Vec<String>>,
    /// How long one of them may take.
    pub within: Duration,
    /// Where they are run.
    pub folder: PathBuf,
    pub environment: String,
}

impl Command {
    fn failed(&self, words: &[String], found: String) -> Box<Trouble> {
        let trouble = Trouble::new(Class::CouldNotTell, format!("the command {} did not do it", words.join(" ")));
        let trouble = trouble.expected(format!("an end with 0 within {} s", self.within.as_secs_f64())).found(found);
        Box::new(trouble.origin("[rollout.command]").fix("run it by hand, and look what it says"))
    }

    /// Runs it to its end; what it printed.
    fn ran(&self, words: &[String], share: Option<u8>) -> Result<String, Box<Trouble>> {
        let (Some(program), share) = (words.first(), share.map(|share| share.to_string())) else {
            return Err(self.failed(words, "no command".to_owned()));
        };
        let mut command = std::process::Command::new(program);
        command.args(words.iter().skip(1)).args(&share).current_dir(&self.folder).stdin(Stdio::null()).stdout(Stdio::piped());
        command.env("EVENKEEL_ENVIRONMENT", &self.environment);
        if let Some(share) = &share {
            command.env("EVENKEEL_SHARE", share);
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
                    // It may have ended meanwhile.
                    let _ = child.kill();
                    let _ = child.wait();
                    return Err(self.failed(words, "it did not end, and was killed".to_owned()));
                }
                Err(error) => return Err(self.failed(words, error.to_string())),
            }
        }
    }

    fn share(&self, words: &[String]) -> Result<u8, Box<Trouble>> {
        let text = self.ran(words, None)?;
        text.parse::<u8>().ok().filter(|share| *share <= 100).ok_or_else(|| {
            let shown: String = text.chars().take(80).collect();
            let trouble = Trouble::new(Class::CouldNotTell, format!("{} does not say how traffic is spread", words.join(" ")));
            let trouble = trouble.expected("a number from 0 to 100").found(format!("{shown:?}"));
            Box::new(trouble.origin("read under [rollout.command]").fix("let it print the share that is moved, and nothing else"))
        })
    }
}

impl Shifter for Command {
    fn describe(&self) -> String {
        format!("the command {}", self.run.join(" "))
    }

    fn spread(&self) -> Result<Option<String>, Box<Trouble>> {
        self.read.as_ref().map(|words| self.share(words)).transpose().map(|share| share.map(|share| share.to_string()))
    }

    fn words(&self, share: u8) -> Vec<String> {
        vec![format!("{} {share}", self.run.join(" "))]
    }

    fn shift(&self, share: u8) -> Result<(), Box<Trouble>> {
        self.ran(&self.run, Some(share))?;
        let Some(words) = &self.read else { return Ok(()) };
        match self.share(words)? {
            found if found == share => Ok(()),
            found => Err(self.failed(&self.run, format!("{} says {found} % afterwards, and not {share}", words.join(" ")))),
        }
    }

    fn restore(&self, spread: Option<&str>) -> Result<(), Box<Trouble>> {
        match spread.map(str::parse::<u8>) {
            None => self.shift(0),
            Some(Ok(share)) if share <= 100 => self.shift(share),
            Some(_) => Err(self.failed(&self.run, format!("what the journal has is no share: {:?}", spread.unwrap_or_default()))),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn of(folder: &std::path::Path, run: &str, read: Option<&str>) -> Command {
        let shell = |text: &str| vec!["sh".to_owned(), "-c".to_owned(), text.to_owned(), "sh".to_owned()];
        let within = Duration::from_millis(500);
        Command { run: shell(run), read: read.map(shell), within, folder: folder.to_owned(), environment: "shop".to_owned() }
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
        let nowhere = Command { run: vec!["/nowhere/at/all".to_owned()], ..good };
        assert!(nowhere.shift(5).is_err());
    }
}
