//! Files that the client of PostgreSQL's puts in place of a line: `\\i FILE`, and `\\ir FILE`, which is told from the file it stands in.
//!
//! Only what is in the folder is put in. <https://www.postgresql.org/docs/current/app-psql.html>

use super::folder::{File, Migration, Part, Tree};
use std::collections::{BTreeMap, BTreeSet};

/// How deep files include each other at most.
const DEEPEST: usize = 32;
/// Bytes of all that one migration includes.
const MOST: usize = 1 << 30;

/// A migration with what its file includes in place; why it cannot be read, where that is not there or goes round in a circle.
pub fn included(mut migration: Migration, tree: &Tree, file: &File) -> Migration {
    if migration.unreadable.is_some() || !has_any(file) {
        return migration;
    }
    let mut put = Putting { tree, open: Vec::new(), parts: Vec::new(), files: Vec::new(), size: 0 };
    match put.file(file) {
        Ok(()) => {
            migration.up = put.parts;
            for path in put.files {
                if !migration.files.contains(&path) {
                    migration.files.push(path);
                }
            }
        }
        Err(why) => migration.unreadable = Some(why),
    }
    migration
}

/// Files that another one puts in: they are no migrations of their own. One that goes round in a circle is told as one.
pub fn named_anywhere(tree: &Tree) -> BTreeSet<String> {
    let mut named: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for file in tree.ending(".sql").filter(|file| has_any(file)) {
        let asked = file.text().unwrap_or_default().lines().filter_map(asked);
        let found = asked.filter_map(|(path, is_relative)| found(tree, file, path, is_relative));
        named.insert(&file.path, found.map(|file| file.path.as_str()).collect());
    }
    let is_round = |path: &str| {
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        let mut open: Vec<&str> = named.get(path).into_iter().flatten().copied().collect();
        while let Some(one) = open.pop() {
            if seen.insert(one) {
                open.extend(named.get(one).into_iter().flatten());
            }
        }
        seen.contains(path)
    };
    let all: BTreeSet<&str> = named.values().flatten().copied().collect();
    all.into_iter().filter(|path| !is_round(path)).map(str::to_owned).collect()
}

fn has_any(file: &File) -> bool {
    file.text().is_ok_and(|text| text.lines().any(|line| asked(line).is_some()))
}

/// The file that a line asks for, and whether it is told from the file the line stands in.
fn asked(line: &str) -> Option<(&str, bool)> {
    let line = line.trim();
    let (word, rest) = line.split_once(char::is_whitespace)?;
    let is_relative = match word {
        "\\i" | "\\include" => false,
        "\\ir" | "\\include_relative" => true,
        _ => return None,
    };
    let path = rest.trim().trim_end_matches(';').trim();
    let path = path.strip_prefix('\'').and_then(|path| path.strip_suffix('\'')).unwrap_or(path);
    (!path.is_empty()).then_some((path, is_relative))
}

/// The file of the folder that is meant. Where psql was started nobody knows: a path may be told from further up.
fn found<'t>(tree: &'t Tree, from: &File, path: &str, is_relative: bool) -> Option<&'t File> {
    let mut parts: Vec<&str> = if is_relative { from.folder().split('/').filter(|part| !part.is_empty()).collect() } else { Vec::new() };
    for part in path.split('/') {
        match part {
            "" | "." => {}
            // What is above the folder is not in it.
            ".." if is_relative => _ = parts.pop()?,
            ".." => parts.clear(),
            other => parts.push(other),
        }
    }
    let path = parts.join("/");
    if is_relative {
        return tree.find(&path);
    }
    let is_end = |file: &&File| path.strip_suffix(file.path.as_str()).is_some_and(|before| before.is_empty() || before.ends_with('/'));
    tree.files.iter().filter(is_end).max_by_key(|file| file.path.len())
}

struct Putting<'t> {
    tree: &'t Tree,
    /// Files that are being put in, from the outermost.
    open: Vec<String>,
    parts: Vec<Part>,
    files: Vec<String>,
    size: usize,
}

impl Putting<'_> {
    fn file(&mut self, file: &File) -> Result<(), String> {
        if self.open.contains(&file.path) {
            return Err(format!("{} includes itself: {} -> {}", file.path, self.open.join(" -> "), file.path));
        }
        self.open.push(file.path.clone());
        self.files.push(file.path.clone());
        let text = file.text().map_err(|why| format!("{}: {why}", file.path))?;
        self.size += text.len();
        if self.open.len() > DEEPEST || self.size > MOST {
            return Err(format!("{}: files include each other deeper than {DEEPEST}, or more than {MOST} bytes", file.path));
        }
        let (mut now, mut from) = (String::new(), 0);
        for (at, line) in text.split_inclusive('\n').enumerate() {
            let Some((path, is_relative)) = asked(line).filter(|_| is_between(&now)) else {
                now.push_str(line);
                continue;
            };
            self.parts.push(Part::lines(&file.path, std::mem::take(&mut now), from));
            from = at + 1;
            let missing = || format!("{}, line {}: it includes {path:?}, which is not in the folder", file.path, at + 1);
            let other = found(self.tree, file, path, is_relative).ok_or_else(missing)?;
            self.file(other)?;
        }
        self.parts.push(Part::lines(&file.path, now, from));
        self.open.pop();
        Ok(())
    }
}

/// Whether nothing is open at the end of a text: its last line that is no comment ends a statement.
fn is_between(text: &str) -> bool {
    let said = text.lines().rev().map(str::trim).find(|line| !line.is_empty() && !line.starts_with("--"));
    said.is_none_or(|line| line.ends_with(';') || line.ends_with("*/") || line.starts_with('\\'))
}
