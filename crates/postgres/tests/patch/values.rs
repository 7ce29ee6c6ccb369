//! What a column of another type does to the values that stand in it: pairs of types with rows, the plan run without what is said to lose
//! data, in a session of another time zone, and every value cast back and looked at.
//!
//! `EVENKEEL_SEED` draws other pairs, `EVENKEEL_COUNT` says how many.

use evenkeel_core::patch::{Dialect, Form, Statement, World, plan};
use evenkeel_postgres::patch::PostgresDialect;
use evenkeel_testkit::{database, majors, newest};
use std::collections::BTreeMap;

const COUNT: usize = 250;

/// A type and rows of it, as texts; what it does not take stays away.
type Typed = (&'static str, Sort, &'static [&'static str]);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    Number,
    Moment,
    Letters,
    Other,
}

const WHOLE: &[&str] =
    &["0", "1", "-1", "32767", "-32768", "16777217", "2147483647", "-2147483648", "9007199254740993", "9223372036854775807"];
const FRACTIONS: &[&str] =
    &["0", "1.5", "-1.25", "0.1", "123456.789", "99.99", "-0.0001", "16777217", "1.50", "1e10", "NaN", "0.30000000000000004"];
const MOMENTS: &[&str] = &[
    "2020-02-29",
    "2020-02-29 23:59:59.999999",
    "2020-03-29 02:30:00",
    "2020-10-25 02:30:00",
    "2020-10-25 00:30:00",
    "2020-10-25 01:30:00",
    "1970-01-02 03:04:05",
    "infinity",
];
const TIMES: &[&str] = &["12:34:56.789012", "00:00:00", "24:00:00", "23:59:59.9999999"];
const LETTERS: &[&str] = &[
    "",
    "a",
    "a  ",
    "  a",
    "abc",
    "12",
    " 12",
    "012",
    "1.50",
    "1e3",
    "yes",
    "t",
    "TRUE",
    "12:30",
    "2020-01-01 10:00",
    "5/6/2020",
    "0123456789        ",
    "0123456789012345",
    "{\"b\":1, \"a\":2, \"a\":3}",
    "[1.0, 2]",
    "\\x41",
    "\\\\",
    "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11",
    "1 day 25 hours",
    "{1,2}",
    "€",
    "10.0.0.1",
    "(1,2)",
    "low",
    "<a/>",
];

const TYPES: &[Typed] = &[
    ("smallint", Sort::Number, WHOLE),
    ("integer", Sort::Number, WHOLE),
    ("bigint", Sort::Number, WHOLE),
    ("numeric", Sort::Number, FRACTIONS),
    ("numeric(5,2)", Sort::Number, FRACTIONS),
    ("numeric(10,0)", Sort::Number, FRACTIONS),
    ("numeric(12,2)", Sort::Number, FRACTIONS),
    ("numeric(12,4)", Sort::Number, FRACTIONS),
    ("numeric(30,20)", Sort::Number, FRACTIONS),
    ("real", Sort::Number, FRACTIONS),
    ("double precision", Sort::Number, FRACTIONS),
    ("money", Sort::Number, &["1.50", "-3", "123456.78"]),
    ("boolean", Sort::Number, &["true", "false"]),
    ("whole", Sort::Number, &["1", "0", "12"]),
    ("oid", Sort::Number, &["0", "42", "4294967295"]),
    ("date", Sort::Moment, MOMENTS),
    ("timestamp", Sort::Moment, MOMENTS),
    ("timestamp(3)", Sort::Moment, MOMENTS),
    ("timestamp(6)", Sort::Moment, MOMENTS),
    ("timestamptz", Sort::Moment, MOMENTS),
    ("timestamptz(0)", Sort::Moment, MOMENTS),
    ("time", Sort::Moment, TIMES),
    ("time(2)", Sort::Moment, TIMES),
    ("timetz", Sort::Moment, TIMES),
    ("interval", Sort::Moment, &["1 day 25:30:00.123456", "1 mon", "24:00:00", "-00:00:01", "90 min"]),
    ("interval(2)", Sort::Moment, &["1 day 25:30:00.123456", "1 mon"]),
    ("interval day", Sort::Moment, &["3 days 5 hours", "1 mon"]),
    ("character(3)", Sort::Letters, LETTERS),
    ("character(20)", Sort::Letters, LETTERS),
    ("character varying(3)", Sort::Letters, LETTERS),
    ("character varying(11)", Sort::Letters, LETTERS),
    ("character varying(40)", Sort::Letters, LETTERS),
    ("character varying", Sort::Letters, LETTERS),
    ("text", Sort::Letters, LETTERS),
    ("text collate \"C\"", Sort::Letters, LETTERS),
    ("name", Sort::Letters, LETTERS),
    ("\"char\"", Sort::Letters, LETTERS),
    ("short", Sort::Letters, LETTERS),
    ("citext", Sort::Letters, LETTERS),
    ("level", Sort::Letters, &["low", "high"]),
    ("grade", Sort::Letters, &["low", "high"]),
    ("json", Sort::Letters, LETTERS),
    ("jsonb", Sort::Letters, LETTERS),
    ("xml", Sort::Letters, LETTERS),
    ("bytea", Sort::Letters, LETTERS),
    ("uuid", Sort::Letters, LETTERS),
    ("inet", Sort::Other, &["10.0.0.1", "10.0.0.1/24", "::1"]),
    ("cidr", Sort::Other, &["10.0.0.0/8", "10.0.0.1"]),
    ("macaddr", Sort::Other, &["08:00:2b:01:02:03"]),
    ("macaddr8", Sort::Other, &["08:00:2b:01:02:03", "08:00:2b:01:02:03:04:05"]),
    ("bit(4)", Sort::Other, &["1010"]),
    ("bit(8)", Sort::Other, &["10100000", "00000001"]),
    ("bit varying(4)", Sort::Other, &["1", "1010"]),
    ("bit varying(8)", Sort::Other, &["1", "10100001"]),
    ("bit varying", Sort::Other, &["1", "10100001"]),
    ("integer[]", Sort::Other, &["{1,2,NULL}", "{2147483647}"]),
    ("bigint[]", Sort::Other, &["{1,2}", "{9223372036854775807}"]),
    ("text[]", Sort::Other, &["{a,\"b  \",NULL}", "{1}", "{abcdef}"]),
    ("character varying(2)[]", Sort::Other, &["{a,bc}"]),
    ("point", Sort::Other, &["(1,2)"]),
    ("box", Sort::Other, &["(1,2),(3,4)"]),
    ("circle", Sort::Other, &["<(1,2),3>"]),
    ("int4range", Sort::Other, &["[1,5)", "empty"]),
    ("int8range", Sort::Other, &["[1,5)", "[9223372036854775800,)"]),
];

const MADE: &str = "create extension citext; create domain short as varchar(3); create domain whole as int check (value < 10); \
    create type level as enum ('low', 'high'); create type grade as enum ('high', 'low', 'none')";

fn number(variable: &str, usual: u64) -> u64 {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

fn on(major: u32) {
    let mut random = fastrand::Rng::with_seed(number("EVENKEEL_SEED", 11));
    let count = usize::try_from(number("EVENKEEL_COUNT", COUNT as u64)).unwrap();
    let mut all: Vec<(Typed, Typed)> =
        TYPES.iter().flat_map(|one| TYPES.iter().map(move |other| (*one, *other))).filter(|(one, other)| one.0 != other.0).collect();
    random.shuffle(&mut all);
    // Those of one sort first, for half of them.
    let (alike, other): (Vec<_>, Vec<_>) = all.into_iter().partition(|(one, other)| one.1 == other.1);
    let mut pairs: Vec<(Typed, Typed)> = alike.into_iter().take(count.div_ceil(2)).collect();
    pairs.extend(other.into_iter().take(count - pairs.len()));
    let (a, b) = (database(major), database(major));
    a.exec(MADE);
    b.exec(MADE);
    let session = b.another_session();
    session.exec("set timezone = 'Europe/Berlin'").unwrap();
    for (at, ((was, _, rows), (is, ..))) in pairs.iter().enumerate() {
        a.exec(&format!("create table t{at} (id int, a {is})"));
        session.exec(&format!("create table t{at} (id int, a {was})")).unwrap();
        for (id, row) in rows.iter().enumerate() {
            let _ = session.exec(&format!("insert into t{at} values ({id}, '{row}')"));
        }
        session.exec(&format!("create table was{at} as select id, a from t{at}")).unwrap();
    }
    let (to, from) = (super::capture(&a.conninfo()), super::capture(&b.conninfo()));
    // What only one side has is what is compared with.
    let keep = |object: &evenkeel_core::manifest::Object| {
        !object.identity.parts().any(|part| part.starts_with("was") || part.starts_with("public.was"))
    };
    let objects = from.objects().iter().filter(|object| keep(object)).cloned().collect();
    let from = evenkeel_core::manifest::Manifest::new(from.endpoint.clone(), from.dimensions.clone(), objects, from.gaps.clone());
    let dialect = PostgresDialect::of(&from.endpoint);
    let planned = plan(&World::of(&from), &World::of(&to), &dialect, Form { offline: true, ..Form::default() });
    assert!(planned.refused.is_empty(), "{:?}", planned.refused);
    for line in dialect.opening() {
        session.exec(line).unwrap();
    }
    // Another zone than that which the rows were written in.
    session.exec("set timezone = 'America/New_York'; set search_path = public").unwrap();
    let steps = || planned.steps.iter().flat_map(|step| step.statements.iter().map(move |statement| (step.held, statement)));
    let is_held = |(held, statement): &(bool, &Statement)| *held || statement.is_destructive();
    // Each is about one table. What does not fit is refused, and every value stays: then each row is tried by itself.
    let run = |statements: Vec<(bool, &Statement)>| {
        for (_, statement) in statements {
            if session.exec(&statement.sql).is_ok() {
                continue;
            }
            let Some(table) = statement.sql.split(['.', ' ']).find(|word| word.starts_with('t') && word[1..].parse::<usize>().is_ok())
            else {
                continue;
            };
            for row in session.query_text(&format!("select id::text from {table}")).unwrap().into_iter().flatten().flatten() {
                session.exec(&format!("drop table if exists one; create table one as select * from {table} where id = {row}")).unwrap();
                if let Err(fault) = session.exec(&statement.sql.replace(&format!("public.{table} "), "public.one ")) {
                    let words = fault.to_string();
                    assert!(!words.contains("cannot cast type") && !words.contains("cannot be cast"), "{}: {words}", statement.sql);
                    session.exec(&format!("delete from {table} where id = {row}")).unwrap();
                }
            }
            session.exec(&statement.sql).unwrap_or_else(|fault| panic!("{}: {fault}", statement.sql));
        }
    };
    let values = |sql: String| -> Option<BTreeMap<String, Option<String>>> {
        let rows = session.query_text(&sql).ok()?;
        Some(rows.into_iter().map(|row| (row[0].clone().unwrap(), row[1].clone())).collect())
    };
    let changed = || -> Vec<(usize, String)> {
        let all = pairs.iter().enumerate().filter_map(|(at, ((was, ..), (is, ..)))| {
            let typ = was.split(" collate").next().unwrap();
            session.exec("set timezone = 'Europe/Berlin'").unwrap();
            let before = values(format!("select id::text, encode(convert_to(a::text, 'UTF8'), 'escape') from was{at}"))?;
            let now = values(format!("select id::text, encode(convert_to(a::{typ}::text, 'UTF8'), 'escape') from t{at}"))
                .or_else(|| values(format!("select id::text, encode(convert_to(a::text::{typ}::text, 'UTF8'), 'escape') from t{at}")));
            let Some(now) = now else { return Some((at, format!("t{at}: {was} to {is}: does not come back"))) };
            let wrong = now.iter().find(|(id, now)| before[*id] != **now)?;
            Some((at, format!("t{at}: {was} to {is}: {:?} is {:?}", before[wrong.0], wrong.1)))
        });
        all.collect()
    };
    run(steps().filter(|one| !is_held(one)).collect());
    let wrong: Vec<String> = changed().into_iter().map(|(_, words)| words).collect();
    session.exec("set timezone = 'America/New_York'").unwrap();
    let destructive: Vec<(bool, &Statement)> = steps().filter(is_held).collect();
    run(destructive.clone());
    let lost: Vec<usize> = changed().into_iter().map(|(at, _)| at).collect();
    let said = |at: &usize| destructive.iter().any(|(_, statement)| statement.sql.contains(&format!(".t{at} ")));
    let needless: Vec<usize> = (0..pairs.len()).filter(|at| said(at) && !lost.contains(at)).collect();
    println!(
        "{major}: {count} pairs, {} of them lose values, {} are said to and did not here, {} not said",
        lost.len(),
        needless.len(),
        wrong.len()
    );
    if std::env::var("EVENKEEL_SHOWN").is_ok() {
        needless.iter().for_each(|at| println!("  kept: {} to {}", pairs[*at].0.0, pairs[*at].1.0));
    }
    assert!(wrong.is_empty(), "{} on {major}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(lost.len() > count / 5, "the rows show little: {} of {count}", lost.len());
}

#[test]
fn values_on_the_newest() {
    on(newest());
}

#[test]
fn values_on_the_oldest() {
    on(majors().into_iter().min().unwrap());
}
