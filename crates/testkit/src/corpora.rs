//! Real schema files that are kept elsewhere: how they are found, and what came of the trials with them, for both engines.

use evenkeel_core::statement::{Grammar, is_whole};
use std::path::{Path, PathBuf};

/// What a trial ended with.
pub enum Ended {
    Equal,
    /// What no statement makes, and why, in words.
    Refused(Vec<String>),
    /// What went wrong.
    Wrong(String),
}

/// What came of one kind of trial.
#[derive(Debug, Default)]
pub struct Tally {
    equal: usize,
    pub refused: Vec<String>,
    pub wrong: Vec<String>,
}

impl Tally {
    pub fn count(&mut self, what: &str, ended: Ended) {
        match ended {
            Ended::Equal => self.equal += 1,
            Ended::Refused(reasons) => self.refused.push(format!("{what}: {}", reasons.join("; "))),
            Ended::Wrong(problem) => self.wrong.push(format!("{what}: {problem}")),
        }
    }

    #[must_use]
    pub fn words(&self) -> String {
        format!("{} equal, {} refused by name, {} wrong", self.equal, self.refused.len(), self.wrong.len())
    }
}

/// Prints what came of them.
///
/// # Panics
/// Where something went wrong.
pub fn judged(server: &str, built: &Tally, forward: &Tally, back: &Tally) {
    println!("{server}: from nothing {}; forward {}; back {}", built.words(), forward.words(), back.words());
    let all = [built, forward, back];
    for refused in all.iter().flat_map(|tally| &tally.refused) {
        println!("  {refused}");
    }
    let wrong: Vec<&str> = all.iter().flat_map(|tally| &tally.wrong).map(String::as_str).collect();
    assert!(wrong.is_empty(), "{} on {server}:\n{}", wrong.len(), wrong.join("\n"));
}

/// Folders of `EVENKEEL_CORPORA` for an engine, each a project's, or the one that `EVENKEEL_CORPUS` names.
///
/// # Panics
/// Where no folder is named, or it cannot be read.
#[must_use]
pub fn corpora(engine: &str) -> Vec<(String, Vec<PathBuf>)> {
    let folder = PathBuf::from(std::env::var_os("EVENKEEL_CORPORA").expect("EVENKEEL_CORPORA names a folder"));
    let wanted = std::env::var("EVENKEEL_CORPUS").unwrap_or_default();
    let named = sorted(&folder.join(engine)).into_iter().filter_map(|corpus| {
        let name = corpus.file_name()?.to_string_lossy().into_owned();
        (wanted.is_empty() || wanted == name).then(|| (name, sorted(&corpus)))
    });
    named.collect()
}

/// Cuts every file of the histories that `script/histories` has laid out in `EVENKEEL_HISTORIES` for a family of servers, and puts
/// each together again.
///
/// # Panics
/// Where no folder is named, none of it is for them, or a byte of a file is lost.
pub fn histories_are_whole(family: &str, grammar: &dyn Grammar) {
    let folder = PathBuf::from(std::env::var_os("EVENKEEL_HISTORIES").expect("EVENKEEL_HISTORIES names a folder"));
    let (mut files, mut bytes, mut statements, mut lost) = (0, 0, 0, Vec::new());
    for history in sorted(&folder).into_iter().filter(|history| engine_of(history).starts_with(family)) {
        let mut folders = vec![history.join("m")];
        while let Some(within) = folders.pop() {
            for path in sorted(&within) {
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|end| end == "sql") {
                    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
                    let pieces = grammar.split(&text);
                    files += 1;
                    bytes += text.len();
                    statements += pieces.iter().filter(|piece| piece.statement().is_some()).count();
                    if !is_whole(&text, &pieces) {
                        lost.push(path);
                    }
                }
            }
        }
    }
    println!("{family}: {files} files of {bytes} bytes, {statements} statements, {} files not whole", lost.len());
    assert!(files > 0, "{} has no history for {family}", folder.display());
    assert!(lost.is_empty(), "{lost:?}");
}

fn engine_of(history: &Path) -> String {
    std::fs::read_to_string(history.join("engine")).unwrap_or_default()
}

fn sorted(folder: &Path) -> Vec<PathBuf> {
    let entries = folder.read_dir().unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.expect("a folder can be read").path()).collect();
    found.sort();
    found
}
