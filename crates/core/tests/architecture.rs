//! The arrows of ARCHITECTURE.md, read from the code itself: what may import what, and what every file owes its reader.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Crates, and which of ours each may depend on outside its tests.
const ARROWS: &[(&str, &[&str])] = &[
    ("core", &[]),
    ("runtime", &["core"]),
    ("launcher", &["core"]),
    ("postgres", &["core", "runtime", "launcher"]),
    ("mysql", &["core", "runtime", "launcher"]),
    ("adapters", &["core"]),
    ("store", &["core"]),
    ("pipeline", &["core"]),
    ("report", &["core"]),
    ("web", &["core", "pipeline", "report"]),
    ("cli", &["core", "runtime", "launcher", "postgres", "mysql", "adapters", "store", "pipeline", "report", "web"]),
    ("testkit", &["core", "runtime", "launcher", "postgres", "mysql"]),
    ("bench", &["core", "runtime", "launcher", "postgres", "mysql", "pipeline", "report", "testkit"]),
    ("demo", &["core", "runtime", "launcher", "postgres", "mysql", "pipeline", "report"]),
];

/// Rooms of core; each imports only rooms to its left.
const ROOMS: &[&str] =
    &["fault", "connection", "kind", "manifest", "digest", "file", "compare", "setting", "gate", "policy", "history", "port"];

fn crates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

/// Every source file of a crate below `src`, with what is no test: up to the test module, without comments and literals.
fn sources(krate: &str) -> BTreeMap<String, String> {
    let root = crates().join(krate).join("src");
    let mut files = BTreeMap::new();
    walk(&root, &mut |path| {
        let name = path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
        if !is_test(&name) {
            files.insert(name, bare(&std::fs::read_to_string(path).unwrap()));
        }
    });
    files
}

fn is_test(name: &str) -> bool {
    name.ends_with("tests.rs") || name.contains("tests/") || name.ends_with("testing.rs")
}

fn walk(folder: &Path, found: &mut dyn FnMut(&Path)) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() && path.file_name().is_some_and(|name| name != "target") {
            walk(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found(&path);
        }
    }
}

/// Code without comments, without string literals, without its test module.
fn bare(text: &str) -> String {
    let code = text.split("\n#[cfg(test)]\nmod ").next().unwrap_or(text);
    let mut bare = String::with_capacity(code.len());
    let mut chars = code.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '/' if chars.peek() == Some(&'/') => {
                for c in chars.by_ref() {
                    if c == '\n' {
                        bare.push('\n');
                        break;
                    }
                }
            }
            'r' if chars.peek() == Some(&'#')
                || (chars.peek() == Some(&'"') && !bare.ends_with(|c: char| c.is_alphanumeric() || c == '_')) =>
            {
                let mut hashes = 0;
                while chars.peek() == Some(&'#') {
                    chars.next();
                    hashes += 1;
                }
                if chars.peek() != Some(&'"') {
                    bare.push('r');
                    continue;
                }
                chars.next();
                let end = format!("\"{}", "#".repeat(hashes));
                let mut literal = String::new();
                for c in chars.by_ref() {
                    literal.push(c);
                    if literal.ends_with(&end) {
                        break;
                    }
                }
                bare.push_str("\"\"");
            }
            '"' => {
                while let Some(c) = chars.next() {
                    match c {
                        '\\' => {
                            chars.next();
                        }
                        '"' => break,
                        _ => {}
                    }
                }
                bare.push_str("\"\"");
            }
            '\'' => {
                // A character literal or a lifetime.
                let ahead: Vec<char> = chars.clone().take(2).collect();
                match ahead.as_slice() {
                    ['\\', _] => {
                        chars.next();
                        chars.next();
                        for c in chars.by_ref() {
                            if c == '\'' {
                                break;
                            }
                        }
                    }
                    [_, '\''] => {
                        chars.next();
                        chars.next();
                    }
                    _ => bare.push('\''),
                }
            }
            c => bare.push(c),
        }
    }
    bare
}

/// Identifiers of a text.
fn identifiers(code: &str) -> impl Iterator<Item = &str> {
    code.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

#[test]
fn crates_depend_along_the_arrows_only() {
    for entry in std::fs::read_dir(crates()).unwrap().flatten().filter(|entry| entry.path().join("Cargo.toml").exists()) {
        let name = entry.file_name().into_string().unwrap();
        let (_, allowed) = ARROWS.iter().find(|(krate, _)| *krate == name).unwrap_or_else(|| panic!("crate {name} is on no drawing"));
        let manifest = std::fs::read_to_string(entry.path().join("Cargo.toml")).unwrap();
        let mut section = "";
        for line in manifest.lines() {
            if line.starts_with('[') {
                section = line.trim();
            }
            let ours = line.strip_prefix("evenkeel-").and_then(|rest| rest.split(['.', ' ', '=']).next());
            if let Some(other) = ours.filter(|_| section == "[dependencies]" || section == "[build-dependencies]") {
                assert!(allowed.contains(&other), "{name} may not depend on {other}");
            }
        }
    }
}

#[test]
fn core_touches_nothing_outside_itself() {
    const FORBIDDEN: &[&str] = &[
        "std::fs",
        "std::env",
        "std::net",
        "std::process",
        "std::thread",
        "std::time::Instant",
        "std::time::SystemTime",
        "Timestamp::now",
        "Zoned::now",
        "println!",
        "eprintln!",
        "print!",
        "eprint!",
        "dbg!",
        "tokio",
        "futures",
        "async fn",
        ".await",
        "stdout()",
        "stderr()",
        "stdin()",
    ];
    for (file, code) in sources("core") {
        for word in FORBIDDEN {
            assert!(!code.contains(word), "core/src/{file}: {word}");
        }
        assert!(!identifiers(&code).any(|word| word.starts_with("evenkeel_")), "core/src/{file} imports one of ours");
    }
}

#[test]
fn rooms_of_core_import_only_rooms_to_their_left() {
    for (file, code) in sources("core") {
        let room = file.split(['/', '.']).next().unwrap();
        if room == "lib" {
            continue;
        }
        let place = ROOMS.iter().position(|name| *name == room).unwrap_or_else(|| panic!("core/src/{file}: room {room} is on no drawing"));
        for rest in code.split("crate::").skip(1) {
            let other = identifiers(rest).next().unwrap_or_default();
            if let Some(theirs) = ROOMS.iter().position(|name| *name == other) {
                assert!(theirs <= place, "core/src/{file}: {room} imports {other}, which is to its right");
            }
        }
    }
}

#[test]
fn only_the_wiring_names_an_engine() {
    let engine = |word: &str| {
        let word = word.to_ascii_lowercase();
        ["postgres", "postgresql", "mysql", "mariadb", "evenkeel_postgres", "evenkeel_mysql", "postgresenvironment"]
            .contains(&word.as_str())
    };
    for krate in ["pipeline", "report", "web", "store", "adapters"] {
        for (file, code) in sources(krate) {
            // `Engine::PostgreSql.name()` is data; a match on it would be control flow.
            let named: Vec<&str> = identifiers(&code).filter(|word| engine(word)).collect();
            assert!(named.is_empty(), "{krate}/src/{file} names {named:?}");
        }
    }
    for (file, code) in sources("cli") {
        let wiring = file == "wire.rs" || file.starts_with("wire/");
        let named: Vec<&str> =
            identifiers(&code).filter(|word| word.starts_with("evenkeel_postgres") || word.starts_with("evenkeel_mysql")).collect();
        assert!(wiring || named.is_empty(), "cli/src/{file} names {named:?}");
        for choice in ["postgres::", "mysql::"] {
            assert!(wiring || !code.contains(choice), "cli/src/{file} chooses {choice}");
        }
    }
}

#[test]
fn nothing_panics_outside_tests() {
    const FORBIDDEN: &[&str] = &[".unwrap()", ".expect(", "panic!(", "unreachable!(", "todo!(", "unimplemented!("];
    for (krate, _) in ARROWS.iter().filter(|(krate, _)| *krate != "testkit" && *krate != "bench") {
        for (file, code) in sources(krate) {
            for word in FORBIDDEN {
                assert!(!code.contains(word), "{krate}/src/{file}: {word}");
            }
        }
    }
}

#[test]
fn every_file_introduces_itself_and_long_ones_say_why() {
    let mut all = Vec::new();
    walk(&crates(), &mut |path| all.push(path.to_path_buf()));
    assert!(all.len() > 100);
    for path in all {
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("//!"), "{}: does not say what lives here", path.display());
        let lines = text.lines().count();
        let header: String = text.lines().take_while(|line| line.starts_with("//!")).collect::<Vec<_>>().join(" ");
        assert!(lines <= 500 || header.contains("ver 500 lines because"), "{}: {lines} lines and no reason in its header", path.display());
    }
}
