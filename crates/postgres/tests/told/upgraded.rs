//! What was dumped from an old server and restored into a new one is what the same statements make there: calls that have a special
//! spelling hide casts in one of them.

use super::{capture, compared, lines, told, tools};
use evenkeel_core::digest::Tree;
use evenkeel_core::kind::Dimension;
use evenkeel_testkit::{database, majors};

const SCHEMA: &[Dimension] = &[Dimension::Schema];

const MADE: &str = "
    create table k (key_id varchar(20) check (length(trim(key_id)) > 0), c char(9) check (trim(leading 'x' from c) <> ''), n name, t text, z varchar(9),
        d date, ts timestamp, tz timestamptz, i smallint, tm time,
        check (substring(key_id from 1 for 2) <> 'zz'), check (position('a' in key_id) = 0), check (overlay(key_id placing 'x' from 2 for 1) <> ''),
        check (substring(t from 2) <> ''), check (trim(trailing from n) <> ''), check (trim(both '-' from key_id) <> ''),
        check ((ts at time zone 'UTC') > '2000-01-01'), check ((d at time zone 'UTC') > '2000-01-01'), check ((tz at time zone z) > '2000-01-01'),
        check (substring(key_id from i for i) <> 'q'), check (btrim(key_id) <> ''), check (ltrim(key_id, 'x') <> ''), check (rtrim(key_id) <> ''),
        check (trim(key_id) = any (array['a', 'b']) or substring(key_id from '^a') is null));
    create index on k (trim(key_id)); create index on k ((substring(key_id from 2 for 3))) where position('b' in key_id) > 0;
    create index on k (btrim(key_id, 'x'), lower(trim(both from c)));
    create view v as select trim(key_id) as a, substring(key_id from 1 for 2) as b, ts at time zone 'UTC' as e, position('a' in key_id) as p from k;
    create view w as select k.key_id, trim(l.key_id) as a from k join k l on l.key_id = overlay(k.key_id placing 'a' from 1);
    create function f() returns trigger language plpgsql as 'begin return new; end';
    create trigger tg before insert on k for each row when (trim(new.key_id) <> '') execute function f();
    create policy p on k using (trim(key_id) <> '');";

#[test]
fn what_was_restored_is_what_was_made() {
    let majors = majors();
    let (Some(oldest), Some(newest)) = (majors.first().copied(), majors.last().copied()) else { return };
    let (old, restored, made) = (database(oldest), database(newest), database(newest));
    old.exec(MADE);
    made.exec(MADE);
    tools::dump_and_restore(&old.conninfo(), &restored.conninfo(), newest);
    let (old, restored, made) =
        (capture(&old.conninfo(), SCHEMA), capture(&restored.conninfo(), SCHEMA), capture(&made.conninfo(), SCHEMA));
    let digest = |manifest| Tree::of(manifest).branch(Dimension::Schema).unwrap().digest.hex();
    assert_eq!(lines(&compared(&restored, &made)), Vec::<String>::new());
    assert_eq!(digest(&restored), digest(&made));
    assert_eq!(lines(&compared(&old, &made)).iter().filter(|line| !line.contains("not_null")).collect::<Vec<_>>(), Vec::<&String>::new());
}

#[test]
fn one_token_is_a_difference() {
    if evenkeel_testkit::another_day(3) {
        return;
    }
    const TABLE: &str = "create table k (a varchar(9), b varchar(9), y bytea, m bit(8), ts timestamp, d date, check (%));";
    for (one, other) in [
        ("trim(a) <> ''", "trim(b) <> ''"),
        ("trim(a) <> ''", "trim(leading from a) <> ''"),
        ("btrim(a) <> ''", "ltrim(a) <> ''"),
        ("trim(a) <> ''", "a <> ''"),
        ("substring(a from 1 for 2) <> ''", "substring(a from 1 for 3) <> ''"),
        ("position('a' in a) = 0", "position('b' in a) = 0"),
        ("overlay(a placing 'x' from 2) <> ''", "overlay(a placing 'x' from 3) <> ''"),
        ("substring(y from 1) <> ''", "substring(y from 2) <> ''"),
        ("(ts at time zone 'UTC') > '2000-01-01'", "(ts at time zone 'CET') > '2000-01-01'"),
        ("(d at time zone 'UTC') > '2000-01-01'", "((d::timestamp) at time zone 'UTC') > '2000-01-01'"),
        ("trim(a) <> ''", "trim(both 'x' from a) <> ''"),
    ] {
        for major in majors() {
            let made = |condition: &str| TABLE.replace('%', condition);
            let told = told(major, SCHEMA, &made(one), &made(other));
            assert!(!told.is_empty(), "on {major}: {one} and {other}");
            // Where casts cannot be told it is not comparable, never equal.
            assert!(told.iter().all(|line| line.starts_with("constraint ") || line.starts_with("? constraint ")), "on {major}: {told:?}");
        }
    }
}
