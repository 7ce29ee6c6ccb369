//! Copies a data directory file by file and gives the copy to the server's user. For templates (nothing runs on them)
//! and for replicas (a backup is in progress, so files may come and go).

use std::fs::Metadata;
use std::io::{Error, ErrorKind};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, chown};
use std::path::{Path, PathBuf};

use super::fault::Fault;

/// What a replica must not take along: its neighbour's WAL, locks, slots and temporary state. Directories stay, empty.
/// <https://www.postgresql.org/docs/current/continuous-archiving.html#BACKUP-LOWLEVEL-BASE-BACKUP-DATA>
const LIVE: &[&str] = &["pg_wal", "pg_replslot", "pg_dynshmem", "pg_notify", "pg_serial", "pg_snapshots", "pg_stat_tmp", "pg_subtrans"];
const LIVE_FILES: &[&str] = &["postmaster.pid", "postmaster.opts", "backup_label", "tablespace_map"];

/// Copies a directory that nobody works in. `to` must not exist.
pub fn at_rest(from: &Path, to: &Path) -> Result<(), Fault> {
    tree(from, to, &|_| Take::All).map(drop)
}

/// Copies the data directory of a running server while a backup is in progress. Answers with the symbolic links that
/// were left out (tablespaces elsewhere).
pub fn of_running_server(from: &Path, to: &Path) -> Result<Vec<PathBuf>, Fault> {
    let links = tree(from, to, &|path| {
        let name = path.strip_prefix(from).ok().and_then(Path::to_str).unwrap_or_default();
        if LIVE_FILES.contains(&name) || name.ends_with("pg_internal.init") {
            Take::Nothing
        } else if LIVE.contains(&name) {
            Take::Directory
        } else {
            Take::All
        }
    })?;
    let status = to.join("pg_wal/archive_status");
    let owner = std::fs::metadata(to).map_err(Fault::file("look at", to))?;
    directory(&status, &owner)?;
    Ok(links)
}

enum Take {
    All,
    /// The directory without what is in it.
    Directory,
    Nothing,
}

fn tree(from: &Path, to: &Path, take: &dyn Fn(&Path) -> Take) -> Result<Vec<PathBuf>, Fault> {
    let mut links = Vec::new();
    let mut todo = vec![(from.to_path_buf(), to.to_path_buf())];
    while let Some((source, target)) = todo.pop() {
        let Some(found) = present(std::fs::symlink_metadata(&source)).map_err(Fault::file("read", &source))? else {
            continue;
        };
        let inside = match take(&source) {
            Take::Nothing => continue,
            Take::Directory => false,
            Take::All => true,
        };
        if found.is_symlink() {
            links.push(source);
        } else if found.is_dir() {
            directory(&target, &found)?;
            if inside {
                let entries = present(std::fs::read_dir(&source)).map_err(Fault::file("read", &source))?;
                for entry in entries.into_iter().flatten().flatten() {
                    todo.push((entry.path(), target.join(entry.file_name())));
                }
            }
        } else if found.is_file()
            && let Some(_bytes) = present(std::fs::copy(&source, &target)).map_err(Fault::file("copy", &source))?
        {
            give(&target, &found)?;
        }
    }
    Ok(links)
}

fn directory(target: &Path, like: &Metadata) -> Result<(), Fault> {
    std::fs::DirBuilder::new().mode(0o700).create(target).map_err(Fault::file("create", target))?;
    give(target, like)
}

fn give(target: &Path, like: &Metadata) -> Result<(), Fault> {
    chown(target, Some(like.uid()), Some(like.gid())).map_err(Fault::file("give away", target))
}

/// A file that was removed meanwhile is not there, and that is fine: WAL replay removes it again or makes it anew.
fn present<T>(result: Result<T, Error>) -> Result<Option<T>, Error> {
    match result {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        other => other.map(Some),
    }
}
