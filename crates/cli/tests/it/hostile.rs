//! Names, texts and sizes nobody wishes for: read whole, told apart, and never obeyed.

use crate::run::{Place, digest};
use evenkeel_testkit::{TestDb, database, newest, server};
use std::time::Duration;

/// Identifiers that have broken other tools.
fn names() -> Vec<String> {
    let mut names: Vec<String> = [
        "quote\"inside",
        "it's",
        "new\nline",
        "carriage\r\nreturn",
        "tab\there",
        "🐘 elephant",
        "%s%n%d",
        "select",
        "SELECT",
        "user",
        " leading",
        "trailing ",
        "dot.inside",
        "a--b",
        "/*c*/",
        "\\back\\slash",
        "$dollar$",
        "\u{202e}evil",
        "zero\u{200b}width",
        "Ünïcödé",
        "表",
        "\u{1b}[31mred",
        "{brace}",
        "`tick`",
        "<script>alert(1)</script>",
        "|pipe|",
        "*star*",
        "a;drop table x",
        "\\x41",
        "null",
        "NULL",
        "e\u{301}",
        "é",
    ]
    .map(str::to_owned)
    .to_vec();
    names.push("x".repeat(63));
    names.push("é".repeat(31));
    names
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[test]
fn every_identifier_is_read_whole_and_painted_harmless() {
    evenkeel_testkit::each_major(|db| {
        let other = database(db.major());
        for name in names() {
            let n = quoted(&name);
            let sql = format!(
                "CREATE SCHEMA {n}; CREATE TABLE {n}.{n} ({n} int PRIMARY KEY, b text DEFAULT {l}, CONSTRAINT {c} CHECK ({n} > 0));
                 CREATE INDEX {i} ON {n}.{n} (({n} + 1)) WHERE {n} > 5; CREATE VIEW {n}.{v} AS SELECT {n}, b FROM {n}.{n};
                 CREATE FUNCTION {n}.{n}({n} int) RETURNS int LANGUAGE sql AS $f$ SELECT 1 $f$; COMMENT ON TABLE {n}.{n} IS {l}",
                l = format!("'{}'", name.replace('\'', "''")),
                c = quoted(&format!("c{}", name.chars().take(20).collect::<String>())),
                i = quoted(&format!("i{}", name.chars().take(20).collect::<String>())),
                v = quoted(&format!("v{}", name.chars().take(20).collect::<String>())),
            );
            db.exec(&sql);
            other.exec(&sql);
        }
        let place = Place::new();
        let whole = digest(&place.run(&["digest", &db.url()]).exits(0));
        assert_eq!(digest(&place.run(&["digest", &other.url()]).exits(0)), whole);
        place.run(&["capture", &db.url(), "--dimension", "schema", "--out", "m.jsonl"]).exits(0);
        assert_eq!(digest(&place.run(&["digest", "m.jsonl"]).exits(0)), whole);
        let manifest = place.read("m.jsonl");
        for line in manifest.lines().skip(1) {
            let object: serde_json::Value = serde_json::from_str(line).unwrap();
            assert!(object["id"].as_array().unwrap().iter().all(serde_json::Value::is_string));
        }
        let tables: Vec<String> = manifest
            .lines()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
            .filter(|object| object["kind"] == "table")
            .map(|object| object["id"][1].as_str().unwrap().to_owned())
            .collect();
        for name in names() {
            assert!(tables.contains(&name), "{name:?} is not there as it is: {tables:?}");
        }
        for name in names() {
            other.exec(&format!("ALTER TABLE {n}.{n} DROP COLUMN b CASCADE, ADD COLUMN b int", n = quoted(&name)));
            other.exec(&format!(
                "COMMENT ON TABLE {n}.{n} IS {l}",
                n = quoted(&name),
                l = "E'\\x1b]0;owned\\x07\\x1b[2J<script>alert(1)</script> \\u202eevil'"
            ));
        }
        harmless(&place, &["compare", "m.jsonl", &other.url(), "--dimension", "schema"], names().len());
    });
}

/// All formats of a comparison that differs.
pub fn harmless(place: &Place, arguments: &[&str], least: usize) {
    for format in ["terminal", "markdown", "json", "sarif", "junit", "html"] {
        let ran = place.run(&[arguments, &["--format", format]].concat()).exits(1);
        for c in ran.stdout.chars() {
            assert!(!c.is_control() || matches!(c, '\n' | '\t'), "{format}: {c:?} reaches the reader");
            assert!(format == "json" || format == "sarif" || !matches!(c, '\u{202a}'..='\u{202e}' | '\u{200b}'), "{format}: {c:?}");
        }
        // In Markdown it stands in code spans, where it is text.
        if format == "html" {
            assert!(!ran.stdout.contains("<script>alert"), "{format}");
        }
        if format == "json" {
            assert!(ran.json()["differences"].as_array().unwrap().len() >= least);
        }
    }
}

/// Statements in the database's own encoding, sent as bytes by psql.
fn psql(db: &TestDb, encoding: &str, sql: &[u8]) {
    use std::io::Write;
    let mut child = std::process::Command::new("psql")
        .args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", &db.conninfo()])
        .env("PGCLIENTENCODING", encoding)
        .stdin(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(sql).unwrap();
    assert!(child.wait().unwrap().success());
}

#[test]
fn databases_without_unicode_are_read() {
    for major in evenkeel_testkit::majors() {
        let clauses = |encoding: &str| format!("TEMPLATE template0 ENCODING '{encoding}' LC_COLLATE 'C' LC_CTYPE 'C'");
        let utf8 = TestDb::create(server(major).unwrap());
        let latin = TestDb::create_with(server(major).unwrap(), &clauses("LATIN1"));
        let ascii = TestDb::create_with(server(major).unwrap(), &clauses("SQL_ASCII"));
        let text = "CREATE TABLE \"Größe\" (\"é\" text DEFAULT 'ü', CHECK (\"é\" <> 'ß')); CREATE VIEW \"Straße\" AS SELECT \"é\" || 'ä' AS \"ö\" FROM \"Größe\"; COMMENT ON TABLE \"Größe\" IS 'naïve';
             CREATE FUNCTION \"f_ñ\"() RETURNS text LANGUAGE sql AS 'SELECT ''ñ''::text';";
        let latin_text: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
        psql(&utf8, "UTF8", text.as_bytes());
        psql(&latin, "LATIN1", &latin_text);
        psql(&ascii, "SQL_ASCII", &latin_text);
        let place = Place::new();
        let of = |db: &TestDb| digest(&place.run(&["digest", &db.url()]).exits(0));
        assert_eq!(of(&utf8), of(&latin), "the same schema in another encoding, PostgreSQL {major}");
        // Bytes that are no text are kept apart from each other, and repeatable.
        let whole = of(&ascii);
        assert_eq!(whole, of(&ascii));
        psql(&ascii, "SQL_ASCII", b"ALTER TABLE \"Gr\xf6\xdfe\" RENAME TO \"Gr\xf6\xdde\";");
        assert_ne!(of(&ascii), whole, "one byte differs");
        place.run(&["capture", &ascii.url(), "--dimension", "schema", "--out", "m.jsonl"]).exits(0);
        assert_eq!(digest(&place.run(&["digest", "m.jsonl"]).exits(0)), of(&ascii));
        place.run(&["compare", &utf8.url(), &ascii.url(), "--dimension", "schema"]).exits(1);
        // A message of the server that is no UTF-8 does not hide what happened.
        psql(&ascii, "SQL_ASCII", b"CREATE TABLE \"held_\xe9\" (a int, b int GENERATED ALWAYS AS (a + 1) STORED, CHECK (a > 0));");
        let holder = ascii.another_session();
        holder.exec("BEGIN; DO $$ BEGIN EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', (SELECT oid::regclass FROM pg_class WHERE relname LIKE 'held_%' AND relkind = 'r')); END $$").unwrap();
        let ran = place.run(&["digest", &ascii.url(), "--lock-timeout", "200ms"]).exits(2);
        assert!(ran.stderr.contains("ACCESS EXCLUSIVE"), "{ran:?}");
    }
}

#[test]
fn two_thousand_schemas_and_a_view_of_100_kilobytes() {
    let (a, b) = (database(newest()), database(newest()));
    for db in [&a, &b] {
        for part in 0..4 {
            db.exec(&format!(
                "DO $$ BEGIN FOR i IN {}..{} LOOP EXECUTE format('CREATE SCHEMA s_%s', i); END LOOP; END $$",
                part * 500 + 1,
                (part + 1) * 500
            ));
        }
        db.exec("CREATE TABLE s_1.t (a int, b text)");
        let long: Vec<String> = (0..2500).map(|i| format!("a + {i} AS column_number_{i:05}_with_a_name")).take(1500).collect();
        let conditions: Vec<String> = (0..3000).map(|i| format!("b <> 'value number {i:06}'")).collect();
        db.exec(&format!("CREATE VIEW s_1.long AS SELECT {} FROM s_1.t WHERE {}", long.join(", "), conditions.join(" AND ")));
        db.exec("CREATE FUNCTION s_1.odd() RETURNS text LANGUAGE plpgsql AS $f$ BEGIN RETURN E'\\\\000 \\x41 -- no comment /* ' || $q$ $1; \\0 $q$; END $f$");
    }
    let size: usize = a.value("SELECT length(pg_get_viewdef('s_1.long'::regclass))").unwrap().parse().unwrap();
    assert!(size > 100_000, "{size}");
    let place = Place::new();
    let ran = place.run(&["compare", &a.url(), &b.url(), "--dimension", "schema"]).exits(0);
    assert!(ran.took < Duration::from_secs(30), "{:?}", ran.took);
    b.exec("CREATE OR REPLACE FUNCTION s_1.odd() RETURNS text LANGUAGE plpgsql AS $f$ BEGIN RETURN E'\\\\000 \\x41 -- a comment /* ' || $q$ $1; \\0 $q$; END $f$");
    let changed = a.value("SELECT replace(pg_get_viewdef('s_1.long'::regclass), 'value number 002999', 'value number 003000')").unwrap();
    b.exec(&format!("CREATE OR REPLACE VIEW s_1.long AS {changed}"));
    let ran = place.run(&["compare", &a.url(), &b.url(), "--dimension", "schema"]).exits(1).says("s_1.odd()").says("s_1.long");
    assert!(ran.stdout.len() < 20_000, "{} bytes: a long definition is shown where it differs", ran.stdout.len());
    let json = place.run(&["compare", &a.url(), &b.url(), "--dimension", "schema", "--format", "json"]).exits(1).json();
    assert_eq!(json["differences"].as_array().unwrap().len(), 2);
    assert!(json["differences"].to_string().contains("003000"));
}

#[test]
fn things_that_look_alike_are_two_things() {
    let (a, b) = (database(newest()), database(newest()));
    // Latin and Cyrillic a; composed and decomposed é; a dot in a name against schema and name; blanks at the end.
    let pairs = [
        ("\"payments\"", "\"p\u{430}yments\""),
        ("\"caf\u{e9}\"", "\"cafe\u{301}\""),
        ("\"x \"", "\"x\""),
        ("\"a.b\"", "\"a\".\"b\""),
        ("\"T\"", "\"t\""),
    ];
    a.exec("CREATE SCHEMA a");
    b.exec("CREATE SCHEMA a");
    for (here, there) in pairs {
        a.exec(&format!("CREATE TABLE {here} (id int)"));
        b.exec(&format!("CREATE TABLE {there} (id int)"));
    }
    let place = Place::new();
    let json = place.run(&["compare", &a.url(), &b.url(), "--dimension", "schema", "--format", "json"]).exits(1).json();
    let differences = json["differences"].as_array().unwrap();
    let tables: Vec<&serde_json::Value> = differences.iter().filter(|difference| difference["kind"] == "table").collect();
    assert_eq!(tables.len(), 2 * pairs.len(), "{json:#}");
    let mut identities: Vec<String> = tables.iter().map(|difference| difference["identity"].to_string()).collect();
    identities.sort();
    identities.dedup();
    assert_eq!(identities.len(), tables.len());
    let mut shown: Vec<String> = tables.iter().map(|difference| difference["object"].to_string()).collect();
    shown.sort();
    shown.dedup();
    assert_eq!(shown.len(), tables.len(), "what is shown tells them apart: {shown:?}");
}
