//! What is left to a person: renames, which are proposed and never assumed, and statements that go with rows, without which all else runs.

use crate::place::Place;
use crate::tried::capture;
use evenkeel_core::compare::{Scope, Side};
use evenkeel_core::digest::Tree;
use evenkeel_core::kind::{Dimension, Engine as Vendor, Kind};
use evenkeel_core::patch::{Form, Plan, World, plan};
use evenkeel_core::port::{Engine, Watch};
use evenkeel_mysql::engine::Mysql;
use evenkeel_mysql::patch::MysqlDialect;
use evenkeel_mysql::scratch::series;
use evenkeel_pipeline::patch::{Asked, Builder, NoProofs, left, prove};
use evenkeel_testkit::mysql::{each_flavor, flavors};

const BEFORE: &str = "create table c (id int primary key, mail varchar(40), z int); create table i (id int primary key, x int, key by_x (x)); \
    create table bill (id int primary key, day date)";
const AFTER: &str = "create table c (id int primary key, email varchar(40), z int); create table i (id int primary key, x int, key x_key (x)); \
    create table invoice (id int primary key, day date)";
const PROPOSED: &str = "perhaps a rename: then run this first, and write the patch again: ";

#[test]
fn renames_are_proposed_and_run_as_they_stand() {
    each_flavor(|db| {
        db.exec(AFTER);
        let reference = capture(&db.url());
        db.exec("drop table c, i, invoice");
        db.exec(BEFORE);
        let candidate = capture(&db.url());
        let workshop = Mysql.workshop(&[]);
        let builder = Builder { engine: &Mysql, workshop: &*workshop, watch: Watch::none() };
        let trees = [Tree::of(&reference), Tree::of(&candidate)];
        let [left_side, right_side] = [("reference", &reference, &trees[0]), ("candidate", &candidate, &trees[1])]
            .map(|(label, manifest, tree)| Side { label, manifest, tree });
        let compared = Mysql.compare(left_side, right_side, &Scope::default());
        let dimensions = [Dimension::Schema];
        let form = Form::default();
        let differences = &compared.differences;
        let asked =
            Asked { dimensions: &dimensions, excused: &[], differences, form, spares_data: true, version: "test", proofs: &NoProofs };
        let patch = prove(&reference, &candidate, &asked, &builder).unwrap_or_else(|trouble| panic!("{trouble:#?}"));
        assert!(patch.is_proven(), "{patch:#?}");
        // By itself it drops the one and makes the other, and the rows of the table go only where that is allowed.
        assert!(patch.plan.destructive().0 >= 2, "{:#?}", patch.plan.steps);
        let proposed: Vec<&str> = patch.plan.notes.iter().filter_map(|note| note.strip_prefix(PROPOSED)).collect();
        for words in ["RENAME COLUMN `mail` TO `email`;", "RENAME INDEX `by_x` TO `x_key`;", "`bill` TO "] {
            assert_eq!(proposed.iter().filter(|statement| statement.contains(words)).count(), 1, "{words}: {proposed:?}");
        }
        for statement in proposed {
            db.exec(statement);
        }
        let dialect = MysqlDialect::of(&candidate.endpoint);
        let seen = capture(&db.url());
        assert_eq!(left(&seen, &reference, &dialect), Vec::new());
        assert!(plan(&World::of(&seen), &World::of(&reference), &dialect, form).is_empty());
    });
}

/// What is not there to be read, where only what loses nothing is run.
fn run_what_loses_nothing(place: &Place, name: &str, planned: &Plan) {
    let session = place.scratch.session(name).unwrap();
    for step in planned.steps.iter().filter(|step| !step.held) {
        for statement in step.statements.iter().filter(|statement| !statement.is_destructive()) {
            session.exec(&statement.sql).unwrap_or_else(|fault| panic!("{fault}: {}", statement.sql));
        }
    }
}

#[test]
fn a_partition_that_goes_holds_nothing_back() {
    const FROM: &str = "create table t (id int not null, a int, key old (a)) partition by range (id) (partition p0 values less than (10), \
        partition p1 values less than (20), partition p2 values less than (30)); \
        create table l (id int not null) partition by list (id) (partition a values in (1, 2), partition b values in (3), partition c values in (4))";
    const TO: &str = "create table t (id int not null, a bigint, b int, key new (a, b)) partition by range (id) (partition p2 values less than (30), \
        partition p3 values less than (40)); \
        create table l (id int not null, b int) partition by list (id) (partition b values in (3)); create view v as select b from t";
    for (vendor, number) in flavors() {
        let place = Place::start(vendor, number);
        let session = place.scratch.session("").unwrap();
        session.exec(&format!("create database a; use a; {FROM}; create database b; use b; {TO}")).unwrap();
        let seen = |name: &str| capture(&place.scratch.url(name));
        let (from, to) = (seen("a"), seen("b"));
        let dialect = MysqlDialect::of(&from.endpoint);
        let planned = plan(&World::of(&from), &World::of(&to), &dialect, Form::default());
        assert_eq!(planned.refused, Vec::new());
        let dropped: Vec<&str> =
            planned.statements().filter(|statement| statement.is_destructive()).map(|statement| statement.sql.as_str()).collect();
        assert_eq!(
            dropped,
            ["ALTER TABLE `a`.`t` DROP PARTITION `p0`,\n    `p1`;", "ALTER TABLE `a`.`l` DROP PARTITION `a`,\n    `c`;"],
            "{}",
            series(vendor, number)
        );
        assert_eq!(planned.destructive(), (2, 0), "{planned:#?}");
        run_what_loses_nothing(&place, "a", &planned);
        let left: Vec<String> = left(&seen("a"), &to, &dialect).iter().map(evenkeel_pipeline::patch::Left::words).collect();
        assert_eq!(left.len(), 4, "only the partitions are there still: {left:?}");
        for statement in dropped {
            session.exec(statement).unwrap();
        }
        assert_eq!(evenkeel_pipeline::patch::left(&seen("a"), &to, &dialect), Vec::new());
    }
}

#[test]
fn what_keeps_the_time_of_rows_stays_whole() {
    const FROM: &str = "create table t (id int primary key, s timestamp(6) generated always as row start, e timestamp(6) generated always as row end, \
        period for system_time (s, e)) with system versioning";
    const TO: &str = "create table t (id int primary key, made date not null, key (made)) partition by hash (id) partitions 2";
    for (vendor, number) in flavors().into_iter().filter(|(vendor, _)| *vendor == Vendor::MariaDb) {
        let place = Place::start(vendor, number);
        let session = place.scratch.session("").unwrap();
        session.exec(&format!("create database a; use a; {FROM}; create database b; use b; {TO}")).unwrap();
        let (from, to) = (capture(&place.scratch.url("a")), capture(&place.scratch.url("b")));
        let outcome = crate::tried::tried(&place.scratch, "a", &from, &to, Form::default());
        assert_eq!(outcome.wrong, [""; 0], "{}: {outcome:#?}", series(vendor, number));
        for (kind, reason) in [(Kind::Column, "made anew"), (Kind::Partition, "made anew"), (Kind::Table, "made anew")] {
            let is_named = outcome.refused.iter().any(|one| one.kind == kind && one.reason.contains(reason));
            assert!(is_named, "{}: {kind:?}: {outcome:#?}", series(vendor, number));
        }
        assert!(outcome.sql.iter().any(|sql| sql.contains("ADD COLUMN `made`")), "{outcome:#?}");
    }
}
