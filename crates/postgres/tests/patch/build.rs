//! From nothing to a schema.

use super::{build_of, capture, left};
use evenkeel_testkit::{database, majors};

#[allow(dead_code)]
#[path = "../kinds/tools.rs"]
pub mod tools;

#[test]
fn every_kind_is_built_from_its_manifest() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/golden/postgres/kinds/all_kinds.sql");
    let mut odd = Vec::new();
    for major in majors() {
        let db = database(major);
        tools::psql(&db.conninfo(), std::path::Path::new(script));
        let manifest = capture(&db.conninfo());
        let _ = db.session().exec("ALTER SUBSCRIPTION incoming DISABLE; ALTER SUBSCRIPTION incoming SET (slot_name = NONE)");
        let _ = db.session().exec("DROP SUBSCRIPTION incoming");
        let built = build_of(&manifest);
        odd.extend(left(&built).into_iter().map(|left| format!("{major}: {left}")));
    }
    assert_eq!(odd, Vec::<String>::new());
}
