//! Why a statement writes a table anew, by the server's own word; and that what has the server say so is seen by nobody.

use crate::rehearse::{given, rehearsed, statements, texts};
use evenkeel_testkit::{TestDb, majors};
use evenkeel_testkit::{database, share::Share};
use serde_json::{Value, json};

/// On two versions a day, on all where everything is wanted.
pub fn two_by_day(test: impl Fn(&TestDb, u32)) {
    let all = majors();
    let share = Share::of(u64::try_from(all.len().div_ceil(2)).unwrap());
    for major in share.take(all) {
        println!("on PostgreSQL {major}, {share}");
        test(&database(major), major);
    }
}

#[test]
fn each_rewrite_has_its_reason_and_nothing_else_sees_who_asks_for_it() {
    two_by_day(|db, major| {
        let sees = "do $$ begin if exists (select from pg_event_trigger) or exists (select from pg_proc where proname like 'evenkeel%')
            then raise exception 'seen'; end if; end $$;\n";
        let place = given(
            db,
            &format!(
                "alter table people alter id type bigint;\n{sees}                 begin;\nalter table orders add r double precision not null default random();\nsavepoint s;\n                 alter table people alter id type int;\nrollback to s;\nalter table orders set unlogged;\ncommit;\n                 do $$ begin alter table orders alter note type text collate \"C\", alter id type bigint,                  add q double precision default random(); end $$;\n{sees}                 refresh materialized view sums;\nvacuum full people;\ncluster people using people_pkey;\ntruncate orders;\n                 select 1 / (count(*) - 1) from pg_event_trigger;\n"
            ),
        );
        db.exec("alter table orders drop constraint orders_person_fkey; create materialized view sums as select 1 as one");
        if major >= 15 {
            db.exec("create access method heap_too type table handler heap_tableam_handler");
            let text = std::fs::read_to_string(place.path("release.sql")).unwrap();
            place.write("release.sql", text + "alter table people set access method heap_too;\n");
        }
        let told = rehearsed(&place, db, &["--only", "run,effect", "--rows", "5000"], 2);
        let of = |words: &str| {
            let said = statements(&told).into_iter().find(|one| one["sql"].as_str().unwrap().contains(words));
            let said = said.unwrap_or_else(|| panic!("{words}: {told}"));
            assert_eq!(said["rewrites"].as_array().unwrap().len(), said["why"].as_array().unwrap().len(), "{said}");
            said["why"].clone()
        };
        let why = |relation: &str, reasons: &[&str]| json!([{"relation": relation, "reasons": reasons}]);
        assert_eq!(of("people alter id type bigint"), why("public.people", &["column-type"]), "{told}");
        assert_eq!(of("add r double"), why("public.orders", &["default-value"]), "{told}");
        assert_eq!(of("people alter id type int;"), why("public.people", &["column-type"]), "{told}");
        assert_eq!(of("set unlogged"), why("public.orders", &["persistence"]), "{told}");
        assert_eq!(of("add q double"), why("public.orders", &["column-type", "default-value"]), "{told}");
        // For these the server has no such word, or another.
        assert_eq!(of("refresh"), why("public.sums", &[]), "{told}");
        assert_eq!(of("truncate"), json!([]), "{told}");
        // Where the machine has other things to do nobody may have looked meanwhile: then it is not told, and never guessed.
        for (statement, word) in [("vacuum full", "vacuum-full"), ("cluster", "cluster")] {
            assert!([why("public.people", &[word]), why("public.people", &[])].contains(&of(statement)), "{told}");
        }
        if major >= 15 {
            assert_eq!(of("heap_too"), why("public.people", &["access-method"]), "{told}");
        }
        assert_eq!(told["migrations"][0]["stopped"], Value::Null, "{told}");
        let effect = told["migrations"][0]["effect"].as_array().unwrap();
        assert!(!effect.iter().any(|one| one["kind"] == "event-trigger" || one["object"].as_str().unwrap().contains("evenkeel")), "{told}");
        assert!(!texts(&told["gaps"]).iter().any(|gap| gap.contains("to another end")), "{told}");
        let shown = place.run(&["rehearse", "release.sql", "--for", &db.url(), "--only", "run"]).exits(2).stdout;
        let shown = shown.split_whitespace().collect::<Vec<_>>().join(" ");
        for words in ["writes anew public.orders (column type, default value)", "writes anew public.sums (why is not told)"] {
            assert!(shown.contains(words), "{words}: {shown}");
        }
    });
}
