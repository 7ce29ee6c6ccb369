//! Which files of a running server's data directory are copied for a replica. A backup is in progress, so files may come
//! and go; WAL replay removes them again or makes them anew.

use std::os::unix::fs::{MetadataExt, chown};
use std::path::{Path, PathBuf};

use evenkeel_launcher::{Take, copy_tree, make_like};

use super::fault::Fault;

/// What a replica must not take along: its neighbour's WAL, locks, slots and temporary state. Directories stay, empty.
/// <https://www.postgresql.org/docs/current/continuous-archiving.html#BACKUP-LOWLEVEL-BASE-BACKUP-DATA>
const LIVE: &[&str] = &["pg_wal", "pg_replslot", "pg_dynshmem", "pg_notify", "pg_serial", "pg_snapshots", "pg_stat_tmp", "pg_subtrans"];
const LIVE_FILES: &[&str] = &["postmaster.pid", "postmaster.opts", "backup_label", "tablespace_map"];

/// Copies the data directory of a running server while a backup is in progress. Answers with the symbolic links that
/// were left out (tablespaces elsewhere).
pub fn of_running_server(from: &Path, to: &Path) -> Result<Vec<PathBuf>, Fault> {
    let links = copy_tree(from, to, &|path| {
        let name = path.to_str().unwrap_or_default();
        if LIVE_FILES.contains(&name) || name.ends_with("pg_internal.init") {
            Take::Nothing
        } else if LIVE.contains(&name) {
            Take::Directory
        } else {
            Take::All
        }
    })?;
    let owner = std::fs::metadata(to).map_err(evenkeel_launcher::Fault::file("look at", to))?;
    make_like(&to.join("pg_wal/archive_status"), &owner)?;
    Ok(links)
}

/// Copies the segments of the log that are there, for a server that has no other to ask for them.
pub fn log(from: &Path, to: &Path) -> Result<(), Fault> {
    let (from, to) = (from.join("pg_wal"), to.join("pg_wal"));
    let entries = std::fs::read_dir(&from).map_err(evenkeel_launcher::Fault::file("read", &from))?;
    let owner = std::fs::metadata(&to).map_err(evenkeel_launcher::Fault::file("look at", &to))?;
    for entry in entries.flatten() {
        // 24 hexadecimal digits; beside them are folders, and files of timelines and backups.
        let name = entry.file_name();
        if name.to_str().is_none_or(|name| name.len() != 24 || !name.bytes().all(|byte| byte.is_ascii_hexdigit())) {
            continue;
        }
        let target = to.join(&name);
        std::fs::copy(entry.path(), &target).map_err(evenkeel_launcher::Fault::file("copy", entry.path()))?;
        chown(&target, Some(owner.uid()), Some(owner.gid())).map_err(evenkeel_launcher::Fault::file("give away", &target))?;
    }
    Ok(())
}
