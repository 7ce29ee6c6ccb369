//! The tools, one entry a shape of table. Columns are those every version of the tool in use makes.

use super::Family::{Bytes, Compound, Flag, Number, Text, Time};
use super::{Column, Family, Repeat, Role, Tool, read};

const fn column(name: &'static str, family: Family) -> Column {
    Column { name, family }
}

/// A list of migrations that is known only under its usual name and with no further columns.
const fn plain(name: &'static str, tables: &'static [&'static str], columns: &'static [Column], order: &'static [&'static str]) -> Tool {
    Tool {
        name,
        tables,
        anchor: None,
        exact: true,
        columns,
        order,
        role: Role::List,
        repeat: Repeat::Last,
        beside: None,
        read: read::version,
    }
}

/// Every table we know. Those told by an `anchor` are known under any name, because the tools let users choose it.
pub static TOOLS: &[Tool] = &[
    Tool {
        anchor: Some("installed_rank"),
        exact: false,
        read: read::flyway,
        ..plain(
            "Flyway",
            &["flyway_schema_history", "schema_version"],
            &[
                column("installed_rank", Number),
                column("version", Text),
                column("description", Text),
                column("type", Text),
                column("script", Text),
                column("checksum", Number),
                column("success", Flag),
            ],
            &["installed_rank"],
        )
    },
    Tool {
        anchor: Some("orderexecuted"),
        exact: false,
        read: read::liquibase,
        ..plain(
            "Liquibase",
            &["databasechangelog"],
            &[
                column("id", Text),
                column("author", Text),
                column("filename", Text),
                column("orderexecuted", Number),
                column("exectype", Text),
                column("md5sum", Text),
                column("description", Text),
                column("dateexecuted", Time),
            ],
            &["dateexecuted", "orderexecuted"],
        )
    },
    Tool {
        anchor: Some("lockgranted"),
        exact: false,
        role: Role::Lock,
        read: read::liquibase_lock,
        ..plain(
            "Liquibase",
            &["databasechangeloglock"],
            &[column("id", Number), column("locked", Flag), column("lockgranted", Time)],
            &["id"],
        )
    },
    // dbmate and Rails make the same table; Rails keeps another one beside it.
    Tool {
        beside: Some(("ar_internal_metadata", "Rails")),
        ..plain("Rails or dbmate", &["schema_migrations"], &[column("version", Text)], &["version"])
    },
    Tool {
        anchor: Some("dirty"),
        role: Role::Pointer,
        read: read::golang_migrate,
        ..plain("golang-migrate", &["schema_migrations"], &[column("version", Number), column("dirty", Flag)], &["version"])
    },
    Tool {
        anchor: Some("version_id"),
        exact: false,
        read: read::goose,
        ..plain(
            "goose",
            &["goose_db_version"],
            &[column("id", Number), column("version_id", Number), column("is_applied", Flag), column("tstamp", Time)],
            &["id"],
        )
    },
    Tool {
        anchor: Some("installed_on"),
        exact: false,
        read: read::sqlx,
        ..plain(
            "sqlx",
            &["_sqlx_migrations"],
            &[
                column("version", Number),
                column("description", Text),
                column("installed_on", Time),
                column("success", Flag),
                column("checksum", Bytes),
                column("execution_time", Number),
            ],
            &["version"],
        )
    },
    Tool {
        anchor: Some("applied_on"),
        read: read::refinery,
        ..plain(
            "refinery",
            &["refinery_schema_history"],
            &[column("version", Number), column("name", Text), column("applied_on", Text), column("checksum", Text)],
            &["version"],
        )
    },
    plain("Diesel", &["__diesel_schema_migrations"], &[column("version", Text), column("run_on", Time)], &["version"]),
    Tool {
        anchor: Some("version_num"),
        role: Role::Pointer,
        read: read::alembic,
        ..plain("Alembic", &["alembic_version"], &[column("version_num", Text)], &["version_num"])
    },
    Tool {
        read: read::django,
        ..plain(
            "Django",
            &["django_migrations"],
            &[column("id", Number), column("app", Text), column("name", Text), column("applied", Time)],
            &["id"],
        )
    },
    Tool {
        anchor: Some("applied_steps_count"),
        exact: false,
        read: read::prisma,
        ..plain(
            "Prisma",
            &["_prisma_migrations"],
            &[
                column("id", Text),
                column("checksum", Text),
                column("finished_at", Time),
                column("migration_name", Text),
                column("rolled_back_at", Time),
                column("started_at", Time),
                column("applied_steps_count", Number),
            ],
            &["started_at"],
        )
    },
    Tool {
        anchor: Some("migration_time"),
        read: read::name,
        ..plain(
            "Knex",
            &["knex_migrations"],
            &[column("id", Number), column("name", Text), column("batch", Number), column("migration_time", Time)],
            &["id"],
        )
    },
    Tool {
        anchor: Some("is_locked"),
        role: Role::Lock,
        read: read::knex_lock,
        ..plain("Knex", &["knex_migrations_lock"], &[column("index", Number), column("is_locked", Number)], &["index"])
    },
    Tool {
        read: read::typeorm,
        ..plain("TypeORM", &["migrations"], &[column("id", Number), column("timestamp", Number), column("name", Text)], &["id"])
    },
    // Sequelize's own storage is umzug's.
    Tool { read: read::name, ..plain("Sequelize or umzug", &["sequelizemeta"], &[column("name", Text)], &["name"]) },
    Tool {
        read: read::name,
        ..plain(
            "node-pg-migrate",
            &["pgmigrations"],
            &[column("id", Number), column("name", Text), column("run_on", Time)],
            &["run_on", "id"],
        )
    },
    Tool {
        anchor: Some("applied_at_utc"),
        read: read::yoyo,
        ..plain(
            "yoyo",
            &["_yoyo_migration"],
            &[column("migration_hash", Text), column("migration_id", Text), column("applied_at_utc", Time)],
            &["applied_at_utc", "migration_id"],
        )
    },
    Tool {
        role: Role::Lock,
        read: read::yoyo_lock,
        ..plain("yoyo", &["yoyo_lock"], &[column("locked", Number), column("ctime", Time), column("pid", Number)], &["locked"])
    },
    Tool {
        anchor: Some("change_id"),
        exact: false,
        repeat: Repeat::Each,
        read: read::sqitch,
        ..plain(
            "Sqitch",
            &["changes"],
            &[
                column("change_id", Text),
                column("script_hash", Text),
                column("change", Text),
                column("project", Text),
                column("note", Text),
                column("committed_at", Time),
                column("planned_at", Time),
            ],
            &["committed_at"],
        )
    },
    Tool {
        read: read::laravel,
        ..plain("Laravel", &["migrations"], &[column("id", Number), column("migration", Text), column("batch", Number)], &["id"])
    },
    Tool {
        exact: false,
        read: read::drizzle,
        ..plain("Drizzle", &["__drizzle_migrations"], &[column("id", Number), column("hash", Text), column("created_at", Number)], &["id"])
    },
    Tool {
        exact: false,
        read: read::supabase,
        ..plain(
            "Supabase",
            &["schema_migrations"],
            &[column("version", Text), column("statements", Compound), column("name", Text)],
            &["version"],
        )
    },
    Tool {
        anchor: Some("resulting_schema"),
        exact: false,
        read: read::pgroll,
        ..plain(
            "pgroll",
            &["migrations"],
            &[
                column("schema", Text),
                column("name", Text),
                column("migration", Compound),
                column("created_at", Time),
                column("parent", Text),
                column("done", Flag),
                column("resulting_schema", Compound),
            ],
            &["created_at"],
        )
    },
    Tool {
        anchor: Some("migrationid"),
        read: read::ef_core,
        ..plain("EF Core", &["__efmigrationshistory"], &[column("migrationid", Text), column("productversion", Text)], &["migrationid"])
    },
    // The same under a naming convention that writes snake_case.
    Tool {
        read: read::ef_core,
        ..plain(
            "EF Core",
            &["__efmigrationshistory", "__ef_migrations_history"],
            &[column("migration_id", Text), column("product_version", Text)],
            &["migration_id"],
        )
    },
    Tool {
        anchor: Some("partial_hashes"),
        exact: false,
        read: read::atlas,
        ..plain(
            "Atlas",
            &["atlas_schema_revisions"],
            &[
                column("version", Text),
                column("description", Text),
                column("applied", Number),
                column("total", Number),
                column("error", Text),
                column("hash", Text),
                column("partial_hashes", Compound),
            ],
            &["version"],
        )
    },
];
