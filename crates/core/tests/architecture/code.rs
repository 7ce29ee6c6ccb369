//! Rust as words: without comments, literals and tests; enough to see who names whom, and no more.

use super::tree::Tree;
use std::collections::BTreeMap;

/// Every source file of a crate, from `src`, with what is no test: up to the test module, without comments and literals.
pub fn sources<'a>(tree: &'a Tree, krate: &str) -> BTreeMap<&'a str, String> {
    let folder = format!("crates/{krate}/src");
    // The paths live as long as the tree, which the folder's name does not.
    let of = |path: &'a str| path.strip_prefix(folder.as_str()).and_then(|rest| rest.strip_prefix('/'));
    tree.files
        .iter()
        .filter(|(path, _)| path.ends_with(".rs"))
        .filter_map(|(path, text)| Some((of(path)?, text)))
        .filter(|(path, _)| !is_test(path))
        .map(|(path, text)| (path, bare(untested(text))))
        .collect()
}

/// Whether a file of `src` holds nothing but tests.
pub fn is_test(path: &str) -> bool {
    path.ends_with("tests.rs") || path.contains("tests/") || path.ends_with("testing.rs")
}

/// The text before its test module.
fn untested(text: &str) -> &str {
    text.split("\n#[cfg(test)]\nmod ").next().unwrap_or(text)
}

/// The `//!` lines a file begins with, without their marks.
pub fn header(text: &str) -> String {
    let lines = text.lines().map_while(|line| line.strip_prefix("//!"));
    lines.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect::<Vec<_>>().join("\n")
}

/// Code without comments and without what literals hold.
pub fn bare(code: &str) -> String {
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
pub fn identifiers(code: &str) -> impl Iterator<Item = &str> {
    code.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

/// Words and marks: identifiers, `::`, and every other sign by itself.
pub fn tokens(code: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = code;
    while let Some(first) = rest.chars().next() {
        let word = |c: char| c.is_alphanumeric() || c == '_';
        let length = if word(first) {
            rest.find(|c| !word(c)).unwrap_or(rest.len())
        } else if rest.starts_with("::") {
            2
        } else {
            first.len_utf8()
        };
        let (token, after) = rest.split_at(length);
        if !token.trim().is_empty() {
            found.push(token);
        }
        rest = after;
    }
    found
}

#[test]
fn only_code_is_left() {
    let text = "//! `crate::a`\nuse b::c; // crate::d\nlet e = \"crate::f\"; let g = r#\"crate::\"h\"#; let i: &'static str = 'j';";
    assert_eq!(tokens(&bare(text)).join(" "), "use b :: c ; let e = \" \" ; let g = \" \" ; let i : & ' static str = ;");
    assert_eq!(untested("a\n#[cfg(test)]\nmod tests {}"), "a");
    assert_eq!(header("//! One.\n//!\n//! Two.\nmod a; //! no"), "One.\n\nTwo.");
}
