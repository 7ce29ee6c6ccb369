//! What an object needs, as it is told on every version: word for word, for a database where things need each other in most of the
//! ways they can, some of them round in a circle, some under names that need quotes.

use super::{capture, capture_with, digest, lines};
use evenkeel_core::compare::{Scope, Side};
use evenkeel_core::digest::Tree;
use evenkeel_core::file::{self, Part};
use evenkeel_core::kind::{Dimension, Value};
use evenkeel_core::manifest::{Manifest, Object};
use evenkeel_core::port::Engine as _;
use evenkeel_postgres::engine::Postgres;
use evenkeel_testkit::{TestDb, each_major};
use std::collections::BTreeSet;

/// Every version takes these.
const MADE: &str = r#"
create extension citext; create extension cube; create extension earthdistance;
create schema app; create schema "Od.d ""s";
-- types on types, and what works on them
create type app.mood as enum ('low', 'high');
create type app.pair as (x app.mood, y int);
create function app.fine(app.mood) returns boolean language sql immutable as 'select true';
create domain app.code as app.mood default 'low' constraint is_fine check (app.fine(value));
create type app.span as range (subtype = float8, subtype_diff = float8mi);
create function app.compare(app.mood, app.mood) returns int language internal immutable strict as 'enum_cmp';
create function app.less(app.mood, app.mood) returns boolean language internal immutable strict as 'enum_lt';
create operator app.<<< (function = app.less, leftarg = app.mood, rightarg = app.mood);
create operator family app.loose using btree;
create operator class app.moods for type app.mood using btree family app.loose as operator 1 app.<<<, function 1 app.compare(app.mood, app.mood);
create operator app.>>> (function = app.less, leftarg = app.mood, rightarg = app.mood, commutator = operator(app.<<<));
create operator family app.more using hash;
alter operator family app.more using hash add operator 1 app.>>> (app.mood, app.mood);
create function app.twice(int) returns int language sql immutable as 'select $1 * 2';
create function app.touch() returns trigger language plpgsql as 'begin return new; end';
create sequence app.free;
-- tables
create table app.base (id serial primary key, mood app.mood not null, code app.code, pairs app.pair[], email citext, n int default app.twice(1),
  m int default nextval('app.free'), doubled int generated always as (app.twice(n)) stored, during app.span);
create unique index base_n on app.base (n);
create index base_moods on app.base (mood app.moods) where app.fine(mood);
create table app.child (id int generated always as identity, base_id int constraint to_base references app.base, n int constraint to_n references app.base (n),
  mood app.mood constraint is_fine check (app.fine(mood) and n > 0), up int constraint up references app.child, primary key (id));
create table app.mail (address citext constraint mail_key primary key, spare citext);
create index mail_spare on app.mail (spare);
create table app.typed of app.pair;
create table app.heir (own int) inherits (app.mail);
create table app.parted (at date primary key, base_id int constraint parted_base references app.base) partition by range (at);
create table app.parted_1 partition of app.parted default;
create index parted_by on app.parted (base_id);
-- views on views on functions on types
create view app.one as select id, mood, app.fine(mood) as is_fine from app.base;
create view app.two as select id from app.one where mood = 'low';
create materialized view app.three as select count(*) as number from app.two;
create index three_number on app.three (number);
create view app.counted as select b.id, b.mood, count(c.id) as children from app.base b join app.child c on c.base_id = b.id group by b.id;
create view app.inside as select (pairs[1]).y from app.base;
create view app.numbered as select last_value from app.child_id_seq;
create view app.spanned as select app.span(1, 2) as span;
create view app.whole as select b from app.base b;
create function app.of_row(app.base) returns app.one language sql as 'select null::app.one';
create function app.of_rows(app.base[], app.span[]) returns setof app.pair language sql as 'select null::app.pair';
-- what hangs on tables
create policy own on app.base using (mood = 'low' and exists (select from app.child c where c.up = base.n));
create rule copy as on update to app.base where new.n > 5 do also insert into app.child (base_id) values (new.id);
create trigger touch before update of m on app.base for each row when (new.n > 0 and app.fine(new.mood)) execute function app.touch();
create constraint trigger late after insert on app.child from app.base for each row execute function app.touch();
create trigger on_view instead of update on app.one for each row execute function app.touch();
create statistics app.together on n, m from app.base;
create publication published for table app.base;
-- names
create type "Od.d ""s"."t y.p""e" as enum ('x');
create table "Od.d ""s"."a b.c""d" ("é
☃" int primary key, "of.type" "Od.d ""s"."t y.p""e");
create view "Od.d ""s"."v.w" as select "é
☃" as "x.y" from "Od.d ""s"."a b.c""d";
create function "Od.d ""s"."f(x"("Od.d ""s"."t y.p""e") returns int language sql as 'select 1';
create index "Od.d ""s.i" on "Od.d ""s"."a b.c""d" ("of.type") where "Od.d ""s"."f(x"("of.type") > 0;
-- what belongs to an extension
create table app.owned (id int primary key); create view app.owned_view as select id from app.owned;
create table app.to_owned (id int constraint to_owned references app.owned);
create view app.over as select o.id, v.id as other from app.owned o, app.owned_view v;
alter extension cube add table app.owned; alter extension cube add view app.owned_view;
"#;

/// These from 14 on.
const SINCE_14: &str = "
create view app.turn as select 1 as a;
create function app.turned() returns bigint language sql begin atomic select sum(a) from app.turn; select count(b.n) from app.base b; end;
create or replace view app.turn as select app.turned()::int as a;
create function app.wide(app.span_multirange[]) returns int language sql as 'select 1';
create statistics app.computed on app.twice(n), mood from app.base";

/// These from 15 on.
const SINCE_15: &str = "alter publication published set table app.base (id, n) where (app.base.m > 1)";

/// What is told; where not every version tells it, each says which does.
const TOLD: &str = r#"
extension earthdistance: extension cube
table app.heir: table app.mail
table app.parted_1: table app.parted
table app.typed: composite-type app.pair
column "Od.d ""s"."a b.c""d"."of.type": enum "Od.d ""s"."t y.p""e"
column app.base.code: domain app.code
column app.base.doubled: column app.base.n; function app.twice(integer)
column app.base.during: range-type app.span
column app.base.email: extension citext
column app.base.id: sequence app.base_id_seq
column app.base.m: sequence app.free
column app.base.mood: enum app.mood
column app.base.n: function app.twice(integer)
column app.base.pairs: composite-type app.pair
column app.child.mood: enum app.mood
column app.counted.mood: enum app.mood
column app.heir.address: extension citext
column app.heir.spare: extension citext
column app.mail.address: extension citext
column app.mail.spare: extension citext
column app.one.mood: enum app.mood
column app.spanned.span: range-type app.span
column app.typed.x: enum app.mood
column app.whole.b: table app.base
constraint app.child.is_fine: function app.fine(app.mood)
constraint app.child.to_base: column app.base.id; constraint app.base.base_pkey; table app.base
constraint app.child.to_n: column app.base.n; index app.base_n; table app.base
constraint app.child.up: constraint app.child.child_pkey
constraint app.mail.mail_key: extension citext
constraint app.parted.parted_base: column app.base.id; constraint app.base.base_pkey; table app.base
constraint app.parted_1.parted_1_pkey: constraint app.parted.parted_pkey
constraint app.to_owned.to_owned: extension cube
index "Od.d ""s"."Od.d ""s.i": function "Od.d ""s".f(x("Od.d ""s"."t y.p""e")
index app.base_moods: function app.fine(app.mood); operator-class app.moods.btree
index app.mail_spare: extension citext
index app.parted_1_base_id_idx: index app.parted_by
view "Od.d ""s"."v.w": column "Od.d ""s"."a b.c""d"."é\n☃"; table "Od.d ""s"."a b.c""d"
view app.counted: column app.base.id; column app.base.mood; column app.child.base_id; column app.child.id; constraint app.base.base_pkey; table app.base; table app.child
view app.inside: column app.base.pairs; composite-type app.pair; table app.base
view app.numbered: column app.child.id; table app.child
view app.one: column app.base.id; column app.base.mood; function app.fine(app.mood); table app.base
view app.over: extension cube
view app.spanned: range-type app.span
>=14 view app.turn: function app.turned()
view app.two: column app.one.id; column app.one.mood; enum app.mood; view app.one
view app.whole: table app.base
materialized-view app.three: view app.two
function "Od.d ""s".f(x("Od.d ""s"."t y.p""e"): enum "Od.d ""s"."t y.p""e"
function app.compare(app.mood, app.mood): enum app.mood
function app.fine(app.mood): enum app.mood
function app.less(app.mood, app.mood): enum app.mood
function app.of_row(app.base): table app.base; view app.one
function app.of_rows(app.base[], app.span[]): composite-type app.pair; range-type app.span; table app.base
>=14 function app.turned(): column app.base.n; column app.turn.a; table app.base; view app.turn
>=14 function app.wide(app.span_multirange[]): range-type app.span
rule app.base.copy: column app.base.id; column app.base.n; column app.child.base_id; table app.child
trigger app.base.touch: column app.base.m; column app.base.mood; column app.base.n; function app.fine(app.mood); function app.touch()
trigger app.child.late: function app.touch(); table app.base
trigger app.one.on_view: function app.touch()
policy app.base.own: column app.base.mood; column app.base.n; column app.child.up; enum app.mood; table app.child
composite-type app.pair: enum app.mood
domain app.code: enum app.mood
domain-constraint app.code.is_fine: function app.fine(app.mood)
operator app.<<<(app.mood, app.mood): enum app.mood; function app.less(app.mood, app.mood)
operator app.>>>(app.mood, app.mood): enum app.mood; function app.less(app.mood, app.mood)
operator-class app.moods.btree: enum app.mood; function app.compare(app.mood, app.mood); operator app.<<<(app.mood, app.mood); operator-family app.loose.btree
operator-family app.more.hash: operator app.>>>(app.mood, app.mood)
>=14 statistics app.computed: function app.twice(integer)
<15 publication-table app.base.published: publication published
>=15 publication-table app.base.published: column app.base.id; column app.base.m; column app.base.n; publication published
"#;

fn made(db: &TestDb) -> Manifest {
    db.exec(MADE);
    let later = [(14, SINCE_14), (15, SINCE_15)];
    later.iter().filter(|(since, _)| db.major() >= *since).for_each(|(_, sql)| db.exec(sql));
    capture(db)
}

fn needs(object: &Object) -> &[Box<str>] {
    match object.get("needs") {
        Some(Value::List(items)) => items,
        _ => &[],
    }
}

/// The line without its mark, where that version tells it.
fn on(line: &str, major: u32) -> Option<&str> {
    let marked = |sign: &str| line.strip_prefix(sign).and_then(|rest| rest.split_once(' '));
    let is_told = |version: &str, from: bool| (major >= version.parse().unwrap()) == from;
    match (marked(">="), marked("<")) {
        (Some((version, line)), _) => is_told(version, true).then_some(line),
        (_, Some((version, line))) => is_told(version, false).then_some(line),
        _ => Some(line),
    }
}

#[test]
fn what_needs_what_is_told() {
    each_major(|db| {
        let manifest = made(db);
        let needing = manifest.objects().iter().filter(|object| !needs(object).is_empty());
        let line =
            |object: &Object| format!("{} {}: {}", object.kind.name(), object.display(), needs(object).join("; ")).replace('\n', "\\n");
        let told: Vec<String> = needing.map(line).collect();
        let expected: Vec<&str> = TOLD.lines().filter(|line| !line.is_empty()).filter_map(|line| on(line, db.major())).collect();
        assert_eq!(told, expected, "on {}", db.major());
    });
}

/// Whoever needs something else is no other object: it is told, and never weighed.
#[test]
fn what_is_needed_is_never_compared() {
    each_major(|db| {
        let manifest = made(db);
        let bare = manifest.objects().iter().cloned().map(|mut object| {
            object.set("needs", Value::list(Vec::<String>::new()));
            object
        });
        // As an earlier evenkeel wrote it.
        let earlier = Manifest::new(manifest.endpoint.clone(), manifest.dimensions.clone(), bare.collect(), manifest.gaps.clone());
        let earlier = file::read(&file::write(&earlier, Part::Stable).unwrap(), None).unwrap();
        assert!(earlier.objects().iter().all(|object| needs(object).is_empty()));
        assert_eq!(digest(&earlier), digest(&manifest), "on {}", db.major());
        let again = file::read(&file::write(&manifest, Part::Stable).unwrap(), None).unwrap();
        assert_eq!(lines(&again), lines(&manifest), "on {}", db.major());
        let (of_earlier, of_now) = (Tree::of(&earlier), Tree::of(&manifest));
        let reference = Side { label: "earlier", manifest: &earlier, tree: &of_earlier };
        let candidate = Side { label: "now", manifest: &manifest, tree: &of_now };
        let scope = Scope { dimensions: manifest.dimensions.clone(), ..Scope::default() };
        let found = Postgres.compare(reference, candidate, &scope);
        assert!(found.differences.is_empty(), "on {}: {:?}", db.major(), found.differences);
    });
}

/// Where only rights are asked for, the objects they are on are not kept, and nothing is read about what they need.
#[test]
fn rights_alone_need_nothing() {
    each_major(|db| {
        db.exec("create table t (id serial primary key); create view v as select id from t");
        let rights = capture_with(&db.conninfo(), |request| request.dimensions = vec![Dimension::Privileges]);
        assert!(!rights.objects().is_empty() && rights.objects().iter().all(|object| needs(object).is_empty()));
        // A digest does without it, and is the same.
        let [bare, whole] = [false, true]
            .map(|needs| capture_with(&db.conninfo(), |request| (request.dimensions, request.needs) = (vec![Dimension::Schema], needs)));
        assert!(
            bare.objects().iter().all(|object| needs(object).is_empty()) && whole.objects().iter().any(|object| !needs(object).is_empty())
        );
        assert_eq!(digest(&bare), digest(&whole), "on {}", db.major());
    });
}

/// Whoever may only connect reads the same.
#[test]
fn a_role_without_rights_reads_what_is_needed() {
    each_major(|db| {
        let role = format!("needs_nothing_{}", std::process::id());
        db.exec(&format!("create role {role} login"));
        let (all, few) = (made(db), capture_with(&format!("{} user={role}", db.conninfo()), |_| {}));
        db.exec(&format!("drop role {role}"));
        let named =
            |manifest: &Manifest| -> BTreeSet<String> { manifest.objects().iter().map(|object| needs(object).join("; ")).collect() };
        assert_eq!(named(&all), named(&few), "on {}", db.major());
    });
}
