//! What headers and ARCHITECTURE.md name is there.
//!
//! Read are the words in backticks of every `//!` and of ARCHITECTURE.md. Four sorts of them are claims:
//! - a path (words of lower case with a `/` between, or the name of a file): some file or folder of the project ends so,
//!   with `.rs` or without, with a crate's `src` or without; a part `x` stands for any;
//! - names with `::` between: in the crate that is named first, or in this one, each but the last is a module, and the last is a
//!   module or a word of its code;
//! - one word of lower case in a sentence that begins with "Neighbour" or "Does not live here": a file, a folder or a crate;
//! - one word of lower case anywhere else: that, or a word of the code, the statements or the texts of this crate.
//!
//! What others call so stands in [`OTHERS`].

use super::code::{header, identifiers};
use super::tree::Tree;
use std::collections::{BTreeMap, BTreeSet};

/// Names that are not ours, and whose they are.
const OTHERS: &[(&str, &str)] = &[
    ("evenkeel.toml", "the user's settings"),
    ("db/migrate", "a folder of Rails"),
    ("src/interfaces/libpq/t/001_uri.pl", "a test of PostgreSQL"),
    ("rdsadmin", "a role of Amazon's"),
    ("quick-junit", "a crate that report paints with"),
    ("no-recursion-limit", "a feature of the crate prost"),
];

/// Words between backticks.
fn spans(sentence: &str) -> Vec<String> {
    sentence.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

fn is_plain(word: &str) -> bool {
    !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

fn is_path(span: &str) -> bool {
    let named = |part: &str| part.split('.').all(|word| is_plain(&word.replace('-', "_")));
    let is_file = [".rs", ".sql", ".toml", ".md", ".html", ".jsonl", ".tsv", ".sh"].iter().any(|end| span.ends_with(end));
    (span.contains('/') || is_file) && span.trim_end_matches('/').split('/').all(named)
}

/// What is there to be named.
struct House<'a> {
    /// Every file and folder by its path.
    places: BTreeSet<String>,
    /// Of each crate: names of its files and folders, without `.rs`.
    stems: BTreeMap<&'a str, BTreeSet<&'a str>>,
    /// Of each crate: words of its files, but of what stands in their headers.
    words: BTreeMap<&'a str, BTreeSet<&'a str>>,
}

impl<'a> House<'a> {
    fn of(tree: &'a Tree) -> Self {
        let mut house = Self { places: BTreeSet::new(), stems: BTreeMap::new(), words: BTreeMap::new() };
        for (path, text) in &tree.files {
            let stem = path.strip_suffix(".rs").unwrap_or(path);
            for end in [path.as_str(), stem] {
                let folders = end.match_indices('/').map(|(at, _)| &end[..at]);
                for place in folders.chain([end]) {
                    house.places.insert(place.to_owned());
                    house.places.insert(place.replacen("/src/", "/", 1));
                }
            }
            if let Some(krate) = path.strip_prefix("crates/").and_then(|rest| rest.split('/').next()) {
                house.stems.entry(krate).or_default().extend(stem.split('/').map(|part| part.split('.').next().unwrap_or(part)));
                let words = house.words.entry(krate).or_default();
                text.lines().filter(|line| !line.starts_with("//!")).for_each(|line| words.extend(identifiers(line)));
            }
        }
        house
    }

    fn has_place(&self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        // `x` stands for any name: the folder is what is claimed.
        let path = path.split(['/', '.']).position(|part| part == "x").map_or(path, |_| path.split("/x").next().unwrap_or(path));
        self.places.iter().any(|place| place.strip_suffix(path).is_some_and(|rest| rest.is_empty() || rest.ends_with('/')))
    }

    fn has_stem(&self, krate: &str, name: &str) -> bool {
        self.stems.get(krate).is_some_and(|stems| stems.contains(name))
    }

    fn has_word(&self, krate: &str, name: &str) -> bool {
        let has = |word: &str| self.words.get(krate).is_some_and(|words| words.contains(word));
        self.has_stem(krate, name) || name.split('-').all(|part| has(part) || self.has_stem(krate, part))
    }

    fn has_module(&self, here: &str, span: &str) -> bool {
        let mut names: Vec<&str> = span.split("::").collect();
        let named = names[0].strip_prefix("evenkeel_").unwrap_or(names[0]);
        let is_ours = names[0] != "crate" && !self.has_stem(here, names[0]) && self.stems.contains_key(named);
        let krate = if is_ours { named } else { here };
        if is_ours || names[0] == "crate" {
            names.remove(0);
        }
        let Some((last, modules)) = names.split_last() else { return true };
        let is_module = |name: &&str| name.starts_with(char::is_uppercase) || self.has_stem(krate, name);
        modules.iter().all(is_module) && self.has_word(krate, last)
    }
}

/// The claims of a text that are not so. `krate` is where it stands; outside of crates a word may be any crate's.
fn untrue(house: &House<'_>, krate: Option<&str>, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for sentence in sentences(text) {
        let of_places = ["Neighbour", "Does not live here"].iter().any(|start| sentence.starts_with(start));
        for span in spans(&sentence) {
            let anywhere = |test: &dyn Fn(&str) -> bool| krate.map_or_else(|| house.stems.keys().any(|krate| test(krate)), test);
            let words = span.replace('-', "_");
            let is_so = if OTHERS.iter().any(|(other, _)| *other == span) {
                true
            } else if is_path(&span) {
                house.has_place(&span)
            } else if span.contains("::") && span.split("::").all(|name| is_plain(&name.to_ascii_lowercase())) {
                anywhere(&|krate| house.has_module(krate, &span))
            } else if is_plain(&words) && of_places {
                house.stems.contains_key(span.as_str()) || house.stems.values().any(|stems| stems.contains(span.as_str()))
            } else if is_plain(&words) {
                house.stems.contains_key(span.as_str()) || anywhere(&|krate| house.has_word(krate, &span))
            } else {
                true
            };
            if !is_so {
                found.push(span);
            }
        }
    }
    found
}

/// Sentences of a text, lines joined; an end is a full stop or a semicolon before a space, or an empty line.
fn sentences(text: &str) -> Vec<String> {
    let paragraphs = text.split("\n\n").map(|paragraph| paragraph.replace('\n', " "));
    paragraphs.flat_map(|paragraph| paragraph.split_inclusive(". ").map(|part| part.trim().to_owned()).collect::<Vec<_>>()).collect()
}

fn faults(tree: &Tree) -> Vec<String> {
    let house = House::of(tree);
    let mut faults = Vec::new();
    for (file, text) in tree.rust("crates") {
        let krate = file.split('/').next();
        let untrue = untrue(&house, krate, &header(text));
        faults.extend(untrue.iter().map(|span| format!("crates/{file}: its header names `{span}`, which is not there")));
    }
    let untrue = untrue(&house, None, tree.text("ARCHITECTURE.md").unwrap_or_default());
    faults.extend(untrue.iter().map(|span| format!("ARCHITECTURE.md names `{span}`, which is not there")));
    faults
}

#[test]
fn what_headers_name_is_there() {
    let faults = faults(&Tree::project());
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_header_that_names_what_is_not_there_is_found() {
    let of = |header: &str, architecture: &str| {
        let header = format!("{header}\nuse crate::deep;\nfn reached() {{}}");
        let tree = Tree::of(&[
            ("crates/one/Cargo.toml", ""),
            ("crates/one/src/a.rs", &header),
            ("crates/one/src/deep/mod.rs", "//! `deep`.\npub struct Found;"),
            ("crates/one/src/deep/b.sql", "select relname"),
            ("crates/two/src/lib.rs", "//! Two.\nfn other() {}"),
            ("crates/two/tests/it/main.rs", "//! Tests."),
            ("ARCHITECTURE.md", architecture),
        ]);
        faults(&tree)
    };
    let good = "//! `deep/b.sql`, `one/deep`, `two/tests/it`, `crates/one/src/deep/mod.rs`, `deep/x.rs`, `b.sql`, `deep::Found`, `two::other`,\n\
                //! `crate::deep`, `relname`, `reached`, `SELECT 1`, `-- >=14`, `2 + 2`. Neighbours: `deep` (below), `it`.";
    assert_eq!(of(good, "`deep/b.sql` and `one`, `other`; `core::Nothing here`"), Vec::<String>::new());
    let lies = "//! `deep/c.sql`, `tests/cli`, `c.rs`, `deep::Lost`, `two::lost`, `lost::Found`, `x/lost`, `lost`.\n//!\n\
                //! Neighbours: `reached` (a function).";
    let named: Vec<String> = of(lies, "See `gone/x.rs`.").iter().map(|fault| fault.split('`').nth(1).unwrap().to_owned()).collect();
    assert_eq!(
        named,
        ["deep/c.sql", "tests/cli", "c.rs", "deep::Lost", "two::lost", "lost::Found", "x/lost", "lost", "reached", "gone/x.rs"]
    );
}
