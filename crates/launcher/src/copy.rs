//! Copies a data directory file by file; copies belong to whom the originals belong to. What of it is worth copying is
//! the engine crate's knowledge.

use std::fs::Metadata;
use std::io::{Error, ErrorKind};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, chown};
use std::path::{Path, PathBuf};

use crate::fault::Fault;

/// What to copy of one file or directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Take {
    All,
    /// The directory without what is in it.
    Directory,
    Nothing,
}

/// Copies a directory; `to` must not exist. `take` is asked with the path below `from`. Files that vanish meanwhile are
/// left out. Answers with the symbolic links, which are left out too.
///
/// # Errors
/// [`Fault::File`].
pub fn copy_tree(from: &Path, to: &Path, take: &dyn Fn(&Path) -> Take) -> Result<Vec<PathBuf>, Fault> {
    let mut links = Vec::new();
    let mut todo = vec![(from.to_path_buf(), to.to_path_buf())];
    while let Some((source, target)) = todo.pop() {
        let Some(found) = present(std::fs::symlink_metadata(&source)).map_err(Fault::file("read", &source))? else {
            continue;
        };
        let inside = match take(source.strip_prefix(from).unwrap_or(&source)) {
            Take::Nothing => continue,
            Take::Directory => false,
            Take::All => true,
        };
        if found.is_symlink() {
            links.push(source);
        } else if found.is_dir() {
            make_like(&target, &found)?;
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

/// Makes a directory that only its owner may enter: the owner of `like`.
///
/// # Errors
/// [`Fault::File`].
pub fn make_like(target: &Path, like: &Metadata) -> Result<(), Fault> {
    std::fs::DirBuilder::new().mode(0o700).create(target).map_err(Fault::file("create", target))?;
    give(target, like)
}

fn give(target: &Path, like: &Metadata) -> Result<(), Fault> {
    chown(target, Some(like.uid()), Some(like.gid())).map_err(Fault::file("give away", target))
}

fn present<T>(result: Result<T, Error>) -> Result<Option<T>, Error> {
    match result {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        other => other.map(Some),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn what_is_taken_is_copied_and_links_are_told() {
        let home = tempfile::tempdir().unwrap();
        let from = home.path().join("from");
        std::fs::create_dir_all(from.join("emptied/deep")).unwrap();
        std::fs::create_dir_all(from.join("whole")).unwrap();
        for file in ["emptied/deep/x", "whole/y", "left_out", "kept"] {
            std::fs::write(from.join(file), file).unwrap();
        }
        std::os::unix::fs::symlink("/elsewhere", from.join("link")).unwrap();

        let to = home.path().join("to");
        let take = |path: &Path| match path.to_str() {
            Some("emptied") => Take::Directory,
            Some("left_out") => Take::Nothing,
            _ => Take::All,
        };
        assert_eq!(copy_tree(&from, &to, &take).unwrap(), [from.join("link")]);
        assert_eq!(std::fs::read_to_string(to.join("whole/y")).unwrap(), "whole/y");
        assert_eq!(std::fs::read_to_string(to.join("kept")).unwrap(), "kept");
        assert!(to.join("emptied").is_dir());
        for gone in ["emptied/deep", "left_out", "link"] {
            assert!(to.join(gone).symlink_metadata().is_err(), "{gone}");
        }
        assert!(matches!(copy_tree(&from, &to, &take), Err(Fault::File { .. })), "the target must be new");
    }
}
