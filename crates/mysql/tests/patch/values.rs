//! What a column that is defined anew does to the values that stand in it: pairs of definitions with rows, the plan run without what is
//! said to lose data, and every value looked at before and after.
//!
//! `EVENKEEL_SEED` draws other pairs, `EVENKEEL_COUNT` says how many.

use crate::place::Place;
use crate::tried::capture;
use evenkeel_core::kind::Engine;
use evenkeel_core::patch::{Dialect, Form, Hazard, Statement, World, plan};
use evenkeel_mysql::patch::MysqlDialect;
use evenkeel_mysql::scratch::{Session, series};
use evenkeel_testkit::mysql::flavors;
use std::collections::BTreeMap;

const COUNT: usize = 250;

/// A definition, how its values are read, and rows of it; what a server does not take stays away.
type Definition = (&'static str, Read, &'static [&'static str]);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Read {
    Number,
    Double,
    Moment,
    Text,
    Bytes,
}

const WHOLE: &[&str] = &[
    "0",
    "1",
    "-1",
    "127",
    "-128",
    "255",
    "32767",
    "65535",
    "8388607",
    "16777215",
    "2147483647",
    "4294967295",
    "-2147483648",
    "9223372036854775807",
    "18446744073709551615",
    "null",
];
const FRACTIONS: &[&str] = &["0", "1.5", "-1.25", "0.1", "123456.789", "99.99", "-0.0001", "16777217", "1e10", "null"];
const MOMENTS: &[&str] =
    &["'2020-02-29'", "'2020-02-29 23:59:59.999999'", "'1970-01-02 03:04:05'", "'2020-10-25 02:30:00.5'", "'9999-12-31 23:59:59'", "null"];
const TIMES: &[&str] = &["'12:34:56.789012'", "'-10:00:00'", "'838:59:59'", "'00:00:00'", "null"];
const LETTERS: &[&str] = &[
    "''",
    "'a'",
    "'a  '",
    "'abc'",
    "'12'",
    "'1.50'",
    "'ä€'",
    "'😀'",
    "'0123456789        '",
    "'0123456789012345678901234567890'",
    "'{\"b\":1, \"a\":2}'",
    "'2020-01-01'",
    "null",
];
const LONG: &[&str] = &["repeat('x', 255)", "repeat('€', 200)", "repeat('ä', 30000)", "concat(repeat('y', 255), '   ')", "'a '", "null"];
const BYTES: &[&str] = &["x''", "x'00'", "x'6100'", "x'ff80'", "x'616263'", "x'61622020'", "repeat(x'ff', 255)", "null"];
const MEMBERS: &[&str] = &["'a'", "'b'", "'c,d'", "''", "null"];

const DEFINITIONS: &[Definition] = &[
    ("tinyint", Read::Number, WHOLE),
    ("tinyint(1)", Read::Number, WHOLE),
    ("tinyint unsigned", Read::Number, WHOLE),
    ("smallint", Read::Number, WHOLE),
    ("smallint unsigned", Read::Number, WHOLE),
    ("mediumint", Read::Number, WHOLE),
    ("mediumint unsigned", Read::Number, WHOLE),
    ("int", Read::Number, WHOLE),
    ("int not null", Read::Number, WHOLE),
    ("int unsigned", Read::Number, WHOLE),
    ("int(5) zerofill", Read::Number, WHOLE),
    ("bigint", Read::Number, WHOLE),
    ("bigint unsigned", Read::Number, WHOLE),
    ("bigint not null auto_increment, key (a)", Read::Number, WHOLE),
    ("bigint generated always as (b) stored", Read::Number, &[]),
    ("int generated always as (b * 2) virtual", Read::Number, &[]),
    ("bit(1)", Read::Number, WHOLE),
    ("bit(8)", Read::Number, WHOLE),
    ("bit(64)", Read::Number, WHOLE),
    ("year", Read::Number, &["2020", "1901", "2155", "0", "null"]),
    ("decimal(5,2)", Read::Number, FRACTIONS),
    ("decimal(10,0)", Read::Number, FRACTIONS),
    ("decimal(10,2)", Read::Number, FRACTIONS),
    ("decimal(12,2) unsigned", Read::Number, FRACTIONS),
    ("decimal(12,4)", Read::Number, FRACTIONS),
    ("decimal(30,10)", Read::Number, FRACTIONS),
    ("decimal(40,10)", Read::Number, FRACTIONS),
    ("float", Read::Double, FRACTIONS),
    ("float unsigned", Read::Double, FRACTIONS),
    ("float(7,2)", Read::Double, FRACTIONS),
    ("double", Read::Double, FRACTIONS),
    ("double(10,3)", Read::Double, FRACTIONS),
    ("date", Read::Moment, MOMENTS),
    ("datetime", Read::Moment, MOMENTS),
    ("datetime(3)", Read::Moment, MOMENTS),
    ("datetime(6)", Read::Moment, MOMENTS),
    ("datetime(6) not null default '2000-01-01'", Read::Moment, MOMENTS),
    ("timestamp null", Read::Moment, MOMENTS),
    ("timestamp not null default current_timestamp", Read::Moment, MOMENTS),
    ("timestamp(6) null", Read::Moment, MOMENTS),
    ("time", Read::Moment, TIMES),
    ("time(6)", Read::Moment, TIMES),
    ("char(3)", Read::Text, LETTERS),
    ("char(40)", Read::Text, LETTERS),
    ("varchar(3)", Read::Text, LETTERS),
    ("varchar(10)", Read::Text, LETTERS),
    ("varchar(40)", Read::Text, LETTERS),
    ("varchar(40) not null", Read::Text, LETTERS),
    ("varchar(300)", Read::Text, LONG),
    ("varchar(40) character set latin1", Read::Text, LETTERS),
    ("varchar(40) character set ascii", Read::Text, LETTERS),
    ("varchar(40) character set utf8mb3", Read::Text, LETTERS),
    ("varchar(40) character set cp1251", Read::Text, LETTERS),
    ("varchar(40) collate utf8mb4_bin", Read::Text, LETTERS),
    ("tinytext", Read::Text, LONG),
    ("text", Read::Text, LONG),
    ("text character set latin1", Read::Text, LONG),
    ("text character set utf8mb3", Read::Text, LONG),
    ("mediumtext", Read::Text, LONG),
    ("longtext", Read::Text, LONG),
    ("json", Read::Text, &["'{\"b\":1, \"a\":2, \"a\":3}'", "'[1.10, \"x\"]'", "'\"2020-01-01\"'", "null"]),
    ("binary(4)", Read::Bytes, BYTES),
    ("varbinary(3)", Read::Bytes, BYTES),
    ("varbinary(300)", Read::Bytes, BYTES),
    ("tinyblob", Read::Bytes, BYTES),
    ("blob", Read::Bytes, BYTES),
    ("enum('a','b')", Read::Text, MEMBERS),
    ("enum('a','b','c,d')", Read::Text, MEMBERS),
    ("enum('c,d','b','a')", Read::Text, MEMBERS),
    ("enum('a','B','c,d','e')", Read::Text, MEMBERS),
    ("set('a','b')", Read::Text, &["'a,b'", "'b'", "''", "null"]),
    ("set('a','b','e')", Read::Text, &["'a,e'", "'b'", "''", "null"]),
    ("set('b','a')", Read::Text, &["'a,b'", "'b'", "''", "null"]),
];

fn number(variable: &str, usual: u64) -> u64 {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// The rows of a table, by their numbers.
fn values(session: &Session, table: usize, read: Read) -> BTreeMap<String, Option<String>> {
    let shown = match read {
        Read::Number => "cast(a + 0 as char)",
        Read::Double => "cast(a + 0e0 as char)",
        Read::Moment => "cast(a as char)",
        Read::Text => "hex(convert(a using utf8mb4))",
        Read::Bytes => "hex(a)",
    };
    let rows = session.query_text(&format!("select id, {shown} from t{table}")).unwrap();
    rows.into_iter().map(|row| (row[0].clone().unwrap(), row[1].clone())).collect()
}

/// One value of two types, as both are read.
fn same(was: Option<&str>, is: Option<&str>, reads: (Read, Read)) -> bool {
    let (Some(was), Some(is)) = (was, is) else { return was == is };
    let text = |value: &str, read: Read| -> String {
        if !matches!(read, Read::Text | Read::Bytes) {
            return value.to_owned();
        }
        let bytes: Vec<u8> = (0..value.len()).step_by(2).map(|at| u8::from_str_radix(&value[at..at + 2], 16).unwrap()).collect();
        bytes.into_iter().map(char::from).collect()
    };
    let plain = |value: String| {
        let value = if value.contains('.') { value.trim_end_matches('0').trim_end_matches('.').to_owned() } else { value };
        value.strip_suffix(" 00:00:00").map(str::to_owned).unwrap_or(value)
    };
    match reads {
        (Read::Text | Read::Bytes, Read::Text | Read::Bytes) => was == is,
        (Read::Double | Read::Number, Read::Double | Read::Number) if reads.0 == Read::Double || reads.1 == Read::Double => {
            was.parse::<f64>().unwrap().to_bits() == is.parse::<f64>().unwrap().to_bits()
        }
        _ => plain(text(was, reads.0)) == plain(text(is, reads.1)),
    }
}

/// Statements, each about one table. What does not fit is refused, and every value stays: then each row is tried by itself, and those that
/// do not fit are taken out.
fn run<'s>(session: &Session, statements: impl Iterator<Item = &'s Statement>) {
    for statement in statements {
        if session.exec(&statement.sql).is_ok() {
            continue;
        }
        let Some(table) = statement.sql.split('`').find(|word| word.starts_with('t') && word[1..].parse::<usize>().is_ok()) else {
            continue;
        };
        for row in session.query_text(&format!("select id from {table}")).unwrap().into_iter().flatten().flatten() {
            let only = format!(
                "drop table if exists one; create table one like {table}; insert into one (id, b, a) select id, b, a from {table} where id = {row}"
            );
            if session.exec(&only).is_err() {
                continue;
            }
            if session.exec(&statement.sql.replace(&format!("`{table}`"), "`one`")).is_err() {
                session.exec(&format!("delete from {table} where id = {row}")).unwrap();
            }
        }
        let _ = session.exec(&statement.sql);
    }
}

fn on(engine: Engine, version: u16) {
    if !flavors().contains(&(engine, version)) {
        return;
    }
    let place = Place::start(engine, version);
    let mut random = fastrand::Rng::with_seed(number("EVENKEEL_SEED", 11));
    let count = usize::try_from(number("EVENKEEL_COUNT", COUNT as u64)).unwrap();
    let mut pairs: Vec<(Definition, Definition)> = DEFINITIONS
        .iter()
        .flat_map(|one| DEFINITIONS.iter().map(move |other| (*one, *other)))
        .filter(|(one, other)| one.0 != other.0 && !(one.2.is_empty() && other.2.is_empty()))
        .collect();
    random.shuffle(&mut pairs);
    // Those of one sort first, for half of them.
    let (alike, other): (Vec<_>, Vec<_>) = pairs.into_iter().partition(|(one, other)| one.1 == other.1);
    pairs = alike.into_iter().take(count.div_ceil(2)).collect();
    pairs.extend(other.into_iter().take(count - pairs.len().min(count)));
    let session = place.scratch.session("").unwrap();
    let make = |database: &str, definition: fn(&(Definition, Definition)) -> Definition| {
        session.exec(&format!("create database {database} character set utf8mb4 collate utf8mb4_bin; use {database}; set time_zone = '+00:00', sql_mode = 'STRICT_ALL_TABLES'")).unwrap();
        for (at, pair) in pairs.iter().enumerate() {
            let sql = format!("create table t{at} (id int primary key, b int, a {})", definition(pair).0);
            session.exec(&sql).unwrap_or_else(|fault| panic!("{sql}: {fault}"));
        }
    };
    make("wanted", |pair| pair.1);
    make("there", |pair| pair.0);
    for (at, ((_, _, rows), _)) in pairs.iter().enumerate() {
        for (id, row) in rows.iter().enumerate() {
            let sql = format!("insert into t{at} (id, b, a) values ({id}, {id}, {row})");
            if session.exec(&sql).is_err() && row != &"null" {
                // The nearest that it takes.
                let _ = session.exec(&format!("insert ignore into t{at} (id, b, a) values ({id}, {id}, {row})"));
            }
        }
        if rows.is_empty() {
            session.exec(&format!("insert into t{at} (id, b) values (1, 7), (2, 1000)")).unwrap();
        }
        let _ = session.exec(&format!("set sql_mode = 'STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO'; insert into t{at} (id, b, a) values (99, 1, 0); set sql_mode = 'STRICT_ALL_TABLES'"));
    }
    let (from, to) = (capture(&place.scratch.url("there")), capture(&place.scratch.url("wanted")));
    let dialect = MysqlDialect::of(&from.endpoint);
    let planned = plan(&World::of(&from), &World::of(&to), &dialect, Form::default());
    let before: Vec<_> = pairs.iter().enumerate().map(|(at, (one, _))| values(&session, at, one.1)).collect();
    for line in dialect.opening() {
        session.exec(line).unwrap();
    }
    session.exec("set time_zone = '+05:00'").unwrap();
    let is_held = |statement: &&Statement| statement.is_destructive();
    let steps = || planned.steps.iter().flat_map(|step| step.statements.iter().map(move |statement| (step.held, statement)));
    run(&session, steps().filter(|(held, statement)| !held && !is_held(statement)).map(|(_, statement)| statement));
    session.exec("set time_zone = '+00:00'").unwrap();
    let read_of = |at: usize| {
        let column = session.query_text(&format!("select column_type, coalesce(generation_expression, '') from information_schema.columns where table_schema = 'there' and table_name = 't{at}' and column_name = 'a'")).unwrap();
        let typ = column[0][0].clone().unwrap();
        let base: String = typ.chars().take_while(char::is_ascii_alphabetic).collect();
        match &*base {
            "tinyint" | "smallint" | "mediumint" | "int" | "bigint" | "bit" | "year" | "decimal" => Read::Number,
            "float" | "double" => Read::Double,
            "date" | "datetime" | "timestamp" | "time" => Read::Moment,
            "binary" | "varbinary" | "tinyblob" | "blob" => Read::Bytes,
            _ => Read::Text,
        }
    };
    // Rows that were refused are gone from there; of the others each value stands as it did.
    let changed = || -> Vec<(usize, String)> {
        let all = pairs.iter().enumerate().filter_map(|(at, ((was, read, _), (is, ..)))| {
            let (now_read, before) = (read_of(at), &before[at]);
            let now = values(&session, at, now_read);
            let wrong = now.iter().find(|(id, now)| !same(before[*id].as_deref(), now.as_deref(), (*read, now_read)))?;
            Some((at, format!("t{at}: {was} to {is}: {:?} is {:?}", before[wrong.0], wrong.1)))
        });
        all.collect()
    };
    let wrong: Vec<String> = changed().into_iter().map(|(_, words)| words).collect();
    // What is said to lose values, run after all: most of it does.
    let destructive: Vec<&Statement> =
        steps().filter(|(held, statement)| *held || is_held(statement)).map(|(_, statement)| statement).collect();
    session.exec("set sql_mode = ''").unwrap();
    run(&session, destructive.iter().copied());
    let lost: Vec<usize> = changed().into_iter().map(|(at, _)| at).collect();
    let said = |at: &usize| {
        destructive.iter().any(|statement| statement.sql.contains(&format!("`t{at}`")) || statement.sql.contains(&format!(".t{at}\n")))
    };
    let needless = (0..pairs.len()).filter(|at| said(at) && !lost.contains(at)).count();
    println!(
        "{}: {count} pairs, {} of them lose values, {needless} are said to and did not here, {} not said",
        series(engine, version),
        lost.len(),
        wrong.len()
    );
    if std::env::var("EVENKEEL_SHOWN").is_ok() {
        for at in (0..pairs.len()).filter(|at| said(at) && !lost.contains(at)) {
            println!("  kept: {} to {}", pairs[at].0.0, pairs[at].1.0);
        }
    }
    assert!(wrong.is_empty(), "{} on {}:\n{}", wrong.len(), series(engine, version), wrong.join("\n"));
    assert!(lost.len() > count / 4, "the rows show little: {} of {count}", lost.len());
    assert!(planned.refused.is_empty(), "{:?}", planned.refused);
    let fails = planned.statements().flat_map(|statement| &statement.hazards).any(|hazard| matches!(hazard, Hazard::FailsIf(_)));
    assert!(fails);
}

#[test]
fn values_on_mariadb_10_11() {
    on(Engine::MariaDb, 1011);
}

#[test]
fn values_on_mariadb_11_8() {
    on(Engine::MariaDb, 1108);
}

#[test]
fn values_on_mysql_9_7() {
    if evenkeel_testkit::another_day(3) {
        return;
    }
    on(Engine::MySql, 907);
}
