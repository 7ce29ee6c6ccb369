//! `evenkeel rehearse --data staging` on MySQL and MariaDB. Neighbour: `rehearse_data`, the same on PostgreSQL.

use crate::rehearse::texts;
use crate::run::Place;
use evenkeel_mysql::scratch::{Options, Scratch};
use evenkeel_testkit::mysql::flavors;
use evenkeel_testkit::{Share, another_day};
use serde_json::Value;

/// A server of its own with two databases that are alike: which of both is production is told apart by them.
struct Staged {
    server: Scratch,
    place: Place,
    is_mariadb: bool,
}

impl Staged {
    fn new((engine, number): (evenkeel_core::kind::Engine, u16), schema: &str) -> Self {
        let options = Options { number: Some(number), ..Options::engine(engine) };
        let server = Scratch::start(&options.database("production").database("staging")).unwrap();
        let staged = Self { is_mariadb: server.binaries().flavor.is_mariadb(), server, place: Place::new() };
        staged.both(schema);
        staged.place.write("evenkeel.toml", staged.toml());
        staged
    }

    fn toml(&self) -> String {
        format!(
            "[store]\nurl = \"sqlite:{}\"\n[environments.production]\nurl = \"{}\"\ntier = \"production\"\n[environments.staging]\nurl = \
             \"{}\"\ntier = \"staging\"\n",
            self.place.path("state/store.sqlite").display(),
            self.server.url("production"),
            self.server.url("staging")
        )
    }

    fn both(&self, sql: &str) {
        for database in ["production", "staging"] {
            self.server.session(database).unwrap().exec(sql).unwrap();
        }
    }

    fn staging(&self, sql: &str) {
        self.server.session("staging").unwrap().exec(sql).unwrap();
    }

    fn value(&self, sql: &str) -> String {
        self.server.session("staging").unwrap().value(sql).unwrap().unwrap_or_default()
    }

    fn rehearsed(&self, more: &[&str], code: i32) -> Value {
        let mut arguments =
            vec!["rehearse", "release.sql", "--for", "production", "--data", "staging", "--format", "json", "--only", "run"];
        arguments.extend(more);
        self.place.run(&arguments).exits(code).json()
    }

    fn floor(&self, more: &[&str], code: i32) -> String {
        let told = self.rehearsed(more, code);
        format!("{}\n{}", texts(&told["floor"]).join("\n"), told["migrations"][0]["stopped"]["why"].as_str().unwrap_or_default())
    }
}

/// Columns whose values are easily written as others, generated ones, and two tables that refer to each other in both directions of the
/// order in which they are copied.
const ODD: &str = "create table odd (id bigint unsigned primary key auto_increment, at timestamp(6) null, day date, span time(3), raw varbinary(20),
        bits bit(12), small float, large double, exact decimal(30, 10), mood enum('sad', 'glad'), moods set('a', 'b'), doc json, latin varchar(20) character set latin1,
        note text character set utf8mb4, spot geometry, born year, twice int generated always as (length(note)) stored, thrice int generated always as (born % 3) virtual);
    create table people (id int primary key, name varchar(40) not null, boss int, constraint boss foreign key (boss) references people (id) on delete cascade);
    create table accounts (id int primary key, person int, constraint person foreign key (person) references people (id));
    create table heard (n int) engine = myisam;
    create trigger heard_of before insert on people for each row insert into heard values (1)";
const ROWS: &str = r#"insert into odd (id, at, day, span, raw, bits, small, large, exact, mood, moods, doc, latin, note, spot, born) values
        (0, '2026-03-04 05:06:07.123456', '2026-03-04', '-100:02:03.456', x'00ff0a5c27', b'101010101010', 0.1, 0.1 + 0.2e0, 12345678901234567890.0123456789, 'glad', 'a,b', '{"a": [1, "x"]}', 'caf\u00e9', 'tab\tline\nback\\slash'' 日本', ST_GeomFromText('POINT(1 2)'), 2026),
        (7, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null),
        (18446744073709551614, '1970-01-01 00:00:01', '9999-12-31', '838:59:59', '', b'0', -3.40282e38, 1.7976931348623157e308, 0, 'sad', '', '[]', '', '\\N', ST_GeomFromText('LINESTRING(0 0, 1 1)'), 1901)"#;
const SUM: &str = "select sha2(group_concat(concat_ws('|', id, at + 0, day, span, hex(raw), bits + 0, small + 0e0, large, exact, mood + 0, moods + 0, doc, hex(latin), hex(note), hex(st_aswkb(spot)), born, twice, thrice) order by id separator '/'), 256) from odd";

#[test]
fn rows_are_those_that_are_there_and_no_value_of_them_is_told() {
    if another_day(2) {
        return;
    }
    for flavor in Share::of(3).take(flavors()) {
        let staged = Staged::new(flavor, ODD);
        let quoted = ROWS.replace("'caf\\u00e9'", "_latin1 x'636166e9'");
        staged.staging(&format!("set sql_mode = 'NO_AUTO_VALUE_ON_ZERO', time_zone = '+00:00'; {quoted}"));
        staged.staging(
            "insert into people values (1, 'secret-ann', null), (2, 'secret-bob', 1), (3, 'secret-bob', 2); insert into accounts values (1, 3), (2, null); delete from heard",
        );
        let sum = staged.value(&format!("set time_zone = '+00:00', group_concat_max_len = 100000; {SUM}"));
        let before = staged.place.run(&["digest", "staging"]).exits(0).stdout;
        staged.place.write(
            "release.sql",
            format!(
                "set time_zone = '+00:00', group_concat_max_len = 100000;\ncreate table checked (n int primary key, ok int not null);\n\
                 insert into checked values (1, ({SUM}) = '{sum}');\ninsert into checked select 2, ok from checked where ok = 1;\n\
                 insert into checked select 2, 1 from checked where ok = 1 and n = 1 and (select count(*) from heard) = 0;\n"
            ),
        );
        // The second row is there, so that a third of its number fails, where all is as it was.
        let told = staged.floor(&[], 1);
        assert!(told.contains("rows are copies of those of staging, 8 in 3 of 4 tables"), "{flavor:?}: {told}");
        assert!(
            told.ends_with("Duplicate entry for key 'checked.PRIMARY' (1062)")
                || told.ends_with("Duplicate entry for key 'PRIMARY' (1062)"),
            "{flavor:?}: {told}"
        );
        assert!(told.contains("rows are copies of those of staging: what fails on others was not seen"), "{flavor:?}: {told}");
        // Nor where a value breaks something, in any part or form.
        for text in [
            "alter table people add unique key name (name);\n",
            "update people set name = name + 1;\nalter table people modify name int;\n",
            "create procedure says() begin declare t text; select max(name) into t from people; signal sqlstate '45000' set message_text = t; end;\ncall says();\n",
        ] {
            staged.place.write("release.sql", text);
            let arguments = ["rehearse", "release.sql", "--for", "production", "--data", "staging", "--only", "run,effect,undo"];
            staged.place.run(&arguments).exits(1).hides("secret").hides("bob");
        }
        assert_eq!(staged.place.run(&["digest", "staging"]).exits(0).stdout, before, "it is read only");
        assert_eq!(staged.value("select count(*) from heard"), "0", "{flavor:?}");
        // The trigger is there again.
        staged.place.write("release.sql", "drop trigger heard_of;\nalter table people add mail varchar(9);\n");
        staged.rehearsed(&[], 2);
    }
}

#[test]
fn what_could_not_be_copied_is_told_and_what_refers_to_it_is_left_out() {
    const TABLES: &str = "create table people (id int primary key);
        create table accounts (id int primary key, person int, constraint person foreign key (person) references people (id));
        create table notes (id int primary key, account int, constraint account foreign key (account) references accounts (id));
        create table boxes (id int primary key, inside int, constraint inside foreign key (inside) references boxes (id))";
    for flavor in Share::of(3).take(flavors()) {
        let staged = Staged::new(flavor, TABLES);
        staged.staging(
            "insert into people values (1); insert into accounts values (1, 1), (2, null); insert into notes values (1, 1), (2, 2), (3, null);
             set foreign_key_checks = 0; insert into boxes values (1, 2), (2, 1), (3, null); create table strokes (id int); insert into strokes values (-1); create table gone (id int)",
        );
        let production = staged.server.session("production").unwrap();
        production.exec("create table strokes (id int, constraint whole check (id > 0)); create table gone (id int, more int)").unwrap();
        staged.place.write("release.sql", "alter table notes add paid boolean;\n");
        let holder = staged.server.session("staging").unwrap();
        holder.exec("lock tables people write").unwrap();
        let from = std::time::Instant::now();
        let told = staged.floor(&["--lock-timeout", "1s"], 2);
        assert!(from.elapsed() < std::time::Duration::from_secs(120), "{:?}", from.elapsed());
        for wanted in [
            "rows are copies of those of staging, 6 in 3 of 6 tables",
            "people has no rows: its rows could not be read there: somebody else has locked it (--lock-timeout)",
            "accounts: 1 rows were left out: what they refer to is not there",
            "notes: 1 rows were left out: what they refer to is not there",
            "strokes has no rows: its rows do not fit here: a check refuses one",
            "gone has no rows: its rows could not be read there: one of its columns is not there (1054)",
        ] {
            assert!(told.contains(wanted), "{flavor:?}: {wanted}: {told}");
        }
    }
}

/// A view in the place of a table is its owner's code, and runs as whoever reads it.
#[test]
fn views_are_not_read_and_what_is_of_another_moment_is_told() {
    for flavor in Share::of(3).take(flavors()) {
        let staged = Staged::new(flavor, "create table heard (n int) engine = myisam");
        staged.staging(
            "insert into heard values (5); create table was_read (n int); create function looks() returns int begin insert into was_read values (1); return 1; end",
        );
        // Where the server keeps no log it takes functions that write.
        staged.staging("create view seen as select n, looks() as m from heard");
        staged.server.session("production").unwrap().exec("create table seen (n int, m int); create table absent (id int)").unwrap();
        if staged.is_mariadb {
            staged.both("create sequence numbers; create table past (id int) with system versioning");
            staged.staging("do nextval(numbers); do nextval(numbers); insert into past values (1); update past set id = 2");
        }
        staged.place.write("release.sql", "create table next (id int);\n");
        let told = staged.floor(&[], 2);
        let mut wanted = vec![
            "heard: its rows are those of when they were read, and not of the moment of all others: MyISAM keeps none of before".to_owned(),
        ];
        for table in ["seen", "absent"] {
            wanted.push(format!("{table} has no rows: its rows could not be read there: there is no such table, or it may not be seen"));
        }
        if staged.is_mariadb {
            wanted.push("past: rows that held earlier, which it keeps too, were not copied".to_owned());
        }
        for wanted in wanted {
            assert!(told.contains(&wanted), "{flavor:?}: {wanted}: {told}");
        }
        assert_eq!(staged.value("select count(*) from was_read"), "0", "{flavor:?}");
        if staged.is_mariadb {
            // It goes on where it is there: the numbers that it gave are not given again.
            staged.place.write(
                "release.sql",
                "create table next (id int primary key, constraint later check (id > 2));\ninsert into next values (nextval(numbers));\n",
            );
            staged.rehearsed(&[], 2);
            staged.place.write(
                "release.sql",
                "create table next (id int primary key, constraint later check (id < 3));\ninsert into next values (nextval(numbers));\n",
            );
            assert!(staged.floor(&[], 1).ends_with("(4025)"), "{flavor:?}");
        }
    }
}

#[test]
fn rows_of_production_are_not_copied() {
    for flavor in flavors().into_iter().take(1) {
        let staged = Staged::new(flavor, "create table t (id int primary key)");
        staged.place.write("release.sql", "alter table t add a int;\n");
        let refused = |data: &str, more: &[&str]| {
            let mut arguments = vec!["rehearse", "release.sql", "--for", "production", "--data", data];
            arguments.extend(more);
            staged.place.run(&arguments).exits(64)
        };
        refused("production", &[]).says("rows of production are not copied").says("tier = \"production\"");
        staged.place.write("evenkeel.toml", staged.toml().replace(&staged.server.url("staging"), &staged.server.url("production")));
        refused("staging", &[]).says("it is the database of production");
    }
}
