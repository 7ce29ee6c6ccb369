//! `evenkeel rehearse` of a file that its tool sends as one message, which the server makes one block of: how it ends there counts, what it
//! does is measured statement by statement, and where both come to another end that is told. Neighbour: `rehearse`.

use crate::rehearse::{TABLES, gate, statements, texts};
use crate::run::Place;
use evenkeel_testkit::{TestDb, database, newest};
use serde_json::Value;

/// A file of golang-migrate, rehearsed.
fn sent(db: &TestDb, text: &str) -> Value {
    let place = Place::new();
    place.write("evenkeel.toml", "[gates]\nrequire = [\"run\"]\n");
    place.write("d/0001_base.up.sql", "select 1;");
    place.write("d/0002_next.up.sql", text);
    let url = db.url();
    let arguments = ["rehearse", "d/0002_next.up.sql", "--for", &url, "--migrations", "d", "--only", "run", "--format", "json"];
    let told = place.run(&arguments).json();
    assert_eq!(told["migrations"][0]["transaction"], "implicit-block", "{told}");
    told
}

#[test]
fn how_one_message_ends_counts_and_its_statements_are_measured_by_themselves() {
    let db = database(newest());
    db.exec(TABLES);
    // The same in both.
    let told = sent(&db, "alter table people add a int;\ncreate table fresh (id int);\n");
    assert_eq!((statements(&told).len(), gate(&told, "run")["holds"].as_bool()), (2, Some(true)), "{told}");
    assert!(told["migrations"][0]["stopped"].is_null(), "{told}");
    assert_eq!(texts(&told["gaps"]), Vec::<&str>::new(), "{told}");
    // A block that nobody opened takes no savepoints: it is refused as it is sent, and would not be in a transaction.
    let told = sent(&db, "alter table people add a int;\nsavepoint here;\nalter table people add b int;\n");
    let why = told["migrations"][0]["stopped"]["why"].as_str().unwrap();
    assert!(why.contains("(25P01)") && why.contains("run to be watched, it did not fail"), "{told}");
    assert_eq!((statements(&told).len(), gate(&told, "run")["holds"].as_bool()), (3, Some(false)), "{told}");
    // What must come first of all in a transaction does not where somebody looks on: that it runs counts, and that it was not measured is told.
    let told = sent(&db, "set transaction isolation level serializable;\nalter table people add a int;\n");
    assert!(told["migrations"][0]["stopped"].is_null(), "{told}");
    let gaps = texts(&told["gaps"]).join("\n");
    assert!(gaps.contains("2 runs as its tool sends it, and not one by one to be watched: "), "{told}");
    // A text that ends what it is sent in: what comes before and after is in for good, each as the server has it.
    let told = sent(&db, "alter table people add a int;\ncommit;\nalter table people add a int;\n");
    assert!(told["migrations"][0]["stopped"]["why"].as_str().unwrap().contains("(42701)"), "{told}");
    // What runs in no transaction runs in no such block.
    let told = sent(&db, "create index concurrently at_a on people (name);\ncreate index concurrently at_b on people (name);\n");
    assert!(told["migrations"][0]["stopped"]["why"].as_str().unwrap().contains("(25001)"), "{told}");
}

#[test]
fn what_one_message_does_otherwise_than_one_by_one_is_told() {
    let db = database(newest());
    db.exec(TABLES);
    // How many statements came before in the block decides what it makes.
    let told = sent(
        &db,
        "do $$ begin if current_query() like '%mar' || 'ker%' then create table whole (id int); else create table apart (id int); end if; end $$;
        select 'marker';\n",
    );
    assert!(told["migrations"][0]["stopped"].is_null(), "{told}");
    let gaps = texts(&told["gaps"]).join("\n");
    assert!(gaps.contains("run one by one it comes to another end than run to be watched"), "{told}");
}
