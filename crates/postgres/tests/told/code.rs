//! Code that differs in blanks and comments alone does the same; one token is another code.

use super::told;
use evenkeel_core::kind::Dimension;
use evenkeel_testkit::majors;

const SCHEMA: &[Dimension] = &[Dimension::Schema];

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

/// What calls a function names it whole, whatever its schema is called.
#[test]
fn a_function_of_a_schema_with_a_strange_name_is_told_from_its_neighbour() {
    if evenkeel_testkit::another_day(3) {
        return;
    }
    const MADE: &str = "create table t (a int); create function #.one() returns trigger language plpgsql as 'begin return new; end';
        create function #.two() returns trigger language plpgsql as 'begin return null; end';
        create function #.add_one(int, int) returns int language sql immutable strict as 'select 1';
        create function #.add_two(int, int) returns int language sql immutable strict as 'select 2';
        create function #.ev_one() returns event_trigger language plpgsql as 'begin end'; create function #.ev_two() returns event_trigger language plpgsql as 'begin end';
        create type pair as (a int, b int); create function #.to_one(pair) returns int language sql immutable as 'select 1';
        create function #.to_two(pair) returns int language sql immutable as 'select 2';";
    const CALLS: &str = "create trigger g before insert on t for each row execute function #.@(); ";
    const MORE: &str = "create aggregate total(int) (sfunc = #.add_@, stype = int); create operator ||| (function = #.add_@, leftarg = int, rightarg = int);
        create cast (pair as int) with function #.to_@(pair);";
    for schema in ["\"app (old)\"", "\"f(x)\"", "\"a.b(\"", "\"say \"\"(\"", "plain"] {
        let of = |which: &str| {
            let text = format!("create schema #; {MADE}{CALLS}{MORE}create event trigger e on sql_drop execute function #.ev_@();");
            text.replace('#', schema).replace('@', which)
        };
        for major in majors() {
            let told = super::told(major, SCHEMA, &of("one"), &of("two"));
            let ids = ["trigger ", "aggregate ", "operator ", "event-trigger ", "cast "];
            assert!(ids.iter().all(|id| told.iter().any(|line| line.starts_with(id))), "{schema} on {major}: {told:#?}");
            assert_eq!(super::told(major, SCHEMA, &of("two"), &of("two")), Vec::<String>::new(), "{schema} on {major}");
        }
    }
}

/// IN is taken out of the arguments of a procedure, and nowhere else.
#[test]
fn words_within_quotes_of_arguments_stay() {
    for (one, other) in [
        (
            "create procedure p(a text default 'x, IN y') language sql as 'select 1'",
            "create procedure p(a text default 'x, y') language sql as 'select 1'",
        ),
        ("create procedure p(\"b, IN c\" int) language sql as 'select 1'", "create procedure p(\"b, c\" int) language sql as 'select 1'"),
        (
            "create procedure p(a text default 'it''s, IN y') language sql as 'select 1'",
            "create procedure p(a text default 'it''s, y') language sql as 'select 1'",
        ),
    ] {
        for major in majors() {
            assert_eq!(told(major, SCHEMA, one, other).len(), 1, "{one} on {major}");
        }
    }
    let same = "create procedure p(a int, INOUT b int, c text default 'IN ') language sql as 'select 1'";
    let captured: Vec<_> = majors()
        .into_iter()
        .map(|major| {
            let db = evenkeel_testkit::database(major);
            db.exec(same);
            super::capture(&db.conninfo(), SCHEMA)
        })
        .collect();
    for pair in captured.windows(2) {
        assert_eq!(super::lines(&super::compared(&pair[0], &pair[1])), Vec::<String>::new());
    }
}
