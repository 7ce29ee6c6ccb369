//! What can go wrong with the store, in words.

use evenkeel_core::fault::{Class, Trouble, Troublesome};
use std::path::PathBuf;

/// Why the store could not be used.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    #[error("cannot use the store {path}")]
    File { path: PathBuf, source: rusqlite::Error },
    #[error("cannot make the folder of the store {path}")]
    Folder { path: PathBuf, source: std::io::Error },
    #[error("the store {path} is none of this evenkeel")]
    Version { path: PathBuf, found: i64, known: i64 },
    #[error("the store {path} does not know run {run} as one that goes on")]
    Unknown { path: PathBuf, run: u32 },
}

impl Troublesome for Fault {
    fn trouble(&self) -> Trouble {
        let trouble = Trouble::new(Class::CouldNotTell, self.to_string());
        match self {
            Self::File { source, .. } => trouble
                .expected("an SQLite file that this user may read and write")
                .found(source.to_string())
                .fix("look at its rights and at the disk, or name another: url = \"sqlite:/absolute/path\" under [store]"),
            Self::Folder { source, .. } => trouble
                .expected("a folder that this user may write to")
                .found(source.to_string())
                .fix("name another file: url = \"sqlite:/absolute/path\" under [store]"),
            Self::Unknown { .. } => trouble
                .expected("the file in which the run was written down")
                .found("another, or a run that ended")
                .fix("look who replaced the file; what the run did stands in its output and on the server"),
            Self::Version { found, known, .. } => trouble
                .expected(format!("version {known}, or an older one"))
                .found(format!("version {found}"))
                .fix("use the evenkeel that made it, or name another file under [store]"),
        }
    }
}
