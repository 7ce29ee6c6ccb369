//! MySQL and MariaDB: names, texts and sizes nobody wishes for: read whole, told apart, and never obeyed. What is broken on
//! the server is told, not left out (`mysql_broken`).

use crate::hostile::harmless;
use crate::run::{Place, digest};
use evenkeel_core::kind::Engine;
use evenkeel_mysql::scratch::{Options, Scratch};
use evenkeel_testkit::mysql::{TestDb, database, each_flavor, flavors, server};
use std::fmt::Write as _;
use std::time::Duration;

/// Identifiers that have broken other tools. Servers keep characters beyond U+FFFF out of names, and blanks at their end.
/// <https://dev.mysql.com/doc/refman/en/identifiers.html>
fn names() -> Vec<String> {
    let mut names: Vec<String> = [
        "quote\"inside",
        "it's",
        "new\nline",
        "carriage\r\nreturn",
        "tab\there",
        "☃ snow",
        "%s%n%d",
        "select",
        "user",
        " leading",
        "dot.inside",
        "a--b",
        "/*!50000 c*/",
        "\\back\\slash",
        "..",
        "../../etc/passwd",
        "$$",
        "//",
        "\u{202e}evil",
        "zero\u{200b}width",
        "Ünïcödé",
        "表",
        "\u{1b}[31mred",
        "{brace}",
        "`tick`",
        "``",
        "<script>alert(1)</script>",
        "|pipe|",
        "*star*",
        "a;drop table x;",
        "\\x41",
        "null",
        "e\u{301}",
        "@@sql_mode",
        "0x41",
        "12345",
        "1e5",
        "PRIMARY KEY",
        "DEFINER=`root`@`localhost`",
    ]
    .map(str::to_owned)
    .to_vec();
    names.push("x".repeat(64));
    names.push("ü".repeat(40));
    names
}

fn quoted(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}

/// The name with something in front, within the limit of 64 characters.
fn prefixed(prefix: &str, name: &str) -> String {
    quoted(&format!("{prefix}{name}").chars().take(64).collect::<String>())
}

/// A table, view, routines and a trigger of that name, with texts that are no better.
fn objects(number: usize, name: &str) -> String {
    let (n, l) = (quoted(name), literal(name));
    let of = |prefix: &str| prefixed(&format!("{prefix}{number}"), name);
    format!(
        "CREATE TABLE {n} ({n} int, b varchar(200) CHARACTER SET utf8mb4 DEFAULT {l} COMMENT {l}, g int AS ({n} + 1) VIRTUAL, PRIMARY KEY ({n}),
           KEY {i} (b(9)) COMMENT {l}, CONSTRAINT {c} CHECK ({n} > 0 OR b <> {l})) CHARACTER SET utf8mb4 COMMENT {l};
         CREATE VIEW {v} AS SELECT {n}, b, {l} AS {i} FROM {n};
         CREATE FUNCTION {f}({n} int) RETURNS varchar(200) CHARACTER SET utf8mb4 DETERMINISTIC COMMENT {l} BEGIN /* {comment} */ DECLARE x int; RETURN {l}; END;
         CREATE PROCEDURE {p}(OUT {n} varchar(200)) SELECT b INTO {n} FROM {n} LIMIT 1;
         CREATE TRIGGER {t} BEFORE INSERT ON {n} FOR EACH ROW SET NEW.b = {l};
         CREATE EVENT {e} ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 00:00:00' DISABLE COMMENT {l} DO INSERT INTO {n} ({n}) VALUES (1);",
        i = of("i"),
        c = of("c"),
        v = of("v"),
        f = of("f"),
        p = of("p"),
        t = of("t"),
        e = of("e"),
        comment = name.replace("*/", "").replace("/*", ""),
    )
}

/// An identity's parts and kind, of every object of a manifest.
fn identities(manifest: &str) -> Vec<(String, Vec<String>)> {
    let objects = manifest.lines().skip(1).map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    objects
        .map(|object| {
            let parts = object["id"].as_array().unwrap().iter().map(|part| part.as_str().unwrap().to_owned()).collect();
            (object["kind"].as_str().unwrap().to_owned(), parts)
        })
        .collect()
}

#[test]
fn every_identifier_is_read_whole_and_painted_harmless() {
    for flavor in flavors() {
        let (db, other) = (database(flavor), database(flavor));
        for (number, name) in names().iter().enumerate() {
            let sql = objects(number, name);
            db.exec(&sql);
            other.exec(&sql);
        }
        let place = Place::new();
        let whole = digest(&place.run(&["digest", &db.url()]).exits(0));
        assert_eq!(digest(&place.run(&["digest", &other.url()]).exits(0)), whole, "{flavor:?}: the same under another database's name");
        place.run(&["capture", &db.url(), "--dimension", "schema", "--out", "m.jsonl"]).exits(0);
        assert_eq!(digest(&place.run(&["digest", "m.jsonl"]).exits(0)), whole);
        let found = identities(&place.read("m.jsonl"));
        for (number, name) in names().iter().enumerate() {
            let of = |prefix: &str| format!("{prefix}{number}{name}").chars().take(64).collect::<String>();
            let wanted = [
                ("table", vec![name.clone()]),
                ("column", vec![name.clone(), name.clone()]),
                ("constraint", vec![name.clone(), of("c")]),
                ("index", vec![name.clone(), of("i")]),
                ("view", vec![of("v")]),
                ("column", vec![of("v"), of("i")]),
                ("trigger", vec![name.clone(), of("t")]),
                ("event", vec![of("e")]),
            ];
            for (kind, parts) in wanted {
                let id = std::iter::once(String::new()).chain(parts).collect::<Vec<_>>();
                assert!(found.contains(&(kind.to_owned(), id.clone())), "{flavor:?}: {kind} {id:?} is not there as it is");
            }
            let routine = |kind: &str, name: String| {
                assert!(found.iter().any(|(of, id)| of == kind && id.get(1) == Some(&name)), "{flavor:?}: {kind} {name:?} is not there");
            };
            routine("function", of("f"));
            routine("procedure", of("p"));
        }
        for name in names() {
            let evil = literal("\u{1b}]0;owned\u{7}\u{1b}[2J<script>alert(1)</script> \u{202e}evil 🐘");
            other.exec(&format!("ALTER TABLE {n} MODIFY b int, COMMENT {evil}", n = quoted(&name)));
        }
        harmless(&place, &["compare", "m.jsonl", &other.url(), "--dimension", "schema"], names().len());
    }
}

#[test]
fn databases_of_any_name_are_told_apart() {
    for (engine, number) in flavors() {
        let options = Options { engine: Some(engine), number: Some(number), ..Options::default() };
        let scratch = Scratch::start(&options).unwrap();
        let session = scratch.session("").unwrap();
        // Names that differ in case, accent or punctuation only, and some like the server's own.
        // MySQL takes those for its own that differ in case only.
        let own = if engine == Engine::MariaDb { ["SYS", "Mysql"] } else { ["sys1", "mysql1"] };
        let twins = ["shop", "SHOP", "Shop", "shöp", own[0], own[1], "sh_p", "sh%p"];
        for (number, name) in names().iter().map(String::as_str).chain(twins).enumerate() {
            let n = quoted(name);
            session
                .exec(&format!(
                    "CREATE DATABASE {n}; USE {n}; CREATE TABLE t{number} (a int PRIMARY KEY, b{number} int, KEY k{number} (b{number})); CREATE VIEW v{number} AS SELECT a FROM t{number};
                     CREATE FUNCTION f{number}() RETURNS int DETERMINISTIC RETURN {number}; CREATE EVENT e{number} ON SCHEDULE EVERY 1 DAY DISABLE DO SELECT {number};
                     CREATE TRIGGER r{number} BEFORE INSERT ON t{number} FOR EACH ROW SET NEW.b{number} = 1"
                ))
                .unwrap_or_else(|fault| panic!("{fault}"));
        }
        let place = Place::new();
        place.run(&["capture", &scratch.url(""), "--dimension", "schema", "--out", "all.jsonl"]).exits(0);
        let all = identities(&place.read("all.jsonl"));
        for (number, name) in names().iter().map(String::as_str).chain(twins).enumerate() {
            for (kind, object) in [("table", "t"), ("view", "v"), ("event", "e")] {
                let wanted = (kind.to_owned(), vec![name.to_owned(), format!("{object}{number}")]);
                assert!(all.contains(&wanted), "{engine:?} {number}: {wanted:?}");
            }
        }
        // One alone holds what is its own, and nothing of its likes.
        let first = names().len();
        for (number, name) in names().iter().map(String::as_str).chain(twins).enumerate() {
            if number < first && number % 7 != 0 {
                continue;
            }
            place.run(&["capture", &scratch.url(name), "--dimension", "schema", "--out", "one.jsonl"]).exits(0);
            let found = identities(&place.read("one.jsonl"));
            let kinds = |wanted: &str| found.iter().filter(|(kind, _)| kind == wanted).map(|(_, id)| id.join("|")).collect::<Vec<_>>();
            assert_eq!(kinds("schema"), [""], "{name:?}");
            assert_eq!(kinds("table"), [format!("|t{number}")], "{name:?}");
            assert_eq!(kinds("view"), [format!("|v{number}")], "{name:?}");
            assert_eq!(kinds("event"), [format!("|e{number}")], "{name:?}");
            assert_eq!(kinds("trigger"), [format!("|t{number}|r{number}")], "{name:?}");
            assert_eq!(kinds("index"), [format!("|t{number}|k{number}")], "{name:?}");
            assert_eq!(kinds("column"), [format!("|t{number}|a"), format!("|t{number}|b{number}"), format!("|v{number}|a")], "{name:?}");
            assert!(kinds("function").iter().all(|id| id.starts_with(&format!("|f{number}"))) && kinds("function").len() == 1, "{name:?}");
        }
    }
}

/// Tables, views and routines with quotes of all kinds, as a session with the usual modes writes them.
const QUOTES: &str = r#"
    CREATE TABLE q (a varchar(50) DEFAULT 'it''s "x" \\ back', b varchar(50) DEFAULT "dou""ble", c int COMMENT 'c\\d''e"f', e enum('a''b', 'c"d', 'e\\f', 'g,h'),
      CHECK (a <> 'x''y"z\\'), g varchar(100) AS (concat(a, '\\', "'")) VIRTUAL) COMMENT 'it''s "x" \\';
    CREATE VIEW qv AS SELECT a, 'it''s' AS x, "dou""ble" AS y, 'back\\slash' AS z, a LIKE '50\\%' AS w FROM q;
    CREATE FUNCTION qf() RETURNS varchar(50) DETERMINISTIC RETURN concat('it''s', "dou""ble", 'back\\slash');
    CREATE PROCEDURE qp() BEGIN SELECT 'one;two'; SELECT 'three // $$ four' /* ; */; -- ;
      SELECT 'DELIMITER ;;'; END;
    CREATE TRIGGER qt BEFORE INSERT ON q FOR EACH ROW BEGIN SET NEW.a = 'it''s;'; SET NEW.b = "$$ // ;"; END;
    CREATE EVENT qe ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 00:00:00' DISABLE DO BEGIN DECLARE x int; SET x = 1; END;
"#;

#[test]
fn modes_that_change_what_quotes_mean_change_nothing() {
    for (engine, number) in flavors() {
        let modes =
            "ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT,IGNORE_SPACE,HIGH_NOT_PRECEDENCE,PAD_CHAR_TO_FULL_LENGTH,REAL_AS_FLOAT";
        let options = Options { engine: Some(engine), number: Some(number), ..Options::default() };
        let (plain, ansi) = (Scratch::start(&options.clone().database("app")).unwrap(), {
            let options = options.setting("sql_mode", modes).setting("group_concat_max_len", "1024").database("app");
            Scratch::start(&options).unwrap()
        });
        let mode = plain.session("app").unwrap().value("SELECT @@sql_mode").unwrap().unwrap();
        for scratch in [&plain, &ansi] {
            scratch.session("app").unwrap().exec(&format!("SET SESSION sql_mode = '{mode}'; {QUOTES}")).unwrap();
        }
        let place = Place::new();
        let of = |scratch: &Scratch| digest(&place.run(&["digest", &scratch.url("app")]).exits(0));
        assert_eq!(of(&plain), of(&ansi), "{engine:?} {number}");
        place.run(&["compare", &plain.url("app"), &ansi.url("app"), "--dimension", "schema"]).exits(0);
        // The setting itself is one that must match.
        place.run(&["compare", &plain.url("app"), &ansi.url("app"), "--dimension", "configuration"]).exits(1).says("sql_mode");
        // The same definitions, written by a session in those modes: only what the modes do to a routine differs.
        let there = ansi.session("app").unwrap();
        there.exec(&format!("SET SESSION sql_mode = '{modes},{mode}'; CREATE DATABASE again; USE again; CREATE TABLE \"q\" (\"a\" varchar(50) DEFAULT 'it''s \"x\" \\ back'); CREATE VIEW \"qv\" AS SELECT \"a\", concat('it''s', '\\') AS \"x\" FROM \"q\"")).unwrap();
        let here = plain.session("app").unwrap();
        here.exec("CREATE DATABASE again; USE again; CREATE TABLE q (a varchar(50) DEFAULT 'it''s \"x\" \\\\ back'); CREATE VIEW qv AS SELECT a, concat('it''s', '\\\\') AS x FROM q").unwrap();
        place.run(&["compare", &plain.url("again"), &ansi.url("again"), "--dimension", "schema"]).exits(0);
        assert_eq!(
            digest(&place.run(&["digest", &plain.url("again")]).exits(0)),
            digest(&place.run(&["digest", &ansi.url("again")]).exits(0)),
            "{engine:?} {number}"
        );
    }
}

#[test]
fn databases_of_other_character_sets_are_read() {
    for flavor in flavors() {
        let utf8 = database(flavor);
        let other = |clauses: &str| TestDb::create_with(server(flavor).unwrap(), clauses);
        let (latin, short) = (other("CHARACTER SET latin1"), other("CHARACTER SET utf8mb3"));
        let text = "CREATE TABLE `Größe` (`é` varchar(20) DEFAULT 'ü' COMMENT 'ß', CHECK (`é` <> 'ß')) COMMENT 'naïve';
                    CREATE VIEW `Straße` AS SELECT concat(`é`, 'ä') AS `ö` FROM `Größe`;
                    CREATE FUNCTION `f_ñ`() RETURNS varchar(9) DETERMINISTIC RETURN 'ñ';";
        let place = Place::new();
        for db in [&utf8, &latin, &short] {
            db.exec(text);
            let once = digest(&place.run(&["digest", &db.url()]).exits(0));
            assert_eq!(once, digest(&place.run(&["digest", &db.url()]).exits(0)));
        }
        for db in [&latin, &short] {
            let json = place.run(&["compare", &utf8.url(), &db.url(), "--dimension", "schema", "--format", "json"]).exits(1).json();
            let differences = json["differences"].as_array().unwrap();
            assert!(!differences.is_empty());
            for difference in differences {
                let attribute = difference["attribute"].as_str().unwrap_or_default();
                assert!(
                    ["charset", "collation", "charsets", "returns", "definition"].contains(&attribute),
                    "{flavor:?}: only the character set differs, not {difference}"
                );
            }
        }
        // Texts written by a session of another character set are the same texts.
        let again = other("CHARACTER SET latin1");
        let session = again.another_session();
        session.exec("SET NAMES utf8mb4 COLLATE utf8mb4_bin").unwrap();
        session.exec(text).unwrap();
        place.run(&["capture", &again.url(), "--dimension", "schema", "--out", "m.jsonl"]).exits(0);
        let manifest = place.read("m.jsonl");
        for word in ["Größe", "Straße", "f_ñ", "naïve", "'ü'", "'ñ'", "'ä'"] {
            assert!(manifest.contains(word), "{flavor:?}: {word} is not there");
        }
    }
}

#[test]
fn wide_tables_long_views_and_long_comments_are_read_whole() {
    for flavor in flavors() {
        let (a, b) = (database(flavor), database(flavor));
        let columns: Vec<String> = (0..1000).map(|i| format!("column_number_{i:05} int COMMENT 'number {i}'")).collect();
        // Columns of a view are as few as a table's may be; conditions make it long.
        let conditions: Vec<String> = (0..3000).map(|i| format!("b <> 'value number {i:06}'")).collect();
        let comment = "é表'\\".repeat(7_000);
        for db in [&a, &b] {
            db.exec(&format!("CREATE TABLE wide ({}) ROW_FORMAT=DYNAMIC", columns.join(", ")));
            db.exec("CREATE TABLE t (a int, b varchar(100) CHARACTER SET utf8mb4)");
            db.exec(&format!("CREATE VIEW long_view AS SELECT a, b FROM t WHERE {}", conditions.join(" AND ")));
            db.exec(&format!(
                "CREATE TABLE long_comment (a int COMMENT {}) COMMENT {}",
                literal(&"é'\\".chars().cycle().take(1024).collect::<String>()),
                literal(&"é'\\".chars().cycle().take(2048).collect::<String>())
            ));
            db.exec(&format!("CREATE PROCEDURE long_routine() COMMENT {} SELECT 1", literal(&comment)));
            db.exec("CREATE FUNCTION odd() RETURNS varchar(99) DETERMINISTIC BEGIN -- no comment /*\n RETURN concat('\\\\000 \\\\x41', ';//$$'); END");
        }
        let place = Place::new();
        let ran = place.run(&["compare", &a.url(), &b.url(), "--dimension", "schema"]).exits(0);
        assert!(ran.took < Duration::from_secs(30), "{:?}", ran.took);
        place.run(&["capture", &a.url(), "--dimension", "schema", "--out", "m.jsonl"]).exits(0);
        let manifest = place.read("m.jsonl");
        let view = manifest.lines().find(|line| line.contains("\"kind\":\"view\"")).unwrap();
        assert!(view.len() > 90_000 && view.contains("value number 002999"), "{} bytes of the view", view.len());
        assert!(manifest.contains(&"é表'\\\\".repeat(7_000)), "the comment is there to its end");
        assert_eq!(identities(&manifest).iter().filter(|(kind, id)| kind == "column" && id[1] == "wide").count(), 1000);
        // One letter at the far end of each.
        b.exec(&format!(
            "CREATE OR REPLACE VIEW long_view AS SELECT a, b FROM t WHERE {}",
            conditions.join(" AND ").replace("002999", "003000")
        ));
        b.exec(&format!(
            "DROP PROCEDURE long_routine; CREATE PROCEDURE long_routine() COMMENT {} SELECT 1",
            literal(&format!("{comment}!"))
        ));
        b.exec("ALTER TABLE wide MODIFY column_number_00999 bigint COMMENT 'number 999'");
        b.exec("DROP FUNCTION odd; CREATE FUNCTION odd() RETURNS varchar(99) DETERMINISTIC BEGIN -- no comment /*\n RETURN concat('\\\\000 \\\\x41', ';//$'); END");
        let ran = place.run(&["compare", &a.url(), &b.url(), "--dimension", "schema"]).exits(1);
        assert!(ran.stdout.len() < 30_000, "{} bytes: a long definition is shown where it differs", ran.stdout.len());
        let json = place.run(&["compare", &a.url(), &b.url(), "--dimension", "schema", "--format", "json"]).exits(1).json();
        assert_eq!(json["differences"].as_array().unwrap().len(), 4, "{flavor:?}: {json:#}");
    }
}

#[test]
fn two_thousand_databases_are_read_at_once() {
    let engines = [Engine::MariaDb, Engine::MySql];
    for (engine, number) in flavors().into_iter().rev().filter(|(engine, number)| engines.contains(engine) && *number != 1011) {
        let scratch = Scratch::start(&Options { engine: Some(engine), number: Some(number), ..Options::default() }).unwrap();
        let session = scratch.session("").unwrap();
        for part in 0..20 {
            let mut sql = String::new();
            for i in part * 100..(part + 1) * 100 {
                write!(sql, "CREATE DATABASE s_{i};").unwrap();
            }
            session.exec(&format!("{sql} CREATE TABLE s_{part}.t (a int PRIMARY KEY)")).unwrap();
        }
        let place = Place::new();
        let ran = place.run(&["capture", &scratch.url(""), "--dimension", "schema", "--out", "m.jsonl"]).exits(0);
        println!("{engine:?}: {:?}", ran.took);
        assert!(ran.took < Duration::from_secs(30), "{:?}", ran.took);
        let found = identities(&place.read("m.jsonl"));
        assert_eq!(found.iter().filter(|(kind, _)| kind == "schema").count(), 2000);
        assert_eq!(found.iter().filter(|(kind, _)| kind == "table").count(), 20);
        session.exec("ALTER DATABASE s_1999 CHARACTER SET latin1; DROP TABLE s_7.t").unwrap();
        place.run(&["compare", "m.jsonl", &scratch.url(""), "--dimension", "schema"]).exits(1).says("s_1999").says("s_7");
    }
}

#[test]
fn things_that_look_alike_are_two_things() {
    each_flavor(|a| {
        let b = TestDb::create(a.server.clone());
        // Latin and Cyrillic a; composed and decomposed é; case, which these servers tell apart.
        let pairs = [("payments", "p\u{430}yments"), ("caf\u{e9}", "cafe\u{301}"), ("T", "t"), ("x", " x")];
        for (here, there) in pairs {
            a.exec(&format!("CREATE TABLE {} (id int)", quoted(here)));
            b.exec(&format!("CREATE TABLE {} (id int)", quoted(there)));
        }
        let place = Place::new();
        let json = place.run(&["compare", &a.url(), &b.url(), "--dimension", "schema", "--format", "json"]).exits(1).json();
        let differences = json["differences"].as_array().unwrap();
        let tables: Vec<&serde_json::Value> = differences.iter().filter(|difference| difference["kind"] == "table").collect();
        assert_eq!(tables.len(), 2 * pairs.len(), "{json:#}");
        let mut shown: Vec<String> = tables.iter().map(|difference| difference["object"].to_string()).collect();
        shown.sort();
        shown.dedup();
        assert_eq!(shown.len(), tables.len(), "what is shown tells them apart: {shown:?}");
    });
}
