//! Triggers of partitions: a copy that is not listed is not missing, and one that is enabled differently is told as itself.

use super::told;
use evenkeel_core::kind::Dimension;
use evenkeel_testkit::majors;

const SETUP: &str = "
    create function tf() returns trigger language plpgsql as 'begin return new; end';
    create table p (a text, k int) partition by list (k);
    create table c partition of p for values in (1) partition by list (k);
    create table d partition of c for values in (1);
    create table e partition of p for values in (2);
    create trigger tg after insert on p for each row execute function tf();";

/// What is done in the reference and in the candidate, and what is told.
const CASES: &[(&str, &str, &[&str])] = &[
    ("", "", &[]),
    ("alter table only p disable trigger tg", "", &["trigger public.p.tg enabled: disabled -> origin"]),
    ("", "alter table only p disable trigger tg", &["trigger public.p.tg enabled: origin -> disabled"]),
    ("alter table only c disable trigger tg", "", &["trigger public.c.tg enabled: disabled -> origin"]),
    // One side lists no trigger there.
    (
        "alter table d disable trigger tg",
        "",
        &["trigger public.d.tg enabled: disabled -> origin [ALTER TABLE public.d DISABLE TRIGGER tg;]"],
    ),
    (
        "",
        "alter table d disable trigger tg",
        &["trigger public.d.tg enabled: origin -> disabled [ALTER TABLE public.d ENABLE TRIGGER tg;]"],
    ),
    // It is as the nearest one above is, then.
    (
        "alter table p enable always trigger tg; alter table only c enable always trigger tg; alter table d enable always trigger tg; alter table e enable always trigger tg",
        "alter table p enable always trigger tg; alter table only c enable always trigger tg; alter table d disable trigger tg; alter table e enable always trigger tg",
        &["trigger public.d.tg enabled: always -> disabled [ALTER TABLE public.d ENABLE ALWAYS TRIGGER tg;]"],
    ),
    (
        "alter table d disable trigger tg",
        "alter table d enable always trigger tg",
        &["trigger public.d.tg enabled: disabled -> always [ALTER TABLE public.d DISABLE TRIGGER tg;]"],
    ),
    // What is as it is everywhere below says it once.
    (
        "alter table only p disable trigger tg; alter table only c disable trigger tg; alter table d disable trigger tg; alter table e disable trigger tg",
        "",
        &["trigger public.p.tg enabled: disabled -> origin"],
    ),
    ("alter table only p disable trigger tg; alter table e disable trigger tg", "", &["trigger public.p.tg enabled: disabled -> origin"]),
    (
        "alter table d disable trigger tg; alter table e disable trigger tg",
        "alter table d disable trigger tg; alter table e disable trigger tg",
        &[],
    ),
];

#[test]
fn a_copy_that_is_not_listed_is_not_missing() {
    if evenkeel_testkit::another_day(3) {
        return;
    }
    for major in majors() {
        for (reference, candidate, expected) in CASES {
            let made = |change: &str| format!("{SETUP} {change}");
            let told = told(major, &[Dimension::Schema], &made(reference), &made(candidate));
            assert_eq!(told, *expected, "on {major}: {reference:?} and {candidate:?}");
        }
    }
}
