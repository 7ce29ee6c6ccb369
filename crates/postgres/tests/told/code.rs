//! Code that differs in blanks and comments alone does the same; one token is another code.

use super::told;
use evenkeel_core::kind::Dimension;
use evenkeel_testkit::majors;

const SAME: &[(&str, &str, &str)] = &[
    ("sql", "select 1", "select  1 -- one"),
    ("sql", "select 1 + 2", "select /* a /* nested */ one */ 1\n+\t2"),
    ("plpgsql", "begin return 1; end", "\nbegin\n  -- nothing\n  return 1;\nend\n"),
    ("plpgsql", "begin perform ''a''; return 1; end", "begin perform  ''a'' ; return 1; end"),
];

const OTHER: &[(&str, &str, &str)] = &[
    ("sql", "select 1", "select 2"),
    ("sql", "select 1", "select - 1"),
    ("plpgsql", "begin return 1; end", "begin return 1; return 1; end"),
    ("plpgsql", "begin perform ''a  b''; return 1; end", "begin perform ''a b''; return 1; end"),
    ("plpgsql", "begin return 1; end", "begin /*+ SeqScan(t) */ return 1; end"),
    ("plpgsql", "begin perform 1 <- 1; return 1; end", "begin perform 1 < - 1; return 1; end"),
    ("plpgsql", "begin perform $q$a -- b$q$; return 1; end", "begin perform $q$a$q$; return 1; end"),
];

fn made(kind: &str, language: &str, body: &str) -> String {
    let returns = if kind == "function" { "returns int" } else { "" };
    let body = if kind == "function" { body.to_owned() } else { body.replace("return 1", "return") };
    format!("set check_function_bodies = off; create {kind} f() {returns} language {language} as '{body}'")
}

#[test]
fn blanks_and_comments_are_cosmetic() {
    for major in [majors().first().copied(), majors().last().copied()].into_iter().flatten() {
        for kind in ["function", "procedure"] {
            for (language, one, other) in SAME {
                let told = told(major, &[Dimension::Schema], &made(kind, language, one), &made(kind, language, other));
                assert!(told.len() == 1 && told[0].starts_with(&format!("{kind} public.f() layout:")), "{language}, {other}: {told:?}");
            }
        }
    }
}

#[test]
fn one_token_is_another_code() {
    for major in [majors().first().copied(), majors().last().copied()].into_iter().flatten() {
        for (language, one, other) in OTHER {
            let told = told(major, &[Dimension::Schema], &made("function", language, one), &made("function", language, other));
            assert!(told.len() == 1 && told[0].starts_with("function public.f() body:"), "{language}, {other}: {told:?}");
        }
    }
}
