//! From nothing to a schema, by the pipeline's builder.

use crate::tried::capture;
use evenkeel_core::kind::Dimension;
use evenkeel_core::kind::Engine as Vendor;
use evenkeel_core::patch::Form;
use evenkeel_core::port::{Engine, Watch};
use evenkeel_mysql::engine::Mysql;
use evenkeel_pipeline::patch::{Asked, Builder, NoProofs, build, prove};
use evenkeel_testkit::mysql::each_flavor;
use std::cell::RefCell;

fn golden(path: &str) -> String {
    let path = format!("{}/../../tests/golden/mysql/kinds/{path}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn every_kind_is_built_from_its_manifest() {
    let odd = RefCell::new(Vec::new());
    each_flavor(|db| {
        db.exec(&golden("both.sql"));
        db.exec(&golden(if db.flavor().engine == Vendor::MariaDb { "mariadb.sql" } else { "mysql.sql" }));
        let manifest = capture(&db.url());
        let workshop = Mysql.workshop(&[]);
        let builder = Builder { engine: &Mysql, workshop: &*workshop, watch: Watch::none() };
        let built = build(&manifest, &builder).unwrap_or_else(|trouble| panic!("{trouble:#?}"));
        odd.borrow_mut().extend(built.left.iter().map(|left| format!("{}: {}", built.scratch.describe(), left.words())));
    });
    assert_eq!(odd.into_inner(), Vec::<String>::new());
}

#[test]
fn a_patch_is_proven_on_a_throwaway_server() {
    each_flavor(|db| {
        db.exec("create table t (id int primary key, a int, key (a)); create view v as select a from t");
        let candidate = capture(&db.url());
        db.exec("alter table t add b varchar(20) not null default 'x', drop key a, add unique key a (a); create or replace view v as select a, b from t");
        db.exec("create trigger r before insert on t for each row begin set new.a = 1; set new.b = 'y'; end");
        let reference = capture(&db.url());
        let workshop = Mysql.workshop(&[]);
        let builder = Builder { engine: &Mysql, workshop: &*workshop, watch: Watch::none() };
        let dimensions = [Dimension::Schema, Dimension::Privileges];
        let asked = Asked {
            dimensions: &dimensions,
            excused: &[],
            differences: &[],
            form: Form::default(),
            spares_data: true,
            version: "test",
            proofs: &NoProofs,
        };
        let patch = prove(&reference, &candidate, &asked, &builder).unwrap_or_else(|trouble| panic!("{trouble:#?}"));
        assert!(patch.is_proven() && patch.unbuilt.is_empty(), "{patch:#?}");
    });
}
