//! `evenkeel rehearse --replica`: how far behind a throwaway replica is that follows the committed run, its gate, and that nothing of it is left.

use crate::rehearse::{gate, given, rehearsed, texts};
use crate::rehearse_why::two_by_day;
use evenkeel_testkit::{database, newest};
use serde_json::Value;

const LARGE: &str = "create table big as select g as id, md5(g::text) as m from generate_series(1, 120000) g;\ncreate index on big (m);\n";

#[test]
fn a_replica_is_behind_by_what_it_has_not_replayed_and_a_limit_closes_the_gate() {
    two_by_day(|db, _| {
        let place = given(db, LARGE);
        let told = rehearsed(&place, db, &["--only", "run,lag", "--replica"], 2);
        let lag = &told["lag"];
        let number = |name: &str| lag[name].as_f64().unwrap_or_else(|| panic!("{name}: {lag}"));
        // Some thirty bytes a row and more are written at once.
        assert!(number("bytes") > 100_000.0 && number("ms") > 0.0 && number("caught_up_ms") >= 0.0, "{lag}");
        assert_eq!((lag["file"].as_str(), lag["why"].as_str()), (Some("release.sql"), None), "{lag}");
        assert_eq!((gate(&told, "lag")["holds"].as_bool(), gate(&told, "lag")["origin"].as_str()), (Some(true), Some("default")), "{told}");
        assert!(texts(&told["floor"]).iter().any(|one| one.starts_with("the replica was on the same machine")), "{told}");
        // What it takes on more rows nobody has seen.
        place.write("release.sql", "alter table orders alter id type bigint;\n");
        let told = rehearsed(&place, db, &["--only", "run,lag", "--replica"], 2);
        let found = gate(&told, "lag");
        assert_eq!(found["holds"], Value::Null, "{told}");
        assert!(
            found["found"]
                .as_str()
                .unwrap()
                .contains("works on rows of public.orders, of which there are 20 rows on the target and 0 here")
        );
        place.write("release.sql", LARGE);
        place.write("evenkeel.toml", "[gates]\nlag = \"1us\"\nrequire = [\"run\", \"lag\"]\n");
        let told = rehearsed(&place, db, &["--only", "run,lag", "--replica"], 1);
        let found = gate(&told, "lag");
        assert_eq!(found["holds"], false, "{told}");
        assert!(found["origin"].as_str().unwrap().contains("evenkeel.toml:2"), "{found}");
        assert!(found["found"].as_str().unwrap().contains("behind at the most"), "{found}");
    });
}

#[test]
fn without_a_replica_it_is_not_covered() {
    let db = database(newest());
    let place = given(&db, "create table fresh (id int);\n");
    let floor = "how far behind a replica is was not looked at (--replica)";
    let told = rehearsed(&place, &db, &["--only", "run,effect"], 2);
    assert!(texts(&told["floor"]).contains(&floor) && told["lag"].is_null(), "{told}");
    place.write("evenkeel.toml", "[gates]\nrequire = [\"run\", \"lag\"]\n");
    let told = rehearsed(&place, &db, &["--only", "run"], 2);
    assert_eq!(gate(&told, "lag")["holds"], Value::Null, "{told}");
    assert!(gate(&told, "lag")["found"].as_str().unwrap().starts_with("not covered"), "{told}");
    let url = db.url();
    for more in [&["--only", "lag"][..], &["--only", "run", "--replica"]] {
        place.run(&[&["rehearse", "release.sql", "--for", &url][..], more].concat()).exits(64).says("both or none");
    }
}
