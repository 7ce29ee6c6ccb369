//! The project as paths and texts, read from disk or made up by a test.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Texts that checks read, and the names of all other files (whose text is empty).
#[derive(Debug, Default)]
pub struct Tree {
    pub files: BTreeMap<String, String>,
}

impl Tree {
    /// The project this test is built in.
    pub fn project() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_path_buf();
        let mut tree = Self::default();
        tree.read(&root, &root);
        assert!(tree.files.len() > 500, "this is not the whole project: {} files in {}", tree.files.len(), root.display());
        tree
    }

    /// A tree of these files.
    pub fn of(files: &[(&str, &str)]) -> Self {
        Self { files: files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect() }
    }

    fn read(&mut self, root: &Path, folder: &Path) {
        let mut entries: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        entries.sort();
        for path in entries {
            let name = path.file_name().unwrap().to_str().unwrap();
            if path.is_dir() {
                if !matches!(name, "target" | ".git") {
                    self.read(root, &path);
                }
                continue;
            }
            let is_read = matches!(path.extension().and_then(|extension| extension.to_str()), Some("rs" | "toml" | "md" | "sql" | "html"));
            let text = if is_read { std::fs::read_to_string(&path).unwrap_or_default() } else { String::new() };
            self.files.insert(path.strip_prefix(root).unwrap().to_str().unwrap().to_owned(), text);
        }
    }

    pub fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    /// Names of the crates that are there.
    pub fn crates(&self) -> Vec<&str> {
        let of = |path: &'_ String| path.strip_prefix("crates/")?.strip_suffix("/Cargo.toml").map(str::len).map(|len| (7, 7 + len));
        self.files.keys().filter_map(|path| of(path).map(|(from, to)| &path[from..to])).filter(|name| !name.contains('/')).collect()
    }

    /// Every Rust file below a folder: its path from there, and its text.
    pub fn rust(&self, folder: &str) -> impl Iterator<Item = (&str, &str)> {
        self.files
            .iter()
            .filter(|(path, _)| path.ends_with(".rs"))
            .filter_map(move |(path, text)| Some((path.strip_prefix(folder)?.strip_prefix('/')?, text.as_str())))
    }
}
