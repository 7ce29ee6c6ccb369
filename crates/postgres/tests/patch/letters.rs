//! Names that differ in case alone, side by side: each is an object of its own.
//!
//! Neighbour: `touched` runs them.

use crate::touched::{Pair, tried};

/// Each is one of several, whose names differ in case alone.
const LETTERS: &[Pair] = &[
    (
        "tables, columns and what is on them",
        "create table users (id int primary key, \"Id\" int, \"ID\" text); create table \"Users\" (id bigint primary key); create table \"USERS\" (\"Id\" int references users (id)); \
         create index \"Users_i\" on users (\"Id\"); create index \"users_I\" on users (\"ID\"); alter table users add constraint \"Ck\" check (\"Id\" > 0); \
         create view v as select \"Id\" from users; create view \"V\" as select id from \"Users\"; create sequence s; create sequence \"S\" increment 3; \
         grant select on \"Users\" to ROLE; comment on column users.\"ID\" is 'large'",
        "create table users (id int primary key, \"Id\" bigint, \"iD\" text default 'x'); create table \"Users\" (id int primary key, \"Id\" int); create table \"uSERS\" (id int references \"Users\" (id)); \
         create index \"Users_i\" on users (\"iD\"); alter table users add constraint ck check (\"Id\" > 1); \
         create view v as select id from \"Users\"; create view \"V\" as select \"iD\" from users; create sequence s increment 3; create sequence \"S\"; \
         grant select on users to ROLE; comment on column users.\"Id\" is 'large'",
        &[],
        &[],
    ),
    (
        "types, code and what calls it",
        "create type color as enum ('a', 'b'); create type \"Color\" as (a int); create domain \"COLOR\" as int check (value > 0); \
         create function f(a int) returns int language sql immutable as 'select 1'; create function \"F\"(a int) returns int language sql immutable as 'select 2'; \
         create table t (a color default 'a', b \"COLOR\" check (f(b) > 0)); create index i on t (\"F\"(b)); \
         create function \"T\"() returns trigger language plpgsql as 'begin return new; end'; create trigger g before insert on t for each row execute function \"T\"(); \
         create trigger \"G\" before update on t for each row execute function \"T\"(); create policy p on t using (f(b) > 0); create policy \"P\" on t using (\"F\"(b) > 0)",
        "create type color as (a int); create type \"Color\" as enum ('a', 'c'); create domain \"COLOR\" as int check (value > 1); \
         create function f(a int) returns int language sql immutable as 'select 2'; create function \"F\"(a int) returns int language sql immutable as 'select 1'; \
         create table t (a \"Color\" default 'a', b \"COLOR\" check (\"F\"(b) > 0)); create index i on t (f(b)); \
         create function t() returns trigger language plpgsql as 'begin return new; end'; create trigger \"G\" before insert on t for each row execute function t(); \
         create policy p on t using (\"F\"(b) > 0)",
        &[],
        &[],
    ),
    (
        "schemas",
        "create schema app; create schema \"App\"; create table app.t (a int); create table \"App\".t (b int); create view \"App\".v as select a from app.t",
        "create schema app; create schema \"APP\"; create table app.t (b int); create table \"APP\".t (a int); create view app.v as select a from \"APP\".t",
        &[],
        &[],
    ),
];

#[test]
fn names_that_differ_in_case_alone() {
    tried(LETTERS, 0);
}
