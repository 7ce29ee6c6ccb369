//! Every byte is in a token, and the tokens are those of the server's own scanner.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;
use proptest::prelude::*;

fn listed(text: &str) -> Vec<(Sort, &str)> {
    tokens(text).filter(|token| token.sort != Sort::Space).map(|token| (token.sort, &text[token.start..token.end])).collect()
}

fn nothing_is_lost(text: &str) {
    let mut end = 0;
    for token in tokens(text) {
        assert!(token.start == end && token.end > token.start, "{text:?}: {token:?} after {end}");
        assert!(text.is_char_boundary(token.start) && text.is_char_boundary(token.end), "{text:?}: {token:?}");
        end = token.end;
    }
    assert_eq!(end, text.len(), "{text:?}");
}

/// Where the server's scanner takes the text, its tokens are ours, signs put together.
fn agrees(text: &str) {
    if text.contains('\0') {
        return;
    }
    let Ok(scanned) = pg_query::scan(text) else { return };
    let ours: Vec<Token> = tokens(text).filter(|token| token.sort != Sort::Space).collect();
    let mut rest = ours.iter().peekable();
    for theirs in scanned.tokens {
        let (start, end) = (usize::try_from(theirs.start).unwrap(), usize::try_from(theirs.end).unwrap());
        let first = rest.next().unwrap_or_else(|| panic!("{text:?}: nothing at {start}..{end}"));
        assert_eq!(first.start, start, "{text:?}: {first:?} against {start}..{end}");
        let mut last = first;
        while last.end < end {
            last = rest.next().unwrap_or_else(|| panic!("{text:?}: nothing up to {end}"));
            assert!(
                !matches!(last.sort, Sort::Word | Sort::Quoted | Sort::Literal | Sort::Dollar | Sort::Comment),
                "{text:?}: {last:?} in {start}..{end}"
            );
        }
        assert_eq!(last.end, end, "{text:?}: {last:?} against {start}..{end}");
    }
    assert_eq!(rest.next(), None, "{text:?}");
}

#[test]
fn quotes_comments_and_signs() {
    use Sort::{Cast, Comma, Comment, Dollar, Dot, Literal, Number, Open, Parameter, Quoted, Range, Sign, Word};
    assert_eq!(listed("a.\"b\"\"c\"::x"), [(Word, "a"), (Dot, "."), (Quoted, "\"b\"\"c\""), (Cast, "::"), (Word, "x")]);
    assert_eq!(listed(r"E'it''s \'' || 'a\'"), [(Literal, r"E'it''s \''"), (Sign, "|"), (Sign, "|"), (Literal, r"'a\'")]);
    assert_eq!(listed("'a' -- x\n  'b', $1"), [(Literal, "'a' -- x\n  'b'"), (Comma, ","), (Parameter, "$1")]);
    assert_eq!(listed("$x$ $y$ ' $x$ (/* /* */ */"), [(Dollar, "$x$ $y$ ' $x$"), (Open, "("), (Comment, "/* /* */ */")]);
    assert_eq!(
        listed("a$b$ 1..2 1.5e-3 .5"),
        [(Word, "a$b$"), (Number, "1"), (Range, ".."), (Number, "2"), (Number, "1.5e-3"), (Number, ".5")]
    );
}

#[test]
fn what_does_not_end_is_broken_to_the_end() {
    for text in ["'a", "\"a", "E'\\", "/* /* */", "$x$ $y$", "U&'a", "'a'\n'b"] {
        let found = listed(text);
        assert!(matches!(found.last(), Some((Sort::Broken, rest)) if text.ends_with(rest)), "{text:?}: {found:?}");
        nothing_is_lost(text);
    }
}

/// Pieces that scanners stumble over, beside any characters.
fn texts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(vec![
            "'",
            "''",
            "\"",
            "\"\"",
            "\\",
            "E'",
            "e'",
            "B'1'",
            "x'F'",
            "N'",
            "U&'",
            "U&\"",
            "$$",
            "$a$",
            "$1",
            "$",
            "--",
            "\n",
            "\r",
            "\t",
            " ",
            "/*",
            "*/",
            "/",
            "*",
            "(",
            ")",
            "[",
            "]",
            ".",
            "..",
            ",",
            ";",
            ":",
            "::",
            ":=",
            "=",
            "<",
            ">",
            "||",
            "->>",
            "@",
            "#",
            "?",
            "1",
            "1.5",
            ".5",
            "1e5",
            "1e-5",
            "a",
            "Ab_1",
            "select",
            "from",
            "é",
            "😀",
            "_",
            "'a'",
            "'a'\n'b'",
            "\"q\"",
            "$x$ ' $x$",
            "/* c */",
            "-- c\n",
        ])
        .prop_map(str::to_owned),
        "[ -~]{0,3}",
    ];
    prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn every_byte_is_in_a_token(text in texts()) {
        nothing_is_lost(&text);
    }

    #[test]
    fn any_text_at_all(text in any::<String>()) {
        nothing_is_lost(&text);
    }

    #[test]
    fn tokens_are_those_of_the_servers_scanner(text in texts()) {
        agrees(&text);
    }
}

/// Statements of PostgreSQL's own tests of its grammar, where `script/setup` put them, and ours.
#[test]
fn files_of_statements_are_cut_as_the_server_cuts_them() {
    let mut folders = vec![
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/postgres"),
        "/opt/evenkeel/postgresql-source/src/test/regress/sql".into(),
    ];
    // PostgreSQL's own suite is fetched by hand (tests/nothing_false).
    folders.retain(|folder| folder.exists());
    let mut number = 0;
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "sql") {
                let text = std::fs::read_to_string(&path).unwrap();
                nothing_is_lost(&text);
                agrees(&text);
                number += 1;
            }
        }
    }
    assert!(number > 100, "{number} files");
}
