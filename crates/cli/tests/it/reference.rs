//! Reference data: lookup tables whose content must match, on every server, live and as a file.

use crate::run::Place;
use evenkeel_testkit::mysql::each_flavor;
use evenkeel_testkit::{database, each_major, newest};

const COUNTRIES: &str =
    "CREATE TABLE countries (code char(2) PRIMARY KEY, name varchar(50) NOT NULL, area double precision, since timestamp);
    INSERT INTO countries VALUES ('at', 'Österreich', 83879.1, '1995-01-01 00:00:00'), ('de', 'Deutschland', 357022, NULL)";

/// A difference of one row, one column, one NULL is told by its row; equal content is equal whatever the order it was written in.
fn told(place: &Place, exec: &dyn Fn(&str)) {
    let json = || place.run(&["compare", "a", "b", "--dimension", "data", "--format", "json"]);
    let rows = |code: i32, values: bool| {
        let flags: &[&str] = if values { &["--values"] } else { &[] };
        let json = place.run(&[&["compare", "a", "b", "--dimension", "data", "--format", "json"], flags].concat()).exits(code).json();
        let differences = json["differences"].as_array().unwrap().clone();
        differences.into_iter().filter(|one| one["kind"].as_str().unwrap().starts_with("reference")).collect::<Vec<_>>()
    };
    assert_eq!(rows(0, false), Vec::<serde_json::Value>::new());
    exec("INSERT INTO countries VALUES ('ch', 'Schweiz', 41285, NULL)");
    let extra = rows(1, false);
    assert_eq!(
        (extra.len(), extra[0]["change"].as_str(), extra[0]["kind"].as_str()),
        (1, Some("extra"), Some("reference-row")),
        "{extra:#?}"
    );
    assert!(!json().exits(1).stdout.contains("Schweiz"), "values are told by flag only");
    assert!(rows(1, true)[0]["found"].as_str().unwrap().contains("Schweiz"));
    exec("DELETE FROM countries WHERE code = 'ch'");
    assert_eq!(rows(0, false), Vec::<serde_json::Value>::new(), "an update and back leaves nothing");
    for (change, back, column) in [
        ("name = 'Oesterreich'", "name = 'Österreich'", "name"),
        ("area = 83879.2", "area = 83879.1", "area"),
        ("since = NULL", "since = '1995-01-01 00:00:00'", "since"),
        ("since = '1995-01-01 00:00:01'", "since = '1995-01-01 00:00:00'", "since"),
    ] {
        exec(&format!("UPDATE countries SET {change} WHERE code = 'at'"));
        let changed = rows(1, false);
        assert_eq!((changed.len(), changed[0]["change"].as_str()), (1, Some("changed")), "{change}: {changed:#?}");
        assert_eq!(changed[0]["found"].as_str(), Some(&*format!("another {column}")), "{change}");
        assert!(rows(1, true)[0]["expected"].as_str().unwrap().starts_with(&format!("{column} = ")), "{change}");
        exec(&format!("UPDATE countries SET {back} WHERE code = 'at'"));
        assert_eq!(rows(0, false).len(), 0, "{change}");
    }
}

fn environments(a: &str, b: &str, more: &str) -> Place {
    let place = Place::new();
    let one = |name: &str, url: &str| format!("[environments.{name}]\nurl = \"{url}\"\nmanifest = \"{name}.jsonl\"\n");
    place.write("evenkeel.toml", format!("{more}\n{}{}", one("a", a), one("b", b)));
    place
}

#[test]
fn content_is_compared_row_by_row_on_postgresql() {
    each_major(|db| {
        let other = database(db.server.major);
        db.exec(COUNTRIES);
        // The same rows in another order, in another zone and float format.
        other.exec(COUNTRIES);
        other.exec(&format!(
            "UPDATE countries SET name = name WHERE code = 'at'; ALTER DATABASE {} SET timezone = 'Asia/Tokyo'",
            other.name
        ));
        other.exec(&format!("ALTER DATABASE {} SET extra_float_digits = -3; ALTER DATABASE {0} SET datestyle = 'German'", other.name));
        told(&environments(&db.url(), &other.url(), "[project]\nreference = [\"public.countr*\"]"), &|sql| other.exec(sql));
    });
}

#[test]
fn content_is_compared_row_by_row_on_mysql_and_mariadb() {
    each_flavor(|db| {
        let other = evenkeel_testkit::mysql::TestDb::create(db.server.clone());
        let table = COUNTRIES.replace("since timestamp", "since timestamp NULL, small float DEFAULT 0.1, raw varbinary(9) DEFAULT 'a'");
        let table = table.replace("INSERT INTO countries VALUES", "INSERT INTO countries (code, name, area, since) VALUES");
        db.exec(&table);
        other.exec(&table);
        let exec = |sql: &str| other.exec(&sql.replace("INTO countries VALUES", "INTO countries (code, name, area, since) VALUES"));
        let place = environments(&db.url(), &other.url(), "[project]\nreference = [\"countries\"]");
        told(&place, &exec);
        // A float that prints alike in six digits is another value all the same.
        exec("UPDATE countries SET small = 0.10000001 WHERE code = 'at'");
        place.run(&["compare", "a", "b", "--dimension", "data"]).exits(1).says("another small");
        exec("UPDATE countries SET small = 0.1, raw = 'A' WHERE code = 'at'");
        place.run(&["compare", "a", "b", "--dimension", "data"]).exits(1).says("another raw");
    });
}

/// A manifest has hashes under the project's secret and no value; without a secret only what the whole table is.
#[test]
fn a_manifest_holds_hashes_and_no_values() {
    let (a, b) = (database(newest()), database(newest()));
    a.exec(COUNTRIES);
    b.exec(COUNTRIES);
    let secret = "[project]\nsecret = \"${SECRET}\"\nreference = [\"public.countries\"]";
    let place = environments(&a.url(), &b.url(), secret);
    let key = [("SECRET", "correct horse")];
    let capture = ["capture", "a", "--dimension", "data", "--out", "a.jsonl"];
    place.run(&capture).exits(78).says("SECRET");
    place.run_with(&capture, &[("SECRET", "")]).exits(78).says("SECRET");
    place.run_with(&capture, &key).exits(0);
    let manifest = place.read("a.jsonl") + &place.read("a.measured.jsonl");
    assert_eq!(manifest.matches("\"reference-row\"").count(), 2, "{manifest}");
    for value in ["Österreich", "Deutschland", "correct horse", "83879.1"] {
        assert!(!manifest.contains(value), "{value} is in\n{manifest}");
    }
    let against = ["compare", "a.jsonl", "b", "--dimension", "data"];
    place.run_with(&against, &key).exits(0);
    b.exec("UPDATE countries SET name = 'x' WHERE code = 'de'");
    place.run_with(&against, &key).exits(1).says("another name").hides("Deutschland");
    // Under another secret the rows cannot be told, and the table is another all the same.
    place.run_with(&against, &[("SECRET", "another")]).exits(2).says("under another secret").hides("EK-reference-row");
    place.run_with(&["check", "a", "--dimension", "data"], &key).exits(0);
    let bare = environments(&a.url(), &b.url(), "[project]\nreference = [\"public.countries\"]");
    bare.run(&capture).exits(0);
    assert!(!bare.read("a.jsonl").contains("reference-row"));
    bare.run(&against).exits(1).says("content");
    b.exec("UPDATE countries SET name = 'Deutschland' WHERE code = 'de'");
    bare.run(&against).exits(0);
}

/// What cannot be compared is a gap with what cures it, never equal.
#[test]
fn what_cannot_be_read_is_a_gap() {
    let (a, b) = (database(newest()), database(newest()));
    let tables = "CREATE TABLE bare (x int); CREATE TABLE keyed (id int PRIMARY KEY, x int); CREATE VIEW seen AS SELECT * FROM keyed;
        CREATE TABLE large (id int PRIMARY KEY); INSERT INTO large SELECT generate_series(1, 100001); CREATE TABLE hidden (id int PRIMARY KEY)";
    for db in [&a, &b] {
        db.exec(tables);
        db.exec("INSERT INTO bare VALUES (1), (1)");
    }
    for (reference, says) in [
        ("\"public.bare\"", "no primary key"),
        ("\"public.seen\"", "it is no table"),
        ("\"public.large\"", "more than 100000 rows"),
        ("\"public.nothing\"", "public.nothing"),
        ("{ table = \"public.keyed\", columns = [\"y\"] }", "no column \"y\""),
        ("{ table = \"public.keyed\", key = [\"z\"] }", "no column \"z\""),
    ] {
        let place = environments(&a.url(), &b.url(), &format!("[project]\nreference = [{reference}]"));
        place.run(&["compare", "a", "b", "--dimension", "data"]).exits(2).says(says);
    }
    let place = environments(&a.url(), &b.url(), "[project]\nreference = [{ table = \"public.bare\", key = [\"x\"] }]");
    place.run(&["compare", "a", "b", "--dimension", "data"]).exits(2).says("its key names several rows");
    for db in [&a, &b] {
        db.exec("DELETE FROM bare; INSERT INTO bare VALUES (1), (2)");
    }
    place.run(&["compare", "a", "b", "--dimension", "data"]).exits(0);
    a.exec("INSERT INTO bare VALUES (3)");
    place.run(&["compare", "a", "b", "--dimension", "data"]).exits(1);
    for wrong in ["reference = [7]", "reference = [\"\"]", "reference = [\"a[\"]", "reference = [{ tables = \"x\" }]"] {
        environments(&a.url(), &b.url(), &format!("[project]\n{wrong}")).run(&["compare", "a", "b"]).exits(78).says("evenkeel.toml");
    }
}

/// What a table's owner has made of text says nothing, and none of it is run: a value is as its type prints it.
#[test]
fn a_cast_of_a_tables_owner_is_not_asked() {
    let (a, b) = (database(newest()), database(newest()));
    for (db, value) in [(&a, "row(1, 'x')"), (&b, "row(2, 'y')")] {
        db.exec("CREATE TYPE pair AS (a int, b text); CREATE FUNCTION same(pair) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE 'it was run'; END $$");
        db.exec("CREATE CAST (pair AS text) WITH FUNCTION same(pair); CREATE FUNCTION all_same(pair[]) RETURNS text LANGUAGE sql AS $$ SELECT 'same' $$");
        db.exec("CREATE CAST (pair[] AS text) WITH FUNCTION all_same(pair[])");
        db.exec(&format!(
            "CREATE TABLE t (id int PRIMARY KEY, v pair, w pair[], n pair); INSERT INTO t VALUES (1, {value}, ARRAY[{value}]::pair[], NULL)"
        ));
    }
    let place = environments(&a.url(), &b.url(), "[project]\nreference = [\"public.t\"]");
    let ran = place.run(&["compare", "a", "b", "--dimension", "data", "--values"]).exits(1).says("(1,x)").says("(2,y)").hides("it was run");
    assert!(ran.stdout.contains("v = ") && ran.stdout.contains("w = "), "{}", ran.stdout);
    // A row of nothing but NULLs is no NULL.
    b.exec("UPDATE t SET v = row(1, 'x'), w = ARRAY[row(1, 'x')]::pair[]");
    place.run(&["compare", "a", "b", "--dimension", "data"]).exits(0);
    b.exec("UPDATE t SET n = row(NULL, NULL)");
    place.run(&["compare", "a", "b", "--dimension", "data"]).exits(1).says("another n");
}

/// Patterns of one table are taken together, whoever of both sides names them; rows of children belong to what a query reads.
#[test]
fn nothing_that_was_asked_for_is_left_out() {
    let (a, b) = (database(newest()), database(newest()));
    for db in [&a, &b] {
        db.exec("CREATE TABLE t (id int PRIMARY KEY, v text, w text); INSERT INTO t VALUES (1, 'x', 'y'); CREATE TABLE p (id int PRIMARY KEY, v text)");
        db.exec("CREATE TABLE c () INHERITS (p); INSERT INTO c VALUES (1, 'child')");
    }
    let compare = |reference: &str, code: i32| {
        environments(&a.url(), &b.url(), &format!("[project]\nreference = [{reference}]"))
            .run(&["compare", "a", "b", "--dimension", "data"])
            .exits(code)
    };
    b.exec("UPDATE t SET v = 'another'");
    let narrow = "{ table = \"public.t\", columns = [\"w\"] }";
    compare(narrow, 0);
    compare(&format!("{narrow}, \"public.t\""), 1);
    compare(&format!("\"public.t\", {narrow}"), 1);
    compare("\"public.p\"", 0);
    b.exec("UPDATE c SET v = 'another'");
    compare("\"public.p\"", 1).says("another v");
}

/// Bytes that stand for no character, and the empty text of no member, are what they are.
#[test]
fn values_that_print_alike_are_told_apart_on_mysql_and_mariadb() {
    each_flavor(|db| {
        let other = evenkeel_testkit::mysql::TestDb::create(db.server.clone());
        for db in [db, &other] {
            db.exec("SET sql_mode = ''; CREATE TABLE t (id int PRIMARY KEY, c varchar(9) CHARACTER SET cp1251, e enum('a', 'b', ''))");
            db.exec("SET sql_mode = ''; INSERT INTO t VALUES (1, '?', 3)");
        }
        let place = environments(&db.url(), &other.url(), "[project]\nreference = [\"t\"]");
        place.run(&["compare", "a", "b", "--dimension", "data"]).exits(0);
        other.exec("SET sql_mode = ''; UPDATE t SET e = 0");
        place.run(&["compare", "a", "b", "--dimension", "data"]).exits(1).says("another e");
        other.exec("SET sql_mode = ''; UPDATE t SET e = 3, c = X'98'");
        place.run(&["compare", "a", "b", "--dimension", "data"]).exits(1).says("another c");
    });
}
