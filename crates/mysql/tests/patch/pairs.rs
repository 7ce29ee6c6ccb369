//! What several changes do together: two states of a database, each made like the other, and each from nothing.

use crate::place::Place;
use crate::tried::{capture, tried};
use evenkeel_core::kind::Engine;
use evenkeel_core::patch::Form;
use evenkeel_mysql::scratch::{Session, series};
use evenkeel_testkit::mysql::flavors;

/// What it is about, one state and the other.
const PAIRS: &[(&str, &str, &str)] = &[
    (
        "a column that numbers rows comes with its key and goes with it",
        "create table t (a int, b int)",
        "create table t (id bigint unsigned not null auto_increment, a int, b int, primary key (id))",
    ),
    (
        "the key of the column that numbers rows becomes another",
        "create table t (id int not null auto_increment, a int not null, primary key (id))",
        "create table t (id int not null auto_increment, a int not null, primary key (a), key by_id (id))",
    ),
    (
        "the index of a foreign key becomes another",
        "create table p (id int primary key); create table c (id int primary key, p int, q int, key p_key (p), constraint c_p foreign key (p) references p (id))",
        "create table p (id int primary key); create table c (id int primary key, p int, q int, key p_q_key (p, q), constraint c_p foreign key (p) references p (id))",
    ),
    (
        "a key that is referred to gets another type",
        "create table p (id int primary key); create table c (id int primary key, p int, key (p), constraint c_p foreign key (p) references p (id) on delete cascade)",
        "create table p (id bigint primary key); create table c (id int primary key, p bigint, key (p), constraint c_p foreign key (p) references p (id) on delete cascade)",
    ),
    (
        "a column that is referred to numbers rows",
        "create table p (id int primary key); create table c (id int primary key, p int, key (p), constraint c_p foreign key (p) references p (id) on delete cascade)",
        "create table p (id int not null auto_increment primary key); create table c (id int primary key, p int, key (p), constraint c_p foreign key (p) references p (id) on delete cascade)",
    ),
    (
        "tables that refer to each other come and go",
        "create table other (id int primary key)",
        "create table other (id int primary key); create table a (id int primary key, b int, key (b)); create table b (id int primary key, a int, key (a)); \
         alter table a add constraint a_b foreign key (b) references b (id); alter table b add constraint b_a foreign key (a) references a (id)",
    ),
    (
        "views on views in whatever order, and one that is a table on the other side",
        "create table t (id int primary key, a int); create view a as select id from t; create view b as select id from a",
        "create table t (id int primary key, b int); create view z as select id, b from t; create view y as select id, b from z; create table a (id int primary key); create view b as select y.id, a.id as i from y join a",
    ),
    (
        "a view that calls a function",
        "create table t (id int primary key)",
        "create table t (id int primary key); create function f(a int) returns int deterministic return a + 1; create view v as select f(id) as x from t",
    ),
    (
        "columns of many kinds at once",
        "create table t (id int primary key, a int, b varchar(20) default 'x', c text, gone int, key (a), key gone_key (gone, a))",
        "create table t (id int primary key, first int not null default 3, a bigint, b varchar(40) not null default 'it''s \\\\ x', c mediumtext, d datetime(3) default current_timestamp(3) on update current_timestamp(3), \
         e int generated always as (a + 1) virtual, f enum('a', 'b\\\\c', 'd''e'), key (a), unique key b_key (b), constraint f_check check (a > 5)) comment='all of it'",
    ),
    (
        "triggers in another order, with one more in the middle",
        "create table t (id int primary key, a int); create trigger a before insert on t for each row set new.a = 1; create trigger b before insert on t for each row set new.a = 2",
        "create table t (id int primary key, a int); create trigger b before insert on t for each row set new.a = 2; create trigger n before insert on t for each row set new.a = 3; create trigger a before insert on t for each row set new.a = 1",
    ),
    (
        "partitions come behind the others, and others go",
        "create table t (id int not null, made date not null) partition by range columns (made) (partition p0 values less than ('2020-01-01'), partition p1 values less than ('2021-01-01'))",
        "create table t (id int not null, made date not null) partition by range columns (made) (partition p1 values less than ('2021-01-01'), partition p2 values less than ('2022-01-01'), partition pz values less than (maxvalue))",
    ),
    (
        "bounds of partitions in the order of their collation",
        "create table t (s varchar(9) collate utf8mb4_general_ci, b varchar(9) collate utf8mb4_bin) partition by range columns (s) \
         (partition a values less than ('a'), partition b values less than ('B'), partition c values less than ('c'))",
        "create table t (s varchar(9) collate utf8mb4_general_ci, b varchar(9) collate utf8mb4_bin) partition by range columns (b) \
         (partition b values less than ('B'), partition a values less than ('a'), partition c values less than ('c'))",
    ),
    (
        "a table is no longer partitioned, and its columns change",
        "create table t (id int not null, a int, primary key (id)) partition by hash (id) partitions 3",
        "create table t (id int not null, a bigint, b int, primary key (id))",
    ),
    (
        "bodies with semicolons, quotes and comments",
        "create table t (id int primary key)",
        "create table t (id int primary key); \
         create procedure p(in a int, out b varchar(20)) reads sql data begin declare x int default 0; /* it's; */ select count(*) into x from t where id > a; -- a; comment\n set b = 'a;b'; end; \
         create event e on schedule every 1 day starts '2036-01-01 00:00:00' disable do begin delete from t; delete from t where id = 1; end",
    ),
    (
        "names that need their quotes",
        "create table `select` (`a ``b` int primary key, `c.d` int, key `desc` (`c.d` desc))",
        "create table `select` (`a ``b` int primary key, `c.d` bigint, `x y` int, key `desc` (`c.d`), key `of, two` (`x y`, `c.d`)); create view `from` as select `a ``b` from `select`",
    ),
    (
        "case_only: names of columns and keys in another case",
        "create table t (id int primary key, Day date, key ix (Day), key other (Day, id))",
        "create table t (id int primary key, day date, key IX (day))",
    ),
    (
        "gh_ost_checks: names that a copy of the table got",
        "create table t (id int primary key, n int, check (n > 0), constraint nm check (n < 100))",
        "create table _t_gho (id int primary key, n int, check (n > 0), constraint nm check (n < 101)); rename table _t_gho to t",
    ),
    (
        "view_collation: what a view makes of its columns",
        "create table t (ts datetime, n int); create view v as select date_format(ts, '%Y') y, concat(n) c from t",
        "set names utf8mb4 collate utf8mb4_bin; create table t (ts datetime, n bigint); create view v as select date_format(ts, '%Y-%m') y, concat(n) c from t; set names utf8mb4",
    ),
    (
        "view_columns: a view that names its columns",
        "create view v (a) as select 1 as b; create view w as select a from v",
        "create view v as select 1 as a, 2 as c; create view w (x) as select a from v",
    ),
    (
        "definitions that no longer work: of code",
        "create table keep (a int)",
        "create table keep (a int); create procedure p() select * from gone; create function f() returns int reads sql data return (select missing from gone); \
         create trigger tr before insert on keep for each row set new.a = (select x from gone); create event e on schedule every 1 day starts '2036-01-01 00:00:00' disable do call nothing()",
    ),
    (
        "a shape that every row has to have",
        "create table t (id int primary key)",
        "create table t (id int primary key, a point not null, b multipolygon not null, spatial key a (a))",
    ),
    (
        "a disabled key of a table that gets another engine",
        "create table t (a int, key a (a)) engine = myisam; alter table t disable keys",
        "create table t (a int, key a (a desc)) engine = innodb",
    ),
    (
        "a table goes with what others have on it",
        "create table t (id int primary key); create table u (id int primary key, t int, key (t), constraint u_t foreign key (t) references t (id)); create view v as select id from t; create trigger tr before delete on t for each row set @x = 1",
        "create table u (id int primary key, t int, key (t))",
    ),
];

/// What MariaDB alone has.
const OF_MARIADB: &[(&str, &str, &str)] = &[
    (
        "a default that draws from a sequence",
        "create table t (id int primary key)",
        "create sequence s start with 5; create table t (id int primary key default nextval(s), a int)",
    ),
    (
        "same_name: a check of a column and a key of one name",
        "create table p (id int primary key); create table t (id int primary key, pid int check (pid > 5), constraint pid foreign key (pid) references p (id))",
        "create table p (id int primary key); create table t (id int primary key, pid int, key pid (pid), constraint pid foreign key (pid) references p (id))",
    ),
    (
        "a table keeps its history and gets a column",
        "create table t (id int primary key, a int) with system versioning",
        "create table t (id int primary key, a bigint, b int without system versioning) with system versioning",
    ),
    (
        "a table begins to keep its history and loses a column",
        "create table t (id int primary key) with system versioning",
        "create table t (id int primary key, e date)",
    ),
    (
        "sequences that turn round, into bounds where they did not stand, and where they may",
        "create sequence a increment by -2; create sequence b increment by -2; create sequence c maxvalue 500000",
        "create sequence a; create sequence b start with 100 minvalue -50 maxvalue 200 cycle; create sequence c",
    ),
    (
        "json is a type",
        "create table t (id int primary key, a text)",
        "create table t (id int primary key, a json, b json not null default '{}')",
    ),
];

/// What MySQL alone has.
const OF_MYSQL: &[(&str, &str, &str)] = &[(
    "a spatial key that goes, comes and stays while its column gets another reference system",
    "create table t (id int primary key, a point not null srid 4326, b point not null srid 0, c point not null srid 4326, spatial key a (a), spatial key c (c))",
    "create table t (id int primary key, a point not null srid 0, b point not null srid 4326, c point not null srid 0, spatial key a (a), spatial key b (b))",
)];

/// What no statement makes on MariaDB: all of it is refused, there and back, and nothing of it is begun.
const REFUSED_OF_MARIADB: &[(&str, &str, &str)] = &[
    (
        "columns that keep the time of a row, and a period of the application's",
        "create table t (a int, b int)",
        "create table t (a int, s date, e date, rs timestamp(6) generated always as row start invisible, \
         re timestamp(6) generated always as row end invisible, period for system_time (rs, re), period for ap (s, e), \
         unique key k (a, re, ap without overlaps)) with system versioning",
    ),
    (
        "columns that keep the time of a row, on both with versions",
        "create table t (a int) with system versioning",
        "create table t (a int, rs timestamp(6) generated always as row start invisible, \
         re timestamp(6) generated always as row end invisible, period for system_time (rs, re)) with system versioning",
    ),
    (
        "columns that keep the time of a row, seen and not",
        "create table t (a int, rs timestamp(6) generated always as row start, \
         re timestamp(6) generated always as row end, period for system_time (rs, re)) with system versioning",
        "create table t (a int, rs timestamp(6) generated always as row start invisible, \
         re timestamp(6) generated always as row end invisible, period for system_time (rs, re)) with system versioning",
    ),
];

fn make(session: &Session, database: &str, sql: &str) {
    session.exec(&format!("create database {database}; use {database}; set sql_mode = 'STRICT_ALL_TABLES'; {sql}")).unwrap();
}

fn on(engine: Engine, number: u16) {
    if !flavors().contains(&(engine, number)) {
        return;
    }
    let place = Place::start(engine, number);
    let name = series(engine, number);
    let mut wrong = Vec::new();
    let (of_vendor, refused): (&[_], &[_]) = if engine == Engine::MariaDb { (OF_MARIADB, REFUSED_OF_MARIADB) } else { (OF_MYSQL, &[]) };
    let all = PAIRS.iter().chain(of_vendor).map(|pair| (pair, false)).chain(refused.iter().map(|pair| (pair, true)));
    for (at, ((what, first, second), is_refused)) in all.enumerate() {
        let databases = [format!("a{at}"), format!("b{at}"), format!("c{at}"), format!("d{at}")];
        let [a, b, c, d] = &databases;
        let session = place.scratch.session("").unwrap();
        for (database, sql) in [(a, *first), (b, *second), (c, "do 1"), (d, "do 1")] {
            make(&session, database, sql);
        }
        let seen = |database: &String| capture(&place.scratch.url(database));
        let (is, other) = (seen(a), seen(b));
        let nothing = Form { offline: true, throwaway: true };
        let tries = [
            ("there", a, seen(a), &other, Form::default()),
            ("back", b, seen(b), &is, Form::default()),
            ("first from nothing", c, seen(c), &is, nothing),
            ("second from nothing", d, seen(d), &other, nothing),
        ];
        for (way, database, from, to, form) in tries {
            let outcome = tried(&place.scratch, database, &from, to, form);
            let as_expected = outcome.refused.is_empty() != (is_refused && !form.throwaway);
            if !outcome.wrong.is_empty() || !as_expected {
                wrong.push(format!(
                    "{what}, {way}: {:?}\n  {}\n  after:\n    {}",
                    outcome.refused,
                    outcome.wrong.join("\n  "),
                    outcome.sql.join("\n    ")
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{} on {name}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn together_on_mariadb_10_11() {
    on(Engine::MariaDb, 1011);
}

#[test]
fn together_on_mariadb_11_8() {
    on(Engine::MariaDb, 1108);
}

#[test]
fn together_on_mysql_9_7() {
    on(Engine::MySql, 907);
}
