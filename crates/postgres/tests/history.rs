//! Recorded migration history on real servers: tables that the tools themselves made, tables we may not read, tables a
//! deploy holds, tables that only look the part.
//!
//! The tools' own dumps live outside the repository, in `EVENKEEL_FIXTURES` or `../shared/fixtures`; without them that one
//! test is skipped, and says so.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use evenkeel_core::history::TOOLS;
use evenkeel_core::kind::{Dimension, Kind, Value};
use evenkeel_core::manifest::{Gap, Manifest, Object, Reason};
use evenkeel_core::port::{Environment, Request, Watch};
use evenkeel_postgres::connect::{Target, ThisMachine};
use evenkeel_postgres::environment::PostgresEnvironment;
use evenkeel_testkit::{TestDb, database, each_major, newest};
use std::path::PathBuf;
use std::time::{Duration, Instant};

fn capture_as(conninfo: &str) -> Manifest {
    let target = Target::parse(conninfo, &ThisMachine).unwrap();
    let mut request = Request::new("test");
    request.dimensions = vec![Dimension::History];
    request.lock_timeout = Duration::from_millis(500);
    PostgresEnvironment::new(target).capture(&request, &Watch::none()).unwrap_or_else(|trouble| panic!("{trouble:#?}"))
}

fn capture(db: &TestDb) -> Manifest {
    capture_as(&db.conninfo())
}

fn only_table(manifest: &Manifest) -> &Object {
    assert_eq!(manifest.gaps, Vec::<Gap>::new());
    match manifest.of_kind(Kind::HistoryTable) {
        [table] => table,
        tables => panic!("{tables:#?}"),
    }
}

/// Sample, tool, table, number of migrations (0 for pointers), the first migration's key or the current version, its checksum.
type Sample = (&'static str, &'static str, &'static str, usize, &'static str, Option<&'static str>);

const SAMPLES: &[Sample] = &[
    ("alembic", "Alembic", "public.alembic_version", 0, "4b106da1cf0c", None),
    ("dbmate", "Rails or dbmate", "public.schema_migrations", 2, "20260101000000", None),
    ("diesel", "Diesel", "public.__diesel_schema_migrations", 1, "20260101000000", None),
    ("django", "Django", "public.django_migrations", 20, "admin.0001_initial", None),
    (
        "drizzle",
        "Drizzle",
        "drizzle.__drizzle_migrations",
        1,
        "1795232952252",
        Some("84529301f145afb315612975bf31bfae77ea97707b7501fb2d0e3af2a1b1cdd0"),
    ),
    ("flyway", "Flyway", "public.flyway_schema_history", 3, "1", Some("-1044053735")),
    ("golang-migrate", "golang-migrate", "public.schema_migrations", 0, "20260102000000", None),
    ("goose", "goose", "public.goose_db_version", 2, "20260101000000", None),
    ("knex", "Knex", "public.knex_migrations", 2, "20260101000000_create_orders.js", None),
    ("laravel", "Laravel", "public.migrations", 1, "2026_01_01_000000_create_orders", None),
    ("liquibase", "Liquibase", "public.databasechangelog", 2, "changelog.sql::1::ann", Some("9:c0572ebceba230e3659d5f99a3925600")),
    ("node-pg-migrate", "node-pg-migrate", "public.pgmigrations", 1, "1767225600000_create-orders", None),
    (
        "prisma",
        "Prisma",
        "public._prisma_migrations",
        1,
        "20260101000000_init",
        Some("f40ed93c44e83b6cb173c329f6729403524bcdca48ec3356e791e420766d9271"),
    ),
    ("rails", "Rails", "public.schema_migrations", 2, "20260101000000", None),
    ("refinery", "refinery", "public.refinery_schema_history", 2, "1", Some("9106089368980788616")),
    ("sequelize", "Sequelize or umzug", "public.\"SequelizeMeta\"", 1, "20260101000000-create-orders.js", None),
    ("sqitch", "Sqitch", "sqitch.changes", 2, "shop:orders", Some("61cd1766d728fbc1f48cf822e0594553908b44f2")),
    (
        "sqlx",
        "sqlx",
        "public._sqlx_migrations",
        2,
        "20260101000000",
        Some("c7032cecc0e64cfff752cf84b13cc39c6905a40ecdc72a7dd483163bc74dd90a0bda84ea3b9cff6eecd1404e0b92e85a"),
    ),
    ("typeorm", "TypeORM", "public.migrations", 1, "CreateOrders1767225600000", None),
    ("umzug", "Sequelize or umzug", "public.\"SequelizeMeta\"", 1, "001-orders", None),
    ("yoyo", "yoyo", "public._yoyo_migration", 2, "0001.create", None),
];

/// Tools of which there is no sample that they made themselves. EF Core's and Atlas's tables are in MySQL's tests.
const UNSAMPLED: &[&str] =
    &["Supabase", "pgroll", "EF Core", "Atlas", "Ecto", "MikroORM", "tern", "Doctrine", "Phinx", "knex-migrator", "Hasura", "Jetbase"];

#[test]
fn every_tool_has_a_sample_or_is_known_to_have_none() {
    let of = |name: &str| SAMPLES.iter().any(|sample| sample.1 == name);
    let unsampled: Vec<&str> = TOOLS.iter().map(|tool| tool.name).filter(|name| !of(name)).collect();
    assert_eq!(unsampled, UNSAMPLED);
}

/// The folder of samples; nothing, and a counted skip, where it is not.
fn samples() -> Option<PathBuf> {
    let fixtures = std::env::var_os("EVENKEEL_FIXTURES")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/fixtures"), PathBuf::from);
    let folder = fixtures.join("history");
    if folder.is_dir() {
        return Some(folder);
    }
    evenkeel_testkit::note_skip(&format!("samples in {} (EVENKEEL_FIXTURES names another folder)", folder.display()));
    None
}

#[test]
fn every_tool_s_own_tables_are_known_and_read() {
    let Some(folder) = samples() else { return };
    let mut there: Vec<String> =
        std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    there.sort();
    assert_eq!(there, SAMPLES.iter().map(|sample| sample.0).collect::<Vec<_>>(), "samples and expectations differ");
    let db = database(newest());
    for (sample, tool, table, count, first, checksum) in SAMPLES {
        let dump = std::fs::read_to_string(folder.join(sample).join("dump.sql")).unwrap();
        // Lines for psql (\restrict) are no SQL.
        let sql: String = dump.lines().filter(|line| !line.starts_with('\\')).collect::<Vec<_>>().join("\n");
        // The dumps of tools with a schema of their own do not make it.
        db.exec("CREATE SCHEMA drizzle; CREATE SCHEMA sqitch");
        db.exec(&sql);
        let manifest = capture(&db);
        println!("{sample}");
        let found = only_table(&manifest);
        assert_eq!((found.text("tool"), found.display().as_str()), (Some(*tool), *table));
        assert_eq!(found.get("locked"), None);
        let migrations = manifest.of_kind(Kind::Migration);
        assert_eq!(migrations.len(), *count);
        assert!(migrations.iter().all(|migration| migration.get("state").is_none()), "{migrations:#?}");
        if *count == 0 {
            assert_eq!(found.get("current"), Some(&Value::list([*first])));
        } else {
            assert_eq!((migrations[0].identity.part(2), migrations[0].text("checksum")), (*first, *checksum));
        }
        db.exec("DROP SCHEMA public CASCADE; DROP SCHEMA drizzle, sqitch CASCADE; CREATE SCHEMA public");
    }
}

const FLYWAY: &str = "CREATE TABLE flyway_schema_history (installed_rank integer, version varchar(50), description varchar(200), \
    type varchar(20), script varchar(1000), checksum integer, installed_by varchar(100), installed_on timestamp, execution_time integer, \
    success boolean); INSERT INTO flyway_schema_history VALUES (1, '1', 'a', 'SQL', 'V1__a.sql', 7, 'x', now(), 1, true), \
    (2, '2', 'b', 'SQL', 'V2__b.sql', 8, 'x', now(), 1, false);";

#[test]
fn no_history_is_no_gap() {
    each_major(|db| {
        let manifest = capture(db);
        assert!(manifest.objects().is_empty() && manifest.gaps.is_empty() && manifest.covers(Dimension::History), "{:?}", manifest.gaps);
        db.exec(FLYWAY);
        let manifest = capture(db);
        assert_eq!(only_table(&manifest).text("tool"), Some("Flyway"));
        let states: Vec<_> = manifest.of_kind(Kind::Migration).iter().map(|migration| migration.text("state")).collect();
        assert_eq!(states, [None, Some("failed")]);
    });
}

#[test]
fn a_locked_table_is_a_gap_in_bounded_time() {
    let db = database(newest());
    db.exec(FLYWAY);
    for schema in 0..120 {
        db.exec(&format!("CREATE SCHEMA tenant{schema}; CREATE TABLE tenant{schema}.schema_migrations (version varchar); INSERT INTO tenant{schema}.schema_migrations VALUES ('1')"));
    }
    let deploy = db.another_session();
    deploy.exec("BEGIN; LOCK TABLE flyway_schema_history, tenant7.schema_migrations IN ACCESS EXCLUSIVE MODE").unwrap();
    let started = Instant::now();
    let manifest = capture(&db);
    assert!(started.elapsed() < Duration::from_secs(30), "{:?}", started.elapsed());
    let gaps: Vec<_> = manifest.gaps.iter().map(|gap| (gap.kind.as_deref(), gap.object.as_deref(), gap.reason)).collect();
    let gap = |object| (Some("migration"), Some(object), Reason::Locked);
    assert_eq!(gaps, [gap("public.flyway_schema_history"), gap("tenant7.schema_migrations")]);
    assert!(manifest.gaps[0].detail.contains("a deploy may be in flight"), "{}", manifest.gaps[0].detail);
    assert_eq!(manifest.of_kind(Kind::HistoryTable).len(), 121);
    assert_eq!(manifest.of_kind(Kind::Migration).len(), 119);
    deploy.exec("ROLLBACK").unwrap();
    assert_eq!(capture(&db).gaps, Vec::new());
}

#[test]
fn what_the_role_may_not_read_is_a_gap_with_its_cure() {
    each_major(|db| {
        let role = format!("Reader_{}", db.name);
        db.exec(&format!("CREATE ROLE \"{role}\" LOGIN"));
        db.exec(FLYWAY);
        db.exec("REVOKE ALL ON SCHEMA public FROM public; CREATE SCHEMA app; CREATE TABLE app.alembic_version (version_num varchar(32))");
        db.exec("INSERT INTO app.alembic_version VALUES ('b'), ('a')");
        let conninfo = format!("{} user={role}", db.conninfo());
        let manifest = capture_as(&conninfo);
        let seen: Vec<_> = manifest.gaps.iter().map(|gap| (gap.attribute.as_deref(), gap.reason, gap.cure.clone().unwrap())).collect();
        let alembic = format!("GRANT USAGE ON SCHEMA app TO \"{role}\"; GRANT SELECT ON app.alembic_version TO \"{role}\";");
        let flyway = format!("GRANT USAGE ON SCHEMA public TO \"{role}\"; GRANT SELECT ON public.flyway_schema_history TO \"{role}\";");
        assert_eq!(
            seen,
            [
                (Some("current"), Reason::Privilege, alembic.clone()),
                (Some("dirty"), Reason::Privilege, alembic.clone()),
                (None, Reason::Privilege, flyway.clone())
            ]
        );
        assert!(manifest.of_kind(Kind::Migration).is_empty());
        // The cure cures.
        db.exec(&format!("{alembic}{flyway}"));
        let manifest = capture_as(&conninfo);
        assert_eq!(manifest.gaps, Vec::new());
        let current = manifest.find(Kind::HistoryTable, &["app", "alembic_version"]).unwrap().get("current");
        assert_eq!(current, Some(&Value::list(["a", "b"])));
        db.exec("ALTER TABLE flyway_schema_history ENABLE ROW LEVEL SECURITY");
        let manifest = capture_as(&conninfo);
        assert!(
            matches!(manifest.gaps.as_slice(), [gap] if gap.reason == Reason::Privilege && gap.detail.contains("row-level")),
            "{:?}",
            manifest.gaps
        );
        db.exec(&format!("DROP OWNED BY \"{role}\"; DROP ROLE \"{role}\""));
    });
}

#[test]
fn states_and_locks_are_read() {
    let db = database(newest());
    db.exec(
        "CREATE TABLE schema_migrations (version bigint NOT NULL, dirty boolean NOT NULL); INSERT INTO schema_migrations VALUES (7, true)",
    );
    let manifest = capture(&db);
    assert_eq!(only_table(&manifest).get("dirty"), Some(&Value::Flag(true)));
    db.exec("DROP TABLE schema_migrations");
    db.exec(
        "CREATE TABLE \"DATABASECHANGELOG\" (\"ID\" varchar, \"AUTHOR\" varchar, \"FILENAME\" varchar, \"DATEEXECUTED\" timestamp, \
         \"ORDEREXECUTED\" int, \"EXECTYPE\" varchar, \"MD5SUM\" varchar, \"DESCRIPTION\" varchar, \"COMMENTS\" varchar)",
    );
    db.exec("INSERT INTO \"DATABASECHANGELOG\" VALUES ('1', 'ann', 'c.sql', now(), 1, 'MARK_RAN', '9:ab', 'sql', '')");
    db.exec("CREATE TABLE databasechangeloglock (id int, locked boolean, lockgranted timestamp, lockedby varchar); INSERT INTO databasechangeloglock VALUES (1, true, now(), 'ci')");
    let manifest = capture(&db);
    assert_eq!(only_table(&manifest).get("locked"), Some(&Value::Flag(true)));
    let migration = manifest.find(Kind::Migration, &["public", "DATABASECHANGELOG", "c.sql::1::ann"]).unwrap();
    assert_eq!(
        (migration.text("recorded_as"), migration.text("checksum"), migration.text("state")),
        (Some("MARK_RAN"), Some("9:ab"), None)
    );
    db.exec("UPDATE databasechangeloglock SET locked = false");
    assert_eq!(only_table(&capture(&db)).get("locked"), None);
}

#[test]
fn what_only_looks_like_history_breaks_nothing() {
    let db = database(newest());
    db.exec("CREATE TABLE flyway_schema_history (installed_rank text, version int, success text)");
    db.exec("CREATE VIEW alembic_version AS SELECT 'x'::varchar AS version_num");
    db.exec("CREATE TABLE migrations (id int, user_id int, from_country text)");
    db.exec("CREATE TABLE documents (version varchar)");
    let manifest = capture(&db);
    assert!(manifest.objects().is_empty(), "{:#?}", manifest.objects());
    assert!(
        matches!(manifest.gaps.as_slice(), [gap] if gap.object.as_deref() == Some("public.flyway_schema_history") && gap.reason == Reason::NotCaptured),
        "{:#?}",
        manifest.gaps
    );
    db.exec("DROP TABLE flyway_schema_history");
    // Names that would break out of a statement, values that are nothing, rows in double.
    db.exec("CREATE SCHEMA \"a\"\"; drop table x; --\"; CREATE TABLE \"a\"\"; drop table x; --\".\"my_schema_migrations\" (\"VERSION\" varchar)");
    db.exec("INSERT INTO \"a\"\"; drop table x; --\".\"my_schema_migrations\" VALUES (NULL), ('1'), ('1'), (E'\\n''\"🦀')");
    db.exec(
        "CREATE TABLE \"history of \"\"us\"\"\" (version_num varchar); CREATE TABLE p (version_num text) PARTITION BY LIST (version_num)",
    );
    let manifest = capture(&db);
    assert_eq!(manifest.gaps, Vec::new());
    assert_eq!(manifest.of_kind(Kind::HistoryTable).len(), 3);
    let keys: Vec<&str> = manifest.of_kind(Kind::Migration).iter().map(|migration| migration.identity.part(2)).collect();
    assert_eq!(keys, ["\n'\"🦀", "1"]);
}

#[test]
fn a_table_without_end_is_a_gap() {
    let db = database(newest());
    db.exec("CREATE TABLE schema_migrations (version varchar); INSERT INTO schema_migrations SELECT g::varchar FROM generate_series(1, 100001) g");
    let manifest = capture(&db);
    assert!(
        matches!(manifest.gaps.as_slice(), [gap] if gap.reason == Reason::Failed && gap.detail.contains("100000")),
        "{:?}",
        manifest.gaps
    );
    assert!(manifest.of_kind(Kind::Migration).is_empty());
}
