//! A manifest that evenkeel wrote when its texts had no normal forms: brought to today's when it is read, neither refused nor different.

use super::{capture, compared, digest, tools};
use evenkeel_core::file;
use evenkeel_core::manifest::CANONICAL;
use evenkeel_core::port::Engine;
use evenkeel_postgres::engine::Postgres;
use evenkeel_testkit::{database, each_major};
use std::path::Path;

#[test]
fn an_earlier_manifest_is_brought_to_the_new_form() {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/golden/postgres/earlier/canonical_1"));
    let mut earlier = file::read(&std::fs::read(folder.join("manifest.jsonl")).unwrap(), None).unwrap();
    assert_eq!(earlier.canonical, 1);
    Postgres.renew(&mut earlier);
    assert_eq!(earlier.canonical, CANONICAL);
    each_major(|db| {
        tools::psql(&db.conninfo(), &folder.join("schema.sql"));
        let restored = database(db.major());
        tools::dump_and_restore(&db.conninfo(), &restored.conninfo(), db.major());
        for now in [capture(db), capture(&restored)] {
            let comparison = compared(&earlier, &now);
            assert!(comparison.differences.is_empty(), "on {}: {:#?}", db.major(), comparison.differences);
            assert!(comparison.gaps.is_empty(), "on {}: {:#?}", db.major(), comparison.gaps);
            assert_eq!(digest(&earlier), digest(&now), "on {}", db.major());
        }
    });
}
