//! MySQL and MariaDB: does the target have what a build's queries need? Neighbour: `preflight`.

use crate::run::Place;
use evenkeel_core::port;
use evenkeel_mysql::scratch::{Options, Scratch};
use evenkeel_testkit::mysql::{each_flavor, flavors};

#[test]
fn queries_are_prepared_and_none_runs() {
    each_flavor(|db| {
        db.exec(
            "create table accounts (id bigint primary key, email varchar(90) not null); create table hits (n int); insert into hits values (0);
             create procedure touch() modifies sql data update hits set n = n + 1",
        );
        let place = Place::new();
        place.write(
            "q/good.sql",
            "select id, email from accounts where id = ?;\ninsert into accounts (id, email) values (?, ?);\nupdate hits set n = n + 1;\ndelete from hits;\nreplace into accounts values (?, ?);\n",
        );
        place.run(&["preflight", &db.url(), "--queries", "q"]).exits(0).says("5 queries");
        assert_eq!(db.value("select n from hits").as_deref(), Some("0"));
        place.write(
            "q/bad.sql",
            "select note from accounts;\n\nselect * from acounts;\nselect nothere(1);\nselect id from accounts where emial = ?;\ninsert into accounts (id, gone) values (1, 2);\nselect * from nodatabase.t;\n",
        );
        let told = place.run(&["preflight", &db.url(), "--queries", "q", "--format", "json"]).exits(1).json();
        let missing = told["missing"].as_array().unwrap();
        let of = |line: u64| missing.iter().find(|one| one["line"] == line).unwrap_or_else(|| panic!("{line}: {told}"));
        assert_eq!(missing.len(), 6, "{told}");
        assert_eq!((of(3)["sqlstate"].clone(), of(3)["nearest"].clone()), ("1146".into(), "accounts".into()), "{told}");
        assert_eq!((of(5)["object"].clone(), of(5)["nearest"].clone()), ("emial".into(), "accounts.email".into()), "{told}");
        // What is no query, and what the server does not take as one.
        place.write("q/bad.sql", "call touch();\nselect from;\ndrop table hits;\n");
        let told = place.run(&["preflight", &db.url(), "--queries", "q", "--format", "json"]).exits(2).json();
        assert_eq!(told["not_understood"].as_array().map(Vec::len), Some(3), "{told}");
        assert_eq!(db.value("select n from hits").as_deref(), Some("0"));
        // What one of them looks at when it runs, and not before.
        for text in [
            "insert into accounts (gone) select id from accounts where id = ?;\n",
            "insert into accounts values (?, ?) on duplicate key update gone = 1;\n",
            "select id from accounts where match (email) against (?);\n",
        ] {
            place.write("q/bad.sql", text);
            let ran = place.run(&["preflight", &db.url(), "--queries", "q", "--format", "json"]);
            assert!(matches!(ran.code, Some(1 | 2)), "{text}: {}", ran.stdout);
        }
        // What was compiled against another schema.
        std::fs::remove_file(place.path("q/bad.sql")).unwrap();
        let compiled = r#"{"db_name":"MySQL","query":"select id, email from accounts where id = ?","describe":{"columns":[
            {"ordinal":0,"name":"id","type_info":{"type":"LongLong","flags":"NOT_NULL","max_size":20}},
            {"ordinal":1,"name":"email","type_info":{"type":"Blob","flags":"NOT_NULL","max_size":20}}],"parameters":{"Right":2},"nullable":[false,false]},"hash":"x"}"#;
        place.write(".sqlx/query-1.json", compiled);
        let told = place.run(&["preflight", &db.url(), "--queries", ".sqlx", "--format", "json"]).exits(1).json();
        assert_eq!(told["missing"].as_array().map(Vec::len), Some(2), "{told}");
    });
}

#[test]
fn what_a_server_has_seen_is_asked_and_what_was_cut_is_not_understood() {
    for (engine, number) in flavors() {
        let settings = vec![("performance_schema".to_owned(), "ON".to_owned())];
        let options = Options { number: Some(number), settings, ..Options::engine(engine).database("shop") };
        let seen = Scratch::start(&options).unwrap();
        let session = seen.session("shop").unwrap();
        session.exec("create table accounts (id bigint primary key, note varchar(90), user varchar(9), day int)").unwrap();
        session.exec("truncate table performance_schema.events_statements_summary_by_digest").unwrap();
        session.exec("select note from accounts where id in (1, 2, 3)").unwrap();
        // Words of the language as names, which the statistics write otherwise.
        session.exec("select user, day, now(), id + interval 1 day from accounts").unwrap();
        let long: Vec<String> = (0..300).map(|at| format!("note as a_long_name_for_a_column_{at}")).collect();
        session.exec(&format!("select {} from accounts", long.join(", "))).unwrap();
        let place = Place::new();
        let url = port::Scratch::url(&seen, "shop");
        place.write("evenkeel.toml", format!("[environments.old]\nurl = \"{url}\"\n"));
        // What evenkeel itself has asked before is no application's.
        for _ in 0..2 {
            let told = place.run(&["preflight", &url, "--queries", "digest:old", "--format", "json"]).exits(2).json();
            assert_eq!(told["missing"].as_array().map(Vec::len), Some(0), "{engine:?} {number}: {told}");
            let odd = told["not_understood"].as_array().unwrap();
            assert!(!odd.is_empty() && odd.iter().all(|one| one.to_string().contains("have cut it")), "{engine:?} {number}: {told}");
        }
        session.exec("alter table accounts change note remark varchar(90)").unwrap();
        let told = place.run(&["preflight", &url, "--queries", "digest:old", "--format", "json"]).exits(1).json();
        assert!(told["missing"].to_string().contains("note"), "{told}");
        seen.stop().unwrap();
    }
}
