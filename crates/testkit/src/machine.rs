//! A machine made of maps, for tests of how connection texts are read.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

use evenkeel_core::connection::{FileFacts, Machine};

/// A machine that holds only what the test put in. User `tester` with the number 1000, home `/home/tester`.
#[derive(Default, Clone)]
pub struct Fake {
    pub variables: HashMap<String, String>,
    /// Content, mode and owner.
    pub files: HashMap<PathBuf, (Vec<u8>, u32, u32)>,
    pub folders: Vec<PathBuf>,
    pub sockets: Vec<PathBuf>,
    pub home: Option<PathBuf>,
}

impl Fake {
    #[must_use]
    pub fn new() -> Self {
        Self { home: Some(PathBuf::from("/home/tester")), ..Self::default() }
    }

    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    /// A file of ours with mode 0600.
    #[must_use]
    pub fn file(self, path: &str, text: impl AsRef<[u8]>) -> Self {
        self.file_with(path, text, 0o600, 1000)
    }

    #[must_use]
    pub fn file_with(mut self, path: &str, text: impl AsRef<[u8]>, mode: u32, owner: u32) -> Self {
        self.files.insert(PathBuf::from(path), (text.as_ref().to_vec(), mode, owner));
        self
    }

    #[must_use]
    pub fn socket(mut self, path: &str) -> Self {
        self.sockets.push(PathBuf::from(path));
        self
    }
}

impl Machine for Fake {
    fn variable(&self, name: &str) -> Option<String> {
        self.variables.get(name).cloned()
    }

    fn read_file(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.files.get(path).map(|file| file.0.clone()).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn facts(&self, path: &Path) -> io::Result<FileFacts> {
        let facts = FileFacts { mode: 0o755, owner: 0, is_file: false, is_directory: false, is_socket: false };
        if self.folders.iter().any(|folder| folder == path) {
            return Ok(FileFacts { is_directory: true, ..facts });
        }
        if self.sockets.iter().any(|socket| socket == path) {
            return Ok(FileFacts { is_socket: true, ..facts });
        }
        let (_, mode, owner) = self.files.get(path).ok_or(io::ErrorKind::NotFound)?;
        Ok(FileFacts { mode: *mode, owner: *owner, is_file: true, ..facts })
    }

    fn names(&self, folder: &Path) -> io::Result<Vec<String>> {
        if !self.folders.iter().any(|known| known == folder) {
            return Err(io::ErrorKind::NotFound.into());
        }
        let inside = self.files.keys().filter(|path| path.parent() == Some(folder));
        Ok(inside.filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned())).collect())
    }

    fn home(&self) -> Option<PathBuf> {
        self.home.clone()
    }

    fn user_name(&self) -> Option<String> {
        Some("tester".to_owned())
    }

    fn user_id(&self) -> u32 {
        1000
    }
}
