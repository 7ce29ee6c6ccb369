//! The migration tools, a file each: what tables a tool makes, how to know them, in which order their rows were applied and
//! what a row means. A new one is a file and its line in `TOOLS`.
//!
//! What a tool's folder and its sums are like stands in the same file (`sum` works the sums out); such a reader is a line in `READERS`.
//! What a row of it holds stands there too; that is a line in `ROWS`.

mod alembic;
mod atlas;
mod code;
mod dbmate;
mod diesel;
mod django;
mod doctrine;
mod drizzle;
mod ecto;
mod ef_core;
mod flyway;
mod golang_migrate;
mod goose;
mod hasura;
mod jetbase;
mod knex;
mod knex_migrator;
mod laravel;
mod liquibase;
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
use super::row::Rows;
use super::shape::Tool;

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
    alembic::FOLDER,
    django::FOLDER,
    rails::FOLDER,
    typeorm::FOLDER,
    knex::FOLDER,
    sequelize::FOLDER,
    laravel::FOLDER,
    plain::FOLDER,
];

/// Whose rows can be written.
pub static ROWS: &[Rows] = &[
    flyway::ROWS,
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
