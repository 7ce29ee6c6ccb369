//! What names an object: name spaces that are apart, and names that nobody chose.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use evenkeel_core::compare::{NoRemedies, Scope, Side, compare};
use evenkeel_core::digest::Tree;
use evenkeel_core::kind::{Dimension, Severity};
use evenkeel_core::manifest::{Gap, Manifest};
use evenkeel_core::port::{Environment, Request, Watch};
use evenkeel_mysql::connect::{Target, ThisMachine};
use evenkeel_mysql::environment::MysqlEnvironment;
use evenkeel_testkit::mysql::{TestDb, each_flavor};

fn made(db: &TestDb, sql: &str) -> Manifest {
    let made = TestDb::create(db.server.clone());
    made.exec(sql);
    let request = Request { dimensions: vec![Dimension::Schema], ..Request::new("test") };
    let target = Target::parse(&made.url(), &ThisMachine).unwrap();
    let manifest = MysqlEnvironment::new(target).capture(&request, &Watch::none()).unwrap_or_else(|trouble| panic!("{trouble:#?}"));
    assert_eq!(manifest.gaps, Vec::<Gap>::new(), "{sql}");
    manifest
}

/// What differs, each as `id object` with its severity, and whether the digests are the same.
fn told(reference: &Manifest, candidate: &Manifest) -> (Vec<(String, Severity)>, bool) {
    let trees = (Tree::of(reference), Tree::of(candidate));
    let (left, right) =
        (Side { label: "a", manifest: reference, tree: &trees.0 }, Side { label: "b", manifest: candidate, tree: &trees.1 });
    let found = compare(left, right, &Scope::default(), &NoRemedies);
    assert!(found.gaps.is_empty(), "{:#?}", found.gaps);
    let digest = |tree: &Tree| tree.branch(Dimension::Schema).unwrap().digest;
    let told = found.differences.iter().map(|found| (format!("{} {}", found.id, found.subject.object), found.severity));
    (told.collect(), digest(&trees.0) == digest(&trees.1))
}

/// The same without severities.
fn compared(reference: &Manifest, candidate: &Manifest) -> (Vec<String>, bool) {
    let (found, same) = told(reference, candidate);
    (found.into_iter().map(|(text, _)| text).collect(), same)
}

/// The same without what only informs: names that nobody chose. How many of those there are comes third.
fn weighed(reference: &Manifest, candidate: &Manifest) -> (Vec<String>, bool, usize) {
    let (found, same) = told(reference, candidate);
    let (names, found): (Vec<_>, Vec<_>) = found.into_iter().partition(|(_, severity)| *severity == Severity::Inform);
    assert!(names.iter().all(|(text, _)| text.starts_with("EK-constraint-name ")), "{names:?}");
    (found.into_iter().map(|(text, _)| text).collect(), same, names.len())
}

fn texts(expected: &[&str]) -> Vec<String> {
    expected.iter().map(|text| (*text).to_owned()).collect()
}

/// Names whose case a server ignores are one name, and how they are spelled is told.
#[test]
fn the_case_of_a_name_is_cosmetic_where_servers_ignore_it() {
    each_flavor(|db| {
        let pairs = [
            (
                "CREATE TABLE t (id int PRIMARY KEY, @Day@ date, KEY @Ix@ (@Day@))",
                &["EK-column-name t.\"Day\"", "EK-index-name t.\"Ix\""][..],
            ),
            (
                "CREATE TABLE t (id int PRIMARY KEY, @Day@ int, b int, UNIQUE KEY u (b, @Day@), KEY d (@Day@), KEY a (id, b))",
                &["EK-column-name t.\"Day\""],
            ),
            (
                "CREATE TABLE t (id int PRIMARY KEY, @Day@ int, g int AS (@Day@ + 1), CONSTRAINT @Ck@ CHECK (@Day@ > 0))",
                &["EK-column-name t.\"Day\"", "EK-constraint-name t.\"Ck\""],
            ),
            (
                "CREATE TABLE p (@Id@ int PRIMARY KEY); CREATE TABLE t (@Pid@ int, CONSTRAINT @Fk@ FOREIGN KEY (@Pid@) REFERENCES p(@Id@))",
                &["EK-column-name p.\"Id\"", "EK-column-name t.\"Pid\"", "EK-constraint-name t.\"Fk\"", "EK-index-name t.\"Fk\""],
            ),
            ("CREATE PROCEDURE @Pp@() SELECT 1", &["EK-procedure-name \"Pp\""]),
            ("CREATE FUNCTION @Ff@() RETURNS int DETERMINISTIC RETURN 1", &["EK-function-name \"Ff\""]),
            ("CREATE EVENT @Ee@ ON SCHEDULE EVERY 1 DAY STARTS '2036-01-01' DO SELECT 1", &["EK-event-name \"Ee\""]),
            (
                "CREATE TABLE t (@Id@ int PRIMARY KEY) PARTITION BY RANGE (@Id@) (PARTITION @Pa@ VALUES LESS THAN (10))",
                &["EK-column-name t.\"Id\"", "EK-partition-name t.\"Pa\""],
            ),
            (
                "CREATE TABLE t (@Day@ int); CREATE VIEW v AS SELECT @Day@ + 1 AS @Next@ FROM t WHERE t.@Day@ > 3",
                &["EK-column-name t.\"Day\"", "EK-column-name v.\"Next\""],
            ),
        ];
        for (sql, expected) in pairs {
            let bare = sql.replace('@', "");
            let lower: String =
                sql.split('@').enumerate().map(|(at, part)| if at % 2 == 0 { part.to_owned() } else { part.to_lowercase() }).collect();
            let (mixed, lower) = (made(db, &bare), made(db, &lower));
            for (left, right) in [(&mixed, &lower), (&lower, &mixed)] {
                let (mut found, same) = compared(left, right);
                found.sort();
                let found: Vec<String> = found.iter().map(|text| text.to_lowercase().replace('"', "")).collect();
                assert_eq!(found, texts(expected).iter().map(|text| text.to_lowercase().replace('"', "")).collect::<Vec<_>>(), "{sql}");
                assert!(same, "{sql}");
            }
            assert_eq!(compared(&mixed, &made(db, &bare)), (vec![], true), "{sql}");
        }
        // Tables and what is in quotes are as they are spelled.
        let of = |sql: &str| made(db, sql);
        for (a, b) in [
            ("CREATE TABLE T (id int)", "CREATE TABLE t (id int)"),
            ("CREATE TABLE t (a int DEFAULT (length('A')))", "CREATE TABLE t (a int DEFAULT (length('a')))"),
            ("CREATE TABLE t (a varchar(9) DEFAULT 'A')", "CREATE TABLE t (a varchar(9) DEFAULT 'a')"),
        ] {
            let (found, same) = compared(&of(a), &of(b));
            assert!(!found.is_empty() && !same, "{a}");
        }
    });
}

/// Rights and definers are those of what they are on, however that is spelled.
#[test]
fn rights_follow_the_case_of_what_they_are_on() {
    const MADE: &str = "CREATE TABLE t (id int PRIMARY KEY, @Day@ date); CREATE FUNCTION @Ff@() RETURNS int DETERMINISTIC RETURN 1; \
        CREATE EVENT @Ee@ ON SCHEDULE EVERY 1 DAY STARTS '2036-01-01' DISABLE DO SELECT 1; \
        GRANT EXECUTE ON FUNCTION @Ff@ TO USER; GRANT SELECT (@Day@) ON t TO USER";
    each_flavor(|db| {
        let user = format!("{}_letters", db.name);
        db.exec(&format!("CREATE USER {user}"));
        let of = |sql: &str| {
            let made = TestDb::create(db.server.clone());
            made.exec(&sql.replace('@', "").replace("USER", &user));
            let request = Request { dimensions: vec![Dimension::Schema, Dimension::Privileges], ..Request::new("test") };
            let target = Target::parse(&made.url(), &ThisMachine).unwrap();
            MysqlEnvironment::new(target).capture(&request, &Watch::none()).unwrap_or_else(|trouble| panic!("{trouble:#?}"))
        };
        // Other tests make and drop accounts meanwhile.
        let rights = |reference: &Manifest, candidate: &Manifest| {
            let trees = (Tree::of(reference), Tree::of(candidate));
            let (left, right) =
                (Side { label: "a", manifest: reference, tree: &trees.0 }, Side { label: "b", manifest: candidate, tree: &trees.1 });
            let found = compare(left, right, &Scope::default(), &NoRemedies).differences;
            let own = found.into_iter().filter(|one| one.subject.kind.name() == "definer" || one.subject.object.contains(&user));
            own.map(|one| format!("{} {}", one.id, one.subject.object)).collect::<Vec<_>>()
        };
        let (mixed, small) = (of(MADE), of(&MADE.to_lowercase().replace("user", "USER")));
        for (left, right) in [(&mixed, &small), (&small, &mixed), (&mixed, &mixed)] {
            assert_eq!(rights(left, right), [""; 0], "{}", db.name);
        }
        let less = of(&MADE.replace("GRANT EXECUTE ON FUNCTION @Ff@ TO USER; ", "").to_lowercase().replace("user", "USER"));
        assert_eq!(rights(&mixed, &less).len(), 1, "{:?}", rights(&mixed, &less));
        db.exec(&format!("DROP USER {user}"));
    });
}

/// Code that is written in another way does the same, and is not said to do something else.
#[test]
fn white_space_and_comments_of_code_are_cosmetic() {
    each_flavor(|db| {
        let places = [
            ("procedure p", "CREATE PROCEDURE p() @"),
            ("function f", "CREATE FUNCTION f() RETURNS int DETERMINISTIC @"),
            ("trigger t.g", "CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW @"),
            ("event e", "CREATE EVENT e ON SCHEDULE EVERY 1 DAY STARTS '2036-01-01' DO @"),
        ];
        for (what, ddl) in places {
            let result = if what.starts_with("function") { "RETURN 1" } else { "DO 1" };
            let of = |code: &str| {
                let made = TestDb::create(db.server.clone());
                made.exec("CREATE TABLE t (a int)");
                // The client's own splitting knows no bodies with semicolons.
                made.session().exec(&ddl.replace('@', &code.replace('#', result))).unwrap();
                let request = Request { dimensions: vec![Dimension::Schema], ..Request::new("test") };
                let target = Target::parse(&made.url(), &ThisMachine).unwrap();
                MysqlEnvironment::new(target).capture(&request, &Watch::none()).unwrap_or_else(|trouble| panic!("{trouble:#?}"))
            };
            let plain = of("BEGIN SET @x = 1, @y = 'a  b'; #; END");
            let (kind, object) = what.split_once(' ').unwrap();
            let told = vec![format!("EK-{kind}-body {object}")];
            for same in
                ["BEGIN\n  SET @x=1,\n    @y='a  b';\n  #;\nEND", "BEGIN /* it's \"why\" */ SET @x = 1, @y = 'a  b'; -- don't\n #; END"]
            {
                let other = of(same);
                assert_eq!(compared(&plain, &other), (told.clone(), true), "{what}: {same}");
                let trees = (Tree::of(&plain), Tree::of(&other));
                let (left, right) =
                    (Side { label: "a", manifest: &plain, tree: &trees.0 }, Side { label: "b", manifest: &other, tree: &trees.1 });
                let found = compare(left, right, &Scope::default(), &NoRemedies);
                assert!(found.differences.iter().all(|found| found.severity == Severity::Inform && !found.why.contains("something else")));
            }
            for other in [
                "BEGIN SET @x = 1, @y = 'a b'; #; END",
                "BEGIN SET @x = 2, @y = 'a  b'; #; END",
                "BEGIN /*! SET @z = 1; */ SET @x = 1, @y = 'a  b'; #; END",
                "BEGIN -- SET @x = 1, @y = 'a  b';\n #; END",
            ] {
                let (found, same) = compared(&plain, &of(other));
                assert_eq!((found, same), (told.clone(), false), "{what}: {other}");
            }
        }
    });
}

const PARENT: &str = "CREATE TABLE p (id int PRIMARY KEY);";

#[test]
fn a_check_and_a_foreign_key_of_one_name_are_two() {
    each_flavor(|db| {
        let check = if db.flavor().is_mariadb() { "pid int CHECK (pid > 5)" } else { "pid int, CONSTRAINT pid CHECK (pid > 5)" };
        let of = |column: &str, key: &str| made(db, &format!("{PARENT} CREATE TABLE t (id int PRIMARY KEY, {column}{key})"));
        let key = ", CONSTRAINT pid FOREIGN KEY (pid) REFERENCES p(id)";
        let index = ", KEY pid (pid)";
        let both = of(check, key);
        assert_eq!(compared(&both, &of(check, key)), (vec![], true));
        assert_eq!(compared(&both, &of("pid int", key)), (texts(&["EK-constraint-missing t.pid"]), false));
        assert_eq!(compared(&both, &of(check, index)), (texts(&["EK-constraint-missing t.pid"]), false));
        assert_eq!(compared(&of("pid int", key), &both), (texts(&["EK-constraint-extra t.pid"]), false));
        let apart = texts(&["EK-constraint-extra t.pid", "EK-constraint-missing t.pid"]);
        let (mut found, same) = compared(&of(check, index), &of("pid int", key));
        found.sort();
        assert_eq!((found, same), (apart, false));
    });
}

#[test]
fn names_that_nobody_chose_say_nothing() {
    each_flavor(|db| {
        let is_mariadb = db.flavor().is_mariadb();
        let of = |checks: &str| made(db, &format!("CREATE TABLE t (id int PRIMARY KEY, n int, {checks})"));
        let typed = of("CHECK (n > 0), CHECK (n < 100)");
        // In another order the server numbers them otherwise.
        assert_eq!(weighed(&typed, &of("CHECK (n < 100), CHECK (n > 0)")), (vec![], true, 2));
        let (found, same) = compared(&typed, &of("CHECK (n < 100), CHECK (n > 1)"));
        assert!(!found.is_empty() && !same, "{found:?}");
        // As an online copy leaves it.
        let copied = |sql: &str| {
            let copy = "CREATE TABLE _t_gho LIKE t; RENAME TABLE t TO _t_del, _t_gho TO t; DROP TABLE _t_del";
            made(db, &format!("CREATE TABLE t (id int PRIMARY KEY, n int, {sql}); {copy}"))
        };
        let (found, same, _) = weighed(&typed, &copied("CHECK (n > 0), CHECK (n < 100)"));
        assert_eq!((found, same), (vec![], true));
        let named = "CHECK (n > 0), CONSTRAINT nm CHECK (n < 100)";
        let expected = if is_mariadb { (vec![], true) } else { (texts(&["EK-constraint-name t.nm"]), false) };
        let (found, same, _) = weighed(&of(named), &copied(named));
        assert_eq!((found.iter().map(|text| text.replace("-renamed", "-name")).collect::<Vec<_>>(), same), expected);
        let keys = |keys: &str| made(db, &format!("{PARENT} CREATE TABLE t (id int PRIMARY KEY, a int, b int, KEY (a), KEY (b), {keys})"));
        let (a, b) = ("FOREIGN KEY (a) REFERENCES p(id)", "FOREIGN KEY (b) REFERENCES p(id)");
        let both = keys(&format!("{a}, {b}"));
        assert_eq!(weighed(&both, &keys(&format!("{b}, {a}"))), (vec![], true, 2));
        let (found, same) = compared(&both, &keys(&format!("{b}, {a} ON DELETE CASCADE")));
        assert!(!found.is_empty() && !same, "{found:?}");
    });
}
