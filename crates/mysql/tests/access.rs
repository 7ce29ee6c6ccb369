//! What an account cannot see is a gap, whatever it may see: measured on real servers, account by account.
//!
//! Over 500 lines because every test needs the same accounts and the same way to capture as one of them.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use evenkeel_core::compare::{Change, NoRemedies, Scope, Side, compare};
use evenkeel_core::digest::Tree;
use evenkeel_core::fault::Class;
use evenkeel_core::finding::Remedy;
use evenkeel_core::kind::{ALL, Dimension, Kind, Value};
use evenkeel_core::manifest::{Gap, Manifest, Object, Reason};
use evenkeel_core::port::{Engine as _, Environment, Request, Watch};
use evenkeel_mysql::connect::{Target, ThisMachine, connect};
use evenkeel_mysql::engine::Mysql;
use evenkeel_mysql::environment::MysqlEnvironment;
use evenkeel_mysql::scratch::{Options, Scratch, find_servers, pick};

/// A name that is a pattern where it is not escaped.
const DATABASE: &str = "sh_op";

const SCHEMA: &str = "
    CREATE TABLE parent (id int PRIMARY KEY, a int DEFAULT 7, KEY k (a), CONSTRAINT chk CHECK (a > 0));
    CREATE TABLE t (id int PRIMARY KEY, p int, name varchar(20), CONSTRAINT fk FOREIGN KEY (p) REFERENCES parent (id) ON DELETE CASCADE);
    CREATE TABLE part (id int PRIMARY KEY) PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN MAXVALUE);
    CREATE VIEW v AS SELECT id, name FROM t;
    CREATE TRIGGER trg BEFORE INSERT ON t FOR EACH ROW SET NEW.name = 'x';
    CREATE EVENT ev ON SCHEDULE EVERY 1 DAY DISABLE DO DELETE FROM t;
    CREATE PROCEDURE pr() SELECT 1;
    CREATE FUNCTION fn() RETURNS int DETERMINISTIC RETURN 1;
    INSERT INTO parent VALUES (1, 1);
";

/// Privileges of one account each, `@` standing for the database.
const ACCOUNTS: &[&[&str]] = &[
    &["SELECT ON @.parent"],
    &["SELECT (id) ON @.t"],
    &["INSERT ON @.t"],
    &["SELECT ON @.parent", "SELECT ON @.t", "SELECT ON @.part", "SELECT ON @.v", "TRIGGER ON @.t", "EVENT ON @.*"],
    &["SELECT ON @.*"],
    &["INSERT ON @.*"],
    &["UPDATE ON @.*"],
    &["DELETE ON @.*"],
    &["CREATE ON @.*"],
    &["DROP ON @.*"],
    &["REFERENCES ON @.*"],
    &["INDEX ON @.*"],
    &["ALTER ON @.*"],
    &["CREATE TEMPORARY TABLES ON @.*"],
    &["LOCK TABLES ON @.*"],
    &["EXECUTE ON @.*"],
    &["CREATE VIEW ON @.*"],
    &["SHOW VIEW ON @.*"],
    &["CREATE ROUTINE ON @.*"],
    &["ALTER ROUTINE ON @.*"],
    &["EVENT ON @.*"],
    &["TRIGGER ON @.*"],
    &["SELECT, SHOW VIEW ON @.*"],
    &["INSERT, SHOW VIEW ON @.*"],
    &["SELECT, TRIGGER ON @.*"],
    &["SELECT, SHOW VIEW, TRIGGER, EVENT, EXECUTE ON @.*"],
    &["ALL ON @.*"],
    &["SELECT ON *.*"],
    &["SELECT, SHOW VIEW ON *.*"],
    &["PROCESS ON *.*", "SELECT ON @.*"],
    &["SELECT, SHOW VIEW, TRIGGER, EVENT, PROCESS ON *.*"],
    // The plain name decides, and the pattern beside it gives nothing.
    &["SELECT ON @.*", "SHOW VIEW, TRIGGER, EVENT ON `sh%`.*"],
    &["SELECT, SHOW VIEW, TRIGGER, EVENT ON `sh_o_`.*"],
];

fn each_server(test: impl Fn(&Scratch)) {
    let servers = find_servers();
    for (engine, number) in evenkeel_testkit::mysql::flavors() {
        let server = pick(&servers, Some(engine), Some(number)).unwrap();
        println!("on {}", server.series());
        let scratch = Scratch::start_with(server, &Options::default().setting("event_scheduler", "OFF").database(DATABASE)).unwrap();
        let session = scratch.session(DATABASE).unwrap();
        session.exec(SCHEMA).unwrap();
        if server.flavor.is_mariadb() {
            session.exec("CREATE SEQUENCE sq INCREMENT BY 7").unwrap();
        }
        test(&scratch);
        scratch.stop().unwrap();
    }
}

fn target(scratch: &Scratch, user: &str, database: &str) -> Target {
    Target::parse(&scratch.url(database).replace("//root@", &format!("//{user}@")), &ThisMachine).unwrap()
}

fn capture(scratch: &Scratch, user: &str, database: &str, dimensions: &[Dimension]) -> Manifest {
    let mut request = Request::new(user);
    request.dimensions = dimensions.to_vec();
    let environment = MysqlEnvironment::new(target(scratch, user, database));
    environment.capture(&request, &Watch::none()).unwrap_or_else(|trouble| panic!("{user}: {trouble:#?}"))
}

fn told(objects: &[Object]) -> Vec<(String, Vec<(u8, Value)>)> {
    objects.iter().map(|object| (object.display(), object.values().to_vec())).collect()
}

/// Nothing of a kind differs from what the superuser sees, unless a gap says so.
fn nothing_is_missing_in_silence(who: &str, seen: &Manifest, whole: &Manifest, dimension: Dimension) {
    if seen.gaps.iter().any(|gap| gap.dimension == dimension && gap.kind.is_none()) {
        return;
    }
    for kind in ALL.iter().copied().filter(|kind| kind.spec().dimension == dimension) {
        if seen.gaps.iter().any(|gap| gap.kind.as_deref() == Some(kind.spec().name) && gap.object.is_none() && gap.attribute.is_none()) {
            continue;
        }
        assert_eq!(told(seen.of_kind(kind)), told(whole.of_kind(kind)), "{who}: {}", kind.name());
    }
}

fn account(scratch: &Scratch, name: &str, grants: &[&str]) {
    let session = scratch.session("").unwrap();
    session.exec(&format!("DROP USER IF EXISTS {name}@localhost; CREATE USER {name}@localhost")).unwrap();
    for grant in grants {
        let grant = grant.replace('@', "`sh\\_op`");
        // Grants on a table name the database without escapes.
        let grant = if grant.ends_with(".*") { grant } else { grant.replace("\\_", "_") };
        session.exec(&format!("GRANT {grant} TO {name}@localhost")).unwrap();
    }
}

#[test]
fn nothing_is_missing_without_a_gap() {
    each_server(|scratch| {
        for (index, grants) in ACCOUNTS.iter().enumerate() {
            account(scratch, &format!("a{index}"), grants);
        }
        let dimensions = [Dimension::Schema, Dimension::Privileges];
        let whole = capture(scratch, "root", DATABASE, &dimensions);
        assert_eq!(whole.gaps, []);
        for kind in [
            Kind::Table,
            Kind::Column,
            Kind::Index,
            Kind::Constraint,
            Kind::View,
            Kind::Trigger,
            Kind::Event,
            Kind::Procedure,
            Kind::Role,
            Kind::Grant,
            Kind::Definer,
        ] {
            assert!(!whole.of_kind(kind).is_empty(), "{}", kind.name());
        }
        for (index, grants) in ACCOUNTS.iter().enumerate() {
            let name = format!("a{index}");
            let seen = capture(scratch, &name, DATABASE, &dimensions);
            for dimension in dimensions {
                nothing_is_missing_in_silence(&grants.join(" + "), &seen, &whole, dimension);
            }
            let uncured: Vec<&Gap> = seen.gaps.iter().filter(|gap| gap.cure.is_none()).collect();
            assert!(uncured.is_empty(), "{grants:?}: {uncured:#?}");
        }
    });
}

/// Whoever looks at it, a database is the same as itself: what an account may not read is unknown, and no difference.
#[test]
fn one_database_seen_by_two_accounts_differs_in_nothing() {
    let golden = |path: &str| {
        let path = format!("{}/../../tests/golden/mysql/kinds/{path}", env!("CARGO_MANIFEST_DIR"));
        std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
    };
    each_server(|scratch| {
        let is_mariadb = scratch.url("").starts_with("mariadb");
        let session = scratch.session(DATABASE).unwrap();
        session.exec("DROP DATABASE sh_op; CREATE DATABASE sh_op; USE sh_op").unwrap();
        session.exec(&golden("both.sql")).unwrap();
        session.exec(&golden(if is_mariadb { "mariadb.sql" } else { "mysql.sql" })).unwrap();
        session.exec("CREATE VIEW v AS SELECT 'x' AS c; CREATE PROCEDURE pr(a int) SELECT 'x'").unwrap();
        let more: &[&[&str]] = &[
            &["SELECT, EXECUTE ON @.*"],
            &["SELECT, SHOW VIEW, EXECUTE ON @.*", "SHOW VIEW ON @.v"],
            &["SELECT ON @.*", "SHOW VIEW ON @.v", "EXECUTE ON PROCEDURE @.pr"],
            &["SELECT, INSERT, TRIGGER ON @.*"],
        ];
        let dimensions = Dimension::ALL;
        let whole = capture(scratch, "root", DATABASE, &dimensions);
        let whole_tree = Tree::of(&whole);
        for (index, grants) in ACCOUNTS.iter().chain(more).enumerate() {
            let name = format!("b{index}");
            // Of the tables that the others name there is none here.
            let there: Vec<&str> =
                grants.iter().copied().filter(|grant| ![".parent", ".t", ".part"].iter().any(|table| grant.ends_with(table))).collect();
            account(scratch, &name, &there);
            let seen = capture(scratch, &name, DATABASE, &Dimension::ALL);
            let tree = Tree::of(&seen);
            let (root, limited) =
                (Side { label: "root", manifest: &whole, tree: &whole_tree }, Side { label: &name, manifest: &seen, tree: &tree });
            for (reference, candidate) in [(root, limited), (limited, root)] {
                let comparison = compare(reference, candidate, &Scope::default(), &NoRemedies);
                // The accounts made meanwhile are differences in truth.
                let is_account = |object: &str| object.contains("@localhost");
                let found: Vec<String> = comparison
                    .differences
                    .iter()
                    .filter(|difference| difference.change != Change::Unsound)
                    .filter(|difference| {
                        difference.finding.subject.dimension != Dimension::Privileges || !is_account(&difference.subject.object)
                    })
                    .map(|difference| format!("{} {} {:?}", difference.id, difference.subject.object, difference.subject.attribute))
                    .collect();
                assert_eq!(found, Vec::<String>::new(), "{grants:?}");
            }
        }
    });
}

#[test]
fn an_account_with_nothing_learns_nothing_and_is_told_so() {
    each_server(|scratch| {
        account(scratch, "nobody", &[]);
        // Whether or not it asks for a database that it may not enter.
        for database in ["", DATABASE] {
            let seen = capture(scratch, "nobody", database, &Dimension::ALL);
            for dimension in [Dimension::Schema, Dimension::Data, Dimension::Privileges, Dimension::History] {
                let gap = seen.gaps.iter().find(|gap| gap.dimension == dimension && gap.kind.is_none() && gap.reason == Reason::Privilege);
                assert!(
                    gap.is_some_and(|gap| gap.cure.as_deref().unwrap_or_default().starts_with("GRANT ")),
                    "{dimension:?} of {database:?}: {:#?}",
                    seen.gaps
                );
            }
        }
    });
}

#[test]
fn roles_count_while_they_are_active() {
    each_server(|scratch| {
        let session = scratch.session("").unwrap();
        let is_mariadb = scratch.url("").starts_with("mariadb");
        session.exec("CREATE ROLE reading; GRANT SELECT, SHOW VIEW, TRIGGER, EVENT ON `sh\\_op`.* TO reading").unwrap();
        session.exec("CREATE USER ro@localhost; GRANT reading TO ro@localhost; GRANT INSERT ON sh_op.t TO ro@localhost").unwrap();
        let kinds = |manifest: &Manifest| manifest.gaps.iter().filter_map(|gap| gap.kind.clone()).collect::<Vec<_>>();
        let seen = kinds(&capture(scratch, "ro", DATABASE, &[Dimension::Schema]));
        assert!(seen.contains(&"table".to_owned()), "a role that is not active gives nothing: {seen:?}");
        session
            .exec(if is_mariadb { "SET DEFAULT ROLE reading FOR ro@localhost" } else { "SET DEFAULT ROLE reading TO ro@localhost" })
            .unwrap();
        let seen = kinds(&capture(scratch, "ro", DATABASE, &[Dimension::Schema]));
        assert!(!seen.contains(&"table".to_owned()) && !seen.contains(&"trigger".to_owned()), "{seen:?}");
        assert!(seen.contains(&"procedure".to_owned()), "{seen:?}");
    });
}

#[test]
fn the_script_is_enough_and_lets_nobody_write() {
    each_server(|scratch| {
        let session = scratch.session("").unwrap();
        // Something to see in the other dimensions.
        session.exec("CREATE ROLE helping; CREATE USER app@'10.%'; GRANT SELECT, INSERT ON `sh\\_op`.* TO app@'10.%'; GRANT helping TO app@'10.%'").unwrap();
        session
            .exec("GRANT UPDATE (a) ON sh_op.parent TO app@'10.%'; GRANT EXECUTE ON PROCEDURE sh_op.pr TO app@'10.%' WITH GRANT OPTION")
            .unwrap();
        for database in [DATABASE, ""] {
            let name = if database.is_empty() { "keel_all" } else { "keel_one" };
            let request = Request::new("root");
            let root = MysqlEnvironment::new(target(scratch, "root", database));
            let script = root.grants(&request, Some(&format!("{name}@localhost")), &Watch::none()).unwrap();
            session.exec(&without_comments(&script)).unwrap();
            session.exec(&format!("ALTER USER {name}@localhost ACCOUNT UNLOCK")).unwrap();
            let own = MysqlEnvironment::new(target(scratch, name, database)).grants(&request, None, &Watch::none()).unwrap();
            assert!(own.contains("-- Nothing is missing.") && without_comments(&own).is_empty(), "{own}");
            let again = root.grants(&request, Some(&format!("{name}@localhost")), &Watch::none()).unwrap();
            assert!(again.contains("-- Nothing is missing."), "{again}");
            for dimension in Dimension::ALL {
                let (seen, whole) = (capture(scratch, name, database, &[dimension]), capture(scratch, "root", database, &[dimension]));
                assert_eq!(seen.gaps, whole.gaps, "{dimension:?}");
                assert!(seen.gaps.iter().all(|gap| gap.reason != Reason::Privilege), "{:#?}", seen.gaps);
                nothing_is_missing_in_silence(name, &seen, &whole, dimension);
                if dimension == Dimension::Privileges {
                    let grants = told(seen.of_kind(Kind::Grant));
                    assert!(grants.iter().any(|(name, _)| name.contains("app@10.%")), "{grants:#?}");
                    assert!(!seen.of_kind(Kind::Role).is_empty() && !seen.of_kind(Kind::Membership).is_empty());
                }
            }
            for statement in [
                "INSERT INTO sh_op.t VALUES (2, 1, 'x')",
                "UPDATE sh_op.parent SET a = 2",
                "DELETE FROM sh_op.parent",
                "CREATE TABLE sh_op.u (a int)",
                "ALTER TABLE sh_op.t ADD c int",
                "DROP TABLE sh_op.part",
                "CREATE DATABASE mine",
                "CREATE USER mine@localhost",
                "CALL sh_op.pr()",
                "SET GLOBAL max_connections = 10",
                "UPDATE mysql.proxies_priv SET with_grant = 1",
                "GRANT SELECT ON sh_op.t TO app@'10.%'",
            ] {
                let refused = attempt(scratch, name, statement).unwrap_err();
                assert!([1044, 1142, 1227, 1370, 1410, 1143].contains(&refused), "{statement}: {refused}");
            }
        }
    });
}

#[test]
fn the_script_is_for_whoever_cannot_even_enter_the_database() {
    each_server(|scratch| {
        account(scratch, "nowhere", &[]);
        let script =
            MysqlEnvironment::new(target(scratch, "nowhere", DATABASE)).grants(&Request::new("nowhere"), None, &Watch::none()).unwrap();
        scratch.session("").unwrap().exec(&without_comments(&script)).unwrap();
        let (seen, whole) =
            (capture(scratch, "nowhere", DATABASE, &[Dimension::Schema]), capture(scratch, "root", DATABASE, &[Dimension::Schema]));
        assert_eq!(seen.gaps, whole.gaps);
        nothing_is_missing_in_silence("nowhere", &seen, &whole, Dimension::Schema);
    });
}

#[test]
fn a_name_without_a_host_is_looked_up() {
    each_server(|scratch| {
        let session = scratch.session("").unwrap();
        let is_mariadb = scratch.url("").starts_with("mariadb");
        session.exec("CREATE USER near@localhost; CREATE USER twice@localhost; CREATE USER twice@'10.%'; CREATE ROLE part").unwrap();
        let root = MysqlEnvironment::new(target(scratch, "root", DATABASE));
        let script = |who: &str| root.grants(&Request::new("root"), Some(who), &Watch::none());
        let near = script("near").unwrap();
        assert!(near.contains(" TO `near`@`localhost`;") && near.contains("-- has: CREATE USER") && !near.contains("`%`"), "{near}");
        let part = script("part").unwrap();
        let grantee = if is_mariadb { " TO `part`;" } else { " TO `part`@`%`;" };
        assert!(part.contains(grantee) && part.contains("-- has: CREATE "), "{part}");
        session.exec(&without_comments(&part)).unwrap();
        assert!(script("part").unwrap().contains("-- Nothing is missing."));
        let twice = script("twice").unwrap_err();
        assert_eq!((twice.class, twice.found.as_deref()), (Class::Usage, Some("2: twice@10.%, twice@localhost")), "{twice:#?}");
        let absent = script("absent").unwrap_err();
        assert!(absent.class == Class::Usage && absent.fix.unwrap().contains("--role absent@"));
        assert!(script("absent@%").unwrap().contains("\nCREATE USER IF NOT EXISTS `absent`@`%`"));
        // Who may not look it up is told so.
        let blind =
            MysqlEnvironment::new(target(scratch, "near", "")).grants(&Request::new("near"), Some("twice"), &Watch::none()).unwrap_err();
        assert!(blind.class == Class::Usage && blind.what.contains("look up") && blind.fix.is_some(), "{blind:#?}");
    });
}

#[test]
fn a_capture_writes_nothing_whoever_it_is() {
    each_server(|scratch| {
        let session = scratch.session("").unwrap();
        account(scratch, "few", &["SELECT, SHOW VIEW ON @.*"]);
        account(scratch, "none", &[]);
        session.exec("SET GLOBAL log_output = 'TABLE'; SET GLOBAL general_log = ON").unwrap();
        for (user, database) in [("few", DATABASE), ("none", ""), ("root", DATABASE)] {
            session.exec("TRUNCATE mysql.general_log").unwrap();
            capture(scratch, user, database, &Dimension::ALL);
            let log = session.query_text(&format!("SELECT convert(argument USING utf8mb4) FROM mysql.general_log WHERE command_type IN ('Query', 'Prepare', 'Execute') AND user_host LIKE '{user}[%' AND argument NOT LIKE '%general\\_log%'")).unwrap();
            let statements: Vec<String> = log.into_iter().flatten().flatten().collect();
            assert!(statements.len() > 20, "{user}: {statements:#?}");
            for statement in &statements {
                let reads = [
                    "SELECT ",
                    "SHOW ",
                    "WITH ",
                    "SET SESSION ",
                    "SET NAMES UTF8MB4, SESSION ",
                    "START TRANSACTION ",
                    "ROLLBACK",
                    "SAVEPOINT ",
                    "USE ",
                ];
                let upper = statement.trim_start_matches(['(', '\n', ' ']).to_ascii_uppercase().replace('\n', " ");
                assert!(reads.iter().any(|start| upper.starts_with(start)), "{user}: {statement}");
                assert!(!upper.starts_with("SET ") || !upper.contains("GLOBAL") && !upper.contains("PERSIST"), "{user}: {statement}");
                assert!(!upper.contains(" INTO OUTFILE") && !upper.contains(" FOR UPDATE"), "{user}: {statement}");
            }
        }
    });
}

#[test]
fn a_server_that_checks_no_privileges_is_not_one_without_any() {
    each_server(|scratch| {
        let mut scratch = Scratch::start_with(scratch.binaries(), &Options::default().database(DATABASE)).unwrap();
        scratch.restart(&[("skip_grant_tables".to_owned(), "ON".to_owned())]).unwrap();
        let seen = capture(&scratch, "anybody", DATABASE, &Dimension::ALL);
        let whole = seen.gaps.iter().find(|gap| gap.dimension == Dimension::Privileges && gap.kind.is_none());
        assert!(whole.is_some_and(|gap| gap.detail.contains("--skip-grant-tables")), "{:#?}", seen.gaps);
        scratch.stop().unwrap();
    });
}

/// Accounts and grants as each vendor writes them.
#[test]
fn privileges_are_told_alike() {
    each_server(|scratch| {
        let session = scratch.session("").unwrap();
        let is_mariadb = scratch.url("").starts_with("mariadb");
        let run = |sql: &str| session.exec(sql).unwrap();
        run(
            "CREATE ROLE helping; CREATE USER app_prod@'10.%' REQUIRE X509 WITH MAX_QUERIES_PER_HOUR 5 MAX_USER_CONNECTIONS 7 ACCOUNT LOCK",
        );
        run("CREATE USER other@localhost PASSWORD EXPIRE");
        run("GRANT SELECT, INSERT ON `sh\\_op`.* TO app_prod@'10.%' WITH GRANT OPTION; GRANT ALL ON `sh\\_op`.* TO other@localhost");
        run("GRANT SELECT ON `sh%`.* TO app_prod@'10.%'; GRANT SELECT ON `elsewhere%`.* TO app_prod@'10.%'");
        run("GRANT SELECT (id, p), UPDATE (p) ON sh_op.t TO app_prod@'10.%'; GRANT SELECT ON sh_op.v TO app_prod@'10.%'");
        run("GRANT ALL ON sh_op.t TO app_prod@'10.%'; GRANT EXECUTE ON FUNCTION sh_op.fn TO app_prod@'10.%' WITH GRANT OPTION");
        run("GRANT helping TO app_prod@'10.%' WITH ADMIN OPTION; GRANT PROXY ON other@localhost TO app_prod@'10.%'");
        run(if is_mariadb { "SET DEFAULT ROLE helping FOR app_prod@'10.%'" } else { "SET DEFAULT ROLE helping TO app_prod@'10.%'" });
        run("CREATE DEFINER=app_prod@'10.%' VIEW sh_op.theirs AS SELECT 1 AS one");
        let mut request = Request::new("here");
        request.dimensions = vec![Dimension::Privileges];
        request.roles = [("app".to_owned(), "app_prod".to_owned())].into();
        let seen = MysqlEnvironment::new(target(scratch, "root", DATABASE)).capture(&request, &Watch::none()).unwrap();
        assert_eq!(seen.gaps, []);
        let helping = if is_mariadb { "helping" } else { "helping@%" };
        let list =
            |kind, identity: &[&str], property| match seen.find(kind, identity).unwrap_or_else(|| panic!("{identity:?}")).get(property) {
                Some(Value::List(list)) => list.join(", "),
                other => format!("{other:?}"),
            };
        let app = ["app@10.%"];
        let role = seen.find(Kind::Role, &app).unwrap();
        assert_eq!(role.get("locked"), Some(&Value::Flag(true)));
        assert_eq!(role.get("login"), Some(&Value::Flag(true)));
        assert_eq!(role.get("connection_limit"), Some(&Value::Integer(7)));
        assert_eq!(role.text("tls"), Some("x509"));
        assert_eq!(list(Kind::Role, &app, "limits"), "max_queries_per_hour=5");
        assert_eq!(list(Kind::Role, &app, "default_roles"), helping);
        assert_eq!(list(Kind::Role, &app, "authentication"), if is_mariadb { "mysql_native_password" } else { "caching_sha2_password" });
        assert_eq!(seen.find(Kind::Role, &["other@localhost"]).unwrap().get("password_expired"), Some(&Value::Flag(true)));
        assert_eq!(seen.find(Kind::Role, &[helping]).unwrap().values(), []);
        assert_eq!(seen.find(Kind::Membership, &[helping, "app@10.%"]).unwrap().get("admin"), Some(&Value::Flag(true)));
        let granted = |kind: &str, object: &str, grantee: &str| {
            let identity = [kind, object, grantee];
            (list(Kind::Grant, &identity, "privileges"), list(Kind::Grant, &identity, "grantable"))
        };
        let (none, app) = ("None".to_owned(), "app@10.%");
        assert_eq!(granted("schema", "(database)", app), ("INSERT, SELECT".into(), "INSERT, SELECT".into()));
        assert_eq!(granted("schema", "sh%", app), ("SELECT".into(), none.clone()));
        assert_eq!(granted("schema", "(database)", "other@localhost"), ("ALL PRIVILEGES".into(), none.clone()));
        assert_eq!(granted("table", "t", app), ("ALL PRIVILEGES".into(), none.clone()));
        assert_eq!(granted("view", "v", app), ("SELECT".into(), none.clone()));
        assert_eq!(granted("column", "t.p", app), ("SELECT, UPDATE".into(), none.clone()));
        assert_eq!(granted("function", "fn", app), ("EXECUTE".into(), "EXECUTE".into()));
        assert_eq!(granted("role", "other@localhost", app), ("PROXY".into(), none.clone()));
        assert_eq!(granted("global", "*", "root@localhost"), ("ALL PRIVILEGES".into(), "ALL PRIVILEGES".into()));
        assert!(seen.objects().iter().all(|object| !object.display().contains("elsewhere")), "about another database");
        for reserved in ["mysql.sys", "mysql.session", "mysql.infoschema", "mariadb.sys"] {
            assert!(seen.objects().iter().all(|object| !object.display().contains(reserved)), "{reserved}");
        }
        assert_eq!(seen.find(Kind::Definer, &["view", "theirs"]).unwrap().text("definer"), Some(app));
        if !is_mariadb {
            run(
                "SET GLOBAL partial_revokes = ON; GRANT SELECT, INSERT ON *.* TO other@localhost; REVOKE INSERT ON sh_op.* FROM other@localhost",
            );
            let seen = capture(scratch, "root", DATABASE, &[Dimension::Privileges]);
            let revoked = seen.find(Kind::Grant, &["schema", "(database)", "other@localhost"]).unwrap().get("privileges");
            assert_eq!(revoked, Some(&Value::list(["ALL PRIVILEGES", "INSERT (revoked)"])));
        }
    });
}

/// Of grants whose names fit a database the server takes one alone: what is compared is what holds, and no fix hides it.
#[test]
fn grants_under_several_names_are_compared_by_what_holds() {
    each_server(|scratch| {
        let session = scratch.session("").unwrap();
        session.exec("CREATE DATABASE us_a; CREATE DATABASE us_b; CREATE TABLE us_b.k (i int); CREATE USER w@localhost").unwrap();
        let root = |database: &str| capture(scratch, "root", database, &[Dimension::Privileges]);
        let privileges = |manifest: &Manifest| {
            manifest.find(Kind::Grant, &["schema", "(database)", "w@localhost"]).map(|it| it.get("privileges").cloned())
        };
        let told = |reference: &Manifest, candidate: &Manifest| {
            let (a, b) = (Tree::of(reference), Tree::of(candidate));
            let (left, right) = (Side { label: "a", manifest: reference, tree: &a }, Side { label: "b", manifest: candidate, tree: &b });
            let found = Mysql.compare(left, right, &Scope::default());
            let about = found.differences.into_iter().filter(|found| found.subject.object.contains("w@localhost"));
            about.map(|found| found.finding.remedy).collect::<Vec<_>>()
        };
        session.exec("GRANT SELECT, INSERT ON us_a.* TO w@localhost; GRANT SELECT ON us_b.* TO w@localhost").unwrap();
        let (a, b) = (root("us_a"), root("us_b"));
        let remedies = told(&a, &b);
        assert!(matches!(&remedies[..], [Some(Remedy::Step(step))] if step.contains("most specific")), "{remedies:?}");
        assert!(matches!(&told(&b, &a)[..], [Some(Remedy::Step(_))]));
        // What the fix once was: the second row hides the first.
        session.exec("GRANT INSERT ON `us\\_b`.* TO w@localhost").unwrap();
        assert_eq!(attempt(scratch, "w", "SELECT * FROM us_b.k"), Err(1142));
        let hidden = root("us_b");
        assert_eq!(privileges(&hidden), Some(Some(Value::list(["INSERT"]))));
        assert_eq!(told(&a, &hidden).len(), 1, "rights differ");
        session.exec("REVOKE INSERT ON `us\\_b`.* FROM w@localhost; GRANT INSERT ON us_b.* TO w@localhost").unwrap();
        assert_eq!(told(&a, &root("us_b")), []);
        // Another pattern beside it: which one holds is not told.
        session.exec("GRANT DELETE ON `us%`.* TO w@localhost").unwrap();
        let doubtful = root("us_b");
        assert!(
            doubtful.gaps.iter().any(|gap| gap.reason == Reason::Ambiguous && gap.attribute.as_deref() == Some("privileges")),
            "{:#?}",
            doubtful.gaps
        );
        // Under its own name it is one, and a fix of another account's plain grant stays.
        session.exec("DROP USER w@localhost; CREATE USER w@localhost; GRANT SELECT, INSERT ON `us\\_a`.* TO w@localhost; GRANT SELECT ON `us\\_b`.* TO w@localhost").unwrap();
        let remedies = told(&root("us_a"), &root("us_b"));
        assert!(
            matches!(&remedies[..], [Some(Remedy::Statements(sql))] if sql.contains("\nGRANT INSERT ON `us\\_b`.* TO")),
            "{remedies:?}"
        );
        if scratch.url("").starts_with("mysql") {
            session.exec("SET GLOBAL partial_revokes = ON; GRANT SELECT, INSERT ON *.* TO w@localhost").unwrap();
            let before = root("us_b");
            session.exec("REVOKE INSERT ON us_b.* FROM w@localhost").unwrap();
            for (reference, candidate) in [(before.clone(), root("us_b")), (root("us_b"), before)] {
                let remedies = told(&reference, &candidate);
                assert!(
                    !remedies.is_empty() && remedies.iter().all(|remedy| remedy.as_ref().and_then(Remedy::statements).is_none()),
                    "{remedies:?}"
                );
            }
        }
    });
}

fn without_comments(script: &str) -> String {
    script.lines().filter(|line| !line.starts_with("--")).collect::<Vec<_>>().join("\n")
}

/// The server's error number, where it refuses.
fn attempt(scratch: &Scratch, user: &str, statement: &str) -> Result<(), u16> {
    let target = target(scratch, user, "");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut session = connect(&target).await.unwrap();
        session.run(statement, "trying to write").await.map_err(|fault| fault.code().unwrap())
    })
}
