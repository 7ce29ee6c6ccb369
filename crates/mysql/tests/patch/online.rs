//! What an ALTER TABLE is said to cost, beside what the server does: the clause is the lightest that the server takes, and a table is said
//! to be written anew where it gets another number. A statement that is said to cost more than it does is as wrong as one that costs more.

use crate::place::Place;
use crate::tried::capture;
use evenkeel_core::kind::Engine;
use evenkeel_core::patch::{Form, Hazard, Statement, World, plan};
use evenkeel_mysql::patch::MysqlDialect;
use evenkeel_mysql::scratch::{Session, series};
use evenkeel_testkit::mysql::flavors;

/// What changes, and what stands in the parentheses of the table before and after; options follow behind a `& `.
const FORMS: &[(&str, &str, &str)] = &[
    ("a column behind all", "id int primary key, a int", "id int primary key, a int, b int not null default 5"),
    ("a column between", "id int primary key, a int", "id int primary key, b varchar(20), a int"),
    ("a column with a moment", "id int primary key, a int", "id int primary key, a int, b datetime not null default current_timestamp"),
    ("a column that numbers rows", "a int", "a int, id int not null auto_increment primary key"),
    ("a computed column", "id int primary key, a int", "id int primary key, a int, b int generated always as (a + 1) virtual"),
    ("a computed and stored column", "id int primary key, a int", "id int primary key, a int, b int generated always as (a + 1) stored"),
    ("a computed column goes", "id int primary key, a int, b int generated always as (a + 1) virtual", "id int primary key, a int"),
    ("a stored column goes", "id int primary key, a int, b int generated always as (a + 1) stored", "id int primary key, a int"),
    ("a column goes", "id int primary key, a int, b int", "id int primary key, a int"),
    ("a default", "id int primary key, a int default 1", "id int primary key, a int default 2"),
    ("a default goes", "id int primary key, a int not null default 1", "id int primary key, a int not null"),
    ("a comment of a column", "id int primary key, a int", "id int primary key, a int comment 'x'"),
    ("a column out of sight", "id int primary key, a int, b int default 1", "id int primary key, a int, b int invisible default 1"),
    ("another type", "id int primary key, a int", "id int primary key, a bigint"),
    ("a longer text of one byte for its length", "id int primary key, a varchar(10)", "id int primary key, a varchar(20)"),
    ("a longer text of two bytes for its length", "id int primary key, a varchar(300)", "id int primary key, a varchar(400)"),
    ("a longer text across them", "id int primary key, a varchar(20)", "id int primary key, a varchar(400)"),
    (
        "a longer text of one byte signs across them",
        "id int primary key, a varchar(100) & charset latin1",
        "id int primary key, a varchar(200) & charset latin1",
    ),
    ("a shorter text", "id int primary key, a varchar(20)", "id int primary key, a varchar(10)"),
    ("a column that may be NULL", "id int primary key, a int not null default 1", "id int primary key, a int default 1"),
    ("a column that may not be NULL", "id int primary key, a int", "id int primary key, a int not null"),
    (
        "a moment that may not be NULL",
        "id int primary key, a timestamp null default '2020-01-01 00:00:00'",
        "id int primary key, a timestamp not null default '2020-01-01 00:00:00'",
    ),
    ("a day that no row has", "id int primary key", "id int primary key, a date not null"),
    ("a moment that no row has", "id int primary key", "id int primary key, a datetime not null"),
    ("a moment of the zone that no row has", "id int primary key", "id int primary key, a timestamp not null"),
    ("a value of an enum behind the others", "id int primary key, a enum('x','y')", "id int primary key, a enum('x','y','z')"),
    ("a value of an enum between", "id int primary key, a enum('x','y')", "id int primary key, a enum('x','z','y')"),
    ("a value of a set behind the others", "id int primary key, a set('x','y')", "id int primary key, a set('x','y','z')"),
    (
        "the collation of a column",
        "id int primary key, a varchar(20) collate utf8mb4_bin",
        "id int primary key, a varchar(20) collate utf8mb4_unicode_ci",
    ),
    ("what is written on update", "id int primary key, a datetime", "id int primary key, a datetime on update current_timestamp"),
    ("an index", "id int primary key, a int", "id int primary key, a int, key k (a)"),
    ("an index of what occurs once", "id int primary key, a int", "id int primary key, a int, unique key k (a)"),
    ("an index goes", "id int primary key, a int, key k (a)", "id int primary key, a int"),
    ("an index becomes another", "id int primary key, a int, b int, key k (a)", "id int primary key, a int, b int, key k (a, b)"),
    ("an index's comment", "id int primary key, a int, key k (a)", "id int primary key, a int, key k (a) comment 'x'"),
    ("a first index of words", "id int primary key, a text", "id int primary key, a text, fulltext key k (a)"),
    ("an index of places", "id int primary key, a point not null", "id int primary key, a point not null, spatial key k (a)"),
    ("an index of words goes", "id int primary key, a text, fulltext key k (a)", "id int primary key, a text"),
    (
        "a column beside an index of words",
        "id int primary key, a text, fulltext key k (a)",
        "id int primary key, a text, b int, fulltext key k (a)",
    ),
    (
        "a column beside two indexes of words",
        "id int primary key, a text, c text, fulltext key k (a), fulltext key l (c)",
        "id int primary key, a text, b int, c text, fulltext key k (a), fulltext key l (c)",
    ),
    (
        "the format of rows beside two indexes of words",
        "id int primary key, a text, c text, fulltext key k (a), fulltext key l (c)",
        "id int primary key, a text, c text, fulltext key k (a), fulltext key l (c) & row_format = compact",
    ),
    (
        "two first indexes of words",
        "id int primary key, a text, c text",
        "id int primary key, a text, c text, fulltext key k (a), fulltext key l (c)",
    ),
    (
        "two more indexes of words",
        "id int primary key, a text, c text, fulltext key k (a)",
        "id int primary key, a text, c text, fulltext key k (a), fulltext key l (c), fulltext key m (a, c)",
    ),
    (
        "an index of words becomes another",
        "id int primary key, a text, c text, fulltext key k (a)",
        "id int primary key, a text, c text, fulltext key k (c)",
    ),
    (
        "an index beside an index of words",
        "id int primary key, a text, b int, fulltext key k (a)",
        "id int primary key, a text, b int, fulltext key k (a), key l (b)",
    ),
    ("a key", "id int not null, a int", "id int not null, a int, primary key (id)"),
    ("a key becomes another", "id int not null, a int not null, primary key (id)", "id int not null, a int not null, primary key (a)"),
    ("a key goes", "id int not null, a int, primary key (id)", "id int not null, a int"),
    ("a check", "id int primary key, a int", "id int primary key, a int, constraint c check (a > 0)"),
    ("a check goes", "id int primary key, a int, constraint c check (a > 0)", "id int primary key, a int"),
    ("a comment", "id int primary key, a int", "id int primary key, a int & comment 'x'"),
    ("the format of rows", "id int primary key, a int", "id int primary key, a int & row_format = compact"),
    ("the collation of new columns", "id int primary key, a int & charset utf8mb4", "id int primary key, a int & charset latin1"),
    ("what is counted by itself", "id int primary key, a int", "id int primary key, a int & stats_persistent = 1"),
    ("a column and an index", "id int primary key, a int", "id int primary key, a int, b int, key k (a)"),
    ("a column and an index on it", "id int primary key, a int", "id int primary key, a int, b int, key k (b)"),
    ("a column goes and an index", "id int primary key, a int, b int, key k (a)", "id int primary key, a int"),
    ("a column and a comment", "id int primary key, a int", "id int primary key, a int, b int & comment 'x'"),
    ("a default and an index", "id int primary key, a int", "id int primary key, a int default 1, key k (a)"),
    ("a column and a default", "id int primary key, a int", "id int primary key, a int default 1, b int"),
    (
        "a computed column and another",
        "id int primary key, a int",
        "id int primary key, a int, b int generated always as (a + 1) virtual, c int",
    ),
    (
        "a column of a table in another format",
        "id int primary key, a int & row_format = compressed",
        "id int primary key, a int, b int & row_format = compressed",
    ),
    (
        "a column of a partitioned table",
        "id int primary key, a int & partition by hash (id) partitions 2",
        "id int primary key, a int, b int & partition by hash (id) partitions 2",
    ),
    ("a longer text with an index", "id int primary key, a varchar(10), key k (a)", "id int primary key, a varchar(20), key k (a)"),
    (
        "a collation with an index",
        "id int primary key, a varchar(20) collate utf8mb4_bin, key k (a)",
        "id int primary key, a varchar(20) collate utf8mb4_unicode_ci, key k (a)",
    ),
    (
        "a default beside an index of words",
        "id int primary key, b int, a text, fulltext key k (a)",
        "id int primary key, b int default 1, a text, fulltext key k (a)",
    ),
    (
        "an index beside a foreign key that follows",
        "id int primary key, a int, b int, key k (a), foreign key (a) references p (id) on delete cascade",
        "id int primary key, a int, b int, key k (a), key l (b), foreign key (a) references p (id) on delete cascade",
    ),
    (
        "a column beside a foreign key that follows",
        "id int primary key, a int, key k (a), foreign key (a) references p (id) on delete cascade",
        "id int primary key, a int, b int, key k (a), foreign key (a) references p (id) on delete cascade",
    ),
    (
        "NOT NULL beside a foreign key that follows",
        "id int primary key, a int, b int, key k (a), foreign key (a) references p (id) on delete cascade",
        "id int primary key, a int, b int not null, key k (a), foreign key (a) references p (id) on delete cascade",
    ),
    (
        "another type beside a foreign key that follows",
        "id int primary key, a int, b int, key k (a), foreign key (a) references p (id) on delete cascade",
        "id int primary key, a int, b bigint, key k (a), foreign key (a) references p (id) on delete cascade",
    ),
    (
        "an index of a partitioned table",
        "id int primary key, a int & partition by hash (id) partitions 2",
        "id int primary key, a int, key k (a) & partition by hash (id) partitions 2",
    ),
];

/// Of one vendor.
const OF_MARIADB: &[(&str, &str, &str)] = &[
    ("a column whose default is computed", "id int primary key, a int", "id int primary key, a int, b varchar(36) default (uuid())"),
    ("an index out of sight", "id int primary key, a int, key k (a)", "id int primary key, a int, key k (a) ignored"),
    ("a column that checks itself", "id int primary key, a int", "id int primary key, a int, b int check (b > 0)"),
];
const OF_MYSQL: &[(&str, &str, &str)] = &[
    ("an index of what is computed and another", "id int primary key, a int", "id int primary key, a int, key l (a), key k ((a + 1))"),
    (
        "an index of what is computed, and another goes",
        "id int primary key, a int, key l (a)",
        "id int primary key, a int, key k ((a + 1))",
    ),
    (
        "an index of what is computed becomes another",
        "id int primary key, a int, key k ((a + 1))",
        "id int primary key, a int, key k ((a + 2))",
    ),
    (
        "a column whose default is computed",
        "id int primary key, a int",
        "id int primary key, a int, b datetime default (now() + interval 1 day)",
    ),
    ("an index out of sight", "id int primary key, a int, key k (a)", "id int primary key, a int, key k (a) invisible"),
    ("an index of what is computed", "id int primary key, a int", "id int primary key, a int, key k ((a + 1))"),
    ("an index of what is computed goes", "id int primary key, a int, key k ((a + 1))", "id int primary key, a int"),
    ("an index of what is computed and a column", "id int primary key, a int", "id int primary key, a int, b int, key k ((a + 1))"),
];

/// The clauses that a server may be asked for, the lightest first.
fn clauses(engine: Engine) -> &'static [&'static str] {
    match engine {
        Engine::MariaDb => &[
            "ALGORITHM=INSTANT, LOCK=NONE",
            "ALGORITHM=NOCOPY, LOCK=NONE",
            "ALGORITHM=INPLACE, LOCK=NONE",
            "ALGORITHM=INPLACE, LOCK=SHARED",
            "LOCK=NONE",
            "",
        ],
        _ => &["ALGORITHM=INSTANT", "ALGORITHM=INPLACE, LOCK=NONE", "ALGORITHM=INPLACE, LOCK=SHARED", "", "ALGORITHM=COPY"],
    }
}

fn table_id(session: &Session, engine: Engine) -> String {
    let name = if engine == Engine::MariaDb { "innodb_sys_tables" } else { "innodb_tables" };
    let ids =
        format!("select group_concat(table_id order by name) from information_schema.{name} where name like 'x/t' or name like 'x/t#%'");
    session.query_text(&ids).unwrap().into_iter().flatten().flatten().collect()
}

/// The statement without the clause that it ends with, and that.
fn parted(statement: &Statement) -> (String, String) {
    let sql = statement.sql.trim_end_matches(';');
    match sql.rfind(",\n    ALGORITHM=").or_else(|| sql.rfind(",\n    LOCK=")) {
        Some(at) => (sql[..at].to_owned(), sql[at + 6..].to_owned()),
        None => (sql.to_owned(), String::new()),
    }
}

fn on(engine: Engine, number: u16) {
    if !flavors().contains(&(engine, number)) {
        return;
    }
    let place = Place::start(engine, number);
    let session = place.scratch.session("").unwrap();
    let make = |body: &str| {
        let (body, options) = body.split_once(" & ").unwrap_or((body, ""));
        let sql = format!(
            "drop database if exists x; create database x; use x; create table p (id int primary key); create table t ({body}) {options}"
        );
        session.exec(&sql).unwrap_or_else(|fault| panic!("{sql}: {fault}"));
    };
    let mut wrong = Vec::new();
    let of_vendor = if engine == Engine::MariaDb { OF_MARIADB } else { OF_MYSQL };
    for (what, before, after) in FORMS.iter().chain(of_vendor) {
        make(after);
        let to = capture(&place.scratch.url("x"));
        make(before);
        let from = capture(&place.scratch.url("x"));
        let dialect = MysqlDialect::of(&from.endpoint);
        let planned = plan(&World::of(&from), &World::of(&to), &dialect, Form::default());
        let altering: Vec<&Statement> = planned.statements().filter(|statement| statement.sql.starts_with("ALTER TABLE")).collect();
        let Some((statement, first)) = altering.split_last() else {
            wrong.push(format!("{what}: no statement, {:?}", planned.refused));
            continue;
        };
        let (plain, claimed) = parted(statement);
        for statement in first {
            session.exec(&statement.sql).unwrap_or_else(|fault| panic!("{what}: {}: {fault}", statement.sql));
        }
        // Rows that the column can hold; where a table takes none it stays empty.
        for sql in ["set sql_mode = 'STRICT_ALL_TABLES'", "insert into t (id) values (1)", "update t set a = 1", "update t set b = 1"] {
            let _ = session.exec(sql);
        }
        let number = table_id(&session, engine);
        let measured = clauses(engine).iter().find_map(|clause| {
            let more = if clause.is_empty() { String::new() } else { format!(", {clause}") };
            session.exec(&format!("{plain}{more}")).ok().map(|()| (*clause, number != table_id(&session, engine)))
        });
        let says = statement.hazards.iter().any(|hazard| matches!(hazard, Hazard::Rewrites(_)));
        let Some((lightest, is_written)) = measured else {
            wrong.push(format!("{what}: does not run: {plain}"));
            continue;
        };
        if (claimed.as_str(), says) != (lightest, is_written) {
            wrong.push(format!("{what}: said {claimed:?} anew {says}, is {lightest:?} anew {is_written}"));
        }
    }
    assert!(wrong.is_empty(), "{} on {}:\n{}", wrong.len(), series(engine, number), wrong.join("\n"));
}

#[test]
fn said_and_measured_on_mariadb_10_11() {
    on(Engine::MariaDb, 1011);
}

#[test]
fn said_and_measured_on_mariadb_11_8() {
    on(Engine::MariaDb, 1108);
}

#[test]
fn said_and_measured_on_mysql_9_7() {
    if evenkeel_testkit::another_day(3) {
        return;
    }
    on(Engine::MySql, 907);
}
