//! A folder of migrations as it lies on disk: read whole, bounded, with nothing followed twice.
//!
//! Lives here: files, and what they were before by the word of git. Does not live here: what a tool makes of them
//! (`core/history/folder`).

use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::history::folder::{File, Tree};
use evenkeel_core::port::Stop;
use std::collections::HashSet;
use std::io::Read;
use std::path::{Path, PathBuf};

/// More files than any project has.
const MOST_FILES: usize = 200_000;
/// The largest file that is read, in bytes.
const LARGEST: u64 = 1 << 30;
/// All of them together.
const LARGEST_SUM: u64 = 4 << 30;
/// How deep folders may be nested.
const DEEPEST: usize = 64;
/// Folders above that may hold the repository's root.
const ABOVE: usize = 8;
/// The largest file of a repository that is looked into for the name of a tool.
const LARGEST_AROUND: u64 = 1 << 20;

/// The largest schema that a tool dumped.
const LARGEST_DUMP: u64 = 1 << 28;

/// Files of a repository that tell which tool is used.
const AROUND: &[&str] = &[
    "Cargo.toml",
    "go.mod",
    "package.json",
    "Gemfile",
    "composer.json",
    "flyway.conf",
    "flyway.toml",
    "yoyo.ini",
    "sqitch.conf",
    "atlas.hcl",
];

/// Everything in a folder, and what the repository around it tells.
///
/// # Errors
/// It is not there, is no folder, cannot be read, or holds more than any project does.
pub fn tree(folder: &Path, stop: &Stop) -> Result<Tree, Box<Trouble>> {
    let shown = folder.display().to_string();
    let facts = std::fs::metadata(folder).map_err(|error| unreadable(&shown, &error.to_string()))?;
    if !facts.is_dir() {
        return Err(unreadable(&shown, "it is no folder"));
    }
    let mut walk = Walk { stop, tree: Tree { shown, ..Tree::default() }, visited: HashSet::new(), sum: 0 };
    walk.folder(folder, "", 0)?;
    let mut tree = walk.tree;
    tree.files.sort_by(|a, b| a.path.cmp(&b.path));
    tree.unread.sort();
    tree.real = std::fs::canonicalize(folder).map(|real| real.display().to_string()).unwrap_or_default();
    tree.around = around(folder);
    Ok(tree)
}

/// One file that is named.
///
/// # Errors
/// It cannot be read, or is too large.
pub fn one(path: &Path) -> Result<Vec<u8>, Box<Trouble>> {
    read(path, LARGEST).map_err(|why| {
        let trouble = Trouble::new(Class::Usage, format!("cannot read {}", path.display())).expected("a file with statements");
        Box::new(trouble.found(why))
    })
}

fn unreadable(shown: &str, found: &str) -> Box<Trouble> {
    let trouble = Trouble::new(Class::Configuration, format!("cannot read the migrations in {shown:?}"));
    let trouble = trouble.expected("a folder that holds the files of a migration tool").found(found);
    Box::new(trouble.fix("name the folder: --migrations DIR, or migrations = \"DIR\" under [project] in evenkeel.toml"))
}

struct Walk<'a> {
    stop: &'a Stop,
    tree: Tree,
    /// Folders by what they are, not by their name: a link may lead back.
    visited: HashSet<PathBuf>,
    sum: u64,
}

impl Walk<'_> {
    fn folder(&mut self, folder: &Path, prefix: &str, depth: usize) -> Result<(), Box<Trouble>> {
        self.stop.check()?;
        let real = std::fs::canonicalize(folder).map_err(|error| unreadable(&self.tree.shown, &error.to_string()))?;
        if depth > DEEPEST || !self.visited.insert(real) {
            let why = if depth > DEEPEST { "folders are nested too deep" } else { "a link leads back to a folder that was read" };
            self.tree.unread.push((prefix.trim_end_matches('/').to_owned(), why.to_owned()));
            return Ok(());
        }
        let entries = std::fs::read_dir(folder).map_err(|error| unreadable(&folder.display().to_string(), &error.to_string()))?;
        for entry in entries {
            let entry = entry.map_err(|error| unreadable(&folder.display().to_string(), &error.to_string()))?;
            let Ok(name) = entry.file_name().into_string() else {
                self.tree.unread.push((format!("{prefix}{}", entry.file_name().to_string_lossy()), "its name is no UTF-8".to_owned()));
                continue;
            };
            // Editors' and version control's own.
            if name.starts_with('.') {
                continue;
            }
            self.entry(&entry.path(), &format!("{prefix}{name}"), depth)?;
        }
        Ok(())
    }

    fn entry(&mut self, path: &Path, shown: &str, depth: usize) -> Result<(), Box<Trouble>> {
        let mut odd = |why: String| self.tree.unread.push((shown.to_owned(), why));
        let facts = match std::fs::metadata(path) {
            Ok(facts) => facts,
            Err(error) => {
                odd(error.to_string());
                return Ok(());
            }
        };
        if facts.is_dir() {
            return self.folder(path, &format!("{shown}/"), depth + 1);
        }
        // A pipe would be waited for, and a device never ends.
        if !facts.is_file() {
            odd("it is neither a file nor a folder".to_owned());
            return Ok(());
        }
        match read(path, LARGEST) {
            Ok(bytes) => {
                self.sum += bytes.len() as u64;
                self.tree.files.push(File { path: shown.to_owned(), bytes });
            }
            Err(why) => odd(why),
        }
        if self.tree.files.len() > MOST_FILES || self.sum > LARGEST_SUM {
            let found = format!("more than {MOST_FILES} files, or {LARGEST_SUM} bytes, in it");
            return Err(unreadable(&self.tree.shown, &found));
        }
        Ok(())
    }
}

/// All of a file up to a bound.
fn read(path: &Path, most: u64) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(|error| error.to_string())?;
    file.take(most + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if bytes.len() as u64 > most { Err(format!("it has more than {most} bytes")) } else { Ok(bytes) }
}

/// What the folders above say of the tool.
fn around(folder: &Path) -> Vec<File> {
    let mut found = Vec::new();
    let Ok(real) = std::fs::canonicalize(folder) else { return found };
    for above in real.ancestors().take(ABOVE) {
        for name in AROUND {
            let path = above.join(name);
            if let Some(bytes) = path.is_file().then(|| read(&path, LARGEST_AROUND).ok()).flatten() {
                found.push(File { path: path.display().to_string(), bytes });
            }
        }
        if Some(above) == real.parent() {
            found.extend(dumped(above));
        }
        if let Some(path) = Some(above.join(".sqlx")).filter(|path| path.is_dir()) {
            found.push(File { path: format!("{}/", path.display()), bytes: Vec::new() });
        }
        if above.join(".git").exists() {
            break;
        }
    }
    found
}

/// Schemas that a tool dumped into a folder.
fn dumped(folder: &Path) -> Vec<File> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let named = entries.filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().ends_with("structure.sql")));
    let one = |path: PathBuf| {
        let bytes = path.is_file().then(|| read(&path, LARGEST_DUMP).ok()).flatten()?;
        Some(File { path: path.display().to_string(), bytes })
    };
    named.filter_map(one).collect()
}

/// What git says of a folder; nothing where there is no git, or no repository.
fn git(folder: &Path, arguments: &[&str]) -> Option<Vec<u8>> {
    let run = std::process::Command::new("git").arg("-C").arg(folder).args(arguments).env("GIT_OPTIONAL_LOCKS", "0").output().ok()?;
    run.status.success().then_some(run.stdout)
}

/// Names that files of a folder had once, by the word of git.
#[must_use]
pub fn names_once(folder: &Path) -> Vec<String> {
    let Some(names) = git(folder, &["log", "--all", "--format=", "--name-only", "--diff-filter=D", "--", "."]) else { return Vec::new() };
    String::from_utf8_lossy(&names).lines().map(str::to_owned).collect()
}

/// Earlier texts of a file by the word of git, newest first, so many at most.
#[must_use]
pub fn earlier(folder: &Path, file: &str) -> Vec<Vec<u8>> {
    const MOST: usize = 50;
    let path = format!("./{file}");
    let Some(commits) = git(folder, &["log", "--all", "--format=%H", "-n", &MOST.to_string(), "--", &path]) else { return Vec::new() };
    let commits = String::from_utf8_lossy(&commits).into_owned();
    let mut texts: Vec<Vec<u8>> = Vec::new();
    for commit in commits.lines() {
        if let Some(text) = git(folder, &["show", &format!("{commit}:{path}")]).filter(|text| !texts.contains(text)) {
            texts.push(text);
        }
    }
    texts
}
