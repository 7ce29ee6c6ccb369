//! MySQL and MariaDB: files, record and schema side by side, as a user gets it, on every server. The sums in these records were made by
//! the real tools.

use crate::history::{last, place_with, words};
use crate::run::Place;
use evenkeel_core::port;
use evenkeel_mysql::scratch::{Options, Scratch};
use evenkeel_testkit::mysql::{TestDb, each_flavor, flavors};
use serde_json::Value;

/// A tool with its files, what a run of them makes, and the table it records in as it stands after that.
pub struct Sample {
    tool: &'static str,
    pub folder: &'static [(&'static str, &'static str)],
    made: &'static str,
    record: &'static str,
}

const SAMPLES: &[Sample] = &[
    Sample {
        tool: "Flyway",
        folder: &[
            ("V1__create_orders.sql", "create table orders(id bigint primary key, note text);\n"),
            ("sub/V1.1__add_total.sql", "alter table orders add total numeric(9,2);\n"),
            ("R__view.sql", "create or replace view v as select 1 a;\n"),
        ],
        made: "create table orders(id bigint primary key, note text); alter table orders add total numeric(9,2); create view v as select 1 a",
        record: "create table flyway_schema_history (installed_rank int primary key, version varchar(50), description varchar(200) not null, type varchar(20) not null,
            script varchar(1000) not null, checksum int, installed_by varchar(100) not null, installed_on timestamp not null default current_timestamp, execution_time int not null, success bool not null);
            insert into flyway_schema_history values (1, '1', 'create orders', 'SQL', 'V1__create_orders.sql', -1044053735, 'x', now(), 1, true),
            (2, '1.1', 'add total', 'SQL', 'V1.1__add_total.sql', 1813944006, 'x', now(), 1, true), (3, null, 'view', 'SQL', 'R__view.sql', 1974909081, 'x', now(), 1, true)",
    },
    Sample {
        tool: "golang-migrate",
        folder: &[
            ("1_create_orders.up.sql", "create table orders(id bigint primary key, note text);"),
            ("1_create_orders.down.sql", "drop table orders;"),
            ("2_more.up.sql", "alter table orders add total numeric(9,2);\ncreate trigger t before insert on orders for each row begin set new.total = 1; set new.note = ';'; end;\ncreate index i on orders(total);"),
        ],
        made: "create table orders(id bigint primary key, note text); alter table orders add total numeric(9,2);
            create trigger t before insert on orders for each row begin set new.total = 1; set new.note = ';'; end; create index i on orders(total)",
        record: "create table schema_migrations (version bigint primary key, dirty boolean not null); insert into schema_migrations values (2, false)",
    },
    Sample {
        tool: "dbmate",
        folder: &[
            ("20260101000000_create_orders.sql", "-- migrate:up\ncreate table orders(id bigint primary key, note varchar(90));\n-- migrate:down\ndrop table orders;\n"),
            ("20260102000000_idx.sql", "-- migrate:up\ncreate index o_note on orders(note);\n-- migrate:down\ndrop index o_note on orders;\n"),
        ],
        made: "create table orders(id bigint primary key, note varchar(90)); create index o_note on orders(note)",
        record: "create table schema_migrations (version varchar(128) primary key); insert into schema_migrations values ('20260101000000'), ('20260102000000')",
    },
    Sample {
        tool: "goose",
        folder: &[
            ("20260101000000_create_orders.sql", "-- +goose Up\ncreate table orders(id bigint primary key, note varchar(90));\n-- +goose Down\ndrop table orders;\n"),
            ("20260102000000_p.sql", "-- +goose Up\n-- +goose StatementBegin\ncreate procedure p(in a int) begin select a; select 2; end;\n-- +goose StatementEnd\ncreate index o on orders(note);\n-- +goose Down\ndrop index o on orders;\n"),
        ],
        made: "create table orders(id bigint primary key, note varchar(90)); create procedure p(in a int) begin select a; select 2; end; create index o on orders(note)",
        record: "create table goose_db_version (id serial primary key, version_id bigint not null, is_applied boolean not null, tstamp timestamp default current_timestamp);
            insert into goose_db_version (version_id, is_applied) values (0, true), (20260101000000, true), (20260102000000, false), (20260102000000, true)",
    },
];

fn history(place: &Place, db: &TestDb, code: i32) -> Value {
    place.run(&["history", &db.url(), "--migrations", "m", "--format", "json"]).exits(code).json()
}

pub fn sample(tool: &str) -> &'static Sample {
    SAMPLES.iter().find(|sample| sample.tool == tool).unwrap()
}

pub fn apply(db: &TestDb, sample: &Sample) {
    db.exec(sample.made);
    db.exec(sample.record);
}

/// Runs a script statement by statement, as a client sends it.
fn run(db: &TestDb, script: &str) {
    script.split(";\n").filter(|statement| !statement.trim().is_empty()).for_each(|statement| db.exec(statement));
    // What a routine or trigger keeps of the session that makes it.
    db.exec("set session sql_mode = default");
}

#[test]
fn a_repair_makes_record_and_schema_agree() {
    if evenkeel_testkit::another_day(2) {
        return;
    }
    let turn = std::cell::Cell::new(0);
    each_flavor(|db| {
        let all = [
            (
                "Flyway",
                "delete from flyway_schema_history where installed_rank = 3; update flyway_schema_history set success = 0 where installed_rank = 2",
            ),
            ("golang-migrate", "drop index i on orders; update schema_migrations set dirty = 1"),
            ("dbmate", "drop index o_note on orders"),
            ("goose", "delete from goose_db_version where version_id = 20260102000000; drop index o on orders"),
        ];
        // Two on each server.
        turn.set(turn.get() + 1);
        for (tool, wrong) in all.into_iter().skip(turn.get() % 2).step_by(2) {
            db.exec("set foreign_key_checks = 0; drop table if exists orders, schema_migrations; drop view if exists v");
            apply(db, sample(tool));
            db.exec(wrong);
            let place = place_with(sample(tool).folder);
            let ran = place.run(&["history", &db.url(), "--migrations", "m", "--repair"]).exits(0);
            assert!(ran.stdout.starts_with("-- proven on M"), "{}", ran.stdout);
            run(db, &ran.stdout);
            let told = history(&place, db, 0);
            assert!(words(&told).iter().all(|word| word == "applied"), "{tool}: {told}");
            db.exec("drop procedure if exists p; drop table if exists flyway_schema_history, goose_db_version");
        }
    });
}

#[test]
fn every_tools_clean_run_is_applied_and_nothing_else() {
    each_flavor(|db| {
        for sample in SAMPLES {
            let db = TestDb::create(db.server.clone());
            apply(&db, sample);
            let place = place_with(sample.folder);
            let told = history(&place, &db, 0);
            assert_eq!(told["tool"]["name"], sample.tool, "{told}");
            assert!(words(&told).iter().all(|word| word == "applied"), "{}: {told}", sample.tool);
            // Who recorded it, and when, where the tool's table says that.
            let recorded = &told["migrations"][0]["recorded"];
            let is_told = ["by", "at"].map(|name| recorded[name].is_string());
            if sample.tool == "Flyway" {
                assert_eq!(is_told, [true, true], "{told}");
            }
            for list in ["unexplained", "gaps", "in_flight"] {
                assert_eq!(told[list].as_array().map(Vec::len), Some(0), "{}: {list}: {told}", sample.tool);
            }
            place.run(&["compare", "replay:m", &db.url()]).exits(0);
        }
    });
}

#[test]
fn each_way_of_being_wrong_has_its_word() {
    each_flavor(|db| {
        let sample = sample("dbmate");
        apply(db, sample);
        let place = place_with(sample.folder);
        db.exec("alter table orders add hot_fix int; create table stray (a int)");
        let told = history(&place, db, 1);
        assert_eq!(words(&told), ["applied", "applied"], "{told}");
        let mut strays: Vec<&str> = told["unexplained"].as_array().unwrap().iter().map(|one| one["object"].as_str().unwrap()).collect();
        strays.sort_unstable();
        assert_eq!(strays, ["orders.hot_fix", "stray"], "{told}");
        place.run(&["compare", "replay:m", &db.url()]).exits(1).says("hot_fix");
        db.exec("alter table orders drop hot_fix; drop table stray; drop index o_note on orders");
        let told = history(&place, db, 1);
        assert_eq!(words(&told), ["applied", "recorded-not-present"], "{told}");
        db.exec("create index o_note on orders(note)");
        place.write(
            "m/20260103000000_third.sql",
            "-- migrate:up\nalter table orders add a int;\nalter table orders add b int;\n-- migrate:down\n",
        );
        assert_eq!(words(&history(&place, db, 0)), ["applied", "applied", "pending"]);
        // Each statement committed by itself: the second never ran.
        db.exec("alter table orders add a int");
        assert_eq!(last(&history(&place, db, 1))["verdict"], "half-applied");
        db.exec("alter table orders add b int; insert into schema_migrations values ('20260103000000')");
        assert_eq!(last(&history(&place, db, 0))["verdict"], "applied");
    });
}

#[test]
fn routines_under_a_delimiter_are_checked_as_the_files_say() {
    each_flavor(|db| {
        db.exec(
            "create table a (x int); create procedure p() begin select 1; select 2; end;
            create function f(a int) returns int deterministic begin if a > 1 then return 1; end if; return if(a, 2, 3); end;
            create event e on schedule every 1 day do begin delete from a; end; create view v as select x from a",
        );
        let place = place_with(&[(
            "1_a.sql",
            "\u{feff}/*!40101 SET NAMES utf8mb4 */;\r\nCREATE TABLE a (x int); # the first\r\nDELIMITER //\r\nCREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; END //\r\ncreate function f(a int) returns int deterministic begin if a > 1 then return 1; end if; return if(a, 2, 3); end//\r\nDELIMITER ;\r\ncreate event e on schedule every 1 day do begin delete from a; end;\r\nSTART TRANSACTION; create view v as select x from a; COMMIT;\r\n",
        )]);
        let plain =
            |code| place.run(&["history", &db.url(), "--migrations", "m", "--tool", "plain SQL", "--format", "json"]).exits(code).json();
        let told = plain(1);
        // What is called otherwise in letters only is another text to the server.
        assert_eq!(told["unexplained"][0]["object"], "p", "{told}");
        db.exec("drop procedure p; CREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; END");
        assert_eq!(words(&plain(0)), ["applied"]);
    });
}

#[test]
fn what_reaches_beyond_a_database_is_refused_to_the_account_of_files() {
    for (engine, number) in flavors() {
        let scratch =
            Scratch::start(&Options { number: Some(number), ..Options::engine(engine).database("own_one").database("ownXone") }).unwrap();
        let mut session =
            port::Scratch::confined(&scratch, "own_one", &port::Confined { roles: vec!["app@%".to_owned()], ..port::Confined::default() })
                .unwrap();
        for text in ["create table t (a text)", "grant select on t to app@'%'", "create procedure p() begin select 1; end"] {
            assert!(session.run(text).unwrap().ran().is_some(), "{text}");
        }
        for text in [
            "select 1 into outfile '/tmp/evenkeel-never'",
            // The name of a database is a pattern where something is granted.
            "create table ownXone.t (a int)",
            "load data infile '/etc/passwd' into table t;",
            "install plugin x soname 'x.so';",
            "create function x returns integer soname 'x.so';",
            "create user evil;",
            "grant all on *.* to evenkeel_replay@localhost;",
            "set global max_connections = 3;",
            "shutdown;",
            "create database other;",
            "drop database mysql;",
            "create definer=root@localhost procedure evil() select 1;",
            "set password for root@localhost = 'x';",
            "kill 1;",
        ] {
            let answer = session.run(text).unwrap();
            assert!(answer.code().is_some(), "{engine:?} {number}: {text}");
        }
        let id = session.id();
        port::Scratch::end(&scratch, id).unwrap();
        port::Scratch::end(&scratch, id).unwrap();
        assert!(session.run("select 1").is_err());
        // The server refuses, or asks us, who give nothing.
        let mut session = port::Scratch::confined(&scratch, "own_one", &port::Confined::default()).unwrap();
        let answer = session.run("load data local infile '/etc/passwd' into table t");
        assert!(answer.is_err() || answer.is_ok_and(|answer| answer.code().is_some()));
    }
}

#[test]
fn a_file_can_do_nothing_beyond_its_database() {
    if evenkeel_testkit::another_day(2) {
        return;
    }
    let secret = std::env::temp_dir().join(format!("evenkeel-mysql-written-{}", std::process::id()));
    each_flavor(|db| {
        let outfile = format!("select 1 into outfile '{}';", secret.display());
        for text in
            [outfile.as_str(), "use mysql; select * from mysql.user;", "select sleep(1000);", "source other.sql\n", "\\! touch /tmp/x\n"]
        {
            let place = place_with(&[
                ("20260101000000_a.sql", "-- migrate:up\ncreate table a(x int);\n-- migrate:down\n"),
                ("20260102000000_b.sql", &format!("-- migrate:up\n{text}\n-- migrate:down\n")),
            ]);
            let db = TestDb::create(db.server.clone());
            db.exec("create table schema_migrations (version varchar(128) primary key); insert into schema_migrations values ('20260101000000'), ('20260102000000'); create table a (x int)");
            let url = db.url();
            let told = place.run(&["history", &url, "--migrations", "m", "--format", "json", "--statement-timeout", "1s"]).exits(2).json();
            assert_eq!(words(&told), ["applied", "not-checkable"], "{text}: {told}");
            assert!(told["gaps"].to_string().contains("20260102000000"), "{text}: {told}");
        }
    });
    assert!(!secret.exists());
}

#[test]
fn what_a_file_does_to_its_own_account_and_database_stays_there() {
    each_flavor(|db| {
        let set = if db.flavor().is_mariadb() { "set password = password('x')" } else { "set password = 'x'" };
        let first = format!("-- migrate:up\n{set};\ncreate table a(x int);\n-- migrate:down\n");
        let second = "-- migrate:up\ncreate table b(x int);\n-- migrate:down\n";
        let place = place_with(&[("20260101000000_a.sql", &first), ("20260102000000_b.sql", second)]);
        db.exec("create table schema_migrations (version varchar(128) primary key); insert into schema_migrations values ('20260101000000'), ('20260102000000'); create table a (x int); create table b (x int)");
        let told = history(&place, db, 0);
        assert_eq!(words(&told), ["applied", "applied"], "{told}");
    });
}

#[test]
fn a_deploy_in_flight_is_told_with_who_it_is() {
    each_flavor(|db| {
        let sample = sample("golang-migrate");
        apply(db, sample);
        let place = place_with(sample.folder);
        let other = db.server.session(&db.name);
        // The name that golang-migrate gives its lock.
        other
            .exec("select get_lock(cast((crc32(concat(database(), ':schema_migrations')) * 1486364155) % 4294967296 as char), 1)")
            .unwrap();
        let told = history(&place, db, 2);
        assert!(told["in_flight"].to_string().contains("the named lock of golang-migrate is held by connection"), "{told}");
        other.exec("do release_all_locks(); start transaction; select * from orders").unwrap();
        std::thread::scope(|threads| {
            threads.spawn(|| db.server.session(&db.name).exec("alter table orders add late int").unwrap());
            std::thread::sleep(std::time::Duration::from_millis(500));
            let ran = place.run(&["history", &db.url(), "--migrations", "m", "--format", "json"]);
            other.exec("commit").unwrap();
            assert!(ran.stdout.contains("changes definitions (ALTER TABLE)"), "{}", ran.stdout);
            // MariaDB's performance schema is off where nobody has put it on.
            if !db.server.flavor.is_mariadb() {
                assert!(ran.stdout.contains("holds the definition of orders, for which others wait"), "{}", ran.stdout);
            }
        });
    });
}

#[test]
fn what_an_online_change_leaves_is_told_as_that() {
    each_flavor(|db| {
        let sample = sample("golang-migrate");
        apply(db, sample);
        let place = place_with(sample.folder);
        db.exec(
            "create table _orders_gho like orders; create table _orders_new like orders; create table _orders_chkpnt (id int primary key)",
        );
        db.exec("create trigger pt_osc_shop_orders_del after delete on orders for each row delete from _orders_new where id = old.id");
        let told = history(&place, db, 1);
        for (name, tool) in [("_orders_gho", "gh-ost"), ("_orders_new", "pt-online-schema-change or Spirit"), ("_orders_chkpnt", "Spirit")]
        {
            let wanted = format!("{name}: {tool} is at work, or was interrupted");
            assert!(told["in_flight"].to_string().contains(&wanted), "{wanted}: {told}");
        }
        let strays = told["unexplained"].as_array().unwrap();
        let trigger = strays.iter().find(|one| one["kind"] == "trigger").unwrap();
        assert!(trigger["why"].as_str().unwrap().contains("one that pt-online-schema-change uses while it works"), "{trigger}");
        assert_eq!(strays.len(), 4, "{told}");
    });
}

#[test]
fn what_takes_its_database_along_or_leaves_a_transaction_behind_is_told_and_hangs_nobody() {
    each_flavor(|db| {
        for (text, verdicts, told) in [
            (format!("drop database {};", db.name), ["applied", "not-checkable", "not-checkable"], "it drops the database that it runs in"),
            ("xa start 'x'; insert into a values (1); xa end 'x'; xa prepare 'x';".to_owned(), ["applied", "not-checkable", "applied"], ""),
        ] {
            let place = place_with(&[
                ("20260101000000_a.sql", "-- migrate:up\ncreate table a(x int);\n-- migrate:down\n"),
                ("20260102000000_b.sql", &format!("-- migrate:up transaction:false\n{text}\n-- migrate:down\n")),
                ("20260103000000_c.sql", "-- migrate:up\nalter table a add y int;\n-- migrate:down\n"),
            ]);
            db.exec(
                "drop table if exists schema_migrations, a; create table schema_migrations (version varchar(128) primary key);
                insert into schema_migrations values ('20260101000000'), ('20260102000000'), ('20260103000000'); create table a (x int, y int)",
            );
            let found = place.run(&["history", &db.url(), "--migrations", "m", "--format", "json"]).exits(2).json();
            assert_eq!(words(&found), verdicts, "{text}: {found}");
            assert!(found["gaps"].to_string().contains(told), "{text}: {found}");
        }
    });
}

#[test]
fn all_databases_of_a_server_are_no_place_for_files() {
    each_flavor(|db| {
        let place = place_with(sample("dbmate").folder);
        let url = db.server.url("");
        place.run(&["history", &url, "--migrations", "m"]).exits(64).says("name the database in the URL");
    });
}

#[test]
fn files_run_under_the_targets_sql_mode() {
    // With ANSI_QUOTES a name may stand in double quotes, and it is no text. A server of its own: others share theirs.
    let (engine, number) = *flavors().first().expect("a server");
    let settings = vec![("sql_mode".to_owned(), "ANSI_QUOTES,NO_ENGINE_SUBSTITUTION".to_owned())];
    let options =
        Options { engine: Some(engine), number: Some(number), settings, databases: vec!["shop".to_owned()], ..Options::default() };
    let scratch = Scratch::start(&options).unwrap();
    scratch.session("shop").unwrap().exec("create table orders (id int)").unwrap();
    let place = place_with(&[("1_orders.sql", "create table \"orders\" (id int);")]);
    place.run(&["history", &port::Scratch::url(&scratch, "shop"), "--migrations", "m", "--tool", "plain SQL"]).exits(0);
}

#[test]
fn files_that_name_the_table_of_their_tool_run_beside_one() {
    each_flavor(|db| {
        let place = place_with(&[
            ("1_a.sql", "-- migrate:up\ncreate table a(x int);\n"),
            ("2_clean.sql", "-- migrate:up\ndelete from schema_migrations where version = '0';\ncreate table b(x int);\n"),
        ]);
        db.exec("create table schema_migrations (version varchar(128) primary key)");
        db.exec("insert into schema_migrations values ('1'), ('2')");
        db.exec("create table a(x int)");
        db.exec("create table b(x int)");
        assert_eq!(words(&history(&place, db, 0)), ["applied", "applied"]);
        place.run(&["compare", "replay:m", &db.url()]).exits(0);
        db.exec("alter table a add by_hand int");
        let told = history(&place, db, 1);
        assert_eq!(words(&told), ["applied", "applied"], "{told}");
        assert_eq!(told["unexplained"][0]["object"], "a.by_hand", "{told}");
    });
}

#[test]
fn code_in_the_name_of_another_account_is_made_in_the_name_of_the_one_that_runs_it() {
    each_flavor(|db| {
        let made = "create table a (x int primary key, y int);
            create definer=`root`@`localhost` trigger t before insert on a for each row begin set new.y = 1; end;
            /*!50003 CREATE*/ /*!50020 DEFINER=`gone``d`@`10.%`*/ /*!50003 PROCEDURE p() begin select 1; select 2; end */;
            create definer = gone@'%' function f(n int) returns int deterministic return n + 1;
            create algorithm=merge definer='gone'@'%' sql security definer view v as select x, y from a;
            create definer=gone@localhost event e on schedule every 1 day disable do delete from a;
            insert into a (x) values (1)";
        let place = place_with(&[("20260101000000_a.sql", &format!("-- migrate:up\n{made};\n-- migrate:down\n"))]);
        db.exec(made);
        db.exec(
            "create table schema_migrations (version varchar(128) primary key); insert into schema_migrations values ('20260101000000')",
        );
        assert_eq!(words(&history(&place, db, 0)), ["applied"]);
        for (less, lost) in [("drop trigger t", "t"), ("drop procedure p", "p"), ("drop event e", "e")] {
            db.exec(less);
            let told = history(&place, db, 1);
            assert_eq!(words(&told), ["partly-present"], "{less}: {told}");
            assert!(last(&told)["evidence"].to_string().contains(&format!("{lost}\"")), "{less}: {told}");
        }
    });
}

#[test]
fn code_made_under_other_modes_is_the_same_where_they_say_nothing_of_it() {
    each_flavor(|db| {
        let trigger = "create trigger t before insert on a for each row set  new.y=1";
        let place = place_with(&[("1_a.sql", &format!("-- migrate:up\ncreate table a (x int, y int);\n{trigger};\n"))]);
        db.exec("create table schema_migrations (version varchar(128) primary key); insert into schema_migrations values ('1')");
        db.exec("create table a (x int, y int); set sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES'");
        db.exec(trigger);
        assert_eq!(words(&history(&place, db, 0)), ["applied"]);
        db.exec("drop trigger t; create trigger t before insert on a for each row set new.y=2");
        assert_eq!(history(&place, db, 1)["unexplained"][0]["attribute"], "body");
    });
}
