//! Crates import along the arrows that are drawn and no others: by what their `Cargo.toml` asks for and by what their code names.

use super::code::{bare, identifiers, sources};
use super::drawing::{CRATES, Drawn};
use super::tree::Tree;
use std::collections::BTreeSet;

/// Crates of ours that a section of a `Cargo.toml` asks for.
fn asked<'a>(manifest: &'a str, sections: &[&str]) -> BTreeSet<&'a str> {
    let mut section = "";
    let mut found = BTreeSet::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            section = line.trim();
        }
        let ours = line.strip_prefix("evenkeel-").and_then(|rest| rest.split(['.', ' ', '=']).next());
        found.extend(ours.filter(|_| sections.contains(&section)));
    }
    found
}

/// The arrows of a crate in ARCHITECTURE.md: the last cell of its line in the table that ends in "may import".
fn told(text: &str, krate: &str) -> Option<String> {
    let mut rows = text.lines().skip_while(|line| !line.ends_with("| may import |"));
    let row = rows.find(|line| line.starts_with(&format!("| `{krate}` |")))?;
    row.trim_end_matches(" |").rsplit("| ").next().map(str::to_owned)
}

fn faults(tree: &Tree, drawing: &[Drawn]) -> Vec<String> {
    let mut faults = Vec::new();
    let there = tree.crates();
    for Drawn { name, imports, in_tests } in drawing {
        if !there.contains(name) {
            faults.push(format!("{name} is drawn and there is no crates/{name}: a crate is drawn when its first line is written"));
        }
        for other in imports.iter().chain(*in_tests).filter(|other| !there.contains(other)) {
            faults.push(format!("{name} is drawn to import {other}, which is not there"));
        }
    }
    for krate in there {
        let Some(Drawn { imports, in_tests, .. }) = drawing.iter().find(|drawn| drawn.name == krate) else {
            faults.push(format!("crates/{krate} is on no drawing: give it a line in architecture/drawing.rs and in ARCHITECTURE.md"));
            continue;
        };
        let manifest = tree.text(&format!("crates/{krate}/Cargo.toml")).unwrap_or_default();
        let usual = asked(manifest, &["[dependencies]", "[build-dependencies]"]);
        let testing = asked(manifest, &["[dev-dependencies]"]);
        faults.extend(usual.iter().filter(|other| !imports.contains(other)).map(|other| format!("{krate} may not depend on {other}")));
        faults.extend(
            imports.iter().filter(|other| !usual.contains(*other)).map(|other| format!("{krate} is drawn to import {other} and does not")),
        );
        let strange = |other: &&&str| !imports.contains(other) && !in_tests.contains(other);
        faults.extend(testing.iter().filter(strange).map(|other| format!("{krate}'s tests may not depend on {other}")));
        faults.extend(
            in_tests
                .iter()
                .filter(|other| !testing.contains(*other))
                .map(|other| format!("{krate}'s tests are drawn to import {other} and do not")),
        );
        let named =
            |code: &str| identifiers(code).filter_map(|word| word.strip_prefix("evenkeel_")).map(str::to_owned).collect::<BTreeSet<_>>();
        for (file, code) in sources(tree, krate) {
            let strange = named(&code).into_iter().filter(|other| !imports.contains(&other.as_str()) && other != krate);
            faults.extend(strange.map(|other| format!("crates/{krate}/src/{file} names evenkeel_{other}, and {krate} may not import it")));
        }
        let all = |other: &str| other == krate || imports.contains(&other) || in_tests.contains(&other);
        for (file, text) in tree.rust(&format!("crates/{krate}")) {
            let strange = named(&bare(text)).into_iter().filter(|other| !all(other));
            faults.extend(
                strange.map(|other| format!("crates/{krate}/{file} names evenkeel_{other}, and tests of {krate} may not import it")),
            );
        }
        let drawn = if imports.is_empty() { "–".to_owned() } else { imports.join(", ") };
        if told(tree.text("ARCHITECTURE.md").unwrap_or_default(), krate).as_ref() != Some(&drawn) {
            faults.push(format!("ARCHITECTURE.md: the line of {krate} does not end in \"| {drawn} |\""));
        }
    }
    faults
}

#[test]
fn crates_import_along_the_arrows_only() {
    let faults = faults(&Tree::project(), CRATES);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[cfg(test)]
mod planted {
    use super::*;

    const TABLE: &str = "| crate | what | may import |\n|---|---|---|\n| `a` | things | – |\n| `b` | more | a |\n";

    fn of(files: &[(&str, &str)], drawing: &[Drawn]) -> Vec<String> {
        let mut all = vec![
            ("crates/a/Cargo.toml", "[dependencies]\nserde.workspace = true"),
            ("crates/b/Cargo.toml", "[dependencies]\nevenkeel-a.workspace = true\n"),
            ("crates/b/src/lib.rs", "use evenkeel_a::A;"),
            ("ARCHITECTURE.md", TABLE),
        ];
        all.extend(files);
        faults(&Tree::of(&all), drawing)
    }

    const fn drawn(name: &'static str, imports: &'static [&'static str]) -> Drawn {
        Drawn { name, imports, in_tests: &[] }
    }

    #[test]
    fn an_arrow_too_many_is_found() {
        let drawing = [drawn("a", &[]), drawn("b", &["a"])];
        assert_eq!(of(&[], &drawing), Vec::<String>::new());
        let asked = of(&[("crates/a/Cargo.toml", "[dependencies]\nevenkeel-b = { path = \"../b\" }")], &drawing);
        assert_eq!(asked, ["a may not depend on b"]);
        let in_tests = of(&[("crates/a/Cargo.toml", "[dev-dependencies]\nevenkeel-b.workspace = true")], &drawing);
        assert_eq!(in_tests, ["a's tests may not depend on b"]);
        let named = of(&[("crates/a/src/deep/x.rs", "fn f() { evenkeel_b::g() }")], &drawing);
        assert_eq!(named[0], "crates/a/src/deep/x.rs names evenkeel_b, and a may not import it");
        let by_a_test = of(&[("crates/a/tests/x.rs", "use evenkeel_b::g;")], &drawing);
        assert_eq!(by_a_test, ["crates/a/tests/x.rs names evenkeel_b, and tests of a may not import it"]);
    }

    #[test]
    fn drawings_of_what_is_not_there_are_found() {
        let too_much = [drawn("a", &[]), drawn("b", &["a"]), drawn("web", &[])];
        assert_eq!(of(&[], &too_much), ["web is drawn and there is no crates/web: a crate is drawn when its first line is written"]);
        let missing = of(&[], &[drawn("b", &["a"])]);
        assert!(matches!(missing.as_slice(), [one] if one.starts_with("crates/a is on no drawing")), "{missing:?}");
        let unused = of(&[("crates/b/Cargo.toml", "")], &[drawn("a", &[]), drawn("b", &["a"])]);
        assert_eq!(unused, ["b is drawn to import a and does not"]);
        let told = of(&[("ARCHITECTURE.md", &TABLE.replace("| a |", "| all |"))], &[drawn("a", &[]), drawn("b", &["a"])]);
        assert_eq!(told, ["ARCHITECTURE.md: the line of b does not end in \"| a |\""]);
    }
}
