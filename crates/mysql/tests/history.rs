//! Recorded migration history on real servers: tables as the tools make them, tables we may not read, tables that only look
//! the part. Locks are in `kinds`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use evenkeel_core::kind::{Dimension, Kind};
use evenkeel_core::manifest::{Gap, Manifest, Reason};
use evenkeel_core::port::{Environment, Request, Watch};
use evenkeel_mysql::connect::{Target, ThisMachine};
use evenkeel_mysql::environment::MysqlEnvironment;
use evenkeel_testkit::mysql::each_flavor;

const TOOLS: &str = include_str!("../../../tests/golden/mysql/history/tools.sql");

fn capture_as(url: &str) -> Manifest {
    let mut request = Request::new("test");
    request.dimensions = vec![Dimension::History];
    let target = Target::parse(url, &ThisMachine).unwrap();
    MysqlEnvironment::new(target).capture(&request, &Watch::none()).unwrap_or_else(|trouble| panic!("{trouble:#?}"))
}

/// Table, tool, and its migrations: key, checksum, state where it is not `applied`. A pointer has its versions instead.
const EXPECTED: &[(&str, &str, &[&str])] = &[
    ("DATABASECHANGELOG", "Liquibase", &["changelog.sql::1::ann 9:c0572e"]),
    ("SequelizeMeta", "Sequelize or umzug", &["20260101000000-create-orders.js"]),
    ("__EFMigrationsHistory", "EF Core", &["20260101000000_Orders"]),
    ("__diesel_schema_migrations", "Diesel", &["20260101000000"]),
    ("__drizzle_migrations", "Drizzle", &["1795232952252 84529301"]),
    ("_prisma_migrations", "Prisma", &["20260101000000_init f40ed93c", "20260102000000_bad aa failed"]),
    ("_sqlx_migrations", "sqlx", &["20260101000000 c7032cec"]),
    ("_yoyo_migration", "yoyo", &["0001.orders"]),
    ("alembic_version", "Alembic", &["4b106da1cf0c"]),
    ("atlas_schema_revisions", "Atlas", &["20260101000000 h1"]),
    ("changes", "Sqitch", &["shop:orders 61cd1766"]),
    ("django_migrations", "Django", &["admin.0001_initial"]),
    ("flyway_schema_history", "Flyway", &["1 -1044053735", "2 77 failed"]),
    ("go_schema_migrations", "golang-migrate", &["20260102000000"]),
    ("goose_db_version", "goose", &["20260101000000"]),
    ("knex_migrations", "Knex", &["20260101000000_create_orders.js"]),
    ("laravel_migrations", "Laravel", &["2026_01_01_000000_create_orders"]),
    ("refinery_schema_history", "refinery", &["1 9106089368980788616"]),
    ("schema_migrations", "Rails", &["20260101000000", "20260102000000"]),
    ("typeorm_migrations", "TypeORM", &["CreateOrders1767225600000"]),
];

#[test]
fn tables_of_migration_tools_are_known_and_read() {
    each_flavor(|db| {
        db.exec(TOOLS);
        let manifest = capture_as(&db.url());
        assert_eq!(manifest.gaps, Vec::<Gap>::new());
        let tables = manifest.of_kind(Kind::HistoryTable);
        assert_eq!(tables.len(), EXPECTED.len(), "{tables:#?}");
        for (table, (name, tool, migrations)) in tables.iter().zip(EXPECTED) {
            assert_eq!((table.identity.part(1), table.text("tool")), (*name, Some(*tool)));
            let mut found: Vec<String> = manifest
                .of_kind(Kind::Migration)
                .iter()
                .filter(|migration| migration.identity.part(1) == *name)
                .map(|migration| {
                    let words = [Some(migration.identity.part(2)), migration.text("checksum"), migration.text("state")];
                    words.into_iter().flatten().collect::<Vec<_>>().join(" ")
                })
                .collect();
            if let Some(evenkeel_core::kind::Value::List(current)) = table.get("current") {
                found.extend(current.iter().map(|version| version.to_string()));
            }
            assert_eq!(found, *migrations, "{name}");
        }
        let flag = |table: &str, property: &str| manifest.find(Kind::HistoryTable, &["", table]).unwrap().get(property).is_some();
        assert!(flag("DATABASECHANGELOG", "locked") && !flag("knex_migrations", "locked"));
        assert!(flag("go_schema_migrations", "dirty"));
    });
}

#[test]
fn a_table_that_only_has_the_name_is_a_gap() {
    each_flavor(|db| {
        db.exec("create table flyway_schema_history (a int); create table migrations (id int, animal int)");
        let manifest = capture_as(&db.url());
        assert!(manifest.objects().is_empty());
        let [gap] = manifest.gaps.as_slice() else { panic!("{:#?}", manifest.gaps) };
        assert_eq!((gap.object.as_deref(), gap.reason), (Some("flyway_schema_history"), Reason::NotCaptured));
    });
}

#[test]
fn rows_we_may_not_read_are_a_gap_and_tell_what_to_grant() {
    each_flavor(|db| {
        db.exec("create table alembic_version (version_num varchar(32) not null primary key); insert into alembic_version values ('a')");
        let account = format!("low_{}", db.name);
        db.exec(&format!("create user {account}@localhost; grant insert on {}.* to {account}@localhost", db.name));
        let manifest = capture_as(&db.url().replacen("root", &account, 1));
        db.exec(&format!("drop user {account}@localhost"));
        // `access` says it of the whole kind where the account may not read the database's tables.
        let gap = manifest.gaps.iter().find(|gap| gap.kind.as_deref() == Some("history-table"));
        let gap = gap.unwrap_or_else(|| panic!("{:#?}", manifest.gaps));
        assert_eq!(gap.reason, Reason::Privilege);
        let cure = gap.cure.as_deref().unwrap();
        assert!(cure.starts_with("GRANT SELECT ON `") && cure.ends_with(';'), "a statement that runs as it stands: {gap:?}");
        assert!(manifest.of_kind(Kind::HistoryTable).iter().all(|table| table.get("current").is_none()));
    });
}

/// A row that one side lacks is told from both ends, under today's name of the table and under the earlier one.
#[test]
fn rows_of_doctrine_are_told_either_way() {
    use evenkeel_core::compare::{NoRemedies, Scope, Side, compare};
    use evenkeel_core::digest::Tree;
    each_flavor(|db| {
        for (table, columns, row) in [
            ("doctrine_migration_versions", "version varchar(191) PRIMARY KEY, executed_at datetime, execution_time int", "'D1', now(), 1"),
            ("migration_versions", "version varchar(14) PRIMARY KEY, executed_at datetime NOT NULL", "'20260101000000', now()"),
        ] {
            db.exec(&format!("CREATE TABLE {table} ({columns})"));
            let without = capture_as(&db.url());
            db.exec(&format!("INSERT INTO {table} VALUES ({row})"));
            let with = capture_as(&db.url());
            db.exec(&format!("DROP TABLE {table}"));
            for (reference, candidate, id) in [(&with, &without, "EK-migration-missing"), (&without, &with, "EK-migration-extra")] {
                let trees = (Tree::of(reference), Tree::of(candidate));
                let scope = Scope { dimensions: vec![Dimension::History], ..Scope::default() };
                let side = |label, manifest, tree| Side { label, manifest, tree };
                let found = compare(side("a", reference, &trees.0), side("b", candidate, &trees.1), &scope, &NoRemedies);
                let told: Vec<&str> = found.differences.iter().map(|one| one.id.as_str()).collect();
                assert_eq!((told.as_slice(), found.gaps.len()), (&[id][..], 0), "{table}: {found:#?}");
            }
        }
    });
}
