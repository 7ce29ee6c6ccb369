//! States of servers, kept between runs: the data directory of one that has run something, under a word that says what, with a text
//! beside it. Few are kept, none that is large, and those that were not used for long go first. Neighbours: `template`, whose cache
//! this is too; `sweep`. When a state may stand for another run is not known here.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use evenkeel_core::port::Recalled;

use crate::binary::Fingerprint;
use crate::copy::{Take, copy_tree};
use crate::fault::Fault;
use crate::instance::{Instance, remove_tree};
use crate::root::{Root, make_directory};

/// What a state's entry is called, before its number.
const PREFIX: &str = "state-";
/// So many states at most, and none beyond so many bytes: they may be in memory.
const MOST: usize = 8;
const LARGEST: u64 = 256 << 20;
/// One that is not whole after this long never will be.
const MAKING: Duration = Duration::from_secs(10 * 60);
const DAY: u64 = 24 * 60 * 60;
const DATA: &str = "data";
const BESIDE: &str = "beside";

impl Instance {
    /// Fills `target`, which must not exist yet, with the state that is kept under the first of these words under which one is, of a
    /// server with these arguments. Nothing where none is.
    ///
    /// # Errors
    /// [`Fault::File`] where it cannot be copied.
    pub fn recall(&self, root: &Root, target: &Path, arguments: &[String], words: &[String]) -> Result<Option<Recalled>, Fault> {
        if words.is_empty() {
            return Ok(None);
        }
        let cache = root.cache()?;
        // Nobody removes one while it is copied; while some are removed, none is there.
        let lock = lock(&cache)?;
        if lock.try_lock_shared().is_err() {
            return Ok(None);
        }
        let kind = self.kind(arguments)?;
        for word in words {
            let entry = cache.join(named(&kind, word));
            let Ok(beside) = std::fs::read_to_string(entry.join(BESIDE)) else { continue };
            copy_tree(&entry.join(DATA), target, &|_| Take::All)?;
            if let Ok(directory) = File::open(&entry) {
                // A date that is not set is only an earlier removal.
                let _ = directory.set_modified(SystemTime::now());
            }
            return Ok(Some(Recalled { word: word.clone(), beside }));
        }
        Ok(None)
    }

    /// Keeps the state that `fill` puts into the directory it is handed, which does not exist yet. Whether it is kept.
    ///
    /// # Errors
    /// [`Fault::File`]; whatever `fill` meets.
    pub fn keep<E: From<Fault>>(
        &self,
        root: &Root,
        (arguments, word, beside): (&[String], &str, &str),
        fill: impl FnOnce(&Path) -> Result<(), E>,
    ) -> Result<bool, E> {
        let cache = root.cache()?;
        let entry = cache.join(named(&self.kind(arguments)?, word));
        if entry.exists() {
            return Ok(true);
        }
        // Complete before it has its name. Two processes may make the same: the later one's is dropped.
        let draft = entry.with_extension(format!("new-{}", std::process::id()));
        let made = make_directory(&draft, 0o700).map_err(E::from).and_then(|()| fill(&draft.join(DATA)));
        let done = made.and_then(|()| {
            if size(&draft.join(DATA)) > LARGEST {
                return Ok(false);
            }
            let text = draft.join(BESIDE);
            std::fs::write(&text, beside).map_err(Fault::file("write", &text))?;
            Ok(std::fs::rename(&draft, &entry).is_ok() || entry.exists())
        });
        if draft.exists() {
            let _ = remove_tree(&draft);
        }
        prune(&cache)?;
        done
    }

    /// Forgets a state: one with which no server starts is none.
    ///
    /// # Errors
    /// [`Fault::File`].
    pub fn forget(&self, root: &Root, arguments: &[String], word: &str) -> Result<(), Fault> {
        let cache = root.cache()?;
        let entry = cache.join(named(&self.kind(arguments)?, word));
        let lock = lock(&cache)?;
        // Who copies one now meets what we met.
        if lock.try_lock().is_ok() && entry.exists() { remove_tree(&entry) } else { Ok(()) }
    }

    /// Another program of ours may have run the same texts otherwise, and on another day they may mean something else.
    fn kind(&self, arguments: &[String]) -> Result<String, Fault> {
        let own = std::env::current_exe().map_err(Fault::file("find", Path::new("/proc/self/exe")))?;
        let own = Fingerprint::take(&own)?.text();
        let day = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs() / DAY);
        let all: Vec<String> = arguments.iter().cloned().chain([own, day.to_string()]).collect();
        self.template_name(&all)
    }
}

fn named(kind: &str, word: &str) -> String {
    let hex = blake3::hash(word.as_bytes()).to_hex();
    format!("{PREFIX}{kind}-{}", hex.get(..32).unwrap_or(&hex))
}

const LOCK: &str = "states.lock";

fn lock(cache: &Path) -> Result<File, Fault> {
    let path = cache.join(LOCK);
    File::options().append(true).create(true).open(&path).map_err(Fault::file("open", &path))
}

fn prune(cache: &Path) -> Result<(), Fault> {
    let entries = std::fs::read_dir(cache).map_err(Fault::file("read", cache))?.flatten();
    let is_ours = |entry: &std::fs::DirEntry| entry.file_name().to_str().is_some_and(|name| name.starts_with(PREFIX));
    let used = |entry: std::fs::DirEntry| Some((entry.metadata().and_then(|found| found.modified()).ok()?, entry.path()));
    let ours = entries.filter(is_ours).filter_map(used);
    let (drafts, mut states): (Vec<(SystemTime, PathBuf)>, Vec<_>) = ours.partition(|(_, path)| path.extension().is_some());
    states.sort();
    states.truncate(states.len().saturating_sub(MOST));
    // What a killed one left half.
    let is_old = |since: &SystemTime| SystemTime::now().duration_since(*since).is_ok_and(|age| age > MAKING);
    states.extend(drafts.into_iter().filter(|(since, _)| is_old(since)));
    // Where somebody copies one now, and where one resists, it is removed another time.
    let lock = lock(cache)?;
    if !states.is_empty() && lock.try_lock().is_ok() {
        for (_, path) in &states {
            let _ = remove_tree(path);
        }
    }
    Ok(())
}

fn size(directory: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(directory) else { return 0 };
    let one = |entry: std::fs::DirEntry| match entry.metadata() {
        Ok(found) if found.is_dir() => size(&entry.path()),
        Ok(found) => found.len(),
        Err(_) => 0,
    };
    entries.flatten().map(one).sum()
}
