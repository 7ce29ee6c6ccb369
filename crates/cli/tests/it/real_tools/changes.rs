//! Liquibase's changes that are no SQL: it prints what it makes of them, and the sums that it records them by.

use super::tools::ALL;
use super::{TOOLS, is_there, port_of};
use crate::history::words;
use crate::history_repair::run;
use crate::run::Place;
use evenkeel_testkit::{database, newest};
use std::os::unix::fs::PermissionsExt;

const LIQUIBASE: &str =
    "java -cp \"$TOOLS/node_modules/liquibase/dist/liquibase/internal/lib/*\" liquibase.integration.commandline.LiquibaseCommandLine";

fn changes(sets: &[&str]) -> String {
    format!(
        "<databaseChangeLog xmlns=\"http://www.liquibase.org/xml/ns/dbchangelog\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
         xsi:schemaLocation=\"http://www.liquibase.org/xml/ns/dbchangelog http://www.liquibase.org/xml/ns/dbchangelog/dbchangelog-latest.xsd\">\n{}\n</databaseChangeLog>\n",
        sets.join("\n")
    )
}

const ONE: &str = "<changeSet id=\"1\" author=\"ann\"><createTable tableName=\"orders\"><column name=\"id\" type=\"int\"><constraints primaryKey=\"true\"/></column></createTable></changeSet>";
const TWO: &str = "<changeSet id=\"2\" author=\"bob, it's\"><comment>a remark\nof two lines</comment><addColumn tableName=\"orders\"><column name=\"total\" type=\"numeric(9,2)\"/></addColumn></changeSet>";
const THREE: &str = "<changeSet id=\"3\" author=\"ann\"><createIndex tableName=\"orders\" indexName=\"by_total\"><column name=\"total\"/></createIndex></changeSet>";

#[test]
fn what_is_no_sql_is_printed_with_the_sum_it_is_recorded_by() {
    let liquibase = ALL.iter().find(|tool| tool.name == "Liquibase").unwrap();
    if !is_there("Liquibase", liquibase.needs, true) {
        return;
    }
    let (db, place) = (database(newest()), Place::new());
    let port = port_of(&db).to_string();
    let variables = [("PORT", port.as_str()), ("DB", &db.name), ("TOOLS", TOOLS)];
    let apply = format!(
        "{LIQUIBASE} --url=jdbc:postgresql://127.0.0.1:$PORT/$DB --username=postgres --password=x --search-path=m --changelog-file=main.xml update"
    );
    place.write("m/main.xml", changes(&[ONE, TWO]));
    place.shell(&apply, &variables).exits(0);
    let libraries = format!("{TOOLS}/node_modules/liquibase/dist/liquibase/internal/lib/*");
    let render = format!(
        "java -cp {libraries} liquibase.integration.commandline.LiquibaseCommandLine \
         --url=offline:postgresql?outputLiquibaseSql=data_only&changeLogFile={{temporary}}/log.csv --search-path=m --changelog-file=main.xml update-sql"
    );
    let url = db.url();
    let told = |code: i32| place.run(&["history", &url, "--migrations", "m", "--render", &render, "--format", "json"]).exits(code).json();
    // More than once: what it notes of a run is in a folder of that run's.
    for _ in 0..2 {
        let told = told(0);
        assert_eq!(words(&told), ["applied", "applied"], "{told}");
    }
    // On PATH it is asked by itself.
    let program = place.write(
        "bin/liquibase",
        format!("#!/bin/sh\nexec java -cp '{libraries}' liquibase.integration.commandline.LiquibaseCommandLine \"$@\"\n"),
    );
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", place.path("bin").display(), std::env::var("PATH").unwrap());
    let asked = place.run_with(&["history", &url, "--migrations", "m", "--format", "json"], &[("PATH", path.as_str())]).exits(0).json();
    assert!(asked["tool"]["why"].as_str().unwrap().contains("on PATH"), "{asked}");
    assert_eq!(words(&asked), ["applied", "applied"], "{asked}");
    assert_eq!(words(&place.run(&["history", &url, "--migrations", "m", "--format", "json"]).exits(2).json()), ["not-checkable"; 2]);
    // An edit is seen by the sum.
    place.write("m/main.xml", changes(&[ONE, &TWO.replace("numeric(9,2)", "numeric(11,2)")]));
    let edited = told(1);
    assert_eq!(
        (words(&edited)[1].as_str(), &edited["migrations"][1]["edit"]),
        ("partly-present", &serde_json::json!("meaning")),
        "{edited}"
    );
    place.write("m/main.xml", changes(&[ONE, TWO, THREE]));
    // What it would have recorded is written as it would have written it: it takes it for its own.
    db.exec("delete from databasechangelog where id = '2'");
    assert_eq!(words(&told(1)), ["applied", "present-not-recorded", "pending"]);
    let repair = place.run(&["history", &url, "--migrations", "m", "--render", &render, "--repair"]);
    run(&db, &repair.stdout);
    assert_eq!(words(&told(0)), ["applied", "applied", "pending"]);
    place.shell(&apply.replace(" update", " validate"), &variables).exits(0);
    place.shell(&apply, &variables).exits(0);
    assert_eq!(words(&told(0)), ["applied", "applied", "applied"]);
    assert_eq!(db.value("select count(*)::text from databasechangelog where md5sum like '9:%'").as_deref(), Some("3"));
}
