//! What an account cannot see is a gap, whatever it may see: measured on real servers, account by account.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use evenkeel_core::kind::{ALL, Dimension, Kind, Value};
use evenkeel_core::manifest::{Gap, Manifest, Object, Reason};
use evenkeel_core::port::{Environment, Request, Silent};
use evenkeel_mysql::connect::{ProcessEnvironment, Target, connect};
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
    Target::parse(&scratch.url(database).replace("//root@", &format!("//{user}@")), &ProcessEnvironment).unwrap()
}

fn capture(scratch: &Scratch, user: &str, database: &str, dimensions: &[Dimension]) -> Manifest {
    let mut request = Request::new(user);
    request.dimensions = dimensions.to_vec();
    let environment = MysqlEnvironment::new(target(scratch, user, database));
    environment.capture(&request, &Silent).unwrap_or_else(|trouble| panic!("{user}: {trouble:#?}"))
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
        let whole = capture(scratch, "root", DATABASE, &[Dimension::Schema]);
        assert_eq!(whole.gaps, []);
        for kind in [Kind::Table, Kind::Column, Kind::Index, Kind::Constraint, Kind::View, Kind::Trigger, Kind::Event, Kind::Procedure] {
            assert!(!whole.of_kind(kind).is_empty(), "{}", kind.name());
        }
        for (index, grants) in ACCOUNTS.iter().enumerate() {
            let name = format!("a{index}");
            account(scratch, &name, grants);
            let seen = capture(scratch, &name, DATABASE, &[Dimension::Schema]);
            nothing_is_missing_in_silence(&grants.join(" + "), &seen, &whole, Dimension::Schema);
            let uncured: Vec<&Gap> = seen.gaps.iter().filter(|gap| gap.cure.is_none()).collect();
            assert!(uncured.is_empty(), "{grants:?}: {uncured:#?}");
        }
    });
}

#[test]
fn an_account_with_nothing_learns_nothing_and_is_told_so() {
    each_server(|scratch| {
        account(scratch, "nobody", &[]);
        let seen = capture(scratch, "nobody", "", &Dimension::ALL);
        for dimension in [Dimension::Schema, Dimension::Data, Dimension::Privileges] {
            let gap = seen.gaps.iter().find(|gap| gap.dimension == dimension && gap.kind.is_none() && gap.reason == Reason::Privilege);
            assert!(
                gap.is_some_and(|gap| gap.cure.as_deref().unwrap_or_default().starts_with("GRANT ")),
                "{dimension:?}: {:#?}",
                seen.gaps
            );
        }
        let request = Request::new("nobody");
        let trouble = MysqlEnvironment::new(target(scratch, "nobody", DATABASE)).capture(&request, &Silent).unwrap_err();
        assert!(trouble.to_string().contains(DATABASE), "{trouble:#?}");
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
            let script = root.grants(&request, Some(&format!("{name}@localhost"))).unwrap();
            session.exec(&without_comments(&script)).unwrap();
            session.exec(&format!("ALTER USER {name}@localhost ACCOUNT UNLOCK")).unwrap();
            let own = MysqlEnvironment::new(target(scratch, name, database)).grants(&request, None).unwrap();
            assert!(own.contains("-- Nothing is missing.") && without_comments(&own).is_empty(), "{own}");
            let again = root.grants(&request, Some(&format!("{name}@localhost"))).unwrap();
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
