//! The directory under which all instances of one user live, and what makes it safe to work in. Its layout:
//!
//! ```text
//! ROOT/                      ours, nobody else writes
//!   pg17-1a2b3c4d/           one instance: ours
//!     owner                  written and locked before anything starts (`record`)
//!     server                 pid of the server, once it runs
//!     run/                   belongs to the server's user, nobody else looks in: data, socket, logs
//!   cache/                   what engine crates keep between runs; unused entries are swept
//! ```

use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::process::geteuid;

use crate::fault::Fault;

/// The environment variable that moves the root.
pub const ROOT_VARIABLE: &str = "EVENKEEL_SCRATCH_DIR";

const MEMORY: &str = "/dev/shm";
const GIB: u64 = 1 << 30;

/// A runtime root that was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Root {
    path: PathBuf,
    pub(crate) origin: &'static str,
}

impl Root {
    /// The root of this user: `$EVENKEEL_SCRATCH_DIR`, or `/tmp/evenkeel-<uid>` (not `$TMPDIR`, which may be long).
    /// Made if missing.
    ///
    /// # Errors
    /// [`Fault::UnsafeRoot`] when somebody else owns it or may write to it; [`Fault::File`] when it cannot be made.
    pub fn open() -> Result<Self, Fault> {
        match std::env::var_os(ROOT_VARIABLE).filter(|value| !value.is_empty()) {
            Some(path) => Self::at(Path::new(&path), "environment variable EVENKEEL_SCRATCH_DIR"),
            None => Self::at(&PathBuf::from(format!("/tmp/evenkeel-{}", geteuid().as_raw())), "default place for scratch servers"),
        }
    }

    /// A root in memory for many small servers: `/dev/shm/evenkeel-<uid>` where that is a tmpfs and memory is plenty
    /// (4 GiB free in it, 8 GiB available at all), else as [`Root::open`]. Making files there is many times faster;
    /// what grows there takes memory, so it is no place for data of unknown size. `$EVENKEEL_SCRATCH_DIR` wins.
    ///
    /// # Errors
    /// As [`Root::open`].
    pub fn fast() -> Result<Self, Fault> {
        let chosen = std::env::var_os(ROOT_VARIABLE).is_some_and(|value| !value.is_empty());
        if chosen || !memory_is_plenty() {
            return Self::open();
        }
        let path = PathBuf::from(format!("{MEMORY}/evenkeel-{}", geteuid().as_raw()));
        Self::at(&path, "place for small scratch servers, in memory")
    }

    /// A root at a given place; `origin` says in messages who chose it.
    ///
    /// # Errors
    /// As [`Root::open`].
    pub fn at(path: &Path, origin: &'static str) -> Result<Self, Fault> {
        let unsafe_root = |reason: &str| Fault::UnsafeRoot { path: path.into(), reason: reason.into(), origin };
        // 0711: the server's user must be able to pass through, not to look around.
        std::fs::DirBuilder::new().recursive(true).mode(0o711).create(path).map_err(Fault::file("create", path))?;
        let found = std::fs::symlink_metadata(path).map_err(Fault::file("look at", path))?;
        if found.file_type().is_symlink() {
            return Err(unsafe_root("it is a symbolic link"));
        }
        if found.uid() != geteuid().as_raw() {
            return Err(unsafe_root("it belongs to another user"));
        }
        if found.mode() & 0o022 != 0 {
            return Err(unsafe_root("others may write to it"));
        }
        if found.mode() & 0o011 != 0o011 && geteuid().is_root() {
            let mut mode = found.permissions();
            mode.set_mode(found.mode() | 0o011);
            std::fs::set_permissions(path, mode).map_err(Fault::file("open up", path))?;
        }
        let path = path.canonicalize().map_err(Fault::file("look at", path))?;
        Ok(Self { path, origin })
    }

    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where engine crates keep what is worth keeping between runs; one directory per entry. Made if missing.
    ///
    /// # Errors
    /// [`Fault::File`] when it cannot be made.
    pub fn cache(&self) -> Result<PathBuf, Fault> {
        let path = self.path.join("cache");
        make_directory(&path, 0o711)?;
        Ok(path)
    }
}

#[cfg(target_os = "linux")]
fn memory_is_plenty() -> bool {
    /// `TMPFS_MAGIC` of linux/magic.h.
    const TMPFS: u64 = 0x0102_1994;
    let Ok(found) = rustix::fs::statfs(MEMORY) else {
        return false;
    };
    let free = found.f_bavail.saturating_mul(u64::try_from(found.f_bsize).unwrap_or(0));
    let available = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let available = available
        .lines()
        .find_map(|line| line.strip_prefix("MemAvailable:")?.trim().strip_suffix(" kB")?.parse::<u64>().ok())
        .map_or(0, |kib| kib.saturating_mul(1024));
    u64::try_from(found.f_type).is_ok_and(|kind| kind == TMPFS) && free >= 4 * GIB && available >= 8 * GIB
}

#[cfg(not(target_os = "linux"))]
fn memory_is_plenty() -> bool {
    false
}

/// Makes one directory; one that exists is fine.
pub fn make_directory(path: &Path, mode: u32) -> Result<(), Fault> {
    match std::fs::DirBuilder::new().mode(mode).create(path) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(Fault::file("create", path)(error)),
        // The umask may have taken bits away that the server's user needs.
        Ok(()) => std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).map_err(Fault::file("open up", path)),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn a_root_that_others_can_write_is_refused() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("root");
        Root::at(&path, "test").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o777)).unwrap();
        assert!(matches!(Root::at(&path, "test"), Err(Fault::UnsafeRoot { .. })));
    }

    #[test]
    fn a_planted_symbolic_link_is_refused() {
        let home = tempfile::tempdir().unwrap();
        std::fs::create_dir(home.path().join("victim")).unwrap();
        let path = home.path().join("root");
        std::os::unix::fs::symlink(home.path().join("victim"), &path).unwrap();
        assert!(matches!(Root::at(&path, "test"), Err(Fault::UnsafeRoot { .. })));
    }
}
