//! What information_schema cannot show, on real servers: two databases that differ only in a character beyond U+FFFF, or in the bytes
//! of a binary default, are never equal; the same characters are, and a question mark is nothing but that.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use evenkeel_core::compare::{NoRemedies, Scope, Side, compare};
use evenkeel_core::digest::Tree;
use evenkeel_core::kind::{Dimension, Engine, Kind};
use evenkeel_core::manifest::{Gap, Manifest, Reason};
use evenkeel_core::port::{Environment, Request, Watch};
use evenkeel_mysql::connect::{Target, ThisMachine};
use evenkeel_mysql::environment::MysqlEnvironment;
use evenkeel_testkit::mysql::{TestDb, each_flavor};
use std::time::Duration;

fn schema(db: &TestDb) -> Manifest {
    let mut request = Request::new("test");
    request.dimensions = vec![Dimension::Schema];
    request.lock_timeout = Duration::from_secs(1);
    let target = Target::parse(&db.url(), &ThisMachine).unwrap();
    MysqlEnvironment::new(target).capture(&request, &Watch::none()).unwrap_or_else(|trouble| panic!("{trouble:#?}"))
}

/// What holds the character: the object's name and the attribute, and what makes it. `@` is the character.
const PLACES: &[(&str, &str, &str)] = &[
    ("t.v", "default", "create table t (v varchar(20) default 'a@?b')"),
    ("t.v", "default", "create table t (v enum('a', '@') default '@')"),
    ("t.v", "default", "create table t (v varchar(20) default (concat('@', '?')))"),
    ("t.v", "default", "create table t (u varchar(20) default (concat('😀', 'x')), v varchar(20) default (concat('@', 'x')))"),
    ("t.v", "type", "create table t (v enum('a', '@', 'it''s'))"),
    ("t.v", "type", "create table t (v set('a', '@', 'b'))"),
    ("t.v", "generated", "create table t (a varchar(20), v varchar(20) as (concat(a, '@?')))"),
    ("t.c", "expression", "create table t (a varchar(20), constraint c check (a <> '?@'))"),
    ("p.p0", "values", "create table p (a varchar(20)) partition by list columns (a) (partition p0 values in ('@'))"),
    ("v", "definition", "create table t (a varchar(20)); create view v as select '@' as x, '?' as y, a from t where a <> 'é@'"),
    ("v", "definition", "create view v as select _utf8mb4'@' as x, '?' as y, _latin1'?' as z"),
    ("checked", "definition", "create table t (a varchar(20)); create view checked as select a from t where a <> '@' with check option"),
    ("p", "body", "create procedure p() begin select '@', '?'; end"),
    ("p", "body", "create procedure p() select '@'; create table t (a int)"),
    ("f", "body", "create function f() returns varchar(20) deterministic return '@'"),
    ("q", "arguments", "create procedure q(a enum('@','b')) select 1"),
    ("g", "body", "create table t (a varchar(20)); create trigger g before insert on t for each row set new.a = '@?'"),
    ("e", "body", "create event e on schedule every 1 day starts '2030-01-01 00:00:00' disable do select '@', '?'"),
];

/// What only one of the vendors has.
const MARIADB: &[(&str, &str, &str)] = &[
    (
        "k",
        "body",
        "set sql_mode = oracle; create package k as procedure p; end; create package body k as procedure p as begin select '@'; end; end",
    ),
    (
        "k",
        "specification",
        "set sql_mode = oracle; create package k as procedure p; -- @\nend; create package body k as procedure p as begin null; end; end",
    ),
    ("t.v", "default", "create table t (v text default '@')"),
    ("t.v", "type", "create table t (v enum('@') character set utf16)"),
];
const MYSQL: &[(&str, &str, &str)] = &[
    ("k", "keys", "create table t (a varchar(20), key k ((concat(a, '@'))))"),
    ("t.v", "default", "create table t (id int primary key, v varchar(20) not null default 'a@?''b', w varchar(9) not null default '?')"),
];

fn made(db: &TestDb, ddl: &str) -> TestDb {
    let made = TestDb::create_with(db.server.clone(), "character set utf8mb4");
    made.exec("set names utf8mb4");
    made.exec(&format!("set names utf8mb4; {ddl}"));
    made
}

fn same(a: &Manifest, b: &Manifest) -> bool {
    let shown = |manifest: &Manifest| {
        manifest.objects().iter().map(|object| (object.kind, object.display(), object.values().to_vec())).collect::<Vec<_>>()
    };
    shown(a) == shown(b)
}

#[test]
fn characters_beyond_the_first_plane_are_told_apart() {
    if evenkeel_testkit::another_day(2) {
        return;
    }
    each_flavor(|db| {
        let own = if db.flavor().engine == Engine::MariaDb { MARIADB } else { MYSQL };
        for (_, attribute, ddl) in PLACES.iter().chain(own) {
            let of = |c: &str| schema(&made(db, &ddl.replace('@', c)));
            let (one, again, other, mark) = (of("😀"), of("😀"), of("🎉"), of("?"));
            // Nothing on MySQL tells what values of ENUM and SET are.
            let is_told = db.flavor().engine == Engine::MariaDb || *attribute != "type" && !ddl.contains("enum('a'");
            if is_told {
                assert_eq!((&one.gaps, &mark.gaps), (&Vec::<Gap>::new(), &Vec::<Gap>::new()), "{ddl}");
                assert!(!same(&one, &other), "{ddl}: {:#?}", one.objects());
                assert!(!same(&one, &mark), "{ddl}: {:#?}", one.objects());
            } else {
                for manifest in [&one, &other, &mark] {
                    let is_type = |gap: &Gap| gap.object.as_deref() == Some("t.v") && gap.attribute.as_deref() == Some("type");
                    assert!(manifest.gaps.len() == 1 && manifest.gaps.iter().all(is_type), "{ddl}: {:#?}", manifest.gaps);
                }
            }
            assert!(same(&one, &again), "{ddl}: {:#?} {:#?}", one.objects(), again.objects());
            let text = format!("{:?}", one.objects());
            assert!(!is_told || text.contains('😀'), "{ddl}: {text}");
        }
    });
}

#[test]
fn a_question_mark_is_no_gap() {
    each_flavor(|db| {
        let made = made(
            db,
            "create table t (id int comment 'sure?', a varchar(20) default '?', b varbinary(9) default 'ok?', e enum('a?') character set latin1, \
             h varbinary(9) not null default '', \
             g varchar(20) as (concat(a, '?')), constraint c check (a <> '???????'), key k (id) comment '?') comment 'is it?'; \
             create view v as select '?' as q from t; \
             create procedure p() begin prepare s from 'select ?'; select '😀'; end; \
             create trigger g before insert on t for each row set new.a = '?'",
        );
        assert_eq!(schema(&made).gaps, Vec::<Gap>::new());
    });
}

#[test]
fn blobs_have_defaults_of_bytes_too() {
    each_flavor(|db| {
        if db.flavor().engine != Engine::MariaDb {
            return;
        }
        let of = |default: &str| schema(&made(db, &format!("create table t (b blob default {default})")));
        let shown = ["x'00ff'", "x'00fe'", "x'3f3f'", "'😀'", "'????'", "'?'", "x'003f'"].map(of);
        for (at, one) in shown.iter().enumerate() {
            assert_eq!(one.gaps, Vec::<Gap>::new());
            assert!(shown.iter().skip(at + 1).all(|other| !same(one, other)), "{:?}", one.objects());
        }
    });
}

#[test]
fn what_may_not_be_asked_is_a_gap_with_its_cure() {
    each_flavor(|db| {
        let made = made(db, "create table t (a varchar(20) default '?', b int)");
        let account = format!("low_{}", made.name);
        made.exec(&format!("create user {account}@localhost; grant select (b), insert on {}.t to {account}@localhost", made.name));
        let target = Target::parse(&made.url().replacen("root", &account, 1), &ThisMachine).unwrap();
        let mut request = Request::new("test");
        request.dimensions = vec![Dimension::Schema];
        let manifest = MysqlEnvironment::new(target).capture(&request, &Watch::none()).unwrap_or_else(|trouble| panic!("{trouble:#?}"));
        made.exec(&format!("drop user {account}@localhost"));
        let covers = |gap: &Gap| {
            gap.kind.as_deref() == Some("column")
                && gap.object.as_deref().is_none_or(|object| object == "t.a")
                && gap.cure.as_deref().is_some_and(|cure| cure.contains("GRANT"))
        };
        assert!(manifest.gaps.iter().any(covers), "{:#?}", manifest.gaps);
    });
}

#[test]
fn comments_hold_what_the_server_kept() {
    // Both vendors keep comments in utf8mb3: there is no emoji to tell any more.
    each_flavor(|db| {
        let ddl = "create table t (id int comment '@', key k (id) comment '@') comment '@'; create procedure p() comment '@' select 1";
        let (one, other) = (schema(&made(db, &ddl.replace('@', "😀"))), schema(&made(db, &ddl.replace('@', "?"))));
        assert!(same(&one, &other));
        assert_eq!(one.gaps, Vec::<Gap>::new());
    });
}

#[test]
fn binary_defaults_are_told_byte_by_byte() {
    each_flavor(|db| {
        let of = |digits: &str, column_type: &str| schema(&made(db, &format!("create table t (b {column_type} default x'{digits}')")));
        // MariaDB does not tell those of columns that are never NULL, where the list of columns shows a question mark.
        let types = ["binary(2)", "varbinary(9)", "binary(2) not null", "varbinary(9) not null"];
        for column_type in types.iter().take(if db.flavor().engine == Engine::MariaDb { 2 } else { 4 }) {
            let shown = ["00ff", "00fe", "003f", "fffe", "fefe", "3f3f"].map(|digits| {
                let manifest = of(digits, column_type);
                assert_eq!(manifest.gaps, Vec::<Gap>::new());
                let text = format!("{:?}", manifest.objects());
                assert!(text.contains(&format!("x'{}'", digits.to_uppercase())), "{text}");
                manifest
            });
            for (at, one) in shown.iter().enumerate() {
                assert!(shown.iter().skip(at + 1).all(|other| !same(one, other)));
            }
        }
        assert!(same(&of("00ff", "binary(2)"), &of("00ff", "binary(2)")));
    });
}

#[test]
fn literals_of_views_differ_by_their_character_set() {
    each_flavor(|db| {
        let of = |literal: &str| {
            let manifest =
                schema(&made(db, &format!("create table t (a varchar(20)); create view v as select a from t where {literal} = 'a'")));
            assert_eq!(manifest.gaps, Vec::<Gap>::new());
            manifest
        };
        let (plain, binary) = (of("'A'"), of("_binary'A'"));
        assert!(same(&plain, &of("'A'")) && same(&binary, &of("_binary'A'")));
        // The one is true of every row, the other of none.
        assert!(!same(&plain, &binary), "{:#?}", plain.objects());
        assert!(!same(&of("_latin1'A'"), &binary));
    });
}

#[test]
fn options_of_vector_indexes_are_told() {
    each_flavor(|db| {
        // https://mariadb.com/docs/server/reference/sql-structure/vectors/create-table-with-vectors
        if db.flavor().engine != Engine::MariaDb || db.flavor().number < 1107 {
            return;
        }
        let of = |options: &str| schema(&made(db, &format!("create table t (v vector(3) not null, vector index k (v) {options})")));
        let shown = ["m=6 distance=euclidean", "m=8 distance=euclidean", "m=6 distance=cosine", ""].map(of);
        for (at, one) in shown.iter().enumerate() {
            assert_eq!(one.gaps, Vec::<Gap>::new());
            assert!(shown.iter().skip(at + 1).all(|other| !same(one, other)), "{:#?}", one.objects());
        }
        assert!(same(&of("m=6 distance=cosine"), &of("distance=cosine m=6")));
    });
}

#[test]
fn a_list_that_the_server_fails_to_give_is_a_gap_and_no_difference() {
    each_flavor(|db| {
        if db.flavor().engine != Engine::MariaDb {
            return;
        }
        let tables =
            "create table t (a int primary key, b int, key k (b)); create function sound(x int) returns int deterministic return x";
        // Two values that the server's own list shows as the same two question marks: it refuses to print the type.
        let hollow = made(db, &format!("{tables}; create function hollow() returns enum('😀', '?') deterministic return '?'"));
        let (whole, part) = (schema(&made(db, tables)), schema(&hollow));
        assert_eq!(whole.gaps, Vec::<Gap>::new());
        let kinds = |manifest: &Manifest| {
            assert!(manifest.gaps.iter().all(|gap| gap.reason == Reason::Failed && gap.cure.is_some()), "{:#?}", manifest.gaps);
            manifest.gaps.iter().map(|gap| gap.kind.clone().unwrap_or_default()).collect::<Vec<_>>()
        };
        assert_eq!(kinds(&part), ["function", "package", "procedure"]);
        assert!(part.objects().iter().all(|object| object.kind != Kind::Function), "half of a list is none");
        // What is made of the same list is a gap where it belongs, whatever else is asked for.
        let mut request = Request::new("test");
        request.dimensions = vec![Dimension::Privileges];
        let target = Target::parse(&hollow.url(), &ThisMachine).unwrap();
        let privileges = MysqlEnvironment::new(target).capture(&request, &Watch::none()).unwrap_or_else(|trouble| panic!("{trouble:#?}"));
        assert_eq!(kinds(&privileges), ["definer", "grant"]);
        let scope = Scope { dimensions: vec![Dimension::Schema], ..Scope::default() };
        let (left, right) = (Tree::of(&whole), Tree::of(&part));
        let (left, right) = (Side { label: "whole", manifest: &whole, tree: &left }, Side { label: "part", manifest: &part, tree: &right });
        let comparison = compare(left, right, &scope, &NoRemedies);
        assert!(comparison.differences.is_empty(), "what was not seen is no difference: {:#?}", comparison.differences);
        // What was seen is told.
        hollow.exec("alter table t modify b bigint not null");
        let changed = schema(&hollow);
        let right = Tree::of(&changed);
        let comparison = compare(left, Side { label: "part", manifest: &changed, tree: &right }, &scope, &NoRemedies);
        assert_eq!(comparison.differences.len(), 2, "{:#?}", comparison.differences);
    });
}

#[test]
fn what_only_the_definition_shows_is_told() {
    each_flavor(|db| {
        let is_mariadb = db.flavor().engine == Engine::MariaDb;
        let merge = |method: &str| {
            format!("create table m (a int) engine = myisam; create table u (a int) engine = merge union = (m) insert_method = {method}")
        };
        let mut pairs = vec![
            (merge("last"), merge("no")),
            (merge("last"), merge("first")),
            (
                "create table t (a int) partition by hash (a) (partition p0, partition p1)".to_owned(),
                "create table t (a int) partition by hash (a) (partition p1, partition p0)".to_owned(),
            ),
            (
                "create table t (a int) partition by key (a) (partition p0, partition p1)".to_owned(),
                "create table t (a int) partition by key (a) (partition p1, partition p0)".to_owned(),
            ),
        ];
        if is_mariadb && db.flavor().number >= 1108 {
            let trigger =
                |of: &str| format!("create table t (a int, b int); create trigger r before update {of} on t for each row set new.b = 9");
            pairs.extend([(trigger("of a"), trigger("of b")), (trigger("of a"), trigger("")), (trigger("of a"), trigger("of a, b"))]);
        }
        for (one, other) in &pairs {
            let (a, again, b) = (schema(&made(db, one)), schema(&made(db, one)), schema(&made(db, other)));
            assert_eq!((&a.gaps, &b.gaps), (&Vec::<Gap>::new(), &Vec::<Gap>::new()), "{one}");
            assert!(same(&a, &again), "{one}");
            assert!(!same(&a, &b), "{one} against {other}: {:#?}", a.objects());
        }
        if is_mariadb {
            let of = |parameter: &str| schema(&made(db, &format!("create procedure p(a {parameter}) do 1")));
            for manifest in [of("row(x int)"), of("row(y varchar(5))")] {
                let is_told = |gap: &Gap| gap.object.as_deref() == Some("p") && gap.attribute.as_deref() == Some("arguments");
                assert!(manifest.gaps.iter().any(is_told), "{:#?}", manifest.gaps);
            }
            assert_eq!(of("int").gaps, Vec::<Gap>::new());
            assert!(same(
                &schema(&made(db, "create table t (a int) engine = aria page_checksum = 1")),
                &schema(&made(db, "create table t (a int) engine = aria"))
            ));
        }
    });
}
