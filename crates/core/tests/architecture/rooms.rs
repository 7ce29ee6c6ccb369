//! The rooms of each crate: the modules its `lib.rs` declares. They are listed where the crate introduces itself, and once more
//! in ARCHITECTURE.md; every room that is listed is there, every one that is there is listed.
//!
//! A crate whose header says "Rooms, each importing only rooms to its left:" has an order, and keeps it.

use super::code::{header, sources};
use super::modules::Modules;
use super::tree::Tree;
use std::collections::BTreeSet;

const ORDERED: &str = "Rooms, each importing only rooms to its left:";
const LISTED: &str = "Rooms:";

/// What a `lib.rs` says of its rooms: the names after [`ORDERED`] or [`LISTED`], and whether they are in order. After the
/// latter a room is a name with its description, as in `connect` (how sessions begin).
fn listed(header: &str) -> Option<(Vec<String>, bool)> {
    let text = header.replace('\n', " ");
    if let Some((_, after)) = text.split_once(ORDERED) {
        let span = after.split('`').nth(1)?;
        return Some((span.split_whitespace().map(str::to_owned).collect(), true));
    }
    let (_, after) = header.split_once(LISTED)?;
    let paragraph = after.split("\n\n").next()?.replace('\n', " ");
    let spans: Vec<&str> = paragraph.split('`').collect();
    let names = spans.chunks(2).zip(spans.iter().skip(2).step_by(2));
    Some((names.filter(|(_, next)| next.starts_with(" (")).filter_map(|(pair, _)| Some((*pair.get(1)?).to_owned())).collect(), false))
}

/// The modules a `lib.rs` declares, but for tests.
fn declared(text: &str) -> BTreeSet<String> {
    let mut previous = "";
    let mut found = BTreeSet::new();
    for line in text.lines() {
        let name = ["mod ", "pub mod ", "pub(crate) mod "].iter().find_map(|start| line.strip_prefix(start)?.strip_suffix(';'));
        found.extend(name.filter(|_| !previous.starts_with("#[cfg(test)]")).map(str::to_owned));
        previous = line;
    }
    found
}

fn room_of(file: &str) -> &str {
    file.split(['/', '.']).next().unwrap_or(file)
}

/// Rooms of a crate as ARCHITECTURE.md has them: a line of a table with the crate's name and nothing but the rooms.
fn drawn(text: &str, krate: &str) -> Option<Vec<String>> {
    let start = format!("| `{krate}` | `");
    let line = text.lines().find_map(|line| line.strip_prefix(&start)?.strip_suffix("` |"))?;
    (!line.contains(['`', '|'])).then(|| line.split_whitespace().map(str::to_owned).collect())
}

fn faults(tree: &Tree) -> Vec<String> {
    let mut faults = Vec::new();
    for krate in tree.crates() {
        let lib = format!("crates/{krate}/src/lib.rs");
        let Some(text) = tree.text(&lib) else { continue };
        let there = declared(text);
        if there.is_empty() {
            continue;
        }
        let Some((rooms, ordered)) = listed(&header(text)) else {
            faults.push(format!("{lib}: its header lists no rooms (\"{ORDERED}\" and a list, or \"{LISTED}\" and `room` (what it is))"));
            continue;
        };
        for room in rooms.iter().filter(|room| !there.contains(*room)) {
            faults.push(format!("{lib}: its header lists the room {room}, which is not there"));
        }
        for room in there.iter().filter(|room| !rooms.contains(room)) {
            faults.push(format!("{lib}: its header does not list the room {room}"));
        }
        if drawn(tree.text("ARCHITECTURE.md").unwrap_or_default(), krate).as_ref() != Some(&rooms) {
            faults.push(format!("ARCHITECTURE.md: no line \"| `{krate}` | `{}` |\", which is what {lib} says", rooms.join(" ")));
        }
        if !ordered {
            continue;
        }
        for (file, imports) in Modules::of(&sources(tree, krate)).imports() {
            let Some(own) = rooms.iter().position(|room| room == room_of(file)) else { continue };
            for import in imports {
                if rooms.iter().position(|room| room == room_of(import)).is_some_and(|theirs| theirs > own) {
                    faults.push(format!("crates/{krate}/src/{file} imports {import}, whose room is to the right of its own"));
                }
            }
        }
    }
    faults
}

#[test]
fn rooms_are_listed_and_import_only_rooms_to_their_left() {
    let faults = faults(&Tree::project());
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[cfg(test)]
mod planted {
    use super::*;

    fn of(lib: &str, architecture: &str) -> Vec<String> {
        faults(&Tree::of(&[
            ("crates/x/Cargo.toml", ""),
            ("crates/x/src/lib.rs", lib),
            ("crates/x/src/a.rs", "//! A.\npub struct A;"),
            ("crates/x/src/b/mod.rs", "//! B.\nuse crate::a::A;"),
            ("ARCHITECTURE.md", architecture),
        ]))
    }

    #[test]
    fn a_house_as_drawn_has_no_fault() {
        let ordered =
            "//! X.\n//!\n//! Rooms, each importing only rooms to its left:\n//! `a  b`.\npub mod a;\nmod b;\n#[cfg(test)]\nmod tests;";
        assert_eq!(of(ordered, "| `x` | `a b` |"), Vec::<String>::new());
        let listed = "//! X. `nothing` (is one)\n//!\n//! Rooms: `a` (which\n//! has `A`), `b` (the other).\n//!\n//! `c` (not one).\nmod a;\nmod b;";
        assert_eq!(of(listed, "| `x` | `a b` |"), Vec::<String>::new());
    }

    #[test]
    fn a_room_that_is_not_there_and_one_that_is_not_listed_are_found() {
        let found = of("//! Rooms: `a` (one), `c` (gone).\nmod a;\nmod b;", "| `x` | `a c` |");
        assert_eq!(
            found,
            [
                "crates/x/src/lib.rs: its header lists the room c, which is not there",
                "crates/x/src/lib.rs: its header does not list the room b"
            ]
        );
        let silent = of("//! X.\nmod a;", "");
        assert!(matches!(silent.as_slice(), [one] if one.contains("lists no rooms")), "{silent:?}");
        let drawn = of("//! Rooms: `a` (one), `b` (two).\nmod a;\nmod b;", "| `x` | `a` |");
        assert!(matches!(drawn.as_slice(), [one] if one.starts_with("ARCHITECTURE.md: no line")), "{drawn:?}");
    }

    #[test]
    fn an_import_to_the_right_is_found() {
        let found = of("//! Rooms, each importing only rooms to its left: `b a`.\nmod a;\nmod b;", "| `x` | `b a` |");
        assert_eq!(found, ["crates/x/src/b/mod.rs imports a.rs, whose room is to the right of its own"]);
    }
}
