//! What connecting asks of the machine: variables, files, the home folder, the user's name.
//!
//! Lives here: the questions. Does not live here: the real process (`runtime::ThisMachine`), and what any
//! answer means (`connect` of each engine). Tests bring their own machine, so none of them touches the one they run on.

use std::io;
use std::path::{Path, PathBuf};

/// What is asked of a file before it is read (followed through symbolic links, as the clients do).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileFacts {
    /// Permission bits, e.g. `0o600`.
    pub mode: u32,
    pub owner: u32,
    pub is_file: bool,
    pub is_directory: bool,
    pub is_socket: bool,
}

/// The part of the outside world that the clients' rules look at.
pub trait Machine: Send + Sync {
    /// An environment variable; `None` when it is not set. Set but empty is `Some("")`, which is a value to libpq.
    fn variable(&self, name: &str) -> Option<String>;
    /// # Errors
    /// As `std::fs::read`.
    fn read_file(&self, path: &Path) -> io::Result<Vec<u8>>;
    /// # Errors
    /// As `std::fs::metadata`.
    fn facts(&self, path: &Path) -> io::Result<FileFacts>;
    /// The names in a folder, in any order.
    ///
    /// # Errors
    /// As `std::fs::read_dir`.
    fn names(&self, folder: &Path) -> io::Result<Vec<String>>;
    fn home(&self) -> Option<PathBuf>;
    /// The operating system's name of the effective user.
    fn user_name(&self) -> Option<String>;
    fn user_id(&self) -> u32;
}

/// A machine on which nothing is set, for connection texts that say all there is to say.
#[derive(Debug, Clone, Copy, Default)]
pub struct Blank;

impl Machine for Blank {
    fn variable(&self, _: &str) -> Option<String> {
        None
    }

    fn read_file(&self, _: &Path) -> io::Result<Vec<u8>> {
        Err(io::ErrorKind::NotFound.into())
    }

    fn facts(&self, _: &Path) -> io::Result<FileFacts> {
        Err(io::ErrorKind::NotFound.into())
    }

    fn names(&self, _: &Path) -> io::Result<Vec<String>> {
        Err(io::ErrorKind::NotFound.into())
    }

    fn home(&self) -> Option<PathBuf> {
        None
    }

    fn user_name(&self) -> Option<String> {
        None
    }

    fn user_id(&self) -> u32 {
        0
    }
}
