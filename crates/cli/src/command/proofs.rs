//! Proofs of earlier patches, in the user's cache folder: a file for each, called by what it rests on, which says on what it was tried
//! and when. Nothing of anybody's schema stands in it. What cannot be read or is somebody else's is as if it were not there.

use evenkeel_pipeline::patch::{Before, Proofs};
use std::fs::{self, Metadata};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Turns it off.
const VARIABLE: &str = "EVENKEEL_PROOFS";
const OFF: &str = "off";
/// How such a file begins.
const FORMAT: &str = "evenkeel proof 1";
/// More than this is none of ours.
const LONGEST: u64 = 1000;
/// What is older is swept.
const KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// The folder; nothing where there is none, or none is wanted.
pub struct Kept {
    folder: Option<PathBuf>,
}

impl Kept {
    pub fn of_this_user() -> Self {
        if std::env::var_os(VARIABLE).is_some_and(|value| value == OFF) {
            return Self { folder: None };
        }
        let absolute = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let cache = absolute("XDG_CACHE_HOME").or_else(|| absolute("HOME").map(|home| home.join(".cache")));
        Self { folder: cache.map(|cache| cache.join("evenkeel").join("proofs")) }
    }

    fn file(&self, ground: &str) -> Option<PathBuf> {
        self.folder.as_deref().filter(|folder| is_own_folder(folder)).map(|folder| folder.join(ground))
    }

    fn try_to_keep(&self, ground: &str, server: &str) -> std::io::Result<()> {
        let Some(folder) = &self.folder else { return Ok(()) };
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        if !is_own_folder(folder) {
            return Ok(());
        }
        sweep(folder);
        let now = jiff::Timestamp::now();
        let text = format!("{FORMAT}\n{}\n{server}\n", now.round(jiff::Unit::Second).unwrap_or(now));
        let draft = folder.join(format!("{ground}.{}", std::process::id()));
        let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
        let written = file.write_all(text.as_bytes()).and_then(|()| fs::rename(&draft, folder.join(ground)));
        if written.is_err() {
            let _ = fs::remove_file(&draft);
        }
        written
    }
}

impl Proofs for Kept {
    fn before(&self, ground: &str) -> Option<Before> {
        let path = self.file(ground)?;
        let metadata = fs::symlink_metadata(&path).ok()?;
        if !metadata.is_file() || !is_own(&metadata) || metadata.len() > LONGEST {
            return None;
        }
        let text = fs::read_to_string(&path).ok()?;
        let mut lines = text.lines();
        let (format, at, server) = (lines.next()?, lines.next()?, lines.next()?);
        at.parse::<jiff::Timestamp>().ok().filter(|_| format == FORMAT)?;
        Some(Before { server: server.to_owned(), at: at.to_owned() })
    }

    fn keep(&self, ground: &str, server: &str) {
        // Then it is tried again.
        let _ = self.try_to_keep(ground, server);
    }
}

/// Whether nobody else could have written it.
fn is_own(metadata: &Metadata) -> bool {
    metadata.uid() == rustix::process::geteuid().as_raw() && metadata.mode() & 0o022 == 0
}

fn is_own_folder(folder: &Path) -> bool {
    fs::symlink_metadata(folder).is_ok_and(|metadata| metadata.is_dir() && is_own(&metadata))
}

fn sweep(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let age = entry.metadata().and_then(|metadata| metadata.modified()).ok().and_then(|time| time.elapsed().ok());
        if age.is_some_and(|age| age > KEPT) {
            let _ = fs::remove_file(entry.path());
        }
    }
}
