//! What belongs to an extension on one side only is there on both: the membership differs.

use super::{told, told_alone};
use evenkeel_core::kind::Dimension;
use evenkeel_testkit::majors;

const FREE: &str = "create extension pg_trgm;
    create table z (id serial primary key, b text); create index on z (b); comment on column z.b is 'b';
    create function trg() returns trigger language plpgsql as 'begin return new; end'; create trigger tg before insert on z for each row execute function trg();
    create view v as select 1 as a; create materialized view m as select 1 as a; create sequence s; create type mood as enum ('a'); create type pair as (a int);
    create domain d as int check (value > 0); create procedure p() language sql as 'select 1'; create aggregate total (int) (sfunc = int4pl, stype = int);
    create collation col from \"C\"; create text search configuration cfg (copy = simple); create schema apart;";

/// How it is called, and what is told of it.
const MEMBERS: &[(&str, &str)] = &[
    ("table z", "table public.z"),
    ("view v", "view public.v"),
    ("materialized view m", "materialized-view public.m"),
    ("sequence s", "sequence public.s"),
    ("type mood", "enum public.mood"),
    ("type pair", "composite-type public.pair"),
    ("domain d", "domain public.d"),
    ("function trg()", "function public.trg()"),
    ("procedure p()", "procedure public.p()"),
    ("aggregate total(int)", "aggregate public.total(integer)"),
    ("collation col", "collation public.col"),
    ("text search configuration cfg", "text-search-configuration public.cfg"),
    ("schema apart", "schema apart"),
];

#[test]
fn the_membership_differs_and_nothing_is_missing() {
    if evenkeel_testkit::another_day(3) {
        return;
    }
    let dimensions = [Dimension::Schema, Dimension::Privileges, Dimension::Data];
    for major in majors() {
        // An operator class is free of its extension too.
        let taken = "function public.similarity(text, text) extension: member of pg_trgm -> of no extension".to_owned();
        let told_of = told(
            major,
            &dimensions,
            FREE,
            &format!(
                "{FREE} alter extension pg_trgm drop operator %(text, text); alter extension pg_trgm drop function similarity_op(text, text); alter extension pg_trgm drop function similarity(text, text)"
            ),
        );
        assert!(told_of.contains(&taken), "on {major}: {told_of:?}");
        assert!(told_of.iter().all(|line| line.contains(" extension: ")), "on {major}: {told_of:?}");
        let members: Vec<String> = MEMBERS.iter().map(|(called, _)| format!("alter extension pg_trgm add {called};")).collect();
        let member = format!("{FREE} {}", members.join(" "));
        let lines = |values: &str| {
            let mut lines: Vec<String> = MEMBERS.iter().map(|(_, shown)| format!("{shown} extension: {values}")).collect();
            lines.sort();
            lines
        };
        let sorted = |mut told: Vec<String>| {
            told.sort();
            told
        };
        let told = |one: &str, other: &str| sorted(told(major, &dimensions, one, other));
        assert_eq!(told(&member, FREE), lines("member of pg_trgm -> of no extension"), "on {major}");
        assert_eq!(told(FREE, &member), lines("of no extension -> member of pg_trgm"), "on {major}");
        assert_eq!(told(&member, &member), Vec::<String>::new(), "on {major}");
        // One that comes or goes alone has a fix.
        let one = format!("{FREE} alter extension pg_trgm add function trg();");
        let words = |values: &str, verb: &str| {
            vec![format!("function public.trg() extension: {values} [ALTER EXTENSION pg_trgm {verb} FUNCTION public.trg();]")]
        };
        assert_eq!(told(&one, FREE), words("member of pg_trgm -> of no extension", "ADD"), "on {major}");
        assert_eq!(told(FREE, &one), words("of no extension -> member of pg_trgm", "DROP"), "on {major}");
    }
}

/// Where the schema is not read, what an extension has is known all the same.
#[test]
fn owners_and_rights_of_members_are_not_missing() {
    let dimensions = [Dimension::Privileges];
    for major in majors() {
        let grants = "grant select on z to pg_monitor; grant update (b) on z to pg_monitor; grant execute on function trg() to pg_monitor;";
        let free = format!("{FREE} {grants}");
        let member = format!("{free} alter extension pg_trgm add table z; alter extension pg_trgm add function trg();");
        let lines = |values: &str| {
            ["function public.trg()", "table public.z"].map(|shown| format!("owner {} extension: {values}", shown.replacen(' ', ".", 1)))
        };
        let sorted = |mut told: Vec<String>| {
            told.sort();
            told
        };
        let told = |one: &str, other: &str| sorted(told_alone(major, &dimensions, one, other));
        assert_eq!(told(&free, &member), lines("of no extension -> member of pg_trgm"), "on {major}");
        assert_eq!(told(&member, &free), lines("member of pg_trgm -> of no extension"), "on {major}");
        assert_eq!(told(&member, &member), Vec::<String>::new(), "on {major}");
        assert_eq!(told(&free, &free), Vec::<String>::new(), "on {major}");
    }
}
