//! Which file of a crate imports from which other, by the paths it writes.
//!
//! A path counts where it begins with `crate`, `super`, `self`, a module declared in the same file, or a module that the file
//! imported by name; in `use` and anywhere else. It leads to the file that holds what it names: re-exports are followed. What a
//! file that declares modules re-exports of its own is no import of its. Neighbours: `rooms` and `circles`, which judge.

use super::code::tokens;
use std::collections::{BTreeMap, BTreeSet};

/// One name that a `use` brings in: the path, and the name it has here; `*` for everything.
#[derive(Debug, Clone)]
struct Import {
    shared: bool,
    path: Vec<String>,
    name: String,
}

#[derive(Debug)]
struct Module {
    file: String,
    imports: Vec<Import>,
    /// Other paths, from their first word.
    paths: Vec<Vec<String>>,
    /// Names of what is declared: types, functions, modules …
    declared: BTreeSet<String>,
}

/// The modules of a crate that are files.
#[derive(Debug)]
pub struct Modules {
    found: BTreeMap<Vec<String>, Module>,
}

/// `a/b.rs` and `a/b/mod.rs` are the module `a::b`.
pub fn module_of(file: &str) -> Vec<String> {
    let stem = file.strip_suffix(".rs").unwrap_or(file);
    let stem = stem.strip_suffix("/mod").unwrap_or(stem);
    if matches!(stem, "lib" | "main") { Vec::new() } else { stem.split('/').map(str::to_owned).collect() }
}

impl Modules {
    /// Those of a crate's bare sources. A crate with a library and a program is read as its library.
    pub fn of(sources: &BTreeMap<&str, String>) -> Self {
        let mut found = BTreeMap::new();
        for (file, code) in sources {
            if *file == "main.rs" && sources.contains_key("lib.rs") || file.starts_with("bin/") {
                continue;
            }
            found.insert(module_of(file), read(file, code));
        }
        Self { found }
    }

    /// Every file, and the files it imports from; itself is none of them.
    pub fn imports(&self) -> BTreeMap<&str, BTreeSet<&str>> {
        let mut all = BTreeMap::new();
        for (here, module) in &self.found {
            let mut to = BTreeSet::new();
            for import in &module.imports {
                let below = |place: Vec<String>| place.len() > here.len() && place.starts_with(here);
                let is_re_export = import.shared && self.place(here, &import.path).is_some_and(below);
                if !is_re_export && !self.is_module(here, &import.path) {
                    to.extend(self.holder(here, &import.path));
                }
            }
            for path in &module.paths {
                to.extend(self.holder(here, path));
            }
            to.remove(module.file.as_str());
            all.insert(module.file.as_str(), to);
        }
        all
    }

    /// The path from the crate's root, as far as it is one of ours.
    fn place(&self, here: &[String], path: &[String]) -> Option<Vec<String>> {
        let first = path.first()?;
        let mut place: Vec<String> = here.to_vec();
        let mut rest = path;
        match first.as_str() {
            "crate" => {
                place.clear();
                rest = &path[1..];
            }
            "self" => rest = &path[1..],
            "super" => {
                while rest.first().is_some_and(|word| word == "super") {
                    place.pop()?;
                    rest = &rest[1..];
                }
            }
            word => {
                let child = [here, &[word.to_owned()]].concat();
                if self.found.contains_key(&child) {
                    // Declared here.
                } else {
                    let alias = self.found.get(here)?.imports.iter().find(|import| import.name == word)?;
                    if alias.path.first() == Some(first) {
                        return None;
                    }
                    place = self.place(here, &alias.path)?;
                    rest = &path[1..];
                }
            }
        }
        place.extend(rest.iter().cloned());
        Some(place)
    }

    fn is_module(&self, here: &[String], path: &[String]) -> bool {
        self.place(here, path).is_some_and(|place| self.found.contains_key(&place))
    }

    /// The file that holds what a path names.
    fn holder(&self, here: &[String], path: &[String]) -> Option<&str> {
        let place = self.place(here, path)?;
        let length = (0..=place.len()).rev().find(|length| self.found.contains_key(&place[..*length]))?;
        let (module, rest) = place.split_at(length);
        let there = rest.first().and_then(|name| self.declaring(module, name, rest, 0));
        there.or_else(|| self.found.get(module).map(|module| module.file.as_str()))
    }

    /// The file that declares a name which a module has, through what it imports; `rest` are the words from the name on.
    fn declaring(&self, module: &[String], name: &str, rest: &[String], depth: usize) -> Option<&str> {
        let there = self.found.get(module)?;
        if there.declared.contains(name) {
            return Some(&there.file);
        }
        if depth > 8 {
            return None;
        }
        if let Some(import) = there.imports.iter().find(|import| import.name == name) {
            let path = self.place(module, &import.path)?;
            let path = [path.as_slice(), &rest[1..]].concat();
            let length = (0..=path.len()).rev().find(|length| self.found.contains_key(&path[..*length]))?;
            let (module, rest) = path.split_at(length);
            let last = rest.first().and_then(|name| self.declaring(module, name, rest, depth + 1));
            return last.or_else(|| self.found.get(module).map(|module| module.file.as_str()));
        }
        let globs = there.imports.iter().filter(|import| import.name == "*");
        globs.filter_map(|glob| self.place(module, &glob.path)).find_map(|place| self.declaring(&place, name, rest, depth + 1))
    }
}

fn read(file: &str, code: &str) -> Module {
    let words = tokens(code);
    let mut module = Module { file: file.to_owned(), imports: Vec::new(), paths: Vec::new(), declared: BTreeSet::new() };
    let mut at = 0;
    while at < words.len() {
        let before = if at == 0 { "" } else { words[at - 1] };
        let after = words.get(at + 1).copied().unwrap_or_default();
        match words[at] {
            "use" if after != "<" => {
                // `pub use`, or the end of `pub(crate) use`.
                let shared = before == "pub" || before == ")";
                at += 1;
                let mut tree = Vec::new();
                while at < words.len() && words[at] != ";" {
                    tree.push(words[at]);
                    at += 1;
                }
                expand(&tree, &[], shared, &mut module.imports);
            }
            "mod" | "fn" | "struct" | "enum" | "trait" | "type" | "const" | "static" | "union" | "macro_rules" => {
                let name = words[at + 1..].iter().find(|word| !matches!(**word, "fn" | "unsafe" | "!" | "mut" | "async"));
                module.declared.extend(name.map(|name| (*name).to_owned()));
            }
            _ if after == "::" && before != "::" => {
                let mut path = vec![words[at].to_owned()];
                while words.get(at + 1) == Some(&"::") && words.get(at + 2).is_some_and(|word| is_name(word)) {
                    path.push(words[at + 2].to_owned());
                    at += 2;
                }
                module.paths.push(path);
            }
            _ => {}
        }
        at += 1;
    }
    module
}

fn is_name(word: &str) -> bool {
    word.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// `a::{b, c::*, self as d}` as the names it brings.
fn expand(tree: &[&str], prefix: &[String], shared: bool, found: &mut Vec<Import>) {
    let mut path = prefix.to_owned();
    let mut name = None;
    let mut at = 0;
    while at < tree.len() {
        match tree[at] {
            "::" => {}
            "{" => {
                let (mut depth, mut from) = (0, at + 1);
                for (end, word) in tree.iter().enumerate().skip(at) {
                    match *word {
                        "{" => depth += 1,
                        "}" => depth -= 1,
                        _ => {}
                    }
                    if (depth == 1 && *word == ",") || depth == 0 {
                        if end > from {
                            expand(&tree[from..end], &path, shared, found);
                        }
                        from = end + 1;
                    }
                    if depth == 0 {
                        break;
                    }
                }
                return;
            }
            "as" => {
                name = tree.get(at + 1).map(|word| (*word).to_owned());
                break;
            }
            "*" => {
                found.push(Import { shared, path, name: "*".to_owned() });
                return;
            }
            "self" if !path.is_empty() => {}
            word => path.push(word.to_owned()),
        }
        at += 1;
    }
    let Some(last) = path.last().cloned() else { return };
    found.push(Import { shared, name: name.unwrap_or(last), path });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn imports(files: &[(&str, &str)]) -> Vec<String> {
        let sources: BTreeMap<&str, String> = files.iter().map(|(file, code)| (*file, (*code).to_owned())).collect();
        let modules = Modules::of(&sources);
        let all = modules.imports();
        all.iter().flat_map(|(from, to)| to.iter().map(move |to| format!("{from} {to}"))).collect()
    }

    #[test]
    fn paths_lead_to_the_file_that_holds_what_they_name() {
        let files = [
            ("lib.rs", "pub mod a; mod b; pub use b::c::Deep;"),
            ("a.rs", "use crate::{b::{self, Shown}, Deep as D}; use std::fmt; fn f() { b::c::g(); fmt::x(); }"),
            ("b/mod.rs", "mod c; mod d; pub use c::Shown; pub(crate) use d::*; pub struct Own;"),
            ("b/c.rs", "pub struct Shown; pub struct Deep; pub fn g() { super::super::a::f(); }"),
            ("b/d.rs", "use super::{Own, Everything}; pub struct Everything;"),
        ];
        assert_eq!(imports(&files), ["a.rs b/c.rs", "b/c.rs a.rs", "b/d.rs b/mod.rs"]);
    }

    #[test]
    fn a_parent_that_uses_its_child_imports_it() {
        let files = [("lib.rs", "mod a; fn f() { a::g(); }"), ("a.rs", "use super::f;")];
        assert_eq!(imports(&files), ["a.rs lib.rs", "lib.rs a.rs"]);
    }
}
