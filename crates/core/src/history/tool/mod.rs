//! The migration tools, a file each: what tables a tool makes, how to know them, in which order their rows were applied and
//! what a row means. A new one is a file and its line in `TOOLS`.
//!
//! What a tool's folder and its sums are like stands in the same file (`sum` works the sums out); such a reader is a line in `READERS`.
//! What a row of it holds stands there too; that is a line in `ROWS`, and so is a lock that it keeps as a row, in
//! `LOCKS`, and how the tool itself is asked what it would still run, in `STATUSES` (`asked` has that of two).

pub(super) mod alembic;
mod asked;
mod atlas;
mod code;
mod dbmate;
mod diesel;
pub(super) mod django;
mod doctrine;
mod drizzle;
mod ecto;
mod ef_core;
mod flyway;
mod golang_migrate;
mod goose;
mod graph;
mod hasura;
mod jetbase;
mod knex;
mod knex_migrator;
mod laravel;
pub(super) mod liquibase;
mod mikro_orm;
mod node_pg_migrate;
mod own;
mod pgroll;
mod phinx;
mod plain;
mod prisma;
mod rails;
mod refinery;
mod sequelize;
mod sqitch;
mod sqlx;
mod sum;
mod supabase;
mod tern;
mod typeorm;
mod yoyo;

pub use own::OWN;

use super::folder::Reader;
use super::lock::RowLock;
use super::row::Rows;
use super::shape::Tool;
use super::status::Status;

/// Every tool we know. Of two whose tables share a telling name, the first is named where the columns fit neither.
pub static TOOLS: &[Tool] = &[
    flyway::TOOL,
    liquibase::TOOL,
    rails::TOOL,
    golang_migrate::TOOL,
    goose::TOOL,
    sqlx::TOOL,
    refinery::TOOL,
    diesel::TOOL,
    alembic::TOOL,
    django::TOOL,
    prisma::TOOL,
    knex::TOOL,
    typeorm::TOOL,
    sequelize::TOOL,
    node_pg_migrate::TOOL,
    yoyo::TOOL,
    sqitch::TOOL,
    laravel::TOOL,
    drizzle::TOOL,
    supabase::TOOL,
    pgroll::TOOL,
    ef_core::TOOL,
    atlas::TOOL,
    ecto::TOOL,
    mikro_orm::TOOL,
    tern::TOOL,
    doctrine::TOOL,
    phinx::TOOL,
    knex_migrator::TOOL,
    hasura::TOOL,
    jetbase::TOOL,
];

/// Whose folders can be read. Of those that read one alike the first is taken.
pub static READERS: &[Reader] = &[
    dbmate::FOLDER,
    goose::FOLDER,
    drizzle::FOLDER,
    liquibase::FOLDER,
    prisma::FOLDER,
    diesel::FOLDER,
    node_pg_migrate::FOLDER,
    flyway::FOLDER,
    refinery::FOLDER,
    golang_migrate::FOLDER,
    sqlx::FOLDER,
    supabase::FOLDER,
    yoyo::FOLDER,
    sqitch::FOLDER,
    atlas::FOLDER,
    alembic::FOLDER,
    django::FOLDER,
    rails::FOLDER,
    typeorm::FOLDER,
    knex::FOLDER,
    sequelize::FOLDER,
    laravel::FOLDER,
    doctrine::FOLDER,
    phinx::FOLDER,
    plain::FOLDER,
];

/// Whose rows can be written.
pub static ROWS: &[Rows] = &[
    flyway::ROWS,
    liquibase::ROWS,
    rails::ROWS,
    golang_migrate::ROWS,
    goose::ROWS,
    sqlx::ROWS,
    refinery::ROWS,
    diesel::ROWS,
    alembic::ROWS,
    django::ROWS,
    prisma::ROWS,
    knex::ROWS,
    typeorm::ROWS,
    sequelize::ROWS,
    node_pg_migrate::ROWS,
    yoyo::ROWS,
    laravel::ROWS,
    drizzle::ROWS,
    supabase::ROWS,
];

/// Whose lock is a row.
pub static LOCKS: &[RowLock] = &[liquibase::ROW_LOCK, knex::ROW_LOCK, yoyo::ROW_LOCK];

/// Which can be asked what they would still run.
pub static STATUSES: &[Status] = &[
    asked::FLYWAY,
    liquibase::STATUS,
    asked::RAILS,
    dbmate::STATUS,
    golang_migrate::STATUS,
    goose::STATUS,
    sqlx::STATUS,
    diesel::STATUS,
    alembic::STATUS,
    django::STATUS,
    prisma::STATUS,
    knex::STATUS,
    typeorm::STATUS,
    sequelize::STATUS,
    node_pg_migrate::STATUS,
    laravel::STATUS,
];

/// Whether a recorded key is what a tool makes of a migration's, although it is written otherwise.
pub(super) fn is_same(tool: &str, recorded: &str, key: &str) -> bool {
    match tool {
        flyway::NAME => flyway::is_same(recorded, key),
        liquibase::NAME => liquibase::is_same(recorded, key),
        _ => recorded == key,
    }
}

/// Whether a baseline says of a migration that it is in.
pub(super) fn is_covered(tool: &str, baseline: &str, key: &str) -> bool {
    tool == flyway::NAME && flyway::is_covered(baseline, key)
}

/// Whether what a tool records as the description is the name of the file: then another one is another migration.
pub(super) fn is_titled(tool: &str) -> bool {
    [flyway::NAME, sqlx::NAME, refinery::NAME, supabase::NAME, atlas::NAME, phinx::NAME].contains(&tool)
}

/// The part of a project that a key is of, where a tool's record holds several: an app, a project with a plan of its own.
pub(super) fn part<'k>(tool: &str, key: &'k str) -> Option<&'k str> {
    match tool {
        django::NAME => key.split_once('.').map(|(app, _)| app),
        sqitch::NAME => key.split_once(':').map(|(project, _)| project),
        _ => None,
    }
}

/// What keys have in common that may be the same one; nothing of a tool that writes keys in one way.
pub(super) fn hint(tool: &str, key: &str) -> Option<String> {
    match tool {
        flyway::NAME => Some(flyway::hint(key)),
        liquibase::NAME => Some(liquibase::hint(key)),
        _ => None,
    }
}
