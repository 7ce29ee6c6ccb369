//! Pairs that were wrong once, found by strangers: each is made like the other, both ways, by a script that was proven.

use crate::tried::capture;
use evenkeel_core::kind::{Dimension, Engine as Vendor};
use evenkeel_core::manifest::Manifest;
use evenkeel_core::patch::{Dialect, Form, Hazard};
use evenkeel_core::port::{Engine, Watch};
use evenkeel_mysql::engine::Mysql;
use evenkeel_mysql::patch::MysqlDialect;
use evenkeel_pipeline::patch::{Asked, Builder, NoProofs, Patch, left, prove};
use evenkeel_testkit::mysql::{TestDb, each_flavor};

/// Where it is tried; what it is about; the reference, the candidate; what is refused on the way there, as `kind object`, and why.
type Pair = (&'static [Vendor], &'static str, &'static str, &'static str, &'static [&'static str], &'static str);

const BOTH: &[Vendor] = &[Vendor::MySql, Vendor::MariaDb];

const PAIRS: &[Pair] = &[
    (
        BOTH,
        "a view that groups by what a column is called",
        "create table t (id int primary key, name varchar(40), d datetime); create view v as select date(d) as d, count(*) as n from t group by date(d); \
         create view w as select lower(name) as name, max(id) as id from t group by lower(name) order by name; \
         create view x as select id as name, max(name) as id from t group by id, name; create view y as select 5 as five, id from t group by five, id",
        "create table t (id int primary key, name varchar(40), d datetime)",
        &[],
        "",
    ),
    (
        BOTH,
        "sums of sums",
        "create table t (id int primary key, name varchar(40), n int); \
         create view v as select name, count(distinct id) as c, sum(n) as s, group_concat(distinct n) as g from t group by name with rollup",
        "create table t (id int primary key, name varchar(40), n int)",
        &[],
        "",
    ),
    (
        &[Vendor::MariaDb],
        "windows of distributions",
        "create table t (id int primary key, name varchar(40), n int); create view v as select id, median(n) over (partition by name) as m, \
         percentile_cont(0.5) within group (order by n) over (partition by name) as p, \
         percentile_disc(0.5) within group (order by n desc) over () as q from t",
        "create table t (id int primary key, name varchar(40), n int)",
        &[],
        "",
    ),
    (
        BOTH,
        "several indexes of words, and a column beside them",
        "create table t (id int primary key, a text, b text, c text, n int, fulltext key k (a), fulltext key l (b), fulltext key m (c)); \
         create table u (id int primary key, a text, b text, n int, fulltext key k (a), fulltext key l (b)) row_format = compact",
        "create table t (id int primary key, a text, b text, c text, fulltext key k (a)); \
         create table u (id int primary key, a text, b text, fulltext key k (a), fulltext key l (b))",
        &[],
        "",
    ),
    (
        &[Vendor::MySql],
        "what hangs on a column that cannot be made",
        "create table t (id int primary key, u char(36) not null default (uuid()), z int, g int generated always as (z + 1), name varchar(20), \
         unique key by_u (u)); create view v as select id, u from t; create view w as select z from t; create view x as select id from v",
        "create table t (id int primary key, name varchar(20))",
        &["column t.u", "column v.id", "column v.u", "column x.id", "index t.by_u", "view v", "view x"],
        "it needs column t.u, which cannot be made",
    ),
    (
        BOTH,
        "what is in another database",
        "create table t (id int primary key, a int); create view v as select t.id, x.id as other from t join OTHER.x as x; \
         create view w as select id from v; create table f (id int primary key, x int, constraint fx foreign key (x) references OTHER.x (id))",
        "create table t (id int primary key)",
        &["column v.id", "column v.other", "column w.id", "constraint f.fx", "view v", "view w"],
        "in a database that was not captured with this one",
    ),
    (
        &[Vendor::MariaDb],
        "a view whose query does not run, beside others",
        "create table t (id int primary key, name varchar(20), total int); create view v as select id, name from t; \
         create view broken as select id as total, total as id from t group by total, id, t.name having id > 0",
        "create table t (id int primary key, name varchar(20), total int); create view v as select id from t",
        &["column broken", "view broken"],
        "it does not work where it is",
    ),
    (
        BOTH,
        "code with a backslash at the end of a text",
        "create table t (id int primary key, a int); set sql_mode = 'NO_BACKSLASH_ESCAPES'; create procedure p (a bigint) select 'x', a; \
         set sql_mode = default; create trigger tr before insert on t for each row set new.a = coalesce(new.a, 7)",
        "create table t (id int primary key, b int); set sql_mode = 'NO_BACKSLASH_ESCAPES'; create procedure p (a int) select 'y', a; \
         set sql_mode = default; create trigger tr before insert on t for each row set new.b = coalesce(new.b, 1)",
        &[],
        "",
    ),
    (
        &[Vendor::MariaDb],
        "options of an engine that go",
        "create table t (id int primary key) comment 'x'",
        "create table t (id int primary key) page_compressed = 1 page_compression_level = 5",
        &[],
        "",
    ),
    (
        BOTH,
        "days that no row has",
        "create table t (id int primary key, d date not null, dt datetime(3) not null, ts timestamp(3) not null default current_timestamp(3), \
         e enum('x', 'y') not null)",
        "create table t (id int primary key); insert into t values (1)",
        &[],
        "",
    ),
    (
        BOTH,
        "moments that may not be NULL",
        "create table t (id bigint primary key, a timestamp not null default '2020-01-01 00:00:00', n int not null)",
        "create table t (id int primary key, a timestamp null default null, n int); insert into t values (1, '2001-01-01 00:00:00', 1)",
        &[],
        "",
    ),
];

/// Without the accounts of the server, which other tests make meanwhile.
fn seen(db: &TestDb) -> Manifest {
    let mut manifest = capture(&db.url());
    manifest.dimensions.retain(|one| *one == Dimension::Schema);
    manifest
}

fn proven(reference: &Manifest, candidate: &Manifest) -> Patch {
    let workshop = Mysql.workshop(&[]);
    let builder = Builder { engine: &Mysql, workshop: &*workshop, watch: Watch::none() };
    let form = Form::default();
    let dimensions = [Dimension::Schema];
    let asked =
        Asked { dimensions: &dimensions, excused: &[], differences: &[], form, spares_data: true, version: "test", proofs: &NoProofs };
    prove(reference, candidate, &asked, &builder).unwrap_or_else(|trouble| panic!("{trouble:#?}"))
}

#[test]
fn what_strangers_found() {
    if evenkeel_testkit::another_day(3) {
        return;
    }
    each_flavor(|db| {
        let other = TestDb::create(db.server.clone());
        other.exec("create table x (id int primary key)");
        let mut wrong = Vec::new();
        for (vendors, what, reference, candidate, refused, why) in PAIRS.iter().filter(|pair| pair.0.contains(&db.flavor().engine)) {
            assert!(!vendors.is_empty());
            // What cannot be built cannot be tried to be dropped: that way nothing is proven, and it says so.
            let ways: &[bool] = if reference.contains("OTHER") || reference.contains("broken") { &[false] } else { &[false, true] };
            for back in ways.iter().copied() {
                let (to, from) = if back { (candidate, reference) } else { (reference, candidate) };
                let sides = (TestDb::create(db.server.clone()), TestDb::create(db.server.clone()));
                for (side, sql) in [(&sides.0, to), (&sides.1, from)] {
                    side.exec(&sql.replace("OTHER", &other.name));
                }
                let (goal, before) = (seen(&sides.0), seen(&sides.1));
                let patch = proven(&goal, &before);
                let names: Vec<String> = patch.plan.refused.iter().map(|one| format!("{} {}", one.kind.name(), one.object)).collect();
                if !patch.is_proven() {
                    wrong.push(format!("{what} ({back}): {:?} {:?} {:?}", patch.proof, patch.failed, patch.left));
                }
                let expected: &[&str] = if back { &[] } else { refused };
                if names != expected || !(back || why.is_empty() || patch.plan.refused.iter().any(|one| one.reason.contains(why))) {
                    wrong.push(format!("{what} ({back}): {:#?}", patch.plan.refused));
                }
                let dialect = MysqlDialect::of(&before.endpoint);
                let statements = patch.plan.statements().map(|statement| statement.sql.as_str());
                let script = dialect.opening().iter().copied().chain(statements).collect::<Vec<_>>();
                for sql in script {
                    if let Err(fault) = sides.1.session().exec(sql) {
                        wrong.push(format!("{what} ({back}): {sql}: {fault}"));
                        break;
                    }
                }
                let mut odd = left(&seen(&sides.1), &goal, &dialect);
                odd.retain(|one| !expected.contains(&&*format!("{} {}", one.kind.name(), one.object)));
                if !odd.is_empty() {
                    wrong.push(format!("{what} ({back}): {odd:#?}"));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    });
}

/// MariaDB keeps how a trigger was written: a copy of the database under another name takes it.
#[test]
fn a_trigger_names_no_database() {
    each_flavor(|db| {
        let sides = (TestDb::create(db.server.clone()), TestDb::create(db.server.clone()));
        sides.0.exec("create table t (a int); create trigger tr before insert on t for each row set new.a = 1");
        sides.1.exec("create table t (a int)");
        let (goal, before) = (seen(&sides.0), seen(&sides.1));
        let dialect = MysqlDialect::of(&before.endpoint);
        let patch = proven(&goal, &before);
        let session = db.server.session("");
        for sql in dialect.opening().iter().copied().chain(patch.plan.statements().map(|statement| statement.sql.as_str())) {
            session.exec(sql).unwrap_or_else(|fault| panic!("{sql}: {fault}"));
        }
        let kept = sides.1.query_text("show create trigger tr").concat();
        let text = kept.get(2).cloned().flatten().unwrap();
        assert!(text.contains("TRIGGER `tr`") && !text.contains(&sides.1.name), "{text}");
    });
}

/// NULL in a moment becomes the current time where the table is copied, and nothing says so: that is left to a person.
#[test]
fn a_moment_that_is_not_known_stays_so() {
    each_flavor(|db| {
        let sides = (TestDb::create(db.server.clone()), TestDb::create(db.server.clone()));
        sides.0.exec("create table t (id bigint primary key, a timestamp not null default '2020-01-01 00:00:00', b datetime not null)");
        sides.1.exec("create table t (id int primary key, a timestamp null default null, b datetime not null); insert into t values (1, null, now())");
        let (goal, before) = (seen(&sides.0), seen(&sides.1));
        let dialect = MysqlDialect::of(&before.endpoint);
        let patch = proven(&goal, &before);
        assert!(patch.is_proven() && patch.plan.destructive().0 == 1, "{patch:#?}");
        let live = patch.plan.steps.iter().filter(|step| !step.held).flat_map(|step| &step.statements);
        for sql in dialect.opening().iter().copied().chain(live.filter(|one| !one.is_destructive()).map(|one| one.sql.as_str())) {
            sides.1.exec(sql);
        }
        assert_eq!(sides.1.value("select a is null from t").as_deref(), Some("1"));
        let typ = "select data_type from information_schema.columns where table_schema = database() and column_name = 'id'";
        assert_eq!(sides.1.value(typ).as_deref(), Some("bigint"));
    });
}

/// What a narrower type cannot hold is lost in part, or refused by the mode that the script sets: both are said.
#[test]
fn what_a_strict_mode_refuses_is_said_to_fail() {
    each_flavor(|db| {
        let sides = (TestDb::create(db.server.clone()), TestDb::create(db.server.clone()));
        sides.0.exec("create table t (id int primary key, a varchar(10), d decimal(6, 2))");
        sides.1.exec("create table t (id int primary key, a text, d decimal(10, 4))");
        let patch = proven(&seen(&sides.0), &seen(&sides.1));
        let words: Vec<String> = patch.plan.statements().flat_map(|one| &one.hazards).map(Hazard::words).collect();
        for column in ["t.a", "t.d"] {
            let has = |begin: &str| words.iter().any(|words| words.starts_with(begin) && words.contains(column));
            assert!(has("loses ") && has("fails if "), "{column}: {words:#?}");
        }
    });
}

/// The end of a statement in a script is not what a mode takes for the inside of a text.
#[test]
fn a_client_is_told_where_code_ends() {
    each_flavor(|db| {
        let dialect = MysqlDialect::of(&seen(db).endpoint);
        let procedure = "CREATE PROCEDURE p(a bigint) begin select 'C:\\', a; select 2; end;";
        assert_eq!(dialect.for_client(procedure), format!("DELIMITER ;;\n{};\nDELIMITER ;", procedure));
        let twice = "CREATE PROCEDURE p(a bigint) begin select ';;', a; end;";
        assert!(dialect.for_client(twice).starts_with("DELIMITER //\n"));
        assert_eq!(dialect.for_client("SET a = ';';"), "SET a = ';';");
        assert_eq!(dialect.for_client("CREATE PROCEDURE p() select 1 -- note;"), "CREATE PROCEDURE p() select 1 -- note\n;");
    });
}

/// Each statement is a transaction of its own there: a trigger is gone while nothing else is done, and a column that it reads goes after it.
#[test]
fn code_is_gone_as_short_as_can_be() {
    each_flavor(|db| {
        let sides = (TestDb::create(db.server.clone()), TestDb::create(db.server.clone()));
        sides.0.exec(
            "create table t (id bigint primary key, a int, c int); create trigger tr before insert on t for each row set new.c = 7; \
             create procedure p (x bigint) select x; create function f() returns int deterministic return 2; create view v as select f() as x",
        );
        sides.1.exec(
            "create table t (id int primary key, a int, b int); create trigger tr before insert on t for each row set new.b = 1; \
             create procedure p (x int) select x; create function f() returns int deterministic return 1; create view v as select f() as x",
        );
        let (goal, before) = (seen(&sides.0), seen(&sides.1));
        let patch = proven(&goal, &before);
        assert!(patch.is_proven(), "{patch:#?}");
        // Rights were not read: all that it takes is said.
        let notes = patch.plan.notes.join("\n");
        assert!(notes.contains("may do was not read; whoever runs it needs") && notes.contains("TRIGGER"), "{notes}");
        let all: Vec<&str> = patch.plan.statements().map(|statement| statement.sql.as_str()).collect();
        let at = |begin: &str| all.iter().position(|sql| sql.starts_with(begin)).unwrap_or_else(|| panic!("{begin}: {all:#?}"));
        let made = all.iter().position(|sql| sql.starts_with("CREATE") && sql.contains(" TRIGGER ")).unwrap();
        let between = all.get(at("DROP TRIGGER") + 1..made).unwrap();
        assert!(between.iter().all(|sql| sql.starts_with("SET ") || sql.starts_with("USE ")), "{all:#?}");
        let (altered, dropped) = (
            all.iter().position(|sql| sql.contains("ADD COLUMN `c`")).unwrap(),
            all.iter().position(|sql| sql.contains("DROP COLUMN `b`")).unwrap(),
        );
        assert!(altered < at("DROP TRIGGER") && made < dropped, "{all:#?}");
    });
}
